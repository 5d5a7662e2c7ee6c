//! The board in the waiting room: whose turn it is, and where to go.
//!
//! | question | file |
//! |---|---|
//! | Which call is shown now? | `calls.rs`, pure |
//! | What is said, and when? | `announcer.rs`, pure; the loudspeaker itself is the crate `voice` |
//! | Where does everything stand? | `layout.rs`, pure, from the parts in `scene.rs` |
//! | What does it say? | `words.rs` |
//! | What stands between the calls? | `slides.rs` |
//! | How is it drawn? | `draw.rs` on `canvas.rs`, letters from `font.rs`; in two colours through `one_bit.rs` |
//! | What do staff know of it? | `health.rs`, and see of it: `mirror.rs` |
//! | When is it read and drawn again? | `watch.rs` and `screen.rs` |
//! | Where does it appear? | `window.rs`, `kms.rs` (turned by `rotation.rs`) or `picture.rs` |

pub mod announcer;
pub mod calls;
pub mod canvas;
pub mod draw;
pub mod font;
pub mod health;
mod kms;
pub mod layout;
mod mirror;
pub mod one_bit;
pub mod picture;
pub mod rotation;
pub mod scene;
pub mod screen;
pub mod slides;
pub mod watch;
mod window;
pub mod words;

use anyhow::{Context, bail};
use embedded_graphics::geometry::Size;
use health::{Health, Part};
use mirror::Mirror;
use queue::office::Text;
use queue::store::office_in;
use queue::ticket::Seq;
use rotation::Rotation;
use screen::{Face, Screen};
use slides::Slides;
use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use voice::{Heard, Loudspeaker, Output, Pack, Rank, Turns};
use watch::News;

/// The board in the waiting room, in a window, on a full screen, or as a picture.
#[derive(clap::Parser, Clone, Debug)]
#[command(name = "display", version)]
pub struct Args {
    /// The data folder: holds antrean.db and office.toml
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Size of the window or the picture in pixels; a full screen has its own
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub size: Option<Size>,
    /// Show the sign above this counter instead of the board of the waiting room
    #[arg(long, value_name = "COUNTER")]
    pub sign: Option<u8>,
    /// Fill the screen, hide the pointer
    #[arg(long)]
    pub fullscreen: bool,
    /// Fill this output, as HDMI-1, and wait for it; a name that does not exist is answered with those that do
    #[arg(long, value_name = "NAME")]
    pub output: Option<String>,
    /// Without X11 and Wayland: own this graphics card, or the first one
    #[arg(long, value_name = "CARD", num_args = 0..=1, conflicts_with_all = ["fullscreen", "size"])]
    pub kms: Option<Option<PathBuf>>,
    /// With --kms: how far the TV hangs turned, 90, 180 or 270 degrees; the picture is turned clockwise
    #[arg(long, value_name = "DEGREES", requires = "kms", value_parser = Rotation::of_degrees)]
    pub rotate: Option<Rotation>,
    /// Open no window: keep the board in this PNG file, written anew at each change
    #[arg(long, value_name = "FILE", conflicts_with_all = ["fullscreen", "output", "kms"])]
    pub png: Option<PathBuf>,
    /// Where calls are spoken: none, system (the machine's sound), system:OUTPUT, or a WAV file that grows. Usually
    /// system; a picture or a counter's sign is silent
    #[arg(long, value_name = "OUTPUT")]
    pub sound: Option<Output>,
}

fn size(text: &str) -> Result<Size, String> {
    let sides = text.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    match sides {
        Some((w @ 128..=7680, h @ 64..=7680)) => Ok(Size::new(w, h)),
        _ => Err("use width x height, from 128x64 to 7680x7680, as 1920x1080".into()),
    }
}

