//! How the office keeps its standard: figures of a period, computed from the journal and nothing else. Pure; the journal
//! passes by event by event and is never held as a whole.

mod export;
mod tables;

pub(crate) use export::{csv, workbook};
pub(crate) use tables::{Cell, Table, figure, tables};

use jiff::ToSpan;
use jiff::civil::Date;
use queue::Office;
use queue::case::{CaseAction, CaseId, HoldReason};
use queue::journal::{Event, Happened};
use queue::office::Stage;
use queue::ticket::{CounterNumber, DayId, TicketId};
use queue::time::{Moment, add_working_days};
use queue::workflow::Action;
use std::collections::{BTreeMap, HashMap, HashSet};
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

    /// The unit that gives a list one can read: days up to two months, months up to two years, then years.
    pub(crate) fn unit(self) -> Unit {
        match (self.to - self.from).get_days() {
            ..=62 => Unit::Day,
            63..=731 => Unit::Month,
            _ => Unit::Year,
        }
    }
}

/// What one line of a report over time stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Day,
    Month,
    Year,
}

impl Unit {
    /// The unit of a query's word.
    pub(crate) fn from_word(word: &str) -> Option<Unit> {
        match word {
            "day" => Some(Unit::Day),
            "month" => Some(Unit::Month),
            "year" => Some(Unit::Year),
            _ => None,
        }
    }

    /// The word in a query.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Unit::Day => "day",
            Unit::Month => "month",
            Unit::Year => "year",
        }
    }

    /// The first date of the unit that `date` lies in.
    fn first(self, date: Date) -> Date {
        match self {
            Unit::Day => date,
            Unit::Month => date.first_of_month(),
            Unit::Year => date.first_of_year(),
        }
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

impl Counts {
    fn add(&mut self, other: &Counts) {
        self.issued += other.issued;
        self.priority += other.priority;
        self.finished += other.finished;
        self.returned += other.returned;
        self.referred += other.referred;
        self.deferred += other.deferred;
        self.expired += other.expired;
        self.cancelled += other.cancelled;
        self.no_shows += other.no_shows;
    }
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
        percentile(&self.known, percent)
    }

    /// How many there were, measured or not.
    pub(crate) fn count(&self) -> usize {
        self.known.len() + self.unknown as usize
    }

    /// How many did not exceed `minutes`.
    pub(crate) fn within(&self, minutes: u32) -> usize {
        let limit = Duration::from_secs(u64::from(minutes) * 60);
        self.known.iter().filter(|time| **time <= limit).count()
    }
}

/// The nearest-rank percentile.
pub(crate) fn percentile<T: Ord + Copy>(values: &[T], percent: usize) -> Option<T> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// Days after which a card that waits for its owner is told apart.
pub(crate) const LONG_UNCOLLECTED: i32 = 30;

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
    /// Of those, how many working days each took.
    pub(crate) working_days: Vec<u32>,
    /// And how many calendar days.
    pub(crate) days: Vec<u32>,
    /// Handed over at the office, or to a village.
    pub(crate) handed_over: u32,
    /// Holds by reason.
    pub(crate) holds: Vec<(HoldReason, u32)>,
    /// On hold now, by reason, whatever the period.
    pub(crate) held_now: Vec<(HoldReason, u32)>,
    /// Ready now and not collected, whatever the period.
    pub(crate) uncollected: u32,
    /// Of those, for more than [`LONG_UNCOLLECTED`] days.
    pub(crate) long_uncollected: u32,
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
    /// The same per counter.
    pub(crate) counters: BTreeMap<CounterNumber, Times>,
    /// Numbers issued, per hour of the office's clock.
    pub(crate) hours: [u32; 24],
    /// Returned files per missing requirement.
    pub(crate) missing: BTreeMap<String, u32>,
    /// Cards.
    pub(crate) cards: Cards,
    /// How often the network was marked as disturbed in the period.
    pub(crate) outages: u32,
    /// And for how long, each whole outage on the day on which it began; one that is still under way, so far.
    pub(crate) outage: Times,
}

