//! The loudspeaker: one thread, one queue, never two sounds at once, and in its turn.

use crate::pack::Pack;
use crate::player::{Output, Player};
use crate::sound::{RATE, Sound};
use crate::turn::Turns;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// Something to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speech {
    /// Comes back in [`Heard::Over`].
    pub id: u64,
    /// Sentences of clips, as `words.rs` makes them.
    pub sentences: Vec<Vec<String>>,
    /// How loud, 0 to 100; 0 is over at once.
    pub percent: u8,
}

/// What a loudspeaker tells whoever speaks through it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// This speech is over: spoken to its end, hushed, or impossible. Comes for every speech, in order.
    Over(u64),
    /// The output works.
    Works,
    /// The output does not work; why, for staff.
    Fails(String),
}

/// The silence with which an output is tried. So long that a player of a killed predecessor has run dry meanwhile, and
/// two processes do not speak at once.
pub const TRIAL: Duration = Duration::from_millis(500);
/// How often an output that fails is tried again while nothing is said.
const TRY_AGAIN: Duration = Duration::from_secs(30);

/// A loudspeaker. Dropping it ends the thread after what is being said.
#[derive(Debug)]
pub struct Loudspeaker {
    wishes: Sender<(u64, Speech)>,
    /// How often it was hushed: a speech wished for before the last time is not said any more.
    hushed: Arc<AtomicU64>,
}

impl Loudspeaker {
    /// Starts the thread. `tell` is called on it.
    ///
    /// # Errors
    /// When the system gives no thread. An output that does not work is no error but [`Heard::Fails`].
    pub fn start(
        output: Output,
        turns: Turns,
        pack: Pack,
        tell: impl FnMut(Heard) + Send + 'static,
    ) -> std::io::Result<Loudspeaker> {
        let (wishes, queue) = channel();
        let hushed = Arc::new(AtomicU64::new(0));
        let speaker = Loudspeaker { wishes, hushed: hushed.clone() };
        let thread = Thread { player: Player::new(output), turns, pack, tell, hushed, works: None };
        std::thread::Builder::new().name("voice".into()).spawn(move || thread.run(&queue))?;
        Ok(speaker)
    }

    /// Says this after everything that waits.
    pub fn say(&self, speech: Speech) {
        // The thread listens as long as this end lives.
        let _ = self.wishes.send((self.hushed.load(Ordering::Acquire), speech));
    }

    /// Stops what is being said and forgets what waits.
    pub fn hush(&self) {
        self.hushed.fetch_add(1, Ordering::AcqRel);
    }
}

struct Thread<T> {
    player: Player,
    turns: Turns,
    pack: Pack,
    tell: T,
    hushed: Arc<AtomicU64>,
    works: Option<bool>,
}

