//! What a page says to somebody who cannot read it. Pure; `window.rs` lets the loudspeaker say it.

use crate::page::{Closed, Page, Paper, Sheet};
use crate::paint::advice;
use crate::screen::Screen;
use crate::ui::Advice;
use queue::Refused;
use queue::case::Case;
use queue::office::Reading;
use queue::ticket::Number;
use voice::pack::phrase;
use voice::words::spoken;

/// Sentences of clips.
pub(crate) type Sentences = Vec<Vec<String>>;

/// What is to be said now; nothing unless the citizen wants to hear it. While this stays the same it is said once.
///
/// A clip that nobody has recorded is silent: a service of another office has one when that office records it as
/// `voice/id/service-KEY.wav`.
pub(crate) fn sentences(screen: &Screen) -> Sentences {
    if !screen.speaks {
        return vec![];
    }
    let say = |name: &str| say(screen, name);
    if screen.asks() {
        return vec![say("kiosk-still-there")];
    }
    let mut said = match (screen.closed(), &screen.page) {
        (Some(Closed::Starting), _) | (None, Page::Code { .. } | Page::Technician(_) | Page::Standard) => vec![],
        (None, Page::Refused(Refused::CaseHasTicket { number: given })) => {
            let number = given.parse().ok().map(|given| number(screen, given));
            [say("kiosk-has-number")].into_iter().chain(number).collect()
        }
        (Some(_), _) | (None, Page::Refused(_) | Page::Failed) => vec![say("kiosk-closed")],
        (None, Page::Home) => match &screen.heard {
            Some(service) => vec![say(&format!("service-{service}"))],
            None if screen.priority => vec![say("priority"), say("kiosk-home")],
            None => vec![say("kiosk-home")],
        },
        (None, Page::Requirements { service, .. }) => {
            vec![say(&format!("service-{service}")), say("kiosk-requirements")]
        }
        (None, Page::Incomplete { service, list }) => {
            let mut said = vec![say(&format!("service-{service}")), say("kiosk-incomplete")];
            said.extend(self::list(screen, list.as_ref()).iter().map(|name| say(name)));
            said
        }
        (None, Page::ReceiptEntry { wrong: true, .. }) => vec![say("kiosk-receipt-wrong")],
        (None, Page::ReceiptEntry { .. }) => vec![say("kiosk-receipt")],
        (None, Page::Status { service, case, .. }) => {
            status(case.as_deref(), service.is_some()).iter().map(|name| say(name)).collect()
        }
        (None, Page::YourNumber(given)) => {
            let mut your_number = say("kiosk-number");
            your_number.extend(number(screen, given.issued.ticket.number));
            match screen.paper(&given.sheet) {
                Paper::Printed => vec![your_number, say("kiosk-paper")],
                Paper::Failed => vec![your_number, say("kiosk-no-paper")],
                Paper::Unknown => vec![your_number, say("kiosk-paper-question")],
                Paper::Printing => vec![your_number],
            }
        }
        // Whose number it is, is the question.
        (None, Page::Late(given)) => vec![number(screen, given.issued.ticket.number), say("kiosk-late")],
    };
    if screen.called() {
        said.push(say("kiosk-help"));
    }
    said
}

fn say(screen: &Screen, name: &str) -> Vec<String> {
    vec![phrase(screen.language.of_papers(), name)]
}

/// "A nol satu dua."
fn number(screen: &Screen, number: Number) -> Vec<String> {
    let reading = screen.office.as_ref().map_or(Reading::default(), |office| office.voice.reading);
    spoken(number, screen.language.of_papers(), reading)
}

/// What is said of the list of what to bring.
fn list(screen: &Screen, list: Option<&Sheet>) -> &'static [&'static str] {
    match list.map(|list| screen.paper(list)) {
        None if !screen.prints() => &[],
        None | Some(Paper::Printing) => &["kiosk-list-offer"],
        Some(Paper::Printed) => &["kiosk-list-offer", "kiosk-list"],
        Some(Paper::Unknown | Paper::Failed) => &["kiosk-list-offer", "kiosk-no-list"],
    }
}

