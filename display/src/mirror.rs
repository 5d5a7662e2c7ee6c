//! What the board shows now, as a small picture for the staff: `display.png` in the data folder, whatever the panel is.

use crate::canvas::Canvas;
use crate::picture;
use crate::screen::Screen;
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::*;
use queue::store::BOARD_PICTURE;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// At most this often, so that a flashing call costs little. The beat every ten seconds brings what was held back.
const PAUSE: Duration = Duration::from_secs(5);
/// The longer side in pixels: numbers can be read, and the file stays near 100 KB.
const SIDE: u32 = 640;

/// The picture for the staff.
pub(crate) struct Mirror {
    file: PathBuf,
    written: Option<Instant>,
    held_back: bool,
    wrong: bool,
}

impl Mirror {
    pub(crate) fn in_folder(dir: &Path) -> Mirror {
        Mirror { file: dir.join(BOARD_PICTURE), written: None, held_back: false, wrong: false }
    }

    /// To be called after the panel has its picture: a call does not wait for this one.
    pub(crate) fn show(&mut self, screen: &mut Screen) {
        self.held_back |= screen.take_fresh();
        if !self.held_back || self.written.is_some_and(|at| at.elapsed() < PAUSE) {
            return;
        }
        let result = picture::write(&self.file, &reduce(screen.canvas()));
        if let Err(error) = &result
            && !self.wrong
        {
            tracing::warn!("staff see no picture of the board: {error:#}");
        }
        (self.written, self.held_back, self.wrong) = (Some(Instant::now()), false, result.is_err());
    }
}

/// A picture of at most [`SIDE`] pixels; each is the mean of four points of the part that it stands for.
fn reduce(canvas: &Canvas) -> Canvas {
    let size = canvas.size();
    let long = size.width.max(size.height);
    if long <= SIDE {
        return canvas.clone();
    }
    let small = Size::new((size.width * SIDE / long).max(1), (size.height * SIDE / long).max(1));
    let mut reduced = Canvas::new(small);
    let all = reduced.bounding_box();
    // Quarter points of each part: 1/4 and 3/4 in both directions.
    let point = |n: u32, quarter: u32, from: u32, to: u32| ((4 * n + quarter) * from / (4 * to)) as usize;
    let colors = (0..small.height).flat_map(|y| (0..small.width).map(move |x| (x, y))).map(|(x, y)| {
        let mut sum = [0; 3];
        for (qx, qy) in [(1, 1), (3, 1), (1, 3), (3, 3)] {
            let (x, y) = (point(x, qx, size.width, small.width), point(y, qy, size.height, small.height));
            let pixel = canvas.pixels()[y * size.width as usize + x];
            sum = [sum[0] + (pixel >> 16), sum[1] + (pixel >> 8 & 255), sum[2] + (pixel & 255)];
        }
        let [r, g, b] = sum.map(|s| (s / 4) as u8);
        Rgb888::new(r, g, b)
    });
    let Ok(()) = reduced.fill_contiguous(&all, colors);
    reduced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_small_picture_keeps_the_shape_and_the_colours() {
        for (size, small) in [
            (Size::new(1920, 1080), Size::new(640, 360)),
            (Size::new(1080, 1920), Size::new(360, 640)),
            (Size::new(3840, 2160), Size::new(640, 360)),
            (Size::new(480, 320), Size::new(480, 320)),
        ] {
            let mut canvas = Canvas::new(size);
            let half = embedded_graphics::primitives::Rectangle::new(Point::zero(), size / 2);
            let Ok(()) = canvas.fill_solid(&half, Rgb888::WHITE);
            let reduced = reduce(&canvas);
            assert_eq!(reduced.size(), small);
            let at = |x: u32, y: u32| reduced.pixels()[(y * small.width + x) as usize];
            assert_eq!((at(0, 0), at(small.width - 1, small.height - 1)), (0xff_ff_ff, 0));
            assert_eq!((at(small.width / 2 - 1, 0), at(small.width / 2, 0)), (0xff_ff_ff, 0));
        }
    }
}
