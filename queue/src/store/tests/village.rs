//! A day of the example office `offices/desa.toml`: letters made while one waits, one counter, no case and no receipt.

use super::*;
use crate::case::CaseId;

const VILLAGE: &str = include_str!("../../../../offices/desa.toml");

fn may(day: &Day, ticket: &Ticket) -> Vec<&'static str> {
    let offers = day.store.offers(ticket.id, 1, at(day.minute)).unwrap();
    offers.into_iter().filter(|offer| offer.refused.is_none()).map(|offer| offer.act).collect()
}

/// Calls the next one at the only counter, who comes at once.
fn serve(day: &mut Day) -> Ticket {
    let ticket = day.call(1);
    day.minute += 1;
    day.act(&ticket, Action::Start)
}

#[test]
fn a_village_office_plays_a_day_without_a_case() {
    let mut day = Day::open_with(VILLAGE);

    // Every service to its last stage: the file is checked, the same number is called again, the letter handed over.
    for service in day.store.office().services.clone() {
        let number = day.issue(&service.key.0).ticket.number;
        let checked = serve(&mut day);
        assert_eq!((checked.number, checked.state.stage()), (number, Some(Stage::Verification)));
        if service.stages.len() == 2 {
            assert_eq!(may(&day, &checked), ["complete", "return", "transfer", "cancel"], "{}", service.key);
            assert_eq!(day.act(&checked, Action::Complete).state.stage(), Some(Stage::Collection));
            day.minute += 5;
            let letter = serve(&mut day);
            assert_eq!((letter.number, may(&day, &letter)), (number, vec!["finish", "transfer", "cancel"]));
            let shown = Action::HandOver { by: CollectedBy::Applicant, receipt: None };
            assert!(matches!(refused(day.try_act(&letter, shown)), Refused::NotAllowed { .. }), "there is no receipt");
        } else {
            assert_eq!(may(&day, &checked), ["return", "finish", "transfer", "cancel"]);
            assert!(matches!(refused(day.try_act(&checked, Action::Complete)), Refused::NotAllowed { .. }));
        }
        day.minute += 2;
        let done = day.act(&checked, Action::Finish);
        assert_eq!((&done.state, done.case), (&State::Finished, None));
    }

    // A return and a second try, a transfer, a skip, an act taken back.
    let returned = day.issue("nikah").ticket;
    serve(&mut day);
    day.act(&returned, Action::Return { missing: vec!["unmarried-statement".into()] });
    day.act(&returned, Action::Reenter);
    serve(&mut day);
    day.act(&returned, Action::Transfer { service: ServiceKey("legalisir".into()) });
    serve(&mut day);
    day.act(&returned, Action::Finish);
    let last = day.store.undoable(&day.command()).unwrap();
    assert!(last.is_some_and(|act| act.action == Action::Finish), "the paper lies on the desk again");
    let skipped = day.issue("usaha").ticket;
    let called = day.call(1);
    day.skip(&called);

    // The network concerns no letter; what is still open when the day ends has no file to come back with.
    day.store.set_network(&day.command(), true).unwrap();
    let late = day.issue("pindah").ticket;
    serve(&mut day);
    assert_eq!(day.act(&late, Action::Complete).state.word(), "waiting");
    assert!(
        day.store
            .issue(&day.command(), &Issue { receipt: Some(Receipt { year: 26, n: 1 }), ..day.wish("sktm") })
            .is_err()
    );
    let summary = day.store.close_day(&day.command()).unwrap();
    assert_eq!((summary.issued, summary.finished, summary.deferred, summary.expired), (11, 9, 0, 2));
    assert_eq!(day.store.ticket(skipped.id).unwrap().unwrap().state, State::Expired);

    assert_eq!(day.store.case(CaseId(1)).unwrap(), None);
    let papers = day.papers();
    assert!(papers.iter().all(|paper| matches!(paper, Paper::Slip | Paper::Return | Paper::Summary)), "{papers:?}");
    day.assert_sound();
    let dir = day.dir;
    drop(day.store);
    let again = Store::open(dir.path()).unwrap();
    assert_eq!(again.check().unwrap().problems, Vec::<String>::new(), "the journal folds to what stands in the tables");
}

#[test]
fn a_procedure_that_cannot_work_is_refused_with_what_is_allowed() {
    let refused = |from: &str, to: &str| {
        assert!(VILLAGE.contains(from), "{from}");
        crate::office::Office::parse(&VILLAGE.replacen(from, to, 1)).unwrap_err().to_string()
    };
    let letter = "[\"verification\", \"collection\"]";
    let says = refused(letter, "[\"printing\"]");
    assert!(says.contains("service \"sktm\": stages = [\"printing\"]: allowed are"), "{says}");
    assert!(
        says.contains("[\"verification\", \"recording\", \"printing\"], [\"collection\"], [\"verification\", "),
        "{says}"
    );
    let says = refused(letter, "[\"stamping\"]");
    assert!(says.contains("stamping") && says.contains("`verification`"), "{says}");
    assert!(refused(letter, "[\"collection\"]").contains("none has \"printing\""));
    assert!(
        refused(letter, "[\"verification\", \"recording\", \"printing\"]").contains("serves the stage \"recording\"")
    );
    let counter = "number = 1\nstages = [\"verification\", \"collection\"]";
    let says = refused(counter, "number = 1\nstages = [\"verification\"]");
    assert!(says.contains("no [[counter]] serves the stage \"collection\" of service \"sktm\""), "{says}");
    let says = refused(
        "[stages.collection]\nname = { id = \"Penyerahan surat\", en = \"Hand-over of the letter\" }\nminutes = 5",
        "",
    );
    assert!(says.contains("[stages.collection]: a service has this stage"), "{says}");
    assert!(
        refused(
            "stages = [\"verification\"]\n\n[stages",
            "stages = [\"verification\"]\nprint_directly = true\n\n[stages"
        )
        .contains("print_directly needs")
    );
}
