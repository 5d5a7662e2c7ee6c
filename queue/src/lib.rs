//! The rules of the office, and the store.
//!
//! The rules are pure: they touch no SQL, no clock and no log. The store applies them, one transaction per act.
//!
//! | question | file |
//! |---|---|
//! | What is this office? | `office/`, from `office.toml` |
//! | What may a clerk do now? | `workflow.rs` (tickets), `case.rs` (applications) |
//! | What may he take back? | `undo.rs` |
//! | Who is next? | `policy.rs` |
//! | How long will it take? | `estimate.rs` |
//! | What does the waiting room see? | `board.rs` |
//! | What do the papers say? | `document.rs` |
//! | Did the paper come out? | `printing.rs` |
//! | What does the board announce? | `notice.rs` |
//! | Are board and kiosk alive? | `heartbeat.rs` |
//! | What happened? | `journal.rs` |
//! | What is stored? | `store/schema.sql` |

pub mod board;
pub mod case;
pub mod clock;
pub mod document;
pub mod estimate;
#[cfg(test)]
mod fixture;
pub mod heartbeat;
pub mod journal;
pub mod notice;
pub mod office;
pub mod policy;
pub mod printing;
mod refused;
pub mod store;
#[cfg(test)]
mod table_tests;
pub mod ticket;
pub mod time;
pub mod undo;
pub mod words;
pub mod workflow;

pub use office::{Lang, Office};
pub use refused::Refused;
pub use store::{Command, Error, Fault, Store};
