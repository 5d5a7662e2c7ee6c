//! The line above: the office, what is out of order, the date and the clock.

use super::{AMBER, BLACK, Grid, PLATE, SOFT, WHITE};
use crate::font::Weight;
use crate::scene::{Align, Area, Chip, Name, inset, split_left, split_top};
use crate::words;
use embedded_graphics::primitives::Rectangle;
use queue::board::DayStatus;
use queue::office::{Lang, Text};
use queue::time::{clock, date_in_words};

impl Grid<'_> {
    /// The date a person confirmed; while the day is open it counts more than the clock.
    fn day(&self) -> Option<jiff::civil::Date> {
        match self.view.board?.day {
            DayStatus::Open { date } | DayStatus::Break { date, .. } => Some(date),
            DayStatus::NotOpened | DayStatus::LeftOpen { .. } | DayStatus::Closed { .. } => None,
        }
    }

    /// What is out of order; it stands where the office's name stands else.
    pub(super) fn notice(&self) -> Option<Text> {
        let (view, zone) = (self.view, self.view.office.identity.zone);
        match (view.lost_since, view.board.and_then(|b| b.network_down)) {
            (Some(since), _) => Some(words::not_updated(since, zone.name())),
            (None, Some(since)) => Some(words::network_down(since.local(zone).time(), zone.name())),
            (None, None) => None,
        }
    }

    pub(super) fn header(&self, rect: Rectangle) -> Area {
        let mut area = Area::new(Name::Header, rect, self.px(14.0), PLATE);
        let view = self.view;
        let zone = view.office.identity.zone.name();
        let date = self.day().unwrap_or(view.now.date());
        let words = date_in_words(date, Lang::Id);
        // A clock that disagrees with the opened day is known to be wrong, and is not shown.
        let time = (date == view.now.date()).then(|| format!("{} {zone}", clock(view.now.time())));
        let notice = self.notice().map(|notice| notice.get(self.turn()).to_owned());
        let (name, when, pill) = if self.upright {
            let (above, below) = split_top(rect, rect.size.height / 2, 0);
            match notice {
                // The notice takes the office's line: its name also runs below.
                Some(_) => (None, below, Some(above)),
                None => (Some(above), below, None),
            }
        } else {
            let (left, right) = split_left(rect, self.px(1040.0).min(rect.size.width * 6 / 10), self.px(16.0));
            match notice {
                Some(_) => (None, right, Some(left)),
                None => (Some(left), right, None),
            }
        };
        if let Some(rect) = name {
            let para = self.para(&view.office.identity.name, Weight::Bold, 42.0, WHITE);
            area.line(inset(rect, self.px(24.0), 0), Align::Left, &para, PLATE);
        }
        if let (Some(rect), Some(notice)) = (pill, notice) {
            let chip = Chip { rect: inset(rect, 0, self.px(4.0)), radius: self.px(18.0), fill: AMBER };
            area.chips.push(chip);
            let para = self.para(&notice, Weight::Bold, 36.0, BLACK);
            area.line(inset(chip.rect, self.px(20.0), 0), Align::Left, &para, AMBER);
        }
        let (left, right) = split_left(inset(when, self.px(24.0), 0), when.size.width * 62 / 100, self.px(16.0));
        let align = if self.upright { Align::Left } else { Align::Right };
        match time {
            Some(time) => {
                area.line(left, align, &self.para(&words, Weight::Regular, 32.0, SOFT), PLATE);
                area.line(right, Align::Right, &self.para(&time, Weight::Bold, 44.0, WHITE), PLATE);
            }
            None => area.line(when, Align::Right, &self.para(&words, Weight::Regular, 32.0, SOFT), PLATE),
        }
        area
    }
}
