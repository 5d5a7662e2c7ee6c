//! What the printer says, byte by byte.
//!
//! Replies are read by their meaning bits and by the request in flight, never by their fixed bits: at least four
//! families break the fixed pattern. Classes of bytes are those of Epson's TM-T88III specification, Appendix G.

use crate::profile::{self, Profile};
use queue::printing::PrinterState;
use std::collections::VecDeque;

/// A question to the printer; replies do not say which one they answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// `DLE EOT 1`: online or not.
    Printer,
    /// `DLE EOT 2`: why it is offline.
    Cause,
    /// `DLE EOT 3`: which error.
    Errors,
    /// `DLE EOT 4`: the roll.
    Roll,
    /// `DLE EOT 14h`: everything in six bytes (Custom, Reliance).
    Full,
    /// `GS e 6`: the ejector (Custom KPM210, Reliance).
    Ejector,
    /// `DLE EOT 11h`: the paper motor (Reliance).
    Motor,
    /// `GS r 1`: the paper, once everything before has been executed.
    Fence,
    /// `ESC v`: the same on Nippon, VKP80III and Phoenix.
    Sensor,
    /// `GS r 2`: 08h when the line is completed (some Chinese units).
    Completed,
    /// `DLE DC4` function 8: clear the buffers.
    Clear,
    /// `GS ( H`: report when this id has been printed.
    ProcessId,
    /// `GS I 67`: the model.
    Model,
    /// `GS a 255`: report every change by itself from now on.
    Automatic,
    /// `GS E0h 15`: the same as [`Request::Full`] on every change.
    AutomaticFull,
}

impl Request {
    /// The bytes to send; a process id is part of its job.
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Request::Printer => &[0x10, 0x04, 1],
            Request::Cause => &[0x10, 0x04, 2],
            Request::Errors => &[0x10, 0x04, 3],
            Request::Roll => &[0x10, 0x04, 4],
            Request::Full => &[0x10, 0x04, 0x14],
            Request::Ejector => &[0x1d, b'e', 6],
            Request::Motor => &[0x10, 0x04, 0x11],
            Request::Fence => &crate::escpos::FENCE,
            Request::Sensor => &[0x1b, b'v'],
            Request::Completed => &[0x1d, b'r', 2],
            Request::Clear => &crate::escpos::CLEAR,
            Request::ProcessId => &[],
            Request::Model => &[0x1d, b'I', 67],
            Request::Automatic => &[0x1d, b'a', 255],
            Request::AutomaticFull => &[0x1d, 0xe0, 0x0f],
        }
    }

    /// Answered by one byte of the class of `DLE EOT`, by its number n.
    fn real_time(self) -> Option<usize> {
        [Request::Printer, Request::Cause, Request::Errors, Request::Roll].iter().position(|r| *r == self)
    }

    /// Answered by one byte without the fixed bits.
    fn plain(self) -> bool {
        use Request::{Completed, Ejector, Fence, Motor, Sensor};
        matches!(self, Fence | Sensor | Completed | Ejector | Motor)
    }
}

/// What one reply means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It prints.
    Ready,
    /// It prints, and the roll is near its end.
    Low,
    /// Paper end.
    Out,
    /// The cover is open.
    Cover,
    /// Offline for a reason that this reply does not name.
    Offline,
    /// An error that this reply does not name.
    Error,
    /// The knife is stuck.
    Cutter,
    /// The paper is stuck.
    Jam,
    /// An error that a person can clear.
    Recoverable,
    /// An error for a technician.
    Unrecoverable,
    /// Head too hot or voltage wrong; passes by itself.
    Waits,
    /// No information: neither healthy nor faulty.
    Nothing,
}

impl Condition {
    /// Whether a paper can be expected to come out.
    pub fn prints(self) -> bool {
        matches!(self, Condition::Ready | Condition::Low | Condition::Nothing)
    }

