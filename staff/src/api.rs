//! The interface for other programs, `/api/…`: what scripts read, always as JSON, and the board's public feed.
//!
//! Scripts act by the same routes as the pages' buttons. All of it is described for them in `assets/openapi.json`, which
//! is served at `/api/openapi.json`.

use crate::access::not_signed_in;
use crate::answer::{self, Asker, No};
use crate::desk::Desk;
use crate::form::Fields;
use crate::gate::has_room;
use crate::look::{Asked, figures};
use crate::report::{Counts, Period, Report, Times, percentile};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use queue::board::{Board, DayStatus};
use queue::case::{Case, CaseState, HoldReason, Place, light};
use queue::office::{Office, Stage};
use queue::ticket::{CounterNumber, State as Standing, Ticket, TicketId};
use queue::time::{Moment, clock};
use queue::{Refused, Store};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::WatchStream;

type Shared = State<Arc<Desk>>;

/// So many of a queue are told; more than any screen shows.
const QUEUE: usize = 100;

/// A moment for scripts: RFC 3339 in UTC, to the millisecond. Only ever as right as the machine's clock.
fn at(moment: &Moment) -> Value {
    jiff::Timestamp::from_millisecond(moment.wall_ms).map_or(Value::Null, |at| at.to_string().into())
}

/// A ticket. `seen` may be sent with an act on it: if the ticket has moved since, nothing is done.
pub(crate) fn ticket(store: &Store, ticket: &Ticket) -> Result<Value, No> {
    let receipt = match ticket.case {
        Some(case) => store.case(case)?.map(|case| case.receipt.to_string()),
        None => None,
    };
    let since = match &ticket.state {
        Standing::Waiting { place, .. } | Standing::Held { place, .. } => at(&place.since),
        Standing::Serving { since, .. } => at(since),
        _ => Value::Null,
    };
    let missing = match &ticket.state {
        Standing::Returned { missing, .. } => missing.as_slice(),
        _ => &[],
    };
    Ok(json!({
        "ticket": ticket.id.0,
        "number": ticket.number.to_string(),
        "service": ticket.service,
        "priority": ticket.priority,
        "issued": at(&ticket.issued),
        "state": ticket.state.word(),
        "stage": ticket.state.stage().map(|s| s.word()),
        "counter": ticket.state.counter(),
        "since": since,
        "missing": missing,
        "receipt": receipt,
        "seen": ticket.state.seen(),
    }))
}

fn tickets(store: &Store, list: &[Ticket]) -> Result<Value, No> {
    Ok(Value::Array(list.iter().map(|one| ticket(store, one)).collect::<Result<_, No>>()?))
}

/// A case.
pub(crate) fn case(case: &Case, office: &Office, now: Moment) -> Value {
    let today = now.local(office.identity.zone).date();
    json!({
        "case": case.id.0,
        "receipt": case.receipt.to_string(),
        "service": case.service,
        "state": case.state.word(),
        "hold_reason": match &case.state {
            CaseState::OnHold { reason } => json!(reason),
            _ => Value::Null,
        },
        "place": match &case.place {
            Place::Office => "office",
            Place::Village(name) => name,
        },
        "opened": at(&case.opened),
        "recorded_on": case.recorded_on.map(|date| date.to_string()),
        "light": light(case, today, office).map(|light| format!("{light:?}").to_lowercase()),
    })
}

fn day(status: DayStatus) -> Value {
    let (state, date, until) = match status {
        DayStatus::NotOpened => ("not-opened", None, None),
        DayStatus::Open { date } => ("open", Some(date), None),
        DayStatus::Break { date, until } => ("break", Some(date), Some(until)),
        DayStatus::LeftOpen { date } => ("left-open", Some(date), None),
        DayStatus::Closed { date } => ("closed", Some(date), None),
    };
    json!({ "state": state, "date": date.map(|d| d.to_string()), "until": until.map(clock) })
}

