//! Every page, drawn without a screen: pictures to look at, touch targets to measure, taps found by their label.
//!
//! `UPDATE_GOLDEN=1 cargo test -p kiosk` records the pictures of `ui/golden/` anew: look at each before committing it.

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
const PANELS: [(&str, u32, u32, f32); 5] =
    [PORTRAIT, SMALL, ("15-inch", 1366, 768, 15.6), ("landscape", 1920, 1080, 21.5), ("32-inch", 1080, 1920, 32.0)];

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
    let called = seen(open(), |view| view.called = true);
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
        ("standard-more", more(standard.clone())),
        ("standard", standard),
        ("requirements-more", more(requirements("new"))),
        ("incomplete-printed", list(JobState::Confirmed)),
        ("incomplete-failed", list(JobState::FailedClean { cause: "no paper".into() })),
        ("incomplete", incomplete),
        ("late", late),
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

#[test]
fn every_page_looks_as_recorded() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("ui/golden");
    let record = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut changed = vec![];
    let pages = pages();
    let named = |name: &str| pages.iter().find(|(page, _)| *page == name).expect("a page").1.clone();
    let english = |name: &str| {
        let mut screen = named(name);
        touch(&mut screen, Touch::NextLanguage);
        screen
    };
    let mut wanted: Vec<(String, Screen, _)> = vec![];
    for (name, screen) in &pages {
        if !name.ends_with("-more") || *name == "technician-more" {
            wanted.push((format!("{name}.png"), screen.clone(), PORTRAIT));
        }
    }
    for name in [
        "home",
        "home-notices",
        "home-over",
        "standard",
        "requirements-new",
        "incomplete",
        "receipt-typo",
        "status-hold",
        "number-question",
        "fault",
        "technician",
        "technician-more",
        "late",
    ] {
        wanted.push((format!("{name}-small.png"), named(name), SMALL));
    }
    for name in ["home", "requirements-new", "number-question"] {
        wanted.push((format!("{name}-small-en.png"), english(name), SMALL));
        wanted.push((format!("{name}-en.png"), english(name), PORTRAIT));
    }
    let with = |name: &str, touches: &[Touch]| {
        let mut screen = named(name);
        touches.iter().for_each(|what| drop(touch(&mut screen, what.clone())));
        screen
    };
    for name in [
        "home",
        "home-notices",
        "standard",
        "standard-more",
        "requirements-new",
        "requirements-more",
        "number-question",
    ] {
        wanted.push((format!("{name}-small-large.png"), with(name, &[Touch::Large]), SMALL));
    }
    for name in ["home", "requirements-new", "number-question"] {
        wanted.push((format!("{name}-large.png"), with(name, &[Touch::Large]), PORTRAIT));
        wanted.push((format!("{name}-contrast.png"), with(name, &[Touch::Contrast]), PORTRAIT));
    }
    for panel in [PORTRAIT, SMALL] {
        let kiosk = kiosk(panel);
        for (file, screen, _) in wanted.iter().filter(|(_, _, at)| *at == panel) {
            paint(&kiosk, screen);
            let (now, path) = (picture(&kiosk), folder.join(file));
            let known = std::fs::read(&path).unwrap_or_default();
            if record {
                std::fs::create_dir_all(&folder).expect("folder");
                std::fs::write(&path, &now).expect("golden");
            } else if known.is_empty() || decoded(&known) != decoded(&now) {
                let differs = std::env::temp_dir().join(file);
                std::fs::write(&differs, &now).expect("temporary picture");
                changed.push(format!("{} is now {}", path.display(), differs.display()));
            }
        }
    }
    assert!(changed.is_empty(), "look at these, then record them with UPDATE_GOLDEN=1:\n{}", changed.join("\n"));
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

fn touchable(kiosk: &Kiosk) -> Vec<ElementHandle> {
    let role = |element: &ElementHandle| {
        matches!(element.accessible_role(), Some(AccessibleRole::Button | AccessibleRole::Switch))
    };
    ElementQuery::from_root(kiosk).match_predicate(role).find_all()
}

