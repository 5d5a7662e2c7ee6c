//! One conversation with one printer: ask how it is, send a paper, prove that it came out, clear what it still holds.
//!
//! ```text
//!   look ──prints──► send ──► fence ──answered, and clean afterwards──► Confirmed
//!     │               │         └──silence, paper end, cover, error──► Unknown ──┐
//!     │               └──the line broke──► Unknown ──────────────────────────────┤
//!     └──not a byte was sent──► Postponed                                        ▼
//!                                          held: cancelled and cleared before the next paper
//! ```
//!
//! Once a byte was sent, only the printer can say that the paper came out, and nothing can say that it did not.
//!
//! While a paper is on its way the printer is asked how it is, between commands. Each of these questions must be
//! answered before the paper counts as confirmed: a printer that was reset in the middle was deaf for a while, and then
//! a question is missing even when everything after the reset was executed. A reset shorter than the time between two
//! questions (a quarter of a second at 19,200 baud) is not noticed; no printer is known to start so fast.

use crate::escpos::{Encoded, INITIALISE, Pause, ending, largest_block};
use crate::profile::{Cancel, Fence, Profile, Status, wire_time};
use crate::status::{Condition, Reply, Request};
use crate::talk::{ANSWER, Talk};
pub use crate::talk::{Gone, Line};
use crate::watch::Watch;
use queue::printing::Outcome;
use std::time::Duration;

/// How long a fence may take beyond wire and head.
const PATIENCE: Duration = Duration::from_secs(5);
/// The same when nobody can be asked meanwhile whether the printer has stopped: a later one is doubtful.
const LATE: Duration = Duration::from_millis(1500);
/// How often to look while a fence is awaited.
const LOOK: Duration = Duration::from_millis(250);
/// How long an idle printer may take to answer a fence with nothing before it. What has not come by then never will.
const IDLE: Duration = Duration::from_millis(2500);
/// No head is so many times faster than its profile says.
const FASTEST: u32 = 3;
/// Rows of the longest paper that may still lie in a printer.
const LONGEST: u32 = 2400;
/// What is tried on paper to get rid of an interrupted one, and with filling bytes on a silent printer.
const TRIES: u8 = 2;

/// The end was executed, but something before it was lost or disturbed.
const DOUBTFUL: &str = "printer atau kabelnya sempat terganggu saat mencetak";

/// What an interrupted paper has left in the printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    /// Perhaps bytes, perhaps the half of a picture; and perhaps half a paper.
    Perhaps,
    /// Half a paper only: the printer says that its buffers are empty.
    Paper,
}

/// What is known of the printer at the other end, across papers and reconnections.
#[derive(Debug)]
pub struct Session {
    profile: Profile,
    talk: Talk,
    /// It answers fences; `None` until it was tried since it was last away.
    fences: Option<bool>,
    /// It has named a process id at least once.
    has_named: bool,
    /// It does not know how to clear its buffers: it was asked, and did nothing.
    cannot_clear: bool,
    /// Nothing can come back on this line.
    one_way: bool,
    /// Process ids given out.
    jobs: u32,
    held: Option<Held>,
    /// Sheets that were tried in vain since the last interruption.
    tries: u8,
    /// And filling bytes.
    fills: u8,
    /// The next paper may begin with the rest of an older one.
    suspect: bool,
}

/// How the printer is, seen from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It said so.
    Says(Condition),
    /// Its kind answers, and it does not: it is away, or off.
    Silent,
    /// It takes nothing, not even a question.
    Blocked,
    /// It cannot answer: its profile says so, or the line has no way back.
    Mute,
}

impl Health {
    /// It says that it prints.
    fn is_well(self) -> bool {
        matches!(self, Health::Says(Condition::Ready | Condition::Low))
    }
}

