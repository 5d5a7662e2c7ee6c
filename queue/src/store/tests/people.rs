//! Accounts as the console uses them.

use super::super::{Command, OFFICE, Store};
use crate::fixture::at;
use crate::people::*;
use crate::refused::Refused;
use tempfile::TempDir;

fn office() -> (TempDir, Store) {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join(OFFICE), include_str!("../../../../office.toml")).unwrap();
    let store = Store::create(dir.path()).unwrap();
    (dir, store)
}

fn chose(what: &str) -> Secrets {
    Secrets { password: format!("password {what}"), pin: format!("pin {what}") }
}

fn wish(minute: i64) -> Command {
    Command {
        id: uuid::Uuid::new_v4().to_string(),
        by: crate::journal::Actor::Terminal,
        counter: None,
        now: at(minute),
    }
}

fn from(address: &str) -> Place<'_> {
    Place { browser: None, address }
}

#[test]
fn accounts_exist_before_the_first_day_and_the_journal_stays_sound() {
    let (_dir, mut store) = office();
    let roles = [Role::Head, Role::Officer].into_iter().collect();
    let sari = store.set_person(&wish(0), "Sari", roles).unwrap();
    assert_eq!(store.person_by_name("SARI").unwrap().unwrap().id, sari.id);
    store.invite(&wish(1), sari.id, "code").unwrap();
    assert!(store.is_invited(sari.id, "code").unwrap() && !store.is_invited(sari.id, "cod").unwrap());
    let enrol = wish(2);
    store.enrol(&enrol, sari.id, &chose("first")).unwrap();
    store.enrol(&enrol, sari.id, &chose("first")).unwrap();
    assert!(!store.is_invited(sari.id, "code").unwrap(), "once");
    let second = store.enrol(&wish(2), sari.id, &chose("third"));
    assert_eq!(second.unwrap_err(), Refused::CommandReused.into(), "a code serves one browser");
    assert_eq!(store.secrets(sari.id).unwrap(), Some(chose("first")));
    let (claimed, here) = (Claimed::Of(sari.id), from("10.0.0.5"));
    store.sign_in_failed(&wish(3), claimed, here).unwrap();
    store.sign_in_failed(&wish(4), claimed, here).unwrap();
    let two = Some(Guesses { failed: 2, last: at(4) });
    let tally = store.tally(claimed, here, at(4)).unwrap();
    assert_eq!(tally, Tally { own: two, account: two, place: two, enrolled: false, familiar: false });
    store.sign_in(&wish(5), sari.id, here, "login", Some("device")).unwrap();
    assert_eq!(store.tally(claimed, here, at(5)).unwrap(), Tally { familiar: true, ..Tally::default() });
    assert!(store.browser("device").unwrap().is_some());
    let login = store.login("login").unwrap().unwrap();
    assert_eq!((login.name.as_str(), login.roles, login.is_token), ("Sari", roles, false));
    assert_eq!(store.set_network(&wish(6), true).unwrap_err(), Refused::DayNotOpen.into(), "still no day");
    store.open_day(&wish(7), jiff::civil::date(2026, 11, 23), true).unwrap();
    store.sign_out(&wish(8), &login, false).unwrap();
    assert_eq!(store.login("login").unwrap(), None);
    assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
}

#[test]
fn a_token_never_outgrows_its_scopes_or_its_person_and_a_removed_person_has_none() {
    let (_dir, mut store) = office();
    let sari = store.set_person(&wish(0), "Sari", Roles::all()).unwrap();
    let scopes = [Role::Officer, Role::Head].into_iter().collect();
    store.make_token(&wish(1), sari.id, "skrip", (scopes, jiff::civil::date(2027, 11, 23)), "token").unwrap();
    let roles = |store: &Store| store.login("token").unwrap().map(|login| login.roles.to_string());
    assert_eq!(roles(&store).as_deref(), Some("officer head"));
    let token = store.login("token").unwrap().unwrap();
    let day = jiff::civil::date(2027, 11, 23);
    assert!(!token.has_lapsed(day) && token.has_lapsed(day.tomorrow().unwrap()));
    store.set_person(&wish(2), "sari", [Role::Officer, Role::Printing].into_iter().collect()).unwrap();
    assert_eq!(roles(&store).as_deref(), Some("officer"));
    store.invite(&wish(3), sari.id, "code").unwrap();
    store.set_person(&wish(3), "Sari", Roles::default()).unwrap();
    assert!(!store.person(sari.id).unwrap().unwrap().invited, "a closed account keeps nothing");
    assert_eq!(roles(&store), None);
    assert!(store.tokens().unwrap().is_empty());
}

