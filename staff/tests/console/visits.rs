//! What happens at a counter.

use crate::office::{Office, passing};

#[tokio::test]
async fn s10_c5_a_return_needs_reasons_prints_a_slip_and_lets_the_number_re_enter() {
    let office = Office::open().await;
    office.issue("new").await;
    let ticket = office.call_and_start(1).await;
    let route = format!("/tickets/{ticket}/return");
    assert_eq!(office.act(&route, &[]).await.1["refused"], "missing-needed");
    assert_eq!(office.act(&route, &[("missing", "rt-rw-letter")]).await.1["refused"], "advice-is-no-reason");
    assert!(!office.get("/counter/1").await.text.contains("value=\"rt-rw-letter\""), "advice has no tick");
    let (status, no) = office.act(&format!("/tickets/{ticket}/complete"), &[("missing", "form")]).await;
    assert_eq!((status, no["refused"].as_str()), (422, Some("bad-form")), "ticked as missing is not complete");

    let answer = office.post(&route, &[("counter", "1"), ("missing", "family-card"), ("missing", "form")]).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, format!("/counter/1?ticket={ticket}").as_str()));
    let page = office.get(answer.location()).await.text;
    assert!(page.contains("A-001 berkas dikembalikan") && page.contains("Slip kekurangan berkas"));
    assert!(page.contains("Fotokopi Kartu Keluarga (KK); Formulir F1.01"), "what is missing stays in sight");
    let again = office.done(&format!("/tickets/{ticket}/reenter"), &[]).await;
    assert_eq!((again["number"].as_str(), again["state"].as_str()), (Some("A-001"), Some("waiting")));
}

#[tokio::test]
async fn s26_while_the_network_is_down_each_applicant_chooses() {
    let office = Office::one_counter().await;
    office.issue("new").await;
    let first = office.call_and_start(1).await;
    office.done(&format!("/tickets/{first}/complete"), &[]).await;
    assert_eq!(office.post("/network/down", &[("counter", "1")]).await.location(), "/counter/1");
    let page = office.get("/counter/1").await.text;
    for word in ["choose-wait", "refer", "defer", "papers/network"] {
        assert!(page.contains(&format!("action=\"/tickets/{first}/{word}\"")), "{word}");
    }
    assert!(page.contains("Jaringan terganggu"));
    office.done(&format!("/tickets/{first}/papers/network"), &[]).await;
    assert_eq!(office.done(&format!("/tickets/{first}/choose-wait"), &[]).await["state"], "held");
    assert_eq!(office.act("/network/down", &[]).await.1["refused"], "network-unchanged");
    office.done("/network/up", &[]).await;
    assert_eq!(office.store().ticket(queue::ticket::TicketId(first)).unwrap().unwrap().state.word(), "waiting");
    office.done("/network/down", &[]).await;
    assert_eq!(office.done(&format!("/tickets/{first}/refer"), &[]).await["state"], "referred");
}

#[tokio::test]
async fn c12_a_lost_card_may_be_printed_directly_and_a_new_one_not() {
    let office = Office::open().await;
    office.issue("new").await;
    let ticket = office.call_and_start(1).await;
    assert!(!office.get("/counter/1").await.text.contains("print-directly"));
    assert_eq!(office.act(&format!("/tickets/{ticket}/print-directly"), &[]).await.1["refused"], "no-direct-print");
    office.done(&format!("/tickets/{ticket}/transfer"), &[("service", "lost")]).await;
    let ticket = office.call_and_start(1).await;
    assert!(office.get("/counter/1").await.text.contains("/print-directly"));
    let done = office.done(&format!("/tickets/{ticket}/print-directly"), &[("place", "Sebunga")]).await;
    assert_eq!((done["number"].as_str(), done["state"].as_str()), (Some("A-001"), Some("finished")));
    assert!(office.get("/cases").await.text.contains("Desa Sebunga"));
}

#[tokio::test]
async fn one_officer_goes_on_to_the_recording_with_one_press() {
    let office = Office::one_counter().await;
    office.issue("new").await;
    office.issue("new").await;
    let ticket = office.call_and_start(1).await;
    let answer = office.post(&format!("/tickets/{ticket}/complete"), &[("counter", "1")]).await;
    let page = office.get(answer.location()).await.text;
    assert!(page.contains("Lanjut rekam A-001") && page.contains("lanjut di loket yang sama"));
    let fields = [("counter", "1"), ("reason", "lanjut di loket yang sama")];
    let called = office.done(&format!("/tickets/{ticket}/call-chosen"), &fields).await;
    assert_eq!((called["stage"].as_str(), called["state"].as_str()), (Some("recording"), Some("called")));
    assert!(!Office::open().await.get(answer.location()).await.text.contains("Lanjut rekam"));
}

