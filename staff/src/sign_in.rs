//! The way in and out: enrolling with a one-time code, signing in, signing out. What stands on its pages: `entry.rs`.

use crate::access::{self, Clerk, device_cookie, login_cookie, no_login_cookie, not_signed_in, same_person};
use crate::act::{Sent, Shared};
use crate::answer::{self, Asker, No};
use crate::desk::Desk;
use crate::entry::show;
use crate::form::Fields;
use crate::secret::{self, Proof};
use crate::{page, proving};
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use queue::journal::Actor;
use queue::people::{BrowserId, Claimed, Person, PersonId, Place, Roles, Secrets, wait};
use queue::time::Moment;
use queue::{Command, Store};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Longest name of an account, characters.
pub(crate) const NAME_MAX: usize = 40;

/// What a browser carries away.
struct Entered {
    /// Of the login.
    login: String,
    /// Of a browser enrolled just now.
    device: Option<String>,
    json: Value,
}

/// The name of an account as typed.
pub(crate) fn account_name(fields: &Fields) -> Result<String, No> {
    let name: Vec<&str> = fields.get("name").split_whitespace().collect();
    let name = name.join(" ");
    let fits = (1..=NAME_MAX).contains(&name.chars().count());
    if fits && name.chars().all(|c| c.is_alphanumeric() || " .'-".contains(c)) {
        return Ok(name);
    }
    Err(No::bad(
        "Isi nama akun: huruf dan angka, paling banyak 40.",
        "Enter the account's name: letters and digits, at most 40.",
    ))
}

fn too_many(wait: Duration) -> No {
    let seconds = wait.as_secs().max(1);
    let mut no = No::bad(
        &format!("Terlalu sering salah. Akun ini dapat dicoba lagi di peramban ini {seconds} detik lagi."),
        &format!("Too many wrong tries. This account can be tried again in this browser in {seconds} seconds."),
    );
    (no.status, no.code) = (StatusCode::TOO_MANY_REQUESTS, "too-many-guesses".into());
    no
}

pub(crate) fn wrong(id: &str, en: &str) -> No {
    let mut no = No::bad(id, en);
    (no.status, no.code) = (StatusCode::UNAUTHORIZED, "wrong-secret".into());
    no
}

fn command(by: Actor, now: Moment) -> Command {
    Command { now, ..Command::new(by) }
}

/// One guess that was proved: refused while earlier ones delay it, remembered when it is wrong.
pub(crate) fn guess(
    store: &mut Store,
    now: Moment,
    (claimed, place): (Claimed, Place),
    proof: Proof,
) -> Result<Proof, No> {
    may_guess(store, now, claimed, place)?;
    if proof == Proof::Wrong {
        store.sign_in_failed(&command(Actor::Console, now), claimed, place)?;
        match claimed.person() {
            Some(person) => tracing::warn!("sign-in failed: person {}, from {}", person.0, place.address),
            None => tracing::warn!("sign-in failed: no such account, from {}", place.address),
        }
    }
    Ok(proof)
}

/// Whether somebody may guess now, and has a place in the known ones' waiting room: an enrolled browser, or where the account's
/// person has signed in before.
pub(crate) fn may_guess(store: &Store, now: Moment, claimed: Claimed, place: Place) -> Result<bool, No> {
    let tally = store.tally(claimed, place, now)?;
    match wait(&tally, now) {
        Some(wait) => Err(too_many(wait)),
        None => Ok(tally.enrolled || tally.familiar),
    }
}

/// What somebody types to sign in, looked up: name and password, or at an enrolled browser name and PIN.
struct Claim {
    claimed: Claimed,
    person: Option<Person>,
    kept: Option<Secrets>,
    secret: String,
    by_pin: bool,
}

impl Claim {
    fn read(store: &Store, fields: &Fields, device: Option<BrowserId>) -> Result<Claim, No> {
        let person = store.person_by_name(fields.get("name"))?;
        let (secret, by_pin) = match (fields.get("pin"), fields.get("password")) {
            ("", "") => return Err(No::bad("Isi kata sandi atau PIN.", "Enter the password or the PIN.")),
            ("", password) => (password, false),
            (_, _) if device.is_none() => {
                return Err(wrong(
                    "Peramban ini belum dikenal: masuk sekali dengan kata sandi.",
                    "This browser is not known yet: sign in once with the password.",
                ));
            }
            (pin, _) => (pin, true),
        };
        let kept = match person.as_ref().filter(|person| !person.roles.is_empty()) {
            Some(person) => store.secrets(person.id)?,
            None => None,
        };
        let claimed = Claimed::new(person.as_ref(), fields.get("name"));
        Ok(Claim { claimed, person, kept, secret: secret.into(), by_pin })
    }

