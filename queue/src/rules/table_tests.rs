//! Every state × every action, as a recorded table beside the rules: `visit.table.txt`, `case.table.txt` and
//! `undo.table.txt`.
//!
//! `UPDATE_GOLDEN=1 cargo test -p queue` records them anew; read the difference before committing it.

use crate::case::{self, CaseAction, CaseState, CollectedBy, HoldReason, Place as CollectionPlace};
use crate::fixture::{at, case, office, ticket};
use crate::office::{Lang, Service, ServiceKey, Stage};
use crate::refused::Refused;
use crate::ticket::{Place, Seq, State};
use crate::visit::{self, Action, CaseStep, Context};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::Duration;

fn actions() -> Vec<Action> {
    vec![
        Action::Call { counter: 1 },
        Action::CallChosen { counter: 1, reason: "perlu".into() },
        Action::Recall,
        Action::Start,
        Action::Complete,
        Action::PrintDirectly { place: CollectionPlace::Office },
        Action::Return { missing: vec!["family-card".into()] },
        Action::Reenter,
        Action::FinishRecording { done: vec!["photo".into()], place: CollectionPlace::Office },
        Action::HandOver { by: CollectedBy::Applicant, receipt: None },
        Action::Finish,
        Action::Hold,
        Action::ChooseWait,
        Action::Resume,
        Action::Refer,
        Action::Defer,
        Action::Skip,
        Action::ReportBack,
        Action::Transfer { service: ServiceKey("collection".into()) },
        Action::Cancel { reason: "pulang".into() },
        Action::Close,
    ]
}

/// Name, service and state of every situation a ticket can be in.
fn situations() -> Vec<(String, &'static str, State)> {
    let place = Place { seq: Seq(5), behind: None, since: at(0) };
    let mut list = Vec::new();
    for (stage, service) in [
        (Stage::Verification, "new"),
        (Stage::Verification, "lost"),
        (Stage::Recording, "new"),
        (Stage::Collection, "collection"),
        (Stage::Verification, "letter"),
        (Stage::Collection, "letter"),
        (Stage::Verification, "stamp"),
    ] {
        let mut add = |detail: &str, state: State| {
            list.push((format!("{} {} {service}{detail}", state.word(), stage.word()), service, state));
        };
        add("", State::Waiting { stage, place });
        add(" once", State::Called { stage, place, counter: 1, calls: 1 });
        add(" three times", State::Called { stage, place, counter: 1, calls: 3 });
        add(" four times", State::Called { stage, place, counter: 1, calls: 4 });
        add("", State::Serving { stage, place, counter: 1, since: at(1) });
        add("", State::Skipped { stage, place });
    }
    let others = [
        State::Held { place, waits: false },
        State::Finished,
        State::Returned { missing: vec!["form".into()], place },
        State::Referred,
        State::Deferred,
        State::Expired,
        State::Cancelled { reason: "pulang".into() },
    ];
    list.extend(others.into_iter().map(|state| (state.word().to_string(), "new", state)));
    list
}

#[test]
fn every_state_and_action_of_a_ticket_as_recorded_and_as_drawn() {
    let mut office = office();
    // One counter serves all, so that the table shows the states and not the counters.
    office.counters[0].stages = vec![Stage::Verification, Stage::Recording, Stage::Collection];
    for (key, prefix, stages) in
        [("letter", 'T', vec![Stage::Verification, Stage::Collection]), ("stamp", 'D', vec![Stage::Verification])]
    {
        let new = office.services[0].clone();
        office.services.push(Service { key: ServiceKey(key.into()), prefix, stages, ..new });
    }
    let verified = case(CaseState::Verified { again: false });
    let ready = case(CaseState::Ready);
    let mut table = String::new();
    let mut edges = BTreeSet::new();
    for network_down in [false, true] {
        writeln!(table, "# Network {}\n", if network_down { "down" } else { "up" }).unwrap();
        for (name, service, state) in situations() {
            for action in actions() {
                let known = match state.stage() {
                    Some(Stage::Recording) => Some(&verified),
                    Some(Stage::Collection) if service == "collection" => Some(&ready),
                    _ => None,
                };
                let context = Context {
                    office: &office,
                    now: at(2),
                    today: jiff::civil::date(2026, 11, 23),
                    seq: Seq(9),
                    network_down,
                    case: known,
                    counter_holds: None,
                    on_board: Duration::ZERO,
                };
                let mut before = ticket(service, state.clone());
                before.case = known.map(|c| c.id);
                let applied = visit::apply(&before, &action, &context);
                let offers = visit::offers(&before, 1, &context);
                let offer = offers.iter().find(|offer| offer.act == action.word());
                let a_button = !matches!(action, Action::Call { .. } | Action::Resume | Action::Close);
                // An offer of a transfer is one to another service.
                let can_be_done = applied.is_ok() || applied == Err(Refused::SameService);
                assert_eq!(
                    offer.is_some_and(|offer| offer.refused.is_none()),
                    a_button && can_be_done,
                    "{name} + {}: what is offered is what can be done",
                    action.word()
                );
                let outcome = match applied {
                    Ok(step) => {
                        let after = &step.ticket.state;
                        edges.insert((state.word(), action.word(), after.word()));
                        let mut said = format!("-> {}", after.word());
                        if let Some(stage) = after.stage() {
                            write!(said, " {}", stage.word()).unwrap();
                        }
                        match &step.case {
                            Some(CaseStep::Open) => said.push_str(", a case begins"),
                            Some(CaseStep::OpenAndRecord(_)) => said.push_str(", a case begins and is recorded"),
                            Some(CaseStep::Act(action)) => write!(said, ", case {}", action.word()).unwrap(),
                            None => {}
                        }
                        if let Some(paper) = step.paper {
                            write!(said, ", paper {}", paper.word()).unwrap();
                        }
                        said
                    }
                    Err(refused) => refused.say(Lang::En),
                };
                writeln!(table, "{name} + {}: {outcome}", action.word()).unwrap();
            }
            table.push('\n');
        }
    }
    assert_eq!(drawn_edges(), edges.iter().map(|(a, b, c)| format!("{a} {b} {c}")).collect());
    golden("visit.table.txt", &table);
}

