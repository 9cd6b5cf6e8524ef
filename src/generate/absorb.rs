//! Adds generated resources to a set: new ones are appended, others replace or are merged
//! into what is there (upstream: `ResMap.AbsorbAll`).

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Result};
use crate::generate::data::{string, untyped_key};
use crate::resource::{Behavior, ResId, ResMap, Resource};
use crate::schema::Schema;
use crate::source::Span;
use crate::yaml::{Mapping, Node, Text, Value};

/// Adds `made` to `resources` as its behavior says.
///
/// What it replaces or is merged into is found by any id that resource has or had.
///
/// # Errors
/// A resource to merge with or replace that is not there or not unique, or one that is there
/// although the behavior is `create` or unspecified.
pub fn absorb(resources: &mut ResMap, mut made: Resource, schema: &Schema) -> Result<()> {
    let id = made.cur_id();
    let found = resources.find_any(&id.name, |other| id.equals(other, schema));
    let old = match (found.as_slice(), made.behavior) {
        ([], Behavior::Merge | Behavior::Replace) => {
            let message = format!("no resource `{id}` to merge with or replace");
            return Err(refuse(message, &made).hint("set `behavior: create`, or leave it out"));
        }
        ([], _) => return resources.append(made, schema),
        ([_], Behavior::Create | Behavior::Unspecified) => {
            let error = refuse(format!("the generated resource `{id}` exists already"), &made);
            let other = resources.get(found[0]).map_or(Span::NONE, |other| other.node.span);
            return Err(error.frame("first defined at", other).hint("set `behavior: merge` or `behavior: replace`"));
        }
        ([index], _) => *index,
        _ => return Err(refuse(format!("more than one resource was `{id}` and could be merged with"), &made)),
    };
    resources.update(old, |old| {
        let merge = made.behavior == Behavior::Merge;
        keep_identity(&mut made, old);
        if merge {
            merge_texts(&mut made, old, "data");
            merge_texts(&mut made, old, "binaryData");
            if old.origin.is_some() {
                made.origin = old.origin.take();
            }
        }
        *old = made;
    });
    Ok(())
}

fn refuse(message: String, made: &Resource) -> Error {
    Error::new(ErrorKind::Identity, message).at(made.node.span)
}

/// Gives `made` the name, the past and the labels and annotations of `old`; its own labels and
/// annotations win (upstream: `CopyMergeMetaDataFieldsFrom`).
fn keep_identity(made: &mut Resource, old: &mut Resource) {
    for field in ["labels", "annotations"] {
        let path = ["metadata", field];
        let merged = merged_texts(old.node.lookup(&path), made.node.lookup(&path), false);
        let metadata = made.metadata_mut();
        metadata.remove(field);
        if let Some(merged) = merged {
            metadata.push(field, merged);
        }
    }
    let ResId { name, namespace, .. } = old.cur_id();
    made.set_name(name);
    made.set_namespace(namespace);
    made.history = std::mem::take(&mut old.history);
    made.prefixes = std::mem::take(&mut old.prefixes);
    made.suffixes = std::mem::take(&mut old.suffixes);
    made.var_names = std::mem::take(&mut old.var_names);
    made.behavior = old.behavior;
    made.needs_hash &= old.needs_hash;
    made.allow_name_change = old.allow_name_change;
    made.allow_kind_change = old.allow_kind_change;
    made.helm_generated = old.helm_generated;
    if made.origin.is_none() {
        made.origin = old.origin.clone();
    }
    if made.transformations.is_empty() {
        made.transformations = std::mem::take(&mut old.transformations);
    }
}

/// Merges a field of texts at the top of the object.
fn merge_texts(made: &mut Resource, old: &Resource, field: &str) {
    let merged = merged_texts(old.node.get(field), made.node.get(field), true);
    if let Some(root) = made.node.as_mapping_mut() {
        root.remove(field);
        if let Some(merged) = merged {
            root.push(field, merged);
        }
    }
}

/// The entries of both mappings as strings, sorted; those of `new` win. Nothing if there are none.
/// A null is the text it was written with, or empty.
fn merged_texts(old: Option<&Node>, new: Option<&Node>, empty_nulls: bool) -> Option<Node> {
    let mut merged: BTreeMap<Text, (Span, Node)> = BTreeMap::new();
    for mapping in [old, new].into_iter().flatten().filter_map(Node::as_mapping) {
        for entry in mapping {
            let text =
                entry.value.text().filter(|_| !empty_nulls || !entry.value.is_null()).cloned().unwrap_or_default();
            merged.insert(entry.key.text().clone(), (entry.key.span, string(text).at(entry.value.span)));
        }
    }
    if merged.is_empty() {
        return None;
    }
    let mut mapping = Mapping::new();
    for (key, (span, value)) in merged {
        mapping.push(untyped_key(key, span), value);
    }
    Some(Node::new(Value::Mapping(mapping)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::PreviousId;
    use crate::transform::testing::{print, resources};

    const OLD: &str = "apiVersion: v1
kind: ConfigMap
metadata: {name: p-cm, labels: {a: old, b: 1}, annotations: {}}
data: {k: old, n: 5, m: null}
";

    fn absorbed(behavior: Behavior) -> Result<(String, bool)> {
        let schema = Schema::default();
        let mut set = resources(OLD);
        let past = PreviousId { namespace: "default".into(), name: "cm".into(), kind: "ConfigMap".into() };
        set.update(0, |old| old.history.push(past));
        let made = "{apiVersion: v1, kind: ConfigMap, metadata: {name: cm, labels: {a: new}}, data: {k: new}}";
        let mut made = resources(made).into_resources().remove(0);
        made.behavior = behavior;
        made.needs_hash = true;
        absorb(&mut set, made, &schema)?;
        Ok((print(&set), set.get(0).unwrap().needs_hash))
    }

    // What is expected here is what kustomize prints.
    #[test]
    fn replaced_and_merged() {
        let head = "kind: ConfigMap\nmetadata:\n  labels:\n    a: new\n    b: \"1\"\n  name: p-cm\n";
        let (replaced, needs_hash) = absorbed(Behavior::Replace).unwrap();
        assert_eq!(replaced, format!("apiVersion: v1\ndata:\n  k: new\n{head}"));
        assert!(!needs_hash, "the other one has no hash");
        let (merged, _) = absorbed(Behavior::Merge).unwrap();
        assert_eq!(merged, format!("apiVersion: v1\ndata:\n  k: new\n  m: \"\"\n  \"n\": \"5\"\n{head}"));
    }

    #[test]
    fn what_exists_is_not_created() {
        assert!(absorbed(Behavior::Create).is_err());
        assert!(absorbed(Behavior::Unspecified).is_err());
        let made = resources(OLD).into_resources().remove(0);
        let mut set = ResMap::new();
        let merge = Resource { behavior: Behavior::Merge, ..made.clone() };
        assert!(absorb(&mut set, merge, &Schema::default()).is_err());
        absorb(&mut set, made, &Schema::default()).unwrap();
        assert_eq!(set.len(), 1);
    }
}
