//! From the commit of a number to the first byte of its slip at the printer, over a pty: `cargo bench -p printer`.

use jiff::civil::date;
use printer::port::Address;
use printer::spooler::Spooler;
use printer::virtual_printer::{Args, VirtualPrinter};
use printer::{Kind, PaperWidth};
use queue::office::{Lang, ServiceKey};
use queue::printing::PrinterState;
use queue::store::Issue;
use queue::{Command, Store};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

const BAUD: u32 = 19200;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let papers: u32 = std::env::var("PAPERS").ok().and_then(|n| n.parse().ok()).unwrap_or(20);
    let dir = tempfile::tempdir()?;
    std::fs::write(dir.path().join("office.toml"), include_str!("../../office.toml"))?;
    let mut store = Store::create(dir.path())?;
    store.open_day(&Command::new(queue::journal::Actor::Terminal), date(2026, 11, 23), true)?;
    let port = dir.path().join("port");
    let kind = Kind::paper(PaperWidth::Mm80, BAUD);
    let args = Args { link: port.clone(), papers: dir.path().join("papers"), kind: kind.clone(), accidents: None };
    let mut printer = VirtualPrinter::new(&args)?;
    let (_orders, inbox) = channel();
    std::thread::spawn(move || printer.serve(&inbox, || false));
    let mut spooler = Spooler::new(dir.path(), &Address::Device(port), kind.load()?)?;
    std::thread::spawn(move || spooler.run(|| false));
    while store.printer_status().is_none_or(|s| s.state != PrinterState::Ready) {
        std::thread::sleep(Duration::from_millis(10));
    }
    let mut times = Vec::new();
    for _ in 0..papers {
        let wish = Issue { service: ServiceKey("new".into()), priority: false, lang: Lang::Id, receipt: None };
        let slip = store.issue(&Command::new(queue::journal::Actor::Terminal), &wish)?.slip;
        let start = Instant::now();
        let state = |store: &Store| store.print_job(slip).ok().flatten().map(|job| job.state.word());
        // The claim is committed right before the first byte.
        while state(&store) == Some("queued") {
            std::thread::sleep(Duration::from_micros(200));
        }
        times.push(start.elapsed());
        while state(&store) == Some("sending") {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    times.sort();
    println!(
        "commit to first byte: median {:?}, worst of {papers} {:?}",
        times[times.len() / 2],
        times[times.len() - 1]
    );
    Ok(())
}
