//! The reply vectors: groups A to G.

use super::*;

fn of(profile: &str) -> Parser {
    Parser::new(&Profile::load(profile).expect("built in"))
}

/// What all bytes of `wire` mean when `asked` is in flight on a printer of which nothing is known.
fn read(asked: &[Request], wire: &[u8]) -> Vec<Reply> {
    read_by("generic-80", asked, wire)
}

/// The same on a printer of this kind.
fn read_by(profile: &str, asked: &[Request], wire: &[u8]) -> Vec<Reply> {
    let mut parser = of(profile);
    asked.iter().for_each(|r| parser.expect(*r));
    wire.iter().filter_map(|b| parser.push(*b)).collect()
}

#[test]
fn every_single_byte_answer_means_what_its_manual_says() {
    use Condition::*;
    use Request::*;
    let vectors = [
        ("A1", Printer, 0x12, Ready),
        ("A2", Printer, 0x16, Ready),
        ("A3", Printer, 0x1a, Offline),
        ("A4", Printer, 0x3a, Offline),
        ("A5", Printer, 0x52, Ready),
        ("A6", Cause, 0x16, Cover),
        ("A7", Cause, 0x32, Out),
        ("A8", Cause, 0x52, Error),
        ("A9", Cause, 0x1a, Ready),
        ("A10", Errors, 0x12, Ready),
        ("A11", Errors, 0x1a, Cutter),
        ("A12", Errors, 0x16, Recoverable),
        ("A13", Errors, 0x32, Unrecoverable),
        ("A14", Errors, 0x52, Waits),
        ("A15", Roll, 0x12, Ready),
        ("A16", Roll, 0x1e, Low),
        ("A17", Roll, 0x7e, Out),
        ("B1", Printer, 0x92, Ready),
        ("B2", Printer, 0x9a, Offline),
        ("B3", Cause, 0x1a, Ready),
        ("B3 bare", Cause, 0x08, Ready),
        ("B4", Cause, 0x1e, Cover),
        ("B4 bare", Cause, 0x0c, Cover),
        ("B5", Cause, 0x5a, Error),
        ("B5 bare", Cause, 0x48, Error),
        ("B6", Errors, 0x00, Nothing),
        ("B7", Roll, 0x72, Out),
        ("B8", Roll, 0x0c, Low),
        ("B9", Roll, 0x6c, Out),
        ("B10", Roll, 0x00, Ready),
        ("D1", Fence, 0x00, Ready),
        ("D2", Fence, 0x03, Low),
        ("D3", Fence, 0x0c, Out),
        ("D3 both", Fence, 0x0f, Out),
        ("D5", Completed, 0x08, Ready),
        ("D5 not yet", Completed, 0x00, Nothing),
        ("D6 low", Sensor, 0x03, Low),
        ("D6 out", Sensor, 0x0c, Out),
    ];
    for (id, request, byte, condition) in vectors {
        assert_eq!(read(&[request], &[byte]), [Reply::Answer(request, condition)], "{id}");
    }
}

#[test]
fn b11_b14_answers_belong_to_the_questions_in_order() {
    use Condition::{Low, Ready};
    assert_eq!(
        read(&[Request::Printer, Request::Roll], &[0x12, 0x1e]),
        [Reply::Answer(Request::Printer, Ready), Reply::Answer(Request::Roll, Low)]
    );
    // A fence in flight beside a real-time question: the class of the byte decides.
    assert_eq!(
        read(&[Request::Fence, Request::Cause], &[0x12, 0x00]),
        [Reply::Answer(Request::Cause, Ready), Reply::Answer(Request::Fence, Ready)]
    );
}

#[test]
fn b12_b15_b16_silence_and_unasked_bytes_mean_nothing() {
    assert_eq!(read(&[Request::Printer], &[]), []);
    assert_eq!(read(&[], &[0x12]), []);
    assert_eq!(read(&[], &[0x00, 0x7e, 0x0c]), []);
    assert_eq!(read(&[Request::Printer], &[0x12, 0x12]).len(), 1);
}

#[test]
fn a_printer_without_the_fixed_bits_is_recognised() {
    let mut parser = of("generic-80");
    parser.expect(Request::Roll);
    parser.push(0x12);
    assert!(!parser.deviates());
    for answer in [0x0c, 0x12, 0x0c] {
        parser.expect(Request::Roll);
        parser.push(answer);
        assert!(!parser.deviates(), "one disturbed byte is no habit");
    }
    parser.expect(Request::Roll);
    parser.push(0x0c);
    assert!(parser.deviates());
}

#[test]
fn an_answer_belongs_to_its_own_fence_and_not_to_the_next_question() {
    let mut parser = of("generic-80");
    parser.expect(Request::Fence);
    parser.forget();
    parser.expect(Request::Cause);
    assert_eq!(parser.push(0x00), Some(Reply::Answer(Request::Fence, Condition::Ready)), "the old one");
    assert_eq!(parser.push(0x12), Some(Reply::Answer(Request::Cause, Condition::Ready)));
    assert_eq!((parser.owed(), parser.push(0x00)), (0, None));
}

