//! What is open and refers to `office.toml`: an edit that takes away what somebody still needs is refused. Pure.
//!
//! | open | refers to |
//! |---|---|
//! | ticket, not final | its service, the service's stage it is in, a counter that serves that stage, the counter it is at |
//! | ticket returned today | its service, verification (the applicant may come back), the requirements that were missing |
//! | return slip of the open day, not printed | the requirements it names |
//! | case, not final | its service, the service's stage that comes next, the village where the card is collected |
//!
//! Other papers need no row: a slip's service is its open ticket's, a receipt's service and village are its case's, and
//! network slip, summary and test page name nothing of the file. The counters on a slip are information: a slip in the
//! applicant's hand says the same, and the call tells where to go. Three kinds are nothing that an edit could take away
//! from somebody: a tick of the recording is checked when it is made and stands only in the journal afterwards; the
//! reasons of a hold are the program's own ([`crate::case::HoldReason`]); papers are in Indonesian or English, which
//! every valid office has.

use crate::case::{Case, CaseState, Place};
use crate::lang::Lang;
use crate::office::{Office, ServiceKey, Stage};
use crate::ticket::{CounterNumber, Number, State, Ticket};
use std::collections::{BTreeMap, BTreeSet};

/// How many numbers a sentence names before it counts the rest.
const NAMED: usize = 5;

/// Everything open that may refer to `office.toml`.
#[derive(Clone, Debug, Default)]
pub struct Open {
    /// The tickets of the open day; the final ones besides the returned need nothing.
    pub tickets: Vec<Ticket>,
    /// The cases that are not final.
    pub cases: Vec<Case>,
    /// Return slips of the open day that are not printed: the number and the keys of what was missing.
    pub return_slips: Vec<(Number, Vec<String>)>,
}

/// Something that `office.toml` must have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// A service with this key.
    Service(ServiceKey),
    /// This stage among the stages of the service.
    StageOf(ServiceKey, Stage),
    /// A counter that serves this stage.
    Served(Stage),
    /// A counter with this number.
    Counter(CounterNumber),
    /// A requirement with this key.
    Requirement(String),
    /// A village with this name.
    Village(String),
}

impl Reference {
    /// Whether `office` has it. A stage of a service that is gone is the service's matter.
    fn is_in(&self, office: &Office) -> bool {
        match self {
            Reference::Service(key) => office.service(key).is_some(),
            Reference::StageOf(key, stage) => office.service(key).is_none_or(|s| s.stages.contains(stage)),
            Reference::Served(stage) => office.counters_for(*stage).next().is_some(),
            Reference::Counter(number) => office.counter(*number).is_some(),
            Reference::Requirement(key) => office.requirement(key).is_some(),
            Reference::Village(name) => office.is_village(name),
        }
    }

    fn say(&self, lang: Lang) -> String {
        let (id, en) = match self {
            Reference::Service(key) => (format!("layanan \"{key}\""), format!("the service \"{key}\"")),
            Reference::StageOf(key, stage) => (
                format!("tahap \"{}\" pada layanan \"{key}\"", stage.word()),
                format!("the stage \"{}\" of the service \"{key}\"", stage.word()),
            ),
            Reference::Served(stage) => (
                format!("loket untuk tahap \"{}\"", stage.word()),
                format!("a counter for the stage \"{}\"", stage.word()),
            ),
            Reference::Counter(number) => (format!("loket {number}"), format!("counter {number}")),
            Reference::Requirement(key) => (format!("persyaratan \"{key}\""), format!("the requirement \"{key}\"")),
            Reference::Village(name) => (format!("desa \"{name}\""), format!("the village \"{name}\"")),
        };
        match lang {
            Lang::Id => id,
            Lang::En => en,
        }
    }
}

/// What an edit would take away, and from whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needed {
    /// What `office.toml` must have.
    pub what: Reference,
    /// The numbers and receipts that need it, each once.
    pub by: Vec<String>,
}

