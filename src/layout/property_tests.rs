//! Whatever resources are called: distinct portable paths inside the folder, or an error.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::resource::{Gvk, ResId};
use crate::schema::Schema;
use crate::source::SourceMap;
use crate::yaml::{Node, Text};

/// Names that went wrong somewhere, letters that fold or compose, and anything at all.
fn name() -> impl Strategy<Value = String> {
    let hostile = [
        "",
        ".",
        "..",
        "../../x",
        "/",
        "a/b",
        "a\\b",
        "CON",
        "con",
        "con.x",
        "nul",
        "COM1",
        "system:Foo",
        "system:foo",
        "%2E",
        "%2e",
        "a%2Fb",
        "~",
        "_cluster",
        ".git",
        "GIT~1",
        "a.",
        "a ",
        " a",
        "é",
        "e\u{301}",
        "É",
        "K",
        "\u{212a}",
        "k",
        "ſ",
        "s",
        "ß",
        "ss",
        "İ",
        "i\u{307}",
        "\u{200d}",
        "\0",
        "a\nb",
        "manifest.yaml",
        "CRD",
        ".inventory.json",
    ];
    prop_oneof![
        4 => prop::sample::select(hostile.map(str::to_owned).to_vec()),
        3 => "[aA.:%/~é-]{0,6}",
        2 => any::<String>(),
        1 => "[aA:]{150,400}",
    ]
}

fn resource(api_version: &str, kind: &str, namespace: &str, name: &str) -> Resource {
    let mut resource = Resource::new(Node::mapping());
    let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
    resource.set_gvk(&Gvk { group: group.into(), version: version.into(), kind: kind.into() });
    resource.set_name(Text::from(name));
    resource.set_namespace(Text::from(namespace));
    resource
}

fn types() -> impl Strategy<Value = (&'static str, &'static str)> {
    prop::sample::select(vec![
        ("v1", "Service"),
        ("serving.knative.dev/v1", "Service"),
        ("v1", "Namespace"),
        ("apps/v1", "Deployment"),
        ("cert-manager.io/v1", "Certificate"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        ("rbac.authorization.k8s.io/v1", "ClusterRole"),
    ])
}

/// What kustomize takes for one object is one object here.
fn distinct(resources: Vec<Resource>, schema: &Schema) -> Vec<Resource> {
    let mut ids: BTreeSet<(String, String, String)> = BTreeSet::new();
    let key = |id: ResId| (id.gvk.to_string(), id.effective_namespace(schema).to_owned(), id.name.to_string());
    resources.into_iter().filter(|resource| ids.insert(key(resource.cur_id()))).collect()
}

/// What Windows refuses, written down a second time and otherwise than in `path`.
fn is_portable(component: &str) -> bool {
    let stem = component.split('.').next().unwrap().to_ascii_uppercase();
    let devices = ["CON", "PRN", "AUX", "NUL"].map(str::to_owned).into_iter();
    let numbered = (0..10).flat_map(|n| [format!("COM{n}"), format!("LPT{n}")]);
    (1..=255).contains(&component.len())
        && component.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-%~:#$&'()+,;=@[]^`{}! ".contains(&byte))
        && !component.starts_with('.')
        && !component.ends_with(['.', ' '])
        && !devices.chain(numbered).any(|device| device == stem)
}

fn check(files: &[OutputFile], colons: bool) {
    let mut folded = BTreeSet::new();
    for file in files {
        for component in file.path.split('/') {
            assert!(is_portable(component), "{}", file.path);
            assert!(colons || !component.contains(':'), "{}", file.path);
        }
        assert!(folded.insert(file.path.to_ascii_lowercase()), "{}", file.path);
        assert!(folded.insert(fold_case(&file.path)) || fold_case(&file.path) == file.path.to_ascii_lowercase());
        let inside = std::path::Path::new("/out").join(&file.path);
        assert!(crate::fs::clean(&inside).starts_with("/out") && crate::fs::clean(&inside) == inside);
    }
}

fn lay(layout: Layout, resources: &[Resource], schema: &Schema) -> crate::error::Result<Vec<OutputFile>> {
    let items: Vec<Item<'_>> = resources.iter().map(Item::from).collect();
    lay_out(&items, LayoutOptions { layout, ..LayoutOptions::default() }, schema, &SourceMap::default())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Types as they are in clusters, names and namespaces as bad as they get.
    #[test]
    fn stable_has_a_path_for_every_name(objects in prop::collection::vec((types(), name(), name()), 1..12)) {
        let schema = Schema::default();
        let all = objects.iter().map(|((version, kind), namespace, name)| resource(version, kind, namespace, name));
        let all = distinct(all.collect(), &schema);
        match lay(Layout::Stable, &all, &schema) {
            Ok(files) => {
                prop_assert_eq!(files.len(), all.len());
                check(&files, false);
            }
            // What can't be printed can't be written, whatever its name.
            Err(error) => prop_assert_eq!(error.kind(), crate::ErrorKind::Emit, "{}", error),
        }
    }

    /// Types as bad as names: never silently one file for two, never outside.
    #[test]
    fn every_layout_names_well_or_refuses(
        objects in prop::collection::vec((name(), name(), name(), name()), 1..6),
        layout in prop::sample::select(Layout::ALL.to_vec()),
    ) {
        let schema = Schema::default();
        let all = objects.iter().map(|(group, kind, namespace, name)| resource(&format!("{group}/v1"), kind, namespace, name));
        let all = distinct(all.collect(), &schema);
        if let Ok(files) = lay(layout, &all, &schema) {
            let held: usize = files.iter().map(|file| file.resources.len()).sum();
            prop_assert_eq!(held, all.len());
            check(&files, matches!(layout, Layout::Kustomize | Layout::Decapod));
        }
    }
}
