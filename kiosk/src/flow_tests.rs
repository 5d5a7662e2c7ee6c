//! The flow as lists of pages: lines of touches in, words of pages out, with a store made of answers.

use super::*;
use crate::fixture::{MONDAY, case, facts, issued, job, key, open, printer, view};
use crate::line::{self, Line};
use crate::screen::{PAPER_S, SLOW_S};
use queue::Refused;
use queue::board::DayStatus;
use queue::case::CaseState;
use queue::printing::{ANSWERED_NO, JobId, PrinterState};
use queue::store::Process;

/// The pages after each line, when every wish is answered by `answer`.
fn pages(screen: &mut Screen, lines: &[&str], answer: impl Fn(&Wish) -> Answer) -> Vec<&'static str> {
    let mut pages = vec![];
    for line in lines {
        let Ok(Line::Touches(touches)) = line::read(line) else { panic!("{line}") };
        for touch in touches {
            if let Some(effect) = screen.step(Input::Touch(touch)) {
                let answer = answer(&effect.what);
                screen.step(Input::Answer { wish: effect.wish, answer });
            }
        }
        pages.push(line::word(screen));
    }
    pages
}

pub(super) fn give(_: &Wish) -> Answer {
    Answer::Issued(Box::new(issued()))
}

pub(super) fn seconds(screen: &mut Screen, count: u32) {
    (0..count).for_each(|_| assert!(screen.step(Input::Second).is_none()));
}

pub(super) fn see(screen: &mut Screen, change: impl FnOnce(&mut View)) {
    let mut seen = view(DayStatus::Open { date: MONDAY });
    change(&mut seen);
    screen.step(Input::View(Box::new(seen)));
}

fn number() -> Screen {
    let mut screen = open();
    pages(&mut screen, &["service new", "print"], give);
    screen
}

fn sheet(screen: &Screen) -> Sheet {
    let Page::YourNumber(given) = &screen.page else { panic!("{:?}", screen.page) };
    given.sheet.clone()
}

fn paper_of(screen: &Screen) -> Paper {
    let Page::YourNumber(given) = &screen.page else { panic!("{:?}", screen.page) };
    screen.paper(&given.sheet)
}

#[test]
fn s08_s17_two_taps_lead_to_a_number() {
    let mut screen = open();
    assert_eq!(pages(&mut screen, &["service new", "print"], give), ["requirements", "your-number"]);
    assert_eq!(pages(&mut screen, &["home"], give), ["home"]);
}

#[test]
fn ten_seconds_after_its_paper_the_number_makes_room_for_the_next_person() {
    let mut screen = open();
    pages(&mut screen, &["language en", "large", "service new", "print"], give);
    seconds(&mut screen, 5);
    assert!(!screen.may_leave(&sheet(&screen)), "nobody knows yet what became of the paper");
    see(&mut screen, |view| view.paper = Some(job(5, 0, JobState::Confirmed)));
    assert!(!screen.may_leave(&sheet(&screen)), "a second tap comes too early");
    seconds(&mut screen, 2);
    assert!(screen.may_leave(&sheet(&screen)));
    seconds(&mut screen, 7);
    assert_eq!((line::word(&screen), screen.ends_in()), ("your-number", Some((1, 10))));
    pages(&mut screen, &["still-here"], give);
    assert_eq!(screen.ends_in(), Some((10, 10)), "a touch stays");
    seconds(&mut screen, 10);
    assert!(line::word(&screen) == "home" && screen.language == INDONESIAN && !screen.large, "nothing is inherited");
}

#[test]
fn the_wish_carries_priority_and_language() {
    let mut screen = open();
    let wished = |wish: &Wish| {
        let Wish::Issue(issue) = wish else { panic!("{wish:?}") };
        assert!(
            issue.priority && issue.lang == queue::Lang::En && issue.service == key("lost") && issue.receipt.is_none()
        );
        give(wish)
    };
    let lines = ["language en", "priority", "service lost", "print"];
    assert_eq!(pages(&mut screen, &lines, wished), ["home", "home", "requirements", "your-number"]);
    pages(&mut screen, &["home"], give);
    assert!(screen.language == INDONESIAN && !screen.priority, "the next person begins afresh");
}

