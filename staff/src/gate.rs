//! How much is asked at once: what nobody on the network, and no single login, may take from all others.

use crate::connections::neighbour;
use queue::people::LoginId;
use queue::time::Moment;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// So many strangers' requests a second are answered, of the network's and of this machine's own programs each; a board asks
/// once a second or listens to the stream.
const PUBLIC_PER_SECOND: u32 = 100;
/// So many streams of the board are open at once.
const STREAMS_MAX: usize = 64;
/// Of these, the last ones are for this machine's own programs, whoever on the network holds all others.
const STREAMS_OWN: usize = 8;
/// So many streams of the board one address of the network has open: a phone or a board needs one.
const STREAMS_PER_ADDRESS: usize = 4;
/// So many streams of changes one login has open at once: more tabs than a person looks at.
const STREAMS_PER_LOGIN: usize = 16;

/// So many guesses of one address wait or are proved at once: two colleagues at one machine, and no crowd.
const GUESSES_PER_ADDRESS: usize = 2;

/// Whose streams, or guesses, count together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Holder {
    /// Of changes.
    Login(LoginId),
    /// Of the board, from one machine of the network.
    Address(IpAddr),
    /// Of guesses, from one machine; `None` in a test that has no network.
    Guesser(Option<IpAddr>),
}

/// How many strangers were answered in this second, on the network and on this machine, and who has streams open: nobody's
/// address is kept longer than that.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    second: AtomicI64,
    answered: [AtomicU32; 2],
    /// The streams and guesses under way, of each holder.
    streams: Mutex<HashMap<Holder, usize>>,
}

impl Gate {
    /// Whether one more may be answered now, on this machine (`own`) or on the network.
    pub(crate) fn admits(&self, now: Moment, own: bool) -> bool {
        let second = now.uptime_ms / 1000;
        if self.second.swap(second, Ordering::Relaxed) != second {
            self.answered.iter().for_each(|answered| answered.store(0, Ordering::Relaxed));
        }
        self.answered[usize::from(own)].fetch_add(1, Ordering::Relaxed) < PUBLIC_PER_SECOND
    }

    /// A place for one more stream of changes of this login; `None` when it has enough.
    pub(crate) fn stream(self: &Arc<Gate>, login: LoginId) -> Option<Place> {
        self.place(Holder::Login(login), STREAMS_PER_LOGIN)
    }

    /// A place for one more stream of the board to this address of the network; `None` when it has enough.
    pub(crate) fn board_stream(self: &Arc<Gate>, address: IpAddr) -> Option<Place> {
        self.place(Holder::Address(neighbour(address)), STREAMS_PER_ADDRESS)
    }

    /// A place for one more guess from this address; `None` when it has enough under way.
    pub(crate) fn guess(self: &Arc<Gate>, address: Option<IpAddr>) -> Option<Place> {
        self.place(Holder::Guesser(address.map(neighbour)), GUESSES_PER_ADDRESS)
    }

    fn place(self: &Arc<Gate>, holder: Holder, max: usize) -> Option<Place> {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let open = streams.entry(holder).or_default();
        if *open >= max {
            return None;
        }
        *open += 1;
        Some(Place { gate: self.clone(), holder })
    }
}

/// A stream's or guess's place, free again when it is dropped.
pub(crate) struct Place {
    gate: Arc<Gate>,
    holder: Holder,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut streams = self.gate.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut open) = streams.entry(self.holder) {
            *open.get_mut() -= 1;
            if *open.get() == 0 {
                open.remove();
            }
        }
    }
}

/// Whether a stream may begin that is one of `open`.
pub(crate) fn has_room(open: usize, own: bool) -> bool {
    open <= if own { STREAMS_MAX } else { STREAMS_MAX - STREAMS_OWN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_answered_up_to_a_rate_and_again_in_the_next_second() {
        let gate = Gate::default();
        let at = |ms| Moment { wall_ms: 0, boot: 1, uptime_ms: ms };
        let answered = (0..500).filter(|_| gate.admits(at(1000), false)).count();
        assert_eq!(answered, PUBLIC_PER_SECOND as usize);
        assert!(!gate.admits(at(1999), false));
        assert!(gate.admits(at(2000), false));
    }

    #[test]
    fn whoever_floods_the_network_leaves_this_machines_programs_their_share() {
        let (gate, now) = (Gate::default(), Moment { wall_ms: 0, boot: 1, uptime_ms: 1000 });
        while gate.admits(now, false) {}
        assert!(gate.admits(now, true));
        let held = (1..).take_while(|open| has_room(*open, false)).count();
        assert!(held < STREAMS_MAX && has_room(held + 1, true));
        assert!(!has_room(STREAMS_MAX + 1, true));
    }

    #[test]
    fn one_visitor_leaves_the_board_to_the_others() {
        let gate = Arc::new(Gate::default());
        let visitor = "192.168.1.7".parse().unwrap();
        let mut places: Vec<Place> = std::iter::from_fn(|| gate.board_stream(visitor)).collect();
        assert_eq!(places.len(), STREAMS_PER_ADDRESS);
        assert!(gate.board_stream("::ffff:192.168.1.7".parse().unwrap()).is_none(), "the same one");
        assert!(gate.board_stream("192.168.1.8".parse().unwrap()).is_some());
        places.pop();
        assert!(gate.board_stream(visitor).is_some());
    }

    #[test]
    fn a_login_has_so_many_streams_and_a_closed_one_is_free_again() {
        let gate = Arc::new(Gate::default());
        let mut places: Vec<Place> = std::iter::from_fn(|| gate.stream(LoginId(1))).collect();
        assert_eq!(places.len(), STREAMS_PER_LOGIN);
        assert!(gate.stream(LoginId(2)).is_some(), "others go on");
        places.pop();
        places.extend(gate.stream(LoginId(1)));
        assert!(places.len() == STREAMS_PER_LOGIN && gate.stream(LoginId(1)).is_none());
        places.clear();
        assert!(gate.streams.lock().unwrap().is_empty(), "nothing is kept of who left");
    }
}
