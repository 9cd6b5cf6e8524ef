//! Where text came from: files by number, and positions in them.
//!
//! This room knows nothing of YAML or Kubernetes. A [`Span`] is small enough to
//! sit on every node of a tree; the [`SourceMap`] of a render turns it back into
//! a path, a line and a column when somebody asks.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use arcstr::ArcStr;

/// The number of one source text within a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u32);

/// A position in a source text, in eight bytes: every node of a tree has one.
///
/// Line and column count from 1, columns in characters. A line beyond 16,777,215 and a column beyond
/// 65,535 are told as these.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span(u64);

/// How many bits of a span hold the column, and how many the line; the rest holds the source.
const COLUMN_BITS: u32 = 16;
const LINE_BITS: u32 = 24;
const MAX_COLUMN: u64 = (1 << COLUMN_BITS) - 1;
const MAX_LINE: u64 = (1 << LINE_BITS) - 1;
const MAX_SOURCE: u32 = (1 << (u64::BITS - COLUMN_BITS - LINE_BITS)) - 1;

impl SourceId {
    /// The number of no text.
    pub const NONE: Self = Self(MAX_SOURCE);

    /// A number for a text that no source map knows, but whose spans are to be told from [`Span::NONE`].
    pub const PASSING: Self = Self(MAX_SOURCE - 1);
}

impl Span {
    /// The span of a value that no file wrote.
    pub const NONE: Self = Self((MAX_SOURCE as u64) << (COLUMN_BITS + LINE_BITS));

    /// A span in `source`; `line` and `column` count from 1.
    #[must_use]
    pub const fn new(source: SourceId, line: u32, column: u32) -> Self {
        let source = if source.0 < MAX_SOURCE { source.0 } else { MAX_SOURCE } as u64;
        let line = if (line as u64) < MAX_LINE { line as u64 } else { MAX_LINE };
        let column = if (column as u64) < MAX_COLUMN { column as u64 } else { MAX_COLUMN };
        Self(source << (COLUMN_BITS + LINE_BITS) | line << COLUMN_BITS | column)
    }

    /// The text, or the number of no text for a value that no file wrote.
    #[must_use]
    pub const fn source(self) -> SourceId {
        SourceId((self.0 >> (COLUMN_BITS + LINE_BITS)) as u32)
    }

    /// Line, from 1; 0 in [`Span::NONE`].
    #[must_use]
    pub const fn line(self) -> u32 {
        (self.0 >> COLUMN_BITS & MAX_LINE) as u32
    }

    /// Column in characters, from 1; 0 in [`Span::NONE`].
    #[must_use]
    pub const fn column(self) -> u32 {
        (self.0 & MAX_COLUMN) as u32
    }

    /// Whether this value was written by no file.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.source().0 == MAX_SOURCE
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_none() {
            return f.write_str("Span::NONE");
        }
        write!(f, "Span({}:{}:{})", self.source().0, self.line(), self.column())
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

/// The smallest range of numbers that is worth setting aside.
const SMALLEST_RANGE: u32 = 1 << 8;

/// Where the numbers begin of texts that several builds share.
const SHARED: u32 = 0xa0_0000;

/// How many numbers each base has that builds share; one with more texts is not shared.
const SHARED_RANGE: u32 = 1 << 12;

/// Where the numbers begin that are given when those set aside are used up, in whatever order texts come then.
const LEFT_OVER: u32 = 0xf0_0000;

#[derive(Debug)]
struct Source {
    id: SourceId,
    path: PathBuf,
    text: ArcStr,
    /// Whether values are masked in whatever line is shown.
    masked: bool,
    /// Made when somebody asks for a line; there may be many questions.
    lines: OnceLock<Lines>,
}

/// Where the lines of a text begin, and which of its documents hold a Secret.
#[derive(Debug)]
struct Lines {
    starts: Vec<usize>,
    /// The first line of each document, from 0, and whether it declares a Secret, or generates one.
    documents: Vec<(usize, bool)>,
}

impl Lines {
    fn of(text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(ends).filter(|start| *start < text.len()).collect();
        let mut documents = vec![(0, false)];
        for (index, line) in text.lines().enumerate() {
            if line.starts_with("---") {
                documents.push((index, false));
            } else if (line.contains("Secret") || line.contains("secretGenerator"))
                && let Some((_, secret)) = documents.last_mut()
            {
                *secret = true;
            }
        }
        Self { starts, documents }
    }

    /// Whether the document around line `index`, from 0, holds a Secret.
    fn in_secret(&self, index: usize) -> bool {
        let document = self.documents.partition_point(|(first, _)| *first <= index).saturating_sub(1);
        self.documents.get(document).is_some_and(|(_, secret)| *secret)
    }
}

impl Source {
    fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::of(&self.text))
    }

    /// The line `index`, from 0, without its end.
    fn line(&self, index: usize) -> Option<&str> {
        self.text.get(*self.lines().starts.get(index)?..)?.lines().next()
    }
}

