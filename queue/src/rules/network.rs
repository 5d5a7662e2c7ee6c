//! What the switch "Jaringan terganggu" does (S26): while the network is down nobody waits for recording or is recorded,
//! and while it is up nobody is held.

use crate::office::Stage;
use crate::refused::Refused;
use crate::ticket::State;
use crate::visit::Action;

/// Whether the switch may be set to `down`.
///
/// # Errors
/// Refused when it stands so already.
pub fn switch(is_down: bool, down: bool) -> Result<(), Refused> {
    if is_down == down { Err(Refused::NetworkUnchanged) } else { Ok(()) }
}

/// What has to happen to a ticket in this state, so that it agrees with the switch.
pub fn follow(state: &State, is_down: bool) -> Option<Action> {
    match state {
        State::Waiting { stage: Stage::Recording, .. } | State::Serving { stage: Stage::Recording, .. } if is_down => {
            Some(Action::Hold)
        }
        State::Held { .. } if !is_down => Some(Action::Resume),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::at;
    use crate::ticket::{Place, Seq};

    #[test]
    fn s26_recording_stands_still_while_the_network_is_down_and_nothing_else_does() {
        let place = Place::last(Seq(1), at(0));
        let waiting = |stage| State::Waiting { stage, place };
        let serving = |stage| State::Serving { stage, place, counter: 2, since: at(1) };
        let held = State::Held { place, waits: true };
        assert_eq!(follow(&waiting(Stage::Recording), true), Some(Action::Hold));
        assert_eq!(follow(&serving(Stage::Recording), true), Some(Action::Hold));
        assert_eq!(follow(&held, false), Some(Action::Resume));
        assert_eq!(follow(&held, true), None);
        for stage in [Stage::Verification, Stage::Collection] {
            assert_eq!((follow(&waiting(stage), true), follow(&serving(stage), true)), (None, None));
        }
        let called = State::Called { stage: Stage::Recording, place, counter: 2, calls: 1 };
        assert_eq!(follow(&called, true), None, "the applicant is on the way; the officer tells");
        assert_eq!(follow(&waiting(Stage::Recording), false), None);
        assert_eq!(switch(true, true), Err(Refused::NetworkUnchanged));
        assert_eq!((switch(true, false), switch(false, true)), (Ok(()), Ok(())));
    }
}
