//! What staff let the board announce.

use crate::act::{Done, Sent, Shared, carry_out};
use crate::answer::{Asker, No};
use crate::controls::{arrows, button, date_field, time_field};
use crate::form::Fields;
use crate::page::{Page, Scene};
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::{DateTime, Time};
use maud::{Markup, html};
use queue::notice::{Notice, NoticeId, TEXT_MAX};
use queue::time::{clock, date_in_words};
use serde_json::json;

fn notice(fields: &Fields) -> Result<Notice, No> {
    // A script sends "2026-11-23T12:00", the page its parts.
    let no = || No::bad("Isi waktu yang benar.", "Enter a valid time.").at(&["until_date", "until_time"]);
    let time = fields.time("until_time", "Tampil sampai, jam", "Shown until, time")?;
    let until = match (fields.get("until"), fields.date("until_date")?, time) {
        ("", None, None) => None,
        ("", date, time) => {
            let date = date.ok_or_else(no)?;
            Some(date.to_datetime(time.unwrap_or(Time::constant(23, 59, 0, 0))))
        }
        (text, _, _) => Some(text.parse::<DateTime>().map_err(|_| no())?),
    };
    let english = Some(fields.open_text("english")?);
    Ok(Notice { text: fields.open_text("text")?, english, until })
}

/// `POST /notices`: `text`, optional `english`, optional `until` (2026-11-23T12:00), or `until_date` and `until_time`.
pub(crate) async fn post(State(desk): Shared, asker: Asker, sent: Sent) -> Response {
    carry_out(desk, asker, sent, Page::Notices, move |store, _, fields, by, now| {
        let NoticeId(id) = store.post_notice(&fields.command(by, now)?, &notice(fields)?)?;
        Ok(Done::new(json!({ "notice": id }), String::new()))
    })
    .await
}

/// `POST /notices/{id}/end`
pub(crate) async fn end(State(desk): Shared, asker: Asker, Path(id): Path<String>, sent: Sent) -> Response {
    carry_out(desk, asker, sent, Page::Notices, move |store, _, fields, by, now| {
        let id = id.parse().map_err(|_| No::no_page())?;
        store.end_notice(&fields.command(by, now)?, NoticeId(id))?;
        Ok(Done::new(json!({ "notice": id, "ended": true }), String::new()))
    })
    .await
}

pub(crate) fn see(scene: &Scene) -> Result<Markup, No> {
    let local = scene.now.local(scene.office.identity.zone);
    // One whose end has come hangs nowhere, and nobody need take it down.
    let notices: Vec<_> = scene.store.notices()?.into_iter().filter(|(_, notice)| notice.is_shown(local)).collect();
    let standing = |notice: &Notice| match notice.until {
        Some(until) => {
            let zone = scene.office.identity.zone.name();
            let when = format!("{} {} {zone}", date_in_words(until.date(), scene.lang), clock(until.time()));
            format!("{} {when}", scene.t("tampil sampai", "shown until"))
        }
        None => scene.t("tampil sampai diturunkan", "shown until taken down").into(),
    };
    Ok(html! {
        h1 { (scene.t("Pengumuman di papan panggilan", "Notices on the board")) }
        section #notices data-part="" {
            h2 { (scene.t("Terpasang", "Up now")) " " span.count { (notices.len()) } @if !notices.is_empty() { (arrows()) } }
            @if notices.is_empty() { p.hint { (scene.t("Tidak ada.", "None.")) } }
            table {
                @for (id, notice) in &notices {
                    tr data-row={ "n" (id.0) } tabindex="-1" {
                        td {
                            (notice.text)
                            @if let Some(english) = &notice.english { br; span.hint lang="en" { (english) } }
                        }
                        td.hint { (standing(notice)) }
                        td.acts { (scene.post(&format!("/notices/{}/end", id.0), None, button(scene.t("Turunkan", "Take down"), "T", ""))) }
                    }
                }
            }
        }
        section {
            h2 { (scene.t("Pengumuman baru", "New notice")) }
            (scene.post("/notices", None, html! {
                p { label.wide { (scene.t("Bahasa Indonesia", "Indonesian")) " " kbd { "I" } br; input name="text" required maxlength=(TEXT_MAX) size="80" autocomplete="off" data-key="I"; } }
                p { label.wide { (scene.t("Bahasa Inggris (boleh kosong)", "English (may be empty)")) br; input name="english" maxlength=(TEXT_MAX) size="80" autocomplete="off" lang="en"; } }
                p {
                    label { (scene.t("Tampil sampai (boleh kosong)", "Shown until (may be empty)")) " " (date_field(scene, "until_date", false, None)) }
                    label { (scene.t("jam", "time")) " " (time_field(scene, "until_time", None, scene.t("Tampil sampai, jam", "Shown until, time"), None)) }
                }
                (button(scene.t("Pasang", "Put up"), "P", "primary"))
            }))
            p.hint { (scene.t(
                "Tampil dalam teks berjalan di papan, bergantian dengan jam pelayanan. Jangan menulis nama atau NIK orang.",
                "Shown in the board's running text, in turn with the opening hours. Never write anybody's name or NIK.")) }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobodys_nik_hangs_on_the_wall_in_any_language() {
        let written = |name: &str, text: &str| {
            let (text, name) = (text.to_string(), name.to_string());
            notice(&Fields(vec![(name, text), ("text".into(), "Blangko habis".into())]))
        };
        assert_eq!(
            written("english", "No blanks until 24-11-2026").unwrap().english.as_deref(),
            Some("No blanks until 24-11-2026")
        );
        for name in ["text", "english"] {
            assert_eq!(
                written(name, "NIK 6101 0123 4567 8901 is ready").unwrap_err().code,
                "personal-number",
                "{name}"
            );
        }
    }
}
