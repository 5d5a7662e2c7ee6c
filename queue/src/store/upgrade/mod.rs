//! Bringing an older file to this program's version: one step a version, all in one transaction, verified before it counts.
//!
//! 1. One role does it; the others wait at a lock beside the file and find it done.
//! 2. The old file is copied beside itself (`antrean.db.v1-2026-11-29`). The copy of the last upgrade is kept, earlier ones go.
//! 3. The steps run in one transaction, and the file is verified in it: whole, the chain unbroken, the tables the fold of
//!    the events. A power cut, a full disk or a doubt leaves the old file, and the old program works on.

pub(super) mod v2;

use super::file::{DATABASE, SCHEMA_VERSION, private};
use super::{Fault, FaultKind, Store};
use crate::time::Moment;
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::path::Path;

/// One step: from the version of its place, counted from 1, to the next.
type Step = fn(&mut Store, Moment) -> Result<(), Fault>;
const STEPS: [Step; (SCHEMA_VERSION - 1) as usize] = [v2::step];

/// Beside the database: whoever holds its lock upgrades.
const LOCK: &str = "antrean.upgrade";

impl Store {
    /// Brings the file from version `from` to this program's. Does nothing when another role has done it meanwhile.
    pub(super) fn upgrade(&mut self, now: Moment) -> Result<(), Fault> {
        let path = self.dir.join(LOCK);
        let lock = File::options().create(true).append(true).open(&path).map_err(|e| Fault::file(&path, "open", &e))?;
        let _ = private(&path);
        let locked = rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive);
        locked.map_err(|e| Fault::file(&path, "lock", &e.into()))?;
        // Nobody else writes an older file's version: whoever would, waits at the lock.
        let from = file_version(&self.db, &self.dir.join(DATABASE))?;
        if from == SCHEMA_VERSION {
            return Ok(());
        }
        tracing::info!(from, to = SCHEMA_VERSION, "antrean.db is brought to the version of this program");
        let copy = self.copy_aside(from, now)?;
        // References are checked once at the end: the steps move whole tables.
        self.db.pragma_update(None, "foreign_keys", false)?;
        let done = self.run_steps(from, now);
        self.db.pragma_update(None, "foreign_keys", true)?;
        done.map_err(|fault| {
            // It is what the file is, and may be what fills the disk.
            let _ = std::fs::remove_file(&copy);
            let left = "the file is as it was; the program before works with it";
            Fault::new(
                fault.kind,
                format!("antrean.db could not be brought to version {SCHEMA_VERSION}: {} ({left})", fault.message),
            )
        })?;
        tracing::info!(copy = %copy.display(), "antrean.db is of this program's version; the file before is kept");
        forget_copies(&self.dir, &copy);
        // What waits in the log is put into the database while nobody is served yet.
        self.checkpoint(1)
    }

    fn run_steps(&mut self, from: i64, now: Moment) -> Result<(), Fault> {
        // Not `transaction()`: the steps use the store, which holds the connection.
        self.db.execute_batch("BEGIN IMMEDIATE")?;
        let result = (from..SCHEMA_VERSION)
            .try_for_each(|version| STEPS[(version - 1) as usize](self, now))
            .and_then(|()| self.verified());
        match result {
            Ok(()) => {
                self.db.pragma_update(None, "user_version", SCHEMA_VERSION)?;
                Ok(self.db.execute_batch("COMMIT")?)
            }
            Err(fault) => {
                let _ = self.db.execute_batch("ROLLBACK");
                Err(fault)
            }
        }
    }

    fn verified(&self) -> Result<(), Fault> {
        let tables = self.check_in_transaction()?.problems;
        match tables.iter().chain(&self.altered_secrets()?.0).next() {
            None => Ok(()),
            Some(problem) => Err(Fault::new(FaultKind::Damaged, format!("it does not prove sound: {problem}"))),
        }
    }

    /// Copies the whole file beside itself, safe on the disk; where it is.
    fn copy_aside(&self, from: i64, now: Moment) -> Result<std::path::PathBuf, Fault> {
        let date = now.local(self.office.identity.zone).date();
        let path = self.dir.join(format!("{DATABASE}.v{from}-{date}"));
        let draft = self.dir.join(format!("{DATABASE}.v{from}-{date}.new"));
        let _ = std::fs::remove_file(&draft);
        let copied = self.db.execute("VACUUM INTO ?1", [draft.to_string_lossy()]).map_err(Fault::from).and_then(|_| {
            use std::os::unix::fs::PermissionsExt;
            // It holds the secrets that the old file held.
            std::fs::set_permissions(&draft, std::fs::Permissions::from_mode(0o600))
                .and_then(|()| File::open(&draft)?.sync_all())
                .and_then(|()| std::fs::rename(&draft, &path))
                .and_then(|()| File::open(&self.dir)?.sync_all())
                .map_err(|e| Fault::file(&path, "write", &e))
        });
        copied.map_err(|fault| {
            let _ = std::fs::remove_file(&draft);
            let why = "antrean.db is of an older version and must be copied before it is upgraded";
            Fault::new(
                fault.kind,
                format!("{why}: {} (the file is as it was; the program before works with it)", fault.message),
            )
        })?;
        Ok(path)
    }
}

/// The version of the file, by its tables: three programs of November 2026 wrote 2 into files of version 1. Reads twice, so
/// it belongs in a transaction where another role may be upgrading.
///
/// # Errors
/// Refuses an older file whose tables no released program made.
pub(super) fn file_version(db: &Connection, path: &Path) -> Result<i64, Fault> {
    let number: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if number <= 2 && v2::SCHEMAS.contains(&schema_print(db)?.as_str()) {
        return Ok(1);
    }
    if number >= SCHEMA_VERSION {
        return Ok(number);
    }
    let what = format!("{} has tables that no released antrean of version {number} made", path.display());
    let advice = "Restore a backup of before that change, or ask whoever changed it.";
    Err(Fault::new(FaultKind::Setup, format!("{what}; it was left untouched. {advice}")))
}

/// Removes the copies of earlier upgrades.
fn forget_copies(dir: &Path, newest: &Path) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with(&format!("{DATABASE}.v")) && path != newest {
            let _ = std::fs::remove_file(&path);
        }
    }
}

/// The statements that made the tables and indexes, without comments and spacing, by name.
pub(super) fn schema(db: &Connection) -> Result<Vec<(String, String)>, Fault> {
    let sql = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    let mut statement = db.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, plain(&row.get::<_, String>(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A statement without comments, with one space between its words.
fn plain(sql: &str) -> String {
    let code: Vec<&str> = sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    code.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Tells one set of tables from another.
pub(super) fn schema_print(db: &Connection) -> Result<String, Fault> {
    let mut hash = Sha256::new();
    for (_, sql) in schema(db)? {
        hash.update(sql.as_bytes());
        hash.update([0]);
    }
    Ok(hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect())
}
