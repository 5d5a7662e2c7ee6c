//! What a report counts.

use super::{Period, Unit};
use jiff::civil::{Date, DateTime};
use queue::Office;
use queue::case::HoldReason;
use queue::office::{ServiceKey, Stage};
use queue::ticket::{CounterNumber, Number};
use std::collections::BTreeMap;
use std::time::Duration;

/// What became of numbers; `no_shows` and `returns` count acts, everything else counts numbers by how they ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // The names say it.
pub(crate) struct Counts {
    pub(crate) issued: u32,
    pub(crate) priority: u32,
    pub(crate) finished: u32,
    pub(crate) returned: u32,
    pub(crate) referred: u32,
    pub(crate) deferred: u32,
    pub(crate) expired: u32,
    pub(crate) cancelled: u32,
    pub(crate) no_shows: u32,
    /// Times a file was returned, of whoever came back on the same day too.
    pub(crate) returns: u32,
}

/// Durations of one kind; those that a restart of the machine made unknown are counted, never guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) known: Vec<Duration>,
    pub(crate) unknown: u32,
}

impl Counts {
    pub(super) fn add(&mut self, other: &Counts) {
        self.issued += other.issued;
        self.priority += other.priority;
        self.finished += other.finished;
        self.returned += other.returned;
        self.referred += other.referred;
        self.deferred += other.deferred;
        self.expired += other.expired;
        self.cancelled += other.cancelled;
        self.no_shows += other.no_shows;
        self.returns += other.returns;
    }
}

impl Times {
    pub(super) fn add(&mut self, time: Option<Duration>) {
        match time {
            Some(time) => self.known.push(time),
            None => self.unknown += 1,
        }
    }

    /// The smallest time that at least `percent` of all do not exceed (nearest rank); `None` without any.
    pub(crate) fn percentile(&self, percent: usize) -> Option<Duration> {
        percentile(&self.known, percent)
    }

    /// How many there were, measured or not.
    pub(crate) fn count(&self) -> usize {
        self.known.len() + self.unknown as usize
    }

    /// How many did not exceed `minutes`.
    pub(crate) fn within(&self, minutes: u32) -> usize {
        let limit = Duration::from_secs(u64::from(minutes) * 60);
        self.known.iter().filter(|time| **time <= limit).count()
    }
}

/// The nearest-rank percentile.
pub(crate) fn percentile<T: Ord + Copy>(values: &[T], percent: usize) -> Option<T> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// Cards: from recording to ready (C2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cards {
    /// Recorded in the period, by the service day's date; a card that is recorded again is counted again.
    pub(crate) recorded: u32,
    /// Made ready in the period; a card that is printed again counts by its last time.
    pub(crate) ready: u32,
    /// Of those, by the last working day of the standard.
    pub(crate) within_target: u32,
    /// Of those, after the public text's two weeks.
    pub(crate) overdue: u32,
    /// Of those, on which working day after the recording each was ready; 0 is the same day.
    pub(crate) working_days: Vec<u32>,
    /// And how many calendar days after it.
    pub(crate) days: Vec<u32>,
    /// Of those, how many were ready before they were recorded, by a clock that was wrong.
    pub(crate) unmeasured: u32,
    /// Handed over at the office, or to a village.
    pub(crate) handed_over: u32,
    /// How often a card was held, by reason; another reason is another hold, the same one again is none.
    pub(crate) holds: BTreeMap<HoldReason, u32>,
    /// On hold now, by reason, whatever the period.
    pub(crate) held_now: BTreeMap<HoldReason, u32>,
    /// Ready now and not collected, whatever the period.
    pub(crate) uncollected: u32,
    /// Of those, for more than [`LONG_UNCOLLECTED`] days.
    pub(crate) long_uncollected: u32,
    /// Recorded and not ready yet, now, whatever the period.
    pub(crate) unready: u32,
    /// Of those, past the standard's working days.
    pub(crate) unready_past_target: u32,
    /// And of these, past the public text's two weeks: late now, though nobody has finished them.
    pub(crate) unready_overdue: u32,
}

/// So many minutes of an hour a counter can be busy without a queue that grows: 85 of a hundred.
pub(crate) const BUSY_MINUTES: f64 = 51.0;

/// Monday is 0.
pub(super) fn weekday(date: Date) -> usize {
    date.weekday().to_monday_zero_offset().unsigned_abs().into()
}

/// One visit, for a list of them: where it began, its first call and start, its last act, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// The service day.
    pub(crate) date: Date,
    pub(crate) number: Number,
    pub(crate) service: ServiceKey,
    pub(crate) priority: bool,
    /// By the office's clock.
    pub(crate) issued: DateTime,
    pub(crate) called: Option<DateTime>,
    pub(crate) started: Option<DateTime>,
    /// The last act on it.
    pub(crate) ended: Option<DateTime>,
    /// The stage that it reached last.
    pub(crate) stage: Option<Stage>,
    /// The word of the state in which it ended.
    pub(crate) outcome: &'static str,
}

