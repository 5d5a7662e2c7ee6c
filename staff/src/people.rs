//! People and roles, the tokens of scripts, and the enrolled browsers.

use crate::access::not_your_role;
use crate::act::{Done, Sent, Shared, carry_out};
use crate::answer::{Asker, No};
use crate::controls::{ENTER, arrows, button, folded, link, tick};
use crate::form::Fields;
use crate::page::{Page, Scene};
use crate::rights::may_manage;
use crate::sign_in::{account_name, another_head, clerk};
use crate::{secret, sessions, texts};
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::ToSpan;
use jiff::civil::Date;
use maud::{Markup, html};
use queue::people::{LoginId, Person, PersonId, Role, Roles, TOKEN_DAYS};
use queue::time::{Moment, date_in_words, short_date};
use queue::{Command, Store};
use serde_json::json;

fn roles(fields: &Fields) -> Result<Roles, No> {
    let read =
        |word: &String| Role::from_word(word).ok_or_else(|| No::bad("Peran itu tidak ada.", "There is no such role."));
    fields.all("role").iter().map(read).collect()
}

fn unknown() -> No {
    let mut no = No::no_page();
    no.code = "unknown-person".into();
    no
}

/// Nobody may take the last head's role or password away: then nobody could give it back.
fn keep_a_head(store: &Store, person: &Person, after: Roles) -> Result<(), No> {
    if !person.roles.has(Role::Head) || after.has(Role::Head) || another_head(store, person.id)? {
        return Ok(());
    }
    Err(No::conflict(
        "last-head",
        "Harus ada seorang lagi yang terdaftar dengan peran camat.".into(),
        "There must be another enrolled person with the role of head.".into(),
    ))
}

/// The same wish's second part.
fn part(command: &Command, part: &str) -> Command {
    Command { id: format!("{}-{part}", command.id), ..command.clone() }
}

/// A reloaded form must make no second code or token: the first would be void, or nobody would know of it.
fn only_once(store: &Store, command: &Command) -> Result<(), No> {
    if !store.was_done(command)? {
        return Ok(());
    }
    Err(No::conflict(
        "shown-once",
        "Itu sudah dibuat dan hanya ditampilkan sekali. Bila hilang, buat yang baru.".into(),
        "That was made already and is shown only once. If it is lost, make a new one.".into(),
    ))
}

/// A fresh code for the person, shown once.
fn invite(store: &mut Store, asker: Asker, command: &Command, person: &Person) -> Result<Done, No> {
    only_once(store, command)?;
    let (code, now) = (secret::code()?, command.now);
    store.invite(command, person.id, &secret::read_code(&code))?;
    let scene = Scene::of(store, now, asker)?;
    let body = html! {
        section {
            h2 { (scene.t("Kode pendaftaran untuk", "Enrolment code for")) " " (person.name) }
            p.date { (code) }
            p { (scene.t("Catat dan serahkan sekarang; kode ini tidak ditampilkan lagi dan berlaku untuk satu kali. Orangnya membuka halaman ini, memilih kode pendaftaran, lalu memilih kata sandi dan PIN sendiri.",
                "Write it down and hand it over now; this code is not shown again and works once. The person opens this console, chooses the enrolment code, and picks a password and a PIN.")) }
            p { (link(scene.t("Selesai", "Done"), "S", "/people")) }
        }
    };
    let show = Some(scene.shell(Page::People, &Fields::default(), &person.name, None, body));
    Ok(Done { json: json!({ "person": person.id.0, "name": person.name, "code": code }), query: String::new(), show })
}

/// `POST /people`: `name` and `role`, once per role. A new person gets a code; no role at all closes an account.
pub(crate) async fn set(State(desk): Shared, asker: Asker, sent: Sent) -> Response {
    carry_out(desk, asker, sent, Page::People, move |store, _, fields, by, now| {
        let (own, name, roles) = (clerk(asker)?.roles, account_name(fields)?, roles(fields)?);
        let known = store.person_by_name(&name)?;
        let before = known.as_ref().map(|p| p.roles).unwrap_or_default();
        if !may_manage(own, before, roles) {
            return Err(not_your_role());
        }
        if known.is_none() && roles.is_empty() {
            return Err(No::bad("Centang sedikitnya satu peran.", "Tick at least one role."));
        }
        if let Some(person) = &known {
            keep_a_head(store, person, roles)?;
        }
        let (command, code) = (fields.command(by, now)?, part(&fields.command(by, now)?, "code"));
        // Asked first: repeated, the account exists and has roles.
        only_once(store, &code)?;
        let person = store.set_person(&command, &name, roles)?;
        if before.is_empty() {
            return invite(store, asker, &code, &person);
        }
        Ok(Done::new(json!({ "person": person.id.0, "name": person.name, "roles": roles.to_string() }), String::new()))
    })
    .await
}

