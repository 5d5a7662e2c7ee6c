//! Sound as data: reading clips, joining them sample by sample, writing the result. Pure.
//!
//! Inside the house every sound has [`RATE`]; whatever comes in is brought to it.

use std::fmt;
use std::time::Duration;

/// Samples per second of everything that is spoken: twice the band of a telephone, all that a synthesized voice has.
pub const RATE: u32 = 16_000;
/// How loud a clip is, in [`Sound::loudness`]: what speech bears without clipping its peaks.
pub const LOUDNESS_DB: f64 = -20.0;
/// Silence between two joined clips, milliseconds: less than what a listener takes for a pause.
pub const GAP_MS: u32 = 60;
/// Silence between two sentences, milliseconds: what a listener takes for one.
pub const PAUSE_MS: u32 = 350;
/// How long a clip swells and fades at its ends, milliseconds; without it a cut sample clicks.
const FADE_MS: u32 = 4;
/// Louder than this is sound, softer is the silence around it.
const SILENCE: u16 = 160;
/// The highest peak that evening may make, of 32767.
const PEAK: f64 = 30_000.0;

/// A sound: 16-bit samples, one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// Samples per second.
    pub rate: u32,
    /// The samples.
    pub samples: Vec<i16>,
}

/// Why a file is no clip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAClip(pub &'static str);

impl fmt::Display for NotAClip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let allowed = "a clip is a WAV file with 16-bit or µ-law samples, one or two channels, 8000 to 48000 a second";
        write!(f, "{}; {allowed}", self.0)
    }
}

impl std::error::Error for NotAClip {}

/// The two kinds of samples in a WAV file that are read and written here, with their numbers in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Coding {
    Pcm16 = 1,
    /// µ-law, ITU-T G.711: half the size, and speech sounds the same.
    MuLaw = 7,
}

impl Sound {
    /// Reads a WAV file; two channels become one, another rate becomes [`RATE`].
    ///
    /// # Errors
    /// When it is none, is cut short, or has another format.
    pub fn parse(file: &[u8]) -> Result<Sound, NotAClip> {
        let word =
            |at: usize| -> Option<u32> { Some(u32::from_le_bytes(file.get(at..at.checked_add(4)?)?.try_into().ok()?)) };
        if file.get(..4) != Some(b"RIFF") || file.get(8..12) != Some(b"WAVE") {
            return Err(NotAClip("this is no WAV file"));
        }
        let (mut at, mut format) = (12, None);
        while let (Some(kind), Some(len)) = (file.get(at..at + 4), word(at + 4)) {
            let body = file.get(at + 8..).and_then(|rest| rest.get(..len as usize));
            let body = body.ok_or(NotAClip("the file is cut short"))?;
            match kind {
                b"fmt " => {
                    let head = body.get(..16).ok_or(NotAClip("the file is cut short"))?;
                    let half = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
                    let rate = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
                    let coding = match (half(0), half(14)) {
                        (1, 16) => Coding::Pcm16,
                        (7, 8) => Coding::MuLaw,
                        _ => return Err(NotAClip("the format is another")),
                    };
                    if !(1..=2).contains(&half(2)) || !(8_000..=48_000).contains(&rate) {
                        return Err(NotAClip("the format is another"));
                    }
                    format = Some((coding, usize::from(half(2)), rate));
                }
                b"data" => {
                    let (coding, channels, rate) = format.ok_or(NotAClip("the format is not said"))?;
                    let all: Vec<i16> = match coding {
                        Coding::Pcm16 => body.chunks_exact(2).map(|s| i16::from_le_bytes([s[0], s[1]])).collect(),
                        Coding::MuLaw => body.iter().copied().map(from_mu_law).collect(),
                    };
                    let mean =
                        |frame: &[i16]| (frame.iter().map(|s| i32::from(*s)).sum::<i32>() / frame.len() as i32) as i16;
                    let samples = if channels == 1 { all } else { all.chunks_exact(channels).map(mean).collect() };
                    return Ok(Sound { rate, samples }.at(RATE));
                }
                _ => {}
            }
            // Chunks begin at even places.
            at += 8 + len as usize + len as usize % 2;
        }
        Err(NotAClip("there is no sound in the file"))
    }