impl Needed {
    /// "layanan "lost" (L-001, L-002 dan 3 lagi)".
    fn say(&self, lang: Lang) -> String {
        let named = self.by.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let rest = match (self.by.len().saturating_sub(NAMED), lang) {
            (0, _) => String::new(),
            (more, Lang::Id) => format!(" dan {more} lagi"),
            (more, Lang::En) => format!(" and {more} more"),
        };
        format!("{} ({named}{rest})", self.what.say(lang))
    }
}

/// Every need in one sentence without its end.
pub fn say(needed: &[Needed], lang: Lang) -> String {
    needed.iter().map(|needed| needed.say(lang)).collect::<Vec<_>>().join("; ")
}

/// Whether everything open can go on when the office is `after` instead of `before`.
///
/// # Errors
/// What the edit takes away although something open needs it. What `before` lacks too was not taken by this edit: an
/// office in which something is stranded already can still be edited.
pub fn needed(before: &Office, after: &Office, open: &Open) -> Result<(), Vec<Needed>> {
    let mut taken: BTreeMap<Reference, BTreeSet<String>> = BTreeMap::new();
    for (by, what) in references(open) {
        if what.is_in(before) && !what.is_in(after) {
            taken.entry(what).or_default().insert(by);
        }
    }
    match taken.is_empty() {
        true => Ok(()),
        false => Err(taken.into_iter().map(|(what, by)| Needed { what, by: by.into_iter().collect() }).collect()),
    }
}

