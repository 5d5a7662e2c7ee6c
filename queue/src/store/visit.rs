//! Days, numbers, calls and acts: the verbs that change a visit or an application.

use super::journal::About;
use super::{Command, Day, Error, Fault, FaultKind, Issue, Issued, Store, Summary};
use crate::board::DayStatus;
use crate::case::{Case, CaseAction, CaseId, Receipt};
use crate::document::{Body, Paper};
use crate::journal::Happened;
use crate::lang::Lang;
use crate::printing::JobId;
use crate::refused::Refused;
use crate::ticket::{CounterNumber, DayId, Number, Place, State, Ticket, TicketId};
use crate::visit::Action;
use crate::{policy, printing, words};
use jiff::civil::Date;
use rusqlite::params;

/// Below this the disk is as good as full: no more numbers, so that open visits can still be finished.
const LEAST_FREE_SPACE: u64 = 64 << 20;

impl Store {
    /// BUKA_HARI: opens the service day of `date`, which a person has confirmed. A day that was closed the same date
    /// is opened again, so that no number is used twice on one date. A day that was left open ([`DayStatus::LeftOpen`])
    /// goes on when it is opened by its date once more with `clock_is_wrong`.
    ///
    /// # Errors
    /// Refused when another day is open, when `date` lies before the last day, or when it differs from the clock's and
    /// `clock_is_wrong` does not say that a person knows.
    pub fn open_day(&mut self, command: &Command, date: Date, clock_is_wrong: bool) -> Result<Day, Error> {
        self.write(command, |w| {
            if let Some(done) = w.store.done(command)? {
                let day = w.day.filter(|_| done.action == "day-opened");
                return day.ok_or(Refused::CommandReused.into());
            }
            let clock = command.now.local(w.store.office.identity.zone).date();
            if let Some(day) = w.day {
                match w.store.day_status(command.now)? {
                    DayStatus::LeftOpen { .. } if day.date != date => {
                        return Err(Refused::DayLeftOpen { date: day.date, clock }.into());
                    }
                    DayStatus::LeftOpen { .. } if clock_is_wrong => {}
                    DayStatus::LeftOpen { .. } => return Err(Refused::DateDiffersFromClock { clock }.into()),
                    _ => return Err(Refused::DayAlreadyOpen.into()),
                }
                w.append(&Happened::DayOpened { date, clock_is_wrong }, About::default())?;
                return Ok(day);
            }
            let last = w.store.last_day()?;
            // A day opened far ahead by mistake must not shut the office out: a person may insist on an earlier date,
            // but never on one whose numbers were given already.
            let used: Option<i64> = w.store.value("SELECT id FROM day WHERE date = ?1", [date.to_string()])?;
            let used_before = used.is_some() && used != last.map(|last| last.id.0);
            if let Some(last) = last.filter(|last| used_before || (date < last.date && !clock_is_wrong)) {
                return Err(Refused::DateBeforeLastDay { last: last.date }.into());
            }
            if clock != date && !clock_is_wrong {
                return Err(Refused::DateDiffersFromClock { clock }.into());
            }
            let id = match last {
                Some(last) if last.date == date => {
                    w.store.db.execute("UPDATE day SET closed_seq = NULL WHERE id = ?1", [last.id.0])?;
                    last.id
                }
                _ => {
                    let opened = params![date.to_string(), w.next().0];
                    w.store.db.execute("INSERT INTO day (date, opened_seq) VALUES (?1, ?2)", opened)?;
                    DayId(w.store.db.last_insert_rowid())
                }
            };
            let day = Day { id, date };
            w.day = Some(day);
            w.append(&Happened::DayOpened { date, clock_is_wrong }, About::default())?;
            Ok(day)
        })
    }

    /// TUTUP_HARI: brings every open ticket into a final state and closes the day. Nothing is deleted.
    ///
    /// # Errors
    /// Refused when no day is open.
    pub fn close_day(&mut self, command: &Command) -> Result<Summary, Error> {
        self.write(command, |w| {
            if let Some(done) = w.store.done(command)? {
                if done.action != "day-closed" {
                    return Err(Refused::CommandReused.into());
                }
                let day: i64 = w.store.value("SELECT day FROM event WHERE seq = ?1", [done.seq.0])?.unwrap_or(0);
                return Ok(w.store.summary(DayId(day))?);
            }
            let day = w.day.ok_or(Refused::DayNotOpen)?;
            let seq = w.append(&Happened::DayClosed, About::default())?;
            for ticket in w.store.select_tickets("WHERE ticket.stage IS NOT NULL ORDER BY ticket.id", [])? {
                w.act(&ticket, &Action::Close, None)?;
            }
            w.store.db.execute("UPDATE day SET closed_seq = ?2 WHERE id = ?1", params![day.id.0, seq.0])?;
            let summary = w.store.summary(day.id)?;
            if summary.issued > 0 {
                w.queue_summary(&summary, seq)?;
            }
            Ok(summary)
        })
    }

