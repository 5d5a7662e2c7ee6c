//! Whether the printer's papers and the outbox tell the same story, in virtual time: thousands of faults a second.

use printer::escpos::{Encoded, Style, encode};
use printer::profile::{Profile, wire_time};
use printer::session::{Gone, Health, Line, Session};
use printer::slip::Block;
use printer::status::Condition;
use printer::virtual_printer::{Machine, Order};
use queue::printing::Outcome;
use std::time::Duration;

/// 80 mm, 19,200 baud.
fn generic() -> Profile {
    Profile::load("generic-80").expect("built in")
}

/// A wire to a virtual printer, with a clock that only moves when somebody waits.
struct Wire {
    machine: Machine,
    now: Duration,
    plugged: bool,
    /// What happens to the printer when so many bytes have been sent.
    plan: Vec<(usize, Order)>,
    sent: usize,
    /// Each byte of an answer is lost with this probability, of 256.
    noise: u8,
}

impl Wire {
    fn new() -> Wire {
        Wire::to(&generic())
    }

    fn to(profile: &Profile) -> Wire {
        Wire { machine: Machine::new(profile), now: Duration::ZERO, plugged: true, plan: Vec::new(), sent: 0, noise: 0 }
    }

    fn at(mut self, bytes: usize, order: Order) -> Wire {
        self.plan.push((self.sent + bytes, order));
        self
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Unplug => self.plugged = false,
            Order::Plug => self.plugged = true,
            order => self.machine.obey(order),
        }
    }

    fn pass(&mut self, time: Duration) {
        let mut left = time;
        while !left.is_zero() {
            let step = left.min(Duration::from_millis(5));
            self.machine.advance(step);
            self.now += step;
            left -= step;
        }
    }

    /// The texts of the papers that came out since, cut or torn.
    fn papers(&mut self) -> Vec<String> {
        self.machine.take_papers().into_iter().filter(|s| s.has_ink()).map(|s| s.text).collect()
    }
}

impl Line for Wire {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Gone> {
        for (taken, byte) in bytes.iter().enumerate() {
            let sent = self.sent;
            let (due, later) = self.plan.iter().partition(|(at, _)| *at <= sent);
            self.plan = later;
            due.into_iter().for_each(|(_, order)| self.obey(order));
            if !self.plugged {
                // As write(2): an error means that nothing was taken.
                return if taken > 0 { Ok(taken) } else { Err(Gone) };
            }
            self.machine.receive(&[*byte]);
            self.sent += 1;
        }
        Ok(bytes.len())
    }

    fn read(&mut self, at_most: Duration) -> Result<Vec<u8>, Gone> {
        let until = self.now + at_most;
        loop {
            if !self.plugged {
                return Err(Gone);
            }
            let mut replies = self.machine.take_replies();
            replies.retain(|_| self.noise == 0 || fastrand::u8(..) >= self.noise);
            if !replies.is_empty() || self.now >= until {
                return Ok(replies);
            }
            self.pass((until - self.now).min(Duration::from_millis(5)));
        }
    }

    fn now(&self) -> Duration {
        self.now
    }
}

/// A short slip whose last line is its mark.
fn slip(mark: &str) -> Encoded {
    let line = |text: &str| Block::Line { text: text.into(), centred: true, bold: false, scale: 1 };
    let mut page = vec![line("Kecamatan Sajingan Besar"), Block::Number("A-012".into())];
    page.extend((0..8).map(|_| line("Pengaduan WA 0813 1914 1787")));
    page.push(line(mark));
    encode(&page, &generic(), Style::Text)
}

fn session() -> Session {
    Session::new(generic(), false)
}

/// One slip, from its first line to its last, and nothing of another one.
fn stands_alone(paper: &str) -> bool {
    paper.starts_with("Kecamatan") && paper.matches("A-012").count() == 1
}

