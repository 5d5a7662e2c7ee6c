//! The first page: which counter, and the day.

use crate::answer::No;
use crate::controls::{ENTER, button, date_field, digit, folded, link};
use crate::page::Scene;
use crate::sessions;
use jiff::civil::Date;
use maud::{Markup, html};
use queue::Lang;
use queue::board::DayStatus;
use queue::office::Counter;
use queue::store::Summary;
use queue::ticket::Seq;
use queue::time::date_in_words;
use queue::visit::{self, Action};

pub(crate) fn see(scene: &Scene) -> Result<Markup, No> {
    Ok(html! {
        section #day data-part="" { (day(scene)?) (sessions::failed(scene)?) }
        section #counters data-part="" {
            h2 { (scene.t("Pilih loket Anda", "Choose your counter")) }
            ul.counters {
                @for (i, counter) in scene.office.counters.iter().enumerate() { (choice(scene, i, counter)) }
            }
        }
        @if scene.display.is_some() {
            section.board {
                h2 { (scene.t("Papan sekarang", "The board now")) }
                img data-live="/board.png" src="/board.png" alt=(scene.t(
                    "Gambar papan panggilan di ruang tunggu", "What the board of the waiting room shows"));
            }
        }
    })
}

fn choice(scene: &Scene, i: usize, counter: &Counter) -> Markup {
    let sign = scene.board.signs.iter().find(|sign| sign.counter == counter.number);
    // The keys follow the list, whatever the counters are called.
    let key = digit(i);
    html! {
        li {
            a.counter href={ "/counter/" (counter.number) } data-key=[key.as_deref()] {
                strong { (scene.t("Loket", "Counter")) " " (counter.number) }
                span { (stages(scene, counter)) }
                span.number { @if let Some(number) = sign.and_then(|s| s.number) { (number) } @else { "–" } }
                @if let Some(key) = &key { kbd { (key) } }
            }
        }
    }
}

/// "Verifikasi berkas, Perekaman".
pub(crate) fn stages(scene: &Scene, counter: &Counter) -> String {
    let names: Vec<&str> = counter.stages.iter().map(|s| scene.office.stage_name(*s).get(scene.lang)).collect();
    names.join(", ")
}

fn day(scene: &Scene) -> Result<Markup, No> {
    Ok(match scene.board.day {
        DayStatus::Open { date } | DayStatus::Break { date, .. } => html! {
            h2 { (date_in_words(date, scene.lang)) }
            @if date != today(scene) {
                p.hint { strong { (scene.t(
                    "Hari yang terbuka bukan tanggal pada jam mesin. Bila ini hari kemarin, tutup lalu buka hari baru.",
                    "The open day is not the clock's date. If it is yesterday's, close it and open a new day.")) } }
            }
            p {
                @for waiting in &scene.board.waiting {
                    @if let Some(service) = scene.office.service(&waiting.service) {
                        span.count { (service.name.get(scene.lang)) ": " strong { (waiting.count) } }
                    }
                }
                (scene.t("orang menunggu", "people waiting"))
            }
            (close_day(scene)?)
        },
        DayStatus::LeftOpen { date } => left_open(scene, date)?,
        DayStatus::NotOpened | DayStatus::Closed { .. } => open_day(scene),
    })
}

/// The date on the clock.
fn today(scene: &Scene) -> Date {
    scene.now.local(scene.office.identity.zone).date()
}

/// Why there is nothing to see of today.
pub(crate) fn not_open(scene: &Scene) -> &'static str {
    match scene.board.day {
        DayStatus::Closed { .. } => {
            crate::texts::t(scene.lang, "Hari pelayanan sudah ditutup.", "The service day is closed.")
        }
        _ => crate::texts::t(scene.lang, "Hari pelayanan belum dibuka.", "The service day is not open yet."),
    }
}

fn what_ends(scene: &Scene) -> &'static str {
    scene.t(
        "Setiap nomor yang belum selesai akan diakhiri: yang berkasnya sudah lengkap ditunda ke hari lain, yang lain hangus.",
        "Every unfinished number will end: a verified file is put off to another day, others lapse.",
    )
}

/// Whom the close ends, by what becomes of them.
fn whom_it_ends(scene: &Scene) -> Result<Markup, No> {
    let mut ends = std::collections::BTreeMap::<&str, Vec<String>>::new();
    for ticket in scene.store.tickets()? {
        let after = visit::transition(&ticket, &Action::Close, None, Seq(i64::MAX), scene.now);
        if let Some(after) = after {
            ends.entry(after.state.word()).or_default().push(ticket.number.to_string());
        }
    }
    Ok(html! {
        @if ends.is_empty() {
            p { (scene.t("Semua nomor hari ini sudah selesai.", "Every number of today is finished.")) }
        } @else {
            p { (what_ends(scene)) }
            @for (word, numbers) in ends {
                p { (scene.word(word)) " (" (numbers.len()) "): " strong { (numbers.join(", ")) } }
            }
        }
    })
}

fn close_day(scene: &Scene) -> Result<Markup, No> {
    let whom = if scene.may("/day/close") {
        whom_it_ends(scene)?
    } else {
        html! {}
    };
    Ok(folded(scene.word("close"), "T", scene.post("/day/close", None, html! {
        (whom)
        label { input type="checkbox" name="sure" value="yes" required data-key="Y"; " " (scene.t("Pelayanan hari ini sudah selesai", "Today's service is over")) " " kbd { "Y" } }
        (button(scene.word("close"), ENTER, "danger"))
    })))
}

