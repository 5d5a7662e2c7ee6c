//! An office goes on from its backup: what people hold stays good, and nothing is given twice.

use super::*;
use crate::journal::Record;
use crate::people::{Place, Roles, Secrets};

impl Day {
    /// Somebody comes and the one who is next goes with a receipt.
    fn receipt(&mut self) -> Receipt {
        self.issue("new");
        self.verify();
        self.record().receipt
    }

    /// Opens a copy of now in a folder of its own, as a new box would.
    fn restored(&self, dir: &TempDir) -> Day {
        let copy = dir.path().join("salinan.db");
        self.store.backup(&copy).unwrap();
        let data = dir.path().join("data");
        let restoring = Restoring::stage(&copy, &data).unwrap();
        assert_eq!(restoring.present(), None);
        assert_eq!(restoring.finish(&self.command()).unwrap(), None, "nothing was there");
        Day { store: Store::open(&data).unwrap(), minute: self.minute, dir: TempDir::new().unwrap() }
    }
}

#[test]
fn a_new_box_goes_on_from_the_backup_and_gives_nothing_twice() {
    let mut day = Day::open();
    let held = day.receipt();
    let waiting = day.issue("new");
    let person = day.store.set_person(&day.command(), "Sari", Roles::all()).unwrap();
    day.store.invite(&day.command(), person.id, "12345678").unwrap();
    let secrets = Secrets { password: "hash".into(), pin: "hash".into() };
    day.store.enrol(&day.command(), person.id, &secrets).unwrap();
    day.store
        .sign_in(&day.command(), person.id, Place { browser: None, address: "" }, "kunci", Some("peramban"))
        .unwrap();
    day.store
        .make_token(&day.command(), person.id, "layar", (Roles::all(), jiff::civil::date(2027, 11, 23)), "token")
        .unwrap();
    let new_box = TempDir::new().unwrap();
    let mut new = day.restored(&new_box);
    new.assert_sound();

    // What the old box gave after the backup.
    let (lost, later) = (day.issue("new").ticket.number, day.receipt());

    assert!(new.store.case_by_receipt(held).unwrap().is_some(), "the receipt in somebody's hand is good");
    let papers = new.store.unconfirmed_print_jobs().unwrap();
    assert!(papers.iter().any(|job| job.id == waiting.slip));
    assert!(papers.iter().all(|job| matches!(job.state, JobState::Unknown { .. })), "{papers:?}");
    assert_eq!(new.store.claim_print_job(at(3)).unwrap(), None, "nothing is printed by itself");
    assert!(new.store.login("kunci").unwrap().is_none() && new.store.login("token").unwrap().is_none());
    assert!(new.store.browser("peramban").unwrap().is_none() && new.store.secrets(person.id).unwrap().is_none());
    assert!(!new.store.person(person.id).unwrap().unwrap().enrolled);

    let first = new.issue("new").ticket.number;
    assert_eq!(first.n, waiting.ticket.number.n + 1 + NUMBERS_LEFT_OUT);
    assert!(first.n > lost.n);
    assert_eq!(new.issue("new").ticket.number.n, first.n + 1, "one gap only");
    assert_eq!(new.issue("lost").ticket.number.n, 1 + NUMBERS_LEFT_OUT, "also where none is known");
    let receipt = new.receipt();
    assert_eq!(receipt.n, held.n + 1 + RECEIPTS_LEFT_OUT);
    assert!(receipt.n > later.n);
    assert_eq!(new.receipt().n, receipt.n + 1);
    let events: Vec<(Record, _)> = {
        let mut rows = Vec::new();
        new.store
            .each_record(|record, words, _| {
                rows.push((record, words));
                Ok(())
            })
            .unwrap();
        rows
    };
    let begin = events.iter().position(|(record, _)| record.action == "restored").unwrap();
    assert!(events.iter().enumerate().all(|(i, (record, _))| record.generation == 1 + u32::from(i >= begin)));
    new.assert_sound();

    // The next day begins at 1 again, and a second restore begins a third generation.
    new.store.close_day(&new.command()).unwrap();
    new.minute += 24 * 60;
    new.store.open_day(&new.command(), date(2026, 11, 24), false).unwrap();
    assert_eq!(new.issue("new").ticket.number.n, 1);
    let third = TempDir::new().unwrap();
    let mut third = new.restored(&third);
    assert_eq!(third.issue("new").ticket.number.n, 2 + NUMBERS_LEFT_OUT);
    third.assert_sound();
}

