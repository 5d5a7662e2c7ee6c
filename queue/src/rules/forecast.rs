//! How long will it take? People ahead × shrunk mean ÷ active counters, told as a range and never as a promise.

use crate::lang::Lang;
use crate::ticket::CounterNumber;
use crate::time::Moment;
use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a citizen is told about the wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wait", rename_all = "lowercase")]
pub enum Wait {
    /// Less than five minutes.
    Soon,
    /// Between two times, minutes, both multiples of five.
    Range {
        /// Lower bound.
        from: u32,
        /// Upper bound.
        to: u32,
    },
    /// No counter has called anybody yet, or none lately: no figure is honest.
    NoCounter,
    /// Recording waits for the network (S26): nobody can say how long.
    Network,
}

impl Wait {
    /// "25-40 menit", "2½-3½ jam", "segera", "petugas akan memanggil".
    pub fn say(self, lang: Lang) -> String {
        match (self, lang) {
            (Wait::Soon, Lang::Id) => "segera".into(),
            (Wait::Soon, Lang::En) => "very soon".into(),
            (Wait::Range { from, to }, _) if from >= HOURS_FROM => {
                // The bounds are rounded outward already; the lower one goes to the nearest half.
                let hours = |halves: u32| match (halves / 2, halves % 2) {
                    (whole, 0) => whole.to_string(),
                    (whole, _) => format!("{whole}½"),
                };
                let unit = if lang == Lang::Id { "jam" } else { "hours" };
                format!("{}-{} {unit}", hours((from + 15) / 30), hours(to.div_ceil(30)))
            }
            (Wait::Range { from, to }, Lang::Id) => format!("{from}-{to} menit"),
            (Wait::Range { from, to }, Lang::En) => format!("{from}-{to} minutes"),
            // The day is open: whoever reads "no counter is open" goes home.
            (Wait::NoCounter, Lang::Id) => "petugas akan memanggil".into(),
            (Wait::NoCounter, Lang::En) => "an officer will call".into(),
            (Wait::Network, Lang::Id) => "sampai jaringan pulih".into(),
            (Wait::Network, Lang::En) => "until the network is back".into(),
        }
    }
}

/// From so many minutes on a wait is said in hours.
const HOURS_FROM: u32 = 90;

/// Mean service time of a stage, shrunk towards the standard: (Σ last k ≤ 20 services + 3 × standard) ÷ (k + 3).
pub fn shrunk_mean(recent: &[Duration], standard_minutes: u32) -> Duration {
    let standard = Duration::from_secs(u64::from(standard_minutes) * 60);
    let recent = &recent[..recent.len().min(20)];
    let sum: Duration = recent.iter().sum();
    (sum + standard * 3) / (recent.len() as u32 + 3)
}

/// A counter that calls nobody for longer is not counted on.
pub const ACTIVE: Duration = Duration::from_secs(15 * 60);

/// A counter that serves the stage waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Desk {
    /// The counter.
    pub counter: CounterNumber,
    /// Whether it has called or serves somebody.
    pub busy: bool,
    /// Its last call of the day.
    pub called: Option<Moment>,
}

/// The counters one can count on: they called within [`ACTIVE`] or have somebody. In a lull, when at most the newcomer
/// waits and nobody was left to call, those that called before are still there.
pub fn active(desks: &[Desk], waiting: usize, now: Moment) -> Vec<Desk> {
    let lately = |called: Moment| now.since(&called).is_some_and(|ago| ago <= ACTIVE);
    let active: Vec<Desk> = desks.iter().filter(|d| d.busy || d.called.is_some_and(lately)).copied().collect();
    match active.is_empty() && waiting <= 1 {
        true => desks.iter().filter(|desk| desk.called.is_some()).copied().collect(),
        false => active,
    }
}

/// The office's break, as it lies before whoever waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// None is to come today.
    Over,
    /// It goes on, for so long.
    Now(Duration),
    /// It begins after so long, and lasts so long.
    Coming(Duration, Duration),
}

impl Break {
    /// How the break from `from` to `to` lies at `now`, a time of the same day.
    pub fn at(now: Time, from: Time, to: Time) -> Break {
        let between = |a: Time, b: Time| Duration::try_from(a.duration_until(b)).unwrap_or(Duration::ZERO);
        match now {
            now if now < from => Break::Coming(between(now, from), between(from, to)),
            now if now < to => Break::Now(between(now, to)),
            _ => Break::Over,
        }
    }
}

