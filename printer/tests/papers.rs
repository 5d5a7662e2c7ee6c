//! Every paper as text, as bytes and as a picture made by a renderer that is not ours.
//!
//! `UPDATE_GOLDEN=1 cargo test -p printer --test papers` records the goldens anew; look at each before you commit it.

use escpost_profiles::PrinterProfile;
use escpost_profiles::resolver::resolve;
use escpost_render::{DecodedCommand, MonoSurface, render_with_trace};
use jiff::civil::{date, time};
use printer::escpos::{Encoded, Style, encode, encode_for_line, ending};
use printer::profile::{End, Native, Profile, wire_time};
use printer::slip::{Block, page};
use queue::case::{Place, Receipt};
use queue::document::{Body, Document, Summary};
use queue::forecast::Wait;
use queue::office::{Lang, ServiceKey, Stage};
use queue::printing::JobId;
use queue::ticket::Number;
use queue::{Office, Refused};
use std::path::PathBuf;

const NUMBER: Number = Number { prefix: 'A', n: 12 };
const RECEIPT: Receipt = Receipt { year: 26, n: 123 };

fn kind(name: &str) -> Profile {
    Profile::load(name).expect("built in")
}

fn office() -> Office {
    Office::parse(include_str!("../../office.toml")).expect("the real office")
}

fn slip(service: &str) -> Body {
    let (prefix, stage, counter) = match service {
        "collection" => ('C', Stage::Collection, 3),
        "lost" => ('L', Stage::Verification, 1),
        _ => ('A', Stage::Verification, 1),
    };
    Body::Slip {
        number: Number { prefix, n: 12 },
        service: ServiceKey(service.into()),
        stage,
        counters: vec![counter],
        ahead: 4,
        wait: Wait::Range { from: 25, to: 40 },
        priority: false,
    }
}

fn bodies() -> [(&'static str, Body); 5] {
    let missing = vec!["family-card".into(), "marriage-book".into(), "police-report".into()];
    [
        ("slip", slip("new")),
        ("return", Body::Return { number: NUMBER, missing, until: Some(time(15, 0, 0, 0)) }),
        ("receipt", Body::Receipt { receipt: RECEIPT, service: ServiceKey("new".into()), place: Place::Office }),
        ("network", Body::Network { number: NUMBER, receipt: RECEIPT, may_wait: true }),
        ("deferred", Body::Network { number: NUMBER, receipt: RECEIPT, may_wait: false }),
    ]
}

fn document(body: Body, lang: Lang) -> Document {
    Document { lang, date: date(2026, 11, 23), time: Some(time(8, 14, 0, 0)), body }
}

fn lay_out(body: Body, lang: Lang, profile: &Profile, copy: u8) -> Vec<Block> {
    page(&document(body, lang), &office(), copy, JobId(17), profile.columns).expect("a known service")
}

/// The page as a person would type it.
fn as_text(page: &[Block], columns: usize) -> String {
    let centre = |text: &str, scale: usize| " ".repeat(columns.saturating_sub(text.len() * scale) / 2 / scale) + text;
    let mut out = String::new();
    for block in page {
        let line = match block {
            Block::Line { text, centred: false, .. } => text.clone(),
            Block::Line { text, scale: 1, .. } => centre(text, 1),
            Block::Line { text, scale, .. } => centre(&format!("{text} (x{scale})"), 1),
            Block::Number(number) => centre(&format!("<<{number}>>"), 1),
            Block::Qr(text) => centre(&format!("[QR {text}]"), 1),
            Block::Bars(text) => centre(&format!("[||| {text}]"), 1),
            Block::Picture(_) => centre("[picture]", 1),
            Block::Gap => String::new(),
        };
        out += line.trim_end();
        out.push('\n');
    }
    out
}

/// Pictures are the same by what they show: how it is packed depends on what else is built.
fn same(recorded: &[u8], found: &[u8]) -> bool {
    let shown = |file: &[u8]| {
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().ok()?;
        let mut pixels = vec![0; reader.output_buffer_size()?];
        let info = reader.next_frame(&mut pixels).ok()?;
        Some((info.width, info.height, info.color_type, info.bit_depth, pixels))
    };
    recorded == found || shown(recorded).is_some_and(|picture| shown(found) == Some(picture))
}

#[allow(clippy::panic)] // A helper of tests only.
fn golden(name: &str, found: &[u8]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/papers").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, found).expect("golden is written");
    } else if !std::fs::read(&path).is_ok_and(|recorded| same(&recorded, found)) {
        std::fs::write(path.with_file_name(format!("new-{name}")), found).expect("difference is written");
        panic!("tests/papers/{name} differs from new-{name} beside it; if it is right: UPDATE_GOLDEN=1");
    }
}

