//! Days, numbers, calls and acts: the verbs that change a visit or an application.

use super::commit::About;
use super::{Command, Day, Error, Fault, FaultKind, Issue, Issued, Store, Summary};
use crate::board::DayStatus;
use crate::case::{Case, CaseAction, CaseId, Receipt};
use crate::day::Opening;
use crate::devices::CALL_LASTS;
use crate::document::{Body, Paper};
use crate::journal::{Event, Happened, Known};
use crate::lang::Lang;
use crate::printing::JobId;
use crate::refused::Refused;
use crate::ticket::{CounterNumber, DayId, Number, State, Ticket, TicketId};
use crate::visit::Action;
use crate::{day, network, printing, words};
use jiff::civil::Date;

/// Below this the disk is as good as full: no more numbers, so that open visits can still be finished.
const LEAST_FREE_SPACE: u64 = 64 << 20;

impl Store {
    /// BUKA_HARI: opens the service day of `date`, which a person has confirmed. A day that was closed the same date
    /// is opened again, so that no number is used twice on one date. A day that was left open ([`DayStatus::LeftOpen`])
    /// goes on when it is opened by its date once more with `clock_is_wrong`.
    ///
    /// # Errors
    /// Refused when another day is open, when `date` lies before the last day, or when it differs from the clock's and
    /// `clock_is_wrong` does not say that a person knows.
    pub fn open_day(&mut self, command: &Command, date: Date, clock_is_wrong: bool) -> Result<Day, Error> {
        let again = |store: &Store, done: &Event| match done.happened {
            Happened::DayOpened { .. } => Ok(store.open_day_now()?),
            _ => Ok(None),
        };
        self.once(command, again, |w| {
            let clock = command.now.local(w.store.office.identity.zone).date();
            if let Some(day) = w.day {
                match w.store.day_status(command.now)? {
                    DayStatus::LeftOpen { .. } if day.date != date => {
                        return Err(Refused::DayLeftOpen { date: day.date, clock }.into());
                    }
                    DayStatus::LeftOpen { .. } if clock_is_wrong => {}
                    DayStatus::LeftOpen { .. } => return Err(Refused::DateDiffersFromClock { clock }.into()),
                    _ => return Err(Refused::DayAlreadyOpen.into()),
                }
                w.tell(Happened::DayOpened { date, clock_is_wrong })?;
                return Ok(day);
            }
            let last = w.store.last_day()?;
            let used: Option<i64> = w.store.value("SELECT id FROM day WHERE date = ?1", [date.to_string()])?;
            let used_before = used.is_some() && used != last.map(|last| last.id.0);
            let id = match (day::open(date, last.map(|last| last.date), used_before, clock, clock_is_wrong)?, last) {
                (Opening::Again, Some(last)) => last.id,
                (_, last) => DayId(last.map_or(0, |last| last.id.0) + 1),
            };
            let day = Day { id, date };
            w.day = Some(day);
            w.tell(Happened::DayOpened { date, clock_is_wrong })?;
            Ok(day)
        })
    }

    /// TUTUP_HARI: brings every open ticket into a final state and closes the day. Nothing is deleted.
    ///
    /// # Errors
    /// Refused when no day is open.
    pub fn close_day(&mut self, command: &Command) -> Result<Summary, Error> {
        let again = |store: &Store, done: &Event| match done.happened {
            Happened::DayClosed => Ok(Some(store.summary(done.day)?)),
            _ => Ok(None),
        };
        self.once(command, again, |w| {
            let day = w.day.ok_or(Refused::DayNotOpen)?;
            let seq = w.tell(Happened::DayClosed)?;
            for ticket in w.store.select_tickets("WHERE ticket.stage IS NOT NULL ORDER BY ticket.id", [])? {
                w.act(&ticket, &Action::Close, None)?;
            }
            let summary = w.store.summary(day.id)?;
            if summary.issued > 0 {
                w.queue_summary(&summary, seq)?;
            }
            Ok(summary)
        })
    }

    /// Whether the disk has no room for another number; everything that is open can still be finished.
    pub fn is_full(&self) -> bool {
        self.free_space() < LEAST_FREE_SPACE
    }

