//! Text to trees: one document of a text, aliases and merge keys expanded.
//!
//! Reads what go-yaml v3 reads. Hostile input meets a limit that its error names.

use std::borrow::Cow;
use std::collections::HashMap;

use arcstr::ArcStr;

use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::source::{SourceId, Span};
use crate::yaml::escapes::{UNKNOWN, replace_quotes, restore_quotes};
use crate::yaml::events::{Event, Events, Kind, Malformed, Mark, ScalarStyle};
use crate::yaml::fast;
use crate::yaml::merge_key::expand_merge_keys;
use crate::yaml::resolve::{Dialect, resolve_plain};
use crate::yaml::value::{Resolved, resolve};
use crate::yaml::{Entry, Key, Mapping, Node, Scalar, Sequence, Style, Tag, Text, Value};

/// How deep lists and mappings may be nested.
pub const MAX_DEPTH: usize = 500;

/// How many nodes the aliases of one document may expand to.
pub const MAX_ALIAS_NODES: usize = 1_000_000;

/// How long one text may be, in bytes.
pub const MAX_TEXT: usize = 256 * 1024 * 1024;

/// A part of a source text that holds one document.
#[derive(Debug, Clone, Copy)]
pub struct Chunk<'a> {
    /// The source's text, with line ends of one `\n`.
    pub text: &'a ArcStr,
    /// The source's number.
    pub source: SourceId,
    /// First byte of the part.
    pub start: usize,
    /// Byte after the part.
    pub end: usize,
    /// How many lines stand before the part.
    pub line: usize,
    /// How many characters stand before each of its lines.
    pub column: usize,
}

impl<'a> Chunk<'a> {
    /// The whole of a text.
    #[must_use]
    pub fn whole(text: &'a ArcStr, source: SourceId) -> Self {
        Self { text, source, start: 0, end: text.len(), line: 0, column: 0 }
    }
}

/// Parses the first document of `chunk`; `None` if there is none, or nothing but comments.
///
/// Keys may be there twice, as go-yaml's nodes have it: what that means is for the reader to say.
///
/// # Errors
/// Malformed text, with its place; input beyond a limit.
pub fn parse(chunk: Chunk<'_>, dialect: Dialect) -> Result<Option<Node>> {
    match fast::parse(chunk, text_of(chunk)?, dialect) {
        Some(node) => Ok(node),
        None => parse_fully(chunk, dialect),
    }
}

/// Parses as [`parse`] does, but always by way of the library's parser: the measure for the quick way.
///
/// # Errors
/// As [`parse`].
pub fn parse_fully(chunk: Chunk<'_>, dialect: Dialect) -> Result<Option<Node>> {
    let original = text_of(chunk)?;
    let mut text = Cow::Borrowed(original);
    let mut read = 0_usize;
    loop {
        let mut builder = Builder {
            chunk,
            dialect,
            original,
            text: &text,
            anchors: HashMap::new(),
            alias_nodes: 0,
            unknown_escape: None,
        };
        let result = builder.document();
        let replaced = builder.unknown_escape.and_then(|start| replace_quotes(&text, start));
        let Some(replaced) = replaced else { return result };
        // Reading starts anew for every string with such an escape.
        read = read.saturating_add(text.len());
        if read > MAX_TEXT {
            return Err(limit(
                "there are too many strings with the escape `\\'`".to_owned(),
                Span::new(chunk.source, 1, 1),
            ));
        }
        text = Cow::Owned(replaced);
    }
}

/// What a chunk holds, without a byte order mark.
fn text_of(chunk: Chunk<'_>) -> Result<&str> {
    let text = chunk.text.get(chunk.start..chunk.end).unwrap_or_default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > MAX_TEXT {
        return Err(limit(format!("a document may have at most {MAX_TEXT} bytes"), Span::new(chunk.source, 1, 1)));
    }
    Ok(text)
}

fn limit(message: String, span: Span) -> Error {
    Error::new(ErrorKind::Limit, message).at(span)
}

struct Builder<'a> {
    chunk: Chunk<'a>,
    dialect: Dialect,
    original: &'a str,
    /// The original, but for escapes, as the library gets it.
    text: &'a str,
    anchors: HashMap<String, Option<Node>>,
    alias_nodes: usize,
    /// Where the library met an escape that it doesn't know.
    unknown_escape: Option<usize>,
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

