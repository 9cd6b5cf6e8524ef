//! Commits seen as files, against the same files on the disk; and what there is to know about a repository.
#![cfg(unix)]

use std::path::{Path, PathBuf};

use super::testing::{TestRepository, link};
use super::*;
use crate::fs::{DEFAULT_FILE_LIMIT, DiskFs, FileSystem};
use crate::render::{RenderOptions, render};

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n";

/// Files, directories, links of every sort, and a program.
fn repository(options: &[&str]) -> (TestRepository, ObjectId) {
    let repository = TestRepository::new(options);
    repository.write("base/web/kustomization.yaml", "resources: [service.yaml]\n");
    repository.write("base/web/service.yaml", SERVICE);
    repository.write("sites/a/web/kustomization.yaml", "resources: [../../../base/web]\nnamePrefix: a-\n");
    repository.write("empty", "");
    repository.write("a b/\u{e9}\u{4e2d}.txt", "spaces and letters\r\n");
    let top = repository.path();
    link("base", &top.join("to-directory"));
    link("base/web/service.yaml", &top.join("to-file"));
    link("../to-directory/web", &top.join("sites/through-two"));
    link("nowhere", &top.join("broken"));
    link("loop-b", &top.join("loop-a"));
    link("loop-a", &top.join("loop-b"));
    link("../..", &top.join("sites/out"));
    link("/etc/hostname", &top.join("absolute"));
    link(top.join("base/web").to_str().unwrap(), &top.join("absolute-inside"));
    repository.write("run.sh", "#!/bin/sh\n");
    std::process::Command::new("chmod").args(["+x", "run.sh"]).current_dir(&top).status().unwrap();
    let commit = repository.commit("all");
    (repository, commit)
}

/// What the file system says of a path, roots cut off.
fn said(files: &dyn FileSystem, path: &Path) -> String {
    let canonical = files.canonicalize(path).map_err(|_| ());
    let content = files.read(path, DEFAULT_FILE_LIMIT).map_err(|_| ());
    let names = files.read_dir(path).map(|names| names.into_iter().filter(|name| name != ".git").collect::<Vec<_>>());
    let (directory, file, program) = (files.is_dir(path), files.is_file(path), files.is_executable(path));
    format!("{canonical:?} {content:?} {:?} {directory} {file} {program}", names.map_err(|_| ()))
}

#[test]
fn a_commit_looks_as_its_work_tree_does() {
    for options in [&[][..], &["--object-format=sha256"]] {
        let (repository, commit) = repository(options);
        let files = GitFs::new(&repository.open(""), &commit).unwrap();
        let top = repository.path();
        let paths = [
            "",
            "base",
            "base/web",
            "base/web/service.yaml",
            "base/web/none",
            "base/web/service.yaml/x",
            "empty",
            "a b",
            "a b/\u{e9}\u{4e2d}.txt",
            "to-directory",
            "to-directory/web/service.yaml",
            "to-file",
            "to-file/..",
            "sites/through-two",
            "sites/through-two/service.yaml",
            "sites/through-two/../web",
            "broken",
            "loop-a",
            "loop-a/x",
            "run.sh",
            "absolute-inside",
            "absolute-inside/service.yaml",
            "base/../empty",
            "..",
            "../..",
        ];
        for path in paths {
            let path = top.join(path);
            // Above the top only the way down is known.
            if !path.ends_with("..") || path.ends_with("to-file/..") {
                assert_eq!(said(&files, &path), said(&DiskFs, &path), "{path:?}");
            }
            assert_eq!(files.is_dir(&path), DiskFs.is_dir(&path), "{path:?}");
            // Quick answers may be too careful.
            let below = path.parent().unwrap();
            assert!(!files.is_plain_dir(&path) || DiskFs.is_plain_dir(&path), "{path:?}");
            assert!(!files.is_plain_file_below(below, &path) || DiskFs.is_plain_file_below(below, &path), "{path:?}");
        }
    }
}

