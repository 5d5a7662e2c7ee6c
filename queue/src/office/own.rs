//! What is the office's own: where else an applicant may go. The defaults name no town and no kind of office.

use super::Text;
use serde::Deserialize;

/// Where an applicant may go instead while the network is down (S26).
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Written")]
pub struct Referral {
    /// In a sentence, in English with its article: "the district court".
    pub name: Text,
    /// On a button: "court".
    pub short: Text,
    /// With its place, on paper; where none is given, the name.
    pub address: Text,
}

/// The same as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    name: Text,
    short: Option<Text>,
    address: Option<Text>,
}

impl Default for Written {
    fn default() -> Written {
        Written { name: Text::new("kantor yang berwenang", "the responsible office"), short: None, address: None }
    }
}

impl From<Written> for Referral {
    fn from(written: Written) -> Referral {
        let name = written.name;
        let (short, address) = (written.short.unwrap_or(name.clone()), written.address.unwrap_or(name.clone()));
        Referral { name, short, address }
    }
}

impl Default for Referral {
    fn default() -> Referral {
        Written::default().into()
    }
}
