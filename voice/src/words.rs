//! What is said, clip by clip. Pure; `sound.rs` joins them.
//!
//! "Nomor antrean, A, nol satu dua, silakan menuju ke loket dua." (S17)
//! "Queue number A zero one two, please go to counter two."

use crate::pack::phrase;
use jiff::civil::Time;
use queue::Lang;
use queue::office::Reading;
use queue::ticket::{CounterNumber, Number};

const UNITS: [&str; 10] = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"];

/// The name of the two-tone chime before the words.
pub const CHIME: &str = "chime";

/// A call: the chime, then a sentence in each of the languages. Each sentence is a list of clips.
pub fn announcement(number: Number, counter: CounterNumber, languages: &[Lang], reading: Reading) -> Vec<Vec<String>> {
    let mut sentences: Vec<Vec<String>> = languages
        .iter()
        .map(|lang| {
            let (queue_number, go, counter_word) = match lang {
                Lang::Id => ("nomor-antrean", "silakan-menuju-ke", "loket"),
                Lang::En => ("queue-number", "please-go-to", "counter"),
            };
            let mut clips = vec![phrase(*lang, queue_number)];
            clips.extend(spoken(number, *lang, reading));
            clips.extend([go, counter_word].map(|name| phrase(*lang, name)));
            clips.extend(cardinal(counter.into(), *lang));
            clips
        })
        .collect();
    if let Some(first) = sentences.first_mut() {
        first.insert(0, CHIME.into());
    }
    sentences
}

/// A number alone: "A nol satu dua".
pub fn spoken(number: Number, lang: Lang, reading: Reading) -> Vec<String> {
    let mut clips = vec![phrase(lang, &number.prefix.to_ascii_lowercase().to_string())];
    clips.extend(match reading {
        Reading::Figures => named(figures(number.n, lang), lang),
        Reading::Number => cardinal(number.n, lang),
    });
    clips
}

/// "Pelayanan istirahat sampai pukul tiga belas tiga puluh."
pub fn break_until(until: Time, lang: Lang) -> Vec<String> {
    let (hour, minute) = (until.hour().unsigned_abs().into(), until.minute().unsigned_abs().into());
    let mut clips = vec![phrase(lang, "break-until")];
    clips.extend(match lang {
        Lang::Id => cardinal(hour, lang),
        Lang::En => cardinal((hour + 11) % 12 + 1, lang),
    });
    if minute > 0 {
        clips.extend(cardinal(minute, lang));
    }
    if lang == Lang::En {
        clips.push(phrase(lang, if hour < 12 { "am" } else { "pm" }));
    }
    clips
}

fn named(words: Vec<&'static str>, lang: Lang) -> Vec<String> {
    words.into_iter().map(|word| phrase(lang, word)).collect()
}

fn cardinal(n: u32, lang: Lang) -> Vec<String> {
    match lang {
        Lang::Id => named(words(n), lang),
        Lang::En => named(english(n), lang),
    }
}

/// The figures as printed, with leading zeros: 12 is "nol satu dua".
fn figures(n: u32, lang: Lang) -> Vec<&'static str> {
    let units: &[&'static str] = match lang {
        Lang::Id => &UNITS,
        Lang::En => &ENGLISH,
    };
    format!("{n:03}").bytes().map(|b| units[usize::from(b - b'0')]).collect()
}

/// The words of a number: 12 is "dua belas". From a million on, which no day reaches, figure by figure.
fn words(n: u32) -> Vec<&'static str> {
    let unit = |n: u32| UNITS[n as usize];
    // "satu" before a power of ten melts into se-.
    let power = |count: u32, one: &'static str, many: &'static str, rest: u32| {
        let mut all = if count == 1 { vec![one] } else { [words(count), vec![many]].concat() };
        if rest > 0 {
            all.extend(words(rest));
        }
        all
    };
    match n {
        0..=9 => vec![unit(n)],
        10 => vec!["sepuluh"],
        11 => vec!["sebelas"],
        12..=19 => vec![unit(n - 10), "belas"],
        20..=99 => power(n / 10, "sepuluh", "puluh", n % 10),
        100..=999 => power(n / 100, "seratus", "ratus", n % 100),
        1_000..=999_999 => power(n / 1_000, "seribu", "ribu", n % 1_000),
        _ => figures(n, Lang::Id),
    }
}

