//! What the quick way takes, and that it gives what the library's parser gives.

use arcstr::ArcStr;
use proptest::prelude::*;

use crate::source::SourceId;
use crate::yaml::Node;
use crate::yaml::fast;
use crate::yaml::parse::{Chunk, parse_fully};
use crate::yaml::resolve::Dialect;

fn quick(text: &str, dialect: Dialect) -> Option<Option<Node>> {
    let text = ArcStr::from(text);
    let chunk = Chunk { line: 3, column: 2, ..Chunk::whole(&text, SourceId(7)) };
    fast::parse(chunk, &text, dialect)
}

/// Whether the quick way took the text. What it took must be what the library reads.
fn takes(text: &str) -> bool {
    let mut took = false;
    for dialect in [Dialect::V3, Dialect::V2] {
        let Some(node) = quick(text, dialect) else { continue };
        took = true;
        let text = ArcStr::from(text);
        let chunk = Chunk { line: 3, column: 2, ..Chunk::whole(&text, SourceId(7)) };
        match parse_fully(chunk, dialect) {
            Ok(want) => assert_eq!(node, want, "read differently: {text:?}"),
            Err(error) => panic!("the library refuses {text:?}: {error}"),
        }
    }
    took
}

/// One text for every sort of thing that the quick way knows.
const COMMON: &[&str] = &[
    "",
    "# nothing\n\n",
    "---\na: b\n",
    "# licence\n\n--- # first\na: b\n",
    "a: b",
    "a: 1\nb: yes\nc: 2001-12-14\nd:\ne: ~\n",
    "a:\n  b:\n    c: d # e\n  f: g#h\ni: j\n",
    "a:\n- b\n- c: d\n  e: f\n-\n- - g\n  - h\ni: j\n",
    "a:\n  - b\n  -   c: d\n      e: f\n  -\n    g: h\n",
    "- a\n- b: c\n",
    "a: one\n  two\n\n  three # four\nb: c\n",
    "a: one\n# two\nb: c\n",
    "a:\n  one\n  two\n",
    "a: 'b''c'\nd: \"e\\\"\\u00fc\\x41\"\n\"f\": 'g'\n'h' : i\n",
    "a: 'one\n  two\n\n  three'\nb: \"one \\\n  two\\n\n  \\ three\"\n",
    "a: |\n  b\n   c\n\nd: |-\n  e\n\n\nf: |+\n  g\n\n\nh: >\n  i\n  j\n\n  k\n   l\n  m\nn: o\n",
    "a: |2\n   b\nc: >-2\n   d\n  e\n",
    "a: |\n  b # no comment\n# comment\nc: d\n",
    "- |\n b\n- >\n  c\n- d\n",
    "a: {}\nb: []\nc: {d: e, 'f': [g, \"h\", -1], i: {j: k},}\n",
    "{\n  \"a\": 1,\n  \"b\": [\n    {\"c\":\"d\"}, # e\n    null\n  ]\n}\n",
    "a: [b,\nc\n]\nd: e\n",
    "grüße: [ü, é]\nb: ü # ö\nc: \"日本\"\n",
    "a: -b\nc: :d\ne: ?f\ng: --h\n",
    "a: b",
    "a: http://b.c/d?e=f#g\n",
    "a:\n    b: c\n    d:\n     - e\nf: g\n",
    "a: 2001-12-14T21:59:43.10-05:00\nb: [2001-12-14T21:59:43.10-05:00, 1:30]\n",
];

#[test]
fn common_texts_go_the_quick_way() {
    for text in COMMON {
        assert!(takes(text), "not taken: {text:?}");
    }
}

#[test]
fn unusual_and_malformed_texts_are_handed_back() {
    for text in [
        "---\n",
        "a: &b c\nd: *b\n",
        "a: !!str 1\n",
        "? a\n: b\n",
        "a: b\n---\nc: d\n",
        "a: b\n...\n",
        "%YAML 1.1\n---\na: b\n",
        "a:\tb\n",
        "\ta: b\n",
        "a:\n\tb: c\n",
        "a: b\r\n",
        "a: b: c\n",
        "a: 'b' c\n",
        "a: - b\n",
        "a: \"\\/\"\n",
        "a: \"\\'\"\n",
        "a: |\n  b",
        "<<: {a: b}\n",
        "a: {b, c}\n",
        "a: {b: }\n",
        "a: [b c\n  d]\n",
        "a: [b: c]\n",
        "a: b\n c: d\n",
        "  a: b\nc: d\n",
        "a:\n  b: c\n d: e\n",
        "- a\nb: c\n",
        "a: @b\n",
        "a: `b`\n",
        "a: %b\n",
        "just a word\n",
        "'a word'\n",
        "a\n",
        "a: \"b\n--- c\"\n",
        "a: \u{85}b\n",
        "[a]: b\n",
    ] {
        assert!(!takes(text), "taken: {text:?}");
    }
}

