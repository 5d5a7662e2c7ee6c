//! Who is signed in, since when and from where; each can be ended.

use crate::access::{is_over, not_your_role};
use crate::act::{Done, Sent, Shared, carry_out};
use crate::answer::{Asker, No};
use crate::controls::button;
use crate::page::{Page, Scene};
use crate::rights::may_manage;
use crate::sign_in::clerk;
use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use queue::people::{Login, LoginId, Person, PersonId, Role};
use queue::time::{Moment, clock, short_date};
use serde_json::json;

/// `POST /sessions/{id}/end`: one's own, or that of somebody whose account one may manage.
pub(crate) async fn end(State(desk): Shared, asker: Asker, Path(id): Path<String>, sent: Sent) -> Response {
    let back = if asker.clerk.is_some_and(|clerk| clerk.roles.any(&[Role::Head, Role::Technician])) {
        Page::People
    } else {
        Page::Account
    };
    carry_out(desk, asker, sent, back, move |store, _, fields, by, now| {
        let (own, command) = (clerk(asker)?, fields.command(by, now)?);
        let id = id.parse().map_err(|_| No::no_page())?;
        let session = store.login_by_id(LoginId(id))?.filter(|login| !login.is_token);
        // Ended meanwhile, or sent once more: it is over, as was wished.
        let Some(session) = session else { return Ok(Done::new(json!({ "ended": true }), String::new())) };
        let person = store.person(session.person)?.ok_or_else(No::no_page)?;
        let manages =
            own.roles.any(&[Role::Head, Role::Technician]) && may_manage(own.roles, person.roles, person.roles);
        if session.person != own.person && !manages {
            return Err(not_your_role());
        }
        store.sign_out(&command, &session, false)?;
        Ok(Done::new(json!({ "ended": true }), String::new()))
    })
    .await
}

/// The list: of everybody, or of one person.
pub(crate) fn see(scene: &Scene, of: Option<PersonId>) -> Result<Markup, No> {
    let people: Vec<Person> = scene.store.people()?;
    let mut sessions: Vec<Login> = scene.store.sessions()?;
    sessions.retain(|login| of.is_none_or(|person| login.person == person) && !is_over(scene.store, login, scene.now));
    let may_end = |login: &Login| {
        let roles = people.iter().find(|person| person.id == login.person).map(|person| person.roles);
        login.person == scene.person
            || roles.is_some_and(|roles| {
                scene.roles.any(&[Role::Head, Role::Technician]) && may_manage(scene.roles, roles, roles)
            })
    };
    Ok(html! {
        section {
            h2 { (scene.t("Yang sedang masuk", "Signed in now")) }
            @for login in &sessions {
                div data-row={ "session" (login.id.0) } tabindex="-1" {
                    p {
                        strong { (login.name) }
                        " · " (scene.t("sejak", "since")) " " (time(scene, &login.since))
                        " · " (scene.t("terakhir dipakai", "last used")) " " (time(scene, &login.seen))
                        @if let Some(address) = login.address.as_deref().filter(|address| !address.is_empty()) {
                            " · " (scene.t("dari", "from")) " " (address)
                        }
                        @if login.id == scene.login { " · " (scene.t("peramban ini", "this browser")) }
                    }
                    @if login.id != scene.login && may_end(login) {
                        (scene.post(&format!("/sessions/{}/end", login.id.0), None, button(scene.t("Keluarkan", "Sign out"), "X", "danger")))
                    }
                }
            }
        }
    })
}

/// "Senin 23 Nov 08.14 WIB", as the office reads its clock.
pub(crate) fn time(scene: &Scene, at: &Moment) -> String {
    let zone = scene.office.identity.zone;
    let local = at.local(zone);
    format!("{} {} {}", short_date(local.date(), scene.lang), clock(local.time()), zone.name())
}
