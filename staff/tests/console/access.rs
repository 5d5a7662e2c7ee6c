//! The way in, and everybody who must stay outside.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::office::{Answer, LOOPBACK, Office, TOKEN, form, fresh, monday};
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use queue::journal::Happened;
use queue::time::Moment;
use queue::{Command, Store};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use tower::ServiceExt;

/// A browser with its cookies.
struct Browser<'a> {
    office: &'a Office,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl<'a> Browser<'a> {
    fn new(office: &'a Office) -> Browser<'a> {
        Browser { office, cookies: RefCell::default() }
    }

    fn holding(office: &'a Office, cookies: &[(&str, &str)]) -> Browser<'a> {
        let cookies = cookies.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect();
        Browser { office, cookies: RefCell::new(cookies) }
    }

    fn cookie(&self, name: &str) -> String {
        self.cookies.borrow().get(name).cloned().unwrap_or_default()
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        let all: Vec<String> = self.cookies.borrow().iter().map(|(n, v)| format!("{n}={v}")).collect();
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8080");
        if !all.is_empty() {
            request = request.header("cookie", all.join("; "));
        }
        if method == "POST" {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.office.send(request.body(Body::from(body)).unwrap()).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let (pair, flags) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if flags.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.into(), value.into());
            }
        }
        answer
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], String::new()).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let command = fresh();
        let mut all = vec![("command", command.as_str())];
        all.extend_from_slice(fields);
        self.send("POST", path, &[("origin", "http://127.0.0.1:8080")], form(&all)).await
    }

    async fn enrol(&self, code: &str, name: &str) -> Answer {
        let fields = [("code", code), ("name", name), ("password", "rawa gambut"), ("pin", "2580")];
        self.post("/enrol", &fields).await
    }

    async fn is_in(&self) -> bool {
        self.get("/").await.status == 200
    }
}

/// An office before its first account, and the code for it.
fn new_office(clock: fn() -> Moment) -> (Office, String) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("office.toml"), include_str!("../../../office.toml")).unwrap();
    drop(Store::create(dir.path()).unwrap());
    let console = staff::console(dir.path(), clock, LOOPBACK, false).unwrap();
    (Office { dir, app: console.app }, console.code.unwrap())
}

/// A new person with these roles, enrolled at a browser of her own.
async fn person<'a>(office: &'a Office, name: &str, roles: &[&str]) -> Browser<'a> {
    let mut fields = vec![("name", name)];
    fields.extend(roles.iter().map(|role| ("role", *role)));
    let made = office.done("/people", &fields).await;
    let browser = Browser::new(office);
    assert_eq!(browser.enrol(made["code"].as_str().unwrap(), name).await.status, 303);
    browser
}

const PAGES: [&str; 8] =
    ["/", "/counter/1", "/cases", "/cases/1", "/report", "/report.csv", "/people", "/nowhere?from=2026-11-01"];
const ACTS: [&str; 20] = [
    "/account",
    "/help/answered",
    "/day/open",
    "/day/close",
    "/issue",
    "/network/down",
    "/counters/1/call",
    "/tickets/1/start",
    "/tickets/1/complete",
    "/tickets/1/finish-recording",
    "/tickets/1/papers/network",
    "/cases/print",
    "/cases/1/cancel",
    "/papers/1/reprint",
    "/people",
    "/people/1/code",
    "/tokens",
    "/tokens/1/end",
    "/devices/forget",
    "/sign-out",
];

#[tokio::test]
async fn the_first_account_comes_from_the_code_on_the_machine_and_the_code_works_once() {
    let (office, code) = new_office(monday);
    let browser = Browser::new(&office);
    assert_eq!(browser.get("/").await.location(), "/sign-in");
    let page = browser.get("/sign-in").await;
    assert!(page.text.contains("name=\"code\""), "there is nobody to sign in yet");
    assert!(!page.text.contains(&code), "the code is on the machine only");
    assert_eq!(browser.enrol("AAAA-BBBB-CCCC", "Sari").await.status, 401);
    for (name, password, pin) in
        [("", "rawa gambut", "2580"), ("Sari", "pendek", "2580"), ("Sari", "rawa gambut", "1234")]
    {
        let fields = [("code", code.as_str()), ("name", name), ("password", password), ("pin", pin)];
        assert_eq!(browser.post("/enrol", &fields).await.status, 422, "{fields:?}");
    }
    assert!(!browser.is_in().await);
    assert_eq!(browser.enrol(&code.to_lowercase(), "Sari").await.location(), "/");
    let page = browser.get("/").await;
    assert!(page.text.contains("Sari") && page.text.contains("href=\"/people\""), "every role");
    assert_eq!(Browser::new(&office).enrol(&code, "Budi").await.status, 401, "once");

    let again = |enrol| staff::console(office.dir.path(), monday, LOOPBACK, enrol).unwrap().code;
    assert_eq!(again(false), None, "there is somebody who can let others in");
    assert_ne!(again(true).unwrap(), code);
}

