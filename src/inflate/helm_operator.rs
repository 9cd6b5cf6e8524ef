//! Releases of the Helm operator: `helm.fluxcd.io/v1 HelmRelease`.

use crate::error::Result;
use crate::inflate::field::{fault, flag, items, mapping, required, text, there};
use crate::inflate::unit::UnitResources;
use crate::inflate::values::{merge, read as read_values, referred};
use crate::inflate::{ChartOrigin, Release};
use crate::resource::Resource;
use crate::yaml::Node;

/// The key of values unless a reference says otherwise.
const KEY: &str = "values.yaml";

/// Reads a release.
pub(super) fn read(resource: &Resource, unit: UnitResources<'_>) -> Result<Option<Release>> {
    let object = &resource.node;
    let own = match resource.namespace().as_str() {
        "" => "default".to_owned(),
        namespace => namespace.to_owned(),
    };
    let target = match text(object, &["spec", "targetNamespace"])? {
        target if target.is_empty() => own.clone(),
        target => target,
    };
    let name = match text(object, &["spec", "releaseName"])? {
        name if !name.is_empty() => name,
        _ if own == target => format!("{target}-{}", resource.name()),
        _ => format!("{own}-{target}-{}", resource.name()),
    };
    let mut release = Release::new(name, target, chart(object)?);
    release.include_crds = !flag(object, &["spec", "skipCRDs"])?;
    release.values = values(object, unit, &own)?;
    Ok(Some(release))
}

fn chart(object: &Node) -> Result<ChartOrigin> {
    let field = |name: &str| required(object, &["spec", "chart", name]);
    // Decapod's bases may say the type, and then name all fields as those of a repository.
    if text(object, &["spec", "chart", "type"])? == "git" {
        return Ok(ChartOrigin::Git { url: field("repository")?, path: field("name")?, reference: field("version")? });
    }
    if there(object, &["spec", "chart", "git"]).is_some() {
        // Without a `ref` the operator takes the branch that its own flag names, `master` unless set.
        let reference = match text(object, &["spec", "chart", "ref"])? {
            reference if reference.is_empty() => "master".to_owned(),
            reference => reference,
        };
        return Ok(ChartOrigin::Git { url: field("git")?, path: field("path")?, reference });
    }
    Ok(ChartOrigin::Repository { url: field("repository")?, name: field("name")?, version: field("version")? })
}

/// Referred values in their order, those of the old `valueFileSecrets` first; the release's own over all.
fn values(object: &Node, unit: UnitResources<'_>, own: &str) -> Result<Node> {
    let mut values = Node::mapping();
    for secret in items(object, &["spec", "valueFileSecrets"])? {
        let name = required(secret, &["name"])?;
        let (content, holder) = referred(&unit, secret, ("Secret", &name, own, KEY))?;
        merge(&mut values, read_values(&content, holder)?);
    }
    for source in items(object, &["spec", "valuesFrom"])? {
        let kinds = [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")];
        let Some((field, kind)) = kinds.into_iter().find(|(field, _)| there(source, &[field]).is_some()) else {
            let error = fault(source, "values from elsewhere than a ConfigMap or a Secret can't be resolved offline");
            return Err(error.hint("put them into `spec.values`"));
        };
        let name = required(source, &[field, "name"])?;
        let namespace = match text(source, &[field, "namespace"])? {
            namespace if namespace.is_empty() => own.to_owned(),
            namespace => namespace,
        };
        let key = match text(source, &[field, "key"])? {
            key if key.is_empty() => KEY.to_owned(),
            key => key,
        };
        let (content, holder) = referred(&unit, source, (kind, &name, &namespace, &key))?;
        merge(&mut values, read_values(&content, holder)?);
    }
    merge(&mut values, mapping(object, &["spec", "values"])?);
    Ok(values)
}
