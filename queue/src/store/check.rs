//! What `antrean check` proves: the file is sound, nobody altered the journal, the tables are its fold.
//!
//! The journal passes by event by event. A day that is over is compared with its rows and forgotten, with the applications
//! that have ended: what remains in memory is one day and what is open, however many years the office has worked.

use super::journal::{canonical, first_link, link};
use super::{Fault, FaultKind, Store};
use crate::case::{Case, CaseId};
use crate::journal::{Event, Happened, World};
use crate::ticket::{DayId, Seq};
use std::collections::BTreeMap;

/// What `antrean check` found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Checked {
    /// SQLite's version.
    pub sqlite: String,
    /// Events in the journal.
    pub events: u64,
    /// Tickets ever issued.
    pub tickets: u64,
    /// Cases ever opened.
    pub cases: u64,
    /// What is wrong, in words for a technician; empty when all is well.
    pub problems: Vec<String>,
}

impl Store {
    /// Everything `antrean check` proves.
    ///
    /// # Errors
    /// When the file cannot be read at all.
    pub fn check(&self) -> Result<Checked, Fault> {
        let read = self.db.unchecked_transaction()?;
        let mut problems: Vec<String> = Vec::new();
        {
            let mut statement = read.prepare("PRAGMA integrity_check")?;
            let lines = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
            problems.extend(lines.into_iter().filter(|line| line != "ok"));
        }
        {
            let mut statement = read.prepare("PRAGMA foreign_key_check")?;
            let broken = statement.query_map([], |_| Ok(()))?.count();
            if broken > 0 {
                problems.push(format!("{broken} rows point to rows that do not exist"));
            }
        }
        if let Some(seq) = self.first_broken_link()? {
            problems.push(format!("event {}: the journal was altered here", seq.0));
        }
        let count = |sql: &str| read.query_row(sql, [], |row| row.get::<_, i64>(0)).map(|n| n as u64);
        let cases = count("SELECT count(*) FROM application")?;
        let mut replay = Replay { store: self, world: World::default(), day: None, ended: 0, ticket: None, case: None };
        match self.each_event(|event| replay.hear(&event)) {
            Ok(()) => problems.extend(replay.differences(cases)?),
            Err(fault) => problems.push(fault.message),
        }
        Ok(Checked {
            sqlite: rusqlite::version().into(),
            events: count("SELECT count(*) FROM event")?,
            tickets: count("SELECT count(*) FROM ticket")?,
            cases,
            problems,
        })
    }

    /// The first event whose link does not follow from the chain before it.
    pub(super) fn first_broken_link(&self) -> Result<Option<Seq>, Fault> {
        let mut chain = first_link(&self.office.identity.code);
        let mut statement = self.db.prepare_cached(
            "SELECT seq, day, at_ms, boot, uptime_ms, by, command, part, action, ticket, case_id, stage, counter,
                    priority, waited_ms, served_ms, detail, chain FROM event ORDER BY seq",
        )?;
        let mut rows = statement.query([])?;
        let mut expected = 1;
        while let Some(row) = rows.next()? {
            let seq: i64 = row.get(0)?;
            let next = link(&chain, &canonical(row)?);
            if seq != expected || row.get::<_, Vec<u8>>(17)? != next {
                return Ok(Some(Seq(seq)));
            }
            chain = next;
            expected += 1;
        }
        Ok(None)
    }
}

/// The journal replayed beside the tables.
struct Replay<'a> {
    store: &'a Store,
    /// The tickets of `day`, and the applications that had not ended before it.
    world: World,
    /// The day that passes by.
    day: Option<DayId>,
    /// How many applications ended on earlier days.
    ended: u64,
    /// The first ticket that is not what its row says, in words.
    ticket: Option<String>,
    /// The first application.
    case: Option<String>,
}

impl Replay<'_> {
    fn hear(&mut self, event: &Event) -> Result<(), Fault> {
        if matches!(event.happened, Happened::DayOpened { .. }) && self.day != Some(event.day) {
            self.end_day()?;
            self.day = Some(event.day);
        }
        self.world.hear(event).map_err(|why| Fault::new(FaultKind::Damaged, why))
    }

    /// The rules change nothing of an earlier day's tickets, nor of an application that ended on one.
    fn end_day(&mut self) -> Result<(), Fault> {
        let told = std::mem::take(&mut self.world.tickets);
        if let Some(day) = self.day {
            let rows = self.store.select_tickets("WHERE ticket.day = ?1 ORDER BY ticket.id", [day.0])?;
            if !rows.iter().eq(told.values()) {
                let first = rows.iter().find(|row| told.get(&row.id) != Some(row));
                self.ticket.get_or_insert_with(|| match first {
                    Some(row) => format!("ticket {} ({}) is not what the journal says", row.id.0, row.number),
                    None => "a ticket of the journal has no row".into(),
                });
            }
        }
        let (ended, open) =
            std::mem::take(&mut self.world.cases).into_iter().partition(|(_, case)| case.state.is_final());
        self.world.cases = open;
        self.ended += ended.len() as u64;
        self.compare(ended)
    }

    fn compare(&mut self, cases: BTreeMap<CaseId, Case>) -> Result<(), Fault> {
        for (id, case) in cases {
            if self.store.case(id)?.as_ref() != Some(&case) {
                self.case.get_or_insert_with(|| format!("case {} is not what the journal says", case.receipt));
            }
        }
        Ok(())
    }

    /// Where the tables, with so many applications, differ from the fold of the journal, in words.
    fn differences(mut self, cases: u64) -> Result<Vec<String>, Fault> {
        self.end_day()?;
        let open = std::mem::take(&mut self.world.cases);
        if self.ended + open.len() as u64 != cases {
            self.case = Some("the cases are not those of the journal".into());
        }
        self.compare(open)?;
        let (store, world) = (self.store, &self.world);
        let mut found: Vec<String> = self.ticket.into_iter().chain(self.case).collect();
        if store.days()? != world.days {
            found.push("the dates of the days are not what the journal says".into());
        }
        if store.open_day_now()?.map(|day| day.id) != world.open_day {
            found.push("the open day is not what the journal says".into());
        }
        if store.network_down()?.is_some() != world.network_down {
            found.push("the network switch is not what the journal says".into());
        }
        if store.volume()? != world.volume.unwrap_or(100) {
            found.push("the volume is not what the journal says".into());
        }
        if !store.notices()?.iter().map(|(id, notice)| (id, notice)).eq(&world.notices) {
            found.push("the notices are not what the journal says".into());
        }
        Ok(found)
    }
}
