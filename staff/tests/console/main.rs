//! The console, request by request, in process.

mod access;
mod api;
mod back_office;
mod hands;
mod history;
mod leading;
mod looking;
mod negatives;
mod office;
mod today;
mod trust;
mod visits;
mod year;
