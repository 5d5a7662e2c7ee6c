//! The office's words for states and actions: what a button says and what a refusal calls it.

use crate::office::{Lang, Office};
use crate::ticket::State;

/// Code word, Indonesian, English. Ticket and case share words where they share the meaning.
const WORDS: &[(&str, &str, &str)] = &[
    // States of a ticket.
    ("waiting", "menunggu", "waiting"),
    ("called", "dipanggil", "called"),
    ("serving", "dilayani", "being served"),
    ("held", "menunggu jaringan pulih", "waiting for the network"),
    ("skipped", "dilewati", "skipped"),
    ("finished", "selesai", "finished"),
    ("returned", "berkas dikembalikan", "file returned"),
    ("referred", "dirujuk ke Dukcapil", "referred to Dukcapil"),
    ("deferred", "ditunda ke hari lain", "put off to another day"),
    ("expired", "hangus", "lapsed"),
    ("cancelled", "dibatalkan", "cancelled"),
    // States of a case.
    ("verified", "terverifikasi", "file verified"),
    ("recorded", "menunggu cetak", "waiting for printing"),
    ("onhold", "pencetakan tertunda", "printing put off"),
    ("printed", "tercetak", "printed"),
    ("ready", "siap diambil", "ready for collection"),
    ("collected", "sudah diambil", "collected"),
    ("senttovillage", "diserahkan ke desa", "handed over to the village"),
    // Actions on a ticket.
    ("issue", "Ambil nomor", "Issue"),
    ("call", "Panggil", "Call"),
    ("call-chosen", "Panggil nomor ini", "Call this one"),
    ("recall", "Panggil ulang", "Recall"),
    ("start", "Hadir", "Start"),
    ("complete", "Berkas lengkap", "File complete"),
    ("print-directly", "Langsung cetak", "Print directly"),
    ("return", "Kembalikan berkas", "Return file"),
    ("reenter", "Masuk lagi", "Re-enter"),
    ("finish-recording", "Selesai rekam", "Recording done"),
    ("hand-over", "Serahkan", "Hand over"),
    ("finish", "Selesai", "Done"),
    ("hold", "Jaringan putus", "Network down"),
    ("choose-wait", "Pemohon menunggu", "Wait"),
    ("resume", "Jaringan pulih", "Network back"),
    ("refer", "Rujuk ke Dukcapil", "Refer to Dukcapil"),
    ("defer", "Tunda ke hari lain", "Put off to another day"),
    ("skip", "Lewati", "Skip"),
    ("report-back", "Lapor kembali", "Report back"),
    ("transfer", "Alihkan", "Transfer"),
    ("cancel", "Batalkan", "Cancel"),
    ("close", "Tutup hari", "Close the day"),
    ("undo", "Urungkan", "Undo"),
    ("counter-paused", "Jeda", "Pause"),
    ("counter-resumed", "Lanjut", "Resume"),
    ("network-slip", "Slip jaringan", "Network slip"),
    // Actions on a case.
    ("record", "Rekam", "Record"),
    ("hold-case", "Tunda pencetakan", "Put printing off"),
    ("release", "Lanjutkan pencetakan", "Go on with printing"),
    ("record-again", "Rekam ulang", "Record again"),
    ("print", "Tandai tercetak", "Mark as printed"),
    ("make-ready", "Tandai siap diambil", "Mark as ready"),
    ("collect", "Diambil", "Collect"),
    ("print-again", "Cetak lagi", "Print again"),
    ("take-back", "Terima kembali", "Take back"),
    ("send-to-village", "Serahkan ke desa", "Hand over to the village"),
];

/// Where a ticket stands, in words: "dilayani di loket 2 (Perekaman)".
pub fn standing(state: &State, office: &Office, lang: Lang) -> String {
    let word = say(state.word(), lang);
    let stage = |stage| office.stage_name(stage).get(lang);
    let (called, served) = match lang {
        Lang::Id => ("ke loket", "di loket"),
        Lang::En => ("to counter", "at counter"),
    };
    match state {
        State::Waiting { stage: s, .. } => match lang {
            Lang::Id => format!("{word} {}", lower(stage(*s))),
            Lang::En => format!("{word} for {}", lower(stage(*s))),
        },
        State::Called { stage: s, counter, .. } => format!("{word} {called} {counter} ({})", stage(*s)),
        State::Serving { stage: s, counter, .. } => format!("{word} {served} {counter} ({})", stage(*s)),
        _ => word.into(),
    }
}

/// A stage's name inside a sentence: an office writes it with a capital, as a heading.
fn lower(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// What people say for a code word; the word itself where the table has none.
pub fn say(word: &str, lang: Lang) -> &str {
    let found = WORDS.iter().find(|(code, _, _)| *code == word);
    found.map_or(word, |(_, id, en)| match lang {
        Lang::Id => id,
        Lang::En => en,
    })
}