    /// The sound as a WAV file of 16-bit samples.
    pub fn to_wav(&self) -> Vec<u8> {
        let mut file = pcm_header(self.rate, self.samples.len() as u32).to_vec();
        file.extend(self.samples.iter().flat_map(|s| s.to_le_bytes()));
        file
    }

    /// The sound as a WAV file of half that size, as the embedded packs have it.
    pub fn to_mu_law_wav(&self) -> Vec<u8> {
        let mut file = header(Coding::MuLaw, self.rate, self.samples.len() as u32).to_vec();
        file.extend(self.samples.iter().copied().map(to_mu_law));
        if file.len() % 2 == 1 {
            file.push(0);
        }
        file
    }

    /// How long it lasts.
    pub fn length(&self) -> Duration {
        Duration::from_secs_f64(self.samples.len() as f64 / f64::from(self.rate))
    }

    /// The same sound in `rate` samples a second.
    pub fn at(self, rate: u32) -> Sound {
        if rate == self.rate {
            return self;
        }
        // A windowed sinc of eight lobes: below both half rates it is flat, above them it is silent.
        const LOBES: f64 = 8.0;
        let step = f64::from(self.rate) / f64::from(rate);
        let cut = (1.0 / step).min(1.0) * 0.95;
        let reach = LOBES / cut;
        let kernel = |x: f64| {
            let (phase, window) = (std::f64::consts::PI * x * cut, (x / reach * std::f64::consts::FRAC_PI_2).cos());
            let sinc = if phase.abs() < 1e-9 { 1.0 } else { phase.sin() / phase };
            cut * sinc * window * window
        };
        let count = (self.samples.len() as f64 / step) as usize;
        let samples = (0..count)
            .map(|n| {
                let center = n as f64 * step;
                let from = (center - reach).ceil().max(0.0) as usize;
                let to = ((center + reach) as usize + 1).min(self.samples.len());
                let near = self.samples.get(from..to).unwrap_or_default();
                let sum =
                    near.iter().zip(from..).map(|(s, at)| f64::from(*s) * kernel(at as f64 - center)).sum::<f64>();
                sum.round() as i16 // Saturates.
            })
            .collect();
        Sound { rate, samples }
    }

    /// How loud its sounding parts are, in dB below full scale: the mean power of the 20 ms frames that are within
    /// 20 dB of the loudest one. Pauses and soft ends therefore do not count. `None` is silence.
    pub fn loudness(&self) -> Option<f64> {
        let power = |frame: &[i16]| {
            frame.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / frame.len() as f64 / 32_768f64.powi(2)
        };
        let frames: Vec<f64> = self.samples.chunks((self.rate / 50) as usize).map(power).collect();
        let loudest = frames.iter().copied().fold(0.0, f64::max);
        let sounding: Vec<f64> = frames.into_iter().filter(|p| *p > 0.0 && *p >= loudest / 100.0).collect();
        let mean = sounding.iter().sum::<f64>() / sounding.len().max(1) as f64;
        (mean > 0.0).then(|| 10.0 * mean.log10())
    }

    /// The sound without the silence around it, as loud as all clips are ([`LOUDNESS_DB`]). A recording whose peaks
    /// leave no room stays softer, which `antrean voice check` tells.
    pub fn evened(&self) -> Sound {
        let trimmed = Sound { rate: self.rate, samples: self.trimmed().to_vec() };
        let Some(db) = trimmed.loudness() else { return trimmed };
        let peak = trimmed.samples.iter().map(|s| s.unsigned_abs()).max().unwrap_or(1);
        let gain = 10f64.powf((LOUDNESS_DB - db) / 20.0).min(PEAK / f64::from(peak));
        Sound { rate: self.rate, samples: trimmed.samples.iter().map(|s| (f64::from(*s) * gain) as i16).collect() }
            .retrimmed()
    }

