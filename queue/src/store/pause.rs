//! Counters at which nobody sits for a while (*jeda*). No table holds them: they are what the day's journal says last.

use super::commit::{About, Writer};
use super::rows::{moment, parse};
use super::{Command, Error, Fault, Store};
use crate::journal::{Event, Happened, Known};
use crate::refused::Refused;
use crate::ticket::CounterNumber;
use crate::time::Moment;
use jiff::civil::Time;

/// A counter that pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// The counter.
    pub counter: CounterNumber,
    /// Since when.
    pub since: Moment,
    /// When somebody wants to be back, by the office's wall clock.
    pub until: Option<Time>,
}

impl Store {
    /// JEDA: nobody sits at `counter` for a while, `until` a time if one is known. Said once more, it is until the new time.
    /// The next call ends it.
    ///
    /// # Errors
    /// Refused when the counter is unknown, has somebody, or no day is open.
    pub fn pause(&mut self, command: &Command, counter: CounterNumber, until: Option<Time>) -> Result<(), Error> {
        let happened = Happened::CounterPaused { until };
        let again =
            |_: &Store, done: &Event| Ok((done.happened == happened && done.counter == Some(counter)).then_some(()));
        self.once(command, again, |w| {
            w.day.ok_or(Refused::DayNotOpen)?;
            w.store.office.counter(counter).ok_or(Refused::UnknownCounter)?;
            if let Some(held) = w.store.at_counter(counter)? {
                return Err(Refused::CounterBusy { number: held.number.to_string() }.into());
            }
            w.tell_at(counter, happened.clone())
        })
    }

    /// Somebody sits at `counter` again. Where nobody paused, nothing changes.
    ///
    /// # Errors
    /// Refused when the counter is unknown.
    pub fn resume(&mut self, command: &Command, counter: CounterNumber) -> Result<(), Error> {
        let again = |_: &Store, done: &Event| {
            Ok((done.happened == Happened::CounterResumed && done.counter == Some(counter)).then_some(()))
        };
        self.once(command, again, |w| {
            w.store.office.counter(counter).ok_or(Refused::UnknownCounter)?;
            w.end_pause(counter)
        })
    }

    /// The counters that pause on the open day.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn pauses(&self) -> Result<Vec<Pause>, Fault> {
        // Of the day's events those about no ticket are few, and the index has them apart.
        let mut statement = self.db.prepare_cached(
            "SELECT counter, detail, at_ms, boot, uptime_ms FROM event INDEXED BY event_ticket
             WHERE ticket IS NULL AND seq >= (SELECT opened_seq FROM day WHERE closed_seq IS NULL)
             AND action IN ('counter-paused', 'counter-resumed') AND counter IS NOT NULL ORDER BY seq",
        )?;
        let mut rows = statement.query([])?;
        let mut pauses: Vec<Pause> = Vec::new();
        while let Some(row) = rows.next()? {
            let counter = row.get(0)?;
            pauses.retain(|pause| pause.counter != counter);
            if let Happened::CounterPaused { until } = parse(row, 1)? {
                pauses.push(Pause { counter, since: moment(row, 2)?, until });
            }
        }
        Ok(pauses)
    }
}

impl Writer<'_> {
    /// Ends the pause of a counter, if it pauses.
    pub(super) fn end_pause(&mut self, counter: CounterNumber) -> Result<(), Error> {
        match self.store.pauses()?.iter().any(|pause| pause.counter == counter) {
            true => self.tell_at(counter, Happened::CounterResumed),
            false => Ok(()),
        }
    }

    fn tell_at(&mut self, counter: CounterNumber, happened: Happened) -> Result<(), Error> {
        let about = About { counter: Some(counter), ..About::default() };
        self.append(happened, about, Known::default()).map(drop)
    }
}
