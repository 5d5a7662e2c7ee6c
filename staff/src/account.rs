//! One's own password and PIN.

use crate::access::{device, not_your_role};
use crate::act::{Done, Sent, Shared, carry_out};
use crate::answer::{Asker, No};
use crate::controls::{ENTER, button};
use crate::desk::Desk;
use crate::form::Fields;
use crate::page::{Page, Scene};
use crate::secret::{self, Proof};
use crate::sessions;
use crate::sign_in::{clerk, guess, may_guess, wrong};
use axum::Form;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use queue::people::{Claimed, Place, Secrets};
use serde_json::json;
use std::sync::Arc;

/// What was proved and hashed apart from the store.
struct Chosen {
    /// The secrets that the old password was proved against.
    kept: Option<Secrets>,
    proof: Proof,
    secrets: Option<Secrets>,
}

/// `POST /account`: `old` (the password until now), `password` and `pin`. Other browsers are signed out.
pub(crate) async fn change(State(desk): Shared, asker: Asker, headers: HeaderMap, sent: Sent) -> Response {
    let chosen = match &sent {
        Ok(Form(fields)) => prove(&desk, asker, &headers, &Fields(fields.clone())).await,
        Err(_) => Err(No::no_page()),
    };
    carry_out(desk, asker, sent, Page::Account, move |store, desk, fields, by, now| {
        let Chosen { kept, proof, secrets } = chosen?;
        let (clerk, command, address) = (clerk(asker)?, fields.command(by, now)?, asker.neighbour());
        let place = Place { browser: device(store, desk.door.secure, &headers)?, address: &address };
        // Changed meanwhile: what was proved is not the old password any more.
        let proof = if store.secrets(clerk.person)? == kept { proof } else { Proof::Wrong };
        // Who found the browser open guesses the old password no faster than anybody else.
        match (guess(store, now, (Claimed::Of(clerk.person), place), proof)?, secrets) {
            (Proof::Right | Proof::Cheap, Some(secrets)) => {
                store.change_secrets(&command, clerk.person, &secrets, clerk.login)?;
                Ok(Done::new(json!({ "changed": true }), "changed=yes".into()))
            }
            _ => Err(wrong("Kata sandi yang lama salah.", "The old password is wrong.")),
        }
    })
    .await
}

/// Proves the old password and hashes the new secrets; the store waits for neither.
async fn prove(desk: &Arc<Desk>, asker: Asker, headers: &HeaderMap, fields: &Fields) -> Result<Chosen, No> {
    let (password, pin) = (fields.get("password").to_string(), fields.get("pin").to_string());
    let (headers, at, chosen) = (headers.clone(), desk.clone(), (password.clone(), pin.clone()));
    let kept = desk.look(move |store, now| {
        let clerk = clerk(asker)?;
        if clerk.login(store)?.is_token {
            return Err(not_your_role());
        }
        let person = store.person(clerk.person)?.ok_or_else(No::no_page)?;
        secret::judge_password(&chosen.0, &person.name)?;
        secret::judge_pin(&chosen.1)?;
        let address = asker.neighbour();
        let place = Place { browser: device(store, at.door.secure, &headers)?, address: &address };
        may_guess(store, now, Claimed::Of(clerk.person), place)?;
        Ok(store.secrets(clerk.person)?)
    });
    let (kept, old) = (kept.await?, fields.get("old").to_string());
    let proved = desk.proving.prove(true, move || {
        let proof = secret::is(&old, kept.as_ref().map(|kept| kept.password.as_str()))?;
        let secrets = if proof == Proof::Wrong { None } else { Some(secret::pair(&password, &pin)?) };
        Ok(Chosen { kept, proof, secrets })
    });
    proved.await
}

pub(crate) fn see(scene: &Scene) -> Result<Markup, No> {
    Ok(html! {
        div.entry {
            h1 { (scene.t("Kata sandi dan PIN saya", "My password and PIN")) }
            section {
                (scene.post("/account", None, html! {
                    label { (scene.t("Kata sandi yang lama", "Old password")) input name="old" type="password" required autocomplete="current-password" autofocus; }
                    label { (scene.t("Kata sandi baru, paling sedikit 8 huruf", "New password, at least 8 characters")) input name="password" type="password" required minlength="8" autocomplete="new-password"; }
                    label { (scene.t("PIN baru, 4 sampai 6 angka", "New PIN, 4 to 6 digits")) input name="pin" type="password" required inputmode="numeric" pattern="[0-9]{4,6}" autocomplete="off"; }
                    (button(scene.t("Ganti", "Change"), ENTER, "primary"))
                }))
            }
            (sessions::see(scene, Some(scene.person))?)
        }
    })
}
