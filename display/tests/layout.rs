//! The layout on every screen: nothing overlaps, nothing leaves the screen, everything is large and dark enough.

#![allow(clippy::panic, clippy::unwrap_used)] // A test may fail loudly, in its helpers too.

mod common;

use common::{LYING, State, UPRIGHT, states};
use display::draw::Painter;
use display::layout::{hall, sign};
use display::scene::{Area, Name, Scene, Text};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use queue::board::DayStatus;
use std::collections::BTreeSet;

const SCREENS: [Size; 7] = [
    LYING,
    UPRIGHT,
    Size::new(1366, 768),
    Size::new(3840, 2160),
    Size::new(1280, 1024),
    Size::new(800, 480),
    Size::new(768, 1366),
];

/// Signs, from a one-bit panel on.
const SIGNS: [Size; 5] =
    [Size::new(128, 64), Size::new(320, 240), Size::new(480, 320), Size::new(800, 480), Size::new(240, 320)];

fn inside(inner: &Rectangle, outer: &Rectangle) -> bool {
    inner.intersection(outer) == *inner
}

fn overlap(a: &Rectangle, b: &Rectangle) -> bool {
    !a.intersection(b).is_zero_sized()
}

fn area(scene: &Scene, name: Name) -> &Area {
    scene.areas.iter().find(|a| a.name == name).expect("the area")
}

fn text<'s>(scene: &'s Scene, name: Name, says: &str) -> &'s Text {
    area(scene, name).texts.iter().find(|t| t.text == says).unwrap_or_else(|| panic!("{says} is not in {name:?}"))
}

/// Every page of every state.
fn all() -> impl Iterator<Item = State> {
    let languages = states().into_iter().flat_map(|s| [s.clone(), common::in_english(s)]);
    languages.flat_map(|s| (0..3).map(move |page| State { page, ..s.clone() }))
}

#[test]
fn a_day_that_nobody_closed_shows_the_next_morning_that_none_is_open_but_a_fresh_call_is_seen() {
    let monday = jiff::civil::date(2026, 11, 23);
    let morning = jiff::civil::datetime(2026, 11, 24, 7, 31, 0, 0);
    let texts = |state: &State, of_counter: bool| {
        let scene = if of_counter { sign(&state.view(), 2, SIGNS[3]) } else { hall(&state.view(), LYING) };
        let texts = scene.areas.iter().flat_map(|area| &area.texts).map(|text| text.text.clone());
        texts.collect::<Vec<_>>()
    };
    let none_open = common::but("not-opened", |s, b| {
        (b.day, s.now, s.shown) = (DayStatus::NotOpened, morning, None);
        b.calls.clear();
        b.signs.iter_mut().for_each(|sign| sign.number = None);
    });
    // Yesterday's calls are still the day's last ones.
    let left_open = |fresh| {
        common::but("left-open", move |s, b| {
            (b.day, s.now) = (DayStatus::LeftOpen { date: monday }, morning);
            s.shown.iter_mut().for_each(|shown| shown.fresh = fresh);
            b.signs.iter_mut().for_each(|sign| sign.number = None);
        })
    };
    for of_counter in [false, true] {
        assert_eq!(texts(&left_open(false), of_counter), texts(&none_open, of_counter));
    }
    assert!(texts(&none_open, false).iter().any(|text| text == "Pelayanan belum dibuka"));
    assert!(texts(&left_open(true), false).iter().any(|text| text == "A-012"), "staff finish yesterday's numbers");
}