    /// AMBIL_NOMOR: ticket, event and slip in one transaction. With a receipt, the case decides the queue: ready for
    /// collection, or straight to recording when the network put it off.
    ///
    /// # Errors
    /// Refused when the day is not open or was left open, the quota is reached, the last number has passed, the receipt is
    /// unknown, its card is not ready, or it has a number today already. A fault when the disk is nearly full.
    pub fn issue(&mut self, command: &Command, wish: &Issue) -> Result<Issued, Error> {
        self.issue_unless(command, wish, None)
    }

    /// The same by an officer who overrules the quota and the hour of the last number, with the reason on record.
    ///
    /// # Errors
    /// As [`Store::issue`], or when there is no reason.
    pub fn issue_overruling(&mut self, command: &Command, wish: &Issue, reason: &str) -> Result<Issued, Error> {
        self.issue_unless(command, wish, Some(reason.trim()))
    }

    fn issue_unless(&mut self, command: &Command, wish: &Issue, overruled: Option<&str>) -> Result<Issued, Error> {
        if overruled == Some("") {
            return Err(Refused::ReasonNeeded.into());
        }
        let again = |store: &Store, done: &Event| match (&done.happened, done.ticket) {
            (Happened::Issued { .. }, Some(ticket)) => Ok(Some(store.issued(ticket)?)),
            _ => Ok(None),
        };
        self.once(command, again, |w| {
            if w.store.is_full() {
                let message = format!("less than 64 MiB are free in {}; free some space", w.store.dir.display());
                return Err(Fault::new(FaultKind::Full, message).into());
            }
            let day = w.day.ok_or(Refused::DayNotOpen)?;
            if let DayStatus::LeftOpen { date } = w.store.day_status(command.now)? {
                let clock = command.now.local(w.store.office.identity.zone).date();
                return Err(Refused::DayLeftOpen { date, clock }.into());
            }
            let case = wish.receipt.map(|r| w.store.case_of(r)).transpose()?;
            let (service, stage) = w.wanted(wish, case.as_ref())?;
            // Where nothing forbids the number there is nothing to overrule.
            let overruled = match (w.may_issue(day, &service), overruled) {
                (Ok(()), _) => None,
                (Err(Error::Refused(_)), Some(reason)) => Some(reason.to_string()),
                (Err(no), _) => return Err(no),
            };
            let prefix = service.prefix;
            let n = w.next_number(day, prefix)?;
            let id: i64 = w.store.value("SELECT coalesce(max(id), 0) + 1 FROM ticket", [])?.unwrap_or(1);
            let case = case.map(|case| case.id);
            let line = w.line()?;
            let happened = Happened::Issued {
                number: Number { prefix, n },
                service: service.key.clone(),
                priority: wish.priority,
                lang: wish.lang,
                stage,
                case,
                overruled,
            };
            let about = About {
                ticket: Some(TicketId(id)),
                case,
                stage: Some(stage),
                priority: Some(wish.priority),
                ..About::default()
            };
            let issued = w.append(happened, about, Known::default())?;
            let (seq, ticket) = (issued.seq, issued.ticket.ok_or(Refused::UnknownTicket)?);
            let (ahead, wait) = w.store.forecast(&line, &ticket, command.now)?;
            let body = Body::Slip {
                number: ticket.number,
                service: service.key.clone(),
                stage,
                counters: w.store.office.counters_for(stage).map(|c| c.number).collect(),
                ahead,
                wait,
                priority: wish.priority,
            };
            let slip = w.queue_paper(&ticket, body, 0, seq)?;
            let ticket = w.follow_network(ticket)?;
            Ok(Issued { ticket, ahead, wait, slip })
        })
    }

