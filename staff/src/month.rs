//! The answers of a report's first screen: did we keep our standard, why were files returned, which cards are late, how many
//! counters are needed when, and whether it gets better.

use crate::charts;
use crate::history;
use crate::page::Scene;
use crate::report::{BUSY_MINUTES, Month, Period, Report};
use crate::texts;
use crate::today::requirement;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use maud::{Markup, html};
use queue::Lang;
use queue::case::{Case, Light, light};
use queue::office::Stage;
use queue::time::{month, weekday};

/// So many late cards and reasons stand on the first screen; the others are unfolded.
const FIRST: usize = 8;

/// What a figure is held against, and how it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    Yes,
    No,
    /// Nothing was measured.
    Nothing,
}

impl Kept {
    fn by(kept: Option<bool>) -> Kept {
        match kept {
            Some(true) => Kept::Yes,
            Some(false) => Kept::No,
            None => Kept::Nothing,
        }
    }
}

pub(crate) fn see(scene: &Scene, report: &Report, period: Period, past: &[Month], cases: &[Case]) -> Markup {
    let this = Month::of(period.from, report, scene.office);
    let of_month = period.month(scene.date());
    let ago = |months: i32| {
        let first = of_month?.saturating_sub(months.months());
        past.iter().find(|month| month.first == first)
    };
    html! {
        (tiles(scene, report, &this, ago(1), ago(12)))
        div.pair {
            (reasons(scene, report))
            @if scene.office.has_stage(Stage::Printing) { (late(scene, cases)) }
        }
        (hours(scene, report))
        @if let Some(first) = of_month { (better(scene, first, past, &this)) }
    }
}

/// "November 2026" for a month, else nothing.
pub(crate) fn name(scene: &Scene, first: Date) -> String {
    format!("{} {}", month(first, scene.lang), first.year())
}

fn percent((part, whole): (usize, usize)) -> Option<usize> {
    (whole > 0).then(|| part * 100 / whole)
}

fn tiles(scene: &Scene, report: &Report, this: &Month, before: Option<&Month>, year: Option<&Month>) -> Markup {
    let limits = &scene.office.limits;
    let compared = |figure: &dyn Fn(&Month) -> Option<String>| {
        let told = [(scene.t("bulan lalu", "last month"), before), (scene.t("tahun lalu", "last year"), year)];
        let told = told.into_iter().filter_map(|(when, month)| Some(format!(" · {when} {}", figure(month?)?)));
        told.collect::<String>()
    };
    let share = |of: fn(&Month) -> (usize, usize)| move |month: &Month| percent(of(month)).map(|n| format!("{n} %"));
    let kept = percent(this.kept);
    // Rounded down for the reader; held against the limit exactly.
    let within = |(part, whole): (usize, usize), limit: u32| part * 100 >= whole * limit as usize;
    let no_more = |(part, whole): (usize, usize), limit: u32| part * 100 <= whole * limit as usize;
    let min = scene.t("mnt", "min");
    let wait = |month: &Month| month.p90.map(|minutes| format!("{minutes} {min}"));
    let returned = percent(this.returned);
    let leading = report.reasons().into_iter().next();
    let cards = &report.cards;
    html! {
        div.tiles {
            (tile(scene, "#times", scene.t("Pelayanan dalam waktu standar", "Service within the standard"),
                kept.map(|n| format!("{n} %")),
                Kept::by(kept.map(|_| within(this.kept, limits.within_standard_percent))),
                html! { (scene.t("standar", "standard")) " ≥ " (limits.within_standard_percent) " %" (compared(&share(|m| m.kept))) }))
            (tile(scene, "#times", scene.t("Menunggu, 9 dari 10 orang", "Waiting, 9 of 10 people"),
                wait(this),
                Kept::by(this.p90.map(|minutes| minutes <= u64::from(limits.wait_minutes))),
                html! { (scene.t("batas", "limit")) " ≤ " (limits.wait_minutes) " " (min) (compared(&wait)) }))
            (tile(scene, "#returned", scene.t("Berkas dikembalikan", "Files returned"),
                returned.map(|n| format!("{n} %")),
                Kept::by(returned.map(|_| no_more(this.returned, limits.returned_percent))),
                html! {
                    (this.returned.0) " " (scene.t("dari", "of")) " " (this.returned.1) " · " (scene.t("batas", "limit")) " ≤ " (limits.returned_percent) " %" (compared(&share(|m| m.returned)))
                    @if let Some((key, count)) = leading { br; (scene.t("terbanyak", "most")) ": " (requirement(scene, key)) " (" (count) ")" }
                }))
            @if scene.office.has_stage(Stage::Printing) {
                (tile(scene, "#late", scene.t("Terlambat sekarang", "Late now"),
                    Some(cards.unready_overdue.to_string()),
                    Kept::by(Some(cards.unready_overdue == 0)),
                    html! {
                        (scene.t("belum siap sesudah", "not ready after")) " " (scene.office.stages.printing.overdue_days) " " (scene.t("hari; dari", "days; of")) " " (cards.unready) " " (scene.t("yang dikerjakan", "under way"))
                        br; (cards.unready_past_target) " " (scene.t("lewat target", "past the target of")) " " (scene.office.stages.printing.working_days) " " (scene.t("hari kerja", "working days"))
                    }))
            }
        }
    }
}

