//! Pictures of pages, small enough to keep.

use crate::ui::Kiosk;
use slint::ComponentHandle;

/// The pixels at half size with 16 levels per colour, as a PNG with a palette: small, and still shows every change.
pub(crate) fn picture(kiosk: &Kiosk) -> Vec<u8> {
    let full = kiosk.window().take_snapshot().expect("the software renderer draws");
    let (width, height) = (full.width() as usize / 2, full.height() as usize / 2);
    let row = full.width() as usize;
    let pixels = full.as_slice();
    let mut palette: Vec<[u8; 3]> = vec![];
    let mut indices = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| pixels[(2 * y + dy) * row + 2 * x + dx]);
            let level = |of: fn(&slint::Rgba8Pixel) -> u8| {
                let sum: u32 = four.iter().map(|pixel| u32::from(of(pixel))).sum();
                ((sum / 4 + 8) / 17 * 17).min(255) as u8
            };
            let colour = [level(|p| p.r), level(|p| p.g), level(|p| p.b)];
            let index = palette.iter().position(|known| *known == colour).unwrap_or_else(|| {
                palette.push(colour);
                palette.len() - 1
            });
            indices.push(u8::try_from(index).expect("a page has at most 256 colours"));
        }
    }
    let mut bytes = vec![];
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(palette.concat());
    encoder.set_compression(png::Compression::High);
    encoder.write_header().and_then(|mut writer| writer.write_image_data(&indices)).expect("into memory");
    bytes
}

/// The colours of a PNG, whatever its palette.
pub(crate) fn decoded(bytes: &[u8]) -> Vec<u8> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("fits")];
    reader.next_frame(&mut pixels).expect("a PNG");
    pixels
}
