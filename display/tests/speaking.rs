//! Ten thousand calls through the real store and the real board, with a loudspeaker that remembers what it said and when:
//! no call is missed, no two voices are heard at once, and the voice is always of the number that is shown.

#![allow(clippy::panic, clippy::unwrap_used)] // A test may fail loudly, in its helpers too.

use display::announcer::LONGEST;
use display::screen::{Face, Screen};
use display::watch::News;
use embedded_graphics::geometry::Size;
use jiff::civil::date;
use queue::board::{Call, HURRIED};
use queue::office::{Lang, Office, ServiceKey};
use queue::store::{Command, Issue, Store};
use queue::ticket::Seq;
use queue::time::Moment;
use queue::visit::Action;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;
use voice::{Pack, Speech, TRIAL};

const CALLS: usize = 10_000;
/// What a killed board's player still has in its pipe and buffers.
const RUNS_ON: i64 = 450;

/// A small generator, so that a failure can be repeated from its seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// One announcement, as it was heard.
struct Heard {
    clips: Vec<String>,
    from: i64,
    to: i64,
    cut: bool,
    /// The call that stood in the field when it began.
    shown: Option<Seq>,
}

struct Hall {
    dir: tempfile::TempDir,
    store: Store,
    dice: Dice,
    now: i64,
    screen: Option<Screen>,
    /// What the board remembers over a restart.
    kept: Option<Seq>,
    /// What the loudspeaker says now, and when it will be over.
    speaking: Option<(u64, usize)>,
    heard: Vec<Heard>,
    /// For each call that was in the field: from when, and whether it had its time there.
    field: BTreeMap<Seq, bool>,
    in_field: Option<(Seq, i64)>,
    /// A loudspeaker first tries its output with silence.
    tried: i64,
    lengths: HashMap<String, Duration>,
    wrong_number: usize,
    commands: u64,
    kills: usize,
    chimes: usize,
    /// Calls that were over before they had their turn, and recalls of numbers that still waited for it.
    dropped: BTreeSet<Seq>,
}

impl Hall {
    fn moment(&self) -> Moment {
        Moment { wall_ms: 1_795_395_600_000 + self.now, boot: 7, uptime_ms: self.now }
    }

    fn command(&mut self) -> Command {
        self.commands += 1;
        Command {
            id: format!("{:032x}", self.commands),
            by: queue::journal::Actor::Terminal,
            counter: None,
            now: self.moment(),
        }
    }

    /// How long the loudspeaker takes for it: the clips and what is between them.
    fn length(&mut self, speech: &Speech) -> i64 {
        let pack = Pack::embedded();
        let mut whole = Duration::ZERO;
        for sentence in &speech.sentences {
            for clip in sentence {
                let length = |name: &String| pack.clip(name).expect(name).length();
                whole += *self.lengths.entry(clip.clone()).or_insert_with_key(length) + Duration::from_millis(60);
            }
            whole += Duration::from_millis(350);
        }
        whole.as_millis() as i64
    }

    /// The board draws what is due, speaks what is due, and keeps what it must remember: one turn of its loop.
    fn turn(&mut self) {
        let now = self.moment();
        let Some(mut screen) = self.screen.take() else { return };
        // What is drawn is looked at elsewhere.
        screen.advance(&now);
        self.kept = screen.shown_through();
        let shown = screen.shown(&now).filter(|s| s.fresh).map(|s| s.call.seq);
        if let Some(speech) = screen.to_say(&now) {
            assert!(self.speaking.is_none(), "two voices at {}", self.now);
            let length = self.length(&speech);
            self.speaking = Some((speech.id, self.heard.len()));
            let mut clips = speech.sentences.concat();
            // In a hurry calls follow one another without it.
            if clips.first().is_some_and(|clip| clip == "chime") {
                clips.remove(0);
                self.chimes += 1;
            }
            let from = self.now.max(self.tried);
            self.heard.push(Heard { clips, from, to: from + length, cut: false, shown });
        }
        let field = screen.shown(&now).map(|s| s.call.seq);
        if field != self.in_field.map(|(seq, _)| seq) {
            self.leave_field();
            self.in_field = field.map(|seq| (seq, self.now));
        }
        // The voice belongs to the number in the field as long as it is heard.
        if let Some((_, at)) = self.speaking
            && self.heard[at].shown != field
            && self.heard[at].clips.contains(&"id/loket".to_string())
        {
            self.wrong_number += 1;
        }
        self.screen = Some(screen);
    }

