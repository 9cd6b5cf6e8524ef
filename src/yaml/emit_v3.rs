//! Prints trees as go-yaml v3 does with kyaml's settings: styles as written, keys as they
//! come, two blanks of indentation, lists at the column of their key.
//!
//! For texts that hold YAML and for comparing values with patterns; the output of a render is
//! printed by [`crate::yaml::emit`]. Trees have no comments and do not say what stood in
//! brackets; both come from the text that a tree was read from.

use crate::source::{SourceId, Span};
use crate::yaml::layout::{Layout, Remark};
use crate::yaml::scalar_v3::{Place, is_break, write_scalar};
use crate::yaml::{Node, Scalar, Value};

/// The node as YAML in block style, with a newline at its end.
#[must_use]
pub fn emit_v3(node: &Node) -> String {
    Writer::new(Layout::default(), Span::NONE.source()).document(node)
}

/// The node as YAML, with a newline at its end, and with the comments and brackets of `text`,
/// from which it, or the part of it that has the source `source`, was read.
#[must_use]
pub fn emit_v3_like(node: &Node, text: &str, source: SourceId) -> String {
    Writer::new(Layout::of(text), source).document(node)
}

struct Writer<'a> {
    out: String,
    layout: Layout<'a>,
    source: SourceId,
    /// The blocks around what is being written: their columns in the text and in the output.
    blocks: Vec<(u32, usize)>,
    /// The same, for what was written last.
    last_blocks: Vec<(u32, usize)>,
    /// The column of a remark on what was written last, until something else is written.
    foot: Option<usize>,
    /// Where the last list item ends, if it is a mapping in braces.
    brace: Option<usize>,
}

impl<'a> Writer<'a> {
    fn new(layout: Layout<'a>, source: SourceId) -> Self {
        let (blocks, last_blocks) = (Vec::new(), Vec::new());
        Self { out: String::new(), layout, source, blocks, last_blocks, foot: None, brace: None }
    }

    fn document(mut self, node: &Node) -> String {
        match &node.value {
            Value::Scalar(scalar) => write_scalar(scalar, 2, Place::Block, &mut self.out),
            _ if self.in_one_line(node) => self.flow(node),
            _ => self.collection(node, 0),
        }
        while let Some(gap) = self.layout.gap_above(None) {
            let innermost = self.last_blocks.last().map_or(1, |(column, _)| *column);
            gap.remarks(innermost).into_iter().for_each(|remark| self.remark(remark, 0, false));
        }
        if !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out
    }

    /// The place of a node in the text that it was read from.
    fn place(&self, span: Span) -> Option<Span> {
        (span.source() == self.source && span.line() > 0).then_some(span)
    }

    fn in_one_line(&self, node: &Node) -> bool {
        is_empty(node) || self.place(node.span).is_some_and(|span| self.layout.is_bracketed(span))
    }

