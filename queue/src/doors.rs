//! The doors: what each device may ask of the office, and nothing more.
//!
//! A door is a list of verbs of the [`Store`], which says what each of them does and when it refuses. A device holds its
//! own door and no store: a kiosk cannot call anybody, a board cannot write, because there is no verb for it. Behind a door
//! something else than a file on this machine can stand, without any device knowing it.

use crate::board::Board as Hall;
use crate::case::{Case, Receipt};
use crate::devices::{Device, Process};
use crate::lang::{Lang, Text};
use crate::office::{Office, ServiceKey};
use crate::printing::{JobId, Outcome, PrintJob, PrinterState, PrinterStatus};
use crate::store::{Command, Doorbell, Error, Fault, Issue, Issued, Store};
use crate::ticket::Seq;
use crate::time::Moment;
use std::path::Path;

/// A door is written as the list of its verbs: those that look, and those that act.
macro_rules! door {
    ($(#[$of:meta])* $door:ident
        looks { $($look:ident($($a:ident: $t:ty),*) -> $r:ty;)* }
        acts { $($act:ident($($b:ident: $u:ty),*) -> $s:ty;)* }
    ) => {
        $(#[$of])*
        #[derive(Debug)]
        pub struct $door(Store);

        impl $door {
            $(
                #[doc = concat!("[`Store::", stringify!($look), "`].\n\n# Errors\nAs there.")]
                pub fn $look(&self, $($a: $t),*) -> $r {
                    self.0.$look($($a),*)
                }
            )*
            $(
                #[doc = concat!("[`Store::", stringify!($act), "`].\n\n# Errors\nAs there.")]
                pub fn $act(&mut self, $($b: $u),*) -> $s {
                    self.0.$act($($b),*)
                }
            )*
        }
    };
}

door! {
    /// The kiosk's: numbers, receipts, what to bring, help, and the papers of who stands in front of it. It calls nobody.
    Kiosk
    looks {
        office() -> &Office;
        office_refused() -> Option<&str>;
        doorbell() -> Result<Doorbell, Fault>;
        beat(device: Device, troubles: &[Text], now: Moment) -> Result<(), Fault>;
        board(now: Moment) -> Result<Hall, Fault>;
        issued_today(prefix: char) -> Result<u32, Fault>;
        is_full() -> bool;
        case_by_receipt(receipt: Receipt) -> Result<Option<Case>, Fault>;
        print_job(job: JobId) -> Result<Option<PrintJob>, Fault>;
        printer_status() -> Option<PrinterStatus>;
        help_asked() -> Result<Option<Moment>, Fault>;
    }
    acts {
        changed() -> Result<bool, Fault>;
        reread_office() -> bool;
        issue(command: &Command, wish: &Issue) -> Result<Issued, Error>;
        print_list(command: &Command, service: &ServiceKey, lang: Lang) -> Result<JobId, Error>;
        print_test(command: &Command) -> Result<JobId, Error>;
        answer_print(command: &Command, job: JobId, came_out: bool) -> Result<(), Error>;
        reprint(command: &Command, job: JobId) -> Result<JobId, Error>;
        ask_help(command: &Command) -> Result<(), Error>;
        ask_restart(command: &Command, process: Process) -> Result<(), Error>;
        set_volume(command: &Command, percent: u8) -> Result<(), Error>;
    }
}

door! {
    /// The board's and the signs': it shows. Its connection cannot write; only its sign of life is a file of its own.
    Board
    looks {
        office() -> &Office;
        doorbell() -> Result<Doorbell, Fault>;
        beat(device: Device, troubles: &[Text], now: Moment) -> Result<(), Fault>;
        board(now: Moment) -> Result<Hall, Fault>;
        restart_asked(process: Process) -> Result<Option<Seq>, Fault>;
    }
    acts {
        changed() -> Result<bool, Fault>;
        reread_office() -> bool;
    }
}

door! {
    /// The printer's: papers that wait, and what became of them.
    Spooler
    looks {
        office() -> &Office;
        doorbell() -> Result<Doorbell, Fault>;
        report_printer(state: PrinterState, detail: &str, now: Moment) -> Result<(), Fault>;
        restart_asked(process: Process) -> Result<Option<Seq>, Fault>;
    }
    acts {
        changed() -> Result<bool, Fault>;
        reread_office() -> bool;
        claim_print_job(now: Moment) -> Result<Option<PrintJob>, Fault>;
        settle_print_job(job: JobId, outcome: &Outcome, now: Moment) -> Result<(), Error>;
        recover_printing(now: Moment) -> Result<u32, Fault>;
        checkpoint(pages: i64) -> Result<(), Fault>;
    }
}

impl Kiosk {
    /// [`Store::open`].
    ///
    /// # Errors
    /// As there.
    pub fn open(dir: &Path) -> Result<Kiosk, Fault> {
        Store::open(dir).map(Kiosk)
    }
}

impl Board {
    /// [`Store::open_to_look`].
    ///
    /// # Errors
    /// As there.
    pub fn open(dir: &Path) -> Result<Board, Fault> {
        Store::open_to_look(dir).map(Board)
    }
}

impl Spooler {
    /// [`Store::open`].
    ///
    /// # Errors
    /// As there.
    pub fn open(dir: &Path) -> Result<Spooler, Fault> {
        Store::open(dir).map(Spooler)
    }
}
