//! Who is next? Two priority calls, then one other, with ageing (facts: strict priority starves, a ratio does not).
//!
//! The rule in one sentence, as it can be told to the public: after two priority numbers one other number is called,
//! and whoever has waited longer than the set minutes is called after one.

use crate::office::{Figures, Stage};
use crate::ticket::{Place, Seq, TicketId};
use crate::time::Moment;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

/// A ticket that waits, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// Which ticket.
    pub ticket: TicketId,
    /// The stage it waits for.
    pub stage: Stage,
    /// Whether it has priority.
    pub priority: bool,
    /// Its place.
    pub place: Place,
}

/// A waiting ticket as the policy sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which ticket.
    pub ticket: TicketId,
    /// The stage it waits for.
    pub stage: Stage,
    /// Whether it has priority.
    pub priority: bool,
    /// Its place; earlier goes first.
    pub place: Seq,
    /// How long it has waited; `None` after a restart of the machine.
    pub waited: Option<Duration>,
    /// How many others must still be called before it (after reporting back or re-entering).
    pub behind: u32,
}

/// A call of the day; a recall is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastCall {
    /// Its event.
    pub seq: Seq,
    /// The stage called for.
    pub stage: Stage,
    /// Whether the ticket had priority.
    pub priority: bool,
}

/// The day's calls as far as a decision about `stages` depends on them: the run of priority calls just made there, and
/// the calls after which one who came back is next. It hears the newest first and says when older ones do not matter.
#[derive(Clone, Debug)]
pub struct Recent<'a> {
    stages: &'a [Stage],
    figures: &'a Figures,
    /// Nobody went behind others before this event; `None` when nobody is behind.
    oldest: Option<Seq>,
    run: u32,
    run_is_over: bool,
    /// The newest calls of each stage, at most [`Figures::places_back`].
    calls: BTreeMap<Stage, Vec<Seq>>,
}

impl<'a> Recent<'a> {
    /// No calls yet, for a decision among `waiting` about these stages.
    pub fn new(waiting: &[Waits], stages: &'a [Stage], figures: &'a Figures) -> Recent<'a> {
        let oldest = waiting.iter().filter(|w| stages.contains(&w.stage)).filter_map(|w| w.place.behind).min();
        Recent { stages, figures, oldest, run: 0, run_is_over: figures.priority_run == 0, calls: BTreeMap::new() }
    }

    /// Whether a call of event `seq` or an older one can still matter.
    pub fn matters(&self, seq: Seq) -> bool {
        !self.run_is_over || self.oldest.is_some_and(|oldest| oldest < seq)
    }

    /// Takes in the next older call.
    pub fn hear(&mut self, call: PastCall) {
        if !self.stages.contains(&call.stage) {
            return;
        }
        if !self.run_is_over {
            self.run += u32::from(call.priority);
            self.run_is_over = !call.priority || self.run >= self.figures.priority_run;
        }
        let calls = self.calls.entry(call.stage).or_default();
        if (calls.len() as u64) < u64::from(self.figures.places_back) {
            calls.push(call.seq);
        }
    }

    /// The priority calls in a row just before; no more are counted than the policy allows.
    pub fn priority_run(&self) -> u32 {
        self.run
    }

    /// How many others must still be called in `stage` before one who went behind them at event `behind`.
    fn places_left(&self, stage: Stage, behind: Option<Seq>) -> u32 {
        let Some(behind) = behind else { return 0 };
        let called = self.calls.get(&stage).map_or(0, |calls| calls.iter().filter(|seq| **seq > behind).count());
        self.figures.places_back.saturating_sub(u32::try_from(called).unwrap_or(u32::MAX))
    }

    /// Those of `waiting` who wait for these stages, as of `now`.
    pub fn candidates(&self, waiting: &[Waits], now: Moment) -> Vec<Candidate> {
        let here = waiting.iter().filter(|w| self.stages.contains(&w.stage));
        here.map(|w| Candidate {
            ticket: w.ticket,
            stage: w.stage,
            priority: w.priority,
            place: w.place.seq,
            waited: now.since(&w.place.since),
            behind: self.places_left(w.stage, w.place.behind),
        })
        .collect()
    }
}

