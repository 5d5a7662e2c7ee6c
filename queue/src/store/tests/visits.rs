//! Visits, days and calls.

use super::*;

#[test]
fn s08_to_s13_a_full_visit_from_the_number_to_the_card() {
    let mut day = Day::open();
    let issued = day.issue("new");
    assert_eq!(issued.ticket.number.to_string(), "A-001");
    day.minute = 5;
    let verified = day.verify();
    assert_eq!(verified.number.to_string(), "A-001", "the number stays");
    assert_eq!(verified.state.stage(), Some(Stage::Recording));
    let case = day.record();
    assert_eq!(case.receipt.to_string().len(), 11);
    assert_eq!(case.state, CaseState::Recorded);
    assert_eq!(day.papers(), [Paper::Slip, Paper::Receipt]);

    let early = refused(day.issue_with(case.receipt));
    assert!(matches!(early, Refused::NotReady { .. }), "5a: told before any number is taken");
    assert_eq!(day.store.tickets().unwrap().len(), 1);

    day.on_case(&case, CaseAction::Print);
    day.on_case(&case, CaseAction::MakeReady);
    assert_eq!(day.store.board(at(6)).unwrap().ready, [case.receipt], "S23");
    let collection = day.issue_with(case.receipt).unwrap();
    assert_eq!(collection.ticket.number.to_string(), "C-001");
    let again = refused(day.issue_with(case.receipt));
    assert_eq!(again, Refused::CaseHasTicket { number: "C-001".into() });
    let called = day.call(3);
    day.act(&called, Action::Start);
    day.act(&called, Action::HandOver { by: CollectedBy::Applicant, receipt: None });
    let case = day.store.case(case.id).unwrap().unwrap();
    assert_eq!(case.state, CaseState::Collected { by: CollectedBy::Applicant });
    assert!(day.store.board(at(7)).unwrap().ready.is_empty());
    day.assert_sound();
}

#[test]
fn s13_a_ticket_without_receipt_shows_it_at_the_counter() {
    let mut day = Day::open();
    day.issue("lost");
    let ticket = day.call(1);
    day.act(&ticket, Action::Start);
    day.act(&ticket, Action::PrintDirectly { place: CollectionPlace::Office });
    let case = day.store.open_cases().unwrap().pop().unwrap();
    assert_eq!(case.state, CaseState::Recorded, "C12: a lost card may be printed directly");
    day.issue("collection");
    let ticket = day.call(3);
    day.act(&ticket, Action::Start);
    let hand_over = |receipt| Action::HandOver { by: CollectedBy::Proxy, receipt };
    assert_eq!(refused(day.try_act(&ticket, hand_over(None))), Refused::ReceiptNeeded);
    let wrong = Receipt { year: 26, n: 99 };
    assert_eq!(refused(day.try_act(&ticket, hand_over(Some(wrong)))), Refused::UnknownCase);
    assert!(matches!(refused(day.try_act(&ticket, hand_over(Some(case.receipt)))), Refused::NotReady { .. }));
    day.on_case(&case, CaseAction::Print);
    day.on_case(&case, CaseAction::MakeReady);
    let done = day.act(&ticket, hand_over(Some(case.receipt)));
    assert_eq!(done.case, Some(case.id));
    day.assert_sound();
}

#[test]
fn s10_an_incomplete_file_comes_back_under_the_same_number() {
    let mut day = Day::open();
    for _ in 0..5 {
        day.issue("new");
    }
    let ticket = day.call(1);
    day.act(&ticket, Action::Start);
    let back = |keys: &[&str]| Action::Return { missing: keys.iter().map(|k| k.to_string()).collect() };
    assert_eq!(refused(day.try_act(&ticket, back(&[]))), Refused::MissingNeeded);
    assert!(matches!(refused(day.try_act(&ticket, back(&["rt-rw-letter"]))), Refused::AdviceIsNoReason(_)), "C5");
    assert!(matches!(refused(day.try_act(&ticket, back(&["police-report"]))), Refused::UnknownKey(_)));
    day.act(&ticket, back(&["family-card", "form"]));
    let slip = day.store.unconfirmed_print_jobs().unwrap().pop().unwrap();
    let Body::Return { missing, until, .. } = slip.document.body else { panic!("a return slip") };
    assert_eq!(missing, ["family-card", "form"]);
    assert_eq!(until, Some(jiff::civil::time(15, 0, 0, 0)));

    let again = day.act(&ticket, Action::Reenter);
    assert_eq!(again.number.to_string(), "A-001");
    let order: Vec<String> =
        day.store.queue(Some(1), 9, at(0)).unwrap().first.iter().map(|t| t.number.to_string()).collect();
    assert_eq!(order, ["A-002", "A-003", "A-004", "A-001", "A-005"], "three others first");
    day.assert_sound();
}

