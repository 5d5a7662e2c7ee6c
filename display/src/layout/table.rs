//! Who is at which counter: each counter has its place, which stands still.

use super::{AMBER, BLACK, GROUND, Grid, PANEL, PLATE, SOFT, WHITE};
use crate::font::{self, Style, Weight};
use crate::scene::{Align, Area, Chip, Name, Para, columns, inset, rows, split_left, split_top};
use crate::words;
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::primitives::Rectangle;
use queue::board::Sign;
use queue::ticket::{CounterNumber, Number};

/// So many counters stand in wide rows below the call; more stand beside it as plates, as a hall needs them.
const FEW: usize = 4;
/// So many stand still; more turn pages.
const STILL: usize = 12;
/// Plates below one another beside the call.
const DOWN: usize = 6;
/// Between two places.
const BETWEEN: f32 = 10.0;
/// The width of a plate: a counter of two digits and a number of five signs, 42 mm high on a 43-inch screen.
const PLATE_WIDTH: f32 = 524.0;
const CAPTION: f32 = 56.0;

/// How many pages this number of counters needs.
pub(super) fn pages(counters: usize) -> usize {
    counters.div_ceil(STILL).max(1)
}

/// What a counter's place says.
struct Place {
    number: String,
    ink: Rgb888,
    /// The call in the large field leads here.
    lit: bool,
}

