//! The staff's accounts: each change one transaction with its event. A secret is written before the event that names it.

use super::accounts::{Accounts, Kind, sha256};
use super::commit::Writer;
use super::rows::moment;
use super::{Command, Error, Fault, FaultKind, Store};
use crate::journal::{Account, AccountBook, Digest, Event, Happened, LoginRow};
use crate::people::{
    self, BrowserId, Claimed, Guesses, Login, LoginId, OF_ONE_ADDRESS, Person, PersonId, Place, Roles, Secrets, Tally,
};
use crate::refused::Refused;
use crate::time::Moment;
use jiff::ToSpan;
use jiff::civil::Date;
use rusqlite::{OptionalExtension, Row, params};
use std::collections::{BTreeMap, BTreeSet};

const PERSON: &str = "SELECT id, name, roles, secret IS NOT NULL, code IS NOT NULL FROM person";
const LOGIN: &str = "
    SELECT login.id, person, CASE WHEN coalesce(label, name) = name THEN name ELSE name || ' (' || label || ')' END,
           login.roles, person.roles, label IS NOT NULL, at_ms, boot, uptime_ms, event.detail ->> 'until'
    FROM login JOIN person ON person.id = login.person JOIN event ON event.seq = made_seq";

const HOUR_MS: i64 = 3_600_000;

/// An account in the file of the guesses.
fn account(claimed: Claimed) -> i64 {
    match claimed {
        Claimed::Of(person) => person.0,
        Claimed::Nobody(bucket) => -1 - i64::from(bucket),
    }
}

/// A place in that file: an enrolled browser wherever it is, or the address of another one.
fn holder(place: Place<'_>) -> (i64, &str) {
    match place.browser {
        Some(browser) => (browser.0, ""),
        None => (0, place.address),
    }
}

fn person(row: &Row) -> rusqlite::Result<Person> {
    Ok(Person {
        id: PersonId(row.get(0)?),
        name: row.get(1)?,
        roles: Roles::read(&row.get::<_, String>(2)?),
        enrolled: row.get(3)?,
        invited: row.get(4)?,
    })
}

impl Store {
    pub(super) fn accounts(&self) -> Result<&Accounts, Fault> {
        match self.accounts.get() {
            Some(accounts) => Ok(accounts),
            None => {
                let accounts = Accounts::open(&self.dir)?;
                Ok(self.accounts.get_or_init(|| accounts))
            }
        }
    }

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

