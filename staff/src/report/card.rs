//! What becomes of an application, from the recording to the hand-over.

use super::Period;
use super::figures::Cards;
use jiff::ToSpan;
use jiff::civil::Date;
use queue::Office;
use queue::case::{Case, CaseState, HoldReason};

/// Days after which a card that waits for its owner is told apart.
pub(crate) const LONG_UNCOLLECTED: i32 = 30;

/// What a report must know of an application beside where it stands.
#[derive(Debug, Default)]
pub(super) struct Card {
    /// Every hold in the period; another reason is another hold, the same one again is none.
    holds: Vec<HoldReason>,
    /// When it was made ready, unless it was printed again since.
    ready: Option<Date>,
    /// When it was handed over, unless that was undone.
    handed_over: Option<Date>,
}

impl Card {
    /// The next act, on the date `on`.
    pub(super) fn hear(&mut self, before: &Case, after: &Case, on: Date, period: Period) {
        use CaseState::{Collected, OnHold, Printed, Ready, Recorded, SentToVillage};
        match (&before.state, &after.state) {
            (held, OnHold { reason }) if *held != after.state && period.contains(on) => self.holds.push(*reason),
            (Printed, Ready) => self.ready = Some(on),
            // It was not ready after all.
            (Printed | Ready, Recorded) => self.ready = None,
            (Ready, Collected { .. } | SentToVillage { .. }) => self.handed_over = Some(on),
            (Collected { .. }, Ready) => self.handed_over = None,
            _ => {}
        }
    }

    /// Nothing more is heard of it: how the application `case` stands, or ended.
    pub(super) fn count(self, case: &Case, office: &Office, period: Period, cards: &mut Cards) {
        for reason in self.holds {
            *cards.holds.entry(reason).or_default() += 1;
        }
        cards.handed_over += u32::from(self.handed_over.is_some_and(|on| period.contains(on)));
        let Some(ready) = self.ready.filter(|on| period.contains(*on)) else { return };
        cards.ready += 1;
        let Some(recorded) = case.recorded_on else { return };
        // Ready before it was recorded: the clock was wrong, and nobody knows how long it took.
        let Ok(days) = u32::try_from((ready - recorded).get_days()) else {
            cards.unmeasured += 1;
            return;
        };
        let printing = &office.stages.printing;
        let worked = working_days(recorded, ready, office);
        cards.within_target += u32::from(worked <= printing.working_days);
        cards.overdue += u32::from(days > printing.overdue_days);
        cards.working_days.push(worked);
        cards.days.push(days);
    }
}

/// On which working day after `from` the date `on` lies; a day off belongs to the next working day, as it does for the
/// light of a case.
fn working_days(from: Date, on: Date, office: &Office) -> u32 {
    let ended = from.series(1.day()).skip(1).take_while(|date| *date < on);
    ended.filter(|date| office.is_working_day(*date)).count() as u32 + u32::from(on > from)
}
