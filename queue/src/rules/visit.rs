//! What may a clerk do now? Every edge of a ticket's life, in one function.
//!
//! ```text
//!                 Issue
//!                   │        Call, CallChosen            Start
//!                   ▼      ┌──────────────────► Called ──────────► Serving
//!   ReportBack ─► Waiting ─┘                     │  ▲ Recall         │ │ │ │
//!       │          │  ▲ ▲                   Skip │  └─┘              │ │ │ │
//!    Skipped ◄─────┼──┼─┼────────────────────────┘                   │ │ │ │
//!                  │  │ │  Complete (verification → next stage)      │ │ │ │
//!                  │  │ └────────────────────────────────────────────┘ │ │ │
//!                  │  │ Reenter            Return (verification)       │ │ │
//!                  │  └────────── Returned ◄───────────────────────────┘ │ │
//!                  │    PrintDirectly, FinishRecording, HandOver, Finish │ │
//!                  │              Finished ◄─────────────────────────────┘ │
//!                  │ Hold (recording, network down)                  Hold  │
//!                  └──────► Held ◄─────────────────────────────────────────┘
//!                            │ ChooseWait: stays Held · Resume: back to Waiting, place kept
//!                            ├─ Refer ─► Referred
//!                            └─ Defer ─► Deferred
//! ```
//!
//! The same as a list, which a test compares with what [`transition`] and [`apply`] do:
//!
//! ```text
//! waiting  + call, call-chosen                        -> called
//! waiting  + hold                                     -> held
//! called   + recall                                   -> called
//! called   + start                                    -> serving
//! called   + skip                                     -> skipped
//! serving  + complete                                 -> waiting
//! serving  + return                                   -> returned
//! serving  + print-directly, finish-recording, hand-over, finish -> finished
//! serving  + hold                                     -> held
//! held     + choose-wait                              -> held
//! held     + resume                                   -> waiting
//! held     + refer                                    -> referred
//! held     + defer                                    -> deferred
//! skipped  + report-back                              -> waiting
//! returned + reenter                                  -> waiting
//! waiting  + transfer                                 -> waiting
//! called   + transfer                                 -> waiting
//! serving  + transfer                                 -> waiting
//! skipped  + transfer                                 -> waiting
//! waiting  + cancel                                   -> cancelled
//! called   + cancel                                   -> cancelled
//! serving  + cancel                                   -> cancelled
//! held     + cancel                                   -> cancelled
//! skipped  + cancel                                   -> cancelled
//! waiting  + close                                    -> expired, deferred
//! called   + close                                    -> expired, deferred
//! serving  + close                                    -> expired, deferred
//! held     + close                                    -> deferred
//! skipped  + close                                    -> expired
//! ```
//!
//! A close defers whoever has a verified file that waits for its recording: the file need not be checked twice, and
//! the slip he takes home carries the receipt number that says so. One who was skipped lapses (HANGUS), but his slip
//! is printed too.

use crate::case::{Case, CaseAction, CaseState, CollectedBy, Place as CollectionPlace, Receipt};
use crate::document::Paper;
use crate::office::{Office, Service, ServiceKey, Stage};
use crate::refused::Refused;
use crate::ticket::{CounterNumber, Number, Place, Seq, State, Ticket};
use crate::time::Moment;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What can happen to a ticket. Button, route and event share its word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// PANGGIL, in the order of the policy.
    Call {
        /// Where to.
        counter: CounterNumber,
    },
    /// PANGGIL out of order, with the clerk's reason on record.
    CallChosen {
        /// Where to.
        counter: CounterNumber,
        /// Why this one; must not be empty.
        reason: String,
    },
    /// PANGGIL_ULANG.
    Recall,
    /// HADIR: the applicant is at the counter.
    Start,
    /// LENGKAP: the file is complete; on to the service's next called stage under the same number.
    Complete,
    /// LANGSUNG_CETAK: a lost card needs no new recording (C12).
    PrintDirectly {
        /// Where the card will be collected.
        place: CollectionPlace,
    },
    /// KEMBALIKAN: the file is incomplete (S10).
    Return {
        /// Keys of the missing requirements.
        missing: Vec<String>,
    },
    /// MASUK_LAGI: back with the missing papers, same day, same number.
    Reenter,
    /// REKAM_SELESAI (S11).
    FinishRecording {
        /// Keys of the ticks that were done; some people have no fingerprints to take.
        done: Vec<String>,
        /// Where the card will be collected.
        place: CollectionPlace,
    },
    /// SERAHKAN (S13).
    HandOver {
        /// Who took it.
        by: CollectedBy,
        /// The receipt shown at the counter, when the ticket was taken without one.
        receipt: Option<Receipt>,
    },
    /// SELESAI: the last stage of a service without a case is done; nothing is left to come back for.
    Finish,
    /// JARINGAN_PUTUS (S26).
    Hold,
    /// PILIH_TUNGGU.
    ChooseWait,
    /// The network is back.
    Resume,
    /// PILIH_DUKCAPIL.
    Refer,
    /// Put off to another day; the network slip carries the case's receipt.
    Defer,
    /// LEWATI.
    Skip,
    /// LAPOR.
    ReportBack,
    /// ALIHKAN: wrong service.
    Transfer {
        /// The right one.
        service: ServiceKey,
    },
    /// BATAL.
    Cancel {
        /// The clerk's words; must not be empty.
        reason: String,
    },
    /// TUTUP_HARI.
    Close,
}

