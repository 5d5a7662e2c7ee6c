//! The office as data: `office.toml` parsed, validated and passed down as values.
//!
//! Parsing and validating are separate: serde refuses unknown keys and wrong types, [`Office::parse`] then
//! refuses what cannot work (`validate.rs`), naming the key and what is allowed.

mod board;
mod edit;
#[cfg(test)]
mod tests;
mod validate;
mod voice;

pub use board::BoardSettings;
pub use edit::Edit;
pub use voice::{Reading, Voice, Volume};

use crate::time::Zone;
use jiff::civil::{Date, Time, Weekday};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The languages a citizen chooses from; Indonesian is the default everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Indonesian.
    #[default]
    Id,
    /// English.
    En,
}

/// One text in every language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Indonesian.
    pub id: String,
    /// English.
    pub en: String,
    /// In the further languages of `office.languages`, as far as the office has written it.
    #[serde(flatten)]
    pub others: BTreeMap<String, String>,
}

impl Text {
    /// A text of the program's own, in the two languages that every office has.
    pub fn new(id: &str, en: &str) -> Text {
        Text { id: id.into(), en: en.into(), others: BTreeMap::new() }
    }

    /// The text in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Id => &self.id,
            Lang::En => &self.en,
        }
    }

    /// The text in the language with this code; where there is none, in Indonesian.
    pub fn in_language(&self, code: &str) -> &str {
        match code {
            "en" => &self.en,
            _ => self.others.get(code).unwrap_or(&self.id),
        }
    }
}

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
    /// The stages in order.
    pub stages: Vec<Stage>,
    /// Whether the verifying officer may choose "langsung cetak" (C12).
    #[serde(default)]
    pub print_directly: bool,
    /// Most numbers of one day; none is without limit.
    #[serde(default)]
    pub quota: Option<u32>,
}

impl Service {
    /// The stage a new ticket waits for.
    pub fn first_stage(&self) -> Stage {
        self.stages[0]
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
#[derive(Clone, Debug, Deserialize)]
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
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrintingStage {
    /// What the citizen reads.
    pub name: Text,
    /// The standard: working days (C15).
    pub working_days: u32,
    /// The public text: calendar days after which a case is overdue.
    pub overdue_days: u32,
}

/// The four stages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
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

/// Who the office is (S01).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Makes event numbers unique among offices; lower-case letters, digits and hyphens.
    pub code: String,
    /// "Kecamatan Sajingan Besar".
    pub name: String,
    /// "Pemerintah Kab. Sambas".
    pub government: String,
    /// Street and postcode.
    pub address: String,
    /// The office's telephone, not the complaint line (C13).
    pub phone: String,
    /// The office's web address; printed, never opened.
    pub website: String,
    /// Its time zone.
    pub zone: Zone,
    /// Codes of the languages the kiosk offers: always Indonesian and English, and others of which the program has the
    /// texts. Papers are in Indonesian or English.
    #[serde(default = "usual_languages")]
    pub languages: Vec<String>,
}

/// The published service standard (S02, S03, S22, S25, S27, S28).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    /// The decree's title, printed once (C10).
    pub title: String,
    /// "SK 5 Tahun 2024".
    pub decree: String,
    /// The section of the office.
    pub section: String,
    /// The activity of the flowchart.
    pub activity: String,
    /// What the applicant receives (S28).
    pub product: Text,
    /// What it costs (S27).
    pub fee: Text,
    /// The published service time (S25).
    pub time: Text,
    /// When the card is expected (S22, C2).
    pub ready: Text,
    /// The published minutes, for the report (C1).
    pub published_minutes: u32,
}

/// Where complaints go (S29).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Complaints {
    /// E-mail.
    pub email: String,
    /// Telephone and WhatsApp as people read it.
    pub phone: String,
    /// The WhatsApp number in international form, digits only.
    pub whatsapp: String,
}

