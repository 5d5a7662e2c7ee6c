//! The back office: cases to print, held, printed and ready, with the light of the two limits (C2).

use crate::answer::No;
use crate::controls::{ENTER, arrows, button, digit, folded, link, print};
use crate::form::{self, Fields};
use crate::page::{Page, Scene};
use crate::texts;
use maud::{Markup, html};
use queue::case::{Case, CaseId, CaseState, HoldReason, Light, Place, light};
use queue::time::{date_in_words, short_date};
use queue::{Command, Refused};

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
        return see_village(scene, &cases, query.get("village"));
    }
    let lately = taken_back(scene)?;
    Ok(html! {
        h1 { (scene.t("Permohonan", "Cases")) " " small.paper { (date_in_words(today(scene), scene.lang)) } }
        section.controls {
            form.row method="get" action="/cases" {
                label { (scene.t("Cari tanda terima", "Find a receipt")) " "
                    input.receipt name="receipt" inputmode="numeric" autocomplete="off" size="14" required data-key="/" data-scan="send"; " " kbd { "/" }
                }
                (button(scene.t("Cari", "Find"), ENTER, ""))
                (print(scene.t("Cetak daftar", "Print the list")))
            }
        }
        (lately)
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
                    @if !key.is_empty() {
                        button type="button" data-tick-all="" data-key=(if key == "T" { "A" } else { "E" }) hidden {
                            (scene.t("Centang semua", "Tick all")) " " kbd { (if key == "T" { "A" } else { "E" }) }
                        } " "
                    }
                    (button(scene.word(act), if key.is_empty() { "G" } else { key }, "primary"))
                    @if key == "T" && scene.may("/cases/hold-case") {
                        div.row {
                            label { (scene.t("Alasan", "Reason")) " " (reasons(scene, Some("L"))) " " kbd { "L" } }
                            button type="submit" formaction="/cases/hold-case" data-key="H" { (scene.word("hold-case")) " " kbd { "H" } }
                        }
                    }
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
                input.receipt name="receipt" inputmode="numeric" autocomplete="off" size="14" required data-key=(key) data-scan="send" autofocus[query.get("scan") == act];
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
                        (scene.village(village)) " (" (of(village)) ")"
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
fn see_village(scene: &Scene, cases: &[Case], village: &str) -> Result<Markup, No> {
    let cases: Vec<&Case> =
        cases.iter().filter(|case| case.state == CaseState::Ready && goes_to(case, village)).collect();
    Ok(html! {
        h1 { (scene.t("Penyerahan KTP-el ke Desa", "Cards handed over to the village")) " " (village) }
        p { (date_in_words(today(scene), scene.lang)) " · " (scene.t("jumlah", "number of cards")) ": " strong { (cases.len()) } }
        (taken_back(scene)?)
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
                    " " (folded(scene.word("send-to-village"), "D", html! {
                        p { (scene.t("KTP-el yang dicentang meninggalkan kantor; pemiliknya mengambilnya di desa, tidak lagi di sini.",
                            "The ticked cards leave the office; their owners collect them at the village, no longer here.")) }
                        (button(scene.t("Ya, serahkan", "Yes, hand over"), ENTER, "danger"))
                    }))
                }))
            }
        }
        p.paper.signed { (scene.t("Yang menyerahkan", "Handed over by")) br; br; br; "(........................................)" br; br; (scene.t("Yang menerima, Desa", "Received by, village")) " " (village) br; br; br; "(........................................)" }
        p { (link(scene.t("Ke daftar permohonan", "To the list of cases"), "K", "/cases")) }
    })
}

/// One's own last acts on applications, while they can be taken back: those that no button leads back from.
fn taken_back(scene: &Scene) -> Result<Markup, No> {
    let command = Command { now: scene.now, ..Command::new(scene.actor.clone()) };
    let lately = if scene.may("/cases/undo") { scene.store.undoable_cases(&command)? } else { Vec::new() };
    Ok(html! {
        section #lately data-part="" {
            @if !lately.is_empty() {
                (scene.post("/cases/undo", None, html! {
                    @for (_, case) in &lately { input type="hidden" name="case" value=(case.id.0); }
                    @for (_, case) in &lately { span.count { (case.receipt) " " (texts::case_standing(case, scene.lang)) } }
                    (button(&format!("{} ({})", scene.word("undo"), lately.len()), "Z", "quiet"))
                }))
            }
        }
    })
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