    /// What the person chose; `None` until then, and where a secret was changed by hand.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn secrets(&self, id: PersonId) -> Result<Option<Secrets>, Fault> {
        match self.held_by(id, "secret")? {
            Some(row) => self.accounts()?.secrets(&row),
            None => Ok(None),
        }
    }

    /// The row that a person's column names.
    fn held_by(&self, id: PersonId, column: &str) -> Result<Option<Digest>, Fault> {
        let row: Option<Option<[u8; 32]>> =
            self.value(&format!("SELECT {column} FROM person WHERE id = ?1"), [id.0])?;
        Ok(row.flatten().map(Digest))
    }

    /// Gives the account `name` these roles, making it if it is new. Without any role its logins end.
    ///
    /// # Errors
    /// A fault when the file cannot be written.
    pub fn set_person(&mut self, command: &Command, name: &str, roles: Roles) -> Result<Person, Error> {
        let again = |store: &Store, done: &Event| match done.happened {
            Happened::PersonSet { .. } => Ok(store.person_by_name(name)?),
            _ => Ok(None),
        };
        let person = self.once(command, again, |w| {
            let known = w.store.person_by_name(name)?;
            let (id, name) = match known {
                Some(known) => (known.id, known.name),
                None => {
                    let next = w.store.value("SELECT coalesce(max(id), 0) + 1 FROM person", [])?;
                    (PersonId(next.unwrap_or(1)), name.to_string())
                }
            };
            w.tell(Happened::PersonSet { person: id, name, roles: roles.to_string() })?;
            w.store.person(id)?.ok_or(Refused::CommandReused.into())
        })?;
        self.forget_unheld();
        Ok(person)
    }

    /// Gives the person a one-time code in place of password, PIN and logins. An earlier code is void.
    ///
    /// # Errors
    /// A fault when a file cannot be written.
    pub fn invite(&mut self, command: &Command, person: PersonId, code: &str) -> Result<(), Error> {
        self.account_act(command, |w| {
            let code = Some(w.store.accounts()?.keep_key(Kind::Code, sha256(code))?);
            w.tell(Happened::PersonInvited { person, code }).map(drop)
        })
    }

    /// Whether `code` is the one that waits for the person.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn is_invited(&self, person: PersonId, code: &str) -> Result<bool, Fault> {
        match self.held_by(person, "code")? {
            Some(row) => Ok(self.accounts()?.rows_of(Kind::Code, code)?.contains(&row)),
            None => Ok(false),
        }
    }

    /// The person has chosen a password and a PIN; the code is used up and other logins end.
    ///
    /// # Errors
    /// A fault when a file cannot be written.
    pub fn enrol(&mut self, command: &Command, person: PersonId, secrets: &Secrets) -> Result<(), Error> {
        self.account_act(command, |w| {
            // A code serves once: of two browsers that both typed it in time, the second finds it used.
            if w.store.held_by(person, "code")?.is_none() {
                return Err(Refused::CommandReused.into());
            }
            let secret = Some(w.store.accounts()?.keep_secrets(secrets)?);
            w.tell(Happened::PersonEnrolled { person, secret, keep: None }).map(drop)
        })
    }

    /// The person has replaced password and PIN; all logins but `keep` end, tokens stay.
    ///
    /// # Errors
    /// A fault when a file cannot be written.
    pub fn change_secrets(
        &mut self,
        command: &Command,
        person: PersonId,
        secrets: &Secrets,
        keep: LoginId,
    ) -> Result<(), Error> {
        self.account_act(command, |w| {
            let secret = Some(w.store.accounts()?.keep_secrets(secrets)?);
            w.tell(Happened::PersonEnrolled { person, secret, keep: Some(keep) }).map(drop)
        })
    }

    /// The same secrets, hashed anew at today's cost. Nothing ends.
    ///
    /// # Errors
    /// A fault when a file cannot be written.
    pub fn rehash(&mut self, command: &Command, person: PersonId, secrets: &Secrets) -> Result<(), Error> {
        self.account_act(command, |w| {
            let secret = w.store.accounts()?.keep_secrets(secrets)?;
            w.tell(Happened::SecretsRehashed { person, secret }).map(drop)
        })
    }

    /// The enrolled browser that carries `key`.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn browser(&self, key: &str) -> Result<Option<BrowserId>, Fault> {
        for row in self.accounts()?.rows_of(Kind::Browser, key)? {
            if let Some(id) = self.value("SELECT id FROM browser WHERE secret = ?1", [row.0])? {
                return Ok(Some(BrowserId(id)));
            }
        }
        Ok(None)
    }

    /// Forgets every enrolled browser and ends every login but `keep`: everybody needs the password once more, and who has
    /// taken a browser away is out. Tokens stay.
    ///
    /// # Errors
    /// A fault when a file cannot be written.
    pub fn forget_browsers(&mut self, command: &Command, keep: LoginId) -> Result<(), Error> {
        self.account_act(command, |w| {
            let db = &w.store.accounts()?.db;
            db.execute("DELETE FROM guess WHERE browser <> 0", [])?;
            db.execute("DELETE FROM familiar WHERE browser <> 0", [])?;
            w.tell(Happened::BrowsersForgotten)?;
            for login in w.store.sessions()?.iter().filter(|login| login.id != keep) {
                w.tell(Happened::SignedOut { person: login.person, login: Some(login.id), everywhere: false })?;
            }
            Ok(())
        })
    }

    /// A person has signed in at a place: `key` is the login's, `new_browser` the key of a browser enrolled just now.
    ///
    /// # Errors
    /// A fault when a file cannot be written.
    pub fn sign_in(
        &mut self,
        command: &Command,
        person: PersonId,
        place: Place,
        key: &str,
        new_browser: Option<&str>,
    ) -> Result<(), Error> {
        self.account_act(command, |w| {
            let accounts = w.store.accounts()?;
            let (browser, origin) = holder(place);
            let sql = "DELETE FROM guess WHERE person = ?1 AND browser = ?2 AND origin = ?3";
            accounts.db.execute(sql, params![person.0, browser, origin])?;
            let key = Some(accounts.keep_key(Kind::Login, sha256(key))?);
            let browser_key = new_browser.map(|key| accounts.keep_key(Kind::Browser, sha256(key))).transpose()?;
            let browser = place.browser.or(browser_key.map(|_| BrowserId(w.next().0)));
            for place in [Place { browser: None, ..place }, Place { browser, ..place }] {
                let (browser, origin) = holder(place);
                let sql = "INSERT OR IGNORE INTO familiar (person, browser, origin) VALUES (?1, ?2, ?3)";
                accounts.db.execute(sql, params![person.0, browser, origin])?;
            }
            accounts.saw(w.next().0, command.now, Some(place.address))?;
            w.tell(Happened::SignedIn { person, browser, key, browser_key }).map(drop)
        })
    }

    /// A token for scripts, which may do what is both in `scopes` and the person's, to the end of the day `until`.
    ///
    /// # Errors
    /// A fault when a file cannot be written.
    pub fn make_token(
        &mut self,
        command: &Command,
        person: PersonId,
        label: &str,
        (scopes, until): (Roles, Date),
        key: &str,
    ) -> Result<(), Error> {
        self.account_act(command, |w| {
            let key = Some(w.store.accounts()?.keep_key(Kind::Login, sha256(key))?);
            let (label, scopes, until) = (label.into(), scopes.to_string(), Some(until));
            w.tell(Happened::TokenMade { person, label, scopes, until, key }).map(drop)
        })
    }

    /// The login or token that carries `key`.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn login(&self, key: &str) -> Result<Option<Login>, Fault> {
        for row in self.accounts()?.rows_of(Kind::Login, key)? {
            let id = self.value("SELECT id FROM login WHERE secret = ?1", [row.0])?;
            if let Some(id) = id {
                return self.login_by_id(LoginId(id));
            }
        }
        Ok(None)
    }

    /// A login or token that has not ended.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn login_by_id(&self, id: LoginId) -> Result<Option<Login>, Fault> {
        Ok(self.logins("WHERE login.id = ?1", params![id.0])?.pop())
    }

    /// All tokens, oldest first.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn tokens(&self) -> Result<Vec<Login>, Fault> {
        self.logins("WHERE label IS NOT NULL ORDER BY login.id", params![])
    }

    /// All logins of browsers, oldest first; also those that nobody has used for long.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn sessions(&self) -> Result<Vec<Login>, Fault> {
        self.logins("WHERE label IS NULL ORDER BY login.id", params![])
    }

    fn logins(&self, condition: &str, with: &[&dyn rusqlite::ToSql]) -> Result<Vec<Login>, Fault> {
        let zone = self.office().identity.zone;
        let mut statement = self.db.prepare_cached(&format!("{LOGIN} {condition}"))?;
        let rows = statement.query_map(with, |row| {
            let own = Roles::read(&row.get::<_, String>(3)?);
            let (since, is_token) = (moment(row, 6)?, row.get(5)?);
            let until: Option<String> = row.get(9)?;
            let last_day = until.and_then(|text| text.parse().ok());
            let last_day = last_day.or_else(|| since.local(zone).date().checked_add(people::TOKEN_DAYS.days()).ok());
            Ok(Login {
                id: LoginId(row.get(0)?),
                person: PersonId(row.get(1)?),
                name: row.get(2)?,
                roles: own.and(Roles::read(&row.get::<_, String>(4)?)),
                is_token,
                until: last_day.filter(|_| is_token),
                since,
                seen: since,
                address: None,
            })
        })?;
        let mut logins = rows.collect::<Result<Vec<_>, _>>()?;
        for login in &mut logins {
            let sql = "SELECT at_ms, boot, uptime_ms, address FROM seen WHERE login = ?1";
            let mut statement = self.accounts()?.db.prepare_cached(sql)?;
            let seen = statement.query_row([login.id.0], |row| Ok((moment(row, 0)?, row.get(3)?))).optional()?;
            (login.seen, login.address) = seen.unwrap_or((login.since, None));
        }
        Ok(logins)
    }

    /// The person did something with this login. No event and no ring: nothing of the office has changed.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn touch_login(&self, id: LoginId, now: Moment, address: &str) -> Result<(), Fault> {
        match self.accounts()?.saw(id.0, now, Some(address)) {
            // Who is only looking must not need space on the disk; the login ends a little earlier instead.
            Err(fault) if matches!(fault.kind, FaultKind::Full | FaultKind::Busy) => Ok(()),
            touched => touched,
        }
    }

    /// Ends a login or token, or with `everywhere` every login of its person (tokens stay).
    ///
    /// # Errors
    /// A fault when a file cannot be written.
    pub fn sign_out(&mut self, command: &Command, login: &Login, everywhere: bool) -> Result<(), Error> {
        self.account_act(command, |w| {
            w.tell(Happened::SignedOut { person: login.person, login: Some(login.id), everywhere }).map(drop)
        })
    }

    /// What was guessed wrongly, as far as it concerns one more guess for this account at this place. Many guesses spread over
    /// browsers or addresses count together, so that nobody gains by having many; but no single address delays the others, and
    /// none delays an enrolled browser.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn tally(&self, claimed: Claimed, place: Place, now: Moment) -> Result<Tally, Fault> {
        let db = &self.accounts()?.db;
        let (account, (browser, origin), enrolled) = (account(claimed), holder(place), place.browser.is_some());
        let read = |row: &Row| Ok(Guesses { failed: row.get(0)?, last: moment(row, 1)? });
        let sql = "SELECT failed, at_ms, boot, uptime_ms FROM guess WHERE person = ?1 AND browser = ?2 AND origin = ?3";
        let own = db.prepare_cached(sql)?.query_row(params![account, browser, origin], read).optional()?;
        // Of one address only so many count here: the rest is its own delay.
        let sql =
            "SELECT sum(CASE WHEN browser = 0 THEN min(failed, ?3) ELSE failed END) OVER (), at_ms, boot, uptime_ms
                   FROM guess WHERE person = ?1 AND (browser <> 0) = ?2 ORDER BY at_ms DESC LIMIT 1";
        let all = db.prepare_cached(sql)?.query_row(params![account, enrolled, OF_ONE_ADDRESS], read).optional()?;
        let sql = "SELECT sum(failed) OVER (), at_ms, boot, uptime_ms FROM guess
                   WHERE browser = ?1 AND origin = ?2 AND boot = ?3 AND uptime_ms > ?4 ORDER BY uptime_ms DESC LIMIT 1";
        let recent = params![browser, origin, now.boot, now.uptime_ms - HOUR_MS];
        let here = db.prepare_cached(sql)?.query_row(recent, read).optional()?;
        let sql = "SELECT count(*) > 0 FROM familiar WHERE person = ?1 AND browser = ?2 AND origin = ?3";
        let familiar = db.prepare_cached(sql)?.query_row(params![account, browser, origin], |row| row.get(0))?;
        Ok(Tally { own, account: all, place: here, enrolled, familiar })
    }

    /// A password, PIN or code was wrong. What was typed is not kept.
    ///
    /// # Errors
    /// A fault when a file cannot be written.
    pub fn sign_in_failed(&mut self, command: &Command, claimed: Claimed, place: Place) -> Result<(), Error> {
        let again = |_: &Store, done: &Event| Ok(matches!(done.happened, Happened::SignInFailed { .. }).then_some(()));
        self.once(command, again, |w| {
            let (now, (browser, origin)) = (command.now, holder(place));
            let db = &w.store.accounts()?.db;
            db.execute("DELETE FROM guess WHERE at_ms < ?1", [now.wall_ms - 24 * HOUR_MS])?;
            db.execute(
                "INSERT INTO guess (person, browser, origin, failed, at_ms, boot, uptime_ms)
                 VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6)
                 ON CONFLICT (person, browser, origin) DO UPDATE
                 SET failed = failed + 1, at_ms = ?4, boot = ?5, uptime_ms = ?6",
                params![account(claimed), browser, origin, now.wall_ms, now.boot, now.uptime_ms],
            )?;
            w.tell(Happened::SignInFailed { person: claimed.person(), browser: place.browser }).map(drop)
        })
    }

    /// An act on the accounts: done once; afterwards the secrets that nothing holds any more are forgotten.
    fn account_act(
        &mut self,
        command: &Command,
        work: impl FnOnce(&mut Writer) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let again = |_: &Store, done: &Event| Ok(AccountBook::concerns(&done.happened).then_some(()));
        self.once(command, again, work)?;
        self.forget_unheld();
        Ok(())
    }

    /// Forgets the secrets that the journal does not hold any more. A failure is harmless: they open nothing, and the next
    /// act forgets them.
    fn forget_unheld(&self) {
        let forget = || -> Result<(), Fault> {
            let held = self.account_book()?.held();
            self.accounts()?.forget_others(&held)
        };
        if let Err(fault) = forget() {
            tracing::warn!(%fault, "secrets that have ended are forgotten later");
        }
    }

    /// The accounts' rows.
    pub(super) fn account_book(&self) -> Result<AccountBook, Fault> {
        let mut book = AccountBook::default();
        let mut statement = self.db.prepare_cached("SELECT id, name, roles, secret, code FROM person")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let digest =
                |at| -> rusqlite::Result<Option<Digest>> { Ok(row.get::<_, Option<[u8; 32]>>(at)?.map(Digest)) };
            let account = Account { name: row.get(1)?, roles: row.get(2)?, secret: digest(3)?, code: digest(4)? };
            book.people.insert(PersonId(row.get(0)?), account);
        }
        let mut statement = self.db.prepare_cached("SELECT id, person, label, roles, secret FROM login")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (person, key) = (PersonId(row.get(1)?), Digest(row.get(4)?));
            let login = LoginRow { person, label: row.get(2)?, roles: row.get(3)?, key };
            book.logins.insert(LoginId(row.get(0)?), login);
        }
        let mut statement = self.db.prepare_cached("SELECT id, secret FROM browser")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            book.browsers.insert(BrowserId(row.get(0)?), Digest(row.get(1)?));
        }
        Ok(book)
    }

    /// Writes the rows in which the accounts differ from what they were before the event.
    pub(super) fn save_book(&self, before: &AccountBook, now: &AccountBook, event: &Event) -> Result<(), Fault> {
        for (id, account) in changed(&before.people, &now.people) {
            let Some(Account { name, roles, secret, code }) = account else { continue };
            let sql = "INSERT INTO person (id, name, roles, secret, code) VALUES (?1, ?2, ?3, ?4, ?5)
                       ON CONFLICT (id) DO UPDATE SET name = ?2, roles = ?3, secret = ?4, code = ?5";
            let row = params![id.0, name, roles, secret.map(|row| row.0), code.map(|row| row.0)];
            self.db.prepare_cached(sql)?.execute(row)?;
        }
        for (id, login) in changed(&before.logins, &now.logins) {
            self.db.prepare_cached("DELETE FROM login WHERE id = ?1")?.execute([id.0])?;
            if let Some(LoginRow { person, label, roles, key }) = login {
                let sql =
                    "INSERT INTO login (id, person, label, roles, secret, made_seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
                self.db.prepare_cached(sql)?.execute(params![id.0, person.0, label, roles, key.0, event.seq.0])?;
            }
        }
        for (id, key) in changed(&before.browsers, &now.browsers) {
            self.db.prepare_cached("DELETE FROM browser WHERE id = ?1")?.execute([id.0])?;
            if let Some(key) = key {
                let sql = "INSERT INTO browser (id, secret) VALUES (?1, ?2)";
                self.db.prepare_cached(sql)?.execute(params![id.0, key.0])?;
            }
        }
        Ok(())
    }
}

/// The entries that are new, other or gone.
pub(super) fn changed<'a, K: Ord + Copy, V: PartialEq>(
    before: &BTreeMap<K, V>,
    now: &'a BTreeMap<K, V>,
) -> Vec<(K, Option<&'a V>)> {
    let keys: BTreeSet<K> = before.keys().chain(now.keys()).copied().collect();
    keys.into_iter().map(|key| (key, now.get(&key))).filter(|(key, value)| before.get(key) != *value).collect()
}
