//! `office.toml` while the office works: a changed file is taken into use, and the head of office changes it.

use super::journal::About;
use super::{Command, Error, Fault, OFFICE, Store};
use crate::journal::Happened;
use crate::office::{Edit, Office};
use crate::refused::Refused;
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::SystemTime;

/// What tells one writing of the file from another.
pub(super) type Written = Option<(SystemTime, u64, u64)>;

/// How the file lies there now.
pub(super) fn written(dir: &Path) -> Written {
    let file = std::fs::metadata(dir.join(OFFICE)).ok()?;
    Some((file.modified().ok()?, file.len(), file.ino()))
}

impl Store {
    /// Takes a changed `office.toml` into use and says whether it did. One that is refused is logged once and leaves the
    /// one before in use. Costs one look at the folder; call it about once a second and before an act.
    pub fn reread_office(&mut self) -> bool {
        let now = written(&self.dir);
        if now == self.office_written || now.is_none() {
            return false;
        }
        self.office_written = now;
        match Office::read(&self.dir.join(OFFICE)).map_err(|no| no.0).and_then(|office| self.same_office(office)) {
            Ok(office) => {
                tracing::info!("the changed office.toml is in use");
                self.office = office;
                self.office_refused = None;
                true
            }
            Err(why) => {
                tracing::error!(%why, "the changed office.toml is refused; the one before stays in use");
                self.office_refused = Some(why);
                false
            }
        }
    }

    /// Why the `office.toml` that lies there is not in use, in words for a technician; `None` when it is.
    pub fn office_refused(&self) -> Option<&str> {
        self.office_refused.as_deref()
    }

    fn same_office(&self, office: Office) -> Result<Office, String> {
        match office.identity.code == self.office.identity.code {
            true => Ok(office),
            false => Err(format!("office.code = \"{}\" is another office", office.identity.code)),
        }
    }

    /// Changes `office.toml`, keeping all that is not changed, and the file before as `office.toml.old`. The event says who
    /// changed what.
    ///
    /// # Errors
    /// Refused when the office would not be valid; a fault when the folder cannot be written.
    pub fn change_office(&mut self, command: &Command, edit: &Edit) -> Result<(), Error> {
        self.write(command, |w| {
            if let Some(done) = w.store.done(command)? {
                return if done.action == "office-changed" { Ok(()) } else { Err(Refused::CommandReused.into()) };
            }
            // A file elsewhere that only a link here points to is changed where it is.
            let path = w.store.dir.join(OFFICE);
            let path = std::fs::canonicalize(&path).map_err(|e| Fault::file(&path, "find", &e))?;
            let old = std::fs::read_to_string(&path).map_err(|e| Fault::file(&path, "read", &e))?;
            let new = edit.apply(&old).map_err(|no| Refused::OfficeInvalid { why: no.0 })?;
            w.append(&Happened::OfficeChanged { key: edit.key().into(), value: edit.says() }, About::default())?;
            Ok(replace(&path, &old, &new)?)
        })?;
        self.reread_office();
        Ok(())
    }
}

/// The new text in place of the old one, whole or not at all whenever the power fails.
fn replace(path: &Path, old: &str, new: &str) -> Result<(), Fault> {
    let write = |name: &str, text: &str| {
        let beside = path.with_file_name(name);
        let rights = std::fs::metadata(path).map_err(|e| Fault::file(path, "read", &e))?.permissions();
        let written = File::create(&beside).and_then(|mut file| {
            file.set_permissions(rights)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.map_err(|e| Fault::file(&beside, "write", &e)).map(|()| beside)
    };
    write("office.toml.old", old)?;
    let draft = write("office.toml.new", new)?;
    std::fs::rename(&draft, path).map_err(|e| Fault::file(path, "replace", &e))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|e| Fault::file(folder, "sync", &e))
}
