//! The accounts' SQL: each change one transaction with its event.

use super::journal::{About, Writer};
use super::rows::moment;
use super::{Command, Error, Fault, FaultKind, Store};
use crate::journal::Happened;
use crate::people::{BrowserId, Guesses, Hash, Login, LoginId, Person, PersonId, Roles};
use crate::refused::Refused;
use crate::time::Moment;
use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

/// Wrong guesses for one account from which on all its browsers, or all addresses of unknown ones, count together.
const SPREAD_GUESSES: u32 = 15;
/// Of these, how many one address can be: three addresses at least must guess before others wait.
const OF_ONE_ADDRESS: u32 = 5;

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
    pub fn device(&self, key: &str) -> Result<Option<BrowserId>, Fault> {
        Ok(self.value("SELECT id FROM device WHERE key = ?1", [sha256(key)])?.map(BrowserId))
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
        device: Option<BrowserId>,
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
                device = Some(BrowserId(db.last_insert_rowid()));
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

    /// What was guessed wrongly for this account (`None`: one that does not exist) from this browser; of one that is not
    /// enrolled (`None`), from its address. Many guesses spread over browsers or addresses count together, so that nobody
    /// gains by having many; but no single address delays the others, and none delays an enrolled browser.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn guesses(
        &self,
        person: Option<PersonId>,
        device: Option<BrowserId>,
        address: &str,
    ) -> Result<Option<Guesses>, Fault> {
        let (id, enrolled) = (person.map_or(0, |p| p.0), device.is_some());
        let read = |row: &Row| Ok(Guesses { failed: row.get(0)?, last: moment(row, 1)? });
        let sql = "SELECT failed, at_ms, boot, uptime_ms FROM guess WHERE person = ?1 AND device = ?2 AND origin = ?3";
        let key = params![id, device.map_or(0, |d| d.0), if enrolled { "" } else { address }];
        let own = self.db.prepare_cached(sql)?.query_row(key, read).optional()?;
        if person.is_none() {
            return Ok(own);
        }
        // Of one address only so many count here: the rest is its own delay.
        let sql =
            "SELECT sum(CASE WHEN device = 0 THEN min(failed, ?3) ELSE failed END) OVER (), at_ms, boot, uptime_ms
                   FROM guess WHERE person = ?1 AND (device <> 0) = ?2 ORDER BY at_ms DESC LIMIT 1";
        let all = self.db.prepare_cached(sql)?.query_row(params![id, enrolled, OF_ONE_ADDRESS], read).optional()?;
        Ok(all.filter(|all| all.failed >= SPREAD_GUESSES).or(own))
    }

    /// A password, PIN or code was wrong. What was typed is not kept.
    ///
    /// # Errors
    /// A fault when the file cannot be written.
    pub fn sign_in_failed(
        &mut self,
        command: &Command,
        person: Option<PersonId>,
        device: Option<BrowserId>,
        address: &str,
    ) -> Result<(), Error> {
        self.write(command, |w| {
            if w.store.done(command)?.is_some() {
                return Ok(());
            }
            let now = command.now;
            let address = if device.is_some() { "" } else { address };
            w.store.db.execute(
                "INSERT INTO guess (person, device, origin, failed, at_ms, boot, uptime_ms)
                 VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6)
                 ON CONFLICT (person, device, origin) DO UPDATE
                 SET failed = failed + 1, at_ms = ?4, boot = ?5, uptime_ms = ?6",
                params![
                    person.map_or(0, |p| p.0),
                    device.map_or(0, |d| d.0),
                    address,
                    now.wall_ms,
                    now.boot,
                    now.uptime_ms
                ],
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