#[tokio::test]
async fn without_a_login_nothing_is_shown_and_nothing_is_done() {
    let office = Office::open().await;
    let sari = person(&office, "Sari", &["head", "officer", "recording", "printing", "technician"]).await;
    office.issue("new").await;
    let login = sari.cookie("antrean-login");
    let device = sari.cookie("antrean-device");
    sari.post("/sign-out", &[]).await;
    let before = office.events();
    let strangers = [
        Browser::new(&office),
        Browser::holding(&office, &[("antrean-login", &login)]),
        Browser::holding(&office, &[("antrean-login", &device), ("antrean-device", &device)]),
        Browser::holding(&office, &[("antrean-login", TOKEN)]),
        Browser::holding(&office, &[("antrean-login", "")]),
        Browser::holding(&office, &[("antrean-login", "' OR 1=1 --")]),
        Browser::holding(&office, &[("__Host-antrean-login", &login)]),
    ];
    for stranger in &strangers {
        for path in PAGES {
            let answer = stranger.get(path).await;
            assert_eq!(answer.status, 303, "{path}");
            assert!(answer.location().starts_with("/sign-in"), "{path}: {}", answer.location());
        }
        assert_eq!(stranger.get("/events").await.status, 401);
        for path in ACTS {
            assert_eq!(stranger.post(path, &[]).await.status, 401, "{path}");
        }
    }
    let fields = form(&[("command", &fresh()), ("service", "new")]);
    for authorization in [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic c2FyaTpzYXJp",
        TOKEN,
        &format!("Bearer {login}"),
        &format!("bearer {TOKEN}"),
    ] {
        let headers = [("authorization", authorization), ("accept", "application/json")];
        let answer = Browser::new(&office).send("POST", "/issue", &headers, fields.clone()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["refused"].as_str()),
            (401, Some("sign-in-needed")),
            "{authorization}"
        );
    }
    assert_eq!(office.events(), before);
}

#[tokio::test]
async fn every_other_role_is_refused_and_told_so() {
    let office = Office::open().await;
    office.issue("new").await;
    let all = ["officer", "recording", "printing", "head", "technician"];
    let both = &["officer", "recording"][..];
    let table: [(&str, &[&str]); 14] = [
        ("/day/open", &["head"]),
        ("/day/close", &["head"]),
        ("/issue", &["officer"]),
        ("/network/down", both),
        ("/counters/1/call", both),
        ("/tickets/1/start", both),
        ("/tickets/1/complete", &["officer"]),
        ("/tickets/1/hand-over", &["officer"]),
        ("/tickets/1/finish-recording", &["recording"]),
        ("/cases/print", &["printing"]),
        ("/cases/1/cancel", &["printing"]),
        ("/papers/1/reprint", &["officer", "recording", "printing", "technician"]),
        ("/people", &["head", "technician"]),
        ("/tokens", &["head", "technician"]),
    ];
    for role in all {
        let clerk = person(&office, &format!("Uji {role}"), &[role]).await;
        let before = office.events();
        for (path, roles) in table {
            if !roles.contains(&role) {
                let answer = clerk.post(path, &[("sure", "yes"), ("service", "new")]).await;
                assert_eq!(answer.status, 403, "{role} {path}");
                assert!(answer.text.contains("Peran Anda tidak mencakup"), "{path}");
            }
        }
        // The same words in another writing are no way round the table.
        assert_eq!(clerk.post("/tickets/1/%63omplete", &[]).await.status, 404, "{role}");
        for (path, roles) in
            [("/report", &["head"][..]), ("/report.csv", &["head"]), ("/people", &["head", "technician"])]
        {
            let expected = if roles.contains(&role) { 200 } else { 403 };
            assert_eq!(clerk.get(path).await.status, expected, "{role} {path}");
        }
        assert_eq!(office.events(), before, "{role}");
    }
}

