//! `office.toml` while the office works: a changed file is taken into use, and the head of office changes it.

use super::connect::connect;
use super::{Command, Error, Fault, FaultKind, OFFICE, Store};
use crate::document::Body;
use crate::journal::{Event, Happened};
use crate::office::{Edit, Invalid, Lang, Office};
use crate::references;
use crate::refused::Refused;
use rusqlite::{Connection, OptionalExtension};
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What tells one writing of the file from another.
pub(super) type Written = Option<(SystemTime, u64, u64)>;

/// How the file lies there now.
pub(super) fn written(dir: &Path) -> Written {
    let file = std::fs::metadata(dir.join(OFFICE)).ok()?;
    Some((file.modified().ok()?, file.len(), file.ino()))
}

/// The office that several stores of one process have in use together: whichever sees a changed `office.toml` first reads
/// it for all ([`Store::share_office`]), so that it is taken, or refused and logged, once.
#[derive(Clone, Debug)]
pub struct InUse {
    pub(super) office: Office,
    pub(super) written: Written,
    pub(super) refused: Option<NotInUse>,
    pub(super) unkept: Option<String>,
}

/// Why the `office.toml` that lies there is not in use.
#[derive(Clone, Debug)]
pub(super) enum NotInUse {
    /// It cannot work.
    Wrong(String),
    /// Something open needs what it takes away: it is taken into use when that has ended.
    Waits(String),
}

impl Store {
    /// Opens the store for the `office.toml` in `dir`; while that is refused, for the one last in use.
    pub(super) fn open_with_file(dir: &Path, db: (Connection, i64)) -> Result<Store, Fault> {
        let open = |db, office, written, refused, unkept| {
            let mut store = Store::open_for(dir, db, InUse { office, written, refused, unkept })?;
            store.keep_office();
            Ok(store)
        };
        let now = written(dir);
        match (last_used(&db.0), read(dir)) {
            (Some((used, before)), Ok((_, text))) if before != text => {
                let mut store: Store = open(db, used, None, None, None)?;
                store.reread_office();
                Ok(store)
            }
            // Where none was in use, nothing can be taken away.
            (_, Ok((office, text))) => open(db, office, now, None, Some(text)),
            (Some((used, _)), Err(why)) => {
                tracing::error!(%why, "office.toml is refused; the one last in use stays in use");
                open(db, used, now, Some(NotInUse::Wrong(why)), None)
            }
            (None, Err(why)) => Err(Fault::new(FaultKind::Setup, why)),
        }
    }

    /// Takes a changed `office.toml` into use and says whether it did. One that is refused is logged once and leaves the
    /// one before in use; while something open needs what it takes away, it is tried again at each call. Costs one look at
    /// the folder; call it about once a second and before an act.
    pub fn reread_office(&mut self) -> bool {
        let changed = self.read_changed_office();
        self.keep_office();
        changed
    }

    /// What this store has in use, for others of its process to share.
    pub fn office_in_use(&self) -> InUse {
        InUse {
            office: self.office.clone(),
            written: self.office_written,
            refused: self.office_refused.clone(),
            unkept: self.office_unkept.clone(),
        }
    }

    /// As [`Store::reread_office`], for a store that shares its office: says whether it has another in use than before,
    /// read by itself or by one of the others. Only reads; who writes calls [`Store::keep_office`] after it.
    pub fn share_office(&mut self, shared: &mut InUse) -> bool {
        // One's own reading of the file as it lies there now is newer.
        let taken_over = self.office_written != shared.written && self.office_written != written(&self.dir);
        if taken_over {
            self.office = shared.office.clone();
            self.office_written = shared.written;
            self.office_refused = shared.refused.clone();
            self.office_unkept = shared.unkept.clone();
        }
        let changed = self.read_changed_office();
        if self.office_written != shared.written {
            *shared = self.office_in_use();
        }
        taken_over || changed
    }

    /// Keeps the text of an office that was taken into use for a start at which the file is refused. Waits for the write
    /// lock, if there is anything to keep.
    pub fn keep_office(&mut self) {
        if let Some(text) = self.office_unkept.take()
            && !self.only_looks
        {
            keep(&self.db, &text);
        }
    }

    fn read_changed_office(&mut self) -> bool {
        let now = written(&self.dir);
        let new = now != self.office_written;
        let waits = matches!(self.office_refused, Some(NotInUse::Waits(_)));
        if now.is_none() || !(new || waits) {
            return false;
        }
        self.office_written = now;
        let read = read(&self.dir).map_err(NotInUse::Wrong);
        match read.and_then(|(office, text)| Ok((self.fit(office)?, text))) {
            Ok((office, text)) => {
                tracing::info!("the changed office.toml is in use");
                self.office = office;
                self.office_unkept = Some(text);
                self.office_refused = None;
                true
            }
            Err(refused) => {
                if new {
                    let (NotInUse::Wrong(why) | NotInUse::Waits(why)) = &refused;
                    tracing::error!(%why, "the changed office.toml is refused; the one before stays in use");
                }
                self.office_refused = Some(refused);
                false
            }
        }
    }

    /// Why the `office.toml` that lies there is not in use, in words for a technician; `None` when it is.
    pub fn office_refused(&self) -> Option<&str> {
        self.office_refused.as_ref().map(|(NotInUse::Wrong(why) | NotInUse::Waits(why))| why.as_str())
    }

    /// Whether this office can follow the one in use.
    fn fit(&self, office: Office) -> Result<Office, NotInUse> {
        if office.identity.code != self.office.identity.code {
            return Err(NotInUse::Wrong(format!("office.code = \"{}\" is another office", office.identity.code)));
        }
        let open = self.open_references().map_err(|fault| NotInUse::Waits(fault.message))?;
        references::needed(&self.office, &office, &open).map_err(|needed| {
            let (id, en) = (references::say(&needed, Lang::Id), references::say(&needed, Lang::En));
            let path = self.dir.join(OFFICE);
            NotInUse::Waits(format!("{}: masih diperlukan: {id}. / Still needed: {en}.", path.display()))
        })?;
        Ok(office)
    }

