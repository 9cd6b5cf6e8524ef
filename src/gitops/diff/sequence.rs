//! Which elements of two sequences correspond: Myers' algorithm, bounded by the size of what it is given.
//!
//! The bound is no deadline: the same sequences always give the same result.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Up to so many elements on both sides together, the shortest edit is searched for: 16 million steps at worst.
const SMALL: usize = 4096;

/// A part of two sequences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// So many elements are the same, from these places on.
    Same { old: usize, new: usize, length: usize },
    /// These differ; one of the ranges may be empty.
    Different { old: Range<usize>, new: Range<usize> },
}

/// Small numbers for elements: equal ones have the same.
#[derive(Debug)]
pub(super) struct Numbers<T>(HashMap<T, u32>);

impl<T: Eq + Hash> Numbers<T> {
    pub(super) fn new() -> Self {
        Self(HashMap::new())
    }

    pub(super) fn of(&mut self, element: T) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(element).or_insert(next)
    }
}

/// The parts of two sequences, in order; nothing follows on its own kind.
pub(super) fn parts(old: &[u32], new: &[u32]) -> Vec<Part> {
    let mut pairs = Vec::new();
    pair(old, new, &mut |one, other| pairs.push((one, other)));
    let mut parts: Vec<Part> = Vec::new();
    let (mut at_old, mut at_new) = (0, 0);
    for (one, other) in pairs.into_iter().chain([(old.len(), new.len())]) {
        if one > at_old || other > at_new {
            parts.push(Part::Different { old: at_old..one, new: at_new..other });
        }
        if one < old.len() {
            match parts.last_mut() {
                Some(Part::Same { length, .. }) => *length += 1,
                _ => parts.push(Part::Same { old: one, new: other, length: 1 }),
            }
        }
        (at_old, at_new) = (one + 1, other + 1);
    }
    parts
}

/// Tells of elements that correspond, in order.
fn pair(old: &[u32], new: &[u32], found: &mut dyn FnMut(usize, usize)) {
    let start = old.iter().zip(new).take_while(|(one, other)| one == other).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(one, other)| one == other).count();
    let (old_rest, new_rest) = (&old_rest[..old_rest.len() - end], &new_rest[..new_rest.len() - end]);
    (0..start).for_each(|index| found(index, index));
    if !old_rest.is_empty() && !new_rest.is_empty() {
        pair_middle(old_rest, new_rest, &mut |one, other| found(start + one, start + other));
    }
    (0..end).rev().for_each(|index| found(old.len() - 1 - index, new.len() - 1 - index));
}

fn pair_middle(old: &[u32], new: &[u32], found: &mut dyn FnMut(usize, usize)) {
    if old.len() + new.len() <= SMALL {
        return shortest(old, new, found);
    }
    // What only one side has corresponds to nothing: without it, the same shortest edit is found sooner.
    let (kept_old, kept_new) = (also_in(old, new), also_in(new, old));
    let take = |sequence: &[u32], kept: &[usize]| kept.iter().map(|index| sequence[*index]).collect::<Vec<u32>>();
    let (less_old, less_new) = (take(old, &kept_old), take(new, &kept_new));
    if less_old.len() + less_new.len() <= SMALL {
        return shortest(&less_old, &less_new, &mut |one, other| found(kept_old[one], kept_new[other]));
    }
    let anchors = anchors(old, new);
    let (mut at_old, mut at_new) = (0, 0);
    for (one, other) in anchors.into_iter().chain([(old.len(), new.len())]) {
        let (gap_old, gap_new) = (&old[at_old..one], &new[at_new..other]);
        // A gap that is too large still is taken as different.
        if gap_old.len() + gap_new.len() <= SMALL {
            pair(gap_old, gap_new, &mut |one, other| found(at_old + one, at_new + other));
        }
        if one < old.len() {
            found(one, other);
        }
        (at_old, at_new) = (one + 1, other + 1);
    }
}