#[test]
fn every_paper_says_what_it_should_in_both_widths_and_languages() {
    for (name, body) in bodies() {
        for profile in [kind("generic-58"), kind("generic-80")] {
            for lang in [Lang::Id, Lang::En] {
                let page = lay_out(body.clone(), lang, &profile, 0);
                let word = if lang == Lang::Id { "id" } else { "en" };
                let text = as_text(&page, profile.columns);
                golden(&format!("{name}-{}-{word}.txt", profile.columns), text.as_bytes());
                let bytes = encode(&page, &profile, Style::Designed).bytes;
                golden(&format!("{name}-{}-{word}.bin", profile.columns), &bytes);
                let (_, png, _) = render(&encode(&page, &profile, Style::Designed), &reference(&profile));
                golden(&format!("{name}-{}-{word}.png", profile.columns), &png);
            }
        }
    }
}

#[test]
fn s01_s02_s18_s20_s27_s28_s29_c2_c10_c13_the_papers_carry_what_the_standard_asks() {
    let texts: Vec<String> = bodies().map(|(_, b)| as_text(&lay_out(b, Lang::Id, &kind("generic-80"), 0), 48)).into();
    for text in &texts {
        // S01, S29, C13: each telephone stands once, in its own place.
        let (office_phone, complaints) = (text.find("Telp. 085245778774"), text.find("Pengaduan WA 0813 1914 1787"));
        assert!(office_phone < complaints && office_phone.is_some(), "{text}");
        assert_eq!((text.matches("085245778774").count(), text.matches("0813").count()), (1, 1), "{text}");
        assert!(text.contains("GRATIS - tidak dipungut biaya"), "S27");
        assert!(!text.contains("NIK") && text.contains("#17"));
    }
    let [slip, back, receipt, network, deferred] = texts.as_slice() else { panic!("five papers") };
    assert!(slip.contains("NOMOR ANTREAN") && slip.contains("Loket 1 - Verifikasi berkas"));
    assert!(slip.contains("Senin, 23 November 2026  08.14 WIB") && slip.contains("Di depan Anda: 4 orang"));
    assert!(slip.contains("Perkiraan menunggu: 25-40 menit") && slip.contains("- Fotokopi Kartu Keluarga (KK)"));
    assert!(slip.contains("Cocokkan data Anda dengan KTP lama"), "S18");
    assert!(slip.contains("Tanda tangan jangan berubah"), "S20");
    assert!(back.contains("[x] Fotokopi Kartu Keluarga") && back.contains("berlaku hari ini sampai 15.00"));
    let in_one_line = receipt.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(in_one_line.contains("2 hari kerja s.d. sekitar 2 minggu; Anda akan diberi tahu"), "C2");
    assert!(receipt.contains("Standar Pelayanan No. SK 5 Tahun 2024"), "S02");
    assert!(receipt.contains("KTP Elektronik") && receipt.contains("kecsajinganbesar@gmail.com"), "S28, S29");
    assert_eq!(texts.iter().filter(|t| t.contains("Rekomendasi Perekaman")).count(), 1, "C10");
    assert!(receipt.contains("26-000123-3") && receipt.contains("Diambil di: Kecamatan Sajingan Besar"));
    let network = network.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(network.contains("Dinas Dukcapil Kab. Sambas") && network.contains("nomor Anda tidak hangus"), "S26");
    assert!(deferred.contains("DITUNDA KE HARI LAIN") && !deferred.contains("tidak hangus"), "the choices are over");
}

