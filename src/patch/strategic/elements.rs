//! Finding and setting items of lists by merge keys (upstream: `ElementMatcher` and
//! `ElementSetter` in `kyaml/yaml/fns.go`).
//!
//! Upstream's lists hold pointers, and one item may stand in two lists, or twice in one.
//! Here lists hold numbers of nodes that one arena owns.

use crate::error::{Error, ErrorKind, Result};
use crate::yaml::{Mapping, Node, Sequence, Text, Value};

/// The nodes of the lists of one merge.
pub(super) struct Arena {
    nodes: Sequence,
}

impl Arena {
    pub(super) const fn new(nodes: Sequence) -> Self {
        Self { nodes }
    }

    pub(super) fn add(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    pub(super) fn get(&self, number: usize) -> &Node {
        &self.nodes[number]
    }

    pub(super) fn get_mut(&mut self, number: usize) -> &mut Node {
        &mut self.nodes[number]
    }

    /// The nodes of a list. A node that stands there twice is copied.
    pub(super) fn into_list(mut self, list: &[usize]) -> Sequence {
        let mut uses = vec![0_usize; self.nodes.len()];
        for &number in list {
            uses[number] += 1;
        }
        let take = |&number: &usize| {
            uses[number] -= 1;
            let node = &mut self.nodes[number];
            if uses[number] == 0 { std::mem::replace(node, Node::sequence()) } else { node.clone() }
        };
        list.iter().map(take).collect()
    }

    /// Puts `element` in the place of every item of `list` whose `keys` have the `values`, or at the
    /// end; without an element, removes these items. Null and empty items always go.
    ///
    /// A value that is empty or missing asks for nothing but the key.
    pub(super) fn set(
        &self,
        list: &mut Vec<usize>,
        element: Option<usize>,
        keys: &[Text],
        values: &[Text],
    ) -> Result<()> {
        let wants_mapping = first_is_filled(keys) && first_is_filled(values);
        let mut found_any = false;
        let mut kept = Vec::with_capacity(list.len() + 1);
        for &number in list.iter() {
            let node = self.get(number);
            if is_nothing(node) {
                continue;
            }
            if wants_mapping && node.as_mapping().is_none() {
                kept.push(number);
                continue;
            }
            if !has_all(node, keys, values)? {
                if !values.is_empty() {
                    kept.push(number);
                }
                continue;
            }
            found_any = true;
            kept.extend(element);
        }
        if let Some(element) = element
            && !found_any
            && !self.get(element).is_null()
        {
            kept.push(element);
        }
        *list = kept;
        Ok(())
    }
}

fn first_is_filled(texts: &[Text]) -> bool {
    texts.first().is_some_and(|text| !text.is_empty())
}

/// Whether an item is null or an empty mapping.
pub(super) fn is_nothing(node: &Node) -> bool {
    node.is_null() || node.as_mapping().is_some_and(Mapping::is_empty)
}

/// Whether an item has every key with its value. Beyond the values, what the last of them found counts.
fn has_all(node: &Node, keys: &[Text], values: &[Text]) -> Result<bool> {
    let mut found = false;
    for (index, key) in keys.iter().enumerate() {
        if let Some(value) = values.get(index) {
            found = has(node, key, value)?;
        }
        if !found {
            return Ok(false);
        }
    }
    Ok(true)
}

fn has(node: &Node, key: &str, value: &str) -> Result<bool> {
    match &node.value {
        Value::Scalar(_) if key.is_empty() => Ok(text_of(node) == value),
        Value::Mapping(mapping) if !key.is_empty() => {
            Ok(mapping.get(key).is_some_and(|found| value.is_empty() || text_of(found) == value))
        }
        _ => Err(mixed(node, key)),
    }
}

/// The error for an item that a list with this key can't hold.
pub(super) fn mixed(node: &Node, key: &str) -> Error {
    let sort = node.sort_name();
    let message = if key.is_empty() {
        format!("a list of plain values that is merged holds {sort}")
    } else {
        format!("a list that is merged by `{key}` holds {sort}")
    };
    Error::new(ErrorKind::Patch, message).at(node.span).hint("give all items of the list one sort")
}

/// The text of a scalar; nothing for lists and mappings.
pub(super) fn text_of(node: &Node) -> &str {
    node.text().map_or("", |text| text.as_str())
}

/// The first item whose `keys` have exactly the `values`.
pub(super) fn find<'n>(mut items: impl Iterator<Item = &'n Node>, keys: &[Text], values: &[Text]) -> Option<usize> {
    let pairs = || keys.iter().zip(values);
    if !first_is_filled(keys) {
        let value = values.first().map_or("", |value| value.as_str());
        return items.position(|item| text_of(item) == value);
    }
    items.position(|item| {
        item.as_mapping().is_some_and(|mapping| {
            pairs().all(|(key, value)| mapping.get(key).is_some_and(|found| text_of(found) == value.as_str()))
        })
    })
}
