//! The rows of the journal, and what the fold changes besides tickets and cases.

use super::rows::{moment, unfit};
use super::{Command, Fault, FaultKind, Store};
use crate::case::CaseId;
use crate::journal::{Actor, Chain, Change, Digest, Event, Reader, Record, Seal, Words, first_link};
use crate::ticket::{DayId, Seq, TicketId};
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Params, Row, params};

/// Every column of a row and of its free text.
const EVENT: &str = "
    SELECT event.seq, format, generation, day, at_ms, boot, uptime_ms, actor, actor_id, by, counter, command, part, action,
           ticket, case_id, stage, priority, waited_ms, served_ms, detail, event.words, chain, words.salt, words.json
    FROM event LEFT JOIN words ON words.seq = event.seq";

fn digest(row: &Row, at: usize) -> rusqlite::Result<Option<Digest>> {
    Ok(row.get::<_, Option<[u8; 32]>>(at)?.map(Digest))
}

/// A row as it is stored, with its free text and its link.
pub(super) fn record(row: &Row) -> rusqlite::Result<(Record, Option<Words>, Chain)> {
    let (word, id, by): (String, Option<i64>, Option<String>) = (row.get(7)?, row.get(8)?, row.get(9)?);
    let actor = match by {
        Some(by) => Some(Actor::Named(by)),
        None => Actor::of(&word, id),
    };
    let record = Record {
        seq: Seq(row.get(0)?),
        format: row.get(1)?,
        generation: row.get(2)?,
        day: row.get::<_, Option<i64>>(3)?.map(DayId),
        at: moment(row, 4)?,
        actor: actor.ok_or_else(|| unfit(7, std::io::Error::other("unknown actor")))?,
        counter: row.get(10)?,
        command: row.get(11)?,
        part: row.get(12)?,
        action: row.get(13)?,
        ticket: row.get::<_, Option<i64>>(14)?.map(TicketId),
        case: row.get::<_, Option<i64>>(15)?.map(CaseId),
        stage: row.get(16)?,
        priority: row.get(17)?,
        waited_ms: row.get(18)?,
        served_ms: row.get(19)?,
        detail: row.get(20)?,
        words: digest(row, 21)?,
    };
    let words = match row.get(23)? {
        Some(salt) => Some(Words { salt, json: row.get(24)? }),
        None => None,
    };
    let chain = digest(row, 22)?.ok_or(rusqlite::Error::InvalidColumnType(22, "chain".into(), Type::Null))?;
    Ok((record, words, chain))
}

fn event(row: &Row, reader: &mut Reader) -> Result<Event, Fault> {
    let (record, words, _) = record(row)?;
    reader.read(&record, words.as_ref()).map_err(|why| Fault::new(FaultKind::Damaged, why))
}

impl Store {
    /// The last event and the chain after it; before the first, 0 and the beginning.
    pub(super) fn end_of_chain(&self) -> Result<(Seq, Chain), Fault> {
        let mut statement = self.db.prepare_cached("SELECT seq, chain FROM event ORDER BY seq DESC LIMIT 1")?;
        let last = statement.query_row([], |row| Ok((Seq(row.get(0)?), Digest(row.get(1)?)))).optional()?;
        Ok(last.unwrap_or_else(|| (Seq(0), first_link(&self.office.identity.code))))
    }

