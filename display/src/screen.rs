//! What one panel shows, and when it has to look again. The panel only asks, and carries pixels.

use crate::announcer::Announcer;
use crate::calls::{Calls, Shown};
use crate::canvas::Canvas;
use crate::draw::Painter;
use crate::layout::{self, View};
use crate::scene::Ticker;
use crate::slides::Slides;
use crate::watch::News;
use embedded_graphics::prelude::*;
use queue::Office;
use queue::board::Board;
use queue::ticket::{CounterNumber, Seq};
use queue::time::Moment;
use std::convert::Infallible;
use std::time::Duration;

/// Between two steps of the running text: 30 a second.
pub(crate) const STEP: Duration = Duration::from_micros(33_333);
/// How long a page stands: long enough to find one's own receipt among four.
const PAGE: Duration = Duration::from_secs(8);

/// What a panel is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// The board of the waiting room.
    Hall,
    /// The sign above one counter.
    Sign(CounterNumber),
}

/// One board on one panel.
#[derive(Debug)]
pub struct Screen {
    face: Face,
    office: Office,
    board: Option<Board>,
    calls: Calls,
    voice: Option<Announcer>,
    lost: Option<Moment>,
    moving: bool,
    canvas: Canvas,
    painter: Painter,
    ticker: Option<Ticker>,
    run: Run,
    /// Something other than the running text was drawn since it was last asked.
    fresh: bool,
    slides: Option<Slides>,
}

impl Screen {
    /// A board that goes on behind the call `shown`. `moving` is `false` for a picture: no flash, no running text.
    pub fn new(face: Face, office: Office, shown: Option<Seq>, size: Size, moving: bool) -> Screen {
        Screen {
            face,
            office,
            board: None,
            calls: Calls::after(shown),
            voice: None,
            lost: None,
            moving,
            canvas: Canvas::new(size),
            painter: Painter::default(),
            ticker: None,
            run: Run::default(),
            fresh: false,
            slides: None,
        }
    }

    /// Gives the board a voice: from now on [`Screen::to_say`] has to be asked after each [`Screen::refresh`].
    pub fn speak(&mut self) {
        self.voice.get_or_insert_default();
    }

    /// What the loudspeaker should say now; it answers with [`News::Spoken`].
    pub fn to_say(&mut self, now: &Moment) -> Option<voice::Speech> {
        let (voice, board) = (self.voice.as_mut()?, self.board.as_ref()?);
        voice.next(self.calls.in_field(), self.calls.line(), board, &self.office, now)
    }

    /// Whether the loudspeaker [hangs](Announcer::hangs).
    pub fn voice_hangs(&self, now: &Moment) -> bool {
        self.voice.as_ref().is_some_and(|voice| voice.hangs(now))
    }

    /// The call in the large field.
    pub fn shown(&self, now: &Moment) -> Option<Shown> {
        self.calls.shown_now(now)
    }

    /// Moves the line of calls on where the current call has had its time; [`Screen::refresh`] does it too.
    pub fn advance(&mut self, now: &Moment) {
        self.hold(now);
        self.calls.advance(now);
    }

    /// Lets the voice decide whether the call in the field stays.
    fn hold(&mut self, now: &Moment) {
        let field = self.calls.in_field();
        self.calls.hold(self.voice.as_ref().is_some_and(|voice| voice.holds(field, now)));
    }

    /// Shows these pictures between the calls.
    pub fn show_between_calls(&mut self, slides: Slides) {
        self.slides = Some(slides);
    }

    /// Changes the size of the panel; everything is drawn anew.
    pub fn resize(&mut self, size: Size) {
        if self.canvas.size() != size {
            self.canvas = Canvas::new(size);
            self.painter.forget();
            self.ticker = None;
        }
    }

    /// Takes in what the watcher says.
    pub fn hear(&mut self, news: News, now: &Moment) {
        match news {
            News::Office(office) => self.office = *office,
            News::Board(mut board) => {
                if let Face::Sign(counter) = self.face {
                    // The line of calls is then this counter's alone.
                    board.calls.retain(|call| call.counter == counter);
                }
                self.hold(now);
                self.calls.update(&board.calls, now);
                if let Some(voice) = &mut self.voice {
                    voice.update(&board);
                }
                self.board = Some(board);
                self.lost = None;
            }
            News::Lost(since) => {
                self.lost.get_or_insert(since);
            }
            News::Spoken(id) => {
                if let Some(voice) = &mut self.voice {
                    voice.over(id, now);
                }
            }
            News::Beat => {}
        }
    }

    /// Every call up to this one had its time; keep it over a restart.
    pub fn shown_through(&self) -> Option<Seq> {
        self.calls.shown_through()
    }