/// What the waiting room sees, and nothing else.
pub(crate) fn board(board: &Board) -> Value {
    json!({
        "day": day(board.day),
        "counters": board.signs.iter().map(|sign| json!({
            "counter": sign.counter,
            "number": sign.number.map(|n| n.to_string()),
            "serving": sign.serving,
        })).collect::<Vec<_>>(),
        "calls": board.calls.iter().map(|call| json!({
            "call": call.seq.0,
            "number": call.number.to_string(),
            "counter": call.counter,
            "stage": call.stage.word(),
            "at": at(&call.at),
        })).collect::<Vec<_>>(),
        "waiting": board.waiting.iter().map(|w| json!({ "service": w.service, "count": w.count })).collect::<Vec<_>>(),
        "ready": board.ready.iter().map(|receipt| receipt.to_string()).collect::<Vec<_>>(),
        "network_down_since": board.network_down.as_ref().map(at),
        "notices": board.notices.iter().map(|n| json!({ "text": n.text, "english": n.english })).collect::<Vec<_>>(),
    })
}

/// More than is answered at once.
pub(crate) fn too_busy(asker: Asker) -> Response {
    let mut no =
        No::bad("Terlalu banyak permintaan. Coba lagi sebentar lagi.", "Too many requests. Try again in a moment.");
    (no.status, no.code) = (StatusCode::TOO_MANY_REQUESTS, "too-many-requests".into());
    ([(RETRY_AFTER, "1")], asker.json_no(&no)).into_response()
}

fn unreadable(asker: Asker) -> Response {
    asker.json_no(&No::fault("the board cannot be read"))
}

/// `GET /api/openapi.json`
pub(crate) async fn openapi() -> Response {
    ([(CONTENT_TYPE, "application/json")], include_str!("../assets/openapi.json")).into_response()
}

/// `GET /api/board`: without a sign-in, because it hangs on the wall. It costs the database nothing, however many ask:
/// the desk reads the board once after each change.
pub(crate) async fn get_board(State(desk): Shared, asker: Asker) -> Response {
    if !desk.gate.admits(desk.now(), asker.is_here()) {
        return too_busy(asker);
    }
    let board = desk.board().borrow().clone();
    match board {
        Some(board) => ([(CONTENT_TYPE, "application/json")], board.to_string()).into_response(),
        None => unreadable(asker),
    }
}

