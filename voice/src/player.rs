//! Where sound goes: the machine's sound system, a file, or nowhere.
//!
//! The sound system is reached through its own command-line player, which reads samples from a pipe. A library for it
//! would need its headers on every machine that builds, and bind the program to one sound system; the players
//! `paplay` (PulseAudio, and PipeWire in its place) and `aplay` (ALSA alone) are one small package on any system. The
//! first that works is kept, and a card that comes back is found again. The pipe is fed only a little ahead of the ear:
//! when this process is killed, the player soon runs dry and ends, and does not speak into what the next process says.

use crate::sound::{RATE, Sound};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::str::FromStr;
use std::time::{Duration, Instant};

/// Where a loudspeaker sounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Nowhere.
    Silent,
    /// The machine's sound system: its usual output, or the one that it knows under this name.
    System(Option<String>),
    /// A WAV file that grows as fast as it would be heard, for tests and for listening afterwards. Beside it, with the
    /// ending `.txt`, a label track: begin and end in the file in seconds, and what was said to its end.
    File(PathBuf),
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Output, String> {
        match text {
            "none" => Ok(Output::Silent),
            "system" => Ok(Output::System(None)),
            _ => match text.strip_prefix("system:") {
                Some(name) if !name.is_empty() => Ok(Output::System(Some(name.into()))),
                None if text.ends_with(".wav") => Ok(Output::File(text.into())),
                _ => Err("use none, system, system:OUTPUT or the name of a file that ends in .wav".into()),
            },
        }
    }
}

/// How far the pipe to a player may be ahead of the ear.
const AHEAD: Duration = Duration::from_millis(300);
/// How much is handed over at once.
const STEP: Duration = Duration::from_millis(50);
/// How long a player may take beyond the sound itself before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(4);

/// Takes one sound after the other.
pub(crate) enum Player {
    Silent,
    System(System),
    File(PathBuf),
}

impl Player {
    pub(crate) fn new(output: Output) -> Player {
        match output {
            Output::Silent => Player::Silent,
            Output::System(device) => Player::System(System::new(device)),
            Output::File(path) => Player::File(path),
        }
    }

    /// Whether a trial says something about the output before the first word does.
    pub(crate) fn can_be_tried(&self) -> bool {
        matches!(self, Player::System(_))
    }

    /// Plays until the sound is over or `go_on` says no. `label` names it in a label track.
    ///
    /// # Errors
    /// What failed, for staff. The sound may then have been heard in part.
    pub(crate) fn play(&mut self, sound: &Sound, label: &str, go_on: &dyn Fn() -> bool) -> Result<(), String> {
        match self {
            Player::Silent => Ok(()),
            Player::System(system) => system.play(sound, go_on),
            Player::File(path) => {
                append(path, sound, label, go_on).map_err(|e| format!("{} cannot be written: {e}", path.display()))
            }
        }
    }
}

/// Lets the file grow by the sound, as fast as it would be heard; then labels what was heard to its end.
fn append(path: &Path, sound: &Sound, label: &str, go_on: &dyn Fn() -> bool) -> std::io::Result<()> {
    let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
    // A process that was killed in between left half a sample or an old header: the length of the file decides.
    let first = (file.metadata()?.len().saturating_sub(44) / 2) as u32;
    let (began, mut end) = (Instant::now(), first);
    let in_step = |samples: &[i16]| samples.iter().flat_map(|s| s.to_le_bytes()).collect::<Vec<u8>>();
    for step in sound.samples.chunks((RATE as u128 * STEP.as_millis() / 1_000) as usize) {
        if !go_on() {
            return Ok(());
        }
        file.seek(SeekFrom::Start(44 + u64::from(end) * 2))?;
        file.write_all(&in_step(step))?;
        end += step.len() as u32;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&crate::sound::pcm_header(RATE, end))?;
        std::thread::sleep(seconds(end - first).saturating_sub(began.elapsed()));
    }
    let mut labels = OpenOptions::new().create(true).append(true).open(path.with_extension("txt"))?;
    let (from, to) = (seconds(first).as_secs_f64(), seconds(end).as_secs_f64());
    labels.write_all(format!("{from:.3}\t{to:.3}\t{label}\n").as_bytes())
}

