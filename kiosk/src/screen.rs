//! What a citizen sees, as values: the page, the choices, the news of the store; and what follows from them alone.

use crate::input::View;
use crate::language::{ENGLISH, INDONESIAN, LANGUAGES, Language};
pub(crate) use crate::page::{Closed, Given, Page, Paper, Sheet};
use queue::board::DayStatus;
use queue::case::Receipt;
use queue::day::may_issue;
use queue::office::{Service, ServiceKey};
use queue::printing::{JobState, next_copy};
use queue::store::Issue;
use queue::{Office, Refused};
use std::sync::Arc;

/// Seconds without a touch after which the kiosk asks "Masih di sana?".
pub(crate) const IDLE_S: u32 = 30;
/// Seconds the question stays before the kiosk goes home; WCAG 2.2.1 asks for 20 or more.
pub(crate) const ASK_S: u32 = 20;
/// Seconds after which a slow disk is told to the citizen, who may go to an officer.
pub(crate) const SLOW_S: u32 = 8;
/// Seconds after which a paper that is still being printed is called not out; it may yet come.
pub(crate) const PAPER_S: u32 = 20;
/// Seconds the number stays after its paper's fate is known, before the page may be left.
const KNOWN_S: u32 = 2;
/// Seconds after which the page of a number may be left in any case.
const STAY_S: u32 = 10;
/// Seconds after a paper has come out in which the page of its number ends by itself.
pub(crate) const END_S: u32 = 10;
/// The same where pages are spoken: the number is said to its end.
const END_SPOKEN_S: u32 = 25;
/// Wrong codes after which the technician's page stays shut for [`SHUT_S`].
pub(crate) const CODES: u8 = 3;
/// Seconds for which the technician's page stays shut after [`CODES`] wrong codes.
pub(crate) const SHUT_S: u32 = 60;
/// How much louder or softer one touch of a technician makes the sound, per cent.
pub(crate) const VOLUME_STEP: u8 = 10;
/// Digits of a receipt, the check digit with them.
pub(crate) const RECEIPT_DIGITS: usize = 9;

/// A wish without its answer.
#[derive(Clone, Debug)]
pub(crate) struct Busy {
    pub(crate) wish: u64,
    pub(crate) seconds: u32,
    /// What it is for, if for a number: then it must not be forgotten, and no second one made.
    pub(crate) number: Option<Issue>,
    /// Whoever waits now did not make this wish.
    pub(crate) anothers: bool,
}

impl Busy {
    /// So slow that the citizen is told, and may leave.
    pub(crate) fn is_slow(&self) -> bool {
        self.seconds >= SLOW_S
    }
}

/// Everything that decides what is seen.
#[derive(Clone, Debug)]
pub(crate) struct Screen {
    pub(crate) page: Page,
    pub(crate) language: Language,
    pub(crate) priority: bool,
    /// White and yellow on black.
    pub(crate) contrast: bool,
    /// Larger letters, fewer of them at a time.
    pub(crate) large: bool,
    /// Pages are spoken, and a service is named before it is chosen.
    pub(crate) speaks: bool,
    /// The service that was named by the last touch; the same touch again chooses it.
    pub(crate) heard: Option<ServiceKey>,
    /// The rest of a page that is too long in large letters.
    pub(crate) more: bool,
    pub(crate) busy: Option<Busy>,
    pub(crate) office: Option<Arc<Office>>,
    pub(crate) view: Option<View>,
    /// A technician wants this kiosk to start again.
    pub(crate) leaves: bool,
    pub(crate) fault: bool,
    pub(crate) idle_s: u32,
    pub(crate) wishes: u64,
    /// The call for an officer that is on its way to the disk.
    pub(crate) calling: Option<u64>,
    /// The wish for a number whose person has left the page of a slow disk; it may still be written.
    pub(crate) left: Option<Busy>,
    /// Wrong codes since the last right one, whatever pages came between.
    pub(crate) wrong_codes: u8,
    /// Seconds for which the technician's page stays shut.
    pub(crate) shut_s: u32,
}

impl Screen {
    /// A screen that has heard nothing from the store yet.
    pub(crate) fn new() -> Screen {
        Screen {
            page: Page::Home,
            language: INDONESIAN,
            priority: false,
            contrast: false,
            large: false,
            speaks: false,
            heard: None,
            more: false,
            busy: None,
            office: None,
            view: None,
            leaves: false,
            fault: false,
            idle_s: 0,
            wishes: 0,
            calling: None,
            left: None,
            wrong_codes: 0,
            shut_s: 0,
        }
    }

    /// Why the flow is not offered, if so. A number that was given stays readable through everything.
    pub(crate) fn closed(&self) -> Option<Closed> {
        if matches!(self.page, Page::YourNumber(_) | Page::Late(_) | Page::Code { .. } | Page::Technician(_)) {
            return None;
        }
        if self.fault {
            return Some(Closed::Fault);
        }
        let (Some(_), Some(view)) = (&self.office, &self.view) else { return Some(Closed::Starting) };
        if view.full {
            return Some(Closed::Fault);
        }
        if self.is_slow() {
            return Some(Closed::Slow);
        }
        match view.board.day {
            DayStatus::NotOpened | DayStatus::LeftOpen { .. } => Some(Closed::NotOpened),
            DayStatus::Closed { date } => Some(Closed::DayOver { date }),
            DayStatus::Open { .. } | DayStatus::Break { .. } => None,
        }
    }

