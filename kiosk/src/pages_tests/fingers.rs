//! Every page measured: targets, gaps, letters, texts that keep to their place.

use super::*;

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
    let services = crate::fixture::open().office.expect("open").services.clone();
    let services: Vec<&str> = match name.split('-').next() {
        Some("home") => services.iter().flat_map(|s| [s.name.id.as_str(), s.name.en.as_str()]).collect(),
        _ => vec![],
    };
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
        // Services are larger; what is to be known first may take some of their height.
        let least = if name.starts_with("home-") { [60.0, 25.0] } else { [60.0, 40.0] };
        if services.contains(&label.as_str()) && (at[2] - at[0] < least[0] || at[3] - at[1] < least[1]) {
            wrong.push(format!("the service {label} is {:.0} x {:.0} mm", at[2] - at[0], at[3] - at[1]));
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
        let fields: Vec<String> = letters.replace(',', ".").split(' ').map(String::from).collect();
        let [matters, size, cut] = fields.as_slice() else {
            if letters != "log" {
                wrong.push(format!("\"{said}\" is not measured: use Label"));
            }
            continue;
        };
        let (size, cut): (f32, f32) =
            (size.parse().unwrap_or_else(|_| panic!("{letters:?}")), cut.parse().expect("pixels"));
        // Lato has capitals of 0.716 of the font size.
        let (capitals, least) = (0.716 * size / mm, if matters == "!" { 6.1 } else { 3.5 });
        if capitals < least - 0.01 {
            wrong.push(format!("\"{said}\" has capitals of {capitals:.1} mm, not {least}"));
        }
        if cut > 0.2 * mm {
            wrong.push(format!("\"{said}\" is cut off by {:.1} mm", cut / mm));
        }
    }
}