    /// Whether the disk has no room for another number; everything that is open can still be finished.
    pub fn is_full(&self) -> bool {
        self.free_space() < LEAST_FREE_SPACE
    }

    /// AMBIL_NOMOR: ticket, event and slip in one transaction. With a receipt, the case decides the queue: ready for
    /// collection, or straight to recording when the network put it off.
    ///
    /// # Errors
    /// Refused when the day is not open or was left open, the quota is reached, the last number has passed, the receipt is unknown, its
    /// card is not ready, or it has a number today already. A fault when the disk is nearly full.
    pub fn issue(&mut self, command: &Command, wish: &Issue) -> Result<Issued, Error> {
        self.issue_unless(command, wish, None)
    }

    /// The same by an officer who overrules the quota and the hour of the last number, with the reason on record.
    ///
    /// # Errors
    /// As [`Store::issue`], or when there is no reason.
    pub fn issue_overruling(&mut self, command: &Command, wish: &Issue, reason: &str) -> Result<Issued, Error> {
        self.issue_unless(command, wish, Some(reason.trim()))
    }

    fn issue_unless(&mut self, command: &Command, wish: &Issue, overruled: Option<&str>) -> Result<Issued, Error> {
        if overruled == Some("") {
            return Err(Refused::ReasonNeeded.into());
        }
        self.write(command, |w| {
            if let Some(done) = w.store.done(command)? {
                let ticket = done.ticket.filter(|_| done.action == "issue").ok_or(Refused::CommandReused)?;
                return Ok(w.store.issued(ticket)?);
            }
            if w.store.is_full() {
                let message = format!("less than 64 MiB are free in {}; free some space", w.store.dir.display());
                return Err(Fault::new(FaultKind::Full, message).into());
            }
            let day = w.day.ok_or(Refused::DayNotOpen)?;
            if let DayStatus::LeftOpen { date } = w.store.day_status(command.now)? {
                let clock = command.now.local(w.store.office.identity.zone).date();
                return Err(Refused::DayLeftOpen { date, clock }.into());
            }
            let case = wish.receipt.map(|r| w.store.case_of(r)).transpose()?;
            let (service, stage) = w.wanted(wish, case.as_ref())?;
            // Where nothing forbids the number there is nothing to overrule.
            let overruled = match (w.may_issue(day, &service), overruled) {
                (Ok(()), _) => None,
                (Err(Error::Refused(_)), Some(reason)) => Some(reason.to_string()),
                (Err(no), _) => return Err(no),
            };
            let prefix = service.prefix;
            let n: u32 = w
                .store
                .value(
                    "SELECT coalesce(max(n), 0) + 1 FROM ticket WHERE day = ?1 AND prefix = ?2",
                    params![day.id.0, prefix.to_string()],
                )?
                .unwrap_or(1);
            let id: i64 = w.store.value("SELECT coalesce(max(id), 0) + 1 FROM ticket", [])?.unwrap_or(1);
            let seq = w.next();
            let ticket = Ticket {
                id: TicketId(id),
                day: day.id,
                number: Number { prefix, n },
                service: service.key.clone(),
                priority: wish.priority,
                lang: wish.lang,
                case: case.map(|c| c.id),
                issued: command.now,
                state: State::Waiting { stage, place: Place::last(seq, command.now) },
            };
            let happened = Happened::Issued {
                number: ticket.number,
                service: service.key.clone(),
                priority: wish.priority,
                lang: wish.lang,
                stage,
                case: ticket.case,
                overruled,
            };
            w.append(&happened, About::ticket(&ticket))?;
            w.store.insert_ticket(&ticket, seq)?;
            let (ahead, wait) = w.store.forecast(&ticket, command.now)?;
            let body = Body::Slip {
                number: ticket.number,
                service: service.key.clone(),
                stage,
                counters: w.store.office.counters_for(stage).map(|c| c.number).collect(),
                ahead,
                wait,
                priority: wish.priority,
            };
            let slip = w.queue_paper(&ticket, body, 0, seq)?;
            let ticket = w.follow_network(ticket)?;
            Ok(Issued { ticket, ahead, wait, slip })
        })
    }

