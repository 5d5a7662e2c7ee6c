//! The languages of the pages: one file each in `lang/`, compiled in by `build.rs`, which also says what is missing there.

use queue::Lang;
use queue::office::Text;

/// A language the pages can speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Language {
    /// As in `office.languages`, and the folder in `lang/`.
    pub(crate) code: &'static str,
    /// What it calls itself.
    pub(crate) name: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/languages.rs"));

/// The code of the source texts.
pub(crate) const ENGLISH: &str = "en";

/// The language every visit begins with.
pub(crate) const INDONESIAN: Language = LANGUAGES[0];

impl Language {
    /// The language of the papers, and of the few sentences that come from the rules: a further language has none of
    /// its own there, and every reader of it lives in Indonesia.
    pub(crate) fn of_papers(self) -> Lang {
        if self.code == ENGLISH { Lang::En } else { Lang::Id }
    }

    /// A text of the office.
    pub(crate) fn of(self, text: &Text) -> &str {
        text.in_language(self.code)
    }
}
