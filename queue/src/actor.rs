//! Who did it: an identity, never a sentence. The sentence is made where it is shown.

use crate::ids::{DeviceId, LoginId, PersonId};
use serde::{Deserialize, Serialize};

/// Who gave a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    /// A member of staff who is signed in at a browser.
    Person(PersonId),
    /// A script with a person's token.
    Token(LoginId),
    /// A device of the office.
    Device(DeviceId),
    /// Somebody at the machine's terminal.
    Terminal,
    /// Somebody at the console who is not signed in.
    Console,
    /// As format 1 wrote it down: a device's word, an account's name, or a name "di loket n".
    Named(String),
}

impl Actor {
    /// The word of `event.actor`.
    pub fn word(&self) -> &'static str {
        match self {
            Actor::Person(_) => "person",
            Actor::Token(_) => "token",
            Actor::Device(_) => "device",
            Actor::Terminal => "terminal",
            Actor::Console => "console",
            Actor::Named(_) => "named",
        }
    }

    /// The identity of `event.actor_id`.
    pub fn id(&self) -> Option<i64> {
        match self {
            Actor::Person(PersonId(id)) | Actor::Token(LoginId(id)) | Actor::Device(DeviceId(id)) => Some(*id),
            Actor::Terminal | Actor::Console | Actor::Named(_) => None,
        }
    }

    /// The actor of the columns of format 2; `None` where they contradict each other.
    pub fn of(word: &str, id: Option<i64>) -> Option<Actor> {
        match (word, id) {
            ("person", Some(id)) => Some(Actor::Person(PersonId(id))),
            ("token", Some(id)) => Some(Actor::Token(LoginId(id))),
            ("device", Some(id)) => Some(Actor::Device(DeviceId(id))),
            ("terminal", None) => Some(Actor::Terminal),
            ("console", None) => Some(Actor::Console),
            _ => None,
        }
    }
}
