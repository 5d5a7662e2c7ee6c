//! The figures against days played minute by minute.

use super::*;
use queue::case::{CaseAction, CaseId, CollectedBy, HoldReason, Place};
use queue::journal::Happened;
use queue::office::{ServiceKey, Stage};
use queue::store::{Issue, Summary};
use queue::ticket::Ticket;
use queue::time::Moment;
use queue::visit::Action;
use queue::{Command, Lang, Store};
use std::time::Duration;

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
        std::fs::write(dir.path().join("office.toml"), include_str!("../../../office.toml")).unwrap();
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
        Command { now: self.now, ..Command::new(queue::journal::Actor::Terminal) }
    }

    fn issue(&mut self, service: &str) -> Ticket {
        let wish =
            Issue { service: ServiceKey(service.into()), priority: service == "lost", lang: Lang::Id, receipt: None };
        let command = self.command();
        self.store.issue(&command, &wish).unwrap().ticket
    }

    fn act(&mut self, ticket: &Ticket, action: Action) {
        let command = self.command();
        self.store.act(&command, ticket.id, &action, None).unwrap();
    }

    /// A lost card whose record is good: it goes to be printed at once.
    fn lost_card(&mut self) {
        let ticket = self.issue("lost");
        self.call(1);
        self.act(&ticket, Action::Start);
        self.act(&ticket, Action::PrintDirectly { place: Place::Office });
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
        read(&self.store, Period { from, to }, self.now).unwrap()
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
    assert_eq!((r.counters[&1].count(), r.counters[&2].count(), r.hours[8]), (1, 1, 1));
    assert_eq!((r.total().issued, r.total().finished, r.cards.recorded), (1, 1, 1));

    // A restart in the middle: nobody measured, and nothing is guessed.
    let other = o.issue("new");
    o.now.boot = 2;
    o.pass(5).call(1);
    assert_eq!(other.number.n, 2);
    assert_eq!(o.report(monday, later).waits[&Stage::Verification].unknown, 1);
    let mut empty = o.report(later, later);
    assert_eq!(std::mem::take(&mut empty.cards.unready), 1, "told as of now, whatever the period");
    assert_eq!(empty, Report::default(), "an empty period is zeros");
}

