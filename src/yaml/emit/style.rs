//! Which of the four styles a text is written in: plain, `'…'`, `"…"` or `|`.
//!
//! Decides only; `scalar` writes.

use crate::yaml::resolve::{self, Dialect, Plain};

/// The styles of go-yaml v2's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// No quotes.
    Plain,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
    /// `|`
    Literal,
}

/// The style for the text of a string; `key` says that a `:` follows on the same line.
pub fn choose(text: &str, key: bool) -> Written {
    if is_plain(text) {
        return Written::Plain;
    }
    let allowed = Allowed::by(text);
    if text.contains('\n') {
        return if allowed.literal && !key { Written::Literal } else { Written::Double };
    }
    let means_itself = resolve::classify(text, Dialect::V2) == Plain::Str && !is_base_60(text);
    match () {
        () if !means_itself => Written::Double,
        () if allowed.plain => Written::Plain,
        () if allowed.single => Written::Single,
        () => Written::Double,
    }
}

/// Whether `text` is ASCII without controls and needs no quotes, for certain: most texts are words, names,
/// paths and sentences.
pub fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let [first, ..] = bytes else { return false };
    let starts_plain = match START[usize::from(*first)] {
        Start::Plain => true,
        // `--flag`
        Start::Dash => matches!(bytes, [_, b'-', b'a'..=b'z' | b'A'..=b'Z', ..]),
        Start::Other => false,
    };
    if !starts_plain || text.ends_with(' ') {
        return false;
    }
    let mut before = b' ';
    for (at, &byte) in bytes.iter().enumerate() {
        if !PLAIN[usize::from(byte)] {
            let means_something = match byte {
                b':' => matches!(bytes.get(at + 1), None | Some(b' ')),
                b'#' => before == b' ',
                _ => true,
            };
            if means_something {
                return false;
            }
        }
        before = byte;
    }
    text.len() > 5 || resolve::classify(text, Dialect::V2) == Plain::Str
}

/// What a text's first byte says of it.
#[derive(Clone, Copy)]
enum Start {
    /// It is text if it is longer than the words that YAML knows.
    Plain,
    /// It may be a flag.
    Dash,
    /// It may be a number or anything else.
    Other,
}

const START: [Start; 256] = {
    let mut table = [Start::Other; 256];
    let mut byte = b'!';
    while byte < b'~' {
        let is_other = matches!(
            byte,
            b'0'..=b'9'
                | b'+'
                | b'-'
                | b'.'
                | b'?'
                | b':'
                | b'#'
                | b','
                | b'['
                | b']'
                | b'{'
                | b'}'
                | b'&'
                | b'*'
                | b'!'
                | b'|'
                | b'>'
                | b'\''
                | b'"'
                | b'%'
                | b'@'
                | b'`'
        );
        if !is_other {
            table[byte as usize] = Start::Plain;
        }
        byte += 1;
    }
    table[b'-' as usize] = Start::Dash;
    table
};

/// ASCII that means nothing within a line of text, the space included.
const PLAIN: [bool; 256] = {
    let mut table = HARMLESS;
    table[b' ' as usize] = true;
    table
};

/// Which styles keep a text whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Allowed {
    plain: bool,
    single: bool,
    literal: bool,
}

impl Allowed {
    fn by(text: &str) -> Self {
        let mut indicators = starts_with_indicator(text);
        let mut special = false;
        let (mut space_then_break, mut break_then_space, mut breaks) = (false, false, false);
        let (mut after_space, mut after_break, mut after_blank) = (false, false, false);
        let mut rest = text;
        loop {
            let bytes = rest.as_bytes();
            let harmless = bytes.iter().take_while(|byte| HARMLESS[usize::from(**byte)]).count();
            if harmless > 0 {
                (after_space, after_break, after_blank) = (false, false, false);
            }
            let mut characters = rest.get(harmless..).unwrap_or_default().chars();
            let Some(character) = characters.next() else { break };
            rest = characters.as_str();

            let before_blank = rest.is_empty() || rest.starts_with([' ', '\t']);
            indicators |= (character == '#' && after_blank) || (character == ':' && before_blank);
            let is_space = character == ' ';
            let is_break = is_break(character);
            special |= !is_printable(character);
            breaks |= is_break;
            break_then_space |= is_space && after_break;
            space_then_break |= is_break && after_space;
            (after_space, after_break) = (is_space, is_break);
            after_blank = is_space || is_break || matches!(character, '\t' | '\0');
        }

        let spaced = text.starts_with(' ') || text.ends_with(' ');
        let single = !break_then_space && !space_then_break && !special;
        Self {
            plain: single && !spaced && !breaks && !indicators,
            single,
            literal: !text.is_empty() && !text.ends_with(' ') && !space_then_break && !special,
        }
    }
}

