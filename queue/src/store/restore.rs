//! Going on from a backup: a new generation of the journal, in which no number and no receipt is given again.

use super::accounts::ACCOUNTS;
use super::backup::{has_log, is_unfinished};
use super::commit::Writer;
use super::file::{DATABASE, OFFICE, private};
use super::open::VERIFIED;
use super::{Checked, Command, Day, Error, Fault, FaultKind, Store};
use crate::journal::{Event, Happened};
use crate::time::Moment;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use std::fs::{DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

/// After a restore the numbers of that day leave so many unused: applicants may hold them.
pub const NUMBERS_LEFT_OUT: u32 = 200;
/// After a restore so many receipts are left unused.
pub const RECEIPTS_LEFT_OUT: u32 = 1_000;

/// Where the backup is made ready, in the data folder.
const STAGE: &str = "antrean.restore";

/// A backup that is ready to take the place of the database.
#[derive(Debug)]
pub struct Restoring {
    dir: PathBuf,
    store: Store,
    /// What its check found: it is sound.
    pub checked: Checked,
    /// When the last event in it happened.
    pub last: Option<Moment>,
}

/// What lies in the data folder now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Present {
    /// Events in its journal; `None` when it cannot be read.
    pub events: Option<i64>,
    /// Those that the backup does not have.
    pub lost: Option<i64>,
}

impl Restoring {
    /// Copies the backup `file` into the data folder `dir`, brings it to this program's version and checks it. The database
    /// of the office is not touched.
    ///
    /// # Errors
    /// When `file` is no whole backup of this office, a write-ahead log lies beside it, or the folder cannot be written.
    pub fn stage(file: &Path, dir: &Path) -> Result<Restoring, Fault> {
        let refuse = |why: &str| Err(Fault::new(FaultKind::Setup, format!("{}: {why}", file.display())));
        if is_unfinished(file) {
            return refuse("this copy was not finished; use another one");
        }
        if has_log(file) {
            return refuse(
                "a -wal lies beside it, so it is a database in use and no backup; `antrean backup` makes one",
            );
        }
        std::fs::create_dir_all(dir).map_err(|e| Fault::file(dir, "create", &e))?;
        let stage = dir.join(STAGE);
        let _ = std::fs::remove_dir_all(&stage);
        DirBuilder::new().mode(0o700).create(&stage).map_err(|e| Fault::file(&stage, "create", &e))?;
        let staged = staged(file, dir, &stage);
        if staged.is_err() {
            let _ = std::fs::remove_dir_all(&stage);
        }
        staged
    }

    /// Whose backup it is.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What the data folder holds; `None` when there is no database.
    pub fn present(&self) -> Option<Present> {
        let path = self.dir.join(DATABASE);
        if !path.exists() {
            return None;
        }
        let read = || -> rusqlite::Result<(i64, i64)> {
            let db = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            let events = db.query_row("SELECT coalesce(max(seq), 0) FROM event", [], |row| row.get(0))?;
            let mut common = self.checked.events as i64;
            // The last event that both have.
            while common > 0 {
                let sql = "SELECT chain FROM event WHERE seq = ?1";
                let other: Option<[u8; 32]> = db.query_row(sql, [common], |row| row.get(0)).optional()?;
                let own: Option<[u8; 32]> = self.store.db.query_row(sql, [common], |row| row.get(0)).optional()?;
                if other.is_some() && other == own {
                    break;
                }
                common -= 1;
            }
            Ok((events, events - common))
        };
        let read = read().ok();
        Some(Present { events: read.map(|(events, _)| events), lost: read.map(|(_, lost)| lost) })
    }

