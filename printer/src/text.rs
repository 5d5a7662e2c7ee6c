//! Text that every thermal printer can print: plain ASCII, wrapped at words.

use queue::Lang;

/// `text` in the bytes 20h to 7Eh, the only ones that mean the same on every printer (code pages differ by maker).
///
/// A control character becomes a space, so that no text of `office.toml` can ever command the printer.
pub(crate) fn ascii(text: &str, lang: Lang) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' '..='~' => out.push(c),
            '±' => out.push_str(match lang {
                Lang::Id => "sekitar ",
                Lang::En => "about ",
            }),
            '–' | '—' | '−' | '‑' | '•' | '·' => out.push('-'),
            '‘' | '’' | '´' => out.push('\''),
            '“' | '”' | '«' | '»' => out.push('"'),
            '…' => out.push_str("..."),
            '×' => out.push('x'),
            '½' => out.push_str("1/2"),
            '≤' => out.push_str("<="),
            '≥' => out.push_str(">="),
            '✓' | '✔' => out.push('v'),
            'À'..='Å' | 'Ā' => out.push('A'),
            'à'..='å' | 'ā' => out.push('a'),
            'È'..='Ë' | 'Ē' => out.push('E'),
            'è'..='ë' | 'ē' | 'ĕ' => out.push('e'),
            'Ì'..='Ï' => out.push('I'),
            'ì'..='ï' => out.push('i'),
            'Ò'..='Ö' => out.push('O'),
            'ò'..='ö' => out.push('o'),
            'Ù'..='Ü' => out.push('U'),
            'ù'..='ü' => out.push('u'),
            'Ç' => out.push('C'),
            'ç' => out.push('c'),
            'Ñ' => out.push('N'),
            'ñ' => out.push('n'),
            c if c.is_control() || c.is_whitespace() => out.push(' '),
            _ => out.push('?'),
        }
    }
    out
}

/// `text` in lines of at most `columns` characters (at least 1), broken between words.
///
/// No word is lost. Only a word longer than a whole line is divided, behind its last punctuation mark if it has one.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        while !word.is_empty() {
            let used = line.chars().count();
            if used > 0 && used + 1 + word.len() <= columns {
                line.push(' ');
                line.extend(word.drain(..));
            } else if used > 0 {
                lines.push(std::mem::take(&mut line));
            } else {
                let head = if word.len() <= columns { word.len() } else { break_point(&word[..columns]) };
                line.extend(word.drain(..head));
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// How many characters of a piece that fills the line stay on it.
fn break_point(piece: &[char]) -> usize {
    let mark = piece.iter().rposition(|c| "/@-.,_".contains(*c));
    mark.map_or(piece.len(), |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c2_the_sign_for_about_becomes_a_word_and_controls_become_spaces() {
        assert_eq!(ascii("s.d. ±2 minggu", Lang::Id), "s.d. sekitar 2 minggu");
        assert_eq!(ascii("±2 weeks – “é”", Lang::En), "about 2 weeks - \"e\"");
        assert_eq!(ascii("a\u{1b}@b\nc\u{7f}", Lang::Id), "a @b c ");
        assert!(ascii("日本 💳 \u{a0}", Lang::Id).bytes().all(|b| (0x20..=0x7e).contains(&b)));
    }

    #[test]
    fn wrapping_never_cuts_a_word_or_loses_one() {
        fastrand::seed(7);
        for _ in 0..20_000 {
            let columns = fastrand::usize(1..50);
            let words: Vec<String> = (0..fastrand::usize(0..20))
                .map(|_| (0..fastrand::usize(1..60)).map(|_| fastrand::alphanumeric()).collect())
                .collect();
            let lines = wrap(&words.join(" "), columns);
            assert!(lines.iter().all(|l| !l.is_empty() && l.len() <= columns));
            assert_eq!(lines.concat().replace(' ', ""), words.concat());
            for word in words.iter().filter(|w| w.len() <= columns) {
                assert!(lines.iter().any(|l| l.split(' ').any(|w| w.contains(word.as_str()))), "{word} was cut");
            }
        }
    }

    #[test]
    fn a_web_address_longer_than_the_line_breaks_behind_a_mark() {
        let lines = wrap("lihat http://sajinganbesar.sambas.go.id/layanan", 32);
        assert_eq!(lines, ["lihat", "http://sajinganbesar.sambas.go.", "id/layanan"]);
    }
}
