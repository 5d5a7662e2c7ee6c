//! The panel without a screen: the board as a PNG file, replaced whenever something else stands on it.

use crate::canvas::Canvas;
use crate::screen::Screen;
use crate::watch::News;
use anyhow::Context;
use embedded_graphics::prelude::*;
use queue::clock::now;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError};

/// Shows the board in `file` until the watcher is gone. `shown` is told whenever what is due was drawn.
pub(crate) fn show(
    file: &Path,
    screen: &mut Screen,
    news: &Receiver<News>,
    mut shown: impl FnMut(&mut Screen),
) -> anyhow::Result<()> {
    let mut wrong = false;
    loop {
        let at = now();
        let Ok(()) = screen.refresh(&at);
        shown(screen);
        if !screen.canvas().take_damage().is_empty() || wrong {
            // A full disk must not take the board down: the next change tries again.
            let result = write(file, screen.canvas());
            match &result {
                Err(error) if !wrong => tracing::error!("cannot keep the picture of the board: {error:#}"),
                Ok(()) if wrong => tracing::info!("the picture of the board is written again"),
                _ => {}
            }
            wrong = result.is_err();
        }
        match news.recv_timeout(screen.next_change(&now())) {
            Ok(news) => screen.hear(news, &now()),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        // A burst of commits is one picture.
        while let Ok(news) = news.try_recv() {
            screen.hear(news, &now());
        }
    }
}

/// Writes the picture beside `file` and moves it there: a reader never sees half of it.
pub fn write(file: &Path, canvas: &Canvas) -> anyhow::Result<()> {
    let beside = file.with_extension("png.new");
    let context = || format!("writing {}", beside.display());
    let mut out = BufWriter::new(File::create(&beside).with_context(context)?);
    let size = canvas.size();
    let mut encoder = png::Encoder::new(&mut out, size.width, size.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().with_context(context)?;
    writer.write_image_data(&canvas.rgb()).with_context(context)?;
    writer.finish().with_context(context)?;
    out.flush().with_context(context)?;
    std::fs::rename(&beside, file).with_context(|| format!("replacing {}", file.display()))
}
