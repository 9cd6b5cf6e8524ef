//! Templates of users: what is built in, ejected; the command; a fleet's own kinds.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests make and read files")]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use crustomize::bundle::KINDS;
use crustomize::template::eject;
use crustomize::{MemoryFs, RenderOptions, render};
use insta::assert_snapshot;
use support::Tree;

/// Status, standard output and standard error of the command as one text.
fn run(directory: &Path, args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_crustomize")).args(args).current_dir(directory).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let code = output.status.code().unwrap();
    format!("status: {code}\n----- stdout\n{}----- stderr\n{}", text(&output.stdout), text(&output.stderr))
}

/// Every kind that makes objects can be ejected, and the ejected templates make of its example what the kind does.
#[test]
fn ejected_kinds_make_what_the_built_in_ones_make() {
    let mut count = 0;
    for kind in &KINDS {
        let Ok(ejected) = eject(kind, "MyKind") else { continue };
        count += 1;
        let kustomization = "namePrefix: p-\ngenerators: [bundle.yaml]\n";
        let built_in = MemoryFs::new()
            .with_file("/app/kustomization.yaml", kustomization)
            .with_file("/app/bundle.yaml", kind.example);
        let mut own = MemoryFs::new().with_file("/app/kustomization.yaml", kustomization);
        for (name, text) in &ejected.files {
            let path =
                if name.contains("example") { "/app/bundle.yaml".to_owned() } else { format!("/definitions/{name}") };
            own = own.with_file(path, text.as_str());
        }
        let options = RenderOptions::default();
        let want = render(&built_in, "/app", &options).unwrap().to_yaml().unwrap();
        let options = options.with_definitions(vec!["/definitions".into()]);
        let made = render(&own, "/app", &options)
            .unwrap_or_else(|error| panic!("{}: {error} {:?}", kind.name, error.frames()));
        assert_eq!(made.to_yaml().unwrap(), want, "{}", kind.name);
        // It is a template, not a copy.
        let template = &ejected.files.iter().find(|(name, _)| name.ends_with(".tera")).unwrap().1;
        assert!(template.matches("{{ values").count() > 2, "{}: {template}", kind.name);
    }
    assert_eq!(count, 7);
}

#[test]
fn ejecting_writes_files_and_overwrites_none() {
    let tree = Tree::new();
    assert_snapshot!(run(tree.path(), &["bundle", "eject", "EbsStorage", "--name", "OurStorage"]), @r"
    status: 0
    ----- stdout
    created definitions/our-storage.yaml
    created definitions/our-storage.yaml.tera
    created definitions/our-storage.schema.json
    created definitions/our-storage.example.yaml
    ----- stderr
    ");
    assert_snapshot!(fs::read_to_string(tree.at("definitions/our-storage.yaml")).unwrap(), @r"
    apiVersion: crustomize.dev/v1alpha1
    kind: BundleDefinition
    metadata:
      name: our-storage
    spec:
      kind: OurStorage
      templates:
      - our-storage.yaml.tera
      schema: our-storage.schema.json
    ");
    assert_snapshot!(run(tree.path(), &["bundle", "eject", "EbsStorage", "--name", "OurStorage"]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: `definitions/our-storage.yaml` is there already
    hint: choose another `--name`, or another folder with `--output`
    ");
    assert_snapshot!(run(tree.path(), &["bundle", "eject", "SiteValues"]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: `SiteValues` changes other objects, which templates can't do
    ");
    assert!(run(tree.path(), &["bundle", "eject", "EbsStorage", "--name", "../x"]).contains("is no name of a kind"));
    assert_snapshot!(run(tree.path(), &["bundle", "eject", "EbsStorag"]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: there is no bundle `EbsStorag`
    hint: did you mean `EbsStorage`?
    ");
}

/// A fleet's kinds stand in `crustomize.yaml`, wherever the units are that use them.
#[test]
fn kinds_of_a_fleet() {
    let bundle = "apiVersion: crustomize.dev/v1alpha1\nkind: MyMap\nmetadata: {name: map}\nspec: {color: blue}\n";
    let tree = Tree::new()
        .with("crustomize.yaml", "definitions: [kinds]\n")
        .with(
            "kinds/map.yaml",
            "apiVersion: crustomize.dev/v1alpha1\nkind: BundleDefinition\nmetadata: {name: map}\n\
             spec: {kind: MyMap, templates: [map.tera], values: {size: 1}}\n",
        )
        .with(
            "kinds/map.tera",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ metadata.name }}}\n\
             data: {color: {{ values.color }}, size: {{ values.size | quote }}}\n",
        )
        .with("base/map/kustomization.yaml", "resources: [map.yaml]\n")
        .with("base/map/map.yaml", bundle);
    for (site, patch) in [("a", "{size: 2}"), ("b", "{color: green}")] {
        let kustomization = format!(
            "resources: [../../../base/map]\npatches:\n- patch: |-\n    apiVersion: crustomize.dev/v1alpha1\n    kind: MyMap\n    \
             metadata: {{name: map}}\n    spec: {patch}\n"
        );
        tree.write(&format!("sites/{site}/map/kustomization.yaml"), kustomization);
    }
    let rendered = run(tree.path(), &["render"]);
    assert_snapshot!(rendered.split("----- stderr").next().unwrap_or_default(), @r#"
    status: 0
    ----- stdout
    # unit: a/map
    apiVersion: v1
    data:
      color: blue
      size: "2"
    kind: ConfigMap
    metadata:
      name: map
    ---
    # unit: b/map
    apiVersion: v1
    data:
      color: green
      size: "1"
    kind: ConfigMap
    metadata:
      name: map
    "#);
    tree.write("kinds/map.tera", "a: {{ values.colour }}\n");
    let failed = run(tree.path(), &["render", "a"]);
    assert_snapshot!(failed.split("\nunit ").next().unwrap_or_default(), @r"
    status: 1
    ----- stdout
    ----- stderr
    in unit a/map:
    error: field `colour` is not defined; available fields: color, size
      --> kinds/map.tera:1:14
       | a: {{ values.colour }}
      `MyMap` is defined at kinds/map.yaml:4:14
    ");
}
