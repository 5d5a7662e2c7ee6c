//! The report of a simulated year against figures computed anew from the journal, by the words that stand beside them
//! and with no line of the report's own code.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::office::{Office, monday};
use fastrand::Rng;
use jiff::ToSpan;
use jiff::civil::Date;
use queue::case::{CaseAction, CaseId, CollectedBy, HoldReason, Place};
use queue::journal::{Event, Happened};
use queue::office::{ServiceKey, Stage};
use queue::store::Issue;
use queue::ticket::{DayId, Seq, State, Ticket, TicketId};
use queue::time::Moment;
use queue::workflow::Action;
use queue::{Command, Error, Lang, Store};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// 08.00 WIB of a date, on the wall.
fn morning(date: Date) -> i64 {
    let days = (date - jiff::civil::date(2026, 11, 23)).get_days();
    monday().wall_ms + i64::from(days) * 86_400_000
}

/// The date on the office's wall: WIB is seven hours ahead of UTC.
fn date_of(at: &Moment) -> Date {
    let days = (at.wall_ms + 7 * 3_600_000).div_euclid(86_400_000);
    jiff::civil::date(1970, 1, 1).saturating_add(days.days())
}

fn hour_of(at: &Moment) -> usize {
    ((at.wall_ms + 7 * 3_600_000).rem_euclid(86_400_000) / 3_600_000) as usize
}

/// An office that works by itself: everything that can happen happens now and then.
struct Life<'a> {
    store: &'a mut Store,
    rng: Rng,
    now: Moment,
    undone: u32,
}

impl Life<'_> {
    fn wish(&mut self, counter: u8) -> Command {
        let id = format!("tahun-{:024x}", self.rng.u128(..) >> 32);
        Command { id, by: format!("Sari di loket {counter}"), now: self.now }
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

    /// One working day.
    fn day(&mut self, date: Date) {
        let night = morning(date) - self.now.wall_ms;
        self.pass(night / 1000);
        let command = self.wish(0);
        self.store.open_day(&command, date, false).unwrap();
        // From 8.00 to about 15.00.
        for _ in 0..190 {
            let seconds = self.rng.i64(20..240);
            self.pass(seconds);
            if self.rng.u16(0..1500) == 0 {
                // A power cut: nobody measured how long anything took across it.
                self.now = Moment { boot: self.now.boot + 1, uptime_ms: 0, ..self.now };
            }
            self.step();
        }
        let command = self.wish(0);
        self.store.close_day(&command).unwrap();
        self.pass(900);
        self.back_office();
    }

    fn step(&mut self) {
        match self.rng.u8(0..100) {
            0..18 => self.issue(),
            18..21 => {
                let counter = self.rng.u8(1..=3);
                let command = self.wish(counter);
                if let Some(offered) = self.store.undoable(&command).unwrap() {
                    let undone = self.store.undo(&command, offered.ticket.id, offered.act);
                    self.undone += u32::from(Self::try_out(undone).is_some());
                }
            }
            21 => {
                let (command, down) = (self.wish(2), self.rng.u8(0..4) == 0);
                Self::try_out(self.store.set_network(&command, down));
            }
            22..32 => self.apart(),
            _ => self.at_counter(),
        }
    }

    fn issue(&mut self) {
        let ready = self.store.open_cases().unwrap();
        let back = |state: &str| ready.iter().find(|case| case.state.word() == state).map(|case| case.receipt);
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

    fn back_office(&mut self) {
        for case in self.store.open_cases().unwrap() {
            let action = match (case.state.word(), self.rng.u8(0..10)) {
                ("recorded", 0..5) => CaseAction::Print,
                ("recorded", 5) => CaseAction::Hold { reason: HoldReason::ALL[self.rng.usize(0..7)] },
                ("onhold", 0) => CaseAction::Release,
                ("onhold", 1) => CaseAction::RecordAgain,
                ("printed", 0..6) => CaseAction::MakeReady,
                ("ready", 0) => CaseAction::SendToVillage { village: "Kaliau".into() },
                ("verified", 0) => CaseAction::Cancel { reason: "tidak kembali".into() },
                _ => continue,
            };
            let command = self.wish(0);
            Self::try_out(self.store.act_on_case(&command, case.id, &action));
        }
    }
}

/// A stretch of time, unless the machine was restarted in between.
fn between(earlier: &Moment, later: &Moment) -> Option<u64> {
    (earlier.boot == later.boot).then(|| (later.uptime_ms - earlier.uptime_ms).unsigned_abs())
}

/// One visit: its issue and the acts on it that were not taken back.
struct Visit {
    date: Date,
    issued: Moment,
    stage: Stage,
    priority: bool,
    acts: Vec<(Action, Option<Stage>, Moment)>,
}

impl Visit {
    /// Where it stood before the act `n`.
    fn stage_before(&self, n: usize) -> Stage {
        let mut moved = self.acts[..n].iter().filter_map(|(action, to, _)| match action {
            Action::Complete => Some(Stage::Recording),
            Action::Transfer { .. } => *to,
            _ => None,
        });
        moved.next_back().unwrap_or(self.stage)
    }

    /// How the number ended.
    fn end(&self) -> Option<&'static str> {
        let last = self.acts.len().checked_sub(1)?;
        Some(match &self.acts[last].0 {
            Action::FinishRecording { .. } | Action::PrintDirectly { .. } | Action::HandOver { .. } => "finished",
            Action::Return { .. } => "returned",
            Action::Refer => "referred",
            Action::Defer => "deferred",
            Action::Cancel { .. } => "cancelled",
            Action::Close => {
                let absent = self.acts[..last].iter().rev().find_map(|(action, ..)| match action {
                    Action::Skip => Some(true),
                    Action::ReportBack | Action::Transfer { .. } => Some(false),
                    _ => None,
                });
                // "Berkas lengkap, perekaman pada hari lain" or "belum selesai saat hari ditutup".
                let complete = self.stage_before(last) == Stage::Recording && absent != Some(true);
                if complete { "deferred" } else { "expired" }
            }
            _ => return None,
        })
    }
}

