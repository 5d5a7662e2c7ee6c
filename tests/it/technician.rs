//! The technician's page of the kiosk reaches the other roles, and a person without all papers takes the list home.

use crate::office::{Office, until};

#[test]
fn a_technician_at_the_kiosk_prints_a_test_and_every_role_ends_by_itself_to_start_again() {
    let mut office = Office::open();
    std::fs::write(office.path("kiosk.code"), "2468").unwrap();
    office.start_virtual_printer();
    office.start_printer();
    office.start_staff();
    office.start_display();
    until("the board", || office.path("board.png").exists().then_some(()));
    until("a printer that is ready", || office.store.printer_status().filter(|p| p.state.prints()));
    office.start_kiosk();
    office.touch("hold");
    office.page("the code", |page| page["page"] == "code");
    office.touch("code 2468");
    office.page("the technician's page", |page| page["page"] == "technician");
    office.touch("print-test");
    office.page("the test paper", |page| page["test"] == "printed");
    let sheet = office.sheets().pop().unwrap();
    assert!(sheet.contains("UJI CETAK") && sheet.contains("HALAMAN UJI") && sheet.contains("1234567890"), "{sheet}");
    for role in ["printer", "display", "staff"] {
        office.touch(&format!("restart {role}"));
        until(role, || office.role(role).ended().then_some(()));
    }
    // Each starts again where it was, and does not end a second time for the same wish.
    office.start_printer();
    office.start_staff();
    office.start_display();
    office.press("issue", &[("service", "new")]).unwrap();
    until("the next slip", || office.sheets().iter().any(|sheet| sheet.contains("A-001")).then_some(()));
    for role in ["printer", "display", "staff"] {
        assert!(!office.role(role).ended(), "{role}");
    }
    office.assert_sound();
}

#[test]
fn s05_whoever_has_not_everything_takes_the_list_home_and_no_number() {
    let mut office = Office::open();
    office.start_virtual_printer();
    office.start_printer();
    until("a printer that is ready", || office.store.printer_status().filter(|p| p.state.prints()));
    office.start_kiosk();
    office.touch("service lost");
    office.page("requirements", |page| page["page"] == "requirements");
    office.touch("incomplete");
    office.touch("print-list");
    office.page("the list", |page| page["list"] == "printed");
    let sheet = office.sheets().pop().unwrap();
    assert!(sheet.contains("[ ] Surat keterangan kehilangan") && sheet.contains("INI BUKAN NOMOR ANTREAN"), "{sheet}");
    assert!(office.store.tickets().unwrap().is_empty());
    office.assert_sound();
}
