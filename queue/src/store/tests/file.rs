//! The file itself: who may write, what is refused, what is proved.

use super::*;

#[test]
fn a_repeated_command_changes_nothing_and_answers_the_same() {
    let mut day = Day::open();
    let command = day.command();
    let wish = day.wish("new");
    let first = day.store.issue(&command, &wish).unwrap();
    let second = day.store.issue(&command, &wish).unwrap();
    assert_eq!(first, second);
    assert_eq!(day.store.tickets().unwrap().len(), 1);
    assert_eq!(day.papers(), [Paper::Slip]);
    day.issue("new");

    let call = day.command();
    let called = day.store.call_next(&call, 1).unwrap();
    assert_eq!(day.store.call_next(&call, 1).unwrap(), called);
    let start = day.command();
    let id = called.unwrap().id;
    day.store.act(&start, id, &Action::Start, None).unwrap();
    let events = day.store.events().unwrap().len();
    day.store.act(&start, id, &Action::Start, None).unwrap();
    assert_eq!(day.store.events().unwrap().len(), events);
    assert_eq!(refused(day.store.act(&start, id, &Action::Complete, None)), Refused::CommandReused);
    assert_eq!(refused(day.store.issue(&start, &wish)), Refused::CommandReused);
    day.assert_sound();
}

#[test]
fn another_process_is_woken_and_sees_the_commit() {
    let mut day = Day::open();
    let mut reader = Store::open(day.dir.path()).unwrap();
    let mut bell = reader.doorbell();
    assert!(!reader.changed().unwrap());
    let waiting = std::thread::spawn(move || {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while std::time::Instant::now() < deadline {
            bell.wait(std::time::Duration::from_secs(20)).unwrap();
            if reader.changed().unwrap() {
                return reader.tickets().unwrap().len();
            }
        }
        0
    });
    day.issue("new");
    assert_eq!(waiting.join().unwrap(), 1);
}

#[test]
fn who_has_nothing_else_to_do_puts_the_log_into_the_database_and_no_applicant_waits_for_it() {
    let mut day = Day::open();
    let mut reader = Store::open(day.dir.path()).unwrap();
    let pages = |what: &str| std::fs::metadata(day.dir.path().join(what)).unwrap().len() / 4096;
    let (database, log) = (|| pages(DATABASE), || pages("antrean.db-wal"));
    let before = database();
    for _ in 0..150 {
        day.store.issue(&day.command(), &day.wish("lost")).unwrap();
    }
    assert!(log() > 1_000, "{} pages", log());
    assert_eq!(database(), before, "a writer goes on without a checkpoint");
    let mut longest = 0;
    for _ in 0..300 {
        reader.checkpoint(LONG_LOG).unwrap();
        day.store.issue(&day.command(), &day.wish("lost")).unwrap();
        longest = longest.max(log());
    }
    assert!(database() > before);
    assert!(longest < 2_000, "the log is used again from its beginning: {longest} pages");
    day.assert_sound();
}

#[test]
fn tampering_with_journal_or_tables_is_found() {
    let tamper = |sql: &str| {
        let mut day = Day::open();
        day.issue("new");
        day.call(1);
        day.assert_sound();
        day.store.db.pragma_update(None, "foreign_keys", false).unwrap();
        day.store.db.execute_batch(sql).unwrap();
        assert!(!day.store.check().unwrap().problems.is_empty(), "{sql}");
    };
    tamper("UPDATE event SET actor = 'console' WHERE seq = 2");
    tamper("UPDATE event SET at_ms = at_ms + 1 WHERE seq = 1");
    tamper("DELETE FROM event WHERE seq = 1");
    tamper("UPDATE ticket SET priority = 1");
    tamper("UPDATE ticket SET state = 'expired', stage = NULL, counter = NULL, calls = NULL");
}

