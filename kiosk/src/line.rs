//! Headless mode's words: a touch as a line of text, the resulting page as one line of JSON.

use crate::input::Touch;
use crate::language::{INDONESIAN, LANGUAGES};
use crate::screen::{Closed, Page, Paper, RECEIPT_DIGITS, Screen};
use queue::board::DayStatus;
use queue::office::ServiceKey;
use queue::store::Process;
use serde_json::{Map, Value, json};

/// What a line asks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Line {
    /// These touches, one after the other.
    Touches(Vec<Touch>),
    /// Leave.
    Quit,
}

/// Reads one line, as `service new`, `print`, `receipt 26-000001-9`, `paper yes`.
///
/// # Errors
/// The line, with every line that is understood.
pub(crate) fn read(line: &str) -> Result<Line, String> {
    let mut words = line.split_whitespace();
    let (verb, object, rest) = (words.next().unwrap_or_default(), words.next(), words.next());
    let said = || {
        format!(
            "\"{line}\": use service KEY, standard, print, back, home, priority, language id|en, have-receipt, \
             receipt 26-000001-9, scan TEXT, without-receipt, incomplete, print-list, check, paper yes|no, reprint, mine yes|no, help, \
             contrast, large, speak, more, still-here, hold, code DIGITS, print-test, restart kiosk|display|printer|staff, \
             louder, softer or quit"
        )
    };
    let touch = match (verb, object, rest) {
        ("service", Some(key), None) => Touch::Service(ServiceKey(key.into())),
        ("standard", None, _) => Touch::Standard,
        ("print", None, _) => Touch::Print,
        ("back", None, _) => Touch::Back,
        ("home", None, _) => Touch::Home,
        ("priority", None, _) => Touch::Priority,
        ("language", Some(code), None) => {
            Touch::Language(*LANGUAGES.iter().find(|known| known.code == code).ok_or_else(said)?)
        }
        ("have-receipt", None, _) => Touch::HaveReceipt,
        ("without-receipt", None, _) => Touch::WithoutReceipt,
        ("paper", Some("yes"), None) => Touch::Paper { came_out: true },
        ("paper", Some("no"), None) => Touch::Paper { came_out: false },
        ("reprint", None, _) => Touch::Reprint,
        ("still-here", None, _) => Touch::StillHere,
        ("help", None, _) => Touch::Help,
        ("incomplete", None, _) => Touch::Incomplete,
        ("scan", Some(text), None) => Touch::Scanned(text.into()),
        ("check", None, _) => Touch::Check,
        ("contrast", None, _) => Touch::Contrast,
        ("large", None, _) => Touch::Large,
        ("speak", None, _) => Touch::Speak,
        ("more", None, _) => Touch::More,
        ("hold", None, _) => Touch::Hold,
        ("print-list", None, _) => Touch::PrintList,
        ("mine", Some("yes"), None) => Touch::Mine(true),
        ("mine", Some("no"), None) => Touch::Mine(false),
        ("print-test", None, _) => Touch::PrintTest,
        ("restart", Some("kiosk"), None) => Touch::Restart(None),
        ("restart", Some("display"), None) => Touch::Restart(Some(Process::Display)),
        ("restart", Some("printer"), None) => Touch::Restart(Some(Process::Printer)),
        ("restart", Some("staff"), None) => Touch::Restart(Some(Process::Staff)),
        ("louder", None, _) => Touch::Louder(true),
        ("softer", None, _) => Touch::Louder(false),
        ("code", Some(code), None) => return Ok(Line::Touches(digits(code).collect())),
        ("receipt", Some(receipt), None) => return Ok(Line::Touches(typed(receipt))),
        ("quit", None, _) => return Ok(Line::Quit),
        _ => return Err(said()),
    };
    Ok(Line::Touches(vec![touch]))
}

/// The keys a person presses to replace what was typed by `receipt`.
fn typed(receipt: &str) -> Vec<Touch> {
    std::iter::repeat_n(Touch::Erase, RECEIPT_DIGITS).chain(digits(receipt)).collect()
}

fn digits(text: &str) -> impl Iterator<Item = Touch> {
    text.bytes().filter(u8::is_ascii_digit).map(|digit| Touch::Digit(digit - b'0'))
}

