//! The rules of the office, and the store.
//!
//! The rules are pure: they touch no SQL, no clock and no log. The store applies them, one transaction per act.
//!
//! | question | file |
//! |---|---|
//! | What is this office? | `office/`, from `office.toml` |
//! | Which date may be opened, who gets a number? | `rules/day.rs` |
//! | What may a clerk do now? | `rules/visit.rs` (tickets), `rules/case.rs` (applications) |
//! | What may he take back? | `rules/undo.rs` |
//! | Who is next? | `rules/policy.rs` |
//! | What does a network outage hold? | `rules/network.rs` |
//! | How long will it take? | `rules/forecast.rs` |
//! | When will everybody have been served? | `rules/outlook.rs` |
//! | What does the waiting room see? | `rules/board.rs` |
//! | What do the papers say? | `rules/document.rs` |
//! | Did the paper come out? | `rules/printing.rs` |
//! | What may never be written down? | `rules/privacy.rs` |
//! | What does the board announce? | `rules/notice.rs` |
//! | Who may do what? | `rules/people.rs` |
//! | Are the devices alive? | `rules/devices.rs` |
//! | What of `office.toml` is still needed? | `rules/references.rs` |
//! | What happened? | `journal/` |
//! | Who did it? | `actor.rs` |
//! | Was it altered? | `chain.rs`: the chain over the journal, digests and seals |
//! | What may each device ask? | `doors.rs` |
//! | What is stored? | `store/schema.sql` |

mod actor;
mod chain;
pub mod clock;
pub mod doors;
#[cfg(test)]
mod fixture;
mod ids;
pub mod journal;
mod lang;
pub mod office;
mod refused;
mod rules;
pub mod store;
pub mod ticket;
pub mod time;
pub mod words;

pub use office::{Lang, Office};
pub use refused::Refused;
pub use rules::{
    board, case, day, devices, document, forecast, network, notice, outlook, people, policy, printing, privacy,
    references, undo, visit,
};
pub use store::{Command, Error, Fault, Store};
