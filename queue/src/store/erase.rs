//! Erasing what staff typed and nobody may keep: the free text goes, the event and the chain stay.

use super::rows::{json, moment};
use super::{Command, Error, Fault, Store};
use crate::case::{CaseAction, CaseState};
use crate::journal::{AccountBook, ERASED, Event, Happened};
use crate::refused::Refused;
use crate::ticket::Seq;
use crate::time::Moment;
use crate::visit::Action;
use rusqlite::params;

impl Store {
    /// The last `most` events that hold free text, newest first, each with its text.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn free_text(&self, most: u32) -> Result<Vec<(Seq, Moment, String)>, Fault> {
        let sql = "SELECT event.seq, at_ms, boot, uptime_ms, json FROM words JOIN event ON event.seq = words.seq
                   ORDER BY event.seq DESC LIMIT ?1";
        let mut statement = self.db.prepare_cached(sql)?;
        let rows = statement.query_map([most], |row| Ok((Seq(row.get(0)?), moment(row, 1)?, row.get(4)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Erases the free text of an event and of everything that its command did: reasons, a name, a notice. Afterwards
    /// [`ERASED`] stands for it wherever it was shown. The bytes leave the file too.
    ///
    /// # Errors
    /// Refused when there is no such event, or nothing in it to erase: what a program of format 1 wrote is part of the chain.
    pub fn erase_words(&mut self, command: &Command, event: Seq) -> Result<(), Error> {
        let happened = Happened::WordsErased { event };
        let again = |_: &Store, done: &Event| Ok((done.happened == happened).then_some(()));
        self.once(command, again, |w| {
            let sql = "WHERE event.command = (SELECT command FROM event WHERE seq = ?1)
                       AND event.seq IN (SELECT seq FROM words) ORDER BY event.seq";
            let events = w.store.events_where(sql, [event.0])?;
            if events.is_empty() {
                return Err(Refused::NothingToErase.into());
            }
            for event in &events {
                w.store.db.execute("DELETE FROM words WHERE seq = ?1", [event.seq.0])?;
                w.store.erase_repeated(event)?;
            }
            w.tell(happened.clone()).map(drop)
        })?;
        // What the log still holds of it goes with the log.
        self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// Erases what the tables repeat of an event's text, so that they stay the fold of the journal.
    fn erase_repeated(&self, event: &Event) -> Result<(), Fault> {
        let (seq, ticket, case) = (event.seq.0, event.ticket.map(|id| id.0), event.case.map(|id| id.0));
        match &event.happened {
            Happened::Acted { action: Action::Cancel { .. }, .. } => {
                let sql = "UPDATE ticket SET reason = ?2 WHERE id = ?1 AND reason IS NOT NULL AND changed_seq = ?3";
                self.db.execute(sql, params![ticket, ERASED, seq])?;
            }
            Happened::CaseActed { action: CaseAction::Cancel { .. } } => {
                let cancelled = json(&CaseState::Cancelled { reason: ERASED.into() })?;
                let sql =
                    "UPDATE application SET detail = ?2 WHERE id = ?1 AND state = 'cancelled' AND changed_seq = ?3";
                self.db.execute(sql, params![case, cancelled, seq])?;
            }
            Happened::NoticePosted { .. } => {
                let sql = "UPDATE notice SET text = ?2, english = CASE WHEN english IS NOT NULL THEN ?2 END
                           WHERE posted_seq = ?1";
                self.db.execute(sql, params![seq, ERASED])?;
            }
            // The account's name is that of the last event that set it: the accounts are folded anew.
            happened if AccountBook::concerns(happened) => {
                let mut now = AccountBook::default();
                let sql = "WHERE action IN ('person-set', 'person-invited', 'person-enrolled', 'secrets-rehashed', 'signed-in',
                           'signed-out', 'token-made', 'devices-forgotten', 'upgraded') ORDER BY event.seq";
                for event in self.events_where(sql, [])? {
                    let heard = now.hear(event.seq, &event.happened);
                    heard.map_err(|why| Fault::new(super::FaultKind::Damaged, why))?;
                }
                self.save_book(&self.account_book()?, &now, event)?;
            }
            _ => {}
        }
        Ok(())
    }
}
