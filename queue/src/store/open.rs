//! Creating, opening, refusing and verifying the database file.

use super::doorbell::{Doorbell, bell};
use super::office::InUse;
use super::upgrade::file_version;
use super::{Fault, FaultKind, Store};
use crate::office::Office;
use rusqlite::{Connection, OpenFlags, Transaction};
use std::cell::{OnceCell, RefCell};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

/// Name of the database in the data folder.
pub const DATABASE: &str = "antrean.db";
/// Name of the office's configuration in the data folder.
pub const OFFICE: &str = "office.toml";
/// Name of the picture in the data folder that shows what the board of the waiting room shows.
pub const BOARD_PICTURE: &str = "display.png";
const BELL: &str = "antrean.bell";
/// Holds the id of the boot in which the file was last verified; removed after an I/O error.
pub(super) const VERIFIED: &str = "antrean.verified";

/// "ANTR": tells the file from every other SQLite file.
const APPLICATION_ID: i64 = 0x414E_5452;
/// Version of `schema.sql`. A newer file is refused, an older one is upgraded.
pub(super) const SCHEMA_VERSION: i64 = 2;
/// Longer than any honest writer needs; a commit takes milliseconds.
const BUSY: Duration = Duration::from_secs(30);
/// So many pages of 4 KiB in the write-ahead log are worth a checkpoint: some fifty numbers.
pub const LONG_LOG: i64 = 500;

/// Whether this SQLite keeps every commit: before 3.51.3 (and its back-ports) a WAL reset could lose them.
pub(super) fn keeps_commits(version: i32) -> bool {
    version >= 3_051_003 || version == 3_050_007 || version == 3_044_006
}

impl Store {
    /// Creates `antrean.db` in `dir`, for the `office.toml` that lies there.
    ///
    /// # Errors
    /// When there is a database already, or the folder or `office.toml` cannot be used.
    pub fn create(dir: &Path) -> Result<Store, Fault> {
        let office = Office::read(&dir.join(OFFICE))?;
        let path = dir.join(DATABASE);
        if path.exists() {
            return Err(Fault::new(
                FaultKind::Setup,
                format!("{} exists already; it is left as it is", path.display()),
            ));
        }
        // Built under another name: a power cut during creation leaves no half-made database behind.
        let draft = dir.join("antrean.db.new");
        for leftover in ["antrean.db.new", "antrean.db.new-wal", "antrean.db.new-shm", "antrean.db.new-journal"] {
            let _ = std::fs::remove_file(dir.join(leftover));
        }
        {
            let db = Connection::open(&draft)?;
            db.pragma_update(None, "application_id", APPLICATION_ID)?;
            db.pragma_update(None, "user_version", SCHEMA_VERSION)?;
            db.execute_batch(&format!("BEGIN;\n{}\nCOMMIT;", include_str!("schema.sql")))?;
            db.execute("INSERT INTO office (only, code) VALUES (1, ?1)", [&office.identity.code])?;
            first_devices(&db)?;
        }
        private(&draft)?;
        std::fs::rename(&draft, &path).map_err(|e| Fault::file(&path, "create", &e))?;
        let folder = File::open(dir).and_then(|d| d.sync_all());
        folder.map_err(|e| Fault::file(dir, "sync", &e))?;
        Store::open(dir)
    }

    /// Opens `antrean.db` and `office.toml` in `dir`. While the `office.toml` that lies there is refused, also because
    /// something open needs what it takes away, the office works with the one it used last ([`Store::office_refused`]): who made a mistake in it at night has a queue in the morning.
    ///
    /// # Errors
    /// When the file is missing, of another program, of a newer version, of another office or damaged (it is then left
    /// untouched), when SQLite is too old to be trusted, or when `office.toml` is refused and none was ever used.
    pub fn open(dir: &Path) -> Result<Store, Fault> {
        Store::open_with_file(dir, connect(dir)?)
    }

    /// Opens the database once more for the office that other stores of this process have in use.
    ///
    /// # Errors
    /// As [`Store::open`], but for `office.toml`.
    pub fn open_with(dir: &Path, office: InUse) -> Result<Store, Fault> {
        Store::open_for(dir, connect(dir)?, office)
    }