/// What became of an application, and what to do now; `numbers` where this page can print one.
fn status(case: Option<&Case>, numbers: bool) -> &'static [&'static str] {
    match (advice(case), numbers) {
        (Advice::Ready, true) => &["kiosk-card-ready", "kiosk-print-number"],
        (Advice::Ready, false) => &["kiosk-card-ready", "kiosk-number-at-home"],
        (Advice::Record, true) => &["kiosk-file-complete", "kiosk-print-number"],
        (Advice::Record, false) => &["kiosk-file-complete", "kiosk-number-at-home"],
        (Advice::Wait, _) => &["kiosk-card-wait"],
        (Advice::Village, _) => &["kiosk-card-village"],
        (Advice::Collected, _) => &["kiosk-card-collected"],
        (Advice::Referred, _) => &["kiosk-referred"],
        (Advice::Cancelled, _) => &["kiosk-ask"],
        (Advice::Unknown, _) => &["kiosk-receipt-unknown"],
    }
}

/// How loud, by the office's hours and the volume its staff have set.
pub(crate) fn percent(screen: &Screen) -> u8 {
    match (&screen.office, &screen.view) {
        (Some(office), Some(view)) => office.voice.percent_at(view.clock, view.board.volume),
        _ => 100,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{MONDAY, case, issued, job, key, open, view};
    use crate::input::{Answer, Input, Touch};
    use crate::page::Given;
    use queue::board::DayStatus;
    use queue::case::CaseState;
    use queue::printing::{JobId, JobState, PrinterState};

    fn touch(screen: &mut Screen, what: Touch) -> String {
        if let Some(effect) = screen.step(Input::Touch(what)) {
            let answer = match effect.what {
                crate::input::Wish::Help => Answer::Done,
                _ => Answer::Issued(Box::new(issued())),
            };
            screen.step(Input::Answer { wish: effect.wish, answer });
        }
        sentences(screen).iter().map(|clips| clips.join(" ")).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn who_cannot_read_hears_each_service_before_choosing_it_and_then_the_number() {
        let mut screen = open();
        assert_eq!(touch(&mut screen, Touch::Priority), "", "silent until somebody wants to hear");
        touch(&mut screen, Touch::Priority);
        assert_eq!(touch(&mut screen, Touch::Speak), "id/kiosk-home");
        assert_eq!(touch(&mut screen, Touch::Service(key("lost"))), "id/service-lost");
        assert_eq!(touch(&mut screen, Touch::Service(key("new"))), "id/service-new", "another one, and still home");
        assert!(matches!(screen.page, Page::Home));
        assert_eq!(touch(&mut screen, Touch::Service(key("new"))), "id/service-new | id/kiosk-requirements");
        assert_eq!(touch(&mut screen, Touch::Print), "id/kiosk-number id/a id/nol id/satu id/dua");
        assert!(touch(&mut screen, Touch::Help).ends_with("| id/kiosk-help"));
        let mut asked = screen.clone();
        (0..30).for_each(|_| drop(asked.step(Input::Second)));
        assert_eq!(sentences(&asked), [["id/kiosk-still-there"]]);
        assert_eq!(touch(&mut screen, Touch::Home), "");
        assert!(!screen.speaks && screen.heard.is_none(), "the next person begins in silence");
        touch(&mut screen, Touch::Speak);
        assert_eq!(touch(&mut screen, Touch::NextLanguage), "en/kiosk-home | en/kiosk-help");
        screen.step(Input::Fault);
        assert_eq!(sentences(&screen)[0], ["en/kiosk-closed"]);
        assert_eq!(touch(&mut screen, Touch::Speak), "");
    }

    /// What is said on this page of a screen where somebody wants to hear.
    fn on(page: Page, paper: Option<JobState>, printer: PrinterState) -> String {
        let mut screen = open();
        screen.speaks = true;
        screen.page = page;
        let mut view = view(DayStatus::Open { date: MONDAY });
        view.printer = Some(crate::fixture::printer(printer));
        view.paper = paper.map(|state| job(5, 0, state));
        screen.step(Input::View(Box::new(view)));
        sentences(&screen).iter().map(|clips| clips.join(" ")).collect::<Vec<_>>().join(" | ")
    }

    fn given() -> Box<Given> {
        Box::new(Given { issued: issued(), sheet: Sheet::new(JobId(5)) })
    }

    #[test]
    fn a_page_that_asks_is_spoken_as_a_question_and_a_paper_as_it_is() {
        let (number, unknown) = ("id/kiosk-number id/a id/nol id/satu id/dua", JobState::Unknown { cause: "".into() });
        let failed = JobState::FailedClean { cause: "cover".into() };
        let own = |paper| on(Page::YourNumber(given()), Some(paper), PrinterState::Ready);
        assert_eq!(own(JobState::Confirmed), format!("{number} | id/kiosk-paper"));
        assert_eq!(own(unknown.clone()), format!("{number} | id/kiosk-paper-question"));
        assert_eq!(own(failed.clone()), format!("{number} | id/kiosk-no-paper"));
        assert_eq!(own(JobState::Sending), number);
        let late = on(Page::Late(given()), Some(JobState::Confirmed), PrinterState::Ready);
        assert_eq!(late, "id/a id/nol id/satu id/dua | id/kiosk-late", "it is nobody's number yet");
        let list = |list: Option<JobState>, printer| {
            let page = Page::Incomplete { service: key("new"), list: list.as_ref().map(|_| Sheet::new(JobId(5))) };
            on(page, list, printer)
        };
        let incomplete = "id/service-new | id/kiosk-incomplete";
        assert_eq!(list(None, PrinterState::Out), incomplete);
        let offered = format!("{incomplete} | id/kiosk-list-offer");
        assert_eq!(list(None, PrinterState::Ready), offered);
        assert_eq!(list(Some(JobState::Sending), PrinterState::Ready), offered);
        assert_eq!(list(Some(JobState::Confirmed), PrinterState::Ready), format!("{offered} | id/kiosk-list"));
        assert_eq!(list(Some(failed), PrinterState::Ready), format!("{offered} | id/kiosk-no-list"));
    }

    #[test]
    fn a_receipt_is_answered_with_what_became_of_it_and_a_refusal_with_its_reason() {
        let receipt = case(CaseState::Ready).receipt;
        let about = |service: Option<&str>, state: Option<CaseState>| {
            let case = state.map(|state| Box::new(case(state)));
            on(Page::Status { service: service.map(key), receipt, case }, None, PrinterState::Ready)
        };
        let village = CaseState::SentToVillage { village: "Pipit Teja".into() };
        assert_eq!(about(Some("collection"), Some(CaseState::Ready)), "id/kiosk-card-ready | id/kiosk-print-number");
        assert_eq!(about(None, Some(CaseState::Ready)), "id/kiosk-card-ready | id/kiosk-number-at-home");
        assert_eq!(about(None, Some(CaseState::Printed)), "id/kiosk-card-wait");
        assert_eq!(about(None, Some(village)), "id/kiosk-card-village");
        assert_eq!(about(None, Some(CaseState::Referred)), "id/kiosk-referred");
        assert_eq!(about(None, None), "id/kiosk-receipt-unknown");
        let typed = |wrong| Page::ReceiptEntry { service: None, digits: "260000079".into(), wrong };
        assert_eq!(on(typed(true), None, PrinterState::Ready), "id/kiosk-receipt-wrong");
        assert_eq!(on(typed(false), None, PrinterState::Ready), "id/kiosk-receipt");
        let refused = |why| on(Page::Refused(why), None, PrinterState::Ready);
        let has = refused(Refused::CaseHasTicket { number: "A-012".into() });
        assert_eq!(has, "id/kiosk-has-number | id/a id/nol id/satu id/dua");
        assert_eq!(refused(Refused::QuotaReached { quota: 3 }), "id/kiosk-closed");
    }

    #[test]
    fn every_sentence_is_in_both_voices() {
        let pack = voice::Pack::embedded();
        let services: Vec<String> =
            open().office.expect("open").services.iter().map(|s| format!("service-{}", s.key)).collect();
        // As they stand above, so that none is forgotten.
        let source = include_str!("spoken.rs").split("#[cfg(test)]").next().expect("code");
        let quoted = source.split('"').filter(|word| word.starts_with("kiosk-") || *word == "priority");
        let all: Vec<&str> = quoted.chain(services.iter().map(String::as_str)).collect();
        assert!(all.len() > 30, "{all:?}");
        for name in all {
            for lang in [queue::Lang::Id, queue::Lang::En] {
                assert!(pack.clip(&phrase(lang, name)).is_some(), "{name} in {lang:?}");
            }
        }
    }
}
