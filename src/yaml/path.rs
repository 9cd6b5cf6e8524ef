//! Paths to nodes, as replacements and vars write them: `spec.containers.[name=web].image`
//! (upstream: `kyaml/utils/pathsplitter.go`, `PathGetter`).
//!
//! A [`Location`] says where a node is by positions, so that it can be found again in a tree
//! that is being changed. Matching of more than one node is in [`crate::yaml::path_match`].

use crate::error::{Error, ErrorKind, Result};
use crate::yaml::{Node, Value};

/// Positions of entries and items on the way from a root to a node.
pub type Location = Vec<usize>;

/// A path of more parts is refused: a tree is no deeper.
const MAX_PARTS: usize = 1_000;

/// Splits a path at its dots.
///
/// A dot after a backslash, or within brackets, is part of a name; brackets stay around
/// `[name=x]`, the search for a list item, and go from `[a.b/c]`, a name with dots. One dot at
/// the start is passed over.
///
/// # Errors
/// A path of more parts than a tree has levels.
pub fn split(path: &str) -> Result<Vec<String>> {
    if path.matches('.').count() >= MAX_PARTS {
        return Err(Error::new(ErrorKind::Limit, format!("a field path of more than {MAX_PARTS} names")));
    }
    let mut parts = Vec::new();
    let mut pieces = split_escaped(path, '.').into_iter();
    while let Some(piece) = pieces.next() {
        if !piece.starts_with('[') || piece.ends_with(']') {
            parts.push(piece);
            continue;
        }
        let mut bracketed = piece;
        for piece in pieces.by_ref() {
            bracketed.push('.');
            bracketed.push_str(&piece);
            if piece.ends_with(']') {
                break;
            }
        }
        if bracketed.contains('=') {
            parts.push(bracketed);
        } else {
            parts.push(bracketed.trim_matches(['[', ']']).to_owned());
        }
    }
    Ok(parts)
}

/// Splits at a delimiter, except where a backslash stands before it.
fn split_escaped(path: &str, delimiter: char) -> Vec<String> {
    let path = path.strip_prefix(delimiter).unwrap_or(path);
    let mut parts: Vec<String> = Vec::new();
    for piece in path.split(delimiter) {
        match parts.last_mut() {
            Some(last) if last.ends_with('\\') => {
                last.pop();
                last.push(delimiter);
                last.push_str(piece);
            }
            _ => parts.push(piece.to_owned()),
        }
    }
    parts
}

/// The field and the value in `[field=value]`, if `part` is one; the field may be empty.
///
/// # Errors
/// When there is no `=` between the brackets.
pub fn item_search(part: &str) -> Result<Option<(&str, &str)>> {
    let Some(inside) = part.strip_prefix('[').and_then(|part| part.strip_suffix(']')) else {
        return Ok(None);
    };
    match inside.split_once('=') {
        Some(search) => Ok(Some(search)),
        None => Err(wrong(format!("`{part}` must be `[field=value]`"))),
    }
}

/// The number that `part` is, if it is one.
#[must_use]
pub fn index(part: &str) -> Option<i64> {
    part.parse().ok()
}

/// The node at `location`.
#[must_use]
pub fn node_at<'a>(root: &'a Node, location: &[usize]) -> Option<&'a Node> {
    location.iter().try_fold(root, |node, &step| match &node.value {
        Value::Mapping(mapping) => mapping.iter().nth(step).map(|entry| &entry.value),
        Value::Sequence(items) => items.get(step),
        Value::Scalar(_) => None,
    })
}

/// The node at `location`.
pub fn node_at_mut<'a>(root: &'a mut Node, location: &[usize]) -> Option<&'a mut Node> {
    location.iter().try_fold(root, |node, &step| match &mut node.value {
        Value::Mapping(mapping) => mapping.iter_mut().nth(step).map(|entry| &mut entry.value),
        Value::Sequence(items) => items.get_mut(step),
        Value::Scalar(_) => None,
    })
}

/// Finds the one node that `parts` leads to. Numbers and `-` (the last) pick list items,
/// `[field=value]` the first item whose field has that very text, anything else a field.
///
/// # Errors
/// A path that runs into a node of the wrong sort, or has a `*`.
pub fn look_up(root: &Node, parts: &[String]) -> Result<Option<Location>> {
    let mut location = Location::new();
    let mut node = root;
    for part in parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()) {
        let Some(step) = step(node, part)? else { return Ok(None) };
        let Some(next) = node_at(node, &[step]) else { return Ok(None) };
        location.push(step);
        node = next;
    }
    Ok(Some(location))
}

