//! The flow of pages, pure: what the citizen sees × what happens → what the citizen sees, and at most one wish.
//!
//! ```text
//!   Home ──service──► Requirements ──print──► YourNumber ──home──► Home
//!    │                  ▲   │ have-receipt        paper? yes/no, reprint
//!    │     without-     │   ▼
//!    └─service─► ReceiptEntry ──9 digits──► Status ──print (ready, or to be recorded)──► YourNumber
//!      (collection)              ▲────back────┘  └──home (not ready: no number)──► Home
//!
//!   Home ──check, scan──► ReceiptEntry ──► Status, without any number
//!   Home ──standard──► Standard ──back──► Home
//!   Requirements ──incomplete──► Incomplete (prints the list) ──home──► Home
//!   Home or a closed page ──hold the office's name──► Code ──► Technician ──home──► Home
//!   anything ──a number written after its person had left a slow disk──► Late ──mine──► YourNumber
//!
//!   A wish refused by the rules leads to Refused. Silence of 50 seconds leads home and resets every choice; so do 10 seconds
//!   after the paper of a number has come out.
//! ```

use crate::input::{Answer, Effect, Input, Touch, View, Wish};
use crate::language::INDONESIAN;
use crate::page::{Bench, Done};
use crate::screen::{
    ASK_S, Busy, CODES, Closed, Given, IDLE_S, PAPER_S, Page, Paper, RECEIPT_DIGITS, SHUT_S, Screen, Sheet, VOLUME_STEP,
};
use queue::case::Receipt;
use queue::office::{ServiceKey, Stage};
use queue::printing::JobState;
use queue::store::Issue;
use queue::{Office, visit};
use std::sync::Arc;

impl Screen {
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