    /// The row that kiosk and staff read.
    pub fn state(self) -> PrinterState {
        match self {
            Condition::Ready => PrinterState::Ready,
            Condition::Low => PrinterState::Low,
            Condition::Out => PrinterState::Out,
            Condition::Cover => PrinterState::Cover,
            Condition::Offline => PrinterState::Offline,
            Condition::Nothing => PrinterState::Unknown,
            Condition::Error
            | Condition::Cutter
            | Condition::Jam
            | Condition::Recoverable
            | Condition::Unrecoverable
            | Condition::Waits => PrinterState::Fault,
        }
    }

    /// What staff read, and what to do.
    pub fn advice(self) -> &'static str {
        match self {
            Condition::Ready => "siap",
            Condition::Low => "kertas hampir habis: siapkan gulungan baru",
            Condition::Out => "kertas habis: pasang gulungan baru",
            Condition::Cover => "tutup printer terbuka: tutup kembali",
            Condition::Offline => "printer tidak siap (offline): periksa tombol dan lampunya",
            Condition::Error => "printer melaporkan gangguan: matikan, lalu hidupkan lagi",
            Condition::Cutter => "pisau macet: buka tutup, keluarkan kertas, tutup kembali",
            Condition::Jam => "kertas macet: buka tutup, keluarkan kertasnya, tutup kembali",
            Condition::Recoverable => "printer terganggu: buka dan tutup penutupnya, lalu hidupkan lagi",
            Condition::Unrecoverable => "printer rusak: hubungi teknisi",
            Condition::Waits => "printer terlalu panas atau tegangannya salah: tunggu sebentar",
            Condition::Nothing => "printer tidak memberi status",
        }
    }
}

/// Where the paper is, on printers that say so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mechanism {
    /// A ticket is at the output: presented, not yet taken.
    pub ticket: bool,
    /// Still printing or feeding.
    pub busy: bool,
    /// Bytes were damaged on the way: nobody knows what was printed.
    pub damaged: bool,
}

/// Something the printer said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The answer to a question.
    Answer(Request, Condition),
    /// The answer to a question about the mechanism.
    Mechanism(Request, Condition, Mechanism),
    /// It reported by itself.
    Automatic(Condition),
    /// Everything up to this process id has been printed.
    Done([u8; 4]),
    /// Its buffers are empty.
    Cleared,
    /// It went offline and wants to be asked for the cause.
    AskCause,
    /// Its model's name.
    Model(String),
    /// XOFF: send nothing.
    Stop,
    /// XON: send again.
    Go,
}

/// Longest block worth keeping; a longer one is noise that happened to look like a block.
const LONGEST_BLOCK: usize = 80;

/// What the profile says of the answers.
#[derive(Clone, Copy, Debug)]
struct Dialect {
    /// Groups that begin with 10h are those of Custom.
    full: bool,
    nippon: bool,
    xon_xoff: bool,
    bit_7: bool,
    always_set: [u8; 4],
}

/// Reads replies. Survives any byte.
#[derive(Debug)]
pub struct Parser {
    dialect: Dialect,
    pending: VecDeque<Request>,
    automatic: bool,
    /// Automatic reports were just switched on; a first one of four zeros is a report too (escpos-netprinter).
    first_report: bool,
    automatic_full: bool,
    block: Vec<u8>,
    group: Vec<u8>,
    /// Length of a group that is no automatic report of Epson's; 0 for one that is.
    length: usize,
    /// Answers outside the fixed pattern, one after the other, to each `DLE EOT`.
    deviating: [u8; 4],
    /// Fences whose answers have not come: they stay owed whatever else is asked, until the printer has answered or forgotten them.
    owed: u32,
    unexplained: u64,
}

impl Parser {
    /// A parser for a printer of this kind.
    pub fn new(profile: &Profile) -> Parser {
        Parser {
            dialect: Dialect {
                full: profile.status == profile::Status::Full,
                nippon: profile.fence == profile::Fence::Nippon,
                xon_xoff: profile.fence != profile::Fence::Nippon,
                bit_7: profile.bit_7,
                always_set: profile.always_set,
            },
            pending: VecDeque::new(),
            automatic: false,
            first_report: false,
            automatic_full: false,
            block: Vec::new(),
            group: Vec::new(),
            length: 0,
            deviating: [0; 4],
            owed: 0,
            unexplained: 0,
        }
    }