#[test]
fn c3_a_village_is_named_and_a_copy_is_marked_and_an_unset_clock_prints_no_time() {
    let receipt = Body::Receipt {
        receipt: RECEIPT,
        service: ServiceKey("lost".into()),
        place: Place::Village("Sungai Bening".into()),
    };
    assert!(
        as_text(&lay_out(receipt, Lang::Id, &kind("generic-58"), 0), 32).contains("Diambil di: Desa Sungai Bening")
    );
    let copy = as_text(&lay_out(slip("new"), Lang::Id, &kind("generic-58"), 2), 32);
    assert!(copy.contains("** CETAK ULANG 2 **"));
    let no_time = Document { time: None, ..document(slip("new"), Lang::Id) };
    let page = page(&no_time, &office(), 0, JobId(1), 48).expect("known");
    assert!(!as_text(&page, 48).contains("WIB"));
    let gone = document(slip("passport"), Lang::Id);
    let refused = printer::slip::page(&gone, &office(), 0, JobId(1), 48);
    assert_eq!(refused, Err(Refused::UnknownService), "a service dropped from the file");
}

#[test]
fn several_counters_and_priority_are_said() {
    let Body::Slip { number, service, stage, ahead, .. } = slip("new") else { panic!() };
    let body =
        Body::Slip { number, service, stage, counters: vec![1, 2, 3], ahead, wait: Wait::NoCounter, priority: true };
    let text = as_text(&lay_out(body, Lang::Id, &kind("generic-80"), 0), 48);
    assert!(text.contains("Loket 1, 2 atau 3 - Verifikasi berkas") && text.contains("PRIORITAS"));
    assert!(text.contains("Perkiraan menunggu: loket belum dibuka"));
}

#[test]
fn the_day_ends_with_a_summary_for_the_offices_folder() {
    let summary =
        Summary { issued: 41, finished: 30, returned: 3, deferred: 2, expired: 5, cancelled: 1, ..Summary::default() };
    for profile in [kind("generic-58"), kind("generic-80")] {
        for (lang, word) in [(Lang::Id, "id"), (Lang::En, "en")] {
            let page = lay_out(
                Body::Summary { counts: summary.clone(), seal: "1204:9f3a02c1d7e65b80".parse().ok() },
                lang,
                &profile,
                0,
            );
            golden(&format!("summary-{}-{word}.txt", profile.columns), as_text(&page, profile.columns).as_bytes());
            let paper = encode(&page, &profile, Style::Designed);
            golden(&format!("summary-{}-{word}.bin", profile.columns), &paper.bytes);
            let (_, png, text) = render(&paper, &reference(&profile));
            assert!(text.contains("2026-11-23 #17"), "{text}");
            golden(&format!("summary-{}-{word}.png", profile.columns), &png);
        }
    }
}

#[test]
fn s05_s16_the_list_says_what_to_bring_and_that_it_is_no_number() {
    for profile in [kind("generic-58"), kind("generic-80")] {
        for (lang, word) in [(Lang::Id, "id"), (Lang::En, "en")] {
            let page = lay_out(Body::List { service: ServiceKey("new".into()) }, lang, &profile, 0);
            assert!(!page.iter().any(|block| matches!(block, Block::Number(_) | Block::Qr(_) | Block::Bars(_))));
            let text = as_text(&page, profile.columns);
            assert!(text.contains("BUKAN NOMOR ANTREAN") || text.contains("NOT A QUEUE NUMBER"), "{text}");
            golden(&format!("list-{}-{word}.txt", profile.columns), text.as_bytes());
            let paper = encode(&page, &profile, Style::Designed);
            // No large number: it must cost less than a slip, 1 s at 19,200 baud.
            assert!(paper.bytes.len() <= 1_920, "{} bytes", paper.bytes.len());
            golden(&format!("list-{}-{word}.bin", profile.columns), &paper.bytes);
            let (_, png, _) = render(&paper, &reference(&profile));
            golden(&format!("list-{}-{word}.png", profile.columns), &png);
        }
    }
    let gone = document(Body::List { service: ServiceKey("passport".into()) }, Lang::Id);
    assert_eq!(page(&gone, &office(), 0, JobId(1), 48), Err(Refused::UnknownService));
}

