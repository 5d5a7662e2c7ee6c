//! The console's connection to the store, and the bell that tells every open page of a change.

use crate::answer::No;
use crate::api;
use crate::gate::Gate;
use queue::Store;
use queue::store::{Doorbell, LONG_LOG, Process};
use queue::ticket::Seq;
use queue::time::Moment;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{broadcast, watch};

/// The connection that listens, and whether it has seen a change that nobody was told of yet.
struct Listening {
    store: Store,
    bell: Doorbell,
    untold: bool,
    /// The last wish of a technician that the console starts again, as it was when the connection was opened.
    restart: Option<Seq>,
}

/// The board as the public feed tells it; `None` while it cannot be read.
type BoardText = Option<Arc<str>>;

/// Where the console can be reached from.
#[derive(Clone, Copy, Debug)]
pub struct Door {
    /// Over TLS: cookies are for TLS only.
    pub secure: bool,
    /// Beyond this machine.
    pub network: bool,
}

/// Everything the handlers share.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) door: Door,
    /// The code that makes the first account, until it is used. Not kept: a new start makes a new one.
    first_code: Mutex<Option<String>>,
    pub(crate) dir: PathBuf,
    clock: fn() -> Moment,
    /// One connection: an act takes one durable commit, and clerks are few. `None` after a fault, until it reopens.
    store: Mutex<Option<Store>>,
    changes: broadcast::Sender<()>,
    board: watch::Sender<BoardText>,
    pub(crate) gate: Arc<Gate>,
}

impl Desk {
    /// Opens the store in `dir` and starts the thread that listens for changes; it ends with the desk.
    pub(crate) fn open(
        dir: &Path,
        clock: fn() -> Moment,
        door: Door,
        first_code: Option<String>,
    ) -> Result<Arc<Desk>, queue::Fault> {
        let store = Store::open(dir)?;
        let (changes, _) = broadcast::channel(16);
        let board = watch::Sender::new(None);
        let desk = Arc::new(Desk {
            door,
            first_code: Mutex::new(first_code),
            dir: dir.into(),
            clock,
            store: Mutex::new(Some(store)),
            changes: changes.clone(),
            board: board.clone(),
            gate: Arc::default(),
        });
        let mut open = None;
        next_change(dir, &mut open)?;
        show_board(&open, clock(), &board)?;
        let (dir, alive) = (dir.to_path_buf(), Arc::downgrade(&desk));
        std::thread::spawn(move || listen(&dir, open, &changes, &board, clock, &alive));
        Ok(desk)
    }

    /// Runs `work` at the store, on a thread that may block. After a fault the store is opened anew next time.
    pub(crate) async fn ask<T, F>(self: &Arc<Desk>, work: F) -> Result<T, No>
    where
        T: Send + 'static,
        F: FnOnce(&mut Store, Moment) -> Result<T, No> + Send + 'static,
    {
        let desk = self.clone();
        let answer = tokio::task::spawn_blocking(move || {
            let mut slot = desk.store.lock().unwrap_or_else(PoisonError::into_inner);
            // Taken out while it works: after a panic no half-finished store is left in the slot.
            let mut store = match slot.take() {
                Some(store) => store,
                None => Store::open(&desk.dir)?,
            };
            store.reread_office();
            let answer = work(&mut store, (desk.clock)());
            if !answer.as_ref().is_err_and(No::is_fault) {
                *slot = Some(store);
            }
            answer
        });
        answer.await.unwrap_or_else(|e| Err(No::fault(&format!("a request died: {e}"))))
    }

    /// Reads at a connection of its own, so that a long reading keeps no clerk waiting; for the office that is in use.
    pub(crate) async fn read_apart<T, F>(self: &Arc<Desk>, work: F) -> Result<T, No>
    where
        T: Send + 'static,
        F: FnOnce(&Store, Moment) -> Result<T, No> + Send + 'static,
    {
        let desk = self.clone();
        let office = self.ask(|store, _| Ok(store.office().clone())).await?;
        let answer = tokio::task::spawn_blocking(move || work(&Store::open_with(&desk.dir, office)?, (desk.clock)()));
        answer.await.unwrap_or_else(|e| Err(No::fault(&format!("a report died: {e}"))))
    }

