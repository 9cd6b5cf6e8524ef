//! From an object of a bundle's type to the objects that it stands for.

use serde::de::DeserializeOwned;

use crate::bundle::bundle::Bundle;
use crate::bundle::{Change, Generator, Kind, VERSION, Work, de};
use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::resource::{Behavior, OWN_GROUP, ResMap, Resource};
use crate::transform::{Context, Transformer};
use crate::warning::Warnings;
use crate::yaml::Node;
use crate::yaml::json::to_json;

/// Whether `config` is of a type of bundles, known or not.
pub(crate) fn is_bundle(config: &Resource) -> bool {
    let gvk = config.type_ref();
    gvk.group == OWN_GROUP && gvk.version == VERSION
}

/// The kind of bundle that `config` is.
///
/// # Errors
/// When there is no such kind.
pub(crate) fn kind_of(config: &Resource) -> Result<&'static Kind> {
    Kind::of_name(&config.kind()).at(config.node.get("kind").map_or(config.node.span, |kind| kind.span))
}

/// The objects that the bundle `config` stands for.
///
/// # Errors
/// What is wrong with the bundle, at its place.
pub(crate) fn generate(config: &Resource, warnings: &Warnings) -> Result<Vec<Resource>> {
    let kind = kind_of(config)?;
    match kind.work {
        Work::Generator(generate) | Work::Transformer(generate, _) => generate(config, warnings),
        Work::Site => Err(misplaced(kind, config, "a transformer", "transformers")),
    }
}

/// Whether the bundle `config` makes objects, and changes none.
///
/// # Errors
/// When there is no such kind.
pub(crate) fn is_generator(config: &Resource) -> Result<bool> {
    Ok(matches!(kind_of(config)?.work, Work::Generator(_)))
}

/// The transformer that the bundle `config` is.
///
/// # Errors
/// When it is none, and what is wrong with it, at its place.
pub(crate) fn transformer_for(config: &Resource) -> Result<Box<dyn Transformer>> {
    let kind = kind_of(config)?;
    match kind.work {
        Work::Transformer(_, make) => make(config.clone()),
        Work::Generator(_) => Err(misplaced(kind, config, "a generator", "generators")),
        // The kustomization that names it does its work.
        Work::Site => Err(misplaced(kind, config, "not to be run by itself", "transformers")),
    }
}

fn misplaced(kind: &Kind, config: &Resource, sort: &str, field: &str) -> Error {
    let error = Error::new(ErrorKind::Bundle, format!("`{}` is {sort}", kind.name)).at(config.node.span);
    error.hint(format!("name it under `{field}:`"))
}

/// A bundle that changes other objects.
struct Changer<T> {
    config: Resource,
    spec: T,
}

impl<T: Change> Transformer for Changer<T> {
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        let bundle = Bundle::new(&self.config, context.warnings);
        self.spec.change(resources, &bundle, context).at(self.config.node.span)
    }
}

/// Reads the spec of a `T`, which is a transformer.
pub(super) fn transformer_of<T: Change + DeserializeOwned + 'static>(config: Resource) -> Result<Box<dyn Transformer>> {
    Ok(Box::new(Changer { spec: read_spec::<T>(&config)?, config }))
}

/// As [`run`]; ConfigMaps are merged into those that are there.
pub(super) fn run_merged<T: Generator + DeserializeOwned>(
    config: &Resource,
    warnings: &Warnings,
) -> Result<Vec<Resource>> {
    let mut made = run::<T>(config, warnings)?;
    for resource in made.iter_mut().filter(|resource| resource.kind() == "ConfigMap") {
        resource.behavior = Behavior::Merge;
    }
    Ok(made)
}

/// Reads the spec of a `T` and lets it write its objects.
pub(super) fn run<T: Generator + DeserializeOwned>(config: &Resource, warnings: &Warnings) -> Result<Vec<Resource>> {
    let spec: T = read_spec(config)?;
    let span = config.node.span;
    let bundle = Bundle::new(config, warnings);
    let made = spec.generate(&bundle).at(span)?;
    Ok(made.into_iter().map(|object| bundle.resource(object)).collect())
}

/// The spec of a bundle, typed.
pub(super) fn read_spec<T: DeserializeOwned>(config: &Resource) -> Result<T> {
    let node = &config.node;
    // Keys are texts, and each is there once, after that.
    to_json(node)?;
    for entry in node.as_mapping().into_iter().flatten() {
        if !["apiVersion", "kind", "metadata", "spec"].contains(&entry.key.text().as_str()) {
            let error = Error::new(ErrorKind::Bundle, format!("unknown field `{}` in a bundle", entry.key.text()));
            return Err(error.at(entry.key.span).hint("what a bundle says stands under `spec`"));
        }
    }
    let empty = Node::mapping().at(node.span);
    de::from_node(node.get("spec").filter(|spec| !spec.is_null()).unwrap_or(&empty), "spec")
}
