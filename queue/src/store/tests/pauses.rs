//! A counter pauses (*jeda*): nobody counts on it, and its next call ends the pause.

use super::*;
use crate::forecast::Wait;
use jiff::civil::time;

#[test]
fn a_counter_that_pauses_is_not_counted_on_until_it_calls_again() {
    let mut day = Day::open();
    let paused = |day: &Day| day.store.pauses().unwrap().iter().map(|p| (p.counter, p.until)).collect::<Vec<_>>();
    day.issue("new");
    let first = day.call(1);
    assert_eq!(refused(day.store.pause(&day.command(), 1, None)), Refused::CounterBusy { number: "A-001".into() });
    assert_eq!(refused(day.store.pause(&day.command(), 9, None)), Refused::UnknownCounter);
    day.act(&first, Action::Start);
    day.act(&first, Action::Complete);
    assert_ne!(day.issue("new").wait, Wait::NoCounter, "the counter that has just called is there");

    let until = Some(time(10, 30, 0, 0));
    let command = day.command();
    day.store.pause(&command, 1, until).unwrap();
    day.store.pause(&command, 1, until).unwrap();
    assert_eq!(paused(&day), [(1, until)]);
    assert_eq!(day.issue("new").wait, Wait::NoCounter, "an empty desk never looks open");
    let now = day.store.today(at(day.minute)).unwrap().unwrap();
    let one = &now.counters[0];
    assert!(one.pause.is_some() && !one.active && now.ends.is_none(), "{now:?}");
    let later = Some(time(10, 45, 0, 0));
    day.store.pause(&day.command(), 1, later).unwrap();
    day.store.pause(&day.command(), 2, None).unwrap();
    assert_eq!(paused(&day), [(1, later), (2, None)], "said once more it is until then");

    day.call(1);
    assert_eq!(paused(&day), [(2, None)], "who calls is back");
    day.store.resume(&day.command(), 2).unwrap();
    let before = day.store.events().unwrap().len();
    day.store.resume(&day.command(), 2).unwrap();
    assert_eq!((paused(&day), day.store.events().unwrap().len()), (vec![], before), "nothing to end");
    day.store.pause(&day.command(), 3, None).unwrap();
    day.store.close_day(&day.command()).unwrap();
    assert_eq!(paused(&day), [], "the day ends it");
    assert_eq!(refused(day.store.pause(&day.command(), 3, None)), Refused::DayNotOpen);
    day.assert_sound();
}
