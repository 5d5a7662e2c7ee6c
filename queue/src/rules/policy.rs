//! Who is next? Two priority calls, then one other, with ageing (facts: strict priority starves, a ratio does not).
//!
//! The rule in one sentence, as it can be told to the public: after two priority numbers one other number is called,
//! and whoever has waited longer than the set minutes is called after one.

use crate::office::Figures;
use crate::ticket::{Seq, TicketId};
use std::time::Duration;

/// A waiting ticket as the policy sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which ticket.
    pub ticket: TicketId,
    /// Whether it has priority.
    pub priority: bool,
    /// Its place; earlier goes first.
    pub place: Seq,
    /// How long it has waited; `None` after a restart of the machine.
    pub waited: Option<Duration>,
    /// How many others must still be called before it (after reporting back or re-entering).
    pub behind: u32,
}

/// The next ticket to call, or `None` when nobody waits.
///
/// `priority_run` is the number of priority calls made in a row just before, in the queues this counter serves.
pub fn next(waiting: &[Candidate], priority_run: u32, figures: &Figures) -> Option<TicketId> {
    // One who came back waits for the others, but never for nobody: an empty queue calls the nearest of them.
    let nearest = waiting.iter().map(|c| c.behind).min()?;
    let free = || waiting.iter().filter(|c| c.behind == 0 || c.behind == nearest);
    let first = |priority: bool| free().filter(|c| c.priority == priority).min_by_key(|c| c.place);
    let (prioritised, other) = (first(true), first(false));
    let chosen = match (prioritised, other) {
        (Some(p), Some(o)) => {
            let run_over = priority_run >= figures.priority_run;
            let aged = priority_run >= 1 && has_aged(o, figures);
            if run_over || aged { o } else { p }
        }
        (one, another) => one.or(another)?,
    };
    Some(chosen.ticket)
}

/// Everybody in the order in which they would be called if nobody else came.
pub fn order(waiting: &[Candidate], mut priority_run: u32, figures: &Figures) -> Vec<TicketId> {
    let mut left = waiting.to_vec();
    let mut order = Vec::with_capacity(left.len());
    while let Some(ticket) = next(&left, priority_run, figures) {
        let Some(at) = left.iter().position(|c| c.ticket == ticket) else { break };
        let called = left.remove(at);
        priority_run = if called.priority { priority_run + 1 } else { 0 };
        for candidate in &mut left {
            candidate.behind = candidate.behind.saturating_sub(1);
        }
        order.push(ticket);
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

    fn waiting(list: &[(i64, bool, u64, u32)]) -> Vec<Candidate> {
        list.iter()
            .map(|&(id, priority, minutes, behind)| Candidate {
                ticket: TicketId(id),
                priority,
                place: Seq(id),
                waited: Some(Duration::from_secs(minutes * 60)),
                behind,
            })
            .collect()
    }

    fn check(list: &[(i64, bool, u64, u32)], expected: &[i64]) {
        let figures = crate::fixture::office().queue;
        let ids: Vec<i64> = order(&waiting(list), 0, &figures).iter().map(|t| t.0).collect();
        assert_eq!(ids, expected);
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
