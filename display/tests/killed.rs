//! The real display as a process with its voice in a file: how soon it speaks, and `kill -9` in the middle of a word.

#![allow(clippy::panic, clippy::unwrap_used)] // A test may fail loudly, in its helpers too.

use jiff::civil::date;
use queue::office::{Lang, ServiceKey};
use queue::store::{Command, Issue, Store};
use queue::visit::Action;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

fn start(dir: &Path) -> Child {
    let path = |name: &str| dir.join(name).into_os_string();
    std::process::Command::new(env!("CARGO_BIN_EXE_display"))
        .args(["--size".into(), "320x180".into(), "--data".into(), dir.as_os_str().to_owned()])
        .args(["--png".into(), path("board.png"), "--sound".into(), path("voice.wav")])
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until `seen` says something.
fn until<T>(what: &str, mut seen: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(found) = seen() {
            return found;
        }
        assert!(Instant::now() < deadline, "not within a minute: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What was said to its end, as the label track has it: begin, end, clips.
fn said(dir: &Path) -> Vec<(f64, f64, String)> {
    let labels = std::fs::read_to_string(dir.join("voice.txt")).unwrap_or_default();
    let line = |line: &str| {
        let mut columns = line.split('\t');
        let mut seconds = || columns.next().unwrap().parse().unwrap();
        (seconds(), seconds(), columns.next().unwrap().split_once(' ').unwrap().1.to_string())
    };
    labels.lines().map(line).collect()
}

fn size(dir: &Path) -> u64 {
    std::fs::metadata(dir.join("voice.wav")).map_or(0, |m| m.len())
}

#[test]
fn s17_a_killed_board_says_again_what_it_broke_off() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let office = include_str!("../../office.toml").replace(r#"["recording"]"#, r#"["verification", "recording"]"#);
    std::fs::write(dir.join("office.toml"), office.replace("repeats = 1", "repeats = 0")).unwrap();
    let mut store = Store::create(dir).unwrap();
    store.open_day(&Command::new(queue::journal::Actor::Terminal), date(2026, 11, 23), true).unwrap();
    let wish = Issue { service: ServiceKey("new".into()), priority: false, lang: Lang::Id, receipt: None };
    for _ in 0..4 {
        store.issue(&Command::new(queue::journal::Actor::Terminal), &wish).unwrap();
    }
    let mut board = start(dir);
    until("a first picture", || std::fs::metadata(dir.join("board.png")).ok());

    // Idle: the chime follows the commit.
    let first = store.call_next(&Command::new(queue::journal::Actor::Terminal), 1).unwrap().unwrap();
    let committed = Instant::now();
    until("the chime", || (size(dir) > 0).then_some(()));
    let chime = committed.elapsed();
    let words = chime + voice::chime::chime().length() + Duration::from_millis(60);
    println!("commit -> chime {} ms, first word {} ms", chime.as_millis(), words.as_millis());
    until("the first call said", || said(dir).first().cloned());

    // A burst of a call and a recall; the board is killed in the middle of a word, and again during the next.
    store.call_next(&Command::new(queue::journal::Actor::Terminal), 2).unwrap().unwrap();
    // A recall is allowed when the call has had its time on the board.
    let recall = || Command::new(queue::journal::Actor::Terminal);
    until("the recall", || store.act(&recall(), first.id, &Action::Recall, None).ok());
    for calls_before in [1, 2] {
        let before = size(dir);
        until("the middle of a call", || {
            (size(dir) > before + 64_000 && said(dir).len() >= calls_before).then_some(())
        });
        board.kill().unwrap();
        board.wait().unwrap();
        board = start(dir);
        if calls_before == 1 {
            until("the call that was broken off", || (said(dir).len() == 2).then_some(()));
        }
    }
    until("all calls said", || (said(dir).len() >= 3).then_some(()));
    let last = store.board(queue::clock::now()).unwrap().calls[0].seq.0.to_string();
    until("the board's memory of the last call", || {
        (std::fs::read_to_string(dir.join("display.shown")).ok()?.trim() == last).then_some(())
    });
    board.kill().unwrap();
    board.wait().unwrap();

    let heard = said(dir);
    let call = |digit: &str, counter: &str| {
        format!("chime id/nomor-antrean id/a id/nol id/nol id/{digit} id/silakan-menuju-ke id/loket id/{counter}")
    };
    let clips: Vec<&str> = heard.iter().map(|(_, _, clips)| clips.as_str()).collect();
    assert_eq!(clips, [call("satu", "satu"), call("dua", "dua"), call("satu", "satu")]);
    assert!(heard.windows(2).all(|w| w[0].1 <= w[1].0), "voices overlap: {heard:?}");
    // The file is whole, and longer than what was said to its end: the words broken off were heard too.
    let file = voice::Sound::parse(&std::fs::read(dir.join("voice.wav")).unwrap()).unwrap();
    let full: f64 = heard.iter().map(|(from, to, _)| to - from).sum();
    assert!(file.length().as_secs_f64() > full + 3.0, "{:?} of which {full} s to the end", file.length());
    assert!(store.check().unwrap().problems.is_empty());
}
