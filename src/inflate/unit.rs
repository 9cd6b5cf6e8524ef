//! Which resources of a unit are releases, and what they say.

use crate::error::{Result, ResultExt};
use crate::inflate::{Release, argo_cd, flux, helm_operator};
use crate::resource::Resource;

/// The resources around a release; some hold what it refers to.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnitResources<'u>(&'u [Resource]);

impl<'u> UnitResources<'u> {
    /// The object of a group, a kind, a name and a namespace.
    pub(super) fn find(&self, group: &str, kind: &str, name: &str, namespace: &str) -> Option<&'u Resource> {
        let is_it = |resource: &&Resource| {
            resource.kind() == kind
                && resource.name() == name
                && resource.gvk().group == group
                && in_namespace(&resource.namespace()) == in_namespace(namespace)
        };
        self.0.iter().find(is_it)
    }
}

fn in_namespace(namespace: &str) -> &str {
    if namespace.is_empty() { "default" } else { namespace }
}

/// What reads releases of one sort.
type Read = fn(&Resource, UnitResources<'_>) -> Result<Option<Release>>;

fn reader(resource: &Resource) -> Option<Read> {
    let gvk = resource.gvk();
    match (gvk.group.as_str(), gvk.kind.as_str()) {
        ("helm.fluxcd.io", "HelmRelease") => Some(helm_operator::read),
        ("helm.toolkit.fluxcd.io", "HelmRelease") => Some(flux::read),
        ("argoproj.io", "Application") => Some(argo_cd::read),
        _ => None,
    }
}

/// Whether a resource may be a release: a `HelmRelease` of the Helm operator or of Flux, or an `Application` of
/// Argo CD.
#[must_use]
pub fn is_release(resource: &Resource) -> bool {
    reader(resource).is_some()
}

/// What a resource says if it is a release; `unit` is all resources around it. An application without a chart
/// is none.
///
/// # Errors
/// When something is missing, or only the cluster could know it; at its place.
pub fn release_of(resource: &Resource, unit: &[Resource]) -> Result<Option<Release>> {
    let Some(read) = reader(resource) else { return Ok(None) };
    let place = resource.node.lookup(&["metadata", "name"]).map_or(resource.node.span, |name| name.span);
    read(resource, UnitResources(unit)).frame(|| format!("in the release `{}` at", resource.name()), place)
}