#[test]
fn guesses_spread_over_many_browsers_count_together_and_a_password_still_opens() {
    let (_dir, mut store) = office();
    let camat = store.set_person(&wish(0), "Camat", Roles::all()).unwrap();
    let sari = store.set_person(&wish(0), "Sari", Roles::all()).unwrap();
    let devices: Vec<BrowserId> = (0..5)
        .map(|n| {
            let key = format!("device {n}");
            let whose = if n == 4 { sari.id } else { camat.id };
            store.sign_in(&wish(n), whose, from("10.0.0.5"), &format!("login {n}"), Some(&key)).unwrap();
            store.browser(&key).unwrap().unwrap()
        })
        .collect();
    let at_browser = |n: usize| Place { browser: Some(devices[n]), address: "10.0.0.5" };
    for n in 0..3 {
        for _ in 0..5 {
            store.sign_in_failed(&wish(9), Claimed::Of(camat.id), at_browser(n)).unwrap();
        }
    }
    let waits = |place| wait(&store.tally(Claimed::Of(camat.id), place, at(9)).unwrap(), at(9)).map(|d| d.as_secs());
    assert_eq!(waits(at_browser(4)), Some(300), "at a colleague's browser");
    assert_eq!(waits(at_browser(3)), None, "where she has signed in before she is not kept waiting");
    assert_eq!(waits(from("10.0.0.99")), None, "the password's count is its own");
}

#[test]
fn pins_tried_on_many_accounts_are_counted_at_the_browser_and_passwords_at_the_address() {
    let (_dir, mut store) = office();
    let people: Vec<PersonId> =
        (0..12).map(|n| store.set_person(&wish(0), &format!("P{n}"), Roles::all()).unwrap().id).collect();
    store.sign_in(&wish(1), people[0], from("10.0.0.5"), "login", Some("device")).unwrap();
    let browser = Place { browser: store.browser("device").unwrap(), address: "10.0.0.5" };
    let waits = |store: &Store, who, place, minute| {
        wait(&store.tally(Claimed::Of(who), place, at(minute)).unwrap(), at(minute)).map(|d| d.as_secs())
    };
    for person in &people[1..11] {
        assert_eq!(waits(&store, people[11], browser, 2), None);
        store.sign_in_failed(&wish(2), Claimed::Of(*person), browser).unwrap();
    }
    assert_eq!(waits(&store, people[11], browser, 2), Some(60), "one guess for each of ten accounts");
    assert_eq!(waits(&store, people[0], from("10.0.0.5"), 2), None, "a password there is another matter");
    let stranger = from("10.0.0.66");
    for n in 0..20 {
        assert_eq!(waits(&store, people[11], stranger, 3), None);
        store.sign_in_failed(&wish(3), Claimed::new(None, &format!("Tidak Ada {n}")), stranger).unwrap();
    }
    assert_eq!(waits(&store, people[11], stranger, 3), Some(60));
    assert_eq!(waits(&store, people[11], stranger, 64), None, "and an hour later not any more");
}

#[test]
fn accounts_that_do_not_exist_are_counted_like_those_that_do() {
    let (_dir, mut store) = office();
    let sari = store.set_person(&wish(0), "Sari", Roles::all()).unwrap();
    let (real, unreal) = (Claimed::Of(sari.id), Claimed::new(None, "Sahri"));
    for n in 0..24 {
        let place = format!("10.0.0.{}", n % 8);
        let new = from("10.0.1.1");
        for place in [from(&place), new] {
            let tally = |claimed| wait(&store.tally(claimed, place, at(n)).unwrap(), at(n));
            assert_eq!(tally(real), tally(unreal), "{n}");
        }
        store.sign_in_failed(&wish(n), real, from(&place)).unwrap();
        store.sign_in_failed(&wish(n), unreal, from(&place)).unwrap();
    }
}

#[test]
fn nothing_in_the_file_lets_its_reader_sign_in() {
    let (dir, mut store) = office();
    let sari = store.set_person(&wish(0), "Sari", Roles::all()).unwrap();
    store.invite(&wish(1), sari.id, "secret-code-1").unwrap();
    store
        .make_token(&wish(2), sari.id, "skrip", (Roles::all(), jiff::civil::date(2027, 11, 23)), "secret-token-1")
        .unwrap();
    store.sign_in(&wish(3), sari.id, from("10.0.0.5"), "secret-login-1", Some("secret-device-1")).unwrap();
    for name in ["antrean.db", "antrean.db-wal", "accounts.db", "accounts.db-wal"] {
        let bytes = std::fs::read(dir.path().join(name)).unwrap();
        assert!(!bytes.windows(7).any(|w| w == b"secret-"), "{name}");
    }
}

