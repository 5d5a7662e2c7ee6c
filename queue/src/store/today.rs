//! The open day at one look: who is at the counters, who waits, and when it will be over.

use super::{Fault, Pause, Store};
use crate::forecast::{self, Wait};
use crate::journal::Actor;
use crate::office::Stage;
use crate::outlook::{self, Desk, Visit};
use crate::ticket::{CounterNumber, Place, Seq, State, Ticket, TicketId};
use crate::time::Moment;
use std::collections::BTreeMap;
use std::time::Duration;

/// A counter as it is now.
#[derive(Clone, Debug)]
pub struct CounterNow {
    /// The counter.
    pub counter: CounterNumber,
    /// Whom it has called or serves.
    pub held: Option<Ticket>,
    /// Who last did something with a number there today.
    pub by: Option<Actor>,
    /// And when: a counter without anybody has had nobody since.
    pub last: Option<Moment>,
    /// Since when it pauses.
    pub pause: Option<Pause>,
    /// Whether the forecast counts on it.
    pub active: bool,
}

/// A stage in which people are called, as it is now.
#[derive(Clone, Debug)]
pub struct StageNow {
    /// The stage.
    pub stage: Stage,
    /// How many wait for it.
    pub waiting: u32,
    /// Who has waited longest.
    pub longest: Option<Ticket>,
    /// What somebody who joins it now is told; `None` while nobody waits.
    pub wait: Option<Wait>,
}

/// The open day.
#[derive(Clone, Debug)]
pub struct Today {
    /// Every counter of the office, in its order.
    pub counters: Vec<CounterNow>,
    /// Every stage with a counter, in the order of the procedure.
    pub stages: Vec<StageNow>,
    /// How long until everybody who is here has been served; `None` when nobody can say: a stage has no active counter, or
    /// the network is down.
    pub ends: Option<Duration>,
    /// The counter that would end the day soonest if it opened now, and how long it would take then; `None` when it would
    /// make less than ten minutes of a difference.
    pub sooner: Option<(CounterNumber, Duration)>,
}

/// What another counter must save so that the head is told.
const WORTH: Duration = Duration::from_secs(10 * 60);

/// The least that is left of a service that takes longer than the mean.
const STILL: Duration = Duration::from_secs(60);

impl Store {
    /// The open day as it is at `now`; `None` without one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn today(&self, now: Moment) -> Result<Option<Today>, Fault> {
        if self.open_day_now()?.is_none() {
            return Ok(None);
        }
        let queue = self.queue(None, usize::MAX, now)?.first;
        let stages = Stage::ALL.into_iter().filter(|stage| self.office.counters_for(*stage).next().is_some());
        let stages = stages.map(|stage| self.stage_now(stage, &queue, now)).collect::<Result<Vec<_>, _>>()?;
        let mut mean = BTreeMap::new();
        let mut active: Vec<CounterNumber> = Vec::new();
        for stage in &stages {
            mean.insert(stage.stage, self.mean_service(stage.stage)?);
            let counted = forecast::active(&self.desks(stage.stage)?, stage.waiting as usize, now);
            active.extend(counted.iter().map(|desk| desk.counter));
        }
        let pauses = self.pauses()?;
        let mut counters = Vec::new();
        for counter in &self.office.counters {
            let held = self.at_counter(counter.number)?;
            let last = self.last_at(counter.number)?;
            let (by, last) = last.map_or((None, None), |(by, at)| (Some(by), Some(at)));
            let active = active.contains(&counter.number);
            let pause = pauses.iter().find(|pause| pause.counter == counter.number).copied();
            counters.push(CounterNow { counter: counter.number, held, by, last, pause, active });
        }

        let visits: Vec<Visit> = queue.iter().map(|ticket| self.rest(ticket, Duration::ZERO)).collect();
        let (mut desks, mut idle, mut visits) = (Vec::new(), Vec::new(), visits);
        for counter in &counters {
            let mut desk = Desk {
                counter: counter.counter,
                stages: self.office.counter(counter.counter).map(|c| c.stages.clone()).unwrap_or_default(),
                free_in: Duration::ZERO,
            };
            if let Some(ticket) = &counter.held {
                desk.free_in = left(ticket, &mean, now);
                let mut rest = self.rest(ticket, desk.free_in);
                rest.stages.drain(..rest.stages.len().min(1));
                visits.push(rest);
            }
            if counter.active || counter.held.is_some() { desks.push(desk) } else { idle.push(desk) }
        }
        let network =
            self.network_down()?.is_some() && visits.iter().any(|visit| visit.stages.contains(&Stage::Recording));
        let ends_with = |desks: &[Desk]| outlook::ends_in(desks, &visits, &mean).filter(|_| !network);
        let ends = ends_with(&desks);
        let sooner = idle.into_iter().filter_map(|desk| {
            let (counter, mut more) = (desk.counter, desks.clone());
            more.push(desk);
            Some((counter, ends_with(&more)?))
        });
        let sooner = sooner.min_by_key(|(counter, then)| (*then, *counter));
        let sooner = sooner.filter(|(_, then)| ends.is_none_or(|ends| ends >= *then + WORTH));
        Ok(Some(Today { counters, stages, ends, sooner }))
    }

    fn stage_now(&self, stage: Stage, queue: &[Ticket], now: Moment) -> Result<StageNow, Fault> {
        let here = || queue.iter().filter(|ticket| ticket.state.stage() == Some(stage));
        let since = |ticket: &&Ticket| match &ticket.state {
            State::Waiting { place, .. } => now.since(&place.since),
            _ => None,
        };
        let line = self.line()?;
        let newcomer = here().next_back().map(|last| {
            let state = State::Waiting { stage, place: Place::last(Seq(i64::MAX), now) };
            Ticket { id: TicketId(0), priority: false, state, ..last.clone() }
        });
        let wait = newcomer.map(|ticket| self.forecast(&line, &ticket, now)).transpose()?.map(|(_, wait)| wait);
        Ok(StageNow { stage, waiting: here().count() as u32, longest: here().rev().max_by_key(since).cloned(), wait })
    }

    /// The stage of a ticket and the called ones behind it.
    fn rest(&self, ticket: &Ticket, from: Duration) -> Visit {
        let service = self.office.service(&ticket.service);
        let next = |stage: &Stage| service.and_then(|service| service.called_after(*stage));
        Visit { stages: std::iter::successors(ticket.state.stage(), next).collect(), from }
    }

    /// The last act on a number at this counter today: who and when.
    fn last_at(&self, counter: CounterNumber) -> Result<Option<(Actor, Moment)>, Fault> {
        let last = self.events_where(
            "WHERE event.seq = (
                 SELECT seq FROM event WHERE seq >= (SELECT opened_seq FROM day ORDER BY id DESC LIMIT 1)
                 AND counter = ?1 AND ticket IS NOT NULL AND action NOT IN ('issue', 'close') ORDER BY seq DESC LIMIT 1)",
            [counter],
        )?;
        Ok(last.into_iter().next().map(|event| (event.by, event.at)))
    }
}

/// How long the counter will still have `ticket`.
fn left(ticket: &Ticket, mean: &BTreeMap<Stage, Duration>, now: Moment) -> Duration {
    let mean = ticket.state.stage().and_then(|stage| mean.get(&stage)).copied().unwrap_or_default();
    match &ticket.state {
        State::Serving { since, .. } => mean.saturating_sub(now.since(since).unwrap_or_default()).max(STILL),
        _ => mean,
    }
}
