//! Any order of clicks: random citizens, clerks, clocks and printers against the real store.
//!
//! After every day the tables must be the fold of the journal, numbers without gaps, and no visit left open.

use fastrand::Rng;
use queue::board::DayStatus;
use queue::case::{CaseAction, CollectedBy, HoldReason, Place, Receipt};
use queue::office::{ServiceKey, Stage};
use queue::printing::{JobId, Outcome};
use queue::store::Issue;
use queue::ticket::{Number, Seq, State, TicketId};
use queue::time::Moment;
use queue::visit::Action;
use queue::{Command, Error, Lang, Refused, Store};
use std::collections::BTreeMap;

/// Actions of one seed; eight seeds make more than 10⁵ per run.
const ACTIONS: u32 = 13_000;

struct Clerks {
    store: Store,
    rng: Rng,
    now: Moment,
    date: jiff::civil::Date,
    done: u32,
    refused: u32,
    undone: u32,
    last: Option<(Command, TicketId, Action)>,
}

#[test]
fn any_order_of_clicks_keeps_every_invariant_seeds_1_to_4() {
    (1..=4).for_each(run);
}

#[test]
fn any_order_of_clicks_keeps_every_invariant_seeds_5_to_8() {
    (5..=8).for_each(run);
}

fn run(seed: u64) {
    // A short day has no last number, and one counter may do everything.
    let dir = super::data_folder(|real| {
        let all = "number = 1\nstages = [\"verification\", \"recording\", \"collection\"]";
        real.replace(", last_number = \"14.30\"", "").replace("number = 1\nstages = [\"verification\"]", all)
    });
    let store = Store::create(dir.path()).unwrap();
    let start = Moment { wall_ms: 1_795_395_600_000, boot: 1, uptime_ms: 0 };
    let date = jiff::civil::date(2026, 11, 23);
    let mut clerks =
        Clerks { store, rng: Rng::with_seed(seed), now: start, date, done: 0, refused: 0, undone: 0, last: None };
    for n in 0..ACTIONS {
        clerks.click();
        if n % 401 == 0 {
            clerks.assert_sound();
        }
    }
    clerks.close();
    clerks.assert_sound();
    assert!(clerks.undone > 5, "seed {seed}: {} undone", clerks.undone);
    assert!(clerks.done > ACTIONS / 8, "seed {seed}: {} done, {} refused", clerks.done, clerks.refused);
}

impl Clerks {
    fn click(&mut self) {
        self.clock();
        if self.rng.bool() && self.store.open_day_now().unwrap().is_none() {
            self.open().unwrap();
        }
        // A clock that jumped or a midnight: somebody says sooner or later that the clock is wrong.
        if self.rng.bool() && matches!(self.store.day_status(self.now).unwrap(), DayStatus::LeftOpen { .. }) {
            let command = self.command();
            self.store.open_day(&command, self.date, true).unwrap();
        }
        let result = match self.rng.u32(0..1000) {
            0..=149 => self.issue(),
            150..=269 => self.call(),
            270..=799 => self.act(),
            800..=899 => self.act_on_case(),
            900..=907 => self.network(),
            908..=909 => self.volume(),
            910..=969 => self.print(),
            970..=979 => self.again(),
            980..=994 => self.undo(),
            995..=997 => self.open(),
            _ => {
                self.close();
                Ok(())
            }
        };
        match result {
            Ok(()) => self.done += 1,
            Err(Error::Refused(refused)) => {
                assert!(!refused.say(Lang::Id).is_empty());
                self.refused += 1;
            }
            Err(Error::Fault(fault)) => panic!("{fault}"),
        }
    }

    /// Time passes; now and then the wall clock jumps or the machine restarts.
    fn clock(&mut self) {
        let passed = self.rng.i64(0..120_000);
        self.now.uptime_ms += passed;
        self.now.wall_ms += passed;
        match self.rng.u32(0..2000) {
            0 => self.now.wall_ms += self.rng.i64(-86_400_000..86_400_000),
            1 => {
                self.now.boot += 1;
                self.now.uptime_ms = 0;
                self.store.recover_printing(self.now).unwrap();
            }
            _ => {}
        }
    }

    fn command(&mut self) -> Command {
        Command {
            id: format!("{:032x}", self.rng.u128(..)),
            by: queue::journal::Actor::Terminal,
            counter: None,
            now: self.now,
        }
    }

