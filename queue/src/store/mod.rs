//! The store: the only SQL of the house. Verbs of the office, each one transaction, on disk before it returns.
//!
//! | file | what |
//! |---|---|
//! | `schema.sql` | what is stored, a sentence per table and column |
//! | `backup.rs` | a verified copy while the office works, and which older ones go |
//! | `restore.rs` | going on from a copy, in a new generation |
//! | `open.rs` | creating, opening, refusing and verifying the file |
//! | `rows.rs` | rows to records and back |
//! | `commit.rs` | one command, one transaction: done once, appended, kept |
//! | `keep.rs` | the rows of the journal, and what the fold changes in the others |
//! | `visit.rs` | days, numbers, calls and acts: the verbs |
//! | `act.rs` | what follows from an act |
//! | `undo.rs` | taking an act back |
//! | `upgrade/` | bringing an older file to this version, a file for each step |
//! | `erase.rs` | erasing what nobody may keep |
//! | `notice.rs` | what staff let the board say |
//! | `office.rs` | `office.toml` while the office works |
//! | `paper.rs` | the outbox of papers |
//! | `devices.rs` | signs of life of the devices, as files |
//! | `restart.rs` | starting a role again on a technician's word |
//! | `people.rs` | the staff's accounts, browsers, logins and tokens |
//! | `accounts.rs` | their secrets, in a file of their own |
//! | `look.rs` | reading: queues, board, worklist |
//! | `line.rs` | the waiting line in memory |
//! | `history.rs` | reading the journal for a report |
//! | `volume.rs` | how loud board and kiosk speak |
//! | `doorbell.rs` | waking readers after a commit |

mod accounts;
mod act;
mod backup;
mod check;
mod commit;
mod devices;
mod doorbell;
mod erase;
mod fault;
mod history;
mod keep;
mod line;
mod look;
mod notice;
mod office;
mod open;
mod paper;
mod people;
mod restart;
mod restore;
mod rows;
#[cfg(test)]
mod tests;
mod undo;
mod upgrade;
mod visit;
mod volume;

pub use crate::devices::Process;
pub use crate::document::Summary;
pub use backup::Copied;
pub use check::Checked;
pub use doorbell::Doorbell;
pub use fault::{Error, Fault, FaultKind};
pub use history::History;
pub use office::{InUse, office_in};
pub use open::{BOARD_PICTURE, DATABASE, LONG_LOG, OFFICE};
pub use restore::{NUMBERS_LEFT_OUT, Present, RECEIPTS_LEFT_OUT, Restoring};
pub use undo::Undoable;

use crate::case::Receipt;
use crate::forecast::Wait;
use crate::journal::Actor;
use crate::office::{Lang, Office, ServiceKey};
use crate::printing::{JobId, PrintJob};
use crate::ticket::{CounterNumber, DayId, Ticket};
use crate::time::Moment;
use accounts::Accounts;
use jiff::civil::Date;
use rusqlite::Connection;
use std::cell::{OnceCell, RefCell};
use std::fs::File;
use std::path::PathBuf;

/// Who wants what, once: a repeated command with the same id changes nothing and answers as the first time.
#[derive(Clone, Debug)]
pub struct Command {
    /// Unique per wish, not per request: a double tap and a retried request carry the same id.
    pub id: String,
    /// Who.
    pub by: Actor,
    /// The counter at which it is given.
    pub counter: Option<CounterNumber>,
    /// When.
    pub now: Moment,
}

impl Command {
    /// A new wish, now.
    pub fn new(by: Actor) -> Command {
        Command { id: uuid::Uuid::new_v4().to_string(), by, counter: None, now: crate::clock::now() }
    }
}

/// A service day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Identity.
    pub id: DayId,
    /// The date a person confirmed.
    pub date: Date,
}

/// A wish for a number.
#[derive(Clone, Debug)]
pub struct Issue {
    /// The service; with a receipt, the receipt decides.
    pub service: ServiceKey,
    /// Self-declared.
    pub priority: bool,
    /// The language of the papers.
    pub lang: Lang,
    /// The receipt typed or scanned, for collection and for cases put off by the network.
    pub receipt: Option<Receipt>,
}

/// A number that is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// The ticket.
    pub ticket: Ticket,
    /// People ahead.
    pub ahead: u32,
    /// The wait.
    pub wait: Wait,
    /// Its slip.
    pub slip: JobId,
}

/// People as far as they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Who goes first.
    pub first: Vec<Ticket>,
    /// How many there are in all.
    pub count: usize,
}

/// Those of the open day whom no policy calls: a person decides about each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Apart {
    /// By the network (S26).
    pub held: Waiting,
    /// Called often enough.
    pub skipped: Waiting,
    /// With an incomplete file (S10).
    pub returned: Waiting,
}

/// Papers that are not out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenPapers {
    /// Failed or unknown, the newest first: a person decides about each.
    pub undecided: Vec<PrintJob>,
    /// How many wait for the printer.
    pub on_the_way: usize,
}

/// The office's database, open.
///
/// One per thread or behind a lock. Several processes may each have one: SQLite orders their writes.
#[derive(Debug)]
pub struct Store {
    db: Connection,
    office: Office,
    /// Which writing of `office.toml` was read last, and why it is not in use.
    office_written: office::Written,
    office_refused: Option<office::NotInUse>,
    /// The text in use, until it is kept.
    office_unkept: Option<String>,
    dir: PathBuf,
    bell: File,
    /// The accounts' secrets, once somebody needs them: other roles may not read that file.
    accounts: OnceCell<Accounts>,
    /// Who waits, once somebody asked.
    line: RefCell<Option<line::Kept>>,
    /// `PRAGMA data_version` as last seen.
    seen: i64,
    /// Set after an I/O error: what the kernel still holds in memory cannot be trusted, so nothing more is written.
    failed: bool,
}