#[test]
fn s13_5a_the_status_is_told_before_any_number() {
    let answer = |state: CaseState| {
        move |wish: &Wish| match wish {
            Wish::LookUp(receipt) => {
                assert_eq!(receipt.to_string(), "26-000001-9");
                Answer::Case(Some(Box::new(case(state.clone()))))
            }
            Wish::Issue(issue) => {
                assert_eq!(issue.receipt.map(|r| r.to_string()).as_deref(), Some("26-000001-9"));
                give(wish)
            }
            _ => panic!("{wish:?}"),
        }
    };
    let lines = ["service collection", "receipt 26-000001-9", "print"];
    let ready = pages(&mut open(), &lines, answer(CaseState::Ready));
    assert_eq!(ready, ["receipt-entry", "status", "your-number"]);
    let recorded_later = pages(&mut open(), &lines, answer(CaseState::Verified { again: false }));
    assert_eq!(recorded_later, ["receipt-entry", "status", "your-number"], "s26: put off by the network");
    for state in [CaseState::Recorded, CaseState::Printed, CaseState::Referred] {
        assert_eq!(pages(&mut open(), &lines, answer(state)), ["receipt-entry", "status", "status"], "no number");
    }
    let network_slip = ["service new", "have-receipt", "receipt 26-000001-9", "print"];
    let straight = pages(&mut open(), &network_slip, answer(CaseState::Verified { again: false }));
    assert_eq!(straight, ["requirements", "receipt-entry", "status", "your-number"]);
}

#[test]
fn a_typo_never_reaches_the_store_and_is_corrected_by_its_last_digit() {
    let mut screen = open();
    let never = |wish: &Wish| panic!("{wish:?}");
    pages(&mut screen, &["service collection", "receipt 26-000007-9"], never);
    assert!(matches!(&screen.page, Page::ReceiptEntry { digits, wrong: true, .. } if digits.len() == 9));
    screen.step(Input::Touch(Touch::Erase));
    assert!(matches!(&screen.page, Page::ReceiptEntry { digits, wrong: false, .. } if digits.len() == 8));
}

#[test]
fn after_a_typo_a_scanned_receipt_is_read_from_its_first_digit() {
    let mut screen = open();
    pages(&mut screen, &["service collection", "receipt 26-000007-9"], |wish| panic!("{wish:?}"));
    let scanned: Vec<Effect> = crate::fixture::RECEIPT
        .into_iter()
        .filter_map(|digit| screen.step(Input::Touch(Touch::Digit(digit))))
        .collect();
    assert!(
        matches!(&scanned[..], [Effect { what: Wish::LookUp(receipt), .. }] if receipt.to_string() == "26-000001-9"),
        "{scanned:?}"
    );
}

#[test]
fn an_unknown_receipt_can_be_typed_again_or_left_out() {
    let unknown = |wish: &Wish| if matches!(wish, Wish::LookUp(_)) { Answer::Case(None) } else { give(wish) };
    let lines = ["service collection", "receipt 26-000001-9", "print", "back", "without-receipt", "print"];
    let walked = pages(&mut open(), &lines, unknown);
    assert_eq!(walked, ["receipt-entry", "status", "status", "receipt-entry", "requirements", "your-number"]);
}

#[test]
fn a_double_tap_wishes_once() {
    let mut screen = open();
    screen.step(Input::Touch(Touch::Service(key("new"))));
    let first = screen.step(Input::Touch(Touch::Print)).expect("one wish");
    assert!(screen.step(Input::Touch(Touch::Print)).is_none());
    assert!(screen.step(Input::Touch(Touch::Back)).is_none());
    assert!(screen.step(Input::Touch(Touch::Home)).is_none());
    assert_eq!(line::word(&screen), "requirements", "nothing moves while the number is being written");
    screen.step(Input::Answer { wish: first.wish, answer: give(&first.what) });
    screen.step(Input::Answer { wish: first.wish, answer: Answer::Fault });
    assert_eq!(line::word(&screen), "your-number", "an answer counts once");
}