#[test]
fn the_bytes_stay_within_their_budget() {
    for lang in [Lang::Id, Lang::En] {
        for service in ["new", "lost", "collection"] {
            let page = lay_out(slip(service), lang, &kind("generic-80"), 0);
            let (designed, text) =
                (encode(&page, &kind("generic-80"), Style::Designed), encode(&page, &kind("generic-80"), Style::Text));
            assert!(designed.bytes.len() <= 1920, "{service} {lang:?}: {}", designed.bytes.len());
            assert!(text.bytes.len() <= 576, "{service} {lang:?}: {}", text.bytes.len());
        }
        for (name, body) in bodies() {
            for profile in Profile::names().map(kind) {
                let page = lay_out(body.clone(), lang, &profile, 0);
                for baud in [9600, 19200, 38400, 115_200] {
                    let profile = Profile { baud, ..profile.clone() };
                    let fits = |p: &Encoded| wire_time(p.bytes.len(), baud) <= profile.head_time(p.rows);
                    let chosen = encode_for_line(&page, &profile);
                    let some = [Style::Designed, Style::Text].iter().any(|s| fits(&encode(&page, &profile, *s)));
                    assert_eq!(fits(&chosen), some, "{name} {} {baud}", profile.name);
                    assert!(
                        chosen.pauses.is_sorted_by_key(|p| p.at) && chosen.pauses.iter().all(|p| p.at <= chosen.end)
                    );
                }
            }
        }
        // The style is chosen so that the wire is never slower than the head wherever a style can do it.
        for profile in [kind("generic-58"), kind("generic-80")] {
            let page = lay_out(slip("new"), lang, &profile, 0);
            for baud in [9600, 19200, 38400, 115_200] {
                let paper = encode_for_line(&page, &Profile { baud, ..profile.clone() });
                assert!(wire_time(paper.bytes.len(), baud) <= profile.head_time(paper.rows), "{} {baud}", profile.name);
            }
            let fast = encode_for_line(&page, &profile);
            assert_eq!(fast, encode(&page, &profile, Style::Designed), "the designed slip is the default");
        }
    }
    // A profile can force a style.
    let page = lay_out(slip("new"), Lang::Id, &kind("generic-80"), 0);
    for style in [Style::Text, Style::Raster] {
        let forced = Profile { style: Some(style), ..kind("generic-80") };
        assert_eq!(encode_for_line(&page, &forced), encode(&page, &forced, style));
    }
    // A receipt carries its QR code and still fits the smallest usual buffer of a printer.
    for (name, body) in bodies() {
        let paper = encode(&lay_out(body, Lang::Id, &kind("generic-80"), 0), &kind("generic-80"), Style::Designed);
        assert!(paper.bytes.len() <= 4096, "{name}: {}", paper.bytes.len());
    }
}

#[test]
fn a_text_of_the_office_can_not_command_the_printer() {
    let mut office = office();
    office.identity.name = "Kec.\u{1b}@\u{1d}V\u{0}\n\u{10}\u{4}\u{1} Besar".into();
    let page = page(&document(slip("new"), Lang::Id), &office, 0, JobId(1), 48).expect("known");
    let bytes = encode(&page, &kind("generic-80"), Style::Text).bytes;
    let count = |wanted: &[u8]| bytes.windows(wanted.len()).filter(|w| *w == wanted).count();
    assert_eq!((count(b"\x1b@"), count(b"\x1dV"), count(b"\x10\x04")), (1, 1, 0));
}

/// The renderer's reference printer at our width.
fn reference(profile: &Profile) -> PrinterProfile {
    let mut reference = resolve("REFERENCE").expect("bundled").clone();
    reference.geometry.printable_width_dots = profile.dots as u32;
    reference
}

