//! Fields of releases.

use crate::decode::wrong_type;
use crate::error::{Error, ErrorKind, Result};
use crate::yaml::{Node, Value};

/// What is at `path`, unless that is nothing: null, an empty list, an empty mapping.
pub(super) fn there<'a>(object: &'a Node, path: &[&str]) -> Option<&'a Node> {
    let node = object.lookup(path)?;
    let is_empty = match &node.value {
        Value::Scalar(scalar) => scalar.is_null(),
        Value::Sequence(items) => items.is_empty(),
        Value::Mapping(mapping) => mapping.is_empty(),
    };
    (!is_empty).then_some(node)
}

/// The text at `path`, empty if there is none.
pub(super) fn text(object: &Node, path: &[&str]) -> Result<String> {
    let Some(node) = there(object, path) else { return Ok(String::new()) };
    match node.text() {
        Some(text) => Ok(text.to_string()),
        None => Err(wrong_type(node, &path.join("."), "a string")),
    }
}

/// The text at `path`, which must be there.
pub(super) fn required(object: &Node, path: &[&str]) -> Result<String> {
    let text = text(object, path)?;
    if text.is_empty() { Err(fault(object, format!("the release has no `{}`", path.join(".")))) } else { Ok(text) }
}

/// The truth at `path`, `false` if there is none.
pub(super) fn flag(object: &Node, path: &[&str]) -> Result<bool> {
    let Some(node) = there(object, path) else { return Ok(false) };
    match node.text().map(|text| text.as_str()) {
        Some("true") => Ok(true),
        Some("false") => Ok(false),
        _ => Err(wrong_type(node, &path.join("."), "`true` or `false`")),
    }
}

/// The texts at `path`.
pub(super) fn texts(object: &Node, path: &[&str]) -> Result<Vec<String>> {
    let Some(node) = there(object, path) else { return Ok(Vec::new()) };
    let text = |item: &Node| item.text().map(ToString::to_string);
    let texts = node.as_sequence().and_then(|items| items.iter().map(text).collect::<Option<Vec<String>>>());
    texts.ok_or_else(|| wrong_type(node, &path.join("."), "a list of strings"))
}

/// The items at `path`.
pub(super) fn items<'a>(object: &'a Node, path: &[&str]) -> Result<&'a [Node]> {
    let Some(node) = there(object, path) else { return Ok(&[]) };
    node.as_sequence().ok_or_else(|| wrong_type(node, &path.join("."), "a list"))
}

/// The mapping at `path`, an empty one if there is none.
pub(super) fn mapping(object: &Node, path: &[&str]) -> Result<Node> {
    match there(object, path) {
        None => Ok(Node::mapping()),
        Some(node) if node.as_mapping().is_some() => Ok(node.clone()),
        Some(node) => Err(wrong_type(node, &path.join("."), "a mapping")),
    }
}

/// Refuses what is at one of `paths`, if something is: only a controller could do it.
pub(super) fn refuse(object: &Node, paths: &[&[&str]], hint: &str) -> Result<()> {
    for path in paths {
        if let Some(node) = there(object, path) {
            let message = format!("`{}` can't be resolved without a cluster", path.join("."));
            return Err(fault(node, message).hint(hint));
        }
    }
    Ok(())
}

/// An error at `node`.
#[track_caller]
pub(super) fn fault(node: &Node, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Resource, message).at(node.span)
}
