//! One counter's page: whom it holds, who waits, and what else a clerk decides about.

use crate::answer::No;
use crate::controls::{ENTER, button, folded, link, ticket_route};
use crate::form::Fields;
use crate::page::Scene;
use crate::{home, lists, serving};
use maud::{Markup, html};
use queue::board::DayStatus;
use queue::office::{Counter, Stage};
use queue::store::{Apart, Waiting};
use queue::ticket::{CounterNumber, State, Ticket, TicketId};
use queue::{Command, Refused, day};

/// What the page is about.
pub(crate) struct Desk<'a> {
    pub(crate) counter: &'a Counter,
    pub(crate) held: Option<Ticket>,
    pub(crate) waiting: Waiting,
    pub(crate) apart: Apart,
    /// The ticket of the last act, or the one that was looked for.
    pub(crate) last: Option<Ticket>,
}

pub(crate) fn see(scene: &Scene, n: CounterNumber, query: &Fields) -> Result<(String, Markup), No> {
    let counter = scene.office.counter(n).ok_or(Refused::UnknownCounter)?;
    let name = format!("{} {n}", scene.t("Loket", "Counter"));
    if !scene.board.day.has_visits() {
        return Ok((name.clone(), closed(scene, &name)));
    }
    let last = query.get("ticket").parse().ok().map(TicketId);
    let desk = Desk {
        counter,
        held: scene.store.at_counter(n)?,
        waiting: scene.store.queue(Some(n), lists::SHOWN, scene.now)?,
        apart: scene.store.apart(n, lists::APART)?,
        last: last.map(|id| scene.store.ticket(id)).transpose()?.flatten(),
    };
    let title = desk.held.as_ref().map_or_else(|| name.clone(), |ticket| format!("{} · {name}", ticket.number));
    let held = match &desk.held {
        Some(ticket) => serving::see(scene, n, ticket)?,
        None => free(scene, &desk),
    };
    let body = html! {
        div.desk {
            div {
                h1 { (name) " " small { (home::stages(scene, counter)) } }
                section.held #held data-part="" { div.undo { (undo(scene, n)?) } (held) }
                (lists::papers(scene, &desk, last)?)
                // Not below the waiting: on a full day that would be far down.
                section #office data-part="" { (switches(scene, n)) }
            }
            div {
                section #waiting data-part="" { (lists::waiting(scene, &desk)) }
                (lists::apart(scene, &desk))
            }
        }
    };
    Ok((title, body))
}

fn closed(scene: &Scene, name: &str) -> Markup {
    html! {
        section #held data-part="" {
            h1 { (name) }
            p.big { (scene.t("Hari pelayanan belum dibuka.", "The service day is not open.")) }
            p { (link(scene.t("Buka hari", "Open the day"), "B", "/")) }
        }
    }
}

/// Nobody is at the counter: call the next one, or go on with the applicant whose file was just found complete.
fn free(scene: &Scene, desk: &Desk) -> Markup {
    let n = desk.counter.number;
    let in_one_visit = |t: &Ticket| scene.office.service(&t.service).is_some_and(|service| !service.needs_receipt());
    let here = |stage: Stage| desk.counter.stages.contains(&stage);
    let follow = desk.last.as_ref().and_then(|ticket| match ticket.state {
        State::Waiting { stage, .. } if !here(stage) => None,
        State::Waiting { stage: Stage::Recording, .. } if ticket.case.is_some() => {
            Some((ticket, scene.t("Lanjut rekam", "Go on to record")))
        }
        State::Waiting { stage: Stage::Collection, .. } if in_one_visit(ticket) => {
            Some((ticket, scene.t("Lanjutkan", "Go on with")))
        }
        _ => None,
    });
    let class = if follow.is_some() { "" } else { "primary" };
    html! {
        p.number.none { "–" }
        p.service { (scene.t("Tidak ada pemohon di loket ini", "No applicant at this counter")) }
        @if let Some((ticket, go_on)) = follow {
            (scene.on_ticket("call-chosen", n, ticket, html! {
                input type="hidden" name="reason" value="lanjut di loket yang sama";
                (button(&format!("{go_on} {}", ticket.number), "R", "primary"))
            }))
        }
        (scene.post(&format!("/counters/{n}/call"), Some(n), html! {
            (button(scene.t("Panggil berikutnya", "Call next"), "P", class))
        }))
        @if let Some(next) = desk.waiting.first.first() {
            p.hint { (scene.t("Berikutnya", "Next")) ": " strong { (next.number) } " · " (desk.waiting.count) " " (scene.t("menunggu", "waiting")) }
        } @else {
            p.hint { (scene.t("Tidak ada yang menunggu loket ini.", "Nobody is waiting for this counter.")) }
        }
    }
}

