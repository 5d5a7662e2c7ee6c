//! *Riwayat*: what happened to A-001 on Monday, and to its application.
#![allow(clippy::unwrap_used)]

use crate::office::{Office, monday, passing};
use crate::today::{keep, plain};

#[tokio::test]
async fn the_history_of_a_number_tells_who_when_where_and_the_paper() {
    let office = Office::open().await.by(passing);
    let ticket = office.issue("new").await;
    office.call_and_start(1).await;
    office.done(&format!("/tickets/{ticket}/return"), &[("missing", "family-card"), ("missing", "form")]).await;
    office.done(&format!("/tickets/{ticket}/reenter"), &[]).await;
    office.call_and_start(1).await;
    office.done(&format!("/tickets/{ticket}/complete"), &[("counter", "1")]).await;
    office.call_and_start(2).await;
    let done =
        office.done(&format!("/tickets/{ticket}/finish-recording"), &[("place", "Sebunga"), ("done", "photo")]).await;
    let receipt = done["receipt"].as_str().unwrap().to_string();
    let case = office.store().case_by_receipt(receipt.parse().unwrap()).unwrap().unwrap().id.0;
    office.done(&format!("/cases/{case}/hold-case"), &[("reason", "no-blanks")]).await;

    // As people write the date, and as links do; the number as one types it.
    for of in ["/history?of=a1&on=23/11/2026", "/history?of=A-001&on=2026-11-23"] {
        let page = office.get(of).await.text;
        keep(&office, "history-number", &page).await;
        let shown = plain(&page);
        for told in [
            "Senin, 23 November 2026 08.00",
            "Ambil nomor Perekaman KTP-el baru Uji Struk antrean: menunggu printer",
            "Panggil Uji, loket 1",
            "Kembalikan berkas Fotokopi Kartu Keluarga; Formulir F1.01 Uji, loket 1 Slip kekurangan berkas",
            "Masuk lagi",
            "Berkas lengkap Uji, loket 1",
            "Selesai rekam diambil di desa Sebunga Uji, loket 2 Tanda Terima Pengambilan",
            &format!("tanda terima {receipt}"),
        ] {
            assert!(shown.contains(told), "{told:?} in {shown}");
        }
        assert!(
            !shown.contains("Tunda pencetakan blangko kosong"),
            "what happens to the card is the application's story"
        );
    }
    let page = office.get_with(&format!("/history?of={receipt}"), &[("cookie", "lang=en")]).await.text;
    keep(&office, "history-case", &page).await;
    let shown = plain(&page);
    for told in
        ["A-001 · Issue New KTP-el", "Put printing off no blank cards", "Visits: A-001 23 November 2026", "Case opened"]
    {
        assert!(shown.contains(told), "{told:?} in {shown}");
    }
    // What was taken back stays in the story, and is called so.
    let other = office.issue("lost").await;
    office.call_and_start(1).await;
    let act = office.store().events().unwrap().last().unwrap().seq.0.to_string();
    office.done(&format!("/tickets/{other}/undo"), &[("act", &act)]).await;
    let shown = plain(&office.get("/history?of=L-001&on=23/11/2026").await.text);
    assert!(shown.contains("Hadir diurungkan") && shown.contains("Urungkan Uji"), "{shown}");

    for (of, no) in [
        ("A-099&on=23/11/2026", "Nomor"),
        ("26-000999-1", "tanda terima"),
        ("%3Cscript%3E", "Tulis nomor seperti A-024"),
        ("A-001&on=kemarin", "Tulis tanggal seperti 27/11/2026"),
    ] {
        let page = office.get(&format!("/history?of={of}")).await;
        let shown = plain(&page.text);
        assert!(page.status == 200 && shown.contains(no) && !page.text.contains("<script>"), "{of}: {shown}");
    }
    assert_eq!(monday().boot, passing().boot);
}