fn step(node: &Node, part: &str) -> Result<Option<usize>> {
    if let Some(index) = index(part) {
        let items = items(node, part)?;
        return match usize::try_from(index) {
            Ok(index) => Ok((index < items.len()).then_some(index)),
            Err(_) => Err(wrong(format!("the index {index} is negative"))),
        };
    }
    if part == "-" {
        return match items(node, part)?.len().checked_sub(1) {
            Some(last) => Ok(Some(last)),
            None => Err(wrong("`-` names the last item, but the list is empty".to_owned()).at(node.span)),
        };
    }
    if part == "*" {
        return Err(wrong("`*` can't be used where one field is meant".to_owned()));
    }
    if let Some((field, value)) = item_search(part)? {
        return Ok(items(node, part)?.iter().position(|item| is_item(item, field, value)));
    }
    match &node.value {
        Value::Mapping(mapping) => Ok(mapping.iter().position(|entry| *entry.key.text() == *part)),
        _ if node.is_null() => Ok(None),
        _ => Err(no_mapping(node, part)),
    }
}

fn is_item(item: &Node, field: &str, value: &str) -> bool {
    let text = |node: &Node| node.text().map_or(value.is_empty(), |text| *text == *value);
    if field.is_empty() { text(item) } else { item.get(field).is_some_and(text) }
}

/// The items of a list; null is an empty one.
pub(super) fn items<'a>(node: &'a Node, part: &str) -> Result<&'a [Node]> {
    match &node.value {
        Value::Sequence(items) => Ok(items),
        _ if node.is_null() => Ok(&[]),
        _ => Err(wrong(format!("`{part}` names a list item, but found {}", node.sort_name())).at(node.span)),
    }
}

pub(super) fn no_mapping(node: &Node, part: &str) -> Error {
    wrong(format!("`{part}` names a field, but found {}", node.sort_name())).at(node.span)
}

pub(super) fn wrong(message: String) -> Error {
    Error::new(ErrorKind::Transform, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(path: &str) -> Vec<String> {
        split(path).unwrap()
    }

    #[test]
    fn paths_split_at_dots() {
        assert_eq!(parts("a.b"), ["a", "b"]);
        assert_eq!(parts(".a.b"), ["a", "b"]);
        assert_eq!(parts(r"a.b\.c/d"), ["a", "b.c/d"]);
        assert_eq!(parts("a.[x.y/z].b"), ["a", "x.y/z", "b"]);
        assert_eq!(parts("a.[name=x.y].b"), ["a", "[name=x.y]", "b"]);
        assert_eq!(parts("a.[b].c"), ["a", "[b]", "c"]);
        assert_eq!(parts("a.[b.c"), ["a", "b.c"]);
        assert!(split(&".".repeat(2000)).is_err());
    }

    #[test]
    fn look_ups() {
        let mut item = Node::mapping();
        item.as_mapping_mut().unwrap().set("name", Node::string("web"));
        let mut root = Node::mapping();
        let list = Value::Sequence(crate::yaml::Sequence::from([Node::string("x"), item]));
        root.as_mapping_mut().unwrap().set("list", Node::new(list));
        let find = |path: &str| look_up(&root, &parts(path));
        assert_eq!(find("list.0").unwrap(), Some(vec![0, 0]));
        assert_eq!(find("list.-.name").unwrap(), Some(vec![0, 1, 0]));
        assert_eq!(find("list.[name=web].name").unwrap(), Some(vec![0, 1, 0]));
        assert_eq!(find("list.[=x]").unwrap(), Some(vec![0, 0]));
        assert_eq!(find("list.[name=we]").unwrap(), None);
        assert_eq!(find("list.7").unwrap(), None);
        assert_eq!(find(" list . 0 ").unwrap(), Some(vec![0, 0]));
        for path in ["list.name", "0", "list.*", "list.-1", "list.[name]", "list.0.a"] {
            assert!(find(path).is_err(), "{path}");
        }
        assert_eq!(node_at(&root, &[0, 1, 0]).and_then(Node::as_str), Some("web"));
    }
}
