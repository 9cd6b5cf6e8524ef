//! What a site's values change, for lists that people read.

use std::path::Path;

use crate::bundle::SITE_VALUES;
use crate::error::{Error, Result};
use crate::fs::{DEFAULT_FILE_LIMIT, FileSystem};
use crate::site_values::KIND;
use crate::source::SourceMap;
use crate::yaml::documents::{Position, decode, split};
use crate::yaml::parse::parse;
use crate::yaml::resolve::Dialect;
use crate::yaml::{Node, Value};

/// The paths of the values that the file `path` changes, in its order: `chart: key` for values of charts,
/// `bundle: field` for those of bundles, `Kind/name: field` for patches. Nothing if there is no such file.
///
/// # Errors
/// When the file is no YAML, or can't be read.
pub fn overridden_values(files: &dyn FileSystem, path: &Path) -> Result<Vec<String>> {
    if !files.is_file(path) {
        return Ok(Vec::new());
    }
    let sources = SourceMap::default();
    let text = decode(files.read(path, DEFAULT_FILE_LIMIT)?).map_err(|error| error.in_file(path))?;
    let source = sources.add(path, text.clone());
    let read = || {
        let mut found = Vec::new();
        for chunk in split(&text, Position::start(source))? {
            if let Some(node) = parse(chunk, Dialect::V3)? {
                document(&node, &mut found);
            }
        }
        Ok(found)
    };
    read().map_err(|error: Error| error.resolve(&sources))
}

fn document(node: &Node, found: &mut Vec<String>) {
    let kind = node.get("kind").and_then(Node::as_str).unwrap_or_default();
    if kind != KIND {
        let name = node.lookup(&["metadata", "name"]).and_then(Node::as_str).unwrap_or_default();
        let identity = ["apiVersion", "kind", "metadata.name", "metadata.namespace"];
        let says_more = kind == SITE_VALUES;
        let told_below =
            |path: &str| says_more && ["bundles", "charts"].iter().any(|field| path.split('.').next() == Some(field));
        let others = paths(node).into_iter().filter(|path| !identity.contains(&path.as_str()) && !told_below(path));
        found.extend(others.map(|path| format!("{kind}/{name}: {path}")));
        if !says_more {
            return;
        }
    }
    for bundle in node.get("bundles").and_then(Node::as_mapping).into_iter().flatten() {
        let name = bundle.key.text();
        let values = bundle.value.get("override").map(paths).unwrap_or_default();
        found.extend(values.into_iter().map(|path| format!("{name}: {path}")));
    }
    for chart in node.get("charts").and_then(Node::as_sequence).unwrap_or_default() {
        let name = chart.get("name").and_then(Node::as_str).unwrap_or_default();
        for (field, prefix) in [("source", "source."), ("override", "")] {
            for entry in chart.get(field).and_then(Node::as_mapping).into_iter().flatten() {
                found.push(format!("{name}: {prefix}{}", entry.key.text()));
            }
        }
    }
}

/// The paths of all that is not a mapping; a list counts as one value.
fn paths(node: &Node) -> Vec<String> {
    let mut found = Vec::new();
    leaves(node, "", &mut found);
    found
}

fn leaves(node: &Node, path: &str, found: &mut Vec<String>) {
    match &node.value {
        Value::Mapping(mapping) if !mapping.is_empty() => {
            for entry in mapping {
                let dot = if path.is_empty() { "" } else { "." };
                leaves(&entry.value, &format!("{path}{dot}{}", entry.key.text()), found);
            }
        }
        _ => found.push(path.to_owned()),
    }
}
