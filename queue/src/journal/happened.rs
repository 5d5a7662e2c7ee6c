//! What happened, typed: the JSON of `event.detail`.
//!
//! Words of variants and fields are a contract: every released program's events are read for ever. A field that a format
//! has not known is optional here; free text is `null` in the stored JSON and lies in `words` (see `words.rs`).

use super::accounts::Held;
use crate::case::{CaseAction, CaseId, Receipt};
use crate::chain::Digest;
use crate::devices::Process;
use crate::document::Paper;
use crate::ids::{BrowserId, LoginId, PersonId};
use crate::lang::Lang;
use crate::notice::{Notice, NoticeId};
use crate::office::{ServiceKey, Stage};
use crate::printing::JobId;
use crate::ticket::{Number, Seq};
use crate::visit::Action;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What happened, with all that is needed to do it again. The JSON of `event.detail`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Happened {
    /// BUKA_HARI; the same date again opens the same day again.
    DayOpened {
        /// As the person confirmed it.
        date: Date,
        /// The person said that the clock is wrong.
        clock_is_wrong: bool,
    },
    /// TUTUP_HARI.
    DayClosed,
    /// The network was marked as disturbed.
    NetworkDown,
    /// The network was marked as normal.
    NetworkUp,
    /// Somebody at the kiosk asked for an officer.
    HelpAsked,
    /// An officer went there.
    HelpAnswered,
    /// Board and kiosk were made louder or softer.
    VolumeSet {
        /// 0 to 100.
        percent: u8,
    },
    /// AMBIL_NOMOR.
    Issued {
        /// The label.
        number: Number,
        /// The service.
        service: ServiceKey,
        /// Self-declared.
        priority: bool,
        /// The language of its papers.
        lang: Lang,
        /// The stage waited for.
        stage: Stage,
        /// The case of the receipt shown.
        case: Option<CaseId>,
        /// Why an officer gave it although the quota was used up or the last number had passed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        overruled: Option<String>,
    },
    /// An act on a ticket.
    Acted {
        /// Which.
        #[serde(flatten)]
        action: Action,
        /// The stage waited for after a transfer, or after a complete file where it is not the recording, as the office's
        /// services were then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Stage>,
    },
    /// URUNGKAN: the ticket is as it was before its last act.
    Undone {
        /// The act's event.
        act: Seq,
    },
    /// A case began with this ticket.
    CaseOpened {
        /// Its receipt number.
        receipt: Receipt,
    },
    /// An act on a case.
    CaseActed {
        /// Which.
        #[serde(flatten)]
        action: CaseAction,
    },
    /// A paper was ordered on request.
    PaperOrdered {
        /// Which.
        paper: Paper,
    },
    /// A technician asked at the kiosk that a role starts again.
    RestartAsked {
        /// Which.
        process: Process,
    },
    /// A person answered whether a paper came out.
    PrintAnswered {
        /// Which job.
        job: JobId,
        /// The answer.
        came_out: bool,
    },
    /// CETAK ULANG.
    Reprinted {
        /// The job printed again.
        job: JobId,
    },
    /// The head of office changed `office.toml` from the console.
    OfficeChanged {
        /// Which key of the file.
        key: String,
        /// What it says now.
        value: String,
    },
    /// PENGUMUMAN: staff let the board say something.
    NoticePosted {
        /// Its identity.
        notice: NoticeId,
        /// What, and until when.
        says: Notice,
    },
    /// A notice was taken down.
    NoticeEnded {
        /// Which.
        notice: NoticeId,
    },
    /// An account was made, or its roles changed.
    PersonSet {
        /// Whose.
        person: PersonId,
        /// The account's name.
        name: String,
        /// The words of the roles it has from now on.
        roles: String,
    },
    /// A person got a one-time code; password and PIN are void.
    PersonInvited {
        /// Who.
        person: PersonId,
        /// Of the code's row among the secrets; format 1 has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<Digest>,
    },
    /// A person chose a password and a PIN.
    PersonEnrolled {
        /// Who.
        person: PersonId,
        /// Of the row among the secrets that holds them; format 1 has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        secret: Option<Digest>,
        /// The login that goes on, with all tokens; without it every login and token of the person ends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keep: Option<LoginId>,
    },
    /// A person's secrets were hashed anew at a higher cost; they are the same.
    SecretsRehashed {
        /// Whose.
        person: PersonId,
        /// Of the row among the secrets that holds them.
        secret: Digest,
    },
    /// A person signed in.
    SignedIn {
        /// Who.
        person: PersonId,
        /// At which enrolled browser.
        #[serde(rename = "device")]
        browser: Option<BrowserId>,
        /// Of the login's row among the secrets; format 1 has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<Digest>,
        /// Of the row of a browser enrolled with this sign-in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        browser_key: Option<Digest>,
    },
    /// A password, PIN or code was wrong.
    SignInFailed {
        /// Whose, if there is such an account.
        person: Option<PersonId>,
        /// At which enrolled browser.
        #[serde(rename = "device")]
        browser: Option<BrowserId>,
    },
    /// A login or token ended.
    SignedOut {
        /// Whose.
        person: PersonId,
        /// Which; format 1 does not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        login: Option<LoginId>,
        /// With all other logins of the person.
        everywhere: bool,
    },
    /// A script got a token.
    TokenMade {
        /// In whose name.
        person: PersonId,
        /// The token's own name.
        label: String,
        /// The words of the roles it may act in.
        scopes: String,
        /// The last day on which it opens anything. Without it a year from its making.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
        /// Of the token's row among the secrets; format 1 has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<Digest>,
    },
    /// Every enrolled browser was forgotten.
    #[serde(rename = "devices-forgotten")]
    BrowsersForgotten,
    /// The file was brought to a newer version; all before is of an older format.
    Upgraded {
        /// The version before.
        from: u32,
        /// The version now.
        to: u32,
        /// The accounts as they stood: older formats do not say which secrets were theirs.
        accounts: Held,
    },
    /// The free text of an event was erased: it held what nobody may keep.
    WordsErased {
        /// Whose text.
        event: Seq,
    },
    /// The office goes on from a backup: with this event a generation of the journal begins. Passwords, PINs, codes, logins,
    /// tokens and browsers are void.
    Restored,
}

