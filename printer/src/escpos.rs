//! The encoder: from a page to the bytes of a printer.
//!
//! Only commands that every clone manual documents alike. Sources are named by the maker's manual; "Epson" is the
//! ESC/POS Command Reference.

use crate::profile::{Cut, Profile, wire_time};
use crate::raster::{Raster, letters, qr};
use crate::slip::Block;

/// `ESC @`: initialise (Epson). It needs no `ESC t` behind it: ASCII is the same in every code table. Only ever sent on an empty line: the Cashino KP-628E prints what is in its buffer.
pub const INITIALISE: [u8; 2] = [0x1b, b'@'];
/// `GS V 66 0`: feed to the knife and cut partially (Epson).
pub const CUT: [u8; 4] = [0x1d, b'V', 66, 0];
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

/// How the number on a paper is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Drawn in the house's typeface at half resolution: legible, about 1.2 KB more.
    Designed,
    /// The printer's own font, enlarged.
    Text,
}

/// A paper as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// Everything to send, cut included.
    pub bytes: Vec<u8>,
    /// Rows of dots that pass the head, to within a few lines.
    pub rows: u32,
}

/// Encodes the page in the finest style that the wire delivers as fast as the head prints.
///
/// Below that speed the head would stop and start, and the visitor would wait for the wire.
pub fn encode_for_line(page: &[Block], profile: &Profile, baud: u32) -> Encoded {
    let designed = encode(page, profile, Style::Designed);
    if wire_time(designed.bytes.len(), baud) <= profile.head_time(designed.rows) {
        return designed;
    }
    encode(page, profile, Style::Text)
}

/// Encodes the page, from initialising to the cut.
pub fn encode(page: &[Block], profile: &Profile, style: Style) -> Encoded {
    let mut pen = Pen { bytes: Vec::new(), rows: 0, centred: false, bold: false, scale: 1, after_raster: false };
    pen.bytes.extend(INITIALISE);
    for block in page {
        match block {
            Block::Line { text, centred, bold, scale } => {
                pen.align(*centred);
                pen.bold(*bold);
                pen.scale(*scale);
                pen.line(text);
            }
            Block::Number(number) => pen.number(number, profile, style),
            Block::Qr(text) => pen.qr(text),
            Block::Gap => pen.gap(),
        }
    }
    match profile.cut {
        Cut::FeedAndCut => {}
        // `ESC d n`: feed n lines (Epson, every clone manual).
        Cut::LinesThenCut => pen.bytes.extend([0x1b, b'd', 3]),
    }
    pen.bytes.extend(CUT);
    Encoded { bytes: pen.bytes, rows: pen.rows }
}

/// The largest raster block of a paper, header included: what a half-sent block may still be waiting for.
pub fn largest_block(profile: &Profile) -> usize {
    8 + ROWS_PER_BLOCK * profile.dots / 16
}

/// Sends a mode only when it changes.
struct Pen {
    bytes: Vec<u8>,
    rows: u32,
    centred: bool,
    bold: bool,
    scale: u8,
    after_raster: bool,
}

impl Pen {
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

    fn line(&mut self, text: &str) {
        // A control byte in a text would be a command.
        self.bytes.extend(text.bytes().filter(|b| (0x20..=0x7e).contains(b)));
        self.bytes.push(b'\n');
        self.rows += LINE_ROWS.max(24 * u32::from(self.scale));
        self.after_raster = false;
    }

    fn number(&mut self, number: &str, profile: &Profile, style: Style) {
        self.align(true);
        // Half a line's dots, since the printer doubles them: 50 mm of 72, 40 mm of 48.
        let (width, height) = if profile.dots >= 576 { (200, 50) } else { (160, 48) };
        if style == Style::Designed
            && let Some(drawn) = letters(number, width, height)
        {
            self.white(GAP_ROWS);
            self.raster(&drawn, true);
            self.white(GAP_ROWS);
            return;
        }
        self.bold(false);
        self.scale((profile.columns / number.len().max(1)).clamp(1, 8) as u8);
        self.line(number);
    }

    /// Three dots of half resolution are a module of six, 0.75 mm; the standard asks for four modules of white.
    fn qr(&mut self, text: &str) {
        let Some(code) = qr(text, 3) else { return };
        self.align(true);
        self.white(24);
        self.raster(&code, true);
        self.white(24);
    }

    fn gap(&mut self) {
        // The NT-5890K swallows a line feed that directly follows a raster.
        if self.after_raster {
            self.white(GAP_ROWS);
        } else {
            self.scale(1);
            self.line("");
        }
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
        for block in picture.bits.chunks(picture.stride * ROWS_PER_BLOCK) {
            let (x, y) = (picture.stride, block.len() / picture.stride);
            let [xl, xh] = (x as u16).to_le_bytes();
            let [yl, yh] = (y as u16).to_le_bytes();
            self.bytes.extend([0x1d, b'v', b'0', if doubled { 3 } else { 0 }, xl, xh, yl, yh]);
            self.bytes.extend(block);
            self.rows += y as u32 * if doubled { 2 } else { 1 };
        }
        self.after_raster = true;
    }
}