    pub(super) fn open_for(dir: &Path, (db, version): (Connection, i64), in_use: InUse) -> Result<Store, Fault> {
        let InUse { office, written: office_written, refused: office_refused, unkept: office_unkept } = in_use;
        belongs(&db, dir, &office)?;
        verify_once_per_boot(&db, dir)?;
        let bell = bell(&dir.join(BELL))?;
        let (dir, accounts) = (dir.into(), OnceCell::new());
        let mut store = Store {
            db,
            office,
            office_written,
            office_refused,
            office_unkept,
            dir,
            bell,
            seen: 0,
            failed: false,
            accounts,
            line: RefCell::default(),
        };
        if version < SCHEMA_VERSION {
            store.upgrade(crate::clock::now())?;
        }
        store.seen = store.db.pragma_query_value(None, "data_version", |row| row.get(0))?;
        Ok(store)
    }

    /// The office.
    pub fn office(&self) -> &Office {
        &self.office
    }

    /// A doorbell of this store's own.
    ///
    /// # Errors
    /// When the kernel gives no watch.
    pub fn doorbell(&self) -> Result<Doorbell, Fault> {
        Doorbell::watch(&self.dir.join(BELL))
    }

    /// Whether another connection has committed since the last call. Never true for one's own commits.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn changed(&mut self) -> Result<bool, Fault> {
        let version: i64 = self.db.pragma_query_value(None, "data_version", |row| row.get(0))?;
        let changed = version != self.seen;
        self.seen = version;
        Ok(changed)
    }

    /// Does `work` upon one snapshot of the database: what others commit meanwhile is not seen, so that all it reads fits
    /// together.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn snapshot<T>(&self, work: impl FnOnce(&Store) -> T) -> Result<T, Fault> {
        let _one_instant = self.one_instant()?;
        Ok(work(self))
    }

    /// A snapshot as long as it is held; `None` where there is a transaction already.
    pub(super) fn one_instant(&self) -> Result<Option<Transaction<'_>>, Fault> {
        match self.db.is_autocommit() {
            true => Ok(Some(self.db.unchecked_transaction()?)),
            false => Ok(None),
        }
    }

    /// Puts the write-ahead log into the database if `pages` or more of it are not there yet. Never waits for others,
    /// and others never wait for it; a full disk leaves it for later.
    ///
    /// # Errors
    /// When the disk fails: what the kernel still holds in memory cannot be trusted any more.
    pub fn checkpoint(&mut self, pages: i64) -> Result<(), Fault> {
        // NOOP only counts: pages in the log, and how many of them are in the database already.
        let (log, done): (i64, i64) =
            self.db.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| Ok((row.get(1)?, row.get(2)?)))?;
        if log - done < pages {
            return Ok(());
        }
        let put = self.db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        match put.map_err(Fault::from) {
            Ok(()) => Ok(()),
            Err(fault) if matches!(fault.kind, FaultKind::Full | FaultKind::Busy) => Ok(()),
            Err(fault) => {
                self.fail();
                Err(fault)
            }
        }
    }

    /// After an I/O error: nothing more is written here, and the next opening verifies the file.
    pub(super) fn fail(&mut self) {
        self.failed = true;
        let _ = std::fs::remove_file(self.dir.join(VERIFIED));
    }

    /// Free space where the database lies, bytes.
    pub(super) fn free_space(&self) -> u64 {
        rustix::fs::statvfs(&self.dir).map_or(u64::MAX, |fs| fs.f_bavail.saturating_mul(fs.f_frsize))
    }
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

/// The devices with which every office begins.
pub(super) fn first_devices(db: &Connection) -> rusqlite::Result<()> {
    for (id, key, kind, name) in crate::devices::FIRST {
        let sql = "INSERT INTO device (id, key, kind, name, needs) VALUES (?1, ?2, ?3, ?4, '{}')";
        db.execute(sql, rusqlite::params![id.0, key, kind, name])?;
    }
    Ok(())
}

/// Only the office's roles, which share a user or a group, read and write the file.
pub(super) fn private(path: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::PermissionsExt;
    let rights = std::fs::Permissions::from_mode(0o660);
    std::fs::set_permissions(path, rights).map_err(|e| Fault::file(path, "protect", &e))
}

/// `quick_check` reads the whole file: once per boot, and again after an I/O error, is enough.
fn verify_once_per_boot(db: &Connection, dir: &Path) -> Result<(), Fault> {
    let marker = dir.join(VERIFIED);
    let boot = crate::clock::now().boot.to_string();
    if std::fs::read_to_string(&marker).is_ok_and(|seen| seen == boot) {
        return Ok(());
    }
    let verdict: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        let message = format!("{}: damaged ({verdict}); restore the last backup", dir.join(DATABASE).display());
        return Err(Fault::new(FaultKind::Damaged, message));
    }
    // Anew, since an earlier one may be another user's.
    let _ = std::fs::remove_file(&marker);
    std::fs::write(&marker, boot).map_err(|e| Fault::file(&marker, "write", &e))?;
    private(&marker)
}
