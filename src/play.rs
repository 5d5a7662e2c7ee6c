//! A short day at the office, played through the same doors that people use: citizens touch the kiosk, clerks press
//! buttons of the console, papers come out of the printer.

use crate::demo::Scene;
use anyhow::{Context, bail};
use queue::case::Receipt;
use queue::people::Role;
use queue::time::date_in_words;
use queue::{Command, Lang};
use serde_json::Value;
use std::time::{Duration, Instant, SystemTime};

/// Longer than any step takes, a slow disk and a slow printer included.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The demo's account.
pub(crate) const NAME: &str = "Peraga";
/// Its PIN, for a browser that has signed in once.
pub(crate) const PIN: &str = "2580";

/// Makes the demo's account with the one-time code; the token with which the played clerks act.
///
/// # Errors
/// When the console does not answer or does not accept the code.
pub(crate) fn enrol(console: &str, code: &str, password: &str) -> anyhow::Result<String> {
    let form = [("code", code), ("name", NAME), ("password", password), ("pin", PIN)];
    let mut response = agent().post(format!("{console}enrol")).header("Accept", "application/json").send_form(form)?;
    let mut cookies = response.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    let login = cookies.find(|cookie| cookie.starts_with("antrean-login="));
    let login = login.and_then(|cookie| cookie.split(';').next()).map(str::to_string);
    let answer = response.body_mut().read_to_string()?;
    let login = login.with_context(|| format!("the console did not enrol the demo: {answer}"))?;
    let command = Command::new(queue::journal::Actor::Terminal).id;
    let mut form = vec![("command", command.as_str()), ("label", "peragaan")];
    form.extend(Role::ALL.map(|role| ("role", role.word())));
    let post = agent().post(format!("{console}tokens")).header("Accept", "application/json").header("Cookie", login);
    let answer: Value = serde_json::from_str(&post.send_form(form)?.body_mut().read_to_string()?)?;
    let token = answer["token"].as_str().with_context(|| format!("the console gave the demo no token: {answer}"))?;
    Ok(token.into())
}

/// Plays the day; ends early when somebody interrupts.
///
/// # Errors
/// When a role does not answer within a minute, or answers something that the day does not expect.
pub(crate) fn day(scene: &mut Scene) -> anyhow::Result<()> {
    let mut played = Played { scene, agent: agent(), step: 0, acted: SystemTime::now() };
    match played.all() {
        Err(error) if played.scene.interrupt.came() => {
            tracing::debug!("interrupted: {error:#}");
            Ok(())
        }
        other => other,
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build().into()
}

struct Played<'a> {
    scene: &'a mut Scene,
    agent: ureq::Agent,
    step: u32,
    /// When the console did the last act.
    acted: SystemTime,
}

