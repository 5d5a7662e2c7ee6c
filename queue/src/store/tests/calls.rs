//! Calls as the waiting room sees them: each has its time on the board, and none is of a number that has gone on.

use super::*;
use crate::board::{Call, DWELL};
use crate::time::Moment;

/// At the day's first minute, so many milliseconds later.
fn after(ms: i64) -> Moment {
    Moment { wall_ms: at(0).wall_ms + ms, uptime_ms: at(0).uptime_ms + ms, ..at(0) }
}

impl Day {
    fn at_ms(&self, ms: i64) -> Command {
        Command { now: after(ms), ..self.command() }
    }

    fn call_at(&mut self, counter: CounterNumber, ms: i64) -> Ticket {
        self.store.call_next(&self.at_ms(ms), counter).unwrap().expect("somebody waits")
    }

    fn try_at(&mut self, ticket: &Ticket, action: Action, ms: i64) -> Result<Ticket, Error> {
        self.store.act(&self.at_ms(ms), ticket.id, &action, None)
    }

    /// How long a clerk is asked to wait.
    fn wait_for(&mut self, ticket: &Ticket, action: Action, ms: i64) -> u64 {
        match refused(self.try_at(ticket, action, ms)) {
            Refused::CallStillShown { number, seconds } => {
                assert_eq!(number, ticket.number.to_string());
                seconds
            }
            other => panic!("{other:?}"),
        }
    }

    fn calls(&self, ms: i64) -> Vec<Call> {
        self.store.board(after(ms)).unwrap().calls
    }
}

#[test]
fn a_number_is_recalled_and_skipped_only_after_the_room_could_see_each_call() {
    let mut day = Day::open();
    day.issue("new");
    let ticket = day.call_at(1, 0);
    assert_eq!(day.wait_for(&ticket, Action::Recall, 30), 6, "call, recall, recall, skip within 0.1 s");
    assert_eq!(day.wait_for(&ticket, Action::Recall, 5_990), 1);
    day.try_at(&ticket, Action::Recall, 6_000).unwrap();
    assert_eq!(day.wait_for(&ticket, Action::Recall, 6_060), 6);
    day.try_at(&ticket, Action::Recall, 12_000).unwrap();
    assert_eq!(day.wait_for(&ticket, Action::Skip, 12_090), 6);
    assert_eq!(day.wait_for(&ticket, Action::Skip, 17_999), 1);
    day.try_at(&ticket, Action::Skip, 18_000).unwrap();
    day.assert_sound();
}

#[test]
fn calls_of_three_counters_have_their_time_one_after_another() {
    let mut day = Day::open_with(&REAL.replace("stages = [\"recording\"]", "stages = [\"verification\"]").replace(
        "number = 3\nstages = [\"collection\"]",
        "number = 3\nstages = [\"verification\", \"recording\", \"collection\"]",
    ));
    for _ in 0..3 {
        day.issue("new");
    }
    let [_first, second, third] = [1, 2, 3].map(|counter| day.call_at(counter, i64::from(counter) * 100));
    // The first call came at 0.1 s; the third one has the board from 12.1 s on.
    assert_eq!(day.wait_for(&third, Action::Recall, 400), 18);
    assert_eq!(day.wait_for(&third, Action::Recall, 18_099), 1);
    day.try_at(&third, Action::Recall, 18_100).unwrap();
    // The second one was shown before that; its recall comes after the third one's.
    day.try_at(&second, Action::Recall, 18_200).unwrap();
    assert_eq!(day.wait_for(&second, Action::Recall, 24_100), 6);
    day.try_at(&third, Action::Recall, 24_100).unwrap();
    assert_eq!(day.wait_for(&third, Action::Skip, 24_200), 12, "behind the recall of the second one");
    day.try_at(&second, Action::Start, 24_300).unwrap();
    day.try_at(&third, Action::Skip, 36_100).unwrap();
    let times = day.calls(36_100).len() as u32;
    assert_eq!(times, 6);
    assert_eq!(after(36_100).since(&after(100)), Some(DWELL * times), "six calls had six times their time");
    day.assert_sound();
}

