//! The flow of pages, pure: what the citizen sees × what happens → what the citizen sees, and at most one wish.
//!
//! ```text
//!   Home ──service──► Requirements ──print──► YourNumber ──home──► Home
//!    │                  ▲   │ have-receipt        paper? yes/no, reprint
//!    │     without-     │   ▼
//!    └─service─► ReceiptEntry ──9 digits──► Status ──print (ready, or to be recorded)──► YourNumber
//!      (collection)              ▲────back────┘  └──home (not ready: no number)──► Home
//!
//!   Home ──standard──► Standard ──back──► Home
//!
//!   A wish refused by the rules leads to Refused. Silence of 50 seconds leads home and resets every choice.
//! ```

use crate::input::{Answer, Effect, Input, Touch, View, Wish};
use jiff::civil::Date;
use queue::board::DayStatus;
use queue::case::{Case, Receipt};
use queue::office::{Service, ServiceKey, Stage};
use queue::printing::{JobId, JobState, PrintJob, next_copy};
use queue::store::{Issue, Issued};
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
/// Digits of a receipt, the check digit with them.
pub(crate) const RECEIPT_DIGITS: usize = 9;

/// What the citizen has come to.
#[derive(Clone, Debug)]
pub(crate) enum Page {
    /// The services.
    Home,
    /// The published service standard.
    Standard,
    /// What to bring for a service.
    Requirements { service: ServiceKey, without_receipt: bool },
    /// The keypad for a receipt; `wrong` when nine digits do not fit their check digit.
    ReceiptEntry { service: ServiceKey, digits: String, wrong: bool },
    /// What became of the application; `None` when no such receipt is known.
    Status { service: ServiceKey, receipt: Receipt, case: Option<Box<Case>> },
    /// The number, which is on disk.
    YourNumber(Box<Given>),
    /// The rules say no.
    Refused(Refused),
    /// The wish could not be written: the citizen goes to an officer, even if the machine recovers meanwhile.
    Failed,
}

/// The number shown and its latest paper.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// What the store gave.
    pub(crate) issued: Issued,
    /// The slip, or its reprint.
    pub(crate) job: JobId,
    /// How that paper stands, once read.
    pub(crate) print: Option<PrintJob>,
    /// Seconds for which it has been on its way.
    pub(crate) printing_s: u32,
}

/// How the paper of the shown number stands, for the citizen.
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
    /// Nobody has opened the day.
    NotOpened,
    /// The day is over.
    DayOver { date: Date },
}

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
    pub(crate) busy: Option<Busy>,
    pub(crate) office: Option<Arc<Office>>,
    pub(crate) view: Option<View>,
    fault: bool,
    idle_s: u32,
    wishes: u64,
}

impl Screen {
    /// A screen that has heard nothing from the store yet.
    pub(crate) fn new() -> Screen {
        Screen {
            page: Page::Home,
            lang: Lang::Id,
            priority: false,
            busy: None,
            office: None,
            view: None,
            fault: false,
            idle_s: 0,
            wishes: 0,
        }
    }

    /// The screen after `input`; the wish, if any, goes to the store and is answered once.
    pub(crate) fn step(&mut self, input: Input) -> Option<Effect> {
        match input {
            Input::Touch(touch) => return self.touch(touch),
            Input::Opened(office) => self.office = Some(office),
            Input::View(view) => self.look(*view),
            Input::Fault => self.fault = true,
            Input::Answer { wish, answer } => self.answer(wish, answer),
            Input::Second => self.second(),
        }
        None
    }

