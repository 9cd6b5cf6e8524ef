//! Several releases of one base.

use crate::decode::suggestion;
use crate::error::{Error, ErrorKind};
use crate::resource::{ResMap, Resource};
use crate::schema::Schema;
use crate::site_values::ChartValues;
use crate::transform::helm_values::target;
use crate::yaml::{Node, Text};

/// Makes a copy of its base for each chart that names one. The base itself is a pattern then, and goes, unless a
/// chart of its own name is listed too.
///
/// Copies are taken before anything is overridden, and stand where the base stood.
pub(super) fn make(charts: &[ChartValues], resources: &mut ResMap, schema: &Schema, faults: &mut Vec<Error>) {
    let copies: Vec<&ChartValues> = charts.iter().filter(|chart| chart.base_name() != chart.name.text).collect();
    if copies.is_empty() {
        return;
    }
    let mut of_base: Vec<(usize, Resource)> = Vec::new();
    for chart in copies {
        let Some(base) = &chart.base else { continue };
        match target::find(resources, base) {
            Ok(found) => {
                let Some(pattern) = resources.get(found.index) else { continue };
                of_base.push((found.index, instance(pattern, base.text.as_str(), chart)));
            }
            Err(error) => faults.push(error),
        }
    }
    let is_kept = |resource: &Resource| {
        charts.iter().any(|chart| *chart.base_name() == *chart.name.text && *chart.name.text == *resource.name())
    };
    let old = std::mem::take(resources).into_resources();
    for (index, resource) in old.into_iter().enumerate() {
        let mut is_pattern = false;
        let mut made = Vec::new();
        for (_, instance) in of_base.iter().filter(|(base, _)| *base == index) {
            is_pattern = true;
            made.push(instance.clone());
        }
        let kept = (!is_pattern || is_kept(&resource)).then_some(resource);
        for resource in kept.into_iter().chain(made) {
            let name = resource.node.lookup(&["metadata", "name"]).map_or(resource.node.span, |name| name.span);
            if let Err(error) = resources.append(resource, schema) {
                faults.push(error.at(name));
            }
        }
    }
}

/// The copy of `pattern`: the object and the release have the chart's name.
fn instance(pattern: &Resource, base: &str, chart: &ChartValues) -> Resource {
    let mut copy = Resource::new(pattern.node.clone());
    copy.origin.clone_from(&pattern.origin);
    let name = chart.name.to_node();
    copy.metadata_mut().set("name", name.clone());
    for path in [&["spec", "releaseName"] as &[&str], &["spec", "source", "helm", "releaseName"]] {
        if let Some(release) = path.iter().try_fold(&mut copy.node, |node, key| node.get_mut(key)) {
            *release = name.clone();
        }
    }
    let sources = copy.node.get_mut("spec").and_then(|spec| spec.get_mut("sources")).and_then(Node::as_sequence_mut);
    for source in sources.into_iter().flatten() {
        if let Some(release) = source.get_mut("helm").and_then(|helm| helm.get_mut("releaseName"))
            && release.text().map(Text::as_str) == Some(base)
        {
            *release = name.clone();
        }
    }
    copy
}

/// The error for a name that no release has.
pub(super) fn missing(name: &str, known: &[&str]) -> Error {
    let error = Error::new(ErrorKind::Transform, format!("there is no Helm release `{name}` to override"));
    error.hint(suggestion(name, known, || match known {
        [] => "list a HelmRelease or an Argo CD Application under `resources`".to_owned(),
        known => format!("the releases here are {}", known.join(", ")),
    }))
}
