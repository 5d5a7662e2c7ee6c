//! Rows to records and back. A value that does not fit is a damaged file, never a panic.

use super::{Fault, FaultKind, Store};
use crate::case::{Case, CaseId, CaseState, Place as CollectionPlace, Receipt};
use crate::office::{Lang, ServiceKey, Stage};
use crate::ticket::{DayId, Number, Place, Seq, State, Ticket, TicketId};
use crate::time::Moment;
use rusqlite::types::{FromSql, Type};
use rusqlite::{OptionalExtension, Params, Row, params};
use serde::de::DeserializeOwned;

/// Every column of a ticket, its moments told by their events.
const TICKET: &str = "
    SELECT ticket.id, ticket.day, prefix, n, service, ticket.priority, lang, ticket.case_id,
           issued.at_ms, issued.boot, issued.uptime_ms,
           started.at_ms, started.boot, started.uptime_ms,
           placed.at_ms, placed.boot, placed.uptime_ms,
           state, ticket.stage, ticket.counter, calls, place_seq, behind_seq, waits, missing, reason
    FROM ticket
    JOIN event AS issued ON issued.seq = issued_seq
    LEFT JOIN event AS started ON started.seq = started_seq
    LEFT JOIN event AS placed ON placed.seq = coalesce(behind_seq, place_seq)";

const CASE: &str = "
    SELECT id, receipt_year, receipt_n, service, at_ms, boot, uptime_ms, village, recorded_on, application.detail
    FROM application JOIN event ON event.seq = opened_seq";

impl Store {
    /// The tickets that `condition` (a WHERE and ORDER BY) selects.
    pub(super) fn select_tickets(&self, condition: &str, with: impl Params) -> Result<Vec<Ticket>, Fault> {
        let mut statement = self.db.prepare_cached(&format!("{TICKET} {condition}"))?;
        let rows = statement.query_map(with, ticket)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The cases that `condition` selects.
    pub(super) fn select_cases(&self, condition: &str, with: impl Params) -> Result<Vec<Case>, Fault> {
        let mut statement = self.db.prepare_cached(&format!("{CASE} {condition}"))?;
        let rows = statement.query_map(with, case)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One value, if there is a row.
    pub(super) fn value<T: FromSql>(&self, sql: &str, with: impl Params) -> Result<Option<T>, Fault> {
        Ok(self.db.prepare_cached(sql)?.query_row(with, |row| row.get(0)).optional()?)
    }

    /// Writes a ticket's row as it is after event `changed`; `started` when that is the applicant's coming.
    pub(super) fn save_ticket(&self, ticket: &Ticket, changed: Seq, started: bool) -> Result<(), Fault> {
        let (place, counter, calls, waits, missing, reason) = columns(&ticket.state)?;
        let updated = self
            .db
            .prepare_cached(
                "UPDATE ticket SET service = ?2, case_id = ?3, changed_seq = ?4, state = ?5, stage = ?6, counter = ?7,
                        calls = ?8, place_seq = ?9, behind_seq = ?10, waits = ?11, missing = ?12, reason = ?13,
                        started_seq = CASE WHEN ?14 THEN ?4 ELSE started_seq END
                 WHERE id = ?1",
            )?
            .execute(params![
                ticket.id.0,
                ticket.service.0,
                ticket.case.map(|id| id.0),
                changed.0,
                ticket.state.word(),
                ticket.state.stage().map(Stage::word),
                counter,
                calls,
                place.map(|p| p.seq.0),
                place.and_then(|p| p.behind).map(|seq| seq.0),
                waits,
                missing,
                reason,
                started,
            ])?;
        if updated == 1 {
            Ok(())
        } else {
            Err(Fault::new(FaultKind::Bug, format!("ticket {} has no row", ticket.id.0)))
        }
    }

    /// Writes a new ticket's row.
    pub(super) fn insert_ticket(&self, ticket: &Ticket, seq: Seq) -> Result<(), Fault> {
        self.db
            .prepare_cached(
                "INSERT INTO ticket (id, day, prefix, n, service, priority, lang, case_id, issued_seq, changed_seq,
                                     state, stage, place_seq)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, 'waiting', ?10, ?9)",
            )?
            .execute(params![
                ticket.id.0,
                ticket.day.0,
                ticket.number.prefix.to_string(),
                ticket.number.n,
                ticket.service.0,
                ticket.priority,
                ticket.lang.word(),
                ticket.case.map(|id| id.0),
                seq.0,
                ticket.state.stage().map(Stage::word),
            ])?;
        Ok(())
    }

    /// Writes a case's row as it is after event `changed`, making it if it is new.
    pub(super) fn save_case(&self, case: &Case, changed: Seq) -> Result<(), Fault> {
        let village = match &case.place {
            CollectionPlace::Office => None,
            CollectionPlace::Village(name) => Some(name),
        };
        self.db
            .prepare_cached(
                "INSERT INTO application (id, receipt_year, receipt_n, service, opened_seq, changed_seq, village,
                                          recorded_on, state, detail)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT (id) DO UPDATE SET changed_seq = excluded.changed_seq, village = excluded.village,
                     recorded_on = excluded.recorded_on, state = excluded.state, detail = excluded.detail",
            )?
            .execute(params![
                case.id.0,
                case.receipt.year,
                case.receipt.n,
                case.service.0,
                changed.0,
                village,
                case.recorded_on.map(|d| d.to_string()),
                case.state.word(),
                json(&case.state)?,
            ])?;
        Ok(())
    }
}

