//! antrean: one program, one role per argument, the demo, and the administrator's verbs.
//!
//! | question | file |
//! |---|---|
//! | Which arguments are there? | here |
//! | What does a technician do at a terminal? | `verbs.rs` |
//! | How is a copy made, and gone on from? | `keeping.rs` |
//! | What does one do about the voice at a terminal? | `speech.rs` |
//! | What does a line of the log look like? | `log.rs` |
//! | Who starts the roles, and again when one dies? | `supervise.rs` |
//! | What does `antrean` alone show? | `demo.rs`, with its day in `play.rs` |

mod demo;
mod keeping;
mod log;
mod play;
mod speech;
mod supervise;
mod verbs;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Exit status of a refusal: the rules said no, and nothing has changed.
const REFUSED: u8 = 1;
/// Exit status of a fault: the machine, a file or a device failed. (2 is clap's, for a wrong command line.)
const FAULT: u8 = 3;

#[derive(Parser)]
#[command(
    name = "antrean",
    version,
    about = "Queue appliance of a subdistrict office: kiosk, slip printer, board and staff console over one database",
    after_help = "Without a command: the demo, every role on simulated devices in a folder it names.\n\
                  Exit status: 0 done, 1 refused by the rules (nothing changed), 2 wrong command line, 3 fault of the machine."
)]
struct Cli {
    #[command(flatten)]
    demo: demo::Args,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// The touchscreen where applicants take a number
    Kiosk(kiosk::Args),
    /// The board in the waiting room
    Display(display::Args),
    /// The spooler: prints slips and receipts on a serial thermal printer
    Printer(printer::Args),
    /// The counters' console, in a browser
    Staff(staff::Args),
    /// A simulated printer on a pseudo-terminal, which fails as printers do
    VirtualPrinter(printer::virtual_printer::Args),
    /// Create the database in a folder, and office.toml if there is none
    Init(verbs::Init),
    /// Open or close the service day
    #[command(subcommand)]
    Day(verbs::Day),
    /// Take a number, when the kiosk cannot be used
    Issue(verbs::Issue),
    /// Call the next number to a counter, when the console cannot be used
    Call(verbs::Call),
    /// Copy the whole database to a file while the office works
    Backup(keeping::Backup),
    /// Go on from a backup, while no role runs; shows what it holds and what would be lost, and asks
    Restore(keeping::Restore),
    /// The voice of board and kiosk: record your own people, check it, say one call, set how loud
    #[command(subcommand)]
    Voice(speech::Verb),
    /// Erase what staff typed and nobody may keep; without an event, list what was typed last
    Erase(verbs::Erase),
    /// Verify the database and tell how the office stands
    Check(verbs::Check),
}

fn main() -> ExitCode {
    supervise::die_with_the_demo();
    log::begin();
    let cli = Cli::parse();
    let done = match cli.command {
        None => demo::run(&cli.demo),
        Some(Command::Kiosk(args)) => kiosk::run(args),
        Some(Command::Display(args)) => display::run(args),
        Some(Command::Printer(args)) => printer::run(args),
        Some(Command::Staff(args)) => staff::run(args),
        Some(Command::VirtualPrinter(args)) => printer::virtual_printer::run(args),
        Some(Command::Init(args)) => verbs::init(&args),
        Some(Command::Day(verb)) => verbs::day(&verb),
        Some(Command::Issue(args)) => verbs::issue(&args),
        Some(Command::Call(args)) => verbs::call(&args),
        Some(Command::Backup(args)) => keeping::backup(&args),
        Some(Command::Restore(args)) => keeping::restore(&args),
        Some(Command::Voice(verb)) => speech::run(verb),
        Some(Command::Erase(args)) => verbs::erase(&args),
        Some(Command::Check(args)) => verbs::check(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("antrean: {error:#}");
            let refused = matches!(error.downcast_ref(), Some(queue::Error::Refused(_)));
            ExitCode::from(if refused { REFUSED } else { FAULT })
        }
    }
}
