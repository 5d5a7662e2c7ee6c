//! An office of November 2026 meets the new program: several roles at once, and a disk without room.

use super::power_cut_upgrade::november;
use queue::office::ServiceKey;
use queue::store::{DATABASE, Issue, OFFICE};
use queue::time::Moment;
use queue::{Command, Lang, Store};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Stdio};

const FOLDER: &str = "ANTREAN_TEST_UPGRADE_ROLES";
const ROLES: usize = 6;

fn copies(dir: &Path) -> usize {
    let names = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_string_lossy().starts_with("antrean.db.v1-")).count()
}

#[test]
fn several_roles_that_start_at_once_upgrade_once_and_all_work() {
    for _ in 0..5 {
        let dir = super::data_folder(str::to_string);
        std::fs::copy(november().join(DATABASE), dir.path().join(DATABASE)).unwrap();
        let mut roles: Vec<Child> = (0..ROLES).map(|_| start(dir.path())).collect();
        // All are there; then all go.
        for role in &mut roles {
            let mut lines = BufReader::new(role.stdout.take().unwrap()).lines();
            assert!(lines.any(|line| line.unwrap().ends_with("READY")));
        }
        roles.iter_mut().for_each(|role| drop(role.stdin.take()));
        for role in roles {
            let output = role.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        let store = Store::open(dir.path()).unwrap();
        let events = store.events().unwrap();
        assert_eq!(events.iter().filter(|event| event.happened.word() == "upgraded").count(), 1, "once");
        assert_eq!(store.tickets().unwrap().len(), 5 + ROLES, "each gave a number");
        assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
        assert_eq!(copies(dir.path()), 1);
    }
}

fn start(dir: &Path) -> Child {
    std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "upgrade_roles::one_of_the_roles", "--nocapture"])
        .env(FOLDER, dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Not a test by itself: what each of the roles does.
#[test]
fn one_of_the_roles() {
    let Ok(dir) = std::env::var(FOLDER) else { return };
    use std::io::Write;
    // Not `println!`: nobody reads what the test harness prints afterwards.
    writeln!(std::io::stdout(), "READY").unwrap();
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    let mut store = Store::open(Path::new(&dir)).unwrap();
    give_a_number(&mut store);
    std::process::exit(0);
}

/// In the afternoon of the day that is open in the November office.
fn give_a_number(store: &mut Store) {
    let wish = Issue { service: ServiceKey("new".into()), priority: false, lang: Lang::Id, receipt: None };
    let now = Moment { wall_ms: 1_795_720_000_000, boot: 9, uptime_ms: 0 };
    let command = Command { now, ..Command::new(queue::journal::Actor::Device(queue::devices::KIOSK)) };
    store.issue_overruling(&command, &wish, "uji").unwrap();
}

const DISK: &str = "ANTREAN_TEST_FULL_DISK";
/// Sizes of the disk, KiB: from one that hardly holds the file to one with plenty of room.
const SIZES: std::ops::Range<usize> = 240..1600;

#[test]
fn a_full_disk_refuses_the_upgrade_in_words_and_leaves_the_old_file() {
    let place = tempfile::TempDir::new().unwrap();
    let (mut refused, mut upgraded) = (0, 0);
    for size in SIZES.step_by(40) {
        // A small disk of one's own needs no right where namespaces may be made.
        let mount = format!("mount -t tmpfs -o size={size}k none \"$0\" && exec \"$@\"");
        let output = std::process::Command::new("unshare")
            .args(["-rm", "sh", "-c", &mount])
            .arg(place.path())
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "upgrade_roles::on_a_small_disk", "--nocapture"])
            .env(DISK, place.path())
            .output();
        let said =
            output.as_ref().map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        if !said.contains("running 1 test") {
            println!("NOT PROVED: no small disk can be made here");
            return;
        }
        let output = output.unwrap();
        assert!(output.status.success(), "{size} KiB: {said}{}", String::from_utf8_lossy(&output.stderr));
        match said.lines().find_map(|line| line.split_once("REFUSED ")) {
            Some((_, why)) => {
                println!("{size:>5} KiB: {why}");
                refused += 1;
            }
            None => upgraded += 1,
        }
    }
    println!("{refused} disks were too small, {upgraded} had room");
    assert!(refused > 5 && upgraded > 5, "{refused} refused, {upgraded} upgraded");
}

/// Not a test by itself: an upgrade where there may be no room.
#[test]
fn on_a_small_disk() {
    let Ok(dir) = std::env::var(DISK) else { return };
    let dir = Path::new(&dir);
    for file in [DATABASE, OFFICE] {
        std::fs::copy(november().join(file), dir.join(file)).unwrap();
    }
    match Store::open(dir) {
        Ok(store) => assert_eq!(store.check().unwrap().problems, Vec::<String>::new()),
        Err(fault) => {
            println!("REFUSED {fault}");
            assert!(fault.message.contains("free some space"), "{fault}");
            let old = std::fs::read(november().join(DATABASE)).unwrap();
            assert!(std::fs::read(dir.join(DATABASE)).unwrap() == old, "the old file as it was");
            assert_eq!(copies(dir), 0, "no copy fills the disk");
            let log = std::fs::metadata(dir.join("antrean.db-wal")).map_or(0, |log| log.len());
            assert_eq!(log, 0, "nor a log");
        }
    }
}
