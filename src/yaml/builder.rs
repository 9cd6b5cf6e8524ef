//! The library's events to a tree, aliases and merge keys expanded.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::source::Span;
use crate::yaml::escapes::{UNKNOWN, restore_quotes};
use crate::yaml::events::{Event, Events, Kind, Malformed, Mark, ScalarStyle};
use crate::yaml::merge_key::expand_merge_keys;
use crate::yaml::parse::{Chunk, MAX_ALIAS_NODES, MAX_DEPTH, limit};
use crate::yaml::resolve::{Dialect, resolve_plain};
use crate::yaml::value::{Resolved, resolve};
use crate::yaml::{Entry, Key, Mapping, Node, Scalar, Sequence, Style, Tag, Text, Value};

/// One reading of a document.
pub(super) struct Builder<'a> {
    chunk: Chunk<'a>,
    dialect: Dialect,
    original: &'a str,
    /// The original, but for escapes, as the library gets it.
    text: &'a str,
    anchors: HashMap<String, Option<Node>>,
    alias_nodes: usize,
    /// Where the library met an escape that it doesn't know.
    pub(super) unknown_escape: Option<usize>,
}

/// A list or mapping that is not yet whole.
enum Open {
    Sequence(Sequence),
    Mapping(Mapping, Option<Key>),
}

struct Frame {
    open: Open,
    span: Span,
    anchor: Option<String>,
    /// Whether it is written in brackets or braces, or stands in such.
    flow: bool,
}

impl<'a> Builder<'a> {
    /// Reads `text`, which is `original` but for escapes that the library doesn't know.
    pub(super) fn new(chunk: Chunk<'a>, dialect: Dialect, original: &'a str, text: &'a str) -> Self {
        Self { chunk, dialect, original, text, anchors: HashMap::new(), alias_nodes: 0, unknown_escape: None }
    }

    /// The first document; `None` if there is none.
    pub(super) fn document(&mut self) -> Result<Option<Node>> {
        let mut events = Events::new(self.text).map_err(|malformed| self.malformed(&malformed))?;
        let mut stack: Vec<Frame> = Vec::new();
        loop {
            let event = events.next_event().map_err(|malformed| {
                self.unknown_escape = malformed.mark.filter(|_| malformed.problem == UNKNOWN).map(|mark| mark.index);
                self.malformed(&malformed)
            })?;
            let span = self.span(event.start());
            let node = match event.kind() {
                Kind::StreamEnd => return Ok(None),
                Kind::Stream | Kind::DocumentEnd => continue,
                Kind::DocumentStart(version) => {
                    if version.is_some_and(|version| version != (1, 1)) {
                        return Err(Error::new(ErrorKind::Syntax, "only YAML 1.1 documents are read").at(span));
                    }
                    continue;
                }
                Kind::SequenceStart(anchor, flow) => {
                    self.open(&mut stack, Open::Sequence(Sequence::new()), anchor, flow, span)?;
                    continue;
                }
                Kind::MappingStart(anchor, flow) => {
                    self.open(&mut stack, Open::Mapping(Mapping::new(), None), anchor, flow, span)?;
                    continue;
                }
                Kind::SequenceEnd | Kind::MappingEnd => {
                    let Some(frame) = stack.pop() else { return Ok(None) };
                    self.close(frame)?
                }
                Kind::Alias(anchor) => self.alias(anchor, span)?,
                Kind::Scalar { anchor, .. } => {
                    let flow = stack.last().is_some_and(|frame| frame.flow);
                    let node = self.scalar(&event, span, flow)?;
                    if let Some(anchor) = anchor {
                        self.anchors.insert(anchor.to_owned(), Some(node.clone()));
                    }
                    node
                }
            };
            match stack.last_mut() {
                None => {
                    // What follows the root within the document may still be malformed; what follows
                    // the document is nobody's business.
                    events.next_event().map_err(|malformed| self.malformed(&malformed))?;
                    return Ok(Some(node));
                }
                Some(Frame { open: Open::Sequence(items), .. }) => items.push(node),
                Some(Frame { open: Open::Mapping(mapping, key), .. }) => match key.take() {
                    None => *key = Some(as_key(node)?),
                    Some(key) => mapping.push(key, node),
                },
            }
        }
    }

    fn open(&mut self, stack: &mut Vec<Frame>, open: Open, anchor: Option<&str>, flow: bool, span: Span) -> Result<()> {
        if stack.len() >= MAX_DEPTH {
            return Err(limit(format!("lists and mappings may be nested at most {MAX_DEPTH} deep"), span));
        }
        let anchor = anchor.map(str::to_owned);
        if let Some(anchor) = &anchor {
            self.anchors.insert(anchor.clone(), None);
        }
        let flow = flow || stack.last().is_some_and(|frame| frame.flow);
        stack.push(Frame { open, span, anchor, flow });
        Ok(())
    }

    fn close(&mut self, frame: Frame) -> Result<Node> {
        let value = match frame.open {
            Open::Sequence(items) => Value::Sequence(items),
            Open::Mapping(mapping, _) => Value::Mapping(expand_merge_keys(mapping)?),
        };
        let node = Node { span: frame.span, value };
        if let Some(anchor) = frame.anchor {
            self.anchors.insert(anchor, Some(node.clone()));
        }
        Ok(node)
    }

