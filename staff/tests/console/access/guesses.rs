//! Wrong passwords: who has to wait, and who does not.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::{Browser, new_office, person};
use crate::office::{Office, form, fresh, monday};
use axum::body::Body;
use axum::http::Request;
use queue::time::Moment;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

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

/// A form from an address, with these cookies.
async fn from(office: &Office, address: [u8; 4], path: &str, cookies: &str, fields: &[(&str, &str)]) -> u16 {
    let command = fresh();
    let mut all = vec![("command", command.as_str())];
    all.extend_from_slice(fields);
    let request = Request::post(path).header("host", "127.0.0.1:8080").header("cookie", cookies);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let mut request = request.body(Body::from(form(&all))).unwrap();
    request.extensions_mut().insert(axum::extract::ConnectInfo(staff::Peer(address.into())));
    office.send(request).await.status.as_u16()
}

/// Sorted: the median, and what all but one in a hundred stay below.
fn spread(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort();
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spread_attack_slows_the_guessers_and_never_a_colleague_where_she_signed_in_before() {
    const HERS: [u8; 4] = [10, 0, 0, 5];
    let office = Arc::new(Office::open().await);
    let sari = person(&office, "Sari", &["officer", "recording"]).await;
    let right = [("name", "Sari"), ("password", "rawa gambut")];
    assert_eq!(from(&office, HERS, "/sign-in", "", &right).await, 303);
    let cookies = format!("antrean-login={}", sari.cookie("antrean-login"));
    let works = async |n: usize| {
        let begun = Instant::now();
        assert_eq!(from(&office, HERS, "/issue", &cookies, &[("service", "new")]).await, 303, "{n}");
        begun.elapsed()
    };
    let mut alone = Vec::new();
    for n in 0..50 {
        alone.push(works(n).await);
    }
    // 150 addresses, each with passwords, codes and names of nobody, one after the other as fast as they are answered.
    let over = Arc::new(AtomicBool::new(false));
    let guessers: Vec<_> = (0..150_u8)
        .map(|n| {
            let (office, over) = (office.clone(), over.clone());
            tokio::spawn(async move {
                let (mut tried, mut turned_away) = (0, 0);
                while !over.load(Ordering::SeqCst) {
                    let wrong = [("password", "tebakan salah"), ("pin", "9517"), ("code", "AAAA-BBBB-CCCC")];
                    let (path, name) =
                        [("/sign-in", "Sari"), ("/enrol", "Sari"), ("/sign-in", "Sahri")][usize::from(n % 3)];
                    let fields = [("name", name), wrong[if path == "/enrol" { 2 } else { 0 }], ("x", "")];
                    match from(&office, [10, 0, 1, n], path, "", &fields).await {
                        401 => tried += 1,
                        429 => turned_away += 1,
                        other => panic!("{other}"),
                    }
                }
                (tried, turned_away)
            })
        })
        .collect();
    let mut attacked = Vec::new();
    for n in 0..100 {
        attacked.push(works(n).await);
    }
    let begun = Instant::now();
    assert_eq!(from(&office, HERS, "/sign-in", "", &right).await, 303, "her own machine, a new browser");
    let signed_in = begun.elapsed();
    assert_eq!(from(&office, [10, 0, 0, 99], "/sign-in", "", &right).await, 429, "the right one, from anywhere else");
    over.store(true, Ordering::SeqCst);
    let (mut tried, mut turned_away) = (0, 0);
    for guesser in guessers {
        let (some, others) = guesser.await.unwrap();
        (tried, turned_away) = (tried + some, turned_away + others);
    }
    for (what, times) in [("alone", alone), ("while 150 addresses guess", attacked)] {
        let (p50, p99) = spread(times);
        println!("a clerk's act, {what}: p50 {p50:?} p99 {p99:?}");
    }
    println!("guesses tried {tried}, turned away {turned_away}; the colleague signed in after {signed_in:?}");
}