fn shortest(old: &[u32], new: &[u32], found: &mut dyn FnMut(usize, usize)) {
    for operation in capture_diff_slices(Algorithm::Myers, old, new) {
        if let DiffOp::Equal { old_index, new_index, len } = operation {
            (0..len).for_each(|index| found(old_index + index, new_index + index));
        }
    }
}

/// Places of the elements that the other sequence has, too.
fn also_in(sequence: &[u32], other: &[u32]) -> Vec<usize> {
    let known: std::collections::HashSet<u32> = other.iter().copied().collect();
    (0..sequence.len()).filter(|index| known.contains(&sequence[*index])).collect()
}

/// Elements that are there once on both sides, as many as are in the same order: the idea of "patience".
fn anchors(old: &[u32], new: &[u32]) -> Vec<(usize, usize)> {
    let once = |sequence: &[u32]| {
        let mut places: HashMap<u32, Option<usize>> = HashMap::new();
        for (index, element) in sequence.iter().enumerate() {
            places.entry(*element).and_modify(|place| *place = None).or_insert(Some(index));
        }
        places
    };
    let (in_old, in_new) = (once(old), once(new));
    let place = |element: &u32| in_new.get(element).copied().flatten();
    let unique = |(index, element): (usize, &u32)| {
        in_old.get(element).copied().flatten()?;
        Some((index, place(element)?))
    };
    let candidates: Vec<(usize, usize)> = old.iter().enumerate().filter_map(unique).collect();
    // The longest rising run: the last candidate of a run of each length, and who came before each.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(candidates.len());
    for (index, (_, place)) in candidates.iter().enumerate() {
        let length = ends.partition_point(|end| candidates[*end].1 < *place);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() { ends.push(index) } else { ends[length] = index }
    }
    let mut run: Vec<(usize, usize)> =
        std::iter::successors(ends.last().copied(), |index| before[*index]).map(|index| candidates[index]).collect();
    run.reverse();
    run
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The sequences again, made of their parts.
    fn rebuilt(parts: &[Part], old: &[u32], new: &[u32]) -> (Vec<u32>, Vec<u32>) {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Part::Same { old: one, new: other, length } => {
                    assert_eq!(old[*one..one + length], new[*other..other + length]);
                    left.extend(&old[*one..one + length]);
                    right.extend(&new[*other..other + length]);
                }
                Part::Different { old: one, new: other } => {
                    left.extend(&old[one.clone()]);
                    right.extend(&new[other.clone()]);
                }
            }
        }
        (left, right)
    }

    proptest! {
        #[test]
        fn parts_are_the_whole(old in prop::collection::vec(0..9_u32, 0..40), new in prop::collection::vec(0..9_u32, 0..40)) {
            prop_assert_eq!(rebuilt(&parts(&old, &new), &old, &new), (old.clone(), new.clone()));
            // The way of large ones, with the small ones' data.
            let mut pairs = Vec::new();
            let mut last = None;
            for pair in anchors(&old, &new) {
                prop_assert!(last < Some(pair) && old[pair.0] == new[pair.1]);
                last = Some(pair);
                pairs.push(pair);
            }
        }
    }

    #[test]
    fn large_sequences_end_soon() {
        let old: Vec<u32> = (0..60_000).collect();
        let moved: Vec<u32> = (30_000..60_000).chain(0..30_000).collect();
        let found = parts(&old, &moved);
        assert_eq!(rebuilt(&found, &old, &moved), (old.clone(), moved));
        assert_eq!(found.iter().filter(|part| matches!(part, Part::Same { .. })).count(), 1);
        let backwards: Vec<u32> = old.iter().rev().copied().collect();
        assert_eq!(rebuilt(&parts(&old, &backwards), &old, &backwards).1, backwards);
        let few: Vec<u32> = old.iter().map(|number| number % 7).collect();
        let other: Vec<u32> = old.iter().map(|number| number % 5).collect();
        assert_eq!(rebuilt(&parts(&few, &other), &few, &other).1, other);
        let edited: Vec<u32> =
            old.iter().map(|number| if number % 10 == 0 { number + 100_000 } else { *number }).collect();
        assert_eq!(parts(&old, &edited).len(), 12_000);
    }
}
