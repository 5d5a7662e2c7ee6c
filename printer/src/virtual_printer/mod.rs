//! A printer at the far end of a pty: as slow, as forgetful and as deaf as a real one, on command.
//!
//! Whoever opens the link talks to it exactly as to a serial port. Each paper that it cuts is kept as
//! `sheet-0001.png`, made from the bytes it received, with its text beside it; what a paper end tears off is
//! `torn-0001`.

mod machine;
mod order;
mod sheet;

pub use machine::Machine;
pub use order::{Order, Plan};
pub use sheet::Sheet;

use crate::Kind;
use anyhow::Context;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::OptionalActions;
use std::fs;
use std::io::BufRead;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// A printer made of software, for the demo, for training and for tests; it obeys commands on its standard input.
#[derive(Clone, Debug, clap::Parser)]
#[command(name = "antrean virtual-printer", after_help = order::COMMANDS)]
pub struct Args {
    /// Path that leads to the printer's port, for `antrean printer --port`
    #[arg(long, value_name = "PATH")]
    pub link: PathBuf,
    /// Folder for the papers that come out
    #[arg(long, value_name = "DIR")]
    pub papers: PathBuf,
    /// Which printer it is.
    #[command(flatten)]
    pub kind: Kind,
    /// Something goes wrong every few seconds, and somebody puts it right; the same seed, the same accidents
    #[arg(long, value_name = "SEED")]
    pub accidents: Option<u64>,
}

/// Runs the virtual printer until the process is ended.
///
/// # Errors
/// A link or a folder that cannot be made.
pub fn run(args: Args) -> anyhow::Result<()> {
    let (orders, inbox) = channel();
    std::thread::spawn(move || obey_stdin(&orders));
    let mut printer = VirtualPrinter::new(&args)?;
    tracing::info!(port = %args.link.display(), papers = %args.papers.display(), "virtual printer");
    printer.serve(&inbox, || false)
}

fn obey_stdin(orders: &Sender<Order>) {
    for line in std::io::stdin().lock().lines().map_while(Result::ok).filter(|l| !l.trim().is_empty()) {
        match line.parse() {
            Ok(order) if orders.send(order).is_ok() => {}
            Ok(_) => return,
            Err(known) => tracing::warn!("unknown command \"{line}\". {known}"),
        }
    }
}

/// The printer with its cable and its tray.
#[derive(Debug)]
pub struct VirtualPrinter {
    args: Args,
    baud: u32,
    machine: Machine,
    plan: Option<(Plan, Instant)>,
    cable: Option<OwnedFd>,
    sheets: u32,
    torn: u32,
}

impl VirtualPrinter {
    /// Plugs it in.
    ///
    /// # Errors
    /// A link or a folder that cannot be made.
    pub fn new(args: &Args) -> anyhow::Result<VirtualPrinter> {
        fs::create_dir_all(&args.papers).with_context(|| format!("cannot make {}", args.papers.display()))?;
        let cable = Some(plug(&args.link)?);
        // The tray may hold papers of an earlier run.
        let count = |kind: &str| (1..).find(|n| !args.papers.join(name(kind, *n, "txt")).exists()).unwrap_or(1) - 1;
        let (sheets, torn) = (count("sheet"), count("torn"));
        let profile = args.kind.load()?;
        let machine = Machine::new(&profile);
        let plan = args.accidents.map(|seed| (Plan::new(seed), Instant::now()));
        Ok(VirtualPrinter { args: args.clone(), baud: profile.baud, machine, plan, cable, sheets, torn })
    }

    /// Prints until `stop` says so.
    ///
    /// # Errors
    /// A link that cannot be made again, or a paper that cannot be written.
    pub fn serve(&mut self, orders: &Receiver<Order>, stop: impl Fn() -> bool) -> anyhow::Result<()> {
        let mut last = Instant::now();
        let mut allowance = 0.0;
        while !stop() {
            for order in orders.try_iter() {
                self.obey(order)?;
            }
            if let Some((plan, next)) = &mut self.plan
                && Instant::now() >= *next
            {
                let (order, pause) = plan.next_order();
                *next += pause;
                self.obey(order)?;
            }
            let busy = !self.machine.idle();
            self.wait(Duration::from_millis(if busy { 2 } else { 20 }));
            let passed = last.elapsed();
            last = Instant::now();
            // The wire saves no time for later, either: at most 32 bytes or 5 ms at once.
            let per_second = f64::from(self.baud) / 10.0;
            allowance = (allowance + passed.as_secs_f64() * per_second).min((per_second * 0.005).max(32.0));
            let received = self.receive(allowance as usize);
            allowance -= received as f64;
            self.machine.advance(passed);
            self.answer();
            self.keep_papers()?;
        }
        Ok(())
    }