/// The number was wished for, and for eight seconds nothing came.
fn screen_at_the_slow_page() -> Screen {
    let mut screen = open();
    screen.step(Input::Touch(Touch::Service(key("new"))));
    screen.step(Input::Touch(Touch::Print)).expect("a wish");
    seconds(&mut screen, SLOW_S);
    screen
}

#[test]
fn a_slow_disk_is_told_and_gives_one_person_one_number() {
    let mut screen = open();
    screen.step(Input::Touch(Touch::Service(key("new"))));
    let asked = screen.step(Input::Touch(Touch::Print)).expect("a wish");
    seconds(&mut screen, SLOW_S);
    assert_eq!(line::word(&screen), "slow");
    let mut left = screen.clone();
    screen.step(Input::Answer { wish: asked.wish, answer: give(&asked.what) });
    assert_eq!(line::word(&screen), "your-number");
    left.step(Input::Touch(Touch::Home));
    assert_eq!(pages(&mut left, &["service new"], give), ["requirements"]);
    let mut waits = left.clone();
    left.step(Input::Answer { wish: asked.wish, answer: give(&asked.what) });
    assert_eq!(line::word(&left), "late", "whoever stands there now is asked");
    assert_eq!(pages(&mut left.clone(), &["mine no"], give), ["home"]);
    assert_eq!(pages(&mut left, &["mine yes"], give), ["your-number"]);
    // The same person taps again: the first wish is waited for, and there is one number.
    assert!(waits.step(Input::Touch(Touch::Print)).is_none(), "no second wish");
    assert_eq!(line::word(&waits), "slow");
    let mut another = waits.clone();
    waits.step(Input::Answer { wish: asked.wish, answer: give(&asked.what) });
    assert_eq!(line::word(&waits), "your-number");
    // Somebody who wants another service is asked.
    another.step(Input::Touch(Touch::Home));
    pages(&mut another, &["service lost", "print"], |_| panic!("no second wish"));
    another.step(Input::Answer { wish: asked.wish, answer: give(&asked.what) });
    assert_eq!(line::word(&another), "late");
    // So is whoever has found out about the priority queue meanwhile: the number on its way has none.
    let mut first = screen_at_the_slow_page();
    first.step(Input::Touch(Touch::Home));
    pages(&mut first, &["priority", "service new", "print"], |_| panic!("no second wish"));
    first.step(Input::Answer { wish: asked.wish, answer: give(&asked.what) });
    assert_eq!(line::word(&first), "late", "nobody gets a number without the priority he asked for and is not told");
    // A wish that came to nothing frees the way.
    let mut free = screen_at_the_slow_page();
    free.step(Input::Touch(Touch::Home));
    free.step(Input::Answer { wish: asked.wish, answer: Answer::Fault });
    assert_eq!(pages(&mut free, &["service new", "print"], give), ["requirements", "your-number"]);
}

#[test]
fn a_fault_sends_to_an_officer_and_never_takes_a_number_away() {
    let mut screen = open();
    assert_eq!(pages(&mut screen, &["service new", "print"], |_| Answer::Fault), ["requirements", "fault"]);
    see(&mut screen, |_| {});
    assert_eq!(line::word(&screen), "fault", "the recovered store does not wipe the answer from the screen");
    assert_eq!(pages(&mut screen, &["home"], give), ["home"]);
    let mut shown = number();
    shown.step(Input::Fault);
    assert_eq!(line::word(&shown), "your-number");
    assert_eq!(pages(&mut shown, &["home", "service new"], give), ["fault", "fault"]);
    see(&mut shown, |_| {});
    assert_eq!(line::word(&shown), "home");
}

