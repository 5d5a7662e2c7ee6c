//! Pictures of dots: the designed number and the QR code.

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont};
use qrcodegen::{QrCode, QrCodeEcc};

/// A black-and-white picture, eight dots to a byte, the leftmost in the highest bit, 1 is black: the order that
/// `GS v 0` sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Raster {
    /// Bytes per row.
    pub stride: usize,
    /// The rows, one after the other.
    pub bits: Vec<u8>,
}

impl Raster {
    /// A white picture of at least `width` × `height` dots.
    pub fn white(width: usize, height: usize) -> Raster {
        let stride = width.div_ceil(8);
        Raster { stride, bits: vec![0; stride * height] }
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.bits.len().checked_div(self.stride).unwrap_or(0)
    }

    /// Blackens one dot; a dot outside is ignored.
    pub fn set(&mut self, x: usize, y: usize) {
        if x < self.stride * 8
            && let Some(byte) = self.bits.get_mut(y * self.stride + x / 8)
        {
            *byte |= 0x80 >> (x % 8);
        }
    }

    /// Whether a dot is black; outside it is white.
    pub fn get(&self, x: usize, y: usize) -> bool {
        x < self.stride * 8 && self.bits.get(y * self.stride + x / 8).is_some_and(|byte| byte & (0x80 >> (x % 8)) != 0)
    }
}

/// The face of every screen and paper; its plain zero is farther from 8, 6 and 9 than a struck one.
const FONT: &[u8] = include_bytes!("../../fonts/Lato-Bold.ttf");

/// The same for a line of text.
const PLAIN: &[u8] = include_bytes!("../../fonts/Lato-Regular.ttf");

/// `text` in bold letters as large as fit into `width` × `height` dots, without white margins.
///
/// `None` when the font cannot be read or the text has no ink; the caller then prints text.
pub fn letters(text: &str, width: usize, height: usize) -> Option<Raster> {
    let font = FontRef::try_from_slice(FONT).ok()?;
    let at_100 = measure(&font, text, PxScale::from(100.0))?;
    let scale = (width as f32 / at_100.width()).min(height as f32 / at_100.height()) * 100.0;
    // Rounding to whole dots can add one; half a dot less per pass always ends.
    (0..8).map(|step| scale - step as f32 * 0.5).filter(|s| *s > 1.0).find_map(|scale| {
        let drawn = draw(&font, text, scale)?;
        (drawn.1 <= width && drawn.0.height() <= height).then_some(drawn.0)
    })
}

/// One line of text in a row of `size` × 5/4 dots, squeezed when it is wider than `width` dots.
///
/// `None` as for [`letters`].
pub fn line(text: &str, width: usize, size: usize, bold: bool) -> Option<Raster> {
    let font = FontRef::try_from_slice(if bold { FONT } else { PLAIN }).ok()?;
    let natural = PxScale::from(size as f32);
    let need = measure(&font, text, natural)?.max.x.ceil().max(1.0);
    let scale = PxScale { x: natural.x * (width as f32 / need).min(1.0), y: natural.y };
    let mut raster = Raster::white((need as usize).min(width), size + size / 4);
    for outline in glyphs(&font, text, scale).into_iter().filter_map(|g| font.outline_glyph(g)) {
        let corner = outline.px_bounds().min;
        outline.draw(|x, y, coverage| {
            let (x, y) = (corner.x + x as f32, corner.y + y as f32);
            if coverage >= 0.5 && x >= 0.0 && y >= 0.0 {
                raster.set(x as usize, y as usize);
            }
        });
    }
    Some(raster)
}

fn glyphs(font: &FontRef<'_>, text: &str, scale: PxScale) -> Vec<Glyph> {
    let scaled = font.as_scaled(scale);
    let mut x = 0.0;
    text.chars()
        .map(|c| {
            let id = font.glyph_id(c);
            let glyph = id.with_scale_and_position(scale, ab_glyph::point(x, scaled.ascent()));
            x += scaled.h_advance(id);
            glyph
        })
        .collect()
}

fn measure(font: &FontRef<'_>, text: &str, scale: PxScale) -> Option<ab_glyph::Rect> {
    let bounds = glyphs(font, text, scale).into_iter().filter_map(|g| font.outline_glyph(g)).map(|o| o.px_bounds());
    bounds.reduce(|a, b| ab_glyph::Rect {
        min: ab_glyph::point(a.min.x.min(b.min.x), a.min.y.min(b.min.y)),
        max: ab_glyph::point(a.max.x.max(b.max.x), a.max.y.max(b.max.y)),
    })
}

/// The picture and its true width in dots.
fn draw(font: &FontRef<'_>, text: &str, scale: f32) -> Option<(Raster, usize)> {
    let scale = PxScale::from(scale);
    let bounds = measure(font, text, scale)?;
    let (width, height) = (bounds.width().ceil() as usize, bounds.height().ceil() as usize);
    let mut raster = Raster::white(width, height);
    for outline in glyphs(font, text, scale).into_iter().filter_map(|g| font.outline_glyph(g)) {
        let corner = outline.px_bounds().min;
        let (left, top) = ((corner.x - bounds.min.x) as usize, (corner.y - bounds.min.y) as usize);
        outline.draw(|x, y, coverage| {
            if coverage >= 0.5 {
                raster.set(left + x as usize, top + y as usize);
            }
        });
    }
    Some((raster, width))
}

/// `text` as a QR code (correction level M), `module` dots per module, without margins; `None` when it is too long.
pub fn qr(text: &str, module: usize) -> Option<Raster> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let modules = usize::try_from(code.size()).ok()?;
    let mut raster = Raster::white(modules * module, modules * module);
    for y in 0..modules * module {
        for x in 0..modules * module {
            if code.get_module((x / module) as i32, (y / module) as i32) {
                raster.set(x, y);
            }
        }
    }
    Some(raster)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_fill_their_box_and_differ_by_number() {
        let a = letters("A-012", 208, 80).expect("drawn");
        assert!(a.stride <= 26 && a.stride >= 25, "{}", a.stride);
        assert!(a.height() > 30 && a.height() <= 80);
        assert_ne!(Some(a), letters("A-013", 208, 80));
        assert_eq!(letters("", 208, 80), None);
        assert_eq!(letters("   ", 208, 80), None);
    }
}
