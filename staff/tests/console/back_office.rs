//! The day, the papers, the worklist and the report.

use crate::office::{Office, monday};
use jiff::civil::date;
use queue::Command;
use queue::devices::Device;
use queue::office::ServiceKey;
use queue::store::Issue;
use queue::ticket::{State, TicketId};

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
    let page = office.get("/counter/3").await.text;
    assert!(page.contains(&receipt) && !page.contains(&format!("value=\"{receipt}\"")), "S13: compared, not prefilled");
    let unseen = [("counter", "3"), ("by", "proxy"), ("compare", "first")];
    assert_eq!(office.act(&format!("/tickets/{back}/hand-over"), &unseen).await.0, 422);
    let other = "26-000002-6".parse::<queue::case::Receipt>().map_or("26-000002-1".into(), |r| r.to_string());
    let (status, _) = office.act(&format!("/tickets/{back}/hand-over"), &[("by", "proxy"), ("receipt", &other)]).await;
    assert!(status == 409 || status == 422, "another receipt's card is not handed over");
    let end = office.done(&format!("/tickets/{back}/hand-over"), &[("by", "proxy"), ("receipt", &receipt)]).await;
    assert_eq!(end["state"], "finished");
    assert!(office.get(&case).await.text.contains("sudah diambil"));
    assert!(office.store().check().unwrap().problems.is_empty());
}

#[tokio::test]
async fn the_day_is_opened_by_its_date_in_words_and_against_the_clock_only_twice_confirmed() {
    let office = Office::closed(|text| text);
    let page = office.get("/").await.text;
    assert!(page.contains("Senin, 23 November 2026") && page.contains("Hari pelayanan belum dibuka"));
    assert!(office.get("/counter/1").await.text.contains("Hari pelayanan belum dibuka"));
    assert_eq!(office.act("/counters/1/call", &[]).await.1["refused"], "day-not-open");
    assert_eq!(office.act("/day/open", &[("date", "2026-11-24")]).await.1["refused"], "date-differs-from-clock");

    let wrong = [("date", "2026-11-24"), ("clock_is_wrong", "yes")];
    let before = office.events();
    let asked = office.post("/day/open", &wrong).await;
    assert_eq!(asked.status, 200);
    assert!(asked.text.contains("Selasa, 24 November 2026") && asked.text.contains("name=\"sure\""));
    assert_eq!(office.events(), before, "asking again has opened nothing");
    let sure = [("date", "2026-11-24"), ("clock_is_wrong", "yes"), ("sure", "yes")];
    assert_eq!(office.post("/day/open", &sure).await.location(), "/");
    let page = office.get("/").await.text;
    assert!(page.contains("Selasa, 24 November 2026") && page.contains("bukan tanggal pada jam mesin"));

    office.issue("new").await;
    let page = office.get("/").await.text;
    assert!(page.contains("hangus (1): <strong>A-001</strong>"), "whom the close ends: {page}");
    let answer = office.post("/day/close", &[("sure", "yes")]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.text.contains("hangus"), "the summary tells what became of the open number");
    assert!(office.store().open_day_now().unwrap().is_none());
}

/// Friday's numbers on Monday morning, when nobody closed Friday: one who waits.
async fn left_open() -> Office {
    let office = Office::closed(|text| text);
    let mut friday = monday();
    friday.wall_ms -= 3 * 24 * 3_600_000;
    friday.uptime_ms -= 900_000;
    let wish = || Command { now: friday, ..Command::new(queue::journal::Actor::Terminal) };
    let mut store = office.store();
    store.open_day(&wish(), date(2026, 11, 20), false).expect("goes");
    let number = Issue { service: ServiceKey("new".into()), priority: false, lang: queue::Lang::Id, receipt: None };
    store.issue(&wish(), &number).expect("goes");
    store.issue(&wish(), &number).expect("goes");
    office
}

