//! How loud board and kiosk speak.

use super::journal::About;
use super::{Command, Error, Fault, Store};
use crate::journal::Happened;

impl Store {
    /// Sets the loudness of board and kiosk, 0 (silent) to 100; more is 100. `[voice]` of `office.toml` lowers it by the
    /// time of day. Setting what it is already changes nothing.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_volume(&mut self, command: &Command, percent: u8) -> Result<(), Error> {
        let percent = percent.min(100);
        self.write(command, |w| {
            if w.store.done(command)?.is_some() || w.store.volume()? == percent {
                return Ok(());
            }
            w.append(&Happened::VolumeSet { percent }, About::default())?;
            w.store.db.execute("UPDATE office SET volume = ?1", [percent])?;
            Ok(())
        })
    }

    /// The loudness that staff have set, 0 to 100.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn volume(&self) -> Result<u8, Fault> {
        Ok(self.value("SELECT volume FROM office", [])?.unwrap_or(100))
    }
}