#[derive(Debug, Default)]
struct Sources {
    /// In the order in which they came.
    list: Vec<Arc<Source>>,
    by_id: BTreeMap<SourceId, usize>,
    length: usize,
    left_over: u32,
}

impl Sources {
    fn get(&self, id: SourceId) -> Option<&Source> {
        self.by_id.get(&id).and_then(|index| self.list.get(*index)).map(|source| &**source)
    }
}

/// Every text that a render read, by number. Cheap to clone: clones share the texts.
///
/// Numbers say where in the build a text is named, not when it was read, which differs where
/// several threads read.
#[derive(Debug, Clone)]
pub struct SourceMap {
    sources: Arc<RwLock<Sources>>,
    /// The numbers that clones give to texts, from the next one.
    numbers: Arc<Mutex<Range<u32>>>,
}

impl Default for SourceMap {
    fn default() -> Self {
        Self { sources: Arc::default(), numbers: Arc::new(Mutex::new(0..SHARED)) }
    }
}

impl SourceMap {
    /// Registers a text under a path and returns its number.
    #[must_use]
    pub fn add(&self, path: &Path, text: ArcStr) -> SourceId {
        let id = self.numbers().next().map(SourceId);
        self.add_numbered(id, path, text)
    }

    /// Registers a text that was made of values which are to be seen nowhere: its lines are shown masked.
    #[must_use]
    pub fn add_masked(&self, path: &Path, text: ArcStr) -> SourceId {
        let id = self.numbers().next().map(SourceId);
        self.register(id, path, text, true)
    }

    /// Registers a text under a number that was set aside, or any other if there was none.
    pub(crate) fn add_numbered(&self, id: Option<SourceId>, path: &Path, text: ArcStr) -> SourceId {
        self.register(id, path, text, false)
    }

    fn register(&self, id: Option<SourceId>, path: &Path, text: ArcStr, masked: bool) -> SourceId {
        let mut sources = self.sources.write().unwrap_or_else(PoisonError::into_inner);
        let id = id.unwrap_or_else(|| {
            let id = LEFT_OVER.saturating_add(sources.left_over).min(MAX_SOURCE - 2);
            sources.left_over = sources.left_over.saturating_add(1);
            SourceId(id)
        });
        let index = sources.list.len();
        sources.by_id.insert(id, index);
        sources.length += text.len();
        sources.list.push(Arc::new(Source { id, path: path.to_owned(), text, masked, lines: OnceLock::new() }));
        id
    }

    /// Sets a number aside for each of `count` texts, or none for any.
    pub(crate) fn set_numbers_aside(&self, count: usize) -> Vec<Option<SourceId>> {
        let mut numbers = self.numbers();
        let start = numbers.start;
        match u32::try_from(count).ok().and_then(|count| start.checked_add(count)).filter(|end| *end <= numbers.end) {
            Some(end) => {
                numbers.start = end;
                (start..end).map(|id| Some(SourceId(id))).collect()
            }
            None => vec![None; count],
        }
    }

    /// Sets ranges of numbers aside for `count` parts of the build, if there are enough numbers.
    pub(crate) fn set_ranges_aside(&self, count: usize) -> Option<Vec<Range<u32>>> {
        let mut numbers = self.numbers();
        let count = u32::try_from(count).ok()?;
        let size = (numbers.end - numbers.start) / count.checked_add(1)?;
        if size < SMALLEST_RANGE {
            return None;
        }
        let start = numbers.start;
        numbers.start += size * count;
        Some((0..count).map(|part| start + part * size..start + (part + 1) * size).collect())
    }

    /// No texts yet; those to come get their numbers from range `index` of those that builds share, if there are
    /// so many.
    pub(crate) fn shared(index: u32) -> Option<Self> {
        let start = index.checked_mul(SHARED_RANGE).and_then(|offset| offset.checked_add(SHARED));
        let start = start.filter(|start| *start < LEFT_OVER)?;
        Some(Self::default().with_numbers(start..start + SHARED_RANGE))
    }

    /// Whether there were more texts than numbers.
    pub(crate) fn ran_out(&self) -> bool {
        self.sources.read().unwrap_or_else(PoisonError::into_inner).left_over > 0
    }

    /// Takes up all texts of another map, under the numbers that they have there; those that are here already
    /// are the same.
    pub(crate) fn adopt(&self, other: &Self) {
        let others = other.sources.read().unwrap_or_else(PoisonError::into_inner);
        let mut guard = self.sources.write().unwrap_or_else(PoisonError::into_inner);
        let sources = &mut *guard;
        for source in &others.list {
            if let Entry::Vacant(place) = sources.by_id.entry(source.id) {
                place.insert(sources.list.len());
                sources.length += source.text.len();
                sources.list.push(Arc::clone(source));
            }
        }
    }

    /// The same texts; those to come get their numbers from `numbers`.
    pub(crate) fn with_numbers(&self, numbers: Range<u32>) -> Self {
        Self { sources: Arc::clone(&self.sources), numbers: Arc::new(Mutex::new(numbers)) }
    }

