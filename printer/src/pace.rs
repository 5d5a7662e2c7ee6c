//! How fast a paper may go to the printer: as fast as the wire, and never far ahead of the head.

use crate::escpos::Pause;
use crate::profile::{Flow, Profile, wire_time};
use std::time::Duration;

/// Bytes under way at most: a real-time question behind a full queue of the host would come too late.
pub(crate) const CHUNK: usize = 128;

/// The pace of one paper.
///
/// A printer that cannot say stop is never given more than half its buffer ahead of what its head has had the time to
/// print. Text prints slower than it comes and pictures faster, so the average of the paper would not do.
#[derive(Debug)]
pub(crate) struct Pace<'a> {
    baud: u32,
    rows_per_second: f64,
    pauses: &'a [Pause],
    room: usize,
    /// When the head has printed what lies before each pause passed so far.
    printed: Vec<Duration>,
}

impl<'a> Pace<'a> {
    pub(crate) fn new(profile: &Profile, pauses: &'a [Pause]) -> Pace<'a> {
        let room = if profile.flow == Flow::None { profile.buffer / 2 } else { usize::MAX };
        Pace { baud: profile.baud, rows_per_second: profile.rows_per_second(), pauses, room, printed: Vec::new() }
    }

    /// `taken` more bytes were written at `now`, `sent` in all; returns when the next may follow.
    pub(crate) fn after(&mut self, now: Duration, taken: usize, sent: usize) -> Duration {
        let arrived = now + wire_time(taken, self.baud);
        while let Some(pause) = self.pauses.get(self.printed.len()).filter(|p| p.at <= sent) {
            // The head begins with a block when it has come whole, and when the one before is done.
            let (begun, rows) = match self.printed.last() {
                Some(before) => (arrived.max(*before), self.pauses[self.printed.len() - 1].rows),
                None => (arrived, 0),
            };
            let rows = pause.rows.saturating_sub(rows);
            self.printed.push(begun + Duration::from_secs_f64(f64::from(rows) / self.rows_per_second));
        }
        let Some(must_be_out) = (sent + CHUNK).checked_sub(self.room) else { return arrived };
        let at = self.pauses.partition_point(|p| p.at < must_be_out);
        self.printed.get(at).map_or(arrived, |out| arrived.max(*out))
    }
}
