//! Two hundred citizens at a real window, by real X events, and what it costs. Needs Xvfb and xdotool, so it runs only
//! when asked: `cargo test -p kiosk --test window -- --ignored --nocapture`. The figures of a release:
//! `cargo build --release -p kiosk`, then the same with `KIOSK=target/release/kiosk` (an absolute path).

#![allow(clippy::panic)] // All of this file is a test; clippy sees only its #[test] functions as one.

use queue::Store;
use queue::store::Command as Wish;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const DEADLINE: Duration = Duration::from_secs(60);
/// A person looks at a new page before touching it; the kiosk drops touches for 0.7 s after a page has changed.
const LOOK: Duration = Duration::from_millis(1000);

/// Kills what it started, whatever happens.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program under test.
fn kiosk() -> std::ffi::OsString {
    std::env::var_os("KIOSK").unwrap_or_else(|| env!("CARGO_BIN_EXE_kiosk").into())
}

fn start(command: &mut Command) -> Running {
    Running(command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")))
}

/// The pixels that the X server shows, as it keeps them in a file: a header, then rows of four bytes per pixel.
struct Screen {
    file: std::fs::File,
    pixels: u64,
    row: u64,
}

impl Screen {
    fn open(folder: &Path) -> Screen {
        let file = std::fs::File::open(folder.join("Xvfb_screen0")).expect("the X server's pixels");
        let mut header = [0; 100];
        file.read_exact_at(&mut header, 0).expect("a header");
        let word = |at: usize| u64::from(u32::from_be_bytes(header[4 * at..4 * at + 4].try_into().expect("a word")));
        // xwd: header size, …, bytes per line (12), …, number of colours (19), each of 12 bytes.
        Screen { file, pixels: word(0) + 12 * word(19), row: word(12) }
    }

    /// Blue, green, red of one pixel.
    fn at(&self, (x, y): (u32, u32)) -> [u8; 3] {
        let mut pixel = [0; 3];
        self.file.read_exact_at(&mut pixel, self.pixels + u64::from(y) * self.row + 4 * u64::from(x)).expect("a pixel");
        pixel
    }

    /// When the pixel is so; looked at as often as the machine can.
    fn until(&self, at: (u32, u32), wished: impl Fn([u8; 3]) -> bool) -> Instant {
        let end = Instant::now() + DEADLINE;
        while !wished(self.at(at)) {
            assert!(Instant::now() < end, "the pixel at {at:?} stays {:?}", self.at(at));
        }
        Instant::now()
    }
}

/// Theme.primary and Theme.pressed, as the screen keeps them.
const PRIMARY: [u8; 3] = [0x6e, 0x3a, 0x0a];
const PRESSED: [u8; 3] = [0x3d, 0x1f, 0x04];
/// In the frame around the large number, and in the button that prints it, beside its word.
const FRAME: (u32, u32) = (19, 200);
const PRINT: (u32, u32) = (505, 885);

struct Window {
    screen: Screen,
    kiosk: Running,
    _hand_process: Running,
    hand: ChildStdin,
    /// Each page, and when the log told it.
    said: Receiver<(Instant, String)>,
    page: String,
    _x: Running,
}

/// Where things are in a window of 540 x 960, as in the goldens.
fn spot(word: &str) -> (u32, u32) {
    match word {
        "new" => (270, 446),
        "lost" => (270, 581),
        "collection" => (270, 718),
        "priority" => (150, 828),
        "check" => (460, 828),
        "help" => (70, 910),
        "standard" => (370, 910),
        "language" => (478, 910),
        "back" => (250, 910),
        "right" => (440, 905),
        "incomplete" => (400, 838),
        digit => {
            let digit: u32 = digit.parse().unwrap_or_else(|_| panic!("{digit}"));
            let (column, row) = if digit == 0 { (1, 3) } else { ((digit - 1) % 3, (digit - 1) / 3) };
            (97 + 175 * column, 508 + 104 * row)
        }
    }
}

impl Window {
    fn open(dir: &Path, display: &str) -> (Window, Duration) {
        let x = start(
            Command::new("Xvfb").args([display, "-screen", "0", "540x960x24", "-nolisten", "tcp", "-fbdir"]).arg(dir),
        );
        let end = Instant::now() + DEADLINE;
        let mouse = || Command::new("xdotool").args(["getmouselocation"]).env("DISPLAY", display).output();
        while !mouse().expect("xdotool").status.success() {
            assert!(Instant::now() < end, "Xvfb starts");
        }
        let screen = Screen::open(dir);
        let mut hand = start(Command::new("xdotool").arg("-").env("DISPLAY", display).stdin(Stdio::piped()));
        let begun = Instant::now();
        let mut kiosk = start(
            Command::new(kiosk())
                .args(["--size", "540x960", "--inches", "21.5", "--sound", "none", "--data"])
                .arg(dir)
                .env("DISPLAY", display)
                .env_remove("WAYLAND_DISPLAY")
                .env("RUST_LOG", "kiosk=debug")
                .env("NO_COLOR", "1")
                .stderr(Stdio::piped()),
        );
        let (tell, said) = channel();
        let log = BufReader::new(kiosk.0.stderr.take().expect("piped"));
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                let Some((_, page)) = line.split_once("shown page=") else { continue };
                let page: String = serde_json::from_str(page).unwrap_or_else(|_| page.into());
                if tell.send((Instant::now(), page)).is_err() {
                    return;
                }
            }
        });
        // The window is black until its first frame.
        let first = screen.until((2, 2), |pixel| pixel > [64; 3]).duration_since(begun);
        let pipe = hand.0.stdin.take().expect("piped");
        (
            Window {
                screen,
                kiosk,
                _hand_process: hand,
                hand: pipe,
                said,
                page: "{\"page\":\"starting\"}".into(),
                _x: x,
            },
            first,
        )
    }

    /// Taps like a finger, and forgets what was said before.
    fn tap(&mut self, word: &str, clicks: u32) -> Instant {
        self.said.try_iter().for_each(drop);
        let (x, y) = spot(word);
        let at = Instant::now();
        writeln!(self.hand, "mousemove {x} {y} click --repeat {clicks} --delay 20 1").expect("xdotool listens");
        at
    }

    /// The next page that differs from this one must be of the wished kind; returns when it was shown.
    fn expect(&mut self, wished: &str) -> Instant {
        let before = kind(&self.page);
        let end = Instant::now() + DEADLINE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let said = self.said.recv_timeout(left);
            let (told, page) = said.unwrap_or_else(|_| panic!("{wished} never came: {}", self.page));
            self.page = page;
            if kind(&self.page) == wished {
                return told;
            }
            assert_eq!(kind(&self.page), before, "a wrong page on the way to {wished}: {}", self.page);
        }
    }

    /// Presses CETAK NOMOR as a finger does, and watches log and pixels: how long until the button answers the touch,
    /// from lifting the finger until the page has the number, and until the number can be seen.
    fn print(&mut self) -> [Duration; 3] {
        std::thread::sleep(LOOK);
        self.said.try_iter().for_each(drop);
        let (x, y) = spot("right");
        writeln!(self.hand, "mousemove {x} {y}").expect("xdotool listens");
        self.screen.until(PRINT, |pixel| pixel == PRIMARY);
        let down = Instant::now();
        writeln!(self.hand, "mousedown 1").expect("xdotool listens");
        let answered = self.screen.until(PRINT, |pixel| pixel == PRESSED);
        let up = Instant::now();
        writeln!(self.hand, "mouseup 1").expect("xdotool listens");
        let shown = self.screen.until(FRAME, |pixel| pixel == PRIMARY);
        let told = self.expect("your-number");
        [answered.duration_since(down), told.duration_since(up), shown.duration_since(up)]
    }

    fn go(&mut self, word: &str, clicks: u32, wished: &str) -> Duration {
        std::thread::sleep(LOOK);
        let at = self.tap(word, clicks);
        self.expect(wished).duration_since(at)
    }
}

