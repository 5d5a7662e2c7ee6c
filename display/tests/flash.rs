//! A flash that is seen: the picture itself never brightens more than once a second, whatever is called.

#![allow(clippy::panic, clippy::unwrap_used)] // A test may fail loudly, in its helpers too.

mod common;

use display::layout::{hall, sign};
use display::scene::Name;
use display::screen::{Face, Screen};
use display::watch::News;
use embedded_graphics::prelude::*;
use queue::board::Call;
use queue::time::Moment;

const SIZE: Size = Size::new(480, 270);
/// Milliseconds between two looks; a panel shows no more.
const LOOK: i64 = 20;

fn at(ms: i64) -> Moment {
    Moment { wall_ms: 1_795_396_440_000 + ms, boot: 7, uptime_ms: 1_000_000 + ms }
}

/// The light of the large field's ground beside its letters, 0 to 255. (The mean of the picture would not do: black letters
/// on amber are about as light as white ones on blue.)
fn light(face: Face, screen: &mut Screen) -> u32 {
    let state = common::morning();
    let scene = match face {
        Face::Hall => hall(&state.view(), SIZE),
        Face::Sign(counter) => sign(&state.view(), counter, SIZE),
    };
    let field = scene.areas.iter().find(|a| a.name == Name::Current).expect("the field").ground.rect;
    let at = field.top_left + Point::new_equal(4);
    let pixel = screen.canvas().pixels()[at.y as usize * SIZE.width as usize + at.x as usize];
    ((pixel >> 16 & 255) * 299 + (pixel >> 8 & 255) * 587 + (pixel & 255) * 114) / 1000
}

/// When the field of `face` became brighter by a tenth of all light or more.
fn flashes(face: Face, calls: &[(i64, u32)], until: i64) -> Vec<i64> {
    let mut screen = Screen::new(face, common::office(), None, SIZE, true);
    let mut board = common::morning().board.unwrap();
    board.calls.clear();
    let mut rises = Vec::new();
    let (mut due, mut before, mut made) = (0, None, 0);
    for ms in (0..until).step_by(LOOK as usize) {
        while let Some((when, n)) = calls.get(made).filter(|(when, _)| *when <= ms) {
            made += 1;
            let call = Call { at: at(*when), ..common::call(made as i64, &format!("A-{n:03}"), 2) };
            board.calls.insert(0, call);
            board.calls.truncate(queue::board::Board::CALLS);
            board.signs[1].number = Some(call.number);
            screen.hear(News::Board(board.clone()), &at(ms));
            due = ms;
        }
        if ms < due {
            continue;
        }
        let Ok(()) = screen.refresh(&at(ms));
        due = ms + screen.next_change(&at(ms)).as_millis() as i64;
        let now = light(face, &mut screen);
        if before.is_some_and(|before| now > before + 25) {
            rises.push(ms);
        }
        before = Some(now);
    }
    rises
}

#[test]
fn no_picture_flashes_more_than_once_a_second() {
    // A call, a burst, recalls of the same number, and calls at any moment of another's flash.
    let calls: Vec<(i64, u32)> =
        [1_000, 20_000, 20_010, 20_020, 40_000, 46_300, 52_750, 60_000, 60_400, 80_000, 86_050]
            .into_iter()
            .zip([1, 2, 3, 4, 5, 5, 5, 6, 7, 8, 9])
            .collect();
    for face in [Face::Hall, Face::Sign(2)] {
        let rises = flashes(face, &calls, 120_000);
        assert!(rises.len() >= 5 * 5, "{face:?} hardly flashes: {rises:?}");
        let close = rises.windows(2).find(|w| w[1] - w[0] < 1_000 - LOOK);
        assert!(close.is_none(), "{face:?} flashes twice within a second: {close:?}");
    }
}
