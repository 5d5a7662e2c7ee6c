//! A panel that hangs turned: pixels of the picture to bytes of a frame buffer, one rectangle at a time.

use crate::canvas::Canvas;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;

/// How far the picture is turned clockwise before it reaches the panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rotation {
    /// As it is.
    #[default]
    None,
    /// A quarter: the panel's left edge is the picture's foot.
    Quarter,
    /// Head down.
    Half,
    /// Three quarters: the panel's left edge is the picture's head.
    ThreeQuarters,
}

impl Rotation {
    /// From degrees.
    ///
    /// # Errors
    /// When it is none of 0, 90, 180 and 270.
    pub fn of_degrees(text: &str) -> Result<Rotation, String> {
        match text {
            "0" => Ok(Rotation::None),
            "90" => Ok(Rotation::Quarter),
            "180" => Ok(Rotation::Half),
            "270" => Ok(Rotation::ThreeQuarters),
            _ => Err("use 0, 90, 180 or 270".into()),
        }
    }

    /// The size of the picture for a panel of `panel` pixels, and the other way round.
    pub fn size(self, panel: Size) -> Size {
        match self {
            Rotation::None | Rotation::Half => panel,
            Rotation::Quarter | Rotation::ThreeQuarters => Size::new(panel.height, panel.width),
        }
    }

    /// Where a rectangle of a picture of `picture` pixels lies on the panel.
    pub fn place(self, rect: &Rectangle, picture: Size) -> Rectangle {
        let (at, size) = (rect.top_left, rect.size);
        let right = picture.width as i32 - at.x - size.width as i32;
        let below = picture.height as i32 - at.y - size.height as i32;
        let at = match self {
            Rotation::None => at,
            Rotation::Quarter => Point::new(below, at.x),
            Rotation::Half => Point::new(right, below),
            Rotation::ThreeQuarters => Point::new(at.y, right),
        };
        Rectangle::new(at, self.size(size))
    }

    /// Copies `rect` of the picture into `frame`, rows of `pitch` bytes, four a pixel, blue first. What lies outside the
    /// frame is left out. A frame buffer is written in order and never read: that is slow on most hardware.
    pub fn copy(self, canvas: &Canvas, rect: &Rectangle, frame: &mut [u8], pitch: usize) {
        let picture = canvas.size();
        let place = self.place(rect, picture);
        let (pixels, stride) = (canvas.pixels(), picture.width as i32);
        // One step along a row of the panel, as a step in the picture.
        let step = match self {
            Rotation::None => 1,
            Rotation::Quarter => -stride,
            Rotation::Half => -1,
            Rotation::ThreeQuarters => stride,
        };
        for row in 0..place.size.height as i32 {
            let (x, y) = (rect.top_left.x, rect.top_left.y);
            let (right, bottom) = (x + rect.size.width as i32 - 1, y + rect.size.height as i32 - 1);
            let first = match self {
                Rotation::None => Point::new(x, y + row),
                Rotation::Quarter => Point::new(x + row, bottom),
                Rotation::Half => Point::new(right, bottom - row),
                Rotation::ThreeQuarters => Point::new(right - row, y),
            };
            let from = (place.top_left.y + row) as usize * pitch + place.top_left.x as usize * 4;
            let Some(line) = frame.get_mut(from..from + place.size.width as usize * 4) else { continue };
            let mut at = first.y * stride + first.x;
            for bytes in line.chunks_exact_mut(4) {
                bytes.copy_from_slice(&pixels[at as usize].to_le_bytes());
                at += step;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use embedded_graphics::pixelcolor::Rgb888;

    const PICTURE: Size = Size::new(5, 3);

    /// Every pixel tells where it is.
    fn picture() -> Canvas {
        let mut canvas = Canvas::new(PICTURE);
        let all = canvas.bounding_box();
        let Ok(()) = canvas.fill_contiguous(&all, all.points().map(|p| Rgb888::new(p.x as u8 + 1, p.y as u8 + 1, 0)));
        canvas
    }

    fn turned(rotation: Rotation, rects: &[Rectangle]) -> Vec<(u8, u8)> {
        let panel = rotation.size(PICTURE);
        let pitch = panel.width as usize * 4 + 8;
        let mut frame = vec![0; pitch * panel.height as usize];
        for rect in rects {
            rotation.copy(&picture(), rect, &mut frame, pitch);
        }
        let rows = frame.chunks(pitch).flat_map(|row| row[..panel.width as usize * 4].chunks(4));
        rows.map(|p| (p[2], p[1])).collect()
    }

    #[test]
    fn a_turned_picture_is_the_picture_turned_clockwise() {
        let all = [picture().bounding_box()];
        // The panel's first row, as (column, row) of the picture counted from 1.
        for (rotation, row) in [
            (Rotation::None, vec![(1, 1), (2, 1), (3, 1), (4, 1), (5, 1)]),
            (Rotation::Quarter, vec![(1, 3), (1, 2), (1, 1)]),
            (Rotation::Half, vec![(5, 3), (4, 3), (3, 3), (2, 3), (1, 3)]),
            (Rotation::ThreeQuarters, vec![(5, 1), (5, 2), (5, 3)]),
        ] {
            assert_eq!(turned(rotation, &all)[..row.len()], row[..], "{rotation:?}");
        }
    }

    #[test]
    fn the_parts_of_a_picture_land_where_the_whole_does() {
        let part = |x, y, w, h| Rectangle::new(Point::new(x, y), Size::new(w, h));
        let parts = [part(0, 0, 2, 3), part(2, 0, 3, 1), part(2, 1, 1, 2), part(3, 1, 2, 2)];
        for rotation in [Rotation::None, Rotation::Quarter, Rotation::Half, Rotation::ThreeQuarters] {
            assert_eq!(turned(rotation, &parts), turned(rotation, &[picture().bounding_box()]), "{rotation:?}");
        }
    }
}
