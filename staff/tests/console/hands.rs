//! What the hands at a counter need: an act without a redirect, a refusal beside its field, one question before what ends
//! something, and the way back for five minutes.

use crate::office::{Answer, Office, form, fresh, monday};
use queue::printing::Outcome;
use queue::ticket::TicketId;

impl Office {
    /// A form as the page's script sends it, with a fresh command unless it brings one.
    async fn stay(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let headers = [("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "same-origin"), ("x-antrean-stay", "1")];
        let command = fresh();
        let all: Vec<_> = fields.iter().copied().chain([("command", command.as_str())]).collect();
        self.post_with(path, &headers, form(&all)).await
    }
}

#[tokio::test]
async fn an_act_of_the_script_is_answered_with_the_page_and_a_refusal_names_its_fields() {
    let office = Office::open().await;
    office.issue("new").await;
    let called = office.stay("/counters/1/call", &[("counter", "1")]).await;
    assert_eq!(called.status, 200);
    assert!(called.text.contains("/tickets/1/start") && called.text.contains("data-here=\"/counter/1\""));
    office.stay("/tickets/1/start", &[("counter", "1")]).await;
    let fields = |answer: &Answer| answer.headers["x-antrean-fields"].to_str().unwrap().to_string();
    for (word, list, at) in [
        ("complete", vec![("missing", "form")], "missing"),
        ("return", vec![], "missing"),
        ("cancel", vec![("reason", "")], "reason"),
        ("cancel", vec![("reason", "6101024403900001")], "reason"),
    ] {
        let list: Vec<_> = list.into_iter().chain([("counter", "1")]).collect();
        let refused = office.stay(&format!("/tickets/1/{word}"), &list).await;
        assert_eq!((refused.status.is_client_error(), fields(&refused).as_str()), (true, at), "{word}");
    }
    let done = office.stay("/tickets/1/complete", &[("counter", "1")]).await;
    assert!(done.text.contains("A-001 menunggu perekaman"), "{}", done.text);
    assert!(done.text.contains("data-here=\"/counter/1?ticket=1\""), "and stays said");
}

#[tokio::test]
async fn one_press_ends_a_visit_and_calls_the_next_and_one_officer_goes_on_without_a_call() {
    let office = Office::one_counter().await;
    let first = office.issue("new").await;
    let second = office.issue("lost").await;
    assert_eq!(office.call_and_start(1).await, first);
    let page = office.get("/counter/1").await.text;
    assert!(page.contains("Lengkap, lanjut di loket ini"));
    let on = [("counter", "1"), ("then", "stay"), ("command", "complete-and-stay")];
    for _ in 0..2 {
        assert_eq!(office.stay(&format!("/tickets/{first}/complete"), &on).await.status, 200);
        assert_eq!(office.store().ticket(TicketId(first)).unwrap().unwrap().state.word(), "serving");
    }
    let page = office.get("/counter/1").await.text;
    assert!(page.contains("/finish-recording") && page.contains("Urungkan"));
    let end = [("counter", "1"), ("then", "call"), ("done", "photo"), ("command", "finish-and-call")];
    for _ in 0..2 {
        assert_eq!(office.stay(&format!("/tickets/{first}/finish-recording"), &end).await.status, 200);
        assert_eq!(office.store().ticket(TicketId(first)).unwrap().unwrap().state.word(), "finished");
    }
    let store = office.store();
    assert_eq!(store.ticket(TicketId(second)).unwrap().unwrap().state.word(), "called");
    assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
    assert!(!Office::open().await.get("/counter/1").await.text.contains("lanjut di loket ini"));
}

#[tokio::test]
async fn a_receipt_that_may_be_out_is_asked_back_when_its_recording_is_undone() {
    let office = Office::one_counter().await;
    let ticket = office.issue("lost").await;
    office.call_and_start(1).await;
    office.done(&format!("/tickets/{ticket}/print-directly"), &[("counter", "1")]).await;
    let mut printer = office.store();
    while let Some(job) = printer.claim_print_job(monday()).unwrap() {
        printer.settle_print_job(job.id, &Outcome::Confirmed, monday()).unwrap();
    }
    let page = office.get("/counter/1").await.text;
    let act = page.split("name=\"act\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_string();
    let undone = office.stay(&format!("/tickets/{ticket}/undo"), &[("counter", "1"), ("act", &act)]).await;
    assert!(undone.text.contains("Tanda Terima Pengambilan: tidak berlaku lagi"), "{}", undone.text);
    let receipt = office.store().case(queue::case::CaseId(1)).unwrap().unwrap().receipt.to_string();
    assert_eq!(office.get(&format!("/api/cases/{receipt}")).await.json()["say"], "dibatalkan");
    let (status, no) = office.act("/issue", &[("service", "collection"), ("receipt", &receipt)]).await;
    assert_eq!((status, no["say"].as_str()), (409, Some("KTP-el tidak dapat diambil: Dibatalkan.")));
}

#[tokio::test]
async fn cards_sent_to_a_village_by_mistake_come_back_together() {
    let office = Office::open().await;
    let mut cases = Vec::new();
    for _ in 0..3 {
        cases.push(office.recorded_case().await.0.to_string());
    }
    let ticked: Vec<(&str, &str)> = cases.iter().map(|case| ("case", case.as_str())).collect();
    office.done("/cases/print", &ticked).await;
    office.done("/cases/make-ready", &ticked).await;
    let page = office.get(&format!("/cases/{}", cases[0])).await.text;
    assert!(page.contains("Pemohon memilih mengambil KTP-el ini di kecamatan."), "{page}");
    let sent: Vec<_> = ticked.iter().copied().chain([("village", "Kaliau")]).collect();
    let sent = office.stay("/cases/send-to-village", &sent).await;
    assert!(sent.text.contains("3 KTP-el diserahkan ke Desa Kaliau.") && sent.text.contains("action=\"/cases/undo\""));
    assert_eq!(office.done("/cases/undo", &ticked).await["changed"], 3);
    let page = office.get("/cases").await.text;
    assert!(!page.contains("action=\"/cases/undo\""));
    for case in &cases {
        let state = office.store().case(queue::case::CaseId(case.parse().unwrap())).unwrap().unwrap().state;
        assert_eq!(state.word(), "ready");
    }
}
