//! The ways to a printer: a serial port, a USB printer's device file, or raw TCP.

use crate::profile::{Flow, Parity};
use crate::serial::Serial;
use crate::session::{Gone, Line};
use crate::stream::Stream;
use rustix::fs::{FileType, FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use std::convert::Infallible;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// Where the printer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A serial port (`/dev/serial/by-id/…`) or a printer's device file (`/dev/usb/lp0`).
    Device(PathBuf),
    /// Host and port of a printer that takes raw data over TCP, from `tcp://10.0.0.5:9100`.
    Tcp(String),
}

impl FromStr for Address {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Address, Infallible> {
        Ok(match text.strip_prefix("tcp://") {
            Some(host) if host.contains(':') => Address::Tcp(host.into()),
            // The port that network printers listen on for raw data.
            Some(host) => Address::Tcp(format!("{host}:9100")),
            None => Address::Device(text.into()),
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Device(path) => write!(f, "{}", path.display()),
            Address::Tcp(host) => write!(f, "tcp://{host}"),
        }
    }
}

/// How a serial port speaks, with eight data bits and one stop bit; other ports have no use for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Bits per second.
    pub baud: u32,
    /// The parity bit.
    pub parity: Parity,
    /// How the printer says that its buffer is full.
    pub flow: Flow,
}

/// Why a port cannot be used, in words for staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotOpen(pub String);

impl fmt::Display for NotOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An open port, for this process alone.
#[derive(Debug)]
pub enum Port {
    /// A terminal.
    Serial(Serial),
    /// Anything else.
    Stream(Stream),
}

impl Port {
    /// Opens the port.
    ///
    /// # Errors
    /// Absent, busy, not permitted, or no device at all, with what to do.
    pub fn open(address: &Address, settings: Settings) -> Result<Port, NotOpen> {
        match address {
            Address::Device(path) => device(path, settings),
            Address::Tcp(host) => Stream::connect(host).map(Port::Stream),
        }
    }
}

fn device(path: &Path, settings: Settings) -> Result<Port, NotOpen> {
    let name = path.display();
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let opened = rustix::fs::open(path, flags, Mode::empty()).map_err(|e| {
        NotOpen(match e {
            Errno::NOENT | Errno::NODEV | Errno::NXIO | Errno::IO => {
                format!("printer tidak terhubung ({name}): periksa kabel dan listriknya")
            }
            Errno::ACCESS | Errno::PERM => {
                format!("tidak boleh membuka {name}: masukkan pengguna ke grup dialout (USB: grup lp)")
            }
            Errno::BUSY => format!("{name} sedang dipakai program lain"),
            e => format!("{name} tidak dapat dibuka: {e}"),
        })
    })?;
    let stat = rustix::fs::fstat(&opened).map_err(|e| NotOpen(format!("{name}: {e}")))?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::CharacterDevice {
        return Err(NotOpen(format!("{name} bukan port printer")));
    }
    if rustix::termios::isatty(&opened) {
        return Serial::open(path, &opened, settings).map(Port::Serial);
    }
    rustix::fs::flock(&opened, FlockOperation::NonBlockingLockExclusive)
        .map_err(|_| NotOpen(format!("{name} sedang dipakai program lain")))?;
    Ok(Port::Stream(Stream::device(opened)))
}

impl Line for Port {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Gone> {
        match self {
            Port::Serial(line) => line.write(bytes),
            Port::Stream(line) => line.write(bytes),
        }
    }

    fn read(&mut self, at_most: Duration) -> Result<Vec<u8>, Gone> {
        match self {
            Port::Serial(line) => line.read(at_most),
            Port::Stream(line) => line.read(at_most),
        }
    }

    fn now(&self) -> Duration {
        match self {
            Port::Serial(line) => line.now(),
            Port::Stream(line) => line.now(),
        }
    }

    fn unsent(&self) -> usize {
        match self {
            Port::Serial(line) => line.unsent(),
            Port::Stream(line) => line.unsent(),
        }
    }

    fn is_serial(&self) -> bool {
        matches!(self, Port::Serial(_))
    }

    fn is_one_way(&self) -> bool {
        matches!(self, Port::Stream(line) if line.is_one_way())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_path_or_a_host() {
        let parse = |text: &str| text.parse::<Address>().map(|a| a.to_string());
        assert_eq!(parse("/dev/usb/lp0"), Ok("/dev/usb/lp0".into()));
        assert_eq!(parse("tcp://10.0.0.5:9100"), Ok("tcp://10.0.0.5:9100".into()));
        assert_eq!(parse("tcp://printer"), Ok("tcp://printer:9100".into()));
    }
}
