//! How a request is answered: a page for a person, JSON for a script, and always the truth.

use crate::access::Clerk;
use crate::connections::neighbour;
use crate::listener::Peer;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use queue::{Error, Fault, Lang, Refused};
use std::convert::Infallible;
use std::net::IpAddr;

/// Why nothing was done, in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct No {
    pub(crate) status: StatusCode,
    /// For scripts: the refusal's word, "bad-form", "stale-page" or "fault".
    pub(crate) code: String,
    id: String,
    en: String,
}

impl No {
    /// The form cannot be understood.
    pub(crate) fn bad(id: &str, en: &str) -> No {
        No { status: StatusCode::UNPROCESSABLE_ENTITY, code: "bad-form".into(), id: id.into(), en: en.into() }
    }

    /// There is no such page.
    pub(crate) fn no_page() -> No {
        No {
            status: StatusCode::NOT_FOUND,
            code: "no-such-page".into(),
            id: "Halaman itu tidak ada.".into(),
            en: "There is no such page.".into(),
        }
    }

    /// Another counter was faster, or several papers were only partly dealt with.
    pub(crate) fn conflict(code: &str, id: String, en: String) -> No {
        No { status: StatusCode::CONFLICT, code: code.into(), id, en }
    }

    /// The sentence.
    pub(crate) fn say(&self, lang: Lang) -> &str {
        match lang {
            Lang::Id => &self.id,
            Lang::En => &self.en,
        }
    }

    /// Whether the machine failed, not the wish.
    pub(crate) fn is_fault(&self) -> bool {
        self.status == StatusCode::SERVICE_UNAVAILABLE
    }
}

impl From<Refused> for No {
    fn from(refused: Refused) -> No {
        let status = match refused {
            Refused::UnknownTicket
            | Refused::UnknownCase
            | Refused::UnknownCounter
            | Refused::UnknownPrintJob
            | Refused::UnknownNotice => StatusCode::NOT_FOUND,
            _ => StatusCode::CONFLICT,
        };
        let code = serde_json::to_value(&refused).ok().and_then(|v| Some(v.get("refused")?.as_str()?.to_string()));
        No { status, code: code.unwrap_or_default(), id: refused.say(Lang::Id), en: refused.say(Lang::En) }
    }
}

impl From<Fault> for No {
    fn from(fault: Fault) -> No {
        No::fault(&fault.message)
    }
}

impl No {
    /// The machine failed; the journal gets the detail, the page a plain sentence.
    pub(crate) fn fault(detail: &str) -> No {
        tracing::error!("nothing was done: {detail}");
        No {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: "fault".into(),
            id: "Mesin antrean sedang bermasalah; perubahan terakhir mungkin belum tersimpan. Tunggu sebentar lalu muat \
                 ulang halaman. Bila terulang, hubungi teknisi."
                .into(),
            en: "The queue machine has a problem; the last change may not be saved. Wait a moment and reload the page. \
                 If it happens again, call the technician."
                .into(),
        }
    }
}

impl From<Error> for No {
    fn from(error: Error) -> No {
        match error {
            Error::Refused(refused) => refused.into(),
            Error::Fault(fault) => fault.into(),
        }
    }
}

/// What the request says about its reader.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asker {
    /// From the cookie; Indonesian without one.
    pub(crate) lang: Lang,
    /// A script that wants JSON instead of pages and redirects; below `/api/` everybody does.
    pub(crate) json: bool,
    /// Who is signed in; nobody on the way in.
    pub(crate) clerk: Option<Clerk>,
    /// Where it came from; `None` in a test that has no network.
    pub(crate) peer: Option<IpAddr>,
}

impl Asker {
    /// Whether it came from this machine itself.
    pub(crate) fn is_here(&self) -> bool {
        self.peer.is_none_or(|peer| peer.to_canonical().is_loopback())
    }

    pub(crate) fn of(headers: &HeaderMap, path: &str) -> Asker {
        let text = |name| headers.get_all(name).into_iter().filter_map(|v| v.to_str().ok());
        let english = text(header::COOKIE).flat_map(|v| v.split(';')).any(|cookie| cookie.trim() == "lang=en");
        let json = path.starts_with("/api/") || text(header::ACCEPT).any(|v| v.contains("application/json"));
        Asker { lang: if english { Lang::En } else { Lang::Id }, json, clerk: None, peer: None }
    }

    /// Whose guesses count together, beside an enrolled browser's own: one machine of the network.
    pub(crate) fn neighbour(self) -> String {
        self.peer.map_or_else(String::new, |peer| neighbour(peer).to_string())
    }

    /// A refusal or fault as JSON.
    pub(crate) fn json_no(self, no: &No) -> Response {
        json(no.status, &serde_json::json!({ "refused": no.code, "say": no.say(self.lang) }))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Asker, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<Peer>>().map(|info| info.0.0);
        Ok(Asker { clerk: parts.extensions.get().copied(), peer, ..Asker::of(&parts.headers, parts.uri.path()) })
    }
}

/// A JSON answer.
pub(crate) fn json(status: StatusCode, value: &serde_json::Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}