    fn obey(&mut self, order: Order) -> anyhow::Result<()> {
        tracing::info!(?order, "virtual printer");
        match order {
            Order::Unplug => self.unplug(),
            Order::Plug | Order::Well if self.cable.is_none() => self.cable = Some(plug(&self.args.link)?),
            _ => {}
        }
        self.machine.obey(order);
        Ok(())
    }

    fn unplug(&mut self) {
        self.cable = None;
        // A stale link could one day lead to somebody else's terminal.
        let _ = fs::remove_file(&self.args.link);
    }

    fn wait(&self, at_most: Duration) {
        let Some(cable) = &self.cable else { return std::thread::sleep(at_most) };
        let mut fds = [PollFd::new(cable, PollFlags::IN)];
        let timeout = Timespec { tv_sec: 0, tv_nsec: i64::from(at_most.subsec_nanos()) };
        let _ = poll(&mut fds, Some(&timeout));
        // With bytes waiting for the wire, or nobody at the other end, poll returns at once.
        if !fds[0].revents().is_empty() {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn receive(&mut self, at_most: usize) -> usize {
        let Some(cable) = &self.cable else { return 0 };
        let mut buffer = [0; 256];
        let room = at_most.min(buffer.len());
        match rustix::io::read(cable, &mut buffer[..room]) {
            Ok(n) => {
                self.machine.receive(&buffer[..n]);
                n
            }
            // Nothing there, or nobody has the port open.
            Err(_) => 0,
        }
    }

    fn answer(&mut self) {
        let replies = self.machine.take_replies();
        if let Some(cable) = &self.cable
            && !replies.is_empty()
        {
            // Nobody listening is no fault of a printer.
            let _ = rustix::io::write(cable, &replies);
        }
    }

    fn keep_papers(&mut self) -> anyhow::Result<()> {
        for sheet in self.machine.take_papers() {
            let (kind, n) = if sheet.torn { ("torn", &mut self.torn) } else { ("sheet", &mut self.sheets) };
            *n += 1;
            let file = |end: &str| self.args.papers.join(name(kind, *n, end));
            fs::write(file("png"), sheet.png()?).with_context(|| format!("cannot keep {}", file("png").display()))?;
            // Whoever waits for the text finds the picture complete, and the text too.
            fs::write(file("part"), &sheet.text)?;
            fs::rename(file("part"), file("txt"))?;
            tracing::info!(paper = %file("png").display(), "virtual printer");
        }
        Ok(())
    }
}

impl Drop for VirtualPrinter {
    fn drop(&mut self) {
        self.unplug();
    }
}

fn name(kind: &str, n: u32, end: &str) -> String {
    format!("{kind}-{n:04}.{end}")
}

/// A new pty whose near end stands at `link`.
fn plug(link: &Path) -> anyhow::Result<OwnedFd> {
    let cable = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).context("cannot open a pty")?;
    grantpt(&cable)?;
    unlockpt(&cable)?;
    let mut settings = rustix::termios::tcgetattr(&cable)?;
    settings.make_raw();
    rustix::termios::tcsetattr(&cable, OptionalActions::Now, &settings)?;
    rustix::fs::fcntl_setfl(&cable, OFlags::RDWR | OFlags::NONBLOCK)?;
    let port = PathBuf::from(std::ffi::OsString::from_vec(ptsname(&cable, Vec::new())?.into_bytes()));
    let new = link.with_extension("new");
    let _ = fs::remove_file(&new);
    std::os::unix::fs::symlink(&port, &new).with_context(|| format!("cannot make {}", new.display()))?;
    fs::rename(&new, link).with_context(|| format!("cannot make {}", link.display()))?;
    Ok(cable)
}
