//! Trees that were printed already: copies of them, and what is left of them in copies that were changed, are
//! printed by copying text.

use std::fmt;

use hashbrown::HashMap;

use crate::yaml::emit::printer::{Place, Printer};
use crate::yaml::{Node, Value};

/// The texts of some trees and of everything within them.
///
/// Lists and mappings are known by where they lie (see [`crate::yaml::List`]): whoever changes a copy gets a list
/// of its own, and as long as this holds the trees, nothing else can come to lie there.
pub struct Known {
    trees: Vec<Node>,
    text: String,
    parts: HashMap<usize, Part>,
}

/// A list or mapping that holds something, and where its text is.
#[derive(Clone, Copy)]
pub(super) struct Part {
    start: usize,
    end: usize,
    before: State,
    after: State,
}

/// What a printer remembers that decides on what it prints next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    pub(super) place: Place,
    /// How far the collection around is indented.
    pub(super) around: Option<usize>,
    pub(super) depth: usize,
    pub(super) column: usize,
    pub(super) whitespace: bool,
    pub(super) indention: bool,
}

impl Known {
    /// Prints `trees`. Those that can't be printed are left to whoever prints them then.
    pub(crate) fn of<'a>(trees: impl IntoIterator<Item = &'a Node>) -> Self {
        let mut known = Self { trees: Vec::new(), text: String::new(), parts: HashMap::new() };
        let mut parts = Vec::new();
        for tree in trees {
            let length = known.text.len();
            match Printer::noting(&mut known.text, &mut parts).document(tree) {
                Ok(()) => {
                    known.parts.extend(parts.drain(..));
                    known.trees.push(tree.clone());
                }
                Err(_) => {
                    known.text.truncate(length);
                    parts.clear();
                }
            }
        }
        known
    }

    /// How many bytes all texts have together.
    pub(crate) const fn length(&self) -> usize {
        self.text.len()
    }

    /// The text of the list or mapping that lies at `address`, and what the printer remembers behind it, if it was
    /// printed by a printer that remembered `before`.
    pub(super) fn text(&self, address: usize, before: State) -> Option<(&str, State)> {
        let part = self.parts.get(&address).filter(|part| part.before == before)?;
        Some((self.text.get(part.start..part.end)?, part.after))
    }
}

impl Part {
    pub(super) const fn new(start: usize, end: usize, before: State, after: State) -> Self {
        Self { start, end, before, after }
    }
}

/// Where the list or mapping lies, unless it is empty: those need no place.
pub(super) fn address(node: &Node) -> Option<usize> {
    match &node.value {
        Value::Scalar(_) => None,
        Value::Sequence(items) => (!items.is_empty()).then(|| items.as_ptr().addr()),
        Value::Mapping(mapping) => (!mapping.is_empty()).then(|| mapping.as_slice().as_ptr().addr()),
    }
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Known").field("trees", &self.trees.len()).field("parts", &self.parts.len()).finish()
    }
}
