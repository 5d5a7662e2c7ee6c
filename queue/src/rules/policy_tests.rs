//! The order of the calls beside its definition.

use super::*;
use crate::fixture::{at, office};
use crate::ticket::Place;

/// The definition: the next ticket to call, or `None` when nobody waits. `priority_run` is the number of priority calls made
/// in a row just before, in the queues this counter serves.
fn next(waiting: &[Candidate], priority_run: u32, figures: &Figures) -> Option<TicketId> {
    // One who came back waits for the others, but never for nobody: an empty queue calls the nearest of them.
    let nearest = waiting.iter().map(|c| c.behind).min()?;
    let free = || waiting.iter().filter(|c| c.behind == 0 || c.behind == nearest);
    let first = |priority: bool| free().filter(|c| c.priority == priority).min_by_key(|c| c.place);
    Some(
        if other_is_next(first(true), first(false), priority_run, figures) { first(false) } else { first(true) }?
            .ticket,
    )
}

/// The order by its definition: who is next, again and again. It costs n² steps.
pub(crate) fn by_definition(waiting: &[Candidate], mut priority_run: u32, figures: &Figures) -> Vec<Candidate> {
    let (mut left, mut order) = (waiting.to_vec(), Vec::new());
    while let Some(ticket) = next(&left, priority_run, figures) {
        let called = left.remove(left.iter().position(|c| c.ticket == ticket).unwrap());
        priority_run = if called.priority { priority_run + 1 } else { 0 };
        left.iter_mut().for_each(|c| c.behind = c.behind.saturating_sub(1));
        order.push(waiting.iter().find(|c| c.ticket == ticket).copied().unwrap());
    }
    order
}

/// The decision by its definition: everybody as the policy sees them, and the run of priority calls, from all calls of the
/// day, newest first.
pub(crate) fn seen_by_definition(
    waiting: &[Waits],
    calls: &[PastCall],
    stages: &[Stage],
    figures: &Figures,
    now: Moment,
) -> (Vec<Candidate>, u32) {
    let here = |stage: Stage| calls.iter().filter(move |call| call.stage == stage);
    let run = calls.iter().filter(|call| stages.contains(&call.stage)).take_while(|call| call.priority).count();
    let candidates = waiting.iter().filter(|w| stages.contains(&w.stage)).map(|w| {
        let left = |behind: Seq| {
            let called = here(w.stage).filter(|call| call.seq > behind).count();
            figures.places_back.saturating_sub(called as u32)
        };
        Candidate {
            ticket: w.ticket,
            stage: w.stage,
            priority: w.priority,
            place: w.place.seq,
            waited: now.since(&w.place.since),
            behind: w.place.behind.map_or(0, left),
        }
    });
    (candidates.collect(), (run as u32).min(figures.priority_run))
}

/// People with their minutes of waiting and how many others go first, after enough calls that this is so.
fn check(list: &[(i64, bool, u64, u32)], expected: &[i64]) {
    let (figures, now) = (office().queue, at(500));
    let mut line = Line::default();
    for &(id, priority, minutes, behind) in list {
        // The calls are the events 101, 102 and 103.
        let behind = (behind > 0).then(|| Seq(100 + i64::from(behind)));
        let since = at(500 - minutes as i64);
        let place = Place { seq: Seq(id), behind, since };
        line.put(Waits { ticket: TicketId(id), stage: Stage::Verification, priority, place });
    }
    let stages = [Stage::Verification];
    let mut recent = Recent::new(&line, &stages, &figures);
    for seq in [103, 102, 101] {
        recent.hear(PastCall { seq: Seq(seq), stage: Stage::Verification, priority: false });
    }
    let ids: Vec<i64> = line.order(&recent, now).map(|c| c.ticket.0).collect();
    assert_eq!(ids, expected);
}

const STAGES: [Stage; 3] = [Stage::Verification, Stage::Recording, Stage::Collection];

