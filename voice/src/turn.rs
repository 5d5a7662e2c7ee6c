//! Whose turn it is where board and kiosk share one loudspeaker: the board's. A kiosk that speaks breaks off, and says it
//! again afterwards.
//!
//! Two lock files in the data folder tell, so that a process that is killed leaves no lock behind: a board holds
//! `voice.call` from when it wants to speak until it has spoken; whoever sounds holds `voice.lock`. Without the files
//! (a folder that cannot be written) everybody speaks, as on a machine that has two cards.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::time::{Duration, Instant};

/// What a loudspeaker is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// It calls numbers: it waits for nobody longer than a kiosk needs to break off.
    Board,
    /// It reads pages out: it waits until no board speaks.
    Kiosk,
}

/// How long a board waits for a kiosk to break off; one that hangs must not hold up a call.
const BREAKS_OFF: Duration = Duration::from_secs(1);
/// Between two looks at a lock.
const LOOK: Duration = Duration::from_millis(10);

/// The place where turns are taken.
#[derive(Debug)]
pub struct Turns {
    rank: Rank,
    files: Option<[File; 2]>,
}

impl Turns {
    /// The turns at the loudspeaker of the box with this data folder.
    pub fn of(data: &Path, rank: Rank) -> Turns {
        let open = |name| OpenOptions::new().create(true).truncate(false).write(true).open(data.join(name));
        let files = open("voice.call").and_then(|call| Ok([call, open("voice.lock")?]));
        let files = files.map_err(|error| tracing::warn!("board and kiosk may speak at once: {error}")).ok();
        Turns { rank, files }
    }

    /// A loudspeaker that nobody shares.
    pub fn alone() -> Turns {
        Turns { rank: Rank::Board, files: None }
    }

    /// Waits for the turn, and gives it back when it is dropped; `None` when `go_on` says no before.
    pub(crate) fn take(&self, go_on: &dyn Fn() -> bool) -> Option<Turn<'_>> {
        let turn = Turn { turns: self };
        let Some([call, sound]) = &self.files else { return Some(turn) };
        let began = Instant::now();
        while go_on() {
            let free = match self.rank {
                // Another board, with a loudspeaker of its own, may hold it.
                Rank::Board => call.try_lock().is_ok() & sound.try_lock().is_ok() || began.elapsed() >= BREAKS_OFF,
                Rank::Kiosk => !self.is_called() && sound.try_lock().is_ok(),
            };
            if free {
                return Some(turn);
            }
            std::thread::sleep(LOOK);
        }
        None
    }

    /// Whether a board speaks or wants to.
    fn is_called(&self) -> bool {
        let Some([call, _]) = &self.files else { return false };
        let is_called = call.try_lock_shared().is_err();
        let _ = call.unlock();
        is_called
    }
}

/// A turn at the loudspeaker.
pub(crate) struct Turn<'a> {
    turns: &'a Turns,
}

impl Turn<'_> {
    /// Whether a board wants to speak and this is a kiosk's turn.
    pub(crate) fn is_wanted(&self) -> bool {
        self.turns.rank == Rank::Kiosk && self.turns.is_called()
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.files.iter().flatten().for_each(|file| drop(file.unlock()));
    }
}