    /// Why the flow is not offered, if so. A number that was given stays readable through everything.
    pub(crate) fn closed(&self) -> Option<Closed> {
        if matches!(self.page, Page::YourNumber(_)) {
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
        if let Touch::Language(lang) = touch {
            self.lang = lang;
            return None;
        }
        let slow = self.closed() == Some(Closed::Slow);
        if touch == Touch::Home && (slow || self.busy.is_none()) {
            self.home();
            return None;
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
                let stage = self.service(&key)?.first_stage();
                (if stage == Stage::Collection { entry(key) } else { bring(key, false) }, None)
            }
            (Page::Home, Touch::Standard) => (Page::Standard, None),
            (Page::Requirements { service, without_receipt: true }, Touch::Back) => (entry(service), None),
            (Page::Standard | Page::Requirements { .. } | Page::ReceiptEntry { .. }, Touch::Back) => (Page::Home, None),
            (Page::Requirements { service, .. }, Touch::HaveReceipt) => (entry(service), None),
            (Page::Requirements { service, without_receipt }, Touch::Print) => {
                let wish = self.issue(&service, None);
                (bring(service, without_receipt), Some(wish))
            }
            (Page::ReceiptEntry { service, .. } | Page::Status { service, case: None, .. }, Touch::WithoutReceipt) => {
                let collection = self.service(&service)?.first_stage() == Stage::Collection;
                (bring(service, collection), None)
            }
            (Page::ReceiptEntry { service, digits, .. }, Touch::Digit(digit)) => typed(service, digits, digit),
            (Page::ReceiptEntry { service, mut digits, .. }, Touch::Erase) => {
                digits.pop();
                (Page::ReceiptEntry { service, digits, wrong: false }, None)
            }
            (Page::Status { service, .. }, Touch::Back) => (entry(service), None),
            (Page::Status { service, receipt, case: Some(case) }, Touch::Print) if workflow::admit(&case).is_ok() => {
                let wish = self.issue(&service, Some(receipt));
                (Page::Status { service, receipt, case: Some(case) }, Some(wish))
            }
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
        wish.map(|what| {
            self.wishes += 1;
            self.busy = Some(Busy { wish: self.wishes, seconds: 0 });
            Effect { wish: self.wishes, what }
        })
    }

    fn issue(&self, service: &ServiceKey, receipt: Option<Receipt>) -> Wish {
        Wish::Issue(Issue { service: service.clone(), priority: self.priority, lang: self.lang, receipt })
    }

    /// Home. The same person may go on in his language; whoever has a number is followed by somebody else.
    fn home(&mut self) {
        if matches!(self.page, Page::YourNumber(_) | Page::Refused(_) | Page::Failed) {
            self.reset();
        } else {
            self.page = Page::Home;
            self.busy = None;
        }
    }

    /// Every choice back to what the next person expects.
    fn reset(&mut self) {
        self.page = Page::Home;
        self.lang = Lang::Id;
        self.priority = false;
        self.busy = None;
        self.idle_s = 0;
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
        }
    }

    fn answer(&mut self, wish: u64, answer: Answer) {
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
            // A refusal must not take a number away that is on disk.
            (Answer::Refused(_), Page::YourNumber(_)) => {}
            (Answer::Refused(refused), _) => self.page = Page::Refused(refused),
            (Answer::Fault, Page::YourNumber(_)) => {}
            (Answer::Fault, page) => *page = Page::Failed,
            (Answer::Done | Answer::Case(_) | Answer::Reprinted(_), _) => {}
        }
    }

    fn second(&mut self) {
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
        let at_rest = matches!(self.page, Page::Home) && self.lang == Lang::Id && !self.priority;
        self.idle_s = if at_rest { 0 } else { self.idle_s + 1 };
        if self.idle_s >= IDLE_S + ASK_S {
            self.reset();
        }
    }
}

fn bring(service: ServiceKey, without_receipt: bool) -> Page {
    Page::Requirements { service, without_receipt }
}

fn entry(service: ServiceKey) -> Page {
    Page::ReceiptEntry { service, digits: String::new(), wrong: false }
}

/// The ninth digit asks the store, unless the check digit says that a digit is wrong.
fn typed(service: ServiceKey, mut digits: String, digit: u8) -> (Page, Option<Wish>) {
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