/// Whether YAML would take the start of `text` for something else than text.
fn starts_with_indicator(text: &str) -> bool {
    let (first, second) = (text.as_bytes().first(), text.as_bytes().get(1));
    let alone = matches!(second, None | Some(b' ' | b'\t'));
    match first {
        Some(b'?') => alone,
        Some(b'-') => alone || text.starts_with("---"),
        Some(b'.') => text.starts_with("..."),
        Some(first) => b"#,[]{}&*!|>'\"%@`".contains(first),
        None => false,
    }
}

/// ASCII that means nothing within a text, wherever it stands.
const HARMLESS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        table[byte as usize] = !matches!(byte, b'#' | b':');
        byte += 1;
    }
    table
};

/// What go-yaml takes for the end of a line.
pub const fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What go-yaml v2 writes without an escape: no controls, no tab, nothing beyond U+FFFD.
pub const fn is_printable(character: char) -> bool {
    match character {
        '\n' | ' '..='~' => true,
        '\u{feff}' => false,
        '\u{a0}'..='\u{fffd}' => true,
        _ => false,
    }
}

/// Whether YAML 1.1 takes `text` for a number such as `12:30:45`.
///
/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`
fn is_base_60(text: &str) -> bool {
    let digits_or_underscores = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let Some((first, rest)) = unsigned.split_once(':') else { return false };
    if !first.starts_with(|character: char| character.is_ascii_digit()) || !digits_or_underscores(first) {
        return false;
    }
    let (sixtieths, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let is_sixtieth = |part: &str| matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']);
    digits_or_underscores(fraction) && sixtieths.split(':').all(is_sixtieth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_where_the_meaning_demands_them() {
        for text in [
            "yes",
            "No",
            "ON",
            "off",
            "y",
            "n",
            "N",
            "true",
            "False",
            "null",
            "~",
            "",
            ".nan",
            "-.inf",
            "+.Inf",
            "0777",
            "0o777",
            "0xFF",
            "1_000",
            "+5",
            "08",
            "1e3",
            "1.",
            ".5",
            "12:30:45",
            "190:20:30.15",
            "1:1.",
            "2020-01-01",
            "2020-1-1 1:2:3",
            "0b-1",
            "-0",
            "18446744073709551616",
        ] {
            assert_eq!(choose(text, false), Written::Double, "{text}");
        }
        for text in [
            "=",
            "<<",
            ".",
            "nULL",
            "1e",
            "0x",
            "0b2",
            "0o8",
            "1,000",
            "2020-13-01",
            "1e400",
            "0o-7",
            "12:60",
            "1:",
            "yes!",
            "oN",
            "a-b",
            "/bin/sh",
            "nginx:1.2",
            "a#b",
            "-a",
            "?a",
            ":a",
            "a,b",
            "x[0]",
            "héé",
            "a\u{a0}b",
            "$(VAR)",
            "--flag",
            "\\n",
        ] {
            let expected = if text == "1:" { Written::Single } else { Written::Plain };
            assert_eq!(choose(text, false), expected, "{text}");
        }
    }

    #[test]
    fn quotes_where_the_characters_demand_them() {
        for text in [
            "#",
            ",a",
            "[",
            "]",
            "{a",
            "}",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "'a",
            "\"a",
            "%a",
            "@a",
            "`a",
            "- a",
            "-",
            "? a",
            "?",
            ": a",
            "a: b",
            "a:",
            "a #b",
            " a",
            "a ",
            "---",
            "---a",
            "...",
            "a\u{2028}b",
            "\u{2028}",
        ] {
            assert_eq!(choose(text, false), Written::Single, "{text:?}");
        }
        for text in ["a\tb", "\r", "\u{0}", "\u{1b}", "\u{1f600}", "\u{feff}", "a \u{2028}", "\u{2028} a", "a\u{85}"] {
            assert_eq!(choose(text, false), Written::Double, "{text:?}");
        }
    }

    #[test]
    fn several_lines_are_literal_unless_blanks_or_controls_would_be_lost() {
        for text in ["a\n", "\n", "  a\nb", "a\n\nb\n\n", "- a\n# b", "a\n  b", "\u{2028}\n"] {
            assert_eq!(choose(text, false), Written::Literal, "{text:?}");
            assert_eq!(choose(text, true), Written::Double, "{text:?}");
        }
        for text in ["a \nb", "a\nb ", "a\n\tb", "a\r\nb", "\u{1f600}\n", " \n"] {
            assert_eq!(choose(text, false), Written::Double, "{text:?}");
        }
    }
}
