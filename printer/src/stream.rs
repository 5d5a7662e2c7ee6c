//! A printer that is no terminal: a USB printer's device file, or raw TCP. The descriptor never blocks.

use crate::port::NotOpen;
use crate::session::{Gone, Line};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::net::{TcpStream, ToSocketAddrs};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

/// How long a printer in the network may take to accept; a box without a route knows sooner.
const CONNECT: Duration = Duration::from_secs(2);

/// An open device file or connection.
#[derive(Debug)]
pub struct Stream {
    fd: OwnedFd,
    start: Instant,
    /// The end of the file means that the other end has closed.
    ends: bool,
    /// It has shown that nothing comes back.
    one_way: bool,
}

impl Stream {
    /// A device file, opened non-blocking.
    pub(crate) fn device(fd: OwnedFd) -> Stream {
        Stream { fd, start: Instant::now(), ends: false, one_way: false }
    }

    /// Connects to host and port.
    pub(crate) fn connect(host: &str) -> Result<Stream, NotOpen> {
        let away = |e: &dyn std::fmt::Display| {
            NotOpen(format!("printer tidak terhubung (tcp://{host}): periksa kabel jaringan dan listriknya ({e})"))
        };
        let address = host.to_socket_addrs().map_err(|e| away(&e))?.next().ok_or_else(|| away(&"tanpa alamat"))?;
        let stream = TcpStream::connect_timeout(&address, CONNECT).map_err(|e| away(&e))?;
        stream.set_nonblocking(true).and_then(|()| stream.set_nodelay(true)).map_err(|e| away(&e))?;
        Ok(Stream { fd: stream.into(), start: Instant::now(), ends: true, one_way: false })
    }
}

impl Line for Stream {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Gone> {
        match rustix::io::write(&self.fd, bytes) {
            Ok(taken) => Ok(taken),
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            Err(_) => Err(Gone),
        }
    }

    fn read(&mut self, at_most: Duration) -> Result<Vec<u8>, Gone> {
        let timeout = Timespec { tv_sec: at_most.as_secs() as i64, tv_nsec: i64::from(at_most.subsec_nanos()) };
        let mut fds = [PollFd::new(&self.fd, PollFlags::IN)];
        match poll(&mut fds, Some(&timeout)) {
            Ok(0) | Err(Errno::INTR) => return Ok(Vec::new()),
            Ok(_) => {}
            Err(_) => return Err(Gone),
        }
        let mut buffer = [0; 256];
        match rustix::io::read(&self.fd, &mut buffer) {
            Ok(0) if self.ends => Err(Gone),
            // A device file without a back-channel is always ready to say nothing (EINVAL: a one-way USB printer).
            Ok(0) | Err(Errno::INVAL) => {
                self.one_way = true;
                std::thread::sleep(at_most.min(Duration::from_millis(20)));
                Ok(Vec::new())
            }
            Ok(n) => Ok(buffer[..n].to_vec()),
            Err(Errno::AGAIN | Errno::INTR) => Ok(Vec::new()),
            Err(_) => Err(Gone),
        }
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn is_serial(&self) -> bool {
        false
    }

    fn is_one_way(&self) -> bool {
        self.one_way
    }
}
