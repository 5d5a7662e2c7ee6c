//! The two-tone chime before a call: it turns heads before the first word. Made here, so it has no license but ours.

use crate::sound::{RATE, Sound};
use std::f64::consts::TAU;

/// First and second tone, hertz: a falling major third, E5 and C5, which elderly ears still hear well.
const TONES: [f64; 2] = [659.26, 523.25];
/// From one tone's start to the next, seconds.
const STEP: f64 = 0.30;
/// How long the chime lasts, seconds.
const LENGTH: f64 = 0.95;

/// The chime, at the rate of the packs.
pub fn chime() -> Sound {
    let rate = f64::from(RATE);
    let tone = |hertz: f64, t: f64| {
        if t < 0.0 {
            return 0.0;
        }
        // A struck bar: the overtone dies sooner than the tone. The attack of 5 ms keeps it from clicking.
        let struck = (t / 0.005).min(1.0);
        let bar = (TAU * hertz * t).sin() * (-t / 0.25).exp() + 0.3 * (TAU * hertz * 3.0 * t).sin() * (-t / 0.08).exp();
        struck * bar
    };
    let samples = (0..(LENGTH * rate) as usize)
        .map(|n| {
            let t = n as f64 / rate;
            let out = ((LENGTH - t) / 0.1).clamp(0.0, 1.0);
            (8_500.0 * out * (tone(TONES[0], t) + tone(TONES[1], t - STEP))) as i16
        })
        .collect();
    Sound { rate: RATE, samples }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chime_is_heard_at_once_and_never_clips_or_clicks() {
        let sound = chime();
        let peak = sound.samples.iter().map(|s| s.unsigned_abs()).max().unwrap();
        assert!((8_000..30_000).contains(&peak), "{peak}");
        let first = sound.samples.iter().position(|s| s.unsigned_abs() > 1_000).unwrap();
        assert!(first < RATE as usize / 50, "silent for {first} samples");
        assert!(sound.samples.last().unwrap().unsigned_abs() < 50);
    }
}
