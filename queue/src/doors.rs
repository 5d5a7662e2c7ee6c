//! The doors: what each device may ask of the office, and nothing more.
//!
//! A door is a list of verbs of the [`Store`], which says what each of them does and when it refuses. A device holds its
//! own door and no store: a kiosk cannot call anybody, a board cannot write, because there is no verb for it. Behind a door
//! something else than a file on this machine can stand, without any device knowing it.

use crate::board::{Board as Hall, DayStatus};
use crate::case::{Case, Receipt};
use crate::devices::{Device, Heartbeat, Process};
use crate::document::Summary;
use crate::journal::Seal;
use crate::lang::{Lang, Text};
use crate::office::{Office, ServiceKey};
use crate::printing::{JobId, Outcome, PrintJob, PrinterState, PrinterStatus};
use crate::store::{Checked, Command, Copied, Day, Doorbell, Error, Fault, Issue, Issued, Store};
use crate::ticket::{CounterNumber, Number, Seq, Ticket, TicketId};
use crate::time::Moment;
use crate::visit::Action;
use jiff::civil::Date;
use std::path::{Path, PathBuf};

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
        doorbell() -> Doorbell;
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
        doorbell() -> Doorbell;
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
        doorbell() -> Doorbell;
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

door! {
    /// The terminal's: what a technician does with the office, and the played day of the demo.
    Administrator
    looks {
        office() -> &Office;
        office_refused() -> Option<&str>;
        doorbell() -> Doorbell;
        day_status(now: Moment) -> Result<DayStatus, Fault>;
        open_day_now() -> Result<Option<Day>, Fault>;
        at_counter(counter: CounterNumber) -> Result<Option<Ticket>, Fault>;
        ticket_by_number(number: Number) -> Result<Option<Ticket>, Fault>;
        case_by_receipt(receipt: Receipt) -> Result<Option<Case>, Fault>;
        unconfirmed_print_jobs() -> Result<Vec<PrintJob>, Fault>;
        heartbeat(device: Device) -> Option<Heartbeat>;
        printer_status() -> Option<PrinterStatus>;
        volume() -> Result<u8, Fault>;
        check() -> Result<Checked, Fault>;
        seal() -> Result<Option<Seal>, Fault>;
        keeps(seal: &Seal) -> Result<bool, Fault>;
        begins_with(path: &Path) -> Result<Option<Seal>, Fault>;
        backup(path: &Path) -> Result<Copied, Fault>;
        backup_into(folder: &Path, now: Moment) -> Result<(PathBuf, Copied), Fault>;
        free_text(most: u32) -> Result<Vec<(Seq, Moment, String)>, Fault>;
    }
    acts {
        open_day(command: &Command, date: Date, clock_is_wrong: bool) -> Result<Day, Error>;
        close_day(command: &Command) -> Result<Summary, Error>;
        issue(command: &Command, wish: &Issue) -> Result<Issued, Error>;
        call_next(command: &Command, counter: CounterNumber) -> Result<Option<Ticket>, Error>;
        act(command: &Command, ticket: TicketId, action: &Action, seen: Option<&str>) -> Result<Ticket, Error>;
        set_volume(command: &Command, percent: u8) -> Result<(), Error>;
        erase_words(command: &Command, event: Seq) -> Result<(), Error>;
    }
}

impl Administrator {
    /// [`Store::create`].
    ///
    /// # Errors
    /// As there.
    pub fn create(dir: &Path) -> Result<Administrator, Fault> {
        Store::create(dir).map(Administrator)
    }

    /// [`Store::open`].
    ///
    /// # Errors
    /// As there.
    pub fn open(dir: &Path) -> Result<Administrator, Fault> {
        Store::open(dir).map(Administrator)
    }

    /// [`Store::open_to_look`]: for what changes nothing.
    ///
    /// # Errors
    /// As there.
    pub fn look(dir: &Path) -> Result<Administrator, Fault> {
        Store::open_to_look(dir).map(Administrator)
    }

    /// [`Store::upgrade_due`].
    ///
    /// # Errors
    /// As there.
    pub fn upgrade_due(dir: &Path) -> Result<Option<(i64, i64)>, Fault> {
        Store::upgrade_due(dir)
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
