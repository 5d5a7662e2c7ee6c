//! The staff's accounts: people and their roles, enrolled browsers, logins and API tokens, and failed guesses.
//!
//! Keys that a browser or a script carries are kept as SHA-256 only: who reads the file cannot sign in with it. A PIN is
//! too short for that, so file and backups are readable for the office's roles alone. Every
//! change of a person, sign-in, failure and log-out is an event; none of them touches the queue.

use super::journal::{About, Writer};
use super::rows::moment;
use super::{Command, Error, Fault, FaultKind, Store};
use crate::journal::Happened;
use crate::refused::Refused;
use crate::time::Moment;
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// What a member of staff may do; one person may have any mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Petugas: verification, collection, numbers, network.
    Officer,
    /// Operator perekaman.
    Recording,
    /// Operator cetak: the back office's cases.
    Printing,
    /// Camat: the day, people, reports.
    Head,
    /// Teknisi: the printer's papers, people.
    Technician,
}

impl Role {
    /// All roles, in the order people name them.
    pub const ALL: [Role; 5] = [Role::Officer, Role::Recording, Role::Printing, Role::Head, Role::Technician];

    /// The word in forms, tokens and the database.
    pub fn word(self) -> &'static str {
        match self {
            Role::Officer => "officer",
            Role::Recording => "recording",
            Role::Printing => "printing",
            Role::Head => "head",
            Role::Technician => "technician",
        }
    }

    /// The role of a word.
    pub fn from_word(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// A set of roles. The empty one is somebody who may not sign in any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles(u8);

impl Roles {
    /// Every role.
    pub fn all() -> Roles {
        Role::ALL.into_iter().collect()
    }

    /// Whether `role` is among them.
    pub fn has(self, role: Role) -> bool {
        self.0 & (1 << role as u8) != 0
    }

    /// Whether any of `roles` is among them.
    pub fn any(self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.has(*role))
    }

    /// Whether nobody may do anything with them.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of them are in `other` too.
    pub fn within(self, other: Roles) -> bool {
        self.0 & !other.0 == 0
    }

    /// Those in both.
    pub fn and(self, other: Roles) -> Roles {
        Roles(self.0 & other.0)
    }

    /// One by one.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }

    fn read(words: &str) -> Roles {
        words.split(' ').filter_map(Role::from_word).collect()
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Roles {
        Roles(roles.into_iter().fold(0, |set, role| set | 1 << role as u8))
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let words: Vec<&str> = self.iter().map(Role::word).collect();
        f.write_str(&words.join(" "))
    }
}

/// Identity of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub i64);

/// Identity of an enrolled browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceId(pub i64);

/// Identity of a login or token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LoginId(pub i64);

/// 16 bytes of salt and 32 of argon2id (t = 2, m = 19456 KiB, p = 1).
pub type Hash = [u8; 48];

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Identity.
    pub id: PersonId,
    /// The account's name, chosen by the office; unique whatever its case.
    pub name: String,
    /// What the person may do.
    pub roles: Roles,
    /// Of the password; `None` until the person has enrolled.
    pub password: Option<Hash>,
    /// Of the PIN, for enrolled browsers.
    pub pin: Option<Hash>,
    /// Whether a one-time code waits for the person.
    pub invited: bool,
}

/// Who is behind a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Identity.
    pub id: LoginId,
    /// Whose.
    pub person: PersonId,
    /// The person's name; of a token with a label of its own "name (label)", so that no script acts under another name.
    pub name: String,
    /// What it may do: never more than the person may now.
    pub roles: Roles,
    /// A script's token instead of a browser's login: it has no time limit.
    pub is_token: bool,
    /// Since when.
    pub since: Moment,
    /// When a person last did something with it.
    pub seen: Moment,
}

/// Guesses that failed in a row for one account from one browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guesses {
    /// How many.
    pub failed: u32,
    /// The last one.
    pub last: Moment,
}

/// Wrong PINs for one account from which on all its browsers count together.
const SPREAD_GUESSES: u32 = 15;