impl Session {
    /// A session that knows nothing of the printer but its kind.
    ///
    /// `interrupted` says that an earlier process may have left half a paper in it.
    pub fn new(profile: Profile, interrupted: bool) -> Session {
        let mut talk = Talk::new(&profile);
        if interrupted {
            // Nobody counted them: more than can be, so that silence and not a number ends the waiting.
            talk.parser.owe(3);
        }
        Session {
            talk,
            profile,
            fences: None,
            has_named: false,
            cannot_clear: false,
            one_way: false,
            jobs: 0,
            held: interrupted.then_some(Held::Perhaps),
            tries: 0,
            fills: 0,
            suspect: false,
        }
    }

    /// Process ids begin behind this one: two processes one after the other must not give the same.
    #[must_use]
    pub fn after_id(self, id: u32) -> Session {
        Session { jobs: id, ..self }
    }

    /// The line was opened anew: it may be another one, and another printer.
    pub fn opened(&mut self, line: &impl Line) {
        self.fences = None;
        if !line.is_serial() {
            self.profile = self.profile.off_the_wire();
        }
    }

    /// What is known of its kind.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Whether the rest of a paper may still lie in the printer.
    pub fn holds(&self) -> bool {
        self.held.is_some()
    }

    /// Asks how the printer is, as far as its kind can say.
    pub fn look(&mut self, line: &mut impl Line) -> Result<Health, Gone> {
        let mut health = self.ask_health(line)?;
        if health == Health::Silent && self.held == Some(Held::Perhaps) && self.fills < TRIES {
            // What answers in the order of the data cannot while it waits for the rest of a picture.
            self.fills += 1;
            self.fill(line)?;
            health = self.ask_health(line)?;
        }
        if !matches!(health, Health::Says(_)) {
            // Whoever comes back may be another one.
            self.fences = None;
        } else if health.is_well() && self.held.is_none() && (self.fences.is_none() || self.talk.parser.owed() > 0) {
            self.synchronise(line)?;
        }
        Ok(health)
    }

    fn ask_health(&mut self, line: &mut impl Line) -> Result<Health, Gone> {
        self.one_way |= line.is_one_way();
        let only = match self.profile.status {
            Status::DleEot if !self.one_way => return self.look_closely(line),
            Status::CauseOnly if !self.one_way => Request::Cause,
            Status::Full if !self.one_way => Request::Full,
            Status::Nippon if !self.one_way => Request::Sensor,
            _ => {
                // An unplugged cable shows itself all the same.
                line.read(Duration::ZERO)?;
                return Ok(Health::Mute);
            }
        };
        let said = self.talk.ask(line, only)?;
        self.one_way |= line.is_one_way();
        Ok(said.map_or_else(|| self.silence(), Health::Says))
    }

    fn silence(&self) -> Health {
        match (self.one_way, self.talk.blocked) {
            (true, _) => Health::Mute,
            (_, true) => Health::Blocked,
            _ => Health::Silent,
        }
    }

    /// The model's name, `GS I 67`; `None` from a printer that does not say.
    pub fn model(&mut self, line: &mut impl Line) -> Result<Option<String>, Gone> {
        self.talk.begin(line)?;
        self.talk.put(line, Request::Model)?;
        let until = line.now() + ANSWER;
        while line.now() < until {
            let heard = self.talk.hear(line, until)?.unwrap_or_default();
            let model = heard.into_iter().find_map(|reply| match reply {
                Reply::Model(name) => Some(name),
                _ => None,
            });
            if model.is_some() {
                return Ok(model);
            }
        }
        Ok(None)
    }

    /// `DLE EOT` 1, 2 and 4, and 3 for an error.
    fn look_closely(&mut self, line: &mut impl Line) -> Result<Health, Gone> {
        let printer = self.talk.ask(line, Request::Printer)?;
        // Some know only one of the questions (Custom P80C: n = 2), so one silence is not yet silence.
        let cause = self.talk.ask(line, Request::Cause)?;
        self.one_way |= line.is_one_way();
        if printer.is_none() && cause.is_none() {
            return Ok(self.silence());
        }
        let errors = match cause {
            Some(Condition::Error) => self.talk.ask(line, Request::Errors)?,
            _ => None,
        };
        let roll = self.talk.ask(line, Request::Roll)?;
        Ok(Health::Says(together(printer, cause, errors, roll)))
    }

