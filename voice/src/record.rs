//! An office records its own people, clip by clip, at a terminal.

use crate::pack::{Clip, LONGEST_CLIP, clips};
use crate::player::{Output, Player};
use crate::sound::{LOUDNESS_DB, RATE, Sound};
use queue::Lang;
use std::io::{self, BufRead, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Softer than this nobody has spoken, or the microphone is off.
const NOBODY_SPOKE_DB: f64 = -50.0;

/// Where is recorded: who is asked, which microphone hears, which loudspeaker plays back.
pub struct Studio<'a> {
    input: Box<dyn BufRead + 'a>,
    output: Box<dyn Write + 'a>,
    microphone: Option<String>,
    player: Player,
}

impl Studio<'_> {
    /// The terminal, a microphone of the sound system and its loudspeaker.
    pub fn at_terminal(microphone: Option<String>) -> Studio<'static> {
        Studio {
            input: Box::new(io::stdin().lock()),
            output: Box::new(io::stdout()),
            microphone,
            player: Player::new(Output::System(None)),
        }
    }

    /// Asks and takes the answer; the end of the input is the wish to stop.
    fn ask(&mut self, question: &str) -> io::Result<String> {
        write!(self.output, "{question}")?;
        self.output.flush()?;
        let mut answer = String::new();
        if self.input.read_line(&mut answer)? == 0 {
            return Ok("b".into());
        }
        Ok(answer.trim().to_lowercase())
    }

    /// Records until Enter, through whichever recorder works.
    fn hear(&mut self) -> io::Result<Sound> {
        let mut faults = Vec::new();
        for name in ["parecord", "arecord"] {
            let mut child = match recorder(name, self.microphone.as_deref()).spawn() {
                Ok(child) => child,
                Err(error) => {
                    faults.push(format!("{name}: {error}"));
                    continue;
                }
            };
            let mut pipe = child.stdout.take();
            let most = LONGEST_CLIP.as_secs() * u64::from(RATE) * 2;
            let listening = std::thread::spawn(move || {
                let mut bytes = Vec::new();
                let _ = pipe.as_mut().map(|pipe| pipe.take(most).read_to_end(&mut bytes));
                bytes
            });
            // A recorder without a microphone ends at once; nobody should speak to it.
            std::thread::sleep(Duration::from_millis(300));
            if child.try_wait()?.is_none() {
                self.ask("      merekam … Enter bila selesai ")?;
            }
            let ended = child.try_wait()?;
            let _ = child.kill();
            child.wait()?;
            let bytes = listening.join().unwrap_or_default();
            match ended {
                Some(status) if !status.success() => {
                    let mut said = String::new();
                    let _ = child.stderr.take().map(|mut pipe| pipe.read_to_string(&mut said));
                    faults.push(format!("{name}: {}", said.lines().next().unwrap_or("failed")));
                }
                _ => {
                    let samples = bytes.chunks_exact(2).map(|s| i16::from_le_bytes([s[0], s[1]])).collect();
                    return Ok(Sound { rate: RATE, samples });
                }
            }
        }
        Err(io::Error::other(format!("no microphone can be heard ({}); see --microphone", faults.join("; "))))
    }
}

fn recorder(name: &str, microphone: Option<&str>) -> Command {
    let mut command = Command::new(name);
    match name {
        "parecord" => command.args(["--raw", "--format=s16le", "--channels=1"]),
        _ => command.args(["-q", "-t", "raw", "-f", "S16_LE", "-c", "1"]),
    };
    command.arg(format!("--rate={RATE}")).args(microphone.map(|name| format!("--device={name}")));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What becomes of a clip.
enum Done {
    Kept,
    Skipped,
    Stopped,
}

/// Walks through the clips of `languages`: reads out what to say, records, trims, evens, plays back, and keeps what
/// pleases in `folder`. Clips that are there already are skipped, unless `again` names them; then only those are done.
///
/// # Errors
/// When no microphone works, or a file cannot be written. What was kept before stays.
pub fn record(studio: &mut Studio, folder: &Path, languages: &[Lang], again: &[String]) -> io::Result<()> {
    let wanted = |clip: &&Clip| match again {
        [] => !folder.join(format!("{}.wav", clip.name)).exists(),
        again => again.iter().any(|name| clip.name == name || clip.name.ends_with(&format!("/{name}"))),
    };
    let all: Vec<&Clip> = languages.iter().flat_map(|lang| clips(*lang)).filter(wanted).collect();
    if let Some(unknown) =
        again.iter().find(|name| !all.iter().any(|c| c.name.rsplit('/').next() == Some(*name) || c.name == *name))
    {
        return Err(io::Error::other(format!("there is no clip \"{unknown}\"; see voice/packs/*.tsv for their names")));
    }
    writeln!(
        studio.output,
        "{} klip. Ruangan hening, jarak mulut ke mikrofon sejengkal, suara tenang dan selalu sama.\n\
         Enter merekam, l melewati klip, b berhenti; yang sudah direkam tetap tersimpan.\n",
        all.len()
    )?;
    let mut kept = 0;
    for (n, clip) in all.iter().enumerate() {
        match record_one(studio, folder, clip, n + 1, all.len())? {
            Done::Kept => kept += 1,
            Done::Skipped => {}
            Done::Stopped => break,
        }
    }
    writeln!(studio.output, "\n{kept} klip disimpan di {}.", folder.display())
}

fn record_one(studio: &mut Studio, folder: &Path, clip: &Clip, n: usize, of: usize) -> io::Result<Done> {
    match studio.ask(&format!("[{n}/{of}] {}\n      Bacakan: »{}«  ", clip.name, clip.text))?.as_str() {
        "l" => return Ok(Done::Skipped),
        "b" => return Ok(Done::Stopped),
        _ => {}
    }
    loop {
        let raw = studio.hear()?;
        let sound = raw.evened();
        let remark = remark(&raw, &sound);
        if sound.samples.is_empty() || raw.loudness().is_none_or(|db| db < NOBODY_SPOKE_DB) {
            writeln!(studio.output, "      Tidak terdengar apa-apa. Apakah mikrofon menyala?")?;
        } else if let Err(why) = studio.player.play(&sound, clip.name, &|| true) {
            writeln!(studio.output, "      Tidak dapat diputar ({why}), tetapi dapat disimpan.{remark}")?;
        } else if !remark.is_empty() {
            writeln!(studio.output, "     {remark}")?;
        }
        let seconds = sound.length().as_secs_f64();
        match studio.ask(&format!("      {seconds:.1} detik. Enter simpan, u ulangi, l lewati, b berhenti "))?.as_str()
        {
            "u" => {}
            "l" => return Ok(Done::Skipped),
            "b" => return Ok(Done::Stopped),
            _ if sound.samples.is_empty() => {}
            _ => {
                let path = folder.join(format!("{}.wav", clip.name));
                path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
                let beside = path.with_extension("wav.new");
                std::fs::write(&beside, sound.to_wav())?;
                std::fs::rename(&beside, &path)?;
                return Ok(Done::Kept);
            }
        }
    }
}

/// What the speaker should do otherwise, if anything.
fn remark(raw: &Sound, evened: &Sound) -> &'static str {
    let cut = raw.samples.iter().filter(|s| s.unsigned_abs() >= 32_700).count() > 3;
    let soft = evened.loudness().is_some_and(|db| db < LOUDNESS_DB - 1.0);
    match (cut, soft) {
        (true, _) => " Terlalu keras: mundur sedikit dari mikrofon, lalu ulangi.",
        (_, true) => " Ada bunyi letup yang keras di dalamnya: ulangi.",
        _ => "",
    }
}