#[tokio::test]
async fn the_way_in_and_people_cannot_be_got_nor_posted_by_a_foreign_page() {
    let (office, code) = new_office(monday);
    let sari = Browser::new(&office);
    sari.enrol(&code, "Sari").await;
    let before = office.events();
    for path in ["/sign-out", "/people/1/code", "/tokens", "/tokens/1/end", "/devices/forget"] {
        assert_eq!(sari.get(path).await.status, 405, "{path}");
    }
    let good = form(&[("command", &fresh()), ("name", "Sari"), ("password", "rawa gambut"), ("role", "head")]);
    for header in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("origin", "https://127.0.0.1:8080"),
        ("sec-fetch-site", "cross-site"),
    ] {
        for path in ["/sign-in", "/enrol", "/sign-out", "/people", "/people/1/code", "/tokens", "/devices/forget"] {
            assert_eq!(sari.send("POST", path, &[header], good.clone()).await.status, 403, "{header:?} {path}");
        }
    }
    assert_eq!(office.events(), before);
    assert!(sari.is_in().await);
}

#[tokio::test]
async fn guesses_are_delayed_for_one_account_at_one_browser_and_the_office_goes_on() {
    static SECOND: AtomicI64 = AtomicI64::new(0);
    fn clock() -> Moment {
        let second = SECOND.load(Ordering::SeqCst);
        Moment { uptime_ms: monday().uptime_ms + second * 1000, ..monday() }
    }
    let (office, code) = new_office(clock);
    let sari = Browser::new(&office);
    sari.enrol(&code, "Sari").await;
    let guesser = Browser::new(&office);
    let guess = async |browser: &Browser, name: &str, secret: (&str, &str)| {
        browser.post("/sign-in", &[("name", name), secret]).await.status.as_u16()
    };
    assert_eq!(guess(&guesser, "Sari", ("pin", "2580")).await, 401, "a PIN is for browsers that are known");
    for n in 0..5 {
        assert_eq!(guess(&guesser, "Sari", ("password", &format!("salah {n}"))).await, 401);
    }
    let before = office.events();
    assert_eq!(guess(&guesser, "SARI", ("password", "rawa gambut")).await, 429, "even the right one, for a minute");
    assert_eq!(
        guess(&Browser::new(&office), "Sari", ("password", "rawa gambut")).await,
        429,
        "a new window is no new browser"
    );
    assert_eq!(office.events(), before, "what is not tried fills no journal");
    assert!(sari.is_in().await, "who is in stays in");
    assert_eq!(guess(&sari, "Sari", ("pin", "2580")).await, 303, "the known browser is not delayed");

    SECOND.fetch_add(59, Ordering::SeqCst);
    assert_eq!(guess(&guesser, "Sari", ("password", "rawa gambut")).await, 429);
    SECOND.fetch_add(1, Ordering::SeqCst);
    assert_eq!(guess(&guesser, "Sari", ("password", "salah lagi")).await, 401);
    SECOND.fetch_add(119, Ordering::SeqCst);
    assert_eq!(guess(&guesser, "Sari", ("password", "rawa gambut")).await, 429, "two minutes now");
    SECOND.fetch_add(1, Ordering::SeqCst);
    assert_eq!(guess(&guesser, "Sari", ("password", "rawa gambut")).await, 303);

    // Names that do not exist are answered alike, and share one delay.
    let nobody = Browser::new(&office);
    for n in 0..5 {
        assert_eq!(guess(&nobody, &format!("Tidak Ada {n}"), ("password", "rawa gambut")).await, 401);
    }
    assert_eq!(guess(&nobody, "Siapa", ("password", "rawa gambut")).await, 429);
    for n in 0..5 {
        let status = guess(&sari, "Sari", ("pin", &format!("259{n}"))).await;
        assert_eq!(status, 401);
    }
    assert_eq!(guess(&sari, "Sari", ("pin", "2580")).await, 429, "a PIN is guarded like a password");
}

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
    let again = async || assert_eq!(sari.post("/sign-in", &[("name", "Sari"), ("pin", "2580")]).await.status, 303);

    pass(29);
    assert!(sari.is_in().await);
    pass(29);
    assert!(sari.is_in().await, "each page that is asked for counts");
    pass(20);
    let background = [("x-antrean-background", "1")];
    assert_eq!(sari.send("GET", "/counter/1", &background, String::new()).await.status, 200);
    pass(10);
    assert!(!sari.is_in().await, "what a page reads by itself keeps nobody signed in");
    assert_eq!(sari.send("POST", "/issue", &[], form(&[("command", &fresh())])).await.status, 401);

    again().await;
    for _ in 0..29 {
        pass(20);
        assert!(sari.is_in().await);
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
async fn roles_change_at_once_a_closed_account_is_out_and_a_head_always_remains() {
    let (office, code) = new_office(monday);
    let head = Browser::new(&office);
    head.enrol(&code, "Camat").await;
    let code_for = |page: &str| page.split("class=\"date\">").nth(1).unwrap().split('<').next().unwrap().to_string();
    let made = head.post("/people", &[("name", "Sari"), ("role", "printing"), ("role", "technician")]).await;
    let sari = Browser::new(&office);
    let code = code_for(&made.text);
    assert_eq!(sari.enrol(&code, "Camat").await.status, 401, "another's code");
    assert_eq!(sari.enrol(&code, "Budi").await.status, 401);
    assert_eq!(sari.enrol(&code, "Sari").await.status, 303);

    // A technician makes no head, takes no head's account, and gives nothing beyond her own roles.
    for fields in [
        [("name", "Sari"), ("role", "head")],
        [("name", "Baru"), ("role", "officer")],
        [("name", "Camat"), ("role", "printing")],
    ] {
        assert_eq!(sari.post("/people", &fields).await.status, 403, "{fields:?}");
    }
    assert_eq!(sari.post("/people/1/code", &[]).await.status, 403);
    assert_eq!(sari.post("/tokens", &[("label", "skrip"), ("role", "head")]).await.status, 403);
    assert_eq!(sari.post("/tokens", &[("label", "skrip")]).await.status, 403, "a token for nothing");
    assert_eq!(sari.post("/people", &[("name", "Baru"), ("role", "printing")]).await.status, 200);
    assert_eq!(head.post("/people", &[("name", "Baru"), ("role", "king")]).await.status, 422);
    assert_eq!(head.post("/people", &[("name", "Lain")]).await.status, 422);
    assert_eq!(head.post("/people/99/code", &[]).await.status, 404);

    assert_eq!(sari.post("/cases/print", &[]).await.status, 422, "allowed, only nothing is ticked");
    head.post("/people", &[("name", "sari"), ("role", "officer")]).await;
    assert_eq!(sari.post("/cases/print", &[]).await.status, 403, "at once");
    head.post("/people", &[("name", "Sari")]).await;
    assert!(!sari.is_in().await);
    assert_eq!(sari.post("/sign-in", &[("name", "Sari"), ("pin", "2580")]).await.status, 401);

    assert_eq!(head.post("/people", &[("name", "Camat"), ("role", "officer")]).await.status, 409, "the last head");
    assert_eq!(head.post("/people/1/code", &[]).await.status, 409);
    assert!(head.is_in().await);

    // A new code voids the old password, PIN, logins and code.
    head.post("/people", &[("name", "Sari"), ("role", "officer")]).await;
    let old = code_for(&head.post("/people/2/code", &[]).await.text);
    let new = code_for(&head.post("/people/2/code", &[]).await.text);
    assert_eq!(sari.post("/sign-in", &[("name", "Sari"), ("pin", "2580")]).await.status, 401);
    assert_eq!(sari.enrol(&old, "Sari").await.status, 401);
    assert_eq!(sari.enrol(&new, "Sari").await.status, 303);
    head.post("/devices/forget", &[]).await;
    assert_eq!(
        sari.post("/sign-in", &[("name", "Sari"), ("pin", "2580")]).await.status,
        401,
        "the browser is forgotten"
    );
}

#[tokio::test]
async fn a_script_enrols_for_a_token_that_does_what_its_scopes_say_until_it_is_ended() {
    let (office, code) = new_office(monday);
    let fields = [("code", code.as_str()), ("name", "Skrip"), ("password", "rawa gambut"), ("pin", "2580")];
    let script = [("accept", "application/json")];
    let answer = Browser::new(&office).send("POST", "/enrol", &script, form(&fields)).await;
    assert_eq!(answer.status, 200);
    assert!(!answer.headers.contains_key("set-cookie"));
    let token = answer.json()["token"].as_str().unwrap().to_string();
    let with = async |token: &str, path: &str, fields: &[(&str, &str)]| {
        let command = fresh();
        let mut all = vec![("command", command.as_str())];
        all.extend_from_slice(fields);
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("accept", "application/json")];
        Browser::new(&office).send("POST", path, &headers, form(&all)).await
    };
    assert_eq!(with(&token, "/day/open", &[("date", "2026-11-23")]).await.status, 200);
    let made = with(&token, "/tokens", &[("label", "papan"), ("role", "officer")]).await.json();
    let narrow = made["token"].as_str().unwrap().to_string();
    assert_eq!(with(&narrow, "/issue", &[("service", "new")]).await.status, 200);
    let refused = with(&narrow, "/day/close", &[("sure", "yes")]).await;
    assert_eq!((refused.status.as_u16(), refused.json()["refused"].as_str()), (403, Some("not-your-role")));
    let id = office.store().tokens().unwrap().iter().find(|t| t.name == "Skrip (papan)").unwrap().id.0;
    assert_eq!(with(&token, &format!("/tokens/{id}/end"), &[]).await.status, 200);
    assert_eq!(with(&narrow, "/issue", &[("service", "new")]).await.status, 401);
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
    let told: Vec<(&str, &str)> = events.iter().map(|e| (e.happened.word(), e.by.as_str())).collect();
    assert_eq!(
        told,
        [
            ("person-set", "Sari"),
            ("person-invited", "Sari"),
            ("person-enrolled", "Sari"),
            ("signed-in", "Sari"),
            ("day-opened", "Sari"),
            ("issue", "Sari di loket 1"),
            ("call", "Sari di loket 1"),
            ("sign-in-failed", "Sari"),
            ("sign-in-failed", "konsol"),
            ("signed-out", "Sari"),
        ]
    );
    assert!(matches!(events[8].happened, Happened::SignInFailed { person: None, device: Some(_) }));
    assert!(office.store().check().unwrap().problems.is_empty());
    for name in ["antrean.db", "antrean.db-wal"] {
        let bytes = std::fs::read(office.dir.path().join(name)).unwrap_or_default();
        for secret in ["rawa gambut", "9517", "kata sandi di kolom nama", &code, &code.replace('-', "")] {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret} in {name}");
        }
    }
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
    let secure = Office { app: console.app, dir: office.dir };
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
async fn a_page_offers_nothing_that_the_role_forbids() {
    let office = Office::one_counter().await;
    office.recorded_case().await;
    office.issue("new").await;
    office.call_and_start(1).await;
    let forms = |page: &str| -> Vec<String> {
        page.split("action=\"").skip(1).map(|s| s.split('"').next().unwrap().to_string()).collect()
    };
    let mut offered = Vec::new();
    for role in ["officer", "recording", "printing", "head", "technician"] {
        let clerk = person(&office, &format!("Uji {role}"), &[role]).await;
        for path in ["/", "/counter/1", "/cases", "/cases/1"] {
            let page = clerk.get(path).await.text;
            for action in forms(&page).iter().filter(|action| !action.starts_with("/counter/")) {
                let (copy, body) = (office.copy(), form(&[("command", "x")]));
                let same = Browser { office: &copy, cookies: clerk.cookies.clone() };
                if action != "/sign-out" && action != "/cases" {
                    let status = same.send("POST", action, &[], body).await.status;
                    assert_ne!(status, 403, "{role} {path} {action}");
                    offered.push(format!("{role} {action}"));
                }
            }
        }
        assert!(clerk.get("/cases").await.text.contains("menunggu cetak"), "{role} may look");
    }
    let has = |text: &str| offered.iter().any(|o| o.starts_with(text));
    assert!(has("officer /tickets/2/complete") && has("printing /cases/print") && has("head /day/close"));
    assert!(!has("recording /tickets/2/complete") && !has("technician /cases"));
}