    /// An idle printer answers a fence with nothing before it at once, and costs no paper: this shows whether it can, and
    /// that no older answer is under way.
    fn synchronise(&mut self, line: &mut impl Line) -> Result<(), Gone> {
        if !matches!(self.profile.fence, Fence::GsR | Fence::ProcessId) {
            self.fences = Some(true);
            return Ok(());
        }
        self.talk.begin(line)?;
        if !self.talk.put(line, Request::Fence)? {
            return Ok(());
        }
        let until = line.now() + IDLE;
        while self.talk.parser.owed() > 0 && line.now() < until {
            self.talk.hear(line, until)?;
        }
        self.talk.quiet(line, ANSWER / 4)?;
        self.fences = Some(self.talk.watch.fenced.is_some());
        // The printer has forgotten the others.
        self.talk.parser.owe(0);
        Ok(())
    }

    /// Prints one paper and says how it ended.
    ///
    /// `Postponed` only when not a byte was sent. Never `Failed`: once a byte was sent, nothing proves a failure.
    pub fn print(&mut self, line: &mut impl Line, paper: &Encoded) -> Outcome {
        if self.begin(line).is_err() {
            return Outcome::Postponed;
        }
        let start = line.now();
        let id = self.next_id();
        let (bytes, pauses) = self.with_id(paper, id);
        let head = self.profile.head_time(paper.rows);
        let (sent, ended) = self.send(line, &bytes, &pauses);
        if sent == 0 {
            return Outcome::Postponed;
        }
        self.held = Some(Held::Perhaps);
        (self.tries, self.fills) = (0, 0);
        let suspect = std::mem::take(&mut self.suspect);
        if let Err(why) = ended {
            if let Some(condition) = self.talk.watch.stopped {
                // Cancelled at once: after a refill the printer would go on and print a second, unmarked paper.
                let _ = self.cancel(line);
                return unknown(condition.advice());
            }
            return unknown(why);
        }
        let due = line.now().max(start + wire_time(bytes.len(), self.profile.baud) + head);
        if !self.can_prove() {
            return self.unproven(line, due);
        }
        self.talk.watch.earliest = start + head / FASTEST;
        match self.fence(line, due, Some(id)) {
            Ok(Proof::Executed) if suspect => {
                self.held = None;
                unknown(DOUBTFUL)
            }
            Ok(Proof::Executed) => {
                self.held = None;
                // The paper end is seen at the head: it may lie between the last line and the knife.
                match self.ask_health(line) {
                    Ok(health) if health.is_well() && self.talk.noise() => match self.settles(line) {
                        Ok(true) => Outcome::Confirmed,
                        _ => unknown(DOUBTFUL),
                    },
                    Ok(health) if health.is_well() => Outcome::Confirmed,
                    Ok(Health::Says(condition)) => unknown(condition.advice()),
                    Ok(_) => unknown("printer berhenti menjawab setelah mencetak"),
                    Err(Gone) => unknown("kabel printer terputus setelah mencetak"),
                }
            }
            Ok(Proof::Doubtful) => {
                self.held = None;
                unknown(DOUBTFUL)
            }
            Ok(Proof::Stopped(condition)) => {
                let _ = self.cancel(line);
                unknown(condition.advice())
            }
            Ok(Proof::None) => {
                let _ = self.cancel(line);
                unknown("printer tidak menyatakan selesai")
            }
            Err(Gone) => unknown("kabel printer terputus saat mencetak"),
        }
    }

    /// Whether anything can say that a paper came out.
    fn can_prove(&self) -> bool {
        match self.profile.fence {
            _ if self.one_way || self.profile.status == Status::None => false,
            Fence::GsR | Fence::ProcessId => self.fences != Some(false),
            Fence::Presenter | Fence::Nippon => true,
            Fence::None => false,
        }
    }

