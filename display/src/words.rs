//! What the board says besides numbers: Indonesian, with the English for offices that want a second line. A citizen never
//! reads a code or an error.

use jiff::civil::{Date, DateTime, Time, Weekday};
use queue::board::{Board, DayStatus};
use queue::case::Receipt;
use queue::day::last_number_passed;
use queue::office::{Hours, Lang, Office, Text};
use queue::ticket::CounterNumber;
use queue::time::{clock, date_in_words};

/// A heading and what stands below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The heading.
    pub title: Text,
    /// Sentences below it, in order.
    pub lines: Vec<Text>,
}

fn message(title: Text, lines: impl Into<Vec<Text>>) -> Message {
    Message { title, lines: lines.into() }
}

/// A text in both languages.
pub fn text(id: impl AsRef<str>, en: impl AsRef<str>) -> Text {
    Text::new(id.as_ref(), en.as_ref())
}

/// Where to go.
pub fn counter(number: CounterNumber) -> Text {
    text(format!("Loket {number}"), format!("Counter {number}"))
}

/// The message that the large field shows instead of a call; `None` is an open day.
pub fn day_message(day: DayStatus, office: &Office, now: DateTime) -> Option<Message> {
    let zone = office.identity.zone.name();
    // The morning after: yesterday's day is closed or was left open, today's is not yet open.
    let day = match day {
        DayStatus::LeftOpen { .. } => DayStatus::NotOpened,
        DayStatus::Closed { date } if now.date() > date => DayStatus::NotOpened,
        day => day,
    };
    match day {
        DayStatus::Open { .. } => None,
        DayStatus::Break { until, .. } => Some(message(
            text("Istirahat", "Break"),
            [
                text(
                    format!("Pelayanan dilanjutkan pukul {} {zone}.", clock(until)),
                    format!("Service continues at {} {zone}.", clock(until)),
                ),
                text("Nomor antrean Anda tetap berlaku.", "Your number stays valid."),
            ],
        )),
        DayStatus::NotOpened | DayStatus::LeftOpen { .. } => {
            let today = office.hours.of(now.date().weekday()).filter(|_| office.is_working_day(now.date()));
            let line = match today {
                Some(h) if now.time() < h.open => text(
                    format!("Buka hari ini pukul {} {zone}.", clock(h.open)),
                    format!("Opens today at {} {zone}.", clock(h.open)),
                ),
                Some(h) if now.time() < h.close => {
                    text("Mohon menunggu, petugas sedang bersiap.", "Please wait, the staff are getting ready.")
                }
                _ => reopens(office, now.date()),
            };
            Some(message(text("Pelayanan belum dibuka", "Not open yet"), [line]))
        }
        DayStatus::Closed { date } => Some(message(
            text("Pelayanan hari ini telah selesai", "Today's service is over"),
            [text("Terima kasih.", "Thank you."), reopens(office, date)],
        )),
    }
}

/// "Buka kembali Selasa, 24 November 2026 pukul 08.00 WIB.", by the office's calendar.
fn reopens(office: &Office, after: Date) -> Text {
    let mut date = after;
    for _ in 0..60 {
        let Ok(next) = date.tomorrow() else { break };
        date = next;
        if let Some(hours) = office.hours.of(date.weekday()).filter(|_| office.is_working_day(date)) {
            let (open, zone) = (clock(hours.open), office.identity.zone.name());
            return text(
                format!("Buka kembali {} pukul {open} {zone}.", date_in_words(date, Lang::Id)),
                format!("Opens again {} at {open} {zone}.", date_in_words(date, Lang::En)),
            );
        }
    }
    text("Jam buka berikutnya akan diumumkan.", "The next opening will be announced.")
}

/// What an open day shows before its first call.
pub fn welcome(office: &Office, day: DayStatus, now: DateTime) -> Message {
    let last = match day {
        DayStatus::Open { date } => last_number_passed(office, date, now),
        _ => None,
    };
    let line = match last {
        // Nobody is invited to take a number that the kiosk does not give any more.
        Some(_) => text("Silakan tunggu panggilan nomor Anda.", "Please wait until your number is called."),
        None => {
            text("Silakan ambil nomor antrean dan tunggu panggilan.", "Please take a number and wait for your call.")
        }
    };
    message(text("Selamat datang", "Welcome"), [line])
}

