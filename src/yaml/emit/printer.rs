//! The walk over a tree: indentation, indicators, block and empty collections.

use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::yaml::emit::known::{self, Known, Part, State};
use crate::yaml::emit::order::{Ordered, order};
use crate::yaml::emit::scalar::WIDTH;
use crate::yaml::emit::{passage, style};
use crate::yaml::number;
use crate::yaml::value::{Resolved, resolve};
use crate::yaml::{Entry, Key, Mapping, Node, Scalar, Style, Tag, Value, keys};

/// Columns that each level is further right than the one around it.
const INDENT: usize = 2;

/// The deepest nesting that is printed; the parser's limit.
const MAX_DEPTH: usize = 1000;

/// Keys up to this length are looked at only once.
const LONGEST_PLAIN_KEY: usize = 100;

/// Where a node stands, which decides on the indentation of sequences.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Root,
    Item,
    Entry,
}

/// The output and what go-yaml's emitter remembers of it.
pub struct Printer<'a> {
    pub(super) out: &'a mut String,
    /// Characters on the current line.
    pub(super) column: usize,
    /// Whether the last character was blank, so that no space is needed.
    pub(super) whitespace: bool,
    /// Whether the line holds nothing but indentation and the indicators `-`, `?` and `:`.
    pub(super) indention: bool,
    depth: usize,
    known: &'a [Arc<Known>],
    notes: Option<&'a mut Vec<(usize, Part)>>,
}

impl<'a> Printer<'a> {
    /// A printer that appends lines to `out`; what is `known` is copied.
    pub const fn new(out: &'a mut String, known: &'a [Arc<Known>]) -> Self {
        Self { out, column: 0, whitespace: true, indention: true, depth: 0, known, notes: None }
    }

    /// A printer that notes where the text of each list and mapping is.
    pub(super) const fn noting(out: &'a mut String, notes: &'a mut Vec<(usize, Part)>) -> Self {
        Self { notes: Some(notes), ..Self::new(out, &[]) }
    }

    /// Prints a whole document.
    ///
    /// # Errors
    /// See [`super::emit`].
    pub fn document(&mut self, node: &Node) -> Result<()> {
        self.node(node, None, Place::Root)?;
        self.start_line(0);
        Ok(())
    }

    /// Prints a node within a collection that is indented by `around`.
    fn node(&mut self, node: &Node, around: Option<usize>, place: Place) -> Result<()> {
        if self.known.is_empty() && self.notes.is_none() {
            return self.unknown(node, around, place);
        }
        let Some(address) = known::address(node) else { return self.unknown(node, around, place) };
        let before = self.state(around, place);
        for known in self.known {
            if let Some((text, State { column, whitespace, indention, .. })) = known.text(address, before) {
                self.out.push_str(text);
                (self.column, self.whitespace, self.indention) = (column, whitespace, indention);
                return Ok(());
            }
        }
        let start = self.out.len();
        self.unknown(node, around, place)?;
        let after = State { column: self.column, ..self.state(around, place) };
        if let Some(notes) = &mut self.notes {
            notes.push((address, Part::new(start, self.out.len(), before, after)));
        }
        Ok(())
    }

    /// What decides on the text of a list or a mapping that comes next.
    const fn state(&self, around: Option<usize>, place: Place) -> State {
        let Self { column, whitespace, indention, depth, .. } = *self;
        // Below a key, it begins on a line of its own.
        let column = if indention { column } else { 0 };
        State { place, around, depth, column, whitespace, indention }
    }

    /// The same for a node of which nothing is known.
    fn unknown(&mut self, node: &Node, around: Option<usize>, place: Place) -> Result<()> {
        match &node.value {
            Value::Scalar(scalar) if is_itself(scalar) => {
                let text = scalar.text.as_str();
                if self.column + 1 + text.len() <= WIDTH {
                    self.word(text);
                } else {
                    self.space();
                    self.plain_ascii(text, around.map_or(INDENT, |around| around + INDENT));
                    (self.whitespace, self.indention) = (false, false);
                }
                Ok(())
            }
            Value::Scalar(scalar) => {
                let indent = around.map_or(INDENT, |around| around + INDENT);
                match resolve(scalar).at(node.span)? {
                    Resolved::Null => self.word("null"),
                    Resolved::Bool(true) => self.word("true"),
                    Resolved::Bool(false) => self.word("false"),
                    Resolved::Int(value) => self.word(&value.to_string()),
                    Resolved::Float(value) => self.word(&number::yaml_float(value)),
                    Resolved::Str(text) => self.text(&passage::pass(&text).at(node.span)?, indent, false),
                }
                Ok(())
            }
            Value::Sequence(items) if items.is_empty() => {
                self.word("[]");
                Ok(())
            }
            Value::Mapping(mapping) if mapping.is_empty() => {
                self.word("{}");
                Ok(())
            }
            _ if self.depth == MAX_DEPTH => {
                let message = format!("the value is nested deeper than {MAX_DEPTH} levels");
                Err(Error::new(ErrorKind::Limit, message).at(node.span))
            }
            Value::Sequence(items) => self.nested(|printer| printer.sequence(items, around, place)),
            Value::Mapping(mapping) => self.nested(|printer| printer.mapping(mapping, around)),
        }
    }

