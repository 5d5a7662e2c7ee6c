//! Which strikes of a finger are touches: a finger that trembles, or taps twice out of habit, touches once (EN 301 549, 5.8).

use crate::input::Touch;
use std::time::{Duration, Instant};

/// How long strikes are dropped after a new page has come, and after the same touch.
pub(crate) const SETTLE: Duration = Duration::from_millis(700);

/// What the finger did last. Time is passed in.
#[derive(Debug)]
pub(crate) struct Finger {
    turned: Instant,
    /// Before this moment no strike counts.
    quiet_until: Instant,
    last: Option<(Touch, Instant)>,
}

impl Finger {
    /// A finger that has not struck yet; the first page comes `now`.
    pub(crate) fn new(now: Instant) -> Finger {
        Finger { turned: now, quiet_until: now + SETTLE, last: None }
    }

    /// Something else lies under the finger from `now` on.
    pub(crate) fn turned(&mut self, now: Instant) {
        self.turned = now;
        self.quiet_until = now + SETTLE;
    }

    /// Whether a strike on `touch` counts. A strike that is dropped on a new page makes the finger wait again, as a trembling
    /// finger strikes in a row; whoever taps on without a pause is heard after twice [`SETTLE`].
    pub(crate) fn strikes(&mut self, touch: &Touch, now: Instant) -> bool {
        if now < self.quiet_until {
            self.quiet_until = (now + SETTLE).min(self.turned + 2 * SETTLE);
            return false;
        }
        let again = matches!(&self.last, Some((last, at)) if last == touch && now < *at + SETTLE);
        self.last = Some((touch.clone(), now));
        // Two quick taps on a key of the keypad are two digits.
        !again || matches!(touch, Touch::Digit(_) | Touch::Erase)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::key;

    fn after(start: Instant, ms: u64) -> Instant {
        start + Duration::from_millis(ms)
    }

    #[test]
    fn the_second_tap_never_touches_what_the_first_one_brought() {
        let start = Instant::now();
        for pause in (10..700).step_by(10) {
            let mut finger = Finger::new(start);
            assert!(finger.strikes(&Touch::Print, after(start, 1000)), "a calm touch");
            finger.turned(after(start, 1000));
            for touch in [Touch::Home, Touch::Print, Touch::NextLanguage, Touch::Digit(8), Touch::Service(key("new"))] {
                assert!(!finger.strikes(&touch, after(start, 1000 + pause)), "{touch:?} after {pause} ms");
            }
        }
    }

    #[test]
    fn three_taps_of_a_trembling_finger_are_one() {
        let start = Instant::now();
        let mut finger = Finger::new(start);
        assert!(finger.strikes(&Touch::Large, after(start, 1000)), "on the same page");
        assert!(!finger.strikes(&Touch::Large, after(start, 1400)));
        assert!(!finger.strikes(&Touch::Large, after(start, 1800)));
        assert!(finger.strikes(&Touch::Large, after(start, 2600)), "a wish to switch it back");
        finger.turned(after(start, 3000));
        assert!(!finger.strikes(&Touch::Home, after(start, 3400)), "on a new page");
        assert!(!finger.strikes(&Touch::Home, after(start, 3900)));
        assert!(finger.strikes(&Touch::Home, after(start, 4500)), "whoever taps on is heard");
    }

    #[test]
    fn two_quick_taps_on_the_keypad_are_two_digits() {
        let start = Instant::now();
        let mut finger = Finger::new(start);
        assert!(finger.strikes(&Touch::Digit(8), after(start, 1000)));
        assert!(finger.strikes(&Touch::Digit(8), after(start, 1080)));
        assert!(finger.strikes(&Touch::Erase, after(start, 1100)) && finger.strikes(&Touch::Erase, after(start, 1200)));
    }
}
