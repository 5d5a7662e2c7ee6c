//! The embedded typeface: measured for the layout, rasterised once per glyph and size for the drawing.
//!
//! Lato has a plain zero and the two most alike digits stand farther apart than in other faces (`fonts/README.md`). Its
//! figures are tabular, so that a number does not dance when it changes; a large number is kerned instead.

use ab_glyph::{Font, FontRef, GlyphId, PxScale, ScaleFont};
use std::collections::HashMap;
use std::sync::LazyLock;

/// The two cuts that the board uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weight {
    /// For sentences.
    Regular,
    /// For numbers, names and headings.
    Bold,
}

/// Height of digits and capitals as a part of the em, for both cuts.
pub const CAP: f32 = 0.716;
/// How far letters such as g reach below the line, as a part of the em, with a little reserve.
pub const DESCENT: f32 = 0.23;
/// How far the highest letters and marks reach above the line, as a part of the em, with a little reserve.
pub const ASCENT: f32 = 0.76;

/// The hyphen of a tight number: its length and the room it takes, as parts of its own.
const SHORT_HYPHEN: (f32, f32) = (0.75, 0.8);

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Style {
    /// The cut.
    pub weight: Weight,
    /// Size of the em in pixels.
    pub em: u32,
    /// Hundredths of the em taken from the space between letters. Only very large numbers are set tight; their hyphen
    /// is also shorter.
    pub tight: u8,
}

impl Style {
    /// A style whose digits are at least `cap` pixels high.
    pub fn of_cap(weight: Weight, cap: u32) -> Style {
        Style { weight, em: (cap as f32 / CAP).ceil() as u32, tight: 0 }
    }

    /// The height of its digits and capitals, pixels.
    pub fn cap(self) -> u32 {
        (self.em as f32 * CAP).round() as u32
    }

    fn tightness(self) -> f32 {
        self.em as f32 * f32::from(self.tight) / 100.0
    }
}

/// A coverage mask: 0 is paper, 255 is ink.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mask {
    /// Left edge, relative to the pen; may be negative.
    pub(crate) left: i32,
    /// Upper edge, relative to the base line; usually negative.
    pub(crate) top: i32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) cover: Vec<u8>,
}

struct Face {
    font: FontRef<'static>,
    digit: f32,
}

static REGULAR: LazyLock<Face> = LazyLock::new(|| Face::new(include_bytes!("../../fonts/Lato-Regular.ttf")));
static BOLD: LazyLock<Face> = LazyLock::new(|| Face::new(include_bytes!("../../fonts/Lato-Bold.ttf")));

fn face(weight: Weight) -> &'static Face {
    match weight {
        Weight::Regular => &REGULAR,
        Weight::Bold => &BOLD,
    }
}

impl Face {
    fn new(bytes: &'static [u8]) -> Face {
        let font = FontRef::try_from_slice(bytes).expect("the embedded font is whole");
        let per_em = font.units_per_em().expect("the embedded font has an em");
        let widest = ('0'..='9').map(|c| font.h_advance_unscaled(font.glyph_id(c))).fold(0.0, f32::max);
        Face { digit: widest / per_em, font }
    }

    /// ab_glyph scales by the height of the line; this is the scale at which the em has `em` pixels.
    fn scale(&self, em: u32) -> PxScale {
        let per_em = self.font.units_per_em().unwrap_or(1000.0);
        PxScale::from(em as f32 * self.font.height_unscaled() / per_em)
    }

    /// The glyph, or a question mark's for a letter that the font does not have.
    fn glyph(&self, c: char) -> GlyphId {
        let id = self.font.glyph_id(c);
        if id.0 == 0 { self.font.glyph_id('?') } else { id }
    }

    fn own_advance(&self, c: char, em: u32) -> f32 {
        self.font.as_scaled(self.scale(em)).h_advance(self.glyph(c))
    }
}

/// How far the pen moves for one letter.
pub(crate) fn advance(c: char, style: Style) -> f32 {
    let face = face(style.weight);
    let natural = match c {
        '0'..='9' => face.digit * style.em as f32,
        '-' if style.tight > 0 => face.own_advance(c, style.em) * SHORT_HYPHEN.1,
        _ => face.own_advance(c, style.em),
    };
    natural - style.tightness()
}

/// The width of a text in pixels, rounded up.
pub fn width(text: &str, style: Style) -> u32 {
    let pen: f32 = text.chars().map(|c| advance(c, style)).sum();
    (pen + style.tightness()).max(0.0).ceil() as u32
}

/// The largest style not above `style` in which `text` is at most `max` pixels wide; at least 8 pixels per em.
pub fn fit(text: &str, style: Style, max: u32) -> Style {
    let wide = width(text, style);
    if wide <= max {
        return style;
    }
    let mut em = (u64::from(style.em) * u64::from(max) / u64::from(wide.max(1))) as u32;
    while em > 8 && width(text, Style { em, ..style }) > max {
        em -= 1;
    }
    Style { em: em.max(8), ..style }
}

/// Breaks a text at spaces into lines of at most `max` pixels; a word that is wider stands alone.
pub fn wrap(text: &str, style: Style, max: u32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), style) <= max => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Glyph masks, rasterised on first use and kept: a board uses few sizes and few letters.
#[derive(Debug, Default)]
pub(crate) struct Glyphs(HashMap<(char, Weight, u32, bool), Mask>);

