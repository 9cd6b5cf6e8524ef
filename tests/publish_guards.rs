//! What stands in the way of a publish, against real repositories.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests make and read files and print")]

mod support;

use std::fs;

use insta::assert_snapshot;
use support::{Ended, Repositories};

/// A unit `a/web` of these config maps, by name.
fn fleet_of(names: &[&str]) -> Repositories {
    let repositories = Repositories::new(&[]);
    repositories.foreign("env", &[("README.md", "mine\n")]);
    set(&repositories, names);
    repositories
}

fn set(repositories: &Repositories, names: &[&str]) {
    let documents = names.iter().map(|name| match name.split_once('=') {
        Some((name, value)) => {
            format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{a: {value}}}\n")
        }
        None => match name.split_once('/') {
            Some((kind, name)) => format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}}}\n"),
            None => format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n"),
        },
    });
    let mut all = documents.collect::<Vec<_>>().join("---\n");
    if names.is_empty() {
        // What is for local use only comes out of no render.
        let annotations = "{config.kubernetes.io/local-config: 'true'}";
        all = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c, annotations: {annotations}}}\n");
    }
    repositories.write("sites/a/web/kustomization.yaml", "resources: [all.yaml]\n");
    repositories.write("sites/a/web/all.yaml", all);
    repositories.commit("set");
}

/// The status and what was said, without what differs from run to run.
fn show(ended: &Ended) -> String {
    format!("{}\n{}{}", ended.code, ended.out, ended.err)
}

const ONE: &str = "a/web/default/configmap-one.yaml";

