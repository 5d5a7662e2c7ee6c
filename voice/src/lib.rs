//! The loudspeaker: what is said, in whose recordings, and how it reaches the ear. Board and kiosk both speak
//! through it, each with one of its own.
//!
//! | question | file |
//! |---|---|
//! | What does a call sound like, clip by clip? | `words.rs`, pure |
//! | Which clips are there, and whose voice? | `pack.rs`, from the lists in `packs/` or an office's own folder |
//! | How do clips become one sound? | `sound.rs`, pure; the chime is made in `chime.rs` |
//! | Can this voice call everybody? | `check.rs` |
//! | How does an office record its own people? | `record.rs` |
//! | Who speaks first, board or kiosk? | `turn.rs`, where they share one loudspeaker |
//! | Who plays it? | `speaker.rs`, one thread and one queue, through `player.rs` |
//!
//! A clip is named by its place in a pack, without the ending: `id/loket`, `en/counter`, `chime`. A file of that
//! name in the data folder's `voice/` (`voice/id/loket.wav`) replaces the embedded clip.
//! A phrase has the same name in both languages; numbers have their words.

pub mod check;
pub mod chime;
pub mod pack;
mod player;
pub mod record;
pub mod sound;
pub mod speaker;
pub mod turn;
pub mod words;

pub use pack::Pack;
pub use player::Output;
pub use sound::Sound;
pub use speaker::{Heard, Loudspeaker, Speech, TRIAL};
pub use turn::{Rank, Turns};
