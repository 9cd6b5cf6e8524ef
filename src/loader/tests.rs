//! Tests of loading and entering; what is on disk is in temporary directories.
#![expect(clippy::disallowed_methods, clippy::disallowed_macros, reason = "links and modes are made around the door")]

use std::path::Path;
use std::process::Command;

use crate::error::{Error, ErrorKind};
use crate::fs::{DiskFs, FileSystem, MemoryFs};
use crate::loader::testing::{answer, serve};
use crate::loader::{LoadRestriction, Loader, LoaderOptions, Reference, Target};

fn files() -> MemoryFs {
    MemoryFs::new()
        .with_file("/app/overlay/kustomization.yaml", "k")
        .with_file("/app/overlay/deep/a.yaml", "a")
        .with_file("/app/base/b.yaml", "b")
        .with_file("/app/secret.yaml", "s")
}

fn memory<'a>(files: &'a MemoryFs, target: &str, restriction: LoadRestriction) -> Loader<'a> {
    Loader::new(files, target, LoaderOptions { restriction, ..LoaderOptions::default() }).unwrap()
}

static DISK: DiskFs = DiskFs;

fn message(error: &Error) -> String {
    error.message().to_owned()
}

#[test]
fn loads_files_in_and_below_the_root() {
    let files = files();
    let loader = memory(&files, "app/overlay", LoadRestriction::RootOnly);
    for path in ["deep/a.yaml", "./deep/../deep/a.yaml", "/app/overlay/deep/a.yaml"] {
        let loaded = loader.load(path).unwrap();
        assert_eq!(loaded.display_path, Path::new("app/overlay/deep/a.yaml"));
        assert_eq!(loaded.bytes, b"a");
    }
    assert_eq!(message(&loader.load("deep").unwrap_err()), "`app/overlay/deep` is a directory, not a file");
    assert_eq!(message(&loader.load("no.yaml").unwrap_err()), "`app/overlay/no.yaml` does not exist");
}

#[test]
fn keeps_files_outside_of_the_root_away() {
    let files = files();
    let error = memory(&files, "app/overlay", LoadRestriction::RootOnly).load("../secret.yaml").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Load);
    assert_eq!(message(&error), "the file `app/secret.yaml` is not in or below `app/overlay`");
    assert_eq!(
        error.hints(),
        ["move the file there, or allow other files with `--load-restrictor LoadRestrictionsNone`"]
    );
    let free = memory(&files, "/app/overlay", LoadRestriction::None);
    let loaded = free.load("../secret.yaml").unwrap();
    assert_eq!(
        (loaded.display_path.as_path(), loaded.bytes.as_slice()),
        (Path::new("/app/secret.yaml"), b"s".as_slice())
    );
    assert!(memory(&files, "app", LoadRestriction::RootOnly).load("secret.yaml").is_ok());
}

#[test]
fn enters_directories_anywhere_but_above() {
    let files = files();
    let overlay = memory(&files, "app/overlay", LoadRestriction::RootOnly);
    let base = overlay.enter("../base").unwrap();
    assert_eq!(base.display_root(), Path::new("app/base"));
    assert_eq!(base.load("b.yaml").unwrap().display_path, Path::new("app/base/b.yaml"));
    assert!(base.load("../overlay/kustomization.yaml").is_err());
    assert!(overlay.enter("deep").is_ok());
    let cases = [
        (&overlay, ".", "the directory `app/overlay` includes itself"),
        (&overlay, "..", "directories include one another: `app/overlay` -> `app`, which contains the first"),
        (&base, "../overlay", "directories include one another: `app/overlay` -> `app/base` -> `app/overlay`"),
        (&base, "../../", "directories include one another: `app/base` -> `.`, which contains the first"),
    ];
    for (loader, path, want) in cases {
        let error = loader.enter(path).unwrap_err();
        assert_eq!((error.kind(), message(&error).as_str()), (ErrorKind::Cycle, want));
    }
}

#[test]
fn starts_from_directories_only() {
    let start = |target: &str| message(&Loader::new(&files(), target, LoaderOptions::default()).unwrap_err());
    assert_eq!(start(""), "the path of a directory can't be empty");
    assert_eq!(start("app/secret.yaml"), "`app/secret.yaml` is a file, not a directory");
    assert_eq!(start("no"), "`no` does not exist");
    assert_eq!(start("https://h/a.yaml"), "`https://h/a.yaml` is the address of a file, not of a repository");
}

