//! Positions in a list by a key. Most keys have one position, some have thousands.

use std::hash::Hash;

use hashbrown::{Equivalent, HashMap};

/// Positions by keys; those of one key in rising order.
#[derive(Debug, Clone)]
pub(super) struct Index<K> {
    positions: HashMap<K, Positions>,
    /// Whether some key has several positions.
    crowded: bool,
}

#[derive(Debug, Clone)]
enum Positions {
    One(usize),
    Several(Vec<usize>),
}

impl<K: Eq + Hash> Index<K> {
    /// An empty index with room for as many keys.
    pub(super) fn with_capacity(keys: usize) -> Self {
        Self { positions: HashMap::with_capacity(keys), crowded: false }
    }

    /// Adds a position, unless it is there.
    pub(super) fn add(&mut self, key: K, position: usize) {
        let positions = self.positions.entry(key).or_insert(Positions::One(position));
        if positions.add(position) {
            self.crowded = true;
        }
    }

    /// The positions of `key`.
    pub(super) fn get<Q: Equivalent<K> + Hash + ?Sized>(&self, key: &Q) -> &[usize] {
        match self.positions.get(key) {
            None => &[],
            Some(Positions::One(position)) => std::slice::from_ref(position),
            Some(Positions::Several(positions)) => positions,
        }
    }

    /// Moves positions to where `moved` says, in the same order, and drops the others.
    pub(super) fn renumber(&mut self, moved: impl Fn(usize) -> Option<usize>) {
        self.positions.retain(|_, positions| match positions {
            Positions::One(only) => moved(*only).map(|position| *only = position).is_some(),
            Positions::Several(several) => {
                several.retain_mut(|position| moved(*position).map(|moved| *position = moved).is_some());
                !several.is_empty()
            }
        });
    }

    /// Whether some key has, or had, several positions.
    pub(super) const fn is_crowded(&self) -> bool {
        self.crowded
    }
}

impl Positions {
    /// Adds a position and keeps the order; most come last. Whether there are several now.
    fn add(&mut self, position: usize) -> bool {
        match self {
            Self::One(only) if *only == position => return false,
            Self::One(only) => *self = Self::Several(vec![position.min(*only), position.max(*only)]),
            Self::Several(positions) => match positions.last() {
                Some(last) if *last >= position => {
                    if let Err(at) = positions.binary_search(&position) {
                        positions.insert(at, position);
                    }
                }
                _ => positions.push(position),
            },
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn finds_what_was_added_in_order(added in prop::collection::vec((0_u8..4, 0_usize..9), 0..40)) {
            let (mut index, mut expected) = (Index::with_capacity(0), BTreeMap::<u8, BTreeSet<usize>>::new());
            for (key, position) in added {
                index.add(key, position);
                expected.entry(key).or_default().insert(position);
            }
            for key in 0..5 {
                let positions: Vec<usize> = expected.get(&key).into_iter().flatten().copied().collect();
                prop_assert_eq!(index.get(&key), positions);
            }
            prop_assert_eq!(index.is_crowded(), expected.values().any(|positions| positions.len() > 1));
        }
    }
}