/// The page as one line of JSON: `{"page":"your-number","number":"A-012","ahead":4,"paper":"printing"}`.
pub(crate) fn page(screen: &Screen) -> String {
    let mut fields = Map::new();
    let mut put = |key: &str, value: Value| drop(fields.insert(key.into(), value));
    put("page", json!(word(screen)));
    if screen.language != INDONESIAN {
        put("language", json!(screen.language.code));
    }
    if screen.asks() {
        put("asks", json!(true));
    }
    for (key, chosen) in
        [("help", screen.called()), ("contrast", screen.contrast), ("large", screen.large), ("speaks", screen.speaks)]
    {
        if chosen {
            put(key, json!(true));
        }
    }
    if screen.closed().is_some() {
        return Value::Object(fields).to_string();
    }
    match &screen.page {
        Page::Home => {
            put("priority", json!(screen.priority));
            if let Some(view) = &screen.view {
                let waiting = view.board.waiting.iter().map(|w| (w.service.to_string(), json!(w.count)));
                put("waiting", Value::Object(waiting.collect()));
                put("break", json!(matches!(view.board.day, DayStatus::Break { .. })));
                put("network_down", json!(view.board.network_down.is_some()));
                put("prints", json!(screen.prints()));
                let services = screen.office.iter().flat_map(|office| &office.services);
                let used_up: Vec<String> =
                    services.filter(|s| screen.used_up(s).is_some()).map(|s| s.key.to_string()).collect();
                if !used_up.is_empty() {
                    put("used_up", json!(used_up));
                }
            }
        }
        Page::Standard | Page::Failed | Page::Code { .. } => {}
        Page::Technician(bench) => {
            put("test", json!(bench.test.as_ref().map(|test| paper(screen.paper(test)))));
        }
        Page::Requirements { service, .. } => put("service", json!(service.to_string())),
        Page::Incomplete { service, list } => {
            put("service", json!(service.to_string()));
            put("list", json!(list.as_ref().map(|list| paper(screen.paper(list)))));
        }
        Page::Late(given) => put("number", json!(given.issued.ticket.number.to_string())),
        Page::ReceiptEntry { digits, wrong, .. } => {
            put("digits", json!(digits));
            put("wrong", json!(wrong));
        }
        Page::Status { service, receipt, case } => {
            put("receipt", json!(receipt.to_string()));
            put("status", json!(case.as_ref().map(|case| case.state.word())));
            put(
                "may_print",
                json!(service.is_some() && case.as_ref().is_some_and(|case| queue::visit::admit(case).is_ok())),
            );
        }
        Page::YourNumber(given) => {
            put("number", json!(given.issued.ticket.number.to_string()));
            put("ahead", json!(given.issued.ahead));
            put("priority", json!(given.issued.ticket.priority));
            put("paper", json!(paper(screen.paper(&given.sheet))));
            put("copy", json!(given.sheet.print.as_ref().map_or(0, |job| job.copy)));
            put("may_reprint", json!(screen.may_reprint(given)));
        }
        Page::Refused(refused) => {
            put("refused", serde_json::to_value(refused).unwrap_or_default());
            put("says", json!(refused.say(screen.language.of_papers())));
        }
    }
    Value::Object(fields).to_string()
}

/// The page's word.
pub(crate) fn word(screen: &Screen) -> &'static str {
    match (screen.closed(), &screen.page) {
        (Some(Closed::Starting), _) => "starting",
        (Some(Closed::Fault), _) => "fault",
        (Some(Closed::Slow), _) => "slow",
        (Some(Closed::NotOpened), _) => "not-opened",
        (Some(Closed::DayOver { .. }), _) => "day-closed",
        (None, Page::Home) => "home",
        (None, Page::Standard) => "standard",
        (None, Page::Requirements { .. }) => "requirements",
        (None, Page::Incomplete { .. }) => "incomplete",
        (None, Page::Late(_)) => "late",
        (None, Page::Code { .. }) => "code",
        (None, Page::Technician(_)) => "technician",
        (None, Page::ReceiptEntry { .. }) => "receipt-entry",
        (None, Page::Status { .. }) => "status",
        (None, Page::YourNumber(_)) => "your-number",
        (None, Page::Refused(_)) => "refused",
        (None, Page::Failed) => "fault",
    }
}

fn paper(paper: Paper) -> &'static str {
    match paper {
        Paper::Printing => "printing",
        Paper::Printed => "printed",
        Paper::Unknown => "unknown",
        Paper::Failed => "failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_the_touch_it_names() {
        let touches = |line: &str| match read(line) {
            Ok(Line::Touches(touches)) => touches,
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!(touches(" service  new "), [Touch::Service(ServiceKey("new".into()))]);
        assert_eq!(touches("paper no"), [Touch::Paper { came_out: false }]);
        let receipt = touches("receipt 26-000001-9");
        assert_eq!(receipt[..9], vec![Touch::Erase; 9]);
        assert_eq!(receipt[9..], [2, 6, 0, 0, 0, 0, 0, 1, 9].map(Touch::Digit));
        assert_eq!(read("quit"), Ok(Line::Quit));
        for line in ["", "service", "service a b", "paper", "paper maybe", "language yy", "print now", "\u{0}", "§"] {
            assert!(read(line).is_err(), "{line:?}");
        }
    }
}
