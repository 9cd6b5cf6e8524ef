//! Packs on the articles' own manifests; the names of the tests are the rows of the reference.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests read files and print")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crustomize::fs::FileSystem;
use crustomize::{MemoryFs, Pack, Packs, RenderOptions, Rendered, render};
use insta::assert_snapshot;
use support::Tree;

/// A folder of the articles' manifests, if they are here.
fn seed(name: &str) -> Option<PathBuf> {
    let beside = ["../shared", "../../shared"].map(|path| Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    let found = beside.iter().map(|shared| shared.join("corpus/seeds").join(name)).find(|path| path.is_dir());
    if found.is_none() {
        println!("skipped: ../shared, with the article's manifests, is not here");
    }
    found
}

/// The article's base at `/base`, and a site beside it.
fn with_site(base: &Path, site: &str) -> MemoryFs {
    let mut files = MemoryFs::new();
    for entry in fs::read_dir(base).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        files = files.with_file(format!("/base/{name}"), fs::read(&path).expect("a file"));
    }
    files.with_file("/site/kustomization.yaml", site)
}

fn rollouts() -> RenderOptions {
    RenderOptions::default().with_packs(Packs::none().with(Pack::ArgoRollouts))
}

fn build(files: &dyn FileSystem, options: &RenderOptions) -> (String, Vec<String>) {
    let rendered = render(files, "/site", options).expect("a render");
    let warnings = Rendered::warnings(&rendered).iter().map(|warning| warning.message.clone()).collect();
    (rendered.to_yaml().expect("a text"), warnings)
}

/// Status, standard output and standard error of the command as one text.
fn run(directory: &Path, args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_crustomize")).args(args).current_dir(directory).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let code = output.status.code().unwrap();
    format!("status: {code}\n----- stdout\n{}----- stderr\n{}", text(&output.stdout), text(&output.stderr))
}

/// What only one of two texts says, line by line, places kept.
fn changed<'a>(left: &'a str, right: &'a str) -> Vec<(&'a str, &'a str)> {
    assert_eq!(left.lines().count(), right.lines().count());
    left.lines().zip(right.lines()).filter(|(left, right)| left != right).collect()
}

/// A changed value of a ConfigMap must come to be a new revision of the Rollout: its name changes, and with it the
/// pod template of the Deployment that the Rollout refers to. Nothing else does.
#[test]
fn a2a_4_a_changed_value_is_a_new_revision() {
    let Some(base) = seed("argo-bluegreen/base") else { return };
    let site = |value: &str| {
        format!(
            "resources: [../base]\nconfigMapGenerator: [{{name: settings, literals: [color={value}]}}]\npatches:\n- patch: |\n    \
             apiVersion: apps/v1\n    kind: Deployment\n    metadata: {{name: nginx-blue-green}}\n    spec: {{template: \
             {{spec: {{containers: [{{name: nginx, envFrom: [{{configMapRef: {{name: settings}}}}]}}]}}}}}}\n"
        )
    };
    for options in [RenderOptions::default(), rollouts()] {
        let [(blue, _), (green, warnings)] =
            ["blue", "green"].map(|value| build(&with_site(&base, &site(value)), &options));
        let said: Vec<(&str, &str)> =
            changed(&blue, &green).into_iter().map(|(left, right)| (left.trim(), right.trim())).collect();
        let [(value, new_value), (name, new_name), (reference, new_reference)] = said[..] else {
            panic!("{said:#?}");
        };
        assert_eq!((value, new_value), ("color: blue", "color: green"));
        assert!(name.starts_with("name: settings-") && new_name.starts_with("name: settings-") && name != new_name);
        assert_eq!((reference, new_reference), (name, new_name));
        assert_eq!(warnings, [""; 0]);
    }
}

/// The field specs that Argo Rollouts publishes make a pod template where there must be none; the pack does not.
#[test]
fn a2a_6_labels_make_no_template_beside_a_workload() {
    let Some(base) = seed("argo-bluegreen/base") else { return };
    let site = "resources: [../base]\nlabels: [{pairs: {team: a}, includeSelectors: true}]\n";
    let upstream = "commonLabels:\n- {path: spec/selector/matchLabels, create: true, kind: Rollout}\n\
                    - {path: spec/template/metadata/labels, create: true, kind: Rollout}\n";
    let configured =
        with_site(&base, &format!("{site}configurations: [rollout.yaml]\n")).with_file("/site/rollout.yaml", upstream);
    let rollout = |yaml: &str| {
        let found = yaml.split("---\n").find(|document| document.contains("kind: Rollout\n"));
        found.unwrap_or_default().to_owned()
    };
    let (without, warnings) = build(&configured, &RenderOptions::default());
    assert!(rollout(&without).contains("  template:\n    metadata:\n      labels:\n        team: a\n"), "{without}");
    assert_eq!(
        warnings,
        ["a Rollout with `workloadRef` must have no `template`, and is refused; `--pack argo-rollouts` mends it"]
    );
    let stock = with_site(&base, &format!("{site}configurations: [rollout.yaml]\n"))
        .with_file("/site/rollout.yaml", Pack::ArgoRollouts.configuration());
    for (files, options) in [
        (with_site(&base, site), rollouts()),
        (configured, rollouts()),
        (stock.clone(), RenderOptions::default()),
        (stock, rollouts()),
    ] {
        let (with, warnings) = build(&files, &options);
        let rollout = rollout(&with);
        assert!(!rollout.contains("template:"), "{rollout}");
        assert!(rollout.contains("    matchLabels:\n      app: nginx-blue-green\n      team: a\n"), "{rollout}");
        assert_eq!(warnings, [""; 0]);
    }
}

