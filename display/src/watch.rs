//! Reads the board again at every change of the office, and tells when it cannot.

use queue::board::Board;
use queue::clock::now;
use queue::store::DATABASE;
use queue::time::Moment;
use queue::{Fault, Office, Store};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the watcher has to say.
#[derive(Clone, Debug)]
pub enum News {
    /// The database was opened: this is the office.
    Office(Box<Office>),
    /// The board as it is now.
    Board(Board),
    /// The database does not answer; the last board was true until then.
    Lost(Moment),
}

/// The safety net beside the doorbell, and how often a lost database is tried again.
const SECOND: Duration = Duration::from_secs(1);

/// Watches the office in `dir` on a thread of its own until `tell` answers `false`.
///
/// # Errors
/// When the system gives no thread.
pub fn watch(dir: PathBuf, tell: impl Fn(News) -> bool + Send + 'static) -> std::io::Result<()> {
    std::thread::Builder::new().name("watch".into()).spawn(move || {
        let mut truth = now();
        let mut said = String::new();
        while let Err(fault) = follow(&dir, &tell, &mut truth) {
            // The same fault every second would drown the journal.
            if said != fault.message {
                tracing::error!("the board cannot read the office and tries again every second: {fault}");
                said = fault.message;
            }
            if !tell(News::Lost(truth)) {
                return;
            }
            std::thread::sleep(SECOND);
        }
    })?;
    Ok(())
}

/// Follows one opened database until nobody listens (`Ok`) or it fails. `truth` is when it last answered.
fn follow(dir: &Path, tell: &impl Fn(News) -> bool, truth: &mut Moment) -> Result<(), Fault> {
    let file = identity(dir);
    let mut store = Store::open(dir)?;
    let mut bell = store.doorbell()?;
    let zone = store.office().identity.zone;
    let (mut minute, mut fresh) = (None, true);
    if !tell(News::Office(Box::new(store.office().clone()))) {
        return Ok(());
    }
    loop {
        let at = now();
        let local = at.local(zone);
        // The minute decides about the break.
        if store.changed()? || fresh || minute != Some((local.hour(), local.minute())) {
            if !tell(News::Board(store.board(at)?)) {
                return Ok(());
            }
            if fresh {
                tracing::info!("the board reads {}", dir.display());
            }
            (minute, fresh) = (Some((local.hour(), local.minute())), false);
        }
        *truth = at;
        bell.wait(SECOND)?;
        // A restored backup is another file under the same name.
        if identity(dir) != file {
            return follow(dir, tell, truth);
        }
    }
}

fn identity(dir: &Path) -> Option<(u64, u64)> {
    std::fs::metadata(dir.join(DATABASE)).ok().map(|m| (m.dev(), m.ino()))
}
