//! The store as its users see it: what is acknowledged is there, once, and is what the journal says.

mod calls;
mod erase;
mod file;
mod line;
mod office;
mod offices;
mod papers;
mod people;
mod refusals;
mod restore;
mod undo;
mod upgrade;
mod village;
mod visits;

use super::*;
use crate::board::DayStatus;
use crate::case::{Case, CaseAction, CaseState, CollectedBy, Place as CollectionPlace};
use crate::devices::Device;
use crate::document::{Body, Paper};
use crate::fixture::at;
use crate::journal::World;
use crate::notice::Notice;
use crate::office::{Stage, Text};
use crate::printing::{JobState, Outcome, PrinterState};
use crate::refused::Refused;
use crate::ticket::{CounterNumber, State, TicketId};
use crate::visit::Action;
use jiff::civil::date;
use tempfile::TempDir;

const REAL: &str = include_str!("../../../../office.toml");

pub(crate) fn data_folder(office: &str) -> TempDir {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join(OFFICE), office).unwrap();
    dir
}

/// An office whose clock is moved by hand.
struct Day {
    store: Store,
    minute: i64,
    dir: TempDir,
}

impl Day {
    fn open() -> Day {
        Day::open_with(REAL)
    }

    fn open_with(office: &str) -> Day {
        let dir = data_folder(office);
        let store = Store::create(dir.path()).unwrap();
        let mut day = Day { store, minute: 0, dir };
        day.store.open_day(&day.command(), date(2026, 11, 23), false).unwrap();
        day
    }

    fn command(&self) -> Command {
        Command {
            id: uuid::Uuid::new_v4().to_string(),
            by: crate::journal::Actor::Terminal,
            counter: None,
            now: at(self.minute),
        }
    }

    fn wish(&self, service: &str) -> Issue {
        Issue { service: ServiceKey(service.into()), priority: false, lang: Lang::Id, receipt: None }
    }

    fn issue(&mut self, service: &str) -> Issued {
        let wish = self.wish(service);
        self.store.issue(&self.command(), &wish).unwrap()
    }

    fn issue_with(&mut self, receipt: Receipt) -> Result<Issued, Error> {
        let wish = Issue { receipt: Some(receipt), ..self.wish("collection") };
        self.store.issue(&self.command(), &wish)
    }

    fn call(&mut self, counter: CounterNumber) -> Ticket {
        self.store.call_next(&self.command(), counter).unwrap().expect("somebody waits")
    }

    /// Recalls as often as is needed, a minute after each call, and skips.
    fn skip(&mut self, ticket: &Ticket) {
        for action in [Action::Recall, Action::Recall, Action::Skip] {
            self.minute += 1;
            self.act(ticket, action);
        }
    }

    fn act(&mut self, ticket: &Ticket, action: Action) -> Ticket {
        self.try_act(ticket, action).unwrap()
    }

    fn try_act(&mut self, ticket: &Ticket, action: Action) -> Result<Ticket, Error> {
        self.store.act(&self.command(), ticket.id, &action, None)
    }

    /// Verification to recording, at counter 1.
    fn verify(&mut self) -> Ticket {
        let ticket = self.call(1);
        self.act(&ticket, Action::Start);
        self.act(&ticket, Action::Complete)
    }

    /// Recording at counter 2; gives the case.
    fn record(&mut self) -> Case {
        let ticket = self.call(2);
        self.act(&ticket, Action::Start);
        let done = self.act(&ticket, finish());
        self.store.case(done.case.unwrap()).unwrap().unwrap()
    }

    fn on_case(&mut self, case: &Case, action: CaseAction) -> Case {
        self.store.act_on_case(&self.command(), case.id, &action).unwrap()
    }

    fn papers(&self) -> Vec<Paper> {
        self.store.unconfirmed_print_jobs().unwrap().iter().map(|job| job.document.body.paper()).collect()
    }

    fn assert_sound(&self) {
        assert_eq!(self.store.check().unwrap().problems, Vec::<String>::new());
    }
}

fn finish() -> Action {
    Action::FinishRecording { done: vec!["photo".into()], place: CollectionPlace::Office }
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Refused {
    match result.expect_err("must be refused") {
        Error::Refused(refused) => refused,
        Error::Fault(fault) => panic!("{fault}"),
    }
}
