//! What a technician finds out about this box, and the code that opens the page.
//!
//! The code stands in a file that a technician writes; there is no default, and without the file no such page.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// The file in the data folder: 4 to 12 digits, and nothing else.
const CODE: &str = "kiosk.code";
/// Lines of the log that are shown at most.
const LINES: usize = 12;
/// So much of the end of the log is read for them.
const TAIL: u64 = 8 * 1024;

/// What the page shows beside the printer's row and the panel, which the screen knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Program and its version.
    pub(crate) version: String,
    /// The data folder.
    pub(crate) folder: String,
    /// The last lines of the log, or why there are none, in both languages.
    pub(crate) log: Vec<String>,
}

/// Where this box keeps what the kiosk reads.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    /// The folder with antrean.db and office.toml.
    pub(crate) data: PathBuf,
    /// The log of `--log`.
    pub(crate) log: Option<PathBuf>,
}

impl Files {
    /// How many digits the technician's code has; `None` when this box has none.
    pub(crate) fn code_length(&self) -> Option<usize> {
        Some(self.code()?.len())
    }

    /// What the technician's page shows, if `code` is right.
    pub(crate) fn facts(&self, code: &str) -> Option<Facts> {
        if self.code()? != code {
            tracing::warn!("a wrong technician's code was typed at the kiosk");
            return None;
        }
        tracing::info!("the technician's page was opened");
        let mut log = match &self.log {
            None => vec![
                "Jalankan kiosk dengan --log BERKAS agar baris terakhirnya tampil di sini.".into(),
                "Start the kiosk with --log FILE to see its last lines here.".into(),
            ],
            Some(path) => tail(path).unwrap_or_else(|error| {
                let path = path.display();
                vec![format!("Tidak dapat membaca {path}: {error}"), format!("Cannot read {path}: {error}")]
            }),
        };
        if let Ok(fingerprint) = std::fs::read_to_string(self.data.join(queue::store::FINGERPRINT)) {
            // Compared before a browser trusts the console.
            let fingerprint = plain(fingerprint.trim());
            log.drain(..log.len().saturating_sub(LINES - 1));
            log.insert(0, format!("Otoritas / authority SHA-256 {fingerprint}"));
        }
        Some(Facts {
            version: format!("kiosk {}, Slint 1.18.1", env!("CARGO_PKG_VERSION")),
            folder: self.data.display().to_string(),
            log,
        })
    }

    fn code(&self) -> Option<String> {
        let path = self.data.join(CODE);
        let code = std::fs::read_to_string(&path).ok()?.trim().to_string();
        let sound = (4..=12).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
        if !sound {
            tracing::warn!("{} is not used: write 4 to 12 digits into it, and nothing else", path.display());
        }
        sound.then_some(code)
    }
}

/// The last lines, without the escapes that colour them on a terminal.
fn tail(path: &Path) -> std::io::Result<Vec<String>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut end = Vec::new();
    file.take(TAIL).read_to_end(&mut end)?;
    let text = String::from_utf8_lossy(&end);
    let lines: Vec<String> = text.lines().map(plain).filter(|line| !line.is_empty()).collect();
    Ok(lines[lines.len().saturating_sub(LINES)..].to_vec())
}

fn plain(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_string();
    let rest = parts.map(|part| part.split_once('m').map_or("", |(_, text)| text));
    let text: String = std::iter::once(first.as_str()).chain(rest).collect();
    text.chars().filter(|c| !c.is_control()).take(160).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_code_in_the_folder_opens_the_page_and_the_log_is_readable() {
        let dir = tempfile::tempdir().expect("a folder");
        let log = dir.path().join("kiosk.log");
        let files = Files { data: dir.path().into(), log: Some(log.clone()) };
        assert_eq!(files.code_length(), None, "no file, no page");
        assert_eq!(files.facts(""), None);
        for useless in ["", "123", "12a4", "1234567890123"] {
            std::fs::write(dir.path().join(CODE), useless).expect("writes");
            assert_eq!(files.code_length(), None, "{useless}");
        }
        std::fs::write(dir.path().join(CODE), "2468\n").expect("writes");
        assert_eq!(files.code_length(), Some(4));
        assert_eq!(files.facts("2467"), None);
        let log_of = |files: &Files| files.facts("2468").expect("right").log;
        let says =
            |lines: &[String], both: [&str; 2]| lines.iter().zip(both).all(|(line, begin)| line.starts_with(begin));
        assert!(says(&log_of(&files), ["Tidak dapat membaca", "Cannot read"]));
        assert!(says(&log_of(&Files { log: None, ..files.clone() }), ["Jalankan kiosk", "Start the kiosk"]));
        let lines: Vec<String> = (0..2000).map(|n| format!("\u{1b}[2m08.14\u{1b}[0m line {n} \u{1}")).collect();
        std::fs::write(&log, lines.join("\n")).expect("writes");
        let shown = log_of(&files);
        assert_eq!(shown.len(), LINES);
        assert_eq!(shown[LINES - 1].trim_end(), "08.14 line 1999");
        std::fs::write(dir.path().join(queue::store::FINGERPRINT), "AB:CD\n").expect("writes");
        let shown = log_of(&files);
        assert_eq!((shown.len(), shown[0].as_str()), (LINES, "Otoritas / authority SHA-256 AB:CD"));
        assert_eq!(shown[LINES - 1].trim_end(), "08.14 line 1999", "the newest lines stay");
    }
}