#[test]
fn s26_the_network_holds_recording_and_gives_the_choices() {
    let mut day = Day::open();
    for _ in 0..4 {
        day.issue("new");
    }
    day.verify();
    day.verify();
    let serving = day.call(2);
    day.act(&serving, Action::Start);
    day.store.set_network(&day.command(), true).unwrap();
    assert_eq!(refused(day.store.set_network(&day.command(), true)), Refused::NetworkUnchanged);
    let third = day.verify();
    assert!(matches!(third.state, State::Held { .. }), "held at once");
    let held: Vec<Ticket> = day.store.tickets().unwrap().into_iter().filter(|t| t.state.word() == "held").collect();
    assert_eq!(held.len(), 3);

    day.act(&held[0], Action::ChooseWait);
    day.store.order_network_slip(&day.command(), held[0].id).unwrap();
    day.act(&held[1], Action::Refer);
    assert_eq!(day.store.case(held[1].case.unwrap()).unwrap().unwrap().state, CaseState::Referred);
    day.act(&held[2], Action::Defer);
    let slips = |day: &Day| day.papers().iter().filter(|p| **p == Paper::Network).count();
    assert_eq!(slips(&day), 2);
    let slip = day.store.print_jobs_of(held[0].id).unwrap().pop().unwrap();
    let again = day.store.order_network_slip(&day.command(), held[0].id);
    assert_eq!(refused(again), Refused::StillPrinting);
    while let Some(job) = day.store.claim_print_job(at(0)).unwrap() {
        day.store.settle_print_job(job.id, &Outcome::Confirmed, at(0)).unwrap();
    }
    let copy = day.store.order_network_slip(&day.command(), held[0].id).unwrap();
    assert_eq!(day.store.print_job(copy).unwrap().unwrap().copy, slip.copy + 1, "a second paper is marked");
    day.store.set_network(&day.command(), false).unwrap();
    let back = day.call(2);
    assert_eq!(back.id, held[0].id, "keeps its place");

    // Another day: the receipt leads straight to recording.
    day.store.close_day(&day.command()).unwrap();
    day.minute = 24 * 60;
    day.store.open_day(&day.command(), date(2026, 11, 24), false).unwrap();
    let receipt = day.store.case(held[2].case.unwrap()).unwrap().unwrap().receipt;
    let issued = day.issue_with(receipt).unwrap();
    assert_eq!(issued.ticket.number.to_string(), "A-001");
    assert_eq!(issued.ticket.state.stage(), Some(Stage::Recording));
    day.assert_sound();
}

#[test]
fn a_failed_recording_is_recorded_again_on_another_visit() {
    let mut day = Day::open();
    day.issue("new");
    day.verify();
    let case = day.record();
    day.on_case(&case, CaseAction::Hold { reason: crate::case::HoldReason::AwaitingRelease });
    let again = day.on_case(&case, CaseAction::RecordAgain);
    assert_eq!(again.state, CaseState::Verified { again: true });
    let issued = day.issue_with(case.receipt).unwrap();
    assert_eq!(issued.ticket.state.stage(), Some(Stage::Recording));
    let recorded = day.record();
    assert_eq!((recorded.receipt, recorded.state), (case.receipt, CaseState::Recorded));
    let copies: Vec<u8> = day
        .store
        .unconfirmed_print_jobs()
        .unwrap()
        .iter()
        .filter(|job| job.document.body.paper() == Paper::Receipt)
        .map(|job| job.copy)
        .collect();
    assert_eq!(copies, [0, 1], "the second receipt of a case is marked");
    day.assert_sound();
}

