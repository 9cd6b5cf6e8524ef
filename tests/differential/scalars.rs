//! Scalars that programs get wrong.

use super::dice::Dice;
use super::yaml::{Yaml, quoted, scalar};

const WORDS: [&str; 8] = ["web", "db", "a", "some words", "x-1", "example.com", "v1.2.3", "A"];

/// Written without quotes, and often no strings.
const PLAIN: [&str; 56] = [
    "1",
    "0",
    "-1",
    "007",
    "0777",
    "0o17",
    "0x1F",
    "0b11",
    "1_000",
    "+5",
    "09",
    "-0",
    "1.0",
    "1.10",
    ".5",
    "5.",
    "1e3",
    "1E-7",
    "1e21",
    "1e400",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "9007199254740993",
    "123456789012345678",
    "0.1",
    "12:30:45",
    "1:30",
    "true",
    "True",
    "false",
    "yes",
    "No",
    "on",
    "OFF",
    "y",
    "n",
    "N",
    "null",
    "~",
    "Null",
    "nULL",
    "2020-01-01",
    "2020-1-2",
    "2020-01-01T12:30:45Z",
    "2020-01-01 1:2:3",
    "=",
    "<<x",
    "a#b",
    "a:b",
    "-x",
    "1,000",
    "1e",
    "0x",
    "_",
    ".",
];

/// Written in quotes.
const QUOTED: [&str; 44] = [
    "",
    " ",
    "  a",
    "a ",
    "a: b",
    "a #b",
    "- a",
    "-",
    "?",
    "? a",
    ":",
    "a:",
    "#",
    ",",
    "[",
    "]",
    "{",
    "}",
    "&a",
    "*a",
    "!a",
    "|",
    ">",
    "'",
    "''",
    "%",
    "@",
    "`",
    "---",
    "--- a",
    "...",
    "a'b",
    "a\"b",
    "a\\b",
    "a\tb",
    "yes",
    "null",
    "~",
    "1",
    "0x1F",
    "1e3",
    "2020-01-01",
    "true",
    "1:30",
];

const UNICODE: [&str; 8] =
    ["äöü", "\u{1f600}", "a\u{a0}b", "e\u{301}", "日本語", "\u{2028}", "\u{feff}a", "x\u{1f600}y"];

const BLOCKS: [(&str, &str); 12] = [
    ("|", "one\ntwo\n"),
    ("|-", "one\ntwo\n"),
    ("|+", "one\n\n"),
    (">", "one\ntwo\n\nthree\n"),
    (">-", "one\ntwo\n"),
    ("|", "a: 1\nb: [x, y]\n"),
    ("|", "{\"a\": 1, \"b\": {\"c\": \"d\"}}\n"),
    ("|", "\none\n"),
    ("|", "one\n  two\n"),
    ("|", "one\n\ttwo\n"),
    ("|", "# comment\nkey=value\n"),
    ("|-", "a: &x 1\nb: *x\n"),
];

/// A name or version, nothing strange.
pub fn word(dice: &mut Dice<'_>) -> Yaml {
    scalar(dice.pick(&WORDS))
}

/// A scalar of any type.
pub fn any(dice: &mut Dice<'_>) -> Yaml {
    match dice.below(10) {
        0..=2 => word(dice),
        3..=5 => scalar(dice.pick(&PLAIN)),
        _ => text(dice),
    }
}

/// A scalar that is a string by kustomize's rules for resources.
pub fn text(dice: &mut Dice<'_>) -> Yaml {
    match dice.below(10) {
        0..=2 => word(dice),
        3..=6 => quote(dice),
        7 => scalar(quoted(dice.pick(&UNICODE))),
        8 => long(dice),
        _ => {
            let (header, text) = dice.pick(&BLOCKS);
            Yaml::Block(header, text.to_owned())
        }
    }
}

fn quote(dice: &mut Dice<'_>) -> Yaml {
    let text = dice.pick(&QUOTED);
    if dice.chance(30) && !text.contains('\t') {
        return scalar(format!("'{}'", text.replace('\'', "''")));
    }
    scalar(quoted(text))
}

/// A text around the width at which lines are broken.
fn long(dice: &mut Dice<'_>) -> Yaml {
    const PARTS: [&str; 8] = ["word", "longer-word", "a", "x:y", "ä", "eleven", "  ", "'"];
    let count = dice.between(8, 40);
    let parts: Vec<&str> = (0..count).map(|_| dice.pick(&PARTS)).collect();
    let text = parts.join(" ");
    if dice.chance(30) { scalar(quoted(&format!("{text}: \"end\""))) } else { scalar(quoted(&text)) }
}
