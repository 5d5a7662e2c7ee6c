//! The figures as tables, each with what it means beside it: the same for the page and the workbook. Pure.

use super::card::LONG_UNCOLLECTED;
use super::{Counts, Period, Report, Times, Unit, percentile};
use crate::texts::t;
use jiff::civil::Date;
use queue::case::HoldReason;
use queue::office::Stage;
use queue::time::{month, short_date};
use queue::words::say;
use queue::{Lang, Office};
use std::collections::BTreeMap;
use std::time::Duration;

/// One field of a table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// What the line is about.
    Name(String),
    /// A line over time: its first date, and what a reader calls it.
    Date(Date, String),
    /// What its figure means.
    Meaning(String),
    /// How many.
    Count(u64),
    /// How many, and how many more that nobody measured.
    Measured(usize, u32),
    /// Minutes with one decimal, or days; `None` without any.
    Figure(Option<f64>),
    /// So many of so many.
    Share(usize, usize),
    /// Nothing belongs here.
    Empty,
}

/// One table with its headings; none of them is one whose lines explain themselves.
pub(crate) struct Table {
    pub(crate) title: String,
    pub(crate) headings: Vec<String>,
    pub(crate) lines: Vec<Vec<Cell>>,
    /// What holds for all its figures.
    pub(crate) note: String,
}

/// The stages in which people are called.
const CALLED: [Stage; 3] = [Stage::Verification, Stage::Recording, Stage::Collection];

/// All tables of a report, in the order of the page.
pub(crate) fn tables(report: &Report, office: &Office, period: Period, unit: Unit, lang: Lang) -> Vec<Table> {
    let of = Of { report, office, lang };
    let cards = office.has_stage(Stage::Printing).then(|| of.cards());
    let mut tables = vec![of.numbers(), of.over_time(period, unit), of.times(), of.returns()];
    tables.extend(cards);
    tables.extend([of.counters(), of.hours()]);
    tables
}

struct Of<'a> {
    report: &'a Report,
    office: &'a Office,
    lang: Lang,
}

