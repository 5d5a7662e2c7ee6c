//! The store: the only SQL of the house. Verbs of the office, each one transaction, on disk before it returns.

use crate::board::{Board, DayStatus};
use crate::case::{Case, CaseAction, CaseId, Receipt};
use crate::document::Paper;
use crate::estimate::Wait;
use crate::office::{Lang, Office, ServiceKey};
use crate::printing::{JobId, Outcome, PrintJob, PrinterState, PrinterStatus};
use crate::refused::Refused;
use crate::ticket::{CounterNumber, DayId, Number, Ticket, TicketId};
use crate::time::Moment;
use crate::workflow::Action;
use jiff::civil::Date;
use std::path::Path;
use std::time::Duration;

/// Who wants what, once: a repeated command with the same id changes nothing and answers as the first time.
#[derive(Clone, Debug)]
pub struct Command {
    /// Unique per wish, not per request: a double tap and a retried request carry the same id.
    pub id: String,
    /// Which device or clerk: "kiosk", "loket 2", "terminal".
    pub by: String,
    /// When.
    pub now: Moment,
}

impl Command {
    /// A new wish, now.
    pub fn new(by: &str) -> Command {
        Command { id: uuid::Uuid::new_v4().to_string(), by: by.into(), now: crate::clock::now() }
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

/// What a day came to, told at its close.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[allow(missing_docs)] // Counts of tickets by the state they ended in.
pub struct Summary {
    pub issued: u32,
    pub finished: u32,
    pub returned: u32,
    pub referred: u32,
    pub deferred: u32,
    pub expired: u32,
    pub cancelled: u32,
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

/// Something is wrong with the machine, not with the wish.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub String);

/// Why a verb did nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules say no; nothing has changed.
    #[error("{}", .0.say(Lang::Id))]
    Refused(Refused),
    /// The machine failed; what was acknowledged before is safe.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// The doorbell: wakes a reader within a millisecond of another process's commit.
#[derive(Debug)]
pub struct Doorbell;

impl Doorbell {
    /// Waits until somebody rings or the time is over. Either way, ask [`Store::changed`].
    pub fn wait(&mut self, _at_most: Duration) -> Result<(), Fault> {
        todo!()
    }
}

/// The office's database, open.
#[derive(Debug)]
pub struct Store;

impl Store {
    /// Creates `antrean.db` in `dir` for the `office.toml` that lies there.
    pub fn create(_dir: &Path) -> Result<Store, Fault> {
        todo!()
    }
    /// Opens `antrean.db` and `office.toml` in `dir`.
    pub fn open(_dir: &Path) -> Result<Store, Fault> {
        todo!()
    }
    /// The office.
    pub fn office(&self) -> &Office {
        todo!()
    }
    /// A doorbell of this store's own.
    pub fn doorbell(&self) -> Result<Doorbell, Fault> {
        todo!()
    }
    /// Whether another connection has committed since the last call. Never true for one's own commits.
    pub fn changed(&mut self) -> Result<bool, Fault> {
        todo!()
    }
    /// BUKA_HARI.
    pub fn open_day(&mut self, _command: &Command, _date: Date, _clock_is_wrong: bool) -> Result<Day, Error> {
        todo!()
    }
    /// TUTUP_HARI.
    pub fn close_day(&mut self, _command: &Command) -> Result<Summary, Error> {
        todo!()
    }
    /// Whether numbers are given, as of `now`.
    pub fn day_status(&self, _now: Moment) -> Result<DayStatus, Fault> {
        todo!()
    }
    /// The open day.
    pub fn open_day_now(&self) -> Result<Option<Day>, Fault> {
        todo!()
    }
    /// AMBIL_NOMOR: ticket, event and print job in one transaction.
    pub fn issue(&mut self, _command: &Command, _wish: &Issue) -> Result<Issued, Error> {
        todo!()
    }
    /// PANGGIL: the next one for this counter, or nobody.
    pub fn call_next(&mut self, _command: &Command, _counter: CounterNumber) -> Result<Option<Ticket>, Error> {
        todo!()
    }
    /// One act on one ticket.
    pub fn act(&mut self, _command: &Command, _ticket: TicketId, _action: &Action) -> Result<Ticket, Error> {
        todo!()
    }
    /// One act on one case.
    pub fn act_on_case(&mut self, _command: &Command, _case: CaseId, _action: &CaseAction) -> Result<Case, Error> {
        todo!()
    }
    /// The switch "Jaringan terganggu" (S26): holds or resumes every ticket that waits for recording.
    pub fn set_network(&mut self, _command: &Command, _down: bool) -> Result<(), Error> {
        todo!()
    }
    /// Orders a paper on request, such as the network slip.
    pub fn order_paper(&mut self, _command: &Command, _ticket: TicketId, _paper: Paper) -> Result<JobId, Error> {
        todo!()
    }
    /// One ticket.
    pub fn ticket(&self, _id: TicketId) -> Result<Option<Ticket>, Fault> {
        todo!()
    }
    /// The ticket of the open day with this number.
    pub fn ticket_by_number(&self, _number: Number) -> Result<Option<Ticket>, Fault> {
        todo!()
    }
    /// All tickets of the open day, in the order of issue; final ones too.
    pub fn tickets(&self) -> Result<Vec<Ticket>, Fault> {
        todo!()
    }
    /// Who waits, in the order this counter would call them; with `None`, all queues together.
    pub fn queue(&self, _counter: Option<CounterNumber>, _now: Moment) -> Result<Vec<Ticket>, Fault> {
        todo!()
    }
    /// Whom the counter has called or serves.
    pub fn at_counter(&self, _counter: CounterNumber) -> Result<Option<Ticket>, Fault> {
        todo!()
    }
    /// One case.
    pub fn case(&self, _id: CaseId) -> Result<Option<Case>, Fault> {
        todo!()
    }
    /// The case of a receipt.
    pub fn case_by_receipt(&self, _receipt: Receipt) -> Result<Option<Case>, Fault> {
        todo!()
    }
    /// The cases that are not final, oldest first: the back office's worklist.
    pub fn open_cases(&self) -> Result<Vec<Case>, Fault> {
        todo!()
    }
    /// What the waiting room sees.
    pub fn board(&self, _now: Moment) -> Result<Board, Fault> {
        todo!()
    }
    /// After the printer role starts: whatever was being sent is now unknown. Returns how many.
    pub fn recover_printing(&mut self, _now: Moment) -> Result<u32, Fault> {
        todo!()
    }
    /// The next paper, now `Sending`; slips past their time are given up on the way.
    pub fn claim_print_job(&mut self, _now: Moment) -> Result<Option<PrintJob>, Fault> {
        todo!()
    }
    /// How the attempt ended.
    pub fn settle_print_job(&mut self, _job: JobId, _outcome: &Outcome, _now: Moment) -> Result<(), Error> {
        todo!()
    }
    /// A person answers whether an unknown paper came out.
    pub fn answer_print(&mut self, _command: &Command, _job: JobId, _came_out: bool) -> Result<(), Error> {
        todo!()
    }
    /// CETAK ULANG.
    pub fn reprint(&mut self, _command: &Command, _job: JobId) -> Result<JobId, Error> {
        todo!()
    }
    /// One print job.
    pub fn print_job(&self, _job: JobId) -> Result<Option<PrintJob>, Fault> {
        todo!()
    }
    /// The jobs of the open day that are not confirmed, oldest first; staff decide about them.
    pub fn unconfirmed_print_jobs(&self) -> Result<Vec<PrintJob>, Fault> {
        todo!()
    }
    /// The printer's row; `None` until the printer role has run.
    pub fn printer_status(&self) -> Result<Option<PrinterStatus>, Fault> {
        todo!()
    }
    /// Writes the printer's row when state or detail differ from it.
    pub fn report_printer(&mut self, _state: PrinterState, _detail: &str, _now: Moment) -> Result<(), Fault> {
        todo!()
    }
}