#[test]
fn s10_refusals_are_pages_and_a_closed_day_offers_nothing() {
    let quota = |_: &Wish| Answer::Refused(Refused::QuotaReached { quota: 40 });
    let walked = pages(&mut open(), &["service new", "print", "print", "home"], quota);
    assert_eq!(walked, ["requirements", "refused", "refused", "home"]);
    let mut screen = open();
    pages(&mut screen, &["service new"], give);
    see(&mut screen, |view| view.board.day = DayStatus::Closed { date: MONDAY });
    assert_eq!(pages(&mut screen, &["print", "service new"], give), ["day-closed", "day-closed"]);
    see(&mut screen, |view| view.board.day = DayStatus::NotOpened);
    assert_eq!(line::word(&screen), "not-opened");
    see(&mut screen, |view| view.board.day = DayStatus::Open { date: MONDAY });
    pages(&mut screen, &["service new"], give);
    let left_open = Refused::DayLeftOpen { date: MONDAY, clock: MONDAY.tomorrow().expect("Tuesday") };
    assert_eq!(pages(&mut screen, &["print"], |_| Answer::Refused(left_open.clone())), ["refused"]);
    see(&mut screen, |view| view.board.day = DayStatus::LeftOpen { date: MONDAY });
    assert_eq!(pages(&mut screen, &["print", "service new"], give), ["not-opened", "not-opened"], "nobody closed it");
    see(&mut screen, |view| {
        view.board.day = DayStatus::Break { date: MONDAY, until: jiff::civil::time(13, 0, 0, 0) };
    });
    assert_eq!(pages(&mut screen, &["service new", "print"], give), ["requirements", "your-number"], "in the break");
    assert_eq!(line::word(&Screen::new()), "starting");
}

#[test]
fn the_paper_tells_the_truth_as_it_happens() {
    let mut screen = number();
    assert_eq!(paper_of(&screen), Paper::Printing);
    let mut stand = |state: JobState, at: PrinterState| {
        see(&mut screen, |view| {
            view.paper = Some(job(5, 0, state));
            view.printer = Some(printer(at));
        });
        (paper_of(&screen), line::page(&screen).contains("\"may_reprint\":true"))
    };
    let unknown = || JobState::Unknown { cause: "cable".into() };
    let failed = |cause: &str| JobState::FailedClean { cause: cause.into() };
    assert_eq!(stand(JobState::Queued, PrinterState::Ready), (Paper::Printing, false));
    assert_eq!(stand(JobState::Queued, PrinterState::Out), (Paper::Failed, false), "no paper: read the number");
    assert_eq!(stand(JobState::Sending, PrinterState::Ready), (Paper::Printing, false));
    assert_eq!(stand(unknown(), PrinterState::Ready), (Paper::Unknown, false));
    assert_eq!(stand(failed("expired"), PrinterState::Out), (Paper::Failed, false));
    assert_eq!(stand(failed(ANSWERED_NO), PrinterState::Ready), (Paper::Failed, true));
    assert_eq!(stand(JobState::Confirmed, PrinterState::Ready), (Paper::Printed, false));
    let mut late = number();
    seconds(&mut late, PAPER_S);
    assert_eq!(paper_of(&late), Paper::Failed, "a printer that never answers is not waited for");
}

#[test]
fn after_no_a_marked_reprint_may_be_ordered_and_is_followed() {
    let mut screen = number();
    see(&mut screen, |view| view.paper = Some(job(5, 0, JobState::Unknown { cause: "cable".into() })));
    let asked = screen.step(Input::Touch(Touch::Paper { came_out: false })).expect("a wish");
    assert!(matches!(asked.what, Wish::AnswerPrint { job: JobId(5), came_out: false }));
    screen.step(Input::Answer { wish: asked.wish, answer: Answer::Done });
    see(&mut screen, |view| view.paper = Some(job(5, 0, JobState::FailedClean { cause: ANSWERED_NO.into() })));
    let asked = screen.step(Input::Touch(Touch::Reprint)).expect("a wish");
    assert!(matches!(asked.what, Wish::Reprint(JobId(5))));
    screen.step(Input::Answer { wish: asked.wish, answer: Answer::Reprinted(JobId(6)) });
    assert_eq!(paper_of(&screen), Paper::Printing);
    see(&mut screen, |view| view.paper = Some(job(5, 0, JobState::Confirmed)));
    assert_eq!(paper_of(&screen), Paper::Printing, "the old paper's news is not the new one's");
    see(&mut screen, |view| view.paper = Some(job(6, 1, JobState::Confirmed)));
    assert_eq!(paper_of(&screen), Paper::Printed);
    assert!(line::page(&screen).contains("\"copy\":1"));
}

