//! Files that somebody changed, or that this program cannot know: each a clear sentence, nothing touched.

use super::upgrade::office_of_november;
use super::*;
use crate::journal::{Actor, Seal};
use crate::people::{Place, Role, Roles, Secrets};
use rusqlite::Connection;
use std::path::Path;

fn tampered(dir: &Path, file: &str, sql: &str) {
    let db = Connection::open(dir.join(file)).unwrap();
    db.pragma_update(None, "foreign_keys", false).unwrap();
    db.pragma_update(None, "ignore_check_constraints", true).unwrap();
    assert!(db.execute_batch(sql).map(|()| db.changes()).unwrap() > 0 || sql.contains("TABLE"), "{sql}");
}

#[test]
fn an_older_file_that_somebody_changed_is_refused_and_left_as_it_was() {
    let again = "works with it";
    for (sql, says) in [
        ("PRAGMA user_version = 3; UPDATE event SET at_ms = at_ms", ["newer antrean", "Install the newer program"]),
        ("PRAGMA user_version = 0; ALTER TABLE ticket ADD COLUMN nik TEXT", ["no released antrean", "left untouched"]),
        ("ALTER TABLE ticket ADD COLUMN nik TEXT", ["no released antrean", "left untouched"]),
        (
            "UPDATE event SET detail = replace(detail, 'family-card', 'photo') WHERE seq = 21",
            ["event 21: the journal was altered", again],
        ),
        ("DELETE FROM event WHERE seq = 30", ["event 31: the journal was altered", again]),
        ("DELETE FROM event WHERE seq = 1", ["event 2: the journal was altered", again]),
        (
            "UPDATE event SET seq = 1000 WHERE seq = 10; UPDATE event SET seq = 10 WHERE seq = 11;
             UPDATE event SET seq = 11 WHERE seq = 1000",
            ["event 10: ", again],
        ),
        ("UPDATE event SET detail = '{\"what\":\"card-burnt\"}' WHERE seq = 30", ["event 30: ", again]),
        ("UPDATE event SET detail = '{' WHERE seq = 30", ["damaged", "restore the last backup"]),
        // The last event is gone and what it led to is still there.
        ("DELETE FROM event WHERE seq = 48", ["ticket 3 is not what the journal says", again]),
        ("UPDATE ticket SET service = 'lost' WHERE id = 3", ["ticket 3 is not what the journal says", again]),
        ("DELETE FROM application WHERE id = 3", ["application 3 is not what the journal says", again]),
        ("UPDATE person SET roles = 'officer'", ["person 1 is not what the journal says", again]),
        ("INSERT INTO person (id, name, roles) VALUES (2, 'Tamu', 'head')", ["person 2 is not what", again]),
    ] {
        let dir = office_of_november();
        tampered(dir.path(), DATABASE, sql);
        let before = std::fs::read(dir.path().join(DATABASE)).unwrap();
        let fault = Store::open(dir.path()).expect_err(sql);
        assert!(says.iter().all(|says| fault.message.contains(says)), "{sql}: {fault}");
        assert!(std::fs::read(dir.path().join(DATABASE)).unwrap() == before, "{sql}: untouched");
        println!("{fault}\n");
    }
}