#[test]
fn tampering_with_what_ended_long_ago_is_found() {
    let tamper = |what: &str, sql: &str| {
        let mut day = Day::open();
        day.issue("new");
        day.issue("new");
        day.verify();
        let case = day.record();
        day.on_case(&case, CaseAction::Cancel { reason: "pindah".into() });
        for n in 1..=2 {
            day.store.close_day(&day.command()).unwrap();
            day.minute += 24 * 60;
            day.store.open_day(&day.command(), date(2026, 11, 23 + n), false).unwrap();
            day.issue("new");
        }
        day.assert_sound();
        day.store.db.pragma_update(None, "foreign_keys", false).unwrap();
        day.store.db.execute_batch(sql).unwrap();
        let problems = day.store.check().unwrap().problems;
        assert!(problems.iter().any(|problem| problem.contains(what)), "{sql}: {problems:?}");
    };
    tamper("ticket 1 (A-001)", "UPDATE ticket SET priority = 1 WHERE id = 1");
    tamper("no row", "DELETE FROM ticket WHERE id = 3");
    tamper("ticket", "UPDATE ticket SET day = 3, n = 7 WHERE id = 2");
    tamper("case 26-000001-", "UPDATE application SET village = 'Kaliau'");
    tamper("case", "DELETE FROM application");
    tamper(
        "cases",
        "INSERT INTO application SELECT id + 1, receipt_year, receipt_n + 1, service, opened_seq, changed_seq, village,
                                        recorded_on, state, detail FROM application",
    );
}

#[test]
fn the_schema_refuses_what_the_rules_forbid() {
    let mut day = Day::open();
    day.issue("new");
    day.issue("new");
    for sql in [
        "UPDATE ticket SET n = 1",
        "UPDATE ticket SET counter = 1 WHERE n = 1",
        "UPDATE ticket SET stage = 'recording' WHERE n = 1",
        "UPDATE ticket SET state = 'called', counter = 1, calls = 1",
        "UPDATE ticket SET stage = NULL WHERE n = 1",
        "INSERT INTO day (date, opened_seq) VALUES ('2026-11-24', 1)",
        "INSERT INTO day (date, opened_seq, closed_seq) VALUES ('2026-11-23', 1, 1)",
        "UPDATE print_job SET state = 'unknown'",
    ] {
        assert!(day.store.db.execute_batch(sql).is_err(), "{sql}");
    }
    day.assert_sound();
}

