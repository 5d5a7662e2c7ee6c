//! Case (*permohonan*): one application, which lives for days or months under its receipt number.
//!
//! ```text
//!                              RecordAgain (hold reason "gagal rekam")
//!                    ┌────────────────────────────────────────────────┐
//!                    ▼                                                │
//!   open ──────► Verified ──Record──► Recorded ──Hold──► OnHold ──────┤
//!                 │    │                 │  ▲             │  │         │
//!            Refer│    │Cancel           │  └───Release───┘  │Hold     │
//!                 ▼    ▼                 │                   └─(reason)│
//!           Referred  Cancelled          ├──────Print────────┘        │
//!                                        ▼                            │
//!                                     Printed ──MakeReady──► Ready    │
//!                                                           │   │     │
//!                                                    Collect│   │SendToVillage
//!                                                           ▼   ▼
//!                                                  Collected   SentToVillage
//!
//!   PrintAgain leads from Printed and Ready back to Recorded: the card is spoiled, or was ticked by mistake.
//!   TakeBack leads back when an act is undone: from Collected and SentToVillage to Ready, from Recorded and Referred to
//!   Verified.
//!   Cancel leads from every state that is not final to Cancelled.
//! ```

pub use crate::ids::CaseId;

use crate::office::{Office, ServiceKey};
use crate::refused::Refused;
use crate::time::{Moment, add_working_days};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Number of a Tanda Terima Pengambilan, "26-000123-3": year, running number, check digit (S11, S13).
///
/// The check digit is Damm's: it finds every single wrong digit and every swap of two neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Receipt {
    /// Last two digits of the year, 0 to 99.
    pub year: u8,
    /// 1 to 999 999 within the year.
    pub n: u32,
}

impl Receipt {
    fn check_digit(self) -> u8 {
        let mut interim = 0;
        for digit in format!("{:02}{:06}", self.year, self.n).bytes() {
            interim = DAMM[interim as usize][(digit - b'0') as usize];
        }
        interim
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:06}-{}", self.year, self.n, self.check_digit())
    }
}

impl FromStr for Receipt {
    type Err = ();

    /// Reads nine digits with or without separators; a wrong check digit is an error.
    fn from_str(text: &str) -> Result<Receipt, ()> {
        let mut digits = [0; 9];
        let mut used = 0;
        for c in text.chars() {
            match c {
                '0'..='9' if used < 9 => {
                    digits[used] = c as u8 - b'0';
                    used += 1;
                }
                '-' | ' ' | '.' => {}
                _ => return Err(()),
            }
        }
        if used != 9 {
            return Err(());
        }
        let value = |part: &[u8]| part.iter().fold(0, |sum, d| sum * 10 + u32::from(*d));
        let receipt = Receipt { year: digits[0] * 10 + digits[1], n: value(&digits[2..8]) };
        if receipt.n > 0 && receipt.check_digit() == digits[8] { Ok(receipt) } else { Err(()) }
    }
}

/// H. Michael Damm's weakly totally anti-symmetric quasigroup of order 10.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// Why printing waits (TERTAHAN); staff pick one, nothing is read from another system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldReason {
    /// MENUNGGU_PRR: the central uniqueness check has not released the record.
    AwaitingRelease,
    /// DATA_GANDA.
    DuplicateRecord,
    /// BLANGKO_KOSONG: no blank cards.
    NoBlanks,
    /// BELUM_17: printed at 17.
    Under17,
    /// ALAT_RUSAK.
    EquipmentBroken,
    /// JARINGAN.
    Network,
    /// LAIN.
    Other,
}

impl HoldReason {
    /// Every reason, in the order staff see them. GAGAL_REKAM is its own action, [`CaseAction::RecordAgain`].
    pub const ALL: [HoldReason; 7] = [
        HoldReason::AwaitingRelease,
        HoldReason::DuplicateRecord,
        HoldReason::NoBlanks,
        HoldReason::Under17,
        HoldReason::EquipmentBroken,
        HoldReason::Network,
        HoldReason::Other,
    ];

