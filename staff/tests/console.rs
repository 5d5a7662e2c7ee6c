//! What clerks rely on, request by request.

mod office;

use office::{Office, form, fresh, monday};

#[tokio::test]
async fn s08_s09_s11_s12_s13_a_full_visit_by_posts_from_number_to_card() {
    let office = Office::open().await;
    let ticket = office.issue("new").await;
    let called = office.done("/counters/1/call", &[]).await;
    assert_eq!(
        (called["ticket"].as_i64(), called["number"].as_str(), called["state"].as_str(), called["counter"].as_i64()),
        (Some(ticket), Some("A-001"), Some("called"), Some(1))
    );
    let page = office.get("/counter/1").await.text;
    assert!(page.contains("A-001") && page.contains("data-key=\"H\""), "the present applicant is the next act");

    office.done(&format!("/tickets/{ticket}/start"), &[("counter", "1")]).await;
    let page = office.get("/counter/1").await.text;
    for key in ["age", "family-card", "marriage-book", "form"] {
        assert!(page.contains(&format!("name=\"missing\" value=\"{key}\"")), "{key}");
    }
    let verified = office.done(&format!("/tickets/{ticket}/complete"), &[("counter", "1")]).await;
    assert_eq!((verified["number"].as_str(), verified["stage"].as_str()), (Some("A-001"), Some("recording")));

    assert_eq!(office.call_and_start(2).await, ticket, "the same number goes on");
    let page = office.get("/counter/2").await.text;
    for key in ["compared", "photo", "signature", "iris", "fingerprints"] {
        assert!(page.contains(&format!("name=\"done\" value=\"{key}\"")), "{key}");
    }
    let done = [("done", "photo"), ("done", "iris"), ("place", "Kaliau")];
    let recorded = office.done(&format!("/tickets/{ticket}/finish-recording"), &done).await;
    assert_eq!(recorded["state"], "finished");
    let receipt = recorded["receipt"].as_str().unwrap().to_string();

    let found = office.get(&format!("/cases?receipt={receipt}")).await;
    let case = found.location().to_string();
    assert_eq!(found.status, 303);
    let (status, early) = office.act("/issue", &[("service", "collection"), ("receipt", &receipt)]).await;
    assert_eq!((status, early["refused"].as_str()), (409, Some("not-ready")), "told before a number is taken");
    assert_eq!(office.done(&format!("{case}/print"), &[]).await["state"], "printed");
    assert_eq!(office.done(&format!("{case}/make-ready"), &[]).await["state"], "ready");

    let number = office.done("/issue", &[("service", "collection"), ("receipt", &receipt)]).await;
    assert_eq!(number["number"], "C-001");
    let back = office.call_and_start(3).await;
    assert!(office.get("/counter/3").await.text.contains(&format!("value=\"{receipt}\"")), "prefilled");
    let other = "26-000002-6".parse::<queue::case::Receipt>().map_or("26-000002-1".into(), |r| r.to_string());
    let (status, _) = office.act(&format!("/tickets/{back}/hand-over"), &[("by", "proxy"), ("receipt", &other)]).await;
    assert!(status == 409 || status == 422, "another receipt's card is not handed over");
    let end = office.done(&format!("/tickets/{back}/hand-over"), &[("by", "proxy"), ("receipt", &receipt)]).await;
    assert_eq!(end["state"], "finished");
    assert!(office.get(&case).await.text.contains("sudah diambil"));
    assert!(office.store().check().unwrap().problems.is_empty());
}

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
    assert!(page.contains("A-001: berkas dikembalikan") && page.contains("Slip kekurangan berkas"));
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
    let office = Office::open().await;
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
    office.done(&format!("/tickets/{ticket}/recall"), &[]).await;
    office.done(&format!("/tickets/{ticket}/recall"), &[]).await;
    assert!(office.get("/counter/1").await.text.contains(&skip));
    office.done(&skip, &[]).await;
    assert!(office.get("/counter/1").await.text.contains(&format!("/tickets/{ticket}/report-back")));
    assert_eq!(office.done(&format!("/tickets/{ticket}/report-back"), &[]).await["state"], "waiting");
}

#[tokio::test]
async fn the_day_is_opened_by_its_date_in_words_and_against_the_clock_only_twice_confirmed() {
    let office = Office::closed(|text| text);
    let page = office.get("/").await.text;
    assert!(page.contains("Senin, 23 November 2026") && page.contains("Hari pelayanan belum dibuka"));
    assert!(office.get("/counter/1").await.text.contains("Hari pelayanan belum dibuka."));
    assert_eq!(office.act("/counters/1/call", &[]).await.1["refused"], "day-not-open");
    assert_eq!(office.act("/day/open", &[("date", "2026-11-24")]).await.1["refused"], "date-differs-from-clock");

    let wrong = [("date", "2026-11-24"), ("clock_is_wrong", "yes")];
    let asked = office.post("/day/open", &wrong).await;
    assert_eq!(asked.status, 200);
    assert!(asked.text.contains("Selasa, 24 November 2026") && asked.text.contains("name=\"sure\""));
    assert_eq!(office.events(), 0, "asking again has opened nothing");
    let sure = [("date", "2026-11-24"), ("clock_is_wrong", "yes"), ("sure", "yes")];
    assert_eq!(office.post("/day/open", &sure).await.location(), "/");
    let page = office.get("/").await.text;
    assert!(page.contains("Selasa, 24 November 2026") && page.contains("bukan tanggal pada jam kotak"));

    office.issue("new").await;
    let answer = office.post("/day/close", &[("sure", "yes")]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.text.contains("hangus"), "the summary tells what became of the open number");
    assert!(office.store().open_day_now().unwrap().is_none());
}