/// The one sheet that comes out, and the text that was printed as text.
fn render(paper: &Encoded, profile: &PrinterProfile) -> (MonoSurface, Vec<u8>, String) {
    let rendered = render_with_trace(&paper.bytes, profile).expect("every command is known and complete");
    let mut text = String::new();
    for command in rendered.trace.sheets.iter().flat_map(|s| &s.commands) {
        match &command.command {
            DecodedCommand::TextByte(byte) => text.push(char::from(*byte)),
            DecodedCommand::LineFeed => text.push('\n'),
            _ => {}
        }
    }
    let mut sheets = rendered.render.sheets;
    assert!(!sheets.is_empty(), "a sheet");
    let sheet = sheets.remove(0);
    (sheet.surface, sheet.png, text)
}

/// What a QR reader sees on the sheet, with white around it as on a table.
fn read_qr(surface: &MonoSurface) -> Option<String> {
    const TABLE: usize = 32;
    let (width, height) = (surface.width() as usize + 2 * TABLE, surface.height() as usize + 2 * TABLE);
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        let inside = |n: usize, size: u32| n.checked_sub(TABLE).filter(|n| *n < size as usize).map(|n| n as u32);
        match (inside(x, surface.width()), inside(y, surface.height())) {
            (Some(x), Some(y)) if surface.is_printed(x, y) => 0,
            _ => 255,
        }
    });
    image.detect_grids().first().and_then(|grid| grid.decode().ok()).map(|(_, text)| text)
}

#[test]
fn s11_an_independent_renderer_shows_every_paper_and_reads_its_code() {
    for (name, body) in bodies() {
        let wanted =
            if matches!(name, "receipt" | "network" | "deferred") { Some("26-000123-3".to_string()) } else { None };
        for profile in [kind("generic-58"), kind("generic-80")] {
            let page = lay_out(body.clone(), Lang::Id, &profile, 0);
            for style in [Style::Designed, Style::Text] {
                let paper = encode(&page, &profile, style);
                let (surface, _, text) = render(&paper, &reference(&profile));
                assert_eq!(surface.width() as usize, profile.dots);
                let number = if name == "receipt" { "26-000123-3" } else { "A-012" };
                assert!(text.contains(&format!("{number} #17")), "{name}: {text}");
                assert_eq!(text.contains(&format!("{number}\n")), style == Style::Text || name == "receipt", "{name}");
                assert_eq!(read_qr(&surface), wanted, "{name} {}", profile.name);
                let drift = surface.height().abs_diff(paper.rows);
                assert!(drift < 350, "{name}: {} rows estimated, {} rendered", paper.rows, surface.height());
            }
        }
        // The printer that swallows a line feed behind a raster, ignores ESC J, and has no knife.
        let page = lay_out(body, Lang::Id, &kind("generic-58"), 0);
        let paper = encode(&page, &kind("generic-58"), Style::Designed);
        let (surface, ..) = render(&paper, resolve("NT-5890K").expect("bundled"));
        assert_eq!(read_qr(&surface), wanted, "{name} on NT-5890K");
    }
}

/// The dark and light runs of one row of dots between the first and the last dark one.
fn runs(surface: &MonoSurface, y: u32) -> Vec<usize> {
    let row: Vec<bool> = (0..surface.width()).map(|x| surface.is_printed(x, y)).collect();
    let (Some(first), Some(last)) = (row.iter().position(|d| *d), row.iter().rposition(|d| *d)) else {
        return Vec::new();
    };
    row[first..=last].chunk_by(|a, b| a == b).map(<[bool]>::len).collect()
}

