//! The touchscreen: two taps to a number, and the truth about it.
//!
//! | question | file |
//! |---|---|
//! | Which page follows which touch? | `flow.rs`, pure; what goes in and out, `input.rs` |
//! | Which strikes of a finger are touches? | `finger.rs`, pure |
//! | What does a scanner mean by its keys? | `scan.rs`, pure |
//! | What does the citizen see, and what follows from it? | `screen.rs` with `page.rs`, pure |
//! | Who talks to the store? | `worker.rs`, one thread; the screen never waits for a disk |
//! | What does a page look like, in which words? | `ui/*.slint`, English in the source, Indonesian in `lang/`, others beside it (`language.rs`) |
//! | What does it say aloud, when somebody wants to hear? | `spoken.rs`, pure; the loudspeaker is the crate `voice` |
//! | How do facts reach the page? | `paint.rs` |
//! | What does a technician see, and with which code? | `technician.rs` |
//! | A window, or pictures and lines instead? | `window.rs`, `headless.rs` with `line.rs` |

mod finger;
#[cfg(test)]
mod fixture;
mod flow;
#[cfg(test)]
mod golden;
mod headless;
mod input;
mod language;
mod line;
mod page;
#[cfg(test)]
mod pages_tests;
mod paint;
mod picture;
mod qr;
mod scan;
mod screen;
mod spoken;
mod technician;
mod window;
mod worker;

/// What `ui/kiosk.slint` compiles to.
#[allow(missing_docs, unreachable_pub, clippy::all, clippy::unwrap_used, clippy::panic, clippy::todo)]
mod ui {
    slint::include_modules!();
}

use std::path::PathBuf;

/// What this box is; what the office is stands in `office.toml`.
#[derive(Clone, Debug, clap::Parser)]
#[command(name = "kiosk", about = "The touchscreen where applicants take a number")]
pub struct Args {
    /// Folder with antrean.db and office.toml
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Fill the whole screen, without a frame
    #[arg(long, conflicts_with = "headless")]
    pub fullscreen: bool,
    /// Size in pixels, as 1080x1920 (upright) or 1280x800. A window begins at 540x960, headless at 1080x1920
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub size: Option<(u32, u32)>,
    /// Diagonal of the panel in inches, so that buttons are 20 mm and more for a finger.
    /// Without it: 10.1 for 1280x800, 15.6 for 1366x768, else 21.5
    #[arg(long, value_name = "INCHES", value_parser = inches)]
    pub inches: Option<f32>,
    /// No window: draw into --png, read touches as lines from standard input, tell each page as a line of JSON
    #[arg(long)]
    pub headless: bool,
    /// With --headless: the picture of the current page, replaced at every change
    #[arg(long, value_name = "FILE", requires = "headless")]
    pub png: Option<PathBuf>,
    /// Where spoken pages are heard: system, system:OUTPUT, a .wav file, or none. The citizen turns them on [default:
    /// system; headless: none]
    #[arg(long, value_name = "OUTPUT")]
    pub sound: Option<voice::Output>,
    /// A log whose last lines the technician's page shows. That page opens to whoever holds the office's name for
    /// three seconds and knows the digits in kiosk.code in the data folder (4 to 12); without that file there is none
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
}

impl Args {
    fn files(&self) -> technician::Files {
        technician::Files { data: self.data.clone(), log: self.log.clone() }
    }
}

/// Runs the kiosk until its window is closed, or in headless mode until `quit`.
///
/// # Errors
/// No screen to open a window on, or a picture that cannot be written. A store that cannot be used is no error:
/// the citizen is sent to an officer, and the kiosk tries again by itself.
pub fn run(args: Args) -> anyhow::Result<()> {
    if args.headless { headless::run(&args) } else { window::run(&args) }
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let fit = |side: &str| side.parse().ok().filter(|pixels| (200..=8000).contains(pixels));
    text.split_once('x')
        .and_then(|(width, height)| Some((fit(width)?, fit(height)?)))
        .ok_or_else(|| "use WIDTHxHEIGHT with 200 to 8000 pixels each, as 1080x1920".into())
}

fn inches(text: &str) -> Result<f32, String> {
    text.parse()
        .ok()
        .filter(|inches| (5.0..=100.0).contains(inches))
        .ok_or_else(|| "use the diagonal in inches, 5 to 100, as 21.5".into())
}

/// The usual diagonal of a panel with this many pixels, inches.
fn usual_inches(width: u32, height: u32) -> f32 {
    match (width.max(height), width.min(height)) {
        (1280, 800) => 10.1,
        (1366, 768) => 15.6,
        _ => 21.5,
    }
}
