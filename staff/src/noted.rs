//! What was turned away, told in the log with its address, and never so often that somebody fills the disk with it.
//!
//! Of each kind and address the first few of a minute are told one by one, the others by their number when the minute is over.

use crate::connections::neighbour;
use axum::http::{Method, StatusCode};
use queue::time::Moment;
use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

/// So many of a kind and address are told one by one.
const ONE_BY_ONE: u32 = 3;
/// Until a kind and address begins anew.
const TOGETHER: Duration = Duration::from_secs(60);
/// So many addresses are told apart; more count together.
const ADDRESSES: usize = 64;
/// Longest path that is told, characters.
const PATH_MAX: usize = 60;

/// Why something was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A password, PIN or code was wrong.
    SignIn,
    /// Somebody without the right.
    Forbidden,
    /// A page of another site made the browser ask.
    Foreign,
    /// Somebody asks too often.
    TooMany,
}

impl Kind {
    /// What an answer tells; `None` of one that turned nobody away.
    pub(crate) fn of(method: &Method, path: &str, status: StatusCode, foreign: bool) -> Option<Kind> {
        match status {
            _ if foreign => Some(Kind::Foreign),
            StatusCode::UNAUTHORIZED
                if method == Method::POST && ["/sign-in", "/enrol", "/account"].contains(&path) =>
            {
                Some(Kind::SignIn)
            }
            StatusCode::FORBIDDEN => Some(Kind::Forbidden),
            StatusCode::TOO_MANY_REQUESTS => Some(Kind::TooMany),
            _ => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::SignIn => "sign-in failed",
            Kind::Forbidden => "refused, no right",
            Kind::Foreign => "refused, from another site's page",
            Kind::TooMany => "refused, too often",
        })
    }
}

/// Whose: one machine of the network; `None` of all that are not told apart any more.
type Whose = Option<IpAddr>;

/// What was turned away in the last minute.
#[derive(Debug, Default)]
pub(crate) struct Noted(HashMap<(Kind, Whose), (Moment, u32)>);

impl Noted {
    /// The lines that this one makes due; none for most of many.
    pub(crate) fn note(&mut self, kind: Kind, from: Whose, request: (&Method, &str), now: Moment) -> Vec<String> {
        let mut lines = self.over(now);
        let from = from.map(neighbour);
        let key = match self.0.len() < ADDRESSES || self.0.contains_key(&(kind, from)) {
            true => (kind, from),
            false => (kind, None),
        };
        let (_, count) = self.0.entry(key).or_insert((now, 0));
        *count += 1;
        if *count <= ONE_BY_ONE {
            let (method, path) = request;
            let path: String = path.chars().take(PATH_MAX).collect();
            lines.push(format!(
                "{kind}: {} {path:?} from {}",
                method.as_str().get(..8).unwrap_or(method.as_str()),
                said(from)
            ));
        }
        lines
    }

    /// The lines about what is over: how many were not told one by one.
    pub(crate) fn over(&mut self, now: Moment) -> Vec<String> {
        let mut lines = Vec::new();
        self.0.retain(|(kind, from), (since, count)| {
            let over = now.since(since).is_none_or(|passed| passed >= TOGETHER);
            if over && *count > ONE_BY_ONE {
                lines.push(format!("{kind}: {} more from {}", *count - ONE_BY_ONE, said(*from)));
            }
            !over
        });
        lines.sort();
        lines
    }
}

fn said(from: Whose) -> String {
    from.map_or_else(|| "several addresses".into(), |address| address.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Moment {
        Moment { wall_ms: 0, boot: 1, uptime_ms: second * 1000 }
    }

    fn stranger(n: u32) -> Whose {
        Some(IpAddr::from((0x0a00_0000 + n).to_be_bytes()))
    }

    #[test]
    fn a_flood_of_requests_makes_few_lines_and_their_number() {
        let mut noted = Noted::default();
        let mut lines = Vec::new();
        for n in 0..57_000 {
            lines.extend(noted.note(Kind::Foreign, stranger(7), (&Method::POST, "/issue"), at(n / 4000)));
        }
        lines.extend(noted.over(at(80)));
        assert_eq!(lines.len(), 4, "{lines:?}");
        assert_eq!(lines[0], "refused, from another site's page: POST \"/issue\" from 10.0.0.7");
        assert_eq!(lines[3], "refused, from another site's page: 56997 more from 10.0.0.7");
        assert!(noted.0.is_empty());
    }

    #[test]
    fn many_addresses_fill_neither_the_log_nor_the_memory() {
        let mut noted = Noted::default();
        let mut lines = 0;
        for n in 0..50_000 {
            lines += noted.note(Kind::SignIn, stranger(n), (&Method::POST, "/sign-in"), at(0)).len();
        }
        assert!(noted.0.len() <= ADDRESSES + 1 && lines <= ADDRESSES + 3, "{lines}");
        assert!(noted.over(at(60)).iter().any(|line| line.ends_with("more from several addresses")));
    }

    #[test]
    fn each_kind_is_told_apart_and_a_path_makes_no_line_of_its_own() {
        let mut noted = Noted::default();
        let path = "/x\n2026 WARN staff: forged\u{1b}[31m";
        let [line] = &noted.note(Kind::Forbidden, stranger(1), (&Method::GET, path), at(0))[..] else { panic!() };
        assert!(!line.chars().any(char::is_control), "{line}");
        assert_eq!(noted.note(Kind::TooMany, stranger(1), (&Method::GET, "/"), at(0)).len(), 1);
        let of = |method, path, status| Kind::of(&method, path, status, false);
        assert_eq!(of(Method::POST, "/sign-in", StatusCode::UNAUTHORIZED), Some(Kind::SignIn));
        assert_eq!(of(Method::GET, "/events", StatusCode::UNAUTHORIZED), None, "a login that has ended");
        assert_eq!(of(Method::GET, "/", StatusCode::OK), None);
    }
}
