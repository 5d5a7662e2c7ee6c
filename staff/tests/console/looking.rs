//! Who only looks waits for nobody who writes.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::access::{Browser, new_office};
use crate::office::monday;
use axum::body::Body;
use axum::http::Request;
use queue::time::Moment;
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, Ordering};
use tower::ServiceExt;

#[tokio::test(flavor = "multi_thread")]
async fn pages_answer_while_another_process_holds_the_write_lock_and_an_act_waits() {
    static MINUTE: AtomicI64 = AtomicI64::new(0);
    fn clock() -> Moment {
        Moment { uptime_ms: MINUTE.load(Ordering::SeqCst) * 60_000, ..monday() }
    }
    let (office, code) = new_office(clock);
    let gone = Browser::new(&office);
    gone.enrol(&code, "Sari").await;
    gone.post("/day/open", &[("date", "2026-11-23")]).await;
    MINUTE.store(40, Ordering::SeqCst);
    let sari = Browser::new(&office);
    assert_eq!(sari.post("/sign-in", &[("name", "Sari"), ("password", "rawa gambut")]).await.status, 303);
    // From here on her login has to be written down as seen, and the one before is over, which is an event.
    MINUTE.store(50, Ordering::SeqCst);

    let other = rusqlite::Connection::open(office.dir.path().join(queue::store::DATABASE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let released = Cell::new(false);
    let act = async {
        let answer = sari.post("/issue", &[("service", "new"), ("counter", "1")]).await;
        assert!(released.get(), "the act was answered before it could be written");
        answer
    };
    // Whoever waited for the lock would wait for its own release.
    let looks = async {
        for path in [
            "/",
            "/counter/1",
            "/cases",
            "/notices",
            "/office",
            "/people",
            "/account",
            "/report",
            "/report.csv",
            "/report.xlsx",
            "/api/board",
            "/api/office",
            "/api/day",
            "/api/queue",
            "/api/tickets",
            "/api/cases",
            "/api/report",
            "/assets/console.js",
        ] {
            assert_eq!(sari.look(path).await, 200, "{path}");
        }
        assert_eq!(sari.look("/events").await, 200);
        assert_eq!(gone.look("/").await, 303, "to the way in");
        assert_eq!(gone.look("/sign-in").await, 200);
        released.set(true);
        other.execute_batch("COMMIT").unwrap();
    };
    let (answer, ()) = tokio::join!(act, looks);
    assert_eq!(answer.location(), "/counter/1?ticket=1");
}

impl Browser<'_> {
    /// The status of an answer whose body may never end.
    async fn look(&self, path: &str) -> u16 {
        let cookie = format!("antrean-login={}", self.cookie("antrean-login"));
        let request = Request::get(path).header("host", "127.0.0.1:8080").header("cookie", cookie);
        self.office().app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status().as_u16()
    }
}