impl Grid<'_> {
    fn counters(&self) -> &[Sign] {
        self.view.board.map_or(&[], |board| &board.signs)
    }

    /// Whether there are so many counters that the call shares its height with them.
    pub(super) fn is_hall(&self) -> bool {
        self.counters().len() > FEW && self.view.board.is_some_and(|board| board.day.is_open())
    }

    /// How many places stand beside and below one another.
    fn places(&self) -> (u32, u32) {
        let counters = self.counters().len();
        let across = match self.upright {
            _ if counters <= FEW => 1,
            true => 2,
            false => counters.min(STILL).div_ceil(DOWN),
        };
        (across as u32, counters.min(STILL).div_ceil(across).max(3) as u32)
    }

    /// The width of the plates beside the call or a picture.
    pub(super) fn table_width(&self) -> u32 {
        let (across, _) = self.places();
        across * self.px(PLATE_WIDTH) + (across - 1) * self.px(BETWEEN)
    }

    /// The height of the places below the call of an upright screen.
    pub(super) fn table_height(&self) -> u32 {
        let (_, down) = self.places();
        let (caption, place) = if self.counters().len() > FEW { (CAPTION, 106.0) } else { (0.0, 146.0) };
        self.px(caption) + down * self.px(place) + (down - 1) * self.px(BETWEEN)
    }

    /// The counters of the page whose turn it is; while a call is new, of its page.
    fn on_page(&self) -> (&[Sign], usize) {
        let (all, pages) = (self.counters(), pages(self.counters().len()));
        let each = all.len().div_ceil(pages).max(1);
        let called = self.view.shown.filter(|shown| shown.fresh);
        let called = called.and_then(|shown| all.iter().position(|sign| sign.counter == shown.call.counter));
        let page = called.map_or(self.view.page as usize % pages, |at| at / each);
        (all.chunks(each).nth(page).unwrap_or_default(), page)
    }

    pub(super) fn table(&self, rect: Rectangle) -> Area {
        let mut area = Area::new(Name::Signs, rect, 0, GROUND);
        let (across, down) = self.places();
        let wide = rect.size.width / across >= self.px(800.0);
        let (signs, page) = self.on_page();
        let between = self.px(BETWEEN);
        let (caption, list) = split_top(rect, if wide { 0 } else { self.px(CAPTION) }, 0);
        let bands: Vec<Rectangle> = columns(list, across, between).collect();
        let cells: Vec<(Rectangle, Rectangle)> = bands
            .iter()
            .flat_map(|band| rows(*band, down, between))
            .map(|cell| split_left(cell, self.px(if wide { 600.0 } else { 152.0 }), self.px(6.0)))
            .collect();
        if !wide {
            let (n, of) = (page + 1, pages(self.counters().len()));
            for head in columns(caption, across, between) {
                let mut title = words::text("Loket · Nomor", "Counter · Number").get(self.turn()).to_owned();
                if of > 1 {
                    title.push_str(&format!(" · {n}/{of}"));
                }
                let para = self.para(&title, Weight::Regular, 36.0, SOFT);
                area.line(inset(head, self.px(8.0), 0), Align::Left, &para, GROUND);
            }
        }
        let places: Vec<Place> = signs.iter().map(|sign| self.place(sign)).collect();
        let Some((_, room)) = cells.first().map(|(left, right)| (left, inset(*right, self.px(12.0), self.px(6.0))))
        else {
            return area;
        };
        // One size for all, so that they can be compared; a capital takes three quarters of the em.
        let tallest = Style { em: (room.size.height as f32 / 0.78) as u32, ..self.style(Weight::Bold, 96.0) };
        let goal = Style { em: tallest.em.min(self.style(Weight::Bold, 96.0).em), ..tallest };
        let style = places.iter().map(|place| font::fit(&place.number, goal, room.size.width)).min_by_key(|s| s.em);
        let style = style.unwrap_or(goal);
        for ((sign, place), (left, right)) in signs.iter().zip(&places).zip(cells) {
            let (of_counter, ink, of_number) = match place.lit {
                true => (BLACK, AMBER, AMBER),
                false => (PLATE, WHITE, PANEL),
            };
            area.chips.push(Chip { rect: left, radius: self.px(14.0), fill: of_counter });
            area.chips.push(Chip { rect: right, radius: self.px(14.0), fill: of_number });
            let digits = sign.counter.to_string();
            let digits = Para { text: &digits, style: self.style(Weight::Bold, 85.0), ink };
            if wide {
                let (what, digit) = split_left(inset(left, self.px(22.0), self.px(6.0)), self.px(386.0), self.px(10.0));
                let (above, below) = split_top(what, what.size.height / 2, 0);
                let soft = if place.lit { AMBER } else { SOFT };
                let word = words::text("Loket", "Counter");
                area.line(above, Align::Left, &self.para(word.get(self.turn()), Weight::Bold, 40.0, ink), of_counter);
                if let Some(stage) = self.stage_at(sign.counter) {
                    area.line(below, Align::Left, &self.para(stage, Weight::Regular, 36.0, soft), of_counter);
                }
                area.line(digit, Align::Right, &digits, of_counter);
            } else {
                area.line(inset(left, self.px(6.0), self.px(4.0)), Align::Center, &digits, of_counter);
            }
            let place_for = inset(right, self.px(12.0), self.px(6.0));
            area.line(place_for, Align::Left, &Para { text: &place.number, style, ink: place.ink }, of_number);
        }
        area
    }

    fn place(&self, sign: &Sign) -> Place {
        let Some(number) = sign.number else {
            let last = self.last_at(sign.counter).map(|n| n.to_string());
            return Place { number: last.unwrap_or_else(|| "–".into()), ink: SOFT, lit: false };
        };
        let shown = self.view.shown.map(|shown| (shown.call.counter, shown.call.number));
        let lit = !sign.serving && shown == Some((sign.counter, number));
        let ink = match (lit, sign.serving) {
            (true, _) => BLACK,
            (false, false) => AMBER,
            (false, true) => WHITE,
        };
        Place { number: number.to_string(), ink, lit }
    }

    /// Who was last called to this free counter, dimmed: whoever looks up late still finds the number. Not one that has been
    /// called elsewhere since.
    fn last_at(&self, counter: CounterNumber) -> Option<Number> {
        let calls = &self.view.board?.calls;
        let last = calls.iter().find(|call| call.counter == counter)?.number;
        calls.iter().find(|call| call.number == last).filter(|call| call.counter == counter).map(|call| call.number)
    }

    /// What is done at the counter: what its last call was for, or the first of its stages.
    fn stage_at(&self, counter: CounterNumber) -> Option<&str> {
        let called = self.view.board?.calls.iter().find(|call| call.counter == counter).map(|call| call.stage);
        let first = || self.view.office.counter(counter).and_then(|c| c.stages.first().copied());
        called.or_else(first).map(|stage| self.view.office.stage_name(stage).get(self.turn()))
    }
}
