//! Expands `$(NAME)` in one text (upstream: `api/filters/refvar/expand.go`).
//!
//! `$$` stands for a dollar, unknown names stay as they are, and a text that is nothing but one
//! reference takes over the value's type.

use std::collections::{HashMap, HashSet};

use crate::generate::base64_lines;
use crate::yaml::{Scalar, Style, Tag, Text};

/// The value of a var.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum VarValue {
    Text(Text),
    Int(i64),
    Float(f64),
    Bool(bool),
    /// A list or a mapping, which can't be written into a text.
    Collection,
}

impl VarValue {
    /// The value of a field, read by its type; nothing if the text is not what Go reads as that type.
    pub(super) fn of(scalar: &Scalar) -> Option<Self> {
        let text = &scalar.text;
        match scalar.tag {
            Tag::Int => text.parse().ok().map(Self::Int),
            Tag::Float if text.contains('_') => None,
            Tag::Float => text.parse().ok().map(Self::Float),
            Tag::Bool => match text.as_str() {
                "true" | "True" | "TRUE" => Some(Self::Bool(true)),
                "false" | "False" | "FALSE" => Some(Self::Bool(false)),
                _ => None,
            },
            _ => Some(Self::Text(text.clone())),
        }
    }
}

/// Expands texts and remembers which vars were used.
#[derive(Debug)]
pub(super) struct Expander<'a> {
    values: &'a HashMap<String, VarValue>,
    used: HashSet<&'a str>,
}

impl<'a> Expander<'a> {
    pub(super) fn new(values: &'a HashMap<String, VarValue>) -> Self {
        Self { values, used: HashSet::new() }
    }

    pub(super) fn used(self) -> HashSet<&'a str> {
        self.used
    }

    /// Expands a string in place. It is a string afterwards whatever it looks like, without
    /// quotes, unless it was nothing but a reference to a value of another type.
    pub(super) fn expand(&mut self, scalar: &mut Scalar) {
        let (text, tag) = match self.whole(&scalar.text) {
            Some(VarValue::Text(text)) => (text.clone(), Tag::Str),
            Some(VarValue::Int(value)) => (Text::from(value.to_string()), Tag::Int),
            Some(VarValue::Float(value)) => (Text::from(value.to_string()), Tag::Float),
            Some(VarValue::Bool(value)) => (Text::from(value.to_string()), Tag::Bool),
            Some(VarValue::Collection) | None if !scalar.text.contains('$') => (scalar.text.clone(), Tag::Str),
            Some(VarValue::Collection) | None => (self.parts(&scalar.text), Tag::Str),
        };
        *scalar = Scalar { text, tag, style: Style::Plain };
    }

    /// The value of the var that is all of `text`.
    fn whole(&mut self, text: &str) -> Option<&'a VarValue> {
        let name = text.strip_prefix("$(")?.strip_suffix(')')?;
        if name.contains(')') { None } else { self.value(name) }
    }

    /// The value of a var that can be written into a text.
    fn value(&mut self, name: &str) -> Option<&'a VarValue> {
        let (name, value) = self.values.get_key_value(name)?;
        if *value == VarValue::Collection {
            return None;
        }
        self.used.insert(name);
        Some(value)
    }

    /// The text with every reference in it replaced.
    fn parts(&mut self, text: &str) -> Text {
        let mut out: Vec<u8> = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        while let Some(at) = rest.iter().position(|byte| *byte == b'$') {
            let (before, from) = rest.split_at(at);
            out.extend_from_slice(before);
            rest = match from {
                [_, b'$', after @ ..] => {
                    out.push(b'$');
                    after
                }
                [_, b'(', after @ ..] => self.reference(after, &mut out),
                [_, byte, after @ ..] => {
                    // Upstream takes the byte for a character, which ruins texts that are not ASCII.
                    out.extend_from_slice(format!("${}", char::from(*byte)).as_bytes());
                    after
                }
                _ => {
                    out.extend_from_slice(from);
                    &[]
                }
            };
        }
        out.extend_from_slice(rest);
        match String::from_utf8(out) {
            Ok(text) => Text::from(text),
            Err(error) => Text::from(base64_lines(error.as_bytes())),
        }
    }

    /// What follows `$(`: a name and a parenthesis, or just text.
    fn reference<'t>(&mut self, after: &'t [u8], out: &mut Vec<u8>) -> &'t [u8] {
        let Some(end) = after.iter().position(|byte| *byte == b')') else {
            out.extend_from_slice(b"$(");
            return after;
        };
        let (name, rest) = after.split_at(end);
        let written = std::str::from_utf8(name).ok().and_then(|name| self.value(name)).map(|value| match value {
            VarValue::Text(text) => text.to_string(),
            VarValue::Int(value) => value.to_string(),
            VarValue::Float(value) => go_float(*value),
            VarValue::Bool(value) => value.to_string(),
            VarValue::Collection => String::new(),
        });
        match written {
            Some(written) => out.extend_from_slice(written.as_bytes()),
            None => {
                out.extend_from_slice(b"$(");
                out.extend_from_slice(name);
                out.push(b')');
            }
        }
        rest.get(1..).unwrap_or_default()
    }
}

/// A number as Go prints it within a text: with an exponent from a million on.
fn go_float(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-4..1e6).contains(&size) {
        return value.to_string();
    }
    let text = format!("{value:e}");
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{digits}e{sign}{exponent:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(text: &str) -> (String, Tag) {
        let values = [
            ("A", VarValue::Text("a".into())),
            ("REF", VarValue::Text("$(A)".into())),
            ("EMPTY", VarValue::Text("".into())),
            ("INT", VarValue::Int(8)),
            ("PI", VarValue::Float(3.5)),
            ("BIG", VarValue::Float(123_456_789.0)),
            ("MAP", VarValue::Collection),
        ];
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let mut scalar = Scalar::string(text);
        Expander::new(&values).expand(&mut scalar);
        (scalar.text.to_string(), scalar.tag)
    }

    #[test]
    fn references_in_texts() {
        for (text, expected) in [
            ("$(A)-$(INT)_$(PI)", "a-8_3.5"),
            ("x$(BIG)", "x1.23456789e+08"),
            ("$$(A)_$(A)", "$(A)_a"),
            ("$$$$$$(A)", "$$$(A)"),
            ("$$$$$$$(A)", "$$$a"),
            ("foo$(EMPTY)bar", "foobar"),
            ("%$(REF)%", "%$(A)%"),
            ("$(NONE)", "$(NONE)"),
            ("$(A$(A))", "$(A$(A))"),
            ("--$($($(--", "--$($($(--"),
            ("$(A)x$(", "ax$("),
            ("${A}$?$!$", "${A}$?$!$"),
            ("$(MAP)", "$(MAP)"),
            ("é$(A)ü", "éaü"),
            ("$é", "JMODqQ=="),
        ] {
            assert_eq!(expand(text), (expected.to_owned(), Tag::Str), "{text}");
        }
    }

    #[test]
    fn whole_references_keep_the_type() {
        assert_eq!(expand("$(INT)"), ("8".to_owned(), Tag::Int));
        assert_eq!(expand("$(BIG)"), ("123456789".to_owned(), Tag::Float));
        assert_eq!(expand("$(A)"), ("a".to_owned(), Tag::Str));
        assert_eq!(expand("5"), ("5".to_owned(), Tag::Str));
    }
}