const PERSON: &str = "SELECT id, name, roles, password, pin, code IS NOT NULL FROM person";
const LOGIN: &str = "
    SELECT login.id, person, CASE WHEN coalesce(label, name) = name THEN name ELSE name || ' (' || label || ')' END, login.roles, person.roles, label IS NOT NULL,
           since_ms, since_boot, since_uptime_ms, seen_ms, seen_boot, seen_uptime_ms
    FROM login JOIN person ON person.id = login.person";

fn sha256(key: &str) -> Vec<u8> {
    Sha256::digest(key.as_bytes()).to_vec()
}

fn person(row: &Row) -> rusqlite::Result<Person> {
    Ok(Person {
        id: PersonId(row.get(0)?),
        name: row.get(1)?,
        roles: Roles::read(&row.get::<_, String>(2)?),
        password: row.get(3)?,
        pin: row.get(4)?,
        invited: row.get(5)?,
    })
}

fn login(row: &Row) -> rusqlite::Result<Login> {
    let own = Roles::read(&row.get::<_, String>(3)?);
    Ok(Login {
        id: LoginId(row.get(0)?),
        person: PersonId(row.get(1)?),
        name: row.get(2)?,
        roles: own.and(Roles::read(&row.get::<_, String>(4)?)),
        is_token: row.get(5)?,
        since: moment(row, 6)?,
        seen: moment(row, 9)?,
    })
}