#[test]
fn fingers_find_targets_of_20_mm_with_gaps_of_3_mm_and_texts_keep_to_their_place() {
    let mut wrong = vec![];
    for panel in PANELS {
        let kiosk = kiosk(panel);
        let mm = kiosk.global::<crate::ui::Theme>().get_mm();
        let diagonal = f32::hypot(panel.1 as f32, panel.2 as f32) / mm / 25.4;
        assert!((diagonal - panel.3).abs() < 0.01, "{}: {diagonal} inches", panel.0);
        let window = [0.0, 0.0, panel.1 as f32 / mm, panel.2 as f32 / mm];
        for (name, page) in pages() {
            let [id, en] = [0, 1].map(|at| crate::language::LANGUAGES[at]);
            for (language, large) in [(id, false), (en, false), (id, true), (en, true)] {
                let mut screen = page.clone();
                (screen.language, screen.large) = (language, large);
                let lang = language.code;
                paint(&kiosk, &screen);
                let mut found = vec![];
                measure(&kiosk, name, window, mm, &mut found);
                let letters = if large { "large" } else { "usual" };
                wrong.extend(found.into_iter().map(|what| format!("{} {name} {lang} {letters}: {what}", panel.0)));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// What is wrong with the page just painted.
fn measure(kiosk: &Kiosk, name: &str, window: Box4, mm: f32, wrong: &mut Vec<String>) {
    let mut targets: Vec<(String, Box4)> =
        touchable(kiosk).iter().map(|e| (e.accessible_label().unwrap_or_default().to_string(), place(e, mm))).collect();
    let calls = ["Bantuan petugas", "Petugas sudah dipanggil", "Ask for help", "Officer called"];
    match targets.iter().find(|(label, _)| calls.contains(&label.as_str())) {
        Some((_, at)) => {
            let margin = kiosk.global::<crate::ui::Theme>().get_margin() / mm;
            let corner = f32::max((at[0] - margin).abs(), (window[3] - margin - at[3]).abs());
            if corner > 0.1 {
                wrong.push(format!("the call for an officer is not bottom left: {at:.1?}"));
            }
        }
        None => wrong.push("no call for an officer".into()),
    }
    if name == "still-there" {
        // The question covers the page; only its own button can be touched.
        targets.drain(..targets.len() - 1);
    }
    for (i, (label, at)) in targets.iter().enumerate() {
        if label.is_empty() {
            wrong.push(format!("a touchable element without a label at {at:.0?}"));
        }
        if at[2] - at[0] < 19.99 || at[3] - at[1] < 19.99 {
            wrong.push(format!("{label} is {:.1} x {:.1} mm", at[2] - at[0], at[3] - at[1]));
        }
        if !inside(*at, window) {
            wrong.push(format!("{label} leaves the panel: {at:.1?} in {window:.1?}"));
        }
        if window[3] > window[2] && at[1] < 0.39 * window[3] {
            wrong.push(format!("{label} lies above the lower 60 %: {:.0} of {:.0} mm", at[1], window[3]));
        }
        for (other, there) in &targets[i + 1..] {
            let gap = gap(*at, *there);
            if gap < 2.99 {
                wrong.push(format!("{gap:.1} mm between {label} and {other}"));
            }
        }
    }
    if name == "still-there" {
        return;
    }
    let mut texts: Vec<(String, Box4, String)> = vec![];
    for text in ElementQuery::from_root(kiosk).match_inherits("Text").find_all() {
        let (at, said) = (place(&text, mm), text.accessible_label().unwrap_or_default().to_string());
        // The query finds some texts several times.
        if !said.is_empty() && at[2] > at[0] && !texts.iter().any(|(s, there, _)| *s == said && *there == at) {
            texts.push((said, at, text.accessible_id().unwrap_or_default().to_string()));
        }
    }
    assert!(texts.len() > 2, "{name}: texts are found");
    for (i, (said, at, letters)) in texts.iter().enumerate() {
        if !inside(*at, window) {
            wrong.push(format!("\"{said}\" leaves the panel: {at:.1?} in {window:.1?}"));
        }
        for (label, there) in &targets {
            if gap(*at, *there) < -0.2 && !inside(*at, *there) {
                wrong.push(format!("\"{said}\" runs over {label}"));
            }
        }
        for (other, there, _) in &texts[i + 1..] {
            if gap(*at, *there) < -0.2 {
                wrong.push(format!("\"{said}\" runs over \"{other}\""));
            }
        }
        let Some((size, cut)) = letters.replace(',', ".").split_once(' ').map(|(a, b)| (a.to_string(), b.to_string()))
        else {
            if letters != "log" {
                wrong.push(format!("\"{said}\" is not measured: use Label"));
            }
            continue;
        };
        let (size, cut): (f32, f32) =
            (size.parse().unwrap_or_else(|_| panic!("{letters:?}")), cut.parse().expect("pixels"));
        // Atkinson Hyperlegible Next has capitals of 0.668 of the font size.
        if 0.668 * size / mm < 3.49 {
            wrong.push(format!("\"{said}\" has capitals of {:.1} mm", 0.668 * size / mm));
        }
        if cut > 0.2 * mm {
            wrong.push(format!("\"{said}\" is cut off by {:.1} mm", cut / mm));
        }
    }
}

#[test]
fn contrast_is_seven_to_one_and_ten_for_numbers_and_buttons() {
    let kiosk = kiosk(PORTRAIT);
    for high in [false, true] {
        kiosk.global::<crate::ui::Theme>().set_high_contrast(high);
        contrasts(&kiosk, high);
    }
}

fn contrasts(kiosk: &Kiosk, high: bool) {
    let theme = kiosk.global::<crate::ui::Theme>();
    let light = |colour: slint::Color| {
        let part = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(colour.red()) + 0.7152 * part(colour.green()) + 0.0722 * part(colour.blue())
    };
    let contrast = |a: slint::Color, b: slint::Color| {
        let (a, b) = (light(a), light(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    };
    for (what, a, b, least) in [
        ("text on the page", theme.get_ink(), theme.get_background(), 10.0),
        ("text on a card", theme.get_ink(), theme.get_card(), 10.0),
        ("soft text on the page", theme.get_soft_ink(), theme.get_background(), 7.0),
        ("number and button", theme.get_primary(), theme.get_card(), 10.0),
        ("chosen button", theme.get_on_primary(), theme.get_primary(), 10.0),
        ("pressed button", theme.get_on_primary(), theme.get_pressed(), 10.0),
        ("button that waits", theme.get_ink(), theme.get_idle(), 10.0),
        ("notice", theme.get_ink(), theme.get_notice(), 10.0),
        ("good news", theme.get_on_primary(), theme.get_good(), 7.0),
        ("good news on the page", theme.get_good(), theme.get_background(), 7.0),
        ("good news on a card", theme.get_good(), theme.get_card(), 7.0),
        ("bad news on a card", theme.get_bad(), theme.get_card(), 7.0),
        ("pressed button's word", theme.get_on_primary(), theme.get_pressed(), 10.0),
        ("bad news", theme.get_bad(), theme.get_background(), 7.0),
    ] {
        let ratio = contrast(a, b);
        assert!(ratio >= if high { 10.0 } else { least }, "{what}: {ratio:.1}:1");
    }
    let cap = |size: f32| 0.668 * size / theme.get_mm();
    assert!(cap(theme.get_body()) >= 6.1 && cap(theme.get_small()) >= 3.5);
}

#[test]
fn s29_a_telephone_reads_the_codes_for_complaints() {
    let kiosk = kiosk(SMALL);
    let mut screen = open();
    touch(&mut screen, Touch::Standard);
    paint(&kiosk, &screen);
    let full = kiosk.window().take_snapshot().expect("draws");
    let (width, pixels) = (full.width() as usize, full.as_slice());
    let mut grey =
        rqrr::PreparedImage::prepare_from_greyscale(width, full.height() as usize, |x, y| pixels[y * width + x].g);
    let mut read: Vec<String> = grey.detect_grids().iter().filter_map(|grid| Some(grid.decode().ok()?.1)).collect();
    read.sort();
    assert_eq!(read, ["https://wa.me/6281319141787", "mailto:kecsajinganbesar@gmail.com"]);
}

#[test]
fn every_text_has_its_indonesian() {
    let known = include_str!("../lang/id/LC_MESSAGES/kiosk.po");
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("ui");
    let mut texts = 0;
    for entry in std::fs::read_dir(folder).expect("ui").flatten() {
        if entry.path().extension().is_none_or(|e| e != "slint") {
            continue;
        }
        let source = std::fs::read_to_string(entry.path()).expect("a page");
        for text in source.split("@tr(\"").skip(1) {
            let (text, _) = text.split_once('"').expect("a closed text");
            let (_, translated) = known.split_once(&format!("msgid \"{text}\"\n")).unwrap_or_else(|| panic!("{text}"));
            let said = translated.lines().find(|line| line.starts_with("msgstr")).unwrap_or_default();
            assert!(!said.ends_with("\"\""), "{text}");
            assert_eq!(said.matches('{').count(), text.matches('{').count(), "{text}");
            texts += 1;
        }
    }
    assert!(texts > 50, "the texts are found");
}

/// Finds what says `label` and taps it.
fn tap(kiosk: &Kiosk, label: &str) {
    let found = touchable(kiosk).into_iter().find(|e| e.accessible_label().is_some_and(|l| l == label));
    found.unwrap_or_else(|| panic!("nothing to touch says {label}")).mock_single_click(PointerEventButton::Left);
}

#[test]
fn s02_s05_s16_s25_s27_s29_a_finger_takes_two_taps_and_reads_the_standard() {
    let kiosk = kiosk(PORTRAIT);
    let screen = Rc::new(RefCell::new(open()));
    let wishes = Rc::new(RefCell::new(vec![]));
    paint(&kiosk, &screen.borrow());
    connect(&kiosk, {
        let (weak, screen, wishes) = (kiosk.as_weak(), screen.clone(), wishes.clone());
        move |touched| {
            wishes.borrow_mut().extend(touch(&mut screen.borrow_mut(), touched));
            paint(&weak.unwrap(), &screen.borrow());
        }
    });
    let says = |text: &str| ElementHandle::find_by_accessible_label(&kiosk, text).next().is_some();
    tap(&kiosk, "Antrean prioritas");
    assert!(screen.borrow().priority);
    tap(&kiosk, "English");
    assert!(says("Lost KTP-el"));
    tap(&kiosk, "Bahasa Indonesia");
    tap(&kiosk, "Standar pelayanan");
    assert!(says("Telepon dan WhatsApp 0813 1914 1787") && says("KTP Elektronik"));
    assert!(says("Pelayanan 5-10 menit bila jaringan internet lancar") && says("3. Pencetakan - 2 hari kerja"));
    tap(&kiosk, "Kembali");
    tap(&kiosk, "Perekaman KTP-el baru");
    assert!(says("Fotokopi Kartu Keluarga (KK)") && says("Surat pengantar RT/RW bila diminta desa"));
    assert!(says("GRATIS - tidak dipungut biaya") && says("Anjuran (tidak wajib)"));
    tap(&kiosk, "CETAK NOMOR");
    tap(&kiosk, "CETAK NOMOR");
    assert_eq!(wishes.borrow().len(), 1, "a double tap wishes once");
    let asked = wishes.borrow_mut().pop();
    answered(&mut screen.borrow_mut(), asked, Answer::Issued(Box::new(issued())));
    paint(&kiosk, &screen.borrow());
    assert!(says("A-012") && says("4 orang") && says("25-40 menit") && says("Loket 1 - Verifikasi berkas"));
    tap(&kiosk, "Selesai");
    assert!(says("Silakan pilih layanan") && !screen.borrow().priority);
    tap(&kiosk, "Pengambilan KTP-el");
    ["2", "6", "0"].iter().for_each(|digit| tap(&kiosk, digit));
    assert!(says("26-0_____-_"));
    tap(&kiosk, "Hapus");
    assert!(says("26-______-_"));
    tap(&kiosk, "Bantuan petugas");
    assert!(says("Petugas sudah dipanggil") && wishes.borrow().len() == 1);
    tap(&kiosk, "Kembali");
    tap(&kiosk, "Kontras tinggi");
    tap(&kiosk, "Huruf besar");
    assert!(says("Kontras biasa") && says("Huruf biasa"));
    tap(&kiosk, "Perekaman KTP-el baru");
    tap(&kiosk, "Saya belum lengkap");
    assert!(says("Silakan datang lagi bila sudah lengkap") && says("Fotokopi Kartu Keluarga (KK)"));
    tap(&kiosk, "Selesai");
    assert!(says("Kontras tinggi") && says("Huruf besar"), "the next person begins afresh");
    tap(&kiosk, "KTP saya sudah jadi?");
    assert!(!says("Tanpa tanda terima"));
}
