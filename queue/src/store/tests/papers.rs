//! Papers and the printer.

use super::*;

#[test]
fn a_paper_is_sent_once_or_honestly_unknown() {
    let mut day = Day::open();
    let slip = day.issue("new").slip;
    let job = day.store.claim_print_job(at(0)).unwrap().unwrap();
    assert_eq!((job.id, &job.state), (slip, &JobState::Sending));
    assert_eq!(day.store.claim_print_job(at(0)).unwrap(), None);
    assert_eq!(refused(day.store.reprint(&day.command(), slip)), Refused::StillPrinting);
    assert_eq!(day.store.recover_printing(at(1)).unwrap(), 1, "the plug was pulled");
    assert_eq!(day.store.claim_print_job(at(1)).unwrap(), None, "unknown is never silently repeated");
    day.store.answer_print(&day.command(), slip, false).unwrap();
    assert_eq!(refused(day.store.answer_print(&day.command(), slip, true)), Refused::NothingToAnswer);
    let mut copies = Vec::new();
    for _ in 0..3 {
        let again = day.store.reprint(&day.command(), slip).unwrap();
        copies.push(day.store.claim_print_job(at(1)).unwrap().unwrap().copy);
        day.store.settle_print_job(again, &Outcome::Confirmed, at(1)).unwrap();
    }
    assert_eq!(copies, [1, 2, 3], "CETAK ULANG n");
    assert_eq!(refused(day.store.reprint(&day.command(), slip)), Refused::ReprintsUsedUp { max: 3 });

    let late = day.issue("new").slip;
    assert_eq!(day.store.claim_print_job(at(11)).unwrap(), None, "its owner has read the number");
    let given_up = day.store.print_job(late).unwrap().unwrap();
    assert!(matches!(given_up.state, JobState::FailedClean { .. }));
    let again = day.store.reprint(&day.command(), late).unwrap();
    assert_eq!(day.store.print_job(again).unwrap().unwrap().copy, 0, "it never reached paper");
    day.assert_sound();
}

#[test]
fn a_device_that_stops_beating_is_dead_and_only_news_rings() {
    let day = Day::open();
    assert_eq!(day.store.heartbeat(Device::Display), None);
    let mut bell = day.store.doorbell();
    let mut rings = || bell.wait(std::time::Duration::ZERO).unwrap();
    let second = |s: i64| Moment { uptime_ms: at(0).uptime_ms + s * 1000, ..at(0) };
    let mute = [Text::new("Papan tanpa suara", "The board has no sound")];
    for (s, troubles, ring) in
        [(0, &[][..], true), (10, &[], false), (20, &mute[..], true), (30, &mute, false), (70, &mute, true)]
    {
        day.store.beat(Device::Display, troubles, second(s)).unwrap();
        assert_eq!(rings(), ring, "at {s} s");
    }
    let beat = day.store.heartbeat(Device::Display).unwrap();
    assert_eq!((beat.at, &beat.troubles[..]), (second(70), &mute[..]));
    assert!(!beat.is_dead(&second(99)) && beat.is_dead(&second(100)));
    assert!(beat.is_dead(&Moment { boot: 8, ..second(71) }), "nobody knows how long the machine was off");
    assert_eq!(day.store.heartbeat(Device::Kiosk), None);
    day.assert_sound();
}

#[test]
fn the_volume_is_set_once_per_wish_even_before_the_first_day() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("office.toml"), include_str!("../../../../office.toml")).unwrap();
    let mut store = Store::create(dir.path()).unwrap();
    assert_eq!(store.volume().unwrap(), 100, "nobody has touched it");
    let wish = Command::new(crate::journal::Actor::Terminal);
    store.set_volume(&wish, 40).unwrap();
    store.set_volume(&Command::new(crate::journal::Actor::Terminal), 250).unwrap();
    assert_eq!(store.volume().unwrap(), 100);
    store.set_volume(&wish, 40).unwrap();
    assert_eq!(store.volume().unwrap(), 100, "a repeated wish has no second effect");
    store.set_volume(&Command::new(crate::journal::Actor::Terminal), 0).unwrap();
    assert_eq!(store.board(at(0)).unwrap().volume, 0);
    assert!(store.check().unwrap().problems.is_empty());
}

#[test]
fn the_printer_row_says_what_and_since_when() {
    let day = Day::open();
    assert_eq!(day.store.printer_status(), None);
    day.store.report_printer(PrinterState::Ready, "", at(1)).unwrap();
    day.store.report_printer(PrinterState::Out, "roll", at(2)).unwrap();
    day.store.report_printer(PrinterState::Out, "roll, cover", at(3)).unwrap();
    let status = day.store.printer_status().unwrap();
    assert_eq!((status.state, status.since), (PrinterState::Out, at(2)));
}

#[test]
fn a_list_is_no_number_and_an_impatient_finger_does_not_empty_the_roll() {
    let mut day = Day::open();
    let key = ServiceKey("new".into());
    let asked = day.command();
    let list = day.store.print_list(&asked, &key, Lang::En).unwrap();
    assert_eq!(day.store.print_list(&asked, &key, Lang::En).unwrap(), list, "the same wish is one paper");
    assert_eq!(refused(day.store.print_list(&day.command(), &key, Lang::En)), Refused::StillPrinting);
    let unknown = day.store.print_list(&day.command(), &ServiceKey("passport".into()), Lang::Id);
    assert_eq!(refused(unknown), Refused::UnknownService);
    day.store.print_list(&day.command(), &key, Lang::Id).unwrap();
    assert_eq!(
        (day.papers(), day.store.tickets().unwrap()),
        (vec![], vec![]),
        "no number, nothing for staff to answer"
    );
    let claimed = day.store.claim_print_job(at(0)).unwrap().unwrap();
    assert_eq!(
        (claimed.id, &claimed.document.body, claimed.ticket),
        (list, &Body::List { service: key.clone() }, None)
    );
    day.store.settle_print_job(list, &Outcome::Confirmed, at(0)).unwrap();
    day.store.print_list(&day.command(), &key, Lang::En).unwrap();
    assert!(day.store.claim_print_job(at(11)).unwrap().is_none(), "whoever asked has gone");
    day.assert_sound();
}

#[test]
fn a_test_paper_and_a_restart_need_no_day() {
    let dir = super::data_folder(REAL);
    let mut store = Store::create(dir.path()).unwrap();
    let command = || Command { now: at(0), ..Command::new(crate::journal::Actor::Device(crate::devices::KIOSK)) };
    store.print_test(&command()).unwrap();
    assert_eq!(refused(store.print_test(&command())), Refused::StillPrinting);
    assert_eq!(store.claim_print_job(at(0)).unwrap().unwrap().document.body, Body::Test);
    let before = store.restart_asked(Process::Printer).unwrap();
    assert_eq!(before, None);
    let asked = command();
    store.ask_restart(&asked, Process::Printer).unwrap();
    let first = store.restart_asked(Process::Printer).unwrap();
    store.ask_restart(&asked, Process::Printer).unwrap();
    assert_eq!(store.restart_asked(Process::Printer).unwrap(), first, "one wish");
    store.ask_restart(&command(), Process::Printer).unwrap();
    assert!(first.is_some() && store.restart_asked(Process::Printer).unwrap() > first);
    assert_eq!(store.restart_asked(Process::Display).unwrap(), None);
    assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
}
