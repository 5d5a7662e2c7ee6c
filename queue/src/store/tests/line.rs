//! The line in memory against everything read anew: who is next, who is ahead, in what order.

use super::*;
use crate::policy::tests::{by_definition, seen_by_definition};
use crate::policy::{Candidate, PastCall, Waits};
use crate::ticket::Seq;

impl Day {
    /// Everybody who waits and every call of the day, read from the tables, and the order of the definition.
    fn order_by_definition(&self, counter: CounterNumber) -> Vec<Candidate> {
        let tickets = self.store.select_tickets("WHERE state = 'waiting'", []).unwrap();
        let waiting: Vec<Waits> = tickets.iter().map(waits).collect();
        let mut statement = self.store.db.prepare(
            "SELECT seq, stage, priority FROM event WHERE day = (SELECT max(id) FROM day)
             AND action IN ('call', 'call-chosen') ORDER BY seq DESC",
        );
        let calls = statement.as_mut().unwrap().query_map([], |row| {
            let stage = Stage::from_word(&row.get::<_, String>(1)?).unwrap();
            Ok(PastCall { seq: Seq(row.get(0)?), stage, priority: row.get(2)? })
        });
        let calls: Vec<PastCall> = calls.unwrap().collect::<Result<_, _>>().unwrap();
        let (stages, figures) = (&self.store.office.counter(counter).unwrap().stages, &self.store.office.queue);
        let (seen, run) = seen_by_definition(&waiting, &calls, stages, figures, at(self.minute));
        by_definition(&seen, run, figures)
    }
}

fn waits(ticket: &Ticket) -> Waits {
    let State::Waiting { stage, place } = ticket.state else { panic!("{ticket:?}") };
    Waits { ticket: ticket.id, stage, priority: ticket.priority, place }
}

/// Two counters that serve several stages together, so that queues mix.
fn mixed() -> String {
    REAL.replace(", last_number = \"14.30\"", "")
        .replace("stages = [\"verification\"]", "stages = [\"verification\", \"collection\"]")
        .replace("stages = [\"recording\"]", "stages = [\"recording\", \"verification\"]")
}

/// A random day, seen by two programs at once: each follows what the other does, and what was refused moves nobody.
#[test]
fn the_line_in_memory_is_the_line_of_the_tables_whatever_happens() {
    let (mut seen, mut ahead_seen) = (0, 0);
    for seed in 1..=6 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut day = Day::open_with(&mixed());
        let mut other = Store::open(day.dir.path()).unwrap();
        for _ in 0..400 {
            if rng.u8(0..3) == 0 {
                std::mem::swap(&mut day.store, &mut other);
            }
            day.minute += rng.i64(0..4);
            let counter = rng.u8(1..4);
            let tickets = day.store.tickets().unwrap();
            match rng.u8(0..20) {
                0..=6 => {
                    let service = ["new", "new", "lost", "collection"][rng.usize(0..4)];
                    let wish = Issue { priority: rng.u8(0..4) == 0, ..day.wish(service) };
                    let issued = day.store.issue(&day.command(), &wish).unwrap();
                    // Of those who would be called before the newcomer by a counter that serves all that counts here.
                    let order = day.order_by_definition(counter);
                    let place = order.iter().position(|c| c.ticket == issued.ticket.id);
                    let stages = &day.store.office.counter(counter).unwrap().stages;
                    let mut line = day.store.line().unwrap().clone();
                    line.remove(issued.ticket.id);
                    let recent = day.store.recent(&line, stages).unwrap();
                    let told = line.ahead(&waits(&issued.ticket), &recent, at(day.minute));
                    if let Some(place) = place {
                        assert_eq!(told.values().sum::<usize>(), place, "seed {seed}");
                        ahead_seen += 1;
                    }
                }
                7..=12 => {
                    let first = day.order_by_definition(counter).first().map(|c| c.ticket);
                    match day.store.call_next(&day.command(), counter) {
                        Ok(called) => assert_eq!(called.map(|t| t.id), first, "seed {seed}"),
                        Err(Error::Refused(_)) => {}
                        Err(fault) => panic!("{fault}"),
                    }
                }
                13 => {
                    let down = day.store.network_down().unwrap().is_some();
                    day.store.set_network(&day.command(), !down).unwrap();
                }
                14 => {
                    let command = day.command();
                    if let Some(last) = day.store.undoable(&command).unwrap() {
                        day.store.undo(&command, last.ticket.id, last.act).unwrap();
                    }
                }
                15 if rng.u8(0..30) == 0 => {
                    day.store.close_day(&day.command()).unwrap();
                    day.store.open_day(&day.command(), date(2026, 11, 23), false).unwrap();
                }
                _ => {
                    let Some(ticket) = rng.choice(&tickets) else { continue };
                    let transfer = Action::Transfer { service: ServiceKey("lost".into()) };
                    let actions = [
                        vec![Action::Start, Action::Recall, Action::Skip, Action::Complete, finish(), transfer],
                        vec![Action::ReportBack, Action::Reenter, Action::ChooseWait, Action::Refer, Action::Defer],
                        vec![
                            Action::Return { missing: vec!["family-card".into()] },
                            Action::ReportBack,
                            Action::Reenter,
                        ],
                    ];
                    for action in actions.concat() {
                        let _ = day.try_act(ticket, action);
                    }
                }
            }
            let order: Vec<TicketId> = day.order_by_definition(counter).iter().map(|c| c.ticket).collect();
            let queue = day.store.queue(Some(counter), 5, at(day.minute)).unwrap();
            let first: Vec<TicketId> = queue.first.iter().map(|t| t.id).collect();
            assert_eq!((queue.count, &first[..]), (order.len(), &order[..order.len().min(5)]), "seed {seed}");
            seen += usize::from(order.len() > 5);
        }
        day.assert_sound();
    }
    assert!(seen > 300 && ahead_seen > 300, "{seen} long queues, {ahead_seen} newcomers");
}

/// A transaction that is rolled back leaves no trace in the line, and the next one finds it as it is.
#[test]
fn an_act_that_was_rolled_back_moves_nobody() {
    let mut day = Day::open();
    let first = day.issue("new").ticket;
    let full = Issue { receipt: Some(Receipt { year: 26, n: 999 }), ..day.wish("collection") };
    assert!(day.store.issue(&day.command(), &full).is_err());
    let fails = |w: &mut crate::store::commit::Writer| -> Result<(), Error> {
        assert_eq!(w.line()?.count(Stage::Verification), 1);
        w.act(&first, &Action::Call { counter: 1 }, None)?;
        assert!(w.line().is_err(), "what may be rolled back is not taken in");
        Err(Refused::UnknownTicket.into())
    };
    let command = day.command();
    assert!(day.store.write(&command, fails).is_err());
    let mut other = Store::open(day.dir.path()).unwrap();
    other.call_next(&day.command(), 1).unwrap().unwrap();
    day.issue("new");
    let queue = day.store.queue(Some(1), 9, at(0)).unwrap();
    assert_eq!(queue.first.iter().map(|t| t.number.to_string()).collect::<Vec<_>>(), ["A-002"]);
}
