//! Taking back: what the ticket was before, and never a second number, a lost place or a receipt that nobody has.

use super::*;
use crate::ticket::Seq;

fn last_event(day: &Day) -> Seq {
    day.store.events().unwrap().last().unwrap().seq
}

/// Acts, takes it back, and finds the ticket as it was.
fn back_and_forth(day: &mut Day, ticket: &Ticket, action: Action) {
    let before = day.store.ticket(ticket.id).unwrap().unwrap();
    day.minute += 1;
    day.act(ticket, action.clone());
    let found = day.store.undoable(&day.command()).unwrap().expect("one's own last act");
    assert_eq!((found.action, found.ticket.id), (action, ticket.id));
    day.minute += 1;
    let command = day.command();
    let after = day.store.undo(&command, ticket.id, found.act).unwrap();
    assert_eq!(after, before);
    assert_eq!(day.store.ticket(ticket.id).unwrap().unwrap(), before, "the row too, its moments included");
    assert_eq!(day.store.undo(&command, ticket.id, found.act).unwrap(), before, "a retried request");
    assert_eq!(day.store.undoable(&day.command()).unwrap(), None, "nobody undoes the undoing");
    day.assert_sound();
}

#[test]
fn every_safe_act_is_taken_back_and_can_be_done_again() {
    let mut day = Day::open();
    day.issue("new");
    let ticket = day.call(1);
    back_and_forth(&mut day, &ticket, Action::Start);
    for minute in 1..=2 {
        day.minute = minute;
        day.act(&ticket, Action::Recall);
    }
    day.minute = 3;
    back_and_forth(&mut day, &ticket, Action::Skip);
    day.act(&ticket, Action::Skip);
    back_and_forth(&mut day, &ticket, Action::ReportBack);
    day.act(&ticket, Action::ReportBack);
    let ticket = day.call(1);
    day.act(&ticket, Action::Start);
    back_and_forth(&mut day, &ticket, Action::Transfer { service: ServiceKey("lost".into()) });
    back_and_forth(&mut day, &ticket, Action::Cancel { reason: "pulang".into() });
    back_and_forth(&mut day, &ticket, Action::Return { missing: vec!["family-card".into()] });
    assert_eq!(day.papers(), [Paper::Slip], "the withdrawn slip is not printed");
    day.act(&ticket, Action::Return { missing: vec!["family-card".into()] });
    back_and_forth(&mut day, &ticket, Action::Reenter);
}

#[test]
fn a_file_that_was_found_complete_by_mistake_is_none_and_its_receipt_number_is_not_used_again() {
    let mut day = Day::open();
    day.issue("new");
    let ticket = day.call(1);
    day.act(&ticket, Action::Start);
    back_and_forth(&mut day, &ticket, Action::Complete);
    assert!(day.store.open_cases().unwrap().is_empty());
    let again = day.act(&ticket, Action::Complete);
    let case = day.store.case(again.case.unwrap()).unwrap().unwrap();
    assert_eq!(case.receipt.n, 2);
    day.record();
    day.assert_sound();
}

#[test]
fn a_card_handed_over_by_mistake_is_ready_again() {
    let mut day = Day::open();
    day.issue("new");
    day.verify();
    let case = day.record();
    day.on_case(&case, CaseAction::Print);
    day.on_case(&case, CaseAction::MakeReady);
    day.issue("collection");
    let ticket = day.call(3);
    day.act(&ticket, Action::Start);
    let hand_over = Action::HandOver { by: CollectedBy::Applicant, receipt: Some(case.receipt) };
    for _ in 0..2 {
        back_and_forth(&mut day, &ticket, hand_over.clone());
        assert_eq!(day.store.case(case.id).unwrap().unwrap().state, CaseState::Ready);
    }
    day.act(&ticket, hand_over);
    assert!(matches!(day.store.case(case.id).unwrap().unwrap().state, CaseState::Collected { .. }));
    day.assert_sound();
}

#[test]
fn what_others_did_or_saw_is_not_taken_back() {
    let mut day = Day::open();
    day.issue("new");
    let ticket = day.call(1);
    let undo = |day: &mut Day, act: Seq| refused(day.store.undo(&day.command(), ticket.id, act));
    let called = last_event(&day);
    assert_eq!(undo(&mut day, called), Refused::CannotUndo { action: "call".into() }, "people have heard it");
    assert_eq!(day.store.undoable(&day.command()).unwrap(), None);
    day.act(&ticket, Action::Start);
    let started = last_event(&day);
    let other = Command { by: crate::journal::Actor::Console, ..day.command() };
    assert_eq!(refused(day.store.undo(&other, ticket.id, started)), Refused::UndoNotOwn);
    day.minute += 6;
    assert_eq!(undo(&mut day, started), Refused::UndoTooLate { minutes: 5 });
    day.act(&ticket, Action::Return { missing: vec!["family-card".into()] });
    let returned = last_event(&day);
    assert_eq!(undo(&mut day, started), Refused::UndoPassed { number: "A-001".into() });
    day.store.claim_print_job(at(day.minute)).unwrap().unwrap();
    day.store.claim_print_job(at(day.minute)).unwrap().unwrap();
    assert_eq!(undo(&mut day, returned), Refused::UndoPrinted);
    day.assert_sound();
}

#[test]
fn nobody_is_taken_back_to_a_counter_that_has_called_somebody_else() {
    let mut day = Day::open();
    day.issue("new");
    day.issue("new");
    let first = day.call(1);
    day.act(&first, Action::Start);
    day.act(&first, Action::Complete);
    let act = day.store.undoable(&day.command()).unwrap().unwrap().act;
    day.call(1);
    assert_eq!(day.store.undoable(&day.command()).unwrap(), None);
    let busy = Refused::CounterBusy { number: "A-002".into() };
    assert_eq!(refused(day.store.undo(&day.command(), first.id, act)), busy);
    day.assert_sound();
}