/// The next ticket to call, or `None` when nobody waits.
///
/// `priority_run` is the number of priority calls made in a row just before, in the queues this counter serves.
pub fn next(waiting: &[Candidate], priority_run: u32, figures: &Figures) -> Option<TicketId> {
    // One who came back waits for the others, but never for nobody: an empty queue calls the nearest of them.
    let nearest = waiting.iter().map(|c| c.behind).min()?;
    let free = || waiting.iter().filter(|c| c.behind == 0 || c.behind == nearest);
    let first = |priority: bool| free().filter(|c| c.priority == priority).min_by_key(|c| c.place);
    Some(
        if other_is_next(first(true), first(false), priority_run, figures) { first(false) } else { first(true) }?
            .ticket,
    )
}

/// Whether the first without priority goes before the first with it.
fn other_is_next(
    prioritised: Option<&Candidate>,
    other: Option<&Candidate>,
    priority_run: u32,
    figures: &Figures,
) -> bool {
    let Some(other) = other else { return false };
    prioritised.is_none() || priority_run >= figures.priority_run || (priority_run >= 1 && has_aged(other, figures))
}

/// Everybody in the order in which they would be called if nobody else came: [`next`] again and again, in the time it
/// takes to sort them.
pub fn order(waiting: &[Candidate], mut priority_run: u32, figures: &Figures) -> Vec<Candidate> {
    // After n calls those are free who were behind at most n others.
    let mut behind: Vec<usize> = (0..waiting.len()).collect();
    behind.sort_by_key(|i| Reverse(waiting[*i].behind));
    // By place, with priority and without.
    let [mut prioritised, mut others] = [const { BinaryHeap::new() }; 2];
    let mut order = Vec::with_capacity(waiting.len());
    for called in 0..waiting.len() {
        let mut reach = u32::try_from(called).unwrap_or(u32::MAX);
        if prioritised.is_empty() && others.is_empty() {
            reach = reach.max(behind.last().map_or(0, |i| waiting[*i].behind));
        }
        while let Some(i) = behind.pop_if(|i| waiting[*i].behind <= reach) {
            let queue = if waiting[i].priority { &mut prioritised } else { &mut others };
            queue.push(Reverse((waiting[i].place, i)));
        }
        let first = |queue: &BinaryHeap<Reverse<(Seq, usize)>>| queue.peek().map(|Reverse((_, i))| &waiting[*i]);
        let other = other_is_next(first(&prioritised), first(&others), priority_run, figures);
        let Some(Reverse((_, i))) = (if other { &mut others } else { &mut prioritised }).pop() else { break };
        priority_run = if waiting[i].priority { priority_run + 1 } else { 0 };
        order.push(waiting[i]);
    }
    order
}

