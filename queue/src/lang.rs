//! The languages, and texts in them.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

impl Lang {
    /// The language's word in the database.
    pub fn word(self) -> &'static str {
        match self {
            Lang::Id => "id",
            Lang::En => "en",
        }
    }
}

/// One text in every language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