impl Builder<'_> {
    fn document(&mut self) -> Result<Option<Node>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Node>> {
        parse(Chunk::whole(&ArcStr::from(text), SourceId(7)), Dialect::V3)
    }

    fn fails(text: &str) -> Error {
        read(text).unwrap_err()
    }

    fn lookup(text: &str, path: &[&str]) -> Node {
        read(text).unwrap().unwrap().lookup(path).unwrap().clone()
    }

    #[test]
    fn every_node_knows_its_place() {
        let text = "a:\n  ü: [x, 'y']\n  b: |\n    z\n";
        assert_eq!(lookup(text, &["a"]).span, Span::new(SourceId(7), 2, 3));
        assert_eq!(lookup(text, &["a", "b"]).span, Span::new(SourceId(7), 3, 6));
        let list = lookup(text, &["a", "ü"]);
        assert_eq!(list.as_sequence().unwrap()[1].span, Span::new(SourceId(7), 2, 10));
    }

    #[test]
    fn a_part_of_a_text_counts_lines_and_columns_from_where_it_stands() {
        let text = ArcStr::from("skipped\na: b\n");
        let chunk = Chunk { text: &text, source: SourceId(0), start: 8, end: text.len(), line: 10, column: 4 };
        let node = parse(chunk, Dialect::V3).unwrap().unwrap();
        assert_eq!(node.get("a").unwrap().span, Span::new(SourceId(0), 11, 8));
    }

    #[test]
    fn scalars_share_the_text_they_were_read_from() {
        let text = ArcStr::from("ä: plain\nb: 'quoted'\n");
        let node = parse(Chunk::whole(&text, SourceId(0)), Dialect::V3).unwrap().unwrap();
        for key in ["ä", "b"] {
            let part = node.get(key).unwrap().text().unwrap().as_str().as_ptr() as usize;
            let whole = text.as_str().as_ptr() as usize;
            assert!((whole..whole + text.len()).contains(&part), "`{key}` was copied");
        }
    }

    #[test]
    fn aliases_are_copies_and_merge_keys_are_expanded() {
        let text = "base: &base {a: 1, b: 2}\nnew:\n  <<: *base\n  b: 3\n";
        let new = lookup(text, &["new"]);
        let entries: Vec<_> = new.as_mapping().unwrap().iter().map(|e| (&**e.key.text(), e.value.as_str())).collect();
        assert_eq!(entries, [("b", Some("3")), ("a", Some("1"))]);
    }

    #[test]
    fn what_go_yaml_refuses_is_refused() {
        let cases = [
            ("a: *x\n", "unknown anchor `x`"),
            ("a: &x [*x]\n", "the value of anchor `x` contains itself"),
            ("a: \"x\\/y\"\n", "unknown escape `\\/` in a double-quoted string"),
            ("%YAML 1.2\n---\na\n", "only YAML 1.1 documents are read"),
            ("? [a]\n: b\n", "a key must be a string, but is a list"),
            ("<<: a\n", "a merge key `<<` takes a mapping or a list of mappings, not a string"),
            ("<<: {a: b}\n<<: {c: d}\n", "a mapping may have one merge key `<<` only"),
            ("a\nb: c\n", "malformed YAML: mapping values are not allowed in this context"),
        ];
        for (text, want) in cases {
            assert_eq!(fails(text).message(), want, "{text:?}");
        }
    }

    #[test]
    fn quotes_may_be_escaped_in_double_quoted_strings() {
        let text = "a: \"é/\\'\\\\'/\"\nb: 'x\\'\nc: [\"\\'\", y\\'z]\n";
        assert_eq!(lookup(text, &["a"]).as_str(), Some("é/'\\'/"));
        assert_eq!(lookup(text, &["b"]).as_str(), Some("x\\"));
        let items: Vec<_> =
            lookup(text, &["c"]).as_sequence().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect();
        assert_eq!(items, ["'", "y\\'z"]);
        assert_eq!(fails("a: \"\\'\\q\"\n").message(), "malformed YAML: found unknown escape character");
        assert_eq!(fails("a: \"\\'\\/\"\n").message(), "unknown escape `\\/` in a double-quoted string");
    }

    #[test]
    fn tabs_get_a_hint() {
        assert_eq!(fails("a:\n\tb: c\n").hints(), ["indent with spaces, not with tabs"]);
    }

    #[test]
    fn a_control_character_is_found() {
        let error = fails("a: b\nc: é\u{1}\n");
        assert_eq!(error.message(), "malformed YAML: control characters are not allowed");
        let sources = crate::source::SourceMap::default();
        for _ in 0..=7 {
            let _ = sources.add(std::path::Path::new("x.yaml"), ArcStr::from("a: b\nc: é\u{1}\n"));
        }
        let location = error.resolve(&sources).location().cloned().unwrap();
        assert_eq!((location.line, location.column), (2, 5));
    }

    #[test]
    fn what_follows_the_document_is_nobodys_business() {
        assert_eq!(read("a: b\n...\nc: [\n").unwrap().unwrap().get("a").unwrap().as_str(), Some("b"));
    }

    #[test]
    fn nesting_has_a_limit_in_both_styles() {
        let flow = "[".repeat(MAX_DEPTH + 1);
        let block = "- ".repeat(MAX_DEPTH + 1) + "a\n";
        for text in [flow, block] {
            let error = fails(&text);
            assert_eq!(error.kind(), ErrorKind::Limit);
            assert_eq!(error.message(), "lists and mappings may be nested at most 500 deep");
        }
    }

    #[test]
    fn alias_bombs_meet_a_limit() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..10 {
            let alias = format!("*a{}, ", level - 1);
            text.push_str(&format!("a{level}: &a{level} [{}]\n", alias.repeat(10)));
        }
        let error = fails(&text);
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert_eq!(error.message(), "aliases may expand to at most 1000000 values");
    }

    #[test]
    fn comments_and_nothing_are_no_document() {
        for text in ["", "# only\n", "\n\n", "\u{feff}"] {
            assert_eq!(read(text).unwrap(), None, "{text:?}");
        }
    }
}