#[test]
fn quick_answers_are_given_where_there_are_no_links() {
    let (repository, commit) = repository(&[]);
    let files = GitFs::new(&repository.open(""), &commit).unwrap();
    let top = repository.path();
    assert!(files.is_plain_dir(&top.join("base")) && files.is_plain_dir(&top));
    assert!(files.is_plain_file_below(&top.join("base"), &top.join("base/web/service.yaml")));
    for (base, path) in [("base", "to-file"), ("", "to-file"), ("", "base"), ("", "to-directory/web/service.yaml")] {
        assert!(!files.is_plain_file_below(&top.join(base), &top.join(path)), "{path}");
    }
}

#[test]
fn links_never_leave_the_commit() {
    let (repository, commit) = repository(&[]);
    let files = GitFs::new(&repository.open(""), &commit).unwrap();
    let top = repository.path();
    let why = |path: &str| {
        let failure = files.read(&top.join(path), DEFAULT_FILE_LIMIT).unwrap_err();
        failure.to_string().replace(&format!("{}/", top.display()), "")
    };
    assert_eq!(why("sites/out/x"), "can't read `sites/out/x`: the path leads out of the commit");
    assert_eq!(why("absolute"), "can't read `absolute`: the symbolic link `absolute` leads out of the commit");
    assert_eq!(why("loop-a"), "can't read `loop-a`: too many symbolic links, or one that leads to itself");
    assert!(files.read(Path::new("/etc/hostname"), DEFAULT_FILE_LIMIT).unwrap_err().is_not_found());
    assert!(files.read(&top.join("../../etc/hostname"), DEFAULT_FILE_LIMIT).unwrap_err().is_not_found());
    assert_eq!(files.read(&top.join("to-file"), 3).unwrap_err().cause, crate::fs::Cause::TooLarge(3));
    assert_eq!(files.read(&top.join("to-file"), 99).unwrap(), SERVICE.as_bytes());
    assert!(files.write(&top.join("new"), b"").is_err() && files.remove(&top.join("empty")).is_err());
}

#[test]
fn renders_from_a_commit_what_the_work_tree_no_longer_has() {
    let (repository, commit) = repository(&[]);
    repository.write("base/web/service.yaml", "broken: [\n");
    let want = "apiVersion: v1\nkind: Service\nmetadata:\n  name: a-web\n";
    let files = GitFs::new(&repository.open("sites/a"), &commit).unwrap();
    assert_eq!(render(&files, "web", &RenderOptions::default()).unwrap().to_yaml().unwrap(), want);
    let files = files.with_current_dir("");
    assert_eq!(render(&files, "sites/a/web", &RenderOptions::default()).unwrap().to_yaml().unwrap(), want);
    // A bare repository stands at the root.
    let bare = TestRepository::new(&["--bare"]);
    repository.git(&["push", "--quiet", bare.path().to_str().unwrap(), "HEAD:main"]);
    let opened = bare.open("");
    assert_eq!(opened.work_tree(), None);
    let files = GitFs::new(&opened, &opened.resolve("main").unwrap()).unwrap();
    assert_eq!(render(&files, "/sites/a/web", &RenderOptions::default()).unwrap().to_yaml().unwrap(), want);
}

#[test]
fn errors_name_the_same_places_as_in_the_work_tree() {
    let (repository, _) = repository(&[]);
    repository.write("base/web/service.yaml", "kind: [\n");
    let commit = repository.commit("broken");
    let files = GitFs::new(&repository.open(""), &commit).unwrap();
    let path = repository.path().join("sites/a/web");
    let ours = render(&files, &path, &RenderOptions::default()).unwrap_err();
    let disk = render(&DiskFs, &path, &RenderOptions::default()).unwrap_err();
    assert_eq!(crate::diagnostic::error_text(&ours), crate::diagnostic::error_text(&disk));
}

#[test]
fn submodules_are_directories_of_which_nothing_is_known() {
    let (inner, _) = repository(&[]);
    let outer = TestRepository::new(&[]);
    outer.git(&["submodule", "--quiet", "add", inner.path().to_str().unwrap(), "module"]);
    let commit = outer.commit("module");
    let files = GitFs::new(&outer.open(""), &commit).unwrap();
    let module = outer.path().join("module");
    assert!(files.is_dir(&module) && !files.is_file(&module.join("empty")));
    let why = files.read(&module.join("empty"), 9).unwrap_err().to_string();
    assert!(why.ends_with("the files of the submodule `module` are not in the commit"), "{why}");
    assert!(files.read_dir(&module).unwrap_err().to_string().contains("is a submodule"));
}