    /// A paper that nothing will prove: when its time is over, the next one may come.
    fn unproven(&mut self, line: &mut impl Line, due: Duration) -> Outcome {
        let mute = self.one_way || self.profile.status == Status::None;
        let mut next_look = line.now() + LOOK;
        while line.now() < due && self.talk.watch.stopped.is_none() {
            let heard = self.talk.hear(line, next_look.min(due));
            if heard.is_err() {
                return unknown("kabel printer terputus saat mencetak");
            }
            if line.now() >= next_look {
                next_look = line.now() + LOOK;
                let question = question(&self.profile, &self.talk.watch).filter(|_| !mute);
                if self.talk.ask_meanwhile(line, question).is_err() {
                    return unknown("kabel printer terputus saat mencetak");
                }
            }
        }
        let health = match self.talk.watch.stopped {
            Some(condition) => Ok(Health::Says(condition)),
            None => self.ask_health(line),
        };
        match health {
            Ok(Health::Mute) => {
                self.held = None;
                unknown(Condition::Nothing.advice())
            }
            Ok(health) if health.is_well() => {
                self.held = None;
                unknown("printer tidak dapat menyatakan selesai")
            }
            Ok(Health::Says(condition)) => {
                let _ = self.cancel(line);
                unknown(condition.advice())
            }
            Ok(_) => unknown("printer berhenti menjawab setelah mencetak"),
            Err(Gone) => unknown("kabel printer terputus saat mencetak"),
        }
    }

    fn begin(&mut self, line: &mut impl Line) -> Result<(), Gone> {
        self.talk.begin(line)?;
        if self.profile.fence == Fence::Presenter {
            // An empty presenter now makes a ticket later the ticket of this paper.
            self.talk.watch.asked(line.now());
            self.talk.ask(line, Request::Full)?;
        }
        Ok(())
    }

    /// Four digits: ascending ids make the order visible in a recording of the line.
    fn next_id(&mut self) -> [u8; 4] {
        self.jobs = (self.jobs + 1) % 10_000;
        let digit = |ten: u32| b'0' + (self.jobs / ten % 10) as u8;
        [digit(1000), digit(100), digit(10), digit(1)]
    }

    /// The paper as its kind of fence wants it, and where the printer may be asked in between.
    fn with_id(&self, paper: &Encoded, [a, b, c, d]: [u8; 4]) -> (Vec<u8>, Vec<Pause>) {
        let (before, ending) = paper.bytes.split_at(paper.end.min(paper.bytes.len()));
        match self.profile.fence {
            // Directly behind the print data, so that it relates to them (Epson).
            Fence::ProcessId => {
                let id = [0x1d, b'(', b'H', 6, 0, b'0', b'0', a, b, c, d];
                ([before, &id, ending].concat(), paper.pauses.clone())
            }
            Fence::Nippon => {
                let begin = [0x1d, b'G', b'1', a, b, c, d];
                let pauses = paper.pauses.iter().map(|p| Pause { at: p.at + begin.len(), ..*p }).collect();
                ([&begin, &paper.bytes[..], &[0x1d, b'G', b'0']].concat(), pauses)
            }
            _ => (paper.bytes.clone(), paper.pauses.clone()),
        }
    }