#[test]
fn an_undone_visit_does_not_take_a_receipt_from_the_next_one() {
    let mut day = Day::open();
    day.issue("new");
    day.verify();
    let case = day.record();
    day.on_case(&case, CaseAction::Print);
    day.on_case(&case, CaseAction::MakeReady);
    let first = day.issue_with(case.receipt).unwrap().ticket;
    day.act(&first, Action::Cancel { reason: "pulang".into() });
    let act = day.store.undoable(&day.command()).unwrap().unwrap().act;
    day.issue_with(case.receipt).unwrap();
    let refusal = refused(day.store.undo(&day.command(), first.id, act));
    assert_eq!(refusal, Refused::CaseHasTicket { number: "C-002".into() });
    day.assert_sound();
}

#[test]
fn an_act_on_a_state_that_is_no_more_does_nothing() {
    let mut day = Day::open();
    day.issue("new");
    let ticket = day.call(1);
    let seen = ticket.state.seen();
    let command = day.command();
    let started = day.store.act(&command, ticket.id, &Action::Start, Some(&seen)).unwrap();
    assert_eq!(day.store.act(&command, ticket.id, &Action::Start, Some(&seen)).unwrap(), started, "a retried request");
    let stale = day.store.act(&day.command(), ticket.id, &Action::Cancel { reason: "x".into() }, Some(&seen));
    assert!(matches!(refused(stale), Refused::StalePage { .. }));
    assert_eq!(day.store.ticket(ticket.id).unwrap().unwrap(), started);
}

#[test]
fn an_officer_overrules_quota_and_last_number_with_a_reason_on_record() {
    let quota = REAL.replacen("prefix = \"A\"", "prefix = \"A\"\nquota = 1", 1);
    let mut day = Day::open_with(&quota);
    let wish = day.wish("new");
    let usual = day.store.issue_overruling(&day.command(), &wish, "tidak perlu").unwrap();
    assert_eq!(usual.ticket.number.to_string(), "A-001");
    assert!(matches!(refused(day.store.issue(&day.command(), &wish)), Refused::QuotaReached { .. }));
    assert_eq!(refused(day.store.issue_overruling(&day.command(), &wish, " ")), Refused::ReasonNeeded);
    day.store.issue_overruling(&day.command(), &wish, " datang dari jauh ").unwrap();
    day.minute = 7 * 60;
    assert!(matches!(refused(day.store.issue(&day.command(), &wish)), Refused::LastNumberPassed { .. }));
    day.store.issue_overruling(&day.command(), &wish, "perintah camat").unwrap();
    let reasons: Vec<_> = day
        .store
        .events()
        .unwrap()
        .into_iter()
        .filter_map(|event| match event.happened {
            crate::journal::Happened::Issued { overruled, .. } => Some(overruled),
            _ => None,
        })
        .collect();
    assert_eq!(reasons, [None, Some("datang dari jauh".into()), Some("perintah camat".to_string())]);
    day.assert_sound();
}

#[test]
fn an_act_before_a_mistaken_close_can_be_taken_back_after_it() {
    let mut day = Day::open();
    day.issue("new");
    let ticket = day.call(1);
    day.act(&ticket, Action::Cancel { reason: "pulang".into() });
    let act = last_event(&day);
    day.store.close_day(&day.command()).unwrap();
    assert_eq!(refused(day.store.undo(&day.command(), ticket.id, act)), Refused::DayNotOpen);
    day.store.open_day(&day.command(), date(2026, 11, 23), false).unwrap();
    assert_eq!(day.store.undo(&day.command(), ticket.id, act).unwrap(), ticket);
    day.assert_sound();
}

#[test]
fn s26_taking_back_follows_the_network_as_it_is_now() {
    let mut day = Day::open();
    day.issue("new");
    day.verify();
    let case = day.record();
    day.on_case(&case, CaseAction::RecordAgain);
    let again = day.issue_with(case.receipt).unwrap().ticket;
    day.store.set_network(&day.command(), true).unwrap();
    day.act(&again, Action::Cancel { reason: "pulang".into() });
    let held = last_event(&day);
    day.store.set_network(&day.command(), false).unwrap();
    let back = day.store.undo(&day.command(), again.id, held).unwrap();
    assert_eq!(back.state.word(), "waiting", "nobody is held while the network is up");
    day.call(2);
    day.act(&again, Action::Start);
    day.act(&again, Action::Cancel { reason: "pulang".into() });
    let served = last_event(&day);
    day.store.set_network(&day.command(), true).unwrap();
    let back = day.store.undo(&day.command(), again.id, served).unwrap();
    assert_eq!(back.state.word(), "held", "nobody is recorded while the network is down");
    assert_eq!(day.store.ticket(again.id).unwrap().unwrap(), back);
    day.assert_sound();
}

#[test]
fn a_slip_of_the_finger_does_not_make_the_office_look_fast() {
    let mut day = Day::open();
    for _ in 0..6 {
        day.issue("new");
    }
    let last = day.issue("new").ticket;
    let ticket = day.call(1);
    day.act(&ticket, Action::Start);
    let wait = |day: &Day| {
        let mut line = day.store.line().unwrap().clone();
        line.remove(last.id);
        day.store.forecast(&line, &last, at(day.minute)).unwrap()
    };
    let before = wait(&day);
    for _ in 0..5 {
        day.act(&ticket, Action::Complete);
        let act = day.store.undoable(&day.command()).unwrap().unwrap().act;
        day.store.undo(&day.command(), ticket.id, act).unwrap();
    }
    assert_eq!(wait(&day), before, "what was taken back measured nothing");
}
