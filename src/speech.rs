//! The office's voice at a terminal: recording one's own people, checking the voice, saying one call.

use crate::verbs::number;
use anyhow::{Context, bail};
use queue::Lang;
use queue::doors::Administrator;
use queue::office::{Office, Voice};
use queue::store::OFFICE;
use queue::ticket::Number;
use std::path::PathBuf;
use std::sync::mpsc::channel;
use voice::check::check;
use voice::record::{Studio, record};
use voice::words::announcement;
use voice::{Heard, Loudspeaker, Output, Pack, Rank, Speech, Turns};

#[derive(clap::Subcommand)]
pub(crate) enum Verb {
    /// Record your own people, clip by clip; what is recorded already is skipped, so it can be done in parts
    Record {
        /// Folder with office.toml; the clips go into its folder voice/
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Only this language; otherwise those of [voice] in office.toml
        #[arg(long, value_parser = language)]
        language: Option<Lang>,
        /// Record these clips again, as loket or kiosk-home
        #[arg(long, value_name = "CLIP", num_args = 1..)]
        again: Vec<String>,
        /// The microphone, as the sound system names it
        #[arg(long, value_name = "NAME")]
        microphone: Option<String>,
    },
    /// Tell whether every call can be spoken, and which clips are missing, uneven, cut or silent
    Check {
        /// Folder with office.toml
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// Say one call, or write it to a file
    Say {
        /// The number, as A-012
        #[arg(value_parser = number)]
        number: Number,
        /// The counter
        counter: u8,
        /// Folder with office.toml; without it, the built-in voice in Indonesian
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// Write this WAV file instead of speaking
        #[arg(long, value_name = "FILE")]
        wav: Option<PathBuf>,
    },
    /// Tell or set how loud board and kiosk speak
    Volume {
        /// Folder with antrean.db and office.toml
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// 0 is silent, 100 as loud as the machine is set
        #[arg(value_parser = clap::value_parser!(u8).range(0..=100))]
        percent: Option<u8>,
    },
}

fn language(text: &str) -> Result<Lang, String> {
    match text {
        "id" => Ok(Lang::Id),
        "en" => Ok(Lang::En),
        _ => Err("use id or en".into()),
    }
}

pub(crate) fn run(verb: Verb) -> anyhow::Result<()> {
    match verb {
        Verb::Record { data, language, again, microphone } => {
            let office = Office::read(&data.join(OFFICE))?;
            let languages = language.map_or(office.voice.languages, |only| vec![only]);
            let mut studio = Studio::at_terminal(microphone);
            record(&mut studio, &data.join("voice"), &languages, &again)?;
            println!("Periksa hasilnya: antrean voice check --data {}", data.display());
            Ok(())
        }
        Verb::Check { data } => checked(&data),
        Verb::Say { number, counter, data, wav } => {
            let (voice, pack, turns) = match &data {
                Some(data) => (Office::read(&data.join(OFFICE))?.voice, Pack::of(data), Turns::of(data, Rank::Board)),
                None => (Voice::default(), Pack::embedded(), Turns::alone()),
            };
            let sentences = announcement(number, counter, &voice.languages, voice.reading);
            match wav {
                Some(file) => {
                    let sound = pack.sound(&sentences);
                    std::fs::write(&file, sound.to_wav()).with_context(|| format!("writing {}", file.display()))?;
                    println!("{}: {:.1} detik", file.display(), sound.length().as_secs_f64());
                    Ok(())
                }
                None => say(pack, turns, sentences),
            }
        }
        Verb::Volume { data, percent } => {
            let mut store = Administrator::open(&data)?;
            if let Some(percent) = percent {
                store.set_volume(&queue::Command::new(queue::journal::Actor::Terminal), percent)?;
            }
            println!("{} %", store.volume()?);
            Ok(())
        }
    }
}

fn say(pack: Pack, turns: Turns, sentences: Vec<Vec<String>>) -> anyhow::Result<()> {
    let (tell, heard) = channel();
    let speaker = Loudspeaker::start(Output::System(None), turns, pack, move |heard| drop(tell.send(heard)))?;
    speaker.say(Speech { id: 1, sentences, percent: 100 });
    let mut fault = None;
    for heard in heard {
        match heard {
            Heard::Fails(why) => fault = Some(why),
            Heard::Works => fault = None,
            Heard::Over(_) => break,
        }
    }
    match fault {
        Some(why) => bail!("the loudspeaker is silent: {why}"),
        None => Ok(()),
    }
}

fn checked(data: &std::path::Path) -> anyhow::Result<()> {
    let office = Office::read(&data.join(OFFICE))?;
    let prefixes: Vec<char> = office.services.iter().map(|s| s.prefix).collect();
    let counters: Vec<u8> = office.counters.iter().map(|c| c.number).collect();
    let checked = check(&Pack::of(data), &office.voice.languages, &prefixes, &counters);
    println!("klip       : {}, {} di antaranya rekaman sendiri", checked.clips, checked.own);
    println!("kerasnya   : {:.1} sampai {:.1} dB", checked.loudness.0, checked.loudness.1);
    println!(
        "panggilan  : {} disusun, terpanjang {:.1} detik, jeda terpanjang {} milidetik",
        checked.announcements,
        checked.longest.as_secs_f64(),
        checked.gap.as_millis()
    );
    if checked.problems.is_empty() {
        println!("suara      : lengkap");
        return Ok(());
    }
    for problem in &checked.problems {
        println!("  ! {problem}");
    }
    bail!("{} clips or calls need care; record them with antrean voice record --again CLIP", checked.problems.len())
}
