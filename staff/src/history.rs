//! *Riwayat*: what happened to a number on a day, or to an application: when, what, who, where, and which papers.

use crate::answer::No;
use crate::controls::{ENTER, button, link as button_link};
use crate::form::Fields;
use crate::page::{Page, Scene};
use crate::texts;
use crate::today::requirement;
use jiff::civil::Date;
use maud::{Markup, html};
use queue::Refused;
use queue::case::{CaseAction, CaseId, Place, Receipt};
use queue::journal::{Event, Happened};
use queue::printing::PrintJob;
use queue::ticket::{Number, Seq, Ticket};
use queue::time::{Moment, clock, date_in_words, short_date};
use queue::visit::Action;
use queue::words::standing;
use std::collections::{BTreeMap, BTreeSet};

/// The way to a number's history, as its number.
pub(crate) fn link(scene: &Scene, number: Number, on: Date) -> Markup {
    html! { @if scene.may_see("/history") { a href={ "/history?of=" (number) "&on=" (on) } { (number) } } @else { (number) } }
}

/// The way to an application's history, as its receipt.
pub(crate) fn link_case(receipt: Receipt) -> Markup {
    html! { a href={ "/history?of=" (receipt) } { (receipt) } }
}

/// The page's own address, with only what a number, a receipt and a date are made of.
pub(crate) fn here(query: &Fields) -> String {
    let plain = |text: &str| {
        text.chars().filter(|c| c.is_ascii_alphanumeric() || "-/".contains(*c)).take(20).collect::<String>()
    };
    match query.get("of") {
        "" => Page::History.path(),
        of => format!("{}?of={}&on={}", Page::History.path(), plain(of), plain(query.get("on"))),
    }
}