#[test]
fn c2_s22_cards_are_measured_against_both_limits() {
    let ready_after = |days: i64| {
        let mut o = Clock::new();
        o.lost_card();
        o.on_case(CaseAction::Hold { reason: HoldReason::NoBlanks });
        o.pass(days * 24 * 60).on_case(CaseAction::Print);
        o.on_case(CaseAction::MakeReady);
        o.on_case(CaseAction::Collect { by: CollectedBy::Applicant });
        let cards = o.report(jiff::civil::date(2026, 11, 1), jiff::civil::date(2026, 12, 31)).cards;
        assert_eq!((cards.ready, cards.handed_over), (1, 1));
        assert_eq!(cards.holds, [(HoldReason::NoBlanks, 1)].into());
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
                let _ = o.store.act(&command, ticket.id, &actions[dice(sides) as usize], None);
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
    o.pass(1).act(&ticket, Action::Recall);
    o.pass(1).act(&ticket, Action::Recall);
    o.pass(1).act(&ticket, Action::Skip);
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
    let csv = csv(&o.report(period.from, period.to), o.store.office(), period, Unit::Day);
    let dates: Vec<&str> = csv.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!(dates, ["2026-12-23", "2026-12-28"]);
    assert!(csv.contains("2026-12-23,0,0,0,0,0,0,0,0,0\r\n"));
}

#[test]
fn an_act_that_was_taken_back_counts_nowhere() {
    let mut o = Clock::new();
    let monday = jiff::civil::date(2026, 11, 23);
    let ticket = o.issue("new");
    o.call(1);
    o.act(&ticket, Action::Start);
    o.pass(3).act(&ticket, Action::Complete);
    let act = o.store.events().unwrap().iter().rfind(|e| matches!(e.happened, Happened::Acted { .. })).unwrap().seq;
    assert_eq!(o.report(monday, monday).counters[&1].count(), 1);
    let command = o.command();
    o.store.undo(&command, ticket.id, act).unwrap();
    assert!(o.report(monday, monday).counters.is_empty());
    o.pass(4).act(&ticket, Action::Complete);
    let r = o.report(monday, monday);
    assert_eq!(r.services[&Stage::Verification].known, minutes(&[7]), "from the applicant's coming");
    assert_eq!(r.total().issued, 1);
}

#[test]
fn a_card_that_was_not_ready_after_all_is_measured_by_its_second_time() {
    let mut o = Clock::new();
    o.lost_card();
    o.on_case(CaseAction::Print);
    o.on_case(CaseAction::MakeReady);
    o.on_case(CaseAction::PrintAgain);
    let (from, to) = (jiff::civil::date(2026, 11, 1), jiff::civil::date(2027, 1, 31));
    assert_eq!((o.report(from, to).cards.ready, o.report(from, to).cards.uncollected), (0, 0));
    o.pass(7 * 24 * 60).on_case(CaseAction::Hold { reason: HoldReason::Network });
    assert_eq!(o.report(from, to).cards.held_now, [(HoldReason::Network, 1)].into());
    o.on_case(CaseAction::Print);
    o.on_case(CaseAction::MakeReady);
    let cards = o.report(from, to).cards;
    assert_eq!((cards.ready, cards.within_target, cards.held_now.len()), (1, 0, 0));
    assert_eq!((&cards.working_days[..], &cards.days[..]), (&[5][..], &[7][..]));
    assert_eq!((cards.uncollected, cards.long_uncollected), (1, 0));
    let cards = o.pass(31 * 24 * 60).report(from, to).cards;
    assert_eq!((cards.uncollected, cards.long_uncollected), (1, 1), "ready since November, looked at in January");
}

#[test]
fn c15_a_card_that_is_ready_on_a_day_off_is_ready_on_the_next_working_day() {
    // Recorded on a Monday.
    let ready_after = |days: i64| {
        let mut o = Clock::new();
        o.lost_card();
        o.pass(days * 24 * 60);
        let case = o.store.case(CaseId(1)).unwrap().unwrap();
        let light = queue::case::light(&case, o.now.local(o.store.office().identity.zone).date(), o.store.office());
        o.on_case(CaseAction::Print);
        o.on_case(CaseAction::MakeReady);
        let cards = o.report(jiff::civil::date(2026, 11, 1), jiff::civil::date(2026, 12, 31)).cards;
        // On time is who was green on the worklist until the end.
        assert_eq!(cards.within_target == 1, light == Some(queue::case::Light::Green));
        cards.working_days[0]
    };
    assert_eq!([0, 1, 2, 4, 5, 6, 7].map(ready_after), [0, 1, 2, 4, 5, 5, 5], "the weekend counts as Monday");
}

#[test]
fn a_hold_counts_once_for_each_reason_it_was_given() {
    let mut o = Clock::new();
    o.lost_card();
    for reason in [HoldReason::NoBlanks, HoldReason::NoBlanks, HoldReason::Network] {
        o.on_case(CaseAction::Hold { reason });
    }
    o.on_case(CaseAction::Release);
    o.on_case(CaseAction::Hold { reason: HoldReason::Network });
    let monday = jiff::civil::date(2026, 11, 23);
    let cards = o.report(monday, monday).cards;
    assert_eq!(cards.holds, [(HoldReason::NoBlanks, 1), (HoldReason::Network, 2)].into());
    assert_eq!(cards.held_now, [(HoldReason::Network, 1)].into());
}

#[test]
fn months_and_years_without_a_visit_are_zeros() {
    let mut o = Clock::new();
    o.issue("new");
    let period = Period { from: jiff::civil::date(2026, 10, 15), to: jiff::civil::date(2027, 1, 10) };
    let lines = |unit| {
        let lines = o.report(period.from, period.to).over_time(o.store.office(), period, unit);
        lines.iter().map(|(date, c)| format!("{date} {}", c.issued)).collect::<Vec<_>>()
    };
    assert_eq!(lines(Unit::Month), ["2026-10-01 0", "2026-11-01 1", "2026-12-01 0", "2027-01-01 0"]);
    assert_eq!(lines(Unit::Year), ["2026-01-01 1", "2027-01-01 0"]);
    assert_eq!(period.unit(), Unit::Month);
}

#[test]
fn the_workbook_has_every_table_and_its_figures_are_figures() {
    let mut o = Clock::new();
    o.issue("new");
    let period = Period { from: jiff::civil::date(2026, 11, 23), to: jiff::civil::date(2026, 11, 24) };
    for lang in [Lang::Id, Lang::En] {
        let tables = tables(&o.report(period.from, period.to), o.store.office(), period, Unit::Day, lang);
        let report = o.report(period.from, period.to);
        let bytes = workbook(&tables, &report, o.store.office(), "Kecamatan Sajingan Besar", lang).unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut read = |name: &str| std::io::read_to_string(archive.by_name(name).unwrap()).unwrap();
        let words = read("xl/sharedStrings.xml");
        assert!(words.contains("Kecamatan Sajingan Besar"), "{words}");
        let days = read("xl/worksheets/sheet2.xml");
        assert!(days.contains("<c r=\"B4\"><v>1</v></c>"), "one number on Monday: {days}");
        // 23 November 2026 as Excel counts days, to compute with; filtered, drawn, and on A4 across.
        assert!(days.contains("<v>46349</v>") && days.contains("<autoFilter ref=\"A3:J5\"/>"), "{days}");
        assert!(days.contains("orientation=\"landscape\"") && days.contains("paperSize=\"9\""), "{days}");
        assert!(read("xl/charts/chart1.xml").contains("$B$4:$B$5"));
        assert!(read("xl/worksheets/sheet7.xml").contains("</sheetData>"));
        let visits = read("xl/worksheets/sheet8.xml");
        assert!(visits.contains("<v>46349.33333") && visits.contains("A3:J4"), "a line per visit, at 08.00: {visits}");
    }
}

#[test]
fn the_workbook_tells_how_many_times_nobody_measured() {
    let mut o = Clock::new();
    o.issue("new");
    o.now.boot = 2;
    o.pass(5).call(1);
    let period = Period { from: jiff::civil::date(2026, 11, 23), to: jiff::civil::date(2026, 11, 23) };
    let tables = tables(&o.report(period.from, period.to), o.store.office(), period, Unit::Day, Lang::Id);
    let report = o.report(period.from, period.to);
    let bytes = workbook(&tables, &report, o.store.office(), "Kecamatan Sajingan Besar", Lang::Id).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let styles = std::io::read_to_string(archive.by_name("xl/styles.xml").unwrap()).unwrap();
    assert!(styles.contains("0&quot; + 1 ?&quot;"), "{styles}");
}

#[test]
fn a_card_that_was_ready_before_it_was_recorded_took_nobody_knows_how_long() {
    let mut o = Clock::new();
    o.lost_card();
    // The clock lost its battery: the confirmed date stays, the clock's is weeks ago.
    o.pass(-20 * 24 * 60);
    o.now.boot = 2;
    o.on_case(CaseAction::Print);
    o.on_case(CaseAction::MakeReady);
    let cards = o.report(jiff::civil::date(2026, 11, 1), jiff::civil::date(2026, 12, 31)).cards;
    assert_eq!((cards.ready, cards.within_target, cards.overdue, cards.unmeasured), (1, 0, 0, 1));
    assert!(cards.days.is_empty() && cards.working_days.is_empty(), "{cards:?}");
}

#[test]
fn s26_an_outage_belongs_to_the_day_on_which_it_began_and_counts_while_it_lasts() {
    let mut o = Clock::new();
    let (monday, tuesday) = (jiff::civil::date(2026, 11, 23), jiff::civil::date(2026, 11, 24));
    let network = |o: &mut Clock, down| {
        let command = o.command();
        o.store.set_network(&command, down).unwrap();
    };
    o.pass(60);
    network(&mut o, true);
    o.pass(30);
    let r = o.report(monday, monday);
    assert_eq!((r.outages, &r.outage.known[..]), (1, &minutes(&[30])[..]), "still under way");
    let command = o.command();
    o.store.close_day(&command).unwrap();
    o.pass(24 * 60);
    let command = o.command();
    o.store.open_day(&command, tuesday, false).unwrap();
    o.pass(10);
    network(&mut o, false);
    let (first, second) = (o.report(monday, monday), o.report(tuesday, tuesday));
    assert_eq!((first.outages, &first.outage.known[..]), (1, &minutes(&[30 + 24 * 60 + 10])[..]));
    assert_eq!((second.outages, second.outage.count()), (0, 0));
    assert_eq!(o.report(monday, tuesday).outage.count(), 1);
}
