//! What is secret in objects and texts, whatever it is disguised as.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use serde_json::{Map, Value as Json};

use super::canonical;

/// The two fields that hold what a Secret is for.
const FIELDS: [&str; 2] = ["data", "stringData"];

/// Whether a mapping is a Secret. Every kind of that name in any group counts, in any case of letters.
pub(super) fn is_secret(object: &Map<String, Json>) -> bool {
    object.get("kind").and_then(Json::as_str).is_some_and(|kind| kind.trim().eq_ignore_ascii_case("secret"))
}

/// Whether a mapping is a list of Secrets, whose items need not say so.
pub(super) fn is_secret_list(object: &Map<String, Json>) -> bool {
    object.get("kind").and_then(Json::as_str).is_some_and(|kind| kind.trim().eq_ignore_ascii_case("secretlist"))
}

/// Whether a text that nothing could be made of may hold a secret.
pub(super) fn may_hold_secret(text: &str) -> bool {
    contains_word(text, "secret") || may_be_written_otherwise(text)
}

/// Whether a text is or holds the manifest of a Secret: by its looks, or once it is read.
pub(super) fn holds_secret(text: &str) -> bool {
    static LOOKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(?i)kind["'\\]*\s*:\s*(?:[!&|>][^\s]*\s+)*["'\\]*secret(?:list)?(?:[^0-9a-z]|$)"#).ok()
    });
    if !may_hold_secret(text) || !(contains_word(text, "kind") || may_be_written_otherwise(text)) {
        return false;
    }
    if LOOKS.as_ref().is_none_or(|looks| looks.is_match(text)) {
        return true;
    }
    // Plain words on one line are no manifest, and need no parser.
    let is_document = text.contains('\n') || text.trim_start().starts_with(['{', '[', '"', '?']);
    is_document && canonical::read_all(text).is_ok_and(|documents| documents.iter().any(has_secret))
}

/// Whether a Secret stands anywhere in a value.
fn has_secret(value: &Json) -> bool {
    match value {
        Json::Object(entries) => is_secret(entries) || is_secret_list(entries) || entries.values().any(has_secret),
        Json::Array(items) => items.iter().any(has_secret),
        _ => false,
    }
}

/// Escapes and encodings, behind which any word may hide.
fn may_be_written_otherwise(text: &str) -> bool {
    ["\\u", "\\U", "\\x", "!!binary", "tag:yaml.org"].iter().any(|mark| text.contains(mark))
}

/// Whether `word`, in lower case and ASCII, is in the text in any case of letters.
fn contains_word(text: &str, word: &str) -> bool {
    let (first, rest) = (word.as_bytes()[0], &word.as_bytes()[1..]);
    let bytes = text.as_bytes();
    memchr::memchr2_iter(first, first.to_ascii_uppercase(), bytes)
        .any(|at| bytes.get(at + 1..at + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(rest)))
}

/// Makes two Secrets comparable: what stands in `data` on one side and in `stringData` on the other, or is encoded
/// in another way, is put where and as the new one has it.
pub(super) fn normalise(old: &mut Json, new: &mut Json) {
    let (Json::Object(old), Json::Object(new)) = (old, new) else { return };
    if !is_secret(old) || !is_secret(new) {
        return;
    }
    settle(old);
    settle(new);
    for field in FIELDS {
        let Some(Json::Object(values)) = new.get(field) else { continue };
        for (key, value) in values {
            let other = if field == FIELDS[0] { FIELDS[1] } else { FIELDS[0] };
            let Some(home) = FIELDS.into_iter().find(|field| entry(old, field, key).is_some()) else { continue };
            let Some(was) = entry(old, home, key) else { continue };
            let (before, after) = (bytes(home, was), bytes(field, value));
            let settled = match (before, after) {
                (Some(before), Some(after)) if before == after => value.clone(),
                (Some(before), _) if home == other => match (field, String::from_utf8(before)) {
                    ("stringData", Ok(text)) => Json::String(text),
                    ("stringData", Err(_)) => was.clone(),
                    (_, text) => {
                        Json::String(STANDARD.encode(text.map_or_else(|error| error.into_bytes(), String::into_bytes)))
                    }
                },
                _ => continue,
            };
            if let Some(Json::Object(values)) = old.get_mut(home) {
                values.shift_remove(key);
            }
            if let Json::Object(values) = old.entry(field).or_insert_with(|| Json::Object(Map::new())) {
                values.insert(key.clone(), settled);
            }
        }
    }
    for side in [old, new] {
        side.retain(|key, value| !FIELDS.contains(&key.as_str()) || !is_empty(value));
    }
}

/// A key in both fields has the value of `stringData`: so does the API server read it.
fn settle(secret: &mut Map<String, Json>) {
    let Some(Json::Object(texts)) = secret.get("stringData") else { return };
    let keys: Vec<String> = texts.keys().cloned().collect();
    if let Some(Json::Object(data)) = secret.get_mut("data") {
        data.retain(|key, _| !keys.contains(key));
    }
}

fn entry<'a>(secret: &'a Map<String, Json>, field: &str, key: &str) -> Option<&'a Json> {
    secret.get(field)?.as_object()?.get(key)
}

/// What a value comes to.
fn bytes(field: &str, value: &Json) -> Option<Vec<u8>> {
    let text = value.as_str()?;
    if field == "stringData" { Some(text.as_bytes().to_vec()) } else { decode(text) }
}

/// Base64 with line breaks and blanks in it.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let compact: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    STANDARD.decode(compact).ok()
}

fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Object(entries) => entries.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_that_hold_a_secret() {
        for text in [
            "kind: Secret",
            "apiVersion: v1\nkind:   'secret'\n",
            "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"data\":{}}",
            "\"{\\\"kind\\\":\\\"Secret\\\"}\"",
            "{kind: !!str Secret}",
            "kind: &k Secret",
            "kind: >-\n  Secret\n",
            "{\"kind\": \"\\u0053ecret\"}",
            "kind: !!binary U2VjcmV0\n",
            "? kind\n: Secret\n",
            "a: &x Secret\nkind: *x\n",
            "items:\n- a: 1\n- {kind: SecretList, items: []}\n",
            "# kind: Secret\n",
        ] {
            assert!(holds_secret(text), "{text}");
        }
        for text in [
            "kind: SecretStore\n",
            "secretName: kind\n",
            "a kind secret",
            "kind: ConfigMap\ndata: {}\n",
            "",
            "\\u0041 kind",
        ] {
            assert!(!holds_secret(text), "{text}");
        }
    }

    #[test]
    fn the_same_bytes_in_another_field_are_the_same() {
        let mut old = json!({"kind": "Secret", "data": {"a": "aHVu\ndGVy", "b": "eA==", "c": "/w=="}});
        let mut new =
            json!({"kind": "Secret", "stringData": {"a": "hunter", "b": "y"}, "data": {"c": "/w==", "a": "b2xk"}});
        normalise(&mut old, &mut new);
        assert_eq!(old, json!({"kind": "Secret", "stringData": {"a": "hunter", "b": "x"}, "data": {"c": "/w=="}}));
        assert_eq!(new, json!({"kind": "Secret", "stringData": {"a": "hunter", "b": "y"}, "data": {"c": "/w=="}}));
        let mut old = json!({"kind": "Secret", "stringData": {"a": "hunter"}});
        let mut new = json!({"kind": "Secret", "data": {"a": "aHVudGVy"}, "stringData": null});
        normalise(&mut old, &mut new);
        assert_eq!(old, new);
    }
}