#[test]
fn deep_texts_are_handed_back_before_the_stack_ends() {
    assert!(!takes(&"[".repeat(100_000)));
    assert!(!takes(&"- ".repeat(100_000)));
    assert!(takes(&format!("{}a\n", "- ".repeat(500))));
    assert!(quick(&format!("{}a\n", "- ".repeat(501)), Dialect::V3).is_none());
}

/// Pieces that grammar is made of.
const PIECES: &[&str] = &[
    "a",
    "b",
    "key",
    "1",
    "-1",
    "1.5",
    "true",
    "null",
    "~",
    "yes",
    "2001-12-14",
    "é",
    "日",
    "😀",
    ":",
    ": ",
    ":\n",
    "- ",
    "-\n",
    "-",
    "? ",
    "?",
    ",",
    ", ",
    "[",
    "]",
    "{",
    "}",
    "[]",
    "{}",
    "#",
    " #",
    "# c\n",
    "&a ",
    "*a",
    "!",
    "!!str ",
    "|",
    "|\n",
    ">\n",
    "|-\n",
    "|+\n",
    ">-\n",
    "|2\n",
    ">1-\n",
    "'",
    "''",
    "\"",
    "\\\"",
    "\\n",
    "\\\n",
    "\\x41",
    "\\u00e9",
    "\\/",
    "\\'",
    "%",
    "@",
    "`",
    " ",
    "  ",
    "   ",
    "\t",
    "\n",
    "\n\n",
    "\n  ",
    "\n    ",
    "\n ",
    "---",
    "---\n",
    "...\n",
    "<<",
    "=",
    "a: ",
    "b: ",
    "\na: ",
    "\n  a: ",
    "\n  b: ",
    "\n  - ",
    "\n- ",
    "\n    - ",
    "\n   c: ",
    "\"a\"",
    "'b'",
    "\"a\": ",
    "'b': ",
    "x y",
    "http://a",
    "a#b",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{a0}",
];

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

/// Lines that look like YAML, mostly.
fn lines() -> impl Strategy<Value = String> {
    let value = prop::sample::select(
        &[
            "",
            "x",
            "one two",
            "'q'",
            "\"q\"",
            "'it''s'",
            "\"a\\n\\\"b\"",
            "\"open",
            "'open",
            "|",
            "|-",
            "|+",
            ">",
            ">-",
            ">2",
            "|1+",
            "[a, 'b']",
            "{a: b}",
            "{a: [b, {c: d}]}",
            "[",
            "{a:",
            "]",
            "}",
            "# c",
            "x # c",
            "x#c",
            "&a x",
            "*a",
            "a: b",
            "- x",
            "é: ü",
            "1",
            "0x1F",
            "1e3",
            "true",
            "-",
            "- -",
            "?",
            "\\",
            "x\\",
            "x \\",
            "x\"",
            "x'",
            "  ",
            "\t",
            "x\t",
            "---",
            "...",
            ",",
            "x,",
            "b],",
            "ü ö # ä",
        ][..],
    );
    let head =
        prop::sample::select(&["", "a: ", "b: ", "- ", "- a: ", "- - ", "\"k\": ", "'k' : ", "c:", "-  ", "? "][..]);
    let line =
        (0_usize..6, head, value).prop_map(|(indent, head, value)| format!("{}{head}{value}", " ".repeat(indent)));
    (prop::collection::vec(line, 0..10), any::<bool>())
        .prop_map(|(lines, end)| lines.join("\n") + if end { "\n" } else { "" })
}

/// A common text, or two under one key, with a few things changed.
fn mutations() -> impl Strategy<Value = String> {
    let edit = (any::<prop::sample::Index>(), 0_usize..4, prop::sample::select(PIECES), any::<bool>());
    let texts = (prop::sample::select(COMMON), prop::sample::select(COMMON), any::<bool>());
    (texts, prop::collection::vec(edit, 0..4)).prop_map(|((first, second, nest), edits)| {
        let mut text = first.to_owned();
        if nest {
            text = format!("{text}z:\n  {}", second.replace('\n', "\n  "));
        }
        for (at, remove, piece, insert) in edits {
            let mut characters: Vec<char> = text.chars().collect();
            let at = at.index(characters.len() + 1);
            let end = (at + remove).min(characters.len());
            characters.splice(at..end, if insert { piece } else { "" }.chars());
            text = characters.into_iter().collect();
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn soups_of_pieces_are_read_alike(text in soup()) {
        takes(&text);
    }

    #[test]
    fn changed_texts_are_read_alike(text in mutations()) {
        takes(&text);
    }

    #[test]
    fn lines_are_read_alike(text in lines()) {
        takes(&text);
    }
}

/// Few in CI; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    ProptestConfig::default().cases.max(2_000)
}