#[test]
fn refuses_paths_that_can_not_be_meant() {
    let files = files();
    let overlay = memory(&files, "app/overlay", LoadRestriction::RootOnly);
    let cases = [
        ("", "the path of a directory can't be empty"),
        ("/app/base", "the directory `/app/base` must be given by a relative path"),
        ("../base - ../../x", "the path `../base - ../../x` is ambiguous: it would mean `../x`"),
        ("../no", "`app/no` does not exist"),
        ("../secret.yaml", "`app/secret.yaml` is a file, not a directory"),
        ("https://h/a/b//../c", "the path in `https://h/a/b//../c` leads out of the repository"),
        ("https://u:p@h/a/b", "can't fetch `https://u:***@h/a/b`: the files are in memory only"),
    ];
    for (path, want) in cases {
        assert_eq!(message(&overlay.enter(path).unwrap_err()), want);
    }
    assert_eq!(overlay.enter("/app/base").unwrap_err().hints(), ["write `../base`"]);
}

#[test]
fn decides_once_what_an_entry_is() {
    let files = files();
    let overlay = memory(&files, "app/overlay", LoadRestriction::RootOnly);
    let cases = [
        ("deep/a.yaml", Reference::File),
        ("../secret.yaml", Reference::File),
        ("../base", Reference::Directory),
        ("nothing", Reference::Missing),
        ("github.com/a/b", Reference::RemoteRepository),
        ("git@github.com:a/b.git", Reference::RemoteRepository),
        ("https://github.com/a/b", Reference::RemoteFile { may_be_repository: true }),
        ("https://example.com/a.yaml", Reference::RemoteFile { may_be_repository: false }),
    ];
    for (path, want) in cases {
        assert_eq!(overlay.refers_to(path), want, "{path}");
    }
}

#[test]
fn ends_where_too_many_directories_include_one_another() {
    let files = files();
    let mut loader = memory(&files, "app/overlay", LoadRestriction::RootOnly);
    let fs = loader.file_system();
    for index in 0..=100 {
        fs.create_dir_all(Path::new(&format!("/chain/{index}"))).unwrap();
    }
    for index in 0..100 {
        loader = loader.enter(&format!("../../chain/{index}")).unwrap();
    }
    assert_eq!(loader.enter("../100").unwrap_err().kind(), ErrorKind::Limit);
}

#[cfg(unix)]
#[test]
fn follows_links_before_it_decides() {
    let directory = tempfile::tempdir().unwrap();
    let fs = DiskFs::new();
    let root = fs.canonicalize(directory.path()).unwrap();
    fs.create_dir_all(&root.join("in")).unwrap();
    fs.write(&root.join("outside.yaml"), b"o").unwrap();
    fs.write(&root.join("in/a.yaml"), b"a").unwrap();
    let link = |to: &str, from: &str| std::os::unix::fs::symlink(to, root.join(from)).unwrap();
    link("../outside.yaml", "in/bad.yaml");
    link("a.yaml", "in/good.yaml");
    link("in", "link");
    link("loop.yaml", "in/loop.yaml");
    let target = root.join("link").to_string_lossy().into_owned();
    let loader = Loader::new(&fs, &target, LoaderOptions::default()).unwrap();
    assert_eq!(loader.root(), root.join("in"));
    assert_eq!(loader.load("good.yaml").unwrap().bytes, b"a");
    let error = loader.load("bad.yaml").unwrap_err();
    let (root, bad) = (root.display(), root.join("in/bad.yaml"));
    let want =
        format!("the file `{}` leads to `{root}/outside.yaml` and is not in or below `{root}/in`", bad.display());
    assert_eq!(message(&error), want);
    assert_eq!(loader.load("loop.yaml").unwrap_err().kind(), ErrorKind::Io);
}

/// Runs `git` in `directory`; `None` if there is no such program.
fn git(directory: &Path, arguments: &[&str]) -> Option<()> {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"];
    let output = Command::new("git").current_dir(directory).args(identity).args(arguments).output();
    let Ok(output) = output else {
        println!("skipped: there is no git");
        return None;
    };
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(())
}

/// A repository with a base, and an overlay that enters it.
fn repository(directory: &Path) -> Option<()> {
    let fs = DiskFs::new();
    for (path, text) in [("base/a.yaml", "a"), ("overlay/o.yaml", "o")] {
        let path = directory.join(path);
        fs.create_dir_all(path.parent()?).unwrap();
        fs.write(&path, text.as_bytes()).unwrap();
    }
    git(directory, &["init"])?;
    git(directory, &["add", "."])?;
    git(directory, &["commit", "-m", "one"])?;
    git(directory, &["tag", "v1"])?;
    fs.write(&directory.join("base/a.yaml"), b"changed").unwrap();
    git(directory, &["commit", "-am", "two"])
}

