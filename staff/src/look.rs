//! The routes that only show: pages, assets and the stream of changes. None of them changes anything.

use crate::access;
use crate::answer::{Asker, No};
use crate::api;
use crate::assets;
use crate::desk::Desk;
use crate::form::Fields;
use crate::history;
use crate::page::{self, Page, Scene};
use crate::report::{self, Period, Report, Unit};
use crate::reports;
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{StatusCode, Uri};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use queue::case::CaseId;
use queue::store::BOARD_PICTURE;
use queue::time::Moment;
use queue::{Refused, Store};
use std::convert::Infallible;
use std::sync::Arc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::BroadcastStream;

type Shared = State<Arc<Desk>>;
pub(crate) type Asked = Query<Vec<(String, String)>>;

async fn show(desk: &Arc<Desk>, asker: Asker, page: Page, query: Vec<(String, String)>) -> Response {
    let query = Fields(query);
    if let Some(response) = page::choose_language(&query, &page::here(page, &query)) {
        return response;
    }
    match desk.look(move |store, now| page.see(store, now, asker, &query, None)).await {
        Ok(markup) => markup.into_response(),
        Err(no) => page::alone(asker, &no),
    }
}

/// `GET /`
pub(crate) async fn home(State(desk): Shared, asker: Asker, Query(query): Asked) -> Response {
    show(&desk, asker, Page::Home, query).await
}

/// `GET /counter/{n}`, and with `?number=` what became of one of today's numbers.
pub(crate) async fn counter(State(desk): Shared, asker: Asker, Path(n): Path<String>, Query(query): Asked) -> Response {
    let Ok(n) = n.parse() else { return page::alone(asker, &Refused::UnknownCounter.into()) };
    let (page, asked) = (Page::Counter(n), Fields(query.clone()));
    if asked.get("number").is_empty() {
        return show(&desk, asker, page, query).await;
    }
    let found = desk.look(move |store, _| {
        let number = asked.get("number").parse().map_err(|()| Refused::UnknownTicket)?;
        Ok(store.ticket_by_number(number)?.ok_or(Refused::UnknownTicket)?.id)
    });
    match found.await {
        Ok(id) => Redirect::to(&format!("{}?ticket={}", page.path(), id.0)).into_response(),
        Err(no) => page::refuse(&desk, asker, page, no).await,
    }
}

/// `GET /cases`, and with `?receipt=` the way to one of them.
pub(crate) async fn cases(State(desk): Shared, asker: Asker, Query(query): Asked) -> Response {
    let asked = Fields(query.clone());
    if asked.get("receipt").is_empty() {
        return show(&desk, asker, Page::Cases, query).await;
    }
    let found = desk.look(move |store, _| {
        let receipt = asked.receipt()?.ok_or(Refused::ReceiptNeeded)?;
        Ok(store.case_by_receipt(receipt)?.ok_or(Refused::UnknownCase)?.id)
    });
    match found.await {
        Ok(id) => Redirect::to(&Page::Case(id).path()).into_response(),
        Err(no) => page::refuse(&desk, asker, Page::Cases, no).await,
    }
}

/// `GET /cases/{id}`
pub(crate) async fn case(State(desk): Shared, asker: Asker, Path(id): Path<String>, Query(query): Asked) -> Response {
    match id.parse() {
        Ok(id) => show(&desk, asker, Page::Case(CaseId(id)), query).await,
        Err(_) => page::alone(asker, &Refused::UnknownCase.into()),
    }
}

/// The unit of a report's lines: as asked, or what suits the period.
pub(crate) fn unit(query: &Fields, period: Period) -> Unit {
    Unit::from_word(query.get("by")).unwrap_or_else(|| period.unit())
}

/// The figures of the asked period; this month without one.
pub(crate) fn figures(store: &Store, now: Moment, query: &Fields) -> Result<(Report, Period), No> {
    let today = now.local(store.office().identity.zone).date();
    let date = |name: &str, default: Date| match query.get(name) {
        "" => Ok(default),
        text => history::date(text)
            .ok_or_else(|| No::bad("Tulis tanggal seperti 27/11/2026.", "Write the date as 27/11/2026.")),
    };
    let period = Period { from: date("from", today.first_of_month())?, to: date("to", today)? };
    if period.from > period.to || (period.to - period.from).get_days() > Period::MAX_DAYS {
        return Err(No::bad("Periode laporan paling lama tiga tahun.", "The period must be at most three years."));
    }
    Ok((report::read(store, period, now)?, period))
}

/// `GET /report`
pub(crate) async fn report(State(desk): Shared, asker: Asker, Query(query): Asked) -> Response {
    let query = Fields(query);
    if let Some(response) = page::choose_language(&query, &page::here(Page::Report, &query)) {
        return response;
    }
    let shared = desk.clone();
    let page = desk.read_apart(move |store, now| {
        let scene = Scene::of(store, now, asker)?;
        let body = reports::see(&scene, &query, &shared.past)?;
        Ok(scene.shell(Page::Report, &query, scene.t("Laporan", "Report"), None, body))
    });
    match page.await {
        Ok(markup) => markup.into_response(),
        Err(no) => page::alone(asker, &no),
    }
}

/// A file to keep, named after its period.
fn file(kind: &str, ending: &str, period: Period, bytes: Vec<u8>) -> Response {
    let name = format!("attachment; filename=\"antrean-{}-{}.{ending}\"", period.from, period.to);
    ([(CONTENT_TYPE, kind.to_string()), (CONTENT_DISPOSITION, name)], bytes).into_response()
}

