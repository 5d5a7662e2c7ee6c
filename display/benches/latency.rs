//! From a committed call to its pixels, across processes: this one commits to a real store and looks at the screen's
//! memory, the real board draws in a window. Then what that board costs, at rest and with its running text.
//!
//! `cargo bench -p display --bench latency`; needs `Xvfb`. Budgets: call → pixels 20 ms (p99); idle 0.1 %, running text
//! 2 % of a core.

#![allow(clippy::unwrap_used)] // A bench may fail loudly.

use display::layout::{View, hall};
use display::scene::Name;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use queue::office::{Lang, ServiceKey};
use queue::store::{Command, Issue, OFFICE, Store};
use queue::visit::Action;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const SIZE: Size = Size::new(1920, 1080);
const CALLS: usize = 300;
/// Over how long a share of the processor is taken.
const SPAN: Duration = Duration::from_secs(20);

/// A process that ends with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() {
    let dir = tempfile::tempdir().unwrap();
    let office = include_str!("../../office.toml");
    std::fs::write(dir.path().join(OFFICE), office).unwrap();
    let mut store = Store::create(dir.path()).unwrap();
    store.open_day(&Command::new(queue::journal::Actor::Terminal), jiff::civil::date(2026, 11, 23), true).unwrap();
    let screen = dir.path().join("Xvfb_screen0");
    let server = std::process::Command::new("Xvfb")
        .args([":97", "-screen", "0", "1920x1080x24", "-nolisten", "tcp", "-fbdir"])
        .arg(dir.path())
        .stderr(Stdio::null())
        .spawn();
    let Ok(server) = server else { return println!("call to pixels: not measured, needs Xvfb") };
    let _server = Running(server);
    let memory = until("the X server", || File::open(&screen).ok());

    let board = start(dir.path(), &["--size", "1920x1080"]);
    let watched = counter_sign(&store);
    let empty = look(&memory, &watched);
    until("the board", || (look(&memory, &watched) != empty).then_some(()));
    std::thread::sleep(Duration::from_secs(1));
    let mut times: Vec<Duration> = (0..CALLS).map(|_| one_call(&mut store, &memory, &watched)).collect();
    times.sort();
    let ms = |at: usize| times[at].as_secs_f64() * 1e3;
    println!("1920 x 1080 in a window, {CALLS} calls, from the end of the commit to the pixels of the screen");
    println!("  p50 {:.2} ms   p99 {:.2} ms   max {:.2} ms", ms(CALLS / 2), ms(CALLS * 99 / 100), ms(CALLS - 1));
    println!("  running text and calls in line {:5.2} % of a core", share(&board));
    println!("  resident {:.1} MB", resident(&board));
    drop(board);
    let sign = start(dir.path(), &["--sign", "3"]);
    std::thread::sleep(Duration::from_secs(2));
    println!("  idle, without running text     {:5.2} % of a core", share(&sign));
}

fn start(data: &Path, rest: &[&str]) -> Running {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_display"));
    command
        .arg("--data")
        .arg(data)
        .args(["--sound", "none"])
        .args(rest)
        .env("DISPLAY", ":97")
        .env_remove("WAYLAND_DISPLAY");
    Running(command.stderr(Stdio::null()).spawn().unwrap())
}

/// Where the board says who is at the counters: it changes with the commit, however many calls wait to be shown large.
fn counter_sign(store: &Store) -> Rectangle {
    let now = queue::clock::now();
    let board = store.board(now).unwrap();
    let zone = store.office().identity.zone;
    let view = View {
        office: store.office(),
        board: Some(&board),
        shown: None,
        now: now.local(zone),
        lost_since: None,
        page: 0,
        slide: None,
    };
    let scene = hall(&view, SIZE);
    let area = scene.areas.iter().find(|a| a.name == Name::Signs).unwrap().ground.rect;
    // A few lines through the middle of the numbers.
    Rectangle::new(area.top_left + area.size.y_axis() * 2 / 3, Size::new(area.size.width, 3))
}

/// The bytes of a part of the screen; the picture stands at the end of the server's file.
fn look(memory: &File, part: &Rectangle) -> Vec<u8> {
    let pitch = u64::from(SIZE.width) * 4;
    let begin = memory.metadata().unwrap().len().saturating_sub(pitch * u64::from(SIZE.height));
    let mut bytes = Vec::new();
    for y in part.rows() {
        let mut row = vec![0; part.size.width as usize * 4];
        let _ = memory.read_exact_at(&mut row, begin + y as u64 * pitch + part.top_left.x as u64 * 4);
        bytes.extend(row);
    }
    bytes
}

/// Calls the next applicant to counter 1, and waits for the screen to say so.
fn one_call(store: &mut Store, memory: &File, watched: &Rectangle) -> Duration {
    let wish = Issue { service: ServiceKey("new".into()), priority: false, lang: Lang::Id, receipt: None };
    store.issue(&Command::new(queue::journal::Actor::Terminal), &wish).unwrap();
    // The number that was issued changes the waiting list: let the board come to rest.
    std::thread::sleep(Duration::from_millis(70));
    let before = look(memory, watched);
    let ticket = store.call_next(&Command::new(queue::journal::Actor::Terminal), 1).unwrap().unwrap();
    let called = Instant::now();
    until("the call on the screen", || (look(memory, watched) != before).then_some(()));
    let passed = called.elapsed();
    let before = look(memory, watched);
    store
        .act(
            &Command::new(queue::journal::Actor::Terminal),
            ticket.id,
            &Action::Cancel { reason: "bench".into() },
            None,
        )
        .unwrap();
    until("the counter free again", || (look(memory, watched) != before).then_some(()));
    passed
}

fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < deadline, "not within 20 s: {what}");
        std::thread::sleep(Duration::from_micros(50));
    }
}

/// How much of one core the process takes, in percent.
fn share(process: &Running) -> f64 {
    let ticks = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.0.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()
    };
    let before = ticks();
    std::thread::sleep(SPAN);
    // A tick is a hundredth of a second.
    (ticks() - before) / SPAN.as_secs_f64()
}

fn resident(process: &Running) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.0.id())).unwrap();
    let line = status.lines().find(|l| l.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}