    /// Whether "Masih di sana?" is asked.
    pub(crate) fn asks(&self) -> bool {
        self.idle_s >= IDLE_S
    }

    /// The service of the office with this key.
    pub(crate) fn service(&self, key: &ServiceKey) -> Option<&Service> {
        self.office.as_ref()?.service(key)
    }

    /// Whether a paper sent now can be expected to come out.
    pub(crate) fn prints(&self) -> bool {
        self.view.as_ref().and_then(|view| view.printer.as_ref()).is_some_and(|printer| printer.state.prints())
    }

    /// Whether an officer has been called and has not come yet; a call that is not on disk yet is none.
    pub(crate) fn called(&self) -> bool {
        self.view.as_ref().is_some_and(|view| view.called)
    }

    /// Whether a wish takes so long that the page on which it was made may be left.
    pub(crate) fn is_slow(&self) -> bool {
        self.busy.as_ref().is_some_and(Busy::is_slow)
    }

    /// Whether an officer can be called through this machine; without its store it can only send people there.
    pub(crate) fn may_call(&self) -> bool {
        !self.fault && self.view.is_some()
    }

    /// Why this service gives no number any more today, as far as is known beforehand; the store decides in the end.
    pub(crate) fn used_up(&self, service: &Service) -> Option<Refused> {
        let (office, view) = (self.office.as_ref()?, self.view.as_ref()?);
        let (DayStatus::Open { date } | DayStatus::Break { date, .. }) = view.board.day else { return None };
        let issued = view.issued.iter().find(|(key, _)| *key == service.key).map_or(0, |(_, issued)| *issued);
        may_issue(office, date, view.today.to_datetime(view.clock), service, issued).err()
    }

    /// How a paper that was ordered here stands.
    pub(crate) fn paper(&self, sheet: &Sheet) -> Paper {
        match sheet.print.as_ref().map(|job| &job.state) {
            Some(JobState::Confirmed) => Paper::Printed,
            Some(JobState::Unknown { .. }) => Paper::Unknown,
            Some(JobState::FailedClean { .. }) => Paper::Failed,
            Some(JobState::Queued) if !self.prints() => Paper::Failed,
            _ if sheet.printing_s >= PAPER_S => Paper::Failed,
            Some(JobState::Queued | JobState::Sending) | None => Paper::Printing,
        }
    }

    /// Whether the page of a number may be left: not before its paper's fate is known, so that a second tap loses no number.
    pub(crate) fn may_leave(&self, sheet: &Sheet) -> bool {
        sheet.known_s >= KNOWN_S || sheet.printing_s + sheet.known_s >= STAY_S
    }

    /// Seconds until the page of a number whose paper has come out ends by itself, of how many; a touch begins them anew.
    pub(crate) fn ends_in(&self) -> Option<(u32, u32)> {
        let Page::YourNumber(given) = &self.page else { return None };
        let all = if self.speaks { END_SPOKEN_S } else { END_S };
        let gone = given.sheet.known_s.min(self.idle_s);
        (self.paper(&given.sheet) == Paper::Printed).then(|| (all.saturating_sub(gone), all))
    }

    /// Whether "cetak lagi" can be offered: the paper failed, the printer prints, and the limit is not reached.
    pub(crate) fn may_reprint(&self, given: &Given) -> bool {
        let (Some(office), Some(job)) = (&self.office, &given.sheet.print) else { return false };
        matches!(job.state, JobState::FailedClean { .. }) && self.prints() && next_copy(job, &office.queue).is_ok()
    }

    /// The languages this office offers, as far as this kiosk speaks them; Indonesian is always among them.
    pub(crate) fn languages(&self) -> Vec<Language> {
        let offered = |known: &Language| match &self.office {
            Some(office) => office.identity.languages.iter().any(|code| code == known.code),
            None => known.code == INDONESIAN.code || known.code == ENGLISH,
        };
        LANGUAGES.iter().copied().filter(offered).collect()
    }

    /// The wish for a number on this page, if it offers one.
    pub(crate) fn issue(&self, service: &ServiceKey, receipt: Option<Receipt>) -> Issue {
        let lang = self.language.of_papers();
        Issue { service: service.clone(), priority: self.priority, lang, receipt }
    }

    /// Home. The same person may go on in his language; whoever has a number is followed by somebody else.
    pub(crate) fn home(&mut self) {
        if matches!(self.page, Page::YourNumber(_) | Page::Refused(_) | Page::Incomplete { .. } | Page::Failed) {
            self.reset();
        } else {
            self.leave();
        }
    }

    /// Every choice back to what the next person expects.
    pub(crate) fn reset(&mut self) {
        self.leave();
        self.language = INDONESIAN;
        self.priority = false;
        self.contrast = false;
        self.large = false;
        self.speaks = false;
        self.idle_s = 0;
    }

    fn leave(&mut self) {
        self.page = Page::Home;
        self.more = false;
        self.heard = None;
        // A number that may yet be written is remembered, whoever stands here then.
        self.left = self.busy.take().filter(|busy| busy.number.is_some()).or(self.left.take());
    }
}