    fn touch(&mut self, touch: Touch) -> Option<Effect> {
        self.idle_s = 0;
        match touch {
            Touch::Language(language) if self.languages().contains(&language) => self.language = language,
            Touch::Language(_) => {}
            Touch::NextLanguage => {
                let offered = self.languages();
                let now = offered.iter().position(|language| *language == self.language).unwrap_or(0);
                self.language = offered[(now + 1) % offered.len()];
            }
            Touch::Contrast => self.contrast = !self.contrast,
            Touch::Speak => {
                self.speaks = !self.speaks;
                self.heard = None;
            }
            Touch::Large => self.large = !self.large,
            Touch::More if matches!(self.page, Page::Standard | Page::Requirements { .. } | Page::Technician(_)) => {
                self.more = !self.more
            }
            Touch::Help if self.may_call() && !self.called() && self.calling.is_none() => {
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
        if touch == Touch::Home && self.busy.as_ref().is_none_or(Busy::is_slow) {
            self.home();
            return None;
        }
        // The keypad for the code has no other way out of a disk that hangs.
        if touch == Touch::Back && matches!(self.page, Page::Code { .. }) && self.is_slow() {
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
                if self.speaks && self.heard.as_ref() != Some(&key) {
                    self.heard = Some(key);
                    return None;
                }
                let page = match self.used_up(service) {
                    Some(refused) => Page::Refused(refused),
                    None if service.first_stage() == Stage::Collection => entry(Some(key)),
                    None => bring(key, false),
                };
                (page, None)
            }
            (Page::Home, Touch::Check) => (entry(None), None),
            (Page::Home, Touch::Standard) => (Page::Standard, None),
            (page, Touch::Scanned(text)) => {
                let service = match page {
                    Page::ReceiptEntry { service, .. } | Page::Status { service, .. } => service,
                    Page::Requirements { service, .. } => Some(service),
                    Page::Home | Page::Standard => None,
                    _ => return None,
                };
                scanned(service, &text)
            }
            (Page::Requirements { service, without_receipt: true }, Touch::Back) => (entry(Some(service)), None),
            (Page::Standard | Page::Requirements { .. } | Page::ReceiptEntry { .. }, Touch::Back) => (Page::Home, None),
            (Page::Requirements { service, .. }, Touch::HaveReceipt) => (entry(Some(service)), None),
            (Page::Requirements { service, .. }, Touch::Incomplete) => (Page::Incomplete { service, list: None }, None),
            (Page::Incomplete { service, .. }, Touch::Back) => (bring(service, false), None),
            (Page::Incomplete { service, list: None }, Touch::PrintList) if self.prints() => {
                let wish = Wish::PrintList(service.clone(), self.language.of_papers());
                (Page::Incomplete { service, list: None }, Some(wish))
            }
            (Page::Requirements { service, .. }, Touch::Print) => return self.number(&service, None),
            (
                Page::ReceiptEntry { service: Some(service), .. }
                | Page::Status { service: Some(service), case: None, .. },
                Touch::WithoutReceipt,
            ) => {
                let collection = self.service(&service)?.first_stage() == Stage::Collection;
                (bring(service, collection), None)
            }
            // After a typo the next digit is the first of a new try, so that a scanner is understood.
            (Page::ReceiptEntry { service, wrong: true, .. }, Touch::Digit(digit)) => {
                typed(service, String::new(), digit)
            }
            (Page::ReceiptEntry { service, digits, .. }, Touch::Digit(digit)) => typed(service, digits, digit),
            (Page::ReceiptEntry { service, mut digits, .. }, Touch::Erase) => {
                digits.pop();
                (Page::ReceiptEntry { service, digits, wrong: false }, None)
            }
            (Page::Status { service, .. }, Touch::Back) => (entry(service), None),
            (Page::Status { service: Some(service), receipt, case: Some(case) }, Touch::Print)
                if visit::admit(&case).is_ok() =>
            {
                return self.number(&service, Some(receipt));
            }
            (Page::Code { digits, length }, Touch::Digit(digit)) => {
                let digits = format!("{digits}{}", digit.min(9));
                let wish = (digits.len() >= length).then(|| Wish::TryCode(digits.clone()));
                (Page::Code { digits, length }, wish)
            }
            (Page::Code { mut digits, length }, Touch::Erase) => {
                digits.pop();
                (Page::Code { digits, length }, None)
            }
            (Page::Code { .. }, Touch::Back) => (Page::Home, None),
            (Page::YourNumber(given), Touch::Paper { came_out }) if self.paper(&given.sheet) == Paper::Unknown => {
                let wish = Wish::AnswerPrint { job: given.sheet.job, came_out };
                (Page::YourNumber(given), Some(wish))
            }
            (Page::YourNumber(given), Touch::Reprint) if self.may_reprint(&given) => {
                let wish = Wish::Reprint(given.sheet.job);
                (Page::YourNumber(given), Some(wish))
            }
            (Page::Late(given), Touch::Mine(true)) => (Page::YourNumber(given), None),
            (Page::Late(_), Touch::Mine(false)) => (Page::Home, None),
            (Page::Technician(bench), touch) => return self.work(*bench, touch),
            _ => return None,
        };
        self.page = page;
        self.more = false;
        self.heard = None;
        wish.map(|what| self.wish(what))
    }

    /// A wish for a number. While an earlier one may still be written, that one is waited for: whoever left a slow page
    /// and taps again must not get two numbers. Whoever wants another service or another priority is asked whose it is.
    fn number(&mut self, service: &ServiceKey, receipt: Option<Receipt>) -> Option<Effect> {
        let issue = self.issue(service, receipt);
        if let Some(left) = self.left.take() {
            let same =
                |i: &Issue| (&i.service, i.receipt, i.priority) == (&issue.service, issue.receipt, issue.priority);
            let anothers = !left.number.as_ref().is_some_and(same);
            self.busy = Some(Busy { anothers, ..left });
            return None;
        }
        let effect = self.effect(Wish::Issue(issue.clone()));
        self.busy = Some(Busy { wish: effect.wish, seconds: 0, number: Some(issue), anothers: false });
        Some(effect)
    }

    /// A technician's touch.
    fn work(&mut self, mut bench: Bench, touch: Touch) -> Option<Effect> {
        bench.done = None;
        let wish = match touch {
            Touch::PrintTest => Wish::PrintTest,
            Touch::Restart(Some(process)) => Wish::Restart(process),
            Touch::Restart(None) => {
                self.leaves = true;
                return None;
            }
            Touch::Louder(louder) => {
                let now = self.view.as_ref()?.board.volume;
                Wish::Volume(if louder {
                    now.saturating_add(VOLUME_STEP).min(100)
                } else {
                    now.saturating_sub(VOLUME_STEP)
                })
            }
            _ => return None,
        };
        self.page = Page::Technician(Box::new(bench));
        Some(self.wish(wish))
    }

    /// A wish that is waited for: nothing else can be touched until it is answered.
    fn wish(&mut self, what: Wish) -> Effect {
        let effect = self.effect(what);
        self.busy = Some(Busy { wish: effect.wish, seconds: 0, number: None, anothers: false });
        effect
    }

    fn effect(&mut self, what: Wish) -> Effect {
        self.wishes += 1;
        Effect { wish: self.wishes, what }
    }

    fn opened(&mut self, office: Arc<Office>) {
        // A changed office may have lost the service somebody has chosen.
        if let Page::Requirements { service, .. } | Page::Incomplete { service, .. } = &self.page
            && office.service(service).is_none()
        {
            self.page = Page::Home;
            self.more = false;
        }
        self.office = Some(office);
        if !self.languages().contains(&self.language) {
            self.language = INDONESIAN;
        }
    }

    fn look(&mut self, view: View) {
        if let (Some(sheet), Some(paper)) = (self.sheet(), &view.paper)
            && paper.id == sheet.job
        {
            sheet.print = Some(paper.clone());
        }
        self.fault = false;
        self.view = Some(view);
        // A day that ends takes an unfinished choice with it, so that the next day does not begin in the middle.
        if matches!(self.closed(), Some(Closed::NotOpened | Closed::DayOver { .. })) && self.busy.is_none() {
            self.page = Page::Home;
            self.more = false;
        }
    }

    /// The paper that this page waits for.
    fn sheet(&mut self) -> Option<&mut Sheet> {
        match &mut self.page {
            Page::YourNumber(given) | Page::Late(given) => Some(&mut given.sheet),
            Page::Incomplete { list, .. } => list.as_mut(),
            Page::Technician(bench) => bench.test.as_mut(),
            _ => None,
        }
    }

    fn answer(&mut self, wish: u64, answer: Answer) {
        if self.calling.take_if(|calling| *calling == wish).is_some() {
            if let (Answer::Done, Some(view)) = (&answer, &mut self.view) {
                view.called = true;
            }
            return;
        }
        let late = self.left.take_if(|left| left.wish == wish);
        let Some(busy) = late.clone().or_else(|| self.busy.take_if(|busy| busy.wish == wish)) else { return };
        if late.is_some() && !matches!(answer, Answer::Issued(_)) {
            return;
        }
        self.idle_s = 0;
        match (answer, &mut self.page) {
            (Answer::Issued(issued), _) => {
                let given = Box::new(Given { sheet: Sheet::new(issued.slip), issued: *issued });
                // Whoever stands here may not be the one who wished for it.
                let theirs = late.is_none() && !busy.anothers;
                self.page = if theirs { Page::YourNumber(given) } else { Page::Late(given) };
            }
            (Answer::Case(case), Page::ReceiptEntry { service, digits, .. }) => {
                if let Ok(receipt) = digits.parse() {
                    self.page = Page::Status { service: service.clone(), receipt, case };
                }
            }
            (Answer::Reprinted(job), Page::YourNumber(given)) => given.sheet = Sheet::new(job),
            (Answer::Ordered(job), Page::Incomplete { list, .. }) => *list = Some(Sheet::new(job)),
            (Answer::Ordered(job), Page::Technician(bench)) => bench.test = Some(Sheet::new(job)),
            (Answer::Code(Some(length)), _) => self.page = Page::Code { digits: String::new(), length },
            (Answer::Facts(Some(facts)), Page::Code { .. }) => {
                self.wrong_codes = 0;
                self.page = Page::Technician(Box::new(Bench { facts: *facts, test: None, done: None }));
            }
            (Answer::Facts(None), Page::Code { digits, .. }) => {
                digits.clear();
                self.wrong_codes += 1;
                if self.wrong_codes >= CODES {
                    self.wrong_codes = 0;
                    self.shut_s = SHUT_S;
                    self.page = Page::Home;
                }
            }
            (Answer::Restarting(process), Page::Technician(bench)) => bench.done = Some(Done::Restarting(process)),
            (Answer::Volume(volume), Page::Technician(bench)) => {
                bench.done = Some(Done::Volume(volume));
                if let Some(view) = &mut self.view {
                    view.board.volume = volume;
                }
            }
            (Answer::Refused(refused), Page::Technician(bench)) => bench.done = Some(Done::Refused(refused)),
            (Answer::Fault, Page::Technician(bench)) => bench.done = Some(Done::Failed),
            // The list is on the screen all the same.
            (Answer::Refused(_) | Answer::Fault, Page::Incomplete { .. }) => {}
            // A refusal must not take a number away that is on disk.
            (Answer::Refused(_), Page::YourNumber(_)) => {}
            (Answer::Refused(refused), _) => self.page = Page::Refused(refused),
            (Answer::Fault, Page::YourNumber(_)) => {}
            (Answer::Fault, page) => *page = Page::Failed,
            (
                Answer::Done
                | Answer::Case(_)
                | Answer::Reprinted(_)
                | Answer::Ordered(_)
                | Answer::Restarting(_)
                | Answer::Volume(_)
                | Answer::Code(None)
                | Answer::Facts(_),
                _,
            ) => {}
        }
    }

    fn second(&mut self) {
        self.shut_s = self.shut_s.saturating_sub(1);
        self.wait_for_paper();
        if let Some(busy) = &mut self.busy {
            busy.seconds = busy.seconds.saturating_add(1);
            if !busy.is_slow() {
                return;
            }
        }
        let chosen = self.language != INDONESIAN || self.priority || self.contrast || self.large || self.speaks;
        let at_rest = matches!(self.page, Page::Home) && !chosen;
        self.idle_s = if at_rest { 0 } else { self.idle_s + 1 };
        if self.idle_s >= IDLE_S + ASK_S || self.ends_in().is_some_and(|(left, _)| left == 0) {
            self.reset();
        }
    }

    /// One more second of a paper on its way, or of one whose fate is known.
    fn wait_for_paper(&mut self) {
        let prints = self.prints();
        let Some(sheet) = self.sheet() else { return };
        let state = sheet.print.as_ref().map(|job| &job.state);
        if state.is_none_or(|state| matches!(state, JobState::Queued | JobState::Sending)) {
            sheet.printing_s = sheet.printing_s.saturating_add(1);
        }
        // Where nothing prints, the number on the screen counts, and that is known at once.
        let known = match state {
            Some(JobState::Queued) => !prints,
            Some(JobState::Sending) | None => false,
            Some(_) => true,
        };
        if known || sheet.printing_s >= PAPER_S {
            sheet.known_s = sheet.known_s.saturating_add(1);
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

/// A scanned code replaces what was typed; one that is no receipt is said to fit none.
fn scanned(service: Option<ServiceKey>, text: &str) -> (Page, Option<Wish>) {
    let receipt = text.parse::<Receipt>().ok();
    let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | ' ' | '.'));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = if plain && digits.len() == RECEIPT_DIGITS { digits } else { String::new() };
    (Page::ReceiptEntry { service, digits, wrong: receipt.is_none() }, receipt.map(Wish::LookUp))
}

#[cfg(test)]
#[path = "monkey_tests.rs"]
mod monkey;
#[cfg(test)]
#[path = "flow_tests.rs"]
mod tests;
