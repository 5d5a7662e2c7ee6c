//! How loud board and kiosk speak.

use super::{Command, Error, Fault, Store};
use crate::journal::{Event, Happened};

impl Store {
    /// Sets the loudness of board and kiosk, 0 (silent) to 100; more is 100. `[voice]` of `office.toml` lowers it by the
    /// time of day. Setting what it is already changes nothing.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_volume(&mut self, command: &Command, percent: u8) -> Result<(), Error> {
        let percent = percent.min(100);
        let happened = Happened::VolumeSet { percent };
        let again = |_: &Store, done: &Event| Ok((done.happened == happened).then_some(()));
        self.once(command, again, |w| match w.store.volume()? == percent {
            true => Ok(()),
            false => w.tell(happened.clone()).map(drop),
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
