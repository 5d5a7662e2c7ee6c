//! Printers that nobody here wrote: the manners of clones, and what an office does to them.

mod wire;

use printer::escpos::{Encoded, Style, encode, encode_for_line, ending};
use printer::profile::{End, Flow, Profile, wire_time};
use printer::session::{Health, Line, Session};
use printer::slip::Block;
use printer::status::Condition;
use printer::virtual_printer::Order;
use queue::printing::Outcome;
use std::collections::VecDeque;
use std::time::Duration;
use wire::{Terminal, Wire, designed, is_unknown, is_whole, kind};

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

/// The papers with this mark that are whole.
fn whole(papers: &[String], mark: &str) -> usize {
    papers.iter().filter(|p| is_whole(p) && p.ends_with(&format!("{mark}\n"))).count()
}

#[test]
fn a_printer_that_is_switched_off_is_away_whatever_was_heard_of_it_before() {
    for name in Profile::names() {
        let profile = kind(name);
        let (mut wire, mut session) = (Wire::to(&profile), Session::new(profile.clone(), false));
        wire.obey(Order::Mute);
        assert_eq!(session.look(&mut wire), Ok(Health::Silent), "{name}");
    }
}

#[test]
fn one_disturbed_byte_blinds_nobody() {
    let profile = kind("generic-58");
    let mut confirmed = 0;
    for out_for in (20..3000).step_by(170) {
        let (mut wire, mut session) = (Wire::to(&profile), Session::new(profile.clone(), false));
        wire.disturbed = Some((0x12, 0x00));
        let _ = session.look(&mut wire);
        assert_eq!(session.look(&mut wire), Ok(Health::Says(Condition::Ready)));
        // The roll ends while the fence is awaited, and a quick hand changes it.
        wire.obey(Order::PaperOutAfter(700));
        wire.after(seconds(1.2) + Duration::from_millis(out_for), Order::PaperIn);
        let outcome = session.print(&mut wire, &designed("#1", &profile));
        wire.pass(seconds(10.0));
        let papers = wire.papers();
        assert!(outcome != Outcome::Confirmed || whole(&papers, "#1") == 1, "{out_for}: {outcome:?} {papers:?}");
        confirmed += usize::from(outcome == Outcome::Confirmed);
    }
    assert!(confirmed < 3, "{confirmed}");
}

/// An old fence is still in a clone that cannot clear its buffer; the next slip is on its way when the power goes.
#[test]
fn an_answer_belongs_to_its_own_question() {
    const POWER: [f64; 7] = [0.05, 0.8, 1.6, 2.4, 3.2, 4.0, 15.0];
    let (mut judged, mut confirmed) = (0, 0);
    for baud in [38_400, 57_600, 115_200] {
        for killed in [false, true] {
            for (out, power) in [200, 900, 1500].into_iter().flat_map(|out| POWER.map(|power| (out, power))) {
                let profile = Profile { baud, buffer: 4096, ..kind("generic-58") };
                // Much is in the printer for long: its head is slower than its profile says.
                let mut wire = Wire::to(&Profile { speed: 15, ..profile.clone() });
                let mut session = Session::new(profile.clone(), false);
                wire.obey(Order::NoClear);
                session.look(&mut wire).expect("there");
                wire.obey(Order::PaperOutAfter(out));
                let first = session.print(&mut wire, &designed("#1", &profile));
                if killed {
                    session = Session::new(profile.clone(), true);
                }
                wire.obey(Order::PaperIn);
                let mut outcome = Outcome::Postponed;
                for _ in 0..40 {
                    let well = matches!(session.look(&mut wire), Ok(Health::Says(c)) if c.prints());
                    if well && session.settle_held(&mut wire) == Ok(true) {
                        wire.after(seconds(power), Order::PowerCycle);
                        outcome = session.print(&mut wire, &designed("#2", &profile));
                        break;
                    }
                    wire.pass(seconds(1.0));
                }
                wire.pass(seconds(20.0));
                let papers = wire.papers();
                for (outcome, mark) in [(&first, "#1"), (&outcome, "#2")] {
                    let told = *outcome != Outcome::Confirmed || whole(&papers, mark) == 1;
                    assert!(told, "{baud} {killed} {out} {power} {mark}: {papers:?}");
                }
                assert_ne!(outcome, Outcome::Postponed, "{baud} {killed} {out} {power}: it waits for ever");
                judged += 1;
                confirmed += usize::from(outcome == Outcome::Confirmed);
            }
        }
    }
    assert!(confirmed * 7 >= judged, "{confirmed} of {judged}");
}