    /// Bytes so far that nothing explains: noise, or answers to questions of which nobody knows any more.
    pub fn unexplained(&self) -> u64 {
        self.unexplained
    }

    fn drop_bytes(&mut self, bytes: usize) -> Option<Reply> {
        self.unexplained += bytes as u64;
        None
    }

    /// A question was sent.
    pub fn expect(&mut self, request: Request) {
        match request {
            Request::Automatic => (self.automatic, self.first_report) = (true, true),
            Request::AutomaticFull => self.automatic_full = true,
            Request::Fence => self.owed += 1,
            _ if self.pending.len() < 64 => self.pending.push_back(request),
            _ => {}
        }
    }

    /// Fences whose answers have not come yet.
    pub fn owed(&self) -> u32 {
        self.owed
    }

    /// So many answers to fences may still come: none after the printer was cleared, some from an earlier process.
    pub fn owe(&mut self, fences: u32) {
        self.owed = fences;
    }

    /// The answer to a fence that was heard last came too soon to be the one that is awaited: it is noise.
    pub fn disown(&mut self) {
        self.owed += 1;
        self.unexplained += 1;
    }

    /// The time for answers is over: half a reply is no reply. A fence stays owed.
    pub fn forget(&mut self) {
        self.unexplained += (self.block.len() + self.group.len()) as u64;
        self.pending.clear();
        self.block.clear();
        self.group.clear();
    }

    /// Whether this printer answers `DLE EOT` outside the fixed pattern, its last answers one like the other: they cannot
    /// be told from that of a fence, so that only one question may be in flight. A single disturbed byte is no habit.
    pub fn deviates(&self) -> bool {
        self.deviating.iter().any(|answers| *answers >= 2)
    }

    /// Takes one byte; `None` while a reply is incomplete and for bytes that nothing explains.
    pub fn push(&mut self, byte: u8) -> Option<Reply> {
        if !self.block.is_empty() {
            return self.in_block(byte);
        }
        // In a group of known length every byte is data.
        if !self.group.is_empty() && self.length > 0 {
            return self.in_known_group(byte);
        }
        match byte {
            0x11 if self.dialect.xon_xoff => return Some(Reply::Go),
            0x13 if self.dialect.xon_xoff => return Some(Reply::Stop),
            // Heads of blocks, by the same appendix; they are neither status nor flow control.
            0x35 | 0x37 | 0x3b | 0x3d | 0x5f if !self.dialect.nippon && !self.awaits(Request::Full) => {
                self.block.push(byte);
                return None;
            }
            0xff if self.dialect.nippon => return self.start(byte, 10),
            _ => {}
        }
        if !self.group.is_empty() && byte & 0x90 == 0 {
            return self.in_group(byte);
        }
        self.unexplained += self.group.len() as u64;
        self.group.clear();
        self.single(byte)
    }

    fn awaits(&self, request: Request) -> bool {
        self.pending.contains(&request)
    }

    fn start(&mut self, byte: u8, length: usize) -> Option<Reply> {
        self.group.push(byte);
        self.length = length;
        None
    }

