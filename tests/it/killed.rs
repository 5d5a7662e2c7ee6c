//! `kill -9` of each role in the middle of a visit: nothing acknowledged is lost, nothing happens twice.

use crate::office::{Office, until};
use queue::printing::JobState;

#[test]
fn the_kiosk_killed_after_a_number_was_shown() {
    let mut office = Office::open();
    office.start_kiosk();
    office.touch("service new");
    office.page("requirements", |page| page["page"] == "requirements");
    office.touch("print");
    let shown = office.page("number", |page| page["page"] == "your-number");
    office.kill("kiosk");
    let number = shown["number"].as_str().unwrap().parse().unwrap();
    assert!(office.store.ticket_by_number(number).unwrap().is_some(), "a number shown is on disk");
    office.start_kiosk();
    office.touch("service new");
    office.page("requirements", |page| page["page"] == "requirements");
    office.touch("print");
    let next = office.page("number", |page| page["page"] == "your-number");
    assert_eq!(next["number"], "A-002");
    office.assert_sound();
}

#[test]
fn the_printer_role_killed_in_the_middle_of_a_slip_says_unknown_and_prints_no_second_one() {
    let mut office = Office::open();
    office.start_virtual_printer();
    office.start_printer();
    office.start_staff();
    until("a printer that is ready", || office.store.printer_status().filter(|p| p.state.prints()));
    office.press("issue", &[("service", "new")]).unwrap();
    let job = until("a slip on the wire", || {
        office.store.unconfirmed_print_jobs().unwrap().into_iter().find(|job| job.state == JobState::Sending)
    });
    office.kill("printer");
    office.start_printer();
    until("an honest answer", || {
        let job = office.store.print_job(job.id).unwrap().unwrap();
        matches!(job.state, JobState::Unknown { .. }).then_some(())
    });
    // The next paper goes out; the unknown one is not repeated until a person says so.
    office.press("issue", &[("service", "new")]).unwrap();
    until("the next slip", || office.sheets().iter().any(|s| s.contains("A-002")).then_some(()));
    let unmarked = |office: &Office| {
        let first = |s: &&String| s.contains("A-001") && !s.contains("CETAK ULANG");
        office.sheets().iter().filter(first).count()
    };
    assert!(unmarked(&office) <= 1);
    office.press(&format!("papers/{}/answer", job.id.0), &[("came_out", "no")]).unwrap();
    office.press(&format!("papers/{}/reprint", job.id.0), &[]).unwrap();
    until("the marked reprint", || {
        office.sheets().iter().any(|s| s.contains("A-001") && s.contains("CETAK ULANG 1")).then_some(())
    });
    assert!(unmarked(&office) <= 1);
    office.assert_sound();
}

#[test]
fn the_console_killed_between_two_clicks() {
    let mut office = Office::open();
    office.start_staff();
    office.press("issue", &[("service", "new")]).unwrap();
    let ticket = office.serve(1);
    office.kill("staff");
    office.start_staff();
    // The same command again, as a browser does that never saw the answer: done once.
    let command = [("command", "0123456789abcdef")];
    let path = format!("tickets/{}/complete", ticket["ticket"]);
    let first = office.press(&path, &command).unwrap();
    office.kill("staff");
    office.start_staff();
    assert_eq!(office.press(&path, &command).unwrap(), first);
    assert_eq!(office.store.open_cases().unwrap().len(), 1);
    office.assert_sound();
}

#[test]
fn the_board_killed_shows_the_call_made_meanwhile() {
    let mut office = Office::open();
    office.start_staff();
    office.start_display();
    until("a board", || office.path("board.png").exists().then_some(()));
    office.kill("display");
    office.press("issue", &[("service", "new")]).unwrap();
    office.press("counters/1/call", &[]).unwrap();
    let before = std::fs::read(office.path("board.png")).unwrap();
    office.start_display();
    until("a new board", || std::fs::read(office.path("board.png")).ok().filter(|now| *now != before));
    office.assert_sound();
}
