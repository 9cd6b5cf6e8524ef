//! What a scalar is once kustomize has written it out and read it back.
//!
//! Between the tree and the output lie go-yaml v3's encoder, its decoder and JSON. Together
//! they decide the type of every value; how it is printed then is `emit`'s matter.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

use crate::error::{Error, ErrorKind, Result};
use crate::yaml::number;
use crate::yaml::reread::reread;
use crate::yaml::resolve::{self, Dialect, Plain};
use crate::yaml::{Scalar, Style, Tag};

/// The value of a scalar as it reaches the output (go-yaml v3's decoding, then JSON).
#[derive(Debug, Clone, PartialEq)]
pub enum Resolved<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer within `i64` or `u64`, `1.0` and `1e3` included.
    Int(i128),
    /// Any other number, always finite.
    Float(f64),
    /// Text; owned where reading changes it (dates, `!!binary`, folded blocks).
    Str(Cow<'a, str>),
}

/// Decides what `scalar` is.
///
/// A tag that the text contradicts stays in what kustomize writes and is enforced when that
/// is read. A tag that the text implies is not written, so that quotes make a string of it:
/// `"5"` with [`Tag::Int`] is text. (A reader of `!!int "5"` therefore keeps no quotes.)
///
/// # Errors
/// When tag and text contradict each other (`!!int abc`), as go-yaml refuses it; for numbers
/// and dates that JSON can't hold; for blocks that go-yaml can't read back.
pub fn resolve(scalar: &Scalar) -> Result<Resolved<'_>> {
    if is_string(scalar) {
        return reread(&scalar.text, scalar.style).map(Resolved::Str);
    }
    let text = scalar.text.as_str();
    let plain = resolve::classify(text, Dialect::V3);
    match scalar.tag {
        Tag::Binary => decode_binary(text),
        Tag::Unresolved => value(plain),
        tag if tag == plain.tag() => value(plain),
        tag => convert(tag, plain, text),
    }
}

/// Whether `scalar` is read back as a string: by its tag, or because quotes outweigh its tag.
#[must_use]
pub fn is_string(scalar: &Scalar) -> bool {
    let text_says = || resolve::classify(&scalar.text, Dialect::V3).tag();
    match scalar.tag {
        Tag::Str => true,
        Tag::Binary => false,
        Tag::Unresolved => scalar.style != Style::Plain || text_says() == Tag::Str,
        tag => scalar.style != Style::Plain && text_says() == tag,
    }
}

fn value(plain: Plain) -> Result<Resolved<'static>> {
    Ok(match plain {
        Plain::Null => Resolved::Null,
        Plain::Bool(value) => Resolved::Bool(value),
        Plain::Int(value) => Resolved::Int(value),
        Plain::Float(value) if value.is_finite() => number::integral(value)
            // JSON tells the two zeros apart.
            .filter(|_| value != 0.0 || value.is_sign_positive())
            .map_or(Resolved::Float(value), Resolved::Int),
        Plain::Float(_) => return Err(refused("infinity and `.nan` have no place in JSON, so they can't be printed")),
        Plain::Timestamp(date) => match date.to_rfc3339() {
            Some(text) => Resolved::Str(Cow::Owned(text)),
            None => return Err(refused("a date with an offset of a day or more can't be printed")),
        },
        Plain::Str => Resolved::Str(Cow::Borrowed("")),
    })
}

/// The value of a text that looks like `plain` under a tag that says otherwise.
fn convert(tag: Tag, plain: Plain, text: &str) -> Result<Resolved<'static>> {
    match (tag, plain) {
        (Tag::Float, Plain::Int(integer)) if i64::try_from(integer).is_ok() => Ok(Resolved::Int(integer)),
        // What go-yaml v2 read (a JSON patch, say) is a boolean already when it gets here.
        (Tag::Bool, Plain::Str) => resolve::old_bool(text).map(Resolved::Bool).ok_or_else(|| contradiction(tag)),
        _ => Err(contradiction(tag)),
    }
}

