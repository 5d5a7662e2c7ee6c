//! Paints a scene on any target of embedded-graphics, and repaints only the areas that changed.

use crate::canvas::Canvas;
use crate::font::{self, Glyphs, Style};
use crate::scene::{Area, Chip, Scene, Text, Ticker};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::pixelcolor::raw::RawU24;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use std::collections::HashMap;
use std::convert::Infallible;

/// Draws scenes; keeps glyphs, colour tables and the last scene.
#[derive(Debug, Default)]
pub struct Painter {
    glyphs: Glyphs,
    tables: HashMap<(Rgb888, Rgb888), Box<[Rgb888; 256]>>,
    run: Vec<u8>,
    strip: Option<Strip>,
    last: Option<Scene>,
}

/// The pens of one round of the running text.
#[derive(Debug)]
struct Strip {
    text: String,
    style: Style,
    width: u32,
    pens: Vec<(char, f32)>,
}

impl Strip {
    fn of(ticker: &Ticker) -> Strip {
        // The end of one round keeps its distance from the beginning of the next.
        let text = format!("{}   •   ", ticker.text);
        let mut pen = 0.0;
        let mut pens = Vec::new();
        for c in text.chars() {
            pens.push((c, pen));
            pen += font::advance(c, ticker.style);
        }
        Strip { text: ticker.text.clone(), style: ticker.style, width: (pen.ceil() as u32).max(1), pens }
    }
}

impl Painter {
    /// Brings the canvas to `scene`: everything the first time, afterwards the areas that differ. Answers `true` when
    /// everything was drawn: then the running text is gone, and [`Painter::ticker`] must draw it again.
    pub fn paint(&mut self, canvas: &mut Canvas, scene: Scene) -> Result<bool, Infallible> {
        let all = canvas.bounding_box();
        let changed = self.paint_on(canvas, scene)?;
        let anew = changed.contains(&all);
        for rect in if anew { vec![all] } else { changed } {
            canvas.mark(rect);
        }
        Ok(anew)
    }

    /// The same on any target of the library, with the rectangles that were drawn; all of it the first time.
    ///
    /// # Errors
    /// The target's own.
    pub fn paint_on<D: DrawTarget<Color = Rgb888>>(
        &mut self,
        target: &mut D,
        scene: Scene,
    ) -> Result<Vec<Rectangle>, D::Error> {
        let last = self.last.take().filter(|l| {
            // Areas that moved leave traces; then everything is drawn again.
            l.size == scene.size && l.areas.iter().map(place).eq(scene.areas.iter().map(place))
        });
        let mut changed = Vec::new();
        if last.is_none() {
            let all = target.bounding_box();
            target.fill_solid(&all, scene.ground)?;
            changed.push(all);
        }
        for (n, area) in scene.areas.iter().enumerate() {
            if last.as_ref().is_none_or(|l| l.areas.get(n) != Some(area)) {
                self.area(target, area, scene.ground)?;
                changed.push(area.ground.rect);
            }
        }
        self.last = Some(scene);
        Ok(changed)
    }

    /// Draws everything next time, on another canvas or after the old one was lost.
    pub fn forget(&mut self) {
        self.last = None;
    }

    fn area<D: DrawTarget<Color = Rgb888>>(
        &mut self,
        target: &mut D,
        area: &Area,
        outside: Rgb888,
    ) -> Result<(), D::Error> {
        let ground = area.ground;
        match area.border {
            None => self.chip(target, &ground, outside)?,
            Some((color, width)) => {
                self.chip(target, &Chip { fill: color, ..ground }, outside)?;
                let inner = Chip {
                    rect: crate::scene::inset(ground.rect, width, width),
                    radius: ground.radius.saturating_sub(width),
                    fill: ground.fill,
                };
                self.chip(target, &inner, color)?;
            }
        }
        for chip in &area.chips {
            self.chip(target, chip, ground.fill)?;
        }
        if let Some(picture) = &area.picture {
            let picture = picture.canvas();
            let room = ground.rect.size.saturating_sub(picture.size()) / 2;
            let place = Rectangle::new(ground.rect.top_left + room, picture.size()).intersection(&ground.rect);
            target.fill_contiguous(&place, picture.pixels().iter().map(|p| Rgb888::from(RawU24::new(*p))))?;
        }
        area.texts.iter().try_for_each(|text| self.text(target, text))
    }

