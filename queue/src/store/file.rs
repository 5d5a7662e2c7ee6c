//! The files of the data folder by name, and what tells the database from any other file.

use super::Fault;
use std::path::Path;

/// Name of the database in the data folder.
pub const DATABASE: &str = "antrean.db";
/// Name of the office's configuration in the data folder.
pub const OFFICE: &str = "office.toml";
/// Name of the picture in the data folder that shows what the board of the waiting room shows.
pub const BOARD_PICTURE: &str = "display.png";
/// Where the console tells the fingerprint of the office's certificate authority, for who stands at the machine.
pub const FINGERPRINT: &str = "authority.sha256";

/// "ANTR": tells the file from every other SQLite file.
pub(super) const APPLICATION_ID: i64 = 0x414E_5452;
/// Version of `schema.sql`. A newer file is refused, an older one is upgraded.
pub(super) const SCHEMA_VERSION: i64 = 2;

/// Only the office's roles, which share a user or a group, read and write the file.
pub(super) fn private(path: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::PermissionsExt;
    let rights = std::fs::Permissions::from_mode(0o660);
    std::fs::set_permissions(path, rights).map_err(|e| Fault::file(path, "protect", &e))
}
