//! What the head of office decides about the office itself: hours, holidays, the sentence on the receipt. All of it stands in
//! `office.toml`, which stays a file that a technician can read and write.

use crate::act::{Done, Sent, Shared, carry_out};
use crate::answer::{Asker, No};
use crate::controls::{ENTER, arrows, button, date_field, time_field};
use crate::form::Fields;
use crate::page::{Page, Scene};
use axum::extract::Path;
use axum::response::Response;
use jiff::civil::{Date, Weekday};
use maud::{Markup, html};
use queue::Lang;
use queue::office::{Edit, Holiday, Hours, Stage, Text, Week};
use queue::time::{date_in_words, weekday};
use serde_json::json;

/// What a time field of the hours is called on the page.
const TIMES: [(&str, &str, &str); 5] = [
    ("open", "buka", "opens"),
    ("break_from", "istirahat dari", "break from"),
    ("break_to", "istirahat sampai", "break to"),
    ("close", "tutup", "closes"),
    ("last_number", "nomor terakhir", "last number"),
];

/// The hours of one weekday; nothing in `open_…` is a closed day.
fn hours(fields: &Fields, key: &str, day: Weekday) -> Result<Option<Hours>, No> {
    let mut times = [None; 5];
    for ((what, id, en), time) in TIMES.into_iter().zip(&mut times) {
        let (id, en) = (format!("{}, {id}", weekday(day, Lang::Id)), format!("{}, {en}", weekday(day, Lang::En)));
        *time = fields.time(&format!("{what}_{key}"), &id, &en)?;
    }
    let [Some(open), break_from, break_to, close, last_number] = times else { return Ok(None) };
    let hours = close.map(|close| Hours { open, close, break_from, break_to, last_number });
    let hours = hours.filter(|hours| hours.in_order());
    hours.map(Some).ok_or_else(|| {
        No::bad(
            &format!(
                "{}: jam buka, istirahat, dan tutup harus berurutan; nomor terakhir di antara buka dan tutup.",
                weekday(day, Lang::Id)
            ),
            &format!(
                "{}: opening, break and closing must follow one another; the last number lies between them.",
                weekday(day, Lang::En)
            ),
        )
        .at(&TIMES.map(|(what, ..)| format!("{what}_{key}")).each_ref().map(String::as_str))
    })
}

fn week(fields: &Fields) -> Result<Week, No> {
    let mut week = Week::default();
    let mut refused = Vec::new();
    for (day, (key, _)) in weekdays().zip(Week::default().named()) {
        match hours(fields, key, day) {
            Ok(hours) => *week.day_mut(day) = hours,
            Err(no) => refused.push(no),
        }
    }
    if let Some(no) = No::together(refused) {
        return Err(no);
    }
    if week.named().iter().all(|(_, hours)| hours.is_none()) {
        return Err(No::bad("Sedikitnya satu hari harus buka.", "At least one weekday must be open."));
    }
    Ok(week)
}

fn weekdays() -> impl Iterator<Item = Weekday> {
    Weekday::Monday.cycle_forward().take(7)
}

async fn change<F>(desk: Shared, asker: Asker, sent: Sent, edit: F) -> Response
where
    F: FnOnce(&Fields) -> Result<Edit, No> + Send + 'static,
{
    carry_out(desk.0, asker, sent, Page::Office, move |store, _, fields, by, now| {
        let edit = edit(fields)?;
        let seen = Some(fields.get("seen")).filter(|seen| !seen.is_empty());
        store.change_office(&fields.command(by, now)?, &edit, seen)?;
        Ok(Done::new(json!({ "changed": edit.key() }), "saved=yes".into()))
    })
    .await
}

/// `POST /office/hours`
pub(crate) async fn set_hours(desk: Shared, asker: Asker, sent: Sent) -> Response {
    change(desk, asker, sent, |fields| Ok(Edit::Hours(Box::new(week(fields)?)))).await
}

/// `POST /office/holidays`
pub(crate) async fn add_holiday(desk: Shared, asker: Asker, sent: Sent) -> Response {
    change(desk, asker, sent, |fields| {
        let no = || No::bad("Isi tanggal yang benar.", "Enter a valid date.").at(&["date"]);
        let date = fields.date("date")?.ok_or_else(no)?;
        Ok(Edit::AddHoliday(Holiday { date, name: fields.open_text("name")? }))
    })
    .await
}

/// `POST /office/holidays/{date}/remove`
pub(crate) async fn remove_holiday(desk: Shared, asker: Asker, Path(date): Path<String>, sent: Sent) -> Response {
    change(desk, asker, sent, move |_| {
        Ok(Edit::RemoveHoliday(date.parse().map_err(|_| No::bad("Isi tanggal yang benar.", "Enter a valid date."))?))
    })
    .await
}

/// `POST /office/ready`
pub(crate) async fn set_ready(desk: Shared, asker: Asker, sent: Sent) -> Response {
    change(desk, asker, sent, |fields| Ok(Edit::Ready(Text::new(&fields.open_text("id")?, &fields.open_text("en")?))))
        .await
}

