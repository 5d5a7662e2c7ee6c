//! What each role may see and do.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::{Browser, new_office, person};
use crate::office::{Office, TOKEN, form, fresh, monday};

const PAGES: [&str; 8] =
    ["/", "/counter/1", "/cases", "/cases/1", "/report", "/report.csv", "/people", "/nowhere?from=2026-11-01"];
const ACTS: [&str; 21] = [
    "/account",
    "/help/answered",
    "/day/open",
    "/day/close",
    "/issue",
    "/network/down",
    "/counters/1/call",
    "/tickets/1/start",
    "/tickets/1/complete",
    "/tickets/1/finish-recording",
    "/tickets/1/papers/network",
    "/cases/print",
    "/cases/1/cancel",
    "/papers/1/reprint",
    "/people",
    "/people/1/code",
    "/tokens",
    "/tokens/1/end",
    "/sessions/1/end",
    "/devices/forget",
    "/sign-out",
];

#[tokio::test]
async fn without_a_login_nothing_is_shown_and_nothing_is_done() {
    let office = Office::open().await;
    let sari = person(&office, "Sari", &["head", "officer", "recording", "printing", "technician"]).await;
    office.issue("new").await;
    let login = sari.cookie("antrean-login");
    let device = sari.cookie("antrean-device");
    sari.post("/sign-out", &[]).await;
    let before = office.events();
    let strangers = [
        Browser::new(&office),
        Browser::holding(&office, &[("antrean-login", &login)]),
        Browser::holding(&office, &[("antrean-login", &device), ("antrean-device", &device)]),
        Browser::holding(&office, &[("antrean-login", TOKEN)]),
        Browser::holding(&office, &[("antrean-login", "")]),
        Browser::holding(&office, &[("antrean-login", "' OR 1=1 --")]),
        Browser::holding(&office, &[("__Host-antrean-login", &login)]),
    ];
    for stranger in &strangers {
        for path in PAGES {
            let answer = stranger.get(path).await;
            assert_eq!(answer.status, 303, "{path}");
            assert!(answer.location().starts_with("/sign-in"), "{path}: {}", answer.location());
        }
        assert_eq!(stranger.get("/events").await.status, 401);
        for path in ACTS {
            assert_eq!(stranger.post(path, &[]).await.status, 401, "{path}");
        }
    }
    let fields = form(&[("command", &fresh()), ("service", "new")]);
    for authorization in [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic c2FyaTpzYXJp",
        TOKEN,
        &format!("Bearer {login}"),
        &format!("bearer {TOKEN}"),
    ] {
        let headers = [("authorization", authorization), ("accept", "application/json")];
        let answer = Browser::new(&office).send("POST", "/issue", &headers, fields.clone()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["refused"].as_str()),
            (401, Some("sign-in-needed")),
            "{authorization}"
        );
    }
    assert_eq!(office.events(), before);
}

#[tokio::test]
async fn every_other_role_is_refused_and_told_so() {
    let office = Office::open().await;
    office.issue("new").await;
    let all = ["officer", "recording", "printing", "head", "technician"];
    let both = &["officer", "recording"][..];
    let table: [(&str, &[&str]); 14] = [
        ("/day/open", &["head"]),
        ("/day/close", &["head"]),
        ("/issue", &["officer"]),
        ("/network/down", both),
        ("/counters/1/call", both),
        ("/tickets/1/start", both),
        ("/tickets/1/complete", &["officer"]),
        ("/tickets/1/hand-over", &["officer"]),
        ("/tickets/1/finish-recording", &["recording"]),
        ("/cases/print", &["printing"]),
        ("/cases/1/cancel", &["printing"]),
        ("/papers/1/reprint", &["officer", "recording", "printing", "technician"]),
        ("/people", &["head", "technician"]),
        ("/tokens", &["head", "technician"]),
    ];
    for role in all {
        let clerk = person(&office, &format!("Uji {role}"), &[role]).await;
        let before = office.events();
        for (path, roles) in table {
            if !roles.contains(&role) {
                let answer = clerk.post(path, &[("sure", "yes"), ("service", "new")]).await;
                assert_eq!(answer.status, 403, "{role} {path}");
                assert!(answer.text.contains("Peran Anda tidak mencakup"), "{path}");
            }
        }
        // The same words in another writing are no way round the table.
        assert_eq!(clerk.post("/tickets/1/%63omplete", &[]).await.status, 404, "{role}");
        for (path, roles) in
            [("/report", &["head"][..]), ("/report.csv", &["head"]), ("/people", &["head", "technician"])]
        {
            let expected = if roles.contains(&role) { 200 } else { 403 };
            assert_eq!(clerk.get(path).await.status, expected, "{role} {path}");
        }
        assert_eq!(office.events(), before, "{role}");
    }
}

#[tokio::test]
async fn the_way_in_and_people_cannot_be_got_nor_posted_by_a_foreign_page() {
    let (office, code) = new_office(monday);
    let sari = Browser::new(&office);
    sari.enrol(&code, "Sari").await;
    let before = office.events();
    for path in ["/sign-out", "/people/1/code", "/tokens", "/tokens/1/end", "/devices/forget"] {
        assert_eq!(sari.get(path).await.status, 405, "{path}");
    }
    let good = form(&[("command", &fresh()), ("name", "Sari"), ("password", "rawa gambut"), ("role", "head")]);
    for header in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("origin", "https://127.0.0.1:8080"),
        ("sec-fetch-site", "cross-site"),
    ] {
        for path in ["/sign-in", "/enrol", "/sign-out", "/people", "/people/1/code", "/tokens", "/devices/forget"] {
            assert_eq!(sari.send("POST", path, &[header], good.clone()).await.status, 403, "{header:?} {path}");
        }
    }
    assert_eq!(office.events(), before);
    assert!(sari.is_in().await);
}

