//! Which call the room sees now. No call is lost, overwritten or shown too short: a burst waits in line. What the voice
//! says of the call in the field is said to its end before the next one comes.
//!
//! A number that is not called any more before its turn in the line, or whose applicant has come, is not shown: nobody may
//! be sent to a counter that has gone on. The journal's sequence is the only order. A recall is a call of its own and is
//! shown again, unless its number still waits in the line. Everything up to [`Calls::shown_through`] has had its full time
//! on the board; after a restart the board goes on behind it. The rules of the line are `queue`'s, because they also say when
//! a clerk may recall and skip.

pub use queue::board::DWELL;
use queue::board::{CATCH_UP, Call, dwell};
use queue::ticket::Seq;
use queue::time::Moment;
use std::collections::VecDeque;
use std::time::Duration;

/// How long a new call flashes; after that its border stays.
pub const FLASH: Duration = Duration::from_secs(5);
/// Half a period of the flash: 1 Hz, a third of what WCAG 2.3.1 allows.
pub const HALF_FLASH: Duration = Duration::from_millis(500);
/// How long a call counts as new: so long it is shown even over the message of the break or of the closed day.
pub const FRESH: Duration = Duration::from_secs(30);

/// A call in the large field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The call.
    pub call: Call,
    /// Less than [`FRESH`] on the board.
    pub fresh: bool,
    /// In the bright half of the flash.
    pub bright: bool,
}

/// The line of calls in front of the large field.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    /// The call in the field, and since when; without a time it was shown before a restart and is only kept.
    current: Option<(Call, Option<Moment>)>,
    waiting: VecDeque<Call>,
    /// The last call that was taken in.
    seen: Option<Seq>,
    /// The last call that had its full time.
    shown: Option<Seq>,
    /// The call in the field has not been said to its end.
    held: bool,
}

impl Calls {
    /// Goes on after a restart; `shown` is what [`Calls::shown_through`] said last, `None` on a new box.
    pub fn after(shown: Option<Seq>) -> Calls {
        Calls { shown, ..Calls::default() }
    }

    /// Every call up to this one had its time on the board. Keep it over a restart.
    pub fn shown_through(&self) -> Option<Seq> {
        self.shown
    }

    /// Whether the voice keeps the current call in the field beyond its [`DWELL`].
    pub fn hold(&mut self, held: bool) {
        self.held = held;
    }

    /// The call that came into the field since the start and is to be said. One that only stands there since before a
    /// restart is none, and neither is one that is over.
    pub fn in_field(&self) -> Option<Call> {
        self.current.as_ref().filter(|(call, _)| !call.is_over()).and_then(|(call, from)| from.map(|_| *call))
    }

    /// How many calls wait for the field.
    pub fn line(&self) -> usize {
        self.waiting.iter().filter(|call| !call.is_over()).count()
    }

    /// Takes in the calls of the day, newest first, as the board carries them.
    pub fn update(&mut self, calls: &[Call], now: &Moment) {
        let newest = calls.first().map(|c| c.seq);
        // A journal that ends before what was shown is another one, as after restoring a backup.
        if newest.is_some_and(|newest| self.shown.max(self.seen).is_some_and(|known| newest < known)) {
            *self = Calls::default();
        }
        // A closed day has no calls: whoever was still in the line is called by nobody.
        if calls.is_empty() {
            self.waiting.clear();
        }
        for call in self.waiting.iter_mut().chain(self.current.as_mut().map(|(call, _)| call)) {
            *call = calls.iter().find(|c| c.seq == call.seq).copied().unwrap_or(*call);
        }
        let waited = self.waiting.len();
        let known = self.seen.max(self.shown);
        for call in calls.iter().rev().filter(|c| is_missed(c, known, now)) {
            if !self.waiting.iter().any(|waits| call.folds(waits)) {
                self.waiting.push_back(*call);
            }
        }
        // After a restart, or when the store could not be read for long, the last of the calls that nobody waits for any
        // more stands in the field as one that is not new.
        let first = self.waiting.get(waited).map(|c| c.seq);
        let before = calls.iter().find(|c| !c.withdrawn && first.is_none_or(|first| c.seq < first));
        if let Some(before) = before.filter(|c| Some(c.seq) > self.seen && waited == 0 && self.is_done(now)) {
            self.current = Some((*before, None));
            self.shown = self.shown.max(Some(before.seq));
        }
        self.seen = self.seen.max(newest).or(self.shown);
        // A new day begins with an empty board.
        if calls.is_empty() && self.waiting.is_empty() && !self.held && !self.shown_now(now).is_some_and(|s| s.fresh) {
            self.current = None;
        }
        self.advance(now);
    }

