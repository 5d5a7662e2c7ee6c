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
    store.sign_in_failed(&wish(3), Some(sari.id), None, "").unwrap();
    store.sign_in_failed(&wish(4), Some(sari.id), None, "").unwrap();
    assert_eq!(store.guesses(Some(sari.id), None, "").unwrap(), Some(Guesses { failed: 2, last: at(4) }));
    store.sign_in(&wish(5), sari.id, None, "login", Some("device")).unwrap();
    assert_eq!(store.guesses(Some(sari.id), None, "").unwrap(), None);
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
    store.make_token(&wish(1), sari.id, "skrip", scopes, "token").unwrap();
    let roles = |store: &Store| store.login("token").unwrap().map(|login| login.roles.to_string());
    assert_eq!(roles(&store).as_deref(), Some("officer head"));
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
    let devices: Vec<BrowserId> = (0..4)
        .map(|n| {
            let key = format!("device {n}");
            store.sign_in(&wish(n), camat.id, None, &format!("login {n}"), Some(&key)).unwrap();
            store.browser(&key).unwrap().unwrap()
        })
        .collect();
    for device in &devices[..3] {
        for _ in 0..5 {
            store.sign_in_failed(&wish(9), Some(camat.id), Some(*device), "").unwrap();
        }
    }
    assert_eq!(store.guesses(Some(camat.id), Some(devices[3]), "").unwrap().unwrap().failed, 15, "a fresh browser too");
    assert_eq!(store.guesses(Some(camat.id), None, "").unwrap(), None, "the password's count is its own");
}

#[test]
fn nothing_in_the_file_lets_its_reader_sign_in() {
    let (dir, mut store) = office();
    let sari = store.set_person(&wish(0), "Sari", Roles::all()).unwrap();
    store.invite(&wish(1), sari.id, "secret-code-1").unwrap();
    store.make_token(&wish(2), sari.id, "skrip", Roles::all(), "secret-token-1").unwrap();
    store.sign_in(&wish(3), sari.id, None, "secret-login-1", Some("secret-device-1")).unwrap();
    for name in ["antrean.db", "antrean.db-wal", "accounts.db", "accounts.db-wal"] {
        let bytes = std::fs::read(dir.path().join(name)).unwrap();
        assert!(!bytes.windows(7).any(|w| w == b"secret-"), "{name}");
    }
}

#[test]
fn one_address_delays_nobody_but_itself_and_many_delay_each_other() {
    let (_dir, mut store) = office();
    let sari = store.set_person(&wish(0), "Sari", [Role::Officer].into_iter().collect()).unwrap().id;
    let failed = |store: &Store, device, address: &str| {
        store.guesses(Some(sari), device, address).unwrap().map_or(0, |guesses| guesses.failed)
    };
    for _ in 0..40 {
        store.sign_in_failed(&wish(1), Some(sari), None, "10.0.0.66").unwrap();
    }
    assert_eq!((failed(&store, None, "10.0.0.66"), failed(&store, None, "10.0.0.5")), (40, 0));
    store.sign_in(&wish(2), sari, None, "login", Some("device")).unwrap();
    let device = store.browser("device").unwrap();
    for address in ["10.0.0.66", "10.0.0.67", "10.0.0.68"] {
        for _ in 0..5 {
            store.sign_in_failed(&wish(3), Some(sari), None, address).unwrap();
        }
    }
    assert_eq!(failed(&store, None, "10.0.0.5"), 15, "three together");
    assert_eq!(failed(&store, device, "10.0.0.66"), 0, "a known browser never waits for them");
}