/// Shows the board until its window is closed; a picture is kept until the process ends.
///
/// # Errors
/// When no `office.toml` can be used or it has no such counter, when there is no screen for a window or, with `--kms`, no such
/// output, and when another program owns the graphics card. A database that cannot be read is no error: the board says so
/// and tries again.
pub fn run(args: Args) -> anyhow::Result<()> {
    let office = office_in(&args.data)?;
    let face = match args.sign {
        None => Face::Hall,
        Some(n) if office.counter(n).is_some() => Face::Sign(n),
        Some(n) => {
            let known = office.counters.iter().map(|c| c.number.to_string()).collect::<Vec<_>>().join(", ");
            bail!("there is no counter {n} in office.toml; there are {known}");
        }
    };
    let usual = match (face, &args.png) {
        (Face::Sign(_), _) => Size::new(800, 480),
        (Face::Hall, Some(_)) => Size::new(1920, 1080),
        (Face::Hall, None) => Size::new(1280, 720),
    };
    let size = args.size.unwrap_or(usual);
    let mut shown = match face {
        Face::Hall => ShownFile::in_folder(&args.data),
        // A sign shows who is at its counter now; nothing waits in line before it.
        Face::Sign(_) => ShownFile { path: None, seq: None },
    };
    let health = Health::default();
    let sound = args.sound.unwrap_or(match (face, &args.png) {
        (Face::Hall, None) => Output::System(None),
        _ => Output::Silent,
    });
    let mut screen = Screen::new(face, office, shown.seq, size, args.png.is_none());
    // Staff hear of the board in the hall: it is dead or alive, and looks like this.
    let (written, mut mirror) = match face {
        Face::Hall => {
            let slides = Slides::of(&args.data, health.clone()).context("starting the reader of slides")?;
            screen.show_between_calls(slides);
            (Some(health.clone()), Some(Mirror::in_folder(&args.data)))
        }
        Face::Sign(_) => (None, None),
    };
    let speaker: OnceCell<Loudspeaker> = OnceCell::new();
    if sound != Output::Silent {
        screen.speak();
    }
    let mut drawn = |screen: &mut Screen, seen: bool| {
        let now = queue::clock::now();
        health.alive(now);
        // A call that no TV showed is shown again after a restart, while it is new.
        if seen {
            shown.keep(screen.shown_through());
        }
        if let Some(speaker) = speaker.get() {
            let hangs = screen.voice_hangs(&now);
            if hangs {
                speaker.hush();
            }
            health.say(Part::Voice, hangs.then(voice_hangs));
            screen.to_say(&now).into_iter().for_each(|speech| speaker.say(speech));
        }
        if let Some(mirror) = &mut mirror {
            mirror.show(screen);
        }
    };
    let senses = Senses { data: &args.data, written, sound, health: health.clone(), speaker: &speaker };
    let listen = || {
        let (tell, news) = std::sync::mpsc::channel();
        senses.wake(move |n| tell.send(n).is_ok())?;
        anyhow::Ok(news)
    };
    if let Some(file) = args.png {
        return picture::show(&file, &mut screen, &listen()?, |screen| drawn(screen, true));
    }
    if let Some(card) = args.kms {
        let turned = args.rotate.unwrap_or_default();
        return kms::show(card.as_deref(), args.output.as_deref(), turned, &mut screen, &health, listen, drawn);
    }
    let windows = window::Windows::new()?;
    let proxy = windows.proxy();
    senses.wake(move |n| proxy.send_event(n).is_ok())?;
    windows.show(screen, args.fullscreen, args.output, &health, drawn)
}

/// What staff are told of a loudspeaker that hangs.
fn voice_hangs() -> Text {
    Text::new(
        "Pengeras suara papan tidak menjawab, panggil dengan suara sendiri: periksa kartu suara, lalu mulai ulang kotak",
        "The board's loudspeaker does not answer, call out the numbers yourself: check its sound card, restart the box",
    )
}

/// What the board hears and speaks with, once its panel is known to work.
struct Senses<'a> {
    data: &'a Path,
    /// Where its sign of life goes.
    written: Option<Health>,
    sound: Output,
    health: Health,
    speaker: &'a OnceCell<Loudspeaker>,
}

impl Senses<'_> {
    /// Starts the watcher and the loudspeaker; `tell` takes their news to the panel. A card that does not work is a
    /// trouble for the staff.
    fn wake(&self, tell: impl Fn(News) -> bool + Clone + Send + 'static) -> anyhow::Result<()> {
        watch::watch(self.data.into(), self.written.clone(), tell.clone()).context("starting the watcher")?;
        if self.sound == Output::Silent {
            return Ok(());
        }
        let health = self.health.clone();
        let heard = move |heard| match heard {
            Heard::Over(id) => drop(tell(News::Spoken(id))),
            Heard::Works => health.say(Part::Sound, None),
            Heard::Fails(why) => {
                let id = format!("Papan tanpa suara, panggil dengan suara sendiri: {why}");
                let en = format!("The board has no sound, call out the numbers yourself: {why}");
                health.say(Part::Sound, Some(Text::new(&id, &en)));
            }
        };
        let turns = Turns::of(self.data, Rank::Board);
        let speaker =
            Loudspeaker::start(self.sound.clone(), turns, Pack::of(self.data), heard).context("starting the voice")?;
        self.speaker.get_or_init(|| speaker);
        Ok(())
    }
}

/// `display.shown` in the data folder: the last call that had its time, so that a restart neither repeats nor loses one.
///
/// It is no truth of the office, only this board's memory: without it the calls of the last minutes are shown again.
struct ShownFile {
    path: Option<PathBuf>,
    seq: Option<Seq>,
}

impl ShownFile {
    fn in_folder(dir: &Path) -> ShownFile {
        let path = dir.join("display.shown");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        ShownFile { path: Some(path), seq: text.trim().parse().ok().map(Seq) }
    }

    fn keep(&mut self, seq: Option<Seq>) {
        let Some(new) = seq.filter(|_| seq != self.seq) else { return };
        if let Some(path) = &self.path {
            let beside = path.with_extension("shown.new");
            let written = std::fs::write(&beside, format!("{}\n", new.0)).and_then(|()| std::fs::rename(&beside, path));
            if let Err(error) = written {
                tracing::warn!("{} cannot be kept: {error}; a restart may show calls again", path.display());
            }
        }
        self.seq = seq;
    }
}