#[test]
fn many_threads_read_at_once() {
    let repository = TestRepository::new(&[]);
    for number in 0..40 {
        repository.write(&format!("f/{number}"), &format!("{number}\n").repeat(number * 100));
    }
    let commit = repository.commit("many");
    let files = GitFs::new(&repository.open(""), &commit).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (files, top) = (&files, repository.path());
            scope.spawn(move || {
                for number in (0..40).map(|number| (number + thread * 5) % 40) {
                    let content = files.read(&top.join(format!("f/{number}")), DEFAULT_FILE_LIMIT).unwrap();
                    assert_eq!(content, format!("{number}\n").repeat(number * 100).into_bytes());
                }
            });
        }
    });
}

#[test]
fn knows_what_changed() {
    let (repository, first) = repository(&[]);
    repository.write(".gitignore", "ignored\n");
    repository.git(&["mv", "empty", "moved"]);
    repository.write("base/web/service.yaml", "changed\n");
    let second = repository.commit("second");
    let names = |changed: Vec<ChangedFile>| {
        changed.iter().map(|file| format!("{:?} {}", file.status, file.path.display())).collect::<Vec<_>>()
    };
    let opened = repository.open("base");
    let between = names(opened.changed_between(&first, &second).unwrap());
    assert_eq!(between, ["Added .gitignore", "Modified base/web/service.yaml", "Deleted empty", "Added moved"]);
    repository.write("ignored", "");
    repository.write("new \u{e9}", "");
    // Touched, not changed.
    repository.write("base/web/service.yaml", "changed\n");
    assert_eq!(names(opened.uncommitted(Path::new("")).unwrap()), ["Untracked new \u{e9}"]);
    assert_eq!(opened.uncommitted(Path::new("base")).unwrap(), []);
    let tree = names(opened.changed_in_work_tree(&first).unwrap());
    assert_eq!(tree.len(), 5);
    assert!(opened.is_ancestor(&first, &second).unwrap() && !opened.is_ancestor(&second, &first).unwrap());
    assert_eq!(opened.merge_base(&first, &second).unwrap(), Some(first));
}

#[test]
fn finds_commits_and_branches() {
    let (repository, commit) = repository(&[]);
    let opened = repository.open("");
    assert_eq!(opened.resolve("HEAD").unwrap(), commit);
    assert_eq!(opened.default_branch().unwrap(), "refs/heads/main");
    let error = opened.resolve("origin/release").unwrap_err();
    assert_eq!(error.message(), "`origin/release` is no commit of this repository");
    assert_eq!(error.hints(), ["`git fetch origin release:refs/remotes/origin/release` brings it"]);
    assert!(opened.resolve("--output=/tmp/x").is_err());
    let clone = tempfile::tempdir().unwrap();
    let address = format!("file://{}", repository.path().display());
    repository.git(&["clone", "--quiet", "--depth=1", &address, clone.path().to_str().unwrap()]);
    let cloned = Repository::open(&Git::default(), clone.path()).unwrap();
    assert!(cloned.is_shallow() && !opened.is_shallow());
    assert_eq!(cloned.default_branch().unwrap(), "refs/remotes/origin/main");
    assert_eq!(cloned.remote_address("origin").unwrap(), Some(address));
    assert_eq!((opened.remote_address("origin").unwrap(), cloned.prefix()), (None, Path::new("")));
    assert_eq!(opened.checked_out_branches().unwrap(), ["main"]);
    let error = Repository::open(&Git::default(), Path::new("/")).unwrap_err();
    assert!(error.message().starts_with("`/` is in no git repository"), "{error}");
    let missing = Git { program: PathBuf::from("/no/git"), ..Git::default() };
    let error = Repository::open(&missing, Path::new("/")).unwrap_err();
    assert_eq!(error.hints(), ["install git and make sure that it is in `PATH`"]);
}
