//! The journal of a report's days, heard event by event.

use super::Period;
use super::card::Card;
use super::figures::{Report, weekday};
use super::visit::Visit;
use jiff::civil::Date;
use queue::case::{CaseAction, CaseId};
use queue::journal::{Event, Happened, World};
use queue::store::FaultKind;
use queue::ticket::{DayId, Seq, TicketId};
use queue::time::Moment;
use queue::{Fault, Office};
use std::collections::{BTreeMap, BTreeSet};

/// Counts while the days of a period pass by. It holds the visits of one day and the applications that have not ended.
pub(super) struct Reporter<'a> {
    office: &'a Office,
    period: Period,
    pub(super) report: Report,
    /// The applications that have events on other days, too.
    pub(super) elsewhere: BTreeSet<CaseId>,
    /// The tickets of the day that passes by, and the applications that began in the stretch.
    world: World,
    day: Option<(DayId, Date)>,
    visits: BTreeMap<TicketId, Visit>,
    cards: BTreeMap<CaseId, Card>,
    /// The event by which the network is down, and since when.
    down: Option<(Seq, Moment)>,
}

impl<'a> Reporter<'a> {
    /// Begins a report of `period`.
    pub(super) fn new(office: &'a Office, period: Period) -> Reporter<'a> {
        Reporter {
            office,
            period,
            report: Report::default(),
            elsewhere: BTreeSet::new(),
            world: World::default(),
            day: None,
            visits: BTreeMap::new(),
            cards: BTreeMap::new(),
            down: None,
        }
    }

    /// The next event of the stretch; the first one opens a day.
    ///
    /// # Errors
    /// When the rules do not allow it.
    pub(super) fn hear(&mut self, event: &Event) -> Result<(), Fault> {
        if let Happened::DayOpened { date, .. } = &event.happened {
            // The same day opened again goes on with its visits.
            if self.day.is_none_or(|(day, _)| day != event.day) {
                self.end_day();
                self.day = Some((event.day, *date));
                self.report.days.entry(*date).or_default();
            }
        }
        let Some((_, date)) = self.day else { return Ok(()) };
        match &event.happened {
            Happened::DayOpened { .. } => fold(&mut self.world, event)?,
            Happened::Issued { priority, .. } => {
                fold(&mut self.world, event)?;
                let counts = self.report.days.entry(date).or_default();
                counts.issued += 1;
                counts.priority += u32::from(*priority);
                let hour = event.at.local(self.office.identity.zone).hour();
                let hour = usize::from(hour.unsigned_abs()) % 24;
                self.report.hours[hour] += 1;
                self.report.arrivals[weekday(date)][hour] += 1;
            }
            Happened::Acted { .. } => {
                let id = event.ticket.unwrap_or(TicketId(0));
                let before = self.world.tickets.get(&id).cloned();
                fold(&mut self.world, event)?;
                if let (Some(before), Some(after)) = (before, self.world.tickets.get(&id)) {
                    let visit = self.visits.entry(id).or_default();
                    visit.hear(&before, after, event.at, (date, self.office.identity.zone), &mut self.report);
                }
            }
            Happened::Undone { .. } => {
                fold(&mut self.world, event)?;
                if let Some(visit) = event.ticket.and_then(|id| self.visits.get_mut(&id)) {
                    visit.take_back();
                }
            }
            Happened::CaseOpened { .. } => {
                fold(&mut self.world, event)?;
                self.cards.extend(event.case.map(|id| (id, Card::default())));
            }
            Happened::CaseActed { action } => {
                let Some(id) = event.case else { return Ok(()) };
                if let CaseAction::Record { on, .. } = action {
                    self.report.cards.recorded += u32::from(self.period.contains(*on));
                }
                match self.cards.get_mut(&id) {
                    Some(card) => follow(&mut self.world, card, id, event, self.office, self.period)?,
                    None => drop(self.elsewhere.insert(id)),
                }
            }
            Happened::NetworkDown => {
                self.down = Some((event.seq, event.at));
                self.report.outages += 1;
            }
            Happened::NetworkUp => {
                if let Some((_, since)) = self.down.take() {
                    self.report.outage.add(event.at.since(&since));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The last event of a stretch was heard. The outage that is under way then, by its event, and since when.
    pub(super) fn end_stretch(&mut self) -> Option<(Seq, Moment)> {
        self.end_day();
        self.day = None;
        self.world = World::default();
        self.elsewhere.extend(std::mem::take(&mut self.cards).into_keys());
        self.down.take()
    }

    /// Nothing of the day that is over can be undone any more, and of an application that has ended nothing more is heard.
    fn end_day(&mut self) {
        let Some((_, date)) = self.day else { return };
        for (id, ticket) in std::mem::take(&mut self.world.tickets) {
            let zone = self.office.identity.zone;
            self.visits.remove(&id).unwrap_or_default().count(&ticket, (date, zone), &mut self.report);
        }
        let (ended, open): (BTreeMap<_, _>, _) =
            std::mem::take(&mut self.world.cases).into_iter().partition(|(_, case)| case.state.is_final());
        self.world.cases = open;
        for (id, case) in ended {
            if let Some(card) = self.cards.remove(&id) {
                card.count(&case, self.office, self.period, &mut self.report.cards);
            }
        }
    }
}

/// Tells `card` the next event of its application, which `world` knows.
///
/// # Errors
/// As [`Reporter::hear`].
pub(super) fn follow(
    world: &mut World,
    card: &mut Card,
    id: CaseId,
    event: &Event,
    office: &Office,
    period: Period,
) -> Result<(), Fault> {
    if !matches!(event.happened, Happened::CaseActed { .. }) {
        return Ok(());
    }
    let before = world.cases.get(&id).cloned();
    fold(world, event)?;
    if let (Some(before), Some(after)) = (before, world.cases.get(&id)) {
        // The back office also works after the close: its dates are the clock's.
        card.hear(&before, after, event.at.local(office.identity.zone).date(), period);
    }
    Ok(())
}

fn fold(world: &mut World, event: &Event) -> Result<(), Fault> {
    world.hear(event).map_err(|message| Fault { kind: FaultKind::Damaged, message })
}
