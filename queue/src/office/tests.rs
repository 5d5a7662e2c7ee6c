//! The real office is valid, and a mistake in it is refused with what is allowed.

use super::*;
use jiff::civil::date;

const REAL: &str = include_str!("../../../office.toml");

fn refused(from: &str, to: &str) -> String {
    assert!(REAL.contains(from), "the real file has {from}");
    Office::parse(&REAL.replacen(from, to, 1)).expect_err("must be refused").0
}

#[test]
fn s01_s02_s03_s27_s28_s29_c13_the_real_office_is_data() {
    let office = Office::parse(REAL).expect("the real office is valid");
    assert_eq!(office.identity.name, "Kecamatan Sajingan Besar");
    assert!(office.identity.address.contains("79467"));
    assert_eq!(office.identity.phone, "085245778774");
    assert_eq!(office.complaints.phone, "0813 1914 1787");
    assert_eq!(office.standard.decree, "SK 5 Tahun 2024");
    assert!(office.standard.fee.id.contains("tidak dipungut biaya"));
    assert_eq!(office.standard.product.id, "KTP Elektronik");
    let prefixes: String = office.services.iter().map(|s| s.prefix).collect();
    assert_eq!(prefixes, "ALC");
    assert!(office.is_working_day(date(2026, 11, 23)));
    assert!(!office.is_working_day(date(2026, 12, 25)));
    assert!(!office.is_working_day(date(2026, 11, 22)), "a Sunday");
}

#[test]
fn s05_s06_s07_s19_c5_c6_requirements_follow_their_conditions() {
    let office = Office::parse(REAL).expect("valid");
    let keys = |key: &str| -> Vec<String> {
        let service = office.service(&ServiceKey(key.into())).expect("service");
        office.requirements_of(service).iter().filter(|r| r.blocking).map(|r| r.key.clone()).collect()
    };
    assert_eq!(keys("new"), ["age", "family-card", "marriage-book", "form"]);
    assert_eq!(keys("lost"), ["age", "family-card", "marriage-book", "police-report"]);
    assert_eq!(keys("collection"), ["receipt"]);
    assert!(!office.requirement("rt-rw-letter").expect("advice").blocking);
}

#[test]
fn a_mistake_is_refused_with_the_key_and_what_is_allowed() {
    assert!(refused("priority_run = 2", "priority_runs = 2").contains("priority_runs"));
    assert!(refused("prefix = \"L\"", "prefix = \"B\"").contains("use one of A C D"));
    assert!(refused("prefix = \"L\"", "prefix = \"A\"").contains("stands twice"));
    assert!(refused("number = 2", "number = 1").contains("counter.number"));
    assert!(refused("calls_before_skip = 3", "calls_before_skip = 7").contains("recalls_max"));
    assert!(refused("open = \"08.00\"", "open = \"8:00\"").contains("08.00"));
    assert!(refused("open = \"08.00\"", "open = \"16.00\"").contains("hours.monday"));
    assert!(refused("zone = \"WIB\"", "zone = \"UTC\"").contains("WITA"));
    assert!(refused("ageing_minutes = 45", "ageing_minutes = 0").contains("use 1 to 480"));
    assert!(refused("reprints_max = 3", "reprints_max = 200").contains("use 1 to 20"));
    assert!(refused("services = [\"lost\"]", "services = [\"hilang\"]").contains("there is no service"));
    let board = |line: &str| Office::parse(&format!("{REAL}\n[board]\n{line}")).expect_err("must be refused").0;
    assert!(board("slide_seconds = 2").contains("board.slide_seconds = 2: use 3 to 3600"));
    assert!(board("slide_pause_seconds = 0").contains("use 3 to 3600"));
    assert!(board("inggris = true").contains("english"), "an unknown key names those that are known");
    assert!(refused("languages = [\"id\"]", "languages = [\"jv\"]").contains("`id` or `en`"));
    assert!(refused("languages = [\"id\"]", "languages = [\"id\", \"id\"]").contains("once"));
    assert!(refused("reading = \"figures\"", "reading = \"digits\"").contains("figures"));
    assert!(refused("repeats = 1", "repeats = 9").contains("use 0 to 3"));
    assert!(refused("repeat_after_seconds = 4", "repeat_after_seconds = 0").contains("use 2 to 30"));
    assert!(refused("percent = 100 }]", "percent = 120 }]").contains("use 0 to 100"));
    let twice = "percent = 10 }, { from = \"07.00\", percent = 20 }]";
    assert!(refused("percent = 100 }]", twice).contains("ascend"));
    assert!(refused("en = \"Lost KTP-el\"", "en = \"Lost KTP-el\", ed = \"?\"").contains("use one of id, en"));
    assert!(refused("zone = \"WIB\"", "zone = \"WIB\"\nlanguages = [\"id\"]").contains("\"en\""));
    let no_collection = REAL.replace(
        "stages = [\"collection\"]\n\n[stages.ver",
        "stages = [\"verification\", \"recording\", \"printing\"]\n\n[stages.ver",
    );
    assert!(Office::parse(&no_collection).expect_err("cards").0.contains("handed over"));
    assert!(Office::parse("").is_err());
}

