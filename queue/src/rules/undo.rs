//! Which act may be taken back (*urungkan*)? One's own last act on a number or an application, for a few minutes, and only
//! where nobody has heard it. A paper that tells of it is withdrawn, or asked back from the applicant by the officer.
//!
//! | act | taken back | because |
//! |---|---|---|
//! | start, skip, report-back, reenter, choose-wait, transfer | yes | only the screens knew |
//! | complete | unless the network held the ticket at once | nothing was printed; the application that began is cancelled, its receipt number not used again |
//! | hand-over, finish | yes | the card or paper lies on the desk again |
//! | return | until its slip is being printed | the slip is withdrawn |
//! | cancel | unless an application ended with it | |
//! | finish-recording | until the card is printed or held | the file is as verified as before; its receipt is not used while the recording goes on |
//! | print-directly | until the card is printed or held | the application that began is cancelled: its receipt says so at kiosk and counter |
//! | refer, defer | yes | the applicant is still here |
//! | send-to-village, record-again | yes | the cards still lie here, and nobody was told |
//! | call, call-chosen, recall | no | people heard it; skip, or serve |
//! | hold, resume, close | no | not one person's act |
//!
//! Undoing gives the ticket back as it was before the act. It is an event like any other; the act stays in the journal.

use crate::case::{Case, CaseAction, CaseState};
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
        | Action::FinishRecording { .. }
        | Action::PrintDirectly { .. }
        | Action::Refer
        | Action::Defer
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
        | Action::Hold
        | Action::Resume
        | Action::Close => return never,
    }
    own_and_fresh(act.own, act.age)
}

fn own_and_fresh(own: bool, age: Option<Duration>) -> Result<(), Refused> {
    if !own {
        return Err(Refused::UndoNotOwn);
    }
    match age {
        Some(age) if age <= Duration::from_secs(MINUTES * 60) => Ok(()),
        _ => Err(Refused::UndoTooLate { minutes: MINUTES }),
    }
}

/// What leads an application back to what it was `before` the back office's last act on it.
///
/// # Errors
/// Refused with the reason. What has a button that leads back needs no undoing.
pub fn case_way_back(
    action: &CaseAction,
    before: &Case,
    own: bool,
    age: Option<Duration>,
) -> Result<Vec<CaseAction>, Refused> {
    let back = match (action, &before.state, before.recorded_on) {
        (CaseAction::SendToVillage { .. }, ..) => vec![CaseAction::TakeBack],
        (CaseAction::RecordAgain, state, Some(on)) => {
            let held = match state {
                CaseState::OnHold { reason } => Some(CaseAction::Hold { reason: *reason }),
                _ => None,
            };
            [CaseAction::Record { on, place: before.place.clone() }].into_iter().chain(held).collect()
        }
        _ => return Err(Refused::CannotUndo { action: action.word().into() }),
    };
    own_and_fresh(own, age).map(|()| back)
}
