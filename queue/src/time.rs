//! Time as the office needs it: moments with an honest duration, dates in words, working days.
//!
//! Nothing here reads a clock; `clock.rs` does, and hands a [`Moment`] down.

use crate::lang::Lang;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One reading of both clocks. Wall time is for people and may jump; only the boot clock measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Moment {
    /// Wall clock, milliseconds since 1970-01-01 UTC.
    pub wall_ms: i64,
    /// Which boot of the machine `uptime_ms` counts from; two boots never share it.
    pub boot: i64,
    /// Milliseconds since that boot, sleep included (CLOCK_BOOTTIME).
    pub uptime_ms: i64,
}

impl Moment {
    /// How long ago `earlier` was; `None` when the machine was restarted in between, because then nobody measured.
    ///
    /// Never negative: the wall clock plays no part, and of two processes that read the clock in one order and wrote in
    /// the other, the later writer finds zero.
    pub fn since(&self, earlier: &Moment) -> Option<Duration> {
        let passed = || Duration::from_millis(u64::try_from(self.uptime_ms - earlier.uptime_ms).unwrap_or(0));
        (self.boot == earlier.boot).then(passed)
    }

    /// The wall clock of the office's zone. A reading outside the calendar is shown as 1970.
    pub fn local(&self, zone: Zone) -> DateTime {
        let utc = Timestamp::from_millisecond(self.wall_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        zone.offset().to_datetime(utc)
    }
}

/// Indonesia's time zones: fixed offsets, no daylight saving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Zone {
    /// Waktu Indonesia Barat, UTC+7.
    Wib,
    /// Waktu Indonesia Tengah, UTC+8.
    Wita,
    /// Waktu Indonesia Timur, UTC+9.
    Wit,
}

impl Zone {
    pub(crate) fn offset(self) -> Offset {
        Offset::constant(match self {
            Zone::Wib => 7,
            Zone::Wita => 8,
            Zone::Wit => 9,
        })
    }

    /// The abbreviation people write behind the time.
    pub fn name(self) -> &'static str {
        match self {
            Zone::Wib => "WIB",
            Zone::Wita => "WITA",
            Zone::Wit => "WIT",
        }
    }
}

/// "Senin, 23 November 2026" or "Monday, 23 November 2026".
pub fn date_in_words(date: Date, lang: Lang) -> String {
    format!("{}, {}", weekday(date.weekday(), lang), short_date(date, lang))
}

/// "23 November 2026".
pub fn short_date(date: Date, lang: Lang) -> String {
    format!("{} {} {}", date.day(), month(date, lang), date.year())
}

/// "November".
pub fn month(date: Date, lang: Lang) -> &'static str {
    const ID: [&str; 12] = [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ];
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let months = match lang {
        Lang::Id => ID,
        Lang::En => EN,
    };
    months[date.month() as usize - 1]
}

/// "08.14", with the full stop that Indonesian uses.
pub fn clock(time: Time) -> String {
    format!("{:02}.{:02}", time.hour(), time.minute())
}

/// "Senin" or "Monday".
pub fn weekday(day: Weekday, lang: Lang) -> &'static str {
    match (day, lang) {
        (Weekday::Monday, Lang::Id) => "Senin",
        (Weekday::Tuesday, Lang::Id) => "Selasa",
        (Weekday::Wednesday, Lang::Id) => "Rabu",
        (Weekday::Thursday, Lang::Id) => "Kamis",
        (Weekday::Friday, Lang::Id) => "Jumat",
        (Weekday::Saturday, Lang::Id) => "Sabtu",
        (Weekday::Sunday, Lang::Id) => "Minggu",
        (Weekday::Monday, Lang::En) => "Monday",
        (Weekday::Tuesday, Lang::En) => "Tuesday",
        (Weekday::Wednesday, Lang::En) => "Wednesday",
        (Weekday::Thursday, Lang::En) => "Thursday",
        (Weekday::Friday, Lang::En) => "Friday",
        (Weekday::Saturday, Lang::En) => "Saturday",
        (Weekday::Sunday, Lang::En) => "Sunday",
    }
}

/// The date `days` working days after `from` (C15); `is_working` is the office's calendar.
///
/// A calendar without any working day within a year gives the date a year later, not an endless search.
pub fn add_working_days(from: Date, days: u32, is_working: impl Fn(Date) -> bool) -> Date {
    let mut date = from;
    let mut left = days;
    for _ in 0..366 {
        if left == 0 {
            break;
        }
        date = date.saturating_add(1.day());
        if is_working(date) {
            left -= 1;
        }
    }
    date
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn dates_read_as_indonesians_write_them() {
        // 2026-11-23 01:14 UTC is 08.14 in Sajingan Besar.
        let moment = Moment { wall_ms: 1_795_396_440_000, boot: 1, uptime_ms: 0 };
        let local = moment.local(Zone::Wib);
        assert_eq!(date_in_words(local.date(), Lang::Id), "Senin, 23 November 2026");
        assert_eq!(date_in_words(local.date(), Lang::En), "Monday, 23 November 2026");
        assert_eq!(clock(local.time()), "08.14");
    }

    #[test]
    fn a_duration_ignores_the_wall_clock_and_admits_a_restart() {
        let start = Moment { wall_ms: 1_000_000, boot: 1, uptime_ms: 5_000 };
        let clock_set_back = Moment { wall_ms: 0, boot: 1, uptime_ms: 65_000 };
        assert_eq!(clock_set_back.since(&start), Some(Duration::from_secs(60)));
        assert_eq!(start.since(&clock_set_back), Some(Duration::ZERO), "never negative");
        let after_power_cut = Moment { wall_ms: 2_000_000, boot: 2, uptime_ms: 9_000 };
        assert_eq!(after_power_cut.since(&start), None);
    }

    #[test]
    fn c15_two_working_days_step_over_weekend_and_holiday() {
        let weekday = |d: Date| d.weekday().to_monday_one_offset() <= 5;
        assert_eq!(add_working_days(date(2026, 11, 27), 2, weekday), date(2026, 12, 1));
        let christmas = |d: Date| weekday(d) && d != date(2026, 12, 24) && d != date(2026, 12, 25);
        assert_eq!(add_working_days(date(2026, 12, 23), 2, christmas), date(2026, 12, 29));
        assert_eq!(add_working_days(date(2026, 1, 1), 1, |_| false), date(2027, 1, 2));
    }
}
