//! Whether the board and the kiosk are alive, and what they want to tell the staff.

use crate::lang::Text;
use crate::time::Moment;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How often a device says that it is alive.
pub const BEAT: Duration = Duration::from_secs(10);
/// A device that has said nothing for so long is taken for dead: three beats, so that one slow disk is no alarm.
pub const DEAD: Duration = Duration::from_secs(30);

/// A device that nobody stands beside when it stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// The board of the waiting room.
    Display,
    /// The touchscreen.
    Kiosk,
}

impl Device {
    /// The device's word in the database.
    pub fn word(self) -> &'static str {
        match self {
            Device::Display => "display",
            Device::Kiosk => "kiosk",
        }
    }
}

/// The last sign of life of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// What staff should know although the device works, as that it has no sound; usually nothing.
    pub troubles: Vec<Text>,
    /// When it was last known to work.
    pub at: Moment,
}

impl Heartbeat {
    /// Whether the device has been silent too long. After a restart of the machine it is, until it speaks again.
    pub fn is_dead(&self, now: &Moment) -> bool {
        now.since(&self.at).is_none_or(|silent| silent >= DEAD)
    }
}

/// A process of the appliance that starts again when asked. The kiosk is none: it hears its technician directly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Process {
    /// The board and its voice.
    Display,
    /// The spooler.
    Printer,
    /// The counters' console.
    Staff,
}

impl Process {
    /// The role's word in the database and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Process::Display => "display",
            Process::Printer => "printer",
            Process::Staff => "staff",
        }
    }
}