/// `POST /people/{id}/code`: password and PIN are void, a new code lets the person begin anew.
pub(crate) async fn renew(State(desk): Shared, asker: Asker, Path(id): Path<String>, sent: Sent) -> Response {
    carry_out(desk, asker, sent, Page::People, move |store, _, fields, by, now| {
        let id = id.parse().map_err(|_| unknown())?;
        let person = store.person(PersonId(id))?.ok_or_else(unknown)?;
        if !may_manage(clerk(asker)?.roles, person.roles, person.roles) {
            return Err(not_your_role());
        }
        keep_a_head(store, &person, Roles::default())?;
        invite(store, asker, &fields.command(by, now)?, &person)
    })
    .await
}

/// The last day of a token as typed: not before today, and not beyond two years.
fn until(fields: &Fields, store: &Store, now: Moment) -> Result<Date, No> {
    let today = now.local(store.office().identity.zone).date();
    let typed = match fields.get("until") {
        "" => today.checked_add(TOKEN_DAYS.days()).ok(),
        text => text.parse().ok(),
    };
    let latest = today.checked_add((2 * TOKEN_DAYS).days()).unwrap_or(Date::MAX);
    typed.filter(|until| (today..=latest).contains(until)).ok_or_else(|| {
        No::bad(
            "Isi tanggal berakhirnya token: hari ini sampai dua tahun lagi.",
            "Enter the token's last day: from today to two years from now.",
        )
    })
}

/// `POST /tokens`: `label`, `role` once per scope, and `until`, the last day. The token is shown once.
pub(crate) async fn make_token(State(desk): Shared, asker: Asker, sent: Sent) -> Response {
    carry_out(desk, asker, sent, Page::People, move |store, _, fields, by, now| {
        let (owner, scopes) = (clerk(asker)?, roles(fields)?);
        let named = Fields(vec![("name".into(), fields.get("label").into())]);
        let label = account_name(&named)?;
        // Else nobody could tell the script from the person in the journal.
        if store.person_by_name(&label)?.is_some() {
            return Err(No::bad(
                "Itu nama seorang petugas. Beri token nama programnya.",
                "That is a person's name. Name the token after its program.",
            ));
        }
        if scopes.is_empty() || !scopes.within(owner.roles) {
            return Err(not_your_role());
        }
        let command = fields.command(by, now)?;
        only_once(store, &command)?;
        let token = secret::key()?;
        let until = until(fields, store, now)?;
        store.make_token(&command, owner.person, &label, (scopes, until), &token)?;
        let scene = Scene::of(store, now, asker)?;
        let body = html! {
            section {
                h2 { (scene.t("Token untuk", "Token for")) " " (label) }
                p { code { (token) } }
                p { (scene.t("Token ini tidak ditampilkan lagi. Berlaku sampai", "This token is not shown again. It holds until")) " " (date_in_words(until, scene.lang)) "." }
                p { (link(scene.t("Selesai", "Done"), "S", "/people")) }
            }
        };
        let show = Some(scene.shell(Page::People, &Fields::default(), &label, None, body));
        Ok(Done {
            json: json!({ "label": label, "scopes": scopes.to_string(), "until": until.to_string(), "token": token }),
            query: String::new(),
            show,
        })
    })
    .await
}

/// `POST /tokens/{id}/end`
pub(crate) async fn end_token(State(desk): Shared, asker: Asker, Path(id): Path<String>, sent: Sent) -> Response {
    carry_out(desk, asker, sent, Page::People, move |store, _, fields, by, now| {
        let command = fields.command(by, now)?;
        let id = id.parse().map_err(|_| unknown())?;
        let token = store.login_by_id(LoginId(id))?.filter(|login| login.is_token).ok_or_else(unknown)?;
        if !may_manage(clerk(asker)?.roles, token.roles, token.roles) {
            return Err(not_your_role());
        }
        store.sign_out(&command, &token, false)?;
        Ok(Done::new(json!({ "ended": token.name }), String::new()))
    })
    .await
}

/// `POST /devices/forget`: every browser needs a password once more, and every other login ends, as after a stolen computer.
pub(crate) async fn forget_devices(State(desk): Shared, asker: Asker, sent: Sent) -> Response {
    carry_out(desk, asker, sent, Page::People, move |store, _, fields, by, now| {
        store.forget_browsers(&fields.command(by, now)?, clerk(asker)?.login)?;
        Ok(Done::new(json!({ "forgotten": true }), String::new()))
    })
    .await
}

