//! A hall at its busiest: eighty calls closer together than a board can say them. How far behind the counters is it?

#![allow(clippy::panic, clippy::unwrap_used)] // A test may fail loudly, in its helpers too.

mod common;

use display::screen::{Face, Screen};
use display::watch::News;
use embedded_graphics::geometry::Size;
use queue::board::{Board, Call};
use queue::ticket::Seq;
use queue::time::Moment;
use std::collections::BTreeMap;

/// Milliseconds between two looks.
const LOOK: i64 = 50;

fn at(ms: i64) -> Moment {
    Moment { wall_ms: 1_795_396_440_000 + ms, boot: 7, uptime_ms: 1_000_000 + ms }
}

/// Seconds from each call to its turn in the large field; none for who had come before.
struct Behind(Vec<Option<f64>>);

impl Behind {
    fn most(&self) -> f64 {
        self.0.iter().flatten().fold(0.0, |most, s| s.max(most))
    }
}

/// Eighty calls of eight counters, 5.2 s apart on the average, four at a time. Every fourth applicant stands at the counter
/// already and is served three seconds later; every tenth call is one more of a number that waits.
fn play(speaks: bool) -> Behind {
    let mut screen = Screen::new(Face::Hall, common::office(), None, Size::new(192, 108), false);
    let pack = voice::Pack::embedded();
    if speaks {
        screen.speak();
    }
    let mut board: Board = common::morning().board.unwrap();
    board.calls.clear();
    screen.hear(News::Board(board.clone()), &at(0));
    let mut all: Vec<Call> = Vec::new();
    let mut shown: BTreeMap<Seq, i64> = BTreeMap::new();
    let mut saying: Option<(u64, i64)> = None;
    for ms in (0..900_000).step_by(LOOK as usize) {
        while all.len() < 80 && 1_000 + all.len() as i64 / 4 * 20_800 <= ms {
            let n = all.len();
            let call = match n % 10 {
                9 => Call { seq: Seq(n as i64 + 1), at: at(ms), ..all[n - 2] },
                _ => Call { at: at(ms), ..common::call(n as i64 + 1, &format!("A-{:03}", n + 1), 1 + (n % 8) as u8) },
            };
            all.push(call);
        }
        for (n, call) in all.iter_mut().enumerate().filter(|(n, _)| n % 4 == 3 && n % 10 != 9) {
            let came = 1_000 + n as i64 / 4 * 20_800 + 3_000;
            call.over = (ms >= came).then(|| at(came));
        }
        board.calls = all.iter().rev().take(Board::CALLS).copied().collect();
        screen.hear(News::Board(board.clone()), &at(ms));
        if let Some((id, _)) = saying.take_if(|(_, ends)| *ends <= ms) {
            screen.hear(News::Spoken(id), &at(ms));
        }
        screen.advance(&at(ms));
        if let Some(call) = screen.shown(&at(ms)) {
            shown.entry(call.call.seq).or_insert(ms);
        }
        if let Some(speech) = screen.to_say(&at(ms)) {
            let sound = pack.sound(&speech.sentences);
            saying = Some((speech.id, ms + (sound.samples.len() as i64 * 1_000) / i64::from(sound.rate)));
        }
    }
    let behind = all.iter().map(|c| shown.get(&c.seq).map(|ms| (at(*ms).uptime_ms - c.at.uptime_ms) as f64 / 1e3));
    Behind(behind.collect())
}

#[test]
fn eighty_calls_in_a_hall_do_not_leave_the_board_a_minute_behind() {
    for (speaks, what) in [(false, "silent"), (true, "speaking")] {
        let behind = play(speaks);
        let seen = behind.0.iter().flatten().count();
        println!("{what}: {seen} of 80 shown, at most {:.1} s after the call", behind.most());
        // Nobody is left out who had not come, and who was not called once more while waiting.
        let left_out: Vec<usize> = (0..80).filter(|n| behind.0[*n].is_none()).collect();
        assert!(left_out.iter().all(|n| n % 4 == 3 || n % 10 == 9), "{left_out:?}");
        assert!(behind.most() < 30.0, "{what}: {:.1} s", behind.most());
    }
}
