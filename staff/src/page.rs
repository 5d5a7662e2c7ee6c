//! The pages, what stands around each of them, and the forms' common parts.

use crate::answer::{Asker, No};
use crate::desk::Desk;
use crate::form::Fields;
use crate::report::Unit;
use crate::rights::need;
use crate::sign_in::clerk;
use crate::texts::{self, t};
use crate::{account, cases, counter, devices, home, look, notices, office, people, reports};
use axum::http::Method;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use maud::{DOCTYPE, Markup, html};
use queue::board::{Board, DayStatus};
use queue::case::CaseId;
use queue::heartbeat::{Device, Heartbeat};
use queue::office::Office;
use queue::printing::PrinterStatus;
use queue::store::people::{Role, Roles};
use queue::ticket::{CounterNumber, Ticket, TicketId};
use queue::time::{Moment, clock};
use queue::{Command, Lang, Store, words};
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
            Page::Home => (t(lang, "Pilih loket", "Choose a counter").into(), home::see(&scene)),
            Page::Counter(n) => counter::see(&scene, n, query)?,
            Page::Cases => (t(lang, "Permohonan", "Cases").into(), cases::see(&scene, query)?),
            Page::Case(id) => cases::see_one(&scene, id)?,
            Page::Office => (t(lang, "Jam dan libur", "Hours and holidays").into(), office::see(&scene)),
            Page::Notices => (t(lang, "Pengumuman", "Notices").into(), notices::see(&scene)?),
            Page::Report => {
                let (report, period) = look::figures(store, now, query)?;
                (t(lang, "Laporan", "Report").into(), reports::see(&scene, &report, period, look::unit(query, period)))
            }
            Page::People => (t(lang, "Petugas", "People").into(), people::see(&scene)?),
            Page::Account => (t(lang, "Kata sandi", "Password").into(), account::see(&scene)),
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
    help: Option<Moment>,
    /// Who is signed in, and with which roles.
    pub(crate) clerk: String,
    roles: Roles,
}

