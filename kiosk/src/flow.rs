//! The flow of pages, pure: what the citizen sees × what happens → what the citizen sees, and at most one wish.
//!
//! ```text
//!   Home ──service──► Requirements ──print──► YourNumber ──home──► Home
//!    │                  ▲   │ have-receipt        paper? yes/no, reprint
//!    │     without-     │   ▼
//!    └─service─► ReceiptEntry ──9 digits──► Status ──print (ready, or to be recorded)──► YourNumber
//!      (collection)              ▲────back────┘  └──home (not ready: no number)──► Home
//!
//!   Home ──check──► ReceiptEntry ──► Status, without any number
//!   Home ──standard──► Standard ──back──► Home
//!   Requirements ──incomplete──► Incomplete ──home──► Home
//!   Home or a closed page ──hold the office's name──► Code ──► Technician ──home──► Home
//!
//!   A wish refused by the rules leads to Refused. Silence of 50 seconds leads home and resets every choice.
//! ```

use crate::input::{Answer, Effect, Input, Touch, View, Wish};
pub(crate) use crate::page::{Closed, Given, Page, Paper};
use queue::board::DayStatus;
use queue::case::Receipt;
use queue::office::{Service, ServiceKey, Stage};
use queue::printing::{JobState, next_copy};
use queue::store::Issue;
use queue::time::clock;
use queue::{Lang, Office, Refused, workflow};
use std::sync::Arc;

/// Seconds without a touch after which the kiosk asks "Masih di sana?".
pub(crate) const IDLE_S: u32 = 30;
/// Seconds the question stays before the kiosk goes home; WCAG 2.2.1 asks for 20 or more.
pub(crate) const ASK_S: u32 = 20;
/// Seconds after which a slow disk is told to the citizen, who may go to an officer.
pub(crate) const SLOW_S: u32 = 8;
/// Seconds after which a paper that is still being printed is called not out; it may yet come.
pub(crate) const PAPER_S: u32 = 20;
/// Wrong codes after which the technician's page stays shut for [`SHUT_S`].
pub(crate) const CODES: u8 = 3;
/// Seconds for which the technician's page stays shut after [`CODES`] wrong codes.
pub(crate) const SHUT_S: u32 = 60;
/// Digits of a receipt, the check digit with them.
pub(crate) const RECEIPT_DIGITS: usize = 9;

/// A wish without its answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Busy {
    wish: u64,
    pub(crate) seconds: u32,
}

/// Everything that decides what is seen.
#[derive(Clone, Debug)]
pub(crate) struct Screen {
    pub(crate) page: Page,
    pub(crate) lang: Lang,
    pub(crate) priority: bool,
    /// White and yellow on black.
    pub(crate) contrast: bool,
    /// Larger letters, fewer of them at a time.
    pub(crate) large: bool,
    /// The rest of a page that is too long in large letters.
    pub(crate) more: bool,
    pub(crate) busy: Option<Busy>,
    pub(crate) office: Option<Arc<Office>>,
    pub(crate) view: Option<View>,
    fault: bool,
    idle_s: u32,
    wishes: u64,
    /// The call for an officer that is on its way to the disk.
    calling: Option<u64>,
    shut_s: u32,
}

impl Screen {
    /// A screen that has heard nothing from the store yet.
    pub(crate) fn new() -> Screen {
        Screen {
            page: Page::Home,
            lang: Lang::Id,
            priority: false,
            contrast: false,
            large: false,
            more: false,
            busy: None,
            office: None,
            view: None,
            fault: false,
            idle_s: 0,
            wishes: 0,
            calling: None,
            shut_s: 0,
        }
    }

    /// The screen after `input`; the wish, if any, goes to the store and is answered once.
    pub(crate) fn step(&mut self, input: Input) -> Option<Effect> {
        match input {
            Input::Touch(touch) => return self.touch(touch),
            Input::Opened(office) => self.opened(office),
            Input::View(view) => self.look(*view),
            Input::Fault => self.fault = true,
            Input::Answer { wish, answer } => self.answer(wish, answer),
            Input::Second => self.second(),
        }
        None
    }