    fn alias(&mut self, anchor: &str, span: Span) -> Result<Node> {
        let unknown = || Error::new(ErrorKind::Syntax, format!("unknown anchor `{anchor}`")).at(span);
        let holds_itself =
            || Error::new(ErrorKind::Syntax, format!("the value of anchor `{anchor}` contains itself")).at(span);
        let node = self.anchors.get(anchor).ok_or_else(unknown)?.as_ref().ok_or_else(holds_itself)?;
        self.alias_nodes += count(node, MAX_ALIAS_NODES);
        if self.alias_nodes > MAX_ALIAS_NODES {
            return Err(limit(format!("aliases may expand to at most {MAX_ALIAS_NODES} values"), span));
        }
        Ok(node.clone())
    }

    fn scalar(&mut self, event: &Event, span: Span, flow: bool) -> Result<Node> {
        let Kind::Scalar { tag, value, style, .. } = event.kind() else { return Ok(Node::null().at(span)) };
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        let start = event.start().index;
        let value = match style {
            Style::DoubleQuoted => self.with_quotes(value, start, event.end().index, span)?,
            _ => Cow::Borrowed(value),
        };
        let is_tagged = tag.is_some();
        let tag = match tag {
            Some(tag) if tag != "!" => explicit_tag(tag),
            // Here v2 does what YAML says, and v3 does not.
            Some(_) if self.dialect == Dialect::V2 => Tag::Str,
            _ if style == Style::Plain => resolve_plain(&value, self.dialect),
            _ => Tag::Str,
        };
        let quoted = usize::from(matches!(style, Style::SingleQuoted | Style::DoubleQuoted));
        let style = match tag {
            // An explicit tag types a quoted text; the quotes mean nothing then.
            Tag::Null | Tag::Bool | Tag::Int | Tag::Float | Tag::Timestamp if style != Style::Plain => Style::Plain,
            // Upstream writes flow collections back as such, where these lose their type.
            Tag::Null if flow && value.is_empty() => Style::SingleQuoted,
            Tag::Timestamp if flow && value.contains(':') => Style::SingleQuoted,
            _ => style,
        };
        let text = self.share(&value, start + quoted);
        let scalar = Scalar { text, tag, style };
        // A tag that contradicts its text is refused by whoever decodes it, which v2 does here and now.
        let decoded = is_tagged && self.dialect == Dialect::V2 && !matches!(tag, Tag::Str);
        let scalar = match decoded.then(|| resolve(&scalar)).transpose().at(span)? {
            Some(Resolved::Str(text)) if tag == Tag::Binary => Scalar::string(&*text),
            _ => scalar,
        };
        Ok(Node { span, value: Value::Scalar(scalar) })
    }

    /// The string with what its escapes mean to go-yaml.
    fn with_quotes<'v>(&self, value: &'v str, start: usize, end: usize, span: Span) -> Result<Cow<'v, str>> {
        let read = self.text.get(start..end).unwrap_or_default();
        let original = self.original.get(start..end).unwrap_or_default();
        restore_quotes(value, read, original).ok_or_else(|| {
            let error = Error::new(ErrorKind::Syntax, "unknown escape `\\/` in a double-quoted string").at(span);
            error.hint("write `/` without the backslash")
        })
    }

    /// The text of a scalar: a part of the source if the source spells it so.
    fn share(&self, value: &str, start: usize) -> Text {
        match self.original.get(start..start.saturating_add(value.len())) {
            Some(part) if part == value => Text::shared(self.chunk.text, part),
            _ => Text::from(value),
        }
    }

    fn span(&self, mark: Mark) -> Span {
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        Span::new(
            self.chunk.source,
            number(self.chunk.line + mark.line + 1),
            number(self.chunk.column + mark.column + 1),
        )
    }

    fn malformed(&self, malformed: &Malformed) -> Error {
        let mark = malformed.mark.or_else(|| malformed.offset.map(|offset| self.mark_of(offset)));
        let mark = mark.unwrap_or(Mark { index: 0, line: 0, column: 0 });
        let error = Error::new(ErrorKind::Syntax, format!("malformed YAML: {}", malformed.problem));
        let error = error.at(self.span(mark));
        let line = self.text.lines().nth(mark.line).unwrap_or_default();
        if line.contains('\t') { error.hint("indent with spaces, not with tabs") } else { error }
    }

    /// Line and column of a byte.
    fn mark_of(&self, offset: usize) -> Mark {
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let line = before.iter().filter(|byte| **byte == b'\n').count();
        Mark { index: offset, line, column: String::from_utf8_lossy(&before[start..]).chars().count() }
    }
}

fn as_key(node: Node) -> Result<Key> {
    match node.value {
        Value::Scalar(scalar) => Ok(Key { span: node.span, scalar }),
        _ => {
            Err(Error::new(ErrorKind::Syntax, format!("a key must be a string, but is {}", node.sort_name()))
                .at(node.span))
        }
    }
}

fn explicit_tag(tag: &str) -> Tag {
    let name = tag.strip_prefix("tag:yaml.org,2002:").or_else(|| tag.strip_prefix("!!"));
    match name {
        Some("null") => Tag::Null,
        Some("bool") => Tag::Bool,
        Some("int") => Tag::Int,
        Some("float") => Tag::Float,
        Some("timestamp") => Tag::Timestamp,
        Some("binary") => Tag::Binary,
        _ => Tag::Str,
    }
}

/// How many nodes a tree has, counted no further than `most`.
fn count(node: &Node, most: usize) -> usize {
    let mut total = 0;
    let mut rest = vec![node];
    while let Some(node) = rest.pop() {
        total += 1;
        if total > most {
            break;
        }
        match &node.value {
            Value::Scalar(_) => {}
            Value::Sequence(items) => rest.extend(items),
            Value::Mapping(mapping) => rest.extend(mapping.iter().map(|entry: &Entry| &entry.value)),
        }
    }
    total
}
