//! One paper as it comes out: dots, and the text that was printed as text.

use crate::raster::Raster;
use embedded_graphics::Pixel;
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::ascii::FONT_10X20;
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::prelude::{DrawTarget, Drawable, OriginDimensions, Point, Size};
use embedded_graphics::text::{Baseline, Text};
use std::convert::Infallible;
use std::sync::OnceLock;

/// Dots of a character of font A.
pub(super) const CELL_WIDTH: usize = 12;
/// Dots of a character of font A.
pub(super) const CELL_HEIGHT: usize = 24;
/// White around the picture, so that it looks like paper and codes keep their margin.
const BORDER: usize = 24;

/// A paper.
#[derive(Clone, Debug)]
pub struct Sheet {
    picture: Raster,
    /// Its lines of text; a picture is the line "[raster]".
    pub text: String,
    /// The roll ended here, or the power did: not a whole paper.
    pub torn: bool,
}

impl Sheet {
    pub(super) fn new(dots: usize) -> Sheet {
        Sheet { picture: Raster { stride: dots.div_ceil(8), bits: Vec::new() }, text: String::new(), torn: false }
    }

    /// Whether there is a single black dot.
    pub fn has_ink(&self) -> bool {
        self.picture.bits.iter().any(|byte| *byte != 0)
    }

    /// The dots.
    pub fn picture(&self) -> &Raster {
        &self.picture
    }

    pub(super) fn feed(&mut self, rows: usize) {
        let size = self.picture.bits.len() + rows * self.picture.stride;
        self.picture.bits.resize(size, 0);
    }

    pub(super) fn note(&mut self, what: &str) {
        if !self.text.ends_with(&format!("{what}\n")) {
            self.text.push_str(what);
            self.text.push('\n');
        }
    }

    fn left(&self, width: usize, align: u8) -> usize {
        let room = (self.picture.stride * 8).saturating_sub(width);
        match align {
            1 => room / 2,
            2 => room,
            _ => 0,
        }
    }

    pub(super) fn raster_row(&mut self, row: &[u8], align: u8, wide: usize, high: usize) {
        let left = self.left(row.len() * 8 * wide, align);
        let top = self.picture.height();
        self.feed(high);
        for x in (0..row.len() * 8 * wide).filter(|x| row[x / wide / 8] & (0x80 >> (x / wide % 8)) != 0) {
            for y in 0..high {
                self.picture.set(left + x, top + y);
            }
        }
    }

    /// One line: characters with bold, width and height factor, on `rows` rows.
    pub(super) fn text_line(&mut self, cells: &[(u8, bool, usize, usize)], align: u8, rows: usize) {
        let width: usize = cells.iter().map(|(_, _, wide, _)| wide * CELL_WIDTH).sum();
        let tallest = cells.iter().map(|(_, _, _, high)| high * CELL_HEIGHT).max().unwrap_or(0);
        let mut left = self.left(width, align);
        let top = self.picture.height();
        self.feed(rows);
        for (byte, bold, wide, high) in cells {
            for (y, row) in glyph(*byte).iter().enumerate() {
                for x in (0..CELL_WIDTH).filter(|x| row >> x & 1 == 1) {
                    let base = top + tallest - high * CELL_HEIGHT + y * high;
                    for (dx, dy) in (0..*wide + usize::from(*bold)).flat_map(|dx| (0..*high).map(move |dy| (dx, dy))) {
                        self.picture.set(left + x * wide + dx, base + dy);
                    }
                }
            }
            left += wide * CELL_WIDTH;
        }
        let line: String = cells.iter().map(|(byte, ..)| char::from(*byte)).collect();
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// The paper as a black-and-white PNG file.
    ///
    /// # Errors
    /// As the encoder's.
    pub fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let (width, height) = (self.picture.stride * 8 + 2 * BORDER, self.picture.height() + 2 * BORDER);
        let mut image = Raster::white(width, height);
        for y in 0..self.picture.height() {
            let from = (y + BORDER) * image.stride + BORDER / 8;
            let row = &self.picture.bits[y * self.picture.stride..][..self.picture.stride];
            image.bits[from..from + row.len()].copy_from_slice(row);
        }
        // In a PNG 1 is white.
        image.bits.iter_mut().for_each(|byte| *byte = !*byte);
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width as u32, height as u32);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        encoder.write_header()?.write_image_data(&image.bits)?;
        Ok(file)
    }
}

/// The rows of a character, the leftmost dot in the lowest bit.
fn glyph(byte: u8) -> &'static [u16; CELL_HEIGHT] {
    static FONT: OnceLock<Vec<[u16; CELL_HEIGHT]>> = OnceLock::new();
    static EMPTY: [u16; CELL_HEIGHT] = [0; CELL_HEIGHT];
    let font = FONT.get_or_init(|| (b' '..=b'~').map(draw).collect());
    byte.checked_sub(b' ').and_then(|n| font.get(usize::from(n))).unwrap_or(&EMPTY)
}

fn draw(byte: u8) -> [u16; CELL_HEIGHT] {
    let mut cell = Cell([0; CELL_HEIGHT]);
    let mut buffer = [0; 4];
    let text = char::from(byte).encode_utf8(&mut buffer);
    let style = MonoTextStyle::new(&FONT_10X20, BinaryColor::On);
    let Ok(_) = Text::with_baseline(text, Point::new(1, 2), style, Baseline::Top).draw(&mut cell);
    cell.0
}

struct Cell([u16; CELL_HEIGHT]);

impl OriginDimensions for Cell {
    fn size(&self) -> Size {
        Size::new(CELL_WIDTH as u32, CELL_HEIGHT as u32)
    }
}

impl DrawTarget for Cell {
    type Color = BinaryColor;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<BinaryColor>>>(&mut self, pixels: I) -> Result<(), Infallible> {
        for Pixel(at, color) in pixels {
            if let (Ok(x), Ok(y)) = (usize::try_from(at.x), usize::try_from(at.y))
                && x < CELL_WIDTH
                && y < CELL_HEIGHT
                && color.is_on()
            {
                self.0[y] |= 1 << x;
            }
        }
        Ok(())
    }
}
