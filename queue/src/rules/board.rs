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
    /// Open, but the clock shows a later date and nobody has said that the clock is wrong: in all likelihood a day that
    /// nobody closed. No number is given until a person closes it or confirms it; those given before can be finished.
    LeftOpen {
        /// The date of the open day.
        date: Date,
    },
    /// The day was closed.
    Closed {
        /// The date that was closed.
        date: Date,
    },
}

/// How long a person's word that the clock is wrong outlasts the midnight of that clock: longer than a working day,
/// shorter than the time from one morning to the next.
const WORD_OUTLASTS_MIDNIGHT: Duration = Duration::from_secs(12 * 3600);

impl DayStatus {
    /// Whether numbers are given, break or not.
    pub fn is_open(self) -> bool {
        matches!(self, DayStatus::Open { .. } | DayStatus::Break { .. })
    }

    /// Whether numbers of this day can still be called and finished.
    pub fn has_visits(self) -> bool {
        self.is_open() || matches!(self, DayStatus::LeftOpen { .. })
    }

    /// The status of the open day of `date` at `now`. `clock_is_wrong` is when a person last said on that day that the
    /// clock is wrong. A break is read from the hours of that weekday.
    ///
    /// A clock that shows an earlier date changes nothing: a box without a battery clock wakes up in the past. A later
    /// date means a day that nobody closed, unless a person has said on this date of the clock that it is wrong. That
    /// word also holds across the wrong clock's next midnight, so that nobody is asked twice in one working day.
    pub fn open_at(date: Date, clock_is_wrong: Option<Moment>, now: Moment, office: &Office) -> DayStatus {
        let zone = office.identity.zone;
        let local = now.local(zone);
        let confirmed = clock_is_wrong.is_some_and(|said| {
            let on = said.local(zone).date();
            let recent = now.since(&said).is_some_and(|passed| passed < WORD_OUTLASTS_MIDNIGHT);
            on == local.date() || (recent && on.tomorrow().is_ok_and(|next| next == local.date()))
        });
        if local.date() > date && !confirmed {
            return DayStatus::LeftOpen { date };
        }
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
    use jiff::civil::date;

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

    /// Of a day: so many minutes after 08.00 WIB on Monday 23 November 2026, `boot` and its clock apart from the wall's.
    fn moment(wall_minutes: i64, uptime_minutes: i64) -> Moment {
        Moment { wall_ms: 1_795_395_600_000 + wall_minutes * 60_000, boot: 1, uptime_ms: uptime_minutes * 60_000 }
    }

    #[test]
    fn a_later_clock_asks_once_for_its_date_and_an_earlier_one_never() {
        const DAY: i64 = 24 * 60;
        let office = crate::fixture::office();
        let monday = date(2026, 11, 23);
        let (open, left) = (DayStatus::Open { date: monday }, DayStatus::LeftOpen { date: monday });
        let at = |said: Option<i64>, now: i64| {
            DayStatus::open_at(monday, said.map(|minutes| moment(minutes, minutes)), moment(now, now), &office)
        };
        for (said, now, is, why) in [
            (None, 60, open, "the day itself"),
            (None, 16 * 60 - 1, open, "to its last minute"),
            (None, 16 * 60, left, "midnight"),
            (None, DAY, left, "the next morning"),
            (None, -400 * DAY, open, "a clock in the past"),
            (None, 400 * DAY, left, "a clock that jumped"),
            (Some(DAY), DAY + 60, open, "confirmed on this date of the clock"),
            (Some(DAY), 40 * 60 - 1, open, "to the end of this date"),
            (Some(DAY), 2 * DAY, left, "the next morning again"),
            (Some(30 * 60), 41 * 60, open, "the wrong clock's midnight in the afternoon"),
            (Some(30 * 60), 42 * 60, left, "twelve hours later"),
            (Some(DAY), 0, open, "a clock that went back"),
            (Some(DAY - 400 * DAY), DAY, left, "a clock that was set right"),
        ] {
            assert_eq!(at(said, now), is, "{why}");
        }
        let jumped = DayStatus::open_at(monday, Some(moment(DAY, 0)), moment(3 * DAY, 10), &office);
        assert_eq!(jumped, left, "another date of the clock, ten minutes later");
        let restarted = Moment { boot: 2, ..moment(41 * 60, 0) };
        let restarted = DayStatus::open_at(monday, Some(moment(30 * 60, 0)), restarted, &office);
        assert_eq!(restarted, left, "after a restart nobody knows how long it was");
        let pause = DayStatus::open_at(monday, Some(moment(DAY, 0)), moment(DAY + 4 * 60 + 30, 10), &office);
        assert!(matches!(pause, DayStatus::Break { .. }), "{pause:?}");
    }
}
