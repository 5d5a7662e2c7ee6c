//! Older files, brought to this version with everything in them.

use super::*;
use crate::case::CaseId;
use crate::journal::{Actor, Record, first_link};
use crate::store::rows::moment;
use crate::store::upgrade::schema_print;
use crate::ticket::{DayId, Seq};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

pub(super) fn released() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/released")
}

/// A folder in memory where it may be written: an upgrade syncs often.
pub(super) fn in_memory() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap()
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
pub(super) fn office_of_november() -> TempDir {
    let dir = in_memory();
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
fn a_mistake_in_office_toml_on_the_night_of_the_upgrade_closes_no_office() {
    let dir = office_of_november();
    std::fs::write(dir.path().join(OFFICE), "[office]\nnam = 1\n").unwrap();
    for start in ["the first", "the next"] {
        let store = Store::open(dir.path()).unwrap_or_else(|fault| panic!("{start}: {fault}"));
        assert!(store.office_refused().is_some() && store.office().identity.code == "sajingan-besar", "{start}");
    }
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

#[test]
fn the_journal_of_november_is_the_recorded_one_row_by_row() {
    use crate::journal::contract_tests::{Line, line};
    let dir = office_of_november();
    let store = Store::open(dir.path()).unwrap();
    let mut found = String::new();
    store
        .each_record(|record, words, chain| {
            if record.format == 1 {
                found += &(line(Line { record, words, chain }) + "\n");
            }
            Ok(())
        })
        .unwrap();
    let path = released().join("journals/1.jsonl");
    if std::env::var_os("UPDATE_GOLDEN").is_some() && !path.exists() {
        std::fs::write(&path, &found).unwrap();
    }
    let recorded = std::fs::read_to_string(path).unwrap();
    let differs = recorded.lines().zip(found.lines()).find(|(recorded, found)| recorded != found);
    assert!(recorded == found, "{differs:#?}");
}

#[test]
fn nobody_changes_the_tables_without_a_new_version() {
    let print = |text: &str| {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(text).unwrap();
        schema_print(&db).unwrap()
    };
    assert_eq!(
        (crate::store::open::SCHEMA_VERSION, print(include_str!("../schema.sql")).as_str()),
        (2, "4ea935ba0f65d742"),
        "schema.sql has changed. Once a program of this version is released its tables stay: raise SCHEMA_VERSION, keep the \
         text before in tests/released/schemas, write the step in store/upgrade, and write the new version here. Comments may \
         change freely."
    );
    assert_eq!(
        (crate::store::accounts::VERSION, print(include_str!("../accounts.sql")).as_str()),
        (2, "68de9344de4e75c4"),
        "accounts.sql has changed: raise VERSION in accounts.rs and bring older files there, then write the new version here."
    );
}

/// What the program of a schema text called its files: three programs of November 2026 said 2.
fn number_of(name: &str) -> i64 {
    if ["03", "04", "05"].iter().any(|text| name.starts_with(text)) { 2 } else { 1 }
}

/// A file with the tables of `text` and the rows of the November office, as far as these tables have them.
fn office_with_tables(name: &str, text: &str) -> TempDir {
    let dir = office_of_november();
    let path = dir.path().join(DATABASE);
    let november = dir.path().join("november.db");
    std::fs::rename(&path, &november).unwrap();
    let db = Connection::open(&path).unwrap();
    db.execute_batch(text).unwrap();
    db.pragma_update(None, "application_id", 0x414E_5452).unwrap();
    db.pragma_update(None, "user_version", number_of(name)).unwrap();
    db.pragma_update(None, "foreign_keys", false).unwrap();
    db.execute("ATTACH ?1 AS november", [november.to_string_lossy()]).unwrap();
    let names = |sql: &str| -> Vec<String> {
        let mut statement = db.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let tables = names("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'");
    // Before there were accounts, the journal began with the first day.
    let accounts = tables.iter().any(|table| table == "person");
    for table in &tables {
        let columns = names(&format!(
            "SELECT '\"' || name || '\"' FROM pragma_table_info('{table}', 'main')
             WHERE name IN (SELECT name FROM pragma_table_info('{table}', 'november'))"
        ))
        .join(", ");
        let rows = if table == "event" && !accounts { "WHERE day IS NOT NULL" } else { "" };
        let sql = format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM november.{table} {rows}");
        db.execute_batch(&sql).unwrap();
    }
    if !accounts {
        for (table, columns) in [
            ("event", &["seq"][..]),
            ("ticket", &["issued_seq", "changed_seq", "place_seq", "behind_seq"]),
            ("application", &["opened_seq", "changed_seq"]),
            ("print_job", &["queued_seq"]),
        ] {
            for column in columns {
                db.execute_batch(&format!("UPDATE {table} SET {column} = {column} - 4")).unwrap();
            }
        }
        chain_anew(&db);
    }
    db.execute_batch("DETACH november; PRAGMA foreign_key_check").unwrap();
    std::fs::remove_file(november).unwrap();
    dir
}

/// Writes the chain of format 1 over rows that were moved.
fn chain_anew(db: &Connection) {
    let mut statement = db
        .prepare(
            "SELECT seq, day, at_ms, boot, uptime_ms, by, command, part, action, ticket, case_id, stage, counter, priority,
                    waited_ms, served_ms, detail FROM event ORDER BY seq",
        )
        .unwrap();
    let rows = statement.query_map([], |row| {
        Ok(Record {
            seq: Seq(row.get(0)?),
            format: 1,
            generation: 1,
            day: row.get::<_, Option<i64>>(1)?.map(DayId),
            at: moment(row, 2)?,
            actor: Actor::Named(row.get(5)?),
            counter: row.get(12)?,
            command: row.get(6)?,
            part: row.get(7)?,
            action: row.get(8)?,
            ticket: row.get::<_, Option<i64>>(9)?.map(TicketId),
            case: row.get::<_, Option<i64>>(10)?.map(CaseId),
            stage: row.get(11)?,
            priority: row.get(13)?,
            waited_ms: row.get(14)?,
            served_ms: row.get(15)?,
            detail: row.get(16)?,
            words: None,
        })
    });
    let records: Vec<Record> = rows.unwrap().map(Result::unwrap).collect();
    let mut chain = first_link("sajingan-besar");
    for record in records {
        chain = record.link(&chain);
        db.execute("UPDATE event SET chain = ?2 WHERE seq = ?1", rusqlite::params![record.seq.0, chain.0]).unwrap();
    }
}

/// A minute after the last act of the old file a number is given and called, and the day is closed; what happened, in words.
pub(super) fn work_goes_on(store: &mut Store) -> String {
    let wish = Issue { service: ServiceKey("new".into()), priority: false, lang: Lang::Id, receipt: None };
    let before = store.events().unwrap().into_iter().rfind(|event| event.format == 1).unwrap().at;
    let now = Moment { wall_ms: before.wall_ms + 60_000, uptime_ms: before.uptime_ms + 60_000, ..before };
    let command = || Command { now, ..Command::new(Actor::Terminal) };
    if store.open_day_now().unwrap().is_none() {
        let date = now.local(store.office().identity.zone).date();
        store.open_day(&command(), date, true).unwrap();
    }
    let issued = store.issue_overruling(&command(), &wish, "uji").unwrap();
    let call = Action::CallChosen { counter: free_counter(store), reason: "uji".into() };
    store.act(&command(), issued.ticket.id, &call, None).unwrap();
    let closed = store.close_day(&command()).unwrap();
    assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
    format!("{} called, day closed with {} numbers", issued.ticket.number, closed.issued)
}

/// A counter that checks files and has nobody.
fn free_counter(store: &mut Store) -> CounterNumber {
    let counters = store.office().counters.iter().filter(|counter| counter.stages.contains(&Stage::Verification));
    let counter = counters.map(|counter| counter.number).next().unwrap();
    if let Some(there) = store.at_counter(counter).unwrap() {
        let cancel = Action::Cancel { reason: "uji".into() };
        store.act(&Command::new(Actor::Terminal), there.id, &cancel, None).unwrap();
    }
    counter
}

#[test]
fn every_schema_text_of_a_released_program_gives_a_working_office() {
    println!("{:<14} | file says | what happened", "schema");
    for (name, text) in texts() {
        let dir = office_with_tables(&name, &text);
        let mut store = Store::open(dir.path()).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let checked = store.check().unwrap();
        assert_eq!(checked.problems, Vec::<String>::new(), "{name}");
        assert_eq!((checked.tickets, checked.cases), (5, 3), "{name}");
        let accounts = text.contains("CREATE TABLE person");
        let people = store.people().unwrap();
        assert_eq!(people.len(), usize::from(accounts), "{name}");
        assert!(people.iter().all(|person| store.secrets(person.id).unwrap().is_some()), "{name}");
        assert_eq!(store.tokens().unwrap().len(), usize::from(accounts), "{name}");
        let sign_in = if accounts { "accounts sign in" } else { "has no accounts" };
        let work = work_goes_on(&mut store);
        println!("{name:<14} | {:>9} | upgraded, sound, 5 tickets, 3 cases, {sign_in}, {work}", number_of(&name));
    }
}
