//! What a kustomization must not say.

use crate::decode::{Fields, suggestion};
use crate::error::{Error, ErrorKind, Result};
use crate::kustomization::{COMPONENT_KIND, KUSTOMIZATION_KIND, Kustomization, decode_fields};
use crate::yaml::{Mapping, Node, Value};

/// `metadata` is read for its types and otherwise ignored.
pub(super) fn metadata(fields: &mut Fields<'_>) -> Result<()> {
    use std::collections::BTreeMap;
    let Some(node) = fields.raw("metadata") else { return Ok(()) };
    decode_fields(node, "metadata", |metadata| {
        metadata.take::<String>("name")?;
        metadata.take::<String>("namespace")?;
        metadata.take::<BTreeMap<String, String>>("labels")?;
        metadata.take::<BTreeMap<String, String>>("annotations")?;
        Ok(())
    })
}

/// Fields whose entries upstream moves to other fields before it looks.
const MOVED: [&str; 3] = ["bases", "imageTags", "helmChartInflationGenerator"];

/// Kind and version alone make no kustomization; an empty list does.
pub(super) fn not_empty(node: &Node) -> Result<()> {
    let says_something = |entry: &crate::yaml::Entry| {
        let key = entry.key.text();
        if key.eq_ignore_ascii_case("kind") || key.eq_ignore_ascii_case("apiVersion") {
            return false;
        }
        match &entry.value.value {
            Value::Scalar(scalar) => !scalar.is_null() && !scalar.text.is_empty(),
            // An empty Go slice is not the zero value, unless it was only moved to another field.
            Value::Sequence(items) => !items.is_empty() || !MOVED.iter().any(|moved| key.eq_ignore_ascii_case(moved)),
            Value::Mapping(_) => true,
        }
    };
    if node.as_mapping().is_some_and(|mapping: &Mapping| mapping.iter().any(says_something)) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Kustomization, "the kustomization is empty")
        .at(node.span)
        .hint("name what to read under `resources:`"))
}

/// Fills in what was left out and refuses what is unknown.
pub(super) fn kind_and_version(kustomization: &mut Kustomization, node: &Node) -> Result<()> {
    if kustomization.kind.is_empty() {
        kustomization.kind = KUSTOMIZATION_KIND.to_owned();
    }
    let place = |field: &str| node.get(field).map_or(node.span, |value| value.span);
    let version = match kustomization.kind.as_str() {
        KUSTOMIZATION_KIND => "kustomize.config.k8s.io/v1beta1",
        COMPONENT_KIND => "kustomize.config.k8s.io/v1alpha1",
        kind => {
            let message = format!("`kind` must be `Kustomization` or `Component`, but is `{kind}`");
            let error = Error::new(ErrorKind::Kustomization, message).at(place("kind"));
            return Err(error.hint(suggestion(kind, &[KUSTOMIZATION_KIND, COMPONENT_KIND], || {
                "a kustomization file can't hold the resource itself: name its file under `resources:`".to_owned()
            })));
        }
    };
    if kustomization.api_version.is_empty() {
        kustomization.api_version = version.to_owned();
    } else if kustomization.api_version != version {
        let message = format!(
            "`apiVersion` of a `{}` must be `{version}`, but is `{}`",
            kustomization.kind, kustomization.api_version
        );
        return Err(Error::new(ErrorKind::Kustomization, message).at(place("apiVersion")));
    }
    Ok(())
}
