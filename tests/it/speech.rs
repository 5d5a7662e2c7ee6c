//! The voice at a terminal, with players and recorders that fail as real ones do, and through a real sound system.

use crate::office::until;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Puts a program of this name into `dir`.
fn program(dir: &Path, name: &str, script: &str) {
    let path = dir.join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// `antrean voice …`, which finds only the programs in `dir`, `cat` and `sleep`.
fn voice(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_antrean"));
    command.arg("voice").args(arguments).current_dir(dir).env("PATH", format!("{}:/bin", dir.display()));
    // Where /bin is all of /usr/bin, its players find no sound system.
    command.env("XDG_RUNTIME_DIR", dir).env("HOME", dir).env("PULSE_SERVER", "unix:/nowhere");
    command
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// The length of one call, as the built-in voice says it.
fn length() -> Duration {
    let a12 = queue::ticket::Number { prefix: 'A', n: 12 };
    let call = voice::words::announcement(a12, 2, &[queue::Lang::Id], queue::office::Reading::Figures);
    voice::Pack::embedded().sound(&call).length()
}

#[test]
fn a_player_that_fails_gives_way_to_the_next_which_gets_every_sample() {
    let dir = tempfile::tempdir().unwrap();
    program(dir.path(), "paplay", "echo 'Connection refused' >&2; exit 1");
    program(dir.path(), "aplay", "cat >> heard.raw");
    let began = Instant::now();
    let output = voice(dir.path(), &["say", "A-012", "2"]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    let bytes = std::fs::metadata(dir.path().join("heard.raw")).unwrap().len();
    let samples = u64::try_from((length() + voice::TRIAL).as_millis()).unwrap() * 16;
    assert!(bytes / 2 >= samples - 32 && bytes / 2 <= samples + 32, "{} of {samples} samples", bytes / 2);
    assert!(began.elapsed() > length() / 2, "it was handed over as it is heard, not at once");
}

#[test]
fn a_player_that_hangs_is_ended_and_said_to_hang() {
    let dir = tempfile::tempdir().unwrap();
    program(dir.path(), "paplay", "exec sleep 100");
    program(dir.path(), "aplay", "echo 'cannot find card' >&2; exit 1");
    let output = voice(dir.path(), &["say", "A-012", "2"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output).contains("paplay: hangs"), "{}", text(&output));
}

#[test]
fn a_killed_speaker_leaves_its_player_nothing_more_to_say() {
    let dir = tempfile::tempdir().unwrap();
    program(dir.path(), "paplay", "cat >> heard.raw");
    let began = Instant::now();
    let mut speaker = voice(dir.path(), &["say", "A-012", "2"]).spawn().unwrap();
    let heard = || std::fs::metadata(dir.path().join("heard.raw")).map_or(0, |m| m.len());
    until("a second of the call", || (heard() > 16_000 * 3).then_some(()));
    speaker.kill().unwrap();
    speaker.wait().unwrap();
    let lived = began.elapsed();
    let (mut last, mut since) = (0, Instant::now());
    until("the player's end", || {
        if heard() != last {
            (last, since) = (heard(), Instant::now());
        }
        (since.elapsed() > Duration::from_millis(700)).then_some(())
    });
    let handed_over = Duration::from_millis(last / 32);
    // The trial and the call are each handed over up to 0.3 s early; this player does not wait for the ear.
    assert!(handed_over <= lived + Duration::from_millis(750), "{handed_over:?} in a life of {lived:?}");
}

#[test]
fn an_office_records_its_own_people_and_can_go_on_later() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("office.toml"), include_str!("../../office.toml")).unwrap();
    // Half a second of a square wave behind a moment of silence.
    let tone: Vec<u8> = [vec![0i16; 3_000], (0..8_000).map(|n| if n / 40 % 2 == 0 { 900 } else { -900 }).collect()]
        .concat()
        .iter()
        .flat_map(|s: &i16| s.to_le_bytes())
        .collect();
    std::fs::write(dir.path().join("tone.raw"), tone).unwrap();
    program(dir.path(), "parecord", "cat tone.raw; exec sleep 1000");
    program(dir.path(), "paplay", "cat >> played.raw");
    let record = |answers: &str| {
        let mut child =
            voice(dir.path(), &["record", "--data", "."]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        text(&output)
    };
    // Record, once more, keep; skip the second; record and keep the third; stop.
    let said = record("\n\nu\n\n\nl\n\n\n\nb\n");
    assert!(said.contains("Bacakan: »nol«") && said.contains("2 klip disimpan"), "{said}");
    let clip = |name: &str| std::fs::read(dir.path().join(format!("voice/id/{name}.wav")));
    let kept = voice::Sound::parse(&clip("nol").unwrap()).unwrap();
    assert!((kept.loudness().unwrap() - voice::sound::LOUDNESS_DB).abs() < 0.5, "made as loud as the others");
    assert!((7_900..8_100).contains(&kept.samples.len()), "without the silence: {}", kept.samples.len());
    assert!(clip("satu").is_err() && clip("dua").is_ok());
    let said = record("b\n");
    assert!(said.contains("Bacakan: »satu«") && said.contains("[1/"), "it goes on where it stopped: {said}");

    program(dir.path(), "parecord", "echo 'No such device' >&2; exit 1");
    program(dir.path(), "arecord", "echo 'cannot find card' >&2; exit 1");
    let mut child =
        voice(dir.path(), &["record", "--data", "."]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"\n\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output).contains("no microphone can be heard (parecord: No such device"), "{}", text(&output));

    let output = voice(dir.path(), &["check", "--data", "."]).output().unwrap();
    assert!(output.status.success() && text(&output).contains("2 di antaranya rekaman sendiri"), "{}", text(&output));
}

/// PulseAudio with one output that nobody hears, ended with the test.
struct Sounds(Child);

impl Drop for Sounds {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "needs pulseaudio and pulseaudio-utils"]
fn what_a_real_sound_system_plays_is_what_was_said() {
    // On a machine with more to do than cores the sound system itself skips; what is told it by us never does.
    let mut heard = (0..3).map(|_| {
        let sound = played();
        let off = (sound.trimmed().len() as f64 / 16_000.0 - length().as_secs_f64()).abs();
        println!("{off:.3} s off, longest gap {:?}", sound.longest_gap());
        (off, sound.longest_gap())
    });
    assert!(heard.any(|(off, gap)| off < 0.15 && gap < Duration::from_millis(120)));
}

/// What comes out of PulseAudio for one call.
fn played() -> voice::Sound {
    let dir = tempfile::tempdir().unwrap();
    let home = |command: &mut Command| {
        command.env("XDG_RUNTIME_DIR", dir.path()).env("HOME", dir.path()).env_remove("PULSE_SERVER");
    };
    let mut server = Command::new("pulseaudio");
    server.args(["--daemonize=no", "--exit-idle-time=-1", "-n", "-L", "module-native-protocol-unix"]);
    server.args(["-L", "module-null-sink sink_name=hall"]).stderr(Stdio::null());
    home(&mut server);
    let _sounds = Sounds(server.spawn().unwrap());
    let mut recorder = Command::new("parecord");
    recorder.args(["--raw", "--device=hall.monitor", "--rate=16000", "--channels=1", "--format=s16le", "heard.raw"]);
    recorder.current_dir(dir.path()).stderr(Stdio::null());
    home(&mut recorder);
    let mut recording = None;
    until("a recorder that hears something", || {
        let running = recording.get_or_insert_with(|| Sounds(recorder.spawn().unwrap()));
        // Until the server listens, it ends at once.
        if running.0.try_wait().unwrap().is_some() {
            recording = None;
        }
        (std::fs::metadata(dir.path().join("heard.raw")).map_or(0, |m| m.len()) > 0).then_some(())
    });
    let mut say = Command::new(env!("CARGO_BIN_EXE_antrean"));
    say.args(["voice", "say", "A-012", "2"]);
    home(&mut say);
    let output = say.output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    drop(recording);
    let raw = std::fs::read(dir.path().join("heard.raw")).unwrap();
    let samples: Vec<i16> = raw.chunks_exact(2).map(|s| i16::from_le_bytes([s[0], s[1]])).collect();
    voice::Sound { rate: 16_000, samples }
}
