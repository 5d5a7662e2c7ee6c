//! Connecting to the database file: whose it is, of which version, and set so that every commit is kept.

use super::file::{APPLICATION_ID, DATABASE, OFFICE, SCHEMA_VERSION};
use super::upgrade::file_version;
use super::{Fault, FaultKind};
use crate::office::Office;
use rusqlite::{Connection, OpenFlags};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Longer than any honest writer needs; a commit takes milliseconds.
const BUSY: Duration = Duration::from_secs(30);

/// Whether this SQLite keeps every commit: before 3.51.3 (and its back-ports) a WAL reset could lose them.
pub(super) fn keeps_commits(version: i32) -> bool {
    version >= 3_051_003 || version == 3_050_007 || version == 3_044_006
}

/// Refuses an office other than the one whose database this is.
pub(super) fn belongs(db: &Connection, dir: &Path, office: &Office) -> Result<(), Fault> {
    let code: String = db.query_row("SELECT code FROM office", [], |row| row.get(0))?;
    if code == office.identity.code {
        return Ok(());
    }
    Err(Fault::new(
        FaultKind::Setup,
        format!(
            "{} belongs to the office \"{code}\", but {OFFICE} says office.code = \"{}\"",
            dir.join(DATABASE).display(),
            office.identity.code
        ),
    ))
}

/// Opens the file of this program or of an older one, set so that every commit is kept; its version.
pub(super) fn connect(dir: &Path) -> Result<(Connection, i64), Fault> {
    let (path, version) = known(dir)?;
    let db = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.busy_timeout(BUSY)?;
    db.set_prepared_statement_cache_capacity(64);
    let mode: String = db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", true)?;
    // What is erased leaves no bytes in a page, nor what an earlier change left of it.
    db.pragma_update(None, "secure_delete", true)?;
    db.pragma_update(None, "journal_size_limit", 1 << 20)?;
    // A checkpoint syncs twice more, so who has nothing else to do makes it (`checkpoint`) and no applicant waits for
    // it; this is the safety net, and bounds the log at 12 MiB.
    db.pragma_update(None, "wal_autocheckpoint", 3_000)?;
    let synchronous: i64 = db.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    let foreign_keys: bool = db.pragma_query_value(None, "foreign_keys", |row| row.get(0))?;
    if mode != "wal" || synchronous != 2 || !foreign_keys {
        let found = format!("journal_mode {mode}, synchronous {synchronous}, foreign_keys {foreign_keys}");
        return Err(Fault::new(FaultKind::Setup, format!("{}: {found}; need wal, 2, true", path.display())));
    }
    Ok((db, version))
}

/// Opens the file so that SQLite itself refuses to write it; its version.
pub(super) fn connect_to_look(dir: &Path) -> Result<(Connection, i64), Fault> {
    let (path, version) = known(dir)?;
    let db = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.busy_timeout(BUSY)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok((db, version))
}

/// Where the file of this program or of an older one lies; its version.
pub(super) fn known(dir: &Path) -> Result<(PathBuf, i64), Fault> {
    if !keeps_commits(rusqlite::version_number()) {
        let version = rusqlite::version();
        return Err(Fault::new(
            FaultKind::Setup,
            format!("SQLite {version} can lose commits; 3.51.3 or later is needed"),
        ));
    }
    let path = dir.join(DATABASE);
    if !path.exists() {
        let advice = format!("run `antrean init --data {}`", dir.display());
        return Err(Fault::new(FaultKind::Setup, format!("{} does not exist; {advice}", path.display())));
    }
    let version = identify(&path)?;
    Ok((path, version))
}

/// Who made the file, without touching it; its version.
///
/// The first bytes tell whose it is: they are written once and never change. Everything else may lie in the write-ahead log
/// alone, so it is asked of SQLite, by a connection that writes nothing.
fn identify(path: &Path) -> Result<i64, Fault> {
    let refuse = |what: &str, advice: &str| {
        Err(Fault::new(FaultKind::Setup, format!("{} {what}; it was left untouched. {advice}", path.display())))
    };
    let mut header = [0; 100];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    match read {
        Err(e) if e.kind() != ErrorKind::UnexpectedEof => return Err(Fault::file(path, "read", &e)),
        Ok(()) if header.starts_with(b"SQLite format 3\0") => {}
        _ => return refuse("is not a readable database", advice(path)),
    }
    if i64::from(u32::from_be_bytes([header[68], header[69], header[70], header[71]])) != APPLICATION_ID {
        return refuse("belongs to another program", "Use another --data folder.");
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let look = || -> Result<i64, Fault> {
        let db = Connection::open_with_flags(path, flags)?;
        db.busy_timeout(BUSY)?;
        // Another role may be upgrading: number and tables are of one instant.
        let _one_instant = db.unchecked_transaction()?;
        file_version(&db, path)
    };
    match look() {
        Ok(version) if version > SCHEMA_VERSION => refuse(
            &format!("was made by a newer antrean (schema {version}, this program knows {SCHEMA_VERSION})"),
            "Install the newer program again.",
        ),
        Err(fault) if fault.kind == FaultKind::Damaged => refuse(&format!("is damaged ({fault})"), advice(path)),
        looked => looked,
    }
}

/// What to do about a file that cannot be read. Beside a write-ahead log it may be whole: nobody should begin anew then.
fn advice(path: &Path) -> &'static str {
    let log = path.with_file_name(format!("{DATABASE}-wal"));
    match std::fs::metadata(log).is_ok_and(|log| log.len() > 0) {
        true => "Keep it together with the antrean.db-wal beside it, copy both, and restore the last backup.",
        false => "Restore the last backup, or move the file away and run `antrean init`.",
    }
}