    /// Gets rid of what an interrupted paper left behind; `true` when the next paper begins on a clean sheet.
    ///
    /// Only to be called when the printer prints. It costs paper, so it is not tried without end.
    pub fn settle_held(&mut self, line: &mut impl Line) -> Result<bool, Gone> {
        let Some(held) = self.held else { return Ok(true) };
        if self.tries >= TRIES {
            // More paper would not help; whether it answers fences at all is asked anew, without any.
            (self.held, self.suspect) = (None, true);
            return self.synchronise(line).map(|()| true);
        }
        if held == Held::Perhaps && !self.cancel(line)? {
            // The printer may still wait for the rest of a raster.
            self.fill(line)?;
        }
        // What is on the paper already ends here and does not hang on the next one.
        let mut bytes = INITIALISE.to_vec();
        let end = bytes.len();
        bytes.extend(ending(&self.profile));
        let sheet = Encoded { bytes, rows: 0, pauses: Vec::new(), end };
        self.begin(line)?;
        let id = self.next_id();
        let (bytes, _) = self.with_id(&sheet, id);
        let start = line.now();
        if let (_, Err(_)) = self.send(line, &bytes, &[]) {
            return Ok(false);
        }
        if !self.can_prove() {
            self.held = None;
            return Ok(true);
        }
        // A full buffer may have to be printed first.
        let due = start + wire_time(bytes.len(), self.profile.baud) + self.profile.head_time(LONGEST);
        let clean = match self.fence(line, due, None)? {
            Proof::Executed | Proof::Doubtful => true,
            Proof::Stopped(_) => false,
            Proof::None => {
                self.tries += 1;
                // Those that are owed yet were forgotten: a printer that still had to print them would have.
                self.talk.watch.fenced.is_some_and(|at| line.now() > at + self.profile.head_time(LONGEST))
            }
        };
        if clean {
            self.held = None;
            self.talk.quiet(line, ANSWER / 4)?;
            self.talk.parser.owe(0);
        }
        Ok(clean)
    }

    /// White dots are a harmless rest of a half-sent picture; outside of one they do nothing.
    fn fill(&mut self, line: &mut impl Line) -> Result<(), Gone> {
        self.talk.begin(line)?;
        let _ = self.send(line, &vec![0; largest_block(&self.profile)], &[]);
        // The rows that they complete pass the head.
        let until = line.now() + self.profile.head_time(256);
        while line.now() < until {
            self.talk.hear(line, until)?;
        }
        Ok(())
    }

    /// `DLE DC4` function 8; `true` when the printer says that it has cleared its buffers.
    fn cancel(&mut self, line: &mut impl Line) -> Result<bool, Gone> {
        if self.profile.cancel == Cancel::None || self.cannot_clear || self.one_way {
            return Ok(false);
        }
        self.talk.parser.forget();
        if !self.talk.put(line, Request::Clear)? {
            return Ok(false);
        }
        let until = line.now() + ANSWER;
        while line.now() < until {
            if self.talk.hear(line, until)?.is_some_and(|heard| heard.contains(&Reply::Cleared)) {
                self.held = self.held.map(|_| Held::Paper);
                // Fences went with the rest; those that were answered are under way.
                self.talk.quiet(line, ANSWER / 4)?;
                self.talk.parser.owe(0);
                return Ok(true);
            }
        }
        // A printer that answers questions would have answered this one.
        self.cannot_clear = self.ask_health(line)?.is_well();
        Ok(false)
    }

    fn send(&mut self, line: &mut impl Line, bytes: &[u8], pauses: &[Pause]) -> (usize, Result<(), &'static str>) {
        let (profile, one_way) = (&self.profile, self.one_way);
        self.talk.send(line, profile, bytes, pauses, |watch| question(profile, watch).filter(|_| !one_way))
    }

    /// Waits until the printer has executed everything, and looks at paper and cover meanwhile. It should be `due` then.
    fn fence(&mut self, line: &mut impl Line, due: Duration, id: Option<[u8; 4]>) -> Result<Proof, Gone> {
        let mut unasked = matches!(self.profile.fence, Fence::GsR | Fence::ProcessId);
        let mut until = due + PATIENCE;
        let mut next_look = line.now() + LOOK;
        loop {
            if let Some(condition) = self.talk.watch.stopped {
                return Ok(Proof::Stopped(condition));
            }
            if unasked && self.talk.put(line, Request::Fence)? {
                unasked = false;
                until = until.max(line.now() + PATIENCE);
            }
            if !unasked && self.is_done(id) {
                break;
            }
            if line.now() >= until || self.profile.fence == Fence::None {
                return Ok(Proof::None);
            }
            self.talk.hear(line, next_look.min(until))?;
            if line.now() >= next_look {
                // An answer without the fixed bits could not be told from that of the fence.
                if !self.talk.parser.deviates() && line.unsent() == 0 {
                    self.talk.ask_meanwhile(line, question(&self.profile, &self.talk.watch))?;
                }
                next_look = line.now() + LOOK;
            }
        }
        let done = line.now();
        if matches!(self.profile.fence, Fence::GsR | Fence::ProcessId) {
            self.fences = Some(true);
        }
        // The last question may still be under way.
        let until = line.now() + ANSWER;
        while self.talk.watch.answered < self.talk.watch.asked && line.now() < until {
            self.talk.hear(line, until)?;
        }
        let watch = self.talk.watch;
        let unnamed = self.profile.fence == Fence::ProcessId && self.has_named && id.is_some() && watch.named != id;
        // Nobody could say whether the roll was changed in the middle, but such a paper takes its time.
        let unseen = watch.asked == 0 || watch.hesitated;
        let late = id.is_some() && unseen && done > due + LATE;
        Ok(match watch.stopped {
            Some(condition) => Proof::Stopped(condition),
            None if watch.damaged || unnamed || late || watch.answered < watch.asked => Proof::Doubtful,
            None => Proof::Executed,
        })
    }

