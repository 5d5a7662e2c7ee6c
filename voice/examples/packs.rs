//! Makes the clip packs again: `cargo run -p voice --example packs` speaks each line of `packs/*.tsv` with eSpeak NG,
//! writes the clips, and notes the phonemes that it spoke. Needs `espeak-ng` (GPL-3.0-or-later) on the path.

#![allow(clippy::unwrap_used, clippy::panic)] // A workshop tool: it stops where something is wrong.

use std::path::Path;
use std::process::Command;
use voice::Sound;

/// Words a minute: eSpeak's own 175 is too fast for a hall, and what a call is made of must be plainest of all.
fn speed(spoken: &str) -> &'static str {
    if spoken.split(' ').count() > 3 { "160" } else { "145" }
}

fn espeak(voice: &str, arguments: &[&str], spoken: &str) -> String {
    let mut command = Command::new("espeak-ng");
    let output = command.args(["-v", voice, "-s", speed(spoken)]).args(arguments).arg(spoken).output();
    let output = output.expect("espeak-ng must be installed");
    assert!(output.status.success(), "{spoken}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn main() {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs");
    let raw = std::env::temp_dir().join(format!("clip-{}.wav", std::process::id()));
    for (lang, voice) in [("id", "id"), ("en", "en-us")] {
        let list = packs.join(format!("{lang}.tsv"));
        std::fs::create_dir_all(packs.join(lang)).unwrap();
        let mut again = String::new();
        for line in std::fs::read_to_string(&list).unwrap().lines() {
            if line.starts_with('#') {
                again.push_str(&format!("{line}\n"));
                continue;
            }
            let columns: Vec<&str> = line.split('\t').collect();
            let [name, text, spoken, ..] = columns[..] else { panic!("{line}: name, text, spoken") };
            espeak(voice, &["-w", raw.to_str().unwrap()], spoken);
            let clip = Sound::parse(&std::fs::read(&raw).unwrap()).unwrap().evened();
            std::fs::write(packs.join(lang).join(format!("{name}.wav")), clip.to_mu_law_wav()).unwrap();
            let phonemes = espeak(voice, &["-q", "-x"], spoken);
            let phonemes = phonemes.trim().lines().map(str::trim).collect::<Vec<_>>().join(" | ");
            again.push_str(&format!("{name}\t{text}\t{spoken}\t{phonemes}\n"));
        }
        std::fs::write(&list, again).unwrap();
    }
    let _ = std::fs::remove_file(raw);
}