impl Action {
    /// The word that button, route and event share.
    pub fn word(&self) -> &'static str {
        match self {
            Action::Call { .. } => "call",
            Action::CallChosen { .. } => "call-chosen",
            Action::Recall => "recall",
            Action::Start => "start",
            Action::Complete => "complete",
            Action::PrintDirectly { .. } => "print-directly",
            Action::Return { .. } => "return",
            Action::Reenter => "reenter",
            Action::FinishRecording { .. } => "finish-recording",
            Action::HandOver { .. } => "hand-over",
            Action::Finish => "finish",
            Action::Hold => "hold",
            Action::ChooseWait => "choose-wait",
            Action::Resume => "resume",
            Action::Refer => "refer",
            Action::Defer => "defer",
            Action::Skip => "skip",
            Action::ReportBack => "report-back",
            Action::Transfer { .. } => "transfer",
            Action::Cancel { .. } => "cancel",
            Action::Close => "close",
        }
    }
}

/// What the rules need to know besides the ticket.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The office's figures and lists.
    pub office: &'a Office,
    /// When it happens.
    pub now: Moment,
    /// The service day's date.
    pub today: Date,
    /// The event this will be.
    pub seq: Seq,
    /// Whether the network is marked as disturbed (S26).
    pub network_down: bool,
    /// The case of the ticket, or of the receipt shown.
    pub case: Option<&'a Case>,
    /// For calls: the number that the counter still holds.
    pub counter_holds: Option<Number>,
    /// For recalls and skips: what is [left](crate::board::time_left) of the time of the ticket's last call on the board.
    pub on_board: Duration,
}

/// What becomes of the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseStep {
    /// A case begins, with a new receipt number, Verified.
    Open,
    /// A case begins and goes straight to printing.
    OpenAndRecord(CaseAction),
    /// The ticket's case changes.
    Act(CaseAction),
}

/// The outcome of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The ticket afterwards. A case opened by this step is not linked yet.
    pub ticket: Ticket,
    /// What becomes of the application.
    pub case: Option<CaseStep>,
    /// The paper to be printed in the same transaction.
    pub paper: Option<Paper>,
}

/// The ticket after `action` with all that follows, or why it cannot be done.
pub fn apply(ticket: &Ticket, action: &Action, at: &Context) -> Result<Step, Refused> {
    permitted(ticket, action, at)?;
    let to = goes_to(ticket, action, at.office);
    let not_allowed = || Refused::NotAllowed { state: ticket.state.word().into(), action: action.word().into() };
    let mut after = transition(ticket, action, to, at.seq, at.now).ok_or_else(not_allowed)?;
    let record = |place: &CollectionPlace| CaseAction::Record { on: at.today, place: place.clone() };
    let case = match action {
        // A service that the office has dropped since opened a case: only such a one goes on to recording.
        Action::Complete if after.state.stage() == Some(Stage::Recording) => Some(CaseStep::Open),
        Action::PrintDirectly { place } => Some(CaseStep::OpenAndRecord(record(place))),
        Action::FinishRecording { place, .. } => Some(CaseStep::Act(record(place))),
        Action::HandOver { by, .. } => {
            after.case = at.case.map(|case| case.id);
            Some(CaseStep::Act(CaseAction::Collect { by: *by }))
        }
        Action::Refer => Some(CaseStep::Act(CaseAction::Refer)),
        // Nobody holds the receipt number of a file verified in this visit: without it the case could never go on.
        Action::Cancel { reason } if opened_here(ticket, at) => {
            Some(CaseStep::Act(CaseAction::Cancel { reason: reason.clone() }))
        }
        _ => None,
    };
    let paper = match (action, &after.state) {
        (Action::PrintDirectly { .. } | Action::FinishRecording { .. }, _) => Some(Paper::Receipt),
        (Action::Return { .. }, _) => Some(Paper::Return),
        (_, State::Deferred) => Some(Paper::Network),
        // Lapsed, but the file is verified: staff keep the slip for the applicant.
        (Action::Close, State::Expired) if opened_here(ticket, at) => Some(Paper::Network),
        _ => None,
    };
    Ok(Step { ticket: after, case, paper })
}

