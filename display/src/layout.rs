//! Where everything stands on the board. Pure: what is known → a [`Scene`] for a screen of any size.
//!
//! Heights follow legibility, not taste: seen from 15 m on a 43-inch screen at 1080 lines, the digits of the current
//! call are at least 370 pixels high (EN 301 549 for low vision), those of earlier calls 129. The running text is smaller
//! than every number, 40: it is read from 4 m.
//! Other screens scale with the shorter of their two measures. Upright screens reach 246 pixels: low vision at 10 m.

mod current;
mod header;
mod info;
mod sign;

pub use sign::sign;

use crate::calls::Shown;
use crate::font::{Style, Weight};
use crate::scene::{Align, Area, Name, Para, Picture, Scene, Ticker, columns, inset, rows, split_left, split_top};
use crate::words;
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use jiff::civil::{DateTime, Time};
use queue::board::{Board, Call, DayStatus, Sign};
use queue::office::{Lang, Office, Text};
use queue::ticket::Number;

/// Between the areas.
pub const GROUND: Rgb888 = Rgb888::new(6, 14, 28);
/// Behind what is read.
pub const PANEL: Rgb888 = Rgb888::new(16, 36, 66);
/// Numbers and sentences.
pub const WHITE: Rgb888 = Rgb888::new(255, 255, 255);
/// Captions and units.
pub const SOFT: Rgb888 = Rgb888::new(200, 214, 234);
/// What is new or out of order.
pub const AMBER: Rgb888 = Rgb888::new(255, 204, 64);
/// On amber.
pub const BLACK: Rgb888 = Rgb888::new(12, 14, 20);

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
        None if grid.upright => grid.upright(board, gap),
        None => grid.lying(board, gap),
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

/// How many pages the present content needs; [`View::page`] matters only when it is more than 1.
pub fn page_count(board: Option<&Board>, office: &Office) -> usize {
    // Counters, information and languages turn together.
    let content = board.map_or(1, |b| info::pages(b, office).max(b.signs.len().div_ceil(SIGNS_PER_PAGE)));
    content.max(if office.board.english { 2 } else { 1 })
}

