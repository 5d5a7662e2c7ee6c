//! Panels of two colours, as the sign of light-emitting diodes above a counter: the same drawing, each pixel on or off.

use embedded_graphics::pixelcolor::{BinaryColor, Rgb888};
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;

/// A target in colour over one of two colours: what is light is on.
#[derive(Debug)]
pub struct OneBit<'a, D>(
    /// The panel, or a frame in its memory.
    pub &'a mut D,
);

/// Light is what is nearer to white than to black: letters keep their weight, and every pair of colours of the board
/// falls on two sides.
fn bit(color: Rgb888) -> BinaryColor {
    // The eye's weights, in thousandths.
    let light = u32::from(color.r()) * 299 + u32::from(color.g()) * 587 + u32::from(color.b()) * 114;
    BinaryColor::from(light >= 127_500)
}

impl<D: DrawTarget<Color = BinaryColor>> Dimensions for OneBit<'_, D> {
    fn bounding_box(&self) -> Rectangle {
        self.0.bounding_box()
    }
}

impl<D: DrawTarget<Color = BinaryColor>> DrawTarget for OneBit<'_, D> {
    type Color = Rgb888;
    type Error = D::Error;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(&mut self, pixels: I) -> Result<(), D::Error> {
        self.0.draw_iter(pixels.into_iter().map(|Pixel(at, color)| Pixel(at, bit(color))))
    }

    fn fill_solid(&mut self, area: &Rectangle, color: Rgb888) -> Result<(), D::Error> {
        self.0.fill_solid(area, bit(color))
    }

    fn fill_contiguous<I: IntoIterator<Item = Rgb888>>(&mut self, area: &Rectangle, colors: I) -> Result<(), D::Error> {
        self.0.fill_contiguous(area, colors.into_iter().map(bit))
    }
}
