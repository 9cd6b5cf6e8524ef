//! Every directory `testdata/diff/CASE` is a test: two sets of units, `base` and `head`, and what `crustomize diff`
//! says of them in each format. `case.toml` holds options, `ignore.yaml` rules, `secrets.txt` what must be seen in no
//! format, neither as it is nor in base64.
//!
//! Of every case `git apply` must make the head of the base and the base of the head, unless something is masked or
//! is no text: then it must refuse. So it is with trees made at random.
//!
//! `BLESS=1` writes what came out instead of comparing.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests make and read files and print")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crustomize::gitops::diff::{DiffOptions, Report, TextDiff, diff, parse_rules};
use crustomize::gitops::format::{MarkdownOptions, NoiseMode, TextOptions, json, markdown, semantic, text, unified};
use crustomize::gitops::{ManifestFile, RenderedSet, UnitManifests, UnitName};
use libtest_mimic::{Arguments, Failed, Trial};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

/// The files of a set by `SITE/APP/PATH`.
type Files = BTreeMap<String, Vec<u8>>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/diff");
    let bless = std::env::var_os("BLESS").is_some_and(|value| value == "1");
    if bless && std::env::var_os("CI").is_some() {
        eprintln!("BLESS=1 is refused where CI is set");
        return ExitCode::FAILURE;
    }
    let mut cases: Vec<PathBuf> =
        fs::read_dir(&root).expect("the cases").map(|entry| entry.expect("an entry").path()).collect();
    cases.sort();
    let mut trials: Vec<Trial> = cases
        .into_iter()
        .map(|case| {
            let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Trial::test(name, move || check(&case, bless))
        })
        .collect();
    trials.push(Trial::test("patches of trees made at random", random_trees));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn check(case: &Path, bless: bool) -> Result<(), Failed> {
    let (base, head) = (files(&case.join("base"))?, files(&case.join("head"))?);
    let (options, noise) = settings(case)?;
    let said = |threads: usize| {
        let mut report =
            diff(&set(&base), &set(&head), &DiffOptions { threads: NonZeroUsize::new(threads), ..options.clone() });
        (report.base, report.head) = ("base".to_owned(), "head".to_owned());
        report
    };
    let report = said(1);
    let outputs = formats(&report, noise);
    if formats(&said(4), noise) != outputs {
        return Err("with several threads something else comes out".into());
    }
    for (name, output) in &outputs {
        no_secrets(case, name, output)?;
    }
    no_secrets(case, "the report itself", &format!("{report:?}"))?;
    for side in [&base, &head] {
        let same = diff(&set(side), &set(side), &options);
        if same.is_changed() || same.units.iter().any(|unit| !unit.objects.is_empty() || !unit.files.is_empty()) {
            return Err("a side differs from itself".into());
        }
    }
    applies(&report, &base, &head)?;
    applies(&diff(&set(&head), &set(&base), &options), &head, &base)?;
    for (name, output) in outputs.iter().filter(|(name, _)| name.contains('.')) {
        let path = case.join(name);
        if bless {
            fs::write(&path, output)?;
        } else if fs::read_to_string(&path).ok().as_ref() != Some(output) {
            let expected = fs::read_to_string(&path).unwrap_or_else(|error| error.to_string());
            return Err(
                format!("{name} is not what was expected\n--- expected\n{expected}\n--- actual\n{output}").into()
            );
        }
    }
    Ok(())
}

/// The report in every format; those with a file's name are compared with that file.
fn formats(report: &Report, noise: NoiseMode) -> Vec<(&'static str, String)> {
    let plain = TextOptions { color: false, noise };
    vec![
        ("text.txt", text(report, &plain)),
        ("semantic.txt", semantic(report, &plain)),
        ("unified.diff", unified(report)),
        ("report.json", json(report)),
        ("text in colours", text(report, &TextOptions { color: true, noise })),
        ("markdown", markdown(report, &MarkdownOptions { noise, ..MarkdownOptions::default() })),
    ]
}

fn no_secrets(case: &Path, name: &str, output: &str) -> Result<(), Failed> {
    let secrets = fs::read_to_string(case.join("secrets.txt")).unwrap_or_default();
    for secret in secrets.lines() {
        let encoded = STANDARD.encode(secret);
        if output.contains(secret) || output.contains(encoded.trim_end_matches('=')) {
            return Err(format!("`{secret}` is seen in {name}\n{output}").into());
        }
    }
    Ok(())
}

