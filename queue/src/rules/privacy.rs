//! What may never be written down: the number of a person or a family.

/// A NIK and a family card's number have so many digits.
const DIGITS: usize = 16;

/// Whether a text holds so many digits in a row as a NIK or a family card's number has, however they are grouped. Only a
/// letter ends the row, so that no separator hides a number.
pub fn has_personal_number(text: &str) -> bool {
    text.split(char::is_alphabetic).any(|run| run.chars().filter(|c| c.is_numeric()).count() >= DIGITS)
}

#[cfg(test)]
mod tests {
    use super::has_personal_number;

    #[test]
    fn no_separator_and_no_other_digits_hide_a_number() {
        for text in [
            "6101024403900001",
            "NIK 6101 0244 0390 0001 siap",
            "6101.0244-0390/0001",
            "6101,0244_0390:0001",
            "6101–0244—0390|0001",
            "６１０１０２４４０３９００００１",
            "٦١٠١٠٢٤٤٠٣٩٠٠٠٠١",
            "6101\u{200b}0244\u{200b}0390\u{a0}0001",
            "61\n01024403900001",
        ] {
            assert!(has_personal_number(text), "{text:?}");
        }
        for text in ["", "26-000123-3", "Blangko habis sampai 24-11-2026", "A-001, B-002 dan A-017", "0812-3456-7890"] {
            assert!(!has_personal_number(text), "{text:?}");
        }
    }
}
