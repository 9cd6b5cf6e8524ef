//! Which type a plain scalar has: YAML as go-yaml v3 reads it, and as v2 (YAML 1.1) does.
//!
//! Decides by text alone; what explicit tags and quotes do to a scalar is `value`'s matter.

use crate::yaml::Tag;
use crate::yaml::number;
use crate::yaml::timestamp::Timestamp;

/// The rules by which plain scalars get their type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// go-yaml v3: resources. `yes` is a string.
    V3,
    /// go-yaml v2, YAML 1.1: kustomizations, configurations, plugin configs, JSON patches. `yes` is true.
    V2,
}

/// A plain scalar with its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Plain {
    /// `null`, `~` or nothing.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer within `i64` or `u64`.
    Int(i128),
    /// Any other number, `.inf` and `.nan` among them.
    Float(f64),
    /// A date.
    Timestamp(Timestamp),
    /// Anything else.
    Str,
}

impl Plain {
    /// The tag of a value of this type.
    #[must_use]
    pub const fn tag(self) -> Tag {
        match self {
            Self::Null => Tag::Null,
            Self::Bool(_) => Tag::Bool,
            Self::Int(_) => Tag::Int,
            Self::Float(_) => Tag::Float,
            Self::Timestamp(_) => Tag::Timestamp,
            Self::Str => Tag::Str,
        }
    }
}

/// The type of the plain scalar `text`.
///
/// Dates are strings in [`Dialect::V2`]: go-yaml v2 hands them to kustomize as they are written.
#[must_use]
pub fn resolve_plain(text: &str, dialect: Dialect) -> Tag {
    match (classify(text, dialect), dialect) {
        (Plain::Timestamp(_), Dialect::V2) => Tag::Str,
        (plain, _) => plain.tag(),
    }
}

/// The type and the value of the plain scalar `text`, by the rules that go-yaml resolves with.
#[must_use]
pub fn classify(text: &str, dialect: Dialect) -> Plain {
    // Nearly every scalar is a word whose first letter rules all other types out.
    match text.as_bytes().first() {
        None => Plain::Null,
        Some(b'0'..=b'9' | b'+' | b'-') => classify_number(text, dialect),
        Some(b'.') => special_float(text).or_else(|| number::parse_fraction(text)).map_or(Plain::Str, Plain::Float),
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~') if text.len() <= 5 => {
            classify_word(text, dialect)
        }
        Some(_) => Plain::Str,
    }
}

fn classify_word(text: &str, dialect: Dialect) -> Plain {
    match text {
        "~" | "null" | "Null" | "NULL" => Plain::Null,
        "true" | "True" | "TRUE" => Plain::Bool(true),
        "false" | "False" | "FALSE" => Plain::Bool(false),
        _ if dialect == Dialect::V2 => old_bool(text).map_or(Plain::Str, Plain::Bool),
        _ => Plain::Str,
    }
}

/// The value of the words that only YAML 1.1 takes for booleans.
#[must_use]
pub fn old_bool(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn classify_number(text: &str, dialect: Dialect) -> Plain {
    if let Some(date) = Timestamp::parse(text) {
        return Plain::Timestamp(date);
    }
    if let Some(integer) = number::parse_int(text, dialect) {
        return Plain::Int(integer);
    }
    special_float(text).or_else(|| number::parse_float(text)).map_or(Plain::Str, Plain::Float)
}

/// Infinities and `.nan`.
fn special_float(text: &str) -> Option<f64> {
    match text {
        ".nan" | ".NaN" | ".NAN" => Some(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Some(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_in_resources_and_in_kustomizations() {
        use Tag::{Bool, Float, Int, Null, Str, Timestamp};
        let cases: &[(&str, Tag, Tag)] = &[
            ("", Null, Null),
            ("~", Null, Null),
            ("Null", Null, Null),
            ("nULL", Str, Str),
            ("true", Bool, Bool),
            ("TRUE", Bool, Bool),
            ("tRUE", Str, Str),
            ("yes", Str, Bool),
            ("y", Str, Bool),
            ("Off", Str, Bool),
            ("oFF", Str, Str),
            ("nginx", Str, Str),
            ("<<", Str, Str),
            ("=", Str, Str),
            ("0o777", Int, Int),
            ("0o-7", Int, Str),
            ("0b-1", Int, Int),
            ("0x", Str, Str),
            ("-", Str, Str),
            ("+", Str, Str),
            ("1e", Str, Str),
            ("08", Float, Float),
            ("1.", Float, Float),
            (".5", Float, Float),
            (".", Str, Str),
            ("...", Str, Str),
            ("-.inf", Float, Float),
            ("+.nan", Str, Str),
            ("1e400", Str, Str),
            ("12:30:45", Str, Str),
            ("1.2.3", Str, Str),
            ("2020-01-01", Timestamp, Str),
            ("2020-13-01", Str, Str),
            ("1,000", Str, Str),
            ("0x1p4", Str, Str),
            ("18446744073709551615", Int, Int),
            ("18446744073709551616", Float, Float),
        ];
        for (text, resources, kustomizations) in cases {
            assert_eq!(resolve_plain(text, Dialect::V3), *resources, "{text}");
            assert_eq!(resolve_plain(text, Dialect::V2), *kustomizations, "{text}");
        }
    }
}