#[test]
fn a_foreign_newer_damaged_or_missing_file_is_refused_untouched() {
    let refused = |prepare: &dyn Fn(&std::path::Path), says: &str| {
        let dir = data_folder(REAL);
        let path = dir.path().join(DATABASE);
        prepare(&path);
        let before = std::fs::read(&path).ok();
        let fault = Store::open(dir.path()).unwrap_err();
        assert!(fault.message.contains(says), "{fault}");
        assert_eq!(std::fs::read(&path).ok(), before, "untouched");
    };
    refused(&|_| (), "antrean init");
    refused(&|path| std::fs::write(path, "halo dunia, ini bukan basis data ".repeat(40)).unwrap(), "not a readable");
    refused(
        &|path| rusqlite::Connection::open(path).unwrap().execute_batch("CREATE TABLE a (b)").unwrap(),
        "another program",
    );
    refused(
        &|path| {
            drop(Store::create(path.parent().unwrap()).unwrap());
            rusqlite::Connection::open(path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        },
        "newer antrean",
    );
    refused(
        &|path| {
            drop(Store::create(path.parent().unwrap()).unwrap());
            std::fs::remove_file(path.with_file_name("antrean.verified")).unwrap();
            let mut bytes = std::fs::read(path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle..].fill(0x5a);
            std::fs::write(path, bytes).unwrap();
        },
        "damaged",
    );
    let dir = data_folder(&REAL.replace("sajingan-besar", "lain"));
    std::fs::write(dir.path().join(OFFICE), REAL).unwrap();
    drop(Store::create(dir.path()).unwrap());
    std::fs::write(dir.path().join(OFFICE), REAL.replace("code = \"sajingan-besar\"", "code = \"lain\"")).unwrap();
    let elsewhere = data_folder(&REAL.replace("sajingan-besar", "lain"));
    std::fs::copy(dir.path().join(DATABASE), elsewhere.path().join(DATABASE)).unwrap();
    let db = rusqlite::Connection::open(elsewhere.path().join(DATABASE)).unwrap();
    db.execute("DELETE FROM used", []).unwrap();
    drop(db);
    assert!(Store::open(elsewhere.path()).unwrap_err().message.contains("belongs to the office"));
    let wrong = data_folder(&REAL.replace("decree", "decre"));
    assert!(Store::create(wrong.path()).unwrap_err().message.contains("decre"));
    assert!(Store::create(data_folder(REAL).path()).is_ok());
}

#[test]
fn sqlite_versions_that_lose_commits_are_refused() {
    use super::connect::keeps_commits;
    for good in [3_051_003, 3_050_007, 3_044_006, 3_054_001] {
        assert!(keeps_commits(good), "{good}");
    }
    for bad in [3_040_001, 3_050_002, 3_051_002, 3_044_005] {
        assert!(!keeps_commits(bad), "{bad}");
    }
    assert!(keeps_commits(rusqlite::version_number()), "the bundled one");
}

#[test]
fn an_office_that_changes_its_ways_keeps_its_past() {
    let mut day = Day::open();
    day.issue("lost");
    let ticket = day.call(1);
    day.act(&ticket, Action::Transfer { service: ServiceKey("new".into()) });
    day.verify();
    day.record();
    // Three more are on their way through the service that will be gone.
    let waiting = day.issue("lost").ticket;
    let cancelled = day.issue("lost").ticket;
    day.issue("lost");
    // Next year: another prefix, one service less, other counters, no ticks, no villages.
    let (services, queue) =
        (REAL.find("[[service]]\nkey = \"lost\"").unwrap(), REAL.find("[[service]]\nkey = \"coll").unwrap());
    let changed = format!("{}{}", &REAL[..services], &REAL[queue..]);
    let changed = changed.replace("services = [\"lost\"]", "services = [\"new\"]");
    let changed = changed.replace("number = 2", "number = 7").replace("key = \"photo\"", "key = \"foto\"");
    std::fs::write(day.dir.path().join(OFFICE), changed).unwrap();
    day.store = Store::open(day.dir.path()).unwrap();
    let why = day.store.office_refused().unwrap();
    assert!(why.contains("layanan \"lost\" (L-002, L-003, L-004)"), "{why}");
    assert!(why.contains("the service \"lost\"") && !why.contains("loket 2"), "nobody is at counter 2: {why}");
    day.assert_sound();
    let called = day.call(1);
    assert_eq!(called.id, waiting.id, "who took a number is called");
    day.act(&called, Action::Start);
    day.act(&called, Action::Transfer { service: ServiceKey("new".into()) });
    day.act(&cancelled, Action::Cancel { reason: "layanan dihapus".into() });
    assert!(!day.store.reread_office());
    assert!(day.store.office_refused().unwrap().contains("(L-004)"), "the last one that needs it");
    let summary = day.store.close_day(&day.command()).unwrap();
    assert_eq!((summary.issued, summary.cancelled, summary.expired), (4, 1, 2), "the day can always be closed");

    // Nobody needs it any more: it is taken into use by itself, and the past stays what it was.
    assert!(day.store.reread_office() && day.store.office_refused().is_none());
    assert!(day.store.office().service(&ServiceKey("lost".into())).is_none());
    day.assert_sound();
    day.store = Store::open(day.dir.path()).unwrap();
    assert!(day.store.office().counter(7).is_some());
    day.assert_sound();
    let papers = day.store.print_jobs_of(waiting.id).unwrap();
    assert!(matches!(&papers[0].document.body, Body::Slip { service, .. } if service.0 == "lost"));
    day.store.open_day(&day.command(), date(2026, 11, 23), false).unwrap();
    day.issue("new");
    day.assert_sound();
}

#[test]
fn a_backup_is_a_whole_office() {
    let mut day = Day::open();
    day.issue("new");
    let elsewhere = data_folder(REAL);
    let copy = elsewhere.path().join(DATABASE);
    day.store.backup(&copy).unwrap();
    assert!(day.store.backup(&copy).is_err(), "never over another file");
    let restored = Store::open(elsewhere.path()).unwrap();
    assert_eq!(restored.tickets().unwrap(), day.store.tickets().unwrap());
    assert_eq!(restored.check().unwrap().problems, Vec::<String>::new());
}

#[test]
fn a_command_id_answers_only_for_what_it_did() {
    let mut day = Day::open();
    let issue = day.command();
    let wish = day.wish("new");
    let first = day.store.issue(&issue, &wish).unwrap();
    assert_eq!(refused(day.store.reprint(&issue, first.slip)), Refused::CommandReused);
    assert_eq!(refused(day.store.order_network_slip(&issue, first.ticket.id)), Refused::CommandReused);
    let call = day.command();
    day.store.call_next(&call, 1).unwrap();
    assert_eq!(refused(day.store.call_next(&call, 2)), Refused::CommandReused);
}

#[test]
fn the_journal_alone_rebuilds_the_tables() {
    let mut day = Day::open();
    day.issue("new");
    day.verify();
    day.record();
    let world = World::fold(day.store.events().unwrap()).unwrap();
    assert_eq!(world.tickets.get(&TicketId(1)), day.store.ticket(TicketId(1)).unwrap().as_ref());
    assert_eq!(world.cases.len(), 1);
}

#[test]
fn a_notice_stands_on_the_board_until_its_end_or_until_it_is_taken_down() {
    let dir = data_folder(REAL);
    let mut store = Store::create(dir.path()).unwrap();
    let wish = |minute| Command { now: at(minute), ..Command::new(crate::journal::Actor::Terminal) };
    let noon = date(2026, 11, 23).at(12, 0, 0, 0);
    let says = |text: &str, until| Notice { text: text.into(), english: None, until };
    let first = wish(0);
    let posted = store.post_notice(&first, &says("Blangko habis", None)).unwrap();
    assert_eq!(store.post_notice(&first, &says("Blangko habis", None)).unwrap(), posted, "before the first day, once");
    store.post_notice(&wish(1), &says("Antrean siang dibuka pukul 13.00", Some(noon))).unwrap();
    let shown = |store: &Store, minute| {
        let notices = store.board(at(minute)).unwrap().notices;
        notices.into_iter().map(|n| n.text).collect::<Vec<_>>()
    };
    assert_eq!(shown(&store, 2), ["Blangko habis", "Antrean siang dibuka pukul 13.00"]);
    assert_eq!(shown(&store, 240), ["Blangko habis"], "its end has come");
    let end = wish(3);
    store.end_notice(&end, posted).unwrap();
    store.end_notice(&end, posted).unwrap();
    assert_eq!(refused(store.end_notice(&wish(4), posted)), Refused::UnknownNotice);
    assert_eq!(shown(&store, 2), ["Antrean siang dibuka pukul 13.00"]);
    store.post_notice(&wish(241), &says("Besok libur", None)).unwrap();
    let hanging: Vec<String> = store.notices().unwrap().into_iter().map(|(_, notice)| notice.text).collect();
    assert_eq!(hanging, ["Besok libur"], "the next one takes down what is over");
    assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
    store.db.execute("UPDATE notice SET text = 'lain'", []).unwrap();
    assert!(!store.check().unwrap().problems.is_empty(), "a table that was altered is found");
}

#[test]
fn commits_that_were_acknowledged_and_are_gone_are_named() {
    let mut day = Day::open();
    day.issue("new");
    day.store.checkpoint(1).unwrap();
    let copy = std::fs::read(day.dir.path().join(DATABASE)).unwrap();
    (0..3).for_each(|_| drop(day.issue("lost")));
    let Day { store, dir, .. } = day;
    let last = store.events().unwrap().last().unwrap().seq.0;
    assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
    drop(store);

    // An older copy put in place by hand, without the log.
    let _ = std::fs::remove_file(dir.path().join("antrean.db-wal"));
    std::fs::write(dir.path().join(DATABASE), copy).unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let named =
        |store: &Store| store.check().unwrap().problems.iter().any(|p| p.contains(&format!("had reached {last} of")));
    assert!(named(&store), "{:?}", store.check().unwrap().problems);
    let wish = Issue { service: ServiceKey("new".into()), priority: false, lang: Lang::Id, receipt: None };
    store.issue(&Command { now: at(1), ..Command::new(crate::journal::Actor::Terminal) }, &wish).unwrap();
    assert!(named(&store) && named(&Store::open(dir.path()).unwrap()), "a number more does not hide it");
}
