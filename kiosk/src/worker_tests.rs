//! The worker at a real store.

use super::*;
use crate::fixture::{MONDAY, key};
use crate::screen::Screen;
use queue::printing::{JobState, Outcome};
use queue::store::Issue;
use queue::{Lang, Store};
use std::path::Path;

const DEADLINE: Duration = Duration::from_secs(60);

fn office(dir: &Path) -> Store {
    std::fs::write(dir.join("office.toml"), include_str!("../../office.toml")).expect("office.toml");
    Store::create(dir).expect("a store")
}

fn files(dir: &Path) -> Files {
    Files { data: dir.into(), log: None }
}

/// Feeds the screen until it is as wished.
fn until(screen: &mut Screen, news: &Receiver<Input>, wished: impl Fn(&Screen) -> bool) {
    let end = Instant::now() + DEADLINE;
    while !wished(screen) {
        let input = news.recv_timeout(end.saturating_duration_since(Instant::now()));
        screen.step(input.unwrap_or_else(|_| panic!("still {}", crate::line::page(screen))));
    }
}

fn shows(words: &'static str) -> impl Fn(&Screen) -> bool {
    move |screen| crate::line::page(screen).contains(words)
}

#[test]
fn s17_a_number_is_on_disk_before_it_is_shown_and_its_paper_is_followed() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut other = office(dir.path());
    let (tell, news) = channel();
    let worker = Worker::start(files(dir.path()), move |input| drop(tell.send(input))).expect("a thread");
    let mut screen = Screen::new();
    until(&mut screen, &news, shows("not-opened"));
    other.open_day(&queue::Command::new(queue::journal::Actor::Terminal), MONDAY, true).expect("opens");
    until(&mut screen, &news, shows("\"home\""));

    let what = Wish::Issue(Issue { service: key("new"), priority: false, lang: Lang::Id, receipt: None });
    screen.step(Input::Touch(crate::input::Touch::Service(key("new"))));
    let effect = screen.step(Input::Touch(crate::input::Touch::Print)).expect("a wish");
    assert!(matches!((&effect.what, &what), (Wish::Issue(_), Wish::Issue(_))));
    worker.wish(effect);
    until(&mut screen, &news, shows("A-001"));
    let tickets = other.tickets().expect("reads");
    assert_eq!(tickets.iter().map(|t| t.number.to_string()).collect::<Vec<_>>(), ["A-001"]);

    let now = queue::clock::now();
    let job = other.claim_print_job(now).expect("claims").expect("a slip");
    other.settle_print_job(job.id, &Outcome::Unknown { cause: "cable".into() }, now).expect("settles");
    until(&mut screen, &news, shows("\"paper\":\"unknown\""));
    worker.wish(screen.step(Input::Touch(crate::input::Touch::Paper { came_out: true })).expect("a wish"));
    until(&mut screen, &news, shows("\"paper\":\"printed\""));
    assert_eq!(other.print_job(job.id).expect("reads").expect("there").state, JobState::Confirmed);
}

#[test]
fn a_store_that_cannot_be_opened_is_told_at_once_and_opened_when_it_can() {
    let dir = tempfile::tempdir().expect("a folder");
    let (tell, news) = channel();
    let worker = Worker::start(files(dir.path()), move |input| drop(tell.send(input))).expect("a thread");
    let mut screen = Screen::new();
    until(&mut screen, &news, shows("fault"));
    let what = Wish::Issue(Issue { service: key("new"), priority: false, lang: Lang::Id, receipt: None });
    worker.wish(Effect { wish: 1, what });
    let end = Instant::now() + DEADLINE;
    loop {
        match news.recv_timeout(end.saturating_duration_since(Instant::now())).expect("an answer") {
            Input::Answer { wish: 1, answer: Answer::Fault } => break,
            _ => continue,
        }
    }
    drop(office(dir.path()));
    until(&mut screen, &news, shows("not-opened"));
}

#[test]
fn a_call_for_an_officer_reaches_the_staff_and_ends_when_they_come() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut other = office(dir.path());
    let (tell, news) = channel();
    let worker = Worker::start(files(dir.path()), move |input| drop(tell.send(input))).expect("a thread");
    let mut screen = Screen::new();
    other.open_day(&queue::Command::new(queue::journal::Actor::Terminal), MONDAY, true).expect("opens");
    until(&mut screen, &news, shows("\"home\""));
    // An officer beside the kiosk may answer before it has looked again.
    for _ in 0..20 {
        worker.wish(screen.step(Input::Touch(crate::input::Touch::Help)).expect("a call"));
        assert!(screen.step(Input::Touch(crate::input::Touch::Help)).is_none(), "called once");
        until(&mut screen, &news, Screen::called);
        let end = Instant::now() + DEADLINE;
        while other.help_asked().expect("reads").is_none() {
            assert!(Instant::now() < end, "the staff know");
            std::thread::yield_now();
        }
        other.answer_help(&queue::Command::new(queue::journal::Actor::Terminal)).expect("answers");
        until(&mut screen, &news, |screen| !screen.called());
    }
}

