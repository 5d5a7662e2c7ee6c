//! The rules, pure: given what is known and what is wished, which events follow, or [`crate::Refused`] with a reason. They
//! touch no SQL, no clock and no log.

pub mod board;
pub mod case;
pub mod day;
pub mod devices;
pub mod document;
pub mod forecast;
pub mod network;
pub mod notice;
pub mod outlook;
pub mod people;
pub mod policy;
pub mod printing;
pub mod privacy;
pub mod references;
#[cfg(test)]
mod table_tests;
pub mod undo;
pub mod visit;
