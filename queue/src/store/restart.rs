//! Starting a role again on a technician's word.
//!
//! The kiosk may not end other processes, and need not: it leaves a wish, the role sees it and ends by itself between
//! two pieces of its work, and whatever supervises the role starts it again.

use super::{Command, Error, Fault, Store};
use crate::devices::Process;
use crate::journal::{Event, Happened};
use crate::ticket::Seq;

impl Store {
    /// Asks a role to start again.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn ask_restart(&mut self, command: &Command, process: Process) -> Result<(), Error> {
        let happened = Happened::RestartAsked { process };
        let again = |_: &Store, done: &Event| Ok((done.happened == happened).then_some(()));
        self.once(command, again, |w| w.tell(happened.clone()).map(drop))
    }

    /// The last wish that `role` starts again. A role remembers it at its start, and ends when it has changed: no clock
    /// is asked, so that a jump of the clock can neither lose a wish nor repeat one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn restart_asked(&self, process: Process) -> Result<Option<Seq>, Fault> {
        Ok(self.value("SELECT restart_seq FROM device WHERE id = ?1", [process.device().0])?.flatten().map(Seq))
    }
}
