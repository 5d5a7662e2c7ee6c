//! What the waiting room sees. Derived from the store at every change, never stored.

use crate::case::Receipt;
use crate::notice::Notice;
use crate::office::{Office, ServiceKey, Stage};
use crate::ticket::{CounterNumber, Number, Seq};
use crate::time::Moment;
use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
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
/// The same while [`MANY`] or more wait for the field: as long as its flash.
pub const HURRIED: Duration = Duration::from_secs(5);
/// So many calls in line are a hurry.
pub const MANY: usize = 3;
/// How long a call is said in one language, and its chime, which is left out in a hurry. The voice keeps a call in the
/// field to its end whatever these say; they are what can be known of it beforehand.
const SENTENCE: Duration = Duration::from_secs(5);
const CHIME: Duration = Duration::from_secs(1);

/// How long a call stays alone in the large field while so many `waiting` ones are behind it and the office says it in so
/// many `languages`.
pub fn dwell(waiting: usize, languages: usize) -> Duration {
    let (least, chime) = if waiting >= MANY { (HURRIED, Duration::ZERO) } else { (DWELL, CHIME) };
    match u32::try_from(languages) {
        Ok(0) | Err(_) => least,
        Ok(languages) => least.max(chime + SENTENCE.saturating_mul(languages)),
    }
}

/// How long the last of `calls` (newest first) of this number has still to stand in the large field: each call has its
/// [`dwell`], one after another; one that is [over](Call::over) before its turn has none, and a recall [folds](Call::folds)
/// into its waiting call. It is computed and not observed, so that a board that is dead holds up no counter.
///
/// Calls before a restart of the machine have had their time: it takes longer than that.
pub fn time_left(calls: &[Call], number: Number, now: Moment, languages: usize) -> Duration {
    let mut line = Line { clock: i64::MIN, field: None, waiting: VecDeque::new(), languages };
    for call in calls.iter().rev().filter(|call| call.at.boot == now.boot) {
        line.run(call.at.uptime_ms);
        if !line.waiting.iter().any(|waiting| call.folds(waiting)) {
            line.waiting.push_back(*call);
        }
    }
    line.run(now.uptime_ms);
    let mut left = 0;
    loop {
        if line.field.is_some_and(|(shown, _)| shown == number) {
            left = line.free().saturating_sub(now.uptime_ms);
        }
        if line.waiting.is_empty() {
            return Duration::from_millis(u64::try_from(left).unwrap_or(0));
        }
        line.run(line.free());
    }
}

/// The line in front of the large field as it must have gone; times in milliseconds since the start of the machine.
struct Line {
    clock: i64,
    /// Who stands in the field, since when.
    field: Option<(Number, i64)>,
    waiting: VecDeque<Call>,
    languages: usize,
}

impl Line {
    /// When the field takes the next call.
    fn free(&self) -> i64 {
        let Some((_, since)) = self.field else { return self.clock };
        let waiting = self.waiting.iter().filter(|call| !call.is_over_at(self.clock)).count();
        let dwell = dwell(waiting, self.languages).as_millis() as i64;
        since.saturating_add(dwell).max(self.clock)
    }

    /// Lets the time go on to `to`.
    fn run(&mut self, to: i64) {
        loop {
            let free = self.free();
            if free > to {
                break;
            }
            let Some(next) = self.waiting.pop_front() else { break };
            if !next.is_over_at(free) {
                (self.field, self.clock) = (Some((next.number, free)), free);
            }
        }
        self.clock = self.clock.max(to);
    }
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
    /// When its applicant came, or it was withdrawn. From then on nobody waits for it.
    #[serde(default)]
    pub over: Option<Moment>,
}

impl Call {
    /// Whether this call needs no place of its own in the line: the same number `waits` there already for the same counter.
    pub fn folds(&self, waits: &Call) -> bool {
        (waits.number, waits.counter) == (self.number, self.counter) && !waits.is_over_at(self.at.uptime_ms)
    }

    /// Whether nobody waits for it any more.
    pub fn is_over(&self) -> bool {
        self.withdrawn || self.over.is_some()
    }

    fn is_over_at(&self, uptime_ms: i64) -> bool {
        self.over.is_some_and(|over| over.boot == self.at.boot && over.uptime_ms <= uptime_ms)
    }
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
            over: None,
        };
        let left = |calls: &[Call], n, now| time_left(calls, Number { prefix: 'A', n }, ms(now), 1).as_millis();
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
        assert_eq!(time_left(&calls, calls[0].number, restarted, 1), Duration::ZERO);
        let odd = [call(1, 1, i64::MAX), call(0, 1, i64::MIN)];
        assert!(left(&odd, 1, i64::MIN) > 0, "no reading of a clock breaks it");
    }

    #[test]
    fn a_long_line_goes_faster_and_nobody_stands_in_it_twice() {
        let ms = |ms: i64| Moment { uptime_ms: ms, ..at(0) };
        let call = |seq: i64, n: u32, at_ms: i64| Call {
            seq: Seq(seq),
            number: Number { prefix: 'A', n },
            counter: 1,
            stage: Stage::Verification,
            at: ms(at_ms),
            withdrawn: false,
            over: None,
        };
        let left = |calls: &[Call], n, now, languages| {
            time_left(calls, Number { prefix: 'A', n }, ms(now), languages).as_secs_f64()
        };
        // Ten at once: seven leave while three or more wait, three have the usual time.
        let burst: Vec<Call> = (1..=10).rev().map(|n| call(n, n as u32, 0)).collect();
        assert_eq!(left(&burst, 10, 0, 0), 7.0 * 5.0 + 3.0 * 6.0);
        assert_eq!(left(&burst, 10, 0, 1), 7.0 * 5.0 + 3.0 * 6.0, "a sentence of 5 s, and a chime where there is time");
        assert_eq!(left(&burst, 10, 0, 2), 7.0 * 10.0 + 3.0 * 11.0, "never under the voice");
        // The third one comes when the first has stood for 5.5 s: it leaves then, and not before.
        let late = [call(4, 4, 5_500), call(3, 3, 10), call(2, 2, 10), call(1, 1, 0)];
        assert_eq!(left(&late, 1, 5_500, 0), 0.0);
        assert_eq!(left(&late, 2, 5_500, 0), 6.0);
        // A recall of who still waits is the same call, and one of who was shown is another.
        let recalled = [call(6, 1, 7_000), call(5, 3, 6_900), call(3, 3, 10), call(2, 2, 10), call(1, 1, 0)];
        assert_eq!([2, 3, 1].map(|n| left(&recalled, n, 7_000, 0)), [5.0, 11.0, 17.0]);
        // Who came before the call was shown takes no time of the others; who came while it was shown had the usual one.
        let over = |call: Call, at_ms: i64| Call { over: Some(ms(at_ms)), ..call };
        let came = [call(3, 3, 20), over(call(2, 2, 10), 4_000), over(call(1, 1, 0), 4_000)];
        assert_eq!(left(&came, 3, 4_000, 0), 8.0);
        // Transferred and called elsewhere while it waits: the other call stays.
        let elsewhere = [Call { counter: 2, ..call(3, 2, 30) }, over(call(2, 2, 10), 20), call(1, 1, 0)];
        assert_eq!(left(&elsewhere, 2, 30, 0), 11.97);
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
