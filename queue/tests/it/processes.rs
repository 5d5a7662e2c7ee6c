//! Eight processes at once: this test runs itself as the processes.

use queue::office::ServiceKey;
use queue::store::Issue;
use queue::visit::Action;
use queue::{Command, Lang, Store};
use std::path::Path;
use std::process::{Child, Stdio};

const PROCESSES: u8 = 8;
const EACH: usize = 60;
const FOLDER: &str = "ANTREAN_TEST_FOLDER";
const WHICH: &str = "ANTREAN_TEST_WHICH";

#[test]
fn eight_processes_issue_and_call_without_duplicate_gap_double_call_or_busy() {
    // Eight counters, all serving verification, so that all compete for the same queue.
    let counters: String = (1..=PROCESSES)
        .map(|n| format!("[[counter]]\nnumber = {n}\nstages = [\"verification\", \"recording\", \"collection\"]\n"))
        .collect();
    // Whatever the clock says, a number is given.
    let dir = super::data_folder(|real| {
        let real = real.replace(", last_number = \"14.30\"", "");
        let (before, after) = (real.find("[[counter]]").unwrap(), real.find("# --- Queue").unwrap());
        format!("{}{counters}{}", &real[..before], &real[after..])
    });
    let mut store = Store::create(dir.path()).unwrap();
    let command = Command::new(queue::journal::Actor::Terminal);
    let date = command.now.local(queue::time::Zone::Wib).date();
    store.open_day(&command, date, false).unwrap();

    let children: Vec<Child> = (1..=PROCESSES).map(|n| spawn(dir.path(), n)).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    let tickets = store.tickets().unwrap();
    let numbers: Vec<u32> = tickets.iter().map(|t| t.number.n).collect();
    let expected: Vec<u32> = (1..=(PROCESSES as usize * EACH) as u32).collect();
    assert_eq!(numbers, expected, "no duplicate, no gap, in the order of issue");
    assert!(tickets.iter().all(|t| t.state.word() == "cancelled"), "everybody was called once and dealt with");
    let calls = store.events().unwrap().iter().filter(|e| e.happened.word() == "call").count();
    assert_eq!(calls, tickets.len(), "no double call");
    assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
}

fn spawn(dir: &Path, which: u8) -> Child {
    std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::one_of_the_processes", "--nocapture"])
        .env(FOLDER, dir)
        .env(WHICH, which.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Not a test by itself: what each of the eight processes does.
#[test]
fn one_of_the_processes() {
    let (Ok(dir), Ok(which)) = (std::env::var(FOLDER), std::env::var(WHICH)) else { return };
    let counter: u8 = which.parse().unwrap();
    let mut store = Store::open(Path::new(&dir)).unwrap();
    let wish = Issue { service: ServiceKey("new".into()), priority: counter == 3, lang: Lang::Id, receipt: None };
    for _ in 0..EACH {
        store.issue(&Command::new(queue::journal::Actor::Device(queue::devices::KIOSK)), &wish).unwrap();
        // As many calls as numbers, all in all: everybody finds somebody.
        let called = store
            .call_next(&Command::new(queue::journal::Actor::Terminal), counter)
            .unwrap()
            .expect("at least one's own is waiting");
        store.act(&Command::new(queue::journal::Actor::Terminal), called.id, &Action::Start, None).unwrap();
        store
            .act(
                &Command::new(queue::journal::Actor::Terminal),
                called.id,
                &Action::Cancel { reason: "uji".into() },
                None,
            )
            .unwrap();
    }
}

const READER: &str = "ANTREAN_TEST_READER";

#[test]
fn a_kernel_without_a_free_watch_only_makes_a_reader_slower() {
    let dir = super::data_folder(|real| real.replace(", last_number = \"14.30\"", ""));
    let mut store = Store::create(dir.path()).unwrap();
    let command = Command::new(queue::journal::Actor::Terminal);
    let date = command.now.local(queue::time::Zone::Wib).date();
    let no_watch = "echo 0 > /proc/sys/user/max_inotify_instances && exec \"$0\" \"$@\"";
    if !std::process::Command::new("unshare")
        .args(["-Ur", "sh", "-c", no_watch, "true"])
        .status()
        .is_ok_and(|s| s.success())
    {
        println!("NOT PROVED: no user namespaces here");
        return;
    }
    let reader = std::process::Command::new("unshare")
        .args(["-Ur", "sh", "-c", no_watch])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "processes::a_reader", "--nocapture"])
        .env(READER, dir.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // The reader may open before or after this: either way it has to see it.
    store.open_day(&command, date, false).unwrap();
    let output = reader.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("SEEN without a watch"), "{said}");
}

/// Not a test by itself: who waits for the day to open.
#[test]
fn a_reader() {
    let Ok(dir) = std::env::var(READER) else { return };
    let store = Store::open(Path::new(&dir)).unwrap();
    let mut bell = store.doorbell();
    for _ in 0..60 {
        let rung = bell.wait(std::time::Duration::from_secs(1)).unwrap();
        assert!(!rung, "nothing rings without a watch");
        if store.open_day_now().unwrap().is_some() {
            println!("SEEN without a watch");
            return;
        }
    }
}
