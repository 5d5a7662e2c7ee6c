//! `[voice]`: what board and kiosk speak, and how loud. Every key may be left out.

use super::hours::hhmm;
use super::{Invalid, Lang};
use jiff::civil::Time;
use serde::Deserialize;
use std::time::Duration;

/// How the figures of a number are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reading {
    /// "nol satu dua": figure by figure, as it stands on the slip.
    #[default]
    Figures,
    /// "dua belas": as a number.
    Number,
}

/// How loud it is from a time of day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Volume {
    /// From when.
    #[serde(deserialize_with = "hhmm")]
    pub from: Time,
    /// 0 is silent, 100 as loud as the clips are.
    pub percent: u8,
}

/// The office's voice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Voice {
    /// The languages of a call, in this order; none is a chime-less, silent board.
    pub languages: Vec<Lang>,
    /// How numbers are read.
    pub reading: Reading,
    /// How often a call is said again by itself while nobody else waits to be shown.
    pub repeats: u8,
    /// Seconds between a call and its repetition.
    pub repeat_after_seconds: u8,
    /// Loudness by time of day, ascending; before the first one the last of the day before holds.
    pub volume: Vec<Volume>,
}

impl Default for Voice {
    fn default() -> Voice {
        let languages = vec![Lang::Id];
        Voice { languages, reading: Reading::Figures, repeats: 1, repeat_after_seconds: 4, volume: Vec::new() }
    }
}

impl Voice {
    /// How long after a call it is said again.
    pub fn repeat_after(&self) -> Duration {
        Duration::from_secs(self.repeat_after_seconds.into())
    }

    /// How loud it is at a time of day, 0 to 100, under the `master` volume that staff have set.
    pub fn percent_at(&self, at: Time, master: u8) -> u8 {
        let now = self.volume.iter().rev().find(|v| v.from <= at).or(self.volume.last());
        let percent = u32::from(now.map_or(100, |v| v.percent)) * u32::from(master.min(100)) / 100;
        percent.min(100) as u8
    }

    pub(super) fn validate(&self) -> Result<(), Invalid> {
        let fail = |message: String| Err(Invalid(message));
        if let [first, rest @ ..] = self.languages.as_slice()
            && rest.contains(first)
        {
            return fail("voice.languages: name each language once, as [\"id\", \"en\"]".into());
        }
        if self.repeats > 3 {
            return fail(format!("voice.repeats = {}: use 0 to 3", self.repeats));
        }
        if !(2..=30).contains(&self.repeat_after_seconds) {
            return fail(format!("voice.repeat_after_seconds = {}: use 2 to 30", self.repeat_after_seconds));
        }
        if let Some(volume) = self.volume.iter().find(|v| v.percent > 100) {
            return fail(format!("voice.volume: percent = {}: use 0 to 100", volume.percent));
        }
        if !self.volume.is_sorted_by(|a, b| a.from < b.from) {
            return fail("voice.volume: the times must ascend, each named once".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loudness_follows_the_time_of_day_and_the_master_volume() {
        let at = |hour, minute| Time::new(hour, minute, 0, 0).unwrap();
        let volume = |hour, percent| Volume { from: at(hour, 0), percent };
        let voice = Voice { volume: vec![volume(7, 100), volume(12, 60), volume(18, 20)], ..Voice::default() };
        assert_eq!(voice.percent_at(at(6, 59), 100), 20, "the evening holds until the morning");
        assert_eq!(voice.percent_at(at(7, 0), 100), 100);
        assert_eq!(voice.percent_at(at(12, 30), 50), 30);
        assert_eq!(voice.percent_at(at(12, 30), 0), 0);
        assert_eq!(Voice::default().percent_at(at(3, 0), 80), 80);
    }
}