/// All figures of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// Every visit, in the order of issue within its day.
    pub(crate) visits: Vec<Line>,
    /// Per service day that was opened.
    pub(crate) days: BTreeMap<Date, Counts>,
    /// Time from joining a stage's queue to the first call.
    pub(crate) waits: BTreeMap<Stage, Times>,
    /// Time from "present" to the act that ended the stage.
    pub(crate) services: BTreeMap<Stage, Times>,
    /// The same per counter.
    pub(crate) counters: BTreeMap<CounterNumber, Times>,
    /// Numbers issued, per hour of the office's clock.
    pub(crate) hours: [u32; 24],
    /// The same per weekday, Monday first.
    pub(crate) arrivals: [[u32; 24]; 7],
    /// Times in a queue by weekday and hour in which they began.
    pub(crate) waits_by_hour: BTreeMap<(usize, usize), Times>,
    /// Returned files per missing requirement.
    pub(crate) missing: BTreeMap<String, u32>,
    /// Cards.
    pub(crate) cards: Cards,
    /// How often the network was marked as disturbed in the period.
    pub(crate) outages: u32,
    /// And for how long, each whole outage on the day on which it began; one that is still under way, so far.
    pub(crate) outage: Times,
}

impl Report {
    /// The whole period.
    pub(crate) fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.days.values().for_each(|day| total.add(day));
        total
    }

    /// Days on which at least one number was given: a day that was only opened and closed served nobody.
    pub(crate) fn service_days(&self) -> usize {
        self.days.values().filter(|day| day.issued > 0).count()
    }

    /// The same per weekday, Monday first.
    pub(crate) fn weekdays(&self) -> [u32; 7] {
        let mut weekdays = [0; 7];
        for (date, _) in self.days.iter().filter(|(_, day)| day.issued > 0) {
            weekdays[weekday(*date)] += 1;
        }
        weekdays
    }

    /// The times in all queues together.
    pub(crate) fn wait(&self) -> Times {
        let mut all = Times::default();
        for times in self.waits.values() {
            all.known.extend_from_slice(&times.known);
            all.unknown += times.unknown;
        }
        all
    }

    /// How many services kept the minutes of their stage, of how many that were measured.
    pub(crate) fn kept(&self, office: &Office) -> (usize, usize) {
        let each = self.services.iter().map(|(stage, t)| (t.within(office.standard_minutes(*stage)), t.known.len()));
        each.fold((0, 0), |(kept, all), (k, n)| (kept + k, all + n))
    }

    /// Files that were checked to the end: found complete, or returned. Each time counts.
    pub(crate) fn checked(&self) -> usize {
        self.services.get(&Stage::Verification).map_or(0, Times::count)
    }

    /// What was missing, the most frequent first, each with how often.
    pub(crate) fn reasons(&self) -> Vec<(&str, u32)> {
        let mut reasons: Vec<(&str, u32)> = self.missing.iter().map(|(key, count)| (key.as_str(), *count)).collect();
        reasons.sort_by_key(|(key, count)| (std::cmp::Reverse(*count), *key));
        reasons
    }

    /// Minutes of work at counters that one number makes on average.
    pub(crate) fn work(&self) -> f64 {
        let known = self.services.values().flat_map(|times| &times.known);
        let all: f64 = known.map(|time| time.as_secs_f64() / 60.0).sum();
        all / f64::from(self.total().issued.max(1))
    }

    /// Numbers issued in an hour of a weekday, on the average of its service days.
    pub(crate) fn arrivals_of(&self, weekday: usize, hour: usize) -> f64 {
        f64::from(self.arrivals[weekday][hour]) / f64::from(self.weekdays()[weekday].max(1))
    }

    /// The counters needed in an hour of a weekday: the arrivals' work, at [`BUSY_MINUTES`] an hour and counter.
    pub(crate) fn needed(&self, weekday: usize, hour: usize) -> u32 {
        (self.arrivals_of(weekday, hour) * self.work() / BUSY_MINUTES).ceil() as u32
    }

    /// One line per unit of the period, zeros included; of days, the working days and those that were opened.
    pub(crate) fn over_time(&self, office: &Office, period: Period, unit: Unit) -> Vec<(Date, Counts)> {
        let mut lines: Vec<(Date, Counts)> = Vec::new();
        let mut date = period.from;
        while date <= period.to {
            let day = self.days.get(&date);
            let first = unit.first(date);
            if unit != Unit::Day || day.is_some() || office.is_working_day(date) {
                if lines.last().is_none_or(|(last, _)| *last != first) {
                    lines.push((first, Counts::default()));
                }
                if let (Some(day), Some((_, line))) = (day, lines.last_mut()) {
                    line.add(day);
                }
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        lines
    }
}
