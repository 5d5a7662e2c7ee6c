//! Taking an act back: the ticket as the journal tells it before the act.

use super::commit::About;
use super::{Command, Error, Fault, FaultKind, Store};
use crate::case::{self, Case, CaseAction, CaseId, CaseState};
use crate::journal::{Actor, Event, Happened, Known, World, new_case};
use crate::printing::{JobId, JobState, PrintJob};
use crate::refused::Refused;
use crate::ticket::{Seq, Ticket, TicketId};
use crate::undo::{self, LastAct};
use crate::visit::Action;
use rusqlite::{OptionalExtension, params};

/// How many events of others may lie between an act and its undoing on a page; more than an office makes in the time.
const LOOK_BACK: i64 = 1000;

/// An act that its clerk may take back now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undoable {
    /// Its event.
    pub act: Seq,
    /// What was done.
    pub action: Action,
    /// To whom.
    pub ticket: Ticket,
}

impl Store {
    /// URUNGKAN: takes back the act of event `act`, which must be the last one on the ticket.
    ///
    /// # Errors
    /// Refused as [`undo::permitted`] says, when something happened to the ticket since, or when its counter has called
    /// somebody else.
    pub fn undo(&mut self, command: &Command, ticket: TicketId, act: Seq) -> Result<Ticket, Error> {
        let again = |store: &Store, done: &Event| match done.happened {
            Happened::Undone { .. } if done.ticket == Some(ticket) => Ok(Some(store.known(ticket)?)),
            _ => Ok(None),
        };
        self.once(command, again, |w| {
            let day = w.day.ok_or(Refused::DayNotOpen)?;
            let ticket = w.store.known(ticket)?;
            if ticket.day != day.id {
                return Err(Refused::TicketOfAnotherDay.into());
            }
            let action = w.store.may_undo(command, &ticket, act)?;
            let before = w.store.ticket_before(ticket.id, act)?;
            let known = Known { before: Some(&before), ..Known::default() };
            w.append(Happened::Undone { act }, About::ticket(&ticket), known)?;
            let case = ticket.case.map(|id| w.store.case(id)).transpose()?.flatten();
            if let (Some(case), Some(back)) = (case, w.store.case_back(&action, ticket.case, act)?) {
                w.act_on_case(&case, &back, Some(ticket.id))?;
            }
            if let Some((job, JobState::Queued)) = w.store.paper_of(act)? {
                // Nothing of it has left the machine: a paper that nobody will see needs no row.
                w.store.db.execute("DELETE FROM print_job WHERE id = ?1", [job.0])?;
            }
            w.follow_network(before)
        })
    }

    /// What leads the application back with its visit.
    fn case_back(&self, action: &Action, case: Option<CaseId>, act: Seq) -> Result<Option<CaseAction>, Fault> {
        let cancel = |reason: &str| CaseAction::Cancel { reason: reason.into() };
        Ok(match (action, case) {
            (Action::Complete, _) => Some(cancel("berkas lengkap diurungkan")),
            (Action::PrintDirectly { .. }, _) => Some(cancel("langsung cetak diurungkan")),
            (Action::FinishRecording { .. }, Some(case)) if self.recorded_before(case, act)? => {
                Some(CaseAction::RecordAgain)
            }
            (Action::HandOver { .. } | Action::FinishRecording { .. } | Action::Refer, _) => Some(CaseAction::TakeBack),
            _ => None,
        })
    }

    /// Whether the recording of event `act` was not the application's first one.
    fn recorded_before(&self, case: CaseId, act: Seq) -> Result<bool, Fault> {
        let sql = "SELECT action = 'record-again' FROM event WHERE case_id = ?1 AND seq < ?2
                   AND action IN ('record', 'record-again', 'take-back') ORDER BY seq DESC LIMIT 1";
        Ok(self.value(sql, [case.0, act.0])?.unwrap_or(false))
    }

