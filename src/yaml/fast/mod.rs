//! A quick way from text to tree for the YAML that people and programs mostly write.
//!
//! Block mappings and sequences, plain and quoted scalars, block scalars, brackets and braces.
//! Whatever is unusual (anchors, tags, directives, tabs, complex keys) or wrong is not judged here:
//! the text is handed back, and the library's parser says what it is. Both must give the same tree,
//! places included, for every text that this one takes; the tests of this room hold them to it.

mod block;
mod block_scalar;
mod cursor;
mod flow;
mod plain;
mod quoted;
mod scan;
#[cfg(test)]
mod tests;

use crate::yaml::parse::Chunk;
use crate::yaml::resolve::Dialect;
use crate::yaml::{Entry, Node};
use cursor::Cursor;

/// What the quick way makes of a text. `None`: nothing, ask the library.
type Unless<T> = Option<T>;

/// The state of one reading.
struct Reader<'a> {
    cursor: Cursor<'a>,
    dialect: Dialect,
    /// The column of the content that the cursor stands at, -1 at the end of the text.
    column: isize,
    /// Entries of mappings that are not yet whole, the innermost last: so each gets a list of its exact size.
    entries: Vec<Entry>,
    /// Items of sequences that are not yet whole.
    items: Vec<Node>,
    /// For scalars that the source spells otherwise.
    scratch: String,
}

/// Parses the only document of a part of a source: `Some(None)` if nothing but comments is there.
///
/// `text` is what the chunk holds, without a byte order mark. `None` if the text is not of the common
/// sort, or malformed.
pub(super) fn parse(chunk: Chunk<'_>, text: &str, dialect: Dialect) -> Option<Option<Node>> {
    let cursor = Cursor::new(chunk, text)?;
    let mut reader =
        Reader { cursor, dialect, column: -1, entries: Vec::new(), items: Vec::new(), scratch: String::new() };
    reader.document()
}

impl Reader<'_> {
    fn document(&mut self) -> Unless<Option<Node>> {
        let started = self.cursor.skip_document_start()?;
        self.column = self.cursor.skip_to_content()?;
        if self.column < 0 {
            // An explicit document without content is null, which is not nothing.
            return if started { None } else { Some(None) };
        }
        let root = self.block_node(-1, 0)?;
        if self.column >= 0 { None } else { Some(Some(root)) }
    }

    /// Goes from behind a value to the next line's content; nothing but a comment may follow the value.
    fn finish_line(&mut self) -> Unless<()> {
        self.cursor.skip_line_end()?;
        self.column = self.cursor.skip_to_content()?;
        Some(())
    }
}