    fn flow(&mut self, node: &Node) {
        match &node.value {
            Value::Scalar(scalar) => write_scalar(scalar, 0, Place::Flow, &mut self.out),
            Value::Sequence(items) => {
                self.out.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.out.push_str(if index > 0 { ", " } else { "" });
                    self.flow(item);
                }
                self.out.push(']');
            }
            Value::Mapping(mapping) => {
                self.out.push('{');
                for (index, entry) in mapping.iter().enumerate() {
                    self.out.push_str(if index > 0 { ", " } else { "" });
                    self.key(&entry.key.scalar, 0, Place::FlowKey);
                    self.out.push_str(": ");
                    self.flow(&entry.value);
                }
                self.out.push('}');
            }
        }
    }

    /// Writes a collection that is not empty; the cursor is at the column `indent` already.
    fn collection(&mut self, node: &Node, indent: usize) {
        let column = self.place(node.span).map_or(u32::MAX, |span| span.column());
        self.blocks.push((column, indent));
        match &node.value {
            Value::Mapping(mapping) => {
                for (index, entry) in mapping.iter().enumerate() {
                    let line = self.place(entry.key.span).map(|span| span.line());
                    self.begin(line, indent, index > 0);
                    self.key(&entry.key.scalar, indent, Place::BlockKey);
                    self.out.push(':');
                    self.value(&entry.value, indent, line);
                }
            }
            Value::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    let line = self.place(item.span).map(|span| self.layout.dash_line(span));
                    self.begin(line, indent, index > 0);
                    self.out.push('-');
                    match &item.value {
                        Value::Scalar(_) => self.in_line(item, indent + 2, line, true),
                        _ if self.in_one_line(item) => self.in_line(item, indent + 2, line, true),
                        _ => {
                            self.out.push(' ');
                            self.collection(item, indent + 2);
                        }
                    }
                }
            }
            Value::Scalar(_) => {}
        }
        self.blocks.pop();
    }

    /// Begins an entry or item that was on the line `line`: after a line break, unless the cursor
    /// is where the first one goes, and after the comments above it.
    fn begin(&mut self, line: Option<u32>, indent: usize, mut on_new_line: bool) {
        if let Some(line) = line {
            while let Some(gap) = self.layout.gap_above(Some(line)) {
                let innermost = self.last_blocks.last().map_or(1, |(column, _)| *column);
                for remark in gap.remarks(innermost) {
                    self.remark(remark, indent, !on_new_line);
                    on_new_line = true;
                }
            }
            self.last_blocks.clone_from(&self.blocks);
        }
        if on_new_line {
            self.new_line(indent);
        }
        (self.foot, self.brace) = (None, None);
    }

    /// Writes comments; `inline` if the cursor is where they go already.
    fn remark(&mut self, remark: Remark<'_>, indent: usize, inline: bool) {
        let (indent, lines) = match remark {
            Remark::Head(lines) => (indent, lines),
            Remark::End(lines) => {
                self.foot = None;
                self.end_line();
                self.out.push('\n');
                (0, lines)
            }
            Remark::Foot(column, lines) => {
                let is_around = |(start, _): &&(u32, usize)| column.is_none_or(|column| *start <= column);
                let indent = self.last_blocks.iter().rev().find(is_around).map_or(0, |(_, indent)| *indent);
                // go-yaml makes ready for a comment within the braces, and then writes it behind them.
                if let Some(brace) =
                    self.brace.take_if(|_| self.last_blocks.last().is_some_and(|last| last.1 == indent))
                {
                    self.out.insert(brace, ',');
                }
                self.lines(&lines, indent, false);
                self.foot = Some(indent);
                return;
            }
        };
        self.lines(&lines, indent, inline);
        self.foot = None;
    }

    fn lines(&mut self, lines: &[&str], indent: usize, inline: bool) {
        for (index, line) in lines.iter().enumerate() {
            if line.is_empty() {
                self.end_line();
                self.out.push('\n');
            } else {
                if index > 0 || !inline {
                    self.new_line(indent);
                }
                self.out.push_str(line);
            }
        }
    }

    /// A key; one that is long or has line breaks is marked with `?`.
    fn key(&mut self, key: &Scalar, indent: usize, place: Place) {
        if key.text.len() <= 128 && !key.text.contains(is_break) {
            return write_scalar(key, indent + 2, place, &mut self.out);
        }
        self.out.push_str("? ");
        if place == Place::FlowKey {
            write_scalar(key, indent, Place::Flow, &mut self.out);
            self.out.push(' ');
        } else {
            write_scalar(key, indent + 2, Place::Block, &mut self.out);
            self.new_line(indent);
        }
    }

    /// The value of a key that stands at the column `indent`, on the line `line` of the text.
    fn value(&mut self, node: &Node, indent: usize, line: Option<u32>) {
        if node.as_scalar().is_some() || self.in_one_line(node) {
            return self.in_line(node, indent + 2, line, false);
        }
        if let Some(comment) = line.and_then(|line| self.layout.behind_line(line)) {
            self.comment(comment);
        }
        let indent = if node.as_mapping().is_some() { indent + 2 } else { indent };
        self.new_line(indent);
        self.collection(node, indent);
    }

    /// A value behind `:` or `-`, with the comment behind it; nothing leaves no blank behind.
    fn in_line(&mut self, node: &Node, indent: usize, line: Option<u32>, is_item: bool) {
        let length = self.out.len();
        self.out.push(' ');
        match &node.value {
            Value::Scalar(scalar) => write_scalar(scalar, indent, Place::Block, &mut self.out),
            _ => self.flow(node),
        }
        let is_braces = node.as_mapping().is_some_and(|mapping| !mapping.is_empty());
        self.brace = (is_item && is_braces).then(|| self.out.len() - 1);
        let is_nothing = self.out.len() == length + 1;
        if is_nothing {
            self.out.truncate(length);
        }
        let behind = self.place(node.span).and_then(|span| self.layout.behind(span));
        let nothing = || line.filter(|_| is_nothing);
        let Some(comment) = behind.or_else(|| self.layout.behind_line(nothing()?)) else { return };
        // The comment on a block stands behind its header.
        match self.out.get(length..).and_then(|written| written.find('\n')) {
            Some(at) if is_block(self.out.get(length + 1..).unwrap_or_default()) => {
                self.out.insert_str(length + at, &format!(" {comment}"));
            }
            _ => self.comment(comment),
        }
    }

    fn comment(&mut self, comment: &str) {
        self.out.push(' ');
        self.out.push_str(comment);
    }

    fn end_line(&mut self) {
        if !self.out.ends_with('\n') && !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    fn new_line(&mut self, indent: usize) {
        self.end_line();
        // A remark on what is above keeps its distance from what follows in the same column.
        if self.foot.take() == Some(indent) {
            self.out.push('\n');
        }
        self.out.extend(std::iter::repeat_n(' ', indent));
    }
}