impl Store {
    /// Everybody who has or had an account, by name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn people(&self) -> Result<Vec<Person>, Fault> {
        let mut statement = self.db.prepare_cached(&format!("{PERSON} ORDER BY name"))?;
        Ok(statement.query_map([], person)?.collect::<Result<_, _>>()?)
    }

    /// One person.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn person(&self, id: PersonId) -> Result<Option<Person>, Fault> {
        let mut statement = self.db.prepare_cached(&format!("{PERSON} WHERE id = ?1"))?;
        Ok(statement.query_row([id.0], person).optional()?)
    }

    /// The person of an account's name, whatever its case.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn person_by_name(&self, name: &str) -> Result<Option<Person>, Fault> {
        let mut statement = self.db.prepare_cached(&format!("{PERSON} WHERE name = ?1"))?;
        Ok(statement.query_row([name], person).optional()?)
    }

    /// Gives the account `name` these roles, making it if it is new. Without any role its logins end.
    ///
    /// # Errors
    /// A fault when the file cannot be written.
    pub fn set_person(&mut self, command: &Command, name: &str, roles: Roles) -> Result<Person, Error> {
        self.write(command, |w| {
            if w.store.done(command)?.is_some() {
                return w.store.person_by_name(name)?.ok_or(Refused::CommandReused.into());
            }
            let db = &w.store.db;
            db.execute(
                "INSERT INTO person (name, roles) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET roles = ?2",
                params![name, roles.to_string()],
            )?;
            let person = w.store.person_by_name(name)?.ok_or(Refused::CommandReused)?;
            if roles.is_empty() {
                // A closed account that is opened again begins with a new code, not with what somebody still remembers.
                db.execute("UPDATE person SET password = NULL, pin = NULL, code = NULL WHERE id = ?1", [person.id.0])?;
                db.execute("DELETE FROM login WHERE person = ?1", [person.id.0])?;
            }
            w.tell(Happened::PersonSet { person: person.id, name: person.name.clone(), roles: roles.to_string() })?;
            Ok(person)
        })
    }

    /// Gives the person a one-time code in place of password, PIN and logins. An earlier code is void.
    ///
    /// # Errors
    /// A fault when the file cannot be written.
    pub fn invite(&mut self, command: &Command, person: PersonId, code: &str) -> Result<(), Error> {
        self.write(command, |w| {
            if w.store.done(command)?.is_some() {
                return Ok(());
            }
            let db = &w.store.db;
            db.execute(
                "UPDATE person SET code = ?2, password = NULL, pin = NULL WHERE id = ?1",
                params![person.0, sha256(code)],
            )?;
            db.execute("DELETE FROM login WHERE person = ?1", [person.0])?;
            w.tell(Happened::PersonInvited { person })
        })
    }

    /// Whether `code` is the one that waits for the person.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn is_invited(&self, person: PersonId, code: &str) -> Result<bool, Fault> {
        let found = self.value("SELECT 1 FROM person WHERE id = ?1 AND code = ?2", params![person.0, sha256(code)])?;
        Ok(found == Some(1_i64))
    }

    /// The person has chosen a password and a PIN; the code is used up and other logins end.
    ///
    /// # Errors
    /// A fault when the file cannot be written.
    pub fn enrol(&mut self, command: &Command, person: PersonId, password: &Hash, pin: &Hash) -> Result<(), Error> {
        self.write(command, |w| {
            if w.store.done(command)?.is_some() {
                return Ok(());
            }
            let db = &w.store.db;
            // A code serves once: of two browsers that both typed it in time, the second finds it used.
            let used = db.execute(
                "UPDATE person SET code = NULL, password = ?2, pin = ?3 WHERE id = ?1 AND code IS NOT NULL",
                params![person.0, password, pin],
            )?;
            if used != 1 {
                return Err(Refused::CommandReused.into());
            }
            db.execute("DELETE FROM login WHERE person = ?1", [person.0])?;
            w.tell(Happened::PersonEnrolled { person })
        })
    }

    /// The person has replaced password and PIN; all logins but `keep` end, tokens stay.
    ///
    /// # Errors
    /// A fault when the file cannot be written.
    pub fn change_secrets(
        &mut self,
        command: &Command,
        person: PersonId,
        password: &Hash,
        pin: &Hash,
        keep: LoginId,
    ) -> Result<(), Error> {
        self.write(command, |w| {
            if w.store.done(command)?.is_some() {
                return Ok(());
            }
            let db = &w.store.db;
            db.execute("UPDATE person SET password = ?2, pin = ?3 WHERE id = ?1", params![person.0, password, pin])?;
            let others = "DELETE FROM login WHERE person = ?1 AND id <> ?2 AND label IS NULL";
            db.execute(others, params![person.0, keep.0])?;
            w.tell(Happened::PersonEnrolled { person })
        })
    }

    /// The enrolled browser that carries `key`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn device(&self, key: &str) -> Result<Option<DeviceId>, Fault> {
        Ok(self.value("SELECT id FROM device WHERE key = ?1", [sha256(key)])?.map(DeviceId))
    }

    /// Forgets every enrolled browser: everybody needs the password once more.
    ///
    /// # Errors
    /// A fault when the file cannot be written.
    pub fn forget_devices(&mut self, command: &Command) -> Result<(), Error> {
        self.write(command, |w| {
            if w.store.done(command)?.is_some() {
                return Ok(());
            }
            w.store.db.execute("DELETE FROM guess WHERE device <> 0", [])?;
            w.store.db.execute("DELETE FROM device", [])?;
            w.tell(Happened::DevicesForgotten)
        })
    }

    /// A person has signed in: `key` is the login's, `new_device` the key of a browser enrolled just now.
    ///
    /// # Errors
    /// A fault when the file cannot be written.
    pub fn sign_in(
        &mut self,
        command: &Command,
        person: PersonId,
        device: Option<DeviceId>,
        key: &str,
        new_device: Option<&str>,
    ) -> Result<(), Error> {
        self.write(command, |w| {
            if w.store.done(command)?.is_some() {
                return Ok(());
            }
            let db = &w.store.db;
            db.execute(
                "DELETE FROM guess WHERE person = ?1 AND device = ?2",
                params![person.0, device.map_or(0, |d| d.0)],
            )?;
            let mut device = device;
            if let Some(key) = new_device {
                db.execute("INSERT INTO device (key) VALUES (?1)", [sha256(key)])?;
                device = Some(DeviceId(db.last_insert_rowid()));
            }
            w.insert_login(person, key, None, Roles::all())?;
            w.tell(Happened::SignedIn { person, device })
        })
    }

    /// A token for scripts, which may do what is both in `scopes` and the person's.
    ///
    /// # Errors
    /// A fault when the file cannot be written.
    pub fn make_token(
        &mut self,
        command: &Command,
        person: PersonId,
        label: &str,
        scopes: Roles,
        key: &str,
    ) -> Result<(), Error> {
        self.write(command, |w| {
            if w.store.done(command)?.is_some() {
                return Ok(());
            }
            w.insert_login(person, key, Some(label), scopes)?;
            w.tell(Happened::TokenMade { person, label: label.into(), scopes: scopes.to_string() })
        })
    }

    /// The login or token that carries `key`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn login(&self, key: &str) -> Result<Option<Login>, Fault> {
        let mut statement = self.db.prepare_cached(&format!("{LOGIN} WHERE login.key = ?1"))?;
        Ok(statement.query_row([sha256(key)], login).optional()?)
    }

    /// A login or token that has not ended.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn login_by_id(&self, id: LoginId) -> Result<Option<Login>, Fault> {
        let mut statement = self.db.prepare_cached(&format!("{LOGIN} WHERE login.id = ?1"))?;
        Ok(statement.query_row([id.0], login).optional()?)
    }

    /// All tokens, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn tokens(&self) -> Result<Vec<Login>, Fault> {
        let mut statement = self.db.prepare_cached(&format!("{LOGIN} WHERE label IS NOT NULL ORDER BY login.id"))?;
        Ok(statement.query_map([], login)?.collect::<Result<_, _>>()?)
    }

    /// The person did something with this login. No event and no ring: nothing of the office has changed.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn touch_login(&mut self, id: LoginId, now: Moment) -> Result<(), Fault> {
        if self.failed {
            return Ok(());
        }
        let sql = "UPDATE login SET seen_ms = ?2, seen_boot = ?3, seen_uptime_ms = ?4 WHERE id = ?1";
        let touched = self.db.prepare_cached(sql)?.execute(params![id.0, now.wall_ms, now.boot, now.uptime_ms]);
        match touched.map_err(Fault::from) {
            Ok(_) => Ok(()),
            // Who is only looking must not need space on the disk; the login ends a little earlier instead.
            Err(fault) if matches!(fault.kind, FaultKind::Full | FaultKind::Busy) => Ok(()),
            Err(fault) => {
                self.fail();
                Err(fault)
            }
        }
    }

    /// Ends a login or token, or with `everywhere` every login of its person (tokens stay).
    ///
    /// # Errors
    /// A fault when the file cannot be written.
    pub fn sign_out(&mut self, command: &Command, login: &Login, everywhere: bool) -> Result<(), Error> {
        self.write(command, |w| {
            if w.store.done(command)?.is_some() {
                return Ok(());
            }
            let db = &w.store.db;
            db.execute("DELETE FROM login WHERE id = ?1", [login.id.0])?;
            if everywhere {
                db.execute("DELETE FROM login WHERE person = ?1 AND label IS NULL", [login.person.0])?;
            }
            w.tell(Happened::SignedOut { person: login.person, everywhere })
        })
    }

    /// What was guessed wrongly for this account (`None`: one that does not exist) from this browser (`None`: any that
    /// is not enrolled).
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn guesses(&self, person: Option<PersonId>, device: Option<DeviceId>) -> Result<Option<Guesses>, Fault> {
        let sql = "SELECT failed, at_ms, boot, uptime_ms FROM guess WHERE person = ?1 AND device = ?2";
        let key = params![person.map_or(0, |p| p.0), device.map_or(0, |d| d.0)];
        let read = |row: &Row| Ok(Guesses { failed: row.get(0)?, last: moment(row, 1)? });
        let own = self.db.prepare_cached(sql)?.query_row(key, read).optional()?;
        if let (Some(person), Some(_)) = (person, device) {
            // Anybody with an account can enrol browsers without end: many guesses spread over them count together.
            let sql = "SELECT sum(failed) OVER (), at_ms, boot, uptime_ms FROM guess
                       WHERE person = ?1 AND device <> 0 ORDER BY at_ms DESC LIMIT 1";
            let all = self.db.prepare_cached(sql)?.query_row([person.0], read).optional()?;
            if all.is_some_and(|all| all.failed >= SPREAD_GUESSES) {
                return Ok(all);
            }
        }
        Ok(own)
    }

    /// A password, PIN or code was wrong. What was typed is not kept.
    ///
    /// # Errors
    /// A fault when the file cannot be written.
    pub fn sign_in_failed(
        &mut self,
        command: &Command,
        person: Option<PersonId>,
        device: Option<DeviceId>,
    ) -> Result<(), Error> {
        self.write(command, |w| {
            if w.store.done(command)?.is_some() {
                return Ok(());
            }
            let now = command.now;
            w.store.db.execute(
                "INSERT INTO guess (person, device, failed, at_ms, boot, uptime_ms) VALUES (?1, ?2, 1, ?3, ?4, ?5)
                 ON CONFLICT (person, device) DO UPDATE
                 SET failed = failed + 1, at_ms = ?3, boot = ?4, uptime_ms = ?5",
                params![person.map_or(0, |p| p.0), device.map_or(0, |d| d.0), now.wall_ms, now.boot, now.uptime_ms],
            )?;
            w.tell(Happened::SignInFailed { person, device })
        })
    }
}

