//! The only place that touches the store, in a thread of its own: a slow disk never freezes the screen.

use crate::input::{Answer, Effect, Input, View, Wish};
use crate::technician::Files;
use queue::devices::{CALL_LASTS, Device};
use queue::doors;
use queue::office::{ServiceKey, Text};
use queue::printing::JobId;
use queue::store::{Command, Doorbell, Error, Fault};
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
    Beat { mute: bool },
}

/// The thread's ear.
#[derive(Clone)]
pub(crate) struct Worker(Sender<Wake>);

impl Worker {
    /// Starts the thread for the office in `files`; what it learns goes to `tell`.
    pub(crate) fn start(files: Files, tell: impl Fn(Input) + Send + 'static) -> std::io::Result<Worker> {
        let (ear, wakes) = channel();
        let worker = Worker(ear.clone());
        std::thread::Builder::new().name("store".into()).spawn(move || run(&files, &ear, &wakes, &tell))?;
        Ok(worker)
    }

    /// Hands a wish over; its answer comes as an [`Input::Answer`].
    pub(crate) fn wish(&self, effect: Effect) {
        if self.0.send(Wake::Wish(effect)).is_err() {
            tracing::error!("the store thread has ended; restart the kiosk");
        }
    }
}

impl Worker {
    /// The screen lives, with a loudspeaker that works or does not; staff are told, and see it when this stops coming.
    pub(crate) fn beat(&self, mute: bool) {
        // Without its thread the screen sends people to an officer; that is logged by the next wish.
        let _ = self.0.send(Wake::Beat { mute });
    }
}

/// A wish with its one command: tried again after a fault under the same id, so that it never counts twice.
struct Open {
    effect: Effect,
    command: Command,
    tries: u32,
}

fn run(files: &Files, ear: &Sender<Wake>, wakes: &Receiver<Wake>, tell: &impl Fn(Input)) {
    let dir = files.data.as_path();
    let mut open: Option<Open> = None;
    let mut watched = None;
    let mut said = None;
    loop {
        let served =
            doors::Kiosk::open(dir).and_then(|store| serve(store, files, ear, wakes, &mut open, &mut watched, tell));
        let Err(fault) = served else { return };
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
        if !pause(files, wakes, tell) {
            return;
        }
    }
}

