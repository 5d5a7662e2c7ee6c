//! Wrong passwords: who has to wait, and who does not.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::{Browser, new_office, person};
use crate::office::{Office, form, monday};
use axum::body::Body;
use axum::http::Request;
use queue::time::Moment;
use std::sync::atomic::{AtomicI64, Ordering};

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

    // A name that does not exist is answered like one that does.
    let nobody = Browser::new(&office);
    for _ in 0..5 {
        assert_eq!(guess(&nobody, "Tidak Ada", ("password", "rawa gambut")).await, 401);
    }
    assert_eq!(guess(&nobody, "tidak ada", ("password", "rawa gambut")).await, 429);
    assert_eq!(guess(&nobody, "Siapa", ("password", "rawa gambut")).await, 401);
    for n in 0..5 {
        let status = guess(&sari, "Sari", ("pin", &format!("259{n}"))).await;
        assert_eq!(status, 401);
    }
    assert_eq!(guess(&sari, "Sari", ("pin", "2580")).await, 429, "a PIN is guarded like a password");
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
