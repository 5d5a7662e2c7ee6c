//! Sentences about the office's records, in the reader's language.

use queue::Lang;
use queue::board::DayStatus;
use queue::case::{Case, CaseState};
use queue::document::Paper;
use queue::people::Role;
use queue::printing::{JobState, PrinterState};
use queue::time::{clock, date_in_words};
use queue::words::say;

/// The Indonesian or the English text.
pub(crate) fn t<'a>(lang: Lang, id: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Id => id,
        Lang::En => en,
    }
}

/// Where a case stands, with the reason of a hold.
pub(crate) fn case_standing(case: &Case, lang: Lang) -> String {
    let word = say(case.state.word(), lang);
    match &case.state {
        CaseState::Verified { again: true } => {
            format!("{word}, {}", t(lang, "perlu rekam ulang", "must be recorded again"))
        }
        CaseState::OnHold { reason } => {
            let (id, en) = reason.text();
            format!("{word}: {}", t(lang, id, en))
        }
        CaseState::SentToVillage { village } => format!("{word} {village}"),
        _ => word.into(),
    }
}

/// The day as the page's head tells it.
pub(crate) fn day(status: DayStatus, lang: Lang) -> String {
    match status {
        DayStatus::NotOpened => t(lang, "Hari pelayanan belum dibuka", "The service day is not open").into(),
        DayStatus::Open { date } => date_in_words(date, lang),
        DayStatus::Break { date, until } => {
            format!("{} · {} {}", date_in_words(date, lang), t(lang, "istirahat sampai", "break until"), clock(until))
        }
        DayStatus::LeftOpen { date } => {
            format!(
                "{}: {}",
                t(lang, "Hari pelayanan belum ditutup", "Service day never closed"),
                date_in_words(date, lang)
            )
        }
        DayStatus::Closed { date } => {
            format!("{}: {}", t(lang, "Hari pelayanan sudah ditutup", "Service day closed"), date_in_words(date, lang))
        }
    }
}

/// The printer in words.
pub(crate) fn printer(state: PrinterState, lang: Lang) -> &'static str {
    match state {
        PrinterState::Ready => t(lang, "Printer siap", "Printer ready"),
        PrinterState::Low => t(lang, "Kertas hampir habis", "Paper is low"),
        PrinterState::Out => t(lang, "Kertas habis", "Out of paper"),
        PrinterState::Cover => t(lang, "Tutup printer terbuka", "Printer cover open"),
        PrinterState::Offline => t(lang, "Printer tidak menjawab", "Printer does not answer"),
        PrinterState::Fault => t(lang, "Printer bermasalah", "Printer fault"),
        PrinterState::Unknown => t(lang, "Keadaan printer tidak diketahui", "Printer status unknown"),
    }
}

/// A paper's name.
pub(crate) fn paper(paper: Paper, lang: Lang) -> &'static str {
    match paper {
        Paper::Slip => t(lang, "Struk antrean", "Queue slip"),
        Paper::Return => t(lang, "Slip kekurangan berkas", "Return slip"),
        Paper::Receipt => t(lang, "Tanda Terima Pengambilan", "Collection receipt"),
        Paper::Network => t(lang, "Slip jaringan", "Network slip"),
        Paper::Summary => t(lang, "Ringkasan hari", "Summary of the day"),
        Paper::List => t(lang, "Daftar persyaratan", "List of what to bring"),
        Paper::Test => t(lang, "Halaman uji", "Test page"),
    }
}

/// Where a paper stands.
pub(crate) fn job(state: &JobState, lang: Lang) -> String {
    match state {
        JobState::Queued => t(lang, "menunggu printer", "waiting for the printer").into(),
        JobState::Sending => t(lang, "sedang dicetak", "printing").into(),
        JobState::Confirmed => t(lang, "tercetak", "printed").into(),
        JobState::FailedClean { .. } => t(lang, "tidak tercetak", "not printed").into(),
        JobState::Unknown { .. } => t(lang, "belum pasti tercetak", "may or may not be printed").into(),
    }
}

/// A role's name.
pub(crate) fn role(role: Role, lang: Lang) -> &'static str {
    match role {
        Role::Officer => t(lang, "petugas loket", "officer"),
        Role::Recording => t(lang, "operator rekam", "recording operator"),
        Role::Printing => t(lang, "operator cetak", "printing operator"),
        Role::Head => t(lang, "camat", "head of office"),
        Role::Technician => t(lang, "teknisi", "technician"),
    }
}
