//! Keys of a keyboard, or of a scanner that types what it reads. Pure: time is passed in.

use crate::input::Touch;
use std::time::{Duration, Instant};

/// Nobody types so fast: keys that follow one another within this time are a scanner's.
const BURST: Duration = Duration::from_millis(70);
/// After this silence what a scanner has typed is complete, also without an Enter behind it.
pub(crate) const SILENCE: Duration = Duration::from_millis(150);
/// So many keys of a burst are a code; fewer are keys that a person struck together.
const CODE: usize = 6;
/// Longer codes are no receipt, and are not kept.
const LONGEST: usize = 200;

/// What has been typed and not been understood yet.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    typed: String,
    last: Option<Instant>,
}

impl Scan {
    /// One key: what is to be done now.
    pub(crate) fn key(&mut self, key: char, now: Instant) -> Vec<Touch> {
        let mut touches = vec![];
        if self.last.is_some_and(|last| now > last + BURST) {
            touches = self.quiet();
        }
        self.last = Some(now);
        match key {
            '\n' | '\r' | '\t' => touches.extend(self.quiet()),
            '\u{8}' | '\u{7f}' => {
                touches.extend(self.quiet());
                touches.push(Touch::Erase);
            }
            key => {
                if let Some(key) = printed(key).filter(|_| self.typed.len() < LONGEST) {
                    self.typed.push(key);
                }
            }
        }
        touches
    }

    /// Nothing more has come for a while: a code, or single digits.
    pub(crate) fn quiet(&mut self) -> Vec<Touch> {
        let typed = std::mem::take(&mut self.typed);
        let code = plain(&typed);
        if code.chars().count() >= CODE {
            return vec![Touch::Scanned(code.into())];
        }
        let digits = code.chars().filter_map(|key| Some(Touch::Digit(u8::try_from(key.to_digit(10)?).ok()?)));
        digits.collect()
    }
}

/// Without what a scanner says first: which kind of code it read, as "]C1".
fn plain(typed: &str) -> &str {
    let typed = typed.trim();
    match typed.strip_prefix(']') {
        Some(rest) => rest.get(2..).unwrap_or_default(),
        None => typed,
    }
}

/// What a key stands for, if it prints. With NumLock off the digits of the keypad arrive as keys that move a cursor.
fn printed(key: char) -> Option<char> {
    Some(match key {
        '\u{F727}' => '0', // Insert
        '\u{F72B}' => '1', // End
        '\u{F701}' => '2', // Down
        '\u{F72D}' => '3', // Page down
        '\u{F702}' => '4', // Left
        '\u{F703}' => '6', // Right
        '\u{F729}' => '7', // Home
        '\u{F700}' => '8', // Up
        '\u{F72C}' => '9', // Page up
        // Other keys of no letter: control codes and the private range.
        key if key.is_control() || ('\u{E000}'..='\u{F8FF}').contains(&key) => return None,
        key => key,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of these keys, `ms` apart, and of the silence behind them.
    fn typed(keys: &str, ms: u64) -> Vec<Touch> {
        let (mut scan, start) = (Scan::default(), Instant::now());
        let mut touches: Vec<Touch> = (0u64..)
            .zip(keys.chars())
            .flat_map(|(n, key)| scan.key(key, start + Duration::from_millis(n * ms)))
            .collect();
        touches.extend(scan.quiet());
        touches
    }

    #[test]
    fn a_burst_is_one_code_whatever_stands_around_it() {
        let code = [Touch::Scanned("26-000001-9".into())];
        for keys in
            ["26-000001-9\n", "26-000001-9\r", "26-000001-9\t", "26-000001-9", "]C126-000001-9\n", "]Q326-000001-9"]
        {
            assert_eq!(typed(keys, 3), code, "{keys:?}");
        }
        assert_eq!(typed("https://example.org/1\n", 3), [Touch::Scanned("https://example.org/1".into())]);
        assert_eq!(typed("]", 3), []);
        assert_eq!(typed("]C", 3), []);
        assert_eq!(typed(&"9".repeat(100_000), 1).len(), 1, "no code is kept for ever");
    }

    #[test]
    fn a_person_types_single_digits_and_erases_them() {
        let digits = |all: &[u8]| all.iter().map(|digit| Touch::Digit(*digit)).collect::<Vec<_>>();
        assert_eq!(typed("260", 200), digits(&[2, 6, 0]));
        assert_eq!(typed("26", 20), digits(&[2, 6]), "two keys struck together");
        assert_eq!(typed("2\u{8}", 200), [Touch::Digit(2), Touch::Erase]);
        assert_eq!(typed("é§\u{1b}\u{F704}", 200), []);
    }

    #[test]
    fn without_num_lock_the_keypad_still_types() {
        let keys = "\u{F727}\u{F72B}\u{F701}\u{F72D}\u{F702}\u{F703}\u{F729}\u{F700}\u{F72C}";
        let digits: Vec<Touch> = [0, 1, 2, 3, 4, 6, 7, 8, 9].map(Touch::Digit).into();
        assert_eq!(typed(keys, 200), digits);
    }
}
