//! Two people in two tabs of one browser, which have one sign-in between them.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::{Browser, person};
use crate::office::{Office, form};

const ALL: [&str; 5] = ["officer", "recording", "printing", "head", "technician"];

/// A form of a page that acts: where it goes, and what it carries unseen.
type Form = (String, Vec<(String, String)>);

fn forms(page: &str) -> Vec<Form> {
    let after = |text: &str, what: &str| text.split_once(what).map(|(_, rest)| rest.split('"').next().unwrap().into());
    let forms = page.split("<form ").skip(1).filter(|form| form.split('>').next().unwrap().contains("method=\"post\""));
    let read = |form: &str| {
        let form = form.split("</form>").next().unwrap();
        let hidden = form.split("<input type=\"hidden\" ").skip(1);
        let carried = hidden.map(|field| (after(field, "name=\"").unwrap(), after(field, "value=\"").unwrap()));
        (after(form, "action=\"").unwrap(), carried.collect())
    };
    forms.map(read).collect()
}

async fn send(browser: &Browser<'_>, (action, carried): &Form, typed: &[(&str, &str)]) -> crate::office::Answer {
    let carried = carried.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<(&str, &str)> = carried.chain(typed.iter().copied()).collect();
    browser.send("POST", action, &[("origin", "http://127.0.0.1:8080")], form(&fields)).await
}

async fn sign_in(browser: &Browser<'_>, name: &str) {
    let entered = browser.post("/sign-in", &[("name", name), ("password", "rawa gambut")]).await;
    assert_eq!(entered.status, 303, "{}", entered.text);
}

#[tokio::test]
async fn whatever_is_pressed_in_the_first_ones_tab_is_refused_once_a_second_one_has_signed_in() {
    let office = Office::one_counter().await;
    let (sari, _) = (person(&office, "Sari", &ALL).await, person(&office, "Budi", &ALL).await);
    office.recorded_case().await;
    office.issue("new").await;
    office.call_and_start(1).await;
    let mut drawn = Vec::new();
    for page in ["/", "/counter/1", "/cases", "/cases/1", "/notices", "/office", "/report", "/people", "/account"] {
        let found = forms(&sari.get(page).await.text);
        assert!(found.iter().any(|(action, _)| action == "/sign-out"), "{page}");
        drawn.extend(found);
    }
    for action in ["/account", "/day/close", "/people", "/notices", "/office/hours", "/issue", "/tickets/2/complete"] {
        assert!(drawn.iter().any(|(to, _)| to == action), "{action}");
    }

    sign_in(&sari, "Budi").await;
    let before = office.events();
    for form in &drawn {
        let answer = send(&sari, form, &[("sure", "yes"), ("reason", "uji"), ("came_out", "yes")]).await;
        assert_eq!(answer.status, 409, "{form:?}: {}", answer.text);
        assert!(answer.text.contains("dibuka untuk orang lain") && answer.text.contains("Yang masuk sekarang: Budi."));
        assert!(!answer.headers.contains_key("set-cookie"), "{form:?}");
    }
    assert_eq!(office.events(), before);
    let english = [("accept", "application/json"), ("cookie", "lang=en")];
    let fields: Vec<_> = drawn[0].1.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let told = sari.send("POST", &drawn[0].0, &english, form(&fields)).await.json();
    assert_eq!(told["refused"], "other-person");
    assert!(told["say"].as_str().unwrap().contains("Signed in now: Budi."), "{told}");

    // The second one goes on, from the very page that told the first one so.
    let refused = send(&sari, drawn.iter().find(|(to, _)| to == "/tickets/2/complete").unwrap(), &[]).await;
    let own = forms(&refused.text).into_iter().find(|(to, _)| to == "/tickets/2/complete").unwrap();
    assert_eq!(send(&sari, &own, &[]).await.status, 303);
    let last = office.store().events().unwrap().pop().unwrap();
    let budi = office.store().person_by_name("Budi").unwrap().unwrap().id;
    assert_eq!((last.by, last.counter), (queue::journal::Actor::Person(budi), Some(1)));
    // The first one as well, once she is the one who is signed in.
    sign_in(&sari, "Sari").await;
    let out = drawn.iter().find(|(to, _)| to == "/sign-out").unwrap();
    assert_eq!(send(&sari, out, &[]).await.location(), "/sign-in");
}

#[tokio::test]
async fn a_way_in_says_itself_for_whom_it_is() {
    let office = Office::open().await;
    let (sari, _) = (person(&office, "Sari", &["officer"]).await, person(&office, "Budi", &["officer"]).await);
    let code = office.done("/people", &[("name", "Wati"), ("role", "officer")]).await["code"].clone();
    sari.post("/sign-out", &[]).await;
    let [by_pin, ..] = &forms(&sari.get("/sign-in").await.text)[..] else { panic!("no way in") };
    let [enrol] = &forms(&sari.get("/enrol").await.text)[..] else { panic!("no way in") };
    let at = async || {
        let page = sari.get("/").await.text;
        page.split("href=\"/account\"")
            .nth(1)
            .unwrap()
            .split("<strong>")
            .nth(1)
            .unwrap()
            .split('<')
            .next()
            .unwrap()
            .to_string()
    };
    sign_in(&sari, "Budi").await;
    assert_eq!(send(&sari, by_pin, &[("name", "Sari"), ("pin", "2580")]).await.status, 303);
    assert_eq!(at().await, "Sari");
    let fields = [("code", code.as_str().unwrap()), ("name", "Wati"), ("password", "rawa gambut"), ("pin", "2580")];
    assert_eq!(send(&sari, enrol, &fields).await.status, 303);
    assert_eq!(at().await, "Wati");
}
