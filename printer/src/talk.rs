//! Questions and answers on the line to a printer.

use crate::escpos::Pause;
use crate::pace::{CHUNK, Pace};
use crate::profile::Profile;
use crate::status::{Condition, Parser, Reply, Request};
use crate::watch::Watch;
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
    /// Bytes taken that have not left this machine, because the printer says stop; as far as the line can tell.
    fn unsent(&self) -> usize {
        0
    }
    /// Whether it has the speed of its profile; anything else is faster and has a handshake of its own.
    fn is_serial(&self) -> bool {
        true
    }
    /// Whether it is known that nothing can ever come back.
    fn is_one_way(&self) -> bool {
        false
    }
}

/// How long a real-time answer may take.
pub(crate) const ANSWER: Duration = Duration::from_millis(400);
/// How long a printer may take nothing.
const STUCK: Duration = Duration::from_secs(5);
/// How often at most to ask while a paper is sent.
const ASK: Duration = Duration::from_millis(100);
const CABLE: &str = "kabel printer terputus saat mencetak";

/// What was said, asked and heard.
#[derive(Debug)]
pub(crate) struct Talk {
    pub(crate) parser: Parser,
    pub(crate) watch: Watch,
    /// The rest of a question of which the line has taken a part: nothing may come before it.
    rest: Option<(Request, &'static [u8])>,
    /// The line had no room for the last question: it was not asked, and its silence means nothing.
    pub(crate) blocked: bool,
    /// The printer said XOFF, and the line has left that to us.
    stopped: bool,
}

impl Talk {
    pub(crate) fn new(profile: &Profile) -> Talk {
        Talk { parser: Parser::new(profile), watch: Watch::default(), rest: None, blocked: false, stopped: false }
    }

    /// A new paper: what was heard so far is no word about it.
    pub(crate) fn begin(&mut self, line: &mut impl Line) -> Result<(), Gone> {
        self.drain(line)?;
        self.parser.forget();
        self.watch = Watch { noise_before: self.parser.unexplained(), ..Watch::default() };
        Ok(())
    }

    /// Whether something was heard since the paper began that nothing explains: it may have passed for an answer.
    pub(crate) fn noise(&self) -> bool {
        self.parser.unexplained() != self.watch.noise_before
    }

    /// Takes in what came meanwhile.
    fn drain(&mut self, line: &mut impl Line) -> Result<(), Gone> {
        for _ in 0..64 {
            if self.hear(line, line.now())?.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Listens until nothing has come for so long; at most ten times so long.
    pub(crate) fn quiet(&mut self, line: &mut impl Line, time: Duration) -> Result<(), Gone> {
        let at_most = line.now() + time * 10;
        while line.now() < at_most && self.hear(line, line.now() + time)?.is_some() {}
        Ok(())
    }

    /// One question, one answer, or none in time.
    pub(crate) fn ask(&mut self, line: &mut impl Line, request: Request) -> Result<Option<Condition>, Gone> {
        self.parser.forget();
        // What came late answers a question that nobody remembers.
        self.drain(line)?;
        self.parser.forget();
        self.blocked = !self.put(line, request)?;
        if self.blocked {
            return Ok(None);
        }
        let patience = line.now() + 4 * ANSWER;
        let mut until = line.now() + ANSWER;
        while line.now() < until {
            for reply in self.hear(line, until)?.unwrap_or_default() {
                match reply {
                    Reply::Answer(of, condition) | Reply::Mechanism(of, condition, _) if of == request => {
                        return Ok(Some(condition));
                    }
                    _ => {}
                }
            }
            // Its time begins when it has left this machine.
            if line.unsent() > 0 {
                until = patience.min(line.now() + ANSWER);
            }
        }
        self.blocked = line.unsent() > 0;
        Ok(None)
    }

    /// Writes one question whole; `false` when the line had no room for it, so that it was not asked.
    pub(crate) fn put(&mut self, line: &mut impl Line, request: Request) -> Result<bool, Gone> {
        if !self.finish(line)? {
            return Ok(false);
        }
        self.rest = Some((request, request.bytes()));
        let whole = self.finish(line)?;
        if !whole && self.rest.is_some_and(|(_, rest)| rest.len() == request.bytes().len()) {
            self.rest = None;
            return Ok(false);
        }
        Ok(true)
    }

    /// Writes what is left of a question; `false` when the line has no room for it yet.
    fn finish(&mut self, line: &mut impl Line) -> Result<bool, Gone> {
        let until = line.now() + ANSWER;
        while let Some((request, rest)) = self.rest {
            let taken = line.write(rest)?;
            if taken == rest.len() {
                self.rest = None;
                self.parser.expect(request);
            } else {
                self.rest = Some((request, &rest[taken..]));
                if line.now() >= until {
                    return Ok(false);
                }
                self.hear(line, line.now() + Duration::from_millis(5))?;
            }
        }
        Ok(true)
    }

    /// A question of which the answer is not waited for now.
    pub(crate) fn ask_meanwhile(&mut self, line: &mut impl Line, question: Option<Request>) -> Result<(), Gone> {
        if let Some(question) = question
            && self.put(line, question)?
        {
            self.watch.asked(line.now());
        }
        Ok(())
    }

    /// Sends paced, asking at the `pauses` how the printer is; returns how many bytes went out, and why it stopped early.
    pub(crate) fn send(
        &mut self,
        line: &mut impl Line,
        profile: &Profile,
        bytes: &[u8],
        pauses: &[Pause],
        question: impl Fn(&Watch) -> Option<Request>,
    ) -> (usize, Result<(), &'static str>) {
        let mut pace = Pace::new(profile, pauses);
        let mut sent = 0;
        let mut progress = line.now();
        let mut asked = line.now();
        while sent < bytes.len() {
            if line.now() > progress + STUCK {
                return (sent, Err("printer tidak menerima data"));
            }
            let due = line.now() >= asked + ASK;
            if due && !self.stopped && line.unsent() == 0 && pauses.binary_search_by_key(&sent, |p| p.at).is_ok() {
                asked = line.now();
                if self.ask_meanwhile(line, question(&self.watch)).is_err() {
                    return (sent, Err(CABLE));
                }
            }
            let pause = pauses.get(pauses.partition_point(|p| p.at <= sent)).map_or(bytes.len(), |p| p.at);
            let end = bytes.len().min(sent + CHUNK).min(pause);
            let may = !self.stopped && line.unsent() < CHUNK && matches!(self.finish(line), Ok(true));
            let taken = if may { line.write(&bytes[sent..end]).unwrap_or(usize::MAX) } else { 0 };
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
                if self.hear(line, until).is_err() {
                    return (sent, Err(CABLE));
                }
            }
            if self.watch.stopped.is_some() {
                return (sent, Err("printer berhenti"));
            }
        }
        (sent, Ok(()))
    }

    /// Listens until then; `None` when nothing came.
    pub(crate) fn hear(&mut self, line: &mut impl Line, until: Duration) -> Result<Option<Vec<Reply>>, Gone> {
        let at_most = until.saturating_sub(line.now());
        let bytes = line.read(at_most)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let mut replies = Vec::new();
        for byte in bytes {
            let Some(reply) = self.parser.push(byte) else { continue };
            if matches!(reply, Reply::Answer(Request::Fence, _)) && line.now() < self.watch.earliest {
                self.parser.disown();
                continue;
            }
            match reply {
                Reply::Stop => self.stopped = true,
                Reply::Go => self.stopped = false,
                _ => self.watch.note(&reply, line.now()),
            }
            replies.push(reply);
        }
        Ok(Some(replies))
    }
}
