//! What the office knows of its printer.

use std::time::Duration;

/// How a paper ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// `GS V 66 0`: feed to the knife and cut, leaving a bridge where the printer can.
    FeedAndCut,
    /// The same behind three fed lines, for printers that may have a tear bar only: those ignore `GS V 66`, even its
    /// feed (NT-5890K, hardware notes of the escpost project).
    LinesThenCut,
}

/// A kind of printer. All claims are those of cheap printers in general; a named printer can only be better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// For staff and journal.
    pub name: &'static str,
    /// Dots per line, 384 on 58 mm paper and 576 on 80 mm paper.
    pub dots: usize,
    /// Characters of font A (12 × 24 dots) per line.
    pub columns: usize,
    /// Paper speed in mm/s; decides how many bytes a paper may cost. Unverified: no printer was measured.
    pub speed: u32,
    /// How a paper ends.
    pub cut: Cut,
}

/// Dots per millimetre of a 203 dpi head.
pub const DOTS_PER_MM: u32 = 8;

/// 58 mm paper, 384 dots at 203 dpi; such printers are documented up to 90 mm/s.
pub const GENERIC_58: Profile =
    Profile { name: "generik 58 mm", dots: 384, columns: 32, speed: 60, cut: Cut::LinesThenCut };

/// 80 mm paper, 576 dots at 203 dpi; documented speeds reach from 150 to 300 mm/s, clones are slower.
pub const GENERIC_80: Profile =
    Profile { name: "generik 80 mm", dots: 576, columns: 48, speed: 100, cut: Cut::FeedAndCut };

impl Profile {
    /// The time the head needs for `rows` rows of dots.
    pub fn head_time(&self, rows: u32) -> Duration {
        Duration::from_secs_f64(f64::from(rows) / f64::from(DOTS_PER_MM * self.speed.max(1)))
    }
}

/// The time `bytes` bytes need on the wire: ten bits each (8N1).
pub fn wire_time(bytes: usize, baud: u32) -> Duration {
    Duration::from_secs_f64(bytes as f64 * 10.0 / f64::from(baud.max(1)))
}
