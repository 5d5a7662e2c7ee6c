//! The only place that touches the store, in a thread of its own: a slow disk never freezes the screen.

use crate::input::{Answer, Effect, Input, View, Wish};
use queue::printing::JobId;
use queue::store::{Command, Doorbell, Error, Fault, Store};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// Longest silence between two looks at the store; also the pause before it is opened again after a fault.
const POLL: Duration = Duration::from_secs(1);
/// A wish is tried this often before the citizen is sent to an officer.
const TRIES: u32 = 3;
/// The break and the date follow the clock, not a commit.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

enum Wake {
    Bell,
    Wish(Effect),
}

/// The thread's ear.
#[derive(Clone)]
pub(crate) struct Worker(Sender<Wake>);

impl Worker {
    /// Starts the thread for the office in `dir`; what it learns goes to `tell`.
    pub(crate) fn start(dir: PathBuf, tell: impl Fn(Input) + Send + 'static) -> std::io::Result<Worker> {
        let (ear, wakes) = channel();
        let worker = Worker(ear.clone());
        std::thread::Builder::new().name("store".into()).spawn(move || run(&dir, &ear, &wakes, &tell))?;
        Ok(worker)
    }

    /// Hands a wish over; its answer comes as an [`Input::Answer`].
    pub(crate) fn wish(&self, effect: Effect) {
        if self.0.send(Wake::Wish(effect)).is_err() {
            tracing::error!("the store thread has ended; restart the kiosk");
        }
    }
}

/// A wish with its one command: tried again after a fault under the same id, so that it never counts twice.
struct Open {
    effect: Effect,
    command: Command,
    tries: u32,
}

fn run(dir: &Path, ear: &Sender<Wake>, wakes: &Receiver<Wake>, tell: &impl Fn(Input)) {
    let mut open: Option<Open> = None;
    let mut watched = None;
    let mut said = None;
    loop {
        let Err(fault) = Store::open(dir).and_then(|store| serve(store, ear, wakes, &mut open, &mut watched, tell))
        else {
            return;
        };
        if said.as_ref() != Some(&fault) {
            tracing::error!(%fault, dir = %dir.display(), "applicants are sent to an officer; trying again every second");
            said = Some(fault);
        }
        tell(Input::Fault);
        if let Some(unanswered) = &mut open {
            unanswered.tries += 1;
        }
        if let Some(given_up) = open.take_if(|open| open.tries >= TRIES) {
            tell(Input::Answer { wish: given_up.effect.wish, answer: Answer::Fault });
        }
        if !pause(wakes, tell) {
            return;
        }
    }
}

/// One second in which wishes are answered at once; `false` when the screen has gone.
fn pause(wakes: &Receiver<Wake>, tell: &impl Fn(Input)) -> bool {
    let end = Instant::now() + POLL;
    loop {
        match wakes.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Wake::Wish(effect)) => tell(Input::Answer { wish: effect.wish, answer: Answer::Fault }),
            Ok(Wake::Bell) => {}
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

fn serve(
    mut store: Store,
    ear: &Sender<Wake>,
    wakes: &Receiver<Wake>,
    open: &mut Option<Open>,
    watched: &mut Option<JobId>,
    tell: &impl Fn(Input),
) -> Result<(), Fault> {
    tell(Input::Opened(Arc::new(store.office().clone())));
    let alive = Arc::new(());
    listen(store.doorbell()?, Arc::downgrade(&alive), ear.clone());
    let mut shown: Option<View> = None;
    let mut looked = None;
    loop {
        if let Some(current) = open {
            let answer = match act(&mut store, &current.effect.what, &current.command) {
                Ok(answer) => answer,
                Err(Error::Refused(refused)) => Answer::Refused(refused),
                Err(Error::Fault(fault)) => return Err(fault),
            };
            match &answer {
                Answer::Issued(issued) => *watched = Some(issued.slip),
                Answer::Reprinted(job) => *watched = Some(*job),
                _ => {}
            }
            tell(Input::Answer { wish: current.effect.wish, answer });
            *open = None;
            looked = None;
        }
        if store.changed()? || looked.is_none_or(|at: Instant| at.elapsed() >= LOOK_AGAIN) {
            looked = Some(Instant::now());
            let view = look(&store, *watched)?;
            if shown.as_ref() != Some(&view) {
                tell(Input::View(Box::new(view.clone())));
                shown = Some(view);
            }
        }
        match wakes.recv_timeout(POLL) {
            Ok(Wake::Bell) | Err(RecvTimeoutError::Timeout) => {}
            Ok(Wake::Wish(effect)) => *open = Some(Open { effect, command: Command::new("kiosk"), tries: 0 }),
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

fn act(store: &mut Store, wish: &Wish, command: &Command) -> Result<Answer, Error> {
    Ok(match wish {
        Wish::Issue(wish) => Answer::Issued(Box::new(store.issue(command, wish)?)),
        Wish::LookUp(receipt) => Answer::Case(store.case_by_receipt(*receipt)?.map(Box::new)),
        Wish::AnswerPrint { job, came_out } => {
            store.answer_print(command, *job, *came_out)?;
            Answer::Done
        }
        Wish::Reprint(job) => Answer::Reprinted(store.reprint(command, *job)?),
    })
}

fn look(store: &Store, watched: Option<JobId>) -> Result<View, Fault> {
    let now = queue::clock::now();
    Ok(View {
        board: store.board(now)?,
        printer: store.printer_status()?,
        paper: watched.map_or(Ok(None), |job| store.print_job(job))?,
        today: now.local(store.office().identity.zone).date(),
    })
}

/// Rings for every change until the store it belongs to is closed. Without it a change is still seen within a second.
fn listen(mut bell: Doorbell, alive: Weak<()>, ear: Sender<Wake>) {
    let listen = move || {
        while alive.strong_count() > 0 {
            if let Err(fault) = bell.wait(POLL) {
                tracing::warn!(%fault, "changes are seen once a second instead of at once");
                return;
            }
            if ear.send(Wake::Bell).is_err() {
                return;
            }
        }
    };
    if let Err(error) = std::thread::Builder::new().name("doorbell".into()).spawn(listen) {
        tracing::warn!(%error, "changes are seen once a second instead of at once");
    }
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;
