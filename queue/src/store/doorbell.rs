//! The doorbell: one small file beside the database, touched after each commit and watched by every reader.
//!
//! Watching the `-wal` file would not do: its event comes before the commit is visible.
//!
//! The bell says how far the journal had come when it was rung last: generation and number of the event. It is written after
//! the commit is on disk, so it never tells of more than there was. A database that ends before it has lost commits that were
//! acknowledged: its write-ahead log is gone or damaged, or it is an older copy.

use super::file::private;
use super::{Fault, FaultKind};
use crate::ticket::Seq;
use inotify::{Inotify, WatchMask};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

/// Opens the bell for ringing. It is never truncated or replaced: a watch would die with the old file.
pub(super) fn bell(path: &Path) -> Result<File, Fault> {
    let bell = OpenOptions::new().create(true).truncate(false).write(true).open(path);
    let bell = bell.map_err(|e| Fault::file(path, "open", &e))?;
    // Whoever made it: a technician's umask must not keep the other roles from ringing. Only its owner can and need say so.
    let _ = private(path);
    Ok(bell)
}

/// An end of the journal: generation, and number of the last event.
pub(super) type End = (u32, Seq);

/// The bell's text has this length, so that a new one covers the one before.
const LENGTH: usize = 32;

/// Rings, and says where the journal ends. A failure is harmless: readers also look once a second.
pub(super) fn ring(bell: Option<&File>, (generation, last): End) {
    let text = format!("{generation:010} {:020}\n", last.0);
    debug_assert_eq!(text.len(), LENGTH);
    let _ = bell.map(|bell| bell.write_all_at(text.as_bytes(), 0));
}

/// Rings without a commit: what the bell says of the journal stays.
pub(super) fn ring_only(bell: Option<&File>) {
    let _ = bell.map(|bell| bell.write_all_at(b"\n", LENGTH as u64 - 1));
}

/// Where the journal ended when the bell at `path` was rung last; `None` where it was never rung by this version.
pub(super) fn rung(path: &Path) -> Option<End> {
    let text = std::fs::read_to_string(path).ok()?;
    let (generation, last) = text.trim_end().split_once(' ')?;
    Some((generation.parse().ok()?, Seq(last.parse().ok()?)))
}

/// Wakes a reader within a millisecond of another process's commit. Where the kernel gives no watch, it only lets the time
/// pass: its reader looks once a second anyway.
#[derive(Debug)]
pub struct Doorbell {
    inotify: Option<Inotify>,
}

impl Doorbell {
    pub(super) fn watch(path: &Path) -> Doorbell {
        let watched = Inotify::init().and_then(|inotify| {
            inotify.watches().add(path, WatchMask::MODIFY)?;
            Ok(inotify)
        });
        if let Err(error) = &watched {
            tracing::warn!(
                "cannot watch {}: {error}; changes are seen up to a second late (see fs.inotify.max_user_instances)",
                path.display()
            );
        }
        Doorbell { inotify: watched.ok() }
    }

    /// Waits until somebody rings (`true`) or the time is over. Either way, ask [`super::Store::changed`]: a writer may
    /// have died between its commit and the bell, so `at_most` should be about a second.
    ///
    /// # Errors
    /// When the kernel refuses to wait; the caller may fall back to looking once a second.
    pub fn wait(&mut self, at_most: Duration) -> Result<bool, Fault> {
        let timeout = Timespec {
            tv_sec: i64::try_from(at_most.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(at_most.subsec_nanos()),
        };
        let mut fds: Vec<PollFd> = self.inotify.iter().map(|inotify| PollFd::new(inotify, PollFlags::IN)).collect();
        match poll(&mut fds, Some(&timeout)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => return Ok(false),
            Ok(_) => {}
            Err(e) => return Err(Fault::new(FaultKind::Bug, format!("cannot wait for the doorbell: {e}"))),
        }
        let Some(inotify) = &mut self.inotify else { return Ok(false) };
        let mut buffer = [0; 1024];
        loop {
            match inotify.read_events(&mut buffer).map(|events| events.count()) {
                Ok(1..) => {}
                Ok(0) => return Ok(true),
                Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => return Ok(true),
                Err(e) => return Err(Fault::new(FaultKind::Bug, format!("cannot read the doorbell: {e}"))),
            }
        }
    }
}
