//! How the office keeps its standard: figures of a period, computed from the journal and nothing else. Pure.

use jiff::civil::Date;
use queue::Office;
use queue::case::{CaseAction, CaseId, HoldReason};
use queue::journal::{Event, Happened};
use queue::office::Stage;
use queue::ticket::{CounterNumber, DayId, TicketId};
use queue::time::{Moment, add_working_days};
use queue::workflow::Action;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// The dates of a report, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) from: Date,
    pub(crate) to: Date,
}

impl Period {
    /// Longest period, days: three years.
    pub(crate) const MAX_DAYS: i32 = 1096;

    fn contains(self, date: Date) -> bool {
        self.from <= date && date <= self.to
    }
}

/// What became of numbers; `no_shows` counts acts, everything else counts numbers by how they ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // The names say it.
pub(crate) struct Counts {
    pub(crate) issued: u32,
    pub(crate) priority: u32,
    pub(crate) finished: u32,
    pub(crate) returned: u32,
    pub(crate) referred: u32,
    pub(crate) deferred: u32,
    pub(crate) expired: u32,
    pub(crate) cancelled: u32,
    pub(crate) no_shows: u32,
}

/// Durations of one kind; those that a restart of the machine made unknown are counted, never guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) known: Vec<Duration>,
    pub(crate) unknown: u32,
}

impl Times {
    fn add(&mut self, time: Option<Duration>) {
        match time {
            Some(time) => self.known.push(time),
            None => self.unknown += 1,
        }
    }

    /// The smallest time that at least `percent` of all do not exceed (nearest rank); `None` without any.
    pub(crate) fn percentile(&self, percent: usize) -> Option<Duration> {
        let mut sorted = self.known.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied()
    }

    /// How many did not exceed `minutes`.
    pub(crate) fn within(&self, minutes: u32) -> usize {
        let limit = Duration::from_secs(u64::from(minutes) * 60);
        self.known.iter().filter(|time| **time <= limit).count()
    }
}

/// Cards: from recording to ready (C2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cards {
    /// Recorded in the period.
    pub(crate) recorded: u32,
    /// Made ready in the period.
    pub(crate) ready: u32,
    /// Of those, within the working days of the standard.
    pub(crate) within_target: u32,
    /// Of those, after the public text's two weeks.
    pub(crate) overdue: u32,
    /// Handed over at the office, or to a village.
    pub(crate) handed_over: u32,
    /// Holds by reason.
    pub(crate) holds: Vec<(HoldReason, u32)>,
}

/// All figures of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// Per service day that was opened.
    pub(crate) days: BTreeMap<Date, Counts>,
    /// Time from joining a stage's queue to the first call.
    pub(crate) waits: BTreeMap<Stage, Times>,
    /// Time from "present" to the act that ended the stage.
    pub(crate) services: BTreeMap<Stage, Times>,
    /// Numbers served, per counter.
    pub(crate) counters: BTreeMap<CounterNumber, u32>,
    /// Numbers issued, per hour of the office's clock.
    pub(crate) hours: [u32; 24],
    /// Returned files per missing requirement.
    pub(crate) missing: BTreeMap<String, u32>,
    /// Cards.
    pub(crate) cards: Cards,
    /// How often the network was marked as disturbed.
    pub(crate) outages: u32,
    /// And for how long altogether.
    pub(crate) outage: Times,
}

/// A visit as the journal has told it so far.
struct Visit {
    date: Date,
    stage: Stage,
    since: Moment,
    started: Option<(Moment, CounterNumber)>,
    called_to: CounterNumber,
    skipped: bool,
    end: Option<End>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Finished,
    Returned,
    Referred,
    Deferred,
    Expired,
    Cancelled,
}