/// The article's Rollout follows its Service and its Deployment, and the replicas of the Rollout can be said.
#[test]
fn a2a_1_the_rollout_follows_what_it_names() {
    let Some(base) = seed("argo-bluegreen/base") else { return };
    let site = "resources: [../base]\nnamePrefix: msa-\nreplicas: [{name: nginx-rollout, count: 5}]\n";
    let (yaml, warnings) = build(&with_site(&base, site), &rollouts());
    for line in
        ["      activeService: msa-nginx-blue-green-svc\n", "    name: msa-nginx-blue-green\n", "  replicas: 5\n"]
    {
        assert!(yaml.contains(line), "{line}{yaml}");
    }
    assert_eq!(warnings, [""; 0]);
    let error = render(&with_site(&base, site), "/site", &RenderOptions::default()).unwrap_err();
    assert!(error.to_string().contains("nginx-rollout"), "{error}");
}

/// A generator that nobody knows is an error, and of one whose program may not run is said so, where kustomize is
/// silent.
#[test]
fn t16_no_generator_is_left_out_without_a_word() {
    let config = "apiVersion: example.com/v1\nkind: Bundle\nmetadata:\n  name: b\n";
    let exec = "  annotations:\n    config.kubernetes.io/function: '{exec: {path: ./bundle}}'\n";
    let tree = Tree::new().with("kustomization.yaml", "generators: [b.yaml]\n").with("b.yaml", config);
    assert_snapshot!(run(tree.path(), &["build"]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: `Bundle` is an external plugin, and plugins are not enabled
      --> b.yaml:1:1
       | apiVersion: example.com/v1
    hint: if you trust it, allow plugins with `--enable-alpha-plugins`
    ");
    let tree = tree.with("b.yaml", [config, exec].concat());
    assert_snapshot!(run(tree.path(), &["build", "--enable-alpha-plugins"]), @r"
    status: 0
    ----- stdout
    ----- stderr
    warning: the function `./bundle` is not run: functions that are programs need `--enable-exec`
      --> b.yaml:1:1
    ");
}

#[test]
fn packs_are_listed_and_shown() {
    let tree = Tree::new();
    assert_snapshot!(run(tree.path(), &["pack", "list"]), @r"
    status: 0
    ----- stdout
    argo-rollouts  Rollouts, Experiments and analyses of Argo Rollouts
    istio          Istio's routes, gateways and policies, and the Gateway API
    knative        Services, domain mappings and configuration of Knative Serving
    kserve         InferenceServices, runtimes and graphs of KServe
    ----- stderr
    ");
    let shown = run(tree.path(), &["pack", "show", "istio"]);
    assert!(shown.contains(Pack::Istio.configuration()));
    assert_snapshot!(run(tree.path(), &["pack", "show", "istoi"]), @r"
    status: 2
    ----- stdout
    ----- stderr
    error: invalid value 'istoi' for '<NAME>'
      [possible values: argo-rollouts, istio, knative, kserve]

      tip: a similar value exists: 'istio'

    For more information, try '--help'.
    ");
    assert_snapshot!(run(tree.path(), &["build", "--pack", "istio,knativ"]), @r"
    status: 2
    ----- stdout
    ----- stderr
    error: invalid value 'istio,knativ' for '--pack <NAMES>': there is no pack `knativ`; did you mean `knative`?

    For more information, try '--help'.
    ");
}

/// A fleet's packs stand in `crustomize.yaml`, and those of the command line come on top.
#[test]
fn packs_of_a_fleet() {
    let tree = Tree::new()
        .with("crustomize.yaml", "packs: [istio]\n")
        .with("base/web/kustomization.yaml", "resources: [web.yaml]\n")
        .with(
            "base/web/web.yaml",
            "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n---\napiVersion: networking.istio.io/v1\n\
             kind: DestinationRule\nmetadata: {name: web}\nspec: {host: web.default.svc}\n",
        )
        .with("sites/a/web/kustomization.yaml", "resources: [../../../base/web]\nnamePrefix: a-\n");
    let rendered = run(tree.path(), &["render"]);
    assert_snapshot!(rendered.split("----- stderr").next().unwrap_or_default(), @r"
    status: 0
    ----- stdout
    # unit: a/web
    apiVersion: v1
    kind: Service
    metadata:
      name: a-web
    ---
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata:
      name: a-web
    spec:
      host: a-web.default.svc
    ");
    let tree = tree.with("crustomize.yaml", "packs: [istio, kservee]\n");
    assert_snapshot!(run(tree.path(), &["render"]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: there is no pack `kservee`
      --> crustomize.yaml:1:16
       | packs: [istio, kservee]
    hint: did you mean `kserve`?
    ");
    let tree = tree.with("crustomize.yaml", "packs: istio\n");
    assert_snapshot!(run(tree.path(), &["render"]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: `packs` must be a list of names, but is a string
      --> crustomize.yaml:1:8
       | packs: istio
    ");
}
