//! What the head of office decides: notices, hours, reports.

use crate::office::Office;

#[tokio::test]
async fn staff_put_a_notice_on_the_board_and_take_it_down() {
    let office = Office::closed(|text| text);
    let text = "Blangko <KTP-el> habis";
    let answer = office.post("/notices", &[("text", text), ("english", "No blank cards")]).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/notices"));
    let shown = office.store().board(crate::office::monday()).unwrap().notices;
    assert_eq!((shown[0].text.as_str(), shown[0].english.as_deref()), (text, Some("No blank cards")));
    let page = office.get("/notices").await.text;
    assert!(page.contains("Blangko &lt;KTP-el&gt; habis") && page.contains("tampil sampai diturunkan"));
    let until = [("text", "Tutup lebih awal"), ("until", "2026-11-23T12:00")];
    office.done("/notices", &until).await;
    let page = || async { office.get("/notices").await.text };
    assert!(page().await.contains("tampil sampai Senin, 23 November 2026 12.00 WIB"));
    // The page asks for date and time apart; a day without a time is a whole day.
    office.done("/notices", &[("text", "Rapat"), ("until_date", "2026-11-24"), ("until_time", "9.30")]).await;
    assert!(page().await.contains("tampil sampai Selasa, 24 November 2026 09.30 WIB"));
    office.done("/notices", &[("text", "Libur"), ("until_date", "2026-11-25")]).await;
    assert!(page().await.contains("tampil sampai Rabu, 25 November 2026 23.59 WIB"));
    for (fields, code) in [
        (&[("text", " ")][..], "notice-empty"),
        (&[("text", "x"), ("until", "2026-11-22T12:00")], "notice-over"),
        (&[("text", "x"), ("until", "besok")], "bad-form"),
        (&[("text", "x"), ("until_date", "besok"), ("until_time", "08.00")], "bad-form"),
        (&[("text", "x"), ("until_date", "2026-11-24"), ("until_time", "9 AM")], "bad-form"),
        (&[("text", "x"), ("until_time", "09.00")], "bad-form"),
        (&[("text", "NIK 6101 0123 4567 8901 sudah siap")], "personal-number"),
    ] {
        assert_eq!(office.act("/notices", fields).await.1["refused"], code, "{fields:?}");
    }
    office.done("/notices/1/end", &[]).await;
    assert_eq!(office.act("/notices/1/end", &[]).await.0, 404);
    assert_eq!(office.store().notices().unwrap().len(), 3);
}

#[tokio::test]
async fn the_head_edits_hours_holidays_and_the_sentence_and_the_file_keeps_its_comments() {
    let office = Office::open().await;
    let path = office.dir.path().join("office.toml");
    let before = std::fs::read_to_string(&path).unwrap();
    let hours = [
        ("open_monday", "7.30"),
        ("close_monday", "14.00"),
        ("last_number_monday", "13:30"),
        ("open_friday", "08:00"),
        ("close_friday", "11:00"),
    ];
    assert_eq!(office.post("/office/hours", &hours).await.location(), "/office?saved=yes");
    office.done("/office/holidays", &[("date", "2027-01-01"), ("name", "Tahun Baru")]).await;
    office
        .done("/office/ready", &[("id", "Perkiraan selesai: 3 hari kerja"), ("en", "Expected: 3 working days")])
        .await;
    let after = std::fs::read_to_string(&path).unwrap();
    assert!(after.contains("monday = { open = \"07.30\", close = \"14.00\", last_number = \"13.30\" }"), "{after}");
    assert!(
        after.contains("# Open question for the office") && after.contains("# S22, S23") && !after.contains("tuesday")
    );
    assert!(std::fs::read_to_string(office.dir.path().join("office.toml.old")).unwrap().contains("Tahun Baru"));
    let page = office.get("/office").await.text;
    assert!(page.contains("Jumat, 1 Januari 2027") && page.contains("value=\"07.30\""), "in effect at once");
    let told: Vec<_> =
        office.store().events().unwrap().into_iter().filter(|e| e.happened.word() == "office-changed").collect();
    assert_eq!(told.len(), 3);
    assert!(matches!(told[0].by, queue::journal::Actor::Token(_)), "{:?}", told[0]);

    for (path, fields) in [
        ("/office/hours", &[("open_monday", "15:00"), ("close_monday", "08:00")][..]),
        ("/office/hours", &[("open_monday", "x")]),
        ("/office/hours", &[("open_monday", "8"), ("close_monday", "14.00")]),
        ("/office/hours", &[("open_monday", "08.00"), ("close_monday", "2 PM")]),
        ("/office/hours", &[]),
        ("/office/holidays", &[("date", "2027-13-01"), ("name", "x")]),
        ("/office/holidays", &[("date", "2027-12-01"), ("name", " ")]),
        ("/office/holidays/2030-01-01/remove", &[]),
        ("/office/ready", &[("id", ""), ("en", "x")]),
    ] {
        let (status, no) = office.act(path, fields).await;
        assert!(status == 409 || status == 422, "{path} {fields:?}: {status} {no}");
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), after, "a refusal changes nothing");
    office.done("/office/holidays/2027-01-01/remove", &[]).await;
    assert!(office.store().check().unwrap().problems.is_empty());

    let several =
        office.act("/office/hours", &[("open_monday", "x"), ("open_friday", "y"), ("close_friday", "z")]).await.1;
    let said = several["say"].as_str().unwrap();
    assert!(said.contains("Senin, buka") && said.contains("Jumat, buka"), "every wrong day is named: {said}");
    let no = office.act("/office/hours", &[("open_monday", "08.00"), ("close_monday", "2 PM")]).await.1;
    assert_eq!(no["say"], "Senin, tutup: isi jam seperti 08.00.");

    std::fs::write(&path, "nonsense").unwrap();
    assert!(office.get("/office").await.text.contains("value=\"07.30\""), "a broken file leaves the one before in use");
    std::fs::write(&path, &before).unwrap();
    assert!(
        office.get("/office").await.text.contains("value=\"15.00\""),
        "and one changed by hand is read without restart"
    );
}

