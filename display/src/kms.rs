//! The panel without a window system: a TV driven directly through the kernel's mode setting (KMS).
//!
//! Only one program can own a graphics card, so this is for a box whose card shows nothing but the board. The picture is
//! kept in two frame buffers: one is on the panel while the other takes what changed, and they change places between two
//! of the panel's own frames, so that running text does not tear. A TV may be switched off and on at any time.

use crate::canvas::add;
use crate::health::{Health, Part};
use crate::rotation::Rotation;
use crate::screen::{STEP, Screen};
use crate::watch::News;
use crate::words;
use anyhow::{Context, bail};
use drm::buffer::{Buffer, DrmFourcc};
use drm::control::{ClipRect, Device, Mode, PageFlipFlags, connector, crtc, dumbbuffer::DumbBuffer, framebuffer};
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use queue::clock::now;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// How often an absent TV is looked for, and a present one asked whether it is still there.
const LOOK: Duration = Duration::from_secs(1);
/// Longer than any panel needs to take a frame; one that was unplugged never does.
const FLIP: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
/// A card that has been busy for so long has lost an exchange; it then shows one frame.
const HANGS: Duration = Duration::from_secs(1);

/// An opened graphics card.
struct Card {
    file: File,
    path: PathBuf,
}

impl AsFd for Card {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl drm::Device for Card {}
impl Device for Card {}

/// Shows the board on the TV at `output`, or on the first that is connected, until the watcher is gone. `shown` hears how
/// far the calls were shown, and whether there was a TV to show them; `health`, when there is none.
///
/// # Errors
/// When there is no such card or output, when another program owns the card, and when it takes no picture.
pub(crate) fn show(
    card: Option<&Path>,
    output: Option<&str>,
    rotation: Rotation,
    screen: &mut Screen,
    health: &Health,
    listen: impl FnOnce() -> anyhow::Result<Receiver<News>>,
    mut shown: impl FnMut(&mut Screen, bool),
) -> anyhow::Result<()> {
    let cards = Card::open(card)?;
    find(&cards, output)?;
    let news = listen()?;
    let mut tv: Option<Tv> = None;
    let mut absent = false;
    let (mut looked, mut due) = (None::<Instant>, Instant::now());
    loop {
        let began = Instant::now();
        if looked.is_none_or(|at| at.elapsed() >= LOOK) {
            looked = Some(Instant::now());
            if let Some(gone) = tv.take_if(|tv| !tv.card.is_present(tv.connector)) {
                tracing::warn!("the TV is gone; the board goes on and waits for it");
                gone.put_out();
            }
            if tv.is_none() {
                tv = find(&cards, output)?.map(|(card, info)| Tv::light(card, &info)).transpose()?;
                if let Some(tv) = &tv {
                    screen.resize(rotation.size(tv.size()));
                    let all = screen.canvas().bounding_box();
                    screen.canvas().mark(all);
                    due = Instant::now();
                    health.say(Part::Panel, None);
                } else if !absent {
                    tracing::warn!(
                        "no TV is connected, the board waits for one; an output that cannot tell whether there is one \
                         is used when --output names it"
                    );
                    health.say(Part::Panel, Some(words::dark()));
                }
                absent = tv.is_none();
            }
        }
        let at = now();
        let is_due = Instant::now() >= due;
        if is_due {
            let Ok(()) = screen.refresh(&at);
            due = Instant::now() + screen.next_change(&at);
        }
        let mut wait = LOOK;
        if let Some(tv) = &mut tv {
            let Ok(()) = screen.run(&at);
            tv.flush(rotation, screen)?;
            if screen.runs() || tv.behind.is_some() {
                wait = STEP.saturating_sub(began.elapsed());
            }
        }
        if is_due {
            shown(screen, tv.is_some());
        }
        wait = wait.min(due.saturating_duration_since(Instant::now()));
        match news.recv_timeout(wait) {
            Ok(news) => {
                screen.hear(news, &now());
                due = Instant::now();
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

/// The output to use: of this name, or the first with a TV; `None` while there is none.
fn find<'c>(cards: &'c [Card], name: Option<&str>) -> anyhow::Result<Option<(&'c Card, connector::Info)>> {
    let mut known = Vec::new();
    for card in cards {
        for output in card.outputs()? {
            known.push(output.to_string());
            let matches = name.is_none_or(|name| output.to_string() == name);
            if matches && !output.modes().is_empty() && is_lit(output.state(), name.is_some()) {
                return Ok(Some((card, output)));
            }
        }
    }
    match name {
        Some(name) if known.iter().all(|k| k != name) => {
            bail!("there is no output {name}; there are {}", known.join(", "))
        }
        _ => Ok(None),
    }
}

/// Whether an output in this state has a TV. One that cannot tell, as the yellow plug of a small computer, is believed to
/// have one only where a person `named` it.
fn is_lit(state: connector::State, named: bool) -> bool {
    match state {
        connector::State::Connected => true,
        connector::State::Unknown => named,
        connector::State::Disconnected => false,
    }
}

impl Card {
    /// Opens the card, or every card with outputs that no other program owns, and makes this process its owner.
    fn open(path: Option<&Path>) -> anyhow::Result<Vec<Card>> {
        let candidates: Vec<PathBuf> = match path {
            Some(path) => vec![path.into()],
            None => (0..8).map(|n| PathBuf::from(format!("/dev/dri/card{n}"))).filter(|p| p.exists()).collect(),
        };
        let (mut cards, mut fault) = (Vec::new(), None);
        for path in candidates {
            match Card::own(path) {
                Ok(card) => cards.extend(card),
                Err(error) => fault = fault.or(Some(error)),
            }
        }
        match fault {
            Some(fault) if cards.is_empty() => Err(fault),
            _ if cards.is_empty() => {
                bail!("there is no graphics card with an output: no /dev/dri/card*; use a window, or --png FILE")
            }
            _ => Ok(cards),
        }
    }

    /// Makes this process the owner of the card; `None` is one without outputs, which only computes.
    fn own(path: PathBuf) -> anyhow::Result<Option<Card>> {
        let file = OpenOptions::new().read(true).write(true).open(&path).with_context(|| {
            format!("opening {}: does it exist, and is the board's user in the group video?", path.display())
        })?;
        let card = Card { file, path };
        if !card.resource_handles().is_ok_and(|r| !r.connectors().is_empty()) {
            return Ok(None);
        }
        drm::Device::acquire_master_lock(&card).with_context(|| {
            format!(
                "{} belongs to another program, a compositor or another board; only one can own it. \
                 Stop that one, or show the board inside the compositor with --fullscreen",
                card.path.display()
            )
        })?;
        Ok(Some(card))
    }

    /// All outputs of the card; asks the TVs themselves, which can take a moment.
    fn outputs(&self) -> anyhow::Result<Vec<connector::Info>> {
        let resources = self.resource_handles().with_context(|| format!("asking {}", self.path.display()))?;
        Ok(resources.connectors().iter().filter_map(|c| self.get_connector(*c, true).ok()).collect())
    }

    /// Whether the kernel knows of no unplugging. It is not asked to look: that can make a picture flicker.
    fn is_present(&self, connector: connector::Handle) -> bool {
        self.get_connector(connector, false).is_ok_and(|info| info.state() != connector::State::Disconnected)
    }
}

/// One of the two frames.
struct Frame {
    buffer: DumbBuffer,
    id: framebuffer::Handle,
    /// What it lacks of the newest picture.
    stale: Vec<Rectangle>,
}

/// Why a card did not exchange its frames.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    /// The last exchange is not done: the next step may ask again.
    Busy,
    /// Another program has become the card's owner.
    Taken,
    /// It never does.
    Never,
}

impl Refusal {
    fn of(error: &std::io::Error) -> Refusal {
        match error.kind() {
            ErrorKind::ResourceBusy => Refusal::Busy,
            ErrorKind::PermissionDenied => Refusal::Taken,
            _ => Refusal::Never,
        }
    }
}

/// A TV that is lit.
struct Tv<'c> {
    card: &'c Card,
    connector: connector::Handle,
    crtc: crtc::Handle,
    mode: Mode,
    frames: [Frame; 2],
    /// Which frame is on the panel.
    front: usize,
    /// Whether frames change places; a card that cannot do it shows one frame for ever.
    flips: bool,
    /// A change of places was asked for and has not been told as done.
    flipping: bool,
    /// Since when the card has been too busy to show the newest picture.
    behind: Option<Instant>,
}

impl<'c> Tv<'c> {
    /// Gives the connected output its best mode and two frames.
    fn light(card: &'c Card, output: &connector::Info) -> anyhow::Result<Tv<'c>> {
        let mode = *output.modes().first().context("an output without a mode")?;
        let resources = card.resource_handles().with_context(|| format!("asking {}", card.path.display()))?;
        let crtc = output
            .encoders()
            .iter()
            .filter_map(|e| card.get_encoder(*e).ok())
            .flat_map(|encoder| resources.filter_crtcs(encoder.possible_crtcs()))
            .next()
            .with_context(|| format!("{output} cannot be driven by this card"))?;
        let (width, height) = mode.size();
        let frame = || -> std::io::Result<Frame> {
            let buffer = card.create_dumb_buffer((width.into(), height.into()), DrmFourcc::Xrgb8888, 32)?;
            Ok(Frame { id: card.add_framebuffer(&buffer, 24, 32)?, buffer, stale: Vec::new() })
        };
        let frames = [(); 2].map(|()| frame());
        let [Ok(first), Ok(second)] = frames else {
            bail!("{} gives no memory for a picture of {width}x{height}", card.path.display());
        };
        card.set_crtc(crtc, Some(first.id), (0, 0), &[output.handle()], Some(mode)).with_context(|| {
            format!("lighting {output} with {width}x{height}; another program may own {}", card.path.display())
        })?;
        tracing::info!("the board is on {output}, {width}x{height} at {} Hz", mode.vrefresh());
        let tv = Tv {
            card,
            connector: output.handle(),
            crtc,
            mode,
            frames: [first, second],
            front: 0,
            flips: true,
            flipping: false,
            behind: None,
        };
        Ok(tv)
    }

    fn size(&self) -> Size {
        let (width, height) = self.mode.size();
        Size::new(width.into(), height.into())
    }

    /// Brings what changed to the panel.
    fn flush(&mut self, rotation: Rotation, screen: &mut Screen) -> anyhow::Result<()> {
        let (card, canvas) = (self.card, screen.canvas());
        let damage = canvas.take_damage();
        if damage.is_empty() && self.behind.is_none() {
            return Ok(());
        }
        self.await_flip();
        let target = if self.flips { 1 - self.front } else { self.front };
        for (n, frame) in self.frames.iter_mut().enumerate() {
            // Without an exchange the other frame is never seen again.
            if self.flips || n == target {
                damage.iter().for_each(|rect| add(&mut frame.stale, *rect, canvas.bounding_box()));
            }
        }
        let frame = &mut self.frames[target];
        let stale = std::mem::take(&mut frame.stale);
        let pitch = frame.buffer.pitch() as usize;
        {
            let mut bytes = card.map_dumb_buffer(&mut frame.buffer).context("reaching the picture memory")?;
            for rect in &stale {
                rotation.copy(canvas, rect, bytes.as_mut(), pitch);
            }
        }
        if self.flips {
            match card.page_flip(self.crtc, frame.id, PageFlipFlags::EVENT, None) {
                Ok(()) => {
                    (self.front, self.flipping, self.behind) = (target, true, None);
                    return Ok(());
                }
                Err(error) => match Refusal::of(&error) {
                    Refusal::Busy if self.behind.get_or_insert_with(Instant::now).elapsed() < HANGS => return Ok(()),
                    Refusal::Taken => bail!("another program took {}; only one can own it", card.path.display()),
                    Refusal::Busy | Refusal::Never => {
                        tracing::info!("this card does not exchange frames ({error}); the board draws into one");
                        (self.flips, self.front, self.behind) = (false, target, None);
                        let output = [self.connector];
                        card.set_crtc(self.crtc, Some(frame.id), (0, 0), &output, Some(self.mode))
                            .context("showing the picture")?;
                    }
                },
            }
        }
        // Cards that send the picture somewhere want to know what changed; others refuse, and need not know.
        let clip = |rect: &Rectangle| {
            let place = rotation.place(rect, canvas.size());
            let (x, y) = (place.top_left.x as u16, place.top_left.y as u16);
            ClipRect::new(x, y, x + place.size.width as u16, y + place.size.height as u16)
        };
        let _ = card.dirty_framebuffer(frame.id, &stale.iter().map(clip).collect::<Vec<_>>());
        Ok(())
    }

    /// Until the last change of places is done, the frame that was on the panel may still be read.
    fn await_flip(&mut self) {
        while self.flipping {
            match poll(&mut [PollFd::new(self.card, PollFlags::IN)], Some(&FLIP)) {
                Err(rustix::io::Errno::INTR) => continue,
                Ok(1..) => drop(self.card.receive_events()),
                _ => {}
            }
            self.flipping = false;
        }
    }

    /// Gives the memory back; the kernel then turns the output off.
    fn put_out(mut self) {
        self.await_flip();
        for frame in self.frames {
            let _ = self.card.destroy_framebuffer(frame.id);
            let _ = self.card.destroy_dumb_buffer(frame.buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connector::State;

    #[test]
    fn an_output_that_cannot_tell_is_used_only_by_name() {
        assert!(is_lit(State::Connected, false) && is_lit(State::Connected, true));
        assert!(!is_lit(State::Unknown, false), "a yellow plug goes not before the TV");
        assert!(is_lit(State::Unknown, true));
        assert!(!is_lit(State::Disconnected, true));
    }

    #[test]
    fn a_busy_card_is_asked_again_and_a_lost_one_is_named() {
        let refusal = |errno: rustix::io::Errno| Refusal::of(&errno.into());
        assert_eq!(refusal(rustix::io::Errno::BUSY), Refusal::Busy);
        assert_eq!(refusal(rustix::io::Errno::ACCESS), Refusal::Taken);
        assert_eq!(refusal(rustix::io::Errno::INVAL), Refusal::Never);
        assert_eq!(refusal(rustix::io::Errno::NOSYS), Refusal::Never);
    }
}
