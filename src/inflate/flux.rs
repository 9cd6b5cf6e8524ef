//! Releases of Flux: `helm.toolkit.fluxcd.io HelmRelease`, and the sources that they refer to.

use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::inflate::field::{fault, flag, items, mapping, refuse, required, text, there};
use crate::inflate::unit::UnitResources;
use crate::inflate::values::{merge, read as read_values, referred};
use crate::inflate::{ChartOrigin, Release, path_value};
use crate::resource::Resource;
use crate::yaml::Node;

const SOURCES: &str = "source.toolkit.fluxcd.io";

/// The longest name of a release in Helm, and what Flux keeps of a longer one beside a part of its hash.
const LONGEST: usize = 53;
const HASH: usize = 12;

/// Reads a release.
pub(super) fn read(resource: &Resource, unit: UnitResources<'_>) -> Result<Option<Release>> {
    let object = &resource.node;
    refuse(
        object,
        &[&["spec", "postRenderers"], &["spec", "commonMetadata"]],
        "only Flux does this after Helm: do it in a kustomization over what comes out, or don't inflate this release",
    )?;
    let own = resource.namespace();
    let target = text(object, &["spec", "targetNamespace"])?;
    let name = match text(object, &["spec", "releaseName"])? {
        name if !name.is_empty() => name,
        _ if target.is_empty() => resource.name().to_string(),
        _ => format!("{target}-{}", resource.name()),
    };
    let namespace = [target.as_str(), own.as_str(), "default"].into_iter().find(|name| !name.is_empty());
    let chart = chart(object, unit, &own)?;
    let mut release = Release::new(shortened(name), namespace.unwrap_or_default(), chart);
    let policy = text(object, &["spec", "install", "crds"])?;
    release.include_crds = policy != "Skip" && !flag(object, &["spec", "install", "skipCRDs"])?;
    release.skip_schema_validation = flag(object, &["spec", "install", "disableSchemaValidation"])?;
    release.values = values(object, unit, &own)?;
    Ok(Some(release))
}

fn shortened(name: String) -> String {
    let kept = name.get(..LONGEST - HASH - 1).filter(|_| name.len() > LONGEST);
    match kept {
        Some(kept) => {
            let hash = format!("{:x}", Sha256::digest(name.as_bytes()));
            format!("{kept}-{}", &hash[..HASH])
        }
        None => name,
    }
}

fn chart(object: &Node, unit: UnitResources<'_>, own: &str) -> Result<ChartOrigin> {
    let Some(reference) = there(object, &["spec", "chartRef"]) else {
        if there(object, &["spec", "chart", "spec"]).is_none() {
            return Err(fault(object, "the release has neither `spec.chart.spec` nor `spec.chartRef`"));
        }
        return of_template(object, &["spec", "chart", "spec"], unit, own);
    };
    let source = source(reference, "", unit, own)?;
    match source.kind().as_str() {
        "HelmChart" => of_template(&source.node, &["spec"], unit, &source.namespace()),
        "OCIRepository" => of_registry(&source.node),
        kind => Err(fault(reference, format!("a chart can't be taken from a {kind} by `chartRef`"))
            .hint("it may be an `OCIRepository` or a `HelmChart`")),
    }
}

/// The chart that the fields at `path` name.
fn of_template(object: &Node, path: &[&str], unit: UnitResources<'_>, own: &str) -> Result<ChartOrigin> {
    let at = |name: &'static str| [path, &[name]].concat();
    refuse(
        object,
        &[&at("valuesFiles"), &at("valuesFile")],
        "these are files of the chart's source: put their values into `spec.values`",
    )?;
    let name = required(object, &at("chart"))?;
    let Some(reference) = object.lookup(&at("sourceRef")) else {
        return Err(fault(object, format!("the release has no `{}`", at("sourceRef").join("."))));
    };
    let source = source(reference, "HelmRepository", unit, own)?;
    let spec = &source.node;
    match source.kind().as_str() {
        "HelmRepository" => {
            let version = match text(object, &at("version"))? {
                // Flux's own word for the newest.
                version if version == "*" => String::new(),
                version => version,
            };
            Ok(ChartOrigin::Repository { url: required(spec, &["spec", "url"])?, name, version })
        }
        "GitRepository" => {
            refuse(spec, &[&["spec", "ref", "semver"]], "name a tag, a branch or a commit")?;
            let mut reference = String::new();
            for field in ["commit", "name", "tag", "branch"] {
                if reference.is_empty() {
                    reference = text(spec, &["spec", "ref", field])?;
                }
            }
            if reference.is_empty() {
                "master".clone_into(&mut reference);
            }
            Ok(ChartOrigin::Git { url: required(spec, &["spec", "url"])?, path: name, reference })
        }
        kind => {
            let error = fault(reference, format!("a chart in a {kind} can't be fetched"));
            Err(error.hint("it may be in a `HelmRepository` or a `GitRepository`"))
        }
    }
}

