//! Where whole builds spend their time, by phase: the recorder that `--timings` prints, over many
//! runs from disk. `cargo bench --bench phases`, or with a part of a workload's name behind `--`.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a benchmark makes files and prints")]

mod inputs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crustomize::timings::TimingsReport;
use crustomize::{DiskFs, RenderOptions, Timings, render};
use inputs::Workload;

/// How long one workload may take, and how often it runs.
const PATIENCE: Duration = Duration::from_secs(5);
const MOST_RUNS: usize = 100;
const FEWEST_RUNS: usize = 3;

/// The row of everything together.
const TOTAL: &str = "total";

/// What a cell above the times says.
type Fact = fn(&Column) -> String;

/// One workload's runs.
struct Column {
    name: &'static str,
    runs: usize,
    report: TimingsReport,
    /// What the runs took, by row, in rising order.
    times: BTreeMap<&'static str, Vec<Duration>>,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    // Without it, this is `cargo test`, which only wants to know that it works.
    let measure = args.iter().any(|arg| arg == "--bench");
    let wanted = args.iter().find(|arg| !arg.starts_with('-'));
    let is_wanted = |workload: &Workload| wanted.is_none_or(|wanted| workload.name.contains(wanted.as_str()));
    let workloads: Vec<Workload> = Workload::all().into_iter().filter(is_wanted).collect();
    let workloads = if measure { &workloads[..] } else { &workloads[..workloads.len().min(1)] };
    let columns: Vec<Column> = workloads.iter().map(|workload| measured(workload, measure)).collect();
    print(&columns);
}

fn measured(workload: &Workload, measure: bool) -> Column {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = written(workload, directory.path()).expect("files in a temporary directory");
    // The first run warms the file cache and is not counted.
    let mut report = build(&path, directory.path());
    let mut column = Column { name: workload.name, runs: 0, report: report.clone(), times: BTreeMap::new() };
    let start = Instant::now();
    while column.runs < FEWEST_RUNS || (column.runs < MOST_RUNS && start.elapsed() < PATIENCE) {
        report = build(&path, directory.path());
        for phase in &report.phases {
            column.times.entry(phase.name).or_default().push(phase.busy);
        }
        column.times.entry(TOTAL).or_default().push(report.total);
        column.runs += 1;
        if !measure {
            break;
        }
    }
    column.times.values_mut().for_each(|times| times.sort_unstable());
    column
}

/// Writes the workload's files below `directory` and gives the path to build.
fn written(workload: &Workload, directory: &Path) -> std::io::Result<PathBuf> {
    for (path, text) in &workload.files {
        let path = directory.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(directory))?;
        std::fs::write(path, text)?;
    }
    Ok(directory.join("overlay"))
}

/// One build to a file, as the command does it.
fn build(path: &Path, directory: &Path) -> TimingsReport {
    let timings = Timings::on();
    let options = RenderOptions::default().with_threads(1).with_timings(timings.clone());
    let rendered = render(&DiskFs::new(), path, &options).expect("a kustomization of our own");
    let mut file = std::fs::File::create(directory.join("output")).expect("a file in a temporary directory");
    rendered.write_yaml(&mut file).expect("an output of our own");
    timings.report()
}

fn print(columns: &[Column]) {
    println!(
        "milliseconds of each phase, minimum and median; one build writes its output to a file,\nand what the caller frees afterwards is not counted"
    );
    let facts: [(&str, Fact); 5] = [
        ("", |column| column.name.to_owned()),
        ("runs", |column| column.runs.to_string()),
        ("resources", |column| column.report.resources.to_string()),
        ("bytes read", |column| column.report.bytes_read.to_string()),
        ("bytes written", |column| column.report.bytes_written.to_string()),
    ];
    for (name, fact) in facts {
        let cells: String = columns.iter().map(|column| format!("{:>20}", fact(column))).collect();
        println!("{name:32}{cells}");
    }
    for name in rows(columns) {
        let cells: String = columns.iter().map(|column| cell(column, name)).collect();
        println!("{name:32}{cells}");
    }
    for pair in columns.windows(2).filter(|pair| pair[0].name.contains(',') && pair[1].name.contains(',')) {
        let [small, large] = [0, 1].map(|index| pair[index].times[TOTAL][0].as_secs_f64());
        println!("growth {} to {}: {:.2} (4 is linear)", pair[0].name, pair[1].name, large / small);
    }
}

/// The phases that any workload has, in the order of reports, then the total.
fn rows(columns: &[Column]) -> Vec<&'static str> {
    let mut rows: Vec<&'static str> = Vec::new();
    for column in columns {
        let mut at = 0;
        for phase in &column.report.phases {
            match rows.iter().position(|row| *row == phase.name) {
                Some(found) => at = found + 1,
                None => {
                    rows.insert(at, phase.name);
                    at += 1;
                }
            }
        }
    }
    rows.push(TOTAL);
    rows
}

fn cell(column: &Column, row: &str) -> String {
    let Some(times) = column.times.get(row) else { return format!("{:>20}", "-") };
    let [minimum, median] = [times[0], times[times.len() / 2]].map(|time| time.as_secs_f64() * 1e3);
    format!("{:>20}", format!("{minimum:.3} {median:.3}"))
}
