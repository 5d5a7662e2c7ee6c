//! The information area: one page at a time of what is not a call.

use super::{AMBER, BLACK, Grid, PANEL, SOFT, WHITE};
use crate::font::{self, Weight};
use crate::scene::{Align, Area, Name, columns, inset, rows, split_left, split_top};
use crate::words::{self, Message};
use embedded_graphics::primitives::Rectangle;
use queue::board::Board;
use queue::case::Receipt;
use queue::office::{Lang, Office};
use queue::time::clock;

const RECEIPTS_PER_PAGE: usize = 8;

/// One page of the information area.
enum Page {
    /// In this language alone, as the next: two have no room at a size that can be read.
    Waiting(Lang),
    Network(Lang),
    Ready {
        receipts: Vec<Receipt>,
        n: usize,
        of: usize,
    },
}

fn list(board: &Board, office: &Office) -> Vec<Page> {
    let mut pages = Vec::new();
    let languages: &[Lang] = if office.board.english { &[Lang::Id, Lang::En] } else { &[Lang::Id] };
    if board.day.is_open() {
        pages.extend(languages.iter().map(|lang| Page::Waiting(*lang)));
        if board.network_down.is_some() {
            pages.extend(languages.iter().map(|lang| Page::Network(*lang)));
        }
    }
    let of = board.ready.len().div_ceil(RECEIPTS_PER_PAGE);
    // Everybody looks for one number: they stand in its order.
    let mut ready = board.ready.clone();
    ready.sort_by_key(|receipt| (receipt.year, receipt.n));
    pages.extend(ready.chunks(RECEIPTS_PER_PAGE).enumerate().map(|(n, receipts)| Page::Ready {
        receipts: receipts.to_vec(),
        n: n + 1,
        of,
    }));
    pages
}

/// How many pages there are now.
pub(super) fn pages(board: &Board, office: &Office) -> usize {
    list(board, office).len()
}

impl Grid<'_> {
    pub(super) fn info(&self, rect: Rectangle) -> Area {
        let mut area = self.area(Name::Info, rect);
        let view = self.view;
        let inner = inset(rect, self.px(26.0), self.px(10.0));
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
        let pages = list(board, view.office);
        match pages.get(view.page as usize % pages.len().max(1)) {
            None => self.complaints(&mut area, inner),
            Some(Page::Waiting(lang)) => self.waiting(&mut area, inner, board, *lang),
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

    fn waiting(&self, area: &mut Area, inner: Rectangle, board: &Board, lang: Lang) {
        let (caption, mut list) = split_top(inner, self.px(40.0), 0);
        let title = words::text("Jumlah yang menunggu", "People waiting");
        area.line(caption, Align::Left, &self.para(title.get(lang), Weight::Regular, 28.0, SOFT), PANEL);
        let parts = |row: Rectangle| {
            let (left, right) = split_left(row, row.size.width.saturating_sub(self.px(120.0)), self.px(12.0));
            // The letter ties the row to the numbers.
            let (first, name) = split_left(left, self.px(46.0), self.px(10.0));
            (first, name, right)
        };
        let services: Vec<(String, &str)> = board
            .waiting
            .iter()
            .map(|waiting| match self.view.office.service(&waiting.service) {
                Some(service) => (service.prefix.to_string(), service.name.get(lang)),
                None => (String::new(), waiting.service.0.as_str()),
            })
            .collect();
        // A long name takes two lines, and with them the height of two.
        let lines = |name: &str| {
            let one = self.para(name, Weight::Regular, 30.0, WHITE);
            if font::width(name, one.style) > parts(list).1.size.width { 2 } else { 1 }
        };
        let lines: Vec<u32> = services.iter().map(|(_, name)| lines(name)).collect();
        let line = list.size.height / lines.iter().sum::<u32>().max(1);
        for (((letter, name), waiting), lines) in services.iter().zip(&board.waiting).zip(lines) {
            let (row, rest) = split_top(list, line * lines, 0);
            list = rest;
            // Rows never touch.
            let (first, left, right) = parts(inset(row, 0, self.px(3.0)));
            area.line(first, Align::Left, &self.para(letter, Weight::Bold, 38.0, SOFT), PANEL);
            area.block(left, Align::Left, &[self.para(name, Weight::Regular, 37.0, WHITE)], PANEL);
            let count = waiting.count.to_string();
            area.line(right, Align::Right, &self.para(&count, Weight::Bold, 38.0, WHITE), PANEL);
        }
    }

    fn ready(&self, area: &mut Area, inner: Rectangle, receipts: &[Receipt], n: usize, of: usize) {
        let (caption, list) = split_top(inner, self.px(40.0), 0);
        let mut title = self.in_one_line(&words::text("KTP siap diambil", "Cards ready"));
        if of > 1 {
            title.push_str(&format!(" ({n}/{of})"));
        }
        area.line(caption, Align::Left, &self.para(&title, Weight::Bold, 32.0, WHITE), PANEL);
        let cells = rows(list, RECEIPTS_PER_PAGE as u32 / 2, self.px(4.0))
            .flat_map(|row| columns(row, 2, self.px(24.0)).collect::<Vec<_>>());
        for (receipt, cell) in receipts.iter().zip(cells) {
            area.line(cell, Align::Left, &self.para(&words::receipt(*receipt), Weight::Bold, 44.0, WHITE), PANEL);
        }
    }
}