#[test]
fn e_automatic_reports_are_read_as_groups() {
    use Condition::*;
    let on = |asked: &[Request], wire: &[u8]| {
        let asked: Vec<_> = [Request::Automatic].iter().chain(asked).copied().collect();
        read(&asked, wire)
    };
    for (id, wire, condition) in [
        ("E1", [0x10, 0, 0, 0], Ready),
        ("E2", [0x14, 0, 0, 0x0f], Ready),
        ("E3", [0x18, 0, 0x0f, 0], Out),
        ("E4", [0x38, 0, 0, 0], Cover),
        ("E5", [0x18, 0x08, 0, 0], Cutter),
        ("E6", [0x18, 0x20, 0, 0], Unrecoverable),
        ("E7", [0x18, 0x40, 0, 0], Waits),
        ("E8", [0x10, 0, 0x03, 0], Low),
    ] {
        assert_eq!(on(&[], &wire), [Reply::Automatic(condition)], "{id}");
        assert_eq!(read(&[Request::Roll], &wire), [], "{id}: nobody switched it on, and it answers nothing");
    }
    assert_eq!(on(&[], &[0x10, 0, 0x13, 0, 0]), [Reply::Stop, Reply::Automatic(Ready)], "E9");
    assert_eq!(
        on(&[], &[0, 0, 0, 0, 0, 0, 0, 0]),
        [Reply::Automatic(Ready)],
        "E10: as the answer to switching on only"
    );
    assert_eq!(on(&[], &[0x10, 0, 0, 0, 0, 0, 0, 0]).len(), 1, "E10 later");
    assert_eq!(read(&[], &[0, 0, 0, 0]), [], "E10: nobody switched it on");
    let roll = Reply::Answer(Request::Roll, Out);
    let group = Reply::Automatic(Out);
    assert_eq!(on(&[Request::Roll], &[0x18, 0, 0x0f, 0, 0x7e]), [group.clone(), roll.clone()], "E11");
    assert_eq!(on(&[Request::Roll], &[0x7e, 0x18, 0, 0x0f, 0]), [roll, group], "E12");
    assert_eq!(on(&[], &[0x10, 0]), [], "E13");
}

#[test]
fn f_blocks_are_swallowed_whole() {
    let id = [Request::ProcessId];
    assert_eq!(read(&id, b"7\"A012\0"), [Reply::Done(*b"A012")], "F1");
    assert_eq!(read(&id, b"7\"0001\x007\"0003\0"), [Reply::Done(*b"0001"), Reply::Done(*b"0003")], "F2");
    assert_eq!(read(&[Request::Cause], b"7\"2222\0"), [Reply::Done(*b"2222")], "F3");
    assert_eq!(read(&id, b"7\"7777\0"), [Reply::Done(*b"7777")], "F4");
    assert_eq!(read(&[Request::Clear], &[0x37, 0x25, 0]), [Reply::Cleared], "F5");
    assert_eq!(read(&[], &[0x37, 0x23, 0x30, 0]), [Reply::AskCause], "F6");
    assert_eq!(read(&[Request::Model], b"_TM-T88IV\0"), [Reply::Model("TM-T88IV".into())], "F7");
    assert_eq!(read(&id, &[]), [], "F8");
    assert_eq!(read(&[], b"7\"A012\0"), [Reply::Done(*b"A012")], "F9");
}

#[test]
fn g1_flow_control_does_not_disturb_an_answer() {
    let online = Reply::Answer(Request::Printer, Condition::Ready);
    assert_eq!(read(&[Request::Printer], &[0x13, 0x12, 0x11]), [Reply::Stop, online, Reply::Go]);
}

#[test]
fn b1_b2_bit_7_is_tolerated_where_the_profile_says_so() {
    let answer = |profile, byte| read_by(profile, &[Request::Printer], &[byte]);
    assert_eq!(answer("cashino-kp-628e", 0x92), [Reply::Answer(Request::Printer, Condition::Ready)]);
    assert_eq!(answer("cashino-kp-628e", 0x9a), [Reply::Answer(Request::Printer, Condition::Offline)]);
    assert_eq!(answer("epson-tm-t88", 0x92), []);
}

