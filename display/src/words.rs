//! What the board says besides numbers. Indonesian; a citizen never reads a code or an error.

use jiff::civil::{Date, DateTime, Weekday};
use queue::board::{Board, DayStatus};
use queue::office::{Hours, Lang, Office};
use queue::time::{clock, date_in_words};

/// A heading and what stands below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The heading.
    pub title: String,
    /// Sentences below it, in order.
    pub lines: Vec<String>,
}

fn message(title: &str, lines: Vec<String>) -> Message {
    Message { title: title.into(), lines }
}

/// The message that the large field shows instead of a call; `None` is an open day.
pub fn day_message(day: DayStatus, office: &Office, now: DateTime) -> Option<Message> {
    let zone = office.identity.zone.name();
    // The morning after: yesterday's day is closed, today's is not yet open.
    let day = match day {
        DayStatus::Closed { date } if now.date() > date => DayStatus::NotOpened,
        day => day,
    };
    match day {
        DayStatus::Open { .. } => None,
        DayStatus::Break { until, .. } => Some(message(
            "Istirahat",
            vec![
                format!("Pelayanan dilanjutkan pukul {} {zone}.", clock(until)),
                "Nomor antrean Anda tetap berlaku.".into(),
            ],
        )),
        DayStatus::NotOpened => {
            let today = office.hours.of(now.date().weekday()).filter(|_| office.is_working_day(now.date()));
            let line = match today {
                Some(h) if now.time() < h.open => format!("Buka hari ini pukul {} {zone}.", clock(h.open)),
                Some(h) if now.time() < h.close => "Mohon menunggu, petugas sedang bersiap.".into(),
                _ => reopens(office, now.date()),
            };
            Some(message("Pelayanan belum dibuka", vec![line]))
        }
        DayStatus::Closed { date } => {
            Some(message("Pelayanan hari ini telah selesai", vec!["Terima kasih.".into(), reopens(office, date)]))
        }
    }
}

/// "Buka kembali Selasa, 24 November 2026 pukul 08.00 WIB.", by the office's calendar.
fn reopens(office: &Office, after: Date) -> String {
    let mut date = after;
    for _ in 0..60 {
        let Ok(next) = date.tomorrow() else { break };
        date = next;
        if let Some(hours) = office.hours.of(date.weekday()).filter(|_| office.is_working_day(date)) {
            let (day, open, zone) = (date_in_words(date, Lang::Id), clock(hours.open), office.identity.zone.name());
            return format!("Buka kembali {day} pukul {open} {zone}.");
        }
    }
    "Jam buka berikutnya akan diumumkan.".into()
}

/// What an open day shows before its first call.
pub fn welcome() -> Message {
    message("Selamat datang", vec!["Silakan ambil nomor antrean dan tunggu panggilan.".into()])
}

/// What a board shows that has not yet been able to read anything.
pub fn preparing() -> Message {
    message("Selamat datang", vec!["Papan panggilan sedang disiapkan. Silakan perhatikan panggilan petugas.".into()])
}

/// S26: the two choices of an applicant while the network is down. Since when is said in the header.
pub fn network() -> Message {
    message(
        "Jaringan terganggu, Anda dapat memilih:",
        vec!["1. Menunggu; nomor Anda tetap berlaku.".into(), "2. Perekaman langsung di Dinas Dukcapil.".into()],
    )
}

/// The board still shows the last truth and says how old it is.
pub fn lost(since: &str) -> Message {
    message(
        "Papan ini belum diperbarui",
        vec![format!("Sejak pukul {since}. Silakan perhatikan panggilan petugas di loket.")],
    )
}

/// The week's hours, equal days together: "Senin–Kamis 08.00–15.00, istirahat 12.00–13.00".
pub fn hours(office: &Office) -> Vec<String> {
    const WEEK: [(Weekday, &str); 7] = [
        (Weekday::Monday, "Senin"),
        (Weekday::Tuesday, "Selasa"),
        (Weekday::Wednesday, "Rabu"),
        (Weekday::Thursday, "Kamis"),
        (Weekday::Friday, "Jumat"),
        (Weekday::Saturday, "Sabtu"),
        (Weekday::Sunday, "Minggu"),
    ];
    let mut groups: Vec<(&str, &str, Hours)> = Vec::new();
    let mut adjacent = false;
    for (day, name) in WEEK {
        match (office.hours.of(day), groups.last_mut()) {
            (Some(hours), Some(group)) if adjacent && group.2 == hours => group.1 = name,
            (Some(hours), _) => groups.push((name, name, hours)),
            (None, _) => {}
        }
        adjacent = office.hours.of(day).is_some();
    }
    groups
        .into_iter()
        .map(|(first, last, h)| {
            let days = if first == last { first.to_owned() } else { format!("{first}–{last}") };
            let pause = match h.break_from.zip(h.break_to) {
                Some((from, to)) => format!(", istirahat {}–{}", clock(from), clock(to)),
                None => String::new(),
            };
            format!("{days} {}–{}{pause}", clock(h.open), clock(h.close))
        })
        .collect()
}

