//! Trees from text, printed: the bytes are kustomize's own.

use arcstr::ArcStr;

use crate::source::{SourceId, Span};
use crate::yaml::Node;
use crate::yaml::emit::{emit, to_yaml_string};
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;

pub(super) fn tree(text: &str) -> Node {
    parse(Chunk::whole(&ArcStr::from(text), SourceId(0)), Dialect::V3).unwrap().unwrap()
}

fn printed(text: &str) -> String {
    to_yaml_string(&tree(text)).unwrap()
}

fn refused(text: &str) -> (String, Span) {
    let mut out = "before".to_owned();
    let error = emit(&tree(text), &mut out).unwrap_err();
    assert_eq!(out, "before", "nothing is left behind");
    let span = error.frames().first().map_or(Span::NONE, |frame| frame.span);
    (error.message().to_owned(), span)
}

#[test]
fn collections() {
    let input = r#"shape:
  list: [1, [2, [], {}], {b: 1, a: [x]}]
  empty: {list: [], map: {}}
  nothing:
"#;
    let expected = r#"shape:
  empty:
    list: []
    map: {}
  list:
  - 1
  - - 2
    - []
    - {}
  - a:
    - x
    b: 1
  nothing: null
"#;
    assert_eq!(printed(input), expected);
}

#[test]
fn long_and_broken_keys() {
    let input = r#"shape:
  "line\nkey": [1, {b: 2}]
  ? "another\nkey "
  : {c: 3, a: 4}
  kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk: 1
  kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk: 1
"#;
    let expected = r#"shape:
  ? "another\nkey "
  : a: 4
    c: 3
  kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk: 1
  ? kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk
  : 1
  ? |-
    line
    key
  : - 1
    - b: 2
"#;
    assert_eq!(printed(input), expected);
}

#[test]
fn keys_in_order() {
    let input = r#"shape:
  a2: 1
  a10: 1
  A: 1
  _: 1
  "": 1
  n: 1
  a b: 1
  a-b: 1
  a.b: 1
  "1": 1
  a: 1
"#;
    let expected = r#"shape:
  "": 1
  _: 1
  "1": 1
  A: 1
  a: 1
  a b: 1
  a-b: 1
  a.b: 1
  a2: 1
  a10: 1
  "n": 1
"#;
    assert_eq!(printed(input), expected);
}

#[test]
fn long_lines() {
    let input = r#"shape:
  plain: Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna.
  single: "Lorem ipsum dolor sit amet: consectetur adipiscing elit, sed do eiusmod tempor 'incididunt'  ut labore et dolore."
  double: "Lorem ipsum\tdolor sit amet consectetur adipiscing elit, sed do eiusmod tempor incididunt  ut labore et dolore."
  spaces: "\t23456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 12  56789 12 45"
  w81: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy
  items:
  - Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore.
  - [Lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore]
"#;
    let expected = r#"shape:
  double: "Lorem ipsum\tdolor sit amet consectetur adipiscing elit, sed do eiusmod
    tempor incididunt  ut labore et dolore."
  items:
  - Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor
    incididunt ut labore.
  - - Lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor
      incididunt ut labore
  plain: Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor
    incididunt ut labore et dolore magna.
  single: 'Lorem ipsum dolor sit amet: consectetur adipiscing elit, sed do eiusmod
    tempor ''incididunt''  ut labore et dolore.'
  spaces: "\t23456789 123456789 123456789 123456789 123456789 123456789 123456789
    123456789 12  56789 12 45"
  w81: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy
"#;
    assert_eq!(printed(input), expected);
}

#[test]
fn blocks() {
    let input = r#"shape:
  a: "one\ntwo"
  b: "one\ntwo\n"
  c: "one\n\n\ntwo\n\n"
  d: "  one\ntwo"
  e: "\none"
  f: "\n"
  g: "one \ntwo"
  h: "one\n\ttwo"
  i: ["one\ntwo\n", "one\ntwo"]
  j: "one\u2028two\nthree"
  k: "one\u2028two"
  l: "one\u0085two"
  m: >
    one
      two
    three
"#;
    let expected = concat!(
        r#"shape:
  a: |-
    one
    two
  b: |
    one
    two
  c: |+
    one


    two

  d: |2-
      one
    two
  e: |2-

    one
  f: |2+

  g: "one \ntwo"
  h: "one\n\ttwo"
  i:
  - |
    one
    two
  - |-
    one
    two
  j: |-
    one"#,
        "\u{2028}",
        r#"    two
    three
  k: 'one"#,
        "\u{2028}",
        r#"    two'
  l: one two
  m: |
    one

      two
    three
"#
    );
    assert_eq!(printed(input), expected);
}