    /// Draws what is due at `now`; what changed is the canvas's damage.
    pub fn refresh(&mut self, now: &Moment) -> Result<(), Infallible> {
        self.advance(now);
        // The voice belongs to the number that is seen.
        let speaking = self.voice.as_ref().is_some_and(|voice| voice.holds(self.calls.in_field(), now));
        let mut view = view(&self.office, self.board.as_ref(), self.lost, now);
        view.shown = self.calls.shown_now(now);
        if !self.moving
            && let Some(shown) = &mut view.shown
        {
            shown.bright = false;
        }
        let slide = self.slides.as_mut().and_then(|slides| {
            let room = layout::slide_room(&view, self.canvas.size());
            slides.at(view.may_slide() && !speaking, room, self.office.board, now)
        });
        view.slide = slide.as_ref();
        let scene = match self.face {
            Face::Hall => layout::hall(&view, self.canvas.size()),
            Face::Sign(counter) => layout::sign(&view, counter, self.canvas.size()),
        };
        let ticker = scene.ticker.clone();
        let anew = self.painter.paint(&mut self.canvas, scene)?;
        self.fresh |= !self.canvas.damage().is_empty();
        if anew || self.ticker != ticker {
            self.ticker = ticker;
            self.run(now)?;
        }
        Ok(())
    }

    /// Moves the running text to where it belongs at `now`.
    pub fn run(&mut self, now: &Moment) -> Result<(), Infallible> {
        let Some(ticker) = &self.ticker else { return Ok(()) };
        let ms = if self.moving { self.run.at(now) } else { 0 };
        self.painter.ticker(&mut self.canvas, ticker, ms * u64::from(ticker.speed) / 1000)
    }

    /// After how long [`Screen::refresh`] has something new to draw, if nothing is heard before.
    pub fn next_change(&self, now: &Moment) -> Duration {
        let minute = 60_000 - now.wall_ms.rem_euclid(60_000) as u64;
        let view = view(&self.office, self.board.as_ref(), self.lost, now);
        let turns = self.face == Face::Hall && layout::page_count(&view, self.canvas.size()) > 1;
        let page = turns.then(|| {
            let page = PAGE.as_millis() as i64;
            Duration::from_millis((page - now.uptime_ms.rem_euclid(page)) as u64)
        });
        let call = self.calls.next_change(now);
        let field = self.calls.in_field();
        let voice = self.voice.as_ref().and_then(|voice| voice.next_change(field, &self.office, now));
        let slide = self.slides.as_ref().and_then(|slides| slides.next_change(self.office.board, now));
        [call, page, voice, slide].into_iter().flatten().fold(Duration::from_millis(minute), Duration::min)
    }

    /// Whether something moves all the time.
    pub fn runs(&self) -> bool {
        self.moving && self.ticker.is_some()
    }

    /// Whether something other than the running text was drawn since the last call.
    pub fn take_fresh(&mut self) -> bool {
        std::mem::take(&mut self.fresh)
    }

    /// The picture.
    pub fn canvas(&mut self) -> &mut Canvas {
        &mut self.canvas
    }
}

/// How far the running text has come. A step that comes late moves it no further than one and a half usual ones: a text
/// that jumps cannot be read, and nobody misses the moment that it stood still.
#[derive(Debug, Default)]
struct Run {
    last: Option<Moment>,
    ms: u64,
}

impl Run {
    /// Milliseconds of its way at `now`.
    fn at(&mut self, now: &Moment) -> u64 {
        let passed = self.last.and_then(|last| now.since(&last)).unwrap_or_default();
        self.last = Some(*now);
        self.ms += passed.min(STEP * 3 / 2).as_millis() as u64;
        self.ms
    }
}

