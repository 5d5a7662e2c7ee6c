//! *Hari ini*: the office at one look, for its head. Live: every part follows each change.

use crate::act::{Done, Sent, Shared, carry_out};
use crate::answer::{Asker, No};
use crate::controls::{ENTER, button, folded};
use crate::page::{Page, Scene};
use crate::report::{self, Period, Report};
use crate::{charts, devices, history, home, pause};
use axum::response::Response;
use jiff::civil::{Date, Time};
use maud::{Markup, html};
use queue::Lang;
use queue::board::DayStatus;
use queue::case::{Case, CaseState, Light, light};
use queue::journal::Actor;
use queue::office::{Edit, Hours, Limits};
use queue::outlook::clock_after;
use queue::printing::JobState;
use queue::store::{CounterNow, StageNow, Today};
use queue::ticket::{State, Ticket};
use queue::time::{Moment, clock, date_in_words};
use serde_json::json;
use std::time::Duration;

/// `POST /today/limits`
pub(crate) async fn set_limits(desk: Shared, asker: Asker, sent: Sent) -> Response {
    carry_out(desk.0, asker, sent, Page::Today, move |store, _, fields, by, now| {
        let figure = |(key, _, max): (&str, u32, u32)| match fields.get(key).parse() {
            Ok(value) if (1..=max).contains(&value) => Ok(value),
            _ => Err(No::bad(
                &format!("Batas: isi angka dari 1 sampai {max}."),
                &format!("Limits: enter a figure from 1 to {max}."),
            )),
        };
        let [within, wait, returned, idle] = Limits::default().named().map(figure);
        let limits = Limits {
            within_standard_percent: within?,
            wait_minutes: wait?,
            returned_percent: returned?,
            idle_minutes: idle?,
        };
        let edit = Edit::Limits(limits);
        let seen = Some(fields.get("seen")).filter(|seen| !seen.is_empty());
        store.change_office(&fields.command(by, now)?, &edit, seen)?;
        Ok(Done::new(json!({ "changed": edit.key() }), "saved=yes".into()))
    })
    .await
}

pub(crate) fn see(scene: &Scene) -> Result<Markup, No> {
    let date = match scene.board.day {
        DayStatus::Open { date } | DayStatus::Break { date, .. } | DayStatus::LeftOpen { date } => Some(date),
        DayStatus::NotOpened | DayStatus::Closed { .. } => None,
    };
    let today = scene.store.today(scene.now)?;
    let cases = scene.store.open_cases()?;
    let body = match (date, today) {
        (Some(date), Some(today)) => open(scene, date, &today, &cases)?,
        _ => html! {
            section { p.big { (home::not_open(scene)) } }
            div.pair { (running(scene, &cases)?) (look_at(scene, &alarms_without_day(scene, &cases)?)) }
        },
    };
    Ok(html! {
        div.head {
            h1 { (scene.t("Hari ini", "Today")) @if let Some(date) = date { " " small { (date_in_words(date, scene.lang)) } } }
            div #today data-part="" { (body) }
            section.controls { (limits(scene)) }
        }
    })
}

fn open(scene: &Scene, date: Date, today: &Today, cases: &[Case]) -> Result<Markup, No> {
    let report = report::read(scene.store, Period { from: date, to: date }, scene.now)?;
    let hours = scene.office.hours.of(date.weekday());
    let end = today.ends.map(|work| End::of(scene, work, hours));
    Ok(html! {
        (tiles(scene, today, &report, end, hours))
        div.pair.wide-first {
            section {
                h2 { (scene.t("Loket", "Counters")) }
                (counters(scene, today))
                (advice(scene, today, end, hours))
            }
            (look_at(scene, &alarms(scene, today, end, cases)?))
        }
        div.pair {
            section { h2 { (scene.t("Antrean per tahap", "Queue by stage")) } (stages(scene, &today.stages)) }
            (running(scene, cases)?)
        }
        section {
            h2 { (scene.t("Kedatangan per jam", "Arrivals by hour")) }
            (arrivals(scene, &report, hours))
        }
    })
}

