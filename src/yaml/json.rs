//! Trees to JSON and back, as kustomize's Go does it.
//!
//! Types are those of `value`; the printing of YAML is `emit`'s matter.

use std::fmt::Write;

use serde_json::{Map, Number, Value as Json};

use crate::error::{Result, ResultExt};
use crate::source::Span;
use crate::yaml::resolve::{self, Dialect};
use crate::yaml::value::{self, Resolved};
use crate::yaml::{Mapping, Node, Scalar, Style, Tag, Text, Value, keys, number};

/// The value that kustomize's JSON of `node` holds; entries stay in the tree's order.
///
/// # Errors
/// For what JSON can't hold: see [`value::resolve`] and [`keys::key_text`].
pub fn to_json(node: &Node) -> Result<Json> {
    to_value(node, true)
}

fn to_value(node: &Node, top: bool) -> Result<Json> {
    Ok(match &node.value {
        Value::Scalar(scalar) => match value::resolve(scalar).at(node.span)? {
            Resolved::Null => Json::Null,
            Resolved::Bool(value) => Json::Bool(value),
            Resolved::Int(value) => integer(value).map_or(Json::Null, Json::Number),
            Resolved::Float(value) => Number::from_f64(value).map_or(Json::Null, Json::Number),
            Resolved::Str(text) => Json::String(text.into_owned()),
        },
        Value::Sequence(items) => Json::Array(items.iter().map(|item| to_value(item, false)).collect::<Result<_>>()?),
        Value::Mapping(mapping) => {
            let mut object = Map::with_capacity(mapping.len());
            for entry in mapping {
                let key = keys::key_text(&entry.key, top)?;
                let value = to_value(&entry.value, false)?;
                if object.insert(key.clone().into_owned(), value).is_some() {
                    let first = mapping.entry(&key).map_or(Span::NONE, |entry| entry.key.span);
                    return Err(keys::duplicate(&key, first, entry.key.span));
                }
            }
            Json::Object(object)
        }
    })
}

fn integer(value: i128) -> Option<Number> {
    i64::try_from(value).map(Number::from).or_else(|_| u64::try_from(value).map(Number::from)).ok()
}

/// The tree of a JSON value; every node has the place `span`.
///
/// Numbers get the text and the type that Go's printing of them has.
#[must_use]
pub fn from_json(json: Json, span: Span) -> Node {
    let scalar = |text: Text, tag: Tag| Value::Scalar(Scalar { text, tag, style: Style::Plain });
    let value = match json {
        Json::Null => scalar(Text::from("null"), Tag::Null),
        Json::Bool(value) => scalar(Text::from(if value { "true" } else { "false" }), Tag::Bool),
        Json::Number(number) => {
            let text = match number.as_f64().filter(|_| number.is_f64()) {
                Some(value) => number::json_float(value),
                None => number.to_string(),
            };
            let tag = resolve::resolve_plain(&text, Dialect::V3);
            scalar(Text::from(text), tag)
        }
        Json::String(text) => scalar(Text::from(text), Tag::Str),
        Json::Array(items) => Value::Sequence(items.into_iter().map(|item| from_json(item, span)).collect()),
        Json::Object(entries) => {
            let mut mapping = Mapping::new();
            for (key, value) in entries {
                let key = crate::yaml::Key { span, ..crate::yaml::Key::from(key) };
                mapping.push(key, from_json(value, span));
            }
            Value::Mapping(mapping)
        }
    };
    Node::new(value).at(span)
}

/// The bytes that Go's `encoding/json` writes for `node`: compact, keys sorted, safe for HTML.
///
/// # Errors
/// As [`to_json`].
pub fn go_json(node: &Node) -> Result<String> {
    let mut out = String::new();
    write_node(node, true, &mut out)?;
    Ok(out)
}

