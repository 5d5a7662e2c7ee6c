//! The outbox of papers: every paper is a row before it is a paper.
//!
//! ```text
//!   Queued ──claim──► Sending ──► Confirmed
//!     ▲ │               │ │ └───► Unknown ──answer "yes"──► Confirmed
//!     │ │ expired       │ │          └─────answer "no"───► FailedClean
//!     │ └───────────────┼─┼───────► FailedClean
//!     └──Postponed──────┘ └──Failed──────┘
//! ```
//!
//! `Sending` found at start-up becomes `Unknown`. `Unknown` is never silently repeated: a person answers whether the
//! paper came out. A reprint is a new job marked CETAK ULANG n, unless the first one certainly never reached paper.

pub use crate::ids::JobId;

use crate::document::{Document, Paper};
use crate::ids::{CaseId, TicketId};
use crate::office::Figures;
use crate::refused::Refused;
use crate::time::Moment;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Where a paper stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum JobState {
    /// Not a byte has gone to the printer.
    Queued,
    /// Bytes may be on their way.
    Sending,
    /// The printer, or a person, says that the paper came out.
    Confirmed,
    /// It certainly did not come out.
    FailedClean {
        /// Why, for the journal and the staff.
        cause: String,
    },
    /// Nobody knows.
    Unknown {
        /// Why, for the journal and the staff.
        cause: String,
    },
}

impl JobState {
    /// The state's word in the database.
    pub fn word(&self) -> &'static str {
        match self {
            JobState::Queued => "queued",
            JobState::Sending => "sending",
            JobState::Confirmed => "confirmed",
            JobState::FailedClean { .. } => "failed-clean",
            JobState::Unknown { .. } => "unknown",
        }
    }
}

/// One paper to be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintJob {
    /// Identity; also printed small, so that a paper can be traced.
    pub id: JobId,
    /// The ticket it belongs to; a paper that is about no visit belongs to none.
    pub ticket: Option<TicketId>,
    /// The case it belongs to, for receipts.
    pub case: Option<CaseId>,
    /// What it says.
    pub document: Document,
    /// 0 for the original, n for CETAK ULANG n.
    pub copy: u8,
    /// Where it stands.
    pub state: JobState,
    /// When it was ordered.
    pub queued: Moment,
}

/// How an attempt ended, as the spooler saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The printer proved it.
    Confirmed,
    /// Not a byte was sent (printer not ready): back to the queue.
    Postponed,
    /// It certainly did not come out and is given up.
    Failed {
        /// Why.
        cause: String,
    },
    /// Bytes were sent and no proof came back.
    Unknown {
        /// Why.
        cause: String,
    },
}

/// The state after an attempt; only a job that is being sent can end one.
pub fn settle(state: &JobState, outcome: &Outcome) -> Result<JobState, Refused> {
    if *state != JobState::Sending {
        return Err(Refused::NothingToAnswer);
    }
    Ok(match outcome {
        Outcome::Confirmed => JobState::Confirmed,
        Outcome::Postponed => JobState::Queued,
        Outcome::Failed { cause } => JobState::FailedClean { cause: cause.clone() },
        Outcome::Unknown { cause } => JobState::Unknown { cause: cause.clone() },
    })
}

/// The state after a person answered "did the paper come out?".
pub fn answer(state: &JobState, came_out: bool) -> Result<JobState, Refused> {
    match (state, came_out) {
        (JobState::Unknown { .. }, true) => Ok(JobState::Confirmed),
        (JobState::Unknown { .. }, false) => Ok(JobState::FailedClean { cause: ANSWERED_NO.into() }),
        _ => Err(Refused::NothingToAnswer),
    }
}

/// The cause of a job that a person declared not printed. People err, so its successor is marked all the same.
pub const ANSWERED_NO: &str = "a person saw no paper";

/// The mark of the next print of this job: a paper that may exist already is followed by a marked one.
pub fn next_copy(job: &PrintJob, figures: &Figures) -> Result<u8, Refused> {
    match &job.state {
        JobState::Queued | JobState::Sending => Err(Refused::StillPrinting),
        JobState::FailedClean { cause } if cause != ANSWERED_NO => Ok(job.copy),
        _ if job.copy >= figures.reprints_max => Err(Refused::ReprintsUsedUp { max: figures.reprints_max }),
        _ => Ok(job.copy + 1),
    }
}

