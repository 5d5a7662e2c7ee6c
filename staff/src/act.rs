//! The acts: every route that changes something. Each is one command of the store; what it did is read anew after
//! the redirect, so a page never tells more than the store knows.

use crate::access::same_person;
use crate::answer::{self, Asker, No};
use crate::api;
use crate::desk::Desk;
use crate::form::{self, Fields};
use crate::home;
use crate::page::{self, Page, Scene};
use crate::sign_in::clerk;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use maud::Markup;
use queue::board::DayStatus;
use queue::case::CaseId;
use queue::journal::Actor;
use queue::printing::JobId;
use queue::ticket::{CounterNumber, Seq, Ticket, TicketId};
use queue::time::Moment;
use queue::visit::Action;
use queue::{Command, Lang, Refused, Store};
use serde_json::{Value, json};
use std::sync::Arc;

/// A form as it came, readable or not.
pub(crate) type Sent = Result<Form<Vec<(String, String)>>, FormRejection>;
pub(crate) type Shared = State<Arc<Desk>>;

/// What an act came to.
pub(crate) struct Done {
    /// For scripts.
    pub(crate) json: Value,
    /// Where to look next: the page's own query, without the question mark.
    pub(crate) query: String,
    /// A page to show at once instead.
    pub(crate) show: Option<Markup>,
}

impl Done {
    pub(crate) fn new(json: Value, query: String) -> Done {
        Done { json, query, show: None }
    }
}

/// Does `work`, in the name of who is signed in, for a form that stands on `page`, or on the page of the counter it names.
/// A form that was drawn for another person is refused.
pub(crate) async fn carry_out<F>(desk: Arc<Desk>, asker: Asker, sent: Sent, page: Page, work: F) -> Response
where
    F: FnOnce(&mut Store, &Desk, &Fields, &Actor, Moment) -> Result<Done, No> + Send + 'static,
{
    let Ok(Form(fields)) = sent else {
        let no =
            No::bad("Formulir tidak dapat dibaca. Muat ulang halaman.", "The form is unreadable. Reload the page.");
        return page::refuse(&desk, asker, page, no).await;
    };
    let fields = Fields(fields);
    let page = fields.counter().ok().flatten().map_or(page, Page::Counter);
    let at = desk.clone();
    let result = desk.ask(move |store, now| {
        let login = clerk(asker)?.login(store)?;
        same_person(&fields, &login)?;
        Ok((work(store, &at, &fields, &login.actor(), now)?, login.name))
    });
    let (result, by) = match result.await {
        Ok((done, by)) => (Ok(done), by),
        Err(no) => (Err(no), String::new()),
    };
    match &result {
        // Never the answer itself: it may hold a code or a token.
        Ok(done) => tracing::info!("{}?{}: by {by}", page.path(), done.query),
        Err(no) => tracing::info!("{}: refused, {}", page.path(), no.code),
    }
    match result {
        Err(no) => page::refuse(&desk, asker, page, no).await,
        Ok(done) if asker.json => answer::json(StatusCode::OK, &done.json),
        Ok(Done { show: Some(markup), .. }) => markup.into_response(),
        Ok(Done { query, .. }) if asker.stays => {
            let query = Fields::of_query(&query);
            match desk.look(move |store, now| page.see(store, now, asker, &query, None)).await {
                Ok(markup) => markup.into_response(),
                Err(no) => page::alone(asker, &no),
            }
        }
        Ok(Done { query, .. }) if query.is_empty() => Redirect::to(&page.path()).into_response(),
        Ok(Done { query, .. }) => Redirect::to(&format!("{}?{query}", page.path())).into_response(),
    }
}

fn id(text: &str, unknown: Refused) -> Result<i64, No> {
    text.parse().map_err(|_| unknown.into())
}

/// `POST /tickets/{id}/{word}`
pub(crate) async fn on_ticket(
    State(desk): Shared,
    asker: Asker,
    Path((ticket, word)): Path<(String, String)>,
    sent: Sent,
) -> Response {
    carry_out(desk, asker, sent, Page::Home, move |store, _, fields, by, now| {
        let command = fields.command(by, now)?;
        let action = form::action(&word, fields, store.office())?;
        let known = known_ticket(store, &ticket)?;
        let seen = Some(fields.get("seen")).filter(|seen| !seen.is_empty());
        let after = store.act(&command, known.id, &action, seen)?;
        let after = go_on(store, &command, after, fields)?;
        Ok(Done::new(api::ticket(store, &after)?, format!("ticket={}", after.id.0)))
    })
    .await
}