    /// PANGGIL: the next one for this counter, or nobody.
    ///
    /// # Errors
    /// Refused when the counter is unknown or still holds a ticket, or the day is not open.
    pub fn call_next(&mut self, command: &Command, counter: CounterNumber) -> Result<Option<Ticket>, Error> {
        let again = |store: &Store, done: &Event| match (&done.happened, done.ticket) {
            (Happened::Acted { action: Action::Call { counter: called }, .. }, Some(ticket)) if *called == counter => {
                Ok(Some(store.ticket(ticket)?))
            }
            _ => Ok(None),
        };
        self.once(command, again, |w| {
            w.day.ok_or(Refused::DayNotOpen)?;
            let serves = &w.store.office.counter(counter).ok_or(Refused::UnknownCounter)?.stages;
            if let Some(held) = w.store.at_counter(counter)? {
                return Err(Refused::CounterBusy { number: held.number.to_string() }.into());
            }
            let next = {
                let line = w.line()?;
                let recent = w.store.recent(&line, serves)?;
                line.order(&recent, command.now).next()
            };
            let Some(next) = next else { return Ok(None) };
            let ticket = w.store.known(next.ticket)?;
            Ok(Some(w.act(&ticket, &Action::Call { counter }, None)?))
        })
    }

    /// One act on one ticket of the open day. `seen` is the state (as [`State::seen`] tells it) that whoever acts decided
    /// about; `None` acts whatever the state is.
    ///
    /// # Errors
    /// Refused as [`crate::visit::apply`] says, when the day is not open or the ticket is of another day, or when the
    /// ticket is no longer as it was seen.
    pub fn act(
        &mut self,
        command: &Command,
        ticket: TicketId,
        action: &Action,
        seen: Option<&str>,
    ) -> Result<Ticket, Error> {
        let again = |store: &Store, done: &Event| match &done.happened {
            Happened::Acted { action: was, .. } if was == action && done.ticket == Some(ticket) => {
                Ok(Some(store.known(ticket)?))
            }
            _ => Ok(None),
        };
        self.once(command, again, |w| {
            let day = w.day.ok_or(Refused::DayNotOpen)?;
            // Closing is the day's act and calling in turn is the policy's; neither is a button on one ticket.
            if matches!(action, Action::Close | Action::Call { .. } | Action::Resume) {
                let state = w.store.known(ticket)?.state.word().into();
                return Err(Refused::NotAllowed { state, action: action.word().into() }.into());
            }
            let ticket = w.store.known(ticket)?;
            if ticket.day != day.id {
                return Err(Refused::TicketOfAnotherDay.into());
            }
            if seen.is_some_and(|seen| seen != ticket.state.seen()) {
                let standing = |lang| words::standing(&ticket.state, &w.store.office, lang);
                let (standing_id, standing_en) = (standing(Lang::Id), standing(Lang::En));
                return Err(Refused::StalePage { number: ticket.number.to_string(), standing_id, standing_en }.into());
            }
            let shown = match action {
                Action::HandOver { receipt: Some(receipt), .. } if ticket.case.is_none() => {
                    let case = w.store.case_of(*receipt)?;
                    w.store.no_other_visit(&case)?;
                    Some(case)
                }
                _ => None,
            };
            w.act(&ticket, action, shown.as_ref())
        })
    }

    /// One act on one case, at the counter or in the back office; needs no open day.
    ///
    /// # Errors
    /// Refused as [`case::apply`] says. An act that belongs to the visit under way is refused here.
    pub fn act_on_case(&mut self, command: &Command, id: CaseId, action: &CaseAction) -> Result<Case, Error> {
        let again = |store: &Store, done: &Event| match &done.happened {
            Happened::CaseActed { action: was } if was == action && done.case == Some(id) && done.ticket.is_none() => {
                Ok(store.case(id)?)
            }
            _ => Ok(None),
        };
        self.once(command, again, |w| {
            let case = w.store.case(id)?.ok_or(Refused::UnknownCase)?;
            w.store.no_other_visit(&case)?;
            w.act_on_case(&case, action, None)
        })
    }

