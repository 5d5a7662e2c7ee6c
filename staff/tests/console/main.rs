//! The console, request by request, in process.

mod back_office;
mod office;
mod trust;
mod visits;
