//! Reading the journal for a report: the days of a period, and the applications with a date in it.
//!
//! What is read grows with the period and with what is open now, never with the years before.

use super::rows::moment;
use super::{Fault, Store};
use crate::case::{Case, CaseId};
use crate::journal::Event;
use crate::ticket::{DayId, Number, Seq, Ticket, TicketId};
use crate::time::Moment;
use jiff::civil::{Date, Time};
use rusqlite::{OptionalExtension, Transaction, params};
use std::ops::Range;

/// Events held in memory at a time.
const AT_ONCE: i64 = 1_000;

/// The journal as it stood at one instant, whatever others write meanwhile.
#[derive(Debug)]
pub struct History<'a> {
    store: &'a Store,
    _one_instant: Option<Transaction<'a>>,
}

impl Store {
    /// The journal from now on as it stands now.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn history(&self) -> Result<History<'_>, Fault> {
        Ok(History { store: self, _one_instant: self.one_instant()? })
    }
}

impl Store {
    /// The ticket that had this number on the service day of `date`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn past_ticket(&self, date: Date, number: Number) -> Result<Option<Ticket>, Fault> {
        let key = params![date.to_string(), number.prefix.to_string(), number.n];
        let condition = "WHERE ticket.day = (SELECT day.id FROM day WHERE date = ?1) AND prefix = ?2 AND n = ?3";
        Ok(self.select_tickets(condition, key)?.pop())
    }

    /// The visits of an application, in order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn visits_of(&self, case: CaseId) -> Result<Vec<Ticket>, Fault> {
        self.select_tickets("WHERE ticket.case_id = ?1 ORDER BY ticket.id", [case.0])
    }

    /// The date of a service day.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn date_of(&self, day: DayId) -> Result<Option<Date>, Fault> {
        let date: Option<String> = self.value("SELECT date FROM day WHERE id = ?1", [day.0])?;
        Ok(date.and_then(|date| date.parse().ok()))
    }

    /// What happened to a ticket, in order.
    ///
    /// # Errors
    /// When a row cannot be understood.
    pub fn events_of_ticket(&self, ticket: TicketId) -> Result<Vec<Event>, Fault> {
        self.events_where("WHERE ticket = ?1 ORDER BY event.seq", [ticket.0])
    }

    /// What happened to an application and on the visits that it had, in order.
    ///
    /// # Errors
    /// When a row cannot be understood.
    pub fn events_of_case(&self, case: CaseId) -> Result<Vec<Event>, Fault> {
        self.events_where(
            "WHERE event.seq IN (SELECT seq FROM event AS own WHERE own.case_id = ?1
                 UNION SELECT seq FROM event AS visit WHERE visit.ticket IN (SELECT id FROM ticket WHERE ticket.case_id = ?1))
             ORDER BY event.seq",
            [case.0],
        )
    }
}

impl History<'_> {
    /// The events of the service days with a date from `from` to `to`, both included: stretches of the journal, in order,
    /// as long as possible. Work after a close belongs to the day before it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn stretches(&self, from: Date, to: Date) -> Result<Vec<Range<Seq>>, Fault> {
        let mut statement = self.store.db.prepare_cached(
            "SELECT opened_seq, (SELECT opened_seq FROM day AS next WHERE next.id > day.id ORDER BY id LIMIT 1)
             FROM day WHERE date BETWEEN ?1 AND ?2 ORDER BY id",
        )?;
        let mut rows = statement.query(params![from.to_string(), to.to_string()])?;
        let mut stretches: Vec<Range<Seq>> = Vec::new();
        while let Some(row) = rows.next()? {
            let (first, end) = (Seq(row.get(0)?), Seq(row.get::<_, Option<i64>>(1)?.unwrap_or(i64::MAX)));
            match stretches.last_mut() {
                Some(last) if last.end == first => last.end = end,
                _ => stretches.push(first..end),
            }
        }
        Ok(stretches)
    }

    /// The events of a stretch, in order.
    ///
    /// # Errors
    /// When a row cannot be understood, and what `hear` says: then it hears no more.
    pub fn events(&self, stretch: &Range<Seq>, mut hear: impl FnMut(&Event) -> Result<(), Fault>) -> Result<(), Fault> {
        let mut first = stretch.start.0;
        loop {
            let condition = "WHERE event.seq >= ?1 AND event.seq < ?2 ORDER BY event.seq LIMIT ?3";
            let events = self.store.events_where(condition, [first, stretch.end.0, AT_ONCE])?;
            let Some(last) = events.last() else { return Ok(()) };
            first = last.seq.0.saturating_add(1);
            events.iter().try_for_each(&mut hear)?;
        }
    }

    /// Every event that names an application, in order.
    ///
    /// # Errors
    /// When a row cannot be understood.
    pub fn events_of(&self, case: CaseId) -> Result<Vec<Event>, Fault> {
        self.store.events_where("WHERE case_id = ?1 ORDER BY event.seq", [case.0])
    }

    /// Whose card was held, made ready or handed over from `from` to `to` by the clock of the time, and in which event. The
    /// back office also works after the close, and the clock may have been wrong: the event may be of any service day.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn cards_dated(&self, from: Date, to: Date) -> Result<Vec<(CaseId, Seq)>, Fault> {
        let offset = self.store.office.identity.zone.offset();
        let begin = |date: Date| offset.to_timestamp(date.to_datetime(Time::midnight())).map(|at| at.as_millisecond());
        let (first, end) = (begin(from).unwrap_or(i64::MIN), to.tomorrow().and_then(begin).unwrap_or(i64::MAX));
        let mut statement = self.store.db.prepare_cached(CARDS_DATED)?;
        let rows = statement.query_map([first, end], |row| Ok((CaseId(row.get(0)?), Seq(row.get(1)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The applications that are on hold.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn on_hold(&self) -> Result<Vec<Case>, Fault> {
        self.store.select_cases("WHERE state = 'onhold'", [])
    }

    /// When each card that waits for its owner was made ready.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn ready_since(&self) -> Result<Vec<Moment>, Fault> {
        let mut statement = self.store.db.prepare_cached(
            "SELECT at_ms, boot, uptime_ms FROM application JOIN event ON seq = (
                 SELECT made.seq FROM event AS made WHERE made.case_id = application.id AND made.action = 'make-ready'
                 ORDER BY made.seq DESC LIMIT 1)
             WHERE state = 'ready'",
        )?;
        let rows = statement.query_map([], |row| moment(row, 0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When the network came back after event `down`; `None` while it has not.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn network_back(&self, down: Seq) -> Result<Option<Moment>, Fault> {
        // An outage under way is found in its row, not by a search to the end of the journal.
        let mut statement = self.store.db.prepare_cached(
            "SELECT at_ms, boot, uptime_ms FROM event WHERE seq > ?1 AND action = 'network-up'
             AND NOT EXISTS (SELECT 1 FROM office WHERE network_down_seq = ?1) ORDER BY seq LIMIT 1",
        )?;
        Ok(statement.query_row([down.0], |row| moment(row, 0)).optional()?)
    }
}

/// The index `event_card` has all that is asked for.
const CARDS_DATED: &str = "
    SELECT case_id, seq FROM event WHERE at_ms >= ?1 AND at_ms < ?2
    AND action IN ('hold-case', 'make-ready', 'collect', 'send-to-village')";
