//! Lists that many configs have in common: built-in ones, which nobody pays for who does not look, and others,
//! which are shared by all that they were merged into.

use std::ops::Deref;
use std::sync::{Arc, LazyLock};

/// An immutable list; clones share it.
#[derive(Debug, Default)]
pub(super) enum SharedList<T: 'static> {
    /// There is none.
    #[default]
    Empty,
    /// Facts, made when somebody first looks: most builds look at few of them. All of them are settled; tests look,
    /// so that builds need not.
    BuiltIn(&'static LazyLock<Vec<T>>),
    /// Somebody's own.
    Own {
        /// What is in it; never nothing.
        items: Arc<Vec<T>>,
        /// Whether merging it into nothing or into itself changes nothing.
        settled: bool,
    },
}

impl<T> SharedList<T> {
    /// These items; `is_settled` says whether merging them into nothing or into themselves changes nothing.
    pub(super) fn own(items: Vec<T>, is_settled: impl FnOnce(&[T]) -> bool) -> Self {
        if items.is_empty() {
            return Self::Empty;
        }
        let settled = is_settled(&items);
        Self::Own { items: Arc::new(items), settled }
    }

    /// What merging `other` into this list gives, where that can be said without a look at the items.
    pub(super) fn merged_at_once(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (_, Self::Empty) => Some(self.clone()),
            (Self::Empty, Self::BuiltIn(_) | Self::Own { settled: true, .. }) => Some(other.clone()),
            (Self::BuiltIn(ours), Self::BuiltIn(theirs)) if std::ptr::eq(*ours, *theirs) => Some(self.clone()),
            (Self::Own { items, settled: true }, Self::Own { items: theirs, .. }) if Arc::ptr_eq(items, theirs) => {
                Some(self.clone())
            }
            _ => None,
        }
    }
}

impl<T> Deref for SharedList<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::Empty => &[],
            Self::BuiltIn(items) => items,
            Self::Own { items, .. } => items,
        }
    }
}

// Not derived: a clone needs none of the items.
impl<T> Clone for SharedList<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Empty => Self::Empty,
            Self::BuiltIn(items) => Self::BuiltIn(items),
            Self::Own { items, settled } => Self::Own { items: Arc::clone(items), settled: *settled },
        }
    }
}