/// A receipt's number as it is compared with a paper in the hand: "26-000 123-3".
pub fn receipt(receipt: Receipt) -> String {
    let number = receipt.to_string();
    match number.split_at_checked(6) {
        Some((first, rest)) => format!("{first} {rest}"),
        None => number,
    }
}

/// What a board shows that has not yet been able to read anything.
pub fn preparing() -> Message {
    message(
        text("Selamat datang", "Welcome"),
        [text(
            "Papan panggilan sedang disiapkan. Silakan perhatikan panggilan petugas.",
            "This board is being prepared. Please listen for the staff's call.",
        )],
    )
}

/// S26: the two choices of an applicant while the network is down. Since when is said in the header.
pub fn network() -> Message {
    message(
        text("Jaringan terganggu, Anda dapat memilih:", "The network is down, you may choose:"),
        [
            text("1. Menunggu; nomor Anda tetap berlaku.", "1. To wait; your number stays valid."),
            text("2. Perekaman langsung di Dinas Dukcapil.", "2. To be recorded at the Dinas Dukcapil."),
        ],
    )
}

/// The board still shows the last truth and says how old it is.
pub fn lost(since: &str) -> Message {
    message(
        text("Papan ini belum diperbarui", "This board is out of date"),
        [text(
            format!("Sejak pukul {since}. Silakan perhatikan panggilan petugas di loket."),
            format!("Since {since}. Please listen for the staff's call at the counter."),
        )],
    )
}

/// The same in the header: one short line.
pub fn not_updated(since: Time, zone: &str) -> Text {
    let since = format!("{} {zone}", clock(since));
    text(format!("Belum diperbarui sejak {since}"), format!("Out of date since {since}"))
}

/// S26 in the header.
pub fn network_down(since: Time, zone: &str) -> Text {
    let since = format!("{} {zone}", clock(since));
    text(format!("Jaringan terganggu sejak {since}"), format!("Network down since {since}"))
}

/// What staff read while nobody can see the board.
pub fn dark() -> Text {
    text(
        "Papan tidak terlihat: TV mati atau kabelnya lepas",
        "The board cannot be seen: the TV is off or its cable is loose",
    )
}

/// The week's hours, equal days together: "Senin–Kamis 08.00–15.00, istirahat 12.00–13.00".
pub fn hours(office: &Office, lang: Lang) -> Vec<String> {
    const WEEK: [(Weekday, &str, &str); 7] = [
        (Weekday::Monday, "Senin", "Monday"),
        (Weekday::Tuesday, "Selasa", "Tuesday"),
        (Weekday::Wednesday, "Rabu", "Wednesday"),
        (Weekday::Thursday, "Kamis", "Thursday"),
        (Weekday::Friday, "Jumat", "Friday"),
        (Weekday::Saturday, "Sabtu", "Saturday"),
        (Weekday::Sunday, "Minggu", "Sunday"),
    ];
    let say = |id: &'static str, en: &'static str| match lang {
        Lang::Id => id,
        Lang::En => en,
    };
    let mut groups: Vec<(&str, &str, Hours)> = Vec::new();
    let mut adjacent = false;
    for (day, id, en) in WEEK {
        let name = say(id, en);
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
                Some((from, to)) => format!(", {} {}–{}", say("istirahat", "break"), clock(from), clock(to)),
                None => String::new(),
            };
            format!("{days} {}–{}{pause}", clock(h.open), clock(h.close))
        })
        .collect()
}

/// The running text: the office where `named`, what staff announce, hours, free of charge (S27), service time (S25), complaints (S29), the
/// network (S26). Where the office wants it, the same in English follows.
pub fn running(office: &Office, board: Option<&Board>, named: bool) -> String {
    let mut parts = Vec::new();
    if named {
        parts.push(office.identity.name.clone());
    }
    parts.extend(published(office, board, Lang::Id));
    if office.board.english {
        parts.extend(published(office, board, Lang::En));
    }
    parts.join("   •   ")
}

