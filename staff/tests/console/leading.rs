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
    assert!(office.get("/notices").await.text.contains("tampil sampai Senin, 23 November 2026 12.00"));
    for (fields, code) in [
        (&[("text", " ")][..], "notice-empty"),
        (&[("text", "x"), ("until", "2026-11-22T12:00")], "notice-over"),
        (&[("text", "x"), ("until", "besok")], "bad-form"),
        (&[("text", "NIK 6101 0123 4567 8901 sudah siap")], "bad-form"),
    ] {
        assert_eq!(office.act("/notices", fields).await.1["refused"], code, "{fields:?}");
    }
    office.done("/notices/1/end", &[]).await;
    assert_eq!(office.act("/notices/1/end", &[]).await.0, 404);
    assert_eq!(office.store().notices().unwrap().len(), 1);
}
