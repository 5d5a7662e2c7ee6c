//! Devices that fail: the citizen keeps the number and is told the truth about paper.

use crate::office::{Office, until};
use queue::printing::PrinterState;

#[test]
fn without_paper_numbers_are_issued_and_the_kiosk_tells_the_truth() {
    let mut office = Office::open();
    office.start_virtual_printer();
    office.start_printer();
    office.start_kiosk();
    let state = |office: &Office| office.store.printer_status().map(|p| p.state);
    until("ready", || (state(&office) == Some(PrinterState::Ready)).then_some(()));
    office.order("paper out");
    until("out of paper", || (state(&office) == Some(PrinterState::Out)).then_some(()));
    let shown = office.take("new", "failed");
    assert_eq!(shown["number"], "A-001");
    assert!(office.sheets().is_empty());
    office.order("paper in");
    until("the slip after the refill", || office.sheets().iter().any(|s| s.contains("A-001")).then_some(()));
    assert_eq!(office.take("new", "printed")["number"], "A-002");
    office.assert_sound();
}

#[test]
fn a_missing_port_is_said_once_and_found_again() {
    let mut office = Office::open();
    office.start_printer();
    let state = |office: &Office| office.store.printer_status().map(|p| p.state);
    until("offline", || (state(&office) == Some(PrinterState::Offline)).then_some(()));
    office.start_kiosk();
    assert_eq!(office.take("new", "failed")["number"], "A-001");
    office.start_virtual_printer();
    until("the slip", || office.sheets().iter().any(|s| s.contains("A-001")).then_some(()));
    office.order("unplug");
    until("unplugged", || (state(&office) == Some(PrinterState::Offline)).then_some(()));
    office.order("plug");
    until("plugged in again", || (state(&office) == Some(PrinterState::Ready)).then_some(()));
    assert_eq!(office.take("new", "printed")["number"], "A-002");
    office.assert_sound();
}
