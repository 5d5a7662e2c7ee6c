//! Which characters of a number look alike to an eye of low vision: the distance of blurred glyphs at equal cap height.

use super::{Style, Weight, rasterise};

/// Pixels of the cap height.
const CAP: f32 = 64.0;
/// Standard deviation of the blur as a part of the cap height: the limit of low vision.
const BLUR: f32 = 0.16;
/// Side of the square picture, pixels.
const SIDE: usize = 160;
/// Two characters count as the same picture even when one is shifted by this many pixels.
const SHIFTS: [isize; 5] = [-4, -2, 0, 2, 4];

type Picture = Vec<f32>;

/// The glyph in the middle of a square, blurred.
fn picture(c: char) -> Picture {
    let style = Style::of_cap(Weight::Bold, CAP as u32);
    let mask = rasterise(c, style);
    let (left, top) = ((SIDE - mask.width as usize) / 2, (112 + mask.top) as usize);
    let mut sharp = vec![0.0; SIDE * SIDE];
    for (n, cover) in mask.cover.iter().enumerate() {
        let (x, y) = (n % mask.width as usize, n / mask.width as usize);
        sharp[(top + y) * SIDE + left + x] = f32::from(*cover) / 255.0;
    }
    // A Gaussian is separable: along the rows, then along the columns.
    blur_rows(&turned(&blur_rows(&turned(&sharp))))
}

fn turned(picture: &Picture) -> Picture {
    (0..SIDE * SIDE).map(|n| picture[(n % SIDE) * SIDE + n / SIDE]).collect()
}

fn blur_rows(picture: &Picture) -> Picture {
    let sigma = BLUR * CAP;
    let reach = (4.0 * sigma) as isize;
    let weights: Vec<f32> = (-reach..=reach).map(|d| (-(d * d) as f32 / (2.0 * sigma * sigma)).exp()).collect();
    let all: f32 = weights.iter().sum();
    let at = |y: usize, x: isize| usize::try_from(x).ok().filter(|x| *x < SIDE).map_or(0.0, |x| picture[y * SIDE + x]);
    let mean = |n: usize| {
        let (x, y) = ((n % SIDE) as isize, n / SIDE);
        (-reach..=reach).zip(&weights).map(|(d, weight)| at(y, x + d) * weight).sum::<f32>() / all
    };
    (0..SIDE * SIDE).map(mean).collect()
}

/// 0 is the same picture; two that share no ink stand √2 apart.
fn distance(a: &Picture, b: &Picture) -> f32 {
    let energy = |p: &Picture| p.iter().map(|v| v * v).sum::<f32>();
    let moved = |shift: isize| {
        let b = |n: usize| b[n - n % SIDE + (n as isize % SIDE as isize + shift).rem_euclid(SIDE as isize) as usize];
        (0..SIDE * SIDE).map(|n| (a[n] - b(n)).powi(2)).sum::<f32>()
    };
    let least = SHIFTS.into_iter().map(moved).fold(f32::MAX, f32::min);
    least.sqrt() / (energy(a) * energy(b)).powf(0.25)
}

/// Prints the distances of all pairs of `characters`, and gives the nearest pair.
fn nearest(characters: &str) -> (f32, char, char) {
    let pictures: Vec<(char, Picture)> = characters.chars().map(|c| (c, picture(c))).collect();
    let mut least = (f32::MAX, ' ', ' ');
    println!("     {}", characters.chars().map(|c| format!("{c:<5}")).collect::<String>());
    for (n, (a, of_a)) in pictures.iter().enumerate() {
        let row: Vec<f32> = pictures[..n].iter().map(|(_, of_b)| distance(of_a, of_b)).collect();
        println!("  {a}  {}", row.iter().map(|d| format!("{d:.2} ")).collect::<String>());
        for (d, (b, _)) in row.into_iter().zip(&pictures) {
            if d < least.0 {
                least = (d, *b, *a);
            }
        }
    }
    println!("nearest: {} and {} at {:.3}", least.1, least.2, least.0);
    least
}

#[test]
fn no_two_characters_of_a_number_look_alike_when_blurred_as_at_the_limit_of_low_vision() {
    // The struck zero of the former face left 0.12 between its nearest digits.
    let digits = nearest("0123456789");
    assert!(digits.0 >= 0.18, "{digits:?}");
    // Every letter that a service may have; a letter and a digit never stand at the same place.
    let letters: String = ('A'..='Z').filter(|c| !"BIOQSZ".contains(*c)).collect();
    let letters = nearest(&letters);
    assert!(letters.0 >= 0.17, "{letters:?}");
}
