//! Signs of life of the devices: a small file each beside the database, so that a board needs no right to write the queue.

use super::doorbell::ring_only;
use super::{Fault, Store};
use crate::devices::{Device, Heartbeat, PrinterReport};
use crate::lang::Text;
use crate::printing::{PrinterState, PrinterStatus};
use crate::time::Moment;
use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// Folder of the signs of life in the data folder.
const ALIVE: &str = "alive";

fn path(dir: &Path, device: Device) -> PathBuf {
    dir.join(ALIVE).join(format!("{}.json", device.word()))
}

/// What the file says; `None` where there is none, or one that is not whole.
fn read<T: DeserializeOwned>(dir: &Path, device: Device) -> Option<T> {
    let text = std::fs::read(path(dir, device)).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Written aside and renamed: a reader finds the one before or this one. What a power cut takes, the next beat says again.
fn write(dir: &Path, device: Device, says: &impl Serialize) -> Result<(), Fault> {
    let path = path(dir, device);
    let draft = path.with_extension("json.new");
    let text = serde_json::to_vec(says).unwrap_or_default();
    let folder = dir.join(ALIVE);
    if std::fs::create_dir(&folder).is_ok() {
        use std::os::unix::fs::PermissionsExt;
        // The group's, whatever the umask of the role that comes first.
        let _ = std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o2770));
    }
    let written = std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&draft, text))
        .and_then(|()| std::fs::rename(&draft, &path));
    written.map_err(|e| Fault::file(&path, "write", &e))
}

impl Store {
    /// The last sign of life of `device`; `None` when it has never run.
    pub fn heartbeat(&self, device: Device) -> Option<Heartbeat> {
        read(&self.dir, device)
    }

    /// `device` works at `now`, and has `troubles` for the staff. To be said every [`crate::devices::BEAT`], by the
    /// part of the device that people look at, not by one that would go on when that part hangs.
    ///
    /// Only what staff should see at once rings the doorbell: other troubles, and a device that comes back.
    ///
    /// # Errors
    /// When the file cannot be written. The device goes on: staff are told that it is silent.
    pub fn beat(&self, device: Device, troubles: &[Text], now: Moment) -> Result<(), Fault> {
        let known = self.heartbeat(device);
        write(&self.dir, device, &Heartbeat { troubles: troubles.to_vec(), at: now })?;
        if known.is_none_or(|known| known.troubles != troubles || known.is_dead(&now)) {
            ring_only(self.bell.as_ref());
        }
        Ok(())
    }

    /// What is known of the printer; `None` until the printer role has run.
    pub fn printer_status(&self) -> Option<PrinterStatus> {
        let PrinterReport { state, detail, since, at } = read(&self.dir, Device::Printer)?;
        Some(PrinterStatus { state, detail, since, at })
    }

    /// The printer role works at `now`, and this is what it knows of the printer; "since" moves only with the state. To be
    /// said when something changes, and every [`crate::devices::BEAT`].
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn report_printer(&self, state: PrinterState, detail: &str, now: Moment) -> Result<(), Fault> {
        let known = self.printer_status();
        let since = known.as_ref().filter(|known| known.state == state).map_or(now, |known| known.since);
        write(&self.dir, Device::Printer, &PrinterReport { state, detail: detail.into(), since, at: now })?;
        if known.is_none_or(|known| known.state != state || known.detail != detail || known.is_dead(&now)) {
            ring_only(self.bell.as_ref());
        }
        Ok(())
    }
}

/// The devices with which every office begins.
pub(super) fn first_devices(db: &Connection) -> rusqlite::Result<()> {
    for (id, key, kind, name) in crate::devices::FIRST {
        let sql = "INSERT INTO device (id, key, kind, name, needs) VALUES (?1, ?2, ?3, ?4, '{}')";
        db.execute(sql, rusqlite::params![id.0, key, kind, name])?;
    }
    Ok(())
}
