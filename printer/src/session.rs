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
use crate::pace::{CHUNK, Pace};
use crate::profile::{Cancel, Fence, Profile, Status, wire_time};
use crate::status::{Condition, Parser, Reply, Request};
use crate::watch::Watch;
use queue::printing::Outcome;
use std::time::Duration;

/// The line to the printer is gone: unplugged, or never there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

/// The smallest view of a line to a printer, with the clock that paces it.
pub trait Line {
    /// Sends at most 128 bytes; returns how many were taken, 0 when there is no room.
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Gone>;
    /// Waits up to `at_most` for bytes from the printer; empty when none came. With zero it does not wait.
    fn read(&mut self, at_most: Duration) -> Result<Vec<u8>, Gone>;
    /// Monotonic time.
    fn now(&self) -> Duration;
}

/// How long a real-time answer may take.
const ANSWER: Duration = Duration::from_millis(400);
/// How long a fence may take beyond wire and head.
const PATIENCE: Duration = Duration::from_secs(5);
/// The same for a printer that has never answered anything: waiting for it proves nothing.
const NO_ANSWER_EXPECTED: Duration = Duration::from_secs(1);
/// How often to look while a fence is awaited.
const LOOK: Duration = Duration::from_millis(250);
/// How often at most to look while a paper is sent.
const ASK: Duration = Duration::from_millis(100);

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
    parser: Parser,
    /// It has answered a question at least once: its silence then means something.
    has_answered: bool,
    /// It has answered a fence at least once.
    has_fenced: bool,
    /// It has named a process id at least once.
    has_named: bool,
    /// Process ids given out.
    jobs: u32,
    held: Option<Held>,
    watch: Watch,
}

/// How the printer is, seen from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It said so.
    Says(Condition),
    /// It has answered before and does not now.
    Silent,
    /// It has never answered.
    Mute,
}

impl Health {
    /// It says that it prints.
    fn is_well(self) -> bool {
        matches!(self, Health::Says(Condition::Ready | Condition::Low))
    }
}

impl Session {
    /// A session that knows nothing of the printer yet.
    ///
    /// `interrupted` says that an earlier process may have left half a paper in it.
    pub fn new(profile: Profile, interrupted: bool) -> Session {
        Session {
            parser: Parser::new(&profile),
            profile,
            has_answered: false,
            has_fenced: false,
            has_named: false,
            jobs: 0,
            held: interrupted.then_some(Held::Perhaps),
            watch: Watch::default(),
        }
    }

    /// Asks how the printer is, as far as its kind can say.
    pub fn look(&mut self, line: &mut impl Line) -> Result<Health, Gone> {
        let silent = if self.has_answered { Health::Silent } else { Health::Mute };
        let only = match self.profile.status {
            Status::DleEot => return self.look_closely(line, silent),
            Status::CauseOnly => Request::Cause,
            Status::Full => Request::Full,
            Status::Nippon => Request::Sensor,
            Status::None => {
                // An unplugged cable shows itself all the same.
                line.read(Duration::ZERO)?;
                return Ok(Health::Mute);
            }
        };
        Ok(self.ask(line, only)?.map_or(silent, Health::Says))
    }

