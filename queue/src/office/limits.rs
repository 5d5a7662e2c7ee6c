//! What the head of office wants kept: the figures that today and the month are held against.

use serde::Deserialize;

/// The limits of the head's pages. None of them changes what an applicant or a clerk may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// So many of a hundred services are to be within their stage's standard minutes.
    pub within_standard_percent: u32,
    /// Nine of ten people are to wait no longer, minutes; whoever waits longer now is told to the head.
    pub wait_minutes: u32,
    /// Of a hundred checked files no more are to be returned.
    pub returned_percent: u32,
    /// A counter that has nobody for longer while people wait for it is told to the head, minutes.
    pub idle_minutes: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { within_standard_percent: 90, wait_minutes: 45, returned_percent: 10, idle_minutes: 15 }
    }
}

impl Limits {
    /// Each with its key in the file and the largest value that makes sense; the smallest is 1.
    pub fn named(&self) -> [(&'static str, u32, u32); 4] {
        [
            ("within_standard_percent", self.within_standard_percent, 100),
            ("wait_minutes", self.wait_minutes, 480),
            ("returned_percent", self.returned_percent, 100),
            ("idle_minutes", self.idle_minutes, 480),
        ]
    }
}