const ENGLISH: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// The English words of a number: 112 is "one hundred twelve". From a million on figure by figure.
fn english(n: u32) -> Vec<&'static str> {
    let and = |mut head: Vec<&'static str>, rest: u32| {
        if rest > 0 {
            head.extend(english(rest));
        }
        head
    };
    match n {
        0..=19 => vec![ENGLISH[n as usize]],
        20..=99 => and(vec![TENS[n as usize / 10 - 2]], n % 10),
        100..=999 => and(vec![ENGLISH[n as usize / 100], "hundred"], n % 100),
        1_000..=999_999 => and([english(n / 1_000), vec!["thousand"]].concat(), n % 1_000),
        _ => figures(n, Lang::En),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every number 0 to 999 as written by an independent program, one a line: figures, then words.
    const REFERENCE: &str = include_str!("../tests/golden/number-words.txt");

    #[test]
    fn s17_every_number_is_read_as_the_reference_reads_it() {
        let mut lines = 0;
        for (n, line) in REFERENCE.lines().enumerate() {
            let (figures_then, words_then) = line.split_once('|').unwrap();
            assert_eq!(figures(n as u32, Lang::Id).join(" "), figures_then, "{n}");
            assert_eq!(words(n as u32).join(" "), words_then, "{n}");
            lines += 1;
        }
        assert_eq!(lines, 1000);
        assert_eq!(words(1_000), ["seribu"]);
        assert_eq!(words(1_234).join(" "), "seribu dua ratus tiga puluh empat");
        assert_eq!(words(21_011).join(" "), "dua puluh satu ribu sebelas");
        assert_eq!(words(u32::MAX).len(), 10);
    }

    #[test]
    fn english_numbers_are_read_as_english_numbers() {
        for (n, then) in [
            (0, "zero"),
            (12, "twelve"),
            (20, "twenty"),
            (45, "forty five"),
            (100, "one hundred"),
            (340, "three hundred forty"),
            (999, "nine hundred ninety nine"),
            (1_000, "one thousand"),
            (21_013, "twenty one thousand thirteen"),
        ] {
            assert_eq!(english(n).join(" "), then);
        }
        assert_eq!(english(u32::MAX).len(), 10);
    }

    fn said(sentences: &[Vec<String>]) -> String {
        sentences.iter().map(|clips| clips.join(" ")).collect::<Vec<_>>().join(". ")
    }

    #[test]
    fn s17_a_call_is_announced_in_the_order_of_the_sentence() {
        let a12 = Number { prefix: 'A', n: 12 };
        assert_eq!(
            said(&announcement(a12, 2, &[Lang::Id], Reading::Figures)),
            "chime id/nomor-antrean id/a id/nol id/satu id/dua id/silakan-menuju-ke id/loket id/dua"
        );
        assert_eq!(
            said(&announcement(a12, 12, &[Lang::Id, Lang::En], Reading::Number)),
            "chime id/nomor-antrean id/a id/dua id/belas id/silakan-menuju-ke id/loket id/dua id/belas. \
             en/queue-number en/a en/twelve en/please-go-to en/counter en/twelve"
        );
        assert_eq!(said(&announcement(a12, 1, &[], Reading::Number)), "");
    }

    #[test]
    fn the_break_is_told_in_the_hours_of_each_language() {
        let told = |hour, minute, lang| break_until(Time::new(hour, minute, 0, 0).unwrap(), lang)[1..].join(" ");
        assert_eq!(told(13, 0, Lang::Id), "id/tiga id/belas");
        assert_eq!(told(13, 30, Lang::Id), "id/tiga id/belas id/tiga id/puluh");
        assert_eq!(told(13, 30, Lang::En), "en/one en/thirty en/pm");
        assert_eq!(told(12, 0, Lang::En), "en/twelve en/pm");
        assert_eq!(told(9, 5, Lang::En), "en/nine en/five en/am");
    }
}
