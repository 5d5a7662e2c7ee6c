//! The report of a simulated year against figures computed anew from the journal, by the words that stand beside them
//! and with no line of the report's own code.
#![allow(clippy::unwrap_used, clippy::panic)]

mod life;
mod recomputed;
mod shown;

use crate::office::{LOOPBACK, Office};
use jiff::ToSpan;
use jiff::civil::Date;
use life::Life;
use queue::office;
use queue::time::Moment;
use recomputed::recomputed;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// The report as the console tells it, its lists turned into tables.
fn told(mut report: Value) -> Value {
    let table = |list: &Value, key: &str| {
        let rows = list.as_array().unwrap().iter().map(|row| {
            let mut row = row.as_object().unwrap().clone();
            let name = row.remove(key).unwrap();
            let name = name.as_str().map_or_else(|| name.to_string(), String::from);
            let one = row.len() == 1;
            (name, if one { row.into_iter().next().unwrap().1 } else { Value::Object(row) })
        });
        Value::Object(rows.collect())
    };
    report["days"] = table(&report["days"], "date");
    report["counters"] = table(&report["counters"], "counter");
    report["missing"] = table(&report["missing"], "key");
    for list in ["holds", "held_now"] {
        report["cards"][list] = table(&report["cards"][list], "reason");
    }
    // What was asked.
    report.as_object_mut().unwrap().retain(|key, _| key != "from" && key != "to");
    report
}

/// The lines of a table over time: what each is called, and the dates it sums up.
fn lines(
    office: &office::Office,
    days: &Map<String, Value>,
    (from, to): (Date, Date),
    by: &str,
) -> Vec<(Date, Vec<i64>)> {
    let mut lines: Vec<(Date, Vec<i64>)> = Vec::new();
    for date in from.series(1.day()).take_while(|date| *date <= to) {
        let opened = days.get(&date.to_string());
        let first = match by {
            "year" => date.first_of_year(),
            "month" => date.first_of_month(),
            // "Hari kerja tanpa kunjungan tertulis nol."
            _ if opened.is_none() && !office.is_working_day(date) => continue,
            _ => date,
        };
        if lines.last().is_none_or(|(last, _)| *last != first) {
            lines.push((first, vec![0; COLUMNS.len()]));
        }
        let Some(opened) = opened else { continue };
        for (sum, column) in lines.last_mut().unwrap().1.iter_mut().zip(COLUMNS) {
            *sum += opened[column].as_i64().unwrap();
        }
    }
    lines
}

/// What happens in an office, as the journal's words; all of it moves a figure, or must not.
const WORDS: [&str; 35] = [
    "day-opened",
    "day-closed",
    "network-down",
    "network-up",
    "issue",
    "undo",
    "call",
    "recall",
    "start",
    "complete",
    "print-directly",
    "return",
    "reenter",
    "finish-recording",
    "hand-over",
    "hold",
    "choose-wait",
    "resume",
    "refer",
    "defer",
    "skip",
    "report-back",
    "transfer",
    "cancel",
    "close",
    "record",
    "hold-case",
    "release",
    "record-again",
    "print",
    "make-ready",
    "collect",
    "print-again",
    "take-back",
    "send-to-village",
];

const COLUMNS: [&str; 9] =
    ["issued", "priority", "finished", "returned", "referred", "deferred", "expired", "cancelled", "no_shows"];

/// The same as the interface's CSV file.
fn csv(lines: &[(Date, Vec<i64>)]) -> String {
    let mut csv =
        String::from("tanggal,nomor,prioritas,selesai,dikembalikan,dirujuk,ditunda,hangus,dibatalkan,dilewati\r\n");
    for (date, counts) in lines {
        let counts: Vec<String> = counts.iter().map(i64::to_string).collect();
        csv += &format!("{date},{}\r\n", counts.join(","));
    }
    csv
}

/// The clock of the console after the short and the long life.
static NOW: [OnceLock<Moment>; 2] = [OnceLock::new(), OnceLock::new()];

fn now<const LIFE: usize>() -> Moment {
    *NOW[LIFE].get().unwrap()
}

