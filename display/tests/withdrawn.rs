//! Three counters whose clerks press keys as fast as they can, the real store and the real board: no number is skipped that
//! the room could not see each time it was called, and none comes into the field that is not called any more.

#![allow(clippy::panic, clippy::unwrap_used)] // A test may fail loudly, in its helpers too.

use display::calls::DWELL;
use display::screen::{Face, Screen};
use display::watch::News;
use embedded_graphics::geometry::Size;
use jiff::civil::date;
use queue::office::{Lang, Office, ServiceKey};
use queue::store::{Command, Issue, Store};
use queue::ticket::{Seq, State, TicketId};
use queue::time::Moment;
use queue::visit::Action;
use queue::{Error, Refused};
use std::collections::{BTreeMap, BTreeSet};

/// A clerk's fastest presses, milliseconds apart.
const PRESS: i64 = 500;

struct Room {
    store: Store,
    screen: Screen,
    now: i64,
    commands: u64,
    /// How long each call stood in the field, milliseconds.
    stood: BTreeMap<Seq, i64>,
    /// Numbers that have started: their calls may still be shown.
    started: BTreeSet<TicketId>,
}

impl Room {
    fn moment(&self) -> Moment {
        Moment { wall_ms: 1_795_395_600_000 + self.now, boot: 7, uptime_ms: self.now }
    }

    fn command(&mut self) -> Command {
        self.commands += 1;
        Command {
            id: format!("{:032x}", self.commands),
            by: queue::journal::Actor::Terminal,
            counter: None,
            now: self.moment(),
        }
    }

    /// The board reads what was committed and draws what is due.
    fn look(&mut self) {
        let now = self.moment();
        self.screen.hear(News::Board(self.store.board(now).unwrap()), &now);
        self.screen.advance(&now);
        let Some(shown) = self.screen.shown(&now) else { return };
        let stood = self.stood.entry(shown.call.seq).or_insert_with(|| {
            let ticket = self.store.ticket_by_number(shown.call.number).unwrap().unwrap();
            let called = matches!(ticket.state, State::Called { counter, .. } if counter == shown.call.counter);
            assert!(called || self.started.contains(&ticket.id), "{} is {:?}", ticket.number, ticket.state);
            0
        });
        *stood += PRESS;
    }

    fn press(&mut self, counter: u8, rng: &mut fastrand::Rng) -> Option<&'static str> {
        let command = self.command();
        let Some(ticket) = self.store.at_counter(counter).unwrap() else {
            let wish = Issue { service: ServiceKey("new".into()), priority: false, lang: Lang::Id, receipt: None };
            self.store.issue(&command, &wish).unwrap();
            let command = self.command();
            self.store.call_next(&command, counter).unwrap().unwrap();
            return None;
        };
        let action = match rng.u16(0..300) {
            0 => Action::Start,
            1 => Action::Cancel { reason: "uji".into() },
            2 => Action::Transfer { service: ServiceKey("lost".into()) },
            n if n % 2 == 0 => Action::Recall,
            _ => Action::Skip,
        };
        let calls = self.store.board(self.moment()).unwrap().calls;
        match self.store.act(&command, ticket.id, &action, None) {
            Ok(_) if action == Action::Start => {
                self.started.insert(ticket.id);
                let command = self.command();
                self.store.act(&command, ticket.id, &Action::Cancel { reason: "uji".into() }, None).unwrap();
            }
            Ok(_) if matches!(action, Action::Recall | Action::Skip) => {
                // The field follows at the next look.
                let full = DWELL.as_millis() as i64 - PRESS;
                for call in calls.iter().filter(|c| c.number == ticket.number && !c.withdrawn) {
                    let stood = self.stood.get(&call.seq).copied().unwrap_or_default();
                    assert!(stood >= full, "{}: call {} stood {stood} ms", ticket.number, call.seq.0);
                }
            }
            Ok(_) => {}
            Err(Error::Refused(Refused::CallStillShown { seconds, .. })) => {
                assert!((1..=240).contains(&seconds));
                return None;
            }
            Err(Error::Refused(Refused::CallAgainFirst { .. } | Refused::RecallsUsedUp { .. })) => return None,
            // Whose service it is already.
            Err(Error::Refused(Refused::SameService)) => return None,
            Err(error) => panic!("{error:?}"),
        }
        Some(action.word())
    }
}

#[test]
fn no_number_is_skipped_unseen_and_none_is_shown_that_has_gone_on() {
    let office =
        include_str!("../../office.toml").replace("stages = [\"recording\"]", "stages = [\"verification\"]").replace(
            "number = 3\nstages = [\"collection\"]",
            "number = 3\nstages = [\"verification\", \"recording\", \"collection\"]",
        );
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("office.toml"), &office).unwrap();
    let store = Store::create(dir.path()).unwrap();
    let screen = Screen::new(Face::Hall, Office::parse(&office).unwrap(), None, Size::new(192, 108), false);
    let mut room = Room { store, screen, now: 0, commands: 0, stood: BTreeMap::new(), started: BTreeSet::new() };
    let command = room.command();
    room.store.open_day(&command, date(2026, 11, 23), true).unwrap();
    room.look();
    let mut rng = fastrand::Rng::with_seed(3);
    let mut done: BTreeMap<&str, u32> = BTreeMap::new();
    while done.get("skip").is_none_or(|skipped| *skipped < 4) {
        assert!(room.now < 3_600_000, "too tame: {done:?}");
        room.now += PRESS;
        for counter in 1..=3 {
            if let Some(word) = room.press(counter, &mut rng) {
                *done.entry(word).or_default() += 1;
            }
        }
        room.look();
    }
    assert!(["recall", "cancel", "transfer"].iter().all(|word| done.contains_key(word)), "{done:?}");
    let unseen = room.store.board(room.moment()).unwrap().calls;
    assert!(unseen.iter().any(|c| c.withdrawn && !room.stood.contains_key(&c.seq)), "none went on before its turn");
}
