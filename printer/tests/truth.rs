//! Whether the printer's papers and the outbox tell the same story, in virtual time: thousands of faults a second.

use printer::escpos::{Style, encode};
use printer::profile::{Cancel, Fence, Flow, Profile, Status, wire_time};
use printer::session::{Gone, Health, Line, Session};
use printer::slip::Block;
use printer::status::Condition;
use printer::test_page;
use printer::virtual_printer::{Machine, Order, Plan};
use queue::printing::Outcome;
use std::time::Duration;

mod wire;

use wire::{Wire, designed, generic, is_unknown, is_whole, kind, session, slip, stands_alone};

#[test]
fn a_paper_that_came_out_is_confirmed_and_a_low_roll_only_warns() {
    let (mut wire, mut session) = (Wire::new(), session());
    assert_eq!(session.look(&mut wire), Ok(Health::Says(Condition::Ready)));
    assert_eq!(session.print(&mut wire, &slip("#1")), Outcome::Confirmed);
    wire.obey(Order::PaperLow);
    assert_eq!(session.look(&mut wire), Ok(Health::Says(Condition::Low)));
    assert_eq!(session.print(&mut wire, &slip("#2")), Outcome::Confirmed);
    let papers = wire.papers();
    assert_eq!(papers.len(), 2);
    assert!(papers[0].ends_with("#1\n") && papers[1].ends_with("#2\n"));
}

#[test]
fn what_stops_the_printer_is_seen_before_a_paper_is_sent() {
    for (order, condition) in [(Order::PaperOut, Condition::Out), (Order::CoverOpen, Condition::Cover)] {
        let (mut wire, mut session) = (Wire::new(), session());
        wire.obey(order);
        assert_eq!(session.look(&mut wire), Ok(Health::Says(condition)));
        assert!(!condition.prints());
    }
}

#[test]
fn paper_end_in_the_middle_of_a_slip_is_unknown_and_the_rest_never_comes_out_after_the_refill() {
    let (mut wire, mut session) = (Wire::new(), session());
    session.look(&mut wire).expect("there");
    wire.obey(Order::PaperOutAfter(150));
    let outcome = session.print(&mut wire, &slip("#1"));
    assert!(is_unknown(&outcome), "{outcome:?}");
    assert_eq!(session.look(&mut wire), Ok(Health::Says(Condition::Out)));
    wire.obey(Order::PaperIn);
    assert_eq!(session.look(&mut wire), Ok(Health::Says(Condition::Ready)));
    assert_eq!(session.settle_held(&mut wire), Ok(true));
    assert_eq!(session.print(&mut wire, &slip("#2")), Outcome::Confirmed);
    let papers = wire.papers();
    assert_eq!(papers.iter().filter(|p| p.contains("#1")).count(), 0, "{papers:?}");
    assert_eq!(papers.iter().filter(|p| p.contains("#2")).count(), 1);
}

#[test]
fn the_cover_opened_in_the_middle_is_unknown_and_the_next_slip_stands_alone() {
    let (mut wire, mut session) = (Wire::new().at(150, Order::CoverOpen), session());
    session.look(&mut wire).expect("there");
    assert!(is_unknown(&session.print(&mut wire, &slip("#1"))));
    wire.obey(Order::CoverClosed);
    assert_eq!(session.look(&mut wire), Ok(Health::Says(Condition::Ready)));
    assert_eq!(session.settle_held(&mut wire), Ok(true));
    assert_eq!(session.print(&mut wire, &slip("#2")), Outcome::Confirmed);
    let papers = wire.papers();
    assert!(papers.last().is_some_and(|p| stands_alone(p) && p.ends_with("#2\n")), "{papers:?}");
}

#[test]
fn a_printer_without_a_way_back_gets_each_paper_once_and_nothing_is_claimed() {
    let mute = Profile { status: Status::None, ..generic() };
    let (mut wire, mut session) = (Wire::new(), Session::new(mute, false));
    wire.obey(Order::Mute);
    assert_eq!(session.look(&mut wire), Ok(Health::Mute));
    for mark in ["#1", "#2"] {
        assert_eq!(session.settle_held(&mut wire), Ok(true));
        assert!(is_unknown(&session.print(&mut wire, &slip(mark))));
    }
    wire.pass(Duration::from_secs(5));
    assert_eq!(wire.papers().len(), 2);
}