/// The running text: office, what staff announce, hours, free of charge (S27), service time (S25), complaints (S29), the network (S26).
pub fn running(office: &Office, board: Option<&Board>) -> String {
    let zone = office.identity.zone.name();
    let mut parts = vec![office.identity.name.clone()];
    if board.is_some_and(|b| b.network_down.is_some()) {
        parts.push(
            "Jaringan internet sedang terganggu: Anda dapat menunggu, atau perekaman langsung di Dinas Dukcapil".into(),
        );
    }
    parts.extend(board.iter().flat_map(|board| &board.notices).map(|notice| notice.text.clone()));
    let hours = hours(office);
    if !hours.is_empty() {
        parts.push(format!("Jam pelayanan: {} {zone}", hours.join("; ")));
    }
    parts.push(format!("Pelayanan KTP-el {}", office.standard.fee.id));
    parts.push(office.standard.time.id.clone());
    parts.push(format!("Pengaduan: telepon/WA {}, {}", office.complaints.phone, office.complaints.email));
    parts.join("   •   ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, datetime, time};

    fn office() -> Office {
        Office::parse(include_str!("../../office.toml")).unwrap()
    }

    fn says(day: DayStatus, now: DateTime) -> String {
        let message = day_message(day, &office(), now).unwrap();
        format!("{}: {}", message.title, message.lines.join(" "))
    }

    #[test]
    fn a_closed_board_says_when_to_come_back() {
        let monday = date(2026, 11, 23);
        assert_eq!(
            says(DayStatus::Closed { date: date(2026, 12, 23) }, datetime(2026, 12, 23, 15, 0, 0, 0)),
            "Pelayanan hari ini telah selesai: Terima kasih. Buka kembali Senin, 28 Desember 2026 pukul 08.00 WIB."
        );
        assert!(says(DayStatus::NotOpened, datetime(2026, 11, 23, 7, 0, 0, 0)).contains("Buka hari ini pukul 08.00"));
        assert!(says(DayStatus::NotOpened, datetime(2026, 11, 23, 8, 5, 0, 0)).contains("petugas sedang bersiap"));
        assert!(says(DayStatus::NotOpened, datetime(2026, 11, 21, 9, 0, 0, 0)).contains("Senin, 23 November 2026"));
        let next_morning = says(DayStatus::Closed { date: monday }, datetime(2026, 11, 24, 7, 30, 0, 0));
        assert!(next_morning.starts_with("Pelayanan belum dibuka: Buka hari ini"), "{next_morning}");
        let pause = DayStatus::Break { date: monday, until: time(13, 0, 0, 0) };
        assert!(says(pause, datetime(2026, 11, 23, 12, 1, 0, 0)).contains("dilanjutkan pukul 13.00 WIB"));
        assert!(day_message(DayStatus::Open { date: monday }, &office(), datetime(2026, 11, 23, 9, 0, 0, 0)).is_none());
    }

    #[test]
    fn s01_s25_s27_s29_c13_the_running_text_names_what_the_office_publishes() {
        let text = running(&office(), None);
        for part in [
            "Kecamatan Sajingan Besar",
            "Senin–Kamis 08.00–15.00, istirahat 12.00–13.00; Jumat 08.00–15.00, istirahat 11.30–13.00 WIB",
            "Pelayanan KTP-el GRATIS - tidak dipungut biaya",
            "Pelayanan 5-10 menit bila jaringan internet lancar",
            "Pengaduan: telepon/WA 0813 1914 1787, kecsajinganbesar@gmail.com",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!text.contains("085245778774"), "the office's telephone is not the complaint line");
    }

    #[test]
    fn the_running_text_says_what_staff_announce() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("office.toml"), include_str!("../../office.toml")).unwrap();
        let mut store = queue::Store::create(dir.path()).unwrap();
        let notice = queue::notice::Notice { text: "Blangko KTP-el habis".into(), english: None, until: None };
        store.post_notice(&queue::Command::new("Sari"), &notice).unwrap();
        let text = running(&office(), Some(&store.board(queue::clock::now()).unwrap()));
        assert!(text.contains("Kecamatan Sajingan Besar   •   Blangko KTP-el habis   •   Jam pelayanan"), "{text}");
    }

    #[test]
    fn hours_with_a_free_day_between_are_not_joined() {
        let mut office = office();
        office.hours.wednesday = None;
        let lines = hours(&office);
        assert!(lines[0].starts_with("Senin–Selasa 08.00") && lines[1].starts_with("Kamis 08.00"), "{lines:?}");
    }
}