/// Who refers to what.
fn references(open: &Open) -> Vec<(String, Reference)> {
    let mut found = Vec::new();
    for ticket in &open.tickets {
        let number = ticket.number.to_string();
        let mut refer = |what| found.push((number.clone(), what));
        let stage = match &ticket.state {
            State::Returned { missing, .. } => {
                missing.iter().for_each(|key| refer(Reference::Requirement(key.clone())));
                Some(Stage::Verification)
            }
            state => state.stage(),
        };
        if let Some(stage) = stage {
            refer(Reference::Service(ticket.service.clone()));
            refer(Reference::StageOf(ticket.service.clone(), stage));
            refer(Reference::Served(stage));
        }
        if let Some(counter) = ticket.state.counter() {
            refer(Reference::Counter(counter));
        }
    }
    for (number, missing) in &open.return_slips {
        found.extend(missing.iter().map(|key| (number.to_string(), Reference::Requirement(key.clone()))));
    }
    for case in open.cases.iter().filter(|case| !case.state.is_final()) {
        let receipt = case.receipt.to_string();
        let next = match case.state {
            CaseState::Verified { .. } => Stage::Recording,
            _ => Stage::Printing,
        };
        found.push((receipt.clone(), Reference::Service(case.service.clone())));
        found.push((receipt.clone(), Reference::StageOf(case.service.clone(), next)));
        if let Place::Village(name) = &case.place {
            found.push((receipt, Reference::Village(name.clone())));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::HoldReason;
    use crate::fixture::{at, case, office, ticket};
    use crate::ticket::{Place as QueuePlace, Seq};

    fn place() -> QueuePlace {
        QueuePlace::last(Seq(1), at(0))
    }

    fn tickets(tickets: impl Into<Vec<Ticket>>) -> Open {
        Open { tickets: tickets.into(), ..Open::default() }
    }

    /// What a changed office would take away.
    fn taken(change: impl FnOnce(&mut Office), open: &Open) -> String {
        let before = office();
        let mut after = office();
        change(&mut after);
        needed(&before, &after, open).map_or_else(|needed| say(&needed, Lang::En), |()| String::new())
    }

    #[test]
    fn each_kind_of_reference_is_needed_by_who_is_open_and_by_nobody_else() {
        let key = || ServiceKey("lost".into());
        let waiting = |stage| State::Waiting { stage, place: place() };
        let waits = tickets([ticket("lost", waiting(Stage::Verification))]);
        let no_service = |o: &mut Office| o.services.retain(|s| s.key.0 != "lost");
        assert_eq!(taken(no_service, &waits), "the service \"lost\" (A-012)");
        let renamed = |o: &mut Office| o.services[1].key = ServiceKey("hilang".into());
        assert_eq!(taken(renamed, &waits), "the service \"lost\" (A-012)", "another key is another service");
        let other_work = |o: &mut Office| o.services[1].stages = vec![Stage::Collection];
        let says = "the stage \"verification\" of the service \"lost\" (A-012)";
        assert_eq!(taken(other_work, &waits), says);
        let held = tickets([ticket("lost", State::Held { place: place(), waits: true })]);
        let nobody_records = |o: &mut Office| o.counters.retain(|c| !c.stages.contains(&Stage::Recording));
        assert_eq!(taken(nobody_records, &held), "a counter for the stage \"recording\" (A-012)");
        assert_eq!(taken(nobody_records, &waits), "");

        let called = State::Called { stage: Stage::Recording, place: place(), counter: 2, calls: 1 };
        let served = State::Serving { stage: Stage::Recording, place: place(), counter: 2, since: at(0) };
        let renumbered = |o: &mut Office| o.counters[1].number = 7;
        for state in [called, served] {
            assert_eq!(taken(renumbered, &tickets([ticket("new", state)])), "counter 2 (A-012)");
        }
        assert_eq!(taken(renumbered, &held), "", "whoever waits is called to the new one");

        let no_card = |o: &mut Office| o.requirements.retain(|r| r.key != "family-card");
        let missing = || vec!["family-card".to_string()];
        let returned = tickets([ticket("lost", State::Returned { missing: missing(), place: place() })]);
        assert_eq!(taken(no_card, &returned), "the requirement \"family-card\" (A-012)");
        assert_eq!(taken(no_service, &returned), "the service \"lost\" (A-012)", "he may come back today");
        let slip = Open { return_slips: vec![(returned.tickets[0].number, missing())], ..Open::default() };
        assert_eq!(taken(no_card, &slip), "the requirement \"family-card\" (A-012)");

        let village = |state| {
            let case = Case { place: Place::Village("Kaliau".into()), service: key(), ..case(state) };
            Open { cases: vec![case], ..Open::default() }
        };
        let no_village = |o: &mut Office| o.collection.villages.retain(|v| v != "Kaliau");
        let receipt = case(CaseState::Ready).receipt;
        assert_eq!(taken(no_village, &village(CaseState::Ready)), format!("the village \"Kaliau\" ({receipt})"));
        let on_hold = village(CaseState::OnHold { reason: HoldReason::NoBlanks });
        assert_eq!(taken(no_service, &on_hold), format!("the service \"lost\" ({receipt})"));
        let gone = village(CaseState::SentToVillage { village: "Kaliau".into() });
        let verified = village(CaseState::Verified { again: false });
        assert!(taken(other_work, &verified).contains("the stage \"recording\""));

        // What has ended needs nothing, and what is open does not stand in the way of anything else.
        for state in [State::Finished, State::Deferred, State::Expired, State::Cancelled { reason: "x".into() }] {
            assert_eq!(taken(no_service, &tickets([ticket("lost", state)])), "");
        }
        assert_eq!((taken(no_village, &gone), taken(no_service, &gone)), (String::new(), String::new()));
        assert_eq!(taken(|o| o.stages.recording.ticks.clear(), &held), "", "no tick stands on anything open");
        assert_eq!(taken(no_service, &tickets([ticket("new", waiting(Stage::Recording))])), "");
    }

    #[test]
    fn the_reason_names_five_and_counts_the_rest_and_what_is_lost_already_blocks_nothing() {
        let many: Vec<Ticket> = (1..=8)
            .map(|n| {
                let mut ticket = ticket("lost", State::Skipped { stage: Stage::Verification, place: place() });
                ticket.number = Number { prefix: 'L', n };
                ticket
            })
            .collect();
        let (before, mut after) = (office(), office());
        after.services.remove(1);
        let open = tickets(many);
        let no = needed(&before, &after, &open).unwrap_err();
        assert_eq!(say(&no, Lang::Id), "layanan \"lost\" (L-001, L-002, L-003, L-004, L-005 dan 3 lagi)");
        assert_eq!(say(&no, Lang::En), "the service \"lost\" (L-001, L-002, L-003, L-004, L-005 and 3 more)");
        assert_eq!(needed(&after, &after, &open), Ok(()), "an office that lost it before can be edited");
        assert_eq!(needed(&after, &before, &open), Ok(()), "and gets it back");
    }
}
