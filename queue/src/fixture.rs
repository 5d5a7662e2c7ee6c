//! The real office and records in any state, for the tests of this crate.

use crate::case::{Case, CaseId, CaseState, Place as CollectionPlace, Receipt};
use crate::office::{Lang, Office, ServiceKey};
use crate::ticket::{DayId, Number, State, Ticket, TicketId};
use crate::time::Moment;

pub(crate) fn office() -> Office {
    Office::parse(include_str!("../../office.toml")).expect("the real office is valid")
}

/// Monday 23 November 2026, `minutes` after 08.00 WIB.
pub(crate) fn at(minutes: i64) -> Moment {
    Moment { wall_ms: 1_795_395_600_000 + minutes * 60_000, boot: 7, uptime_ms: minutes * 60_000 }
}

pub(crate) fn case(state: CaseState) -> Case {
    Case {
        id: CaseId(1),
        receipt: Receipt { year: 26, n: 1 },
        service: ServiceKey("new".into()),
        opened: at(0),
        place: CollectionPlace::Office,
        recorded_on: None,
        state,
    }
}

pub(crate) fn ticket(service: &str, state: State) -> Ticket {
    Ticket {
        id: TicketId(1),
        day: DayId(1),
        number: Number { prefix: 'A', n: 12 },
        service: ServiceKey(service.into()),
        priority: false,
        lang: Lang::Id,
        case: None,
        issued: at(0),
        state,
    }
}
