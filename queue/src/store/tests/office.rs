//! The head of office changes `office.toml`.

use super::*;
use crate::office::{Edit, Holiday, Week};

fn file(day: &Day) -> String {
    std::fs::read_to_string(day.dir.path().join(OFFICE)).unwrap()
}

fn changes(day: &Day) -> Vec<String> {
    let said = |happened| match happened {
        crate::journal::Happened::OfficeChanged { value, .. } => Some(value),
        _ => None,
    };
    day.store.events().unwrap().into_iter().filter_map(|event| said(event.happened)).collect()
}

#[test]
fn of_two_who_saw_the_same_hours_the_later_one_undoes_nothing() {
    let mut day = Day::open();
    let shown = |day: &Day| Edit::Hours(Box::new(day.store.office().hours.clone()));
    let (week, seen) = (day.store.office().hours.clone(), shown(&day).says());
    let closed = |weekday: fn(&mut Week) -> &mut Option<crate::office::Hours>| {
        let mut week = week.clone();
        *weekday(&mut week) = None;
        Edit::Hours(Box::new(week))
    };
    day.store.change_office(&day.command(), &closed(|w| &mut w.friday), Some(&seen)).unwrap();
    let stale = day.store.change_office(&day.command(), &closed(|w| &mut w.monday), Some(&seen)).unwrap_err();
    assert!(matches!(stale, Error::Refused(Refused::StaleOffice)), "{stale:?}");
    assert!(day.store.office().hours.friday.is_none() && day.store.office().hours.monday.is_some());

    // The sentence is another matter than the hours, also in two lines and by a technician's hand.
    let seen = Edit::Ready(day.store.office().standard.ready.clone()).says();
    let text = |id: &str| Edit::Ready(Text::new(id, "Three days"));
    day.store.change_office(&day.command(), &text("Tiga\n hari"), Some(&seen)).unwrap();
    assert_eq!(Edit::Ready(day.store.office().standard.ready.clone()).says(), "Tiga hari / Three days");
    std::fs::write(day.dir.path().join(OFFICE), file(&day).replace("Tiga hari", "Empat hari")).unwrap();
    let stale = day.store.change_office(&day.command(), &text("Lima hari"), Some("Tiga hari / Three days"));
    assert!(matches!(stale.unwrap_err(), Error::Refused(Refused::StaleOffice)));
    assert!(file(&day).contains("Empat hari"));
    // Who wants what stands there already is no rival.
    day.store.change_office(&day.command(), &text("Empat hari"), Some("Tiga hari / Three days")).unwrap();
    day.store.change_office(&day.command(), &text("Lima hari"), None).unwrap();
    assert_eq!(changes(&day)[1..], ["Tiga hari / Three days", "Empat hari / Three days", "Lima hari / Three days"]);
}

#[test]
fn a_change_that_the_journal_does_not_take_is_none_and_one_that_it_missed_is_written_later() {
    let mut day = Day::open();
    let before = file(&day);
    let holiday = Edit::AddHoliday(Holiday { date: date(2027, 1, 1), name: " Tahun\n Baru ".into() });
    let other = rusqlite::Connection::open(day.dir.path().join(DATABASE)).unwrap();
    other.execute_batch("CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'full'); END").unwrap();
    assert!(day.store.change_office(&day.command(), &holiday, None).is_err());
    assert_eq!(file(&day), before);
    other.execute_batch("DROP TRIGGER full").unwrap();

    // As the power leaves it between the file and the commit.
    std::fs::write(day.dir.path().join(OFFICE), holiday.apply(&before).unwrap()).unwrap();
    let mut day = Day { store: Store::open(day.dir.path()).unwrap(), ..day };
    day.store.change_office(&day.command(), &holiday, None).unwrap();
    assert_eq!(file(&day).matches("Tahun Baru").count(), 1);
    assert_eq!(changes(&day), ["2027-01-01 Tahun Baru"], "in the file's own spelling");
}

#[test]
fn a_start_at_which_the_file_is_refused_works_with_the_one_last_in_use() {
    let mut day = Day::open();
    let dir = day.dir.path().to_path_buf();
    std::fs::write(dir.join(OFFICE), file(&day).replace("slip_expires_minutes = 10", "slip_expires_minutes = 31"))
        .unwrap();
    assert!(day.store.reread_office());
    let in_use = |office: &Office| office.queue.slip_expires_minutes;
    for broken in [file(&day).replace("decree", "decre"), String::new()] {
        std::fs::write(dir.join(OFFICE), broken).unwrap();
        day.store = Store::open(&dir).unwrap();
        assert_eq!(in_use(day.store.office()), 31);
        assert!(day.store.office_refused().is_some_and(|why| why.contains("office.toml")));
        assert_eq!(in_use(&office_in(&dir).unwrap()), 31);
        day.issue("new");
        assert!(!day.store.reread_office(), "the same mistake is told once");
    }
    std::fs::remove_file(dir.join(OFFICE)).unwrap();
    assert_eq!(in_use(Store::open(&dir).unwrap().office()), 31);

    let mended = REAL.replace("slip_expires_minutes = 10", "slip_expires_minutes = 32");
    std::fs::write(dir.join(OFFICE), &mended).unwrap();
    assert!(day.store.reread_office() && day.store.office_refused().is_none());
}