    /// PANGGIL: the next one for this counter, or nobody.
    ///
    /// # Errors
    /// Refused when the counter is unknown or still holds a ticket, or the day is not open.
    pub fn call_next(&mut self, command: &Command, counter: CounterNumber) -> Result<Option<Ticket>, Error> {
        self.write(command, |w| {
            if let Some(done) = w.store.done(command)? {
                let same = done.action == "call" && done.counter == Some(counter);
                let ticket = done.ticket.filter(|_| same).ok_or(Refused::CommandReused)?;
                return Ok(w.store.ticket(ticket)?);
            }
            w.day.ok_or(Refused::DayNotOpen)?;
            let serves = &w.store.office.counter(counter).ok_or(Refused::UnknownCounter)?.stages;
            if let Some(held) = w.store.at_counter(counter)? {
                return Err(Refused::CounterBusy { number: held.number.to_string() }.into());
            }
            let (candidates, run) = w.store.candidates(serves, command.now)?;
            let Some(next) = policy::next(&candidates, run, &w.store.office.queue) else { return Ok(None) };
            let ticket = w.store.known(next)?;
            Ok(Some(w.act(&ticket, &Action::Call { counter }, None)?))
        })
    }

    /// One act on one ticket of the open day. `seen` is the state (as [`State::seen`] tells it) that whoever acts decided
    /// about; `None` acts whatever the state is.
    ///
    /// # Errors
    /// Refused as [`crate::visit::apply`] says, when the day is not open or the ticket is of another day, or when the
    /// ticket is no longer as it was seen.
    pub fn act(
        &mut self,
        command: &Command,
        ticket: TicketId,
        action: &Action,
        seen: Option<&str>,
    ) -> Result<Ticket, Error> {
        self.write(command, |w| {
            if let Some(done) = w.store.done(command)? {
                if done.ticket != Some(ticket) || done.action != action.word() {
                    return Err(Refused::CommandReused.into());
                }
                return w.store.known(ticket);
            }
            let day = w.day.ok_or(Refused::DayNotOpen)?;
            // Closing is the day's act and calling in turn is the policy's; neither is a button on one ticket.
            if matches!(action, Action::Close | Action::Call { .. } | Action::Resume) {
                let state = w.store.known(ticket)?.state.word().into();
                return Err(Refused::NotAllowed { state, action: action.word().into() }.into());
            }
            let ticket = w.store.known(ticket)?;
            if ticket.day != day.id {
                return Err(Refused::TicketOfAnotherDay.into());
            }
            if seen.is_some_and(|seen| seen != ticket.state.seen()) {
                let standing = |lang| words::standing(&ticket.state, &w.store.office, lang);
                let (standing_id, standing_en) = (standing(Lang::Id), standing(Lang::En));
                return Err(Refused::StalePage { number: ticket.number.to_string(), standing_id, standing_en }.into());
            }
            let shown = match action {
                Action::HandOver { receipt: Some(receipt), .. } if ticket.case.is_none() => {
                    let case = w.store.case_of(*receipt)?;
                    w.store.no_other_visit(&case)?;
                    Some(case)
                }
                _ => None,
            };
            w.act(&ticket, action, shown.as_ref())
        })
    }

    /// One act on one case, at the counter or in the back office; needs no open day.
    ///
    /// # Errors
    /// Refused as [`case::apply`] says. An act that belongs to the visit under way is refused here.
    pub fn act_on_case(&mut self, command: &Command, id: CaseId, action: &CaseAction) -> Result<Case, Error> {
        self.write(command, |w| {
            if let Some(done) = w.store.done(command)? {
                if done.case != Some(id) || done.ticket.is_some() || done.action != action.word() {
                    return Err(Refused::CommandReused.into());
                }
                return w.store.case(id)?.ok_or(Refused::UnknownCase.into());
            }
            let case = w.store.case(id)?.ok_or(Refused::UnknownCase)?;
            w.store.no_other_visit(&case)?;
            w.act_on_case(&case, action, None)
        })
    }

