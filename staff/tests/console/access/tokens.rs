//! The keys of scripts.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::{Browser, new_office};
use crate::office::{Office, form, fresh, monday};

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
async fn no_token_bears_a_persons_name() {
    let office = Office::open().await;
    office.done("/people", &[("name", "Budi"), ("role", "officer")]).await;
    for name in ["Budi", "budi", "Uji"] {
        let (status, no) = office.act("/tokens", &[("label", name), ("role", "officer")]).await;
        assert_eq!((status, no["refused"].as_str()), (422, Some("bad-form")), "{name}: {no}");
    }
    assert_eq!(office.act("/tokens", &[("label", "papan desa"), ("role", "officer")]).await.0, 200);
}