#[test]
fn an_edit_that_something_open_needs_is_refused_by_a_start_and_while_the_office_works() {
    let mut day = Day::open();
    for service in ["new", "new", "new", "lost", "lost"] {
        day.issue(service);
    }
    let village = CollectionPlace::Village("Kaliau".into());
    day.verify();
    let recorded = day.call(2);
    day.act(&recorded, Action::Start);
    let recorded = day.act(&recorded, Action::FinishRecording { done: vec![], place: village });
    let receipt = day.store.case(recorded.case.unwrap()).unwrap().unwrap().receipt;
    let returned = day.call(1);
    day.act(&returned, Action::Start);
    day.act(&returned, Action::Return { missing: vec!["family-card".into()] });
    day.verify();
    let served = day.call(2);
    day.act(&served, Action::Start);

    let dir = day.dir.path().to_path_buf();
    let mut running = Store::open(&dir).unwrap();
    let stages = |key: &str| {
        let at = REAL.find(&format!("key = \"{key}\"")).unwrap();
        let end = at + REAL[at..].find("stages = [").unwrap();
        let line = REAL[end..].lines().next().unwrap();
        let rest = REAL[end + line.len()..].replacen("print_directly = true", "", 1);
        format!("{}stages = [\"collection\"]{rest}", &REAL[..end])
    };
    for (changed, why) in [
        (REAL.replace("\"lost\"", "\"hilang\""), "layanan \"lost\" (L-001, L-002)".to_string()),
        (stages("lost"), "tahap \"verification\" pada layanan \"lost\" (L-001, L-002)".into()),
        (REAL.replace("number = 2", "number = 7"), "loket 2 (A-003)".into()),
        (REAL.replace("\"family-card\"", "\"kartu\""), "persyaratan \"family-card\" (A-002)".into()),
        (REAL.replace("\"Kaliau\", ", ""), format!("desa \"Kaliau\" ({receipt})")),
    ] {
        assert_ne!(changed, REAL);
        Office::parse(&changed).unwrap();
        std::fs::write(dir.join(OFFICE), &changed).unwrap();
        assert!(!running.reread_office());
        for store in [&running, &Store::open(&dir).unwrap()] {
            let said = store.office_refused().unwrap_or_default();
            assert!(said.contains(&why) && said.contains("Still needed"), "{why}: {said}");
            let office = store.office();
            assert!(office.counter(2).is_some() && office.requirement("family-card").is_some(), "the old one works");
        }
        assert!(office_in(&dir).unwrap().is_village("Kaliau"), "before there is a store to ask");
        // By hand and then from the console: the console's own change would bring the other with it.
        let holiday = Edit::AddHoliday(Holiday { date: date(2027, 1, 1), name: "Tahun Baru".into() });
        let no = refused(day.store.change_office(&day.command(), &holiday, None));
        assert!(no.say(Lang::Id).contains(&why) && no.say(Lang::En).contains("still needed"), "{no:?}");
        assert_eq!(file(&day), changed, "nothing was written");
    }
    assert!(changes(&day).is_empty());

    // What nobody needs is taken into use beside those who wait.
    let harmless =
        REAL.replace("number = 3", "number = 9").replace("\"Sebunga\", ", "").replace("\"photo\"", "\"foto\"");
    std::fs::write(dir.join(OFFICE), harmless).unwrap();
    assert!(running.reread_office() && running.office().counter(9).is_some());
    assert!(day.store.reread_office());
    day.act(&served, finish_with("foto"));
    // The counter is free and its applicant has his receipt: another number is nobody's loss.
    std::fs::write(dir.join(OFFICE), REAL.replace("number = 2", "number = 7")).unwrap();
    assert!(running.reread_office() && running.office().counter(7).is_some());
}

fn finish_with(tick: &str) -> Action {
    Action::FinishRecording { done: vec![tick.into()], place: CollectionPlace::Office }
}

#[test]
fn a_return_slip_on_its_way_keeps_the_requirement_it_names_and_only_on_its_day() {
    let mut day = Day::open();
    day.issue("new");
    let called = day.call(1);
    day.act(&called, Action::Start);
    let returned = day.act(&called, Action::Return { missing: vec!["family-card".into()] });
    day.act(&returned, Action::Reenter);
    std::fs::write(day.dir.path().join(OFFICE), REAL.replace("\"family-card\"", "\"kartu\"")).unwrap();
    assert!(!day.store.reread_office(), "the slip is not printed yet");
    assert!(day.store.office_refused().unwrap().contains("\"family-card\" (A-001)"));
    day.store.close_day(&day.command()).unwrap();
    assert!(day.store.reread_office(), "yesterday's slip is of no use to anybody");
}

#[test]
fn a_mistyped_code_is_another_offices_file_and_stops_nobody() {
    let day = Day::open();
    let dir = day.dir.path().to_path_buf();
    std::fs::write(dir.join(OFFICE), REAL.replace("code = \"sajingan-besar\"", "code = \"lain\"")).unwrap();
    let mut store = Store::open(&dir).unwrap();
    assert!(store.office_refused().unwrap().contains("\"lain\" is another office"), "{:?}", store.office_refused());
    assert_eq!(store.office().identity.code, "sajingan-besar");
    assert!(!store.reread_office(), "said once");
    drop(store);
    std::fs::write(dir.join(OFFICE), "").unwrap();
    let store = Store::open(&dir).unwrap();
    assert_eq!(store.office().identity.code, "sajingan-besar", "the one last in use is this office's own");
}