/// When the last one will have been served, and how many minutes after the close.
#[derive(Clone, Copy)]
struct End {
    at: Time,
    late: i64,
}

impl End {
    fn of(scene: &Scene, work: Duration, hours: Option<Hours>) -> End {
        let at = clock_after(scene.now.local(scene.office.identity.zone).time(), work, hours);
        End { at, late: hours.map_or(0, |h| h.close.duration_until(at).as_mins()) }
    }
}

fn minutes(scene: &Scene, since: &Moment) -> Option<u64> {
    scene.now.since(since).map(|time| time.as_secs() / 60)
}

fn tile(name: &str, figure: Markup, class: &str, below: Markup) -> Markup {
    html! {
        div class={ "tile " (class) } { p.name { (name) } p.value { (figure) } p.below { (below) } }
    }
}

fn tiles(scene: &Scene, today: &Today, report: &Report, end: Option<End>, hours: Option<Hours>) -> Markup {
    let total = report.total();
    let waiting: u32 = today.stages.iter().map(|stage| stage.waiting).sum();
    let longest = longest(scene, today);
    let long = longest.as_ref().is_some_and(|(_, waited)| *waited > u64::from(scene.office.limits.wait_minutes));
    let late = end.is_some_and(|end| end.late > 0);
    let leading = report.missing.iter().max_by_key(|(key, count)| (**count, std::cmp::Reverse(*key)));
    html! {
        div.tiles {
            (tile(scene.t("Menunggu sekarang", "Waiting now"), html! { (waiting) }, if long { "warn" } else { "" }, html! {
                @match &longest {
                    Some((ticket, waited)) => {
                        (scene.t("terlama", "longest")) " " (waited) " " (scene.t("menit", "min")) " · " (history::link(scene, ticket.number, scene.date()))
                        @if long { " " strong { "▲ " (scene.t("lewat batas", "over the limit")) } }
                    }
                    None if waiting == 0 => (scene.t("tidak ada yang menunggu", "nobody is waiting")),
                    None => (scene.t("lamanya tidak terukur", "for how long nobody measured")),
                }
            }))
            (tile(scene.t("Selesai hari ini", "Finished today"), html! { (total.finished) }, "", html! {
                (scene.t("dari", "of")) " " (total.issued) " " (scene.t("nomor", "numbers"))
            }))
            (tile(scene.t("Akan selesai", "Will end"), html! {
                @match end { Some(end) => (clock(end.at)), None => "–" }
            }, if late { "warn" } else { "" }, html! {
                @match end {
                    Some(end) if end.late > 0 => { strong { "▲ " (end.late) " " (scene.t("menit lewat jam tutup", "min after closing")) } }
                    Some(_) => (scene.t("bila semua yang sudah di sini dilayani", "when everybody here has been served")),
                    None => (scene.t("belum dapat diperkirakan", "nobody can say yet")),
                }
                (last_number(scene, hours))
            }))
            (tile(scene.t("Berkas dikembalikan", "Files returned"), html! { (total.returns) }, "", html! {
                @match leading {
                    Some((key, count)) => { (scene.t("terbanyak", "most")) ": " (requirement(scene, key)) " (" (count) ")" }
                    None => (scene.t("belum ada", "none yet")),
                }
            }))
        }
    }
}

/// " · nomor terakhir 14.30, 20 menit lagi".
fn last_number(scene: &Scene, hours: Option<Hours>) -> Markup {
    let now = scene.now.local(scene.office.identity.zone).time();
    let last = hours.and_then(|h| h.last_number);
    html! {
        @if let Some(last) = last {
            br;
            (scene.t("nomor terakhir", "last number")) " " (clock(last))
            @match now.duration_until(last).as_mins() {
                left @ 1..=60 => { ", " (left) " " (scene.t("menit lagi", "min from now")) },
                left if left <= 0 => { ", " (scene.t("sudah lewat", "has passed")) },
                _ => {}
            }
        }
    }
}

