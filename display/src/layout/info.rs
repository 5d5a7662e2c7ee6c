//! The information area: one page at a time of what is not a call.

use super::{AMBER, BLACK, Grid, PANEL, SOFT, WHITE};
use crate::font::{self, Style, Weight};
use crate::scene::{Align, Area, Name, columns, inset, rows, split_left, split_top};
use crate::words::{self, Message};
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use queue::board::Board;
use queue::case::Receipt;
use queue::office::Lang;
use queue::time::clock;

/// Height of a caption, and of one line of a list.
const CAPTION: f32 = 54.0;
const LINE: f32 = 55.0;
const RECEIPT: f32 = 62.0;
/// The width of a receipt's number with the gap beside it.
const RECEIPT_WIDTH: f32 = 400.0;

/// One page of the information area.
pub(super) enum Page {
    /// In this language alone, as the next: two have no room at a size that can be read.
    Waiting {
        lang: Lang,
        rows: Vec<Row>,
    },
    Network(Lang),
    Ready {
        receipts: Vec<Receipt>,
        n: usize,
        of: usize,
    },
}

/// One service in the list of people waiting.
pub(super) struct Row {
    letter: String,
    /// The name, broken at words.
    lines: Vec<String>,
    count: u32,
    place: Rectangle,
}

/// Letter, name and count of a row.
fn parts(grid: &Grid, row: Rectangle) -> (Rectangle, Rectangle, Rectangle) {
    let (left, right) = split_left(row, row.size.width.saturating_sub(grid.px(120.0)), grid.px(12.0));
    // The letter ties the row to the numbers.
    let (first, name) = split_left(left, grid.px(58.0), grid.px(8.0));
    (first, name, right)
}

/// The text in at most three lines; what is longer ends at a word.
fn three_lines(text: &str, style: Style, width: u32) -> Vec<String> {
    let mut lines = font::wrap(text, style, width);
    if lines.len() > 3 {
        lines.truncate(3);
        if let Some(last) = lines.last_mut() {
            while font::width(&format!("{last} …"), style) > width
                && let Some(at) = last.rfind(' ')
            {
                last.truncate(at);
            }
            last.push_str(" …");
        }
    }
    lines
}

