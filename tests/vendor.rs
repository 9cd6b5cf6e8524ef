//! `crustomize vendor`: from this machine, from a server on it, and from repositories on it.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests make and read files")]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::thread;

use insta::assert_snapshot;
use support::Tree;

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n";
const SERVICE_HASH: &str = "3e12cb5ef953fdbe4952003a10bf8964da6538de08a94b9bec9bac21a371edff";

/// Status, standard output and standard error as one text.
fn run(tree: &Tree, args: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_crustomize")).arg("vendor").args(args).current_dir(tree.path()).output();
    let output = output.unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let code = output.status.code().unwrap();
    format!("status: {code}\n----- stdout\n{}----- stderr\n{}", text(&output.stdout), text(&output.stderr))
}

fn read(tree: &Tree, path: &str) -> String {
    fs::read_to_string(tree.at(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All files below `path`, sorted.
fn list(path: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = vec![path.to_owned()];
    while let Some(directory) = rest.pop() {
        for entry in fs::read_dir(&directory).into_iter().flatten() {
            let entry = entry.unwrap().path();
            if entry.is_dir() {
                rest.push(entry);
            } else {
                found.push(entry.strip_prefix(path).unwrap().to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

/// A server that gives each answer once, and then the first lines of what was asked.
fn serve(answers: &'static [(&'static str, &'static str)]) -> (String, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answer = move |(status, body): &(&str, &str)| {
        let (mut stream, _) = listener.accept().unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
        let asked: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
        write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
            .unwrap();
        asked[0].clone()
    };
    (address, thread::spawn(move || answers.iter().map(answer).collect()))
}

/// A file is taken up once its hash is written, which `--update` does; from then on it is held to it.
#[test]
fn a_file_of_this_machine() {
    let tree = Tree::new()
        .with("from/web.yaml", SERVICE)
        .with("vendor.yaml", "# What we have of others.\nvendor:\n- app: web   # the sample\n  url: from/web.yaml\n");
    assert_snapshot!(run(&tree, &[]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: the entry for `web/upstream/web.yaml` has no `sha256`
      --> vendor.yaml:4:8
       |   url: from/web.yaml
    hint: the hash of `from/web.yaml` is 3e12cb5ef953fdbe4952003a10bf8964da6538de08a94b9bec9bac21a371edff
    hint: if that is what you want, `crustomize vendor --update web` writes the new hash
    ");
    assert_eq!(list(&tree.at("base")), [""; 0]);
    assert_snapshot!(run(&tree, &["--check"]), @r"
    status: 3
    ----- stdout
    web/upstream/web.yaml: missing
    ----- stderr
    ");
    assert_snapshot!(run(&tree, &["--update"]), @r"
    status: 0
    ----- stdout
    web/upstream/web.yaml: fetched from from/web.yaml, 1 file
    ----- stderr
    ");
    assert_snapshot!(read(&tree, "vendor.yaml"), @r"
    # What we have of others.
    vendor:
    - app: web   # the sample
      url: from/web.yaml
      sha256: 3e12cb5ef953fdbe4952003a10bf8964da6538de08a94b9bec9bac21a371edff
    ");
    assert_eq!(read(&tree, "base/web/upstream/web.yaml"), SERVICE);
    assert_snapshot!(run(&tree, &["--frozen"]), @r"
    status: 0
    ----- stdout
    web/upstream/web.yaml: up to date, 1 file
    ----- stderr
    ");
    // What is there is right, so nobody looks where it came from.
    fs::remove_dir_all(tree.at("from")).unwrap();
    assert_snapshot!(run(&tree, &["web"]), @r"
    status: 0
    ----- stdout
    web/upstream/web.yaml: up to date, 1 file
    ----- stderr
    ");
}

/// Something else under the same address is refused, and what is there stays.
#[test]
fn a_wrong_hash() {
    let hash = "sha256: 0000000000000000000000000000000000000000000000000000000000000000";
    let entry = |name: &str, more: &str| format!("- {{{hash}, app: {name}, url: 'file.yaml', name: a.yaml{more}}}\n");
    let tree = Tree::new()
        .with("file.yaml", SERVICE)
        .with("vendor.yaml", format!("vendor:\n{}", entry("web", "")))
        .with("base/web/upstream/a.yaml", "old: true\n");
    assert_snapshot!(run(&tree, &[]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: `file.yaml` is not what it was when its hash was written
      --> vendor.yaml:2:12
       | - {sha256: 0000000000000000000000000000000000000000000000000000000000000000, app: web, url: 'file.yaml', name: a.yaml}
    hint: the hash is 3e12cb5ef953fdbe4952003a10bf8964da6538de08a94b9bec9bac21a371edff, not 0000000000000000000000000000000000000000000000000000000000000000
    hint: if that is what you want, `crustomize vendor --update web` writes the new hash
    ");
    assert_snapshot!(run(&tree, &["--check"]), @r"
    status: 3
    ----- stdout
    web/upstream/a.yaml: differs, its hash is 0a00ddc8482e3fe5e4c7072754a8cb5c9a6978cd21b86c494ebdb27449468e85
    ----- stderr
    ");
    assert_eq!(read(&tree, "base/web/upstream/a.yaml"), "old: true\n");
    assert_snapshot!(run(&tree, &["--update", "--format", "json"]), @r#"
    status: 0
    ----- stdout
    {"version":1,"entries":[{"place":"web/upstream/a.yaml","source":"file.yaml","files":1,"state":"fetched","sha256":null}]}
    ----- stderr
    "#);
    assert_snapshot!(read(&tree, "vendor.yaml"), @r"
    vendor:
    - {sha256: 3e12cb5ef953fdbe4952003a10bf8964da6538de08a94b9bec9bac21a371edff, app: web, url: 'file.yaml', name: a.yaml}
    ");
    assert_eq!(read(&tree, "base/web/upstream/a.yaml"), SERVICE);
}

/// Of several entries all are written, or none; all that is wrong is told.
#[test]
fn all_or_nothing() {
    let tree = Tree::new().with("good.yaml", SERVICE).with(
        "vendor.yaml",
        format!(
            "vendor:\n- app: a\n  url: good.yaml\n  sha256: {SERVICE_HASH}\n- app: b\n  url: none.yaml\n  sha256: {SERVICE_HASH}\n\
             - app: c\n  url: good.yaml\n  sha256: {}\n",
            "0".repeat(64)
        ),
    );
    assert_snapshot!(run(&tree, &[]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: `none.yaml` does not exist
      --> vendor.yaml:6:8
       |   url: none.yaml
    error: `good.yaml` is not what it was when its hash was written
      --> vendor.yaml:10:11
       |   sha256: 0000000000000000000000000000000000000000000000000000000000000000
    hint: the hash is 3e12cb5ef953fdbe4952003a10bf8964da6538de08a94b9bec9bac21a371edff, not 0000000000000000000000000000000000000000000000000000000000000000
    hint: if that is what you want, `crustomize vendor --update c` writes the new hash
    ");
    assert_eq!(list(&tree.at("base")), [""; 0]);
    assert_snapshot!(run(&tree, &["a"]), @r"
    status: 0
    ----- stdout
    a/upstream/good.yaml: fetched from good.yaml, 1 file
    ----- stderr
    ");
    assert_eq!(list(&tree.at("base")), ["a/upstream/good.yaml"]);
    assert_snapshot!(run(&tree, &["d"]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: `vendor.yaml` has no entry for `d`
    hint: did you mean `a`?
    ");
}

/// A folder of upstream's is upstream's: what nobody wants there is an error, or goes if somebody says so.
#[test]
fn files_that_nothing_is_for() {
    let tree = Tree::new()
        .with("good.yaml", SERVICE)
        .with("vendor.yaml", format!("vendor:\n- {{app: a, url: good.yaml, sha256: {SERVICE_HASH}}}\n"))
        .with("base/a/upstream/mine.yaml", "mine: true\n")
        .with("base/a/kustomization.yaml", "resources: [upstream/good.yaml]\n");
    assert_snapshot!(run(&tree, &[]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: no entry of `vendor.yaml` is for `base/a/upstream/mine.yaml`
    hint: move it out of the folder, which is upstream's, or let `--prune` remove it
    ");
    assert_eq!(list(&tree.at("base")), ["a/kustomization.yaml", "a/upstream/mine.yaml"]);
    assert_snapshot!(run(&tree, &["--prune"]), @r"
    status: 0
    ----- stdout
    a/upstream/good.yaml: fetched from good.yaml, 1 file
    ----- stderr
    ");
    assert_eq!(list(&tree.at("base")), ["a/kustomization.yaml", "a/upstream/good.yaml"]);
}

/// Neither a password nor a token comes to be seen, not even in the line that is shown.
#[test]
fn a_server_and_what_is_secret() {
    let (address, server) = serve(&[("200 OK", SERVICE), ("403 Forbidden", "no"), ("200 OK", "other: true\n")]);
    let list = |hash: &str| {
        format!("vendor:\n- app: web\n  url: http://me:hush@{address}/a/web.yaml?token=hushhush\n  sha256: {hash}\n")
    };
    let tree = Tree::new().with("vendor.yaml", list(SERVICE_HASH));
    let said = [
        run(&tree, &[]),
        run(&tree, &["--check"]),
        run(&tree, &["--update"]),
        {
            fs::remove_dir_all(tree.at("base")).unwrap();
            run(&tree, &[])
        },
        {
            tree.write("vendor.yaml", list("0"));
            run(&tree, &[])
        },
    ];
    assert_eq!(server.join().unwrap(), ["GET /a/web.yaml?token=hushhush HTTP/1.1"; 3]);
    assert!(said.iter().all(|text| !text.contains("hush")), "{said:#?}");
    assert_snapshot!(said.join("\n").replace(&address, "ADDRESS"), @r"
    status: 0
    ----- stdout
    web/upstream/web.yaml: fetched from http://me:***@ADDRESS/a/web.yaml?***, 1 file
    ----- stderr

    status: 0
    ----- stdout
    web/upstream/web.yaml: up to date, 1 file
    ----- stderr

    status: 1
    ----- stdout
    ----- stderr
    error: can't load `http://me:***@ADDRESS/a/web.yaml?***`: the server answered with status 403 Forbidden
      --> vendor.yaml:3:8
       |   url: ***

    status: 1
    ----- stdout
    ----- stderr
    error: `http://me:***@ADDRESS/a/web.yaml?***` is not what it was when its hash was written
      --> vendor.yaml:4:11
       |   sha256: ***
    hint: the hash is 1d885f0a898b22d81c1e18f2a1b510133c0e2884a8b52fea690ac3170b441edb, not 3e12cb5ef953fdbe4952003a10bf8964da6538de08a94b9bec9bac21a371edff
    hint: if that is what you want, `crustomize vendor --update web` writes the new hash

    status: 1
    ----- stdout
    ----- stderr
    error: `sha256` must be 64 hexadecimal digits
      --> vendor.yaml:4:11
       |   sha256: ***
    ");
}

fn git(directory: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=n", "-c", "user.email=e", "-c", "init.defaultBranch=main"])
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The directory of a repository at a tag; links within it become what they lead to.
#[cfg(unix)]
#[test]
fn a_repository() {
    let tree = Tree::new()
        .with("repo/deploy/a.yaml", SERVICE)
        .with("repo/deploy/more/b.yaml", "b: true\n")
        .with("repo/common/c.yaml", "c: true\n")
        .with("repo/bad/a.yaml", "a: true\n");
    std::os::unix::fs::symlink("../common/c.yaml", tree.at("repo/deploy/c.yaml")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", tree.at("repo/bad/out.yaml")).unwrap();
    for arguments in [&["init", "-q"][..], &["add", "."], &["commit", "-qm", "one"], &["tag", "v1"]] {
        git(&tree.at("repo"), arguments);
    }
    let repository = format!("file://{}", tree.at("repo").display());
    let entry =
        |path: &str, more: &str| format!("vendor:\n- app: ebs\n  git: {repository}?ref=v1\n  path: {path}\n{more}");
    tree.write("vendor.yaml", entry("deploy", ""));
    let show = |text: String| text.replace(&repository, "REPOSITORY");
    assert_snapshot!(show(run(&tree, &["--update"])), @r"
    status: 0
    ----- stdout
    ebs/upstream: fetched from REPOSITORY?ref=v1, 3 files
    ----- stderr
    ");
    assert_eq!(list(&tree.at("base")), ["ebs/upstream/a.yaml", "ebs/upstream/c.yaml", "ebs/upstream/more/b.yaml"]);
    assert_eq!(read(&tree, "base/ebs/upstream/c.yaml"), "c: true\n");
    // As the documentation says.
    let hash = Command::new("sh")
        .args(["-c", "find * -type f | LC_ALL=C sort | xargs sha256sum | sha256sum"])
        .current_dir(tree.at("base/ebs/upstream"))
        .output()
        .unwrap();
    let hash = String::from_utf8(hash.stdout).unwrap();
    assert!(read(&tree, "vendor.yaml").contains(hash.trim_end_matches([' ', '-', '\n'])), "{hash}");
    tree.write("base/ebs/upstream/more/b.yaml", "b: false\n");
    assert_snapshot!(show(run(&tree, &["--check"])), @r"
    status: 3
    ----- stdout
    ebs/upstream: differs, its hash is 505ab7b95eb85afdd4251304b65d9e47fcfac1ffe69cf6f729a39e57df107a94
    ----- stderr
    ");
    assert_snapshot!(show(run(&tree, &[])), @r"
    status: 0
    ----- stdout
    ebs/upstream: fetched from REPOSITORY?ref=v1, 3 files
    ----- stderr
    ");
    assert_eq!(read(&tree, "base/ebs/upstream/more/b.yaml"), "b: true\n");
    tree.write("vendor.yaml", entry("bad", ""));
    assert!(run(&tree, &["--update"]).contains("leads out of what is fetched"));
    tree.write("vendor.yaml", entry("none", ""));
    assert_snapshot!(show(run(&tree, &["--update"])), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: there is no `none` in the repository `REPOSITORY?ref=v1`
      --> vendor.yaml:3:8
       |   git: REPOSITORY?ref=v1
    ");
    tree.write("vendor.yaml", entry("deploy/a.yaml", ""));
    assert_snapshot!(show(run(&tree, &["--update"])), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: `REPOSITORY?ref=v1` names a file, but the entry does not say what it is called
      --> vendor.yaml:3:8
       |   git: REPOSITORY?ref=v1
    hint: say it as `name:`
    ");
    tree.write("vendor.yaml", entry("deploy/a.yaml", "  name: a.yaml\n"));
    assert_snapshot!(show(run(&tree, &["--update", "--prune"])), @r"
    status: 0
    ----- stdout
    ebs/upstream/a.yaml: fetched from REPOSITORY?ref=v1, 1 file
    ----- stderr
    ");
    assert_eq!(list(&tree.at("base")), ["ebs/upstream/a.yaml"]);
}

/// What is wrong with the list is said with its place.
#[test]
fn lists_that_make_no_sense() {
    let said = |text: &str| run(&Tree::new().with("vendor.yaml", text), &[]);
    let texts = [
        "vendor: 5\n",
        "vender: []\n",
        "vendor:\n- url: a.yaml\n",
        "vendor:\n- app: a\n",
        "vendor:\n- {app: a, url: a.yaml, git: b}\n",
        "vendor:\n- {app: ../a, url: a.yaml}\n",
        "vendor:\n- {app: a, url: https://example.com/}\n",
        "vendor:\n- {app: a, url: ftp://example.com/a.yaml}\n",
        "vendor:\n- {app: a, git: not-a-repository}\n",
        "vendor:\n- {app: a, git: https://github.com/a/b, path: ../c}\n",
        "vendor:\n- {app: a, url: a.yaml, path: c}\n",
        "vendor:\n- {app: a, url: a.yaml, sha256: 12}\n",
        "vendor:\n- {app: a, url: a.yaml, sha256: \"12\"}\n",
        "vendor:\n- {app: a, url: a.yaml}\n- {app: a, url: b/a.yaml}\n",
        "vendor:\n- {app: a, url: a.yaml, sha: x}\n",
        "vendor: [\n",
    ];
    assert_snapshot!(texts.map(said).join("\n").replace("status: 1\n----- stdout\n----- stderr\n", ""), @r#"
    error: `vendor` must be a list, but is a number
      --> vendor.yaml:1:9
       | vendor: 5

    error: unknown field `vender`
      --> vendor.yaml:1:1
       | vender: []
    hint: did you mean `vendor`?

    error: `vendor[0]` has no `app`
      --> vendor.yaml:2:3
       | - url: a.yaml

    error: `vendor[0]` has neither `url` nor `git`
      --> vendor.yaml:2:3
       | - app: a

    error: `vendor[0]` has both `url` and `git`
      --> vendor.yaml:2:30
       | - {app: a, url: a.yaml, git: b}

    error: `../a` is no name of a file or folder
      --> vendor.yaml:2:9
       | - {app: ../a, url: a.yaml}

    error: `https://example.com/` does not say what the file is called
      --> vendor.yaml:2:17
       | - {app: a, url: https://example.com/}
    hint: say it as `name:`

    error: `ftp://example.com/a.yaml` is neither an address of a server nor a path
      --> vendor.yaml:2:17
       | - {app: a, url: ftp://example.com/a.yaml}
    hint: addresses begin with `https://`, `http://` or `file://`

    error: `not-a-repository` is no address of a repository
      --> vendor.yaml:2:17
       | - {app: a, git: not-a-repository}
    hint: addresses look like `https://github.com/owner/name?ref=v1.0.0`

    error: `path` must lead into the repository
      --> vendor.yaml:2:47
       | - {app: a, git: https://github.com/a/b, path: ../c}

    error: `path` is for repositories; a `url` names one file
      --> vendor.yaml:2:31
       | - {app: a, url: a.yaml, path: c}

    error: `sha256` must be 64 hexadecimal digits
      --> vendor.yaml:2:33
       | - {app: a, url: a.yaml, sha256: 12}

    error: `sha256` must be 64 hexadecimal digits
      --> vendor.yaml:2:33
       | - {app: a, url: a.yaml, sha256: "12"}

    error: two entries are for `a/upstream/a.yaml`
      --> vendor.yaml:3:3
       | - {app: a, url: b/a.yaml}
      the other is at vendor.yaml:2:3
    hint: give each a `name` of its own

    error: unknown field `sha` in `vendor[0]`
      --> vendor.yaml:2:25
       | - {app: a, url: a.yaml, sha: x}
    hint: known fields are `app`, `git`, `name`, `path`, `sha256`, `url`

    error: malformed YAML: did not find expected node content
      --> vendor.yaml:2:1
    "#);
    assert_snapshot!(run(&Tree::new(), &[]), @r"
    status: 1
    ----- stdout
    ----- stderr
    error: there is no file `vendor.yaml`
    hint: it lists what is fetched: `vendor: [{app: APP, url: ADDRESS, sha256: HASH}]`
    ");
    assert_snapshot!(run(&Tree::new(), &["--check", "--update"]), @r"
    status: 2
    ----- stdout
    ----- stderr
    error: the argument '--check' cannot be used with '--update'

    Usage: crustomize vendor --check [APP]...

    For more information, try '--help'.
    ");
}