fn kind(page: &str) -> String {
    let page: serde_json::Value = serde_json::from_str(page).unwrap_or_default();
    page["page"].as_str().unwrap_or_default().to_string()
}

fn spread(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1000.0;
    println!("{what}: p50 {:.1} ms, p99 {:.1} ms, of {}", at(50), at(99), times.len());
}

fn office(dir: &Path) -> Store {
    let text = include_str!("../../office.toml").replace("last_number = \"14.30\"", "last_number = \"15.00\"");
    std::fs::write(dir.join("office.toml"), text).expect("office.toml");
    let mut store = Store::create(dir).expect("a store");
    store.open_day(&Wish::new(queue::journal::Actor::Terminal), jiff::civil::date(2026, 11, 20), true).expect("opens");
    store
}

#[test]
#[ignore = "needs Xvfb and xdotool, and some minutes; CITIZENS=40 is two minutes"]
fn two_hundred_citizens_tap_and_no_number_is_lost() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut store = office(dir.path());
    let (mut window, first) = Window::open(dir.path(), ":77");
    println!("start to the first pixels: {:.0} ms", first.as_secs_f64() * 1000.0);
    if kind(&window.page) != "home" {
        window.expect("home");
    }
    let mut state = 7_u64;
    let mut random = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let (mut numbers, mut commits, mut turns) = (vec![], vec![], vec![]);
    let (mut answers, mut waits, mut sights) = (vec![], vec![], vec![]);
    let citizens: usize = std::env::var("CITIZENS").ok().and_then(|n| n.parse().ok()).unwrap_or(200);
    for citizen in 0..citizens {
        if random(4) == 0 {
            window.go("priority", 1, "home");
        }
        if random(6) == 0 {
            window.go("language", 1, "home");
        }
        if random(8) == 0 {
            window.go("help", 1, "home");
            store.answer_help(&Wish::new(queue::journal::Actor::Terminal)).expect("answers");
        }
        let clicks = 1 + random(2) as u32;
        match random(8) {
            0 => {
                turns.push(window.go("standard", clicks, "standard"));
                window.go("right", 1, "home");
            }
            1 => {
                window.go("new", clicks, "requirements");
                turns.push(window.go("incomplete", clicks, "incomplete"));
                window.go("right", 1, "home");
            }
            2 => {
                let entry = if random(2) == 0 { "check" } else { "collection" };
                turns.push(window.go(entry, clicks, "receipt-entry"));
                std::thread::sleep(LOOK);
                for (typed, digit) in ["2", "6", "0", "0", "0", "0", "0", "1"].iter().enumerate() {
                    window.tap(digit, 1);
                    while !window.page.contains(&format!("\"digits\":\"{}\"", &"26000001"[..=typed])) {
                        window.expect("receipt-entry");
                    }
                }
                window.tap("9", 1);
                window.expect("status");
                window.go("back", 1, "receipt-entry");
                window.go("back", 1, "home");
            }
            _ => {
                let service = ["new", "lost"][random(2) as usize];
                turns.push(window.go(service, clicks, "requirements"));
                if clicks == 1 {
                    let [answer, told, seen] = window.print();
                    answers.push(answer);
                    waits.push(told);
                    sights.push(seen);
                } else {
                    window.go("right", clicks, "your-number");
                }
                let page: serde_json::Value = serde_json::from_str(&window.page).expect("JSON");
                numbers.push(page["number"].as_str().expect("a number").to_string());
                window.go("right", 1, "home");
                // The yardstick, beside each number: a disk changes its pace.
                let start = Instant::now();
                store
                    .set_volume(&Wish::new(queue::journal::Actor::Terminal), 1 + citizen as u8 % 100)
                    .expect("commits");
                commits.push(start.elapsed());
            }
        }
        if citizen % 50 == 49 {
            println!("{} citizens, {} numbers", citizen + 1, numbers.len());
        }
    }
    let mut on_disk: Vec<String> = store.tickets().expect("reads").iter().map(|t| t.number.to_string()).collect();
    on_disk.sort();
    numbers.sort();
    assert_eq!(numbers, on_disk, "every number shown is on disk, and no other was taken");
    spread("one durable commit", commits);
    spread("touch to the button's answer in pixels", answers);
    spread("tap to the page with the number", waits);
    spread("tap to the number in pixels", sights);
    spread("tap to another page", turns);
    let status = std::fs::read_to_string(format!("/proc/{}/status", window.kiosk.0.id())).expect("runs");
    println!("{}", status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default());
}

