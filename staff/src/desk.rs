//! The console's connections to the store, one for acts and a few for looking, and the bell that tells every open page of
//! a change.

use crate::answer::No;
use crate::api;
use crate::gate::Gate;
use crate::noted::{Kind, Noted};
use crate::proving::Proving;
use crate::report::Past;
use axum::http::Method;
use queue::Store;
use queue::store::{Doorbell, InUse, LONG_LOG, Process};
use queue::ticket::Seq;
use queue::time::Moment;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};
use std::time::Duration;
use tokio::sync::{Semaphore, broadcast, watch};

/// So many pages are read from the store at once: a page takes milliseconds, and this machine has few cores.
const READERS: usize = 3;

/// Of these, so many for strangers.
const STRANGERS: usize = 2;

/// The connection that listens.
struct Listening {
    store: Store,
    bell: Doorbell,
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
    /// For acts: one takes one durable commit, and clerks are few. `None` after a fault, until it reopens.
    writer: Mutex<Option<Store>>,
    /// For looking: those that nobody looks with just now.
    readers: Mutex<Vec<Store>>,
    looking: Arc<Semaphore>,
    /// Of these, so many are for strangers at most: whoever is known does not stand in their queue.
    outside: Arc<Semaphore>,
    office: Mutex<InUse>,
    changes: broadcast::Sender<()>,
    board: watch::Sender<BoardText>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) proving: Proving,
    /// The months that reports are compared with.
    pub(crate) past: Past,
    noted: Mutex<Noted>,
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
        let desk = Arc::new(Desk {
            door,
            first_code: Mutex::new(first_code),
            dir: dir.into(),
            clock,
            office: Mutex::new(store.office_in_use()),
            writer: Mutex::new(Some(store)),
            readers: Mutex::default(),
            looking: Arc::new(Semaphore::new(READERS)),
            outside: Arc::new(Semaphore::new(STRANGERS)),
            changes: broadcast::Sender::new(16),
            board: watch::Sender::new(None),
            gate: Arc::default(),
            proving: Proving::default(),
            past: Past::default(),
            noted: Mutex::default(),
        });
        let mut open = None;
        next_change(&desk, &mut open)?;
        desk.show_board(&open)?;
        let alive = Arc::downgrade(&desk);
        std::thread::spawn(move || listen(&alive, open));
        Ok(desk)
    }

    /// Runs `work`, which may write, at the store, on a thread that may block; one after the other. After a fault the store
    /// is opened anew next time.
    pub(crate) async fn ask<T, F>(self: &Arc<Desk>, work: F) -> Result<T, No>
    where
        T: Send + 'static,
        F: FnOnce(&mut Store, Moment) -> Result<T, No> + Send + 'static,
    {
        let desk = self.clone();
        off_thread(move || desk.write(lock(&desk.writer), work)).await
    }

    /// Writes what nobody waits for; not at all while the writer has other work.
    pub(crate) fn aside<F>(self: &Arc<Desk>, work: F)
    where
        F: FnOnce(&mut Store, Moment) -> Result<(), No> + Send + 'static,
    {
        let desk = self.clone();
        tokio::task::spawn_blocking(move || match desk.writer.try_lock() {
            Ok(writer) => desk.write(writer, work),
            Err(TryLockError::Poisoned(poisoned)) => desk.write(poisoned.into_inner(), work),
            Err(TryLockError::WouldBlock) => Ok(()),
        });
    }

    fn write<T, F>(&self, mut writer: MutexGuard<Option<Store>>, work: F) -> Result<T, No>
    where
        F: FnOnce(&mut Store, Moment) -> Result<T, No>,
    {
        // Taken out while it works: after a panic no half-finished store is left in the slot.
        let mut store = match writer.take() {
            Some(store) => store,
            None => self.open_once_more()?,
        };
        store.share_office(&mut lock(&self.office));
        store.keep_office();
        let answer = work(&mut store, self.now());
        // What the head of office has just changed, the next page shows.
        store.share_office(&mut lock(&self.office));
        if !answer.as_ref().is_err_and(No::is_fault) {
            *writer = Some(store);
        }
        answer
    }

    /// Runs `work`, which only looks, upon one snapshot of the store: it waits neither for an act nor for the write lock.
    pub(crate) async fn look<T, F>(self: &Arc<Desk>, work: F) -> Result<T, No>
    where
        T: Send + 'static,
        F: FnOnce(&Store, Moment) -> Result<T, No> + Send + 'static,
    {
        let place = self.looking.clone().acquire_owned().await;
        let desk = self.clone();
        off_thread(move || {
            // Given back when the work is over, whether or not somebody still waits for it.
            let _place = place;
            let idle = lock(&desk.readers).pop();
            let store = desk.reader(idle)?;
            let answer = store.snapshot(|store| work(store, desk.now()))?;
            if !answer.as_ref().is_err_and(No::is_fault) {
                lock(&desk.readers).push(store);
            }
            answer
        })
        .await
    }

    /// The same for somebody who is not known yet.
    pub(crate) async fn look_outside<T, F>(self: &Arc<Desk>, work: F) -> Result<T, No>
    where
        T: Send + 'static,
        F: FnOnce(&Store, Moment) -> Result<T, No> + Send + 'static,
    {
        let _turn = self.outside.acquire().await;
        self.look(work).await
    }

    /// The same for what takes long, at a connection of its own: no page waits for it. It sees what is committed meanwhile.
    pub(crate) async fn read_apart<T, F>(self: &Arc<Desk>, work: F) -> Result<T, No>
    where
        T: Send + 'static,
        F: FnOnce(&Store, Moment) -> Result<T, No> + Send + 'static,
    {
        let desk = self.clone();
        off_thread(move || work(&desk.reader(None)?, desk.now())).await
    }

    /// A connection for looking: an idle one, or another.
    fn reader(&self, idle: Option<Store>) -> Result<Store, No> {
        let mut store = match idle {
            Some(store) => store,
            None => self.open_once_more()?,
        };
        store.share_office(&mut lock(&self.office));
        Ok(store)
    }

    fn open_once_more(&self) -> Result<Store, queue::Fault> {
        let office = lock(&self.office).clone();
        Store::open_with(&self.dir, office)
    }

    /// Whether this is the code that makes the first account, in the spelling of [`crate::secret::read_code`].
    pub(crate) fn is_first_code(&self, code: &str) -> bool {
        let first = lock(&self.first_code);
        first.as_deref().is_some_and(|first| first == code)
    }

    /// The first account is made.
    pub(crate) fn use_up_first_code(&self) {
        *lock(&self.first_code) = None;
    }

    /// What time it is.
    pub(crate) fn now(&self) -> Moment {
        (self.clock)()
    }

    /// Tells the log of what was turned away, as far as it has room for that.
    pub(crate) fn note(&self, kind: Kind, from: Option<IpAddr>, request: (&Method, &str)) {
        let lines = lock(&self.noted).note(kind, from, request, self.now());
        lines.iter().for_each(|line| tracing::warn!("{line}"));
    }

    /// The board's text, now and whenever it changes.
    pub(crate) fn board(&self) -> watch::Receiver<BoardText> {
        self.board.subscribe()
    }

    /// Hands the board to whoever watches it, if it is another than before.
    fn show_board(&self, open: &Option<Listening>) -> Result<(), queue::Fault> {
        let Some(Listening { store, .. }) = open else { return Ok(()) };
        let text = api::board(&store.board(self.now())?).to_string();
        self.board.send_if_modified(|shown| {
            let other = shown.as_deref() != Some(&text);
            if other {
                *shown = Some(text.into());
            }
            other
        });
        Ok(())
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

/// A lock whose holder panicked guards nothing that is half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does what may block on a thread for that.
pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, No> + Send + 'static,
) -> Result<T, No> {
    let answer = tokio::task::spawn_blocking(work);
    answer.await.unwrap_or_else(|e| Err(No::fault(&format!("a request died: {e}"))))
}

