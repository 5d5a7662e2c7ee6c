//! The figures of a report, from the journal and by the words that stand beside them.
#![allow(unreachable_pub, clippy::unwrap_used)]

use jiff::ToSpan;
use jiff::civil::Date;
use queue::case::{CaseAction, CaseId};
use queue::journal::{Event, Happened};
use queue::office::{Office, Stage};
use queue::ticket::{DayId, Seq, TicketId};
use queue::time::Moment;
use queue::visit::Action;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The date on the office's wall: WIB is seven hours ahead of UTC.
fn date_of(at: &Moment) -> Date {
    let days = (at.wall_ms + 7 * 3_600_000).div_euclid(86_400_000);
    jiff::civil::date(1970, 1, 1).saturating_add(days.days())
}

fn hour_of(at: &Moment) -> usize {
    ((at.wall_ms + 7 * 3_600_000).rem_euclid(86_400_000) / 3_600_000) as usize
}

/// A stretch of time, unless the machine was restarted in between.
fn between(earlier: &Moment, later: &Moment) -> Option<u64> {
    (earlier.boot == later.boot).then(|| (later.uptime_ms - earlier.uptime_ms).unsigned_abs())
}

/// One visit: its issue and the acts on it that were not taken back.
struct Visit {
    date: Date,
    issued: Moment,
    stage: Stage,
    priority: bool,
    acts: Vec<(Action, Option<Stage>, Moment)>,
}

impl Visit {
    /// Where it stood before the act `n`.
    fn stage_before(&self, n: usize) -> Stage {
        let mut moved = self.acts[..n].iter().filter_map(|(action, to, _)| match action {
            Action::Complete => Some(Stage::Recording),
            Action::Transfer { .. } => *to,
            _ => None,
        });
        moved.next_back().unwrap_or(self.stage)
    }

    /// How the number ended.
    fn end(&self) -> Option<&'static str> {
        let last = self.acts.len().checked_sub(1)?;
        Some(match &self.acts[last].0 {
            Action::FinishRecording { .. }
            | Action::PrintDirectly { .. }
            | Action::HandOver { .. }
            | Action::Finish => "finished",
            Action::Return { .. } => "returned",
            Action::Refer => "referred",
            Action::Defer => "deferred",
            Action::Cancel { .. } => "cancelled",
            Action::Close => {
                let absent = self.acts[..last].iter().rev().find_map(|(action, ..)| match action {
                    Action::Skip => Some(true),
                    Action::ReportBack | Action::Transfer { .. } => Some(false),
                    _ => None,
                });
                // "Berkas lengkap, perekaman pada hari lain" or "belum selesai saat hari ditutup".
                let complete = self.stage_before(last) == Stage::Recording && absent != Some(true);
                if complete { "deferred" } else { "expired" }
            }
            _ => return None,
        })
    }
}

