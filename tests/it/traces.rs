//! What an office leaves on its disk: never what somebody typed where it does not belong.

use crate::office::{Office, antrean};
use std::path::Path;

const NIK_DIGITS: usize = 16;

/// None of these words, and no NIK, in the database, its backup, the logs and the papers.
pub(crate) fn assert_none(office: &Office, words: &[&str]) {
    let backup = office.path("backup.db");
    let made = antrean(&["backup", "--data", &office.data(), backup.to_str().unwrap()]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert!(!office.sheets().is_empty());
    let scanned = scan(&office.path(""), words);
    assert!(scanned > 20, "{scanned} files");
}

/// How many files were searched.
fn scan(dir: &Path, words: &[&str]) -> usize {
    let mut files = 0;
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            files += scan(&path, words);
            continue;
        }
        // The printer's port is no file.
        let Ok(true) = entry.metadata().map(|m| m.is_file()) else { continue };
        let bytes = std::fs::read(&path).unwrap();
        for word in words {
            let found = bytes.windows(word.len()).any(|w| w == word.as_bytes());
            assert!(!found, "{word} in {}", path.display());
        }
        let text = String::from_utf8_lossy(&bytes);
        let run = text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .find(|w| w.len() == NIK_DIGITS && w.bytes().all(|b| b.is_ascii_digit()));
        assert_eq!(run, None, "sixteen digits in {}", path.display());
        files += 1;
    }
    files
}
