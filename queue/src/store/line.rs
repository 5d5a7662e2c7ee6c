//! The waiting line in memory, as of an event: an act then reads who moved since, and not everybody who waits.

use super::commit::Writer;
use super::look::stage;
use super::rows::moment;
use super::{Error, Fault, FaultKind, Store};
use crate::policy::{Line, Waits};
use crate::ticket::{Place, Seq, TicketId};
use rusqlite::{Row, params};
use std::cell::Ref;

/// After so many events it is cheaper to read the line anew.
const FAR: i64 = 2_000;

/// The line, and the last event that it knows of.
#[derive(Debug)]
pub(super) struct Kept {
    line: Line,
    as_of: Seq,
}

const WAITS: &str =
    "ticket.id, ticket.stage, ticket.priority, place_seq, behind_seq, placed.at_ms, placed.boot, placed.uptime_ms";

impl Store {
    /// Who waits in any queue, as of the last event of this snapshot. Every change of a ticket has an event with it.
    pub(super) fn line(&self) -> Result<Ref<'_, Line>, Fault> {
        let last = self.end_of_chain()?.0;
        let mut kept = self.line.borrow_mut();
        match kept.as_mut() {
            Some(kept) if kept.as_of == last => {}
            Some(kept) if kept.as_of < last && last.0 - kept.as_of.0 < FAR => {
                self.follow(&mut kept.line, kept.as_of)?;
                kept.as_of = last;
            }
            _ => *kept = Some(Kept { line: self.read_line()?, as_of: last }),
        }
        drop(kept);
        let nothing = || Fault::new(FaultKind::Bug, "the line was not read");
        Ref::filter_map(self.line.borrow(), |kept| kept.as_ref().map(|kept| &kept.line)).map_err(|_| nothing())
    }

    fn read_line(&self) -> Result<Line, Fault> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {WAITS} FROM ticket JOIN event AS placed ON placed.seq = coalesce(behind_seq, place_seq)
             WHERE ticket.stage IS NOT NULL AND state = 'waiting'"
        ))?;
        let mut rows = statement.query([])?;
        let mut line = Line::default();
        while let Some(row) = rows.next()? {
            line.put(waits(row)?);
        }
        Ok(line)
    }

    /// Takes in where those stand now who moved after event `as_of`.
    fn follow(&self, line: &mut Line, as_of: Seq) -> Result<(), Fault> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {WAITS}, state = 'waiting' FROM event JOIN ticket ON ticket.id = event.ticket
             LEFT JOIN event AS placed ON placed.seq = coalesce(behind_seq, place_seq) WHERE event.seq > ?1"
        ))?;
        let mut rows = statement.query(params![as_of.0])?;
        while let Some(row) = rows.next()? {
            match row.get(8)? {
                true => line.put(waits(row)?),
                false => line.remove(TicketId(row.get(0)?)),
            }
        }
        Ok(())
    }
}

impl<'a> Writer<'a> {
    /// Who waits, before this act. What it appends may still be rolled back, so that the line is never read after it.
    pub(super) fn line(&self) -> Result<Ref<'a, Line>, Error> {
        if self.has_appended() {
            return Err(Fault::new(FaultKind::Bug, "the line is read before an act appends").into());
        }
        Ok(self.store.line()?)
    }
}

fn waits(row: &Row) -> rusqlite::Result<Waits> {
    let behind = row.get::<_, Option<i64>>(4)?.map(Seq);
    Ok(Waits {
        ticket: TicketId(row.get(0)?),
        stage: stage(row, 1)?,
        priority: row.get(2)?,
        place: Place { seq: Seq(row.get(3)?), behind, since: moment(row, 5)? },
    })
}
