//! Byte for byte the same under kustomize as by ourselves.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{CRUSTOMIZE, command, outcome, plugins, repository};
use crate::host::{Host, natively, programs};
use crate::support::Tree;

/// kustomize sorts the keys of a configuration before it hands it over: of overrides that contradict each other,
/// others win than by ourselves, where the order of the file counts.
const ORDER_IS_LOST: [&str; 1] = ["order"];

/// A site with bases, overlays, hashes and references around the transformer.
const LAYERS: [(&str, &str); 7] = [
    (
        "base/kustomization.yaml",
        "resources: [releases.yaml]\nconfigMapGenerator:\n- name: shared\n  literals: [a=b]\nnamePrefix: x-\n",
    ),
    (
        "base/releases.yaml",
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web, namespace: apps}\nspec:\n  \
         chart: {spec: {chart: web, version: 1.0.0, sourceRef: {kind: HelmRepository, name: charts}}}\n  values:\n    \
         image: {tag: \"1.10\"}\n    list: [1, 2]\n    text: \"true\"\n    long: |\n      one\n\n      two\n",
    ),
    (
        "middle/kustomization.yaml",
        "resources: [../base, pod.yaml]\ntransformers: [values.yaml]\nnameSuffix: -m\nlabels: [{pairs: {team: blue}}]\n",
    ),
    (
        "middle/pod.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: pod}\nspec:\n  containers:\n  - name: c\n    envFrom: \
         [{configMapRef: {name: shared}}]\n",
    ),
    (
        "middle/values.yaml",
        "apiVersion: openinfradev.github.com/v1\nkind: HelmValuesTransformer\nmetadata: {name: site}\nglobal: {tag: \
         \"1.20\", size: 3}\ncharts:\n- name: x-web-m\n  source: {version: 2.0.0}\n  override:\n    image.tag: $(tag)\n    \
         replicas: $(size)\n    list: [3]\n    note: |\n      three\n      four\n",
    ),
    (
        "top/kustomization.yaml",
        "resources: [../middle]\nnamespace: prod\nnamePrefix: t-\ntransformers: [instances.yaml]\nbuildMetadata: \
         [originAnnotations]\n",
    ),
    (
        "top/instances.yaml",
        "apiVersion: openinfradev.github.com/v1\nkind: HelmValuesTransformer\nmetadata: {name: copies}\ncharts:\n- \
         name: t-x-web-m\n- name: second\n  base: t-x-web-m\n  override: {image.tag: \"2\"}\n",
    ),
];

/// Copies of the cases of an area, by name: those that render, or those that fail.
fn cases(area: &str, render: bool) -> Vec<(String, Tree, PathBuf)> {
    let directory = repository().join("testdata").join(area);
    let mut found = Vec::new();
    for entry in fs::read_dir(&directory).unwrap() {
        let case = entry.unwrap().path();
        if case.join("expected.yaml").exists() == render {
            let tree = Tree::new();
            copy(&case.join("input"), &tree, "");
            let root = tree.path().to_owned();
            found.push((case.file_name().unwrap().to_string_lossy().into_owned(), tree, root));
        }
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

fn copy(from: &Path, tree: &Tree, below: &str) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{below}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            copy(&path, tree, &format!("{name}/"));
        } else {
            tree.write(&name, fs::read(&path).unwrap());
        }
    }
}

fn layers() -> (Tree, PathBuf) {
    let tree = LAYERS.iter().fold(Tree::new(), |tree, (path, text)| tree.with(path, text));
    let top = tree.at("top");
    (tree, top)
}

/// The kustomizations that use the transformer of values.
fn sites() -> Vec<(String, Tree, PathBuf)> {
    let (tree, top) = layers();
    let mut all = cases("helm-values", true);
    all.push(("layers".to_owned(), tree, top));
    all.retain(|(name, ..)| !ORDER_IS_LOST.contains(&name.as_str()));
    assert!(all.len() > 5);
    all
}

/// Says in every YAML file of a tree which function is to be run for the configurations.
fn name_function(directory: &Path, function: &str) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            name_function(&path, function);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, with_function(&text, function)).unwrap();
        }
    }
}

/// The same text, with the configurations of ours as functions'. They begin with `apiVersion`.
fn with_function(text: &str, function: &str) -> String {
    let mut ours = false;
    let mut out = Vec::new();
    for line in text.lines() {
        let (start, said) = line.split_at(line.len() - line.trim_start().len());
        if said.starts_with("apiVersion:") {
            ours = said == "apiVersion: builtin" || said.starts_with("apiVersion: openinfradev");
        }
        let annotation = format!("annotations: {{config.kubernetes.io/function: '{function}'}}");
        match said {
            "apiVersion: builtin" => out.push(format!("{start}apiVersion: crustomize/v1")),
            "metadata:" if ours => out.push(format!("{line}\n{start}  {annotation}")),
            _ if ours && said.starts_with("metadata: {") => {
                out.push(line.replacen("metadata: {", &format!("metadata: {{{annotation}, "), 1));
            }
            _ => out.push(line.to_owned()),
        }
    }
    out.join("\n") + "\n"
}

