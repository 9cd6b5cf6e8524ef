//! The pieces of a build that the library offers by themselves: reading a text, printing trees, a whole render
//! in memory. How a render's time splits further is what `benches/phases.rs` tells.

mod inputs;

use std::hint::black_box;
use std::time::Duration;

use arcstr::ArcStr;
use criterion::{BatchSize, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use crustomize::resource::read::read_resources;
use crustomize::source::SourceId;
use crustomize::yaml::emit::emit;
use crustomize::{MemoryFs, RenderOptions, render};
use inputs::Workload;

/// Workloads of which a text or a tree is a piece worth measuring: the others are more of the same.
const PIECES: [&str; 2] = ["CRDs", "1,000"];

/// All resource files of the base as one text.
fn text(workload: &Workload) -> String {
    let is_resource = |path: &str| path.starts_with("base/") && !path.ends_with("kustomization.yaml");
    let texts: Vec<&str> =
        workload.files.iter().filter(|(path, _)| is_resource(path)).map(|(_, text)| text.as_str()).collect();
    texts.join("---\n")
}

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    group.sampling_mode(SamplingMode::Flat);
    for workload in Workload::all().iter().filter(|workload| PIECES.contains(&workload.name)) {
        let text = ArcStr::from(text(workload));
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(workload.name), |bencher| {
            bencher.iter_with_large_drop(|| read_resources(black_box(&text), SourceId(0)).expect("resources"));
        });
    }
    group.finish();
}

fn print(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("emit");
    group.sampling_mode(SamplingMode::Flat);
    for workload in Workload::all().iter().filter(|workload| PIECES.contains(&workload.name)) {
        let resources = read_resources(&text(workload).into(), SourceId(0)).expect("resources");
        let print = || {
            let mut out = String::new();
            resources.iter().try_for_each(|resource| emit(&resource.node, &mut out)).map(|()| out)
        };
        group.throughput(Throughput::Bytes(print().expect("a text").len() as u64));
        group.bench_function(BenchmarkId::from_parameter(workload.name), |bencher| {
            bencher.iter_with_large_drop(print);
        });
    }
    group.finish();
}

fn whole(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("render");
    group.sampling_mode(SamplingMode::Flat);
    for workload in Workload::all() {
        let add = |files: MemoryFs, (path, text): &(String, String)| files.with_file(path, text);
        let files = workload.files.iter().fold(MemoryFs::new(), add);
        let options = RenderOptions::default().with_threads(1);
        group.bench_function(BenchmarkId::from_parameter(workload.name), |bencher| {
            let build = |()| {
                let rendered = render(&files, black_box("/overlay"), &options).expect("a kustomization of our own");
                rendered.to_yaml().expect("an output of our own")
            };
            bencher.iter_batched(|| (), build, BatchSize::PerIteration);
        });
    }
    group.finish();
}

criterion_group! {
    name = pieces;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = parse, print, whole
}
criterion_main!(pieces);
