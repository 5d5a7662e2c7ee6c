//! The demo: every role on simulated devices, in one folder. Without a screen it plays a short day by itself.

use crate::play;
use crate::supervise::{Conversation, Interrupt, Role, Supervised};
use crate::verbs::TEMPLATE;
use anyhow::Context;
use queue::Store;
use queue::store::OFFICE;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Demo: work in this new or empty folder instead of one of its own
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Demo: play the short day without windows, even where there is a screen
    #[arg(long)]
    headless: bool,
    /// Demo: end when the played day is over instead of keeping the console open
    #[arg(long)]
    exit: bool,
}

/// What the played day needs to reach the office.
pub(crate) struct Scene {
    pub(crate) dir: PathBuf,
    pub(crate) console: String,
    /// What the played clerks show the console.
    pub(crate) token: String,
    pub(crate) kiosk: Conversation,
    pub(crate) store: Store,
    pub(crate) interrupt: Interrupt,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let dir = folder(args.data.as_deref())?;
    // The demo works at any hour: only its copy of the office has no last number and no break.
    let office = at_any_hour(TEMPLATE);
    std::fs::write(dir.join(OFFICE), office).with_context(|| format!("cannot write {OFFICE}"))?;
    let store = Store::create(&dir)?;
    let interrupt = Interrupt::listen()?;
    let screen = !args.headless
        && ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()));
    let port = free_port()?;
    let console = format!("http://127.0.0.1:{port}/");
    println!("antrean: peragaan {} / demo", store.office().identity.name);
    println!("  folder : {}", dir.display());
    println!("  konsol : {console}");

    let logs = dir.join("log");
    std::fs::create_dir_all(&logs).context("cannot create the log folder")?;
    let path = |name: &str| dir.join(name).display().to_string();
    let data = dir.display().to_string();
    let words = |list: &[&str]| list.iter().map(|word| word.to_string()).collect::<Vec<_>>();
    let role = |name, arguments: &[&str], talks| Role { name, arguments: words(arguments), talks };
    let (tty, papers, board) = (path("printer"), path("papers"), path("board.png"));
    let kiosk_picture = path("kiosk.png");
    let listen = format!("127.0.0.1:{port}");
    let (talk, started) = channel();
    let (orders, printer_started) = channel();
    let (code, console_started) = channel();
    let roles = [
        (role("virtual-printer", &["virtual-printer", "--link", &tty, "--papers", &papers], true), Some(orders)),
        (role("printer", &["printer", "--data", &data, "--port", &tty], false), None),
        (role("staff", &["staff", "--data", &data, "--listen", &listen], true), Some(code)),
        match screen {
            true => (role("display", &["display", "--data", &data], false), None),
            false => (role("display", &["display", "--data", &data, "--png", &board], false), None),
        },
        match screen {
            true => (role("kiosk", &["kiosk", "--data", &data], false), None),
            false => {
                (role("kiosk", &["kiosk", "--data", &data, "--headless", "--png", &kiosk_picture], true), Some(talk))
            }
        },
    ];
    let mut running = Vec::new();
    for (role, talk) in roles {
        let log = logs.join(format!("{}.log", role.name));
        running.push(Supervised::start(role, log, talk)?);
    }
    let _printer_panel = Conversation::over(printer_started);
    let staff = Conversation::over(console_started);
    let code = staff.hear(play::PATIENCE, |line| line.strip_prefix(staff::CODE_LINE).map(str::to_string));
    let password = queue::Command::new(queue::journal::Actor::Terminal).id;
    let token = play::enrol(&console, &code.context("the console told no enrolment code")?, &password)?;
    println!("  masuk  : {} / {password}, PIN {} / sign in", play::NAME, play::PIN);
    let mut scene = Scene { dir, console, token, kiosk: Conversation::over(started), store, interrupt };
    if screen {
        let command = queue::Command::new(queue::journal::Actor::Terminal);
        let today = command.now.local(scene.store.office().identity.zone).date();
        scene.store.open_day(&command, today, false)?;
        println!(
            "  jendela: kiosk dan papan; ketuk kiosk, panggil di konsol / windows: tap the kiosk, call in the console"
        );
    } else {
        play::day(&mut scene)?;
    }
    if !args.exit {
        println!("\nKonsol tetap terbuka di {} - Ctrl-C untuk berhenti / to end.", scene.console);
        while !scene.interrupt.came() {
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    drop(running);
    println!("Selesai. Semua tersimpan di {} / all is kept there.", scene.dir.display());
    Ok(())
}

/// The office without the hours that would stop a visit in the evening.
fn at_any_hour(office: &str) -> String {
    let hours = |line: &str| match line.split_once(", break_from") {
        Some((open, _)) => format!("{open} }}\n"),
        None => format!("{line}\n"),
    };
    office.lines().map(hours).collect()
}

fn folder(wish: Option<&Path>) -> anyhow::Result<PathBuf> {
    let dir = match wish {
        Some(dir) => dir.to_path_buf(),
        None => std::env::temp_dir().join(format!("antrean-demo-{}", std::process::id())),
    };
    std::fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
    let empty = std::fs::read_dir(&dir)?.next().is_none();
    anyhow::ensure!(empty, "{} is not empty; the demo wants a folder of its own", dir.display());
    Ok(dir.canonicalize()?)
}

/// The console's usual port, or any other that is free.
fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:8080").or_else(|_| TcpListener::bind("127.0.0.1:0"))?;
    Ok(listener.local_addr()?.port())
}
