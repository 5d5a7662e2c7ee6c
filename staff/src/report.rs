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
            Happened::Acted { action } => {
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
mod tests {
    use super::*;
    use queue::case::{CollectedBy, Place};
    use queue::office::ServiceKey;
    use queue::store::{Issue, Summary};
    use queue::ticket::Ticket;
    use queue::{Command, Lang, Store};

    /// An office whose clock the test moves.
    struct Clock {
        store: Store,
        now: Moment,
        _dir: tempfile::TempDir,
    }

    impl Clock {
        /// Monday 23 November 2026, 08.00 WIB, the day open.
        fn new() -> Clock {
            let dir = tempfile::tempdir().unwrap();
            std::fs::write(dir.path().join("office.toml"), include_str!("../../office.toml")).unwrap();
            let store = Store::create(dir.path()).unwrap();
            let now = Moment { wall_ms: 1_795_395_600_000, boot: 1, uptime_ms: 0 };
            let mut clock = Clock { store, now, _dir: dir };
            let command = clock.command();
            clock.store.open_day(&command, jiff::civil::date(2026, 11, 23), false).unwrap();
            clock
        }

        fn pass(&mut self, minutes: i64) -> &mut Clock {
            self.now.wall_ms += minutes * 60_000;
            self.now.uptime_ms += minutes * 60_000;
            self
        }

        fn command(&self) -> Command {
            Command { now: self.now, ..Command::new("uji") }
        }

        fn issue(&mut self, service: &str) -> Ticket {
            let wish = Issue {
                service: ServiceKey(service.into()),
                priority: service == "lost",
                lang: Lang::Id,
                receipt: None,
            };
            let command = self.command();
            self.store.issue(&command, &wish).unwrap().ticket
        }

        fn act(&mut self, ticket: &Ticket, action: Action) {
            let command = self.command();
            self.store.act(&command, ticket.id, &action).unwrap();
        }

        fn call(&mut self, counter: u8) -> Ticket {
            let command = self.command();
            self.store.call_next(&command, counter).unwrap().unwrap()
        }

        fn on_case(&mut self, action: CaseAction) {
            let command = self.command();
            self.store.act_on_case(&command, CaseId(1), &action).unwrap();
        }

        fn report(&self, from: Date, to: Date) -> Report {
            report(&self.store.events().unwrap(), self.store.office(), Period { from, to })
        }
    }

    fn minutes(list: &[u64]) -> Vec<Duration> {
        list.iter().map(|m| Duration::from_secs(m * 60)).collect()
    }

    #[test]
    fn s09_s11_s25_times_are_those_that_passed_at_each_stage() {
        let mut o = Clock::new();
        let (monday, later) = (jiff::civil::date(2026, 11, 23), jiff::civil::date(2026, 12, 31));
        let ticket = o.issue("new");
        o.pass(7).call(1);
        o.pass(1).act(&ticket, Action::Recall);
        o.pass(1).act(&ticket, Action::Start);
        o.pass(12).act(&ticket, Action::Complete);
        o.pass(3).call(2);
        o.act(&ticket, Action::Start);
        o.pass(4).act(&ticket, Action::FinishRecording { done: vec![], place: Place::Office });
        let r = o.report(monday, monday);
        assert_eq!(r.waits[&Stage::Verification].known, minutes(&[7]));
        assert_eq!(r.services[&Stage::Verification].known, minutes(&[12]));
        assert_eq!(r.waits[&Stage::Recording].known, minutes(&[3]));
        assert_eq!(r.services[&Stage::Recording].known, minutes(&[4]));
        assert_eq!((r.services[&Stage::Verification].within(10), r.services[&Stage::Recording].within(5)), (0, 1));
        assert_eq!((r.counters[&1], r.counters[&2], r.hours[8]), (1, 1, 1));
        assert_eq!((r.total().issued, r.total().finished, r.cards.recorded), (1, 1, 1));

        // A restart in the middle: nobody measured, and nothing is guessed.
        let other = o.issue("new");
        o.now.boot = 2;
        o.pass(5).call(1);
        assert_eq!(other.number.n, 2);
        assert_eq!(o.report(monday, later).waits[&Stage::Verification].unknown, 1);
        assert_eq!(o.report(later, later), Report::default(), "an empty period is zeros");
    }

    #[test]
    fn c2_s22_cards_are_measured_against_both_limits() {
        let ready_after = |days: i64| {
            let mut o = Clock::new();
            let ticket = o.issue("lost");
            o.call(1);
            o.act(&ticket, Action::Start);
            o.act(&ticket, Action::PrintDirectly { place: Place::Office });
            o.on_case(CaseAction::Hold { reason: HoldReason::NoBlanks });
            o.pass(days * 24 * 60).on_case(CaseAction::Print);
            o.on_case(CaseAction::MakeReady);
            o.on_case(CaseAction::Collect { by: CollectedBy::Applicant });
            let cards = o.report(jiff::civil::date(2026, 11, 1), jiff::civil::date(2026, 12, 31)).cards;
            assert_eq!((cards.ready, cards.handed_over), (1, 1));
            assert_eq!(cards.holds, [(HoldReason::NoBlanks, 1)]);
            (cards.within_target, cards.overdue)
        };
        assert_eq!(ready_after(2), (1, 0));
        assert_eq!(ready_after(3), (0, 0));
        assert_eq!(ready_after(14), (0, 0));
        assert_eq!(ready_after(15), (0, 1));
    }

    #[test]
    fn every_number_is_counted_once_as_the_close_of_the_day_counts_it() {
        // A day with every way to end, in an order that a small generator shuffles; the store's own summary is the judge.
        let mut all = Vec::new();
        for seed in 1..=5_u64 {
            let mut o = Clock::new();
            let mut random = seed;
            let mut dice = move |sides: u64| {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (random >> 33) % sides
            };
            for step in 0..80 {
                o.pass(dice(4) as i64);
                if dice(3) == 0 {
                    o.issue(["new", "lost", "collection"][dice(3) as usize]);
                }
                let down = step / 20 % 2 == 1;
                let command = o.command();
                let _ = o.store.set_network(&command, down);
                for counter in 1..=3 {
                    if dice(2) == 0 {
                        let command = o.command();
                        let _ = o.store.call_next(&command, counter);
                    }
                }
                for ticket in o.store.tickets().unwrap() {
                    let actions = [
                        Action::Recall,
                        Action::Start,
                        Action::Start,
                        Action::Complete,
                        Action::PrintDirectly { place: Place::Office },
                        Action::Return { missing: vec!["family-card".into()] },
                        Action::Reenter,
                        Action::FinishRecording { done: vec![], place: Place::Office },
                        Action::ChooseWait,
                        Action::Refer,
                        Action::Defer,
                        Action::Skip,
                        Action::ReportBack,
                        Action::Transfer { service: ServiceKey("lost".into()) },
                        Action::Cancel { reason: "uji".into() },
                    ];
                    // The last one, cancelling, ends everything: it must stay rare.
                    let sides = if dice(40) == 0 { 15 } else { 14 };
                    let command = o.command();
                    let _ = o.store.act(&command, ticket.id, &actions[dice(sides) as usize]);
                }
            }
            let command = o.command();
            let summary = o.store.close_day(&command).unwrap();
            let total = o.report(jiff::civil::date(2026, 11, 23), jiff::civil::date(2026, 11, 23)).total();
            let counted = Summary {
                issued: total.issued,
                finished: total.finished,
                returned: total.returned,
                referred: total.referred,
                deferred: total.deferred,
                expired: total.expired,
                cancelled: total.cancelled,
            };
            assert_eq!(counted, summary, "seed {seed}");
            all.push(summary);
        }
        let some = |ended: fn(&Summary) -> u32| assert!(all.iter().map(ended).sum::<u32>() > 0, "{all:?}");
        some(|s| s.finished);
        some(|s| s.returned);
        some(|s| s.referred);
        some(|s| s.deferred);
        some(|s| s.expired);
        some(|s| s.cancelled);
    }

    #[test]
    fn s10_who_comes_back_is_neither_returned_nor_lapsed() {
        let mut o = Clock::new();
        let monday = jiff::civil::date(2026, 11, 23);
        let ticket = o.issue("new");
        o.call(1);
        o.act(&ticket, Action::Start);
        o.act(&ticket, Action::Return { missing: vec!["family-card".into()] });
        let r = o.report(monday, monday);
        assert_eq!((r.total().returned, r.missing["family-card"]), (1, 1));
        o.pass(60).act(&ticket, Action::Reenter);
        assert_eq!(o.report(monday, monday).total().returned, 0, "still in the house");
        o.pass(5).call(1);
        assert_eq!(o.report(monday, monday).waits[&Stage::Verification].known, minutes(&[0, 5]), "not the way home");
        o.act(&ticket, Action::Start);
        o.act(&ticket, Action::Complete);
        o.call(2);
        o.act(&ticket, Action::Recall);
        o.act(&ticket, Action::Recall);
        o.act(&ticket, Action::Skip);
        o.pass(9).act(&ticket, Action::ReportBack);
        let command = o.pass(30).command();
        o.store.close_day(&command).unwrap();
        let total = o.report(monday, monday).total();
        assert_eq!((total.no_shows, total.deferred, total.expired), (1, 1, 0));
    }

    #[test]
    fn percentiles_are_the_nearest_rank() {
        let times = |list: &[u64]| Times { known: minutes(list), unknown: 0 };
        let minute = |m: u64| Some(Duration::from_secs(m * 60));
        assert_eq!(times(&[]).percentile(50), None);
        assert_eq!(times(&[5]).percentile(90), minute(5));
        assert_eq!(times(&[4, 1, 3, 2]).percentile(50), minute(2));
        assert_eq!(times(&[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).percentile(90), minute(9));
        assert_eq!(times(&[1, 5, 6]).within(5), 2);
    }

    #[test]
    fn the_csv_has_a_line_of_zeros_for_a_working_day_without_visits_and_none_for_a_holiday() {
        let o = Clock::new();
        let period = Period { from: jiff::civil::date(2026, 12, 23), to: jiff::civil::date(2026, 12, 28) };
        let csv = o.report(period.from, period.to).csv(o.store.office(), period);
        let dates: Vec<&str> = csv.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert_eq!(dates, ["2026-12-23", "2026-12-28"]);
        assert!(csv.contains("2026-12-23,0,0,0,0,0,0,0,0,0\r\n"));
    }
}