    fn hash(&self) -> Option<&str> {
        self.kept.as_ref().map(|kept| if self.by_pin { kept.pin.as_str() } else { kept.password.as_str() })
    }

    /// The secret is hashed anew where that is due, too: nothing of this waits for the store, and the store for nothing.
    fn prove(&self) -> Result<(Proof, Option<Secrets>), No> {
        let proof = secret::is(&self.secret, self.hash())?;
        let anew = match (proof, &self.kept) {
            (Proof::Cheap, Some(kept)) => {
                let mut kept = kept.clone();
                *(if self.by_pin { &mut kept.pin } else { &mut kept.password }) = secret::hash(&self.secret)?;
                Some(kept)
            }
            _ => None,
        };
        Ok((proof, anew))
    }
}

/// What is refused before anything is hashed: it costs the guesser nothing, and the machine nothing. Else the claim, and whether
/// it comes from where somebody is known.
fn claim(store: &Store, now: Moment, fields: &Fields, place: Place) -> Result<(Claim, bool), No> {
    let claim = Claim::read(store, fields, place.browser)?;
    let known = may_guess(store, now, claim.claimed, place)?;
    Ok((claim, known))
}

/// The store's part, after the proof: other guesses may have been counted meanwhile, and the secret may have changed.
fn sign_in(
    store: &mut Store,
    now: Moment,
    fields: &Fields,
    place: Place,
    (claimed, proof, anew): (&Claim, Proof, Option<Secrets>),
) -> Result<Entered, No> {
    let current = Claim::read(store, fields, place.browser)?;
    let proof = if current.hash() == claimed.hash() { proof } else { Proof::Wrong };
    let proof = guess(store, now, (current.claimed, place), proof)?;
    let person = current
        .person
        .filter(|_| proof != Proof::Wrong)
        .ok_or_else(|| wrong("Nama, kata sandi, atau PIN salah.", "The name, the password or the PIN is wrong."))?;
    if let Some(secrets) = anew.filter(|_| current.kept == claimed.kept) {
        store.rehash(&command(Actor::Person(person.id), now), person.id, &secrets)?;
    }
    enter(store, now, &person, place)
}

fn enter(store: &mut Store, now: Moment, person: &Person, place: Place) -> Result<Entered, No> {
    let login = secret::key()?;
    let new_device = if place.browser.is_none() { Some(secret::key()?) } else { None };
    store.sign_in(&command(Actor::Person(person.id), now), person.id, place, &login, new_device.as_deref())?;
    tracing::info!("{} signed in", person.name);
    let json = json!({ "name": person.name, "roles": person.roles.to_string() });
    Ok(Entered { login, device: new_device, json })
}

/// Who shows a one-time code, looked up.
struct Welcome {
    person: Option<Person>,
    invited: bool,
    /// The code is the one of the first start.
    first: bool,
}

impl Welcome {
    fn read(store: &Store, desk: &Desk, name: &str, code: &str) -> Result<Welcome, No> {
        let person = store.person_by_name(name)?;
        let invited = match &person {
            Some(person) => store.is_invited(person.id, code)?,
            None => false,
        };
        Ok(Welcome { person, invited, first: desk.is_first_code(code) })
    }

    fn is_wrong(&self) -> bool {
        !self.first && !self.invited
    }
}

