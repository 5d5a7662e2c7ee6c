//! The office as data: `office.toml` parsed, validated and passed down as values.
//!
//! Parsing and validating are separate: serde refuses unknown keys and wrong types, [`Office::parse`] then
//! refuses what cannot work (`validate.rs`), naming the key and what is allowed.

mod board;
mod edit;
mod hours;
mod limits;
mod own;
#[cfg(test)]
mod tests;
mod validate;
mod voice;
mod work;

pub use crate::lang::{Lang, Text};
pub use board::BoardSettings;
pub use edit::Edit;
pub use hours::{Holiday, Hours, Week};
pub use limits::Limits;
pub use own::Referral;
pub use voice::{Reading, Voice, Volume};
pub use work::{
    CalledStage, Counter, OwnStandard, PrintingStage, Requirement, Service, ServiceKey, Stage, Stages, Tick, When,
};

use crate::time::Zone;
use jiff::civil::Date;
use serde::Deserialize;

/// Who the office is (S01).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Makes event numbers unique among offices; lower-case letters, digits and hyphens.
    pub code: String,
    /// As on its sign.
    pub name: String,
    /// The government it belongs to.
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

/// Where what was made is collected (C3): at the office, or in one of these villages.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collection {
    /// Villages that hand it over.
    #[serde(default)]
    pub villages: Vec<String>,
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
    /// Where an applicant may go instead while the network is down.
    #[serde(default)]
    pub referral: Referral,
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
    /// Where what was made is collected.
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
    /// What the head of office wants kept.
    #[serde(default)]
    pub limits: Limits,
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

    /// Whether any service has the stage.
    pub fn has_stage(&self, stage: Stage) -> bool {
        self.services.iter().any(|service| service.stages.contains(&stage))
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

    /// The published standard of a service: its own words, and the office's where it has none.
    pub fn standard_of(&self, service: &Service) -> Standard {
        let (own, office) = (service.standard.clone(), self.standard.clone());
        Standard {
            title: own.title.unwrap_or(office.title),
            decree: own.decree.unwrap_or(office.decree),
            product: own.product.unwrap_or(office.product),
            fee: own.fee.unwrap_or(office.fee),
            time: own.time.unwrap_or(office.time),
            ready: own.ready.unwrap_or(office.ready),
            ..office
        }
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

fn usual_languages() -> Vec<String> {
    vec!["id".into(), "en".into()]
}
