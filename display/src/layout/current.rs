//! Whose turn it is, or why it is nobody's.

use super::{AMBER, BLACK, Grid, PANEL, SOFT, WHITE};
use crate::calls::Shown;
use crate::font::{Style, Weight};
use crate::scene::{Align, Area, Chip, Name, Para, inset, split_left, split_top};
use crate::words::{self, Message};
use embedded_graphics::primitives::Rectangle;
use queue::board::DayStatus;

impl Grid<'_> {
    pub(super) fn current(&self, rect: Rectangle) -> Area {
        let view = self.view;
        let message = match view.board {
            None => Some(words::preparing()),
            Some(board) => words::day_message(board.day, view.office, view.now),
        };
        match (view.shown, message) {
            // A new call goes before any message; an old one does not.
            (Some(shown), None) => self.call(rect, shown),
            (Some(shown), Some(_)) if shown.fresh => self.call(rect, shown),
            (_, Some(message)) => self.message(rect, &message),
            (None, None) => {
                let day = view.board.map_or(DayStatus::NotOpened, |board| board.day);
                self.message(rect, &words::welcome(view.office, day, view.now))
            }
        }
    }

    fn message(&self, rect: Rectangle, message: &Message) -> Area {
        let mut area = self.area(Name::Current, rect);
        let mut paras;
        if message.lines.len() > 1 {
            let lang = self.turn();
            paras = vec![self.para(message.title.get(lang), Weight::Bold, 94.0, WHITE)];
            paras.extend(message.lines.iter().map(|line| self.para(line.get(lang), Weight::Regular, 58.0, SOFT)));
        } else {
            paras = self.paras(&message.title, Weight::Bold, 94.0, WHITE);
            paras.extend(message.lines.iter().flat_map(|line| self.paras(line, Weight::Regular, 58.0, SOFT)));
        }
        area.block(inset(rect, self.px(50.0), self.px(24.0)), Align::Center, &paras, PANEL);
        area
    }

    fn call(&self, rect: Rectangle, shown: Shown) -> Area {
        let (paper, ink, chip_paper, chip_ink) =
            if shown.bright { (AMBER, BLACK, BLACK, WHITE) } else { (PANEL, WHITE, AMBER, BLACK) };
        let mut area = self.area(Name::Current, rect);
        area.ground.fill = paper;
        area.border = Some((AMBER, self.px(10.0)));
        let number = shown.call.number.to_string();
        let inner = inset(rect, self.px(20.0), self.px(20.0));
        let counter = shown.call.counter.to_string();
        let stage = self.view.office.stage_name(shown.call.stage).get(self.turn());
        // Where there is less width than the number needs beside its counter, the counter stands below.
        if rect.size.width < rect.size.height * 3 {
            let (above, below) = split_top(inner, inner.size.height * 54 / 100, self.px(8.0));
            // As high as its room: a capital takes three quarters of the em.
            let em = (above.size.height as f32 / 0.77) as u32;
            let style = Style { em, tight: 4, ..self.style(Weight::Bold, 250.0) };
            area.line(above, Align::Center, &Para { text: &number, style, ink }, paper);
            area.chips.push(Chip { rect: below, radius: self.px(18.0), fill: chip_paper });
            let goal = words::counter(shown.call.counter);
            let english = self.view.office.board.english;
            let inside = inset(below, self.px(20.0), self.px(6.0));
            let (inside, foot) = split_top(inside, inside.size.height * 72 / 100, 0);
            // The counter takes the most of it; the English line leaves it that.
            let (line, other) = split_top(inside, inside.size.height * if english { 72 } else { 100 } / 100, 0);
            area.line(line, Align::Center, &self.para(&goal.id, Weight::Bold, 150.0, chip_ink), chip_paper);
            if english {
                area.line(other, Align::Center, &self.para(&goal.en, Weight::Regular, 50.0, chip_ink), chip_paper);
            }
            area.line(foot, Align::Center, &self.para(stage, Weight::Regular, 50.0, chip_ink), chip_paper);
        } else {
            let (left, right) = split_left(inner, inner.size.width.saturating_sub(self.px(340.0)), self.px(14.0));
            let style = Style { tight: 2, ..self.style(Weight::Bold, 374.0) };
            area.line(left, Align::Center, &Para { text: &number, style, ink }, paper);
            area.chips.push(Chip { rect: right, radius: self.px(18.0), fill: chip_paper });
            let english = self.view.office.board.english;
            // The English line takes its height from the air, not from the Indonesian one.
            let chip = inset(right, self.px(8.0), self.px(if english { 4.0 } else { 14.0 }));
            let (above, mut below) = split_top(chip, self.px(84.0), self.px(if english { 0.0 } else { 8.0 }));
            area.line(above, Align::Center, &self.para("Loket", Weight::Bold, 70.0, chip_ink), chip_paper);
            if english {
                let (line, rest) = split_top(below, self.px(40.0), self.px(4.0));
                area.line(line, Align::Center, &self.para("Counter", Weight::Regular, 36.0, chip_ink), chip_paper);
                below = rest;
            }
            let (below, foot) = split_top(below, below.size.height.saturating_sub(self.px(50.0)), 0);
            area.line(foot, Align::Center, &self.para(stage, Weight::Regular, 36.0, chip_ink), chip_paper);
            let style = Style { tight: 2, ..self.style(Weight::Bold, 250.0) };
            area.line(below, Align::Center, &Para { text: &counter, style, ink: chip_ink }, chip_paper);
        }
        area
    }
}