impl Glyphs {
    pub(crate) fn get(&mut self, c: char, style: Style) -> &Mask {
        self.0.entry((c, style.weight, style.em, style.tight > 0)).or_insert_with(|| rasterise(c, style))
    }
}

/// One glyph, its pen at 0. A digit stands in the middle of its tabular width.
fn rasterise(c: char, style: Style) -> Mask {
    let face = face(style.weight);
    let mut scale = face.scale(style.em);
    let mut inset = 0.0;
    if c.is_ascii_digit() {
        inset = (face.digit * style.em as f32 - face.own_advance(c, style.em)) / 2.0;
    } else if c == '-' && style.tight > 0 {
        scale.x *= SHORT_HYPHEN.0;
        inset = face.own_advance(c, style.em) * (SHORT_HYPHEN.1 - SHORT_HYPHEN.0) / 2.0;
    }
    let glyph = face.glyph(c).with_scale_and_position(scale, ab_glyph::point(inset, 0.0));
    let Some(outline) = face.font.outline_glyph(glyph) else { return Mask::default() };
    let bounds = outline.px_bounds();
    let (width, height) = (bounds.width() as u32, bounds.height() as u32);
    let mut cover = vec![0; (width * height) as usize];
    outline.draw(|x, y, c| {
        if let Some(at) = cover.get_mut((y * width + x) as usize) {
            *at = (c * 255.0).round().clamp(0.0, 255.0) as u8;
        }
    });
    Mask { left: bounds.min.x as i32, top: bounds.min.y as i32, width, height, cover }
}

#[cfg(test)]
mod blurred;

#[cfg(test)]
mod tests {
    use super::*;

    const BIG: Style = Style { weight: Weight::Bold, em: 200, tight: 0 };

    #[test]
    fn every_digit_has_the_same_width_and_the_promised_height() {
        let mut glyphs = Glyphs::default();
        for c in '0'..='9' {
            assert_eq!(advance(c, BIG), advance('0', BIG));
            let height = glyphs.get(c, BIG).height as i32;
            assert!((height - BIG.cap() as i32).abs() <= 6, "{c} is {height} pixels high");
        }
        assert!(Style::of_cap(Weight::Bold, 370).cap() >= 370);
    }

    #[test]
    fn the_letters_of_a_tight_number_do_not_touch() {
        let mut glyphs = Glyphs::default();
        for (text, tight) in
            "ACDEFGHJKLMNPRTUVWXY".chars().flat_map(|c| [(format!("{c}-0808"), 2), (format!("{c}-0808"), 4)])
        {
            let style = Style { tight, ..BIG };
            // Rows in the middle of the line, where hyphen and digits are.
            let mut pen = 0.0;
            let mut ends = Vec::new();
            for c in text.chars() {
                let mask = glyphs.get(c, style);
                let rows = (-70 - mask.top).max(0)..(-50 - mask.top).min(mask.height as i32);
                let inked = |x: u32| rows.clone().any(|y| mask.cover[(y as u32 * mask.width + x) as usize] > 0);
                let columns: Vec<u32> = (0..mask.width).filter(|x| inked(*x)).collect();
                let left = pen + mask.left as f32;
                if let (Some(first), Some(last)) = (columns.first(), columns.last()) {
                    ends.push((left + *first as f32, left + *last as f32));
                }
                pen += advance(c, style);
            }
            assert!(ends.windows(2).all(|w| w[0].1 + 1.0 < w[1].0), "{text} at {tight}: {ends:?}");
        }
    }

    #[test]
    fn a_text_is_shrunk_or_broken_to_its_width() {
        assert_eq!(fit("A-012", BIG, 10_000), BIG);
        let small = fit("A-1234", BIG, 300);
        assert!(width("A-1234", small) <= 300 && width("A-1234", Style { em: small.em + 2, ..small }) > 300);
        let lines = wrap("Perekaman dan pencetakan KTP elektronik baru", Style { em: 40, ..BIG }, 300);
        assert!(lines.len() > 1);
        assert!(lines.iter().all(|l| width(l, Style { em: 40, ..BIG }) <= 300), "{lines:?}");
        assert_eq!(lines.join(" "), "Perekaman dan pencetakan KTP elektronik baru");
    }

    #[test]
    fn no_letter_leaves_the_room_that_the_layout_gives_it() {
        let mut glyphs = Glyphs::default();
        for weight in [Weight::Regular, Weight::Bold] {
            for c in ' '..='~' {
                let style = Style { weight, em: 1000, tight: 0 };
                let mask = glyphs.get(c, style);
                if "@()[]{}|\\/$".contains(c) {
                    continue;
                }
                assert!(-mask.top as f32 <= ASCENT * 1000.0, "{c} reaches {} up", -mask.top);
                let down = mask.top + mask.height as i32;
                assert!(down as f32 <= DESCENT * 1000.0, "{c} reaches {down} down");
                if matches!(c, '0'..='9' | 'A'..='P' | 'R'..='Z' | '-' | '.') {
                    assert!(-mask.top <= 740 && down <= 20, "{c} {} {down}", -mask.top);
                }
            }
        }
    }

    #[test]
    fn a_letter_the_font_lacks_is_a_question_mark_and_not_a_hole() {
        assert_eq!(Glyphs::default().get('漢', BIG).cover, Glyphs::default().get('?', BIG).cover);
    }
}
