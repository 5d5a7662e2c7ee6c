//! Every state of the board as a picture, lying and upright. `UPDATE_GOLDEN=1` records them again: then look at them.

#![allow(clippy::panic, clippy::unwrap_used)] // A test may fail loudly, in its helpers too.

mod common;

use display::canvas::Canvas;
use display::draw::Painter;
use display::layout::sign;
use display::one_bit::OneBit;
use embedded_graphics::framebuffer::{Framebuffer, buffer_size};
use embedded_graphics::image::GetPixel;
use embedded_graphics::pixelcolor::raw::{BigEndian, RawU1};
use embedded_graphics::pixelcolor::{BinaryColor, Rgb888};
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use std::path::{Path, PathBuf};

/// Goldens are kept at about this size, each pixel the mean of several: small, and still every letter counts.
const KEPT: u32 = 640;

/// The memory of a real panel: 1024 bytes.
type OneBitPanel = Framebuffer<BinaryColor, RawU1, BigEndian, 128, 64, { buffer_size::<BinaryColor>(128, 64) }>;

/// An indexed picture: a colour is kept to three bits of red and green and two of blue.
#[derive(PartialEq)]
struct Picture {
    width: u32,
    height: u32,
    colors: Vec<u8>,
}

fn reduce(canvas: &Canvas) -> Picture {
    let size = canvas.size();
    let part = (size.width.max(size.height) / KEPT).max(1);
    let (width, height) = (size.width / part, size.height / part);
    let pixels = canvas.pixels();
    let mut colors = Vec::new();
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y * part, x * part))) {
        let mut sum = [0; 3];
        for (dy, dx) in (0..part).flat_map(|dy| (0..part).map(move |dx| (dy, dx))) {
            let pixel = pixels[((y + dy) * size.width + x + dx) as usize];
            sum = [sum[0] + (pixel >> 16), sum[1] + (pixel >> 8 & 255), sum[2] + (pixel & 255)];
        }
        // Rounded, so that a colour of the board does not lie on the edge between two of the palette.
        let [r, g, b] = sum.map(|s| s / (part * part));
        let step = |value: u32, top: u32| (value * top + 127) / 255;
        colors.push(((step(r, 7) << 5) | (step(g, 7) << 2) | step(b, 3)) as u8);
    }
    Picture { width, height, colors }
}

fn write(path: &Path, picture: &Picture) {
    let file = std::fs::File::create(path).unwrap();
    let mut encoder = png::Encoder::new(file, picture.width, picture.height);
    encoder.set_color(png::ColorType::Indexed);
    let step = |value: usize, top: usize| (value * 255 / top) as u8;
    let palette = (0..256usize).flat_map(|c| [step(c >> 5, 7), step(c >> 2 & 7, 7), step(c & 3, 3)]);
    encoder.set_palette(palette.collect::<Vec<u8>>());
    encoder.set_compression(png::Compression::High);
    encoder.write_header().unwrap().write_image_data(&picture.colors).unwrap();
}

fn read(path: &Path) -> Picture {
    let file =
        std::fs::File::open(path).unwrap_or_else(|e| panic!("{}: {e}; record it with UPDATE_GOLDEN=1", path.display()));
    let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info().unwrap();
    let mut colors = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut colors).unwrap();
    Picture { width: info.width, height: info.height, colors }
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.png"))
}

fn check(name: &str, canvas: &Canvas) {
    let (path, now) = (golden(name), reduce(canvas));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        return write(&path, &now);
    }
    let then = read(&path);
    assert_eq!((now.width, now.height), (then.width, then.height), "{name}");
    // Another processor may round the edge of a letter differently; a moved letter differs by far more.
    let steps = |a: u8, b: u8| {
        [5, 2, 0].map(|bit| (a >> bit & if bit == 0 { 3 } else { 7 }).abs_diff(b >> bit & if bit == 0 { 3 } else { 7 }))
    };
    let different = now.colors.iter().zip(&then.colors).filter(|(a, b)| steps(**a, **b).iter().any(|s| *s > 1)).count();
    if different > 0 {
        let beside = std::env::temp_dir().join(format!("display-{name}.png"));
        write(&beside, &now);
        panic!("{name} differs in {different} pixels from {}: see {}", path.display(), beside.display());
    }
}

#[test]
fn s17_s23_s26_s27_s29_every_state_of_the_board_looks_as_recorded() {
    let mut painter = Painter::default();
    for state in common::states() {
        check(&format!("lying-{}", state.name), &state.draw(common::LYING, &mut painter));
        check(&format!("upright-{}", state.name), &state.draw(common::UPRIGHT, &mut painter));
    }
}

#[test]
fn every_state_looks_as_recorded_on_other_screens() {
    let mut painter = Painter::default();
    for state in common::states() {
        check(&format!("small-{}", state.name), &state.draw(Size::new(1366, 768), &mut painter));
        check(&format!("large-{}", state.name), &state.draw(Size::new(3840, 2160), &mut painter));
        painter = Painter::default();
    }
}

#[test]
fn every_state_with_its_english_line_looks_as_recorded() {
    let mut painter = Painter::default();
    for state in common::states().into_iter().map(common::in_english) {
        check(&format!("english-lying-{}", state.name), &state.draw(common::LYING, &mut painter));
        let turned = common::State { page: state.page + 1, ..state.clone() };
        check(&format!("english-lying-{}-turned", state.name), &turned.draw(common::LYING, &mut painter));
        check(&format!("english-upright-{}", state.name), &state.draw(common::UPRIGHT, &mut painter));
    }
}

/// What the sign of counter 2 shows; the other states look like one of these.
fn signs() -> impl Iterator<Item = common::State> {
    let seen = ["call", "flash", "first", "long", "break", "lost", "closed"];
    common::states().into_iter().filter(move |s| seen.contains(&s.name)).map(|mut state| {
        let sign = state.board.iter_mut().flat_map(|b| &mut b.signs).find(|s| s.counter == 2).unwrap();
        match state.name {
            "break" => sign.number = None,
            "long" => sign.number = Some(common::number("A-1234")),
            _ => {}
        }
        state
    })
}

#[test]
fn the_sign_of_a_counter_looks_as_recorded() {
    let mut painter = Painter::default();
    for state in signs() {
        for (name, size) in [("sign", Size::new(480, 288)), ("large-sign", Size::new(800, 480))] {
            check(&format!("{name}-{}", state.name), &state.draw_sign(2, size, &mut painter));
        }
        let english = common::in_english(state);
        check(&format!("english-sign-{}", english.name), &english.draw_sign(2, Size::new(480, 288), &mut painter));
    }
}

#[test]
fn a_sign_of_two_colours_looks_as_recorded() {
    for state in signs() {
        let mut panel = OneBitPanel::new();
        let scene = sign(&state.view(), 2, panel.size());
        let Ok(drawn) = Painter::default().paint_on(&mut OneBit(&mut panel), scene);
        assert!(drawn.contains(&panel.bounding_box()), "all of it the first time");
        // Four pixels for one, so that a person can look at it.
        let mut canvas = Canvas::new(panel.size() * 4);
        for at in panel.bounding_box().points() {
            let color =
                if panel.pixel(at) == Some(BinaryColor::On) { Rgb888::new(255, 200, 60) } else { Rgb888::BLACK };
            let Ok(()) = canvas.fill_solid(&Rectangle::new(at * 4, Size::new_equal(4)), color);
        }
        check(&format!("one-bit-{}", state.name), &canvas);
    }
}