#[test]
fn escapes() {
    let input = r#"shape:
  a: "\0\a\b\t\v\f\r\e\x01\""
  b: "back\\slash \"quoted\""
  c: "\uFEFFbom"
  d: "a\uFEFFb"
  e: "\U0001F600 smile"
  f: "nbsp\u00a0é"
  g: "it's: x"
"#;
    let expected = concat!(
        r#"shape:
  a: "\0\a\b\t\v\f\r\e\x01\""
  b: back\slash "quoted"
  c: "\uFEFF\x62\x6F\x6D"
  d: "a\uFEFFb"
  e: "\U0001F600 smile"
  f: nbsp"#,
        "\u{a0}",
        r#"é
  g: 'it''s: x'
"#
    );
    assert_eq!(printed(input), expected);
}

#[test]
fn types() {
    let input = r#"shape:
  a: [0777, 0o777, 0xFF, 0b101, 1_000, +5, 09, -0, 1.0, 1.10, .5, 1e3, 123456789.0, 1e-7, 1e21, 1e400]
  b: [18446744073709551615, 18446744073709551616, -9223372036854775809, 1234567.5, 0.00001]
  c: [yes, no, on, y, n, True, FALSE, ~, Null, "true", "null", "5", "1e3", "0o8", 12:30:45, 1:2:60]
  d:
  - 2020-01-01
  - 2020-1-2 3:4:5.60
  - 2001-12-14t21:59:43.10-05:00
  - "2020-01-01"
  - 2020-13-01
  e: [!!str 123, !!binary aGk=, <<, =, "", "~"]
"#;
    let expected = r#"shape:
  a:
  - 511
  - 511
  - 255
  - 5
  - 1000
  - 5
  - 9
  - 0
  - 1
  - 1.1
  - 0.5
  - 1000
  - 123456789
  - 1e-07
  - 1e+21
  - 1e400
  b:
  - 18446744073709551615
  - 1.8446744073709552e+19
  - -9.223372036854776e+18
  - 1.2345675e+06
  - 1e-05
  c:
  - "yes"
  - "no"
  - "on"
  - "y"
  - "n"
  - true
  - false
  - null
  - null
  - "true"
  - "null"
  - "5"
  - "1e3"
  - 0o8
  - "12:30:45"
  - 1:2:60
  d:
  - "2020-01-01T00:00:00Z"
  - "2020-01-02T03:04:05.6Z"
  - "2001-12-14T21:59:43.1-05:00"
  - "2020-01-01"
  - 2020-13-01
  e:
  - "123"
  - hi
  - <<
  - =
  - ""
  - "~"
"#;
    assert_eq!(printed(input), expected);
}

#[test]
fn a_document_of_one_value() {
    assert_eq!(printed("- a\n- b: 1\n"), "- a\n- b: 1\n");
    assert_eq!(printed("[]"), "[]\n");
    assert_eq!(printed("{}"), "{}\n");
    assert_eq!(to_yaml_string(&Node::string("a")).unwrap(), "a\n");
}

#[test]
fn what_can_not_be_printed_is_refused_at_its_place() {
    let (message, first) = refused("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n");
    assert_eq!(message, "the key `c` is defined twice");
    assert_eq!(first, Span::new(SourceId(0), 3, 3));
    for (text, expected) in [
        ("a:\n  1: x\n", "a key must be a string, but `1` is a number"),
        ("a:\n  true: x\n", "a key must be a string, but `true` is a boolean"),
        ("a:\n  ~: x\n", "a key must be a string, but `~` is null"),
        ("a:\n  2020-01-01: x\n", "a key must be a string, but `2020-01-01` is a date"),
        ("a: .inf\n", "infinity and `.nan` have no place in JSON, so they can't be printed"),
        ("a: !!int x\n", "the value is tagged `!!int` but is not an integer"),
        ("a: \"\\x7f\"\n", "the control character U+007F can't be printed"),
    ] {
        assert_eq!(refused(text).0, expected);
    }
    assert_eq!(printed("1: x\ntrue: y\n"), "\"1\": x\n\"true\": \"y\"\n");
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: usize| {
        let mut node = Node::string("x");
        for _ in 0..depth {
            let mut sequence = Node::sequence();
            sequence.as_sequence_mut().unwrap().push(node);
            node = sequence;
        }
        node
    };
    let deepest = to_yaml_string(&nested(1000)).unwrap();
    assert_eq!(deepest, format!("{}x\n", "- ".repeat(1000)));
    assert_eq!(to_yaml_string(&nested(1001)).unwrap_err().kind(), crate::error::ErrorKind::Limit);
}
