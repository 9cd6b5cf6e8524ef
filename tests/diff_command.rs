//! `crustomize diff` on real repositories: sides, units that a change reaches, exit codes, files.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests make and read files and print")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::Value;
use support::Tree;

const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 1\n";

fn git(directory: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(directory).args(["-c", "user.name=t", "-c", "user.email=t@example.org"]).args(args);
    let output = command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn commit(tree: &Tree) {
    git(tree.path(), &["add", "--all"]);
    git(tree.path(), &["commit", "--quiet", "--allow-empty", "--message", "state"]);
}

fn command(directory: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crustomize"));
    command.arg("diff").args(args).current_dir(directory).env_remove("CI").env_remove("NO_COLOR").output().unwrap()
}

/// Status and both streams; names of commits are hidden.
fn run(tree: &Tree, args: &[&str]) -> String {
    let output = command(tree.path(), args);
    let text = |bytes: &[u8]| {
        let mut text = String::from_utf8(bytes.to_vec()).unwrap();
        for commit in git(tree.path(), &["rev-list", "--all"]).lines() {
            text = text.replace(commit, "COMMIT").replace(&commit[..7], "COMMIT");
        }
        text
    };
    format!(
        "status: {}\n----- stdout\n{}----- stderr\n{}",
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr)
    )
}

/// Two sites over two bases, committed on `main`.
fn fleet() -> Tree {
    let mut tree = Tree::new();
    for app in ["api", "web"] {
        tree = tree
            .with(&format!("base/{app}/kustomization.yaml"), "resources: [deployment.yaml]\n")
            .with(&format!("base/{app}/deployment.yaml"), DEPLOYMENT.replace("web", app));
        for site in ["east", "west"] {
            let kustomization = format!("resources: [../../../base/{app}]\nnamespace: {site}\n");
            tree = tree.with(&format!("sites/{site}/{app}/kustomization.yaml"), kustomization);
        }
    }
    git(tree.path(), &["init", "--quiet", "--initial-branch=main"]);
    commit(&tree);
    tree
}

