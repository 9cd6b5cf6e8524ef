//! Every directory `testdata/AREA/CASE` (but for those of `tests/diff.rs`) is a test: the kustomization in `input` makes exactly
//! `expected.yaml`, or fails with exactly `error.txt`; the warnings of a render that succeeds are
//! in `warnings.txt`.
//!
//! `BLESS=1` writes what the render gave instead of comparing; expectations of output come from
//! kustomize itself and are only ever looked at again, not invented, that way.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests make and read files and print")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crustomize::diagnostic::{error_text, warning_text};
use crustomize::fs::{FileSystem, MemoryFs};
use crustomize::render::{RenderOptions, Reorder, render};
use crustomize::{LoadRestriction, Packs};
use libtest_mimic::{Arguments, Failed, Trial};
use support::RootedFs;

const OUTPUT: &str = "expected.yaml";
const ERROR: &str = "error.txt";
const WARNINGS: &str = "warnings.txt";

/// What a render printed and warned of, or why it failed.
type Outcome = Result<(String, String), String>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let bless = std::env::var_os("BLESS").is_some_and(|value| value == "1");
    if bless && std::env::var_os("CI").is_some() {
        eprintln!("BLESS=1 is refused where CI is set");
        return ExitCode::FAILURE;
    }
    let trials = directories(&root)
        .iter()
        .filter(|area| !area.ends_with("diff"))
        .flat_map(|area| directories(area))
        .map(|case| {
            let name = case.strip_prefix(&root).unwrap_or(&case).to_string_lossy().replace('\\', "/");
            Trial::test(name, move || check(&case, bless))
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn directories(parent: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).unwrap_or_else(|error| panic!("{}: {error}", parent.display()));
    let mut found: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

fn check(case: &Path, bless: bool) -> Result<(), Failed> {
    let settings = Settings::read(&case.join("case.toml"))?;
    let input = case.join("input");
    let on_disk = settings.outcome(&RootedFs::new(&input).map_err(|error| format!("no directory `input`: {error}"))?);
    if !settings.on_disk_only {
        let in_memory = settings.outcome(&in_memory(&input)?);
        if on_disk != in_memory {
            return Err(difference("in memory the render gives something else", &on_disk, &in_memory));
        }
    }
    // Every case once more by several threads, however little there is to do.
    let many = settings.with_threads(4).outcome(&RootedFs::new(&input)?);
    if on_disk != many {
        return Err(difference("with several threads the render gives something else", &on_disk, &many));
    }
    if bless {
        return write(case, &on_disk);
    }
    let read = |file: &str| fs::read_to_string(case.join(file));
    let expected = match (read(OUTPUT), read(ERROR)) {
        (Ok(_), Ok(_)) => return Err(format!("both `{OUTPUT}` and `{ERROR}` are there").into()),
        (Ok(output), Err(_)) => Ok((output, read(WARNINGS).unwrap_or_default())),
        (Err(_), Ok(error)) => Err(error),
        (Err(_), Err(_)) => {
            return Err(
                format!("neither `{OUTPUT}` nor `{ERROR}` is there; the render gave {}", shown(&on_disk)).into()
            );
        }
    };
    if on_disk == expected { Ok(()) } else { Err(difference("not what was expected", &expected, &on_disk)) }
}

fn write(case: &Path, outcome: &Outcome) -> Result<(), Failed> {
    for file in [OUTPUT, ERROR, WARNINGS] {
        let _ = fs::remove_file(case.join(file));
    }
    match outcome {
        Ok((output, warnings)) => {
            fs::write(case.join(OUTPUT), output)?;
            if !warnings.is_empty() {
                fs::write(case.join(WARNINGS), warnings)?;
            }
        }
        Err(error) => fs::write(case.join(ERROR), error)?,
    }
    Ok(())
}

fn shown(outcome: &Outcome) -> String {
    match outcome {
        Ok((output, warnings)) => format!("output:\n{output}{warnings}"),
        Err(text) => format!("failure:\n{text}"),
    }
}

fn difference(what: &str, expected: &Outcome, actual: &Outcome) -> Failed {
    format!("{what}\n--- expected {}\n--- actual {}", shown(expected), shown(actual)).into()
}

/// The files of `input` at the root of a tree in memory.
fn in_memory(input: &Path) -> Result<MemoryFs, Failed> {
    let mut files = MemoryFs::new();
    let mut waiting = vec![input.to_owned()];
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(&directory)? {
            let path = entry?.path();
            let name = Path::new("/").join(path.strip_prefix(input)?);
            if path.is_dir() {
                files.create_dir_all(&name)?;
                waiting.push(path);
            } else {
                files = files.with_file(name, fs::read(&path)?);
            }
        }
    }
    Ok(files)
}

/// What `case.toml` may say, one `key = value` a line.
#[derive(Debug)]
struct Settings {
    directory: PathBuf,
    options: RenderOptions,
    on_disk_only: bool,
}

fn packs(names: &str) -> Result<Packs, String> {
    Packs::parse(names.split(',')).map_err(|(message, _)| message)
}

impl Settings {
    fn read(path: &Path) -> Result<Self, Failed> {
        let mut settings = Self {
            directory: PathBuf::from("."),
            options: RenderOptions::default().with_threads(1),
            on_disk_only: false,
        };
        let Ok(text) = fs::read_to_string(path) else { return Ok(settings) };
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            let (key, value) = line.split_once(" = ").ok_or_else(|| format!("no `key = value`: `{line}`"))?;
            let options = &mut settings.options;
            match (key, value) {
                ("directory", path) => settings.directory = PathBuf::from(path.trim_matches('"')),
                ("load-restrictor", "\"none\"") => options.load_restriction = LoadRestriction::None,
                ("reorder", "\"legacy\"") => options.reorder = Reorder::Legacy,
                ("reorder", "\"none\"") => options.reorder = Reorder::None,
                ("managed-by-label", "true") => options.add_managed_by_label = true,
                ("managed-by", name) => options.managed_by = name.trim_matches('"').to_owned(),
                ("definitions", folder) => options.definitions = vec![PathBuf::from(folder.trim_matches('"'))],
                ("packs", names) => options.packs = packs(names.trim_matches('"'))?,
                ("alpha-plugins", "true") => options.plugins.enable_plugins = true,
                ("exec", "true") => options.plugins.enable_exec = true,
                ("on-disk-only", "true") => settings.on_disk_only = true,
                _ => return Err(format!("no such setting: `{line}`").into()),
            }
        }
        Ok(settings)
    }

    fn with_threads(self, threads: usize) -> Self {
        Self { options: self.options.with_threads(threads).with_bytes_per_thread(0), ..self }
    }

    fn outcome(&self, files: &dyn FileSystem) -> Outcome {
        let rendered = render(files, &self.directory, &self.options).map_err(|error| error_text(&error))?;
        let output = rendered.to_yaml().map_err(|error| error_text(&error))?;
        Ok((output, rendered.warnings().iter().map(warning_text).collect()))
    }
}
