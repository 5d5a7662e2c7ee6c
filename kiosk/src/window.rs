//! The kiosk in a window, and what every front of it shares: one screen, its paint, its touches.

use crate::finger::Finger;
use crate::input::{Input, Touch};
use crate::line;
use crate::paint::{kind, paint};
use crate::scan::{SILENCE, Scan};
use crate::screen::Screen;
use crate::spoken::{self, Sentences};
use crate::ui::{Kiosk, Role, Theme, Touch as Touched};
use crate::worker::Worker;
use crate::{Args, usual_inches};
use anyhow::Context;
use queue::devices::BEAT;
use queue::office::ServiceKey;
use queue::store::Process;
use slint::{CloseRequestResponse, ComponentHandle, PhysicalSize, Timer, TimerMode};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};
use voice::{Heard, Loudspeaker, Output, Pack, Rank, Speech, Turns};

/// One screen with its window and its ear at the store.
pub(crate) struct Front {
    pub(crate) screen: Screen,
    pub(crate) kiosk: Kiosk,
    worker: Worker,
    finger: Finger,
    /// Where pages are spoken, if anywhere, and what was said last.
    loudspeaker: Option<Voice>,
    said: Sentences,
    /// When the staff were last told that this screen lives.
    beaten: Option<Instant>,
}

impl Front {
    /// A front that shows what the store says, in Indonesian.
    pub(crate) fn new(kiosk: Kiosk, worker: Worker, loudspeaker: Option<Voice>) -> Front {
        let (screen, finger) = (Screen::new(), Finger::new(Instant::now()));
        let front = Front { screen, kiosk, worker, finger, loudspeaker, said: vec![], beaten: None };
        paint(&front.kiosk, &front.screen);
        front
    }

    /// Lets the flow decide, shows it, and hands the wish to the store.
    pub(crate) fn input(&mut self, input: Input) {
        if self.beaten.is_none_or(|at| at.elapsed() >= BEAT) {
            self.beaten = Some(Instant::now());
            self.worker.beat(self.loudspeaker.as_ref().is_some_and(Voice::fails));
        }
        // What lies under a finger: the page, its other half, or the question that covers it.
        let under = |screen: &Screen| (kind(screen), screen.more, screen.asks());
        let before = under(&self.screen);
        let effect = self.screen.step(input);
        if under(&self.screen) != before {
            self.finger.turned(Instant::now());
        }
        paint(&self.kiosk, &self.screen);
        self.speak();
        tracing::debug!(page = line::page(&self.screen), "shown");
        if let Some(effect) = effect {
            self.worker.wish(effect);
        }
        if self.screen.leaves {
            tracing::info!("a technician wants the kiosk to start again");
            // Without an event loop the front's own loop looks at the screen.
            let _ = slint::quit_event_loop();
        }
    }

    /// Says what is new on the page, and is silent at once when it is left.
    fn speak(&mut self) {
        let now = spoken::sentences(&self.screen);
        let Some(loudspeaker) = self.loudspeaker.as_ref().filter(|_| now != self.said) else { return };
        // A paper that has come out, or an officer who was called, is added; the number is not said again.
        let new = if self.said.is_empty() { None } else { now.strip_prefix(self.said.as_slice()) };
        if new.is_none() {
            loudspeaker.speaker.hush();
        }
        let sentences = new.unwrap_or(&now).to_vec();
        if !sentences.is_empty() {
            loudspeaker.speaker.say(Speech { id: 0, sentences, percent: spoken::percent(&self.screen) });
        }
        self.said = now;
    }

    fn struck(&mut self, touch: Touch) {
        if self.finger.strikes(&touch, Instant::now()) {
            self.input(Input::Touch(touch));
        }
    }
}

/// The loudspeaker of this box, and whether it fails: then staff are told, and the pages stay silent.
pub(crate) struct Voice {
    speaker: Loudspeaker,
    fails: Arc<AtomicBool>,
}

impl Voice {
    /// The loudspeaker that was asked for; `None` where nobody wants to hear.
    pub(crate) fn start(args: &Args, usual: Output) -> Option<Voice> {
        let output = args.sound.clone().unwrap_or(usual);
        if output == Output::Silent {
            return None;
        }
        let fails = Arc::new(AtomicBool::new(false));
        let told = fails.clone();
        let tell = move |heard| match heard {
            Heard::Works => told.store(false, Ordering::Relaxed),
            Heard::Fails(_) => told.store(true, Ordering::Relaxed),
            Heard::Over(_) => {}
        };
        let turns = Turns::of(&args.data, Rank::Kiosk);
        let started = Loudspeaker::start(output, turns, Pack::of(&args.data), tell);
        Some(Voice { speaker: started.map_err(|error| tracing::error!(%error, "the pages stay silent")).ok()?, fails })
    }

    fn fails(&self) -> bool {
        self.fails.load(Ordering::Relaxed)
    }
}

