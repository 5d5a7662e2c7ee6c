//! Pictures of the pages, looked at and recorded; and the codes in them.

use super::*;

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
