//! The board alone; `antrean display` runs the same.

use clap::Parser;

fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    display::run(display::Args::parse())
}
