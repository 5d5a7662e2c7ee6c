//! The page as the head of office reads it, and what must stand on it.
#![allow(unreachable_pub, clippy::unwrap_used)]

use jiff::civil::Date;
use queue::Lang;
use queue::time::month;
use serde_json::Value;

/// The rows of all tables of a page.
pub fn rows(page: &str) -> Vec<Vec<String>> {
    let text = |cell: &str| cell.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    let cells = |row: &str| -> Vec<String> {
        let cells = row.split("<t").skip(1).map(|cell| cell.split_once('>').unwrap().1);
        cells.map(|cell| cell.split("</t").next().unwrap()).map(text).map(plain).collect()
    };
    page.split("<tr>").skip(1).map(|row| cells(row.split("</tr>").next().unwrap())).collect()
}

fn plain(text: String) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").trim().into()
}

/// How the rows begin that tell the `figures`; `months` are the lines of the table over time.
pub fn expected(figures: &Value, months: &[(Date, Vec<i64>)]) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = |name: &str, cells: Vec<String>| rows.push([vec![name.to_string()], cells].concat());
    let total = &figures["total"];
    for (name, key) in [
        ("Issued", "issued"),
        ("Priority", "priority"),
        ("finished", "finished"),
        ("file returned", "returned"),
        ("referred to Dukcapil", "referred"),
        ("put off to another day", "deferred"),
        ("lapsed", "expired"),
        ("cancelled", "cancelled"),
        ("Times returned", "returns"),
        ("Times skipped", "no_shows"),
    ] {
        row(name, vec![total[key].to_string()]);
    }
    // A day that was only opened and closed served nobody.
    let served = figures["days"].as_object().unwrap().values().filter(|day| day["issued"] != 0);
    row("Service days", vec![served.count().to_string()]);
    let unmeasured = figures["outages_unmeasured"].as_u64().unwrap();
    let mut outages = format!(
        "{} minutes altogether by the network switch, counted on the day on which they began",
        minutes(&figures["outage_seconds"])
    );
    if unmeasured > 0 {
        outages += &format!("; {unmeasured} outages not measured because the machine was restarted");
    }
    row("Network outages", vec![figures["outages"].to_string(), outages]);

    let mut sums = vec![0; months[0].1.len()];
    for (date, counts) in months {
        row(&format!("{} {}", month(*date, Lang::En), date.year()), counts.iter().map(i64::to_string).collect());
        sums.iter_mut().zip(counts).for_each(|(sum, n)| *sum += n);
    }
    row("Total", sums.iter().map(i64::to_string).collect());

    for (stage, name) in ["File check", "Recording", "Collection"].into_iter().enumerate() {
        for (key, kind) in [("wait", "waiting"), ("service", "service")] {
            let times = &figures["stages"][stage][key];
            let mut cells = measured(&times["known"], &times["unknown"], times);
            if key == "service" {
                let (known, within) = (times["known"].as_u64().unwrap(), times["within_standard"].as_u64().unwrap());
                cells.push(times["standard_minutes"].to_string());
                cells.push(match known {
                    0 => "–".into(),
                    known => format!("{} % ({within}/{known})", within * 100 / known),
                });
            }
            row(&format!("{name}: {kind}"), cells);
        }
    }
    for (number, served) in figures["counters"].as_object().unwrap() {
        let known = served["served"].as_u64().unwrap() - served["unmeasured"].as_u64().unwrap();
        row(&format!("Counter {number}"), measured(&known.into(), &served["unmeasured"], served));
    }
    for (hour, n) in figures["hours"].as_array().unwrap().iter().enumerate().filter(|(_, n)| **n != 0) {
        row(&format!("{hour:02}.00"), vec![n.to_string()]);
    }
    let cards = &figures["cards"];
    for (name, key) in [
        ("Recorded", "recorded"),
        ("ready for collection", "ready"),
        ("on time", "within_target"),
        ("overdue", "overdue"),
        ("Handed over", "handed_over"),
        ("Uncollected", "uncollected"),
        ("Long uncollected", "long_uncollected"),
        ("Not ready yet", "unready"),
        ("Not ready yet, past target", "unready_past_target"),
        ("Not ready yet, overdue", "unready_overdue"),
    ] {
        row(name, vec![cards[key].to_string()]);
    }
    if cards["unmeasured"] != 0 {
        row("not measured", vec![cards["unmeasured"].to_string()]);
    }
    for (name, key) in [("working days", "working_days"), ("calendar days", "days")] {
        for percent in ["median", "p90"] {
            let figure = cards[key][percent].as_u64().map_or("–".into(), |days| days.to_string());
            row(&format!("{percent}, {name}"), vec![figure]);
        }
    }
    for (key, meaning) in
        [("holds", "times held for this reason in this period"), ("held_now", "on hold now, whatever the period")]
    {
        for (reason, n) in cards[key].as_object().unwrap() {
            let reason: queue::case::HoldReason = serde_json::from_value(reason.as_str().into()).unwrap();
            row(&format!("printing put off: {}", reason.text().1), vec![n.to_string(), meaning.into()]);
        }
    }
    rows
}

