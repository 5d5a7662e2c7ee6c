//! The whole office with real processes: the program itself, a kiosk without a screen, a printer on a pseudo-terminal,
//! the console over HTTP. Everything is waited for by looking, never by sleeping for a fixed time.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod accounts;
mod browser;
mod clerks;
mod devices;
mod hands;
mod interface;
mod keyboard;
mod killed;
mod load;
mod office;
mod speech;
mod standard;
mod technician;
mod traces;
mod verbs;
mod visits;