    /// What staff and the applicant read, Indonesian then English.
    pub fn text(self) -> (&'static str, &'static str) {
        match self {
            HoldReason::AwaitingRelease => ("menunggu data dari pusat (PRR)", "waiting for the central check"),
            HoldReason::DuplicateRecord => ("data ganda", "duplicate record"),
            HoldReason::NoBlanks => ("blangko kosong", "no blank cards"),
            HoldReason::Under17 => ("belum berusia 17 tahun", "not yet 17"),
            HoldReason::EquipmentBroken => ("alat rusak", "equipment out of order"),
            HoldReason::Network => ("jaringan terganggu", "network disturbed"),
            HoldReason::Other => ("alasan lain", "other reason"),
        }
    }
}

/// Where the card is collected (S24, C3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// The subdistrict office, as the signed flowchart says.
    Office,
    /// A village named in `office.toml`.
    Village(String),
}

/// Who took the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CollectedBy {
    /// The applicant.
    Applicant,
    /// Somebody sent with the receipt; who it was is not stored.
    Proxy,
}

/// Where a case stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum CaseState {
    /// TERVERIFIKASI: the file is complete, recording is still to be done.
    Verified {
        /// The recording failed at the centre and must be done again.
        again: bool,
    },
    /// MENUNGGU_CETAK.
    Recorded,
    /// TERTAHAN.
    OnHold {
        /// Why.
        reason: HoldReason,
    },
    /// TERCETAK.
    Printed,
    /// SIAP_DIAMBIL.
    Ready,
    /// DIAMBIL.
    Collected {
        /// By whom.
        by: CollectedBy,
    },
    /// DISERAHKAN_KE_DESA.
    SentToVillage {
        /// Which village.
        village: String,
    },
    /// DIBATALKAN.
    Cancelled {
        /// The clerk's words.
        reason: String,
    },
    /// DIRUJUK_DUKCAPIL.
    Referred,
}

impl CaseState {
    /// The state's word in the database and in reports.
    pub fn word(&self) -> &'static str {
        match self {
            CaseState::Verified { .. } => "verified",
            CaseState::Recorded => "recorded",
            CaseState::OnHold { .. } => "onhold",
            CaseState::Printed => "printed",
            CaseState::Ready => "ready",
            CaseState::Collected { .. } => "collected",
            CaseState::SentToVillage { .. } => "senttovillage",
            CaseState::Cancelled { .. } => "cancelled",
            CaseState::Referred => "referred",
        }
    }

    /// What the applicant is told, Indonesian then English (5a: before any number is taken).
    pub fn text(&self) -> (&'static str, &'static str) {
        match self {
            CaseState::Verified { again: false } => {
                ("Berkas sudah lengkap, belum direkam", "File complete, not yet recorded")
            }
            CaseState::Verified { again: true } => ("Perlu rekam ulang", "Must be recorded again"),
            CaseState::Recorded => ("Menunggu dicetak", "Waiting to be printed"),
            CaseState::OnHold { .. } => ("Pencetakan tertunda", "Printing is delayed"),
            CaseState::Printed => ("Sudah dicetak, sedang disiapkan", "Printed, being prepared"),
            CaseState::Ready => ("Siap diambil", "Ready for collection"),
            CaseState::Collected { .. } => ("Sudah diambil", "Already collected"),
            CaseState::SentToVillage { .. } => ("Sudah diserahkan ke desa", "Handed over to the village"),
            CaseState::Cancelled { .. } => ("Dibatalkan", "Cancelled"),
            CaseState::Referred => ("Dirujuk ke Dinas Dukcapil", "Referred to the Dinas Dukcapil"),
        }
    }

    /// Whether the application has ended.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            CaseState::Collected { .. }
                | CaseState::SentToVillage { .. }
                | CaseState::Cancelled { .. }
                | CaseState::Referred
        )
    }
}

