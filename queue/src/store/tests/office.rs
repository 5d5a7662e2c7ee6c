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
