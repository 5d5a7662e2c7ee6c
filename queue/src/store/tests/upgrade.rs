//! Older files, brought to this version with everything in them.

use super::*;
use crate::store::upgrade::schema_print;
use rusqlite::Connection;
use std::path::{Path, PathBuf};

fn released() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/released")
}

/// The texts of `schema.sql` before version 2, oldest first.
fn texts() -> Vec<(String, String)> {
    let mut texts: Vec<(String, String)> = std::fs::read_dir(released().join("schemas"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into(), std::fs::read_to_string(path).unwrap()))
        .collect();
    texts.sort();
    texts
}

/// An office of November 2026: a played day that is still open, one number called.
fn office_of_november() -> TempDir {
    let dir = TempDir::new().unwrap();
    for file in [DATABASE, OFFICE] {
        std::fs::copy(released().join("2026-11").join(file), dir.path().join(file)).unwrap();
    }
    dir
}

#[test]
fn the_tables_of_every_program_before_version_2_are_known() {
    let mut prints: Vec<String> = texts()
        .iter()
        .map(|(_, text)| {
            let db = Connection::open_in_memory().unwrap();
            db.execute_batch(text).unwrap();
            schema_print(&db).unwrap()
        })
        .collect();
    prints.dedup();
    assert_eq!(prints, crate::store::upgrade::v2::SCHEMAS);
}

#[test]
fn an_office_of_november_works_on_with_everything_in_it() {
    let dir = office_of_november();
    let old = Connection::open(dir.path().join(DATABASE)).unwrap();
    let count = |db: &Connection, sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let events = count(&old, "SELECT count(*) FROM event");
    drop(old);
    let mut store = Store::open(dir.path()).unwrap();
    assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
    assert_eq!(store.check().unwrap().events as i64, events + 1, "the upgrade is an event");
    let tickets = store.tickets().unwrap();
    let states: Vec<String> = tickets.iter().map(|t| format!("{} {}", t.number, t.state.word())).collect();
    assert_eq!(
        states,
        ["A-001 finished", "L-001 finished", "A-002 serving", "A-003 finished", "C-001 finished"],
        "numbers and where they stand"
    );
    let receipt: Receipt = "26-000002-4".parse().unwrap();
    assert_eq!(store.case_by_receipt(receipt).unwrap().unwrap().state, CaseState::Recorded);
    let person = store.person_by_name("peraga").unwrap().unwrap();
    assert!(
        person.enrolled
            && store.secrets(person.id).unwrap().unwrap().password.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")
    );
    assert_eq!(store.tokens().unwrap().len(), 1);
    // A number is given, called and finished.
    let wish = Issue { service: ServiceKey("new".into()), priority: false, lang: Lang::Id, receipt: None };
    // The afternoon of that Friday.
    let now = Moment { wall_ms: 1_795_720_000_000, boot: 9, uptime_ms: 0 };
    let command = || Command { now, ..Command::new(crate::journal::Actor::Terminal) };
    let issued = store.issue_overruling(&command(), &wish, "uji").unwrap();
    assert_eq!(issued.ticket.number.to_string(), "A-004");
    store.close_day(&command()).unwrap();
    assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
    let copies: Vec<String> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("antrean.db.v1-"))
        .collect();
    assert_eq!(copies.len(), 1, "the file before is kept: {copies:?}");
}

#[test]
fn an_upgraded_file_has_the_tables_of_a_fresh_one() {
    let dir = office_of_november();
    let upgraded = Store::open(dir.path()).unwrap();
    let fresh = data_folder(REAL);
    let fresh = Store::create(fresh.path()).unwrap();
    let schema = |store: &Store| crate::store::upgrade::schema(&store.db).unwrap();
    assert_eq!(schema(&upgraded), schema(&fresh));
}
