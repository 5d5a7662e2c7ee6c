//! The outbox of papers, and what is known of the printer.

use super::commit::{About, Writer};
use super::rows::{json, moment, parse};
use super::{Command, Error, Fault, FaultKind, Issued, OpenPapers, Store};
use crate::case::CaseId;
use crate::document::{Body, Document, Summary};
use crate::journal::{Actor, Event, Happened, Known};
use crate::office::{Lang, ServiceKey};
use crate::printing::{self, JobId, JobState, Outcome, PrintJob};
use crate::refused::Refused;
use crate::ticket::{Seq, Ticket, TicketId};
use crate::time::Moment;
use rusqlite::{Params, Row, params};

const JOB: &str = "
    SELECT print_job.id, print_job.ticket, print_job.case_id, document, copy, state, cause, at_ms, boot, uptime_ms
    FROM print_job JOIN event ON event.seq = queued_seq";

impl Store {
    /// After the printer role starts: whatever was being sent is unknown now. Returns how many papers that is.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn recover_printing(&mut self, now: Moment) -> Result<u32, Fault> {
        fault_only(self.machine(now, |store| {
            let sql =
                "UPDATE print_job SET state = 'unknown', cause = 'the printer role stopped while it was being sent'
                       WHERE state <> 'confirmed' AND state = 'sending'";
            Ok(store.db.execute(sql, [])? as u32)
        }))
    }

    /// The next paper, `Sending` from now on. Papers whose owner has long read the same on
    /// the screen are given up on the way.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn claim_print_job(&mut self, now: Moment) -> Result<Option<PrintJob>, Fault> {
        // Looking first keeps an idle printer from taking the write lock.
        if self
            .value::<i64>("SELECT 1 FROM print_job WHERE state <> 'confirmed' AND state = 'queued' LIMIT 1", [])?
            .is_none()
        {
            return Ok(None);
        }
        fault_only(self.machine(now, |store| {
            for mut job in store.jobs("WHERE state <> 'confirmed' AND state = 'queued' ORDER BY print_job.id", [])? {
                if printing::is_expired(&job, now, &store.office.queue) {
                    store.set_job(job.id, &JobState::FailedClean { cause: "printer was not ready in time".into() })?;
                    continue;
                }
                job.state = JobState::Sending;
                store.set_job(job.id, &job.state)?;
                return Ok(Some(job));
            }
            Ok(None)
        }))
    }

    /// How the attempt ended.
    ///
    /// # Errors
    /// Refused when the job is not being sent.
    pub fn settle_print_job(&mut self, job: JobId, outcome: &Outcome, now: Moment) -> Result<(), Error> {
        self.machine(now, |store| {
            let found = store.print_job(job)?.ok_or(Refused::UnknownPrintJob)?;
            Ok(store.set_job(job, &printing::settle(&found.state, outcome)?)?)
        })
    }

    /// A person answers whether an unknown paper came out.
    ///
    /// # Errors
    /// Refused when the outcome is known.
    pub fn answer_print(&mut self, command: &Command, job: JobId, came_out: bool) -> Result<(), Error> {
        let happened = Happened::PrintAnswered { job, came_out };
        let again = |_: &Store, done: &Event| Ok((done.happened == happened).then_some(()));
        self.once(command, again, |w| {
            let found = w.store.print_job(job)?.ok_or(Refused::UnknownPrintJob)?;
            let state = printing::answer(&found.state, came_out)?;
            w.append(happened.clone(), about(&found), Known::default())?;
            Ok(w.store.set_job(job, &state)?)
        })
    }

    /// CETAK ULANG: the same paper as a new job, marked unless the first one certainly never reached paper.
    ///
    /// # Errors
    /// Refused while the job is being printed, or after the set number of reprints.
    pub fn reprint(&mut self, command: &Command, job: JobId) -> Result<JobId, Error> {
        let again = |store: &Store, done: &Event| match done.happened {
            Happened::Reprinted { job: of } if of == job => Ok(store.job_ordered_by(done.seq)?),
            _ => Ok(None),
        };
        self.once(command, again, |w| {
            let asked = w.store.print_job(job)?.ok_or(Refused::UnknownPrintJob)?;
            // Pressing "again" on an old row must not escape the limit: the newest print of this paper decides.
            let same = |document: &Document| *document == asked.document;
            let newest = w.store.newest_print(asked.ticket, same)?.unwrap_or(asked);
            let copy = printing::next_copy(&newest, &w.store.office.queue)?;
            let again = w.append(Happened::Reprinted { job }, about(&newest), Known::default())?;
            w.insert_job(newest.ticket, newest.case, &newest.document, copy, again.seq)
        })
    }

    /// The list of what to bring, for somebody who has not everything yet. It carries no number.
    ///
    /// # Errors
    /// Refused for an unknown service, or while the same list is still being printed.
    pub fn print_list(&mut self, command: &Command, service: &ServiceKey, lang: Lang) -> Result<JobId, Error> {
        self.office.service(service).ok_or(Refused::UnknownService)?;
        self.print_passing(command, lang, Body::List { service: service.clone() })
    }

    /// A test paper, by the way that every paper goes.
    ///
    /// # Errors
    /// Refused while one is still being printed.
    pub fn print_test(&mut self, command: &Command) -> Result<JobId, Error> {
        self.print_passing(command, Lang::Id, Body::Test)
    }

    fn print_passing(&mut self, command: &Command, lang: Lang, body: Body) -> Result<JobId, Error> {
        let ordered = Happened::PaperOrdered { paper: body.paper() };
        let again = |store: &Store, done: &Event| match done.happened == ordered && done.ticket.is_none() {
            true => Ok(store.job_ordered_by(done.seq)?),
            false => Ok(None),
        };
        self.once(command, again, |w| {
            let document = w.document(lang, body.clone());
            let waiting = w.store.jobs("WHERE state <> 'confirmed' AND state IN ('queued', 'sending')", [])?;
            // An impatient finger must not empty the roll.
            if waiting.iter().any(|job| job.document.body == document.body && job.document.lang == lang) {
                return Err(Refused::StillPrinting.into());
            }
            let seq = w.tell(ordered.clone())?;
            w.insert_job(None, None, &document, 0, seq)
        })
    }

    /// One print job.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn print_job(&self, job: JobId) -> Result<Option<PrintJob>, Fault> {
        Ok(self.jobs("WHERE print_job.id = ?1", [job.0])?.pop())
    }

    /// The jobs that are not confirmed, oldest first; staff decide about them. Lists and test papers concern nobody
    /// later. Slips count for the last day only; a receipt is somebody's key to the card, and stays until it is confirmed or printed again.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn unconfirmed_print_jobs(&self) -> Result<Vec<PrintJob>, Fault> {
        self.jobs(
            "WHERE state <> 'confirmed' AND paper NOT IN ('list', 'test')
                 AND (event.day = (SELECT max(id) FROM day) OR (paper IN ('receipt', 'network')
                 AND NOT EXISTS (SELECT 1 FROM print_job AS later WHERE later.ticket = print_job.ticket
                                 AND later.paper = print_job.paper AND later.id > print_job.id)))
             ORDER BY print_job.id",
            [],
        )
    }

    /// The same as far as a page shows them: at most `most` that a person decides about, and a count of those on their way.
    /// Of a failed paper that was printed again only the last print matters; an open question about an earlier one remains.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open_papers(&self, most: usize) -> Result<OpenPapers, Fault> {
        let undecided = self.jobs(
            &format!(
                "WHERE state <> 'confirmed' AND state IN ('failed-clean', 'unknown') AND paper NOT IN ('list', 'test')
                     AND (event.day = (SELECT max(id) FROM day) OR paper IN ('receipt', 'network'))
                     AND NOT EXISTS (SELECT 1 FROM print_job AS later
                         WHERE later.ticket = print_job.ticket AND later.id > print_job.id
                         AND (print_job.state = 'failed-clean' AND later.document = print_job.document
                              OR event.day <> (SELECT max(id) FROM day) AND later.paper = print_job.paper))
                 ORDER BY print_job.id DESC LIMIT {most}"
            ),
            [],
        )?;
        let on_the_way: i64 = self
            .value(
                "SELECT count(*) FROM print_job
                 WHERE state <> 'confirmed' AND state IN ('queued', 'sending') AND paper NOT IN ('list', 'test')",
                [],
            )?
            .unwrap_or(0);
        Ok(OpenPapers { undecided, on_the_way: usize::try_from(on_the_way).unwrap_or(0) })
    }

    /// The papers of one ticket, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn print_jobs_of(&self, ticket: TicketId) -> Result<Vec<PrintJob>, Fault> {
        self.jobs("WHERE print_job.ticket = ?1 ORDER BY print_job.id", [ticket.0])
    }

    /// A change that a device reports: a transaction without an event, because nobody decided anything.
    fn machine<T>(&mut self, now: Moment, work: impl FnOnce(&Store) -> Result<T, Error>) -> Result<T, Error> {
        let command = Command { id: String::new(), by: Actor::Terminal, counter: None, now };
        self.write(&command, |w| work(w.store))
    }

    fn jobs(&self, condition: &str, with: impl Params) -> Result<Vec<PrintJob>, Fault> {
        let mut statement = self.db.prepare_cached(&format!("{JOB} {condition}"))?;
        let rows = statement.query_map(with, job)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn set_job(&self, job: JobId, state: &JobState) -> Result<(), Fault> {
        let cause = match state {
            JobState::FailedClean { cause } | JobState::Unknown { cause } => Some(cause),
            _ => None,
        };
        self.db.prepare_cached("UPDATE print_job SET state = ?2, cause = ?3 WHERE id = ?1")?.execute(params![
            job.0,
            state.word(),
            cause
        ])?;
        Ok(())
    }

    /// The job that the event `seq` ordered.
    pub(super) fn job_ordered_by(&self, seq: Seq) -> Result<Option<JobId>, Fault> {
        Ok(self.value("SELECT id FROM print_job WHERE queued_seq = ?1", [seq.0])?.map(JobId))
    }

    /// The latest print of a paper for this ticket, or of a summary.
    pub(super) fn newest_print(
        &self,
        ticket: Option<TicketId>,
        same: impl Fn(&Document) -> bool,
    ) -> Result<Option<PrintJob>, Fault> {
        let jobs = self.jobs("WHERE print_job.ticket IS ?1 ORDER BY print_job.id", [ticket.map(|id| id.0)])?;
        Ok(jobs.into_iter().rfind(|job| same(&job.document)))
    }

    /// The answer to [`Store::issue`] again, from what was stored.
    pub(super) fn issued(&self, ticket: TicketId) -> Result<Issued, Fault> {
        let gone = || Fault::new(FaultKind::Bug, format!("ticket {} has no slip", ticket.0));
        let found = self.ticket(ticket)?.ok_or_else(gone)?;
        let slips = self.print_jobs_of(ticket)?;
        slips
            .into_iter()
            .find_map(|job| match job.document.body {
                Body::Slip { ahead, wait, .. } => Some((ahead, wait, job.id)),
                _ => None,
            })
            .map(|(ahead, wait, slip)| Issued { ticket: found, ahead, wait, slip })
            .ok_or_else(gone)
    }
}

