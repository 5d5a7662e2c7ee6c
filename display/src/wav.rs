//! Sound as data: reading clips, joining them sample by sample, writing the result.

use std::fmt;

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
        write!(f, "{}; a clip is a WAV file with 16-bit samples, one channel, 8000 to 48000 a second", self.0)
    }
}

impl std::error::Error for NotAClip {}

/// Silence between two joined clips, milliseconds: less than what a listener takes for a pause.
pub const GAP_MS: u32 = 60;
/// How long a clip swells and fades at its ends, milliseconds; without it a cut sample clicks.
const FADE_MS: u32 = 4;
/// Louder than this is sound, softer is the silence around it.
const SILENCE: u16 = 160;

impl Sound {
    /// Reads a WAV file.
    ///
    /// # Errors
    /// When it is none, is cut short, or has another format.
    pub fn parse(file: &[u8]) -> Result<Sound, NotAClip> {
        let word =
            |at: usize| -> Option<u32> { Some(u32::from_le_bytes(file.get(at..at.checked_add(4)?)?.try_into().ok()?)) };
        if file.get(..4) != Some(b"RIFF") || file.get(8..12) != Some(b"WAVE") {
            return Err(NotAClip("this is no WAV file"));
        }
        let (mut at, mut rate) = (12, None);
        while let (Some(kind), Some(len)) = (file.get(at..at + 4), word(at + 4)) {
            let body = file.get(at + 8..).and_then(|rest| rest.get(..len as usize));
            let body = body.ok_or(NotAClip("the file is cut short"))?;
            match kind {
                b"fmt " => {
                    let format = body.get(..16).ok_or(NotAClip("the file is cut short"))?;
                    let half = |at: usize| u16::from_le_bytes([format[at], format[at + 1]]);
                    let found = u32::from_le_bytes([format[4], format[5], format[6], format[7]]);
                    if (half(0), half(2), half(14)) != (1, 1, 16) || !(8_000..=48_000).contains(&found) {
                        return Err(NotAClip("the format is another"));
                    }
                    rate = Some(found);
                }
                b"data" => {
                    let rate = rate.ok_or(NotAClip("the format is not said"))?;
                    let samples = body.chunks_exact(2).map(|s| i16::from_le_bytes([s[0], s[1]])).collect();
                    return Ok(Sound { rate, samples });
                }
                _ => {}
            }
            // Chunks begin at even places.
            at += 8 + len as usize + len as usize % 2;
        }
        Err(NotAClip("there is no sound in the file"))
    }

    /// The sound as a WAV file.
    pub fn to_wav(&self) -> Vec<u8> {
        let len = self.samples.len() as u32 * 2;
        let mut file = Vec::with_capacity(44 + len as usize);
        file.extend(b"RIFF");
        file.extend((36 + len).to_le_bytes());
        file.extend(b"WAVEfmt ");
        file.extend(16u32.to_le_bytes());
        file.extend([1u16, 1].into_iter().flat_map(u16::to_le_bytes));
        file.extend([self.rate, self.rate * 2].into_iter().flat_map(u32::to_le_bytes));
        file.extend([2u16, 16].into_iter().flat_map(u16::to_le_bytes));
        file.extend(b"data");
        file.extend(len.to_le_bytes());
        file.extend(self.samples.iter().flat_map(|s| s.to_le_bytes()));
        file
    }

    /// The clips one after the other: each without the silence around it, swelling and fading, [`GAP_MS`] apart.
    ///
    /// # Errors
    /// When they differ in rate: a pack is made in one.
    pub fn join(clips: &[&Sound]) -> Result<Sound, NotAClip> {
        let rate = clips.first().map_or(22_050, |c| c.rate);
        let mut samples: Vec<i16> = Vec::new();
        for clip in clips {
            if clip.rate != rate {
                return Err(NotAClip("the clips differ in samples per second"));
            }
            let sound = clip.trimmed();
            if sound.is_empty() {
                continue;
            }
            if !samples.is_empty() {
                samples.resize(samples.len() + (rate * GAP_MS / 1_000) as usize, 0);
            }
            let fade = ((rate * FADE_MS / 1_000) as usize).min(sound.len() / 2).max(1);
            samples.extend(sound.iter().enumerate().map(|(n, sample)| {
                let from_end = n.min(sound.len() - 1 - n);
                // The product of a sample and a part of one stays a sample.
                if from_end >= fade { *sample } else { (i64::from(*sample) * from_end as i64 / fade as i64) as i16 }
            }));
        }
        Ok(Sound { rate, samples })
    }

    fn trimmed(&self) -> &[i16] {
        let loud = |s: &i16| s.unsigned_abs() > SILENCE;
        let first = self.samples.iter().position(loud).unwrap_or(self.samples.len());
        let end = self.samples.iter().rposition(loud).map_or(first, |last| last + 1);
        &self.samples[first..end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone between stretches of silence, as an editor leaves it.
    fn tone(ms: u32, silence_ms: u32) -> Sound {
        let count = |ms: u32| (22_050 * ms / 1_000) as usize;
        let mut samples = vec![0; count(silence_ms)];
        samples.extend((0..count(ms)).map(|n| ((n as f32 / 8.0).cos() * 12_000.0) as i16));
        samples.resize(samples.len() + count(silence_ms), 0);
        Sound { rate: 22_050, samples }
    }

    #[test]
    fn a_sound_survives_being_written_and_read() {
        let sound = tone(50, 10);
        assert_eq!(Sound::parse(&sound.to_wav()), Ok(sound));
    }

    #[test]
    fn joined_clips_have_no_long_gap_and_no_click() {
        let (a, b) = (tone(300, 200), tone(120, 400));
        let joined = Sound::join(&[&a, &b, &a]).unwrap();
        let (mut gap, mut longest) = (0, 0);
        for sample in &joined.samples {
            gap = if sample.unsigned_abs() > SILENCE { 0 } else { gap + 1 };
            longest = longest.max(gap);
        }
        assert!(longest * 1_000 / 22_050 <= 120, "{longest} samples of silence");
        assert!(longest * 1_000 / 22_050 >= 50, "words run into each other");
        // Within the tone two samples differ by at most 1,500; a cut would jump by up to 12,000.
        let jump = joined.samples.windows(2).map(|w| w[0].abs_diff(w[1])).max().unwrap();
        assert!(jump <= 1_600, "a click of {jump}");
        assert_eq!((joined.samples.first(), joined.samples.last()), (Some(&0), Some(&0)));
    }

    #[test]
    fn clips_of_another_rate_or_silent_ones_are_no_noise() {
        let slow = Sound { rate: 16_000, samples: vec![1_000; 100] };
        assert!(Sound::join(&[&tone(10, 0), &slow]).is_err());
        let nothing = Sound { rate: 22_050, samples: vec![3; 500] };
        assert!(Sound::join(&[&nothing]).unwrap().samples.is_empty());
        assert!(Sound::join(&[]).unwrap().samples.is_empty());
    }

    #[test]
    fn any_bytes_are_read_or_refused_and_never_a_panic() {
        let good = tone(5, 1).to_wav();
        for cut in 0..good.len() {
            let _ = Sound::parse(&good[..cut]);
        }
        for at in 0..44 {
            for value in [0, 1, 0x7f, 0xff] {
                let mut bad = good.clone();
                bad[at] = value;
                let _ = Sound::parse(&bad);
            }
        }
        assert_eq!(Sound::parse(b"not a sound"), Err(NotAClip("this is no WAV file")));
        assert_eq!(Sound::parse(&good[..60]), Err(NotAClip("the file is cut short")));
    }
}
