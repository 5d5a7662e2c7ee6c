//! One person alone, with a keyboard and nothing else: from the enrolment code to the closed day, once in every browser
//! that the console promises to work in.

use crate::accounts::{PASSWORD, PIN};
use crate::browser::{Browser, DOWN, ENTER, ESCAPE, Kind, TAB, UP};
use crate::office::{Office, antrean, until};
use queue::ticket::State;

/// Who is waiting before the day's first call: more rows than there are letters.
const WAITING: usize = 24;

#[test]
#[ignore = "needs chromium"]
fn one_person_serves_with_the_keyboard_alone_in_chromium() {
    serve(Kind::Chromium);
}

#[test]
#[ignore = "needs firefox-esr and geckodriver"]
fn one_person_serves_with_the_keyboard_alone_in_firefox() {
    serve(Kind::Firefox);
}

fn serve(kind: Kind) {
    let mut office = Office::closed();
    office.start_virtual_printer();
    office.start_printer();
    office.start_console();
    let code = office.code();
    let mut desk = Browser::start(kind, &office.console().url);
    let name = |page: &str| format!("{kind:?}-{page}").to_lowercase();

    desk.go("/");
    desk.see("input[name=code]");
    fill_in(&desk, &[&code, "Camat", PASSWORD, PIN]);
    desk.see("footer");
    desk.look(&name("day-not-open"));
    a_wrong_date_is_asked_twice(&mut desk, &name("another-date.id"));
    desk.key("b");
    desk.see("form[action='/day/close']");

    people(&mut desk, &name("people"));
    for _ in 0..WAITING {
        let issued = antrean(&["issue", "--data", &office.data(), "new"]);
        assert!(issued.status.success(), "{}", String::from_utf8_lossy(&issued.stderr));
    }
    menu(&desk, "l", "#counters");
    desk.key("1");
    desk.see("#waiting table");
    chosen_from_many(&mut desk, &office, &name("many-waiting"));
    returned_and_back(&desk, &office);
    letters_are_text_where_somebody_types(&desk, &office);
    desk.key("n");
    desk.wait("document.activeElement.name === 'service'");
    // The second service of the office.
    desk.key(DOWN);
    desk.key(ENTER);
    desk.wait("document.querySelector('#notice p')?.innerText.startsWith('L-001')");

    // The next one to recording, and recorded.
    press(&desk, "p", "#held form[action$='/start']");
    press(&desk, "h", "#held form[action$='/complete']");
    desk.look(&name("verification"));
    press(&desk, "l", "#held form[action$='/call']");
    menu(&desk, "l", "#counters");
    press(&desk, "2", "#held form[action$='/call']");
    press(&desk, "p", "#held form[action$='/start']");
    press(&desk, "h", "#held form[action$='/finish-recording']");
    desk.look(&name("recording"));
    // Nothing is recorded yet: refused, and nobody is finished.
    press(&desk, "s", "p.notice.no");
    for tick in ["1", "2", "3", "4", "5"] {
        desk.key(tick);
    }
    desk.wait("document.querySelectorAll('#held [name=done]:checked').length === 5");
    desk.key("t");
    desk.wait("document.activeElement.name === 'place'");
    // The first village of the list.
    desk.key(DOWN);
    desk.key(ESCAPE);
    press(&desk, "s", "#held form[action$='/call']");

    menu(&desk, "p", "#recorded table");
    desk.look(&name("cases"));
    desk.key(DOWN);
    desk.key("x");
    press(&desk, "t", "#printed table");
    desk.key(DOWN);
    desk.key("x");
    press(&desk, "s", "#ready table");
    desk.key(DOWN);
    press(&desk, ENTER, "#case p.number");
    press(&desk, "k", "#ready table");
    press(&desk, "1", "#village table");
    desk.look(&name("village"));
    // Asked once, taken back, and done again.
    for _ in 0..2 {
        desk.key("d");
        desk.wait("document.activeElement.matches('details[open] button')");
        desk.look_once(&name("village-asked.id"));
        press(&desk, ENTER, "#lately form");
        press(&desk, "z", "#ready table");
        press(&desk, "1", "#village table");
    }
    desk.key("d");
    desk.wait("document.activeElement.matches('details[open] button')");
    press(&desk, ENTER, "#notice p");

    notices(&mut desk, &name("notices"));
    hours_and_holidays(&mut desk, &office, &name("office"));
    menu(&desk, "a", "table.wide");
    press(&desk, "t", "table.wide");
    desk.look(&name("report"));
    desk.print(&name("report"));
    a_console_that_comes_back(&desk, &mut office);

    menu(&desk, "k", "input[name=pin]");
    desk.look(&name("sign-in"));
    desk.wait("document.activeElement.name === 'pin'");
    desk.types(PIN);
    desk.key(ENTER);
    desk.see("footer");
    desk.key("t");
    desk.key("y");
    desk.key(ENTER);
    desk.see("table.summary");
    desk.look_once(&name("day-closed.id"));
    press(&desk, "s", "#day");

    assert!(desk.found.is_empty(), "{} findings:\n{:#?}", desk.found.len(), desk.found);
    office.assert_sound();
}

