//! Reading: queues, forecast, board, worklist. Nothing here writes.

use super::rows::moment;
use super::{Apart, Day, Fault, Store, Summary, Waiting};
use crate::board::{self, Board, Call, DayStatus, Facts, OpenVisits, Sign, is_withdrawn};
use crate::case::{Case, CaseId, Receipt};
use crate::forecast::{self, Break, Desk, Wait};
use crate::office::{ServiceKey, Stage};
use crate::policy::{Line, PastCall, Recent, Waits};
use crate::ticket::{CounterNumber, DayId, Number, Seq, State, Ticket, TicketId};
use crate::time::Moment;
use crate::visit::{self, Context, Offer};
use jiff::civil::Date;
use rusqlite::{OptionalExtension, Row, ToSql, params};
use std::collections::BTreeMap;
use std::time::Duration;

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

    /// Who waits, in the order this counter would call them; with `None`, all queues together. Of a long queue only the
    /// `most` who go first are told.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn queue(&self, counter: Option<CounterNumber>, most: usize, now: Moment) -> Result<Waiting, Fault> {
        let stages: Vec<Stage> = match counter.and_then(|number| self.office.counter(number)) {
            Some(counter) => counter.stages.clone(),
            None => Stage::ALL.to_vec(),
        };
        let _one_instant = self.one_instant()?;
        let line = self.line()?;
        let recent = self.recent(&line, &stages)?;
        let mut first = Vec::new();
        for next in line.order(&recent, now).take(most) {
            first.extend(self.ticket(next.ticket)?);
        }
        Ok(Waiting { first, count: stages.iter().map(|stage| line.count(*stage)).sum() })
    }

    /// Who is called by no policy at this counter: held by the network, skipped, or sent back with the file today. Of each at
    /// most `most`, in the order of issue.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn apart(&self, counter: CounterNumber, most: usize) -> Result<Apart, Fault> {
        let Some(counter) = self.office.counter(counter) else { return Ok(Apart::default()) };
        let words: Vec<&str> = counter.stages.iter().map(|stage| stage.word()).collect();
        let stages = super::rows::json(&words)?;
        let open = |state: &str| {
            let here = "WHERE ticket.stage IS NOT NULL AND state = ?1
                        AND ticket.stage IN (SELECT value FROM json_each(?2))";
            self.some_tickets(here, params![state, stages], most)
        };
        let returned = match self.open_day_now()? {
            Some(day) if counter.stages.contains(&Stage::Verification) => {
                self.some_tickets("WHERE ticket.day = ?1 AND state = ?2", params![day.id.0, "returned"], most)?
            }
            _ => Waiting::default(),
        };
        Ok(Apart { held: open("held")?, skipped: open("skipped")?, returned })
    }

    /// The first `most` of the tickets that `condition` selects, in the order of issue, and how many there are.
    fn some_tickets(&self, condition: &str, with: &[&dyn ToSql], most: usize) -> Result<Waiting, Fault> {
        let first = self.select_tickets(&format!("{condition} ORDER BY ticket.id LIMIT {most}"), with)?;
        let count: i64 = self.value(&format!("SELECT count(*) FROM ticket {condition}"), with)?.unwrap_or(0);
        Ok(Waiting { first, count: usize::try_from(count).unwrap_or(0) })
    }

    /// What a clerk at this counter may do now on a ticket of the open day, and why not; nothing on any other.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn offers(&self, ticket: TicketId, counter: CounterNumber, now: Moment) -> Result<Vec<Offer>, Fault> {
        let (Some(day), Some(ticket)) = (self.open_day_now()?, self.ticket(ticket)?) else { return Ok(Vec::new()) };
        if ticket.day != day.id {
            return Ok(Vec::new());
        }
        let case = ticket.case.map(|id| self.case(id)).transpose()?.flatten();
        let context = Context {
            office: &self.office,
            now,
            today: day.date,
            // Nothing is recorded, so that the number of the event does not matter.
            seq: Seq(0),
            network_down: self.network_down()?.is_some(),
            case: case.as_ref(),
            counter_holds: self.at_counter(counter)?.map(|held| held.number),
            on_board: self.on_board(ticket.number, now)?,
        };
        Ok(visit::offers(&ticket, counter, &context))
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
        let sql =
            "SELECT at_ms, boot, uptime_ms FROM device JOIN event ON event.seq = help_seq ORDER BY help_seq LIMIT 1";
        Ok(self.db.prepare_cached(sql)?.query_row([], |row| moment(row, 0)).optional()?)
    }

    /// What the waiting room sees.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn board(&self, now: Moment) -> Result<Board, Fault> {
        let _one_instant = self.one_instant()?;
        let ready = self.select_cases("WHERE state = 'ready' ORDER BY changed_seq", [])?;
        let facts = Facts {
            local: now.local(self.office.identity.zone),
            day: self.day_status(now)?,
            held: self.held()?,
            open: self.open_visits()?,
            calls: self.calls()?,
            ready: ready.into_iter().map(|case| case.receipt).collect(),
            network_down: self.network_down()?,
            notices: self.notices()?.into_iter().map(|(_, notice)| notice).collect(),
            volume: self.volume()?,
        };
        Ok(Board::of(&self.office, facts))
    }

    /// The counters that have somebody.
    fn held(&self) -> Result<Vec<Sign>, Fault> {
        let sql = "SELECT counter, prefix, n, state = 'serving' FROM ticket WHERE counter IS NOT NULL";
        let mut statement = self.db.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| {
            Ok(Sign { counter: row.get(0)?, number: Some(number(row, 1)?), serving: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn open_visits(&self) -> Result<Vec<OpenVisits>, Fault> {
        let sql = "SELECT service, state, count(*) FROM ticket WHERE stage IS NOT NULL GROUP BY service, state";
        let mut statement = self.db.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| {
            Ok(OpenVisits { service: ServiceKey(row.get(0)?), state: row.get(1)?, count: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many numbers of this letter the open day has given; a quota counts them.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn issued_today(&self, prefix: char) -> Result<u32, Fault> {
        let Some(day) = self.open_day_now()? else { return Ok(0) };
        let sql = "SELECT count(*) FROM ticket WHERE day = ?1 AND prefix = ?2";
        Ok(self.value(sql, params![day.id.0, prefix.to_string()])?.unwrap_or(0))
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

    /// People ahead of a ticket that joins `line` now, and its wait: the policy's order and the stages' shrunk means.
    pub(super) fn forecast(&self, line: &Line, ticket: &Ticket, now: Moment) -> Result<(u32, Wait), Fault> {
        let State::Waiting { stage, place } = ticket.state else { return Ok((0, Wait::Soon)) };
        if stage == Stage::Recording && self.network_down()?.is_some() {
            // Whoever is held has kept an earlier place, and nobody can say when the network comes back.
            let held = self.value("SELECT count(*) FROM ticket WHERE stage IS NOT NULL AND state = 'held'", [])?;
            return Ok((held.unwrap_or(0), Wait::Network));
        }
        let here = line.count(stage) + 1;
        let active = forecast::active(&self.desks(stage)?, here, now);
        let serving: Vec<CounterNumber> = match active.is_empty() {
            true => self.office.counters_for(stage).map(|c| c.number).collect(),
            false => active.iter().map(|desk| desk.counter).collect(),
        };
        let stages: Vec<Stage> = Stage::ALL
            .into_iter()
            .filter(|s| serving.iter().any(|n| self.office.counter(*n).is_some_and(|c| c.stages.contains(s))))
            .collect();
        let recent = self.recent(line, &stages)?;
        let newcomer = Waits { ticket: ticket.id, stage, priority: ticket.priority, place };
        let ahead = line.ahead(&newcomer, &recent, now);
        let (mut people, mut work, mut mean) = (0, Duration::ZERO, Duration::ZERO);
        for s in stages {
            let (each, of) = (self.mean_service(s)?, ahead.get(&s).copied().unwrap_or(0) as u32);
            work += each * of;
            people += of;
            if s == stage {
                mean = each;
            }
        }
        let all_busy = !active.is_empty() && active.iter().all(|desk| desk.busy);
        let local = now.local(self.office.identity.zone);
        let pause = match self.day_status(now)? {
            // A clock in another day than the one that was opened knows of no break.
            DayStatus::Open { date } | DayStatus::Break { date, .. } if date == local.date() => {
                let hours = self.office.hours.of(date.weekday());
                let pause = hours.and_then(|hours| hours.break_from.zip(hours.break_to));
                pause.map_or(Break::Over, |(from, to)| Break::at(local.time(), from, to))
            }
            _ => Break::Over,
        };
        Ok((people, forecast::wait(work, mean, active.len() as u32, all_busy, pause)))
    }

    /// The day's calls as far as a decision in `line` about these stages depends on them.
    pub(super) fn recent<'a>(&'a self, line: &Line, stages: &'a [Stage]) -> Result<Recent<'a>, Fault> {
        let mut recent = Recent::new(line, stages, &self.office.queue);
        let mut statement = self.db.prepare_cached(
            "SELECT seq, stage, priority FROM event WHERE day = (SELECT max(id) FROM day)
             AND action IN ('call', 'call-chosen', 'recall') AND action <> 'recall' ORDER BY seq DESC",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let seq = Seq(row.get(0)?);
            if !recent.matters(seq) {
                break;
            }
            recent.hear(PastCall { seq, stage: stage(row, 1)?, priority: row.get(2)? });
        }
        Ok(recent)
    }

    /// What is left of the time of this number's last call on the board.
    pub(super) fn on_board(&self, number: Number, now: Moment) -> Result<Duration, Fault> {
        Ok(board::time_left(&self.calls()?, number, now, self.office.voice.languages.len()))
    }

    /// The latest calls of the open day, newest first.
    pub(super) fn calls(&self) -> Result<Vec<Call>, Fault> {
        let Some(day) = self.open_day_now()? else { return Ok(Vec::new()) };
        let mut statement = self.db.prepare_cached(
            // What ended a call, unless it was taken back.
            "SELECT event.seq, prefix, n, event.counter, event.stage, event.at_ms, event.boot, event.uptime_ms,
                    ends.action, ends.at_ms, ends.boot, ends.uptime_ms
             FROM event JOIN ticket ON ticket.id = event.ticket
             LEFT JOIN event AS ends ON ends.seq =
                    (SELECT seq FROM event AS later WHERE later.ticket = event.ticket AND later.seq > event.seq
                         AND action IN ('start', 'skip', 'transfer', 'cancel', 'close')
                         AND NOT EXISTS (SELECT 1 FROM event AS undo WHERE undo.ticket = later.ticket
                             AND undo.seq > later.seq AND undo.action = 'undo' AND undo.detail ->> 'act' = later.seq)
                     ORDER BY later.seq LIMIT 1)
             WHERE event.day = ?1 AND event.action IN ('call', 'call-chosen', 'recall')
             ORDER BY event.seq DESC LIMIT ?2",
        )?;
        let rows = statement.query_map(params![day.id.0, Board::CALLS as i64], call)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The counters that serve `stage` and do not pause, in the order of `office.toml`.
    pub(super) fn desks(&self, stage: Stage) -> Result<Vec<Desk>, Fault> {
        let Some(day) = self.open_day_now()? else { return Ok(Vec::new()) };
        let held = self.held()?;
        // The last call of each counter is near the end of the journal however long the day was.
        let mut statement = self.db.prepare_cached(
            "SELECT at_ms, boot, uptime_ms FROM event WHERE day = ?1 AND counter = ?2
             AND action IN ('call', 'call-chosen', 'recall') ORDER BY seq DESC LIMIT 1",
        )?;
        let mut desks = Vec::new();
        let pauses = self.pauses()?;
        let sits = |number| pauses.iter().all(|pause| pause.counter != number);
        for counter in self.office.counters_for(stage).filter(|counter| sits(counter.number)) {
            let called = statement.query_row(params![day.id.0, counter.number], |row| moment(row, 0)).optional()?;
            let busy = held.iter().any(|sign| sign.counter == counter.number);
            desks.push(Desk { counter: counter.number, busy, called });
        }
        Ok(desks)
    }

    pub(super) fn mean_service(&self, stage: Stage) -> Result<Duration, Fault> {
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
    let ends: Option<String> = row.get(8)?;
    Ok(Call {
        seq: Seq(row.get(0)?),
        number: number(row, 1)?,
        counter: row.get(3)?,
        stage: stage(row, 4)?,
        at: moment(row, 5)?,
        withdrawn: is_withdrawn(ends.as_deref()),
        over: ends.map(|_| moment(row, 9)).transpose()?,
    })
}

/// A number in the columns `at` (its letter) and the next one.
fn number(row: &Row, at: usize) -> rusqlite::Result<Number> {
    let prefix: String = row.get(at)?;
    Ok(Number { prefix: prefix.chars().next().ok_or_else(|| unknown(at))?, n: row.get(at + 1)? })
}

pub(super) fn stage(row: &Row, at: usize) -> rusqlite::Result<Stage> {
    let word: String = row.get(at)?;
    Stage::from_word(&word).ok_or_else(|| unknown(at))
}

fn unknown(at: usize) -> rusqlite::Error {
    super::rows::unfit(at, std::io::Error::other("unknown value"))
}