#[test]
fn files_that_others_changed_are_not_overwritten() {
    let repositories = fleet_of(&["one=1", "two"]);
    assert_eq!(repositories.publish(&[]).code, 0);
    repositories.foreign("env", &[(ONE, "mine: now\n")]);
    // Also if nothing of it would change.
    set(&repositories, &["one=1", "two"]);
    assert_eq!(repositories.publish(&[]).code, 4);
    set(&repositories, &["one=2", "two"]);
    assert_snapshot!(show(&repositories.publish(&[])), @"
        4
        modified a/web: +0 ~1 -0
        refused: nothing was published to `env`
        error: `a/web/default/configmap-one.yaml` was changed since it was published (unit a/web)
        hint: bring the change into the sources, or overwrite it with `--overwrite-drift`
        ");
    assert_eq!(repositories.published(ONE), b"mine: now\n");
    assert_eq!(repositories.publish(&["--overwrite-drift"]).code, 0);
    assert!(String::from_utf8(repositories.published(ONE)).unwrap().contains("a: 2"));
    // One that is gone comes back; one that was made a program becomes a file.
    repositories.foreign("env", &[("other", "")]);
    let clone = repositories.at("clone");
    repositories.git(".", &["clone", "--quiet", "--branch", "env", "target.git", "clone"]);
    fs::remove_file(clone.join("a/web/default/configmap-two.yaml")).unwrap();
    repositories.git("clone", &["update-index", "--chmod=+x", ONE]);
    repositories.git("clone", &["rm", "--quiet", "--cached", "a/web/default/configmap-two.yaml"]);
    repositories.git("clone", &["commit", "--quiet", "--message", "by hand"]);
    repositories.git("clone", &["push", "--quiet", "origin", "env"]);
    assert_eq!(repositories.publish(&[]).code, 0);
    let listing = repositories.git("target.git", &["ls-tree", "-r", "env", "a/web/default"]);
    assert_eq!(listing.lines().filter(|line| line.starts_with("100644")).count(), 2, "{listing}");
}

#[test]
fn files_of_others_stay_and_are_not_taken_over() {
    let repositories = fleet_of(&["one"]);
    let foreign = [(ONE, "theirs\n"), ("a/web/default/mine.yaml", "mine\n"), ("a/other/x", "x\n")];
    repositories.foreign("env", &foreign);
    assert_snapshot!(show(&repositories.publish(&[])), @"
    4
    added a/web: +0 ~1 -0
    refused: nothing was published to `env`
    error: `a/web/default/configmap-one.yaml` was not published by crustomize, and a file is to be written there (unit a/web)
    hint: move the file away, or take it over with `--adopt PATH`
    ");
    assert_eq!(repositories.publish(&["--adopt", "a/web/default/mine.yaml"]).code, 4);
    assert_eq!(repositories.publish(&["--adopt", "a/web"]).code, 0);
    set(&repositories, &["two"]);
    assert_eq!(repositories.publish(&[]).code, 0);
    let want = ["README.md", "a/other/x", "a/web/default/configmap-two.yaml", "a/web/default/mine.yaml"];
    assert_eq!(repositories.manifests(), want);
}

#[test]
fn a_shrunken_render_deletes_nothing_unless_it_is_said() {
    let repositories = fleet_of(&["Namespace/n", "c1", "c2", "c3", "c4", "c5", "c6", "c7"]);
    assert_eq!(repositories.publish(&[]).code, 0);
    set(&repositories, &["Namespace/n", "c1"]);
    let ended = repositories.publish(&[]);
    assert_eq!(ended.code, 4, "{ended:?}");
    assert_eq!(ended.err.matches("would be deleted, one of 6 of 8 resources of the unit").count(), 6, "{ended:?}");
    assert_eq!(repositories.publish(&["--allow-delete", "ConfigMap/c[23]"]).code, 4, "no such patterns");
    assert_eq!(repositories.publish(&["--allow-delete-max", "5"]).code, 4);
    assert_eq!(repositories.publish(&["--allow-delete-max", "6", "--dry-run"]).code, 0);
    assert_eq!(repositories.publish(&["--allow-delete", "configmap/*"]).code, 0);
    // What holds others or data is worth a word of its own.
    set(&repositories, &["c1", "c2"]);
    assert_snapshot!(show(&repositories.publish(&["--allow-delete-max", "100"])), @"
    4
    modified a/web: +1 ~0 -1
    refused: nothing was published to `env`
    error: `Namespace/n` would be deleted, with all that is in it (unit a/web)
    hint: if it is meant, allow it with `--allow-delete 'KIND/NAMESPACE/NAME'`, `--allow-delete-max N`, or a trailer `Allow-Delete: KIND/NAMESPACE/NAME` of the source commit
    ");
    repositories.commit("drop it\n\nAllow-Delete: Namespace/n");
    assert_eq!(repositories.publish(&[]).code, 0);
    // Nothing at all is a mistake more often than a wish.
    set(&repositories, &[]);
    let ended = repositories.publish(&[]);
    assert!(show(&ended).contains("the unit has no resources any more"), "{ended:?}");
    assert_eq!(repositories.publish(&["--allow-delete-max", "2"]).code, 0);
    assert_eq!(repositories.paths(), ["README.md"]);
}

#[test]
fn units_that_are_no_more_go_but_those_of_others_stay() {
    let repositories = Repositories::with_fleet(&["a", "b"]);
    let other = Repositories::with_fleet(&["c"]);
    other.git("dry", &["remote", "add", "origin", "https://host.example/other"]);
    assert_eq!(repositories.publish(&[]).code, 0);
    let target = repositories.at("target.git");
    assert_eq!(other.publish_to(target.to_str().unwrap(), &[]).code, 0);
    fs::remove_dir_all(repositories.at("dry/sites/b")).unwrap();
    repositories.commit("without b");
    assert!(repositories.publish(&["a"]).out.starts_with("unchanged"), "only a was asked for");
    assert_eq!(repositories.publish(&[]).code, 4);
    let ended = repositories.publish(&["--allow-delete", "*/b/*"]);
    assert!(ended.code == 0 && ended.out.starts_with("removed b/web: +0 ~0 -1\n"), "{ended:?}");
    assert_eq!(repositories.manifests(), ["README.md", "a/web/a/service-web.yaml", "c/web/c/service-web.yaml"]);
}

#[test]
fn nothing_goes_through_links() {
    let repositories = fleet_of(&["one"]);
    repositories.git(".", &["clone", "--quiet", "--branch", "env", "target.git", "clone"]);
    let clone = repositories.at("clone");
    let push = || {
        repositories.git("clone", &["add", "--all"]);
        repositories.git("clone", &["commit", "--quiet", "--message", "link"]);
        repositories.git("clone", &["push", "--quiet", "origin", "env"]);
    };
    std::os::unix::fs::symlink("/tmp", clone.join("a")).unwrap();
    push();
    assert_snapshot!(show(&repositories.publish(&[])), @"
    4
    added a/web: +1 ~0 -0
    refused: nothing was published to `env`
    error: `a` is a symbolic link or a submodule, and publishing never goes through one (unit a/web)
    hint: put a file or directory in its place; links are never followed
    ");
    fs::remove_file(clone.join("a")).unwrap();
    fs::create_dir_all(clone.join("a/web/default")).unwrap();
    std::os::unix::fs::symlink("x", clone.join(ONE)).unwrap();
    push();
    assert_eq!(repositories.publish(&["--adopt", ONE]).code, 4, "a link can't be taken over");
    fs::remove_file(clone.join(ONE)).unwrap();
    fs::write(clone.join("a/web/.inventory.json"), "{}").unwrap();
    push();
    assert!(show(&repositories.publish(&[])).contains("`a/web/.inventory.json` has no version"));
}

#[test]
fn names_that_differ_in_case_only_are_refused() {
    let repositories = fleet_of(&["one"]);
    repositories.foreign("env", &[("a/Web/x", ""), ("a/web/default/ConfigMap-One.yaml", ""), ("A/x", ""), ("b", "")]);
    let ended = repositories.publish(&[]);
    assert_eq!(ended.code, 4, "{ended:?}");
    for word in
        ["`a` and `A` beside it", "`a/web` and `Web`", "`a/web/default/configmap-one.yaml` and `ConfigMap-One.yaml`"]
    {
        assert!(ended.err.contains(word), "{word}: {}", ended.err);
    }
}

#[test]
fn a_branch_that_is_checked_out_is_left_alone() {
    let repositories = fleet_of(&["one"]);
    repositories.git(".", &["clone", "--quiet", "--branch", "env", "target.git", "clone"]);
    let ended = repositories.publish_to("../clone", &[]);
    assert!(ended.code == 4 && ended.err.contains("`env` is checked out in"), "{ended:?}");
    repositories.git("clone", &["checkout", "--quiet", "--detach"]);
    assert_eq!(repositories.publish_to("../clone", &[]).code, 0);
}

#[test]
fn branches_are_made_only_if_that_is_said() {
    let repositories = fleet_of(&["one"]);
    let to = |branch: &str, arguments: &[&str]| {
        let command = [&["publish", "--repo", "../target.git", "--branch", branch], arguments].concat();
        support::ended(repositories.command(&repositories.at("dry"), &command))
    };
    assert_snapshot!(show(&to("emv", &[])), @"
    2
    failed: nothing was published to `emv`
    error: the remote has no branch `emv`
    hint: did you mean `env`?
    hint: `--create-branch` makes a new one
    ");
    assert_eq!(to("new", &["--create-branch"]).code, 0);
    assert_eq!(repositories.git("target.git", &["rev-list", "--count", "new"]), "1");
    assert_eq!(to("..", &[]).code, 2);
    let ended = repositories.publish_to("../nowhere", &[]);
    assert!(ended.code == 2 && ended.err.contains("neither a directory, a remote nor an address"), "{ended:?}");
    let ended = repositories.publish_to("file:///nowhere.git", &[]);
    assert_eq!(ended.code, 5, "{ended:?}");
}

#[test]
fn somebody_must_be_the_author() {
    let repositories = fleet_of(&["one"]);
    let publish = |arguments: &[&str]| {
        let all = [&["publish", "--repo", "../target.git", "--branch", "env"], arguments].concat();
        let mut command = repositories.command(&repositories.at("dry"), &all);
        for role in ["AUTHOR", "COMMITTER"] {
            command.env_remove(format!("GIT_{role}_NAME")).env_remove(format!("GIT_{role}_EMAIL"));
        }
        support::ended(command)
    };
    let ended = publish(&[]);
    assert!(ended.code == 2 && ended.err.contains("nobody says who the author"), "{ended:?}");
    assert_eq!(publish(&["--author", "Ada"]).code, 2);
    assert_eq!(publish(&["--author", "Ada <ada@example.org>"]).code, 0);
    let who = repositories.git("target.git", &["log", "-1", "--format=%an %ae %cn", "env"]);
    assert_eq!(who, "Ada ada@example.org Ada");
}

#[test]
fn what_is_to_be_signed_is_never_published_without() {
    let repositories = fleet_of(&["one"]);
    let tip = repositories.tip();
    let failing = repositories.at("fail");
    fs::write(&failing, "#!/bin/sh\nexit 1\n").unwrap();
    fs::set_permissions(&failing, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    repositories.git("dry", &["config", "gpg.program", failing.to_str().unwrap()]);
    assert_eq!(repositories.publish(&["--sign"]).code, 2);
    repositories.git("dry", &["config", "commit.gpgSign", "true"]);
    assert_eq!(repositories.publish(&[]).code, 2);
    assert_eq!(repositories.tip(), tip);
    // With a key of ssh it works.
    let key = repositories.at("key");
    let made =
        std::process::Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).status();
    if !made.is_ok_and(|status| status.success()) {
        println!("no ssh-keygen here: signing is not tried");
        return;
    }
    repositories.git("dry", &["config", "gpg.format", "ssh"]);
    repositories.git("dry", &["config", "user.signingKey", key.to_str().unwrap()]);
    let ended = repositories.publish(&[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(repositories.git("target.git", &["cat-file", "commit", "env"]).contains("-----BEGIN SSH SIGNATURE-----"));
}

#[test]
fn others_that_are_always_faster_win() {
    let repositories = fleet_of(&["one"]);
    // Somebody else moves the branch between our look and our push, every time.
    let bump = "new=$(git commit-tree -p refs/heads/env -m 'always faster' refs/heads/env^{tree}) && git update-ref refs/heads/env $new";
    repositories.hook("update", bump);
    let ended = repositories.publish(&["--retries", "2"]);
    assert_eq!(ended.code, 3, "{ended:?}");
    let said = &ended.err;
    assert!(said.contains("3 times in a row") && said.contains(&repositories.tip()), "{said}");
    assert!(said.contains("always faster") && said.contains("safe to try again"), "{said}");
    assert_eq!(repositories.manifests(), ["README.md"]);
    // Once is no matter.
    repositories.hook("update", &format!("test -e once && exit 0; touch once; {bump}"));
    let ended = repositories.publish(&[]);
    assert!(ended.code == 0 && ended.out.contains("tried again 1 times"), "{ended:?}");
    assert_eq!(repositories.git("target.git", &["log", "-1", "--format=%s", "env^"]), "always faster");
}

#[test]
fn nothing_is_left_behind() {
    let repositories = fleet_of(&["one"]);
    let temporary = repositories.temporary();
    fs::create_dir_all(temporary.join("crustomize-git-dead/git")).unwrap();
    fs::write(temporary.join("crustomize-git-dead/lock"), "").unwrap();
    assert_eq!(repositories.publish(&[]).code, 0);
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
    assert_eq!(repositories.git("dry", &["status", "--porcelain"]), "");
    assert_eq!(repositories.git("dry", &["for-each-ref", "--format=%(refname)"]), "refs/heads/main");
}

#[test]
fn settings_of_the_source_repository_and_of_the_user_hold() {
    let repositories = fleet_of(&["one"]);
    // An address that only the repository's own configuration explains, as CI systems write tokens into it.
    let key = format!("url.{}.insteadOf", repositories.at("target.git").display());
    repositories.git("dry", &["config", &key, "deploy:"]);
    let all = ["publish", "--repo", "deploy:", "--branch", "env"];
    let mut command = repositories.command(&repositories.at("dry"), &all);
    // Some people's git looks for no bare repositories; hooks of theirs are for their own pushes.
    let hooks = repositories.at("hooks");
    fs::create_dir_all(&hooks).unwrap();
    for name in ["pre-push", "reference-transaction", "post-checkout"] {
        fs::write(hooks.join(name), "#!/bin/sh\nexit 1\n").unwrap();
        fs::set_permissions(hooks.join(name), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    command.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", "safe.bareRepository");
    command.env("GIT_CONFIG_VALUE_0", "explicit");
    // What a hook or an alias leaves in the environment leads nowhere.
    command.env("GIT_DIR", "/nowhere").env("GIT_INDEX_FILE", "/nowhere/index").env("GIT_WORK_TREE", "/nowhere");
    repositories.git("dry", &["config", "core.hooksPath", hooks.to_str().unwrap()]);
    let ended = support::ended(command);
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[test]
fn passwords_in_addresses_are_never_shown() {
    let repositories = fleet_of(&["one"]);
    for address in ["https://me:hunter2@127.0.0.1:1/x.git", "https://hunter2@127.0.0.1:1/x.git"] {
        for format in ["text", "json"] {
            let ended = repositories.publish_to(address, &["--output", format]);
            assert_eq!(ended.code, 5, "{ended:?}");
            assert!(!ended.out.contains("hunter2") && !ended.err.contains("hunter2"), "{ended:?}");
        }
    }
}