pub(crate) fn see(scene: &Scene) -> Markup {
    html! {
        h1 { (scene.t("Jam, libur, dan tanda terima", "Hours, holidays and the receipt")) }
        section { (see_hours(scene)) }
        section { (see_holidays(scene)) }
        section { (see_ready(scene)) }
        p.hint { (scene.t(
            "Semuanya tersimpan dalam berkas office.toml dan langsung berlaku di kiosk, papan, dan printer. Siapa mengubah apa tercatat.",
            "All of it is kept in the file office.toml and holds at once for kiosk, board and printer. Who changed what is on record.")) }
    }
}

/// What the form shows, so that it undoes nobody else's change that it never showed.
fn seen(shown: &Edit) -> Markup {
    html! { input type="hidden" name="seen" value=(shown.says()); }
}

fn see_hours(scene: &Scene) -> Markup {
    html! {
        h2 { (scene.t("Jam pelayanan", "Opening hours")) }
        (scene.post("/office/hours", None, html! {
            (seen(&Edit::Hours(Box::new(scene.office.hours.clone()))))
            table.times {
                tr { th { kbd { "W" } } @for (_, id, en) in TIMES { th scope="col" { (scene.t(id, en)) } } }
                @for (i, (day, (key, hours))) in weekdays().zip(scene.office.hours.named()).enumerate() {
                    @let name = weekday(day, scene.lang);
                    tr {
                        th scope="row" { (name) }
                        @for (what, id, en) in TIMES {
                            @let time = hours.and_then(|h| match what {
                                "open" => Some(h.open),
                                "break_from" => h.break_from,
                                "break_to" => h.break_to,
                                "close" => Some(h.close),
                                _ => h.last_number,
                            });
                            td { (time_field(scene, &format!("{what}_{key}"), time, &format!("{name}: {}", scene.t(id, en)), (i == 0 && what == "open").then_some("W"))) }
                        }
                    }
                }
            }
            (button(scene.t("Simpan jam", "Save hours"), "J", "primary"))
        }))
        p.hint { (scene.t(
            "Tulis jam seperti 08.00. Hari tanpa jam buka adalah hari tutup. Jam tidak membuka atau menutup hari pelayanan; itu dilakukan petugas.",
            "Write times as 08.00. A day without an opening time is closed. Hours never open or close the service day; staff do.")) }
    }
}

fn see_holidays(scene: &Scene) -> Markup {
    let today = scene.now.local(scene.office.identity.zone).date();
    let mut holidays: Vec<&Holiday> = scene.office.holidays.iter().collect();
    holidays.sort_by_key(|holiday| holiday.date);
    let row = |holiday: &Holiday| {
        let past: Option<Date> = (holiday.date < today).then_some(holiday.date);
        html! {
            tr data-row=(holiday.date) tabindex="-1" {
                th scope="row" { (date_in_words(holiday.date, scene.lang)) }
                td { (holiday.name) @if past.is_some() { " " span.hint { (scene.t("(sudah lewat)", "(past)")) } } }
                td.acts { (scene.post(&format!("/office/holidays/{}/remove", holiday.date), None, button(scene.t("Hapus", "Remove"), "H", ""))) }
            }
        }
    };
    html! {
        h2 { (scene.t("Hari libur dan cuti bersama", "Holidays")) " " span.count { (holidays.len()) } @if !holidays.is_empty() { (arrows()) } }
        @if holidays.is_empty() { p.hint { (scene.t("Tidak ada.", "None.")) } }
        table { @for holiday in &holidays { (row(holiday)) } }
        (scene.post("/office/holidays", None, html! {
            label { (scene.t("Tanggal", "Date")) " " (date_field(scene, "date", true, Some("L"))) " " kbd { "L" } }
            label { (scene.t("Nama", "Name")) " " input name="name" required maxlength="120" size="30" autocomplete="off"; }
            (button(scene.t("Tambah", "Add"), ENTER, ""))
        }))
        p.hint { (scene.t(
            "Dipakai untuk menghitung hari kerja pencetakan dan halaman tutup; tidak pernah menghalangi hari yang dibuka petugas.",
            "Used to count working days of printing and for the closed pages; never stops a day that staff open.")) }
    }
}

fn see_ready(scene: &Scene) -> Markup {
    let ready = &scene.office.standard.ready;
    html! {
        h2 { (scene.t("Perkiraan selesai di tanda terima", "When the card is expected, on the receipt")) }
        (scene.post("/office/ready", None, html! {
            (seen(&Edit::Ready(ready.clone())))
            p { label.wide { (scene.t("Bahasa Indonesia", "Indonesian")) " " kbd { "K" } br; input name="id" value=(ready.id) required maxlength="120" size="80" data-key="K"; } }
            p { label.wide { (scene.t("Bahasa Inggris", "English")) br; input name="en" value=(ready.en) required maxlength="120" size="80" lang="en"; } }
            (button(scene.t("Simpan kalimat", "Save the sentence"), ENTER, ""))
        }))
        @if scene.office.has_stage(Stage::Printing) { p.hint { (scene.t("Standar", "Standard")) ": " (scene.office.stages.printing.working_days) " " (scene.t("hari kerja; pengumuman", "working days; public text")) ": " (scene.office.stages.printing.overdue_days) " " (scene.t("hari", "days")) "." } }
    }
}
