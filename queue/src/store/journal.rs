//! Appending events, each chained to the one before, and reading them.

use super::doorbell::ring;
use super::rows::{json, moment, parse};
use super::{Command, Day, Error, Fault, FaultKind, Store};
use crate::case::CaseId;
use crate::journal::{Event, Happened};
use crate::office::Stage;
use crate::ticket::{CounterNumber, DayId, Seq, Ticket, TicketId};
use rusqlite::{OptionalExtension, Params, Row, Transaction, TransactionBehavior, params};
use sha2::{Digest, Sha256};
use std::time::Duration;

const EVENT: &str = "SELECT seq, coalesce(day, 0), at_ms, boot, uptime_ms, by, ticket, case_id, detail FROM event";

fn event(row: &Row) -> rusqlite::Result<Event> {
    Ok(Event {
        seq: Seq(row.get(0)?),
        day: DayId(row.get(1)?),
        at: moment(row, 2)?,
        by: row.get(5)?,
        ticket: row.get::<_, Option<i64>>(6)?.map(TicketId),
        case: row.get::<_, Option<i64>>(7)?.map(CaseId),
        happened: parse(row, 8)?,
    })
}

/// One command's transaction: events go in, in order, each chained to the one before.
pub(super) struct Writer<'a> {
    pub(super) store: &'a Store,
    pub(super) command: &'a Command,
    /// The open day.
    pub(super) day: Option<Day>,
    next: Seq,
    part: u32,
    chain: Vec<u8>,
}

/// What an event is about, beside what happened.
#[derive(Clone, Copy, Default)]
pub(super) struct About {
    pub(super) ticket: Option<TicketId>,
    pub(super) case: Option<CaseId>,
    pub(super) stage: Option<Stage>,
    pub(super) counter: Option<CounterNumber>,
    pub(super) priority: Option<bool>,
    pub(super) waited: Option<Duration>,
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

/// What a command did when it was first given.
pub(super) struct Done {
    pub(super) seq: Seq,
    pub(super) action: String,
    pub(super) ticket: Option<TicketId>,
    pub(super) case: Option<CaseId>,
    pub(super) counter: Option<CounterNumber>,
}

impl Store {
    /// Runs one command in one transaction; after it returns `Ok`, it is on disk and the doorbell has rung.
    pub(super) fn write<T>(
        &mut self,
        command: &Command,
        work: impl FnOnce(&mut Writer) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let result = self.write_silently(command, work);
        if result.is_ok() {
            ring(&self.bell);
        }
        result
    }

    /// The same without the bell, for what nobody waits for.
    pub(super) fn write_silently<T>(
        &mut self,
        command: &Command,
        work: impl FnOnce(&mut Writer) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.failed {
            let message = "the disk failed before; open the store again, which verifies the file";
            return Err(Fault::new(FaultKind::Disk, message).into());
        }
        let result = self.transaction(command, work);
        if let Err(Error::Fault(fault)) = &result
            && matches!(fault.kind, FaultKind::Disk | FaultKind::Damaged)
        {
            self.fail();
        }
        result
    }