/// 27/11/2026 as people write it, or 2026-11-27.
pub(crate) fn date(text: &str) -> Option<Date> {
    if let Ok(date) = text.parse() {
        return Some(date);
    }
    let mut parts = text.split(['/', '.', '-']).map(str::trim);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// 27/11/2026.
pub(crate) fn written(date: Date) -> String {
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}

/// What was looked for.
enum Found {
    Nothing,
    Visit(Ticket, Date),
    Case(CaseId),
    /// Nothing has this number or receipt; why.
    No(No),
}

fn find(scene: &Scene, query: &Fields) -> Result<Found, No> {
    let (of, on) = (query.get("of"), query.get("on"));
    if of.is_empty() {
        return Ok(Found::Nothing);
    }
    if let Ok(receipt) = of.parse::<Receipt>() {
        return Ok(match scene.store.case_by_receipt(receipt)? {
            Some(case) => Found::Case(case.id),
            None => Found::No(Refused::UnknownCase.into()),
        });
    }
    let Ok(number) = of.to_ascii_uppercase().parse::<Number>() else {
        return Ok(Found::No(No::bad(
            "Tulis nomor seperti A-024 atau tanda terima seperti 26-000123-3.",
            "Write a number as A-024 or a receipt as 26-000123-3.",
        )));
    };
    let Some(on) = (if on.is_empty() { Some(scene.date()) } else { date(on) }) else {
        return Ok(Found::No(No::bad("Tulis tanggal seperti 27/11/2026.", "Write the date as 27/11/2026.")));
    };
    Ok(match scene.store.past_ticket(on, number)? {
        Some(ticket) => Found::Visit(ticket, on),
        None => Found::No(Refused::UnknownTicket.into()),
    })
}

pub(crate) fn see(scene: &Scene, query: &Fields) -> Result<(String, Markup), No> {
    let found = find(scene, query)?;
    let title = scene.t("Riwayat", "History");
    let (title, body) = match &found {
        Found::Nothing => (
            title.to_string(),
            html! { p.hint { (scene.t(
            "Cari satu nomor pada satu hari, atau satu permohonan menurut tanda terimanya.",
            "Look for a number on a day, or for an application by its receipt.")) } },
        ),
        Found::No(no) => (title.to_string(), html! { p.notice.no role="alert" { (no.say(scene.lang)) } }),
        Found::Visit(ticket, on) => (ticket.number.to_string(), visit(scene, ticket, *on)?),
        Found::Case(id) => case(scene, *id)?,
    };
    let on = match &found {
        Found::Visit(_, on) => *on,
        _ => date(query.get("on")).unwrap_or(scene.date()),
    };
    Ok((
        title,
        html! {
            div.head {
                section.controls {
                    form.row method="get" action="/history" role="search" {
                        label { (scene.t("Nomor atau tanda terima", "Number or receipt")) " "
                            input name="of" value=(query.get("of")) required autocomplete="off" size="14" data-key="/"; " " kbd { "/" } }
                        label { (scene.t("tanggal", "date")) " "
                            input name="on" value=(written(on)) size="10" autocomplete="off" inputmode="numeric" title=(scene.t("Seperti 27/11/2026; hanya untuk nomor", "As 27/11/2026; only for a number")); }
                        (button(scene.t("Cari", "Find"), ENTER, "primary"))
                    }
                }
                div #history data-part="" { (body) }
            }
        },
    ))
}

/// One visit.
fn visit(scene: &Scene, ticket: &Ticket, on: Date) -> Result<Markup, No> {
    let events = scene.store.events_of_ticket(ticket.id)?;
    let papers = scene.store.print_jobs_of(ticket.id)?;
    let receipt = ticket.case.map(|id| scene.store.case(id)).transpose()?.flatten().map(|case| case.receipt);
    Ok(html! {
        section {
            h1 { (ticket.number) " " small { (date_in_words(on, scene.lang)) } }
            p { (service(scene, ticket)) " · " strong { (standing(&ticket.state, scene.office, scene.lang)) }
                @if ticket.priority { " " span.tag { (scene.t("prioritas", "priority")) } }
                @if let Some(receipt) = receipt { " · " (scene.t("tanda terima", "receipt")) " " (link_case(receipt)) } }
            (table(scene, &events, &papers, None))
        }
    })
}

/// One application, with all its visits.
fn case(scene: &Scene, id: CaseId) -> Result<(String, Markup), No> {
    let case = scene.store.case(id)?.ok_or(Refused::UnknownCase)?;
    let visits = scene.store.visits_of(id)?;
    let events = scene.store.events_of_case(id)?;
    let mut papers = Vec::new();
    for visit in &visits {
        papers.extend(scene.store.print_jobs_of(visit.id)?);
    }
    let mut days = Vec::new();
    for visit in &visits {
        days.push((visit, scene.store.date_of(visit.day)?));
    }
    let name = scene.office.service(&case.service).map(|service| service.name.get(scene.lang));
    let body = html! {
        section {
            h1 { (case.receipt) }
            p { @if let Some(name) = name { (name) " · " } strong { (texts::case_standing(&case, scene.lang)) } }
            p.hint { (scene.t("Kunjungan", "Visits")) ": "
                @for (i, (visit, date)) in days.iter().enumerate() {
                    @if i > 0 { ", " }
                    @if let Some(date) = date { (link(scene, visit.number, *date)) " " (short_date(*date, scene.lang)) } @else { (visit.number) }
                } }
            (table(scene, &events, &papers, Some(&visits)))
            p { (button_link(scene.t("Buka permohonan", "Open the case"), "K", &Page::Case(id).path())) }
        }
    };
    Ok((case.receipt.to_string(), body))
}

fn service<'a>(scene: &Scene<'a>, ticket: &Ticket) -> &'a str {
    scene.office.service(&ticket.service).map_or("", |service| service.name.get(scene.lang))
}

