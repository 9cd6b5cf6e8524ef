//! What a block scalar is once go-yaml v3 has written it and read it back.
//!
//! kustomize prints every resource to text and reads that text again before it prints the
//! output. Quoted and plain text survives that. Folded text may not: the writer misjudges
//! more-indented lines and blank lines at the end. And a block whose text starts with a
//! tab can't be read back. Only block styles are this room's matter.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Result};
use crate::yaml::Style;

/// `text` after the round trip of a scalar in `style`.
///
/// # Errors
/// When go-yaml can't read the block that it writes.
pub fn reread(text: &str, style: Style) -> Result<Cow<'_, str>> {
    let block = match style {
        Style::Literal | Style::Folded => true,
        Style::Plain => text.starts_with('\t') && text.contains('\n'),
        Style::SingleQuoted | Style::DoubleQuoted => false,
    };
    if !block || (style != Style::Folded && !text.starts_with('\t')) || !block_allowed(text) {
        return Ok(Cow::Borrowed(text));
    }
    if text.starts_with('\t') {
        let message = "a text of several lines that starts with a tab can't be printed";
        return Err(Error::new(ErrorKind::Emit, message).hint("start the text with another character than a tab"));
    }
    Ok(if style == Style::Folded { Cow::Owned(fold(text)) } else { Cow::Borrowed(text) })
}

const fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\u{2028}' | '\u{2029}')
}

/// Whether go-yaml v3 writes `text` as a block; it puts all other text in double quotes.
fn block_allowed(text: &str) -> bool {
    let mut after_space = false;
    for character in text.chars() {
        let printable = match character {
            '\t' | '\n' | ' '..='~' => true,
            '\u{a0}'..='\u{ffff}' => !matches!(character, '\u{feff}' | '\u{fffe}' | '\u{ffff}'),
            _ => false,
        };
        if !printable || (after_space && is_break(character)) {
            return false;
        }
        after_space = character == ' ';
    }
    !after_space && !text.is_empty()
}

/// Writes `text` as a folded block and reads the block.
fn fold(text: &str) -> String {
    let written = write_folded(text);
    let chomp_all = !text.ends_with(is_break);
    let mut before_last = text.chars().rev().skip(1);
    let keep_all = !chomp_all && before_last.next().is_none_or(is_break);

    let mut read = String::with_capacity(written.len());
    // The break after the last line that had text, and the breaks of the empty lines behind it.
    let mut line_break = "";
    let mut empty_breaks = String::new();
    let mut after_indented = false;
    for line in written.split_inclusive(is_break) {
        let content = line.trim_end_matches(is_break);
        let (content, own_break) = line.split_at(content.len());
        if content.is_empty() {
            empty_breaks.push_str(own_break);
            continue;
        }
        let indented = content.starts_with([' ', '\t']);
        if line_break == "\n" && !after_indented && !indented {
            if empty_breaks.is_empty() {
                read.push(' ');
            }
        } else {
            read.push_str(line_break);
        }
        read.push_str(&empty_breaks);
        empty_breaks.clear();
        read.push_str(content);
        line_break = own_break;
        after_indented = indented;
    }
    if !chomp_all {
        read.push_str(line_break);
    }
    if keep_all {
        read.push_str(&empty_breaks);
    }
    read
}

/// The lines of a folded block, without their indentation.
fn write_folded(text: &str) -> String {
    // go-yaml asks this of the start of the text where the next line is meant.
    let starts_blank = text.trim_start_matches(is_break).starts_with([' ', '\t']);
    let mut written = String::with_capacity(text.len() + 16);
    let mut at_start = true;
    let mut indented = true;
    for character in text.chars() {
        if is_break(character) {
            if character == '\n' && !at_start && !indented && !starts_blank {
                written.push('\n');
            }
            at_start = true;
        } else {
            if at_start {
                indented = matches!(character, ' ' | '\t');
            }
            at_start = false;
        }
        written.push(character);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_text_gains_and_loses_breaks() {
        let cases = [
            ("foo bar\n", "foo bar\n"),
            ("foo\nbar\n", "foo\nbar\n"),
            ("foo\n\nbar", "foo\n\nbar"),
            ("foo\n  bar\nbaz\n", "foo\n\n  bar\nbaz\n"),
            ("foo\n\n", "foo\n\n\n"),
            ("  foo\nbar\nbaz\n", "  foo\nbar baz\n"),
            ("\nfoo\n", "\nfoo\n"),
            ("\n", "\n"),
            ("foo \nbar\n  baz", "foo \nbar\n  baz"),
        ];
        for (text, expected) in cases {
            assert_eq!(reread(text, Style::Folded).unwrap(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_block_that_starts_with_a_tab_can_not_be_read_back() {
        for (text, style) in
            [("\ta\nb", Style::Plain), ("\ta\nb", Style::Literal), ("\ta", Style::Literal), ("\ta b", Style::Folded)]
        {
            assert!(reread(text, style).is_err(), "{text:?} {style:?}");
        }
        for (text, style) in [
            ("\ta", Style::Plain),
            ("\ta\nb", Style::DoubleQuoted),
            ("\ta \nb", Style::Literal),
            ("\n\tb", Style::Literal),
            ("a\n\tb\n", Style::Literal),
        ] {
            assert_eq!(reread(text, style).unwrap(), text);
        }
    }
}