fn tile(scene: &Scene, to: &str, name: &str, value: Option<String>, kept: Kept, below: Markup) -> Markup {
    let (class, sign) = match kept {
        Kept::Yes => ("yes", scene.t("✓ tercapai", "✓ kept")),
        Kept::No => ("no", scene.t("▲ belum", "▲ not kept")),
        Kept::Nothing => ("", scene.t("belum ada", "none yet")),
    };
    html! {
        div class={ "tile " (class) } {
            p.name { a href=(to) { (name) } }
            p.value { (value.as_deref().unwrap_or("–")) " " small { (sign) } }
            p.below { (below) }
        }
    }
}

fn reasons(scene: &Scene, report: &Report) -> Markup {
    let reasons = report.reasons();
    let all: u32 = reasons.iter().map(|(_, count)| count).sum();
    let most = reasons.first().map_or(1, |(_, count)| *count).max(1);
    let rows = |some: &[(&str, u32)]| {
        html! {
            table.now.bars-table {
                thead.unseen { tr { th scope="col" { (scene.t("alasan", "reason")) } th scope="col" {} th scope="col" { (scene.t("kali", "times")) } th scope="col" { (scene.t("bagian", "share")) } } }
                @for (key, count) in some {
                    tr {
                        th scope="row" { (requirement(scene, key)) }
                        td.stretch { (charts::bar(u64::from(*count), u64::from(most))) }
                        td.figure { (count) }
                        td.hint { (count * 100 / all.max(1)) " %" }
                    }
                }
            }
        }
    };
    let (first, rest) = reasons.split_at(reasons.len().min(FIRST));
    html! {
        section #returned {
            h2 { (scene.t("Mengapa berkas dikembalikan?", "Why were files returned?"))
                " " small { (all) " " (scene.t("alasan pada", "reasons of")) " " (report.total().returns) " " (scene.t("pengembalian", "returns")) } }
            @if reasons.is_empty() { p.hint { (scene.t("Tidak ada berkas yang dikembalikan.", "No file was returned.")) } }
            @else { (rows(first)) }
            @if !rest.is_empty() { details { summary { (rest.len()) " " (scene.t("lagi", "more")) " …" } (rows(rest)) } }
        }
    }
}

