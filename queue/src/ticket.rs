//! Ticket (*tiket*): one visit on one day. Its identity is [`TicketId`]; its [`Number`] is a label that repeats daily.

pub use crate::ids::{CounterNumber, DayId, Seq, TicketId};

use crate::ids::CaseId;
use crate::office::{Lang, ServiceKey, Stage};
use crate::time::Moment;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What is printed large and called aloud: "A-012".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Number {
    /// Letter of the service that issued it.
    pub prefix: char,
    /// 1 upwards, per day and prefix.
    pub n: u32,
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:03}", self.prefix, self.n)
    }
}

impl FromStr for Number {
    type Err = ();

    /// Reads "A-012", "a12" or "A 12".
    fn from_str(text: &str) -> Result<Number, ()> {
        let mut chars = text.trim().chars();
        let prefix = chars.next().ok_or(())?.to_ascii_uppercase();
        let digits = chars.as_str().trim_start_matches(['-', ' ']);
        let plain = !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|b| b.is_ascii_digit());
        match digits.parse() {
            Ok(n) if plain && n > 0 && prefix.is_ascii_uppercase() => Ok(Number { prefix, n }),
            _ => Err(()),
        }
    }
}

/// A place in a queue: the order of arrival, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The event that put the ticket into this queue; earlier goes first.
    pub seq: Seq,
    /// Set for one who reported back or re-entered: others go first until enough calls came after this event.
    pub behind: Option<Seq>,
    /// When it came into the queue: the moment of `behind`, or else of `seq`.
    pub since: Moment,
}

impl Place {
    /// The end of the queue.
    pub fn last(seq: Seq, now: Moment) -> Place {
        Place { seq, since: now, behind: None }
    }
}

/// Where a ticket stands. The final states end the visit; only `Returned` can be left again, on the same day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum State {
    /// MENUNGGU: in the queue of a stage.
    Waiting {
        /// The stage waited for.
        stage: Stage,
        /// The place in its queue.
        place: Place,
    },
    /// DIPANGGIL: shown and spoken for a counter.
    Called {
        /// The stage called for.
        stage: Stage,
        /// The place it was called from; kept so that the wait can be told.
        place: Place,
        /// The counter to go to.
        counter: CounterNumber,
        /// How often it was called, 1 upwards.
        calls: u8,
    },
    /// DILAYANI: at the counter.
    Serving {
        /// The stage being done.
        stage: Stage,
        /// The place it came from.
        place: Place,
        /// The counter.
        counter: CounterNumber,
        /// When the applicant came.
        since: Moment,
    },
    /// DITUNDA_JARINGAN: recording waits for the network (S26); the place is kept.
    Held {
        /// The place in the recording queue to return to.
        place: Place,
        /// PILIH_TUNGGU: the applicant said that he waits.
        waits: bool,
    },
    /// DILEWATI: called often enough and did not come.
    Skipped {
        /// The stage it was called for.
        stage: Stage,
        /// The place it had.
        place: Place,
    },
    /// SELESAI: the visit's work is done.
    Finished,
    /// DIKEMBALIKAN: the file was incomplete (S10).
    Returned {
        /// Keys of the missing requirements.
        missing: Vec<String>,
        /// The place it had, for re-entry.
        place: Place,
    },
    /// DIRUJUK_DUKCAPIL: goes to the Dinas Dukcapil for the recording (S26).
    Referred,
    /// DITUNDA_HARI_LAIN: comes back another day with the receipt; the file stays verified.
    Deferred,
    /// HANGUS: the day ended first.
    Expired,
    /// BATAL.
    Cancelled {
        /// The clerk's words.
        reason: String,
    },
}

impl State {
    /// The state's word in the database and in reports.
    pub fn word(&self) -> &'static str {
        match self {
            State::Waiting { .. } => "waiting",
            State::Called { .. } => "called",
            State::Serving { .. } => "serving",
            State::Held { .. } => "held",
            State::Skipped { .. } => "skipped",
            State::Finished => "finished",
            State::Returned { .. } => "returned",
            State::Referred => "referred",
            State::Deferred => "deferred",
            State::Expired => "expired",
            State::Cancelled { .. } => "cancelled",
        }
    }

    /// Whether the visit has ended.
    pub fn is_final(&self) -> bool {
        self.stage().is_none()
    }

    /// The stage the ticket waits for or is in; `None` once it is final.
    pub fn stage(&self) -> Option<Stage> {
        match self {
            State::Waiting { stage, .. }
            | State::Called { stage, .. }
            | State::Serving { stage, .. }
            | State::Skipped { stage, .. } => Some(*stage),
            State::Held { .. } => Some(Stage::Recording),
            _ => None,
        }
    }

    /// What a page shows of it; a form carries it back, so that an old page cannot do harm: "serving.recording.2".
    pub fn seen(&self) -> String {
        let stage = self.stage().map_or("", |s| s.word());
        format!("{}.{stage}.{}", self.word(), self.counter().unwrap_or_default())
    }

    /// The counter that holds the ticket.
    pub fn counter(&self) -> Option<CounterNumber> {
        match self {
            State::Called { counter, .. } | State::Serving { counter, .. } => Some(*counter),
            _ => None,
        }
    }
}

/// One visit. No name, no NIK, no category of priority: nothing here says who the person is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Identity.
    pub id: TicketId,
    /// The day it was issued on.
    pub day: DayId,
    /// The label.
    pub number: Number,
    /// The service wanted; a transfer changes it, the number stays.
    pub service: ServiceKey,
    /// Self-declared priority, yes or no.
    pub priority: bool,
    /// The language of its papers.
    pub lang: Lang,
    /// The application it belongs to, once there is one.
    pub case: Option<CaseId>,
    /// When the number was taken.
    pub issued: Moment,
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_type_it() {
        let a12 = Number { prefix: 'A', n: 12 };
        for text in ["A-012", "a12", " A 12 ", "A012"] {
            assert_eq!(text.parse(), Ok(a12), "{text}");
        }
        for text in ["", "A", "A-", "A-0", "12", "A--", "A1x", "A9999999", "-12", "Ä12"] {
            assert!(text.parse::<Number>().is_err(), "{text}");
        }
        assert_eq!(a12.to_string(), "A-012");
        assert_eq!(Number { prefix: 'C', n: 1234 }.to_string(), "C-1234");
    }
}
