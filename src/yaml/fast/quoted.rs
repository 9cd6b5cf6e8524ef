//! Scalars in quotes, on one line or several.

use memchr::{memchr2, memchr3};

use super::cursor::END;
use super::{Reader, Unless};
use crate::yaml::{Scalar, Style, Tag, Text};

impl Reader<'_> {
    /// The quoted scalar that begins here. The cursor goes behind its last quote.
    pub(super) fn quoted(&mut self) -> Unless<Scalar> {
        let quote = self.cursor.byte();
        let style = if quote == b'"' { Style::DoubleQuoted } else { Style::SingleQuoted };
        let start = self.cursor.at + 1;
        let rest = &self.cursor.bytes()[start..];
        let found = if quote == b'"' { memchr3(b'"', b'\\', b'\n', rest) } else { memchr2(b'\'', b'\n', rest) };
        let end = start + found?;
        let bytes = self.cursor.bytes();
        let simple = bytes[end] == quote && (quote == b'"' || bytes.get(end + 1) != Some(&b'\''));
        if simple {
            self.cursor.at = end + 1;
            let text = self.cursor.shared(self.cursor.slice(start, end)?);
            return Some(Scalar { text, tag: Tag::Str, style });
        }
        self.scratch.clear();
        self.cursor.at = start;
        self.unquote(quote)?;
        Some(Scalar { text: Text::from(self.scratch.as_str()), tag: Tag::Str, style })
    }

    /// Reads into the scratch up to the closing quote, resolving escapes and folding lines.
    fn unquote(&mut self, quote: u8) -> Unless<()> {
        loop {
            if self.cursor.is_document_mark() {
                return None;
            }
            let escaped_break = self.unquote_word(quote)?;
            if self.cursor.byte() == quote && !escaped_break {
                self.cursor.at += 1;
                return Some(());
            }
            self.fold(escaped_break)?;
        }
    }

    /// Everything up to a blank, a line break or the closing quote; whether an escaped line break ended it,
    /// which is then behind the cursor.
    fn unquote_word(&mut self, quote: u8) -> Unless<bool> {
        loop {
            let start = self.cursor.at;
            while !matches!(self.cursor.byte(), b' ' | b'\t' | b'\n' | b'\\' | b'"' | b'\'' | END) {
                self.cursor.at += 1;
            }
            let run = self.cursor.slice(start, self.cursor.at)?;
            self.scratch.push_str(run);
            match self.cursor.byte() {
                b'\'' if quote == b'\'' => {
                    if self.cursor.peek(1) != b'\'' {
                        return Some(false);
                    }
                    self.scratch.push('\'');
                    self.cursor.at += 2;
                }
                b'"' if quote == b'"' => return Some(false),
                b'\\' if quote == b'"' => {
                    if self.cursor.peek(1) == b'\n' {
                        self.cursor.at += 1;
                        self.cursor.newline();
                        return Some(true);
                    }
                    self.escape()?;
                }
                b' ' | b'\t' | b'\n' => return Some(false),
                END => return None,
                other => {
                    self.scratch.push(char::from(other));
                    self.cursor.at += 1;
                }
            }
        }
    }

    /// Blanks within a line stay; a line break with the blanks around it becomes a space, more become breaks.
    fn fold(&mut self, escaped_break: bool) -> Unless<()> {
        let start = self.cursor.at;
        let mut breaks = 0_usize;
        loop {
            match self.cursor.byte() {
                b' ' | b'\t' => self.cursor.at += 1,
                b'\n' => {
                    self.cursor.newline();
                    breaks += 1;
                }
                END => return None,
                _ => break,
            }
        }
        match (escaped_break, breaks) {
            (false, 0) => {
                let blanks = self.cursor.slice(start, self.cursor.at)?;
                self.scratch.push_str(blanks);
            }
            (false, 1) => self.scratch.push(' '),
            (false, _) => self.scratch.extend(std::iter::repeat_n('\n', breaks - 1)),
            (true, _) => self.scratch.extend(std::iter::repeat_n('\n', breaks)),
        }
        Some(())
    }

    /// One escape. Those that go-yaml and the library read differently are the library's caller's matter.
    fn escape(&mut self) -> Unless<()> {
        let (character, length) = match self.cursor.peek(1) {
            b'0' => ('\0', 2),
            b'a' => ('\u{7}', 2),
            b'b' => ('\u{8}', 2),
            b't' => ('\t', 2),
            b'n' => ('\n', 2),
            b'v' => ('\u{b}', 2),
            b'f' => ('\u{c}', 2),
            b'r' => ('\r', 2),
            b'e' => ('\u{1b}', 2),
            b' ' => (' ', 2),
            b'"' => ('"', 2),
            b'\\' => ('\\', 2),
            b'N' => ('\u{85}', 2),
            b'_' => ('\u{a0}', 2),
            b'L' => ('\u{2028}', 2),
            b'P' => ('\u{2029}', 2),
            b'x' => (self.hexadecimal(2)?, 4),
            b'u' => (self.hexadecimal(4)?, 6),
            b'U' => (self.hexadecimal(8)?, 10),
            _ => return None,
        };
        self.scratch.push(character);
        self.cursor.at += length;
        Some(())
    }

    /// The character of `digits` hexadecimal digits behind the backslash and its letter.
    fn hexadecimal(&self, digits: usize) -> Unless<char> {
        let start = self.cursor.at + 2;
        let text = self.cursor.slice(start, start + digits)?;
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        char::from_u32(u32::from_str_radix(text, 16).ok()?)
    }
}
