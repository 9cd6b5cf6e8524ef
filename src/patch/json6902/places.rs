//! JSON to a tree again, as go-yaml v3 would write and read it, every value with the place
//! that wrote it.
//!
//! A value keeps the place of the old tree where old and new tree agree, and takes that of
//! the operation that brought it elsewhere. Places are for people: where two equal values
//! could have come from two places, this takes the first.

use serde_json::{Number, Value as Json};

use super::operation::Operations;
use crate::source::Span;
use crate::yaml::resolve::{Dialect, old_bool, resolve_plain};
use crate::yaml::{Key, Mapping, Node, Scalar, Style, Tag, Text, Value, json};

/// The tree of `document`, which `operations` made of `old`.
pub(super) fn place(document: Json, old: &Node, operations: &Operations) -> Node {
    Places { operations }.node(document, Some(old), old.span)
}

struct Places<'a> {
    operations: &'a Operations,
}

impl Places<'_> {
    /// The node of `value`; `old` stood in its place, `near` is the place of its owner.
    fn node(&self, value: Json, old: Option<&Node>, near: Span) -> Node {
        let old = old.filter(|old| same_sort(old, &value));
        let brought = || self.operations.iter().filter_map(|operation| operation.written.as_ref());
        let source = match old {
            Some(old) if old.as_scalar().is_none() || same(old, &value) => Some(old),
            _ => brought().find(|node| same(node, &value)),
        };
        let near = source.map_or(near, |source| source.span);
        let node = match value {
            Json::Object(entries) => {
                let mut mapping = Mapping::new();
                for (key, value) in entries {
                    let entry = source.and_then(|source| source.as_mapping()?.entry(&key));
                    let span = entry.map(|entry| entry.key.span);
                    let node = self.node(value, entry.map(|entry| &entry.value), near);
                    let span = span.unwrap_or(node.span);
                    mapping.push(Key { span, scalar: string(key) }, node);
                }
                Value::Mapping(mapping)
            }
            Json::Array(items) => {
                let old = source.and_then(Node::as_sequence).unwrap_or_default();
                let partners = partners(&items, old);
                let pairs = items.into_iter().zip(partners);
                Value::Sequence(pairs.map(|(item, old)| self.node(item, old, near)).collect())
            }
            Json::Null => plain("null", Tag::Null),
            Json::Bool(value) => plain(if value { "true" } else { "false" }, Tag::Bool),
            Json::Number(number) => {
                let text = go_float(&number);
                let tag = resolve_plain(&text, Dialect::V3);
                plain(&text, tag)
            }
            Json::String(text) => Value::Scalar(string(text)),
        };
        Node::new(node).at(near)
    }
}

/// Which of the old items each new one was: the equal ones at the start and at the end, and by
/// number between them if no item came or went.
fn partners<'o>(items: &[Json], old: &'o [Node]) -> Vec<Option<&'o Node>> {
    if items.len() == old.len() {
        return old.iter().map(Some).collect();
    }
    let most = items.len().min(old.len());
    let start = items.iter().zip(old).take_while(|(item, old)| same(old, item)).count();
    let ends = items.iter().rev().zip(old.iter().rev()).take(most - start);
    let end = ends.take_while(|(item, old)| same(old, item)).count();
    let from_end = items.len() - end;
    let partner = |index: usize| match index {
        _ if index < start => old.get(index),
        _ if index >= from_end => old.get(old.len() - (items.len() - index)),
        _ => None,
    };
    (0..items.len()).map(partner).collect()
}

fn same_sort(old: &Node, value: &Json) -> bool {
    match &old.value {
        Value::Mapping(_) => value.is_object(),
        Value::Sequence(_) => value.is_array(),
        Value::Scalar(_) => !value.is_object() && !value.is_array(),
    }
}

/// Whether the JSON of `node` is `value`.
fn same(node: &Node, value: &Json) -> bool {
    match (&node.value, value) {
        (Value::Mapping(mapping), Json::Object(entries)) => {
            mapping.len() == entries.len()
                && mapping
                    .iter()
                    .all(|entry| entries.get(entry.key.text().as_str()).is_some_and(|value| same(&entry.value, value)))
        }
        (Value::Sequence(items), Json::Array(values)) => {
            items.len() == values.len() && items.iter().zip(values).all(|(item, value)| same(item, value))
        }
        (Value::Scalar(_), Json::Object(_) | Json::Array(_)) => false,
        (Value::Scalar(_), value) => json::to_json(node).is_ok_and(|json| json == *value),
        _ => false,
    }
}

fn plain(text: &str, tag: Tag) -> Value {
    Value::Scalar(Scalar { text: Text::from(text), tag, style: Style::Plain })
}

/// A string in the style in which go-yaml v3 writes it.
fn string(text: String) -> Scalar {
    let style = if text.contains('\n') {
        Style::Literal
    } else if resolve_plain(&text, Dialect::V3) != Tag::Str || old_bool(&text).is_some() {
        Style::DoubleQuoted
    } else {
        Style::Plain
    };
    Scalar { text: Text::from(text), tag: Tag::Str, style }
}

/// The text of a number that Go reads as a 64-bit float and go-yaml v3 writes: seven digits and
/// more have an exponent.
fn go_float(number: &Number) -> String {
    let value = number.as_f64().unwrap_or_default();
    let scientific = format!("{value:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    match exponent.parse::<i32>() {
        Ok(exponent) if value != 0.0 && !(-4..6).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
        }
        _ => format!("{value}"),
    }
}