/// Every figure of the days `from` to `to` as the clock says `now`, in the writing of the interface, its lists as tables.
pub fn recomputed(events: &[Event], office: &Office, (from, to): (Date, Date), now: Moment) -> Value {
    let counted = |date: Date| from <= date && date <= to;
    let taken_back: BTreeSet<Seq> = events
        .iter()
        .filter_map(|e| match e.happened {
            Happened::Undone { act } => Some(act),
            _ => None,
        })
        .collect();
    let mut dates: BTreeMap<DayId, Date> = BTreeMap::new();
    let mut visits: BTreeMap<TicketId, Visit> = BTreeMap::new();
    let mut cases: BTreeMap<CaseId, Vec<(&CaseAction, Date)>> = BTreeMap::new();
    // The whole outage belongs to the day on which it began.
    let mut outages: Vec<(Date, Moment, Option<Moment>)> = Vec::new();
    for event in events {
        match &event.happened {
            Happened::DayOpened { date, .. } => drop(dates.insert(event.day, *date)),
            Happened::Issued { stage, priority, .. } => {
                let (date, issued) = (dates[&event.day], event.at);
                let visit = Visit { date, issued, stage: *stage, priority: *priority, acts: Vec::new() };
                visits.insert(event.ticket.unwrap(), visit);
            }
            Happened::Acted { action, to } if !taken_back.contains(&event.seq) => {
                let visit = visits.get_mut(&event.ticket.unwrap()).unwrap();
                visit.acts.push((action.clone(), *to, event.at));
            }
            Happened::CaseActed { action } => {
                cases.entry(event.case.unwrap()).or_default().push((action, date_of(&event.at)));
            }
            Happened::NetworkDown => outages.push((dates[&event.day], event.at, None)),
            Happened::NetworkUp => outages.last_mut().unwrap().2 = Some(event.at),
            _ => {}
        }
    }

    let mut total: BTreeMap<&str, u32> = BTreeMap::new();
    let mut days: BTreeMap<Date, BTreeMap<&str, u32>> = BTreeMap::new();
    for date in dates.values().filter(|date| counted(**date)) {
        days.entry(*date).or_default();
    }
    let mut count = |date: Date, what: &'static str| {
        *total.entry(what).or_default() += 1;
        *days.entry(date).or_default().entry(what).or_default() += 1;
    };
    let mut waits: BTreeMap<Stage, Vec<Option<u64>>> = BTreeMap::new();
    let mut services: BTreeMap<Stage, Vec<Option<u64>>> = BTreeMap::new();
    let mut served: BTreeMap<u8, Vec<Option<u64>>> = BTreeMap::new();
    let mut missing_of: BTreeMap<&str, u32> = BTreeMap::new();
    let mut hours = [0; 24];
    let mut arrivals = [[0; 24]; 7];
    for visit in visits.values().filter(|visit| counted(visit.date)) {
        count(visit.date, "issued");
        hours[hour_of(&visit.issued)] += 1;
        arrivals[visit.date.weekday() as usize - 1][hour_of(&visit.issued)] += 1;
        if visit.priority {
            count(visit.date, "priority");
        }
        if let Some(end) = visit.end() {
            count(visit.date, end);
        }
        for (n, (action, _, at)) in visit.acts.iter().enumerate() {
            let before = &visit.acts[..n];
            match action {
                Action::Skip => count(visit.date, "no_shows"),
                // From joining the stage's queue to the first call in it. A transfer joins another queue but keeps the
                // place and its time: the wait is measured once. A hold keeps the queue.
                Action::Call { .. } | Action::CallChosen { .. } => {
                    let mut since = visit.issued;
                    let mut called = false;
                    for (earlier, _, when) in before {
                        match earlier {
                            Action::Complete | Action::ReportBack | Action::Reenter => (since, called) = (*when, false),
                            Action::Call { .. } | Action::CallChosen { .. } => called = true,
                            _ => {}
                        }
                    }
                    if !called {
                        waits.entry(visit.stage_before(n)).or_default().push(between(&since, at));
                    }
                }
                Action::Complete
                | Action::PrintDirectly { .. }
                | Action::Return { .. }
                | Action::FinishRecording { .. }
                | Action::HandOver { .. } => {
                    let start = before.iter().rposition(|(a, ..)| *a == Action::Start).unwrap();
                    let counter = before[..start].iter().rev().find_map(|(a, ..)| match a {
                        Action::Call { counter } | Action::CallChosen { counter, .. } => Some(*counter),
                        _ => None,
                    });
                    let took = between(&before[start].2, at);
                    served.entry(counter.unwrap()).or_default().push(took);
                    services.entry(visit.stage_before(n)).or_default().push(took);
                    if let Action::Return { missing } = action {
                        count(visit.date, "returns");
                        missing.iter().for_each(|key| *missing_of.entry(key).or_default() += 1);
                    }
                }
                _ => {}
            }
        }
    }

    let counts = |of: &BTreeMap<&str, u32>| {
        let all = "issued priority finished returned referred deferred expired cancelled no_shows returns";
        all.split(' ').map(|key| (key.into(), json!(of.get(key).copied().unwrap_or(0)))).collect::<Map<_, _>>()
    };
    let times = |all: Option<&Vec<Option<u64>>>, standard: Option<u32>| {
        let all = all.cloned().unwrap_or_default();
        let known = measured(&all);
        json!({
            "known": known.len(),
            "unknown": all.len() - known.len(),
            "median_seconds": percent(&known, 50).map(|ms| ms / 1000),
            "p90_seconds": percent(&known, 90).map(|ms| ms / 1000),
            "standard_minutes": standard,
            "within_standard": standard.map(|minutes| known.iter().filter(|t| **t <= u64::from(minutes) * 60_000).count()),
        })
    };
    let stages = [(Stage::Verification, 10), (Stage::Recording, 5), (Stage::Collection, 10)].map(|(stage, minutes)| {
        json!({
            "stage": stage.word(),
            "wait": times(waits.get(&stage), None),
            "service": times(services.get(&stage), Some(minutes)),
        })
    });
    let standard = [(Stage::Verification, 10), (Stage::Recording, 5), (Stage::Collection, 10)];
    let kept: usize = standard
        .iter()
        .map(|(stage, minutes)| {
            measured(services.get(stage).map_or(&[][..], |all| all))
                .into_iter()
                .filter(|ms| *ms <= minutes * 60_000)
                .count()
        })
        .sum();
    outages.retain(|(date, ..)| counted(*date));
    let lasted = outages.iter().map(|(_, down, up)| between(down, up.as_ref().unwrap_or(&now)));
    let lasted: Vec<Option<u64>> = lasted.collect();
    let counters = served.iter().map(|(n, took)| {
        let known = measured(took);
        let figures = json!({
            "served": took.len(),
            "unmeasured": took.len() - known.len(),
            "median_seconds": percent(&known, 50).map(|ms| ms / 1000),
            "p90_seconds": percent(&known, 90).map(|ms| ms / 1000),
        });
        (n.to_string(), figures)
    });
    json!({
        "total": counts(&total),
        "days": days.iter().map(|(date, of)| (date.to_string(), Value::Object(counts(of)))).collect::<Map<_, _>>(),
        "stages": stages,
        "counters": counters.collect::<Map<_, _>>(),
        "hours": hours,
        "arrivals": arrivals,
        "wait": times(Some(&waits.values().flatten().copied().collect()), None),
        "within_standard": kept,
        "checked": services.get(&Stage::Verification).map_or(0, Vec::len),
        "missing": missing_of,
        "cards": cards(cases.values(), office, counted, now),
        "outages": outages.len(),
        "outage_seconds": lasted.iter().flatten().map(|ms| ms / 1000).sum::<u64>(),
        "outages_unmeasured": lasted.iter().filter(|known| known.is_none()).count(),
    })
}