#[test]
fn whoever_comes_starts_at_once_and_a_restart_holds_nobody_up() {
    let mut day = Day::open();
    day.issue("new");
    day.issue("new");
    let first = day.call_at(1, 0);
    day.try_at(&first, Action::Start, 100).unwrap();
    day.try_at(&first, Action::Cancel { reason: "uji".into() }, 200).unwrap();
    let second = day.call_at(1, 300);
    let restarted = Command { now: Moment { boot: 8, uptime_ms: 20, ..after(90_000) }, ..day.command() };
    day.store.act(&restarted, second.id, &Action::Recall, None).unwrap();
    day.assert_sound();
}

#[test]
fn a_recall_and_a_skip_are_offered_when_they_can_be_done_and_say_why_not() {
    let mut day = Day::open();
    day.issue("new");
    let ticket = day.call_at(1, 0);
    let offer = |day: &Day, act: &str, ms: i64| {
        let offers = day.store.offers(ticket.id, 1, after(ms)).unwrap();
        offers.into_iter().find(|offer| offer.act == act).unwrap().refused
    };
    let shown = |seconds| Some(Refused::CallStillShown { number: "A-001".into(), seconds });
    assert_eq!(offer(&day, "recall", 1_500), shown(5));
    assert_eq!(offer(&day, "skip", 1_500), Some(Refused::CallAgainFirst { calls: 1, needed: 3 }));
    assert_eq!((offer(&day, "start", 1_500), offer(&day, "recall", 6_000)), (None, None));
    for ms in [6_000, 12_000] {
        day.try_at(&ticket, Action::Recall, ms).unwrap();
    }
    assert_eq!((offer(&day, "skip", 17_000), offer(&day, "skip", 18_000)), (shown(1), None));
    let words: Vec<&str> = day.store.offers(ticket.id, 1, after(0)).unwrap().iter().map(|o| o.act).collect();
    assert_eq!(words, ["recall", "start", "skip", "transfer", "cancel"]);
    day.store.close_day(&day.command()).unwrap();
    assert_eq!(day.store.offers(ticket.id, 1, after(0)).unwrap(), []);
}

#[test]
fn the_board_knows_which_calls_have_lost_their_meaning() {
    let mut day = Day::open();
    for _ in 0..6 {
        day.issue("new");
    }
    let withdrawn = |day: &Day| -> Vec<String> {
        let calls = day.calls(0);
        calls.iter().rev().filter(|c| c.withdrawn).map(|c| c.number.to_string()).collect()
    };
    let served = day.call(1);
    day.act(&served, Action::Start);
    day.act(&served, Action::Complete);
    assert_eq!(withdrawn(&day), [""; 0], "who has started had come");
    let cancelled = day.call(1);
    let slip = day.store.print_jobs_of(cancelled.id).unwrap()[0].id;
    let job = day.store.claim_print_job(at(0)).unwrap().unwrap();
    day.store.settle_print_job(job.id, &Outcome::Confirmed, at(0)).unwrap();
    let job = day.store.claim_print_job(at(0)).unwrap().unwrap();
    assert_eq!(job.id, slip);
    day.store.settle_print_job(slip, &Outcome::Confirmed, at(0)).unwrap();
    day.store.reprint(&day.command(), slip).unwrap();
    assert_eq!(withdrawn(&day), [""; 0], "a paper ends no call");
    day.act(&cancelled, Action::Cancel { reason: "uji".into() });
    assert_eq!(withdrawn(&day), ["A-002"]);
    let undoable = day.store.undoable(&day.command()).unwrap().unwrap();
    day.store.undo(&day.command(), cancelled.id, undoable.act).unwrap();
    assert_eq!(withdrawn(&day), [""; 0], "taken back: it is called after all");
    day.act(&cancelled, Action::Transfer { service: ServiceKey("lost".into()) });
    assert_eq!(withdrawn(&day), ["A-002"]);
    let again = day.call(1);
    assert_eq!(again.id, cancelled.id, "the wrong button costs no place");
    assert_eq!(withdrawn(&day), ["A-002"], "the first call, not the second");
    // Started by mistake, taken back, and skipped at last.
    day.act(&again, Action::Start);
    let undoable = day.store.undoable(&day.command()).unwrap().unwrap();
    day.store.undo(&day.command(), again.id, undoable.act).unwrap();
    for minute in 1..=3 {
        day.minute = minute;
        day.act(&again, if minute < 3 { Action::Recall } else { Action::Skip });
    }
    assert_eq!(withdrawn(&day), ["A-002"; 4]);
    day.assert_sound();
}