/// Tells of every commit. Its own connection never writes, so it also sees what the console itself commits.
fn listen(desk: &Weak<Desk>, mut open: Option<Listening>) {
    let mut told = false;
    while let Some(desk) = desk.upgrade() {
        lock(&desk.noted).over(desk.now()).iter().for_each(|line| tracing::warn!("{line}"));
        // Also when nothing was written: a break begins by the clock alone.
        let change = next_change(&desk, &mut open);
        match change.and_then(|change| desk.show_board(&open).map(|()| change)) {
            // Nobody listening is no fault.
            Ok(true) => drop(desk.changes.send(())),
            Ok(false) => {}
            Err(fault) => {
                if !told {
                    tracing::error!("pages do not update by themselves until the database can be read: {fault}");
                }
                told = true;
                open = None;
                desk.board.send_replace(None);
                drop(desk);
                std::thread::sleep(Duration::from_secs(1));
                continue;
            }
        }
        told = false;
    }
}

/// Waits for the next ring, at most a second. Opening anew counts as a change: something may have been missed.
fn next_change(desk: &Desk, open: &mut Option<Listening>) -> Result<bool, queue::Fault> {
    match open {
        Some(Listening { store, bell, restart }) => {
            let rung = bell.wait(Duration::from_secs(1))?;
            if !rung {
                // A second in which nothing happened anywhere: nobody waits for this.
                store.checkpoint(LONG_LOG)?;
            }
            let changed = store.changed()?;
            let other_office = store.share_office(&mut lock(&desk.office));
            store.keep_office();
            if other_office {
                // A file that was changed by hand rings no bell.
                return Ok(true);
            }
            if store.restart_asked(Process::Staff)? != *restart {
                tracing::info!("a technician wants the console to start again");
                // What a request has not committed by now, its browser asks again.
                std::process::exit(0);
            }
            // A sign of life rings only when it is news; a commit may have lost its ring with its writer.
            Ok(rung || changed)
        }
        None => {
            let mut store = desk.open_once_more()?;
            let bell = store.doorbell();
            store.changed()?;
            let restart = store.restart_asked(Process::Staff)?;
            *open = Some(Listening { store, bell, restart });
            Ok(true)
        }
    }
}

#[cfg(test)]
mod tests;
