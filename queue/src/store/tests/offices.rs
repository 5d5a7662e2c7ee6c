//! Whole offices that the program of version 1 wrote: a year, a day cut off, an outage, accounts.

use super::upgrade::{in_memory, released, work_goes_on};
use super::*;
use crate::people::{Claimed, PersonId, Place, Tally};
use flate2::read::GzDecoder;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::io::Read;

fn unpacked(name: &str) -> Vec<u8> {
    let packed = std::fs::File::open(released().join("offices").join(name)).unwrap();
    let mut bytes = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut bytes).unwrap();
    bytes
}

/// The office as its program left it, and a copy of the file that stays as it is.
fn office(name: &str) -> (TempDir, TempDir) {
    let (dir, before) = (in_memory(), in_memory());
    for folder in [&dir, &before] {
        std::fs::write(folder.path().join(DATABASE), unpacked(&format!("{name}.db.gz"))).unwrap();
        if name == "cut" {
            std::fs::write(folder.path().join("antrean.db-wal"), unpacked("cut.db-wal.gz")).unwrap();
        }
    }
    let old = Connection::open(before.path().join(DATABASE)).unwrap();
    let text: String = old.query_row("SELECT office_toml FROM used", [], |row| row.get(0)).unwrap();
    std::fs::write(dir.path().join(OFFICE), text).unwrap();
    (dir, before)
}

fn rows(db: &Connection, sql: &str) -> Vec<Vec<Value>> {
    let mut statement = db.prepare(sql).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| (0..columns).map(|at| row.get(at)).collect());
    rows.unwrap().map(Result::unwrap).collect()
}

/// Every column of the old table says the same in the new one.
fn assert_kept(old: &Connection, new: &Connection, name: &str, table: &str, condition: &str) -> usize {
    let columns: Vec<String> = rows(old, &format!("SELECT '\"' || name || '\"' FROM pragma_table_info('{table}')"))
        .into_iter()
        .map(|row| match &row[0] {
            Value::Text(name) => name.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    let sql = format!("SELECT {} FROM {table} {condition} ORDER BY 1", columns.join(", "));
    let before = rows(old, &sql);
    for (old, new) in before.iter().zip(rows(new, &sql)) {
        assert_eq!(*old, new, "{name}: {table} {columns:?}");
    }
    assert_eq!(before.len(), rows(new, &sql).len(), "{name}: {table}");
    before.len()
}

#[test]
fn whole_offices_of_version_1_work_on_and_nothing_in_them_has_changed() {
    for name in ["year", "cut", "outage", "accounts"] {
        let (dir, before) = office(name);
        let mut store = Store::open(dir.path()).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(store.check().unwrap().problems, Vec::<String>::new(), "{name}");
        let old = Connection::open(before.path().join(DATABASE)).unwrap();
        let last = match rows(&old, "SELECT max(seq) FROM event")[0][0] {
            Value::Integer(last) => last,
            ref other => panic!("{other:?}"),
        };
        let mut kept = Vec::new();
        for table in ["day", "application", "ticket", "print_job", "notice", "used"] {
            kept.push(format!("{} {table}", assert_kept(&old, &store.db, name, table, "")));
        }
        let events = assert_kept(&old, &store.db, name, "event", &format!("WHERE seq <= {last}"));
        let same = |before: &str, now: &str| assert_eq!(rows(&old, before), rows(&store.db, now), "{name}: {before}");
        same("SELECT code, network_down_seq, volume FROM office", "SELECT code, network_down_seq, volume FROM office");
        same("SELECT max(help_seq) FROM office", "SELECT max(help_seq) FROM device");
        same("SELECT max(seq) FROM restart", "SELECT max(restart_seq) FROM device");
        same(
            "SELECT id, name, roles, password IS NULL, code IS NULL FROM person ORDER BY id",
            "SELECT id, name, roles, secret IS NULL, code IS NULL FROM person ORDER BY id",
        );
        same(
            "SELECT id, person, label, roles FROM login ORDER BY id",
            "SELECT id, person, label, roles FROM login ORDER BY id",
        );
        same("SELECT id FROM device ORDER BY id", "SELECT id FROM browser ORDER BY id");
        drop(old);
        let work = work_goes_on(&mut store);
        println!("{name:<8} | {events} event, {} | {work}", kept.join(", "));
    }
}

#[test]
fn who_signed_in_with_version_1_signs_in_now_and_whoever_was_invited_is_still_expected() {
    let (dir, _before) = office("accounts");
    let mut store = Store::open(dir.path()).unwrap();
    let id = |store: &Store, name: &str| store.person_by_name(name).unwrap().unwrap().id;
    let (sari, tono) = (id(&store, "Sari"), id(&store, "Tono"));
    assert!(store.is_invited(tono, "code-Tono").unwrap() && !store.is_invited(tono, "code-Sari").unwrap());
    for (key, name) in [("login-Sari-2", "Sari"), ("login-Budi", "Budi")] {
        assert_eq!(store.login(key).unwrap().unwrap().name, name);
    }
    // The changed password ended the login before it, and one was signed out.
    for key in ["login-Sari", "login-Sari-3"] {
        assert_eq!(store.login(key).unwrap(), None, "{key}");
    }
    let tokens: Vec<String> = store.tokens().unwrap().into_iter().map(|token| token.name).collect();
    assert_eq!(tokens, ["Dewi (layar laporan)", "Sari (skrip)"]);
    assert!(store.login("token-Dewi").unwrap().unwrap().is_token);
    assert!(store.browser("browser-1").unwrap().is_some() && store.browser("browser-2").unwrap().is_some());
    // Password and PIN with the parameters that they were made with: 200 and 201 in the old file.
    let secrets = store.secrets(sari).unwrap().unwrap();
    assert!(secrets.password.starts_with("$argon2id$v=19$m=19456,t=2,p=1$yMjI"), "{}", secrets.password);
    assert!(secrets.pin.starts_with("$argon2id$v=19$m=19456,t=2,p=1$ycnJ"), "{}", secrets.pin);
    let place = Place { browser: None, address: "10.0.0.66" };
    let tally = store.tally(Claimed::Of(sari), place, crate::fixture::at(0)).unwrap();
    assert_eq!(tally, Tally::default(), "wrong guesses are forgotten");
    assert!(store.person(PersonId(5)).unwrap().unwrap().roles.is_empty(), "who had left stays away");
    // The code works.
    let chosen = crate::people::Secrets { password: "kata".into(), pin: "pin".into() };
    store.enrol(&Command::new(crate::journal::Actor::Console), tono, &chosen).unwrap();
    assert_eq!(store.secrets(tono).unwrap(), Some(chosen));
    assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
}
