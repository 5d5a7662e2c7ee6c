//! One's own password and PIN.

use crate::access::not_your_role;
use crate::act::{Done, Sent, Shared, carry_out};
use crate::answer::{Asker, No};
use crate::controls::{ENTER, button};
use crate::page::{Page, Scene};
use crate::secret::{self, Proof};
use crate::sign_in::{clerk, guess, wrong};
use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use queue::people::Secrets;
use serde_json::json;

/// `POST /account`: `old` (the password until now), `password` and `pin`. Other browsers are signed out.
pub(crate) async fn change(State(desk): Shared, asker: Asker, sent: Sent) -> Response {
    carry_out(desk, asker, sent, Page::Account, move |store, _, fields, by, now| {
        let clerk = clerk(asker)?;
        if clerk.login(store)?.is_token {
            return Err(not_your_role());
        }
        let command = fields.command(by, now)?;
        let person = store.person(clerk.person)?.ok_or_else(No::no_page)?;
        let (password, pin) = (fields.get("password"), fields.get("pin"));
        secret::judge_password(password, &person.name)?;
        secret::judge_pin(pin)?;
        // Who found the browser open guesses the old password no faster than anybody else.
        let kept = store.secrets(person.id)?;
        let old = kept.as_ref().map(|kept| kept.password.as_str());
        let proof = || secret::is(fields.get("old"), old);
        if guess(store, now, Some(&person), (None, &asker.neighbour()), proof)? == Proof::Wrong {
            return Err(wrong("Kata sandi yang lama salah.", "The old password is wrong."));
        }
        let secrets = Secrets { password: secret::hash(password)?, pin: secret::hash(pin)? };
        store.change_secrets(&command, person.id, &secrets, clerk.login)?;
        Ok(Done::new(json!({ "changed": true }), "changed=yes".into()))
    })
    .await
}

pub(crate) fn see(scene: &Scene) -> Markup {
    html! {
        div.entry {
            h1 { (scene.t("Kata sandi dan PIN saya", "My password and PIN")) }
            section {
                (scene.post("/account", None, html! {
                    label { (scene.t("Kata sandi yang lama", "Old password")) input name="old" type="password" required autocomplete="current-password" autofocus; }
                    label { (scene.t("Kata sandi baru, paling sedikit 8 karakter", "New password, at least 8 characters")) input name="password" type="password" required minlength="8" autocomplete="new-password"; }
                    label { (scene.t("PIN baru, 4 sampai 6 angka", "New PIN, 4 to 6 digits")) input name="pin" type="password" required inputmode="numeric" pattern="[0-9]{4,6}" autocomplete="off"; }
                    (button(scene.t("Ganti", "Change"), ENTER, "primary"))
                }))
            }
        }
    }
}
