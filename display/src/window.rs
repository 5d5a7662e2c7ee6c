//! The panel as a window or a full screen, on X11 or Wayland.

use crate::health::{Health, Part};
use crate::screen::{STEP, Screen};
use crate::watch::News;
use crate::words;
use anyhow::Context;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use queue::clock::now;
use softbuffer::Surface;
use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::rc::Rc;
use std::time::Instant;
use winit::application::ApplicationHandler;
use winit::dpi::PhysicalSize;
use winit::event::WindowEvent;
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop, EventLoopProxy, OwnedDisplayHandle};
use winit::monitor::MonitorHandle;
use winit::window::{Fullscreen, Window, WindowId};

/// The connection to the window system. Made before anything else, because without one there is no board.
pub(crate) struct Windows(EventLoop<News>);

impl Windows {
    pub(crate) fn new() -> anyhow::Result<Windows> {
        let windows = EventLoop::with_user_event().build().context(
            "no screen to open a window on: start the display inside a desktop or a compositor, or use --png FILE",
        )?;
        Ok(Windows(windows))
    }

    /// Where the watcher leaves its news.
    pub(crate) fn proxy(&self) -> EventLoopProxy<News> {
        self.0.create_proxy()
    }

    /// Shows the board until the window is closed; on a full screen, or all over the output of that name. While there is
    /// none of that name the board has no window and goes on without: it must not cover another program's screen.
    /// `shown` hears how far the calls were shown, and whether there was a window; `health`, when there is none.
    pub(crate) fn show(
        self,
        screen: Screen,
        full: bool,
        output: Option<String>,
        health: &Health,
        shown: impl FnMut(&mut Screen, bool),
    ) -> anyhow::Result<()> {
        let context = softbuffer::Context::new(self.0.owned_display_handle()).map_err(advice)?;
        let mut panel = Panel {
            screen,
            full: full || output.is_some(),
            output,
            health,
            absent: false,
            shown,
            context,
            surface: None,
            due: Instant::now(),
            step: Instant::now(),
            flushed: VecDeque::new(),
            fault: None,
        };
        self.0.run_app(&mut panel)?;
        panel.fault.map_or(Ok(()), Err)
    }
}

/// The monitor of this name, as X11 or the compositor calls it.
fn monitor(events: &ActiveEventLoop, name: &str) -> anyhow::Result<MonitorHandle> {
    let known: Vec<MonitorHandle> = events.available_monitors().collect();
    known.iter().find(|m| m.name().as_deref() == Some(name)).cloned().with_context(|| {
        let names = known.iter().filter_map(MonitorHandle::name).collect::<Vec<_>>().join(", ");
        format!("there is no output {name}; there are: {names}")
    })
}

fn advice(error: softbuffer::SoftBufferError) -> anyhow::Error {
    anyhow::anyhow!("the window system takes no picture: {error}")
}

struct Panel<'h, F> {
    screen: Screen,
    full: bool,
    output: Option<String>,
    health: &'h Health,
    /// The named output was looked for and is not there.
    absent: bool,
    shown: F,
    context: softbuffer::Context<OwnedDisplayHandle>,
    surface: Option<Surface<OwnedDisplayHandle, Rc<Window>>>,
    /// When something other than the running text is due.
    due: Instant,
    /// When the running text is due.
    step: Instant,
    /// What the last flushes changed, newest first: an older buffer of the window system lacks all of it.
    flushed: VecDeque<Vec<Rectangle>>,
    fault: Option<anyhow::Error>,
}

