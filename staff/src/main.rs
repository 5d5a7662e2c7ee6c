//! `staff` alone; `antrean staff` is the same.

use clap::Parser;

fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    staff::run(staff::Args::parse())
}
