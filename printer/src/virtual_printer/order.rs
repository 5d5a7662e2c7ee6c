//! What can be done to a printer: by a person, a line at a time, or by chance.

use super::machine::{Line, Machine, STARTING};
use fastrand::Rng;
use std::str::FromStr;
use std::time::Duration;

pub(super) const COMMANDS: &str = "Commands, one a line: paper out, paper out after N (bytes), paper in, paper low, \
cover open, cover closed, mute, answer, garbage, late MS, half duplex, buffer N (bytes), unplug, plug, power cycle, \
power cycle keeping (its buffer), reset MS, well. What it is by nature, which \"well\" does not change: status in order \
(of the data), no fence, no clear, late zeros; and stray N (one byte that nothing explains)";

/// What can be done to a printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The roll ends now.
    PaperOut,
    /// The roll ends when this many more bytes have been executed.
    PaperOutAfter(u64),
    /// A new roll.
    PaperIn,
    /// The roll is near its end.
    PaperLow,
    /// Somebody opens the cover.
    CoverOpen,
    /// Somebody closes it.
    CoverClosed,
    /// It prints, and answers nothing.
    Mute,
    /// It answers again, as it should.
    Answer,
    /// Noise comes before each answer.
    Garbage,
    /// Each answer comes so many milliseconds late.
    Late(u64),
    /// What it answers while it is spoken to is lost.
    HalfDuplex,
    /// Its buffer has this many bytes.
    Buffer(usize),
    /// The cable is pulled.
    Unplug,
    /// The cable is back.
    Plug,
    /// Switched off and on; what was not printed is forgotten.
    PowerCycle,
    /// The same, but it prints what it had in its buffer.
    PowerCycleKeeping,
    /// A short dip of its voltage: it forgets all and is deaf for so many milliseconds.
    Reset(u64),
    /// Somebody has put everything right.
    Well,
    /// By nature it answers `DLE EOT` when it has executed what came before.
    InOrder,
    /// By nature it does not know `GS r`.
    NoFence,
    /// By nature it does not know `DLE DC4`.
    NoClear,
    /// By nature each answer to `DLE EOT` is followed by a zero, half a second later.
    LateZeros,
    /// It says a byte that nothing explains.
    Stray(u8),
}

impl FromStr for Order {
    type Err = String;

    fn from_str(line: &str) -> Result<Order, String> {
        fn number<T: FromStr>(text: &str) -> Result<T, String> {
            text.parse().map_err(|_| COMMANDS.into())
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        Ok(match words.as_slice() {
            ["paper", "out"] => Order::PaperOut,
            ["paper", "out", "after", n] => Order::PaperOutAfter(number(n)?),
            ["paper", "in"] => Order::PaperIn,
            ["paper", "low"] => Order::PaperLow,
            ["cover", "open"] => Order::CoverOpen,
            ["cover", "closed"] => Order::CoverClosed,
            ["mute"] => Order::Mute,
            ["answer"] => Order::Answer,
            ["garbage"] => Order::Garbage,
            ["late", "zeros"] => Order::LateZeros,
            ["late", n] => Order::Late(number(n)?),
            ["half", "duplex"] => Order::HalfDuplex,
            ["buffer", n] => Order::Buffer(number(n)?),
            ["unplug"] => Order::Unplug,
            ["plug"] => Order::Plug,
            ["power", "cycle"] => Order::PowerCycle,
            ["power", "cycle", "keeping"] => Order::PowerCycleKeeping,
            ["reset", n] => Order::Reset(number(n)?),
            ["well"] => Order::Well,
            ["status", "in", "order"] => Order::InOrder,
            ["no", "fence"] => Order::NoFence,
            ["no", "clear"] => Order::NoClear,
            ["stray", n] => Order::Stray(number(n)?),
            _ => return Err(COMMANDS.into()),
        })
    }
}

impl Machine {
    /// Does it to the printer; the cable is the shell's business.
    pub fn obey(&mut self, order: Order) {
        match order {
            Order::PaperOut => self.out = true,
            Order::PaperOutAfter(bytes) => self.out_after = Some(bytes),
            Order::PaperIn => self.refill(),
            Order::PaperLow => self.low = true,
            Order::CoverOpen => self.cover = true,
            Order::CoverClosed => self.cover = false,
            Order::Mute => self.line_back.mute = true,
            Order::Answer => self.line_back = Line::default(),
            Order::Garbage => self.line_back.garbage = true,
            Order::Late(ms) => self.line_back.late = Duration::from_millis(ms),
            Order::HalfDuplex => self.line_back.half_duplex = true,
            Order::Buffer(bytes) => self.room = bytes,
            Order::PowerCycle => self.power_cycle(STARTING, false),
            Order::PowerCycleKeeping => self.power_cycle(STARTING, true),
            Order::Reset(ms) => self.power_cycle(Duration::from_millis(ms), false),
            Order::Well => {
                self.line_back = Line::default();
                self.cover = false;
                self.refill();
            }
            Order::InOrder => self.nature.in_order = true,
            Order::NoFence => self.nature.no_fence = true,
            Order::NoClear => self.nature.no_clear = true,
            Order::LateZeros => self.nature.late_zeros = true,
            Order::Stray(byte) => self.stray(byte),
            Order::Unplug | Order::Plug => {}
        }
    }
}

/// Accidents by chance; the same seed, the same accidents.
#[derive(Clone, Debug)]
pub struct Plan {
    rng: Rng,
    /// Something is wrong at the moment.
    wrong: bool,
}

impl Plan {
    /// The accidents of this seed.
    pub fn new(seed: u64) -> Plan {
        Plan { rng: Rng::with_seed(seed), wrong: false }
    }

    /// Something goes wrong.
    pub fn accident(&mut self) -> Order {
        match self.rng.u8(..12) {
            0 => Order::PaperOut,
            1 => Order::PaperOutAfter(self.rng.u64(1..1800)),
            2 => Order::PaperLow,
            3 => Order::CoverOpen,
            4 => Order::Mute,
            5 => Order::Garbage,
            6 => Order::Late(self.rng.u64(1..2000)),
            7 => Order::HalfDuplex,
            8 => Order::Unplug,
            9 => Order::PowerCycle,
            10 => Order::PowerCycleKeeping,
            _ => Order::Reset(self.rng.u64(400..1500)),
        }
    }

    /// What happens next, and how long until the one after it: accidents and remedies take turns.
    pub fn next_order(&mut self) -> (Order, Duration) {
        self.wrong = !self.wrong;
        let order = if self.wrong { self.accident() } else { Order::Well };
        (order, Duration::from_millis(self.rng.u64(1000..8000)))
    }
}
