//! The worker at a real store.

use super::*;
use crate::fixture::{MONDAY, key};
use crate::flow::Screen;
use queue::Lang;
use queue::printing::{JobState, Outcome};
use queue::store::Issue;

const DEADLINE: Duration = Duration::from_secs(20);

fn office(dir: &Path) -> Store {
    std::fs::write(dir.join("office.toml"), include_str!("../../office.toml")).expect("office.toml");
    Store::create(dir).expect("a store")
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
    let worker = Worker::start(dir.path().into(), move |input| drop(tell.send(input))).expect("a thread");
    let mut screen = Screen::new();
    until(&mut screen, &news, shows("not-opened"));
    other.open_day(&Command::new("test"), MONDAY, true).expect("opens");
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
    let worker = Worker::start(dir.path().into(), move |input| drop(tell.send(input))).expect("a thread");
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