/// Fills the fields of a form from the one that has the focus on, and sends it.
fn fill_in(desk: &Browser, fields: &[&str]) {
    desk.wait("document.activeElement.matches('input')");
    for (i, field) in fields.iter().enumerate() {
        if i > 0 {
            desk.key(TAB);
        }
        desk.types(field);
    }
    desk.key(ENTER);
}

/// A key, and what the page shows then.
fn press(desk: &Browser, key: &str, then: &str) {
    // What it is waited for may have stood on the page before too.
    desk.after(|desk| desk.key(key));
    desk.see(then);
}

fn menu(desk: &Browser, key: &str, then: &str) {
    desk.key("m");
    desk.see("body.menu");
    press(desk, key, then);
}

/// The clock is said to be wrong, and is believed after all.
fn a_wrong_date_is_asked_twice(desk: &mut Browser, name: &str) {
    desk.key("s");
    desk.wait("document.activeElement.name === 'date'");
    desk.types("30/11/2026");
    press(desk, ENTER, "p.date");
    desk.look_once(name);
    press(desk, "k", "#counters");
}

fn notices(desk: &mut Browser, name: &str) {
    menu(desk, "u", "#notices");
    desk.key("i");
    desk.wait("document.activeElement.matches('input')");
    desk.types("Blangko habis sampai Rabu");
    press(desk, ENTER, "#notices [data-row]");
    desk.look(name);
    desk.key(DOWN);
    press(desk, "t", "#notices p.hint");
}

/// A new person with three roles, a fourth one later.
fn people(desk: &mut Browser, name: &str) {
    menu(desk, "o", "[data-row=new]");
    desk.key("p");
    desk.wait("document.activeElement.name === 'name'");
    desk.types("Sari");
    desk.key(ESCAPE);
    desk.wait("document.activeElement.dataset.row === 'new'");
    for tick in ["1", "2", "3"] {
        desk.key(tick);
    }
    press(desk, ENTER, "p.date");
    press(desk, "s", "[data-row=new]");
    desk.look(name);
    for row in 1..=2 {
        desk.key(DOWN);
        desk.wait(&format!("document.activeElement === document.querySelectorAll('[data-row]')[{}]", row - 1));
    }
    assert_eq!(desk.value("document.activeElement.querySelectorAll('[name=role]:checked').length"), 3);
    desk.key("k");
    desk.wait("document.activeElement.matches('details[open] button')");
    desk.key(ESCAPE);
    desk.wait("!document.querySelector('details[open]')");
    desk.key("5");
    press(desk, "s", "[data-row=new]");
    let sari = "document.querySelectorAll('[data-row]')[1].querySelectorAll('[name=role]:checked').length";
    assert_eq!(desk.value(sari), 4);
}

