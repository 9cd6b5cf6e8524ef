//! A thousand sites over one base: one `crustomize render` beside a `crustomize build` for each, all as
//! processes, from disk. `cargo bench --bench fleet`.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a benchmark makes files and prints")]

mod inputs;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const CRUSTOMIZE: &str = env!("CARGO_BIN_EXE_crustomize");

fn main() {
    // Without it, this is `cargo test`, which only wants to know that it works.
    let measure = std::env::args().any(|arg| arg == "--bench");
    let (sites, rounds) = if measure { (1_000, 5) } else { (3, 1) };
    let directory = tempfile::tempdir().expect("a temporary directory");
    let root = directory.path();
    for (path, text) in inputs::fleet::fleet(sites) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(root)).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    println!("{sites} sites over a base of 50 resources; seconds, median of {rounds}");
    let builds = median(rounds, || builds(root, sites));
    println!("{:34} {:8.3}", format!("{sites} times `build`"), builds.as_secs_f64());
    let row = |name: &str, args: &[&str]| {
        let _ = std::fs::remove_dir_all(root.join("out"));
        let peak = peak(root, args);
        let took = median(rounds, || {
            let _ = std::fs::remove_dir_all(root.join("out"));
            run(root, args)
        });
        let times = builds.as_secs_f64() / took.as_secs_f64();
        let peak =
            peak.map_or_else(|| "unknown".to_owned(), |kilobytes| format!("{:.1} MB", kilobytes as f64 / 1024.0));
        println!("{name:34} {:8.3}   {times:6.1} times as fast   peak {peak}", took.as_secs_f64());
    };
    row("`render`", &["render"]);
    row("`render --threads 1`", &["render", "--threads", "1"]);
    row("`render -o out`", &["render", "-o", "out"]);
    std::fs::write(root.join("crustomize.yaml"), "layout: single\n").expect("a file");
    row("`render -o out`, one file a unit", &["render", "-o", "out"]);
}

fn median(rounds: usize, mut once: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..rounds).map(|_| once()).collect();
    times.sort_unstable();
    times[times.len() / 2]
}

/// A build of each site, one after the other, as a pipeline does it.
fn builds(root: &Path, sites: usize) -> Duration {
    let start = Instant::now();
    for site in 0..sites {
        run(root, &["build", &format!("sites/site-{site:04}/shop")]);
    }
    start.elapsed()
}

/// How long one process takes with its output thrown away.
fn run(root: &Path, args: &[&str]) -> Duration {
    let start = Instant::now();
    let status = start_process(root, args).wait();
    assert!(status.is_ok_and(|status| status.success()), "{args:?}");
    start.elapsed()
}

/// How many kilobytes of memory such a process has at most, where that can be known. It is asked again and again,
/// which takes time: so nobody takes the time of this one.
fn peak(root: &Path, args: &[&str]) -> Option<u64> {
    let mut child = start_process(root, args);
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    loop {
        peak = peak.max(std::fs::read_to_string(&status).ok().and_then(|text| high_water_mark(&text)));
        if let Some(status) = child.try_wait().expect("a child process") {
            assert!(status.success(), "{args:?}");
            return peak;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn start_process(root: &Path, args: &[&str]) -> Child {
    let mut command = Command::new(CRUSTOMIZE);
    let command = command.args(args).current_dir(root).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("crustomize starts")
}

fn high_water_mark(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}