/// The figures of `period`. `events` is the whole journal: a card made ready today was recorded in another month.
pub(crate) fn report(events: &[Event], office: &Office, period: Period) -> Report {
    let mut report = Report::default();
    let mut dates: HashMap<DayId, Date> = HashMap::new();
    let mut visits: BTreeMap<TicketId, Visit> = BTreeMap::new();
    let mut recorded: HashMap<CaseId, Date> = HashMap::new();
    let mut holds: Vec<HoldReason> = Vec::new();
    let mut down: Option<Moment> = None;
    for event in events {
        if let Happened::DayOpened { date, .. } = &event.happened {
            dates.insert(event.day, *date);
        }
        let Some(date) = dates.get(&event.day).copied() else { continue };
        let counted = period.contains(date);
        match &event.happened {
            Happened::DayOpened { .. } if counted => drop(report.days.entry(date).or_default()),
            Happened::Issued { stage, priority, .. } => {
                let Some(id) = event.ticket else { continue };
                let visit = Visit {
                    date,
                    stage: *stage,
                    since: event.at,
                    started: None,
                    called_to: 0,
                    skipped: false,
                    end: None,
                };
                visits.insert(id, visit);
                if counted {
                    let counts = report.days.entry(date).or_default();
                    counts.issued += 1;
                    counts.priority += u32::from(*priority);
                    let hour = event.at.local(office.identity.zone).hour();
                    report.hours[usize::from(hour.unsigned_abs()) % 24] += 1;
                }
            }
            Happened::Acted { action, .. } => {
                let Some(visit) = event.ticket.and_then(|id| visits.get_mut(&id)) else { continue };
                if counted {
                    tell(&mut report, visit, action, event.at);
                }
                follow(visit, action, event.at, office);
            }
            Happened::CaseActed { action } => {
                let Some(case) = event.case else { continue };
                // The back office also works after the close: its dates are the clock's.
                let on = event.at.local(office.identity.zone).date();
                if period.contains(on) {
                    card(&mut report.cards, action, recorded.get(&case).copied(), on, office);
                    if let CaseAction::Hold { reason } = action {
                        holds.push(*reason);
                    }
                }
                match action {
                    CaseAction::Record { on, .. } => drop(recorded.insert(case, *on)),
                    CaseAction::RecordAgain => drop(recorded.remove(&case)),
                    _ => {}
                }
            }
            Happened::NetworkDown => {
                down = Some(event.at);
                report.outages += u32::from(counted);
            }
            Happened::NetworkUp => {
                if let Some(since) = down.take().filter(|_| counted) {
                    report.outage.add(event.at.since(&since));
                }
            }
            _ => {}
        }
    }
    for visit in visits.values().filter(|visit| period.contains(visit.date)) {
        let counts = report.days.entry(visit.date).or_default();
        match visit.end {
            Some(End::Finished) => counts.finished += 1,
            Some(End::Returned) => counts.returned += 1,
            Some(End::Referred) => counts.referred += 1,
            Some(End::Deferred) => counts.deferred += 1,
            Some(End::Expired) => counts.expired += 1,
            Some(End::Cancelled) => counts.cancelled += 1,
            None => {}
        }
    }
    let count = |reason| holds.iter().filter(|hold| **hold == reason).count() as u32;
    report.cards.holds = HoldReason::ALL.into_iter().map(|r| (r, count(r))).filter(|(_, n)| *n > 0).collect();
    report
}

/// What an act adds to the figures; the visit is as it was before.
fn tell(report: &mut Report, visit: &Visit, action: &Action, at: Moment) {
    match action {
        Action::Call { .. } | Action::CallChosen { .. } => {
            report.waits.entry(visit.stage).or_default().add(at.since(&visit.since));
        }
        Action::Complete
        | Action::PrintDirectly { .. }
        | Action::Return { .. }
        | Action::FinishRecording { .. }
        | Action::HandOver { .. } => {
            if let Some((started, counter)) = visit.started {
                report.services.entry(visit.stage).or_default().add(at.since(&started));
                *report.counters.entry(counter).or_default() += 1;
            }
            if let Action::Return { missing } = action {
                for key in missing {
                    *report.missing.entry(key.clone()).or_default() += 1;
                }
            }
        }
        Action::Skip => report.days.entry(visit.date).or_default().no_shows += 1,
        _ => {}
    }
}