    /// What is open and may refer to `office.toml`.
    fn open_references(&self) -> Result<references::Open, Fault> {
        let today = self.open_day_now()?;
        let papers = match today {
            Some(_) => self.unconfirmed_print_jobs()?,
            None => Vec::new(),
        };
        let return_slips = papers.into_iter().filter_map(|job| match job.document.body {
            Body::Return { number, missing, .. } => Some((number, missing)),
            _ => None,
        });
        Ok(references::Open {
            tickets: self.tickets()?,
            cases: self.open_cases()?,
            return_slips: return_slips.collect(),
        })
    }

    /// Changes `office.toml`, keeping all that is not changed, and the file before as `office.toml.old`. The event says who
    /// changed what.
    ///
    /// `seen` is what the form showed, as [`Edit::stands`] says it: who decided upon another office than the file's now, by
    /// whoever's hand, decides again. The file is the last thing that changes before the commit: should that fail, the office
    /// has the change without its event; asked for once more, it is written down then (but a holiday is removed only once).
    ///
    /// # Errors
    /// Refused when the office would not be valid, would lack what something open needs, or is another than
    /// `seen`; a fault when the folder cannot be written.
    pub fn change_office(&mut self, command: &Command, edit: &Edit, seen: Option<&str>) -> Result<(), Error> {
        let again = |_: &Store, done: &Event| match &done.happened {
            Happened::OfficeChanged { key, .. } if key == edit.key() => Ok(Some(())),
            _ => Ok(None),
        };
        self.once(command, again, |w| {
            // A file elsewhere that only a link here points to is changed where it is.
            let path = w.store.dir.join(OFFICE);
            let path = std::fs::canonicalize(&path).map_err(|e| Fault::file(&path, "find", &e))?;
            let old = std::fs::read_to_string(&path).map_err(|e| Fault::file(&path, "read", &e))?;
            let invalid = |no: Invalid| {
                tracing::warn!(why = %no.0, key = edit.key(), "a change of office.toml is refused");
                Refused::OfficeInvalid { why: no.0 }
            };
            if let Some(seen) = seen {
                let stands = edit.stands(&Office::parse(&old).map_err(invalid)?);
                if stands.is_some_and(|stands| stands != seen && stands != edit.says()) {
                    return Err(Refused::StaleOffice.into());
                }
            }
            let new = edit.apply(&old).map_err(invalid)?;
            // The file may hold more than this edit: a technician's change that waits for somebody to be served.
            let office = Office::parse(&new).map_err(invalid)?;
            references::needed(&w.store.office, &office, &w.store.open_references()?).map_err(|needed| {
                Refused::OfficeNeeded {
                    needed_id: references::say(&needed, Lang::Id),
                    needed_en: references::say(&needed, Lang::En),
                }
            })?;
            let draft = draft(&path, &old, &new)?;
            w.tell(Happened::OfficeChanged { key: edit.key().into(), value: edit.says() })?;
            Ok(replace(&path, &draft)?)
        })?;
        self.reread_office();
        Ok(())
    }
}

/// The office of the `office.toml` in `dir`; while that is refused, the one last in use. For who shows something before
/// there is a database to open.
///
/// # Errors
/// When `office.toml` is refused and none was ever used.
pub fn office_in(dir: &Path) -> Result<Office, Fault> {
    match connect(dir).and_then(|db| Store::open_with_file(dir, db)) {
        Ok(store) => Ok(store.office),
        Err(_) => Ok(Office::read(&dir.join(OFFICE))?),
    }
}

/// The office last in use, with its text. `None` also when it is of another time and this program refuses it.
fn last_used(db: &Connection) -> Option<(Office, String)> {
    let row = db.query_row("SELECT office_toml, code FROM used, office", [], |row| Ok((row.get(0)?, row.get(1)?)));
    let (text, code): (String, String) = row.ok()?;
    // An older program kept a file of another office too.
    Office::parse(&text).ok().filter(|office| office.identity.code == code).map(|office| (office, text))
}

fn read(dir: &Path) -> Result<(Office, String), String> {
    let path = dir.join(OFFICE);
    let text = std::fs::read_to_string(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    let office = Office::parse(&text).map_err(|no| format!("{}: {no}", path.display()))?;
    Ok((office, text))
}

/// Keeps the text in use for a start at which the file is refused. It is a precaution only: that it cannot be kept, say
/// on a full disk, is no reason not to work.
fn keep(db: &Connection, text: &str) {
    let kept = db.query_row("SELECT office_toml = ?1 FROM used", [text], |row| row.get(0)).optional();
    if matches!(kept, Ok(Some(true))) {
        return;
    }
    let sql = "INSERT INTO used (only, office_toml) VALUES (1, ?1) ON CONFLICT DO UPDATE SET office_toml = excluded.office_toml";
    if let Err(error) = db.execute(sql, [text]) {
        tracing::warn!(%error, "the office.toml in use could not be kept for a later start");
    }
}

/// The new text beside the old one, and a copy of the old one, both safe on the disk; where the new one is.
fn draft(path: &Path, old: &str, new: &str) -> Result<PathBuf, Fault> {
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
    write("office.toml.new", new)
}

/// The draft in place of the file, whole or not at all whenever the power fails.
fn replace(path: &Path, draft: &Path) -> Result<(), Fault> {
    std::fs::rename(draft, path).map_err(|e| Fault::file(path, "replace", &e))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|e| Fault::file(folder, "sync", &e))
}
