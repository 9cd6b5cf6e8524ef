//! A fleet in one run: every unit as a build of it alone, whatever the number of threads.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests make and read files and print")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crustomize::sites::{Outcome, Project, ProjectConfig, ProjectPaths, RunOptions, Unit, render_units};
use crustomize::source::SourceId;
use crustomize::yaml::parse::{Chunk, parse};
use crustomize::yaml::resolve::Dialect;
use crustomize::{DiskFs, Error, MemoryFs, RenderCache, RenderOptions, diagnostic, render};
use insta::assert_snapshot;
use support::Tree;

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  type: ClusterIP\n";
const PATCH: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  type: NodePort\n";

fn command(directory: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crustomize"));
    command.args(args).current_dir(directory).env_remove("KUSTOMIZE_ENABLE_MANAGEDBY_LABEL").output().unwrap()
}

/// Status, standard output and standard error as one text; seconds are hidden.
fn run(directory: &Path, args: &[&str]) -> String {
    let output = command(directory, args);
    let text = |bytes: &[u8]| {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        text.split(' ').map(hide_seconds).collect::<Vec<_>>().join(" ")
    };
    format!(
        "status: {}\n----- stdout\n{}----- stderr\n{}",
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr)
    )
}

/// `0.012` as `0.000`.
fn hide_seconds(word: &str) -> String {
    let is_time = |word: &str| {
        word.split_once('.').is_some_and(|(whole, rest)| {
            rest.len() == 3 && (whole.to_owned() + rest).bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    if is_time(word) { "0.000".to_owned() } else { word.to_owned() }
}

/// Units that share bases in every way: directly, through an overlay, broken, and with warnings of the base.
fn fleet() -> MemoryFs {
    let base = "resources: [service.yaml]\nimages: [{name: nobody, newTag: x}]\nconfigMapGenerator: [{name: c, literals: [a=b]}]\n";
    let mut files = MemoryFs::new()
        .with_file("/base/web/kustomization.yaml", base)
        .with_file("/base/web/service.yaml", SERVICE)
        .with_file("/base/overlay/kustomization.yaml", "resources: [../web]\nnamePrefix: over-\n")
        .with_file("/base/broken/kustomization.yaml", "resources: [none.yaml]\n")
        .with_file("/base/schema/kustomization.yaml", "resources: [../web]\nopenapi: {path: schema.json}\n")
        .with_file("/base/schema/schema.json", "{\"definitions\": {}}")
        .with_file("/base/circle/kustomization.yaml", "resources: [../../sites/s0/circle]\n");
    for (site, namespace) in [("s0", "one"), ("s1", "two"), ("s2", "three")] {
        let kustomizations = [
            ("plain", "resources: [../../../base/web]\npatches: [{path: p.yaml}]\n".to_owned()),
            ("named", format!("resources: [../../../base/web]\nnamespace: {namespace}\nnamePrefix: {namespace}-\n")),
            ("both", "resources: [own.yaml, ../../../base/web, ../../../base/overlay]\n".to_owned()),
            ("twice", "resources: [../../../base/web, ../../../base/web]\n".to_owned()),
            ("broken", "resources: [../../../base/web, ../../../base/broken]\n".to_owned()),
            ("wrong", "resources: [../../../base/web]\npatches: [{path: wrong.yaml}]\n".to_owned()),
            ("origins", "resources: [../../../base/web]\nbuildMetadata: [originAnnotations]\n".to_owned()),
            ("schema", "resources: [../../../base/schema]\npatches: [{path: p.yaml}]\n".to_owned()),
            ("circle", "resources: [../../../base/circle]\n".to_owned()),
        ];
        for (app, kustomization) in kustomizations {
            let folder = format!("/sites/{site}/{app}");
            files = files
                .with_file(format!("{folder}/kustomization.yaml"), kustomization)
                .with_file(format!("{folder}/p.yaml"), PATCH)
                .with_file(format!("{folder}/wrong.yaml"), PATCH.replace("name: web", "name: wbe"))
                .with_file(format!("{folder}/own.yaml"), SERVICE.replace("web", "own"));
        }
    }
    files
}

/// What a unit came to, as text.
fn said(result: &Result<String, Vec<Error>>, warnings: &[crustomize::Warning]) -> String {
    let mut text: String = warnings.iter().map(diagnostic::warning_text).collect();
    match result {
        Ok(yaml) => text.push_str(yaml),
        Err(errors) => text.extend(errors.iter().map(diagnostic::error_text)),
    }
    text
}

fn rendered(files: &MemoryFs, project: &Project, threads: usize) -> Vec<Outcome<String>> {
    let options = RunOptions {
        render: RenderOptions::default().with_threads(threads),
        whole: true,
        inflater: None,
        record: false,
    };
    render_units(files, project, &project.units, &options, |unit| unit.rendered.to_yaml(), |_| {}).0
}

#[test]
fn every_unit_is_what_a_build_of_it_makes_with_any_number_of_threads() {
    let files = fleet();
    let project = Project::open(&files, Path::new("/"), &ProjectPaths::default()).unwrap();
    assert_eq!(project.units.len(), 27);
    let alone = |unit: &Unit| match render(&files, &unit.directory, &RenderOptions::default()) {
        Ok(made) => said(&made.to_yaml().map_err(|error| vec![error]), made.warnings()),
        Err(error) => said(&Err(vec![error]), &[]),
    };
    let alone: Vec<String> = project.units.iter().map(alone).collect();
    assert!(alone.iter().any(|text| text.contains("error: ")) && alone.iter().any(|text| text.contains("warning: ")));
    for threads in [1, 2, 5, 16] {
        for (outcome, alone) in rendered(&files, &project, threads).iter().zip(&alone) {
            assert_eq!(said(&outcome.result, &outcome.warnings), *alone, "{} with {threads} threads", outcome.unit);
        }
    }
}

#[test]
fn values_keep_their_places_in_a_shared_base() {
    let files = fleet();
    let options = RenderOptions::default().with_cache(RenderCache::new());
    for unit in ["/sites/s0/both", "/sites/s1/plain", "/sites/s2/both"] {
        let rendered = render(&files, unit, &options).unwrap();
        for resource in rendered.resources() {
            let Some(name) = resource.node.lookup(&["kind"]).filter(|_| resource.kind() == "Service") else { continue };
            let location = rendered.sources().locate(name.span).unwrap();
            assert!(location.line == 2 && location.text.unwrap() == "kind: Service", "{unit}");
        }
    }
    let cache = options.cache.unwrap();
    assert!(cache.hits() >= 3, "{cache:?}");
}

#[test]
fn each_base_is_read_once() {
    let files = support::CountingFs::new(fleet());
    let cache = RenderCache::new();
    let options = RenderOptions::default().with_cache(cache);
    for site in ["s0", "s1", "s2"] {
        for app in ["plain", "named", "both", "twice"] {
            let _ = render(&files, format!("/sites/{site}/{app}"), &options);
        }
    }
    assert_eq!(files.reads("/base/web/service.yaml"), 1);
    assert_eq!(files.reads("/base/web/kustomization.yaml"), 1);
    assert_eq!(files.reads("/base/overlay/kustomization.yaml"), 1);
    assert_eq!(files.reads("/sites/s0/plain/p.yaml"), 1);
}

#[test]
fn a_site_is_grafted_onto_its_base() {
    let tree = Tree::new()
        .with("yaml/web/base/kustomization.yaml", "resources: [service.yaml]\n")
        .with("yaml/web/base/service.yaml", SERVICE)
        .with("site/a/web/kustomization.yaml", "resources: [../base]\npatches: [{path: p.yaml}]\n")
        .with("site/a/web/p.yaml", PATCH)
        .with("site/a/other/kustomization.yaml", "resources: [../base]\n");
    assert_snapshot!(run(tree.path(), &["render", "--base", "yaml", "--sites", "site", "--keep-going"]), @r#"
    status: 1
    ----- stdout
    # unit: a/web
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      type: NodePort
    ----- stderr
    in unit a/other:
    error: `site/a/base` does not exist
      --> site/a/other/kustomization.yaml:1:13
       | resources: [../base]
      while reading `resources[0]` at site/a/other/kustomization.yaml:1:13
    unit     resources  changed  seconds  warnings
    a/other          0        -    0.000         0  failed
    a/web            1        -    0.000         0
    2 units          1        -    0.000         0  1 failed
    "#);
    // What is there is there.
    tree.write("site/a/base/kustomization.yaml", "resources: [own.yaml]\n");
    tree.write("site/a/base/own.yaml", SERVICE.replace("ClusterIP", "ExternalName"));
    let output = command(tree.path(), &["render", "--base", "yaml", "--sites", "site", "a/other"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("ExternalName"));
}

fn shop() -> Tree {
    let mut tree = Tree::new()
        .with("base/web/kustomization.yaml", "resources: [service.yaml]\n")
        .with("base/web/service.yaml", SERVICE);
    for site in ["a", "b"] {
        let folder = format!("sites/{site}/web");
        tree = tree
            .with(
                &format!("{folder}/kustomization.yaml"),
                "resources: [../../../base/web]\npatches: [{path: p.yaml}]\n",
            )
            .with(&format!("{folder}/p.yaml"), PATCH);
    }
    tree
}

#[test]
fn the_stream_names_its_units() {
    assert_snapshot!(run(shop().path(), &["render"]), @r#"
    status: 0
    ----- stdout
    # unit: a/web
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      type: NodePort
    ---
    # unit: b/web
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      type: NodePort
    ----- stderr
    unit     resources  changed  seconds  warnings
    a/web            1        -    0.000         0
    b/web            1        -    0.000         0
    2 units          2        -    0.000         0
    "#);
}

#[test]
fn names_that_mean_nothing_are_a_usage_error() {
    assert_snapshot!(run(shop().path(), &["render", "A/web", "b/wbe", "a"]), @r#"
    status: 2
    ----- stdout
    ----- stderr
    error: there is no site `A` in `sites`
    hint: did you mean `a`?
    error: the site `b` has no application `wbe`
    hint: `crustomize site list` shows what there is
    "#);
    assert_snapshot!(run(Tree::new().path(), &["render"]), @r#"
    status: 1
    ----- stdout
    ----- stderr
    error: there is no folder of sites `sites`
    hint: name it with `--sites`, or as `sites:` in `crustomize.yaml`
    "#);
}

#[test]
fn a_run_writes_checks_and_cleans_up() {
    let tree = shop();
    assert_snapshot!(run(tree.path(), &["render", "-o", "out", "--check"]), @r#"
    status: 3
    ----- stdout
    create a/web/default/service-web.yaml
    create b/web/default/service-web.yaml
    unit     resources  changed  seconds  warnings
    a/web            1        1    0.000         0
    b/web            1        1    0.000         0
    2 units          2        2    0.000         0
    ----- stderr
    "#);
    assert!(!tree.path().join("out").exists());
    assert!(run(tree.path(), &["render", "-o", "out"]).starts_with("status: 0\n"));
    assert!(run(tree.path(), &["render", "-o", "out", "--check"]).starts_with("status: 0\n"));
    fs::remove_dir_all(tree.path().join("sites/b")).unwrap();
    tree.write("sites/a/web/p.yaml", PATCH.replace("NodePort", "LoadBalancer"));
    // A part of the units knows nothing of the others.
    assert!(!run(tree.path(), &["render", "a", "-o", "out", "--check"]).contains("delete"));
    assert_snapshot!(run(tree.path(), &["render", "-o", "out", "--check"]), @r#"
    status: 3
    ----- stdout
    update a/web/default/service-web.yaml
    delete b/web/default/service-web.yaml
    unit    resources  changed  seconds  warnings
    a/web           1        1    0.000         0
    b/web           0        1    0.000         0  removed
    1 unit          1        2    0.000         0  1 removed
    ----- stderr
    "#);
    assert!(run(tree.path(), &["render", "-o", "out"]).starts_with("status: 0\n"));
    assert!(!tree.path().join("out/b/web").exists());
}

#[test]
fn one_broken_unit_keeps_all_from_being_written_unless_one_goes_on() {
    let tree = shop();
    tree.write("sites/b/web/kustomization.yaml", "resources: [../../../base/wbe]\n");
    assert_snapshot!(run(tree.path(), &["render", "-o", "out"]), @r#"
    status: 1
    ----- stdout
    unit     resources  changed  seconds  warnings
    a/web            1        1    0.000         0
    b/web            0        -    0.000         0  failed
    2 units          1        1    0.000         0  1 failed
    ----- stderr
    in unit b/web:
    error: `base/wbe` does not exist
      --> sites/b/web/kustomization.yaml:1:13
       | resources: [../../../base/wbe]
      while reading `resources[0]` at sites/b/web/kustomization.yaml:1:13
    nothing was written; `--keep-going` writes the units that can be rendered
    "#);
    assert!(!tree.path().join("out").exists());
    let said = run(tree.path(), &["render", "-o", "out", "--keep-going"]);
    assert!(said.starts_with("status: 1\n"), "{said}");
    assert!(tree.path().join("out/a/web").exists() && !tree.path().join("out/b").exists());
    let said = run(tree.path(), &["render"]);
    assert!(said.contains("----- stdout\n----- stderr\n"), "{said}");
}

#[test]
fn the_report_as_json() {
    let tree = shop();
    let output = command(tree.path(), &["render", "-o", "out", "--format", "json"]);
    let mut report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["units"][0]["seconds"].is_f64());
    for place in ["/units/0/seconds", "/units/1/seconds", "/totals/seconds"] {
        *report.pointer_mut(place).unwrap() = 0.into();
    }
    assert_snapshot!(serde_json::to_string_pretty(&report).unwrap(), @r#"
    {
      "version": 1,
      "units": [
        {
          "site": "a",
          "app": "web",
          "status": "rendered",
          "resources": 1,
          "changed": 1,
          "changes": [
            {
              "change": "create",
              "path": "default/service-web.yaml"
            }
          ],
          "seconds": 0,
          "warnings": [],
          "errors": []
        },
        {
          "site": "b",
          "app": "web",
          "status": "rendered",
          "resources": 1,
          "changed": 1,
          "changes": [
            {
              "change": "create",
              "path": "default/service-web.yaml"
            }
          ],
          "seconds": 0,
          "warnings": [],
          "errors": []
        }
      ],
      "warnings": [],
      "totals": {
        "units": 2,
        "failed": 0,
        "removed": 0,
        "resources": 2,
        "changed": 2,
        "seconds": 0,
        "warnings": 0
      }
    }
    "#);
}

#[test]
fn rules_do_what_sed_did() {
    let tree = shop();
    tree.write(
        "crustomize.yaml",
        "layout: single\nrules:\n- setNamespace: {namespace: $(site), kinds: [Service]}\n- units: [a/web]\n  addNamespace: {name: $(site), labels: {team: x}}\n- moveKinds: {kinds: [Service], folder: services}\n- setNamespace: {namespace: x, kinds: [Srevice]}\n- units: [c]\n  addNamespace: {name: y}\n",
    );
    assert_snapshot!(run(tree.path(), &["render"]), @r#"
    status: 0
    ----- stdout
    # unit: a/web
    apiVersion: v1
    kind: Namespace
    metadata:
      labels:
        team: x
      name: a
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: web
      namespace: a
    spec:
      type: NodePort
    ---
    # unit: b/web
    apiVersion: v1
    kind: Service
    metadata:
      name: web
      namespace: b
    spec:
      type: NodePort
    ----- stderr
    warning: `rules[3]` found nothing to do in any unit it is for
      --> crustomize.yaml:7:3
    warning: `rules[4]` is for units that do not exist
      --> crustomize.yaml:8:3
    unit     resources  changed  seconds  warnings
    a/web            2        -    0.000         0
    b/web            1        -    0.000         0
    2 units          3        -    0.000         2
    "#);
    assert!(run(tree.path(), &["render", "-o", "out"]).starts_with("status: 0\n"));
    assert!(tree.path().join("out/b/web/services/manifest.yaml").exists());
}

#[test]
fn what_is_wrong_in_the_project_file() {
    for (text, want) in [
        ("layuot: single\n", "crustomize.yaml:1:1: unknown field `layuot`"),
        ("layout: sigle\n", "crustomize.yaml:1:9: `layout` can't be `sigle`"),
        ("crds: none\n", "crustomize.yaml:1:7: `crds` can't be `none`"),
        ("placeholders: strct\n", "crustomize.yaml:1:15: `placeholders` must be `strict` or a mapping, but is `strct`"),
        (
            "rules:\n- units: [a]\n",
            "crustomize.yaml:2:3: `rules[0]` must do one thing: `setNamespace`, `addNamespace` or `moveKinds`",
        ),
        (
            "rules:\n- moveKinds: {kinds: [A], folder: ../x}\n",
            "crustomize.yaml:2:14: `rules[0].moveKinds.folder` can't be `../x`: it",
        ),
        (
            "rules:\n- setNamespace: {namespace: a}\n",
            "crustomize.yaml:2:17: `rules[0].setNamespace` needs `kinds` or `releases`",
        ),
        ("rules:\n- units: [a/b/c]\n  addNamespace: {name: a}\n", "crustomize.yaml:2:11: `a/b/c` names no unit"),
        ("rules: [~]\n", "crustomize.yaml:1:1: `rules[0]` is empty"),
    ] {
        let files = MemoryFs::new().with_file("/crustomize.yaml", text);
        let said = ProjectConfig::load(&files, Path::new("/crustomize.yaml")).map_err(|error| error.to_string());
        assert!(said.as_ref().is_err_and(|said| said.starts_with(&format!("/{want}"))), "{text}{said:?}");
    }
}

#[test]
fn sites_are_listed_and_copied() {
    let tree = shop();
    tree.write("sites/a/notes", "the site a:\nabc\nhost: web.a.example.org\n");
    assert_snapshot!(run(tree.path(), &["site", "new", "c", "--from", "a"]), @r#"
    status: 0
    ----- stdout
    created sites/c/notes
    created sites/c/web/kustomization.yaml
    created sites/c/web/p.yaml
    still named after `a`:
      sites/c/notes:1
      sites/c/notes:3
    ----- stderr
    "#);
    assert_snapshot!(run(tree.path(), &["site", "new", "../c", "--from", "a"]), @r#"
    status: 1
    ----- stdout
    ----- stderr
    error: `../c` can't be the folder of a site: the name holds a slash
    "#);
    assert_snapshot!(run(tree.path(), &["site", "new", "b", "--from", "a"]), @r#"
    status: 1
    ----- stdout
    ----- stderr
    error: `sites/b` is there already
    hint: choose another name, or remove it first
    "#);
    assert!(run(tree.path(), &["site", "new", "d", "--from", "x"]).contains("there is no site `x`"));
    tree.write("sites/c/site-values.yaml", "kind: HelmValuesTransformer\ncharts: [{name: x, override: {a.b: 1}}]\n");
    tree.write("sites/c/web/site-values.yaml", PATCH);
    let values = "kind: SiteValues\nmetadata: {name: b}\nglobal: {domain: a.b}\n\
                  bundles: {shop: {override: {hpa: {min: 2}, ingress: null}}}\ncharts: [{name: x, source: {version: 1}, override: {a.b: 1}}]\n";
    tree.write("sites/b/web/site-values.yaml", values);
    assert_snapshot!(run(tree.path(), &["site", "list"]), @r#"
    status: 0
    ----- stdout
    a/web  over base/web
    b/web  over base/web
      SiteValues/b: global.domain
      shop: hpa.min
      shop: ingress
      x: source.version
      x: a.b
    c/web  over base/web
      (site) x: a.b
      Service/web: spec.type
    ----- stderr
    "#);
    let output = command(tree.path(), &["site", "list", "--format", "json"]);
    let list: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(list["units"][2]["overridden"][0], "Service/web: spec.type");
}

#[test]
fn shards_share_out_all_units() {
    let tree = shop();
    let stdout = |args: &[&str]| String::from_utf8(command(tree.path(), args).stdout).unwrap();
    let [one, two] = ["1/2", "2/2"].map(|shard| stdout(&["render", "--shard", shard]));
    assert_eq!(format!("{one}---\n{two}"), stdout(&["render"]));
    assert_eq!(command(tree.path(), &["render", "--shard", "3/2"]).status.code(), Some(2));
}

const DEFINITION: &str = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: shops.example.org
spec: {}
";

#[test]
fn the_command_line_goes_before_the_project_file() {
    let tree = shop();
    tree.write("base/web/definition.yaml", DEFINITION);
    tree.write("base/web/kustomization.yaml", "resources: [service.yaml, definition.yaml]\n");
    let changes = |args: &[&str]| {
        let said = run(tree.path(), &[&["render", "a", "-o", "out", "--check"], args].concat());
        said.lines().filter_map(|line| line.strip_prefix("create a/web/")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        changes(&[]),
        "_cluster/customresourcedefinition.apiextensions.k8s.io-shops.example.org.yaml default/service-web.yaml"
    );
    tree.write("crustomize.yaml", "layout: kustomize\ncrds: skip\n");
    assert_eq!(changes(&[]), "v1_service_web.yaml");
    assert_eq!(changes(&["--layout", "single"]), "manifest.yaml");
    assert_eq!(
        changes(&["--layout", "decapod", "--crds", "split"]),
        "CRD/CustomResourceDefinition_shops.example.org.yaml Service_web.yaml"
    );
    assert_eq!(command(tree.path(), &["render", "--layout", "single"]).status.code(), Some(2), "nothing is written");
}

/// The article that the project grew from: what it prints for the base and for one site.
#[test]
fn the_outputs_of_the_article() {
    let beside = ["../shared", "../../shared"].map(|path| Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    let Some(article) =
        beside.iter().map(|shared| shared.join("corpus/seeds/decapod-nginx")).find(|path| path.is_dir())
    else {
        return println!("skipped: ../shared, with the article's manifests, is not here");
    };
    let read = |path: &str| fs::read_to_string(article.join(path)).unwrap();
    let mut tree = Tree::new().with("sites/none/nginx/kustomization.yaml", "resources: [../base]\n");
    for file in ["kustomization.yaml", "site-values.yaml", "nginx-deployment.yaml", "nginx-service.yaml"] {
        tree = tree.with(&format!("base/nginx/base/{file}"), read(&format!("base/{file}")));
    }
    for file in ["kustomization.yaml", "site-values.yaml"] {
        let text = read(&format!("aws-msa-reference/{file}"));
        tree = tree.with(&format!("sites/aws-msa-reference/nginx/{file}"), &text);
    }
    let said = run(tree.path(), &["render", "-o", "out", "--layout", "single"]);
    assert!(said.starts_with("status: 0\n"), "{said}");
    for (site, want) in [("none", "base/expected.yaml"), ("aws-msa-reference", "aws-msa-reference/expected.yaml")] {
        let written = fs::read_to_string(tree.path().join(format!("out/{site}/nginx/manifest.yaml"))).unwrap();
        assert_eq!(written, read(want), "{site}");
    }
}

fn listed(directory: &Path) -> Vec<String> {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Names that lead elsewhere, that some systems don't take, that are one where case does not matter.
#[test]
fn hostile_names_stay_in_the_folder_in_files_of_their_own() {
    let long = "n".repeat(300);
    let names = ["../../x", "/etc/x", "CON", "system:Foo", "system:foo", "ünïcode", "a\\b", "..", &long];
    let object = |api: &str, name: &str| format!("apiVersion: {api}\nkind: Thing\nmetadata:\n  name: {name:?}\n");
    let mut objects: Vec<String> = names.iter().map(|name| object("v1", name)).collect();
    objects.push(object("a.example.org/v1", "two"));
    objects.push(object("b.example.org/v1", "two"));
    let count = objects.len();
    let tree = Tree::new()
        .with("deep/sites/s/web/kustomization.yaml", "resources: [all.yaml]\n")
        .with("deep/sites/s/web/all.yaml", objects.join("---\n"));
    let deep = tree.path().join("deep");
    // What the names of others can't hold is refused, by name.
    for (layout, refused) in
        [("kustomize", "v1 Thing ../../x"), ("decapod", "a.example.org/v1 Thing two and b.example.org/v1 Thing two")]
    {
        let said = run(&deep, &["render", "-o", "out", "--layout", layout]);
        assert!(said.starts_with("status: 1\n") && said.contains(refused), "{layout}: {said}");
    }
    let said = run(&deep, &["render", "-o", "out"]);
    assert!(said.starts_with("status: 0\n"), "{said}");
    let files = listed(&deep.join("out/s/web/default"));
    let folded: std::collections::BTreeSet<String> = files.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!((files.len(), folded.len()), (count, count), "{files:?}");
    assert!(files.iter().all(|name| name.len() <= 255 && name.is_ascii()), "{files:?}");
    assert_eq!(listed(tree.path()), ["deep"]);
}

/// The first command of the README.
#[test]
fn the_shipped_sample() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = command(root, &["render"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && !told.contains("warning: "), "{told}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert_snapshot!("sample", text);
    for unit in text.split("# unit: ").skip(1) {
        let (name, yaml) = unit.split_once('\n').unwrap();
        let alone = render(&DiskFs::new(), root.join("sites").join(name), &RenderOptions::default()).unwrap();
        assert_eq!(yaml.strip_suffix("---\n").unwrap_or(yaml), alone.to_yaml().unwrap(), "{name}");
    }
}

#[test]
fn the_files_for_pipelines_can_be_read_and_use_shards() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci");
    let texts = ["github-actions", "gitlab-ci", "tekton-task", "argo-workflow"].map(|name| {
        let text = fs::read_to_string(folder.join(format!("{name}.yaml"))).unwrap();
        assert!(text.contains("--shard"), "{name}");
        text
    });
    for document in texts.iter().flat_map(|text| text.split("\n---\n")) {
        let text = document.to_owned().into();
        let node = parse(Chunk::whole(&text, SourceId(0)), Dialect::V3).unwrap().unwrap();
        assert!(node.as_mapping().is_some_and(|mapping| !mapping.is_empty()));
    }
}
