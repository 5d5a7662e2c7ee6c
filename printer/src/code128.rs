//! Code 128 as a picture: native bar codes are read differently by every maker (Epson wants its set named, the Cashino
//! KP-628E would print the name).

use crate::raster::Raster;

/// Widths of the bars and spaces of each symbol, a digit each (ISO/IEC 15417); 106 is the stop.
const SYMBOLS: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213", "221312",
    "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132", "221231", "213212",
    "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211", "212123", "212321", "232121",
    "111323", "131123", "131321", "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331",
    "132131", "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131", "311123",
    "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111", "111224", "111422", "121124",
    "121421", "141122", "141221", "112214", "112412", "122114", "122411", "142112", "142211", "241211", "221114",
    "413111", "241112", "134111", "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112",
    "421211", "212141", "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];
const START_B: usize = 104;
const START_C: usize = 105;
const TO_C: usize = 99;
const TO_B: usize = 100;
const STOP: usize = 106;

/// `text` as bars, one dot per module and `rows` high, without margins; `None` when it is empty or not printable ASCII.
pub(crate) fn bars(text: &str, rows: usize) -> Option<Raster> {
    let symbols = symbols(text)?;
    let widths = symbols.iter().flat_map(|s| SYMBOLS[*s].bytes()).map(|w| usize::from(w - b'0'));
    // Bars and spaces take turns; each symbol but the last has six of them.
    let modules: Vec<bool> = widths.enumerate().flat_map(|(n, w)| std::iter::repeat_n(n % 2 == 0, w)).collect();
    let mut raster = Raster::white(modules.len(), rows);
    for (x, _) in modules.iter().enumerate().filter(|(_, bar)| **bar) {
        (0..rows).for_each(|y| raster.set(x, y));
    }
    Some(raster)
}

/// Start, data in set B with pairs of digits in set C where that is shorter, check symbol, stop.
fn symbols(text: &str) -> Option<Vec<usize>> {
    let text = text.as_bytes();
    if text.is_empty() || !text.iter().all(|b| (0x20..=0x7e).contains(b)) {
        return None;
    }
    let digits = |from: usize| text[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut symbols = Vec::new();
    let mut in_c = None;
    let mut at = 0;
    while at < text.len() {
        let run = digits(at);
        // A run pays for the way there, and for the way back unless the text ends with it.
        let worth = run >= 6 || (run >= 4 && (at == 0 || at + run == text.len())) || (run == 2 && text.len() == 2);
        let wanted = if in_c == Some(true) { run >= 2 } else { worth && run.is_multiple_of(2) };
        if in_c != Some(wanted) {
            symbols.push(match (in_c, wanted) {
                (None, true) => START_C,
                (None, false) => START_B,
                (_, true) => TO_C,
                (_, false) => TO_B,
            });
            in_c = Some(wanted);
        }
        if wanted {
            symbols.push(usize::from(text[at] - b'0') * 10 + usize::from(text[at + 1] - b'0'));
            at += 2;
        } else {
            symbols.push(usize::from(text[at] - b' '));
            at += 1;
        }
    }
    let check = symbols.iter().enumerate().map(|(n, s)| n.max(1) * s).sum::<usize>() % 103;
    symbols.extend([check, STOP]);
    Some(symbols)
}

#[cfg(test)]
mod tests {
    use super::*;
    use barcoders::sym::code128::Code128;

    /// What another program makes of the same symbols.
    fn other(text: &str) -> Vec<bool> {
        let symbols = symbols(text).expect("printable");
        let (set_b, set_c) = ('\u{0181}', '\u{0106}');
        let mut named = String::new();
        let mut in_c = false;
        for symbol in &symbols[..symbols.len() - 2] {
            match *symbol {
                START_C | TO_C if named.is_empty() || !in_c => (in_c, named) = (true, named + &set_c.to_string()),
                START_B => named.push(set_b),
                TO_B if in_c => (in_c, named) = (false, named + &set_b.to_string()),
                pair if in_c => named += &format!("{pair:02}"),
                letter => named.push(char::from(letter as u8 + b' ')),
            }
        }
        Code128::new(named).expect("encodes").encode().into_iter().map(|module| module == 1).collect()
    }

    #[test]
    fn another_encoder_makes_the_same_bars() {
        fastrand::seed(128);
        for n in 0..2000 {
            let length = fastrand::usize(1..24);
            let any = |_| if fastrand::bool() { fastrand::digit(10) } else { char::from(fastrand::u8(0x20..=0x7e)) };
            let text: String = if n == 0 { "26-000123-3".into() } else { (0..length).map(any).collect() };
            let raster = bars(&text, 2).expect("printable");
            let other = other(&text);
            assert_eq!(raster.stride, other.len().div_ceil(8), "{text}");
            assert!(other.iter().enumerate().all(|(x, bar)| raster.get(x, 1) == *bar), "{text}");
        }
        assert_eq!(bars("", 2), None);
        assert_eq!(bars("é", 2), None);
    }

    #[test]
    fn a_receipt_is_145_modules_and_digits_alone_go_in_pairs() {
        assert_eq!(bars("26-000123-3", 1).expect("bars").stride, 145usize.div_ceil(8));
        assert_eq!(symbols("26000123").map(|s| s.len()), Some(7));
    }
}
