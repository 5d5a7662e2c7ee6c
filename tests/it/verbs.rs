//! The administrator's verbs as scripts use them, bad input, and the demo as a newcomer starts it.

use crate::office::{Office, antrean, until};
use serde_json::Value;
use tempfile::TempDir;

fn answer(arguments: &[&str]) -> (i32, Value) {
    let output = antrean(arguments);
    let json = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code().unwrap(), json)
}

fn complaint(arguments: &[&str]) -> (i32, String) {
    let output = antrean(arguments);
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_terminal_does_what_a_broken_screen_cannot() {
    let office = Office::open();
    let data = &office.data();
    let (status, issued) = answer(&["issue", "A", "--data", data, "--json"]);
    assert_eq!((status, &issued["number"]), (0, &"A-001".into()));
    let (status, issued) = answer(&["issue", "lost", "--priority", "--data", data, "--json"]);
    assert_eq!((status, &issued["number"]), (0, &"L-001".into()));
    let (status, called) = answer(&["call", "1", "--data", data, "--json"]);
    assert_eq!((status, &called["number"]), (0, &"L-001".into()), "priority first");
    let (status, text) = complaint(&["call", "1", "--data", data]);
    assert_eq!(status, 1, "refused");
    assert!(text.contains("L-001"), "{text}");
    // A recall is allowed when the call has had its time on the board.
    let (status, text) = complaint(&["call", "1", "--recall", "--data", data]);
    assert_eq!(status, 1, "{text}");
    until("the recall", || (answer(&["call", "1", "--recall", "--data", data, "--json"]).0 == 0).then_some(()));
    let (status, checked) = answer(&["check", "--data", data, "--json"]);
    assert_eq!((status, &checked["problems"], &checked["tickets"]), (0, &Value::Array(vec![]), &2.into()));
    let copy = office.path("copy.db").display().to_string();
    assert_eq!(answer(&["backup", &copy, "--data", data, "--json"]).0, 0);
    assert_eq!(complaint(&["backup", &copy, "--data", data]).0, 3, "never over another file");
    let (status, summary) = answer(&["day", "close", "--data", data, "--json"]);
    assert_eq!((status, &summary["expired"]), (0, &2.into()));
    assert_eq!(complaint(&["day", "close", "--data", data]).0, 1);
    assert_eq!(complaint(&["issue", "A", "--data", data]).0, 1, "the day is closed");
    assert_eq!(complaint(&["issue", "--data", data]).0, 2, "wrong command line");
    assert_eq!(complaint(&["issue", "X", "--data", data]).0, 1);
}

#[test]
fn a_restore_asks_waits_for_the_roles_and_keeps_what_was_there() {
    let office = Office::open();
    let data = office.data();
    assert_eq!(answer(&["issue", "A", "--data", &data]).0, 0);
    let copy = office.path("copy.db").display().to_string();
    assert_eq!(answer(&["backup", &copy, "--data", &data]).0, 0);
    assert_eq!(answer(&["issue", "A", "--data", &data]).0, 0);
    let (status, text) = complaint(&["restore", &copy, "--data", &data, "--yes"]);
    assert!(status == 3 && text.contains("in use"), "a store of this test has it open: {text}");
    drop(office.store);
    let (status, text) = complaint(&["restore", &copy, "--data", &data]);
    assert!(status == 3 && text.contains("nothing was restored"), "nobody said yes: {text}");
    let (status, restored) = answer(&["restore", &copy, "--data", &data, "--yes", "--json"]);
    assert_eq!((status, &restored["restored"]), (0, &2.into()));
    assert!(std::path::Path::new(restored["kept_aside"].as_str().unwrap()).join("antrean.db").exists());
    let (_, issued) = answer(&["issue", "A", "--data", &data, "--json"]);
    assert_eq!(issued["number"], "A-202");
    assert_eq!(answer(&["check", "--data", &data]).0, 0);
}

#[test]
fn a_day_is_opened_by_a_person_who_knows_the_date() {
    let dir = TempDir::new().unwrap();
    let data = dir.path().to_str().unwrap();
    assert_eq!(answer(&["init", "--data", data]).0, 0);
    let (status, text) = complaint(&["init", "--data", data]);
    assert_eq!(status, 3);
    assert!(text.contains("exists already"), "{text}");
    let (status, text) = complaint(&["day", "open", "--data", data]);
    assert_eq!(status, 3);
    assert!(text.contains("--date"), "{text}");
    assert_eq!(complaint(&["day", "open", "--data", data, "--date", "2001-01-01"]).0, 1, "not what the clock says");
    assert_eq!(complaint(&["day", "open", "--data", data, "--date", "31-12-2026"]).0, 2);
}

#[test]
fn bad_configuration_and_foreign_files_are_refused_by_every_role() {
    let office = Office::open();
    let data = office.data();
    let toml = std::fs::read_to_string(office.path("office.toml")).unwrap();
    std::fs::write(office.path("office.toml"), toml.replace("priority_run", "priority_walk")).unwrap();
    let (status, text) = complaint(&["check", "--data", &data]);
    assert_eq!(status, 3, "the office works with the one before, and is told: {text}");
    assert!(text.contains("office.toml") && text.contains("priority_walk"), "{text}");

    let (status, issued) = answer(&["issue", "A", "--data", &data, "--json"]);
    assert_eq!((status, &issued["number"]), (0, &"A-001".into()));

    // A folder in which none was ever in use has nothing to work with.
    let new = tempfile::tempdir().unwrap();
    std::fs::copy(office.path("office.toml"), new.path().join("office.toml")).unwrap();
    let (status, text) = complaint(&["init", "--data", &new.path().display().to_string()]);
    assert_eq!(status, 3, "{text}");
    assert!(text.contains("office.toml") && text.contains("priority_walk"), "{text}");
    std::fs::write(office.path("office.toml"), toml).unwrap();
    drop(office.store);
    std::fs::write(office_path(&data, "antrean.db"), b"not a database at all, but long enough to be read as one")
        .unwrap();
    let (status, text) = complaint(&["check", "--data", &data]);
    assert_eq!(status, 3);
    assert!(text.contains("untouched"), "{text}");
}

fn office_path(data: &str, name: &str) -> std::path::PathBuf {
    std::path::Path::new(data).join(name)
}

/// One demo at a time: each wants the console's usual port, and looks whether it is free before its console takes it.
fn alone() -> std::sync::MutexGuard<'static, ()> {
    static DEMO: std::sync::Mutex<()> = std::sync::Mutex::new(());
    DEMO.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[test]
fn the_demo_plays_a_day_without_a_screen() {
    let _alone = alone();
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("demo");
    let output = antrean(&["--headless", "--exit", "--data", data.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    for word in ["A-001", "L-001", "C-001", "utuh"] {
        assert!(said.contains(word), "{word} in {said}");
    }
    let thirteenth = said.lines().position(|line| line.starts_with(" 13.")).unwrap();
    assert!(said.lines().nth(thirteenth - 1).unwrap().contains("papan menayangkan"), "what it waits for: {said}");
    let pictures = std::fs::read_dir(data.join("pictures")).unwrap().count();
    let papers = std::fs::read_dir(data.join("papers")).unwrap().flatten();
    let papers = papers.filter(|f| f.path().extension().is_some_and(|e| e == "png")).count();
    assert!(pictures >= 6 && papers == 9, "{pictures} pictures, {papers} papers");
    let log = std::fs::read(data.join("log/staff.log")).unwrap();
    assert!(!log.is_empty() && !log.contains(&0x1b), "no colours in a file: {}", String::from_utf8_lossy(&log));
}

#[test]
fn where_no_window_opens_the_demo_says_why_and_plays_the_day() {
    let _alone = alone();
    let dir = TempDir::new().unwrap();
    let mut demo = std::process::Command::new(env!("CARGO_BIN_EXE_antrean"))
        .args(["--exit", "--data", dir.path().join("demo").to_str().unwrap()])
        .env("DISPLAY", dir.path().join("no-screen"))
        .env_remove("WAYLAND_DISPLAY")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let lines = std::io::BufRead::lines(std::io::BufReader::new(demo.stdout.take().unwrap()));
    let mut said = String::new();
    for line in lines.map_while(Result::ok) {
        said += &(line + "\n");
        // The day has begun: that is enough.
        if said.contains("  1. Petugas membuka hari") {
            rustix::process::kill_process(rustix::process::Pid::from_child(&demo), rustix::process::Signal::INT)
                .unwrap();
        }
    }
    let status = until("the end", || demo.try_wait().unwrap());
    assert!(status.success(), "{status}: {said}");
    for word in ["open a window", "seperti dengan --headless", "  1. Petugas membuka hari"] {
        assert!(said.contains(word), "{word} in {said}");
    }
    assert!(!said.contains("ketuk kiosk"), "no windows are promised: {said}");
}

#[test]
fn a_demo_that_finds_no_place_asks_for_another_folder() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut demo = std::process::Command::new(env!("CARGO_BIN_EXE_antrean"));
    let output = demo.args(["--headless", "--exit"]).env("TMPDIR", file.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(3) && said.contains("--data"), "{said}");
}

#[test]
fn the_demo_starts_a_dead_role_again_and_ends_on_ctrl_c() {
    let _alone = alone();
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("demo");
    let mut demo = std::process::Command::new(env!("CARGO_BIN_EXE_antrean"))
        .args(["--headless", "--data", data.to_str().unwrap()])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let staff = |old: Option<i32>| {
        move || {
            let all = std::fs::read_dir("/proc").unwrap().flatten();
            all.filter_map(|p| p.file_name().to_str()?.parse::<i32>().ok()).find(|pid| {
                let command = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
                let command = String::from_utf8_lossy(&command);
                Some(*pid) != old && command.contains("\0staff\0") && command.contains(data.to_str().unwrap())
            })
        }
    };
    let first = until("the console", staff.clone()(None));
    rustix::process::kill_process(rustix::process::Pid::from_raw(first).unwrap(), rustix::process::Signal::KILL)
        .unwrap();
    let second = until("the console again", staff.clone()(Some(first)));
    let pid = rustix::process::Pid::from_child(&demo);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let status = until("the end", || demo.try_wait().unwrap());
    assert!(status.success(), "{status}");
    assert!(!std::path::Path::new(&format!("/proc/{second}")).exists(), "no role is left behind");
}

#[test]
fn a_seal_proves_the_journal_and_what_was_typed_can_be_erased() {
    let office = Office::open();
    let data = &office.data();
    assert_eq!(answer(&["issue", "A", "--data", data, "--json"]).0, 0);
    let reason = "Bu Kartikasari dahulu";
    let nik = ["call", "1", "--number", "A-001", "--reason", "6101/0244/0390/0001", "--data", data];
    assert_eq!(complaint(&nik).0, 1, "a NIK is refused, not kept");
    assert_eq!(answer(&["call", "1", "--number", "A-001", "--reason", reason, "--data", data, "--json"]).0, 0);
    let (status, checked) = answer(&["check", "--seal", "--data", data, "--json"]);
    let seal = checked["proved"].as_str().unwrap().rsplit(' ').next().unwrap().to_string();
    assert_eq!(status, 0);
    let copy = office.path("copy.db").display().to_string();
    assert_eq!(answer(&["backup", &copy, "--data", data, "--json"]).0, 0);

    let (_, typed) = answer(&["erase", "--data", data, "--json"]);
    assert!(typed[0]["text"].as_str().unwrap().contains(reason), "{typed}");
    let event = typed[0]["event"].to_string();
    assert_eq!(answer(&["erase", &event, "--data", data, "--json"]).0, 0);
    assert_eq!(answer(&["erase", "--data", data, "--json"]).1, Value::Array(vec![]));
    assert_eq!(complaint(&["erase", &event, "--data", data]).0, 1, "nothing is left of it");

    assert_eq!(answer(&["check", "--seal", &seal, "--data", data, "--json"]).0, 0, "erasing breaks no seal");
    assert_eq!(answer(&["check", "--against", &copy, "--data", data, "--json"]).0, 0);
    let other = seal.replace(':', ":0").chars().take(seal.len()).collect::<String>();
    assert_eq!(complaint(&["check", "--seal", &other, "--data", data]).0, 3);
    assert_eq!(complaint(&["check", "--seal", "salah", "--data", data]).0, 2);
}
