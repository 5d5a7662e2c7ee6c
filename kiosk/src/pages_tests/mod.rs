//! Every page, drawn without a screen: looked at, measured, read, touched.
//!
//! `UPDATE_GOLDEN=1 cargo test -p kiosk` records the pictures of `ui/golden/` anew: look at each before committing it.

mod contrast;
mod fingers;
mod looks;
mod words;

use crate::fixture::{MONDAY, case, facts, issued, job, key, open, printer, view};
use crate::golden::{decoded, picture};
use crate::input::{Answer, Effect, Input, Touch};
use crate::paint::paint;
use crate::screen::Screen;
use crate::ui::Kiosk;
use crate::window::{connect, fit};
use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery, TestingBackend, TestingBackendOptions};
use jiff::civil::time;
use queue::Refused;
use queue::board::DayStatus;
use queue::case::{CaseState, HoldReason};
use queue::printing::{JobId, JobState, PrinterState};
use slint::platform::PointerEventButton;
use slint::{ComponentHandle, PhysicalSize};
use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

/// A panel of the field: name, width, height, inches.
const PORTRAIT: (&str, u32, u32, f32) = ("portrait", 1080, 1920, 21.5);
const SMALL: (&str, u32, u32, f32) = ("small", 1280, 800, 10.1);
const PANELS: [(&str, u32, u32, f32); 7] = [
    PORTRAIT,
    SMALL,
    ("15-inch", 1366, 768, 15.6),
    ("15-inch-fine", 1920, 1080, 15.6),
    ("landscape", 1920, 1080, 21.5),
    ("32-inch", 1080, 1920, 32.0),
    ("32-inch-landscape", 1920, 1080, 32.0),
];

fn kiosk(panel: (&str, u32, u32, f32)) -> Kiosk {
    let options = TestingBackendOptions { mock_time: true, threading: false, renderer_name: Some("software".into()) };
    // A second kiosk of the same test finds the backend in place.
    let _ = slint::platform::set_platform(Box::new(TestingBackend::new(options)));
    let kiosk = Kiosk::new().expect("no screen is needed");
    kiosk.window().set_size(PhysicalSize::new(panel.1, panel.2));
    fit(&kiosk, Some(panel.3));
    kiosk.show().expect("no screen is needed");
    kiosk
}

fn touch(screen: &mut Screen, touch: Touch) -> Option<Effect> {
    screen.step(Input::Touch(touch))
}

fn answered(screen: &mut Screen, asked: Option<Effect>, answer: Answer) {
    screen.step(Input::Answer { wish: asked.expect("a wish").wish, answer });
}

fn requirements(service: &str) -> Screen {
    let mut screen = open();
    touch(&mut screen, Touch::Service(key(service)));
    screen
}

fn status(state: Option<CaseState>) -> Screen {
    let mut screen = requirements("collection");
    let mut asked = None;
    for digit in crate::fixture::RECEIPT {
        asked = touch(&mut screen, Touch::Digit(digit));
    }
    answered(&mut screen, asked, Answer::Case(state.map(|state| Box::new(case(state)))));
    screen
}

fn number(state: JobState) -> Screen {
    let mut screen = requirements("new");
    let asked = touch(&mut screen, Touch::Print);
    answered(&mut screen, asked, Answer::Issued(Box::new(issued())));
    let mut seen = view(DayStatus::Open { date: MONDAY });
    seen.paper = Some(job(5, 0, state));
    screen.step(Input::View(Box::new(seen)));
    (0..3).for_each(|_| assert!(screen.step(Input::Second).is_none()));
    screen
}

fn refused(refused: Refused) -> Screen {
    let mut screen = requirements("new");
    let asked = touch(&mut screen, Touch::Print);
    answered(&mut screen, asked, Answer::Refused(refused));
    screen
}

fn seen(screen: Screen, change: impl FnOnce(&mut crate::input::View)) -> Screen {
    let mut screen = screen;
    let mut view = screen.view.clone().expect("seen");
    change(&mut view);
    screen.step(Input::View(Box::new(view)));
    screen
}

