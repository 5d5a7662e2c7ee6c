//! The journal: what happened, typed; and [`World`], the state it leads to.
//!
//! `World` is the proof that the tables of the store are the fold of the events: it replays every act through the same
//! rules, without SQL.

use crate::case::{self, Case, CaseAction, CaseId, CaseState, Place as CollectionPlace, Receipt};
use crate::devices::Process;
use crate::document::Paper;
use crate::ids::{BrowserId, PersonId};
use crate::notice::{Notice, NoticeId};
use crate::office::{Lang, ServiceKey, Stage};
use crate::printing::JobId;
use crate::ticket::{DayId, Number, Place, Seq, State, Ticket, TicketId};
use crate::time::Moment;
use crate::visit::{self, Action, CaseStep};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened, with all that is needed to do it again. The JSON of `event.detail`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Happened {
    /// BUKA_HARI; the same date again opens the same day again.
    DayOpened {
        /// As the person confirmed it.
        date: Date,
        /// The person said that the clock is wrong.
        clock_is_wrong: bool,
    },
    /// TUTUP_HARI.
    DayClosed,
    /// The network was marked as disturbed.
    NetworkDown,
    /// The network was marked as normal.
    NetworkUp,
    /// Somebody at the kiosk asked for an officer.
    HelpAsked,
    /// An officer went there.
    HelpAnswered,
    /// Board and kiosk were made louder or softer.
    VolumeSet {
        /// 0 to 100.
        percent: u8,
    },
    /// AMBIL_NOMOR.
    Issued {
        /// The label.
        number: Number,
        /// The service.
        service: ServiceKey,
        /// Self-declared.
        priority: bool,
        /// The language of its papers.
        lang: Lang,
        /// The stage waited for.
        stage: Stage,
        /// The case of the receipt shown.
        case: Option<CaseId>,
        /// Why an officer gave it although the quota was used up or the last number had passed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        overruled: Option<String>,
    },
    /// An act on a ticket.
    Acted {
        /// Which.
        #[serde(flatten)]
        action: Action,
        /// The stage waited for after a transfer, as the office's services were then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Stage>,
    },
    /// URUNGKAN: the ticket is as it was before its last act.
    Undone {
        /// The act's event.
        act: Seq,
    },
    /// A case began with this ticket.
    CaseOpened {
        /// Its receipt number.
        receipt: Receipt,
    },
    /// An act on a case.
    CaseActed {
        /// Which.
        #[serde(flatten)]
        action: CaseAction,
    },
    /// A paper was ordered on request.
    PaperOrdered {
        /// Which.
        paper: Paper,
    },
    /// A technician asked at the kiosk that a role starts again.
    RestartAsked {
        /// Which.
        process: Process,
    },
    /// A person answered whether a paper came out.
    PrintAnswered {
        /// Which job.
        job: JobId,
        /// The answer.
        came_out: bool,
    },
    /// CETAK ULANG.
    Reprinted {
        /// The job printed again.
        job: JobId,
    },
    /// The head of office changed `office.toml` from the console.
    OfficeChanged {
        /// Which key of the file.
        key: String,
        /// What it says now.
        value: String,
    },
    /// PENGUMUMAN: staff let the board say something.
    NoticePosted {
        /// Its identity.
        notice: NoticeId,
        /// What, and until when.
        says: Notice,
    },
    /// A notice was taken down.
    NoticeEnded {
        /// Which.
        notice: NoticeId,
    },
    /// An account was made, or its roles changed.
    PersonSet {
        /// Whose.
        person: PersonId,
        /// The account's name.
        name: String,
        /// The words of the roles it has from now on.
        roles: String,
    },
    /// A person got a one-time code; password and PIN are void.
    PersonInvited {
        /// Who.
        person: PersonId,
    },
    /// A person chose a password and a PIN.
    PersonEnrolled {
        /// Who.
        person: PersonId,
    },
    /// A person signed in.
    SignedIn {
        /// Who.
        person: PersonId,
        /// At which enrolled browser.
        device: Option<BrowserId>,
    },
    /// A password, PIN or code was wrong.
    SignInFailed {
        /// Whose, if there is such an account.
        person: Option<PersonId>,
        /// At which enrolled browser.
        device: Option<BrowserId>,
    },
    /// A login or token ended.
    SignedOut {
        /// Whose.
        person: PersonId,
        /// With all other logins of the person.
        everywhere: bool,
    },
    /// A script got a token.
    TokenMade {
        /// In whose name.
        person: PersonId,
        /// The token's own name.
        label: String,
        /// The words of the roles it may act in.
        scopes: String,
    },
    /// Every enrolled browser was forgotten.
    DevicesForgotten,
}

