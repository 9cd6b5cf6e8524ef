//! Text to resources (upstream: `kio.ByteReader` and `resource.Factory`).
//!
//! Empty documents are skipped, lists are expanded, everything else must be an object
//! with a kind and a name.

use std::collections::VecDeque;

use arcstr::ArcStr;

use crate::error::{Error, ErrorKind, Result};
use crate::parallel::Workers;
use crate::resource::{Resource, annotations};
use crate::source::SourceId;
use crate::yaml::documents::{Position, split};
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;
use crate::yaml::{Mapping, Node, Value};

/// Reads every resource of a text. Line ends must be single `\n`.
///
/// # Errors
/// Malformed YAML, and documents that are no Kubernetes objects, with their place.
pub fn read_resources(text: &ArcStr, source: SourceId) -> Result<Vec<Resource>> {
    read_resources_at(text, Position::start(source))
}

/// Reads every resource of a text, several documents at a time. Whatever `span` makes is held by a thread while
/// it parses some of them.
///
/// # Errors
/// As [`read_resources`].
pub(crate) fn read_resources_with<S>(
    text: &ArcStr,
    source: SourceId,
    workers: &Workers,
    span: impl Fn() -> S + Sync,
) -> Result<Vec<Resource>> {
    let chunks = split(text, Position::start(source))?;
    let parse_run = |run: &[Chunk<'_>]| {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return Vec::new() };
        if run.len() == chunks.len() {
            return run.iter().map(|chunk| parse(*chunk, Dialect::V3)).collect();
        }
        let _span = span();
        // A text of its own: of one text, all threads would count the references in one place, and wait for each other.
        let (start, text) = (first.start, ArcStr::from(&text[first.start..last.end]));
        let moved = |chunk: &Chunk<'_>| {
            parse(Chunk { text: &text, start: chunk.start - start, end: chunk.end - start, ..*chunk }, Dialect::V3)
        };
        run.iter().map(moved).collect()
    };
    let parsed = workers.map_runs(&chunks, |chunk| chunk.end - chunk.start, parse_run);
    resources_of(parsed.into_iter().flatten(), chunks.len() == 1)
}

/// Reads every resource of a text that stands inside another text.
///
/// # Errors
/// As [`read_resources`].
pub fn read_resources_at(text: &ArcStr, position: Position) -> Result<Vec<Resource>> {
    let chunks = split(text, position)?;
    let only = chunks.len() == 1;
    resources_of(chunks.into_iter().map(|chunk| parse(chunk, Dialect::V3)), only)
}

/// Reads the objects of a text as they are: what a build remembers of them stays in their annotations.
///
/// # Errors
/// As [`read_resources`].
pub(crate) fn read_objects(text: &ArcStr, source: SourceId) -> Result<Vec<Node>> {
    let chunks = split(text, Position::start(source))?;
    let only = chunks.len() == 1;
    objects_of(chunks.into_iter().map(|chunk| parse(chunk, Dialect::V3)), only)
}

/// The resources of a text's documents, or of its only one.
fn resources_of(documents: impl Iterator<Item = Result<Option<Node>>>, only: bool) -> Result<Vec<Resource>> {
    let resource = |node| {
        let mut resource = Resource::new(node);
        annotations::take(&mut resource);
        resource
    };
    Ok(objects_of(documents, only)?.into_iter().map(resource).collect())
}

/// The objects of a text's documents, or of its only one.
fn objects_of(documents: impl Iterator<Item = Result<Option<Node>>>, only: bool) -> Result<Vec<Node>> {
    let mut nodes = VecDeque::new();
    for document in documents {
        match document? {
            Some(node) if !node.is_null() => add_document(node, only, &mut nodes),
            _ => {}
        }
    }
    let mut objects = Vec::new();
    check_all(&mut nodes)?;
    while let Some(node) = nodes.pop_front() {
        objects.extend(expand_list(node, &mut nodes)?);
    }
    Ok(objects)
}

/// Adds a document, or its items if it is the only one and a `List`.
fn add_document(node: Node, only: bool, nodes: &mut VecDeque<Node>) {
    let kind = node.get("kind").and_then(Node::as_str);
    let wraps = only && matches!(kind, Some("List" | "ResourceList"));
    if !wraps || (node.get("items").is_none() && node.get("functionConfig").is_none()) {
        nodes.push_back(node);
        return;
    }
    if let Value::Mapping(mut mapping) = node.value
        && let Some(items) = mapping.remove("items")
        && let Value::Sequence(items) = items.value.value
    {
        nodes.extend(items);
    }
}

