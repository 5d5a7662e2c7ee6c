//! What staff typed and nobody may keep is erased, and the office stays sound.

use super::*;
use crate::journal::{Actor, ERASED};
use crate::people::Roles;
use crate::ticket::Seq;

/// Whether a text is anywhere in the files of the data folder.
fn is_kept(day: &Day, text: &str) -> bool {
    std::fs::read_dir(day.dir.path()).unwrap().any(|entry| {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

/// Erases the newest event that holds this text.
fn erase(day: &mut Day, text: &str) {
    let found = day.store.free_text(100).unwrap().into_iter().find(|(_, _, words)| words.contains(text)).unwrap();
    let command = day.command();
    day.store.erase_words(&command, found.0).unwrap();
    day.store.erase_words(&command, found.0).unwrap();
    assert!(!is_kept(day, text), "{text}");
    day.assert_sound();
}

#[test]
fn a_reason_a_name_and_a_notice_are_erased_and_leave_no_bytes() {
    let mut day = Day::open();
    day.issue("new");
    day.verify();
    let ticket = day.store.tickets().unwrap().remove(0);
    day.act(&ticket, Action::Cancel { reason: "Bu Kartikasari pulang".into() });
    erase(&mut day, "Kartikasari");
    let ticket = day.store.ticket(ticket.id).unwrap().unwrap();
    assert_eq!(ticket.state, State::Cancelled { reason: ERASED.into() });
    let case = day.store.case(ticket.case.unwrap()).unwrap().unwrap();
    assert_eq!(case.state, CaseState::Cancelled { reason: ERASED.into() });

    for name in ["Suparmanto", "Sriwedari"] {
        let person = day.store.set_person(&day.command(), name, Roles::all()).unwrap();
        day.store.set_person(&day.command(), name, Roles::default()).unwrap();
        erase_both(&mut day, name);
        assert_eq!(day.store.person(person.id).unwrap().unwrap().name, ERASED);
    }

    let notice =
        Notice { text: "Bu Marlinawati cuti".into(), english: Some("Marlinawati is away".into()), until: None };
    day.store.post_notice(&day.command(), &notice).unwrap();
    erase(&mut day, "Marlinawati");
    assert_eq!(day.store.board(at(1)).unwrap().notices[0].text, ERASED);
}

/// A name stands in every event that set its account.
fn erase_both(day: &mut Day, name: &str) {
    let events = day.store.free_text(100).unwrap();
    for (seq, _, _) in events.into_iter().filter(|(_, _, words)| words.contains(name)) {
        day.store.erase_words(&day.command(), seq).unwrap();
    }
    assert!(!is_kept(day, name), "{name}");
    day.assert_sound();
}

#[test]
fn what_has_no_free_text_is_not_erased() {
    let mut day = Day::open();
    day.issue("new");
    for seq in [1, 2, 99] {
        let command = Command { by: Actor::Terminal, ..day.command() };
        assert_eq!(refused(day.store.erase_words(&command, Seq(seq))), Refused::NothingToErase);
    }
    day.assert_sound();
}

#[test]
fn no_free_text_takes_a_persons_number() {
    let mut day = Day::open();
    day.issue("new");
    let ticket = day.store.tickets().unwrap().remove(0);
    for nik in ["6101024403900001", "6101/0244,0390_0001", "６１０１０２４４０３９００００１"] {
        let reason = format!("KTP {nik} pulang");
        let command = day.command();
        let refusals = [
            refused(day.store.act(&command, ticket.id, &Action::Cancel { reason: reason.clone() }, None)),
            refused(day.store.set_person(&day.command(), nik, Roles::all())),
            refused(day.store.post_notice(&day.command(), &Notice { text: reason, english: None, until: None })),
        ];
        assert!(refusals.iter().all(|no| *no == Refused::PersonalNumber), "{nik}: {refusals:?}");
        assert!(!is_kept(&day, nik), "{nik}");
    }
    day.assert_sound();
}