    fn leave_field(&mut self) {
        if let Some((seq, since)) = self.in_field.take() {
            *self.field.entry(seq).or_default() |= self.now - since >= HURRIED.as_millis() as i64;
        }
    }

    fn was_said(&self, seq: Seq) -> bool {
        self.heard.iter().any(|h| h.shown == Some(seq) && !h.cut && h.to <= self.now)
    }

    /// Whether the call had its time in the field and was said to its end.
    fn had_its_turn(&self, seq: Seq) -> bool {
        let stands = |(shown, since): (Seq, i64)| shown == seq && self.now - since >= HURRIED.as_millis() as i64;
        self.was_said(seq) && (self.field.get(&seq) == Some(&true) || self.in_field.is_some_and(stands))
    }

    /// Notes which calls need no turn any more; `recalled` when the newest one is a recall.
    fn note_dropped(&mut self, calls: &[Call], recalled: bool) {
        let over = calls.iter().filter(|c| c.is_over() && !self.had_its_turn(c.seq)).map(|c| c.seq);
        let mut dropped: Vec<Seq> = over.collect();
        // What was cut short by a kill waits once more.
        let came = |seq: Seq| self.kept >= Some(seq) || self.in_field.is_some_and(|(shown, _)| shown == seq);
        if let [newest, earlier @ ..] = calls
            && recalled
            && earlier.iter().any(|c| newest.folds(c) && !came(c.seq))
        {
            dropped.push(newest.seq);
        }
        self.dropped.extend(dropped);
    }

    /// Time goes on for `ms`, with all that the board does by itself.
    fn pass(&mut self, ms: i64) {
        let until = self.now + ms;
        while self.now < until {
            let over = self.speaking.map_or(i64::MAX, |(_, at)| self.heard[at].to);
            let now = self.moment();
            let due =
                self.screen.as_ref().map_or(i64::MAX, |s| self.now + s.next_change(&now).as_millis().max(1) as i64);
            self.now = until.min(over.max(self.now)).min(due);
            if let Some((id, at)) = self.speaking
                && self.heard[at].to <= self.now
            {
                self.speaking = None;
                let now = self.moment();
                if let Some(screen) = &mut self.screen {
                    screen.hear(News::Spoken(id), &now);
                }
            }
            self.turn();
        }
    }

    /// A commit rings, and the board reads.
    fn read(&mut self) {
        let now = self.moment();
        let board = self.store.board(now).unwrap();
        if let Some(screen) = &mut self.screen {
            screen.hear(News::Board(board), &now);
        }
        self.turn();
    }

    fn start(&mut self) {
        let office = Office::read(&self.dir.path().join("office.toml")).unwrap();
        let mut screen = Screen::new(Face::Hall, office, self.kept, Size::new(192, 108), false);
        screen.speak();
        self.screen = Some(screen);
        self.tried = self.now + TRIAL.as_millis() as i64;
        self.read();
    }

    /// `kill -9`: the field is black, the voice breaks off.
    fn kill(&mut self) {
        self.kills += 1;
        self.screen = None;
        self.leave_field();
        if let Some((_, at)) = self.speaking.take() {
            let heard = &mut self.heard[at];
            (heard.to, heard.cut) = (heard.to.min(self.now.max(heard.from) + RUNS_ON), heard.to > self.now);
        }
    }

