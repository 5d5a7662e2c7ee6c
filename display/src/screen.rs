//! What one panel shows, and when it has to look again. The panel only asks, and carries pixels.

use crate::calls::Calls;
use crate::canvas::Canvas;
use crate::draw::Painter;
use crate::layout::{self, View};
use crate::scene::Ticker;
use crate::watch::News;
use embedded_graphics::prelude::*;
use queue::Office;
use queue::board::Board;
use queue::ticket::Seq;
use queue::time::Moment;
use std::convert::Infallible;
use std::time::Duration;

/// How long a page stands: long enough to find one's own receipt among four.
const PAGE: Duration = Duration::from_secs(8);

/// One board on one panel.
#[derive(Debug)]
pub struct Screen {
    office: Office,
    board: Option<Board>,
    calls: Calls,
    lost: Option<Moment>,
    moving: bool,
    canvas: Canvas,
    painter: Painter,
    ticker: Option<Ticker>,
}

impl Screen {
    /// A board that goes on behind the call `shown`. `moving` is `false` for a picture: no flash, no running text.
    pub fn new(office: Office, shown: Option<Seq>, size: Size, moving: bool) -> Screen {
        Screen {
            office,
            board: None,
            calls: Calls::after(shown),
            lost: None,
            moving,
            canvas: Canvas::new(size),
            painter: Painter::default(),
            ticker: None,
        }
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
            News::Board(board) => {
                self.calls.update(&board.calls, now);
                self.board = Some(board);
                self.lost = None;
            }
            News::Lost(since) => {
                self.lost.get_or_insert(since);
            }
        }
    }

    /// Every call up to this one had its time; keep it over a restart.
    pub fn shown_through(&self) -> Option<Seq> {
        self.calls.shown_through()
    }

    /// Draws what is due at `now`; what changed is the canvas's damage.
    pub fn refresh(&mut self, now: &Moment) -> Result<(), Infallible> {
        self.calls.advance(now);
        let zone = self.office.identity.zone;
        let mut shown = self.calls.shown_now(now);
        if !self.moving
            && let Some(shown) = &mut shown
        {
            shown.bright = false;
        }
        let view = View {
            office: &self.office,
            board: self.board.as_ref(),
            shown,
            now: now.local(zone),
            lost_since: self.lost.map(|m| m.local(zone).time()),
            page: (now.uptime_ms.max(0) as u128 / PAGE.as_millis()) as u32,
        };
        let scene = layout::hall(&view, self.canvas.size());
        let ticker = scene.ticker.clone();
        self.painter.paint(&mut self.canvas, scene)?;
        if self.ticker.as_ref() != Some(&ticker) {
            self.ticker = Some(ticker);
            self.run(now)?;
        }
        Ok(())
    }

    /// Moves the running text to where it belongs at `now`.
    pub fn run(&mut self, now: &Moment) -> Result<(), Infallible> {
        let Some(ticker) = &self.ticker else { return Ok(()) };
        let ms = if self.moving { now.uptime_ms.max(0) as u64 } else { 0 };
        self.painter.ticker(&mut self.canvas, ticker, ms * u64::from(ticker.speed) / 1000)
    }

    /// After how long [`Screen::refresh`] has something new to draw, if nothing is heard before.
    pub fn next_change(&self, now: &Moment) -> Duration {
        let minute = 60_000 - now.wall_ms.rem_euclid(60_000) as u64;
        let turns = self.board.as_ref().map_or(0, layout::page_count) > 1;
        let page = turns.then(|| {
            let page = PAGE.as_millis() as i64;
            Duration::from_millis((page - now.uptime_ms.rem_euclid(page)) as u64)
        });
        let call = self.calls.next_change(now);
        [call, page].into_iter().flatten().fold(Duration::from_millis(minute), Duration::min)
    }

    /// The picture.
    pub fn canvas(&mut self) -> &mut Canvas {
        &mut self.canvas
    }
}
