//! Publishing to real repositories. Tests that begin with `acceptance_NN` are those of the specification, by number.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests make and read files and print")]

mod support;

use std::collections::BTreeMap;
use std::fs;

use support::{Repositories, ended};

#[test]
fn acceptance_01_no_name_collides_or_leads_out() {
    let repositories = Repositories::new(&[]);
    let long = "x".repeat(253);
    let named =
        |api: &str, kind: &str, name: &str| format!("apiVersion: {api}\nkind: {kind}\nmetadata:\n  name: {name}\n");
    let objects = [
        named("v1", "Service", "web"),
        named("serving.knative.dev/v1", "Service", "web"),
        named("rbac.authorization.k8s.io/v1", "ClusterRole", "system:Foo"),
        named("rbac.authorization.k8s.io/v1", "ClusterRole", "system:foo"),
        named("v1", "ConfigMap", "../../../escape"),
        named("v1", "ConfigMap", &long),
    ];
    repositories.write("sites/a/web/kustomization.yaml", "resources: [all.yaml]\n");
    repositories.write("sites/a/web/all.yaml", objects.join("---\n"));
    repositories.commit("names");
    let ended = repositories.publish(&["--create-branch"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let manifests = repositories.manifests();
    assert_eq!(manifests.len(), objects.len(), "{manifests:?}");
    assert!(
        manifests
            .iter()
            .all(|path| path.starts_with("a/web/") && path.split('/').all(|part| part != ".." && part.len() <= 255)),
        "{manifests:?}"
    );
    let mut folded: Vec<String> = manifests.iter().map(|path| path.to_lowercase()).collect();
    folded.dedup();
    assert_eq!(folded.len(), objects.len());
    let mut contents: Vec<Vec<u8>> = manifests.iter().map(|path| repositories.published(path)).collect();
    let mut want: Vec<Vec<u8>> = objects.map(String::into_bytes).into();
    contents.sort();
    want.sort();
    assert_eq!(contents, want);
}

#[test]
fn acceptance_02_a_second_namespace_renames_nothing() {
    let repositories = Repositories::with_fleet(&["a"]);
    assert_eq!(repositories.publish(&[]).code, 0);
    let old = repositories.tip();
    repositories.write("sites/a/web/kustomization.yaml", "resources: [../../../base/web, other.yaml]\n");
    repositories
        .write("sites/a/web/other.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: other}\n");
    repositories.write("base/web/service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: a}\n");
    repositories.commit("second namespace");
    assert_eq!(repositories.publish(&[]).code, 0);
    assert_eq!(repositories.changes(&old, "env"), ["A a/web/other/service-web.yaml"]);
}

#[test]
fn acceptance_03_an_edit_of_a_generated_file_is_one_modified_file() {
    let repositories = Repositories::new(&[]);
    let kustomization = "resources: [service.yaml]\nconfigMapGenerator: [{name: settings, files: [settings.txt]}]\n";
    repositories.write("sites/a/web/kustomization.yaml", kustomization);
    repositories.write("sites/a/web/service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n");
    repositories.write("sites/a/web/settings.txt", "one\n");
    repositories.commit("one");
    assert_eq!(repositories.publish(&["--create-branch"]).code, 0);
    let old = repositories.tip();
    repositories.write("sites/a/web/settings.txt", "two\n");
    repositories.commit("two");
    let ended = repositories.publish(&[]);
    assert_eq!(ended.code, 0, "a new hash is no deletion: {ended:?}");
    assert_eq!(repositories.changes(&old, "env"), ["M a/web/default/configmap-settings.yaml"]);
}

#[test]
fn acceptance_04_nothing_in_the_branch_changes_a_byte() {
    let repositories = Repositories::with_fleet(&["a"]);
    repositories.write("base/web/service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: secret-service}\n");
    repositories.write(
        "base/web/kustomization.yaml",
        "resources: [service.yaml]\nconfigMapGenerator: [{name: text, files: [text.txt]}]\n",
    );
    repositories.write("base/web/text.txt", "dos\r\nline ends \u{e9}\r\nand an end without one");
    repositories.commit("odd bytes");
    let attributes = "* text eol=crlf\n*.yaml filter=lfs ident\n";
    repositories.foreign("env", &[(".gitignore", "*secret*\n*.yaml\n"), (".gitattributes", attributes)]);
    let ended = repositories.publish(&[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.err.contains("gives 2 published files to LFS"), "{}", ended.err);
    let render = ["render", "-o", "../rendered"];
    assert_eq!(support::ended(repositories.command(&repositories.at("dry"), &render)).code, 0);
    let manifests: Vec<String> = repositories.manifests().into_iter().filter(|path| path.starts_with("a/")).collect();
    assert_eq!(manifests.len(), 2, "{manifests:?}");
    for path in manifests {
        assert_eq!(
            repositories.published(&path),
            fs::read(repositories.at(&format!("rendered/{path}"))).unwrap(),
            "{path}"
        );
    }
    // Both commands keep the same inventory.
    let inventory = fs::read(repositories.at("rendered/a/web/.inventory.json")).unwrap();
    assert_eq!(repositories.published("a/web/.inventory.json"), inventory);
    assert_eq!(repositories.published(".gitattributes"), attributes.as_bytes());
}

#[test]
fn acceptance_06_an_older_source_never_replaces_a_newer_one() {
    let repositories = Repositories::with_fleet(&["a", "b"]);
    let old = repositories.git("dry", &["rev-parse", "HEAD"]);
    repositories.write("base/web/service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: new}\n");
    repositories.commit("newer");
    assert_eq!(repositories.publish(&["a"]).code, 0);
    let tip = repositories.tip();
    let ended = repositories.publish(&["--source", &old, "a", "--output", "json"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.out.contains("\"status\":\"superseded\""), "{}", ended.out);
    assert_eq!(repositories.tip(), tip);
    // The other unit was never published from anything newer.
    let ended = repositories.publish(&["--source", &old]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.out.contains("superseded a/web") && ended.out.contains("added b/web"), "{}", ended.out);
    assert_eq!(repositories.manifests(), ["README.md", "a/web/a/service-new.yaml", "b/web/b/service-web.yaml"]);
    // Newer over older is the usual case.
    assert_eq!(repositories.publish(&[]).code, 0);
    assert!(repositories.manifests().contains(&"b/web/b/service-new.yaml".to_owned()));
}

#[test]
fn a_newer_source_that_is_not_in_a_shallow_clone_is_asked_for() {
    let repositories = Repositories::with_fleet(&["a"]);
    repositories.git(".", &["clone", "--quiet", "--bare", "dry", "origin.git"]);
    let origin = format!("file://{}", repositories.at("origin.git").display());
    repositories.git(".", &["clone", "--quiet", "--depth=1", &origin, "shallow"]);
    repositories
        .write("base/web/service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web, labels: {a: b}}\n");
    repositories.commit("newer");
    repositories.git("dry", &["push", "--quiet", &origin, "main"]);
    assert_eq!(repositories.publish(&[]).code, 0);
    let tip = repositories.tip();
    let publish = ["publish", "--repo", "../target.git", "--branch", "env"];
    let ended = ended(repositories.command(&repositories.at("shallow"), &publish));
    assert!(ended.code == 0 && ended.out.starts_with("superseded a/web"), "{ended:?}");
    assert_eq!(repositories.tip(), tip);
    // From somewhere that has never heard of that commit, nobody can tell.
    fs::remove_dir_all(repositories.at("origin.git")).unwrap();
    let ended = support::ended(repositories.command(&repositories.at("shallow"), &publish));
    assert_eq!(ended.code, 4, "{ended:?}");
    assert!(
        ended.err.contains("of which nothing is known here") && ended.err.contains("--allow-rollback"),
        "{ended:?}"
    );
    let forced = [&publish[..], &["--allow-rollback"]].concat();
    assert_eq!(support::ended(repositories.command(&repositories.at("shallow"), &forced)).code, 0);
}

#[test]
fn acceptance_07_one_of_ten_sites_fails_and_nothing_is_pushed() {
    let sites = ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9"];
    let repositories = Repositories::with_fleet(&sites);
    repositories.write("sites/s7/web/kustomization.yaml", "resources: [none.yaml]\n");
    repositories.commit("broken");
    let tip = repositories.tip();
    let ended = repositories.publish(&[]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.err.contains("none.yaml") && ended.out.contains("nothing was published"), "{ended:?}");
    assert_eq!(repositories.tip(), tip);
    // Unless that is asked for; it is no success all the same.
    let ended = repositories.publish(&["--per-unit"]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.err.contains("none.yaml"), "{ended:?}");
    assert_eq!(repositories.manifests().len(), 1 + 9);
}

#[test]
fn acceptance_11_no_secret_is_published_or_shown() {
    let json = r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s4"},"stringData":{"a":"hunter2"}}"#;
    let head = |name: &str| format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: n}}\n");
    let disguises = [
        format!("{}stringData: {{a: hunter2}}\n", head("s1")),
        format!("{}data: {{a: aHVudGVyMg==}}\n", head("s2")),
        format!("{}data: {{a: 'ENC[AES256_GCM]', b: aHVudGVyMg==}}\n", head("s3")),
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{json}'\n"
        ),
        format!("apiVersion: v1\nkind: List\nitems:\n- {}\n", json.replace("s4", "s5")),
        "apiVersion: v1\nkind: \"\\u0053ecret\"\nmetadata: {name: s6}\ndata: {a: aHVudGVyMg==}\n".to_owned(),
    ];
    let repositories = Repositories::new(&[]);
    for (number, text) in disguises.iter().enumerate() {
        repositories.write(&format!("sites/a/app{number}/kustomization.yaml"), "resources: [all.yaml]\n");
        repositories.write(&format!("sites/a/app{number}/all.yaml"), text);
    }
    repositories.commit("secrets");
    for arguments in
        [&["--create-branch"][..], &["--create-branch", "--output", "json"], &["--dry-run", "--create-branch"]]
    {
        let ended = repositories.publish(arguments);
        assert_eq!(ended.code, 4, "{ended:?}");
        for word in ["hunter2", "aHVudGVyMg"] {
            assert!(!ended.out.contains(word) && !ended.err.contains(word), "{ended:?}");
        }
        for number in 1..=6 {
            let said = if arguments.contains(&"json") { &ended.out } else { &ended.err };
            assert!(said.contains(&format!("s{number}")), "s{number}: {ended:?}");
        }
    }
    let heads = repositories.git("target.git", &["for-each-ref"]);
    assert_eq!(heads, "");
    let listed = ["--create-branch", "--secrets", "allow-listed", "--allow-secret", "n/s1"];
    let ended = repositories.publish(&[&listed[..], &["a/app0"]].concat());
    assert_eq!(ended.code, 0, "{ended:?}");
    let ended = repositories.publish(&["--secrets", "allow"]);
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[test]
fn acceptance_12_a_protected_branch_is_asked_once() {
    let repositories = Repositories::with_fleet(&["a"]);
    repositories.hook(
        "pre-receive",
        "echo called >> calls; echo 'GH006: Protected branch update failed: fetch first' >&2; exit 1",
    );
    let tip = repositories.tip();
    let ended = repositories.publish(&[]);
    assert_eq!(ended.code, 5, "{ended:?}");
    assert!(ended.err.contains("GH006: Protected branch update failed"), "{}", ended.err);
    assert_eq!(fs::read_to_string(repositories.at("target.git/calls")).unwrap(), "called\n");
    assert_eq!(repositories.tip(), tip);
    let json = repositories.publish(&["--output", "json"]);
    assert!(json.code == 5 && json.out.contains("\"status\":\"failed\""), "{json:?}");
}

#[test]
fn acceptance_13_the_same_again_is_nothing() {
    let repositories = Repositories::with_fleet(&["a", "b"]);
    let before = repositories.count();
    for round in 0..3 {
        let ended = repositories.publish(&["--notes"]);
        let want = if round == 0 { "published to `env`" } else { "unchanged: `env`" };
        assert!(ended.code == 0 && ended.out.contains(want), "{ended:?}");
    }
    // A commit that changes no manifest changes nothing, either.
    repositories.write("README.md", "words\n");
    repositories.commit("words");
    assert!(repositories.publish(&[]).out.starts_with("unchanged"));
    assert_eq!(repositories.count(), before + 1);
}

#[test]
fn what_is_published_says_where_it_is_from() {
    let repositories = Repositories::with_fleet(&["a", "b"]);
    repositories.git("dry", &["remote", "add", "origin", "https://token:secret@host.example/dry.git"]);
    repositories.git("dry", &["checkout", "--quiet", "--detach"]);
    repositories
        .write("base/web/service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web, labels: {a: b}}\n");
    repositories.git("dry", &["add", "--all"]);
    repositories
        .git("dry", &["commit", "--quiet", "--author=Ada <ada@example.org>", "--message", "web: a label\n\nWhy."]);
    let sha = repositories.git("dry", &["rev-parse", "HEAD"]);
    let ended = repositories.publish(&["--notes", "--root-metadata"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let message = repositories.git("target.git", &["log", "-1", "--format=%B", "env"]);
    let want = format!(
        "{}: web: a label\n\n2 sites, +2 ~0 -0\n\nDry-Sha: {sha}\nDry-Repo: https://host.example/dry.git\nRendered-By: crustomize {}\nCo-authored-by: Ada <ada@example.org>",
        &sha[..7],
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(message.trim_end(), want);
    let metadata: serde_json::Value =
        serde_json::from_slice(&repositories.published("a/web/hydrator.metadata")).unwrap();
    assert_eq!(metadata["drySha"], sha);
    assert_eq!(metadata["repoURL"], "https://host.example/dry.git");
    assert_eq!(
        (&metadata["author"], &metadata["subject"], &metadata["body"]),
        (&"Ada <ada@example.org>".into(), &"web: a label".into(), &"Why.".into())
    );
    let root: serde_json::Value = serde_json::from_slice(&repositories.published("hydrator.metadata")).unwrap();
    assert_eq!((&root["drySha"], root.get("commands")), (&sha.clone().into(), None));
    let note = repositories.git("target.git", &["notes", "--ref=hydrator.metadata", "show", "env"]);
    assert_eq!(note, format!("{{\"drySha\":\"{sha}\"}}"));
    // Only what changes is said to be from the new commit.
    repositories.write(
        "sites/a/web/kustomization.yaml",
        "resources: [../../../base/web]\nnamespace: a\ncommonLabels: {c: d}\n",
    );
    repositories.commit("one site");
    assert_eq!(repositories.publish(&[]).code, 0);
    let of = |site: &str| {
        let text = repositories.published(&format!("{site}/web/hydrator.metadata"));
        serde_json::from_slice::<serde_json::Value>(&text).unwrap()["drySha"].clone()
    };
    assert_eq!(of("b"), sha);
    assert_ne!(of("a"), sha);
}

#[test]
fn the_commit_is_published_and_not_the_work_tree() {
    let repositories = Repositories::with_fleet(&["a"]);
    repositories.write("base/web/service.yaml", "broken: [\n");
    repositories.write("sites/b/web/kustomization.yaml", "{}\n");
    let ended = repositories.publish(&[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.err.contains("2 files of the work tree that no commit has so are not published"), "{}", ended.err);
    assert_eq!(repositories.manifests(), ["README.md", "a/web/a/service-web.yaml"]);
    // Unless it is asked for.
    repositories
        .write("base/web/service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web, labels: {a: b}}\n");
    fs::remove_dir_all(repositories.at("dry/sites/b")).unwrap();
    assert_eq!(repositories.publish(&["--source", "worktree"]).code, 2);
    assert_eq!(repositories.publish(&["--source", "worktree", "--allow-dirty", "--notes"]).code, 2);
    let ended = repositories.publish(&["--source", "worktree", "--allow-dirty"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let message = repositories.git("target.git", &["log", "-1", "--format=%B", "env"]);
    let sha = repositories.git("dry", &["rev-parse", "HEAD"]);
    assert!(message.contains(&format!("Dry-Sha: {sha}-dirty\n")), "{message}");
    assert!(!String::from_utf8(repositories.published("a/web/hydrator.metadata")).unwrap().contains("drySha"));
    // And the next commit is published over it.
    repositories.commit("clean");
    repositories
        .write("base/web/service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web, labels: {a: c}}\n");
    repositories.commit("other");
    assert_eq!(repositories.publish(&[]).code, 0);
}

#[test]
fn repositories_of_the_longer_hash_and_bare_sources_work() {
    let repositories = Repositories::new(&["--object-format=sha256"]);
    repositories.write("sites/a/web/kustomization.yaml", "configMapGenerator: [{name: c, literals: [a=b]}]\n");
    repositories.commit("first");
    assert_eq!(repositories.publish(&["--create-branch"]).code, 0);
    assert_eq!(repositories.tip().len(), 64);
    // A source of one sort, a target of the other; and a source without a work tree.
    let other = Repositories::new(&[]);
    let target = other.at("target.git");
    repositories.git(".", &["clone", "--quiet", "--bare", "dry", "bare.git"]);
    let arguments = ["publish", "--repo", target.to_str().unwrap(), "--branch", "env", "--create-branch"];
    let ended = ended(repositories.command(&repositories.at("bare.git"), &arguments));
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!((other.tip().len(), other.manifests().len()), (40, 1));
}

#[test]
fn a_pull_request_has_one_branch_until_there_is_nothing_to_ask() {
    let repositories = Repositories::with_fleet(&["a"]);
    let base = repositories.tip();
    let ended = repositories.publish(&["--pr"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(
        ended.out.contains("published to `render/env/all`")
            && ended.out.contains("| `a/web` | `Service a/web` | added |"),
        "{ended:?}"
    );
    assert_eq!(repositories.tip(), base);
    let of = |what: &str| repositories.git("target.git", &["rev-parse", what]);
    let first = of("render/env/all");
    assert_eq!(of("render/env/all^"), base);
    assert!(repositories.publish(&["--pr"]).out.starts_with("added"), "the base does not have it");
    assert_eq!(of("render/env/all"), first, "nothing new is pushed");
    repositories.foreign("env", &[("other", "")]);
    assert_eq!(repositories.publish(&["--pr", "--body-file", "../body.md"]).code, 0);
    assert_eq!(of("render/env/all^"), repositories.tip());
    assert!(
        fs::read_to_string(repositories.at("body.md")).unwrap().starts_with("<!-- crustomize:diff:render/env/all ")
    );
    // Somebody merged it.
    repositories.git("target.git", &["update-ref", "refs/heads/env", "refs/heads/render/env/all"]);
    assert!(repositories.publish(&["--pr"]).out.starts_with("unchanged"));
    assert_eq!(repositories.git("target.git", &["branch", "--list", "render/*"]), "");
    // Other people's branches are not ours to push to.
    repositories.foreign("theirs", &[("x", "")]);
    repositories
        .write("base/web/service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web, labels: {a: b}}\n");
    repositories.commit("more");
    assert_eq!(repositories.publish(&["--pr=theirs"]).code, 4);
    assert_eq!(repositories.publish(&["--pr=env"]).code, 2);
}

#[test]
fn messages_are_made_of_templates() {
    let repositories = Repositories::with_fleet(&["a"]);
    fs::write(repositories.at("template"), "deploy: {{subject}} ({{ units }})\n\n{{summary}} to {{branch}}\n").unwrap();
    assert_eq!(repositories.publish(&["--message-template", "../template"]).code, 0);
    let message = repositories.git("target.git", &["log", "-1", "--format=%B", "env"]);
    assert!(message.starts_with("deploy: first (a/web)\n\n1 site, +1 ~0 -0 to env\n\nDry-Sha: "), "{message}");
    fs::write(repositories.at("template"), "{{subjekt}}").unwrap();
    let ended = repositories.publish(&["--message-template", "../template"]);
    assert!(ended.code == 2 && ended.err.contains("`{{subjekt}}` in line 1"), "{ended:?}");
}

#[test]
fn inventories_can_say_what_units_were_made_of() {
    let repositories = Repositories::with_fleet(&["a", "b"]);
    assert_eq!(repositories.publish(&["--inputs"]).code, 0);
    let inputs = |site: &str| {
        let inventory = repositories.published(&format!("{site}/web/.inventory.json"));
        serde_json::from_slice::<serde_json::Value>(&inventory).unwrap()["inputs"].as_str().unwrap().to_owned()
    };
    let first = (inputs("a"), inputs("b"));
    assert!(first.0.starts_with("sha256:") && first.0 != first.1);
    repositories
        .write("sites/a/web/kustomization.yaml", "resources: [../../../base/web]\nnamespace: a\nnameSuffix: ''\n");
    repositories.commit("the same manifests");
    assert!(repositories.publish(&["--inputs"]).out.starts_with("unchanged"));
    repositories.write(
        "sites/a/web/kustomization.yaml",
        "resources: [../../../base/web]\nnamespace: a\ncommonLabels: {a: b}\n",
    );
    repositories.commit("other manifests");
    assert_eq!(repositories.publish(&["--inputs"]).code, 0);
    assert_ne!(inputs("a"), first.0);
    assert_eq!(inputs("b"), first.1);
}

#[test]
fn steps_of_actions_get_outputs() {
    let repositories = Repositories::with_fleet(&["a"]);
    let outputs = repositories.at("outputs");
    fs::write(&outputs, "before=1\n").unwrap();
    let mut command =
        repositories.command(&repositories.at("dry"), &["publish", "--repo", "../target.git", "--branch", "env"]);
    command.env("GITHUB_OUTPUT", &outputs);
    assert_eq!(ended(command).code, 0);
    let text = fs::read_to_string(&outputs).unwrap();
    let outputs: BTreeMap<&str, &str> = text.lines().filter_map(|line| line.split_once('=')).collect();
    assert_eq!((outputs["before"], outputs["status"], outputs["branch"]), ("1", "published", "env"));
    assert_eq!(outputs["new-commit"], repositories.tip());
}

#[test]
fn where_to_publish_can_stand_in_the_project() {
    let repositories = Repositories::with_fleet(&["a"]);
    let publish = |repositories: &Repositories| ended(repositories.command(&repositories.at("dry"), &["publish"]));
    let nowhere = publish(&repositories);
    assert!(nowhere.code == 2 && nowhere.err.contains("`publish.repository` in `crustomize.yaml`"), "{nowhere:?}");
    repositories.write("crustomize.yaml", "publish: {repository: deploy, branch: env, path: clusters/prod}\n");
    repositories.commit("where to");
    repositories.git("dry", &["remote", "add", "deploy", "../target.git"]);
    let said = publish(&repositories);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(repositories.manifests(), ["README.md", "clusters/prod/a/web/a/service-web.yaml"]);
    // From a folder of the project, too.
    assert_eq!(ended(repositories.command(&repositories.at("dry/sites"), &["publish"])).code, 2);
}
