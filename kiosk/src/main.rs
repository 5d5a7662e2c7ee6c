//! The kiosk alone; `antrean kiosk` runs the same.

use clap::Parser;

fn main() -> anyhow::Result<()> {
    // RUST_LOG=kiosk=debug tells every page and every frame.
    let level = tracing_subscriber::filter::LevelFilter::INFO.into();
    let filter = tracing_subscriber::EnvFilter::builder().with_default_directive(level).from_env_lossy();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    kiosk::run(kiosk::Args::parse())
}
