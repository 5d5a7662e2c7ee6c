//! What a number costs: `cargo bench -p queue`.
//!
//! Compare ratios within one run: disks differ and machines are noisy. The yardstick is one bare durable commit of the
//! same size on the same disk. Give a folder on the disk in question as argument, otherwise the build's folder is used.

#![expect(clippy::unwrap_used, reason = "a bench fails by panicking")]

use queue::office::ServiceKey;
use queue::store::{DATABASE, Issue, LONG_LOG, OFFICE};
use queue::visit::Action;
use queue::{Command, Lang, Store};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ROUNDS: usize = 1_000;
/// How many wait: an ordinary morning, a full hall, more than any hall holds.
const CROWDS: [usize; 4] = [20, 330, 1_200, 3_300];
const CROWD_ROUNDS: usize = 200;

fn main() {
    // Cargo passes --bench; any other argument is the folder.
    let folder = std::env::args().skip(1).find(|a| !a.starts_with("--")).map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")));
    println!("{:<34} {:>9} {:>9} {:>9}", "milliseconds", "p50", "p99", "max");
    for old in [0, 1_000_000] {
        let dir = tempfile::TempDir::new_in(&folder).unwrap();
        let mut store = office(dir.path(), old);
        let [commit, issue, call] = visits(&mut store, &bare(&folder));
        let label = |what: &str| format!("{what}, {old} old tickets");
        let commit = report("one durable commit, one row", commit);
        let issue = report(&label("issue"), issue);
        let call = report(&label("call_next"), call);
        let ratio = |a: Duration| a.as_secs_f64() / commit.1.as_secs_f64();
        println!("  p99 ÷ one commit: issue {:.2}, call_next {:.2}", ratio(issue.1), ratio(call.1));
    }
    let mut few = None;
    for waiting in CROWDS {
        let dir = tempfile::TempDir::new_in(&folder).unwrap();
        let mut store = office(dir.path(), 0);
        let [issue, call, queue] = crowd(&mut store, waiting);
        let label = |what: &str| format!("{what}, {waiting} waiting");
        let p50 = [report(&label("issue"), issue).0, report(&label("call_next"), call).0];
        report(&label("queue of a counter"), queue);
        let few = few.get_or_insert(p50);
        let ratio = |i: usize| p50[i].as_secs_f64() / few[i].as_secs_f64();
        println!("  p50 ÷ that of {}: issue {:.2}, call_next {:.2}", CROWDS[0], ratio(0), ratio(1));
    }
}

fn report(what: &str, mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let ms = |d: Duration| d.as_secs_f64() * 1000.0;
    let (p50, p99) = (at(0.5), at(0.99));
    println!("{what:<34} {:>9.2} {:>9.2} {:>9.2}", ms(p50), ms(p99), ms(at(1.0)));
    (p50, p99)
}

fn timed<T>(times: &mut Vec<Duration>, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    times.push(start.elapsed());
    result
}

/// A file with nothing but the yardstick in it.
fn bare(folder: &Path) -> (tempfile::TempDir, rusqlite::Connection) {
    let dir = tempfile::TempDir::new_in(folder).unwrap();
    let db = rusqlite::Connection::open(dir.path().join("bare.db")).unwrap();
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (a TEXT) STRICT").unwrap();
    (dir, db)
}

