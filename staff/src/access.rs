//! Who is behind a request, for how long, and how soon somebody may guess again. The times are passed in.

use crate::answer::{Asker, No};
use crate::desk::Desk;
use crate::form::Fields;
use axum::http::{HeaderMap, StatusCode, header};
use queue::people::{BrowserId, Login, LoginId, PersonId, Roles};
use queue::time::Moment;
use queue::{Command, Store};
use std::sync::Arc;
use std::time::Duration;

/// A login ends after so long without an act or a page that a person asked for.
pub(crate) const IDLE: Duration = Duration::from_secs(30 * 60);
/// A login ends after so long whatever happens: one working day.
pub(crate) const ABSOLUTE: Duration = Duration::from_secs(10 * 60 * 60);
/// How exactly the last act of a login is kept; it saves a commit per page. No page waits for it.
const SEEN_STEP: Duration = Duration::from_secs(60);
/// An enrolled browser is remembered so long, seconds: the longest that browsers allow.
const DEVICE_SECONDS: u32 = 400 * 24 * 60 * 60;
/// The field of a form that says for whom it was drawn: the person's number.
pub(crate) const FOR: &str = "for";
/// What the page's script sends with what it asks for by itself: that keeps nobody signed in.
const BACKGROUND: &str = "x-antrean-background";

/// Who asks: a signed-in person or a person's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clerk {
    pub(crate) login: LoginId,
    pub(crate) person: PersonId,
    pub(crate) roles: Roles,
    /// A script with a person's token.
    pub(crate) token: bool,
}

impl Clerk {
    /// The login as it is now; it may have ended since the request came in.
    pub(crate) fn login(self, store: &Store) -> Result<Login, No> {
        store.login_by_id(self.login)?.ok_or_else(not_signed_in)
    }
}

/// Refuses a form that was drawn for another person than the one behind the request: two people in two tabs of one
/// browser share its sign-in, and the journal would name the wrong one. What a script sends was drawn for nobody.
pub(crate) fn same_person(fields: &Fields, login: &Login) -> Result<(), No> {
    match fields.get(FOR) {
        "" => Ok(()),
        person if person == login.person.0.to_string() => Ok(()),
        _ => Err(No::conflict(
            "other-person",
            format!(
                "Halaman itu dibuka untuk orang lain, jadi tidak ada yang diubah. Yang masuk sekarang: {}. Bila bukan \
                 Anda, silakan keluar lalu masuk dengan nama Anda.",
                login.name
            ),
            format!(
                "That page was opened for somebody else, so nothing was changed. Signed in now: {}. If that is not you, \
                 please sign out and sign in with your own name.",
                login.name
            ),
        )),
    }
}

/// Nobody is signed in, or no longer.
pub(crate) fn not_signed_in() -> No {
    let mut no = No::bad("Silakan masuk dahulu.", "Please sign in first.");
    (no.status, no.code) = (StatusCode::UNAUTHORIZED, "sign-in-needed".into());
    no
}

/// Somebody without the role for it.
pub(crate) fn not_your_role() -> No {
    let mut no = No::bad(
        "Peran Anda tidak mencakup tindakan ini. Mintalah kepada rekan atau camat.",
        "Your roles do not include this. Ask a colleague or the head of office.",
    );
    (no.status, no.code) = (StatusCode::FORBIDDEN, "not-your-role".into());
    no
}

/// A script at what only people do.
pub(crate) fn not_for_tokens() -> No {
    let mut no = No::bad(
        "Akun, izin, dan sesi hanya diatur oleh orang yang masuk di peramban, tidak dengan token.",
        "Accounts, tokens and sessions are for people who sign in with a browser, not for tokens.",
    );
    (no.status, no.code) = (StatusCode::FORBIDDEN, "not-for-tokens".into());
    no
}

/// The cookies' names: the prefix makes a browser insist that they came over TLS from this very host.
fn name(secure: bool, word: &str) -> String {
    format!("{}antrean-{word}", if secure { "__Host-" } else { "" })
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok());
    all.flat_map(|v| v.split(';')).find_map(|c| c.trim().strip_prefix(name)?.strip_prefix('='))
}

/// `Set-Cookie` for a login.
pub(crate) fn login_cookie(secure: bool, key: &str) -> String {
    let flag = if secure { "; Secure" } else { "" };
    format!("{}={key}; Path=/; HttpOnly; SameSite=Strict{flag}", name(secure, "login"))
}

/// `Set-Cookie` for an enrolled browser.
pub(crate) fn device_cookie(secure: bool, key: &str) -> String {
    let flag = if secure { "; Secure" } else { "" };
    format!("{}={key}; Path=/; HttpOnly; SameSite=Strict; Max-Age={DEVICE_SECONDS}{flag}", name(secure, "device"))
}

