//! The pages and what each of them knows. What stands around them: `shell.rs`; what stands in their forms: `controls.rs`.

use crate::answer::{Asker, FIELDS, No};
use crate::controls::link;
use crate::desk::Desk;
use crate::form::Fields;
use crate::report::{Past, Unit};
use crate::rights::need;
use crate::sign_in::clerk;
use crate::texts::{self, t};
use crate::{account, assets, cases, counter, history, home, notices, office, people, reports, today};
use axum::http::Method;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{DOCTYPE, Markup, html};
use queue::board::Board;
use queue::case::CaseId;
use queue::devices::{Device, Heartbeat};
use queue::journal::Actor;
use queue::office::Office;
use queue::people::{LoginId, PersonId, Roles};
use queue::printing::{JobId, PrinterStatus};
use queue::ticket::{CounterNumber, TicketId};
use queue::time::Moment;
use queue::{Lang, Store, words};
use std::sync::Arc;

/// A page that can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// Counters and the day.
    Home,
    /// One counter's desk.
    Counter(CounterNumber),
    /// The back office's worklist.
    Cases,
    /// One application.
    Case(CaseId),
    /// Hours, holidays and the sentence on the receipt.
    Office,
    /// What the board announces.
    Notices,
    /// The office at one look, live.
    Today,
    /// What happened to a number or an application.
    History,
    /// The head of office's figures.
    Report,
    /// Accounts, roles and tokens.
    People,
    /// One's own password and PIN.
    Account,
}

impl Page {
    /// Its address.
    pub(crate) fn path(self) -> String {
        match self {
            Page::Home => "/".into(),
            Page::Counter(n) => format!("/counter/{n}"),
            Page::Cases => "/cases".into(),
            Page::Case(CaseId(id)) => format!("/cases/{id}"),
            Page::Office => "/office".into(),
            Page::Notices => "/notices".into(),
            Page::Today => "/today".into(),
            Page::History => "/history".into(),
            Page::Report => "/report".into(),
            Page::People => "/people".into(),
            Page::Account => "/account".into(),
        }
    }

    /// The page as of now; `no` is what was just refused on it.
    pub(crate) fn see(
        self,
        store: &Store,
        now: Moment,
        asker: Asker,
        query: &Fields,
        no: Option<&No>,
    ) -> Result<Markup, No> {
        let (scene, lang) = (Scene::of(store, now, asker)?, asker.lang);
        let notice = match no {
            Some(no) => Some(("no", no.say(lang).to_string())),
            None => scene.notice(self, query)?.map(|text| ("done", text)),
        };
        let (title, body) = match self {
            Page::Home => (t(lang, "Pilih loket", "Choose a counter").into(), home::see(&scene)?),
            Page::Counter(n) => counter::see(&scene, n, query)?,
            Page::Cases => (t(lang, "Permohonan", "Cases").into(), cases::see(&scene, query)?),
            Page::Case(id) => cases::see_one(&scene, id)?,
            Page::Office => (t(lang, "Jam dan libur", "Hours and holidays").into(), office::see(&scene)),
            Page::Notices => (t(lang, "Pengumuman", "Notices").into(), notices::see(&scene)?),
            Page::Today => (t(lang, "Hari ini", "Today").into(), today::see(&scene)?),
            Page::History => history::see(&scene, query)?,
            Page::Report => (t(lang, "Laporan", "Report").into(), reports::see(&scene, query, &Past::default())?),
            Page::People => (t(lang, "Petugas", "People").into(), people::see(&scene)?),
            Page::Account => (t(lang, "Kata sandi", "Password").into(), account::see(&scene)?),
        };
        Ok(scene.shell(self, query, &title, notice, body))
    }
}

/// What every page tells.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) store: &'a Store,
    pub(crate) office: &'a Office,
    pub(crate) lang: Lang,
    pub(crate) now: Moment,
    pub(crate) board: Board,
    pub(crate) printer: Option<PrinterStatus>,
    /// The last sign of life of the board of the waiting room.
    pub(crate) display: Option<Heartbeat>,
    pub(crate) kiosk: Option<Heartbeat>,
    /// Since when somebody at the kiosk waits for an officer.
    pub(crate) help: Option<Moment>,
    /// Who is signed in, and with which roles.
    pub(crate) person: PersonId,
    /// The login that this page is read with.
    pub(crate) login: LoginId,
    pub(crate) actor: Actor,
    pub(crate) clerk: String,
    pub(crate) roles: Roles,
}

