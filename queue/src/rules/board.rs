//! What the waiting room sees. Derived from the store at every change, never stored.

use crate::case::Receipt;
use crate::notice::Notice;
use crate::office::{Office, ServiceKey, Stage};
use crate::ticket::{CounterNumber, Number, Seq};
use crate::time::Moment;
use jiff::civil::{Date, Time};
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

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

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