impl Writer<'_> {
    fn tell(&mut self, happened: Happened) -> Result<(), Error> {
        self.append(&happened, About::default()).map(drop)
    }

    fn insert_login(&self, person: PersonId, key: &str, label: Option<&str>, roles: Roles) -> Result<(), Error> {
        let now = self.command.now;
        self.store.db.execute(
            "INSERT INTO login (key, person, label, roles, since_ms, since_boot, since_uptime_ms,
                                seen_ms, seen_boot, seen_uptime_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?5, ?6, ?7)",
            params![sha256(key), person.0, label, roles.to_string(), now.wall_ms, now.boot, now.uptime_ms],
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::OFFICE;
    use super::*;
    use crate::fixture::at;
    use tempfile::TempDir;

    fn office() -> (TempDir, Store) {
        let dir = TempDir::new().unwrap();
        std::fs::write(dir.path().join(OFFICE), include_str!("../../../office.toml")).unwrap();
        let store = Store::create(dir.path()).unwrap();
        (dir, store)
    }

    fn wish(minute: i64) -> Command {
        Command { id: uuid::Uuid::new_v4().to_string(), by: "test".into(), now: at(minute) }
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
        store.enrol(&enrol, sari.id, &[1; 48], &[2; 48]).unwrap();
        store.enrol(&enrol, sari.id, &[1; 48], &[2; 48]).unwrap();
        assert!(!store.is_invited(sari.id, "code").unwrap(), "once");
        let second = store.enrol(&wish(2), sari.id, &[3; 48], &[3; 48]);
        assert_eq!(second.unwrap_err(), Refused::CommandReused.into(), "a code serves one browser");
        assert_eq!(store.person(sari.id).unwrap().unwrap().password, Some([1; 48]));
        store.sign_in_failed(&wish(3), Some(sari.id), None).unwrap();
        store.sign_in_failed(&wish(4), Some(sari.id), None).unwrap();
        assert_eq!(store.guesses(Some(sari.id), None).unwrap(), Some(Guesses { failed: 2, last: at(4) }));
        store.sign_in(&wish(5), sari.id, None, "login", Some("device")).unwrap();
        assert_eq!(store.guesses(Some(sari.id), None).unwrap(), None);
        assert!(store.device("device").unwrap().is_some());
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
        let devices: Vec<DeviceId> = (0..4)
            .map(|n| {
                let key = format!("device {n}");
                store.sign_in(&wish(n), camat.id, None, &format!("login {n}"), Some(&key)).unwrap();
                store.device(&key).unwrap().unwrap()
            })
            .collect();
        for device in &devices[..3] {
            for _ in 0..5 {
                store.sign_in_failed(&wish(9), Some(camat.id), Some(*device)).unwrap();
            }
        }
        assert_eq!(store.guesses(Some(camat.id), Some(devices[3])).unwrap().unwrap().failed, 15, "a fresh browser too");
        assert_eq!(store.guesses(Some(camat.id), None).unwrap(), None, "the password's count is its own");
    }

    #[test]
    fn nothing_in_the_file_lets_its_reader_sign_in() {
        let (dir, mut store) = office();
        let sari = store.set_person(&wish(0), "Sari", Roles::all()).unwrap();
        store.invite(&wish(1), sari.id, "secret-code-1").unwrap();
        store.make_token(&wish(2), sari.id, "skrip", Roles::all(), "secret-token-1").unwrap();
        store.sign_in(&wish(3), sari.id, None, "secret-login-1", Some("secret-device-1")).unwrap();
        for name in ["antrean.db", "antrean.db-wal"] {
            let bytes = std::fs::read(dir.path().join(name)).unwrap();
            assert!(!bytes.windows(7).any(|w| w == b"secret-"), "{name}");
        }
    }
}
