//! The counters' console, in a browser: server-rendered pages over the store, usable without JavaScript.
//!
//! # Who may
//!
//! Everything but `/sign-in`, `/enrol`, `/assets/…` and the board of `/api/board` needs a sign-in, and most of it a role
//! (`rights.rs`). The first start
//! prints a one-time enrolment code on standard output; `POST /enrol` with `code`, `name`, `password` (8 characters or
//! more) and `pin` (4 to 6 digits) makes the first account, with every role. That account makes others, each with a
//! code of its own. A browser signs in once by `name` and `password`, later by `name` and `pin` (`POST /sign-in`); the
//! login ends after 30 minutes without use, after 10 hours, and with `POST /sign-out` (`everywhere=yes`).
//!
//! Scripts send `Authorization: Bearer TOKEN`. A person with the right makes one at `POST /tokens` (`label`, `role` once per
//! scope, `until` the last day); it ends after that day, by `POST /tokens/{id}/end`, and when a backup is restored, and never
//! reaches accounts, tokens and sessions. After five wrong guesses for an account at a browser the next ones are delayed, 429:
//! one minute to five; so are they after ten for several accounts at an enrolled browser, and after twenty from one address.
//!
//! # Routes
//!
//! Pages, which never change anything: `GET /`, `/counter/{n}`, `/cases`, `/cases?receipt=…`, `/cases/{id}`, `/notices`, `/office`, `/people`,
//! `/report?from=2026-11-01&to=2026-11-30` and the same as `/report.csv` and
//! `/report.xlsx` (optional `by=day\|month\|year`);
//! `GET /board.png` is what the board shows now, at most a few seconds old;
//! `GET /events` sends one server-sent event `change` after each change of the office.
//!
//! Acts are `POST` with form fields, of pages and of scripts alike. What each takes and answers, and which role it needs,
//! stands in `assets/openapi.json`, which `/api/openapi.json` serves; a page is redirected (303) where a script with
//! `Accept: application/json` is answered. Every act carries a `command`: the same one again changes nothing twice.

mod access;
mod account;
mod act;
mod answer;
mod api;
mod cases;
mod charts;
mod connections;
mod controls;
mod counter;
mod desk;
mod devices;
mod entry;
mod form;
mod gate;
mod guard;
mod home;
mod listener;
mod lists;
mod look;
mod notices;
mod office;
mod page;
mod people;
mod proving;
mod report;
mod reports;
mod rights;
mod secret;
mod serving;
mod sessions;
mod shell;
mod sign_in;
mod texts;
mod tls;

use anyhow::Context;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use queue::people::Role;
use queue::time::Moment;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// How the line on standard output begins that tells the one-time enrolment code.
pub const CODE_LINE: &str = "Kode pendaftaran sekali pakai: ";

/// The longest form, bytes: a thousand ticked cases.
const FORM_MAX: usize = 64 * 1024;

/// What `antrean staff` is told.
#[derive(Clone, Debug, clap::Parser)]
#[command(about = "The counters' console: serves web pages to a browser on this machine")]
pub struct Args {
    /// The folder that holds antrean.db and office.toml
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The address to listen on; beyond this machine (as 0.0.0.0:8443) over TLS, with the office's own certificate
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Beyond this machine without TLS: whoever is on the network can read passwords and act as the staff
    #[arg(long)]
    pub insecure_http_i_accept_the_risk: bool,
    /// Print a one-time enrolment code although there are accounts: for an office whose head cannot sign in any more
    #[arg(long)]
    pub enrol: bool,
}

pub use desk::Door;
pub use listener::Peer;

/// The console, ready to be served.
pub struct Console {
    /// Answers requests.
    pub app: Router,
    /// The one-time code that makes an account with every role, as people read it. Only while no enrolled head could let
    /// others in, or when it was asked for.
    pub code: Option<String>,
}

impl Args {
    fn door(&self) -> Door {
        let network = !self.listen.ip().is_loopback();
        Door { secure: network && !self.insecure_http_i_accept_the_risk, network }
    }
}

/// Serves the console until Ctrl-C or SIGTERM, and prints one line that ends with its address, before it one that ends
/// with the enrolment code if there is one.
///
/// # Errors
/// An address in use, a data folder that cannot be opened, and a key of the certificate authority that others may read.
pub fn run(args: Args) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(serve(args))
}

async fn serve(args: Args) -> anyhow::Result<()> {
    let door = args.door();
    let Console { app, code } = console(&args.data, queue::clock::now, door, args.enrol)?;
    let listener = tokio::net::TcpListener::bind(args.listen).await.with_context(|| {
        format!("cannot listen on {}: is another console running? Choose another port with --listen", args.listen)
    })?;
    let address = listener.local_addr()?;
    let scheme = if door.secure { "https" } else { "http" };
    match door {
        Door { network: false, .. } => tracing::info!("console at http://{address}/, for this machine only"),
        Door { secure: true, .. } => tracing::info!("console at https://{address}/"),
        _ => tracing::warn!("console at http://{address}/ WITHOUT TLS: whoever is on this network can read passwords"),
    }
    let authority = match door.secure {
        true => Some(tls::Authority::open(&args.data, &queue::Store::open(&args.data)?.office().identity.code)?),
        false => None,
    };
    // A closed standard output is no reason to stop.
    let mut out = std::io::stdout();
    if let Some(authority) = &authority {
        let _ = writeln!(out, "Sidik jari otoritas sertifikat (SHA-256): {}", authority.fingerprint()?);
    }
    if let Some(code) = code {
        // Void once used, and made anew at each start until then: who reads an old journal learns nothing.
        let _ = writeln!(out, "{CODE_LINE}{code}");
    }
    let _ = writeln!(out, "Konsol petugas: {scheme}://{address}/");
    let limits = connections::Limits::within(listener::raise_descriptors());
    let served = listener::serve(listener, authority, app, limits);
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    // Open event streams never end by themselves, so this does not wait for them; an act that has begun is finished
    // by the runtime before it stops.
    tokio::select! {
        () = served => Ok(()),
        _ = tokio::signal::ctrl_c() => Ok(()),
        _ = terminate.recv() => Ok(()),
    }
}

