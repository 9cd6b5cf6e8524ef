//! Merge keys (`<<`), expanded as kyaml does (`RNode.DeAnchor`): explicit keys win, and of
//! several sources the first.

use crate::error::{Error, ErrorKind, Result};
use crate::yaml::{Mapping, Node, Style, Value};

/// The mapping without `<<`, with what it merged.
///
/// # Errors
/// Two merge keys in one mapping, or a merge of something that is no mapping.
pub fn expand_merge_keys(mut mapping: Mapping) -> Result<Mapping> {
    if !mapping.contains("<<") {
        return Ok(mapping);
    }
    let is_merge = |entry: &&crate::yaml::Entry| entry.key.text() == "<<" && entry.key.scalar.style == Style::Plain;
    let mut merges = mapping.iter().filter(is_merge);
    let merge = merges.next().map(|entry| entry.value.clone());
    if let Some(second) = merges.next() {
        return Err(Error::new(ErrorKind::Syntax, "a mapping may have one merge key `<<` only").at(second.key.span));
    }
    // Upstream clears the first key of this name, a quoted one too.
    mapping.remove("<<");
    let mut sources = Vec::new();
    if let Some(merge) = merge {
        collect(merge, &mut sources)?;
    }
    let mut merged = Mapping::new();
    for source in sources.into_iter().rev() {
        for entry in source.into_entries() {
            merged.set(entry.key, entry.value);
        }
    }
    for entry in merged.into_entries() {
        if !mapping.contains(entry.key.text()) {
            mapping.push(entry.key, entry.value);
        }
    }
    Ok(mapping)
}

fn collect(node: Node, sources: &mut Vec<Mapping>) -> Result<()> {
    match node.value {
        Value::Mapping(mapping) => sources.push(mapping),
        Value::Sequence(items) => {
            for item in items {
                if item.as_mapping().is_none() {
                    return Err(not_a_mapping(&item));
                }
                collect(item, sources)?;
            }
        }
        Value::Scalar(_) => return Err(not_a_mapping(&node)),
    }
    Ok(())
}

fn not_a_mapping(node: &Node) -> Error {
    let message = format!("a merge key `<<` takes a mapping or a list of mappings, not {}", node.sort_name());
    Error::new(ErrorKind::Syntax, message).at(node.span)
}
