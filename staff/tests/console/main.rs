//! The console, request by request, in process.

mod access;
mod back_office;
mod office;
mod trust;
mod visits;