#[test]
fn silence_asks_and_then_goes_home_with_every_choice_back() {
    let mut screen = open();
    seconds(&mut screen, 1000);
    assert!(!screen.asks(), "nobody there, nothing to ask");
    pages(&mut screen, &["language en", "priority", "service new"], give);
    seconds(&mut screen, IDLE_S);
    assert!(screen.asks());
    pages(&mut screen, &["still-here"], give);
    assert!(!screen.asks() && line::word(&screen) == "requirements");
    seconds(&mut screen, IDLE_S + ASK_S);
    assert!(line::word(&screen) == "home" && screen.language == INDONESIAN && !screen.priority && !screen.asks());
}

#[test]
fn s13_the_status_alone_takes_no_number() {
    let ready = |wish: &Wish| match wish {
        Wish::LookUp(_) => Answer::Case(Some(Box::new(case(CaseState::Ready)))),
        _ => panic!("{wish:?}"),
    };
    let mut screen = open();
    let lines = ["check", "without-receipt", "receipt 26-000001-9", "print", "back", "back"];
    let walked = pages(&mut screen, &lines, ready);
    assert_eq!(walked, ["receipt-entry", "receipt-entry", "status", "status", "receipt-entry", "home"]);
}

#[test]
fn who_is_not_complete_leaves_kindly_and_the_next_begins_afresh() {
    let mut screen = open();
    let never = |wish: &Wish| panic!("{wish:?}");
    let lines = ["language en", "large", "contrast", "priority", "service lost", "incomplete", "back", "incomplete"];
    let walked = pages(&mut screen, &lines, never);
    assert_eq!(walked[4..], ["requirements", "incomplete", "requirements", "incomplete"]);
    assert_eq!(pages(&mut screen, &["home"], never), ["home"]);
    assert!(screen.language == INDONESIAN && !screen.priority && !screen.large && !screen.contrast);
}

#[test]
fn after_the_last_number_the_home_page_says_so_beforehand() {
    let mut screen = open();
    see(&mut screen, |view| view.clock = jiff::civil::time(14, 29, 0, 0));
    assert!(!line::page(&screen).contains("used_up"));
    see(&mut screen, |view| view.clock = jiff::civil::time(14, 30, 0, 0));
    assert!(line::page(&screen).contains("\"used_up\":[\"new\",\"lost\",\"collection\"]"));
    assert_eq!(pages(&mut screen, &["service new"], |wish| panic!("{wish:?}")), ["refused"]);
    // A box that woke up in another day knows no hour to refuse by.
    see(&mut screen, |view| {
        view.clock = jiff::civil::time(14, 30, 0, 0);
        view.today = jiff::civil::date(2020, 1, 1);
    });
    assert_eq!(pages(&mut screen, &["home", "service new"], give), ["home", "requirements"]);
}

#[test]
fn an_officer_can_be_called_from_every_page_but_a_broken_store() {
    for lines in [&[][..], &["service new"], &["standard"], &["service collection"], &["service new", "print"]] {
        let mut screen = open();
        pages(&mut screen, lines, give);
        let page = line::word(&screen);
        let call = screen.step(Input::Touch(Touch::Help)).expect("a call");
        assert!(screen.busy.is_none() && line::word(&screen) == page, "nothing else changes");
        assert!(!screen.called(), "what is not on disk is not claimed: nobody would come");
        assert!(screen.step(Input::Touch(Touch::Help)).is_none(), "one call");
        let mut failed = screen.clone();
        failed.step(Input::Answer { wish: call.wish, answer: Answer::Fault });
        assert!(!failed.called(), "a call that nobody hears is not claimed");
        screen.step(Input::Answer { wish: call.wish, answer: Answer::Done });
        assert!(screen.called());
        see(&mut screen, |view| view.called = false);
        assert!(!screen.called(), "the officer has come");
        screen.step(Input::Fault);
        assert!(screen.step(Input::Touch(Touch::Help)).is_none());
    }
}

