//! *Jeda*: nobody sits at a counter for a while, and everybody who looks knows it.

use crate::act::{Done, Sent, Shared, carry_out};
use crate::answer::{Asker, No};
use crate::controls::{ENTER, button, folded, time_field};
use crate::page::{Page, Scene};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use queue::Refused;
use queue::store::Pause;
use queue::ticket::CounterNumber;
use queue::time::clock;
use serde_json::json;

fn number(text: &str) -> Result<CounterNumber, No> {
    text.parse().map_err(|_| Refused::UnknownCounter.into())
}

/// `POST /counters/{n}/pause`, with `until` a time if one is known.
pub(crate) async fn pause(desk: Shared, asker: Asker, Path(counter): Path<String>, sent: Sent) -> Response {
    let page = counter.parse().map_or(Page::Home, Page::Counter);
    carry_out(desk.0, asker, sent, page, move |store, _, fields, by, now| {
        let counter = number(&counter)?;
        let until = fields.time("until", "Kembali pukul", "Back at")?;
        store.pause(&fields.command(by, now)?, counter, until)?;
        Ok(Done::new(json!({ "counter": counter, "paused": true, "until": until.map(clock) }), String::new()))
    })
    .await
}

/// `POST /counters/{n}/resume`
pub(crate) async fn resume(desk: Shared, asker: Asker, Path(counter): Path<String>, sent: Sent) -> Response {
    let page = counter.parse().map_or(Page::Home, Page::Counter);
    carry_out(desk.0, asker, sent, page, move |store, _, fields, by, now| {
        let counter = number(&counter)?;
        store.resume(&fields.command(by, now)?, counter)?;
        Ok(Done::new(json!({ "counter": counter, "paused": false }), String::new()))
    })
    .await
}

/// "jeda sejak 10.05, kembali 10.20"
pub(crate) fn say(scene: &Scene, pause: &Pause) -> String {
    let since = clock(pause.since.local(scene.office.identity.zone).time());
    let back = pause.until.map(|until| format!(", {} {}", scene.t("kembali", "back at"), clock(until)));
    format!("{} {since}{}", scene.t("jeda sejak", "pauses since"), back.unwrap_or_default())
}

/// On the page of a counter that has nobody: to pause, or that it pauses and how to go on.
pub(crate) fn see(scene: &Scene, counter: CounterNumber) -> Result<Markup, No> {
    let pauses = scene.store.pauses()?;
    let route = |word: &str| format!("/counters/{counter}/{word}");
    Ok(match pauses.iter().find(|pause| pause.counter == counter) {
        Some(pause) => html! {
            div.notice {
                (scene.t("Loket ini", "This counter")) " " (say(scene, pause)) ". "
                (scene.post(&route("resume"), Some(counter), button(scene.t("Saya kembali", "I am back"), "V", "")))
            }
        },
        None => folded(scene.t("Jeda", "Pause"), "V", scene.post(&route("pause"), Some(counter), html! {
            label { (scene.t("Kembali pukul (bila tahu)", "Back at (if known)")) " " (time_field(scene, "until", None, scene.t("Kembali pukul", "Back at"), None)) }
            (button(scene.t("Jeda", "Pause"), ENTER, ""))
        })),
    })
}
