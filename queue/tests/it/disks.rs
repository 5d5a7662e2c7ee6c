//! Disks after a power cut: the system calls of a process are recorded, and the disk is rebuilt as it could look after any of
//! them.
//!
//! Unsynced writes may be lost, kept, kept in part, or torn at 512-byte sectors. The recording needs `strace`; without it a
//! test says so and proves nothing (CI has it). Assumed: sectors are atomic, fsync is honest, and creating, renaming and
//! deleting a file is durable at once.

use fastrand::Rng;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::Path;

const SECTOR: usize = 512;

/// What a process did to the recorded files.
pub(crate) enum Op {
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
    /// The process printed this line.
    Said(String),
}

/// The files of a data folder, by name.
pub(crate) type Disk = BTreeMap<String, Vec<u8>>;

/// Whether a recording can be made here.
pub(crate) fn can_record() -> bool {
    let found = std::process::Command::new("strace").arg("-V").output().is_ok();
    if !found {
        println!("NOT PROVED: strace is not installed");
    }
    found
}

/// What the test `workload` of this program does to the files in `dir`, which it finds in the environment as `folder`.
pub(crate) fn record(workload: &str, folder: &str, dir: &Path) -> Vec<Op> {
    let trace = dir.join("trace");
    let calls = "trace=openat,pwrite64,write,fsync,fdatasync,ftruncate,unlink,rename,close";
    let status = std::process::Command::new("strace")
        .args(["-f", "-qq", "-xx", "-s", "70000", "-e", calls, "-o"])
        .arg(&trace)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", workload, "--nocapture"])
        .env(folder, dir)
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
    parse(&std::fs::read_to_string(&trace).unwrap())
}

/// The recorded calls on the databases and their copies.
fn parse(trace: &str) -> Vec<Op> {
    let mut ops: Vec<Op> = Vec::new();
    let mut open: HashMap<String, String> = HashMap::new();
    let mut begun: HashMap<&str, (&str, usize)> = HashMap::new();
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
            let kept = ["antrean.db", "accounts.db"].iter().any(|name| file.starts_with(name));
            (kept && !file.ends_with("-shm")).then_some(file)
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
                ops.extend(String::from_utf8_lossy(&strings.concat()).lines().map(|line| Op::Said(line.into())));
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
    ops
}

fn unhex(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).filter_map(|byte| u8::from_str_radix(byte, 16).ok()).collect()
}

/// What became of the writes that nothing had made durable.
#[derive(Clone, Copy)]
pub(crate) enum Fate {
    Lost,
    Kept,
    Prefix,
    Some,
    Torn,
}

/// The fates that are tried at each cut: what is torn is torn in two ways.
pub(crate) const FATES: [Fate; 6] = [Fate::Lost, Fate::Kept, Fate::Prefix, Fate::Some, Fate::Torn, Fate::Torn];

/// The disk that was `before`, after the first `cut` of `ops`.
pub(crate) fn disk_after(before: &Disk, ops: &[Op], cut: usize, fate: Fate, rng: &mut Rng) -> Disk {
    let mut disk = before.clone();
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
            Op::Said(_) => {}
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

/// The disk as a data folder with this `office.toml`, in memory where it may be written: disks are made by the thousand.
pub(crate) fn folder(disk: &Disk, office: &Path) -> tempfile::TempDir {
    let after = tempfile::TempDir::new_in("/dev/shm").or_else(|_| tempfile::TempDir::new()).unwrap();
    for (file, content) in disk {
        std::fs::write(after.path().join(file), content).unwrap();
    }
    std::fs::copy(office, after.path().join(queue::store::OFFICE)).unwrap();
    after
}
