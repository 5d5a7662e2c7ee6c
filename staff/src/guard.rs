//! What every request must pass and every answer carries.
//!
//! First, what other web sites make a browser send is refused: posts from foreign pages, and on loopback names that are
//! not loopback's (DNS rebinding). Then everything but the way in needs a sign-in, and most of it a role.

use crate::access::{identify, not_for_tokens, not_signed_in, not_your_role};
use crate::answer::{Asker, No};
use crate::desk::{Desk, Door};
use crate::listener::{Peer, Seat};
use crate::page;
use crate::rights::{Need, for_people, need};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use std::net::IpAddr;
use std::sync::Arc;

const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Not "no-referrer": with it browsers send "Origin: null" with the console's own forms.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// The middleware.
pub(crate) async fn guard(State(desk): State<Arc<Desk>>, mut request: Request, next: Next) -> Response {
    let mut response = match admit(&desk, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(no) => turn_away(&request, &no),
    };
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Lets the request through with its clerk, or says why not.
async fn admit(desk: &Arc<Desk>, request: &mut Request) -> Result<(), No> {
    if let Some(no) = foreign(desk.door, request.method(), request.headers()) {
        tracing::warn!("refused a request from outside: {}", no.say(queue::Lang::En));
        return Err(no);
    }
    if request.uri().path().contains('%') {
        // No route needs one, and the table of rights must read the same words as the routes do.
        let mut no = No::bad("Halaman itu tidak ada.", "There is no such page.");
        no.status = StatusCode::NOT_FOUND;
        return Err(no);
    }
    let need = need(request.method(), request.uri().path());
    // What never asks who reads it costs no look into the store, whatever cookies a stranger sends.
    let path = request.uri().path();
    if need == Need::Nobody && (path.starts_with("/assets/") || path.starts_with("/api/")) {
        return Ok(());
    }
    let clerk = identify(desk, asker(request), request.headers(), request.uri().path()).await?;
    if let Some(clerk) = clerk {
        if let Some(seat) = request.extensions().get::<Arc<Seat>>() {
            seat.signed_in();
        }
        request.extensions_mut().insert(clerk);
    }
    match clerk {
        _ if need == Need::Nobody => Ok(()),
        None => Err(not_signed_in()),
        Some(clerk) if clerk.token && for_people(request.uri().path()) => Err(not_for_tokens()),
        Some(clerk) if !need.met_by(clerk.roles) => Err(not_your_role()),
        Some(_) => Ok(()),
    }
}

/// Who asks, before it is known in whose name.
fn asker(request: &Request) -> Asker {
    let peer = request.extensions().get::<ConnectInfo<Peer>>().map(|info| info.0.0);
    Asker { peer, ..Asker::of(request.headers(), request.uri().path()) }
}

/// A person who wanted to see a page is shown the way in, and comes back to the page.
fn turn_away(request: &Request, no: &No) -> Response {
    let asker = asker(request);
    if no.status != StatusCode::UNAUTHORIZED || asker.json || request.uri().path() == "/events" {
        return page::alone(asker, no);
    }
    if request.method() != Method::GET {
        return (no.status, page::bare_with(no, asker.lang, "/sign-in")).into_response();
    }
    let wanted = request.uri().path_and_query().map_or("/", |p| p.as_str());
    match wanted {
        "/" => Redirect::to("/sign-in").into_response(),
        // An ampersand would end the field; what stood behind it is given up.
        _ => Redirect::to(&format!("/sign-in?next={}", wanted.split('&').next().unwrap_or("/"))).into_response(),
    }
}

/// Why the request is not from this console's own pages or a script.
fn foreign(door: Door, method: &Method, headers: &HeaderMap) -> Option<No> {
    let no = |id: &str, en: &str| {
        let mut no = No::bad(id, en);
        (no.status, no.code) = (StatusCode::FORBIDDEN, "foreign".into());
        Some(no)
    };
    let text = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
    let host = text("host").unwrap_or_default();
    if !door.network && !is_loopback(host) {
        return no(
            "Konsol ini hanya melayani alamat komputer ini sendiri.",
            "This console only answers to its own machine.",
        );
    }
    if method == Method::GET || method == Method::HEAD {
        return None;
    }
    let same_site = text("sec-fetch-site").is_none_or(|v| v == "same-origin" || v == "none");
    let scheme = if door.secure { "https://" } else { "http://" };
    let same_origin = text("origin").is_none_or(|v| v.strip_prefix(scheme) == Some(host));
    if same_site && same_origin {
        return None;
    }
    no("Permintaan dari halaman lain ditolak.", "A request from another page was refused.")
}

/// Whether a Host header names this machine by a loopback address or "localhost".
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: Method, headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect();
        foreign(Door { secure: false, network: false }, &method, &headers).is_none()
    }

    #[test]
    fn only_this_machine_and_its_own_pages_may_post() {
        let own = ("host", "127.0.0.1:8080");
        assert!(check(Method::POST, &[own]));
        assert!(check(Method::POST, &[own, ("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "same-origin")]));
        assert!(check(Method::POST, &[("host", "[::1]:80"), ("origin", "http://[::1]:80")]));
        assert!(check(Method::GET, &[own, ("sec-fetch-site", "cross-site")]), "following a link is harmless");
        for bad in [
            ("origin", "http://127.0.0.1:9999"),
            ("origin", "https://127.0.0.1:8080"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            assert!(!check(Method::POST, &[own, bad]), "{bad:?}");
        }
        for host in ["evil.example:8080", "192.168.1.5:8080", "127.0.0.1.evil.example", "localhost.evil", ""] {
            let headers = [(header::HOST, HeaderValue::from_static(host))].into_iter().collect();
            let door = Door { secure: false, network: false };
            assert!(foreign(door, &Method::GET, &headers).is_some(), "rebinding by {host}");
        }
        assert!(!check(Method::GET, &[]));
    }

    #[test]
    fn over_tls_only_a_page_that_came_over_tls_may_post() {
        let door = Door { secure: true, network: true };
        let check = |origin: &'static str| {
            let headers = [("host", "192.168.1.5:8443"), ("origin", origin)];
            let headers = headers.map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v)));
            foreign(door, &Method::POST, &headers.into_iter().collect()).is_none()
        };
        assert!(check("https://192.168.1.5:8443"));
        assert!(
            !check("http://192.168.1.5:8443") && !check("https://192.168.1.6:8443") && !check("https://192.168.1.5")
        );
    }
}
