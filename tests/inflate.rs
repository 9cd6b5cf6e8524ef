//! Releases to the objects of their charts, with a script that stands in for `helm`.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests make and read files and print")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use crustomize::inflate::{Inflater, Release};
use crustomize::resource::read::read_resources;
use crustomize::sites::{Project, ProjectPaths, RunOptions, render_units};
use crustomize::source::SourceMap;
use crustomize::{Error, ErrorKind, MemoryFs, RenderOptions, Resource};
use insta::{allow_duplicates, assert_snapshot};
use support::Tree;

/// A `helm` that notes its arguments, pulls a chart of nothing, and prints two objects with the values it got.
const HELM: &str = r#"#!/bin/sh
here=$(dirname "$0")
echo "$@" >> "$here/log"
case $1 in
version) echo v3.14.2+g0; exit ;;
pull) mkdir web && echo "name: web" > web/Chart.yaml; exit ;;
template) ;;
*) echo "what is $1?" >&2; exit 1 ;;
esac
grep -q "name: web" Chart.yaml || exit 9
values=$(sed 's/^/    /')
case $values in
*explode*) printf 'Error: execution error at (web/templates/a.yaml:1:2):\n%s\n' "$values" >&2; exit 1 ;;
*broken*) printf '%s\n  x\n' "$values"; exit ;;
esac
cat <<END
---
# Source: web/crds/crd.yaml
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: webs.example.com}
---
# Source: web/templates/a.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: $2, namespace: $5}
data:
  values: |
$values
---
# Source: web/templates/empty.yaml
END
"#;

