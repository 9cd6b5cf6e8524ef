//! The values that a site's overrides may refer to.

use crate::yaml::{Mapping, Node};

/// The entries of `global`.
#[derive(Debug, Clone, Default)]
pub struct Globals {
    entries: Mapping,
}

impl Globals {
    /// Globals from a mapping in which no key comes twice.
    #[must_use]
    pub const fn new(entries: Mapping) -> Self {
        Self { entries }
    }

    /// The global called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.entries.get(name)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The names in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.key.text().as_str())
    }

    /// These globals, and those of `common` that are not among them.
    #[must_use]
    pub fn over(&self, common: &Self) -> Self {
        let mut entries = self.entries.clone();
        for entry in common.entries.iter().filter(|entry| !self.entries.contains(entry.key.text())) {
            entries.push(entry.key.clone(), entry.value.clone());
        }
        Self { entries }
    }
}
