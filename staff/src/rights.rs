//! Who may do what. Pure; the one table of rights, by route.

use axum::http::Method;
use queue::people::Role::{self, Head, Officer, Printing, Recording, Technician};
use queue::people::Roles;

/// What a request needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing: the way in, and what it looks like.
    Nobody,
    /// A sign-in.
    SignIn,
    /// A sign-in with one of these roles.
    OneOf(&'static [Role]),
}

impl Need {
    /// Whether somebody with `roles` fulfils it.
    pub(crate) fn met_by(self, roles: Roles) -> bool {
        match self {
            Need::Nobody => true,
            Need::SignIn => !roles.is_empty(),
            Need::OneOf(any) => roles.any(any),
        }
    }
}

/// What `method` on `path` needs. An act that is not listed here is the head's alone.
pub(crate) fn need(method: &Method, path: &str) -> Need {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    if method == Method::GET || method == Method::HEAD {
        return match parts[..] {
            ["sign-in" | "enrol" | "ca.pem"] | ["assets", _] => Need::Nobody,
            // What hangs on the wall anyway, and the description of the interface.
            ["api", "board" | "openapi.json"] | ["api", "board", "events"] => Need::Nobody,
            ["report" | "report.csv" | "report.xlsx"] | ["api", "report"] => Need::OneOf(&[Head]),
            ["people"] => Need::OneOf(&[Head, Technician]),
            ["office"] => Need::OneOf(&[Head]),
            ["notices"] => Need::OneOf(&[Officer, Head]),
            _ => Need::SignIn,
        };
    }
    match parts[..] {
        ["sign-in" | "enrol"] => Need::Nobody,
        // Whoever is near goes.
        // Also for one's own session; whose another's is, is seen there.
        ["sign-out" | "account"] | ["help", "answered"] | ["sessions", ..] => Need::SignIn,
        ["issue"] => Need::OneOf(&[Officer]),
        ["network", _] | ["counters", _, "call"] | ["tickets", _, "papers", _] => Need::OneOf(&[Officer, Recording]),
        ["tickets", _, word] => match word {
            "complete" | "print-directly" | "return" | "reenter" | "hand-over" | "finish" | "transfer" => {
                Need::OneOf(&[Officer])
            }
            "finish-recording" => Need::OneOf(&[Recording]),
            // Whoever sits at the counter calls, waits, skips and ends.
            _ => Need::OneOf(&[Officer, Recording]),
        },
        ["cases", ..] => Need::OneOf(&[Printing]),
        ["papers", ..] => Need::OneOf(&[Officer, Recording, Printing, Technician]),
        ["notices", ..] => Need::OneOf(&[Officer, Head]),
        ["people" | "tokens" | "devices", ..] => Need::OneOf(&[Head, Technician]),
        _ => Need::OneOf(&[Head]),
    }
}

/// Whether only a person at a browser may ask for it, whatever a token's scopes: who steals a token must not be able to make
/// himself another way in.
pub(crate) fn for_people(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    ["people", "tokens", "sessions", "devices", "account"].contains(&first)
}

/// Whether somebody with the roles `own` may turn an account's roles from `before` to `after`, or let it begin anew: the
/// head always; others never beyond what they may do themselves.
pub(crate) fn may_manage(own: Roles, before: Roles, after: Roles) -> bool {
    own.has(Head) || (before.within(own) && after.within(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_does_its_work_and_no_more() {
        let may = |role: Role, path: &str| need(&Method::POST, path).met_by([role].into_iter().collect());
        for (path, roles) in [
            ("/day/open", &[Head][..]),
            ("/day/close", &[Head]),
            ("/issue", &[Officer]),
            ("/network/down", &[Officer, Recording]),
            ("/counters/1/call", &[Officer, Recording]),
            ("/tickets/1/complete", &[Officer]),
            ("/tickets/1/return", &[Officer]),
            ("/tickets/1/hand-over", &[Officer]),
            ("/tickets/1/finish-recording", &[Recording]),
            ("/tickets/1/skip", &[Officer, Recording]),
            ("/cases/print", &[Printing]),
            ("/cases/1/make-ready", &[Printing]),
            ("/papers/1/reprint", &[Officer, Recording, Printing, Technician]),
            ("/office/hours", &[Head]),
            ("/notices", &[Officer, Head]),
            ("/notices/1/end", &[Officer, Head]),
            ("/people", &[Head, Technician]),
            ("/people/3/code", &[Head, Technician]),
            ("/tokens", &[Head, Technician]),
            ("/something/new", &[Head]),
            ("/", &[Head]),
        ] {
            for role in Role::ALL {
                assert_eq!(may(role, path), roles.contains(&role), "{role:?} {path}");
            }
        }
    }

    #[test]
    fn nothing_but_the_way_in_is_open() {
        for path in
            ["/", "/counter/1", "/cases", "/events", "/report.csv", "/people", "/assets", "/sign-in/x", "//sign-in/"]
        {
            assert!(!need(&Method::GET, path).met_by(Roles::default()), "{path}");
        }
        for path in ["/sign-out", "/issue", "/enrol/x", "/assets/console.js", "/nowhere"] {
            assert!(!need(&Method::POST, path).met_by(Roles::default()), "{path}");
        }
        assert!(!need(&Method::DELETE, "/assets/console.js").met_by(Roles::default()));
    }

    #[test]
    fn a_token_reaches_no_account_no_token_and_no_session() {
        for path in
            ["/people", "/people/1/code", "/tokens", "/tokens/1/end", "/sessions/1/end", "/devices/forget", "/account"]
        {
            assert!(for_people(path), "{path}");
        }
        assert!(!for_people("/issue") && !for_people("/") && !for_people("/api/day") && !for_people("/sign-out"));
    }

    #[test]
    fn a_technician_makes_no_head_and_takes_no_heads_account() {
        let set = |roles: &[Role]| roles.iter().copied().collect::<Roles>();
        let technician = set(&[Technician, Officer]);
        assert!(may_manage(technician, set(&[]), set(&[Officer])));
        assert!(!may_manage(technician, set(&[]), set(&[Head])));
        assert!(!may_manage(technician, set(&[Head]), set(&[Officer])));
        assert!(may_manage(set(&[Head]), set(&[Technician]), set(&[Recording])));
    }
}