#[test]
fn the_technicians_page_opens_to_the_code_alone_and_shuts_after_three_wrong_ones() {
    let right = |wish: &Wish| match wish {
        Wish::HasCode => Answer::Code(Some(4)),
        Wish::TryCode(code) => Answer::Facts((code == "2468").then(|| Box::new(facts()))),
        _ => panic!("{wish:?}"),
    };
    assert_eq!(pages(&mut open(), &["hold"], |_| Answer::Code(None)), ["home"], "no file, no page");
    assert_eq!(pages(&mut open(), &["service new", "hold"], right), ["requirements", "requirements"]);
    let mut screen = open();
    screen.step(Input::Fault);
    let walked = pages(&mut screen, &["hold", "code 1357", "code 2468", "home"], right);
    assert_eq!(walked, ["code", "code", "technician", "fault"], "most needed when the store is gone");
    let mut guesser = open();
    let guesses = ["hold", "code 1111", "code 2222", "back", "service new", "back", "hold", "code 3333", "hold"];
    let walked = pages(&mut guesser, &guesses, right);
    assert_eq!(
        walked[2..],
        ["code", "home", "requirements", "home", "code", "home", "home"],
        "leaving forgets nothing"
    );
    seconds(&mut guesser, SHUT_S);
    assert_eq!(pages(&mut guesser, &["hold"], right), ["code"]);
}

#[test]
fn a_technician_leaves_a_disk_that_hangs() {
    let mut code = open();
    pages(&mut code, &["hold"], |_| Answer::Code(Some(4)));
    let mut bench = code.clone();
    pages(&mut bench, &["code 2468"], |_| Answer::Facts(Some(Box::new(facts()))));
    code.step(Input::Touch(Touch::Digit(2)));
    for digit in [4, 6] {
        assert!(code.step(Input::Touch(Touch::Digit(digit))).is_none());
    }
    for (mut screen, asks, leaves) in [(code, Touch::Digit(8), Touch::Back), (bench, Touch::PrintTest, Touch::Home)] {
        let page = line::word(&screen);
        screen.step(Input::Touch(asks)).expect("a wish");
        screen.step(Input::Touch(leaves.clone()));
        assert_eq!(line::word(&screen), page, "an answer is waited for first");
        seconds(&mut screen, SLOW_S);
        screen.step(Input::Touch(leaves));
        assert_eq!(line::word(&screen), "home", "{page}");
    }
}

#[test]
fn the_list_is_printed_once_and_its_paper_is_followed() {
    let mut screen = open();
    let ordered = |wish: &Wish| {
        assert!(matches!(wish, Wish::PrintList(service, queue::Lang::Id) if *service == key("new")), "{wish:?}");
        Answer::Ordered(JobId(9))
    };
    pages(&mut screen, &["service new", "incomplete", "print-list"], ordered);
    assert!(line::page(&screen).contains("\"list\":\"printing\""));
    assert!(screen.step(Input::Touch(Touch::PrintList)).is_none(), "once");
    see(&mut screen, |view| view.paper = Some(job(9, 0, JobState::Confirmed)));
    assert!(line::page(&screen).contains("\"list\":\"printed\""));
    let mut none = open();
    see(&mut none, |view| view.printer = Some(printer(PrinterState::Out)));
    assert_eq!(pages(&mut none, &["service new", "incomplete", "print-list"], ordered)[2], "incomplete");
    let mut broken = open();
    pages(&mut broken, &["service new", "incomplete", "print-list"], |_| Answer::Fault);
    assert!(line::page(&broken).contains("\"incomplete\""), "the list stays on the screen");
}

