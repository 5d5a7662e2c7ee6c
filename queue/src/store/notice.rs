//! What staff let the board say.

use super::journal::{About, Writer};
use super::rows::unfit;
use super::{Command, Error, Fault, Store};
use crate::journal::Happened;
use crate::notice::{Notice, NoticeId};
use crate::refused::Refused;
use rusqlite::{Row, params};

impl Store {
    /// Puts a notice up.
    ///
    /// # Errors
    /// Refused as [`Notice::fit`] says.
    pub fn post_notice(&mut self, command: &Command, notice: &Notice) -> Result<NoticeId, Error> {
        self.write(command, |w| {
            if let Some(done) = w.store.done(command)? {
                let same = "SELECT id FROM notice WHERE posted_seq = ?1";
                let id: Option<i64> = w.store.value(same, [done.seq.0])?;
                return id.map(NoticeId).ok_or(Refused::CommandReused.into());
            }
            let local = command.now.local(w.store.office.identity.zone);
            let (standing, over): (Vec<_>, Vec<_>) =
                w.store.notices()?.into_iter().partition(|(_, notice)| notice.is_shown(local));
            let notice = notice.fit(local, standing.len())?;
            let id = NoticeId(w.store.value("SELECT coalesce(max(id), 0) + 1 FROM notice", [])?.unwrap_or(1));
            let seq = w.append(&Happened::NoticePosted { notice: id, says: notice.clone() }, About::default())?;
            w.store.db.execute(
                "INSERT INTO notice (id, text, english, until, posted_seq) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![id.0, notice.text, notice.english, notice.until.map(|u| u.to_string()), seq.0],
            )?;
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
        self.write(command, |w| {
            if let Some(done) = w.store.done(command)? {
                let same = "SELECT 1 FROM notice WHERE id = ?1 AND ended_seq = ?2";
                let same: Option<i64> = w.store.value(same, params![notice.0, done.seq.0])?;
                return same.map(|_| ()).ok_or(Refused::CommandReused.into());
            }
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
        let seq = self.append(&Happened::NoticeEnded { notice }, About::default())?;
        self.store.db.execute("UPDATE notice SET ended_seq = ?2 WHERE id = ?1", params![notice.0, seq.0])?;
        Ok(())
    }
}

fn notice(row: &Row) -> rusqlite::Result<(NoticeId, Notice)> {
    let until: Option<String> = row.get(3)?;
    let until = until.map(|until| until.parse().map_err(|e| unfit(3, e))).transpose()?;
    Ok((NoticeId(row.get(0)?), Notice { text: row.get(1)?, english: row.get(2)?, until }))
}