/// The mark of a paper that is printed because it is due again, after the copies up to `last` of the same kind: the
/// applicant did not ask for it, so that no limit holds.
pub fn copy_due_again(last: Option<u8>) -> u8 {
    last.map_or(0, |copy| copy.saturating_add(1).min(99))
}

/// Whether a queued paper is given up instead of printed: its owner has long read the same on the screen and gone. After
/// a restart nobody knows how old it is.
pub fn is_expired(job: &PrintJob, now: Moment, figures: &Figures) -> bool {
    let paper = job.document.body.paper();
    let limit = Duration::from_secs(u64::from(figures.slip_expires_minutes) * 60);
    (paper == Paper::Slip || paper.is_passing()) && now.since(&job.queued).is_none_or(|age| age > limit)
}

/// What is known of the printer, for kiosk and staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PrinterState {
    /// It prints.
    Ready,
    /// It prints, and the roll is near its end.
    Low,
    /// No paper.
    Out,
    /// The cover is open.
    Cover,
    /// It does not answer, or the cable is gone.
    Offline,
    /// It reports an error of its own.
    Fault,
    /// It gives no status.
    Unknown,
}

impl PrinterState {
    /// Every state.
    pub const ALL: [PrinterState; 7] = [
        PrinterState::Ready,
        PrinterState::Low,
        PrinterState::Out,
        PrinterState::Cover,
        PrinterState::Offline,
        PrinterState::Fault,
        PrinterState::Unknown,
    ];

    /// The state's word in the database.
    pub fn word(self) -> &'static str {
        match self {
            PrinterState::Ready => "ready",
            PrinterState::Low => "low",
            PrinterState::Out => "out",
            PrinterState::Cover => "cover",
            PrinterState::Offline => "offline",
            PrinterState::Fault => "fault",
            PrinterState::Unknown => "unknown",
        }
    }

    /// Whether a paper sent now can be expected to come out.
    pub fn prints(self) -> bool {
        matches!(self, PrinterState::Ready | PrinterState::Low | PrinterState::Unknown)
    }
}

/// What a printer's role last said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrinterStatus {
    /// What is known.
    pub state: PrinterState,
    /// For staff: the port, the error bits, what to do.
    pub detail: String,
    /// Since when it is so.
    pub since: Moment,
    /// When the role last said it.
    pub at: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Body;
    use crate::fixture::{at, office};
    use crate::office::Lang;

    fn job(body: Body, queued: Moment) -> PrintJob {
        let document = Document { lang: Lang::Id, date: jiff::civil::date(2026, 11, 23), time: None, body };
        PrintJob { id: JobId(1), ticket: None, case: None, document, copy: 0, state: JobState::Queued, queued }
    }

    #[test]
    fn only_a_paper_whose_owner_has_read_the_screen_is_given_up() {
        let figures = office().queue;
        let test = job(Body::Test, at(0));
        assert!(!is_expired(&test, at(10), &figures));
        assert!(is_expired(&test, at(11), &figures));
        assert!(is_expired(&test, Moment { boot: 8, ..at(1) }, &figures), "nobody knows how old it is");
        let summary = job(Body::Summary { counts: Default::default(), seal: None }, at(0));
        assert!(!is_expired(&summary, at(24 * 60), &figures), "the day's summary is still wanted");
    }

    #[test]
    fn a_paper_that_may_exist_already_is_followed_by_a_marked_one() {
        assert_eq!([copy_due_again(None), copy_due_again(Some(0)), copy_due_again(Some(99))], [0, 1, 99]);
        let figures = office().queue;
        let printed = |copy| PrintJob { copy, state: JobState::Confirmed, ..job(Body::Test, at(0)) };
        assert_eq!(next_copy(&printed(0), &figures), Ok(1));
        assert_eq!(next_copy(&printed(3), &figures), Err(Refused::ReprintsUsedUp { max: 3 }));
    }
}
