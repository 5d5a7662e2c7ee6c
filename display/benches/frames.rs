//! How long a frame takes on one core: the whole board, the change of one call, one step of the running text.
//!
//! `cargo bench -p display` prints milliseconds, median and 99th percentile. Budgets: 3 ms, 1 ms, and 2 % of a core
//! for 30 steps a second (0.67 ms each).

use display::calls::Shown;
use display::canvas::Canvas;
use display::draw::Painter;
use display::layout::{View, hall};
use embedded_graphics::prelude::*;
use queue::board::{Board, Call, DayStatus, Sign, Waiting};
use queue::case::Receipt;
use queue::office::{Office, Stage};
use queue::ticket::{Number, Seq};
use queue::time::Moment;
use std::hint::black_box;
use std::time::{Duration, Instant};

const RUNS: u32 = 300;

fn main() {
    let office = Office::parse(include_str!("../../office.toml")).expect("the real office");
    let date = jiff::civil::date(2026, 11, 23);
    let at = Moment { wall_ms: 1_795_396_440_000, boot: 1, uptime_ms: 0 };
    let call = |seq: i64| Call {
        seq: Seq(seq),
        number: Number { prefix: 'A', n: seq as u32 },
        counter: 1 + (seq % 3) as u8,
        stage: Stage::Verification,
        at,
        withdrawn: false,
        over: None,
    };
    let board = |seq: i64| Board {
        day: DayStatus::Open { date },
        signs: (1..=3)
            .map(|n| Sign { counter: n, number: Some(call(seq + 1 - i64::from(n)).number), serving: true })
            .collect(),
        calls: (1..=seq).rev().take(Board::CALLS).map(call).collect(),
        waiting: office.services.iter().map(|s| Waiting { service: s.key.clone(), count: 7 }).collect(),
        ready: (1..=9).map(|n| Receipt { year: 26, n }).collect(),
        network_down: None,
        notices: vec![],
        volume: 100,
    };
    let scene = |seq: i64, size: Size| {
        let (board, shown) = (board(seq), Shown { call: call(seq), fresh: true, bright: seq % 2 == 0 });
        let view = View {
            office: &office,
            board: Some(&board),
            shown: Some(shown),
            now: date.at(8, 14, 0, 0),
            lost_since: None,
            page: 0,
            slide: None,
        };
        hall(&view, size)
    };
    for size in [Size::new(1920, 1080), Size::new(3840, 2160)] {
        println!("{} x {}", size.width, size.height);
        let mut canvas = Canvas::new(size);
        let mut painter = Painter::default();
        let started = Instant::now();
        let first = scene(10, size);
        let ticker = first.ticker.clone().expect("the hall has a running text");
        let Ok(_) = painter.paint(&mut canvas, first);
        let Ok(()) = painter.ticker(&mut canvas, &ticker, 0);
        println!("  first frame, every glyph rasterised  {:8.3} ms", started.elapsed().as_secs_f64() * 1e3);
        print("layout of the scene", |n| drop(black_box(scene(i64::from(n % 800) + 10, size))));
        print("full frame", |n| {
            painter.forget();
            let Ok(_) = painter.paint(&mut canvas, scene(10 + i64::from(n % 2), size));
            let Ok(()) = painter.ticker(&mut canvas, &ticker, 0);
            black_box(canvas.take_damage());
        });
        print("change of one call", |n| {
            let Ok(_) = painter.paint(&mut canvas, scene(10 + i64::from(n), size));
            black_box(canvas.take_damage());
        });
        print("step of the running text", |n| {
            let Ok(()) = painter.ticker(&mut canvas, &ticker, u64::from(n) * 4);
            black_box(canvas.take_damage());
        });
    }
}

fn print(what: &str, mut run: impl FnMut(u32)) {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|n| {
            let started = Instant::now();
            run(n);
            started.elapsed()
        })
        .collect();
    times.sort();
    let ms = |part: u32| times[(RUNS * part / 100) as usize].as_secs_f64() * 1e3;
    println!("  {what:36} {:8.3} ms   p99 {:8.3} ms", ms(50), ms(99));
}