/// What the same press does besides: `then=call` calls the next one, `then=stay` lets the applicant go on at the same counter,
/// without a call that the waiting room would hear. What the rules refuse of it is left undone: the page shows what stands.
fn go_on(store: &mut Store, command: &Command, ticket: Ticket, fields: &Fields) -> Result<Ticket, No> {
    let Some(counter) = command.counter else { return Ok(ticket) };
    let part = |part: &str| Command { id: format!("{}-{part}", command.id), ..command.clone() };
    let done = match fields.get("then") {
        "call" => store.call_next(&part("call"), counter).map(|_| ticket.clone()),
        "stay" => {
            let call = Action::CallChosen { counter, reason: "lanjut di loket yang sama".into() };
            let called = store.act(&part("call"), ticket.id, &call, None);
            called.and_then(|_| store.act(&part("start"), ticket.id, &Action::Start, None))
        }
        _ => return Ok(ticket),
    };
    match done {
        Ok(after) => Ok(after),
        Err(queue::Error::Refused(_)) => Ok(store.ticket(ticket.id)?.unwrap_or(ticket)),
        Err(fault) => Err(fault.into()),
    }
}

/// `POST /tickets/{id}/undo`: takes back the act of the event `act`.
pub(crate) async fn undo(State(desk): Shared, asker: Asker, Path(ticket): Path<String>, sent: Sent) -> Response {
    carry_out(desk, asker, sent, Page::Home, move |store, _, fields, by, now| {
        let command = fields.command(by, now)?;
        let act = fields.get("act").parse().map_err(|_| No::bad("Muat ulang halaman.", "Reload the page."))?;
        let known = known_ticket(store, &ticket)?;
        let before = store.undo(&command, known.id, Seq(act))?;
        let query = match store.paper_out(Seq(act))? {
            Some(paper) => format!("void={}", paper.id.0),
            None => format!("ticket={}", before.id.0),
        };
        Ok(Done::new(api::ticket(store, &before)?, query))
    })
    .await
}

fn known_ticket(store: &Store, ticket: &str) -> Result<Ticket, No> {
    let ticket = TicketId(id(ticket, Refused::UnknownTicket)?);
    Ok(store.ticket(ticket)?.ok_or(Refused::UnknownTicket)?)
}

/// `POST /tickets/{id}/papers/network`
pub(crate) async fn order_network_slip(
    State(desk): Shared,
    asker: Asker,
    Path(ticket): Path<String>,
    sent: Sent,
) -> Response {
    carry_out(desk, asker, sent, Page::Home, move |store, _, fields, by, now| {
        let command = fields.command(by, now)?;
        let known = known_ticket(store, &ticket)?;
        let JobId(job) = store.order_network_slip(&command, known.id)?;
        Ok(Done::new(json!({ "paper": job }), String::new()))
    })
    .await
}

/// `POST /counters/{n}/call`
pub(crate) async fn call(State(desk): Shared, asker: Asker, Path(n): Path<String>, sent: Sent) -> Response {
    let counter = n.parse::<CounterNumber>();
    let page = counter.as_ref().map_or(Page::Home, |n| Page::Counter(*n));
    carry_out(desk, asker, sent, page, move |store, _, fields, by, now| {
        let counter = counter.map_err(|_| Refused::UnknownCounter)?;
        let mut command = fields.command(by, now)?;
        command.counter = Some(counter);
        Ok(match store.call_next(&command, counter)? {
            Some(ticket) => Done::new(api::ticket(store, &ticket)?, String::new()),
            None => Done::new(json!({ "number": null }), "nobody=yes".into()),
        })
    })
    .await
}

