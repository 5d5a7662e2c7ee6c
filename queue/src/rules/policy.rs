//! Who is next? Two priority calls, then one other, with ageing (facts: strict priority starves, a ratio does not).
//!
//! The rule in one sentence, as it can be told to the public: after two priority numbers one other number is called,
//! and whoever has waited longer than the set minutes is called after one.
//!
//! The order of everybody is needed by nobody but a page that lists them, and there as far as the page reaches. Who is next
//! and how many are ahead of a newcomer costs the same with ten people waiting and with three thousand.

use crate::office::{Figures, Stage};
use crate::ticket::{Place, Seq, TicketId};
use crate::time::Moment;
use std::cmp::Reverse;
use std::collections::btree_map::Values;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::iter::Peekable;
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
    run: u32,
    run_is_over: bool,
    /// The stages where somebody went behind others, since which event, and the newest calls there, at most
    /// [`Figures::places_back`].
    behind: BTreeMap<Stage, (Seq, Vec<Seq>)>,
}

impl<'a> Recent<'a> {
    /// No calls yet, for a decision in `line` about these stages.
    pub fn new(line: &Line, stages: &'a [Stage], figures: &'a Figures) -> Recent<'a> {
        let mut behind = BTreeMap::new();
        for (since, waits) in &line.behind {
            if stages.contains(&waits.stage) {
                behind.entry(waits.stage).or_insert((since.0, Vec::new()));
            }
        }
        Recent { stages, figures, run: 0, run_is_over: figures.priority_run == 0, behind }
    }

    /// Whether a call of event `seq` or an older one can still matter.
    pub fn matters(&self, seq: Seq) -> bool {
        let enough = self.figures.places_back as usize;
        !self.run_is_over || self.behind.values().any(|(oldest, calls)| *oldest < seq && calls.len() < enough)
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
        if let Some((_, calls)) = self.behind.get_mut(&call.stage)
            && calls.len() < self.figures.places_back as usize
        {
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
        let calls = self.behind.get(&stage).map_or(&[][..], |(_, calls)| calls);
        let called = calls.iter().filter(|seq| **seq > behind).count();
        self.figures.places_back.saturating_sub(u32::try_from(called).unwrap_or(u32::MAX))
    }

    fn candidate(&self, waits: &Waits, now: Moment) -> Candidate {
        Candidate {
            ticket: waits.ticket,
            stage: waits.stage,
            priority: waits.priority,
            place: waits.place.seq,
            waited: now.since(&waits.place.since),
            behind: self.places_left(waits.stage, waits.place.behind),
        }
    }
}

/// A place in the line; the ticket is in it so that two can never be one.
type At = (Seq, TicketId);

/// Who waits, each queue in the order of its places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// By stage and priority: those who went behind nobody.
    queues: BTreeMap<(Stage, bool), BTreeMap<At, Waits>>,
    /// Those who came back, by the event since which others go first.
    behind: BTreeMap<At, Waits>,
    /// All of them.
    tickets: HashMap<TicketId, Waits>,
}

impl Line {
    /// Somebody waits here now, who waited elsewhere before or nowhere.
    pub fn put(&mut self, waits: Waits) {
        self.remove(waits.ticket);
        self.tickets.insert(waits.ticket, waits);
        match waits.place.behind {
            Some(behind) => self.behind.insert((behind, waits.ticket), waits),
            None => {
                let queue = self.queues.entry((waits.stage, waits.priority)).or_default();
                queue.insert((waits.place.seq, waits.ticket), waits)
            }
        };
    }

    /// Waits no more.
    pub fn remove(&mut self, ticket: TicketId) {
        let Some(waits) = self.tickets.remove(&ticket) else { return };
        match waits.place.behind {
            Some(behind) => self.behind.remove(&(behind, ticket)),
            None => {
                let queue = self.queues.get_mut(&(waits.stage, waits.priority));
                queue.and_then(|queue| queue.remove(&(waits.place.seq, ticket)))
            }
        };
    }

    /// How many wait for this stage.
    pub fn count(&self, stage: Stage) -> usize {
        let queue = |priority| self.queues.get(&(stage, priority)).map_or(0, BTreeMap::len);
        queue(true) + queue(false) + self.behind.values().filter(|waits| waits.stage == stage).count()
    }

    /// In which order those would be called who wait for the stages of `recent`, if nobody else came. It is found out one
    /// by one: whoever asks for the next one only pays for one.
    pub fn order<'a>(&'a self, recent: &'a Recent, now: Moment) -> Order<'a> {
        let queues = |priority| {
            let of = |stage| self.queues.get(&(stage, priority)).map(|queue| queue.values().peekable());
            recent.stages.iter().filter_map(|stage| of(*stage)).collect()
        };
        let mut order = Order {
            recent,
            now,
            queues: [queues(false), queues(true)],
            free: [const { BinaryHeap::new() }; 2],
            behind: Vec::new(),
            run: recent.run,
            called: 0,
        };
        for waits in self.behind.values().filter(|waits| recent.stages.contains(&waits.stage)) {
            match recent.places_left(waits.stage, waits.place.behind) {
                0 => order.join(*waits),
                left => order.behind.push((left, *waits)),
            }
        }
        order.behind.sort_by_key(|(left, _)| Reverse(*left));
        order
    }

