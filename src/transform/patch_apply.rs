//! Applies a patch to one resource, and minds what the build remembers about it (upstream:
//! `Resource.ApplySmPatch`, and what the transformers do around the JSON patch filter).
//!
//! Upstream's memory is annotations of the object, which a patch may see and remove. So a
//! patch that could is applied to the object with these annotations.

use crate::error::{Error, ErrorKind, Result};
use crate::patch::comment_schema::{CommentHints, MergeHints};
use crate::patch::json6902::{Operations, apply_json6902};
use crate::patch::strategic::{Outcome, apply_strategic_merge};
use crate::resource::{Behavior, Resource, annotations};
use crate::transform::Context;
use crate::transform::patch_lists::Watch;
use crate::transform::set_value::made_text;
use crate::yaml::{Mapping, Node, Scalar, Style, Tag, Text, Value};

/// Where an object says what it is.
const IDENTITY: [&[&str]; 4] = [&["apiVersion"], &["kind"], &["metadata", "name"], &["metadata", "namespace"]];

/// Merges `patch` into `resource`. Name, kind and namespace stay as they are, unless the patch may change
/// the first two.
///
/// # Errors
/// When the patch does not fit.
pub(super) fn apply_strategic_merge_patch(
    resource: &mut Resource,
    patch: &Resource,
    context: &Context<'_>,
    hints: Option<&CommentHints>,
) -> Result<()> {
    let watch = Watch::begin(resource, context);
    let (name, namespace, kind) = (resource.name(), resource.namespace(), resource.kind());
    let written = IDENTITY.map(|path| resource.node.lookup(path).map(|node| (node.text().cloned(), node.span)));
    if patch.allow_name_change || patch.allow_kind_change {
        resource.store_previous_id(context.schema);
    }
    let forgets = removes_annotations(&patch.node);
    if forgets {
        resource.node = annotations::with_annotations(resource)?;
        forget(resource);
    }
    let hints = hints.map(|hints| hints as &dyn MergeHints);
    let outcome = apply_strategic_merge(&mut resource.node, &patch.node, context.schema, hints)?;
    if outcome == Outcome::Removed || resource.is_empty() {
        resource.clear();
        return Ok(());
    }
    if let Some(watch) = watch {
        watch.end(resource, &patch.node, context);
    }
    if forgets {
        annotations::take(resource);
    }
    if let Some(root) = resource.node.as_mapping_mut()
        && !patch.allow_kind_change
    {
        set_text(root, "kind", kind);
    }
    if !patch.allow_name_change {
        set_text(resource.metadata_mut(), "name", name);
    }
    if namespace.is_empty() {
        resource.set_namespace(namespace);
    } else {
        set_text(resource.metadata_mut(), "namespace", namespace);
    }
    for (path, written) in IDENTITY.into_iter().zip(written) {
        let node = path.iter().try_fold(&mut resource.node, |node, key| node.get_mut(key));
        // A patch names its target; that it does has not written the target's name.
        if let (Some(node), Some((text, span))) = (node, written)
            && node.text() == text.as_ref()
        {
            node.span = span;
        }
    }
    resource.settle_shared();
    Ok(())
}

/// Whether a patch can take annotations away that it does not name.
fn removes_annotations(patch: &Node) -> bool {
    let drastic = |node: &Node| node.is_null() || node.get("$patch").is_some();
    let metadata = patch.get("metadata");
    drastic(patch)
        || metadata.is_some_and(drastic)
        || metadata.and_then(|metadata| metadata.get("annotations")).is_some_and(drastic)
}

/// Sets a text as upstream does: an entry that is there keeps its style, a new one gets quotes if
/// its text looks like something else in YAML 1.1.
fn set_text(mapping: &mut Mapping, key: &str, text: Text) {
    if let Some(node) = mapping.get_mut(key) {
        if let Some(scalar) = node.as_scalar_mut() {
            scalar.text = text;
            scalar.tag = Tag::Unresolved;
            return;
        }
        node.value = Value::Scalar(Scalar { text, tag: Tag::Unresolved, style: Style::Plain });
        return;
    }
    mapping.push(key, made_text(text));
}

/// Applies a JSON patch to `resource`. What the build remembers stays, but for the origin, which
/// is an annotation like any other to upstream.
///
/// # Errors
/// When an operation can't be applied.
pub(super) fn apply_json_patch(resource: &mut Resource, operations: &Operations) -> Result<()> {
    if !operations.touch("/metadata") {
        apply_json6902(&mut resource.node, operations)?;
        resource.shared.clear();
        return Ok(());
    }
    let mut patched = Resource::new(annotations::with_annotations(resource)?);
    apply_json6902(&mut patched.node, operations)?;
    if let Some(metadata) = patched.node.get("metadata").filter(|metadata| is_plain(metadata)) {
        let message = "the patch leaves a `metadata` that is no mapping";
        return Err(Error::new(ErrorKind::Patch, message).at(metadata.span));
    }
    // Upstream puts its annotations back.
    annotations::rewrite(patched.metadata_mut())?;
    annotations::take(&mut patched);
    resource.node = patched.node;
    resource.origin = patched.origin;
    resource.transformations = patched.transformations;
    resource.shared.clear();
    Ok(())
}

fn is_plain(node: &Node) -> bool {
    !node.is_null() && node.as_mapping().is_none()
}

/// Forgets whatever is an annotation to upstream.
fn forget(resource: &mut Resource) {
    resource.history.clear();
    resource.prefixes.clear();
    resource.suffixes.clear();
    resource.origin = None;
    resource.transformations.clear();
    resource.behavior = Behavior::Unspecified;
    resource.needs_hash = false;
    resource.allow_name_change = false;
    resource.allow_kind_change = false;
    resource.helm_generated = false;
}
