//! The devices of the office: which there are, whether they are alive, and what they want to tell the staff.

use crate::ids::DeviceId;
use crate::lang::Text;
use crate::printing::{PrinterState, PrinterStatus};
use crate::time::Moment;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How often a device says that it is alive.
pub const BEAT: Duration = Duration::from_secs(10);
/// A device that has said nothing for so long is taken for dead: three beats, so that one slow disk is no alarm.
pub const DEAD: Duration = Duration::from_secs(30);
/// How long a kiosk says that an officer has been called; whoever still needs one calls again.
pub const CALL_LASTS: Duration = Duration::from_secs(60);

/// The first kiosk, with which every office begins.
pub const KIOSK: DeviceId = DeviceId(1);
/// The first board.
pub const DISPLAY: DeviceId = DeviceId(2);
/// The first printer.
pub const PRINTER: DeviceId = DeviceId(3);
/// The console.
pub const CONSOLE: DeviceId = DeviceId(4);

/// The devices with which every office begins: identity, key, kind and name of each.
pub const FIRST: [(DeviceId, &str, &str, &str); 4] = [
    (KIOSK, "kiosk", "kiosk", "Kiosk"),
    (DISPLAY, "display", "display", "Papan panggilan"),
    (PRINTER, "printer", "printer", "Printer struk"),
    (CONSOLE, "staff", "console", "Konsol petugas"),
];

/// A device that nobody stands beside when it stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// The board of the waiting room.
    Display,
    /// The touchscreen.
    Kiosk,
    /// The slip printer.
    Printer,
}

impl Device {
    /// The device's key.
    pub fn word(self) -> &'static str {
        match self {
            Device::Display => "display",
            Device::Kiosk => "kiosk",
            Device::Printer => "printer",
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

/// Whether a device that last spoke at `at` has been silent too long. After a restart of the machine it has, until it speaks
/// again.
fn silent(at: &Moment, now: &Moment) -> bool {
    now.since(at).is_none_or(|silent| silent >= DEAD)
}

impl Heartbeat {
    /// Whether the device has been silent too long.
    pub fn is_dead(&self, now: &Moment) -> bool {
        silent(&self.at, now)
    }
}

/// The last sign of life of a printer's role, and what it knows of the printer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrinterReport {
    /// What is known.
    pub state: PrinterState,
    /// For staff: the port, the error bits, what to do.
    pub detail: String,
    /// Since when it is so.
    pub since: Moment,
    /// When the role last said it.
    pub at: Moment,
}

impl PrinterStatus {
    /// Whether the role that watches the printer has been silent too long: what is known of it is old.
    pub fn is_dead(&self, now: &Moment) -> bool {
        silent(&self.at, now)
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
    /// The device that the role works.
    pub fn device(self) -> DeviceId {
        match self {
            Process::Display => DISPLAY,
            Process::Printer => PRINTER,
            Process::Staff => CONSOLE,
        }
    }

    /// The role's word in the journal and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Process::Display => "display",
            Process::Printer => "printer",
            Process::Staff => "staff",
        }
    }
}
