//! The demo: every role on simulated devices, in one folder. Without a screen it plays a short day by itself.

use crate::play;
use crate::supervise::{Conversation, Interrupt, Role, Supervised, Talk};
use crate::verbs::TEMPLATE;
use anyhow::Context;
use queue::devices::Device;
use queue::doors::Administrator;
use queue::store::OFFICE;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

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
    pub(crate) store: Administrator,
    pub(crate) interrupt: Interrupt,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let dir = folder(args.data.as_deref())?;
    // The demo works at any hour: only its copy of the office has no last number and no break.
    let office = at_any_hour(TEMPLATE);
    std::fs::write(dir.join(OFFICE), office).with_context(|| format!("cannot write {OFFICE}"))?;
    let store = Administrator::create(&dir)?;
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
    let start = |name: &'static str, arguments: &[&str], talk: Option<Sender<Talk>>| {
        let words = [&[name, "--data", &data], arguments].concat();
        let arguments = words.iter().map(|word| word.to_string()).collect();
        Supervised::start(Role { name, arguments }, logs.join(format!("{name}.log")), talk)
    };
    let tty = path("printer");
    let (orders, printer_started) = channel();
    let (code, console_started) = channel();
    let machine = ["virtual-printer", "--link", &tty, "--papers", &path("papers")].map(str::to_string).to_vec();
    let machine = Role { name: "virtual-printer", arguments: machine };
    let mut running = vec![
        Supervised::start(machine, logs.join("virtual-printer.log"), Some(orders))?,
        start("printer", &["--port", &tty], None)?,
        start("staff", &["--listen", &format!("127.0.0.1:{port}")], Some(code))?,
    ];
    let _printer_panel = Conversation::over(printer_started);
    let mut windows = Vec::new();
    if screen {
        windows = vec![start("display", &[], None)?, start("kiosk", &[], None)?];
        if let Some(why) = no_windows(&store, &windows, &interrupt)? {
            windows.clear();
            println!("  jendela tidak dapat dibuka / no window can be opened: {why}");
            println!("  layar  : hari contoh dimainkan, seperti dengan --headless / a played day, as with --headless");
        }
    }
    let is_played = windows.is_empty();
    let (talk, started) = channel();
    if is_played {
        running.push(start("display", &["--png", &path("board.png")], None)?);
        running.push(start("kiosk", &["--headless", "--png", &path("kiosk.png")], Some(talk))?);
    }
    running.extend(windows);
    println!("  tunggu : konsol membuat akun peragaan / wait: the console makes the demo's account");
    let password = queue::Command::new(queue::journal::Actor::Terminal).id;
    let token = enrol(&Conversation::over(console_started), &console, &password)?;
    println!("  masuk  : {} / {password}, PIN {} / sign in", play::NAME, play::PIN);
    let mut scene = Scene { dir: dir.clone(), console, token, kiosk: Conversation::over(started), store, interrupt };
    if is_played {
        play::day(&mut scene)?;
    } else {
        let command = queue::Command::new(queue::journal::Actor::Terminal);
        let today = command.now.local(scene.store.office().identity.zone).date();
        scene.store.open_day(&command, today, false)?;
        println!(
            "  jendela: kiosk dan papan; ketuk kiosk, panggil di konsol / windows: tap the kiosk, call in the console"
        );
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

/// Makes the demo's account with the code that the console tells. A console that dies meanwhile is started again and tells
/// another code.
///
/// # Errors
/// When no console tells a code for a minute, with what the last one answered.
fn enrol(staff: &Conversation, console: &str, password: &str) -> anyhow::Result<String> {
    let code = |line: &str| line.strip_prefix(staff::CODE_LINE).map(str::to_string);
    let mut answer = anyhow::anyhow!("the console told no enrolment code");
    while let Some(code) = staff.hear(play::PATIENCE, code) {
        match play::enrol(console, &code, password) {
            Ok(token) => return Ok(token),
            Err(error) => answer = error,
        }
    }
    Err(answer)
}

/// Waits until both windows show something; why they do not, when they cannot be opened.
///
/// # Errors
/// When the database cannot be read.
fn no_windows(store: &Administrator, windows: &[Supervised], interrupt: &Interrupt) -> anyhow::Result<Option<String>> {
    let deadline = Instant::now() + play::PATIENCE;
    while !interrupt.came() {
        if let Some(why) = windows.iter().find_map(Supervised::ended) {
            return Ok(Some(why.into()));
        }
        // A device says that it lives once it has drawn.
        if store.heartbeat(Device::Display).is_some() && store.heartbeat(Device::Kiosk).is_some() {
            return Ok(None);
        }
        if Instant::now() >= deadline {
            return Ok(Some("tidak tampil dalam satu menit / nothing shown within a minute".into()));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(None)
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
    std::fs::create_dir_all(&dir).with_context(|| {
        format!(
            "{} tidak dapat dibuat; sebutkan folder lain dengan --data / cannot create it, name another folder with --data",
            dir.display()
        )
    })?;
    let empty = std::fs::read_dir(&dir)?.next().is_none();
    anyhow::ensure!(empty, "{} is not empty; the demo wants a folder of its own", dir.display());
    Ok(dir.canonicalize()?)
}

/// The console's usual port, or any other that is free.
fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:8080").or_else(|_| TcpListener::bind("127.0.0.1:0"))?;
    Ok(listener.local_addr()?.port())
}
