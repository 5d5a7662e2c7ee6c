//! *Hari ini*: what the head of office sees at one look.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::office::{LOOPBACK, Office, monday};
use queue::time::Moment;
use std::sync::atomic::{AtomicI64, Ordering};

/// Minutes after 08.00 on Monday.
static MINUTE: AtomicI64 = AtomicI64::new(0);

fn clock() -> Moment {
    let start = monday();
    let ms = MINUTE.load(Ordering::SeqCst) * 60_000;
    Moment { wall_ms: start.wall_ms + ms, uptime_ms: start.uptime_ms + ms, ..start }
}

/// What stands in the part of the page that begins with this heading, without its tags.
fn part<'a>(page: &'a str, heading: &str) -> &'a str {
    let from = page.find(heading).unwrap_or_else(|| panic!("no {heading} in {page}"));
    let rest = &page[from..];
    &rest[..rest.find("</section>").unwrap_or(rest.len())]
}

pub(crate) fn plain(html: &str) -> String {
    let text: String = html
        .split('<')
        .map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text))
        .collect::<Vec<_>>()
        .join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// For looking at: writes the page with its style sheet where `PAGES` says.
pub(crate) async fn keep(office: &Office, name: &str, page: &str) {
    let Ok(dir) = std::env::var("PAGES") else { return };
    let css = office.get("/assets/console.css").await.text;
    let page = page.replace("<link rel=\"stylesheet\" href=\"/assets/console.css\">", &format!("<style>{css}</style>"));
    std::fs::write(std::path::Path::new(&dir).join(format!("{name}.html")), page).unwrap();
}

#[tokio::test]
async fn the_head_sees_who_waits_who_is_idle_and_when_the_day_will_end() {
    // Counter 3 could check files, too.
    let mut office = Office::closed(|text| {
        text.replace(
            "stages = [\"collection\"]\n\n# --- Queue",
            "stages = [\"verification\", \"collection\"]\n\n# --- Queue",
        )
    });
    office.done("/day/open", &[("date", "2026-11-23")]).await;
    office.app = staff::console(office.dir.path(), clock, LOOPBACK, false).unwrap().app;
    MINUTE.store(0, Ordering::SeqCst);
    let page = office.get("/today").await;
    assert!(
        plain(&page.text).contains("Menunggu sekarang 0 tidak ada yang menunggu"),
        "{} {}",
        page.status,
        plain(&page.text)
    );
    for _ in 0..2 {
        office.issue("new").await;
    }
    let first = office.call_and_start(1).await;
    MINUTE.store(8, Ordering::SeqCst);
    office.done(&format!("/tickets/{first}/complete"), &[]).await;
    office.call_and_start(2).await;
    office.done(&format!("/tickets/{first}/finish-recording"), &[("done", "photo")]).await;
    MINUTE.store(12, Ordering::SeqCst);
    let second = office.call_and_start(1).await;
    for _ in 0..7 {
        office.issue("new").await;
    }
    let back = office.done(&format!("/tickets/{second}/return"), &[("missing", "family-card")]).await;
    assert_eq!(back["state"], "returned", "{back}");
    office.done(&format!("/tickets/{second}/reenter"), &[]).await;
    office.call_and_start(1).await;
    MINUTE.store(60, Ordering::SeqCst);

    let page = office.get("/today").await.text;
    keep(&office, "today-id", &page).await;
    let shown = plain(&page);
    for told in [
        // Every return is told, of who came back too, with the leading reason.
        "Berkas dikembalikan 1 terbanyak: Fotokopi Kartu Keluarga (1)",
        "Selesai hari ini 1 dari 9 nomor",
        // A-004 came at minute 12 and waits for 48 minutes; the limit is 45.
        "Menunggu sekarang 7 terlama 48 menit · A-004 ▲ lewat batas",
        "A-004 sudah menunggu 48 menit; batas 45",
    ] {
        assert!(shown.contains(told), "{told:?} in {shown}");
    }
    let counters = plain(part(&page, ">Loket<"));
    assert!(
        counters.contains("Loket 1 Uji") && counters.contains("Verifikasi berkas 48/10 lewat standar 48 menit"),
        "{counters}"
    );
    assert!(counters.contains("Loket 2 Uji – kosong sejak 08.08 52 menit"), "{counters}");
    assert!(counters.contains("Loket 3 – – belum memanggil hari ini"), "{counters}");
    let stages = plain(part(&page, ">Antrean per tahap<"));
    assert!(stages.contains("Verifikasi berkas 7 A-004 · 48 menit"), "{stages}");
    let hours = plain(part(&page, ">Kedatangan per jam<"));
    assert!(hours.contains("08 9"), "{hours}");
    assert!(
        counters.contains("Loket 3 belum memanggil, 7 orang menunggu. Bila dibuka sekarang, hari ini selesai 09."),
        "{counters}"
    );
    let page = office.get_with("/today", &[("cookie", "lang=en")]).await.text;
    keep(&office, "today-en", &page).await;
    let shown = plain(&page);
    assert!(
        shown.contains("Counter 3 has called nobody, 7 people are waiting. If it opens now, the day ends at 09."),
        "{shown}"
    );

    let limits =
        [("within_standard_percent", "95"), ("wait_minutes", "50"), ("returned_percent", "5"), ("idle_minutes", "20")];
    assert_eq!(office.post("/today/limits", &limits).await.location(), "/today?saved=yes");
    assert!(!office.get("/today").await.text.contains("batas 45"), "48 minutes are within 50");
    let no = office.act("/today/limits", &[("wait_minutes", "0")]).await;
    assert_eq!((no.0, no.1["refused"].as_str()), (422, Some("bad-form")));
    let file = std::fs::read_to_string(office.dir.path().join("office.toml")).unwrap();
    assert!(file.contains("wait_minutes = 50               # nine of ten"), "comments stay: {file}");
    office.done("/day/close", &[("sure", "yes")]).await;
    assert!(office.get("/today").await.text.contains("Hari pelayanan sudah ditutup"));
}

#[tokio::test]
async fn a_counter_pauses_with_a_time_to_be_back_and_the_head_sees_it() {
    let office = Office::open().await;
    let paused = office.done("/counters/2/pause", &[("until", "10.30"), ("counter", "2")]).await;
    assert_eq!((paused["paused"].as_bool(), paused["until"].as_str()), (Some(true), Some("10.30")));
    let said = "jeda sejak 08.00, kembali 10.30";
    let counter = plain(&office.get("/counter/2").await.text);
    assert!(counter.contains(&format!("Loket ini {said}. Saya kembali")), "{counter}");
    assert!(plain(&office.get("/today").await.text).contains(&format!("Loket 2 – – {said}")));
    assert_eq!(office.post("/counters/2/resume", &[("counter", "2")]).await.location(), "/counter/2");
    assert!(!office.get("/today").await.text.contains("jeda sejak"));
    office.issue("new").await;
    office.call_and_start(1).await;
    assert_eq!(office.act("/counters/1/pause", &[]).await.1["refused"], "counter-busy");
    for (path, until) in [("/counters/9/pause", ""), ("/counters/x/pause", ""), ("/counters/2/pause", "25.00")] {
        let (status, no) = office.act(path, &[("until", until)]).await;
        assert!(status == 404 || status == 409 || status == 422, "{path} {until}: {status} {no}");
    }
}