const SIGNS_PER_PAGE: usize = 8;
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

    fn lying(&self, board: Rectangle, gap: u32) -> Vec<Area> {
        let (header, rest) = split_top(board, self.px(76.0), gap);
        let (current, below) = split_top(rest, rest.size.height.saturating_sub(self.px(392.0)), gap);
        let (calls, right) = split_left(below, below.size.width / 2, gap);
        let (signs, info) = split_top(right, self.px(138.0), gap);
        self.areas(header, current, calls, signs, info)
    }

    fn upright(&self, board: Rectangle, gap: u32) -> Vec<Area> {
        let (header, rest) = split_top(board, self.px(150.0), gap);
        let (rest, info) = split_top(rest, rest.size.height.saturating_sub(self.px(250.0)), gap);
        let (rest, signs) = split_top(rest, rest.size.height.saturating_sub(self.px(180.0)), gap);
        let (current, calls) = split_top(rest, rest.size.height.saturating_sub(self.px(568.0)), gap);
        self.areas(header, current, calls, signs, info)
    }

    /// Header, picture and counters, in this order: whoever comes in still sees who is where.
    fn slide_parts(&self, board: Rectangle, gap: u32) -> (Rectangle, Rectangle, Rectangle) {
        let (header, rest) = split_top(board, self.px(if self.upright { 150.0 } else { 76.0 }), gap);
        let (slide, signs) = match self.upright {
            true => split_top(rest, rest.size.height.saturating_sub(self.px(180.0)), gap),
            false => split_left(rest, rest.size.width.saturating_sub(self.px(372.0)), gap),
        };
        (header, slide, signs)
    }

    fn around(&self, slide: &Picture, board: Rectangle, gap: u32) -> Vec<Area> {
        let (header, room, signs) = self.slide_parts(board, gap);
        let mut area = Area::new(Name::Slide, room, 0, GROUND);
        area.picture = Some(slide.clone());
        vec![self.header(header), area, self.signs(signs)]
    }

    fn areas(
        &self,
        header: Rectangle,
        current: Rectangle,
        calls: Rectangle,
        signs: Rectangle,
        info: Rectangle,
    ) -> Vec<Area> {
        let mut areas = vec![self.header(header), self.current(current), self.calls(calls)];
        let open = self.view.board.is_some_and(|b| b.day.is_open());
        if open {
            areas.push(self.signs(signs));
            areas.push(self.info(info));
        } else {
            // Nobody is at a counter: what can be collected and where to complain get the room.
            areas.push(self.info(enclose(signs, info)));
        }
        areas
    }

    /// The calls shown before the current one, each number once, newest first.
    fn earlier(&self) -> Vec<Call> {
        let (Some(board), Some(shown)) = (self.view.board, self.view.shown) else { return Vec::new() };
        let mut calls: Vec<Call> = Vec::new();
        for call in board.calls.iter().filter(|c| c.seq < shown.call.seq) {
            if call.number != shown.call.number && calls.iter().all(|c| c.number != call.number) {
                calls.push(*call);
            }
        }
        calls
    }

    fn at_a_counter(&self, number: Number) -> bool {
        self.view.board.is_some_and(|board| board.signs.iter().any(|sign| sign.number == Some(number)))
    }

    fn calls(&self, rect: Rectangle) -> Area {
        let open = self.view.board.is_some_and(|b| b.day.is_open());
        let earlier = self.earlier();
        if earlier.is_empty() || !open {
            return self.hours(rect);
        }
        let mut area = self.area(Name::Calls, rect);
        let inner = inset(rect, self.px(24.0), self.px(10.0));
        let (caption, list) = split_top(inner, self.px(44.0), 0);
        let earlier_calls = self.in_one_line(&words::text("Panggilan sebelumnya", "Earlier calls"));
        area.line(caption, Align::Left, &self.para(&earlier_calls, Weight::Regular, 28.0, SOFT), PANEL);
        let count = if self.upright { 3 } else { 2 };
        for (call, row) in earlier.iter().zip(rows(list, count, self.px(4.0))) {
            let (left, right) = split_left(row, self.px(570.0), self.px(24.0));
            let style = Style { tight: 1, ..self.style(Weight::Bold, 130.0) };
            // A call that is over is dimmed: its number is at no counter any more.
            let ink = if self.at_a_counter(call.number) { WHITE } else { SOFT };
            area.line(left, Align::Left, &Para { text: &call.number.to_string(), style, ink }, PANEL);
            match &self.paras(&words::counter(call.counter), Weight::Bold, 66.0, SOFT)[..] {
                [para] => area.line(right, Align::Right, para, PANEL),
                paras => area.block(right, Align::Right, paras, PANEL),
            }
        }
        area
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

    fn signs(&self, rect: Rectangle) -> Area {
        let mut area = self.area(Name::Signs, rect);
        let Some(board) = self.view.board else { return area };
        let chunks = board.signs.len().div_ceil(SIGNS_PER_PAGE).max(1);
        let chunk = self.view.page as usize % chunks;
        let signs: Vec<&Sign> = board.signs.iter().skip(chunk * SIGNS_PER_PAGE).take(SIGNS_PER_PAGE).collect();
        let inner = inset(rect, self.px(20.0), self.px(12.0));
        let upright = rect.size.height > rect.size.width;
        let small = signs.len() > if upright { 4 } else { 3 };
        let count = signs.len().max(1) as u32;
        let (down, across) = match (upright, small) {
            // Beside a picture: below one another.
            (true, _) => (count, 1),
            (false, true) => (2, count.div_ceil(2)),
            (false, false) => (1, count),
        };
        let bands: Vec<Rectangle> = rows(inner, down, self.px(8.0)).collect();
        let cells = bands.iter().flat_map(|band| columns(*band, across, self.px(20.0)));
        for (sign, cell) in signs.iter().zip(cells) {
            let number = sign.number.map_or("–".into(), |n| n.to_string());
            let ink = if sign.number.is_some() && !sign.serving { AMBER } else { WHITE };
            if small {
                let (left, right) = split_left(cell, self.px(60.0), self.px(8.0));
                let label = sign.counter.to_string();
                area.line(left, Align::Left, &self.para(&label, Weight::Regular, 36.0, SOFT), PANEL);
                area.line(right, Align::Left, &self.para(&number, Weight::Bold, 50.0, ink), PANEL);
            } else {
                let (above, below) = split_top(cell, cell.size.height * 4 / 10, 0);
                let label = match self.view.office.board.english {
                    true => format!("Loket / Counter {}", sign.counter),
                    false => format!("Loket {}", sign.counter),
                };
                area.line(above, Align::Center, &self.para(&label, Weight::Regular, 34.0, SOFT), PANEL);
                area.line(below, Align::Center, &self.para(&number, Weight::Bold, 70.0, ink), PANEL);
            }
        }
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

/// The rectangle around two that lie below one another.
fn enclose(above: Rectangle, below: Rectangle) -> Rectangle {
    let bottom = below.top_left.y + below.size.height as i32;
    Rectangle::new(above.top_left, Size::new(above.size.width, (bottom - above.top_left.y).max(0) as u32))
}
