//! Where everything stands on the board. Pure: what is known → a [`Scene`] for a screen of any size.
//!
//! Heights follow legibility, not taste: seen from 15 m on a 43-inch screen at 1080 lines, the digits of the current
//! call are at least 370 pixels high (EN 301 549 for low vision), numbers and counters of the table 85: read from 9 m. What
//! is read from 4 m has 36: names, receipts, the running text.
//! Other screens scale with the shorter of their two measures. Upright screens reach 246 pixels: low vision at 10 m. In a
//! hall of more than four counters these stand beside the call and leave it the rest of the width.

mod current;
mod header;
mod info;
mod sign;
mod table;

pub use sign::sign;

use crate::calls::Shown;
use crate::font::{Style, Weight};
use crate::scene::{Align, Area, Name, Para, Picture, Scene, Ticker, inset, split_left, split_top};
use crate::words;
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use jiff::civil::{DateTime, Time};
use queue::board::{Board, DayStatus};
use queue::office::{Lang, Office, Text};

/// Between the areas.
pub const GROUND: Rgb888 = Rgb888::new(3, 18, 25);
/// Behind what is read.
pub const PANEL: Rgb888 = Rgb888::new(9, 38, 51);
/// Behind the office's name and the counters.
pub const PLATE: Rgb888 = Rgb888::new(14, 60, 78);
/// Numbers and sentences.
pub const WHITE: Rgb888 = Rgb888::new(255, 255, 255);
/// Captions and units.
pub const SOFT: Rgb888 = Rgb888::new(204, 221, 228);
/// What is new or out of order.
pub const AMBER: Rgb888 = Rgb888::new(255, 204, 64);
/// On amber.
pub const BLACK: Rgb888 = Rgb888::new(22, 17, 4);

/// Everything the layout is made from.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The office.
    pub office: &'a Office,
    /// The last board that could be read; `None` until there is one.
    pub board: Option<&'a Board>,
    /// The call in the large field.
    pub shown: Option<Shown>,
    /// The office's local time.
    pub now: DateTime,
    /// Since when the database has not answered.
    pub lost_since: Option<Time>,
    /// Which page of what does not fit at once; counts up, any value is good.
    pub page: u32,
    /// The picture between calls.
    pub slide: Option<&'a Picture>,
}

impl View<'_> {
    /// Whether a picture may stand instead of the last calls: the office is at work, nothing is out of order, and the
    /// last call is no longer new.
    pub fn may_slide(&self) -> bool {
        let at_work = |b: &Board| matches!(b.day, DayStatus::Open { .. }) && b.network_down.is_none();
        self.board.is_some_and(at_work) && self.lost_since.is_none() && !self.shown.is_some_and(|s| s.fresh)
    }
}

/// Lays out the hall board for a screen of `size` pixels, lying or upright.
pub fn hall(view: &View, size: Size) -> Scene {
    let (grid, board, foot) = divide(view, size);
    let gap = grid.px(12.0);
    let areas = match view.slide.filter(|_| view.may_slide()) {
        Some(slide) => grid.around(slide, board, gap),
        None => grid.areas(&grid.divided(board, gap)),
    };
    Scene { size, ground: GROUND, areas, ticker: Some(grid.ticker(foot)) }
}

/// How large a picture between the calls may be on a screen of `size` pixels.
pub fn slide_room(view: &View, size: Size) -> Size {
    let (grid, board, _) = divide(view, size);
    grid.slide_parts(board, grid.px(12.0)).1.size
}

/// The scale, the room of the areas, and that of the running text.
fn divide<'a>(view: &'a View<'a>, size: Size) -> (Grid<'a>, Rectangle, Rectangle) {
    let upright = size.height > size.width;
    let (w, h) = if upright { (1080.0, 1920.0) } else { (1920.0, 1080.0) };
    let scale = (size.width as f32 / w).min(size.height as f32 / h);
    let grid = Grid { scale, view, upright };
    let (board, foot) =
        split_top(Rectangle::new(Point::zero(), size), size.height.saturating_sub(grid.px(84.0)), grid.px(10.0));
    let gap = grid.px(12.0);
    let board = Rectangle::new(
        board.top_left + Point::new_equal(gap as i32),
        Size::new(board.size.width.saturating_sub(2 * gap), board.size.height.saturating_sub(gap)),
    );
    (grid, board, foot)
}

/// How many pages the present content needs on a screen of `size` pixels; [`View::page`] matters only when it is more
/// than 1.
pub fn page_count(view: &View, size: Size) -> usize {
    let (grid, board, _) = divide(view, size);
    // Counters, information and languages turn together.
    let content = view.board.map_or(1, |b| {
        let info = grid.divided(board, grid.px(12.0)).info;
        grid.info_pages(b, grid.info_room(info)).len().max(table::pages(b.signs.len()))
    });
    content.max(if view.office.board.english { 2 } else { 1 })
}

/// Where the areas stand.
struct Areas {
    header: Rectangle,
    current: Rectangle,
    table: Rectangle,
    info: Rectangle,
}

/// Height of the second, English line as a part of the first.
const ENGLISH: f32 = 0.62;

/// The layout at one scale.
struct Grid<'a> {
    scale: f32,
    view: &'a View<'a>,
    upright: bool,
}