/// What was measured, the shortest first.
fn measured(all: &[Option<u64>]) -> Vec<u64> {
    let mut known: Vec<u64> = all.iter().copied().flatten().collect();
    known.sort_unstable();
    known
}

/// The smallest that at least so many per cent do not exceed; `sorted` is.
fn percent<T: Copy>(sorted: &[T], percent: usize) -> Option<T> {
    (0..sorted.len()).find(|i| (i + 1) * 100 >= sorted.len() * percent).map(|i| sorted[i])
}

/// What became of the cards, by looking back over each one's whole life.
fn cards<'a>(
    cases: impl Iterator<Item = &'a Vec<(&'a CaseAction, Date)>>,
    office: &Office,
    counted: impl Fn(Date) -> bool,
    now: Moment,
) -> Value {
    let mut n: BTreeMap<&str, u32> = BTreeMap::new();
    let (mut holds, mut held_now): (BTreeMap<String, u32>, BTreeMap<String, u32>) = Default::default();
    let (mut all_days, mut all_working) = (Vec::new(), Vec::new());
    let word = |reason| serde_json::to_value(reason).unwrap().as_str().unwrap().to_string();
    for acts in cases {
        let mut count = |what, when| *n.entry(what).or_default() += u32::from(when);
        for (i, (action, on)) in acts.iter().enumerate() {
            match action {
                // "Dalam masa ini; rekam ulang dihitung lagi".
                CaseAction::Record { on, .. } => count("recorded", counted(*on)),
                // "Ditahan dengan alasan ini": it was not already.
                CaseAction::Hold { reason } if counted(*on) && (i == 0 || acts[i - 1].0 != *action) => {
                    *holds.entry(word(reason)).or_default() += 1;
                }
                _ => {}
            }
        }
        let (last, ended) = acts[acts.len() - 1];
        // Recorded and not ready: the last act that moved it along says so. "Hari kerja ke-2 sesudah direkam", two weeks.
        if matches!(
            last,
            CaseAction::Record { .. }
                | CaseAction::Hold { .. }
                | CaseAction::Release
                | CaseAction::Print
                | CaseAction::PrintAgain
        ) {
            let recorded = acts.iter().rev().find_map(|(action, _)| match action {
                CaseAction::Record { on, .. } => Some(*on),
                _ => None,
            });
            let (recorded, today) = (recorded.unwrap(), date_of(&now));
            let worked = recorded.series(1.day()).skip(1).filter(|date| office.is_working_day(*date));
            count("unready", true);
            count("unready_past_target", worked.take(2).last().unwrap() < today);
            count("unready_overdue", (today - recorded).get_days() > 14);
        }
        match last {
            CaseAction::Hold { reason } => *held_now.entry(word(reason)).or_default() += 1,
            CaseAction::Collect { .. } | CaseAction::SendToVillage { .. } => count("handed_over", counted(ended)),
            _ => {}
        }
        // "Dihitung pada waktu terakhirnya".
        let Some(i) = acts.iter().rposition(|(action, _)| **action == CaseAction::MakeReady) else { continue };
        if acts[i..].iter().any(|(action, _)| **action == CaseAction::PrintAgain) {
            continue;
        }
        let ready = acts[i].1;
        if matches!(last, CaseAction::MakeReady | CaseAction::TakeBack) {
            count("uncollected", true);
            count("long_uncollected", (date_of(&now) - ready).get_days() > 30);
        }
        if !counted(ready) {
            continue;
        }
        count("ready", true);
        let recorded = acts[..i].iter().rev().find_map(|(action, _)| match action {
            CaseAction::Record { on, .. } => Some(*on),
            _ => None,
        });
        let recorded = recorded.unwrap();
        if ready < recorded {
            count("unmeasured", true);
            continue;
        }
        // Day by day to the one on which it was ready, and on to the next working day if that was none.
        let (mut date, mut working) = (recorded, 0);
        while date < ready || (date > recorded && !office.is_working_day(date)) {
            date = date.tomorrow().unwrap();
            working += u32::from(office.is_working_day(date));
        }
        let days = (ready - recorded).get_days();
        count("within_target", working <= 2);
        count("overdue", days > 14);
        all_days.push(days);
        all_working.push(working);
    }
    all_days.sort_unstable();
    all_working.sort_unstable();
    let names = "recorded ready within_target overdue unmeasured handed_over uncollected long_uncollected unready \
                 unready_past_target unready_overdue";
    let mut figures: Map<String, Value> =
        names.split(' ').map(|name| (name.into(), json!(n.get(name).copied().unwrap_or(0)))).collect();
    figures.insert("holds".into(), json!(holds));
    figures.insert("held_now".into(), json!(held_now));
    figures.insert("days".into(), json!({ "median": percent(&all_days, 50), "p90": percent(&all_days, 90) }));
    figures.insert(
        "working_days".into(),
        json!({ "median": percent(&all_working, 50), "p90": percent(&all_working, 90) }),
    );
    Value::Object(figures)
}
