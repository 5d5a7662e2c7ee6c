//! The reply vectors: groups A, B, D, E, F and G, as far as they concern printers of the generic and the Epson kind.

use super::*;

/// What all bytes of `wire` mean when `asked` is in flight.
fn read(asked: &[Request], wire: &[u8]) -> Vec<Reply> {
    let mut parser = Parser::default();
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
    let mut parser = Parser::default();
    parser.expect(Request::Roll);
    parser.push(0x12);
    assert!(!parser.deviates());
    parser.expect(Request::Roll);
    parser.push(0x0c);
    assert!(parser.deviates());
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
    assert_eq!(on(&[], &[0, 0, 0, 0]), [], "E10");
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
fn any_ten_million_bytes_are_survived_and_the_parser_still_answers() {
    const ASKED: [Request; 9] = [
        Request::Printer,
        Request::Cause,
        Request::Errors,
        Request::Roll,
        Request::Fence,
        Request::Clear,
        Request::ProcessId,
        Request::Model,
        Request::Automatic,
    ];
    fastrand::seed(20_261_123);
    let mut parser = Parser::default();
    for n in 0..10_000_000u32 {
        if n % 3 == 0 {
            parser.expect(ASKED[fastrand::usize(..ASKED.len())]);
        }
        parser.push(fastrand::u8(..));
    }
    assert!(parser.block.len() <= LONGEST_BLOCK && parser.group.len() <= 4 && parser.pending.len() <= 16);
    parser.forget();
    parser.expect(Request::Roll);
    assert_eq!(parser.push(0x12), Some(Reply::Answer(Request::Roll, Condition::Ready)));
}