/// `GET /api/board/events`: the board now, and again after each change of it.
pub(crate) async fn board_events(State(desk): Shared, asker: Asker) -> Response {
    let board = desk.board();
    if !desk.gate.admits(desk.now(), asker.is_here()) || !has_room(desk.board_readers(), asker.is_here()) {
        return too_busy(asker);
    }
    // This machine's own programs share places of their own.
    let place = match asker.peer.filter(|_| !asker.is_here()) {
        Some(address) => match desk.gate.board_stream(address) {
            None => return too_busy(asker),
            place => place,
        },
        None => None,
    };
    let events = WatchStream::new(board).filter_map(move |board| {
        // Held as long as somebody listens.
        let _place = &place;
        board.map(|text| Ok::<_, Infallible>(Event::default().event("board").data(&*text)))
    });
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

/// Reads for somebody who is signed in.
async fn read<F>(desk: Arc<Desk>, asker: Asker, work: F) -> Response
where
    F: FnOnce(&Store, Moment) -> Result<Value, No> + Send + 'static,
{
    let read = desk.look(move |store, now| {
        asker.clerk.ok_or_else(not_signed_in)?.login(store)?;
        work(store, now)
    });
    match read.await {
        Ok(value) => answer::json(StatusCode::OK, &value),
        Err(no) => asker.json_no(&no),
    }
}

/// `GET /api/office`: the keys that acts are made of.
pub(crate) async fn office(State(desk): Shared, asker: Asker) -> Response {
    read(desk, asker, |store, _| {
        let office = store.office();
        let services = office.services.iter().map(|service| {
            let requirements = office.requirements_of(service);
            json!({
                "service": service.key,
                "prefix": service.prefix.to_string(),
                "name": { "id": service.name.id, "en": service.name.en },
                "stages": service.stages.iter().map(|s| s.word()).collect::<Vec<_>>(),
                "print_directly": service.print_directly,
                "requirements": requirements.iter().map(|r| json!({
                    "key": r.key,
                    "blocking": r.blocking,
                    "text": { "id": r.text.id, "en": r.text.en },
                })).collect::<Vec<_>>(),
            })
        });
        Ok(json!({
            "code": office.identity.code,
            "name": office.identity.name,
            "zone": office.identity.zone.name(),
            "services": services.collect::<Vec<_>>(),
            "counters": office.counters.iter().map(|c| json!({
                "counter": c.number,
                "stages": c.stages.iter().map(|s| s.word()).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "ticks": office.stages.recording.ticks.iter().map(|tick| &tick.key).collect::<Vec<_>>(),
            "villages": office.collection.villages,
        }))
    })
    .await
}

/// `GET /api/day`: the day and the state of things around it.
pub(crate) async fn get_day(State(desk): Shared, asker: Asker) -> Response {
    read(desk, asker, |store, now| {
        let mut day = day(store.day_status(now)?);
        day["network_down_since"] = store.network_down()?.as_ref().map_or(Value::Null, at);
        day["help_asked_since"] = store.help_asked()?.as_ref().map_or(Value::Null, at);
        day["printer"] = store.printer_status().map(|printer| printer.state.word()).into();
        Ok(day)
    })
    .await
}

/// `GET /api/queue`: who waits, in the order they would be called; with `?counter=` at that counter.
pub(crate) async fn queue(State(desk): Shared, asker: Asker, Query(query): Asked) -> Response {
    read(desk, asker, move |store, now| {
        let counter: Option<CounterNumber> = Fields(query).counter()?;
        if counter.is_some_and(|n| store.office().counter(n).is_none()) {
            return Err(Refused::UnknownCounter.into());
        }
        let waiting = store.queue(counter, QUEUE, now)?;
        Ok(json!({ "waiting": tickets(store, &waiting.first)?, "count": waiting.count }))
    })
    .await
}

/// `GET /api/tickets`: every ticket of the open day.
pub(crate) async fn get_tickets(State(desk): Shared, asker: Asker) -> Response {
    read(desk, asker, |store, _| {
        let today = store.tickets()?;
        Ok(json!({ "tickets": tickets(store, &today)? }))
    })
    .await
}

/// `GET /api/tickets/{ticket}`
pub(crate) async fn get_ticket(State(desk): Shared, asker: Asker, Path(id): Path<String>) -> Response {
    read(desk, asker, move |store, _| {
        let id = id.parse().map_err(|_| Refused::UnknownTicket)?;
        let found = store.ticket(TicketId(id))?.ok_or(Refused::UnknownTicket)?;
        ticket(store, &found)
    })
    .await
}

/// `GET /api/numbers/{number}`: today's ticket with this number.
pub(crate) async fn get_number(State(desk): Shared, asker: Asker, Path(number): Path<String>) -> Response {
    read(desk, asker, move |store, _| {
        let number = number.parse().map_err(|()| Refused::UnknownTicket)?;
        let found = store.ticket_by_number(number)?.ok_or(Refused::UnknownTicket)?;
        ticket(store, &found)
    })
    .await
}

/// `GET /api/cases`: every case that has not ended, oldest first.
pub(crate) async fn get_cases(State(desk): Shared, asker: Asker) -> Response {
    read(desk, asker, |store, now| {
        let open = store.open_cases()?;
        Ok(json!({ "cases": open.iter().map(|one| case(one, store.office(), now)).collect::<Vec<_>>() }))
    })
    .await
}

/// `GET /api/cases/{receipt}`
pub(crate) async fn get_case(State(desk): Shared, asker: Asker, Path(receipt): Path<String>) -> Response {
    read(desk, asker, move |store, now| {
        let typed = Fields(vec![("receipt".into(), receipt)]);
        let receipt = typed.receipt()?.ok_or(Refused::ReceiptNeeded)?;
        let found = store.case_by_receipt(receipt)?.ok_or(Refused::UnknownCase)?;
        Ok(case(&found, store.office(), now))
    })
    .await
}

/// `GET /api/report?from=…&to=…`: the figures of the report page.
pub(crate) async fn get_report(State(desk): Shared, asker: Asker, Query(query): Asked) -> Response {
    let read = desk.read_apart(move |store, now| {
        let (report, period) = figures(store, now, &Fields(query))?;
        Ok(report_json(&report, period, store.office()))
    });
    match read.await {
        Ok(value) => answer::json(StatusCode::OK, &value),
        Err(no) => asker.json_no(&no),
    }
}

fn counts(c: &Counts) -> Value {
    json!({
        "issued": c.issued,
        "priority": c.priority,
        "finished": c.finished,
        "returned": c.returned,
        "referred": c.referred,
        "deferred": c.deferred,
        "expired": c.expired,
        "cancelled": c.cancelled,
        "no_shows": c.no_shows,
    })
}

/// Seconds; `within` is how many kept the standard's minutes.
fn times(times: &Times, standard_minutes: Option<u32>) -> Value {
    json!({
        "known": times.known.len(),
        "unknown": times.unknown,
        "median_seconds": times.percentile(50).map(|t| t.as_secs()),
        "p90_seconds": times.percentile(90).map(|t| t.as_secs()),
        "standard_minutes": standard_minutes,
        "within_standard": standard_minutes.map(|minutes| times.within(minutes)),
    })
}

fn taken(days: &[u32]) -> Value {
    json!({ "median": percentile(days, 50), "p90": percentile(days, 90) })
}

fn by_reason(cards: &BTreeMap<HoldReason, u32>) -> Value {
    cards.iter().map(|(reason, n)| json!({ "reason": reason, "count": n })).collect()
}

fn report_json(report: &Report, period: Period, office: &Office) -> Value {
    let nothing = Times::default();
    let called = [Stage::Verification, Stage::Recording, Stage::Collection];
    let stages = called.into_iter().filter(|stage| office.has_stage(*stage)).map(|stage| {
        json!({
            "stage": stage.word(),
            "wait": times(report.waits.get(&stage).unwrap_or(&nothing), None),
            "service": times(report.services.get(&stage).unwrap_or(&nothing), Some(office.standard_minutes(stage))),
        })
    });
    let stages: Vec<Value> = stages.collect();
    let days = report.days.iter().map(|(date, c)| {
        let mut day = counts(c);
        day["date"] = date.to_string().into();
        day
    });
    let cards = &report.cards;
    json!({
        "from": period.from.to_string(),
        "to": period.to.to_string(),
        "total": counts(&report.total()),
        "days": days.collect::<Vec<_>>(),
        "stages": stages,
        "counters": report.counters.iter().map(|(n, served)| json!({
            "counter": n,
            "served": served.count(),
            "unmeasured": served.unknown,
            "median_seconds": served.percentile(50).map(|t| t.as_secs()),
            "p90_seconds": served.percentile(90).map(|t| t.as_secs()),
        })).collect::<Vec<_>>(),
        "hours": report.hours,
        "missing": report.missing.iter().map(|(key, n)| json!({ "key": key, "count": n })).collect::<Vec<_>>(),
        "cards": {
            "recorded": cards.recorded,
            "ready": cards.ready,
            "within_target": cards.within_target,
            "overdue": cards.overdue,
            "working_days": taken(&cards.working_days),
            "days": taken(&cards.days),
            "unmeasured": cards.unmeasured,
            "handed_over": cards.handed_over,
            "uncollected": cards.uncollected,
            "long_uncollected": cards.long_uncollected,
            "held_now": by_reason(&cards.held_now),
            "holds": by_reason(&cards.holds),
        },
        "outages": report.outages,
        "outage_seconds": report.outage.known.iter().map(|t| t.as_secs()).sum::<u64>(),
        "outages_unmeasured": report.outage.unknown,
    })
}
