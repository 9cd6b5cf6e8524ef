//! A document as what it means: the values that `kubectl` and controllers read in it, and the one text of them.
//!
//! YAML 1.1, as those read it: `yes` is a boolean, `"yes"` is none.

use std::borrow::Cow;
use std::fmt::Write as _;

use arcstr::ArcStr;
use serde_json::{Map, Value as Json};

use crate::error::{Error, ErrorKind, Result};
use crate::source::{SourceId, Span};
use crate::yaml::documents::{Position, split};
use crate::yaml::emit::to_yaml_string;
use crate::yaml::json::{from_json, to_json};
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;
use crate::yaml::yaml_to_json::key_text;
use crate::yaml::{Node, Value};

/// The value of a text that holds one document; `None` if there is nothing in it.
pub(super) fn read(text: &str) -> Result<Option<Json>> {
    let text = ArcStr::from(text);
    parse(Chunk::whole(&text, SourceId::NONE), Dialect::V2)?.as_ref().map(to_value).transpose()
}

/// The values of a text of any number of documents.
pub(super) fn read_all(text: &str) -> Result<Vec<Json>> {
    let text = ArcStr::from(text);
    let chunks = split(&text, Position::start(SourceId::NONE))?;
    let value = |chunk| parse(chunk, Dialect::V2)?.as_ref().map(to_value).transpose();
    chunks.into_iter().filter_map(|chunk| value(chunk).transpose()).collect()
}

/// Numbers and booleans may be keys. A key that is there twice means something else to every reader: refused.
fn to_value(node: &Node) -> Result<Json> {
    Ok(match &node.value {
        Value::Scalar(_) => to_json(node)?,
        Value::Sequence(items) => Json::Array(items.iter().map(to_value).collect::<Result<_>>()?),
        Value::Mapping(mapping) => {
            let mut object = Map::with_capacity(mapping.len());
            for entry in mapping {
                if object.insert(key_text(&entry.key)?, to_value(&entry.value)?).is_some() {
                    return Err(Error::new(ErrorKind::Syntax, "a key is defined twice").at(entry.key.span));
                }
            }
            Json::Object(object)
        }
    })
}

/// The text of a value as a render prints it; JSON where that can't be.
pub(in crate::gitops) fn to_text(value: &Json) -> String {
    to_yaml_string(&from_json(value.clone(), Span::NONE)).unwrap_or_else(|_| format!("{:#}\n", sorted(value)))
}

/// The same value with its keys in order.
fn sorted(value: &Json) -> Json {
    match value {
        Json::Array(items) => items.iter().map(sorted).collect(),
        Json::Object(entries) => {
            let mut entries: Vec<(String, Json)> =
                entries.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            entries.sort_unstable_by(|one, other| one.0.cmp(&other.0));
            Json::Object(entries.into_iter().collect())
        }
        scalar => scalar.clone(),
    }
}

/// A text that is the same for equal values and for no others.
pub(super) fn key(value: &Json) -> Cow<'_, str> {
    let mut out = String::new();
    write_key(value, &mut out);
    Cow::Owned(out)
}

fn write_key(value: &Json, out: &mut String) {
    match value {
        Json::Array(items) => {
            out.push('[');
            for item in items {
                write_key(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Json::Object(entries) => {
            let mut sorted: Vec<(&String, &Json)> = entries.iter().collect();
            sorted.sort_unstable_by_key(|(key, _)| *key);
            out.push('{');
            for (key, value) in sorted {
                let _ = write!(out, "{}:", Json::from(key.as_str()));
                write_key(value, out);
                out.push(',');
            }
            out.push('}');
        }
        scalar => {
            let _ = write!(out, "{scalar}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_the_same_is_the_same() {
        let one = read("b: {'y': 1, x: \"a\"}\na: [1.0, 'yes', ~] # why\n").unwrap().unwrap();
        let two = read("a:\n- 1\n- \"yes\"\n- null\nb:\n  x: a\n  \"y\": 0x1\n").unwrap().unwrap();
        assert_eq!(one, two);
        assert_eq!(key(&one), key(&two));
        assert_eq!(to_text(&one), "a:\n- 1\n- \"yes\"\n- null\nb:\n  x: a\n  \"y\": 1\n");
        assert_ne!(read("a: yes").unwrap(), read("a: 'yes'").unwrap());
    }

    #[test]
    fn keys_may_be_numbers_but_not_come_twice() {
        assert_eq!(read("{200: a}").unwrap().unwrap().to_string(), r#"{"200":"a"}"#);
        assert_eq!(read("{a: 1, 'a': 2}").unwrap_err().message(), "a key is defined twice");
        assert_eq!(read("# nothing\n").unwrap(), None);
        assert_eq!(read_all("a: 1\n---\n# nothing\n---\nb: 1\n").unwrap().len(), 2);
    }
}
