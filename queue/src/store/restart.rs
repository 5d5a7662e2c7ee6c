//! Starting a role again on a technician's word.
//!
//! The kiosk may not end other processes, and need not: it leaves a wish, the role sees it and ends by itself between
//! two pieces of its work, and whatever supervises the role starts it again.

use super::journal::About;
use super::{Command, Error, Fault, Store};
use crate::devices::Process;
use crate::journal::Happened;
use crate::ticket::Seq;
use rusqlite::params;

impl Store {
    /// Asks a role to start again.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn ask_restart(&mut self, command: &Command, process: Process) -> Result<(), Error> {
        self.write(command, |w| {
            if w.store.done(command)?.is_some() {
                return Ok(());
            }
            let seq = w.append(&Happened::RestartAsked { process }, About::default())?;
            let sql = "INSERT INTO restart (process, seq) VALUES (?1, ?2)
                       ON CONFLICT (process) DO UPDATE SET seq = excluded.seq";
            w.store.db.prepare_cached(sql)?.execute(params![process.word(), seq.0])?;
            Ok(())
        })
    }

    /// The last wish that `role` starts again. A role remembers it at its start, and ends when it has changed: no clock
    /// is asked, so that a jump of the clock can neither lose a wish nor repeat one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn restart_asked(&self, process: Process) -> Result<Option<Seq>, Fault> {
        Ok(self.value("SELECT seq FROM restart WHERE process = ?1", [process.word()])?.map(Seq))
    }
}