/// A restart in the middle of the day means that everybody has waited through it.
fn has_aged(candidate: &Candidate, figures: &Figures) -> bool {
    let limit = Duration::from_secs(u64::from(figures.ageing_minutes) * 60);
    candidate.waited.is_none_or(|waited| waited > limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{at, office};

    fn waiting(list: &[(i64, bool, u64, u32)]) -> Vec<Candidate> {
        list.iter()
            .map(|&(id, priority, minutes, behind)| Candidate {
                ticket: TicketId(id),
                stage: Stage::Verification,
                priority,
                place: Seq(id),
                waited: Some(Duration::from_secs(minutes * 60)),
                behind,
            })
            .collect()
    }

    fn check(list: &[(i64, bool, u64, u32)], expected: &[i64]) {
        let ids: Vec<i64> = order(&waiting(list), 0, &office().queue).iter().map(|c| c.ticket.0).collect();
        assert_eq!(ids, expected);
    }

    /// The order by its definition: who is next, again and again. It costs n² steps.
    fn by_definition(waiting: &[Candidate], mut priority_run: u32, figures: &Figures) -> Vec<Candidate> {
        let (mut left, mut order) = (waiting.to_vec(), Vec::new());
        while let Some(ticket) = next(&left, priority_run, figures) {
            let called = left.remove(left.iter().position(|c| c.ticket == ticket).unwrap());
            priority_run = if called.priority { priority_run + 1 } else { 0 };
            left.iter_mut().for_each(|c| c.behind = c.behind.saturating_sub(1));
            order.push(waiting.iter().find(|c| c.ticket == ticket).copied().unwrap());
        }
        order
    }

    #[test]
    fn the_order_is_that_of_the_definition_for_any_queue() {
        let (mut rng, mut figures) = (fastrand::Rng::with_seed(11), office().queue);
        for round in 0..5_000 {
            let (people, far) = (rng.usize(0..30), rng.u32(1..40));
            let list: Vec<Candidate> = (0..people)
                .map(|i| Candidate {
                    ticket: TicketId(i as i64),
                    stage: Stage::Verification,
                    priority: rng.u8(0..3) == 0,
                    place: Seq(rng.i64(0..40)),
                    waited: (rng.u8(0..9) > 0).then(|| Duration::from_secs(rng.u64(0..5_400))),
                    behind: if rng.bool() { 0 } else { rng.u32(0..far) },
                })
                .collect();
            figures.priority_run = rng.u32(0..4);
            let run = rng.u32(0..4);
            assert_eq!(order(&list, run, &figures), by_definition(&list, run, &figures), "round {round}: {list:?}");
        }
    }

    #[test]
    fn calls_are_counted_as_far_back_as_somebody_waits_for_them() {
        use Stage::{Collection, Recording, Verification};
        let figures = office().queue;
        let waits = |id: i64, stage, behind: Option<i64>| Waits {
            ticket: TicketId(id),
            stage,
            priority: false,
            place: Place { seq: Seq(id), behind: behind.map(Seq), since: at(0) },
        };
        let people = [waits(1, Verification, Some(20)), waits(2, Verification, None), waits(3, Collection, Some(5))];
        // Newest first: two with priority at verification, one elsewhere, one without priority.
        let calls =
            [(30, Verification, true), (28, Collection, false), (26, Verification, true), (24, Recording, false)];
        let stages = [Verification];
        let mut recent = Recent::new(&people, &stages, &figures);
        for (seq, stage, priority) in calls {
            assert!(recent.matters(Seq(seq)));
            recent.hear(PastCall { seq: Seq(seq), stage, priority });
        }
        assert_eq!(recent.priority_run(), 2, "calls of other queues end no run");
        assert!(!recent.matters(Seq(20)), "nobody went behind others before");
        let seen = recent.candidates(&people, at(7));
        let minutes = Some(Duration::from_secs(7 * 60));
        assert_eq!(seen.iter().map(|c| (c.ticket.0, c.behind)).collect::<Vec<_>>(), [(1, 1), (2, 0)]);
        assert_eq!(seen[0].waited, minutes);
    }

    #[test]
    fn two_priority_then_one_other() {
        check(
            &[(1, false, 9, 0), (2, false, 8, 0), (3, true, 7, 0), (4, true, 6, 0), (5, true, 5, 0), (6, true, 4, 0)],
            &[3, 4, 1, 5, 6, 2],
        );
        check(&[(1, true, 1, 0), (2, true, 1, 0), (3, true, 1, 0)], &[1, 2, 3]);
        check(&[], &[]);
    }

    #[test]
    fn who_waited_long_goes_after_one_priority_call() {
        check(&[(1, false, 46, 0), (3, true, 7, 0), (4, true, 6, 0)], &[3, 1, 4]);
        check(&[(1, false, 45, 0), (3, true, 7, 0), (4, true, 6, 0)], &[3, 4, 1]);
    }

    #[test]
    fn one_who_reports_back_lets_three_others_go_first_even_with_priority() {
        check(
            &[(1, false, 9, 3), (2, false, 1, 0), (3, false, 1, 0), (4, false, 1, 0), (5, false, 1, 0)],
            &[2, 3, 4, 1, 5],
        );
        check(
            &[(1, true, 9, 3), (2, false, 1, 0), (3, false, 1, 0), (4, false, 1, 0), (5, false, 1, 0)],
            &[2, 3, 4, 1, 5],
        );
        check(&[(1, true, 9, 3), (2, false, 1, 0)], &[2, 1]);
        check(&[(1, false, 9, 3), (2, false, 9, 2)], &[2, 1]);
    }
}