#[test]
fn skip_needs_three_calls_and_reporting_back_costs_three_places() {
    let mut day = Day::open();
    for _ in 0..6 {
        day.issue("new");
    }
    let ticket = day.call(1);
    assert_eq!(refused(day.try_act(&ticket, Action::Skip)), Refused::CallAgainFirst { calls: 1, needed: 3 });
    day.skip(&ticket);
    day.act(&ticket, Action::ReportBack);
    let order: Vec<String> = (0..5)
        .map(|_| {
            let called = day.call(1);
            day.act(&called, Action::Start);
            day.act(&called, Action::Cancel { reason: "uji".into() });
            called.number.to_string()
        })
        .collect();
    assert_eq!(order, ["A-002", "A-003", "A-004", "A-001", "A-005"]);
    day.assert_sound();
}

#[test]
fn closing_ends_every_visit_and_a_new_day_begins_at_one() {
    let mut day = Day::open();
    for _ in 0..3 {
        day.issue("new");
    }
    day.verify();
    day.call(1);
    let summary = day.store.close_day(&day.command()).unwrap();
    assert_eq!((summary.issued, summary.deferred, summary.expired), (3, 1, 2));
    let papers = day.store.unconfirmed_print_jobs().unwrap();
    let [.., taken_home, printed] = papers.as_slice() else { panic!("two papers") };
    let taken_home = &taken_home.document.body;
    assert!(matches!(taken_home, Body::Network { may_wait: false, .. }), "the receipt for another day: {taken_home:?}");
    let Body::Summary { counts, seal } = &printed.document.body else { panic!("{printed:?}") };
    assert_eq!((counts, printed.ticket), (&summary, None));
    assert_eq!(seal.as_ref(), day.store.seal().unwrap().as_ref(), "the paper says how the journal stood");
    assert_eq!(refused(day.store.reprint(&day.command(), printed.id)), Refused::StillPrinting);
    let wish = day.wish("new");
    assert_eq!(refused(day.store.issue(&day.command(), &wish)), Refused::DayNotOpen);
    let before = day.store.open_day(&day.command(), date(2026, 11, 22), false);
    assert!(matches!(refused(before), Refused::DateBeforeLastDay { .. }));

    // The clock says Monday although it is Tuesday: a person says so.
    let wrong = day.store.open_day(&day.command(), date(2026, 11, 24), false);
    assert!(matches!(refused(wrong), Refused::DateDiffersFromClock { .. }));
    day.store.open_day(&day.command(), date(2026, 11, 24), true).unwrap();
    let issued = day.issue("new");
    assert_eq!(issued.ticket.number.to_string(), "A-001");
    let slip = day.store.print_job(issued.slip).unwrap().unwrap();
    assert_eq!((slip.document.date, slip.document.time), (date(2026, 11, 24), None), "no time from a wrong clock");
    assert_eq!(day.store.events().unwrap().iter().filter(|e| e.happened.word() == "issue").count(), 4);
    day.assert_sound();
}

#[test]
fn a_day_closed_by_mistake_opens_again_and_its_numbers_go_on() {
    let mut day = Day::open();
    day.issue("new");
    day.store.close_day(&day.command()).unwrap();
    day.store.open_day(&day.command(), date(2026, 11, 23), false).unwrap();
    assert_eq!(day.issue("new").ticket.number.to_string(), "A-002", "no number twice on one date");
    day.assert_sound();
}

#[test]
fn the_clock_cannot_start_a_day_or_reuse_a_number() {
    let mut day = Day::open();
    day.issue("new");
    let monday = date(2026, 11, 23);
    for minute in [-60 * 24 * 365 * 57, -24 * 60, -10, 24 * 60, 400 * 24 * 60] {
        day.minute = minute;
        if minute > 0 {
            let wish = day.wish("collection");
            assert!(matches!(refused(day.store.issue(&day.command(), &wish)), Refused::DayLeftOpen { .. }));
            day.store.open_day(&day.command(), monday, true).unwrap();
        }
        let number = day.issue("collection").ticket.number;
        assert_eq!(number.prefix, 'C');
        assert_eq!(day.store.open_day_now().unwrap().unwrap().date, date(2026, 11, 23));
    }
    let numbers: Vec<u32> =
        day.store.tickets().unwrap().iter().filter(|t| t.number.prefix == 'C').map(|t| t.number.n).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    day.assert_sound();
}

