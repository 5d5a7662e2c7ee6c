//! What a report costs after years of work: `cargo bench -p staff`.
//!
//! The office gives about 600 numbers a day. A few days are played by the program's own rules; the last of them is copied,
//! its identities, dates and clocks moved on, until the years are full. The chain of the copies is not valid: nothing here
//! verifies it. Ten years need about 8 GB. Give a folder as argument, otherwise the build's folder is used.

#![expect(clippy::unwrap_used, reason = "a bench fails by panicking")]

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use jiff::ToSpan;
use jiff::civil::Date;
use queue::case::{Case, CaseAction, CollectedBy, HoldReason, Place};
use queue::office::ServiceKey;
use queue::people::Roles;
use queue::store::{DATABASE, Issue, OFFICE};
use queue::time::Moment;
use queue::visit::Action;
use queue::{Command, Lang, Store};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;
use tower::ServiceExt;

/// New applications a day. With those who collect their cards 597 numbers are given.
const NEW: i64 = 300;
/// Cards a day that nobody collects.
const LEFT: usize = 3;
/// Service days a year.
const YEAR: i64 = 250;
/// 08.00 WIB of the first day, milliseconds since 1970.
const MONDAY: i64 = 1_795_395_600_000;
/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// The script's token.
const TOKEN: &str = "token-of-the-bench";

/// The wall clock of the console.
static NOW: AtomicI64 = AtomicI64::new(0);

fn now() -> Moment {
    let wall_ms = NOW.load(Ordering::Relaxed);
    Moment { wall_ms, boot: 1, uptime_ms: wall_ms }
}

/// The `n`-th working day from Monday 23 November 2026, holidays ignored.
fn date(n: i64) -> Date {
    jiff::civil::date(2026, 11, 23).saturating_add((n / 5 * 7 + n % 5).days())
}

/// 08.00 WIB of that day.
fn morning(n: i64) -> i64 {
    MONDAY + (n / 5 * 7 + n % 5) * DAY
}

