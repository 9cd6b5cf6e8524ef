//! What becomes of parts of a tree, found out before anything is changed: trees of which nothing changes stay
//! shared with their copies (see [`crate::yaml::List`]), and nobody need look whether their names changed.

use crate::yaml::Node;
use crate::yaml::path::node_at_mut;

/// A new value for one node of a tree.
#[derive(Debug)]
pub(super) struct Edit {
    /// The way to the node: positions of entries and items.
    pub(super) path: Vec<usize>,
    /// What comes there.
    pub(super) node: Node,
}

impl Edit {
    /// Makes the changes, none of which is within another, to the tree that they were found for.
    pub(super) fn apply_all(edits: Vec<Self>, root: &mut Node) {
        for Self { path, node } in edits {
            if let Some(place) = node_at_mut(root, &path) {
                *place = node;
            }
        }
    }
}

/// The way from the root of a tree to where somebody looks, from the last step back: no step costs memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way<'a> {
    step: usize,
    before: Option<&'a Self>,
}

impl<'a> Way<'a> {
    /// One step further than `before`, which is nothing at the root.
    pub(super) const fn on(before: Option<&'a Self>, step: usize) -> Self {
        Self { step, before }
    }

    /// The steps from the root on.
    pub(super) fn path(way: Option<&Self>) -> Vec<usize> {
        let mut path: Vec<usize> = std::iter::successors(way, |way| way.before).map(|way| way.step).collect();
        path.reverse();
        path
    }
}