#[test]
fn nothing_overlaps_and_nothing_leaves_the_screen() {
    let halls = all().flat_map(|s| SCREENS.map(|size| (s.name, hall(&s.view(), size), size)));
    let signs = all().flat_map(|s| SIGNS.map(|size| (s.name, sign(&s.view(), 2, size), size)));
    for (name, scene, size) in halls.chain(signs) {
        let what = format!("{name} on {size}");
        let screen = Rectangle::new(Point::zero(), size);
        let mut places: Vec<Rectangle> = scene.areas.iter().map(|a| a.ground.rect).collect();
        places.extend(scene.ticker.as_ref().map(|t| t.rect));
        for (n, place) in places.iter().enumerate() {
            assert!(inside(place, &screen), "{what}: {place:?}");
            assert!(places[..n].iter().all(|other| !overlap(place, other)), "{what}: {place:?} overlaps");
        }
        for area in &scene.areas {
            for chip in &area.chips {
                assert!(inside(&chip.rect, &area.ground.rect), "{what}: {chip:?}");
            }
            for (n, text) in area.texts.iter().enumerate() {
                let bounds = text.bounds();
                assert!(inside(&bounds, &area.ground.rect), "{what}: \"{}\" leaves {:?}", text.text, area.name);
                let other = area.texts[..n].iter().find(|other| overlap(&bounds, &other.bounds()));
                assert!(other.is_none(), "{what}: \"{}\" overlaps {other:?}", text.text);
                // A text lies on one plain colour: on the ground, or wholly on one chip.
                let chip = area.chips.iter().find(|c| overlap(&bounds, &c.rect));
                assert!(chip.is_none_or(|c| inside(&bounds, &c.rect)), "{what}: \"{}\" crosses a chip", text.text);
                assert_eq!(text.paper, chip.map_or(area.ground.fill, |c| c.fill), "{what}: \"{}\"", text.text);
            }
        }
    }
}

