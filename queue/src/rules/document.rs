//! What each paper says, as data. How it looks is the printer's business (`printer/src/slip.rs`).
//!
//! Names of the office, services and stages are read from `office.toml` when the paper is laid out; what can change
//! after the number was taken (time, people ahead) is fixed here, so that a reprint says the same.

use crate::case::{Place, Receipt};
use crate::chain::Seal;
use crate::forecast::Wait;
use crate::office::{Lang, ServiceKey, Stage};
use crate::ticket::{CounterNumber, Number};
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

/// The kinds of paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Paper {
    /// Struk antrean.
    Slip,
    /// Slip kekurangan berkas.
    Return,
    /// Tanda Terima Pengambilan.
    Receipt,
    /// Slip penundaan jaringan.
    Network,
    /// Ringkasan hari, for the office's own folder.
    Summary,
    /// Daftar persyaratan, for somebody who comes again.
    List,
    /// Halaman uji, for a technician.
    Test,
}

impl Paper {
    /// The paper's word in the database.
    pub fn word(self) -> &'static str {
        match self {
            Paper::Slip => "slip",
            Paper::Return => "return",
            Paper::Receipt => "receipt",
            Paper::Network => "network",
            Paper::Summary => "summary",
            Paper::List => "list",
            Paper::Test => "test",
        }
    }

    /// Whether nobody waits for it once the person at the kiosk has left: it expires, and staff are not asked about it.
    pub fn is_passing(self) -> bool {
        matches!(self, Paper::List | Paper::Test)
    }
}

/// What a day came to, told at its close.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // Counts of tickets by the state they ended in.
pub struct Summary {
    pub issued: u32,
    pub finished: u32,
    pub returned: u32,
    pub referred: u32,
    pub deferred: u32,
    pub expired: u32,
    pub cancelled: u32,
}

/// One paper's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The applicant's language.
    pub lang: Lang,
    /// The service day's date.
    pub date: Date,
    /// The time of day; `None` when the clock is known to disagree with the opened day.
    pub time: Option<Time>,
    /// What it is.
    #[serde(flatten)]
    pub body: Body,
}

/// What the papers say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "paper", rename_all = "lowercase")]
pub enum Body {
    /// Struk antrean.
    Slip {
        /// The number.
        number: Number,
        /// The service.
        service: ServiceKey,
        /// The first stage.
        stage: Stage,
        /// The counters that serve it.
        counters: Vec<CounterNumber>,
        /// People ahead.
        ahead: u32,
        /// The wait.
        wait: Wait,
        /// Marked as priority.
        priority: bool,
    },
    /// Slip kekurangan berkas (S10).
    Return {
        /// The number, still valid today.
        number: Number,
        /// Keys of the missing requirements.
        missing: Vec<String>,
        /// Until when the number is valid; `None` when the office has no hours today.
        until: Option<Time>,
    },
    /// Tanda Terima Pengambilan (S11).
    Receipt {
        /// The key to everything that follows.
        receipt: Receipt,
        /// The service.
        service: ServiceKey,
        /// Where to collect (C3).
        place: Place,
    },
    /// Slip penundaan jaringan (S26); also what an applicant takes home whose recording the close of day prevented.
    Network {
        /// The number.
        number: Number,
        /// The receipt that leads straight to recording on another day.
        receipt: Receipt,
        /// `true` while the visit goes on and both choices are open; `false` once it was put off to another day.
        may_wait: bool,
    },
    /// Ringkasan hari, printed at its close.
    Summary {
        /// What the day came to.
        #[serde(flatten)]
        counts: Summary,
        /// The journal at that time: whoever keeps the paper can tell later whether it was altered. Papers of version 1 have
        /// none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seal: Option<Seal>,
    },
    /// What to bring for a service: no number, and nothing that could pass for one.
    List {
        /// The service.
        service: ServiceKey,
    },
    /// What a technician prints to see the whole way from the kiosk to the paper.
    Test,
}

impl Body {
    /// The kind of paper.
    pub fn paper(&self) -> Paper {
        match self {
            Body::Slip { .. } => Paper::Slip,
            Body::Return { .. } => Paper::Return,
            Body::Receipt { .. } => Paper::Receipt,
            Body::Network { .. } => Paper::Network,
            Body::Summary { .. } => Paper::Summary,
            Body::List { .. } => Paper::List,
            Body::Test => Paper::Test,
        }
    }
}
