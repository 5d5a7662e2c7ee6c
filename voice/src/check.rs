//! Is a voice complete and clean enough to call people with?

use crate::pack::{Pack, clips};
use crate::sound::{GAP_MS, LOUDNESS_DB};
use crate::words::announcement;
use queue::Lang;
use queue::office::Reading;
use queue::ticket::{CounterNumber, Number};
use std::collections::HashMap;
use std::time::Duration;

/// How much louder or softer than the others a clip may be, dB: the least that a listener notices in a sentence.
pub const UNEVEN_DB: f64 = 2.0;
/// The longest silence within an announcement in one language.
pub const LONGEST_GAP: Duration = Duration::from_millis(120);
/// The longest announcement in one language.
pub const LONGEST_CALL: Duration = Duration::from_secs(9);

/// What a check found out.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// Clips that a complete voice has.
    pub clips: usize,
    /// How many of them are the office's own.
    pub own: usize,
    /// Softest and loudest clip, dB below full scale.
    pub loudness: (f64, f64),
    /// Announcements that were put together.
    pub announcements: usize,
    /// The longest of them.
    pub longest: Duration,
    /// The longest silence in any of them.
    pub gap: Duration,
    /// What has to be mended, a sentence each, in Indonesian.
    pub problems: Vec<String>,
}

/// What is known of one clip.
struct Measured {
    length: Duration,
    gap: Duration,
}

/// Looks at every clip of `languages`, and puts together every call from 1 to 999 under each prefix to each counter, in
/// both readings.
pub fn check(pack: &Pack, languages: &[Lang], prefixes: &[char], counters: &[CounterNumber]) -> Checked {
    let mut checked = Checked {
        clips: 0,
        own: 0,
        loudness: (f64::INFINITY, f64::NEG_INFINITY),
        announcements: 0,
        longest: Duration::ZERO,
        gap: Duration::ZERO,
        problems: Vec::new(),
    };
    for lang in languages {
        let measured = measure(pack, *lang, &mut checked);
        call_everybody(*lang, prefixes, counters, &measured, &mut checked);
    }
    checked
}

fn measure(pack: &Pack, lang: Lang, checked: &mut Checked) -> HashMap<String, Measured> {
    let mut all = HashMap::new();
    let names = clips(lang).iter().map(|clip| clip.name).chain([crate::words::CHIME]);
    for name in names {
        checked.clips += 1;
        let own = pack.own(name);
        checked.own += usize::from(matches!(own, Ok(Some(_))));
        if let Err(why) = &own {
            checked.problems.push(why.clone());
        }
        let Some(sound) = own.ok().flatten().or_else(|| pack.clip(name)) else {
            checked.problems.push(format!("{name}: klip tidak ada"));
            continue;
        };
        let Some(db) = sound.loudness().filter(|_| !sound.trimmed().is_empty()) else {
            checked.problems.push(format!("{name}: hening"));
            continue;
        };
        // The chime is no speech, and two tones together measure otherwise.
        if name != crate::words::CHIME {
            checked.loudness = (checked.loudness.0.min(db), checked.loudness.1.max(db));
            if (db - LOUDNESS_DB).abs() > UNEVEN_DB {
                let than = if db < LOUDNESS_DB { "lebih pelan" } else { "lebih keras" };
                let by = (db - LOUDNESS_DB).abs();
                checked.problems.push(format!("{name}: {by:.0} dB {than} daripada seharusnya; rekam ulang"));
            }
        }
        let rate = f64::from(sound.rate);
        let length = Duration::from_secs_f64(sound.trimmed().len() as f64 / rate);
        all.insert(name.to_string(), Measured { length, gap: sound.longest_gap() });
    }
    all
}

fn call_everybody(
    lang: Lang,
    prefixes: &[char],
    counters: &[CounterNumber],
    measured: &HashMap<String, Measured>,
    checked: &mut Checked,
) {
    let mut worst: Option<(Duration, String)> = None;
    let mut gaps: HashMap<&str, Duration> = HashMap::new();
    for reading in [Reading::Figures, Reading::Number] {
        for (prefix, n) in prefixes.iter().flat_map(|prefix| (1..=999).map(|n| (*prefix, n))) {
            for counter in counters {
                let number = Number { prefix, n };
                let sentences = announcement(number, *counter, &[lang], reading);
                // What is missing was told clip by clip.
                let known: Option<Vec<_>> =
                    sentences.iter().flatten().map(|name| measured.get_key_value(name.as_str())).collect();
                let Some(known) = known else { continue };
                checked.announcements += 1;
                let between = Duration::from_millis(u64::from(GAP_MS)) * known.len().saturating_sub(1) as u32;
                let length = known.iter().map(|(_, m)| m.length).sum::<Duration>() + between;
                if worst.as_ref().is_none_or(|(longest, _)| length > *longest) {
                    worst = Some((length, format!("{number} ke loket {counter}")));
                }
                gaps.extend(known.iter().map(|(name, m)| (name.as_str(), m.gap)));
            }
        }
    }
    if let Some((length, call)) = worst {
        checked.longest = checked.longest.max(length);
        if length > LONGEST_CALL {
            let (is, may) = (length.as_secs_f64(), LONGEST_CALL.as_secs());
            checked.problems.push(format!("{call}: panggilan {is:.1} detik, paling lama {may}; bacakan lebih singkat"));
        }
    }
    let mut gaps: Vec<_> = gaps.into_iter().collect();
    gaps.sort();
    for (name, gap) in gaps {
        checked.gap = checked.gap.max(gap);
        if gap > LONGEST_GAP {
            let (is, may) = (gap.as_millis(), LONGEST_GAP.as_millis());
            checked.problems.push(format!("{name}: jeda {is} milidetik di dalamnya, paling lama {may}; rekam ulang"));
        }
    }
    checked.gap = checked.gap.max(Duration::from_millis(GAP_MS.into()));
}