/// The list above `visit::apply`, one "state action state" each.
fn drawn_edges() -> BTreeSet<String> {
    let mut edges = BTreeSet::new();
    for line in include_str!("visit.rs").lines().filter_map(|line| line.strip_prefix("//! ")) {
        let Some((from, to)) = line.split_once("->") else { continue };
        let Some((state, actions)) = from.split_once('+') else { continue };
        for action in actions.split(',') {
            for after in to.split(',') {
                edges.insert(format!("{} {} {}", state.trim(), action.trim(), after.trim()));
            }
        }
    }
    edges
}

#[test]
fn every_state_and_action_of_a_case_as_recorded() {
    let office = office();
    let village = || "Sebunga".to_string();
    let states = [
        CaseState::Verified { again: false },
        CaseState::Verified { again: true },
        CaseState::Recorded,
        CaseState::OnHold { reason: HoldReason::NoBlanks },
        CaseState::Printed,
        CaseState::Ready,
        CaseState::Collected { by: CollectedBy::Proxy },
        CaseState::SentToVillage { village: village() },
        CaseState::Cancelled { reason: "ganda".into() },
        CaseState::Referred,
    ];
    let actions = [
        CaseAction::Record { on: jiff::civil::date(2026, 11, 23), place: CollectionPlace::Village(village()) },
        CaseAction::Record { on: jiff::civil::date(2026, 11, 23), place: CollectionPlace::Village("Atlantis".into()) },
        CaseAction::Hold { reason: HoldReason::AwaitingRelease },
        CaseAction::Release,
        CaseAction::RecordAgain,
        CaseAction::Print,
        CaseAction::MakeReady,
        CaseAction::Collect { by: CollectedBy::Applicant },
        CaseAction::PrintAgain,
        CaseAction::TakeBack,
        CaseAction::SendToVillage { village: village() },
        CaseAction::SendToVillage { village: "Atlantis".into() },
        CaseAction::Refer,
        CaseAction::Cancel { reason: "ganda".into() },
        CaseAction::Cancel { reason: " ".into() },
    ];
    let mut table = String::new();
    for state in states {
        for action in &actions {
            let before = case(state.clone());
            let outcome = match case::apply(&before, action, &office) {
                Ok(after) => format!("-> {}", after.state.word()),
                Err(refused) => refused.say(Lang::En),
            };
            writeln!(table, "{} + {}: {outcome}", state.word(), action.word()).unwrap();
        }
        table.push('\n');
    }
    golden("case.table.txt", &table);
}

#[test]
fn what_may_be_taken_back_as_recorded() {
    use crate::printing::JobState;
    use crate::undo::{LastAct, permitted};
    let (fresh, old) = (Some(Duration::from_secs(300)), Some(Duration::from_secs(301)));
    let failed = JobState::FailedClean { cause: "x".into() };
    let usual = |action| LastAct { action, own: true, age: fresh, paper: None, case: false };
    let mut table = String::new();
    for action in &actions() {
        for (situation, act) in [
            ("at once", usual(action)),
            ("by another", LastAct { own: false, ..usual(action) }),
            ("later", LastAct { age: old, ..usual(action) }),
            ("after a restart", LastAct { age: None, ..usual(action) }),
            ("paper queued", LastAct { paper: Some(&JobState::Queued), ..usual(action) }),
            ("paper being printed", LastAct { paper: Some(&JobState::Sending), ..usual(action) }),
            ("paper not printed", LastAct { paper: Some(&failed), ..usual(action) }),
            ("with a case", LastAct { case: true, ..usual(action) }),
        ] {
            let outcome = permitted(&act).map_or_else(|no| no.say(Lang::En), |()| "yes".into());
            writeln!(table, "{}, {situation}: {outcome}", action.word()).unwrap();
        }
        table.push('\n');
    }
    golden("undo.table.txt", &table);
}

fn golden(name: &str, found: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = recorded.lines().zip(found.lines()).find(|(a, b)| a != b);
    assert!(recorded == found, "{name} differs: {differs:?}; UPDATE_GOLDEN=1 records it anew");
}
