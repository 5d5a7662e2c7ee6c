//! The applicant at the counter: the number, the next sensible act, and every other act the rules allow now.

use crate::answer::No;
use crate::cases;
use crate::controls::{ENTER, button, button_then, digit, folded, radio, tick, ticket_route};
use crate::page::Scene;
use maud::{Markup, html};
use queue::office::{Service, Stage};
use queue::ticket::{CounterNumber, State, Ticket};
use queue::visit::Offer;
use queue::{Lang, Refused};

pub(crate) fn see(scene: &Scene, n: CounterNumber, ticket: &Ticket) -> Result<Markup, No> {
    let service = scene.office.service(&ticket.service).ok_or(Refused::UnknownService)?;
    let offers = scene.store.offers(ticket.id, n, scene.now)?;
    let (line, acts) = match &ticket.state {
        State::Called { calls, .. } => {
            let line = format!("{} {calls}×", scene.word("called"));
            (html! { (line) }, called(scene, n, ticket, &offers))
        }
        State::Serving { stage, since, .. } => {
            let standard = scene.office.standard_minutes(*stage);
            let served = scene.now.since(since).map(|time| time.as_secs());
            let line = html! {
                (scene.office.stage_name(*stage).get(scene.lang)) " · "
                // The script lets it go on while boxes are ticked.
                span data-clock=[served] data-standard=(standard) { (scene.minutes(since)) }
                " (" (scene.t("standar", "standard")) " " (standard) " " (scene.t("menit", "min")) ")"
            };
            let acts = match stage {
                Stage::Verification => verification(scene, n, ticket, service, &offers),
                Stage::Recording => recording(scene, n, ticket, &offers),
                // A paper of the same visit: no receipt.
                _ if may(&offers, "finish") => {
                    scene.on_ticket("finish", n, ticket, button(scene.word("finish"), "S", "primary"))
                }
                _ => collection(scene, n, ticket)?,
            };
            (line, acts)
        }
        _ => (html! { (scene.word(ticket.state.word())) }, html! {}),
    };
    Ok(html! {
        p.number { (ticket.number) }
        p.service {
            (service.name.get(scene.lang))
            @if ticket.priority { " " span.tag { (scene.t("prioritas", "priority")) } }
        }
        p.hint { (line) }
        (acts)
        div.others { (others(scene, n, ticket, &offers)) }
    })
}

/// Whether the rules allow the act now.
fn may(offers: &[Offer], act: &str) -> bool {
    offers.iter().any(|offer| offer.act == act && offer.refused.is_none())
}

fn called(scene: &Scene, n: CounterNumber, ticket: &Ticket, offers: &[Offer]) -> Markup {
    let reasons = || offers.iter().filter_map(|offer| offer.refused.as_ref());
    let again = reasons().find_map(|no| match no {
        Refused::CallAgainFirst { needed, .. } => Some(needed),
        _ => None,
    });
    let shown = reasons().find_map(|no| match no {
        Refused::CallStillShown { seconds, .. } => Some((no, seconds)),
        _ => None,
    });
    html! {
        (scene.on_ticket("start", n, ticket, button(scene.word("start"), "H", "primary")))
        div.row {
            @if may(offers, "recall") { (scene.on_ticket("recall", n, ticket, button(scene.word("recall"), "U", ""))) }
            @if may(offers, "skip") { (scene.on_ticket("skip", n, ticket, button(scene.word("skip"), "W", ""))) }
        }
        @if let Some(needed) = again {
            p.hint { (match scene.lang {
                Lang::Id => format!("Dapat dilewati setelah dipanggil {needed} kali."),
                Lang::En => format!("Can be skipped after {needed} calls."),
            }) }
        }
        // The page reads itself anew when the time is over.
        @if let Some((no, seconds)) = shown { p.hint data-again=(seconds) { (no.say(scene.lang)) } }
    }
}

/// One form: what is ticked as missing goes with the return, and forbids everything else. Only one of "complete" and "finish"
/// is of the service's procedure.
fn verification(scene: &Scene, n: CounterNumber, ticket: &Ticket, service: &Service, offers: &[Offer]) -> Markup {
    let requirements = scene.office.requirements_of(service);
    let done = if may(offers, "finish") { "finish" } else { "complete" };
    let direct = ticket_route(ticket, "print-directly");
    // One officer of all stages: the applicant stays in the chair.
    let next = service.called_after(Stage::Verification);
    let here = scene.office.counter(n).is_some_and(|counter| next.is_some_and(|stage| counter.stages.contains(&stage)));
    let stays = here && done == "complete" && scene.board.network_down.is_none();
    html! {
        (scene.on_ticket(done, n, ticket, html! {
            fieldset {
                legend { (scene.t("Centang yang KURANG", "Tick what is MISSING")) }
                @for (i, requirement) in requirements.iter().filter(|r| r.blocking).enumerate() {
                    (tick("missing", &requirement.key, false, i, requirement.text.get(scene.lang)))
                }
            }
            @match stays {
                true => (button_then(scene.t("Lengkap, lanjut di loket ini", "Complete, go on here"), "L", "primary done", "stay")),
                false => (button(scene.word(done), "L", "primary done")),
            }
            div.row {
                (and_call(scene, scene.word(done)))
                button type="submit" formaction=(ticket_route(ticket, "return")) data-key="K" {
                    (scene.word("return")) " " kbd { "K" }
                }
            }
            @if may(offers, "print-directly") && scene.may(&direct) {
                div.row {
                    (place(scene))
                    button type="submit" formaction=(direct) data-key="C" { (scene.word("print-directly")) " " kbd { "C" } }
                }
            }
        }))
        @if requirements.iter().any(|r| !r.blocking) {
            p.hint { (scene.t("Hanya anjuran, bukan alasan mengembalikan:", "Advice only, no reason to return a file:")) }
            ul.advice {
                @for requirement in requirements.iter().filter(|r| !r.blocking) { li { (requirement.text.get(scene.lang)) } }
            }
        }
    }
}

