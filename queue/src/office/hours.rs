//! When the office works.

use jiff::civil::{Date, Time, Weekday};
use serde::{Deserialize, Deserializer};

/// The hours of one weekday, local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Opening.
    #[serde(deserialize_with = "hhmm")]
    pub open: Time,
    /// Closing.
    #[serde(deserialize_with = "hhmm")]
    pub close: Time,
    /// Start of the break.
    #[serde(default, deserialize_with = "hhmm_opt")]
    pub break_from: Option<Time>,
    /// End of the break.
    #[serde(default, deserialize_with = "hhmm_opt")]
    pub break_to: Option<Time>,
    /// After this no more numbers are given.
    #[serde(default, deserialize_with = "hhmm_opt")]
    pub last_number: Option<Time>,
}

/// Hours per weekday; a weekday without an entry is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)] // The weekdays say it.
pub struct Week {
    pub monday: Option<Hours>,
    pub tuesday: Option<Hours>,
    pub wednesday: Option<Hours>,
    pub thursday: Option<Hours>,
    pub friday: Option<Hours>,
    pub saturday: Option<Hours>,
    pub sunday: Option<Hours>,
}

/// A day on which the office is closed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The date.
    pub date: Date,
    /// Why.
    pub name: String,
}

impl Hours {
    /// Whether opening, break and closing follow one another, and the last number lies between.
    pub fn in_order(&self) -> bool {
        self.open < self.close
            && self.break_from.is_some() == self.break_to.is_some()
            && self.break_from.zip(self.break_to).is_none_or(|(a, b)| self.open <= a && a < b && b <= self.close)
            && self.last_number.is_none_or(|t| self.open < t && t <= self.close)
    }
}

impl Week {
    /// The hours of a weekday; `None` is closed.
    pub fn of(&self, day: Weekday) -> Option<Hours> {
        self.named()[day.to_monday_zero_offset() as usize].1
    }

    /// The hours of a weekday, to be set.
    pub fn day_mut(&mut self, day: Weekday) -> &mut Option<Hours> {
        match day {
            Weekday::Monday => &mut self.monday,
            Weekday::Tuesday => &mut self.tuesday,
            Weekday::Wednesday => &mut self.wednesday,
            Weekday::Thursday => &mut self.thursday,
            Weekday::Friday => &mut self.friday,
            Weekday::Saturday => &mut self.saturday,
            Weekday::Sunday => &mut self.sunday,
        }
    }

    /// Every weekday under its key, Monday first.
    pub fn named(&self) -> [(&'static str, Option<Hours>); 7] {
        [
            ("monday", self.monday),
            ("tuesday", self.tuesday),
            ("wednesday", self.wednesday),
            ("thursday", self.thursday),
            ("friday", self.friday),
            ("saturday", self.saturday),
            ("sunday", self.sunday),
        ]
    }
}

pub(super) fn hhmm<'de, D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
    let text = String::deserialize(from)?;
    let time = (text.len() == 5 && text.as_bytes()[2] == b'.')
        .then(|| Some((text.get(..2)?.parse().ok()?, text.get(3..)?.parse().ok()?)))
        .flatten()
        .and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok());
    time.ok_or_else(|| serde::de::Error::custom(format!("\"{text}\" is not a time of day as \"08.00\"")))
}

fn hhmm_opt<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Time>, D::Error> {
    hhmm(from).map(Some)
}