    fn issue(&mut self) -> Result<(), Error> {
        let service = ["new", "new", "lost", "collection", "nothing"][self.rng.usize(0..5)];
        let receipt = self.rng.bool().then(|| self.receipt());
        let wish =
            Issue { service: ServiceKey(service.into()), priority: self.rng.u8(0..5) == 0, lang: Lang::Id, receipt };
        let command = self.command();
        self.store.issue(&command, &wish).map(|_| ())
    }

    fn receipt(&mut self) -> Receipt {
        let cases = self.store.open_cases().unwrap();
        match self.rng.choice(&cases) {
            Some(case) if self.rng.u8(0..5) > 0 => case.receipt,
            _ => Receipt { year: 26, n: self.rng.u32(1..400) },
        }
    }

    fn call(&mut self) -> Result<(), Error> {
        let counter = self.rng.u8(0..5);
        let command = self.command();
        let before = self.store.queue(Some(counter), 1, self.now)?.first;
        let called = self.store.call_next(&command, counter)?;
        let expected = before.first().map(|t| t.number);
        assert_eq!(called.map(|t| t.number), expected, "the queue shown is the order of the calls");
        Ok(())
    }

    fn ticket(&mut self) -> TicketId {
        // Those at a counter have most buttons, the returned ones may come back.
        let mut open = Vec::new();
        for ticket in self.store.tickets().unwrap() {
            let times = match ticket.state.word() {
                "called" | "serving" => 30,
                "returned" | "skipped" | "held" => 5,
                _ => usize::from(!ticket.state.is_final()),
            };
            open.extend(std::iter::repeat_n(ticket.id, times));
        }
        match self.rng.choice(&open) {
            Some(id) if self.rng.u8(0..10) > 1 => *id,
            _ => TicketId(self.rng.i64(0..3000)),
        }
    }

    fn act(&mut self) -> Result<(), Error> {
        let ticket = self.ticket();
        let place = if self.rng.bool() { Place::Office } else { Place::Village("Sebunga".into()) };
        let action = self.action(ticket, place);
        let command = self.command();
        self.store.act(&command, ticket, &action, None)?;
        self.last = Some((command, ticket, action));
        Ok(())
    }

    /// Mostly what a clerk would do now, often what he should not.
    fn action(&mut self, ticket: TicketId, place: Place) -> Action {
        let reason = ["alasan", "alasan", " "][self.rng.usize(0..3)].to_string();
        let missing = vec![["family-card", "compare", "x"][self.rng.usize(0..3)].to_string()];
        let service = ServiceKey(["new", "lost", "collection"][self.rng.usize(0..3)].into());
        let receipt = self.rng.bool().then(|| self.receipt());
        let finish = Action::FinishRecording { done: vec!["photo".into()], place: place.clone() };
        let hand_over = Action::HandOver { by: CollectedBy::Applicant, receipt };
        let counter = self.rng.u8(1..4);
        let state = self.store.ticket(ticket).unwrap().map(|t| t.state);
        let sensible = match (state.as_ref().map(State::word), state.as_ref().and_then(State::stage)) {
            (Some("called"), _) => vec![Action::Recall, Action::Recall, Action::Start, Action::Start, Action::Skip],
            (Some("serving"), Some(Stage::Verification)) => {
                vec![
                    Action::Complete,
                    Action::Complete,
                    Action::PrintDirectly { place: place.clone() },
                    Action::Return { missing: missing.clone() },
                ]
            }
            (Some("serving"), Some(Stage::Recording)) => vec![finish.clone()],
            (Some("serving"), _) => vec![hand_over.clone()],
            (Some("held"), _) => vec![Action::ChooseWait, Action::Refer, Action::Defer],
            (Some("skipped"), _) => vec![Action::ReportBack],
            (Some("returned"), _) => vec![Action::Reenter],
            _ => vec![Action::CallChosen { counter, reason: reason.clone() }],
        };
        let any = vec![
            Action::Call { counter },
            Action::CallChosen { counter, reason: reason.clone() },
            Action::Recall,
            Action::Start,
            Action::Complete,
            Action::PrintDirectly { place },
            Action::Return { missing },
            Action::Reenter,
            finish,
            hand_over,
            Action::Hold,
            Action::ChooseWait,
            Action::Resume,
            Action::Refer,
            Action::Defer,
            Action::Skip,
            Action::ReportBack,
            Action::Transfer { service },
            Action::Cancel { reason },
            Action::Close,
        ];
        let from = if self.rng.u8(0..10) < 7 { sensible } else { any };
        self.rng.choice(from).unwrap_or(Action::Recall)
    }

