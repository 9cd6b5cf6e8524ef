//! Makes trees share no text with others. Copies of a text count their holders in one place, and threads
//! that count there at the same time wait for each other.

use arcstr::ArcStr;
use hashbrown::HashMap;

use crate::yaml::{Node, Text, Value};

/// The texts that were copied so far, by where the original lies. The originals must live as long.
#[derive(Debug, Default)]
pub(crate) struct Copies(HashMap<usize, ArcStr>);

impl Copies {
    /// Gives `text` a buffer that only texts of these copies share.
    pub(crate) fn detach(&mut self, text: &mut Text) {
        let parent = text.parent();
        if !ArcStr::is_static(parent) {
            let copy = self.0.entry(parent.as_ptr().addr()).or_insert_with(|| ArcStr::from(parent.as_str()));
            *text = text.within(copy);
        }
    }

    /// The same for all texts of a tree.
    pub(crate) fn detach_tree(&mut self, node: &mut Node) {
        match &mut node.value {
            Value::Scalar(scalar) => self.detach(&mut scalar.text),
            Value::Sequence(items) => items.iter_mut().for_each(|item| self.detach_tree(item)),
            Value::Mapping(mapping) => {
                for entry in mapping.iter_mut() {
                    self.detach(&mut entry.key.scalar.text);
                    self.detach_tree(&mut entry.value);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;
    use crate::yaml::parse::{Chunk, parse};
    use crate::yaml::resolve::Dialect;

    #[test]
    fn a_detached_tree_is_equal_and_shares_its_own_buffer_only() {
        let text = ArcStr::from("a: {b: [c, 'd']}\ne: f\n");
        let node = parse(Chunk::whole(&text, SourceId(0)), Dialect::V2).unwrap().unwrap();
        let mut copy = node.clone();
        let mut copies = Copies::default();
        copies.detach_tree(&mut copy);
        assert_eq!(copy, node);
        let parents = |node: &Node| {
            let (inner, other) = (node.lookup(&["a", "b"]).unwrap(), node.get("e").unwrap());
            let first = inner.as_sequence().unwrap()[0].text().unwrap().parent().clone();
            (first, other.text().unwrap().parent().clone())
        };
        let ((old, _), (new, other)) = (parents(&node), parents(&copy));
        assert!(!ArcStr::ptr_eq(&old, &new) && ArcStr::ptr_eq(&new, &other));
        assert_eq!(copies.0.len(), 1);
    }
}
