//! Where text came from: files by number, and positions in them.
//!
//! This room knows nothing of YAML or Kubernetes. A [`Span`] is small enough to
//! sit on every node of a tree; the [`SourceMap`] of a render turns it back into
//! a path, a line and a column when somebody asks.

use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use arcstr::ArcStr;

/// The number of one source text within a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u32);

/// A position in a source text: line and column count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The text, or [`Span::NONE`]'s number for a value that no file wrote.
    pub source: SourceId,
    /// Line, from 1; 0 in [`Span::NONE`].
    pub line: u32,
    /// Column in characters, from 1; 0 in [`Span::NONE`].
    pub column: u32,
}

impl Span {
    /// The span of a value that no file wrote.
    pub const NONE: Self = Self { source: SourceId(u32::MAX), line: 0, column: 0 };

    /// A span in `source`; `line` and `column` count from 1.
    #[must_use]
    pub const fn new(source: SourceId, line: u32, column: u32) -> Self {
        Self { source, line, column }
    }

    /// Whether this value was written by no file.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.source.0 == u32::MAX
    }
}

/// A span resolved to words: what a person can open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file as the loader named it.
    pub path: PathBuf,
    /// Line, from 1; 0 where only the file is known.
    pub line: u32,
    /// Column in characters, from 1; 0 where only the file is known.
    pub column: u32,
    /// The text of the line, without its end; values in Secret documents are masked.
    pub text: Option<String>,
}

#[derive(Debug)]
struct Source {
    path: PathBuf,
    text: ArcStr,
}

/// Every text that a render read, by number. Cheap to clone: clones share the texts.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    sources: Arc<RwLock<Vec<Source>>>,
}

impl SourceMap {
    /// Registers a text under a path and returns its number.
    #[must_use]
    pub fn add(&self, path: &Path, text: ArcStr) -> SourceId {
        let mut sources = self.sources.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let id = SourceId(u32::try_from(sources.len()).unwrap_or(u32::MAX - 1));
        sources.push(Source { path: path.to_owned(), text });
        id
    }

    /// The whole text of a source, if it is known here.
    #[must_use]
    pub fn text(&self, id: SourceId) -> Option<ArcStr> {
        let sources = self.sources.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        sources.get(id.0 as usize).map(|source| source.text.clone())
    }

    /// The path of a source, if it is known here.
    #[must_use]
    pub fn path(&self, id: SourceId) -> Option<PathBuf> {
        let sources = self.sources.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        sources.get(id.0 as usize).map(|source| source.path.clone())
    }

    /// How many bytes all texts have together.
    #[must_use]
    pub(crate) fn length(&self) -> usize {
        let sources = self.sources.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        sources.iter().map(|source| source.text.len()).sum()
    }

    /// Path, line, column and source line of a span; `None` for a value that no file wrote.
    #[must_use]
    pub fn locate(&self, span: Span) -> Option<Location> {
        let sources = self.sources.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let source = sources.get(span.source.0 as usize)?;
        let index = (span.line as usize).checked_sub(1);
        let text = index
            .and_then(|index| source.text.lines().nth(index))
            .map(|line| if in_secret(&source.text, span.line as usize) { mask(line) } else { line.to_owned() });
        Some(Location { path: source.path.clone(), line: span.line, column: span.column, text })
    }
}

/// Whether the document around line `line` (from 1) declares a Secret, or generates one.
fn in_secret(text: &str, line: usize) -> bool {
    let mut document: Vec<&str> = Vec::new();
    for (index, current) in text.lines().enumerate() {
        if current.starts_with("---") {
            if index >= line {
                break;
            }
            document.clear();
        } else {
            document.push(current);
        }
    }
    document.iter().any(|line| line.contains("Secret") || line.contains("secretGenerator"))
}

/// The line with everything after its first `:` or `=` hidden.
fn mask(line: &str) -> String {
    match line.find([':', '=']) {
        Some(at) if !line[at + 1..].trim().is_empty() => format!("{} ***", &line[..=at]),
        Some(_) => line.to_owned(),
        None => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, line: u32) -> Option<String> {
        let sources = SourceMap::default();
        let id = sources.add(Path::new("a.yaml"), ArcStr::from(text));
        sources.locate(Span::new(id, line, 1)).unwrap().text
    }

    #[test]
    fn lines_of_secrets_are_masked() {
        let text = "kind: ConfigMap\ndata: {a: b}\n---\nkind: Secret\ndata:\n  password: hunter2\n  plain\n---\nkind: Pod\nx: y\n";
        assert_eq!(line(text, 2).unwrap(), "data: {a: b}");
        assert_eq!(line(text, 5).unwrap(), "data:");
        assert_eq!(line(text, 6).unwrap(), "  password: ***");
        assert_eq!(line(text, 7).unwrap(), "***");
        assert_eq!(line(text, 10).unwrap(), "x: y");
    }

    #[test]
    fn literals_of_secret_generators_are_masked() {
        assert_eq!(line("secretGenerator:\n- name: a\n  literals: [p=hunter2]\n", 3).unwrap(), "  literals: ***");
    }

    #[test]
    fn what_no_file_wrote_has_no_place() {
        assert_eq!(SourceMap::default().locate(Span::NONE), None);
    }
}
