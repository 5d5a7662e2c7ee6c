//! `[board]`: what the board of the waiting room does besides calling. Every key may be left out.

use super::Invalid;
use serde::Deserialize;
use std::time::Duration;

/// The office's board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BoardSettings {
    /// A second line in English under what the board says.
    pub english: bool,
    /// How long a picture of the folder `slides` stands, seconds.
    pub slide_seconds: u16,
    /// How long the board stands between two pictures, seconds.
    pub slide_pause_seconds: u16,
}

impl Default for BoardSettings {
    fn default() -> BoardSettings {
        BoardSettings { english: false, slide_seconds: 10, slide_pause_seconds: 20 }
    }
}

impl BoardSettings {
    /// How long a slide stands.
    pub fn slide(self) -> Duration {
        Duration::from_secs(self.slide_seconds.into())
    }

    /// How long the board stands between two slides.
    pub fn slide_pause(self) -> Duration {
        Duration::from_secs(self.slide_pause_seconds.into())
    }

    pub(super) fn validate(self) -> Result<(), Invalid> {
        let figures = [("slide_seconds", self.slide_seconds), ("slide_pause_seconds", self.slide_pause_seconds)];
        match figures.into_iter().find(|(_, seconds)| !(3..=3600).contains(seconds)) {
            Some((key, seconds)) => Err(Invalid(format!("board.{key} = {seconds}: use 3 to 3600"))),
            None => Ok(()),
        }
    }
}
