//! Everybody who must stay outside, in one table: how it is tried, and how it is refused.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::office::{Answer, Office, form, fresh};
use axum::body::Body;
use axum::http::Request;
use std::collections::BTreeMap;

/// One try: why it must fail, method and path, headers, fields, and the status of the refusal. `{…}` stands for a key of
/// [`keys`].
type Try = (&'static str, &'static str, Headers, Headers, u16);
type Headers = &'static [(&'static str, &'static str)];

const SARI: (&str, &str) = ("cookie", "antrean-login={sari}");
const OWN: (&str, &str) = ("origin", "http://127.0.0.1:8080");
const ISSUE: Headers = &[("service", "new")];
const CHOSEN: [(&str, &str); 2] = [("password", "rawa gambut"), ("pin", "2580")];

#[rustfmt::skip]
const TRIES: [Try; 60] = [
    // Nobody is signed in.
    ("a page without a login",            "GET /",               &[], &[], 303),
    ("a counter without a login",         "GET /counter/1",      &[], &[], 303),
    ("figures without a login",           "GET /report.csv",     &[], &[], 303),
    ("people without a login",            "GET /people",         &[], &[], 303),
    ("changes without a login",           "GET /events",         &[], &[], 401),
    ("the interface without a token",     "GET /api/day",        &[], &[], 401),
    ("cases without a token",             "GET /api/cases",      &[], &[], 401),
    ("an act without a login",            "POST /issue",         &[], ISSUE, 401),
    ("the day without a login",           "POST /day/close",     &[], &[("sure", "yes")], 401),
    ("an account without a login",        "POST /people",        &[], &[("name", "X"), ("role", "head")], 401),
    // What looks like a login.
    ("a login that was signed out",       "POST /issue", &[("cookie", "antrean-login={gone}")], ISSUE, 401),
    ("a closed account's login",          "POST /issue", &[("cookie", "antrean-login={closed}")], ISSUE, 401),
    ("a browser's key as login",          "POST /issue", &[("cookie", "antrean-login={device}; antrean-device={device}")], ISSUE, 401),
    ("a token as login",                  "POST /issue", &[("cookie", "antrean-login={token}")], ISSUE, 401),
    ("a login under another name",        "POST /issue", &[("cookie", "__Host-antrean-login={sari}")], ISSUE, 401),
    ("an empty login",                    "POST /issue", &[("cookie", "antrean-login=")], ISSUE, 401),
    ("SQL as login",                      "POST /issue", &[("cookie", "antrean-login=' OR 1=1 --")], ISSUE, 401),
    ("a login in another case",           "POST /issue", &[("cookie", "ANTREAN-LOGIN={sari}")], ISSUE, 401),
    // What looks like a token.
    ("a token that was ended",            "POST /issue", &[("authorization", "Bearer {ended}")], ISSUE, 401),
    ("a login as token",                  "POST /issue", &[("authorization", "Bearer {sari}")], ISSUE, 401),
    ("a token in the wrong writing",      "POST /issue", &[("authorization", "bearer {token}")], ISSUE, 401),
    ("a bare token",                      "POST /issue", &[("authorization", "{token}")], ISSUE, 401),
    ("a token cut short",                 "POST /issue", &[("authorization", "Bearer {token-cut}")], ISSUE, 401),
    ("name and password as Basic",        "POST /issue", &[("authorization", "Basic U2FyaTpyYXdhIGdhbWJ1dA==")], ISSUE, 401),
    ("a login beside a wrong token",      "POST /issue", &[SARI, ("authorization", "Bearer x")], ISSUE, 401),
    // Signing in.
    ("a wrong password",                  "POST /sign-in", &[], &[("name", "Sari"), ("password", "rawa gambuT")], 401),
    ("a wrong PIN",                       "POST /sign-in", &[("cookie", "antrean-device={device}")], &[("name", "Sari"), ("pin", "2581")], 401),
    ("a PIN at an unknown browser",       "POST /sign-in", &[], &[("name", "Sari"), ("pin", "2580")], 401),
    ("a PIN at an invented browser",      "POST /sign-in", &[("cookie", "antrean-device=0000")], &[("name", "Sari"), ("pin", "2580")], 401),
    ("a PIN as password",                 "POST /sign-in", &[], &[("name", "Sari"), ("password", "2580")], 401),
    ("nobody's name",                     "POST /sign-in", &[], &[("name", "Siapa"), ("password", "rawa gambut")], 401),
    ("a closed account",                  "POST /sign-in", &[("cookie", "antrean-device={device}")], &[("name", "Budi"), ("password", "rawa gambut")], 401),
    ("neither password nor PIN",          "POST /sign-in", &[], &[("name", "Sari")], 422),
    // Enrolling.
    ("a code used before",                "POST /enrol", &[], &[("code", "{used}"), ("name", "Sari"), CHOSEN[0], CHOSEN[1]], 401),
    ("a code of another person",          "POST /enrol", &[], &[("code", "{open}"), ("name", "Camat"), CHOSEN[0], CHOSEN[1]], 401),
    ("no code",                           "POST /enrol", &[], &[("code", ""), ("name", "Rini"), CHOSEN[0], CHOSEN[1]], 401),
    ("a short password",                  "POST /enrol", &[], &[("code", "{open}"), ("name", "Rini"), ("password", "rawa"), CHOSEN[1]], 422),
    ("a password that everybody has",     "POST /enrol", &[], &[("code", "{open}"), ("name", "Rini"), ("password", "password123"), CHOSEN[1]], 422),
    ("the own name as password",          "POST /enrol", &[], &[("code", "{open}"), ("name", "Rini"), ("password", "rini1234"), CHOSEN[1]], 422),
    ("a PIN in a row",                    "POST /enrol", &[], &[("code", "{open}"), ("name", "Rini"), CHOSEN[0], ("pin", "1234")], 422),
    ("a name that is markup",             "POST /enrol", &[], &[("code", "{open}"), ("name", "<b>"), CHOSEN[0], CHOSEN[1]], 422),
    // An officer who wants more.
    ("an officer opens the day",          "POST /day/open",       &[SARI, OWN], &[("date", "2026-11-24")], 403),
    ("an officer closes the day",         "POST /day/close",      &[SARI, OWN], &[("sure", "yes")], 403),
    ("an officer reads the report",       "GET /report",          &[SARI], &[], 403),
    ("an officer reads it as JSON",       "GET /api/report",      &[SARI], &[], 403),
    ("an officer makes a head",           "POST /people",         &[SARI, OWN], &[("name", "Sari"), ("role", "head")], 403),
    ("an officer takes the head's code",  "POST /people/1/code",  &[SARI, OWN], &[], 403),
    ("an officer makes a token",          "POST /tokens",         &[SARI, OWN], &[("label", "x"), ("role", "officer")], 403),
    ("an officer prints cards",           "POST /cases/print",    &[SARI, OWN], &[("case", "1")], 403),
    ("an officer records",                "POST /tickets/1/finish-recording", &[SARI, OWN], &[("done", "photo")], 403),
    ("the same in another writing",       "POST /tickets/1/%66inish-recording", &[SARI, OWN], &[("done", "photo")], 404),
    ("a narrow token closes the day",     "POST /day/close",      &[("authorization", "Bearer {token}")], &[("sure", "yes")], 403),
    ("a token changes a password",        "POST /account",        &[("authorization", "Bearer {token}")], &[("old", "rawa gambut"), CHOSEN[0], CHOSEN[1]], 403),
    // Other sites, and acts that are no posts.
    ("an act by GET",                     "GET /tickets/1/start", &[SARI], &[], 405),
    ("signing out by GET",                "GET /sign-out",        &[SARI], &[], 405),
    ("a form of another site",            "POST /issue", &[SARI, ("origin", "http://evil.example")], ISSUE, 403),
    ("a form of a file",                  "POST /issue", &[SARI, ("origin", "null")], ISSUE, 403),
    ("a form of another port",            "POST /issue", &[SARI, ("origin", "http://127.0.0.1:8081")], ISSUE, 403),
    ("a script of another site",          "POST /issue", &[SARI, OWN, ("sec-fetch-site", "cross-site")], ISSUE, 403),
    ("a name that points here",           "GET /counter/1", &[SARI, ("host", "antrean.evil.example:8080")], &[], 403),
];

