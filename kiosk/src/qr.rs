//! An address as a QR code, for a citizen's own telephone.

use qrcodegen::{QrCode, QrCodeEcc};
use slint::{Image, Rgb8Pixel, SharedPixelBuffer};

/// Pixels per module, and the quiet modules around them that readers ask for.
const SCALE: usize = 6;
const QUIET: usize = 4;

/// Dark on white with its quiet zone; nothing when the text is too long for any QR code.
pub(crate) fn image(text: &str) -> Image {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else { return Image::default() };
    let modules = usize::try_from(code.size()).unwrap_or_default() + 2 * QUIET;
    let side = modules * SCALE;
    let dark = |pixel: usize| {
        let at = |pixel: usize| i32::try_from(pixel / SCALE).unwrap_or_default() - QUIET as i32;
        code.get_module(at(pixel % side), at(pixel / side))
    };
    let pixels: Vec<u8> = (0..side * side).flat_map(|pixel| if dark(pixel) { [0; 3] } else { [255; 3] }).collect();
    Image::from_rgb8(SharedPixelBuffer::<Rgb8Pixel>::clone_from_slice(&pixels, side as u32, side as u32))
}
