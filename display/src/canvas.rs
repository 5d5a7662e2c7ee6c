//! The picture in memory: a frame of 32-bit pixels that remembers what was drawn since it was last flushed.

use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use std::convert::Infallible;

/// A frame buffer, rows of `0x00RRGGBB` from the top, as window systems take it.
///
/// `fill_solid` and `fill_contiguous` write whole rows: on a full board seven times as fast as pixel by pixel.
#[derive(Clone, Debug)]
pub struct Canvas {
    size: Size,
    pixels: Vec<u32>,
    damage: Vec<Rectangle>,
}

/// A colour as a pixel of the frame.
pub(crate) fn pixel(color: Rgb888) -> u32 {
    u32::from(color.r()) << 16 | u32::from(color.g()) << 8 | u32::from(color.b())
}

impl Canvas {
    /// A black frame. A size of 0 in either direction is taken as 1.
    pub fn new(size: Size) -> Canvas {
        let size = size.component_max(Size::new_equal(1));
        Canvas { size, pixels: vec![0; size.width as usize * size.height as usize], damage: Vec::new() }
    }

    /// All pixels, row by row.
    pub fn pixels(&self) -> &[u32] {
        &self.pixels
    }

    /// One row of `rect`, which must lie inside the frame.
    pub fn row(&self, rect: &Rectangle, row: u32) -> &[u32] {
        let from = (rect.top_left.y as usize + row as usize) * self.size.width as usize + rect.top_left.x as usize;
        &self.pixels[from..from + rect.size.width as usize]
    }

    /// Says that `rect` has changed. Whoever draws an area calls it once for the whole area.
    pub fn mark(&mut self, rect: Rectangle) {
        let all = self.bounding_box();
        add(&mut self.damage, rect.intersection(&all), all);
    }

    /// What has changed since it was last taken.
    pub fn damage(&self) -> &[Rectangle] {
        &self.damage
    }

    /// What has changed since the last call.
    pub fn take_damage(&mut self) -> Vec<Rectangle> {
        std::mem::take(&mut self.damage)
    }

    /// The frame as red, green and blue bytes.
    pub fn rgb(&self) -> Vec<u8> {
        self.pixels.iter().flat_map(|p| [(p >> 16) as u8, (p >> 8) as u8, *p as u8]).collect()
    }
}

/// More changed places than this are taken as all of the picture: the kernel refuses more than 256 at once, and a panel that
/// takes nothing for a night must cost no memory.
const MOST: usize = 64;

/// Adds `rect` to the places of a picture that have changed; none of them lies in another. `all` is the whole picture.
pub(crate) fn add(damage: &mut Vec<Rectangle>, rect: Rectangle, all: Rectangle) {
    let inside = |inner: &Rectangle, outer: &Rectangle| inner.intersection(outer) == *inner;
    if rect.is_zero_sized() || damage.iter().any(|known| inside(&rect, known)) {
        return;
    }
    damage.retain(|known| !inside(known, &rect));
    damage.push(rect);
    if damage.len() > MOST {
        *damage = vec![all];
    }
}

impl OriginDimensions for Canvas {
    fn size(&self) -> Size {
        self.size
    }
}

impl DrawTarget for Canvas {
    type Color = Rgb888;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(&mut self, pixels: I) -> Result<(), Infallible> {
        let frame = self.bounding_box();
        for Pixel(at, color) in pixels {
            if frame.contains(at) {
                self.pixels[at.y as usize * self.size.width as usize + at.x as usize] = pixel(color);
            }
        }
        Ok(())
    }

    fn fill_solid(&mut self, area: &Rectangle, color: Rgb888) -> Result<(), Infallible> {
        let area = area.intersection(&self.bounding_box());
        let color = pixel(color);
        for y in area.rows() {
            let from = y as usize * self.size.width as usize + area.top_left.x as usize;
            self.pixels[from..from + area.size.width as usize].fill(color);
        }
        Ok(())
    }

    fn fill_contiguous<I: IntoIterator<Item = Rgb888>>(
        &mut self,
        area: &Rectangle,
        colors: I,
    ) -> Result<(), Infallible> {
        let inside = area.intersection(&self.bounding_box());
        if inside != *area {
            return self.draw_iter(area.points().zip(colors).map(|(at, color)| Pixel(at, color)));
        }
        let mut colors = colors.into_iter();
        for y in area.rows() {
            let from = y as usize * self.size.width as usize + area.top_left.x as usize;
            // `by_ref` keeps the iterator for the next row.
            for (at, color) in self.pixels[from..from + area.size.width as usize].iter_mut().zip(colors.by_ref()) {
                *at = pixel(color);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(canvas: &Canvas, x: u32, y: u32) -> u32 {
        canvas.pixels()[(y * canvas.size.width + x) as usize]
    }

    #[test]
    fn rows_and_pixels_give_the_same_picture_inside_and_across_the_edge() {
        let colors = |n: u32| (0..n).map(|i| Rgb888::new(i as u8, (i * 3) as u8, (i * 7) as u8));
        for (x, y, w, h) in [(1, 1, 4, 3), (-2, -1, 5, 4), (6, 5, 9, 9), (20, 20, 3, 3), (0, 0, 8, 6), (2, 2, 0, 4)] {
            let rect = Rectangle::new(Point::new(x, y), Size::new(w, h));
            let mut rows = Canvas::new(Size::new(8, 6));
            rows.fill_contiguous(&rect, colors(w * h)).unwrap();
            let mut points = Canvas::new(Size::new(8, 6));
            points.draw_iter(rect.points().zip(colors(w * h)).map(|(p, c)| Pixel(p, c))).unwrap();
            assert_eq!(rows.pixels(), points.pixels(), "{rect:?}");
            rows.fill_solid(&rect, Rgb888::WHITE).unwrap();
            points.draw_iter(rect.points().map(|p| Pixel(p, Rgb888::WHITE))).unwrap();
            assert_eq!(rows.pixels(), points.pixels(), "{rect:?}");
        }
    }

    #[test]
    fn a_frame_is_rows_of_red_green_blue() {
        let mut canvas = Canvas::new(Size::new(3, 2));
        canvas.fill_solid(&Rectangle::new(Point::new(1, 1), Size::new(1, 1)), Rgb888::new(1, 2, 3)).unwrap();
        assert_eq!(at(&canvas, 1, 1), 0x01_02_03);
        assert_eq!(canvas.rgb()[12..15], [1, 2, 3]);
    }

    #[test]
    fn damage_is_clipped_to_the_frame_and_taken_once() {
        let mut canvas = Canvas::new(Size::new(10, 10));
        canvas.mark(Rectangle::new(Point::new(-5, 5), Size::new(10, 20)));
        canvas.mark(Rectangle::new(Point::new(50, 50), Size::new(1, 1)));
        assert_eq!(canvas.take_damage(), [Rectangle::new(Point::new(0, 5), Size::new(5, 5))]);
        assert!(canvas.take_damage().is_empty());
    }

    #[test]
    fn damage_that_nobody_takes_stays_small() {
        let mut canvas = Canvas::new(Size::new(300, 300));
        for n in 0..1000 {
            let at = Point::new(n % 100 * 3, n / 100 * 3);
            canvas.mark(Rectangle::new(at, Size::new(2, 2)));
            assert!(canvas.damage().len() <= MOST);
            assert!(canvas.damage().iter().any(|d| d.contains(at)), "nothing is forgotten");
        }
        let all = canvas.bounding_box();
        canvas.mark(all);
        assert_eq!(canvas.take_damage(), [all], "what lies in another is not drawn twice");
    }
}