#[test]
fn one_address_delays_nobody_but_itself_and_many_delay_each_other() {
    let (_dir, mut store) = office();
    let sari = store.set_person(&wish(0), "Sari", [Role::Officer].into_iter().collect()).unwrap().id;
    let failed = |store: &Store, place| {
        store.tally(Claimed::Of(sari), place, at(3)).unwrap().account.map_or(0, |guesses| guesses.failed)
    };
    for _ in 0..40 {
        store.sign_in_failed(&wish(1), Claimed::Of(sari), from("10.0.0.66")).unwrap();
    }
    let tally = store.tally(Claimed::Of(sari), from("10.0.0.66"), at(1)).unwrap();
    assert_eq!(tally.own.unwrap().failed, 40);
    assert_eq!(failed(&store, from("10.0.0.5")), 5, "of one address only so many count for the others");
    store.sign_in(&wish(2), sari, from("10.0.0.5"), "login", Some("device")).unwrap();
    let device = store.browser("device").unwrap();
    for address in ["10.0.0.67", "10.0.0.68"] {
        for _ in 0..5 {
            store.sign_in_failed(&wish(3), Claimed::Of(sari), from(address)).unwrap();
        }
    }
    assert_eq!(failed(&store, from("10.0.0.7")), 15, "three together");
    assert!(
        wait(&store.tally(Claimed::Of(sari), from("10.0.0.5"), at(3)).unwrap(), at(3)).is_none(),
        "her own machine"
    );
    let browser = Place { browser: device, address: "10.0.0.66" };
    assert_eq!(failed(&store, browser), 0, "a known browser never waits for them");
}

#[test]
fn browsers_that_are_forgotten_are_out_with_whoever_holds_them() {
    let (_dir, mut store) = office();
    let sari = store.set_person(&wish(0), "Sari", Roles::all()).unwrap().id;
    for (minute, login, browser) in [(1, "head", "office"), (2, "thief", "stolen"), (3, "second", "other")] {
        store.sign_in(&wish(minute), sari, from("10.0.0.5"), login, Some(browser)).unwrap();
    }
    store.make_token(&wish(4), sari, "skrip", (Roles::all(), jiff::civil::date(2027, 11, 23)), "token").unwrap();
    let seen = store.sessions().unwrap();
    assert_eq!(seen.iter().map(|login| login.address.as_deref()).collect::<Vec<_>>(), [Some("10.0.0.5"); 3]);
    let head = store.login("head").unwrap().unwrap().id;
    store.forget_browsers(&wish(5), head).unwrap();
    assert_eq!(store.sessions().unwrap().iter().map(|login| login.id).collect::<Vec<_>>(), [head]);
    assert!(store.login("thief").unwrap().is_none() && store.browser("stolen").unwrap().is_none());
    assert!(store.login("token").unwrap().is_some());
    assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
}

#[test]
fn accounts_of_version_1_are_brought_up_with_their_logins() {
    let (dir, mut store) = office();
    let sari = store.set_person(&wish(0), "Sari", Roles::all()).unwrap().id;
    store.sign_in(&wish(1), sari, from("10.0.0.5"), "login", Some("device")).unwrap();
    drop(store);
    let file = rusqlite::Connection::open(dir.path().join("accounts.db")).unwrap();
    file.execute_batch("DROP TABLE familiar; ALTER TABLE seen DROP COLUMN address; PRAGMA user_version = 1;").unwrap();
    drop(file);
    let mut store = Store::open(dir.path()).unwrap();
    assert_eq!(store.login("login").unwrap().unwrap().person, sari);
    store.sign_in(&wish(2), sari, from("10.0.0.6"), "second", None).unwrap();
    let tables = |path: std::path::PathBuf| -> Vec<String> {
        let db = rusqlite::Connection::open(path).unwrap();
        let mut names = db.prepare("SELECT p.name || '.' || c.name || c.type || c.\"notnull\" || c.pk FROM sqlite_schema p, pragma_table_info(p.name) c WHERE p.type = 'table' ORDER BY p.name, c.cid").unwrap();
        names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let (other, mut fresh) = office();
    fresh.set_person(&wish(0), "Sari", Roles::all()).unwrap();
    assert_eq!(tables(dir.path().join("accounts.db")), tables(other.path().join("accounts.db")));
    assert!(store.check().unwrap().problems.is_empty());
}
