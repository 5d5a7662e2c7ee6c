//! What a report reads: the events of its days, and the lives of the applications that began before them or go on after.

use super::Period;
use super::card::{Card, LONG_UNCOLLECTED};
use super::figures::Report;
use super::reporter::{Reporter, follow};
use queue::case::{CaseId, CaseState, Light, light};
use queue::journal::{World, new_case};
use queue::store::History;
use queue::ticket::Seq;
use queue::time::Moment;
use queue::{Fault, Store};
use std::collections::BTreeSet;

/// The figures of `period`, as of `now`.
///
/// # Errors
/// When the file cannot be read, or the journal says what the rules do not allow.
pub(crate) fn read(store: &Store, period: Period, now: Moment) -> Result<Report, Fault> {
    let office = store.office();
    let history = store.history()?;
    let stretches = history.stretches(period.from, period.to)?;
    let mut reporter = Reporter::new(office, period);
    for stretch in &stretches {
        history.events(stretch, |event| reporter.hear(event))?;
        if let Some((down, since)) = reporter.end_stretch() {
            let until = history.network_back(down)?.unwrap_or(now);
            reporter.report.outage.add(until.since(&since));
        }
    }
    let Reporter { mut report, elsewhere, .. } = reporter;
    let dated = history.cards_dated(period.from, period.to)?.into_iter();
    let heard = |(case, seq): &(CaseId, Seq)| stretches.iter().any(|s| s.contains(seq)) && !elsewhere.contains(case);
    for case in dated.filter(|dated| !heard(dated)).map(|(case, _)| case).collect::<BTreeSet<_>>() {
        life(&history, store, case, period, &mut report)?;
    }
    stand(&history, store, now, &mut report)?;
    Ok(report)
}

/// Counts an application by all its events.
fn life(history: &History, store: &Store, id: CaseId, period: Period, report: &mut Report) -> Result<(), Fault> {
    let Some(case) = store.case(id)? else { return Ok(()) };
    let mut world = World::default();
    world.cases.insert(id, new_case(id, case.receipt, case.service, case.opened));
    let mut card = Card::default();
    for event in history.events_of(id)? {
        follow(&mut world, &mut card, id, &event, store.office(), period)?;
    }
    if let Some(case) = world.cases.get(&id) {
        card.count(case, store.office(), period, &mut report.cards);
    }
    Ok(())
}

/// Counts what is on hold, unfinished and uncollected now, whatever the period.
fn stand(history: &History, store: &Store, now: Moment, report: &mut Report) -> Result<(), Fault> {
    let (cards, office) = (&mut report.cards, store.office());
    let today = now.local(office.identity.zone).date();
    for case in store.open_cases()? {
        let Some(light) = light(&case, today, office) else { continue };
        cards.unready += 1;
        cards.unready_past_target += u32::from(light != Light::Green);
        cards.unready_overdue += u32::from(light == Light::Red);
    }
    for case in history.on_hold()? {
        if let CaseState::OnHold { reason } = case.state {
            *cards.held_now.entry(reason).or_default() += 1;
        }
    }
    let date = |moment: Moment| moment.local(office.identity.zone).date();
    for ready in history.ready_since()? {
        cards.uncollected += 1;
        cards.long_uncollected += u32::from((date(now) - date(ready)).get_days() > LONG_UNCOLLECTED);
    }
    Ok(())
}
