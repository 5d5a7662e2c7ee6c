//! The keys of scripts.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::{Browser, new_office, person};
use crate::office::{Office, form, fresh, monday};
use queue::time::Moment;
use std::sync::atomic::{AtomicI64, Ordering};

#[tokio::test]
async fn a_script_that_enrols_gets_no_token_and_a_token_does_what_its_scopes_say_until_it_ends() {
    static DAY: AtomicI64 = AtomicI64::new(0);
    fn clock() -> Moment {
        let ms = DAY.load(Ordering::SeqCst) * 86_400_000;
        Moment { wall_ms: monday().wall_ms + ms, uptime_ms: monday().uptime_ms + ms, ..monday() }
    }
    let (office, code) = new_office(clock);
    let fields = [("code", code.as_str()), ("name", "Sari"), ("password", "rawa gambut"), ("pin", "2580")];
    let script = [("accept", "application/json")];
    let sari = Browser::new(&office);
    let answer = sari.send("POST", "/enrol", &script, form(&fields)).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["token"]), (200, &serde_json::Value::Null));
    assert!(office.store().tokens().unwrap().is_empty() && sari.is_in().await, "a login that ends, and nothing else");

    let with = async |token: &str, path: &str, fields: &[(&str, &str)]| {
        let command = fresh();
        let mut all = vec![("command", command.as_str())];
        all.extend_from_slice(fields);
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("accept", "application/json")];
        Browser::new(&office).send("POST", path, &headers, form(&all)).await
    };
    let make = async |fields: &[(&str, &str)]| {
        let command = fresh();
        let mut all = vec![("command", command.as_str())];
        all.extend_from_slice(fields);
        sari.send("POST", "/tokens", &script, form(&all)).await
    };
    for until in ["2026-11-22", "2029-01-01", "besok"] {
        assert_eq!(make(&[("label", "papan"), ("role", "head"), ("until", until)]).await.status, 422, "{until}");
    }
    let wide = make(&[("label", "skrip"), ("role", "head"), ("role", "officer"), ("role", "technician")]).await.json();
    assert_eq!(wide["until"], "2027-11-23", "a year, where nobody says it");
    let wide = wide["token"].as_str().unwrap().to_string();
    assert_eq!(with(&wide, "/day/open", &[("date", "2026-11-23")]).await.status, 200);
    let narrow = make(&[("label", "papan"), ("role", "officer"), ("until", "2026-11-24")]).await.json();
    let narrow = narrow["token"].as_str().unwrap().to_string();
    assert_eq!(with(&narrow, "/issue", &[("service", "new")]).await.status, 200);
    let refused = with(&narrow, "/day/close", &[("sure", "yes")]).await;
    assert_eq!((refused.status.as_u16(), refused.json()["refused"].as_str()), (403, Some("not-your-role")));

    // Whoever steals a token makes himself no other way in.
    let before = office.events();
    for path in
        ["/people", "/people/1/code", "/tokens", "/tokens/1/end", "/sessions/1/end", "/devices/forget", "/account"]
    {
        let fields = [("name", "Lain"), ("label", "lain"), ("role", "head"), ("old", "rawa gambut")];
        let refused = with(&wide, path, &fields).await;
        assert_eq!(
            (refused.status.as_u16(), refused.json()["refused"].as_str()),
            (403, Some("not-for-tokens")),
            "{path}"
        );
    }
    assert_eq!(office.events(), before);

    DAY.store(1, Ordering::SeqCst);
    // The day before was left open, which the rules say; the door is open.
    assert_eq!(with(&narrow, "/issue", &[("service", "new")]).await.status, 409, "its last day");
    DAY.store(2, Ordering::SeqCst);
    assert_eq!(with(&narrow, "/issue", &[("service", "new")]).await.status, 401);
    assert_eq!(with(&wide, "/issue", &[("service", "new")]).await.status, 409);
    sari.post("/sign-in", &[("name", "Sari"), ("pin", "2580")]).await;
    let id = office.store().tokens().unwrap().iter().find(|t| t.name == "Sari (skrip)").unwrap().id.0;
    assert!(sari.get("/people").await.text.contains("sampai 23"), "the page tells the end");
    assert_eq!(sari.post(&format!("/tokens/{id}/end"), &[]).await.status, 303);
    assert_eq!(with(&wide, "/issue", &[("service", "new")]).await.status, 401);
}

#[tokio::test]
async fn every_session_is_listed_and_ended_by_its_person_or_the_head_and_by_nobody_else() {
    let office = Office::open().await;
    let sari = person(&office, "Sari", &["officer"]).await;
    let budi = person(&office, "Budi", &["officer"]).await;
    let elsewhere = Browser::new(&office);
    elsewhere.post("/sign-in", &[("name", "Sari"), ("password", "rawa gambut")]).await;
    let id = |browser: &Browser| office.store().login(&browser.cookie("antrean-login")).unwrap().unwrap().id.0;
    let page = sari.get("/account").await.text;
    assert!(page.contains("peramban ini") && page.contains(&format!("/sessions/{}/end", id(&elsewhere))));
    assert!(!page.contains("Budi"));
    let end = |login: i64| format!("/sessions/{login}/end");
    assert_eq!(budi.post(&end(id(&elsewhere)), &[]).await.status, 403);
    assert_eq!(sari.post(&end(id(&elsewhere)), &[]).await.location(), "/account");
    assert!(!elsewhere.is_in().await && sari.is_in().await);

    let page = office.get("/people").await.text;
    assert!(page.contains(&end(id(&sari))) && page.contains(&end(id(&budi))));
    office.done(&end(id(&budi)), &[]).await;
    assert!(!budi.is_in().await);
    // A computer was stolen: whoever sits at it is out at once, and its PIN opens nothing.
    office.done("/devices/forget", &[]).await;
    assert!(!sari.is_in().await);
    assert_eq!(sari.post("/sign-in", &[("name", "Sari"), ("pin", "2580")]).await.status, 401);
    assert_eq!(office.get("/people").await.status, 200, "who revoked them stays");
}

#[tokio::test]
async fn no_token_bears_a_persons_name() {
    let office = Office::open().await;
    office.done("/people", &[("name", "Budi"), ("role", "officer")]).await;
    for name in ["Budi", "budi", "Uji"] {
        let (status, no) = office.act("/tokens", &[("label", name), ("role", "officer")]).await;
        assert_eq!((status, no["refused"].as_str()), (422, Some("bad-form")), "{name}: {no}");
    }
    assert_eq!(office.act("/tokens", &[("label", "papan desa"), ("role", "officer")]).await.0, 200);
}
