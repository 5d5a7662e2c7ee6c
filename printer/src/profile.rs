//! What the office knows of its printer, as data: `profiles/*.toml`, or a technician's own file.
//!
//! Each claim in a file names its source in a comment behind it, or says "unverified".

use serde::Deserialize;
use std::time::Duration;

/// How a paper ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// `GS V 66 0`: feed to the knife and cut, leaving a bridge where the printer can.
    Cut,
    /// `GS V 65 0`: the same, without a bridge.
    FullCut,
    /// `GS V 66 0` behind lines fed up to the tear bar, for printers that may have a tear bar only: those ignore `GS V 66`, even its
    /// feed (NT-5890K, hardware notes of the escpost project).
    LinesThenCut,
    /// Lines fed up to the tear bar; there is no knife.
    Feed,
    /// `GS e 5`: cut and eject (Custom, Reliance).
    Eject,
    /// `FS P`: cut and present, ejected after a while (VKP80III).
    Present,
}

/// How the printer says how it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// `DLE EOT` 1 to 4.
    DleEot,
    /// `DLE EOT 2` only (Custom P80C).
    CauseOnly,
    /// `DLE EOT 14h`: six bytes (Custom, Reliance).
    Full,
    /// `ESC v`, in the order of the data (Nippon).
    Nippon,
    /// Not at all.
    None,
}

/// How the printer proves that a paper came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fence {
    /// `GS r 1` behind the paper.
    GsR,
    /// `GS ( H` process id before the cut, and `GS r 1` behind the paper.
    ProcessId,
    /// The ticket arrives at the presenter.
    Presenter,
    /// `GS G` around the paper (Nippon).
    Nippon,
    /// Not at all: every paper stays unknown until a person has seen it.
    None,
}

/// How the printer's buffers are cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cancel {
    /// `DLE DC4` function 8.
    DleDc4,
    /// Not at all.
    None,
}

/// How the printer says that its buffer is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// Not at all; so it is never given more than half its buffer ahead of its head (`pace.rs`).
    None,
    /// RTS/CTS; a printer with DTR/DSR is wired DTR to CTS.
    Hardware,
    /// XON/XOFF.
    Software,
}

/// The parity bit of the serial line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parity {
    /// No parity bit.
    #[default]
    None,
    /// Even.
    Even,
    /// Odd.
    Odd,
}

/// How a paper is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// The number drawn in the house's typeface at half resolution, the rest in the printer's font: the default.
    Designed,
    /// All in the printer's own font, the number enlarged.
    Text,
    /// All drawn in the house's typeface, for a printer whose own font cannot be used; ten times the bytes.
    Raster,
}

/// A command of the printer's own that was seen to work on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Native {
    /// `GS ( k`: QR codes.
    Qr,
}

/// A kind of printer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Profile {
    /// For staff and journal.
    pub name: String,
    /// Dots per line, 256 to 2048, a multiple of 8.
    pub dots: usize,
    /// Dots per inch, 100 to 600.
    pub dpi: u32,
    /// Characters of font A per line, 24 to 170.
    pub columns: usize,
    /// Paper speed in mm/s, 10 to 500; decides how many bytes a paper may cost.
    pub speed: u32,
    /// Bits per second of the serial line as delivered; `--baud` overrules it.
    pub baud: u32,
    /// The parity bit.
    #[serde(default)]
    pub parity: Parity,
    /// How it says that its buffer is full.
    pub flow: Flow,
    /// Bytes that it can hold.
    pub buffer: usize,
    /// How a paper ends.
    pub end: End,
    /// How it says how it is.
    pub status: Status,
    /// How it proves that a paper came out.
    pub fence: Fence,
    /// How its buffers are cleared.
    pub cancel: Cancel,
    /// It swallows a line feed directly behind a raster.
    pub swallows_line_feed: bool,
    /// Bit 7 of a status byte may be set (Cashino: the last ticket is still in the mouth).
    pub bit_7: bool,
    /// Bits of the answers to `DLE EOT` 1 to 4 that mean nothing because they are always set.
    pub always_set: [u8; 4],
    /// Commands of its own that were seen to work.
    pub native: Vec<Native>,
    /// Millimetres from the head to the tear bar, 5 to 60: so far a paper is fed that no knife feeds.
    #[serde(default = "tear_bar")]
    pub tear_bar: u32,
    /// Always this style, whatever the line can carry.
    #[serde(default)]
    pub style: Option<Style>,
}

/// Of a profile that does not say: farther than on any small printer in the manuals at hand.
fn tear_bar() -> u32 {
    18
}

/// The profiles that come with the program.
const BUILT_IN: [(&str, &str); 10] = [
    ("generic-58", include_str!("../profiles/generic-58.toml")),
    ("generic-80", include_str!("../profiles/generic-80.toml")),
    ("epson-tm-t82", include_str!("../profiles/epson-tm-t82.toml")),
    ("epson-tm-t20", include_str!("../profiles/epson-tm-t20.toml")),
    ("epson-tm-t88", include_str!("../profiles/epson-tm-t88.toml")),
    ("netum-nt-5890k", include_str!("../profiles/netum-nt-5890k.toml")),
    ("cashino-kp-628e", include_str!("../profiles/cashino-kp-628e.toml")),
    ("custom-vkp80", include_str!("../profiles/custom-vkp80.toml")),
    ("custom-kpm", include_str!("../profiles/custom-kpm.toml")),
    ("nippon-np", include_str!("../profiles/nippon-np.toml")),
];

