//! Papers: what they look like, how they get to the printer, and whether they came out.
//!
//! | question | file |
//! |---|---|
//! | What does the slip look like? | `slip.rs` |
//! | Which bytes? | `escpos.rs` |
//! | Which kinds of printer are known? | `profiles/*.toml`, read by `profile.rs` |
//! | How fast may it go? | `pace.rs` |
//! | How is it reached? | `port.rs` |
//! | What does the printer say? | `status.rs` |
//! | What did it say while a paper was on its way? | `watch.rs` |
//! | How is it asked, and sent to? | `talk.rs` |
//! | Did the paper come out? | `session.rs` |
//! | What does a technician see? | `test_page.rs` |
//! | Who takes papers out of the outbox? | `spooler.rs` |
//! | What if there is no printer? | `virtual_printer/` |

mod code128;
pub mod escpos;
mod pace;
pub mod port;
pub mod profile;
pub mod raster;
mod serial;
pub mod session;
pub mod slip;
pub mod spooler;
pub mod status;
mod stream;
mod talk;
pub mod test_page;
mod text;
pub mod virtual_printer;
mod watch;

use anyhow::{Context, bail};
use rustix::fs::{FlockOperation, flock};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

/// Print slips and receipts on a serial thermal printer.
#[derive(Clone, Debug, clap::Parser)]
#[command(name = "antrean printer")]
pub struct Args {
    /// Folder that holds antrean.db and office.toml
    #[arg(long, value_name = "DIR", required_unless_present = "test_page")]
    pub data: Option<PathBuf>,
    /// The printer's port: /dev/serial/by-id/... (best), /dev/usb/lp0, or tcp://10.0.0.5:9100
    #[arg(long, value_name = "PORT")]
    pub port: port::Address,
    /// Which printer it is.
    #[command(flatten)]
    pub kind: Kind,
    /// Print one page with grid, greys, fonts, identity and status, and end; needs no --data
    #[arg(long)]
    pub test_page: bool,
}

/// Which printer it is.
#[derive(Clone, Debug, clap::Args)]
pub struct Kind {
    /// Kind of printer: a name (generic-58, generic-80, epson-tm-t82, epson-tm-t20, epson-tm-t88, netum-nt-5890k,
    /// cashino-kp-628e, custom-vkp80, custom-kpm, nippon-np) or a profile file of your own
    #[arg(long, value_name = "NAME|FILE", conflicts_with = "paper")]
    pub profile: Option<String>,
    /// Width of the paper roll in millimetres, for a printer of which nothing else is known: 58 or 80
    #[arg(long, value_name = "MM", default_value = "80")]
    pub paper: PaperWidth,
    /// Speed of the port, as printed on the printer's self-test [default: the profile's, 19200 without one]
    #[arg(long, value_name = "BAUD", value_parser = clap::value_parser!(u32).range(1200..=1_000_000))]
    pub baud: Option<u32>,
}

impl Kind {
    /// The printer of this roll, of which nothing else is known.
    pub fn paper(paper: PaperWidth, baud: u32) -> Kind {
        Kind { profile: None, paper, baud: Some(baud) }
    }

    /// The profile with the speed that was asked for.
    ///
    /// # Errors
    /// As [`profile::Profile::load`].
    pub fn load(&self) -> anyhow::Result<profile::Profile> {
        let name = self.profile.as_deref().unwrap_or(match self.paper {
            PaperWidth::Mm58 => "generic-58",
            PaperWidth::Mm80 => "generic-80",
        });
        let mut profile = profile::Profile::load(name)?;
        profile.baud = self.baud.unwrap_or(profile.baud);
        Ok(profile)
    }
}

/// Width of the roll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum PaperWidth {
    /// 58 mm: 32 columns, 384 dots.
    #[value(name = "58")]
    Mm58,
    /// 80 mm: 48 columns, 576 dots.
    #[value(name = "80")]
    Mm80,
}

/// Runs the printer role until the process is ended.
///
/// # Errors
/// A second printer role for the same folder, or a store that cannot be opened.
pub fn run(args: Args) -> anyhow::Result<()> {
    let profile = args.kind.load()?;
    if args.test_page {
        return test_page::print(&args.port, &profile);
    }
    let data = args.data.context("--data is missing")?;
    let _alone = lock(&data)?;
    tracing::info!(port = %args.port, profile = %profile.name, baud = profile.baud, "printing");
    let mut spooler = spooler::Spooler::new(&data, &args.port, profile)?;
    spooler.run(|| false);
    Ok(())
}

/// One printer role per folder: two would each believe that the other's papers were interrupted.
///
/// # Errors
/// Another process holds the lock.
pub fn lock(data: &Path) -> anyhow::Result<File> {
    let path = data.join("printer.lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.with_context(|| format!("cannot open {}", path.display()))?;
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        bail!("another printer role works on {} already; stop that one first", data.display());
    }
    Ok(file)
}
