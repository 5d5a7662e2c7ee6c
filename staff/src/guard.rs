//! What every request must pass and every answer carries.
//!
//! Until there is a sign-in the console trusts the machine it runs on, so it must not trust what other web sites make
//! a browser on that machine send: names other than loopback (DNS rebinding) and posts from foreign pages are refused.

use crate::answer::{Asker, No};
use crate::page;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;

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
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let mut response = match foreign(request.method(), request.headers()) {
        None => next.run(request).await,
        Some(no) => {
            let asker = Asker::of(request.headers());
            tracing::warn!("refused a request from outside: {}", no.say(queue::Lang::En));
            if asker.json { asker.json_no(&no) } else { (no.status, page::bare(&no, asker.lang)).into_response() }
        }
    };
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Why the request is not from this console's own pages or a script on this machine.
fn foreign(method: &Method, headers: &HeaderMap) -> Option<No> {
    let no = |id: &str, en: &str| {
        let mut no = No::bad(id, en);
        (no.status, no.code) = (StatusCode::FORBIDDEN, "foreign".into());
        Some(no)
    };
    let text = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
    let host = text("host").unwrap_or_default();
    if !is_loopback(host) {
        return no(
            "Konsol ini hanya melayani alamat komputer ini sendiri.",
            "This console only answers to its own machine.",
        );
    }
    if method == Method::GET || method == Method::HEAD {
        return None;
    }
    let same_site = text("sec-fetch-site").is_none_or(|v| v == "same-origin" || v == "none");
    let same_origin = text("origin").is_none_or(|v| v.strip_prefix("http://") == Some(host));
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
        foreign(&method, &headers).is_none()
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
            assert!(foreign(&Method::GET, &headers).is_some(), "rebinding by {host}");
        }
        assert!(!check(Method::GET, &[]));
    }
}