/// Who waits longest of all, and how long, minutes.
fn longest<'a>(scene: &Scene, today: &'a Today) -> Option<(&'a Ticket, u64)> {
    let of = |stage: &'a StageNow| {
        let ticket = stage.longest.as_ref()?;
        let State::Waiting { place, .. } = &ticket.state else { return None };
        Some((ticket, minutes(scene, &place.since)?))
    };
    today.stages.iter().filter_map(of).max_by_key(|(_, waited)| *waited)
}

/// What a requirement asks for, in few words: what stands in brackets is for applicants.
pub(crate) fn requirement(scene: &Scene, key: &str) -> String {
    let text = scene.office.requirement(key).map_or(key, |requirement| requirement.text.get(scene.lang));
    text.split(" (").next().unwrap_or(text).into()
}

fn counters(scene: &Scene, today: &Today) -> Markup {
    html! {
        table.now {
            thead { tr {
                th scope="col" { (scene.t("loket", "counter")) }
                th scope="col" { (scene.t("nomor", "number")) }
                th scope="col" { (scene.t("tahap", "stage")) }
                th scope="col" { span.unseen { (scene.t("terhadap standar", "against the standard")) } }
                th.figure scope="col" { (scene.t("lamanya", "for")) }
            } }
            @for counter in &today.counters { (counter_row(scene, counter)) }
        }
    }
}

fn counter_row(scene: &Scene, counter: &CounterNow) -> Markup {
    let number = counter.counter;
    let name = html! {
        th scope="row" {
            a href={ "/counter/" (number) } { (scene.t("Loket", "Counter")) " " (number) }
            " " span.hint { (counter.by.as_ref().map_or("–".into(), |by| scene.who(by))) }
        }
    };
    let row = |figure: Markup, what: Markup, bar: Markup, time: Markup| html! { tr { (name) td.large { (figure) } td { (what) } td.gauge { (bar) } td.figure { (time) } } };
    match counter.held.as_ref().map(|ticket| (ticket, &ticket.state)) {
        Some((ticket, State::Serving { stage, since, .. })) => {
            let (standard, passed) = (u64::from(scene.office.standard_minutes(*stage)), minutes(scene, since));
            row(
                html! { (history::link(scene, ticket.number, scene.date())) },
                html! { (scene.office.stage_name(*stage).get(scene.lang)) },
                charts::gauge(passed, standard, scene.lang),
                html! { (scene.minutes(since)) },
            )
        }
        Some((ticket, state)) => row(
            html! { (history::link(scene, ticket.number, scene.date())) },
            html! { (scene.t("dipanggil", "called")) @if let Some(stage) = state.stage() { ", " (scene.office.stage_name(stage).get(scene.lang)) } },
            html! {},
            html! { (counter.last.as_ref().map_or("–".into(), |since| scene.minutes(since))) },
        ),
        None => row(
            html! { "–" },
            html! {
                @match (&counter.pause, &counter.last) {
                    (Some(pause), _) => (pause::say(scene, pause)),
                    (None, Some(since)) => { (scene.t("kosong sejak", "empty since")) " " (clock(since.local(scene.office.identity.zone).time())) }
                    (None, None) => (scene.t("belum memanggil hari ini", "has called nobody today")),
                }
            },
            html! {},
            html! { (counter.last.as_ref().map_or("–".into(), |since| scene.minutes(since))) },
        ),
    }
}

/// One sentence: which counter would make the difference.
fn advice(scene: &Scene, today: &Today, end: Option<End>, hours: Option<Hours>) -> Markup {
    let Some((counter, then)) = today.sooner else { return html! {} };
    let waiting: u32 = today.stages.iter().map(|stage| stage.waiting).sum();
    let idle = today.counters.iter().find(|c| c.counter == counter).and_then(|c| c.last.as_ref());
    let idle = idle.and_then(|since| minutes(scene, since));
    let at = clock(End::of(scene, then, hours).at);
    let (state, open) = match scene.lang {
        Lang::Id => (
            match idle {
                Some(idle) => format!("Loket {counter} kosong {idle} menit, {waiting} orang menunggu."),
                None => format!("Loket {counter} belum memanggil, {waiting} orang menunggu."),
            },
            match end {
                Some(end) => format!("Bila dibuka sekarang, hari ini selesai {at}, bukan {}.", clock(end.at)),
                None => format!("Bila dibuka sekarang, hari ini selesai {at}."),
            },
        ),
        Lang::En => (
            match idle {
                Some(idle) => format!("Counter {counter} has been empty for {idle} min, {waiting} people are waiting."),
                None => format!("Counter {counter} has called nobody, {waiting} people are waiting."),
            },
            match end {
                Some(end) => format!("If it opens now, the day ends at {at}, not at {}.", clock(end.at)),
                None => format!("If it opens now, the day ends at {at}."),
            },
        ),
    };
    html! { p.advise role="status" { strong { (state) } " " (open) } }
}