#[test]
fn a_printer_that_falls_silent_is_not_trusted_with_another_paper() {
    let (mut wire, mut session) = (Wire::new(), session());
    assert_eq!(session.print(&mut wire, &slip("#1")), Outcome::Confirmed);
    wire.obey(Order::Mute);
    assert_eq!(session.look(&mut wire), Ok(Health::Silent));
}

#[test]
fn an_unplugged_line_postpones_before_the_first_byte_and_leaves_unknown_after_it() {
    let (mut wire, mut session) = (Wire::new(), session());
    session.look(&mut wire).expect("there");
    wire.obey(Order::Unplug);
    assert_eq!(session.print(&mut wire, &slip("#1")), Outcome::Postponed);
    assert_eq!(session.look(&mut wire), Err(Gone));
    wire.obey(Order::Plug);
    let mut wire = wire.at(200, Order::Unplug);
    assert!(is_unknown(&session.print(&mut wire, &slip("#2"))));
    wire.obey(Order::Plug);
    assert_eq!(session.look(&mut wire), Ok(Health::Says(Condition::Ready)));
    assert_eq!(session.settle_held(&mut wire), Ok(true));
    assert_eq!(session.print(&mut wire, &slip("#3")), Outcome::Confirmed);
    let papers = wire.papers();
    assert_eq!(papers.iter().filter(|p| p.ends_with("#3\n") && stands_alone(p)).count(), 1, "{papers:?}");
}

#[test]
fn a_raster_cut_off_by_a_crash_does_not_swallow_the_next_paper() {
    let mut wire = Wire::new();
    // Half a raster of an earlier process, and a printer that knows no clear command by then.
    let half: Vec<u8> = [0x1d, b'v', b'0', 0, 72, 0, 100, 0].into_iter().chain([0xff; 200]).collect();
    wire.write(&half).expect("there");
    wire.pass(Duration::from_secs(1));
    let mut session = Session::new(generic(), true);
    session.look(&mut wire).expect("there");
    assert_eq!(session.settle_held(&mut wire), Ok(true));
    assert_eq!(session.print(&mut wire, &slip("#1")), Outcome::Confirmed);
    let papers = wire.papers();
    assert_eq!(papers.len(), 2, "the black rows lie on a paper of their own: {papers:?}");
    assert!(papers[1].ends_with("#1\n"));
}

#[test]
fn bytes_leave_no_faster_than_the_line() {
    let (mut wire, mut session) = (Wire::new(), session());
    let paper = slip("#1");
    let start = wire.now;
    assert_eq!(session.print(&mut wire, &paper), Outcome::Confirmed);
    assert!(wire.now - start >= wire_time(paper.bytes.len(), generic().baud));
}

#[test]
fn every_kind_of_printer_confirms_what_came_out_and_says_what_is_wrong() {
    for name in Profile::names() {
        let profile = kind(name);
        let (mut wire, mut session) = (Wire::to(&profile), Session::new(profile.clone(), false));
        assert_eq!(session.look(&mut wire), Ok(Health::Says(Condition::Ready)), "{name}");
        for mark in ["#1", "#2"] {
            assert_eq!(session.print(&mut wire, &designed(mark, &profile)), Outcome::Confirmed, "{name} {mark}");
            wire.pass(Duration::from_secs(3));
        }
        let papers = wire.papers();
        assert_eq!(papers.iter().filter(|p| is_whole(p)).count(), 2, "{name}: {papers:?}");
        wire.obey(Order::PaperOutAfter(300));
        assert!(is_unknown(&session.print(&mut wire, &designed("#3", &profile))), "{name}");
        let health = session.look(&mut wire);
        // Nippon answers in the order of the data, so that it is silent while it cannot print.
        let expected = [Ok(Health::Says(Condition::Out)), Ok(Health::Silent)];
        assert!(expected.contains(&health), "{name}: {health:?}");
        wire.obey(Order::Well);
        wire.pass(Duration::from_secs(10));
        assert_eq!(session.look(&mut wire), Ok(Health::Says(Condition::Ready)), "{name}");
        assert_eq!(session.settle_held(&mut wire), Ok(true), "{name}");
        wire.pass(Duration::from_secs(3));
        assert_eq!(session.print(&mut wire, &designed("#4", &profile)), Outcome::Confirmed, "{name}");
        let papers = wire.papers();
        assert!(papers.iter().any(|p| is_whole(p) && p.ends_with("#4\n")), "{name}: {papers:?}");
        assert!(papers.iter().filter(|p| p.ends_with("#3\n")).count() <= 1, "{name}");
    }
}