#[test]
fn a_changed_office_toml_is_taken_and_a_wrong_one_leaves_the_old_in_use() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut other = office(dir.path());
    other.open_day(&queue::Command::new(queue::journal::Actor::Terminal), MONDAY, true).expect("opens");
    let (tell, news) = channel();
    let worker = Worker::start(files(dir.path()), move |input| drop(tell.send(input))).expect("a thread");
    let mut screen = Screen::new();
    until(&mut screen, &news, shows("\"home\""));
    let text = include_str!("../../office.toml");
    let write = |text: &str| std::fs::write(dir.path().join("office.toml"), text).expect("writes");
    write(&text.replace("prefix = \"L\"", "prefix = \"Q\""));
    // The clock of a file system may stand still for some milliseconds; the length differs in any case.
    write(&text.replace("Kecamatan Sajingan Besar", "Kecamatan Sajingan Raya Sekali"));
    let named = |screen: &Screen| screen.office.as_ref().is_some_and(|o| o.identity.name.ends_with("Raya Sekali"));
    until(&mut screen, &news, named);
    write(&text.replace("[office]", "[bureau]\nunknown = 1"));
    screen.step(Input::Touch(crate::input::Touch::Service(key("new"))));
    worker.wish(screen.step(Input::Touch(crate::input::Touch::Print)).expect("a wish"));
    until(&mut screen, &news, shows("A-001"));
    assert!(named(&screen), "the old one is kept");
    worker.beat(true);
    let end = Instant::now() + DEADLINE;
    let beat = loop {
        assert!(Instant::now() < end, "staff see that the kiosk lives");
        if let Some(beat) = other.heartbeat(Device::Kiosk) {
            break beat;
        }
        std::thread::yield_now();
    };
    assert!(beat.troubles[0].id.contains("office.toml yang lama"), "and what is wrong: {beat:?}");
    assert!(beat.troubles[1].id.contains("tanpa suara"), "{beat:?}");
}

#[test]
fn s05_who_has_not_everything_takes_the_list_home_and_a_technician_reaches_the_other_roles() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut other = office(dir.path());
    other.open_day(&queue::Command::new(queue::journal::Actor::Terminal), MONDAY, true).expect("opens");
    other.report_printer(queue::printing::PrinterState::Ready, "", queue::clock::now()).expect("reports");
    std::fs::write(dir.path().join("kiosk.code"), "2468").expect("writes");
    let (tell, news) = channel();
    let worker = Worker::start(files(dir.path()), move |input| drop(tell.send(input))).expect("a thread");
    let mut screen = Screen::new();
    until(&mut screen, &news, shows("\"home\""));
    let touch = |screen: &mut Screen, touch: crate::input::Touch| {
        if let Some(effect) = screen.step(Input::Touch(touch)) {
            worker.wish(effect);
        }
    };
    use crate::input::Touch;
    for step in [Touch::Service(key("new")), Touch::Incomplete, Touch::PrintList] {
        touch(&mut screen, step);
    }
    until(&mut screen, &news, shows("\"list\":\"printing\""));
    let now = queue::clock::now();
    let job = other.claim_print_job(now).expect("claims").expect("a list");
    assert_eq!(job.document.body, queue::document::Body::List { service: key("new") });
    other.settle_print_job(job.id, &Outcome::Confirmed, now).expect("settles");
    until(&mut screen, &news, shows("\"list\":\"printed\""));
    assert!(other.tickets().expect("reads").is_empty(), "no number was taken");
    touch(&mut screen, Touch::Home);
    touch(&mut screen, Touch::Hold);
    until(&mut screen, &news, shows("\"code\""));
    [2, 4, 6, 8].iter().for_each(|digit| touch(&mut screen, Touch::Digit(*digit)));
    until(&mut screen, &news, shows("\"technician\""));
    touch(&mut screen, Touch::PrintTest);
    until(&mut screen, &news, shows("\"test\":\"printing\""));
    touch(&mut screen, Touch::Restart(Some(queue::store::Process::Printer)));
    until(&mut screen, &news, |screen| screen.busy.is_none());
    assert!(other.restart_asked(queue::store::Process::Printer).expect("reads").is_some());
}

#[test]
fn a_quota_is_known_before_anybody_is_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    let limited = include_str!("../../office.toml").replace("prefix = \"L\"", "prefix = \"L\"\nquota = 1");
    std::fs::write(dir.path().join("office.toml"), limited).expect("office.toml");
    let mut other = Store::create(dir.path()).expect("a store");
    other.open_day(&queue::Command::new(queue::journal::Actor::Terminal), MONDAY, true).expect("opens");
    let (tell, news) = channel();
    let _worker = Worker::start(files(dir.path()), move |input| drop(tell.send(input))).expect("a thread");
    let mut screen = Screen::new();
    until(&mut screen, &news, shows("\"home\""));
    let wish = Issue { service: key("lost"), priority: false, lang: Lang::Id, receipt: None };
    other.issue(&queue::Command::new(queue::journal::Actor::Terminal), &wish).expect("the only one");
    until(&mut screen, &news, shows("\"used_up\":[\"lost\"]"));
    screen.step(Input::Touch(crate::input::Touch::Service(key("lost"))));
    assert!(crate::line::page(&screen).contains("\"refused\""), "said at the first touch");
}