/// The figures of the queue.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// Most priority calls in a row while somebody else waits.
    pub priority_run: u32,
    /// Minutes after which a waiting ticket goes next after one priority call.
    pub ageing_minutes: u32,
    /// Calls a ticket must have had before it may be skipped.
    pub calls_before_skip: u8,
    /// Most recalls of one call.
    pub recalls_max: u8,
    /// Calls of others before a ticket that reports back is next.
    pub places_back: u32,
    /// Most reprints of one paper.
    pub reprints_max: u8,
    /// Minutes after which an unprinted slip is given up.
    pub slip_expires_minutes: u32,
}

/// Where cards are collected (C3): at the office, or in one of these villages.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collection {
    /// Villages that hand over cards.
    #[serde(default)]
    pub villages: Vec<String>,
}

/// The hours of one weekday, local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Opening.
    #[serde(deserialize_with = "hhmm")]
    pub open: Time,
    /// Closing.
    #[serde(deserialize_with = "hhmm")]
    pub close: Time,
    /// Start of the break.
    #[serde(default, deserialize_with = "hhmm_opt")]
    pub break_from: Option<Time>,
    /// End of the break.
    #[serde(default, deserialize_with = "hhmm_opt")]
    pub break_to: Option<Time>,
    /// After this no more numbers are given.
    #[serde(default, deserialize_with = "hhmm_opt")]
    pub last_number: Option<Time>,
}

/// Hours per weekday; a weekday without an entry is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)] // The weekdays say it.
pub struct Week {
    pub monday: Option<Hours>,
    pub tuesday: Option<Hours>,
    pub wednesday: Option<Hours>,
    pub thursday: Option<Hours>,
    pub friday: Option<Hours>,
    pub saturday: Option<Hours>,
    pub sunday: Option<Hours>,
}

/// A day on which the office is closed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The date.
    pub date: Date,
    /// Why.
    pub name: String,
}

/// All of `office.toml`, valid.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Who the office is.
    #[serde(rename = "office")]
    pub identity: Identity,
    /// The published standard.
    pub standard: Standard,
    /// Where complaints go.
    pub complaints: Complaints,
    /// What to bring.
    #[serde(rename = "requirement")]
    pub requirements: Vec<Requirement>,
    /// The services, in the kiosk's order.
    #[serde(rename = "service")]
    pub services: Vec<Service>,
    /// The stages.
    pub stages: Stages,
    /// The counters.
    #[serde(rename = "counter")]
    pub counters: Vec<Counter>,
    /// The figures of the queue.
    pub queue: Figures,
    /// Where cards are collected.
    #[serde(default)]
    pub collection: Collection,
    /// Hours per weekday.
    #[serde(default)]
    pub hours: Week,
    /// What is spoken, and how loud.
    #[serde(default)]
    pub voice: Voice,
    /// What the board does besides calling.
    #[serde(default)]
    pub board: BoardSettings,
    /// Closed days.
    #[serde(default, rename = "holiday")]
    pub holidays: Vec<Holiday>,
}

/// Why `office.toml` is refused: which key, and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

impl Office {
    /// Parses and validates the text of an `office.toml`.
    ///
    /// # Errors
    /// The first key that is unknown, missing, of the wrong type, or that cannot work, with what is allowed.
    pub fn parse(text: &str) -> Result<Office, Invalid> {
        let office: Office = toml::from_str(text).map_err(|e| Invalid(e.to_string()))?;
        office.validate()?;
        Ok(office)
    }

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// As [`Office::parse`], with the file named.
    pub fn read(path: &std::path::Path) -> Result<Office, Invalid> {
        let text =
            std::fs::read_to_string(path).map_err(|e| Invalid(format!("cannot read {}: {e}", path.display())))?;
        Office::parse(&text).map_err(|e| Invalid(format!("{}: {e}", path.display())))
    }

    /// The service with this key.
    pub fn service(&self, key: &ServiceKey) -> Option<&Service> {
        self.services.iter().find(|s| &s.key == key)
    }

    /// The counter with this number.
    pub fn counter(&self, number: u8) -> Option<&Counter> {
        self.counters.iter().find(|c| c.number == number)
    }

