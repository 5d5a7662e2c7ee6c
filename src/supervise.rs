//! Starts roles as processes of this same program, and starts one again when it dies.

use anyhow::Context;
use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Set in every role that a supervisor starts.
const CHILD: &str = "ANTREAN_SUPERVISED";

/// In a role: ends with its supervisor, however that one ends, so that no window or port is left behind.
pub(crate) fn die_with_the_demo() {
    if std::env::var_os(CHILD).is_some() {
        let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::TERM));
    }
}

/// One role, how to start it.
#[derive(Clone)]
pub(crate) struct Role {
    /// "kiosk", "display" …: names its log file.
    pub(crate) name: &'static str,
    /// Its arguments.
    pub(crate) arguments: Vec<String>,
    /// Whether lines are sent to it and read from it.
    pub(crate) talks: bool,
}

/// What came of a talking role's life.
pub(crate) enum Talk {
    /// It (re)started: write here, read there.
    Started(ChildStdin, ChildStdout),
}

/// Keeps one role running until told to stop.
pub(crate) struct Supervised {
    stop: Sender<()>,
    thread: Option<JoinHandle<()>>,
}

impl Supervised {
    /// Starts `role`; its errors go to `log`, and a talking role's ends are handed to `talk` at each start.
    ///
    /// # Errors
    /// When the first start fails.
    pub(crate) fn start(role: Role, log: PathBuf, talk: Option<Sender<Talk>>) -> anyhow::Result<Supervised> {
        let child = spawn(&role, &log, talk.as_ref())?;
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new()
            .name(format!("supervise {}", role.name))
            .spawn(move || keep(child, &role, &log, talk.as_ref(), &stopped))?;
        Ok(Supervised { stop, thread: Some(thread) })
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        let _ = self.stop.send(());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn spawn(role: &Role, log: &PathBuf, talk: Option<&Sender<Talk>>) -> anyhow::Result<Child> {
    let program = std::env::current_exe().context("cannot find this program")?;
    let log: File = OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .with_context(|| format!("cannot write {}", log.display()))?;
    let mut command = Command::new(program);
    command.args(&role.arguments).env(CHILD, "1").stderr(log.try_clone()?);
    match role.talks {
        true => command.stdin(Stdio::piped()).stdout(Stdio::piped()),
        false => command.stdin(Stdio::null()).stdout(log),
    };
    let mut child = command.spawn().with_context(|| format!("cannot start {}", role.name))?;
    if let (Some(talk), Some(input), Some(output)) = (talk, child.stdin.take(), child.stdout.take()) {
        let _ = talk.send(Talk::Started(input, output));
    }
    Ok(child)
}

/// Starts the role again whenever it ends; at most once a second, so that a broken role does not eat the machine.
fn keep(mut child: Child, role: &Role, log: &PathBuf, talk: Option<&Sender<Talk>>, stopped: &Receiver<()>) {
    let mut started = Instant::now();
    loop {
        match stopped.recv_timeout(Duration::from_millis(100)) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return end(&mut child),
        }
        match child.try_wait() {
            Ok(None) => {}
            Ok(Some(status)) if started.elapsed() >= Duration::from_secs(1) => {
                println!("  ! {} berhenti ({status}); dijalankan lagi / stopped, started again", role.name);
                started = Instant::now();
                match spawn(role, log, talk) {
                    Ok(again) => child = again,
                    Err(error) => tracing::error!("{error:#}"),
                }
            }
            Ok(Some(_)) => {}
            Err(error) => tracing::error!("cannot watch {}: {error}", role.name),
        }
    }
}

/// Asks a role to end, and makes it end.
fn end(child: &mut Child) {
    // A role that has ended already has given its process number back; the signal would reach somebody else.
    if !matches!(child.try_wait(), Ok(None)) {
        return;
    }
    if let Some(pid) = rustix::process::Pid::from_raw(child.id() as i32) {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
    let deadline = Instant::now() + Duration::from_secs(2);
    while Instant::now() < deadline {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// Set by Ctrl-C and by SIGTERM.
#[derive(Clone)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on.
    ///
    /// # Errors
    /// When the system refuses a handler.
    pub(crate) fn listen() -> anyhow::Result<Interrupt> {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            signal_hook::flag::register(signal, flag.clone())?;
        }
        Ok(Interrupt(flag))
    }

    /// Whether somebody wants to end.
    pub(crate) fn came(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The ends of a role that talks: lines go in, lines come out, across restarts.
pub(crate) struct Conversation {
    input: Arc<Mutex<Option<ChildStdin>>>,
    lines: Receiver<String>,
}

impl Conversation {
    /// Reads whatever the role says from each start on.
    pub(crate) fn over(talk: Receiver<Talk>) -> Conversation {
        let input = Arc::new(Mutex::new(None));
        let (say, lines) = channel();
        let writer = input.clone();
        std::thread::spawn(move || {
            for Talk::Started(stdin, stdout) in talk {
                if let Ok(mut writer) = writer.lock() {
                    *writer = Some(stdin);
                }
                let say = say.clone();
                std::thread::spawn(move || {
                    for line in std::io::BufRead::lines(std::io::BufReader::new(stdout)).map_while(Result::ok) {
                        if say.send(line).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Conversation { input, lines }
    }

    /// Sends a line; a role that is just restarting misses it.
    pub(crate) fn say(&self, line: &str) {
        use std::io::Write;
        if let Ok(mut input) = self.input.lock()
            && let Some(input) = input.as_mut()
        {
            let _ = writeln!(input, "{line}");
        }
    }

    /// The next line for which `wanted` gives something, or `None` after `at_most`.
    pub(crate) fn hear<T>(&self, at_most: Duration, mut wanted: impl FnMut(&str) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + at_most;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left).ok()?;
            if let Some(found) = wanted(&line) {
                return Some(found);
            }
        }
    }
}
