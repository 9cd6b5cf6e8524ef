//! Charts mode over the public repositories of Decapod: each of their units becomes what `helm2yaml` makes of it,
//! or is refused with all that is wrong.
//!
//! The repositories lie beside the project and not in it. Where they don't, there is nothing to run.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests read files and print")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crustomize::DiskFs;
use crustomize::decapod::{ChartsOptions, Resolution, ResolvedChart, SourceType, Unit, resolve_units};
use crustomize::yaml::json::to_json;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Map, Value, json};

/// How many units there are of each sort.
const GOOD: usize = 34;
const REFUSED: usize = 17;

/// How many problems the refused units have, counted by a copy of `helm2yaml` that goes on after the first. The four
/// units of AWS and EKS have one more: a global that is left at `CHANGEME` is a part of a longer text there.
const PROBLEMS: [(&str, usize); REFUSED] = [
    ("aws-msa-reference__tks-cluster", 8),
    ("aws-reference__tks-cluster", 8),
    ("byoh-reference__tks-cluster", 5),
    ("byoh-ssu-reference__lma", 5),
    ("byoh-ssu-reference__service-mesh", 1),
    ("byoh-ssu-reference__tks-cluster", 5),
    ("byoh-stage-reference__lma", 5),
    ("byoh-stage-reference__service-mesh", 1),
    ("byoh-stage-reference__tks-cluster", 5),
    ("byoh-suy-reference__lma", 5),
    ("byoh-suy-reference__service-mesh", 1),
    ("byoh-suy-reference__tks-cluster", 5),
    ("byok-reference__lma", 3),
    ("byok-reference__service-mesh", 1),
    ("byok-reference__tks-cluster", 5),
    ("eks-msa-reference__tks-cluster", 9),
    ("eks-reference__tks-cluster", 9),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // A work tree may lie one folder deeper.
    let beside = ["../shared", "../../shared"].map(|path| Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    let Some(shared) = beside.iter().find(|path| path.is_dir()) else {
        println!("skipped: ../shared, with the repositories of Decapod, is not here");
        return ExitCode::SUCCESS;
    };
    let corpus = shared.join("corpus/decapod");
    let mut trials = Vec::new();
    let (mut good, mut refused) = (0, 0);
    for (name, is_good) in expectations(&corpus) {
        let corpus = corpus.clone();
        *(if is_good { &mut good } else { &mut refused }) += 1;
        trials.push(Trial::test(name.clone(), move || {
            if is_good { check_charts(&corpus, &name) } else { check_problems(&corpus, &name) }
        }));
    }
    trials.push(Trial::test("all units are there", move || {
        let found = (good, refused);
        if found == (GOOD, REFUSED) { Ok(()) } else { Err(format!("{found:?} good and refused units").into()) }
    }));
    let every = corpus;
    trials.push(Trial::test("one run tells of all units", move || check_run(&every)));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The units by name, and whether they are good.
fn expectations(corpus: &Path) -> Vec<(String, bool)> {
    let directory = corpus.join("expected");
    let entries = fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut found: Vec<(String, bool)> = entries
        .filter_map(|entry| {
            let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
            let good = name.strip_suffix(".json").map(|name| (name.to_owned(), true));
            good.or_else(|| name.strip_suffix(".error").map(|name| (name.to_owned(), false)))
        })
        .collect();
    found.sort();
    found
}

fn unit(corpus: &Path, name: &str) -> Unit {
    let (site, app) = name.split_once("__").expect("a site and an application");
    Unit {
        site: site.to_owned(),
        app: app.to_owned(),
        base: corpus.join("base").join(app),
        site_values: corpus.join("site").join(site).join(app).join("site-values.yaml"),
        common_values: None,
    }
}

fn resolved(corpus: &Path, names: &[&str]) -> Resolution {
    let units: Vec<Unit> = names.iter().map(|name| unit(corpus, name)).collect();
    resolve_units(&DiskFs::new(), &units, &ChartsOptions::default())
}

fn check_charts(corpus: &Path, name: &str) -> Result<(), Failed> {
    let text = fs::read_to_string(corpus.join("expected").join(format!("{name}.json")))?;
    let expected: Value = serde_json::from_str(&text)?;
    let resolution = resolved(corpus, &[name]);
    let unit = &resolution.units[0];
    if let Some(problem) = unit.problems.first() {
        return Err(format!("refused: {}", problem.error).into());
    }
    let charts: Map<String, Value> =
        unit.charts.iter().map(|chart| (chart.release.text.clone(), chart_json(chart))).collect();
    compare(name, &expected, &Value::Object(charts))?;
    let place = |chart: &ResolvedChart| resolution.sources.locate(chart.values.span).is_some();
    if unit.charts.iter().all(place) { Ok(()) } else { Err("a chart's values have no place".into()) }
}

fn chart_json(chart: &ResolvedChart) -> Value {
    let source_type = match chart.source.source_type {
        SourceType::HelmRepository => "HELMREPO",
        SourceType::Git => "GIT",
    };
    json!({
        "chart": chart.source.chart.text,
        "namespace": chart.namespace.text,
        "release": chart.release.text,
        "repository": chart.source.repository.text,
        "type": source_type,
        "values": to_json(&chart.values).expect("values that JSON can hold"),
        "version": chart.source.version.text,
    })
}

/// Fails at the first difference, which it names.
fn compare(path: &str, expected: &Value, actual: &Value) -> Result<(), Failed> {
    match (expected, actual) {
        (Value::Object(left), Value::Object(right)) => {
            let keys = |object: &Map<String, Value>| {
                let mut keys: Vec<String> = object.keys().cloned().collect();
                keys.sort();
                keys
            };
            if keys(left) != keys(right) {
                return Err(format!("{path}: expected the keys {:?}, not {:?}", keys(left), keys(right)).into());
            }
            left.iter().try_for_each(|(key, value)| compare(&format!("{path}.{key}"), value, &right[key]))
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => left
            .iter()
            .zip(right)
            .enumerate()
            .try_for_each(|(at, (left, right))| compare(&format!("{path}[{at}]"), left, right)),
        // `1` and `1.0` are one number in JSON.
        (Value::Number(left), Value::Number(right)) if left.as_f64() == right.as_f64() => Ok(()),
        _ if expected == actual => Ok(()),
        _ => Err(format!("{path}: expected {expected}, not {actual}").into()),
    }
}

fn check_problems(corpus: &Path, name: &str) -> Result<(), Failed> {
    let first = fs::read_to_string(corpus.join("expected").join(format!("{name}.error")))?;
    let resolution = resolved(corpus, &[name]);
    let problems = &resolution.units[0].problems;
    let told: Vec<String> = problems.iter().map(|problem| format!("{} ({:?})", problem.error, problem.path)).collect();
    let wanted = match first.split_once("$(").and_then(|(_, rest)| rest.split_once(')')) {
        Some((global, _)) => format!("there is no global `{global}`"),
        None => format!("the value is still `{}`", first.split('"').nth(1).unwrap_or_default()),
    };
    if !problems.iter().any(|problem| problem.error.message() == wanted) {
        return Err(format!("no problem says: {wanted}\n{}", told.join("\n")).into());
    }
    let placed = |location: &crustomize::source::Location| location.line > 0 && location.column > 0;
    if !problems.iter().all(|problem| problem.path.is_some() && problem.error.location().is_some_and(placed)) {
        return Err(format!("a problem without line or path\n{}", told.join("\n")).into());
    }
    let expected = PROBLEMS.iter().find(|(unit, _)| *unit == name).map_or(0, |(_, count)| *count);
    if problems.len() == expected {
        Ok(())
    } else {
        Err(format!("{} problems, expected {expected}\n{}", problems.len(), told.join("\n")).into())
    }
}

/// All units at once: the same as one by one, and each base read once.
fn check_run(corpus: &Path) -> Result<(), Failed> {
    let names = expectations(corpus);
    let resolution = resolved(corpus, &names.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>());
    for (unit, (name, is_good)) in resolution.units.iter().zip(&names) {
        let alone = &resolved(corpus, &[name]).units[0];
        let messages = |problems: &[crustomize::decapod::Problem]| {
            problems.iter().map(|problem| problem.error.to_string()).collect::<Vec<_>>()
        };
        if messages(&unit.problems) != messages(&alone.problems) || unit.problems.is_empty() != *is_good {
            return Err(format!("{name}: other problems than alone").into());
        }
    }
    let suspected = |unit: &&crustomize::decapod::ResolvedUnit| {
        unit.problems.is_empty() && unit.warnings.iter().any(|warning| warning.message.contains("TO_BE_FIXED"))
    };
    let count = resolution.units.iter().filter(suspected).count();
    let bases: std::collections::BTreeSet<PathBuf> =
        resolution.units.iter().map(|unit| unit.unit.base.clone()).collect();
    if count == 7 && bases.len() == 7 {
        Ok(())
    } else {
        Err(format!("{count} units carry `TO_BE_FIXED`, over {} bases", bases.len()).into())
    }
}