/// "12", or "12 + 1?", then median and p90 in minutes.
fn measured(known: &Value, unknown: &Value, times: &Value) -> Vec<String> {
    let count = if *unknown == 0 { known.to_string() } else { format!("{known} + {unknown}?") };
    vec![count, minutes(&times["median_seconds"]), minutes(&times["p90_seconds"])]
}

/// Minutes with one decimal unless it is nought; a dash for none.
fn minutes(seconds: &Value) -> String {
    let Some(seconds) = seconds.as_u64() else { return "–".into() };
    let tenths = (seconds + 3) / 6;
    if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

/// The page as one line of text.
pub fn plain_text(page: &str) -> String {
    let text = page.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect::<Vec<_>>();
    plain(text.join(" ")).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the first screen answers: the standard, the waits, every return, and which cards are late now.
pub fn answers(figures: &Value) -> Vec<String> {
    let number = |value: &Value| value.as_u64().unwrap();
    let measured: u64 = figures["stages"].as_array().unwrap().iter().map(|s| number(&s["service"]["known"])).sum();
    let mut answers = Vec::new();
    let sign = |kept: bool| if kept { "✓ kept" } else { "▲ not kept" };
    let kept = number(&figures["within_standard"]);
    if let Some(share) = (kept * 100).checked_div(measured) {
        answers
            .push(format!("Service within the standard {share} % {} standard ≥ 90 %", sign(kept * 10 >= measured * 9)));
    }
    if let Some(p90) = figures["wait"]["p90_seconds"].as_u64() {
        let minutes = p90.div_ceil(60);
        answers.push(format!("Waiting, 9 of 10 people {minutes} min {} limit ≤ 45 min", sign(minutes <= 45)));
    }
    let (returns, checked) = (number(&figures["total"]["returns"]), number(&figures["checked"]));
    if let Some(share) = (returns * 100).checked_div(checked) {
        answers.push(format!(
            "Files returned {share} % {} {returns} of {checked} · limit ≤ 10 %",
            sign(returns * 10 <= checked)
        ));
    }
    let reasons: u64 = figures["missing"].as_object().unwrap().values().map(number).sum();
    answers.push(format!("Why were files returned? {reasons} reasons of {returns} returns"));
    let cards = &figures["cards"];
    let (unready, past, late) =
        (number(&cards["unready"]), number(&cards["unready_past_target"]), number(&cards["unready_overdue"]));
    answers.push(format!(
        "Late now {late} {} not ready after 14 days; of {unready} under way {past} past",
        sign(late == 0)
    ));
    answers.push(format!("Late now {late} past 14 days, {} past target", past - late));
    answers
}