const RELEASES: &str = "apiVersion: helm.fluxcd.io/v1
kind: HelmRelease
metadata: {name: one}
spec:
  chart: {repository: https://charts.example.com, name: web, version: 1.2.3}
  releaseName: first
  targetNamespace: shop
  values: {tag: blue}
---
apiVersion: v1
kind: Service
metadata: {name: between}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: two}
spec:
  destination: {namespace: market}
  source: {repoURL: https://charts.example.com, chart: web, targetRevision: 1.2.3, helm: {valuesObject: {tag: red}}}
";

/// A project of one application in the sites `a` and `b`, and the script.
fn project(releases: &str) -> Tree {
    let mut tree = Tree::new()
        .with("base/app/kustomization.yaml", "resources: [releases.yaml]\nsortOptions: {order: fifo}\n")
        .with("base/app/releases.yaml", releases)
        .with("bin/helm", HELM);
    for site in ["a", "b"] {
        let kustomization = "resources: [../../../base/app]\nsortOptions: {order: fifo}\n";
        tree = tree.with(&format!("sites/{site}/app/kustomization.yaml"), kustomization);
    }
    fs::set_permissions(tree.at("bin/helm"), fs::Permissions::from_mode(0o755)).unwrap();
    tree
}

fn command(tree: &Tree, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crustomize"));
    let helm = tree.at("bin/helm");
    command.args(["render", "--inflate", "--helm-command"]).arg(helm).args(args).current_dir(tree.path());
    command.env("XDG_CACHE_HOME", tree.at("cache")).output().unwrap()
}

/// Status, standard output and what is wrong as one text; the tree's own place and the table are left out.
fn run(tree: &Tree, args: &[&str]) -> String {
    let output = command(tree, args);
    let text = |bytes: &[u8]| {
        let text = String::from_utf8(bytes.to_vec()).unwrap().replace(&tree.path().display().to_string(), "TREE");
        text.split_inclusive('\n').take_while(|line| !line.starts_with("unit ")).collect::<String>()
    };
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    format!("status: {}\n----- stdout\n{stdout}----- stderr\n{stderr}", output.status.code().unwrap())
}

fn log(tree: &Tree) -> Vec<String> {
    let log = fs::read_to_string(tree.at("bin/log")).unwrap_or_default();
    let mut lines: Vec<String> = log.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

fn files(tree: &Tree, directory: &str) -> Vec<String> {
    let mut rest = vec![tree.at(directory)];
    let mut found = Vec::new();
    while let Some(path) = rest.pop() {
        if path.is_dir() {
            rest.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            found.push(path.strip_prefix(tree.at(directory)).unwrap().display().to_string());
        }
    }
    found.sort();
    found
}

#[test]
fn objects_stand_where_their_releases_stood() {
    let tree = project(RELEASES);
    assert_snapshot!(run(&tree, &["a"]), @r"
    status: 0
    ----- stdout
    # unit: a/app
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: webs.example.com
    ---
    apiVersion: v1
    data:
      values: |
        tag: blue
    kind: ConfigMap
    metadata:
      name: first
      namespace: shop
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: between
    ---
    apiVersion: v1
    data:
      values: |
        tag: red
    kind: ConfigMap
    metadata:
      name: two
      namespace: market
    ----- stderr
    ");
    assert_snapshot!(log(&tree).join("\n"), @r"
    pull --untar --untardir . --repo https://charts.example.com web --version 1.2.3
    template first . --namespace shop -f - --include-crds
    template two . --namespace market -f - --include-crds
    version --short
    ");
}

#[test]
fn a_chart_is_pulled_once_for_all_units_and_not_again_by_the_next_run() {
    let tree = project(RELEASES);
    let first = command(&tree, &["--threads", "8"]);
    assert!(first.status.success());
    let pulls = |tree: &Tree| log(tree).iter().filter(|line| line.starts_with("pull")).count();
    assert_eq!(pulls(&tree), 1);
    assert_eq!(log(&tree).iter().filter(|line| line.starts_with("version")).count(), 1);
    let again = command(&tree, &["--threads", "1"]);
    assert_eq!(first.stdout, again.stdout, "the number of threads can't be seen");
    assert_eq!(pulls(&tree), 1);
    let kept = files(&tree, "cache/crustomize/charts");
    assert!(kept.len() == 1 && kept[0].starts_with("web-1.2.3-") && kept[0].ends_with("/web/Chart.yaml"), "{kept:?}");
    // Another place, another cache.
    assert!(command(&tree, &["--chart-cache", "here"]).status.success());
    assert_eq!(pulls(&tree), 2);
    assert_eq!(files(&tree, "here"), kept);
}

#[test]
fn processes_that_pull_at_once_leave_one_chart() {
    let tree = project(RELEASES);
    let outputs: Vec<Output> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..6).map(|_| scope.spawn(|| command(&tree, &[]))).collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(outputs.iter().all(|output| output.status.success() && output.stdout == outputs[0].stdout));
    assert_eq!(files(&tree, "cache/crustomize/charts").len(), 1);
}

#[test]
fn what_a_range_means_is_asked_in_every_run() {
    let tree = project(&RELEASES.replace("1.2.3", "1.2.x"));
    for runs in 1..=2 {
        assert!(command(&tree, &[]).status.success());
        assert_eq!(log(&tree).iter().filter(|line| line.starts_with("pull")).count(), runs);
    }
    assert!(!tree.at("cache").exists());
}

#[test]
fn files_lie_below_the_release() {
    let tree = project(RELEASES);
    tree.write("crustomize.yaml", "layout: decapod\n");
    assert!(command(&tree, &["-o", "out"]).status.success());
    let unit = [
        "CRD/CustomResourceDefinition_webs.example.com.yaml",
        "Service_between.yaml",
        "one/ConfigMap_first.yaml",
        "two/ConfigMap_two.yaml",
    ];
    let found = files(&tree, "out/a/app");
    let found: Vec<&str> = found.iter().map(String::as_str).filter(|path| path.ends_with(".yaml")).collect();
    assert_eq!(found, unit);
}

#[test]
fn rules_see_releases_and_then_what_came_of_them() {
    let tree = project(RELEASES);
    tree.write(
        "crustomize.yaml",
        "layout: decapod
rules:
- setNamespace: {namespace: $(site)-shop, releases: [one]}
- setNamespace: {namespace: maps, kinds: [ConfigMap]}
- addNamespace: {name: maps}
- moveKinds: {kinds: [ConfigMap], folder: maps}
",
    );
    assert!(command(&tree, &["-o", "out"]).status.success());
    assert!(log(&tree).iter().any(|line| line.starts_with("template first . --namespace a-shop ")));
    let map = fs::read_to_string(tree.at("out/b/app/maps/ConfigMap_first.yaml")).unwrap();
    assert!(map.contains("  namespace: maps\n"), "{map}");
    assert!(tree.at("out/a/app/Namespace_maps.yaml").exists());
    // Every rule found something to do.
    let said = run(&tree, &[]);
    assert!(!said.contains("warning"), "{said}");
}

#[test]
fn charts_of_bases_without_kustomizations() {
    let tree = project(RELEASES);
    fs::remove_file(tree.at("base/app/kustomization.yaml")).unwrap();
    let release = RELEASES.split("---\n").next().unwrap();
    fs::remove_file(tree.at("base/app/releases.yaml")).unwrap();
    tree.write("base/app/resources.yaml", release);
    for site in ["a", "b"] {
        fs::remove_file(tree.at(&format!("sites/{site}/app/kustomization.yaml"))).unwrap();
        let values = format!("global: {{}}\ncharts:\n- name: one\n  override: {{tag: {site}-tag}}\n");
        tree.write(&format!("sites/{site}/app/site-values.yaml"), values);
    }
    let said = run(&tree, &[]);
    assert!(said.starts_with("status: 0\n"), "{said}");
    assert!(said.contains("tag: a-tag") && said.contains("tag: b-tag"), "{said}");
}

#[test]
fn without_helm_one_error_says_what_to_do() {
    let tree = project(RELEASES);
    fs::remove_file(tree.at("bin/helm")).unwrap();
    assert_snapshot!(run(&tree, &[]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: there is no program `TREE/bin/helm` to render charts with
    hint: install helm (https://helm.sh), or name it with `--helm-command`
    hint: without `--inflate`, releases stay the objects that they are
    ");
    // Nobody asks for helm who does not inflate.
    let output =
        Command::new(env!("CARGO_BIN_EXE_crustomize")).arg("render").current_dir(tree.path()).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("kind: HelmRelease"));
}

#[test]
fn all_failures_are_told_without_a_value() {
    let secret = "---
apiVersion: helm.fluxcd.io/v1
kind: HelmRelease
metadata: {name: three}
spec:
  chart: {repository: https://user:topsecret@charts.example.com, name: web, version: 1.2.3}
  values: {password: explode-hunter22, text: \"line 1 explode\\nline two\"}
---
apiVersion: helm.fluxcd.io/v1
kind: HelmRelease
metadata: {name: four}
spec:
  chart: {repository: https://charts.example.com, name: web, version: 1.2.3}
  valuesFrom: [{secretKeyRef: {name: gone}}]
---
apiVersion: helm.fluxcd.io/v1
kind: HelmRelease
metadata: {name: five}
spec:
  chart: {repository: https://charts.example.com, name: web, version: 1.2.3}
  values: {a: broken hunter22}
";
    let tree = project(&(RELEASES.to_owned() + secret));
    let said = run(&tree, &["-o", "out"]);
    assert_snapshot!(said, @r"
    status: 1
    ----- stdout
    ----- stderr
    in unit a/app:
    error: `TREE/bin/helm template default-three . --namespace default -f - --include-crds` failed (exit status: 1):
        Error: execution error at (web/templates/a.yaml:1:2):
            password: ***
            text: |-
              ***
              ***
      --> base/app/releases.yaml:23:18
       | metadata: {name: three}
      while inflating the release `three` with the chart web 1.2.3 at base/app/releases.yaml:23:18
    error: the Secret `gone` with values is not among the unit's resources
      --> base/app/releases.yaml:33:16
       |   valuesFrom: ***
      in the release `four` at base/app/releases.yaml:30:18
    hint: add it to the unit, or put the values into the release itself: without a cluster they can't be looked up
    error: a document must be a Kubernetes object, but this is a mapping without `kind` and `metadata`
      --> chart web 1.2.3 as release default-five:1:5
       |     a: ***
      while reading what `helm template` printed
      while inflating the release `five` with the chart web 1.2.3 at base/app/releases.yaml:37:18
    hint: a patch belongs under `patches`, a values file is no resource
    in unit b/app:
    error: `TREE/bin/helm template default-three . --namespace default -f - --include-crds` failed (exit status: 1):
        Error: execution error at (web/templates/a.yaml:1:2):
            password: ***
            text: |-
              ***
              ***
      --> base/app/releases.yaml:23:18
       | metadata: {name: three}
      while inflating the release `three` with the chart web 1.2.3 at base/app/releases.yaml:23:18
    error: the Secret `gone` with values is not among the unit's resources
      --> base/app/releases.yaml:33:16
       |   valuesFrom: ***
      in the release `four` at base/app/releases.yaml:30:18
    hint: add it to the unit, or put the values into the release itself: without a cluster they can't be looked up
    error: a document must be a Kubernetes object, but this is a mapping without `kind` and `metadata`
      --> chart web 1.2.3 as release default-five:1:5
       |     a: ***
      while reading what `helm template` printed
      while inflating the release `five` with the chart web 1.2.3 at base/app/releases.yaml:37:18
    hint: a patch belongs under `patches`, a values file is no resource
    nothing was written; `--keep-going` writes the units that can be rendered
    ");
    for word in ["hunter22", "topsecret", "line two"] {
        assert!(!said.contains(word), "{word}");
    }
    assert!(!log(&tree).iter().any(|line| line.contains("hunter22")), "values are no arguments");
    assert!(!tree.at("out").exists());
}

/// An inflater without any program.
#[derive(Debug)]
struct Native;

impl Inflater for Native {
    fn ready(&self) -> crustomize::Result<()> {
        Ok(())
    }

    fn inflate(&self, release: &Release, sources: &SourceMap) -> crustomize::Result<Vec<Resource>> {
        let Some(size) = release.values.lookup(&["size"]).and_then(|size| size.as_str()) else {
            return Err(Error::new(ErrorKind::Plugin, "no size"));
        };
        let definition = "kind: CustomResourceDefinition\nmetadata: {name: d}\napiVersion: apiextensions.k8s.io/v1";
        let text =
            format!("{definition}\nspec: {{size: {size}}}\n---\nkind: A\nmetadata: {{name: {}}}\n", release.name);
        let source = sources.add(Path::new("chart"), text.clone().into());
        read_resources(&text.into(), source)
    }
}

/// Ids of the resources with the releases they are of, or what is wrong.
fn with_native(sizes: [&str; 3], threads: usize) -> Vec<String> {
    let release = |(index, size): (usize, &str)| {
        let spec =
            format!("{{releaseName: r{index}, chart: {{repository: x, name: c, version: 1.0.0}}, values: {size}}}");
        format!("apiVersion: helm.fluxcd.io/v1\nkind: HelmRelease\nmetadata: {{name: o{index}}}\nspec: {spec}\n")
    };
    let releases: Vec<String> = sizes.into_iter().enumerate().map(release).collect();
    let files = MemoryFs::new()
        .with_file("/sites/a/app/kustomization.yaml", "resources: [r.yaml]\n")
        .with_file("/sites/a/app/r.yaml", releases.join("---\n"));
    let project = Project::open(&files, Path::new("/"), &ProjectPaths::default()).unwrap();
    let render = RenderOptions::default().with_threads(threads);
    let options = RunOptions { render, whole: true, inflater: Some(Arc::new(Native)), record: false };
    let listed = |unit: &crustomize::sites::RenderedUnit<'_>| {
        let of = unit.rendered.resources().iter().zip(&unit.releases);
        Ok(of.map(|(resource, release)| format!("{} of {release:?}", resource.cur_id())).collect::<Vec<_>>())
    };
    let (outcomes, _) = render_units(&files, &project, &project.units, &options, listed, |_| {});
    match outcomes.into_iter().next().unwrap().result {
        Ok(listed) => listed,
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn other_inflaters_and_definitions_that_several_charts_bring() {
    for threads in [1, 4] {
        allow_duplicates! {
        assert_snapshot!(with_native(["{size: s}", "{size: s}", "{size: l}"], threads).join("\n"), @r#"
        apiextensions.k8s.io/v1 CustomResourceDefinition d of Some("o0")
        A r0 of Some("o0")
        A r1 of Some("o1")
        apiextensions.k8s.io/v1 CustomResourceDefinition d of Some("o2")
        A r2 of Some("o2")
        "#);
        assert_snapshot!(with_native(["{}", "{size: s}", "{}"], threads).join("\n"), @r"
        /sites/a/app/r.yaml:3:18: no size
        /sites/a/app/r.yaml:13:18: no size
        ");
        }
    }
}

#[test]
fn charts_in_git() {
    let tree = project(
        "apiVersion: helm.fluxcd.io/v1
kind: HelmRelease
metadata: {name: one}
spec:
  chart: {git: 'file://REPO', path: charts/web, ref: main}
  values: {tag: blue}
---
apiVersion: helm.fluxcd.io/v1
kind: HelmRelease
metadata: {name: two}
spec: {chart: {git: 'file://REPO', path: charts/none, ref: main}}
",
    );
    tree.write("repo/charts/web/Chart.yaml", "name: web\n");
    let git = |args: &[&str]| {
        let settings = ["-c", "user.email=a@example.com", "-c", "user.name=a"];
        let done = Command::new("git").args(settings).args(args).current_dir(tree.at("repo")).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "chart"]);
    let path = tree.at("base/app/releases.yaml");
    let text = fs::read_to_string(&path).unwrap().replace("REPO", &tree.at("repo").display().to_string());
    fs::write(&path, text).unwrap();
    assert_snapshot!(run(&tree, &["a"]), @r"
    status: 1
    ----- stdout
    ----- stderr
    in unit a/app:
    error: there is no chart `charts/none` in `file://TREE/repo`
      --> base/app/releases.yaml:10:18
       | metadata: {name: two}
      while inflating the release `two` with the chart charts/none of file://TREE/repo at main at base/app/releases.yaml:10:18
    hint: the path is that of the folder with the file `Chart.yaml`
    ");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("charts/none", "charts/web")).unwrap();
    let said = run(&tree, &["a"]);
    assert!(said.starts_with("status: 0\n") && said.contains("tag: blue"), "{said}");
}
