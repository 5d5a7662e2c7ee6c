//! The back office: cases to print, held, printed and ready, with the light of the two limits (C2).

use crate::answer::No;
use crate::controls::{ENTER, arrows, button, digit, folded, link, print};
use crate::form::{self, Fields};
use crate::page::{Page, Scene};
use crate::texts;
use maud::{Markup, html};
use queue::Refused;
use queue::case::{Case, CaseId, CaseState, HoldReason, Light, Place, light};
use queue::time::{date_in_words, short_date};

/// The sections of the worklist: state, and the act that can be done to several at once.
const SECTIONS: [(&str, &str, &str); 5] = [
    ("recorded", "print", "T"),
    ("onhold", "print", ""),
    ("printed", "make-ready", "S"),
    ("ready", "", ""),
    ("verified", "", ""),
];

pub(crate) fn see(scene: &Scene, query: &Fields) -> Result<Markup, No> {
    let cases = scene.store.open_cases()?;
    if scene.office.is_village(query.get("village")) {
        return Ok(see_village(scene, &cases, query.get("village")));
    }
    Ok(html! {
        h1 { (scene.t("Permohonan", "Cases")) " " small.paper { (date_in_words(today(scene), scene.lang)) } }
        section.controls {
            form.row method="get" action="/cases" {
                label { (scene.t("Cari tanda terima", "Find a receipt")) " "
                    input.receipt name="receipt" inputmode="numeric" autocomplete="off" size="14" required data-key="/"; " " kbd { "/" }
                }
                (button(scene.t("Cari", "Find"), ENTER, ""))
                (print(scene.t("Cetak daftar", "Print the list")))
            }
        }
        @for (state, act, key) in SECTIONS { (section(scene, &cases, query, state, act, key)) }
    })
}

fn section(scene: &Scene, cases: &[Case], query: &Fields, state: &str, act: &str, key: &str) -> Markup {
    let cases: Vec<&Case> = cases.iter().filter(|case| case.state.word() == state).collect();
    let act = if scene.may(&format!("/cases/{act}")) { act } else { "" };
    let table = html! {
        table.cases {
            @for case in &cases { (row(scene, case, !act.is_empty())) }
        }
    };
    html! {
        section id=(state) data-part="" {
            h2 { (scene.word(state)) " " span.count { (cases.len()) } @if !cases.is_empty() { (row_keys(scene, !act.is_empty())) } }
            @if !act.is_empty() && !key.is_empty() && !cases.is_empty() { (scan(scene, query, act)) }
            @if state == "ready" { (villages(scene, &cases)) }
            @if cases.is_empty() {
                p.hint { (scene.t("Tidak ada.", "None.")) }
            } @else if act.is_empty() {
                (table)
            } @else {
                (scene.post(&format!("/cases/{act}"), None, html! {
                    (table)
                    (button(&format!("{}: {}", scene.t("Yang dicentang", "The ticked ones"), scene.word(act)), key, "primary"))
                }))
            }
        }
    }
}

/// What the keys of a chosen row do; thirty times the same letters would say no more.
fn row_keys(scene: &Scene, ticks: bool) -> Markup {
    html! {
        small.keys {
            (arrows())
            @if ticks { " " kbd { "X" } " " (scene.t("centang", "tick")) }
            " " kbd { (ENTER) } " " (scene.t("buka", "open"))
        }
    }
}

/// One case after the other by its receipt, from a scanner or the keyboard.
fn scan(scene: &Scene, query: &Fields, act: &str) -> Markup {
    let (label, key) = match act {
        "print" => (scene.t("Pindai yang tercetak", "Scan the printed ones"), "C"),
        _ => (scene.t("Pindai yang siap", "Scan the ready ones"), "R"),
    };
    scene.post(
        &format!("/cases/{act}"),
        None,
        html! {
            label.controls { (label) " "
                input.receipt name="receipt" inputmode="numeric" autocomplete="off" size="14" required data-key=(key) autofocus[query.get("scan") == act];
            }
            " " kbd { (key) }
        },
    )
}

