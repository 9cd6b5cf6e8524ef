//! The command as people run it: arguments, streams and exit codes.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests make and read files and print")]

mod support;

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use insta::assert_snapshot;
use support::Tree;

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n";

fn directory(files: &[(&str, &str)]) -> Tree {
    files.iter().fold(Tree::new(), |tree, (path, text)| tree.with(path, text))
}

fn command(directory: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crustomize"));
    command.args(args).current_dir(directory).env_remove("KUSTOMIZE_ENABLE_MANAGEDBY_LABEL");
    command
}

/// Status, standard output and standard error as one text.
fn run(directory: &Path, args: &[&str]) -> String {
    show(&mut command(directory, args))
}

fn show(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    format!(
        "status: {}\n----- stdout\n{}----- stderr\n{}",
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr)
    )
}

#[test]
fn a_build_prints_and_is_silent_otherwise() {
    let directory = directory(&[("kustomization.yaml", "resources: [web.yaml]\n"), ("web.yaml", SERVICE)]);
    assert_snapshot!(run(directory.path(), &["build"]), @r"
    status: 0
    ----- stdout
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    ----- stderr
    ");
}

#[test]
fn the_version() {
    let directory = directory(&[]);
    assert_snapshot!(run(directory.path(), &["version", "-o", "json"]), @r#"
    status: 0
    ----- stdout
    {"version":"0.1.0"}
    ----- stderr
    "#);
}

#[test]
fn completion_scripts_are_for_the_shell_that_asks() {
    let directory = directory(&[]);
    for (shell, word) in
        [("bash", "complete -F _crustomize"), ("zsh", "#compdef crustomize"), ("fish", "complete -c crustomize")]
    {
        let said = run(directory.path(), &["completion", shell]);
        assert!(said.starts_with("status: 0\n") && said.contains(word), "{shell}: {said}");
    }
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    let directory = directory(&[]);
    assert_snapshot!(run(directory.path(), &["build", "one", "two"]), @r"
    status: 2
    ----- stdout
    ----- stderr
    error: unexpected argument 'two' found

    Usage: crustomize build [OPTIONS] [DIR]

    For more information, try '--help'.
    ");
    assert!(run(directory.path(), &["build", "--load-restrictor", "none"]).starts_with("status: 2\n"));
    assert!(run(directory.path(), &["build", "--reorder", "random"]).starts_with("status: 2\n"));
    assert!(run(directory.path(), &[]).starts_with("status: 2\n"));
}

#[test]
fn errors_and_warnings_go_to_standard_error() {
    let files = [
        ("base/kustomization.yaml", "commonLabels: {a: b}\nresources: [web.yaml, again.yaml]\n"),
        ("base/web.yaml", SERVICE),
        ("base/again.yaml", SERVICE),
        ("site/kustomization.yaml", "resources:\n- ../base\n"),
    ];
    let directory = directory(&files);
    assert_snapshot!(run(directory.path(), &["build", "site"]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: duplicate resource `v1 Service web`
      --> base/again.yaml:4:9
       |   name: web
      first defined at base/web.yaml:4:9
      while reading `resources[1]` at base/kustomization.yaml:2:23
      while reading `resources[0]` at site/kustomization.yaml:2:3
    hint: rename one of them, or change it with a patch
    ");
    fs::write(directory.path().join("base/kustomization.yaml"), "bases: []\nresources: [web.yaml]\n").unwrap();
    assert_snapshot!(run(directory.path(), &["build", "site", "--error-format", "json"]), @r#"
    status: 0
    ----- stdout
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    ----- stderr
    {"level":"warning","message":"`bases` is deprecated, use `resources` instead","location":{"path":"base/kustomization.yaml","line":1,"column":1,"text":"bases: []"}}
    "#);
}

#[test]
fn output_goes_to_a_file_or_to_one_file_a_resource() {
    let two = format!(
        "{SERVICE}  namespace: a\n---\n{SERVICE}  namespace: B\n---\nkind: Namespace\napiVersion: v1\nmetadata: {{name: a}}\n"
    );
    let directory = directory(&[("kustomization.yaml", "resources: [two.yaml]\n"), ("two.yaml", &two)]);
    let path = directory.path();
    assert_eq!(run(path, &["build", "-o", "out.yaml"]), "status: 0\n----- stdout\n----- stderr\n");
    assert_eq!(fs::read_to_string(path.join("out.yaml")).unwrap().matches("kind: ").count(), 3);
    fs::create_dir(path.join("out")).unwrap();
    assert_eq!(run(path, &["build", "-o", "out"]), "status: 0\n----- stdout\n----- stderr\n");
    let mut names: Vec<String> = fs::read_dir(path.join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["a_v1_service_web.yaml", "b_v1_service_web.yaml", "v1_namespace_a.yaml"]);
    assert_snapshot!(run(path, &["build", "-o", "nowhere/out.yaml"]).lines().next().unwrap(), @"status: 1");
}

#[test]
fn the_managed_by_label_has_a_flag_and_a_variable() {
    let directory = directory(&[("kustomization.yaml", "resources: [web.yaml]\n"), ("web.yaml", SERVICE)]);
    let label = "app.kubernetes.io/managed-by: kustomize-head";
    assert!(run(directory.path(), &["build", "--enable-managedby-label"]).contains(label));
    assert!(!run(directory.path(), &["build", "--enable-managedby-label=false"]).contains(label));
    let with = |value: &str| {
        show(command(directory.path(), &["build"]).env("KUSTOMIZE_ENABLE_MANAGEDBY_LABEL", value)).contains(label)
    };
    assert!(with("on"));
    assert!(!with("true"), "kustomize knows `on` only");
}

#[test]
fn the_order_can_be_left_as_it_is() {
    let text = format!("{SERVICE}---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: a}}\n");
    let directory = directory(&[("kustomization.yaml", "resources: [two.yaml]\n"), ("two.yaml", &text)]);
    let first = |args: &[&str]| run(directory.path(), args).lines().nth(3).unwrap().to_owned();
    assert_eq!(first(&["build"]), "kind: Namespace");
    assert_eq!(first(&["build", "--reorder", "none"]), "kind: Service");
}

#[test]
fn files_outside_of_the_root_need_leave() {
    let files = [("app/kustomization.yaml", "resources: [../web.yaml]\n"), ("web.yaml", SERVICE)];
    let directory = directory(&files);
    assert_snapshot!(run(directory.path(), &["build", "app"]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: the file `web.yaml` is not in or below `app`
      --> app/kustomization.yaml:1:13
       | resources: [../web.yaml]
      while reading `resources[0]` at app/kustomization.yaml:1:13
    hint: move the file there, or allow other files with `--load-restrictor LoadRestrictionsNone`
    ");
    let said = run(directory.path(), &["build", "app", "--load-restrictor", "LoadRestrictionsNone"]);
    assert!(said.starts_with("status: 0\n"), "{said}");
}

#[test]
fn the_line_that_raised_an_error_is_told_when_asked_for() {
    let directory = directory(&[("kustomization.yaml", "namePrefx: a\n")]);
    let said = run(directory.path(), &["build", "--stack-trace"]);
    assert!(said.contains("raised by crustomize 0.1.0 at src/decode.rs:"), "{said}");
}

/// Without the figures of time, which differ from run to run, and the table's white space.
fn without_times(said: &str) -> String {
    let times = regex::Regex::new(r#"\d+\.\d+|(Microseconds":)\d+"#).unwrap();
    let table = |line: &str| {
        if line.starts_with('{') { line.to_owned() } else { line.split_whitespace().collect::<Vec<_>>().join(" ") }
    };
    said.lines().map(|line| format!("{}\n", times.replace_all(&table(line), "$1*"))).collect()
}

#[test]
fn where_the_time_went_is_told_when_asked_for() {
    let files = [
        (
            "kustomization.yaml",
            "resources: [base, deployment.yaml]\nnamePrefix: a-\nimages: [{name: web, newTag: v2}]\nconfigMapGenerator: [{name: settings, files: [a.txt]}]\npatches: [{path: patch.yaml}]\n",
        ),
        ("base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("base/web.yaml", SERVICE),
        (
            "deployment.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, image: web}]}}}\n",
        ),
        ("a.txt", "a\n"),
        ("patch.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n"),
    ];
    let directory = directory(&files);
    let stderr = |args: &[&str]| {
        let said = run(directory.path(), args);
        without_times(said.split_once("----- stderr\n").unwrap().1)
    };
    assert_snapshot!(stderr(&["build", "--timings"]), @r"
    phase ms % calls
    read * * 8
    parse * * 10
    accumulate * * 2
    ConfigMapGenerator * * 1
    PatchTransformer * * 1
    PrefixTransformer * * 1
    ImageTagTransformer * * 1
    hash * * 1
    references * * 1
    vars * * 3
    sort * * 1
    emit * * 1
    write * * 1
    other * * 3
    busy * (phases but waiting, summed over threads)
    total * (wall time)
    files read: 6 (448 bytes), resources: 3, bytes written: 316
    ");
    assert_snapshot!(stderr(&["build", "--timings=json", "-o", "out.yaml"]), @r#"{"timings":1,"wallMicroseconds":*,"busyMicroseconds":*,"phases":[{"name":"read","busyMicroseconds":*,"calls":8},{"name":"parse","busyMicroseconds":*,"calls":10},{"name":"accumulate","busyMicroseconds":*,"calls":2},{"name":"ConfigMapGenerator","busyMicroseconds":*,"calls":1},{"name":"PatchTransformer","busyMicroseconds":*,"calls":1},{"name":"PrefixTransformer","busyMicroseconds":*,"calls":1},{"name":"ImageTagTransformer","busyMicroseconds":*,"calls":1},{"name":"hash","busyMicroseconds":*,"calls":1},{"name":"references","busyMicroseconds":*,"calls":1},{"name":"vars","busyMicroseconds":*,"calls":3},{"name":"sort","busyMicroseconds":*,"calls":1},{"name":"emit","busyMicroseconds":*,"calls":1},{"name":"write","busyMicroseconds":*,"calls":1},{"name":"other","busyMicroseconds":*,"calls":3}],"filesRead":6,"bytesRead":448,"resources":3,"bytesWritten":316}"#);
    assert_eq!(run(directory.path(), &["build"]).split_once("----- stderr\n").unwrap().1, "");
    assert!(run(directory.path(), &["build", "--timings=xml"]).starts_with("status: 2\n"));
}

/// What was done before a render failed took time, too.
#[test]
fn where_the_time_went_comes_after_an_error() {
    let directory = directory(&[("kustomization.yaml", "resources: [web.yaml]\nnamePrefx: a\n")]);
    assert_snapshot!(without_times(&run(directory.path(), &["build", "--timings"])), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: unknown field `namePrefx`
    --> kustomization.yaml:2:1
    | namePrefx: a
    hint: did you mean `namePrefix`?
    phase ms % calls
    read * * 2
    parse * * 2
    other * * 2
    busy * (phases but waiting, summed over threads)
    total * (wall time)
    files read: 1 (35 bytes), resources: 0, bytes written: 0
    ");
}

/// As in `crustomize build | head -1`: the reader goes away while there is more to print.
#[test]
fn a_closed_pipe_is_quiet() {
    let many: String = (0..20_000).map(|n| format!("---\nkind: A\nmetadata: {{name: a{n}}}\n")).collect();
    let directory = directory(&[("kustomization.yaml", "resources: [many.yaml]\n"), ("many.yaml", &many)]);
    let mut child =
        command(directory.path(), &["build"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 4];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

/// A disk without room is an error, not a short file.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let directory = directory(&[("kustomization.yaml", "resources: [web.yaml]\n"), ("web.yaml", SERVICE)]);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command(directory.path(), &["build"]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.starts_with("error: can't write the output: "), "{said}");
}

#[test]
fn the_sample_renders_to_what_the_site_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let said = run(root, &["build", "sites/aws-msa-reference/nginx"]);
    assert!(said.starts_with("status: 0\n"), "{said}");
    assert!(said.contains("  replicas: 3\n") && said.contains("  type: LoadBalancer\n"), "{said}");
    assert!(said.contains("  - nodePort: 32080\n"), "the base's port stays: {said}");
    let base = run(root, &["build", "base/nginx"]);
    assert!(base.contains("  replicas: 2\n") && base.contains("  type: NodePort\n"), "{base}");
    // The bytes that kustomize printed for the same, where they are at hand.
    let printed = root.join("../shared/corpus/seeds/decapod-nginx");
    for (said, name) in [(said, "aws-msa-reference"), (base, "base")] {
        match fs::read_to_string(printed.join(name).join("expected.yaml")) {
            Ok(want) => assert_eq!(said, format!("status: 0\n----- stdout\n{want}----- stderr\n")),
            Err(_) => println!("sample `{name}`: not compared, ../shared is not here"),
        }
    }
}

/// Built in, but a program of the user's own for that type goes before it.
#[test]
#[cfg(unix)]
fn a_plugin_of_the_users_own_goes_before_the_built_in_transformer() {
    use std::os::unix::fs::PermissionsExt;

    let plugin = "plugins/openinfradev.github.com/v1/helmvaluestransformer/HelmValuesTransformer";
    let directory = directory(&[
        ("kustomization.yaml", "resources: [release.yaml]\ntransformers: [site-values.yaml]\n"),
        (
            "release.yaml",
            "apiVersion: helm.fluxcd.io/v1\nkind: HelmRelease\nmetadata:\n  name: web\nspec:\n  values: {by: base}\n",
        ),
        (
            "site-values.yaml",
            "apiVersion: openinfradev.github.com/v1\nkind: HelmValuesTransformer\nmetadata: {name: site}\n\
             charts: [{name: web, override: {by: us}}]\n",
        ),
        (plugin, "#!/bin/sh\nsed 's/by: base/by: them/'\n"),
        ("empty/readme", ""),
    ]);
    let program = directory.path().join(plugin);
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let says = |home: &str, args: &[&str]| {
        let said = show(command(directory.path(), args).env("KUSTOMIZE_PLUGIN_HOME", directory.path().join(home)));
        said.lines().find_map(|line| line.trim().strip_prefix("by: ").map(str::to_owned)).unwrap_or(said)
    };
    assert_eq!(says("plugins", &["build"]), "us");
    assert_eq!(says("empty", &["build", "--enable-alpha-plugins"]), "us");
    assert_eq!(says("plugins", &["build", "--enable-alpha-plugins"]), "them");
}

#[test]
fn bundles_are_told_of() {
    let directory = directory(&[]);
    assert_snapshot!(run(directory.path(), &["bundle", "list"]), @r#"
    status: 0
    ----- stdout
    BlueGreenService      Versions of an application side by side without a controller: a Deployment each, and a Service whose selector one value changes.
    EbsStorage            Classes of EBS volumes for the CSI driver, and claims.
    IstioGateway          Gateways for an ingress workload, with TLS, and a Service for traffic inside the cluster.
    KnativeServingConfig  What a site sets in Knative Serving: ConfigMaps, and what belongs to the pods that take the traffic.
    KServeInference       A model served by KServe.
    ProgressiveApp        An application that Argo Rollouts brings out step by step, blue and green or as a canary.
    SiteValues            What a site says once for all its bundles and charts.
    TFServing             Models served by TensorFlow Serving, on GPUs or without: `NAME-svc`, `NAME-deployment` and `NAME-hpa`.
    WebService            A Service, a Deployment and a HorizontalPodAutoscaler: `NAME-svc`, `NAME-deployment` and `NAME-hpa`.
    ----- stderr
    "#);
    assert_snapshot!(run(directory.path(), &["bundle", "explain", "EbsStorage", "claims"]), @r#"
    status: 0
    ----- stdout
    EbsStorage of `crustomize.dev/v1alpha1`, a generator

    PersistentVolumeClaims by name.

      size: string, needed
          How much: `4Gi`.
      class: string
          The class; the cluster's default unless given.
      accessMode: ReadWriteOnce | ReadWriteOncePod, "ReadWriteOnce" unless given
          How it may be mounted. A volume is on one node at a time.
    ----- stderr
    "#);
    assert_snapshot!(run(directory.path(), &["bundle", "schema", "EbsStorag"]), @r#"
    status: 1
    ----- stdout
    ----- stderr
    error: there is no bundle `EbsStorag`
    hint: did you mean `EbsStorage`?
    "#);
    let example = run(directory.path(), &["bundle", "example", "IstioGateway"]);
    assert!(example.contains("kind: IstioGateway\n"), "{example}");
    let schema = run(directory.path(), &["bundle", "schema", "EbsStorage"]);
    assert!(schema.contains("\"title\": \"EbsStorage\""), "{schema}");
}
