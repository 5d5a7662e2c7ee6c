//! The staff's accounts: people and their roles, enrolled browsers, logins and API tokens, and failed guesses.
//!
//! Keys that a browser or a script carries are kept as SHA-256 only: who reads the file cannot sign in with it. A PIN is
//! too short for that, so the secrets lie in a file that only the console's user reads. Every change of a person, sign-in,
//! failure and log-out is an event; none of them touches the queue.

pub use crate::ids::{BrowserId, LoginId, PersonId};

use crate::actor::Actor;
use crate::time::Moment;
use std::fmt;
use std::time::Duration;

/// What a member of staff may do; one person may have any mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Petugas: verification, collection, numbers, network.
    Officer,
    /// Operator perekaman.
    Recording,
    /// Operator cetak: the back office's cases.
    Printing,
    /// Camat: the day, people, reports.
    Head,
    /// Teknisi: the printer's papers, people.
    Technician,
}

impl Role {
    /// All roles, in the order people name them.
    pub const ALL: [Role; 5] = [Role::Officer, Role::Recording, Role::Printing, Role::Head, Role::Technician];

    /// The word in forms, tokens and the database.
    pub fn word(self) -> &'static str {
        match self {
            Role::Officer => "officer",
            Role::Recording => "recording",
            Role::Printing => "printing",
            Role::Head => "head",
            Role::Technician => "technician",
        }
    }

    /// The role of a word.
    pub fn from_word(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// A set of roles. The empty one is somebody who may not sign in any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles(u8);

impl Roles {
    /// Every role.
    pub fn all() -> Roles {
        Role::ALL.into_iter().collect()
    }

    /// Whether `role` is among them.
    pub fn has(self, role: Role) -> bool {
        self.0 & (1 << role as u8) != 0
    }

    /// Whether any of `roles` is among them.
    pub fn any(self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.has(*role))
    }

    /// Whether nobody may do anything with them.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of them are in `other` too.
    pub fn within(self, other: Roles) -> bool {
        self.0 & !other.0 == 0
    }

    /// Those in both.
    pub fn and(self, other: Roles) -> Roles {
        Roles(self.0 & other.0)
    }

    /// One by one.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }

    pub(crate) fn read(words: &str) -> Roles {
        words.split(' ').filter_map(Role::from_word).collect()
    }
}

impl Login {
    /// Who acts with it.
    pub fn actor(&self) -> Actor {
        match self.is_token {
            true => Actor::Token(self.id),
            false => Actor::Person(self.person),
        }
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Roles {
        Roles(roles.into_iter().fold(0, |set, role| set | 1 << role as u8))
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let words: Vec<&str> = self.iter().map(Role::word).collect();
        f.write_str(&words.join(" "))
    }
}

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Identity.
    pub id: PersonId,
    /// The account's name, chosen by the office; unique whatever its case.
    pub name: String,
    /// What the person may do.
    pub roles: Roles,
    /// Whether the person has chosen a password and a PIN.
    pub enrolled: bool,
    /// Whether a one-time code waits for the person.
    pub invited: bool,
}

/// Who is behind a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Identity.
    pub id: LoginId,
    /// Whose.
    pub person: PersonId,
    /// The person's name; of a token with a label of its own "name (label)", so that no script acts under another name.
    pub name: String,
    /// What it may do: never more than the person may now.
    pub roles: Roles,
    /// A script's token instead of a browser's login: it has no time limit.
    pub is_token: bool,
    /// Since when.
    pub since: Moment,
    /// When a person last did something with it.
    pub seen: Moment,
}

/// What a person chose, each as a PHC string: algorithm, parameters, salt and hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets {
    /// Of the password.
    pub password: String,
    /// Of the PIN, for enrolled browsers.
    pub pin: String,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets")
    }
}

/// Wrong guesses for one account from which on all its browsers, or all addresses of unknown ones, count together.
pub const SPREAD_GUESSES: u32 = 15;
/// Of these, how many one address can be: three addresses at least must guess before others wait.
pub const OF_ONE_ADDRESS: u32 = 5;
/// So many wrong guesses in a row cost nothing but the guess.
const FREE_GUESSES: u32 = 5;

/// How long nobody may guess for this account at this browser: after five wrong guesses a minute, then one more with each,
/// five at most. Others and other browsers go on.
pub fn wait(guesses: Option<Guesses>, now: Moment) -> Option<Duration> {
    let guesses = guesses.filter(|g| g.failed >= FREE_GUESSES)?;
    let minutes = (guesses.failed - FREE_GUESSES + 1).min(5);
    // A restart of the machine needs somebody in front of it.
    let passed = now.since(&guesses.last)?;
    Duration::from_secs(u64::from(minutes) * 60).checked_sub(passed).filter(|left| !left.is_zero())
}

/// The guesses that count for one more try: the browser's own, or those of all together where they are spread.
pub fn counted(own: Option<Guesses>, all: Option<Guesses>) -> Option<Guesses> {
    all.filter(|all| all.failed >= SPREAD_GUESSES).or(own)
}

/// Guesses that failed in a row for one account from one browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guesses {
    /// How many.
    pub failed: u32,
    /// The last one.
    pub last: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Moment {
        Moment { wall_ms: -second, boot: 7, uptime_ms: second * 1000 }
    }

    #[test]
    fn guesses_are_delayed_longer_and_longer_and_never_for_good() {
        let wait = |failed, second| wait(Some(Guesses { failed, last: at(0) }), at(second)).map(|d| d.as_secs());
        assert_eq!(wait(4, 0), None);
        assert_eq!([wait(5, 0), wait(5, 59), wait(5, 60)], [Some(60), Some(1), None]);
        assert_eq!([wait(6, 0), wait(7, 0), wait(9, 0)], [Some(120), Some(180), Some(300)]);
        assert_eq!([wait(4_000_000_000, 0), wait(4_000_000_000, 300)], [Some(300), None]);
        let restarted = Moment { boot: 8, ..at(1) };
        assert_eq!(super::wait(Some(Guesses { failed: 9, last: at(0) }), restarted), None);
    }
}
