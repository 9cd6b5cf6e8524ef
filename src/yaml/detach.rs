//! Makes trees share no text with others. Copies of a text count their holders in one place, and threads
//! that count there at the same time wait for each other.

use arcstr::ArcStr;
use hashbrown::HashMap;

use crate::yaml::{Node, Text, Value};

/// The texts that were copied so far. The originals must live as long.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    /// By where the original lies.
    texts: HashMap<usize, ArcStr>,
    /// Words that are part of the program: nobody counts their holders.
    words: HashMap<&'static str, ArcStr>,
}

impl Copies {
    /// No copies yet; texts that are one of `words` become that one.
    pub(crate) fn with_words(words: &'static [ArcStr]) -> Self {
        Self { texts: HashMap::new(), words: words.iter().map(|word| (word.as_str(), word.clone())).collect() }
    }

    /// Gives `text` a buffer that only texts of these copies share.
    pub(crate) fn detach(&mut self, text: &mut Text) {
        let parent = text.parent();
        if ArcStr::is_static(parent) {
            return;
        }
        *text = match self.words.get(text.as_str()) {
            Some(word) => Text::from(word.clone()),
            None => {
                let copy = || ArcStr::from(parent.as_str());
                text.within(self.texts.entry(parent.as_ptr().addr()).or_insert_with(copy))
            }
        };
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
        assert_eq!(copies.texts.len(), 1);
    }

    #[test]
    fn words_take_no_buffer() {
        static WORDS: [ArcStr; 1] = [arcstr::literal!("kind")];
        let source = ArcStr::from("kind: kin");
        let (mut word, mut other) = (Text::shared(&source, &source[..4]), Text::shared(&source, &source[..3]));
        let mut copies = Copies::with_words(&WORDS);
        copies.detach(&mut word);
        copies.detach(&mut other);
        assert!(ArcStr::is_static(word.parent()) && !ArcStr::is_static(other.parent()));
        assert_eq!((word.as_str(), other.as_str(), copies.texts.len()), ("kind", "kin", 1));
    }
}
