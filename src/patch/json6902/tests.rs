//! Tests of JSON patches, with what kustomize makes of the same.

use super::*;
use crate::source::{SourceId, Span};
use crate::yaml::documents::Position;
use crate::yaml::emit::to_yaml_string;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;

const TARGET: SourceId = SourceId(0);
const PATCH: SourceId = SourceId(1);

fn apply(target: &str, patch: &str) -> Result<Node> {
    let text = target.into();
    let mut node = parse(Chunk::whole(&text, TARGET), Dialect::V3)?.unwrap();
    apply_json6902(&mut node, &Operations::parse(&patch.into(), Position::start(PATCH))?)?;
    Ok(node)
}

fn patched(target: &str, patch: &str) -> String {
    to_yaml_string(&apply(target, patch).unwrap()).unwrap()
}

fn fails(target: &str, patch: &str) -> String {
    apply(target, patch).unwrap_err().message().to_owned()
}

#[test]
fn operations() {
    assert_eq!(patched("a: 1\n", "- {op: add, path: /b, value: yes}\n"), "a: 1\nb: true\n");
    assert_eq!(patched("a: 1\nb: 2\n", "- {op: remove, path: /b}\n"), "a: 1\n");
    assert_eq!(patched("a: 1\n", "- {op: replace, path: /a, value: {x: 1}}\n"), "a:\n  x: 1\n");
    assert_eq!(patched("a: {x: 1}\n", "- {op: move, from: /a/x, path: /b}\n"), "a: {}\nb: 1\n");
    assert_eq!(patched("a: {x: 1}\n", "- {op: copy, from: /a, path: /b}\n"), "a:\n  x: 1\nb:\n  x: 1\n");
    assert_eq!(patched("a: 1\n", "- {op: test, path: /a, value: 1}\n"), "a: 1\n");
    assert_eq!(patched("a: 1\n", "- {op: replace, path: '', value: {b: 2}}\n"), "b: 2\n");
    assert_eq!(patched("a: 1\n", r#"[{"op": "add", "path": "/b", "value": "yes"}]"#), "a: 1\nb: \"yes\"\n");
}

#[test]
fn what_differs_from_the_standard() {
    assert_eq!(patched("a: 1\n", "- {op: replace, path: /b, value: 2}\n"), "a: 1\nb: 2\n");
    assert_eq!(patched("a: 1\n", "- {op: copy, from: /x, path: /b}\n"), "a: 1\nb: null\n");
    assert_eq!(patched("a: 1\n", "- {op: add, path: /b}\n"), "a: 1\nb: null\n");
    assert_eq!(patched("a: 1\n", "- {op: add, path: x/b, value: 1}\n"), "a: 1\nb: 1\n");
    assert_eq!(patched("a: 1\n", "- {op: test, path: /b}\n"), "a: 1\n");
}

#[test]
fn lists() {
    let edit = |operation: &str| patched("a: [1, 2, 3]\n", &format!("- {{{operation}}}\n")).replace("\n- ", " ");
    assert_eq!(edit("op: add, path: /a/-, value: 4"), "a: 1 2 3 4\n");
    assert_eq!(edit("op: add, path: /a/3, value: 4"), "a: 1 2 3 4\n");
    assert_eq!(edit("op: add, path: /a/-1, value: 4"), "a: 1 2 3 4\n");
    assert_eq!(edit("op: add, path: /a/-2, value: 4"), "a: 1 2 4 3\n");
    assert_eq!(edit("op: remove, path: /a/-1"), "a: 1 2\n");
    assert_eq!(edit("op: replace, path: /a/01, value: 4"), "a: 1 4 3\n");
    for operation in
        ["add, path: /a/4", "add, path: /a/x", "remove, path: /a/3", "remove, path: /a/-", "replace, path: /a/-4"]
    {
        assert!(fails("a: [1, 2, 3]\n", &format!("- {{op: {operation}}}\n")).contains("no place in a list of"));
    }
}

#[test]
fn pointers() {
    assert_eq!(patched("a/b: {c~d: 1}\n", "- {op: replace, path: /a~1b/c~0d, value: 2}\n"), "a/b:\n  c~d: 2\n");
    assert_eq!(patched("~1: 1\n", "- {op: remove, path: /~01}\n"), "{}\n");
    assert_eq!(patched("a~2: 1\n", "- {op: remove, path: /a~2}\n"), "{}\n");
}

#[test]
fn all_numbers_are_floats() {
    let nothing = "- {op: test, path: /x}\n";
    assert_eq!(
        patched("a: 12345678901234567\nb: 9007199254740993\n", nothing),
        "a: 12345678901234568\nb: 9007199254740992\n"
    );
    assert_eq!(patched("a: 1000000\nb: 0777\nc: 1.50\n", nothing), "a: 1000000\nb: 511\nc: 1.5\n");
    let node = apply("a: 1000000\nb: 999999\nc: 0.00001\n", nothing).unwrap();
    let text = |key| node.get(key).and_then(Node::as_str).unwrap().to_owned();
    assert_eq!([text("a"), text("b"), text("c")], ["1e+06", "999999", "1e-05"]);
}

#[test]
fn values_that_change_on_the_way() {
    assert_eq!(
        patched("a: 2020-01-01\nb:\nc: \"1\"\n", "- {op: test, path: /x}\n"),
        "a: \"2020-01-01T00:00:00Z\"\nb: null\nc: \"1\"\n"
    );
    let node = apply("a: '1'\nb: x\n", "- {op: test, path: /x}\n").unwrap();
    let style = |key| node.get(key).and_then(Node::as_scalar).map(|scalar| scalar.style);
    assert_eq!(style("a"), Some(crate::yaml::Style::DoubleQuoted));
    assert_eq!(style("b"), Some(crate::yaml::Style::Plain));
}

#[test]
fn tests_compare_what_was_written() {
    assert!(apply("a: 1\n", r#"[{"op": "test", "path": "/a", "value": 1.0}]"#).is_err());
    assert!(apply("a: 1\n", "- {op: test, path: /a, value: 1.0}\n").is_ok());
    assert!(apply("a: {b: '<'}\n", r#"[{"op": "test", "path": "/a", "value": {"b": "<"}}]"#).is_err());
    assert!(apply("a: {b: '<'}\n", "- {op: test, path: /a, value: {b: '<'}}\n").is_ok());
    assert!(apply("a: null\n", "- {op: test, path: /a, value: null}\n").is_ok());
    // The value may be secret.
    assert_eq!(
        fails("a: hidden\n", "- {op: test, path: /a, value: other}\n"),
        "the value at `/a` is not the tested one"
    );
}

#[test]
fn what_does_not_fit() {
    assert_eq!(fails("a: 1\n", "- {op: add, path: /b/c, value: 1}\n"), "the `add` operation finds nothing at `/b/c`");
    assert_eq!(fails("a: 1\n", "- {op: remove, path: /b}\n"), "the `remove` operation finds nothing at `/b`");
    assert_eq!(fails("a: 1\n", "- {op: add, path: /a/c}\n"), "the `add` operation finds nothing at `/a/c`");
    assert_eq!(fails("a: 1\n", "- {op: remove, path: ''}\n"), "the `remove` operation finds nothing at ``");
    assert_eq!(fails("a: 1\n", "- {op: merge, path: /a}\n"), "unknown operation `merge`");
    assert_eq!(fails("a: 1\n", "- {op: add}\n"), "a `add` operation needs a `path`");
    assert_eq!(
        fails("a: 1\n", "- {op: replace, path: '', value: []}\n"),
        "the patch leaves something else than a mapping"
    );
    let read = |text: &str| Operations::parse(&text.into(), Position::start(PATCH));
    for text in ["a: 1\n", "- 1\n", "x", "[1]", "[{]", "- {op: add\n"] {
        assert!(read(text).is_err(), "{text}");
    }
    for text in ["", "# nothing\n", "[]", "null"] {
        assert!(read(text).is_ok_and(|operations| operations.is_empty()), "{text}");
    }
}

#[test]
fn places() {
    let patch = "- op: add\n  path: /a/0\n  value: {z: 3}\n- op: replace\n  path: /c\n  value: 5\n";
    let node = apply("a: [{x: 1}, {x: 2}]\nb: 1\nc: 2\n", patch).unwrap();
    let items = node.get("a").and_then(Node::as_sequence).unwrap();
    let spans: Vec<Span> = items.iter().map(|item| item.span).collect();
    assert_eq!(spans, [Span::new(PATCH, 3, 10), Span::new(TARGET, 1, 5), Span::new(TARGET, 1, 13)]);
    let span = |key| node.get(key).map(|node| node.span);
    assert_eq!(span("b"), Some(Span::new(TARGET, 2, 4)));
    assert_eq!(span("c"), Some(Span::new(PATCH, 6, 10)));
}
