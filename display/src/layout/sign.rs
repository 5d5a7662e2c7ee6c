//! The sign above one counter: who is called to it, from a one-bit panel of 128 × 64 up to a small screen.

use super::{AMBER, BLACK, GROUND, Grid, PANEL, SOFT, View, WHITE};
use crate::font::{Style, Weight};
use crate::scene::{Align, Area, Name, Para, Scene, inset, split_left, split_top};
use crate::words;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use queue::board::DayStatus;
use queue::office::Lang;
use queue::ticket::CounterNumber;
use queue::time::clock;

/// Lays out the sign of `counter`. It shows no page and no running text.
pub fn sign(view: &View, counter: CounterNumber, size: Size) -> Scene {
    let scale = (size.width as f32 / 800.0).min(size.height as f32 / 480.0);
    let grid = Grid { scale, view, upright: false };
    let all = Rectangle::new(Point::zero(), size);
    let (head, field) = split_top(all, size.height * 26 / 100, 0);
    Scene {
        size,
        ground: GROUND,
        areas: vec![grid.sign_head(head, counter), grid.sign_field(field, counter)],
        ticker: None,
    }
}

impl Grid<'_> {
    fn sign_head(&self, rect: Rectangle, counter: CounterNumber) -> Area {
        let mut area = Area::new(Name::Header, rect, 0, AMBER);
        let inner = inset(rect, self.px(24.0), self.px(8.0));
        let goal = words::counter(counter);
        let stages = |lang| {
            let stages = self.view.office.counter(counter).map(|c| c.stages.as_slice()).unwrap_or_default();
            stages.iter().map(|s| self.view.office.stage_name(*s).get(lang)).collect::<Vec<_>>().join(", ")
        };
        let stages = words::text(stages(Lang::Id), stages(Lang::En));
        // On a panel of a few dozen lines only the counter's own number can be read.
        if rect.size.height < 60 {
            area.line(inner, Align::Center, &self.para(&goal.id, Weight::Bold, 100.0, BLACK), AMBER);
        } else {
            let (left, right) = split_left(inner, inner.size.width * 45 / 100, self.px(16.0));
            match &self.paras(&goal, Weight::Bold, 100.0, BLACK)[..] {
                [para] => area.line(left, Align::Left, para, AMBER),
                paras => area.block(left, Align::Left, paras, AMBER),
            }
            area.block(right, Align::Right, &self.paras(&stages, Weight::Bold, 40.0, BLACK), AMBER);
        }
        area
    }

    fn sign_field(&self, rect: Rectangle, counter: CounterNumber) -> Area {
        let mut area = Area::new(Name::Current, rect, 0, PANEL);
        let mut inner = inset(rect, self.px(16.0), self.px(12.0));
        let board = self.view.board;
        let mut number = board.and_then(|b| b.signs.iter().find(|s| s.counter == counter)?.number);
        let mut day = board.map(|b| b.day);
        match self.view.lost_since {
            // Too small to say how old the number is: it says none.
            Some(_) if rect.size.height < 60 => (number, day) = (None, None),
            Some(since) => {
                let part = if self.view.office.board.english { 70 } else { 80 };
                let (above, below) = split_top(inner, inner.size.height * part / 100, self.px(8.0));
                let notice = words::not_updated(since, self.view.office.identity.zone.name());
                let paras = self.paras(&notice, Weight::Bold, 32.0, AMBER);
                area.block(below, Align::Center, &paras, PANEL);
                inner = above;
            }
            None => {}
        }
        if let Some(number) = number {
            let bright = self.view.shown.is_some_and(|s| s.bright && s.call.number == number);
            let (paper, ink) = if bright { (AMBER, BLACK) } else { (PANEL, WHITE) };
            area.ground.fill = paper;
            let style = Style { tight: 2, ..self.style(Weight::Bold, 330.0) };
            area.line(inner, Align::Center, &Para { text: &number.to_string(), style, ink }, paper);
            return area;
        }
        let zone = self.view.office.identity.zone.name();
        let text = match day {
            None => words::text("–", "–"),
            Some(DayStatus::Open { .. }) => words::text("Mohon tunggu panggilan", "Please wait for your call"),
            Some(DayStatus::Break { until, .. }) => words::text(
                format!("Istirahat sampai {} {zone}", clock(until)),
                format!("Break until {} {zone}", clock(until)),
            ),
            Some(DayStatus::NotOpened | DayStatus::LeftOpen { .. } | DayStatus::Closed { .. }) => {
                words::text("Loket tutup", "Counter closed")
            }
        };
        let paras = match rect.size.height < 60 {
            true => vec![self.para(&text.id, Weight::Bold, 80.0, SOFT)],
            false => self.paras(&text, Weight::Bold, 80.0, SOFT),
        };
        area.block(inner, Align::Center, &paras, PANEL);
        area
    }
}