    /// Why the flow is not offered, if so. A number that was given stays readable through everything.
    pub(crate) fn closed(&self) -> Option<Closed> {
        if matches!(self.page, Page::YourNumber(_) | Page::Code { .. } | Page::Technician(_)) {
            return None;
        }
        if self.fault {
            return Some(Closed::Fault);
        }
        let (Some(_), Some(view)) = (&self.office, &self.view) else { return Some(Closed::Starting) };
        if self.busy.is_some_and(|busy| busy.seconds >= SLOW_S) {
            return Some(Closed::Slow);
        }
        match view.board.day {
            DayStatus::NotOpened => Some(Closed::NotOpened),
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

    /// Whether an officer has been called and has not come yet.
    pub(crate) fn called(&self) -> bool {
        self.calling.is_some() || self.view.as_ref().is_some_and(|view| view.called)
    }

    /// Whether an officer can be called through this machine; without its store it can only send people there.
    pub(crate) fn may_call(&self) -> bool {
        !self.fault && self.view.is_some()
    }

    /// Why this service gives no number any more today, as far as is known beforehand; the store decides in the end.
    pub(crate) fn used_up(&self, service: &Service) -> Option<Refused> {
        let (office, view) = (self.office.as_ref()?, self.view.as_ref()?);
        let (DayStatus::Open { date } | DayStatus::Break { date, .. }) = view.board.day else { return None };
        let last = office.hours.of(date.weekday()).and_then(|hours| hours.last_number);
        if let Some(at) = last.filter(|at| view.today == date && view.clock >= *at) {
            return Some(Refused::LastNumberPassed { at: clock(at) });
        }
        let quota = service.quota?;
        let (_, issued) = view.issued.iter().find(|(key, _)| *key == service.key)?;
        (*issued >= quota).then_some(Refused::QuotaReached { quota })
    }

    /// How the paper of the shown number stands.
    pub(crate) fn paper(&self, given: &Given) -> Paper {
        match given.print.as_ref().map(|job| &job.state) {
            Some(JobState::Confirmed) => Paper::Printed,
            Some(JobState::Unknown { .. }) => Paper::Unknown,
            Some(JobState::FailedClean { .. }) => Paper::Failed,
            Some(JobState::Queued) if !self.prints() => Paper::Failed,
            _ if given.printing_s >= PAPER_S => Paper::Failed,
            Some(JobState::Queued | JobState::Sending) | None => Paper::Printing,
        }
    }

    /// Whether "cetak lagi" can be offered: the paper failed, the printer prints, and the limit is not reached.
    pub(crate) fn may_reprint(&self, given: &Given) -> bool {
        let (Some(office), Some(job)) = (&self.office, &given.print) else { return false };
        matches!(job.state, JobState::FailedClean { .. }) && self.prints() && next_copy(job, &office.queue).is_ok()
    }

    fn touch(&mut self, touch: Touch) -> Option<Effect> {
        self.idle_s = 0;
        match touch {
            Touch::Language(lang) => self.lang = lang,
            Touch::Contrast => self.contrast = !self.contrast,
            Touch::Large => self.large = !self.large,
            Touch::More if matches!(self.page, Page::Standard | Page::Requirements { .. }) => self.more = !self.more,
            Touch::Help if self.may_call() && !self.called() => {
                let effect = self.effect(Wish::Help);
                self.calling = Some(effect.wish);
                return Some(effect);
            }
            Touch::More | Touch::Help | Touch::StillHere => {}
            touch => return self.turn(touch),
        }
        None
    }

    /// A touch that may lead to another page.
    fn turn(&mut self, touch: Touch) -> Option<Effect> {
        let slow = self.closed() == Some(Closed::Slow);
        if touch == Touch::Home && (slow || self.busy.is_none()) {
            self.home();
            return None;
        }
        let at_door = matches!(self.page, Page::Home) || self.closed().is_some();
        if touch == Touch::Hold && at_door && self.busy.is_none() && self.shut_s == 0 {
            return Some(self.wish(Wish::HasCode));
        }
        if self.busy.is_some() || self.closed().is_some() {
            return None;
        }
        let (page, wish) = match (self.page.clone(), touch) {
            (Page::Home, Touch::Priority) => {
                self.priority = !self.priority;
                return None;
            }
            (Page::Home, Touch::Service(key)) => {
                let service = self.service(&key)?;
                let page = match self.used_up(service) {
                    Some(refused) => Page::Refused(refused),
                    None if service.first_stage() == Stage::Collection => entry(Some(key)),
                    None => bring(key, false),
                };
                (page, None)
            }
            (Page::Home, Touch::Check) => (entry(None), None),
            (Page::Home, Touch::Standard) => (Page::Standard, None),
            (Page::Requirements { service, without_receipt: true }, Touch::Back) => (entry(Some(service)), None),
            (Page::Standard | Page::Requirements { .. } | Page::ReceiptEntry { .. }, Touch::Back) => (Page::Home, None),
            (Page::Requirements { service, .. }, Touch::HaveReceipt) => (entry(Some(service)), None),
            (Page::Requirements { service, .. }, Touch::Incomplete) => (Page::Incomplete { service }, None),
            (Page::Incomplete { service }, Touch::Back) => (bring(service, false), None),
            (Page::Requirements { service, without_receipt }, Touch::Print) => {
                let wish = self.issue(&service, None);
                (bring(service, without_receipt), Some(wish))
            }
            (
                Page::ReceiptEntry { service: Some(service), .. }
                | Page::Status { service: Some(service), case: None, .. },
                Touch::WithoutReceipt,
            ) => {
                let collection = self.service(&service)?.first_stage() == Stage::Collection;
                (bring(service, collection), None)
            }
            (Page::ReceiptEntry { service, digits, .. }, Touch::Digit(digit)) => typed(service, digits, digit),
            (Page::ReceiptEntry { service, mut digits, .. }, Touch::Erase) => {
                digits.pop();
                (Page::ReceiptEntry { service, digits, wrong: false }, None)
            }
            (Page::Status { service, .. }, Touch::Back) => (entry(service), None),
            (Page::Status { service: Some(service), receipt, case: Some(case) }, Touch::Print)
                if workflow::admit(&case).is_ok() =>
            {
                let wish = self.issue(&service, Some(receipt));
                (Page::Status { service: Some(service), receipt, case: Some(case) }, Some(wish))
            }
            (Page::Code { digits, length, wrong }, Touch::Digit(digit)) => {
                let digits = format!("{digits}{}", digit.min(9));
                let wish = (digits.len() >= length).then(|| Wish::TryCode(digits.clone()));
                (Page::Code { digits, length, wrong }, wish)
            }
            (Page::Code { mut digits, length, wrong }, Touch::Erase) => {
                digits.pop();
                (Page::Code { digits, length, wrong }, None)
            }
            (Page::Code { .. }, Touch::Back) => (Page::Home, None),
            (Page::YourNumber(given), Touch::Paper { came_out }) if self.paper(&given) == Paper::Unknown => {
                let wish = Wish::AnswerPrint { job: given.job, came_out };
                (Page::YourNumber(given), Some(wish))
            }
            (Page::YourNumber(given), Touch::Reprint) if self.may_reprint(&given) => {
                let wish = Wish::Reprint(given.job);
                (Page::YourNumber(given), Some(wish))
            }
            _ => return None,
        };
        self.page = page;
        self.more = false;
        wish.map(|what| self.wish(what))
    }

    /// A wish that is waited for: nothing else can be touched until it is answered.
    fn wish(&mut self, what: Wish) -> Effect {
        let effect = self.effect(what);
        self.busy = Some(Busy { wish: effect.wish, seconds: 0 });
        effect
    }

    fn effect(&mut self, what: Wish) -> Effect {
        self.wishes += 1;
        Effect { wish: self.wishes, what }
    }

    fn issue(&self, service: &ServiceKey, receipt: Option<Receipt>) -> Wish {
        Wish::Issue(Issue { service: service.clone(), priority: self.priority, lang: self.lang, receipt })
    }

    /// Home. The same person may go on in his language; whoever has a number is followed by somebody else.
    fn home(&mut self) {
        if matches!(self.page, Page::YourNumber(_) | Page::Refused(_) | Page::Incomplete { .. } | Page::Failed) {
            self.reset();
        } else {
            self.page = Page::Home;
            self.more = false;
            self.busy = None;
        }
    }

    /// Every choice back to what the next person expects.
    fn reset(&mut self) {
        self.page = Page::Home;
        self.lang = Lang::Id;
        self.priority = false;
        self.contrast = false;
        self.large = false;
        self.more = false;
        self.busy = None;
        self.idle_s = 0;
    }

    fn opened(&mut self, office: Arc<Office>) {
        // A changed office may have lost the service somebody has chosen.
        if let Page::Requirements { service, .. } | Page::Incomplete { service } = &self.page
            && office.service(service).is_none()
        {
            self.page = Page::Home;
            self.more = false;
        }
        self.office = Some(office);
    }

    fn look(&mut self, view: View) {
        if let (Page::YourNumber(given), Some(paper)) = (&mut self.page, &view.paper)
            && paper.id == given.job
        {
            given.print = Some(paper.clone());
        }
        self.fault = false;
        self.view = Some(view);
        // A day that ends takes an unfinished choice with it, so that the next day does not begin in the middle.
        if matches!(self.closed(), Some(Closed::NotOpened | Closed::DayOver { .. })) && self.busy.is_none() {
            self.page = Page::Home;
            self.more = false;
        }
    }

    fn answer(&mut self, wish: u64, answer: Answer) {
        if self.calling.take_if(|calling| *calling == wish).is_some() {
            if let (Answer::Done, Some(view)) = (&answer, &mut self.view) {
                view.called = true;
            }
            return;
        }
        if self.busy.is_none_or(|busy| busy.wish != wish) {
            return;
        }
        self.busy = None;
        self.idle_s = 0;
        match (answer, &mut self.page) {
            (Answer::Issued(issued), _) => {
                let job = issued.slip;
                self.page = Page::YourNumber(Box::new(Given { issued: *issued, job, print: None, printing_s: 0 }));
            }
            (Answer::Case(case), Page::ReceiptEntry { service, digits, .. }) => {
                if let Ok(receipt) = digits.parse() {
                    self.page = Page::Status { service: service.clone(), receipt, case };
                }
            }
            (Answer::Reprinted(job), Page::YourNumber(given)) => {
                given.job = job;
                given.print = None;
                given.printing_s = 0;
            }
            (Answer::Code(Some(length)), _) => self.page = Page::Code { digits: String::new(), length, wrong: 0 },
            (Answer::Facts(Some(facts)), Page::Code { .. }) => self.page = Page::Technician(facts),
            (Answer::Facts(None), Page::Code { digits, wrong, .. }) => {
                digits.clear();
                *wrong += 1;
                if *wrong >= CODES {
                    self.shut_s = SHUT_S;
                    self.page = Page::Home;
                }
            }
            // A refusal must not take a number away that is on disk.
            (Answer::Refused(_), Page::YourNumber(_)) => {}
            (Answer::Refused(refused), _) => self.page = Page::Refused(refused),
            (Answer::Fault, Page::YourNumber(_)) => {}
            (Answer::Fault, page) => *page = Page::Failed,
            (Answer::Done | Answer::Case(_) | Answer::Reprinted(_) | Answer::Code(None) | Answer::Facts(_), _) => {}
        }
    }

    fn second(&mut self) {
        self.shut_s = self.shut_s.saturating_sub(1);
        if let Page::YourNumber(given) = &mut self.page
            && given.print.as_ref().is_none_or(|job| matches!(job.state, JobState::Queued | JobState::Sending))
        {
            given.printing_s = given.printing_s.saturating_add(1);
        }
        if let Some(busy) = &mut self.busy {
            busy.seconds = busy.seconds.saturating_add(1);
            if busy.seconds < SLOW_S {
                return;
            }
        }
        let chosen = self.lang != Lang::Id || self.priority || self.contrast || self.large;
        let at_rest = matches!(self.page, Page::Home) && !chosen;
        self.idle_s = if at_rest { 0 } else { self.idle_s + 1 };
        if self.idle_s >= IDLE_S + ASK_S {
            self.reset();
        }
    }
}

fn bring(service: ServiceKey, without_receipt: bool) -> Page {
    Page::Requirements { service, without_receipt }
}

fn entry(service: Option<ServiceKey>) -> Page {
    Page::ReceiptEntry { service, digits: String::new(), wrong: false }
}

/// The ninth digit asks the store, unless the check digit says that a digit is wrong.
fn typed(service: Option<ServiceKey>, mut digits: String, digit: u8) -> (Page, Option<Wish>) {
    if digits.len() < RECEIPT_DIGITS {
        digits.push(char::from(b'0' + digit.min(9)));
    }
    let receipt: Option<Receipt> = digits.parse().ok();
    let wrong = digits.len() == RECEIPT_DIGITS && receipt.is_none();
    (Page::ReceiptEntry { service, digits, wrong }, receipt.map(Wish::LookUp))
}

#[cfg(test)]
#[path = "flow_tests.rs"]
mod tests;