/// The cards that are not ready yet and past a limit, the oldest first.
fn late(scene: &Scene, cases: &[Case]) -> Markup {
    let today = scene.date();
    let age = |case: &Case| case.recorded_on.map_or(0, |on| (today - on).get_days());
    let of = |shown: Light| {
        let mut of: Vec<&Case> = cases.iter().filter(|case| light(case, today, scene.office) == Some(shown)).collect();
        of.sort_by_key(|case| (case.recorded_on, case.id));
        of
    };
    let (red, amber) = (of(Light::Red), of(Light::Amber));
    let why = |case: &Case| texts::case_standing(case, scene.lang);
    let mut by_reason: Vec<(String, usize)> = Vec::new();
    for case in red.iter().chain(&amber) {
        match by_reason.iter_mut().find(|(reason, _)| *reason == why(case)) {
            Some((_, count)) => *count += 1,
            None => by_reason.push((why(case), 1)),
        }
    }
    by_reason.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let row = |case: &Case, late: bool| {
        html! {
            tr {
                th scope="row" { (history::link_case(case.receipt)) }
                td { (why(case)) }
                td.figure { @if late { strong.bad { "■ " (age(case)) " " (scene.t("hari", "days")) } } @else { "▲ " (age(case)) " " (scene.t("hari", "days")) } }
            }
        }
    };
    let all: Vec<(&Case, bool)> = red.iter().map(|c| (*c, true)).chain(amber.iter().map(|c| (*c, false))).collect();
    let rows = |some: &[(&Case, bool)]| {
        html! {
            table.now {
                thead.unseen { tr { th scope="col" { (scene.t("tanda terima", "receipt")) } th scope="col" { (scene.t("keadaan", "standing")) } th scope="col" { (scene.t("umur", "age")) } } }
                @for (case, late) in some { (row(case, *late)) }
            }
        }
    };
    let (first, rest) = all.split_at(all.len().min(FIRST));
    html! {
        section #late {
            h2 { (scene.t("Yang terlambat sekarang", "Late now"))
                " " small { (red.len()) " " (scene.t("lewat", "past")) " " (scene.office.stages.printing.overdue_days) " " (scene.t("hari", "days")) ", " (amber.len()) " " (scene.t("lewat target", "past target")) } }
            @if all.is_empty() { p.hint { (scene.t("Tidak ada yang lewat target.", "None is past its target.")) } }
            @else {
                p.hint { @for (i, (reason, count)) in by_reason.iter().enumerate() { @if i > 0 { " · " } (reason) " " strong { (count) } } }
                (rows(first))
            }
            @if !rest.is_empty() { details { summary { (rest.len()) " " (scene.t("lagi", "more")) " …" } (rows(rest)) } }
        }
    }
}

/// Weekday by hour: arrivals, the counters that they need, and how long nine of ten waited.
fn hours(scene: &Scene, report: &Report) -> Markup {
    let weekdays = report.weekdays();
    let days: Vec<(usize, Weekday)> =
        (0..7).zip(Weekday::Monday.cycle_forward()).filter(|(i, _)| weekdays[*i] > 0).collect();
    let busy = |hour: &usize| report.hours[*hour] > 0;
    let (Some(first), Some(last)) = ((0..24).find(busy), (0..24).rfind(busy)) else {
        return html! { section { h2 { (scene.t("Kapan orang datang?", "When do people come?")) } p.hint { (scene.t("Belum ada kunjungan.", "No visits yet.")) } } };
    };
    let most =
        days.iter().flat_map(|(i, _)| (first..=last).map(|hour| report.arrivals_of(*i, hour))).fold(1.0, f64::max);
    let cell = |i: usize, hour: usize| {
        let (arrivals, needed) = (report.arrivals_of(i, hour), report.needed(i, hour));
        let level = (arrivals / most * 5.0).round() as u32;
        let wait = report.waits_by_hour.get(&(i, hour)).and_then(|times| times.percentile(90));
        html! {
            td class={ "heat heat-" (level) } {
                @if arrivals > 0.0 {
                    strong { (crate::report::figure(Some((arrivals * 10.0).round() / 10.0), scene.lang)) }
                    span { (needed) " " (scene.t("loket", if needed == 1 { "counter" } else { "counters" }))
                        @if let Some(wait) = wait { " · " (wait.as_secs().div_ceil(60)) " " (scene.t("mnt", "min")) } }
                } @else { "–" }
            }
        }
    };
    html! {
        section #hours {
            h2 { (scene.t("Berapa loket, pukul berapa?", "How many counters, at which hour?"))
                " " small { (scene.t("rata-rata nomor per jam, loket yang diperlukan, dan lama menunggu 9 dari 10 orang", "numbers an hour on average, the counters needed, and how long 9 of 10 people waited")) } }
            table.map {
                tr { td {} @for hour in first..=last { th scope="col" { (format!("{hour:02}")) } } }
                @for (i, day) in &days { tr { th scope="row" { (weekday(*day, scene.lang)) } @for hour in first..=last { (cell(*i, hour)) } } }
            }
            p { (peak(scene, report, &days, first..=last)) }
            p.hint { (scene.t(
                "Loket yang diperlukan: kedatangan rata-rata × menit pelayanan rata-rata satu nomor ÷ ",
                "Counters needed: average arrivals × average minutes of service of one number ÷ "))
                (BUSY_MINUTES) (scene.t(
                    " menit (85 % dari satu jam). Satu nomor memerlukan ", " minutes (85 % of an hour). One number takes "))
                (crate::report::figure(Some((report.work() * 10.0).round() / 10.0), scene.lang)) " " (scene.t("menit pelayanan.", "minutes of service.")) }
        }
    }
}

