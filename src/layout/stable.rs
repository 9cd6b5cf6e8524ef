//! The layout `stable`: a path that depends on the resource alone.

use super::encode::{component, encode, encode_word};
use crate::resource::id::NOT_NAMESPACED;
use crate::resource::{ResId, Resource};
use crate::schema::Schema;

/// The folder of what has no namespace; no namespace can be called so, since `_` is encoded.
const CLUSTER: &str = "_cluster";

/// How many characters a content hash has.
const HASH_LENGTH: usize = 10;

/// The path of an object of this id, whose name is `name`.
pub(super) fn path(id: &ResId, name: &str, schema: &Schema) -> String {
    let namespace = id.effective_namespace(schema);
    let folder = match namespace {
        NOT_NAMESPACED => CLUSTER.to_owned(),
        _ => component(&encode(namespace), "", &[namespace]),
    };
    let (group, kind) = (id.gvk.group.as_str(), id.gvk.kind.as_str());
    let mut file = encode_word(&kind.to_ascii_lowercase());
    if !group.is_empty() {
        file.push('.');
        file.push_str(&encode_group(group));
    }
    file.push('-');
    file.push_str(&encode(name));
    format!("{folder}/{}", component(&file, ".yaml", &[group, kind, namespace, name]))
}

/// A dash ends the group, unless a dot follows: `cert-manager.io` keeps its own, `a-b` does not.
fn encode_group(group: &str) -> String {
    let encoded = encode(group);
    match encoded.rfind('-') {
        Some(at) if !encoded[at..].contains('.') => encoded.replace('-', "%2D"),
        _ => encoded,
    }
}

/// The name that a generated object had before its content hash was appended: with it a change of content
/// is a change of one file.
#[must_use]
pub fn name_before_hash(resource: &Resource) -> Option<String> {
    let before = resource.history.last().filter(|_| resource.needs_hash)?.name.as_str().to_owned();
    let name = resource.name();
    let hash = name.strip_prefix(before.as_str())?.strip_prefix('-')?;
    (hash.len() == HASH_LENGTH && !before.is_empty()).then_some(before)
}