    /// Whether this is the code that makes the first account, in the spelling of [`crate::secret::read_code`].
    pub(crate) fn is_first_code(&self, code: &str) -> bool {
        let first = self.first_code.lock().unwrap_or_else(PoisonError::into_inner);
        first.as_deref().is_some_and(|first| first == code)
    }

    /// The first account is made.
    pub(crate) fn use_up_first_code(&self) {
        *self.first_code.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// What time it is.
    pub(crate) fn now(&self) -> Moment {
        (self.clock)()
    }

    /// The board's text, now and whenever it changes.
    pub(crate) fn board(&self) -> watch::Receiver<BoardText> {
        self.board.subscribe()
    }

    /// How many hold the board's text in hand.
    pub(crate) fn board_readers(&self) -> usize {
        self.board.receiver_count()
    }

    /// One message per change of the office, by whatever process.
    pub(crate) fn changes(&self) -> broadcast::Receiver<()> {
        self.changes.subscribe()
    }
}

/// Tells of every commit. Its own connection never writes, so it also sees what the console itself commits.
fn listen(
    dir: &Path,
    mut open: Option<Listening>,
    changes: &broadcast::Sender<()>,
    show: &watch::Sender<BoardText>,
    clock: fn() -> Moment,
    alive: &Weak<Desk>,
) {
    let mut told = false;
    while alive.strong_count() > 0 {
        // Also when nothing was written: a break begins by the clock alone.
        let change = next_change(dir, &mut open);
        match change.and_then(|change| show_board(&open, clock(), show).map(|()| change)) {
            // Nobody listening is no fault.
            Ok(true) => drop(changes.send(())),
            Ok(false) => {}
            Err(fault) => {
                if !told {
                    tracing::error!("pages do not update by themselves until the database can be read: {fault}");
                }
                told = true;
                open = None;
                show.send_replace(None);
                std::thread::sleep(Duration::from_secs(1));
                continue;
            }
        }
        told = false;
    }
}

/// Hands the board to whoever watches it, if it is another than before.
fn show_board(open: &Option<Listening>, now: Moment, show: &watch::Sender<BoardText>) -> Result<(), queue::Fault> {
    let Some(Listening { store, .. }) = open else { return Ok(()) };
    let text = api::board(&store.board(now)?).to_string();
    show.send_if_modified(|shown| {
        let other = shown.as_deref() != Some(&text);
        if other {
            *shown = Some(text.into());
        }
        other
    });
    Ok(())
}

/// Waits for the next ring, at most a second. Opening anew counts as a change: something may have been missed.
///
/// A commit without a ring is a sign of life, of which no page need be told: else every page would be read anew every few
/// seconds. (Or its writer died before it rang; then the next ring tells of both, and pages look by themselves too.)
fn next_change(dir: &Path, open: &mut Option<Listening>) -> Result<bool, queue::Fault> {
    match open {
        Some(Listening { store, bell, untold, restart }) => {
            let rung = bell.wait(Duration::from_secs(1))?;
            if !rung {
                // A second in which nothing happened anywhere: nobody waits for this.
                store.checkpoint(LONG_LOG)?;
            }
            *untold |= store.changed()?;
            if store.reread_office() {
                // A file that was changed by hand rings no bell.
                return Ok(true);
            }
            if store.restart_asked(Process::Staff)? != *restart {
                tracing::info!("a technician wants the console to start again");
                // What a request has not committed by now, its browser asks again.
                std::process::exit(0);
            }
            Ok(rung && std::mem::take(untold))
        }
        None => {
            let mut store = Store::open(dir)?;
            let bell = store.doorbell()?;
            store.changed()?;
            let restart = store.restart_asked(Process::Staff)?;
            *open = Some(Listening { store, bell, untold: false, restart });
            Ok(true)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use queue::devices::Device;

    #[tokio::test]
    async fn a_fault_is_told_and_passes_by_itself() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join(queue::store::DATABASE);
        std::fs::write(dir.path().join("office.toml"), include_str!("../../office.toml")).unwrap();
        drop(Store::create(dir.path()).unwrap());
        let desk = Desk::open(dir.path(), queue::clock::now, Door { secure: false, network: false }, None).unwrap();
        let look = |store: &mut Store, now| Ok(store.day_status(now)?);
        assert!(desk.ask(look).await.is_ok());

        let died: Result<(), No> = desk.ask(|_, _| panic!("a mistake in a page")).await;
        assert!(died.unwrap_err().is_fault());
        assert!(desk.ask(look).await.is_ok(), "one page's mistake is nobody else's");

        let died: Result<(), No> = desk.ask(|_, _| Err(No::fault("the disk failed"))).await;
        assert!(died.unwrap_err().is_fault());
        std::fs::rename(&database, dir.path().join("away")).unwrap();
        assert_eq!(desk.ask(look).await.unwrap_err().status.as_u16(), 503, "opened anew, which fails");
        std::fs::rename(dir.path().join("away"), &database).unwrap();
        assert!(desk.ask(look).await.is_ok());
    }

    #[tokio::test]
    async fn a_refused_office_toml_leaves_every_reading_at_the_office_in_use() {
        let dir = tempfile::tempdir().unwrap();
        let (path, text) = (dir.path().join("office.toml"), include_str!("../../office.toml"));
        std::fs::write(&path, text).unwrap();
        drop(Store::create(dir.path()).unwrap());
        let desk = Desk::open(dir.path(), queue::clock::now, Door { secure: false, network: false }, None).unwrap();
        std::fs::write(&path, text.to_string() + "\n[surprise]\n").unwrap();
        let read = |store: &Store| (store.office().identity.code.clone(), store.tickets().unwrap().len());
        assert_eq!(desk.read_apart(move |store, _| Ok(read(store))).await.unwrap(), ("sajingan-besar".into(), 0));
        assert!(desk.ask(|store, _| Ok(store.office_refused().is_some())).await.unwrap());
    }

    #[tokio::test]
    async fn pages_hear_of_what_other_processes_and_the_console_itself_commit() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("office.toml"), include_str!("../../office.toml")).unwrap();
        let mut other = Store::create(dir.path()).unwrap();
        let desk = Desk::open(dir.path(), queue::clock::now, Door { secure: false, network: false }, None).unwrap();
        let mut changes = desk.changes();
        let next = async |changes: &mut broadcast::Receiver<()>| {
            tokio::time::timeout(Duration::from_secs(60), changes.recv()).await.expect("a ring").unwrap();
        };
        let today = queue::clock::now().local(other.office().identity.zone).date();
        other.open_day(&queue::Command::new(queue::journal::Actor::Terminal), today, true).unwrap();
        next(&mut changes).await;
        let own =
            |store: &mut Store, _| Ok(store.set_network(&queue::Command::new(queue::journal::Actor::Terminal), true)?);
        desk.ask(own).await.unwrap();
        next(&mut changes).await;

        // A board that comes to life is news, a board that goes on living is none.
        let start = queue::clock::now();
        let later = |ms| Moment { uptime_ms: start.uptime_ms + ms, ..start };
        other.beat(Device::Display, &[], start).unwrap();
        next(&mut changes).await;
        other.beat(Device::Display, &[], later(10_000)).unwrap();
        let quiet = tokio::time::timeout(Duration::from_secs(3), changes.recv()).await;
        assert!(quiet.is_err(), "a sign of life woke every page");
        let text = queue::office::Text::new("Papan tanpa suara", "No sound");
        other.beat(Device::Display, &[text], later(20_000)).unwrap();
        next(&mut changes).await;
    }
}
