//! The information area: one page at a time of what is not a call.

use super::{AMBER, BLACK, Grid, PANEL, SOFT, WHITE};
use crate::font::Weight;
use crate::scene::{Align, Area, Name, columns, inset, rows, split_left, split_top};
use crate::words::{self, Message};
use embedded_graphics::primitives::Rectangle;
use queue::board::Board;
use queue::case::Receipt;
use queue::office::Lang;
use queue::time::clock;

const RECEIPTS_PER_PAGE: usize = 4;

/// One page of the information area.
enum Page<'a> {
    Waiting,
    Network,
    Ready { receipts: &'a [Receipt], n: usize, of: usize },
}

fn list(board: &Board) -> Vec<Page<'_>> {
    let mut pages = Vec::new();
    if board.day.is_open() {
        pages.push(Page::Waiting);
        if board.network_down.is_some() {
            pages.push(Page::Network);
        }
    }
    let of = board.ready.len().div_ceil(RECEIPTS_PER_PAGE);
    pages.extend(board.ready.chunks(RECEIPTS_PER_PAGE).enumerate().map(|(n, receipts)| Page::Ready {
        receipts,
        n: n + 1,
        of,
    }));
    pages
}

/// How many pages there are now.
pub(super) fn pages(board: &Board) -> usize {
    list(board).len()
}

impl Grid<'_> {
    pub(super) fn info(&self, rect: Rectangle) -> Area {
        let mut area = self.area(Name::Info, rect);
        let view = self.view;
        let inner = inset(rect, self.px(26.0), self.px(10.0));
        let zone = view.office.identity.zone;
        if let Some(since) = view.lost_since {
            let since = format!("{} {}", clock(since), zone.name());
            self.notice(&mut area, inner, &words::lost(&since));
            return area;
        }
        let Some(board) = view.board else {
            self.complaints(&mut area, inner);
            return area;
        };
        let pages = list(board);
        match pages.get(view.page as usize % pages.len().max(1)) {
            None => self.complaints(&mut area, inner),
            Some(Page::Waiting) => self.waiting(&mut area, inner, board),
            Some(Page::Network) => {
                self.notice(&mut area, inner, &words::network());
            }
            Some(Page::Ready { receipts, n, of }) => self.ready(&mut area, inner, receipts, *n, *of),
        }
        area
    }

    fn notice(&self, area: &mut Area, inner: Rectangle, message: &Message) {
        area.ground.fill = AMBER;
        let mut paras = vec![self.para(&message.title, Weight::Bold, 38.0, BLACK)];
        paras.extend(message.lines.iter().map(|line| self.para(line, Weight::Regular, 34.0, BLACK)));
        area.block(inner, Align::Left, &paras, AMBER);
    }

    /// S29, where nothing else needs the room.
    fn complaints(&self, area: &mut Area, inner: Rectangle) {
        let complaints = &self.view.office.complaints;
        let phone = format!("Telepon/WA {}", complaints.phone);
        let paras = [
            self.para("Pengaduan layanan", Weight::Bold, 50.0, WHITE),
            self.para(&phone, Weight::Regular, 44.0, SOFT),
            self.para(&complaints.email, Weight::Regular, 40.0, SOFT),
        ];
        area.block(inner, Align::Left, &paras, PANEL);
    }

    fn waiting(&self, area: &mut Area, inner: Rectangle, board: &Board) {
        let (caption, list) = split_top(inner, self.px(40.0), 0);
        area.line(caption, Align::Left, &self.para("Jumlah yang menunggu", Weight::Regular, 28.0, SOFT), PANEL);
        let count = board.waiting.len().max(1) as u32;
        for (waiting, row) in board.waiting.iter().zip(rows(list, count, 0)) {
            let (left, right) = split_left(row, row.size.width.saturating_sub(self.px(120.0)), self.px(12.0));
            let (letter, name) = match self.view.office.service(&waiting.service) {
                Some(service) => (service.prefix.to_string(), service.name.get(Lang::Id)),
                None => (String::new(), waiting.service.0.as_str()),
            };
            // The letter ties the row to the numbers; a long name takes two smaller lines.
            let (first, left) = split_left(left, self.px(46.0), self.px(10.0));
            area.line(first, Align::Left, &self.para(&letter, Weight::Bold, 38.0, SOFT), PANEL);
            area.block(left, Align::Left, &[self.para(name, Weight::Regular, 37.0, WHITE)], PANEL);
            let count = waiting.count.to_string();
            area.line(right, Align::Right, &self.para(&count, Weight::Bold, 38.0, WHITE), PANEL);
        }
    }

    fn ready(&self, area: &mut Area, inner: Rectangle, receipts: &[Receipt], n: usize, of: usize) {
        let (caption, list) = split_top(inner, self.px(46.0), 0);
        let title = if of > 1 { format!("KTP siap diambil ({n}/{of})") } else { "KTP siap diambil".into() };
        area.line(caption, Align::Left, &self.para(&title, Weight::Bold, 32.0, WHITE), PANEL);
        let cells = rows(list, RECEIPTS_PER_PAGE as u32 / 2, self.px(4.0))
            .flat_map(|row| columns(row, 2, self.px(24.0)).collect::<Vec<_>>());
        for (receipt, cell) in receipts.iter().zip(cells) {
            area.line(cell, Align::Left, &self.para(&receipt.to_string(), Weight::Bold, 44.0, WHITE), PANEL);
        }
    }
}