#[tokio::test]
async fn s12_c2_the_back_office_prints_in_bulk_and_tells_what_was_not_done() {
    let office = Office::open().await;
    let (one, _) = office.recorded_case().await;
    let (two, receipt) = office.recorded_case().await;
    let page = office.get("/cases").await.text;
    assert!(page.contains("tepat waktu") && page.contains(&receipt));
    let (one, two) = (one.to_string(), two.to_string());
    let both = [("case", one.as_str()), ("case", two.as_str())];
    assert_eq!(office.done("/cases/print", &both).await["changed"], 2);
    office.done(&format!("/cases/{one}/make-ready"), &[]).await;
    let (status, partly) = office.act("/cases/make-ready", &both).await;
    assert_eq!((status, partly["refused"].as_str()), (409, Some("partly-refused")));
    assert!(partly["say"].as_str().unwrap().starts_with("1 permohonan diubah."), "{partly}");
    assert_eq!(
        office.done(&format!("/cases/{two}/send-to-village"), &[("village", "Kaliau")]).await["state"],
        "senttovillage"
    );
    let (status, _) = office.act(&format!("/cases/{one}/send-to-village"), &[("village", "Atlantis")]).await;
    assert_eq!(status, 409);
}

#[tokio::test]
async fn s12_a_case_is_held_with_a_reason_released_and_recorded_again() {
    let office = Office::open().await;
    let (case, _) = office.recorded_case().await;
    office.done(&format!("/cases/{case}/hold-case"), &[("reason", "no-blanks")]).await;
    assert!(office.get("/cases").await.text.contains("tertahan: blangko kosong"));
    assert_eq!(office.done(&format!("/cases/{case}/release"), &[]).await["state"], "recorded");
    assert_eq!(office.done(&format!("/cases/{case}/record-again"), &[]).await["state"], "verified");
    assert!(office.get(&format!("/cases/{case}")).await.text.contains("perlu rekam ulang"));
}

#[tokio::test]
async fn a_doubtful_paper_is_asked_about_and_reprinted_with_its_mark() {
    let office = Office::open().await;
    office.issue("new").await;
    let mut printer = office.store();
    let job = printer.claim_print_job(monday()).unwrap().unwrap();
    let outcome = queue::printing::Outcome::Unknown { cause: "cable".into() };
    printer.settle_print_job(job.id, &outcome, monday()).unwrap();
    let page = office.get("/counter/1").await.text;
    assert!(page.contains("Kertas keluar?") && page.contains(&format!("/papers/{}/answer", job.id.0)));
    office.done(&format!("/papers/{}/answer", job.id.0), &[("came_out", "no")]).await;
    assert!(office.get("/counter/1").await.text.contains(&format!("/papers/{}/reprint", job.id.0)));
    office.done(&format!("/papers/{}/reprint", job.id.0), &[]).await;
    let page = office.get("/counter/1").await.text;
    assert!(
        page.contains("1 menunggu pencetak") && !page.contains(&format!("/papers/{}/reprint", job.id.0)),
        "only the last print"
    );
    let again = printer.claim_print_job(monday()).unwrap().unwrap();
    printer.settle_print_job(again.id, &queue::printing::Outcome::Confirmed, monday()).unwrap();
    let found = office.get("/counter/1?number=a1").await;
    let page = office.get(found.location()).await.text;
    assert!(page.contains("cetak ulang 1"));
    assert!(page.contains(&format!("/papers/{}/reprint", again.id.0)), "a lost slip can be printed again");
}

#[tokio::test]
async fn every_act_that_a_page_offers_is_one_that_the_rules_allow() {
    // A button that is always refused teaches clerks to ignore refusals.
    let office = Office::one_counter().await;
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
async fn the_report_tells_the_day_and_refuses_nonsense() {
    let office = Office::open().await;
    office.recorded_case().await;
    let before = office.events();
    let page = office.get("/report").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("1 November 2026") && page.text.contains("100 % (1/1)"), "within the standard");
    let csv = office.get("/report.csv?from=2026-11-23&to=2026-11-23").await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert!(csv.text.ends_with("2026-11-23,1,0,1,0,0,0,0,0,0\r\n"), "{}", csv.text);
    for query in ["from=x", "from=2026-12-01&to=2026-11-01", "from=1900-01-01", "from=-9999-01-01&to=9999-12-31"] {
        assert_eq!(office.get(&format!("/report?{query}")).await.status, 422, "{query}");
        assert_eq!(office.get(&format!("/report.csv?{query}")).await.status, 422, "{query}");
    }
    assert_eq!(office.events(), before);
}
