//! Notice (*pengumuman*): a sentence that staff let the board's running text say, until it is taken down or its end comes.

pub use crate::ids::NoticeId;

use crate::refused::Refused;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

/// Longest notice, characters: about fifteen seconds of running text.
pub const TEXT_MAX: usize = 200;
/// Most notices that stand at the same time: more, and nobody waits for the last one.
pub const STANDING_MAX: usize = 5;

/// What staff want to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Indonesian; one line.
    pub text: String,
    /// English, if somebody wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub english: Option<String>,
    /// Shown until then, on the office's wall clock; `None` until it is taken down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime>,
}

impl Notice {
    /// The notice as it will stand, its texts in one line each, or why it cannot.
    pub fn fit(&self, local: DateTime, standing: usize) -> Result<Notice, Refused> {
        let text = one_line(&self.text)?;
        let english = self.english.as_deref().map(one_line).transpose()?.filter(|text| !text.is_empty());
        if text.is_empty() {
            return Err(Refused::NoticeEmpty);
        }
        if self.until.is_some_and(|until| until <= local) {
            return Err(Refused::NoticeOver);
        }
        if standing >= STANDING_MAX {
            return Err(Refused::TooManyNotices { max: STANDING_MAX });
        }
        Ok(Notice { text, english, until: self.until })
    }

    /// Whether the board shows it at this local time.
    pub fn is_shown(&self, local: DateTime) -> bool {
        self.until.is_none_or(|until| local < until)
    }
}

/// The words with one space between them.
fn one_line(text: &str) -> Result<String, Refused> {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let line = words.join(" ");
    if line.chars().count() > TEXT_MAX {
        return Err(Refused::NoticeTooLong { max: TEXT_MAX });
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;

    #[test]
    fn a_notice_is_one_line_with_an_end_that_lies_ahead() {
        let now = datetime(2026, 11, 23, 9, 0, 0, 0);
        let notice = |text: &str| Notice { text: text.into(), english: Some(" ".into()), until: None };
        let fit = notice(" Blangko\r\n\u{7}habis ").fit(now, 4).unwrap();
        assert_eq!((fit.text.as_str(), fit.english), ("Blangko habis", None));
        assert_eq!(notice(" \n").fit(now, 0), Err(Refused::NoticeEmpty));
        assert_eq!(notice(&"x".repeat(201)).fit(now, 0), Err(Refused::NoticeTooLong { max: 200 }));
        assert_eq!(notice("Blangko habis").fit(now, 5), Err(Refused::TooManyNotices { max: 5 }));
        let until = |until| Notice { until: Some(until), ..notice("Blangko habis") };
        assert_eq!(until(now).fit(now, 0), Err(Refused::NoticeOver));
        let noon = until(datetime(2026, 11, 23, 12, 0, 0, 0)).fit(now, 0).unwrap();
        assert!(noon.is_shown(datetime(2026, 11, 23, 11, 59, 59, 0)));
        assert!(!noon.is_shown(datetime(2026, 11, 23, 12, 0, 0, 0)));
    }
}