    fn numbers(&self) -> MutexGuard<'_, Range<u32>> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The text that came as number `index`, from 0, and its own number.
    pub(crate) fn in_order(&self, index: usize) -> Option<(SourceId, ArcStr)> {
        let sources = self.sources.read().unwrap_or_else(PoisonError::into_inner);
        sources.list.get(index).map(|source| (source.id, source.text.clone()))
    }

    /// The whole text of a source, if it is known here.
    #[must_use]
    pub fn text(&self, id: SourceId) -> Option<ArcStr> {
        let sources = self.sources.read().unwrap_or_else(PoisonError::into_inner);
        sources.get(id).map(|source| source.text.clone())
    }

    /// The line `index` of a source, from 0, without its end.
    #[must_use]
    pub(crate) fn line(&self, id: SourceId, index: usize) -> Option<String> {
        let sources = self.sources.read().unwrap_or_else(PoisonError::into_inner);
        sources.get(id)?.line(index).map(str::to_owned)
    }

    /// The path of a source, if it is known here.
    #[must_use]
    pub fn path(&self, id: SourceId) -> Option<PathBuf> {
        let sources = self.sources.read().unwrap_or_else(PoisonError::into_inner);
        sources.get(id).map(|source| source.path.clone())
    }

    /// How many bytes all texts have together.
    #[must_use]
    pub(crate) fn length(&self) -> usize {
        let sources = self.sources.read().unwrap_or_else(PoisonError::into_inner);
        sources.length
    }

    /// Path, line, column and source line of a span; `None` for a value that no file wrote.
    #[must_use]
    pub fn locate(&self, span: Span) -> Option<Location> {
        let sources = self.sources.read().unwrap_or_else(PoisonError::into_inner);
        let source = sources.get(span.source())?;
        let index = (span.line() as usize).checked_sub(1);
        let text = index.and_then(|index| Some((index, source.line(index)?))).map(|(index, line)| {
            let hidden = source.masked || names_secret(line) || source.lines().in_secret(index);
            if hidden { mask(line) } else { line.to_owned() }
        });
        Some(Location { path: source.path.clone(), line: span.line(), column: span.column(), text })
    }
}

/// Whether a line by its own words holds a credential: values of charts are full of them.
fn names_secret(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    let words =
        ["password", "passwd", "token", "credential", "secretkey", "secret_key", "clientsecret", "client_secret"];
    words.iter().any(|word| line.contains(word))
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
    fn lines_that_say_what_they_hide_are_masked() {
        let text = "kind: A\nadminPassword: hunter2\n- {name: a, client_secret: hunter2}\nport: 1\n";
        assert_eq!(line(text, 2).unwrap(), "adminPassword: ***");
        assert_eq!(line(text, 3).unwrap(), "- {name: ***");
        assert_eq!(line(text, 4).unwrap(), "port: 1");
    }

    #[test]
    fn literals_of_secret_generators_are_masked() {
        assert_eq!(line("secretGenerator:\n- name: a\n  literals: [p=hunter2]\n", 3).unwrap(), "  literals: ***");
    }

    #[test]
    fn numbers_set_aside_are_given_to_nobody_else() {
        let sources = SourceMap::default();
        let path = Path::new("a.yaml");
        let mut ids: Vec<SourceId> = vec![sources.add(path, "0".into())];
        let aside = sources.set_numbers_aside(3);
        let ranges = sources.set_ranges_aside(2).unwrap();
        let parts: Vec<SourceMap> = ranges.into_iter().map(|range| sources.with_numbers(range)).collect();
        ids.push(sources.add(path, "1".into()));
        ids.extend(parts.iter().rev().flat_map(|part| [part.add(path, "2".into()), part.add(path, "3".into())]));
        ids.extend(aside.iter().map(|id| sources.add_numbered(*id, path, "4".into())));
        let none = sources.with_numbers(5..5);
        assert_eq!(none.set_numbers_aside(1), [None]);
        assert_eq!(none.set_ranges_aside(2), None);
        ids.extend([none.add(path, "5".into()), none.add(path, "6".into())]);
        let texts: Vec<_> = ids.iter().map(|id| sources.text(*id).unwrap().to_string()).collect();
        assert_eq!(texts.concat(), "01232344456");
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), texts.len());
    }

    #[test]
    fn a_span_takes_eight_bytes_and_gives_back_what_it_was_given() {
        assert_eq!(size_of::<Span>(), 8);
        for (source, line, column) in [(0, 1, 1), (3, 16_777_215, 65_535), (0xfe_ffff, 77, 1234)] {
            let span = Span::new(SourceId(source), line, column);
            assert_eq!((span.source(), span.line(), span.column()), (SourceId(source), line, column));
        }
        let beyond = Span::new(SourceId(1), 20_000_000, 70_000);
        assert_eq!((beyond.source(), beyond.line(), beyond.column()), (SourceId(1), 16_777_215, 65_535));
        assert!(Span::new(SourceId(u32::MAX), 0, 0) == Span::NONE && Span::NONE.is_none());
    }

    #[test]
    fn what_no_file_wrote_has_no_place() {
        assert_eq!(SourceMap::default().locate(Span::NONE), None);
    }
}