fn seconds(samples: u32) -> Duration {
    Duration::from_secs_f64(f64::from(samples) / f64::from(RATE))
}

/// The sound system, through whichever of its players works.
pub(crate) struct System {
    device: Option<String>,
    /// The players, the one to try first in front.
    players: Vec<&'static str>,
}

impl System {
    fn new(device: Option<String>) -> System {
        System { device, players: vec!["paplay", "aplay"] }
    }

    fn play(&mut self, sound: &Sound, go_on: &dyn Fn() -> bool) -> Result<(), String> {
        let mut faults = Vec::new();
        for _ in 0..self.players.len() {
            let name = self.players[0];
            match self.through(name, sound, go_on) {
                Ok(()) => return Ok(()),
                Err(fault) => {
                    self.players.rotate_left(1);
                    let heard_in_part = fault.after > Duration::from_secs(1);
                    faults.extend(fault.message.map(|message| format!("{name}: {message}")));
                    // Who has heard the half of it is not told the whole again: the next call goes another way.
                    if heard_in_part {
                        break;
                    }
                }
            }
        }
        match faults.is_empty() {
            true => Err("no player is installed: install pulseaudio-utils (paplay) or alsa-utils (aplay)".into()),
            false => Err(faults.join("; ")),
        }
    }

    fn through(&self, name: &str, sound: &Sound, go_on: &dyn Fn() -> bool) -> Result<(), Broken> {
        let began = Instant::now();
        let broken = |message: Option<String>| Broken { message, after: began.elapsed() };
        let mut child = match self.command(name).spawn() {
            Ok(child) => child,
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(broken(None)),
            Err(error) => return Err(broken(Some(error.to_string()))),
        };
        let deadline = began + sound.length() + PATIENCE;
        let fed = match child.stdin.take() {
            Some(mut pipe) => feed(&mut pipe, sound, deadline, go_on),
            None => Ok(()),
        };
        // The pipe is closed now: the player ends when it has played what it was given.
        loop {
            match child.try_wait() {
                Ok(Some(status)) if status.success() && fed.is_ok() => return Ok(()),
                Ok(Some(status)) => {
                    let mut said = String::new();
                    let _ = child.stderr.take().map(|mut pipe| pipe.read_to_string(&mut said));
                    let said = said.lines().next().unwrap_or_default().trim();
                    return Err(broken(Some(if said.is_empty() {
                        format!("ended with {status}")
                    } else {
                        said.into()
                    })));
                }
                Ok(None) if go_on() && Instant::now() < deadline => std::thread::sleep(Duration::from_millis(5)),
                Ok(None) => {
                    let hushed = !go_on();
                    let _ = child.kill();
                    let _ = child.wait();
                    return if hushed { Ok(()) } else { Err(broken(Some("hangs".into()))) };
                }
                Err(error) => return Err(broken(Some(error.to_string()))),
            }
        }
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        match name {
            "paplay" => command.args(["--raw", "--format=s16le", "--channels=1", "--latency-msec=100"]),
            _ => command.args(["-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "--buffer-time=200000"]),
        };
        command.arg(format!("--rate={RATE}"));
        command.args(self.device.iter().map(|device| format!("--device={device}")));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }
}

/// Hands the samples over as they are due. A pipe that takes nothing more is a player that hangs: never wait in it.
fn feed(pipe: &mut ChildStdin, sound: &Sound, until: Instant, go_on: &dyn Fn() -> bool) -> std::io::Result<()> {
    rustix::fs::fcntl_setfl(&*pipe, rustix::fs::OFlags::NONBLOCK)?;
    let bytes: Vec<u8> = sound.samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    let (began, mut at) = (Instant::now(), 0);
    while at < bytes.len() && go_on() {
        if Instant::now() >= until {
            return Err(ErrorKind::TimedOut.into());
        }
        let due = ((began.elapsed() + AHEAD).as_millis() * u128::from(RATE) / 1_000) as usize * 2;
        match pipe.write(&bytes[at..due.clamp(at, bytes.len())]) {
            Ok(taken) => at += taken,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        if at < bytes.len() {
            std::thread::sleep(STEP);
        }
    }
    Ok(())
}

/// Why one player did not do it; without a message it does not exist.
struct Broken {
    message: Option<String>,
    after: Duration,
}