fn is_block(written: &str) -> bool {
    written.starts_with(['|', '>'])
}

fn is_empty(node: &Node) -> bool {
    node.as_mapping().is_some_and(crate::yaml::Mapping::is_empty) || node.as_sequence().is_some_and(<[Node]>::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Mapping, Style, Tag, Text};

    fn scalar(text: &str, tag: Tag, style: Style) -> Node {
        Node::new(Value::Scalar(Scalar { text: Text::from(text), tag, style }))
    }

    #[test]
    fn collections() {
        let list = |items: &[Node]| Node::new(Value::Sequence(items.into()));
        let map = |entries: &[(&str, Node)]| {
            let mut mapping = Mapping::new();
            entries.iter().for_each(|(key, value)| mapping.push(*key, value.clone()));
            Node::new(Value::Mapping(mapping))
        };
        let x = || Node::string("x");
        let tree = map(&[
            ("list", list(&[x(), map(&[("a", x()), ("b", list(&[x()]))]), list(&[x(), list(&[])])])),
            ("map", map(&[("empty", map(&[])), ("null", scalar("", Tag::Null, Style::Plain))])),
        ]);
        let expected = "list:
- x
- a: x
  b:
  - x
- - x
  - []
map:
  empty: {}
  \"null\":
";
        assert_eq!(emit_v3(&tree), expected);
    }

    fn rewritten(text: &str) -> String {
        let (source, buffer) = (SourceId(7), arcstr::ArcStr::from(text));
        let chunk = crate::yaml::parse::Chunk::whole(&buffer, source);
        let node = crate::yaml::parse::parse(chunk, crate::yaml::resolve::Dialect::V3).unwrap().unwrap();
        emit_v3_like(&node, text, source)
    }

    // What is expected here is what kustomize makes of these texts.
    #[test]
    fn comments_stay_with_their_neighbours() {
        for (text, expected) in [
            ("# top\n\n# a\na: 1\n", "# top\n\n# a\na: 1\n"),
            ("a: 1\n\n# b\n\nb: 2\n", "a: 1\n# b\nb: 2\n"),
            ("a: 1\n# a\n\n# b\nb: 2\n", "a: 1\n# a\n\n# b\nb: 2\n"),
            ("q: 1\na: 'x' # a\n# b\n\nb: 2\n", "q: 1\na: 'x' # a\n# b\n\nb: 2\n"),
            ("a: 'x'\n# b\n\nb: 2\n", "a: 'x'\n# b\nb: 2\n"),
            ("a: # k\n    # h\n    x: '# no'\n    # f\nb: 2\n", "a: # k\n  # h\n  x: '# no'\n  # f\nb: 2\n"),
            ("a:\n  b:\n    c: 1\n    # c\n  # b\n# d\nd: 1\n", "a:\n  b:\n    c: 1\n    # c\n  # b\n# d\nd: 1\n"),
            ("l:\n  # h\n  - x # x\n  # f\nb: 1\n", "l:\n# h\n- x # x\n# f\n\nb: 1\n"),
            ("l:\n-\n  # c\n  x: {a: 1} # x\n- - # d\n    - e\n", "l:\n- # c\n  x: {a: 1} # x\n- - # d\n    - e\n"),
            ("m: | # lit\n  # no\nn:\n# c\n\nb: 2\n", "m: | # lit\n  # no\nn:\n# c\nb: 2\n"),
            ("a: 1\n# e\n\n# f\n", "a: 1\n# e\n\n# f\n"),
            ("a:\n  x: 1\n\n  # f\n\n\n# g\n", "a:\n  x: 1\n  # f\n\n# g\n"),
            ("l:\n- {a: 1}\n# f\n\n- [b, \"c: d\"]\n", "l:\n- {a: 1,}\n# f\n\n- [b, \"c: d\"]\n"),
        ] {
            assert_eq!(rewritten(text), expected, "{text}");
        }
    }
}