/// An act that the diagram allows on a ticket as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The [word](Action::word) that button and route share.
    pub act: &'static str,
    /// Why it cannot be done now; `None` is allowed. What a form still asks for (a reason, a receipt) is no refusal.
    pub refused: Option<Refused>,
}

/// Every act that a clerk at `counter` may do on the ticket, in the order of [`Action`], with the reason where it cannot be
/// done now. Calling in turn is the policy's act, and closing and resuming are the office's: none of them is here.
pub fn offers(ticket: &Ticket, counter: CounterNumber, at: &Context) -> Vec<Offer> {
    let service = at.office.service(&ticket.service);
    let missing = service.and_then(|s| at.office.requirements_of(s).into_iter().find(|r| r.blocking));
    let other = at.office.services.iter().find(|s| s.key != ticket.service);
    let filled = || "-".to_string();
    let acts = [
        Some(Action::CallChosen { counter, reason: filled() }),
        Some(Action::Recall),
        Some(Action::Start),
        Some(Action::Complete),
        Some(Action::PrintDirectly { place: CollectionPlace::Office }),
        missing.map(|requirement| Action::Return { missing: vec![requirement.key.clone()] }),
        Some(Action::Reenter),
        Some(Action::FinishRecording { done: vec![], place: CollectionPlace::Office }),
        Some(Action::HandOver { by: CollectedBy::Applicant, receipt: None }),
        Some(Action::Finish),
        Some(Action::Hold),
        Some(Action::ChooseWait),
        Some(Action::Refer),
        Some(Action::Defer),
        Some(Action::Skip),
        Some(Action::ReportBack),
        other.map(|service| Action::Transfer { service: service.key.clone() }),
        Some(Action::Cancel { reason: filled() }),
    ];
    let offer = |action: Action| {
        if !of_the_service(ticket, &action, service) {
            return None;
        }
        transition(ticket, &action, other.map(Service::first_stage), at.seq, at.now)?;
        let refused = permitted(ticket, &action, at).err().filter(|no| *no != Refused::ReceiptNeeded);
        Some(Offer { act: action.word(), refused })
    };
    acts.into_iter().flatten().filter_map(offer).collect()
}