#[test]
fn quota_and_last_number_are_told_and_stop_the_kiosk() {
    let mut day = Day::open_with(&REAL.replace("prefix = \"A\"", "prefix = \"A\"\nquota = 2"));
    day.issue("new");
    day.issue("new");
    let wish = day.wish("new");
    assert_eq!(refused(day.store.issue(&day.command(), &wish)), Refused::QuotaReached { quota: 2 });
    day.issue("lost");
    day.minute = 6 * 60 + 31;
    let late = refused(day.store.issue(&day.command(), &day.wish("lost")));
    assert_eq!(late, Refused::LastNumberPassed { at: "14.30".into() });
}

#[test]
fn a_counter_holds_one_ticket_and_a_ticket_one_counter() {
    let mut day = Day::open();
    day.issue("new");
    day.issue("new");
    let first = day.call(1);
    let busy = Refused::CounterBusy { number: "A-001".into() };
    assert_eq!(refused(day.store.call_next(&day.command(), 1)), busy);
    let chosen = Action::CallChosen { counter: 1, reason: "lanjut usia".into() };
    let second = day.store.queue(Some(1), 9, at(0)).unwrap().first.pop().unwrap();
    assert_eq!(refused(day.try_act(&second, chosen.clone())), busy);
    day.act(&first, Action::Cancel { reason: "pulang".into() });
    let no_reason = Action::CallChosen { counter: 1, reason: " ".into() };
    assert_eq!(refused(day.try_act(&second, no_reason)), Refused::ReasonNeeded);
    let wrong_counter = Action::CallChosen { counter: 3, reason: "x".into() };
    assert_eq!(refused(day.try_act(&second, wrong_counter)), Refused::CounterDoesNotServe);
    day.act(&second, chosen);
    day.assert_sound();
}

#[test]
fn c1_the_slip_tells_people_ahead_and_a_range_only_when_somebody_calls() {
    let mut day = Day::open();
    assert_eq!(day.issue("new").wait, Wait::NoCounter);
    day.issue("new");
    let third = day.issue("new");
    assert_eq!((third.ahead, third.wait), (2, Wait::NoCounter));
    day.call(1);
    let fourth = day.issue("new");
    assert_eq!((fourth.ahead, fourth.wait), (2, Wait::Range { from: 25, to: 40 }));
    let wish = Issue { priority: true, ..day.wish("new") };
    let priority = day.store.issue(&day.command(), &wish).unwrap();
    assert_eq!(priority.ahead, 0);
}

#[test]
fn help_is_asked_anew_after_a_minute_and_ends_when_an_officer_goes() {
    let mut day = Day::open();
    assert_eq!(day.store.help_asked().unwrap(), None);
    day.store.ask_help(&day.command()).unwrap();
    day.store.ask_help(&day.command()).unwrap();
    assert_eq!(day.store.help_asked().unwrap(), Some(at(0)), "since the first time");
    day.minute = 1;
    day.store.ask_help(&day.command()).unwrap();
    assert_eq!(day.store.help_asked().unwrap(), Some(at(1)), "nobody has come");
    day.store.answer_help(&day.command()).unwrap();
    assert_eq!(day.store.help_asked().unwrap(), None);
    day.assert_sound();
}