#[test]
fn b13_a_printer_that_knows_one_question_is_judged_by_it() {
    let profile = Profile { status: Status::CauseOnly, ..kind("generic-80") };
    let (mut wire, mut session) = (Wire::to(&profile), Session::new(profile.clone(), false));
    assert_eq!(session.print(&mut wire, &designed("#1", &profile)), Outcome::Confirmed);
    wire.obey(Order::CoverOpen);
    assert_eq!(session.look(&mut wire), Ok(Health::Says(Condition::Cover)));
    // The same printer behind a profile that expects more.
    wire.obey(Order::CoverClosed);
    let mut session = Session::new(generic(), false);
    assert_eq!(session.look(&mut wire), Ok(Health::Says(Condition::Ready)));
}

#[test]
fn f8_a_printer_without_process_ids_is_confirmed_by_its_fence() {
    let (mut wire, profile) = (Wire::to(&generic()), kind("epson-tm-t20"));
    let mut session = Session::new(profile.clone(), false);
    assert_eq!(session.print(&mut wire, &designed("#1", &profile)), Outcome::Confirmed);
}

#[test]
fn a_printer_that_was_reset_at_any_byte_of_a_paper_is_never_believed() {
    for name in ["generic-80", "epson-tm-t20", "custom-vkp80"] {
        let profile = kind(name);
        let length = designed("#1", &profile).bytes.len();
        for deaf in [400, 700, 1500] {
            for at in (1..length + 20).step_by(41) {
                let (mut wire, mut session) = (Wire::to(&profile), Session::new(profile.clone(), false));
                session.look(&mut wire).expect("there");
                let mut wire = wire.at(at, Order::Reset(deaf));
                let outcome = session.print(&mut wire, &designed("#1", &profile));
                wire.pass(Duration::from_secs(3));
                let whole = wire.papers().iter().any(|p| is_whole(p) && p.ends_with("#1\n"));
                assert!(whole || outcome != Outcome::Confirmed, "{name}: deaf for {deaf} ms at byte {at}");
            }
        }
    }
}

fn profile_question(profile: &Profile) -> &'static [u8] {
    if profile.status == Status::Full { &[0x10, 4, 0x14] } else { &[0x10, 4, 1] }
}

#[test]
fn noise_is_never_taken_for_the_proof_of_a_paper() {
    for name in ["generic-80", "epson-tm-t20", "custom-vkp80"] {
        // A slow head: the fence is awaited for long, with many questions and much noise meanwhile.
        let profile = Profile { speed: 20, ..kind(name) };
        for bytes in (1..1700).step_by(11) {
            let (mut wire, mut session) = (Wire::to(&profile), Session::new(profile.clone(), false));
            session.look(&mut wire).expect("there");
            wire.obey(Order::Garbage);
            // Each round meets other noise.
            (0..bytes).for_each(|_| wire.machine.receive(profile_question(&profile)));
            wire.machine.take_replies();
            wire.pass(Duration::from_secs(3));
            wire.obey(Order::PaperOutAfter(bytes));
            let outcome = session.print(&mut wire, &designed("#1", &profile));
            let whole = wire.papers().iter().any(|p| is_whole(p) && p.ends_with("#1\n"));
            assert!(whole || outcome != Outcome::Confirmed, "{name}: paper out after {bytes} bytes");
            wire.obey(Order::Well);
            wire.pass(Duration::from_secs(1));
        }
    }
}

#[test]
fn a_full_buffer_with_xon_xoff_loses_nothing() {
    let profile = Profile { flow: Flow::Software, buffer: 600, speed: 20, ..kind("generic-80") };
    let (mut wire, mut session) = (Wire::to(&profile), Session::new(profile.clone(), false));
    session.look(&mut wire).expect("there");
    assert_eq!(session.print(&mut wire, &designed("#1", &profile)), Outcome::Confirmed);
    assert_eq!(wire.machine.lost(), 0);
    assert!(is_whole(&wire.papers()[0]));
}