    fn act_on_case(&mut self) -> Result<(), Error> {
        let cases = self.store.open_cases()?;
        let Some(case) = self.rng.choice(&cases) else { return Ok(()) };
        let action = match self.rng.u32(0..13) {
            12 => CaseAction::PrintAgain,
            0 => CaseAction::Record { on: self.date, place: Place::Office },
            1 => CaseAction::Hold { reason: HoldReason::ALL[self.rng.usize(0..7)] },
            2 => CaseAction::Release,
            3 => CaseAction::RecordAgain,
            4..=6 => CaseAction::Print,
            7..=9 => CaseAction::MakeReady,
            10 => CaseAction::SendToVillage { village: ["Kaliau", "Lain"][self.rng.usize(0..2)].into() },
            _ => CaseAction::Cancel { reason: "alasan".into() },
        };
        let command = self.command();
        self.store.act_on_case(&command, case.id, &action).map(|_| ())
    }

    fn volume(&mut self) -> Result<(), Error> {
        let command = self.command();
        self.store.set_volume(&command, self.rng.u8(0..=100))
    }

    fn network(&mut self) -> Result<(), Error> {
        let (command, down) = (self.command(), self.rng.bool());
        self.store.set_network(&command, down)
    }

    fn print(&mut self) -> Result<(), Error> {
        let (command, job) = (self.command(), JobId(self.rng.i64(1..400)));
        let outcome = match self.rng.u8(0..6) {
            0 => Outcome::Postponed,
            1 => Outcome::Failed { cause: "uji".into() },
            2 => Outcome::Unknown { cause: "uji".into() },
            _ => Outcome::Confirmed,
        };
        match self.rng.u8(0..4) {
            0 => self.store.answer_print(&command, job, self.rng.bool()),
            1 => self.store.reprint(&command, job).map(|_| ()),
            2 => {
                let ticket = self.ticket();
                self.store.order_network_slip(&command, ticket).map(|_| ())
            }
            _ => match self.store.claim_print_job(self.now)? {
                Some(job) => self.store.settle_print_job(job.id, &outcome, self.now),
                None => Ok(()),
            },
        }
    }

    /// A retried request: the same command again has no second effect.
    fn again(&mut self) -> Result<(), Error> {
        let Some((command, ticket, action)) = self.last.clone() else { return Ok(()) };
        let before = self.store.events()?.len();
        let answer = self.store.act(&command, ticket, &action, None);
        assert_eq!(self.store.events()?.len(), before, "a repeated command changes nothing");
        assert!(!matches!(answer, Err(Error::Refused(ref r)) if *r != Refused::DayNotOpen), "{answer:?}");
        Ok(())
    }

    /// What the page offers can be done; any other event on any ticket is refused or harmless.
    fn undo(&mut self) -> Result<(), Error> {
        let command = self.command();
        if let Some(offered) = self.store.undoable(&command)? {
            self.store.undo(&command, offered.ticket.id, offered.act)?;
            self.undone += 1;
            return Ok(());
        }
        let (ticket, events) = (self.ticket(), self.store.events()?.len() as i64);
        let act = Seq(events - self.rng.i64(0..4));
        let command = self.command();
        self.store.undo(&command, ticket, act).map(|_| ())
    }

    fn open(&mut self) -> Result<(), Error> {
        let tomorrow = self.date.saturating_add(jiff::Span::new().days(self.rng.i64(0..2)));
        let command = self.command();
        self.store.open_day(&command, tomorrow, true)?;
        self.date = tomorrow;
        Ok(())
    }

    /// Closes the day if it is open: everybody's visit ends, numbers have no gap.
    fn close(&mut self) {
        let numbers: Vec<Number> = self.store.tickets().unwrap().iter().map(|t| t.number).collect();
        let mut last: BTreeMap<char, u32> = BTreeMap::new();
        for number in numbers {
            let n = last.entry(number.prefix).or_default();
            assert_eq!(number.n, *n + 1, "gap-free in the order of issue");
            *n = number.n;
        }
        let command = self.command();
        match self.store.close_day(&command) {
            Ok(summary) => {
                let ended = summary.finished + summary.returned + summary.referred + summary.deferred;
                assert_eq!(summary.issued, ended + summary.expired + summary.cancelled, "every visit has ended");
                self.assert_sound();
            }
            Err(Error::Refused(Refused::DayNotOpen)) => {}
            Err(error) => panic!("{error}"),
        }
    }

    fn assert_sound(&self) {
        assert_eq!(self.store.check().unwrap().problems, Vec::<String>::new());
    }
}