/// Every page in every state that looks different.
fn pages() -> Vec<(&'static str, Screen)> {
    let mut prioritised = open();
    touch(&mut prioritised, Touch::Priority);
    let troubled = seen(open(), |view| {
        view.board.day = DayStatus::Break { date: MONDAY, until: time(13, 0, 0, 0) };
        view.board.network_down = Some(crate::fixture::now());
        view.printer = Some(printer(PrinterState::Out));
    });
    let mut standard = open();
    touch(&mut standard, Touch::Standard);
    let mut typing = requirements("collection");
    for digit in [2, 6, 0, 0, 0, 0] {
        touch(&mut typing, Touch::Digit(digit));
    }
    let mut checking = open();
    touch(&mut checking, Touch::Check);
    let mut checked = checking.clone();
    let mut asked = None;
    for digit in crate::fixture::RECEIPT {
        asked = touch(&mut checked, Touch::Digit(digit));
    }
    answered(&mut checked, asked, Answer::Case(Some(Box::new(case(CaseState::Ready)))));
    let mut incomplete = requirements("new");
    touch(&mut incomplete, Touch::Incomplete);
    let list = |state: JobState| {
        let mut screen = requirements("new");
        touch(&mut screen, Touch::Incomplete);
        let asked = touch(&mut screen, Touch::PrintList);
        answered(&mut screen, asked, Answer::Ordered(JobId(5)));
        seen(screen, |view| view.paper = Some(job(5, 0, state)))
    };
    let mut late = requirements("new");
    let asked = touch(&mut late, Touch::Print);
    (0..8).for_each(|_| assert!(late.step(Input::Second).is_none()));
    touch(&mut late, Touch::Home);
    answered(&mut late, asked, Answer::Issued(Box::new(issued())));
    let mut late_priority = late.clone();
    late_priority.priority = true;
    let called = seen(open(), |view| view.called = true);
    let mut spoken = open();
    touch(&mut spoken, Touch::Speak);
    touch(&mut spoken, Touch::Service(key("lost")));
    let over = seen(open(), |view| view.clock = time(14, 40, 0, 0));
    let mut code = open();
    let asked = touch(&mut code, Touch::Hold);
    answered(&mut code, asked, Answer::Code(Some(4)));
    touch(&mut code, Touch::Digit(1));
    let mut technician = code.clone();
    let mut asked = None;
    for digit in [2, 3, 4] {
        asked = touch(&mut technician, Touch::Digit(digit));
    }
    answered(&mut technician, asked, Answer::Facts(Some(Box::new(facts()))));
    let more = |mut screen: Screen| {
        touch(&mut screen, Touch::More);
        screen
    };
    let mut typo = requirements("collection");
    for digit in crate::fixture::TYPO {
        touch(&mut typo, Touch::Digit(digit));
    }
    let mut without = requirements("collection");
    touch(&mut without, Touch::WithoutReceipt);
    let mut asks = requirements("lost");
    (0..30).for_each(|_| assert!(asks.step(Input::Second).is_none()));
    let mut fault = open();
    fault.step(Input::Fault);
    let mut slow = requirements("new");
    touch(&mut slow, Touch::Print);
    (0..8).for_each(|_| assert!(slow.step(Input::Second).is_none()));
    let unknown = || JobState::Unknown { cause: "no answer".into() };
    let failed = || JobState::FailedClean { cause: queue::printing::ANSWERED_NO.into() };
    vec![
        ("home", open()),
        ("home-priority", prioritised),
        ("home-notices", troubled),
        ("home-over", over),
        ("home-called", called),
        ("home-spoken", spoken),
        ("standard-more", more(standard.clone())),
        ("standard", standard),
        ("requirements-more", more(requirements("new"))),
        ("incomplete-printed", list(JobState::Confirmed)),
        ("incomplete-failed", list(JobState::FailedClean { cause: "no paper".into() })),
        ("incomplete", incomplete),
        ("late", late),
        ("late-priority", late_priority),
        ("check-entry", checking),
        ("check-ready", checked),
        ("code", code),
        ("technician-more", more(technician.clone())),
        ("technician", technician),
        ("requirements-new", requirements("new")),
        ("requirements-lost", requirements("lost")),
        ("requirements-without-receipt", without),
        ("receipt-entry", typing),
        ("receipt-typo", typo),
        ("status-ready", status(Some(CaseState::Ready))),
        ("status-hold", status(Some(CaseState::OnHold { reason: HoldReason::NoBlanks }))),
        ("status-village", status(Some(CaseState::SentToVillage { village: "Sungai Bening".into() }))),
        ("status-unknown", status(None)),
        ("number-printing", number(JobState::Sending)),
        ("number-printed", number(JobState::Confirmed)),
        ("number-question", number(unknown())),
        ("number-failed", number(failed())),
        ("still-there", asks),
        ("not-opened", seen(open(), |view| view.board.day = DayStatus::NotOpened)),
        ("day-closed", seen(open(), |view| view.board.day = DayStatus::Closed { date: MONDAY })),
        ("refused-quota", refused(Refused::QuotaReached { quota: 40 })),
        ("fault", fault),
        ("slow", slow),
    ]
}

fn touchable(kiosk: &Kiosk) -> Vec<ElementHandle> {
    let role = |element: &ElementHandle| {
        matches!(element.accessible_role(), Some(AccessibleRole::Button | AccessibleRole::Switch))
    };
    ElementQuery::from_root(kiosk).match_predicate(role).find_all()
}

/// A rectangle in millimetres: left, top, right, bottom.
type Box4 = [f32; 4];

fn place(element: &ElementHandle, mm: f32) -> Box4 {
    let (at, size) = (element.absolute_position(), element.size());
    [at.x / mm, at.y / mm, (at.x + size.width) / mm, (at.y + size.height) / mm]
}

/// The wider of the horizontal and the vertical distance; negative when they overlap.
fn gap(a: Box4, b: Box4) -> f32 {
    let across = f32::max(b[0] - a[2], a[0] - b[2]);
    let down = f32::max(b[1] - a[3], a[1] - b[3]);
    across.max(down)
}

fn inside(inner: Box4, outer: Box4) -> bool {
    const HAIR: f32 = 0.2;
    inner[0] >= outer[0] - HAIR
        && inner[1] >= outer[1] - HAIR
        && inner[2] <= outer[2] + HAIR
        && inner[3] <= outer[3] + HAIR
}