    /// Moves on where the current call has had its time.
    pub fn advance(&mut self, now: &Moment) {
        let done = self.is_done(now);
        if let (true, Some((call, Some(_)))) = (done, &self.current) {
            self.shown = self.shown.max(Some(call.seq));
        }
        while done && let Some(next) = self.waiting.pop_front() {
            if !next.is_over() {
                self.current = Some((next, Some(*now)));
                return;
            }
        }
        if done {
            // What folded into an earlier call, or was over before its turn, has had its time with the others.
            self.shown = self.shown.max(self.seen);
        }
    }

    /// Whether the field is free for the next call.
    fn is_done(&self, now: &Moment) -> bool {
        match &self.current {
            Some((_, Some(from))) => shown_for(from, now) >= dwell(self.line(), 0) && !self.held,
            Some((_, None)) | None => true,
        }
    }

    /// What stands in the large field.
    pub fn shown_now(&self, now: &Moment) -> Option<Shown> {
        let (call, from) = self.current.as_ref()?;
        let age = from.as_ref().map_or(Duration::MAX, |from| shown_for(from, now));
        let bright = age < FLASH && (age.as_millis() / HALF_FLASH.as_millis()).is_multiple_of(2);
        Some(Shown { call: *call, fresh: age < FRESH, bright })
    }

    /// After how long [`Calls::advance`] or [`Calls::shown_now`] will say something new; `None` is never.
    pub fn next_change(&self, now: &Moment) -> Option<Duration> {
        let (_, from) = self.current.as_ref()?;
        let age = shown_for(from.as_ref()?, now);
        let toggle = HALF_FLASH * (age.as_millis() / HALF_FLASH.as_millis() + 1).min(1000) as u32;
        let next = [toggle.min(FLASH), dwell(self.line(), 0), FRESH];
        next.into_iter().find(|at| *at > age).map(|at| at - age)
    }
}

/// How long a call has been in the field. Both readings are of this process, so they share a boot.
fn shown_for(from: &Moment, now: &Moment) -> Duration {
    now.since(from).unwrap_or(Duration::ZERO)
}

