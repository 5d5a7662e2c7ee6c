//! What a door lets through, and what it does not.

use super::*;
use crate::doors;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;

#[test]
fn a_write_through_the_boards_connection_is_refused_by_sqlite_itself() {
    let mut day = Day::open();
    let mut board = Store::open_to_look(day.dir.path()).unwrap();
    let write = board.db.execute("UPDATE office SET volume = 3", []);
    let refused = write.unwrap_err().sqlite_error_code();
    assert_eq!(refused, Some(rusqlite::ErrorCode::ReadOnly));
    assert!(matches!(board.set_volume(&day.command(), 3), Err(Error::Fault(_))), "nor by any verb");
    board.keep_office();
    assert_eq!(day.store.volume().unwrap(), 100);
    day.issue("new");
    day.assert_sound();
}

#[test]
fn the_board_sees_every_commit_and_leaves_its_sign_of_life() {
    let mut day = Day::open();
    let mut board = doors::Board::open(day.dir.path()).unwrap();
    assert!(!board.changed().unwrap());
    day.issue("new");
    assert!(board.changed().unwrap());
    let waiting = |board: &doors::Board| board.board(at(0)).unwrap().waiting.iter().map(|w| w.count).sum::<u32>();
    assert_eq!(waiting(&board), 1);
    day.call(1);
    assert!(board.changed().unwrap());
    assert_eq!(board.board(at(0)).unwrap().calls.len(), 1);
    board.beat(Device::Display, &[], at(0)).unwrap();
    assert!(day.store.heartbeat(Device::Display).is_some());
}

/// The board takes a changed `office.toml` into use as every role does, but leaves it to those who write to keep it.
#[test]
fn the_board_follows_office_toml_and_keeps_nothing() {
    let day = Day::open();
    let mut board = doors::Board::open(day.dir.path()).unwrap();
    let used = |day: &Day| day.store.value::<String>("SELECT office_toml FROM used", []).unwrap();
    let before = used(&day);
    std::fs::write(day.dir.path().join(OFFICE), REAL.replace("ageing_minutes = 45", "ageing_minutes = 44")).unwrap();
    assert!(board.reread_office());
    assert_eq!(board.office().queue.ageing_minutes, 44);
    assert_eq!(used(&day), before);
}

#[test]
fn the_board_waits_for_another_role_to_upgrade_the_file() {
    let released = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/released/2026-11");
    let dir = TempDir::new().unwrap();
    for name in [OFFICE, DATABASE] {
        std::fs::copy(released.join(name), dir.path().join(name)).unwrap();
    }
    let before = std::fs::read(dir.path().join(DATABASE)).unwrap();
    let fault = doors::Board::open(dir.path()).unwrap_err();
    assert!(fault.message.contains("older version"), "{fault}");
    assert_eq!(std::fs::read(dir.path().join(DATABASE)).unwrap(), before);
    drop(Store::open(dir.path()).unwrap());
    doors::Board::open(dir.path()).unwrap();
}

const FOLDER: &str = "ANTREAN_TEST_FOLDER_TO_LOOK_AT";

/// Not a test by itself: what the next one does as another user.
#[test]
fn looks_as_another_user() {
    let Some(dir) = std::env::var_os(FOLDER) else { return };
    let dir = Path::new(&dir);
    assert!(std::fs::File::options().write(true).open(dir.join(DATABASE)).is_err(), "this user cannot write");
    let board = doors::Board::open(dir).unwrap();
    assert_eq!(board.board(at(0)).unwrap().waiting.iter().map(|w| w.count).sum::<u32>(), 1);
    board.doorbell();
}

/// A board that may only read the file and the log files of whoever writes: it shows all the same.
#[test]
fn a_board_whose_user_may_not_write_shows_all_the_same() {
    let mut day = Day::open();
    day.issue("new");
    let dir = day.dir.path();
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o755)).unwrap();
    for file in std::fs::read_dir(dir).unwrap() {
        std::fs::set_permissions(file.unwrap().path(), std::fs::Permissions::from_mode(0o444)).unwrap();
    }
    let mut look = std::process::Command::new(std::env::current_exe().unwrap());
    look.args(["--exact", "store::tests::doors::looks_as_another_user", "--nocapture"]).env(FOLDER, dir);
    if rustix::process::geteuid().is_root() {
        look.uid(65_534).gid(65_534);
    }
    let look = look.output().unwrap();
    let said = String::from_utf8_lossy(&look.stdout) + String::from_utf8_lossy(&look.stderr);
    assert!(look.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

/// A device names its door and no store: what is not in its list it cannot do.
#[test]
fn no_device_holds_a_store() {
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for device in ["kiosk", "display", "printer", ""] {
        let mut folders = vec![house.join(device).join("src")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                let code = text.split("#[cfg(test)]\nmod").next().unwrap_or_default();
                let is_test = path.strip_prefix(&house).unwrap().to_string_lossy().contains("test");
                assert!(is_test || !code.contains("Store"), "{} takes a whole store", path.display());
            }
        }
    }
}
