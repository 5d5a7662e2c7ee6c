//! The journal, heard event by event.

use super::Period;
use super::card::Card;
use super::figures::Report;
use super::visit::Visit;
use jiff::civil::Date;
use queue::Office;
use queue::case::CaseId;
use queue::journal::{Event, Happened};
use queue::ticket::{DayId, TicketId};
use queue::time::Moment;
use std::collections::BTreeMap;

/// Counts while the whole journal passes by: a card made ready today was recorded in another month. It holds the visits
/// of one day and the applications that have not ended.
pub(crate) struct Reporter<'a> {
    office: &'a Office,
    period: Period,
    report: Report,
    /// The service day that passes by.
    day: Option<(DayId, Date)>,
    /// Its visits.
    visits: BTreeMap<TicketId, Visit>,
    /// The applications that have not ended, and those that ended on that day.
    cards: BTreeMap<CaseId, Card>,
    /// Since when the network is down, and whether that was in the period.
    down: Option<(Moment, bool)>,
}

impl<'a> Reporter<'a> {
    /// Begins a report of `period`.
    pub(crate) fn new(office: &'a Office, period: Period) -> Reporter<'a> {
        Reporter {
            office,
            period,
            report: Report::default(),
            day: None,
            visits: BTreeMap::new(),
            cards: BTreeMap::new(),
            down: None,
        }
    }

    /// The next event of the journal.
    pub(crate) fn hear(&mut self, event: Event) {
        if let Happened::DayOpened { date, .. } = &event.happened {
            // The same day opened again goes on with its visits.
            if self.day.is_none_or(|(day, _)| day != event.day) {
                self.end_day();
                self.day = Some((event.day, *date));
            }
        }
        let Some((_, date)) = self.day else { return };
        let counted = self.period.contains(date);
        match event.happened {
            Happened::DayOpened { .. } if counted => drop(self.report.days.entry(date).or_default()),
            Happened::Issued { stage, priority, .. } => {
                let Some(id) = event.ticket else { return };
                self.visits.insert(id, Visit::new(date, counted, stage, event.at));
                if counted {
                    let counts = self.report.days.entry(date).or_default();
                    counts.issued += 1;
                    counts.priority += u32::from(priority);
                    let hour = event.at.local(self.office.identity.zone).hour();
                    self.report.hours[usize::from(hour.unsigned_abs()) % 24] += 1;
                }
            }
            Happened::Acted { action, to } => {
                let Some(visit) = event.ticket.and_then(|id| self.visits.get_mut(&id)) else { return };
                visit.hear(action, to, event.at, &mut self.report);
            }
            Happened::Undone { .. } => {
                let Some(visit) = event.ticket.and_then(|id| self.visits.get_mut(&id)) else { return };
                visit.take_back();
            }
            Happened::CaseActed { action } => {
                let Some(case) = event.case else { return };
                // The back office also works after the close: its dates are the clock's.
                let on = event.at.local(self.office.identity.zone).date();
                self.cards.entry(case).or_default().hear(&action, on, self.period, &mut self.report.cards);
            }
            Happened::NetworkDown => {
                self.down = Some((event.at, counted));
                self.report.outages += u32::from(counted);
            }
            Happened::NetworkUp => self.network_up(event.at),
            _ => {}
        }
    }

    /// The outage that ends now, or has lasted until now.
    fn network_up(&mut self, now: Moment) {
        if let Some((since, true)) = self.down.take() {
            self.report.outage.add(now.since(&since));
        }
    }

    /// The figures, after the last event and as of `now`.
    pub(crate) fn finish(mut self, now: Moment) -> Report {
        self.end_day();
        self.network_up(now);
        let today = now.local(self.office.identity.zone).date();
        for card in self.cards.values() {
            card.count(today, self.office, self.period, &mut self.report.cards);
        }
        self.report
    }

    /// Nothing of the day that is over can be undone any more.
    fn end_day(&mut self) {
        for (_, visit) in std::mem::take(&mut self.visits) {
            visit.count(&mut self.report);
        }
        let (office, period, counted) = (self.office, self.period, &mut self.report.cards);
        self.cards.retain(|_, card| {
            let ended = card.has_ended();
            if ended {
                // Who ended long ago is neither held nor uncollected, whatever today is.
                card.count(period.to, office, period, counted);
            }
            !ended
        });
    }
}