    /// What was near silence before it was made softer or louder may be on the other side of it now.
    fn retrimmed(self) -> Sound {
        Sound { rate: self.rate, samples: self.trimmed().to_vec() }
    }

    /// As loud as a knob at `percent` makes it: half way is a quarter of the amplitude, which is heard as half.
    pub fn at_volume(mut self, percent: u8) -> Sound {
        let part = f64::from(percent.min(100)) / 100.0;
        self.samples.iter_mut().for_each(|s| *s = (f64::from(*s) * part * part) as i16);
        self
    }

    /// Sentences one after the other, [`PAUSE_MS`] apart, each of them [joined](Sound::join).
    pub fn sentences(all: impl IntoIterator<Item = Vec<Sound>>) -> Sound {
        let mut whole = Sound { rate: RATE, samples: Vec::new() };
        for clips in all {
            let sentence = Sound::join(&clips);
            if !whole.samples.is_empty() && !sentence.samples.is_empty() {
                whole.silence(PAUSE_MS);
            }
            whole.samples.extend(sentence.samples);
        }
        whole
    }

    /// The clips one after the other: each without the silence around it, swelling and fading, [`GAP_MS`] apart.
    pub fn join(clips: &[Sound]) -> Sound {
        let mut whole = Sound { rate: RATE, samples: Vec::new() };
        for clip in clips {
            let clip = clip.clone().at(RATE);
            let sound = clip.trimmed();
            if sound.is_empty() {
                continue;
            }
            if !whole.samples.is_empty() {
                whole.silence(GAP_MS);
            }
            let fade = ((RATE * FADE_MS / 1_000) as usize).min(sound.len() / 2).max(1);
            whole.samples.extend(sound.iter().enumerate().map(|(n, sample)| {
                let from_end = n.min(sound.len() - 1 - n);
                // The product of a sample and a part of one stays a sample.
                if from_end >= fade { *sample } else { (i64::from(*sample) * from_end as i64 / fade as i64) as i16 }
            }));
        }
        whole
    }

    fn silence(&mut self, ms: u32) {
        self.samples.resize(self.samples.len() + (self.rate * ms / 1_000) as usize, 0);
    }

    /// The samples without the silence before and behind them.
    pub fn trimmed(&self) -> &[i16] {
        let loud = |s: &i16| s.unsigned_abs() > SILENCE;
        let first = self.samples.iter().position(loud).unwrap_or(self.samples.len());
        let end = self.samples.iter().rposition(loud).map_or(first, |last| last + 1);
        &self.samples[first..end]
    }

    /// The longest silence inside it.
    pub fn longest_gap(&self) -> Duration {
        let silent = |part: &[i16]| part.iter().all(|s| s.unsigned_abs() <= SILENCE);
        let runs = self.trimmed().chunk_by(|a, b| (a.unsigned_abs() > SILENCE) == (b.unsigned_abs() > SILENCE));
        let longest = runs.filter(|run| silent(run)).map(<[i16]>::len).max().unwrap_or(0);
        Duration::from_secs_f64(longest as f64 / f64::from(self.rate))
    }
}

/// The 44 bytes before 16-bit samples in a WAV file.
pub(crate) fn pcm_header(rate: u32, samples: u32) -> [u8; 44] {
    header(Coding::Pcm16, rate, samples)
}

