//! A fault is the machine's: it says what happened, where, and what to do.

use crate::office::{Invalid, Lang};
use crate::refused::Refused;
use rusqlite::ErrorCode;
use std::path::Path;

/// What kind of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The folder, the database or `office.toml` is missing, wrong or of another version: a technician must look.
    Setup,
    /// No space left: goes away when there is space.
    Full,
    /// The disk did not do what it was told. This store writes no more; opening it anew verifies the file.
    Disk,
    /// The file is damaged.
    Damaged,
    /// Another process held the file for longer than anybody should.
    Busy,
    /// The program contradicts itself.
    Bug,
}

/// Something is wrong with the machine, not with the wish. What was acknowledged before is safe.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What kind of thing is wrong.
    pub kind: FaultKind,
    /// What happened, where, and what to do.
    pub message: String,
}

impl Fault {
    pub(super) fn new(kind: FaultKind, message: impl Into<String>) -> Fault {
        Fault { kind, message: message.into() }
    }

    /// A file operation that failed.
    pub(super) fn file(path: &Path, doing: &str, error: &std::io::Error) -> Fault {
        let kind = match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => FaultKind::Full,
            _ => FaultKind::Setup,
        };
        Fault::new(kind, format!("cannot {doing} {}: {error}", path.display()))
    }
}

impl From<Invalid> for Fault {
    fn from(invalid: Invalid) -> Fault {
        Fault::new(FaultKind::Setup, invalid.0)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Fault {
        // The file that the processes share does not grow on a full disk; SQLite calls that an I/O error.
        let no_room = error.sqlite_error().is_some_and(|e| e.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE);
        let (kind, advice) = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => (FaultKind::Full, "free some space on the disk of the data folder"),
            _ if no_room => (FaultKind::Full, "free some space on the disk of the data folder"),
            Some(ErrorCode::SystemIoFailure | ErrorCode::ReadOnly | ErrorCode::CannotOpen) => {
                (FaultKind::Disk, "check the disk and the rights on the data folder; the next start verifies the file")
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                (FaultKind::Damaged, "run `antrean check`; restore the last backup if it confirms the damage")
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                (FaultKind::Busy, "another program holds antrean.db; close it")
            }
            _ => (FaultKind::Bug, "this is a mistake in the program: please report it with the journal"),
        };
        let damaged = if kind == FaultKind::Damaged { "damaged: " } else { "" };
        Fault::new(kind, format!("antrean.db: {damaged}{error} ({advice})"))
    }
}

/// Why a verb did nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The rules say no; nothing has changed.
    #[error("{}", .0.say(Lang::Id))]
    Refused(Refused),
    /// The machine failed; what was acknowledged before is safe.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Error {
        Error::Refused(refused)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        Error::Fault(error.into())
    }
}
