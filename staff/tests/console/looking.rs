//! Who only looks waits for nobody who writes.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::access::{Browser, new_office};
use crate::office::{Office, monday};
use axum::body::Body;
use axum::http::Request;
use queue::time::Moment;
use queue::visit::Action;
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

/// More people than any hall holds, at one counter: waiting, skipped, held by the network, sent back, with papers that
/// failed. A page shows what a screen holds and counts the rest, and whoever is looked for is on it.
#[tokio::test]
async fn a_full_hall_fits_on_a_page_and_nobody_of_the_rest_is_out_of_reach() {
    let office = Office::one_counter().await;
    let mut store = queue::Store::open(office.dir.path()).unwrap();
    let command = || queue::Command { now: monday(), ..queue::Command::new(queue::journal::Actor::Terminal) };
    for _ in 0..120 {
        let wish = queue::store::Issue {
            service: queue::office::ServiceKey("new".into()),
            priority: false,
            lang: queue::Lang::Id,
            receipt: None,
        };
        let ticket = store.issue(&command(), &wish).unwrap().ticket;
        let act = |store: &mut queue::Store, action| store.act(&command(), ticket.id, &action, None).unwrap();
        // One of three waits, one is sent back, one is found complete and held by the network.
        if ticket.id.0 % 3 != 0 {
            act(&mut store, Action::CallChosen { counter: 1, reason: "uji".into() });
            act(&mut store, Action::Start);
            match ticket.id.0 % 3 {
                1 => act(&mut store, Action::Return { missing: vec!["family-card".into()] }),
                _ => act(&mut store, Action::Complete),
            };
        }
        if let Some(job) = store.claim_print_job(monday()).unwrap() {
            let failed = queue::printing::Outcome::Failed { cause: "kertas habis".into() };
            store.settle_print_job(job.id, &failed, monday()).unwrap();
        }
    }
    let read = async |path: &str| {
        let answer = office.get(path).await;
        assert!(answer.text.len() < 60_000, "{path}: {} bytes", answer.text.len());
        answer
    };
    let waiting = read("/api/queue?counter=1").await.json();
    assert_eq!(waiting["count"], 80, "those of verification and of recording");
    assert_eq!(waiting["waiting"].as_array().unwrap().len(), 80);

    let page = read("/counter/1").await.text;
    assert!(page.contains("<span class=\"count\">80</span>") && page.contains("… 55 lagi"), "{page}");
    assert!(page.contains("<span class=\"count\">40</span>") && page.contains("… 32 lagi"), "{page}");
    let last = "A-120";
    assert!(!page.contains(&format!("<th scope=\"row\">{last}")));
    let found = read("/counter/1?ticket=120").await.text;
    assert!(
        found.contains(&format!("<th scope=\"row\">{last}")) && found.contains("/tickets/120/call-chosen"),
        "{found}"
    );
    store.set_network(&command(), true).unwrap();
    read("/counter/1").await;
    let found = read("/counter/1?ticket=119").await.text;
    assert!(found.contains("/tickets/119/choose-wait"), "{found}");
}

impl Browser<'_> {
    /// The status of an answer whose body may never end.
    async fn look(&self, path: &str) -> u16 {
        let cookie = format!("antrean-login={}", self.cookie("antrean-login"));
        let request = Request::get(path).header("host", "127.0.0.1:8080").header("cookie", cookie);
        self.office().app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status().as_u16()
    }
}