    fn nested(&mut self, print: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.depth += 1;
        print(self)?;
        self.depth -= 1;
        Ok(())
    }

    fn sequence(&mut self, items: &[Node], around: Option<usize>, place: Place) -> Result<()> {
        // Below a key, a sequence is indented no further than the key.
        let under_key = place == Place::Entry && !self.indention;
        let indent = around.map_or(0, |around| if under_key { around } else { around + INDENT });
        for item in items {
            self.start_line(indent);
            self.indicator("-");
            self.node(item, Some(indent), Place::Item)?;
        }
        Ok(())
    }

    fn mapping(&mut self, mapping: &Mapping, around: Option<usize>) -> Result<()> {
        let top = around.is_none();
        let indent = around.map_or(0, |around| around + INDENT);
        match order(mapping, top)? {
            Ordered::AsWritten(mapping) => {
                mapping.iter().try_for_each(|entry| self.entry(entry.key.text(), entry, indent))
            }
            Ordered::Positions(positions) => {
                positions.of(mapping).try_for_each(|entry| self.entry(entry.key.text(), entry, indent))
            }
            Ordered::Sorted(entries) => entries.iter().try_for_each(|(key, entry)| self.entry(key, entry, indent)),
        }
    }

    fn entry(&mut self, key: &str, entry: &Entry, indent: usize) -> Result<()> {
        let Entry { key: Key { span, .. }, value } = entry;
        let is_plain = key.len() <= LONGEST_PLAIN_KEY && style::is_plain(key);
        if !is_plain {
            passage::pass_key(key).at(*span)?;
        }
        self.start_line(indent);
        if is_plain {
            self.out.push_str(key);
            self.out.push(':');
            self.column += key.len() + 1;
            (self.whitespace, self.indention) = (false, false);
        } else if keys::is_simple(key) {
            self.text(key, indent + INDENT, true);
            self.out.push(':');
            self.column += 1;
            (self.whitespace, self.indention) = (false, false);
        } else {
            self.indicator("?");
            self.text(key, indent + INDENT, false);
            self.start_line(indent);
            self.indicator(":");
        }
        self.node(value, Some(indent), Place::Entry)
    }

    /// Goes to column `indent`, on a new line unless nothing but indentation was written.
    pub(super) fn start_line(&mut self, indent: usize) {
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.end_line();
        }
        if self.column < indent {
            indent_by(self.out, indent - self.column);
            self.column = indent;
        }
        (self.whitespace, self.indention) = (true, true);
    }

    /// Ends the line.
    pub(super) fn end_line(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    /// Puts a space where one is needed.
    pub(super) fn space(&mut self) {
        if !self.whitespace {
            self.out.push(' ');
            self.column += 1;
        }
    }

    /// `-`, `?` or `:` at the start of a line, where another may follow.
    fn indicator(&mut self, indicator: &str) {
        self.space();
        self.out.push_str(indicator);
        self.column += indicator.len();
        self.whitespace = false;
    }

    /// A word in ASCII that needs no quotes and is not folded.
    pub(super) fn word(&mut self, word: &str) {
        self.space();
        self.out.push_str(word);
        self.column += word.len();
        (self.whitespace, self.indention) = (false, false);
    }
}

/// Whether `scalar` is text that is written as it stands, for certain.
fn is_itself(scalar: &Scalar) -> bool {
    matches!(scalar.tag, Tag::Str | Tag::Unresolved)
        && !matches!(scalar.style, Style::Literal | Style::Folded)
        && style::is_plain(&scalar.text)
}

/// Appends spaces.
pub fn indent_by(out: &mut String, mut spaces: usize) {
    const SPACES: &str = "                                ";
    while spaces > SPACES.len() {
        out.push_str(SPACES);
        spaces -= SPACES.len();
    }
    out.push_str(SPACES.get(..spaces).unwrap_or_default());
}