/// The figures of the days `from` to `to`, as far as the report tells them.
fn recomputed(events: &[Event], store: &Store, from: Date, to: Date) -> Value {
    let counted = |date: Date| from <= date && date <= to;
    let taken_back: BTreeSet<Seq> = events
        .iter()
        .filter_map(|e| match e.happened {
            Happened::Undone { act } => Some(act),
            _ => None,
        })
        .collect();
    let mut dates: BTreeMap<DayId, Date> = BTreeMap::new();
    let mut visits: BTreeMap<TicketId, Visit> = BTreeMap::new();
    let mut cases: BTreeMap<CaseId, Vec<(&CaseAction, Date)>> = BTreeMap::new();
    let (mut outages, mut outage, mut down) = (0, 0, None);
    for event in events {
        match &event.happened {
            Happened::DayOpened { date, .. } => drop(dates.insert(event.day, *date)),
            Happened::Issued { stage, priority, .. } => {
                let (date, issued) = (dates[&event.day], event.at);
                let visit = Visit { date, issued, stage: *stage, priority: *priority, acts: Vec::new() };
                visits.insert(event.ticket.unwrap(), visit);
            }
            Happened::Acted { action, to } if !taken_back.contains(&event.seq) => {
                let visit = visits.get_mut(&event.ticket.unwrap()).unwrap();
                visit.acts.push((action.clone(), *to, event.at));
            }
            Happened::CaseActed { action } => {
                cases.entry(event.case.unwrap()).or_default().push((action, date_of(&event.at)));
            }
            Happened::NetworkDown => {
                let one = counted(dates[&event.day]);
                outages += u32::from(one);
                down = Some(event.at).filter(|_| one);
            }
            // The whole outage belongs to the day on which it began.
            Happened::NetworkUp => {
                outage += down.take().and_then(|down| between(&down, &event.at)).unwrap_or(0) / 1000;
            }
            _ => {}
        }
    }

    let mut total: BTreeMap<&str, u32> = BTreeMap::new();
    let mut days: BTreeMap<Date, BTreeMap<&str, u32>> = BTreeMap::new();
    for date in dates.values().filter(|date| counted(**date)) {
        days.entry(*date).or_default();
    }
    let mut count = |date: Date, what: &'static str| {
        *total.entry(what).or_default() += 1;
        *days.entry(date).or_default().entry(what).or_default() += 1;
    };
    let mut waits: BTreeMap<Stage, Vec<Option<u64>>> = BTreeMap::new();
    let mut services: BTreeMap<Stage, Vec<Option<u64>>> = BTreeMap::new();
    let mut served: BTreeMap<u8, u32> = BTreeMap::new();
    let mut missing_of: BTreeMap<&str, u32> = BTreeMap::new();
    let mut hours = [0; 24];
    for visit in visits.values().filter(|visit| counted(visit.date)) {
        count(visit.date, "issued");
        hours[hour_of(&visit.issued)] += 1;
        if visit.priority {
            count(visit.date, "priority");
        }
        if let Some(end) = visit.end() {
            count(visit.date, end);
        }
        for (n, (action, _, at)) in visit.acts.iter().enumerate() {
            let before = &visit.acts[..n];
            match action {
                Action::Skip => count(visit.date, "no_shows"),
                // From joining the stage's queue to the first call in it. A transfer joins another queue but keeps the
                // place and its time; a hold keeps the queue.
                Action::Call { .. } | Action::CallChosen { .. } => {
                    let mut since = visit.issued;
                    let mut called = false;
                    for (earlier, _, when) in before {
                        match earlier {
                            Action::Complete | Action::ReportBack | Action::Reenter => (since, called) = (*when, false),
                            Action::Transfer { .. } => called = false,
                            Action::Call { .. } | Action::CallChosen { .. } => called = true,
                            _ => {}
                        }
                    }
                    if !called {
                        waits.entry(visit.stage_before(n)).or_default().push(between(&since, at));
                    }
                }
                Action::Complete
                | Action::PrintDirectly { .. }
                | Action::Return { .. }
                | Action::FinishRecording { .. }
                | Action::HandOver { .. } => {
                    let start = before.iter().rposition(|(a, ..)| *a == Action::Start).unwrap();
                    let counter = before[..start].iter().rev().find_map(|(a, ..)| match a {
                        Action::Call { counter } | Action::CallChosen { counter, .. } => Some(*counter),
                        _ => None,
                    });
                    *served.entry(counter.unwrap()).or_default() += 1;
                    services.entry(visit.stage_before(n)).or_default().push(between(&before[start].2, at));
                    if let Action::Return { missing } = action {
                        missing.iter().for_each(|key| *missing_of.entry(key).or_default() += 1);
                    }
                }
                _ => {}
            }
        }
    }

    let office = store.office();
    let counts = |of: &BTreeMap<&str, u32>| {
        let all = "issued priority finished returned referred deferred expired cancelled no_shows";
        all.split(' ').map(|key| (key.into(), json!(of.get(key).copied().unwrap_or(0)))).collect::<Map<_, _>>()
    };
    let times = |all: Option<&Vec<Option<u64>>>, standard: Option<u32>| {
        let all = all.cloned().unwrap_or_default();
        let mut known: Vec<u64> = all.iter().copied().flatten().collect();
        known.sort_unstable();
        // The smallest that at least so many per cent do not exceed.
        let percent = |p: usize| (0..known.len()).find(|i| (i + 1) * 100 >= known.len() * p).map(|i| known[i] / 1000);
        json!({
            "known": known.len(),
            "unknown": all.len() - known.len(),
            "median_seconds": percent(50),
            "p90_seconds": percent(90),
            "standard_minutes": standard,
            "within_standard": standard.map(|minutes| known.iter().filter(|t| **t <= u64::from(minutes) * 60_000).count()),
        })
    };
    let stages = [(Stage::Verification, 10), (Stage::Recording, 5), (Stage::Collection, 10)].map(|(stage, minutes)| {
        json!({
            "stage": stage.word(),
            "wait": times(waits.get(&stage), None),
            "service": times(services.get(&stage), Some(minutes)),
        })
    });
    let mut cards: BTreeMap<&str, u32> = BTreeMap::new();
    let mut holds: BTreeMap<String, u32> = BTreeMap::new();
    for acts in cases.values() {
        let mut recorded = None;
        for (n, (action, on)) in acts.iter().enumerate() {
            let one = u32::from(counted(*on));
            match action {
                CaseAction::Record { on: date, .. } => {
                    recorded = Some(*date);
                    *cards.entry("recorded").or_default() += one;
                }
                CaseAction::MakeReady if !acts[n..].iter().any(|(a, _)| **a == CaseAction::PrintAgain) => {
                    let Some(recorded) = recorded else { continue };
                    let days = (*on - recorded).get_days();
                    let worked =
                        (1..=days).filter(|d| office.is_working_day(recorded.saturating_add(d.days()))).count();
                    *cards.entry("ready").or_default() += one;
                    *cards.entry("within_target").or_default() += one * u32::from(days >= 0 && worked <= 2);
                    *cards.entry("overdue").or_default() += one * u32::from(days > 14);
                }
                CaseAction::Collect { .. } | CaseAction::SendToVillage { .. } => {
                    // Taken back at the desk, it was not handed over then.
                    let next = acts[n + 1..]
                        .iter()
                        .map(|(a, _)| *a)
                        .find(|a| matches!(a, CaseAction::TakeBack | CaseAction::Collect { .. }));
                    let kept = next != Some(&CaseAction::TakeBack);
                    *cards.entry("handed_over").or_default() += one * u32::from(kept);
                }
                CaseAction::Hold { reason } if one == 1 => {
                    *holds.entry(serde_json::to_value(reason).unwrap().as_str().unwrap().into()).or_default() += 1;
                }
                _ => {}
            }
        }
    }
    let mut card_figures: Map<String, Value> = ["recorded", "ready", "within_target", "overdue", "handed_over"]
        .iter()
        .map(|key| (key.to_string(), json!(cards.get(key).copied().unwrap_or(0))))
        .collect();
    card_figures.insert("holds".into(), json!(holds));
    json!({
        "total": counts(&total),
        "days": days.iter().map(|(date, of)| (date.to_string(), Value::Object(counts(of)))).collect::<Map<_, _>>(),
        "stages": stages,
        "counters": served.iter().map(|(n, served)| (n.to_string(), json!(served))).collect::<Map<_, _>>(),
        "hours": hours,
        "missing": missing_of,
        "cards": card_figures,
        "outages": outages,
        "outage_seconds": outage,
    })
}

