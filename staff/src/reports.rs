//! The head of office's page: the figures of a period, each with what it means, to read and to print.

use crate::answer::No;
use crate::charts;
use crate::controls::{ENTER, button, link, print};
use crate::form::Fields;
use crate::history;
use crate::look;
use crate::month;
use crate::page::Scene;
use crate::report::{Cell, Past, Period, Report, Table, Unit, figure, tables};
use crate::texts;
use jiff::ToSpan;
use jiff::civil::Date;
use maud::{Markup, html};
use queue::office::Stage;
use queue::people::Role;
use queue::time::short_date;

/// "1 November 2026 – 30 November 2026".
pub(crate) fn span(period: Period, lang: queue::Lang) -> String {
    format!("{} – {}", short_date(period.from, lang), short_date(period.to, lang))
}

/// The whole page: the answers, then every figure. A month is compared with those before it.
pub(crate) fn see(scene: &Scene, query: &Fields, past: &Past) -> Result<Markup, No> {
    let (report, period) = look::figures(scene.store, scene.now, query)?;
    let past = match period.month(scene.date()) {
        Some(first) => past.before(scene.store, first, scene.now)?,
        None => Vec::new(),
    };
    let cases = scene.store.open_cases()?;
    Ok(html! {
        div.head {
            (letterhead(scene, period))
            (heading(scene, &report, period))
            (month::see(scene, &report, period, &past, &cases))
            (details(scene, &report, period, look::unit(query, period)))
            (signature(scene))
        }
    })
}

/// Who reports, what and when: on paper only.
fn letterhead(scene: &Scene, period: Period) -> Markup {
    let (identity, standard) = (&scene.office.identity, &scene.office.standard);
    html! {
        div.letter {
            p { strong { (identity.government) } } p { strong { (identity.name) } } p { (identity.address) }
            h1 { (scene.t("Laporan pelayanan", "Report of the service")) " " (title(scene, period)) }
            p { (scene.t("Nomor", "Number")) ": ............ / ............ / " (scene.date().year()) }
            p { (standard.title) " · " (standard.decree) " · " (standard.section) " · " (standard.activity) }
        }
    }
}

/// "November 2026", or the dates.
fn title(scene: &Scene, period: Period) -> String {
    period.month(scene.date()).map_or_else(|| span(period, scene.lang), |first| month::name(scene, first))
}

fn heading(scene: &Scene, report: &Report, period: Period) -> Markup {
    let first = period.from.first_of_month();
    let before = first.saturating_sub(1.day());
    let after = first.last_of_month().saturating_add(1.day());
    let to = |first: Date| format!("/report?from={first}&to={}", first.last_of_month());
    html! {
        div.title-row {
            h1 { (title(scene, period)) " "
                small { (report.service_days()) " " (scene.t("hari pelayanan", "service days")) " · " (report.total().issued) " " (scene.t("nomor", "numbers"))
                    @if scene.office.has_stage(Stage::Printing) { " · " (report.cards.recorded) " " (scene.t("permohonan direkam", "cases recorded")) } } }
            div.row.controls {
                (link(&format!("‹ {}", month::name(scene, before.first_of_month())), "N", &to(before.first_of_month())))
                @if after <= scene.date() { (link(&format!("{} ›", month::name(scene, after)), "M N", &to(after))) }
                (print(scene.t("Cetak untuk ditandatangani", "Print to sign")))
            }
        }
    }
}

/// Where and when, and the line for the name: on paper only.
fn signature(scene: &Scene) -> Markup {
    // "Kecamatan Sajingan Besar" signs in "Sajingan Besar".
    let name = &scene.office.identity.name;
    let place = ["Kecamatan ", "Kelurahan ", "Desa "].iter().find_map(|kind| name.strip_prefix(kind)).unwrap_or(name);
    html! {
        p.paper.signed {
            (place) ", " (short_date(scene.date(), scene.lang)) br;
            (texts::role(Role::Head, scene.lang)) ", " br; br; br; br;
            "(........................................)" br; "NIP. ................................"
        }
    }
}

fn details(scene: &Scene, report: &Report, period: Period, unit: Unit) -> Markup {
    let tables = tables(report, scene.office, period, unit, scene.lang);
    html! {
        (choose(scene, period, unit))
        @for (i, table) in tables.iter().enumerate() {
            section.detail id=[(i == 2).then_some("times")] {
                h2 { (table.title) }
                // Beside the table that it draws.
                @match i {
                    1 => (over_time(scene, report, period, unit)),
                    2 => (within(scene, report)),
                    i if i + 1 == tables.len() => (hours(scene, table)),
                    _ => {}
                }
                (see_table(scene, table))
            }
        }
    }
}

