//! Pulling the plug: every system call on the database is recorded, and the disk is rebuilt as it could look after a
//! power cut at each point of the run. Every such disk must hold every number that was shown, once, with its slip.
//!
//! Unsynced writes may be lost, kept, kept in part, or torn at 512-byte sectors. The recording needs `strace`; without
//! it the test says so and proves nothing (CI has it). Assumed: sectors are atomic, fsync is honest, and creating,
//! renaming and deleting a file is durable at once.

use fastrand::Rng;
use queue::office::ServiceKey;
use queue::store::{DATABASE, Issue, OFFICE};
use queue::{Command, Lang, Store};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::Path;

const FOLDER: &str = "ANTREAN_TEST_POWER_CUT";
const TICKETS: u32 = 25;
const SECTOR: usize = 512;

enum Op {
    Write {
        file: String,
        at: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        file: String,
        to: usize,
    },
    /// Makes the operations before `covers` durable.
    Sync {
        file: String,
        covers: usize,
    },
    Rename {
        from: String,
        to: String,
    },
    Unlink {
        file: String,
    },
    /// A number was shown.
    Shown(u32),
}

type Disk = BTreeMap<String, Vec<u8>>;

#[test]
fn every_number_shown_survives_a_power_cut_at_any_moment() {
    if std::process::Command::new("strace").arg("-V").output().is_err() {
        println!("NOT PROVED: strace is not installed");
        return;
    }
    let dir = super::data_folder(|real| real.replace(", last_number = \"14.30\"", ""));
    let (ops, setup) = parse(&record(dir.path()));
    let (images, lost) = replay(&ops, setup, dir.path());
    println!("{images} disks after a power cut, {lost} of them bad");
    assert!(images > 1000 && lost == 0, "{lost} of {images}");

    // The proof must bite: the same run on a disk that ignores every sync loses numbers.
    let lying: Vec<Op> = ops.into_iter().filter(|op| !matches!(op, Op::Sync { .. })).collect();
    let setup = lying.iter().position(|op| matches!(op, Op::Shown(1))).unwrap();
    let (images, lost) = replay(&lying, setup, dir.path());
    println!("control without syncs: {images} disks, {lost} of them bad");
    assert!(lost > images / 4, "{lost} of {images}");
}

/// Not a test by itself: what is recorded.
#[test]
fn workload() {
    let Ok(dir) = std::env::var(FOLDER) else { return };
    let mut store = Store::create(Path::new(&dir)).unwrap();
    let command = Command::new(queue::journal::Actor::Terminal);
    let today = command.now.local(store.office().identity.zone).date();
    store.open_day(&command, today, false).unwrap();
    println!("SETUP");
    let wish = Issue { service: ServiceKey("new".into()), priority: false, lang: Lang::Id, receipt: None };
    for n in 0..TICKETS {
        println!(
            "SHOWN {}",
            store
                .issue(&Command::new(queue::journal::Actor::Device(queue::devices::KIOSK)), &wish)
                .unwrap()
                .ticket
                .number
                .n
        );
        if n % 10 == 6 {
            store.checkpoint(1).unwrap();
        }
    }
    // No clean close: the plug is pulled.
    std::process::exit(0);
}

fn record(dir: &Path) -> String {
    let trace = dir.join("trace");
    let calls = "trace=openat,pwrite64,write,fsync,fdatasync,ftruncate,unlink,rename,close";
    let status = std::process::Command::new("strace")
        .args(["-f", "-qq", "-xx", "-s", "70000", "-e", calls, "-o"])
        .arg(&trace)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "power_cut::workload", "--nocapture"])
        .env(FOLDER, dir)
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
    std::fs::read_to_string(&trace).unwrap()
}

