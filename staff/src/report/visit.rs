//! What the acts on a number add to the figures.

use super::figures::Report;
use jiff::civil::Date;
use queue::office::Stage;
use queue::ticket::CounterNumber;
use queue::time::Moment;
use queue::visit::Action;

/// A visit as the journal has told it so far.
pub(super) struct Visit {
    /// The service day's date.
    date: Date,
    /// Whether that day is in the report's period.
    counted: bool,
    stage: Stage,
    since: Moment,
    started: Option<(Moment, CounterNumber)>,
    /// Whether it was called in the queue it stands in; whom the network put back there waits no second time.
    called: bool,
    called_to: CounterNumber,
    skipped: bool,
    end: Option<End>,
    /// The last act: it counts once the next one follows or the day is over, because until then it can be undone.
    last: Option<(Action, Option<Stage>, Moment)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Finished,
    Returned,
    Referred,
    Deferred,
    Expired,
    Cancelled,
}

impl Visit {
    /// A number was given on the service day `date`, to wait for `stage`.
    pub(super) fn new(date: Date, counted: bool, stage: Stage, at: Moment) -> Visit {
        Visit {
            date,
            counted,
            stage,
            since: at,
            started: None,
            called: false,
            called_to: 0,
            skipped: false,
            end: None,
            last: None,
        }
    }

    /// The next act; the one before stands from now on.
    pub(super) fn hear(&mut self, action: Action, to: Option<Stage>, at: Moment, report: &mut Report) {
        self.settle(report);
        self.last = Some((action, to, at));
    }

    /// The last act was undone.
    pub(super) fn take_back(&mut self) {
        self.last = None;
    }

    /// The day is over: what became of the number.
    pub(super) fn count(mut self, report: &mut Report) {
        self.settle(report);
        if !self.counted {
            return;
        }
        let counts = report.days.entry(self.date).or_default();
        match self.end {
            Some(End::Finished) => counts.finished += 1,
            Some(End::Returned) => counts.returned += 1,
            Some(End::Referred) => counts.referred += 1,
            Some(End::Deferred) => counts.deferred += 1,
            Some(End::Expired) => counts.expired += 1,
            Some(End::Cancelled) => counts.cancelled += 1,
            None => {}
        }
    }

    /// The last act stands.
    fn settle(&mut self, report: &mut Report) {
        let Some((action, to, at)) = self.last.take() else { return };
        if self.counted {
            self.tell(report, &action, at);
        }
        self.follow(&action, to, at);
    }

    /// What an act adds to the figures; the visit is as it was before.
    fn tell(&self, report: &mut Report, action: &Action, at: Moment) {
        match action {
            Action::Call { .. } | Action::CallChosen { .. } if !self.called => {
                report.waits.entry(self.stage).or_default().add(at.since(&self.since));
            }
            Action::Complete
            | Action::PrintDirectly { .. }
            | Action::Return { .. }
            | Action::FinishRecording { .. }
            | Action::HandOver { .. } => {
                if let Some((started, counter)) = self.started {
                    report.services.entry(self.stage).or_default().add(at.since(&started));
                    report.counters.entry(counter).or_default().add(at.since(&started));
                }
                if let Action::Return { missing } = action {
                    for key in missing {
                        *report.missing.entry(key.clone()).or_default() += 1;
                    }
                }
            }
            Action::Skip => report.days.entry(self.date).or_default().no_shows += 1,
            _ => {}
        }
    }

    /// The visit after an act that the rules have allowed.
    fn follow(&mut self, action: &Action, to: Option<Stage>, at: Moment) {
        match action {
            Action::Call { counter } | Action::CallChosen { counter, .. } => {
                (self.called, self.called_to) = (true, *counter);
            }
            Action::Start => self.started = Some((at, self.called_to)),
            Action::Complete => (self.stage, self.since, self.called) = (Stage::Recording, at, false),
            Action::ReportBack => (self.since, self.called, self.skipped) = (at, false, false),
            Action::Reenter => (self.since, self.called, self.end) = (at, false, None),
            Action::Transfer { .. } => {
                (self.called, self.skipped) = (false, false);
                self.stage = to.unwrap_or(self.stage);
            }
            Action::Skip => self.skipped = true,
            Action::Return { .. } => self.end = Some(End::Returned),
            Action::PrintDirectly { .. } | Action::FinishRecording { .. } | Action::HandOver { .. } => {
                self.end = Some(End::Finished);
            }
            Action::Refer => self.end = Some(End::Referred),
            Action::Defer => self.end = Some(End::Deferred),
            Action::Cancel { .. } => self.end = Some(End::Cancelled),
            Action::Close => {
                let verified = self.stage == Stage::Recording && !self.skipped;
                self.end = Some(if verified { End::Deferred } else { End::Expired });
            }
            Action::Recall | Action::Hold | Action::ChooseWait | Action::Resume => {}
        }
    }
}
