//! A console over a fresh office, driven as a script or a browser drives it: by requests.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::panic)]

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use queue::case::Receipt;
use queue::people::Roles;
use queue::time::Moment;
use queue::{Command, Store};
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;
use tower::ServiceExt;

/// Monday 23 November 2026, 08.00 WIB.
pub fn monday() -> Moment {
    Moment { wall_ms: 1_795_395_600_000, boot: 7, uptime_ms: 1_000_000 }
}

/// The same Monday, but each look at the clock is ten seconds after the last one: whatever needs a moment had it.
pub fn passing() -> Moment {
    static LOOKS: AtomicU64 = AtomicU64::new(0);
    let ms = LOOKS.fetch_add(1, Ordering::Relaxed) as i64 * 10_000;
    let start = monday();
    Moment { wall_ms: start.wall_ms + ms, uptime_ms: start.uptime_ms + ms, ..start }
}

pub struct Office {
    pub dir: TempDir,
    pub app: Router,
    pub clock: fn() -> Moment,
}

/// The token of a script that may do everything; most tests act with it.
pub const TOKEN: &str = "token-of-the-tests";
/// The login of the same person, for what no token reaches.
pub const LOGIN: &str = "login-of-the-tests";

/// For a console on this machine only.
pub const LOOPBACK: staff::Door = staff::Door { secure: false, network: false };

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    pub fn location(&self) -> &str {
        self.headers.get("location").map_or("", |v| v.to_str().unwrap())
    }
}

/// The token, or at what is for people the login.
fn key(path: &str) -> (&'static str, String) {
    let people = ["/people", "/tokens", "/sessions", "/devices"].iter().any(|start| path.starts_with(start));
    if people { ("cookie", format!("antrean-login={LOGIN}")) } else { ("authorization", format!("Bearer {TOKEN}")) }
}

/// A command id of its own for every wish.
pub fn fresh() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("test-{:08}", NEXT.fetch_add(1, Ordering::Relaxed))
}

pub fn form(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        text.bytes()
            .map(|b| if b.is_ascii_alphanumeric() { (b as char).to_string() } else { format!("%{b:02X}") })
            .collect::<String>()
    };
    fields.iter().map(|(n, v)| format!("{}={}", escape(n), escape(v))).collect::<Vec<_>>().join("&")
}

impl Office {
    /// The real office, its day not opened yet; `change` may edit the text of office.toml.
    pub fn closed(change: impl Fn(String) -> String) -> Office {
        let dir = tempfile::tempdir().unwrap();
        let text = change(include_str!("../../../office.toml").into());
        std::fs::write(dir.path().join("office.toml"), text).unwrap();
        let mut store = Store::create(dir.path()).unwrap();
        let wish = || Command { now: monday(), ..Command::new(queue::journal::Actor::Terminal) };
        let person = store.set_person(&wish(), "Uji", Roles::all()).unwrap().id;
        store.make_token(&wish(), person, "Uji", (Roles::all(), jiff::civil::date(2027, 11, 23)), TOKEN).unwrap();
        let place = queue::people::Place { browser: None, address: "" };
        store.sign_in(&wish(), person, place, LOGIN, None).unwrap();
        let app = staff::console(dir.path(), monday, LOOPBACK, false).unwrap().app;
        Office { dir, app, clock: monday }
    }

    /// The same office with another clock.
    pub fn by(self, clock: fn() -> Moment) -> Office {
        let app = staff::console(self.dir.path(), clock, LOOPBACK, false).unwrap().app;
        Office { app, clock, ..self }
    }

    /// The real office with an open day.
    pub async fn open() -> Office {
        let office = Office::closed(|text| text);
        office.open_day().await;
        office
    }

    /// One officer does everything at counter 1.
    pub async fn one_counter() -> Office {
        let office = Office::closed(|text| {
            text.replacen(
                "stages = [\"verification\"]",
                "stages = [\"verification\", \"recording\", \"collection\"]",
                1,
            )
        });
        office.open_day().await;
        office
    }

    /// A second office that stands where this one does; nobody may be writing.
    pub fn copy(&self) -> Office {
        let dir = tempfile::tempdir().unwrap();
        for name in ["office.toml", "antrean.db", "antrean.db-wal"] {
            let from = self.dir.path().join(name);
            if from.exists() {
                std::fs::copy(from, dir.path().join(name)).unwrap();
            }
        }
        let app = staff::console(dir.path(), self.clock, LOOPBACK, false).unwrap().app;
        Office { dir, app, clock: self.clock }
    }

    async fn open_day(&self) {
        assert_eq!(self.act("/day/open", &[("date", "2026-11-23")]).await.0, 200);
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// A page, read by a browser with these headers.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let (name, value) = key(path);
        let mut request = Request::get(path).header("host", "127.0.0.1:8080").header(name, value);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    /// A form, sent as it stands.
    pub async fn post_with(&self, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        let (name, value) = key(path);
        let mut request = Request::post(path)
            .header("host", "127.0.0.1:8080")
            .header(name, value)
            .header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// A form as a browser sends it, with a fresh command.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let command = fresh();
        let mut all = vec![("command", command.as_str())];
        all.extend_from_slice(fields);
        self.post_with(path, &[("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "same-origin")], form(&all))
            .await
    }

    /// An act by a script: status and JSON.
    pub async fn act(&self, path: &str, fields: &[(&str, &str)]) -> (u16, Value) {
        let command = fresh();
        let mut all = vec![("command", command.as_str())];
        all.extend_from_slice(fields);
        let answer = self.post_with(path, &[("accept", "application/json")], form(&all)).await;
        (answer.status.as_u16(), answer.json())
    }

    /// An act that must be done.
    pub async fn done(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        let (status, json) = self.act(path, fields).await;
        assert_eq!(status, 200, "{path}: {json}");
        json
    }

    /// A number for `service`; its ticket.
    pub async fn issue(&self, service: &str) -> i64 {
        self.done("/issue", &[("service", service)]).await["ticket"].as_i64().unwrap()
    }

    /// Calls the next one at `counter`, and the applicant comes.
    pub async fn call_and_start(&self, counter: u8) -> i64 {
        let ticket = self.done(&format!("/counters/{counter}/call"), &[]).await["ticket"].as_i64().unwrap();
        self.done(&format!("/tickets/{ticket}/start"), &[]).await;
        ticket
    }

    /// A case that waits for printing; its case number and receipt.
    pub async fn recorded_case(&self) -> (i64, String) {
        self.issue("lost").await;
        let ticket = self.call_and_start(1).await;
        let done = self.done(&format!("/tickets/{ticket}/print-directly"), &[]).await;
        let receipt = done["receipt"].as_str().unwrap().to_string();
        let number: Receipt = receipt.parse().unwrap();
        (self.store().case_by_receipt(number).unwrap().unwrap().id.0, receipt)
    }

    /// A look into the data, as another process sees it.
    pub fn store(&self) -> Store {
        Store::open(self.dir.path()).unwrap()
    }

    pub fn events(&self) -> usize {
        self.store().events().unwrap().len()
    }
}