#[test]
#[ignore = "prints figures"]
fn frames_of_1080_x_1920() {
    let dir = tempfile::tempdir().expect("a folder");
    drop(office(dir.path()));
    let mut kiosk = start(
        Command::new(kiosk())
            .args(["--headless", "--size", "1080x1920", "--data"])
            .arg(dir.path())
            .env("RUST_LOG", "kiosk=debug")
            .env("NO_COLOR", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped()),
    );
    let mut lines = kiosk.0.stdin.take().expect("piped");
    let mut pages = BufReader::new(kiosk.0.stdout.take().expect("piped")).lines();
    let mut until = |word: &str| pages.by_ref().map_while(Result::ok).find(|page| page.contains(word)).expect("a page");
    let log = BufReader::new(kiosk.0.stderr.take().expect("piped"));
    let frames = std::thread::spawn(move || {
        let times = log.lines().map_while(Result::ok).filter_map(|line| {
            Some(Duration::from_micros(line.split_once("frame microseconds=")?.1.trim().parse().ok()?))
        });
        times.collect::<Vec<_>>()
    });
    until("\"home\"");
    for _ in 0..150 {
        for (line, page) in [("service new", "requirements"), ("incomplete", "incomplete"), ("home", "\"home\"")] {
            writeln!(lines, "{line}").expect("listens");
            until(page);
        }
    }
    writeln!(lines, "quit").expect("listens");
    let _ = kiosk.0.wait();
    spread("frame", frames.join().expect("reads"));
}