impl<'a> Scene<'a> {
    pub(crate) fn of(store: &'a Store, now: Moment, asker: Asker) -> Result<Scene<'a>, No> {
        let (board, printer) = (store.board(now)?, store.printer_status()?);
        let login = clerk(asker)?.login(store)?;
        let (office, lang) = (store.office(), asker.lang);
        let (help, display, kiosk) =
            (store.help_asked()?, store.heartbeat(Device::Display)?, store.heartbeat(Device::Kiosk)?);
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

    /// "12 menit"; a dash when the machine was restarted since, because then nobody measured.
    pub(crate) fn minutes(&self, since: &Moment) -> String {
        match self.now.since(since) {
            Some(time) => format!("{} {}", time.as_secs() / 60, self.t("menit", "min")),
            None => "–".into(),
        }
    }

    /// Whether who is signed in may send this form.
    pub(crate) fn may(&self, action: &str) -> bool {
        need(&Method::POST, action).met_by(self.roles)
    }

    /// A form that acts: it carries a command of its own, so that pressing twice does nothing twice. Nothing for somebody
    /// without the role for it: a button that is always refused teaches people to ignore refusals.
    pub(crate) fn post(&self, action: &str, counter: Option<CounterNumber>, inner: Markup) -> Markup {
        html! {
            @if self.may(action) {
                form method="post" action=(action) {
                    input type="hidden" name="command" value=(Command::new("").id);
                    @if let Some(n) = counter { input type="hidden" name="counter" value=(n); }
                    (inner)
                }
            }
        }
    }

    /// A form that acts on a ticket, and says which state of it the reader saw.
    pub(crate) fn on_ticket(&self, word: &str, counter: CounterNumber, ticket: &Ticket, inner: Markup) -> Markup {
        let inner = html! {
            input type="hidden" name="seen" value=(ticket.state.seen());
            (inner)
        };
        self.post(&ticket_route(ticket, word), Some(counter), inner)
    }

    /// What the redirect after an act says, always read anew from the store.
    fn notice(&self, page: Page, query: &Fields) -> Result<Option<String>, No> {
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
            return Ok(Some(format!("{}: {standing}{}", ticket.number, receipt.unwrap_or_default())));
        }
        if let Ok(id) = query.get("case").parse()
            && let Some(case) = self.store.case(CaseId(id))?
        {
            return Ok(Some(format!("{}: {}", case.receipt, texts::case_standing(&case, self.lang))));
        }
        if let Ok(count) = query.get("several").parse::<u32>() {
            return Ok(Some(format!("{count} {}", self.t("permohonan diubah.", "cases changed."))));
        }
        if query.yes("saved") {
            return Ok(Some(self.t("Tersimpan; sudah berlaku.", "Saved; in effect now.").into()));
        }
        if query.yes("changed") {
            return Ok(Some(self.t("Kata sandi dan PIN diganti.", "Password and PIN are changed.").into()));
        }
        let nobody = query.yes("nobody").then(|| self.t("Tidak ada yang menunggu loket ini.", "Nobody is waiting."));
        Ok(nobody.map(Into::into))
    }

    /// The whole document around `body`.
    pub(crate) fn shell(
        &self,
        page: Page,
        query: &Fields,
        title: &str,
        notice: Option<(&str, String)>,
        body: Markup,
    ) -> Markup {
        let here = here(page, query);
        let other = self.t("en", "id");
        let local = self.now.local(self.office.identity.zone);
        let content = html! {
            header {
                div {
                    strong { (self.office.identity.name) }
                    nav {
                        a href="/" aria-current=[(page == Page::Home).then_some("page")] { (self.t("Loket", "Counters")) }
                        a href="/cases" aria-current=[(page == Page::Cases).then_some("page")] { (self.t("Permohonan", "Cases")) }
                        @if self.may("/notices") {
                            a href="/notices" aria-current=[(page == Page::Notices).then_some("page")] { (self.t("Pengumuman", "Notices")) }
                        }
                        @if self.roles.has(Role::Head) {
                            a href="/office" aria-current=[(page == Page::Office).then_some("page")] { (self.t("Jam & libur", "Hours")) }
                            a href="/report" aria-current=[(page == Page::Report).then_some("page")] { (self.t("Laporan", "Report")) }
                        }
                        @if self.roles.any(&[Role::Head, Role::Technician]) {
                            a href="/people" aria-current=[(page == Page::People).then_some("page")] { (self.t("Petugas", "People")) }
                        }
                    }
                    a.lang href={ (page.path()) "?lang=" (other) } lang=(other) { (self.t("English", "Bahasa Indonesia")) }
                }
                (self.status(local.time(), page))
            }
            p.bar #changed hidden {
                (self.t("Ada perubahan. Isian Anda tidak diganti.", "Something changed. Your entries were kept."))
                " " a href=(here) { (self.t("Muat ulang", "Reload")) }
            }
            p.bar.bad #offline hidden {
                (self.t("Sambungan ke mesin antrean terputus; halaman ini mungkin tidak terbaru.",
                    "No connection to the queue machine; this page may be out of date."))
            }
            // What was done is read anew with the page; a refusal stays until the next act.
            @if let Some(("no", text)) = &notice { p.notice.no role="alert" { (text) } }
            div #notice data-part="" {
                @if let Some(("done", text)) = &notice { p.notice role="status" { (text) } }
            }
            main { (body) }
            footer {
                a href=(here) { (self.t("Muat ulang", "Reload")) }
                " · " (self.t("masuk sebagai", "signed in as")) " " a href="/account" { strong { (self.clerk) } }
                form.out method="post" action="/sign-out" {
                    (button(self.t("Keluar", "Sign out"), "", ""))
                    label { input type="checkbox" name="everywhere" value="yes"; " " (self.t("di semua peramban", "at every browser")) }
                }
            }
        };
        // A mark in the title is seen on another tab too.
        let mark = if self.help.is_some() { "❗ " } else { "" };
        document(self.lang, &format!("{mark}{title} · {}", self.office.identity.name), &here, content)
    }

    fn status(&self, time: jiff::civil::Time, page: Page) -> Markup {
        let open = matches!(self.board.day, DayStatus::Open { .. });
        // Whoever goes to the kiosk comes back to the own counter's page.
        let counter = match page {
            Page::Counter(n) => Some(n),
            _ => None,
        };
        html! {
            ul.status #status data-part="" {
                @if let Some(since) = &self.help {
                    li.bad {
                        (self.t("Pemohon di kiosk meminta bantuan", "An applicant at the kiosk asks for help")) " · " (self.minutes(since)) " "
                        (self.post("/help/answered", counter, button(self.t("Saya ke sana", "I am going"), "", "")))
                    }
                }
                li.warn[!open] { (texts::day(self.board.day, self.lang)) " · " (clock(time)) " " (self.office.identity.zone.name()) }
                @if let Some(since) = self.board.network_down {
                    li.bad { (self.t("Jaringan terganggu", "Network disturbed")) " · " (self.minutes(&since)) }
                } @else {
                    li { (self.t("Jaringan normal", "Network normal")) }
                }
                @match &self.printer {
                    Some(printer) => li.bad[!printer.state.prints()] title=(printer.detail) { (texts::printer(printer.state, self.lang)) },
                    None => li.warn { (self.t("Pencetak belum dijalankan", "The printer is not running")) },
                }
                (devices::board(self))
                (devices::kiosk(self))
                (devices::office(self))
            }
        }
    }
}

