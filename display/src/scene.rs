//! What a layout consists of: areas that do not overlap, each with its chips and texts. Data only; `draw.rs` paints it.

use crate::canvas::Canvas;
use crate::font::{self, ASCENT, DESCENT, Style};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use std::sync::Arc;

/// What an area is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// Office, date, clock, and what is out of order.
    Header,
    /// The large field: the current call, or the message of a closed day.
    Current,
    /// The calls before it, or the hours while there are none.
    Calls,
    /// Who is at which counter.
    Signs,
    /// People waiting, receipts ready, the network.
    Info,
    /// A picture between the calls.
    Slide,
}

/// A ready picture, equal only to itself.
#[derive(Clone, Debug)]
pub struct Picture(Arc<Canvas>);

impl Picture {
    /// Its pixels.
    pub fn canvas(&self) -> &Canvas {
        &self.0
    }
}

impl From<Canvas> for Picture {
    fn from(canvas: Canvas) -> Picture {
        Picture(Arc::new(canvas))
    }
}

impl PartialEq for Picture {
    fn eq(&self, other: &Picture) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Picture {}

/// A coloured box with round corners, filled in one colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chip {
    /// Where.
    pub rect: Rectangle,
    /// Radius of the corners, pixels.
    pub radius: u32,
    /// Its colour.
    pub fill: Rgb888,
}

/// One line of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Left end of the base line.
    pub at: Point,
    /// What it says.
    pub text: String,
    /// How it is set.
    pub style: Style,
    /// The colour of the letters.
    pub ink: Rgb888,
    /// The colour of what lies behind them, always one plain colour.
    pub paper: Rgb888,
}

impl Text {
    /// The box that its letters stay in.
    pub fn bounds(&self) -> Rectangle {
        let (above, below) = reach(&self.text, self.style);
        let size = Size::new(font::width(&self.text, self.style), (above + below).max(0) as u32);
        Rectangle::new(self.at - Point::new(0, above), size)
    }
}

/// How far a text reaches above and below its base line, pixels: figures and capitals need less.
fn reach(text: &str, style: Style) -> (i32, i32) {
    let flat = text.chars().all(|c| matches!(c, '0'..='9' | 'A'..='P' | 'R'..='Z' | '-' | '–' | '.' | ' '));
    let (above, below) = if flat { (0.74, 0.02) } else { (ASCENT, DESCENT) };
    ((style.em as f32 * above).ceil() as i32, (style.em as f32 * below).ceil() as i32)
}

/// One area of the screen: everything in it is redrawn when anything in it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// What it is for.
    pub name: Name,
    /// Where, and its ground.
    pub ground: Chip,
    /// A border inside the ground: colour and width.
    pub border: Option<(Rgb888, u32)>,
    /// Boxes on the ground.
    pub chips: Vec<Chip>,
    /// Texts on the ground or on a chip.
    pub texts: Vec<Text>,
    /// A picture in the middle of the ground, no larger than it.
    pub picture: Option<Picture>,
}

/// The running text at the foot. Nothing essential stands only here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticker {
    /// Where.
    pub rect: Rectangle,
    /// What it says, repeated without end.
    pub text: String,
    /// How it is set.
    pub style: Style,
    /// Pixels per second.
    pub speed: u32,
    /// Letters.
    pub ink: Rgb888,
    /// Ground.
    pub paper: Rgb888,
}

/// A whole screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// Its size in pixels.
    pub size: Size,
    /// The colour between the areas.
    pub ground: Rgb888,
    /// The areas.
    pub areas: Vec<Area>,
    /// The running text; a small panel has none.
    pub ticker: Option<Ticker>,
}

/// Where a line stands in its box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Center,
    Right,
}

/// A paragraph before it is broken into lines.
pub(crate) struct Para<'a> {
    pub(crate) text: &'a str,
    pub(crate) style: Style,
    pub(crate) ink: Rgb888,
}

impl Area {
    pub(crate) fn new(name: Name, rect: Rectangle, radius: u32, fill: Rgb888) -> Area {
        let ground = Chip { rect, radius, fill };
        Area { name, ground, border: None, chips: Vec::new(), texts: Vec::new(), picture: None }
    }

    /// One line in `rect`, in the middle of its height by its capitals, shrunk until it fits.
    pub(crate) fn line(&mut self, rect: Rectangle, align: Align, para: &Para, paper: Rgb888) {
        let height = rect.size.height as i32;
        let mut style = font::fit(para.text, para.style, rect.size.width);
        let (mut above, mut below) = reach(para.text, style);
        while above + below > height && style.em > 8 {
            style.em -= 1;
            (above, below) = reach(para.text, style);
        }
        let room = rect.size.width.saturating_sub(font::width(para.text, style)) as i32;
        let x = rect.top_left.x
            + match align {
                Align::Left => 0,
                Align::Center => room / 2,
                Align::Right => room,
            };
        let middle = (height + style.cap() as i32) / 2;
        let y = rect.top_left.y + middle.min(height - below).max(above);
        self.texts.push(Text { at: Point::new(x, y), text: para.text.to_owned(), style, ink: para.ink, paper });
    }

