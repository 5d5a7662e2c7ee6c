//! The chain: each row's link is the SHA-256 of the link before and of the row. Whoever alters, removes or swaps a row
//! breaks it. It proves nothing against somebody who computes it anew, unless an earlier seal lies elsewhere.

use crate::ids::Seq;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of all parts, one after the other.
    pub fn of(parts: &[&[u8]]) -> Digest {
        let mut hash = Sha256::new();
        parts.iter().for_each(|part| hash.update(part));
        Digest(hash.finalize().into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Digest {
    type Err = ();

    /// Reads 64 hexadecimal digits.
    fn from_str(text: &str) -> Result<Digest, ()> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(());
        }
        for (byte, two) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let two = std::str::from_utf8(two).map_err(|_| ())?;
            *byte = u8::from_str_radix(two, 16).map_err(|_| ())?;
        }
        Ok(Digest(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Digest, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(|()| de::Error::custom("not 64 hexadecimal digits"))
    }
}

/// The chain after some event.
pub type Chain = Digest;

/// The chain before the first event of an office.
pub(crate) fn first_link(office: &str) -> Chain {
    Digest::of(&[format!("antrean {office}").as_bytes()])
}

/// Values as bytes that differ whenever a value differs: kind and length before each.
#[derive(Default)]
pub(crate) struct Canonical(Vec<u8>);

impl Canonical {
    fn field(mut self, kind: u8, value: &[u8]) -> Canonical {
        self.0.push(kind);
        self.0.extend((value.len() as u64).to_le_bytes());
        self.0.extend(value);
        self
    }

    pub(crate) fn integer(self, value: Option<i64>) -> Canonical {
        match value {
            Some(value) => self.field(1, &value.to_le_bytes()),
            None => self.field(0, &[]),
        }
    }

    pub(crate) fn text(self, value: Option<&str>) -> Canonical {
        match value {
            Some(value) => self.field(3, value.as_bytes()),
            None => self.field(0, &[]),
        }
    }

    pub(crate) fn digest(self, value: Option<&Digest>) -> Canonical {
        match value {
            Some(value) => self.field(4, &value.0),
            None => self.field(0, &[]),
        }
    }

    pub(crate) fn link(&self, before: &Chain) -> Chain {
        Digest::of(&[&before.0, &self.0])
    }
}

/// A journal up to an event: whoever holds it elsewhere can tell later whether the journal still begins with these events.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Seal {
    /// The last event.
    pub count: Seq,
    /// The first hexadecimal digits of the chain after it.
    pub chain: String,
}

impl Seal {
    /// So many digits stand in a seal: 64 bits, short enough for a paper and too many to be met by trying.
    const DIGITS: usize = 16;

    /// The seal of a journal that ends with `count` and `chain`.
    pub fn of(count: Seq, chain: &Chain) -> Seal {
        Seal { count, chain: chain.to_string()[..Self::DIGITS].into() }
    }
}

impl fmt::Display for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.count.0, self.chain)
    }
}

impl FromStr for Seal {
    type Err = String;

    /// Reads "48:9f3a02c1d7e65b80", as `antrean check --seal` and the day's summary say it.
    fn from_str(text: &str) -> Result<Seal, String> {
        let wrong = || format!("\"{text}\" is no seal; it looks like 48:9f3a02c1d7e65b80");
        let (count, chain) = text.trim().split_once(':').ok_or_else(wrong)?;
        let count: i64 = count.parse().map_err(|_| wrong())?;
        let chain = chain.to_ascii_lowercase();
        let hexadecimal = chain.len() == Self::DIGITS && chain.bytes().all(|b| b.is_ascii_hexdigit());
        if count < 1 || !hexadecimal {
            return Err(wrong());
        }
        Ok(Seal { count: Seq(count), chain })
    }
}