/// The one-time code, and what the person chooses: looked at, hashed apart from the store, and looked at once more where it is
/// written.
async fn enrol(desk: &Arc<Desk>, asker: Asker, headers: &HeaderMap, fields: &Fields) -> Result<Entered, No> {
    let name = account_name(fields)?;
    let code = secret::read_code(fields.get("code"));
    let (at, as_typed, sent) = (desk.clone(), (name.clone(), code.clone()), headers.clone());
    let welcome = desk.look(move |store, now| {
        let welcome = Welcome::read(store, &at, &as_typed.0, &as_typed.1)?;
        if welcome.is_wrong() {
            let (browser, address) = (access::device(store, at.door.secure, &sent)?, asker.neighbour());
            let claimed = Claimed::new(welcome.person.as_ref(), &as_typed.0);
            may_guess(store, now, claimed, Place { browser, address: &address })?;
        }
        Ok(welcome)
    });
    let welcome = welcome.await?;
    // A code has 60 bits: the right one is never kept waiting by those who guess, and a wrong one costs no hash.
    let secrets = match welcome.is_wrong() {
        true => None,
        false => {
            let (password, pin) = (fields.get("password").to_string(), fields.get("pin").to_string());
            secret::judge_password(&password, &name)?;
            secret::judge_pin(&pin)?;
            Some(desk.proving.prove(true, move || secret::pair(&password, &pin)).await?)
        }
    };
    let (at, headers) = (desk.clone(), headers.clone());
    desk.ask(move |store, now| {
        let (device, address) = (access::device(store, at.door.secure, &headers)?, asker.neighbour());
        let place = Place { browser: device, address: &address };
        let welcome = Welcome::read(store, &at, &name, &code)?;
        let Some(secrets) = secrets.filter(|_| !welcome.is_wrong()) else {
            guess(store, now, (Claimed::new(welcome.person.as_ref(), &name), place), Proof::Wrong)?;
            return Err(wrong(
                "Nama atau kode pendaftaran salah, atau kode sudah dipakai.",
                "The name or the enrolment code is wrong, or the code was used already.",
            ));
        };
        let person = match welcome.person {
            Some(person) if welcome.invited => person,
            _ => {
                let person = store.set_person(&command(Actor::Console, now), &name, Roles::all())?;
                store.invite(&command(Actor::Console, now), person.id, &code)?;
                person
            }
        };
        store.enrol(&command(Actor::Person(person.id), now), person.id, &secrets)?;
        if welcome.first {
            at.use_up_first_code();
        }
        tracing::info!("{} enrolled", person.name);
        let entered = enter(store, now, &person, place)?;
        leave(store, now, asker)?;
        Ok(entered)
    })
    .await
}

/// Whoever sat at this browser before is signed out: one browser, one person.
fn leave(store: &mut Store, now: Moment, asker: Asker) -> Result<(), No> {
    let before = asker.clerk.and_then(|clerk| clerk.login(store).ok()).filter(|before| !before.is_token);
    match before {
        Some(before) => Ok(store.sign_out(&command(before.actor(), now), &before, false)?),
        None => Ok(()),
    }
}

/// Where to go after the sign-in: a page of this console and nothing else.
pub(crate) fn next(fields: &Fields) -> String {
    let next = fields.get("next");
    let own = next.starts_with('/') && !next.starts_with("//");
    let plain = next.bytes().all(|b| b.is_ascii_alphanumeric() || b"/?=&.-".contains(&b));
    if own && plain && !next.starts_with("/sign-") { next.into() } else { "/".into() }
}

/// Name and secret: looked up, proved apart from the store, and looked up once more where the sign-in is written.
async fn sign_in_with(desk: &Arc<Desk>, asker: Asker, headers: &HeaderMap, fields: &Fields) -> Result<Entered, No> {
    let address = asker.neighbour();
    let (typed, sent, at, from) = (fields.clone(), headers.clone(), desk.clone(), address.clone());
    let claimed = desk.look(move |store, now| {
        let browser = access::device(store, at.door.secure, &sent)?;
        claim(store, now, &typed, Place { browser, address: &from })
    });
    let (claim, known) = claimed.await?;
    let one_of_few = desk.gate.guess(asker.peer).ok_or_else(proving::crowded)?;
    let proved = desk.proving.prove(known, move || {
        let _one_of_few = one_of_few;
        let (proof, anew) = claim.prove()?;
        Ok((claim, proof, anew))
    });
    let (claim, proof, anew) = proved.await?;
    let (typed, sent, at) = (fields.clone(), headers.clone(), desk.clone());
    desk.ask(move |store, now| {
        let place = Place { browser: access::device(store, at.door.secure, &sent)?, address: &address };
        let entered = sign_in(store, now, &typed, place, (&claim, proof, anew))?;
        leave(store, now, asker)?;
        Ok(entered)
    })
    .await
}