    /// A box with round corners. The corners are coverage masks: the library's own would be stepped.
    fn chip<D: DrawTarget<Color = Rgb888>>(
        &mut self,
        target: &mut D,
        chip: &Chip,
        outside: Rgb888,
    ) -> Result<(), D::Error> {
        target.fill_solid(&chip.rect, chip.fill)?;
        let (size, r) = (chip.rect.size, chip.radius.min(chip.rect.size.width / 2).min(chip.rect.size.height / 2));
        if r == 0 {
            return Ok(());
        }
        let table = table(&mut self.tables, chip.fill, outside);
        for (right, below) in [(false, false), (true, false), (false, true), (true, true)] {
            let x = if right { size.width - r } else { 0 } as i32;
            let y = if below { size.height - r } else { 0 } as i32;
            let corner = Rectangle::new(chip.rect.top_left + Point::new(x, y), Size::new_equal(r));
            let cover = (0..r * r).map(|n| {
                // Distance of the pixel's middle from the centre of the round.
                let dx = if right { n % r } else { r - 1 - n % r } as f32 + 0.5;
                let dy = if below { n / r } else { r - 1 - n / r } as f32 + 0.5;
                ((r as f32 - dx.hypot(dy) + 0.5).clamp(0.0, 1.0) * 255.0) as usize
            });
            target.fill_contiguous(&corner, cover.map(|c| table[c]))?;
        }
        Ok(())
    }

    fn text<D: DrawTarget<Color = Rgb888>>(&mut self, target: &mut D, text: &Text) -> Result<(), D::Error> {
        let window = text.bounds();
        let pen = (text.at - window.top_left).x as f32;
        let base = (text.at - window.top_left).y;
        let glyphs = text.text.chars().scan(pen, |pen, c| {
            let at = *pen;
            *pen += font::advance(c, text.style);
            Some((c, at))
        });
        self.run(target, window, base, text.style, (text.ink, text.paper), glyphs)
    }

    /// The running text, `offset` pixels in; it repeats without end.
    pub fn ticker(&mut self, canvas: &mut Canvas, ticker: &Ticker, offset: u64) -> Result<(), Infallible> {
        let strip = self.strip.take().filter(|s| s.text == ticker.text && s.style == ticker.style);
        let strip = strip.unwrap_or_else(|| Strip::of(ticker));
        let start = -((offset % u64::from(strip.width)) as f32);
        let (em, height) = (ticker.style.em as f32, ticker.rect.size.height as f32);
        let base = ((height + em * (font::ASCENT - font::DESCENT)) / 2.0) as i32;
        let right = ticker.rect.size.width as f32;
        // Only letters that can be seen; none is wider than twice the em.
        let reach = 2.0 * ticker.style.em as f32;
        let rounds = (0..).map(|n| start + (n * strip.width) as f32).take_while(|x| *x < right);
        let glyphs = rounds.flat_map(|x| strip.pens.iter().map(move |(c, pen)| (*c, x + pen)));
        let seen = glyphs.filter(|(_, x)| -reach < *x && *x < right);
        self.run(canvas, ticker.rect, base, ticker.style, (ticker.ink, ticker.paper), seen)?;
        self.strip = Some(strip);
        canvas.mark(ticker.rect);
        Ok(())
    }

    /// Letters at pen positions, relative to `window`: their masks are joined, then the window is written once.
    fn run<D: DrawTarget<Color = Rgb888>>(
        &mut self,
        target: &mut D,
        window: Rectangle,
        base: i32,
        style: Style,
        (ink, paper): (Rgb888, Rgb888),
        glyphs: impl Iterator<Item = (char, f32)>,
    ) -> Result<(), D::Error> {
        let (width, height) = (window.size.width as i32, window.size.height as i32);
        self.run.clear();
        self.run.resize(width as usize * height as usize, 0);
        for (c, pen) in glyphs {
            let mask = self.glyphs.get(c, style);
            let (left, top) = (pen.round() as i32 + mask.left, base + mask.top);
            // The part of the mask inside the window.
            let (from, to) = ((-left).clamp(0, mask.width as i32), (width - left).clamp(0, mask.width as i32));
            if from >= to {
                continue;
            }
            for row in 0..mask.height as i32 {
                let y = top + row;
                if !(0..height).contains(&y) {
                    continue;
                }
                let source =
                    &mask.cover[(row * mask.width as i32 + from) as usize..(row * mask.width as i32 + to) as usize];
                let at = (y * width + left + from) as usize;
                for (ink, cover) in self.run[at..at + source.len()].iter_mut().zip(source) {
                    // Neighbours may touch: the darker one wins, nothing is erased.
                    *ink = (*ink).max(*cover);
                }
            }
        }
        let table = table(&mut self.tables, ink, paper);
        target.fill_contiguous(&window, self.run.iter().map(|c| table[usize::from(*c)]))
    }
}

fn place(area: &Area) -> (crate::scene::Name, Rectangle) {
    (area.name, area.ground.rect)
}

/// The 256 colours between paper and ink.
fn table(tables: &mut HashMap<(Rgb888, Rgb888), Box<[Rgb888; 256]>>, ink: Rgb888, paper: Rgb888) -> &[Rgb888; 256] {
    tables.entry((ink, paper)).or_insert_with(|| {
        let mix = |ink: u8, paper: u8, c: usize| {
            let (ink, paper) = (u32::from(ink), u32::from(paper));
            ((ink * c as u32 + paper * (255 - c as u32) + 127) / 255) as u8
        };
        Box::new(std::array::from_fn(|c| {
            Rgb888::new(mix(ink.r(), paper.r(), c), mix(ink.g(), paper.g(), c), mix(ink.b(), paper.b(), c))
        }))
    })
}
