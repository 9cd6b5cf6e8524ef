//! Values of releases: put together as Helm does.

use arcstr::ArcStr;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::Result;
use crate::inflate::field::{fault, text};
use crate::inflate::unit::UnitResources;
use crate::plugin::helm::through_json;
use crate::source::SourceId;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;
use crate::yaml::{Node, Value};

/// Lays `over` over `below`: mappings are merged, all else is replaced. Null stays; it takes the chart's value away.
pub(super) fn merge(below: &mut Node, over: Node) {
    match (&mut below.value, over.value) {
        (Value::Mapping(target), Value::Mapping(entries)) => {
            for entry in entries.into_entries() {
                match target.get_mut(entry.key.text()) {
                    Some(value) => merge(value, entry.value),
                    None => target.push(entry.key, entry.value),
                }
            }
        }
        (_, value) => *below = Node { span: over.span, value },
    }
}

/// Reads values that stand in a text, and have the places of `holder`. What is wrong with them is told without
/// a word of them.
pub(super) fn read(content: &str, holder: &Node) -> Result<Node> {
    let content = ArcStr::from(content);
    let parsed = parse(Chunk::whole(&content, SourceId::PASSING), Dialect::V2).map_err(|error| {
        let line = error.span().line();
        let place = if line > 0 { format!(", see its line {line}") } else { String::new() };
        fault(holder, format!("the values in this text are no YAML{place}"))
    })?;
    match parsed.filter(|node| !node.is_null()) {
        None => Ok(Node::mapping()),
        Some(node) if node.as_mapping().is_some() => Ok(placed(through_json(&node), holder)),
        Some(node) => {
            Err(fault(holder, format!("the values in this text must be a mapping, but are {}", node.sort_name())))
        }
    }
}

/// Gives the whole tree the place of `holder`: its own places are those of no file.
fn placed(mut node: Node, holder: &Node) -> Node {
    node.span = holder.span;
    match &mut node.value {
        Value::Scalar(_) => {}
        Value::Sequence(items) => {
            items.iter_mut().for_each(|item| *item = placed(std::mem::replace(item, Node::null()), holder))
        }
        Value::Mapping(mapping) => {
            for entry in mapping {
                entry.value = placed(std::mem::replace(&mut entry.value, Node::null()), holder);
            }
        }
    }
    node
}

/// What the ConfigMap or Secret `name` of the unit holds under `key`, and the node that holds it.
///
/// # Errors
/// When the unit has no such object or key: only the cluster could know it.
pub(super) fn referred<'u>(
    unit: &UnitResources<'u>,
    reference: &Node,
    (kind, name, namespace, key): (&str, &str, &str, &str),
) -> Result<(String, &'u Node)> {
    let Some(object) = unit.find("", kind, name, namespace) else {
        let message = format!("the {kind} `{name}` with values is not among the unit's resources");
        return Err(fault(reference, message).hint(
            "add it to the unit, or put the values into the release itself: without a cluster they can't be looked up",
        ));
    };
    let plain = if kind == "Secret" { "stringData" } else { "data" };
    if let Some(node) = object.node.lookup(&[plain, key]) {
        return Ok((text(&object.node, &[plain, key])?, node));
    }
    let coded = if kind == "Secret" { "data" } else { "binaryData" };
    let Some(node) = object.node.lookup(&[coded, key]) else {
        let message = format!("the {kind} `{name}` has no values under the key `{key}`");
        return Err(fault(reference, message).frame("the object is at", object.node.span));
    };
    let packed: String = text(&object.node, &[coded, key])?.split_ascii_whitespace().collect();
    let content = STANDARD.decode(packed).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let content = content.ok_or_else(|| fault(node, format!("`{coded}.{key}` is no text in base64")))?;
    Ok((content, node))
}
