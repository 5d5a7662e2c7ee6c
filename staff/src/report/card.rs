//! What becomes of an application, from the recording to the hand-over.

use super::Period;
use super::figures::Cards;
use jiff::ToSpan;
use jiff::civil::Date;
use queue::Office;
use queue::case::{CaseAction, HoldReason};

/// Days after which a card that waits for its owner is told apart.
pub(super) const LONG_UNCOLLECTED: i32 = 30;

/// A card as the journal has told it so far.
#[derive(Debug, Default)]
pub(super) struct Card {
    /// The service day on which it was last recorded.
    recorded: Option<Date>,
    /// When it was made ready, unless it was printed again since.
    ready: Option<Date>,
    /// Why it is on hold now.
    held: Option<HoldReason>,
    /// Whether its application has ended, and when it was handed over if that is how.
    ended: Option<Option<Date>>,
}

impl Card {
    /// The next act, on the date `on`.
    pub(super) fn hear(&mut self, action: &CaseAction, on: Date, period: Period, cards: &mut Cards) {
        let held = match action {
            CaseAction::Hold { reason } => Some(*reason),
            _ => None,
        };
        if let Some(reason) = held.filter(|_| held != self.held && period.contains(on)) {
            *cards.holds.entry(reason).or_default() += 1;
        }
        self.held = held;
        match action {
            CaseAction::Record { on, .. } => {
                cards.recorded += u32::from(period.contains(*on));
                self.recorded = Some(*on);
            }
            CaseAction::RecordAgain => self.recorded = None,
            CaseAction::MakeReady => self.ready = Some(on),
            // It was not ready after all.
            CaseAction::PrintAgain => self.ready = None,
            CaseAction::Collect { .. } | CaseAction::SendToVillage { .. } => self.ended = Some(Some(on)),
            CaseAction::TakeBack => self.ended = None,
            CaseAction::Cancel { .. } | CaseAction::Refer => self.ended = Some(None),
            CaseAction::Hold { .. } | CaseAction::Release | CaseAction::Print => {}
        }
    }

    /// Whether nothing more will be heard of it, once the day is over on which a hand-over can be undone.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// How it stands, or ended, as of `today`.
    pub(super) fn count(&self, today: Date, office: &Office, period: Period, cards: &mut Cards) {
        if let Some(reason) = self.held {
            *cards.held_now.entry(reason).or_default() += 1;
        }
        cards.handed_over += u32::from(self.ended.flatten().is_some_and(|on| period.contains(on)));
        let Some(ready) = self.ready else { return };
        if self.ended.is_none() {
            cards.uncollected += 1;
            cards.long_uncollected += u32::from((today - ready).get_days() > LONG_UNCOLLECTED);
        }
        if !period.contains(ready) {
            return;
        }
        cards.ready += 1;
        let Some(recorded) = self.recorded else { return };
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
