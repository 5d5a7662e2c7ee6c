//! What a page says to somebody who cannot read it. Pure; `window.rs` lets the loudspeaker say it.

use crate::page::{Closed, Page, Paper};
use crate::screen::Screen;
use queue::office::Reading;
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
    let lang = screen.language.of_papers();
    let say = |name: &str| vec![phrase(lang, name)];
    if screen.asks() {
        return vec![say("kiosk-still-there")];
    }
    let mut said = match (screen.closed(), &screen.page) {
        (Some(Closed::Starting), _) | (None, Page::Code { .. } | Page::Technician(_) | Page::Standard) => vec![],
        (Some(_), _) | (None, Page::Refused(_) | Page::Failed) => vec![say("kiosk-closed")],
        (None, Page::Home) => match &screen.heard {
            Some(service) => vec![say(&format!("service-{service}"))],
            None if screen.priority => vec![say("priority"), say("kiosk-home")],
            None => vec![say("kiosk-home")],
        },
        (None, Page::Requirements { service, .. } | Page::Incomplete { service, .. }) => {
            vec![say(&format!("service-{service}")), say("kiosk-requirements")]
        }
        (None, Page::ReceiptEntry { .. }) => vec![say("kiosk-receipt")],
        (None, Page::Status { .. }) => vec![say("kiosk-status")],
        (None, Page::YourNumber(given) | Page::Late(given)) => {
            let reading = screen.office.as_ref().map_or(Reading::default(), |office| office.voice.reading);
            let mut number = say("kiosk-number");
            number.extend(spoken(given.issued.ticket.number, lang, reading));
            match screen.paper(&given.sheet) {
                Paper::Printed => vec![number, say("kiosk-paper")],
                Paper::Failed => vec![number, say("kiosk-no-paper")],
                Paper::Printing | Paper::Unknown => vec![number],
            }
        }
    };
    if screen.called() {
        said.push(say("kiosk-help"));
    }
    said
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
    use crate::fixture::{issued, key, open};
    use crate::input::{Answer, Input, Touch};

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

    #[test]
    fn every_sentence_of_the_real_office_is_in_both_voices() {
        let pack = voice::Pack::embedded();
        let names = ["home", "requirements", "number", "paper", "no-paper", "receipt", "status", "help", "still-there"];
        let clips = names.map(|name| format!("kiosk-{name}"));
        let services = open().office.expect("open").services.iter().map(|s| format!("service-{}", s.key)).collect();
        let all: Vec<String> = [clips.to_vec(), services, vec!["priority".into(), "kiosk-closed".into()]].concat();
        for name in all {
            for lang in [queue::Lang::Id, queue::Lang::En] {
                assert!(pack.clip(&phrase(lang, &name)).is_some(), "{name} in {lang:?}");
            }
        }
    }
}
