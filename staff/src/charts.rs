//! Charts as SVG, drawn on the server: bars with their figures, readable in black and white and on paper.

use maud::{Markup, html};

/// Width of one bar with its room, and height of the tallest bar.
const STEP: usize = 44;
const TALLEST: u64 = 80;
/// More bars than these get no room for their words; every so many then has one.
const WORDS: usize = 20;

/// One bar per (word, count), from left to right.
pub(crate) fn bars(title: &str, counts: &[(String, u64)]) -> Markup {
    let most = counts.iter().map(|(_, n)| *n).max().unwrap_or(0).max(1);
    let step = if counts.len() > WORDS { STEP * WORDS / counts.len() } else { STEP }.max(6);
    let every = STEP.div_ceil(step);
    let width = counts.len().max(1) * step + 20;
    html! {
        svg.bars viewBox={ "0 0 " (width) " 120" } width=(width) height="120" role="img" {
            title { (title) }
            @for (i, (word, count)) in counts.iter().enumerate() {
                @let high = count * TALLEST / most;
                rect x=(i * step + 10 + step / 8) y=(98 - high) width=(step * 3 / 4) height=(high) {}
                @if every == 1 || counts.len() < 2 * WORDS { text x=(i * step + 10 + step / 2) y=(93 - high) { (count) } }
                @if i % every == 0 { text x=(i * step + 10 + step / 2) y="114" { (word) } }
            }
        }
        p.hint { (title) }
    }
}

/// One line per (word, part, whole): how much of the whole the part is.
pub(crate) fn shares(title: &str, shares: &[(String, usize, usize)]) -> Markup {
    let high = shares.len() * 26 + 4;
    html! {
        svg.bars viewBox={ "0 0 640 " (high) } width="640" height=(high) role="img" {
            title { (title) }
            @for (i, (word, part, whole)) in shares.iter().enumerate() {
                @let y = i * 26;
                text.left x="0" y=(y + 17) { (word) }
                rect.ground x="220" y=(y + 4) width="260" height="18" {}
                @if *whole > 0 { rect x="220" y=(y + 4) width=(part * 260 / whole) height="18" {} }
                text.left x="488" y=(y + 17) { @if *whole > 0 { (part * 100 / whole) " % (" (part) "/" (whole) ")" } @else { "–" } }
            }
        }
        p.hint { (title) }
    }
}