/// The visit after an act that the rules have allowed.
fn follow(visit: &mut Visit, action: &Action, at: Moment, office: &Office) {
    match action {
        Action::Call { counter } | Action::CallChosen { counter, .. } => visit.called_to = *counter,
        Action::Start => visit.started = Some((at, visit.called_to)),
        Action::Complete => (visit.stage, visit.since) = (Stage::Recording, at),
        Action::ReportBack => (visit.since, visit.skipped) = (at, false),
        Action::Reenter => (visit.since, visit.end) = (at, None),
        Action::Transfer { service } => {
            visit.skipped = false;
            if let Some(service) = office.service(service) {
                visit.stage = service.first_stage();
            }
        }
        Action::Skip => visit.skipped = true,
        Action::Return { .. } => visit.end = Some(End::Returned),
        Action::PrintDirectly { .. } | Action::FinishRecording { .. } | Action::HandOver { .. } => {
            visit.end = Some(End::Finished);
        }
        Action::Refer => visit.end = Some(End::Referred),
        Action::Defer => visit.end = Some(End::Deferred),
        Action::Cancel { .. } => visit.end = Some(End::Cancelled),
        Action::Close => {
            let verified = visit.stage == Stage::Recording && !visit.skipped;
            visit.end = Some(if verified { End::Deferred } else { End::Expired });
        }
        Action::Recall | Action::Hold | Action::ChooseWait | Action::Resume => {}
    }
}

fn card(cards: &mut Cards, action: &CaseAction, recorded: Option<Date>, on: Date, office: &Office) {
    match action {
        CaseAction::Record { .. } => cards.recorded += 1,
        CaseAction::MakeReady => {
            cards.ready += 1;
            let Some(from) = recorded else { return };
            let printing = &office.stages.printing;
            let target = add_working_days(from, printing.working_days, |d| office.is_working_day(d));
            let days = (on - from).get_days();
            cards.within_target += u32::from(on <= target);
            cards.overdue += u32::from(i64::from(days) > i64::from(printing.overdue_days));
        }
        CaseAction::Collect { .. } | CaseAction::SendToVillage { .. } => cards.handed_over += 1,
        _ => {}
    }
}

impl Report {
    /// The whole period.
    pub(crate) fn total(&self) -> Counts {
        let mut total = Counts::default();
        for day in self.days.values() {
            total.issued += day.issued;
            total.priority += day.priority;
            total.finished += day.finished;
            total.returned += day.returned;
            total.referred += day.referred;
            total.deferred += day.deferred;
            total.expired += day.expired;
            total.cancelled += day.cancelled;
            total.no_shows += day.no_shows;
        }
        total
    }

    /// One line per working day or opened day, zeros included; anonymous, for whoever maintains the web site.
    pub(crate) fn csv(&self, office: &Office, period: Period) -> String {
        let mut csv =
            String::from("tanggal,nomor,prioritas,selesai,dikembalikan,dirujuk,ditunda,hangus,dibatalkan,dilewati\r\n");
        let mut date = period.from;
        while date <= period.to {
            let empty = Counts::default();
            let day = self.days.get(&date);
            if day.is_some() || office.is_working_day(date) {
                let c = day.unwrap_or(&empty);
                csv.push_str(&format!(
                    "{date},{},{},{},{},{},{},{},{},{}\r\n",
                    c.issued,
                    c.priority,
                    c.finished,
                    c.returned,
                    c.referred,
                    c.deferred,
                    c.expired,
                    c.cancelled,
                    c.no_shows
                ));
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        csv
    }
}

#[cfg(test)]
mod tests;