/// Where the card is, or will be.
pub(crate) fn place(scene: &Scene, case: &Case) -> String {
    match &case.place {
        Place::Office => scene.t("di kecamatan", "at the office").into(),
        Place::Village(name) => format!("{} {}", scene.t("di", "at"), scene.village(name)),
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
            div.row { (acts(scene, &case)) (undo(scene, &case)?) }
        }
        p { (link(scene.t("Ke daftar permohonan", "To the list of cases"), "K", "/cases"))
            @if scene.may_see("/history") { " " (link(scene.t("Riwayat", "History"), "W", &format!("/history?of={}", case.receipt))) } }
    };
    Ok((case.receipt.to_string(), body))
}

/// One's own last act, while it can be taken back.
fn undo(scene: &Scene, case: &Case) -> Result<Markup, No> {
    let command = Command { now: scene.now, ..Command::new(scene.actor.clone()) };
    let Some(last) = scene.store.undoable_on_case(&command, case)? else { return Ok(html! {}) };
    let label = format!("{}: {}", scene.word("undo"), scene.word(last.word()));
    Ok(scene.post(&format!("/cases/{}/undo", case.id.0), None, button(&label, "Z", "quiet")))
}

fn acts(scene: &Scene, case: &Case) -> Markup {
    let route = |word: &str| format!("/cases/{}/{word}", case.id.0);
    let act = |word: &str, key: &str, class: &str| scene.post(&route(word), None, button(scene.word(word), key, class));
    let again = folded(
        scene.word("record-again"),
        "U",
        scene.post(
            &route("record-again"),
            None,
            html! {
                p.hint { (scene.t("Pemohon harus datang dan direkam sekali lagi; sampai saat itu KTP-el tidak dicetak.",
                    "The applicant must come and be recorded once more; until then no card is printed.")) }
                (button(scene.word("record-again"), ENTER, "danger"))
            },
        ),
    );
    html! {
        @match &case.state {
            CaseState::Recorded => {
                (act("print", "T", "primary")) (hold(scene, &route("hold-case"))) (again)
            }
            CaseState::OnHold { .. } => {
                (act("release", "L", "primary")) (act("print", "T", "")) (hold(scene, &route("hold-case"))) (again)
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
                    (reasons(scene, None))
                }
                (button(scene.word("hold-case"), ENTER, ""))
            },
        ),
    )
}

/// The reasons of a hold, each with its digit.
fn reasons(scene: &Scene, key: Option<&str>) -> Markup {
    html! {
        select name="reason" data-key=[key] {
            @for (i, reason) in HoldReason::ALL.into_iter().enumerate() {
                option value=(form::hold_word(reason)) { @if let Some(key) = digit(i) { (key) " · " } (scene.t(reason.text().0, reason.text().1)) }
            }
        }
    }
}

fn send(scene: &Scene, case: &Case, route: &str) -> Markup {
    let chosen = |village: &str| matches!(&case.place, Place::Village(name) if name == village);
    folded(scene.word("send-to-village"), "D", scene.post(
        route,
        None,
        html! {
            @if case.place == Place::Office {
                p { strong { (scene.t("Pemohon memilih mengambil KTP-el ini di kecamatan.", "The applicant chose to collect this card at the office.")) } }
            }
            p.hint { (scene.t("KTP-el meninggalkan kantor; pemiliknya mengambilnya di desa, tidak lagi di sini.",
                "The card leaves the office; its owner collects it at the village, no longer here.")) }
            label { (scene.t("Desa", "Village")) " "
                select name="village" {
                    @for (i, village) in scene.office.collection.villages.iter().enumerate() {
                        option value=(village) selected[chosen(village)] { @if let Some(key) = digit(i) { (key) " · " } (village) }
                    }
                }
            }
            (button(scene.word("send-to-village"), ENTER, "danger"))
        },
    ))
}