impl<'a> Scene<'a> {
    pub(crate) fn of(store: &'a Store, now: Moment, asker: Asker) -> Result<Scene<'a>, No> {
        let (board, printer) = (store.board(now)?, store.printer_status());
        let login = clerk(asker)?.login(store)?;
        let (office, lang) = (store.office(), asker.lang);
        let (help, display, kiosk) =
            (store.help_asked()?, store.heartbeat(Device::Display), store.heartbeat(Device::Kiosk));
        Ok(Scene {
            store,
            office,
            lang,
            now,
            board,
            printer,
            display,
            kiosk,
            help,
            person: login.person,
            login: login.id,
            actor: login.actor(),
            clerk: login.name,
            roles: login.roles,
        })
    }

    /// The text in the reader's language.
    pub(crate) fn t<'t>(&self, id: &'t str, en: &'t str) -> &'t str {
        t(self.lang, id, en)
    }

    /// The office's word for a state or action.
    pub(crate) fn word<'t>(&self, word: &'t str) -> &'t str {
        words::say(word, self.lang)
    }

    /// "Desa Kaliau", "Kaliau village".
    pub(crate) fn village(&self, name: &str) -> String {
        match self.lang {
            Lang::Id => format!("Desa {name}"),
            Lang::En => format!("{name} village"),
        }
    }

    /// "12 menit"; a dash when the machine was restarted since, because then nobody measured.
    pub(crate) fn minutes(&self, since: &Moment) -> String {
        match self.now.since(since) {
            Some(time) => format!("{} {}", time.as_secs() / 60, self.t("menit", "min")),
            None => "–".into(),
        }
    }

    /// Whether who is signed in may look at this page.
    pub(crate) fn may_see(&self, page: &str) -> bool {
        need(&Method::GET, page).met_by(self.roles)
    }

    /// Whether who is signed in may send this form.
    pub(crate) fn may(&self, action: &str) -> bool {
        need(&Method::POST, action).met_by(self.roles)
    }

    /// What was done to several applications at once.
    fn several(&self, count: u32, query: &Fields) -> String {
        let (id, en) = match query.get("did") {
            "print" => ("KTP-el ditandai tercetak.", "cards marked as printed."),
            "make-ready" => ("KTP-el ditandai siap diambil.", "cards marked as ready."),
            "hold-case" => ("pencetakan ditunda.", "printings put off."),
            "undo" => ("tindakan diurungkan.", "acts taken back."),
            "send-to-village" => {
                let village = self.village(query.get("village"));
                return format!("{count} {} {village}.", self.t("KTP-el diserahkan ke", "cards handed over to"));
            }
            _ => ("permohonan diubah.", "cases changed."),
        };
        format!("{count} {}", self.t(id, en))
    }

    /// What the redirect after an act says, always read anew from the store.
    fn notice(&self, page: Page, query: &Fields) -> Result<Option<String>, No> {
        if let Ok(id) = query.get("void").parse()
            && let Some(job) = self.store.print_job(JobId(id))?
        {
            return Ok(Some(format!(
                "{}: {}",
                texts::paper(job.document.body.paper(), self.lang),
                self.t(
                    "tidak berlaku lagi. Mohon minta kembali kertasnya dari pemohon.",
                    "no longer valid. Please ask the applicant to give the paper back."
                )
            )));
        }
        if let Ok(id) = query.get("ticket").parse()
            && let Some(ticket) = self.store.ticket(TicketId(id))?
        {
            if ticket.state.counter().map(Page::Counter) == Some(page) {
                return Ok(None); // The page itself shows it large.
            }
            let standing = words::standing(&ticket.state, self.office, self.lang);
            let receipt = match ticket.case {
                Some(case) => self.store.case(case)?.map(|case| case.receipt),
                None => None,
            };
            let receipt = receipt.map(|r| format!(" · {} {r}", self.t("tanda terima", "receipt")));
            return Ok(Some(format!("{} {standing}{}", ticket.number, receipt.unwrap_or_default())));
        }
        if let Ok(id) = query.get("case").parse()
            && let Some(case) = self.store.case(CaseId(id))?
        {
            return Ok(Some(format!("{}: {}", case.receipt, texts::case_standing(&case, self.lang))));
        }
        if let Ok(count) = query.get("several").parse::<u32>() {
            return Ok(Some(self.several(count, query)));
        }
        if query.yes("saved") {
            return Ok(Some(self.t("Tersimpan dan sudah berlaku.", "Saved; in effect now.").into()));
        }
        if query.yes("changed") {
            return Ok(Some(self.t("Kata sandi dan PIN diganti.", "Password and PIN are changed.").into()));
        }
        let nobody = query.yes("nobody").then(|| self.t("Tidak ada yang menunggu loket ini.", "Nobody is waiting."));
        Ok(nobody.map(Into::into))
    }
}