/// The 44 bytes before the samples of a WAV file with one channel.
fn header(coding: Coding, rate: u32, samples: u32) -> [u8; 44] {
    let width: u32 = if coding == Coding::Pcm16 { 2 } else { 1 };
    let len = samples * width;
    let mut head = [0; 44];
    let mut put = |at: usize, bytes: &[u8]| head[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"RIFF");
    put(4, &(36 + len + len % 2).to_le_bytes());
    put(8, b"WAVEfmt ");
    put(16, &16u32.to_le_bytes());
    put(20, &(coding as u16).to_le_bytes());
    put(22, &1u16.to_le_bytes());
    put(24, &rate.to_le_bytes());
    put(28, &(rate * width).to_le_bytes());
    put(32, &(width as u16).to_le_bytes());
    put(34, &(width as u16 * 8).to_le_bytes());
    put(36, b"data");
    put(40, &len.to_le_bytes());
    head
}

/// One byte of µ-law as a sample (ITU-T G.711).
fn from_mu_law(byte: u8) -> i16 {
    let (byte, bias) = (!byte, 0x84);
    let size = ((i32::from(byte & 0x0f) << 3) + bias) << ((byte & 0x70) >> 4);
    let size = (size - bias) as i16;
    if byte & 0x80 == 0 { size } else { -size }
}