/// An office with staff and a day, and the sentences of its check after `sql` on `file`.
fn found(file: &str, sql: &str) -> Vec<String> {
    let mut day = Day::open();
    let people: Vec<_> = [("Sari", Roles::all()), ("Budi", [Role::Officer].into_iter().collect())]
        .into_iter()
        .map(|(name, roles)| {
            let person = day.store.set_person(&day.command(), name, roles).unwrap();
            day.store.invite(&day.command(), person.id, name).unwrap();
            person
        })
        .collect();
    let secrets = Secrets { password: "kata".into(), pin: "pin".into() };
    day.store.enrol(&day.command(), people[0].id, &secrets).unwrap();
    day.store
        .sign_in(&day.command(), people[0].id, Place { browser: None, address: "" }, "login", Some("browser"))
        .unwrap();
    day.store
        .make_token(&day.command(), people[0].id, "skrip", (Roles::all(), jiff::civil::date(2027, 11, 23)), "token")
        .unwrap();
    day.issue("new");
    day.verify();
    day.assert_sound();
    tampered(day.dir.path(), file, sql);
    let store = Store::open(day.dir.path()).unwrap();
    let before = std::fs::read(day.dir.path().join(file)).unwrap();
    let problems = store.check().unwrap().problems;
    assert!(std::fs::read(day.dir.path().join(file)).unwrap() == before, "{sql}: a check writes nothing");
    println!("{sql}\n  {}", problems.join("\n  "));
    problems
}

fn assert_found(file: &str, sql: &str, says: &str) {
    let problems = found(file, sql);
    assert!(problems.iter().any(|problem| problem.contains(says)), "{sql}: {problems:?}");
}

#[test]
fn whatever_was_changed_by_hand_in_the_accounts_is_named() {
    for (sql, says) in [
        (
            "UPDATE person SET roles = 'officer head' WHERE name = 'Budi'",
            "person 2 (Budi) is not what the journal says",
        ),
        ("UPDATE person SET name = 'Camat' WHERE name = 'Budi'", "person 2 (Camat)"),
        ("UPDATE person SET secret = (SELECT secret FROM person WHERE id = 1) WHERE id = 2", "person 2 (Budi)"),
        ("INSERT INTO person (id, name, roles) VALUES (3, 'Tamu', 'head')", "person 3 (Tamu)"),
        ("UPDATE login SET roles = 'head' WHERE label = 'skrip'", "(Sari) is not what the journal says"),
        ("UPDATE login SET person = 2 WHERE label IS NULL", "login"),
        ("DELETE FROM browser", "browser"),
    ] {
        assert_found(DATABASE, sql, says);
    }
    for (sql, says) in [
        ("UPDATE secret SET password = 'other' WHERE kind = 'person'", "accounts.db: password and PIN of Sari"),
        ("UPDATE secret SET pin = 'other' WHERE kind = 'person'", "password and PIN of Sari"),
        ("UPDATE secret SET key = zeroblob(32) WHERE kind = 'code'", "the one-time code of Budi"),
        ("UPDATE secret SET key = randomblob(32) WHERE kind = 'login'", "the token \"skrip\" of Sari"),
        ("DELETE FROM secret WHERE kind = 'login'", " of Sari is missing"),
        ("UPDATE secret SET salt = zeroblob(16) WHERE kind = 'browser'", "the key of browser"),
    ] {
        assert_found("accounts.db", sql, says);
    }
}

#[test]
fn whatever_was_changed_by_hand_in_journal_or_tables_is_named() {
    for (sql, says) in [
        ("UPDATE event SET format = 3 WHERE seq = 8", "event 8: format 3 is of a newer antrean"),
        ("UPDATE event SET detail = '{}' WHERE seq = 8", "event 8: the journal was altered here"),
        ("UPDATE event SET actor = 'person', actor_id = 2 WHERE seq = 8", "event 8: the journal was altered here"),
        ("UPDATE event SET generation = 2 WHERE seq = 8", "event 8: the journal was altered here"),
        ("DELETE FROM event WHERE seq = 7", "event 8: the journal was altered here"),
        ("UPDATE words SET json = '{\"name\":\"Camat\"}' WHERE seq = 2", "event 2: the journal was altered here"),
        (
            "UPDATE event SET seq = 1000 WHERE seq = 8; UPDATE event SET seq = 8 WHERE seq = 9;
             UPDATE event SET seq = 9 WHERE seq = 1000",
            "event 8: the journal was altered here",
        ),
        ("ALTER TABLE ticket ADD COLUMN nik TEXT", "ticket: not as this program made it"),
        ("DROP INDEX event_case; CREATE TABLE applicant (name TEXT) STRICT", "applicant: not as this program made it"),
        // The last event is gone and what it led to is still there.
        ("DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)", "is not what the journal says"),
    ] {
        assert_found(DATABASE, sql, says);
    }
}

