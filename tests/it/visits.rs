//! Visits from the first tap to the card, through every device.

use crate::office::{Office, antrean, press, until};
use queue::case::{CaseState, Receipt};
use std::collections::BTreeSet;

#[test]
fn s08_to_s13_a_full_visit_through_kiosk_printer_console_and_board() {
    let mut office = Office::open();
    office.start_virtual_printer();
    office.start_printer();
    office.start_staff();
    office.start_display();
    office.start_kiosk();

    let shown = office.take("new", "printed");
    assert_eq!(shown["number"], "A-001");
    assert!(office.sheets()[0].contains("A-001"), "{:?}", office.sheets());

    let ticket = office.serve(1);
    assert_eq!(ticket["number"], "A-001");
    let waiting = office.act(&ticket, "complete", &[]);
    assert_eq!((waiting["number"].as_str(), waiting["stage"].as_str()), (Some("A-001"), Some("recording")));
    office.serve(2);
    let done = office.act(&ticket, "finish-recording", &[("done", "photo"), ("done", "iris")]);
    assert_eq!(done["state"], "finished");
    let receipt: Receipt = done["receipt"].as_str().unwrap().parse().unwrap();
    until("the receipt on paper", || office.sheets().iter().any(|s| s.contains(&receipt.to_string())).then_some(()));

    // 5a: not ready is told before any number is taken.
    office.touch("service collection");
    office.page("receipt entry", |page| page["page"] == "receipt-entry");
    office.touch(&format!("receipt {receipt}"));
    let status = office.page("status", |page| page["page"] == "status");
    assert_eq!((&status["status"], &status["may_print"]), (&"recorded".into(), &false.into()));
    office.touch("home");
    office.page("home", |page| page["page"] == "home");
    assert_eq!(office.store.tickets().unwrap().len(), 1);

    let case = office.store.case_by_receipt(receipt).unwrap().unwrap();
    office.press(&format!("cases/{}/print", case.id.0), &[]).unwrap();
    office.press(&format!("cases/{}/make-ready", case.id.0), &[]).unwrap();
    let board = office.store.board(queue::clock::now()).unwrap();
    assert_eq!(board.ready, [receipt], "S23: told on the board");

    office.touch("service collection");
    office.page("receipt entry", |page| page["page"] == "receipt-entry");
    office.touch(&format!("receipt {receipt}"));
    office.page("status", |page| page["page"] == "status" && page["may_print"] == true);
    office.touch("print");
    let shown = office.page("number", |page| page["page"] == "your-number" && page["paper"] == "printed");
    assert_eq!(shown["number"], "C-001");
    let ticket = office.serve(3);
    office.act(&ticket, "hand-over", &[("by", "proxy")]);
    let case = office.store.case_by_receipt(receipt).unwrap().unwrap();
    assert!(matches!(case.state, CaseState::Collected { .. }));
    until("a board", || office.path("board.png").exists().then_some(()));
    assert_eq!(office.sheets().len(), 3, "slip, receipt, slip");
    office.assert_sound();
}

#[test]
fn s10_an_incomplete_file_is_returned_and_comes_back_under_its_number() {
    let mut office = Office::open();
    office.start_virtual_printer();
    office.start_printer();
    office.start_staff();
    office.press("issue", &[("service", "new")]).unwrap();
    let ticket = office.serve(1);
    let refused = office.press(&format!("tickets/{}/return", ticket["ticket"]), &[]).unwrap_err();
    assert_eq!(refused["refused"], "missing-needed");
    let returned = office.act(&ticket, "return", &[("missing", "family-card")]);
    assert_eq!(returned["state"], "returned");
    let says = |s: &String| s.contains("KK") && s.contains("A-001") && s.to_lowercase().contains("berlaku");
    until("the return slip", || office.sheets().iter().any(says).then_some(()));
    office.act(&ticket, "reenter", &[]);
    let again = office.serve(1);
    assert_eq!(again["number"], "A-001");
    office.act(&again, "complete", &[]);
    // The day ends before the recording: the applicant takes the receipt home, the office keeps the summary.
    assert!(antrean(&["day", "close", "--data", &office.data()]).status.success());
    for words in ["DITUNDA KE HARI LAIN", "RINGKASAN HARI"] {
        until(words, || office.sheets().iter().any(|s| s.contains(words)).then_some(()));
    }
    office.assert_sound();
}

#[test]
fn s26_the_network_holds_an_applicant_who_waits_and_loses_nothing() {
    let mut office = Office::open();
    office.start_staff();
    for _ in 0..2 {
        office.press("issue", &[("service", "new")]).unwrap();
    }
    let first = office.serve(1);
    office.act(&first, "complete", &[]);
    office.press("network/down", &[]).unwrap();
    let second = office.serve(1);
    assert_eq!(office.act(&second, "complete", &[])["state"], "held");
    assert_eq!(office.press("counters/2/call", &[]).unwrap()["number"], serde_json::Value::Null);
    office.act(&first, "choose-wait", &[]);
    assert_eq!(office.act(&second, "refer", &[])["state"], "referred");
    office.press("network/up", &[]).unwrap();
    assert_eq!(office.serve(2)["number"], "A-001");
    office.assert_sound();
}

#[test]
fn two_clerks_pressing_at_the_same_instant_get_different_people() {
    let mut office = Office::open();
    // Counters 1 and 2 both verify.
    let toml = std::fs::read_to_string(office.path("office.toml")).unwrap();
    let both =
        toml.replace("number = 2\nstages = [\"recording\"]", "number = 2\nstages = [\"verification\", \"recording\"]");
    assert_ne!(toml, both);
    std::fs::write(office.path("office.toml"), both).unwrap();
    office.start_staff();
    for round in 0..20 {
        for _ in 0..2 {
            office.press("issue", &[("service", "new")]).unwrap();
        }
        let clerks = [1, 2].map(|counter| {
            let console = office.console();
            std::thread::spawn(move || press(&console, &format!("counters/{counter}/call"), &[]).unwrap())
        });
        let called: Vec<_> = clerks.into_iter().map(|clerk| clerk.join().unwrap()).collect();
        let numbers: BTreeSet<&str> = called.iter().map(|c| c["number"].as_str().unwrap()).collect();
        assert_eq!(numbers.len(), 2, "round {round}: {called:?}");
        for ticket in &called {
            office.act(ticket, "cancel", &[("reason", "uji")]);
        }
    }
    office.assert_sound();
}