impl<T: FnMut(Heard)> Thread<T> {
    fn run(mut self, queue: &Receiver<(u64, Speech)>) {
        self.try_output();
        loop {
            match queue.recv_timeout(TRY_AGAIN) {
                Ok((wished, speech)) => {
                    self.speak(wished, &speech);
                    (self.tell)(Heard::Over(speech.id));
                }
                Err(RecvTimeoutError::Timeout) if self.works == Some(false) => self.try_output(),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// A moment of silence ([`TRIAL`]): staff learn of a missing card before the first call, and of one that is back.
    fn try_output(&mut self) {
        if self.player.can_be_tried() {
            let silence =
                Sound { rate: RATE, samples: vec![0; (u128::from(RATE) * TRIAL.as_millis() / 1_000) as usize] };
            self.sound(&silence, "", &|| true);
        }
    }

    fn speak(&mut self, wished: u64, speech: &Speech) {
        let hushed = self.hushed.clone();
        let go_on = || hushed.load(Ordering::Acquire) == wished;
        if speech.percent == 0 || !go_on() {
            return;
        }
        let sound = self.pack.sound(&speech.sentences).at_volume(speech.percent);
        if !sound.samples.is_empty() {
            let words = speech.sentences.iter().map(|clips| clips.join(" ")).collect::<Vec<_>>().join(". ");
            self.sound(&sound, &format!("{} {words}", speech.id), &go_on);
        }
    }

    /// Plays it when it is its turn; what was broken off for another is played again, from its beginning.
    fn sound(&mut self, sound: &Sound, label: &str, go_on: &dyn Fn() -> bool) {
        loop {
            let Some(turn) = self.turns.take(go_on) else { return };
            let wanted = Cell::new(false);
            let go_on = || {
                wanted.set(wanted.get() || turn.is_wanted());
                go_on() && !wanted.get()
            };
            let result = self.player.play(sound, label, &go_on);
            drop(turn);
            if !wanted.get() {
                return self.report(result);
            }
        }
    }

    fn report(&mut self, result: Result<(), String>) {
        let works = result.is_ok();
        if self.works == Some(works) {
            return;
        }
        self.works = Some(works);
        match result {
            Ok(()) => (self.tell)(Heard::Works),
            Err(why) => {
                tracing::warn!("the loudspeaker is silent: {why}");
                (self.tell)(Heard::Fails(why));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::turn::Rank;
    use std::path::Path;
    use std::time::Instant;

    /// Longer than anything takes on a busy machine.
    const PATIENCE: Duration = Duration::from_secs(60);

    fn speech(id: u64, clip: &str, percent: u8) -> Speech {
        Speech { id, sentences: vec![vec![clip.into()]], percent }
    }

    /// A loudspeaker into a file, and what it tells.
    fn speaker(dir: &Path) -> (Loudspeaker, Receiver<Heard>) {
        let (tell, heard) = channel();
        let output = Output::File(dir.join("voice.wav"));
        (Loudspeaker::start(output, Turns::alone(), Pack::embedded(), move |h| drop(tell.send(h))).unwrap(), heard)
    }

    fn overs(heard: &Receiver<Heard>, count: usize) -> Vec<u64> {
        let over = |heard| if let Heard::Over(id) = heard { Some(id) } else { None };
        heard.iter().filter_map(over).take(count).collect()
    }

    fn labels(dir: &Path) -> String {
        std::fs::read_to_string(dir.join("voice.txt")).unwrap_or_default()
    }

    #[test]
    fn speeches_come_one_after_the_other_and_silent_ones_are_over_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let (speaker, heard) = speaker(dir.path());
        speaker.say(speech(1, "id/a", 100));
        speaker.say(speech(2, "id/b", 0));
        speaker.say(speech(3, "id/service-of-another-office", 100));
        speaker.say(speech(4, "id/c", 50));
        assert_eq!(overs(&heard, 4), [1, 2, 3, 4]);
        let said = labels(dir.path());
        let ends: Vec<&str> = said.lines().flat_map(|line| line.split('\t').take(2)).collect();
        assert!(said.contains("1 id/a\n") && said.contains("4 id/c\n") && said.lines().count() == 2, "{said}");
        assert_eq!(ends[1], ends[2], "the second begins where the first ends");
        let file = Sound::parse(&std::fs::read(dir.path().join("voice.wav")).unwrap()).unwrap();
        let both = ["id/a", "id/c"].map(|name| Pack::embedded().clip(name).unwrap().length());
        assert_eq!(file.length(), both.iter().sum());
    }

    #[test]
    fn hushing_stops_the_sound_and_forgets_what_waits_but_not_what_comes_later() {
        let dir = tempfile::tempdir().unwrap();
        let (speaker, heard) = speaker(dir.path());
        let long = vec![vec!["id/kiosk-closed".into(); 100]];
        speaker.say(Speech { id: 1, sentences: long, percent: 100 });
        speaker.say(speech(2, "id/kiosk-home", 100));
        let began = Instant::now();
        while !dir.path().join("voice.wav").exists() {
            assert!(began.elapsed() < PATIENCE);
            std::thread::yield_now();
        }
        speaker.hush();
        speaker.say(speech(3, "id/a", 100));
        assert_eq!(overs(&heard, 3), [1, 2, 3]);
        assert!(began.elapsed() < PATIENCE, "the sentences alone last minutes");
        assert!(labels(dir.path()).ends_with("3 id/a\n") && labels(dir.path()).lines().count() == 1);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_told_once_and_again_when_it_can() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("later");
        let (speaker, heard) = speaker(&folder);
        speaker.say(speech(1, "id/a", 100));
        assert!(matches!(heard.recv(), Ok(Heard::Fails(why)) if why.contains("voice.wav")));
        speaker.say(speech(2, "id/a", 100));
        assert_eq!([heard.recv(), heard.recv()], [Ok(Heard::Over(1)), Ok(Heard::Over(2))]);
        std::fs::create_dir(&folder).unwrap();
        speaker.say(speech(3, "id/a", 100));
        assert_eq!(heard.recv(), Ok(Heard::Works));
    }

    #[test]
    fn a_kiosk_breaks_off_when_the_board_calls_and_says_it_again_afterwards() {
        let dir = tempfile::tempdir().unwrap();
        let start = |name: &str, rank| {
            let (tell, heard) = channel();
            let output = Output::File(dir.path().join(name));
            let turns = Turns::of(dir.path(), rank);
            (Loudspeaker::start(output, turns, Pack::embedded(), move |h| drop(tell.send(h))).unwrap(), heard)
        };
        let wait = |what: &dyn Fn() -> bool| {
            let began = Instant::now();
            while !what() {
                assert!(began.elapsed() < PATIENCE);
                std::thread::sleep(Duration::from_millis(2));
            }
        };
        let length = |name: &str| std::fs::metadata(dir.path().join(name)).map_or(0, |file| file.len());
        let said = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap_or_default();
        let ((kiosk, read_out), (board, called)) = (start("kiosk.wav", Rank::Kiosk), start("board.wav", Rank::Board));
        kiosk.say(speech(1, "id/kiosk-home", 100));
        wait(&|| length("kiosk.wav") > 16_000);
        board.say(speech(2, "id/kiosk-closed", 100));
        wait(&|| length("board.wav") > 1_000);
        let (kiosk_had, board_had) = (length("kiosk.wav"), length("board.wav"));
        wait(&|| length("board.wav") > board_had + 32_000);
        assert_eq!(length("kiosk.wav"), kiosk_had, "not a sound beside the call");
        assert_eq!(overs(&called, 1), [2]);
        assert_eq!(said("kiosk.txt"), "");
        assert_eq!(overs(&read_out, 1), [1]);
        assert!(said("kiosk.txt").ends_with("1 id/kiosk-home\n"), "from its beginning to its end");
        // Whoever has left the page hears nothing of it, and a kiosk that hangs holds up no call.
        let hung = Turns::of(dir.path(), Rank::Kiosk);
        let turn = hung.take(&|| true).unwrap();
        let began = Instant::now();
        board.say(speech(3, "id/a", 100));
        assert_eq!(overs(&called, 1), [3]);
        assert!(began.elapsed() < PATIENCE && said("board.txt").ends_with("3 id/a\n"));
        kiosk.say(speech(4, "id/a", 100));
        kiosk.hush();
        assert_eq!(overs(&read_out, 1), [4]);
        assert!(!said("kiosk.txt").contains("4 id/a"));
        drop(turn);
    }
}
