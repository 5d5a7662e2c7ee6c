//! Passwords, PINs, keys and codes: how they are made, judged and proved.

use crate::answer::No;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use queue::people::Secrets;
use std::sync::{Mutex, PoisonError};

/// Shortest password, characters.
const PASSWORD_MIN: usize = 8;
/// Longest, bytes: nobody may keep the machine busy with a novel.
const PASSWORD_MAX: usize = 256;
/// Letters and digits that nobody confuses when reading aloud: 32 of them, 5 bits each.
const CODE_LETTERS: &[u8; 32] = b"ABCDEFGHJKMNPQRSTVWXYZ0123456789";
/// 60 bits: not to be guessed over any network.
const CODE_LENGTH: usize = 12;
/// Passwords that everybody here tries first, and those that the world does (`world-passwords.LICENSE`); one a line, lower case.
const COMMON: [&str; 2] =
    [include_str!("../assets/common-passwords.txt"), include_str!("../assets/world-passwords.txt")];

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

/// The cost of a new hash: memory in KiB, passes, lanes.
const COST: (u32, u32, u32) = (19456, 2, 1);

fn argon2id(secret: &str, salt: &[u8], parameters: Params) -> Result<[u8; 32], No> {
    let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    memory.resize(parameters.block_count(), Block::default());
    let mut out = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into_with_memory(secret.as_bytes(), salt, &mut out, &mut *memory)
        .map_err(|e| fault("argon2", e))?;
    Ok(out)
}

fn parameters() -> Result<Params, No> {
    let (memory, passes, lanes) = COST;
    Params::new(memory, passes, lanes, Some(32)).map_err(|e| fault("argon2", e))
}

/// A new hash of a password or PIN, with a salt of its own, as a PHC string.
pub(crate) fn hash(secret: &str) -> Result<String, No> {
    let (salt, parameters): ([u8; 16], _) = (random()?, parameters()?);
    let out = argon2id(secret, &salt, parameters.clone())?;
    let phc = |e: argon2::password_hash::phc::Error| fault("argon2", e);
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&parameters).map_err(|e| fault("argon2", e))?,
        salt: Some(Salt::new(&salt).map_err(phc)?),
        hash: Some(Output::new(&out).map_err(phc)?),
    };
    Ok(hash.to_string())
}

/// What a person chose, hashed.
pub(crate) fn pair(password: &str, pin: &str) -> Result<Secrets, No> {
    Ok(Secrets { password: hash(password)?, pin: hash(pin)? })
}

/// What a guess proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// It is not the secret.
    Wrong,
    /// It is.
    Right,
    /// It is, and was hashed at a lower cost than today's: it should be hashed anew.
    Cheap,
}

/// Whether `secret` is the one that was hashed. Takes as long without a hash, so that no answer tells who has an account.
pub(crate) fn is(secret: &str, hash: Option<&str>) -> Result<Proof, No> {
    if secret.len() > PASSWORD_MAX {
        return Ok(Proof::Wrong);
    }
    let read = |text: &str| {
        let hash = PasswordHash::new(text).ok()?;
        let known = hash.algorithm == Algorithm::Argon2id.ident() && hash.version == Some(Version::V0x13.into());
        let parameters = Params::try_from(&hash).ok().filter(|_| known)?;
        // Who can write the file could ask for all memory of the machine.
        (parameters.m_cost() <= 16 * COST.0 && parameters.t_cost() <= 16).then_some((hash, parameters))
    };
    let Some((hash, made)) = hash.and_then(read) else {
        argon2id(secret, &[0; 16], parameters()?)?;
        return Ok(Proof::Wrong);
    };
    let (Some(salt), Some(right)) = (hash.salt, hash.hash) else { return Ok(Proof::Wrong) };
    let found = argon2id(secret, salt.as_ref(), made.clone())?;
    // Every byte is compared, so that the time tells nothing about the first wrong one.
    let same = right.len() == found.len()
        && found.iter().zip(right.as_bytes()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0;
    Ok(match same {
        false => Proof::Wrong,
        true if made.m_cost() < COST.0 || made.t_cost() < COST.1 => Proof::Cheap,
        true => Proof::Right,
    })
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
    if alike || named || COMMON.iter().any(|list| list.lines().any(|common| common == lower)) {
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
        assert!(hash_of.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash_of}");
        let is = |secret: &str, hash| is(secret, hash).unwrap();
        assert_eq!(is("rawa gambut", Some(&hash_of)), Proof::Right);
        assert_eq!(is("rawa gambu", Some(&hash_of)), Proof::Wrong);
        assert_eq!(is("", Some(&hash_of)), Proof::Wrong);
        assert_eq!(is("rawa gambut", None), Proof::Wrong);
        assert_eq!(is(&"x".repeat(100_000), Some(&hash_of)), Proof::Wrong);
        for bad in ["", "$argon2id$", "rawa gambut", &hash_of.replace("m=19456", "m=4000000000")] {
            assert_eq!(is("rawa gambut", Some(bad)), Proof::Wrong, "{bad}");
        }
    }

    #[test]
    fn a_hash_of_a_lower_cost_opens_and_asks_to_be_made_anew() {
        let salt = [7; 16];
        let cheap = Params::new(8, 1, 1, Some(32)).unwrap();
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&cheap).unwrap(),
            salt: Some(Salt::new(&salt).unwrap()),
            hash: Some(Output::new(&argon2id("2580", &salt, cheap).unwrap()).unwrap()),
        };
        assert_eq!(is("2580", Some(&hash.to_string())).unwrap(), Proof::Cheap);
        assert_eq!(is("2581", Some(&hash.to_string())).unwrap(), Proof::Wrong);
    }

    #[test]
    fn easy_passwords_and_pins_are_refused() {
        for bad in
            ["pendek", "password", "Password1", "aaaaaaaaaaaa", "sarimawar12", "12345678", "indonesia", "rahasia123"]
        {
            assert!(judge_password(bad, "Sarimawar").is_err(), "{bad}");
        }
        for common in COMMON.iter().flat_map(|list| list.lines()).step_by(40) {
            assert!(judge_password(common, "Sari").is_err() && judge_password(&common.to_uppercase(), "Sari").is_err());
        }
        assert!(COMMON.iter().flat_map(|list| list.lines()).count() >= 3000);
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