impl Happened {
    /// The word of `event.action`.
    pub fn word(&self) -> &'static str {
        match self {
            Happened::DayOpened { .. } => "day-opened",
            Happened::DayClosed => "day-closed",
            Happened::NetworkDown => "network-down",
            Happened::NetworkUp => "network-up",
            Happened::HelpAsked => "help-asked",
            Happened::HelpAnswered => "help-answered",
            Happened::VolumeSet { .. } => "volume-set",
            Happened::Issued { .. } => "issue",
            Happened::Acted { action, .. } => action.word(),
            Happened::Undone { .. } => "undo",
            Happened::CaseOpened { .. } => "case-opened",
            Happened::CaseActed { action } => action.word(),
            Happened::PaperOrdered { .. } => "paper-ordered",
            Happened::RestartAsked { .. } => "restart-asked",
            Happened::PrintAnswered { .. } => "print-answered",
            Happened::Reprinted { .. } => "reprinted",
            Happened::OfficeChanged { .. } => "office-changed",
            Happened::NoticePosted { .. } => "notice-posted",
            Happened::NoticeEnded { .. } => "notice-ended",
            Happened::PersonSet { .. } => "person-set",
            Happened::PersonInvited { .. } => "person-invited",
            Happened::PersonEnrolled { .. } => "person-enrolled",
            Happened::SignedIn { .. } => "signed-in",
            Happened::SignInFailed { .. } => "sign-in-failed",
            Happened::SignedOut { .. } => "signed-out",
            Happened::TokenMade { .. } => "token-made",
            Happened::DevicesForgotten => "devices-forgotten",
        }
    }

    /// Whether it concerns no visit, only accounts, notices and devices: it may come before the first day and leads
    /// nowhere in the queue.
    pub fn needs_no_day(&self) -> bool {
        matches!(
            self,
            Happened::VolumeSet { .. }
                | Happened::PaperOrdered { paper: Paper::List | Paper::Test }
                | Happened::RestartAsked { .. }
                | Happened::OfficeChanged { .. }
                | Happened::NoticePosted { .. }
                | Happened::NoticeEnded { .. }
                | Happened::PersonSet { .. }
                | Happened::PersonInvited { .. }
                | Happened::PersonEnrolled { .. }
                | Happened::SignedIn { .. }
                | Happened::SignInFailed { .. }
                | Happened::SignedOut { .. }
                | Happened::TokenMade { .. }
                | Happened::DevicesForgotten
        )
    }
}

/// One row of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its place in the order.
    pub seq: Seq,
    /// The day it belongs to.
    pub day: DayId,
    /// When.
    pub at: Moment,
    /// Device or clerk.
    pub by: String,
    /// The ticket concerned.
    pub ticket: Option<TicketId>,
    /// The case concerned.
    pub case: Option<CaseId>,
    /// What.
    pub happened: Happened,
}

/// Tickets, cases, days and the network as the journal tells them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // The names say it.
pub struct World {
    pub tickets: BTreeMap<TicketId, Ticket>,
    pub cases: BTreeMap<CaseId, Case>,
    /// Dates of all days, and which is open.
    pub days: BTreeMap<DayId, Date>,
    pub open_day: Option<DayId>,
    pub network_down: bool,
    /// Those that nobody has taken down.
    pub notices: BTreeMap<NoticeId, Notice>,
    /// As staff last set it; nobody has is 100.
    pub volume: Option<u8>,
    /// Every ticket of the last day before its last act, with that act's event: what can be taken back.
    before: BTreeMap<TicketId, (Seq, Ticket)>,
}

impl World {
    /// The world after all of `events`.
    ///
    /// # Errors
    /// The first event that the rules do not allow, in words for a technician: the journal was tampered with.
    pub fn fold(events: impl IntoIterator<Item = Event>) -> Result<World, String> {
        let mut world = World::default();
        for event in events {
            world.hear(&event)?;
        }
        Ok(world)
    }