/// Line by line. With `visits` the number stands in each, because there are several.
fn table(scene: &Scene, events: &[Event], papers: &[PrintJob], visits: Option<&[Ticket]>) -> Markup {
    let taken_back: BTreeSet<Seq> = events
        .iter()
        .filter_map(|event| match event.happened {
            Happened::Undone { act } => Some(act),
            _ => None,
        })
        .collect();
    // A paper was ordered in the moment of its event.
    let mut ordered: BTreeMap<i64, Vec<&PrintJob>> = BTreeMap::new();
    for job in papers {
        ordered.entry(job.queued.wall_ms).or_default().push(job);
    }
    let mut before: Option<(Date, Moment)> = None;
    let mut lines = Vec::new();
    for event in events {
        let local = event.at.local(scene.office.identity.zone);
        let new_day = before.is_none_or(|(date, _)| date != local.date());
        let passed = before.filter(|_| !new_day).and_then(|(_, at)| event.at.since(&at)).map(|time| time.as_secs());
        before = Some((local.date(), event.at));
        let jobs = ordered.remove(&event.at.wall_ms).unwrap_or_default();
        let number = event.ticket.and_then(|id| visits?.iter().find(|visit| visit.id == id)).map(|visit| visit.number);
        let gone = taken_back.contains(&event.seq);
        lines.push(html! {
            @if new_day { tr.day { th colspan="5" scope="rowgroup" { (date_in_words(local.date(), scene.lang)) } } }
            tr.gone[gone] {
                td.clock { (clock(local.time())) @if let Some(passed) = passed.filter(|seconds| *seconds >= 60) { " " span.hint { "+" (passed / 60) " " (scene.t("mnt", "min")) } } }
                th scope="row" {
                    @if let Some(number) = number { (number) " · " }
                    @if gone { s { (act(scene, event)) } " " span.tag { (scene.t("diurungkan", "taken back")) } } @else { (act(scene, event)) }
                }
                td { (more(scene, event)) }
                td { (scene.who(&event.by)) @if let Some(counter) = event.counter { ", " (scene.t("loket", "counter")) " " (counter) } }
                td { @for job in jobs {
                    div { (texts::paper(job.document.body.paper(), scene.lang))
                        @if job.copy > 0 { " (" (scene.t("cetak ulang", "reprint")) " " (job.copy) ")" }
                        ": " (texts::job(&job.state, scene.lang)) }
                } }
            }
        });
    }
    html! {
        table.now.story {
            thead { tr {
                th scope="col" { (scene.t("pukul", "time")) } th scope="col" { (scene.t("apa", "what")) } th scope="col" { (scene.t("keterangan", "more")) }
                th scope="col" { (scene.t("siapa, di mana", "who, where")) } th scope="col" { (scene.t("kertas", "paper")) }
            } }
            @for line in lines { (line) }
        }
        @for jobs in ordered.values() { @for job in jobs { p.hint {
            (clock(job.queued.local(scene.office.identity.zone).time())) " " (texts::paper(job.document.body.paper(), scene.lang)) ": " (texts::job(&job.state, scene.lang))
        } } }
    }
}

/// What happened, in the words of the buttons.
fn act(scene: &Scene, event: &Event) -> String {
    match &event.happened {
        Happened::CaseOpened { .. } => scene.t("Permohonan dibuka", "Case opened").into(),
        Happened::PaperOrdered { .. } => scene.t("Kertas diminta", "Paper ordered").into(),
        Happened::PrintAnswered { came_out: true, .. } => scene.t("Kertas keluar", "The paper came out").into(),
        Happened::PrintAnswered { .. } => scene.t("Kertas tidak keluar", "The paper did not come out").into(),
        Happened::Reprinted { .. } => scene.t("Cetak ulang", "Reprint").into(),
        happened => scene.word(happened.word()).into(),
    }
}

/// What else the event tells.
fn more(scene: &Scene, event: &Event) -> String {
    let name =
        |key| scene.office.service(key).map_or(key.to_string(), |service| service.name.get(scene.lang).to_string());
    let place = |place: &Place| match place {
        Place::Office => String::new(),
        Place::Village(name) => format!("{} {name}", scene.t("diambil di desa", "collected in the village of")),
    };
    match &event.happened {
        Happened::Issued { service, overruled, .. } => match overruled {
            Some(why) => format!("{}; {}: {why}", name(service), scene.t("di luar batas", "beyond the limit")),
            None => name(service),
        },
        Happened::Acted { action, .. } => match action {
            Action::CallChosen { reason, .. } | Action::Cancel { reason } => reason.clone(),
            Action::Return { missing } => {
                missing.iter().map(|key| requirement(scene, key)).collect::<Vec<_>>().join("; ")
            }
            Action::Transfer { service } => name(service),
            Action::PrintDirectly { place: to } | Action::FinishRecording { place: to, .. } => place(to),
            _ => String::new(),
        },
        Happened::CaseOpened { receipt } => receipt.to_string(),
        Happened::CaseActed { action } => match action {
            CaseAction::Hold { reason } => scene.t(reason.text().0, reason.text().1).into(),
            CaseAction::Record { on, place: to } => format!("{} {}", short_date(*on, scene.lang), place(to)),
            CaseAction::SendToVillage { village } => village.clone(),
            CaseAction::Cancel { reason } => reason.clone(),
            _ => String::new(),
        },
        _ => String::new(),
    }
}
