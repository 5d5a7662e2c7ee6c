//! What the pages say, in which language, and that a finger finds its way by it.

use super::*;

#[test]
fn every_text_has_its_indonesian() {
    let known = include_str!("../../lang/id/LC_MESSAGES/kiosk.po");
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
    assert!(says("Telepon/WA 0813 1914 1787") && says("KTP Elektronik"));
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
    assert!(says("A-012"), "the number stays until it is known what became of its paper");
    (0..10).for_each(|_| drop(screen.borrow_mut().step(Input::Second)));
    paint(&kiosk, &screen.borrow());
    tap(&kiosk, "Selesai");
    assert!(says("Silakan pilih layanan") && !screen.borrow().priority);
    tap(&kiosk, "Pengambilan KTP-el");
    ["2", "6", "0"].iter().for_each(|digit| tap(&kiosk, digit));
    assert!(says("26-0_____-_"));
    tap(&kiosk, "Hapus");
    assert!(says("26-______-_"));
    tap(&kiosk, "Bantuan petugas");
    assert!(says("Sebentar ...") && !says("Petugas sudah dipanggil"), "not before it is on disk");
    let asked = wishes.borrow_mut().pop();
    answered(&mut screen.borrow_mut(), asked, Answer::Done);
    paint(&kiosk, &screen.borrow());
    assert!(says("Petugas sudah dipanggil") && wishes.borrow().is_empty());
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

#[test]
fn a_disk_that_hangs_leaves_a_way_out_of_the_pages_that_stay() {
    let named = |name: &str| pages().into_iter().find(|(page, _)| *page == name).expect("a page").1;
    let kiosk = kiosk(PORTRAIT);
    let last_digit = [Touch::Digit(2), Touch::Digit(3), Touch::Digit(4)];
    for (name, asks, way) in [
        ("code", &last_digit[..], "Kembali"),
        ("technician-more", &[Touch::PrintTest], "Selesai"),
        ("number-question", &[Touch::Paper { came_out: true }], "Selesai"),
    ] {
        let mut screen = named(name);
        let wishes: Vec<Effect> = asks.iter().filter_map(|what| touch(&mut screen, what.clone())).collect();
        assert_eq!(wishes.len(), 1, "{name}: one wish, never answered");
        let screen = Rc::new(RefCell::new(screen));
        connect(&kiosk, {
            let screen = screen.clone();
            move |touched| drop(touch(&mut screen.borrow_mut(), touched))
        });
        (0..8).for_each(|_| drop(screen.borrow_mut().step(Input::Second)));
        paint(&kiosk, &screen.borrow());
        if name != "number-question" {
            let mut says = ElementHandle::find_by_accessible_label(&kiosk, "Mesin nomor sedang lambat");
            assert!(says.next().is_some(), "{name}");
        }
        tap(&kiosk, way);
        assert_eq!(crate::line::word(&screen.borrow()), "home", "{name}");
    }
}

#[test]
fn a_third_language_is_one_file_and_what_it_lacks_is_indonesian() {
    let office = include_str!("../../../office.toml")
        .replace("zone = \"WIB\"", "zone = \"WIB\"\nlanguages = [\"id\", \"en\", \"xx\"]")
        .replace("en = \"Lost KTP-el\"", "en = \"Lost KTP-el\", xx = \"Ktp-el oopsel\"");
    let kiosk = kiosk(PORTRAIT);
    let mut screen = open();
    screen.step(Input::Opened(std::sync::Arc::new(queue::Office::parse(&office).expect("valid"))));
    paint(&kiosk, &screen);
    let says = |text: &str| ElementHandle::find_by_accessible_label(&kiosk, text).next().is_some();
    assert!(says("English / Xxish"), "every language says its own name");
    (0..2).for_each(|_| drop(touch(&mut screen, Touch::NextLanguage)));
    paint(&kiosk, &screen);
    assert!(says("Oopsel wixel") && says("4 oopselen"), "the pages' own texts");
    assert!(says("Ktp-el oopsel") && says("Perekaman KTP-el baru"), "the office's texts, as far as it has them");
    assert!(says("Antrean prioritas") && says("Bahasa Indonesia / English"), "the rest is Indonesian, not English");
    let asked = {
        touch(&mut screen, Touch::Service(key("new")));
        touch(&mut screen, Touch::Print).expect("a wish")
    };
    let crate::input::Wish::Issue(issue) = &asked.what else { panic!("{asked:?}") };
    assert_eq!(issue.lang, queue::Lang::Id, "papers are in Indonesian");
}