#[test]
fn a_paper_larger_than_the_buffer_of_a_slow_printer_loses_nothing() {
    let profile = Profile { baud: 115_200, speed: 30, ..kind("generic-58") };
    let line =
        |n: usize| Block::Line { text: format!("Baris nomor {n} dari banyak"), centred: false, bold: false, scale: 1 };
    let page: Vec<Block> = (0..30).map(line).collect();
    let paper = encode(&page, &profile, Style::Raster);
    assert!(paper.bytes.len() > 2 * profile.buffer, "{}", paper.bytes.len());
    let (mut wire, mut session) = (Wire::to(&profile), Session::new(profile.clone(), false));
    session.look(&mut wire).expect("there");
    assert_eq!(session.print(&mut wire, &paper), Outcome::Confirmed);
    assert_eq!(wire.machine.lost(), 0);
}

#[test]
fn text_that_comes_faster_than_it_prints_fills_half_the_buffer_at_most() {
    let profile = Profile { baud: 38_400, ..kind("generic-58") };
    let paper = encode(&test_page::page(&profile, &[]), &profile, Style::Designed);
    assert!(paper.bytes.len() > profile.buffer, "{}", paper.bytes.len());
    let small = Profile { buffer: profile.buffer / 2 + 64, ..profile.clone() };
    let (mut wire, mut session) = (Wire::to(&small), Session::new(profile.clone(), false));
    session.look(&mut wire).expect("there");
    assert_eq!(session.print(&mut wire, &paper), Outcome::Confirmed);
    assert_eq!(wire.machine.lost(), 0);
}

/// What the papers came to.
#[derive(Debug, Default)]
struct Tally {
    confirmed: usize,
    unknown: usize,
    unknown_but_out: usize,
    postponed: usize,
    without_row: usize,
    unmarked_duplicates: usize,
    missing_unnoticed: usize,
}

/// So many papers on a printer of this kind to which accidents happen all the time. A person answers each unknown paper
/// truthfully or not; here only the machine's part is judged: what it claims, and what lies in the tray.
fn run(profile: &Profile, jobs: usize, seed: u64) -> Tally {
    let (mut wire, mut session) = (Wire::to(profile), Session::new(profile.clone(), false));
    let mut plan = Plan::new(seed);
    // Which bytes are lost, too.
    fastrand::seed(seed);
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut tray: Vec<String> = Vec::new();
    let mut outcomes: Vec<Outcome> = Vec::new();
    while outcomes.len() < jobs {
        if rng.u8(..) < 100 {
            wire.plan.push((wire.sent + rng.usize(..2200), plan.accident()));
        }
        wire.noise = if rng.u8(..) < 20 { 64 } else { 0 };
        // The spooler's turn.
        let prints = matches!(session.look(&mut wire), Ok(Health::Says(c)) if c.state().prints())
            || (profile.status == Status::None && session.look(&mut wire).is_ok());
        if prints && session.settle_held(&mut wire) == Ok(true) {
            let mark = format!("#{}", outcomes.len());
            outcomes.push(session.print(&mut wire, &designed(&mark, profile)));
        }
        if rng.u8(..) < if prints { 20 } else { 128 } {
            // Somebody comes and puts everything right, sooner or later.
            wire.plan.clear();
            wire.obey(Order::Plug);
            wire.obey(Order::Well);
        }
        wire.pass(Duration::from_secs(rng.u64(..3)));
        tray.extend(wire.papers());
    }
    wire.plan.clear();
    wire.obey(Order::Plug);
    wire.obey(Order::Well);
    wire.pass(Duration::from_secs(20));
    tray.extend(wire.papers());
    let mut tally = Tally::default();
    let mut out = vec![(0, 0); jobs];
    for paper in &tray {
        for line in paper.lines().filter_map(|line| line.strip_prefix('#')) {
            match line.parse::<usize>().ok().and_then(|n| out.get_mut(n)) {
                Some((marks, whole)) => {
                    *marks += 1;
                    *whole += usize::from(is_whole(paper));
                }
                None => tally.without_row += 1,
            }
        }
    }
    for (outcome, (marks, whole)) in outcomes.iter().zip(out) {
        tally.unmarked_duplicates += usize::from(marks > 1);
        match outcome {
            Outcome::Confirmed => {
                tally.confirmed += 1;
                tally.missing_unnoticed += usize::from(whole != 1);
                if whole != 1 {
                    let n = outcomes.iter().zip(0..).position(|(o, _)| std::ptr::eq(o, outcome)).unwrap_or(0);
                    let near: Vec<_> = tray
                        .iter()
                        .filter(|p| (n.saturating_sub(1)..=n + 1).any(|k| p.contains(&format!("#{k}\n"))))
                        .collect();
                    println!(
                        "confirmed without a whole paper: #{n}, {:?}; {near:#?}",
                        &outcomes[n.saturating_sub(2)..(n + 3).min(outcomes.len())]
                    );
                }
            }
            Outcome::Unknown { .. } => {
                tally.unknown += 1;
                tally.unknown_but_out += usize::from(whole == 1);
            }
            Outcome::Postponed => {
                tally.postponed += 1;
                tally.without_row += marks;
            }
            // Nothing proves a failure.
            Outcome::Failed { .. } => tally.missing_unnoticed += 1,
        }
    }
    tally
}

