//! The pages of the way in: enrolling with a one-time code, signing in by password or PIN.

use crate::access;
use crate::act::Shared;
use crate::answer::{Asker, No};
use crate::controls::{ENTER, about_keys, button, folded, other_language};
use crate::desk::Desk;
use crate::form::Fields;
use crate::page;
use crate::sign_in::{NAME_MAX, next};
use crate::texts::t;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use queue::people::Person;
use std::sync::Arc;

/// `GET /sign-in` and `GET /enrol`
pub(crate) async fn get_entry(
    State(desk): Shared,
    asker: Asker,
    headers: HeaderMap,
    uri: Uri,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let query = Fields(query);
    match page::choose_language(&query, uri.path()) {
        Some(response) => response,
        None => show(&desk, asker, &headers, query, uri.path() == "/enrol", None).await,
    }
}

/// The page to sign in or enrol; `no` is what was just refused on it.
pub(crate) async fn show(
    desk: &Arc<Desk>,
    asker: Asker,
    headers: &HeaderMap,
    fields: Fields,
    with_code: bool,
    no: Option<No>,
) -> Response {
    if let (true, Some(no)) = (asker.json, &no) {
        return asker.json_no(no);
    }
    let (headers, at, above) = (headers.clone(), desk.clone(), no.clone());
    let page = desk.look_outside(move |store, _| {
        let known = access::device(store, at.door.secure, &headers)?.is_some();
        let people: Vec<Person> = store.people()?.into_iter().filter(|p| p.enrolled && !p.roles.is_empty()).collect();
        let first = people.is_empty();
        let form = match with_code || first {
            true => enrol_form(asker, first),
            false => sign_in_form(asker, &people, known, &fields),
        };
        let title =
            if with_code || first { t(asker.lang, "Daftar", "Enrol") } else { t(asker.lang, "Masuk", "Sign in") };
        let here = if with_code { "/enrol" } else { "/sign-in" };
        let content = html! {
            main.entry {
                h1 { (store.office().identity.name) }
                @if let Some(no) = &above { p.notice.no role="alert" { (no.say(asker.lang)) } }
                (form)
                p { (other_language(asker.lang, here)) }
                p.hint { (about_keys(asker.lang)) }
            }
        };
        Ok(page::document(asker.lang, title, here, content))
    });
    let status = no.as_ref().map_or(StatusCode::OK, |no| no.status);
    match page.await {
        Ok(markup) => (status, markup).into_response(),
        Err(no) => page::alone(asker, &no),
    }
}

fn sign_in_form(asker: Asker, people: &[Person], known: bool, fields: &Fields) -> Markup {
    let t = |id, en| t(asker.lang, id, en);
    let next = html! { input type="hidden" name="next" value=(next(fields)); };
    let by_password = html! {
        form method="post" action="/sign-in" {
            (next)
            label { (t("Nama", "Name")) input name="name" required maxlength=(NAME_MAX) autocomplete="username" value=(fields.get("name")) autofocus[!known]; }
            label { (t("Kata sandi", "Password")) input name="password" type="password" required autocomplete="current-password"; }
            (button(t("Masuk", "Sign in"), ENTER, "primary"))
        }
    };
    html! {
        section {
            h2 { (t("Masuk", "Sign in")) }
            @if known {
                form method="post" action="/sign-in" {
                    (next)
                    label { (t("Nama", "Name"))
                        select name="name" {
                            @for person in people { option value=(person.name) selected[person.name == fields.get("name")] { (person.name) } }
                        }
                    }
                    label { "PIN" input name="pin" type="password" required inputmode="numeric" pattern="[0-9]{4,6}" autocomplete="off" autofocus; }
                    (button(t("Masuk", "Sign in"), ENTER, "primary"))
                }
                (folded(t("Dengan kata sandi", "With the password"), "K", by_password))
            } @else {
                p.hint { (t("Peramban ini belum dikenal. Masuk sekali dengan kata sandi; sesudah itu cukup PIN.",
                    "This browser is not known yet. Sign in once with your password; after that the PIN is enough.")) }
                (by_password)
            }
        }
        p { a href="/enrol" data-key="D" { (t("Saya menerima kode pendaftaran", "I was given an enrolment code")) " " kbd { "D" } } }
    }
}

fn enrol_form(asker: Asker, first: bool) -> Markup {
    let t = |id, en| t(asker.lang, id, en);
    html! {
        section {
            h2 { (t("Daftar dengan kode sekali pakai", "Enrol with a one-time code")) }
            @if first {
                p.hint { (t("Akun pertama: kodenya tampil di mesin antrean, pada layar atau catatan layanan antrean-staff. Akun ini memegang semua peran.",
                    "The first account: its code is shown on the queue machine, on the screen or in the journal of antrean-staff. This account has every role.")) }
            }
            form method="post" action="/enrol" {
                label { (t("Kode pendaftaran", "Enrolment code")) input.receipt name="code" required autocomplete="off" size="16" autofocus placeholder="XXXX-XXXX-XXXX"; }
                label { (t("Nama", "Name")) input name="name" required maxlength=(NAME_MAX) autocomplete="username"; }
                label { (t("Kata sandi baru, paling sedikit 8 karakter", "New password, at least 8 characters")) input name="password" type="password" required minlength="8" autocomplete="new-password"; }
                label { (t("PIN baru, 4 sampai 6 angka", "New PIN, 4 to 6 digits")) input name="pin" type="password" required inputmode="numeric" pattern="[0-9]{4,6}" autocomplete="off"; }
                (button(t("Daftar", "Enrol"), ENTER, "primary"))
            }
        }
        @if !first { p { a href="/sign-in" data-key="S" { (t("Sudah punya kata sandi: masuk", "I have a password: sign in")) " " kbd { "S" } } } }
    }
}