#[test]
fn a_third_language_is_data_and_falls_back_to_indonesian() {
    let text = REAL
        .replace("zone = \"WIB\"", "zone = \"WIB\"\nlanguages = [\"id\", \"en\", \"xx\"]")
        .replace("en = \"Lost KTP-el\"", "en = \"Lost KTP-el\", xx = \"Ktp-el oopsel\"");
    let office = Office::parse(&text).expect("valid");
    let named = |key: &str, code| office.service(&ServiceKey(key.into())).expect("there").name.in_language(code);
    assert_eq!(
        [named("lost", "xx"), named("lost", "en"), named("lost", "id")],
        ["Ktp-el oopsel", "Lost KTP-el", "KTP-el hilang"]
    );
    assert_eq!(named("new", "xx"), "Perekaman KTP-el baru");
}

/// Another office is another file: what the papers say names no town, no card and no kind of office.
#[test]
fn nothing_of_this_office_is_in_the_papers() {
    const OWN: [&str; 7] = ["sajingan", "sambas", "ktp", "dukcapil", "camat", "kelurahan", "puskesmas"];
    let source = include_str!("../../../printer/src/slip.rs");
    let says = |line: &&str| OWN.iter().any(|own| line.to_lowercase().contains(own));
    assert_eq!(source.lines().filter(says).collect::<Vec<_>>(), Vec::<&str>::new());
}

/// An office that says nothing of its own is spoken of in words that fit every office.
#[test]
fn what_an_office_calls_its_own_is_optional_and_neutral() {
    let real = Office::parse(REAL).expect("valid");
    assert_eq!(real.referral.address.id, "Dinas Dukcapil Kab. Sambas");
    let from = REAL.find("# Where an applicant may go instead").expect("its own words");
    let to = REAL.find("[complaints]").expect("what follows");
    let plain = Office::parse(&[&REAL[..from], &REAL[to..]].concat()).expect("valid without them");
    assert_eq!(plain.referral.short.en, "the responsible office");
    assert_eq!(plain.referral.address.id, "kantor yang berwenang");
    assert!(refused("short = {", "brief = {").contains("brief"));
}

/// Each service publishes its own standard; what it leaves out is the office's.
#[test]
fn a_service_may_have_a_standard_of_its_own() {
    let own = "[service.standard]\ndecree = \"SK 9\"\nfee = { id = \"Meterai Rp10.000\", en = \"Stamp duty\" }\n";
    let lost = REAL.replacen("print_directly = true\n", &format!("print_directly = true\n{own}"), 1);
    let office = Office::parse(&lost).expect("valid");
    let of = |key: &str| office.standard_of(office.service(&ServiceKey(key.into())).expect("service"));
    assert_eq!((of("lost").decree.as_str(), of("lost").fee.id.as_str()), ("SK 9", "Meterai Rp10.000"));
    assert_eq!(of("lost").product, office.standard.product, "what it leaves out is the office's");
    assert_eq!(of("new").decree, "SK 5 Tahun 2024");
    let wrong =
        Office::parse(&lost.replacen("fee = { id = \"Met", "fees = { id = \"Met", 1)).expect_err("must be refused").0;
    assert!(wrong.contains("fees") && wrong.contains("`fee`"), "{wrong}");
}
