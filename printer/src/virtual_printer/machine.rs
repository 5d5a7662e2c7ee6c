//! The printer itself: bytes in, time, bytes and papers out. No pty, no thread, no clock: tests drive it as they like.

use super::sheet::{CELL_HEIGHT, CELL_WIDTH, Sheet};
use crate::profile::{DOTS_PER_MM, Profile};
use std::collections::VecDeque;
use std::time::Duration;

/// Bytes the printer can hold; what comes on top is lost (TM-T88III: 4 KB).
const BUFFER: usize = 4096;
/// Rows of a line of text with the default spacing.
const LINE_ROWS: usize = 30;
/// Rows from the head to the knife (TM-T88III: 15 mm; VKP80III: 11.9 mm).
const CUTTER_ROWS: usize = 96;
/// How long a printer is deaf between switching off and being ready; no real one starts faster.
const STARTING: Duration = Duration::from_millis(1500);
/// The real-time clear command, which acts the moment its last byte arrives.
const CLEAR: &[u8] = &crate::escpos::CLEAR;

/// A printer.
#[derive(Debug)]
pub struct Machine {
    dots: usize,
    rows_per_second: f64,
    /// Paper end.
    pub(super) out: bool,
    /// Near end.
    pub(super) low: bool,
    /// The cover is open.
    pub(super) cover: bool,
    /// It answers nothing.
    pub(super) mute: bool,
    /// It is switched off, or still starting, for this long.
    off: Duration,
    /// Paper ends after this many more executed bytes.
    pub(super) out_after: Option<u64>,
    buffer: VecDeque<u8>,
    /// The last bytes received, in which a real-time command is recognised wherever it stands.
    recent: VecDeque<u8>,
    replies: Vec<u8>,
    /// Rows that the head may still print at this moment.
    rows: f64,
    raster: Option<RasterRun>,
    mode: Mode,
    line: Vec<(u8, Mode)>,
    sheet: Sheet,
    done: Vec<Sheet>,
    lost: u64,
}

#[derive(Clone, Copy, Debug)]
struct Mode {
    /// 0 left, 1 middle, 2 right.
    align: u8,
    bold: bool,
    width: usize,
    height: usize,
}

impl Mode {
    const PLAIN: Mode = Mode { align: 0, bold: false, width: 1, height: 1 };
}

/// A raster that is being received.
#[derive(Clone, Copy, Debug)]
struct RasterRun {
    stride: usize,
    rows_left: usize,
    wide: usize,
    high: usize,
}

impl Machine {
    /// A printer with paper, closed and well.
    pub fn new(profile: &Profile) -> Machine {
        Machine {
            dots: profile.dots,
            rows_per_second: f64::from(profile.speed * DOTS_PER_MM),
            out: false,
            low: false,
            cover: false,
            mute: false,
            off: Duration::ZERO,
            out_after: None,
            buffer: VecDeque::new(),
            recent: VecDeque::new(),
            replies: Vec::new(),
            rows: 0.0,
            raster: None,
            mode: Mode::PLAIN,
            line: Vec::new(),
            sheet: Sheet::new(profile.dots),
            done: Vec::new(),
            lost: 0,
        }
    }

    /// Bytes arrive on the wire. Real-time commands act at once, wherever they stand, even offline.
    pub fn receive(&mut self, bytes: &[u8]) {
        if !self.off.is_zero() {
            return;
        }
        for byte in bytes {
            if self.buffer.len() < BUFFER {
                self.buffer.push_back(*byte);
            } else {
                self.lost += 1;
            }
            if self.recent.len() == CLEAR.len() {
                self.recent.pop_front();
            }
            self.recent.push_back(*byte);
            self.real_time();
        }
    }

    fn real_time(&mut self) {
        let recent: Vec<u8> = self.recent.iter().copied().collect();
        if let [.., 0x10, 0x04, n @ 1..=4] = recent.as_slice() {
            let answer = 0x12 | self.status(*n);
            self.reply(&[answer]);
        } else if recent == CLEAR {
            self.buffer.clear();
            self.recent.clear();
            self.line.clear();
            self.raster = None;
            self.mode = Mode::PLAIN;
            self.reply(&[0x37, 0x25, 0x00]);
        }
    }

