//! The map is true, and the rooms keep to their doors.
#![allow(clippy::disallowed_methods, reason = "the tests read the repository")]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<(String, String)> {
    let mut rest = vec![root().join("src")];
    let mut found = Vec::new();
    while let Some(path) = rest.pop() {
        if path.is_dir() {
            rest.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    found.sort();
    found
}

/// The code without its tests, which stand at the end of a file or in files of their own.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap()
}

fn is_test(name: &str) -> bool {
    ["tests.rs", "testing.rs", "property_tests.rs"].iter().any(|end| name.ends_with(end))
}

/// The files outside of `doors` whose code says one of `words`.
fn trespassers(words: &[&str], doors: &[&str]) -> Vec<String> {
    let outside = |name: &str| !is_test(name) && !doors.iter().any(|door| name.starts_with(door));
    let says = |text: &str| words.iter().any(|word| code(text).contains(word));
    sources().into_iter().filter(|(name, text)| outside(name) && says(text)).map(|(name, _)| name).collect()
}

#[test]
fn every_path_on_the_map_exists() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let paths: Vec<&str> = map
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| !word.contains(['<', ' ', '(']) && (word.contains('/') || word.ends_with(".toml")))
        .collect();
    assert!(paths.len() > 20, "the map names {} paths only", paths.len());
    let missing: Vec<&&str> = paths.iter().filter(|path| !root().join(path).exists()).collect();
    assert!(missing.is_empty(), "the map names what is not there: {missing:?}");
}

#[test]
fn every_room_is_on_the_map() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let rooms: Vec<PathBuf> = fs::read_dir(root().join("src")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let unnamed: Vec<String> = rooms
        .iter()
        .filter(|room| room.is_dir())
        .map(|room| format!("src/{}", room.file_name().unwrap().to_string_lossy()))
        .filter(|room| !map.contains(&format!("`{room}`")))
        .collect();
    assert!(unnamed.is_empty(), "the map does not name {unnamed:?}");
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|(name, text)| name.ends_with(".rs") && !text.starts_with("//!"))
        .map(|(name, _)| name)
        .collect();
    assert!(silent.is_empty(), "no `//!` at the top of {silent:?}");
}

#[test]
fn only_the_file_system_touches_the_disk() {
    assert_eq!(trespassers(&["std::fs", "use std::fs"], &["src/fs/"]), [""; 0]);
}

#[test]
fn only_the_command_line_and_the_plugin_host_ask_the_environment() {
    let doors = ["src/cli/", "src/fs/", "src/plugin/environment.rs", "src/main.rs"];
    assert_eq!(trespassers(&["std::env::", "use std::env"], &doors), [""; 0]);
}

#[test]
fn only_the_command_line_prints() {
    assert_eq!(
        trespassers(&["println!(", "print!(", "io::stdout", "io::stderr"], &["src/cli/", "src/main.rs"]),
        [""; 0]
    );
}

#[test]
fn only_the_recorder_of_timings_reads_the_clock() {
    // The plugin host reads it to end programs that take too long, publishing to know when to give up.
    let doors = ["src/timings/mod.rs", "src/plugin/process.rs", "src/gitops/publish/pace.rs"];
    assert_eq!(trespassers(&["Instant", "SystemTime"], &doors), [""; 0]);
}

#[test]
fn transformers_do_not_know_that_they_are_measured() {
    let rooms = ["src/yaml/", "src/transform/", "src/patch/", "src/generate/", "src/resource/", "src/schema/"];
    let knows = |name: &str, text: &str| {
        rooms.iter().any(|room| name.starts_with(room)) && code(text).contains("crate::timings")
    };
    let guilty: Vec<String> =
        sources().into_iter().filter(|(name, text)| knows(name, text)).map(|(name, _)| name).collect();
    assert_eq!(guilty, [""; 0]);
}

#[test]
fn yaml_and_errors_know_no_kubernetes() {
    let rooms = ["src/yaml/", "src/error.rs", "src/source.rs", "src/warning.rs"];
    let words = ["crate::resource", "crate::schema", "crate::transform", "crate::kustomization", "crate::loader"];
    let knows = |text: &str| words.iter().any(|word| code(text).contains(word));
    let guilty: Vec<String> = sources()
        .into_iter()
        .filter(|(name, text)| !is_test(name) && rooms.iter().any(|room| name.starts_with(room)) && knows(text))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(guilty, [""; 0]);
}

#[test]
fn transformers_touch_no_files() {
    let rooms = ["src/transform/", "src/patch/", "src/generate/"];
    let words = ["crate::fs", "crate::loader", "crate::plugin", "crate::cli", "std::time", "std::process"];
    let touches = |text: &str| words.iter().any(|word| code(text).contains(word));
    let guilty: Vec<String> = sources()
        .into_iter()
        .filter(|(name, text)| !is_test(name) && rooms.iter().any(|room| name.starts_with(room)) && touches(text))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(guilty, [""; 0]);
}

#[test]
fn the_library_is_safe_but_for_one_door() {
    assert_eq!(trespassers(&["unsafe {", "unsafe fn", "unsafe impl"], &["src/yaml/events.rs"]), [""; 0]);
}
