//! Block scalars: `|` keeps line breaks, `>` folds them.

use super::cursor::END;
use super::{Reader, Unless};
use crate::yaml::{Node, Scalar, Style, Tag, Text, Value};

/// What becomes of the line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

impl Reader<'_> {
    /// The block scalar whose `|` or `>` is here, within a collection of column `parent`.
    pub(super) fn block_scalar(&mut self, parent: isize) -> Unless<Node> {
        let span = self.cursor.span(self.cursor.at);
        let style = if self.cursor.byte() == b'|' { Style::Literal } else { Style::Folded };
        self.cursor.at += 1;
        let (chomping, increment) = self.block_scalar_header()?;
        self.cursor.skip_line_end()?;
        let parent = usize::try_from(parent).ok()?;
        self.scratch.clear();
        let mut breaks = 0;
        let indent = match increment {
            Some(increment) => {
                breaks += self.block_scalar_breaks(parent + increment)?;
                parent + increment
            }
            None => self.detect_indent(parent + 1, &mut breaks)?,
        };
        // A line break that is not yet decided on.
        let mut pending = false;
        let mut after_blank = false;
        while self.cursor.at - self.cursor.line_start == indent && self.cursor.byte() != END {
            let begins_blank = matches!(self.cursor.byte(), b' ' | b'\t');
            if pending {
                let folds = style == Style::Folded && !after_blank && !begins_blank;
                match (folds, breaks) {
                    (true, 0) => self.scratch.push(' '),
                    (true, _) => {}
                    (false, _) => self.scratch.push('\n'),
                }
            }
            self.scratch.extend(std::iter::repeat_n('\n', breaks));
            after_blank = begins_blank;
            let end = self.cursor.line_end();
            let line = self.cursor.slice(self.cursor.at, end)?;
            self.scratch.push_str(line);
            self.cursor.at = end;
            if self.cursor.byte() == END {
                // How a text ends without a line break is the library's matter.
                return None;
            }
            self.cursor.newline();
            pending = true;
            breaks = self.block_scalar_breaks(indent)?;
        }
        if pending && chomping != Chomping::Strip {
            self.scratch.push('\n');
        }
        if chomping == Chomping::Keep {
            self.scratch.extend(std::iter::repeat_n('\n', breaks));
        }
        self.column = self.cursor.skip_to_content()?;
        let scalar = Scalar { text: Text::from(self.scratch.as_str()), tag: Tag::Str, style };
        Some(Node { span, value: Value::Scalar(scalar) })
    }

    /// Chomping and indentation indicator, in either order.
    fn block_scalar_header(&mut self) -> Unless<(Chomping, Option<usize>)> {
        let (mut chomping, mut increment) = (None, None);
        loop {
            match self.cursor.byte() {
                b'-' if chomping.is_none() => chomping = Some(Chomping::Strip),
                b'+' if chomping.is_none() => chomping = Some(Chomping::Keep),
                digit @ b'1'..=b'9' if increment.is_none() => increment = Some(usize::from(digit - b'0')),
                b' ' | b'\n' => return Some((chomping.unwrap_or(Chomping::Clip), increment)),
                _ => return None,
            }
            self.cursor.at += 1;
        }
    }

    /// Over blank lines, and over at most `indent` spaces of the line behind them; the number of breaks.
    fn block_scalar_breaks(&mut self, indent: usize) -> Unless<usize> {
        let mut breaks = 0;
        loop {
            while self.cursor.at - self.cursor.line_start < indent && self.cursor.byte() == b' ' {
                self.cursor.at += 1;
            }
            match self.cursor.byte() {
                b'\t' if self.cursor.at - self.cursor.line_start < indent => return None,
                b'\n' => self.cursor.newline(),
                END if self.cursor.at > self.cursor.line_start => return None,
                _ => return Some(breaks),
            }
            breaks += 1;
        }
    }

    /// The indentation of the first line with content, `least` at least, and of the blank lines before it.
    fn detect_indent(&mut self, least: usize, breaks: &mut usize) -> Unless<usize> {
        let mut indent = least;
        loop {
            self.cursor.skip_spaces();
            indent = indent.max(self.cursor.at - self.cursor.line_start);
            match self.cursor.byte() {
                b'\n' => self.cursor.newline(),
                b'\t' => return None,
                END if self.cursor.at > self.cursor.line_start => return None,
                _ => return Some(indent),
            }
            *breaks += 1;
        }
    }
}
