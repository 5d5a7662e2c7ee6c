//! What a call sounds like: the clips of one announcement, in order. Pure; `wav.rs` joins them.
//!
//! "Nomor antrean, A, nol satu dua, silakan menuju ke loket dua." (S17)

use queue::ticket::{CounterNumber, Number};

/// How the figures of a number are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// "nol satu dua": figure by figure, as it stands on the slip.
    #[default]
    Figures,
    /// "dua belas": as a number.
    Number,
}

const UNITS: [&str; 10] = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"];

/// The name of the two-tone chime before the words.
pub const CHIME: &str = "chime";

/// The clips that announce a call, by name. Each name is a file of the clip pack.
pub fn announcement(number: Number, counter: CounterNumber, reading: Reading) -> Vec<String> {
    let mut clips = vec![CHIME.to_owned(), "nomor-antrean".into(), number.prefix.to_ascii_lowercase().to_string()];
    match reading {
        Reading::Figures => clips.extend(figures(number.n).into_iter().map(str::to_owned)),
        Reading::Number => clips.extend(words(number.n).into_iter().map(str::to_owned)),
    }
    clips.extend(["silakan-menuju-ke", "loket"].map(str::to_owned));
    clips.extend(words(counter.into()).into_iter().map(str::to_owned));
    clips
}

/// Every clip that an announcement may need; a complete pack has all of them.
pub fn clips() -> Vec<String> {
    let words = ["sepuluh", "sebelas", "belas", "puluh", "seratus", "ratus", "seribu", "ribu"];
    let phrases = [CHIME, "nomor-antrean", "silakan-menuju-ke", "loket"];
    let letters = ('a'..='z').map(String::from);
    UNITS.into_iter().chain(words).chain(phrases).map(str::to_owned).chain(letters).collect()
}

/// The figures as printed, with leading zeros: 12 is "nol satu dua".
fn figures(n: u32) -> Vec<&'static str> {
    format!("{n:03}").bytes().map(|b| UNITS[usize::from(b - b'0')]).collect()
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
        _ => figures(n),
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
            assert_eq!(figures(n as u32).join(" "), figures_then, "{n}");
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
    fn s17_a_call_is_announced_in_the_order_of_the_sentence_and_with_clips_that_exist() {
        let a12 = Number { prefix: 'A', n: 12 };
        let said = announcement(a12, 2, Reading::Figures).join(" ");
        assert_eq!(said, "chime nomor-antrean a nol satu dua silakan-menuju-ke loket dua");
        let said = announcement(a12, 12, Reading::Number).join(" ");
        assert_eq!(said, "chime nomor-antrean a dua belas silakan-menuju-ke loket dua belas");
        let pack = clips();
        for prefix in 'A'..='Z' {
            for n in (1..=999).chain([1_000, 1_999, 9_999]) {
                for reading in [Reading::Figures, Reading::Number] {
                    let number = Number { prefix, n };
                    let counter = 1 + (n % 99) as u8;
                    assert!(announcement(number, counter, reading).iter().all(|c| pack.contains(c)), "{number}");
                }
            }
        }
    }
}