fn is_unknown(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Unknown { .. })
}

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
fn a_printer_that_never_answers_gets_each_paper_once_and_nothing_is_claimed() {
    let (mut wire, mut session) = (Wire::new(), session());
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

/// Ten thousand papers on a printer that fails all the time. A person answers each unknown paper truthfully or not;
/// here only the machine's part is judged: what it claims, and what lies in the tray.
#[test]
fn no_fault_makes_a_second_paper_or_hides_a_missing_one() {
    let jobs = std::env::var("JOBS").ok().and_then(|n| n.parse().ok()).unwrap_or(1000);
    let seed = std::env::var("SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(20_261_123);
    fastrand::seed(seed);
    let (mut wire, mut session) = (Wire::new(), session());
    let mut tray: Vec<String> = Vec::new();
    let mut outcomes: Vec<(String, Outcome)> = Vec::new();
    let mut n = 0;
    while n < jobs {
        let order = [
            Order::PaperOutAfter(fastrand::u64(1..600)),
            Order::PaperOut,
            Order::PaperLow,
            Order::CoverOpen,
            Order::Mute,
            Order::Unplug,
            Order::PowerCycle,
        ];
        if fastrand::u8(..) < 100 {
            let at = wire.sent + fastrand::usize(..600);
            wire.plan.push((at, order[fastrand::usize(..order.len())]));
        }
        wire.noise = if fastrand::u8(..) < 20 { 64 } else { 0 };
        // The spooler's turn.
        let well = matches!(session.look(&mut wire), Ok(Health::Says(c)) if c.state().prints());
        if well && session.settle_held(&mut wire) == Ok(true) {
            n += 1;
            let mark = format!("#{n}");
            let outcome = session.print(&mut wire, &slip(&mark));
            outcomes.push((mark, outcome));
        } else {
            // Somebody comes and puts everything right, sooner or later.
            wire.plan.clear();
            for order in [Order::Plug, Order::CoverClosed, Order::Answer, Order::PaperIn] {
                if fastrand::bool() {
                    wire.obey(order);
                }
            }
            wire.pass(Duration::from_secs(1));
        }
        tray.extend(wire.papers());
    }
    for order in [Order::Plug, Order::CoverClosed, Order::Answer, Order::PaperIn] {
        wire.obey(order);
    }
    wire.pass(Duration::from_secs(10));
    tray.extend(wire.papers());
    for paper in tray
        .iter()
        .filter(|p| outcomes.iter().any(|(mark, o)| *o == Outcome::Confirmed && p.ends_with(&format!("{mark}\n"))))
    {
        assert!(stands_alone(paper), "seed {seed}: {paper}");
    }
    let lines: Vec<&str> = tray.iter().flat_map(|p| p.lines()).collect();
    let mut counts = [0; 3];
    for (mark, outcome) in &outcomes {
        let out = lines.iter().filter(|l| **l == mark.as_str()).count();
        match outcome {
            Outcome::Confirmed => {
                counts[0] += 1;
                assert_eq!(out, 1, "seed {seed}: {mark} was confirmed");
            }
            Outcome::Unknown { .. } => {
                counts[1] += 1;
                assert!(out <= 1, "seed {seed}: {mark} came out {out} times");
            }
            Outcome::Postponed => {
                counts[2] += 1;
                assert_eq!(out, 0, "seed {seed}: {mark} was postponed");
            }
            Outcome::Failed { .. } => panic!("nothing proves a failure"),
        }
    }
    assert!(counts[0] > jobs / 4, "most papers come out: {counts:?}");
    assert!(counts[1] > 0, "the faults are real: {counts:?}");
    println!("confirmed {}, unknown {}, postponed {}; papers {}", counts[0], counts[1], counts[2], tray.len());
}

#[test]
fn the_virtual_printer_survives_any_million_bytes() {
    fastrand::seed(3);
    let mut machine = Machine::new(&generic());
    for _ in 0..20_000 {
        let bytes: Vec<u8> = (0..50)
            .map(|_| match fastrand::u8(..4) {
                0 => [0x1b, 0x1d, 0x10, 0x1c, 0x0a][fastrand::usize(..5)],
                1 => b"@!VvrIa(HLWPdJE\x00\x01\x04\x14\x08"[fastrand::usize(..20)],
                _ => fastrand::u8(..),
            })
            .collect();
        machine.receive(&bytes);
        machine.advance(Duration::from_millis(20));
        machine.take_papers();
        machine.take_replies();
    }
    // Whatever it was waiting for, the real-time clear brings it back.
    machine.receive(&printer::escpos::CLEAR);
    machine.take_replies();
    machine.receive(&[0x10, 0x04, 1]);
    assert_eq!(machine.take_replies(), [0x12]);
}
