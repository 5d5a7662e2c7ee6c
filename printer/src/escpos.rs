//! The encoder: from a page to the bytes of a printer.
//!
//! Only commands that every clone manual documents alike. Sources are named by the maker's manual; "Epson" is the
//! ESC/POS Command Reference.

use crate::code128::bars;
pub use crate::profile::Style;
use crate::profile::{End, Native, Profile, wire_time};
use crate::raster::{Raster, letters, line, qr};
use crate::slip::Block;

/// `ESC @`: initialise (Epson). It needs no `ESC t` behind it: ASCII is the same in every code table. Only ever sent on an empty line: the Cashino KP-628E prints what is in its buffer.
pub const INITIALISE: [u8; 2] = [0x1b, b'@'];
/// `GS r 1`: answers with the paper sensors when everything before it has been executed (Epson, nearly all clones).
pub const FENCE: [u8; 3] = [0x1d, b'r', 1];
/// `DLE DC4` function 8: clears receive and print buffer at once, also offline; answered by `37 25 00` (Epson).
pub const CLEAR: [u8; 10] = [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];

/// Clones lock up or lose data in larger blocks (reports to escpos-php and ha-escpos-thermal-printer).
const ROWS_PER_BLOCK: usize = 128;
/// Height of a line of font A with the default spacing of 30 dots.
const LINE_ROWS: u32 = 30;
/// Rows of white in a [`Block::Gap`].
const GAP_ROWS: usize = 16;

/// A paper as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// Everything to send, cut included.
    pub bytes: Vec<u8>,
    /// Rows of dots that pass the head, to within a few lines.
    pub rows: u32,
    /// Where the printer can be asked in between, ascending.
    pub pauses: Vec<Pause>,
    /// Where the commands begin that end the paper; everything before it is print data.
    pub end: usize,
}

/// A place between commands on an empty line: a question asked there is no parameter of another command (a Partner
/// RP-330 takes it for one).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Bytes before it.
    pub at: usize,
    /// Rows of dots that pass the head for them.
    pub rows: u32,
}

/// Encodes the page in the style that the profile forces, else in the finest one that the wire delivers as fast as the
/// head prints.
///
/// Below that speed the head would stop and start, and the visitor would wait for the wire.
pub fn encode_for_line(page: &[Block], profile: &Profile) -> Encoded {
    if let Some(style) = profile.style {
        return encode(page, profile, style);
    }
    let designed = encode(page, profile, Style::Designed);
    if wire_time(designed.bytes.len(), profile.baud) <= profile.head_time(designed.rows) {
        return designed;
    }
    encode(page, profile, Style::Text)
}

/// Encodes the page, from initialising to the cut.
pub fn encode(page: &[Block], profile: &Profile, style: Style) -> Encoded {
    let mut pen = Pen {
        profile,
        style,
        bytes: INITIALISE.to_vec(),
        rows: 0,
        pauses: Vec::new(),
        centred: false,
        bold: false,
        scale: 1,
        after_raster: false,
    };
    for block in page {
        match block {
            Block::Line { text, centred, bold, scale } => pen.text(text, *centred, *bold, *scale),
            Block::Number(number) => pen.number(number),
            Block::Qr(text) => pen.qr(text),
            Block::Bars(text) => pen.bars(text),
            Block::Picture(picture) => {
                pen.align(false);
                pen.raster(picture, false);
            }
            Block::Gap => pen.gap(),
        }
    }
    let end = pen.bytes.len();
    pen.bytes.extend(ending(profile));
    Encoded { bytes: pen.bytes, rows: pen.rows, pauses: pen.pauses, end }
}

/// The commands that end a paper.
pub fn ending(profile: &Profile) -> Vec<u8> {
    // `ESC d n`: feed n lines (Epson, every clone manual). The last line has to pass the tear bar.
    let rows = profile.dots_of_mm(f64::from(profile.tear_bar)) as u32;
    let feed = [0x1b, b'd', rows.div_ceil(LINE_ROWS).min(255) as u8];
    match profile.end {
        // `GS V 66 0`, function B: feed to the knife and cut (Epson).
        End::Cut => vec![0x1d, b'V', 66, 0],
        End::FullCut => vec![0x1d, b'V', 65, 0],
        End::LinesThenCut => [&feed[..], &[0x1d, b'V', 66, 0]].concat(),
        End::Feed => feed.to_vec(),
        // `GS e 5`: cut and eject (KPM210 manual, Reliance manual).
        End::Eject => vec![0x1d, b'e', 5],
        // `FS P steps led action timeout`: cut, present 16 steps of 5 mm, light on, eject after 10 s (VKP80III manual).
        End::Present => vec![0x1c, b'P', 16, 1, 0x45, 10],
    }
}

/// The largest raster block of a paper, header included: what a half-sent block may still be waiting for.
pub fn largest_block(profile: &Profile) -> usize {
    8 + profile.block().max(profile.dots / 8)
}

/// Bytes at which a printer acts wherever they stand, also in a picture: `DLE EOT`, `DLE ENQ`, `DLE DC4`. One dot more
/// makes them picture again, and nobody sees it.
fn tame(block: &mut [u8]) {
    for at in 1..block.len() {
        if block[at - 1] == 0x10 && matches!(block[at], 0x04 | 0x05 | 0x14) {
            block[at - 1] = 0x18;
        }
    }
}

/// Sends a mode only when it changes.
struct Pen<'a> {
    profile: &'a Profile,
    style: Style,
    bytes: Vec<u8>,
    rows: u32,
    pauses: Vec<Pause>,
    centred: bool,
    bold: bool,
    scale: u8,
    after_raster: bool,
}

