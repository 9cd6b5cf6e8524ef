//! Which object of the old side is which of the new one.

use std::collections::{HashMap, VecDeque};

use super::documents::Entity;
use super::reading::{Reading, Side};
use super::renames::{self, GeneratedNames};
use super::report::ObjectId;

/// An object on both sides, or on one; by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) old: Option<usize>,
    pub(super) new: Option<usize>,
    /// Whether they are paired by a name that a generator made.
    pub(super) is_generated: bool,
}

/// Pairs objects by what they are called, then by what they were called before a hash was appended, then by what
/// is in them. Of several with one id the first goes with the first.
pub(super) fn pairs(
    reading: &Reading<'_>,
    old_names: &GeneratedNames<'_>,
    new_names: &GeneratedNames<'_>,
) -> Vec<Pair> {
    let Reading { old, new, .. } = reading;
    let mut by_id: HashMap<&ObjectId, VecDeque<usize>> = HashMap::with_capacity(new.entities.len());
    for (index, entity) in new.entities.iter().enumerate() {
        by_id.entry(&entity.id).or_default().push_back(index);
    }
    let mut pairs = Vec::with_capacity(old.entities.len().max(new.entities.len()));
    let mut gone = Vec::new();
    let mut is_paired = vec![false; new.entities.len()];
    for (index, entity) in old.entities.iter().enumerate() {
        match by_id.get_mut(&entity.id).and_then(VecDeque::pop_front) {
            Some(partner) => {
                is_paired[partner] = true;
                pairs.push(Pair { old: Some(index), new: Some(partner), is_generated: false });
            }
            None => gone.push(index),
        }
    }
    let mut come: Vec<usize> = (0..new.entities.len()).filter(|index| !is_paired[*index]).collect();
    for step in [Step::Generated, Step::Namespaced, Step::Alike] {
        if gone.is_empty() || come.is_empty() {
            break;
        }
        fn refer<'s>(side: &'s Side, indices: &[usize]) -> Vec<&'s Entity> {
            indices.iter().map(|index| &side.entities[*index]).collect()
        }
        let (old_left, new_left) = (refer(old, &gone), refer(new, &come));
        let found = match step {
            Step::Generated => renames::generated(&old_left, &new_left, old_names, new_names),
            Step::Namespaced => renames::namespaced(&old_left, &new_left),
            Step::Alike => {
                let read = |side: &Side, entity: &Entity| side.files[entity.file].read(entity);
                renames::alike(&old_left, &new_left, |entity| read(old, entity), |entity| read(new, entity))
            }
        };
        let made = |(one, other): &(usize, usize)| Pair {
            old: Some(gone[*one]),
            new: Some(come[*other]),
            is_generated: matches!(step, Step::Generated),
        };
        pairs.extend(found.iter().map(made));
        gone = left(&gone, found.iter().map(|(one, _)| *one));
        come = left(&come, found.iter().map(|(_, other)| *other));
    }
    pairs.extend(gone.into_iter().map(|index| Pair { old: Some(index), new: None, is_generated: false }));
    pairs.extend(come.into_iter().map(|index| Pair { old: None, new: Some(index), is_generated: false }));
    pairs
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Generated,
    Namespaced,
    Alike,
}

/// What is left without those at some places.
fn left(indices: &[usize], taken: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut is_taken = vec![false; indices.len()];
    taken.for_each(|place| is_taken[place] = true);
    indices.iter().zip(is_taken).filter(|(_, taken)| !taken).map(|(index, _)| *index).collect()
}
