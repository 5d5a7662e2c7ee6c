//! The journal as a contract: what a released program wrote is read for ever, and no Rust name is part of it.
//!
//! `tests/released/journals/` holds a journal of each format, a row a line, and what it led to. They are never recorded anew:
//! a format that changes is a new format, with a journal of its own.

pub(crate) use super::recorded_history::Line;
use super::recorded_history::history;
use super::{Account, Actor, Digest, Event, FORMAT, Happened, Record, Words, World, first_link};
use crate::case::{CaseAction, CaseState, CollectedBy, HoldReason, Place};
use crate::devices::Process;
use crate::document::Paper;
use crate::fixture::at;
use crate::ids::{DeviceId, LoginId, PersonId};
use crate::office::{Lang, Stage};
use crate::people::Role;
use crate::printing::{JobState, PrinterState};
use crate::ticket::{Place as QueuePlace, Seq, State};
use crate::visit::Action;
use serde::{Deserialize, Serialize};
use std::fmt::{Debug, Write};
use std::path::PathBuf;

fn released(name: &str) -> PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/released").join(name)
}

/// A line of a recorded journal.
#[derive(Serialize, Deserialize)]
struct Row {
    record: Record,
    /// Salt and JSON of the free text.
    words: Option<(String, String)>,
    chain: Digest,
}

pub(crate) fn line(Line { record, words, chain }: Line) -> String {
    let hex = |salt: [u8; 16]| salt.iter().map(|byte| format!("{byte:02x}")).collect();
    let words = words.map(|words| (hex(words.salt), words.json));
    serde_json::to_string(&Row { record, words, chain }).unwrap()
}

fn unhex(text: &str) -> [u8; 16] {
    std::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
}