    /// The switch "Jaringan terganggu" (S26): holds every ticket that waits for recording or is being recorded, or
    /// brings the held ones back to their places.
    ///
    /// # Errors
    /// Refused when the switch stands so already, or before the first day.
    pub fn set_network(&mut self, command: &Command, down: bool) -> Result<(), Error> {
        let happened = if down { Happened::NetworkDown } else { Happened::NetworkUp };
        let again = |_: &Store, done: &Event| Ok((done.happened == happened).then_some(()));
        self.once(command, again, |w| {
            network::switch(w.store.network_down()?.is_some(), down)?;
            w.tell(happened.clone())?;
            let recording = "WHERE ticket.stage IS NOT NULL AND ticket.stage = 'recording' ORDER BY ticket.id";
            for ticket in w.store.select_tickets(recording, [])? {
                w.follow_network(ticket)?;
            }
            Ok(())
        })
    }

    /// "Panggil petugas" at the kiosk. Asking again within [`CALL_LASTS`] changes nothing; later it calls anew.
    ///
    /// # Errors
    /// Refused before the first day.
    pub fn ask_help(&mut self, command: &Command) -> Result<(), Error> {
        self.help(command, Happened::HelpAsked)
    }

    /// An officer goes to the kiosk; the alert ends everywhere.
    ///
    /// # Errors
    /// Refused before the first day.
    pub fn answer_help(&mut self, command: &Command) -> Result<(), Error> {
        self.help(command, Happened::HelpAnswered)
    }

    fn help(&mut self, command: &Command, happened: Happened) -> Result<(), Error> {
        let again = |_: &Store, done: &Event| Ok((done.happened == happened).then_some(()));
        self.once(command, again, |w| {
            let asked = w.store.help_asked()?;
            let settled = match happened {
                // Of a call before a restart nobody knows how old it is.
                Happened::HelpAsked => asked.and_then(|at| command.now.since(&at)).is_some_and(|ago| ago < CALL_LASTS),
                _ => asked.is_none(),
            };
            if settled {
                return Ok(());
            }
            w.tell(happened.clone()).map(drop)
        })
    }

    /// Orders the network slip of a held or put-off ticket (S26), the only paper that comes on request. Papers that follow
    /// from an act come by themselves, and come again by [`Store::reprint`].
    ///
    /// # Errors
    /// Refused in any other state, and when it was reprinted often enough.
    pub fn order_network_slip(&mut self, command: &Command, ticket: TicketId) -> Result<JobId, Error> {
        let again = |store: &Store, done: &Event| match done.happened {
            Happened::PaperOrdered { paper: Paper::Network } if done.ticket == Some(ticket) => {
                Ok(store.job_ordered_by(done.seq)?)
            }
            _ => Ok(None),
        };
        self.once(command, again, |w| {
            let ticket = w.store.known(ticket)?;
            if !matches!(ticket.state, State::Held { .. } | State::Deferred) {
                let state = ticket.state.word().into();
                return Err(Refused::NotAllowed { state, action: "network-slip".into() }.into());
            }
            let case = ticket.case.map(|id| w.store.case(id)).transpose()?.flatten();
            let body = w.body(&ticket, case.as_ref(), Paper::Network)?;
            // A second paper that says the same is a reprint, and is marked and limited as one.
            let copy = match w.store.newest_print(Some(ticket.id), |document| document.body == body)? {
                Some(printed) => printing::next_copy(&printed, &w.store.office.queue)?,
                None => 0,
            };
            let happened = Happened::PaperOrdered { paper: Paper::Network };
            let ordered = w.append(happened, About::ticket(&ticket), Known::default())?;
            w.queue_paper(&ticket, body, copy, ordered.seq)
        })
    }

    pub(super) fn known(&self, id: TicketId) -> Result<Ticket, Error> {
        self.ticket(id)?.ok_or(Refused::UnknownTicket.into())
    }

    fn case_of(&self, receipt: Receipt) -> Result<Case, Error> {
        self.case_by_receipt(receipt)?.ok_or(Refused::UnknownCase.into())
    }

    /// Refuses a second visit for a case that has one under way.
    pub(super) fn no_other_visit(&self, case: &Case) -> Result<(), Error> {
        let visit = self.select_tickets("WHERE ticket.case_id = ?1 AND ticket.stage IS NOT NULL", [case.id.0])?;
        match visit.first() {
            Some(ticket) => Err(Refused::CaseHasTicket { number: ticket.number.to_string() }.into()),
            None => Ok(()),
        }
    }
}