/// What is known, without a call and a slide.
fn view<'a>(office: &'a Office, board: Option<&'a Board>, lost: Option<Moment>, now: &Moment) -> View<'a> {
    let zone = office.identity.zone;
    View {
        office,
        board,
        shown: None,
        now: now.local(zone),
        lost_since: lost.map(|m| m.local(zone).time()),
        page: (now.uptime_ms.max(0) as u128 / PAGE.as_millis()) as u32,
        slide: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::DWELL;
    use queue::board::{Call, DayStatus, Sign};
    use queue::office::Stage;
    use queue::ticket::Number;

    const SIZE: Size = Size::new(960, 540);

    fn at(ms: i64) -> Moment {
        Moment { wall_ms: 1_795_396_440_000 + ms, boot: 7, uptime_ms: 1_000_000 + ms }
    }

    fn board(calls: i64, day: DayStatus) -> Board {
        let call = |seq: i64| Call {
            seq: Seq(seq),
            number: Number { prefix: 'A', n: seq as u32 },
            counter: 1,
            stage: Stage::Verification,
            at: at(0),
            withdrawn: false,
            over: None,
        };
        let number = (calls > 0).then(|| call(calls).number);
        Board {
            day,
            signs: vec![Sign { counter: 1, number, serving: false }],
            calls: (1..=calls).rev().map(call).collect(),
            waiting: Vec::new(),
            ready: Vec::new(),
            network_down: None,
            notices: vec![],
            volume: 100,
        }
    }

    fn screen(moving: bool) -> Screen {
        let office = Office::parse(include_str!("../../office.toml")).unwrap();
        Screen::new(Face::Hall, office, None, SIZE, moving)
    }

    #[test]
    fn what_is_redrawn_in_parts_is_the_picture_drawn_at_once() {
        let open = DayStatus::Open { date: jiff::civil::date(2026, 11, 23) };
        let steps = [
            News::Board(board(0, DayStatus::NotOpened)),
            News::Board(board(0, open)),
            News::Board(board(1, open)),
            News::Lost(at(0)),
            News::Board(board(3, open)),
            News::Board(board(3, DayStatus::Closed { date: jiff::civil::date(2026, 11, 23) })),
        ];
        let mut screen = screen(false);
        for (n, news) in steps.into_iter().enumerate() {
            let now = at(n as i64 * 7_000);
            screen.hear(news, &now);
            let Ok(()) = screen.refresh(&now);
            let parts = screen.canvas().pixels().to_vec();
            screen.resize(Size::new(400, 400));
            screen.resize(SIZE);
            let Ok(()) = screen.refresh(&now);
            assert!(parts == screen.canvas().pixels(), "step {n}");
        }
    }

    #[test]
    fn a_new_call_redraws_its_areas_and_an_idle_picture_nothing() {
        let open = DayStatus::Open { date: jiff::civil::date(2026, 11, 23) };
        let mut screen = screen(false);
        screen.hear(News::Board(board(1, open)), &at(0));
        let Ok(()) = screen.refresh(&at(0));
        screen.canvas().take_damage();
        let Ok(()) = screen.refresh(&at(1_000));
        assert!(screen.canvas().take_damage().is_empty(), "no flash and no running text in a picture");
        screen.hear(News::Board(board(2, open)), &at(8_000));
        let Ok(()) = screen.refresh(&at(8_000));
        let area: u32 = screen.canvas().take_damage().iter().map(|r| r.size.width * r.size.height).sum();
        assert!(0 < area && area < SIZE.width * SIZE.height * 4 / 5, "{area}");
    }

    #[test]
    fn the_running_text_never_jumps_however_late_a_step_comes() {
        let mut run = Run::default();
        let mut ms = 0;
        let mut before = run.at(&at(ms));
        for late in [33, 34, 33, 33, 100, 34, 33, 2_000, 33, 41, 7, 33] {
            ms += late;
            let now = run.at(&at(ms));
            let moved = now - before;
            before = now;
            assert!(moved <= 50, "{late} ms moved it by {moved}");
            assert!(late > 50 || moved == late as u64, "and else it goes with the clock");
        }
        // A clock of another start of the machine.
        assert_eq!(run.at(&Moment { boot: 8, ..at(0) }), before);
    }

    #[test]
    fn a_sign_flashes_for_its_own_counter_only_and_otherwise_sleeps() {
        let open = DayStatus::Open { date: jiff::civil::date(2026, 11, 23) };
        let office = Office::parse(include_str!("../../office.toml")).unwrap();
        let mut signs =
            [1, 2].map(|counter| Screen::new(Face::Sign(counter), office.clone(), None, Size::new(800, 480), true));
        for sign in &mut signs {
            sign.hear(News::Board(board(1, open)), &at(0));
            let Ok(()) = sign.refresh(&at(0));
            assert!(!sign.runs());
        }
        assert!(signs[0].next_change(&at(0)) <= Duration::from_millis(500));
        assert_eq!(signs[1].next_change(&at(0)).as_secs(), 60);
    }

    #[test]
    fn the_screen_wakes_for_the_next_call_the_next_minute_and_nothing_else() {
        let open = DayStatus::Open { date: jiff::civil::date(2026, 11, 23) };
        let mut screen = screen(true);
        assert_eq!(screen.next_change(&at(0)).as_secs(), 60, "the wall clock stands at 08.14.00");
        screen.hear(News::Board(board(2, open)), &at(0));
        let mut now = 0;
        while now < DWELL.as_millis() as i64 {
            now += screen.next_change(&at(now)).as_millis() as i64;
            let Ok(()) = screen.refresh(&at(now));
        }
        assert_eq!(screen.shown_through(), Some(Seq(1)));
        let Ok(()) = screen.refresh(&at(100_000));
        assert_eq!(screen.shown_through(), Some(Seq(2)));
        assert_eq!(screen.next_change(&at(121_000)).as_secs(), 59);
    }
}
