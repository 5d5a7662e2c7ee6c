//! The real program without a window: lines in, pages and pictures out, the store between.

#![allow(clippy::panic)] // All of this file is a test; clippy sees only its #[test] functions as one.

use queue::Store;
use queue::clock::now;
use queue::printing::Outcome;
use queue::store::Command as Wish;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const DEADLINE: Duration = Duration::from_secs(60);

struct Kiosk {
    child: Child,
    lines: ChildStdin,
    pages: Receiver<String>,
}

impl Kiosk {
    fn start(dir: &Path, size: &str) -> Kiosk {
        Kiosk::start_with(dir, size, &[])
    }

    fn start_with(dir: &Path, size: &str, more: &[&str]) -> Kiosk {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kiosk"))
            .args(["--headless", "--size", size, "--png"])
            .arg(dir.join("kiosk.png"))
            .arg("--data")
            .arg(dir)
            .args(more)
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the kiosk starts");
        let (tell, pages) = channel();
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Kiosk { lines: child.stdin.take().expect("piped"), child, pages }
    }

    fn say(&mut self, line: &str) {
        writeln!(self.lines, "{line}").expect("the kiosk reads");
    }

    /// The next page with all of `words`.
    fn until(&self, words: &[&str]) -> String {
        let end = Instant::now() + DEADLINE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let page = self.pages.recv_timeout(left).unwrap_or_else(|_| panic!("no page with {words:?}"));
            if words.iter().all(|word| page.contains(word)) {
                return page;
            }
        }
    }
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind; one that ended well finds it gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn two_lines_give_a_number_with_its_picture_and_the_truth_about_its_paper() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("office.toml"), include_str!("../../office.toml")).expect("office.toml");
    let mut store = Store::create(dir.path()).expect("a store");
    let mut kiosk = Kiosk::start(dir.path(), "540x960");
    kiosk.until(&["\"not-opened\""]);
    let date = jiff::civil::date(2026, 11, 23);
    store.open_day(&Wish::new(queue::journal::Actor::Terminal), date, true).expect("opens");
    kiosk.until(&["\"page\":\"home\""]);
    kiosk.say("nonsense");
    kiosk.say("service new");
    kiosk.until(&["\"page\":\"requirements\"", "\"service\":\"new\""]);
    kiosk.say("print");
    kiosk.until(&["\"page\":\"your-number\"", "\"number\":\"A-001\"", "\"ahead\":0"]);
    assert_eq!(store.tickets().expect("reads").len(), 1, "shown is on disk");

    let job = store.claim_print_job(now()).expect("claims").expect("a slip");
    store.settle_print_job(job.id, &Outcome::Unknown { cause: "cable".into() }, now()).expect("settles");
    kiosk.until(&["\"paper\":\"unknown\""]);
    kiosk.say("paper no");
    kiosk.until(&["\"paper\":\"failed\""]);
    store.report_printer(queue::printing::PrinterState::Ready, "", now()).expect("reports");
    kiosk.until(&["\"may_reprint\":true"]);
    kiosk.say("reprint");
    kiosk.until(&["\"paper\":\"printing\""]);
    let again = store.claim_print_job(now()).expect("claims").expect("a reprint");
    assert_eq!(again.copy, 1, "marked CETAK ULANG 1");
    store.settle_print_job(again.id, &Outcome::Confirmed, now()).expect("settles");
    kiosk.until(&["\"paper\":\"printed\"", "\"copy\":1"]);

    let picture = std::fs::File::open(dir.path().join("kiosk.png")).expect("a picture");
    let mut reader = png::Decoder::new(std::io::BufReader::new(picture)).read_info().expect("a PNG");
    assert_eq!((reader.info().width, reader.info().height), (540, 960));
    let mut pixels = vec![0; reader.output_buffer_size().expect("fits")];
    reader.next_frame(&mut pixels).expect("whole");
    assert!(pixels.iter().any(|value| *value < 64) && pixels.contains(&255), "ink on paper");
    kiosk.say("quit");
    assert!(kiosk.child.wait().expect("ends").success());
}

#[test]
fn who_cannot_read_hears_the_pages_and_a_technician_starts_the_kiosk_again() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("office.toml"), include_str!("../../office.toml")).expect("office.toml");
    std::fs::write(dir.path().join("kiosk.code"), "135791").expect("the code");
    let mut store = Store::create(dir.path()).expect("a store");
    store.open_day(&Wish::new(queue::journal::Actor::Terminal), jiff::civil::date(2026, 11, 20), true).expect("opens");
    let sound = dir.path().join("kiosk.wav");
    let mut kiosk = Kiosk::start_with(dir.path(), "540x960", &["--sound", sound.to_str().expect("text")]);
    kiosk.until(&["\"home\""]);
    for line in ["priority", "priority", "speak", "service lost", "service lost"] {
        kiosk.say(line);
    }
    kiosk.until(&["\"requirements\"", "\"speaks\":true"]);
    let end = Instant::now() + DEADLINE;
    let heard = || std::fs::read_to_string(sound.with_extension("txt")).unwrap_or_default();
    // What was left before it was said is not said, and what was said is not said again.
    while !(heard().contains("id/service-lost\n") && heard().contains("id/kiosk-requirements\n")) {
        assert!(Instant::now() < end, "spoken: {}", heard());
        std::thread::yield_now();
    }
    assert!(std::fs::metadata(&sound).expect("a sound").len() > 10_000);
    kiosk.say("home");
    kiosk.say("hold");
    kiosk.until(&["\"code\""]);
    kiosk.say("code 135791");
    kiosk.until(&["\"technician\""]);
    kiosk.say("restart kiosk");
    assert!(kiosk.child.wait().expect("ends").success(), "its supervisor starts it again");
}