impl<F: FnMut(&mut Screen, bool)> Panel<'_, F> {
    /// Opens the window, if the named output is there.
    fn open(&mut self, events: &ActiveEventLoop) -> anyhow::Result<()> {
        let size = self.screen.canvas().size();
        let named = match self.output.as_deref().map(|name| monitor(events, name)).transpose() {
            Ok(named) => named,
            Err(absent) => {
                if !self.absent {
                    tracing::warn!("{absent:#}; the board waits for it");
                    self.health.say(Part::Panel, Some(words::dark()));
                }
                self.absent = true;
                return Ok(());
            }
        };
        self.absent = false;
        self.health.say(Part::Panel, None);
        let monitor = named.clone().or(events.primary_monitor()).or(events.available_monitors().next());
        let mut asked = PhysicalSize::new(size.width, size.height);
        let mut attributes = Window::default_attributes().with_title("Papan panggilan");
        if let Some(monitor) = monitor.filter(|_| self.full) {
            // Without a window manager nobody makes a window fill the screen: it is opened there and as large.
            asked = monitor.size();
            if named.is_some() {
                attributes = attributes.with_position(monitor.position());
            }
        }
        let attributes =
            attributes.with_inner_size(asked).with_fullscreen(self.full.then_some(Fullscreen::Borderless(named)));
        let window = Rc::new(events.create_window(attributes).context("opening the window of the board")?);
        window.set_cursor_visible(!self.full);
        // Without a window manager nobody ever says the size: it is asked for.
        let size = window.inner_size();
        self.surface = Some(Surface::new(&self.context, window).map_err(advice)?);
        self.resize(size)
    }

    fn resize(&mut self, size: PhysicalSize<u32>) -> anyhow::Result<()> {
        let (Some(width), Some(height)) = (NonZeroU32::new(size.width), NonZeroU32::new(size.height)) else {
            return Ok(());
        };
        if let Some(surface) = &mut self.surface {
            surface.resize(width, height).map_err(advice)?;
            self.flushed.clear();
            self.screen.resize(Size::new(size.width, size.height));
            surface.window().request_redraw();
        }
        Ok(())
    }

    fn draw(&mut self) -> anyhow::Result<()> {
        let at = now();
        let is_due = Instant::now() >= self.due;
        if is_due {
            let Ok(()) = self.screen.refresh(&at);
            self.due = Instant::now() + self.screen.next_change(&at);
        }
        let Ok(()) = self.screen.run(&at);
        // In even steps, whatever the drawing takes; what was missed is not made up for.
        let began = Instant::now();
        if began >= self.step {
            self.step = (self.step + STEP).max(began + STEP / 2);
        }
        self.flush()?;
        if is_due {
            (self.shown)(&mut self.screen, self.surface.is_some());
        }
        Ok(())
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        let Some(surface) = &mut self.surface else { return Ok(()) };
        let canvas = self.screen.canvas();
        self.flushed.push_front(canvas.take_damage());
        self.flushed.truncate(3);
        let mut buffer = surface.buffer_mut().map_err(advice)?;
        let width = buffer.width().get() as usize;
        let all = Rectangle::new(Point::zero(), canvas.size());
        // A buffer of age n was shown n flushes ago; 0 is one with unknown content.
        let stale: Vec<Rectangle> = match usize::from(buffer.age()) {
            age @ 1..=3 if age <= self.flushed.len() && buffer.len() == canvas.pixels().len() => {
                self.flushed.iter().take(age).flatten().copied().collect()
            }
            _ => vec![all],
        };
        for rect in &stale {
            for row in 0..rect.size.height {
                let from = (rect.top_left.y as usize + row as usize) * width + rect.top_left.x as usize;
                let Some(place) = buffer.get_mut(from..from + rect.size.width as usize) else { continue };
                place.copy_from_slice(canvas.row(rect, row));
            }
        }
        let damage: Vec<softbuffer::Rect> = stale
            .iter()
            .filter_map(|r| {
                Some(softbuffer::Rect {
                    x: r.top_left.x as u32,
                    y: r.top_left.y as u32,
                    width: NonZeroU32::new(r.size.width)?,
                    height: NonZeroU32::new(r.size.height)?,
                })
            })
            .collect();
        buffer.present_with_damage(&damage).map_err(advice)
    }

    /// Draws when the window system is ready for it; without a window at once, for the voice and the line of calls.
    fn wake(&mut self, events: &ActiveEventLoop) {
        match &self.surface {
            Some(surface) => surface.window().request_redraw(),
            None => {
                let result = self.draw();
                self.end_on_fault(events, result);
            }
        }
    }

    /// A panel that cannot show anything ends, so that the supervisor starts it again.
    fn end_on_fault(&mut self, events: &ActiveEventLoop, result: anyhow::Result<()>) {
        if let Err(fault) = result {
            self.fault = Some(fault);
            events.exit();
        }
    }
}

impl<F: FnMut(&mut Screen, bool)> ApplicationHandler<News> for Panel<'_, F> {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        if self.surface.is_none() {
            let result = self.open(events);
            self.end_on_fault(events, result);
        }
    }

    fn user_event(&mut self, events: &ActiveEventLoop, news: News) {
        // A TV that was off may have lost its window to another output: it is sent back, now and then.
        if let (News::Beat, Some(name), Some(surface)) = (&news, &self.output, &self.surface)
            && let Ok(monitor) = monitor(events, name)
            && surface.window().current_monitor().is_some_and(|at| at != monitor)
        {
            surface.window().set_fullscreen(Some(Fullscreen::Borderless(Some(monitor))));
        }
        if matches!(news, News::Beat) && self.absent {
            let result = self.open(events);
            self.end_on_fault(events, result);
        }
        self.screen.hear(news, &now());
        self.due = Instant::now();
        self.wake(events);
    }

    fn window_event(&mut self, events: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        let result = match event {
            WindowEvent::CloseRequested => {
                events.exit();
                Ok(())
            }
            WindowEvent::Resized(size) => {
                self.due = Instant::now();
                self.resize(size)
            }
            WindowEvent::RedrawRequested => self.draw(),
            _ => Ok(()),
        };
        self.end_on_fault(events, result);
    }

    fn new_events(&mut self, events: &ActiveEventLoop, cause: winit::event::StartCause) {
        if let winit::event::StartCause::ResumeTimeReached { .. } = cause {
            self.wake(events);
        }
    }

    fn about_to_wait(&mut self, events: &ActiveEventLoop) {
        let step = (self.surface.is_some() && self.screen.runs()).then_some(self.step);
        events.set_control_flow(ControlFlow::WaitUntil(step.map_or(self.due, |step| step.min(self.due))));
    }
}