    fn single(&mut self, byte: u8) -> Option<Reply> {
        if self.dialect.full || self.awaits(Request::Full) {
            // The header's second byte tells the length.
            if byte == 0x10 && (self.awaits(Request::Full) || self.automatic_full) {
                return self.start(byte, 2);
            }
            // Some firmware omits the header: four bytes, of which the first never is 10h.
            if self.pending.front() == Some(&Request::Full) {
                return self.start(byte, 4);
            }
        }
        let real_time = |r: &Request| r.real_time().is_some();
        // Cashino sets bit 7 while the last ticket is still in its mouth.
        let pattern = if self.dialect.bit_7 { 0x13 } else { 0x93 };
        if byte & pattern == 0x12
            && let Some(at) = self.pending.iter().position(real_time)
        {
            self.habit(at, |_| 0);
            return self.answer(at, byte);
        }
        // Without the fixed bits only the question tells what a byte means (Pyramid: 0Ch is a low roll after
        // DLE EOT 4, and paper end after GS r 1; the ejector's bits are anything at all).
        let asked = self.pending.iter().position(|r| r.plain() || real_time(r));
        if let Some(at) = asked
            && matches!(self.pending[at], Request::Ejector | Request::Motor)
        {
            return self.answer(at, byte);
        }
        // A group of an automatic report. It is taken in one piece even when nobody switched it on (some clones do by
        // DIP switch): its other bytes would pass for answers.
        if byte & 0x93 == 0x10 || (byte == 0 && self.first_report && self.pending.is_empty()) {
            return self.start(byte, 0);
        }
        if byte & 0x90 != 0 {
            return self.drop_bytes(1);
        }
        // A fence is answered in this form always, a question only by printers that make a habit of it.
        if self.owed > 0 && (asked.is_none() || !self.deviates()) {
            self.owed -= 1;
            return Some(Reply::Answer(Request::Fence, condition(Request::Fence, byte)));
        }
        let Some(at) = asked else { return self.drop_bytes(1) };
        self.habit(at, |answers| answers.saturating_add(1));
        self.answer(at, byte)
    }

    fn habit(&mut self, at: usize, change: impl Fn(u8) -> u8) {
        if let Some(n) = self.pending[at].real_time() {
            self.deviating[n] = change(self.deviating[n]);
        }
    }

    fn answer(&mut self, at: usize, byte: u8) -> Option<Reply> {
        let request = self.pending.remove(at)?;
        let byte = byte & !request.real_time().map_or(0, |n| self.dialect.always_set[n]);
        let has = |bits: u8| byte & bits != 0;
        let condition = condition(request, byte);
        let place = match request {
            Request::Ejector => Mechanism { ticket: has(0x08), busy: has(0x30), damaged: false },
            Request::Motor => Mechanism { busy: has(0x04), ..Mechanism::default() },
            _ => return Some(Reply::Answer(request, condition)),
        };
        Some(Reply::Mechanism(request, condition, place))
    }

    fn in_known_group(&mut self, byte: u8) -> Option<Reply> {
        self.group.push(byte);
        // The second byte of a header is the mask of the bytes that follow.
        if self.group[0] == 0x10 && self.group.len() == 2 {
            self.length = 2 + (byte & 0x0f).count_ones() as usize;
        }
        if self.group[0] == 0xff && self.group.len() == 2 && byte != 0x13 {
            // The terminal has swallowed the 13h: this mode is refused for the profile.
            self.group.clear();
            return self.drop_bytes(2);
        }
        if self.group.len() < self.length {
            return None;
        }
        let group = std::mem::take(&mut self.group);
        match group.as_slice() {
            [0xff, 0x13, a, b, c, d, 0, ..] => Some(Reply::Done([*a, *b, *c, *d])),
            [0xff, ..] => Some(Reply::AskCause),
            [0x10, mask, bytes @ ..] => self.full(*mask, bytes),
            bytes => self.full(0x0f, bytes),
        }
    }

    /// The bytes of a full status that its mask names: paper, user, recoverable, unrecoverable.
    fn full(&mut self, mask: u8, bytes: &[u8]) -> Option<Reply> {
        let mut bytes = bytes.iter().copied();
        let mut next = |bit: u8| if mask & bit != 0 { bytes.next().unwrap_or(0) } else { 0 };
        let (paper, user, recoverable, fatal) = (next(1), next(2), next(4), next(8));
        let condition = match () {
            () if user & 0x03 != 0 => Condition::Cover,
            () if paper & 0x01 != 0 => Condition::Out,
            () if recoverable & 0x40 != 0 => Condition::Jam,
            () if fatal & 0x01 != 0 => Condition::Cutter,
            () if fatal & 0x8e != 0 => Condition::Unrecoverable,
            () if recoverable & 0x09 != 0 => Condition::Waits,
            // Virtual paper end only warns; the polarity of the black mark is disputed.
            () if paper & 0x44 != 0 => Condition::Low,
            () => Condition::Ready,
        };
        let place = Mechanism { ticket: paper & 0x20 != 0, busy: user & 0x0c != 0, damaged: recoverable & 0x02 != 0 };
        if mask == 0x0f
            && let Some(at) = self.pending.iter().position(|r| *r == Request::Full)
        {
            self.pending.remove(at);
            return Some(Reply::Mechanism(Request::Full, condition, place));
        }
        if !self.automatic_full {
            return self.drop_bytes(4);
        }
        Some(Reply::Mechanism(Request::AutomaticFull, condition, place))
    }

