//! The devices in the head of every page: what is dead, and what staff do until it lives again.

use crate::page::Scene;
use crate::texts;
use maud::{Markup, html};
use queue::board::{Board, CATCH_UP};
use queue::devices::Heartbeat;
use queue::ticket::Number;
use queue::time::{Moment, clock, short_date};

/// The board: nothing when all is well.
pub(crate) fn board(scene: &Scene) -> Markup {
    match &scene.display {
        None => html! { li.warn { (scene.t("Papan panggilan belum dijalankan", "The board is not running")) } },
        Some(beat) if beat.is_dead(&scene.now) => {
            let unseen = unseen(&scene.board, beat, &scene.now);
            html! {
                li.bad {
                    (scene.t("Papan mati sejak", "The board is dead since")) " " (since(scene, &beat.at)) ": "
                    (scene.t("panggil dengan suara", "call by voice"))
                    @if !unseen.is_empty() {
                        " · " (scene.t("setelah hidup papan menampilkan", "when it lives again it will show")) " "
                        (unseen.iter().map(Number::to_string).collect::<Vec<_>>().join(", "))
                    }
                }
            }
        }
        Some(beat) => html! { @for trouble in &beat.troubles { li.warn { (trouble.get(scene.lang)) } } },
    }
}

/// The printer: always said, with the age of a word that is old.
pub(crate) fn printer(scene: &Scene) -> Markup {
    match &scene.printer {
        None => html! { li.warn { (scene.t("Printer belum dijalankan", "The printer is not running")) } },
        Some(printer) if printer.is_dead(&scene.now) => html! {
            li.bad title=(printer.detail) {
                (scene.t("Printer tidak memberi kabar sejak", "No word of the printer since")) " " (since(scene, &printer.at))
            }
        },
        Some(printer) => html! {
            li.bad[!printer.state.prints()] title=(printer.detail) { (texts::printer(printer.state, scene.lang)) }
        },
    }
}

/// The touchscreen: nothing when all is well, or when the office has none.
pub(crate) fn kiosk(scene: &Scene) -> Markup {
    match &scene.kiosk {
        None => html! {},
        Some(beat) if beat.is_dead(&scene.now) => html! {
            li.bad {
                (scene.t("Kiosk mati sejak", "The kiosk is dead since")) " " (since(scene, &beat.at)) ": "
                (scene.t("beri nomor di loket", "issue numbers at the counter"))
            }
        },
        Some(beat) => html! { @for trouble in &beat.troubles { li.warn { (trouble.get(scene.lang)) } } },
    }
}

/// An `office.toml` that is not in use: what somebody believes to have changed has not.
pub(crate) fn office(scene: &Scene) -> Markup {
    html! {
        @if let Some(why) = scene.store.office_refused() {
            li.bad title=(why) { (scene.t("Berkas office.toml yang baru ditolak; yang lama tetap dipakai", "The new office.toml is refused; the old one stays in use")) }
        }
    }
}

/// "08.12", with the date when it was another day.
fn since(scene: &Scene, at: &Moment) -> String {
    let zone = scene.office.identity.zone;
    let (at, now) = (at.local(zone), scene.now.local(zone));
    let time = format!("{} {}", clock(at.time()), zone.name());
    if at.date() == now.date() { time } else { format!("{} {time}", short_date(at.date(), scene.lang)) }
}

/// The numbers that were called while the board was silent, and that it will still show; in the order of their calls.
fn unseen(board: &Board, beat: &Heartbeat, now: &Moment) -> Vec<Number> {
    let mut numbers: Vec<Number> = Vec::new();
    for call in board.calls.iter().rev() {
        let after = call.at.boot != beat.at.boot || call.at.uptime_ms > beat.at.uptime_ms;
        let recent = now.since(&call.at).is_some_and(|age| age < CATCH_UP);
        if after && recent && !numbers.contains(&call.number) {
            numbers.push(call.number);
        }
    }
    numbers
}
