//! When will everybody have been served? The rest of the day, played forward with the stages' mean times.

use crate::office::{Hours, Stage};
use crate::ticket::CounterNumber;
use jiff::civil::Time;
use std::collections::BTreeMap;
use std::time::Duration;

/// A counter that one can count on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// The counter.
    pub counter: CounterNumber,
    /// The stages it serves.
    pub stages: Vec<Stage>,
    /// When it has nobody any more, from now.
    pub free_in: Duration,
}

/// What is left of a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The called stages still to come, in their order.
    pub stages: Vec<Stage>,
    /// When it can go on, from now: at once for who waits.
    pub from: Duration,
}

/// How long until the last of `visits`, which are in the order of call, has been served; `None` when no desk serves a
/// stage that somebody still has to pass. Whoever could be served first is served first, each for the mean of the stage.
pub fn ends_in(desks: &[Desk], visits: &[Visit], mean: &BTreeMap<Stage, Duration>) -> Option<Duration> {
    let mut desks = desks.to_vec();
    let mut visits: Vec<Visit> = visits.iter().filter(|visit| !visit.stages.is_empty()).cloned().collect();
    let mut end = desks.iter().map(|desk| desk.free_in).max().unwrap_or_default();
    while !visits.is_empty() {
        let mut first: Option<(Duration, usize, usize)> = None;
        for (v, visit) in visits.iter().enumerate() {
            for (d, desk) in desks.iter().enumerate().filter(|(_, desk)| desk.stages.contains(&visit.stages[0])) {
                let start = desk.free_in.max(visit.from);
                if first.is_none_or(|(earliest, ..)| start < earliest) {
                    first = Some((start, v, d));
                }
            }
        }
        let (start, v, d) = first?;
        let stage = visits[v].stages.remove(0);
        let over = start + mean.get(&stage).copied().unwrap_or_default();
        desks[d].free_in = over;
        end = end.max(over);
        if visits[v].stages.is_empty() {
            visits.remove(v);
        } else {
            visits[v].from = over;
        }
    }
    Some(end)
}

/// The office's clock after so much work from `now` on; nobody works in the break. The last minute of the day at the latest.
pub fn clock_after(now: Time, work: Duration, hours: Option<Hours>) -> Time {
    let end_of_day = Time::constant(23, 59, 0, 0);
    let minutes = i64::try_from(work.as_secs().div_ceil(60)).unwrap_or(i64::MAX).min(24 * 60);
    let later = |time: Time, minutes: i64| {
        time.checked_add(jiff::SignedDuration::from_mins(minutes)).map_or(end_of_day, |time| time.min(end_of_day))
    };
    let Some((from, to)) = hours.and_then(|h| h.break_from.zip(h.break_to)) else { return later(now, minutes) };
    let lasts = from.duration_until(to).as_mins();
    match () {
        () if now >= to => later(now, minutes),
        () if now >= from => later(to, minutes),
        () => match later(now, minutes) {
            before if before <= from => before,
            _ => later(later(now, minutes), lasts),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::office::Stage::{Recording, Verification};
    use jiff::civil::time;

    const MINUTE: Duration = Duration::from_secs(60);

    fn desk(counter: CounterNumber, stages: &[Stage], free_in: u32) -> Desk {
        Desk { counter, stages: stages.to_vec(), free_in: MINUTE * free_in }
    }

    fn visit(stages: &[Stage], from: u32) -> Visit {
        Visit { stages: stages.to_vec(), from: MINUTE * from }
    }

    fn ends(desks: &[Desk], visits: &[Visit]) -> Option<u64> {
        let mean = [(Verification, MINUTE * 10), (Recording, MINUTE * 5)].into();
        ends_in(desks, visits, &mean).map(|end| end.as_secs() / 60)
    }

    #[test]
    fn the_last_one_is_served_when_every_stage_of_everybody_is_over() {
        let waiting = [visit(&[Verification, Recording], 0), visit(&[Verification, Recording], 0)];
        let one_each = [desk(1, &[Verification], 0), desk(2, &[Recording], 0)];
        assert_eq!(ends(&one_each, &waiting), Some(25), "the second is recorded from minute 20 on");
        assert_eq!(ends(&[desk(1, &[Verification, Recording], 0)], &waiting), Some(30));
        assert_eq!(ends(&[desk(1, &[Verification, Recording], 7)], &waiting), Some(37), "who is at the counter first");
        assert_eq!(ends(&one_each, &[visit(&[Recording], 8)]), Some(13), "who is still being checked comes later");
        assert_eq!(ends(&one_each[..1], &waiting), None, "nobody records");
        assert_eq!(ends(&[], &[]), Some(0));
        assert_eq!(ends(&[desk(1, &[Verification], 4)], &[]), Some(4));
    }

    #[test]
    fn another_counter_ends_it_sooner() {
        let waiting = vec![visit(&[Verification], 0); 6];
        let one = [desk(1, &[Verification], 0)];
        let two = [desk(1, &[Verification], 0), desk(3, &[Verification], 0)];
        assert_eq!((ends(&one, &waiting), ends(&two, &waiting)), (Some(60), Some(30)));
    }

    #[test]
    fn the_clock_stands_still_in_the_break() {
        let hours = Hours {
            open: time(8, 0, 0, 0),
            close: time(15, 0, 0, 0),
            break_from: Some(time(12, 0, 0, 0)),
            break_to: Some(time(13, 0, 0, 0)),
            last_number: None,
        };
        let at = |hour, minute, work: u32| clock_after(time(hour, minute, 0, 0), MINUTE * work, Some(hours));
        assert_eq!(at(11, 0, 60), time(12, 0, 0, 0));
        assert_eq!(at(11, 0, 61), time(13, 1, 0, 0));
        assert_eq!(at(12, 30, 10), time(13, 10, 0, 0));
        assert_eq!(at(14, 0, 100), time(15, 40, 0, 0));
        assert_eq!(at(23, 50, 100), time(23, 59, 0, 0));
        assert_eq!(clock_after(time(11, 0, 0, 0), MINUTE * 90, None), time(12, 30, 0, 0));
    }
}