/// Whether a call was made while nobody showed it, and its applicant is likely still in the room.
fn is_missed(call: &Call, shown: Option<Seq>, now: &Moment) -> bool {
    let age = now.since(&call.at).or_else(|| {
        // The machine was restarted in between: the wall clock is the only witness.
        u64::try_from(now.wall_ms - call.at.wall_ms).ok().map(Duration::from_millis)
    });
    match shown {
        Some(shown) if call.seq <= shown => false,
        // A wall clock that went backwards proves nothing: rather show the call once more than never.
        Some(_) => age.is_none_or(|age| age < CATCH_UP),
        None => age.is_some_and(|age| age < CATCH_UP),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use queue::office::Stage;
    use queue::ticket::Number;

    fn at(ms: i64) -> Moment {
        Moment { wall_ms: 1_795_395_600_000 + ms, boot: 7, uptime_ms: ms }
    }

    fn call(seq: i64, ms: i64) -> Call {
        let number = Number { prefix: 'A', n: seq as u32 };
        let counter = 1 + (seq % 3) as u8;
        Call { seq: Seq(seq), number, counter, stage: Stage::Verification, at: at(ms), withdrawn: false, over: None }
    }

    /// What the store would carry: the newest 40, newest first.
    fn board(all: &[Call]) -> Vec<Call> {
        all.iter().rev().take(queue::board::Board::CALLS).copied().collect()
    }

    fn field(calls: &Calls, ms: i64) -> Option<i64> {
        calls.shown_now(&at(ms)).map(|s| s.call.seq.0)
    }

    /// A small generator, so that a failure can be repeated from its seed.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, n: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % n
        }
    }

    #[test]
    fn a_burst_is_shown_in_order_and_each_call_keeps_its_time() {
        let mut calls = Calls::default();
        calls.update(&[], &at(0));
        calls.update(&board(&[call(1, 10), call(2, 20), call(3, 30)]), &at(40));
        assert_eq!(field(&calls, 40), Some(1));
        calls.advance(&at(6_039));
        assert_eq!(field(&calls, 6_039), Some(1));
        calls.advance(&at(6_040));
        assert_eq!(field(&calls, 6_040), Some(2));
        calls.advance(&at(12_040));
        assert_eq!(field(&calls, 12_040), Some(3));
        calls.advance(&at(600_000));
        assert_eq!(field(&calls, 600_000), Some(3), "the last call stays");
    }

    #[test]
    fn random_bursts_and_restarts_lose_no_call_and_keep_order_and_time() {
        for seed in 1..=20 {
            let mut dice = Dice(seed);
            let (mut all, mut now, mut calls) = (Vec::new(), 0, Calls::default());
            // What was in the field one after the other, since when, and whether a restart cut it short.
            let mut runs: Vec<(i64, i64, bool)> = Vec::new();
            let mut look = |calls: &Calls, now: i64, restarted: bool| {
                if restarted && let Some(run) = runs.last_mut() {
                    run.2 = true;
                }
                let Some(seq) = field(calls, now) else { return };
                match runs.last() {
                    Some(run) if run.0 == seq && !run.2 => {}
                    last => {
                        if let Some((before, from, false)) = last {
                            assert!(now - from >= 5_000, "seed {seed}: call {before} had {} ms", now - from);
                        }
                        runs.push((seq, now, false));
                    }
                }
            };
            calls.update(&[], &at(0));
            while all.len() < 500 {
                for _ in 0..[0, 0, 0, 0, 1, 1, 2, 5][dice.below(8) as usize] {
                    all.push(call(all.len() as i64 + 1, now));
                }
                if dice.below(60) == 0 {
                    calls = Calls::after(calls.shown_through());
                    now += 2_000;
                    look(&Calls::default(), now, true);
                }
                calls.update(&board(&all), &at(now));
                look(&calls, now, false);
                for _ in 0..1 + dice.below(12) {
                    now += 100 + dice.below(1_000) as i64;
                    calls.advance(&at(now));
                    look(&calls, now, false);
                    // The line must not grow beyond what the board carries, or a restart could not fill it again.
                    if calls.waiting.len() > 20 {
                        now += 6_000;
                    }
                }
            }
            let last = all.len() as i64;
            for _ in 0..10_000 {
                now += 500;
                calls.advance(&at(now));
                look(&calls, now, false);
            }
            let order: Vec<i64> = runs.iter().map(|r| r.0).collect();
            assert_eq!(calls.shown_through(), Some(Seq(last)), "seed {seed}: the line never ends");
            for seq in 1..=last {
                assert!(order.contains(&seq), "seed {seed}: call {seq} was never shown");
            }
            assert!(order.is_sorted(), "seed {seed}: order");
        }
    }

    #[test]
    fn a_recall_is_shown_again() {
        let mut calls = Calls::default();
        calls.update(&[], &at(0));
        calls.update(&board(&[call(1, 10)]), &at(10));
        let recall = Call { number: call(1, 0).number, ..call(2, 30_000) };
        assert!(!calls.shown_now(&at(29_000 + 10_000)).unwrap().bright);
        calls.update(&board(&[call(1, 10), recall]), &at(30_000));
        let shown = calls.shown_now(&at(30_000)).unwrap();
        assert!(shown.bright && shown.fresh);
        assert_eq!(shown.call.number, call(1, 0).number);
    }

    #[test]
    fn after_a_restart_missed_calls_are_caught_up_once_and_old_ones_are_not() {
        let all = [call(1, 0), call(2, 1_000), call(3, 400_000), call(4, 500_000)];
        let mut calls = Calls::after(Some(Seq(1)));
        calls.update(&board(&all), &at(600_000));
        // 2 is older than five minutes; 3 and 4 follow one another.
        assert_eq!(field(&calls, 600_000), Some(3));
        calls.advance(&at(606_000));
        calls.advance(&at(612_000));
        assert_eq!(calls.shown_through(), Some(Seq(4)));
        let mut again = Calls::after(calls.shown_through());
        again.update(&board(&all), &at(613_000));
        assert_eq!(again.shown_now(&at(613_000)).map(|s| (s.call.seq, s.bright)), Some((Seq(4), false)));
        assert_eq!(again.next_change(&at(613_000)), None, "an idle board sleeps");
    }

    #[test]
    fn after_a_long_loss_of_the_database_old_calls_do_not_delay_todays() {
        let mut calls = Calls::default();
        calls.update(&[], &at(0));
        calls.update(&board(&[call(1, 10)]), &at(10));
        calls.advance(&at(6_010));
        // Nothing was read for two hours; thirty calls were made in that time, the last of them just now.
        let all: Vec<Call> = (1..=30).map(|n| call(n, n * 240_000)).collect();
        let now = 30 * 240_000 + 1_000;
        calls.update(&board(&all), &at(now));
        assert_eq!(field(&calls, now), Some(29), "four minutes old: its applicant may still be in the room");
        calls.advance(&at(now + 6_000));
        assert_eq!(field(&calls, now + 6_000), Some(30));
        calls.advance(&at(now + 12_000));
        assert_eq!(calls.shown_through(), Some(Seq(30)));
        // Another loss, after which nobody waits for any of them: the last one stands there, and is not new.
        let more: Vec<Call> = (1..=40).map(|n| call(n, n * 240_000)).collect();
        let now = 40 * 240_000 + 1_000_000;
        calls.update(&board(&more), &at(now));
        assert_eq!(calls.shown_now(&at(now)).map(|s| (s.call.seq, s.fresh)), Some((Seq(40), false)));
        assert_eq!((calls.in_field(), calls.line(), calls.shown_through()), (None, 0, Some(Seq(40))));
    }

    #[test]
    fn a_call_cut_short_by_a_restart_is_shown_again() {
        let mut calls = Calls::default();
        calls.update(&[], &at(0));
        calls.update(&board(&[call(1, 10)]), &at(10));
        let mut again = Calls::after(calls.shown_through());
        // The power went: another boot, and the wall clock woke up in the past.
        let woken = Moment { wall_ms: 0, boot: 8, uptime_ms: 50 };
        assert_eq!(calls.shown_through(), None);
        again.update(&board(&[call(1, 10)]), &at(3_000));
        assert!(again.shown_now(&at(3_000)).unwrap().bright);
        let mut later = Calls::after(Some(Seq(0)));
        later.update(&board(&[call(1, 10)]), &woken);
        assert!(later.shown_now(&woken).unwrap().bright);
    }

    #[test]
    fn a_restored_backup_does_not_silence_the_board() {
        let mut calls = Calls::after(Some(Seq(900)));
        calls.update(&board(&[call(1, 0), call(2, 1_000)]), &at(2_000));
        assert_eq!(field(&calls, 2_000), Some(1));
    }

    #[test]
    fn a_number_that_is_not_called_any_more_does_not_come_into_the_field() {
        let gone = |call: Call| Call { withdrawn: true, over: Some(call.at), ..call };
        let [a, b, c] = [call(1, 0), call(2, 10), call(3, 20)];
        let mut calls = Calls::default();
        calls.update(&[], &at(0));
        calls.update(&board(&[a, b, c]), &at(30));
        calls.update(&board(&[a, gone(b), c]), &at(2_000));
        calls.advance(&at(6_030));
        assert_eq!(field(&calls, 6_030), Some(3), "the next one does not wait for it");
        // What stands in the field stays, and is not said once more.
        calls.update(&board(&[a, gone(b), gone(c)]), &at(7_000));
        assert_eq!((field(&calls, 7_000), calls.in_field()), (Some(3), None));

        // Taken back before its turn: it is called after all.
        let mut calls = Calls::default();
        calls.update(&[], &at(0));
        calls.update(&board(&[a, b]), &at(30));
        calls.update(&board(&[a, gone(b)]), &at(2_000));
        assert_eq!(calls.line(), 0);
        calls.update(&board(&[a, b]), &at(4_000));
        calls.advance(&at(6_030));
        assert_eq!(field(&calls, 6_030), Some(2));

        // A board that comes to life shows the last number that still counts.
        let mut calls = Calls::after(None);
        calls.update(&board(&[a, gone(b)]), &at(2_000));
        assert_eq!(field(&calls, 2_000), Some(1));
        let mut calls = Calls::after(Some(Seq(3)));
        calls.update(&board(&[a, b, gone(c)]), &at(9_000));
        assert_eq!(field(&calls, 9_000), Some(2));

        // The day is closed with somebody in the line.
        let mut calls = Calls::default();
        calls.update(&[], &at(0));
        calls.update(&board(&[a, b]), &at(30));
        calls.update(&[], &at(1_000));
        calls.advance(&at(6_030));
        assert_eq!(field(&calls, 6_030), Some(1));
    }

    #[test]
    fn who_has_come_before_the_call_was_shown_is_not_called_again() {
        let [a, b, c] = [call(1, 0), call(2, 10), call(3, 20)];
        let came = |call: Call| Call { over: Some(at(1_000)), ..call };
        let mut calls = Calls::default();
        calls.update(&[], &at(0));
        calls.update(&board(&[a, b, c]), &at(30));
        calls.update(&board(&[came(a), came(b), c]), &at(1_000));
        assert_eq!(field(&calls, 1_000), Some(1), "what stands in the field keeps its time");
        assert_eq!((calls.in_field(), calls.line()), (None, 1), "and is not said once more");
        calls.advance(&at(6_030));
        assert_eq!(field(&calls, 6_030), Some(3), "the second has come; the third has not");

        // Served and gone on to the next stage before anybody could look: the board reads only what came of it.
        let mut calls = Calls::default();
        calls.update(&[], &at(0));
        calls.update(&board(&[came(a), came(b), c]), &at(2_000));
        assert_eq!(field(&calls, 2_000), Some(3));

        // Started by mistake and taken back in time: it is called after all.
        let mut calls = Calls::default();
        calls.update(&[], &at(0));
        calls.update(&board(&[a, b]), &at(30));
        calls.update(&board(&[a, came(b)]), &at(2_000));
        calls.update(&board(&[a, b]), &at(4_000));
        calls.advance(&at(6_030));
        assert_eq!(field(&calls, 6_030), Some(2));
    }

    #[test]
    fn a_recall_folds_into_the_call_that_still_waits() {
        let [a, b, c] = [call(1, 0), call(2, 10), call(3, 20)];
        let recall = Call { seq: Seq(4), at: at(2_000), ..b };
        let mut calls = Calls::default();
        calls.update(&[], &at(0));
        calls.update(&board(&[a, b, c]), &at(30));
        calls.update(&board(&[a, b, c, recall]), &at(2_000));
        let mut seen = Vec::new();
        for ms in (2_000..60_000).step_by(100) {
            calls.advance(&at(ms));
            if seen.last() != field(&calls, ms).as_ref() {
                seen.extend(field(&calls, ms));
            }
        }
        assert_eq!(seen, [1, 2, 3]);
        let mut again = Calls::after(calls.shown_through());
        again.update(&board(&[a, b, c, recall]), &at(61_000));
        assert_eq!(again.in_field(), None, "nor after a restart");
        // To another counter it is another call.
        let elsewhere = Call { counter: 7, ..recall };
        let mut calls = Calls::default();
        calls.update(&[], &at(0));
        calls.update(&board(&[a, b, elsewhere]), &at(2_000));
        assert_eq!(calls.line(), 2);
    }

    #[test]
    fn a_long_line_goes_faster() {
        let all: Vec<Call> = (1..=6).map(|n| call(n, 0)).collect();
        let mut calls = Calls::default();
        calls.update(&[], &at(0));
        calls.update(&board(&all), &at(0));
        let mut left = Vec::new();
        for ms in (0..60_000).step_by(50) {
            let before = field(&calls, ms);
            calls.advance(&at(ms));
            if field(&calls, ms) != before {
                left.push(ms);
            }
        }
        assert_eq!(left, [5_000, 10_000, 15_000, 21_000, 27_000], "three and more wait behind the first three");
    }

    #[test]
    fn a_new_day_begins_with_an_empty_field() {
        let mut calls = Calls::default();
        calls.update(&[], &at(0));
        calls.update(&board(&[call(1, 10)]), &at(10));
        calls.update(&[], &at(5_000));
        assert_eq!(field(&calls, 5_000), Some(1), "a call keeps its time even when the day is closed");
        calls.update(&[], &at(40_000));
        assert_eq!(field(&calls, 40_000), None);
    }

    #[test]
    fn the_flash_is_one_per_second_for_five_seconds() {
        let mut calls = Calls::default();
        calls.update(&[], &at(0));
        calls.update(&board(&[call(1, 0)]), &at(0));
        let (mut now, mut rises, mut last) = (0, Vec::new(), false);
        while let Some(wait) = calls.next_change(&at(now)) {
            let bright = calls.shown_now(&at(now)).unwrap().bright;
            if bright && !last {
                rises.push(now);
            }
            last = bright;
            now += wait.as_millis() as i64;
        }
        assert_eq!(rises, [0, 1_000, 2_000, 3_000, 4_000]);
        assert!(!calls.shown_now(&at(5_000)).unwrap().bright);
    }
}
