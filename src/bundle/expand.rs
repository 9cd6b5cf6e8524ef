//! From an object of a bundle's type to the objects that it stands for.

use serde::de::DeserializeOwned;

use crate::bundle::bundle::Bundle;
use crate::bundle::{API_VERSION, Change, Generator, KINDS, Kind, Work, de};
use crate::decode::nearest;
use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::resource::{Behavior, ResMap, Resource};
use crate::transform::{Context, Transformer};
use crate::warning::Warnings;
use crate::yaml::Node;
use crate::yaml::json::to_json;

/// Whether `config` is of a type of bundles, known or not.
pub(crate) fn is_bundle(config: &Resource) -> bool {
    config.api_version() == API_VERSION
}

/// The kind of bundle that `config` is.
///
/// # Errors
/// When there is no such kind.
pub(crate) fn kind_of(config: &Resource) -> Result<&'static Kind> {
    let name = config.kind();
    KINDS.iter().find(|kind| kind.name == name.as_str()).ok_or_else(|| {
        let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
        let span = config.node.get("kind").map_or(config.node.span, |kind| kind.span);
        let error = Error::new(ErrorKind::Bundle, format!("there is no bundle `{name}`")).at(span);
        match nearest(&name, &names) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!("there are {}", names.join(", "))),
        }
    })
}

/// The objects that the bundle `config` stands for.
///
/// # Errors
/// What is wrong with the bundle, at its place.
pub(crate) fn generate(config: &Resource, warnings: &Warnings) -> Result<Vec<Resource>> {
    let kind = kind_of(config)?;
    match kind.work {
        Work::Generator(generate) | Work::Transformer(generate, _) => generate(config, warnings),
    }
}

/// The transformer that the bundle `config` is.
///
/// # Errors
/// When it is none, and what is wrong with it, at its place.
pub(crate) fn transformer(config: &Resource) -> Result<Box<dyn Transformer>> {
    let kind = kind_of(config)?;
    match kind.work {
        Work::Transformer(_, make) => make(config.clone()),
        Work::Generator(_) => {
            let error = Error::new(ErrorKind::Bundle, format!("`{}` is a generator", kind.name)).at(config.node.span);
            Err(error.hint("name it under `generators:`"))
        }
    }
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
