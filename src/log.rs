//! The log: each event is one line of printable text, whatever name of a file or text of a person is in it.

use std::io::Write;

/// Begins to write the log to standard error.
pub(crate) fn begin() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("ANTREAN_LOG");
    tracing_subscriber::fmt()
        .with_env_filter(filter.unwrap_or_else(|_| "info".into()))
        .with_writer(|| Lines(std::io::stderr()))
        .init();
}

/// Gets one event with each write.
struct Lines<W>(W);

impl<W: Write> Write for Lines<W> {
    fn write(&mut self, event: &[u8]) -> std::io::Result<usize> {
        self.0.write_all(line(&String::from_utf8_lossy(event)).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// Without what begins a line, colours it or turns its direction.
fn line(event: &str) -> String {
    let mut line = String::with_capacity(event.len());
    for c in event.strip_suffix('\n').unwrap_or(event).chars() {
        match c {
            '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                line.extend(c.escape_unicode());
            }
            c if c.is_control() => line.extend(c.escape_default()),
            c => line.push(c),
        }
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_forges_a_line_or_colours_one() {
        let forged = "WARN cannot read bell\r\n2026-11-23T01:00:00Z INFO staff: Camat signed in\u{1b}[2J\u{202e}\n";
        let mut written = Vec::new();
        Lines(&mut written).write_all(forged.as_bytes()).unwrap();
        let written = String::from_utf8(written).unwrap();
        assert_eq!(written.lines().count(), 1, "{written}");
        assert!(written.ends_with('\n') && !written.trim_end().chars().any(char::is_control), "{written}");
        assert!(written.contains("bell\\r\\n2026") && written.contains("\\u{1b}[2J\\u{202e}"), "{written}");
        assert_eq!(line("INFO staff: Sari masuk – loket 2\n"), "INFO staff: Sari masuk – loket 2\n");
    }
}
