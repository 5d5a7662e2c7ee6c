//! Reading: queues, forecast, board, worklist. Nothing here writes.

use super::rows::moment;
use super::{Day, Fault, Store, Summary};
use crate::board::{Board, Call, DayStatus, Sign, Waiting};
use crate::case::{Case, CaseId, Receipt};
use crate::forecast::{self, Wait};
use crate::office::Stage;
use crate::policy::{self, Candidate};
use crate::ticket::{CounterNumber, DayId, Number, Seq, State, Ticket, TicketId};
use crate::time::Moment;
use jiff::civil::Date;
use rusqlite::{OptionalExtension, Row, params};
use std::collections::BTreeMap;
use std::time::Duration;

/// A counter that called nobody for longer is not counted on.
const ACTIVE_MS: i64 = 15 * 60 * 1000;

impl Store {
    /// Whether numbers are given, as of `now`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn day_status(&self, now: Moment) -> Result<DayStatus, Fault> {
        if let Some(day) = self.open_day_now()? {
            return Ok(DayStatus::open_at(day.date, self.clock_is_wrong(&day, now)?, now, &self.office));
        }
        let today = now.local(self.office.identity.zone).date();
        let closed_today = self.last_day()?.filter(|last| last.date == today);
        Ok(closed_today.map_or(DayStatus::NotOpened, |day| DayStatus::Closed { date: day.date }))
    }

    /// When a person last said on this day that the clock is wrong. It matters, and is looked for, only while the clock
    /// shows a later date.
    fn clock_is_wrong(&self, day: &Day, now: Moment) -> Result<Option<Moment>, Fault> {
        if now.local(self.office.identity.zone).date() <= day.date {
            return Ok(None);
        }
        // An event without a ticket: the index then passes over the day's visits.
        let sql = "SELECT at_ms, boot, uptime_ms FROM event WHERE ticket IS NULL AND day = ?1
                   AND seq >= (SELECT opened_seq FROM day WHERE id = ?1)
                   AND action = 'day-opened' AND detail ->> 'clock_is_wrong' ORDER BY seq DESC LIMIT 1";
        Ok(self.db.prepare_cached(sql)?.query_row([day.id.0], |row| moment(row, 0)).optional()?)
    }

    /// The open day.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open_day_now(&self) -> Result<Option<Day>, Fault> {
        self.one_day("SELECT id, date FROM day WHERE closed_seq IS NULL")
    }

    /// The latest day, open or closed.
    pub(super) fn last_day(&self) -> Result<Option<Day>, Fault> {
        self.one_day("SELECT id, date FROM day ORDER BY id DESC LIMIT 1")
    }

    /// The dates of all days.
    pub(super) fn days(&self) -> Result<BTreeMap<DayId, Date>, Fault> {
        let mut statement = self.db.prepare_cached("SELECT id, date FROM day")?;
        let rows = statement.query_map([], day)?;
        Ok(rows.map(|row| row.map(|day| (day.id, day.date))).collect::<Result<_, _>>()?)
    }

    fn one_day(&self, sql: &str) -> Result<Option<Day>, Fault> {
        Ok(self.db.prepare_cached(sql)?.query_row([], day).optional()?)
    }

    /// One ticket.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn ticket(&self, id: TicketId) -> Result<Option<Ticket>, Fault> {
        Ok(self.select_tickets("WHERE ticket.id = ?1", [id.0])?.pop())
    }

    /// The ticket of the open day with this number.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn ticket_by_number(&self, number: Number) -> Result<Option<Ticket>, Fault> {
        let Some(day) = self.open_day_now()? else { return Ok(None) };
        let key = params![day.id.0, number.prefix.to_string(), number.n];
        Ok(self.select_tickets("WHERE ticket.day = ?1 AND prefix = ?2 AND n = ?3", key)?.pop())
    }

    /// All tickets of the open day, in the order of issue; final ones too.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn tickets(&self) -> Result<Vec<Ticket>, Fault> {
        match self.open_day_now()? {
            Some(day) => self.select_tickets("WHERE ticket.day = ?1 ORDER BY ticket.id", [day.id.0]),
            None => Ok(Vec::new()),
        }
    }

    /// Who waits, in the order this counter would call them; with `None`, all queues together.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn queue(&self, counter: Option<CounterNumber>, now: Moment) -> Result<Vec<Ticket>, Fault> {
        let stages: Vec<Stage> = match counter.and_then(|number| self.office.counter(number)) {
            Some(counter) => counter.stages.clone(),
            None => Stage::ALL.to_vec(),
        };
        let (candidates, run) = self.candidates(&stages, now)?;
        let mut waiting = self.waiting()?;
        let order = policy::order(&candidates, run, &self.office.queue);
        waiting.retain(|t| order.contains(&t.id));
        waiting.sort_by_key(|t| order.iter().position(|id| *id == t.id));
        Ok(waiting)
    }

    /// Whom the counter has called or serves.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn at_counter(&self, counter: CounterNumber) -> Result<Option<Ticket>, Fault> {
        Ok(self.select_tickets("WHERE ticket.counter = ?1", [counter])?.pop())
    }

    /// One case.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn case(&self, id: CaseId) -> Result<Option<Case>, Fault> {
        Ok(self.select_cases("WHERE id = ?1", [id.0])?.pop())
    }

    /// The case of a receipt.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn case_by_receipt(&self, receipt: Receipt) -> Result<Option<Case>, Fault> {
        let key = params![receipt.year, receipt.n];
        Ok(self.select_cases("WHERE receipt_year = ?1 AND receipt_n = ?2", key)?.pop())
    }

    /// The cases that are not final, oldest first: the back office's worklist.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open_cases(&self) -> Result<Vec<Case>, Fault> {
        self.select_cases("WHERE state IN ('verified', 'recorded', 'onhold', 'printed', 'ready') ORDER BY id", [])
    }

    /// Since when the network is marked as disturbed (S26).
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn network_down(&self) -> Result<Option<Moment>, Fault> {
        let sql = "SELECT at_ms, boot, uptime_ms FROM office JOIN event ON event.seq = network_down_seq";
        Ok(self.db.prepare_cached(sql)?.query_row([], |row| moment(row, 0)).optional()?)
    }

    /// Since when somebody at the kiosk waits for an officer.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn help_asked(&self) -> Result<Option<Moment>, Fault> {
        let sql = "SELECT at_ms, boot, uptime_ms FROM office JOIN event ON event.seq = help_seq";
        Ok(self.db.prepare_cached(sql)?.query_row([], |row| moment(row, 0)).optional()?)
    }

    /// What the waiting room sees.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn board(&self, now: Moment) -> Result<Board, Fault> {
        let _one_instant = self.db.unchecked_transaction()?;
        let open: Vec<Ticket> = self.select_tickets("WHERE ticket.stage IS NOT NULL", [])?;
        let signs = self
            .office
            .counters
            .iter()
            .map(|counter| {
                let held = open.iter().find(|t| t.state.counter() == Some(counter.number));
                Sign {
                    counter: counter.number,
                    number: held.map(|t| t.number),
                    serving: held.is_some_and(|t| matches!(t.state, State::Serving { .. })),
                }
            })
            .collect();
        let waiting = self
            .office
            .services
            .iter()
            .map(|service| Waiting {
                service: service.key.clone(),
                count: open
                    .iter()
                    .filter(|t| {
                        t.service == service.key && matches!(t.state, State::Waiting { .. } | State::Held { .. })
                    })
                    .count() as u32,
            })
            .collect();
        let ready = self.select_cases("WHERE state = 'ready' ORDER BY changed_seq", [])?;
        Ok(Board {
            day: self.day_status(now)?,
            signs,
            calls: self.calls()?,
            waiting,
            ready: ready.into_iter().map(|case| case.receipt).collect(),
            network_down: self.network_down()?,
            volume: self.volume()?,
            notices: self
                .notices()?
                .into_iter()
                .map(|(_, notice)| notice)
                .filter(|notice| notice.is_shown(now.local(self.office.identity.zone)))
                .collect(),
        })
    }

    /// What a day came to.
    pub(super) fn summary(&self, day: DayId) -> Result<Summary, Fault> {
        let mut statement =
            self.db.prepare_cached("SELECT state, count(*) FROM ticket WHERE day = ?1 GROUP BY state")?;
        let mut rows = statement.query([day.0])?;
        let mut summary = Summary::default();
        while let Some(row) = rows.next()? {
            let count: u32 = row.get(1)?;
            summary.issued += count;
            match row.get::<_, String>(0)?.as_str() {
                "finished" => summary.finished = count,
                "returned" => summary.returned = count,
                "referred" => summary.referred = count,
                "deferred" => summary.deferred = count,
                "expired" => summary.expired = count,
                "cancelled" => summary.cancelled = count,
                _ => {}
            }
        }
        Ok(summary)
    }

    /// People ahead of a waiting ticket, and its wait: the policy's order and the stages' shrunk means.
    pub(super) fn forecast(&self, ticket: &Ticket, now: Moment) -> Result<(u32, Wait), Fault> {
        let Some(stage) = ticket.state.stage() else { return Ok((0, Wait::Soon)) };
        if stage == Stage::Recording && self.network_down()?.is_some() {
            // Whoever is held has kept an earlier place, and nobody can say when the network comes back.
            let held = self.value("SELECT count(*) FROM ticket WHERE stage IS NOT NULL AND state = 'held'", [])?;
            return Ok((held.unwrap_or(0), Wait::Network));
        }
        let active = self.active_counters(stage, now)?;
        let serving: Vec<CounterNumber> = match active.is_empty() {
            true => self.office.counters_for(stage).map(|c| c.number).collect(),
            false => active.clone(),
        };
        let stages: Vec<Stage> = Stage::ALL
            .into_iter()
            .filter(|s| serving.iter().any(|n| self.office.counter(*n).is_some_and(|c| c.stages.contains(s))))
            .collect();
        let (candidates, run) = self.candidates(&stages, now)?;
        let order = policy::order(&candidates, run, &self.office.queue);
        let ahead: Vec<TicketId> = order.into_iter().take_while(|id| *id != ticket.id).collect();
        let mut services = Vec::with_capacity(ahead.len());
        let means = stages.iter().map(|s| Ok((*s, self.mean_service(*s)?))).collect::<Result<Vec<_>, Fault>>()?;
        let mean = |s: Stage| means.iter().find(|(stage, _)| *stage == s).map_or(Duration::ZERO, |(_, mean)| *mean);
        for other in self.waiting()? {
            if let (true, Some(stage)) = (ahead.contains(&other.id), other.state.stage()) {
                services.push(mean(stage));
            }
        }
        let mut busy = 0;
        for counter in &active {
            busy += usize::from(self.at_counter(*counter)?.is_some());
        }
        let all_busy = !active.is_empty() && busy == active.len();
        let pause = match self.day_status(now)? {
            DayStatus::Break { until, .. } => {
                let left = now.local(self.office.identity.zone).time().duration_until(until);
                Duration::try_from(left).unwrap_or(Duration::ZERO)
            }
            _ => Duration::ZERO,
        };
        let wait = forecast::wait(&services, mean(stage), active.len() as u32, all_busy, pause);
        Ok((ahead.len() as u32, wait))
    }

    /// Who waits in these stages, as the policy sees them, and the run of priority calls just made there.
    pub(super) fn candidates(&self, stages: &[Stage], now: Moment) -> Result<(Vec<Candidate>, u32), Fault> {
        let mut candidates = Vec::new();
        for ticket in self.waiting()? {
            let State::Waiting { stage, place } = &ticket.state else { continue };
            if !stages.contains(stage) {
                continue;
            }
            let behind = match place.behind {
                None => 0,
                Some(seq) => self.office.queue.places_back.saturating_sub(self.calls_since(ticket.day, *stage, seq)?),
            };
            candidates.push(Candidate {
                ticket: ticket.id,
                priority: ticket.priority,
                place: place.seq,
                waited: now.since(&place.since),
                behind,
            });
        }
        let mut statement = self.db.prepare_cached(
            "SELECT stage, priority FROM event WHERE day = (SELECT max(id) FROM day)
             AND action IN ('call', 'call-chosen', 'recall') AND action <> 'recall' ORDER BY seq DESC",
        )?;
        let mut rows = statement.query([])?;
        let mut run = 0;
        while let (true, Some(row)) = (run < self.office.queue.priority_run, rows.next()?) {
            let here = Stage::from_word(&row.get::<_, String>(0)?).is_some_and(|stage| stages.contains(&stage));
            match (here, row.get::<_, bool>(1)?) {
                (true, true) => run += 1,
                (true, false) => break,
                (false, _) => {}
            }
        }
        Ok((candidates, run))
    }

    fn waiting(&self) -> Result<Vec<Ticket>, Fault> {
        self.select_tickets("WHERE ticket.stage IS NOT NULL AND state = 'waiting' ORDER BY place_seq", [])
    }

    fn calls_since(&self, day: DayId, stage: Stage, seq: Seq) -> Result<u32, Fault> {
        let sql = "SELECT count(*) FROM event WHERE day = ?1 AND seq > ?2
                   AND action IN ('call', 'call-chosen', 'recall') AND action <> 'recall' AND stage = ?3";
        Ok(self.value(sql, params![day.0, seq.0, stage.word()])?.unwrap_or(0))
    }

    /// The latest calls of the open day, newest first.
    fn calls(&self) -> Result<Vec<Call>, Fault> {
        let Some(day) = self.open_day_now()? else { return Ok(Vec::new()) };
        let mut statement = self.db.prepare_cached(
            "SELECT seq, prefix, n, event.counter, event.stage, at_ms, boot, uptime_ms
             FROM event JOIN ticket ON ticket.id = event.ticket
             WHERE event.day = ?1 AND action IN ('call', 'call-chosen', 'recall') ORDER BY seq DESC LIMIT ?2",
        )?;
        let rows = statement.query_map(params![day.id.0, Board::CALLS as i64], call)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The counters one can count on for `stage`: they called within 15 minutes or have somebody. In a lull, when
    /// nobody was left to call, those that called before are still there.
    fn active_counters(&self, stage: Stage, now: Moment) -> Result<Vec<CounterNumber>, Fault> {
        let Some(day) = self.open_day_now()? else { return Ok(Vec::new()) };
        // The last call of each counter is near the end of the journal however long the day was.
        let mut statement = self.db.prepare_cached(
            "SELECT boot, uptime_ms FROM event WHERE day = ?1 AND counter = ?2
             AND action IN ('call', 'call-chosen', 'recall') ORDER BY seq DESC LIMIT 1",
        )?;
        let (mut active, mut called) = (Vec::new(), Vec::new());
        for counter in self.office.counters_for(stage) {
            if self.at_counter(counter.number)?.is_some() {
                active.push(counter.number);
                continue;
            }
            let last = statement
                .query_row(params![day.id.0, counter.number], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)));
            let Some((boot, uptime_ms)) = last.optional()? else { continue };
            called.push(counter.number);
            if boot == now.boot && now.uptime_ms - uptime_ms <= ACTIVE_MS {
                active.push(counter.number);
            }
        }
        // The newcomer waits already; a lull is when there is nobody else.
        if active.is_empty() && self.waiting()?.iter().filter(|t| t.state.stage() == Some(stage)).count() <= 1 {
            return Ok(called);
        }
        Ok(active)
    }

    fn mean_service(&self, stage: Stage) -> Result<Duration, Fault> {
        let mut statement = self.db.prepare_cached(
            // A slip of the finger that was taken back measured nothing.
            "SELECT served_ms FROM event WHERE stage = ?1 AND served_ms IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM event AS undo WHERE undo.ticket = event.ticket AND undo.seq > event.seq
                                 AND undo.action = 'undo' AND undo.detail ->> 'act' = event.seq)
             ORDER BY seq DESC LIMIT 20",
        )?;
        let rows = statement.query_map([stage.word()], |row| row.get::<_, i64>(0))?;
        let recent =
            rows.map(|ms| ms.map(|ms| Duration::from_millis(ms.unsigned_abs()))).collect::<Result<Vec<_>, _>>()?;
        Ok(forecast::shrunk_mean(&recent, self.office.standard_minutes(stage)))
    }
}

fn day(row: &Row) -> rusqlite::Result<Day> {
    let date: String = row.get(1)?;
    Ok(Day { id: DayId(row.get(0)?), date: date.parse().map_err(|e| super::rows::unfit(1, e))? })
}

fn call(row: &Row) -> rusqlite::Result<Call> {
    let prefix: String = row.get(1)?;
    let stage: String = row.get(4)?;
    let unknown = |at| super::rows::unfit(at, std::io::Error::other("unknown value"));
    Ok(Call {
        seq: Seq(row.get(0)?),
        number: Number { prefix: prefix.chars().next().ok_or_else(|| unknown(1))?, n: row.get(2)? },
        counter: row.get(3)?,
        stage: Stage::from_word(&stage).ok_or_else(|| unknown(4))?,
        at: moment(row, 5)?,
    })
}