#[test]
fn c_the_full_status_of_custom_and_reliance() {
    use Condition::*;
    let free = Mechanism::default();
    let ticket = Mechanism { ticket: true, ..free };
    let busy = Mechanism { busy: true, ..free };
    let damaged = Mechanism { damaged: true, ..free };
    for (id, bytes, condition, place) in [
        ("C1", [0, 0, 0, 0], Ready, free),
        ("C2", [0x80, 0, 0, 0], Ready, free),
        ("C3", [0x04, 0, 0, 0], Low, free),
        ("C4", [0x05, 0, 0, 0], Out, free),
        ("C5", [0x20, 0, 0, 0], Ready, ticket),
        ("C6", [0x40, 0, 0, 0], Low, free),
        ("C7", [0, 0x03, 0, 0], Cover, free),
        ("C8", [0, 0x08, 0, 0], Ready, busy),
        ("C9", [0, 0x04, 0, 0], Ready, busy),
        ("C10", [0, 0, 0x01, 0], Waits, free),
        ("C11", [0, 0, 0x02, 0], Ready, damaged),
        ("C12", [0, 0, 0x08, 0], Waits, free),
        ("C13", [0, 0, 0x40, 0], Jam, free),
        ("C14", [0, 0, 0, 0x01], Cutter, free),
        ("C15", [0, 0, 0, 0x82], Unrecoverable, free),
    ] {
        let wire = [&[0x10, 0x0f], &bytes[..]].concat();
        for profile in ["custom-vkp80", "custom-kpm"] {
            let found = read_by(profile, &[Request::Full], &wire);
            assert_eq!(found, [Reply::Mechanism(Request::Full, condition, place)], "{id}");
        }
    }
    let asked = |wire: &[u8]| read_by("custom-vkp80", &[Request::Full], wire);
    let itself = |wire: &[u8]| read_by("custom-kpm", &[Request::AutomaticFull], wire);
    let automatic = |condition, place| [Reply::Mechanism(Request::AutomaticFull, condition, place)];
    assert_eq!(asked(&[0x20, 0, 0, 0]), [Reply::Mechanism(Request::Full, Ready, ticket)], "C16");
    assert_eq!(itself(&[0x10, 0x05, 0x01, 0x40]), automatic(Out, free), "C17");
    assert_eq!(itself(&[0x10, 0x01, 0x20]), automatic(Ready, ticket), "C18");
    assert_eq!(itself(&[0x10, 0x0f, 0, 2, 0, 0]), automatic(Cover, free), "C19");
    assert_eq!(asked(&[0x10, 0x0f, 0x20]), [], "C20");
}

#[test]
fn d7_to_d11_the_ejector_and_the_motor() {
    use Condition::*;
    let place = |ticket, busy| Mechanism { ticket, busy, damaged: false };
    for (id, request, byte, condition, place) in [
        ("D7", Request::Ejector, 0x08, Ready, place(true, false)),
        ("D8", Request::Ejector, 0x30, Ready, place(false, true)),
        ("D9", Request::Ejector, 0xc0, Jam, place(false, false)),
        ("D10", Request::Motor, 0x04, Ready, place(false, true)),
        ("D10 fixed bits", Request::Motor, 0x16, Ready, place(false, true)),
        ("D11", Request::Motor, 0x20, Out, place(false, false)),
        ("D11 fixed bits", Request::Motor, 0x32, Out, place(false, false)),
    ] {
        assert_eq!(read(&[request], &[byte]), [Reply::Mechanism(request, condition, place)], "{id}");
    }
}

#[test]
fn g2_g3_nippon_says_that_a_job_is_finished() {
    let nippon = |wire: &[u8]| read_by("nippon-np", &[], wire);
    assert_eq!(nippon(b"\xff\x13JOB1\0\0\0\0"), [Reply::Done(*b"JOB1")], "G2");
    assert_eq!(nippon(b"\xff\x13JOB1\x01\0\0\0"), [Reply::AskCause], "G2 with a fault");
    assert_eq!(nippon(b"\xffJOB1\0\0\0\0"), [], "G3");
}

/// A million bytes over all kinds of printers; `INPUTS=5000000` for more.
#[test]
fn any_byte_is_survived_and_the_parser_still_answers() {
    const ASKED: [Request; 15] = [
        Request::Printer,
        Request::Cause,
        Request::Errors,
        Request::Roll,
        Request::Full,
        Request::Ejector,
        Request::Motor,
        Request::Fence,
        Request::Sensor,
        Request::Completed,
        Request::Clear,
        Request::ProcessId,
        Request::Model,
        Request::Automatic,
        Request::AutomaticFull,
    ];
    let inputs = std::env::var("INPUTS").ok().and_then(|n| n.parse().ok()).unwrap_or(500_000u64);
    fastrand::seed(20_261_123);
    for name in Profile::names() {
        let mut parser = of(name);
        for n in 0..inputs / 10 {
            match n % 64 {
                0 => parser.forget(),
                k if k % 3 == 0 => parser.expect(ASKED[fastrand::usize(..ASKED.len())]),
                _ => {}
            }
            parser.push(fastrand::u8(..));
            assert!(parser.block.len() <= LONGEST_BLOCK && parser.group.len() <= 10 && parser.pending.len() <= 64);
        }
        parser.forget();
        parser.expect(Request::Roll);
        assert_eq!(parser.push(0x12), Some(Reply::Answer(Request::Roll, Condition::Ready)), "{name}");
    }
}