#[test]
fn the_work_tree_against_where_it_left_the_default_branch() {
    let tree = fleet();
    assert_snapshot!(run(&tree, &[]), @r"
    status: 0
    ----- stdout
    COMMIT → work tree
    no differences; 4 units unaffected
    ----- stderr
    ");
    git(tree.path(), &["checkout", "--quiet", "-b", "topic"]);
    tree.write("base/web/deployment.yaml", DEPLOYMENT.replace("s: 1", "s: 2"));
    commit(&tree);
    tree.write(
        "sites/west/web/kustomization.yaml",
        "resources: [../../../base/web]\nnamespace: west\nnamePrefix: a-\n",
    );
    assert_snapshot!(run(&tree, &[]), @r"
    status: 1
    ----- stdout
    COMMIT → work tree
    ~ apps/Deployment east/web (east/web)
    @@ -4,4 +4,4 @@
       name: web
       namespace: east
     spec:
    -  replicas: 1
    +  replicas: 2
    - apps/Deployment west/web (west/web)
    @@ -1,7 +0,0 @@
    -apiVersion: apps/v1
    -kind: Deployment
    -metadata:
    -  name: web
    -  namespace: west
    -spec:
    -  replicas: 1
    + apps/Deployment west/a-web (west/web)
    @@ -0,0 +1,7 @@
    +apiVersion: apps/v1
    +kind: Deployment
    +metadata:
    +  name: a-web
    +  namespace: west
    +spec:
    +  replicas: 2
    1 removed, 1 added, 1 modified; 2 units unaffected
    ----- stderr
    ");
    // From a folder of the repository it is the same project.
    let folder = tree.path().join("sites");
    let output = command(&folder, &["--sites", ".", "--base-folder", "../base", "east"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn why_a_unit_is_compared() {
    let tree = fleet();
    tree.write("base/web/deployment.yaml", DEPLOYMENT.replace("s: 1", "s: 2"));
    tree.write("sites/north/web/kustomization.yaml", "resources: [../../../base/web]\n");
    assert_snapshot!(run(&tree, &["--explain", "east/web"]), @r"
    status: 0
    ----- stdout
    east/web depends on base/web/deployment.yaml, which has changed
      sites/east/web/kustomization.yaml:1:13: `resources[0]` names `../../../base/web`
      base/web/kustomization.yaml:1:13: `resources[0]` names `deployment.yaml`
    ----- stderr
    ");
    assert_snapshot!(run(&tree, &["--explain", "north/web"]), @r"
    status: 0
    ----- stdout
    north/web is new
    ----- stderr
    ");
    assert_snapshot!(run(&tree, &["--explain", "east/api"]), @r"
    status: 0
    ----- stdout
    nothing that east/api reads has changed
    ----- stderr
    ");
    assert_snapshot!(run(&tree, &["--explain", "east/none"]), @r"
    status: 2
    ----- stdout
    ----- stderr
    error: there is no unit `east/none` on either side
    hint: `crustomize site list` shows what there is
    ");
}

#[test]
fn exit_codes_say_what_their_family_says() {
    let tree = fleet();
    let codes = |tree: &Tree| {
        let code = |family| command(tree.path(), &["--exit-code", family]).status.code().unwrap();
        ["kubectl", "terraform", "zero"].map(code)
    };
    assert_eq!(codes(&tree), [0, 0, 0]);
    tree.write("base/web/deployment.yaml", DEPLOYMENT.replace("s: 1", "s: 2"));
    assert_eq!(codes(&tree), [1, 2, 0]);
    tree.write("base/api/deployment.yaml", "kind: [\n");
    assert_eq!(codes(&tree), [2, 1, 2]);
}

#[test]
fn a_unit_that_fails_is_never_taken_for_unchanged() {
    let tree = fleet();
    tree.write("base/api/deployment.yaml", "kind: [\n");
    commit(&tree);
    // The change is elsewhere.
    tree.write("base/web/deployment.yaml", DEPLOYMENT.replace("s: 1", "s: 2"));
    assert_snapshot!(run(&tree, &["east"]), @r"
    status: 2
    ----- stdout
    ----- stderr
    east/api (COMMIT): error: malformed YAML: did not find expected node content
      --> base/api/deployment.yaml:2:1
      while reading `resources[0]` at base/api/kustomization.yaml:1:13
      while reading `resources[0]` at sites/east/api/kustomization.yaml:1:13
    east/api (work tree): error: malformed YAML: did not find expected node content
      --> base/api/deployment.yaml:2:1
      while reading `resources[0]` at base/api/kustomization.yaml:1:13
      while reading `resources[0]` at sites/east/api/kustomization.yaml:1:13
    nothing was compared; `--keep-going` compares the units that can be rendered
    ");
    let output = command(tree.path(), &["east", "--keep-going", "--format", "json"]);
    assert_eq!(output.status.code(), Some(2));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let statuses = report["units"].as_array().unwrap().iter().map(|unit| unit["status"].as_str().unwrap());
    assert_eq!(statuses.collect::<Vec<_>>(), ["failed", "changed"]);
}

#[test]
fn several_formats_of_one_run() {
    let tree = fleet();
    tree.write("base/web/deployment.yaml", DEPLOYMENT.replace("s: 1", "s: 2"));
    let formats =
        ["--format", "json", "-o", "diff.json", "--format", "markdown", "-o", "diff.md", "--format", "semantic"];
    assert_snapshot!(run(&tree, &formats), @r#"
    status: 1
    ----- stdout
    COMMIT → work tree
    ~ apps/Deployment east/web (east/web)
      ~ spec.replicas: 1 -> 2
    ~ apps/Deployment west/web (west/web)
      ~ spec.replicas: 1 -> 2
    2 modified; 2 units unaffected
    ----- stderr
    "#);
    assert!(fs::read_to_string(tree.path().join("diff.md")).unwrap().starts_with("<!-- crustomize:diff:crustomize "));
    let report: Value = serde_json::from_slice(&fs::read(tree.path().join("diff.json")).unwrap()).unwrap();
    assert_eq!(report["counts"]["modified"], 2);
    assert_snapshot!(run(&tree, &["--format", "json", "--format", "text"]), @r"
    status: 2
    ----- stdout
    ----- stderr
    error: several formats can't go to standard output
    hint: give all but one a file with `-o`
    ");
    // What an earlier, longer diff left would be taken for a part of this one.
    tree.write("split.002.md", "");
    let split = ["--format", "markdown", "-o", "split.md", "--split"];
    assert_eq!(command(tree.path(), &split).status.code(), Some(1));
    assert!(tree.at("split.001.md").exists() && !tree.at("split.002.md").exists());
}

#[test]
fn a_patch_applies_to_what_was_rendered() {
    let tree = fleet();
    let render = |folder: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crustomize"));
        assert!(command.args(["render", "-o", folder]).current_dir(tree.path()).output().unwrap().status.success());
    };
    render("out");
    tree.write("base/web/deployment.yaml", DEPLOYMENT.replace("web", "other").replace("s: 1", "s: 2"));
    let against = command(tree.path(), &["--against", "out", "--format", "unified"]);
    let git_sides = command(tree.path(), &["--format", "unified"]);
    assert_eq!(against.stdout, git_sides.stdout);
    fs::write(tree.path().join("patch"), &against.stdout).unwrap();
    git(tree.path(), &["apply", "--unsafe-paths", "--directory=out", "patch"]);
    let output = command(tree.path(), &["--against", "out"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn what_was_published_is_read_from_its_branch() {
    let tree = fleet();
    let mut command_line = Command::new(env!("CARGO_BIN_EXE_crustomize"));
    let rendered = command_line.args(["render", "-o", "out/live"]).current_dir(tree.path()).output().unwrap();
    assert!(rendered.status.success());
    git(tree.path(), &["checkout", "--quiet", "--orphan", "published"]);
    git(tree.path(), &["add", "--force", "out"]);
    git(tree.path(), &["commit", "--quiet", "--message", "rendered"]);
    git(tree.path(), &["checkout", "--quiet", "--force", "main"]);
    tree.write("crustomize.yaml", "publish: {branch: published, path: out/live}\n");
    assert_eq!(command(tree.path(), &["--against", "published"]).status.code(), Some(0));
    tree.write("base/web/deployment.yaml", DEPLOYMENT.replace("s: 1", "s: 2"));
    assert_snapshot!(run(&tree, &["--against", "published=published", "--format", "semantic"]), @r#"
    status: 1
    ----- stdout
    published (COMMIT) → work tree
    ~ apps/Deployment east/web (east/web)
      ~ spec.replicas: 1 -> 2
    ~ apps/Deployment west/web (west/web)
      ~ spec.replicas: 1 -> 2
    2 modified; 2 units the same
    ----- stderr
    "#);
    tree.write("crustomize.yaml", "");
    assert_snapshot!(run(&tree, &["--against", "published"]), @r"
    status: 2
    ----- stdout
    ----- stderr
    error: which branch was published to isn't known
    hint: say `--against published=REMOTE/BRANCH`, or `publish: {branch: ...}` in `crustomize.yaml`
    ");
}

#[test]
fn secrets_are_not_shown_to_a_pipeline() {
    let tree = fleet();
    let mut command = Command::new(env!("CARGO_BIN_EXE_crustomize"));
    let refused = command.args(["diff", "--show-secrets"]).current_dir(tree.path()).env("CI", "true").output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert_snapshot!(String::from_utf8(refused.stderr).unwrap(), @r"
    error: secrets are not shown where `CI` is set: logs keep them
    hint: `--show-secrets=force` shows them all the same
    ");
}

/// Edits of a fleet's files.
fn edits() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0..12usize, 0..6usize), 1..5)
}

/// Makes one edit.
fn edit(tree: &Tree, (place, kind): (usize, usize)) {
    let app = ["api", "web"][place % 2];
    let site = ["east", "west"][place / 2 % 2];
    let unit = format!("sites/{site}/{app}/kustomization.yaml");
    match kind {
        0 => tree.write(&format!("base/{app}/deployment.yaml"), DEPLOYMENT.replace("s: 1", &format!("s: {place}"))),
        1 => tree.write(&unit, format!("resources: [../../../base/{app}]\nnamePrefix: p{place}-\n")),
        2 => tree.write(&format!("base/{app}/unused.yaml"), "nobody reads this\n"),
        // Another name of the same file: it is refused where both are there.
        3 => tree.write(&format!("base/{app}/kustomization.yml"), "resources: [deployment.yaml]\n"),
        4 => tree.write(&format!("sites/new{place}/{app}/kustomization.yaml"), "resources: [../../../base/api]\n"),
        _ => drop(fs::remove_file(tree.path().join(unit))),
    }
}

/// The units of a report that are not as they were.
fn changed(tree: &Tree, args: &[&str]) -> Vec<String> {
    let output = command(tree.path(), &[&["--keep-going", "--format", "json"], args].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let units = report["units"].as_array().unwrap().iter().filter(|unit| unit["status"] != "unchanged");
    units.map(|unit| format!("{} {}", unit["id"], unit["resources"])).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever changes: comparing the units that it may reach finds what comparing all of them finds.
    #[test]
    fn what_is_left_out_did_not_change(edits in edits(), committed: bool) {
        let tree = fleet();
        edits.into_iter().for_each(|one| edit(&tree, one));
        let head = if committed {
            git(tree.path(), &["checkout", "--quiet", "-b", "topic"]);
            commit(&tree);
            "HEAD"
        } else {
            "worktree"
        };
        if tree.path().join("sites").exists() {
            prop_assert_eq!(changed(&tree, &["--head", head]), changed(&tree, &["--head", head, "--all"]));
        }
    }
}

/// A clone of a bare repository with one unit of these resources, on a branch of its own.
fn cloned(resources: &str) -> (Tree, std::path::PathBuf) {
    let tree = Tree::new()
        .with("source/base/web/kustomization.yaml", "resources: [all.yaml]\n")
        .with("source/base/web/all.yaml", resources)
        .with("source/sites/east/web/kustomization.yaml", "resources: [../../../base/web]\n");
    let source = tree.at("source");
    git(&source, &["init", "--quiet", "--initial-branch=main"]);
    git(&source, &["add", "--all"]);
    git(&source, &["commit", "--quiet", "--message", "state"]);
    git(tree.path(), &["clone", "--quiet", "--bare", "source", "origin.git"]);
    git(tree.path(), &["clone", "--quiet", "origin.git", "clone"]);
    let clone = tree.at("clone");
    git(&clone, &["checkout", "--quiet", "-b", "topic"]);
    (tree, clone)
}

/// Replaces the resources of a clone, and commits them.
fn change(clone: &Path, resources: &str) {
    fs::write(clone.join("base/web/all.yaml"), resources).unwrap();
    git(clone, &["commit", "--quiet", "--all", "--message", "change"]);
}

#[test]
fn acceptance_08_a_comment_is_valid_whatever_is_in_it() {
    let config_map = |size: usize| {
        let line = "    `````  </details> \u{202e}evil\u{2066} @everyone \u{1f600}\u{1f600}\u{1f600}\n".repeat(size);
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: notes\ndata:\n  text: |\n{line}")
    };
    let (_tree, clone) = cloned(&config_map(1));
    change(&clone, &config_map(400));
    for budget in 5_000..5_040 {
        let budget = budget.to_string();
        let output = command(&clone, &["--format", "markdown", "--max-comment", &budget]);
        assert_eq!(output.status.code(), Some(1));
        let comment = String::from_utf8(output.stdout).unwrap();
        assert!(comment.chars().count() <= budget.parse().unwrap());
        assert!(!comment.chars().any(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')));
        let mut depth = 0_i32;
        let mut code = 0;
        for event in pulldown_cmark::Parser::new_ext(&comment, pulldown_cmark::Options::ENABLE_TABLES) {
            match event {
                pulldown_cmark::Event::Html(html) | pulldown_cmark::Event::InlineHtml(html) => {
                    depth += i32::try_from(html.matches("<details").count()).unwrap();
                    depth -= i32::try_from(html.matches("</details>").count()).unwrap();
                }
                pulldown_cmark::Event::Start(pulldown_cmark::Tag::CodeBlock(_)) => code += 1,
                _ => {}
            }
        }
        assert_eq!((depth, code), (0, 1), "{comment}");
    }
}

#[test]
fn acceptance_09_a_new_chart_is_one_group_and_a_change() {
    let resources = |version: &str| {
        let one = |number: usize| {
            format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c{number}\n  labels:\n    \
                 helm.sh/chart: web-{version}\n    app.kubernetes.io/version: \"{version}\"\n"
            )
        };
        (0..48).map(one).collect::<Vec<_>>().join("---\n")
    };
    let (_tree, clone) = cloned(&resources("1.2.3"));
    change(&clone, &resources("1.2.4"));
    let output = command(&clone, &[]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.matches("48 objects").count(), 1, "{text}");
    assert!(!text.contains("@@"), "{text}");
    let shown = command(&clone, &["--noise", "show"]);
    assert_eq!(String::from_utf8(shown.stdout).unwrap().matches("@@ ").count(), 48);
}

#[test]
fn acceptance_10_a_new_ca_bundle_is_seen() {
    let webhook = |bundle: &str| {
        format!(
            "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata:\n  name: w\n\
             webhooks:\n- name: a.example.org\n  clientConfig:\n    caBundle: {bundle}\n"
        )
    };
    let (_tree, clone) = cloned(&webhook("b2xk"));
    change(&clone, &webhook("bmV3"));
    let output = command(&clone, &[]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("ValidatingWebhookConfiguration w"), "{text}");
}

#[test]
fn acceptance_11_no_format_shows_a_secret() {
    let plain = |side: &str| format!("hunter2-{side}-plaintext");
    let encoded = |side: &str| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(plain(side))
    };
    let resources = |side: &str| {
        let (plain, encoded) = (plain(side), encoded(side));
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: data}}\ndata: {{password: {encoded}}}\n---\n\
             apiVersion: v1\nkind: Secret\nmetadata: {{name: string}}\nstringData:\n  password: |\n    first\n    {plain}\n---\n\
             apiVersion: v1\nkind: List\nitems:\n- {{apiVersion: v1, kind: Secret, metadata: {{name: listed}}, data: {{p: {encoded}}}}}\n---\n\
             apiVersion: v1\nkind: Secret\nmetadata:\n  name: applied\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      \
             {{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{{\"name\":\"applied\"}},\"stringData\":{{\"p\":\"{plain}\"}}}}\n---\n\
             apiVersion: example.org/v1\nkind: Database\nmetadata: {{name: db}}\nspec: {{users: [{{name: a, password: {plain}}}]}}\n"
        )
    };
    let (_tree, clone) = cloned(&resources("old"));
    change(&clone, &resources("new"));
    let leaks = |what: &str, text: &[u8]| {
        let text = String::from_utf8_lossy(text);
        for secret in ["old", "new"].into_iter().flat_map(|side| [plain(side), encoded(side)]) {
            assert!(!text.contains(&secret), "{what} shows {secret}: {text}");
        }
    };
    for format in ["text", "unified", "semantic", "markdown", "json", "html"] {
        let arguments =
            ["--format", format, "--noise", "show", "--mask", "Database.example.org:/spec/users/*/password"];
        let output = command(&clone, &arguments);
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        leaks(format, &output.stdout);
        leaks(format, &output.stderr);
        let text = String::from_utf8(output.stdout).unwrap();
        let names: &[&str] = &["data", "string", "listed", "applied", "db"];
        assert!(names.iter().all(|name| text.contains(name)), "{format}: {text}");
    }
    // What can't be read is told without what is in it.
    change(
        &clone,
        &format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: broken}}\nstringData: {{a: {}]\n", plain("new")),
    );
    let output = command(&clone, &["--keep-going"]);
    assert_eq!(output.status.code(), Some(2));
    leaks("an error", &output.stderr);
    leaks("a report of an error", &output.stdout);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// The sample that is shipped, in a repository of its own.
#[test]
fn one_value_of_a_site_changes_the_fields_that_follow_from_it() {
    let tree = Tree::new();
    for folder in ["base", "sites"] {
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &tree.at(folder));
    }
    git(tree.path(), &["init", "--quiet", "--initial-branch=main"]);
    commit(&tree);
    let values = "sites/aws-msa-reference/knative-serving/site-values.yaml";
    let text = fs::read_to_string(tree.at(values)).unwrap();
    assert_eq!(text.matches("models.aws.example.com").count(), 1, "one value is to change");
    tree.write(values, text.replace("models.aws.example.com", "models.example.net"));
    assert_snapshot!(run(&tree, &["--format", "semantic"]), @r#"
    status: 1
    ----- stdout
    COMMIT → work tree
    ~ ConfigMap knative-serving/config-domain (aws-msa-reference/knative-serving)
      + data["models.example.net"]: ""
      - data["models.aws.example.com"]: ""
    ~ networking.istio.io/Gateway knative-serving/knative-ingress-gateway (aws-msa-reference/knative-serving)
      ~ spec.servers[1].hosts[0]: "*.models.aws.example.com" -> "*.models.example.net"
    2 modified; 20 units unaffected
    ----- stderr
    "#);
}