impl Profile {
    /// The names of the profiles that come with the program.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// A profile by its name, or from a file.
    ///
    /// # Errors
    /// Neither a known name nor a readable file, or a file with a mistake: the file, the key and what is allowed.
    pub fn load(name_or_file: &str) -> anyhow::Result<Profile> {
        if let Some((name, text)) = BUILT_IN.iter().find(|(name, _)| *name == name_or_file) {
            return Profile::parse(name, text);
        }
        let known = Profile::names().collect::<Vec<_>>().join(", ");
        let text = std::fs::read_to_string(name_or_file)
            .map_err(|e| anyhow::anyhow!("no profile \"{name_or_file}\": neither a file ({e}) nor one of {known}"))?;
        Profile::parse(name_or_file, &text)
    }

    fn parse(file: &str, text: &str) -> anyhow::Result<Profile> {
        // The parser names line and key, and what is allowed.
        let profile: Profile = toml::from_str(text).map_err(|e| anyhow::anyhow!("{file}: {e}"))?;
        if let Some(mistake) = profile.mistake() {
            anyhow::bail!("{file}: {mistake}");
        }
        Ok(profile)
    }

    fn mistake(&self) -> Option<String> {
        let outside = |key: &str, value: usize, from: usize, to: usize| {
            (!(from..=to).contains(&value)).then(|| format!("{key} = {value}: allowed is {from} to {to}"))
        };
        outside("dots", self.dots, 256, 2048)
            .or_else(|| outside("dpi", self.dpi as usize, 100, 600))
            .or_else(|| outside("columns", self.columns, 24, self.dots / 12))
            .or_else(|| outside("speed", self.speed as usize, 10, 500))
            .or_else(|| outside("baud", self.baud as usize, 1200, 1_000_000))
            // Questions and half a block must find room, also where nothing says stop.
            .or_else(|| outside("buffer", self.buffer, 256, 1 << 20))
            .or_else(|| outside("tear-bar", self.tear_bar as usize, 5, 60))
            .or_else(|| {
                let broken = !self.dots.is_multiple_of(8);
                broken.then(|| format!("dots = {}: allowed are multiples of 8", self.dots))
            })
            .or_else(|| {
                // Its job-done message contains 13h, which the terminal would take for XOFF.
                let broken = self.flow == Flow::Software && self.fence == Fence::Nippon;
                broken.then(|| {
                    "flow = \"software\" cannot be used with fence = \"nippon\": allowed is none, hardware".into()
                })
            })
    }

    /// The same printer behind a line that is no serial one: faster than any head, with a handshake of its own.
    #[must_use]
    pub fn off_the_wire(&self) -> Profile {
        Profile { baud: 1_000_000, flow: Flow::Hardware, ..self.clone() }
    }

    /// Data of a picture's block at most: a printer that cannot say stop must have room for two while it prints one.
    pub fn block(&self) -> usize {
        if self.flow == Flow::None { (self.buffer / 4 - 8).min(512) } else { 512 }
    }

    /// The time the head needs for `rows` rows of dots.
    pub fn head_time(&self, rows: u32) -> Duration {
        Duration::from_secs_f64(f64::from(rows) / self.rows_per_second())
    }

    /// Rows of dots that pass the head in a second.
    pub fn rows_per_second(&self) -> f64 {
        f64::from(self.speed) * f64::from(self.dpi) / 25.4
    }

    /// So many millimetres in dots.
    pub fn dots_of_mm(&self, mm: f64) -> usize {
        (mm * f64::from(self.dpi) / 25.4).round() as usize
    }
}

/// The time `bytes` bytes need on the wire: ten bits each (8N1).
pub fn wire_time(bytes: usize, baud: u32) -> Duration {
    Duration::from_secs_f64(bytes as f64 * 10.0 / f64::from(baud.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_is_sound_and_every_claim_names_its_source() {
        for (name, text) in BUILT_IN {
            Profile::load(name).expect("sound");
            for line in text.lines().filter(|l| l.contains('=') && !l.starts_with('#')) {
                let (_, claim) = line.split_once(" # ").expect("a source behind each claim");
                assert!(claim.len() > 5, "{name}: {line}");
            }
        }
    }

    #[test]
    fn a_mistake_is_named_with_file_and_key_and_what_is_allowed() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("mine.toml");
        let (_, good) = BUILT_IN[1];
        let load = |text: String| {
            std::fs::write(&path, text).expect("written");
            Profile::load(&path.to_string_lossy()).map_err(|e| e.to_string())
        };
        assert_eq!(load(good.replace("speed = 100", "speed = 90")).map(|p| p.speed), Ok(90));
        for (from, to, key, allowed) in [
            ("speed =", "sped =", "sped", "`speed`"),
            ("end = \"cut\"", "end = \"saw\"", "saw", "`full-cut`"),
            ("speed = 100", "speed = 0", "speed", "10 to 500"),
            ("dots = 576", "dots = 577", "dots", "multiples of 8"),
            ("fence = \"gs-r\"", "fence = \"nippon\"\nparity = \"odd\"", "", ""),
        ] {
            let said = load(good.replace(from, to));
            if key.is_empty() {
                assert!(said.is_ok(), "{said:?}");
                continue;
            }
            let said = said.expect_err("a mistake");
            assert!(said.contains("mine.toml") && said.contains(key) && said.contains(allowed), "{said}");
        }
        let xon = good.replace("flow = \"none\"", "flow = \"software\"").replace("\"gs-r\"", "\"nippon\"");
        assert!(load(xon).expect_err("G3: refused").contains("flow"));
        let buffer = |bytes: &str| load(good.replace("buffer = 1024", &format!("buffer = {bytes}")));
        assert!(buffer("45").expect_err("too small for a question").contains("256"));
        assert_eq!(buffer("512").map(|p| p.buffer), Ok(512));
        assert!(Profile::load("epson").expect_err("unknown").to_string().contains("epson-tm-t88"));
    }
}
