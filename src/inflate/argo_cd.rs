//! Applications of Argo CD whose source is a chart: `argoproj.io Application`.

use crate::error::Result;
use crate::inflate::field::{fault, flag, items, mapping, refuse, required, text, texts, there};
use crate::inflate::unit::UnitResources;
use crate::inflate::values::read as read_values;
use crate::inflate::{ChartOrigin, Release, path_value};
use crate::resource::Resource;
use crate::yaml::Node;

/// Reads an application, if it has a chart.
pub(super) fn read(resource: &Resource, _: UnitResources<'_>) -> Result<Option<Release>> {
    let object = &resource.node;
    let Some(source) = source(object)? else { return Ok(None) };
    let name = match text(source, &["helm", "releaseName"])? {
        name if name.is_empty() => resource.name().to_string(),
        name => name,
    };
    let said = [text(source, &["helm", "namespace"])?, text(object, &["spec", "destination", "namespace"])?];
    let namespace = said.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| "default".to_owned());
    let mut release = Release::new(name, namespace, chart(source)?);
    release.include_crds = !flag(source, &["helm", "skipCrds"])?;
    release.skip_tests = flag(source, &["helm", "skipTests"])?;
    release.skip_schema_validation = flag(source, &["helm", "skipSchemaValidation"])?;
    release.kube_version = text(source, &["helm", "kubeVersion"])?;
    release.api_versions = texts(source, &["helm", "apiVersions"])?;
    release.values = values(source)?;
    Ok(Some(release))
}

/// The source with the chart. Sources that only lend their files to others (`ref`) bring no objects.
fn source(object: &Node) -> Result<Option<&Node>> {
    let has_chart = |source: &&Node| there(source, &["chart"]).is_some() || there(source, &["helm"]).is_some();
    let sources = items(object, &["spec", "sources"])?;
    if sources.is_empty() {
        return Ok(there(object, &["spec", "source"]).filter(has_chart));
    }
    let Some(found) = sources.iter().find(has_chart) else { return Ok(None) };
    let brings = |source: &&Node| there(source, &["path"]).is_some() || has_chart(source);
    match sources.iter().filter(brings).find(|source| !std::ptr::eq(*source, found)) {
        None => Ok(Some(found)),
        Some(other) => Err(fault(other, "an application with a chart and other sources can't be inflated")
            .hint("make it one application for each source")),
    }
}

fn chart(source: &Node) -> Result<ChartOrigin> {
    let url = required(source, &["repoURL"])?;
    let version = text(source, &["targetRevision"])?;
    let name = text(source, &["chart"])?;
    if name.is_empty() {
        // Argo CD's own word for the default branch, and git's.
        let reference = if version == "HEAD" { String::new() } else { version };
        return Ok(ChartOrigin::Git { url, path: required(source, &["path"])?, reference });
    }
    // Argo CD leaves the scheme of registries out.
    let url = if url.contains("://") { url } else { format!("oci://{url}") };
    Ok(ChartOrigin::Repository { url, name, version })
}

fn values(source: &Node) -> Result<Node> {
    refuse(
        source,
        &[&["helm", "valueFiles"], &["helm", "fileParameters"]],
        "these are files of the application's sources: put their values into `helm.valuesObject`",
    )?;
    let mut values = mapping(source, &["helm", "valuesObject"])?;
    if values.as_mapping().is_none_or(crate::yaml::Mapping::is_empty)
        && let Some(holder) = there(source, &["helm", "values"])
    {
        values = read_values(&text(source, &["helm", "values"])?, holder)?;
    }
    for parameter in items(source, &["helm", "parameters"])? {
        let (name, content) = (required(parameter, &["name"])?, text(parameter, &["value"])?);
        let value =
            if flag(parameter, &["forceString"])? { path_value::string(&content) } else { path_value::typed(&content) };
        path_value::set(&mut values, &name, value, parameter)?;
    }
    Ok(values)
}