async fn ask(office: &Office, line: &str, headers: &[(&str, String)], fields: &[(&str, &str)]) -> Answer {
    let (method, path) = line.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "127.0.0.1:8080");
    }
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let command = fresh();
    let mut all = vec![("command", command.as_str())];
    all.extend_from_slice(fields);
    let body = if method == "POST" { form(&all) } else { String::new() };
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    office.send(request.body(Body::from(body)).unwrap()).await
}

/// A cookie that the answer sets.
fn cookie(answer: &Answer, name: &str) -> String {
    let all = answer.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap());
    let value = all.filter_map(|c| c.strip_prefix(name)?.strip_prefix('=')?.split(';').next()).next();
    value.unwrap_or_default().to_string()
}

/// Real keys of every kind: of Sari, an officer, and of those whose time is over.
async fn keys(office: &Office) -> BTreeMap<&'static str, String> {
    let code = async |name: &str| {
        let made = office.done("/people", &[("name", name), ("role", "officer")]).await;
        made["code"].as_str().unwrap().to_string()
    };
    let enrol = async |name: &str, code: &str| {
        ask(office, "POST /enrol", &[], &[("code", code), ("name", name), CHOSEN[0], CHOSEN[1]]).await
    };
    let token = async |label: &str| {
        let made = office.done("/tokens", &[("label", label), ("role", "officer")]).await;
        made["token"].as_str().unwrap().to_string()
    };
    let used = code("Sari").await;
    let sari = enrol("Sari", &used).await;
    let device = cookie(&sari, "antrean-device");
    let known = [("cookie", format!("antrean-device={device}"))];
    let gone = ask(office, "POST /sign-in", &known, &[("name", "Sari"), CHOSEN[0]]).await;
    let gone = cookie(&gone, "antrean-login");
    ask(office, "POST /sign-out", &[("cookie", format!("antrean-login={gone}"))], &[]).await;
    let budi = enrol("Budi", &code("Budi").await).await;
    office.done("/people", &[("name", "Budi")]).await;
    let (open, ended) = (code("Rini").await, token("lama").await);
    let id = office.store().tokens().unwrap().iter().find(|t| t.name.contains("lama")).unwrap().id.0;
    office.done(&format!("/tokens/{id}/end"), &[]).await;
    let token = token("papan").await;
    BTreeMap::from([
        ("{sari}", cookie(&sari, "antrean-login")),
        ("{device}", device),
        ("{gone}", gone),
        ("{closed}", cookie(&budi, "antrean-login")),
        ("{used}", used),
        ("{open}", open),
        ("{ended}", ended),
        ("{token-cut}", token[..token.len() - 1].into()),
        ("{token}", token),
    ])
}

