//! What goes into the flow: touches, news of the store, seconds. What comes out of it: wishes.

use crate::language::Language;
use crate::technician::Facts;
use jiff::civil::{Date, Time};
use queue::board::Board;
use queue::case::{Case, Receipt};
use queue::office::ServiceKey;
use queue::printing::{JobId, PrintJob, PrinterStatus};
use queue::store::{Issue, Issued, Process};
use queue::{Lang, Office, Refused};
use std::sync::Arc;

/// What the store says now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct View {
    /// The waiting room.
    pub(crate) board: Board,
    /// The printer's row.
    pub(crate) printer: Option<PrinterStatus>,
    /// The latest paper this kiosk ordered.
    pub(crate) paper: Option<PrintJob>,
    /// The clock's date, for the hours shown while no day is open.
    pub(crate) today: Date,
    /// The clock's hour and minute; after the last number of the day the home page says so.
    pub(crate) clock: Time,
    /// Numbers given today by the services that have a quota.
    pub(crate) issued: Vec<(ServiceKey, u32)>,
    /// An officer was called to this kiosk a moment ago, and nobody has answered yet.
    pub(crate) called: bool,
    /// The disk has no room for another number.
    pub(crate) full: bool,
}

/// A touch, or what stands for one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Touch {
    Service(ServiceKey),
    Standard,
    Print,
    Back,
    Home,
    Priority,
    Language(Language),
    /// The next of the languages this office offers.
    NextLanguage,
    Digit(u8),
    Erase,
    HaveReceipt,
    WithoutReceipt,
    Paper {
        came_out: bool,
    },
    Reprint,
    StillHere,
    /// "Bantuan petugas".
    Help,
    /// "Saya belum lengkap".
    Incomplete,
    /// A code was read by a scanner: its text.
    Scanned(String),
    /// "KTP saya sudah jadi?"
    Check,
    /// High contrast on or off.
    Contrast,
    /// Large letters on or off.
    Large,
    /// Spoken pages on or off.
    Speak,
    /// The other half of a page that is too long in large letters.
    More,
    /// The office's name held for three seconds: a technician.
    Hold,
    /// The list of what to bring, on paper.
    PrintList,
    /// The number that came late is this person's, or not.
    Mine(bool),
    /// A technician prints a test paper.
    PrintTest,
    /// A technician starts a role again; `None` is this kiosk.
    Restart(Option<Process>),
    /// A technician turns the sound up or down.
    Louder(bool),
}

/// The answer to one wish.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Issued(Box<Issued>),
    Case(Option<Box<Case>>),
    Reprinted(JobId),
    /// A paper without a number is on its way.
    Ordered(JobId),
    /// The role will see the wish.
    Restarting(Process),
    /// The sound is as loud as this from now on, per cent.
    Volume(u8),
    /// How many digits the technician's code has; `None` when this box has none.
    Code(Option<usize>),
    /// The code was right, or not.
    Facts(Option<Box<Facts>>),
    Done,
    Refused(Refused),
    /// The machine failed, and trying again did not help.
    Fault,
}

/// What happens to the screen.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    Touch(Touch),
    /// The store is open for this office.
    Opened(Arc<Office>),
    /// The store was read.
    View(Box<View>),
    /// The store cannot be read or written.
    Fault,
    /// A wish was answered.
    Answer {
        wish: u64,
        answer: Answer,
    },
    /// One second has passed.
    Second,
}

/// What the store shall do, once: the number tells the answer's owner.
#[derive(Clone, Debug)]
pub(crate) struct Effect {
    pub(crate) wish: u64,
    pub(crate) what: Wish,
}

/// A wish of the citizen.
#[derive(Clone, Debug)]
pub(crate) enum Wish {
    Issue(Issue),
    LookUp(Receipt),
    AnswerPrint {
        job: JobId,
        came_out: bool,
    },
    Reprint(JobId),
    Help,
    PrintList(ServiceKey, Lang),
    PrintTest,
    Restart(Process),
    /// Per cent.
    Volume(u8),
    HasCode,
    TryCode(String),
}
