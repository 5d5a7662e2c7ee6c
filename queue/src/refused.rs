//! A refusal is a value with a reason that a clerk can read; it is not a fault.

use crate::lang::Lang;
use crate::time::date_in_words;
use crate::words;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Why something was not done. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refused", content = "with", rename_all = "kebab-case")]
#[allow(missing_docs)] // `say` gives each its meaning in two languages.
pub enum Refused {
    NotAllowed { state: String, action: String },
    CaseNotAllowed { state: String, action: String },
    DayNotOpen,
    DayAlreadyOpen,
    DayLeftOpen { date: Date, clock: Date },
    DateBeforeLastDay { last: Date },
    DateDiffersFromClock { clock: Date },
    TicketOfAnotherDay,
    UnknownTicket,
    UnknownCase,
    UnknownService,
    UnknownCounter,
    UnknownVillage(String),
    UnknownKey(String),
    UnknownPrintJob,
    CounterBusy { number: String },
    CounterIsFree,
    CounterDoesNotServe,
    CallAgainFirst { calls: u8, needed: u8 },
    RecallsUsedUp { max: u8 },
    CallStillShown { number: String, seconds: u64 },
    ReasonNeeded,
    MissingNeeded,
    AdviceIsNoReason(String),
    NoDirectPrint,
    SameService,
    FileAlreadyVerified,
    ReceiptNeeded,
    NotReady { status_id: String, status_en: String },
    CaseHasTicket { number: String },
    NetworkIsUp,
    NetworkUnchanged,
    QuotaReached { quota: u32 },
    LastNumberPassed { at: String },
    ReprintsUsedUp { max: u8 },
    StillPrinting,
    NothingToAnswer,
    StalePage { number: String, standing_id: String, standing_en: String },
    OtherReceipt { taken: String, shown: String },
    CannotUndo { action: String },
    UndoNotOwn,
    UndoPassed { number: String },
    UndoPrinted,
    UndoTooLate { minutes: u64 },
    OfficeInvalid { why: String },
    OfficeNeeded { needed_id: String, needed_en: String },
    StaleOffice,
    PersonalNumber,
    NoticeEmpty,
    NoticeTooLong { max: usize },
    NoticeOver,
    TooManyNotices { max: usize },
    UnknownNotice,
    CommandReused,
    NothingToErase,
}

impl Refused {
    /// The reason as a sentence.
    pub fn say(&self, lang: Lang) -> String {
        let (id, en) = self.texts();
        match lang {
            Lang::Id => id,
            Lang::En => en,
        }
    }

