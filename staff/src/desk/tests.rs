//! Acts, looks and changes at a store that several have open.

use super::*;
use queue::devices::Device;
use std::sync::atomic::{AtomicUsize, Ordering};

const TOML: &str = include_str!("../../../office.toml");

fn office() -> (tempfile::TempDir, Store, Arc<Desk>) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("office.toml"), TOML).unwrap();
    let store = Store::create(dir.path()).unwrap();
    let desk = Desk::open(dir.path(), queue::clock::now, Door { secure: false, network: false }, None).unwrap();
    (dir, store, desk)
}

/// What should come at once, with a minute's patience.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), what).await.expect("an answer")
}

#[tokio::test]
async fn a_fault_is_told_and_passes_by_itself() {
    let (dir, _, desk) = office();
    let database = dir.path().join(queue::store::DATABASE);
    let act = |store: &mut Store, now| Ok(store.day_status(now)?);
    let look = |store: &Store, now| Ok(store.day_status(now)?);

    let died: Result<(), No> = desk.ask(|_, _| panic!("a mistake in an act")).await;
    assert!(died.unwrap_err().is_fault());
    for _ in 0..=READERS {
        let died: Result<(), No> = desk.look(|_, _| panic!("a mistake in a page")).await;
        assert!(died.unwrap_err().is_fault());
    }
    assert!(desk.ask(act).await.is_ok() && soon(desk.look(look)).await.is_ok(), "one's mistake is nobody else's");

    let died: Result<(), No> = desk.ask(|_, _| Err(No::fault("the disk failed"))).await;
    assert!(died.unwrap_err().is_fault());
    let died: Result<(), No> = desk.look(|_, _| Err(No::fault("the disk failed"))).await;
    assert!(died.unwrap_err().is_fault());
    std::fs::rename(&database, dir.path().join("away")).unwrap();
    assert_eq!(desk.ask(act).await.unwrap_err().status.as_u16(), 503, "opened anew, which fails");
    assert_eq!(desk.look(look).await.unwrap_err().status.as_u16(), 503, "opened anew, which fails");
    std::fs::rename(dir.path().join("away"), &database).unwrap();
    assert!(desk.ask(act).await.is_ok() && desk.look(look).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_waits_for_no_act_and_sees_one_moment() {
    let (_dir, mut other, desk) = office();
    let ((begin, begun), (end, ended)) = (std::sync::mpsc::channel(), std::sync::mpsc::channel::<()>());
    let at = desk.clone();
    let act = tokio::spawn(async move {
        let act = move |_: &mut Store, _| {
            begin.send(()).unwrap();
            ended.recv().unwrap();
            Ok(())
        };
        at.ask(act).await
    });
    begun.recv().unwrap();
    desk.aside(|_, _| panic!("nothing is written aside while an act is under way"));
    let count = |store: &Store| store.notices().unwrap().len();
    let seen = desk.look(move |store, _| {
        let before = count(store);
        let notice = queue::notice::Notice { text: "Blangko habis".into(), english: None, until: None };
        other.post_notice(&queue::Command::new(queue::journal::Actor::Terminal), &notice).unwrap();
        Ok((before, count(store)))
    });
    assert_eq!(soon(seen).await.unwrap(), (0, 0), "what comes between is not half seen");
    assert_eq!(soon(desk.read_apart(move |store, _| Ok(count(store)))).await.unwrap(), 1);

    // More than there are connections, all at once.
    static NOW: AtomicUsize = AtomicUsize::new(0);
    let all: Vec<_> = (0..4 * READERS)
        .map(|_| {
            let desk = desk.clone();
            let look = move |store: &Store, _| {
                assert!(NOW.fetch_add(1, Ordering::SeqCst) < READERS);
                let seen = count(store);
                NOW.fetch_sub(1, Ordering::SeqCst);
                Ok(seen)
            };
            tokio::spawn(async move { desk.look(look).await })
        })
        .collect();
    for one in all {
        assert_eq!(soon(one).await.unwrap().unwrap(), 1);
    }
    assert!(lock(&desk.readers).len() <= READERS && !act.is_finished());
    end.send(()).unwrap();
    act.await.unwrap().unwrap();
}

#[tokio::test]
async fn every_connection_has_the_same_office_in_use_whoever_reads_it_first() {
    let (dir, _, desk) = office();
    let path = dir.path().join("office.toml");
    let other = TOML.replace("slip_expires_minutes = 10", "slip_expires_minutes = 31");
    let in_use = |store: &Store| (store.office().queue.slip_expires_minutes, store.office_refused().is_some());
    let look = move |store: &Store, _| Ok(in_use(store));
    assert_eq!(desk.look(look).await.unwrap(), (10, false));
    std::fs::write(&path, &other).unwrap();
    assert_eq!(desk.look(look).await.unwrap(), (31, false), "a page shows it at once");
    std::fs::write(&path, other.clone() + "\n[surprise]\n").unwrap();
    assert_eq!(desk.read_apart(look).await.unwrap(), (31, true));
    assert_eq!(desk.look(look).await.unwrap(), (31, true));
    assert_eq!(desk.ask(move |store, _| Ok(in_use(store))).await.unwrap(), (31, true), "which never read it itself");
    assert_eq!(in_use(&Store::open(dir.path()).unwrap()), (31, true), "an act has kept it for a start");
    std::fs::write(&path, TOML).unwrap();
    assert_eq!(desk.ask(move |store, _| Ok(in_use(store))).await.unwrap(), (10, false));
    assert_eq!(desk.look(look).await.unwrap(), (10, false));
}

#[tokio::test]
async fn pages_hear_of_what_other_processes_and_the_console_itself_commit() {
    let (_dir, mut other, desk) = office();
    let mut changes = desk.changes();
    let next = async |changes: &mut broadcast::Receiver<()>| {
        tokio::time::timeout(Duration::from_secs(10), changes.recv()).await.expect("a ring").unwrap();
    };
    let today = queue::clock::now().local(other.office().identity.zone).date();
    other.open_day(&queue::Command::new(queue::journal::Actor::Terminal), today, true).unwrap();
    next(&mut changes).await;
    let own =
        |store: &mut Store, _| Ok(store.set_network(&queue::Command::new(queue::journal::Actor::Terminal), true)?);
    desk.ask(own).await.unwrap();
    next(&mut changes).await;

    // A board that comes to life is news, a board that goes on living is none.
    let start = queue::clock::now();
    let later = |ms| Moment { uptime_ms: start.uptime_ms + ms, ..start };
    other.beat(Device::Display, &[], start).unwrap();
    next(&mut changes).await;
    other.beat(Device::Display, &[], later(10_000)).unwrap();
    let quiet = tokio::time::timeout(Duration::from_secs(3), changes.recv()).await;
    assert!(quiet.is_err(), "a sign of life woke every page");
    let text = queue::office::Text::new("Papan tanpa suara", "No sound");
    other.beat(Device::Display, &[text], later(20_000)).unwrap();
    next(&mut changes).await;
}
