//! What a text is once go-yaml v2 has read it from JSON.
//!
//! kustomize's output goes through JSON, and go-yaml v2 reads that JSON as YAML: a quoted
//! text in which JSON escapes ASCII controls, U+2028 and U+2029, but no other character.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Result};

/// The longest key that go-yaml v2 finds a `:` behind, in characters of JSON with both quotes.
const LONGEST_KEY: usize = 1024;

const NEXT_LINE: char = '\u{85}';

/// `text` as it arrives behind JSON.
///
/// # Errors
/// For characters that YAML takes for controls, and for a text that then looks like a document's end.
pub fn pass(text: &str) -> Result<Cow<'_, str>> {
    if text.is_ascii() && !text.contains('\u{7f}') {
        return Ok(Cow::Borrowed(text));
    }
    let control =
        |character: &char| matches!(character, '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}');
    if let Some(character) = text.chars().find(control) {
        let message = format!("the control character U+{:04X} can't be printed", u32::from(character));
        return Err(Error::new(ErrorKind::Emit, message).hint("remove the character, or encode the value"));
    }
    if text.contains(NEXT_LINE) { fold_next_lines(text).map(Cow::Owned) } else { Ok(Cow::Borrowed(text)) }
}

/// Fails for a key that can't be told from a value where JSON is read.
///
/// # Errors
/// When the key is too long or holds a line break of its own.
pub fn pass_key(text: &str) -> Result<()> {
    // Every byte becomes six at most.
    let long = text.len() > LONGEST_KEY / 6 && json_length(text) > LONGEST_KEY;
    if long || text.contains(NEXT_LINE) {
        let fault = if long { "is too long" } else { "holds the line break U+0085" };
        return Err(Error::new(ErrorKind::Emit, format!("a key that {fault} can't be printed")));
    }
    pass(text).map(drop)
}

fn json_length(text: &str) -> usize {
    let length = |character: char| match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => 6,
        _ => 1,
    };
    2 + text.chars().map(length).sum::<usize>()
}

/// U+0085 is a line break to YAML, and within quotes line breaks fold.
fn fold_next_lines(text: &str) -> Result<String> {
    let blank = |character: char| matches!(character, ' ' | NEXT_LINE);
    let mut folded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(blank) {
        let (before, at_blank) = rest.split_at(start);
        let after = at_blank.trim_start_matches(blank);
        let (blanks, _) = at_blank.split_at(at_blank.len() - after.len());
        folded.push_str(before);
        match blanks.matches(NEXT_LINE).count() {
            0 => folded.push_str(blanks),
            1 => folded.push(' '),
            breaks => folded.extend(std::iter::repeat_n('\n', breaks - 1)),
        }
        if blanks.ends_with(NEXT_LINE) && is_document_indicator(after) {
            return Err(Error::new(ErrorKind::Emit, "`---` or `...` behind the line break U+0085 can't be printed"));
        }
        rest = after;
    }
    folded.push_str(rest);
    Ok(folded)
}

fn is_document_indicator(text: &str) -> bool {
    let rest = text.strip_prefix("---").or_else(|| text.strip_prefix("..."));
    rest.is_some_and(|rest| rest.starts_with([' ', NEXT_LINE]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_line_folds_to_spaces_and_breaks() {
        let cases = [
            ("a b", "a b"),
            ("a\u{85}b", "a b"),
            ("a \u{85} b", "a b"),
            ("a\u{85}\u{85}b", "a\nb"),
            ("a\u{85} \u{85}  \u{85}b  c", "a\n\nb  c"),
            ("a\u{85}", "a "),
            ("\u{85}---", " ---"),
            ("\u{85}\u{85} --- ", "\n--- "),
            ("é\u{2028}\u{feff}\u{a0}\u{1f600}", "é\u{2028}\u{feff}\u{a0}\u{1f600}"),
        ];
        for (text, expected) in cases {
            assert_eq!(pass(text).unwrap(), expected, "{text:?}");
        }
    }

    #[test]
    fn controls_are_refused() {
        for text in ["a\u{7f}", "\u{80}", "\u{9f}é", "\u{fffe}", "\u{ffff}", "\u{85}--- a", "a\u{85}...\u{85}"] {
            assert!(pass(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn keys_are_limited() {
        assert!(pass_key(&"k".repeat(1022)).is_ok());
        assert!(pass_key(&"k".repeat(1023)).is_err());
        assert!(pass_key(&"<".repeat(170)).is_ok());
        assert!(pass_key(&"<".repeat(171)).is_err());
        assert!(pass_key("a\u{85}b").is_err());
    }
}