#[test]
fn s11_the_bars_of_the_receipt_are_on_the_paper_as_another_encoder_draws_them() {
    use barcoders::sym::code128::Code128;
    // Set B, in the middle set C, set B again.
    let named = "\u{0181}26-\u{0106}000123\u{0181}-3";
    let modules = Code128::new(named).expect("encodes").encode();
    let wanted: Vec<usize> = modules.chunk_by(|a, b| a == b).map(|run| run.len() * 2).collect();
    for profile in Profile::names().map(kind) {
        let (_, body) = bodies().into_iter().nth(2).expect("the receipt");
        let page = lay_out(body, Lang::Id, &profile, 0);
        let paper = encode(&page, &profile, Style::Designed);
        let (surface, ..) = render(&of_any_end(&paper, &profile), &reference(&profile));
        let count = |surface: &MonoSurface| (0..surface.height()).filter(|y| runs(surface, *y) == wanted).count();
        if profile.dots == 384 {
            let (surface, ..) = render(&paper, resolve("NT-5890K").expect("bundled"));
            assert!(count(&surface) >= profile.dots_of_mm(7.5), "{} on NT-5890K", profile.name);
        }
        let rows = count(&surface);
        assert!(rows >= profile.dots_of_mm(7.5), "{}: bars on {rows} rows", profile.name);
    }
}

/// The same paper with an end that the renderer knows; those of presenters are their makers' own.
fn of_any_end(paper: &Encoded, profile: &Profile) -> Encoded {
    if matches!(profile.end, End::Eject | End::Present) {
        let mut bytes = paper.bytes[..paper.end].to_vec();
        bytes.extend(ending(&Profile { end: End::Cut, ..profile.clone() }));
        return Encoded { bytes, ..paper.clone() };
    }
    paper.clone()
}

#[test]
fn every_kind_of_head_gets_papers_that_fit_it() {
    let wide = Profile { dots: 640, columns: 53, ..kind("generic-80") };
    let narrow = Profile { dots: 512, columns: 42, ..kind("generic-80") };
    let fine = Profile { dots: 640, columns: 53, dpi: 180, ..kind("generic-80") };
    let native = Profile { native: vec![Native::Qr], ..kind("epson-tm-t20") };
    for profile in ["generic-58", "epson-tm-t88"].map(kind).into_iter().chain([wide, narrow, fine, native]) {
        for (name, body) in bodies() {
            let page = lay_out(body, Lang::En, &profile, 3);
            for style in [Style::Designed, Style::Text, Style::Raster] {
                let paper = encode(&page, &profile, style);
                let (surface, _, text) = render(&of_any_end(&paper, &profile), &reference(&profile));
                let lines = text.lines().map(|l| l.len()).max().unwrap_or(0);
                assert!(lines <= profile.columns, "{name} {}", profile.name);
                let code = matches!(name, "receipt" | "network" | "deferred").then(|| "26-000123-3".to_string());
                assert_eq!(read_qr(&surface), code, "{name} {} {style:?}", profile.name);
            }
        }
    }
}

#[test]
fn no_raster_block_is_higher_than_128_rows() {
    for profile in ["generic-58", "generic-80"].map(kind) {
        for (name, body) in bodies() {
            for style in [Style::Designed, Style::Text, Style::Raster] {
                let page = lay_out(body.clone(), Lang::Id, &profile, 0);
                let paper = of_any_end(&encode(&page, &profile, style), &profile);
                let trace = render_with_trace(&paper.bytes, &reference(&profile)).expect("complete").trace;
                for command in trace.sheets.iter().flat_map(|s| &s.commands) {
                    if let DecodedCommand::RasterImage { height_dots, .. } = &command.command {
                        assert!(*height_dots <= 128, "{name} {}: {height_dots} rows", profile.name);
                    }
                }
            }
        }
    }
}

#[test]
fn the_full_raster_style_is_a_picture() {
    let profile = Profile { style: Some(Style::Raster), ..kind("generic-58") };
    for (name, body) in bodies() {
        if matches!(name, "slip" | "receipt") {
            let paper = encode_for_line(&lay_out(body, Lang::Id, &profile, 0), &profile);
            let (_, png, text) = render(&paper, &reference(&profile));
            assert_eq!(text.trim(), "");
            golden(&format!("{name}-32-raster.png"), &png);
        }
    }
    let (_, body) = bodies().into_iter().next().expect("the slip");
    let profile = kind("epson-tm-t88");
    let (_, png, _) =
        render(&encode(&lay_out(body, Lang::Id, &profile, 0), &profile, Style::Designed), &reference(&profile));
    golden("slip-42.png", &png);
}

