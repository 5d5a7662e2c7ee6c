//! Who waits for the counter, who stands apart (skipped, returned, held), and which papers need a person.

use crate::answer::No;
use crate::controls::{ENTER, arrows, button, folded};
use crate::counter::Desk;
use crate::page::Scene;
use crate::serving::cancel;
use crate::texts;
use maud::{Markup, html};
use queue::printing::{JobState, PrintJob};
use queue::store::Waiting;
use queue::ticket::{CounterNumber, State, Ticket, TicketId};

/// So many rows of a list are shown: a screen holds fewer. Of the rest there is a count, and each is found by its number.
pub(crate) const SHOWN: usize = 25;
/// Of those who stand apart, and of papers, fewer, since each row has all of its acts.
pub(crate) const APART: usize = 8;

fn rest(scene: &Scene, of: &Waiting, shown: usize) -> Markup {
    html! {
        @if of.count > shown {
            p.hint { "… " (of.count - shown) " " (scene.t("lagi; cari dengan nomornya", "more; find them by their number")) }
        }
    }
}

/// The waiting list in the order of call.
pub(crate) fn waiting(scene: &Scene, desk: &Desk) -> Markup {
    let n = desk.counter.number;
    // Who was looked for stands first, where the list does not reach.
    let found = desk.last.as_ref().filter(|last| {
        matches!(&last.state, State::Waiting { stage, .. } if desk.counter.stages.contains(stage))
            && desk.waiting.first.iter().all(|ticket| ticket.id != last.id)
    });
    html! {
        h2 {
            (scene.t("Menunggu", "Waiting")) " " span.count { (desk.waiting.count) }
            @if desk.held.is_none() && desk.waiting.count > 0 { (arrows()) }
        }
        datalist #reasons {
            @for reason in [scene.t("keadaan darurat", "emergency"), scene.t("datang bersama keluarga", "came with family"), scene.t("atas permintaan pemohon lain", "other applicants agreed")] {
                option value=(reason) {}
            }
        }
        @if desk.waiting.count == 0 {
            p.hint { (scene.t("Tidak ada.", "Nobody.")) }
        } @else {
            table {
                @for ticket in found.into_iter().chain(&desk.waiting.first) { (waiting_row(scene, desk, n, ticket)) }
            }
            (rest(scene, &desk.waiting, desk.waiting.first.len() + usize::from(found.is_some())))
        }
    }
}

fn waiting_row(scene: &Scene, desk: &Desk, n: CounterNumber, ticket: &Ticket) -> Markup {
    let State::Waiting { stage, place } = &ticket.state else { return html! {} };
    let waited = scene.now.since(&place.since).map(|w| w.as_secs() / 60);
    let long = waited.is_some_and(|minutes| minutes > u64::from(scene.office.queue.ageing_minutes));
    html! {
        tr data-row={ "t" (ticket.id.0) } tabindex="-1" {
            th scope="row" { (ticket.number) @if ticket.priority { " " span.tag { (scene.t("prioritas", "priority")) } } }
            td.stage { @if desk.counter.stages.len() > 1 { (scene.office.stage_name(*stage).get(scene.lang)) } }
            td.minutes.long[long] { (scene.minutes(&place.since)) }
            td.acts {
                @if desk.held.is_none() {
                    (folded(scene.word("call"), "I", scene.on_ticket("call-chosen", n, ticket, html! {
                        label { (scene.t("Alasan", "Reason")) " " input name="reason" list="reasons" required maxlength="200" autocomplete="off"; }
                        (button(scene.word("call-chosen"), ENTER, ""))
                    })))
                }
            }
        }
    }
}

/// Those who are called by no policy: a person decides about each.
pub(crate) fn apart(scene: &Scene, desk: &Desk) -> Markup {
    let list = |id: &str, title: &str, of: &Waiting, acts: &dyn Fn(&Ticket) -> Markup| {
        // Who was looked for stands first, where the list does not reach.
        let state = of.first.first().map(|first| first.state.word());
        let found = desk
            .last
            .as_ref()
            .filter(|last| Some(last.state.word()) == state && of.first.iter().all(|ticket| ticket.id != last.id));
        html! {
            section id=(id) data-part="" {
                @if of.count > 0 {
                    h2 { (title) " " span.count { (of.count) } (arrows()) }
                    table { @for ticket in found.into_iter().chain(&of.first) { tr data-row={ "t" (ticket.id.0) } tabindex="-1" { th scope="row" { (ticket.number) } td.acts { (acts(ticket)) } } } }
                    (rest(scene, of, of.first.len() + usize::from(found.is_some())))
                }
            }
        }
    };
    let n = desk.counter.number;
    let back = |word: &str, ticket: &Ticket| scene.on_ticket(word, n, ticket, button(scene.word(word), "I", ""));
    html! {
        (list("network", scene.t("Ditunda: jaringan", "Held: network"), &desk.apart.held, &|t| held(scene, n, t)))
        (list("skipped", scene.t("Dilewati", "Skipped"), &desk.apart.skipped, &|t| html! {
            (back("report-back", t)) (cancel(scene, n, t, "X"))
        }))
        (list("returned", scene.t("Berkas dikembalikan", "Returned files"), &desk.apart.returned, &|t| html! {
            (back("reenter", t))
            @if let State::Returned { missing, .. } = &t.state { p.hint { (missing_of(scene, missing)) } }
        }))
    }
}