/// The same act, and the next one is called with it.
fn and_call(scene: &Scene, act: &str) -> Markup {
    button_then(&format!("{act} & {}", scene.t("panggil berikutnya", "call the next")), "V", "", "call")
}

fn recording(scene: &Scene, n: CounterNumber, ticket: &Ticket, offers: &[Offer]) -> Markup {
    html! {
        (scene.on_ticket("finish-recording", n, ticket, html! {
            fieldset {
                legend { (scene.t("Centang yang SUDAH", "Tick what is DONE")) }
                @for (i, done) in scene.office.stages.recording.ticks.iter().enumerate() {
                    (tick("done", &done.key, false, i, done.text.get(scene.lang)))
                }
                button type="button" data-tick-all="" data-key="C" hidden { (scene.t("Centang semua", "Tick all")) " " kbd { "C" } }
            }
            (place(scene))
            (button(scene.word("finish-recording"), "S", "primary"))
            div.row { (and_call(scene, scene.word("finish-recording"))) }
        }))
        @if may(offers, "hold") {
            div.row { (scene.on_ticket("hold", n, ticket, button(scene.word("hold"), "D", ""))) }
        }
    }
}

fn collection(scene: &Scene, n: CounterNumber, ticket: &Ticket) -> Result<Markup, No> {
    let case = match ticket.case {
        Some(id) => scene.store.case(id)?,
        None => None,
    };
    let compare = case.as_ref().map(|case| {
        html! {
            p.compare {
                (scene.t("Nomor ini diambil dengan tanda terima", "This number was taken with the receipt")) " "
                strong { (case.receipt) } " · " (cases::place(scene, case))
            }
        }
    });
    let taken = case.map(|case| case.receipt.to_string());
    Ok(scene.on_ticket(
        "hand-over",
        n,
        ticket,
        html! {
            @if let Some(compare) = compare { (compare) }
            fieldset {
                legend { (scene.t("Tanda Terima Pengambilan", "Collection receipt")) }
                label { (scene.t("Pindai atau ketik nomor pada kertas", "Scan or type the number on the paper")) " "
                    input.receipt name="receipt" required[taken.is_none()] inputmode="numeric" autocomplete="off" size="14" data-key="T"; " " kbd { "T" }
                }
                @if let Some(taken) = &taken {
                    // S13: a card is handed over against its receipt; what nobody compared is refused.
                    input type="hidden" name="compare" value="first";
                    label { input type="checkbox" name="compared" value="yes" data-key="C"; " "
                        (scene.t("Nomor pada kertas sama:", "The number on the paper is the same:")) " " (taken) " " kbd { "C" } }
                }
                (radio("by", "applicant", true, 0, scene.t("Diambil sendiri", "Collected in person")))
                (radio("by", "proxy", false, 1, scene.t("Diwakilkan", "By somebody sent")))
            }
            (button(scene.word("hand-over"), "S", "primary"))
            div.row { (and_call(scene, scene.word("hand-over"))) }
        },
    ))
}

/// Where the card will be collected (C3); the office first, as the flowchart says.
fn place(scene: &Scene) -> Markup {
    html! {
        label { (scene.t("Diambil di", "To be collected at")) " "
            select name="place" data-key="T" {
                option value="office" { "0 · " (scene.office.identity.name) }
                @for (i, village) in scene.office.collection.villages.iter().enumerate() {
                    option value=(village) { @if let Some(key) = digit(i) { (key) " · " } (scene.village(village)) }
                }
            }
            " " kbd { "T" }
        }
    }
}

fn others(scene: &Scene, n: CounterNumber, ticket: &Ticket, offers: &[Offer]) -> Markup {
    html! {
        @if may(offers, "transfer") { (transfer(scene, n, ticket, "A")) }
        (cancel(scene, n, ticket, "B"))
    }
}

fn transfer(scene: &Scene, n: CounterNumber, ticket: &Ticket, key: &str) -> Markup {
    folded(
        scene.word("transfer"),
        key,
        scene.on_ticket(
            "transfer",
            n,
            ticket,
            html! {
                label { (scene.t("Ke layanan", "To service")) " "
                    select name="service" {
                        @for service in scene.office.services.iter().filter(|s| s.key != ticket.service) {
                            option value=(service.key) { (service.name.get(scene.lang)) }
                        }
                    }
                }
                (button(scene.word("transfer"), ENTER, ""))
            },
        ),
    )
}

pub(crate) fn cancel(scene: &Scene, n: CounterNumber, ticket: &Ticket, key: &str) -> Markup {
    folded(
        scene.word("cancel"),
        key,
        scene.on_ticket(
            "cancel",
            n,
            ticket,
            html! {
                label { (scene.t("Alasan", "Reason")) " " input name="reason" required maxlength="200" autocomplete="off"; }
                (button(scene.word("cancel"), ENTER, "danger"))
            },
        ),
    )
}
