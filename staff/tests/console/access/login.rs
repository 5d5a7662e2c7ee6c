//! How a login begins, and when it ends.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::{Browser, new_office, person};
use crate::office::{Office, TOKEN, form, fresh, monday};
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use queue::Command;
use queue::journal::{Actor, Happened};
use queue::people::PersonId;
use queue::time::Moment;
use std::sync::atomic::{AtomicI64, Ordering};
use tower::ServiceExt;

#[tokio::test]
async fn a_login_ends_when_nobody_uses_it_and_after_a_working_day_at_the_latest() {
    static MINUTE: AtomicI64 = AtomicI64::new(0);
    static BOOT: AtomicI64 = AtomicI64::new(7);
    fn clock() -> Moment {
        let minute = MINUTE.load(Ordering::SeqCst);
        Moment { uptime_ms: minute * 60_000, boot: BOOT.load(Ordering::SeqCst), ..monday() }
    }
    let pass = |minutes| MINUTE.fetch_add(minutes, Ordering::SeqCst);
    let (office, code) = new_office(clock);
    let sari = Browser::new(&office);
    sari.enrol(&code, "Sari").await;
    // No page waits until it is written down that somebody was there.
    let seen = async || {
        assert!(sari.is_in().await);
        let written =
            || office.store().login(&sari.cookie("antrean-login")).unwrap().is_some_and(|l| l.seen == clock());
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while !written() {
            assert!(std::time::Instant::now() < deadline, "never written down");
            tokio::task::yield_now().await;
        }
    };
    let again = async || assert_eq!(sari.post("/sign-in", &[("name", "Sari"), ("pin", "2580")]).await.status, 303);

    pass(29);
    seen().await;
    pass(29);
    seen().await; // Each page that is asked for counts.
    pass(20);
    let background = [("x-antrean-background", "1")];
    assert_eq!(sari.send("GET", "/counter/1", &background, String::new()).await.status, 200);
    pass(10);
    assert!(!sari.is_in().await, "what a page reads by itself keeps nobody signed in");
    assert_eq!(sari.send("POST", "/issue", &[], form(&[("command", &fresh())])).await.status, 401);

    again().await;
    for _ in 0..29 {
        pass(20);
        seen().await;
    }
    pass(20);
    assert!(!sari.is_in().await, "ten hours");

    again().await;
    BOOT.store(8, Ordering::SeqCst);
    assert!(!sari.is_in().await, "after a restart nobody knows how long it was");
    again().await;
    assert!(sari.is_in().await);
}

#[tokio::test]
async fn signing_out_ends_it_on_the_server_here_or_everywhere_and_each_login_is_new() {
    let office = Office::open().await;
    let sari = person(&office, "Sari", &["officer"]).await;
    let first = sari.cookie("antrean-login");
    assert_eq!(sari.post("/sign-out", &[]).await.location(), "/sign-in");
    assert!(!Browser::holding(&office, &[("antrean-login", &first)]).is_in().await, "a kept cookie is worth nothing");

    // A key that somebody planted is not taken over.
    let planted =
        Browser::holding(&office, &[("antrean-login", "0000"), ("antrean-device", &sari.cookie("antrean-device"))]);
    assert_eq!(planted.post("/sign-in", &[("name", "Sari"), ("pin", "2580")]).await.status, 303);
    let second = planted.cookie("antrean-login");
    assert!(second != "0000" && second != first && second.len() == 64);
    // Signing in again at the same browser ends the login before it.
    planted.post("/sign-in", &[("name", "Sari"), ("pin", "2580")]).await;
    assert!(!Browser::holding(&office, &[("antrean-login", &second)]).is_in().await);

    let other = Browser::new(&office);
    other.post("/sign-in", &[("name", "sari"), ("password", "rawa gambut")]).await;
    let budi = person(&office, "Budi", &["officer"]).await;
    assert!(other.is_in().await && planted.is_in().await);
    planted.post("/sign-out", &[("everywhere", "yes")]).await;
    assert!(!other.is_in().await && !planted.is_in().await);
    assert!(budi.is_in().await, "others stay");
}

#[tokio::test]
async fn cookies_are_out_of_reach_for_scripts_and_other_sites() {
    let (office, code) = new_office(monday);
    let answer = Browser::new(&office).enrol(&code, "Sari").await;
    let cookies: Vec<&str> = answer.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).collect();
    assert_eq!(cookies.len(), 2);
    for cookie in cookies {
        assert!(cookie.contains("; HttpOnly; SameSite=Strict") && cookie.contains("; Path=/;"), "{cookie}");
        assert!(!cookie.contains("Domain"));
    }
    let door = staff::Door { secure: true, network: true };
    let console = staff::console(office.dir.path(), monday, door, true).unwrap();
    let secure = Office { app: console.app, ..office };
    let body =
        form(&[("code", &console.code.unwrap()), ("name", "Sari"), ("password", "rawa gambut"), ("pin", "2580")]);
    let headers = [("origin", "https://127.0.0.1:8080")];
    let answer = Browser::new(&secure).send("POST", "/enrol", &headers, body).await;
    assert_eq!(answer.status, 303);
    for cookie in answer.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Host-antrean-") && cookie.contains("; Secure"), "{cookie}");
    }
}