/// `POST /sign-in` and `POST /enrol`, which differ only in what they ask for.
async fn come_in(desk: Arc<Desk>, asker: Asker, headers: HeaderMap, sent: Sent, with_code: bool) -> Response {
    let Ok(Form(fields)) = sent else {
        let no =
            No::bad("Formulir tidak dapat dibaca. Muat ulang halaman.", "The form is unreadable. Reload the page.");
        return show(&desk, asker, &headers, Fields::default(), with_code, Some(no)).await;
    };
    let fields = Fields(fields);
    let entered = match with_code {
        true => enrol(&desk, asker, &headers, &fields).await,
        false => sign_in_with(&desk, asker, &headers, &fields).await,
    };
    match entered {
        Ok(entered) => {
            let mut response = match asker.json {
                true => answer::json(StatusCode::OK, &entered.json),
                false => Redirect::to(&next(&fields)).into_response(),
            };
            let secure = desk.door.secure;
            let cookies =
                [Some(login_cookie(secure, &entered.login)), entered.device.map(|k| device_cookie(secure, &k))];
            for cookie in cookies.into_iter().flatten().filter_map(|c| c.parse().ok()) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(no) => show(&desk, asker, &headers, fields, with_code, Some(no)).await,
    }
}

/// `POST /sign-in`
pub(crate) async fn post_sign_in(State(desk): Shared, asker: Asker, headers: HeaderMap, sent: Sent) -> Response {
    come_in(desk, asker, headers, sent, false).await
}

/// `POST /enrol`
pub(crate) async fn post_enrol(State(desk): Shared, asker: Asker, headers: HeaderMap, sent: Sent) -> Response {
    come_in(desk, asker, headers, sent, true).await
}

/// `POST /sign-out`, with `everywhere=yes` at every browser. A page that was drawn for another person signs nobody out.
pub(crate) async fn post_sign_out(State(desk): Shared, asker: Asker, sent: Sent) -> Response {
    let fields = sent.map(|Form(fields)| Fields(fields)).unwrap_or_default();
    let done = desk.ask(move |store, now| {
        let login = clerk(asker)?.login(store)?;
        same_person(&fields, &login)?;
        Ok(store.sign_out(&command(login.actor(), now), &login, fields.yes("everywhere"))?)
    });
    let mut response = match done.await {
        Err(no) => return page::alone(asker, &no),
        Ok(()) if asker.json => answer::json(StatusCode::OK, &json!({ "signed_out": true })),
        Ok(()) => Redirect::to("/sign-in").into_response(),
    };
    if let Ok(cookie) = no_login_cookie(desk.door.secure).parse() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Whether anybody could still run the office without this person: an enrolled head.
pub(crate) fn another_head(store: &Store, but: PersonId) -> Result<bool, No> {
    let head = |p: &Person| p.id != but && p.enrolled && p.roles.has(queue::people::Role::Head);
    Ok(store.people()?.iter().any(head))
}

/// The clerk behind an act; the middleware has let nobody else through.
pub(crate) fn clerk(asker: Asker) -> Result<Clerk, No> {
    asker.clerk.ok_or_else(not_signed_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_the_sign_in_nobody_is_sent_elsewhere() {
        let next = |to: &str| next(&Fields(vec![("next".into(), to.into())]));
        assert_eq!(next("/counter/2?ticket=7"), "/counter/2?ticket=7");
        for bad in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "/a\r\nb",
            "/%2fevil",
            "/sign-in",
        ] {
            assert_eq!(next(bad), "/", "{bad}");
        }
    }

    #[test]
    fn an_accounts_name_is_a_name() {
        let name = |name: &str| account_name(&Fields(vec![("name".into(), name.into())]));
        assert_eq!(name("  Sari   Dewi ").unwrap(), "Sari Dewi");
        for bad in ["", "   ", "<b>", "a\u{202e}b", "x=y", &"a".repeat(41)] {
            assert!(name(bad).is_err(), "{bad}");
        }
        assert_eq!(name("Kioskar di Loketa").unwrap(), "Kioskar di Loketa");
    }
}
