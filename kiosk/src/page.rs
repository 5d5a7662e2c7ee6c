//! What a citizen can have come to: the pages of the flow, and why none is offered.

use crate::technician::Facts;
use jiff::civil::Date;
use queue::Refused;
use queue::case::{Case, Receipt};
use queue::office::ServiceKey;
use queue::printing::{JobId, PrintJob};
use queue::store::{Issued, Process};

/// What the citizen has come to.
#[derive(Clone, Debug)]
pub(crate) enum Page {
    /// The services.
    Home,
    /// The published service standard.
    Standard,
    /// What to bring for a service.
    Requirements { service: ServiceKey, without_receipt: bool },
    /// Something is still missing: what to bring next time, and the same list on paper. No number is lost.
    Incomplete { service: ServiceKey, list: Option<Sheet> },
    /// The keypad for a receipt; `wrong` when nine digits do not fit their check digit. Without a service only the
    /// status is asked, and no number can follow.
    ReceiptEntry { service: Option<ServiceKey>, digits: String, wrong: bool },
    /// What became of the application; `None` when no such receipt is known.
    Status { service: Option<ServiceKey>, receipt: Receipt, case: Option<Box<Case>> },
    /// The number, which is on disk.
    YourNumber(Box<Given>),
    /// The rules say no.
    Refused(Refused),
    /// A number that was written after whoever wished for it had left the page of the slow disk: is it theirs?
    Late(Box<Given>),
    /// The technician's code of so many digits, as far as it is typed.
    Code { digits: String, length: usize },
    /// What a technician wants to know of this box, and may do to it.
    Technician(Box<Bench>),
    /// The wish could not be written: the citizen goes to an officer, even if the machine recovers meanwhile.
    Failed,
}

/// The number shown and its latest paper.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// What the store gave.
    pub(crate) issued: Issued,
    /// The slip, or its reprint.
    pub(crate) sheet: Sheet,
}

/// A paper that this kiosk ordered.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    /// Its row.
    pub(crate) job: JobId,
    /// How it stands, once read.
    pub(crate) print: Option<PrintJob>,
    /// Seconds for which it has been on its way.
    pub(crate) printing_s: u32,
    /// Seconds for which its fate has been known.
    pub(crate) known_s: u32,
}

impl Sheet {
    /// A paper that was ordered just now.
    pub(crate) fn new(job: JobId) -> Sheet {
        Sheet { job, print: None, printing_s: 0, known_s: 0 }
    }
}

/// The technician's page: what is known, and what came of the last touch.
#[derive(Clone, Debug)]
pub(crate) struct Bench {
    pub(crate) facts: Facts,
    /// The test paper.
    pub(crate) test: Option<Sheet>,
    pub(crate) done: Option<Done>,
}

/// What came of a technician's touch.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Done {
    /// The role will start again when it sees the wish.
    Restarting(Process),
    /// The master volume in per cent.
    Volume(u8),
    /// The rules say no.
    Refused(Refused),
    /// The store cannot be written.
    Failed,
}

/// How a paper stands, for whoever waits for it.
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
    /// Nobody has opened today's day; yesterday's may have been left open.
    NotOpened,
    /// The day is over.
    DayOver { date: Date },
}