/// The edges: the ticket after `action`, or `None` where the diagram above has no edge. It asks neither the office's
/// configuration nor the case, so that the journal can be replayed after the office has changed.
///
/// `to` is what [`goes_to`] said when the act was done.
pub fn transition(ticket: &Ticket, action: &Action, to: Option<Stage>, seq: Seq, now: Moment) -> Option<Ticket> {
    use State::*;
    let behind = |place: &Place| Place { seq: place.seq, behind: Some(seq), since: now };
    let mut after = ticket.clone();
    after.state = match (&ticket.state, action) {
        (Waiting { stage, place }, Action::Call { counter } | Action::CallChosen { counter, .. }) => {
            Called { stage: *stage, place: *place, counter: *counter, calls: 1 }
        }
        (Called { stage, place, counter, calls }, Action::Recall) => {
            Called { stage: *stage, place: *place, counter: *counter, calls: calls.saturating_add(1) }
        }
        (Called { stage, place, counter, .. }, Action::Start) => {
            Serving { stage: *stage, place: *place, counter: *counter, since: now }
        }
        (Called { stage, place, .. }, Action::Skip) => Skipped { stage: *stage, place: *place },
        (Skipped { stage, place }, Action::ReportBack) => Waiting { stage: *stage, place: behind(place) },
        (Returned { place, .. }, Action::Reenter) => Waiting { stage: Stage::Verification, place: behind(place) },

        (Serving { stage: Stage::Verification, .. }, Action::Complete) => {
            Waiting { stage: to.unwrap_or(Stage::Recording), place: Place::last(seq, now) }
        }
        (Serving { stage: Stage::Verification | Stage::Collection, .. }, Action::Finish)
        | (Serving { stage: Stage::Verification, .. }, Action::PrintDirectly { .. })
        | (Serving { stage: Stage::Recording, .. }, Action::FinishRecording { .. })
        | (Serving { stage: Stage::Collection, .. }, Action::HandOver { .. }) => Finished,
        (Serving { stage: Stage::Verification, place, .. }, Action::Return { missing }) => {
            Returned { missing: missing.clone(), place: *place }
        }

        (Waiting { stage: Stage::Recording, place } | Serving { stage: Stage::Recording, place, .. }, Action::Hold) => {
            Held { place: *place, waits: false }
        }
        (Held { place, .. }, Action::ChooseWait) => Held { place: *place, waits: true },
        (Held { place, .. }, Action::Resume) => Waiting { stage: Stage::Recording, place: *place },
        (Held { .. }, Action::Refer) => Referred,
        (Held { .. }, Action::Defer) => Deferred,

        (
            Waiting { stage, place }
            | Called { stage, place, .. }
            | Serving { stage, place, .. }
            | Skipped { stage, place },
            Action::Transfer { service },
        ) if *stage != Stage::Recording => {
            after.service = service.clone();
            after.case = None;
            // The applicant came when he came: the wrong button costs no place.
            Waiting { stage: to?, place: *place }
        }
        (state, Action::Cancel { reason }) if !state.is_final() => Cancelled { reason: reason.trim().into() },
        (
            Held { .. }
            | Waiting { stage: Stage::Recording, .. }
            | Called { stage: Stage::Recording, .. }
            | Serving { stage: Stage::Recording, .. },
            Action::Close,
        ) => Deferred,
        (state, Action::Close) if !state.is_final() => Expired,
        _ => return None,
    };
    Some(after)
}

/// The stage waited for after a transfer, or after a complete file where the service goes on elsewhere than to recording.
/// `None` is no such act, or the recording.
pub(crate) fn goes_to(ticket: &Ticket, action: &Action, office: &Office) -> Option<Stage> {
    match action {
        Action::Transfer { service } => office.service(service).map(Service::first_stage),
        Action::Complete => office
            .service(&ticket.service)
            .and_then(|service| service.called_after(Stage::Verification))
            .filter(|stage| *stage != Stage::Recording),
        _ => None,
    }
}

/// Whether the act belongs to the procedure of the ticket's service. The diagram has the edges of all services.
fn of_the_service(ticket: &Ticket, action: &Action, service: Option<&Service>) -> bool {
    let State::Serving { stage, .. } = &ticket.state else { return true };
    let Some(service) = service else { return *action != Action::Finish };
    let ends_here = !service.needs_receipt() && service.called_after(*stage).is_none();
    match action {
        Action::Finish => ends_here,
        Action::Complete | Action::HandOver { .. } => !ends_here,
        _ => true,
    }
}

