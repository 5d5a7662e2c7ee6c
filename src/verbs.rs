//! The administrator's verbs: what a technician or an officer does at a terminal, with or without a script.

use anyhow::{Context, bail};
use jiff::civil::Date;
use queue::board::DayStatus;
use queue::case::Receipt;
use queue::doors::Administrator;
use queue::journal::Seal;
use queue::office::ServiceKey;
use queue::store::{DATABASE, OFFICE};
use queue::ticket::{Number, Seq, Ticket};
use queue::time::{Moment, clock, date_in_words};
use queue::visit::Action;
use queue::{Lang, Refused};
use serde_json::{Value, json};
use std::io::{BufRead, IsTerminal, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Which folder, and how to answer.
#[derive(clap::Args)]
pub(crate) struct Common {
    /// Folder with antrean.db and office.toml
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Answer as one line of JSON
    #[arg(long)]
    json: bool,
}

impl Common {
    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    pub(crate) fn store(&self) -> anyhow::Result<Administrator> {
        Ok(Administrator::open(&self.data)?)
    }

    /// Tells the outcome, as JSON or in plain words.
    pub(crate) fn tell(&self, json: &Value, plain: &str) {
        // A closed pipe is the reader's wish, not a fault.
        let _ = if self.json { writeln!(std::io::stdout(), "{json}") } else { writeln!(std::io::stdout(), "{plain}") };
    }
}

#[derive(clap::Args)]
pub(crate) struct Init {
    #[command(flatten)]
    common: Common,
}

/// The office this program was written for: a first office.toml to change.
pub(crate) const TEMPLATE: &str = include_str!("../office.toml");

pub(crate) fn init(args: &Init) -> anyhow::Result<()> {
    let dir = &args.common.data;
    std::fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
    let office = dir.join(OFFICE);
    if !office.exists() {
        std::fs::write(&office, TEMPLATE).with_context(|| format!("cannot write {}", office.display()))?;
        // The head changes it on the console, whose user is of the same group, whatever the umask of who ran this.
        let group = std::fs::Permissions::from_mode(0o660);
        std::fs::set_permissions(&office, group).with_context(|| format!("cannot share {}", office.display()))?;
    }
    let store = Administrator::create(dir)?;
    let database = dir.join(DATABASE);
    let name = &store.office().identity.name;
    args.common.tell(
        &json!({"database": database, "office": office, "name": name}),
        &format!("{} is ready for {name}. Check {}, then: antrean day open", database.display(), office.display()),
    );
    Ok(())
}

#[derive(clap::Subcommand)]
pub(crate) enum Day {
    /// Open the day: numbers start at 1. Asks to confirm the date, unless --date gives it
    Open {
        #[command(flatten)]
        common: Common,
        /// Today's date as you know it, as 2026-11-23
        #[arg(long)]
        date: Option<Date>,
        /// The clock of this machine is wrong; --date is right
        #[arg(long, requires = "date")]
        clock_is_wrong: bool,
    },
    /// Close the day: every number still open ends, nothing is deleted
    Close {
        #[command(flatten)]
        common: Common,
    },
}

pub(crate) fn day(verb: &Day) -> anyhow::Result<()> {
    match verb {
        Day::Open { common, date, clock_is_wrong } => {
            let mut store = common.store()?;
            let command = terminal();
            let clock = command.now.local(store.office().identity.zone).date();
            let date = match date {
                Some(date) => *date,
                None => confirm(clock)?,
            };
            let day = store.open_day(&command, date, *clock_is_wrong)?;
            let words = date_in_words(day.date, Lang::Id);
            common.tell(&json!({"day": day.id.0, "date": day.date.to_string()}), &format!("Hari dibuka: {words}"));
        }
        Day::Close { common } => {
            let summary = common.store()?.close_day(&terminal())?;
            let plain = format!(
                "Hari ditutup. {} nomor: {} selesai, {} dikembalikan, {} dirujuk, {} ditunda, {} hangus, {} dibatalkan",
                summary.issued,
                summary.finished,
                summary.returned,
                summary.referred,
                summary.deferred,
                summary.expired,
                summary.cancelled
            );
            common.tell(&serde_json::to_value(&summary)?, &plain);
        }
    }
    Ok(())
}

/// A person confirms the spelled-out date: a machine without a battery clock wakes up in yesterday.
fn confirm(clock: Date) -> anyhow::Result<Date> {
    if !std::io::stdin().is_terminal() {
        bail!("nobody is here to confirm the date; give it with --date {clock}");
    }
    print!("Hari ini {}? Ketik \"ya\": ", date_in_words(clock, Lang::Id));
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    if answer.trim().eq_ignore_ascii_case("ya") {
        return Ok(clock);
    }
    bail!("not opened; give the right date with --date, and --clock-is-wrong if the clock cannot be set")
}

#[derive(clap::Args)]
pub(crate) struct Issue {
    #[command(flatten)]
    common: Common,
    /// The service: its key in office.toml (new, lost, collection) or its letter (A, L, C)
    service: String,
    /// A priority number
    #[arg(long)]
    priority: bool,
    /// The papers in English
    #[arg(long)]
    english: bool,
    /// The receipt (Tanda Terima), as 26-000123-3
    #[arg(long, value_parser = receipt)]
    receipt: Option<Receipt>,
}

pub(crate) fn issue(args: &Issue) -> anyhow::Result<()> {
    let mut store = args.common.store()?;
    let service = service(&store, &args.service)?;
    let lang = if args.english { Lang::En } else { Lang::Id };
    let wish = queue::store::Issue { service, priority: args.priority, lang, receipt: args.receipt };
    let issued = store.issue(&terminal(), &wish)?;
    let mut answer = described(&issued.ticket);
    answer["ahead"] = json!(issued.ahead);
    answer["wait"] = json!(issued.wait.say(Lang::Id));
    let plain = format!(
        "{}  di depan: {} orang, perkiraan menunggu: {}",
        issued.ticket.number,
        issued.ahead,
        issued.wait.say(Lang::Id)
    );
    args.common.tell(&answer, &plain);
    Ok(())
}

#[derive(clap::Args)]
pub(crate) struct Call {
    #[command(flatten)]
    common: Common,
    /// The counter that calls
    counter: u8,
    /// Call the number at this counter once more
    #[arg(long, conflicts_with_all = ["number", "reason"])]
    recall: bool,
    /// Call this number instead of the next one; needs --reason
    #[arg(long, requires = "reason", value_parser = number)]
    number: Option<Number>,
    /// Why this number goes before the others
    #[arg(long, requires = "number")]
    reason: Option<String>,
}

pub(crate) fn call(args: &Call) -> anyhow::Result<()> {
    let mut store = args.common.store()?;
    let command = terminal();
    let called = match (&args.number, &args.reason) {
        _ if args.recall => {
            let held = store.at_counter(args.counter)?.ok_or(refused(Refused::CounterIsFree))?;
            Some(store.act(&command, held.id, &Action::Recall, None)?)
        }
        (Some(number), Some(reason)) => {
            let ticket = store.ticket_by_number(*number)?.ok_or(refused(Refused::UnknownTicket))?;
            let action = Action::CallChosen { counter: args.counter, reason: reason.clone() };
            Some(store.act(&command, ticket.id, &action, None)?)
        }
        _ => store.call_next(&command, args.counter)?,
    };
    match called {
        Some(ticket) => args.common.tell(&described(&ticket), &format!("{} -> loket {}", ticket.number, args.counter)),
        None => args.common.tell(&json!({"number": null}), "Tidak ada yang menunggu."),
    }
    Ok(())
}

#[derive(clap::Args)]
pub(crate) struct Erase {
    #[command(flatten)]
    common: Common,
    /// The event's number, as the list says it
    event: Option<i64>,
}

/// So many texts are listed.
const LISTED: u32 = 100;

pub(crate) fn erase(args: &Erase) -> anyhow::Result<()> {
    let mut store = args.common.store()?;
    if let Some(event) = args.event {
        store.erase_words(&terminal(), Seq(event))?;
        let plain = format!("Tulisan peristiwa {event} dihapus. Cadangan yang lebih lama masih memuatnya.");
        args.common.tell(&json!({ "erased": event }), &plain);
        return Ok(());
    }
    let zone = store.office().identity.zone;
    let texts = store.free_text(LISTED)?;
    let line = |(seq, at, words): &(Seq, Moment, String)| {
        let local = at.local(zone);
        format!("{:>7}  {} {}  {words}", seq.0, local.date(), clock(local.time()))
    };
    let json: Vec<Value> = texts.iter().map(|(seq, _, words)| json!({ "event": seq.0, "text": words })).collect();
    let list = texts.iter().map(line).collect::<Vec<_>>().join("\n");
    args.common.tell(&json!(json), if list.is_empty() { "Tidak ada tulisan yang dapat dihapus." } else { &list });
    Ok(())
}

#[derive(clap::Args)]
pub(crate) struct Check {
    #[command(flatten)]
    common: Common,
    /// Print the journal's seal (count and chain), to be kept elsewhere; with one that was kept, prove that the journal
    /// still begins with those events
    #[arg(long, value_name = "COUNT:CHAIN", num_args = 0..=1)]
    seal: Option<Option<Seal>>,
    /// Prove that the journal of this backup is the beginning of the office's
    #[arg(long, value_name = "BACKUP")]
    against: Option<PathBuf>,
}

/// `--seal` and `--against`: what they prove, in words.
fn prove(store: &Administrator, args: &Check) -> anyhow::Result<Option<String>> {
    if let Some(Some(kept)) = &args.seal {
        if !store.keeps(kept)? {
            bail!(
                "the journal does not begin with the events of the seal {kept}: it was altered, or the seal is another office's"
            );
        }
        return Ok(Some(format!("segel      : {kept} cocok; jurnal berawal dengan peristiwa itu, tidak diubah")));
    }
    if args.seal.is_some() {
        let seal = store.seal()?.map_or("belum ada peristiwa".to_string(), |seal| seal.to_string());
        return Ok(Some(format!("segel      : {seal}")));
    }
    let Some(backup) = &args.against else { return Ok(None) };
    match store.begins_with(backup).with_context(|| format!("cannot read {}", backup.display()))? {
        Some(seal) => Ok(Some(format!("cadangan   : {} adalah awal jurnal ini ({seal})", backup.display()))),
        None => bail!(
            "the journal of {} is not the beginning of this one: one of them was altered, or they are of different offices",
            backup.display()
        ),
    }
}

/// After a restore: a copy has no secrets, and no older one would bring them back.
const VOID: &str = "\nkata sandi : tidak ada yang berlaku lagi, seperti sesudah pemulihan: kata sandi, PIN, dan token tidak ikut dalam cadangan. Jalankan `antrean staff`; kode pendaftaran untuk orang pertama tercetak di sana, dan ia mengundang yang lain di halaman Petugas";

/// What the next start will do with the file of an older program. Nothing of it is proved before.
fn tell_upgrade(args: &Check, from: i64, to: i64) {
    args.common.tell(
        &json!({"version": env!("CARGO_PKG_VERSION"), "upgrade": {"from": from, "to": to}}),
        &format!(
            "basis data : versi {from}, dari program sebelumnya; belum diperiksa, tidak ada yang disentuh\n\
             berikutnya : bagian pertama yang dijalankan menyalinnya ke {DATABASE}.v{from}-TANGGAL, menaikkannya ke versi {to}, lalu memeriksanya; perlu ruang kosong sebesar {DATABASE}. Sesudah itu ulangi pemeriksaan ini"
        ),
    );
}

pub(crate) fn check(args: &Check) -> anyhow::Result<()> {
    if let Some((from, to)) = Administrator::upgrade_due(args.common.data())? {
        tell_upgrade(args, from, to);
        return Ok(());
    }
    let store = Administrator::look(args.common.data())?;
    let now = queue::clock::now();
    let checked = store.check()?;
    let printer = store.printer_status();
    let unconfirmed = store.unconfirmed_print_jobs()?.len();
    let day = match store.day_status(now)? {
        DayStatus::NotOpened => "belum dibuka".to_string(),
        DayStatus::Open { date } | DayStatus::Break { date, .. } => {
            format!("dibuka, {}", date_in_words(date, Lang::Id))
        }
        DayStatus::LeftOpen { date } => format!("BELUM DITUTUP, {}", date_in_words(date, Lang::Id)),
        DayStatus::Closed { date } => format!("ditutup, {}", date_in_words(date, Lang::Id)),
    };
    let printer = printer.map_or("belum pernah dijalankan".to_string(), |status| {
        format!("{} {}", status.state.word(), status.detail).trim().to_string()
    });
    // A file that only the console's user reads is no fault of the database.
    let authority = staff::fingerprint(&args.common.data);
    let fingerprint = match &authority {
        Ok(Some(fingerprint)) => fingerprint.clone(),
        Ok(None) => "belum ada; konsol di jaringan membuatnya".to_string(),
        Err(error) => format!("tidak terbaca: {error:#}"),
    };
    let plain = format!(
        "antrean {}, SQLite {}\nbasis data : {}\njurnal     : {} peristiwa, {} tiket, {} permohonan\nkantor     : {}\nhari       : {day}\nprinter    : {printer}\nkertas     : {unconfirmed} belum pasti tercetak\notoritas   : {fingerprint}{}",
        env!("CARGO_PKG_VERSION"),
        checked.sqlite,
        if checked.problems.is_empty() { "utuh" } else { "RUSAK" },
        checked.events,
        checked.tickets,
        checked.cases,
        store.office_refused().map_or("office.toml dipakai", |_| "office.toml DITOLAK; yang lama dipakai"),
        if checked.secrets_void { VOID } else { "" },
    );
    let mut answer = serde_json::to_value(&checked)?;
    answer["version"] = json!(env!("CARGO_PKG_VERSION"));
    answer["day"] = json!(day);
    answer["office_refused"] = json!(store.office_refused());
    answer["printer"] = json!(printer);
    answer["unconfirmed_papers"] = json!(unconfirmed);
    answer["authority_sha256"] = json!(authority.ok().flatten());
    let proved = prove(&store, args)?;
    answer["proved"] = json!(proved);
    args.common.tell(&answer, &proved.map_or(plain.clone(), |proved| format!("{plain}\n{proved}")));
    if !checked.problems.is_empty() {
        // No copy has secrets, so none would bring them back.
        let secrets = checked.problems.iter().all(|problem| problem.starts_with("accounts.db"));
        let advice = if secrets { "whoever is named enrols anew: page Petugas" } else { "restore the last backup" };
        bail!("{}; {advice}, and keep this file for the makers", checked.problems.join("; "));
    }
    if let Some(why) = store.office_refused() {
        bail!("the office works with the {OFFICE} it used last, because this one is refused: {why}");
    }
    Ok(())
}

fn terminal() -> queue::Command {
    queue::Command::new(queue::journal::Actor::Terminal)
}

fn refused(refused: Refused) -> queue::Error {
    queue::Error::Refused(refused)
}

fn described(ticket: &Ticket) -> Value {
    json!({
        "ticket": ticket.id.0,
        "number": ticket.number.to_string(),
        "state": ticket.state.word(),
        "stage": ticket.state.stage().map(|stage| stage.word()),
        "counter": ticket.state.counter(),
    })
}

fn service(store: &Administrator, text: &str) -> anyhow::Result<ServiceKey> {
    let services = &store.office().services;
    let found = services.iter().find(|s| s.key.0 == text || s.prefix.to_string().eq_ignore_ascii_case(text));
    Ok(found.map(|s| s.key.clone()).ok_or(refused(Refused::UnknownService))?)
}

fn receipt(text: &str) -> Result<Receipt, String> {
    text.parse().map_err(|()| "not a receipt number as 26-000123-3 (the last digit checks the others)".into())
}

pub(crate) fn number(text: &str) -> Result<Number, String> {
    text.parse().map_err(|()| "not a number as A-012".into())
}
