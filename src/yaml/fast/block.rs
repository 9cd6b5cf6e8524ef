//! Mappings and sequences by indentation.

use super::cursor::END;
use super::{Reader, Unless};
use crate::source::Span;
use crate::yaml::parse::MAX_DEPTH;
use crate::yaml::{Entry, Key, Mapping, Node, Scalar, Sequence, Style, Tag, Text, Value};

/// How long a key may be that is told from a value only by the colon behind it. The library's limit
/// is 1024 characters from its first to its colon.
pub(super) const MAX_KEY: usize = 1000;

impl Reader<'_> {
    /// The value that begins here, within a collection of column `parent` (-1: none). Leaves the cursor
    /// at the content behind it.
    pub(super) fn block_node(&mut self, parent: isize, depth: usize) -> Unless<Node> {
        let column = isize::try_from(self.cursor.at - self.cursor.line_start).ok()?;
        if self.cursor.is_item() {
            return self.sequence(column, depth);
        }
        let span = self.cursor.span(self.cursor.at);
        let start = self.cursor.place();
        match self.key()? {
            Some(key) => self.mapping(key, span, column, depth),
            None => {
                self.cursor.go_back(start);
                self.value(parent, depth)
            }
        }
    }

    /// The mapping of column `column` whose first key was just read.
    fn mapping(&mut self, first: Key, span: Span, column: isize, depth: usize) -> Unless<Node> {
        if depth >= MAX_DEPTH {
            return None;
        }
        let begin = self.entries.len();
        let mut key = first;
        loop {
            let value = self.mapping_value(column, depth + 1)?;
            self.entries.push(Entry { key, value });
            if self.column < column {
                break;
            }
            if self.column > column {
                return None;
            }
            key = self.key()??;
        }
        let mapping: Mapping = self.entries.drain(begin..).collect();
        Some(Node { span, value: Value::Mapping(mapping) })
    }

    /// What stands behind the colon of a key of column `column`.
    fn mapping_value(&mut self, column: isize, depth: usize) -> Unless<Node> {
        let behind_colon = self.cursor.at;
        self.cursor.skip_spaces();
        if !matches!(self.cursor.byte(), b'\n' | b'#' | END) {
            return self.value(column, depth);
        }
        let empty = empty(self.cursor.span(behind_colon));
        self.cursor.at = behind_colon;
        self.finish_line()?;
        if self.column > column {
            self.block_node(column, depth)
        } else if self.column == column && self.cursor.is_item() {
            self.sequence(column, depth)
        } else {
            Some(empty)
        }
    }

    /// The sequence of column `column` whose first dash is here.
    fn sequence(&mut self, column: isize, depth: usize) -> Unless<Node> {
        if depth >= MAX_DEPTH {
            return None;
        }
        let span = self.cursor.span(self.cursor.at);
        let begin = self.items.len();
        loop {
            self.cursor.at += 1;
            let item = self.item(column, depth + 1)?;
            self.items.push(item);
            if self.column > column {
                return None;
            }
            // A key in this column goes on with the mapping that the sequence is a value of.
            if self.column < column || !self.cursor.is_item() {
                break;
            }
        }
        let items: Sequence = self.items.drain(begin..).collect();
        Some(Node { span, value: Value::Sequence(items) })
    }

    /// What stands behind a dash of column `column`.
    fn item(&mut self, column: isize, depth: usize) -> Unless<Node> {
        let behind_dash = self.cursor.at;
        self.cursor.skip_spaces();
        if !matches!(self.cursor.byte(), b'\n' | b'#' | END) {
            return self.block_node(column, depth);
        }
        let empty = empty(self.cursor.span(behind_dash));
        self.cursor.at = behind_dash;
        self.finish_line()?;
        if self.column > column { self.block_node(column, depth) } else { Some(empty) }
    }

    /// A value that is no block collection, within one of column `parent`.
    fn value(&mut self, parent: isize, depth: usize) -> Unless<Node> {
        match self.cursor.byte() {
            b'[' | b'{' => {
                let node = self.flow(depth)?;
                self.finish_line()?;
                Some(node)
            }
            // A scalar as the whole document.
            _ if parent < 0 => None,
            b'"' | b'\'' => {
                let span = self.cursor.span(self.cursor.at);
                let scalar = self.quoted()?;
                self.finish_line()?;
                Some(Node { span, value: Value::Scalar(scalar) })
            }
            b'|' | b'>' => self.block_scalar(parent),
            _ => self.plain(parent),
        }
    }

    /// The key that begins here with its colon, or `Some(None)` if there is no key.
    fn key(&mut self) -> Unless<Option<Key>> {
        let (start, line) = (self.cursor.at, self.cursor.line);
        let span = self.cursor.span(start);
        let scalar = match self.cursor.byte() {
            b'[' | b'{' | b'|' | b'>' => return Some(None),
            b'"' | b'\'' => {
                let scalar = self.quoted()?;
                self.cursor.skip_spaces();
                if self.cursor.line != line || self.cursor.byte() != b':' || !self.cursor.is_blank_or_end(1) {
                    return Some(None);
                }
                scalar
            }
            _ => match self.plain_key()? {
                Some(scalar) => scalar,
                None => return Some(None),
            },
        };
        if self.cursor.at - start > MAX_KEY || scalar.text == "<<" {
            return None;
        }
        self.cursor.at += 1;
        Some(Some(Key { span, scalar }))
    }
}

/// The value that is not there.
fn empty(span: Span) -> Node {
    Node { span, value: Value::Scalar(Scalar { text: Text::default(), tag: Tag::Null, style: Style::Plain }) }
}