impl Grid<'_> {
    /// The room of the content.
    pub(super) fn info_room(&self, rect: Rectangle) -> Rectangle {
        inset(rect, self.px(26.0), self.px(10.0))
    }

    /// What the area shows one after the other.
    pub(super) fn info_pages(&self, board: &Board, room: Rectangle) -> Vec<Page> {
        let mut pages = Vec::new();
        let languages: &[Lang] = if self.view.office.board.english { &[Lang::Id, Lang::En] } else { &[Lang::Id] };
        if board.day.is_open() {
            for lang in languages {
                pages.extend(self.waiting_pages(board, room, *lang));
            }
            if board.network_down.is_some() {
                pages.extend(languages.iter().map(|lang| Page::Network(*lang)));
            }
        }
        let (across, down) = self.receipts(room);
        let each = (across * down) as usize;
        let of = board.ready.len().div_ceil(each);
        // Everybody looks for one number: they stand in its order.
        let mut ready = board.ready.clone();
        ready.sort_by_key(|receipt| (receipt.year, receipt.n));
        pages.extend(ready.chunks(each).enumerate().map(|(n, receipts)| Page::Ready {
            receipts: receipts.to_vec(),
            n: n + 1,
            of,
        }));
        pages
    }

    /// How many receipts stand beside and below one another.
    fn receipts(&self, room: Rectangle) -> (u32, u32) {
        let height = room.size.height.saturating_sub(self.px(CAPTION));
        ((room.size.width / self.px(RECEIPT_WIDTH).max(1)).max(1), (height / self.px(RECEIPT).max(1)).max(1))
    }

    /// The services in the order of the office, all in one size, on as many pages as they need.
    fn waiting_pages(&self, board: &Board, room: Rectangle, lang: Lang) -> Vec<Page> {
        let (_, list) = split_top(room, self.px(CAPTION), 0);
        let across = if room.size.width >= self.px(1200.0) { 2 } else { 1 };
        let bands: Vec<Rectangle> = columns(list, across, self.px(40.0)).collect();
        let Some(first) = bands.first() else { return Vec::new() };
        let width = parts(self, *first).1.size.width;
        let style = self.para("", Weight::Regular, 36.0, WHITE).style;
        let services = board.waiting.iter().map(|waiting| {
            let service = self.view.office.service(&waiting.service);
            let name = service.map_or(waiting.service.0.as_str(), |service| service.name.get(lang));
            (service.map_or(String::new(), |s| s.prefix.to_string()), three_lines(name, style, width), waiting.count)
        });
        let services: Vec<_> = services.collect();
        let lines: usize = services.iter().map(|(_, lines, _)| lines.len()).sum();
        let least = self.px(LINE).max(1);
        // A short list takes the room that it has.
        let line = (list.size.height / (lines.max(1) as u32)).clamp(least, self.px(72.0).max(least));
        let slots = (list.size.height / line).max(1) as usize;
        let (mut pages, mut band, mut used) = (vec![Vec::new()], 0, 0);
        for (letter, lines, count) in services {
            if used > 0 && used + lines.len() > slots {
                (band, used) = (band + 1, 0);
                if band == bands.len() {
                    band = 0;
                    pages.push(Vec::new());
                }
            }
            let top = bands[band].top_left + Point::new(0, (used as u32 * line) as i32);
            let place = Rectangle::new(top, Size::new(bands[band].size.width, line * lines.len() as u32));
            used += lines.len();
            if let Some(page) = pages.last_mut() {
                page.push(Row { letter, lines, count, place: place.intersection(&list) });
            }
        }
        pages.into_iter().map(|rows| Page::Waiting { lang, rows }).collect()
    }

    pub(super) fn info(&self, rect: Rectangle) -> Area {
        let mut area = self.area(Name::Info, rect);
        let view = self.view;
        let inner = self.info_room(rect);
        let zone = view.office.identity.zone;
        if let Some(since) = view.lost_since {
            let since = format!("{} {}", clock(since), zone.name());
            let lost = words::lost(&since);
            self.trouble(&mut area, inner, &lost, self.turn());
            return area;
        }
        let Some(board) = view.board else {
            self.complaints(&mut area, inner);
            return area;
        };
        let pages = self.info_pages(board, inner);
        match pages.get(view.page as usize % pages.len().max(1)) {
            None => self.complaints(&mut area, inner),
            Some(Page::Waiting { lang, rows }) => self.waiting(&mut area, inner, rows, *lang),
            Some(Page::Network(lang)) => self.trouble(&mut area, inner, &words::network(), *lang),
            Some(Page::Ready { receipts, n, of }) => self.ready(&mut area, inner, receipts, *n, *of),
        }
        area
    }

    /// What is out of order, and what to do (S26).
    fn trouble(&self, area: &mut Area, inner: Rectangle, message: &Message, lang: Lang) {
        area.ground.fill = AMBER;
        let mut paras = vec![self.para(message.title.get(lang), Weight::Bold, 38.0, BLACK)];
        paras.extend(message.lines.iter().map(|line| self.para(line.get(lang), Weight::Regular, 34.0, BLACK)));
        area.block(inner, Align::Left, &paras, AMBER);
    }

    /// S29, where nothing else needs the room.
    fn complaints(&self, area: &mut Area, inner: Rectangle) {
        let complaints = &self.view.office.complaints;
        let (title, phone) =
            (words::text("Pengaduan layanan", "Complaints"), format!("Telepon/WA {}", complaints.phone));
        let mut paras = self.paras(&title, Weight::Bold, 50.0, WHITE);
        paras.push(self.para(&phone, Weight::Regular, 44.0, SOFT));
        paras.push(self.para(&complaints.email, Weight::Regular, 40.0, SOFT));
        area.block(inner, Align::Left, &paras, PANEL);
    }

    fn waiting(&self, area: &mut Area, inner: Rectangle, list: &[Row], lang: Lang) {
        let (caption, _) = split_top(inner, self.px(CAPTION), 0);
        let title = words::text("Jumlah yang menunggu", "People waiting");
        area.line(caption, Align::Left, &self.para(title.get(lang), Weight::Regular, 36.0, SOFT), PANEL);
        for row in list {
            // Rows never touch.
            let (first, name, right) = parts(self, inset(row.place, 0, self.px(1.0)));
            area.line(first, Align::Left, &self.para(&row.letter, Weight::Bold, 40.0, SOFT), PANEL);
            for (text, line) in row.lines.iter().zip(rows(name, row.lines.len() as u32, 0)) {
                area.line(line, Align::Left, &self.para(text, Weight::Regular, 36.0, WHITE), PANEL);
            }
            area.line(right, Align::Right, &self.para(&row.count.to_string(), Weight::Bold, 40.0, WHITE), PANEL);
        }
    }

    fn ready(&self, area: &mut Area, inner: Rectangle, receipts: &[Receipt], n: usize, of: usize) {
        let (caption, list) = split_top(inner, self.px(CAPTION), 0);
        let mut title = self.in_one_line(&words::text("KTP siap diambil", "Cards ready"));
        if of > 1 {
            title.push_str(&format!(" ({n}/{of})"));
        }
        area.line(caption, Align::Left, &self.para(&title, Weight::Bold, 36.0, WHITE), PANEL);
        let (across, down) = self.receipts(inner);
        // Read downwards, as a list.
        let bands: Vec<Rectangle> = columns(list, across, self.px(20.0)).collect();
        let cells = bands.iter().flat_map(|band| rows(*band, down, 0));
        for (receipt, cell) in receipts.iter().zip(cells) {
            let cell = Rectangle::new(cell.top_left, Size::new(cell.size.width, cell.size.height.min(self.px(78.0))));
            area.line(cell, Align::Left, &self.para(&words::receipt(*receipt), Weight::Bold, 46.0, WHITE), PANEL);
        }
    }
}