impl Happened {
    /// The word of `event.action`.
    pub fn word(&self) -> &'static str {
        match self {
            Happened::DayOpened { .. } => "day-opened",
            Happened::DayClosed => "day-closed",
            Happened::NetworkDown => "network-down",
            Happened::NetworkUp => "network-up",
            Happened::HelpAsked => "help-asked",
            Happened::HelpAnswered => "help-answered",
            Happened::VolumeSet { .. } => "volume-set",
            Happened::Issued { .. } => "issue",
            Happened::Acted { action, .. } => action.word(),
            Happened::Undone { .. } => "undo",
            Happened::CaseOpened { .. } => "case-opened",
            Happened::CaseActed { action } => action.word(),
            Happened::PaperOrdered { .. } => "paper-ordered",
            Happened::RestartAsked { .. } => "restart-asked",
            Happened::PrintAnswered { .. } => "print-answered",
            Happened::Reprinted { .. } => "reprinted",
            Happened::OfficeChanged { .. } => "office-changed",
            Happened::NoticePosted { .. } => "notice-posted",
            Happened::NoticeEnded { .. } => "notice-ended",
            Happened::PersonSet { .. } => "person-set",
            Happened::PersonInvited { .. } => "person-invited",
            Happened::PersonEnrolled { .. } => "person-enrolled",
            Happened::SecretsRehashed { .. } => "secrets-rehashed",
            Happened::SignedIn { .. } => "signed-in",
            Happened::SignInFailed { .. } => "sign-in-failed",
            Happened::SignedOut { .. } => "signed-out",
            Happened::TokenMade { .. } => "token-made",
            Happened::BrowsersForgotten => "devices-forgotten",
            Happened::Upgraded { .. } => "upgraded",
            Happened::WordsErased { .. } => "words-erased",
            Happened::Restored => "restored",
        }
    }

    /// Whether it concerns no visit, only accounts, notices and devices: it may come before the first day and leads
    /// nowhere in the queue.
    pub fn needs_no_day(&self) -> bool {
        matches!(
            self,
            Happened::VolumeSet { .. }
                | Happened::PaperOrdered { paper: Paper::List | Paper::Test }
                | Happened::RestartAsked { .. }
                | Happened::OfficeChanged { .. }
                | Happened::NoticePosted { .. }
                | Happened::NoticeEnded { .. }
                | Happened::PersonSet { .. }
                | Happened::PersonInvited { .. }
                | Happened::PersonEnrolled { .. }
                | Happened::SecretsRehashed { .. }
                | Happened::SignedIn { .. }
                | Happened::SignInFailed { .. }
                | Happened::SignedOut { .. }
                | Happened::TokenMade { .. }
                | Happened::BrowsersForgotten
                | Happened::Upgraded { .. }
                | Happened::WordsErased { .. }
                | Happened::Restored
        )
    }
}