/// One application. It holds no name and no NIK: the receipt number is the only key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Identity.
    pub id: CaseId,
    /// Its number, printed on the Tanda Terima.
    pub receipt: Receipt,
    /// The service applied for.
    pub service: ServiceKey,
    /// When the file was found complete.
    pub opened: Moment,
    /// Where the card will be collected.
    pub place: Place,
    /// The date the printing limits count from; `None` until recorded.
    pub recorded_on: Option<Date>,
    /// Where it stands.
    #[serde(flatten)]
    pub state: CaseState,
}

/// What can happen to a case. Each is one button of the back office, or follows from an act at a counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum CaseAction {
    /// Recording done (or not needed): to the printing worklist.
    Record {
        /// Today, from which the limits count.
        on: Date,
        /// Where the card will be collected.
        place: Place,
    },
    /// TERTAHAN.
    Hold {
        /// Why.
        reason: HoldReason,
    },
    /// The hold is over.
    Release,
    /// GAGAL_REKAM: back to Verified; the applicant must come and be recorded again.
    RecordAgain,
    /// TERCETAK.
    Print,
    /// SIAP_DIAMBIL.
    MakeReady,
    /// DIAMBIL.
    Collect {
        /// By whom.
        by: CollectedBy,
    },
    /// CETAK LAGI: the card is spoiled or was ticked by mistake; back to the printing worklist.
    PrintAgain,
    /// A hand-over, a recording or a referral is undone; follows from [`crate::undo`] and is no button of its own.
    TakeBack,
    /// DISERAHKAN_KE_DESA.
    SendToVillage {
        /// Which village.
        village: String,
    },
    /// DIRUJUK_DUKCAPIL.
    Refer,
    /// DIBATALKAN.
    Cancel {
        /// The clerk's words; must not be empty.
        reason: String,
    },
}

impl CaseAction {
    /// The action's word: button, route and event share it.
    pub fn word(&self) -> &'static str {
        match self {
            CaseAction::Record { .. } => "record",
            CaseAction::Hold { .. } => "hold-case",
            CaseAction::Release => "release",
            CaseAction::RecordAgain => "record-again",
            CaseAction::Print => "print",
            CaseAction::MakeReady => "make-ready",
            CaseAction::Collect { .. } => "collect",
            CaseAction::PrintAgain => "print-again",
            CaseAction::TakeBack => "take-back",
            CaseAction::SendToVillage { .. } => "send-to-village",
            CaseAction::Refer => "refer",
            CaseAction::Cancel { .. } => "cancel",
        }
    }
}

/// The case after `action`, or why it cannot be done.
pub fn apply(case: &Case, action: &CaseAction, office: &Office) -> Result<Case, Refused> {
    match action {
        CaseAction::Record { place: Place::Village(name), .. } | CaseAction::SendToVillage { village: name }
            if transition(case, action).is_some() && !office.is_village(name) =>
        {
            return Err(Refused::UnknownVillage(name.clone()));
        }
        CaseAction::Cancel { reason } if !case.state.is_final() && reason.trim().is_empty() => {
            return Err(Refused::ReasonNeeded);
        }
        _ => {}
    }
    let not_allowed = || Refused::CaseNotAllowed { state: case.state.word().into(), action: action.word().into() };
    transition(case, action).ok_or_else(not_allowed)
}

