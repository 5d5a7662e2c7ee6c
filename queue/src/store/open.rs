//! Creating, opening, refusing and verifying the database file.

use super::connect::{belongs, connect, connect_to_look, known};
use super::devices::first_devices;
use super::doorbell::{Doorbell, End, bell, ring, rung};
use super::file::{APPLICATION_ID, DATABASE, OFFICE, SCHEMA_VERSION, private};
use super::office::InUse;
use super::{Fault, FaultKind, Store};
use crate::office::Office;
use crate::ticket::Seq;
use rusqlite::{Connection, Transaction};
use std::cell::{Cell, OnceCell, RefCell};
use std::fs::File;
use std::path::Path;

const BELL: &str = "antrean.bell";
/// Holds the id of the boot in which the file was last verified; removed after an I/O error.
pub(super) const VERIFIED: &str = "antrean.verified";
/// So many pages of 4 KiB in the write-ahead log are worth a checkpoint: some fifty numbers.
pub const LONG_LOG: i64 = 500;

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
        // The bell may tell of a database that lay here before.
        ring(Some(&bell(&dir.join(BELL))?), (1, Seq(0)));
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

    /// From which version to which the next role that starts will bring the file; `None` when it is this program's.
    ///
    /// # Errors
    /// When the file is missing, of another program, of a newer version or damaged. It is left untouched.
    pub fn upgrade_due(dir: &Path) -> Result<Option<(i64, i64)>, Fault> {
        let version = known(dir)?.1;
        Ok((version < SCHEMA_VERSION).then_some((version, SCHEMA_VERSION)))
    }

    /// Opens the database for looking only: SQLite refuses every write through this store, and another role's upgrade is
    /// waited for. The log files of whoever writes must lie there, or this user be able to make them.
    ///
    /// # Errors
    /// As [`Store::open`], and while the file is of an older version.
    pub fn open_to_look(dir: &Path) -> Result<Store, Fault> {
        let (db, version) = connect_to_look(dir)?;
        if version < SCHEMA_VERSION {
            let path = dir.join(DATABASE);
            let message = format!(
                "{} is of an older version; the console, the kiosk or the printer brings it to this program's",
                path.display()
            );
            return Err(Fault::new(FaultKind::Setup, message));
        }
        Store::open_with_file(dir, (db, version))
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
        let only_looks = db.is_readonly(rusqlite::MAIN_DB)?;
        verify_once_per_boot(&db, dir, only_looks)?;
        let bell = match bell(&dir.join(BELL)) {
            Ok(bell) => Some(bell),
            // Who only looks has little to ring for: others look once a second.
            Err(_) if only_looks => None,
            Err(fault) => return Err(fault),
        };
        let (dir, accounts) = (dir.into(), OnceCell::new());
        let mut store = Store {
            db,
            office,
            office_written,
            office_refused,
            office_unkept,
            dir,
            bell,
            only_looks,
            seen: 0,
            failed: false,
            accounts,
            end: Cell::new((0, Seq(0))),
            lost: None,
            line: RefCell::default(),
        };
        if version < SCHEMA_VERSION {
            store.upgrade(crate::clock::now())?;
        }
        store.lost = store.lost()?;
        if let Some(lost) = store.lost_in_words()? {
            tracing::error!("{lost}");
        }
        store.seen = store.db.pragma_query_value(None, "data_version", |row| row.get(0))?;
        Ok(store)
    }

    /// The end that the journal had once, if it ends before that now.
    fn lost(&self) -> Result<Option<End>, Fault> {
        let bell = self.dir.join(BELL);
        let look = || -> Result<Option<End>, Fault> {
            // The bell first: a commit between the two only makes the journal longer.
            let once = rung(&bell);
            let end = (self.generation()?, self.end_of_chain()?.0);
            Ok(once.filter(|once| end < *once))
        };
        // Twice, since the first look may have read a bell half written.
        Ok(look()?.and(look()?))
    }

    /// What was acknowledged once and is not in the journal, in words for a technician.
    pub(super) fn lost_in_words(&self) -> Result<Option<String>, Fault> {
        let Some((generation, once)) = self.lost()? else { return Ok(None) };
        let (now, last) = (self.generation()?, self.end_of_chain()?.0);
        Ok(Some(format!(
            "events are missing: the journal ends at {} of generation {now}, and had reached {} of generation {generation}. \
             antrean.db-wal is gone or damaged, or antrean.db is an older copy; a copy is put in place with `antrean restore`",
            last.0, once.0
        )))
    }

    /// The office.
    pub fn office(&self) -> &Office {
        &self.office
    }

    /// A doorbell of this store's own.
    pub fn doorbell(&self) -> Doorbell {
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

/// `quick_check` reads the whole file: once per boot, and again after an I/O error, is enough.
fn verify_once_per_boot(db: &Connection, dir: &Path, only_looks: bool) -> Result<(), Fault> {
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
    if only_looks {
        return Ok(());
    }
    // Anew, since an earlier one may be another user's.
    let _ = std::fs::remove_file(&marker);
    std::fs::write(&marker, boot).map_err(|e| Fault::file(&marker, "write", &e))?;
    private(&marker)
}