    /// Puts the backup into the place of the database; where the files before it are kept, if there were any. Passwords,
    /// PINs, codes, logins, tokens and browsers are void, papers that were to be printed are unknown, and the journal begins
    /// a generation.
    ///
    /// # Errors
    /// When a role works with the data folder, or the disk fails.
    pub fn finish(mut self, command: &Command) -> Result<Option<PathBuf>, Error> {
        let _nobody_works = match at_rest(&self.dir) {
            Ok(held) => held,
            Err(fault) => {
                self.abandon();
                return Err(fault.into());
            }
        };
        self.store.restored(command)?;
        let (dir, stage) = (self.dir, self.store.dir.clone());
        // The last connection puts the log into the file.
        drop(self.store);
        let new = stage.join(DATABASE);
        if has_log(&new) {
            return Err(Fault::new(FaultKind::Disk, format!("{} could not be finished", new.display())).into());
        }
        let owner = std::fs::metadata(&dir).map_err(|e| Fault::file(&dir, "read", &e))?;
        let file = std::fs::metadata(&new).map_err(|e| Fault::file(&new, "read", &e))?;
        if (owner.uid(), owner.gid()) != (file.uid(), file.gid()) {
            // The roles must be able to write what root restored.
            std::os::unix::fs::chown(&new, Some(owner.uid()), Some(owner.gid()))
                .map_err(|e| Fault::file(&new, "hand over", &e))?;
        }
        let sync = |path: &Path| File::open(path).and_then(|file| file.sync_all());
        sync(&new).map_err(|e| Fault::file(&new, "sync", &e))?;
        let aside = set_aside(&dir, command.now)?;
        let office = dir.join(OFFICE);
        if !office.exists() {
            std::fs::copy(stage.join(OFFICE), &office).map_err(|e| Fault::file(&office, "write", &e))?;
        }
        let _ = std::fs::remove_file(dir.join(VERIFIED));
        let path = dir.join(DATABASE);
        std::fs::rename(&new, &path).map_err(|e| Fault::file(&path, "write", &e))?;
        sync(&dir).map_err(|e| Fault::file(&dir, "sync", &e))?;
        let _ = std::fs::remove_dir_all(&stage);
        Ok(aside)
    }

    /// Leaves everything as it was.
    pub fn abandon(self) {
        let stage = self.store.dir.clone();
        drop(self.store);
        let _ = std::fs::remove_dir_all(stage);
    }
}

fn staged(file: &Path, dir: &Path, stage: &Path) -> Result<Restoring, Fault> {
    let copy = stage.join(DATABASE);
    std::fs::copy(file, &copy).map_err(|e| Fault::file(file, "copy", &e))?;
    private(&copy)?;
    let (own, office) = (dir.join(OFFICE), stage.join(OFFICE));
    let text = match std::fs::read_to_string(&own) {
        Ok(text) => Some(text),
        Err(_) => Connection::open_with_flags(&copy, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .and_then(|db| db.query_row("SELECT office_toml FROM used", [], |row| row.get(0)).optional())
            .unwrap_or(None),
    };
    if let Some(text) = text {
        std::fs::write(&office, text).map_err(|e| Fault::file(&office, "write", &e))?;
    }
    let store = Store::open(stage)?;
    let checked = store.check()?;
    if let Some(problem) = checked.problems.first() {
        let message = format!("{}: this backup is damaged ({problem}); use an older one", file.display());
        return Err(Fault::new(FaultKind::Damaged, message));
    }
    let last = store.events_where("ORDER BY event.seq DESC LIMIT 1", [])?.pop().map(|event: Event| event.at);
    Ok(Restoring { dir: dir.into(), store, checked, last })
}

/// Holds the database of `dir` against every role, while the result lives; `None` where there is none.
///
/// Every connection to a file with a write-ahead log holds a shared lock on it from its first read to its end, whatever its
/// program's version. The locks of SQLite are POSIX locks: a lock on the whole file excludes them, also where the file is
/// damaged.
///
/// # Errors
/// When a role works with it.
fn at_rest(dir: &Path) -> Result<Option<File>, Fault> {
    let path = dir.join(DATABASE);
    let file = match File::options().read(true).write(true).open(&path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(|e| Fault::file(&path, "open", &e))?,
    };
    let locked = rustix::fs::fcntl_lock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive);
    match locked {
        Ok(()) => Ok(Some(file)),
        Err(rustix::io::Errno::AGAIN | rustix::io::Errno::ACCESS) => Err(Fault::new(
            FaultKind::Busy,
            format!("{} is in use; stop every role first (systemctl stop antrean.target)", path.display()),
        )),
        Err(e) => Err(Fault::file(&path, "lock", &e.into())),
    }
}

