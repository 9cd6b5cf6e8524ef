//! Bundles: every example renders, two sites with versions of their own get what each accepts, and what comes out is what
//! the CustomResourceDefinitions of the projects allow.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests read files and print")]

#[path = "bundles/definitions.rs"]
mod definitions;
#[path = "bundles/example.rs"]
mod example;
#[path = "bundles/site.rs"]
mod site;
#[path = "bundles/ways.rs"]
mod ways;

use crustomize::yaml::Node;
use crustomize::yaml::json::to_json;
use crustomize::{Error, MemoryFs, RenderOptions, Rendered, render};
use serde_json::Value;

/// What the kustomization among `files` makes.
fn build(files: &[(&str, &str)]) -> Result<Rendered, Error> {
    let add = |tree: MemoryFs, (name, text): &(&str, &str)| tree.with_file(format!("/k/{name}"), *text);
    render(&files.iter().fold(MemoryFs::new(), add), "/k", &RenderOptions::default())
}

/// What the bundle in `text` makes as a generator.
fn generated(text: &str) -> Result<Rendered, Error> {
    build(&[("kustomization.yaml", "generators: [bundle.yaml]\n"), ("bundle.yaml", text)])
}

/// The resources as JSON.
fn objects(rendered: &Rendered) -> Vec<Value> {
    rendered.resources().iter().map(|resource| json(&resource.node)).collect()
}

fn json(node: &Node) -> Value {
    to_json(node).unwrap()
}

/// The message of the error that the bundle `kind` with this spec comes to, and its place.
fn refused(kind: &str, spec: &str) -> String {
    let text = format!(
        "apiVersion: crustomize.dev/v1alpha1\nkind: {kind}\nmetadata: {{name: app, namespace: apps}}\nspec:\n  {}\n",
        spec.replace('\n', "\n  ")
    );
    let error = match generated(&text) {
        Ok(rendered) => panic!("{kind} made {}", rendered.to_yaml().unwrap()),
        Err(error) => error,
    };
    let location = error.location().expect("a place");
    let hints: String = error.hints().iter().map(|hint| format!(" ({hint})")).collect();
    format!("{}:{}: {}{hints}", location.line, location.column, error.message())
}