#[test]
fn a_day_that_nobody_closed_gives_no_number_the_next_morning_and_loses_none() {
    let mut day = Day::open();
    let (monday, tuesday) = (date(2026, 11, 23), date(2026, 11, 24));
    day.issue("new");
    day.issue("new");
    let verified = day.verify();
    let lapses = day.issue("lost").ticket;
    day.issue("lost");
    day.minute = 24 * 60;
    assert_eq!(day.store.day_status(at(day.minute)).unwrap(), DayStatus::LeftOpen { date: monday });
    assert_eq!(day.store.board(at(day.minute)).unwrap().day, DayStatus::LeftOpen { date: monday });
    let wish = day.wish("new");
    let left_open = Refused::DayLeftOpen { date: monday, clock: tuesday };
    assert_eq!(refused(day.store.issue(&day.command(), &wish)), left_open);
    assert_eq!(refused(day.store.issue_overruling(&day.command(), &wish, "tetap")), left_open, "nor by an officer");
    assert_eq!(refused(day.store.open_day(&day.command(), tuesday, false)), left_open, "never two days at once");

    // What was given is finished: yesterday's applicant is called, served and taken back.
    let called = day.call(1);
    day.act(&called, Action::Start);
    day.act(&called, Action::Cancel { reason: "sudah pulang".into() });
    let summary = day.store.close_day(&day.command()).unwrap();
    assert_eq!((summary.issued, summary.cancelled, summary.deferred, summary.expired), (4, 1, 1, 2));
    let state = |day: &Day, id| day.store.ticket(id).unwrap().unwrap().state;
    assert_eq!((state(&day, verified.id), state(&day, lapses.id)), (State::Deferred, State::Expired));
    day.store.open_day(&day.command(), tuesday, false).unwrap();
    let issued = day.issue("new");
    let slip = day.store.print_job(issued.slip).unwrap().unwrap();
    assert_eq!((issued.ticket.number.to_string().as_str(), slip.document.date), ("A-001", tuesday));
    day.assert_sound();
}

#[test]
fn a_clock_that_jumped_ahead_is_called_wrong_once_and_the_day_goes_on() {
    let mut day = Day::open();
    let monday = date(2026, 11, 23);
    day.issue("new");
    let called = day.call(1);
    // Midnight of a wrong clock in the middle of the service: who is served is served.
    day.minute = 16 * 60;
    day.act(&called, Action::Start);
    day.act(&called, Action::Complete);
    assert!(matches!(refused(day.store.open_day(&day.command(), monday, false)), Refused::DateDiffersFromClock { .. }));
    let said = day.command();
    let open = day.store.open_day(&said, monday, true).unwrap();
    assert_eq!((open.date, day.store.open_day(&said, monday, true).unwrap()), (monday, open), "once");
    assert_eq!(refused(day.store.open_day(&day.command(), monday, true)), Refused::DayAlreadyOpen);
    let issued = day.issue("new");
    assert_eq!(issued.ticket.number.to_string(), "A-002", "its numbers go on");
    let slip = day.store.print_job(issued.slip).unwrap().unwrap();
    assert_eq!((slip.document.date, slip.document.time), (monday, None), "no time from a wrong clock");
    day.minute += 8 * 60;
    day.issue("new");
    let opened = |event: &crate::journal::Event| event.happened.word() == "day-opened";
    assert_eq!(day.store.events().unwrap().iter().filter(|event| opened(event)).count(), 2, "it is on record");
    day.minute = 40 * 60;
    let wish = day.wish("new");
    assert!(matches!(refused(day.store.issue(&day.command(), &wish)), Refused::DayLeftOpen { .. }), "the next morning");
    // A day opened against the clock needs no second word on that date of the clock.
    day.store.close_day(&day.command()).unwrap();
    day.store.open_day(&day.command(), date(2026, 11, 24), true).unwrap();
    day.issue("new");
    day.assert_sound();
}

#[test]
fn a_day_opened_far_ahead_by_mistake_does_not_shut_the_office_out() {
    let mut day = Day::open();
    day.store.close_day(&day.command()).unwrap();
    day.store.open_day(&day.command(), date(2062, 11, 24), true).unwrap();
    day.store.close_day(&day.command()).unwrap();
    day.minute = 24 * 60;
    let hint = day.store.open_day(&day.command(), date(2026, 11, 24), false);
    assert!(matches!(refused(hint), Refused::DateBeforeLastDay { .. }));
    day.store.open_day(&day.command(), date(2026, 11, 24), true).unwrap();
    assert_eq!(day.issue("new").ticket.number.to_string(), "A-001");
    day.store.close_day(&day.command()).unwrap();
    let used = day.store.open_day(&day.command(), date(2026, 11, 23), true);
    assert!(matches!(refused(used), Refused::DateBeforeLastDay { .. }), "its numbers were given already");
    day.minute = 48 * 60;
    day.store.open_day(&day.command(), date(2026, 11, 25), false).unwrap();
    day.assert_sound();
}