impl Of<'_> {
    fn t<'t>(&self, id: &'t str, en: &'t str) -> &'t str {
        t(self.lang, id, en)
    }

    fn line(&self, name: &str, count: impl Into<u64>, meaning: &str) -> Vec<Cell> {
        vec![Cell::Name(name.into()), Cell::Count(count.into()), Cell::Meaning(meaning.into())]
    }

    fn table(&self, title: &str, headings: &[&str], lines: Vec<Vec<Cell>>, note: &str) -> Table {
        let headings = headings.iter().map(|h| (*h).to_string()).collect();
        Table { title: title.into(), headings, lines, note: note.into() }
    }

    fn numbers(&self) -> Table {
        let total = self.report.total();
        let word = |word| say(word, self.lang);
        let outage: Duration = self.report.outage.known.iter().sum();
        let mut outage = format!(
            "{} {}",
            figure(minutes(Some(outage)), self.lang),
            self.t(
                "menit seluruhnya menurut tombol jaringan, dihitung pada hari mulainya",
                "minutes altogether by the network switch, counted on the day on which they began"
            )
        );
        if self.report.outage.unknown > 0 {
            outage.push_str(&format!(
                "; {} {}",
                self.report.outage.unknown,
                self.t(
                    "gangguan tidak terukur karena mesin dinyalakan ulang",
                    "outages not measured because the machine was restarted"
                )
            ));
        }
        let lines = vec![
            self.line(
                self.t("Hari pelayanan", "Service days"),
                self.report.service_days() as u64,
                self.t(
                    "hari yang dibuka petugas dan yang memberi paling sedikit satu nomor",
                    "days opened by staff on which at least one number was given",
                ),
            ),
            self.line(self.t("Nomor diberikan", "Issued"), total.issued, self.t("semua layanan", "all services")),
            self.line(
                self.t("Prioritas", "Priority"),
                total.priority,
                self.t("di antaranya, dinyatakan sendiri oleh pemohon", "of these, as declared by applicants"),
            ),
            self.line(
                word("finished"),
                total.finished,
                self.t(
                    "kunjungan selesai: direkam, dicetak langsung, atau KTP-el diserahkan",
                    "visits completed: recorded, printed directly, or card handed over",
                ),
            ),
            self.line(
                word("returned"),
                total.returned,
                self.t("berkas kurang dan tidak kembali pada hari itu", "file incomplete and not back on that day"),
            ),
            self.line(
                self.t("Kali dikembalikan", "Times returned"),
                total.returns,
                self.t(
                    "setiap pengembalian berkas, juga dari yang kembali melengkapinya pada hari itu",
                    "every return of a file, also of who came back with the rest on that day",
                ),
            ),
            self.line(
                word("referred"),
                total.referred,
                self.t(
                    "memilih ke Dinas Dukcapil saat jaringan terganggu",
                    "chose the Dinas Dukcapil while the network was down",
                ),
            ),
            self.line(
                word("deferred"),
                total.deferred,
                self.t("berkas lengkap, perekaman pada hari lain", "file complete, recording on another day"),
            ),
            self.line(
                word("expired"),
                total.expired,
                self.t("belum selesai saat hari ditutup", "not finished at the close of day"),
            ),
            self.line(
                word("cancelled"),
                total.cancelled,
                self.t("dibatalkan petugas dengan alasan", "cancelled by staff with a reason"),
            ),
            self.line(
                self.t("Kali dilewati", "Times skipped"),
                total.no_shows,
                self.t(
                    "dipanggil berkali-kali dan tidak datang; dapat melapor kembali",
                    "called several times and did not come; may report back",
                ),
            ),
            self.line(self.t("Gangguan jaringan", "Network outages"), self.report.outages, &outage),
        ];
        self.table(self.t("Nomor antrean", "Numbers"), &[], lines, "")
    }

    fn over_time(&self, period: Period, unit: Unit) -> Table {
        let word = |word| say(word, self.lang);
        let name = |date: Date| match unit {
            Unit::Day => short_date(date, self.lang),
            Unit::Month => format!("{} {}", month(date, self.lang), date.year()),
            Unit::Year => date.year().to_string(),
        };
        let counts = |c: &Counts| {
            [c.issued, c.priority, c.finished, c.returned, c.referred, c.deferred, c.expired, c.cancelled, c.no_shows]
                .map(|n| Cell::Count(n.into()))
        };
        let line = |name: Cell, c: &Counts| std::iter::once(name).chain(counts(c)).collect();
        let mut lines: Vec<Vec<Cell>> = self
            .report
            .over_time(self.office, period, unit)
            .iter()
            .map(|(date, c)| line(Cell::Date(*date, name(*date)), c))
            .collect();
        lines.push(line(Cell::Name(self.t("Jumlah", "Total").into()), &self.report.total()));
        let (title, first) = match unit {
            Unit::Day => (self.t("Per hari", "By day"), self.t("hari", "day")),
            Unit::Month => (self.t("Per bulan", "By month"), self.t("bulan", "month")),
            Unit::Year => (self.t("Per tahun", "By year"), self.t("tahun", "year")),
        };
        let headings = [
            first,
            self.t("diberikan", "issued"),
            self.t("prioritas", "priority"),
            word("finished"),
            self.t("dikembalikan", "returned"),
            self.t("dirujuk", "referred"),
            self.t("ditunda", "put off"),
            word("expired"),
            word("cancelled"),
            self.t("dilewati", "skips"),
        ];
        self.table(
            title,
            &headings,
            lines,
            self.t("Hari kerja tanpa kunjungan tertulis nol.", "A working day without visits is zeros."),
        )
    }

    fn times(&self) -> Table {
        let none = Times::default();
        let published = self.office.standard.published_minutes;
        let mut lines = Vec::new();
        for stage in CALLED.into_iter().filter(|stage| self.office.has_stage(*stage)) {
            let name = self.office.stage_name(stage).get(self.lang);
            let waits = self.report.waits.get(&stage).unwrap_or(&none);
            let services = self.report.services.get(&stage).unwrap_or(&none);
            let kinds = [
                (self.t("menunggu", "waiting"), waits, None),
                (self.t("dilayani", "service"), services, Some(self.office.standard_minutes(stage))),
            ];
            for (kind, times, limit) in kinds {
                let mut line = vec![Cell::Name(format!("{name}: {kind}"))];
                line.extend(measured(times));
                match limit {
                    Some(limit) => line.extend([
                        Cell::Count(limit.into()),
                        Cell::Share(times.within(limit), times.known.len()),
                        Cell::Share(times.within(published), times.known.len()),
                    ]),
                    None => line.extend([Cell::Empty, Cell::Empty, Cell::Empty]),
                }
                lines.push(line);
            }
        }
        let within = format!("≤ {published}");
        let headings = [
            "",
            self.t("jumlah", "count"),
            "median",
            "p90",
            self.t("standar", "standard"),
            self.t("dalam standar", "within standard"),
            &within,
        ];
        let note = format!(
            "{}{}.",
            self.t(
                "Menunggu: sejak masuk antrean tahap itu sampai panggilan pertama, sekali saja bila dialihkan; yang melapor kembali atau kembali membawa berkas masuk antrean lagi. Dilayani: sejak hadir di loket sampai tahap selesai atau berkas dikembalikan. Median: separuh tidak lebih lama. p90: sembilan dari sepuluh tidak lebih lama. \"?\": tidak terukur karena mesin dinyalakan ulang. Kolom terakhir: maklumat pelayanan menurut ",
                "Waiting: from joining the stage's queue to the first call, once if transferred; who reports back or returns with the papers joins it again. Service: from presence at the counter until the stage was done or the file returned. Median: half took no longer. p90: nine in ten took no longer. \"?\": not measured because the machine was restarted. Last column: the published time of "
            ),
            self.office.standard.decree
        );
        self.table(self.t("Waktu, menit", "Times, minutes"), &headings, lines, &note)
    }

    fn returns(&self) -> Table {
        let all: u32 = self.report.missing.values().sum();
        let line = |(key, count): (&str, u32)| {
            let name = self.office.requirement(key).map_or(key, |r| r.text.get(self.lang));
            vec![Cell::Name(name.into()), Cell::Count(count.into()), Cell::Share(count as usize, all as usize)]
        };
        let lines = self.report.reasons().into_iter().map(line).collect();
        let headings = ["", self.t("kali", "times"), self.t("bagian", "share")];
        let note = self.t(
            "Setiap pengembalian dihitung; satu berkas dapat kurang beberapa hal.",
            "Every return counts; one file may lack several things.",
        );
        self.table(self.t("Alasan berkas dikembalikan", "Reasons of returned files"), &headings, lines, note)
    }

    fn cards(&self) -> Table {
        let cards = &self.report.cards;
        let printing = &self.office.stages.printing;
        let word = |word| say(word, self.lang);
        let working = match self.lang {
            Lang::Id => {
                format!("di antaranya, paling lambat hari kerja ke-{} sesudah direkam (standar)", printing.working_days)
            }
            Lang::En => format!("of these, by working day {} after the recording (standard)", printing.working_days),
        };
        let late = format!(
            "{} {} {}",
            self.t("di antaranya, lebih dari", "of these, more than"),
            printing.overdue_days,
            self.t(
                "hari sesudah direkam (pengumuman: sekitar 2 minggu)",
                "days after the recording (public text: about 2 weeks)"
            )
        );
        let long = format!(
            "{} {LONG_UNCOLLECTED} {}",
            self.t("di antaranya, siap lebih dari", "of these, ready for more than"),
            self.t("hari", "days")
        );
        let mut lines = vec![
            self.line(
                self.t("Direkam", "Recorded"),
                cards.recorded,
                self.t(
                    "atau langsung cetak, dalam masa ini; rekam ulang dihitung lagi",
                    "or printed directly, in this period; a new recording is counted again",
                ),
            ),
            self.line(
                word("ready"),
                cards.ready,
                self.t(
                    "dalam masa ini; kartu yang dicetak lagi dihitung pada waktu terakhirnya",
                    "in this period; a card printed again counts by its last time",
                ),
            ),
            self.line(self.t("tepat waktu", "on time"), cards.within_target, &working),
            self.line(self.t("terlambat", "overdue"), cards.overdue, &late),
        ];
        if cards.unmeasured > 0 {
            lines.push(self.line(
                self.t("tidak terukur", "not measured"),
                cards.unmeasured,
                self.t(
                    "di antaranya, siap sebelum direkam: jam mesin salah",
                    "of these, ready before the recording: the clock was wrong",
                ),
            ));
        }
        lines.extend([
            self.line(
                self.t("Belum siap", "Not ready yet"),
                cards.unready,
                self.t("saat ini, sudah direkam, apa pun masanya", "now, recorded, whatever the period"),
            ),
            self.line(
                self.t("Belum siap, lewat target", "Not ready yet, past target"),
                cards.unready_past_target,
                self.t("di antaranya, lewat hari kerja menurut standar", "of these, past the standard's working days"),
            ),
            self.line(self.t("Belum siap, terlambat", "Not ready yet, overdue"), cards.unready_overdue, &late),
        ]);
        let kinds = [
            (
                self.t("hari kerja", "working days"),
                &cards.working_days,
                self.t(
                    "siap pada hari kerja keberapa sesudah direkam; 0 pada hari itu juga, hari libur terhitung hari kerja berikutnya",
                    "on which working day after the recording they were ready; 0 is the same day, a day off counts as the next working day",
                ),
            ),
            (
                self.t("hari kalender", "calendar days"),
                &cards.days,
                self.t("sejak direkam sampai siap diambil", "from recording to ready"),
            ),
        ];
        for (unit, days, meaning) in kinds {
            for (name, percent) in [("median", 50), ("p90", 90)] {
                lines.push(vec![
                    Cell::Name(format!("{name}, {unit}")),
                    Cell::Figure(percentile(days, percent).map(f64::from)),
                    Cell::Meaning(meaning.into()),
                ]);
            }
        }
        lines.push(self.line(
            self.t("Diserahkan", "Handed over"),
            cards.handed_over,
            self.t(
                "dalam masa ini, kepada pemohon, wakilnya, atau desa",
                "in this period, to the applicant, somebody sent, or a village",
            ),
        ));
        lines.push(self.line(
            self.t("Belum diambil", "Uncollected"),
            cards.uncollected,
            self.t("saat ini siap diambil, apa pun masanya", "now, ready for collection, whatever the period"),
        ));
        lines.push(self.line(self.t("Lama belum diambil", "Long uncollected"), cards.long_uncollected, &long));
        let mut held = |holds: &BTreeMap<HoldReason, u32>, meaning: &str| {
            for (reason, count) in holds {
                let (id, en) = reason.text();
                lines.push(self.line(&format!("{}: {}", word("onhold"), self.t(id, en)), *count, meaning));
            }
        };
        held(
            &cards.holds,
            self.t("kali ditahan dengan alasan ini dalam masa ini", "times held for this reason in this period"),
        );
        held(&cards.held_now, self.t("tertahan saat ini, apa pun masanya", "on hold now, whatever the period"));
        self.table(self.t("Pencetakan KTP-el", "Card printing"), &[], lines, "")
    }

    fn counters(&self) -> Table {
        let none = Times::default();
        let line = |number: u8| {
            let times = self.report.counters.get(&number).unwrap_or(&none);
            let mut line = vec![Cell::Name(format!("{} {number}", self.t("Loket", "Counter")))];
            line.extend(measured(times));
            line
        };
        // A counter that the office has given up since is told as well.
        let mut numbers: Vec<u8> = self.office.counters.iter().map(|c| c.number).collect();
        numbers.extend(self.report.counters.keys().filter(|n| self.office.counter(**n).is_none()));
        let headings = ["", self.t("jumlah", "count"), "median", "p90"];
        let note = self.t(
            "Tahap yang diselesaikan di loket itu, termasuk berkas dikembalikan, dan lamanya dalam menit sejak hadir.",
            "Stages ended at that counter, returned files included, and how long they took in minutes.",
        );
        self.table(self.t("Per loket", "By counter"), &headings, numbers.into_iter().map(line).collect(), note)
    }

    fn hours(&self) -> Table {
        let line = |hour: usize| vec![Cell::Name(format!("{hour:02}.00")), Cell::Count(self.report.hours[hour].into())];
        let headings = [self.t("jam", "hour"), self.t("diberikan", "issued")];
        let note = self.t(
            "Nomor yang diberikan dalam jam yang mulai pada waktu itu.",
            "Numbers issued in the hour that begins then.",
        );
        self.table(self.t("Per jam", "By hour"), &headings, busy_hours(&self.report.hours).map(line).collect(), note)
    }
}

/// From the first to the last hour with a number, and at least the office's usual ones.
fn busy_hours(hours: &[u32; 24]) -> std::ops::RangeInclusive<usize> {
    let first = hours.iter().position(|n| *n > 0).unwrap_or(8).min(8);
    let last = hours.iter().rposition(|n| *n > 0).unwrap_or(15).max(15);
    first..=last
}

fn measured(times: &Times) -> [Cell; 3] {
    [
        Cell::Measured(times.known.len(), times.unknown),
        Cell::Figure(minutes(times.percentile(50))),
        Cell::Figure(minutes(times.percentile(90))),
    ]
}

fn minutes(time: Option<Duration>) -> Option<f64> {
    time.map(|time| (time.as_secs_f64() / 6.0).round() / 10.0)
}

/// A figure as people write it: a comma in Indonesian, a dash for none.
pub(crate) fn figure(value: Option<f64>, lang: Lang) -> String {
    let Some(value) = value else { return "–".into() };
    let text = if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.1}") };
    if lang == Lang::Id { text.replace('.', ",") } else { text }
}
