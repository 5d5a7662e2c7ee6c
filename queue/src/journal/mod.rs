//! The journal: what happened, in the order in which it happened. It is the truth, and a contract.
//!
//! | file | what |
//! |---|---|
//! | `record.rs` | one row as it is stored and sent: every column that the chain covers, and its format |
//! | `happened.rs` | what a row says, typed |
//! | `words.rs` | free text and names, which lie beside the row and can be erased |
//! | `fold.rs` | what an event makes of the visit and the application it concerns: the one fold |
//! | `held.rs` | rows of the secrets, as events name them |
//! | `accounts.rs` | the staff's accounts as the journal tells them |
//! | `world.rs` | everything that the journal leads to |
//!
//! The tables of the store are the fold of the events, and the same code checks them. An event of an older format is read
//! for ever; one of an unknown format is refused, with everything behind it.

mod accounts;
#[cfg(test)]
pub(crate) mod contract_tests;
mod fold;
mod happened;
mod held;
mod record;
#[cfg(test)]
mod recorded_history;
mod words;
mod world;

pub use crate::actor::Actor;
pub(crate) use crate::chain::first_link;
pub use crate::chain::{Chain, Digest, Seal};
pub use accounts::{Account, AccountBook};
pub use fold::{Change, Known, case_action, follow, new_case};
pub use happened::Happened;
pub use held::{Held, LoginRow};
pub use record::{Event, FORMAT, Record};
pub(crate) use record::{Reader, written};
pub use words::{ERASED, Words};
pub use world::World;
