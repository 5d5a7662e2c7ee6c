//! The first account, and whoever is let in after it.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::{Browser, new_office, person};
use crate::office::{LOOPBACK, Office, form, monday};

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
    assert_eq!((status, no["refused"].as_str()), (403, Some("not-for-tokens")), "a token is no person");
}