    fn texts(&self) -> (String, String) {
        let fixed = |id: &str, en: &str| (id.to_string(), en.to_string());
        match self {
            Refused::NotAllowed { state, action } => (
                format!(
                    "\"{}\" tidak dapat dilakukan: nomor ini {}.",
                    words::say(action, Lang::Id),
                    words::say(state, Lang::Id)
                ),
                format!(
                    "\"{}\" is not possible: the ticket is {}.",
                    words::say(action, Lang::En),
                    words::say(state, Lang::En)
                ),
            ),
            // Done already, by oneself or by a colleague.
            Refused::CaseNotAllowed { state, action } if leads_to(action) == Some(state.as_str()) => (
                format!("Permohonan ini sudah {}; tidak ada yang diubah.", words::say(state, Lang::Id)),
                format!("This case is {} already; nothing was changed.", words::say(state, Lang::En)),
            ),
            Refused::CaseNotAllowed { state, action } => (
                format!(
                    "\"{}\" tidak dapat dilakukan: permohonan ini {}.",
                    words::say(action, Lang::Id),
                    words::say(state, Lang::Id)
                ),
                format!(
                    "\"{}\" is not possible: the case is {}.",
                    words::say(action, Lang::En),
                    words::say(state, Lang::En)
                ),
            ),
            Refused::DayNotOpen => fixed("Hari pelayanan belum dibuka.", "The service day is not open."),
            Refused::DayAlreadyOpen => fixed("Hari pelayanan sudah dibuka.", "The service day is already open."),
            Refused::DayLeftOpen { date, clock } => (
                format!(
                    "Hari pelayanan {} belum ditutup, sedangkan jam mesin menunjukkan {}. Petugas menutup hari itu lalu membuka hari ini, atau menyatakan bahwa jam mesin salah.",
                    date_in_words(*date, Lang::Id),
                    date_in_words(*clock, Lang::Id)
                ),
                format!(
                    "The service day of {} was never closed, but the clock says {}. Staff close that day and open today's, or say that the clock is wrong.",
                    date_in_words(*date, Lang::En),
                    date_in_words(*clock, Lang::En)
                ),
            ),
            Refused::DateBeforeLastDay { last } => (
                format!(
                    "Tanggal itu sebelum hari pelayanan terakhir ({}). Periksa jam mesin.",
                    date_in_words(*last, Lang::Id)
                ),
                format!(
                    "That date is before the last service day ({}). Check the clock.",
                    date_in_words(*last, Lang::En)
                ),
            ),
            Refused::DateDiffersFromClock { clock } => (
                format!(
                    "Jam mesin menunjukkan {}. Perbaiki jam itu, atau nyatakan bahwa jam mesin salah.",
                    date_in_words(*clock, Lang::Id)
                ),
                format!("The clock says {}. Set it, or say that it is wrong.", date_in_words(*clock, Lang::En)),
            ),
            Refused::TicketOfAnotherDay => {
                fixed("Nomor itu dari hari pelayanan lain.", "That number is of another service day.")
            }
            Refused::UnknownTicket => fixed("Nomor itu tidak ada hari ini.", "There is no such number today."),
            Refused::UnknownCase => fixed("Nomor tanda terima itu tidak ditemukan.", "No such receipt number."),
            Refused::UnknownService => fixed("Layanan itu tidak ada.", "There is no such service."),
            Refused::UnknownCounter => fixed("Loket itu tidak ada.", "There is no such counter."),
            Refused::UnknownVillage(name) => (
                format!("Desa \"{name}\" tidak ada dalam daftar."),
                format!("The village \"{name}\" is not on the list."),
            ),
            Refused::UnknownKey(key) => {
                (format!("\"{key}\" tidak ada dalam daftar."), format!("\"{key}\" is not on the list."))
            }
            Refused::UnknownPrintJob => fixed("Cetakan itu tidak ada.", "There is no such print job."),
            Refused::CounterBusy { number } => (
                format!("Loket masih menangani {number}. Selesaikan dahulu."),
                format!("The counter still holds {number}. Finish it first."),
            ),
            Refused::CounterIsFree => fixed("Loket itu sedang kosong.", "Nobody is at that counter."),
            Refused::CounterDoesNotServe => {
                fixed("Loket ini tidak melayani tahap itu.", "This counter does not serve that stage.")
            }
            Refused::CallAgainFirst { calls, needed } => (
                format!("Baru dipanggil {calls} kali; panggil {needed} kali sebelum melewati."),
                format!("Called {calls} times so far; call {needed} times before skipping."),
            ),
            Refused::RecallsUsedUp { max } => (
                format!("Sudah dipanggil ulang {max} kali. Lewati, atau layani."),
                format!("Recalled {max} times already. Skip or serve."),
            ),
            Refused::CallStillShown { number, seconds } => (
                format!("Panggilan {number} belum selesai tampil di papan. Mohon tunggu {seconds} detik."),
                format!("The call of {number} has not had its time on the board yet. Please wait {seconds} s."),
            ),
            Refused::ReasonNeeded => fixed("Tuliskan alasannya.", "Give a reason."),
            Refused::MissingNeeded => {
                fixed("Centang sedikitnya satu berkas yang kurang.", "Tick at least one missing item.")
            }
            Refused::AdviceIsNoReason(key) => (
                format!("\"{key}\" hanya anjuran, bukan alasan mengembalikan berkas."),
                format!("\"{key}\" is advice only, not a reason to return a file."),
            ),
            Refused::NoDirectPrint => fixed("Layanan ini harus melalui perekaman.", "This service needs a recording."),
            Refused::SameService => fixed("Nomor ini sudah di layanan itu.", "The ticket is in that service already."),
            Refused::FileAlreadyVerified => fixed(
                "Berkas sudah diverifikasi; nomor tidak dapat dialihkan.",
                "The file is verified already; the ticket cannot be transferred.",
            ),
            Refused::ReceiptNeeded => fixed("Masukkan nomor tanda terima.", "Enter the receipt number."),
            Refused::NotReady { status_id, status_en } => (
                format!("KTP-el tidak dapat diambil: {status_id}."),
                format!("The card cannot be collected: {status_en}."),
            ),
            Refused::CaseHasTicket { number } => (
                format!("Tanda terima ini sudah punya nomor hari ini: {number}."),
                format!("This receipt has a number today already: {number}."),
            ),
            Refused::NetworkIsUp => {
                fixed("Jaringan tidak dinyatakan terganggu.", "The network is not marked as disturbed.")
            }
            Refused::NetworkUnchanged => fixed("Keadaan jaringan sudah demikian.", "The network is marked so already."),
            Refused::QuotaReached { quota } => (
                format!("Kuota hari ini ({quota} nomor) sudah habis."),
                format!("Today's quota ({quota} numbers) is used up."),
            ),
            Refused::LastNumberPassed { at } => {
                (format!("Pengambilan nomor sudah ditutup pukul {at}."), format!("Numbers were given until {at}."))
            }
            Refused::ReprintsUsedUp { max } => {
                (format!("Sudah dicetak ulang {max} kali."), format!("Reprinted {max} times already."))
            }
            Refused::StillPrinting => fixed("Cetakan itu belum selesai.", "That paper is still being printed."),
            Refused::NothingToAnswer => {
                fixed("Hasil cetakan itu sudah diketahui.", "The outcome of that paper is known already.")
            }
            Refused::StalePage { number, standing_id, standing_en } => (
                format!("Tampilan tadi sudah berubah: {number} kini {standing_id}. Tidak ada yang diubah."),
                format!("What the page showed has changed: {number} is now {standing_en}. Nothing was changed."),
            ),
            Refused::OtherReceipt { taken, shown } => (
                format!("Nomor ini diambil dengan tanda terima {taken}, bukan {shown}. Tidak ada yang diubah."),
                format!("This number was taken with the receipt {taken}, not {shown}. Nothing was changed."),
            ),
            Refused::CannotUndo { action } => (
                format!("\"{}\" tidak dapat diurungkan.", words::say(action, Lang::Id)),
                format!("\"{}\" cannot be undone.", words::say(action, Lang::En)),
            ),
            Refused::UndoNotOwn => fixed(
                "Hanya yang melakukannya, di loket yang sama, dapat mengurungkannya.",
                "Only who did it, at the same counter, can undo it.",
            ),
            Refused::UndoPassed { number } => (
                format!("Keadaan {number} sudah berubah sejak itu; tidak dapat diurungkan."),
                format!("{number} has moved on since; it cannot be undone."),
            ),
            Refused::UndoPrinted => fixed(
                "Kertasnya sudah dikirim ke printer; tidak dapat diurungkan. Gunakan \"Masuk lagi\".",
                "Its paper has gone to the printer already; it cannot be undone. Use \"Re-enter\".",
            ),
            Refused::UndoTooLate { minutes } => (
                format!("Sudah lebih dari {minutes} menit; tidak dapat diurungkan."),
                format!("That was more than {minutes} minutes ago; it cannot be undone."),
            ),
            // The log says why, to a technician: it quotes the file, in English.
            Refused::OfficeInvalid { .. } => fixed(
                "Isian itu tidak dapat dipakai; tidak ada yang diubah. Setiap teks 1 sampai 120 karakter. Bila isiannya sudah benar, mintalah teknisi memeriksa berkas office.toml.",
                "That cannot be used; nothing was changed. Every text has 1 to 120 characters. If the entries are right, ask a technician to check the file office.toml.",
            ),
            Refused::OfficeNeeded { needed_id, needed_en } => (
                format!(
                    "Tidak ada yang diubah, karena office.toml yang baru menghapus yang masih diperlukan: {needed_id}."
                ),
                format!(
                    "Nothing was changed, because the new office.toml takes away what is still needed: {needed_en}."
                ),
            ),
            Refused::StaleOffice => fixed(
                "Isian ini sudah diubah sejak halaman tadi dibuka. Tidak ada yang diubah lagi; periksa isi yang sekarang.",
                "This was changed by somebody since that page was opened. Nothing more was changed; check what it says now.",
            ),
            Refused::PersonalNumber => fixed(
                "Jangan menulis NIK atau nomor KK. Tidak ada yang disimpan.",
                "Do not write a NIK or a family card number. Nothing was saved.",
            ),
            Refused::NoticeEmpty => fixed("Tuliskan isi pengumuman.", "Write the notice."),
            Refused::NoticeTooLong { max } => (
                format!("Pengumuman terlalu panjang (paling banyak {max} karakter)."),
                format!("The notice is too long (at most {max} characters)."),
            ),
            Refused::NoticeOver => {
                fixed("Waktu akhir pengumuman itu sudah lewat.", "The end of that notice has passed already.")
            }
            Refused::TooManyNotices { max } => (
                format!("Sudah ada {max} pengumuman di papan. Turunkan satu dahulu."),
                format!("The board has {max} notices already. Take one down first."),
            ),
            Refused::UnknownNotice => fixed("Pengumuman itu sudah tidak ada.", "That notice is gone already."),
            Refused::NothingToErase => fixed(
                "Peristiwa itu tidak ada, atau tidak memuat tulisan bebas yang dapat dihapus.",
                "There is no such event, or it holds no free text that can be erased.",
            ),
            Refused::CommandReused => fixed(
                "Perintah ini sudah dipakai untuk hal lain. Muat ulang halaman.",
                "This command was used for something else. Reload the page.",
            ),
        }
    }
}

/// The state of a case in which an action of the back office leaves it.
fn leads_to(action: &str) -> Option<&'static str> {
    match action {
        "print" => Some("printed"),
        "make-ready" => Some("ready"),
        "hold-case" => Some("onhold"),
        "send-to-village" => Some("senttovillage"),
        "release" | "print-again" => Some("recorded"),
        _ => None,
    }
}
