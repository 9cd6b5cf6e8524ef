//! Text to trees: one document of a text, aliases and merge keys expanded.
//!
//! Reads what go-yaml v3 reads. Hostile input meets a limit that its error names.

use std::borrow::Cow;

use arcstr::ArcStr;

use crate::error::{Error, ErrorKind, Result};
use crate::source::{SourceId, Span};
use crate::yaml::Node;
use crate::yaml::builder::Builder;
use crate::yaml::escapes::replace_quotes;
use crate::yaml::fast;
use crate::yaml::resolve::Dialect;

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
        let mut builder = Builder::new(chunk, dialect, original, &text);
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

pub(super) fn limit(message: String, span: Span) -> Error {
    Error::new(ErrorKind::Limit, message).at(span)
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