/// Drops what is empty and refuses what is no object.
fn check_all(nodes: &mut VecDeque<Node>) -> Result<()> {
    nodes.retain(|node| !is_empty(node));
    nodes.iter().try_for_each(check)
}

fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::Scalar(scalar) => scalar.is_null(),
        Value::Sequence(items) => items.is_empty(),
        Value::Mapping(mapping) => mapping.is_empty(),
    }
}

/// Whether a tree is an object: one with a kind and, unless it is a list, a name.
///
/// # Errors
/// What is missing, at the tree's place.
pub(crate) fn check(node: &Node) -> Result<()> {
    let fail = |message: &str, hint: &str| Err(Error::new(ErrorKind::Resource, message).at(node.span).hint(hint));
    let has = |field: &str| node.get(field).is_some_and(|value| !is_empty(value));
    if !has("apiVersion") && !has("kind") && !has("metadata") {
        let sort = node.sort_name();
        return fail(
            &format!("a document must be a Kubernetes object, but this is {sort} without `kind` and `metadata`"),
            "a patch belongs under `patches`, a values file is no resource",
        );
    }
    let kind = node.get("kind").and_then(Node::as_str).unwrap_or_default();
    if kind.is_empty() {
        return fail("missing `kind` in object", "every resource needs `kind` and `metadata.name`");
    }
    let name = node.lookup(&["metadata", "name"]).and_then(Node::as_str).unwrap_or_default();
    if name.is_empty() && !kind.ends_with("List") {
        return fail(&format!("missing `metadata.name` in object of kind `{kind}`"), "give the object a name");
    }
    Ok(())
}

/// Gives back a node that is no list; the items of one that is go to the end of the queue.
fn expand_list(node: Node, nodes: &mut VecDeque<Node>) -> Result<Option<Node>> {
    let is_list = node.get("kind").and_then(Node::as_str).is_some_and(|kind| kind.ends_with("List"));
    if !is_list || node.get("items").is_none() {
        return Ok(Some(node));
    }
    let items = node.value;
    let items = match items {
        Value::Mapping(mut mapping) => mapping.remove("items").map(|entry| entry.value),
        _ => None,
    };
    let Some(items) = items.filter(|items| !items.is_null()) else { return Ok(None) };
    let Value::Sequence(list) = items.value else {
        let message = format!("`items` of a list must be a list, but is {}", items.sort_name());
        return Err(Error::new(ErrorKind::Resource, message).at(items.span));
    };
    for item in list {
        // Upstream reads each item as a text of its own, in which a `List` is the only document.
        let mut inner = VecDeque::new();
        add_document(item, true, &mut inner);
        check_all(&mut inner)?;
        nodes.extend(inner);
    }
    Ok(None)
}

/// Whether a mapping could be an object of Kubernetes; for callers that must tell it from a path.
#[must_use]
pub fn looks_like_object(mapping: &Mapping) -> bool {
    mapping.contains("kind") || mapping.contains("apiVersion")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let resources = read_resources(&text.into(), SourceId(0)).unwrap();
        resources.iter().map(|resource| resource.cur_id().to_string()).collect()
    }

    #[test]
    fn items_of_lists_come_after_the_other_documents() {
        let text = "kind: AList\nitems:\n- {kind: A, metadata: {name: a}}\n---\n{kind: B, metadata: {name: b}}\n";
        assert_eq!(names(text), ["B b", "A a"]);
    }

    #[test]
    fn a_list_without_items_is_an_object() {
        assert_eq!(names("{kind: AList, metadata: {name: a}}"), ["AList a"]);
        assert_eq!(names("{kind: AList, items: }"), [""; 0]);
    }

    #[test]
    fn what_is_no_object_is_refused() {
        let cases = [
            ("a string", "a document must be a Kubernetes object, but this is a string without `kind` and `metadata`"),
            ("metadata: {name: a}", "missing `kind` in object"),
            ("kind: A", "missing `metadata.name` in object of kind `A`"),
            ("{kind: AList, items: 3}", "`items` of a list must be a list, but is a number"),
        ];
        for (text, want) in cases {
            assert_eq!(read_resources(&text.into(), SourceId(0)).unwrap_err().message(), want);
        }
    }
}
