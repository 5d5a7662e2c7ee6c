//! The kiosk alone; `antrean kiosk` runs the same.

use clap::Parser;

fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    kiosk::run(kiosk::Args::parse())
}