    /// The counters that serve `stage`.
    pub fn counters_for(&self, stage: Stage) -> impl Iterator<Item = &Counter> {
        self.counters.iter().filter(move |c| c.stages.contains(&stage))
    }

    /// What citizens and staff call the stage.
    pub fn stage_name(&self, stage: Stage) -> &Text {
        match stage {
            Stage::Verification => &self.stages.verification.name,
            Stage::Recording => &self.stages.recording.name,
            Stage::Printing => &self.stages.printing.name,
            Stage::Collection => &self.stages.collection.name,
        }
    }

    /// The standard's minutes for a called stage; 0 for printing, which takes days.
    pub fn standard_minutes(&self, stage: Stage) -> u32 {
        match stage {
            Stage::Verification => self.stages.verification.minutes,
            Stage::Recording => self.stages.recording.minutes,
            Stage::Printing => 0,
            Stage::Collection => self.stages.collection.minutes,
        }
    }

    /// What an applicant of `service` is told to bring or know, in the order of the file.
    pub fn requirements_of(&self, service: &Service) -> Vec<&Requirement> {
        let verifies = service.first_stage() == Stage::Verification;
        let concerns = |r: &&Requirement| match r.services.is_empty() {
            true => verifies,
            false => r.services.contains(&service.key),
        };
        self.requirements.iter().filter(concerns).collect()
    }

    /// The requirement with this key.
    pub fn requirement(&self, key: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|r| r.key == key)
    }

    /// Whether staff work on this date, as far as the calendar knows (C15).
    pub fn is_working_day(&self, date: Date) -> bool {
        self.hours.of(date.weekday()).is_some() && !self.holidays.iter().any(|h| h.date == date)
    }

    /// The collecting places an operator may choose from besides the office itself.
    pub fn is_village(&self, name: &str) -> bool {
        self.collection.villages.iter().any(|v| v == name)
    }
}

impl Hours {
    /// Whether opening, break and closing follow one another, and the last number lies between.
    pub fn in_order(&self) -> bool {
        self.open < self.close
            && self.break_from.is_some() == self.break_to.is_some()
            && self.break_from.zip(self.break_to).is_none_or(|(a, b)| self.open <= a && a < b && b <= self.close)
            && self.last_number.is_none_or(|t| self.open < t && t <= self.close)
    }
}

impl Week {
    /// The hours of a weekday; `None` is closed.
    pub fn of(&self, day: Weekday) -> Option<Hours> {
        self.named()[day.to_monday_zero_offset() as usize].1
    }

    /// The hours of a weekday, to be set.
    pub fn day_mut(&mut self, day: Weekday) -> &mut Option<Hours> {
        match day {
            Weekday::Monday => &mut self.monday,
            Weekday::Tuesday => &mut self.tuesday,
            Weekday::Wednesday => &mut self.wednesday,
            Weekday::Thursday => &mut self.thursday,
            Weekday::Friday => &mut self.friday,
            Weekday::Saturday => &mut self.saturday,
            Weekday::Sunday => &mut self.sunday,
        }
    }

    /// Every weekday under its key, Monday first.
    pub fn named(&self) -> [(&'static str, Option<Hours>); 7] {
        [
            ("monday", self.monday),
            ("tuesday", self.tuesday),
            ("wednesday", self.wednesday),
            ("thursday", self.thursday),
            ("friday", self.friday),
            ("saturday", self.saturday),
            ("sunday", self.sunday),
        ]
    }
}

fn yes() -> bool {
    true
}

fn usual_languages() -> Vec<String> {
    vec!["id".into(), "en".into()]
}

fn hhmm<'de, D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
    let text = String::deserialize(from)?;
    let time = (text.len() == 5 && text.as_bytes()[2] == b'.')
        .then(|| Some((text.get(..2)?.parse().ok()?, text.get(3..)?.parse().ok()?)))
        .flatten()
        .and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok());
    time.ok_or_else(|| serde::de::Error::custom(format!("\"{text}\" is not a time of day as \"08.00\"")))
}

fn hhmm_opt<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Time>, D::Error> {
    hhmm(from).map(Some)
}