/// The page's own address, with what its last act left to be told. Only figures and dates are repeated from the query.
fn here(page: Page, query: &Fields) -> String {
    let path = page.path();
    if let (Page::Report, Ok(from), Ok(to)) = (page, query.get("from").parse::<Date>(), query.get("to").parse::<Date>())
    {
        let by = Unit::from_word(query.get("by")).map(|unit| format!("&by={}", unit.word()));
        return format!("{path}?from={from}&to={to}{}", by.unwrap_or_default());
    }
    for name in ["ticket", "case", "several"] {
        if let Ok(id) = query.get(name).parse::<i64>() {
            return format!("{path}?{name}={id}");
        }
    }
    path
}

/// The page as it is now, with the refusal above it.
pub(crate) async fn refuse(desk: &Arc<Desk>, asker: Asker, page: Page, no: No) -> Response {
    if asker.json {
        return asker.json_no(&no);
    }
    let above = no.clone();
    let see = move |store: &mut Store, now| page.see(store, now, asker, &Fields::default(), Some(&above));
    let markup = match no.is_fault() {
        true => Err(no.clone()),
        false => desk.ask(see).await,
    };
    (no.status, markup.unwrap_or_else(|_| bare(&no, asker.lang))).into_response()
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
            p { a.button href=(onward) { (t(lang, "Lanjut", "Continue")) } }
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
                link rel="stylesheet" href="/assets/console.css";
                script src="/assets/console.js" defer {}
            }
            body data-here=(here) { (content) }
        }
    }
}

/// `POST /tickets/{id}/{word}`.
pub(crate) fn ticket_route(ticket: &Ticket, word: &str) -> String {
    format!("/tickets/{}/{word}", ticket.id.0)
}

/// A submitting button with its key.
pub(crate) fn button(label: &str, key: &str, class: &str) -> Markup {
    html! {
        button type="submit" class=[(!class.is_empty()).then_some(class)] data-key=[(!key.is_empty()).then_some(key)] {
            (label) @if !key.is_empty() { " " kbd { (key) } }
        }
    }
}

/// A form behind a summary, for acts that need a word first; nothing where there is no form.
pub(crate) fn folded(label: &str, key: &str, inner: Markup) -> Markup {
    html! {
        @if !inner.0.is_empty() {
            details {
                summary data-key=[(!key.is_empty()).then_some(key)] {
                    (label) " …" @if !key.is_empty() { " " kbd { (key) } }
                }
                (inner)
            }
        }
    }
}