/// The recorded calls on the database's files, and the first one after the schema was ready.
fn parse(trace: &str) -> (Vec<Op>, usize) {
    let mut ops: Vec<Op> = Vec::new();
    let mut open: HashMap<String, String> = HashMap::new();
    let mut begun: HashMap<&str, (&str, usize)> = HashMap::new();
    let mut setup = 0;
    for line in trace.lines() {
        let Some((thread, text)) = line.split_once(char::is_whitespace) else { continue };
        let text = text.trim_start();
        if let Some(head) = text.strip_suffix(" <unfinished ...>") {
            begun.insert(thread, (head, ops.len()));
            continue;
        }
        let (call, since) = match text.strip_prefix("<... ") {
            Some(rest) => {
                let Some((head, since)) = begun.remove(thread) else { continue };
                (format!("{head}{}", rest.split_once("resumed>").map_or("", |(_, tail)| tail)), since)
            }
            None => (text.to_string(), ops.len()),
        };
        let Some((name, rest)) = call.split_once('(') else { continue };
        let Some((arguments, result)) = rest.rsplit_once(") ") else { continue };
        let result = result.trim_start_matches([' ', '=']).to_string();
        let strings: Vec<Vec<u8>> = arguments.split('"').skip(1).step_by(2).map(unhex).collect();
        let path = |at: usize| {
            let text = String::from_utf8_lossy(strings.get(at)?).into_owned();
            let file = Path::new(&text).file_name()?.to_string_lossy().into_owned();
            (file.starts_with(DATABASE) && !file.ends_with("-shm")).then_some(file)
        };
        let fd = arguments.split(',').next().unwrap_or_default().trim().to_string();
        let number = |at: usize| arguments.rsplit(',').nth(at).and_then(|n| n.trim().parse::<usize>().ok());
        match name {
            _ if result.starts_with('-') || result.starts_with('?') => {}
            "openat" => match path(0) {
                Some(file) => drop(open.insert(result.split(' ').next().unwrap_or_default().into(), file)),
                None => drop(open.remove(result.split(' ').next().unwrap_or_default())),
            },
            "close" => drop(open.remove(&fd)),
            "write" if fd == "1" => {
                for line in String::from_utf8_lossy(&strings.concat()).lines() {
                    if line == "SETUP" {
                        setup = ops.len();
                    } else if let Some(n) = line.strip_prefix("SHOWN ") {
                        ops.push(Op::Shown(n.parse().unwrap()));
                    }
                }
            }
            "pwrite64" => {
                if let Some(file) = open.get(&fd) {
                    let bytes = strings.concat();
                    assert_eq!(Some(bytes.len()), number(1), "strace cut a write short");
                    ops.push(Op::Write { file: file.clone(), at: number(0).unwrap(), bytes });
                }
            }
            "ftruncate" => {
                if let Some(file) = open.get(&fd) {
                    ops.push(Op::Truncate { file: file.clone(), to: number(0).unwrap() });
                }
            }
            "fsync" | "fdatasync" => {
                if let Some(file) = open.get(&fd) {
                    ops.push(Op::Sync { file: file.clone(), covers: since });
                }
            }
            "unlink" => ops.extend(path(0).map(|file| Op::Unlink { file })),
            "rename" => ops.extend(path(0).zip(path(1)).map(|(from, to)| Op::Rename { from, to })),
            _ => {}
        }
    }
    (ops, setup)
}

fn unhex(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).filter_map(|byte| u8::from_str_radix(byte, 16).ok()).collect()
}

/// How many disks were tried, and how many of them broke the promise.
fn replay(ops: &[Op], setup: usize, dir: &Path) -> (u32, u32) {
    let mut rng = Rng::with_seed(20_261_123);
    let (mut images, mut bad, mut shown) = (0, 0, 0);
    for cut in setup..=ops.len() {
        if let Some(Op::Shown(n)) = cut.checked_sub(1).and_then(|last| ops.get(last)) {
            shown = *n;
        }
        for fate in [Fate::Lost, Fate::Kept, Fate::Prefix, Fate::Some, Fate::Torn, Fate::Torn] {
            images += 1;
            bad += u32::from(!promise_kept(&disk_after(ops, cut, fate, &mut rng), shown, dir));
        }
    }
    (images, bad)
}

