//! Sequences in brackets and mappings in braces.

use super::block::MAX_KEY;
use super::cursor::END;
use super::{Reader, Unless};
use crate::yaml::parse::MAX_DEPTH;
use crate::yaml::{Entry, Key, Mapping, Node, Scalar, Value};

impl Reader<'_> {
    /// The collection whose bracket or brace is here. The cursor goes behind its last.
    pub(super) fn flow(&mut self, depth: usize) -> Unless<Node> {
        if depth >= MAX_DEPTH {
            return None;
        }
        let span = self.cursor.span(self.cursor.at);
        let is_sequence = self.cursor.byte() == b'[';
        self.cursor.at += 1;
        let value = if is_sequence { self.flow_sequence(depth)? } else { self.flow_mapping(depth)? };
        Some(Node { span, value })
    }

    fn flow_sequence(&mut self, depth: usize) -> Unless<Value> {
        let begin = self.items.len();
        while self.begins_flow_entry(b']')? {
            let item = self.flow_node(depth + 1)?;
            self.items.push(item);
            self.skip_separator(b']')?;
        }
        Some(Value::Sequence(self.items.drain(begin..).collect()))
    }

    fn flow_mapping(&mut self, depth: usize) -> Unless<Value> {
        let begin = self.entries.len();
        while self.begins_flow_entry(b'}')? {
            let key = self.flow_key()?;
            self.skip_flow_space()?;
            let value = self.flow_node(depth + 1)?;
            self.entries.push(Entry { key, value });
            self.skip_separator(b'}')?;
        }
        let mapping: Mapping = self.entries.drain(begin..).collect();
        Some(Value::Mapping(mapping))
    }

    /// Goes to the next entry, or behind `close`.
    fn begins_flow_entry(&mut self, close: u8) -> Unless<bool> {
        self.skip_flow_space()?;
        if self.cursor.byte() != close {
            return Some(true);
        }
        self.cursor.at += 1;
        Some(false)
    }

    /// Over the comma behind an entry, or to `close`.
    fn skip_separator(&mut self, close: u8) -> Unless<()> {
        self.skip_flow_space()?;
        match self.cursor.byte() {
            b',' => self.cursor.at += 1,
            byte if byte == close => {}
            _ => return None,
        }
        Some(())
    }

    /// A key with its colon, on one line.
    fn flow_key(&mut self) -> Unless<Key> {
        let (start, line) = (self.cursor.at, self.cursor.line);
        let span = self.cursor.span(start);
        let scalar = self.flow_scalar()?;
        self.cursor.skip_spaces();
        let too_long = self.cursor.at - start > MAX_KEY;
        if self.cursor.byte() != b':' || self.cursor.line != line || too_long || scalar.text == "<<" {
            return None;
        }
        self.cursor.at += 1;
        Some(Key { span, scalar })
    }

    fn flow_node(&mut self, depth: usize) -> Unless<Node> {
        match self.cursor.byte() {
            b'[' | b'{' => self.flow(depth),
            _ => {
                let span = self.cursor.span(self.cursor.at);
                Some(Node { span, value: Value::Scalar(self.flow_scalar()?) })
            }
        }
    }

    fn flow_scalar(&mut self) -> Unless<Scalar> {
        match self.cursor.byte() {
            b'"' | b'\'' => self.quoted(),
            _ => self.flow_plain(),
        }
    }

    /// Over spaces, line breaks and comments.
    fn skip_flow_space(&mut self) -> Unless<()> {
        loop {
            let start = self.cursor.at;
            self.cursor.skip_spaces();
            match self.cursor.byte() {
                b'\n' => self.cursor.newline(),
                b'#' if self.cursor.at > start || start == self.cursor.line_start => {
                    self.cursor.at = self.cursor.line_end();
                }
                b'\t' | b'#' | END => return None,
                _ if self.cursor.is_document_mark() => return None,
                _ => return Some(()),
            }
        }
    }
}
