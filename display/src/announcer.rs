//! What the board says, and when: every call in the field once in full, again while nobody else waits, and between calls
//! what changed for everybody. Pure: it makes [`Speech`]es, and hears when they are over.
//!
//! The voice belongs to the number that is shown: a call is announced only while it stands in the large field, and it
//! may not leave the field before [`Announcer::holds`] lets it go.

use queue::Office;
use queue::board::{Board, Call, DayStatus, MANY};
use queue::ticket::Seq;
use queue::time::Moment;
use std::time::Duration;
use voice::Speech;
use voice::pack::phrase;
use voice::words::{CHIME, announcement, break_until};

/// A speech that is not over after so long hangs: the board goes on without its voice until the loudspeaker answers.
pub const LONGEST: Duration = Duration::from_secs(45);

/// What a speech is about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum About {
    Call(Seq),
    Everybody,
}

/// What is said to everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Notice {
    NetworkDown,
    Break(jiff::civil::Time),
    Closed,
}

/// The voice of one board.
#[derive(Clone, Debug, Default)]
pub struct Announcer {
    /// What the loudspeaker has been given, since when.
    speaking: Option<(u64, About, Moment)>,
    /// The call that was last announced, how often, and when that was over.
    said: Option<(Seq, u8, Moment)>,
    /// What everybody should hear next.
    notice: Option<Notice>,
    /// The day and the network as last heard of.
    before: Option<(DayStatus, bool)>,
    last_id: u64,
}

impl Announcer {
    /// Takes in the board: what has changed for everybody is said once. After a restart nothing has changed.
    pub fn update(&mut self, board: &Board) {
        let now = (board.day, board.network_down.is_some());
        let Some((day, network_down)) = self.before.replace(now) else { return };
        match (day, board.day) {
            (DayStatus::Open { .. }, DayStatus::Break { until, .. }) => self.notice = Some(Notice::Break(until)),
            (DayStatus::Open { .. } | DayStatus::Break { .. }, DayStatus::Closed { .. }) => {
                self.notice = Some(Notice::Closed);
            }
            (was, is) if was != is => self.notice = None,
            _ => {}
        }
        match (network_down, now.1) {
            (false, true) => self.notice = Some(Notice::NetworkDown),
            (true, false) if self.notice == Some(Notice::NetworkDown) => self.notice = None,
            _ => {}
        }
    }

    /// Whether the call in the field must stay there: it is being said or has not been said yet.
    pub fn holds(&self, field: Option<Call>, now: &Moment) -> bool {
        let said = self.said.map(|(seq, ..)| seq);
        match &self.speaking {
            _ if self.hangs(now) => false,
            Some((_, About::Call(_), _)) => true,
            _ => field.is_some_and(|call| said != Some(call.seq)),
        }
    }

    /// Whether the loudspeaker does not come to the end of what it was given. It is to be hushed, so that it does not say
    /// an old number beside a new one when it wakes; until then it is given nothing more.
    pub fn hangs(&self, now: &Moment) -> bool {
        self.speaking.as_ref().is_some_and(|(.., since)| now.since(since).is_none_or(|since| since >= LONGEST))
    }

    /// What to say now, if anything. `field` is the call that came into the large field since the start, and so many
    /// others are in `line` for it: while they are many the chime is left out, which one call after another needs least.
    pub fn next(
        &mut self,
        field: Option<Call>,
        line: usize,
        board: &Board,
        office: &Office,
        now: &Moment,
    ) -> Option<Speech> {
        let hangs = self.hangs(now);
        if let Some((_, about, _)) = &mut self.speaking {
            // What is shown while it hangs is called by the staff, and not once more when it wakes.
            if let Some(call) = field.filter(|_| hangs) {
                *about = About::Everybody;
                self.said = Some((call.seq, u8::MAX, *now));
            }
            return None;
        }
        let voice = &office.voice;
        let again = |(_, times, over): (Seq, u8, Moment)| {
            times <= voice.repeats
                && line == 0
                // Otherwise the field soon says that nobody is called.
                && matches!(board.day, DayStatus::Open { .. })
                && now.since(&over).is_some_and(|since| since >= voice.repeat_after())
        };
        let call = field.filter(|call| match self.said {
            Some(said) if said.0 == call.seq => again(said),
            _ => true,
        });
        let (about, sentences) = match (call, self.notice) {
            (Some(call), _) => {
                let mut sentences = announcement(call.number, call.counter, &voice.languages, voice.reading);
                if let Some(first) = sentences.first_mut().filter(|_| line >= MANY) {
                    first.retain(|clip| clip != CHIME);
                }
                (About::Call(call.seq), sentences)
            }
            (None, Some(notice)) if line == 0 => {
                self.notice = None;
                (About::Everybody, to_everybody(notice, office))
            }
            _ => return None,
        };
        self.last_id += 1;
        self.speaking = Some((self.last_id, about, *now));
        let percent = voice.percent_at(now.local(office.identity.zone).time(), board.volume);
        Some(Speech { id: self.last_id, sentences, percent })
    }

