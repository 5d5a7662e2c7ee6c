//! Version 1 to 2: the tables become the fold of the events; secrets move into a file of their own.
//!
//! The journal of version 1 stays as it was written, row by row, as format 1. Its program changed its tables fourteen times
//! without a new number; the events hold all that the tables of any of them said, so the tables are made anew from them.
//! Wrong guesses are forgotten: everybody may try again.

use crate::ids::{BrowserId, LoginId, PersonId};
use crate::journal::{Actor, Digest, Happened, Held, LoginRow};
use crate::people::Secrets;
use crate::store::accounts::Kind;
use crate::store::commit::Fold;
use crate::store::open::first_devices;
use crate::store::rows::moment;
use crate::store::{Command, Error, Fault, FaultKind, Store};
use crate::time::Moment;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeSet;

/// The tables of every program before version 2 that called itself version 1 (`super::schema_print`).
pub(in crate::store) const SCHEMAS: [&str; 13] = [
    "70da60d9a5375919",
    "e56111fc02b3a7b2",
    "d1b8b28814fe9efb",
    "cee7bb29c4a31c75",
    "a106e8e0130c96d1",
    "1348c17d08b0e6c8",
    "e62f92b424d44c34",
    "df2e3db2dd8ee80e",
    "cb3b6e052c799b72",
    "bde6272bd6ed9c14",
    "e52ac9b0aeb44d23",
    "07b4e42c42bb6641",
    "e8cd52df9578cde2",
];

/// A table of version 1, set aside.
fn aside(table: &str) -> String {
    format!("v1_{table}")
}