#[tokio::test]
async fn a_day_that_nobody_closed_is_told_in_one_sentence_closed_and_followed_by_todays() {
    let office = left_open().await;
    let page = office.get("/").await.text;
    assert!(page.contains("Hari pelayanan Jumat, 20 November 2026 belum pernah ditutup; menurut jam mesin, hari ini Senin, 23 November 2026."), "{page}");
    assert!(page.contains("Tutup Jumat, 20 November 2026, lalu buka Senin, 23 November 2026"));
    assert!(page.contains("Hari pelayanan belum ditutup: Jumat, 20 November 2026"), "in the head of every page");
    assert_eq!(office.get("/api/day").await.json()["state"], "left-open");
    let (status, no) = office.act("/issue", &[("service", "new")]).await;
    assert_eq!((status, no["refused"].as_str()), (409, Some("day-left-open")));
    assert!(office.get("/counter/1").await.text.contains("A-001"), "who took a number can be called");
    let ticket = office.call_and_start(1).await;
    office.done(&format!("/tickets/{ticket}/complete"), &[("counter", "1")]).await;

    let both = [("command", "close-and-open-1"), ("date", "2026-11-23"), ("close", "2026-11-20"), ("sure", "yes")];
    let unsure = &both[..3];
    let browser = [("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "same-origin")];
    let before = office.events();
    assert_eq!(office.post_with("/day/open", &browser, crate::office::form(unsure)).await.status, 422);
    assert_eq!(office.events(), before, "nothing is closed by half a form");
    for _ in 0..2 {
        assert_eq!(office.post_with("/day/open", &browser, crate::office::form(&both)).await.location(), "/");
    }
    let page = office.get("/").await.text;
    assert!(page.contains("<h2>Senin, 23 November 2026</h2>") && !page.contains("belum pernah ditutup"), "{page}");
    let store = office.store();
    assert_eq!(store.ticket(TicketId(ticket)).unwrap().unwrap().state, State::Deferred, "the verified file is put off");
    assert_eq!(store.ticket(TicketId(2)).unwrap().unwrap().state, State::Expired);
    assert_eq!(office.done("/issue", &[("service", "new")]).await["number"], "A-001", "of today");
    assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
    let stale = office.act("/day/open", &[("date", "2026-11-23"), ("close", "2026-11-20"), ("sure", "yes")]).await;
    assert_eq!(stale.1["refused"], "day-already-open", "an old page closes nothing");
    assert!(office.store().open_day_now().unwrap().is_some_and(|day| day.date == date(2026, 11, 23)));
}

#[tokio::test]
async fn a_day_under_a_clock_that_is_wrong_goes_on_when_the_head_says_so() {
    let office = left_open().await;
    let page = office.get("/?lang=en").await;
    assert_eq!(page.status, 303);
    let page = office.get_with("/", &[("cookie", "lang=en")]).await.text;
    assert!(page.contains("The clock is wrong; go on with Friday, 20 November 2026"), "{page}");
    let go_on = [("date", "2026-11-20"), ("clock_is_wrong", "yes"), ("sure", "yes")];
    assert_eq!(office.done("/day/open", &go_on).await["date"], "2026-11-20");
    assert_eq!(office.done("/issue", &[("service", "new")]).await["number"], "A-003", "its numbers go on");
    assert_eq!(office.get("/api/day").await.json()["state"], "open");
    assert!(office.get("/").await.text.contains("bukan tanggal pada jam mesin"), "and the page says so");
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
    assert!(office.get("/cases").await.text.contains("pencetakan tertunda: blangko kosong"));
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
        page.contains("1 menunggu printer") && !page.contains(&format!("/papers/{}/reprint", job.id.0)),
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
async fn every_page_says_that_the_board_is_dead_whom_it_missed_and_what_it_cannot_do() {
    let office = Office::open().await;
    assert!(office.get("/").await.text.contains("Papan panggilan belum dijalankan"));
    let board = office.store();
    let ago = |s: i64| queue::time::Moment {
        wall_ms: monday().wall_ms - s * 1000,
        uptime_ms: monday().uptime_ms - s * 1000,
        ..monday()
    };
    let mute = queue::office::Text::new("Papan tanpa suara", "The board has no sound");
    board.beat(Device::Display, &[mute], ago(10)).unwrap();
    let page = office.get("/cases").await.text;
    assert!(page.contains("Papan tanpa suara") && !page.contains("Papan mati"));
    assert_eq!(office.get("/board.png").await.status, 404, "the board has drawn nothing yet");
    std::fs::write(office.dir.path().join(queue::store::BOARD_PICTURE), "a picture").unwrap();
    assert!(office.get("/").await.text.contains("src=\"/board.png\""));
    let picture = office.get("/board.png").await;
    assert_eq!((picture.text.as_str(), &picture.headers["content-type"]), ("a picture", &"image/png".parse().unwrap()));
    board.beat(Device::Display, &[], ago(90)).unwrap();
    office.issue("new").await;
    office.call_and_start(1).await;
    for path in ["/", "/counter/1", "/cases", "/report"] {
        let page = office.get(path).await.text;
        assert!(page.contains("Papan mati sejak 07.58 WIB: panggil dengan suara"), "{path}");
        assert!(page.contains("setelah hidup papan menampilkan A-001"), "{path}");
    }
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
    let months = office.get("/report.csv?from=2026-10-01&to=2026-11-23&by=month").await;
    assert!(
        months.text.ends_with("2026-10-01,0,0,0,0,0,0,0,0,0\r\n2026-11-01,1,0,1,0,0,0,0,0,0\r\n"),
        "{}",
        months.text
    );
    for query in ["from=x", "from=2026-12-01&to=2026-11-01", "from=1900-01-01", "from=-9999-01-01&to=9999-12-31"] {
        assert_eq!(office.get(&format!("/report?{query}")).await.status, 422, "{query}");
        assert_eq!(office.get(&format!("/report.csv?{query}")).await.status, 422, "{query}");
        assert_eq!(office.get(&format!("/report.xlsx?{query}")).await.status, 422, "{query}");
    }
    assert_eq!(office.events(), before);
}

#[tokio::test]
async fn c3_cards_for_a_village_leave_with_a_list_and_one_press() {
    let office = Office::open().await;
    for place in ["Kaliau", "Kaliau", "office"] {
        office.issue("lost").await;
        let ticket = office.call_and_start(1).await;
        office.done(&format!("/tickets/{ticket}/print-directly"), &[("place", place)]).await;
    }
    office.done("/cases/print", &[("case", "1"), ("case", "2"), ("case", "3")]).await;
    office.done("/cases/make-ready", &[("case", "1"), ("case", "2"), ("case", "3")]).await;
    assert!(office.get("/cases").await.text.contains("Desa Kaliau (2)"));
    let list = office.get("/cases?village=Kaliau").await.text;
    assert!(list.contains("26-000001-") && list.contains("26-000002-") && !list.contains("26-000003-"));
    assert!(list.contains("Yang menerima, Desa Kaliau"));
    let both = [("village", "Kaliau"), ("case", "1"), ("case", "2")];
    assert_eq!(office.done("/cases/send-to-village", &both).await["changed"], 2);
    assert!(office.get("/cases?village=Kaliau").await.text.contains("Tidak ada yang siap"));
    assert_eq!(office.act("/cases/send-to-village", &[("village", "Atlantis"), ("case", "3")]).await.0, 409);
}

#[tokio::test]
async fn s12_receipts_are_scanned_one_after_the_other() {
    let office = Office::open().await;
    let (case, receipt) = office.recorded_case().await;
    assert_eq!(office.act("/cases/make-ready", &[("receipt", &receipt)]).await.1["refused"], "case-not-allowed");
    let printed = office.post("/cases/print", &[("receipt", &receipt)]).await;
    assert_eq!(printed.location(), format!("/cases?case={case}&scan=print"));
    office.recorded_case().await;
    let page = office.get(printed.location()).await.text;
    assert!(
        page.contains(&format!("{receipt}: tercetak")) && page.contains("autofocus"),
        "the next one goes into the same field"
    );
    office.done("/cases/make-ready", &[("receipt", &receipt)]).await;
    assert_eq!(office.act("/cases/print", &[("receipt", "26-000123-4")]).await.0, 422);
    let again = office.done(&format!("/cases/{case}/print-again"), &[]).await;
    assert_eq!(again["state"], "recorded", "a spoiled card is printed again");
}