#[tokio::test]
async fn skipping_is_offered_only_after_the_set_calls_and_who_comes_back_is_taken() {
    let office = Office::open().await;
    office.issue("new").await;
    let ticket = office.done("/counters/1/call", &[]).await["ticket"].as_i64().unwrap();
    let skip = format!("/tickets/{ticket}/skip");
    assert!(!office.get("/counter/1").await.text.contains(&skip));
    assert_eq!(office.act(&skip, &[]).await.1["refused"], "call-again-first");
    let recall = format!("/tickets/{ticket}/recall");
    let page = office.get("/counter/1").await.text;
    assert!(!page.contains(&recall) && page.contains("data-again=\"6\""), "the room has not seen the call yet");
    let (_, early) = office.act(&recall, &[]).await;
    assert_eq!(early["refused"], "call-still-shown");
    assert!(early["say"].as_str().unwrap().ends_with("Mohon tunggu 6 detik."), "{early}");
    let office = office.by(passing);
    for _ in 0..2 {
        assert!(office.get("/counter/1").await.text.contains(&recall));
        office.done(&recall, &[]).await;
    }
    assert!(office.get("/counter/1").await.text.contains(&skip));
    office.done(&skip, &[]).await;
    assert!(office.get("/counter/1").await.text.contains(&format!("/tickets/{ticket}/report-back")));
    assert_eq!(office.done(&format!("/tickets/{ticket}/report-back"), &[]).await["state"], "waiting");
}

#[tokio::test]
async fn every_act_that_a_page_offers_is_one_that_the_rules_allow() {
    // A button that is always refused teaches clerks to ignore refusals.
    let office = Office::one_counter().await.by(passing);
    for service in ["new", "lost", "new", "collection"] {
        office.issue(service).await;
    }
    let offered = |page: &str| -> Vec<String> {
        page.split("action=\"/tickets/")
            .skip(1)
            .filter_map(|s| s.split('"').next())
            .map(|s| format!("/tickets/{s}"))
            .collect()
    };
    let fields =
        [("reason", "uji"), ("counter", "1"), ("service", "lost"), ("missing", "family-card"), ("by", "applicant")];
    let never = [
        "not-allowed",
        "counter-busy",
        "call-again-first",
        "recalls-used-up",
        "call-still-shown",
        "network-is-up",
        "file-already-verified",
    ];
    let mut tried = 0;
    for steps in [&["call"][..], &["recall", "recall", "recall"], &["skip"], &["call", "start"], &["complete"]] {
        for step in steps {
            let held = office.store().at_counter(1).unwrap();
            match held {
                None => drop(office.done("/counters/1/call", &[]).await),
                Some(ticket) => drop(office.done(&format!("/tickets/{}/{step}", ticket.id.0), &[]).await),
            }
        }
        let page = office.get("/counter/1").await.text;
        for route in offered(&page) {
            // Each offer is tried on a copy of the office, so that the next one still stands.
            let other = office.copy();
            let (status, json) = other.act(&route, &fields[..if route.ends_with("complete") { 3 } else { 5 }]).await;
            let code = json["refused"].as_str().unwrap_or_default().to_string();
            assert!(status == 200 || !never.contains(&code.as_str()), "{route}: {json}");
            tried += 1;
        }
    }
    assert!(tried > 15, "{tried}");
}

#[tokio::test]
async fn who_asks_for_help_at_the_kiosk_is_seen_on_every_page_until_somebody_goes() {
    let office = Office::open().await;
    let asks = "Pemohon di kiosk meminta bantuan";
    assert!(!office.get("/cases").await.text.contains(asks));
    office
        .store()
        .ask_help(&queue::Command {
            now: crate::office::monday(),
            ..queue::Command::new(queue::journal::Actor::Device(queue::devices::KIOSK))
        })
        .unwrap();
    for path in ["/", "/counter/1", "/cases", "/report", "/people"] {
        let page = office.get(path).await.text;
        assert!(page.contains(asks) && page.contains("<title>❗ "), "{path}");
    }
    office.done("/help/answered", &[]).await;
    assert!(!office.get("/cases").await.text.contains(asks));
    assert!(matches!(office.store().events().unwrap().last().unwrap().by, queue::journal::Actor::Token(_)));
}

