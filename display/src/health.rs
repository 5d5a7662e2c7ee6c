//! What the staff should know of the board: that it is alive, and what it cannot do.

use queue::office::Text;
use queue::time::Moment;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A part of the board that can fail while the rest goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The loudspeaker's output.
    Sound,
    /// The loudspeaker itself: it comes to the end of what it says.
    Voice,
    /// The pictures between calls.
    Slides,
    /// What the board is seen on.
    Panel,
}

/// Shared by the board's threads: each says how it fares, and the watcher writes it into the store.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    alive: Option<Moment>,
    troubles: BTreeMap<Part, Text>,
}

impl Health {
    /// The panel has drawn what was due at `now`.
    pub fn alive(&self, now: Moment) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).alive = Some(now);
    }

    /// What is wrong with `part`, for the staff; `None` when it is well again.
    pub fn say(&self, part: Part, trouble: Option<Text>) {
        let troubles = &mut self.0.lock().unwrap_or_else(PoisonError::into_inner).troubles;
        match trouble {
            Some(trouble) => troubles.insert(part, trouble),
            None => troubles.remove(&part),
        };
    }

    /// When the panel last drew, and all troubles; `None` before it first did.
    pub fn told(&self) -> Option<(Moment, Vec<Text>)> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.alive.map(|alive| (alive, state.troubles.values().cloned().collect()))
    }
}
