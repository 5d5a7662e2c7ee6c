//! How the office keeps its standard: figures of a period, computed from the journal's events of that period.
//!
//! [`read`] fetches them. The reporter listens to the journal's own fold and knows which day passes by; `visit` tells what
//! an act adds to the figures, `card` what becomes of an application; `figures` are what is counted, `tables` what people
//! read of it.

mod card;
mod export;
mod figures;
mod past;
mod read;
mod reporter;
mod tables;
mod visit;

pub(crate) use card::LONG_UNCOLLECTED;
pub(crate) use export::{csv, csv_for_excel, workbook};
pub(crate) use figures::{BUSY_MINUTES, Counts, Report, Times, percentile};
pub(crate) use past::{Month, Past};
pub(crate) use read::read;
pub(crate) use tables::{Cell, Table, figure, tables};

use jiff::civil::Date;

/// The dates of a report, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) from: Date,
    pub(crate) to: Date,
}

impl Period {
    /// Longest period, days: three years.
    pub(crate) const MAX_DAYS: i32 = 1096;

    /// The month that it is, whole or so far.
    pub(crate) fn month(self, today: Date) -> Option<Date> {
        let whole = self.to == self.to.last_of_month() || self.to == today;
        (self.from.day() == 1 && self.from == self.to.first_of_month() && whole).then_some(self.from)
    }

    fn contains(self, date: Date) -> bool {
        self.from <= date && date <= self.to
    }

    /// The unit that gives a list one can read: days up to two months, months up to two years, then years.
    pub(crate) fn unit(self) -> Unit {
        match (self.to - self.from).get_days() {
            ..=62 => Unit::Day,
            63..=731 => Unit::Month,
            _ => Unit::Year,
        }
    }
}

/// What one line of a report over time stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Day,
    Month,
    Year,
}

impl Unit {
    /// The unit of a query's word.
    pub(crate) fn from_word(word: &str) -> Option<Unit> {
        match word {
            "day" => Some(Unit::Day),
            "month" => Some(Unit::Month),
            "year" => Some(Unit::Year),
            _ => None,
        }
    }

    /// The word in a query.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Unit::Day => "day",
            Unit::Month => "month",
            Unit::Year => "year",
        }
    }

    /// The first date of the unit that `date` lies in.
    fn first(self, date: Date) -> Date {
        match self {
            Unit::Day => date,
            Unit::Month => date.first_of_month(),
            Unit::Year => date.first_of_year(),
        }
    }
}

#[cfg(test)]
mod tests;