    /// Paragraphs below one another, broken at spaces, in the middle of the height; all are shrunk until they fit.
    pub(crate) fn block(&mut self, rect: Rectangle, align: Align, paras: &[Para], paper: Rgb888) {
        let shrink = |style: Style, percent: u32| Style { em: (style.em * percent / 100).max(8), ..style };
        let broken = |percent: u32| -> Vec<(String, Style, Rgb888, i32)> {
            let mut lines = Vec::new();
            for para in paras {
                let style = shrink(para.style, percent);
                let step = (style.em as f32 * 1.22).ceil() as i32;
                for (n, line) in font::wrap(para.text, style, rect.size.width).into_iter().enumerate() {
                    // A little air between paragraphs.
                    let air = if n == 0 && !lines.is_empty() { step / 4 } else { 0 };
                    lines.push((line, style, para.ink, step + air));
                }
            }
            lines
        };
        let fits = |lines: &[(String, Style, Rgb888, i32)]| {
            lines.iter().map(|l| l.3).sum::<i32>() <= rect.size.height as i32
                && lines.iter().all(|l| font::width(&l.0, l.1) <= rect.size.width)
        };
        let percent = (10..=100).rev().step_by(3).find(|p| fits(&broken(*p))).unwrap_or(10);
        let lines = broken(percent);
        let mut y = rect.top_left.y + (rect.size.height as i32 - lines.iter().map(|l| l.3).sum::<i32>()) / 2;
        for (text, style, ink, step) in lines {
            y += step;
            let height = (style.em as f32 * 1.22) as u32;
            let place =
                Rectangle::new(Point::new(rect.top_left.x, y - height as i32), Size::new(rect.size.width, height));
            self.line(place, align, &Para { text: &text, style, ink }, paper);
        }
    }
}

/// Cuts `rect` into `count` equal columns with `gap` pixels between them.
pub(crate) fn columns(rect: Rectangle, count: u32, gap: u32) -> impl Iterator<Item = Rectangle> {
    let count = count.max(1);
    let width = (rect.size.width.saturating_sub(gap * (count - 1))) / count;
    (0..count).map(move |n| {
        let x = rect.top_left.x + (n * (width + gap)) as i32;
        Rectangle::new(Point::new(x, rect.top_left.y), Size::new(width, rect.size.height))
    })
}

/// Cuts `rect` into `count` equal rows with `gap` pixels between them.
pub(crate) fn rows(rect: Rectangle, count: u32, gap: u32) -> impl Iterator<Item = Rectangle> {
    let count = count.max(1);
    let height = (rect.size.height.saturating_sub(gap * (count - 1))) / count;
    (0..count).map(move |n| {
        let y = rect.top_left.y + (n * (height + gap)) as i32;
        Rectangle::new(Point::new(rect.top_left.x, y), Size::new(rect.size.width, height))
    })
}

/// Cuts `rect` at `at` pixels from the left, leaving `gap` between the two parts.
pub(crate) fn split_left(rect: Rectangle, at: u32, gap: u32) -> (Rectangle, Rectangle) {
    let at = at.min(rect.size.width);
    let rest = rect.size.width.saturating_sub(at + gap);
    let right = rect.top_left + Point::new((rect.size.width - rest) as i32, 0);
    (
        Rectangle::new(rect.top_left, Size::new(at, rect.size.height)),
        Rectangle::new(right, Size::new(rest, rect.size.height)),
    )
}

/// Cuts `rect` at `at` pixels from the top, leaving `gap` between the two parts.
pub(crate) fn split_top(rect: Rectangle, at: u32, gap: u32) -> (Rectangle, Rectangle) {
    let at = at.min(rect.size.height);
    let rest = rect.size.height.saturating_sub(at + gap);
    let below = rect.top_left + Point::new(0, (rect.size.height - rest) as i32);
    (
        Rectangle::new(rect.top_left, Size::new(rect.size.width, at)),
        Rectangle::new(below, Size::new(rect.size.width, rest)),
    )
}

/// `rect` without `by` pixels on every side.
pub(crate) fn inset(rect: Rectangle, x: u32, y: u32) -> Rectangle {
    let size = Size::new(rect.size.width.saturating_sub(2 * x), rect.size.height.saturating_sub(2 * y));
    Rectangle::new(rect.top_left + Point::new(x as i32, y as i32), size)
}
