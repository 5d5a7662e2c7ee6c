//! One row of the journal.

use super::happened::Happened;
use super::words::{self, Words};
use crate::actor::Actor;
use crate::case::CaseId;
use crate::chain::{Canonical, Chain, Digest};
use crate::ticket::{CounterNumber, DayId, Seq, TicketId};
use crate::time::Moment;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;

/// The format of the events that this program writes. It reads this one and all before.
///
/// | format | who did it | free text |
/// |---|---|---|
/// | 1 (November 2026) | a sentence in `by` | in `detail` |
/// | 2 | `actor` and `actor_id` | in `words`, its digest in the row |
pub const FORMAT: u32 = 2;

/// A row as it is stored and sent: every column that the chain covers, and nothing else. `docs/design/journal.md` tells each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // schema.sql has a sentence for each.
pub struct Record {
    pub seq: Seq,
    pub format: u32,
    pub generation: u32,
    pub day: Option<DayId>,
    pub at: Moment,
    pub actor: Actor,
    pub counter: Option<CounterNumber>,
    pub command: String,
    pub part: u32,
    pub action: String,
    pub ticket: Option<TicketId>,
    pub case: Option<CaseId>,
    pub stage: Option<String>,
    pub priority: Option<bool>,
    pub waited_ms: Option<i64>,
    pub served_ms: Option<i64>,
    pub detail: String,
    pub words: Option<Digest>,
}

impl Record {
    /// The chain after this row.
    pub fn link(&self, before: &Chain) -> Chain {
        let row = Canonical::default().integer(Some(self.seq.0));
        let row = match &self.actor {
            // Format 1: the 17 columns of its table, in their order.
            Actor::Named(by) => {
                self.clocks(row).text(Some(by)).text(Some(&self.command)).integer(Some(self.part.into()))
            }
            actor => {
                let row = row.integer(Some(self.format.into())).integer(Some(self.generation.into()));
                let row = self.clocks(row).text(Some(actor.word())).integer(actor.id());
                row.text(Some(&self.command)).integer(Some(self.part.into()))
            }
        };
        let row = row
            .text(Some(&self.action))
            .integer(self.ticket.map(|id| id.0))
            .integer(self.case.map(|id| id.0))
            .text(self.stage.as_deref())
            .integer(self.counter.map(i64::from))
            .integer(self.priority.map(i64::from));
        let row = if self.format == 1 { row.integer(self.waited_ms) } else { row };
        let row = row.integer(self.served_ms).text(Some(&self.detail));
        let row = if self.format == 1 { row } else { row.digest(self.words.as_ref()) };
        row.link(before)
    }

    fn clocks(&self, row: Canonical) -> Canonical {
        let Moment { wall_ms, boot, uptime_ms } = self.at;
        row.integer(self.day.map(|day| day.0)).integer(Some(wall_ms)).integer(Some(boot)).integer(Some(uptime_ms))
    }
}

/// An event: a row that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its place in the order.
    pub seq: Seq,
    /// The format it was written in.
    pub format: u32,
    /// The day it belongs to; 0 before the first.
    pub day: DayId,
    /// When.
    pub at: Moment,
    /// Who did it.
    pub by: Actor,
    /// The counter at which it was done.
    pub counter: Option<CounterNumber>,
    /// The ticket concerned.
    pub ticket: Option<TicketId>,
    /// The case concerned.
    pub case: Option<CaseId>,
    /// What.
    pub happened: Happened,
}

impl Event {
    /// Reads a row with the free text beside it; where that was erased, [`super::ERASED`] stands for it.
    ///
    /// # Errors
    /// In words for a technician: a format of a newer program, or a row that no program wrote.
    pub fn read(record: &Record, words: Option<&Words>) -> Result<Event, String> {
        Reader::default().read(record, words)
    }
}

/// So many different details are remembered; an office has fewer that come again.
const KNOWN: usize = 256;

/// Reads row after row. A report reads a million, and most of them say what one before said: that is parsed once.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// What acts said, by the text of their detail.
    acts: HashMap<String, Happened>,
}

impl Reader {
    /// [`Event::read`].
    pub(crate) fn read(&mut self, record: &Record, words: Option<&Words>) -> Result<Event, String> {
        let seq = record.seq.0;
        let unfit = |why: String| format!("event {seq}: {why}");
        if !(1..=FORMAT).contains(&record.format) {
            let format = record.format;
            return Err(unfit(format!("format {format} is of a newer antrean; this program reads up to {FORMAT}")));
        }
        if words.is_some_and(|words| Some(words.digest()) != record.words) {
            return Err(unfit("its free text is not the one that was written".into()));
        }
        let happened: Happened = if record.words.is_some() {
            let mut detail: Value = serde_json::from_str(&record.detail).map_err(|e| unfit(e.to_string()))?;
            words::put_back(&mut detail, &record.action, words).map_err(unfit)?;
            serde_json::from_value(detail).map_err(|e| unfit(e.to_string()))?
        } else if let Some(known) = self.acts.get(&record.detail) {
            known.clone()
        } else {
            let new: Happened = serde_json::from_str(&record.detail).map_err(|e| unfit(e.to_string()))?;
            let again = matches!(new, Happened::Acted { .. } | Happened::CaseActed { .. });
            if again && self.acts.len() < KNOWN {
                self.acts.insert(record.detail.clone(), new.clone());
            }
            new
        };
        if happened.word() != record.action {
            return Err(unfit(format!("it is called \"{}\" and says \"{}\"", record.action, happened.word())));
        }
        Ok(Event {
            seq: record.seq,
            format: record.format,
            day: record.day.unwrap_or(DayId(0)),
            at: record.at,
            by: record.actor.clone(),
            counter: record.counter,
            ticket: record.ticket,
            case: record.case,
            happened,
        })
    }
}

/// What happened as `detail` and the free text that was taken out of it.
pub(crate) fn written(happened: &Happened) -> Result<(String, Option<String>), serde_json::Error> {
    let mut detail = serde_json::to_value(happened)?;
    let words = words::take(&mut detail, happened.word());
    Ok((detail.to_string(), words))
}
