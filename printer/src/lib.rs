//! Papers: what they look like, how they get to the printer, and whether they came out.
//!
//! | question | file |
//! |---|---|
//! | What does the slip look like? | `slip.rs` |
//! | Which bytes? | `escpos.rs` |
//! | What does the printer say? | `status.rs` |
//! | Did the paper come out? | `session.rs` |
//! | Who takes papers out of the outbox? | `spooler.rs` |
//! | What if there is no printer? | `virtual_printer/` |

pub mod escpos;
pub mod profile;
pub mod raster;
pub mod serial;
pub mod session;
pub mod slip;
pub mod spooler;
pub mod status;
mod text;
pub mod virtual_printer;

use anyhow::{Context, bail};
use rustix::fs::{FlockOperation, flock};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

/// Print slips and receipts on a serial thermal printer.
#[derive(Clone, Debug, clap::Parser)]
#[command(name = "antrean printer")]
pub struct Args {
    /// Folder that holds antrean.db and office.toml
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The printer's port, best as /dev/serial/by-id/...
    #[arg(long, value_name = "PATH")]
    pub port: PathBuf,
    /// Speed of the port, as printed on the printer's self-test
    #[arg(long, value_name = "BAUD", default_value_t = 19200, value_parser = clap::value_parser!(u32).range(1200..=1_000_000))]
    pub baud: u32,
    /// Width of the paper roll in millimetres: 58 or 80
    #[arg(long, value_name = "MM", default_value = "80")]
    pub paper: PaperWidth,
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

impl PaperWidth {
    /// What is assumed of an unnamed printer of this width.
    pub fn profile(self) -> profile::Profile {
        match self {
            PaperWidth::Mm58 => profile::GENERIC_58,
            PaperWidth::Mm80 => profile::GENERIC_80,
        }
    }
}

/// Runs the printer role until the process is ended.
///
/// # Errors
/// A second printer role for the same folder, or a store that cannot be opened.
pub fn run(args: Args) -> anyhow::Result<()> {
    let _alone = lock(&args.data)?;
    let mut spooler = spooler::Spooler::new(&args.data, &args.port, args.baud, args.paper.profile())?;
    tracing::info!(port = %args.port.display(), baud = args.baud, "printing");
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
