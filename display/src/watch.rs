//! Reads the board again at every change of the office, and tells when it cannot. Writes the board's sign of life.

use crate::health::Health;
use queue::board::Board;
use queue::clock::now;
use queue::devices::{BEAT, Device};
use queue::office::Text;
use queue::store::{DATABASE, Process};
use queue::time::Moment;
use queue::{Fault, Office, doors};
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
    /// The loudspeaker has done with this speech.
    Spoken(u64),
    /// Nothing new: who draws shows by drawing that it is alive.
    Beat,
}

/// The safety net beside the doorbell, and how often a lost database is tried again.
const SECOND: Duration = Duration::from_secs(1);

/// Watches the office in `dir` on a thread of its own until `tell` answers `false`. What `health` says is written to the
/// store; a panel that is not the board of the waiting room has none.
///
/// # Errors
/// When the system gives no thread.
pub fn watch(
    dir: PathBuf,
    health: Option<Health>,
    tell: impl Fn(News) -> bool + Send + 'static,
) -> std::io::Result<()> {
    std::thread::Builder::new().name("watch".into()).spawn(move || {
        let mut truth = now();
        let mut said = String::new();
        while let Err(fault) = follow(&dir, health.as_ref(), &tell, &mut truth) {
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
fn follow(dir: &Path, health: Option<&Health>, tell: &impl Fn(News) -> bool, truth: &mut Moment) -> Result<(), Fault> {
    let file = identity(dir);
    let mut store = doors::Board::open(dir)?;
    let mut bell = store.doorbell();
    let restart = store.restart_asked(Process::Display)?;
    let (mut minute, mut fresh) = (None, true);
    let mut pulse = health.map(Pulse::of);
    if !tell(News::Office(Box::new(store.office().clone()))) {
        return Ok(());
    }
    loop {
        let at = now();
        if store.reread_office() {
            if !tell(News::Office(Box::new(store.office().clone()))) {
                return Ok(());
            }
            minute = None;
        }
        let local = at.local(store.office().identity.zone);
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
        if store.restart_asked(Process::Display)? != restart {
            tracing::info!("a technician wants the board to start again");
            // The board may be killed at any moment; what it must remember, `display.shown` has.
            std::process::exit(0);
        }
        *truth = at;
        if let Some(pulse) = &mut pulse {
            if pulse.is_due(&at) && !tell(News::Beat) {
                return Ok(());
            }
            pulse.write(&store);
        }
        bell.wait(SECOND)?;
        // A restored backup is another file under the same name.
        if identity(dir) != file {
            return follow(dir, health, tell, truth);
        }
    }
}

/// The board's sign of life: asked of the panel every [`BEAT`], written when the panel has answered.
struct Pulse<'a> {
    health: &'a Health,
    asked: Option<Moment>,
    written: Option<(Moment, Vec<Text>)>,
    wrong: bool,
}

impl<'a> Pulse<'a> {
    fn of(health: &'a Health) -> Pulse<'a> {
        Pulse { health, asked: None, written: None, wrong: false }
    }

    /// Whether the panel should be asked again; from then on it is.
    fn is_due(&mut self, at: &Moment) -> bool {
        let due = self.asked.is_none_or(|asked| at.since(&asked).is_none_or(|passed| passed >= BEAT));
        if due {
            self.asked = Some(*at);
        }
        due
    }

    /// Writes what has changed. A disk that takes nothing is no reason to stop showing calls.
    fn write(&mut self, store: &doors::Board) {
        let Some(told) = self.health.told() else { return };
        let (alive, troubles) = &told;
        let known = self.written.as_ref();
        let late = known.is_none_or(|(written, _)| alive.since(written).is_none_or(|passed| passed >= BEAT));
        if !late && known.is_some_and(|(_, written)| written == troubles) {
            return;
        }
        let result = store.beat(Device::Display, troubles, *alive);
        if let Err(fault) = &result
            && !self.wrong
        {
            tracing::warn!("staff may take the board for dead, its sign of life cannot be written: {fault}");
        }
        self.wrong = result.is_err();
        self.written = Some(told);
    }
}

fn identity(dir: &Path) -> Option<(u64, u64)> {
    std::fs::metadata(dir.join(DATABASE)).ok().map(|m| (m.dev(), m.ino()))
}
