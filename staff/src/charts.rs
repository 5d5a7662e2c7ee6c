//! Charts as SVG, drawn on the server: bars with their figures, readable in black and white and on paper.

use crate::texts::t;
use maud::{Markup, html};
use queue::Lang;

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

/// One column per (word, count, whether it has begun), from left to right, with a table for who cannot see them.
pub(crate) fn columns(title: &str, counts: &[(String, u64, bool)], lang: Lang) -> Markup {
    let most = counts.iter().map(|(_, n, _)| *n).max().unwrap_or(0).max(1);
    let width = counts.len().max(1) * 88;
    html! {
        figure.chart {
            svg.columns viewBox={ "0 0 " (width) " 170" } role="img" aria-label=(title) {
                title { (title) }
                @for (i, (word, count, begun)) in counts.iter().enumerate() {
                    @let high = count * 110 / most;
                    rect.later[!begun] x=(i * 88 + 4) y=(136 - high) width="80" height=(high) rx="4" {}
                    @if *begun { text.value x=(i * 88 + 44) y=(130 - high) { (count) } }
                    text x=(i * 88 + 44) y="158" { (word) }
                }
            }
            (beside(title, counts.iter().map(|(word, count, _)| (word.as_str(), count.to_string())), lang))
        }
    }
}

/// The figures of a chart as a table, for screen readers.
fn beside<'a>(title: &str, rows: impl Iterator<Item = (&'a str, String)>, lang: Lang) -> Markup {
    html! {
        table.unseen {
            caption { (title) }
            tr { th scope="col" { (t(lang, "apa", "what")) } th scope="col" { (t(lang, "jumlah", "count")) } }
            @for (name, figure) in rows { tr { th scope="row" { (name) } td { (figure) } } }
        }
    }
}

/// How much of the standard's minutes has passed: green, amber from four fifths on, red beyond, and a word for it.
pub(crate) fn gauge(passed: Option<u64>, standard: u64, lang: Lang) -> Markup {
    let Some(passed) = passed.filter(|_| standard > 0) else { return html! {} };
    let (class, word) = match passed * 5 {
        n if n > standard * 5 => ("over", t(lang, "lewat standar", "over the standard")),
        n if n >= standard * 4 => ("near", t(lang, "hampir", "nearly")),
        _ => ("fine", ""),
    };
    html! {
        span class={ "bar-of " (class) } {
            svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
                rect.ground width="100" height="8" rx="4" {}
                rect width=((passed * 100 / standard).min(100)) height="8" rx="4" {}
            }
            span { (passed) "/" (standard) " " (word) }
        }
    }
}

/// A bar in a table: so much of the longest one. Its figure stands beside it.
pub(crate) fn bar(count: u64, most: u64) -> Markup {
    html! {
        svg.bar-in viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
            rect width=(count * 100 / most.max(1)) height="10" rx="1" {}
        }
    }
}

/// Two lines over time with a limit, each point with its figure, and a table for who cannot see them.
pub(crate) fn lines(
    title: &str,
    names: &[&str; 2],
    points: &[(String, [Option<u64>; 2])],
    (limit, limit_name): (u64, &str),
    lang: Lang,
) -> Markup {
    const HIGH: u64 = 150;
    let most =
        points.iter().flat_map(|(_, figures)| figures.iter().flatten()).copied().chain([limit]).max().unwrap_or(1);
    let x = |i: usize| 70 + i * 640 / points.len().saturating_sub(1).max(1);
    let y = |figure: u64| 20 + HIGH - figure * HIGH / most.max(1);
    let path = |line: usize| {
        let known = points.iter().enumerate().filter_map(|(i, (_, figures))| Some((i, figures[line]?)));
        known.map(|(i, figure)| format!("{},{}", x(i), y(figure))).collect::<Vec<_>>().join(" ")
    };
    html! {
        figure.chart {
            svg.lines viewBox="0 0 860 210" role="img" aria-label=(title) {
                title { (title) }
                line.axis x1="60" y1=(20 + HIGH) x2="730" y2=(20 + HIGH) {}
                line.limit x1="60" y1=(y(limit)) x2="730" y2=(y(limit)) {}
                text.left x="740" y=(y(limit) + 5) { (limit_name) }
                @for line in 0..2 {
                    polyline class={ "line-" (line) } points=(path(line)) {}
                    @for (i, (_, figures)) in points.iter().enumerate() {
                        @if let Some(figure) = figures[line] {
                            circle class={ "dot-" (line) } cx=(x(i)) cy=(y(figure)) r="4" {}
                            text.value x=(x(i)) y=(if line == 0 { y(figure) + 19 } else { y(figure) - 9 }) { (figure) }
                        }
                    }
                }
                @for (i, (word, _)) in points.iter().enumerate() { text x=(x(i)) y=(HIGH + 52) { (word) } }
            }
            figcaption.hint { span.key-1 { "▬ " (names[1]) } " · " span.key-0 { "▬ " (names[0]) } }
            table.unseen {
                caption { (title) }
                tr { th {} th scope="col" { (names[0]) } th scope="col" { (names[1]) } }
                @for (word, figures) in points {
                    tr { th scope="row" { (word) } @for figure in figures { td { (figure.map_or("–".into(), |n| n.to_string())) } } }
                }
            }
            p.unseen { (t(lang, "Garis putus-putus adalah batas.", "The dashed line is the limit.")) }
        }
    }
}