fn write_node(node: &Node, top: bool, out: &mut String) -> Result<()> {
    match &node.value {
        Value::Scalar(scalar) => match value::resolve(scalar).at(node.span)? {
            Resolved::Null => out.push_str("null"),
            Resolved::Bool(value) => out.push_str(if value { "true" } else { "false" }),
            Resolved::Int(value) => out.push_str(&value.to_string()),
            Resolved::Float(value) => out.push_str(&number::json_float(value)),
            Resolved::Str(text) => write_go_string(&text, out),
        },
        Value::Sequence(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_node(item, false, out)?;
            }
            out.push(']');
        }
        Value::Mapping(mapping) => {
            out.push('{');
            for (index, (key, entry)) in keys::sorted_by_bytes(mapping, top)?.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_go_string(&key, out);
                out.push(':');
                write_node(&entry.value, false, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// Appends `text` as Go's `encoding/json` quotes it.
pub fn write_go_string(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    let must_escape =
        |character: char| matches!(character, '\0'..='\u{1f}' | '"' | '\\' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}');
    while let Some(at) = rest.find(must_escape) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let mut characters = from.chars();
        if let Some(character) = characters.next() {
            escape(character, out);
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

fn escape(character: char, out: &mut String) {
    let short = match character {
        '"' | '\\' => character,
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        _ => {
            // Writing to a string can't fail.
            let _ = write!(out, "\\u{:04x}", u32::from(character));
            return;
        }
    };
    out.push('\\');
    out.push(short);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Node {
        let mut node = Node::mapping();
        let mapping = node.as_mapping_mut().unwrap();
        mapping.push("b", Node::scalar("1e3", Tag::Float));
        mapping.push("a<", Node::string("<&>\u{2028}\"\\\u{8}\u{1}\n\u{7f}é\u{1f600}"));
        mapping.push("B", Node::scalar("1e-7", Tag::Float));
        mapping.push("a10", Node::scalar("18446744073709551615", Tag::Int));
        mapping.push("a2", Node::null());
        let mut list = Node::sequence();
        let items =
            [("0x10", Tag::Int), ("yes", Tag::Unresolved), ("-0.0", Tag::Float), ("2020-01-01", Tag::Timestamp)];
        list.as_sequence_mut().unwrap().extend(items.map(|(text, tag)| Node::scalar(text, tag)));
        mapping.push("list", list);
        node
    }

    #[test]
    fn bytes_are_those_of_go() {
        let expected = concat!(
            r#"{"B":1e-7,"a10":18446744073709551615,"a2":null,"#,
            r#""a\u003c":"\u003c\u0026\u003e\u2028\"\\\b\u0001\n"#,
            "\u{7f}é\u{1f600}\",",
            r#""b":1000,"list":[16,"yes",-0,"2020-01-01T00:00:00Z"]}"#
        );
        assert_eq!(go_json(&sample()).unwrap(), expected);
    }

    #[test]
    fn values_keep_their_order_and_their_types() {
        let json = to_json(&sample()).unwrap();
        let object = json.as_object().unwrap();
        assert_eq!(object.keys().collect::<Vec<_>>(), ["b", "a<", "B", "a10", "a2", "list"]);
        assert!(object["b"].is_i64());
        assert_eq!(object["a10"], serde_json::json!(u64::MAX));
    }

    #[test]
    fn json_becomes_a_tree_of_the_same_values() {
        let json = serde_json::json!({"a": [1, 1.5, 2.0, 1e300, "1", null, true], "b": {}});
        let node = from_json(json, Span::NONE);
        let scalars: Vec<(&str, Tag)> = node
            .get("a")
            .and_then(Node::as_sequence)
            .unwrap()
            .iter()
            .filter_map(Node::as_scalar)
            .map(|scalar| (scalar.text.as_str(), scalar.tag))
            .collect();
        let expected = [
            ("1", Tag::Int),
            ("1.5", Tag::Float),
            ("2", Tag::Int),
            ("1e+300", Tag::Float),
            ("1", Tag::Str),
            ("null", Tag::Null),
            ("true", Tag::Bool),
        ];
        assert_eq!(scalars, expected);
    }

    #[test]
    fn a_key_may_not_come_twice() {
        let mut node = Node::mapping();
        node.as_mapping_mut().unwrap().push("a", Node::null());
        node.as_mapping_mut().unwrap().push("a", Node::null());
        assert_eq!(to_json(&node).unwrap_err().message(), "the key `a` is defined twice");
        assert!(go_json(&node).is_err());
    }
}