/// What an edge asks of the office's configuration, the network switch, the counter and the case.
fn permitted(ticket: &Ticket, action: &Action, at: &Context) -> Result<(), Refused> {
    use State::*;
    // A service that the office has dropped since keeps its open tickets callable and endable.
    let service = at.office.service(&ticket.service);
    let figures = &at.office.queue;
    if !of_the_service(ticket, action, service) {
        return Err(Refused::NotAllowed { state: ticket.state.word().into(), action: action.word().into() });
    }
    match (&ticket.state, action) {
        (Waiting { stage, .. }, Action::Call { counter } | Action::CallChosen { counter, .. }) => {
            if let Action::CallChosen { reason, .. } = action {
                given(reason)?;
            }
            if !at.office.counter(*counter).ok_or(Refused::UnknownCounter)?.stages.contains(stage) {
                return Err(Refused::CounterDoesNotServe);
            }
            at.counter_holds.map_or(Ok(()), |number| Err(Refused::CounterBusy { number: number.to_string() }))
        }
        (Called { calls, .. }, Action::Recall) if *calls > figures.recalls_max => {
            Err(Refused::RecallsUsedUp { max: figures.recalls_max })
        }
        (Called { calls, .. }, Action::Skip) if *calls < figures.calls_before_skip => {
            Err(Refused::CallAgainFirst { calls: *calls, needed: figures.calls_before_skip })
        }
        // A call counts when the waiting room could see it, not when a key was pressed.
        (Called { .. }, Action::Recall | Action::Skip) if !at.on_board.is_zero() => {
            let number = ticket.number.to_string();
            Err(Refused::CallStillShown { number, seconds: at.on_board.as_millis().div_ceil(1_000) as u64 })
        }
        (Serving { stage: Stage::Verification, .. }, Action::PrintDirectly { .. })
            if !service.is_some_and(|s| s.print_directly) =>
        {
            Err(Refused::NoDirectPrint)
        }
        (Serving { stage: Stage::Verification, .. }, Action::Return { missing }) => {
            check_missing(missing, service.ok_or(Refused::UnknownService)?, at.office)
        }
        (Serving { stage: Stage::Recording, .. }, Action::FinishRecording { done, .. }) => {
            let ticks = &at.office.stages.recording.ticks;
            let unknown = done.iter().find(|key| !ticks.iter().any(|t| &t.key == *key));
            unknown.map_or(Ok(()), |key| Err(Refused::UnknownKey(key.clone())))
        }
        (Serving { stage: Stage::Collection, .. }, Action::HandOver { receipt, .. }) => {
            match (at.case, ticket.case, receipt) {
                // A number taken with a receipt hands over that receipt's card and no other.
                (Some(case), Some(_), Some(shown)) if case.receipt != *shown => {
                    Err(Refused::OtherReceipt { taken: case.receipt.to_string(), shown: shown.to_string() })
                }
                (Some(case), _, _) => ready(case),
                (None, None, None) => Err(Refused::ReceiptNeeded),
                (None, _, _) => Err(Refused::UnknownCase),
            }
        }
        (Waiting { stage, .. } | Serving { stage, .. }, Action::Hold)
            if *stage == Stage::Recording && !at.network_down =>
        {
            Err(Refused::NetworkIsUp)
        }
        (Held { .. }, Action::Resume) if at.network_down => {
            Err(Refused::NotAllowed { state: ticket.state.word().into(), action: action.word().into() })
        }
        (state, Action::Transfer { service }) if !state.is_final() => {
            let target = at.office.service(service).ok_or(Refused::UnknownService)?;
            if target.key == ticket.service {
                return Err(Refused::SameService);
            }
            if state.stage() == Some(Stage::Recording) && !matches!(state, Held { .. }) {
                return Err(Refused::FileAlreadyVerified);
            }
            Ok(())
        }
        (state, Action::Cancel { reason }) if !state.is_final() => given(reason),
        _ => Ok(()),
    }
}

/// What a receipt shown at the kiosk opens: a place for collection, or straight to recording.
///
/// # Errors
/// [`Refused::NotReady`] with the status in words, before any number is taken (5a).
pub fn admit(case: &Case) -> Result<Stage, Refused> {
    match case.state {
        CaseState::Ready => Ok(Stage::Collection),
        CaseState::Verified { .. } => Ok(Stage::Recording),
        _ => ready(case).map(|()| Stage::Collection),
    }
}

fn ready(case: &Case) -> Result<(), Refused> {
    if case.state == CaseState::Ready {
        return Ok(());
    }
    let (id, en) = case.state.text();
    Err(Refused::NotReady { status_id: id.into(), status_en: en.into() })
}

/// Whether this visit waits for the first recording of a verified file.
fn opened_here(ticket: &Ticket, at: &Context) -> bool {
    ticket.state.stage() == Some(Stage::Recording)
        && at.case.is_some_and(|case| case.state == CaseState::Verified { again: false })
}

/// A reason must have words.
fn given(reason: &str) -> Result<(), Refused> {
    if reason.trim().is_empty() { Err(Refused::ReasonNeeded) } else { Ok(()) }
}

fn check_missing(missing: &[String], service: &Service, office: &Office) -> Result<(), Refused> {
    if missing.is_empty() {
        return Err(Refused::MissingNeeded);
    }
    let applicable = office.requirements_of(service);
    for key in missing {
        match applicable.iter().find(|r| &r.key == key) {
            None => return Err(Refused::UnknownKey(key.clone())),
            Some(r) if !r.blocking => return Err(Refused::AdviceIsNoReason(r.text.id.clone())),
            Some(_) => {}
        }
    }
    Ok(())
}