#[test]
fn the_text_style_is_a_picture_too() {
    let page = lay_out(slip("new"), Lang::Id, &kind("generic-80"), 1);
    let (_, png, _) = render(&encode(&page, &kind("generic-80"), Style::Text), &reference(&kind("generic-80")));
    golden("slip-48-text-copy.png", &png);
}

#[test]
fn the_test_page_shows_dots_greys_fonts_and_codes() {
    let facts = ["Port: /dev/ttyUSB0".to_string(), "Identitas: TM-T88IV".into(), "Status: siap".into()];
    for name in ["generic-58", "generic-80"] {
        let profile = kind(name);
        let page = printer::test_page::page(&profile, &facts);
        let (surface, png, text) = render(&encode(&page, &profile, Style::Designed), &reference(&profile));
        assert_eq!(read_qr(&surface), Some("26-000123-3".into()));
        assert!(text.contains("HALAMAN UJI\n") && text.contains("Identitas: TM-T88IV\n"), "{text}");
        // The frame of the grid reaches both edges of the head.
        assert!((0..surface.height()).any(|y| (0..surface.width()).all(|x| surface.is_printed(x, y))));
        golden(&format!("test-page-{}.png", profile.columns), &png);
    }
}

/// Words as they could stand in an office's file: up to 18 letters, the longest that fit the narrowest indented line.
fn words(count: usize) -> String {
    let word = |_| (0..fastrand::usize(1..19)).map(|_| fastrand::alphabetic()).collect::<String>();
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn texts_of_any_length_lose_no_line_and_cut_no_word() {
    fastrand::seed(20_261_123);
    let texts = |count| queue::office::Text::new(&words(count), &words(count));
    for round in 0..60 {
        let mut office = office();
        let long = 1 + round % 40;
        office.identity.name = words(long);
        office.identity.address = words(long);
        office.identity.government = words(long);
        office.standard.title = words(long);
        office.standard.decree = words(long);
        office.standard.fee = texts(long);
        office.standard.ready = texts(long);
        office.standard.product = texts(long);
        office.requirements.iter_mut().for_each(|r| r.text = texts(long));
        office.services.iter_mut().for_each(|s| s.name = texts(long));
        for (name, body) in bodies() {
            for lang in [Lang::Id, Lang::En] {
                for profile in ["generic-58", "epson-tm-t88", "generic-80"].map(kind) {
                    let page = page(&document(body.clone(), lang), &office, 3, JobId(9_999_999), profile.columns);
                    let page = page.expect("a known service");
                    let mut said = String::new();
                    for block in &page {
                        if let Block::Line { text, scale, .. } = block {
                            assert!(text.len() * usize::from(*scale) <= profile.columns, "{name}: {text}");
                            said += &format!(" {text} ");
                        }
                    }
                    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
                    let mut wanted = vec![&office.identity.name, &office.identity.address];
                    wanted.push(office_text(&office.standard.fee, lang));
                    match name {
                        "slip" => {
                            wanted.push(office_text(
                                &office.service(&ServiceKey("new".into())).expect("there").name,
                                lang,
                            ));
                            wanted.extend(office.requirement("family-card").map(|r| office_text(&r.text, lang)));
                            wanted.extend(office.requirement("compare").map(|r| office_text(&r.text, lang)));
                        }
                        "return" => {
                            for key in ["family-card", "marriage-book", "police-report"] {
                                wanted.extend(office.requirement(key).map(|r| office_text(&r.text, lang)));
                            }
                        }
                        "receipt" => {
                            let standard = &office.standard;
                            wanted.extend([&standard.title, &standard.decree]);
                            wanted.extend([office_text(&standard.ready, lang), office_text(&standard.product, lang)]);
                        }
                        "network" => wanted.push(&office.identity.government),
                        _ => {}
                    }
                    for text in wanted {
                        assert!(said.contains(text.as_str()), "{name} {lang:?}: \"{text}\" is not in \"{said}\"");
                    }
                }
            }
        }
    }
}

fn office_text(text: &queue::office::Text, lang: Lang) -> &String {
    if lang == Lang::Id { &text.id } else { &text.en }
}
