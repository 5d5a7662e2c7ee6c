//! Signs of life of the devices.

use super::rows::{json, moment, parse};
use super::{Command, Fault, Store};
use crate::devices::{Device, Heartbeat};
use crate::lang::Text;
use crate::time::Moment;
use rusqlite::{OptionalExtension, params};

impl Store {
    /// The last sign of life of `device`; `None` when it has never run.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn heartbeat(&self, device: Device) -> Result<Option<Heartbeat>, Fault> {
        let mut statement =
            self.db.prepare_cached("SELECT troubles, at_ms, boot, uptime_ms FROM heartbeat WHERE device = ?1")?;
        let row =
            statement.query_row([device.word()], |row| Ok(Heartbeat { troubles: parse(row, 0)?, at: moment(row, 1)? }));
        Ok(row.optional()?)
    }

    /// `device` works at `now`, and has `troubles` for the staff. To be said every [`crate::devices::BEAT`], by the
    /// part of the device that people look at, not by one that would go on when that part hangs.
    ///
    /// Only what staff should see at once rings the doorbell: other troubles, and a device that comes back.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn beat(&mut self, device: Device, troubles: &[Text], now: Moment) -> Result<(), Fault> {
        let known = self.heartbeat(device)?;
        let is_news = known.is_none_or(|known| known.troubles != troubles || known.is_dead(&now));
        let command = Command { id: String::new(), by: String::new(), now };
        let work = |store: &Store| {
            let sql = "INSERT INTO heartbeat (device, troubles, at_ms, boot, uptime_ms) VALUES (?1, ?2, ?3, ?4, ?5)
                       ON CONFLICT (device) DO UPDATE SET troubles = excluded.troubles, at_ms = excluded.at_ms,
                           boot = excluded.boot, uptime_ms = excluded.uptime_ms";
            let values = params![device.word(), json(&troubles)?, now.wall_ms, now.boot, now.uptime_ms];
            store.db.prepare_cached(sql)?.execute(values)?;
            Ok(())
        };
        super::paper::fault_only(match is_news {
            true => self.write(&command, |w| work(w.store)),
            false => self.write_silently(&command, |w| work(w.store)),
        })
    }
}