// The text stays out of these messages: it may be a secret.
fn contradiction(tag: Tag) -> Error {
    let (tag, what) = match tag {
        Tag::Null => ("!!null", "null"),
        Tag::Bool => ("!!bool", "`true` or `false`"),
        Tag::Int => ("!!int", "an integer"),
        Tag::Float => ("!!float", "a number"),
        Tag::Timestamp => ("!!timestamp", "a date"),
        Tag::Str | Tag::Binary | Tag::Unresolved => ("!!str", "a string"),
    };
    refused(format!("the value is tagged `{tag}` but is not {what}"))
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Emit, message)
}

/// Base64 as Go's standard decoder takes it: padding required, line breaks and stray bits ignored.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&base64::alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

fn decode_binary(text: &str) -> Result<Resolved<'_>> {
    let compact: String = text.chars().filter(|character| !matches!(character, '\r' | '\n')).collect();
    let bytes = BASE64.decode(compact).map_err(|_| refused("a value tagged `!!binary` is not base64"))?;
    let mut decoded = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        decoded.push_str(chunk.valid());
        // JSON puts one replacement character for each byte that is no text.
        decoded.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Ok(Resolved::Str(Cow::Owned(decoded)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Text;

    fn scalar(text: &str, tag: Tag, style: Style) -> Scalar {
        Scalar { text: Text::from(text), tag, style }
    }

    fn text(value: &str) -> Resolved<'static> {
        Resolved::Str(Cow::Owned(value.to_owned()))
    }

    #[test]
    fn values_as_they_reach_the_output() {
        use Style::{DoubleQuoted, Plain};
        let cases = [
            ("5", Tag::Int, Plain, Resolved::Int(5)),
            ("5", Tag::Int, DoubleQuoted, text("5")),
            ("5", Tag::Str, Plain, text("5")),
            ("5", Tag::Unresolved, Plain, Resolved::Int(5)),
            ("5", Tag::Unresolved, DoubleQuoted, text("5")),
            ("yes", Tag::Unresolved, Plain, text("yes")),
            ("true", Tag::Unresolved, Plain, Resolved::Bool(true)),
            ("", Tag::Unresolved, Plain, Resolved::Null),
            ("", Tag::Null, DoubleQuoted, text("")),
            ("~", Tag::Null, Plain, Resolved::Null),
            ("1", Tag::Float, Plain, Resolved::Int(1)),
            ("1", Tag::Float, DoubleQuoted, Resolved::Int(1)),
            ("1.0", Tag::Float, Plain, Resolved::Int(1)),
            ("1.5", Tag::Float, Plain, Resolved::Float(1.5)),
            ("0xFF", Tag::Int, Plain, Resolved::Int(255)),
            ("2020-01-01", Tag::Timestamp, Plain, text("2020-01-01T00:00:00Z")),
            ("2020-01-01", Tag::Str, Plain, text("2020-01-01")),
            ("aGk=\n", Tag::Binary, Plain, text("hi")),
            ("4oCA4oCA/w==", Tag::Binary, Plain, text("\u{2000}\u{2000}\u{fffd}")),
            ("4oDi", Tag::Binary, Plain, text("\u{fffd}\u{fffd}\u{fffd}")),
            ("yes", Tag::Bool, Plain, Resolved::Bool(true)),
        ];
        for (text, tag, style, expected) in cases {
            assert_eq!(resolve(&scalar(text, tag, style)).unwrap(), expected, "{tag:?} {text} {style:?}");
        }
    }

    #[test]
    fn contradictions_are_refused_without_the_value() {
        let cases = [
            ("abc", Tag::Int),
            ("1.5", Tag::Int),
            ("abc", Tag::Bool),
            ("abc", Tag::Null),
            ("abc", Tag::Timestamp),
            ("18446744073709551615", Tag::Float),
            ("", Tag::Int),
            ("aGk", Tag::Binary),
            ("a Gk=", Tag::Binary),
            (".inf", Tag::Float),
            (".nan", Tag::Unresolved),
            ("2020-01-01T10:00:00+24:00", Tag::Timestamp),
        ];
        for (text, tag) in cases {
            let error = resolve(&scalar(text, tag, Style::Plain)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Emit);
            assert!(text.is_empty() || text == ".nan" || !error.message().contains(text), "{}", error.message());
        }
    }
}