#[tokio::test]
async fn everybody_who_must_stay_outside_stays_outside() {
    let office = Office::open().await;
    office.issue("new").await;
    let keys = keys(&office).await;
    let real = |text: &str| keys.iter().fold(text.to_string(), |text, (name, key)| text.replace(name, key));
    let sari = [("cookie", real(SARI.1))];
    assert_eq!(ask(&office, "GET /counter/1", &sari, &[]).await.status, 200, "the real key is a key");
    let token = [("authorization", real("Bearer {token}"))];
    assert_eq!(ask(&office, "GET /api/day", &token, &[]).await.status, 200);
    let acts = || {
        let events = office.store().events().unwrap();
        events.iter().filter(|e| e.happened.word() != "sign-in-failed").count()
    };
    let before = acts();
    for (why, line, headers, fields, status) in TRIES {
        let headers: Vec<(&str, String)> = headers.iter().map(|(name, value)| (*name, real(value))).collect();
        let fields: Vec<(&str, String)> = fields.iter().map(|(name, value)| (*name, real(value))).collect();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = ask(&office, line, &headers, &fields).await;
        // Guesses for one account at unknown browsers are delayed after the fifth: refused all the same.
        let delayed = answer.status == 429 && status == 401 && line == "POST /sign-in";
        assert!(answer.status == status || delayed, "{why}: {}", answer.status);
        assert!(status != 303 || answer.location().starts_with("/sign-in"), "{why}: {}", answer.location());
        assert_eq!(cookie(&answer, "antrean-login"), "", "{why}");
        for secret in keys.values().filter(|key| key.len() > 12) {
            assert!(!answer.text.contains(secret), "{why} tells a secret");
        }
        assert_eq!(acts(), before, "{why}");
    }
    assert_eq!(ask(&office, "GET /counter/1", &sari, &[]).await.status, 200, "and the office goes on");
}

#[tokio::test]
async fn of_a_hundred_guesses_in_a_minute_five_are_tried() {
    let office = Office::open().await;
    keys(&office).await;
    let mut tried = 0;
    for n in 0..100 {
        let password = format!("tebakan ke {n}");
        let fields = [("name", "Sari"), ("password", password.as_str())];
        tried += usize::from(ask(&office, "POST /sign-in", &[], &fields).await.status == 401);
    }
    assert_eq!(tried, 5);
}
