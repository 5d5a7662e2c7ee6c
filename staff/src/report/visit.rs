//! What the acts on a number add to the figures, by where it stood before and after each.

use super::figures::{Line, Report, weekday};
use jiff::civil::Date;
use queue::office::Stage;
use queue::ticket::{CounterNumber, Place, State, Ticket};
use queue::time::{Moment, Zone};
use std::time::Duration;

/// What a report must know of a visit beside where it stands.
#[derive(Debug, Default)]
pub(super) struct Visit {
    /// Whether it was called from its place in the queue; whom the network put back there, or a transfer sent to another
    /// queue with it, waits no second time.
    called: bool,
    /// When it was first called, first came to a counter, and when something was last done with it.
    called_at: Option<Moment>,
    started_at: Option<Moment>,
    last_at: Option<Moment>,
    stage: Option<Stage>,
    /// The last act: it counts once the next one follows or the day is over, because until then it can be undone.
    last: Option<Act>,
}

#[derive(Debug)]
struct Act {
    /// [`Visit::called`] after it.
    called: bool,
    adds: Adds,
}

/// What an act adds to the figures; `None` is a time that nobody measured.
#[derive(Debug)]
enum Adds {
    Nothing,
    /// With the hour of the clock at which it began.
    Wait(Stage, usize, Option<Duration>),
    Service {
        stage: Stage,
        counter: CounterNumber,
        time: Option<Duration>,
        /// Keys of the requirements for which the file was returned.
        missing: Vec<String>,
    },
    NoShow,
}

impl Visit {
    /// The next act, at the moment `at`; the one before stands from now on.
    pub(super) fn hear(
        &mut self,
        before: &Ticket,
        after: &Ticket,
        at: Moment,
        (date, zone): (Date, Zone),
        report: &mut Report,
    ) {
        self.settle(date, report);
        self.last_at = Some(at);
        self.stage = after.state.stage().or(before.state.stage()).or(self.stage);
        match after.state {
            State::Called { .. } => self.called_at = self.called_at.or(Some(at)),
            State::Serving { .. } => self.started_at = self.started_at.or(Some(at)),
            _ => {}
        }
        let adds = match (&before.state, &after.state) {
            (State::Waiting { stage, place }, State::Called { .. }) if !self.called => {
                let hour = place.since.local(zone).hour().unsigned_abs();
                Adds::Wait(*stage, hour.into(), at.since(&place.since))
            }
            (State::Serving { stage, counter, since, place }, state) if ends_stage(place, state) => {
                let missing = match state {
                    State::Returned { missing, .. } => missing.clone(),
                    _ => Vec::new(),
                };
                Adds::Service { stage: *stage, counter: *counter, time: at.since(since), missing }
            }
            (State::Called { .. }, State::Skipped { .. }) => Adds::NoShow,
            _ => Adds::Nothing,
        };
        let called = match &after.state {
            State::Called { .. } => true,
            State::Waiting { place: new, .. } => self.called && place(&before.state) == Some(new),
            _ => self.called,
        };
        self.last = Some(Act { called, adds });
    }

    /// The last act was undone.
    pub(super) fn take_back(&mut self) {
        self.last = None;
    }

    /// The day is over: what became of the number, which ended as `ticket` says.
    pub(super) fn count(mut self, ticket: &Ticket, (date, zone): (Date, Zone), report: &mut Report) {
        self.settle(date, report);
        let state = &ticket.state;
        let local = |at: Moment| at.local(zone);
        report.visits.push(Line {
            date,
            number: ticket.number,
            service: ticket.service.clone(),
            priority: ticket.priority,
            issued: local(ticket.issued),
            called: self.called_at.map(local),
            started: self.started_at.map(local),
            ended: self.last_at.map(local),
            stage: state.stage().or(self.stage),
            outcome: state.word(),
        });
        let counts = report.days.entry(date).or_default();
        match state {
            State::Finished => counts.finished += 1,
            State::Returned { .. } => counts.returned += 1,
            State::Referred => counts.referred += 1,
            State::Deferred => counts.deferred += 1,
            State::Expired => counts.expired += 1,
            State::Cancelled { .. } => counts.cancelled += 1,
            State::Waiting { .. }
            | State::Called { .. }
            | State::Serving { .. }
            | State::Held { .. }
            | State::Skipped { .. } => {}
        }
    }

    /// The last act stands.
    fn settle(&mut self, date: Date, report: &mut Report) {
        let Some(Act { called, adds }) = self.last.take() else { return };
        self.called = called;
        match adds {
            Adds::Nothing => {}
            Adds::Wait(stage, hour, time) => {
                report.waits.entry(stage).or_default().add(time);
                report.waits_by_hour.entry((weekday(date), hour)).or_default().add(time);
            }
            Adds::Service { stage, counter, time, missing } => {
                report.services.entry(stage).or_default().add(time);
                report.counters.entry(counter).or_default().add(time);
                report.days.entry(date).or_default().returns += u32::from(!missing.is_empty());
                for key in missing {
                    *report.missing.entry(key).or_default() += 1;
                }
            }
            Adds::NoShow => report.days.entry(date).or_default().no_shows += 1,
        }
    }
}

/// Whether an act that leads from the counter to `after` ended the stage. Whoever goes on to the next stage has a new
/// place; a transfer keeps the old one, and so does a hold.
fn ends_stage(old: &Place, after: &State) -> bool {
    match after {
        State::Finished | State::Returned { .. } => true,
        State::Waiting { place, .. } => place != old,
        _ => false,
    }
}

/// The place in a queue that a ticket has or had.
fn place(state: &State) -> Option<&Place> {
    match state {
        State::Waiting { place, .. }
        | State::Called { place, .. }
        | State::Serving { place, .. }
        | State::Held { place, .. }
        | State::Skipped { place, .. }
        | State::Returned { place, .. } => Some(place),
        State::Finished | State::Referred | State::Deferred | State::Expired | State::Cancelled { .. } => None,
    }
}
