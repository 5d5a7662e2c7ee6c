//! Contrast: of the theme's colours in every pair that is used, and in the pixels of every page.

use super::*;

/// How light a colour is, by WCAG 2.
fn light(colour: [u8; 3]) -> f64 {
    let part = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(colour[0]) + 0.7152 * part(colour[1]) + 0.0722 * part(colour[2])
}

fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (light(a), light(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The ground and the ink of a rectangle of pixels: its commonest colour, and the one that differs most from it and
/// fills more than the soft edges of letters do.
fn ground_and_ink(pixels: &[slint::Rgba8Pixel], row: usize, at: [usize; 4]) -> ([u8; 3], [u8; 3]) {
    let mut counts = std::collections::HashMap::new();
    for y in (at[1]..at[3]).step_by(2) {
        for pixel in &pixels[y * row + at[0]..y * row + at[2]] {
            *counts.entry([pixel.r, pixel.g, pixel.b]).or_insert(0_usize) += 1;
        }
    }
    let ground = *counts.iter().max_by_key(|(_, count)| **count).expect("pixels").0;
    let least = (counts.values().sum::<usize>() / 400).max(4);
    let inks = counts.iter().filter(|(colour, count)| **count >= least && **colour != ground);
    let ink = inks.map(|(colour, _)| *colour).max_by(|a, b| contrast(*a, ground).total_cmp(&contrast(*b, ground)));
    (ground, ink.unwrap_or(ground))
}

#[test]
fn every_text_on_every_page_has_its_contrast_in_the_pixels() {
    let mut wrong = vec![];
    for panel in [PORTRAIT, SMALL] {
        let kiosk = kiosk(panel);
        for (name, page) in pages() {
            for contrast_mode in [false, true] {
                let mut screen = page.clone();
                screen.contrast = contrast_mode;
                paint(&kiosk, &screen);
                let shot = kiosk.window().take_snapshot().expect("draws");
                let (row, column) = (shot.width() as usize, shot.height() as usize);
                let buttons: Vec<Box4> = touchable(&kiosk).iter().map(|e| place(e, 1.0)).collect();
                // The question lies over the page, which is dimmed on purpose.
                let question =
                    ["Masih di sana?", "Bila tidak, halaman ini ditutup sebentar lagi.", "Ya, saya masih di sini"];
                for text in ElementQuery::from_root(&kiosk).match_inherits("Text").find_all() {
                    let (at, said) = (place(&text, 1.0), text.accessible_label().unwrap_or_default());
                    if said.is_empty()
                        || at[2] - at[0] < 2.0
                        || (name == "still-there" && !question.contains(&said.as_str()))
                    {
                        continue;
                    }
                    let pixel = |edge: f32, most: usize| (edge.max(0.0) as usize).min(most);
                    let rect = [pixel(at[0], row), pixel(at[1], column), pixel(at[2], row), pixel(at[3], column)];
                    let (ground, ink) = ground_and_ink(shot.as_slice(), row, rect);
                    let number = text.accessible_id().is_some_and(|id| id.starts_with("! ")) && said.starts_with("A-0");
                    let least = if number || buttons.iter().any(|b| inside(at, *b)) { 10.0 } else { 7.0 };
                    let ratio = contrast(ground, ink);
                    if ratio < least {
                        wrong.push(format!(
                            "{} {name} {contrast_mode} \"{said}\": {ratio:.1}:1, {ink:?} on {ground:?}",
                            panel.0
                        ));
                    }
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
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
        let [a, b] = [a, b].map(|colour: slint::Color| [colour.red(), colour.green(), colour.blue()]);
        let ratio = contrast(a, b);
        assert!(ratio >= if high { 10.0 } else { least }, "{what}: {ratio:.1}:1");
    }
    let cap = |size: f32| 0.716 * size / theme.get_mm();
    assert!(cap(theme.get_body()) >= 6.1 && cap(theme.get_small()) >= 3.5);
}