impl Writer<'_> {
    /// Puts a paper into the outbox, in the transaction of what it prints.
    pub(super) fn queue_paper(&mut self, ticket: &Ticket, body: Body, copy: u8, seq: Seq) -> Result<JobId, Error> {
        let document = self.document(ticket.lang, body);
        self.insert_job(Some(ticket.id), ticket.case, &document, copy, seq)
    }

    /// Puts the day's summary into the outbox.
    pub(super) fn queue_summary(&mut self, summary: &Summary, seq: Seq) -> Result<JobId, Error> {
        let document = self.document(Lang::Id, Body::Summary { counts: summary.clone(), seal: Some(self.seal()) });
        self.insert_job(None, None, &document, 0, seq)
    }

    fn document(&self, lang: Lang, body: Body) -> Document {
        let local = self.command.now.local(self.store.office.identity.zone);
        let date = self.day.map_or(local.date(), |day| day.date);
        let time = (local.date() == date).then(|| local.time());
        Document { lang, date, time, body }
    }

    fn insert_job(
        &mut self,
        ticket: Option<TicketId>,
        case: Option<CaseId>,
        document: &Document,
        copy: u8,
        seq: Seq,
    ) -> Result<JobId, Error> {
        self.store
            .db
            .prepare_cached(
                "INSERT INTO print_job (ticket, case_id, paper, document, copy, queued_seq, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'queued')",
            )?
            .execute(params![
                ticket.map(|id| id.0),
                case.map(|id| id.0),
                document.body.paper().word(),
                json(document)?,
                copy,
                seq.0
            ])?;
        Ok(JobId(self.store.db.last_insert_rowid()))
    }
}