#[tokio::test]
async fn a_page_that_is_out_of_date_undoes_nobodys_hours() {
    let office = Office::open().await;
    let page = office.get("/office").await.text;
    let seen: Vec<String> = page
        .split("name=\"seen\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().replace("&quot;", "\"").replace("&amp;", "&"))
        .collect();
    assert_eq!(seen.len(), 2, "{page}");
    let hours =
        |close: &'static str| vec![("open_monday", "08:00"), ("close_monday", close), ("seen", seen[0].as_str())];
    assert_eq!(office.post("/office/hours", &hours("14:00")).await.location(), "/office?saved=yes");
    assert_eq!(office.act("/office/hours", &hours("13:00")).await.1["refused"], "stale-office");
    assert!(office.get("/office").await.text.contains("value=\"14.00\""));
    let ready = [("id", "Tiga hari"), ("en", "Three days"), ("seen", seen[1].as_str())];
    office.done("/office/ready", &ready).await;
    assert_eq!(office.act("/office/ready", &[("id", "x"), ("en", "y"), ("seen", seen[1].as_str())]).await.0, 409);
}

#[tokio::test]
async fn a_change_of_the_office_is_refused_while_somebody_waits_for_what_the_file_takes_away() {
    let office = Office::open().await;
    for _ in 0..7 {
        office.issue("lost").await;
    }
    let file = office.dir.path().join("office.toml");
    let changed = std::fs::read_to_string(&file).unwrap().replace("\"lost\"", "\"hilang\"");
    std::fs::write(&file, &changed).unwrap();
    let page = office.get("/office").await.text;
    assert!(page.contains("office.toml yang baru ditolak") && page.contains("dan 2 lagi"), "every page says so");
    assert_eq!(office.done("/issue", &[("service", "lost")]).await["number"], "L-008", "with the old one");
    let new_year = [("date", "2027-01-01"), ("name", "Tahun Baru")];
    let (status, no) = office.act("/office/holidays", &new_year).await;
    assert_eq!((status, no["refused"].as_str()), (409, Some("office-needed")));
    let say = no["say"].as_str().unwrap();
    assert!(say.contains("layanan \"lost\" (L-001, L-002, L-003, L-004, L-005 dan 3 lagi)"), "{say}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), changed, "nothing was written");

    office.done("/day/close", &[("sure", "yes")]).await;
    office.done("/office/holidays", &new_year).await;
    assert!(!office.get("/office").await.text.contains("ditolak"), "nobody needs the old one any more");
    office.done("/day/open", &[("date", "2026-11-23")]).await;
    office.done("/issue", &[("service", "hilang")]).await;
}
