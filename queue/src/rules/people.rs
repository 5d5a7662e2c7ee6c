//! The staff's accounts: people and their roles, enrolled browsers, logins and API tokens, and failed guesses.
//!
//! Keys that a browser or a script carries are kept as SHA-256 only: who reads the file cannot sign in with it. A PIN is
//! too short for that, so the secrets lie in a file that only the console's user reads. Every change of a person, sign-in,
//! failure and log-out is an event; none of them touches the queue.

pub use crate::ids::{BrowserId, LoginId, PersonId};

use crate::actor::Actor;
use crate::time::Moment;
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};
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

/// How many days a token lives where nobody said it.
pub const TOKEN_DAYS: i64 = 365;

impl Login {
    /// Whether a token's last day has passed.
    pub fn has_lapsed(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

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
    /// A script's token instead of a browser's login.
    pub is_token: bool,
    /// The last day of a token; a login ends by the clock of the machine.
    pub until: Option<Date>,
    /// Since when.
    pub since: Moment,
    /// When something was last done with it, to the minute.
    pub seen: Moment,
    /// From where.
    pub address: Option<String>,
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
/// So many wrong guesses for whatever accounts are free within an hour, of one enrolled browser: a PIN has few digits.
const FREE_AT_A_BROWSER: u32 = 10;
/// The same of one address, of all its browsers that are not enrolled.
const FREE_AT_AN_ADDRESS: u32 = 20;

/// The account whose secret somebody claims to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// One that there is.
    Of(PersonId),
    /// One that there is not, told from few others by its name: it is counted like one that there is, so that nothing tells
    /// who has an account, and what was typed is not kept.
    Nobody(u16),
}

impl Claimed {
    /// The account of a name as typed, looked up.
    pub fn new(person: Option<&Person>, name: &str) -> Claimed {
        match person {
            Some(person) => Claimed::Of(person.id),
            None => {
                let digest = Sha256::digest(name.to_ascii_lowercase().as_bytes());
                Claimed::Nobody(u16::from_le_bytes([digest[0], digest[1]]))
            }
        }
    }

    /// The person, if there is one.
    pub fn person(self) -> Option<PersonId> {
        match self {
            Claimed::Of(person) => Some(person),
            Claimed::Nobody(_) => None,
        }
    }
}

/// Where somebody guesses: an enrolled browser, or the address of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The browser, if it is enrolled.
    pub browser: Option<BrowserId>,
    /// The machine on the network.
    pub address: &'a str,
}

/// Guesses that failed in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guesses {
    /// How many.
    pub failed: u32,
    /// The last one.
    pub last: Moment,
}

/// What was guessed wrongly until now, as far as it concerns one more guess for an account at a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// For this account at this place.
    pub own: Option<Guesses>,
    /// For this account at all enrolled browsers, or from all addresses of others.
    pub account: Option<Guesses>,
    /// For all accounts at this place, within the last hour.
    pub place: Option<Guesses>,
    /// The place is an enrolled browser.
    pub enrolled: bool,
    /// The account's person has signed in at this place before: what is guessed elsewhere does not delay her here.
    pub familiar: bool,
}

/// How long nobody may guess for this account at this place: after the free guesses a minute, then one more with each, five at
/// most. Others and other places go on.
pub fn wait(tally: &Tally, now: Moment) -> Option<Duration> {
    let spread = tally.account.filter(|all| all.failed >= SPREAD_GUESSES && !tally.familiar);
    let free = if tally.enrolled { FREE_AT_A_BROWSER } else { FREE_AT_AN_ADDRESS };
    [(tally.own, FREE_GUESSES), (spread, FREE_GUESSES), (tally.place, free)]
        .into_iter()
        .filter_map(|(guesses, free)| delay(guesses?, free, now))
        .max()
}

fn delay(guesses: Guesses, free: u32, now: Moment) -> Option<Duration> {
    let minutes = (guesses.failed.checked_sub(free)? + 1).min(5);
    // A restart of the machine needs somebody in front of it.
    let passed = now.since(&guesses.last)?;
    Duration::from_secs(u64::from(minutes) * 60).checked_sub(passed).filter(|left| !left.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Moment {
        Moment { wall_ms: -second, boot: 7, uptime_ms: second * 1000 }
    }

    fn guesses(failed: u32) -> Option<Guesses> {
        Some(Guesses { failed, last: at(0) })
    }

    #[test]
    fn guesses_are_delayed_longer_and_longer_and_never_for_good() {
        let wait = |failed, second| {
            let tally = Tally { own: guesses(failed), ..Tally::default() };
            wait(&tally, at(second)).map(|d| d.as_secs())
        };
        assert_eq!(wait(4, 0), None);
        assert_eq!([wait(5, 0), wait(5, 59), wait(5, 60)], [Some(60), Some(1), None]);
        assert_eq!([wait(6, 0), wait(7, 0), wait(9, 0)], [Some(120), Some(180), Some(300)]);
        assert_eq!([wait(4_000_000_000, 0), wait(4_000_000_000, 300)], [Some(300), None]);
        let restarted = Moment { boot: 8, ..at(1) };
        let tally = Tally { own: guesses(9), ..Tally::default() };
        assert_eq!(super::wait(&tally, restarted), None);
    }

    #[test]
    fn a_spread_attack_delays_the_guessers_and_never_the_person_at_a_place_of_hers() {
        let elsewhere = Tally { account: guesses(5000), ..Tally::default() };
        assert_eq!(wait(&elsewhere, at(0)).map(|d| d.as_secs()), Some(300));
        assert_eq!(wait(&Tally { familiar: true, ..elsewhere }, at(0)), None);
        assert_eq!(wait(&Tally { account: guesses(SPREAD_GUESSES - 1), ..Tally::default() }, at(0)), None);
        let own = Tally { familiar: true, own: guesses(5), ..elsewhere };
        assert_eq!(wait(&own, at(0)).map(|d| d.as_secs()), Some(60), "her own wrong ones count");
    }

    #[test]
    fn few_guesses_for_each_of_many_accounts_are_delayed_together() {
        for (enrolled, free) in [(true, 10), (false, 20)] {
            let wait = |failed| {
                let tally =
                    Tally { place: guesses(failed), own: guesses(1), enrolled, familiar: true, ..Tally::default() };
                wait(&tally, at(0)).map(|d| d.as_secs())
            };
            assert_eq!(
                [wait(free - 1), wait(free), wait(free + 4), wait(free + 50)],
                [None, Some(60), Some(300), Some(300)]
            );
        }
    }

    #[test]
    fn names_that_nobody_bears_are_told_apart_like_accounts() {
        let of = |name: &str| Claimed::new(None, name);
        assert_eq!(of("Tidak Ada"), of("TIDAK ADA"));
        assert_ne!(of("Tidak Ada"), of("Siapa"));
    }
}