/// `git apply` makes `new` of `old`, or refuses what is masked.
fn applies(report: &Report, old: &Files, new: &Files) -> Result<(), Failed> {
    let changed = || report.units.iter().flat_map(|unit| &unit.files);
    let is_exact = changed().all(|file| !file.is_masked && matches!(file.text, TextDiff::Hunks(_)));
    if changed().next().is_none() {
        return Ok(());
    }
    let directory = tempfile::tempdir()?;
    for (path, content) in old {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(directory.path()))?;
        fs::write(path, content)?;
    }
    let mut git = Command::new("git");
    git.args(["apply", "--unidiff-zero", "-p1"]).current_dir(directory.path()).env("GIT_CEILING_DIRECTORIES", "/");
    let mut git = git.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    git.stdin.take().expect("a pipe").write_all(unified(report).as_bytes())?;
    let output = git.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let made = files(directory.path())?;
    match (is_exact, output.status.success()) {
        (true, true) if made == *new => Ok(()),
        (true, true) => {
            Err(format!("the patch makes something else: {:?}\nof\n{}", made.keys(), unified(report)).into())
        }
        (true, false) => Err(format!("git refuses: {said}\n{}", unified(report)).into()),
        (false, false) if made == *old => Ok(()),
        (false, _) => Err("a patch with masks in it was applied".into()),
    }
}

fn settings(case: &Path) -> Result<(DiffOptions, NoiseMode), Failed> {
    let mut options = DiffOptions { files: true, ..DiffOptions::default() };
    let mut noise = NoiseMode::Group;
    let rules = case.join("ignore.yaml");
    if rules.is_file() {
        options.rules = parse_rules(Path::new("ignore.yaml"), fs::read(rules)?).map_err(|error| error.to_string())?;
    }
    let text = fs::read_to_string(case.join("case.toml")).unwrap_or_default();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let (key, value) = line.split_once(" = ").ok_or_else(|| format!("no `key = value`: `{line}`"))?;
        match (key, value.trim_matches('"')) {
            ("mask", mask) => options.masks.push(mask.parse().map_err(|error: crustomize::Error| error.to_string())?),
            ("noise", "show") => noise = NoiseMode::Show,
            ("noise", "hide") => noise = NoiseMode::Hide,
            ("show-secrets", "true") => options.show_secrets = true,
            ("context", number) => options.context = number.parse()?,
            ("max-lines", number) => options.max_lines = number.parse()?,
            _ => return Err(format!("no such setting: `{line}`").into()),
        }
    }
    Ok((options, noise))
}

fn set(files: &Files) -> RenderedSet {
    let mut set = RenderedSet::default();
    for (path, content) in files {
        let mut parts = path.splitn(3, '/').map(str::to_owned);
        let (Some(site), Some(app), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
            panic!("`{path}` is in no unit")
        };
        let unit = set.units.entry(UnitName { site, app }).or_insert_with(|| UnitManifests::Files(Vec::new()));
        if let UnitManifests::Files(files) = unit {
            let content = content.clone();
            files.push(ManifestFile { path, content, resources: Vec::new(), generated: Vec::new() });
        }
    }
    set
}

/// All files below a folder; a folder that is not there has none.
fn files(root: &Path) -> Result<Files, Failed> {
    let mut found = Files::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(directory) = waiting.pop().filter(|directory| directory.is_dir()) {
        for entry in fs::read_dir(&directory)? {
            let path = entry?.path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path
                    .strip_prefix(root)?
                    .to_str()
                    .ok_or("a name that is no text")?
                    .replace(std::path::MAIN_SEPARATOR, "/");
                found.insert(name, fs::read(&path)?);
            }
        }
    }
    Ok(found)
}

fn random_trees() -> Result<(), Failed> {
    let name = || "s/(a|ü)/(x\\.yaml|a b\\.yaml|\"q\\\\\\.yaml|deep/d\\.yaml|é\t\\.txt|-|'|%2F|a\\.json)";
    let content = || {
        prop_oneof![
            "[a-c:\n -]{0,60}",
            "(kind: A\nmetadata: \\{name: [ab]\\}\n(x: [ab]\r?\n){0,9}(---\n)?){0,4}",
            "([ab+\\\\@-]{0,3}\n){0,30}[a]?",
            "\u{0}?[\u{1}-\u{ff}]{0,9}",
        ]
    };
    let tree = || prop::collection::btree_map(name(), content().prop_map(String::into_bytes), 0..6);
    let mut runner = TestRunner::new(Config { cases: 96, failure_persistence: None, ..Config::default() });
    runner
        .run(&(tree(), tree(), 0..4_usize), |(old, new, context)| {
            let options = DiffOptions { files: true, context, ..DiffOptions::default() };
            let report = diff(&set(&old), &set(&new), &options);
            applies(&report, &old, &new)
                .map_err(|failed| TestCaseError::fail(failed.message().unwrap_or_default().to_owned()))
        })
        .map_err(|error| error.to_string().into())
}