fn luminance(color: Rgb888) -> f64 {
    let part = |v: u8| {
        let v = f64::from(v) / 255.0;
        if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(color.r()) + 0.7152 * part(color.g()) + 0.0722 * part(color.b())
}

fn contrast(a: Rgb888, b: Rgb888) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The lightest and the darkest pixel of a part of the picture.
fn extremes(picture: &display::canvas::Canvas, part: &Rectangle) -> (Rgb888, Rgb888) {
    let pixels: BTreeSet<u32> = (0..part.size.height).flat_map(|row| picture.row(part, row).iter().copied()).collect();
    let colors: Vec<Rgb888> = pixels.iter().map(|p| Rgb888::new((p >> 16) as u8, (p >> 8) as u8, *p as u8)).collect();
    let by = |a: &&Rgb888, b: &&Rgb888| luminance(**a).total_cmp(&luminance(**b));
    (*colors.iter().max_by(by).expect("pixels"), *colors.iter().min_by(by).expect("pixels"))
}

#[test]
fn every_text_has_a_contrast_of_7_and_every_number_of_10_in_the_picture() {
    let mut painter = Painter::default();
    for (state, size) in states().into_iter().flat_map(|s| [LYING, UPRIGHT].map(move |size| (s.clone(), size))) {
        let (picture, scene) = (state.draw(size, &mut painter), hall(&state.view(), size));
        for text in scene.areas.iter().flat_map(|a| &a.texts) {
            let (light, dark) = extremes(&picture, &text.bounds());
            let number = text.text.chars().any(|c| c.is_ascii_digit()) && !text.text.contains(' ');
            let needed = if number { 10.0 } else { 7.0 };
            let found = contrast(light, dark);
            assert!(found >= needed, "{}: \"{}\" has {found:.1}", state.name, text.text);
        }
        let (light, dark) = extremes(&picture, &scene.ticker.expect("running text").rect);
        assert!(contrast(light, dark) >= 7.0);
    }
}

/// The height of the letters drawn inside `bounds`, from the picture alone.
fn drawn_height(picture: &display::canvas::Canvas, bounds: &Rectangle, paper: Rgb888) -> u32 {
    let paper = u32::from(paper.r()) << 16 | u32::from(paper.g()) << 8 | u32::from(paper.b());
    let inked: Vec<u32> =
        (0..bounds.size.height).filter(|row| picture.row(bounds, *row).iter().any(|p| *p != paper)).collect();
    inked.last().map_or(0, |last| last + 1 - inked[0])
}

#[test]
fn digits_in_the_picture_are_as_high_as_low_vision_needs() {
    // A and 1 end at the line: round digits are a little higher.
    let state = common::but("ones", |s, _| s.shown.iter_mut().for_each(|c| c.call.number.n = 111));
    for (size, current, counter) in [(LYING, 370, 246), (UPRIGHT, 246, 129)] {
        let (picture, scene) = (state.draw(size, &mut Painter::default()), hall(&state.view(), size));
        let height = |name, says| {
            let text = text(&scene, name, says);
            drawn_height(&picture, &text.bounds(), text.paper)
        };
        assert!(height(Name::Current, "A-111") >= current, "{}", height(Name::Current, "A-111"));
        let sign = if size == LYING { "2" } else { "Loket 2" };
        assert!(height(Name::Current, sign) >= counter, "{}", height(Name::Current, sign));
        for at_counter in ["A-013", "C-004"] {
            assert!(height(Name::Signs, at_counter) >= 85, "{at_counter}: {}", height(Name::Signs, at_counter));
        }
        let ticker = scene.ticker.as_ref().expect("running text");
        assert!((37..=44).contains(&ticker.style.cap()), "read from 4 m, and smaller than every number");
        // The first letter of the running text is a J: as high as every capital.
        let em = ticker.style.em;
        let first = Rectangle::new(ticker.rect.top_left, Size::new(em / 2, ticker.rect.size.height));
        assert!(drawn_height(&picture, &first, ticker.paper) >= 37);
    }
}

#[test]
fn a_counter_of_two_digits_keeps_its_height_beside_the_number() {
    let state = common::but("long", |s, _| {
        s.shown.iter_mut().for_each(|c| (c.call.number, c.call.counter) = (common::number("A-1234"), 12));
    });
    let (picture, scene) = (state.draw(LYING, &mut Painter::default()), hall(&state.view(), LYING));
    let counter = text(&scene, Name::Current, "12");
    assert!(drawn_height(&picture, &counter.bounds(), counter.paper) >= 129);
    let number = text(&scene, Name::Current, "A-1234");
    assert!(drawn_height(&picture, &number.bounds(), number.paper) >= 300);
}

#[test]
fn english_takes_nothing_from_the_counter_in_the_call_and_is_itself_read() {
    let state = common::morning();
    let english = common::in_english(state.clone());
    let [scene, both] = [&state, &english].map(|s| hall(&s.view(), LYING));
    let cap = |scene: &Scene, says| text(scene, Name::Current, says).style.cap();
    assert_eq!(cap(&both, "Loket"), cap(&scene, "Loket"));
    assert!(cap(&both, "Counter") >= 24, "{}", cap(&both, "Counter"));
    let picture = english.draw(LYING, &mut Painter::default());
    let counter = text(&both, Name::Current, "2");
    assert!(drawn_height(&picture, &counter.bounds(), counter.paper) >= 246);
    let upright = hall(&english.view(), UPRIGHT);
    let cap = text(&upright, Name::Current, "Loket 2").style.cap();
    assert!(cap >= 100, "{cap}");
    for state in states().into_iter().map(common::in_english) {
        let pages = (0..2).map(|page| hall(&State { page, ..state.clone() }.view(), LYING));
        for text in pages.flat_map(|scene| scene.areas).flat_map(|area| area.texts) {
            assert!(text.style.cap() >= 20, "{}: \"{}\" has {} pixels", state.name, text.text, text.style.cap());
        }
    }
    assert!(
        display::layout::page_count(&State { board: None, ..english }.view(), LYING) > 1,
        "both languages have their turn"
    );
}

#[test]
fn a_sign_says_that_the_database_does_not_answer() {
    let lost = states().into_iter().find(|s| s.name == "lost").expect("the state");
    let scene = sign(&lost.view(), 2, Size::new(480, 288));
    text(&scene, Name::Current, "A-012");
    text(&scene, Name::Current, "Belum diperbarui sejak 08.09 WIB");
    // Too small to say it: better no number than an old one.
    let scene = sign(&lost.view(), 2, Size::new(128, 64));
    text(&scene, Name::Current, "–");
    assert_eq!(area(&scene, Name::Current).texts.len(), 1);
}

#[test]
fn the_same_board_fills_other_screens_in_proportion() {
    let state = common::morning();
    for (size, height) in [(Size::new(1366, 768), 260), (Size::new(3840, 2160), 740)] {
        let (picture, scene) = (state.draw(size, &mut Painter::default()), hall(&state.view(), size));
        let number = text(&scene, Name::Current, "A-012");
        assert!(drawn_height(&picture, &number.bounds(), number.paper) >= height);
    }
}

#[test]
fn s23_every_receipt_that_is_ready_has_its_page() {
    let state = common::but("ready", |_, b| {
        b.ready = (1..=23).map(|n| queue::case::Receipt { year: 26, n }).collect();
    });
    let board = state.board.as_ref().expect("a board");
    let mut seen = Vec::new();
    for page in 0..display::layout::page_count(&state.view(), LYING) as u32 {
        let scene = hall(&State { page, ..state.clone() }.view(), LYING);
        seen.extend(area(&scene, Name::Info).texts.iter().map(|t| t.text.clone()));
    }
    for receipt in &board.ready {
        assert!(seen.contains(&display::words::receipt(*receipt)), "{receipt} is on no page");
    }
}

#[test]
fn a_call_goes_before_the_message_of_the_break_only_while_it_is_new() {
    let pause = states().into_iter().find(|s| s.name == "break").expect("the state");
    text(&hall(&pause.view(), LYING), Name::Current, "Istirahat");
    let mut called = pause;
    called.shown.iter_mut().for_each(|s| s.fresh = true);
    text(&hall(&called.view(), LYING), Name::Current, "A-012");
}

#[test]
fn a_picture_stands_only_while_the_office_works_and_no_call_is_new() {
    for state in states() {
        let state = State { slide: Some(common::slide(Size::new(64, 36))), ..state };
        let scene = hall(&state.view(), LYING);
        let stands = scene.areas.iter().any(|a| a.name == Name::Slide);
        assert_eq!(stands, ["slide", "first", "hall-of-thirty"].contains(&state.name), "{}", state.name);
        // Whoever comes in still sees who is where.
        assert!(!stands || scene.areas.iter().any(|a| a.name == Name::Signs && !a.texts.is_empty()));
    }
}

#[test]
fn a_clock_that_disagrees_with_the_opened_day_is_not_shown() {
    let state = common::but("wrong clock", |s, _| s.now = jiff::civil::datetime(1970, 1, 1, 7, 0, 0, 0));
    let scene = hall(&state.view(), LYING);
    text(&scene, Name::Header, "Senin, 23 November 2026");
    assert!(area(&scene, Name::Header).texts.iter().all(|t| !t.text.contains("WIB")));
}

#[test]
fn every_counter_has_its_place_and_a_call_that_is_over_is_dimmed() {
    let scene = hall(&common::morning().view(), LYING);
    let table = area(&scene, Name::Signs);
    let ink = |says: &str| text(&scene, Name::Signs, says).ink;
    assert_eq!(table.texts.iter().filter(|t| t.text == "Loket").count(), 3);
    assert_eq!(ink("A-013"), display::layout::WHITE, "served");
    assert_eq!(ink("A-012"), display::layout::BLACK, "its place is lit");
    assert_eq!(ink("C-004"), display::layout::SOFT, "over");
    // A number that was called elsewhere since stands only there.
    let moved = common::but("moved", |_, b| b.signs[0].number = None);
    let scene = hall(
        &State {
            board: Some({
                let mut board = moved.board.clone().expect("a board");
                board
                    .calls
                    .retain(|call| call.number != common::number("A-013") && call.number != common::number("L-002"));
                board
            }),
            ..moved
        }
        .view(),
        LYING,
    );
    let numbers: Vec<&str> = area(&scene, Name::Signs).texts.iter().map(|t| t.text.as_str()).collect();
    assert_eq!(numbers.iter().filter(|t| **t == "A-012").count(), 1, "{numbers:?}");
}

/// The panels that a hall's board is read from afar on.
const PANELS: [Size; 4] = [LYING, Size::new(1280, 720), Size::new(3840, 2160), UPRIGHT];

#[test]
fn up_to_twelve_counters_stand_still_and_all_thirty_have_their_page() {
    for size in PANELS {
        for counters in [5, 6, 7, 12] {
            let seen = |page| {
                let state = State { page, ..common::in_a_hall("hall", counters, 20) };
                let scene = hall(&state.view(), size);
                area(&scene, Name::Signs).texts.iter().map(|t| (t.text.clone(), t.at)).collect::<Vec<_>>()
            };
            assert_eq!(seen(0), seen(1), "{counters} counters");
            for counter in 1..=counters {
                assert!(seen(0).iter().any(|(text, _)| *text == counter.to_string()), "{counter} of {counters}");
            }
        }
        let mut thirty = common::in_a_hall("hall", 30, 20);
        thirty.shown.iter_mut().for_each(|shown| shown.fresh = false);
        let pages = display::layout::page_count(&thirty.view(), size) as u32;
        let texts = |state: &State| {
            let scene = hall(&state.view(), size);
            scene.areas.iter().flat_map(|a| &a.texts).map(|t| t.text.clone()).collect::<Vec<_>>()
        };
        let all: Vec<String> = (0..pages).flat_map(|page| texts(&State { page, ..thirty.clone() })).collect();
        for counter in 1..=30 {
            assert!(all.contains(&counter.to_string()), "counter {counter} on {size}");
        }
        for letter in "ACDEFGHJKLMNPRTUVWXY".chars() {
            assert!(all.contains(&letter.to_string()), "service {letter} on {size}");
        }
        // A new call is where everybody looks, whatever page it was.
        let mut called = State { page: 2, ..common::in_a_hall("hall", 30, 20) };
        called.shown.iter_mut().for_each(|shown| shown.fresh = true);
        assert!(texts(&called).contains(&"2".to_string()));
    }
}

#[test]
fn a_hall_is_read_from_where_people_sit_and_its_rows_have_one_size() {
    for size in PANELS {
        let scale = f64::from(size.width.min(size.height)) / 1080.0;
        for (counters, services) in [(5, 3), (6, 4), (12, 20), (30, 20)] {
            let state = common::in_a_hall("hall", counters, services);
            let pages = display::layout::page_count(&state.view(), size) as u32;
            for page in 0..pages {
                let scene = hall(&State { page, ..state.clone() }.view(), size);
                let what = format!("{counters} counters on {size}, page {page}");
                let texts = &area(&scene, Name::Signs).texts;
                let caps = |number: bool| -> BTreeSet<u32> {
                    let is_number = |t: &&Text| t.text.contains('-') && t.text.len() > 3;
                    texts.iter().filter(|t| is_number(t) == number && t.text.len() < 6).map(|t| t.style.cap()).collect()
                };
                for caps in [caps(true), caps(false)] {
                    assert!(caps.len() == 1 && f64::from(*caps.first().unwrap()) >= 82.0 * scale, "{what}: {caps:?}");
                }
                assert!(texts.iter().any(|t| t.text.starts_with("Loket")), "{what}");
                for text in scene.areas.iter().filter(|a| a.name != Name::Header).flat_map(|a| &a.texts) {
                    let cap = f64::from(text.style.cap());
                    assert!(cap >= 35.0 * scale, "{what}: \"{}\" has {cap}", text.text);
                }
            }
        }
    }
}

#[test]
fn a_long_name_ends_at_a_word() {
    let mut state = common::in_a_hall("hall", 12, 4);
    let name = "Surat Keterangan Pindah Datang Penduduk Warga Negara Indonesia antar Kabupaten dan Provinsi di Pulau Lain yang Jauh dari Sini dan Sangat Panjang Namanya";
    state.office.services[0].name.id = name.into();
    let scene = hall(&state.view(), LYING);
    let lines: Vec<&str> = area(&scene, Name::Info).texts.iter().map(|t| t.text.as_str()).collect();
    let last = lines.iter().find(|line| line.ends_with(" …")).expect("it is longer than three lines");
    let end = last.trim_end_matches(" …");
    assert!(name.contains(&format!("{end} ")), "{end}");
}

#[test]
fn a_sign_of_128_by_64_one_bit_pixels_shows_its_number_as_high_as_it_can() {
    let (state, size) = (common::morning(), Size::new(128, 64));
    let (picture, scene) = (state.draw_sign(2, size, &mut Painter::default()), sign(&state.view(), 2, size));
    let number = text(&scene, Name::Current, "A-012");
    assert!(drawn_height(&picture, &number.bounds(), number.paper) >= 27);
}
