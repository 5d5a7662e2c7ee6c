//! Pulling the plug while an office of November 2026 is brought to this version: every disk that may be left opens, is
//! upgraded, is sound, and holds every ticket, case, paper and account of before, and the copy of the old file.

use super::disks::{Disk, FATES, Fate, Op, can_record, disk_after, folder, record};
use fastrand::Rng;
use queue::Store;
use queue::store::{DATABASE, OFFICE};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};

const FOLDER: &str = "ANTREAN_TEST_POWER_CUT_UPGRADE";

pub(crate) fn november() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/released/2026-11")
}

/// Not a test by itself: what is recorded.
#[test]
fn workload() {
    let Ok(dir) = std::env::var(FOLDER) else { return };
    let _store = Store::open(Path::new(&dir)).unwrap();
    println!("UPGRADED");
    // No clean close: the plug is pulled.
    std::process::exit(0);
}

#[test]
fn a_power_cut_at_any_moment_of_an_upgrade_loses_nothing() {
    prove(11);
}

#[test]
#[ignore = "minutes: for whoever changes how a file is opened or upgraded"]
fn a_power_cut_at_every_moment_of_an_upgrade_loses_nothing() {
    prove(1);
}

/// Tries every `step`th moment.
fn prove(step: usize) {
    if !can_record() {
        return;
    }
    let dir = tempfile::TempDir::new_in("/dev/shm").or_else(|_| tempfile::TempDir::new()).unwrap();
    for file in [DATABASE, OFFICE] {
        std::fs::copy(november().join(file), dir.path().join(file)).unwrap();
    }
    let before = Disk::from([(DATABASE.to_string(), std::fs::read(november().join(DATABASE)).unwrap())]);
    let ops = record("power_cut_upgrade::workload", FOLDER, dir.path());
    let upgraded = ops.iter().position(|op| matches!(op, Op::Said(line) if line == "UPGRADED")).unwrap();
    let expected = told(&Store::open(dir.path()).unwrap());
    let (images, bad) = replay(&before, &ops[..=upgraded], step, &expected);
    println!("{} calls; {images} disks after a power cut in an upgrade, {bad} of them bad", upgraded);
    assert!(bad == 0 && images > if step == 1 { 2_000 } else { 200 }, "{bad} of {images}");

    // The proof must bite: the same upgrade on a disk that ignores every sync loses an office.
    let lying: Vec<Op> = ops.into_iter().filter(|op| !matches!(op, Op::Sync { .. })).collect();
    let (images, bad) = replay(&before, &lying, 19, &expected);
    println!("control without syncs: {images} disks, {bad} of them bad");
    assert!(bad > images / 20, "{bad} of {images}");
}

/// How many disks were tried, and how many of them broke the promise.
fn replay(before: &Disk, ops: &[Op], step: usize, expected: &str) -> (usize, usize) {
    let mut rng = Rng::with_seed(20_261_129);
    let disks: Vec<Disk> = (0..=ops.len())
        .step_by(step)
        .flat_map(|cut| FATES.into_iter().chain([Fate::Prefix, Fate::Some]).map(move |fate| (cut, fate)))
        .map(|(cut, fate)| disk_after(before, ops, cut, fate, &mut rng))
        .collect();
    let each = disks.len().div_ceil(std::thread::available_parallelism().map_or(2, usize::from));
    let bad = std::thread::scope(|scope| {
        let parts: Vec<_> = disks
            .chunks(each)
            .map(|disks| scope.spawn(|| disks.iter().filter(|disk| !promise_kept(disk, expected)).count()))
            .collect();
        parts.into_iter().map(|part| part.join().unwrap()).sum()
    });
    (disks.len(), bad)
}

fn promise_kept(disk: &Disk, expected: &str) -> bool {
    let after = folder(disk, &november().join(OFFICE));
    let Ok(store) = Store::open(after.path()) else { return false };
    let sound = store.check().is_ok_and(|checked| checked.problems.is_empty());
    sound && told(&store) == expected && copy_is_whole(after.path())
}

/// What the office held before, in words: tickets, cases, papers and accounts with what opens them.
fn told(store: &Store) -> String {
    let read = || -> Result<String, queue::Error> {
        let tickets = store.tickets()?;
        let (mut cases, mut papers, mut people) = (Vec::new(), Vec::new(), Vec::new());
        for ticket in &tickets {
            cases.push(ticket.case.map(|id| store.case(id)).transpose()?);
            papers.push(store.print_jobs_of(ticket.id)?);
        }
        for person in store.people()? {
            let secrets = store.secrets(person.id)?;
            people.push((person, secrets));
        }
        let tokens: Vec<_> = store.tokens()?.into_iter().map(|token| (token.id, token.name, token.roles)).collect();
        Ok(format!("{tickets:?} {cases:?} {papers:?} {people:?} {tokens:?}"))
    };
    read().unwrap_or_else(|error| error.to_string())
}

/// Whether the file of before lies beside the new one, whole.
fn copy_is_whole(dir: &Path) -> bool {
    let copies: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains("antrean.db.v1-") && path.extension().is_none_or(|e| e != "new"))
        .collect();
    let whole = |path: &PathBuf| -> rusqlite::Result<bool> {
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let verdict: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        let events: i64 = db.query_row("SELECT count(*) FROM event", [], |row| row.get(0))?;
        Ok(verdict == "ok" && events == 48)
    };
    copies.len() == 1 && copies.iter().all(|path| whole(path).unwrap_or(false))
}