/// Reads a recorded journal and verifies its chain; its events.
fn read(name: &str) -> Vec<Event> {
    let mut chain = first_link("sajingan-besar");
    let text = std::fs::read_to_string(released(name)).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{line}: {why}")));
    rows.map(|row: Row| {
        chain = row.record.link(&chain);
        assert_eq!(chain, row.chain, "{name}: event {}", row.record.seq.0);
        let words = row.words.map(|(salt, json)| Words { salt: unhex(&salt), json });
        Event::read(&row.record, words.as_ref()).unwrap()
    })
    .collect()
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

/// What a journal led to, a line for each thing.
fn outcome(world: &World) -> String {
    let mut text = String::new();
    let mut say = |what: String| writeln!(text, "{what}").unwrap();
    for (id, date) in &world.days {
        say(format!("day {} {date}{}", id.0, if world.open_day == Some(*id) { " open" } else { "" }));
    }
    for ticket in world.tickets.values() {
        say(format!("ticket {}", json(ticket)));
    }
    for case in world.cases.values() {
        say(format!("case {}", json(case)));
    }
    for (id, notice) in &world.notices {
        say(format!("notice {} {}", id.0, json(notice)));
    }
    for (id, Account { name, roles, secret, code }) in &world.accounts.people {
        say(format!("person {} {name}: {roles}; secret {secret:?}, code {code:?}", id.0));
    }
    for (id, login) in &world.accounts.logins {
        say(format!("login {} {}", id.0, json(login)));
    }
    for (id, key) in &world.accounts.browsers {
        say(format!("browser {} {key}", id.0));
    }
    say(format!("network down {}, help {}, volume {:?}", world.network_down, world.help, world.volume));
    text
}

/// The recorded text, or with UPDATE_GOLDEN, where there is none yet, `found` from now on.
fn recorded(name: &str, found: &str) -> String {
    if std::env::var_os("UPDATE_GOLDEN").is_some() && !released(name).exists() {
        std::fs::write(released(name), found).unwrap();
    }
    std::fs::read_to_string(released(name)).unwrap()
}

fn assert_same(name: &str, recorded: &str, found: &str, what_to_do: &str) {
    let differs = recorded.lines().zip(found.lines()).find(|(recorded, found)| recorded != found);
    assert!(recorded == found, "{name} differs: {differs:#?}\n{what_to_do}");
}

#[test]
fn the_journal_of_every_format_is_read_and_leads_where_it_led() {
    for format in 1..=FORMAT {
        let events = read(&format!("journals/{format}.jsonl"));
        assert!(events.iter().all(|event| event.format == format));
        let world = World::fold(events).unwrap();
        let (name, found) = (format!("journals/{format}.txt"), outcome(&world));
        assert_same(&name, &recorded(&name, &found), &found, "What a released program wrote means what it meant.");
    }
}

#[test]
fn what_this_program_writes_is_its_format_to_the_letter() {
    let name = format!("journals/{FORMAT}.jsonl");
    let found: String = history().into_iter().map(|row| line(row) + "\n").collect();
    let advice = "The words of an event are a contract: keep them with #[serde(rename)], or begin a new format. A kind of \
                  event that is only added goes to the end of the history; the lines before must stay. Delete the file and \
                  run with UPDATE_GOLDEN=1 then.";
    assert_same(&name, &recorded(&name, &found), &found, advice);
}

/// The names of all variants; a new one does not compile until it is listed.
macro_rules! variants {
    ($enum:ident: $($variant:ident)*) => {{
        let _every = |value: &$enum| match value {
            $($enum::$variant { .. } => stringify!($variant),)*
        };
        (stringify!($enum), vec![$(stringify!($variant)),*])
    }};
}

/// A line for each variant: name in Rust, word in JSON, word in the database. `tag` is the field that holds the word in JSON.
fn table<T: Debug + Serialize>(
    text: &mut String,
    (name, variants): (&str, Vec<&str>),
    values: impl IntoIterator<Item = T>,
    tag: &str,
    word: impl Fn(&T) -> String,
) {
    let mut seen: Vec<String> = Vec::new();
    for value in values {
        let debug = format!("{value:?}");
        let variant: String = debug.chars().take_while(|c| c.is_alphanumeric()).collect();
        if seen.contains(&variant) {
            continue;
        }
        let json = match serde_json::to_value(&value).unwrap() {
            serde_json::Value::Object(fields) if !tag.is_empty() => fields[tag].as_str().unwrap().to_string(),
            serde_json::Value::Object(fields) => fields.keys().next().unwrap().clone(),
            word => word.as_str().unwrap_or_default().to_string(),
        };
        writeln!(text, "{name:<12} {variant:<16} {json:<18} {}", word(&value)).unwrap();
        seen.push(variant);
    }
    let missing: Vec<&&str> = variants.iter().filter(|variant| !seen.contains(&variant.to_string())).collect();
    assert!(missing.is_empty(), "{name}: {missing:?} is nowhere in the history");
}

#[test]
fn every_variant_has_its_word_in_the_journal_and_in_the_database() {
    let events: Vec<Happened> =
        history().iter().map(|row| Event::read(&row.record, row.words.as_ref()).unwrap().happened).collect();
    let acts =
        || events.iter().filter_map(|what| if let Happened::Acted { action, .. } = what { Some(action) } else { None });
    let on_cases =
        || events.iter().filter_map(|what| if let Happened::CaseActed { action } = what { Some(action) } else { None });
    let mut text = String::from("# enum, variant in Rust, word in the JSON of an event, word in the database\n");
    let to = &mut text;
    let happened = variants!(Happened: DayOpened DayClosed NetworkDown NetworkUp HelpAsked HelpAnswered VolumeSet
        CounterPaused CounterResumed Issued Acted Undone CaseOpened CaseActed PaperOrdered RestartAsked PrintAnswered Reprinted OfficeChanged NoticePosted
        NoticeEnded PersonSet PersonInvited PersonEnrolled SecretsRehashed SignedIn SignInFailed SignedOut TokenMade
        BrowsersForgotten Upgraded WordsErased Restored);
    table(to, happened, &events, "what", |what| match what {
        Happened::Acted { .. } | Happened::CaseActed { .. } => "(of the act)".into(),
        what => what.word().into(),
    });
    let actions = variants!(Action: Call CallChosen Recall Start Complete PrintDirectly Return Reenter FinishRecording
        HandOver Finish Hold ChooseWait Resume Refer Defer Skip ReportBack Transfer Cancel Close);
    table(to, actions, acts(), "action", |action| action.word().into());
    let case_actions = variants!(CaseAction: Record Hold Release RecordAgain Print MakeReady Collect PrintAgain TakeBack
        SendToVillage Refer Cancel);
    table(to, case_actions, on_cases(), "action", |action| action.word().into());
    states(to);
    small(to);
    let found = text;
    let advice = "A word that a released program wrote stays: rename a variant with #[serde(rename)] and the same word. After \
                  an addition delete this file and run with UPDATE_GOLDEN=1.";
    assert_same("words.txt", &recorded("words.txt", &found), &found, advice);
}

fn states(to: &mut String) {
    let place = QueuePlace { seq: Seq(1), behind: None, since: at(0) };
    let (stage, counter) = (Stage::Verification, 1);
    let states = [
        State::Waiting { stage, place },
        State::Called { stage, place, counter, calls: 1 },
        State::Serving { stage, place, counter, since: at(0) },
        State::Held { place, waits: true },
        State::Skipped { stage, place },
        State::Finished,
        State::Returned { missing: vec![], place },
        State::Referred,
        State::Deferred,
        State::Expired,
        State::Cancelled { reason: "r".into() },
    ];
    let all =
        variants!(State: Waiting Called Serving Held Skipped Finished Returned Referred Deferred Expired Cancelled);
    table(to, all, states, "state", |state| state.word().into());
    let states = [
        CaseState::Verified { again: false },
        CaseState::Recorded,
        CaseState::OnHold { reason: HoldReason::Other },
        CaseState::Printed,
        CaseState::Ready,
        CaseState::Collected { by: CollectedBy::Proxy },
        CaseState::SentToVillage { village: "Kaliau".into() },
        CaseState::Cancelled { reason: "r".into() },
        CaseState::Referred,
    ];
    let all = variants!(CaseState: Verified Recorded OnHold Printed Ready Collected SentToVillage Cancelled Referred);
    table(to, all, states, "state", |state| state.word().into());
}

fn small(to: &mut String) {
    let same = || "(the same)".to_string();
    let papers = [Paper::Slip, Paper::Return, Paper::Receipt, Paper::Network, Paper::Summary, Paper::List, Paper::Test];
    table(to, variants!(Paper: Slip Return Receipt Network Summary List Test), papers, "", |p| p.word().into());
    let cause = || "c".to_string();
    let jobs = [
        JobState::Queued,
        JobState::Sending,
        JobState::Confirmed,
        JobState::FailedClean { cause: cause() },
        JobState::Unknown { cause: cause() },
    ];
    table(to, variants!(JobState: Queued Sending Confirmed FailedClean Unknown), jobs, "state", |job| {
        job.word().into()
    });
    let all = variants!(PrinterState: Ready Low Out Cover Offline Fault Unknown);
    table(to, all, PrinterState::ALL, "", |state| state.word().into());
    let all = variants!(HoldReason: AwaitingRelease DuplicateRecord NoBlanks Under17 EquipmentBroken Network Other);
    table(to, all, HoldReason::ALL, "", |_| same());
    let actors = [
        Actor::Person(PersonId(1)),
        Actor::Token(LoginId(1)),
        Actor::Device(DeviceId(1)),
        Actor::Terminal,
        Actor::Console,
        Actor::Named("kiosk".into()),
    ];
    let back = |actor: &Actor| match actor {
        Actor::Named(_) => {}
        actor => assert_eq!(Actor::of(actor.word(), actor.id()).as_ref(), Some(actor)),
    };
    actors.iter().for_each(back);
    table(to, variants!(Actor: Person Token Device Terminal Console Named), actors, "", |actor| actor.word().into());
    let all = variants!(Stage: Verification Recording Printing Collection);
    table(to, all, Stage::ALL, "", |stage| {
        assert_eq!(Stage::from_word(stage.word()), Some(*stage));
        stage.word().into()
    });
    let word = |lang: &Lang| lang.word().into();
    table(to, variants!(Lang: Id En), [Lang::Id, Lang::En], "", word);
    let all = variants!(Process: Display Printer Staff);
    table(to, all, [Process::Display, Process::Printer, Process::Staff], "", |process| process.word().into());
    table(to, variants!(CollectedBy: Applicant Proxy), [CollectedBy::Applicant, CollectedBy::Proxy], "", |_| same());
    let places = [Place::Office, Place::Village("Kaliau".into())];
    table(to, variants!(Place: Office Village), places, "", |_| same());
    // Roles are words of a text, never JSON.
    let (name, all) = variants!(Role: Officer Recording Printing Head Technician);
    for (role, variant) in Role::ALL.into_iter().zip(all) {
        assert_eq!((format!("{role:?}").as_str(), Role::from_word(role.word())), (variant, Some(role)));
        writeln!(to, "{name:<12} {variant:<16} {:<18} {}", "-", role.word()).unwrap();
    }
}