fn tables(db: &Connection) -> Result<BTreeSet<String>, Fault> {
    let mut statement =
        db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

pub(super) fn step(store: &mut Store, now: Moment) -> Result<(), Fault> {
    let old = tables(&store.db)?;
    set_aside(&store.db, &old)?;
    store.db.execute_batch(include_str!("../schema.sql"))?;
    copy(&store.db, &old)?;
    first_devices(&store.db)?;
    // Before the fold, which would stumble over what follows from it and name the wrong event.
    if let Some(seq) = store.first_broken_link()? {
        return Err(Fault::new(FaultKind::Damaged, format!("event {}: the journal was altered here", seq.0)));
    }
    fold(store)?;
    compare(&store.db, &old)?;
    let held = secrets(store, &old)?;
    let command = Command { id: format!("upgrade-2-{}", now.wall_ms), by: Actor::Terminal, counter: None, now };
    let told = store.within(&command, |w| w.tell(Happened::Upgraded { from: 1, to: 2, accounts: held }));
    told.map_err(|error| match error {
        Error::Fault(fault) => fault,
        Error::Refused(refused) => Fault::new(FaultKind::Bug, refused.say(crate::Lang::En)),
    })?;
    for table in &old {
        store.db.execute_batch(&format!("DROP TABLE {}", aside(table)))?;
    }
    Ok(())
}

/// Renames every table; its indexes go, so that the new ones may have their names.
fn set_aside(db: &Connection, old: &BTreeSet<String>) -> Result<(), Fault> {
    let indexes: Vec<String> = {
        let mut statement = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")?;
        statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
    };
    for index in indexes {
        db.execute_batch(&format!("DROP INDEX {index}"))?;
    }
    // Without it SQLite would write the new names into the references of the tables that are still to come.
    db.pragma_update(None, "legacy_alter_table", true)?;
    for table in old {
        db.execute_batch(&format!("ALTER TABLE {table} RENAME TO {}", aside(table)))?;
    }
    db.pragma_update(None, "legacy_alter_table", false)?;
    Ok(())
}

/// What is no fold of the events: whose file it is, the events themselves, the office.toml in use and the papers.
fn copy(db: &Connection, old: &BTreeSet<String>) -> Result<(), Fault> {
    db.execute_batch(
        "INSERT INTO office (only, code) SELECT only, code FROM v1_office;
         INSERT INTO event (seq, format, generation, day, at_ms, boot, uptime_ms, actor, by, counter, command, part, action,
                            ticket, case_id, stage, priority, waited_ms, served_ms, detail, chain)
         SELECT seq, 1, 1, day, at_ms, boot, uptime_ms, 'named', by, counter, command, part, action,
                ticket, case_id, stage, priority, waited_ms, served_ms, detail, chain FROM v1_event;
         INSERT INTO print_job (id, ticket, case_id, paper, document, copy, queued_seq, state, cause)
         SELECT id, ticket, case_id, paper, document, copy, queued_seq, state, cause FROM v1_print_job;",
    )?;
    if old.contains("used") {
        db.execute_batch("INSERT INTO used (only, office_toml) SELECT only, office_toml FROM v1_used")?;
    }
    Ok(())
}

/// Makes tickets, cases, days, notices, people and switches from the events.
fn fold(store: &Store) -> Result<(), Fault> {
    let mut fold = Fold::of(store);
    store.each_event(|event| fold.again(&event))?;
    fold.flush()
}

/// Refuses an office whose rows somebody changed: what its people see now must not become something else unnoticed.
fn compare(db: &Connection, old: &BTreeSet<String>) -> Result<(), Fault> {
    for (table, columns) in [
        ("day", "id, date, closed_seq"),
        ("ticket", "id, day, prefix, n, service, priority, lang, case_id, state, stage, counter, place_seq"),
        ("application", "id, receipt_year, receipt_n, service, village, recorded_on, state"),
        ("notice", "id, text, english, until, ended_seq"),
        ("person", "id, name, roles"),
    ] {
        if !old.contains(table) {
            continue;
        }
        let (before, now) = (format!("SELECT {columns} FROM v1_{table}"), format!("SELECT {columns} FROM {table}"));
        let sql = format!("SELECT * FROM ({before} EXCEPT {now}) UNION ALL SELECT * FROM ({now} EXCEPT {before})");
        let other: Option<i64> = db.query_row(&sql, [], |row| row.get(0)).optional()?;
        if let Some(id) = other {
            return Err(Fault::new(FaultKind::Damaged, format!("{table} {id} is not what the journal says")));
        }
    }
    Ok(())
}

/// Moves passwords, PINs, codes, browsers and logins into the second file; which rows hold them.
fn secrets(store: &Store, old: &BTreeSet<String>) -> Result<Held, Fault> {
    let mut held = Held::default();
    if !old.contains("person") {
        return Ok(held);
    }
    let accounts = store.accounts()?;
    type Row = (i64, Option<[u8; 48]>, Option<[u8; 48]>, Option<[u8; 32]>);
    let people: Vec<Row> = rows(store, "SELECT id, password, pin, code FROM v1_person", |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    })?;
    for (id, password, pin, code) in people {
        let secret = match (password, pin) {
            (Some(password), Some(pin)) => {
                Some(accounts.keep_secrets(&Secrets { password: phc(&password), pin: phc(&pin) })?)
            }
            _ => None,
        };
        let code = code.map(|code| accounts.keep_key(Kind::Code, code)).transpose()?;
        held.people.push((PersonId(id), secret, code));
    }
    let browsers: Vec<(i64, [u8; 32])> =
        rows(store, "SELECT id, key FROM v1_device", |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (id, key) in browsers {
        held.browsers.push((BrowserId(id), accounts.keep_key(Kind::Browser, key)?));
    }
    type Login = (i64, [u8; 32], i64, Option<String>, String, Moment);
    let sql = "SELECT id, key, person, label, roles, seen_ms, seen_boot, seen_uptime_ms FROM v1_login";
    let logins: Vec<Login> =
        rows(store, sql, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, moment(row, 5)?)))?;
    for (id, key, person, label, roles, seen) in logins {
        let key: Digest = accounts.keep_key(Kind::Login, key)?;
        held.logins.push((LoginId(id), LoginRow { person: PersonId(person), label, roles, key }));
        accounts.saw(id, seen, None)?;
    }
    Ok(held)
}

fn rows<T>(store: &Store, sql: &str, read: impl FnMut(&rusqlite::Row) -> rusqlite::Result<T>) -> Result<Vec<T>, Fault> {
    let mut statement = store.db.prepare(sql)?;
    Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
}

/// A hash of version 1, 16 bytes of salt and 32 of argon2id, as a PHC string with the parameters that it was made with.
fn phc(hash: &[u8; 48]) -> String {
    let (salt, hash) = hash.split_at(16);
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    format!("$argon2id$v=19$m=19456,t=2,p=1${salt}${hash}")
}