#[test]
fn a_technician_prints_a_test_turns_the_sound_and_starts_roles_again() {
    let mut screen = open();
    let done = |wish: &Wish| match wish {
        Wish::HasCode => Answer::Code(Some(4)),
        Wish::TryCode(_) => Answer::Facts(Some(Box::new(facts()))),
        Wish::PrintTest => Answer::Ordered(JobId(3)),
        Wish::Restart(process) => Answer::Restarting(*process),
        Wish::Volume(percent) => Answer::Volume(*percent),
        _ => panic!("{wish:?}"),
    };
    pages(&mut screen, &["hold", "code 1234", "more", "print-test"], done);
    assert!(line::page(&screen).contains("\"test\":\"printing\""));
    see(&mut screen, |view| view.paper = Some(job(3, 0, JobState::Unknown { cause: "cable".into() })));
    assert!(line::page(&screen).contains("\"test\":\"unknown\""));
    pages(&mut screen, &["restart printer"], done);
    let said = |screen: &Screen| match &screen.page {
        Page::Technician(bench) => bench.done.clone(),
        page => panic!("{page:?}"),
    };
    assert_eq!(said(&screen), Some(Done::Restarting(Process::Printer)));
    pages(&mut screen, &["louder", "louder", "louder"], done);
    assert_eq!(said(&screen), Some(Done::Volume(100)), "80, 90, 100, and not beyond");
    pages(&mut screen, &["softer"], |_| Answer::Fault);
    assert_eq!(said(&screen), Some(Done::Failed), "the page stays when the store is gone");
    assert!(!screen.leaves);
    pages(&mut screen, &["restart kiosk"], done);
    assert!(screen.leaves);
    let mut citizen = open();
    assert!(pages(&mut citizen, &["restart kiosk", "print-test", "louder"], done).iter().all(|page| *page == "home"));
    assert!(!citizen.leaves);
}

#[test]
fn a_full_disk_is_said_before_anybody_taps_and_passes_by_itself() {
    let mut screen = open();
    see(&mut screen, |view| view.full = true);
    assert_eq!(pages(&mut screen, &["service new"], give), ["fault"]);
    see(&mut screen, |_| {});
    assert_eq!(line::word(&screen), "home");
    let mut shown = number();
    see(&mut shown, |view| view.full = true);
    assert_eq!(line::word(&shown), "your-number");
}

#[test]
fn the_office_chooses_which_languages_are_offered() {
    let mut screen = open();
    let all = crate::language::LANGUAGES;
    assert_eq!(pages(&mut screen, &["language xx"], give), ["home"]);
    assert!(screen.language == INDONESIAN, "xx is in the program, not in this office");
    let named = |screen: &Screen| screen.languages().iter().map(|l| l.code).collect::<Vec<_>>();
    assert_eq!((named(&screen), all[1].code), (vec!["id", "en"], "en"));
    let text = include_str!("../../office.toml");
    let three = text.replace("zone = \"WIB\"", "zone = \"WIB\"\nlanguages = [\"id\", \"en\", \"xx\", \"yy\"]");
    screen.step(Input::Opened(Arc::new(Office::parse(&three).expect("valid"))));
    assert_eq!(named(&screen), ["id", "en", "xx"], "nobody has written yy");
    screen.step(Input::Touch(Touch::NextLanguage));
    screen.step(Input::Touch(Touch::NextLanguage));
    assert_eq!(screen.language.code, "xx");
    screen.step(Input::Opened(Arc::new(Office::parse(text).expect("valid"))));
    assert!(screen.language == INDONESIAN, "the office has dropped it");
}

#[test]
fn a_scan_is_understood_on_every_page_and_replaces_what_was_typed() {
    let found = |wish: &Wish| match wish {
        Wish::LookUp(receipt) => {
            assert_eq!(receipt.to_string(), "26-000001-9");
            Answer::Case(Some(Box::new(case(CaseState::Printed))))
        }
        _ => panic!("{wish:?}"),
    };
    for before in
        [&[][..], &["standard"], &["service new"], &["check", "receipt 26-0"], &["check", "receipt 26-000007-9"]]
    {
        let mut screen = open();
        pages(&mut screen, before, found);
        assert_eq!(pages(&mut screen, &["scan 26-000001-9"], found), ["status"], "{before:?}");
        assert_eq!(pages(&mut screen, &["scan 260000019"], found), ["status"], "again, without its strokes");
    }
    let mut screen = open();
    assert_eq!(pages(&mut screen, &["scan https://example.org/A-012"], found), ["receipt-entry"]);
    assert!(matches!(&screen.page, Page::ReceiptEntry { digits, wrong: true, .. } if digits.is_empty()));
    pages(&mut screen, &["scan 26-000007-9"], found);
    assert!(matches!(screen.page, Page::ReceiptEntry { wrong: true, .. }), "read wrongly");
    let mut shown = number();
    assert_eq!(pages(&mut shown, &["scan 26-000001-9"], found), ["your-number"], "a number is never taken away");
}
