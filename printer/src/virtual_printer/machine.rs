//! The printer itself: bytes in, time, bytes and papers out. No pty, no thread, no clock: tests drive it as they like.

use super::sheet::{CELL_HEIGHT, CELL_WIDTH, Sheet};
use crate::escpos::CLEAR;
use crate::profile::{Cancel, End, Fence, Flow, Profile, Status};
use fastrand::Rng;
use std::collections::VecDeque;
use std::time::Duration;

/// Rows of a line of text with the default spacing.
const LINE_ROWS: usize = 30;
/// Rows from the head to the knife (TM-T88III: 15 mm; VKP80III: 11.9 mm).
const CUTTER_ROWS: usize = 96;
/// How long a printer is deaf between switching off and being ready; no real one starts faster.
pub(super) const STARTING: Duration = Duration::from_millis(1500);
/// How long a ticket hangs at the output before somebody takes it.
const TAKEN_AFTER: Duration = Duration::from_secs(2);
/// How long after an answer its zero comes.
const LATE_ZERO: Duration = Duration::from_millis(500);
/// With XON/XOFF: stop at so many free bytes, go on at so many (TM-T88III).
const XOFF_AT: usize = 128;
const XON_AT: usize = 256;

/// What is wrong with the line back from the printer.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// It answers nothing.
    pub(super) mute: bool,
    /// Noise before each answer.
    pub(super) garbage: bool,
    /// Each answer comes so much later.
    pub(super) late: Duration,
    /// What it says while it is spoken to is lost.
    pub(super) half_duplex: bool,
}

/// What it is by nature, beyond its profile: clones differ from what they are sold as.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Nature {
    pub(super) in_order: bool,
    pub(super) no_fence: bool,
    pub(super) no_clear: bool,
    pub(super) late_zeros: bool,
}

