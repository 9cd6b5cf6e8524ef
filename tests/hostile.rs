//! Bad input of every sort, in every kind of file that a render reads: an error that says where,
//! never a panic, never without bound.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests make and read files and print")]

mod support;

use std::fmt::Write as _;
use std::time::Duration;

use crustomize::plugin::process::Limits;
use crustomize::{DiskFs, Error, ErrorKind, MemoryFs, PluginOptions, RenderOptions, render};
use support::Tree;

const OBJECT: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

/// A kustomization that reads the file `bad` as one kind of file each.
const READERS: [(&str, &str); 11] = [
    ("resource", "resources: [bad]\n"),
    ("strategic merge patch", "resources: [good]\npatchesStrategicMerge: [bad]\n"),
    ("patch", "resources: [good]\npatches: [{path: bad, target: {kind: ConfigMap}}]\n"),
    (
        "JSON patch",
        "resources: [good]\npatchesJson6902: [{path: bad, target: {version: v1, kind: ConfigMap, name: a}}]\n",
    ),
    ("configuration", "resources: [good]\nconfigurations: [bad]\n"),
    ("type definitions", "resources: [good]\ncrds: [bad]\n"),
    ("schema", "resources: [good]\nopenapi: {path: bad}\n"),
    ("replacements", "resources: [good]\nreplacements: [{path: bad}]\n"),
    ("generator config", "resources: [good]\ngenerators: [bad]\n"),
    ("transformer config", "resources: [good]\ntransformers: [bad]\n"),
    ("env file", "configMapGenerator: [{name: a, envs: [bad]}]\n"),
];

fn with(kustomization: &str, bad: impl AsRef<[u8]>) -> Result<String, Error> {
    let files = MemoryFs::new()
        .with_file("/k/kustomization.yaml", kustomization)
        .with_file("/k/good", OBJECT)
        .with_file("/k/bad", bad);
    render(&files, "/k", &RenderOptions::default()).and_then(|rendered| rendered.to_yaml())
}

fn told(error: &Error, what: &str) {
    assert!(!error.message().is_empty(), "{what}");
    assert!(error.location().is_some(), "{what}: no place in `{error}`");
}

/// Every reader refuses `bad`, and says where it is.
fn all_refuse(bad: impl AsRef<[u8]>, what: &str, but: &[&str]) {
    for (reader, kustomization) in READERS.iter().filter(|(reader, _)| !but.contains(reader)) {
        match with(kustomization, bad.as_ref()) {
            Err(error) => told(&error, &format!("{what} as {reader}")),
            Ok(output) => panic!("{what} as {reader} gave {output}"),
        }
    }
    let files = MemoryFs::new().with_file("/k/kustomization.yaml", bad);
    told(&render(&files, "/k", &RenderOptions::default()).unwrap_err(), what);
}

#[test]
fn truncated() {
    // An env file takes any line; what it holds is no YAML.
    all_refuse("a: [b, {c: \"d", "a truncated file", &["env file"]);
}

#[test]
fn no_text() {
    all_refuse([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10], "a picture", &[]);
    all_refuse(b"a: \xc3\x28\n", "invalid UTF-8", &[]);
    all_refuse("a: b\n\0\n", "a zero byte", &["env file"]);
}

#[test]
fn too_deep() {
    for deep in ["[".repeat(10_000), "{a: ".repeat(10_000), "- ".repeat(10_000)] {
        all_refuse(&deep, "10,000 levels", &["env file"]);
    }
    let error = with("resources: [bad]\n", "- ".repeat(10_000)).unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::Limit, "lists and mappings may be nested at most 500 deep")
    );
}

/// As deep as may be, through everything that walks trees, on the small stack of a test.
#[test]
fn as_deep_as_may_be() {
    let deep = |end: &str| {
        let mut text = "kind: A\nmetadata: {name: a}\nspec:\n".to_owned();
        for level in 1..480 {
            writeln!(text, "{}a:", " ".repeat(level)).unwrap();
        }
        writeln!(text, "{}a: {end}", " ".repeat(480)).unwrap();
        text
    };
    let kustomization = "resources: [good]\nnamePrefix: p-\ncommonLabels: {a: b}\nimages: [{name: x, newTag: z}]\n\
                         patches: [{path: bad}, {target: {kind: A}, patch: '[{\"op\": \"add\", \"path\": \"/b\", \"value\": 1}]'}]\n";
    let files = MemoryFs::new()
        .with_file("/k/kustomization.yaml", kustomization)
        .with_file("/k/good", deep("b"))
        .with_file("/k/bad", deep("c"));
    let output = render(&files, "/k", &RenderOptions::default()).unwrap().to_yaml().unwrap();
    assert!(output.contains("a: c\n") && output.starts_with("b: 1\n"), "{}", &output[..100]);
}