/// The whole console over the data in `dir`; `clock` tells the time, `door` where requests come from. With `enrol` it has
/// an enrolment code in any case.
///
/// # Errors
/// The data folder cannot be opened.
pub fn console(dir: &Path, clock: fn() -> Moment, door: Door, enrol: bool) -> anyhow::Result<Console> {
    let cannot = || format!("cannot open the data in {}", dir.display());
    let headed = || -> Result<bool, queue::Fault> {
        let store = queue::Store::open(dir)?;
        for person in store.people()?.iter().filter(|person| person.roles.has(Role::Head)) {
            // After a restore the account is there and its secrets are not.
            if store.secrets(person.id)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    };
    let headed = headed().with_context(cannot)?;
    let code = match enrol || !headed {
        true => Some(secret::code().map_err(|no| anyhow::anyhow!("{}", no.say(queue::Lang::En)))?),
        false => None,
    };
    let first_code = code.as_deref().map(secret::read_code);
    let desk = desk::Desk::open(dir, clock, door, first_code).with_context(cannot)?;
    let app = Router::new()
        .route("/", get(look::home))
        .route("/counter/{n}", get(look::counter))
        .route("/cases", get(look::cases))
        .route("/cases/{id}", get(look::case).post(act::on_cases))
        .route("/cases/{id}/{word}", post(act::on_case))
        .route("/counters/{n}/call", post(act::call))
        .route("/tickets/{id}/{word}", post(act::on_ticket))
        .route("/tickets/{id}/undo", post(act::undo))
        .route("/tickets/{id}/papers/network", post(act::order_network_slip))
        .route("/papers/{id}/{word}", post(act::on_paper))
        .route("/issue", post(act::issue))
        .route("/network/{word}", post(act::network))
        .route("/help/answered", post(act::answer_help))
        .route("/day/open", post(act::open_day))
        .route("/day/close", post(act::close_day))
        .route("/api/openapi.json", get(api::openapi))
        .route("/api/board", get(api::get_board))
        .route("/api/board/events", get(api::board_events))
        .route("/api/office", get(api::office))
        .route("/api/day", get(api::get_day))
        .route("/api/queue", get(api::queue))
        .route("/api/tickets", get(api::get_tickets))
        .route("/api/tickets/{ticket}", get(api::get_ticket))
        .route("/api/numbers/{number}", get(api::get_number))
        .route("/api/cases", get(api::get_cases))
        .route("/api/cases/{receipt}", get(api::get_case))
        .route("/api/report", get(api::get_report))
        .route("/report", get(look::report))
        .route("/report.csv", get(look::report_csv))
        .route("/report.xlsx", get(look::report_xlsx))
        .route("/office", get(look::office))
        .route("/office/hours", post(office::set_hours))
        .route("/office/holidays", post(office::add_holiday))
        .route("/office/holidays/{date}/remove", post(office::remove_holiday))
        .route("/office/ready", post(office::set_ready))
        .route("/notices", get(look::notices).post(notices::post))
        .route("/notices/{id}/end", post(notices::end))
        .route("/sign-in", get(entry::get_entry).post(sign_in::post_sign_in))
        .route("/enrol", get(entry::get_entry).post(sign_in::post_enrol))
        .route("/account", get(look::account).post(account::change))
        .route("/sign-out", post(sign_in::post_sign_out))
        .route("/people", get(look::people).post(people::set))
        .route("/people/{id}/code", post(people::renew))
        .route("/tokens", post(people::make_token))
        .route("/tokens/{id}/end", post(people::end_token))
        .route("/sessions/{id}/end", post(sessions::end))
        .route("/devices/forget", post(people::forget_devices))
        .route("/ca.pem", get(look::authority))
        .route("/board.png", get(look::board_picture))
        .route("/events", get(look::events))
        .route("/assets/{name}", get(look::asset))
        .fallback(look::nothing)
        .method_not_allowed_fallback(look::wrong_method)
        .layer(DefaultBodyLimit::max(FORM_MAX))
        .layer(from_fn_with_state(desk.clone(), guard::guard))
        .with_state(desk);
    Ok(Console { app, code })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[test]
    fn beyond_this_machine_there_is_tls_unless_somebody_accepts_the_risk_in_writing() {
        let door = |rest: &[&str]| {
            let all = ["staff", "--data", "d"].iter().chain(rest).copied();
            Args::try_parse_from(all).map(|args| args.door()).map(|door| (door.network, door.secure))
        };
        assert_eq!(door(&[]).unwrap(), (false, false));
        assert_eq!(door(&["--listen", "[::1]:0"]).unwrap(), (false, false));
        for address in ["0.0.0.0:8443", "192.168.1.5:8443", "[::]:8443"] {
            assert_eq!(door(&["--listen", address]).unwrap(), (true, true), "{address}");
            let plain = ["--listen", address, "--insecure-http-i-accept-the-risk"];
            assert_eq!(door(&plain).unwrap(), (true, false), "{address}");
        }
        assert!(door(&["--listen", "8080"]).is_err() && door(&["--listen", "localhost"]).is_err());
    }
}
