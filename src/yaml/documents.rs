//! A text of several documents, split where kustomize splits it (upstream:
//! `kyaml/kio/byteio_reader.go`): at lines that begin with `---`.

use std::borrow::Cow;

use arcstr::ArcStr;
use memchr::{memchr, memchr_iter, memmem};

use crate::error::{Error, ErrorKind, Result};
use crate::source::{SourceId, Span};
use crate::yaml::parse::Chunk;

/// Bytes of a file as text: UTF-8, or UTF-16 with a byte order mark; `\r\n` becomes `\n`.
///
/// # Errors
/// Bytes that are neither, with the line of the first bad one.
pub fn decode(bytes: Vec<u8>) -> Result<ArcStr> {
    let text = match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        _ => String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let line = error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count() + 1;
            Error::new(ErrorKind::Syntax, format!("invalid UTF-8 in line {line}, at byte {valid}"))
        })?,
    };
    Ok(normalize_line_ends(&text).as_ref().into())
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let decoded = rest.is_empty().then(|| char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect());
    match decoded {
        Some(Ok(text)) => Ok(text),
        _ => Err(Error::new(ErrorKind::Syntax, "invalid UTF-16")),
    }
}

fn normalize_line_ends(text: &str) -> Cow<'_, str> {
    if memchr(b'\r', text.as_bytes()).is_some() { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}

/// Where the first line of a text stands: 0 and 0 in a file of its own, more for a text inside another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The source that holds the text.
    pub source: SourceId,
    /// Lines before the text.
    pub line: usize,
    /// Characters before each of its lines.
    pub column: usize,
}

impl Position {
    /// The beginning of a source.
    #[must_use]
    pub const fn start(source: SourceId) -> Self {
        Self { source, line: 0, column: 0 }
    }
}

/// The parts of `text` between separator lines. A separator may carry a comment.
///
/// # Errors
/// A separator line with anything else on it.
pub fn split(text: &ArcStr, position: Position) -> Result<Vec<Chunk<'_>>> {
    let mut chunks = Vec::new();
    if text.is_empty() {
        return Ok(chunks);
    }
    let Position { source, line: first_line, column } = position;
    let (mut start, mut start_line, mut line, mut from) = (0, first_line, first_line, 0);
    // A separator needs a line break before and after it; the search goes on after the one behind.
    let separator = memmem::Finder::new("\n---");
    while let Some(found) = separator.find(&text.as_bytes()[from..]) {
        let at = from + found;
        let Some(length) = memchr(b'\n', &text.as_bytes()[at + 1..]) else { break };
        let end = at + 1 + length + 1;
        line += memchr_iter(b'\n', &text.as_bytes()[from..at + 1]).count();
        let rest = text[at + 4..end].trim();
        if !rest.is_empty() && !rest.starts_with('#') {
            let span = Span::new(source, u32::try_from(line + 1).unwrap_or(u32::MAX), 1);
            let separator = text[at + 1..end].trim();
            let error = Error::new(ErrorKind::Syntax, format!("invalid document separator `{separator}`")).at(span);
            return Err(error.hint("put what follows `---` on a line of its own"));
        }
        // The line break before a separator belongs to the document: literal blocks need it.
        chunks.push(Chunk { text, source, start, end: at + 1, line: start_line, column });
        line += 1;
        (start, start_line, from) = (end, line, end);
    }
    chunks.push(Chunk { text, source, start, end: text.len(), line: start_line, column });
    Ok(chunks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<(String, usize)> {
        let text = ArcStr::from(text);
        let chunks = split(&text, Position::start(SourceId(0))).unwrap();
        chunks.iter().map(|chunk| (text[chunk.start..chunk.end].to_owned(), chunk.line)).collect()
    }

    #[test]
    fn parts_keep_their_last_line_break_and_know_their_line() {
        let want = [("a: 1\n".to_owned(), 0), ("b: 2\n".to_owned(), 2)];
        assert_eq!(parts("a: 1\n--- # next\nb: 2\n"), want);
    }

    #[test]
    fn two_separators_in_a_row_are_one_separator_and_a_document_start() {
        // The regular expression upstream uses takes the line break behind the first with it.
        assert_eq!(parts("a\n---\n---\nb\n"), [("a\n".to_owned(), 0), ("---\nb\n".to_owned(), 2)]);
    }

    #[test]
    fn a_separator_with_content_is_refused() {
        let error = split(&ArcStr::from("a\n--- b\n"), Position::start(SourceId(0))).unwrap_err();
        assert_eq!(error.message(), "invalid document separator `--- b`");
    }
}