#[tokio::test]
async fn a_person_changes_her_own_password_and_pin_and_other_browsers_are_out() {
    let office = Office::open().await;
    let sari = person(&office, "Sari", &["officer"]).await;
    let other = Browser::new(&office);
    other.post("/sign-in", &[("name", "Sari"), ("password", "rawa gambut")]).await;
    let change = async |old: &str, password: &str, pin: &str| {
        let answer = sari.post("/account", &[("old", old), ("password", password), ("pin", pin)]).await;
        answer.status.as_u16()
    };
    assert_eq!(change("rawa gambut", "pendek", "2580").await, 422);
    assert_eq!(change("rawa gambut", "sungai kapuas", "1111").await, 422);
    for _ in 0..5 {
        assert_eq!(change("salah salah", "sungai kapuas", "8520").await, 401);
    }
    assert_eq!(change("rawa gambut", "sungai kapuas", "8520").await, 429, "no place to guess faster");
    assert!(sari.is_in().await && other.is_in().await, "nothing was changed");

    let budi = person(&office, "Budi", &["officer"]).await;
    let second = Browser::new(&office);
    second.post("/sign-in", &[("name", "Budi"), ("password", "rawa gambut")]).await;
    let fields = [("old", "rawa gambut"), ("password", "sungai kapuas"), ("pin", "8520")];
    assert_eq!(budi.post("/account", &fields).await.location(), "/account?changed=yes");
    assert!(budi.is_in().await && !second.is_in().await);
    assert_eq!(second.post("/sign-in", &[("name", "Budi"), ("pin", "2580")]).await.status, 401);
    assert_eq!(second.post("/sign-in", &[("name", "Budi"), ("pin", "8520")]).await.status, 303);
    let (status, no) = office.act("/account", &fields).await;
    assert_eq!((status, no["refused"].as_str()), (403, Some("not-your-role")), "a token is no person");
}