/// What can be done to several applications at once.
pub(crate) const DID: [&str; 5] = ["print", "make-ready", "send-to-village", "hold-case", "undo"];

/// The page's own address, with what it was asked for and what its last act left to be told. Only figures, dates and plain
/// words are repeated from the query.
pub(crate) fn here(page: Page, query: &Fields) -> String {
    let path = page.path();
    if let (Page::Report, Some(from), Some(to)) =
        (page, history::date(query.get("from")), history::date(query.get("to")))
    {
        let by = Unit::from_word(query.get("by")).map(|unit| format!("&by={}", unit.word()));
        return format!("{path}?from={from}&to={to}{}", by.unwrap_or_default());
    }
    if page == Page::History {
        return history::here(query);
    }
    let mut kept = Vec::new();
    let village = query.get("village");
    if page == Page::Cases && !village.is_empty() && village.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ') {
        kept.push(format!("village={}", village.replace(' ', "+")));
    }
    let figure = ["void", "ticket", "case", "several"]
        .into_iter()
        .find_map(|name| Some(format!("{name}={}", query.get(name).parse::<i64>().ok()?)));
    kept.extend(figure);
    if let Some(did) = DID.into_iter().find(|did| *did == query.get("did")) {
        kept.push(format!("did={did}"));
    }
    if kept.is_empty() { path } else { format!("{path}?{}", kept.join("&")) }
}

/// The page as it is now, with the refusal above it.
pub(crate) async fn refuse(desk: &Arc<Desk>, asker: Asker, page: Page, no: No) -> Response {
    if asker.json {
        return asker.json_no(&no);
    }
    let above = no.clone();
    let see = move |store: &Store, now| page.see(store, now, asker, &Fields::default(), Some(&above));
    let markup = match no.is_fault() {
        true => Err(no.clone()),
        false => desk.look(see).await,
    };
    let fields = [(FIELDS, no.fields.join(" "))];
    (no.status, fields, markup.unwrap_or_else(|_| bare(&no, asker.lang))).into_response()
}

/// With `lang` in the query: the choice is kept, and the page at `path` shown in it.
pub(crate) fn choose_language(query: &Fields, path: &str) -> Option<Response> {
    let lang = ["id", "en"].into_iter().find(|lang| query.get("lang") == *lang)?;
    let cookie = format!("lang={lang}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
    Some(([(SET_COOKIE, cookie)], Redirect::to(path)).into_response())
}

/// A refusal where no page stands behind it.
pub(crate) fn alone(asker: Asker, no: &No) -> Response {
    if asker.json {
        return asker.json_no(no);
    }
    (no.status, bare(no, asker.lang)).into_response()
}

/// A page that needs nothing from the store: for faults, unknown addresses and requests from outside.
pub(crate) fn bare(no: &No, lang: Lang) -> Markup {
    bare_with(no, lang, "/")
}

/// The same, with another page to go on with.
pub(crate) fn bare_with(no: &No, lang: Lang, onward: &str) -> Markup {
    let content = html! {
        main {
            p.notice.no role="alert" { (no.say(lang)) }
            p { (link(t(lang, "Lanjut", "Continue"), "L", onward)) }
        }
    };
    document(lang, t(lang, "Konsol petugas", "Staff console"), "/", content)
}

/// The HTML around everything.
pub(crate) fn document(lang: Lang, title: &str, here: &str, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(t(lang, "id", "en")) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="icon" href="/assets/icon.svg";
                link rel="stylesheet" href=(assets::address("console.css"));
                script src=(assets::address("console.js")) defer {}
            }
            body data-here=(here) { (content) }
        }
    }
}