/// Any line, any day's calls, any figures: the order and what is ahead of a newcomer are those of the definition.
#[test]
fn the_order_is_that_of_the_definition_for_any_queue() {
    let (mut rng, mut figures) = (fastrand::Rng::with_seed(11), office().queue);
    let (mut counted, mut last) = (0, 0);
    for round in 0..6_000 {
        figures.priority_run = rng.u32(0..4);
        figures.places_back = rng.u32(0..6);
        let now = at(100);
        let (people, came_back, prioritised) = (rng.i64(0..30), rng.u8(0..4), rng.u8(1..10));
        let mut line = Line::default();
        let mut waiting = Vec::new();
        for id in 0..people {
            let since = Moment { boot: at(0).boot - i64::from(rng.u8(0..9) == 0), ..at(rng.i64(0..100)) };
            let behind = (rng.u8(0..6) < came_back).then(|| Seq(rng.i64(200..400)));
            let place = Place { seq: Seq(id * 3 + rng.i64(0..3)), behind, since };
            let (stage, priority) = (STAGES[rng.usize(0..3)], rng.u8(0..10) < prioritised);
            let waits = Waits { ticket: TicketId(id), stage, priority, place };
            // In any order, some of them twice, and some who leave again.
            line.put(Waits { stage: STAGES[rng.usize(0..3)], ..waits });
            line.put(waits);
            waiting.push(waits);
        }
        rng.shuffle(&mut waiting);
        for gone in waiting.split_off(waiting.len() - waiting.len() / 4) {
            line.remove(gone.ticket);
        }
        let calls: Vec<PastCall> = (0..rng.i64(0..40))
            .map(|n| PastCall { seq: Seq(401 - n * 5), stage: STAGES[rng.usize(0..3)], priority: rng.bool() })
            .collect();
        let stages: Vec<Stage> = STAGES.into_iter().filter(|_| rng.u8(0..3) > 0).collect();
        let mut recent = Recent::new(&line, &stages, &figures);
        for call in &calls {
            if !recent.matters(call.seq) {
                break;
            }
            recent.hear(*call);
        }
        let defined = |waiting: &[Waits]| {
            let (seen, run) = seen_by_definition(waiting, &calls, &stages, &figures, now);
            by_definition(&seen, run, &figures)
        };
        let order: Vec<Candidate> = line.order(&recent, now).collect();
        assert_eq!(order, defined(&waiting), "round {round}: {waiting:?}");

        let Some(stage) = rng.choice(&stages) else { continue };
        // Mostly the newest of all, sometimes not.
        let seq = if rng.u8(0..5) > 0 { 500 } else { -1 };
        let place = Place { seq: Seq(seq), behind: None, since: now };
        let newcomer = Waits { ticket: TicketId(999), stage: *stage, priority: rng.u8(0..10) < prioritised, place };
        waiting.push(newcomer);
        let mut ahead: BTreeMap<Stage, usize> = BTreeMap::new();
        let order = defined(&waiting);
        for other in order.iter().take_while(|c| c.ticket != newcomer.ticket) {
            *ahead.entry(other.stage).or_default() += 1;
        }
        last += usize::from(order.last().is_some_and(|c| c.ticket == newcomer.ticket));
        counted += 1;
        let mut told = line.ahead(&newcomer, &recent, now);
        told.retain(|_, people| *people > 0);
        assert_eq!(told, ahead, "round {round}: {newcomer:?} among {waiting:?}");
        for stage in STAGES {
            let here = waiting.iter().filter(|w| w.stage == stage && w.ticket != newcomer.ticket).count();
            assert_eq!(line.count(stage), here);
        }
    }
    assert!(last > counted / 5 && last < counted * 4 / 5, "{last} of {counted} newcomers are the last of all");
}

#[test]
fn calls_are_counted_as_far_back_as_somebody_waits_for_them() {
    use Stage::{Collection, Recording, Verification};
    let figures = office().queue;
    let mut line = Line::default();
    for (id, stage, behind) in [(1, Verification, Some(20)), (2, Verification, None), (3, Collection, Some(5))] {
        let place = Place { seq: Seq(id), behind: behind.map(Seq), since: at(0) };
        line.put(Waits { ticket: TicketId(id), stage, priority: false, place });
    }
    // Newest first: two with priority at verification, one elsewhere, one without priority.
    let calls = [(30, Verification, true), (28, Collection, false), (26, Verification, true), (24, Recording, false)];
    let stages = [Verification];
    let mut recent = Recent::new(&line, &stages, &figures);
    for (seq, stage, priority) in calls {
        assert!(recent.matters(Seq(seq)));
        recent.hear(PastCall { seq: Seq(seq), stage, priority });
    }
    assert_eq!(recent.priority_run(), 2, "calls of other queues end no run");
    assert!(!recent.matters(Seq(20)), "nobody went behind others before");
    recent.hear(PastCall { seq: Seq(22), stage: Verification, priority: false });
    assert!(!recent.matters(Seq(21)), "three calls are enough for everybody");
    let seen: Vec<Candidate> = line.order(&recent, at(7)).collect();
    assert_eq!(seen.iter().map(|c| (c.ticket.0, c.behind)).collect::<Vec<_>>(), [(1, 0), (2, 0)]);
    assert_eq!(seen[0].waited, Some(Duration::from_secs(7 * 60)));
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
    check(&[(1, true, 9, 3), (2, false, 1, 0), (3, false, 1, 0), (4, false, 1, 0), (5, false, 1, 0)], &[2, 3, 4, 1, 5]);
    check(&[(1, true, 9, 3), (2, false, 1, 0)], &[2, 1]);
    check(&[(1, false, 9, 3), (2, false, 9, 2)], &[2, 1]);
}
