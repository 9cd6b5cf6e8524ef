//! Kustomizations made at random give the same bytes as kustomize's, or fail as kustomize does.
//!
//! Without kustomize nothing is compared, and a line says so. `CRUSTOMIZE_ORACLE` names a command
//! that takes `build DIR`; else `kustomize` or `kubectl` is asked if it is new enough.
//! `DIFFERENTIAL_CASES` and `DIFFERENTIAL_SECONDS` make it run longer (default: 60 cases, 20
//! seconds), `DIFFERENTIAL_SEED` makes other trees, `DIFFERENTIAL_SHOW` prints why trees fail in both.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests make and read files and print")]

#[path = "differential/dice.rs"]
mod dice;
#[path = "differential/fields.rs"]
mod fields;
#[path = "differential/model.rs"]
mod model;
#[path = "differential/mutations.rs"]
mod mutations;
#[path = "differential/objects.rs"]
mod objects;
#[path = "differential/oracle.rs"]
mod oracle;
#[path = "differential/patches.rs"]
mod patches;
#[path = "differential/pods.rs"]
mod pods;
#[path = "differential/replacements.rs"]
mod replacements;
#[path = "differential/scalars.rs"]
mod scalars;
mod support;
#[path = "differential/texts.rs"]
mod texts;
#[path = "differential/yaml.rs"]
mod yaml;

use std::cell::Cell;
use std::time::{Duration, Instant};

use crustomize::diagnostic::error_text;
use crustomize::fs::DiskFs;
use crustomize::render::{RenderOptions, render};
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use model::Files;
use oracle::Oracle;
use support::Tree;

/// How often the oracle is asked again before a difference counts: the order of some keys in its
/// output depends on chance.
const SECOND_OPINIONS: usize = 8;

#[test]
fn random_kustomizations_render_as_kustomize_renders_them() {
    check("trees", model::model(), 4, |model, newest| model.files(newest));
}

/// Most of these fail; both must agree on which, and on what the others mean.
#[test]
fn slips_of_the_hand_are_taken_as_kustomize_takes_them() {
    let slips = proptest::collection::vec(dice::throws(12), 1..3);
    check("trees with slips", (model::model(), slips), 100, |(model, slips), newest| {
        let mut files = model.files(newest);
        slips.iter().for_each(|slip| mutations::mutate(&mut files, slip));
        files
    });
}

#[test]
fn random_texts_are_the_yaml_that_kustomize_reads() {
    check("texts", dice::throws(28), 100, |throws, _| texts::files(throws));
}

/// Compares what both make of random trees; at least one of `share` must render.
fn check<S: Strategy>(what: &str, strategy: S, share: u32, files: impl Fn(&S::Value, bool) -> Files) {
    let Some(oracle) = Oracle::find() else {
        println!("{what}: skipped, there is no kustomize 5.5 or later to compare with");
        return;
    };
    let cases = number("DIFFERENTIAL_CASES", 60);
    let end = Instant::now() + Duration::from_secs(number("DIFFERENTIAL_SECONDS", 20).into());
    let mut seed = [0; 32];
    seed[..4].copy_from_slice(&number("DIFFERENTIAL_SEED", 1).to_le_bytes());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 500, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let (done, rendered, failed) = (Cell::new(0), Cell::new(0), Cell::new(false));
    let result = runner.run(&strategy, |value| {
        if !failed.get() && Instant::now() > end {
            return Ok(());
        }
        done.set(done.get() + 1);
        match compare(&oracle, &files(&value, oracle.newest)) {
            Ok(true) => rendered.set(rendered.get() + 1),
            Ok(false) => {}
            Err(difference) => {
                failed.set(true);
                return Err(TestCaseError::fail(difference));
            }
        }
        Ok(())
    });
    println!("{what}: {} compared, {} of them rendered", done.get(), rendered.get());
    match result {
        Ok(()) => assert!(rendered.get() * share >= done.get(), "too many fail in both to say much"),
        Err(TestError::Fail(difference, value)) => {
            panic!("{difference}\n=== the tree:\n{:?}", files(&value, oracle.newest));
        }
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
}

fn number(variable: &str, default: u32) -> u32 {
    std::env::var(variable).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Whether the tree rendered, or how the two differ.
fn compare(oracle: &Oracle, files: &Files) -> Result<bool, String> {
    let tree = Tree::new();
    files.files.iter().for_each(|(path, content)| tree.write(path, content));
    let directory = tree.at(&files.target);
    let ours = render(&DiskFs::new(), &directory, &RenderOptions::default())
        .and_then(|rendered| rendered.to_yaml())
        .map_err(|error| error_text(&error));
    let mut theirs = Err(String::new());
    let show = std::env::var_os("DIFFERENTIAL_SHOW").is_some();
    for _ in 0..=SECOND_OPINIONS {
        theirs = oracle.build(&directory);
        match (&ours, &theirs) {
            (Ok(ours), Ok(theirs)) if ours == theirs => return Ok(true),
            (Err(_), Err(theirs)) => {
                if show {
                    println!("both fail: {}", theirs.trim_end().lines().last().unwrap_or_default());
                }
                return Ok(false);
            }
            (Ok(_), Ok(_)) => {}
            _ => break,
        }
    }
    let shown = |outcome: &Result<String, String>| match outcome {
        Ok(text) => text.clone(),
        Err(text) => format!("failure: {text}"),
    };
    Err(format!("=== kustomize:\n{}=== crustomize:\n{}", shown(&theirs), shown(&ours)))
}
