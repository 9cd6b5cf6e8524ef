//! An ordered mapping with string keys.
//!
//! Kubernetes maps are small, so look-up is a scan; order is the file's.

use crate::source::Span;
use crate::yaml::{List, Node, Scalar, Style, Tag, Text};

/// An ordered mapping. Holds the entries as written, duplicates included.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mapping {
    entries: List<Entry>,
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// The value.
    pub value: Node,
}

/// A key: a scalar and the place that wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Where the key was written.
    pub span: Span,
    /// The key's text, type and style. A type other than a string can't be printed.
    pub scalar: Scalar,
}

impl Key {
    /// The key's text.
    #[must_use]
    pub const fn text(&self) -> &Text {
        &self.scalar.text
    }

    /// Whether that is the key's text. Most keys are others, and begin otherwise.
    fn is(&self, text: &str) -> bool {
        let own = self.scalar.text.as_str();
        own.len() == text.len() && own.as_bytes().first() == text.as_bytes().first() && own == text
    }
}

impl<T: Into<Text>> From<T> for Key {
    fn from(text: T) -> Self {
        Self { span: Span::NONE, scalar: Scalar { text: text.into(), tag: Tag::Str, style: Style::Plain } }
    }
}

impl Mapping {
    /// An empty mapping.
    #[must_use]
    pub fn new() -> Self {
        Self { entries: List::new() }
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The first entry under `key`.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key.is(key))
    }

    /// The first value under `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The first value under `key`.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        let index = self.position(key)?;
        Some(&mut self.entries[index].value)
    }

    /// Where the first entry under `key` is.
    #[must_use]
    pub fn position(&self, key: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.key.is(key))
    }

    /// Whether `key` is there.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// Replaces the value under `key`, keeping the key's place, or appends a new entry.
    pub fn set(&mut self, key: impl Into<Key>, value: Node) {
        let key = key.into();
        match self.get_mut(key.text()) {
            Some(old) => *old = value,
            None => self.entries.push(Entry { key, value }),
        }
    }

    /// Appends an entry without looking for an earlier one of the same key.
    pub fn push(&mut self, key: impl Into<Key>, value: Node) {
        self.entries.push(Entry { key: key.into(), value });
    }

    /// The value under `key`, made by `make` and appended if it is missing.
    pub fn get_or_insert_with(&mut self, key: &str, make: impl FnOnce() -> Node) -> &mut Node {
        let found = self.position(key);
        let index = found.unwrap_or_else(|| {
            self.push(key, make());
            self.entries.len() - 1
        });
        &mut self.entries[index].value
    }

    /// The value under `key`, or that of the entry that `make` makes and that is appended if there is none.
    pub fn get_or_insert_entry(&mut self, key: &str, make: impl FnOnce() -> (Key, Node)) -> &mut Node {
        let found = self.position(key);
        let index = found.unwrap_or_else(|| {
            let (key, value) = make();
            self.push(key, value);
            self.entries.len() - 1
        });
        &mut self.entries[index].value
    }

    /// Removes and returns the first entry under `key`.
    pub fn remove(&mut self, key: &str) -> Option<Entry> {
        let index = self.position(key)?;
        Some(self.entries.remove(index))
    }

    /// Keeps the entries for which `keep` says so.
    pub fn retain(&mut self, keep: impl FnMut(&mut Entry) -> bool) {
        self.entries.retain(keep);
    }

    /// The entries in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Entry> {
        self.entries.iter()
    }

    /// The entries in order.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Entry> {
        self.entries.iter_mut()
    }

    /// The entries themselves.
    #[must_use]
    pub fn into_entries(self) -> List<Entry> {
        self.entries
    }
}

impl<'a> IntoIterator for &'a Mapping {
    type Item = &'a Entry;
    type IntoIter = std::slice::Iter<'a, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a> IntoIterator for &'a mut Mapping {
    type Item = &'a mut Entry;
    type IntoIter = std::slice::IterMut<'a, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl FromIterator<Entry> for Mapping {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        Self { entries: entries.into_iter().collect() }
    }
}