/// A printer.
#[derive(Debug)]
pub struct Machine {
    profile: Profile,
    /// Time since it was made.
    now: Duration,
    /// Paper end.
    pub(super) out: bool,
    /// Near end.
    pub(super) low: bool,
    /// The cover is open.
    pub(super) cover: bool,
    pub(super) line_back: Line,
    pub(super) nature: Nature,
    /// Bytes that it can hold; what comes on top is lost.
    pub(super) room: usize,
    /// It is switched off, or still starting, for this long.
    off: Duration,
    /// Paper ends after this many more executed bytes.
    pub(super) out_after: Option<u64>,
    buffer: VecDeque<u8>,
    /// XOFF was sent.
    stopped: bool,
    /// The last bytes received, in which a real-time command is recognised wherever it stands.
    recent: VecDeque<u8>,
    /// Answers and when they leave.
    replies: VecDeque<(Duration, u8)>,
    /// When its late zeros leave.
    zeros: VecDeque<Duration>,
    rng: Rng,
    /// Rows that the head may still print at this moment.
    rows: f64,
    /// A ticket hangs at the output until then.
    ticket: Duration,
    /// The job that Nippon's `GS G` began.
    job: [u8; 4],
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
            now: Duration::ZERO,
            out: false,
            low: false,
            cover: false,
            line_back: Line::default(),
            nature: Nature::default(),
            room: profile.buffer,
            off: Duration::ZERO,
            out_after: None,
            buffer: VecDeque::new(),
            stopped: false,
            recent: VecDeque::new(),
            replies: VecDeque::new(),
            zeros: VecDeque::new(),
            rng: Rng::with_seed(1),
            rows: 0.0,
            ticket: Duration::ZERO,
            job: [0; 4],
            raster: None,
            mode: Mode::PLAIN,
            line: Vec::new(),
            sheet: Sheet::new(profile.dots),
            done: Vec::new(),
            lost: 0,
            profile: profile.clone(),
        }
    }

    /// Bytes arrive on the wire. Real-time commands act at once, wherever they stand, even offline.
    pub fn receive(&mut self, bytes: &[u8]) {
        if !self.off.is_zero() {
            return;
        }
        for byte in bytes {
            if self.line_back.half_duplex {
                self.replies.clear();
            }
            if self.buffer.len() < self.room {
                self.buffer.push_back(*byte);
            } else {
                self.lost += 1;
            }
            if self.recent.len() == CLEAR.len() {
                self.recent.pop_front();
            }
            self.recent.push_back(*byte);
            self.real_time();
            self.flow();
        }
    }

    /// XON/XOFF, where the profile says so.
    fn flow(&mut self) {
        let free = self.room.saturating_sub(self.buffer.len());
        if self.profile.flow == Flow::Software && free <= XOFF_AT && !self.stopped {
            self.stopped = true;
            self.reply(&[0x13]);
        }
        if self.stopped && free >= XON_AT.min(self.room) {
            self.stopped = false;
            self.reply(&[0x11]);
        }
    }

    fn real_time(&mut self) {
        let last: Vec<u8> = self.recent.iter().rev().take(3).rev().copied().collect();
        let knows = self.profile.status;
        match *last.as_slice() {
            [0x10, 0x04, n @ 1..=4] if !self.nature.in_order => self.answer_status(n),
            [0x10, 0x04, 0x14] if knows == Status::Full => {
                let bit = |on: bool, bits: u8| if on { bits } else { 0 };
                let paper = bit(self.low, 0x04) | bit(self.out, 0x05) | bit(self.now < self.ticket, 0x20);
                // The question itself is no work.
                let user = bit(self.cover, 0x02) | bit(self.buffer.len() > 3 || self.raster.is_some(), 0x08);
                self.reply(&[0x10, 0x0f, paper, user, 0, 0]);
            }
            _ if self.profile.cancel == Cancel::DleDc4 && !self.nature.no_clear && self.recent == CLEAR => {
                self.forget();
                self.reply(&[0x37, 0x25, 0x00]);
            }
            _ => {}
        }
    }

    /// `DLE EOT n`, where the profile knows it.
    fn answer_status(&mut self, n: u8) {
        let knows = self.profile.status;
        if knows != Status::DleEot && (knows != Status::CauseOnly || n != 2) {
            return;
        }
        self.reply(&[0x12 | self.status(n) | self.profile.always_set[usize::from(n) - 1]]);
        if self.nature.late_zeros {
            self.zeros.push_back(self.now + LATE_ZERO);
        }
    }

    /// One byte that nobody asked for.
    pub(super) fn stray(&mut self, byte: u8) {
        self.replies.push_front((self.now, byte));
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
        self.now += time;
        self.off = self.off.saturating_sub(time);
        if !self.off.is_zero() {
            return;
        }
        // An idle head saves no time for later.
        self.rows = (self.rows + time.as_secs_f64() * self.profile.rows_per_second()).min(64.0);
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
        self.flow();
    }

    /// What the printer answers, taken away.
    pub fn take_replies(&mut self) -> Vec<u8> {
        let due = self.replies.partition_point(|(at, _)| *at <= self.now);
        let zeros = self.zeros.partition_point(|at| *at <= self.now);
        self.replies.drain(..due).map(|(_, byte)| byte).chain(self.zeros.drain(..zeros).map(|_| 0)).collect()
    }

    /// The papers that have come out since, taken away.
    pub fn take_papers(&mut self) -> Vec<Sheet> {
        std::mem::take(&mut self.done)
    }

    /// Whether there is nothing to print.
    pub fn idle(&self) -> bool {
        (self.buffer.is_empty() || self.out || self.cover) && self.replies.is_empty()
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

    /// Switched off and on: it is deaf for so long; what hangs in the slot is torn off. Some keep what they had not
    /// printed yet.
    pub(super) fn power_cycle(&mut self, deaf: Duration, keeps: bool) {
        self.off = deaf;
        self.rows = 0.0;
        // It has forgotten which job it was in.
        self.job = [0; 4];
        self.replies.clear();
        self.recent.clear();
        self.tear();
        self.mode = Mode::PLAIN;
        self.line.clear();
        if !keeps {
            self.forget();
        }
    }

    fn forget(&mut self) {
        self.buffer.clear();
        self.recent.clear();
        self.line.clear();
        self.raster = None;
        self.mode = Mode::PLAIN;
    }

    fn tear(&mut self) {
        let mut sheet = std::mem::replace(&mut self.sheet, Sheet::new(self.profile.dots));
        if sheet.has_ink() {
            sheet.torn = true;
            self.done.push(sheet);
        }
    }

    fn reply(&mut self, bytes: &[u8]) {
        if self.line_back.mute {
            return;
        }
        let at = self.now + self.line_back.late;
        if self.line_back.garbage {
            let noise = (0..self.rng.usize(1..4)).map(|_| self.rng.u8(..)).collect::<Vec<_>>();
            self.replies.extend(noise.into_iter().map(|byte| (at, byte)));
        }
        self.replies.extend(bytes.iter().map(|byte| (at, *byte)));
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
                0x04 | 0x05 => {
                    let n = at(2)?;
                    if self.nature.in_order && at(1) == Some(4) && (1..=4).contains(&n) {
                        self.answer_status(n);
                    }
                    Some(3)
                }
                0x14 if at(2)? == 8 => at(CLEAR.len() - 1).map(|_| CLEAR.len()),
                _ => Some(1),
            },
            0x1b => self.escape(),
            0x1d => self.group(),
            0x1c if at(1)? == b'P' => {
                at(5)?;
                self.present();
                Some(6)
            }
            0x1c => Some(2),
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
            b'v' => {
                if self.profile.status == Status::Nippon {
                    self.reply(&[if self.low { 0x03 } else { 0x00 }]);
                }
                return Some(2);
            }
            _ => {}
        }
        let n = *self.buffer.get(2)?;
        match command {
            b'a' if self.line.is_empty() => self.mode.align = n % 48 % 3,
            b'E' => self.mode.bold = n & 1 == 1,
            b'd' => {
                self.print_line_if_any();
                self.feed(LINE_ROWS * usize::from(n));
                // Without a knife a person tears it there.
                if self.profile.end == End::Feed && n >= 6 {
                    self.cut();
                }
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
                self.cut();
                Some(used)
            }
            b'e' => {
                let action = at(2)?;
                let used = if action == 3 { at(3).map(|_| 4)? } else { 3 };
                if matches!(action, 3 | 5) {
                    self.present();
                }
                Some(used)
            }
            b'G' => match at(2)? {
                b'1' => {
                    at(6)?;
                    for (n, byte) in (3..7).filter_map(at).enumerate() {
                        self.job[n] = byte;
                    }
                    Some(7)
                }
                _ => {
                    if self.profile.fence == Fence::Nippon {
                        let [a, b, c, d] = self.job;
                        self.reply(&[0xff, 0x13, a, b, c, d, 0, 0, 0, 0]);
                    }
                    Some(3)
                }
            },
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
                if matches!(self.profile.fence, Fence::GsR | Fence::ProcessId) && !self.nature.no_fence {
                    self.reply(&[if self.low { 0x03 } else { 0x00 }]);
                }
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
                if command == b'H' && length == 6 && self.profile.fence == Fence::ProcessId {
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

    fn cut(&mut self) {
        let sheet = std::mem::replace(&mut self.sheet, Sheet::new(self.profile.dots));
        self.done.push(sheet);
    }

    /// Cuts, and pushes the ticket to the output.
    fn present(&mut self) {
        self.print_line_if_any();
        self.feed(CUTTER_ROWS);
        self.cut();
        self.ticket = self.now + TAKEN_AFTER;
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
        // A new ticket pushes out the one that nobody took.
        self.ticket = Duration::ZERO;
        self.sheet.raster_row(&row, self.mode.align, run.wide, run.high);
        self.rows -= run.high as f64;
        run.rows_left -= 1;
        self.raster = (run.rows_left > 0).then_some(run);
        Some(run.stride)
    }

    fn put(&mut self, byte: u8) {
        let width: usize = self.line.iter().map(|(_, mode)| mode.width * CELL_WIDTH).sum();
        if width + self.mode.width * CELL_WIDTH > self.profile.dots {
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
        self.ticket = Duration::ZERO;
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