#[tokio::test]
async fn roles_change_at_once_a_closed_account_is_out_and_a_head_always_remains() {
    let (office, code) = new_office(monday);
    let head = Browser::new(&office);
    head.enrol(&code, "Camat").await;
    let code_for = |page: &str| page.split("class=\"date\">").nth(1).unwrap().split('<').next().unwrap().to_string();
    let made = head.post("/people", &[("name", "Sari"), ("role", "printing"), ("role", "technician")]).await;
    let sari = Browser::new(&office);
    let code = code_for(&made.text);
    assert_eq!(sari.enrol(&code, "Camat").await.status, 401, "another's code");
    assert_eq!(sari.enrol(&code, "Budi").await.status, 401);
    assert_eq!(sari.enrol(&code, "Sari").await.status, 303);

    // A technician makes no head, takes no head's account, and gives nothing beyond her own roles.
    for fields in [
        [("name", "Sari"), ("role", "head")],
        [("name", "Baru"), ("role", "officer")],
        [("name", "Camat"), ("role", "printing")],
    ] {
        assert_eq!(sari.post("/people", &fields).await.status, 403, "{fields:?}");
    }
    assert_eq!(sari.post("/people/1/code", &[]).await.status, 403);
    assert_eq!(sari.post("/tokens", &[("label", "skrip"), ("role", "head")]).await.status, 403);
    assert_eq!(sari.post("/tokens", &[("label", "skrip")]).await.status, 403, "a token for nothing");
    assert_eq!(sari.post("/people", &[("name", "Baru"), ("role", "printing")]).await.status, 200);
    assert_eq!(head.post("/people", &[("name", "Baru"), ("role", "king")]).await.status, 422);
    assert_eq!(head.post("/people", &[("name", "Lain")]).await.status, 422);
    assert_eq!(head.post("/people/99/code", &[]).await.status, 404);

    assert_eq!(sari.post("/cases/print", &[]).await.status, 422, "allowed, only nothing is ticked");
    head.post("/people", &[("name", "sari"), ("role", "officer")]).await;
    assert_eq!(sari.post("/cases/print", &[]).await.status, 403, "at once");
    head.post("/people", &[("name", "Sari")]).await;
    assert!(!sari.is_in().await);
    assert_eq!(sari.post("/sign-in", &[("name", "Sari"), ("pin", "2580")]).await.status, 401);

    assert_eq!(head.post("/people", &[("name", "Camat"), ("role", "officer")]).await.status, 409, "the last head");
    assert_eq!(head.post("/people/1/code", &[]).await.status, 409);
    assert!(head.is_in().await);

    // A new code voids the old password, PIN, logins and code.
    head.post("/people", &[("name", "Sari"), ("role", "officer")]).await;
    let old = code_for(&head.post("/people/2/code", &[]).await.text);
    let new = code_for(&head.post("/people/2/code", &[]).await.text);
    assert_eq!(sari.post("/sign-in", &[("name", "Sari"), ("pin", "2580")]).await.status, 401);
    assert_eq!(sari.enrol(&old, "Sari").await.status, 401);
    assert_eq!(sari.enrol(&new, "Sari").await.status, 303);
    head.post("/devices/forget", &[]).await;
    assert!(head.is_in().await && !sari.is_in().await);
    assert_eq!(
        sari.post("/sign-in", &[("name", "Sari"), ("pin", "2580")]).await.status,
        401,
        "the browser is forgotten"
    );
}

#[tokio::test]
async fn a_page_offers_nothing_that_the_role_forbids() {
    let office = Office::one_counter().await;
    office.recorded_case().await;
    office.issue("new").await;
    office.call_and_start(1).await;
    let forms = |page: &str| -> Vec<String> {
        page.split("action=\"").skip(1).map(|s| s.split('"').next().unwrap().to_string()).collect()
    };
    let mut offered = Vec::new();
    for role in ["officer", "recording", "printing", "head", "technician"] {
        let clerk = person(&office, &format!("Uji {role}"), &[role]).await;
        for path in ["/", "/counter/1", "/cases", "/cases/1"] {
            let page = clerk.get(path).await.text;
            for action in forms(&page).iter().filter(|action| !action.starts_with("/counter/")) {
                let (copy, body) = (office.copy(), form(&[("command", "x")]));
                let same = Browser { office: &copy, cookies: clerk.cookies.clone() };
                if action != "/sign-out" && action != "/cases" {
                    let status = same.send("POST", action, &[], body).await.status;
                    assert_ne!(status, 403, "{role} {path} {action}");
                    offered.push(format!("{role} {action}"));
                }
            }
        }
        assert!(clerk.get("/cases").await.text.contains("menunggu cetak"), "{role} may look");
    }
    let has = |text: &str| offered.iter().any(|o| o.starts_with(text));
    assert!(has("officer /tickets/2/complete") && has("printing /cases/print") && has("head /day/close"));
    assert!(!has("recording /tickets/2/complete") && !has("technician /cases"));
}
