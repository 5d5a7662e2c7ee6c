//! What the printer says, byte by byte.
//!
//! Replies are read by their meaning bits and by the request in flight, never by their fixed bits: at least four
//! families break the fixed pattern. Classes of bytes are those of Epson's TM-T88III specification, Appendix G.

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
    /// `GS r 1`: the paper, once everything before has been executed.
    Fence,
    /// `DLE DC4` function 8: clear the buffers.
    Clear,
    /// `GS ( H`: report when this id has been printed.
    ProcessId,
    /// `GS I 67`: the model.
    Model,
    /// `GS a 255`: report every change by itself from now on.
    Automatic,
}

impl Request {
    /// The bytes to send; a process id is part of its job.
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Request::Printer => &[0x10, 0x04, 1],
            Request::Cause => &[0x10, 0x04, 2],
            Request::Errors => &[0x10, 0x04, 3],
            Request::Roll => &[0x10, 0x04, 4],
            Request::Fence => &crate::escpos::FENCE,
            Request::Clear => &crate::escpos::CLEAR,
            Request::ProcessId => &[],
            Request::Model => &[0x1d, b'I', 67],
            Request::Automatic => &[0x1d, b'a', 255],
        }
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
            Condition::Recoverable => "printer terganggu: buka dan tutup penutupnya, lalu hidupkan lagi",
            Condition::Unrecoverable => "printer rusak: hubungi teknisi",
            Condition::Waits => "printer terlalu panas atau tegangannya salah: tunggu sebentar",
            Condition::Nothing => "printer tidak memberi status",
        }
    }
}

/// Something the printer said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The answer to a question.
    Answer(Request, Condition),
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

/// Reads replies. Survives any byte.
#[derive(Debug, Default)]
pub struct Parser {
    pending: VecDeque<Request>,
    automatic: bool,
    block: Vec<u8>,
    group: Vec<u8>,
    deviates: bool,
}

impl Parser {
    /// A question was sent.
    pub fn expect(&mut self, request: Request) {
        if request == Request::Automatic {
            self.automatic = true;
        } else if self.pending.len() < 16 {
            self.pending.push_back(request);
        }
    }

    /// The time for answers is over: half a reply is no reply.
    pub fn forget(&mut self) {
        self.pending.clear();
        self.block.clear();
        self.group.clear();
    }

    /// Whether this printer has ever answered `DLE EOT` outside the fixed pattern: its answers then cannot be told
    /// from that of a fence, so that only one question may be in flight.
    pub fn deviates(&self) -> bool {
        self.deviates
    }

    /// Takes one byte; `None` while a reply is incomplete and for bytes that nothing explains.
    pub fn push(&mut self, byte: u8) -> Option<Reply> {
        if !self.block.is_empty() {
            return self.in_block(byte);
        }
        match byte {
            0x11 => return Some(Reply::Go),
            0x13 => return Some(Reply::Stop),
            // Heads of blocks, by the same appendix; they are neither status nor flow control.
            0x35 | 0x37 | 0x3b | 0x3d | 0x5f => {
                self.block.push(byte);
                return None;
            }
            _ => {}
        }
        if !self.group.is_empty() && byte & 0x90 == 0 {
            return self.in_group(byte);
        }
        self.group.clear();
        self.single(byte)
    }

    fn single(&mut self, byte: u8) -> Option<Reply> {
        let real_time = |r: &Request| matches!(r, Request::Printer | Request::Cause | Request::Errors | Request::Roll);
        // Cashino sets bit 7 while the last ticket is still in its mouth.
        if byte & 0x13 == 0x12 {
            if let Some(at) = self.pending.iter().position(real_time) {
                return self.answer(at, byte);
            }
            return None;
        }
        // A group of an automatic report. It is taken in one piece even when nobody switched it on (some clones do by
        // DIP switch): its other bytes would pass for answers.
        if byte & 0x93 == 0x10 {
            self.group.push(byte);
            return None;
        }
        if byte & 0x90 != 0 {
            return None;
        }
        // Without the fixed bits only the question tells what a byte means (Pyramid: 0Ch is a low roll after
        // DLE EOT 4, and paper end after GS r 1).
        let at = self.pending.iter().position(|r| *r == Request::Fence || real_time(r))?;
        if self.pending[at] != Request::Fence {
            self.deviates = true;
        }
        self.answer(at, byte)
    }

    fn answer(&mut self, at: usize, byte: u8) -> Option<Reply> {
        let request = self.pending.remove(at)?;
        let has = |bits: u8| byte & bits != 0;
        let condition = match request {
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
            Request::Fence if has(0x0c) => Condition::Out,
            Request::Fence if has(0x03) => Condition::Low,
            _ => Condition::Ready,
        };
        Some(Reply::Answer(request, condition))
    }

    fn in_group(&mut self, byte: u8) -> Option<Reply> {
        self.group.push(byte);
        if self.group.len() < 4 {
            return None;
        }
        let (printer, errors, paper) = (self.group[0], self.group[1], self.group[2]);
        self.group.clear();
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
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