/// `POST /issue`
pub(crate) async fn issue(State(desk): Shared, asker: Asker, sent: Sent) -> Response {
    carry_out(desk, asker, sent, Page::Home, move |store, _, fields, by, now| {
        let (command, wish) = (fields.command(by, now)?, fields.issue()?);
        let issued = match fields.reason()?.as_str() {
            "" => store.issue(&command, &wish)?,
            reason => store.issue_overruling(&command, &wish, reason)?,
        };
        let mut json = api::ticket(store, &issued.ticket)?;
        json["ahead"] = issued.ahead.into();
        json["wait"] = issued.wait.say(asker.lang).into();
        Ok(Done::new(json, format!("ticket={}", issued.ticket.id.0)))
    })
    .await
}

/// `POST /network/{down|up}`
pub(crate) async fn network(State(desk): Shared, asker: Asker, Path(word): Path<String>, sent: Sent) -> Response {
    carry_out(desk, asker, sent, Page::Home, move |store, _, fields, by, now| {
        let down = match word.as_str() {
            "down" => true,
            "up" => false,
            _ => return Err(No::no_page()),
        };
        store.set_network(&fields.command(by, now)?, down)?;
        Ok(Done::new(json!({ "network": word }), String::new()))
    })
    .await
}

/// `POST /help/answered`
pub(crate) async fn answer_help(State(desk): Shared, asker: Asker, sent: Sent) -> Response {
    carry_out(desk, asker, sent, Page::Home, move |store, _, fields, by, now| {
        store.answer_help(&fields.command(by, now)?)?;
        Ok(Done::new(json!({ "help": "answered" }), String::new()))
    })
    .await
}

/// `POST /papers/{id}/{answer|reprint}`
pub(crate) async fn on_paper(
    State(desk): Shared,
    asker: Asker,
    Path((job, word)): Path<(String, String)>,
    sent: Sent,
) -> Response {
    carry_out(desk, asker, sent, Page::Home, move |store, _, fields, by, now| {
        let command = fields.command(by, now)?;
        let job = JobId(id(&job, Refused::UnknownPrintJob)?);
        let JobId(paper) = match (word.as_str(), fields.get("came_out")) {
            ("reprint", _) => store.reprint(&command, job)?,
            ("answer", answer @ ("yes" | "no")) => {
                store.answer_print(&command, job, answer == "yes")?;
                job
            }
            ("answer", _) => return Err(No::bad("Jawab ya atau tidak.", "Answer yes or no.")),
            _ => return Err(No::no_page()),
        };
        Ok(Done::new(json!({ "paper": paper }), String::new()))
    })
    .await
}

/// `POST /cases/{id}/{word}`
pub(crate) async fn on_case(
    State(desk): Shared,
    asker: Asker,
    Path((case, word)): Path<(String, String)>,
    sent: Sent,
) -> Response {
    let page = case.parse().map_or(Page::Cases, |id| Page::Case(CaseId(id)));
    carry_out(desk, asker, sent, page, move |store, _, fields, by, now| {
        let command = fields.command(by, now)?;
        let case = CaseId(id(&case, Refused::UnknownCase)?);
        let case = match word.as_str() {
            "undo" => store.undo_on_case(&command, case)?,
            _ => store.act_on_case(&command, case, &form::case_action(&word, fields)?)?,
        };
        Ok(Done::new(api::case(&case, store.office(), now, asker.lang), String::new()))
    })
    .await
}

