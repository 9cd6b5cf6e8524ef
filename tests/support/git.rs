//! A source repository and the bare one that it is published to.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::Tree;

/// A source repository `dry` with a fleet, and a bare repository `target.git`, in one temporary directory.
#[derive(Debug)]
pub struct Repositories {
    tree: Tree,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Repositories {
    /// Empty repositories; `options` are for `git init` of both.
    pub fn new(options: &[&str]) -> Self {
        let made = Self { tree: Tree::new() };
        let init = [&["init", "--quiet", "--initial-branch=main"], options].concat();
        made.git(".", &[init.as_slice(), &["dry"]].concat());
        made.git(".", &[init.as_slice(), &["--bare", "target.git"]].concat());
        made
    }

    /// A fleet of these sites with one application, `web`, committed, and a branch `env` that holds a README.
    pub fn with_fleet(sites: &[&str]) -> Self {
        let made = Self::new(&[]);
        made.write("base/web/kustomization.yaml", "resources: [service.yaml]\n");
        made.write("base/web/service.yaml", "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n");
        for site in sites {
            let text = format!("resources: [../../../base/web]\nnamespace: {site}\n");
            made.write(&format!("sites/{site}/web/kustomization.yaml"), text);
        }
        made.commit("first");
        made.foreign("env", &[("README.md", "mine\n")]);
        made
    }

    /// A path in the temporary directory.
    pub fn at(&self, path: &str) -> PathBuf {
        self.tree.at(path)
    }

    /// Writes a file of the source repository.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        self.tree.write(&format!("dry/{path}"), content);
    }

    /// Commits all of the source repository.
    pub fn commit(&self, message: &str) -> String {
        self.git("dry", &["add", "--all"]);
        self.git("dry", &["commit", "--quiet", "--allow-empty", "--message", message]);
        self.git("dry", &["rev-parse", "HEAD"])
    }

    /// Somebody else commits files to a branch of the target.
    pub fn foreign(&self, branch: &str, files: &[(&str, &str)]) -> String {
        let clone = tempfile::tempdir().expect("a temporary directory");
        let at = clone.path().to_str().expect("a plain path");
        self.git(".", &["init", "--quiet", "--initial-branch", branch, at]);
        let target = self.at("target.git");
        let target = target.to_str().expect("a plain path");
        if self.try_git(at, &["fetch", "--quiet", target, branch]).status.success() {
            self.git(at, &["reset", "--quiet", "--hard", "FETCH_HEAD"]);
        }
        for (path, content) in files {
            let path = clone.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
            std::fs::write(path, content).expect("a new file");
        }
        self.git(at, &["-c", "core.autocrlf=false", "add", "--all", "--force"]);
        self.git(at, &["commit", "--quiet", "--allow-empty", "--message", "by somebody else"]);
        self.git(at, &["push", "--quiet", target, &format!("HEAD:refs/heads/{branch}")]);
        self.git(at, &["rev-parse", "HEAD"])
    }

    /// Runs git, which must work, and says what it printed.
    pub fn git(&self, directory: &str, arguments: &[&str]) -> String {
        let output = self.try_git(directory, arguments);
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text").trim_end().to_owned()
    }

    fn try_git(&self, directory: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new("git");
        command.arg("-C").arg(self.at(directory)).args(arguments);
        with_identity(&mut command).output().expect("git runs")
    }

    /// What the target holds at `path` of the branch `env`, byte by byte.
    pub fn published(&self, path: &str) -> Vec<u8> {
        let output = self.try_git("target.git", &["cat-file", "blob", &format!("env:{path}")]);
        assert!(output.status.success(), "{path}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// All paths in the branch `env`.
    pub fn paths(&self) -> Vec<String> {
        let listing = self.git("target.git", &["ls-tree", "-r", "--name-only", "-z", "env"]);
        listing.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect()
    }

    /// The manifests in the branch `env`: paths without the files that go with them.
    pub fn manifests(&self) -> Vec<String> {
        self.paths().into_iter().filter(|path| is_manifest(path)).collect()
    }

    /// Status and path of manifests that differ between two commits of the target.
    pub fn changes(&self, old: &str, new: &str) -> Vec<String> {
        let listing = self.git("target.git", &["diff", "--find-renames", "--name-status", old, new]);
        listing.lines().filter(|line| is_manifest(line)).map(|line| line.replace('\t', " ")).collect()
    }

    /// Where the branch is.
    pub fn tip(&self) -> String {
        self.git("target.git", &["rev-parse", "env"])
    }

    /// How many commits the branch has.
    pub fn count(&self) -> usize {
        self.git("target.git", &["rev-list", "--count", "env"]).parse().expect("a number")
    }

    /// A hook of the target: a shell script.
    #[cfg(unix)]
    pub fn hook(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = format!("target.git/hooks/{name}");
        self.tree.write(&path, format!("#!/bin/sh\n{script}\n"));
        std::fs::set_permissions(self.at(&path), std::fs::Permissions::from_mode(0o755)).expect("permissions");
    }

    /// `crustomize publish` to the branch `env` of the target.
    pub fn publish(&self, arguments: &[&str]) -> Ended {
        self.publish_to("../target.git", arguments)
    }

    /// `crustomize publish` to the branch `env` of `target`.
    pub fn publish_to(&self, target: &str, arguments: &[&str]) -> Ended {
        ended(self.command(&self.at("dry"), &[&["publish", "--repo", target, "--branch", "env"], arguments].concat()))
    }

    /// Any command of ours.
    pub fn command(&self, directory: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crustomize"));
        command.args(arguments).current_dir(directory).env("TMPDIR", self.temporary());
        with_identity(&mut command);
        command
    }

    /// Where temporary files of ours lie.
    pub fn temporary(&self) -> PathBuf {
        let path = self.at("tmp");
        std::fs::create_dir_all(&path).expect("a new folder");
        path
    }
}

/// Runs the command to its end.
pub fn ended(mut command: Command) -> Ended {
    let output = command.output().expect("the command runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    Ended { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// Nobody's configuration, but a name.
pub fn with_identity(command: &mut Command) -> &mut Command {
    for role in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{role}_NAME"), "Test").env(format!("GIT_{role}_EMAIL"), "test@example.org");
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env_remove("GITHUB_OUTPUT")
}

fn is_manifest(path: &str) -> bool {
    !path.ends_with(".inventory.json") && !path.ends_with("hydrator.metadata")
}
