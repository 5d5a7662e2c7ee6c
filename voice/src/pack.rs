//! Which clips there are, and whose voice: an office's own recordings first, then the embedded packs.

use crate::chime::chime;
use crate::sound::Sound;
use queue::Lang;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A clip of an embedded pack.
#[derive(Clone, Copy, Debug)]
pub struct Clip {
    /// Its place: `id/loket`.
    pub name: &'static str,
    /// What it says, for whoever records it anew.
    pub text: &'static str,
    file: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// The clips of a language, in the order in which they are best recorded.
pub fn clips(lang: Lang) -> &'static [Clip] {
    match lang {
        Lang::Id => ID,
        Lang::En => EN,
    }
}

/// The name of a phrase of the lists, as `phrase(Lang::En, "kiosk-home")`.
pub fn phrase(lang: Lang, name: &str) -> String {
    match lang {
        Lang::Id => format!("id/{name}"),
        Lang::En => format!("en/{name}"),
    }
}

/// No clip needs to be longer. A forgotten hour of recording in its place would hold up every call.
pub const LONGEST_CLIP: Duration = Duration::from_secs(15);
/// The most bytes of a clip of that length: two channels of 16 bits at 48,000 samples a second, and some room.
const LARGEST: u64 = 15 * 48_000 * 4 + 65_536;

/// A voice: the clips of one office.
#[derive(Clone, Debug, Default)]
pub struct Pack {
    folder: Option<PathBuf>,
}

impl Pack {
    /// The voice of the office whose data folder this is: `voice/` in it, and the embedded packs for the rest.
    pub fn of(data: &Path) -> Pack {
        Pack { folder: Some(data.join("voice")) }
    }

    /// Only the embedded packs.
    pub fn embedded() -> Pack {
        Pack::default()
    }

    /// The clip as it stands in the office's own folder.
    ///
    /// # Errors
    /// When the file is there and is no clip or longer than [`LONGEST_CLIP`], with its path and what is allowed.
    pub fn own(&self, name: &str) -> Result<Option<Sound>, String> {
        let Some(folder) = &self.folder else { return Ok(None) };
        let path = folder.join(format!("{name}.wav"));
        let why = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
        let long =
            || why(&format_args!("longer than {} seconds; a clip is a word or a sentence", LONGEST_CLIP.as_secs()));
        match std::fs::metadata(&path) {
            Ok(file) if file.len() > LARGEST => return Err(long()),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(why(&error)),
        }
        let file = std::fs::read(&path).map_err(|error| why(&error))?;
        let sound = Sound::parse(&file).map_err(|no_clip| why(&no_clip))?;
        if sound.length() > LONGEST_CLIP { Err(long()) } else { Ok(Some(sound)) }
    }

    /// The clip with this name. A broken file of the office's own is noted and the embedded clip speaks; a clip that
    /// nobody has is `None`.
    pub fn clip(&self, name: &str) -> Option<Sound> {
        match self.own(name) {
            Ok(Some(sound)) => return Some(sound),
            Ok(None) => {}
            Err(why) => tracing::warn!("{why}; the built-in voice speaks instead"),
        }
        if name == crate::words::CHIME {
            return Some(chime());
        }
        let found = ID.iter().chain(EN).find(|clip| clip.name == name)?;
        Sound::parse(found.file).ok()
    }

    /// Sentences as one sound; clips that nobody has are left out.
    pub fn sound(&self, sentences: &[Vec<String>]) -> Sound {
        let clips = |names: &Vec<String>| names.iter().filter_map(|name| self.clip(name)).collect::<Vec<_>>();
        Sound::sentences(sentences.iter().map(clips))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::{LOUDNESS_DB, RATE};

    #[test]
    fn every_embedded_clip_is_a_clean_sound_of_equal_loudness() {
        let pack = Pack::embedded();
        let mut sizes = [0, 0];
        let (mut softest, mut loudest) = (f64::INFINITY, f64::NEG_INFINITY);
        for clip in ID.iter().chain(EN) {
            let sound = pack.clip(clip.name).expect(clip.name);
            assert_eq!(sound.rate, RATE, "{}", clip.name);
            assert_eq!(sound.trimmed().len(), sound.samples.len(), "{}: silence around it", clip.name);
            let db = sound.loudness().expect(clip.name);
            assert!((db - LOUDNESS_DB).abs() < 1.0, "{}: {db:.1} dB", clip.name);
            (softest, loudest) = (softest.min(db), loudest.max(db));
            sizes[usize::from(clip.name.starts_with("en/"))] += clip.file.len();
        }
        println!("{} clips, {softest:.2} to {loudest:.2} dB, bytes of id and en: {sizes:?}", ID.len() + EN.len());
        assert!(sizes.iter().all(|bytes| *bytes < 2_500_000), "{sizes:?}");
    }

    #[test]
    fn an_offices_own_clip_replaces_the_embedded_one_and_a_broken_one_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let pack = Pack::of(dir.path());
        let embedded = pack.clip("id/satu").unwrap();
        std::fs::create_dir_all(dir.path().join("voice/id")).unwrap();
        let own = Sound { rate: RATE, samples: vec![5_000; 3_000] };
        let file = dir.path().join("voice/id/satu.wav");
        std::fs::write(&file, own.to_wav()).unwrap();
        assert_eq!(pack.clip("id/satu"), Some(own));
        assert_ne!(pack.clip("id/dua"), None, "the others stay");
        std::fs::write(&file, b"half a reco").unwrap();
        assert_eq!(pack.clip("id/satu"), Some(embedded.clone()));
        assert!(pack.own("id/satu").unwrap_err().contains("satu.wav"));
        for seconds in [16, 400] {
            let long = Sound { rate: RATE, samples: vec![5_000; RATE as usize * seconds] };
            std::fs::write(&file, long.to_wav()).unwrap();
            assert!(matches!(pack.own("id/satu"), Err(why) if why.contains("longer than 15 seconds")), "{seconds} s");
            assert!(pack.clip("id/satu").as_ref() == Some(&embedded), "a call is not held up by it");
        }
        assert_eq!(pack.clip("id/service-of-another-office"), None);
        assert!(pack.sound(&[vec!["id/service-of-another-office".into()]]).samples.is_empty());
    }
}
