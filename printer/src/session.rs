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

use crate::escpos::{CUT, Encoded, INITIALISE, largest_block};
use crate::profile::{Profile, wire_time};
use crate::status::{Condition, Parser, Reply, Request};
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

/// Bytes under way at most: a real-time question behind a full queue of the host would come too late.
const CHUNK: usize = 128;
/// How long a real-time answer may take.
const ANSWER: Duration = Duration::from_millis(400);
/// How long a fence may take beyond wire and head.
const PATIENCE: Duration = Duration::from_secs(5);
/// The same for a printer that has never answered anything: waiting for it proves nothing.
const NO_ANSWER_EXPECTED: Duration = Duration::from_secs(1);
/// How often to look while a fence is awaited.
const LOOK: Duration = Duration::from_millis(250);

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
    baud: u32,
    parser: Parser,
    /// It has answered a question at least once: its silence then means something.
    has_answered: bool,
    /// It has answered a fence at least once.
    has_fenced: bool,
    held: Option<Held>,
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
    pub fn new(profile: Profile, baud: u32, interrupted: bool) -> Session {
        let held = interrupted.then_some(Held::Perhaps);
        Session { profile, baud, parser: Parser::default(), has_answered: false, has_fenced: false, held }
    }

    /// Asks how the printer is: `DLE EOT` 1, 2 and 4, and 3 for an error.
    pub fn look(&mut self, line: &mut impl Line) -> Result<Health, Gone> {
        let printer = self.ask(line, Request::Printer)?;
        // Some know only one of the questions (Custom P80C: n = 2), so one silence is not yet silence.
        let cause = self.ask(line, Request::Cause)?;
        if printer.is_none() && cause.is_none() {
            return Ok(if self.has_answered { Health::Silent } else { Health::Mute });
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
        let start = line.now();
        let (sent, ended) = self.send(line, &paper.bytes);
        if sent == 0 {
            return Outcome::Postponed;
        }
        self.held = Some(Held::Perhaps);
        if let Err(why) = ended {
            return unknown(why);
        }
        let patience = if self.has_answered { PATIENCE } else { NO_ANSWER_EXPECTED };
        let at_most =
            wire_time(paper.bytes.len(), self.baud) + self.profile.head_time(paper.rows) + Duration::from_secs(1);
        match self.fence(line, start + at_most + patience) {
            Ok(Proof::Executed) => {
                self.held = None;
                // The paper end is seen at the head: it may lie between the last line and the knife.
                match self.look(line) {
                    Ok(health) if health.is_well() => Outcome::Confirmed,
                    Ok(Health::Says(condition)) => unknown(condition.advice()),
                    Ok(_) => unknown("printer berhenti menjawab setelah mencetak"),
                    Err(Gone) => unknown("kabel printer terputus setelah mencetak"),
                }
            }
            Ok(Proof::Stopped(condition)) => {
                // Cancelled at once: after a refill the printer would go on and print a second, unmarked paper.
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
        bytes.extend(CUT);
        let start = line.now();
        if let (_, Err(_)) = self.send(line, &bytes) {
            return Ok(false);
        }
        // A full buffer may have to be printed first.
        let at_most = start + wire_time(bytes.len(), self.baud) + self.profile.head_time(2400) + PATIENCE;
        let clean = match self.fence(line, at_most)? {
            Proof::Executed => true,
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

    /// Sends paced by the line's speed; returns how many bytes went out, and why it stopped early.
    fn send(&mut self, line: &mut impl Line, bytes: &[u8]) -> (usize, Result<(), &'static str>) {
        const STUCK: Duration = Duration::from_secs(5);
        const CABLE: &str = "kabel printer terputus saat mencetak";
        let mut sent = 0;
        let mut stopped = false;
        let mut progress = line.now();
        while sent < bytes.len() {
            if line.now() > progress + STUCK {
                return (sent, Err("printer tidak menerima data"));
            }
            let chunk = &bytes[sent..bytes.len().min(sent + CHUNK)];
            let taken = if stopped { 0 } else { line.write(chunk).unwrap_or(usize::MAX) };
            if taken == usize::MAX {
                return (sent, Err(CABLE));
            }
            if taken > 0 {
                progress = line.now();
            }
            sent += taken;
            let pause = if taken == 0 { Duration::from_millis(5) } else { wire_time(taken, self.baud) };
            let until = line.now() + pause;
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
        }
        (sent, Ok(()))
    }

    /// `GS r 1` in the order of the data, and a look at paper and cover meanwhile.
    fn fence(&mut self, line: &mut impl Line, until: Duration) -> Result<Proof, Gone> {
        self.parser.forget();
        self.put(line, Request::Fence)?;
        let mut next_look = line.now() + LOOK;
        let mut turn = 0;
        while line.now() < until {
            for reply in self.hear(line, next_look.min(until))? {
                match reply {
                    Reply::Answer(Request::Fence, condition) => {
                        self.has_fenced = true;
                        let stopped = condition == Condition::Out;
                        return Ok(if stopped { Proof::Stopped(condition) } else { Proof::Executed });
                    }
                    Reply::Answer(_, condition) if !condition.prints() => return Ok(Proof::Stopped(condition)),
                    _ => {}
                }
            }
            if line.now() >= next_look && self.has_answered && !self.parser.deviates() {
                self.put(line, [Request::Cause, Request::Roll][turn % 2])?;
                turn += 1;
            }
            if line.now() >= next_look {
                next_look = line.now() + LOOK;
            }
        }
        Ok(Proof::None)
    }

    /// One question, one answer, or none in time.
    fn ask(&mut self, line: &mut impl Line, request: Request) -> Result<Option<Condition>, Gone> {
        self.parser.forget();
        // What came late answers a question that nobody remembers.
        for _ in 0..64 {
            if line.read(Duration::ZERO)?.is_empty() {
                break;
            }
        }
        self.put(line, request)?;
        let until = line.now() + ANSWER;
        while line.now() < until {
            for reply in self.hear(line, until)? {
                if let Reply::Answer(of, condition) = reply
                    && of == request
                {
                    return Ok(Some(condition));
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
        if replies.iter().any(|r| matches!(r, Reply::Answer(..) | Reply::Cleared)) {
            self.has_answered = true;
        }
        Ok(replies)
    }
}

/// What a fence proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// Everything sent before it was executed.
    Executed,
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