impl Grid<'_> {
    /// Pixels for a measure given at 1080 lines.
    fn px(&self, at_1080: f32) -> u32 {
        (at_1080 * self.scale).round() as u32
    }

    /// A style whose digits and capitals have this height at 1080 lines.
    fn style(&self, weight: Weight, cap: f32) -> Style {
        Style::of_cap(weight, (cap * self.scale).ceil() as u32)
    }

    fn para<'t>(&self, text: &'t str, weight: Weight, cap: f32, ink: Rgb888) -> Para<'t> {
        Para { text, style: self.style(weight, cap), ink }
    }

    /// The text, and where the office wants it the English below it, smaller.
    fn paras<'t>(&self, text: &'t Text, weight: Weight, cap: f32, ink: Rgb888) -> Vec<Para<'t>> {
        let mut paras = vec![self.para(&text.id, weight, cap, ink)];
        if self.view.office.board.english {
            paras.push(self.para(&text.en, Weight::Regular, cap * ENGLISH, ink));
        }
        paras
    }

    /// The language whose turn it is, for what would be too small in two: where the office wants English, every other page.
    fn turn(&self) -> Lang {
        match self.view.office.board.english && self.view.page % 2 == 1 {
            true => Lang::En,
            false => Lang::Id,
        }
    }

    /// The text, and where the office wants it the English behind it: for captions that have one line.
    fn in_one_line(&self, text: &Text) -> String {
        match self.view.office.board.english {
            true => format!("{} / {}", text.id, text.en),
            false => text.id.clone(),
        }
    }

    fn area(&self, name: Name, rect: Rectangle) -> Area {
        Area::new(name, rect, self.px(18.0), PANEL)
    }

    fn divided(&self, board: Rectangle, gap: u32) -> Areas {
        let (header, rest) = split_top(board, self.header_height(), gap);
        match (self.upright, self.is_hall()) {
            (false, false) => {
                let (current, below) = split_top(rest, rest.size.height.saturating_sub(self.px(392.0)), gap);
                let (table, info) = split_left(below, below.size.width * 54 / 100, gap);
                Areas { header, current, table, info }
            }
            (false, true) => {
                let (left, table) = split_left(rest, rest.size.width.saturating_sub(self.table_width() + gap), gap);
                let (current, info) = split_top(left, left.size.height.saturating_sub(self.px(320.0)), gap);
                Areas { header, current, table, info }
            }
            (true, hall) => {
                let info = self.px(if hall { 320.0 } else { 380.0 });
                let (rest, info) = split_top(rest, rest.size.height.saturating_sub(info), gap);
                let (current, table) = split_top(rest, rest.size.height.saturating_sub(self.table_height()), gap);
                Areas { header, current, table, info }
            }
        }
    }

    fn header_height(&self) -> u32 {
        self.px(if self.upright { 150.0 } else { 76.0 })
    }

    /// Header, picture and counters, in this order: whoever comes in still sees who is where.
    fn slide_parts(&self, board: Rectangle, gap: u32) -> (Rectangle, Rectangle, Rectangle) {
        let (header, rest) = split_top(board, self.header_height(), gap);
        let (slide, table) = match self.upright {
            true => split_top(rest, rest.size.height.saturating_sub(self.table_height()), gap),
            false => split_left(rest, rest.size.width.saturating_sub(self.table_width() + gap), gap),
        };
        (header, slide, table)
    }

    fn around(&self, slide: &Picture, board: Rectangle, gap: u32) -> Vec<Area> {
        let (header, room, table) = self.slide_parts(board, gap);
        let mut area = Area::new(Name::Slide, room, 0, GROUND);
        area.picture = Some(slide.clone());
        vec![self.header(header), area, self.table(table)]
    }

    fn areas(&self, places: &Areas) -> Vec<Area> {
        // Before the first call and on a closed day nobody is at a counter.
        let called = self.view.board.is_some_and(|b| {
            b.day.is_open() && (!b.calls.is_empty() || b.signs.iter().any(|sign| sign.number.is_some()))
        });
        let table = if called || self.is_hall() { self.table(places.table) } else { self.hours(places.table) };
        vec![self.header(places.header), self.current(places.current), table, self.info(places.info)]
    }

    fn hours(&self, rect: Rectangle) -> Area {
        let mut area = self.area(Name::Calls, rect);
        let office = self.view.office;
        let lang = self.turn();
        let title = words::text("Jam pelayanan", "Opening hours");
        let hours = words::hours(office, lang);
        let fee =
            words::text(format!("KTP-el {}", office.standard.fee.id), format!("KTP-el: {}", office.standard.fee.en));
        let mut paras = vec![self.para(title.get(lang), Weight::Bold, 50.0, WHITE)];
        paras.extend(hours.iter().map(|line| self.para(line, Weight::Regular, 40.0, SOFT)));
        paras.push(self.para(fee.get(lang), Weight::Bold, 40.0, WHITE));
        area.block(inset(rect, self.px(36.0), self.px(20.0)), Align::Left, &paras, PANEL);
        area
    }

    fn ticker(&self, rect: Rectangle) -> Ticker {
        Ticker {
            rect,
            text: words::running(self.view.office, self.view.board, self.notice().is_some()),
            style: self.style(Weight::Regular, 40.0),
            speed: self.px(120.0),
            ink: WHITE,
            paper: GROUND,
        }
    }
}