/// The way to each village's list.
fn villages(scene: &Scene, ready: &[&Case]) -> Markup {
    let of = |village: &str| ready.iter().filter(|case| goes_to(case, village)).count();
    html! {
        p.row {
            @for (i, village) in scene.office.collection.villages.iter().enumerate() {
                @if of(village) > 0 {
                    a.button href={ "/cases?village=" (village.replace(' ', "+")) } data-key=[digit(i)] {
                        (scene.t("Desa", "Village")) " " (village) " (" (of(village)) ")"
                        @if let Some(key) = digit(i) { " " kbd { (key) } }
                    }
                }
            }
        }
    }
}

fn goes_to(case: &Case, village: &str) -> bool {
    matches!(&case.place, Place::Village(name) if name == village)
}

/// The cards that a village will hand over (C3): a list to sign, and one press when they have left.
fn see_village(scene: &Scene, cases: &[Case], village: &str) -> Markup {
    let cases: Vec<&Case> =
        cases.iter().filter(|case| case.state == CaseState::Ready && goes_to(case, village)).collect();
    html! {
        h1 { (scene.t("Penyerahan KTP-el ke Desa", "Cards handed over to the village")) " " (village) }
        p { (date_in_words(today(scene), scene.lang)) " · " (scene.t("jumlah", "number of cards")) ": " strong { (cases.len()) } }
        section #village data-part="" {
            @if cases.is_empty() {
                p.hint { (scene.t("Tidak ada yang siap untuk desa ini.", "None is ready for this village.")) }
            } @else {
                (scene.post("/cases/send-to-village", None, html! {
                    input type="hidden" name="village" value=(village);
                    table.cases {
                        tr { th { kbd { "X" } } th { (scene.t("tanda terima", "receipt")) (arrows()) } th { (scene.t("layanan", "service")) } th { (scene.t("direkam", "recorded")) } th { (scene.t("diterima pemohon", "received by the applicant")) } }
                        @for case in &cases {
                            tr data-row={ "c" (case.id.0) } tabindex="-1" {
                                td { input type="checkbox" name="case" value=(case.id.0) checked aria-label=(case.receipt) data-key="X"; }
                                th scope="row" { (case.receipt) }
                                td { @if let Some(service) = scene.office.service(&case.service) { (service.name.get(scene.lang)) } }
                                td { @if let Some(date) = case.recorded_on { (short_date(date, scene.lang)) } }
                                td {}
                            }
                        }
                    }
                    (print(scene.t("Cetak daftar", "Print the list")))
                    " " (button(&format!("{}: {}", scene.t("Yang dicentang", "The ticked ones"), scene.word("send-to-village")), "D", "primary"))
                }))
            }
        }
        p.paper.signed { (scene.t("Yang menyerahkan", "Handed over by")) br; br; br; "(........................................)" br; br; (scene.t("Yang menerima, Desa", "Received by, village")) " " (village) br; br; br; "(........................................)" }
        p { (link(scene.t("Ke daftar permohonan", "To the list of cases"), "K", "/cases")) }
    }
}

fn today(scene: &Scene) -> jiff::civil::Date {
    scene.now.local(scene.office.identity.zone).date()
}

fn row(scene: &Scene, case: &Case, tick: bool) -> Markup {
    html! {
        tr data-row={ "c" (case.id.0) } tabindex="-1" {
            @if tick {
                td { input type="checkbox" name="case" value=(case.id.0) aria-label=(case.receipt) data-key="X"; }
            }
            td { (shine(scene, case)) }
            th scope="row" { a href=(Page::Case(case.id).path()) data-key=(ENTER) { (case.receipt) } }
            td { @if let Some(service) = scene.office.service(&case.service) { (service.name.get(scene.lang)) } }
            td { @if let Some(date) = case.recorded_on { (short_date(date, scene.lang)) } }
            td { (place(scene, case)) }
            // The section says the state; only a hold and a repeat have more to tell.
            td { @if matches!(case.state, CaseState::OnHold { .. } | CaseState::Verified { again: true }) { (texts::case_standing(case, scene.lang)) } }
        }
    }
}

