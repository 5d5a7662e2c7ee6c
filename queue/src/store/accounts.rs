//! The second file: the secrets of the staff's accounts, which only the console's user reads.

use super::commit::salt;
use super::{Fault, FaultKind};
use crate::journal::Digest;
use crate::people::Secrets;
use crate::time::Moment;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

/// Name of the file of the accounts' secrets in the data folder.
pub(super) const ACCOUNTS: &str = "accounts.db";
/// "ANTS": tells the file from every other SQLite file.
const APPLICATION_ID: i64 = 0x414E_5453;
pub(super) const VERSION: i64 = 2;
/// What version 2 added.
const TO_2: &str = "ALTER TABLE seen ADD COLUMN address TEXT;
    CREATE TABLE familiar (person INTEGER NOT NULL, browser INTEGER NOT NULL, origin TEXT NOT NULL,
                           PRIMARY KEY (person, browser, origin)) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 2;";

/// What a secret is of.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Code,
    Browser,
    Login,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Code => "code",
            Kind::Browser => "browser",
            Kind::Login => "login",
        }
    }
}

/// SHA-256 of what a browser, a script or a person with a code carries.
pub(super) fn sha256(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// The file, open.
#[derive(Debug)]
pub(super) struct Accounts {
    pub(super) db: Connection,
}

impl Accounts {
    /// Opens the file in `dir`, making it if there is none.
    pub(super) fn open(dir: &Path) -> Result<Accounts, Fault> {
        let path = dir.join(ACCOUNTS);
        // Nobody else may read it at any moment, so it is not SQLite that makes it.
        let made = std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(&path);
        made.map_err(|e| Fault::file(&path, "open", &e))?;
        let named = |e: rusqlite::Error| {
            let fault = Fault::from(e);
            Fault::new(fault.kind, fault.message.replace("antrean.db", ACCOUNTS))
        };
        let db = Connection::open(&path).map_err(named)?;
        db.busy_timeout(Duration::from_secs(10)).map_err(named)?;
        let begin = || -> rusqlite::Result<(i64, i64)> {
            db.pragma_update(None, "journal_mode", "WAL")?;
            db.pragma_update(None, "synchronous", "FULL")?;
            db.pragma_update(None, "secure_delete", true)?;
            // Of several consoles that begin at once, one makes the tables.
            let transaction = rusqlite::Transaction::new_unchecked(&db, rusqlite::TransactionBehavior::Immediate)?;
            let empty: bool = db.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))?;
            if empty {
                db.execute_batch(include_str!("accounts.sql"))?;
                db.pragma_update(None, "application_id", APPLICATION_ID)?;
                db.pragma_update(None, "user_version", VERSION)?;
            }
            let pragma = |name| db.pragma_query_value(None, name, |row| row.get(0));
            if (pragma("application_id")?, pragma("user_version")?) == (APPLICATION_ID, 1) {
                db.execute_batch(TO_2)?;
            }
            transaction.commit()?;
            Ok((pragma("application_id")?, pragma("user_version")?))
        };
        match begin().map_err(named)? {
            (APPLICATION_ID, VERSION) => Ok(Accounts { db }),
            (APPLICATION_ID, newer) => Err(Fault::new(
                FaultKind::Setup,
                format!(
                    "{} was made by a newer antrean (version {newer}); install the newer program again",
                    path.display()
                ),
            )),
            _ => Err(Fault::new(FaultKind::Setup, format!("{} belongs to another program", path.display()))),
        }
    }

    /// Keeps a person's secrets; the digest names the row.
    pub(super) fn keep_secrets(&self, secrets: &Secrets) -> Result<Digest, Fault> {
        let salt = salt();
        let digest = of_person(&salt, &secrets.password, &secrets.pin);
        let sql = "INSERT INTO secret (digest, salt, kind, password, pin) VALUES (?1, ?2, 'person', ?3, ?4)";
        self.db.prepare_cached(sql)?.execute(params![digest.0, salt, secrets.password, secrets.pin])?;
        Ok(digest)
    }

    /// Keeps the SHA-256 of a key; the digest names the row.
    pub(super) fn keep_key(&self, kind: Kind, key: [u8; 32]) -> Result<Digest, Fault> {
        let salt = salt();
        let digest = of_key(&salt, kind.word(), &key);
        let sql = "INSERT INTO secret (digest, salt, kind, key) VALUES (?1, ?2, ?3, ?4)";
        self.db.prepare_cached(sql)?.execute(params![digest.0, salt, kind.word(), key])?;
        Ok(digest)
    }

    /// The secrets of a row.
    pub(super) fn secrets(&self, row: &Digest) -> Result<Option<Secrets>, Fault> {
        let sql = "SELECT salt, password, pin FROM secret WHERE digest = ?1 AND kind = 'person'";
        let found = self.db.prepare_cached(sql)?.query_row([row.0], |found| {
            let (salt, password, pin): ([u8; 16], String, String) = (found.get(0)?, found.get(1)?, found.get(2)?);
            Ok((of_person(&salt, &password, &pin), Secrets { password, pin }))
        });
        // A row that was changed by hand is nobody's secret.
        Ok(found.optional()?.filter(|(digest, _)| digest == row).map(|(_, secrets)| secrets))
    }

    /// The rows that hold this key, newest of no order: the journal says which one counts.
    pub(super) fn rows_of(&self, kind: Kind, key: &str) -> Result<Vec<Digest>, Fault> {
        let key = sha256(key);
        let mut statement = self.db.prepare_cached("SELECT digest, salt FROM secret WHERE key = ?1 AND kind = ?2")?;
        let rows = statement
            .query_map(params![key, kind.word()], |row| Ok((Digest(row.get(0)?), row.get::<_, [u8; 16]>(1)?)))?
            .collect::<Result<Vec<_>, _>>()?;
        let whole = |(digest, salt): &(Digest, [u8; 16])| *digest == of_key(salt, kind.word(), &key);
        Ok(rows.into_iter().filter(whole).map(|(digest, _)| digest).collect())
    }

    /// Whether a row is there, as it was written.
    pub(super) fn is_whole(&self, row: &Digest) -> Result<bool, Fault> {
        let sql = "SELECT salt, kind, password, pin, key FROM secret WHERE digest = ?1";
        let found = self.db.prepare_cached(sql)?.query_row([row.0], |found| {
            let (salt, kind): ([u8; 16], String) = (found.get(0)?, found.get(1)?);
            Ok(match kind.as_str() {
                "person" => of_person(&salt, &found.get::<_, String>(2)?, &found.get::<_, String>(3)?),
                kind => of_key(&salt, kind, &found.get::<_, [u8; 32]>(4)?),
            })
        });
        Ok(found.optional()?.is_some_and(|digest| digest == *row))
    }

    /// Forgets every row but these: what a person has replaced, and what a cut left behind.
    pub(super) fn forget_others(&self, held: &BTreeSet<Digest>) -> Result<(), Fault> {
        let rows: Vec<Digest> = {
            let mut statement = self.db.prepare_cached("SELECT digest FROM secret")?;
            statement.query_map([], |row| Ok(Digest(row.get(0)?)))?.collect::<Result<_, _>>()?
        };
        for row in rows.iter().filter(|row| !held.contains(row)) {
            self.db.prepare_cached("DELETE FROM secret WHERE digest = ?1")?.execute([row.0])?;
        }
        Ok(())
    }

    /// Somebody did something with a login, from this address if it is known.
    pub(super) fn saw(&self, login: i64, now: Moment, address: Option<&str>) -> Result<(), Fault> {
        let sql = "INSERT INTO seen (login, at_ms, boot, uptime_ms, address) VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT (login) DO UPDATE SET at_ms = ?2, boot = ?3, uptime_ms = ?4, address = coalesce(?5, address)";
        self.db.prepare_cached(sql)?.execute(params![login, now.wall_ms, now.boot, now.uptime_ms, address])?;
        Ok(())
    }
}

fn of_person(salt: &[u8; 16], password: &str, pin: &str) -> Digest {
    Digest::of(&[salt, b"person", &(password.len() as u64).to_le_bytes(), password.as_bytes(), pin.as_bytes()])
}

fn of_key(salt: &[u8; 16], kind: &str, key: &[u8; 32]) -> Digest {
    Digest::of(&[salt, kind.as_bytes(), key])
}