    fn waiting(&self) -> usize {
        let board = self.store.board(self.moment()).unwrap();
        board.calls.iter().filter(|c| self.kept.is_none_or(|kept| c.seq > kept)).count()
    }
}

fn office() -> String {
    let (head, tail) = include_str!("../../office.toml").split_once("[[counter]]").unwrap();
    let rest = &tail[tail.find("# --- Queue").unwrap()..];
    let counters: String = (1..=9)
        .map(|n| format!("[[counter]]\nnumber = {n}\nstages = [\"verification\", \"recording\", \"collection\"]\n"))
        .collect();
    format!("{head}{counters}{rest}")
}

/// Runs the hall for `calls` calls; every call of the journal with what its announcement must be.
fn run(seed: u64, calls: usize) -> (Hall, BTreeMap<Seq, Vec<String>>) {
    // The clock is simulated; so may the disk be.
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    std::fs::write(dir.path().join("office.toml"), office()).unwrap();
    let store = Store::create(dir.path()).unwrap();
    let mut hall = Hall {
        dir,
        store,
        dice: Dice(seed),
        now: 0,
        screen: None,
        kept: None,
        speaking: None,
        heard: Vec::new(),
        field: BTreeMap::new(),
        in_field: None,
        tried: 0,
        lengths: HashMap::new(),
        wrong_number: 0,
        commands: 0,
        kills: 0,
        chimes: 0,
        dropped: BTreeSet::new(),
    };
    let command = hall.command();
    hall.store.open_day(&command, date(2026, 11, 23), true).unwrap();
    hall.start();
    let mut expected: BTreeMap<Seq, Vec<String>> = BTreeMap::new();
    let mut down_until: Option<i64> = None;
    while expected.len() < calls {
        for _ in 0..[0, 1, 1, 1, 2, 3, 5, 9][hall.dice.below(8) as usize] {
            let counter = 1 + hall.dice.below(9) as u8;
            let held = hall.store.at_counter(counter).unwrap();
            let command = hall.command();
            let mut recalled = false;
            let last =
                hall.store.board(hall.moment()).unwrap().calls.iter().find(|c| c.counter == counter).map(|c| c.seq);
            match held {
                Some(ticket) if hall.dice.below(2) == 0 => {
                    // The recalls are used up in the end.
                    recalled = hall.store.act(&command, ticket.id, &Action::Recall, None).is_ok();
                }
                // Few come before they were called aloud.
                Some(_) if last.is_some_and(|seq| !hall.was_said(seq)) && hall.dice.below(8) > 0 => continue,
                Some(ticket) => {
                    hall.store.act(&command, ticket.id, &Action::Start, None).unwrap();
                    let command = hall.command();
                    hall.store.act(&command, ticket.id, &Action::Cancel { reason: "uji".into() }, None).unwrap();
                }
                None => {
                    let service = ServiceKey(["new", "lost"][hall.dice.below(2) as usize].into());
                    let wish = Issue { service, priority: false, lang: Lang::Id, receipt: None };
                    hall.store.issue(&command, &wish).unwrap();
                    let command = hall.command();
                    hall.store.call_next(&command, counter).unwrap().unwrap();
                }
            }
            let calls = hall.store.board(hall.moment()).unwrap().calls;
            hall.note_dropped(&calls, recalled);
            for call in &calls {
                expected.entry(call.seq).or_insert_with(|| {
                    // Written here anew, from the number as it stands on the slip.
                    let text = call.number.to_string();
                    let words = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"];
                    let digit = |c: char| format!("id/{}", words[c.to_digit(10).unwrap() as usize]);
                    let mut clips = vec!["id/nomor-antrean".to_string()];
                    clips.push(format!("id/{}", text[..1].to_lowercase()));
                    clips.extend(text[2..].chars().map(digit));
                    clips.extend(["id/silakan-menuju-ke".into(), "id/loket".into()]);
                    clips.push(format!("id/{}", words[usize::from(call.counter)]));
                    clips
                });
            }
            if hall.screen.is_some() {
                hall.read();
            }
        }
        match down_until {
            Some(until) if hall.now >= until => {
                down_until = None;
                hall.start();
            }
            None if hall.dice.below(40) == 0 => {
                hall.kill();
                // Now and then the supervisor is quick.
                let most = [200, 2_000, 60_000][hall.dice.below(3) as usize];
                down_until = Some(hall.now + hall.dice.below(most) as i64);
            }
            _ => {}
        }
        let most = [300, 3_000, 12_000, 40_000][hall.dice.below(4) as usize];
        let ms = 50 + hall.dice.below(most) as i64;
        hall.pass(ms);
        // The line must not grow beyond what the board carries, or a restart could not fill it again.
        while hall.waiting() > 15 {
            if hall.screen.is_none() {
                down_until = None;
                hall.start();
            }
            hall.pass(20_000);
        }
    }
    if hall.screen.is_none() {
        hall.start();
    }
    hall.pass(600_000);
    (hall, expected)
}

