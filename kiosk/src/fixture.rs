//! The real office on a day of work, for the tests of this crate.

use crate::input::{Input, View};
use crate::screen::Screen;
use jiff::civil::{Date, date};
use queue::board::{Board, DayStatus, Waiting};
use queue::case::{Case, CaseId, CaseState, Place as CollectionPlace, Receipt};
use queue::document::{Body, Document};
use queue::forecast::Wait;
use queue::office::{Lang, Office, ServiceKey, Stage};
use queue::printing::{JobId, JobState, PrintJob, PrinterState, PrinterStatus};
use queue::store::Issued;
use queue::ticket::{DayId, Number, Place, Seq, State, Ticket, TicketId};
use queue::time::Moment;
use std::sync::Arc;

pub(crate) const MONDAY: Date = date(2026, 11, 23);

/// 26-000001-9, typed.
pub(crate) const RECEIPT: [u8; 9] = [2, 6, 0, 0, 0, 0, 0, 1, 9];
/// The same with a wrong digit.
pub(crate) const TYPO: [u8; 9] = [2, 6, 0, 0, 0, 0, 0, 7, 9];

pub(crate) fn now() -> Moment {
    Moment { wall_ms: 1_795_396_440_000, boot: 7, uptime_ms: 0 }
}

pub(crate) fn key(service: &str) -> ServiceKey {
    ServiceKey(service.into())
}

pub(crate) fn view(day: DayStatus) -> View {
    let waiting = [("new", 4), ("lost", 0), ("collection", 1)];
    View {
        board: Board {
            day,
            signs: vec![],
            calls: vec![],
            waiting: waiting.map(|(service, count)| Waiting { service: key(service), count }).into(),
            ready: vec![],
            network_down: None,
            notices: vec![],
            volume: 80,
        },
        printer: Some(printer(PrinterState::Ready)),
        paper: None,
        today: MONDAY,
        clock: jiff::civil::time(8, 14, 0, 0),
        issued: vec![],
        called: false,
        full: false,
    }
}

pub(crate) fn printer(state: PrinterState) -> PrinterStatus {
    PrinterStatus { state, detail: String::new(), since: now(), at: now() }
}

/// A screen that has read the store on an open day.
pub(crate) fn open() -> Screen {
    let mut screen = Screen::new();
    let office = Office::parse(include_str!("../../office.toml")).expect("the real office is valid");
    screen.step(Input::Opened(Arc::new(office)));
    screen.step(Input::View(Box::new(view(DayStatus::Open { date: MONDAY }))));
    screen
}

pub(crate) fn issued() -> Issued {
    let place = Place { seq: Seq(1), since: now(), behind: None };
    Issued {
        ticket: Ticket {
            id: TicketId(12),
            day: DayId(1),
            number: Number { prefix: 'A', n: 12 },
            service: key("new"),
            priority: false,
            lang: Lang::Id,
            case: None,
            issued: now(),
            state: State::Waiting { stage: Stage::Verification, place },
        },
        ahead: 4,
        wait: Wait::Range { from: 25, to: 40 },
        slip: JobId(5),
    }
}

pub(crate) fn job(id: i64, copy: u8, state: JobState) -> PrintJob {
    let body = Body::Slip {
        number: Number { prefix: 'A', n: 12 },
        service: key("new"),
        stage: Stage::Verification,
        counters: vec![1],
        ahead: 4,
        wait: Wait::Soon,
        priority: false,
    };
    PrintJob {
        id: JobId(id),
        ticket: Some(TicketId(12)),
        case: None,
        document: Document { lang: Lang::Id, date: MONDAY, time: None, body },
        copy,
        state,
        queued: now(),
    }
}

/// The case of receipt 26-000001-9.
pub(crate) fn case(state: CaseState) -> Case {
    Case {
        id: CaseId(1),
        receipt: Receipt { year: 26, n: 1 },
        service: key("new"),
        opened: now(),
        place: CollectionPlace::Office,
        recorded_on: Some(MONDAY),
        state,
    }
}

pub(crate) fn facts() -> crate::technician::Facts {
    crate::technician::Facts {
        version: "kiosk 0.1.0, Slint 1.18.1".into(),
        folder: "/var/lib/antrean".into(),
        log: (1..=12).map(|n| format!("2026-11-23T01:14:{n:02}Z INFO kiosk: line {n} of the log")).collect(),
    }
}