/// One second in which wishes are answered at once; `false` when the screen has gone.
fn pause(files: &Files, wakes: &Receiver<Wake>, tell: &impl Fn(Input)) -> bool {
    let end = Instant::now() + POLL;
    loop {
        match wakes.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Wake::Wish(effect)) => {
                let answer = without_store(files, &effect.what).unwrap_or(Answer::Fault);
                tell(Input::Answer { wish: effect.wish, answer });
            }
            Ok(Wake::Bell | Wake::Beat { .. }) => {}
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// What the technician's pages ask for lies beside the store, and is answered when the store is not there.
fn without_store(files: &Files, wish: &Wish) -> Option<Answer> {
    match wish {
        Wish::HasCode => Some(Answer::Code(files.code_length())),
        Wish::TryCode(code) => Some(Answer::Facts(files.facts(code).map(Box::new))),
        _ => None,
    }
}

/// What staff should know although the kiosk works.
fn troubles(store: &doors::Kiosk, mute: bool) -> Vec<Text> {
    let refused = |_| {
        Text::new(
            "Kiosk memakai office.toml yang lama: berkas yang baru ditolak (antrean check menyebutkan sebabnya)",
            "The kiosk uses the old office.toml: the new one is refused (antrean check says why)",
        )
    };
    let silent =
        || Text::new("Kiosk tanpa suara: periksa kartu suaranya", "The kiosk has no sound: look at its sound card");
    store.office_refused().map(refused).into_iter().chain(mute.then(silent)).collect()
}

fn serve(
    mut store: doors::Kiosk,
    files: &Files,
    ear: &Sender<Wake>,
    wakes: &Receiver<Wake>,
    open: &mut Option<Open>,
    watched: &mut Option<JobId>,
    tell: &impl Fn(Input),
) -> Result<(), Fault> {
    tell(Input::Opened(Arc::new(store.office().clone())));
    let alive = Arc::new(());
    listen(store.doorbell(), Arc::downgrade(&alive), ear.clone());
    let mut shown: Option<View> = None;
    let mut looked = None;
    loop {
        if store.reread_office() {
            looked = None;
            tell(Input::Opened(Arc::new(store.office().clone())));
        }
        if let Some(current) = open {
            let answer = match act(&mut store, &current.effect.what, &current.command) {
                Ok(answer) => answer,
                Err(Error::Refused(refused)) => Answer::Refused(refused),
                Err(Error::Fault(fault)) => return Err(fault),
            };
            match &answer {
                Answer::Issued(issued) => *watched = Some(issued.slip),
                Answer::Reprinted(job) | Answer::Ordered(job) => *watched = Some(*job),
                _ => {}
            }
            tell(Input::Answer { wish: current.effect.wish, answer });
            *open = None;
            // The screen has made of the answer what it could: it is told how things stand, even as it was told before.
            (looked, shown) = (None, None);
        }
        let space = shown.as_ref().is_some_and(|view| view.full != store.is_full());
        if store.changed()? || space || looked.is_none_or(|at: Instant| at.elapsed() >= LOOK_AGAIN) {
            looked = Some(Instant::now());
            let view = look(&store, *watched)?;
            if shown.as_ref() != Some(&view) {
                tell(Input::View(Box::new(view.clone())));
                shown = Some(view);
            }
        }
        match wakes.recv_timeout(POLL) {
            Ok(Wake::Bell) | Err(RecvTimeoutError::Timeout) => {}
            Ok(Wake::Beat { mute }) => store.beat(Device::Kiosk, &troubles(&store, mute), queue::clock::now())?,
            Ok(Wake::Wish(effect)) => match without_store(files, &effect.what) {
                Some(answer) => tell(Input::Answer { wish: effect.wish, answer }),
                None => {
                    *open = Some(Open {
                        effect,
                        command: Command::new(queue::journal::Actor::Device(queue::devices::KIOSK)),
                        tries: 0,
                    })
                }
            },
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

fn act(store: &mut doors::Kiosk, wish: &Wish, command: &Command) -> Result<Answer, Error> {
    Ok(match wish {
        Wish::Issue(wish) => Answer::Issued(Box::new(store.issue(command, wish)?)),
        Wish::LookUp(receipt) => Answer::Case(store.case_by_receipt(*receipt)?.map(Box::new)),
        Wish::AnswerPrint { job, came_out } => {
            store.answer_print(command, *job, *came_out)?;
            Answer::Done
        }
        Wish::Reprint(job) => Answer::Reprinted(store.reprint(command, *job)?),
        Wish::Help => {
            store.ask_help(command)?;
            Answer::Done
        }
        Wish::PrintList(service, lang) => Answer::Ordered(store.print_list(command, service, *lang)?),
        Wish::PrintTest => Answer::Ordered(store.print_test(command)?),
        Wish::Restart(process) => {
            store.ask_restart(command, *process)?;
            Answer::Restarting(*process)
        }
        Wish::Volume(percent) => {
            store.set_volume(command, *percent)?;
            Answer::Volume(*percent)
        }
        Wish::HasCode | Wish::TryCode(_) => Answer::Done,
    })
}

fn look(store: &doors::Kiosk, watched: Option<JobId>) -> Result<View, Fault> {
    let now = queue::clock::now();
    let local = now.local(store.office().identity.zone);
    Ok(View {
        board: store.board(now)?,
        printer: store.printer_status(),
        paper: watched.map_or(Ok(None), |job| store.print_job(job))?,
        today: local.date(),
        clock: jiff::civil::time(local.hour(), local.minute(), 0, 0),
        issued: issued(store)?,
        called: store.help_asked()?.and_then(|at| now.since(&at)).is_some_and(|ago| ago < CALL_LASTS),
        full: store.is_full(),
    })
}

/// Numbers given today by the services that have a quota.
fn issued(store: &doors::Kiosk) -> Result<Vec<(ServiceKey, u32)>, Fault> {
    let limited = store.office().services.iter().filter(|service| service.quota.is_some());
    limited.map(|service| Ok((service.key.clone(), store.issued_today(service.prefix)?))).collect()
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