/// The edges: the case after `action`, or `None` where the diagram above has no edge. It does not ask the office's
/// configuration, so that the journal can be replayed after the office has changed.
pub fn transition(case: &Case, action: &CaseAction) -> Option<Case> {
    use CaseState::*;
    let mut next = case.clone();
    next.state = match (&case.state, action) {
        (Verified { .. }, CaseAction::Record { on, place }) => {
            next.recorded_on = Some(*on);
            next.place = place.clone();
            Recorded
        }
        (Recorded | OnHold { .. }, CaseAction::Hold { reason }) => OnHold { reason: *reason },
        (OnHold { .. }, CaseAction::Release) => Recorded,
        (Recorded | OnHold { .. }, CaseAction::RecordAgain) => {
            next.recorded_on = None;
            Verified { again: true }
        }
        (Recorded | OnHold { .. }, CaseAction::Print) => Printed,
        (Printed, CaseAction::MakeReady) => Ready,
        (Printed | Ready, CaseAction::PrintAgain) => Recorded,
        (Collected { .. } | SentToVillage { .. }, CaseAction::TakeBack) => Ready,
        (Recorded, CaseAction::TakeBack) => {
            next.recorded_on = None;
            next.place = Place::Office;
            Verified { again: false }
        }
        (Referred, CaseAction::TakeBack) => Verified { again: false },
        (Ready, CaseAction::Collect { by }) => Collected { by: *by },
        (Ready, CaseAction::SendToVillage { village }) => SentToVillage { village: village.clone() },
        (Verified { .. }, CaseAction::Refer) => Referred,
        (state, CaseAction::Cancel { reason }) if !state.is_final() => Cancelled { reason: reason.trim().into() },
        _ => return None,
    };
    Some(next)
}

/// How a case stands against the two limits of C2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Light {
    /// Within the standard's working days.
    Green,
    /// Past them.
    Amber,
    /// Past the public text's two weeks.
    Red,
}

/// The light of a case that is still to be printed or made ready; `None` for every other.
pub fn light(case: &Case, today: Date, office: &Office) -> Option<Light> {
    if !matches!(case.state, CaseState::Recorded | CaseState::OnHold { .. } | CaseState::Printed) {
        return None;
    }
    let printing = &office.stages.printing;
    let from = case.recorded_on?;
    let target = add_working_days(from, printing.working_days, |d| office.is_working_day(d));
    let overdue = from.saturating_add(i64::from(printing.overdue_days).days());
    Some(if today > overdue {
        Light::Red
    } else if today > target {
        Light::Amber
    } else {
        Light::Green
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn s13_a_receipt_survives_typing_and_finds_typos() {
        let receipt = Receipt { year: 26, n: 123 };
        assert_eq!(receipt.to_string(), "26-000123-3");
        for text in ["26-000123-3", "260001233", " 26 000123 3"] {
            assert_eq!(text.parse(), Ok(receipt), "{text}");
        }
        let digits: Vec<u8> = "260001233".bytes().collect();
        for i in 0..9 {
            for wrong in b'0'..=b'9' {
                let mut typo = digits.clone();
                typo[i] = wrong;
                let text = String::from_utf8_lossy(&typo).into_owned();
                assert_eq!(text.parse::<Receipt>().is_ok(), wrong == digits[i], "{text}");
            }
            if i < 8 && digits[i] != digits[i + 1] {
                let mut swapped = digits.clone();
                swapped.swap(i, i + 1);
                assert!(String::from_utf8_lossy(&swapped).parse::<Receipt>().is_err());
            }
        }
        for text in ["", "26", "26-000123-3x", "26-000123-33", "00-000000-0", "２６0001233"] {
            assert!(text.parse::<Receipt>().is_err(), "{text}");
        }
    }

    #[test]
    fn c2_s22_the_light_turns_amber_after_the_target_and_red_after_two_weeks() {
        let office = crate::fixture::office();
        let mut case = crate::fixture::case(CaseState::Recorded);
        case.recorded_on = Some(date(2026, 11, 27)); // a Friday
        let at = |d| light(&case, d, &office);
        assert_eq!(at(date(2026, 12, 1)), Some(Light::Green));
        assert_eq!(at(date(2026, 12, 2)), Some(Light::Amber));
        assert_eq!(at(date(2026, 12, 11)), Some(Light::Amber));
        assert_eq!(at(date(2026, 12, 12)), Some(Light::Red));
        case.state = CaseState::Ready;
        assert_eq!(light(&case, date(2027, 1, 1), &office), None);
    }
}
