//! The head of office's page: the figures of a period, each with what it means.

use crate::page::{Scene, button};
use crate::report::{Period, Report, Times};
use jiff::civil::Date;
use maud::{Markup, html};
use queue::office::Stage;
use queue::time::short_date;
use std::time::Duration;

pub(crate) fn see(scene: &Scene, report: &Report, period: Period) -> Markup {
    let total = report.total();
    let line = |name: &str, count: u32, meaning: &str| html! { tr { th scope="row" { (name) } td.figure { (count) } td.hint { (meaning) } } };
    html! {
        h1 { (scene.t("Laporan", "Report")) " " small { (short_date(period.from, scene.lang)) " – " (short_date(period.to, scene.lang)) } }
        (choose(scene, period))
        section {
            h2 { (scene.t("Nomor antrean", "Numbers")) }
            table {
                (line(scene.t("Hari pelayanan", "Service days"), report.days.len() as u32, scene.t("hari yang dibuka petugas", "days opened by staff")))
                (line(scene.t("Nomor diberikan", "Issued"), total.issued, scene.t("semua layanan", "all services")))
                (line(scene.t("Prioritas", "Priority"), total.priority, scene.t("di antaranya, dinyatakan sendiri oleh pemohon", "of these, as declared by applicants")))
                (line(scene.word("finished"), total.finished, scene.t("kunjungan selesai: direkam, dicetak langsung, atau KTP-el diserahkan", "visits completed: recorded, printed directly, or card handed over")))
                (line(scene.word("returned"), total.returned, scene.t("berkas kurang dan tidak kembali pada hari itu", "file incomplete and not back on that day")))
                (line(scene.word("referred"), total.referred, scene.t("memilih ke Dinas Dukcapil saat jaringan terganggu", "chose the Dinas Dukcapil while the network was down")))
                (line(scene.word("deferred"), total.deferred, scene.t("berkas lengkap, perekaman pada hari lain", "file complete, recording on another day")))
                (line(scene.word("expired"), total.expired, scene.t("belum selesai saat hari ditutup", "not finished at the close of day")))
                (line(scene.word("cancelled"), total.cancelled, scene.t("dibatalkan petugas dengan alasan", "cancelled by staff with a reason")))
                (line(scene.t("Kali dilewati", "Times skipped"), total.no_shows, scene.t("dipanggil berkali-kali dan tidak datang; dapat melapor kembali", "called several times and did not come; may report back")))
            }
        }
        (times(scene, report))
        (returns(scene, report))
        (cards(scene, report))
        section {
            h2 { (scene.t("Menurut jam dan loket", "By hour and counter")) }
            (hours(scene, report))
            table {
                @for counter in &scene.office.counters {
                    (line(&format!("{} {}", scene.t("Loket", "Counter"), counter.number), report.counters.get(&counter.number).copied().unwrap_or(0),
                        scene.t("tahap yang diselesaikan di loket ini, termasuk berkas dikembalikan", "stages ended at this counter, returned files included")))
                }
                (line(scene.t("Gangguan jaringan", "Network outages"), report.outages, &outage(scene, report)))
            }
        }
    }
}

fn choose(scene: &Scene, period: Period) -> Markup {
    let today = scene.now.local(scene.office.identity.zone).date();
    let link = |from: Date, name: &str| html! { a.button href={ "/report?from=" (from) "&to=" (today) } { (name) } };
    html! {
        section.controls {
            form.row method="get" action="/report" {
                label { (scene.t("Dari", "From")) " " input type="date" name="from" value=(period.from) required; }
                label { (scene.t("sampai", "to")) " " input type="date" name="to" value=(period.to) required; }
                (button(scene.t("Tampilkan", "Show"), "", ""))
                (link(today, scene.t("Hari ini", "Today")))
                (link(today.first_of_month(), scene.t("Bulan ini", "This month")))
                (link(today.first_of_year(), scene.t("Tahun ini", "This year")))
                a.button href={ "/report.csv?from=" (period.from) "&to=" (period.to) } { "CSV" }
            }
        }
    }
}

fn minutes(scene: &Scene, time: Option<Duration>) -> String {
    let Some(time) = time else { return "–".into() };
    let text = format!("{:.1}", time.as_secs_f64() / 60.0);
    if scene.lang == queue::Lang::Id { text.replace('.', ",") } else { text }
}