    /// The next event.
    ///
    /// # Errors
    /// As [`World::fold`].
    pub fn hear(&mut self, event: &Event) -> Result<(), String> {
        self.apply(event).map_err(|why| format!("event {}: {why}", event.seq.0))
    }

    fn apply(&mut self, event: &Event) -> Result<(), String> {
        let ticket_id = || event.ticket.ok_or("no ticket named".to_string());
        let case_id = || event.case.ok_or("no case named".to_string());
        match &event.happened {
            Happened::DayOpened { date, .. } => {
                // A day that is opened again goes on where it was closed.
                if self.days.insert(event.day, *date).is_none() {
                    self.before.clear();
                }
                self.open_day = Some(event.day);
            }
            Happened::DayClosed => self.open_day = None,
            Happened::NetworkDown => self.network_down = true,
            Happened::NetworkUp => self.network_down = false,
            Happened::Issued { number, service, priority, lang, stage, case, overruled: _ } => {
                let id = ticket_id()?;
                let ticket = Ticket {
                    id,
                    day: event.day,
                    number: *number,
                    service: service.clone(),
                    priority: *priority,
                    lang: *lang,
                    case: *case,
                    issued: event.at,
                    state: State::Waiting { stage: *stage, place: Place::last(event.seq, event.at) },
                };
                if self.tickets.insert(id, ticket).is_some() {
                    return Err("ticket issued twice".into());
                }
            }
            Happened::Acted { action, to } => {
                let ticket = self.tickets.get(&ticket_id()?).ok_or("unknown ticket")?;
                let after = visit::transition(ticket, action, *to, event.seq, event.at);
                let mut after = after.ok_or_else(|| format!("\"{}\" is no act on that ticket", action.word()))?;
                if matches!(action, Action::HandOver { .. }) {
                    after.case = event.case;
                }
                if let Some(before) = self.tickets.insert(after.id, after) {
                    self.before.insert(before.id, (event.seq, before));
                }
            }
            Happened::Undone { act } => {
                let before = self.before.remove(&ticket_id()?).filter(|(seq, _)| seq == act);
                let (_, before) = before.ok_or("only the last act on a ticket can be taken back")?;
                self.tickets.insert(before.id, before);
            }
            Happened::CaseOpened { receipt } => {
                let id = case_id()?;
                let ticket = self.tickets.get_mut(&ticket_id()?).ok_or("unknown ticket")?;
                ticket.case = Some(id);
                let case = new_case(id, *receipt, ticket.service.clone(), event.at);
                if self.cases.insert(id, case).is_some() {
                    return Err("case opened twice".into());
                }
            }
            Happened::CaseActed { action } => {
                let id = case_id()?;
                let case = self.cases.get(&id).ok_or("unknown case")?;
                let next = case::transition(case, action);
                let next = next.ok_or_else(|| format!("\"{}\" is no act on that case", action.word()))?;
                self.cases.insert(id, next);
            }
            Happened::HelpAsked | Happened::HelpAnswered | Happened::RestartAsked { .. } => {}
            Happened::VolumeSet { percent } => self.volume = Some(*percent),
            Happened::PaperOrdered { .. } | Happened::PrintAnswered { .. } | Happened::Reprinted { .. } => {}
            Happened::NoticePosted { notice, says } => drop(self.notices.insert(*notice, says.clone())),
            Happened::NoticeEnded { notice } => {
                self.notices.remove(notice).ok_or("unknown notice")?;
            }
            // The file is its own truth.
            Happened::OfficeChanged { .. } => {}
            // The staff's accounts are no part of the queue.
            Happened::PersonSet { .. }
            | Happened::PersonInvited { .. }
            | Happened::PersonEnrolled { .. }
            | Happened::SignedIn { .. }
            | Happened::SignInFailed { .. }
            | Happened::SignedOut { .. }
            | Happened::TokenMade { .. }
            | Happened::DevicesForgotten => {}
        }
        Ok(())
    }
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

/// The case actions that follow from a step, after the case exists.
pub fn case_action(step: &CaseStep) -> Option<&CaseAction> {
    match step {
        CaseStep::Open => None,
        CaseStep::OpenAndRecord(action) | CaseStep::Act(action) => Some(action),
    }
}
