//! Passwords, PINs, keys and codes: how they are made, judged and proved.

use crate::answer::No;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use queue::people::Hash;
use std::sync::{Mutex, PoisonError};

/// Shortest password, characters.
const PASSWORD_MIN: usize = 8;
/// Longest, bytes: nobody may keep the machine busy with a novel.
const PASSWORD_MAX: usize = 256;
/// Letters and digits that nobody confuses when reading aloud: 32 of them, 5 bits each.
const CODE_LETTERS: &[u8; 32] = b"ABCDEFGHJKMNPQRSTVWXYZ0123456789";
/// 60 bits: not to be guessed over any network.
const CODE_LENGTH: usize = 12;
/// Passwords that everybody tries first, one a line, lower case.
const COMMON: &str = include_str!("../assets/common-passwords.txt");

/// One memory for all: the allocator does not reuse freed blocks of this alignment, so that each hash would cost another
/// 19 MiB for good. It also lets one person after the other sign in.
static MEMORY: Mutex<Vec<Block>> = Mutex::new(Vec::new());

/// A fault of the machine that cannot make random numbers or hashes; nobody is let in.
fn fault(what: &str, error: impl std::fmt::Display) -> No {
    No::fault(&format!("{what}: {error}"))
}

fn random<const N: usize>() -> Result<[u8; N], No> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| fault("no random numbers", e))?;
    Ok(bytes)
}

/// A key for a cookie or a token: 256 random bits as 64 digits.
pub(crate) fn key() -> Result<String, No> {
    Ok(random::<32>()?.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A one-time code as people read it: "K7QF-2M9D-XW4R".
pub(crate) fn code() -> Result<String, No> {
    let letters: Vec<char> =
        random::<CODE_LENGTH>()?.iter().map(|byte| char::from(CODE_LETTERS[usize::from(byte % 32)])).collect();
    Ok(letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-"))
}

/// A code as typed, in its one spelling: without spaces and hyphens, in capitals, O for 0 and I or L for 1.
pub(crate) fn read_code(typed: &str) -> String {
    let letters = typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase());
    letters.map(|c| if c == 'O' { '0' } else { c }).map(|c| if c == 'I' || c == 'L' { '1' } else { c }).collect()
}

fn argon2id(secret: &str, salt: &[u8]) -> Result<[u8; 32], No> {
    let parameters = Params::new(19456, 2, 1, Some(32)).map_err(|e| fault("argon2", e))?;
    let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    memory.resize(parameters.block_count(), Block::default());
    let mut out = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into_with_memory(secret.as_bytes(), salt, &mut out, &mut *memory)
        .map_err(|e| fault("argon2", e))?;
    Ok(out)
}

/// A new hash of a password or PIN, with a salt of its own.
pub(crate) fn hash(secret: &str) -> Result<Hash, No> {
    let salt: [u8; 16] = random()?;
    let mut all = [0; 48];
    all[..16].copy_from_slice(&salt);
    all[16..].copy_from_slice(&argon2id(secret, &salt)?);
    Ok(all)
}

/// Whether `secret` is the one that was hashed. Takes as long without a hash, so that no answer tells who has an account.
pub(crate) fn is(secret: &str, hash: Option<&Hash>) -> Result<bool, No> {
    if secret.len() > PASSWORD_MAX {
        return Ok(false);
    }
    let known = hash.unwrap_or(&[0; 48]);
    let (salt, right) = known.split_at(16);
    let found = argon2id(secret, salt)?;
    // Every byte is compared, so that the time tells nothing about the first wrong one.
    let differ = found.iter().zip(right).fold(0, |differ, (a, b)| differ | (a ^ b));
    Ok(hash.is_some() && differ == 0)
}

/// Whether a person may choose this password.
pub(crate) fn judge_password(password: &str, name: &str) -> Result<(), No> {
    if password.chars().count() < PASSWORD_MIN || password.len() > PASSWORD_MAX {
        return Err(No::bad(
            "Kata sandi paling sedikit 8 huruf atau angka; kalimat pendek lebih baik.",
            "A password has at least 8 characters; a short sentence is better.",
        ));
    }
    let lower = password.to_lowercase();
    let first = lower.chars().next();
    let alike = lower.chars().all(|c| Some(c) == first);
    let name = name.to_lowercase();
    let named = lower.trim_end_matches(|c: char| c.is_ascii_digit()) == name;
    if alike || named || COMMON.lines().any(|common| common == lower) {
        return Err(No::bad(
            "Kata sandi itu terlalu mudah ditebak. Pilih yang lain.",
            "That password is too easy to guess. Choose another one.",
        ));
    }
    Ok(())
}

/// Whether a person may choose this PIN: 4 to 6 digits, not all alike and not in a row.
pub(crate) fn judge_pin(pin: &str) -> Result<(), No> {
    if !(4..=6).contains(&pin.len()) || !pin.bytes().all(|b| b.is_ascii_digit()) {
        return Err(No::bad("PIN terdiri dari 4 sampai 6 angka.", "A PIN has 4 to 6 digits."));
    }
    let steps: Vec<i16> = pin.as_bytes().windows(2).map(|w| i16::from(w[1]) - i16::from(w[0])).collect();
    if [0, 1, -1].iter().any(|step| steps.iter().all(|s| s == step)) {
        return Err(No::bad(
            "PIN itu terlalu mudah ditebak. Pilih yang lain.",
            "That PIN is too easy to guess. Choose another one.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_proved_by_itself_only_and_two_hashes_of_it_differ() {
        let hash_of = hash("rawa gambut").unwrap();
        assert_ne!(hash_of, hash("rawa gambut").unwrap());
        assert!(is("rawa gambut", Some(&hash_of)).unwrap());
        assert!(!is("rawa gambu", Some(&hash_of)).unwrap());
        assert!(!is("", Some(&hash_of)).unwrap());
        assert!(!is("rawa gambut", None).unwrap());
        assert!(!is(&"x".repeat(100_000), Some(&hash_of)).unwrap());
    }

    #[test]
    fn easy_passwords_and_pins_are_refused() {
        for bad in
            ["pendek", "password", "Password1", "aaaaaaaaaaaa", "sarimawar12", "12345678", "indonesia", "rahasia123"]
        {
            assert!(judge_password(bad, "Sarimawar").is_err(), "{bad}");
        }
        assert!(judge_password(&"x y".repeat(100), "Sari").is_err());
        assert!(judge_password("rawa gambut", "Sari").is_ok());
        for bad in ["123", "1234567", "12a4", "1234", "4321", "0000", "999999", "٤٥٦٧", "", "23456"] {
            assert!(judge_pin(bad).is_err(), "{bad}");
        }
        assert!(judge_pin("2580").is_ok() && judge_pin("112233").is_ok());
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let made = code().unwrap();
        assert_eq!(made.len(), 14, "{made}");
        assert_ne!(made, code().unwrap());
        assert_eq!(read_code(&made.to_lowercase()), read_code(&made.replace('-', " ")));
        assert_eq!(read_code("k7qf 2mo9 ilXX"), "K7QF2M0911XX");
        assert_eq!(key().unwrap().len(), 64);
    }
}
