//! What follows from an act inside its transaction: the case, the paper, the hold of recording, quota and last number.

use super::commit::{About, Writer};
use super::{Day, Error, Issue};
use crate::case::{self, Case, CaseAction, CaseId, CaseState, Receipt};
use crate::document::{Body, Paper};
use crate::journal::{Happened, Known, case_action};
use crate::office::{Service, Stage};
use crate::refused::Refused;
use crate::ticket::{State, Ticket, TicketId};
use crate::visit::{self, Action, CaseStep, Context};
use crate::{day, network, printing};
use jiff::civil::Date;
use std::time::Duration;

impl Writer<'_> {
    /// The service and stage a wish leads to; a receipt decides both (5a: before any number is taken).
    pub(super) fn wanted(&self, wish: &Issue, case: Option<&Case>) -> Result<(Service, Stage), Error> {
        let office = &self.store.office;
        let wished = office.service(&wish.service).ok_or(Refused::UnknownService)?;
        let Some(case) = case else { return Ok((wished.clone(), wished.first_stage())) };
        let stage = visit::admit(case)?;
        self.store.no_other_visit(case)?;
        let service = if stage == Stage::Collection {
            let collection = office.services.iter().find(|s| s.first_stage() == Stage::Collection);
            if wished.first_stage() == Stage::Collection { Some(wished) } else { collection }
        } else {
            office.service(&case.service)
        };
        Ok((service.ok_or(Refused::UnknownService)?.clone(), stage))
    }

    pub(super) fn may_issue(&self, day: Day, service: &Service) -> Result<(), Error> {
        let issued = match service.quota {
            Some(_) => self.store.issued_today(service.prefix)?,
            None => 0,
        };
        let office = &self.store.office;
        let local = self.command.now.local(office.identity.zone);
        Ok(day::may_issue(office, day.date, local, service, issued)?)
    }

    /// One act, with all that follows from it: case, paper, and the hold of recording while the network is down.
    pub(super) fn act(&mut self, ticket: &Ticket, action: &Action, shown: Option<&Case>) -> Result<Ticket, Error> {
        let own = ticket.case.map(|id| self.store.case(id)).transpose()?.flatten();
        let case = own.as_ref().or(shown);
        let counter_holds = match action {
            Action::CallChosen { counter, .. } => self.store.at_counter(*counter)?.map(|t| t.number),
            _ => None,
        };
        let now = self.command.now;
        let on_board = match action {
            Action::Recall | Action::Skip => self.store.on_board(ticket.number, now)?,
            _ => Duration::ZERO,
        };
        let today = self.day.ok_or(Refused::DayNotOpen)?.date;
        let context = Context {
            office: &self.store.office,
            now,
            today,
            seq: self.next(),
            network_down: self.store.network_down()?.is_some(),
            case,
            counter_holds,
            on_board,
        };
        let step = visit::apply(ticket, action, &context)?;
        let mut about = About { case: case.map(|c| c.id), ..About::ticket(ticket) };
        match (&ticket.state, action) {
            (State::Waiting { .. }, Action::Call { counter } | Action::CallChosen { counter, .. }) => {
                about.counter = Some(*counter);
            }
            (
                State::Serving { since, .. },
                Action::Complete
                | Action::PrintDirectly { .. }
                | Action::Return { .. }
                | Action::FinishRecording { .. }
                | Action::HandOver { .. }
                | Action::Finish,
            ) => about.served = now.since(since),
            _ => {}
        }
        let to = visit::goes_to(ticket, action, &self.store.office);
        let known = Known { ticket: Some(ticket), ..Known::default() };
        let acted = self.append(Happened::Acted { action: action.clone(), to }, about, known)?;
        let (seq, mut after) = (acted.seq, acted.ticket.ok_or(Refused::UnknownTicket)?);
        if let Action::Call { counter } | Action::CallChosen { counter, .. } = action {
            self.end_pause(*counter)?;
        }
        let mut case = case.cloned();
        if let Some(CaseStep::Open | CaseStep::OpenAndRecord(_)) = &step.case {
            let opened = self.open_case(&after, today)?;
            after.case = Some(opened.id);
            case = Some(opened);
        }
        self.fold.flush()?;
        if let (Some(action), Some(open)) = (step.case.as_ref().and_then(case_action), &case) {
            case = Some(self.act_on_case(open, action, Some(after.id))?);
        }
        if let Some(paper) = step.paper {
            let body = self.body(&after, case.as_ref(), paper)?;
            // A case that is recorded again has its receipt already: the second paper is marked as one.
            let printed: Option<u8> = match (paper, after.case) {
                (Paper::Receipt, Some(case)) => self
                    .store
                    .value("SELECT max(copy) FROM print_job WHERE case_id = ?1 AND paper = 'receipt'", [case.0])?
                    .flatten(),
                _ => None,
            };
            self.queue_paper(&after, body, printing::copy_due_again(printed), seq)?;
        }
        if matches!(after.state, State::Waiting { .. }) { self.follow_network(after) } else { Ok(after) }
    }

    /// While the network is down nobody waits for recording or is recorded, and while it is up nobody is held (S26).
    pub(super) fn follow_network(&mut self, ticket: Ticket) -> Result<Ticket, Error> {
        match network::follow(&ticket.state, self.store.network_down()?.is_some()) {
            Some(action) => self.act(&ticket, &action, None),
            None => Ok(ticket),
        }
    }

    pub(super) fn open_case(&mut self, ticket: &Ticket, today: Date) -> Result<Case, Error> {
        let id: i64 = self.store.value("SELECT coalesce(max(id), 0) + 1 FROM application", [])?.unwrap_or(1);
        let year = u8::try_from(today.year().rem_euclid(100)).unwrap_or(0);
        let receipt = Receipt { year, n: self.next_receipt(year)? };
        let about = About { ticket: Some(ticket.id), case: Some(CaseId(id)), ..About::default() };
        let known = Known { ticket: Some(ticket), ..Known::default() };
        let opened = self.append(Happened::CaseOpened { receipt }, about, known)?;
        opened.case.ok_or(Refused::UnknownCase.into())
    }

    pub(super) fn act_on_case(
        &mut self,
        case: &Case,
        action: &CaseAction,
        ticket: Option<TicketId>,
    ) -> Result<Case, Error> {
        case::apply(case, action, &self.store.office)?;
        let about = About { ticket, case: Some(case.id), ..About::default() };
        let known = Known { case: Some(case), ..Known::default() };
        let acted = self.append(Happened::CaseActed { action: action.clone() }, about, known)?;
        acted.case.ok_or(Refused::UnknownCase.into())
    }

    /// What a paper that follows from an act says.
    pub(super) fn body(&self, ticket: &Ticket, case: Option<&Case>, paper: Paper) -> Result<Body, Error> {
        let number = ticket.number;
        Ok(match (paper, &ticket.state, case) {
            (Paper::Return, State::Returned { missing, .. }, _) => {
                let date = self.day.map(|day| day.date);
                let hours = date.and_then(|date| self.store.office.hours.of(date.weekday()));
                Body::Return { number, missing: missing.clone(), until: hours.map(|h| h.close) }
            }
            (Paper::Receipt, _, Some(case)) => {
                Body::Receipt { receipt: case.receipt, service: case.service.clone(), place: case.place.clone() }
            }
            (Paper::Network, _, Some(case)) if matches!(case.state, CaseState::Verified { .. }) => {
                Body::Network { number, receipt: case.receipt, may_wait: !ticket.state.is_final() }
            }
            (_, state, _) => {
                return Err(Refused::NotAllowed { state: state.word().into(), action: "network-slip".into() }.into());
            }
        })
    }
}
