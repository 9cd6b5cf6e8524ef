//! A list that its copies share until one of them is changed: a copy of a tree costs what is changed in it.

use std::ops::{Deref, DerefMut};

use ecow::EcoVec;

/// A list of two words. A copy counts one more holder; whoever changes a list that has others gets a list of its
/// own first, the items of which still share theirs. So look before you change: asking for items that can be
/// changed is a change.
#[derive(Debug, Clone)]
pub struct List<T>(EcoVec<T>);

impl<T> List<T> {
    /// An empty list.
    #[must_use]
    pub const fn new() -> Self {
        Self(EcoVec::new())
    }

    /// An empty list with room for as many items.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self(EcoVec::with_capacity(capacity))
    }

    /// The items.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }
}

impl<T: Clone> List<T> {
    /// Adds an item at the end. Most lists grow by one or two items, if at all: there is no room for more unless
    /// it is needed.
    pub fn push(&mut self, item: T) {
        if self.0.len() == self.0.capacity() {
            let mut grown = EcoVec::with_capacity(self.len() + (self.len() / 2).max(1));
            grown.extend(std::mem::take(&mut self.0));
            self.0 = grown;
        }
        self.0.push(item);
    }

    /// Puts an item before the one at `index`.
    ///
    /// # Panics
    /// When `index` is beyond the end.
    pub fn insert(&mut self, index: usize, item: T) {
        self.0.insert(index, item);
    }

    /// Takes out the item at `index`.
    ///
    /// # Panics
    /// When there is none.
    pub fn remove(&mut self, index: usize) -> T {
        self.0.remove(index)
    }

    /// Keeps the items for which `keep` says so, in order.
    pub fn retain(&mut self, keep: impl FnMut(&mut T) -> bool) {
        self.0.retain(keep);
    }

    /// The items, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        self.0.make_mut()
    }
}

impl<T: PartialEq> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.as_ptr() == other.as_ptr() && self.len() == other.len()) || self.0 == other.0
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Clone> DerefMut for List<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.0.make_mut()
    }
}

impl<T: Clone> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T: Clone> Extend<T> for List<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        self.0.extend(items);
    }
}

impl<T: Clone> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self(items.into())
    }
}

impl<T: Clone> From<&[T]> for List<T> {
    fn from(items: &[T]) -> Self {
        Self(items.into())
    }
}

impl<T: Clone, const N: usize> From<[T; N]> for List<T> {
    fn from(items: [T; N]) -> Self {
        Self(items.into())
    }
}

impl<T: Clone> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = ecow::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'a, T: Clone> IntoIterator for &'a mut List<T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.make_mut().iter_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_shared_until_it_changes() {
        let list: List<String> = ["a", "b"].map(str::to_owned).into();
        let mut copy = list.clone();
        assert_eq!(copy.as_ptr(), list.as_ptr());
        copy.push("c".to_owned());
        assert_ne!(copy.as_ptr(), list.as_ptr());
        copy[0].push('x');
        assert_eq!(
            (list.as_slice(), copy.as_slice()),
            (&["a", "b"].map(str::to_owned)[..], &["ax", "b", "c"].map(str::to_owned)[..])
        );
        let lies = list.as_ptr();
        let mut alone = list;
        alone[1].clear();
        assert_eq!(alone.as_ptr(), lies);
    }

    #[test]
    fn a_list_grows_by_little() {
        let mut list = List::new();
        for item in 0..20 {
            list.push(item);
            assert!(list.0.capacity() <= (item + 1) * 3 / 2 + 1);
        }
        list.retain(|item| *item % 2 == 1);
        list.insert(0, 7);
        assert_eq!((list.remove(1), list.len()), (1, 10));
    }
}