    /// The paper that the act ordered, if it may be in somebody's hands: the officer asks for it when the act is undone.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn paper_out(&self, act: Seq) -> Result<Option<PrintJob>, Fault> {
        let job = self.job_ordered_by(act)?.map(|job| self.print_job(job)).transpose()?.flatten();
        Ok(job.filter(|job| !matches!(job.state, JobState::Queued | JobState::FailedClean { .. })))
    }

    /// URUNGKAN in the back office: takes back one's own last act on an application.
    ///
    /// # Errors
    /// Refused as [`undo::case_way_back`] says, or when something happened to the application since.
    pub fn undo_on_case(&mut self, command: &Command, id: CaseId) -> Result<Case, Error> {
        let again = |store: &Store, done: &Event| match done.happened {
            Happened::CaseActed { .. } if done.case == Some(id) && done.ticket.is_none() => Ok(store.case(id)?),
            _ => Ok(None),
        };
        self.once(command, again, |w| {
            let mut case = w.store.case(id)?.ok_or(Refused::UnknownCase)?;
            w.store.no_other_visit(&case)?;
            let (_, back) = w.store.case_way_back(command, &case)?;
            for action in back {
                case = w.act_on_case(&case, &action, None)?;
            }
            Ok(case)
        })
    }

    /// The last act on the application, if who gives `command` may take it back now.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn undoable_on_case(&self, command: &Command, case: &Case) -> Result<Option<CaseAction>, Fault> {
        match self.case_way_back(command, case) {
            Ok((action, _)) => Ok(Some(action)),
            Err(Error::Refused(_)) => Ok(None),
            Err(Error::Fault(fault)) => Err(fault),
        }
    }

    /// Every application whose last act who gives `command` may take back now, with that act.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn undoable_cases(&self, command: &Command) -> Result<Vec<(CaseAction, Case)>, Fault> {
        let sql = "SELECT DISTINCT case_id FROM event WHERE seq > (SELECT max(seq) FROM event) - ?1 AND part = 0
                   AND ticket IS NULL AND actor = ?2 AND actor_id IS ?3 AND case_id IS NOT NULL
                   AND action IN ('send-to-village', 'record-again') ORDER BY case_id";
        let mut statement = self.db.prepare_cached(sql)?;
        let ids = statement.query_map(params![LOOK_BACK, command.by.word(), command.by.id()], |row| row.get(0))?;
        let mut found = Vec::new();
        for id in ids.collect::<Result<Vec<i64>, _>>()? {
            let Some(case) = self.case(CaseId(id))? else { continue };
            if let Some(action) = self.undoable_on_case(command, &case)? {
                found.push((action, case));
            }
        }
        Ok(found)
    }

    /// The last act on the application, and what leads back from it.
    fn case_way_back(&self, command: &Command, case: &Case) -> Result<(CaseAction, Vec<CaseAction>), Error> {
        let mut events = self.events_where("WHERE case_id = ?1 ORDER BY event.seq", [case.id.0])?;
        let passed = || Refused::UndoPassed { number: case.receipt.to_string() };
        let last = events.pop().ok_or_else(passed)?;
        let Happened::CaseActed { action } = &last.happened else { return Err(passed().into()) };
        let mut before = new_case(case.id, case.receipt, case.service.clone(), case.opened);
        for event in &events {
            if let Happened::CaseActed { action } = &event.happened {
                before = case::transition(&before, action).ok_or_else(passed)?;
            }
        }
        let own = command.by == last.by && !matches!(last.by, Actor::Named(_)) && last.ticket.is_none();
        let back = undo::case_way_back(action, &before, own, command.now.since(&last.at))?;
        Ok((action.clone(), back))
    }

    /// The last act of who gives `command`, at its counter, if it may be taken back now.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn undoable(&self, command: &Command) -> Result<Option<Undoable>, Fault> {
        let sql = "SELECT seq, ticket FROM event WHERE seq > (SELECT max(seq) FROM event) - ?1 AND part = 0
                   AND actor = ?2 AND actor_id IS ?3 AND (?4 IS NULL OR counter = ?4) ORDER BY seq DESC LIMIT 1";
        let mut statement = self.db.prepare_cached(sql)?;
        let who = params![LOOK_BACK, command.by.word(), command.by.id(), command.counter];
        let last = statement.query_row(who, |row| Ok((Seq(row.get(0)?), row.get::<_, Option<i64>>(1)?.map(TicketId))));
        let Some((act, Some(ticket))) = last.optional()? else { return Ok(None) };
        let Some(ticket) = self.ticket(ticket)? else { return Ok(None) };
        if self.open_day_now()?.is_none_or(|day| day.id != ticket.day) {
            return Ok(None);
        }
        match self.may_undo(command, &ticket, act) {
            Ok(action) => Ok(Some(Undoable { act, action, ticket })),
            Err(Error::Refused(_)) => Ok(None),
            Err(Error::Fault(fault)) => Err(fault),
        }
    }

    /// The act, if this clerk may take it back and its place is still free.
    fn may_undo(&self, command: &Command, ticket: &Ticket, act: Seq) -> Result<Action, Error> {
        let last: Option<i64> = self.value("SELECT changed_seq FROM ticket WHERE id = ?1", [ticket.id.0])?;
        let found = self.events_where("WHERE event.seq = ?1 AND ticket = ?2", [act.0, ticket.id.0])?.pop();
        let Some(event) = found.filter(|_| last == Some(act.0)) else {
            return Err(Refused::UndoPassed { number: ticket.number.to_string() }.into());
        };
        let own = command.by == event.by
            && !matches!(event.by, Actor::Named(_))
            && command.counter.is_none_or(|here| event.counter.is_none_or(|there| here == there));
        let Happened::Acted { action, .. } = event.happened else {
            let action = event.happened.word().into();
            return Err(Refused::CannotUndo { action }.into());
        };
        let sql = "SELECT 1 FROM event WHERE command = (SELECT command FROM event WHERE seq = ?1)
                   AND action IN ('cancel', 'refer') AND part > 0 LIMIT 1";
        let paper = self.paper_of(act)?;
        undo::permitted(&LastAct {
            action: &action,
            own,
            age: command.now.since(&event.at),
            paper: paper.as_ref().map(|(_, state)| state),
            case: self.value::<i64>(sql, [act.0])?.is_some(),
        })?;
        let case = ticket.case.map(|id| self.case(id)).transpose()?.flatten();
        match (&action, &case) {
            (Action::FinishRecording { .. } | Action::PrintDirectly { .. }, Some(case))
                if case.state != CaseState::Recorded =>
            {
                return Err(Refused::UndoPassed { number: ticket.number.to_string() }.into());
            }
            // From a referral no edge leads back to a recording that failed before.
            (Action::Refer, Some(case)) if self.recorded_before(case.id, act)? => {
                return Err(Refused::CannotUndo { action: action.word().into() }.into());
            }
            _ => {}
        }
        let before = self.ticket_before(ticket.id, act)?;
        if let Some(counter) = before.state.counter()
            && let Some(other) = self.at_counter(counter)?.filter(|other| other.id != ticket.id)
        {
            return Err(Refused::CounterBusy { number: other.number.to_string() }.into());
        }
        // An ended visit lets its receipt be used for the next one.
        if let Some(case) = before.case.filter(|_| ticket.state.is_final() || ticket.case != before.case) {
            let case = self.case(case)?.ok_or(Refused::UnknownCase)?;
            self.no_other_visit(&case)?;
        }
        Ok(action)
    }

    /// The ticket before event `act`: the fold of its own events so far.
    pub(super) fn ticket_before(&self, ticket: TicketId, act: Seq) -> Result<Ticket, Fault> {
        let events = self.events_where("WHERE ticket = ?1 AND event.seq < ?2 ORDER BY event.seq", [ticket.0, act.0])?;
        // What became of the application is told by other tickets' events too, and changes nothing of this one.
        let own = events.into_iter().filter(|event| !matches!(event.happened, Happened::CaseActed { .. }));
        let world = World::fold(own).map_err(|why| Fault::new(FaultKind::Damaged, why))?;
        let gone = || Fault::new(FaultKind::Damaged, format!("ticket {} has no beginning in the journal", ticket.0));
        world.tickets.get(&ticket).cloned().ok_or_else(gone)
    }

    fn paper_of(&self, act: Seq) -> Result<Option<(JobId, JobState)>, Fault> {
        let job = self.job_ordered_by(act)?.map(|job| self.print_job(job)).transpose()?.flatten();
        Ok(job.map(|job| (job.id, job.state)))
    }
}