#[tokio::test]
async fn who_wanted_a_page_gets_it_after_the_sign_in_and_nobody_is_sent_elsewhere() {
    let office = Office::open().await;
    let sari = person(&office, "Sari", &["officer"]).await;
    sari.post("/sign-out", &[]).await;
    assert!(sari.get("/sign-in?lang=en").await.headers["set-cookie"].to_str().unwrap().starts_with("lang=en;"));
    assert!(sari.get("/sign-in").await.text.contains("Sign in"));
    sari.get("/sign-in?lang=id").await;
    let asked = sari.get("/counter/2?ticket=1").await;
    assert_eq!(asked.location(), "/sign-in?next=/counter/2?ticket=1");
    let page = sari.get(asked.location()).await.text;
    assert!(page.contains("name=\"next\" value=\"/counter/2?ticket=1\"") && page.contains("<option value=\"Sari\""));
    assert!(!Browser::new(&office).get("/sign-in").await.text.contains("Sari"), "strangers read no names");
    let fields = |next| [("name", "Sari"), ("pin", "2580"), ("next", next)];
    assert_eq!(sari.post("/sign-in", &fields("/counter/2")).await.location(), "/counter/2");
    for bad in ["//evil.example", "https://evil.example/", "/\\evil.example"] {
        assert_eq!(sari.post("/sign-in", &fields(bad)).await.location(), "/", "{bad}");
    }
}

#[tokio::test]
async fn every_sign_in_failure_and_act_is_an_event_with_its_clerk_and_no_secret_is_kept() {
    let (office, code) = new_office(monday);
    let sari = Browser::new(&office);
    sari.enrol(&code, "Sari").await;
    sari.post("/day/open", &[("date", "2026-11-23")]).await;
    sari.post("/issue", &[("service", "new"), ("counter", "1")]).await;
    sari.post("/counters/1/call", &[("counter", "1")]).await;
    sari.post("/sign-in", &[("name", "Sari"), ("pin", "9517")]).await;
    sari.post("/sign-in", &[("name", "kata sandi di kolom nama"), ("password", "x")]).await;
    sari.post("/sign-out", &[]).await;
    let events = office.store().events().unwrap();
    let told: Vec<_> = events.iter().map(|e| (e.happened.word(), e.by.clone(), e.counter)).collect();
    let sari = Actor::Person(PersonId(1));
    let expected = [
        ("person-set", &Actor::Console, None),
        ("person-invited", &Actor::Console, None),
        ("person-enrolled", &sari, None),
        ("signed-in", &sari, None),
        ("day-opened", &sari, None),
        ("issue", &sari, Some(1)),
        ("call", &sari, Some(1)),
        ("sign-in-failed", &Actor::Console, None),
        ("sign-in-failed", &Actor::Console, None),
        ("signed-out", &sari, None),
    ];
    assert_eq!(told, expected.map(|(word, by, counter)| (word, by.clone(), counter)));
    assert!(matches!(events[7].happened, Happened::SignInFailed { person: Some(PersonId(1)), browser: Some(_) }));
    assert!(matches!(events[8].happened, Happened::SignInFailed { person: None, browser: Some(_) }));
    assert!(office.store().check().unwrap().problems.is_empty());
    for name in ["antrean.db", "antrean.db-wal", "accounts.db", "accounts.db-wal"] {
        let bytes = std::fs::read(office.dir.path().join(name)).unwrap_or_default();
        for secret in ["rawa gambut", "9517", "kata sandi di kolom nama", &code, &code.replace('-', "")] {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret} in {name}");
        }
    }
}

/// Begins to listen for changes with a token.
async fn changes(office: &Office, token: &str) -> (u16, Body) {
    let request = Request::get("/events").header("host", "127.0.0.1:8080");
    let request = request.header("authorization", format!("Bearer {token}"));
    let response = office.app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    (response.status().as_u16(), response.into_body())
}

#[tokio::test]
async fn the_stream_of_changes_ends_with_its_login() {
    let office = Office::open().await;
    let (status, mut stream) = changes(&office, TOKEN).await;
    assert_eq!(status, 200);
    let mut store = office.store();
    let wish = || Command { now: monday(), ..Command::new(queue::journal::Actor::Terminal) };
    store.set_network(&wish(), true).unwrap();
    let next = async |stream: &mut Body| {
        tokio::time::timeout(std::time::Duration::from_secs(60), stream.frame()).await.expect("an answer")
    };
    assert!(next(&mut stream).await.is_some(), "a change is told");
    let login = store.login(TOKEN).unwrap().unwrap();
    store.sign_out(&wish(), &login, false).unwrap();
    while let Some(frame) = next(&mut stream).await {
        // What was on its way when the login ended.
        assert!(frame.is_ok());
        let down = store.network_down().unwrap().is_some();
        store.set_network(&wish(), !down).unwrap();
    }
}

#[tokio::test]
async fn a_login_listens_to_sixteen_streams_at_once_and_leaves_the_others_theirs() {
    let office = Office::open().await;
    let other = office.done("/tokens", &[("label", "papan desa"), ("role", "officer")]).await;
    let mut open = Vec::new();
    for _ in 0..16 {
        let (status, stream) = changes(&office, TOKEN).await;
        assert_eq!(status, 200);
        open.push(stream);
    }
    assert_eq!(changes(&office, TOKEN).await.0, 429);
    assert_eq!(changes(&office, other["token"].as_str().unwrap()).await.0, 200);
    open.pop();
    assert_eq!(changes(&office, TOKEN).await.0, 200, "a tab was closed");
}
