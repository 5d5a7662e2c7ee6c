//! What the printer says while a paper is on its way.

use crate::status::{Condition, Mechanism, Reply, Request};

/// What was asked and heard while one paper was on its way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Watch {
    pub(crate) asked: u32,
    pub(crate) answered: u32,
    /// Why it stopped.
    pub(crate) stopped: Option<Condition>,
    /// The fence was answered.
    pub(crate) fenced: bool,
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
    /// Takes in one reply.
    pub(crate) fn note(&mut self, reply: &Reply) {
        match reply {
            Reply::Answer(Request::Fence, condition) => {
                self.fenced = true;
                if *condition == Condition::Out {
                    self.stopped = Some(*condition);
                }
            }
            Reply::Answer(_, condition) => self.judge(*condition),
            Reply::Mechanism(_, condition, Mechanism { ticket, busy, damaged }) => {
                self.judge(*condition);
                self.damaged |= damaged;
                self.cleared |= !ticket;
                self.presented |= self.cleared && *ticket && !busy;
            }
            Reply::Done(id) => self.named = Some(*id),
            _ => {}
        }
    }

    fn judge(&mut self, condition: Condition) {
        self.answered += 1;
        if !condition.prints() {
            self.stopped = Some(condition);
        }
    }
}
