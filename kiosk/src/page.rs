//! What a citizen can have come to: the pages of the flow, and why none is offered.

use crate::technician::Facts;
use jiff::civil::Date;
use queue::Refused;
use queue::case::{Case, Receipt};
use queue::office::ServiceKey;
use queue::printing::{JobId, PrintJob};
use queue::store::Issued;

/// What the citizen has come to.
#[derive(Clone, Debug)]
pub(crate) enum Page {
    /// The services.
    Home,
    /// The published service standard.
    Standard,
    /// What to bring for a service.
    Requirements { service: ServiceKey, without_receipt: bool },
    /// Something is still missing: what to bring next time. No number is lost.
    Incomplete { service: ServiceKey },
    /// The keypad for a receipt; `wrong` when nine digits do not fit their check digit. Without a service only the
    /// status is asked, and no number can follow.
    ReceiptEntry { service: Option<ServiceKey>, digits: String, wrong: bool },
    /// What became of the application; `None` when no such receipt is known.
    Status { service: Option<ServiceKey>, receipt: Receipt, case: Option<Box<Case>> },
    /// The number, which is on disk.
    YourNumber(Box<Given>),
    /// The rules say no.
    Refused(Refused),
    /// The technician's code of so many digits, as far as it is typed; how often it was wrong.
    Code { digits: String, length: usize, wrong: u8 },
    /// What a technician wants to know of this box.
    Technician(Box<Facts>),
    /// The wish could not be written: the citizen goes to an officer, even if the machine recovers meanwhile.
    Failed,
}

/// The number shown and its latest paper.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// What the store gave.
    pub(crate) issued: Issued,
    /// The slip, or its reprint.
    pub(crate) job: JobId,
    /// How that paper stands, once read.
    pub(crate) print: Option<PrintJob>,
    /// Seconds for which it has been on its way.
    pub(crate) printing_s: u32,
}

/// How the paper of the shown number stands, for the citizen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paper {
    /// On its way.
    Printing,
    /// It came out.
    Printed,
    /// Nobody knows: the citizen is asked.
    Unknown,
    /// It did not come out, or not yet: the number on the screen counts.
    Failed,
}

/// Why no page of the flow can be offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    /// The store has not been read yet.
    Starting,
    /// The store cannot be read or written.
    Fault,
    /// A wish takes longer than [`SLOW_S`].
    Slow,
    /// Nobody has opened the day.
    NotOpened,
    /// The day is over.
    DayOver { date: Date },
}