/// The wait behind `work`, the sum of the mean service times of the people ahead.
///
/// `active` counters serve this queue; `all_busy` says that each of them has somebody, of whom on average half the
/// service is left (`mean` is that of the stage waited for). A break that goes on, or begins before the turn has come, is
/// waited for.
pub fn wait(mut work: Duration, mean: Duration, active: u32, all_busy: bool, pause: Break) -> Wait {
    if active == 0 {
        return Wait::NoCounter;
    }
    if all_busy {
        work += mean / 2;
    }
    let turn = work / active;
    let pause = match pause {
        Break::Now(left) => left,
        Break::Coming(begins, lasts) if turn >= begins => lasts,
        Break::Coming(..) | Break::Over => Duration::ZERO,
    };
    let minutes = (turn + pause).as_secs_f64() / 60.0;
    if minutes < 5.0 {
        return Wait::Soon;
    }
    let from = (minutes / 5.0).floor() as u32 * 5;
    let to = ((1.3 * minutes + 5.0) / 5.0).ceil() as u32 * 5;
    Wait::Range { from, to }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const NO_BREAK: Break = Break::Over;

    #[test]
    fn c1_the_wait_is_a_range_rounded_outward_and_never_one_promise() {
        assert_eq!(wait(MINUTE * 30, MINUTE * 10, 1, false, NO_BREAK), Wait::Range { from: 30, to: 45 });
        assert_eq!(wait(MINUTE * 30, MINUTE * 10, 1, true, NO_BREAK), Wait::Range { from: 35, to: 55 });
        assert_eq!(wait(MINUTE * 40, MINUTE * 10, 2, false, NO_BREAK), Wait::Range { from: 20, to: 35 });
        assert_eq!(wait(Duration::ZERO, MINUTE * 10, 1, false, NO_BREAK), Wait::Soon);
        assert_eq!(wait(Duration::ZERO, MINUTE * 10, 1, true, NO_BREAK), Wait::Range { from: 5, to: 15 });
        assert_eq!(wait(MINUTE * 40, MINUTE * 10, 0, false, NO_BREAK), Wait::NoCounter);
        assert_eq!(
            wait(Duration::ZERO, MINUTE * 10, 1, false, Break::Now(MINUTE * 55)),
            Wait::Range { from: 55, to: 80 },
            "a break is waited for"
        );
        assert_eq!(Wait::Range { from: 25, to: 40 }.say(Lang::Id), "25-40 menit");
        assert_eq!(Wait::Range { from: 85, to: 120 }.say(Lang::Id), "85-120 menit");
        assert_eq!(Wait::Range { from: 145, to: 195 }.say(Lang::Id), "2½-3½ jam");
        assert_eq!(Wait::Range { from: 180, to: 240 }.say(Lang::En), "3-4 hours");
    }

    #[test]
    fn a_break_that_begins_before_the_turn_is_waited_for_as_one_that_goes_on_is() {
        let time = |hour, minute| jiff::civil::time(hour, minute, 0, 0);
        let at = |hour, minute| Break::at(time(hour, minute), time(12, 0), time(13, 0));
        assert_eq!(at(11, 50), Break::Coming(MINUTE * 10, MINUTE * 60));
        assert_eq!(at(12, 5), Break::Now(MINUTE * 55));
        assert_eq!(at(13, 0), Break::Over);
        let behind = |work: u32, pause| wait(MINUTE * work, MINUTE * 10, 1, false, pause);
        assert_eq!(behind(85, at(11, 50)), Wait::Range { from: 145, to: 195 });
        assert_eq!(behind(85, at(12, 0)), Wait::Range { from: 145, to: 195 }, "the same when it has just begun");
        assert_eq!(behind(5, at(11, 50)), Wait::Range { from: 5, to: 15 }, "called before it");
    }

    #[test]
    fn the_mean_begins_at_the_standard_and_follows_what_happens() {
        assert_eq!(shrunk_mean(&[], 10), MINUTE * 10);
        assert_eq!(shrunk_mean(&[MINUTE * 4; 3], 10), MINUTE * 7);
        assert_eq!(shrunk_mean(&[MINUTE * 4; 40], 10), (MINUTE * 80 + MINUTE * 30) / 23);
    }

    #[test]
    fn a_counter_counts_while_it_works_and_in_a_lull() {
        use crate::fixture::at;
        let desk = |counter, busy, called: Option<i64>| Desk { counter, busy, called: called.map(at) };
        let active = |desks: &[Desk], waiting, minute| -> Vec<CounterNumber> {
            super::active(desks, waiting, at(minute)).iter().map(|desk| desk.counter).collect()
        };
        let desks = [desk(1, false, Some(0)), desk(2, true, Some(0)), desk(3, false, None)];
        assert_eq!(active(&desks, 9, 15), [1, 2]);
        assert_eq!(active(&desks, 9, 16), [2], "one that called nobody for long is not counted on");
        let idle = [desk(1, false, Some(0)), desk(3, false, None)];
        assert_eq!(active(&idle, 2, 16), [0; 0], "somebody waits and nobody calls");
        assert_eq!(active(&idle, 1, 16), [1], "only the newcomer waits: nobody was left to call");
        let restarted = Moment { boot: 8, ..at(1) };
        assert_eq!(super::active(&idle, 2, restarted), []);
    }
}