    fn in_group(&mut self, byte: u8) -> Option<Reply> {
        self.group.push(byte);
        if self.group.len() < 4 {
            return None;
        }
        let (printer, errors, paper) = (self.group[0], self.group[1], self.group[2]);
        self.group.clear();
        self.first_report = false;
        if !self.automatic {
            return None;
        }
        Some(Reply::Automatic(match (printer, errors, paper) {
            (p, ..) if p & 0x20 != 0 => Condition::Cover,
            (.., r) if r & 0x0c != 0 => Condition::Out,
            (_, e, _) if e & 0x20 != 0 => Condition::Unrecoverable,
            (_, e, _) if e & 0x08 != 0 => Condition::Cutter,
            (_, e, _) if e & 0x04 != 0 => Condition::Recoverable,
            (_, e, _) if e & 0x40 != 0 => Condition::Waits,
            (p, ..) if p & 0x08 != 0 => Condition::Offline,
            (.., r) if r & 0x03 != 0 => Condition::Low,
            _ => Condition::Ready,
        }))
    }

    fn in_block(&mut self, byte: u8) -> Option<Reply> {
        if byte != 0 {
            self.block.push(byte);
            if self.block.len() > LONGEST_BLOCK {
                self.block.clear();
                return self.drop_bytes(LONGEST_BLOCK);
            }
            return None;
        }
        let block = std::mem::take(&mut self.block);
        let mut answered = |request: Request| {
            if let Some(at) = self.pending.iter().position(|r| *r == request) {
                self.pending.remove(at);
            }
        };
        match block.as_slice() {
            [0x37, 0x22, a, b, c, d] => {
                answered(Request::ProcessId);
                Some(Reply::Done([*a, *b, *c, *d]))
            }
            [0x37, 0x25] => {
                answered(Request::Clear);
                Some(Reply::Cleared)
            }
            [0x37, 0x23, ..] => Some(Reply::AskCause),
            [0x5f, name @ ..] => {
                answered(Request::Model);
                Some(Reply::Model(String::from_utf8_lossy(name).into_owned()))
            }
            _ => self.drop_bytes(block.len()),
        }
    }
}

/// What a byte means as the answer to this question.
fn condition(request: Request, byte: u8) -> Condition {
    let has = |bits: u8| byte & bits != 0;
    match request {
        Request::Printer if has(0x08) => Condition::Offline,
        Request::Cause if has(0x04) => Condition::Cover,
        Request::Cause if has(0x20) => Condition::Out,
        Request::Cause if has(0x40) => Condition::Error,
        // Pyramid Phoenix always answers 00h here: no proof of anything.
        Request::Errors if byte == 0 => Condition::Nothing,
        Request::Errors if has(0x20) => Condition::Unrecoverable,
        Request::Errors if has(0x08) => Condition::Cutter,
        Request::Errors if has(0x04) => Condition::Recoverable,
        Request::Errors if has(0x40) => Condition::Waits,
        Request::Roll if has(0x60) => Condition::Out,
        Request::Roll if has(0x0c) => Condition::Low,
        Request::Fence | Request::Sensor if has(0x0c) => Condition::Out,
        Request::Fence | Request::Sensor if has(0x03) => Condition::Low,
        Request::Completed if !has(0x08) => Condition::Nothing,
        Request::Ejector if has(0xc0) => Condition::Jam,
        Request::Ejector if has(0x01) => Condition::Low,
        Request::Motor if has(0x20) => Condition::Out,
        _ => Condition::Ready,
    }
}

#[cfg(test)]
mod tests;