impl Report {
    /// The whole period.
    pub(crate) fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.days.values().for_each(|day| total.add(day));
        total
    }

    /// One line per unit of the period, zeros included; of days, the working days and those that were opened.
    pub(crate) fn over_time(&self, office: &Office, period: Period, unit: Unit) -> Vec<(Date, Counts)> {
        let mut lines: Vec<(Date, Counts)> = Vec::new();
        let mut date = period.from;
        while date <= period.to {
            let day = self.days.get(&date);
            let first = unit.first(date);
            if unit != Unit::Day || day.is_some() || office.is_working_day(date) {
                if lines.last().is_none_or(|(last, _)| *last != first) {
                    lines.push((first, Counts::default()));
                }
                if let (Some(day), Some((_, line))) = (day, lines.last_mut()) {
                    line.add(day);
                }
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        lines
    }
}

/// A visit as the journal has told it so far.
struct Visit {
    date: Date,
    stage: Stage,
    since: Moment,
    started: Option<(Moment, CounterNumber)>,
    /// Whether it was called in the queue it stands in; whom the network put back there waits no second time.
    called: bool,
    called_to: CounterNumber,
    skipped: bool,
    end: Option<End>,
    /// The last act: it counts once the next one follows or the day is over, because until then it can be undone.
    last: Option<(Action, Option<Stage>, Moment)>,
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

/// Counts while the whole journal passes by: a card made ready today was recorded in another month.
pub(crate) struct Reporter<'a> {
    office: &'a Office,
    period: Period,
    today: Date,
    report: Report,
    /// The service day that passes by.
    day: Option<(DayId, Date)>,
    /// Its visits.
    visits: BTreeMap<TicketId, Visit>,
    recorded: HashMap<CaseId, Date>,
    ready: HashMap<CaseId, Date>,
    held: HashMap<CaseId, HoldReason>,
    gone: HashSet<CaseId>,
    holds: Vec<HoldReason>,
    /// Since when the network is down, and whether that was in the period.
    down: Option<(Moment, bool)>,
}

impl<'a> Reporter<'a> {
    /// Begins a report of `period`; `today` is the office's date now.
    pub(crate) fn new(office: &'a Office, period: Period, today: Date) -> Reporter<'a> {
        Reporter {
            office,
            period,
            today,
            report: Report::default(),
            day: None,
            visits: BTreeMap::new(),
            recorded: HashMap::new(),
            ready: HashMap::new(),
            held: HashMap::new(),
            gone: HashSet::new(),
            holds: Vec::new(),
            down: None,
        }
    }

    /// The next event of the journal.
    pub(crate) fn hear(&mut self, event: Event) {
        if let Happened::DayOpened { date, .. } = &event.happened {
            // The same day opened again goes on with its visits.
            if self.day.is_none_or(|(day, _)| day != event.day) {
                self.end_day();
                self.day = Some((event.day, *date));
            }
        }
        let Some((_, date)) = self.day else { return };
        let counted = self.period.contains(date);
        match event.happened {
            Happened::DayOpened { .. } if counted => drop(self.report.days.entry(date).or_default()),
            Happened::Issued { stage, priority, .. } => {
                let Some(id) = event.ticket else { return };
                let visit = Visit {
                    date,
                    stage,
                    since: event.at,
                    started: None,
                    called: false,
                    called_to: 0,
                    skipped: false,
                    end: None,
                    last: None,
                };
                self.visits.insert(id, visit);
                if counted {
                    let counts = self.report.days.entry(date).or_default();
                    counts.issued += 1;
                    counts.priority += u32::from(priority);
                    let hour = event.at.local(self.office.identity.zone).hour();
                    self.report.hours[usize::from(hour.unsigned_abs()) % 24] += 1;
                }
            }
            Happened::Acted { action, to } => {
                let Some(visit) = event.ticket.and_then(|id| self.visits.get_mut(&id)) else { return };
                settle(&mut self.report, visit, counted);
                visit.last = Some((action, to, event.at));
            }
            Happened::Undone { .. } => {
                let Some(visit) = event.ticket.and_then(|id| self.visits.get_mut(&id)) else { return };
                visit.last = None;
            }
            Happened::CaseActed { action } => {
                let Some(case) = event.case else { return };
                // The back office also works after the close: its dates are the clock's.
                let on = event.at.local(self.office.identity.zone).date();
                self.card(case, &action, on);
            }
            Happened::NetworkDown => {
                self.down = Some((event.at, counted));
                self.report.outages += u32::from(counted);
            }
            Happened::NetworkUp => {
                self.network_up(event.at);
            }
            _ => {}
        }
    }

    /// The outage that ends now, or has lasted until now.
    fn network_up(&mut self, now: Moment) {
        if let Some((since, true)) = self.down.take() {
            self.report.outage.add(now.since(&since));
        }
    }

    /// The figures, after the last event and as of `now`.
    pub(crate) fn finish(mut self, now: Moment) -> Report {
        self.end_day();
        self.network_up(now);
        let cards = &mut self.report.cards;
        let printing = &self.office.stages.printing;
        let mut ready: Vec<_> = self.ready.iter().collect();
        ready.sort_unstable();
        for (case, on) in ready {
            if !self.gone.contains(case) {
                cards.uncollected += 1;
                cards.long_uncollected += u32::from((self.today - *on).get_days() > LONG_UNCOLLECTED);
            }
            if !self.period.contains(*on) {
                continue;
            }
            cards.ready += 1;
            let Some(from) = self.recorded.get(case).copied() else { continue };
            let target = add_working_days(from, printing.working_days, |d| self.office.is_working_day(d));
            // Ready before it was recorded: the clock was wrong, and nobody knows how long it took.
            let Ok(days) = u32::try_from((*on - from).get_days()) else { continue };
            cards.within_target += u32::from(*on <= target);
            cards.overdue += u32::from(days > printing.overdue_days);
            cards.days.push(days);
            let worked =
                from.series(1.day()).skip(1).take_while(|d| d <= on).filter(|d| self.office.is_working_day(*d));
            cards.working_days.push(worked.count() as u32);
        }
        let by_reason = |reasons: &[HoldReason]| {
            let count = |reason| reasons.iter().filter(|hold| **hold == reason).count() as u32;
            HoldReason::ALL.into_iter().map(|r| (r, count(r))).filter(|(_, n)| *n > 0).collect()
        };
        cards.holds = by_reason(&self.holds);
        cards.held_now = by_reason(&self.held.into_values().collect::<Vec<_>>());
        self.report
    }

    /// What became of the numbers of the day that is over.
    fn end_day(&mut self) {
        for (_, mut visit) in std::mem::take(&mut self.visits) {
            let counted = self.period.contains(visit.date);
            settle(&mut self.report, &mut visit, counted);
            if !counted {
                continue;
            }
            let counts = self.report.days.entry(visit.date).or_default();
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
    }

    fn card(&mut self, case: CaseId, action: &CaseAction, on: Date) {
        let counted = u32::from(self.period.contains(on));
        let cards = &mut self.report.cards;
        if !matches!(action, CaseAction::Hold { .. }) {
            self.held.remove(&case);
        }
        match action {
            CaseAction::Record { on: recorded, .. } => {
                cards.recorded += counted;
                self.recorded.insert(case, *recorded);
            }
            CaseAction::RecordAgain => drop(self.recorded.remove(&case)),
            CaseAction::Hold { reason } => {
                self.held.insert(case, *reason);
                self.holds.extend((counted == 1).then_some(*reason));
            }
            CaseAction::MakeReady => drop(self.ready.insert(case, on)),
            // It was not ready after all.
            CaseAction::PrintAgain => drop(self.ready.remove(&case)),
            CaseAction::Collect { .. } | CaseAction::SendToVillage { .. } => {
                cards.handed_over += counted;
                self.gone.insert(case);
            }
            CaseAction::TakeBack => {
                cards.handed_over = cards.handed_over.saturating_sub(counted);
                self.gone.remove(&case);
            }
            CaseAction::Cancel { .. } | CaseAction::Refer => drop(self.gone.insert(case)),
            CaseAction::Release | CaseAction::Print => {}
        }
    }
}

/// The visit's last act stands.
fn settle(report: &mut Report, visit: &mut Visit, counted: bool) {
    let Some((action, to, at)) = visit.last.take() else { return };
    if counted {
        tell(report, visit, &action, at);
    }
    follow(visit, &action, to, at);
}

/// What an act adds to the figures; the visit is as it was before.
fn tell(report: &mut Report, visit: &Visit, action: &Action, at: Moment) {
    match action {
        Action::Call { .. } | Action::CallChosen { .. } if !visit.called => {
            report.waits.entry(visit.stage).or_default().add(at.since(&visit.since));
        }
        Action::Complete
        | Action::PrintDirectly { .. }
        | Action::Return { .. }
        | Action::FinishRecording { .. }
        | Action::HandOver { .. } => {
            if let Some((started, counter)) = visit.started {
                report.services.entry(visit.stage).or_default().add(at.since(&started));
                report.counters.entry(counter).or_default().add(at.since(&started));
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
fn follow(visit: &mut Visit, action: &Action, to: Option<Stage>, at: Moment) {
    match action {
        Action::Call { counter } | Action::CallChosen { counter, .. } => {
            (visit.called, visit.called_to) = (true, *counter);
        }
        Action::Start => visit.started = Some((at, visit.called_to)),
        Action::Complete => (visit.stage, visit.since, visit.called) = (Stage::Recording, at, false),
        Action::ReportBack => (visit.since, visit.called, visit.skipped) = (at, false, false),
        Action::Reenter => (visit.since, visit.called, visit.end) = (at, false, None),
        Action::Transfer { .. } => {
            (visit.called, visit.skipped) = (false, false);
            visit.stage = to.unwrap_or(visit.stage);
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

#[cfg(test)]
mod tests;