fn stages(scene: &Scene, stages: &[StageNow]) -> Markup {
    html! {
        table.now {
            thead { tr {
                th scope="col" { (scene.t("tahap", "stage")) }
                th.figure scope="col" { (scene.t("menunggu", "waiting")) }
                th scope="col" { (scene.t("terlama", "longest")) }
                th scope="col" { (scene.t("perkiraan bagi yang datang sekarang", "forecast for who comes now")) }
            } }
            @for stage in stages {
                tr {
                    th scope="row" { (scene.office.stage_name(stage.stage).get(scene.lang)) }
                    td.figure { (stage.waiting) }
                    td { @match stage.longest.as_ref().map(|ticket| (ticket, &ticket.state)) {
                        Some((ticket, State::Waiting { place, .. })) => { (history::link(scene, ticket.number, scene.date())) " · " (scene.minutes(&place.since)) }
                        _ => "–",
                    } }
                    td { (stage.wait.map_or("–".into(), |wait| wait.say(scene.lang))) }
                }
            }
        }
    }
}

/// How bad something is: told by a shape and a word, not by colour alone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Alarm {
    Bad,
    Warn,
}

type Alarms = Vec<(Alarm, Markup)>;

/// What needs a look, the worst first.
fn alarms(scene: &Scene, today: &Today, end: Option<End>, cases: &[Case]) -> Result<Alarms, No> {
    let (office, limits) = (scene.office, scene.office.limits);
    let mut alarms = alarms_without_day(scene, cases)?;
    if let Some(since) = &scene.board.network_down {
        alarms.push((
            Alarm::Bad,
            html! { (scene.t("Jaringan terganggu", "Network disturbed")) " · " (scene.minutes(since)) },
        ));
    }
    if let Some((ticket, waited)) = longest(scene, today).filter(|(_, waited)| *waited > u64::from(limits.wait_minutes))
    {
        alarms.push((Alarm::Bad, html! {
            (ticket.number) " " (scene.t("sudah menunggu", "has waited")) " " (waited) " " (scene.t("menit; batas", "min; the limit is")) " " (limits.wait_minutes)
        }));
    }
    for counter in today.counters.iter().filter(|counter| counter.held.is_none() && counter.pause.is_none()) {
        let Some(idle) = counter.last.as_ref().and_then(|since| minutes(scene, since)) else { continue };
        let serves = office.counter(counter.counter).map(|c| &c.stages[..]).unwrap_or_default();
        let waiting: u32 = today.stages.iter().filter(|s| serves.contains(&s.stage)).map(|s| s.waiting).sum();
        if idle > u64::from(limits.idle_minutes) && waiting > 0 {
            alarms.push((Alarm::Warn, html! {
                (scene.t("Loket", "Counter")) " " (counter.counter) " " (scene.t("kosong", "empty for")) " " (idle) " " (scene.t("menit, padahal ada yang menunggu:", "min while people wait for it:")) " " (waiting)
            }));
        }
    }
    if let Some(end) = end.filter(|end| end.late > 0) {
        alarms.push((
            Alarm::Warn,
            html! { (scene.t("Yang menunggu baru selesai", "Those waiting are done only at")) " " (clock(end.at)) },
        ));
    }
    alarms.sort_by_key(|(alarm, _)| *alarm);
    Ok(alarms)
}