    /// How many would be called before `newcomer`, by stage: all that [`Line::order`] says before it, found without the
    /// order where everybody goes first. The newcomer is not in the line yet.
    pub fn ahead(&self, newcomer: &Waits, recent: &Recent, now: Moment) -> BTreeMap<Stage, usize> {
        let last = !newcomer.priority && self.tail().is_none_or(|place| place < newcomer.place.seq);
        let mut order = self.order(recent, now);
        order.join(*newcomer);
        let mut ahead = BTreeMap::new();
        loop {
            if last && order.others_exhaust_priority() {
                return recent.stages.iter().map(|stage| (*stage, self.count(*stage))).collect();
            }
            match order.next() {
                Some(next) if next.ticket != newcomer.ticket => *ahead.entry(next.stage).or_default() += 1,
                _ => return ahead,
            }
        }
    }

    /// The last place of all.
    fn tail(&self) -> Option<Seq> {
        let queues = self.queues.values().filter_map(|queue| queue.last_key_value().map(|((place, _), _)| *place));
        queues.chain(self.behind.values().map(|waits| waits.place.seq)).max()
    }
}

/// The order of the calls, one after the other ([`Line::order`]).
#[derive(Debug)]
pub struct Order<'a> {
    recent: &'a Recent<'a>,
    now: Moment,
    /// Without priority and with it, in the order of place.
    queues: [Vec<Peekable<Values<'a, At, Waits>>>; 2],
    /// Those who came back and are behind nobody any more.
    free: [BinaryHeap<Reverse<Free>>; 2],
    /// Those who are behind others, with how many; the nearest is the last.
    behind: Vec<(u32, Waits)>,
    run: u32,
    called: u32,
}

/// Ordered by its place.
#[derive(Debug, PartialEq, Eq)]
struct Free(Waits);

impl Ord for Free {
    fn cmp(&self, other: &Free) -> std::cmp::Ordering {
        let at = |free: &Free| (free.0.place.seq, free.0.ticket);
        at(self).cmp(&at(other))
    }
}

impl PartialOrd for Free {
    fn partial_cmp(&self, other: &Free) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Order<'_> {
    fn join(&mut self, waits: Waits) {
        self.free[usize::from(waits.priority)].push(Reverse(Free(waits)));
    }

    /// The queue whose first one goes first; `None` is the heap of those who came back.
    fn first(&mut self, priority: bool) -> Option<(Waits, Option<usize>)> {
        let class = usize::from(priority);
        let back = self.free[class].peek().map(|Reverse(Free(waits))| (*waits, None));
        let queues = self.queues[class].iter_mut().enumerate();
        let queues = queues.filter_map(|(i, queue)| queue.peek().map(|waits| (**waits, Some(i))));
        queues.chain(back).min_by_key(|(waits, _)| (waits.place.seq, waits.ticket))
    }

    /// How many with this priority are free to be called and have not been yet.
    fn left(&self, priority: bool) -> usize {
        let class = usize::from(priority);
        self.queues[class].iter().map(ExactSizeIterator::len).sum::<usize>() + self.free[class].len()
    }

    /// Whether all with priority are called before the last one without: nobody is behind others any more, and those with
    /// priority are no more than the turns that are theirs by then.
    fn others_exhaust_priority(&self) -> bool {
        // At least one turn before each without priority, of which some were taken already.
        let turns = self.recent.figures.priority_run.min(1) as usize * self.left(false);
        self.behind.is_empty() && self.left(true) + self.run as usize <= turns
    }
}

impl Iterator for Order<'_> {
    type Item = Candidate;

    fn next(&mut self) -> Option<Candidate> {
        // After n calls those are free who were behind at most n others. One who came back waits for the others, but
        // never for nobody: an empty queue calls the nearest of them.
        let mut reach = self.called;
        if self.left(true) + self.left(false) == 0 {
            reach = reach.max(self.behind.last().map_or(0, |(left, _)| *left));
        }
        while let Some((_, waits)) = self.behind.pop_if(|(left, _)| *left <= reach) {
            self.join(waits);
        }
        let [other, prioritised] = [self.first(false), self.first(true)];
        let [see_other, see_prioritised] =
            [&other, &prioritised].map(|first| first.map(|(waits, _)| self.recent.candidate(&waits, self.now)));
        let priority = !other_is_next(see_prioritised.as_ref(), see_other.as_ref(), self.run, self.recent.figures);
        let (next, (_, queue)) = if priority { (see_prioritised?, prioritised?) } else { (see_other?, other?) };
        let class = usize::from(priority);
        match queue {
            Some(i) => self.queues[class][i].next().is_some(),
            None => self.free[class].pop().is_some(),
        };
        self.run = if priority { self.run + 1 } else { 0 };
        self.called += 1;
        Some(next)
    }
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

/// A restart in the middle of the day means that everybody has waited through it.
fn has_aged(candidate: &Candidate, figures: &Figures) -> bool {
    let limit = Duration::from_secs(u64::from(figures.ageing_minutes) * 60);
    candidate.waited.is_none_or(|waited| waited > limit)
}

#[cfg(test)]
#[path = "policy_tests.rs"]
pub(crate) mod tests;
