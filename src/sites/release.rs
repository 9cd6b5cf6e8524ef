//! Charts of Decapod's units as the releases that they are.

use crate::decapod::{ResolvedChart, SourceType};
use crate::resource::Resource;
use crate::sites::rule::mapping;
use crate::yaml::Node;

/// The release of a chart with all its values, as Decapod's bases write releases. Every value keeps its place.
pub(super) fn release(chart: &ResolvedChart) -> Resource {
    let source = &chart.source;
    let names = match source.source_type {
        SourceType::HelmRepository => ["repository", "name", "version"],
        SourceType::Git => ["git", "path", "ref"],
    };
    let fields = [&source.repository, &source.chart, &source.version];
    let name = chart.release.to_node();
    let spec = mapping([
        ("chart", mapping(names.into_iter().zip(fields.map(|field| field.to_node())))),
        ("releaseName", name.clone()),
        ("targetNamespace", chart.namespace.to_node()),
        ("values", chart.values.clone()),
    ]);
    Resource::new(mapping([
        ("apiVersion", Node::string("helm.fluxcd.io/v1")),
        ("kind", Node::string("HelmRelease")),
        ("metadata", mapping([("name", name)])),
        ("spec", spec),
    ]))
}
