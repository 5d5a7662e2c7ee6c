//! Every state of the board as a picture, lying and upright. `UPDATE_GOLDEN=1` records them again: then look at them.

#![allow(clippy::panic, clippy::unwrap_used)] // A test may fail loudly, in its helpers too.

mod common;

use display::canvas::Canvas;
use display::draw::Painter;
use embedded_graphics::prelude::*;
use std::path::{Path, PathBuf};

/// Goldens are kept at a third of the size, each pixel the mean of nine: small, and still every letter counts.
const PART: u32 = 3;

/// An indexed picture: a colour is kept to three bits of red and green and two of blue.
#[derive(PartialEq)]
struct Picture {
    width: u32,
    height: u32,
    colors: Vec<u8>,
}

fn reduce(canvas: &Canvas) -> Picture {
    let size = canvas.size();
    let (width, height) = (size.width / PART, size.height / PART);
    let pixels = canvas.pixels();
    let mut colors = Vec::new();
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y * PART, x * PART))) {
        let mut sum = [0; 3];
        for (dy, dx) in (0..PART).flat_map(|dy| (0..PART).map(move |dx| (dy, dx))) {
            let pixel = pixels[((y + dy) * size.width + x + dx) as usize];
            sum = [sum[0] + (pixel >> 16), sum[1] + (pixel >> 8 & 255), sum[2] + (pixel & 255)];
        }
        // Rounded, so that a colour of the board does not lie on the edge between two of the palette.
        let [r, g, b] = sum.map(|s| s / (PART * PART));
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
fn the_sign_of_a_counter_looks_as_recorded() {
    let mut painter = Painter::default();
    for state in common::states().iter().filter(|s| ["call", "flash", "first", "break", "closed"].contains(&s.name)) {
        check(&format!("sign-{}", state.name), &state.draw_sign(2, Size::new(480, 288), &mut painter));
    }
}