/// "Senin 09–11 perlu 3 loket; selebihnya 2 cukup."
fn peak(scene: &Scene, report: &Report, days: &[(usize, Weekday)], hours: std::ops::RangeInclusive<usize>) -> String {
    let cells = || days.iter().flat_map(|(i, _)| hours.clone().map(|hour| report.needed(*i, hour)));
    let most = cells().max().unwrap_or(0);
    let rest = cells().filter(|needed| *needed < most).max();
    let mut when: Vec<String> = Vec::new();
    for (i, day) in days {
        let name = weekday(*day, scene.lang);
        let at_most: Vec<usize> = hours.clone().filter(|hour| report.needed(*i, *hour) == most).collect();
        for run in at_most.chunk_by(|a, b| a + 1 == *b) {
            when.push(format!("{name} {:02}–{:02}", run[0], run[run.len() - 1] + 1));
        }
    }
    if most == 0 {
        return String::new();
    }
    let Some(rest) = rest.filter(|rest| *rest > 0) else {
        return match scene.lang {
            Lang::Id => format!("Sepanjang waktu {most} loket cukup."),
            Lang::En => format!("All the time {most} will do."),
        };
    };
    let more = when.len().saturating_sub(5);
    when.truncate(5);
    let mut when = when.join(", ");
    match scene.lang {
        Lang::Id => {
            if more > 0 {
                when.push_str(&format!(" dan {more} lagi"));
            }
            format!("{when} perlu {most} loket; selebihnya {rest} cukup.")
        }
        Lang::En => {
            if more > 0 {
                when.push_str(&format!(" and {more} more"));
            }
            let needs = if most == 1 { "counter is" } else { "counters are" };
            format!("{when}: {most} {needs} needed; else {rest} will do.")
        }
    }
}

/// Month by month: the median and nine of ten, against the limit.
fn better(scene: &Scene, first: Date, past: &[Month], this: &Month) -> Markup {
    let drawn = past.iter().filter(|month| month.first > first.saturating_sub(11.months())).chain([this]);
    let points: Vec<(String, [Option<u64>; 2])> =
        drawn.map(|m| (month(m.first, scene.lang).chars().take(3).collect::<String>(), [m.median, m.p90])).collect();
    if points.len() < 2 {
        return html! {};
    }
    let lines = [scene.t("separuh orang", "half of the people"), scene.t("9 dari 10 orang", "9 of 10 people")];
    let limit = u64::from(scene.office.limits.wait_minutes);
    html! {
        section #better {
            h2 { (scene.t("Menunggu, bulan demi bulan", "Waiting, month by month")) " " small { (scene.t("menit paling lama", "minutes at most")) } }
            (charts::lines(
                scene.t("Lama menunggu per bulan, menit", "Waiting by month, minutes"),
                &lines, &points, (limit, &format!("{} {limit}", scene.t("batas", "limit"))), scene.lang))
        }
    }
}
