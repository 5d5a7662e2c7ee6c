//! The interface for other programs: it is what its document says, and the board's feed is open to everybody.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::office::{Answer, Office, form, fresh};
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use queue::people::{Role, Roles};
use queue::{Command, case::Receipt};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;
use tower::ServiceExt;

fn document() -> Value {
    serde_json::from_str(include_str!("../../assets/openapi.json")).unwrap()
}

/// Method and path of every operation that the document describes.
fn operations() -> Vec<(String, String, Value)> {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, methods): (&String, &Value)| {
        let methods = methods.as_object().unwrap().clone();
        methods.into_iter().map(|(method, op)| (method, path.clone(), op)).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

/// What only a person at a browser can use.
const FOR_BROWSERS: [&str; 9] = [
    "post /account",
    "post /sign-in",
    "post /enrol",
    "post /people",
    "post /people/{}/code",
    "post /tokens",
    "post /tokens/{}/end",
    "post /sessions/{}/end",
    "post /devices/forget",
];

/// "post /tickets/{}/{}" for every route of the router, read from where they are written.
fn routes() -> BTreeSet<String> {
    let source = include_str!("../../src/lib.rs");
    let mut routes = BTreeSet::new();
    for line in source.lines().filter_map(|line| line.trim().strip_prefix(".route(\"")) {
        let (path, methods) = line.split_once('"').unwrap();
        for method in ["get", "post"] {
            if methods.contains(&format!("{method}(")) {
                routes.insert(format!("{method} {}", nameless(path)));
            }
        }
    }
    routes
}

/// The words that forms are read into actions by, from where they are written.
fn words() -> Vec<&'static str> {
    let source = include_str!("../../src/form.rs").split("#[cfg(test)]").next().unwrap();
    let arms = source.lines().filter_map(|line| line.trim().strip_prefix('"')?.split_once('"'));
    let acts = [" => Action::", " => CaseAction::", " => {"];
    let words: Vec<&str> =
        arms.filter(|(_, then)| acts.iter().any(|act| then.starts_with(act))).map(|(word, _)| word).collect();
    assert!(words.len() >= 24, "{words:?}");
    words
}

