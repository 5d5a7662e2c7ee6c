//! One command, one transaction: what was done before is answered again, what is new is appended and kept.

use super::doorbell::ring;
use super::{Command, Day, Error, Fault, FaultKind, Store};
use crate::case::{Case, CaseId};
use crate::journal::{self, Chain, Change, Event, FORMAT, Happened, Known, Record, Words};
use crate::office::Stage;
use crate::refused::Refused;
use crate::ticket::{CounterNumber, DayId, Seq, Ticket, TicketId};
use crate::visit::Action;
use rusqlite::{Transaction, TransactionBehavior};
use std::time::Duration;

/// One command's transaction: events go in, in order, each chained to the one before.
pub(super) struct Writer<'a> {
    pub(super) store: &'a Store,
    pub(super) command: &'a Command,
    /// The open day.
    pub(super) day: Option<Day>,
    next: Seq,
    part: u32,
    pub(super) generation: u32,
    chain: Chain,
    pub(super) fold: Fold<'a>,
}

/// What an event is about, beside what happened.
#[derive(Clone, Copy, Default)]
pub(super) struct About {
    pub(super) ticket: Option<TicketId>,
    pub(super) case: Option<CaseId>,
    pub(super) stage: Option<Stage>,
    pub(super) counter: Option<CounterNumber>,
    pub(super) priority: Option<bool>,
    pub(super) served: Option<Duration>,
}

impl About {
    /// A ticket, as it was before the event.
    pub(super) fn ticket(ticket: &Ticket) -> About {
        About {
            ticket: Some(ticket.id),
            case: ticket.case,
            stage: ticket.state.stage(),
            counter: ticket.state.counter(),
            priority: Some(ticket.priority),
            ..About::default()
        }
    }
}

/// An event that was appended, and what it made of the visit and the application.
pub(super) struct Appended {
    pub(super) seq: Seq,
    pub(super) ticket: Option<Ticket>,
    pub(super) case: Option<Case>,
}

impl Store {
    /// Runs a command once, in one transaction; after it returns `Ok`, it is on disk and the doorbell has rung. A command
    /// that was carried out before changes nothing: `again` answers from its first event, or says with `None` that it was
    /// another wish.
    ///
    /// # Errors
    /// As `work` says; [`Refused::CommandReused`] for an identity that served another wish.
    pub(super) fn once<T>(
        &mut self,
        command: &Command,
        again: impl FnOnce(&Store, &Event) -> Result<Option<T>, Error>,
        work: impl FnOnce(&mut Writer) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.write(command, |w| match w.store.done(command)? {
            Some(event) => again(w.store, &event)?.ok_or(Refused::CommandReused.into()),
            None => work(w),
        })
    }

    /// Runs a transaction that has no command of its own.
    pub(super) fn write<T>(
        &mut self,
        command: &Command,
        work: impl FnOnce(&mut Writer) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.failed {
            let message = "the disk failed before; open the store again, which verifies the file";
            return Err(Fault::new(FaultKind::Disk, message).into());
        }
        let result = self.transaction(command, work);
        match &result {
            Ok(_) => ring(&self.bell),
            Err(Error::Fault(fault)) if matches!(fault.kind, FaultKind::Disk | FaultKind::Damaged) => self.fail(),
            Err(_) => {}
        }
        result
    }

    fn transaction<T>(
        &self,
        command: &Command,
        work: impl FnOnce(&mut Writer) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let transaction = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        let result = self.within(command, work)?;
        transaction.commit()?;
        Ok(result)
    }

    /// Runs a command in the transaction that is under way.
    pub(super) fn within<T>(
        &self,
        command: &Command,
        work: impl FnOnce(&mut Writer) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let (last, chain) = self.end_of_chain()?;
        let mut writer = Writer {
            store: self,
            command,
            day: self.open_day_now()?,
            next: Seq(last.0 + 1),
            part: 0,
            generation: self.generation()?,
            chain,
            fold: Fold::of(self),
        };
        let result = work(&mut writer)?;
        writer.fold.flush()?;
        Ok(result)
    }

    /// Whether this command was carried out already: what it showed once is not shown again.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn was_done(&self, command: &Command) -> Result<bool, Fault> {
        Ok(self.done(command)?.is_some())
    }
}

