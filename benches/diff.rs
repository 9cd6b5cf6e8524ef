//! What differs between two sets of 100,000 objects, 57 MB on each side: seconds and memory, each workload in a
//! process of its own. `cargo bench --bench diff`.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a benchmark prints")]

use std::fmt::Write as _;
use std::process::Command;
use std::time::Instant;

use crustomize::gitops::diff::{DiffOptions, Report, diff};
use crustomize::gitops::format::{TextOptions, json, semantic, text, unified};
use crustomize::gitops::{ManifestFile, RenderedSet, UnitManifests, UnitName};

/// What happens to the objects.
const WORKLOADS: [&str; 6] = [
    "nothing changes",
    "one in a hundred changes",
    "all change",
    "all change, files too",
    "all change, one unit, one file",
    "all are new",
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--workload") {
        return measure(&arguments[at + 1], arguments[at + 2].parse().expect("a number"));
    }
    // Without it, this is `cargo test`, which only wants to know that it works.
    let objects = if arguments.iter().any(|argument| argument == "--bench") { 100_000 } else { 200 };
    println!("{objects} objects on each side; seconds");
    println!("{:32} {:>7} {:>7} {:>9} {:>9} {:>8} {:>8}", "", "diff", "text", "semantic", "unified", "json", "peak");
    let program = std::env::current_exe().expect("this program");
    for workload in WORKLOADS {
        let status = Command::new(&program).args(["--workload", workload, &objects.to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "{workload}");
    }
}

fn measure(workload: &str, objects: usize) {
    let units = if workload.contains("one unit") { 1 } else { 1_000 };
    let single = workload.contains("one file");
    let changes = |index: usize| match workload {
        "nothing changes" => false,
        "one in a hundred changes" => index.is_multiple_of(100),
        _ => true,
    };
    let old = if workload == "all are new" { RenderedSet::default() } else { set(objects, units, single, |_| false) };
    let new = set(objects, units, single, changes);
    let options = DiffOptions { files: workload.contains("files too"), ..DiffOptions::default() };
    let start = Instant::now();
    let report = diff(&old, &new, &options);
    let mut line = format!("{workload:32} {:7.2}", start.elapsed().as_secs_f64());
    for (width, format) in [(7, printed as fn(&Report) -> String), (9, fields), (9, unified), (8, json)] {
        let start = Instant::now();
        let length = format(&report).len();
        assert!(length > 0 || !options.files);
        let _ = write!(line, " {:width$.2}", start.elapsed().as_secs_f64());
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    println!("{line} {:>5} MB", peak.map_or_else(|| "?".to_owned(), |kilobytes| (kilobytes / 1024).to_string()));
}

fn printed(report: &Report) -> String {
    text(report, &TextOptions::default())
}

fn fields(report: &Report) -> String {
    semantic(report, &TextOptions::default())
}

/// Deployments, Services and ConfigMaps, in files of their own or all in one.
fn set(objects: usize, units: usize, single: bool, changes: impl Fn(usize) -> bool) -> RenderedSet {
    let mut set = RenderedSet::default();
    for unit in 0..units {
        let mut files: Vec<ManifestFile> = Vec::new();
        for index in (unit..objects).step_by(units) {
            let text = object(index, changes(index));
            match files.last_mut().filter(|_| single) {
                Some(file) => file.content.extend([b"---\n", text.as_bytes()].concat()),
                None => files.push(ManifestFile {
                    path: format!("default/object-{index:06}.yaml"),
                    content: text.into_bytes(),
                    resources: Vec::new(),
                    generated: Vec::new(),
                }),
            }
        }
        let name = UnitName { site: format!("site-{:03}", unit / 10), app: format!("app-{}", unit % 10) };
        set.units.insert(name, UnitManifests::Files(files));
    }
    set
}

/// About 570 bytes.
fn object(index: usize, changed: bool) -> String {
    let version = if changed { "1.2.4" } else { "1.2.3" };
    let labels = format!(
        "  labels:\n    app.kubernetes.io/name: object-{index:06}\n    helm.sh/chart: chart-7.8.9\n  name: object-{index:06}\n  namespace: default\n"
    );
    match index % 3 {
        0 => format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n{labels}spec:\n  replicas: 2\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: object-{index:06}\n  template:\n    metadata:\n      labels:\n        app.kubernetes.io/name: object-{index:06}\n    spec:\n      containers:\n      - args:\n        - --listen=:8080\n        - --log-level=info\n        env:\n        - name: REGION\n          value: eu-central-1\n        - name: STAGE\n          value: production\n        image: registry.example.com/team/service:{version}\n        name: main\n        ports:\n        - containerPort: 8080\n          name: http\n          protocol: TCP\n        resources:\n          limits:\n            cpu: 500m\n            memory: 256Mi\n"
        ),
        1 => format!(
            "apiVersion: v1\nkind: Service\nmetadata:\n  annotations:\n    example.com/version: {version}\n    example.com/description: what people call the front door of the team's service in production\n{labels}spec:\n  ports:\n  - name: http\n    port: 80\n    protocol: TCP\n    targetPort: http\n  - name: metrics\n    port: 9090\n    protocol: TCP\n    targetPort: metrics\n  selector:\n    app.kubernetes.io/name: object-{index:06}\n  type: ClusterIP\n"
        ),
        _ => format!(
            "apiVersion: v1\ndata:\n  service.conf: |\n    # settings of the service, as they were agreed with the people who run it\n    listen = 0.0.0.0:8080\n    version = {version}\n    timeout = 30s\n    retries = 3\n    upstream = http://backend.default.svc.cluster.local:8080\n    cache = redis://cache.default.svc.cluster.local:6379/0\n    trace = true\n    sample = 0.01\n    log = json\nkind: ConfigMap\nmetadata:\n{labels}"
        ),
    }
}
