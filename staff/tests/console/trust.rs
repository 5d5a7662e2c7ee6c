//! What clerks rely on whatever they click, and what nobody else can do.

use crate::office::{Office, form, fresh, passing};

#[tokio::test]
async fn s13_a_number_taken_with_one_receipt_hands_over_no_other_card() {
    let office = Office::open().await;
    let mut receipts = Vec::new();
    for _ in 0..2 {
        let (case, receipt) = office.recorded_case().await;
        office.done(&format!("/cases/{case}/print"), &[]).await;
        office.done(&format!("/cases/{case}/make-ready"), &[]).await;
        receipts.push(receipt);
    }
    office.done("/issue", &[("service", "collection"), ("receipt", &receipts[0])]).await;
    let ticket = office.call_and_start(3).await;
    let route = format!("/tickets/{ticket}/hand-over");
    let (status, no) = office.act(&route, &[("by", "applicant"), ("receipt", &receipts[1])]).await;
    assert_eq!((status, no["refused"].as_str()), (409, Some("other-receipt")));
    office.done(&route, &[("by", "applicant"), ("receipt", &receipts[0])]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clerks_pressing_call_at_the_same_instant_get_different_tickets() {
    let office =
        Office::closed(|text| text.replacen("number = 2\nstages = [", "number = 2\nstages = [\"verification\", ", 1));
    office.done("/day/open", &[("date", "2026-11-23")]).await;
    for round in 0..20 {
        office.issue("new").await;
        office.issue("new").await;
        let (one, two) = tokio::join!(office.done("/counters/1/call", &[]), office.done("/counters/2/call", &[]));
        assert_ne!(one["number"], two["number"], "round {round}");
        for called in [one, two] {
            let ticket = called["ticket"].as_i64().unwrap();
            office.done(&format!("/tickets/{ticket}/cancel"), &[("reason", "uji")]).await;
        }
    }
    assert_eq!(office.done("/counters/1/call", &[]).await["number"], serde_json::Value::Null);
}

#[tokio::test]
async fn a_stale_page_is_told_the_truth_and_does_no_harm() {
    let office = Office::open().await;
    office.issue("new").await;
    let ticket = office.call_and_start(1).await;
    let seen = "serving.verification.1";
    assert!(office.get("/counter/1").await.text.contains(&format!("name=\"seen\" value=\"{seen}\"")));
    office.done(&format!("/tickets/{ticket}/complete"), &[("seen", seen)]).await;
    office.call_and_start(2).await;
    // "Cancel" is possible now as it was then, but its reader meant an applicant who sat at counter 1.
    let before = office.events();
    let fields = [("seen", seen), ("counter", "1"), ("reason", "pergi")];
    let answer = office.post(&format!("/tickets/{ticket}/cancel"), &fields).await;
    assert_eq!(answer.status, 409);
    assert!(answer.text.contains("A-001 kini dilayani di loket 2 (Perekaman)"));
    assert!(answer.text.contains("data-here=\"/counter/1\""), "the page to go on with is the counter's");
    assert_eq!(office.events(), before);
}

#[tokio::test]
async fn the_same_command_twice_changes_nothing_twice_and_is_answered_alike() {
    let office = Office::open().await.by(passing);
    let once = |path: &'static str, fields: &[(&str, &str)]| {
        let command = fresh();
        let mut all = vec![("command", command.as_str())];
        all.extend_from_slice(fields);
        let body = form(&all);
        let office = &office;
        async move {
            let first = office.post_with(path, &[("accept", "application/json")], body.clone()).await;
            let events = office.events();
            let second = office.post_with(path, &[("accept", "application/json")], body).await;
            assert_eq!((first.status, first.json()), (second.status, second.json()), "{path}");
            assert_eq!(first.status, 200, "{path}: {}", first.text);
            assert_eq!(office.events(), events, "{path}");
        }
    };
    once("/issue", &[("service", "new")]).await;
    once("/issue", &[("service", "lost")]).await;
    once("/counters/1/call", &[]).await;
    once("/tickets/1/recall", &[("seen", "called.verification.1")]).await;
    once("/tickets/1/start", &[("seen", "called.verification.1")]).await;
    once("/tickets/1/complete", &[("seen", "serving.verification.1")]).await;
    once("/network/down", &[]).await;
    once("/tickets/1/papers/network", &[]).await;
    once("/day/close", &[("sure", "yes")]).await;
}

#[tokio::test]
async fn looking_changes_nothing_and_acts_cannot_be_got() {
    let office = Office::one_counter().await;
    let (case, receipt) = office.recorded_case().await;
    office.issue("new").await;
    let ticket = office.call_and_start(1).await;
    let before = office.events();
    for path in [
        "/",
        "/counter/1",
        "/counter/1?ticket=1",
        "/counter/1?number=A-001",
        "/cases",
        "/cases/1",
        "/assets/console.js",
        "/assets/console.css",
    ] {
        let status = office.get(path).await.status.as_u16();
        assert!(status == 200 || status == 303, "{path}: {status}");
    }
    office.get(&format!("/cases?receipt={receipt}")).await;
    for path in
        ["/issue", "/counters/1/call", "/day/close", "/day/open", "/network/down", "/cases/print", "/papers/1/reprint"]
    {
        let status = office.get(path).await.status.as_u16();
        assert!(status == 405 || status == 404, "{path}: {status}");
    }
    for word in ["start", "complete", "cancel"] {
        assert_eq!(office.get(&format!("/tickets/{ticket}/{word}")).await.status, 405);
    }
    assert_eq!(office.get(&format!("/cases/{case}/print")).await.status, 405);
    assert_eq!(office.events(), before);
}

#[tokio::test]
async fn a_foreign_page_can_neither_post_nor_read_and_every_answer_is_guarded() {
    let office = Office::open().await;
    office.issue("new").await;
    let before = office.events();
    let body = form(&[("command", &fresh())]);
    for header in [("origin", "http://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
        let answer = office.post_with("/counters/1/call", &[header], body.clone()).await;
        assert_eq!(answer.status, 403, "{header:?}");
    }
    let request = axum::http::Request::get("/").header("host", "evil.example:8080").body(axum::body::Body::empty());
    assert_eq!(office.send(request.unwrap()).await.status, 403);
    assert_eq!(office.events(), before);

    for path in ["/", "/counter/1", "/nowhere", "/assets/console.js"] {
        let headers = office.get(path).await.headers;
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe-inline"));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "same-origin");
    }
    let page = office.get("/counter/1").await.text;
    assert!(!page.contains("<script>") && !page.contains("style=") && !page.contains(" on"), "nothing inline");
}

#[tokio::test]
async fn a_nasty_reason_is_only_text() {
    let office = Office::open().await;
    let (case, _) = office.recorded_case().await;
    let nasty = "<script>alert(1)</script>\" onload=\"x";
    office.done(&format!("/cases/{case}/cancel"), &[("reason", nasty)]).await;
    let answer = office.post("/counters/1/call", &[("counter", nasty)]).await;
    let page = office.get(&format!("/cases/{case}?lang=%22%3E%3Cscript%3E&case={case}&number=%3Cscript%3E")).await.text;
    for text in [&answer.text, &page] {
        assert!(!text.contains("<script>"), "{text}");
    }
    let (_, unknown) = office.act("/issue", &[("service", nasty)]).await;
    assert_eq!(unknown["refused"], "unknown-service");
    office.issue("new").await;
    let ticket = office.call_and_start(1).await;
    let fields = [("missing", nasty), ("counter", "1")];
    let answer = office.post(&format!("/tickets/{ticket}/return"), &fields).await;
    assert_eq!(answer.status, 409);
    assert!(answer.text.contains("&lt;script&gt;") && !answer.text.contains("<script>alert"));
}

#[tokio::test]
async fn garbage_gets_a_sentence_never_a_500() {
    let office = Office::open().await;
    office.issue("new").await;
    let before = office.events();
    let long = "9".repeat(400);
    for path in ["/tickets/999/start", "/tickets/abc/start", "/tickets/-1/start", &format!("/tickets/{long}/start")] {
        assert_eq!(office.act(path, &[]).await.0, 404, "{path}");
    }
    for (path, fields, status) in [
        ("/counters/99/call", &[][..], 404),
        ("/counters/x/call", &[], 404),
        ("/tickets/1/explode", &[], 404),
        ("/tickets/1/close", &[], 404),
        ("/tickets/1/call", &[], 404),
        ("/tickets/1/call-chosen", &[("reason", "x")], 404),
        ("/tickets/1/start", &[], 409),
        ("/cases/999/print", &[], 404),
        ("/cases/999/hold-case", &[("reason", "boredom")], 409),
        ("/cases/print", &[], 422),
        ("/cases/print", &[("case", "x")], 404),
        ("/cases/explode", &[], 404),
        ("/papers/999/reprint", &[], 404),
        ("/papers/1/answer", &[("came_out", "perhaps")], 422),
        ("/papers/1/eat", &[], 404),
        ("/network/sideways", &[], 404),
        ("/issue", &[("service", "passport")], 409),
        ("/issue", &[("service", "new"), ("lang", "fr")], 422),
        ("/issue", &[("service", "collection"), ("receipt", "26-000001-0")], 422),
        ("/day/open", &[("date", "2026-02-31")], 422),
        ("/day/open", &[], 422),
        ("/day/close", &[], 422),
    ] {
        let (got, json) = office.act(path, fields).await;
        assert_eq!(got, status, "{path} {fields:?}: {json}");
        assert!(json["say"].as_str().is_some_and(|say| say.ends_with('.') || say.ends_with(").")), "{json}");
    }
    let script = [("accept", "application/json")];
    assert_eq!(office.post_with("/counters/1/call", &script, String::new()).await.status, 422, "no command");
    let broken = office.post_with("/counters/1/call", &script, "%ff%00=%zz&command=%f0%28".into()).await;
    assert!(broken.status.is_client_error());
    let huge = office.post_with("/counters/1/call", &script, "a".repeat(70_000)).await;
    assert!(huge.status.is_client_error());
    let plain = axum::http::Request::post("/issue").header("host", "localhost").body("service=new".into()).unwrap();
    assert!(office.send(plain).await.status.is_client_error());
    for path in [
        "/counter/9",
        "/counter/x",
        "/counter/1?number=Z-9",
        "/cases/77",
        "/cases/x",
        "/cases?receipt=1",
        "/cases?receipt=26-000009-9",
        "/nowhere",
        "/assets/../Cargo.toml",
    ] {
        let answer = office.get(path).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        assert!(answer.text.contains("role=\"alert\""), "{path} tells it on a page");
    }
    assert_eq!(office.events(), before);
}

#[tokio::test]
async fn a_refusal_is_a_page_with_a_sentence_in_the_readers_language() {
    let office = Office::open().await;
    office.issue("new").await;
    office.call_and_start(1).await;
    let answer = office.post("/counters/1/call", &[("counter", "1")]).await;
    assert_eq!(answer.status, 409);
    assert!(answer.text.contains("Loket masih menangani A-001. Selesaikan dahulu."));
    assert!(answer.text.contains("<html lang=\"id\">"));

    let english = office.get("/counter/1?lang=en").await;
    assert_eq!((english.status.as_u16(), english.location()), (303, "/counter/1"));
    assert!(english.headers["set-cookie"].to_str().unwrap().starts_with("lang=en;"));
    let cookie = [("cookie", "a=b; lang=en"), ("origin", "http://127.0.0.1:8080")];
    let answer = office.post_with("/counters/1/call", &cookie, form(&[("command", &fresh())])).await;
    assert!(answer.text.contains("The counter still holds A-001. Finish it first."));
    assert!(answer.text.contains("<html lang=\"en\">"));
}