#[test]
fn the_day_that_the_backup_does_not_know_begins_after_the_gap() {
    let mut day = Day::open();
    day.issue("new");
    day.store.close_day(&day.command()).unwrap();
    let dir = TempDir::new().unwrap();
    let mut new = day.restored(&dir);
    new.minute += 24 * 60;
    new.store.open_day(&new.command(), date(2026, 11, 24), false).unwrap();
    assert_eq!(new.issue("new").ticket.number.n, 1 + NUMBERS_LEFT_OUT, "the old box may have opened it");
}

#[test]
fn the_files_before_are_kept_and_what_is_lost_is_known() {
    let mut day = Day::open();
    let dir = TempDir::new().unwrap();
    let copy = dir.path().join("salinan.db");
    day.store.backup(&copy).unwrap();
    day.issue("new");
    let data = day.dir.path().to_path_buf();
    let restoring = Restoring::stage(&copy, &data).unwrap();
    assert_eq!(restoring.present(), Some(Present { events: Some(2), lost: Some(1) }));
    let command = day.command();
    drop(day.store);
    let aside = restoring.finish(&command).unwrap().expect("the files before");
    assert!(aside.join(DATABASE).exists());
    std::fs::copy(data.join(OFFICE), aside.join(OFFICE)).unwrap();
    assert_eq!(Store::open(&aside).unwrap().tickets().unwrap().len(), 1, "as they were");
    assert_eq!(Store::open(&data).unwrap().tickets().unwrap().len(), 0);
}

#[test]
fn what_is_no_whole_backup_is_refused_and_nothing_changes() {
    let day = Day::open();
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("data");
    let stage = |file: &std::path::Path| Restoring::stage(file, &data).unwrap_err().message;
    // The file of a box that lost its power: its last commits lie in the log beside it.
    assert!(stage(&day.dir.path().join(DATABASE)).contains("-wal"));
    let copy = dir.path().join("salinan.db");
    day.store.backup(&copy).unwrap();
    let whole = std::fs::read(&copy).unwrap();
    for bytes in [&whole[..whole.len() / 2], b"bukan cadangan", b""] {
        std::fs::write(&copy, bytes).unwrap();
        stage(&copy);
    }
    std::fs::write(dir.path().join("x.db.belum-utuh"), &whole).unwrap();
    assert!(stage(&dir.path().join("x.db.belum-utuh")).contains("not finished"));
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn a_copy_belongs_to_its_user_and_a_leftover_does_not_block_the_next() {
    use std::os::unix::fs::PermissionsExt;
    let day = Day::open();
    let dir = TempDir::new().unwrap();
    let copy = dir.path().join("salinan.db");
    std::fs::write(dir.path().join("salinan.db.belum-utuh"), "a stick was pulled").unwrap();
    assert!(!day.store.backup(&copy).unwrap().readable_by_all);
    assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    for shared in [DATABASE, "antrean.bell", "antrean.verified"] {
        let mode = std::fs::metadata(day.dir.path().join(shared)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o660, "{shared} is the group's, whatever the umask");
    }
    let nowhere = dir.path().join("tidak-ada/salinan.db");
    assert!(day.store.backup(&nowhere).unwrap_err().message.contains("tidak-ada"));
    let (path, _) = day.store.backup_into(dir.path(), at(0)).unwrap();
    assert!(path.exists() && day.store.last_backup(dir.path()).is_some());
}
