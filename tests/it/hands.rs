//! One officer of all stages, by hand and scanner: how few keys a card takes, and that a scan is never a key.

use crate::accounts::enrol;
use crate::browser::{Browser, ESCAPE, Kind};
use crate::office::{Office, antrean};

#[test]
#[ignore = "needs chromium"]
fn a_card_takes_eight_keys_at_most_and_its_collection_a_scan_and_one_key() {
    let stages = ("stages = [\"verification\"]", "stages = [\"verification\", \"recording\", \"collection\"]");
    let mut office = Office::open_with(|toml| toml.replacen(stages.0, stages.1, 1));
    office.start_virtual_printer();
    office.start_printer();
    office.start_console();
    let desk = Browser::start(Kind::Chromium, &office.console().url);
    desk.go("/");
    enrol(&desk, &office.code(), "Wati");
    for _ in 0..4 {
        assert!(antrean(&["issue", "--data", &office.data(), "new"]).status.success());
    }
    desk.go("/counter/1");
    desk.see("#held form[action$='/call']");
    let keys = |keys: &[&str]| {
        for key in keys {
            desk.after(|desk| desk.key(key));
        }
        keys.len()
    };

    // Called, present, complete and on to the recording, every tick, recorded and the next one called.
    let mut count = keys(&["p", "h", "l"]);
    desk.see("#held form[action$='/finish-recording']");
    desk.key("c");
    desk.wait("document.querySelectorAll('#held [name=done]:checked').length === 5");
    count += 1 + keys(&["s"]);
    desk.see("#notice p");
    println!("a whole card, from the call to its receipt: {count} keys");
    assert!(count <= 8);

    keys(&["p", "h"]);
    scans_in_the_wrong_place(&desk);
    keys(&["l"]);
    desk.key("c");
    desk.wait("document.querySelectorAll('#held [name=done]:checked').length === 5");
    keys(&["s"]);

    // A hundred cards are a hundred scans; two are enough here.
    let receipts: Vec<String> =
        office.store.open_cases().unwrap().iter().map(|case| case.receipt.to_string()).collect();
    assert_eq!(receipts.len(), 2);
    desk.go("/cases");
    for (field, section) in [("c", "printed"), ("r", "ready")] {
        desk.key(field);
        desk.wait(&format!("document.activeElement.dataset.key === '{}'", field.to_uppercase()));
        desk.scans(&receipts[0], "Enter");
        // The same one twice, as from a trigger held down, and the next with the prefix that tells the kind of code.
        desk.scans(&receipts[0], "Enter");
        desk.scans(&format!("]C1{}", receipts[1].replace('-', "")), "Tab");
        desk.wait(&format!("document.querySelectorAll('#{section} tr').length === 2"));
        assert_eq!(desk.value("document.querySelector('p.notice.no')"), serde_json::Value::Null);
    }

    assert!(antrean(&["issue", "--data", &office.data(), "collection", "--receipt", &receipts[0]]).status.success());
    desk.go("/counter/3");
    keys(&["p", "h", "s"]);
    assert!(desk.text("p.notice.no").contains("Bandingkan dahulu"), "S13: nobody compared");
    desk.scans(&receipts[1], "Enter");
    desk.see("#notice a");
    keys(&["s"]);
    assert!(desk.text("p.notice.no").contains("bukan"), "another card's receipt");
    desk.value("document.activeElement.blur()");
    // One scan and one key.
    desk.scans(&receipts[0], "Enter");
    desk.wait(&format!("document.querySelector('#held input.receipt').value === {:?}", receipts[0]));
    assert_eq!(keys(&["s"]), 1);
    desk.see("#held form[action$='/call']");
    office.assert_sound();
}

/// Whatever is read, and whatever has the focus: nothing is pressed, ticked, chosen or opened, and it is refused in words.
fn scans_in_the_wrong_place(desk: &Browser) {
    let as_before = || {
        assert_eq!(desk.value("document.querySelectorAll('#held [name=missing]:checked').length"), 0);
        assert_eq!(desk.value("document.querySelectorAll('#held details[open], #office details[open]').length"), 0);
        desk.see("#held form[action$='/complete']");
    };
    let refused = |code: &str, end: &str| {
        desk.value("document.querySelectorAll('p.notice').forEach((said) => said.remove())");
        desk.scans(code, end);
        desk.see("p.notice.no");
    };
    for (code, end) in [("K1L2B3A4N5", "Enter"), ("12341234", "Tab"), ("998877665", ""), ("]C126-000123-4", "Enter")] {
        refused(code, end);
        as_before();
    }
    // On a row, and in a text.
    desk.value("document.querySelector('#waiting [data-row]').focus()");
    refused("I1I2I3I4I5", "Enter");
    as_before();
    desk.key("b");
    desk.wait("document.activeElement.name === 'reason'");
    desk.types("pulang");
    desk.scans("26-000124-4", "Enter");
    desk.see("p.notice.no");
    assert_eq!(desk.value("document.querySelector('#held [name=reason]').value"), "pulang", "the text as it was");
    desk.key(ESCAPE);
    desk.wait("!document.querySelector('#held details[open]')");
    // Letters that are off press nothing; a scan is still a scan.
    desk.value("document.getElementById('keys').click()");
    desk.key("2");
    refused("26-000125-4", "Enter");
    as_before();
    desk.value("document.getElementById('keys').click()");
    desk.key("h");
    as_before();
}