fn published(office: &Office, board: Option<&Board>, lang: Lang) -> Vec<String> {
    let say = |id: &str, en: &str| match lang {
        Lang::Id => id.to_owned(),
        Lang::En => en.to_owned(),
    };
    let mut parts = Vec::new();
    if board.is_some_and(|b| b.network_down.is_some()) {
        parts.push(say(
            "Jaringan internet sedang terganggu: Anda dapat menunggu, atau perekaman langsung di Dinas Dukcapil",
            "The internet is down: you may wait, or be recorded at the Dinas Dukcapil",
        ));
    }
    parts.extend(board.iter().flat_map(|board| &board.notices).filter_map(|notice| match lang {
        Lang::Id => Some(notice.text.clone()),
        Lang::En => notice.english.clone(),
    }));
    let hours = hours(office, lang);
    if !hours.is_empty() {
        let zone = office.identity.zone.name();
        parts.push(format!("{}: {} {zone}", say("Jam pelayanan", "Opening hours"), hours.join("; ")));
    }
    parts.push(format!("{} {}", say("Pelayanan KTP-el", "KTP-el service:"), office.standard.fee.get(lang)));
    parts.push(office.standard.time.get(lang).to_owned());
    let complaints = say("Pengaduan: telepon/WA", "Complaints: telephone/WA");
    parts.push(format!("{complaints} {}, {}", office.complaints.phone, office.complaints.email));
    parts
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
        let lines: Vec<&str> = message.lines.iter().map(|l| l.id.as_str()).collect();
        format!("{}: {}", message.title.id, lines.join(" "))
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
        let left_open = says(DayStatus::LeftOpen { date: monday }, datetime(2026, 11, 24, 7, 30, 0, 0));
        assert_eq!(left_open, next_morning, "whether or not somebody closed it in the evening");
        let pause = DayStatus::Break { date: monday, until: time(13, 0, 0, 0) };
        assert!(says(pause, datetime(2026, 11, 23, 12, 1, 0, 0)).contains("dilanjutkan pukul 13.00 WIB"));
        assert!(day_message(DayStatus::Open { date: monday }, &office(), datetime(2026, 11, 23, 9, 0, 0, 0)).is_none());
    }

    #[test]
    fn s01_s25_s27_s29_c13_the_running_text_names_what_the_office_publishes() {
        let text = running(&office(), None, true);
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
        assert!(!text.contains("Opening"));
        let mut both = office();
        both.board.english = true;
        let text = running(&both, None, true);
        for part in ["Jam pelayanan: Senin", "Opening hours: Monday–Thursday 08.00–15.00, break", "FREE - no charge"]
        {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }

    #[test]
    fn the_running_text_says_what_staff_announce() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("office.toml"), include_str!("../../office.toml")).unwrap();
        let mut store = queue::Store::create(dir.path()).unwrap();
        let notice = queue::notice::Notice { text: "Blangko KTP-el habis".into(), english: None, until: None };
        store.post_notice(&queue::Command::new(queue::journal::Actor::Terminal), &notice).unwrap();
        let text = running(&office(), Some(&store.board(queue::clock::now()).unwrap()), false);
        assert!(text.contains("Blangko KTP-el habis   •   Jam pelayanan"), "{text}");
        assert!(!text.contains("Kecamatan"), "the name stands in the header");
    }

    #[test]
    fn nobody_is_invited_to_take_a_number_after_the_last_one() {
        let mut office = office();
        let monday = date(2026, 11, 23);
        office.hours.monday.as_mut().unwrap().last_number = Some(time(14, 30, 0, 0));
        let says = |minute| {
            let now = datetime(2026, 11, 23, 14, minute, 0, 0);
            welcome(&office, DayStatus::Open { date: monday }, now).lines[0].id.clone()
        };
        assert!(says(29).contains("ambil nomor"));
        assert_eq!(says(30), "Silakan tunggu panggilan nomor Anda.");
    }

    #[test]
    fn hours_with_a_free_day_between_are_not_joined() {
        let mut office = office();
        office.hours.wednesday = None;
        let lines = hours(&office, Lang::Id);
        assert!(lines[0].starts_with("Senin–Selasa 08.00") && lines[1].starts_with("Kamis 08.00"), "{lines:?}");
    }
}
