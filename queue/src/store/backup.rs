//! A whole copy of the database, made while the office works. Under its name there is a copy that was verified, or none.

use super::{Fault, FaultKind, Store};
use crate::time::Moment;
use jiff::civil::DateTime;
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// A copy that is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Events in it.
    pub events: i64,
    /// The disk keeps no rights (a FAT stick): whoever holds it can read the copy.
    pub readable_by_all: bool,
}

/// Ends the name of a copy that is not whole yet.
const UNFINISHED: &str = ".belum-utuh";

impl Store {
    /// Writes a whole, compact copy of the database to `path`, and verifies it. Nobody but the user can read it at any
    /// moment, where the disk keeps rights. Passwords, PINs, codes, browsers' keys, tokens and wrong guesses lie in another
    /// file and are not in it.
    ///
    /// # Errors
    /// When `path` exists or cannot be written, its disk is full, or the copy is not what was copied. Nothing lies under
    /// `path` then.
    pub fn backup(&self, path: &Path) -> Result<Copied, Fault> {
        if path.exists() {
            let message = format!("{} exists already; it is left as it is", path.display());
            return Err(Fault::new(FaultKind::Setup, message));
        }
        let mut draft = path.as_os_str().to_owned();
        draft.push(UNFINISHED);
        let draft = PathBuf::from(draft);
        forget_draft(&draft);
        let copied = self.copy_to(&draft).and_then(|copied| {
            std::fs::rename(&draft, path).map_err(|e| Fault::file(path, "write", &e))?;
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            // Some disks of other systems sync no folder; the copy itself is synced.
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
            Ok(copied)
        });
        copied.map_err(|fault| {
            forget_draft(&draft);
            let message = match fault.kind {
                FaultKind::Full => format!("no room for {}: the disk of the copy is full", path.display()),
                _ => format!("{} was not written: {}", path.display(), fault.message.replace("antrean.db: ", "")),
            };
            Fault::new(fault.kind, message)
        })
    }

    fn copy_to(&self, draft: &Path) -> Result<Copied, Fault> {
        // SQLite fills an empty file: its rights are right before the first byte comes.
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft);
        made.map_err(|e| Fault::file(draft, "create", &e))?;
        self.db.execute("VACUUM INTO ?1", [draft.to_string_lossy()])?;
        let file = File::open(draft).and_then(|file| file.sync_all().map(|()| file));
        let rights = file.and_then(|file| file.metadata()).map_err(|e| Fault::file(draft, "sync", &e))?.permissions();
        let copy = Connection::open_with_flags(draft, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let verdict: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        let (events, chain): (i64, Option<[u8; 32]>) = copy.query_row(
            "SELECT coalesce(max(seq), 0), (SELECT chain FROM event ORDER BY seq DESC LIMIT 1) FROM event",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let own: Option<[u8; 32]> = self.value("SELECT chain FROM event WHERE seq = ?1", [events])?;
        if verdict != "ok" || own != chain {
            return Err(Fault::new(FaultKind::Damaged, format!("the copy is damaged ({verdict})")));
        }
        Ok(Copied { events, readable_by_all: rights.mode() & 0o077 != 0 })
    }

    /// Writes a copy into `folder` under the name of now, and removes older ones by [`to_forget`]. Where it lies.
    ///
    /// # Errors
    /// As [`Store::backup`].
    pub fn backup_into(&self, folder: &Path, now: Moment) -> Result<(PathBuf, Copied), Fault> {
        let at = now.local(self.office.identity.zone);
        let path = folder.join(name(&self.office.identity.code, at));
        let copied = self.backup(&path)?;
        let code = &self.office.identity.code;
        let made: Vec<(DateTime, PathBuf)> = copies_in(folder, code);
        for old in to_forget(&made.iter().map(|(at, _)| *at).collect::<Vec<_>>(), at) {
            let _ = std::fs::remove_file(folder.join(name(code, old)));
        }
        Ok((path, copied))
    }

    /// The newest copy in `folder` made by [`Store::backup_into`]: when, by the office's wall clock.
    pub fn last_backup(&self, folder: &Path) -> Option<DateTime> {
        copies_in(folder, &self.office.identity.code).into_iter().map(|(at, _)| at).max()
    }
}

fn forget_draft(draft: &Path) {
    for end in ["", "-journal", "-wal", "-shm"] {
        let mut name = draft.as_os_str().to_owned();
        name.push(end);
        let _ = std::fs::remove_file(name);
    }
}

/// "sajingan-besar-2026-11-23T081400.db": sorts by time, and FAT allows it.
fn name(code: &str, at: DateTime) -> String {
    format!("{code}-{}.db", at.strftime("%Y-%m-%dT%H%M%S"))
}

fn copies_in(folder: &Path, code: &str) -> Vec<(DateTime, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let read = |path: PathBuf| {
        let name = path.file_name()?.to_str()?.strip_prefix(code)?.strip_prefix('-')?.strip_suffix(".db")?.to_owned();
        Some((DateTime::strptime("%Y-%m-%dT%H%M%S", name).ok()?, path))
    };
    let mut found: Vec<_> = paths.filter_map(read).collect();
    found.sort();
    found
}

/// Which copies go: kept are all of the last two days, the last one of each of the last 31 days, and the last one of each
/// month. Those of a clock that ran ahead stay.
fn to_forget(made: &[DateTime], now: DateTime) -> Vec<DateTime> {
    let days = |at: DateTime| at.date().until(now.date()).map_or(0, |span| span.get_days());
    made.iter()
        .filter(|at| {
            let later = || made.iter().filter(|other| other > at);
            let last_of_day = !later().any(|other| other.date() == at.date());
            let last_of_month = !later().any(|other| other.date().first_of_month() == at.date().first_of_month());
            let kept = days(**at) < 2 || (days(**at) < 31 && last_of_day) || last_of_month;
            !kept
        })
        .copied()
        .collect()
}

/// Whether a file is a copy that was not finished, for whoever lists a folder.
pub(super) fn is_unfinished(path: &Path) -> bool {
    path.as_os_str().to_string_lossy().ends_with(UNFINISHED)
}

/// Whether a write-ahead log lies beside `path`: then it is a database in use, not a copy.
pub(super) fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(log).is_ok_and(|log| log.len() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;

    #[test]
    fn hours_days_and_months_are_kept() {
        let now = datetime(2026, 11, 23, 14, 0, 0, 0);
        let made = [
            datetime(2026, 8, 30, 9, 0, 0, 0),
            datetime(2026, 8, 31, 9, 0, 0, 0),
            datetime(2026, 11, 20, 9, 0, 0, 0),
            datetime(2026, 11, 20, 15, 0, 0, 0),
            datetime(2026, 11, 22, 9, 0, 0, 0),
            datetime(2026, 11, 22, 10, 0, 0, 0),
            datetime(2026, 11, 23, 14, 0, 0, 0),
            datetime(2031, 1, 1, 0, 0, 0, 0),
        ];
        assert_eq!(to_forget(&made, now), [made[0], made[2]]);
    }
}
