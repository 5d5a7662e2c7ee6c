//! Pixels as a PNG file.

use anyhow::Context;
use slint::Rgb8Pixel;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes the picture beside `path` and renames it, so that a reader never sees half a picture.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn save(path: &Path, pixels: &[Rgb8Pixel], width: u32, height: u32) -> anyhow::Result<()> {
    let mut half = path.as_os_str().to_owned();
    half.push(".part");
    let write = || -> anyhow::Result<()> {
        let mut file = BufWriter::new(std::fs::File::create(&half)?);
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::Fast);
        let bytes: Vec<u8> = pixels.iter().flat_map(|pixel| [pixel.r, pixel.g, pixel.b]).collect();
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&bytes)?;
        writer.finish()?;
        file.flush()?;
        Ok(std::fs::rename(&half, path)?)
    };
    write().with_context(|| format!("cannot write the picture {}; choose a folder that can be written", path.display()))
}
