//! Pulling the plug: whatever the disk looks like after a power cut at any point of a run, it holds every number that was
//! shown, once, with its slip.

use super::disks::{Disk, FATES, Op, can_record, disk_after, folder, record};
use fastrand::Rng;
use queue::office::ServiceKey;
use queue::store::{Issue, OFFICE};
use queue::{Command, Lang, Store};
use std::path::Path;

const FOLDER: &str = "ANTREAN_TEST_POWER_CUT";

/// How many numbers are given before the plug is pulled: `TICKETS=25` for more than 3,000 disks.
fn tickets() -> u32 {
    std::env::var("TICKETS").ok().map_or(10, |tickets| tickets.parse().unwrap())
}

#[test]
fn every_number_shown_survives_a_power_cut_at_any_moment() {
    if !can_record() {
        return;
    }
    let dir = super::data_folder(|real| real.replace(", last_number = \"14.30\"", ""));
    let ops = record("power_cut::workload", FOLDER, dir.path());
    let said = |ops: &[Op], line: &str| ops.iter().position(|op| matches!(op, Op::Said(said) if said == line)).unwrap();
    let setup = said(&ops, "SETUP");
    let (images, lost) = replay(&ops, setup, dir.path());
    println!("{images} disks after a power cut, {lost} of them bad");
    assert!(images > 1000 && lost == 0, "{lost} of {images}");

    // The proof must bite: the same run on a disk that ignores every sync loses numbers.
    let lying: Vec<Op> = ops.into_iter().filter(|op| !matches!(op, Op::Sync { .. })).collect();
    let setup = said(&lying, "SHOWN 1");
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
    for n in 0..tickets() {
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

/// How many disks were tried, and how many of them broke the promise.
fn replay(ops: &[Op], setup: usize, dir: &Path) -> (u32, u32) {
    let mut rng = Rng::with_seed(20_261_123);
    let (mut images, mut bad, mut shown) = (0, 0, 0);
    for cut in setup..=ops.len() {
        if let Some(Op::Said(line)) = cut.checked_sub(1).and_then(|last| ops.get(last))
            && let Some(n) = line.strip_prefix("SHOWN ")
        {
            shown = n.parse().unwrap();
        }
        for fate in FATES {
            images += 1;
            bad += u32::from(!promise_kept(&disk_after(&Disk::new(), ops, cut, fate, &mut rng), shown, dir));
        }
    }
    (images, bad)
}

/// Whether this disk holds numbers 1 to n without a gap, n at least what was shown, each with its slip, undamaged.
fn promise_kept(disk: &Disk, shown: u32, dir: &Path) -> bool {
    let after = folder(disk, &dir.join(OFFICE));
    // Through the program's own door: a disk that it refuses to open has lost everything.
    let Ok(store) = Store::open(after.path()) else { return false };
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