/// For verbs that refuse nothing.
pub(super) fn fault_only<T>(result: Result<T, Error>) -> Result<T, Fault> {
    result.map_err(|error| match error {
        Error::Fault(fault) => fault,
        Error::Refused(refused) => Fault::new(FaultKind::Bug, refused.say(crate::Lang::En)),
    })
}

fn about(job: &PrintJob) -> About {
    About { ticket: job.ticket, case: job.case, ..About::default() }
}

fn job(row: &Row) -> rusqlite::Result<PrintJob> {
    let cause = || row.get::<_, Option<String>>(6).map(Option::unwrap_or_default);
    let state: String = row.get(5)?;
    Ok(PrintJob {
        id: JobId(row.get(0)?),
        ticket: row.get::<_, Option<i64>>(1)?.map(TicketId),
        case: row.get::<_, Option<i64>>(2)?.map(CaseId),
        document: parse(row, 3)?,
        copy: row.get(4)?,
        state: match state.as_str() {
            "queued" => JobState::Queued,
            "sending" => JobState::Sending,
            "confirmed" => JobState::Confirmed,
            "failed-clean" => JobState::FailedClean { cause: cause()? },
            _ => JobState::Unknown { cause: cause()? },
        },
        queued: moment(row, 7)?,
    })
}