#[tokio::test]
async fn a_clerk_takes_back_the_last_act_by_the_button_that_names_it() {
    let office = Office::open().await;
    office.issue("new").await;
    let ticket = office.done("/counters/1/call", &[]).await["ticket"].as_i64().unwrap();
    assert!(!office.get("/counter/1").await.text.contains("/undo"), "a call was heard");
    office.done(&format!("/tickets/{ticket}/start"), &[("counter", "1")]).await;
    office.done(&format!("/tickets/{ticket}/complete"), &[("counter", "1")]).await;
    let page = office.get("/counter/1").await.text;
    assert!(page.contains("Urungkan: Berkas lengkap A-001"), "{page}");
    assert!(!office.get("/counter/2").await.text.contains("/undo"), "the other counter is another clerk's");
    let act = page.split("name=\"act\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let route = format!("/tickets/{ticket}/undo");
    assert_eq!(office.act(&route, &[("counter", "2"), ("act", act)]).await.1["refused"], "undo-not-own");
    assert_eq!(office.act(&route, &[("counter", "1"), ("act", "1")]).await.1["refused"], "undo-passed");
    assert_eq!(office.act(&route, &[("counter", "1"), ("act", "x")]).await.1["refused"], "bad-form");
    let back = office.done(&route, &[("counter", "1"), ("act", act)]).await;
    assert_eq!((back["state"].as_str(), back["stage"].as_str()), (Some("serving"), Some("verification")));
    assert!(!office.get("/counter/1").await.text.contains("/undo"));
    assert!(office.store().check().unwrap().problems.is_empty());
}

#[tokio::test]
async fn after_the_last_number_an_officer_gives_one_with_a_reason() {
    let office =
        Office::closed(|text| text.replace("open = \"08.00\"", "open = \"07.00\"").replace("\"14.30\"", "\"07.30\""));
    office.done("/day/open", &[("date", "2026-11-23")]).await;
    assert!(office.get("/counter/1").await.text.contains("jam nomor terakhir"));
    assert_eq!(office.act("/issue", &[("service", "new")]).await.1["refused"], "last-number-passed");
    let given = office.done("/issue", &[("service", "new"), ("reason", "datang dari jauh")]).await;
    assert_eq!(given["number"], "A-001");
}

#[tokio::test]
async fn a_village_letter_is_checked_and_handed_over_in_one_visit() {
    let office = Office::closed(|_| include_str!("../../../offices/desa.toml").into());
    office.done("/day/open", &[("date", "2026-11-23")]).await;
    office.issue("sktm").await;
    let ticket = office.call_and_start(1).await;
    let act = |word: &str| format!("/tickets/{ticket}/{word}");
    let page = office.get("/counter/1").await.text;
    assert!(page.contains(&act("complete")) && page.contains("Surat pernyataan tidak mampu"));
    assert!(!page.contains(&act("finish")), "the letter is not written yet");
    let missing = [("missing", "id-card")];
    assert_eq!(office.act(&act("finish"), &missing).await.0, 422, "ticked as missing is not done");

    // The same officer goes on with the same number.
    let answer = office.post(&act("complete"), &[("counter", "1")]).await;
    assert!(office.get(answer.location()).await.text.contains("Lanjutkan T-001"));
    office.call_and_start(1).await;
    let page = office.get("/counter/1").await.text;
    assert!(page.contains(&act("finish")) && page.contains("Penyerahan surat"));
    assert!(!page.contains("name=\"receipt\""), "no receipt is asked for");
    let done = office.done(&act("finish"), &[("counter", "1")]).await;
    assert_eq!((done["state"].as_str(), done["case"].is_null()), (Some("finished"), true));

    // Copies are certified where they are checked; what is missing still returns the file.
    office.issue("legalisir").await;
    let copies = office.call_and_start(1).await;
    let page = office.get("/counter/1").await.text;
    assert!(page.contains(&format!("/tickets/{copies}/finish")) && page.contains(&format!("/tickets/{copies}/return")));
    assert!(!page.contains(&format!("/tickets/{copies}/complete")));
    office.done(&format!("/tickets/{copies}/finish"), &[("counter", "1")]).await;

    let report = office.get("/report").await.text;
    assert!(report.contains("Pemeriksaan berkas") && report.contains("Penyerahan surat"));
    assert!(!report.contains("Direkam"), "there is no table of cards");
}