/// `Set-Cookie` that takes the login away.
pub(crate) fn no_login_cookie(secure: bool) -> String {
    format!("{}; Max-Age=0", login_cookie(secure, ""))
}

/// The enrolled browser behind these headers.
pub(crate) fn device(store: &Store, secure: bool, headers: &HeaderMap) -> Result<Option<BrowserId>, No> {
    match cookie(headers, &name(secure, "device")) {
        Some(key) => Ok(store.browser(key)?),
        None => Ok(None),
    }
}

/// Who is behind these headers, if the login or token still holds.
pub(crate) async fn identify(
    desk: &Arc<Desk>,
    asker: Asker,
    headers: &HeaderMap,
    path: &str,
) -> Result<Option<Clerk>, No> {
    let bearer = headers.get(header::AUTHORIZATION).map(|v| v.to_str().unwrap_or_default());
    // With a token no cookie counts: what asks in two names asks in none.
    let (key, by_token) = match bearer {
        Some(text) => (text.strip_prefix("Bearer ").map(str::trim), true),
        None => (cookie(headers, &name(desk.door.secure, "login")), false),
    };
    let Some(key) = key.map(str::to_string) else { return Ok(None) };
    let background = headers.contains_key(BACKGROUND) || path == "/events" || path == "/board.png";
    let found = desk.look(move |store, now| {
        let login = store.login(&key)?.filter(|login| login.is_token == by_token);
        Ok(login.map(|login| (due(store, &login, now, background), login)))
    });
    let Some((due, login)) = found.await? else { return Ok(None) };
    if due.is_some() {
        desk.aside(move |store, now| follow(store, now, login.id, background, &asker.neighbour()));
    }
    let clerk = Clerk { login: login.id, person: login.person, roles: login.roles, token: login.is_token };
    Ok((due != Some(Due::End) && !login.roles.is_empty()).then_some(clerk))
}

/// What a request makes of its login, beside being answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// It is in use, which was last written down a while ago.
    Seen,
    /// It is over.
    End,
}

fn due(store: &Store, login: &Login, now: Moment, background: bool) -> Option<Due> {
    if is_over(store, login, now) {
        return Some(Due::End);
    }
    let counts = login.is_token || !background;
    (counts && now.since(&login.seen).is_none_or(|passed| passed >= SEEN_STEP)).then_some(Due::Seen)
}

/// Writes down what is due, judged anew: another request may have done it meanwhile.
fn follow(store: &mut Store, now: Moment, login: LoginId, background: bool, address: &str) -> Result<(), No> {
    let Some(login) = store.login_by_id(login)? else { return Ok(()) };
    match due(store, &login, now, background) {
        Some(Due::Seen) => Ok(store.touch_login(login.id, now, address)?),
        Some(Due::End) => Ok(store.sign_out(&Command { now, ..Command::new(login.actor()) }, &login, false)?),
        None => Ok(()),
    }
}

/// Whether a request that goes on is still somebody's: a stream ends with its login.
pub(crate) async fn is_still_in(desk: Arc<Desk>, clerk: Option<Clerk>) -> bool {
    let Some(clerk) = clerk else { return false };
    let look = move |store: &Store, now| {
        let login = store.login_by_id(clerk.login)?;
        Ok(login.is_some_and(|login| !login.roles.is_empty() && !is_over(store, &login, now)))
    };
    desk.look(look).await.unwrap_or(false)
}

/// Whether a login is over: a token's after its last day, a browser's when nobody has used it for long. After a restart of the
/// machine nobody measured that time, so it is.
pub(crate) fn is_over(store: &Store, login: &Login, now: Moment) -> bool {
    if login.is_token {
        return login.has_lapsed(now.local(store.office().identity.zone).date());
    }
    let longer = |since: &Moment, limit| now.since(since).is_none_or(|passed| passed >= limit);
    longer(&login.seen, IDLE) || longer(&login.since, ABSOLUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let headers = |text: &'static str| [(header::COOKIE, text.parse().unwrap())].into_iter().collect::<HeaderMap>();
        let all = headers("lang=en; antrean-login=abc; __Host-antrean-login=xyz");
        assert_eq!(cookie(&all, &name(false, "login")), Some("abc"));
        assert_eq!(cookie(&all, &name(true, "login")), Some("xyz"));
        assert_eq!(cookie(&headers("antrean-login2=abc; xantrean-login=d"), "antrean-login"), None);
        assert!(login_cookie(true, "k").contains("; Secure") && login_cookie(true, "k").starts_with("__Host-"));
    }
}
