//! Positions in a list by a key. Most keys have one position, some have thousands.

use std::hash::Hash;

use hashbrown::{Equivalent, HashMap};

/// Positions by keys; those of one key in rising order.
#[derive(Debug, Clone)]
pub(super) struct Index<K> {
    positions: HashMap<K, Positions>,
}

#[derive(Debug, Clone)]
enum Positions {
    One(usize),
    Several(Vec<usize>),
}

impl<K: Eq + Hash> Index<K> {
    /// An empty index with room for as many keys.
    pub(super) fn with_capacity(keys: usize) -> Self {
        Self { positions: HashMap::with_capacity(keys) }
    }

    /// Adds a position, unless it is there.
    pub(super) fn add(&mut self, key: K, position: usize) {
        self.positions.entry(key).or_insert(Positions::One(position)).add(position);
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
}

impl Positions {
    /// Adds a position and keeps the order; most come last.
    fn add(&mut self, position: usize) {
        match self {
            Self::One(only) if *only == position => {}
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
        }
    }
}
