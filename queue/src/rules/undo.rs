//! Which act may be taken back (*urungkan*)? One's own last act on a number, for a few minutes, and only where nobody
//! has heard it and no paper tells of it.
//!
//! | act | taken back | because |
//! |---|---|---|
//! | start, skip, report-back, reenter, choose-wait, transfer | yes | only the screens knew |
//! | complete | unless the network held the ticket at once | nothing was printed; the application that began is cancelled, its receipt number not used again |
//! | hand-over, finish | yes | the card or paper lies on the desk again |
//! | return | until its slip is being printed | the slip is withdrawn |
//! | cancel | unless an application ended with it | |
//! | call, call-chosen, recall | no | people heard it; skip, or serve |
//! | print-directly, finish-recording, refer, defer | no | somebody may go home with the paper |
//! | hold, resume, close | no | not one person's act |
//!
//! Undoing gives the ticket back as it was before the act. It is an event like any other; the act stays in the journal.

use crate::printing::JobState;
use crate::refused::Refused;
use crate::visit::Action;
use std::time::Duration;

/// Longest time after an act in which it may be taken back, minutes.
pub const MINUTES: u64 = 5;

/// The last act on a ticket, as the rule sees it.
#[derive(Clone, Debug)]
pub struct LastAct<'a> {
    /// What was done.
    pub action: &'a Action,
    /// Whether who wants it back did it, at the same counter.
    pub own: bool,
    /// How long ago; `None` when the machine was restarted since.
    pub age: Option<Duration>,
    /// The paper that followed from it.
    pub paper: Option<&'a JobState>,
    /// Whether an application changed with it.
    pub case: bool,
}

/// Whether the act may be taken back.
///
/// # Errors
/// Refused with the reason.
pub fn permitted(act: &LastAct) -> Result<(), Refused> {
    let never = Err(Refused::CannotUndo { action: act.action.word().into() });
    match act.action {
        Action::Start
        | Action::Complete
        | Action::HandOver { .. }
        | Action::Finish
        | Action::Skip
        | Action::ReportBack
        | Action::Reenter
        | Action::ChooseWait
        | Action::Transfer { .. } => {}
        Action::Cancel { .. } if !act.case => {}
        Action::Return { .. } => match act.paper {
            None | Some(JobState::Queued) => {}
            Some(_) => return Err(Refused::UndoPrinted),
        },
        Action::Cancel { .. }
        | Action::Call { .. }
        | Action::CallChosen { .. }
        | Action::Recall
        | Action::PrintDirectly { .. }
        | Action::FinishRecording { .. }
        | Action::Hold
        | Action::Resume
        | Action::Refer
        | Action::Defer
        | Action::Close => return never,
    }
    if !act.own {
        return Err(Refused::UndoNotOwn);
    }
    match act.age {
        Some(age) if age <= Duration::from_secs(MINUTES * 60) => Ok(()),
        _ => Err(Refused::UndoTooLate { minutes: MINUTES }),
    }
}
