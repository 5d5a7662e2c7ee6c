//! Free text and names of an event: kept beside it, so that they can be erased; the chain covers only their digest.

use crate::chain::Digest;
use crate::privacy::has_personal_number;
use serde_json::{Map, Value};

/// What stands where a text was erased.
pub const ERASED: &str = "(dihapus)";

/// Fields of `detail` that people write freely, and the words of the events that have them. Where a field of this name is a
/// word of a list (the reason of a hold), it is no free text and stays.
const FREE: [(&str, &[&str]); 7] = [
    ("reason", &["call-chosen", "cancel"]),
    ("overruled", &["issue"]),
    ("name", &["person-set"]),
    ("label", &["token-made"]),
    ("value", &["office-changed"]),
    ("text", &["notice-posted"]),
    ("english", &["notice-posted"]),
];

/// The free text of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Random: without it nobody can tell by trying which text a digest belongs to.
    pub salt: [u8; 16],
    /// A JSON object, field by field.
    pub json: String,
}

impl Words {
    /// What the chain covers of it.
    pub fn digest(&self) -> Digest {
        Digest::of(&[&self.salt, self.json.as_bytes()])
    }

    /// Whether a person typed a NIK or a family card's number. What the head sets in `office.toml` is no such text:
    /// two opening times have sixteen digits as well.
    pub(crate) fn has_personal_number(&self, action: &str) -> bool {
        let fields: Map<String, Value> = serde_json::from_str(&self.json).unwrap_or_default();
        action != "office-changed" && fields.values().filter_map(Value::as_str).any(has_personal_number)
    }
}

fn is_free(field: &str, action: &str) -> bool {
    FREE.iter().any(|(free, actions)| *free == field && actions.contains(&action))
}

/// The object that holds the fields: a notice's are one level deeper.
fn fields(detail: &mut Value) -> Option<&mut Map<String, Value>> {
    if detail.get("says").is_some_and(Value::is_object) {
        return detail.get_mut("says")?.as_object_mut();
    }
    detail.as_object_mut()
}

/// Takes the free text out of `detail`, leaving `null`; `None` when there is none.
pub(super) fn take(detail: &mut Value, action: &str) -> Option<String> {
    let mut taken = Map::new();
    for (name, value) in fields(detail)? {
        if value.is_string() && is_free(name, action) {
            taken.insert(name.clone(), value.take());
        }
    }
    (!taken.is_empty()).then(|| Value::Object(taken).to_string())
}

/// Puts the free text back, [`ERASED`] where it is gone.
pub(super) fn put_back(detail: &mut Value, action: &str, words: Option<&Words>) -> Result<(), String> {
    let words: Map<String, Value> = match words {
        Some(words) => serde_json::from_str(&words.json).map_err(|e| format!("free text that is no JSON: {e}"))?,
        None => Map::new(),
    };
    for (name, value) in fields(detail).ok_or("detail is no object")? {
        if value.is_null() && is_free(name, action) {
            *value = words.get(name).cloned().unwrap_or_else(|| ERASED.into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn free_text_leaves_the_row_and_comes_back_until_it_is_erased() {
        for (action, whole, field) in [
            ("cancel", json!({"what": "acted", "action": "cancel", "reason": "pulang"}), "/reason"),
            ("notice-posted", json!({"what": "notice-posted", "notice": 1, "says": {"text": "Libur"}}), "/says/text"),
            ("person-set", json!({"what": "person-set", "person": 1, "name": "Sari", "roles": "head"}), "/name"),
        ] {
            let mut detail = whole.clone();
            let words = Words { salt: [7; 16], json: take(&mut detail, action).unwrap() };
            assert!(detail.pointer(field).unwrap().is_null(), "{detail}");
            let mut erased = detail.clone();
            put_back(&mut detail, action, Some(&words)).unwrap();
            assert_eq!(detail, whole);
            put_back(&mut erased, action, None).unwrap();
            assert_eq!(erased.pointer(field).unwrap(), ERASED);
        }
    }

    #[test]
    fn a_word_of_a_list_and_an_empty_field_are_no_free_text() {
        for (action, whole) in [
            ("hold-case", json!({"what": "case-acted", "action": "hold", "reason": "network"})),
            ("hand-over", json!({"what": "acted", "action": "hand-over", "by": "proxy", "receipt": null})),
        ] {
            let mut detail = whole.clone();
            assert_eq!(take(&mut detail, action), None);
            put_back(&mut detail, action, None).unwrap();
            assert_eq!(detail, whole);
        }
    }
}