pub(crate) fn see(scene: &Scene) -> Result<Markup, No> {
    let (people, tokens) = (scene.store.people()?, scene.store.tokens()?);
    let today = scene.now.local(scene.office.identity.zone).date();
    let usual = today.checked_add(TOKEN_DAYS.days()).unwrap_or(today);
    let ticks = |now: Roles| {
        html! {
            @for (i, role) in Role::ALL.into_iter().enumerate() {
                (tick("role", role.word(), now.has(role), i, texts::role(role, scene.lang)))
            }
        }
    };
    let standing = |person: &Person| match () {
        () if person.roles.is_empty() => scene.t("ditutup", "closed"),
        () if person.invited => scene.t("menunggu kode dipakai", "the code was not used yet"),
        () if !person.enrolled => scene.t("belum terdaftar", "not enrolled"),
        () => scene.t("terdaftar", "enrolled"),
    };
    Ok(html! {
        h1 { (scene.t("Petugas dan peran", "People and roles")) (arrows()) }
        section {
            @for person in &people {
                div.person data-row={ "person" (person.id.0) } tabindex="-1" {
                h2 { (person.name) " " span.count { (standing(person)) } }
                (scene.post("/people", None, html! {
                    input type="hidden" name="name" value=(person.name);
                    (ticks(person.roles)) (button(scene.t("Simpan peran", "Save roles"), "S", ""))
                }))
                @if !person.roles.is_empty() {
                    (folded(scene.t("Kode baru", "New code"), "K", scene.post(&format!("/people/{}/code", person.id.0), None, html! {
                        p.hint { (scene.t("Kata sandi dan PIN yang lama tidak berlaku lagi.", "The old password and PIN become void.")) }
                        (button(scene.t("Buat kode baru", "Make a new code"), ENTER, "danger"))
                    })))
                }
                }
            }
        }
        section data-row="new" tabindex="-1" {
            h2 { (scene.t("Petugas baru", "New person")) }
            (scene.post("/people", None, html! {
                label { (scene.t("Nama akun", "Account's name")) " " input name="name" required maxlength="40" autocomplete="off" data-key="P"; " " kbd { "P" } }
                (ticks(Roles::default()))
                (button(scene.t("Tambah", "Add"), ENTER, ""))
            }))
            p.hint { (scene.t("Tanpa centang peran, akun yang ada ditutup: tidak dapat masuk lagi.", "Without any role an existing account is closed: nobody signs in with it.")) }
        }
        section {
            h2 { (scene.t("Token untuk program lain", "Tokens for other programs")) }
            @for token in &tokens {
                div data-row={ "token" (token.id.0) } tabindex="-1" { (scene.post(&format!("/tokens/{}/end", token.id.0), None, html! {
                    strong { (token.name) } " · " (token.roles.iter().map(|role| texts::role(role, scene.lang)).collect::<Vec<_>>().join(", "))
                    @if let Some(until) = token.until {
                        " · " @if token.has_lapsed(today) { (scene.t("sudah berakhir", "has ended")) } @else { (scene.t("sampai", "until")) }
                        " " (short_date(until, scene.lang))
                    }
                    @if token.seen == token.since { " · " (scene.t("belum dipakai", "not used yet")) }
                    @else {
                        " · " (scene.t("terakhir dipakai", "last used")) " " (sessions::time(scene, &token.seen))
                        @if let Some(address) = token.address.as_deref().filter(|address| !address.is_empty()) {
                            " " (scene.t("dari", "from")) " " (address)
                        }
                    }
                    " "
                    (button(scene.t("Akhiri", "End"), "X", "danger"))
                })) }
            }
            (folded(scene.t("Token baru", "New token"), "T", scene.post("/tokens", None, html! {
                label { (scene.t("Nama", "Name")) " " input name="label" required maxlength="40" autocomplete="off"; }
                label { (scene.t("Berlaku sampai", "Holds until")) " " input name="until" type="date" required min=(today) value=(usual); }
                (ticks(Roles::default()))
                (button(scene.t("Buat", "Make"), ENTER, ""))
            })))
        }
        (sessions::see(scene, None)?)
        section {
            (folded(scene.t("Cabut izin semua peramban", "Revoke all browsers"), "L", scene.post("/devices/forget", None, html! {
                p { (scene.t("Semua orang di peramban lain dikeluarkan sekarang, dan setiap peramban perlu kata sandi sekali lagi sebelum PIN dapat dipakai.", "Everybody at another browser is signed out now, and every browser needs a password once more before a PIN is enough.")) }
                (button(scene.t("Cabut", "Revoke"), ENTER, "danger"))
            })))
        }
    })
}
