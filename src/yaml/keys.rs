//! Keys of mappings as the output has them: text, each once.
//!
//! Says nothing about the order in which keys are printed; see `emit::order`.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::source::Span;
use crate::yaml::reread::reread;
use crate::yaml::value::{self, Resolved};
use crate::yaml::{Entry, Key, Mapping, Tag};

/// The longest key, in bytes, that go-yaml writes in front of its value without a `?`.
const SIMPLE_KEY_BYTES: usize = 128;

/// Whether `text` can stand in front of its `:` on one line.
#[must_use]
pub fn is_simple(text: &str) -> bool {
    text.len() <= SIMPLE_KEY_BYTES && !text.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
}

/// The same for a text in ASCII without controls.
#[must_use]
pub const fn is_simple_ascii(text: &str) -> bool {
    text.len() <= SIMPLE_KEY_BYTES
}

/// The text of `key`. `top` says that its mapping is the whole document: there, kustomize
/// takes the text of numbers, booleans and dates; anywhere else keys must be strings.
///
/// # Errors
/// When the key is of another type, at the key's place.
pub fn key_text(key: &Key, top: bool) -> Result<Cow<'_, str>> {
    let scalar = &key.scalar;
    let text = scalar.text.as_str();
    if value::is_string(scalar) {
        // On one line, block styles give way to quotes.
        return if is_simple(text) { Ok(Cow::Borrowed(text)) } else { reread(text, scalar.style).at(key.span) };
    }
    match (value::resolve(scalar).at(key.span)?, scalar.tag) {
        // A key that is not written at all is written as `''`.
        (Resolved::Null, _) if text.is_empty() => Ok(Cow::Borrowed("")),
        (Resolved::Null, _) => Err(no_string("null", key)),
        (Resolved::Str(decoded), Tag::Binary) if top => Ok(decoded),
        _ if top => Ok(Cow::Borrowed(text)),
        (Resolved::Bool(_), _) => Err(no_string("a boolean", key)),
        (Resolved::Int(_) | Resolved::Float(_), _) => Err(no_string("a number", key)),
        (Resolved::Str(_), Tag::Binary) => Err(no_string("binary", key)),
        (Resolved::Str(_), _) => Err(no_string("a date", key)),
    }
}

fn no_string(what: &str, key: &Key) -> Error {
    let message = format!("a key must be a string, but `{}` is {what}", key.text());
    let error = Error::new(ErrorKind::Emit, message).at(key.span);
    error.hint(if key.scalar.tag == Tag::Unresolved {
        "kustomize takes the quotes off this key, so it must be one that needs none"
    } else {
        "put the key in quotes"
    })
}

/// Fails if `entries`, in which equal keys are neighbours, holds a key twice.
///
/// # Errors
/// The second of two equal keys, at its place.
pub fn refuse_duplicates(entries: &[(Cow<'_, str>, &Entry)]) -> Result<()> {
    match entries.windows(2).find(|pair| matches!(pair, [left, right] if left.0 == right.0)) {
        Some([(text, first), (_, second)]) => Err(duplicate(text, first.key.span, second.key.span)),
        _ => Ok(()),
    }
}

/// The error for the key `text` that was written at `second` though it was there at `first`.
#[must_use]
pub fn duplicate(text: &str, first: Span, second: Span) -> Error {
    Error::new(ErrorKind::Emit, format!("the key `{text}` is defined twice"))
        .at(second)
        .frame("first defined at", first)
        .hint("remove one of the two")
}

/// The entries of `mapping` with their keys' texts.
///
/// # Errors
/// A key that is no string (see [`key_text`]).
pub fn with_text(mapping: &Mapping, top: bool) -> Result<Vec<(Cow<'_, str>, &Entry)>> {
    mapping.iter().map(|entry| Ok((key_text(&entry.key, top)?, entry))).collect()
}

/// The entries of `mapping` with their keys' texts, sorted by bytes, as JSON has them.
///
/// # Errors
/// A key that is no string (see [`key_text`]) or there twice.
pub fn sorted_by_bytes(mapping: &Mapping, top: bool) -> Result<Vec<(Cow<'_, str>, &Entry)>> {
    let mut entries = with_text(mapping, top)?;
    // Stable, so that of two equal keys the later one is at fault.
    entries.sort_by(|left, right| left.0.cmp(&right.0));
    refuse_duplicates(&entries)?;
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;
    use crate::yaml::{Node, Scalar, Style, Text};

    fn key(text: &str, tag: Tag) -> Key {
        Key { span: Span::new(SourceId(0), 3, 1), scalar: Scalar { text: Text::from(text), tag, style: Style::Plain } }
    }

    #[test]
    fn only_the_document_itself_may_have_other_keys_than_strings() {
        let cases = [("1", Tag::Int), ("true", Tag::Bool), ("2020-01-01", Tag::Timestamp), ("0x10", Tag::Int)];
        for (text, tag) in cases {
            assert_eq!(key_text(&key(text, tag), true).unwrap(), text);
            assert!(key_text(&key(text, tag), false).is_err(), "{text}");
        }
        assert_eq!(key_text(&key("", Tag::Null), false).unwrap(), "");
        assert!(key_text(&key("~", Tag::Null), true).is_err());
        let mut quoted = key("2020-01-01", Tag::Timestamp);
        quoted.scalar.style = Style::DoubleQuoted;
        assert_eq!(key_text(&quoted, false).unwrap(), "2020-01-01");
        assert_eq!(key_text(&key("yes", Tag::Str), false).unwrap(), "yes");
        assert_eq!(key_text(&key("yes", Tag::Unresolved), false).unwrap(), "yes");
    }

    #[test]
    fn a_key_that_is_there_twice_is_at_fault_where_it_comes_again() {
        let mut mapping = Mapping::new();
        mapping.push(Key { span: Span::new(SourceId(0), 1, 1), ..key("b", Tag::Str) }, Node::null());
        mapping.push(key("a", Tag::Str), Node::null());
        mapping.push(Key { span: Span::new(SourceId(0), 9, 1), ..key("b", Tag::Str) }, Node::null());
        let error = sorted_by_bytes(&mapping, false).unwrap_err();
        assert_eq!(error.message(), "the key `b` is defined twice");
        assert_eq!(error.frames()[0].message, "first defined at");
    }
}