/// Papers and cards: they need a look whether or not the day is open.
fn alarms_without_day(scene: &Scene, cases: &[Case]) -> Result<Alarms, No> {
    let mut alarms = Alarms::new();
    let jobs = scene.store.unconfirmed_print_jobs()?;
    let of = |is: fn(&JobState) -> bool| jobs.iter().filter(|job| is(&job.state)).count();
    let unsure = of(|state| matches!(state, JobState::Unknown { .. }));
    let failed = of(|state| matches!(state, JobState::FailedClean { .. }));
    if unsure > 0 {
        alarms.push((Alarm::Warn, html! { (unsure) " " (scene.t("kertas belum pasti keluar; jawab di halaman loket", "papers may not have come out; answer at a counter's page")) }));
    }
    if failed > 0 {
        alarms
            .push((Alarm::Warn, html! { (failed) " " (scene.t("kertas tidak tercetak", "papers were not printed")) }));
    }
    let late = cases.iter().filter(|case| light(case, scene.date(), scene.office) == Some(Light::Red)).count();
    if late > 0 {
        alarms.push((Alarm::Bad, html! {
            (late) " " (scene.t("permohonan lewat", "cases past")) " " (scene.office.stages.printing.overdue_days) " " (scene.t("hari", "days")) " · "
            a href="/report#late" { (scene.t("lihat", "see")) }
        }));
    }
    alarms.sort_by_key(|(alarm, _)| *alarm);
    Ok(alarms)
}

fn look_at(scene: &Scene, alarms: &Alarms) -> Markup {
    html! {
        section.look {
            h2 { (scene.t("Perlu dilihat", "Needs a look")) }
            ul {
                @for (alarm, what) in alarms {
                    @match alarm {
                        Alarm::Bad => li.bad { span.mark aria-hidden="true" { "■" } (what) },
                        Alarm::Warn => li.warn { span.mark aria-hidden="true" { "▲" } (what) },
                    }
                }
                @if alarms.is_empty() { li.good { span.mark aria-hidden="true" { "✓" } (scene.t("Tidak ada yang melewati batas", "Nothing is over its limit")) } }
            }
            h2 { (scene.t("Perangkat", "Devices")) }
            ul { (devices::printer(scene)) (devices::board(scene)) (devices::kiosk(scene)) (devices::office(scene)) }
        }
    }
}

/// The applications under way.
fn running(scene: &Scene, cases: &[Case]) -> Result<Markup, No> {
    let standing = |state: &'static str| cases.iter().filter(move |case| case.state.word() == state);
    let lights = |state: &'static str| {
        [Light::Green, Light::Amber, Light::Red]
            .map(|shown| standing(state).filter(|case| light(case, scene.date(), scene.office) == Some(shown)).count())
    };
    let printing = &scene.office.stages.printing;
    let age = |on: Date| (scene.date() - on).get_days();
    let row = |name: String, state: &'static str, more: Markup| {
        html! {
            tr { th scope="row" { (name) } td.figure { (standing(state).count()) } td.hint { (more) } }
        }
    };
    let by_light = |state: &'static str| {
        let [green, amber, red] = lights(state);
        html! {
            @if green + amber + red > 0 {
                (green) " ≤ " (printing.working_days) " " (scene.t("hari kerja", "working days"))
                @if amber > 0 { " · " (amber) " ≤ " (printing.overdue_days) " " (scene.t("hari", "days")) }
                @if red > 0 { " · " strong.bad { (red) " " (scene.t("terlambat", "overdue")) } }
            }
        }
    };
    let held: Vec<&Case> = standing("onhold").collect();
    let reason = |case: &Case| match case.state {
        CaseState::OnHold { reason } => scene.t(reason.text().0, reason.text().1).to_string(),
        _ => String::new(),
    };
    let mut reasons: Vec<String> = held.iter().map(|case| reason(case)).collect();
    reasons.sort();
    reasons.dedup();
    let ready = scene.store.history()?.ready_since()?;
    let long = |since: &&Moment| age(since.local(scene.office.identity.zone).date()) > report::LONG_UNCOLLECTED;
    let long = ready.iter().filter(long).count();
    Ok(html! {
        section {
            h2 { a href="/cases" { (scene.t("Permohonan berjalan", "Cases under way")) } }
            table.now {
                (row(scene.word("recorded").into(), "recorded", by_light("recorded")))
                @for name in reasons {
                    @let of_it: Vec<&&Case> = held.iter().filter(|case| reason(case) == name).collect();
                    tr {
                        th scope="row" { (scene.word("onhold")) ": " (name) }
                        td.figure { (of_it.len()) }
                        td.hint { @if let Some(on) = of_it.iter().filter_map(|case| case.recorded_on).min() { (scene.t("tertua", "oldest")) " " (age(on)) " " (scene.t("hari", "days")) } }
                    }
                }
                (row(scene.word("printed").into(), "printed", by_light("printed")))
                (row(scene.word("ready").into(), "ready", html! {
                    @if long > 0 { (long) " " (scene.t("lebih dari", "for more than")) " " (report::LONG_UNCOLLECTED) " " (scene.t("hari", "days")) }
                }))
            }
        }
    })
}

