//! Writes a text in the style that `style` chose, folding long lines as go-yaml v2 does.

use std::fmt::Write;

use crate::yaml::emit::printer::{Printer, indent_by};
use crate::yaml::emit::style::{self, Written, is_break, is_printable};

/// The column that a line must have passed before it is folded at the next space.
pub const WIDTH: usize = 80;

impl Printer<'_> {
    /// Writes a text; its further lines are indented by `indent`. Keys are not folded.
    pub(super) fn text(&mut self, text: &str, indent: usize, key: bool) {
        let style = style::choose(text, key);
        self.space();
        match style {
            Written::Plain if key || self.fits(text) => self.raw(text),
            Written::Plain => self.plain(text, indent),
            Written::Single => self.single_quoted(text, indent, key),
            Written::Double => self.double_quoted(text, indent, key),
            Written::Literal => return self.literal(text, indent),
        }
        (self.whitespace, self.indention) = (false, false);
    }

    /// Whether `text` can't reach the column behind which lines are folded.
    fn fits(&self, text: &str) -> bool {
        self.column + text.len() <= WIDTH
    }

    fn raw(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += if text.is_ascii() { text.len() } else { text.chars().count() };
    }

    fn put(&mut self, character: char) {
        self.out.push(character);
        self.column += 1;
    }

    fn plain(&mut self, text: &str, indent: usize) {
        if text.is_ascii() {
            return self.plain_ascii(text, indent);
        }
        // Segments between single spaces: where a line may end.
        let mut rest = text;
        while let Some(space) = rest.find(' ') {
            let (before, at_space) = rest.split_at(space);
            let after = at_space.trim_start_matches(' ');
            let (spaces, _) = at_space.split_at(at_space.len() - after.len());
            self.raw(before);
            if spaces.len() == 1 && self.column > WIDTH {
                self.indention = false;
                self.start_line(indent);
            } else {
                self.raw(spaces);
            }
            rest = after;
        }
        self.raw(rest);
    }

    /// Goes from each place where a line is too long to the next single space.
    pub(super) fn plain_ascii(&mut self, text: &str, indent: usize) {
        let mut rest = text;
        loop {
            // The first position beyond the last column.
            let mut at = (WIDTH + 1).saturating_sub(self.column);
            let space = loop {
                let Some(found) = rest.get(at..).and_then(|tail| tail.find(' ')) else { break None };
                at += found;
                let bytes = rest.as_bytes();
                let after_space = at > 0 && bytes.get(at - 1) == Some(&b' ');
                if !after_space && bytes.get(at + 1) != Some(&b' ') {
                    break Some(at);
                }
                at += 1;
            };
            let Some((line, [_, ..])) =
                space.and_then(|at| rest.split_at_checked(at)).map(|(line, tail)| (line, tail.as_bytes()))
            else {
                self.out.push_str(rest);
                self.column += rest.len();
                return;
            };
            self.out.push_str(line);
            self.column += line.len();
            self.indention = false;
            self.start_line(indent);
            rest = rest.get(line.len() + 1..).unwrap_or_default();
        }
    }

    fn single_quoted(&mut self, text: &str, indent: usize, key: bool) {
        if text.is_ascii() && (key || self.column + 2 + 2 * text.len() <= WIDTH) {
            return self.single_quoted_line(text);
        }
        self.put('\'');
        self.indention = false;
        let bytes = text.as_bytes();
        let is_space = |index: usize| bytes.get(index) == Some(&b' ');
        let (mut after_space, mut after_break) = (false, false);
        for (index, character) in text.char_indices() {
            if character == ' ' {
                let inside = index > 0 && index + 1 < text.len();
                if !key && !after_space && self.column > WIDTH && inside && !is_space(index + 1) {
                    self.start_line(indent);
                } else {
                    self.put(' ');
                }
                after_space = true;
            } else if is_break(character) {
                self.out.push(character);
                self.column = 0;
                self.indention = true;
                after_break = true;
            } else {
                if after_break {
                    self.start_line(indent);
                }
                if character == '\'' {
                    self.put('\'');
                }
                self.put(character);
                self.indention = false;
                (after_space, after_break) = (false, false);
            }
        }
        self.put('\'');
    }

    /// ASCII that is not folded.
    fn single_quoted_line(&mut self, text: &str) {
        let start = self.out.len();
        self.out.push('\'');
        let mut parts = text.split('\'');
        self.out.push_str(parts.next().unwrap_or_default());
        for part in parts {
            self.out.push_str("''");
            self.out.push_str(part);
        }
        self.out.push('\'');
        self.column += self.out.len() - start;
        self.indention = false;
    }

    fn double_quoted(&mut self, text: &str, indent: usize, key: bool) {
        self.put('"');
        self.indention = false;
        // go-yaml looks for the byte order mark at the start of the text, wherever it is.
        let escape_all = text.starts_with('\u{feff}');
        let is_space = |index: usize| text.as_bytes().get(index) == Some(&b' ');
        let mut after_space = false;
        for (index, character) in text.char_indices() {
            if escape_all || !is_printable(character) || is_break(character) || matches!(character, '"' | '\\') {
                self.escape(character);
                after_space = false;
            } else if character == ' ' {
                let inside = index > 0 && index + 1 < text.len();
                if !key && !after_space && self.column > WIDTH && inside {
                    self.start_line(indent);
                    if is_space(index + 1) {
                        self.put('\\');
                    }
                } else {
                    self.put(' ');
                }
                after_space = true;
            } else {
                self.put(character);
                after_space = false;
            }
        }
        self.put('"');
    }

    fn escape(&mut self, character: char) {
        let short = match character {
            '\0' => '0',
            '\u{7}' => 'a',
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{b}' => 'v',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\u{1b}' => 'e',
            '"' | '\\' => character,
            '\u{85}' => 'N',
            '\u{a0}' => '_',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            _ => {
                let length = self.out.len();
                let code = u32::from(character);
                // Writing to a string can't fail.
                let _ = match code {
                    0..=0xff => write!(self.out, "\\x{code:02X}"),
                    0x100..=0xffff => write!(self.out, "\\u{code:04X}"),
                    _ => write!(self.out, "\\U{code:08X}"),
                };
                self.column += self.out.len() - length;
                return;
            }
        };
        self.put('\\');
        self.put(short);
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.out.push('|');
        if text.starts_with(' ') || text.starts_with(is_break) {
            self.out.push('2');
        }
        let mut ends = text.chars().rev().map(is_break);
        match (ends.next(), ends.next()) {
            (Some(true), None | Some(true)) => self.out.push('+'),
            (Some(true), Some(false)) => {}
            _ => self.out.push('-'),
        }
        self.end_line();
        if text.is_ascii() {
            self.lines(text.split_inclusive('\n'), indent);
        } else {
            self.lines(text.split_inclusive(is_break), indent);
        }
        // Where the text has no break at its end, the line is still open.
        let open = !text.ends_with(is_break);
        self.column = usize::from(open);
        (self.whitespace, self.indention) = (true, !open);
    }

    fn lines<'t>(&mut self, lines: impl Iterator<Item = &'t str>, indent: usize) {
        for line in lines {
            if !line.starts_with(is_break) {
                indent_by(self.out, indent);
            }
            self.out.push_str(line);
        }
    }
}
