//! A strategic merge patch for resources that something else than its own id selects
//! (upstream: `ResMap.ApplySmPatch`).
//!
//! Upstream makes a copy of the patch for each target and prepares it, with side effects:
//! labels and annotations of the patch become strings, nulls included, so that such a patch
//! can't remove any.

use crate::error::Result;
use crate::patch::comment_schema::CommentHints;
use crate::resource::{ResMap, Resource};
use crate::transform::Context;
use crate::transform::patch_apply::apply_strategic_merge_patch;
use crate::transform::set_value::made_text;
use crate::yaml::resolve::{Dialect, resolve_plain};
use crate::yaml::{Key, Mapping, Node, Scalar, Style, Tag, Text, Value};

/// Applies `patch` to the resources at the positions `selected`.
///
/// # Errors
/// When the patch does not fit, or leaves two resources with one id.
pub(super) fn apply_to_targets(
    resources: &mut ResMap,
    selected: &[usize],
    patch: &Resource,
    context: &Context<'_>,
    hints: Option<&CommentHints>,
) -> Result<()> {
    let mut patch = prepare(patch);
    for &index in selected {
        let Some(resource) = resources.get(index) else { continue };
        let api_version = resource.api_version();
        if let Some(root) = patch.node.as_mapping_mut() {
            set_text(root, "apiVersion", api_version);
        }
        let apply = |resource: &mut Resource| apply_strategic_merge_patch(resource, &patch, context, hints);
        resources.update(index, apply).transpose()?;
    }
    resources.drop_empties();
    if patch.allow_name_change || patch.allow_kind_change {
        resources.check_unique(context.schema)?;
    }
    Ok(())
}

fn prepare(patch: &Resource) -> Resource {
    let mut patch = patch.clone();
    let (name, namespace, kind) = (patch.name(), patch.namespace(), patch.kind());
    let metadata = patch.metadata_mut();
    for field in ["labels", "annotations"] {
        make_strings(metadata, field);
    }
    set_text(metadata, "name", name);
    if namespace.is_empty() {
        metadata.remove("namespace");
    } else {
        set_text(metadata, "namespace", namespace);
    }
    if let Some(root) = patch.node.as_mapping_mut() {
        set_text(root, "kind", kind);
    }
    patch
}

/// Makes every value of a mapping a string; what holds nothing goes.
fn make_strings(metadata: &mut Mapping, field: &str) {
    let Some(node) = metadata.get_mut(field) else { return };
    let span = node.span;
    let mut strings = Mapping::new();
    for entry in node.as_mapping().into_iter().flatten() {
        let text = entry.value.text().cloned().unwrap_or_default();
        let style = if text.contains('\n') { Style::Literal } else { Style::Plain };
        let scalar = Scalar { text, tag: Tag::Str, style };
        // A key is made without quotes, and is what its text looks like then.
        let text = entry.key.text().clone();
        let tag = resolve_plain(&text, Dialect::V3);
        let key = Key { span: entry.key.span, scalar: Scalar { text, tag, style: Style::Plain } };
        strings.set(key, Node::new(Value::Scalar(scalar)).at(entry.value.span));
    }
    if strings.is_empty() {
        metadata.remove(field);
    } else {
        *node = Node::new(Value::Mapping(strings)).at(span);
    }
}

fn set_text(mapping: &mut Mapping, key: &str, text: Text) {
    match mapping.get_mut(key) {
        Some(node) => {
            let style = node.as_scalar().map_or(Style::Plain, |scalar| scalar.style);
            node.value = Value::Scalar(Scalar { text, tag: Tag::Unresolved, style });
        }
        None => mapping.push(key, made_text(text)),
    }
}
