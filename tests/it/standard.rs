//! What the service standard says and no other test names: each requirement S and contradiction C has a test by its id.

use crate::office::Office;
use queue::case::{CaseAction, CaseState, Place, Receipt};
use queue::document::Body;
use queue::office::{ServiceKey, Stage};
use queue::visit::Action;
use queue::{Command, Lang};

const REAL: &str = include_str!("../../office.toml");

fn real() -> queue::Office {
    queue::Office::parse(REAL).unwrap()
}

fn issue(office: &mut Office, service: &str, receipt: Option<Receipt>) -> queue::ticket::Ticket {
    let wish = queue::store::Issue { service: ServiceKey(service.into()), priority: false, lang: Lang::Id, receipt };
    office.store.issue(&Command::new(queue::journal::Actor::Terminal), &wish).unwrap().ticket
}

fn act(office: &mut Office, ticket: &queue::ticket::Ticket, action: Action) -> queue::ticket::Ticket {
    office.store.act(&Command::new(queue::journal::Actor::Terminal), ticket.id, &action, None).unwrap()
}

/// One visit up to the Tanda Terima, all at counter 1.
fn recorded(office: &mut Office, place: Place) -> queue::case::Case {
    for action in [Action::Complete, Action::FinishRecording { done: vec!["iris".into()], place }] {
        let ticket = office.store.call_next(&Command::new(queue::journal::Actor::Terminal), 1).unwrap().unwrap();
        act(office, &ticket, Action::Start);
        act(office, &ticket, action);
    }
    office.store.open_cases().unwrap().pop().unwrap()
}

/// S14: the four performers may be one person: one counter serves every called stage.
fn office_of_one() -> Office {
    let mut office = Office::open();
    let one = REAL.replace(
        "number = 1\nstages = [\"verification\"]",
        "number = 1\nstages = [\"verification\", \"recording\", \"collection\"]",
    );
    assert_ne!(one, REAL);
    std::fs::write(office.path("office.toml"), one.replace(", last_number = \"14.30\"", "")).unwrap();
    office.store = queue::Store::open(&office.path("")).unwrap();
    office
}

#[test]
fn s14_s24_c3_one_officer_does_everything_and_the_card_may_be_collected_in_the_village() {
    let mut office = office_of_one();
    issue(&mut office, "new", None);
    let case = recorded(&mut office, Place::Village("Sebunga".into()));
    let receipt = office.store.unconfirmed_print_jobs().unwrap().pop().unwrap().document.body;
    assert!(matches!(receipt, Body::Receipt { place: Place::Village(village), .. } if village == "Sebunga"));
    for action in [CaseAction::Print, CaseAction::MakeReady, CaseAction::SendToVillage { village: "Sebunga".into() }] {
        office.store.act_on_case(&Command::new(queue::journal::Actor::Terminal), case.id, &action).unwrap();
    }
    let state = office.store.case(case.id).unwrap().unwrap().state;
    assert_eq!(state, CaseState::SentToVillage { village: "Sebunga".into() });
    office.assert_sound();
}

#[test]
fn s04_s21_c7_c14_no_birth_date_no_biometrics_no_telephone_and_no_name_is_stored() {
    let mut office = office_of_one();
    issue(&mut office, "new", None);
    recorded(&mut office, Place::Office);
    let schema = include_str!("../../queue/src/store/schema.sql").to_lowercase();
    let code: String = schema.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    for word in ["birth", "nik", "phone", "photo", "finger", "signature", "iris", "address", "gender", "lahir"] {
        assert!(!code.contains(word), "a column speaks of {word}");
    }
    // What the operator ticked is done or not done, and nothing in the files looks like a NIK.
    let ticks = &real().stages.recording.ticks;
    assert!(ticks.iter().any(|t| t.text.id == "Pemindaian mata (iris)"), "C7: iris, not retina");
    for name in ["antrean.db", "antrean.db-wal"] {
        let bytes = std::fs::read(office.path(name)).unwrap_or_default();
        let run = bytes.split(|b| !b.is_ascii_digit()).map(<[u8]>::len).find(|len| *len == 16);
        assert_eq!(run, None, "{name}");
    }
}

#[test]
fn s15_c4_advice_is_shown_and_sends_nobody_away() {
    let office = real();
    let service = office.service(&ServiceKey("new".into())).unwrap();
    let shown = office.requirements_of(service);
    let village = shown.iter().find(|r| r.key == "village").unwrap();
    assert!(!village.blocking && village.text.id.contains("desa"));
    // The number is taken without a question asked.
    let mut office = Office::open();
    assert_eq!(issue(&mut office, "new", None).number.to_string(), "A-001");
}

#[test]
fn c8_the_form_has_the_name_the_office_gives_it() {
    let other = queue::Office::parse(&REAL.replace("Formulir F1.01", "Formulir F-1.02")).unwrap();
    assert!(other.requirement("form").unwrap().text.id.starts_with("Formulir F-1.02"));
}

#[test]
fn c9_the_counter_gives_the_same_numbers_as_the_kiosk() {
    let mut office = Office::open();
    office.start_staff();
    assert_eq!(issue(&mut office, "new", None).number.to_string(), "A-001");
    assert_eq!(office.press("issue", &[("service", "new")]).unwrap()["number"], "A-002");
}

#[test]
fn c11_bringing_the_file_and_checking_it_are_one_stage() {
    let stages: Vec<Stage> = real().service(&ServiceKey("new".into())).unwrap().stages.clone();
    assert_eq!(stages, [Stage::Verification, Stage::Recording, Stage::Printing]);
}