#[test]
fn alias_bombs() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        writeln!(bomb, "a{level}: &a{level} [{}]", format!("*a{}, ", level - 1).repeat(10)).unwrap();
    }
    all_refuse(&bomb, "an alias bomb", &["env file"]);
    let error = with("resources: [bad]\n", &bomb).unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Limit, "aliases may expand to at most 1000000 values"));
}

#[test]
fn the_same_key_twice() {
    let error = with("resources: [bad]\n", format!("{OBJECT}kind: Secret\n")).unwrap_err();
    assert_eq!(error.message(), "the key `kind` is defined twice");
    assert_eq!(error.location().unwrap().line, 4);
}

#[test]
fn nothing_at_all() {
    for (reader, kustomization) in READERS {
        // An empty file is no fault in itself; a panic would be.
        if let Err(error) = with(kustomization, "") {
            told(&error, &format!("an empty file as {reader}"));
        }
    }
}

#[test]
fn too_large() {
    let tree = Tree::new().with("kustomization.yaml", "resources: [bad]\n");
    let file = std::fs::File::create(tree.at("bad")).unwrap();
    file.set_len((256 << 20) + 1).unwrap();
    let error = render(&DiskFs::new(), tree.path(), &RenderOptions::default()).unwrap_err();
    assert!(error.message().contains("is larger than 256 MiB, the limit for one file"), "{error}");
}

#[test]
fn one_hundred_megabytes() {
    if cfg!(debug_assertions) {
        println!("one hundred megabytes: a tenth of it, this is no release build");
    }
    let lines = if cfg!(debug_assertions) { 90_000 } else { 900_000 };
    let mut text = format!("{OBJECT}data:\n");
    for line in 0..lines {
        writeln!(text, "  k{line:06}: {}", "v".repeat(100)).unwrap();
    }
    let output = with("resources: [bad]\n", &text).unwrap();
    assert_eq!(output.lines().count(), lines + 5);
}

#[test]
fn directories_that_include_one_another() {
    let files = MemoryFs::new()
        .with_file("/a/kustomization.yaml", "resources: [../b]\n")
        .with_file("/b/kustomization.yaml", "components: [../c]\n")
        .with_file("/c/kustomization.yaml", "kind: Component\nresources: [../a]\n");
    let error = render(&files, "/a", &RenderOptions::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cycle);
    told(&error, "a cycle");
}

#[cfg(unix)]
#[test]
fn links_out_of_the_root_and_in_circles() {
    use std::os::unix::fs::symlink;
    let tree = Tree::new()
        .with("secret.yaml", OBJECT)
        .with("k/kustomization.yaml", "resources: [link.yaml]\n")
        .with("d/kustomization.yaml", "resources: [sub]\n");
    let build = |path: &str| render(&DiskFs::new(), tree.at(path), &RenderOptions::default());
    symlink("../secret.yaml", tree.at("k/link.yaml")).unwrap();
    let error = build("k").unwrap_err();
    assert!(error.message().contains("is not in or below"), "{error}");
    std::fs::remove_file(tree.at("k/link.yaml")).unwrap();
    symlink("link.yaml", tree.at("k/link.yaml")).unwrap();
    assert!(build("k").unwrap_err().message().contains("symbolic links"));
    symlink("../d", tree.at("d/sub")).unwrap();
    assert_eq!(build("d").unwrap_err().kind(), ErrorKind::Cycle);
}

/// A generator whose program does what `script` says.
#[cfg(unix)]
fn generator(script: &str) -> Result<String, Error> {
    use std::os::unix::fs::PermissionsExt;
    let config = "apiVersion: v1\nkind: executable\nmetadata:\n  name: bad\n  annotations:\n    \
                  config.kubernetes.io/function: |\n      exec: {path: ./bad.sh}\n";
    let tree = Tree::new()
        .with("kustomization.yaml", "generators: [config.yaml]\n")
        .with("config.yaml", config)
        .with("bad.sh", format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(tree.at("bad.sh"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let plugins = PluginOptions {
        enable_plugins: true,
        enable_exec: true,
        limits: Limits { time: Duration::from_secs(3), output: 100_000 },
        ..PluginOptions::default()
    };
    let options = RenderOptions::default().with_plugins(plugins);
    render(&DiskFs::new(), tree.path(), &options).and_then(|rendered| rendered.to_yaml())
}

#[cfg(unix)]
#[test]
fn plugins_that_hang_die_flood_or_babble() {
    let cases = [
        ("sleep 60", "3s"),
        ("echo out of order >&2; exit 3", "out of order"),
        ("kill -9 $$", "SIGKILL"),
        ("cat /dev/zero", "100000"),
        ("echo ': ['", "YAML"),
        ("head -c 100 /dev/urandom | tr '\\000-\\177' '\\200-\\377'", "UTF-8"),
    ];
    for (script, want) in cases {
        let error = generator(script).expect_err(script);
        told(&error, script);
        let text = crustomize::diagnostic::error_text(&error);
        assert!(text.contains(want), "`{script}` said:\n{text}");
    }
}