type Columns = (Option<Place>, Option<u8>, Option<u8>, Option<bool>, Option<String>, Option<String>);

/// The state's own data as columns: place, counter, calls, waits, missing, reason.
fn columns(state: &State) -> Result<Columns, Fault> {
    Ok(match state {
        State::Waiting { place, .. } | State::Skipped { place, .. } => (Some(*place), None, None, None, None, None),
        State::Called { place, counter, calls, .. } => (Some(*place), Some(*counter), Some(*calls), None, None, None),
        State::Serving { place, counter, .. } => (Some(*place), Some(*counter), None, None, None, None),
        State::Held { place, waits } => (Some(*place), None, None, Some(*waits), None, None),
        State::Returned { missing, place } => (Some(*place), None, None, None, Some(json(missing)?), None),
        State::Cancelled { reason } => (None, None, None, None, None, Some(reason.clone())),
        State::Finished | State::Referred | State::Deferred | State::Expired => (None, None, None, None, None, None),
    })
}

/// A value as the JSON of a column.
pub(super) fn json(value: &impl serde::Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|e| Fault::new(FaultKind::Bug, format!("cannot be written as JSON: {e}")))
}

/// The JSON of column `at` as a value.
pub(super) fn parse<T: DeserializeOwned>(row: &Row, at: usize) -> rusqlite::Result<T> {
    let text: String = row.get(at)?;
    serde_json::from_str(&text).map_err(|e| unfit(at, e))
}

/// A value that the program cannot have written.
pub(super) fn unfit(at: usize, why: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(at, Type::Text, Box::new(why))
}

fn bad(at: usize) -> rusqlite::Error {
    unfit(at, std::io::Error::other("unknown value"))
}

/// Three columns from `at` as a moment.
pub(super) fn moment(row: &Row, at: usize) -> rusqlite::Result<Moment> {
    Ok(Moment { wall_ms: row.get(at)?, boot: row.get(at + 1)?, uptime_ms: row.get(at + 2)? })
}

fn ticket(row: &Row) -> rusqlite::Result<Ticket> {
    let prefix: String = row.get(2)?;
    let lang: String = row.get(6)?;
    let stage = |at| -> rusqlite::Result<Stage> { Stage::from_word(&row.get::<_, String>(at)?).ok_or_else(|| bad(at)) };
    let place = || -> rusqlite::Result<Place> {
        Ok(Place { seq: Seq(row.get(21)?), behind: row.get::<_, Option<i64>>(22)?.map(Seq), since: moment(row, 14)? })
    };
    let state: String = row.get(17)?;
    let state = match state.as_str() {
        "waiting" => State::Waiting { stage: stage(18)?, place: place()? },
        "called" => State::Called { stage: stage(18)?, place: place()?, counter: row.get(19)?, calls: row.get(20)? },
        "serving" => {
            State::Serving { stage: stage(18)?, place: place()?, counter: row.get(19)?, since: moment(row, 11)? }
        }
        "held" => State::Held { place: place()?, waits: row.get(23)? },
        "skipped" => State::Skipped { stage: stage(18)?, place: place()? },
        "finished" => State::Finished,
        "returned" => State::Returned { missing: parse(row, 24)?, place: place()? },
        "referred" => State::Referred,
        "deferred" => State::Deferred,
        "expired" => State::Expired,
        "cancelled" => State::Cancelled { reason: row.get(25)? },
        _ => return Err(bad(17)),
    };
    Ok(Ticket {
        id: TicketId(row.get(0)?),
        day: DayId(row.get(1)?),
        number: Number { prefix: prefix.chars().next().ok_or_else(|| bad(2))?, n: row.get(3)? },
        service: ServiceKey(row.get(4)?),
        priority: row.get(5)?,
        lang: if lang == "en" { Lang::En } else { Lang::Id },
        case: row.get::<_, Option<i64>>(7)?.map(CaseId),
        issued: moment(row, 8)?,
        state,
    })
}

fn case(row: &Row) -> rusqlite::Result<Case> {
    let village: Option<String> = row.get(7)?;
    let recorded_on: Option<String> = row.get(8)?;
    let state: CaseState = parse(row, 9)?;
    Ok(Case {
        id: CaseId(row.get(0)?),
        receipt: Receipt { year: row.get(1)?, n: row.get(2)? },
        service: ServiceKey(row.get(3)?),
        opened: moment(row, 4)?,
        place: village.map_or(CollectionPlace::Office, CollectionPlace::Village),
        recorded_on: recorded_on.map(|d| d.parse().map_err(|e| unfit(8, e))).transpose()?,
        state,
    })
}
