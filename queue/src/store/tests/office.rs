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