#[tokio::test]
async fn a_reloaded_account_form_makes_no_second_code_and_no_second_token() {
    let office = Office::open().await;
    let twice = async |path: &str, fields: &[(&str, &str)]| {
        let command = format!("reload{}", path.replace('/', "-"));
        let mut all = vec![("command", command.as_str())];
        all.extend_from_slice(fields);
        let accept = [("accept", "application/json")];
        let first = office.post_with(path, &accept, form(&all)).await;
        let before = office.events();
        let second = office.post_with(path, &accept, form(&all)).await;
        assert_eq!(office.events(), before, "{path}");
        (first.status.as_u16(), second.json()["refused"].clone())
    };
    assert_eq!(twice("/people", &[("name", "Sari"), ("role", "officer")]).await, (200, "shown-once".into()));
    let sari = office.store().person_by_name("Sari").unwrap().unwrap().id.0;
    let code = format!("/people/{sari}/code");
    assert_eq!(twice(&code, &[("x", "12345678")]).await, (200, "shown-once".into()));
    assert_eq!(twice("/tokens", &[("label", "papan"), ("role", "officer")]).await, (200, "shown-once".into()));
}

#[tokio::test]
async fn the_stream_of_changes_ends_with_its_login() {
    let office = Office::open().await;
    let request = Request::get("/events").header("host", "127.0.0.1:8080");
    let request = request.header("authorization", format!("Bearer {}", crate::office::TOKEN));
    let response = office.app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    let mut stream = response.into_body();
    let mut store = office.store();
    let wish = || Command { now: monday(), ..Command::new("test") };
    store.set_network(&wish(), true).unwrap();
    let next = async |stream: &mut Body| {
        tokio::time::timeout(std::time::Duration::from_secs(10), stream.frame()).await.expect("an answer")
    };
    assert!(next(&mut stream).await.is_some(), "a change is told");
    let login = store.login(crate::office::TOKEN).unwrap().unwrap();
    store.sign_out(&wish(), &login, false).unwrap();
    while let Some(frame) = next(&mut stream).await {
        // What was on its way when the login ended.
        assert!(frame.is_ok());
        let down = store.network_down().unwrap().is_some();
        store.set_network(&wish(), !down).unwrap();
    }
}

#[tokio::test]
async fn a_visitor_on_the_network_delays_nobody_but_himself() {
    let office = Office::open().await;
    person(&office, "Sari", &["officer"]).await;
    let guess = async |address: [u8; 4]| {
        let body = form(&[("name", "Sari"), ("password", "tebakan salah")]);
        let request = Request::post("/sign-in").header("host", "127.0.0.1:8080");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let mut request = request.body(Body::from(body)).unwrap();
        request.extensions_mut().insert(axum::extract::ConnectInfo(staff::Peer(address.into())));
        office.send(request).await.status.as_u16()
    };
    for _ in 0..5 {
        assert_eq!(guess([10, 0, 0, 66]).await, 401);
    }
    assert_eq!(guess([10, 0, 0, 66]).await, 429);
    assert_eq!(guess([10, 0, 0, 5]).await, 401, "another machine is not kept waiting");
}
