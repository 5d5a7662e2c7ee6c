//! A wire to a virtual printer in virtual time, and papers to send on it.

#![allow(dead_code, unreachable_pub)] // Each test file uses its part.

use printer::escpos::{Encoded, Style, encode};
use printer::profile::Profile;
use printer::session::{Gone, Line, Session};
use printer::slip::Block;
use printer::virtual_printer::{Machine, Order};
use queue::printing::Outcome;
use std::collections::VecDeque;
use std::time::Duration;

/// 80 mm, 19,200 baud.
pub fn generic() -> Profile {
    Profile::load("generic-80").expect("built in")
}

/// A wire to a virtual printer, with a clock that only moves when somebody waits.
pub struct Wire {
    pub machine: Machine,
    pub now: Duration,
    pub plugged: bool,
    /// What happens to the printer when so many bytes have been sent.
    pub plan: Vec<(usize, Order)>,
    pub sent: usize,
    /// What happens to it at a time.
    pub later: Vec<(Duration, Order)>,
    /// Each byte of an answer is lost with this probability, of 256.
    pub noise: u8,
    /// This byte of the answers is heard as that one, once.
    pub disturbed: Option<(u8, u8)>,
    /// The terminal's queue, where it keeps XON and XOFF for itself: bytes wait in it while the printer says stop.
    pub terminal: Option<Terminal>,
}

/// A terminal with flow control of its own.
pub struct Terminal {
    pub queue: VecDeque<u8>,
    /// Bytes that it takes.
    pub room: usize,
    /// It says how many wait.
    pub tells: bool,
    pub stopped: bool,
    pub baud: u32,
    /// Bytes that the wire could have carried.
    pub due: f64,
}

impl Wire {
    pub fn new() -> Wire {
        Wire::to(&generic())
    }

    pub fn to(profile: &Profile) -> Wire {
        Wire {
            machine: Machine::new(profile),
            now: Duration::ZERO,
            plugged: true,
            plan: Vec::new(),
            sent: 0,
            later: Vec::new(),
            noise: 0,
            disturbed: None,
            terminal: None,
        }
    }

    /// So much later.
    pub fn after(&mut self, time: Duration, order: Order) {
        self.later.push((self.now + time, order));
    }

    pub fn at(mut self, bytes: usize, order: Order) -> Wire {
        self.plan.push((self.sent + bytes, order));
        self
    }

    pub fn obey(&mut self, order: Order) {
        match order {
            Order::Unplug => self.plugged = false,
            Order::Plug => self.plugged = true,
            order => self.machine.obey(order),
        }
    }

    pub fn pass(&mut self, time: Duration) {
        let mut left = time;
        while !left.is_zero() {
            let step = left.min(Duration::from_millis(5));
            self.machine.advance(step);
            self.now += step;
            left -= step;
            let now = self.now;
            let (due, later) = self.later.iter().partition(|(at, _)| *at <= now);
            self.later = later;
            due.into_iter().for_each(|(_, order)| self.obey(order));
            self.carry(step);
        }
    }

    /// The terminal's bytes go to the printer at the speed of the wire.
    pub fn carry(&mut self, time: Duration) {
        let Some(terminal) = &mut self.terminal else { return };
        terminal.due = (terminal.due + time.as_secs_f64() * f64::from(terminal.baud) / 10.0).min(64.0);
        while terminal.due >= 1.0 && !terminal.stopped {
            let Some(byte) = terminal.queue.pop_front() else { break };
            terminal.due -= 1.0;
            self.machine.receive(&[byte]);
        }
    }

    /// The texts of the papers that came out since, cut or torn.
    pub fn papers(&mut self) -> Vec<String> {
        self.machine.take_papers().into_iter().filter(|s| s.has_ink()).map(|s| s.text).collect()
    }
}

impl Line for Wire {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Gone> {
        for (taken, byte) in bytes.iter().enumerate() {
            let sent = self.sent;
            let (due, later) = self.plan.iter().partition(|(at, _)| *at <= sent);
            self.plan = later;
            due.into_iter().for_each(|(_, order)| self.obey(order));
            if !self.plugged {
                // As write(2): an error means that nothing was taken.
                return if taken > 0 { Ok(taken) } else { Err(Gone) };
            }
            match &mut self.terminal {
                Some(terminal) if terminal.queue.len() >= terminal.room => return Ok(taken),
                Some(terminal) => terminal.queue.push_back(*byte),
                None => self.machine.receive(&[*byte]),
            }
            self.sent += 1;
        }
        Ok(bytes.len())
    }

    fn read(&mut self, at_most: Duration) -> Result<Vec<u8>, Gone> {
        let until = self.now + at_most;
        loop {
            if !self.plugged {
                return Err(Gone);
            }
            let mut replies = self.machine.take_replies();
            replies.retain(|_| self.noise == 0 || fastrand::u8(..) >= self.noise);
            if let Some((from, to)) = self.disturbed
                && let Some(byte) = replies.iter_mut().find(|byte| **byte == from)
            {
                *byte = to;
                self.disturbed = None;
            }
            if let Some(terminal) = &mut self.terminal {
                replies.retain(|byte| {
                    terminal.stopped = *byte == 0x13 || (terminal.stopped && *byte != 0x11);
                    !matches!(byte, 0x11 | 0x13)
                });
            }
            if !replies.is_empty() || self.now >= until {
                return Ok(replies);
            }
            self.pass((until - self.now).min(Duration::from_millis(5)));
        }
    }

    fn now(&self) -> Duration {
        self.now
    }

    fn unsent(&self) -> usize {
        self.terminal.as_ref().filter(|terminal| terminal.tells).map_or(0, |terminal| terminal.queue.len())
    }
}

/// A short slip whose last line is its mark.
pub fn slip(mark: &str) -> Encoded {
    let line = |text: &str| Block::Line { text: text.into(), centred: true, bold: false, scale: 1 };
    let mut page = vec![line("Kecamatan Sajingan Besar"), Block::Number("A-012".into())];
    page.extend((0..8).map(|_| line("Pengaduan WA 0813 1914 1787")));
    page.push(line(mark));
    encode(&page, &generic(), Style::Text)
}

pub fn session() -> Session {
    Session::new(generic(), false)
}

/// One slip, from its first line to its last, and nothing of another one.
pub fn stands_alone(paper: &str) -> bool {
    paper.starts_with("Kecamatan") && paper.matches("A-012").count() == 1
}

pub fn kind(name: &str) -> Profile {
    Profile { baud: 19_200, ..Profile::load(name).expect("built in") }
}

/// As [`slip`], with a drawn number, for this kind of printer.
pub fn designed(mark: &str, profile: &Profile) -> Encoded {
    let line = |text: &str| Block::Line { text: text.into(), centred: true, bold: false, scale: 1 };
    let mut page = vec![line("Kecamatan Sajingan Besar"), Block::Number("A-012".into())];
    page.extend((0..8).map(|_| line("Pengaduan WA 0813 1914 1787")));
    page.push(line(mark));
    encode(&page, profile, Style::Designed)
}

/// One designed slip, whole and alone.
pub fn is_whole(paper: &str) -> bool {
    paper.starts_with("Kecamatan") && paper.matches("[raster]").count() == 1 && paper.matches("Pengaduan").count() == 8
}

pub fn is_unknown(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Unknown { .. })
}