fn of_registry(source: &Node) -> Result<ChartOrigin> {
    refuse(source, &[&["spec", "ref", "digest"]], "name a tag")?;
    let url = required(source, &["spec", "url"])?;
    let version = match text(source, &["spec", "ref", "semver"])? {
        range if !range.is_empty() => range,
        _ => required(source, &["spec", "ref", "tag"])?,
    };
    match url.trim_end_matches('/').rsplit_once('/') {
        Some((url, name)) => Ok(ChartOrigin::Repository { url: url.to_owned(), name: name.to_owned(), version }),
        None => Err(fault(source, "`spec.url` names no chart in a registry")),
    }
}

/// The source object that `reference` names.
fn source<'u>(reference: &Node, usual: &str, unit: UnitResources<'u>, own: &str) -> Result<&'u Resource> {
    let (name, kind) = (required(reference, &["name"])?, text(reference, &["kind"])?);
    let kind = if kind.is_empty() { usual } else { &kind };
    let namespace = text(reference, &["namespace"])?;
    let namespace = if namespace.is_empty() { own } else { &namespace };
    unit.find(SOURCES, kind, &name, namespace).ok_or_else(|| {
        let place = if namespace.is_empty() { String::new() } else { format!(" in the namespace `{namespace}`") };
        let error = fault(reference, format!("the {kind} `{name}`{place} is not among the unit's resources"));
        error.hint("its address is needed to fetch the chart: list it in the unit's kustomization")
    })
}

/// Referred values in their order, the release's own over all of them.
fn values(object: &Node, unit: UnitResources<'_>, own: &str) -> Result<Node> {
    let mut values = Node::mapping();
    for source in items(object, &["spec", "valuesFrom"])? {
        let (kind, name) = (required(source, &["kind"])?, required(source, &["name"])?);
        if !["ConfigMap", "Secret"].contains(&kind.as_str()) {
            return Err(fault(source, format!("values can't be taken from a {kind}")));
        }
        let key = match text(source, &["valuesKey"])? {
            key if key.is_empty() => "values.yaml".to_owned(),
            key => key,
        };
        let (content, holder) = referred(&unit, source, (&kind, &name, own, &key))?;
        let path = text(source, &["targetPath"])?;
        if path.is_empty() {
            merge(&mut values, read_values(&content, holder)?);
        } else {
            let literal = flag(source, &["literal"])?;
            path_value::set(&mut values, &path, single(&content, literal, holder)?, source)?;
        }
    }
    merge(&mut values, mapping(object, &["spec", "values"])?);
    Ok(values)
}

/// The value for a `targetPath`.
fn single(content: &str, literal: bool, holder: &Node) -> Result<Node> {
    if literal {
        return Ok(Node::string(content));
    }
    let quoted = |quote: char| content.len() > 1 && content.starts_with(quote) && content.ends_with(quote);
    if quoted('"') || quoted('\'') {
        return Ok(path_value::string(content.trim_matches(['"', '\''])));
    }
    let is_list = content.starts_with('{') && content.ends_with('}');
    if !is_list && path_value::split(content).len() > 1 {
        return Err(fault(holder, "a value for a `targetPath` can't hold a comma").hint("put it in quotes"));
    }
    Ok(path_value::typed(content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_a_part_and_a_hash() {
        let long = "a-namespace-with-a-long-name-the-release-with-a-long-name";
        let name = shortened(long.to_owned());
        assert_eq!(name.len(), LONGEST);
        assert_eq!(name, "a-namespace-with-a-long-name-the-release-8e3ac7df3725");
        assert_eq!(shortened("short".to_owned()), "short");
    }
}