#[test]
fn a_paper_in_two_pieces_is_not_a_paper() {
    // Nippon, and clones that answer DLE EOT in the order of the data: neither can say that the roll has ended.
    for (name, in_order) in [("nippon-np", false), ("generic-58", true), ("generic-80", true)] {
        for out in (100..1500).step_by(130) {
            let profile = kind(name);
            let (mut wire, mut session) = (Wire::to(&profile), Session::new(profile.clone(), false));
            if in_order {
                wire.obey(Order::InOrder);
            }
            session.look(&mut wire).expect("there");
            wire.obey(Order::PaperOutAfter(out));
            wire.after(seconds(4.5), Order::PaperIn);
            let outcome = session.print(&mut wire, &designed("#1", &profile));
            wire.pass(seconds(10.0));
            let papers = wire.papers();
            assert!(outcome != Outcome::Confirmed || whole(&papers, "#1") == 1, "{name} {out}: {papers:?}");
            // Undisturbed, the same printer is believed.
            let (mut wire, mut session) = (Wire::to(&profile), Session::new(profile.clone(), false));
            if in_order {
                wire.obey(Order::InOrder);
            }
            session.look(&mut wire).expect("there");
            assert_eq!(session.print(&mut wire, &designed("#2", &profile)), Outcome::Confirmed, "{name}");
        }
    }
}

#[test]
fn what_the_line_has_not_sent_is_not_unanswered() {
    // A terminal takes much before it says that there is no room, a small adapter nearly nothing, and not each tells.
    [(4096, true), (24, true), (24, false)].into_iter().for_each(|(room, tells)| six_slips_behind_a_queue(room, tells));
}

fn six_slips_behind_a_queue(room: usize, tells: bool) {
    let profile = Profile { flow: Flow::Software, buffer: 512, speed: 15, baud: 38_400, ..kind("generic-58") };
    let (mut wire, mut session) = (Wire::to(&profile), Session::new(profile.clone(), false));
    let terminal = Terminal { queue: VecDeque::new(), room, tells, stopped: false, baud: profile.baud, due: 0.0 };
    wire.terminal = Some(terminal);
    for n in 0..6 {
        assert_eq!(session.look(&mut wire), Ok(Health::Says(Condition::Ready)));
        let mark = format!("#{n}");
        let (start, paper) = (wire.now(), designed(&mark, &profile));
        assert_eq!(session.print(&mut wire, &paper), Outcome::Confirmed, "{mark}");
        assert!(wire.now() - start < profile.head_time(paper.rows) * 2, "{:?}", wire.now() - start);
        assert_eq!(whole(&wire.papers(), &mark), 1);
    }
    assert_eq!(wire.machine.lost(), 0);
}

#[test]
fn what_a_printer_cannot_do_costs_neither_paper_nor_time() {
    // Late zeros pass for answers of a fence that it does not know.
    for natures in [&[Order::NoFence, Order::NoClear][..], &[Order::NoFence, Order::NoClear, Order::LateZeros]] {
        let profile = kind("generic-58");
        let (mut wire, mut session) = (Wire::to(&profile), Session::new(profile.clone(), true));
        natures.iter().for_each(|order| wire.obey(*order));
        let (mut printed, mut head) = (0, Duration::ZERO);
        let mut settled = None;
        for _ in 0..120 {
            let well = matches!(session.look(&mut wire), Ok(Health::Says(c)) if c.prints());
            if !(well && session.settle_held(&mut wire) == Ok(true)) {
                wire.pass(seconds(1.0));
                continue;
            }
            settled.get_or_insert(wire.now());
            let paper = designed(&format!("#{printed}"), &profile);
            head += profile.head_time(paper.rows);
            assert!(is_unknown(&session.print(&mut wire, &paper)));
            printed += 1;
            if printed == 10 {
                break;
            }
        }
        let took = wire.now() - settled.unwrap_or_default();
        println!("{natures:?}: ten slips in {took:.1?}, the head needs {head:.1?}");
        assert_eq!(printed, 10, "{natures:?}");
        wire.pass(seconds(20.0));
        let sheets = wire.machine.take_papers();
        assert!(sheets.iter().filter(|s| s.has_ink()).count() == 10 && sheets.len() <= 12, "{}", sheets.len());
        assert!(took < head * 3 / 2 + seconds(5.0), "{natures:?}: {took:?}");
    }
}

#[test]
fn a_cable_pulled_in_a_picture_costs_seconds_and_not_minutes() {
    for name in Profile::names() {
        let profile = kind(name);
        let mut wire = Wire::to(&profile).at(260, Order::Unplug);
        let mut session = Session::new(profile.clone(), false);
        session.look(&mut wire).expect("there");
        assert!(is_unknown(&session.print(&mut wire, &designed("#1", &profile))), "{name}");
        wire.pass(seconds(2.0));
        wire.obey(Order::Plug);
        let start = wire.now();
        let outcome = loop {
            let well = matches!(session.look(&mut wire), Ok(Health::Says(c)) if c.prints());
            if well && session.settle_held(&mut wire) == Ok(true) {
                break session.print(&mut wire, &designed("#2", &profile));
            }
            assert!(wire.now() - start < seconds(60.0), "{name}: in vain");
            wire.pass(seconds(1.0));
        };
        println!("{name}: {outcome:?} {:.1?} after the cable is back", wire.now() - start);
        assert!(wire.now() - start < seconds(30.0), "{name}");
        assert_eq!(outcome, Outcome::Confirmed, "{name}");
        assert_eq!(whole(&wire.papers(), "#2"), 1, "{name}");
    }
}

