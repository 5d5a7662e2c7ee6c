//! What the printer says while a paper is on its way.

use crate::status::{Condition, Mechanism, Reply, Request};
use std::time::Duration;

/// An answer that took longer did not come at once: the printer was silent, or answers in the order of the data.
const PROMPT: Duration = Duration::from_secs(1);

/// What was asked and heard while one paper was on its way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Watch {
    pub(crate) asked: u32,
    pub(crate) answered: u32,
    /// When the oldest question without an answer was asked.
    pub(crate) waiting: Option<Duration>,
    /// An answer did not come at once.
    pub(crate) hesitated: bool,
    /// Why it stopped.
    pub(crate) stopped: Option<Condition>,
    /// No fence can be answered before: wire and head need that long.
    pub(crate) earliest: Duration,
    /// When the fence was answered.
    pub(crate) fenced: Option<Duration>,
    /// The last process id named.
    pub(crate) named: Option<[u8; 4]>,
    /// The presenter was empty at least once since the paper began.
    pub(crate) cleared: bool,
    /// And then there was a ticket, and the mechanism stood still.
    pub(crate) presented: bool,
    /// Bytes were damaged on the way to the printer.
    pub(crate) damaged: bool,
    /// Bytes that nothing explained, before the paper began.
    pub(crate) noise_before: u64,
}

impl Watch {
    /// One more question was asked.
    pub(crate) fn asked(&mut self, now: Duration) {
        self.asked += 1;
        self.waiting.get_or_insert(now);
    }

    /// Takes in one reply.
    pub(crate) fn note(&mut self, reply: &Reply, now: Duration) {
        match reply {
            Reply::Answer(Request::Fence, condition) => {
                self.fenced = Some(now);
                if *condition == Condition::Out {
                    self.stopped = Some(*condition);
                }
            }
            Reply::Answer(_, condition) => self.judge(*condition, now),
            Reply::Mechanism(_, condition, Mechanism { ticket, busy, damaged }) => {
                self.judge(*condition, now);
                self.damaged |= damaged;
                self.cleared |= !ticket;
                self.presented |= self.cleared && *ticket && !busy;
            }
            Reply::Done(id) => self.named = Some(*id),
            _ => {}
        }
    }

    fn judge(&mut self, condition: Condition, now: Duration) {
        self.answered += 1;
        if let Some(asked) = self.waiting {
            self.hesitated |= now > asked + PROMPT;
            self.waiting = (self.answered < self.asked).then_some(now);
        }
        if !condition.prints() {
            self.stopped = Some(condition);
        }
    }
}
