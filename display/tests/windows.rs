//! The board on a real screen, seen from outside: on X11, and on Wayland under the kiosk shell of weston, which is itself a
//! window on X11. The X server keeps its screen in a file; that file is looked at.

#![allow(clippy::panic, clippy::unwrap_used)] // A test may fail loudly, in its helpers too.

mod common;

use display::calls::Shown;
use display::draw::Painter;
use display::layout::hall;
use display::scene::Name;
use embedded_graphics::prelude::*;
use queue::devices::Device;
use queue::office::{Lang, ServiceKey};
use queue::store::{Command, Issue, Store};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const SIZE: Size = Size::new(1280, 720);

/// A process that ends with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(program: &str, args: &[&str], env: &[(&str, &str)]) -> Running {
    let mut command = std::process::Command::new(program);
    command.args(args).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").envs(env.iter().copied());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    Running(command.spawn().unwrap_or_else(|e| panic!("{program}: {e}")))
}

fn until(what: &str, mut seen: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !seen() {
        assert!(Instant::now() < deadline, "not within a minute: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// An X server of this size, and a data folder in which A-001 is called to counter 1.
fn office(dir: &Path, number: u32) -> (Running, String) {
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700)).unwrap();
    std::fs::write(dir.join("office.toml"), include_str!("../../office.toml")).unwrap();
    let mut store = Store::create(dir).unwrap();
    store.open_day(&Command::new(queue::journal::Actor::Terminal), jiff::civil::date(2026, 11, 23), true).unwrap();
    let wish = Issue { service: ServiceKey("new".into()), priority: false, lang: Lang::Id, receipt: None };
    store.issue(&Command::new(queue::journal::Actor::Terminal), &wish).unwrap();
    store.call_next(&Command::new(queue::journal::Actor::Terminal), 1).unwrap().unwrap();
    let name = format!(":{number}");
    let screen = format!("{}x{}x24", SIZE.width, SIZE.height);
    let folder = dir.to_string_lossy();
    let server =
        start("Xvfb", &[&name, "-screen", "0", &screen, "-nolisten", "tcp", "-noreset", "-fbdir", &folder], &[]);
    // The file of a server that was killed may still lie there; only a living one answers.
    until("the X server", || UnixStream::connect(format!("/tmp/.X11-unix/X{number}")).is_ok());
    (server, name)
}

/// Whether the middle of the screen's large field is that of the board with this call; the edges are the flash's.
fn shows_the_call(dir: &Path) -> bool {
    let state = common::but("expected", |s, _| {
        s.shown = Some(Shown { call: common::call(1, "A-001", 1), fresh: true, bright: false })
    });
    let scene = hall(&state.view(), SIZE);
    let field = scene.areas.iter().find(|a| a.name == Name::Current).expect("the field").ground.rect;
    let expected = state.draw(SIZE, &mut Painter::default());
    let bytes = std::fs::read(dir.join("Xvfb_screen0")).unwrap_or_default();
    let (pitch, height) = (SIZE.width as usize * 4, SIZE.height as usize);
    let Some(begin) = bytes.len().checked_sub(pitch * height) else { return false };
    (0..field.size.height).all(|row| {
        let y = field.top_left.y as usize + row as usize;
        let from = begin + y * pitch + field.top_left.x as usize * 4;
        let seen = bytes[from..from + field.size.width as usize * 4].chunks(4);
        let seen = seen.map(|p| u32::from_le_bytes([p[0], p[1], p[2], 0]));
        seen.eq(expected.row(&field, row).iter().copied())
    })
}

#[test]
#[ignore = "needs Xvfb"]
fn the_board_fills_the_named_output_on_x11() {
    let dir = tempfile::tempdir().unwrap();
    let (_server, name) = office(dir.path(), 171);
    let data = dir.path().to_string_lossy();
    let args = ["--data", &data, "--sound", "none", "--output", "screen"];
    let _board = start(env!("CARGO_BIN_EXE_display"), &args, &[("DISPLAY", &name)]);
    until("A-001 on the screen", || shows_the_call(dir.path()));
}

#[test]
#[ignore = "needs Xvfb and weston"]
fn the_board_fills_the_screen_on_wayland_under_the_kiosk_shell() {
    let dir = tempfile::tempdir().unwrap();
    let (_server, name) = office(dir.path(), 172);
    let data = dir.path().to_string_lossy();
    let (width, height) = (format!("--width={}", SIZE.width), format!("--height={}", SIZE.height));
    let args = [
        "--backend=x11-backend.so",
        "--shell=kiosk-shell.so",
        "--use-pixman",
        "--no-config",
        "--idle-time=0",
        "--socket=board",
        &width,
        &height,
    ];
    let _weston = start("weston", &args, &[("DISPLAY", &name), ("XDG_RUNTIME_DIR", &data)]);
    until("weston", || dir.path().join("board").exists());
    let args = ["--data", &data, "--sound", "none", "--output", "screen0"];
    let env = [("WAYLAND_DISPLAY", "board"), ("XDG_RUNTIME_DIR", &*data)];
    let _board = start(env!("CARGO_BIN_EXE_display"), &args, &env);
    until("A-001 on the screen", || shows_the_call(dir.path()));
}

#[test]
#[ignore = "needs Xvfb"]
fn an_output_that_is_not_there_is_waited_for_and_told() {
    let dir = tempfile::tempdir().unwrap();
    let (_server, name) = office(dir.path(), 173);
    let folder = dir.path().to_string_lossy();
    let log = dir.path().join("log");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_display"));
    command.args(["--data", &folder, "--sound", "none", "--output", "HDMI-9"]);
    command.env_remove("WAYLAND_DISPLAY").env("DISPLAY", name);
    let log_file = std::fs::File::create(&log).unwrap();
    let mut board = Running(command.stdout(log_file.try_clone().unwrap()).stderr(log_file).spawn().unwrap());
    let read = || std::fs::read_to_string(&log).unwrap_or_default();
    until("the names", || read().contains("there is no output HDMI-9; there are: screen"));
    // Staff read that nobody can see the board, and the board lives.
    let store = Store::open(dir.path()).unwrap();
    until("the trouble", || {
        let told = store.heartbeat(Device::Display);
        told.is_some_and(|told| told.troubles.iter().any(|t| t.id.starts_with("Papan tidak terlihat")))
    });
    assert!(board.0.try_wait().unwrap().is_none(), "{}", read());
    assert!(!dir.path().join("display.shown").exists(), "nobody has seen the call");
}