fn place(scene: &Scene, case: &Case) -> String {
    match &case.place {
        Place::Office => scene.t("di kecamatan", "at the office").into(),
        Place::Village(name) => format!("{} {name}", scene.t("Desa", "Village")),
    }
}

/// The light in words and colour.
fn shine(scene: &Scene, case: &Case) -> Markup {
    match light(case, today(scene), scene.office) {
        None => html! {},
        Some(Light::Green) => html! { span.light.green { (scene.t("tepat waktu", "on time")) } },
        Some(Light::Amber) => html! { span.light.amber { (scene.t("lewat target", "past target")) } },
        Some(Light::Red) => html! { span.light.red { (scene.t("terlambat", "overdue")) } },
    }
}

/// One application with everything that can be done to it now.
pub(crate) fn see_one(scene: &Scene, id: CaseId) -> Result<(String, Markup), No> {
    let case = scene.store.case(id)?.ok_or(Refused::UnknownCase)?;
    let body = html! {
        section #case data-part="" {
            p.number { (case.receipt) }
            p.service { (texts::case_standing(&case, scene.lang)) " " (shine(scene, &case)) }
            p.hint {
                @if let Some(service) = scene.office.service(&case.service) { (service.name.get(scene.lang)) " · " }
                @if let Some(date) = case.recorded_on { (scene.t("direkam", "recorded")) " " (short_date(date, scene.lang)) " · " }
                (scene.t("diambil", "collected")) " " (place(scene, &case))
            }
            div.row { (acts(scene, &case)) }
        }
        p { (link(scene.t("Ke daftar permohonan", "To the list of cases"), "K", "/cases"))
            @if scene.may_see("/history") { " " (link(scene.t("Riwayat", "History"), "W", &format!("/history?of={}", case.receipt))) } }
    };
    Ok((case.receipt.to_string(), body))
}

fn acts(scene: &Scene, case: &Case) -> Markup {
    let route = |word: &str| format!("/cases/{}/{word}", case.id.0);
    let act = |word: &str, key: &str, class: &str| scene.post(&route(word), None, button(scene.word(word), key, class));
    html! {
        @match &case.state {
            CaseState::Recorded => {
                (act("print", "T", "primary")) (hold(scene, &route("hold-case"))) (act("record-again", "U", ""))
            }
            CaseState::OnHold { .. } => {
                (act("release", "L", "primary")) (act("print", "T", "")) (hold(scene, &route("hold-case"))) (act("record-again", "U", ""))
            }
            CaseState::Printed => { (act("make-ready", "S", "primary")) (act("print-again", "G", "")) }
            CaseState::Ready => { (send(scene, case, &route("send-to-village"))) (act("print-again", "G", "")) }
            _ => {}
        }
        @if !case.state.is_final() {
            (folded(scene.word("cancel"), "B", scene.post(&route("cancel"), None, html! {
                label { (scene.t("Alasan", "Reason")) " " input name="reason" required maxlength="200" autocomplete="off"; }
                (button(scene.word("cancel"), ENTER, "danger"))
            })))
        }
    }
}

fn hold(scene: &Scene, route: &str) -> Markup {
    folded(
        scene.word("hold-case"),
        "H",
        scene.post(
            route,
            None,
            html! {
                label { (scene.t("Alasan", "Reason")) " "
                    select name="reason" {
                        @for reason in HoldReason::ALL {
                            option value=(form::hold_word(reason)) { (scene.t(reason.text().0, reason.text().1)) }
                        }
                    }
                }
                (button(scene.word("hold-case"), ENTER, ""))
            },
        ),
    )
}

fn send(scene: &Scene, case: &Case, route: &str) -> Markup {
    let chosen = |village: &str| matches!(&case.place, Place::Village(name) if name == village);
    scene.post(
        route,
        None,
        html! {
            label { (scene.t("Desa", "Village")) " "
                select name="village" data-key="V" {
                    @for village in &scene.office.collection.villages { option value=(village) selected[chosen(village)] { (village) } }
                }
                " " kbd { "V" }
            }
            (button(scene.word("send-to-village"), "D", ""))
        },
    )
}
