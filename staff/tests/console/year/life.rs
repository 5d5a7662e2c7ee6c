//! A year in the office, played by dice: everything that can happen happens now and then.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::panic)]

use crate::office::monday;
use fastrand::Rng;
use jiff::ToSpan;
use jiff::civil::Date;
use queue::case::{Case, CaseAction, CollectedBy, HoldReason, Place};
use queue::journal::Actor;
use queue::office::{ServiceKey, Stage};
use queue::people::PersonId;
use queue::store::Issue;
use queue::ticket::{State, Ticket};
use queue::time::Moment;
use queue::visit::Action;
use queue::{Command, Error, Lang, Store};

/// 08.00 WIB of a date, on the wall.
fn morning(date: Date) -> i64 {
    let days = (date - jiff::civil::date(2026, 11, 23)).get_days();
    monday().wall_ms + i64::from(days) * 86_400_000
}

/// An office that works by itself.
pub struct Life<'a> {
    store: &'a mut Store,
    rng: Rng,
    now: Moment,
}

impl Life<'_> {
    /// Lives through `days` working days from the first Monday of 2026, and the weekends between; the last evening the
    /// network is down. The dates of the first and last day, and what the clock says two weeks later.
    pub fn live(store: &mut Store, days: u32) -> (Date, Date, Moment) {
        let first = jiff::civil::date(2026, 1, 5);
        let now = Moment { wall_ms: morning(first) - 86_400_000, boot: 1, uptime_ms: 0 };
        let mut life = Life { store, rng: Rng::with_seed(2026), now };
        let (mut last, mut worked, mut dates) = (first, 0, first.series(1.day()));
        while worked < days {
            last = dates.next().unwrap();
            if life.store.office().is_working_day(last) {
                worked += 1;
                life.day(last, worked);
            } else if life.rng.u8(0..3) == 0 {
                life.sleep(last);
                life.back_office();
            }
        }
        // Not at the end of a day: the next one would begin with it.
        let command = life.wish(2);
        Self::try_out(life.store.set_network(&command, true));
        life.pass(14 * 86_400);
        (first, last, life.now)
    }

    fn wish(&mut self, counter: u8) -> Command {
        let id = format!("tahun-{:024x}", self.rng.u128(..) >> 32);
        Command { id, by: Actor::Person(PersonId(1)), counter: Some(counter), now: self.now }
    }

    /// What the rules refuse is part of life.
    fn try_out<T>(done: Result<T, Error>) -> Option<T> {
        match done {
            Ok(done) => Some(done),
            Err(Error::Refused(_)) => None,
            Err(Error::Fault(fault)) => panic!("{fault}"),
        }
    }

    fn pass(&mut self, seconds: i64) {
        self.now.wall_ms += seconds * 1000;
        self.now.uptime_ms += seconds * 1000;
    }

    /// Until 08.00 of a date.
    fn sleep(&mut self, date: Date) {
        self.pass((morning(date) - self.now.wall_ms) / 1000);
    }

    /// A power cut: nobody measured how long anything took across it.
    fn power_cut(&mut self) {
        self.now = Moment { boot: self.now.boot + 1, uptime_ms: 0, ..self.now };
    }

    /// The `n`-th working day.
    fn day(&mut self, date: Date, n: u32) {
        self.sleep(date);
        self.open(date);
        // From 8.00 to about 15.00.
        self.steps(190);
        self.close();
        if n % 6 == 3 {
            // Closed too early, and opened again.
            self.open(date);
            self.steps(10);
            self.close();
        }
        self.pass(900);
        if n % 10 == 8 {
            // The box has no battery: after a power cut its clock may be weeks ago, until somebody notices.
            let evening = self.now.wall_ms;
            self.power_cut();
            self.now.wall_ms -= 20 * 86_400_000;
            self.back_office();
            self.power_cut();
            self.now.wall_ms = evening + 900_000;
        } else {
            self.back_office();
        }
    }

    fn open(&mut self, date: Date) {
        let command = self.wish(0);
        self.store.open_day(&command, date, false).unwrap();
    }

    fn close(&mut self) {
        let command = self.wish(0);
        self.store.close_day(&command).unwrap();
    }

    fn steps(&mut self, steps: u32) {
        for _ in 0..steps {
            let seconds = self.rng.i64(20..240);
            self.pass(seconds);
            if self.rng.u16(0..400) == 0 {
                self.power_cut();
            }
            self.step();
        }
    }

    fn step(&mut self) {
        match self.rng.u8(0..100) {
            0..18 => self.issue(),
            18..22 => {
                let counter = self.rng.u8(1..=3);
                let command = self.wish(counter);
                if let Some(offered) = self.store.undoable(&command).unwrap() {
                    Self::try_out(self.store.undo(&command, offered.ticket.id, offered.act));
                }
            }
            22 => {
                let (command, down) = (self.wish(2), self.rng.u8(0..4) == 0);
                Self::try_out(self.store.set_network(&command, down));
            }
            23..33 => self.apart(),
            _ => self.at_counter(),
        }
    }

    fn issue(&mut self) {
        let open = self.store.open_cases().unwrap();
        let mut comes = open.iter().filter(|case| !Self::never_comes(case));
        let mut back = |state: &str| comes.find(|case| case.state.word() == state).map(|case| case.receipt);
        let (service, receipt) = match self.rng.u8(0..10) {
            0..6 => ("new", None),
            6..8 => ("lost", None),
            // Put off by the network on an earlier day.
            8 => ("new", back("verified")),
            _ => ("collection", back("ready")),
        };
        let priority = self.rng.u8(0..6) == 0;
        let issue = Issue { service: ServiceKey(service.into()), priority, lang: Lang::Id, receipt };
        let command = self.wish(0);
        Self::try_out(self.store.issue(&command, &issue));
    }

    fn at_counter(&mut self) {
        let counter = self.rng.u8(1..=3);
        let command = self.wish(counter);
        let Some(ticket) = self.store.at_counter(counter).unwrap() else {
            Self::try_out(self.store.call_next(&command, counter));
            return;
        };
        let action = match &ticket.state {
            State::Called { calls, .. } if *calls > 1 && self.rng.bool() => match calls {
                3.. => Action::Skip,
                _ => Action::Recall,
            },
            State::Called { .. } if self.rng.u8(0..6) == 0 => Action::Recall,
            State::Called { .. } => Action::Start,
            State::Serving { stage, .. } => self.end(*stage, &ticket),
            _ => return,
        };
        Self::try_out(self.store.act(&command, ticket.id, &action, None));
    }

    fn end(&mut self, stage: Stage, ticket: &Ticket) -> Action {
        let place = if self.rng.bool() { Place::Office } else { Place::Village("Kaliau".into()) };
        let missing = if self.rng.bool() { vec!["family-card".into(), "age".into()] } else { vec!["age".into()] };
        match (stage, self.rng.u8(0..20)) {
            (_, 0) => Action::Cancel { reason: "pulang".into() },
            (Stage::Verification, 1) => Action::Transfer { service: ServiceKey("lost".into()) },
            (Stage::Verification, 2..6) => Action::Return { missing },
            (Stage::Verification, 6..12) if ticket.service.0 == "lost" => Action::PrintDirectly { place },
            (Stage::Verification, _) => Action::Complete,
            (Stage::Recording, _) => Action::FinishRecording { done: vec!["photo".into()], place },
            _ => Action::HandOver { by: CollectedBy::Proxy, receipt: None },
        }
    }

    /// Those who stand apart: skipped, returned, held.
    fn apart(&mut self) {
        let apart: Vec<Ticket> = self.store.tickets().unwrap();
        let apart: Vec<&Ticket> =
            apart.iter().filter(|t| matches!(t.state.word(), "skipped" | "returned" | "held")).collect();
        let Some(ticket) = self.rng.choice(apart) else { return };
        let action = match (ticket.state.word(), self.rng.u8(0..4)) {
            ("skipped", _) => Action::ReportBack,
            ("returned", _) => Action::Reenter,
            (_, 0) => Action::Refer,
            (_, 1) => Action::Defer,
            _ => Action::ChooseWait,
        };
        let command = self.wish(2);
        Self::try_out(self.store.act(&command, ticket.id, &action, None));
    }

    /// Some people never come for their card.
    fn never_comes(case: &Case) -> bool {
        case.id.0 % 13 == 0
    }

    fn back_office(&mut self) {
        for case in self.store.open_cases().unwrap() {
            let action = match (case.state.word(), self.rng.u8(0..20)) {
                ("recorded", 0..10) => CaseAction::Print,
                ("recorded", 10..12) => self.hold(),
                ("onhold", 0..2) => CaseAction::Release,
                ("onhold", 2) => CaseAction::RecordAgain,
                // For another reason now, or the same as before.
                ("onhold", 3..6) => self.hold(),
                ("printed", 0..12) => CaseAction::MakeReady,
                ("printed", 12) => CaseAction::PrintAgain,
                _ if Self::never_comes(&case) => continue,
                ("ready", 0) => CaseAction::SendToVillage { village: "Kaliau".into() },
                ("ready", 1) => CaseAction::PrintAgain,
                ("ready", 2) if self.rng.u8(0..4) == 0 => CaseAction::Cancel { reason: "pindah".into() },
                ("verified", 0) => CaseAction::Cancel { reason: "tidak kembali".into() },
                _ => continue,
            };
            let command = self.wish(0);
            Self::try_out(self.store.act_on_case(&command, case.id, &action));
        }
    }

    fn hold(&mut self) -> CaseAction {
        CaseAction::Hold { reason: HoldReason::ALL[self.rng.usize(0..7)] }
    }
}
