//! Rows of the secrets, as events name them.

use crate::chain::Digest;
use crate::ids::{BrowserId, LoginId, PersonId};
use serde::{Deserialize, Serialize};

/// A browser's login, or a script's token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginRow {
    /// Whose.
    pub person: PersonId,
    /// A token's name; `None` for a browser.
    pub label: Option<String>,
    /// The words of the roles it may act in.
    pub roles: String,
    /// Of the row that holds its key.
    pub key: Digest,
}

/// Which rows of the secrets held when a file of an older format was upgraded: its events do not say it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Of each person: password and PIN, and the one-time code.
    pub people: Vec<(PersonId, Option<Digest>, Option<Digest>)>,
    /// Logins and tokens.
    pub logins: Vec<(LoginId, LoginRow)>,
    /// Enrolled browsers.
    pub browsers: Vec<(BrowserId, Digest)>,
}
