//! A serial port, a USB printer's device file or a pty, without ever blocking on it.
//!
//! The descriptor stays non-blocking: on a port whose printer does not read, a blocking write would hang for ever,
//! and so would `tcdrain`, which is never called.

use crate::session::{Gone, Line};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{ControlModes, OptionalActions};
use std::fmt;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::{Duration, Instant};

/// An open port.
#[derive(Debug)]
pub struct Serial {
    port: OwnedFd,
    start: Instant,
}

/// Why a port cannot be used, in words for staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotOpen(pub String);

impl fmt::Display for NotOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serial {
    /// Opens the port for this process alone: 8N1, `baud` bits per second, no flow control.
    ///
    /// # Errors
    /// Absent, busy, not permitted, or no device at all, with what to do.
    pub fn open(path: &Path, baud: u32) -> Result<Serial, NotOpen> {
        let name = path.display();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let port = rustix::fs::open(path, flags, Mode::empty()).map_err(|e| {
            NotOpen(match e {
                Errno::NOENT | Errno::NODEV | Errno::NXIO | Errno::IO => {
                    format!("printer tidak terhubung ({name}): periksa kabel dan listriknya")
                }
                Errno::ACCESS | Errno::PERM => {
                    format!("tidak boleh membuka {name}: masukkan pengguna ke grup dialout")
                }
                Errno::BUSY => format!("{name} sedang dipakai program lain"),
                e => format!("{name} tidak dapat dibuka: {e}"),
            })
        })?;
        let stat = rustix::fs::fstat(&port).map_err(|e| NotOpen(format!("{name}: {e}")))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::CharacterDevice {
            return Err(NotOpen(format!("{name} bukan port printer")));
        }
        rustix::fs::flock(&port, FlockOperation::NonBlockingLockExclusive)
            .map_err(|_| NotOpen(format!("{name} sedang dipakai program lain")))?;
        // A device file without terminal settings (/dev/usb/lp0) needs none.
        if let Ok(mut settings) = rustix::termios::tcgetattr(&port) {
            settings.make_raw();
            settings.control_modes -= ControlModes::CSTOPB | ControlModes::PARENB | ControlModes::CRTSCTS;
            settings.control_modes |= ControlModes::CLOCAL | ControlModes::CREAD | ControlModes::CS8;
            settings
                .set_speed(baud)
                .and_then(|()| rustix::termios::tcsetattr(&port, OptionalActions::Now, &settings))
                .map_err(|e| NotOpen(format!("{name} tidak menerima {baud} baud: {e}")))?;
        }
        Ok(Serial { port, start: Instant::now() })
    }
}

impl Line for Serial {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Gone> {
        match rustix::io::write(&self.port, bytes) {
            Ok(taken) => Ok(taken),
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            Err(_) => Err(Gone),
        }
    }

    fn read(&mut self, at_most: Duration) -> Result<Vec<u8>, Gone> {
        let timeout = Timespec { tv_sec: at_most.as_secs() as i64, tv_nsec: i64::from(at_most.subsec_nanos()) };
        let mut fds = [PollFd::new(&self.port, PollFlags::IN)];
        match poll(&mut fds, Some(&timeout)) {
            Ok(0) | Err(Errno::INTR) => return Ok(Vec::new()),
            Ok(_) => {}
            Err(_) => return Err(Gone),
        }
        let mut buffer = [0; 256];
        match rustix::io::read(&self.port, &mut buffer) {
            // End of file on a terminal is a hang-up.
            Ok(0) => Err(Gone),
            Ok(n) => Ok(buffer[..n].to_vec()),
            Err(Errno::AGAIN | Errno::INTR) => Ok(Vec::new()),
            Err(_) => Err(Gone),
        }
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }
}
