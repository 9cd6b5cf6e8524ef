//! Warnings about lists that a strategic merge patch replaces as a whole because their type is not known here, though
//! it has merge keys: what would have been merged is lost.

use crate::pack::{Pack, Packs};
use crate::patch::strategic::apply_strategic_merge;
use crate::resource::Resource;
use crate::schema::Schema;
use crate::transform::Context;
use crate::yaml::{Node, Value};

/// A target before it is patched, and the schema that knows its type.
pub(super) struct Watch {
    target: Node,
    schema: Schema,
    reason: Reason,
}

enum Reason {
    /// A pack knows the type.
    Pack(Pack),
    /// A schema that was brought replaced the built-in one.
    Forgotten,
}

impl Watch {
    /// Looks at a target that may lose something; hardly any does.
    pub(super) fn begin(target: &Resource, context: &Context<'_>) -> Option<Self> {
        let gvk = target.type_ref();
        let (schema, reason) = match Pack::of_group(gvk.group) {
            Some(pack) if !context.packs.contains(pack) => {
                (context.schema.clone().with_packs(Packs::none().with(pack)), Reason::Pack(pack))
            }
            Some(_) => return None,
            None => (context.schema.with_forgotten_types()?, Reason::Forgotten),
        };
        Some(Self { target: target.node.clone(), schema, reason })
    }

    /// Warns if the patch took more from the target than it had to.
    pub(super) fn end(mut self, patched: &Resource, patch: &Node, context: &Context<'_>) {
        // Gateways have lists that nothing can merge: their keys lie deeper.
        let gvk = patched.type_ref();
        if gvk.group == "networking.istio.io" && gvk.kind == "Gateway" {
            return warn_of_servers(&self.target, patch, context);
        }
        if apply_strategic_merge(&mut self.target, patch, &self.schema, None).is_err() {
            return;
        }
        let kind = gvk.kind;
        let mut path = Vec::new();
        lost(&patched.node, &self.target, Some(patch), &mut path, &mut |path, list| {
            let path = path.join(".");
            let message = match self.reason {
                Reason::Pack(pack) => format!(
                    "this list replaces `{path}` of the {kind} as a whole; `--pack {}` merges it item by item",
                    pack.name()
                ),
                Reason::Forgotten => format!(
                    "this list replaces `{path}` of the {kind} as a whole, because the schema under `openapi` replaces \
                     the built-in one; packs add to it"
                ),
            };
            context.warnings.add(message, list.span);
        });
    }
}

/// Finds the lists of the patch of which `merged` has more than `actual`.
fn lost<'p>(
    actual: &Node,
    merged: &Node,
    patch: Option<&'p Node>,
    path: &mut Vec<String>,
    tell: &mut dyn FnMut(&[String], &'p Node),
) {
    let Some(patch) = patch else { return };
    match (&actual.value, &merged.value) {
        (Value::Sequence(_), Value::Sequence(_)) if leaves(merged) > leaves(actual) => tell(path, patch),
        (Value::Mapping(actual), Value::Mapping(_)) => {
            for entry in actual {
                let key = entry.key.text();
                if let Some(merged) = merged.get(key) {
                    path.push(key.to_string());
                    lost(&entry.value, merged, patch.get(key), path, tell);
                    path.pop();
                }
            }
        }
        _ => {}
    }
}

fn leaves(node: &Node) -> usize {
    match &node.value {
        Value::Scalar(_) => 1,
        Value::Sequence(items) => items.iter().map(leaves).sum(),
        Value::Mapping(mapping) => mapping.iter().map(|entry| leaves(&entry.value)).sum(),
    }
}

/// Warns if servers of a Gateway get lost that the patch does not name.
fn warn_of_servers(target: &Node, patch: &Node, context: &Context<'_>) {
    let port = |server: &Node| {
        let number = server.lookup(&["port", "number"]).and_then(Node::text).cloned();
        (number, server.lookup(&["port", "name"]).and_then(Node::text).cloned())
    };
    let servers = |node: &Node| -> Vec<_> {
        node.lookup(&["spec", "servers"]).and_then(Node::as_sequence).unwrap_or_default().iter().map(port).collect()
    };
    let (Some(list), kept) = (patch.lookup(&["spec", "servers"]), servers(patch)) else { return };
    let lost = servers(target).into_iter().filter(|server| !kept.contains(server)).count();
    if lost > 0 && !kept.is_empty() {
        let message = "this list replaces `spec.servers` of the Gateway as a whole: servers can't be merged; add one \
                       with a JSON patch, `op: add` and `path: /spec/servers/-`";
        context.warnings.add(message, list.span);
    }
}
