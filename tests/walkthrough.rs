//! The commands of `docs/gitops.md`, run as they stand there, and the files for pipelines.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests make and read files and run programs")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crustomize::source::SourceId;
use crustomize::yaml::Node;
use crustomize::yaml::documents::{Position, split};
use crustomize::yaml::parse::parse;
use crustomize::yaml::resolve::Dialect;
use regex::Regex;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text's fenced blocks, each with its language.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let content: String =
                lines.by_ref().take_while(|line| !line.starts_with("```")).map(|line| format!("{line}\n")).collect();
            found.push((language.to_owned(), content));
        }
    }
    found
}

/// Names of commits depend on the time.
fn without_commits(text: &str) -> String {
    Regex::new(r"(?-u:\b)[0-9a-f]{7}(?-u:\b)").unwrap().replace_all(text, "COMMIT").into_owned()
}

/// A directory search path with our program in front.
fn path_with_program() -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_crustomize")).parent().unwrap();
    format!("{}:{}", program.display(), std::env::var("PATH").unwrap())
}

#[test]
fn the_walkthrough_says_what_happens() {
    const END: &str = "--- end of block ---\n";
    let text = fs::read_to_string(project().join("docs/gitops.md")).unwrap();
    let blocks = blocks(&text);
    let commands: Vec<&String> =
        blocks.iter().filter(|(language, _)| language == "sh").map(|(_, content)| content).collect();
    assert!(commands.len() > 8, "{} blocks", commands.len());
    let script: String = commands.iter().map(|block| format!("{block}printf '%s' '{END}'\n")).collect();
    let directory = tempfile::tempdir().unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec 2>&1\nset -eu\n{script}")]).current_dir(directory.path());
    shell.env("PATH", path_with_program()).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for variable in ["CI", "GITHUB_OUTPUT", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "KUSTOMIZE_ENABLE_MANAGEDBY_LABEL"] {
        shell.env_remove(variable);
    }
    let output = shell.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    let mut said = said.split(END);
    for (index, (language, content)) in blocks.iter().enumerate() {
        if language == "sh" {
            let shown = blocks.get(index + 1).filter(|(language, _)| language == "text");
            let shown = shown.map_or("", |(_, content)| content.as_str());
            assert_eq!(without_commits(said.next().unwrap()), without_commits(shown), "after\n{content}");
        }
    }
}

fn documents(path: &Path) -> Vec<Node> {
    let text = fs::read_to_string(path).unwrap().into();
    let chunks = split(&text, Position::start(SourceId(0))).unwrap();
    chunks.into_iter().filter_map(|chunk| parse(chunk, Dialect::V3).unwrap()).collect()
}

/// Every text in a tree, and the lists of texts that are arguments.
fn texts(node: &Node, found: &mut Vec<String>) {
    if let Some(text) = node.as_str() {
        found.push(text.to_owned());
    }
    if let Some(items) = node.as_sequence() {
        let words: Option<Vec<&str>> = items.iter().map(Node::as_str).collect();
        if let Some([first @ ("diff" | "publish"), rest @ ..]) = words.as_deref() {
            found.push(format!("crustomize {first} {}", rest.join(" ")));
        }
        items.iter().for_each(|item| texts(item, found));
    }
    for entry in node.as_mapping().into_iter().flatten() {
        texts(&entry.value, found);
    }
}

/// The flags of each command line of ours in a text.
fn command_lines(text: &str) -> Vec<Vec<String>> {
    let joined = text.replace("\\\n", " ");
    let start = Regex::new(r"crustomize (diff|publish) ").unwrap();
    let flag = Regex::new(r"--?[a-z][a-z-]*").unwrap();
    let line = |start: regex::Match<'_>| {
        let rest = joined[start.start()..].lines().next().unwrap_or_default();
        let command = rest.split_whitespace().nth(1).unwrap_or_default().to_owned();
        let rest = rest.split("||").next().unwrap_or_default();
        let words = rest.split_whitespace().skip(2).filter(|word| word.starts_with('-') || word.contains("+--"));
        let flags = words.filter_map(|word| Some(flag.find(word)?.as_str().to_owned()));
        std::iter::once(command).chain(flags).collect()
    };
    start.find_iter(&joined).map(line).collect()
}

#[test]
fn the_files_for_pipelines_use_flags_that_there_are() {
    let ci = project().join("docs/ci");
    let mut files: Vec<PathBuf> = fs::read_dir(ci).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.file_name().unwrap().to_string_lossy().starts_with("gitops-"));
    assert_eq!(files.len(), 4);
    files.push(project().join("action.yml"));
    files.sort();
    for file in files {
        let mut found = Vec::new();
        documents(&file).iter().for_each(|document| texts(document, &mut found));
        let uses_action = found.iter().any(|text| text.contains("crustomize@"));
        let lines: Vec<Vec<String>> = found.iter().flat_map(|text| command_lines(text)).collect();
        assert!(uses_action || lines.len() >= 2, "{}: {lines:?}", file.display());
        for line in lines {
            let (command, flags) = line.split_first().unwrap();
            let help = Command::new(env!("CARGO_BIN_EXE_crustomize")).args([command, "--help"]).output().unwrap();
            let help = String::from_utf8(help.stdout).unwrap();
            for flag in flags {
                let known = Regex::new(&format!(r"(^|[\s,]){}($|[\s,=<\[])", regex::escape(flag))).unwrap();
                assert!(known.is_match(&help), "{}: `crustomize {command}` has no `{flag}`", file.display());
            }
        }
    }
}

#[test]
fn inputs_of_the_action_are_used_and_scripts_are_shell() {
    let path = project().join("action.yml");
    let text = fs::read_to_string(&path).unwrap();
    let action = &documents(&path)[0];
    for entry in action.get("inputs").and_then(Node::as_mapping).unwrap() {
        let name = entry.key.text();
        assert!(text.contains(&format!("inputs.{name}")), "the input `{name}` is read by nobody");
    }
    let steps = action.get("runs").and_then(|runs| runs.get("steps")).and_then(Node::as_sequence).unwrap();
    for script in steps.iter().filter_map(|step| step.get("run")?.as_str()) {
        let output = Command::new("bash").args(["-n", "-c", script]).output().unwrap();
        assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&output.stderr));
    }
}