    /// The meaning bits of `DLE EOT n`.
    fn status(&self, n: u8) -> u8 {
        let bit = |on: bool, bits: u8| if on { bits } else { 0 };
        match n {
            1 => bit(self.out || self.cover, 0x08),
            2 => bit(self.cover, 0x04) | bit(self.out, 0x20),
            4 => bit(self.low || self.out, 0x0c) | bit(self.out, 0x60),
            _ => 0,
        }
    }

    /// Time passes: the head prints what is in the buffer, unless there is no paper or the cover is open.
    pub fn advance(&mut self, time: Duration) {
        self.off = self.off.saturating_sub(time);
        // An idle head saves no time for later.
        self.rows = (self.rows + time.as_secs_f64() * self.rows_per_second).min(64.0);
        while self.rows > 0.0 && !self.out && !self.cover {
            let Some(used) = self.step() else { break };
            self.buffer.drain(..used.min(self.buffer.len()));
            if let Some(left) = &mut self.out_after {
                *left = left.saturating_sub(used as u64);
                if *left == 0 {
                    self.out_after = None;
                    self.out = true;
                }
            }
        }
    }

    /// What the printer answers, taken away.
    pub fn take_replies(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.replies)
    }

    /// The papers that have come out since, taken away.
    pub fn take_papers(&mut self) -> Vec<Sheet> {
        std::mem::take(&mut self.done)
    }

    /// Whether there is nothing to print.
    pub fn idle(&self) -> bool {
        self.buffer.is_empty() || self.out || self.cover
    }

    /// Bytes that found no room.
    pub fn lost(&self) -> u64 {
        self.lost
    }

    /// A new roll. What the old one carried is torn off.
    pub(super) fn refill(&mut self) {
        self.tear();
        self.out = false;
        self.low = false;
        self.out_after = None;
    }

    /// Switched off and on: everything not yet on paper is forgotten, and it is deaf until it has started.
    pub(super) fn power_cycle(&mut self) {
        self.off = STARTING;
        self.tear();
        self.buffer.clear();
        self.recent.clear();
        self.line.clear();
        self.raster = None;
        self.mode = Mode::PLAIN;
    }

    fn tear(&mut self) {
        let mut sheet = std::mem::replace(&mut self.sheet, Sheet::new(self.dots));
        if sheet.has_ink() {
            sheet.torn = true;
            self.done.push(sheet);
        }
    }

    fn reply(&mut self, bytes: &[u8]) {
        if !self.mute {
            self.replies.extend(bytes);
        }
    }

    /// Executes what stands first in the buffer; `None` while it is incomplete.
    fn step(&mut self) -> Option<usize> {
        if let Some(run) = self.raster {
            return self.raster_row(run);
        }
        let at = |i: usize| self.buffer.get(i).copied();
        match at(0)? {
            b'\n' => {
                self.print_line();
                Some(1)
            }
            byte @ 0x20..=0x7e => {
                self.put(byte);
                Some(1)
            }
            // Executed on receipt; here they only pass by.
            0x10 => match at(1)? {
                0x04 | 0x05 => at(2).map(|_| 3),
                0x14 if at(2)? == 8 => at(CLEAR.len() - 1).map(|_| CLEAR.len()),
                _ => Some(1),
            },
            0x1b => self.escape(),
            0x1d => self.group(),
            0x1c => at(1).map(|_| 2),
            _ => Some(1),
        }
    }

    fn escape(&mut self) -> Option<usize> {
        let command = *self.buffer.get(1)?;
        match command {
            b'@' => {
                self.line.clear();
                self.mode = Mode::PLAIN;
                return Some(2);
            }
            b'2' => return Some(2),
            _ => {}
        }
        let n = *self.buffer.get(2)?;
        match command {
            b'a' if self.line.is_empty() => self.mode.align = n % 48 % 3,
            b'E' => self.mode.bold = n & 1 == 1,
            b'd' => {
                self.print_line_if_any();
                self.feed(LINE_ROWS * usize::from(n));
            }
            b'J' => {
                self.print_line_if_any();
                self.feed(usize::from(n));
            }
            b't' | b'a' | b'3' | b'M' | b'R' | b'!' | b'-' | b'{' | b'V' => {}
            _ => return Some(2),
        }
        Some(3)
    }

    fn group(&mut self) -> Option<usize> {
        let at = |i: usize| self.buffer.get(i).copied();
        match at(1)? {
            b'!' => {
                let n = at(2)?;
                self.mode.width = usize::from(n >> 4 & 7) + 1;
                self.mode.height = usize::from(n & 7) + 1;
                Some(3)
            }
            b'V' => {
                let used = if matches!(at(2)?, 65 | 66) { at(3).map(|_| 4)? } else { 3 };
                self.print_line_if_any();
                self.feed(CUTTER_ROWS);
                let sheet = std::mem::replace(&mut self.sheet, Sheet::new(self.dots));
                self.done.push(sheet);
                Some(used)
            }
            b'v' => {
                let (m, x, y) = (at(3)?, [at(4)?, at(5)?], [at(6)?, at(7)?]);
                // In the middle of a line a printer takes a raster for text; the line is lost here instead.
                self.line.clear();
                self.raster = Some(RasterRun {
                    stride: usize::from(u16::from_le_bytes(x)),
                    rows_left: usize::from(u16::from_le_bytes(y)),
                    wide: usize::from(m & 1) + 1,
                    high: usize::from(m >> 1 & 1) + 1,
                });
                self.sheet.note("[raster]");
                Some(8)
            }
            b'r' => {
                at(2)?;
                let answer = if self.low { 0x03 } else { 0x00 };
                self.reply(&[answer]);
                Some(3)
            }
            b'I' => {
                at(2)?;
                self.reply(b"_ANTREAN\0");
                Some(3)
            }
            b'(' => {
                let command = at(2)?;
                let length = usize::from(u16::from_le_bytes([at(3)?, at(4)?]));
                // No parameter block of these is longer; noise must not swallow the whole buffer.
                if length > 256 {
                    return Some(3);
                }
                at(4 + length)?;
                if command == b'H' && length == 6 {
                    let id: Vec<u8> = (7..11).filter_map(at).collect();
                    self.reply(&[&[0x37, 0x22], id.as_slice(), &[0]].concat());
                }
                Some(5 + length)
            }
            b'L' | b'W' | b'P' => at(3).map(|_| 4),
            b'a' | b'h' | b'w' | b'H' | b'f' | b'B' => at(2).map(|_| 3),
            _ => Some(2),
        }
    }

    fn raster_row(&mut self, mut run: RasterRun) -> Option<usize> {
        if run.rows_left == 0 || run.stride == 0 {
            self.raster = None;
            return Some(0);
        }
        if self.buffer.len() < run.stride {
            return None;
        }
        let row: Vec<u8> = self.buffer.iter().take(run.stride).copied().collect();
        self.sheet.raster_row(&row, self.mode.align, run.wide, run.high);
        self.rows -= run.high as f64;
        run.rows_left -= 1;
        self.raster = (run.rows_left > 0).then_some(run);
        Some(run.stride)
    }

    fn put(&mut self, byte: u8) {
        let width: usize = self.line.iter().map(|(_, mode)| mode.width * CELL_WIDTH).sum();
        if width + self.mode.width * CELL_WIDTH > self.dots {
            self.print_line();
        }
        self.line.push((byte, self.mode));
    }

    fn print_line_if_any(&mut self) {
        if !self.line.is_empty() {
            self.print_line();
        }
    }

    fn print_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let cells: Vec<_> = line.iter().map(|(byte, m)| (*byte, m.bold, m.width, m.height)).collect();
        let tallest = line.iter().map(|(_, m)| m.height).max().unwrap_or(1);
        let rows = LINE_ROWS.max(tallest * CELL_HEIGHT);
        self.sheet.text_line(&cells, self.mode.align, rows);
        self.rows -= rows as f64;
    }

    fn feed(&mut self, rows: usize) {
        self.sheet.feed(rows);
        self.rows -= rows as f64;
    }
}