/// `POST /cases/print`, `/cases/make-ready`, `/cases/send-to-village`, `/cases/hold-case` and `/cases/undo`: every ticked case, each its own
/// command; or the one whose `receipt` was scanned.
pub(crate) async fn on_cases(State(desk): Shared, asker: Asker, Path(word): Path<String>, sent: Sent) -> Response {
    carry_out(desk, asker, sent, Page::Cases, move |store, _, fields, by, now| {
        if !page::DID.contains(&word.as_str()) {
            return Err(No::no_page());
        }
        let command = fields.command(by, now)?;
        if let Some(receipt) = fields.receipt()? {
            let case = store.case_by_receipt(receipt)?.ok_or(Refused::UnknownCase)?.id;
            let case = store.act_on_case(&command, case, &form::case_action(&word, fields)?)?;
            // The next one is scanned into the same field.
            return Ok(Done::new(json!({ "changed": 1 }), format!("case={}&scan={word}", case.id.0)));
        }
        let cases: Result<Vec<i64>, No> = fields.all("case").iter().map(|c| id(c, Refused::UnknownCase)).collect();
        let (mut done, mut refused) = (0, Vec::new());
        for case in cases? {
            let mut one = command.clone();
            one.id = format!("{}-{case}", command.id);
            let case = CaseId(case);
            let acted = match word.as_str() {
                "undo" => store.undo_on_case(&one, case),
                _ => store.act_on_case(&one, case, &form::case_action(&word, fields)?),
            };
            match acted {
                Ok(_) => done += 1,
                Err(queue::Error::Refused(no)) => {
                    let receipt = store.case(case)?.map_or_else(String::new, |c| c.receipt.to_string());
                    refused.push((receipt, no));
                }
                Err(fault) => return Err(fault.into()),
            }
        }
        if done == 0 && refused.is_empty() {
            return Err(No::bad("Centang sedikitnya satu permohonan.", "Tick at least one case."));
        }
        if refused.is_empty() {
            let village = fields.get("village");
            let plain = !village.is_empty() && village.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ');
            let back = if plain { format!("&village={}", village.replace(' ', "+")) } else { String::new() };
            return Ok(Done::new(json!({ "changed": done }), format!("several={done}&did={word}{back}")));
        }
        let list = |lang| refused.iter().map(|(r, no)| format!("{r}: {}", no.say(lang))).collect::<Vec<_>>().join(" ");
        Err(No::conflict(
            "partly-refused",
            format!("{done} permohonan diubah. Yang lain tidak: {}", list(Lang::Id)),
            format!("{done} cases changed. Not these: {}", list(Lang::En)),
        ))
    })
    .await
}

/// `POST /day/open`
pub(crate) async fn open_day(State(desk): Shared, asker: Asker, sent: Sent) -> Response {
    carry_out(desk, asker, sent, Page::Home, move |store, _, fields, by, now| {
        let command = fields.command(by, now)?;
        let read = |name| -> Result<Date, No> {
            let no = || No::bad("Isi tanggal yang benar.", "Enter a valid date.").at(&[name]);
            fields.date(name)?.ok_or_else(no)
        };
        let date = read("date")?;
        let clock_is_wrong = fields.yes("clock_is_wrong");
        if !fields.get("close").is_empty() {
            let left_open = DayStatus::LeftOpen { date: read("close")? };
            if !fields.yes("sure") {
                return Err(No::bad("Tegaskan bahwa hari itu sudah selesai.", "Confirm that that day is over."));
            }
            // Sent once more after the power failed between the two acts, it only opens.
            if store.day_status(now)? == left_open && date == now.local(store.office().identity.zone).date() {
                store.close_day(&Command { id: format!("{}-close", command.id), ..command.clone() })?;
            }
        }
        if clock_is_wrong && !fields.yes("sure") {
            if asker.json {
                return Err(No::bad("Tegaskan tanggalnya (sure=yes).", "Confirm the date (sure=yes)."));
            }
            let scene = Scene::of(store, now, asker)?;
            let (title, body) = (scene.t("Buka hari", "Open the day"), home::confirm_date(&scene, date));
            let show = Some(scene.shell(Page::Home, &Fields::default(), title, None, body));
            return Ok(Done { json: Value::Null, query: String::new(), show });
        }
        let day = store.open_day(&command, date, clock_is_wrong)?;
        Ok(Done::new(json!({ "day": "open", "date": day.date.to_string() }), String::new()))
    })
    .await
}

/// `POST /day/close`
pub(crate) async fn close_day(State(desk): Shared, asker: Asker, sent: Sent) -> Response {
    carry_out(desk, asker, sent, Page::Home, move |store, _, fields, by, now| {
        let command = fields.command(by, now)?;
        if !fields.yes("sure") {
            return Err(No::bad(
                "Tegaskan bahwa pelayanan hari ini sudah selesai.",
                "Confirm that today's service is over.",
            ));
        }
        let summary = store.close_day(&command)?;
        let scene = Scene::of(store, now, asker)?;
        let (title, body) = (scene.t("Hari ditutup", "Day closed"), home::closed(&scene, &summary));
        // Shown at once: a reload sends the same command again and is answered the same.
        let show = Some(scene.shell(Page::Home, &Fields::default(), title, None, body));
        let json = serde_json::to_value(&summary).unwrap_or_default();
        Ok(Done { json, query: String::new(), show })
    })
    .await
}
