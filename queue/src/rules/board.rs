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

/// Shortest time a call stays alone in the large field of the board.
pub const DWELL: Duration = Duration::from_secs(6);

/// How long the last of `calls` (newest first) of this number has still to stand in the large field: each call stays alone
/// for [`DWELL`], one after another. It is computed and not observed, so that a board that is dead holds up no counter.
///
/// Calls before a restart of the machine have had their time: it takes longer than that.
pub fn time_left(calls: &[Call], number: Number, now: Moment) -> Duration {
    let mut ends = i64::MIN;
    let mut last = None;
    for call in calls.iter().rev().filter(|call| call.at.boot == now.boot) {
        ends = ends.max(call.at.uptime_ms).saturating_add(DWELL.as_millis() as i64);
        if call.number == number {
            last = Some(ends);
        }
    }
    let left = last.map_or(0, |ends| ends.saturating_sub(now.uptime_ms));
    Duration::from_millis(u64::try_from(left).unwrap_or(0))
}

/// Whether a call has lost its meaning: `then` is the first act on its number afterwards that was not taken back and that
/// ends a call. Who has started had come; everybody else must not be sent to a counter any more.
pub fn is_withdrawn(then: Option<&str>) -> bool {
    then.is_some_and(|act| act != "start")
}

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
    /// The number was skipped, cancelled or transferred before it started: a board that has not shown the call yet does
    /// not show it any more.
    pub withdrawn: bool,
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

    /// The board of an office as it is.
    pub fn of(office: &Office, facts: Facts) -> Board {
        let sign = |counter: CounterNumber| {
            let held = facts.held.iter().find(|sign| sign.counter == counter);
            held.copied().unwrap_or(Sign { counter, number: None, serving: false })
        };
        // Who is held by the network waits too.
        let count = |service: &ServiceKey| {
            let of_it = facts.open.iter().filter(|o| o.service == *service);
            of_it.filter(|o| ["waiting", "held"].contains(&o.state.as_str())).map(|o| o.count).sum()
        };
        let waiting =
            office.services.iter().map(|s| Waiting { service: s.key.clone(), count: count(&s.key) }).collect();
        Board {
            day: facts.day,
            signs: office.counters.iter().map(|c| sign(c.number)).collect(),
            calls: facts.calls,
            waiting,
            ready: facts.ready,
            network_down: facts.network_down,
            notices: facts.notices.into_iter().filter(|notice| notice.is_shown(facts.local)).collect(),
            volume: facts.volume,
        }
    }
}

/// What is known when a board is made.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The wall clock of the office.
    pub local: DateTime,
    /// The day.
    pub day: DayStatus,
    /// The counters that have somebody.
    pub held: Vec<Sign>,
    /// The visits under way.
    pub open: Vec<OpenVisits>,
    /// The latest calls of the open day, newest first, at most [`Board::CALLS`].
    pub calls: Vec<Call>,
    /// Receipts ready to be collected, oldest first.
    pub ready: Vec<Receipt>,
    /// Since when the network is marked as disturbed.
    pub network_down: Option<Moment>,
    /// The notices that nobody has taken down, oldest first.
    pub notices: Vec<Notice>,
    /// How loud staff want it, 0 to 100.
    pub volume: u8,
}

/// How many visits of a service are in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenVisits {
    /// The service.
    pub service: ServiceKey,
    /// The state's [word](crate::ticket::State::word).
    pub state: String,
    /// How many.
    pub count: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{at, office};

    #[test]
    fn each_call_has_its_time_alone_one_after_another() {
        let ms = |ms: i64| Moment { uptime_ms: ms, ..at(0) };
        let call = |seq: i64, n: u32, at_ms: i64| Call {
            seq: Seq(seq),
            number: Number { prefix: 'A', n },
            counter: 1,
            stage: Stage::Verification,
            at: ms(at_ms),
            withdrawn: false,
        };
        let left = |calls: &[Call], n, now| time_left(calls, Number { prefix: 'A', n }, ms(now)).as_millis();
        // Three counters call within a second; newest first, as the board carries them.
        let calls = [call(3, 3, 1_000), call(2, 2, 500), call(1, 1, 0)];
        assert_eq!([1, 2, 3].map(|n| left(&calls, n, 1_000)), [5_000, 11_000, 17_000]);
        assert_eq!([1, 2, 3].map(|n| left(&calls, n, 12_000)), [0, 0, 6_000]);
        assert_eq!(left(&calls, 3, 18_000), 0);
        // A recall is a call of its own, and waits for the others.
        let recalled = [call(4, 1, 7_000), calls[0], calls[1], calls[2]];
        assert_eq!(left(&recalled, 1, 7_000), 17_000);
        // After a gap nothing is in front of it.
        assert_eq!(left(&[call(9, 9, 60_000), calls[0]], 9, 60_001), 5_999);
        assert_eq!(left(&calls, 8, 1_000), 0, "a call that the board does not carry any more");
        let restarted = Moment { boot: 8, ..ms(100) };
        assert_eq!(time_left(&calls, calls[0].number, restarted), Duration::ZERO);
        let odd = [call(1, 1, i64::MAX), call(0, 1, i64::MIN)];
        assert!(left(&odd, 1, i64::MIN) > 0, "no reading of a clock breaks it");
    }

    #[test]
    fn a_call_counts_until_its_number_goes_elsewhere() {
        assert!(!is_withdrawn(None) && !is_withdrawn(Some("start")));
        for act in ["skip", "cancel", "transfer", "close"] {
            assert!(is_withdrawn(Some(act)), "{act}");
        }
    }

    #[test]
    fn the_board_has_every_counter_and_service_of_the_office_and_only_them() {
        let office = office();
        let visits = |service: &str, state: &str, count| OpenVisits {
            service: ServiceKey(service.into()),
            state: state.into(),
            count,
        };
        let notice = |until| Notice { text: "Rapat".into(), english: None, until };
        let noon = jiff::civil::date(2026, 11, 23).at(12, 0, 0, 0);
        let number = Some(Number { prefix: 'A', n: 7 });
        let board = Board::of(
            &office,
            Facts {
                local: noon,
                day: DayStatus::Open { date: noon.date() },
                held: vec![Sign { counter: 2, number, serving: true }, Sign { counter: 77, number, serving: true }],
                open: vec![
                    visits("new", "waiting", 3),
                    visits("new", "held", 2),
                    visits("new", "serving", 4),
                    visits("gone", "waiting", 9),
                ],
                calls: vec![],
                ready: vec![],
                network_down: Some(at(0)),
                notices: vec![notice(None), notice(Some(noon))],
                volume: 30,
            },
        );
        assert_eq!(board.signs.iter().map(|s| s.counter).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(board.signs[1], Sign { counter: 2, number, serving: true });
        assert_eq!(board.signs[0], Sign { counter: 1, number: None, serving: false });
        let counts: Vec<u32> = board.waiting.iter().map(|w| w.count).collect();
        assert_eq!(counts, [5, 0, 0], "those held by the network wait too");
        assert_eq!(board.notices, [notice(None)], "the other one is over");
    }
}
