//! The months before, each by the few figures that a later one is compared with.

use super::{Period, Report, read};
use jiff::ToSpan;
use jiff::civil::Date;
use queue::time::Moment;
use queue::{Fault, Office, Store};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// So many months are drawn, the last one included.
const DRAWN: i32 = 7;

/// What a month came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Month {
    /// Its first day.
    pub(crate) first: Date,
    /// Services within the standard, of so many measured.
    pub(crate) kept: (usize, usize),
    /// Half waited no longer, minutes.
    pub(crate) median: Option<u64>,
    /// Nine of ten waited no longer, minutes.
    pub(crate) p90: Option<u64>,
    /// Files returned, of so many checked.
    pub(crate) returned: (usize, usize),
}

impl Month {
    pub(crate) fn of(first: Date, report: &Report, office: &Office) -> Month {
        let wait = report.wait();
        let minutes = |percent| wait.percentile(percent).map(|time| time.as_secs().div_ceil(60));
        Month {
            first,
            kept: report.kept(office),
            median: minutes(50),
            p90: minutes(90),
            returned: (report.total().returns as usize, report.checked()),
        }
    }
}

/// The months that are over for good are read once in the life of the process: nothing is written into them any more.
#[derive(Debug, Default)]
pub(crate) struct Past(Mutex<BTreeMap<Date, Month>>);

impl Past {
    /// The months before the one that begins on `first`, oldest first, and the same one a year ago; only those in which
    /// somebody was served.
    ///
    /// # Errors
    /// As [`read`].
    pub(crate) fn before(&self, store: &Store, first: Date, now: Moment) -> Result<Vec<Month>, Fault> {
        let back = |months: i32| first.saturating_sub(months.months());
        let firsts = std::iter::once(back(12)).chain((1..DRAWN).rev().map(back));
        let months = firsts.map(|first| self.month(store, first, now)).collect::<Result<Vec<_>, _>>()?;
        Ok(months.into_iter().filter(|month| month.kept.1 > 0 || month.p90.is_some()).collect())
    }

    fn month(&self, store: &Store, first: Date, now: Moment) -> Result<Month, Fault> {
        let known = |past: &Past| past.0.lock().unwrap_or_else(PoisonError::into_inner).get(&first).copied();
        if let Some(month) = known(self) {
            return Ok(month);
        }
        let report = read(store, Period { from: first, to: first.last_of_month() }, now)?;
        let month = Month::of(first, &report, store.office());
        // The last day of a month can be opened again as long as it is the last one of all.
        let over = store.open_day_now()?.is_some_and(|day| day.date > first.last_of_month());
        if over {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(first, month);
        }
        Ok(month)
    }
}
