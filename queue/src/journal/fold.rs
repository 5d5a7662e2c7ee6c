//! The one fold: what an event makes of the visit and the application it concerns, and of the office's switches. The store
//! keeps the changes as rows, [`super::World`] in memory; what is not decided here is decided nowhere.

use super::accounts::AccountBook;
use super::happened::Happened;
use super::record::Event;
use crate::case::{self, Case, CaseAction, CaseId, CaseState, Place as CollectionPlace, Receipt};
use crate::devices::Process;
use crate::notice::{Notice, NoticeId};
use crate::office::ServiceKey;
use crate::ticket::{DayId, Place, State, Ticket};
use crate::time::Moment;
use crate::visit::{self, Action, CaseStep};
use jiff::civil::Date;

/// What stands before an event.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The ticket of the event.
    pub ticket: Option<&'a Ticket>,
    /// The case of the event.
    pub case: Option<&'a Case>,
    /// For an undoing: the ticket as it was before the act.
    pub before: Option<&'a Ticket>,
}

/// What an event changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A ticket, new or as it is now.
    Ticket(Ticket),
    /// A case, new or as it is now.
    Case(Case),
    /// A day is open.
    DayOpened(DayId, Date),
    /// The open day is closed.
    DayClosed,
    /// The network is disturbed, or normal again (S26).
    Network(bool),
    /// Somebody waits for an officer, or none does.
    Help(bool),
    /// How loud board and kiosk are, 0 to 100.
    Volume(u8),
    /// A role shall start again.
    Restart(Process),
    /// A notice hangs.
    Notice(NoticeId, Notice),
    /// A notice was taken down.
    NoticeEnded(NoticeId),
    /// The accounts, as [`AccountBook::hear`] tells.
    Accounts,
}

/// What `event` changes.
///
/// # Errors
/// In words for a technician: the rules do not allow the event, so the journal was tampered with.
pub fn follow(event: &Event, known: Known) -> Result<Vec<Change>, String> {
    let ticket = || known.ticket.ok_or("unknown ticket");
    let case = || known.case.ok_or("unknown case");
    Ok(match &event.happened {
        Happened::DayOpened { date, .. } => vec![Change::DayOpened(event.day, *date)],
        Happened::DayClosed => vec![Change::DayClosed],
        Happened::NetworkDown => vec![Change::Network(true)],
        Happened::NetworkUp => vec![Change::Network(false)],
        Happened::HelpAsked => vec![Change::Help(true)],
        Happened::HelpAnswered => vec![Change::Help(false)],
        Happened::VolumeSet { percent } => vec![Change::Volume(*percent)],
        Happened::RestartAsked { process } => vec![Change::Restart(*process)],
        Happened::Issued { number, service, priority, lang, stage, case, overruled: _ } => {
            if known.ticket.is_some() {
                return Err("ticket issued twice".into());
            }
            vec![Change::Ticket(Ticket {
                id: event.ticket.ok_or("no ticket named")?,
                day: event.day,
                number: *number,
                service: service.clone(),
                priority: *priority,
                lang: *lang,
                case: *case,
                issued: event.at,
                state: State::Waiting { stage: *stage, place: Place::last(event.seq, event.at) },
            })]
        }
        Happened::Acted { action, to } => {
            let after = visit::transition(ticket()?, action, *to, event.seq, event.at);
            let mut after = after.ok_or_else(|| format!("\"{}\" is no act on that ticket", action.word()))?;
            if matches!(action, Action::HandOver { .. }) {
                after.case = event.case;
            }
            vec![Change::Ticket(after)]
        }
        Happened::Undone { .. } => {
            let before = known.before.ok_or("only the last act on a ticket can be taken back")?;
            vec![Change::Ticket(before.clone())]
        }
        Happened::CaseOpened { receipt } => {
            if known.case.is_some() {
                return Err("case opened twice".into());
            }
            let (id, ticket) = (event.case.ok_or("no case named")?, ticket()?);
            let case = new_case(id, *receipt, ticket.service.clone(), event.at);
            vec![Change::Case(case), Change::Ticket(Ticket { case: Some(id), ..ticket.clone() })]
        }
        Happened::CaseActed { action } => {
            let next = case::transition(case()?, action);
            vec![Change::Case(next.ok_or_else(|| format!("\"{}\" is no act on that case", action.word()))?)]
        }
        Happened::NoticePosted { notice, says } => vec![Change::Notice(*notice, says.clone())],
        Happened::NoticeEnded { notice } => vec![Change::NoticeEnded(*notice)],
        happened if AccountBook::concerns(happened) => vec![Change::Accounts],
        // Papers follow devices; office.toml is its own truth; an erased text is erased in its own event.
        _ => Vec::new(),
    })
}

/// A case as it begins.
pub fn new_case(id: CaseId, receipt: Receipt, service: ServiceKey, opened: Moment) -> Case {
    Case {
        id,
        receipt,
        service,
        opened,
        place: CollectionPlace::Office,
        recorded_on: None,
        state: CaseState::Verified { again: false },
    }
}

/// The case action that follows from a step, after the case exists.
pub fn case_action(step: &CaseStep) -> Option<&CaseAction> {
    match step {
        CaseStep::Open => None,
        CaseStep::OpenAndRecord(action) | CaseStep::Act(action) => Some(action),
    }
}