/// The day of `date` was never closed: close it and open the clock's date, or say that the clock is wrong and go on.
fn left_open(scene: &Scene, date: Date) -> Result<Markup, No> {
    let today = today(scene);
    let (old, new) = (date_in_words(date, scene.lang), date_in_words(today, scene.lang));
    let (matter, close, go_on) = match scene.lang {
        Lang::Id => (
            format!(
                "Hari pelayanan {old} belum pernah ditutup; menurut jam mesin, hari ini {new}. Kiosk tidak memberi nomor sampai salah satu dipilih:"
            ),
            format!("Tutup {old}, lalu buka {new}"),
            format!("Jam mesin salah; lanjutkan {old}"),
        ),
        Lang::En => (
            format!(
                "The service day of {old} was never closed; by the clock, today is {new}. The kiosk gives no number until one of these is chosen:"
            ),
            format!("Close {old} and open {new}"),
            format!("The clock is wrong; go on with {old}"),
        ),
    };
    Ok(html! {
        h2 { (scene.t("Hari pelayanan belum ditutup", "The service day was never closed")) }
        p { strong { (matter) } }
        @if !scene.may("/day/open") {
            p.hint { (scene.t("Hanya pemegang peran camat yang dapat menutup dan membuka hari pelayanan.", "Only who has the role of head can close and open the service day.")) }
        }
        (scene.post("/day/open", None, html! {
            input type="hidden" name="date" value=(today);
            input type="hidden" name="close" value=(date);
            input type="hidden" name="sure" value="yes";
            (button(&close, "B", "primary"))
        }))
        p.hint { (what_ends(scene)) " " (scene.t("Nomor itu masih dapat diselesaikan dahulu di loket.", "They can still be finished at the counters first.")) }
        (folded(scene.t("Jam mesin salah", "The clock is wrong"), "S", scene.post("/day/open", None, html! {
            input type="hidden" name="date" value=(date);
            input type="hidden" name="clock_is_wrong" value="yes";
            input type="hidden" name="sure" value="yes";
            p { (scene.t("Nomor berikutnya tetap bertanggal:", "The next numbers will still be dated:")) " " strong { (old) } }
            (button(&go_on, ENTER, "danger"))
        })))
        (close_day(scene)?)
    })
}

fn open_day(scene: &Scene) -> Markup {
    let date = today(scene);
    let words = date_in_words(date, scene.lang);
    html! {
        h2 { (scene.t("Buka hari pelayanan", "Open the service day")) }
        p { (scene.t("Jam mesin menunjukkan:", "The clock says:")) }
        p.date { (words) }
        @if !scene.office.is_working_day(date) {
            p.hint { (scene.t("Menurut kalender kantor, hari ini libur.", "By the office's calendar this is a day off.")) }
        }
        @if !scene.may("/day/open") {
            p.hint { (scene.t("Hanya pemegang peran camat yang dapat membuka hari pelayanan.", "Only who has the role of head can open the service day.")) }
        }
        (scene.post("/day/open", None, html! {
            input type="hidden" name="date" value=(date);
            (button(&format!("{} {words}", scene.t("Benar, buka", "Yes, open")), "B", "primary"))
        }))
        (folded(scene.t("Tanggal itu salah", "That date is wrong"), "S", scene.post("/day/open", None, html! {
            input type="hidden" name="clock_is_wrong" value="yes";
            label { (scene.t("Tanggal yang benar", "The right date")) " " (date_field(scene, "date", true, None)) }
            (button(scene.t("Lanjut", "Continue"), ENTER, ""))
        })))
    }
}

/// The second question before a day is opened against the clock.
pub(crate) fn confirm_date(scene: &Scene, date: Date) -> Markup {
    let clock = today(scene);
    html! {
        section {
            h2 { (scene.t("Periksa sekali lagi", "Check once more")) }
            p { (scene.t("Jam mesin menunjukkan", "The clock says")) " " (date_in_words(clock, scene.lang)) ". "
                (scene.t("Anda akan membuka hari pelayanan:", "You are about to open the service day:")) }
            p.date { (date_in_words(date, scene.lang)) }
            (scene.post("/day/open", None, html! {
                input type="hidden" name="date" value=(date);
                input type="hidden" name="clock_is_wrong" value="yes";
                input type="hidden" name="sure" value="yes";
                (button(scene.t("Jam mesin salah; buka dengan tanggal ini", "The clock is wrong; open with this date"), "B", "danger"))
            }))
            p { (link(scene.t("Kembali", "Back"), "K", "/")) }
        }
    }
}

/// What the day came to.
pub(crate) fn closed(scene: &Scene, summary: &Summary) -> Markup {
    let line = |word: &str, count: u32| html! { tr { th scope="row" { (scene.word(word)) } td { (count) } } };
    html! {
        section {
            h2 { (scene.t("Hari pelayanan ditutup", "The service day is closed")) }
            table.summary {
                tr { th scope="row" { (scene.t("nomor diberikan", "numbers issued")) } td { (summary.issued) } }
                (line("finished", summary.finished))
                (line("returned", summary.returned))
                (line("referred", summary.referred))
                (line("deferred", summary.deferred))
                (line("expired", summary.expired))
                (line("cancelled", summary.cancelled))
            }
            p { (link(scene.t("Selesai", "Done"), "S", "/")) }
        }
    }
}
