//! Everything the journal leads to, in memory: the proof that the tables of the store are the fold of the events, and what
//! reports listen to.

use super::accounts::AccountBook;
use super::fold::{Change, Known, follow};
use super::happened::Happened;
use super::record::Event;
use crate::case::{Case, CaseId};
use crate::notice::{Notice, NoticeId};
use crate::ticket::{DayId, Seq, Ticket, TicketId};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Tickets, cases, days and switches as the journal tells them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // The names say it.
pub struct World {
    pub tickets: BTreeMap<TicketId, Ticket>,
    pub cases: BTreeMap<CaseId, Case>,
    /// Dates of all days, and which is open.
    pub days: BTreeMap<DayId, Date>,
    pub open_day: Option<DayId>,
    pub network_down: bool,
    /// Whether somebody at the kiosk waits for an officer.
    pub help: bool,
    /// Those that nobody has taken down.
    pub notices: BTreeMap<NoticeId, Notice>,
    /// As staff last set it; nobody has is 100.
    pub volume: Option<u8>,
    pub accounts: AccountBook,
    /// Every ticket of the last day before its last act, with that act's event: what can be taken back.
    before: BTreeMap<TicketId, (Seq, Ticket)>,
}

impl World {
    /// The world after all of `events`.
    ///
    /// # Errors
    /// The first event that the rules do not allow, in words for a technician: the journal was tampered with.
    pub fn fold(events: impl IntoIterator<Item = Event>) -> Result<World, String> {
        let mut world = World::default();
        for event in events {
            world.hear(&event)?;
        }
        Ok(world)
    }

    /// The next event.
    ///
    /// # Errors
    /// As [`World::fold`].
    pub fn hear(&mut self, event: &Event) -> Result<(), String> {
        self.apply(event).map_err(|why| format!("event {}: {why}", event.seq.0))
    }

    fn apply(&mut self, event: &Event) -> Result<(), String> {
        let undone = match &event.happened {
            Happened::Undone { act } => {
                event.ticket.and_then(|id| self.before.remove(&id)).filter(|(seq, _)| seq == act)
            }
            _ => None,
        };
        let known = Known {
            ticket: event.ticket.and_then(|id| self.tickets.get(&id)),
            case: event.case.and_then(|id| self.cases.get(&id)),
            before: undone.as_ref().map(|(_, ticket)| ticket),
        };
        for change in follow(event, known)? {
            self.keep(event, change)?;
        }
        Ok(())
    }

    fn keep(&mut self, event: &Event, change: Change) -> Result<(), String> {
        match change {
            Change::Ticket(ticket) => {
                if let Some(before) = self.tickets.insert(ticket.id, ticket)
                    && matches!(event.happened, Happened::Acted { .. })
                {
                    self.before.insert(before.id, (event.seq, before));
                }
            }
            Change::Case(case) => drop(self.cases.insert(case.id, case)),
            Change::DayOpened(day, date) => {
                // A day that is opened again goes on where it was closed.
                if self.days.insert(day, date).is_none() {
                    self.before.clear();
                }
                self.open_day = Some(day);
            }
            Change::DayClosed => self.open_day = None,
            Change::Network(down) => self.network_down = down,
            Change::Help(asked) => self.help = asked,
            Change::Volume(percent) => self.volume = Some(percent),
            Change::Restart(_) => {}
            Change::Notice(id, notice) => drop(self.notices.insert(id, notice)),
            Change::NoticeEnded(id) => drop(self.notices.remove(&id).ok_or("unknown notice")?),
            Change::Accounts => self.accounts.hear(event.seq, &event.happened)?,
        }
        Ok(())
    }
}
