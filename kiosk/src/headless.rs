//! The kiosk without a window: the same pages drawn into a picture, touches read as lines, pages told as JSON.

use crate::input::Input;
use crate::line::{self, Line};
use crate::picture;
use crate::ui::Kiosk;
use crate::window::{Front, Voice, fit};
use crate::worker::Worker;
use crate::{Args, line::read};
use anyhow::Context;
use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{Platform, PlatformError, WindowAdapter, update_timers_and_animations};
use slint::{ComponentHandle, PhysicalSize, Rgb8Pixel};
use std::io::{BufRead, Write};
use std::rc::Rc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use voice::Output;

enum Event {
    Line(String),
    Input(Input),
}

struct NoScreen(Rc<MinimalSoftwareWindow>);

impl Platform for NoScreen {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        Ok(self.0.clone())
    }
}

/// Runs until the line `quit`; the end of standard input is no reason to leave.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let (width, height) = args.size.unwrap_or((1080, 1920));
    let window = MinimalSoftwareWindow::new(RepaintBufferType::ReusedBuffer);
    slint::platform::set_platform(Box::new(NoScreen(window.clone()))).context("cannot draw without a window")?;
    let kiosk = Kiosk::new().context("cannot draw without a window")?;
    window.set_size(PhysicalSize::new(width, height));
    fit(&kiosk, args.inches);
    kiosk.show().context("cannot draw without a window")?;

    let (tell, events) = channel();
    let from_store = tell.clone();
    let worker = Worker::start(args.files(), move |input| {
        // The receiver lives as long as the process.
        let _ = from_store.send(Event::Input(input));
    })
    .context("cannot start the thread that reads the store")?;
    std::thread::Builder::new()
        .name("lines".into())
        .spawn(move || lines(&tell))
        .context("cannot start the thread that reads lines")?;
    let mut front = Front::new(kiosk, worker, Voice::start(args, Output::Silent));
    let mut pixels = vec![Rgb8Pixel::default(); width as usize * height as usize];
    let mut told = String::new();
    let mut owes_answer = false;
    let mut second = Instant::now() + Duration::from_secs(1);
    loop {
        update_timers_and_animations();
        let drawn = window.draw_if_needed(|renderer| {
            let start = Instant::now();
            renderer.render(&mut pixels, width as usize);
            tracing::debug!(microseconds = start.elapsed().as_micros() as u64, "frame");
        });
        if let Some(path) = args.png.as_ref().filter(|_| drawn) {
            picture::save(path, &pixels, width, height)?;
        }
        // The picture is in place before the line that speaks of it. A wish under way is told once it is answered.
        let now = line::page(&front.screen);
        if (owes_answer || now != told) && (front.screen.busy.is_none() || front.screen.closed().is_some()) {
            say(&now);
            told = now;
            owes_answer = false;
        }
        if front.screen.leaves {
            return Ok(());
        }
        match events.recv_timeout(second.saturating_duration_since(Instant::now())) {
            Ok(Event::Input(input)) => front.input(input),
            Ok(Event::Line(line)) => match read(&line) {
                Ok(Line::Quit) => return Ok(()),
                Ok(Line::Touches(touches)) => {
                    owes_answer = true;
                    touches.into_iter().for_each(|touch| front.input(Input::Touch(touch)));
                }
                Err(error) => tracing::warn!("not understood: {error}"),
            },
            Err(RecvTimeoutError::Timeout) => {
                second += Duration::from_secs(1);
                front.input(Input::Second);
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

fn lines(tell: &Sender<Event>) {
    let mut stdin = std::io::stdin().lock();
    let mut line = Vec::new();
    while stdin.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
        let text = String::from_utf8_lossy(&line).trim().to_string();
        line.clear();
        if !text.is_empty() && tell.send(Event::Line(text)).is_err() {
            return;
        }
    }
}

fn say(line: &str) {
    let mut stdout = std::io::stdout().lock();
    // Whoever read the pages may have left; the kiosk goes on drawing.
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}
