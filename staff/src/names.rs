//! Names of new accounts: none may be taken for another one on a page or in the journal.

use crate::answer::No;
use queue::Store;

/// Letters with marks, and the plain letters that they are taken for.
const MARKED: [(&str, char); 14] = [
    ("àáâãäåāăą", 'a'),
    ("çćĉċč", 'c'),
    ("ďđ", 'd'),
    ("èéêëēĕėęě", 'e'),
    ("ĝğġģ", 'g'),
    ("ìíîïĩīĭįı", 'i'),
    ("ĺļľŀł", 'l'),
    ("ñńņňŉ", 'n'),
    ("òóôõöøōŏő", 'o'),
    ("ŕŗř", 'r'),
    ("śŝşšș", 's'),
    ("ţťŧț", 't'),
    ("ùúûüũūŭůűų", 'u'),
    ("ýÿŷźżž", 'y'),
];

/// Whether a new account may have this name: letters of the Latin script, and no look-alike of a name that there is.
pub(crate) fn judge(store: &Store, name: &str) -> Result<(), No> {
    if name.chars().any(|c| c.is_alphanumeric() && !c.is_ascii() && plain(c).is_none()) {
        return Err(No::bad(
            "Nama akun hanya memakai huruf Latin: huruf dari aksara lain dapat tampak sama.",
            "An account's name has Latin letters only: letters of other scripts can look the same.",
        ));
    }
    match store.people()?.into_iter().find(|person| looks(&person.name) == looks(name)) {
        None => Ok(()),
        Some(person) => Err(No::bad(
            &format!("Nama itu tampak seperti akun {}. Pilih nama yang jelas berbeda.", person.name),
            &format!("That name looks like the account {}. Choose one that is clearly different.", person.name),
        )),
    }
}

/// The plain letter that a marked one of the Latin script is taken for.
fn plain(c: char) -> Option<char> {
    let small = c.to_lowercase().next()?;
    MARKED.iter().find(|(marked, _)| marked.contains(small)).map(|(_, plain)| *plain)
}

/// A name as a hurried reader sees it.
fn looks(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    let plain = letters.map(|c| plain(c).unwrap_or(c)).map(|c| match c {
        'I' | 'l' | '1' | 'i' | 'L' => 'l',
        'O' | '0' => 'o',
        c => c.to_ascii_lowercase(),
    });
    plain.collect::<String>().replace("rn", "m").replace("vv", "w")
}

#[cfg(test)]
mod tests {
    use super::*;
    use queue::Command;
    use queue::people::Roles;

    #[test]
    fn no_new_name_can_be_taken_for_a_colleague() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("office.toml"), include_str!("../../office.toml")).unwrap();
        let mut store = Store::create(dir.path()).unwrap();
        for name in ["Sari Dewi", "Ilham", "Kartono 01"] {
            store.set_person(&Command::new(queue::journal::Actor::Terminal), name, Roles::all()).unwrap();
        }
        for bad in [
            "Sаri Dewi", // a Cyrillic letter
            "Sàri Dewi",
            "SARI  DEWI",
            "Sari-Dewi",
            "sari.dewi",
            "lIham",
            "1lham",
            "Kartono O1",
            "Kartono OI",
            "Kartоno",
            "Ѕari",
            "Ａdi",
            "Σari",
        ] {
            assert!(judge(&store, bad).is_err(), "{bad}");
        }
        for good in ["Sari", "Dewi Sari", "Désirée", "Ilhan", "Müller", "Kartono 02"] {
            assert!(judge(&store, good).is_ok(), "{good}");
        }
    }
}
