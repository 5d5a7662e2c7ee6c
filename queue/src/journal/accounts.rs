//! The staff's accounts as the journal tells them: people and roles, enrolled browsers, logins and tokens. The secrets
//! themselves lie in a file of their own; here stands which row of it holds.

use super::happened::Happened;
use crate::chain::Digest;
use crate::ids::{BrowserId, LoginId, PersonId, Seq};
use crate::people::Roles;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A person's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The account's name, chosen by the office; unique whatever its case.
    pub name: String,
    /// The words of its roles.
    pub roles: String,
    /// Of the row that holds password and PIN.
    pub secret: Option<Digest>,
    /// Of the row that holds the one-time code that waits.
    pub code: Option<Digest>,
}

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

/// All accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountBook {
    /// Everybody who has or had an account.
    pub people: BTreeMap<PersonId, Account>,
    /// Logins and tokens that have not ended. A new one is called after its event.
    pub logins: BTreeMap<LoginId, LoginRow>,
    /// Enrolled browsers and the rows that hold their keys. A new one is called after its event.
    pub browsers: BTreeMap<BrowserId, Digest>,
}

impl AccountBook {
    /// Whether an event concerns the accounts.
    pub fn concerns(happened: &Happened) -> bool {
        matches!(
            happened,
            Happened::PersonSet { .. }
                | Happened::PersonInvited { .. }
                | Happened::PersonEnrolled { .. }
                | Happened::SecretsRehashed { .. }
                | Happened::SignedIn { .. }
                | Happened::SignedOut { .. }
                | Happened::TokenMade { .. }
                | Happened::BrowsersForgotten
                | Happened::Upgraded { .. }
                | Happened::Restored
        )
    }

    /// The next event.
    ///
    /// # Errors
    /// An event about somebody who has no account.
    pub fn hear(&mut self, seq: Seq, happened: &Happened) -> Result<(), String> {
        match happened {
            Happened::PersonSet { person, name, roles } => {
                let new = || Account { name: String::new(), roles: String::new(), secret: None, code: None };
                let account = self.people.entry(*person).or_insert_with(new);
                (account.name, account.roles) = (name.clone(), roles.clone());
                if Roles::read(roles).is_empty() {
                    (account.secret, account.code) = (None, None);
                    self.end(*person, None, true);
                }
            }
            Happened::PersonInvited { person, code } => {
                let account = self.account(*person)?;
                (account.secret, account.code) = (None, *code);
                self.end(*person, None, true);
            }
            Happened::PersonEnrolled { person, secret, keep } => {
                let account = self.account(*person)?;
                (account.secret, account.code) = (*secret, None);
                self.end(*person, *keep, keep.is_none());
            }
            Happened::SecretsRehashed { person, secret } => self.account(*person)?.secret = Some(*secret),
            Happened::SignedIn { person, key, browser_key, .. } => {
                self.account(*person)?;
                if let Some(key) = browser_key {
                    self.browsers.insert(BrowserId(seq.0), *key);
                }
                if let Some(key) = key {
                    let roles = Roles::all().to_string();
                    self.logins.insert(LoginId(seq.0), LoginRow { person: *person, label: None, roles, key: *key });
                }
            }
            Happened::TokenMade { person, label, scopes, key, .. } => {
                self.account(*person)?;
                if let Some(key) = key {
                    let row =
                        LoginRow { person: *person, label: Some(label.clone()), roles: scopes.clone(), key: *key };
                    self.logins.insert(LoginId(seq.0), row);
                }
            }
            Happened::SignedOut { person, login, everywhere } => {
                if let Some(login) = login {
                    self.logins.remove(login);
                }
                if *everywhere {
                    self.end(*person, None, false);
                }
            }
            Happened::BrowsersForgotten => self.browsers.clear(),
            Happened::Upgraded { accounts, .. } => {
                for (person, secret, code) in &accounts.people {
                    let account = self.account(*person)?;
                    (account.secret, account.code) = (*secret, *code);
                }
                self.logins = accounts.logins.iter().cloned().collect();
                self.browsers = accounts.browsers.iter().copied().collect();
            }
            Happened::Restored => {
                for account in self.people.values_mut() {
                    (account.secret, account.code) = (None, None);
                }
                self.logins.clear();
                self.browsers.clear();
            }
            _ => {}
        }
        Ok(())
    }

    /// The rows of the secrets that hold.
    pub fn held(&self) -> BTreeSet<Digest> {
        let people = self.people.values().flat_map(|account| [account.secret, account.code]).flatten();
        let logins = self.logins.values().map(|login| login.key);
        people.chain(logins).chain(self.browsers.values().copied()).collect()
    }

    fn account(&mut self, person: PersonId) -> Result<&mut Account, String> {
        self.people.get_mut(&person).ok_or_else(|| format!("person {} has no account", person.0))
    }

    /// Ends the person's logins but `keep`, and the tokens where `tokens` says so.
    fn end(&mut self, person: PersonId, keep: Option<LoginId>, tokens: bool) {
        self.logins
            .retain(|id, login| login.person != person || Some(*id) == keep || (login.label.is_some() && !tokens));
    }
}