impl Pen<'_> {
    /// `ESC a n`: alignment, at the start of a line only (Epson).
    fn align(&mut self, centred: bool) {
        if self.centred != centred {
            self.bytes.extend([0x1b, b'a', u8::from(centred)]);
            self.centred = centred;
        }
    }

    /// `ESC E n`: bold (Epson).
    fn bold(&mut self, bold: bool) {
        if self.bold != bold {
            self.bytes.extend([0x1b, b'E', u8::from(bold)]);
            self.bold = bold;
        }
    }

    /// `GS ! n`: width in the high nibble, height in the low one, each 0 to 7 for one to eight times (Epson).
    fn scale(&mut self, scale: u8) {
        if self.scale != scale {
            let n = scale.clamp(1, 8) - 1;
            self.bytes.extend([0x1d, b'!', n << 4 | n]);
            self.scale = scale;
        }
    }

    fn text(&mut self, text: &str, centred: bool, bold: bool, scale: u8) {
        self.align(centred);
        if self.style == Style::Raster
            && let Some(drawn) = line(text, self.profile.dots, 24 * usize::from(scale), bold)
        {
            return self.raster(&drawn, false);
        }
        self.bold(bold);
        self.scale(scale);
        self.line(text);
    }

    fn line(&mut self, text: &str) {
        // A control byte in a text would be a command.
        self.bytes.extend(text.bytes().filter(|b| (0x20..=0x7e).contains(b)));
        self.bytes.push(b'\n');
        self.rows += LINE_ROWS.max(24 * u32::from(self.scale));
        self.after_raster = false;
        self.pause();
    }

    fn number(&mut self, number: &str) {
        self.align(true);
        let profile = self.profile;
        // 50 mm of 72 mm paper, 40 mm of 48 mm paper, both 12.5 mm high at most. The printer doubles the dots.
        let wide = if profile.dots_of_mm(60.0) <= profile.dots { 50.0 } else { 40.0 };
        let (width, height) = (profile.dots_of_mm(wide) / 16 * 8, profile.dots_of_mm(12.5) / 2);
        let drawn = match self.style {
            Style::Designed => letters(number, width, height).map(|drawn| (drawn, true)),
            Style::Raster => letters(number, width * 2, height * 2).map(|drawn| (drawn, false)),
            Style::Text => None,
        };
        if let Some((drawn, doubled)) = drawn {
            self.white(GAP_ROWS);
            self.raster(&drawn, doubled);
            self.white(GAP_ROWS);
            return;
        }
        self.bold(false);
        self.scale((profile.columns / number.len().max(1)).clamp(1, 8) as u8);
        self.line(number);
    }

    /// Three dots of half resolution are a module of six, 0.75 mm; the standard asks for four modules of white.
    fn qr(&mut self, text: &str) {
        self.align(true);
        if self.profile.native.contains(&Native::Qr) {
            return self.native_qr(text);
        }
        let Some(code) = qr(text, 3) else { return };
        self.white(24);
        self.raster(&code, true);
        self.white(24);
    }

    /// `GS ( k`: model 2, modules of six dots, correction level M, store, print (Epson).
    fn native_qr(&mut self, text: &str) {
        let Ok(length) = u16::try_from(text.len() + 3) else { return };
        let [low, high] = length.to_le_bytes();
        self.bytes.extend(b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1");
        self.bytes.extend([0x1d, b'(', b'k', low, high, b'1', b'P', b'0']);
        self.bytes.extend(text.bytes());
        self.bytes.extend(b"\x1d(k\x03\x001Q0");
        self.rows += 6 * 33;
        self.after_raster = true;
        self.pause();
    }

    /// Bars of two dots, 0.25 mm, 8 mm high. A text wider than the paper has no bars, and a slow line none either: the QR
    /// code beside them says the same.
    fn bars(&mut self, text: &str) {
        if self.style == Style::Text {
            return;
        }
        let Some(code) = bars(text, self.profile.dots_of_mm(8.0) / 2) else { return };
        // The standard asks for ten modules of white on either side.
        if (code.stride * 8 + 20) * 2 > self.profile.dots {
            return;
        }
        self.align(true);
        self.white(GAP_ROWS);
        self.raster(&code, true);
        self.white(GAP_ROWS);
    }

    fn gap(&mut self) {
        // The NT-5890K swallows a line feed that directly follows a raster.
        if self.style == Style::Raster || (self.after_raster && self.profile.swallows_line_feed) {
            self.white(GAP_ROWS);
        } else {
            self.scale(1);
            self.line("");
        }
    }

    fn pause(&mut self) {
        self.pauses.push(Pause { at: self.bytes.len(), rows: self.rows });
    }

    /// White paper as a raster one byte wide: exact everywhere, unlike `ESC J`, which the NT-5890K ignores.
    fn white(&mut self, rows: usize) {
        self.raster(&Raster::white(1, rows / 2), true);
    }

    /// `GS v 0 m xL xH yL yH d…`: raster picture, m = 3 doubles both ways (Epson, every clone manual).
    fn raster(&mut self, picture: &Raster, doubled: bool) {
        if picture.stride == 0 {
            return;
        }
        let rows = (self.profile.block() / picture.stride).clamp(1, ROWS_PER_BLOCK);
        for block in picture.bits.chunks(picture.stride * rows) {
            let (x, y) = (picture.stride, block.len() / picture.stride);
            let [xl, xh] = (x as u16).to_le_bytes();
            let [yl, yh] = (y as u16).to_le_bytes();
            self.bytes.extend([0x1d, b'v', b'0', if doubled { 3 } else { 0 }, xl, xh, yl, yh]);
            let from = self.bytes.len();
            self.bytes.extend(block);
            tame(&mut self.bytes[from..]);
            self.rows += y as u32 * if doubled { 2 } else { 1 };
            self.pause();
        }
        self.after_raster = true;
    }
}