impl Played<'_> {
    fn all(&mut self) -> anyhow::Result<()> {
        let now = queue::clock::now();
        let today = now.local(self.scene.store.office().identity.zone).date();
        self.post("day/open", &[("date", &today.to_string())])?;
        self.say(&format!("Petugas membuka hari: {}", date_in_words(today, Lang::Id)))?;

        self.wait("empat pemohon di kiosk, tiap struk keluar dari printer / four slips come out of the printer");
        self.page("home", "home")?;
        let first = self.take(&[], "new")?;
        let priority = self.take(&["priority"], "lost")?;
        let third = self.take(&[], "new")?;
        let fourth = self.take(&["language en"], "new")?;
        self.say(&format!(
            "Empat pemohon mengambil nomor di kiosk: {first}, {priority} (prioritas), {third}, {fourth}"
        ))?;
        self.keep("kiosk")?;

        let lost = self.serve(1)?;
        let done = self.act(&lost, "print-directly", &[])?;
        let lost_receipt = receipt(&done)?;
        self.say(&format!("Loket 1: {} hilang, langsung cetak; tanda terima {lost_receipt}", name(&lost)))?;

        let a1 = self.serve(1)?;
        self.act(&a1, "complete", &[])?;
        self.say(&format!("Loket 1: {} berkas lengkap, nomor tetap, ke perekaman", name(&a1)))?;
        let a2 = self.serve(1)?;
        self.act(&a2, "return", &[("missing", "family-card")])?;
        self.say(&format!("Loket 1: {} kurang fotokopi KK; slip kekurangan dicetak", name(&a2)))?;
        self.act(&a2, "reenter", &[])?;
        self.say(&format!("{} kembali dengan fotokopi KK, nomor yang sama", name(&a2)))?;

        let r1 = self.serve(2)?;
        let done = self.act(&r1, "finish-recording", &[("done", "photo"), ("done", "signature"), ("done", "iris")])?;
        let first_receipt = receipt(&done)?;
        self.say(&format!("Loket 2: {} direkam; tanda terima {first_receipt}", name(&r1)))?;

        self.post("network/down", &[])?;
        let a3 = self.serve(1)?;
        self.act(&a3, "complete", &[])?;
        self.act(&a3, "choose-wait", &[])?;
        self.say(&format!("Jaringan terganggu: {} memilih menunggu, tempatnya tidak hilang", name(&a3)))?;
        self.keep("board-network")?;
        self.post("network/up", &[])?;
        let r3 = self.serve(2)?;
        self.act(&r3, "finish-recording", &[("done", "photo"), ("done", "signature"), ("done", "iris")])?;
        self.say(&format!("Jaringan pulih: Loket 2 merekam {}", name(&r3)))?;

        self.on_case(lost_receipt, "print")?;
        self.on_case(lost_receipt, "make-ready")?;
        self.say(&format!("Operator cetak: {lost_receipt} tercetak dan siap diambil; tampil di papan"))?;

        self.page("service collection", "receipt-entry")?;
        self.page(&format!("receipt {first_receipt}"), "status")?;
        self.say(&format!("Kiosk: {first_receipt} belum siap, diberi tahu tanpa mengambil nomor"))?;
        self.keep("kiosk-not-ready")?;
        self.page("home", "home")?;
        self.page("service collection", "receipt-entry")?;
        self.page(&format!("receipt {lost_receipt}"), "status")?;
        let collection = self.print()?;
        let c1 = self.serve(3)?;
        self.act(&c1, "hand-over", &[("by", "applicant")])?;
        self.say(&format!("Kiosk: {lost_receipt} siap, nomor {collection}; Loket 3 menyerahkan KTP-el"))?;

        let a2_again = self.serve(1)?;
        self.wait(
            "papan menayangkan setiap panggilan, kurang dari satu menit / the board shows every call, under a minute",
        );
        self.board_at_rest()?;
        self.keep("board")?;
        self.say(&format!("Loket 1 memanggil {}; sisa hari ini milik Anda di konsol", name(&a2_again)))?;
        self.papers()
    }

    /// A citizen at the kiosk: these settings, the service, CETAK NOMOR.
    fn take(&mut self, settings: &[&str], service: &str) -> anyhow::Result<String> {
        for setting in settings {
            self.scene.kiosk.say(setting);
        }
        self.page(&format!("service {service}"), "requirements")?;
        self.print()
    }

    /// CETAK NOMOR; waits until the number is shown and the paper is out, and leaves the kiosk to the next.
    fn print(&mut self) -> anyhow::Result<String> {
        let number = self.touch("print", |page| {
            let settled = page["page"] == "your-number" && page["paper"] != "printing";
            settled.then(|| page["number"].as_str().map(str::to_string)).flatten()
        })?;
        self.keep(&format!("kiosk-{number}"))?;
        self.page("home", "home")?;
        Ok(number)
    }

    fn page(&mut self, touch: &str, expected: &str) -> anyhow::Result<()> {
        self.touch(touch, |page| (page["page"] == expected).then_some(()))
    }

    fn touch<T>(&mut self, touch: &str, wanted: impl Fn(&Value) -> Option<T>) -> anyhow::Result<T> {
        self.scene.kiosk.say(touch);
        let heard = self.scene.kiosk.hear(PATIENCE, |line| wanted(&serde_json::from_str(line).ok()?));
        heard.with_context(|| format!("the kiosk did not answer to \"{touch}\""))
    }

    /// Calls the next one and starts.
    fn serve(&mut self, counter: u8) -> anyhow::Result<Value> {
        let called = self.post(&format!("counters/{counter}/call"), &[])?;
        if called["number"].is_null() {
            bail!("counter {counter} found nobody");
        }
        self.act(&called, "start", &[])
    }

    fn act(&mut self, ticket: &Value, word: &str, fields: &[(&str, &str)]) -> anyhow::Result<Value> {
        self.post(&format!("tickets/{}/{word}", ticket["ticket"]), fields)
    }

    fn on_case(&mut self, receipt: Receipt, word: &str) -> anyhow::Result<Value> {
        let case = self.scene.store.case_by_receipt(receipt)?.context("the case is gone")?;
        self.post(&format!("cases/{}/{word}", case.id.0), &[])
    }

    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<Value> {
        let url = format!("{}{path}", self.scene.console);
        let id = Command::new(queue::journal::Actor::Terminal).id;
        let form: Vec<(&str, &str)> = [("command", id.as_str())].into_iter().chain(fields.iter().copied()).collect();
        let deadline = Instant::now() + PATIENCE;
        loop {
            anyhow::ensure!(!self.scene.interrupt.came(), "interrupted");
            let post = self.agent.post(&url).header("Accept", "application/json");
            let post = post.header("Authorization", format!("Bearer {}", self.scene.token));
            match post.send_form(form.iter().copied()) {
                Ok(mut response) => {
                    let text = response.body_mut().read_to_string()?;
                    anyhow::ensure!(response.status().is_success(), "{url}: {} {text}", response.status());
                    self.acted = SystemTime::now();
                    return Ok(serde_json::from_str(&text)?);
                }
                // The console may still be starting; the command id makes a second try harmless.
                Err(_) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(50)),
                Err(error) => return Err(error).with_context(|| format!("the console does not answer at {url}")),
            }
        }
    }

    /// One plain line.
    fn say(&mut self, line: &str) -> anyhow::Result<()> {
        anyhow::ensure!(!self.scene.interrupt.came(), "interrupted");
        self.step += 1;
        println!("{:>3}. {line}", self.step);
        Ok(())
    }

    /// What the next line waits for, where that takes long.
    fn wait(&self, what: &str) {
        println!("     … {what}");
    }

    /// Keeps a copy of what the kiosk ("kiosk…") or the board ("board…") shows now.
    fn keep(&mut self, name: &str) -> anyhow::Result<()> {
        let source = if name.starts_with("kiosk") { "kiosk.png" } else { "board.png" };
        let pictures = self.scene.dir.join("pictures");
        std::fs::create_dir_all(&pictures)?;
        let from = self.scene.dir.join(source);
        let fresh = || std::fs::metadata(&from).and_then(|m| m.modified()).is_ok_and(|at| at >= self.acted);
        let deadline = Instant::now() + PATIENCE;
        // The board follows an act within milliseconds; its picture takes longer to write than a window to draw.
        while !from.exists() || (name.starts_with("board") && !fresh()) {
            anyhow::ensure!(
                Instant::now() < deadline && !self.scene.interrupt.came(),
                "no picture at {}",
                from.display()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        std::fs::copy(&from, pictures.join(format!("{:02}-{name}.png", self.step)))?;
        Ok(())
    }

    /// Waits until the board has shown every call: each has its seconds on the screen, a day in a minute makes them
    /// queue, and a board that has not changed for longer than that has nothing left to show.
    fn board_at_rest(&mut self) -> anyhow::Result<()> {
        const LONGER_THAN_A_CALL: Duration = Duration::from_secs(8);
        let board = self.scene.dir.join("board.png");
        let deadline = Instant::now() + PATIENCE * 2;
        let (mut shown, mut since) = (std::fs::read(&board)?, Instant::now());
        while since.elapsed() < LONGER_THAN_A_CALL && Instant::now() < deadline {
            anyhow::ensure!(!self.scene.interrupt.came(), "interrupted");
            std::thread::sleep(Duration::from_millis(100));
            let now = std::fs::read(&board)?;
            if now != shown {
                (shown, since) = (now, Instant::now());
            }
        }
        Ok(())
    }

    /// Waits for the printer and says what came out.
    fn papers(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !self.scene.store.unconfirmed_print_jobs()?.is_empty() {
            anyhow::ensure!(!self.scene.interrupt.came(), "interrupted");
            anyhow::ensure!(Instant::now() < deadline, "the printer did not finish");
            std::thread::sleep(Duration::from_millis(50));
        }
        let papers = self.scene.dir.join("papers");
        let sheets = std::fs::read_dir(&papers)?.flatten().filter(|f| f.path().extension().is_some_and(|e| e == "png"));
        let sheets = sheets.count();
        let checked = self.scene.store.check()?;
        anyhow::ensure!(checked.problems.is_empty(), "{}", checked.problems.join("; "));
        self.say(&format!("{sheets} kertas di {}", papers.display()))?;
        self.say(&format!(
            "{} peristiwa, {} tiket, {} permohonan; basis data utuh. Gambar kiosk dan papan di {}",
            checked.events,
            checked.tickets,
            checked.cases,
            self.scene.dir.join("pictures").display()
        ))
    }
}

fn receipt(answer: &Value) -> anyhow::Result<Receipt> {
    let text = answer["receipt"].as_str().context("no receipt")?;
    text.parse().map_err(|()| anyhow::anyhow!("{text} is not a receipt"))
}

fn name(ticket: &Value) -> &str {
    ticket["number"].as_str().unwrap_or("?")
}