/// A sample as one byte of µ-law (ITU-T G.711).
fn to_mu_law(sample: i16) -> u8 {
    let size = (i32::from(sample.unsigned_abs()).min(32_635)) + 0x84;
    let exponent = (31 - size.leading_zeros() as i32 - 7).max(0);
    let mantissa = (size >> (exponent + 3)) & 0x0f;
    let sign = if sample < 0 { 0x80 } else { 0 };
    !(sign | (exponent << 4) | mantissa) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone between stretches of silence, as an editor leaves it.
    fn tone(rate: u32, ms: u32, silence_ms: u32) -> Sound {
        let count = |ms: u32| (rate * ms / 1_000) as usize;
        let mut samples = vec![0; count(silence_ms)];
        samples.extend((0..count(ms)).map(|n| ((n as f32 * 2_800.0 / rate as f32).cos() * 12_000.0) as i16));
        samples.resize(samples.len() + count(silence_ms), 0);
        Sound { rate, samples }
    }

    #[test]
    fn a_sound_survives_being_written_and_read() {
        let sound = tone(RATE, 50, 10);
        assert_eq!(Sound::parse(&sound.to_wav()), Ok(sound.clone()));
        let again = Sound::parse(&sound.to_mu_law_wav()).unwrap();
        assert_eq!(again.samples.len(), sound.samples.len());
        for (a, b) in sound.samples.iter().zip(&again.samples) {
            assert!(a.abs_diff(*b) as i32 <= i32::from(a.unsigned_abs()) / 30 + 8, "{a} became {b}");
        }
        for byte in 0..=255 {
            // Minus zero is the one value that has two bytes.
            assert_eq!(to_mu_law(from_mu_law(byte)), if byte == 0x7f { 0xff } else { byte });
        }
    }

    #[test]
    fn another_rate_and_a_second_channel_change_neither_pitch_nor_loudness() {
        for rate in [8_000, 22_050, 44_100, 48_000] {
            let mono = tone(rate, 400, 0);
            let mut file = mono.to_wav();
            let stereo: Vec<u8> = file[44..].chunks(2).flat_map(|s| [s[0], s[1], s[0], s[1]]).collect();
            file.splice(44.., stereo);
            file[22] = 2;
            let len = (file.len() - 44) as u32;
            file[40..44].copy_from_slice(&len.to_le_bytes());
            let read = Sound::parse(&file).unwrap();
            assert_eq!(read.rate, RATE);
            let crossings = |s: &Sound| {
                s.samples.windows(2).filter(|w| (w[0] < 0) != (w[1] < 0)).count() as f64 / s.length().as_secs_f64()
            };
            assert!((crossings(&read) / crossings(&mono) - 1.0).abs() < 0.02, "{rate}");
            assert!((read.loudness().unwrap() - mono.loudness().unwrap()).abs() < 0.1, "{rate}");
        }
        // What the lower rate cannot carry is silenced, not folded down into a whistle.
        let whistle = Sound { rate: 48_000, samples: (0..4_800).map(|n| [9_000, 0, -9_000, 0][n % 4]).collect() };
        assert!(whistle.at(RATE).loudness().is_none_or(|db| db < -50.0));
    }

    #[test]
    fn joined_clips_have_no_long_gap_and_no_click() {
        let (a, b) = (tone(RATE, 300, 200), tone(RATE, 120, 400));
        let joined = Sound::join(&[a.clone(), b, a]);
        let gap = joined.longest_gap().as_millis();
        assert!(gap <= 120, "{gap} ms of silence");
        assert!(gap >= 50, "words run into each other");
        // Within the tone two samples differ by at most 2,100; a cut would jump by up to 12,000.
        let jump = joined.samples.windows(2).map(|w| w[0].abs_diff(w[1])).max().unwrap();
        assert!(jump <= 2_200, "a click of {jump}");
        assert_eq!((joined.samples.first(), joined.samples.last()), (Some(&0), Some(&0)));
    }

    #[test]
    fn sentences_are_told_apart_by_a_pause() {
        let word = tone(RATE, 100, 20);
        let said = Sound::sentences([vec![word.clone(), word.clone()], vec![], vec![word]]);
        assert!((350..370).contains(&said.longest_gap().as_millis()), "{:?}", said.longest_gap());
    }

    #[test]
    fn evened_clips_are_equally_loud_and_no_peak_is_cut() {
        for size in [300.0, 3_000.0, 30_000.0] {
            let samples = (0..8_000).map(|n| ((n as f32 / 6.0).sin() * size) as i16).collect();
            let evened = Sound { rate: RATE, samples }.evened();
            assert!((evened.loudness().unwrap() - LOUDNESS_DB).abs() < 0.1, "{size}");
        }
        // A sharp crack in a soft word: it may not be made louder than the crack allows.
        let mut soft =
            Sound { rate: RATE, samples: (0..8_000).map(|n| ((n as f32 / 6.0).sin() * 900.0) as i16).collect() };
        soft.samples[4_000] = 29_000;
        assert!(soft.evened().samples.iter().all(|s| s.unsigned_abs() <= 30_000));
        let silence = Sound { rate: RATE, samples: vec![3; 500] };
        assert!(silence.loudness().is_some_and(|db| db < -70.0) && silence.evened().samples.is_empty());
    }

    #[test]
    fn the_knob_goes_from_nothing_to_all() {
        let loud = |percent| tone(RATE, 100, 0).at_volume(percent).loudness();
        assert_eq!(loud(100), tone(RATE, 100, 0).loudness());
        assert!((loud(100).unwrap() - loud(50).unwrap() - 12.04).abs() < 0.1);
        assert_eq!(loud(0), None);
    }

    #[test]
    fn silent_clips_are_no_noise() {
        let nothing = Sound { rate: 22_050, samples: vec![3; 500] };
        assert!(Sound::join(&[nothing]).samples.is_empty());
        assert!(Sound::join(&[]).samples.is_empty());
    }

    #[test]
    fn any_bytes_are_read_or_refused_and_never_a_panic() {
        for good in [tone(RATE, 5, 1).to_wav(), tone(RATE, 5, 1).to_mu_law_wav()] {
            for cut in 0..good.len() {
                let _ = Sound::parse(&good[..cut]);
            }
            for at in 0..44 {
                for value in [0, 1, 2, 7, 0x7f, 0xff] {
                    let mut bad = good.clone();
                    bad[at] = value;
                    let _ = Sound::parse(&bad);
                }
            }
            assert_eq!(Sound::parse(&good[..60]), Err(NotAClip("the file is cut short")));
        }
        assert_eq!(Sound::parse(b"not a sound"), Err(NotAClip("this is no WAV file")));
    }
}