fn missing_of(scene: &Scene, missing: &[String]) -> String {
    let text = |key: &String| scene.office.requirement(key).map_or(key.clone(), |r| r.text.get(scene.lang).into());
    missing.iter().map(text).collect::<Vec<_>>().join("; ")
}

/// The applicant's choices while the network is down (S26).
fn held(scene: &Scene, n: CounterNumber, ticket: &Ticket) -> Markup {
    let waits = matches!(ticket.state, State::Held { waits: true, .. });
    let act = |word: &str, key: &str| scene.on_ticket(word, n, ticket, button(scene.word(word), key, ""));
    html! {
        @if waits { span.tag { (scene.t("menunggu", "waits")) } } @else { (act("choose-wait", "I")) }
        (act("refer", "F"))
        (act("defer", "E"))
        (scene.on_ticket("papers/network", n, ticket, button(scene.t("Cetak slip jaringan", "Print network slip"), "G", "")))
    }
}

/// Papers that are not out yet, with the question that only a person can answer, and those of the ticket in hand.
pub(crate) fn papers(scene: &Scene, desk: &Desk, last: Option<TicketId>) -> Result<Markup, No> {
    let n = desk.counter.number;
    let open = scene.store.open_papers(APART)?;
    let mut jobs = open.undecided;
    let mut queued = open.on_the_way;
    if let Some(ticket) = desk.held.as_ref().map(|t| t.id).or(last) {
        let own = scene.store.print_jobs_of(ticket)?;
        // Those of others that are simply on their way are a figure, not a list.
        let listed = own.iter().filter(|job| matches!(job.state, JobState::Queued | JobState::Sending)).count();
        queued = queued.saturating_sub(listed);
        jobs.extend(own);
    }
    jobs.sort_by_key(|job| job.id);
    jobs.dedup_by_key(|job| job.id);
    // Of a paper that was printed again only the last print matters; an open question about an earlier one remains.
    let repeated = |i: usize| {
        jobs[i + 1..].iter().any(|later| later.ticket == jobs[i].ticket && later.document == jobs[i].document)
    };
    let shown = (0..jobs.len()).filter(|i| matches!(jobs[*i].state, JobState::Unknown { .. }) || !repeated(*i));
    let mut rows = Vec::new();
    for job in shown.map(|i| &jobs[i]) {
        let ticket = job.ticket.map(|id| scene.store.ticket(id)).transpose()?.flatten();
        rows.push((job, ticket.map(|t| t.number.to_string()).unwrap_or_default()));
    }
    Ok(html! {
        section #papers data-part="" {
            @if !rows.is_empty() || queued > 0 {
                h2 { (scene.t("Kertas", "Papers")) @if !rows.is_empty() { (arrows()) } }
                @if queued > 0 { p.hint { (queued) " " (scene.t("menunggu pencetak", "waiting for the printer")) } }
                table {
                    @for (job, number) in rows {
                        tr data-row={ "p" (job.id.0) } tabindex="-1" {
                            th scope="row" { (number) }
                            td {
                                (texts::paper(job.document.body.paper(), scene.lang))
                                @if job.copy > 0 { " (" (scene.t("cetak ulang", "reprint")) " " (job.copy) ")" }
                                ": " (texts::job(&job.state, scene.lang))
                            }
                            td.acts { (paper_acts(scene, n, job)) }
                        }
                    }
                }
            }
        }
    })
}

fn paper_acts(scene: &Scene, n: CounterNumber, job: &PrintJob) -> Markup {
    let route = |word: &str| format!("/papers/{}/{word}", job.id.0);
    match &job.state {
        JobState::Unknown { cause } => html! {
            span title=(cause) { (scene.t("Kertas keluar?", "Did the paper come out?")) }
            (scene.post(&route("answer"), Some(n), html! {
                button type="submit" name="came_out" value="yes" data-key="Y" { (scene.t("Ya", "Yes")) " " kbd { "Y" } }
                button type="submit" name="came_out" value="no" data-key="X" { (scene.t("Tidak", "No")) " " kbd { "X" } }
            }))
        },
        JobState::FailedClean { .. } | JobState::Confirmed => html! {
            (scene.post(&route("reprint"), Some(n), button(scene.t("Cetak ulang", "Reprint"), "G", "")))
            @if let JobState::FailedClean { cause } = &job.state { p.hint { (cause) } }
        },
        JobState::Queued | JobState::Sending => html! {},
    }
}