/// The report as the console tells it, its lists turned into tables.
fn told(mut report: Value) -> Value {
    let table = |list: &Value, key: &str| {
        let rows = list.as_array().unwrap().iter().map(|row| {
            let mut row = row.as_object().unwrap().clone();
            let name = row.remove(key).unwrap();
            let name = name.as_str().map_or_else(|| name.to_string(), String::from);
            let one = row.len() == 1;
            (name, if one { row.into_iter().next().unwrap().1 } else { Value::Object(row) })
        });
        Value::Object(rows.collect())
    };
    report["days"] = table(&report["days"], "date");
    report["counters"] = table(&report["counters"], "counter");
    report["missing"] = table(&report["missing"], "key");
    report["cards"]["holds"] = table(&report["cards"]["holds"], "reason");
    report
}

/// Lives through `days` working days from Monday 5 January 2026 and compares the year, its months and single days.
async fn compare(days: u32) {
    let office = Office::closed(|text| text.replace(", last_number = \"14.30\"", ""));
    let mut store = office.store();
    let now = Moment { wall_ms: morning(jiff::civil::date(2026, 1, 4)), boot: 1, uptime_ms: 0 };
    let mut life = Life { store: &mut store, rng: Rng::with_seed(2026), now, undone: 0 };
    let (first, mut date, mut worked) = (jiff::civil::date(2026, 1, 5), jiff::civil::date(2026, 1, 5), 0);
    let mut last = date;
    while worked < days {
        if life.store.office().is_working_day(date) {
            life.day(date);
            (worked, last) = (worked + 1, date);
        }
        date = date.tomorrow().unwrap();
    }
    let undone = life.undone;
    let events = store.events().unwrap();
    let mut periods = vec![(first, last), (first, first), (last, last), (last, last.saturating_add(40.days()))];
    let mut month = first.first_of_month();
    while month < last {
        periods.push((month, month.last_of_month()));
        month = month.last_of_month().tomorrow().unwrap();
    }
    for (from, to) in &periods {
        let answer = office.get(&format!("/api/report?from={from}&to={to}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let (report, own) = (told(answer.json()), recomputed(&events, &store, *from, *to));
        for (key, figure) in own.as_object().unwrap() {
            // The report may tell more than is recomputed, never something else.
            let same = match (figure, &report[key]) {
                (Value::Object(own), Value::Object(more)) if key == "cards" => {
                    own.iter().all(|(k, v)| more.get(k) == Some(v))
                }
                (own, told) => own == told,
            };
            assert!(same, "{from} to {to}, {key}:\nreport     {}\nrecomputed {figure}", report[key]);
        }
    }
    let year = recomputed(&events, &store, first, last);
    println!("{days} days, {} events, {undone} undone, {} periods: {}", events.len(), periods.len(), year["total"]);
    println!("{} {}", year["cards"], year["stages"]);
    // Everything has happened, so that every figure was compared.
    for key in ["finished", "returned", "referred", "deferred", "expired", "cancelled", "no_shows"] {
        assert!(year["total"][key].as_i64() > Some(0), "{key}");
    }
    for key in ["ready", "within_target", "handed_over"] {
        assert!(year["cards"][key].as_i64() > Some(0), "{key}");
    }
    let unknown = year["stages"].to_string().matches("\"unknown\":0").count();
    assert!(days < 100 || unknown < 6, "a power cut leaves times that nobody knows");
    assert!(undone > 0 && year["outage_seconds"].as_i64() > Some(0));
}

#[tokio::test]
async fn the_reports_figures_are_those_of_the_journal() {
    compare(15).await;
}

#[tokio::test]
#[ignore = "takes long: a year of 250 days"]
async fn the_reports_figures_are_those_of_the_journal_over_a_whole_year() {
    compare(250).await;
}