/// `JOBS=10000 SEED=1 cargo test -p printer --test truth no_accident -- --nocapture` for the large run.
#[test]
fn no_accident_makes_a_second_paper_or_hides_a_missing_one() {
    let number = |name, default| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default);
    let (jobs, seed) = (number("JOBS", 1000), number("SEED", 20_261_123));
    let kinds = ["generic-80", "epson-tm-t20", "custom-vkp80", "nippon-np"];
    for (n, name) in kinds.into_iter().enumerate() {
        let tally = run(&kind(name), jobs as usize / kinds.len(), seed + n as u64);
        println!("{name}: {tally:?}");
        let wrong = [tally.without_row, tally.unmarked_duplicates, tally.missing_unnoticed];
        assert_eq!(wrong, [0; 3], "{name}, SEED={seed}: {tally:?}");
        assert!(tally.confirmed > jobs as usize / 16 && tally.unknown > 0, "{name}: {tally:?}");
    }
    // Without a back-channel nothing is ever claimed: staff are asked for each paper.
    let one_way = Profile { status: Status::None, fence: Fence::None, cancel: Cancel::None, ..kind("generic-58") };
    let tally = run(&one_way, jobs as usize / 4, seed);
    println!("without a back-channel: {tally:?}");
    assert_eq!((tally.confirmed, tally.without_row, tally.unmarked_duplicates), (0, 0, 0), "{tally:?}");
}

/// Half a million bytes over all kinds of printers; `INPUTS=5000000` for more.
#[test]
fn the_virtual_printer_survives_any_byte() {
    let inputs = std::env::var("INPUTS").ok().and_then(|n| n.parse().ok()).unwrap_or(500_000usize);
    fastrand::seed(3);
    for name in Profile::names() {
        let profile = kind(name);
        let mut machine = Machine::new(&profile);
        for n in 0..inputs / 10 / 50 {
            let bytes: Vec<u8> = (0..50)
                .map(|_| match fastrand::u8(..4) {
                    0 => [0x1b, 0x1d, 0x10, 0x1c, 0x0a][fastrand::usize(..5)],
                    1 => b"@!VvrIa(HLWPdJEeGk\x00\x01\x04\x14\x08"[fastrand::usize(..23)],
                    _ => fastrand::u8(..),
                })
                .collect();
            machine.receive(&bytes);
            machine.advance(Duration::from_millis(20));
            machine.take_papers();
            machine.take_replies();
            // Noise may ask for half a kilometre of paper.
            if n % 20 == 19 {
                machine.obey(Order::Reset(0));
            }
        }
        machine.obey(Order::Reset(0));
        machine.obey(Order::Well);
        machine.advance(Duration::from_millis(20));
        machine.take_replies();
        let mut session = Session::new(profile.clone(), false);
        let mut wire = Wire { machine, ..Wire::to(&profile) };
        assert_eq!(session.look(&mut wire), Ok(Health::Says(Condition::Ready)), "{name}");
    }
}