    /// The model's name, `GS I 67`; `None` from a printer that does not say.
    pub fn model(&mut self, line: &mut impl Line) -> Result<Option<String>, Gone> {
        self.parser.forget();
        self.put(line, Request::Model)?;
        let until = line.now() + ANSWER;
        while line.now() < until {
            let model = self.hear(line, until)?.into_iter().find_map(|reply| match reply {
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
    fn look_closely(&mut self, line: &mut impl Line, silent: Health) -> Result<Health, Gone> {
        let printer = self.ask(line, Request::Printer)?;
        // Some know only one of the questions (Custom P80C: n = 2), so one silence is not yet silence.
        let cause = self.ask(line, Request::Cause)?;
        if printer.is_none() && cause.is_none() {
            return Ok(silent);
        }
        let errors = match cause {
            Some(Condition::Error) => self.ask(line, Request::Errors)?,
            _ => None,
        };
        let roll = self.ask(line, Request::Roll)?;
        Ok(Health::Says(together(printer, cause, errors, roll)))
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
        let (sent, ended) = self.send(line, &bytes, &pauses);
        if sent == 0 {
            return Outcome::Postponed;
        }
        self.held = Some(Held::Perhaps);
        if let Err(why) = ended {
            if let Some(condition) = self.watch.stopped {
                // Cancelled at once: after a refill the printer would go on and print a second, unmarked paper.
                let _ = self.cancel(line);
                return unknown(condition.advice());
            }
            return unknown(why);
        }
        let patience = if self.has_answered { PATIENCE } else { NO_ANSWER_EXPECTED };
        let at_most =
            wire_time(bytes.len(), self.profile.baud) + self.profile.head_time(paper.rows) + Duration::from_secs(1);
        match self.fence(line, start + at_most + patience, Some(id)) {
            Ok(Proof::Executed) => {
                self.held = None;
                // The paper end is seen at the head: it may lie between the last line and the knife.
                match self.look(line) {
                    Ok(health) if health.is_well() && self.noise() => unknown(DOUBTFUL),
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
            Ok(Proof::None) if !self.has_answered => {
                self.held = None;
                unknown(Condition::Nothing.advice())
            }
            // It knows status but no fence: nothing is held when it is well afterwards.
            Ok(Proof::None) if !self.has_fenced && self.look(line).is_ok_and(Health::is_well) => {
                self.held = None;
                unknown("printer tidak dapat menyatakan selesai")
            }
            Ok(Proof::None) => {
                let _ = self.cancel(line);
                unknown("printer tidak menyatakan selesai")
            }
            Err(Gone) => unknown("kabel printer terputus saat mencetak"),
        }
    }

    fn begin(&mut self, line: &mut impl Line) -> Result<(), Gone> {
        self.parser.forget();
        self.watch = Watch { noise_before: self.parser.unexplained(), ..Watch::default() };
        if self.profile.fence == Fence::Presenter {
            // An empty presenter now makes a ticket later the ticket of this paper.
            self.watch.asked = 1;
            self.ask(line, Request::Full)?;
        }
        Ok(())
    }

    /// Whether something was heard since the paper began that nothing explains: it may have passed for an answer.
    fn noise(&self) -> bool {
        self.parser.unexplained() != self.watch.noise_before
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
    /// Only to be called when the printer prints.
    pub fn settle_held(&mut self, line: &mut impl Line) -> Result<bool, Gone> {
        let Some(held) = self.held else { return Ok(true) };
        let mut bytes = Vec::new();
        if held == Held::Perhaps && !self.cancel(line)? {
            // The printer may still wait for the rest of a raster: white dots are a harmless rest.
            bytes.resize(largest_block(&self.profile), 0);
        }
        // What is on the paper already ends here and does not hang on the next one.
        bytes.extend(INITIALISE);
        let end = bytes.len();
        bytes.extend(ending(self.profile.end));
        let sheet = Encoded { bytes, rows: 0, pauses: Vec::new(), end };
        self.begin(line)?;
        let id = self.next_id();
        let (bytes, _) = self.with_id(&sheet, id);
        let start = line.now();
        if let (_, Err(_)) = self.send(line, &bytes, &[]) {
            return Ok(false);
        }
        // A full buffer may have to be printed first.
        let at_most = start + wire_time(bytes.len(), self.profile.baud) + self.profile.head_time(2400) + PATIENCE;
        let clean = match self.fence(line, at_most, None)? {
            Proof::Executed | Proof::Doubtful => true,
            Proof::Stopped(_) => false,
            // A printer that never answers gets what it got: one attempt.
            Proof::None => !self.has_fenced,
        };
        if clean {
            self.held = None;
        }
        Ok(clean)
    }

    /// `DLE DC4` function 8; `true` when the printer says that it has cleared its buffers.
    fn cancel(&mut self, line: &mut impl Line) -> Result<bool, Gone> {
        if self.profile.cancel == Cancel::None {
            return Ok(false);
        }
        self.parser.forget();
        self.put(line, Request::Clear)?;
        let until = line.now() + ANSWER;
        while line.now() < until {
            if self.hear(line, until)?.contains(&Reply::Cleared) {
                self.held = self.held.map(|_| Held::Paper);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What can be asked at any time, also while the printer prints; they take turns.
    fn question(&self) -> Option<Request> {
        match self.profile.status {
            _ if !self.has_answered => None,
            Status::DleEot if self.watch.asked % 2 == 1 => Some(Request::Roll),
            Status::DleEot | Status::CauseOnly => Some(Request::Cause),
            Status::Full => Some(Request::Full),
            Status::Nippon | Status::None => None,
        }
    }

    fn ask_meanwhile(&mut self, line: &mut impl Line) -> Result<(), Gone> {
        if let Some(question) = self.question() {
            self.put(line, question)?;
            self.watch.asked += 1;
        }
        Ok(())
    }

    /// Sends paced, asking at the `pauses` how the printer is; returns how many bytes went out, and why it stopped early.
    fn send(&mut self, line: &mut impl Line, bytes: &[u8], pauses: &[Pause]) -> (usize, Result<(), &'static str>) {
        const STUCK: Duration = Duration::from_secs(5);
        const CABLE: &str = "kabel printer terputus saat mencetak";
        let mut pace = Pace::new(&self.profile, pauses);
        let mut sent = 0;
        let mut stopped = false;
        let mut progress = line.now();
        let mut asked = line.now();
        while sent < bytes.len() {
            if line.now() > progress + STUCK {
                return (sent, Err("printer tidak menerima data"));
            }
            let due = line.now() >= asked + ASK;
            if due && !stopped && pauses.binary_search_by_key(&sent, |p| p.at).is_ok() {
                asked = line.now();
                if self.ask_meanwhile(line).is_err() {
                    return (sent, Err(CABLE));
                }
            }
            let pause = pauses.get(pauses.partition_point(|p| p.at <= sent)).map_or(bytes.len(), |p| p.at);
            let end = bytes.len().min(sent + CHUNK).min(pause);
            let taken = if stopped { 0 } else { line.write(&bytes[sent..end]).unwrap_or(usize::MAX) };
            if taken == usize::MAX {
                return (sent, Err(CABLE));
            }
            sent += taken;
            let mut until = line.now() + Duration::from_millis(5);
            if taken > 0 {
                until = pace.after(line.now(), taken, sent);
                progress = until;
            }
            while line.now() < until {
                let Ok(replies) = self.hear(line, until) else { return (sent, Err(CABLE)) };
                for reply in replies {
                    match reply {
                        Reply::Stop => stopped = true,
                        Reply::Go => stopped = false,
                        _ => {}
                    }
                }
            }
            if self.watch.stopped.is_some() {
                return (sent, Err("printer berhenti"));
            }
        }
        (sent, Ok(()))
    }

    /// Waits until the printer has executed everything, and looks at paper and cover meanwhile.
    fn fence(&mut self, line: &mut impl Line, until: Duration, id: Option<[u8; 4]>) -> Result<Proof, Gone> {
        if matches!(self.profile.fence, Fence::GsR | Fence::ProcessId) {
            self.put(line, Request::Fence)?;
        }
        let mut next_look = line.now() + LOOK;
        loop {
            if let Some(condition) = self.watch.stopped {
                return Ok(Proof::Stopped(condition));
            }
            if self.is_done(id) {
                break;
            }
            if line.now() >= until || self.profile.fence == Fence::None {
                return Ok(Proof::None);
            }
            self.hear(line, next_look.min(until))?;
            if line.now() >= next_look {
                // An answer without the fixed bits could not be told from that of the fence.
                if !self.parser.deviates() {
                    self.ask_meanwhile(line)?;
                }
                next_look = line.now() + LOOK;
            }
        }
        self.has_fenced = true;
        // The last question may still be under way.
        let until = line.now() + ANSWER;
        while self.watch.answered < self.watch.asked && line.now() < until {
            self.hear(line, until)?;
        }
        let watch = self.watch;
        let unnamed = self.profile.fence == Fence::ProcessId && self.has_named && id.is_some() && watch.named != id;
        Ok(match watch.stopped {
            Some(condition) => Proof::Stopped(condition),
            None if watch.damaged || unnamed || self.noise() || watch.answered < watch.asked => Proof::Doubtful,
            None => Proof::Executed,
        })
    }

    fn is_done(&mut self, id: Option<[u8; 4]>) -> bool {
        self.has_named |= self.watch.named.is_some();
        match self.profile.fence {
            // The process id lies before the fence in the data; a printer that has never named one may not know it.
            Fence::GsR | Fence::ProcessId => self.watch.fenced,
            Fence::Presenter => self.watch.presented,
            Fence::Nippon => self.watch.named.is_some() && (id.is_none() || self.watch.named == id),
            Fence::None => false,
        }
    }

    /// One question, one answer, or none in time.
    fn ask(&mut self, line: &mut impl Line, request: Request) -> Result<Option<Condition>, Gone> {
        self.parser.forget();
        // What came late answers a question that nobody remembers.
        for _ in 0..64 {
            let late = line.read(Duration::ZERO)?;
            if late.is_empty() {
                break;
            }
            late.iter().for_each(|byte| drop(self.parser.push(*byte)));
        }
        self.parser.forget();
        self.put(line, request)?;
        let until = line.now() + ANSWER;
        while line.now() < until {
            for reply in self.hear(line, until)? {
                match reply {
                    Reply::Answer(of, condition) | Reply::Mechanism(of, condition, _) if of == request => {
                        return Ok(Some(condition));
                    }
                    _ => {}
                }
            }
        }
        Ok(None)
    }

    /// Writes one question whole; a line without room for it stays unasked, which is silence.
    fn put(&mut self, line: &mut impl Line, request: Request) -> Result<(), Gone> {
        let mut rest = request.bytes();
        let until = line.now() + ANSWER;
        while !rest.is_empty() && line.now() < until {
            let taken = line.write(rest)?;
            rest = &rest[taken..];
            if !rest.is_empty() {
                self.hear(line, line.now() + Duration::from_millis(5))?;
            }
        }
        self.parser.expect(request);
        Ok(())
    }

    fn hear(&mut self, line: &mut impl Line, until: Duration) -> Result<Vec<Reply>, Gone> {
        let at_most = until.saturating_sub(line.now());
        let bytes = line.read(at_most)?;
        let replies: Vec<Reply> = bytes.iter().filter_map(|b| self.parser.push(*b)).collect();
        let says_something = |r: &Reply| matches!(r, Reply::Answer(..) | Reply::Mechanism(..) | Reply::Cleared);
        self.has_answered |= replies.iter().any(says_something);
        replies.iter().for_each(|reply| self.watch.note(reply));
        Ok(replies)
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