fn see_table(scene: &Scene, table: &Table) -> Markup {
    html! {
        @if table.lines.is_empty() { p.hint { (scene.t("Tidak ada.", "None.")) } }
        @else {
            table.wide[!table.headings.is_empty()] {
                @if !table.headings.is_empty() { tr { @for heading in &table.headings { th scope="col" { (heading) } } } }
                @for line in &table.lines { tr { @for cell in line { (see_cell(scene, cell)) } } }
            }
        }
        @if !table.note.is_empty() { p.hint { (table.note) } }
    }
}

fn see_cell(scene: &Scene, cell: &Cell) -> Markup {
    html! {
        @match cell {
            Cell::Name(text) | Cell::Date(_, text) => th scope="row" { (text) },
            Cell::Meaning(text) => td.hint { (text) },
            Cell::Count(n) => td.figure { (n) },
            Cell::Measured(known, unknown) => td.figure { (known) @if *unknown > 0 { " + " (unknown) "?" } },
            Cell::Figure(value) => td.figure { (figure(*value, scene.lang)) },
            Cell::Share(_, 0) => td.figure { "–" },
            Cell::Share(part, whole) => td.figure { (part * 100 / whole) " % (" (part) "/" (whole) ")" },
            Cell::Empty => td {},
        }
    }
}

fn choose(scene: &Scene, period: Period, unit: Unit) -> Markup {
    let today = scene.now.local(scene.office.identity.zone).date();
    let period_of =
        |from: Date, to: Date, name: &str, key: &str| link(name, key, &format!("/report?from={from}&to={to}"));
    let asked = format!("from={}&to={}&by={}", period.from, period.to, unit.word());
    let last_month = today.first_of_month().saturating_sub(1.day());
    let units = [
        (Unit::Day, scene.t("hari", "day")),
        (Unit::Month, scene.t("bulan", "month")),
        (Unit::Year, scene.t("tahun", "year")),
    ];
    html! {
        section.controls {
            form.row method="get" action="/report" {
                label { (scene.t("Dari", "From")) " " input name="from" value=(history::written(period.from)) required size="10" inputmode="numeric" autocomplete="off" data-key="D"; " " kbd { "D" } }
                label { (scene.t("sampai", "to")) " " input name="to" value=(history::written(period.to)) required size="10" inputmode="numeric" autocomplete="off"; }
                label { (scene.t("per", "by")) " " select name="by" { @for (one, name) in units { option value=(one.word()) selected[one == unit] { (name) } } } }
                (button(scene.t("Tampilkan", "Show"), ENTER, "primary"))
            }
            div.row {
                (period_of(today, today, scene.t("Hari ini", "Today"), "H"))
                (period_of(today.first_of_month(), today, scene.t("Bulan ini", "This month"), "B"))
                (period_of(last_month.first_of_month(), last_month, scene.t("Bulan lalu", "Last month"), "L"))
                (period_of(today.first_of_year(), today, scene.t("Tahun ini", "This year"), "T"))
                (link(scene.t("CSV untuk Excel", "CSV for Excel"), "C", &format!("/report.csv?{asked}&excel=yes")))
                (link("CSV", "V", &format!("/report.csv?{asked}"))) " " (link("XLSX", "X", &format!("/report.xlsx?{asked}")))
            }
        }
    }
}

fn over_time(scene: &Scene, report: &Report, period: Period, unit: Unit) -> Markup {
    let word = |date: Date| match unit {
        Unit::Day => format!("{}/{}", date.day(), date.month()),
        Unit::Month => format!("{}/{:02}", date.month(), date.year() % 100),
        Unit::Year => date.year().to_string(),
    };
    let counts = report.over_time(scene.office, period, unit);
    let counts: Vec<_> = counts.into_iter().map(|(date, c)| (word(date), u64::from(c.issued))).collect();
    charts::bars(scene.t("Nomor diberikan.", "Numbers issued."), &counts)
}

fn within(scene: &Scene, report: &Report) -> Markup {
    let share = |stage: Stage| {
        let limit = scene.office.standard_minutes(stage);
        let (kept, all) = report.services.get(&stage).map_or((0, 0), |times| (times.within(limit), times.known.len()));
        (format!("{} ≤ {limit} {}", scene.office.stage_name(stage).get(scene.lang), scene.t("menit", "min")), kept, all)
    };
    let stages = [Stage::Verification, Stage::Recording, Stage::Collection].into_iter();
    let shares: Vec<_> = stages.filter(|stage| scene.office.has_stage(*stage)).map(share).collect();
    charts::shares(scene.t("Pelayanan dalam standar.", "Service within the standard."), &shares)
}

fn hours(scene: &Scene, table: &Table) -> Markup {
    let counts = table.lines.iter().filter_map(|line| match &line[..] {
        [Cell::Name(hour), Cell::Count(n)] => Some((hour.clone(), *n)),
        _ => None,
    });
    charts::bars(scene.t("Nomor diberikan per jam.", "Numbers issued per hour."), &counts.collect::<Vec<_>>())
}
