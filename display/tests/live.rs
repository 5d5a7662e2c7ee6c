//! The real board beside the real store: calls appear in order, keep their time, and survive a lost database.

#![allow(clippy::panic, clippy::unwrap_used)] // A test may fail loudly, in its helpers too.

mod common;

use display::calls::{DWELL, Shown};
use display::canvas::Canvas;
use display::draw::Painter;
use display::layout::{AMBER, hall};
use display::scene::Name;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use jiff::civil::date;
use queue::devices::Device;
use queue::office::{Lang, ServiceKey};
use queue::store::{Command, Issue, Store};
use std::path::Path;
use std::time::{Duration, Instant};

const SIZE: Size = Size::new(960, 540);

/// The picture on disk as rows of pixels; `None` until there is one.
fn picture(file: &Path) -> Option<Vec<u32>> {
    let mut reader = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(file).ok()?)).read_info().ok()?;
    let mut rgb = vec![0; reader.output_buffer_size()?];
    reader.next_frame(&mut rgb).ok()?;
    Some(rgb.chunks(3).map(|p| u32::from(p[0]) << 16 | u32::from(p[1]) << 8 | u32::from(p[2])).collect())
}

fn part(pixels: &[u32], rect: &Rectangle) -> Vec<u32> {
    let row = |y: i32| {
        let from = y as usize * SIZE.width as usize + rect.top_left.x as usize;
        &pixels[from..from + rect.size.width as usize]
    };
    rect.rows().flat_map(row).copied().collect()
}

/// Waits until `seen` says yes to the picture, and tells when.
fn until(file: &Path, what: &str, mut seen: impl FnMut(&[u32]) -> bool) -> Instant {
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline {
        if picture(file).is_some_and(|p| seen(&p)) {
            return Instant::now();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("not within a minute: {what}");
}

/// The large field with this call, and where it is.
fn field(number: &str, counter: u8) -> (Rectangle, Vec<u32>) {
    let call = common::call(1, number, counter);
    let state = common::but("expected", |s, _| s.shown = Some(Shown { call, fresh: true, bright: false }));
    let scene = hall(&state.view(), SIZE);
    let rect = scene.areas.iter().find(|a| a.name == Name::Current).expect("the field").ground.rect;
    let canvas: Canvas = state.draw(SIZE, &mut Painter::default());
    (rect, part(canvas.pixels(), &rect))
}

#[test]
fn s17_two_calls_at_once_are_shown_one_after_the_other_and_stay_when_the_database_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    // Two counters that may call the same queue.
    let office = include_str!("../../office.toml").replace(r#"["recording"]"#, r#"["verification", "recording"]"#);
    std::fs::write(dir.path().join("office.toml"), office).unwrap();
    let mut store = Store::create(dir.path()).unwrap();
    let file = dir.path().join("board.png");
    let args =
        ["display", "--data", &dir.path().to_string_lossy(), "--size", "960x540", "--png", &file.to_string_lossy()]
            .map(String::from);
    let args = <display::Args as clap::Parser>::parse_from(args);
    std::thread::spawn(move || display::run(args));
    until(&file, "a first picture", |_| true);
    until(&file, "the board's sign of life", |_| {
        let beat = store.heartbeat(Device::Display);
        beat.is_some_and(|beat| !beat.is_dead(&queue::clock::now()))
    });

    store.open_day(&Command::new(queue::journal::Actor::Terminal), date(2026, 11, 23), true).unwrap();
    let wish = Issue { service: ServiceKey("new".into()), priority: false, lang: Lang::Id, receipt: None };
    for _ in 0..2 {
        store.issue(&Command::new(queue::journal::Actor::Terminal), &wish).unwrap();
    }
    let called = Instant::now();
    store.call_next(&Command::new(queue::journal::Actor::Terminal), 1).unwrap().unwrap();
    store.call_next(&Command::new(queue::journal::Actor::Terminal), 2).unwrap().unwrap();
    let ((rect, first), (_, second)) = (field("A-001", 1), field("A-002", 2));
    assert_ne!(first, second);
    until(&file, "A-001 to counter 1", |p| part(p, &rect) == first);
    let next = until(&file, "A-002 to counter 2", |p| part(p, &rect) == second);
    assert!(next - called >= DWELL, "A-001 had only {:?}", next - called);

    // 640 x 360, and as bright as the board: what staff see is what the room sees.
    let bright = |p: &[u32]| p.iter().filter(|p| **p & 255 > 200).count() as f64 / p.len() as f64;
    until(&dir.path().join(queue::store::BOARD_PICTURE), "the small picture for the staff", |p| {
        let large = picture(&file).map_or(0.0, |p| bright(&p));
        p.len() == 640 * 360 && (bright(p) - large).abs() < 0.05
    });

    let notice = |p: &[u32]| {
        let amber = u32::from(AMBER.r()) << 16 | u32::from(AMBER.g()) << 8 | u32::from(AMBER.b());
        p[..SIZE.width as usize * 40].iter().filter(|p| **p == amber).count() > 1000
    };
    let away = dir.path().join("away.db");
    std::fs::rename(dir.path().join("antrean.db"), &away).unwrap();
    until(&file, "the notice with the last truth", |p| notice(p) && part(p, &rect) == second);
    std::fs::rename(&away, dir.path().join("antrean.db")).unwrap();
    until(&file, "the notice gone", |p| !notice(p) && part(p, &rect) == second);
    until(&file, "the memory over a restart", |_| {
        // Two calls, each with its time: the file names the second.
        std::fs::read_to_string(dir.path().join("display.shown")).is_ok_and(|t| t.trim().parse::<i64>().is_ok())
    });
}