fn judge(seed: u64, calls: usize) {
    let (mut hall, expected) = run(seed, calls);
    hall.leave_field();
    let full: Vec<&Heard> = hall.heard.iter().filter(|h| !h.cut).collect();
    let mut never_said = 0;
    let made: BTreeMap<Seq, i64> =
        hall.store.events().unwrap().iter().map(|event| (event.seq, event.at.uptime_ms)).collect();
    // A recall is spared the room when the call before it, cut short by a kill, was said to its end after it.
    let folded = |seq: &Seq| full.iter().any(|h| h.shown < Some(*seq) && h.clips == expected[seq] && h.to > made[seq]);
    let due = |seq: &Seq| !hall.dropped.contains(seq) && !folded(seq);
    for (seq, clips) in expected.iter().filter(|(seq, _)| due(seq)) {
        never_said += usize::from(!full.iter().any(|h| h.shown == Some(*seq) && h.clips == *clips));
    }
    let never_shown =
        expected.keys().filter(|seq| due(seq)).filter(|seq| !hall.field.get(seq).is_some_and(|had| *had)).count();
    let overlapping = hall.heard.windows(2).filter(|w| w[1].from < w[0].to).count();
    // What is said to everybody, as at noon, belongs to no number.
    let calls_heard = hall.heard.iter().filter(|h| h.clips.contains(&"id/loket".to_string()));
    let misplaced = calls_heard.filter(|h| h.shown.is_none_or(|seq| expected[&seq] != h.clips)).count();
    let order: Vec<Seq> = full.iter().filter_map(|h| h.shown).collect();
    let cut = hall.heard.len() - full.len();
    println!(
        "seed {seed}: {} calls, {} of them over before their turn, {} announcements, {cut} cut by {} kills; never shown {never_shown}, never said in full \
         {never_said}, overlapping {overlapping}, of another number {misplaced}, number changed under the voice {}",
        expected.len(),
        hall.dropped.len(),
        hall.heard.len(),
        hall.kills,
        hall.wrong_number,
    );
    assert!(hall.dropped.len() * 2 < expected.len(), "most calls must have their turn");
    assert!((1..hall.heard.len()).contains(&hall.chimes), "{} chimes", hall.chimes);
    let longest = hall.heard.iter().map(|h| h.to - h.from).max().unwrap();
    assert!(longest < LONGEST.as_millis() as i64);
    assert_eq!((never_shown, never_said, overlapping, misplaced, hall.wrong_number), (0, 0, 0, 0, 0));
    assert!(order.is_sorted(), "spoken out of order");
    assert!(calls < 1_000 || (hall.kills > 20 && cut > 5), "the run was too tame");
    assert!(hall.store.check().unwrap().problems.is_empty());
}

#[test]
fn s17_no_call_of_ten_thousand_is_missed_spoken_over_or_spoken_for_another_number() {
    for seed in 1..=4 {
        judge(seed, CALLS / 4);
    }
}