/// What became of the writes that nothing had made durable.
#[derive(Clone, Copy)]
enum Fate {
    Lost,
    Kept,
    Prefix,
    Some,
    Torn,
}

fn disk_after(ops: &[Op], cut: usize, fate: Fate, rng: &mut Rng) -> Disk {
    let mut disk = Disk::new();
    let mut pending: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, op) in ops[..cut].iter().enumerate() {
        match op {
            Op::Write { file, .. } | Op::Truncate { file, .. } => pending.entry(file.clone()).or_default().push(at),
            Op::Sync { file, covers } => {
                let waiting = pending.remove(file).unwrap_or_default();
                let (durable, rest): (Vec<usize>, Vec<usize>) = waiting.into_iter().partition(|op| op < covers);
                let content = disk.entry(file.clone()).or_default();
                durable.iter().for_each(|op| apply(content, &ops[*op], None));
                pending.insert(file.clone(), rest);
            }
            Op::Rename { from, to } => {
                if let Some(content) = disk.remove(from) {
                    disk.insert(to.clone(), content);
                }
                if let Some(waiting) = pending.remove(from) {
                    pending.insert(to.clone(), waiting);
                }
            }
            Op::Unlink { file } => {
                disk.remove(file);
                pending.remove(file);
            }
            Op::Shown(_) => {}
        }
    }
    for (file, waiting) in pending {
        let content = disk.entry(file).or_default();
        let kept = match fate {
            Fate::Lost => 0,
            Fate::Prefix => rng.usize(0..=waiting.len()),
            Fate::Kept | Fate::Some | Fate::Torn => waiting.len(),
        };
        for op in &waiting[..kept] {
            match fate {
                Fate::Some if rng.bool() => {}
                Fate::Torn if rng.u8(0..5) == 0 => {}
                Fate::Torn if rng.u8(0..5) < 3 => apply(content, &ops[*op], Some(rng)),
                _ => apply(content, &ops[*op], None),
            }
        }
    }
    disk
}

/// Applies a write or a truncation; with `torn`, each sector of a write arrives with probability one half.
fn apply(content: &mut Vec<u8>, op: &Op, mut torn: Option<&mut Rng>) {
    match op {
        Op::Truncate { to, .. } => content.resize(*to, 0),
        Op::Write { at, bytes, .. } => {
            let mut from = 0;
            while from < bytes.len() {
                let part: Range<usize> = from..bytes.len().min(from + SECTOR - (at + from) % SECTOR);
                from = part.end;
                if torn.as_mut().is_none_or(|rng| rng.bool()) {
                    let end = at + part.end;
                    if content.len() < end {
                        content.resize(end, 0);
                    }
                    content[at + part.start..end].copy_from_slice(&bytes[part]);
                }
            }
        }
        _ => {}
    }
}

/// Whether this disk holds numbers 1 to n without a gap, n at least what was shown, each with its slip, undamaged.
fn promise_kept(disk: &Disk, shown: u32, dir: &Path) -> bool {
    // In memory where it may be written: these disks are made by the thousand.
    let after = tempfile::TempDir::new_in("/dev/shm").or_else(|_| tempfile::TempDir::new()).unwrap();
    let after = after.path();
    for (file, content) in disk {
        std::fs::write(after.join(file), content).unwrap();
    }
    std::fs::copy(dir.join(OFFICE), after.join(OFFICE)).unwrap();
    // Through the program's own door: a disk that it refuses to open has lost everything.
    let Ok(store) = Store::open(after) else { return false };
    let Ok(tickets) = store.tickets() else { return false };
    let slips = tickets.iter().all(|ticket| store.print_jobs_of(ticket.id).is_ok_and(|papers| papers.len() == 1));
    let gapless = tickets.iter().zip(1..).all(|(ticket, n)| ticket.number.n == n);
    if !gapless || !slips || tickets.len() < shown as usize {
        return false;
    }
    // Now and then the whole proof: journal, chain and fold.
    if shown.is_multiple_of(8) {
        return store.check().is_ok_and(|checked| checked.problems.is_empty());
    }
    true
}