    fn is_done(&mut self, id: Option<[u8; 4]>) -> bool {
        let watch = &self.talk.watch;
        self.has_named |= watch.named.is_some();
        match self.profile.fence {
            // The process id lies before the fence in the data; a printer that has never named one may not know it. An
            // answer that is still owed to an older fence may be the one that came.
            Fence::GsR | Fence::ProcessId => watch.fenced.is_some() && self.talk.parser.owed() == 0,
            Fence::Presenter => watch.presented,
            Fence::Nippon => watch.named.is_some() && (id.is_none() || watch.named == id),
            Fence::None => false,
        }
    }

    /// One more question settles a paper in which something was heard that nothing explains. Had the stray byte passed for
    /// the answer of the fence, there would now be one answer too many.
    fn settles(&mut self, line: &mut impl Line) -> Result<bool, Gone> {
        if !matches!(self.profile.fence, Fence::GsR | Fence::ProcessId) || self.talk.parser.owed() > 0 {
            return Ok(false);
        }
        let noise = self.talk.parser.unexplained();
        if !self.talk.put(line, Request::Fence)? {
            return Ok(false);
        }
        let until = line.now() + IDLE;
        while self.talk.parser.owed() > 0 && line.now() < until {
            self.talk.hear(line, until)?;
        }
        self.talk.quiet(line, ANSWER)?;
        Ok(self.talk.parser.owed() == 0 && self.talk.parser.unexplained() == noise && self.talk.watch.stopped.is_none())
    }
}

/// What can be asked at any time, also while the printer prints; they take turns.
fn question(profile: &Profile, watch: &Watch) -> Option<Request> {
    match profile.status {
        Status::DleEot if watch.asked % 2 == 1 => Some(Request::Roll),
        Status::DleEot | Status::CauseOnly => Some(Request::Cause),
        Status::Full => Some(Request::Full),
        Status::Nippon | Status::None => None,
    }
}

/// What a fence proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// Everything sent before it was executed.
    Executed,
    /// The end was executed, but a question in between was lost: perhaps some of the data too.
    Doubtful,
    /// The printer stopped first.
    Stopped(Condition),
    /// Nothing came back in time.
    None,
}

fn unknown(cause: &str) -> Outcome {
    Outcome::Unknown { cause: cause.into() }
}

/// The worst that the answers say; the cover before the paper, which cannot be judged while it is open.
fn together(
    printer: Option<Condition>,
    cause: Option<Condition>,
    errors: Option<Condition>,
    roll: Option<Condition>,
) -> Condition {
    let all = [cause, roll, errors, printer];
    let said = |wanted: &dyn Fn(Condition) -> bool| all.iter().flatten().copied().find(|c| wanted(*c));
    said(&|c| c == Condition::Cover)
        .or(said(&|c| c == Condition::Out))
        // The answer about errors names what the cause only reports.
        .or(errors.filter(|c| !c.prints()))
        .or(said(&|c| !c.prints()))
        .or(said(&|c| c == Condition::Low))
        .unwrap_or(Condition::Ready)
}
