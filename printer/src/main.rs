//! The printer role alone; `antrean printer` runs the same.

use clap::Parser;

fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    printer::run(printer::Args::parse())
}
