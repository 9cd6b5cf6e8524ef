//! Trees made at random: printing loses nothing, and what was printed prints the same again.

use std::sync::Arc;

use proptest::prelude::*;

use crate::yaml::emit::tests::tree;
use crate::yaml::emit::{Known, emit_with, to_yaml_string};
use crate::yaml::{Mapping, Node, Scalar, Style, Tag, Text, Value};

/// Texts made of what emitters get wrong. U+0085 and controls are left out: kustomize changes or refuses them.
fn text() -> impl Strategy<Value = String> {
    let parts = [
        "a",
        "Zz",
        "0",
        "12",
        " ",
        "  ",
        "\n",
        "\t",
        "\r",
        ":",
        ": ",
        " #",
        "-",
        "- ",
        "'",
        "\"",
        "\\",
        "---",
        "...",
        "{",
        "]",
        "&",
        "*",
        "!",
        "|",
        ">",
        "%",
        "@",
        "?",
        "~",
        "yes",
        "null",
        "true",
        "1e3",
        "0x1F",
        "2020-01-01",
        "é",
        "\u{a0}",
        "\u{2028}",
        "\u{feff}",
        "\u{1f600}",
        "\u{1b}",
        "some longer words in a row ",
        "<<",
        "=",
        ".",
    ];
    proptest::collection::vec(prop::sample::select(parts.to_vec()), 0..12).prop_map(|parts| parts.concat())
}

fn node() -> impl Strategy<Value = Node> {
    let style = prop::sample::select(vec![Style::Plain, Style::SingleQuoted, Style::DoubleQuoted]);
    let string = (text(), style).prop_filter("a block can't start with a tab", |(text, _)| !text.starts_with('\t'));
    let string = string
        .prop_map(|(text, style)| Node::new(Value::Scalar(Scalar { text: Text::from(text), tag: Tag::Str, style })));
    let other = prop::sample::select(vec![("1", Tag::Int), ("true", Tag::Bool), ("~", Tag::Null), ("0.5", Tag::Float)]);
    let leaf = prop_oneof![4 => string, 1 => other.prop_map(|(text, tag)| Node::scalar(text, tag))];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let sequence =
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|items| Node::new(Value::Sequence(items.into())));
        // Not every key: `<<` is printed without quotes, and the order of digits may contradict itself.
        let key = text().prop_map(|text| text.replace(['\t', '<', '0', '1', '2', '3'], "x"));
        let mapping = proptest::collection::btree_map(key, inner, 0..4).prop_map(|entries| {
            let mut mapping = Mapping::new();
            entries.into_iter().for_each(|(key, value)| mapping.push(key, value));
            Node::new(Value::Mapping(mapping))
        });
        prop_oneof![sequence, mapping]
    })
}

/// All lists and mappings of a tree and its scalars, itself first.
fn all(node: &Node) -> Vec<&Node> {
    let below: Vec<&Node> = match &node.value {
        Value::Scalar(_) => Vec::new(),
        Value::Sequence(items) => items.iter().collect(),
        Value::Mapping(mapping) => mapping.iter().map(|entry| &entry.value).collect(),
    };
    std::iter::once(node).chain(below.into_iter().flat_map(all)).collect()
}

/// The node that [`all`] counts as number `number`.
fn at<'a>(node: &'a mut Node, number: &mut usize) -> Option<&'a mut Node> {
    if *number == 0 {
        return Some(node);
    }
    *number -= 1;
    match &mut node.value {
        Value::Scalar(_) => None,
        Value::Sequence(items) => items.iter_mut().find_map(|item| at(item, number)),
        Value::Mapping(mapping) => mapping.iter_mut().find_map(|entry| at(&mut entry.value, number)),
    }
}

/// The values of a tree, keys in order.
fn values(node: &Node) -> String {
    crate::yaml::json::go_json(node).unwrap()
}

proptest! {
    /// Copies in which values were replaced or moved are printed as if nothing were known.
    #[test]
    fn what_is_known_makes_no_difference(
        values in proptest::collection::vec(node(), 1..3),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..4),
    ) {
        let root = |value: &Node| {
            let mut root = Node::mapping();
            root.as_mapping_mut().unwrap().push("value", value.clone());
            root.as_mapping_mut().unwrap().push("other", Node::string("x"));
            root
        };
        let roots: Vec<Node> = values.iter().map(root).collect();
        let known = [Arc::new(Known::of(&roots))];
        let parts: Vec<Node> = roots.iter().flat_map(all).cloned().collect();
        for mut copy in roots.clone() {
            for (from, to) in &changes {
                let mut number = 1 + to.index(all(&copy).len() - 1);
                let place = at(&mut copy, &mut number).unwrap();
                *place = parts[from.index(parts.len())].clone();
            }
            let mut out = String::from("before\n");
            emit_with(&copy, &known, &mut out).unwrap();
            prop_assert_eq!(out.strip_prefix("before\n").unwrap(), to_yaml_string(&copy).unwrap());
        }
        // Changing copies has changed none of what is known.
        for root in &roots {
            let mut out = String::new();
            emit_with(root, &known, &mut out).unwrap();
            prop_assert_eq!(out, to_yaml_string(root).unwrap());
        }
    }

    #[test]
    fn printing_keeps_all_values_and_is_stable(value in node()) {
        let mut root = Node::mapping();
        root.as_mapping_mut().unwrap().push("value", value);
        let once = to_yaml_string(&root).unwrap();
        let read = tree(&once);
        prop_assert_eq!(values(&read), values(&root), "{}", once);
        prop_assert_eq!(to_yaml_string(&read).unwrap(), once);
    }
}