/// Moves the database with its log and the accounts into a folder of their own.
fn set_aside(dir: &Path, now: Moment) -> Result<Option<PathBuf>, Fault> {
    let present = |name: &String| dir.join(name).exists();
    let names =
        [DATABASE, ACCOUNTS].into_iter().flat_map(|name| ["-wal", "-shm", ""].map(|end| format!("{name}{end}")));
    let names: Vec<String> = names.filter(present).collect();
    if names.is_empty() {
        return Ok(None);
    }
    let aside = dir.join(format!("before-restore-{}", now.wall_ms));
    DirBuilder::new().mode(0o700).create(&aside).map_err(|e| Fault::file(&aside, "create", &e))?;
    for name in names {
        let (from, to) = (dir.join(&name), aside.join(&name));
        std::fs::rename(&from, &to).map_err(|e| Fault::file(&from, "move", &e))?;
    }
    Ok(Some(aside))
}

impl Store {
    fn restored(&mut self, command: &Command) -> Result<(), Error> {
        let again = |_: &Store, done: &Event| Ok(matches!(done.happened, Happened::Restored).then_some(()));
        self.once(command, again, |w| {
            w.begin_generation()?;
            w.tell(Happened::Restored)?;
            let cause = "antrean was restored from a backup: the paper may have come out before";
            let sql = "UPDATE print_job SET state = 'unknown', cause = ?1
                       WHERE state <> 'confirmed' AND state IN ('queued', 'sending')";
            w.store.db.execute(sql, [cause])?;
            Ok(())
        })
    }
}

impl Writer<'_> {
    /// The number that comes next at `prefix` today. On the day of a restore it leaves a gap: what was given after the backup
    /// is not known, and may be in somebody's hand.
    pub(super) fn next_number(&self, day: Day, prefix: char) -> Result<u32, Fault> {
        let sql = "SELECT n, generation FROM ticket JOIN event ON event.seq = issued_seq
                   WHERE ticket.day = ?1 AND prefix = ?2 ORDER BY n DESC LIMIT 1";
        let last = self.last_given(sql, params![day.id.0, prefix.to_string()])?;
        // The first day that ends after the restore, whether it was open in the backup or not.
        let sql = "SELECT generation FROM day JOIN event ON event.seq = closed_seq WHERE day.id < ?1 ORDER BY day.id DESC LIMIT 1";
        let before: Option<u32> = self.store.value(sql, [day.id.0])?;
        let first_day = before.is_none_or(|generation| generation < self.generation);
        Ok(after(last, self.generation, if first_day { NUMBERS_LEFT_OUT } else { 0 }))
    }

    /// The receipt that comes next in a year, with a gap after a restore.
    pub(super) fn next_receipt(&self, year: u8) -> Result<u32, Fault> {
        let sql = "SELECT max(receipt_n), (SELECT generation FROM application JOIN event ON event.seq = opened_seq
                                           ORDER BY id DESC LIMIT 1)
                   FROM application WHERE receipt_year = ?1 HAVING max(receipt_n) IS NOT NULL";
        let last = match self.last_given(sql, params![year])? {
            Some(last) => last,
            None => {
                let sql = "SELECT 0, generation FROM application JOIN event ON event.seq = opened_seq ORDER BY id DESC LIMIT 1";
                self.last_given(sql, [])?.unwrap_or((0, 1))
            }
        };
        Ok(after(Some(last), self.generation, RECEIPTS_LEFT_OUT))
    }

    fn last_given(&self, sql: &str, with: impl rusqlite::Params) -> Result<Option<(u32, u32)>, Fault> {
        let mut statement = self.store.db.prepare_cached(sql)?;
        Ok(statement.query_row(with, |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }
}

/// What comes after the last one given and its generation, in a generation that leaves out so many at its beginning.
fn after(last: Option<(u32, u32)>, generation: u32, left_out: u32) -> u32 {
    let (n, of) = last.unwrap_or((0, 1));
    n + 1 + if of < generation { left_out } else { 0 }
}