fn office(dir: &Path, old: u32) -> Store {
    std::fs::write(dir.join(OFFICE), include_str!("../../office.toml").replace(", last_number = \"14.30\"", ""))
        .unwrap();
    drop(Store::create(dir).unwrap());
    if old > 0 {
        let db = rusqlite::Connection::open(dir.join(DATABASE)).unwrap();
        db.execute_batch(&format!(
            "PRAGMA foreign_keys = OFF; BEGIN;
             WITH RECURSIVE d (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM d WHERE i < {old} / 200)
             INSERT INTO day (id, date, opened_seq, closed_seq)
             SELECT i, date('2000-01-01', i || ' days'), (i - 1) * 200 + 1, i * 200 FROM d;
             WITH RECURSIVE t (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < {old})
             INSERT INTO event (seq, format, generation, day, at_ms, boot, uptime_ms, actor, by, command, part, action, ticket,
                                detail, chain, stage, counter, priority, served_ms)
             SELECT i, 1, 1, (i - 1) / 200 + 1, i, 1, i, 'named', 'kiosk', 'old ' || i, 0, 'call', i, '{{}}', randomblob(32),
                    'verification', 1, 0, 300000 FROM t;
             WITH RECURSIVE t (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < {old})
             INSERT INTO ticket (id, day, prefix, n, service, priority, lang, issued_seq, changed_seq, state)
             SELECT i, (i - 1) / 200 + 1, 'A', (i - 1) % 200 + 1, 'new', 0, 'id', i, i, 'finished' FROM t;
             WITH RECURSIVE t (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < {old})
             INSERT INTO print_job (ticket, paper, document, copy, queued_seq, state)
             SELECT i, 'slip', '{{}}', 0, i, 'confirmed' FROM t;
             COMMIT; PRAGMA wal_checkpoint(TRUNCATE);"
        ))
        .unwrap();
    }
    let mut store = Store::open(dir).unwrap();
    let command = Command::new(queue::journal::Actor::Terminal);
    let today = command.now.local(queue::time::Zone::Wib).date();
    store.open_day(&command, today, false).unwrap();
    store
}

/// An ordinary day: ten people wait, one comes, one is called; beside each a bare commit, so that a disk that slows down
/// slows all three.
fn visits(store: &mut Store, (_dir, bare): &(tempfile::TempDir, rusqlite::Connection)) -> [Vec<Duration>; 3] {
    let wish = Issue { service: ServiceKey("new".into()), priority: false, lang: Lang::Id, receipt: None };
    for _ in 0..10 {
        store.issue(&Command::new(queue::journal::Actor::Terminal), &wish).unwrap();
    }
    let [mut commit, mut issue, mut call] = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        timed(&mut commit, || bare.execute("INSERT INTO t VALUES (?1)", ["x".repeat(700)]).unwrap());
        let command = Command::new(queue::journal::Actor::Terminal);
        timed(&mut issue, || store.issue(&command, &wish).unwrap());
        let command = Command::new(queue::journal::Actor::Terminal);
        let called = timed(&mut call, || store.call_next(&command, 1).unwrap()).unwrap();
        store
            .act(
                &Command::new(queue::journal::Actor::Terminal),
                called.id,
                &Action::Cancel { reason: "bench".into() },
                None,
            )
            .unwrap();
        // As the spooler does when it has nothing to print.
        store.checkpoint(LONG_LOG).unwrap();
    }
    [commit, issue, call]
}

/// A number, a call and a look at the list while `waiting` people wait; one in ten has priority.
fn crowd(store: &mut Store, waiting: usize) -> [Vec<Duration>; 3] {
    let wish = |n: usize| Issue {
        service: ServiceKey("new".into()),
        priority: n.is_multiple_of(10),
        lang: Lang::Id,
        receipt: None,
    };
    for n in 0..waiting {
        store.issue(&Command::new(queue::journal::Actor::Terminal), &wish(n)).unwrap();
    }
    let [mut issue, mut call, mut queue] = [Vec::new(), Vec::new(), Vec::new()];
    for n in 0..CROWD_ROUNDS {
        let command = Command::new(queue::journal::Actor::Terminal);
        timed(&mut issue, || store.issue(&command, &wish(n)).unwrap());
        let command = Command::new(queue::journal::Actor::Terminal);
        let called = timed(&mut call, || store.call_next(&command, 1).unwrap()).unwrap();
        store
            .act(
                &Command::new(queue::journal::Actor::Terminal),
                called.id,
                &Action::Cancel { reason: "bench".into() },
                None,
            )
            .unwrap();
        timed(&mut queue, || store.queue(Some(1), 50, command.now).unwrap());
        store.checkpoint(LONG_LOG).unwrap();
    }
    [issue, call, queue]
}