    /// The switch "Jaringan terganggu" (S26): holds every ticket that waits for recording or is being recorded, or
    /// brings the held ones back to their places.
    ///
    /// # Errors
    /// Refused when the switch stands so already, or before the first day.
    pub fn set_network(&mut self, command: &Command, down: bool) -> Result<(), Error> {
        self.write(command, |w| {
            if let Some(done) = w.store.done(command)? {
                let same = done.action == if down { "network-down" } else { "network-up" };
                return if same { Ok(()) } else { Err(Refused::CommandReused.into()) };
            }
            if w.store.network_down()?.is_some() == down {
                return Err(Refused::NetworkUnchanged.into());
            }
            let seq = w.append(if down { &Happened::NetworkDown } else { &Happened::NetworkUp }, About::default())?;
            w.store.db.execute("UPDATE office SET network_down_seq = ?1", [down.then_some(seq.0)])?;
            let (affected, action) = if down {
                (
                    "WHERE ticket.stage = 'recording' AND state IN ('waiting', 'serving') ORDER BY ticket.id",
                    Action::Hold,
                )
            } else {
                ("WHERE ticket.stage IS NOT NULL AND state = 'held' ORDER BY ticket.id", Action::Resume)
            };
            for ticket in w.store.select_tickets(affected, [])? {
                w.act(&ticket, &action, None)?;
            }
            Ok(())
        })
    }

    /// "Bantuan petugas" at the kiosk. Asking again while nobody has come changes nothing.
    ///
    /// # Errors
    /// Refused before the first day.
    pub fn ask_help(&mut self, command: &Command) -> Result<(), Error> {
        self.help(command, &Happened::HelpAsked)
    }

    /// An officer goes to the kiosk; the alert ends everywhere.
    ///
    /// # Errors
    /// Refused before the first day.
    pub fn answer_help(&mut self, command: &Command) -> Result<(), Error> {
        self.help(command, &Happened::HelpAnswered)
    }

    fn help(&mut self, command: &Command, happened: &Happened) -> Result<(), Error> {
        self.write(command, |w| {
            let asked = *happened == Happened::HelpAsked;
            if w.store.done(command)?.is_some() || w.store.help_asked()?.is_some() == asked {
                return Ok(());
            }
            let seq = w.append(happened, About::default())?;
            w.store.db.execute("UPDATE office SET help_seq = ?1", [asked.then_some(seq.0)])?;
            Ok(())
        })
    }

    /// Orders the network slip of a held or put-off ticket (S26), the only paper that comes on request. Papers that follow
    /// from an act come by themselves, and come again by [`Store::reprint`].
    ///
    /// # Errors
    /// Refused in any other state, and when it was reprinted often enough.
    pub fn order_network_slip(&mut self, command: &Command, ticket: TicketId) -> Result<JobId, Error> {
        self.write(command, |w| {
            if let Some(done) = w.store.done(command)? {
                let same = done.action == "paper-ordered" && done.ticket == Some(ticket);
                let job = w.store.job_ordered_by(done.seq)?.filter(|_| same);
                return job.ok_or(Refused::CommandReused.into());
            }
            let ticket = w.store.known(ticket)?;
            if !matches!(ticket.state, State::Held { .. } | State::Deferred) {
                let state = ticket.state.word().into();
                return Err(Refused::NotAllowed { state, action: "network-slip".into() }.into());
            }
            let case = ticket.case.map(|id| w.store.case(id)).transpose()?.flatten();
            let body = w.body(&ticket, case.as_ref(), Paper::Network)?;
            // A second paper that says the same is a reprint, and is marked and limited as one.
            let copy = match w.store.newest_print(Some(ticket.id), |document| document.body == body)? {
                Some(printed) => printing::next_copy(&printed, &w.store.office.queue)?,
                None => 0,
            };
            let seq = w.append(&Happened::PaperOrdered { paper: Paper::Network }, About::ticket(&ticket))?;
            w.queue_paper(&ticket, body, copy, seq)
        })
    }

    pub(super) fn known(&self, id: TicketId) -> Result<Ticket, Error> {
        self.ticket(id)?.ok_or(Refused::UnknownTicket.into())
    }

    fn case_of(&self, receipt: Receipt) -> Result<Case, Error> {
        self.case_by_receipt(receipt)?.ok_or(Refused::UnknownCase.into())
    }

    /// Refuses a second visit for a case that has one under way.
    pub(super) fn no_other_visit(&self, case: &Case) -> Result<(), Error> {
        let visit = self.select_tickets("WHERE ticket.case_id = ?1 AND ticket.stage IS NOT NULL", [case.id.0])?;
        match visit.first() {
            Some(ticket) => Err(Refused::CaseHasTicket { number: ticket.number.to_string() }.into()),
            None => Ok(()),
        }
    }
}