#[test]
fn nobody_with_a_verified_file_leaves_without_a_way_on() {
    let mut day = Day::open();
    for _ in 0..3 {
        day.issue("new");
    }
    for _ in 0..3 {
        day.verify();
    }
    // One is skipped and the day ends: lapsed, but the slip with the receipt exists.
    let skipped = day.call(2);
    day.skip(&skipped);
    // One is cancelled: the application ends with the visit, for nobody holds its receipt.
    let cancelled = day.call(2);
    let cancelled = day.act(&cancelled, Action::Cancel { reason: "pindah".into() });
    let case = day.store.case(cancelled.case.unwrap()).unwrap().unwrap();
    assert_eq!(case.state, CaseState::Cancelled { reason: "pindah".into() });
    day.store.close_day(&day.command()).unwrap();
    let slips: Vec<TicketId> = day
        .store
        .unconfirmed_print_jobs()
        .unwrap()
        .iter()
        .filter(|job| job.document.body.paper() == Paper::Network)
        .filter_map(|job| job.ticket)
        .collect();
    assert_eq!(slips.len(), 2);
    assert!(slips.contains(&skipped.id));
    // The next day opens: slips of yesterday are over, these papers are not.
    day.minute = 24 * 60;
    day.store.open_day(&day.command(), date(2026, 11, 24), false).unwrap();
    assert_eq!(day.papers(), [Paper::Network, Paper::Network]);
    let job = day.store.claim_print_job(at(day.minute)).unwrap().unwrap();
    day.store.settle_print_job(job.id, &Outcome::Unknown { cause: "uji".into() }, at(day.minute)).unwrap();
    day.store.answer_print(&day.command(), job.id, false).unwrap();
    let again = day.store.reprint(&day.command(), job.id).unwrap();
    let open: Vec<_> = day.store.unconfirmed_print_jobs().unwrap().iter().map(|j| j.id).collect();
    assert!(open.contains(&again) && !open.contains(&job.id), "the newest print of a paper counts");
    day.assert_sound();
}

#[test]
fn the_wait_knows_of_network_and_break() {
    let mut day = Day::open();
    for _ in 0..2 {
        day.issue("new");
    }
    day.verify();
    day.store.set_network(&day.command(), true).unwrap();
    let deferred = day.verify();
    day.act(&deferred, Action::Defer);
    let receipt = day.store.case(deferred.case.unwrap()).unwrap().unwrap().receipt;
    let issued = day.issue_with(receipt).unwrap();
    assert_eq!((issued.ahead, issued.wait), (1, Wait::Network));
    day.minute = 4 * 60 - 5;
    day.issue("new");
    day.call(1);
    day.minute = 4 * 60 + 5; // 12.05, work goes on at 13.00
    // 55 minutes of break, and half of a service that so far takes 6 minutes (two of 0, shrunk to the standard's 10).
    assert_eq!(day.issue("new").wait, Wait::Range { from: 55, to: 85 });
}

#[test]
fn the_wait_counts_a_break_that_begins_before_the_turn() {
    let mut day = Day::open();
    day.minute = 4 * 60 - 10; // 11.50, ten minutes before the break
    day.issue("new");
    day.call(1);
    let next = day.issue("new");
    assert_eq!((next.ahead, next.wait), (0, Wait::Range { from: 5, to: 15 }), "called before it");
    day.issue("new");
    day.issue("new");
    // Three of ten minutes and half of the one at the counter are 35 minutes, and an hour of break lies between.
    let last = day.issue("new");
    assert_eq!((last.ahead, last.wait), (3, Wait::Range { from: 95, to: 130 }));
}
