//! What the office does: its services, the stages they pass, what they ask for, and the counters that serve them.

use super::Text;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What kind of work a stage (*tahap*) is; the standard's steps 2 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The officer checks the file (S09).
    Verification,
    /// The recording operator records the applicant (S11).
    Recording,
    /// The printing operator prints the card; back office, never called (S12).
    Printing,
    /// The card is handed over against the receipt (S13).
    Collection,
}

impl Stage {
    /// Every stage, in the order of the standard.
    pub const ALL: [Stage; 4] = [Stage::Verification, Stage::Recording, Stage::Printing, Stage::Collection];

    /// The stage's word in `office.toml`, the database and the journal.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Verification => "verification",
            Stage::Recording => "recording",
            Stage::Printing => "printing",
            Stage::Collection => "collection",
        }
    }

    /// The stage with this word.
    pub fn from_word(word: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.word() == word)
    }
}

/// Names a service (*layanan*) in `office.toml` and in the database; stays when the prefix letter changes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServiceKey(pub String);

impl fmt::Display for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// To which applicants of its services a requirement (*persyaratan*) applies. The kiosk asks nobody: it shows the
/// condition with the requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// To everybody.
    Always,
    /// To a married applicant under 17 (S06).
    #[serde(rename = "under-17")]
    Under17,
    /// To somebody who has never had a card (S19).
    FirstCard,
}

/// One thing to bring or to know.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Its word in the database.
    pub key: String,
    /// Which of their applicants it concerns.
    pub when: When,
    /// The services it belongs to; none named is every service that verifies a file.
    #[serde(default)]
    pub services: Vec<ServiceKey>,
    /// What the citizen reads.
    pub text: Text,
    /// `false` is advice: shown, but never a reason to return a file (C5).
    #[serde(default = "yes")]
    pub blocking: bool,
    /// Whether the slip repeats it; left out, what is to be brought and nothing else.
    pub slip: Option<bool>,
}

impl Requirement {
    /// Whether the slip repeats it.
    pub fn on_slip(&self) -> bool {
        // A first card's form is filled in at the office (S19): nothing to have ready.
        self.slip.unwrap_or(self.blocking && self.when != When::FirstCard)
    }
}

/// A service (*layanan*): a list of stages under one prefix letter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its word in the database.
    pub key: ServiceKey,
    /// The letter on the ticket.
    pub prefix: char,
    /// What the citizen reads.
    pub name: Text,
    /// The stages in order: one of [`Service::PROCEDURES`].
    pub stages: Vec<Stage>,
    /// Whether the verifying officer may choose "langsung cetak" (C12).
    #[serde(default)]
    pub print_directly: bool,
    /// Most numbers of one day; none is without limit.
    #[serde(default)]
    pub quota: Option<u32>,
    /// What its published standard says otherwise than the office's.
    #[serde(default)]
    pub standard: OwnStandard,
}

/// What the published standard of one service says otherwise than `[standard]` of the office (UU 25/2009).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnStandard {
    /// The decree's title.
    pub title: Option<String>,
    /// The decree.
    pub decree: Option<String>,
    /// What the applicant receives.
    pub product: Option<Text>,
    /// What it costs.
    pub fee: Option<Text>,
    /// The service time.
    pub time: Option<Text>,
    /// When it is expected.
    pub ready: Option<Text>,
}

impl OwnStandard {
    /// Every text of it.
    pub(super) fn texts(&self) -> impl Iterator<Item = &Text> {
        [&self.product, &self.fee, &self.time, &self.ready].into_iter().flatten()
    }
}

impl Service {
    /// What a service may be: a card made in days, its collection, a paper handed over in the same visit, and work done
    /// where the file is checked.
    pub const PROCEDURES: [&[Stage]; 4] = [
        &[Stage::Verification, Stage::Recording, Stage::Printing],
        &[Stage::Collection],
        &[Stage::Verification, Stage::Collection],
        &[Stage::Verification],
    ];

    /// The stage a new ticket waits for.
    pub fn first_stage(&self) -> Stage {
        self.stages[0]
    }

    /// The called stage that follows `stage`; `None` is the end of the visit.
    pub fn called_after(&self, stage: Stage) -> Option<Stage> {
        let mut rest = self.stages.iter().skip_while(|s| **s != stage).skip(1);
        rest.next().copied().filter(|next| *next != Stage::Printing)
    }

    /// Whether it opens a case, whose paper or card is collected another day: it has a back-office stage.
    pub fn opens_case(&self) -> bool {
        self.stages.contains(&Stage::Printing)
    }

    /// Whether its visits concern a case: one is opened, or the receipt of one is shown. The others end at their last stage.
    pub fn needs_receipt(&self) -> bool {
        self.opens_case() || self.first_stage() == Stage::Collection
    }
}

/// A counter (*loket*) and the stages it serves.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// The number on its sign, 1 to 99.
    pub number: u8,
    /// The called stages it serves.
    pub stages: Vec<Stage>,
}

/// A stage in which people are called.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalledStage {
    /// What the citizen reads.
    pub name: Text,
    /// The standard's minutes for it.
    pub minutes: u32,
    /// What the operator ticks as done; only recording has any.
    #[serde(default)]
    pub ticks: Vec<Tick>,
}

/// One line of the recording checklist: done or not done, never data (C7).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tick {
    /// Its word in the database.
    pub key: String,
    /// What the operator reads.
    pub text: Text,
}

/// The printing stage and the two limits of C2.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrintingStage {
    /// What the citizen reads.
    pub name: Text,
    /// The standard: working days (C15).
    pub working_days: u32,
    /// The public text: calendar days after which a case is overdue.
    pub overdue_days: u32,
}

/// The four stages. A file may leave out those that none of its services has.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stages {
    /// S09.
    pub verification: CalledStage,
    /// S11.
    pub recording: CalledStage,
    /// S12.
    pub printing: PrintingStage,
    /// S13.
    pub collection: CalledStage,
}

fn yes() -> bool {
    true
}