    /// The loudspeaker has done with this speech.
    pub fn over(&mut self, id: u64, now: &Moment) {
        if let Some((_, about, _)) = self.speaking.take_if(|(speaking, ..)| *speaking == id)
            && let About::Call(seq) = about
        {
            let times = self.said.filter(|said| said.0 == seq).map_or(0, |said| said.1);
            self.said = Some((seq, times.saturating_add(1), *now));
        }
    }

    /// After how long [`Announcer::next`] may have something new to say, if nothing is heard before.
    pub fn next_change(&self, field: Option<Call>, office: &Office, now: &Moment) -> Option<Duration> {
        let since = |moment: &Moment| now.since(moment).unwrap_or(Duration::ZERO);
        let left = match (&self.speaking, self.said) {
            (Some((_, _, began)), _) => LONGEST.saturating_sub(since(began)),
            (None, Some((seq, times, over)))
                if times <= office.voice.repeats && field.is_some_and(|call| call.seq == seq) =>
            {
                office.voice.repeat_after().saturating_sub(since(&over))
            }
            _ => return None,
        };
        // What is due already was not said because others wait or nobody works: news will come before time does.
        (!left.is_zero()).then_some(left)
    }
}

fn to_everybody(notice: Notice, office: &Office) -> Vec<Vec<String>> {
    let clips = |lang| match notice {
        Notice::NetworkDown => vec![phrase(lang, "network-disturbed")],
        Notice::Break(until) => break_until(until, lang),
        Notice::Closed => vec![phrase(lang, "day-closed")],
    };
    let mut sentences: Vec<Vec<String>> = office.voice.languages.iter().map(|lang| clips(*lang)).collect();
    if let Some(first) = sentences.first_mut() {
        first.insert(0, CHIME.into());
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;
    use queue::Lang;
    use queue::office::Stage;
    use queue::ticket::Number;

    fn office(languages: &[Lang]) -> Office {
        let mut office = Office::parse(include_str!("../../office.toml")).unwrap();
        office.voice.languages = languages.to_vec();
        office
    }

    fn at(seconds: i64) -> Moment {
        Moment { wall_ms: 1_795_396_440_000 + seconds * 1_000, boot: 7, uptime_ms: seconds * 1_000 }
    }

    fn call(seq: i64) -> Option<Call> {
        let number = Number { prefix: 'A', n: seq as u32 };
        Some(Call {
            seq: Seq(seq),
            number,
            counter: 2,
            stage: Stage::Verification,
            at: at(0),
            withdrawn: false,
            over: None,
        })
    }

    fn board() -> Board {
        Board {
            day: DayStatus::Open { date: jiff::civil::date(2026, 11, 23) },
            signs: vec![],
            calls: vec![],
            waiting: vec![],
            ready: vec![],
            network_down: None,
            notices: vec![],
            volume: 50,
        }
    }

    fn said(speech: Option<Speech>) -> String {
        speech.map_or(String::new(), |s| s.sentences.iter().map(|c| c.join(" ")).collect::<Vec<_>>().join(". "))
    }

    #[test]
    fn a_call_holds_the_field_until_it_was_said_and_is_repeated_only_while_nobody_else_waits() {
        let (mut voice, office, board) = (Announcer::default(), office(&[Lang::Id]), board());
        assert!(voice.holds(call(1), &at(0)), "it has not been said yet");
        let speech = voice.next(call(1), 0, &board, &office, &at(0)).unwrap();
        assert_eq!(speech.percent, 50);
        assert!(said(Some(speech.clone())).contains("id/a id/nol id/nol id/satu id/silakan-menuju-ke id/loket id/dua"));
        assert_eq!(voice.next(call(1), 1, &board, &office, &at(1)), None, "one voice at a time");
        assert!(voice.holds(call(1), &at(5)));
        voice.over(speech.id, &at(5));
        assert!(!voice.holds(call(1), &at(5)));
        assert_eq!(voice.next_change(call(1), &office, &at(5)), Some(Duration::from_secs(4)));
        assert_eq!(voice.next(call(1), 0, &board, &office, &at(8)), None);
        assert_eq!(voice.next(call(1), 1, &board, &office, &at(9)), None, "somebody else waits");
        let again = voice.next(call(1), 0, &board, &office, &at(9)).unwrap();
        assert!(voice.holds(call(1), &at(10)), "the repetition too belongs to the number shown");
        voice.over(again.id, &at(14));
        assert_eq!(voice.next(call(1), 0, &board, &office, &at(100)), None, "once is enough");
        assert!(voice.next(call(2), 0, &board, &office, &at(101)).is_some());
    }

    #[test]
    fn a_loudspeaker_that_hangs_stops_the_board_once_and_says_no_old_number_when_it_wakes() {
        let (mut voice, office, board) = (Announcer::default(), office(&[Lang::Id]), board());
        let stuck = voice.next(call(1), 0, &board, &office, &at(0)).unwrap();
        assert!(voice.holds(call(1), &at(44)) && !voice.hangs(&at(44)));
        assert_eq!(voice.next_change(call(1), &office, &at(40)), Some(Duration::from_secs(5)));
        assert!(!voice.holds(call(1), &at(45)) && voice.hangs(&at(45)));
        for n in 2..=9 {
            assert_eq!(voice.next(call(n), 0, &board, &office, &at(40 + 6 * n)), None, "nothing more to say later");
            assert!(!voice.holds(call(n), &at(40 + 6 * n)), "call {n} waits for no voice");
        }
        voice.over(stuck.id, &at(100));
        assert!(!voice.hangs(&at(100)) && !voice.holds(call(9), &at(100)));
        assert_eq!(voice.next(call(9), 0, &board, &office, &at(200)), None, "it was called by the staff");
        let next = voice.next(call(10), 0, &board, &office, &at(201));
        assert!(said(next).contains("id/satu id/nol id/silakan"));
    }

    #[test]
    fn a_call_that_hangs_in_the_field_is_not_said_a_second_time() {
        let (mut voice, office, board) = (Announcer::default(), office(&[Lang::Id]), board());
        let stuck = voice.next(call(1), 0, &board, &office, &at(0)).unwrap();
        assert_eq!(voice.next(call(1), 0, &board, &office, &at(50)), None);
        voice.over(stuck.id, &at(60));
        assert_eq!(voice.next(call(1), 0, &board, &office, &at(200)), None);
    }

    #[test]
    fn s26_what_changes_for_everybody_is_said_once_and_never_before_a_call_that_waits() {
        let (mut voice, office, mut board) = (Announcer::default(), office(&[Lang::Id, Lang::En]), board());
        board.network_down = Some(at(0));
        voice.update(&board);
        assert_eq!(voice.next(None, 0, &board, &office, &at(0)), None, "it was so before the restart");
        board.network_down = None;
        voice.update(&board);
        board.network_down = Some(at(1));
        voice.update(&board);
        let first = voice.next(call(1), 0, &board, &office, &at(1)).unwrap();
        assert!(said(Some(first.clone())).contains("id/loket"));
        voice.over(first.id, &at(6));
        assert_eq!(voice.next(call(1), 1, &board, &office, &at(6)), None);
        let then = voice.next(call(1), 0, &board, &office, &at(6)).unwrap();
        assert_eq!(said(Some(then.clone())), "chime id/network-disturbed. en/network-disturbed");
        assert!(!voice.holds(call(1), &at(6)), "a number may come while everybody is spoken to");
        voice.over(then.id, &at(8));
        let until = jiff::civil::time(13, 0, 0, 0);
        board.day = DayStatus::Break { date: jiff::civil::date(2026, 11, 23), until };
        voice.update(&board);
        let pause = voice.next(None, 0, &board, &office, &at(20));
        assert_eq!(said(pause), "chime id/break-until id/tiga id/belas. en/break-until en/one en/pm");
    }

    #[test]
    fn while_many_wait_calls_follow_one_another_without_a_chime() {
        let (mut voice, office, board) = (Announcer::default(), office(&[Lang::Id, Lang::En]), board());
        let first = voice.next(call(1), 2, &board, &office, &at(0)).unwrap();
        assert_eq!(first.sentences[0][0], CHIME);
        voice.over(first.id, &at(11));
        let second = voice.next(call(2), 3, &board, &office, &at(11)).unwrap();
        assert_eq!(
            second.sentences[0],
            first.sentences[0][1..].iter().map(|c| c.replace("satu", "dua")).collect::<Vec<_>>()
        );
        assert_eq!(second.sentences.len(), 2);
    }

    #[test]
    fn an_office_without_a_voice_gives_calls_their_time_all_the_same() {
        let (mut voice, office, board) = (Announcer::default(), office(&[]), board());
        let speech = voice.next(call(1), 0, &board, &office, &at(0)).unwrap();
        assert!(speech.sentences.is_empty());
        voice.over(speech.id, &at(0));
        assert!(!voice.holds(call(1), &at(0)));
    }
}
