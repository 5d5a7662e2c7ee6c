//! A serial port, through the crate `serialport`.
//!
//! Its write of 64 KiB to a port whose printer does not read was measured to hang for ever whatever its timeout, and
//! `flush` waits without one. So this writes 128 bytes at most, each with a short timeout, and never flushes.

use crate::port::{NotOpen, Settings};
use crate::profile::{Flow, Parity};
use crate::session::{Gone, Line};
use serialport::{FlowControl, SerialPort, TTYPort};
use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::time::{Duration, Instant};

/// Bytes written at once at most.
const CHUNK: usize = 128;
/// How long a write waits for room; the printer's answers are heard in between.
const ROOM: Duration = Duration::from_millis(10);

/// An open serial port, locked for this process.
#[derive(Debug)]
pub struct Serial {
    port: TTYPort,
    start: Instant,
}

impl Serial {
    /// Opens the terminal `path`, which `opened` has open already, with eight data bits and one stop bit.
    pub(crate) fn open(path: &Path, opened: impl AsFd, settings: Settings) -> Result<Serial, NotOpen> {
        let name = path.display();
        let port = serialport::new(path.to_string_lossy(), settings.baud)
            .parity(match settings.parity {
                Parity::None => serialport::Parity::None,
                Parity::Even => serialport::Parity::Even,
                Parity::Odd => serialport::Parity::Odd,
            })
            .flow_control(match settings.flow {
                Flow::None => FlowControl::None,
                Flow::Hardware => FlowControl::Hardware,
                Flow::Software => FlowControl::Software,
            })
            .timeout(ROOM)
            .open_native()
            .map_err(|e| match e.kind {
                // serialport gives both the lock it did not get and EBUSY this kind.
                serialport::ErrorKind::NoDevice => NotOpen(format!("{name} sedang dipakai program lain")),
                _ => NotOpen(format!("{name} tidak menerima {} baud: {e}", settings.baud)),
            })?;
        // serialport also forbids opening the terminal again, which outlives a killed process on a pty. Its flock does
        // not, and is enough among programs that ask.
        let _ = rustix::termios::ioctl_tiocnxcl(opened);
        Ok(Serial { port, start: Instant::now() })
    }
}

impl Line for Serial {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Gone> {
        self.port.set_timeout(ROOM).map_err(|_| Gone)?;
        match self.port.write(&bytes[..bytes.len().min(CHUNK)]) {
            Ok(taken) => Ok(taken),
            Err(e) if passes(e.kind()) => Ok(0),
            Err(_) => Err(Gone),
        }
    }

    fn read(&mut self, at_most: Duration) -> Result<Vec<u8>, Gone> {
        self.port.set_timeout(at_most).map_err(|_| Gone)?;
        let mut buffer = [0; 256];
        match self.port.read(&mut buffer) {
            // End of file on a terminal is a hang-up.
            Ok(0) => Err(Gone),
            Ok(n) => Ok(buffer[..n].to_vec()),
            Err(e) if passes(e.kind()) => Ok(Vec::new()),
            // BrokenPipe or EIO: unplugged.
            Err(_) => Err(Gone),
        }
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn unsent(&self) -> usize {
        self.port.bytes_to_write().map_or(0, |bytes| bytes as usize)
    }
}

fn passes(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::TimedOut | ErrorKind::Interrupted | ErrorKind::WouldBlock)
}
