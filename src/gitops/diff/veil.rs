//! Secrets of two objects become tokens before the objects are compared, and masks afterwards.
//!
//! Equal secrets have equal tokens, so that comparing finds what differs without anything being there to leak.
//! Masks are `kubectl`'s: they tell of a difference, of no length and of no hash.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use super::canonical;
use super::mask::Mask;
use super::path::Step;
use super::secret::{decode, holds_secret, is_secret, is_secret_list};

/// A secret that is the same on both sides, or on one side only.
pub(super) const MASK: &str = "***";

/// A secret as it was.
pub(super) const BEFORE: &str = "*** (before)";

/// A secret as it is.
pub(super) const AFTER: &str = "*** (after)";

/// What `kubectl apply` remembers: the whole object, its secrets too.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// How tokens begin, and no other text once it was looked at.
const TOKEN: &str = "\u{f8fe}\u{0}secret ";

/// Shorter texts are found in many others without being a secret there.
const SHORTEST: usize = 4;

/// The secrets of one pair of objects.
#[derive(Debug)]
pub(super) struct Veil<'a> {
    masks: &'a [&'a Mask],
    tokens: HashMap<String, usize>,
}

impl<'a> Veil<'a> {
    pub(super) fn new(masks: &'a [&'a Mask]) -> Self {
        Self { masks, tokens: HashMap::new() }
    }

    /// Puts tokens in the place of the secrets of `object`; whether there may be any.
    pub(super) fn hide(&mut self, object: &mut Json) -> bool {
        no_forgeries(object);
        let mut hidden = !self.masks.is_empty();
        let top_is_secret = object.as_object().is_some_and(is_secret);
        self.walk(object, top_is_secret, &mut hidden);
        for mask in self.masks {
            mask.visit(object, &mut |value| self.token(value));
        }
        if let Json::Object(entries) = object
            && top_is_secret
        {
            hidden = true;
            self.rest_of_secret(entries);
        }
        hidden
    }

    /// What else is in a Secret: fields that it should not have, and copies of its values.
    fn rest_of_secret(&mut self, secret: &mut Map<String, Json>) {
        for (key, value) in secret.iter_mut() {
            let harmless = match key.as_str() {
                "apiVersion" | "kind" | "type" | "immutable" => !value.is_object() && !value.is_array(),
                "metadata" | "data" | "stringData" => value.is_object(),
                _ => false,
            };
            if !harmless && !value.is_null() {
                self.token(value);
            }
        }
        let plain: Vec<String> = self.tokens.keys().flat_map(|value| forms(value)).collect();
        if let Some(Json::Object(metadata)) = secret.get_mut("metadata") {
            for (_, value) in metadata.iter_mut().filter(|(key, _)| !matches!(key.as_str(), "name" | "namespace")) {
                self.copies(value, &plain);
            }
        }
    }

    fn copies(&mut self, value: &mut Json, plain: &[String]) {
        match value {
            Json::Object(entries) => entries.values_mut().for_each(|value| self.copies(value, plain)),
            Json::Array(items) => items.iter_mut().for_each(|value| self.copies(value, plain)),
            Json::String(text) => {
                let is_copy =
                    |secret: &String| text == secret || (secret.len() >= SHORTEST && text.contains(secret.as_str()));
                if !is_token(text) && plain.iter().any(is_copy) {
                    self.token(value);
                }
            }
            _ => {}
        }
    }

    fn walk(&mut self, value: &mut Json, in_secret: bool, hidden: &mut bool) {
        match value {
            Json::Object(entries) => {
                let lists_secrets = is_secret_list(entries);
                if is_secret(entries) {
                    self.data(entries, hidden);
                }
                for (key, value) in entries.iter_mut() {
                    if let (true, Json::Array(items)) = (lists_secrets && key == "items", &mut *value) {
                        items.iter_mut().filter_map(Json::as_object_mut).for_each(|item| self.data(item, hidden));
                    }
                    let copy = key == LAST_APPLIED && (in_secret || !self.masks.is_empty());
                    if copy {
                        self.token(value);
                        *hidden = true;
                    }
                    self.walk(value, in_secret, hidden);
                }
            }
            Json::Array(items) => items.iter_mut().for_each(|value| self.walk(value, in_secret, hidden)),
            Json::String(text) if !is_token(text) && holds_secret(text) => {
                self.token(value);
                *hidden = true;
            }
            _ => {}
        }
    }

    /// The values of a Secret.
    fn data(&mut self, secret: &mut Map<String, Json>, hidden: &mut bool) {
        for field in ["data", "stringData"] {
            match secret.get_mut(field) {
                None | Some(Json::Null) => continue,
                Some(Json::Object(values)) => values.values_mut().for_each(|value| self.token(value)),
                Some(value) => self.token(value),
            }
            *hidden = true;
        }
    }

    /// Puts a token in the place of a value; equal values get the same.
    fn token(&mut self, value: &mut Json) {
        if is_hidden(value) {
            return;
        }
        let next = self.tokens.len();
        let number = *self.tokens.entry(canonical::key(value).into_owned()).or_insert(next);
        *value = Json::String(format!("{TOKEN}{number}"));
    }
}

/// Changes texts that somebody wrote to look like tokens.
fn no_forgeries(value: &mut Json) {
    match value {
        Json::Object(entries) => entries.values_mut().for_each(no_forgeries),
        Json::Array(items) => items.iter_mut().for_each(no_forgeries),
        Json::String(text) if is_token(text) => text.insert(0, char::REPLACEMENT_CHARACTER),
        _ => {}
    }
}

/// A secret value as it may be copied elsewhere: as it is, and decoded.
fn forms(key: &str) -> Vec<String> {
    let Ok(Json::String(text)) = serde_json::from_str(key) else { return Vec::new() };
    let decoded = decode(&text).and_then(|bytes| String::from_utf8(bytes).ok());
    [Some(text), decoded].into_iter().flatten().filter(|text| !text.is_empty()).collect()
}

/// Whether a text stands for a secret.
pub(super) fn is_token(text: &str) -> bool {
    text.starts_with(TOKEN)
}

/// Whether a value stands for a secret.
pub(super) fn is_hidden(value: &Json) -> bool {
    value.as_str().is_some_and(is_token)
}

/// Whether a secret stands somewhere in a value.
pub(super) fn has_hidden(value: &Json) -> bool {
    match value {
        Json::Object(entries) => entries.values().any(has_hidden),
        Json::Array(items) => items.iter().any(has_hidden),
        Json::String(text) => is_token(text),
        _ => false,
    }
}

/// Puts a mask in the place of the token at `path`, on the old side or the new one.
pub(super) fn mark(object: &mut Json, path: &[Step], is_old: bool) {
    let found = path.iter().try_fold(object, |value, step| step.take_in(value, is_old));
    if let Some(value) = found.filter(|value| is_hidden(value)) {
        *value = Json::from(if is_old { BEFORE } else { AFTER });
    }
}

/// Puts masks in the place of all tokens that are left.
pub(super) fn cover(value: &mut Json) {
    match value {
        Json::Object(entries) => entries.values_mut().for_each(cover),
        Json::Array(items) => items.iter_mut().for_each(cover),
        Json::String(text) if is_token(text) => *value = Json::from(MASK),
        _ => {}
    }
}