/// `GET /report.csv`
pub(crate) async fn report_csv(State(desk): Shared, asker: Asker, Query(query): Asked) -> Response {
    let csv = desk.read_apart(move |store, now| {
        let query = Fields(query);
        let (report, period) = figures(store, now, &query)?;
        let write = if query.yes("excel") { report::csv_for_excel } else { report::csv };
        Ok((write(&report, store.office(), period, unit(&query, period)), period))
    });
    match csv.await {
        Ok((csv, period)) => file("text/csv; charset=utf-8", "csv", period, csv.into_bytes()),
        Err(no) => page::alone(asker, &no),
    }
}

/// `GET /report.xlsx`
pub(crate) async fn report_xlsx(State(desk): Shared, asker: Asker, Query(query): Asked) -> Response {
    let workbook = desk.read_apart(move |store, now| {
        let query = Fields(query);
        let (report, period) = figures(store, now, &query)?;
        let office = store.office();
        let tables = report::tables(&report, office, period, unit(&query, period), asker.lang);
        let heading = format!("{}, {}", office.identity.name, reports::span(period, asker.lang));
        let bytes = report::workbook(&tables, &report, office, &heading, asker.lang)
            .map_err(|e| No::fault(&format!("no workbook: {e}")))?;
        Ok((bytes, period))
    });
    match workbook.await {
        Ok((bytes, period)) => {
            file("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", period, bytes)
        }
        Err(no) => page::alone(asker, &no),
    }
}

/// `GET /today`
pub(crate) async fn today(State(desk): Shared, asker: Asker, Query(query): Asked) -> Response {
    show(&desk, asker, Page::Today, query).await
}

/// `GET /history?of=A-024&on=24/11/2026`, or `of` a receipt.
pub(crate) async fn history(State(desk): Shared, asker: Asker, Query(query): Asked) -> Response {
    show(&desk, asker, Page::History, query).await
}

/// `GET /account`
pub(crate) async fn account(State(desk): Shared, asker: Asker, Query(query): Asked) -> Response {
    show(&desk, asker, Page::Account, query).await
}

/// `GET /office`
pub(crate) async fn office(State(desk): Shared, asker: Asker, Query(query): Asked) -> Response {
    show(&desk, asker, Page::Office, query).await
}

/// `GET /notices`
pub(crate) async fn notices(State(desk): Shared, asker: Asker, Query(query): Asked) -> Response {
    show(&desk, asker, Page::Notices, query).await
}

/// `GET /people`
pub(crate) async fn people(State(desk): Shared, asker: Asker, Query(query): Asked) -> Response {
    show(&desk, asker, Page::People, query).await
}

/// `GET /ca.pem`: what a technician makes a browser trust, after comparing its fingerprint. Public by its nature.
pub(crate) async fn authority(State(desk): Shared, asker: Asker) -> Response {
    match tokio::fs::read(desk.dir.join(crate::tls::AUTHORITY)).await {
        Ok(pem) => ([(CONTENT_TYPE, "application/x-x509-ca-cert")], pem).into_response(),
        Err(_) => page::alone(asker, &No::no_page()),
    }
}

/// `GET /board.png`: what the board of the waiting room shows.
pub(crate) async fn board_picture(State(desk): Shared, asker: Asker) -> Response {
    match tokio::fs::read(desk.dir.join(BOARD_PICTURE)).await {
        Ok(png) => ([(CONTENT_TYPE, "image/png")], png).into_response(),
        Err(_) => page::alone(asker, &No::no_page()),
    }
}

/// `GET /events`: one "change" after every change of the office; the page then reads itself anew.
/// It ends with the login that asked for it, at the first change after.
pub(crate) async fn events(State(desk): Shared, asker: Asker) -> Response {
    let Some(place) = asker.clerk.and_then(|clerk| desk.gate.stream(clerk.login)) else { return api::too_busy(asker) };
    // A reader that lagged behind has missed only rings of the same bell.
    let changes = BroadcastStream::new(desk.changes())
        .then(move |_| access::is_still_in(desk.clone(), asker.clerk))
        .take_while(|still_in| *still_in)
        .map(move |_| {
            // Held as long as the stream is.
            let _ = &place;
            Ok::<_, Infallible>(Event::default().event("change").data("1"))
        });
    Sse::new(changes).keep_alive(KeepAlive::default()).into_response()
}

/// `GET /assets/{name}`
pub(crate) async fn asset(asker: Asker, Path(name): Path<String>, RawQuery(query): RawQuery) -> Response {
    let Some((kind, text)) = assets::find(&name) else { return page::alone(asker, &No::no_page()) };
    match assets::is_current(query.as_deref()) {
        true => ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "max-age=31536000, immutable")], text).into_response(),
        false => ([(CONTENT_TYPE, kind)], text).into_response(),
    }
}

/// Every other address.
pub(crate) async fn nothing(asker: Asker, _: Uri) -> Response {
    page::alone(asker, &No::no_page())
}

/// An address that exists, asked in the wrong way: acts are posted, pages are read.
pub(crate) async fn wrong_method(asker: Asker) -> Response {
    let mut no = No::no_page();
    no.status = StatusCode::METHOD_NOT_ALLOWED;
    page::alone(asker, &no)
}