    fn transaction<T>(
        &self,
        command: &Command,
        work: impl FnOnce(&mut Writer) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let transaction = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        let last = self
            .db
            .prepare_cached("SELECT seq, chain FROM event ORDER BY seq DESC LIMIT 1")?
            .query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))
            .optional()?;
        let (seq, chain) = last.unwrap_or_else(|| (0, first_link(&self.office.identity.code)));
        let day = self.open_day_now()?;
        let mut writer = Writer { store: self, command, day, next: Seq(seq + 1), part: 0, chain };
        let result = work(&mut writer)?;
        transaction.commit()?;
        Ok(result)
    }

    /// Whether this command was carried out already: what it showed once is not shown again.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn was_done(&self, command: &Command) -> Result<bool, Fault> {
        Ok(self.done(command)?.is_some())
    }

    /// What this command did before, if it was given before.
    pub(super) fn done(&self, command: &Command) -> Result<Option<Done>, Fault> {
        let mut statement = self.db.prepare_cached(
            "SELECT seq, action, ticket, case_id, counter FROM event WHERE command = ?1 AND part = 0",
        )?;
        let done = statement.query_row([&command.id], |row| {
            Ok(Done {
                seq: Seq(row.get(0)?),
                action: row.get(1)?,
                ticket: row.get::<_, Option<i64>>(2)?.map(TicketId),
                case: row.get::<_, Option<i64>>(3)?.map(CaseId),
                counter: row.get(4)?,
            })
        });
        Ok(done.optional()?)
    }

    /// The whole journal.
    ///
    /// # Errors
    /// When a row cannot be understood.
    pub fn events(&self) -> Result<Vec<Event>, Fault> {
        self.events_where("ORDER BY seq", [])
    }

    /// The whole journal, event by event, so that a long one needs no memory.
    ///
    /// # Errors
    /// When a row cannot be understood, and what `hear` says: then it hears no more.
    pub fn each_event(&self, mut hear: impl FnMut(Event) -> Result<(), Fault>) -> Result<(), Fault> {
        let mut statement = self.db.prepare_cached(&format!("{EVENT} ORDER BY seq"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            hear(event(row)?)?;
        }
        Ok(())
    }

    /// The events that `condition` (a WHERE and ORDER BY) selects.
    pub(super) fn events_where(&self, condition: &str, with: impl Params) -> Result<Vec<Event>, Fault> {
        let mut statement = self.db.prepare_cached(&format!("{EVENT} {condition}"))?;
        let rows = statement.query_map(with, event)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    /// The event that comes next.
    pub(super) fn next(&self) -> Seq {
        self.next
    }

    /// The day to which an event belongs: the open one, or the last (back office work after the close).
    fn day_id(&self) -> Result<DayId, Error> {
        if let Some(day) = self.day {
            return Ok(day.id);
        }
        let last = self.store.value("SELECT max(id) FROM day", [])?.flatten();
        last.map(DayId).ok_or(crate::Refused::DayNotOpen.into())
    }

    /// Appends one event.
    pub(super) fn append(&mut self, happened: &Happened, about: About) -> Result<Seq, Error> {
        let seq = self.next;
        let day = match self.day_id() {
            // Accounts, notices and the volume come before the first day.
            Err(Error::Refused(_)) if happened.needs_no_day() => None,
            day => Some(day?.0),
        };
        let now = self.command.now;
        let ms = |d: Option<Duration>| d.map(|d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX));
        let insert = "INSERT INTO event (seq, day, at_ms, boot, uptime_ms, by, command, part, action, ticket, case_id,
                                         stage, counter, priority, waited_ms, served_ms, detail, chain)
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
                      RETURNING seq, day, at_ms, boot, uptime_ms, by, command, part, action, ticket, case_id, stage,
                                counter, priority, waited_ms, served_ms, detail";
        let row = |chain: &[u8], sql: &str| -> Result<Vec<u8>, Fault> {
            let mut statement = self.store.db.prepare_cached(sql)?;
            Ok(statement.query_row(
                params![
                    seq.0,
                    day,
                    now.wall_ms,
                    now.boot,
                    now.uptime_ms,
                    self.command.by,
                    self.command.id,
                    self.part,
                    happened.word(),
                    about.ticket.map(|id| id.0),
                    about.case.map(|id| id.0),
                    about.stage.map(Stage::word),
                    about.counter,
                    about.priority,
                    ms(about.waited),
                    ms(about.served),
                    json(happened)?,
                    chain,
                ],
                canonical,
            )?)
        };
        // The same statement text tells the canonical form of the values before they are stored.
        let select = "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18";
        let next = link(&self.chain, &row(&[], select)?);
        row(&next, insert)?;
        self.chain = next;
        self.next = Seq(seq.0 + 1);
        self.part += 1;
        Ok(seq)
    }
}

pub(super) fn first_link(code: &str) -> Vec<u8> {
    Sha256::digest(format!("antrean {code}").as_bytes()).to_vec()
}

pub(super) fn link(chain: &[u8], canonical: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(chain);
    hash.update(canonical);
    hash.finalize().to_vec()
}

/// A row's first 17 columns as bytes that differ whenever a value differs: type and length before each.
pub(super) fn canonical(row: &Row) -> rusqlite::Result<Vec<u8>> {
    use rusqlite::types::ValueRef;
    let mut bytes = Vec::with_capacity(256);
    let mut field = |kind: u8, value: &[u8]| {
        bytes.push(kind);
        bytes.extend((value.len() as u64).to_le_bytes());
        bytes.extend(value);
    };
    for at in 0..17 {
        match row.get_ref(at)? {
            ValueRef::Null => field(0, &[]),
            ValueRef::Integer(n) => field(1, &n.to_le_bytes()),
            ValueRef::Real(x) => field(2, &x.to_le_bytes()),
            ValueRef::Text(text) => field(3, text),
            ValueRef::Blob(blob) => field(4, blob),
        }
    }
    Ok(bytes)
}
