//! For the tests of transformers: objects from YAML, and back.

use arcstr::ArcStr;

use crate::error::Result;
use crate::pack::Packs;
use crate::resource::{ResMap, Resource};
use crate::schema::Schema;
use crate::source::SourceId;
use crate::transform::{Context, Transformer};
use crate::warning::Warnings;
use crate::yaml::resolve::Dialect;
use crate::yaml::{documents, emit, parse};

/// The objects of a YAML stream.
pub(crate) fn resources(yaml: &str) -> ResMap {
    let text = ArcStr::from(yaml);
    let mut resources = ResMap::new();
    for chunk in documents::split(&text, documents::Position::start(SourceId(0))).unwrap() {
        if let Some(node) = parse::parse(chunk, Dialect::V3).unwrap() {
            resources.append(Resource::new(node), &Schema::default()).unwrap();
        }
    }
    resources
}

/// The objects as they are printed.
pub(crate) fn print(resources: &ResMap) -> String {
    let print = |resource: &Resource| {
        let mut out = String::new();
        emit::emit(&resource.node, &mut out).unwrap();
        out
    };
    resources.iter().map(print).collect::<Vec<_>>().join("---\n")
}

/// Runs a transformer and returns its warnings.
pub(crate) fn apply(transformer: &dyn Transformer, resources: &mut ResMap) -> Result<Vec<String>> {
    let (schema, warnings) = (Schema::default(), Warnings::default());
    transformer.transform(resources, &Context { schema: &schema, warnings: &warnings, packs: Packs::none() })?;
    let sources = crate::source::SourceMap::default();
    Ok(warnings.resolve(&sources).into_iter().map(|warning| warning.message).collect())
}

/// What a transformer makes of objects.
pub(crate) fn run(transformer: &dyn Transformer, yaml: &str) -> Result<String> {
    let mut resources = resources(yaml);
    apply(transformer, &mut resources)?;
    Ok(print(&resources))
}
