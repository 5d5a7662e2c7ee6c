//! What the waiting room sees. Derived from the store at every change, never stored.

use crate::case::Receipt;
use crate::notice::Notice;
use crate::office::{Office, ServiceKey, Stage};
use crate::ticket::{CounterNumber, Number, Seq};
use crate::time::Moment;
use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Whether numbers are given and called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "day", rename_all = "lowercase")]
pub enum DayStatus {
    /// Nobody has opened the day yet.
    NotOpened,
    /// At work.
    Open {
        /// The date a person confirmed.
        date: Date,
    },
    /// Open, but in the break of `office.toml`.
    Break {
        /// The date a person confirmed.
        date: Date,
        /// When work goes on.
        until: Time,
    },
    /// The day was closed.
    Closed {
        /// The date that was closed.
        date: Date,
    },
}

impl DayStatus {
    /// Whether a service day is open, break or not.
    pub fn is_open(self) -> bool {
        matches!(self, DayStatus::Open { .. } | DayStatus::Break { .. })
    }

    /// The status of an open day at a local time: a break is read from the hours of that weekday.
    pub fn open_at(date: Date, local: DateTime, office: &Office) -> DayStatus {
        let hours = office.hours.of(date.weekday());
        let pause = hours.and_then(|h| h.break_from.zip(h.break_to));
        match pause {
            Some((from, until)) if from <= local.time() && local.time() < until => DayStatus::Break { date, until },
            _ => DayStatus::Open { date },
        }
    }
}

/// How old a call may be for a board that comes to life to show it still: its applicant is likely in the room.
pub const CATCH_UP: Duration = Duration::from_secs(300);

/// One call or recall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Its event; a recall is a new call. Ascending, so a reader knows which calls it has shown.
    pub seq: Seq,
    /// Who.
    pub number: Number,
    /// Where to.
    pub counter: CounterNumber,
    /// For what.
    pub stage: Stage,
    /// When.
    pub at: Moment,
}

/// One counter's sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sign {
    /// The counter.
    pub counter: CounterNumber,
    /// The number called to it or served at it.
    pub number: Option<Number>,
    /// `true` once the applicant is there.
    pub serving: bool,
}

/// How many wait for a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The service.
    pub service: ServiceKey,
    /// People waiting in any of its queues.
    pub count: u32,
}

/// Everything the waiting room sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// The day.
    pub day: DayStatus,
    /// Every counter of `office.toml`, in its order.
    pub signs: Vec<Sign>,
    /// The latest calls of the day, newest first, at most [`Board::CALLS`].
    pub calls: Vec<Call>,
    /// People waiting, per service in the order of `office.toml`.
    pub waiting: Vec<Waiting>,
    /// Receipts ready to be collected, oldest first (S23).
    pub ready: Vec<Receipt>,
    /// Since when the network is marked as disturbed (S26).
    pub network_down: Option<Moment>,
    /// What staff announce now, oldest first, for the running text.
    pub notices: Vec<Notice>,
    /// How loud staff want it, 0 to 100.
    pub volume: u8,
}

impl Board {
    /// How many calls the board carries: more than any burst within a minute.
    pub const CALLS: usize = 40;
}