fn main() {
    // Cargo passes --bench; a number is one of the years, any other argument is the folder.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let years: Vec<i64> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    let years = if years.is_empty() { vec![1, 5, 10] } else { years };
    let folder = arguments.iter().find(|a| a.parse::<i64>().is_err()).map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")));
    let dir = tempfile::TempDir::new_in(&folder).unwrap();
    let mut days = play(dir.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("{:<28} {:>12} {:>9} {:>9} {:>12}", "", "events", "ms first", "ms again", "KiB peak");
    for years in years {
        let events = copy(dir.path(), days, years * YEAR);
        days = years * YEAR;
        NOW.store(morning(days - 1) + DAY / 2, Ordering::Relaxed);
        let console =
            staff::console(dir.path(), now, staff::Door { secure: false, network: false }, false).unwrap().app;
        let last = date(days - 1);
        for (what, from) in [("day", last), ("month", last.saturating_sub(1.month())), ("year", date(days - YEAR))] {
            let path = format!("/api/report?from={from}&to={last}");
            let ask = || {
                let before = resident("VmRSS:");
                let started = Instant::now();
                runtime.block_on(answered(&console, &path));
                (started.elapsed().as_secs_f64() * 1000.0, resident("VmHWM:") - before)
            };
            let ((first, peak), (again, _)) = (ask(), ask());
            println!("{:<28} {events:>12} {first:>9.1} {again:>9.1} {peak:>12}", format!("{years} years, a {what}"));
        }
    }
}

/// Asks as a script does.
async fn answered(console: &Router, path: &str) {
    let request = Request::get(path).header("host", "127.0.0.1").header("authorization", format!("Bearer {TOKEN}"));
    let answer = console.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = answer.status();
    let text = answer.into_body().collect().await.unwrap().to_bytes();
    let report: serde_json::Value = serde_json::from_slice(&text).unwrap();
    assert!(status == 200 && report["total"]["issued"] != 0, "{report}");
}

/// A figure of the process in KiB; asked for what is resident, the kernel measures the peak anew from now on.
fn resident(key: &str) -> i64 {
    if key == "VmRSS:" {
        let _ = std::fs::write("/proc/self/clear_refs", "5");
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(key)?.split_whitespace().next()?.parse().ok());
    line.unwrap_or_default()
}

/// The days that are played: from the third on each is like the one before.
const PLAYED: i64 = 5;
/// The one that is copied; what becomes of its applications is played, too.
const COPIED: i64 = 2;

/// An office with its first days played; their number.
fn play(dir: &Path) -> i64 {
    let text = include_str!("../../office.toml").replace(", last_number = \"14.30\"", "");
    std::fs::write(dir.join(OFFICE), text).unwrap();
    let mut store = Store::create(dir).unwrap();
    let person = store.set_person(&Command::new(queue::journal::Actor::Terminal), "Uji", Roles::all()).unwrap().id;
    store
        .make_token(
            &Command::new(queue::journal::Actor::Terminal),
            person,
            "Uji",
            (Roles::all(), jiff::civil::date(2030, 1, 1)),
            TOKEN,
        )
        .unwrap();
    let mut recorded: Vec<Vec<Case>> = Vec::new();
    for n in 0..PLAYED {
        let mut clock = morning(n);
        let mut wish = || {
            clock += 4_000;
            Command {
                now: Moment { wall_ms: clock, boot: 1, uptime_ms: clock },
                ..Command::new(queue::journal::Actor::Terminal)
            }
        };
        store.open_day(&wish(), date(n), false).unwrap();
        let mut today = Vec::new();
        let mut collected = match n >= COPIED {
            true => recorded[n as usize - 2].iter().take(NEW as usize - LEFT),
            false => [].iter().take(0),
        };
        for i in 0..NEW {
            if i == 100 || i == 101 {
                store.set_network(&wish(), i == 100).unwrap();
            }
            let new = Issue { service: ServiceKey("new".into()), priority: i % 9 == 0, lang: Lang::Id, receipt: None };
            let ticket = store.issue(&wish(), &new).unwrap().ticket.id;
            store.call_next(&wish(), 1).unwrap().unwrap();
            store.act(&wish(), ticket, &Action::Start, None).unwrap();
            let case = store.act(&wish(), ticket, &Action::Complete, None).unwrap().case.unwrap();
            today.push(case);
            if i != 100 {
                // One is held while the network is down, and finished after it.
                let waiting = store.queue(Some(2), 0, wish().now).unwrap().count;
                for _ in 0..waiting {
                    let ticket = store.call_next(&wish(), 2).unwrap().unwrap().id;
                    store.act(&wish(), ticket, &Action::Start, None).unwrap();
                    let finish = Action::FinishRecording { done: vec!["photo".into()], place: Place::Office };
                    store.act(&wish(), ticket, &finish, None).unwrap();
                }
            }
            if let Some(case) = collected.next() {
                let comes = Issue { service: ServiceKey("collection".into()), receipt: Some(case.receipt), ..new };
                let ticket = store.issue(&wish(), &comes).unwrap().ticket.id;
                store.call_next(&wish(), 3).unwrap().unwrap();
                store.act(&wish(), ticket, &Action::Start, None).unwrap();
                let hand_over = Action::HandOver { by: CollectedBy::Applicant, receipt: None };
                store.act(&wish(), ticket, &hand_over, None).unwrap();
            }
        }
        store.close_day(&wish()).unwrap();
        // Today's are printed, a few of them tomorrow; yesterday's are made ready.
        let mut on = |id, action| drop(store.act_on_case(&wish(), id, &action).unwrap());
        for (i, case) in today.iter().enumerate() {
            on(*case, if i < 5 { CaseAction::Hold { reason: HoldReason::NoBlanks } } else { CaseAction::Print });
        }
        for (i, case) in recorded.last().into_iter().flatten().enumerate() {
            if i < 5 {
                on(case.id, CaseAction::Print);
            }
            on(case.id, CaseAction::MakeReady);
        }
        recorded.push(today.into_iter().map(|id| store.case(id).unwrap().unwrap()).collect());
    }
    PLAYED
}

/// Fills the file up from `have` to `want` days; how many events it has then.
fn copy(dir: &Path, have: i64, want: i64) -> i64 {
    let db = rusqlite::Connection::open(dir.join(DATABASE)).unwrap();
    db.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; BEGIN")
        .unwrap();
    let opened = |n: i64| db.query_row("SELECT opened_seq FROM day WHERE id = ?1", [n + 1], |row| row.get::<_, i64>(0));
    let (first, end) = (opened(COPIED).unwrap(), opened(COPIED + 1).unwrap());
    let tickets: i64 =
        db.query_row("SELECT count(*) FROM ticket WHERE day = ?1", [COPIED + 1], |row| row.get(0)).unwrap();
    let columns = |table: &str| -> Vec<String> {
        let mut names = db.prepare("SELECT name FROM pragma_table_info(?1)").unwrap();
        names.query_map([table], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let columns = ["day", "event", "ticket", "application"].map(|table| (table, columns(table)));
    let day = COPIED + 1;
    let applications = format!("id BETWEEN {} AND {}", COPIED * NEW + 1, day * NEW);
    for n in have..want {
        let later = n - COPIED;
        let (events, tickets, cases) = (later * (end - first), later * tickets, later * NEW);
        let (ms, date) = (morning(n) - morning(COPIED), date(n));
        let moved = |table: &str, column: &str| match (table, column) {
            (_, "seq" | "opened_seq" | "closed_seq" | "issued_seq" | "changed_seq" | "started_seq") => {
                format!("{column} + {events}")
            }
            ("day", "id") | (_, "day") => format!("{column} + {later}"),
            ("day", "date") | (_, "recorded_on") => format!("'{date}'"),
            ("ticket", "id") | (_, "ticket") => format!("{column} + {tickets}"),
            ("application", "id") | (_, "case_id" | "receipt_n") => format!("{column} + {cases}"),
            (_, "at_ms" | "uptime_ms") => format!("{column} + {ms}"),
            (_, "command") => format!("'copy {n} ' || command"),
            (_, "chain") => "randomblob(32)".into(),
            ("event", "detail") => format!(
                "CASE action WHEN 'day-opened' THEN json_set(detail, '$.date', '{date}')
                             WHEN 'record' THEN json_set(detail, '$.on', '{date}')
                             WHEN 'issue' THEN json_set(detail, '$.case', case_id + {cases})
                             ELSE detail END"
            ),
            _ => column.into(),
        };
        for (table, columns) in &columns {
            let values: Vec<String> = columns.iter().map(|column| moved(table, column)).collect();
            let of = match *table {
                "day" => format!("id = {day}"),
                "event" => format!("seq BETWEEN {first} AND {}", end - 1),
                "ticket" => format!("day = {day}"),
                _ => applications.clone(),
            };
            let (names, values) = (columns.join(", "), values.join(", "));
            db.execute(&format!("INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {of}"), []).unwrap();
        }
    }
    // Of the last two days nobody has come for the card yet.
    let printed =
        "UPDATE application SET state = 'printed', changed_seq = opened_seq, detail = '{\"state\":\"printed\"}'
                   WHERE changed_seq > (SELECT max(seq) FROM event)";
    db.execute(printed, []).unwrap();
    db.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    db.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap()
}