/// One's own last act, while it can be taken back.
fn undo(scene: &Scene, n: CounterNumber) -> Result<Markup, No> {
    let command = Command { now: scene.now, counter: Some(n), ..Command::new(scene.actor.clone()) };
    let Some(last) = scene.store.undoable(&command)? else { return Ok(html! {}) };
    let label = format!("{}: {} {}", scene.word("undo"), scene.word(last.action.word()), last.ticket.number);
    Ok(scene.post(
        &ticket_route(&last.ticket, "undo"),
        Some(n),
        html! {
            input type="hidden" name="act" value=(last.act.0);
            (button(&label, "Z", "quiet"))
        },
    ))
}

/// Whether a number may now need an officer's reason: past the hour of the last number, or with a service that has a quota.
fn may_be_refused(scene: &Scene) -> bool {
    let (DayStatus::Open { date } | DayStatus::Break { date, .. }) = scene.board.day else { return false };
    let local = scene.now.local(scene.office.identity.zone);
    day::last_number_passed(scene.office, date, local).is_some()
        || scene.office.services.iter().any(|s| s.quota.is_some())
}

/// The network switch (S26) and a number for somebody who cannot use the kiosk (C9).
fn switches(scene: &Scene, n: CounterNumber) -> Markup {
    let down = scene.board.network_down.is_some();
    html! {
        form.row method="get" action={ "/counter/" (n) } {
            label { (scene.t("Cari nomor", "Find a number")) " " input name="number" required autocomplete="off" size="6" placeholder="A-012" data-key="/"; " " kbd { "/" } }
            (button(scene.t("Cari", "Find"), ENTER, ""))
        }
        (folded(scene.t("Beri nomor di loket", "Issue a number here"), "N", scene.post("/issue", Some(n), html! {
            label { (scene.t("Layanan", "Service")) " "
                select name="service" {
                    @for service in &scene.office.services { option value=(service.key) { (service.prefix) " · " (service.name.get(scene.lang)) } }
                }
            }
            @if scene.office.has_stage(Stage::Printing) {
                label { (scene.t("Tanda terima (bila ada)", "Receipt (if any)")) " " input name="receipt" inputmode="numeric" autocomplete="off" size="14"; }
            }
            label { input type="checkbox" name="priority" value="yes"; " " (scene.t("Prioritas", "Priority")) }
            label { (scene.t("Bahasa struk", "Language of the slip")) " "
                select name="lang" { option value="id" { "Indonesia" } option value="en" { "English" } }
            }
            @if may_be_refused(scene) {
                label { (scene.t("Alasan, bila kuota habis atau jam nomor terakhir lewat", "Reason, if the quota is used up or it is past the last number")) " "
                    input name="reason" maxlength="200" autocomplete="off"; }
            }
            (button(scene.t("Beri nomor", "Issue"), ENTER, ""))
        })))
        @if down {
            (scene.post("/network/up", Some(n), button(scene.t("Jaringan pulih", "Network is back"), "J", "")))
        } @else {
            (folded(scene.t("Jaringan terganggu", "Network disturbed"), "J", scene.post("/network/down", Some(n), html! {
                p { (scene.t("Semua yang menunggu perekaman ditunda dengan tempat tetap; mereka boleh menunggu atau ke Dinas Dukcapil.",
                    "Everyone waiting for recording is held and keeps the place; they may wait or go to the Dinas Dukcapil.")) }
                (button(scene.t("Nyatakan terganggu", "Mark as disturbed"), ENTER, "danger"))
            })))
        }
    }
}
