//! Which date may be opened, and may a number still be given on it?

use crate::office::{Office, Service};
use crate::refused::Refused;
use crate::time;
use jiff::civil::{Date, DateTime, Time};

/// How a date becomes the open service day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// A new day; numbers begin at 1.
    New,
    /// The last day, closed before, goes on: no number is used twice on one date.
    Again,
}

/// Whether `date` may be opened while no day is open.
///
/// `last` is the date of the last day, `used_before` says that an earlier day than that one had this date, and `clock` is
/// the clock's date. `clock_is_wrong` is a person's word that the clock is not to be believed.
///
/// # Errors
/// Refused before the last day, unless a person insists on a date without numbers: a day opened far ahead by mistake must
/// not shut the office out. Refused when the date differs from the clock's and nobody says that the clock is wrong.
pub fn open(
    date: Date,
    last: Option<Date>,
    used_before: bool,
    clock: Date,
    clock_is_wrong: bool,
) -> Result<Opening, Refused> {
    if let Some(last) = last.filter(|last| used_before || (date < *last && !clock_is_wrong)) {
        return Err(Refused::DateBeforeLastDay { last });
    }
    if clock != date && !clock_is_wrong {
        return Err(Refused::DateDiffersFromClock { clock });
    }
    Ok(if last == Some(date) { Opening::Again } else { Opening::New })
}

/// The hour after which `day` gives no more numbers, if the local time has reached it.
///
/// On another date than the day's the clock is wrong or the day was left open: its hour proves nothing.
pub fn last_number_passed(office: &Office, day: Date, local: DateTime) -> Option<Time> {
    let last = office.hours.of(day.weekday()).and_then(|hours| hours.last_number);
    last.filter(|last| local.date() == day && local.time() >= *last)
}

/// Whether `service` gives another number on `day`; `issued` is how many numbers of its letter the day has.
///
/// # Errors
/// Refused from the hour of the last number on, and when the quota is used up. An officer may overrule both.
pub fn may_issue(office: &Office, day: Date, local: DateTime, service: &Service, issued: u32) -> Result<(), Refused> {
    if let Some(at) = last_number_passed(office, day, local) {
        return Err(Refused::LastNumberPassed { at: time::clock(at) });
    }
    match service.quota {
        Some(quota) if issued >= quota => Err(Refused::QuotaReached { quota }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use jiff::civil::date;

    #[test]
    fn a_day_is_opened_on_the_clocks_date_or_on_a_persons_word() {
        let [sunday, monday, tuesday] = [22, 23, 24].map(|day| date(2026, 11, day));
        let before = Err(Refused::DateBeforeLastDay { last: monday });
        let differs = Err(Refused::DateDiffersFromClock { clock: monday });
        assert_eq!(open(monday, None, false, monday, false), Ok(Opening::New), "the first day of all");
        assert_eq!(open(monday, Some(sunday), false, monday, false), Ok(Opening::New));
        assert_eq!(open(monday, Some(monday), false, monday, false), Ok(Opening::Again), "closed by mistake");
        assert_eq!(open(tuesday, Some(monday), false, monday, false), differs);
        assert_eq!(open(tuesday, Some(monday), false, monday, true), Ok(Opening::New), "the clock is wrong");
        assert_eq!(open(sunday, Some(monday), false, sunday, false), before, "a clock that woke up in the past");
        assert_eq!(open(sunday, Some(monday), false, sunday, true), Ok(Opening::New), "the last day was the mistake");
        assert_eq!(open(sunday, Some(monday), true, sunday, true), before, "its numbers were given already");
    }

    #[test]
    fn the_last_number_and_the_quota_end_the_numbers_of_a_day() {
        let office = fixture::office();
        let monday = date(2026, 11, 23);
        let mut service = office.services[0].clone();
        service.quota = Some(2);
        let may = |local: DateTime, issued| may_issue(&office, monday, local, &service, issued);
        let late = Err(Refused::LastNumberPassed { at: "14.30".into() });
        assert_eq!(may(monday.at(14, 29, 59, 999_000_000), 1), Ok(()));
        assert_eq!(may(monday.at(14, 30, 0, 0), 1), late, "a clock of minutes and one of seconds agree");
        assert_eq!(may(monday.at(14, 30, 1, 0), 1), late);
        assert_eq!(may(date(2026, 11, 24).at(14, 30, 1, 0), 1), Ok(()), "the hour belongs to the day's own date");
        assert_eq!(may(monday.at(9, 0, 0, 0), 2), Err(Refused::QuotaReached { quota: 2 }));
        service.quota = None;
        assert_eq!(may_issue(&office, monday, monday.at(9, 0, 0, 0), &service, 2_000), Ok(()));
    }
}