#[test]
fn the_smallest_buffer_without_a_handshake_loses_nothing() {
    for (buffer, baud) in [(256, 9600), (512, 19_200), (512, 115_200), (1024, 115_200)] {
        for style in [Style::Designed, Style::Text, Style::Raster] {
            let profile = Profile { buffer, baud, speed: 20, flow: Flow::None, ..kind("generic-58") };
            let (mut wire, mut session) = (Wire::to(&profile), Session::new(profile.clone(), false));
            session.look(&mut wire).expect("there");
            // A grey picture as wide as the paper comes slower than it is printed, narrow ones and text much faster.
            let line = |n: u32| Block::Line {
                text: format!("Baris {n} dari dua belas"),
                centred: false,
                bold: n.is_multiple_of(2),
                scale: 1,
            };
            let mut page: Vec<Block> = (0..12).map(line).collect();
            page.insert(3, Block::Number("A-012".into()));
            assert_eq!(
                session.print(&mut wire, &encode(&page, &profile, style)),
                Outcome::Confirmed,
                "{buffer} {style:?}"
            );
            assert_eq!(wire.machine.lost(), 0, "{buffer} {baud} {style:?}");
        }
    }
}

#[test]
fn the_last_line_passes_the_tear_bar_of_its_printer() {
    for end in [End::Feed, End::LinesThenCut] {
        for mm in [8, 12, 18, 30] {
            let profile = Profile { end, tear_bar: mm, ..kind("generic-58") };
            let bytes = ending(&profile);
            assert_eq!(&bytes[..2], b"\x1bd");
            let fed = f64::from(bytes[2]) * 30.0 * 25.4 / 203.0;
            assert!(fed >= f64::from(mm) && fed < f64::from(mm) + 4.0, "{mm}: {fed}");
        }
    }
}

#[test]
fn a_picture_never_holds_a_command_that_acts_at_once() {
    let mut picture = printer::raster::Raster::white(384, 120);
    for (n, byte) in picture.bits.iter_mut().enumerate() {
        *byte = [0x10, 0x04, 0x10, 0x05, 0x10, 0x14, 0x10, 0x10][n % 8];
    }
    for style in [Style::Designed, Style::Text, Style::Raster] {
        let bytes = encode(&[Block::Picture(picture.clone())], &kind("generic-58"), style).bytes;
        let acts = |w: &[u8]| w[0] == 0x10 && matches!(w[1], 4 | 5 | 0x14);
        assert!(!bytes.windows(2).any(acts), "{style:?}");
    }
}

#[test]
fn one_more_question_settles_a_paper_in_which_a_stray_byte_was_heard() {
    for name in ["generic-80", "epson-tm-t20"] {
        for at in (10..1500).step_by(90) {
            let profile = kind(name);
            let mut wire = Wire::to(&profile).at(at, Order::Stray(0xa5));
            let mut session = Session::new(profile.clone(), false);
            session.look(&mut wire).expect("there");
            let mut wire = wire.at(at, Order::Stray(0xa5));
            assert_eq!(session.print(&mut wire, &designed("#1", &profile)), Outcome::Confirmed, "{name} {at}");
            assert_eq!(whole(&wire.papers(), "#1"), 1);
        }
        // The same byte, while the paper is lost: it settles nothing.
        for at in (400..1500).step_by(90) {
            let profile = kind(name);
            let mut session = Session::new(profile.clone(), false);
            let mut wire = Wire::to(&profile);
            session.look(&mut wire).expect("there");
            let mut wire = wire.at(at, Order::Stray(0x00)).at(at + 5, Order::Reset(450));
            let outcome = session.print(&mut wire, &designed("#1", &profile));
            wire.pass(seconds(5.0));
            assert!(outcome != Outcome::Confirmed || whole(&wire.papers(), "#1") == 1, "{name} {at}");
        }
    }
}

/// A USB printer or one in the network: faster than its head, with a handshake of its own.
struct Fast(Wire);

impl Line for Fast {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, printer::session::Gone> {
        self.0.write(bytes)
    }

    fn read(&mut self, at_most: Duration) -> Result<Vec<u8>, printer::session::Gone> {
        self.0.read(at_most)
    }

    fn now(&self) -> Duration {
        self.0.now()
    }

    fn is_serial(&self) -> bool {
        false
    }
}

#[test]
fn what_is_no_serial_line_is_not_held_to_a_serial_speed() {
    let profile = kind("generic-80");
    let mut session = Session::new(profile.clone(), false);
    let mut fast = Fast(Wire::to(&Profile { buffer: 1 << 16, ..profile.clone() }));
    session.opened(&fast);
    let paper: Encoded = designed("#1", &profile);
    let start = fast.now();
    assert_eq!(session.print(&mut fast, &paper), Outcome::Confirmed);
    let took = fast.now() - start;
    assert!(took < profile.head_time(paper.rows) + seconds(0.5), "{took:?}");
    assert!(wire_time(paper.bytes.len(), session.profile().baud) < seconds(0.05));
    let page = [Block::Number("A-012".into())];
    assert_eq!(
        encode_for_line(&page, session.profile()).bytes,
        encode(&page, session.profile(), Style::Designed).bytes
    );
}