fn times(scene: &Scene, report: &Report) -> Markup {
    let none = Times::default();
    let published = scene.office.standard.published_minutes;
    let share = |times: &Times, limit: u32| match times.known.len() {
        0 => "–".to_string(),
        n => format!("{} % ({}/{n})", times.within(limit) * 100 / n, times.within(limit)),
    };
    let row = |stage: Stage, kind: &str, times: &Times, limit: Option<u32>| {
        html! {
            tr {
                th scope="row" { (scene.office.stage_name(stage).get(scene.lang)) ": " (kind) }
                td.figure { (times.known.len()) @if times.unknown > 0 { " + " (times.unknown) "?" } }
                td.figure { (minutes(scene, times.percentile(50))) }
                td.figure { (minutes(scene, times.percentile(90))) }
                td.figure { @if let Some(limit) = limit { (limit) } }
                td.figure { @if let Some(limit) = limit { (share(times, limit)) } }
                td.figure { @if limit.is_some() { (share(times, published)) } }
            }
        }
    };
    html! {
        section {
            h2 { (scene.t("Waktu, menit", "Times, minutes")) }
            table.wide {
                tr {
                    th {} th { (scene.t("jumlah", "count")) } th { "median" } th { "p90" } th { (scene.t("standar", "standard")) }
                    th { (scene.t("dalam standar", "within standard")) } th { "≤ " (published) }
                }
                @for stage in [Stage::Verification, Stage::Recording, Stage::Collection] {
                    (row(stage, scene.t("menunggu", "waiting"), report.waits.get(&stage).unwrap_or(&none), None))
                    (row(stage, scene.t("dilayani", "service"), report.services.get(&stage).unwrap_or(&none), Some(scene.office.standard_minutes(stage))))
                }
            }
            p.hint {
                (scene.t(
                    "Menunggu: sejak masuk antrean tahap itu sampai dipanggil. Dilayani: sejak hadir di loket sampai tahap berakhir. Median: separuh tidak lebih lama. p90: sembilan dari sepuluh tidak lebih lama. \"?\": tidak terukur karena mesin dinyalakan ulang. Kolom terakhir: maklumat pelayanan menurut ",
                    "Waiting: from joining the stage's queue to the call. Service: from presence at the counter to the end of the stage. Median: half took no longer. p90: nine in ten took no longer. \"?\": not measured because the machine was restarted. Last column: the published time of "))
                (scene.office.standard.decree) "."
            }
        }
    }
}

fn returns(scene: &Scene, report: &Report) -> Markup {
    html! {
        section {
            h2 { (scene.t("Alasan berkas dikembalikan", "Reasons of returned files")) }
            @if report.missing.is_empty() { p.hint { (scene.t("Tidak ada.", "None.")) } }
            table {
                @for (key, count) in &report.missing {
                    tr {
                        th scope="row" { (scene.office.requirement(key).map_or(key.as_str(), |r| r.text.get(scene.lang))) }
                        td.figure { (count) }
                        td.hint { (scene.t("kali kurang; satu berkas dapat kurang beberapa hal", "times missing; one file may lack several")) }
                    }
                }
            }
        }
    }
}

fn cards(scene: &Scene, report: &Report) -> Markup {
    let cards = &report.cards;
    let printing = &scene.office.stages.printing;
    let line = |name: &str, count: u32, meaning: String| html! { tr { th scope="row" { (name) } td.figure { (count) } td.hint { (meaning) } } };
    let working = format!(
        "≤ {} {}",
        printing.working_days,
        scene.t("hari kerja sejak direkam (standar)", "working days after recording (standard)")
    );
    let late = format!(
        "> {} {}",
        printing.overdue_days,
        scene.t(
            "hari sejak direkam (pengumuman: sekitar 2 minggu)",
            "days after recording (public text: about 2 weeks)"
        )
    );
    html! {
        section {
            h2 { (scene.t("Pencetakan KTP-el", "Card printing")) }
            table {
                (line(scene.t("Direkam", "Recorded"), cards.recorded, scene.t("masuk daftar cetak dalam masa ini", "to the printing list in this period").into()))
                (line(scene.word("ready"), cards.ready, scene.t("dalam masa ini", "in this period").into()))
                (line(scene.t("tepat waktu", "on time"), cards.within_target, working))
                (line(scene.t("terlambat", "overdue"), cards.overdue, late))
                (line(scene.t("Diserahkan", "Handed over"), cards.handed_over, scene.t("kepada pemohon, wakilnya, atau desa", "to the applicant, somebody sent, or a village").into()))
                (line(scene.t("Belum diambil", "Uncollected"), scene.board.ready.len() as u32, scene.t("saat ini, siap diambil", "now, ready for collection").into()))
                @for (reason, count) in &cards.holds {
                    (line(&format!("{}: {}", scene.word("hold-case"), scene.t(reason.text().0, reason.text().1)), *count, scene.t("kali ditahan", "times held").into()))
                }
            }
        }
    }
}

/// Numbers issued per hour, as bars with their figures.
fn hours(scene: &Scene, report: &Report) -> Markup {
    let most = report.hours.iter().copied().max().unwrap_or(0).max(1);
    let first = report.hours.iter().position(|n| *n > 0).unwrap_or(8).min(8);
    let last = report.hours.iter().rposition(|n| *n > 0).unwrap_or(15).max(15);
    let width = (last - first + 1) * 44;
    html! {
        svg.bars viewBox={ "0 0 " (width) " 120" } width=(width) height="120" role="img" {
            title { (scene.t("Nomor diberikan per jam", "Numbers issued per hour")) }
            @for (i, hour) in (first..=last).enumerate() {
                @let count = report.hours[hour];
                @let high = count * 80 / most;
                rect x=(i * 44 + 6) y=(98 - high) width="32" height=(high) {}
                text x=(i * 44 + 22) y=(93 - high) { (count) }
                text x=(i * 44 + 22) y="114" { (format!("{hour:02}.00")) }
            }
        }
        p.hint { (scene.t("Nomor diberikan per jam.", "Numbers issued per hour.")) }
    }
}

fn outage(scene: &Scene, report: &Report) -> String {
    let total: Duration = report.outage.known.iter().sum();
    format!(
        "{} {}",
        minutes(scene, Some(total)),
        scene.t("menit seluruhnya, menurut tombol jaringan", "minutes altogether, by the network switch")
    )
}
