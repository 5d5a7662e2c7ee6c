//! The store as several processes and random clerks use it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod disks;
mod power_cut;
mod power_cut_upgrade;
mod processes;
mod random_office;
mod upgrade_roles;

use queue::store::OFFICE;
use tempfile::TempDir;

/// A data folder with the real office, in memory where this user may write there: these tests are not about the disk.
fn data_folder(change: impl Fn(&str) -> String) -> TempDir {
    let dir = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
    std::fs::write(dir.path().join(OFFICE), change(include_str!("../../../office.toml"))).unwrap();
    dir
}