/// Opens the window and stays until it is closed.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let no_screen = "cannot open a window: start the kiosk in a graphical session, or use --headless";
    slint::BackendSelector::new()
        .backend_name("winit".into())
        .renderer_name("software".into())
        .select()
        .context(no_screen)?;
    let kiosk = Kiosk::new().context(no_screen)?;
    let (width, height) = args.size.unwrap_or((540, 960));
    // Where nobody manages windows, "fullscreen" means nothing and the size is all there is.
    kiosk.window().set_size(PhysicalSize::new(width, height));
    kiosk.window().set_fullscreen(args.fullscreen);
    if args.fullscreen {
        // Nobody who found a keyboard ends the kiosk with Alt+F4.
        kiosk.window().on_close_requested(|| CloseRequestResponse::KeepWindowShown);
    }
    fit(&kiosk, args.inches);
    kiosk.on_resized({
        let (kiosk, inches) = (kiosk.as_weak(), args.inches);
        move || {
            if let Some(kiosk) = kiosk.upgrade() {
                fit(&kiosk, inches);
            }
        }
    });

    let (tell, news) = channel();
    let bell = kiosk.as_weak();
    let worker = Worker::start(args.files(), move |input| {
        if tell.send(input).is_ok() {
            // An event loop that has ended needs no news.
            let _ = bell.upgrade_in_event_loop(|kiosk| kiosk.invoke_news());
        }
    })
    .context("cannot start the thread that reads the store")?;
    let front =
        Rc::new(RefCell::new(Front::new(kiosk.clone_strong(), worker, Voice::start(args, Output::System(None)))));
    kiosk.on_news({
        let front = front.clone();
        move || news.try_iter().for_each(|input| front.borrow_mut().input(input))
    });
    connect(&kiosk, {
        let front = front.clone();
        move |touch| front.borrow_mut().struck(touch)
    });
    keys(&kiosk, {
        let front = front.clone();
        move |touch| front.borrow_mut().input(Input::Touch(touch))
    });
    let second = Timer::default();
    second.start(TimerMode::Repeated, Duration::from_secs(1), move || front.borrow_mut().input(Input::Second));
    kiosk.run().context(no_screen)
}

/// Tells the pages how large a millimetre is.
pub(crate) fn fit(kiosk: &Kiosk, inches: Option<f32>) {
    let window = kiosk.window();
    let (physical, theme) = (window.size(), kiosk.global::<Theme>());
    let size = physical.to_logical(window.scale_factor());
    theme.set_panel_width(size.width);
    theme.set_panel_height(size.height);
    theme.set_inches(inches.unwrap_or_else(|| usual_inches(physical.width, physical.height)));
}

/// Every touchable element of the pages, as touches of the flow.
pub(crate) fn connect(kiosk: &Kiosk, touch: impl Fn(Touch) + Clone + 'static) {
    let touched = kiosk.global::<Touched>();
    let fixed = |what: Touch| {
        let touch = touch.clone();
        move || touch(what.clone())
    };
    touched.on_standard(fixed(Touch::Standard));
    touched.on_print(fixed(Touch::Print));
    touched.on_back(fixed(Touch::Back));
    touched.on_home(fixed(Touch::Home));
    touched.on_priority(fixed(Touch::Priority));
    touched.on_erase(fixed(Touch::Erase));
    touched.on_have_receipt(fixed(Touch::HaveReceipt));
    touched.on_without_receipt(fixed(Touch::WithoutReceipt));
    touched.on_reprint(fixed(Touch::Reprint));
    touched.on_still_here(fixed(Touch::StillHere));
    touched.on_help(fixed(Touch::Help));
    touched.on_incomplete(fixed(Touch::Incomplete));
    touched.on_check(fixed(Touch::Check));
    touched.on_contrast(fixed(Touch::Contrast));
    touched.on_large(fixed(Touch::Large));
    touched.on_speak(fixed(Touch::Speak));
    touched.on_more(fixed(Touch::More));
    touched.on_hold(fixed(Touch::Hold));
    touched.on_service({
        let touch = touch.clone();
        move |key| touch(Touch::Service(ServiceKey(key.to_string())))
    });
    touched.on_paper({
        let touch = touch.clone();
        move |came_out| touch(Touch::Paper { came_out })
    });
    touched.on_digit({
        let touch = touch.clone();
        move |digit| touch(Touch::Digit(u8::try_from(digit).unwrap_or_default()))
    });
    touched.on_language(fixed(Touch::NextLanguage));
    touched.on_print_list(fixed(Touch::PrintList));
    touched.on_print_test(fixed(Touch::PrintTest));
    touched.on_mine({
        let touch = touch.clone();
        move |mine| touch(Touch::Mine(mine))
    });
    touched.on_louder({
        let touch = touch.clone();
        move |louder| touch(Touch::Louder(louder))
    });
    touched.on_restart({
        let touch = touch.clone();
        move |role| {
            touch(Touch::Restart(match role {
                Role::Kiosk => None,
                Role::Display => Some(Process::Display),
                Role::Printer => Some(Process::Printer),
                Role::Staff => Some(Process::Staff),
            }));
        }
    });
}

/// A keyboard, or a scanner that types what it reads. Keys tremble less than fingers: each one counts.
pub(crate) fn keys(kiosk: &Kiosk, touch: impl Fn(Touch) + 'static) {
    let (scan, silence) = (Rc::new(RefCell::new(Scan::default())), Timer::default());
    let touch = Rc::new(touch);
    kiosk.global::<Touched>().on_key(move |text| {
        for key in text.chars() {
            let touches = scan.borrow_mut().key(key, Instant::now());
            touches.into_iter().for_each(|what| touch(what));
        }
        let (scan, touch) = (scan.clone(), touch.clone());
        silence.start(TimerMode::SingleShot, SILENCE, move || {
            let touches = scan.borrow_mut().quiet();
            touches.into_iter().for_each(|what| touch(what));
        });
    });
}