impl Writer<'_> {
    /// The event that comes next.
    pub(super) fn next(&self) -> Seq {
        self.next
    }

    /// Whether an event of this transaction was appended already.
    pub(super) fn has_appended(&self) -> bool {
        self.part > 0
    }

    /// The events from here on are of the next generation.
    pub(super) fn begin_generation(&mut self) -> Result<(), Fault> {
        self.generation += 1;
        self.store.db.execute("UPDATE office SET generation = ?1", [self.generation])?;
        Ok(())
    }

    /// The journal so far.
    pub(super) fn seal(&self) -> journal::Seal {
        journal::Seal::of(Seq(self.next.0 - 1), &self.chain)
    }

    /// The day to which an event belongs: the open one, or the last (back office work after the close).
    fn day_id(&self) -> Result<Option<DayId>, Error> {
        if let Some(day) = self.day {
            return Ok(Some(day.id));
        }
        let last = self.store.value("SELECT max(id) FROM day", [])?.flatten();
        Ok(last.map(DayId))
    }

    /// Appends an event about no visit and no application.
    pub(super) fn tell(&mut self, happened: Happened) -> Result<Seq, Error> {
        Ok(self.append(happened, About::default(), Known::default())?.seq)
    }

    /// Appends one event and keeps what it changes. `known` is what stood before it.
    pub(super) fn append(&mut self, happened: Happened, about: About, known: Known) -> Result<Appended, Error> {
        let day = self.day_id()?;
        if day.is_none() && !happened.needs_no_day() {
            return Err(Refused::DayNotOpen.into());
        }
        let unfit = |e: serde_json::Error| Fault::new(FaultKind::Bug, format!("cannot be written as JSON: {e}"));
        let (detail, words) = journal::written(&happened).map_err(unfit)?;
        let words = words.map(|json| Words { salt: salt(), json });
        let ms = |d: Duration| i64::try_from(d.as_millis()).unwrap_or(i64::MAX);
        let record = Record {
            seq: self.next,
            format: FORMAT,
            generation: self.generation,
            day,
            at: self.command.now,
            actor: self.command.by.clone(),
            counter: about.counter.or(self.command.counter),
            command: self.command.id.clone(),
            part: self.part,
            action: happened.word().into(),
            ticket: about.ticket,
            case: about.case,
            stage: about.stage.map(|stage| stage.word().into()),
            priority: about.priority,
            waited_ms: None,
            served_ms: about.served.map(ms),
            detail,
            words: words.as_ref().map(Words::digest),
        };
        self.chain = record.link(&self.chain);
        self.store.insert_record(&record, words.as_ref(), &self.chain)?;
        self.next = Seq(record.seq.0 + 1);
        self.part += 1;
        let event = Event {
            seq: record.seq,
            format: FORMAT,
            day: day.unwrap_or(DayId(0)),
            at: record.at,
            by: record.actor,
            counter: record.counter,
            ticket: record.ticket,
            case: record.case,
            happened,
        };
        Ok(self.fold.keep(&event, known)?)
    }
}

/// The one fold as rows: what each event makes of the office is kept in its table.
pub(super) struct Fold<'a> {
    store: &'a Store,
    /// A ticket after an act that is not in its row yet: the case that opens with it belongs to the same row.
    pending: Option<(Ticket, Seq, bool)>,
}

impl Fold<'_> {
    pub(super) fn of(store: &Store) -> Fold<'_> {
        Fold { store, pending: None }
    }

    /// Keeps what the event makes; `known` is what stood before it.
    pub(super) fn keep(&mut self, event: &Event, known: Known) -> Result<Appended, Fault> {
        let pending = self.pending.as_ref().map(|(ticket, ..)| ticket.clone());
        let known = match &pending {
            Some(ticket) if matches!(event.happened, Happened::CaseOpened { .. }) => {
                Known { ticket: Some(ticket), ..known }
            }
            _ => {
                self.flush()?;
                known
            }
        };
        let seq = event.seq;
        let changes = journal::follow(event, known)
            .map_err(|why| Fault::new(FaultKind::Damaged, format!("event {}: {why}", seq.0)))?;
        let mut appended = Appended { seq, ticket: None, case: None };
        for change in changes {
            match &change {
                Change::Ticket(ticket) => {
                    appended.ticket = Some(ticket.clone());
                    match (&event.happened, &mut self.pending) {
                        (Happened::Acted { action, .. }, pending) => {
                            *pending = Some((ticket.clone(), seq, *action == Action::Start));
                        }
                        (Happened::CaseOpened { .. }, Some((pending, ..))) => *pending = ticket.clone(),
                        (Happened::Issued { .. }, _) => self.store.insert_ticket(ticket, seq)?,
                        _ => self.store.save_ticket(ticket, seq, false)?,
                    }
                }
                Change::Case(case) => {
                    appended.case = Some(case.clone());
                    self.store.save_case(case, seq)?;
                }
                _ => self.store.keep(event, &change)?,
            }
        }
        Ok(appended)
    }

    /// Keeps what an event of the journal makes, in a file whose tables are made anew.
    pub(super) fn again(&mut self, event: &Event) -> Result<(), Fault> {
        if !matches!(event.happened, Happened::CaseOpened { .. }) {
            self.flush()?;
        }
        let ticket = event.ticket.map(|id| self.store.ticket(id)).transpose()?.flatten();
        let case = event.case.map(|id| self.store.case(id)).transpose()?.flatten();
        let before = match event.happened {
            Happened::Undone { act } => event.ticket.map(|id| self.store.ticket_before(id, act)).transpose()?,
            _ => None,
        };
        let known = Known { ticket: ticket.as_ref(), case: case.as_ref(), before: before.as_ref() };
        self.keep(event, known).map(drop)
    }

    /// Writes the row of a ticket that waited for the case that opens with it.
    pub(super) fn flush(&mut self) -> Result<(), Fault> {
        match self.pending.take() {
            Some((ticket, seq, started)) => self.store.save_ticket(&ticket, seq, started),
            None => Ok(()),
        }
    }
}

/// Random bytes.
pub(super) fn salt() -> [u8; 16] {
    uuid::Uuid::new_v4().into_bytes()
}
