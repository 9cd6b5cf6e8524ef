//! Scalars without quotes.

use memchr::{memchr, memchr2};

use super::cursor::END;
use super::{Reader, Unless};
use crate::yaml::resolve::resolve_plain;
use crate::yaml::{Node, Scalar, Style, Tag, Text, Value};

/// The bytes at which a plain key may end, so that the others cost one look into a table.
const MAY_END_KEY: [bool; 256] = {
    let mut table = [false; 256];
    table[b':' as usize] = true;
    table[b'\n' as usize] = true;
    table[b'#' as usize] = true;
    table[b'\t' as usize] = true;
    table
};

impl<'a> Reader<'a> {
    /// The key up to its colon, where the cursor then stands; `Some(None)` if the line holds no key.
    pub(super) fn plain_key(&mut self) -> Unless<Option<Scalar>> {
        self.check_plain_start()?;
        let start = self.cursor.at;
        let bytes = self.cursor.bytes();
        let mut at = start;
        loop {
            at += bytes[at..].iter().position(|byte| MAY_END_KEY[usize::from(*byte)]).unwrap_or(bytes.len() - at);
            match bytes.get(at).copied().unwrap_or(END) {
                b':' => match bytes.get(at + 1).copied().unwrap_or(END) {
                    b' ' | b'\n' | END => break,
                    b'\t' => return None,
                    _ => {}
                },
                b'\n' | END => return Some(None),
                b'#' if bytes[at - 1] == b' ' => return Some(None),
                b'\t' => return None,
                _ => {}
            }
            at += 1;
        }
        self.cursor.at = at;
        let text = self.cursor.slice(start, at)?.trim_end_matches(' ');
        Some(Some(self.plain_scalar(text)))
    }

    /// A value within a collection of column `parent`: to the end of the line, and on over the lines that
    /// are indented deeper than the collection.
    pub(super) fn plain(&mut self, parent: isize) -> Unless<Node> {
        self.check_plain_start()?;
        let span = self.cursor.span(self.cursor.at);
        let (first, mut commented) = self.plain_line()?;
        let mut folded = false;
        while !commented {
            // The line break behind the text is the first of these.
            let blank = self.cursor.skip_blank_lines();
            let column = isize::try_from(self.cursor.at - self.cursor.line_start).ok()?;
            match self.cursor.byte() {
                END | b'#' => break,
                b'\t' => return None,
                _ if column <= parent => break,
                _ => {}
            }
            if !folded {
                folded = true;
                self.scratch.clear();
                self.scratch.push_str(first);
            }
            match blank {
                1 => self.scratch.push(' '),
                _ => self.scratch.extend(std::iter::repeat_n('\n', blank - 1)),
            }
            let line;
            (line, commented) = self.plain_line()?;
            self.scratch.push_str(line);
        }
        self.column = self.cursor.skip_to_content()?;
        let scalar = if folded {
            let tag = resolve_plain(&self.scratch, self.dialect);
            Scalar { text: Text::from(self.scratch.as_str()), tag, style: Style::Plain }
        } else {
            self.plain_scalar(first)
        };
        Some(Node { span, value: Value::Scalar(scalar) })
    }

    /// The text from here to the end of the line or to a comment, and whether there is a comment. The cursor
    /// goes to the end of the line.
    fn plain_line(&mut self) -> Unless<(&'a str, bool)> {
        let (start, line_end) = (self.cursor.at, self.cursor.line_end());
        let line = &self.cursor.bytes()[start..line_end];
        let (mut end, mut from) = (line.len(), 0);
        while let Some(found) = memchr2(b':', b'#', &line[from..]) {
            let at = from + found;
            if line[at] == b'#' {
                if at > 0 && matches!(line[at - 1], b' ' | b'\t') {
                    end = at;
                    break;
                }
            } else if matches!(line.get(at + 1), None | Some(b' ' | b'\t')) {
                return None;
            }
            from = at + 1;
        }
        if self.cursor.content.tabs && memchr(b'\t', &line[..end]).is_some() {
            return None;
        }
        self.cursor.at = line_end;
        let text = self.cursor.slice(start, start + end)?.trim_end_matches(' ');
        Some((text, end < line.len()))
    }

    /// A plain scalar that the source spells as it is.
    pub(super) fn plain_scalar(&self, text: &str) -> Scalar {
        Scalar { text: self.cursor.shared(text), tag: resolve_plain(text, self.dialect), style: Style::Plain }
    }

    /// Whether a plain scalar may begin here.
    fn check_plain_start(&self) -> Unless<()> {
        match self.cursor.byte() {
            b'-' | b'?' | b':' if self.cursor.is_blank_or_end(1) => None,
            b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@'
            | b'`' | b'\t' | END => None,
            _ => Some(()),
        }
    }

    /// A plain scalar in brackets or braces: to the end of the line at most. What ends it is the caller's matter.
    pub(super) fn flow_plain(&mut self) -> Unless<Scalar> {
        self.check_plain_start()?;
        if matches!(self.cursor.byte(), b'?' | b':') {
            return None;
        }
        let start = self.cursor.at;
        loop {
            match self.cursor.byte() {
                b',' | b'[' | b']' | b'{' | b'}' | b'\n' | END => break,
                b':' => match self.cursor.peek(1) {
                    b' ' | b'\n' | END => break,
                    b',' | b'?' | b'[' | b']' | b'{' | b'}' | b'\t' => return None,
                    _ => {}
                },
                b'#' if self.cursor.bytes()[self.cursor.at - 1] == b' ' => break,
                b'\t' => return None,
                _ => {}
            }
            self.cursor.at += 1;
        }
        let text = self.cursor.slice(start, self.cursor.at)?.trim_end_matches(' ');
        let mut scalar = self.plain_scalar(text);
        // Upstream writes brackets back as such, where a date with a time loses its type.
        if scalar.tag == Tag::Timestamp && text.contains(':') {
            scalar.style = Style::SingleQuoted;
        }
        Some(scalar)
    }
}