#[test]
fn loads_from_repositories_and_stays_there() {
    let directory = tempfile::tempdir().unwrap();
    let Some(()) = repository(directory.path()) else { return };
    let url = format!("file://{}", directory.path().display());
    let open = |target: &str| Loader::new(&DISK, target, LoaderOptions::default());
    let overlay = open(&format!("{url}//overlay?ref=v1")).unwrap();
    assert_eq!(overlay.reference(), Some("v1"));
    let clone = overlay.repository_directory().unwrap().to_owned();
    let base = overlay.enter("../base").unwrap();
    let loaded = base.load("a.yaml").unwrap();
    assert_eq!(loaded.bytes, b"a");
    assert_eq!(loaded.display_path, Path::new(&format!("{url}//base/a.yaml")));
    assert_eq!(base.repository().unwrap().clone_url(), url);
    let error = base.load("../overlay/o.yaml").unwrap_err();
    assert_eq!(error.hints(), ["a remote kustomization may only load files in its own directory and below"]);
    let directory = DiskFs::new().canonicalize(directory.path()).unwrap();
    let outside = crate::fs::relative(base.root(), &directory).to_string_lossy().into_owned();
    let error = base.enter(&outside).unwrap_err();
    assert_eq!(error.hints(), ["bases of a remote kustomization must be in its repository"], "{error}");
    let error = base.enter(&format!("{url}//overlay?ref=v1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cycle);
    let other = base.enter(&format!("{url}//base")).unwrap();
    assert_eq!(other.load("a.yaml").unwrap().bytes, b"changed");
    drop((overlay, other));
    assert!(clone.is_dir());
    drop(base);
    assert!(!clone.is_dir(), "the clone is removed with the last loader");
    let error = open(&format!("{url}//none")).unwrap_err();
    assert_eq!(message(&error), format!("there is no directory `none` in the repository `{url}//none`"));
    let error = open(&format!("{url}//base?ref=nope")).unwrap_err();
    assert!(
        message(&error).starts_with(&format!("`git fetch --depth=1 {url} nope` failed (exit status: 128): fatal: "))
    );
}

/// A program that stands in for `git`.
#[cfg(unix)]
fn fake_git(directory: &Path, script: &str) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = directory.join("git");
    DISK.write(&path, format!("#!/bin/sh\n{script}\n").as_bytes()).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[cfg(unix)]
#[test]
fn tries_a_file_then_a_repository() {
    let directory = tempfile::tempdir().unwrap();
    let git = fake_git(directory.path(), "echo no such repository >&2; exit 1");
    let options = LoaderOptions { git: git.clone(), ..LoaderOptions::default() };
    let loader = Loader::new(&DISK, &directory.path().to_string_lossy(), options).unwrap();
    let answers = vec![answer("200 OK", "kind: A\n"), answer("404 Not Found", ""), answer("404 Not Found", "")];
    let (address, server) = serve(answers);
    let file = format!("http://{address}/org/repo/a.yaml");
    match loader.classify(&file).unwrap() {
        Target::File(loaded) => assert!(loaded.bytes == b"kind: A\n" && loaded.may_be_repository),
        Target::Directory(_) => panic!("a file"),
    }
    let error = loader.classify(&file).unwrap_err();
    assert_eq!(message(&error), format!("`{} init` failed (exit status: 1): no such repository", git.display()));
    let status = format!("as a file: can't load `{file}`: the server answered with status 404 Not Found");
    assert_eq!(error.hints(), [status]);
    let short = format!("http://{address}/a.yaml");
    let error = loader.classify(&short).unwrap_err();
    assert_eq!(message(&error), format!("can't load `{short}`: the server answered with status 404 Not Found"));
    server.join().unwrap();
}

#[cfg(unix)]
#[test]
fn gives_up_on_a_slow_git() {
    let directory = tempfile::tempdir().unwrap();
    let script = fake_git(directory.path(), "exec sleep 60");
    let options = LoaderOptions { git: script.clone(), ..LoaderOptions::default() };
    let target = "git::https://example.com/a/b?timeout=100ms";
    let error = Loader::new(&DISK, target, options.clone()).unwrap_err();
    let want = format!("`{} init` ran longer than 100ms, the time limit for git commands", script.display());
    assert_eq!(message(&error), want);
    let warnings = options.warnings.resolve(&crate::source::SourceMap::default());
    assert_eq!(warnings[0].message, format!("the prefix `git::` of `{target}` has no effect; remove it"));
}