    /// The journal so far, as a seal that can be kept elsewhere; `None` before the first event.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn seal(&self) -> Result<Option<Seal>, Fault> {
        let (last, chain) = self.end_of_chain()?;
        Ok((last.0 > 0).then(|| Seal::of(last, &chain)))
    }

    /// The generation of the events written now.
    pub(super) fn generation(&self) -> Result<u32, Fault> {
        Ok(self.value("SELECT generation FROM office", [])?.unwrap_or(1))
    }

    /// The first event of this command, if it was given before.
    pub(super) fn done(&self, command: &Command) -> Result<Option<Event>, Fault> {
        let mut statement = self.db.prepare_cached(&format!("{EVENT} WHERE command = ?1 AND part = 0"))?;
        let mut rows = statement.query([&command.id])?;
        rows.next()?.map(|row| event(row, &mut Reader::default())).transpose()
    }

    /// The whole journal.
    ///
    /// # Errors
    /// When a row cannot be understood.
    pub fn events(&self) -> Result<Vec<Event>, Fault> {
        self.events_where("ORDER BY event.seq", [])
    }

    /// The whole journal, event by event, so that a long one needs no memory.
    ///
    /// # Errors
    /// When a row cannot be understood, and what `hear` says: then it hears no more.
    pub fn each_event(&self, hear: impl FnMut(Event) -> Result<(), Fault>) -> Result<(), Fault> {
        self.each_event_where("ORDER BY event.seq", [], hear)
    }

    /// The events that `condition` (a WHERE and ORDER BY) selects, event by event.
    pub(super) fn each_event_where(
        &self,
        condition: &str,
        with: impl Params,
        mut hear: impl FnMut(Event) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut statement = self.db.prepare_cached(&format!("{EVENT} {condition}"))?;
        let mut rows = statement.query(with)?;
        let mut reader = Reader::default();
        while let Some(row) = rows.next()? {
            hear(event(row, &mut reader)?)?;
        }
        Ok(())
    }

    /// The events that `condition` (a WHERE and ORDER BY) selects.
    pub(super) fn events_where(&self, condition: &str, with: impl Params) -> Result<Vec<Event>, Fault> {
        let mut events = Vec::new();
        self.each_event_where(condition, with, |event| {
            events.push(event);
            Ok(())
        })?;
        Ok(events)
    }

    /// Every row of the journal, with its free text and its link, row by row.
    ///
    /// # Errors
    /// When a row cannot be read, and what `hear` says: then it hears no more.
    pub fn each_record(
        &self,
        mut hear: impl FnMut(Record, Option<Words>, Chain) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut statement = self.db.prepare_cached(&format!("{EVENT} ORDER BY event.seq"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (record, words, chain) = record(row)?;
            hear(record, words, chain)?;
        }
        Ok(())
    }

    pub(super) fn insert_record(&self, record: &Record, words: Option<&Words>, chain: &Chain) -> Result<(), Fault> {
        let by = match &record.actor {
            Actor::Named(by) => Some(by),
            _ => None,
        };
        self.db
            .prepare_cached(
                "INSERT INTO event (seq, format, generation, day, at_ms, boot, uptime_ms, actor, actor_id, by, counter,
                                    command, part, action, ticket, case_id, stage, priority, waited_ms, served_ms, detail,
                                    words, chain)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
                         ?22, ?23)",
            )?
            .execute(params![
                record.seq.0,
                record.format,
                record.generation,
                record.day.map(|day| day.0),
                record.at.wall_ms,
                record.at.boot,
                record.at.uptime_ms,
                record.actor.word(),
                record.actor.id(),
                by,
                record.counter,
                record.command,
                record.part,
                record.action,
                record.ticket.map(|id| id.0),
                record.case.map(|id| id.0),
                record.stage,
                record.priority,
                record.waited_ms,
                record.served_ms,
                record.detail,
                record.words.map(|words| words.0),
                chain.0,
            ])?;
        if let Some(words) = words {
            let sql = "INSERT INTO words (seq, salt, json) VALUES (?1, ?2, ?3)";
            self.db.prepare_cached(sql)?.execute(params![record.seq.0, words.salt, words.json])?;
        }
        Ok(())
    }

    /// Writes what an event changes, except a ticket and a case (`rows.rs`).
    pub(super) fn keep(&self, event: &Event, change: &Change) -> Result<(), Fault> {
        let seq = event.seq.0;
        let run = |sql: &str, with: &[&dyn rusqlite::ToSql]| -> Result<(), Fault> {
            self.db.prepare_cached(sql)?.execute(with)?;
            Ok(())
        };
        match change {
            Change::Ticket(_) | Change::Case(_) => Ok(()),
            Change::DayOpened(day, date) => run(
                "INSERT INTO day (id, date, opened_seq) VALUES (?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET closed_seq = NULL",
                params![day.0, date.to_string(), seq],
            ),
            Change::DayClosed => run("UPDATE day SET closed_seq = ?2 WHERE id = ?1", params![event.day.0, seq]),
            Change::Network(down) => run("UPDATE office SET network_down_seq = ?1", params![down.then_some(seq)]),
            Change::Help(asked) => {
                // Whoever answers goes to all; whoever asks stands in front of one.
                let asks = match &event.by {
                    Actor::Device(id) if *asked => id.0,
                    _ if *asked => crate::devices::KIOSK.0,
                    _ => return run("UPDATE device SET help_seq = NULL WHERE help_seq IS NOT NULL", params![]),
                };
                run("UPDATE device SET help_seq = ?2 WHERE id = ?1", params![asks, seq])
            }
            Change::Volume(percent) => run("UPDATE office SET volume = ?1", params![percent]),
            Change::Restart(process) => {
                run("UPDATE device SET restart_seq = ?2 WHERE id = ?1", params![process.device().0, seq])
            }
            Change::Notice(id, notice) => run(
                "INSERT INTO notice (id, text, english, until, posted_seq) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![id.0, notice.text, notice.english, notice.until.map(|until| until.to_string()), seq],
            ),
            Change::NoticeEnded(id) => run("UPDATE notice SET ended_seq = ?2 WHERE id = ?1", params![id.0, seq]),
            Change::Accounts => {
                let mut book = self.account_book()?;
                let before = book.clone();
                let heard = book.hear(event.seq, &event.happened);
                heard.map_err(|why| Fault::new(FaultKind::Bug, why))?;
                self.save_book(&before, &book, event)
            }
        }
    }
}
