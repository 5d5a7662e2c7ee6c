//! The built-in voices: every call can be spoken with clips that exist, short and without holes, and every word has the
//! phonemes of the dictionary.

#![allow(clippy::panic, clippy::unwrap_used)] // A test may fail loudly, in its helpers too.

use queue::Lang;
use queue::office::Reading;
use queue::ticket::Number;
use std::collections::HashSet;
use std::process::Command;
use voice::Pack;
use voice::check::{LONGEST_CALL, LONGEST_GAP, check};
use voice::words::announcement;

/// Every number 0 to 999 as written by an independent program, one a line: figures, then words.
const REFERENCE: &str = include_str!("golden/number-words.txt");
const LISTS: [(&str, &str); 2] = [("id", include_str!("../packs/id.tsv")), ("en-us", include_str!("../packs/en.tsv"))];

/// Name, text, what eSpeak is given, phonemes.
fn rows(list: &str) -> impl Iterator<Item = [&str; 4]> {
    let row = |line| str::split(line, '\t').collect::<Vec<_>>().try_into().expect("four columns");
    list.lines().filter(|line| !line.starts_with('#')).map(row)
}

fn phonemes(name: &str) -> &'static str {
    rows(LISTS[0].1).find(|row| row[0] == name).unwrap_or_else(|| panic!("{name} is in the list"))[3]
}

#[test]
fn s17_every_number_prefix_and_counter_is_announced_as_the_reference_says() {
    let clips: HashSet<&str> = LISTS.iter().flat_map(|(_, list)| rows(list)).map(|row| row[0]).collect();
    let words: Vec<(Vec<&str>, Vec<&str>)> = REFERENCE
        .lines()
        .map(|line| line.split_once('|').map(|(f, w)| (f.split(' ').collect(), w.split(' ').collect())).unwrap())
        .collect();
    let mut count = 0;
    for prefix in 'A'..='Z' {
        let letter = prefix.to_ascii_lowercase().to_string();
        for n in 1..=999u32 {
            for (reading, said) in [(Reading::Figures, &words[n as usize].0), (Reading::Number, &words[n as usize].1)] {
                for counter in 1..=9 {
                    let mut then = vec!["nomor-antrean", &letter];
                    then.extend(said);
                    then.extend(["silakan-menuju-ke", "loket"]);
                    then.extend(&words[usize::from(counter)].1);
                    let now = announcement(Number { prefix, n }, counter, &[Lang::Id], reading);
                    let [now] = &now[..] else { panic!("one sentence") };
                    assert_eq!(now[0], "chime");
                    assert!(now[1..].iter().map(|clip| clip.strip_prefix("id/")).eq(then.iter().map(|c| Some(*c))));
                    assert!(then.iter().all(|clip| clips.contains(clip)));
                    count += 1;
                }
            }
        }
    }
    println!("{count} announcements");
    assert_eq!(count, 26 * 999 * 9 * 2);
}

#[test]
fn s17_every_call_of_an_office_is_short_and_complete_in_both_languages() {
    let checked = check(&Pack::embedded(), &[Lang::Id, Lang::En], &['A', 'L', 'C', 'W'], &[1, 5, 9]);
    println!("{checked:?}");
    assert_eq!(checked.problems, Vec::<String>::new());
    assert_eq!((checked.own, checked.announcements), (0, 2 * 2 * 4 * 999 * 3));
}

#[test]
fn s17_the_joined_samples_have_no_hole_and_no_call_is_long() {
    let pack = Pack::embedded();
    let (mut longest, mut gap) = (Default::default(), Default::default());
    for n in 1..=999u32 {
        let number = Number { prefix: char::from(b'A' + (n % 26) as u8), n };
        for (lang, reading) in [(Lang::Id, Reading::Figures), (Lang::Id, Reading::Number), (Lang::En, Reading::Figures)]
        {
            let sound = pack.sound(&announcement(number, 1 + (n % 9) as u8, &[lang], reading));
            longest = sound.length().max(longest);
            gap = sound.longest_gap().max(gap);
            assert!(sound.longest_gap() <= LONGEST_GAP && sound.length() <= LONGEST_CALL, "{number}");
        }
    }
    println!("longest call {longest:?}, longest gap {gap:?}");
}

#[test]
fn a_voice_of_an_offices_own_is_told_what_is_wrong_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("voice/id");
    std::fs::create_dir_all(&folder).unwrap();
    let tone = |loud: f32, ms: usize| (0..ms * 16).map(|n| ((n as f32 / 6.0).sin() * loud) as i16).collect::<Vec<_>>();
    let write = |name: &str, samples: Vec<i16>| {
        let sound = voice::Sound { rate: 16_000, samples };
        std::fs::write(folder.join(name), sound.to_wav()).unwrap();
    };
    write("satu.wav", tone(600.0, 300));
    write("dua.wav", vec![0; 4_000]);
    write("tiga.wav", [tone(4_600.0, 200), vec![0; 4_000], tone(4_600.0, 200)].concat());
    write("loket.wav", tone(4_600.0, 5_000));
    std::fs::write(folder.join("lima.wav"), "MP3").unwrap();
    let checked = check(&Pack::of(dir.path()), &[Lang::Id], &['A'], &[1]);
    let all = checked.problems.join("\n");
    for part in [
        "id/satu: 18 dB lebih pelan",
        "id/dua: hening",
        "id/tiga: jeda 250 milidetik",
        "detik, paling lama 9",
        "lima.wav: this is no WAV file",
    ] {
        assert!(all.contains(part), "{part} is not in\n{all}");
    }
    assert_eq!(checked.own, 4);
}

#[test]
fn words_that_espeak_says_wrongly_have_the_phonemes_of_the_dictionary() {
    // KBBI: ê (enam) is @, é (loket) is e or, in a closed syllable, E.
    for (name, then) in [
        ("enam", "@n'am"),
        ("empat", "@mp'at"),
        ("belas", "b@l'as"),
        ("sebelas", "s@b@l'as"),
        ("delapan", "d@l'apan"),
        ("sembilan", "s@mb'ilan"),
        ("sepuluh", "s@p'uluh"),
        ("seratus", "s@R2'atus"),
        ("loket", "l'okEt"),
        ("nomor-antrean", "n'omOR antR2'ean"),
        ("silakan-menuju-ke", "sil'akan m@n'udZu k@"),
    ] {
        assert_eq!(phonemes(name), then, "{name}");
    }
    // Where an open e is spoken at all, it is one of these: everywhere else the dictionary has ê or a closed é.
    let open: Vec<&str> =
        rows(LISTS[0].1).flat_map(|row| row[3].split(' ')).filter(|word| word.contains('E')).collect();
    assert_eq!(open, ["'Ef", "'El", "'Em", "'En", "'ER", "'Es", "'Eks", "z'Et", "l'okEt", "int@Rn'Et"]);
}

#[test]
#[ignore = "needs espeak-ng"]
fn the_lists_say_what_espeak_speaks() {
    for (voice, list) in LISTS {
        for [name, _, spoken, then] in rows(list) {
            let output = Command::new("espeak-ng").args(["-v", voice, "-q", "-x", spoken]).output().unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            let said = said.trim().lines().map(str::trim).collect::<Vec<_>>().join(" | ");
            assert_eq!(said, then, "{voice} {name}");
        }
    }
}
