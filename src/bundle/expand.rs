//! From an object of a bundle's type to the objects that it stands for.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::bundle::bundle::{Bundle, without_null};
use crate::bundle::{API_VERSION, Generator, KINDS, Kind, Work, de};
use crate::decode::nearest;
use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::resource::Resource;
use crate::warning::Warnings;
use crate::yaml::Node;
use crate::yaml::json::{from_json, to_json};

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
        Work::Generator(generate) => generate(config, warnings),
    }
}

/// Reads the spec of a `T` and lets it write its objects.
pub(super) fn run<T: Generator + DeserializeOwned>(config: &Resource, warnings: &Warnings) -> Result<Vec<Resource>> {
    let spec: T = read_spec(config)?;
    let span = config.node.span;
    let made = spec.generate(&Bundle::new(config, warnings)).at(span)?;
    Ok(made.into_iter().map(|object| Resource::new(from_json(without_null(object), span))).collect())
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

/// What a kind writes, as JSON: for tests of one kind by itself.
#[cfg(test)]
pub(super) fn objects(text: &str) -> Result<Vec<Value>> {
    let read = crate::resource::read::read_resources(&text.into(), crate::source::SourceId(0))?;
    let made = generate(&read[0], &Warnings::default())?;
    made.iter().map(|resource| to_json(&resource.node)).collect()
}