/// The last of many is called before the others; a row's letter without a row calls nobody.
fn chosen_from_many(desk: &mut Browser, office: &Office, name: &str) {
    assert_eq!(desk.value("document.querySelectorAll('#waiting tr').length"), WAITING);
    desk.look(name);
    desk.key("i");
    desk.wait("document.activeElement.matches('#waiting tr:first-child')");
    assert_eq!(desk.value("document.querySelector('details[open]')"), serde_json::Value::Null);
    for _ in 1..WAITING {
        desk.key(DOWN);
    }
    desk.key(DOWN);
    desk.wait("document.activeElement.matches('#waiting tr:last-child')");
    desk.key(UP);
    desk.wait("document.activeElement.matches('#waiting tr:nth-last-child(2)')");
    let place =
        "(({ top, bottom }) => top >= 0 && bottom <= innerHeight)(document.activeElement.getBoundingClientRect())";
    assert_eq!(desk.value(place), true, "the chosen row is on the screen");
    let number = desk.text("#waiting tr:nth-last-child(2) th");

    // Another one comes meanwhile: the page reads itself anew, and the chosen row stays chosen.
    antrean(&["issue", "--data", &office.data(), "new"]);
    desk.wait(&format!("document.querySelectorAll('#waiting tr').length === {}", WAITING + 1));
    desk.wait("document.activeElement.matches('#waiting tr:nth-last-child(3)')");
    desk.key("i");
    desk.wait("document.activeElement.name === 'reason'");
    desk.types("keadaan darurat");
    desk.look_once(&format!("{name}-chosen.id"));
    press(desk, ENTER, "#held form[action$='/start']");
    assert_eq!(desk.text("#held p.number"), number);
}

fn returned_and_back(desk: &Browser, office: &Office) {
    press(desk, "h", "#held form[action$='/complete']");
    desk.key("2");
    desk.wait("document.querySelectorAll('#held [name=missing]:checked').length === 1");
    // A mistake: the file is not complete. Twice refused, and the tick stays.
    for _ in 0..2 {
        press(desk, "l", "p.notice.no");
        desk.wait("document.querySelectorAll('#held [name=missing]:checked').length === 1");
    }
    press(desk, "k", "#returned table");
    // From whichever row was chosen before, down to the last list.
    let is_chosen = "document.activeElement.matches('#returned tr')";
    for _ in 0..2 * WAITING {
        if desk.value(is_chosen) == true {
            break;
        }
        desk.key(DOWN);
    }
    desk.wait(is_chosen);
    desk.key("i");
    until("back among the waiting", || {
        let tickets = office.store.tickets().unwrap();
        tickets.iter().all(|ticket| matches!(ticket.state, State::Waiting { .. })).then_some(())
    });
    desk.wait("!document.querySelector('#returned table')");
}

fn letters_are_text_where_somebody_types(desk: &Browser, office: &Office) {
    desk.key("/");
    desk.wait("document.activeElement.name === 'number'");
    desk.types("pnjmrz1i");
    assert_eq!(desk.value("document.activeElement.value"), "pnjmrz1i");
    desk.key(ESCAPE);
    desk.wait("document.activeElement === document.body");
    let tickets = office.store.tickets().unwrap();
    assert!(tickets.iter().all(|ticket| matches!(ticket.state, State::Waiting { .. })), "nobody was called");
    assert_eq!(tickets.len(), WAITING + 1);
}

/// Monday opens earlier, and the first holiday is one no more.
fn hours_and_holidays(desk: &mut Browser, office: &Office, name: &str) {
    menu(desk, "j", "table.times");
    desk.look(name);
    desk.key("w");
    desk.wait("document.activeElement.name === 'open_monday'");
    desk.types("7.30");
    press(desk, ENTER, "#notice p");
    assert_eq!(desk.value("document.querySelector('[name=open_monday]').value"), "07.30");
    let holidays = desk.value("document.querySelectorAll('[data-row]').length").as_u64().unwrap();
    desk.key(DOWN);
    press(desk, "h", "#notice p");
    assert_eq!(desk.value("document.querySelectorAll('[data-row]').length"), holidays - 1);
    let written = std::fs::read_to_string(office.path("office.toml")).unwrap();
    assert!(written.contains("open = \"07.30\""), "{written}");
}

/// The page says that the console is gone, and finds it again by itself.
fn a_console_that_comes_back(desk: &Browser, office: &mut Office) {
    menu(desk, "l", "#counters");
    desk.wait("document.getElementById('offline').hidden");
    office.kill("staff");
    desk.wait("!document.getElementById('offline').hidden");
    office.start_again();
    desk.wait("document.getElementById('offline').hidden");
    let issued = antrean(&["issue", "--data", &office.data(), "lost"]);
    assert!(issued.status.success());
    desk.wait("document.querySelector('#day').innerText.includes('KTP-el hilang: 2')");
}