#[test]
fn a_journal_cut_short_with_its_tables_is_shown_only_by_a_seal_kept_elsewhere() {
    let mut day = Day::open();
    day.issue("new");
    let earlier = data_folder(REAL);
    day.store.backup(&earlier.path().join(DATABASE)).unwrap();
    day.issue("new");
    let seal: Seal = day.store.seal().unwrap().unwrap();
    // Somebody puts the earlier file in place: it is whole in itself.
    let restored = Store::open(earlier.path()).unwrap();
    assert_eq!(restored.check().unwrap().problems, Vec::<String>::new());
    assert!(day.store.keeps(&seal).unwrap() && !restored.keeps(&seal).unwrap());
}

#[test]
fn a_check_of_a_restored_backup_makes_no_empty_file_of_secrets() {
    let mut day = Day::open();
    let sari = day.store.set_person(&day.command(), "Sari", Roles::all()).unwrap();
    day.store.invite(&day.command(), sari.id, "code").unwrap();
    let elsewhere = data_folder(REAL);
    day.store.backup(&elsewhere.path().join(DATABASE)).unwrap();
    let restored = Store::open(elsewhere.path()).unwrap();
    assert_eq!(restored.check().unwrap().problems, Vec::<String>::new());
    assert!(!elsewhere.path().join("accounts.db").exists());
    // The console makes an empty one: whom the journal calls enrolled must be invited anew, and the check says so.
    assert!(!restored.is_invited(sari.id, "code").unwrap());
    let problems = restored.check().unwrap().problems;
    assert!(problems.len() == 1 && problems[0].contains("the one-time code of Sari is missing"), "{problems:?}");
}

#[test]
fn a_copy_that_cannot_be_written_is_said_and_the_old_file_stays() {
    let dir = office_of_november();
    let before = std::fs::read(dir.path().join(DATABASE)).unwrap();
    // A folder stands where the copy would be written: so it ends for root as well.
    let zone = crate::time::Zone::Wib;
    for day in [-1, 0, 1] {
        let date = crate::clock::now().local(zone).date().saturating_add(jiff::Span::new().days(day));
        std::fs::create_dir(dir.path().join(format!("antrean.db.v1-{date}.new"))).unwrap();
    }
    let fault = Store::open(dir.path()).unwrap_err();
    println!("{fault}");
    for says in ["must be copied before it is upgraded", "the file is as it was; the program before works with it"] {
        assert!(fault.message.contains(says), "{fault}");
    }
    assert!(std::fs::read(dir.path().join(DATABASE)).unwrap() == before, "untouched");
    let names: Vec<String> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(!names.iter().any(|name| name.starts_with("accounts.db")), "{names:?}");
}

#[test]
fn an_act_is_taken_back_by_the_person_who_did_it_and_by_nobody_else() {
    let mut day = Day::open();
    day.issue("new");
    let by = |day: &Day, person: i64| Command {
        by: Actor::Person(crate::people::PersonId(person)),
        counter: Some(1),
        ..day.command()
    };
    let ticket = day.store.call_next(&by(&day, 1), 1).unwrap().unwrap();
    day.store.act(&by(&day, 1), ticket.id, &Action::Start, None).unwrap();
    let act = day.store.undoable(&by(&day, 1)).unwrap().unwrap().act;
    assert!(day.store.undoable(&by(&day, 2)).unwrap().is_none());
    let refusal = refused(day.store.undo(&by(&day, 2), ticket.id, act));
    assert!(!refusal.say(Lang::Id).is_empty(), "{refusal:?}");
    day.store.undo(&by(&day, 1), ticket.id, act).unwrap();
    day.assert_sound();
}