fn arrivals(scene: &Scene, report: &Report, hours: Option<Hours>) -> Markup {
    let now = scene.now.local(scene.office.identity.zone).hour();
    let (open, close) = hours.map_or((8, 15), |h| (h.open.hour(), h.close.hour()));
    let busy = |hour: &i8| report.hours[usize::try_from(*hour).unwrap_or(0)] > 0;
    let first = (0..24).find(busy).unwrap_or(open).min(open);
    let last = (0..24).rfind(busy).unwrap_or(close - 1).max(close - 1);
    let hours = (first..=last).map(|hour| {
        let count = u64::from(report.hours[usize::try_from(hour).unwrap_or(0)]);
        (format!("{hour:02}"), count, hour <= now)
    });
    charts::columns(
        scene.t("Nomor yang diberikan per jam", "Numbers issued by hour"),
        &hours.collect::<Vec<_>>(),
        scene.lang,
    )
}

fn limits(scene: &Scene) -> Markup {
    let limits = &scene.office.limits;
    let named = limits.named();
    let label = |key: &str| match key {
        "within_standard_percent" => scene.t("dalam standar, paling sedikit (%)", "within the standard, at least (%)"),
        "wait_minutes" => scene.t("menunggu, paling lama (menit)", "waiting, at most (min)"),
        "returned_percent" => scene.t("berkas dikembalikan, paling banyak (%)", "files returned, at most (%)"),
        _ => scene.t("loket kosong, paling lama (menit)", "counter empty, at most (min)"),
    };
    folded(
        scene.t("Batas", "Limits"),
        "L",
        scene.post(
            "/today/limits",
            None,
            html! {
                input type="hidden" name="seen" value=(Edit::Limits(*limits).says());
                @for (key, value, max) in named {
                    label { (label(key)) " " input type="number" name=(key) value=(value) min="1" max=(max) required; }
                }
                (button(scene.t("Simpan batas", "Save limits"), ENTER, "primary"))
                p.hint { (scene.t(
                    "Dipakai oleh halaman ini dan oleh laporan. Tidak mengubah apa pun bagi pemohon dan petugas.",
                    "Used by this page and by the report. They change nothing for applicants and officers.")) }
            },
        ),
    )
}

impl Scene<'_> {
    /// The date on the clock.
    pub(crate) fn date(&self) -> Date {
        self.now.local(self.office.identity.zone).date()
    }

    /// Who did it, by name.
    pub(crate) fn who(&self, by: &Actor) -> String {
        match by {
            Actor::Person(id) => match self.store.person(*id) {
                Ok(Some(person)) => person.name,
                _ => "–".into(),
            },
            Actor::Token(id) => match self.store.login_by_id(*id) {
                Ok(Some(login)) => login.name,
                _ => self.t("sebuah program", "a script").into(),
            },
            Actor::Device(_) => self.t("perangkat", "a device").into(),
            Actor::Terminal => self.t("terminal", "the terminal").into(),
            Actor::Console => self.t("konsol", "the console").into(),
            Actor::Named(name) => name.clone(),
        }
    }
}