/// The path with its parameters' names taken out.
fn nameless(path: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "{}".to_string() } else { part.into() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn the_document_tells_every_route_and_no_other() {
    let documented: BTreeSet<String> =
        operations().iter().map(|(method, path, _)| format!("{method} {}", nameless(path))).collect();
    let fits = |route: &str, documented: &str| {
        let (route, documented): (Vec<_>, Vec<_>) = (route.split('/').collect(), documented.split('/').collect());
        route.len() == documented.len() && route.iter().zip(&documented).all(|(r, d)| r == d || *r == "{}")
    };
    for route in routes() {
        let told = documented.iter().any(|d| fits(&route, d));
        // What is got outside /api/ is a page for people.
        let page = route.starts_with("get ") && !route.starts_with("get /api/");
        assert!(told || page || FOR_BROWSERS.contains(&route.as_str()), "{route} is in no document");
    }
    // The words of a ticket's and a case's acts are one route in the router: each has its own operation.
    for word in words() {
        let told = ["tickets", "cases"].iter().any(|of| documented.contains(&format!("post /{of}/{{}}/{word}")));
        assert!(told, "{word} is in no document");
    }
    let office = Office::open().await;
    for (method, path, _) in operations() {
        let path = path.replace("{number}", "A-001").replace("{receipt}", "26-000001-9");
        let path = path.split('/').map(|p| if p.starts_with('{') { "1" } else { p }).collect::<Vec<_>>().join("/");
        let request = Request::builder().method(method.to_uppercase().as_str()).uri(&path);
        let request = request.header("host", "127.0.0.1:8080").header("accept", "application/json");
        let request = request.header("authorization", format!("Bearer {}", crate::office::TOKEN));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let response = office.app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_ne!(response.status(), 405, "{method} {path}");
        // The streams never end; what they say is read elsewhere.
        if response.status() == 404 {
            let bytes = response.into_body().collect().await.unwrap().to_bytes();
            let json: Value = serde_json::from_slice(&bytes).unwrap();
            assert_ne!(json["refused"], "no-such-page", "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_token_may_what_the_document_says_of_its_scope_and_nothing_else() {
    let office = Office::open().await;
    let wish = || Command { now: crate::office::monday(), ..Command::new(queue::journal::Actor::Terminal) };
    let mut store = office.store();
    let person = store.person_by_name("Uji").unwrap().unwrap().id;
    for role in Role::ALL {
        let scope: Roles = [role].into_iter().collect();
        store.make_token(&wish(), person, role.word(), (scope, jiff::civil::date(2027, 11, 23)), role.word()).unwrap();
    }
    let before = office.events();
    let mut asked = 0;
    for (method, path, operation) in operations() {
        let Some(list) = operation["security"].as_array() else { panic!("{path} tells no security") };
        // These two would end the very token that asks.
        if list.is_empty() || path == "/sign-out" || path.ends_with("/end") || path.ends_with("/forget") {
            continue;
        }
        let scopes: Vec<&str> =
            list.iter().flat_map(|one| one["token"].as_array().unwrap()).map(|role| role.as_str().unwrap()).collect();
        for role in Role::ALL {
            let request = Request::builder().method(method.to_uppercase().as_str()).uri(path.replace(['{', '}'], ""));
            let request = request.header("host", "127.0.0.1:8080").header("accept", "application/json");
            let request = request.header("authorization", format!("Bearer {}", role.word()));
            let response = office.app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let allowed = scopes.is_empty() || scopes.contains(&role.word());
            assert_eq!(response.status() != 403, allowed, "{role:?}: {method} {path}: {}", response.status());
            asked += 1;
        }
    }
    assert!(asked > 180, "{asked}");
    assert_eq!(office.events(), before, "a request without its fields changes nothing");
}

/// A request without any sign-in.
async fn stranger(office: &Office, path: &str) -> Answer {
    office.send(Request::get(path).header("host", "127.0.0.1:8080").body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn what_scripts_read_is_what_they_did() {
    let office = Office::one_counter().await;
    let read = async |path: &str| office.get(path).await.json();
    assert_eq!(read("/api/day").await["state"], "open");
    let services = read("/api/office").await["services"].clone();
    assert_eq!(services[1]["requirements"][3]["key"], "police-report");

    let (case, receipt) = office.recorded_case().await;
    office.issue("new").await;
    office.done("/issue", &[("service", "new"), ("priority", "yes")]).await;
    let waiting = read("/api/queue?counter=1").await["waiting"].clone();
    let numbers: Vec<&str> = waiting.as_array().unwrap().iter().map(|t| t["number"].as_str().unwrap()).collect();
    assert_eq!(numbers, ["A-002", "A-001"], "in the order they would be called");
    assert_eq!(waiting[1]["since"], "2026-11-23T01:00:00Z");

    let called = office.done("/counters/1/call", &[]).await;
    assert_eq!(called, read("/api/numbers/A-002").await, "an act answers what reading tells");
    assert_eq!(called, read(&format!("/api/tickets/{}", called["ticket"])).await);
    let route = |word: &str| format!("/tickets/{}/{word}", called["ticket"]);
    let seen = called["seen"].as_str().unwrap().to_string();
    office.done(&route("start"), &[("seen", &seen)]).await;
    let (status, no) = office.act(&route("cancel"), &[("seen", &seen), ("reason", "uji")]).await;
    assert_eq!((status, no["refused"].as_str()), (409, Some("stale-page")));
    office.done(&route("return"), &[("missing", "family-card")]).await;
    let all = read("/api/tickets").await["tickets"].clone();
    assert_eq!((all[2]["state"].as_str(), all[2]["missing"][0].as_str()), (Some("returned"), Some("family-card")));

    office.done(&format!("/cases/{case}/hold-case"), &[("reason", "no-blanks")]).await;
    let told = read(&format!("/api/cases/{receipt}")).await;
    assert_eq!((told["state"].as_str(), told["hold_reason"].as_str()), (Some("onhold"), Some("no-blanks")));
    assert_eq!((told["light"].as_str(), told["recorded_on"].as_str()), (Some("green"), Some("2026-11-23")));
    assert_eq!(read("/api/cases").await["cases"], Value::Array(vec![told]));
    let report = read("/api/report?from=2026-11-23&to=2026-11-23").await;
    assert_eq!((report["total"]["issued"].as_i64(), report["missing"][0]["count"].as_i64()), (Some(3), Some(1)));

    for (path, status, word) in [
        ("/api/numbers/A-099", 404, "unknown-ticket"),
        ("/api/tickets/x", 404, "unknown-ticket"),
        ("/api/queue?counter=9", 404, "unknown-counter"),
        ("/api/cases/26-000001-0", 422, "bad-form"),
        (&format!("/api/cases/{}", Receipt { year: 26, n: 777 }), 404, "unknown-case"),
        ("/api/report?from=2026-02-31", 422, "bad-form"),
        ("/api/nowhere", 404, "no-such-page"),
    ] {
        let answer = office.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.json()["refused"].as_str()), (status, Some(word)), "{path}");
    }
    for path in ["/api/day", "/api/queue", "/api/tickets", "/api/cases", "/api/report", "/api/office"] {
        let answer = stranger(&office, path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["refused"].as_str()),
            (401, Some("sign-in-needed")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_board_is_for_everybody_and_tells_what_hangs_on_the_wall() {
    let office = Office::one_counter().await;
    let (case, receipt) = office.recorded_case().await;
    office.done(&format!("/cases/{case}/print"), &[]).await;
    office.done(&format!("/cases/{case}/make-ready"), &[]).await;
    let request = Request::get("/api/board/events").header("host", "127.0.0.1:8080").body(Body::empty()).unwrap();
    let mut stream = office.app.clone().oneshot(request).await.unwrap().into_body();
    let mut told = String::new();
    let mut hear = async |wanted: &str| {
        while !told.contains(wanted) {
            let next = tokio::time::timeout(Duration::from_secs(60), stream.frame()).await;
            let frame = next.unwrap_or_else(|_| panic!("never heard {wanted}: {told}")).unwrap().unwrap();
            told.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    };
    hear("event: board").await;
    office.issue("new").await;
    hear("\"service\":\"new\"").await;
    office.call_and_start(1).await;
    hear("\"number\":\"A-001\",\"serving\":true").await;
    let board = stranger(&office, "/api/board").await.json();
    assert_eq!(board["ready"], serde_json::json!([receipt]));
    assert_eq!(board["counters"][0]["number"], "A-001");
    assert_eq!((board["day"]["state"].as_str(), board["calls"][0]["counter"].as_i64()), (Some("open"), Some(1)));
    let names: Vec<&String> = board.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        ["calls", "counters", "day", "network_down_since", "notices", "ready", "waiting"],
        "and nothing else"
    );

    let document = stranger(&office, "/api/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    let posted = Request::post("/api/board").header("host", "127.0.0.1:8080");
    let posted = office.send(posted.body(Body::from(form(&[("command", &fresh())]))).unwrap()).await;
    assert_eq!(posted.status, 401, "looking is all");
}

#[tokio::test]
async fn who_asks_for_the_board_too_often_waits_and_the_office_goes_on() {
    let office = Office::open().await;
    let mut refused = 0;
    // The clock of these tests stands still: it is always the same second.
    for _ in 0..150 {
        let answer = stranger(&office, "/api/board").await;
        if answer.status == 429 {
            assert_eq!(answer.json()["refused"], "too-many-requests");
            assert_eq!(answer.headers["retry-after"], "1");
            refused += 1;
        }
    }
    assert_eq!(refused, 50);
    office.issue("new").await;
    assert_eq!(office.get("/api/queue").await.status, 200);
}
