//! Starts roles as processes of this same program, and starts one again when it dies.

use anyhow::Context;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};
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

/// A life that lasts longer is no failure of the role's start.
const STEADY: Duration = Duration::from_secs(60);

/// How long a role stays down when it ends, after `short` lives in a row that were shorter than [`STEADY`]: one that dies
/// once is back in a second, one that is broken neither fills the terminal nor eats the machine.
fn pause(short: u32) -> Duration {
    Duration::from_secs((1 << short.min(6)).min(60))
}

/// One role, how to start it.
#[derive(Clone)]
pub(crate) struct Role {
    /// "kiosk", "display" …: names its log file.
    pub(crate) name: &'static str,
    /// Its arguments.
    pub(crate) arguments: Vec<String>,
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
    ended: Arc<OnceLock<String>>,
}

impl Supervised {
    /// Starts `role`; its errors go to `log`. A role with `talk` hands over its ends there at each start, any other writes
    /// its lines to `log` too.
    ///
    /// # Errors
    /// When the first start fails.
    pub(crate) fn start(role: Role, log: PathBuf, talk: Option<Sender<Talk>>) -> anyhow::Result<Supervised> {
        let life = spawn(&role, &log, talk.as_ref())?;
        let (stop, stopped) = channel();
        let ended = Arc::new(OnceLock::new());
        let first_end = ended.clone();
        let thread = std::thread::Builder::new()
            .name(format!("supervise {}", role.name))
            .spawn(move || keep(life, &role, &log, talk.as_ref(), &stopped, &first_end))?;
        Ok(Supervised { stop, thread: Some(thread), ended })
    }

    /// How the role ended for the first time, with the last line of its log; `None` while it never has.
    pub(crate) fn ended(&self) -> Option<&str> {
        self.ended.get().map(String::as_str)
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

/// One process of a role.
struct Life {
    child: Child,
    began: Instant,
    /// Where in the log, in bytes, its own lines begin.
    log_from: u64,
}

fn spawn(role: &Role, log: &Path, talk: Option<&Sender<Talk>>) -> anyhow::Result<Life> {
    let program = std::env::current_exe().context("cannot find this program")?;
    let log: File = OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .with_context(|| format!("cannot write {}", log.display()))?;
    let log_from = log.metadata()?.len();
    let mut command = Command::new(program);
    command.args(&role.arguments).env(CHILD, "1").stderr(log.try_clone()?);
    match talk {
        Some(_) => command.stdin(Stdio::piped()).stdout(Stdio::piped()),
        None => command.stdin(Stdio::null()).stdout(log),
    };
    let mut child = command.spawn().with_context(|| format!("cannot start {}", role.name))?;
    if let (Some(talk), Some(input), Some(output)) = (talk, child.stdin.take(), child.stdout.take()) {
        let _ = talk.send(Talk::Started(input, output));
    }
    Ok(Life { child, began: Instant::now(), log_from })
}

/// Starts the role again whenever it ends, after the [`pause`] that its short lives ask for, and says what its log tells.
fn keep(
    mut life: Life,
    role: &Role,
    log: &Path,
    talk: Option<&Sender<Talk>>,
    stopped: &Receiver<()>,
    first_end: &OnceLock<String>,
) {
    let mut short = 0;
    // What is told when the role that has ended is started again, and when that is.
    let mut ended: Option<(String, Instant)> = None;
    loop {
        match stopped.recv_timeout(Duration::from_millis(100)) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return end(&mut life.child),
        }
        match (&ended, life.child.try_wait()) {
            (None, Ok(None)) => {}
            (None, Ok(Some(status))) => {
                let is_short = life.began.elapsed() < STEADY;
                short = if is_short { short } else { 0 };
                let cause = last_line(log, life.log_from).map_or(String::new(), |line| format!("\n    {line}"));
                let _ = first_end.set(format!("{} ({status}){cause}", role.name));
                ended = Some((format!("({status}){cause}"), Instant::now() + pause(short)));
                short += u32::from(is_short);
            }
            (Some((_, due)), Ok(_)) if Instant::now() < *due => {}
            (Some((why, _)), Ok(_)) => {
                println!("  ! {} berhenti, dijalankan lagi / stopped, started again {why}", role.name);
                match spawn(role, log, talk) {
                    Ok(again) => (life, ended) = (again, None),
                    Err(error) => {
                        ended = Some((format!("{error:#}"), Instant::now() + pause(short)));
                        short += 1;
                    }
                }
            }
            (_, Err(error)) => tracing::error!("cannot watch {}: {error}", role.name),
        }
    }
}

/// The last line that tells something in `log` from byte `from` on, without control characters and not too long for a
/// terminal; `None` when there is none.
fn last_line(log: &Path, from: u64) -> Option<String> {
    const ENOUGH: u64 = 4096;
    let mut file = File::open(log).ok()?;
    let from = from.max(file.metadata().ok()?.len().saturating_sub(ENOUGH));
    file.seek(SeekFrom::Start(from)).ok()?;
    let mut tail = Vec::new();
    file.take(ENOUGH).read_to_end(&mut tail).ok()?;
    let tail = String::from_utf8_lossy(&tail);
    // A panic ends with a note about its backtrace.
    let line = tail.lines().map(str::trim).rfind(|line| !line.is_empty() && !line.starts_with("note: "))?;
    Some(line.chars().filter(|c| !c.is_control()).take(400).collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_that_dies_once_is_back_in_a_second_and_a_broken_one_ever_later() {
        let pauses: Vec<u64> = (0..9).map(|short| pause(short).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(pause(u32::MAX).as_secs(), 60);
    }

    #[test]
    fn the_cause_is_the_last_line_of_the_life_that_ended() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("kiosk.log");
        assert_eq!(last_line(&log, 0), None);
        std::fs::write(&log, "an older life\n").unwrap();
        assert_eq!(last_line(&log, 14), None, "what an older life said is no cause");
        let said = "an older life\nfirst\n\x1b[31mno screen\nnote: run with a backtrace\n\n";
        std::fs::write(&log, said).unwrap();
        assert_eq!(last_line(&log, 14).unwrap(), "[31mno screen");
        std::fs::write(&log, [vec![b'a'; 100_000], b"\nlate \xff\n".to_vec()].concat()).unwrap();
        assert_eq!(last_line(&log, 0).unwrap(), "late \u{fffd}");
        std::fs::write(&log, vec![b'a'; 100_000]).unwrap();
        assert_eq!(last_line(&log, 0).unwrap().len(), 400);
        std::fs::write(&log, "").unwrap();
        assert_eq!(last_line(&log, 14), None, "a log that was emptied");
    }
}