fn exec_function() -> String {
    format!(r#"{{"exec": {{"path": "{CRUSTOMIZE}", "args": ["fn"]}}}}"#)
}

const CONTAINER: &str = r#"{"container": {"image": "crustomize"}}"#;

fn compare(name: &str, native: &Result<String, String>, theirs: &Result<String, String>) {
    match (native, theirs) {
        (Ok(native), Ok(theirs)) => {
            assert!(native == theirs, "{name}\n--- by ourselves\n{native}--- under it\n{theirs}")
        }
        (Ok(_), Err(error)) => panic!("{name} fails under it: {error}"),
        (Err(error), _) => panic!("{name} fails by ourselves: {error}"),
    }
}

#[test]
fn the_plugin_makes_the_same_bytes_under_kubectl() {
    let Some(kubectl) = Host::kubectl() else { return };
    for (name, _tree, root) in sites() {
        compare(&name, &natively(&root), &kubectl.build(&root, &plugins(), &programs()));
    }
}

#[test]
fn the_plugin_makes_the_same_bytes_under_ourselves() {
    for (name, _tree, root) in sites() {
        compare(&name, &natively(&root), &Host::ourselves().build(&root, &plugins(), &programs()));
    }
}

/// What kustomize changes in a configuration, we change as its host, too.
#[test]
fn contradicting_overrides_come_out_as_under_kubectl() {
    let Some(kubectl) = Host::kubectl() else { return };
    for (name, _tree, root) in cases("helm-values", true) {
        let ours = Host::ourselves().build(&root, &plugins(), &programs());
        compare(&name, &ours, &kubectl.build(&root, &plugins(), &programs()));
    }
}

#[test]
fn a_container_makes_the_same_bytes_under_kubectl() {
    let Some(kubectl) = Host::kubectl() else { return };
    let built_in = cases("transformers", true).into_iter().chain(cases("generators-by-config", true));
    for (name, _tree, root) in sites().into_iter().chain(built_in) {
        let native = natively(&root);
        name_function(root.parent().filter(|_| name == "layers").unwrap_or(&root), CONTAINER);
        compare(&name, &native, &kubectl.build(&root, &plugins(), &programs()));
    }
}

#[test]
fn a_program_makes_the_same_bytes_under_kustomize_and_ourselves() {
    let kustomize = Host::kustomize();
    let built_in = cases("transformers", true).into_iter().chain(cases("generators-by-config", true));
    for (name, _tree, root) in sites().into_iter().chain(built_in) {
        let native = natively(&root);
        name_function(root.parent().filter(|_| name == "layers").unwrap_or(&root), &exec_function());
        let nowhere = Path::new("/nonexistent");
        compare(&name, &native, &Host::ourselves().build(&root, nowhere, &programs()));
        if let Some(kustomize) = &kustomize {
            compare(&name, &native, &kustomize.build(&root, nowhere, &programs()));
        }
    }
}

/// The sites of a real fleet, each over the base of its application; what is wrong with one is wrong in both.
#[test]
fn real_sites_make_the_same_bytes_under_kubectl() {
    let Some(kubectl) = Host::kubectl() else { return };
    let beside = ["../shared", "../../shared"].map(|path| repository().join(path).join("corpus/decapod"));
    let Some(fleet) = beside.iter().find(|path| path.is_dir()) else {
        println!("skipped: ../shared, with the repositories of Decapod, is not here");
        return;
    };
    let directories = |path: &Path| {
        let mut found: Vec<PathBuf> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        found.sort();
        found
    };
    let programs = programs();
    let (mut rendered, mut failed) = (0, 0);
    for unit in directories(&fleet.join("site")).iter().filter(|path| path.is_dir()).flat_map(|site| directories(site))
    {
        let base = fleet.join("base").join(unit.file_name().unwrap()).join("base/resources.yaml");
        let (Ok(values), Ok(base)) = (fs::read(unit.join("site-values.yaml")), fs::read(base)) else { continue };
        let tree = Tree::new()
            .with("kustomization.yaml", "resources: [base.yaml]\ntransformers: [site-values.yaml]\n")
            .with("base.yaml", base)
            .with("site-values.yaml", values);
        let native = natively(tree.path());
        let theirs = kubectl.build(tree.path(), &plugins(), &programs);
        match &native {
            Ok(_) => {
                compare(&unit.display().to_string(), &native, &theirs);
                rendered += 1;
            }
            Err(message) => {
                let theirs = theirs.expect_err(&unit.display().to_string());
                let message = message.lines().next().unwrap();
                assert!(theirs.contains(message), "{}: {message}\n{theirs}", unit.display());
                failed += 1;
            }
        }
    }
    println!("{rendered} sites compared, {failed} have faults");
    assert!(rendered > 30, "too few render to say much: {rendered}");
}

/// What fails by itself fails under kubectl, and its user reads why.
#[test]
fn errors_reach_the_user_of_kubectl() {
    let Some(kubectl) = Host::kubectl() else { return };
    for (name, _tree, root) in cases("helm-values", false) {
        if !root.join("site-values.yaml").exists() {
            // kustomize does not get as far as us.
            continue;
        }
        let message = natively(&root).expect_err(&name);
        let message = message.lines().next().unwrap();
        let plugin = kubectl.build(&root, &plugins(), &programs()).expect_err(&name);
        assert!(plugin.contains(message), "{name} as a plugin:\n{plugin}");
        name_function(&root, CONTAINER);
        let function = kubectl.build(&root, &plugins(), &programs()).expect_err(&name);
        assert!(function.contains(message), "{name} as a function:\n{function}");
    }
}

/// Without `--enable-alpha-plugins` the built-in one works, whatever the directory of plugins holds.
#[test]
fn a_build_does_not_need_its_own_plugin() {
    let (_tree, top) = layers();
    let broken = Tree::new().with("openinfradev.github.com/v1/helmvaluestransformer/HelmValuesTransformer", "no");
    let build =
        |arguments: &[&str]| outcome(command(CRUSTOMIZE, &top, arguments).env("KUSTOMIZE_PLUGIN_HOME", broken.path()));
    assert_eq!(build(&["build"]), natively(&top));
    let error = build(&["build", "--enable-alpha-plugins"]).unwrap_err();
    assert!(error.contains("may not be run"), "{error}");
}
