//! What staff let the board say.

use super::commit::Writer;
use super::rows::unfit;
use super::{Command, Error, Fault, Store};
use crate::journal::{Event, Happened};
use crate::notice::{Notice, NoticeId};
use crate::refused::Refused;
use rusqlite::Row;

impl Store {
    /// Puts a notice up.
    ///
    /// # Errors
    /// Refused as [`Notice::fit`] says.
    pub fn post_notice(&mut self, command: &Command, notice: &Notice) -> Result<NoticeId, Error> {
        let again = |_: &Store, done: &Event| match done.happened {
            Happened::NoticePosted { notice, .. } => Ok(Some(notice)),
            _ => Ok(None),
        };
        self.once(command, again, |w| {
            let local = command.now.local(w.store.office.identity.zone);
            let (standing, over): (Vec<_>, Vec<_>) =
                w.store.notices()?.into_iter().partition(|(_, notice)| notice.is_shown(local));
            let notice = notice.fit(local, standing.len())?;
            let id = NoticeId(w.store.value("SELECT coalesce(max(id), 0) + 1 FROM notice", [])?.unwrap_or(1));
            w.tell(Happened::NoticePosted { notice: id, says: notice })?;
            // What hung here before comes down, so that a handful hang however many years pass.
            for (over, _) in over {
                w.take_down(over)?;
            }
            Ok(id)
        })
    }

    /// Takes a notice down.
    ///
    /// # Errors
    /// Refused when it does not hang.
    pub fn end_notice(&mut self, command: &Command, notice: NoticeId) -> Result<(), Error> {
        let again = |_: &Store, done: &Event| Ok((done.happened == Happened::NoticeEnded { notice }).then_some(()));
        self.once(command, again, |w| {
            if !w.store.notices()?.iter().any(|(id, _)| *id == notice) {
                return Err(Refused::UnknownNotice.into());
            }
            w.take_down(notice)
        })
    }

    /// The notices that hang, oldest first; those whose end has come too, until the next one is put up.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn notices(&self) -> Result<Vec<(NoticeId, Notice)>, Fault> {
        let sql = "SELECT id, text, english, until FROM notice WHERE ended_seq IS NULL ORDER BY id";
        let mut statement = self.db.prepare_cached(sql)?;
        Ok(statement.query_map([], notice)?.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    fn take_down(&mut self, notice: NoticeId) -> Result<(), Error> {
        self.tell(Happened::NoticeEnded { notice }).map(drop)
    }
}

fn notice(row: &Row) -> rusqlite::Result<(NoticeId, Notice)> {
    let until: Option<String> = row.get(3)?;
    let until = until.map(|until| until.parse().map_err(|e| unfit(3, e))).transpose()?;
    Ok((NoticeId(row.get(0)?), Notice { text: row.get(1)?, english: row.get(2)?, until }))
}