/// Lives through `days` working days and compares them all, their months and single days, as the interface, the files and
/// the page tell them.
async fn compare<const LIFE: usize>(days: u32) {
    let mut office = Office::closed(|text| text.replace(", last_number = \"14.30\"", ""));
    let mut store = office.store();
    let (first, last, end) = Life::live(&mut store, days);
    NOW[LIFE].set(end).unwrap();
    office.app = staff::console(office.dir.path(), now::<LIFE>, LOOPBACK, false).unwrap().app;
    let path = format!("/api/report?from={first}&to={last}");
    resident("a report of it all", office.get(&path)).await;
    let checked = resident("check", async { store.check().unwrap() }).await;
    assert!(checked.problems.is_empty(), "{checked:?}");
    // For comparison.
    let events = resident("the journal as a whole", async { store.events().unwrap() }).await;
    let mut periods = vec![(first, last), (last.tomorrow().unwrap(), last.saturating_add(40.days()))];
    let mut month = first.first_of_month();
    while month < last {
        periods.push((month, month.last_of_month()));
        month = month.last_of_month().tomorrow().unwrap();
    }
    // A report reads only its period: whatever lies before and after, every day must be told as the whole journal tells it.
    periods.extend(first.saturating_sub(21.days()).series(1.day()).take_while(|date| *date <= last).map(|on| (on, on)));
    periods.extend([(first.first_of_year(), first.last_of_year()), (last.first_of_year(), last.last_of_year())]);
    for period in &periods {
        let (from, to) = *period;
        let own = recomputed(&events, store.office(), *period, end);
        let answer = office.get(&format!("/api/report?from={from}&to={to}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let report = told(answer.json());
        for key in own.as_object().unwrap().keys().chain(report.as_object().unwrap().keys()) {
            let (own, report) = (&own[key], &report[key]);
            assert_eq!(own, report, "{from} to {to}, {key}:\nreport     {report}\nrecomputed {own}");
        }
        for by in ["day", "month", "year"] {
            let lines = lines(store.office(), own["days"].as_object().unwrap(), *period, by);
            assert_eq!(office.get(&format!("/report.csv?from={from}&to={to}&by={by}")).await.text, csv(&lines), "{by}");
        }
        let page = format!("/report?from={from}&to={to}&by=month");
        let page = office.get_with(&page, &[("cookie", "lang=en")]).await.text;
        if from.day() == 1 && to == from.last_of_month() {
            crate::today::keep(&office, &format!("month-en-{from}"), &page).await;
            let page = office.get(&format!("/report?from={from}&to={to}")).await.text;
            crate::today::keep(&office, &format!("month-id-{from}"), &page).await;
        }
        for answer in shown::answers(&own) {
            assert!(
                shown::plain_text(&page).contains(&answer),
                "{from} to {to}: {answer:?} in {}",
                shown::plain_text(&page)
            );
        }
        let months = lines(store.office(), own["days"].as_object().unwrap(), *period, "month");
        let rows = shown::rows(&page);
        for expected in shown::expected(&own, &months) {
            assert!(rows.iter().any(|row| row.starts_with(&expected)), "{from} to {to}: {expected:?} in {rows:#?}");
        }
    }

    let year = recomputed(&events, store.office(), (first, last), end);
    println!("{days} days, {} events, {} periods: {}", events.len(), periods.len(), year["total"]);
    println!("{} {}", year["cards"], year["stages"]);
    // The tables know how the cards stand, too.
    let open = store.open_cases().unwrap();
    let standing = |word: &str| open.iter().filter(|case| case.state.word() == word).count();
    assert_eq!(year["cards"]["uncollected"], standing("ready"));
    let held_now = year["cards"]["held_now"].as_object().unwrap();
    assert_eq!(held_now.values().filter_map(Value::as_u64).sum::<u64>(), standing("onhold") as u64);
    // Everything has happened, so that every figure was compared.
    let done: BTreeSet<&str> = events.iter().map(|event| event.happened.word()).collect();
    let never: Vec<&&str> = WORDS.iter().filter(|word| !done.contains(*word)).collect();
    assert!(never.is_empty(), "{never:?} never happened");
    let mut zero = Vec::new();
    for (part, figures) in
        year.as_object().unwrap().iter().filter(|(part, _)| !["days", "hours", "arrivals"].contains(&&***part))
    {
        nothing(part, figures, &mut zero);
    }
    // A power cut leaves times that nobody knows, not of every kind within a few weeks.
    zero.retain(|figure| days > 100 || !figure.ends_with("unknown") && !figure.ends_with("unmeasured"));
    assert!(zero.is_empty(), "{zero:?} are nought");
}

/// The figures that are nought or missing.
fn nothing(name: &str, figure: &Value, zero: &mut Vec<String>) {
    match figure {
        Value::Object(of) => of.iter().for_each(|(key, figure)| nothing(&format!("{name}.{key}"), figure, zero)),
        Value::Array(of) => of.iter().for_each(|figure| nothing(name, figure, zero)),
        // There is no standard of waiting.
        Value::Null if name.contains("wait.standard_minutes") || name.contains("wait.within_standard") => {}
        Value::Number(n) if n.as_u64() == Some(0) => zero.push(name.into()),
        Value::Null => zero.push(name.into()),
        _ => {}
    }
}

/// Does `work` and prints how much memory it takes at its peak, beyond what the process has already.
async fn resident<T>(what: &str, work: impl Future<Output = T>) -> T {
    let kilobytes = |key: &str| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line =
            status.lines().find_map(|line| line.strip_prefix(key)?.split_whitespace().next()?.parse::<i64>().ok());
        line.unwrap_or_default()
    };
    // From now on the kernel measures the peak anew, where it lets us.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = kilobytes("VmRSS:");
    let done = work.await;
    println!("{what}: {} KiB at the peak, beside {before} KiB", kilobytes("VmHWM:") - before);
    done
}

#[tokio::test]
async fn the_reports_figures_are_those_of_the_journal() {
    compare::<0>(25).await;
}

/// `DAYS=2500` lives for ten years.
#[tokio::test]
#[ignore = "takes long: a year of 250 days"]
async fn the_reports_figures_are_those_of_the_journal_over_a_whole_year() {
    compare::<1>(std::env::var("DAYS").map_or(250, |days| days.parse().unwrap())).await;
}
