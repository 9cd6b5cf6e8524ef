//! Nothing that comes out of a render depends on the number of threads: output, warnings, the error
//! and its place, and the place of every node, over trees of kustomizations made at random.

use crustomize::diagnostic::{error_json, warning_json};
use crustomize::fs::MemoryFs;
use crustomize::render::{RenderOptions, render};
use proptest::prelude::*;

/// What `resources` may name.
#[derive(Debug, Clone)]
enum Entry {
    File(Vec<Object>),
    Directory(Directory),
    /// A directory by the name of a file.
    Disguised(Directory),
    Missing,
    Broken,
    Repository,
}

#[derive(Debug, Clone, Copy)]
enum Object {
    ConfigMap,
    Deployment,
    /// A type that is not built in.
    Rollout,
    /// The same, with a schema in a comment.
    Commented,
    /// An object that may be there twice.
    Twin,
    /// No object.
    Nothing,
}

#[derive(Debug, Clone)]
struct Directory {
    entries: Vec<Entry>,
    fields: Vec<&'static str>,
}

/// Fields of kustomizations: some warn, some change what others see, some fail.
const FIELDS: [(u32, &str); 8] = [
    (12, "commonLabels: {a: b}\n"),
    (8, "bases: []\nnamespace: ns\n"),
    (8, "openapi: {path: ./schema.json}\n"),
    (1, "openapi: {version: v1.21.2}\n"),
    (
        6,
        "patches:\n- target: {kind: Rollout}\n  patch: |\n    apiVersion: a.b/v1\n    kind: Rollout\n    metadata: {name: x}\n    spec: {steps: [{name: b, y: 2}]}\n",
    ),
    (
        6,
        "patchesStrategicMerge: []\npatches:\n- target: {kind: Deployment}\n  patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: x}\n    spec: {template: {spec: {containers: [{name: b, tty: true}]}}}\n",
    ),
    (1, "helmCharts: [{name: chart}]\n"),
    (1, "generators: [\"{apiVersion: x/v1, kind: Plugin, metadata: {name: x}}\"]\n"),
];

const SCHEMA: &str = r#"{"definitions": {"a.Rollout": {
    "x-kubernetes-group-version-kind": [{"group": "a.b", "version": "v1", "kind": "Rollout"}],
    "properties": {"spec": {"properties": {"steps": {"type": "array", "x-kubernetes-patch-strategy": "merge",
        "x-kubernetes-patch-merge-key": "name", "items": {"properties": {"name": {}}}}}}}}}}"#;

fn object() -> impl Strategy<Value = Object> {
    prop_oneof![
        8 => Just(Object::ConfigMap),
        4 => Just(Object::Deployment),
        4 => Just(Object::Rollout),
        2 => Just(Object::Commented),
        1 => Just(Object::Twin),
        1 => Just(Object::Nothing),
    ]
}

fn file() -> impl Strategy<Value = Entry> {
    proptest::collection::vec(object(), 0..6).prop_map(Entry::File)
}

fn directory(entries: impl Strategy<Value = Entry>) -> impl Strategy<Value = Directory> {
    let fields = FIELDS.map(|(weight, field)| (weight, Just(field).boxed())).to_vec();
    let field = proptest::strategy::Union::new_weighted(fields);
    (proptest::collection::vec(entries, 1..6), proptest::collection::vec(field, 0..3)).prop_map(
        |(entries, mut fields)| {
            // No field twice.
            fields.sort_unstable();
            fields.dedup_by_key(|field| field.split(':').next().map(str::to_owned));
            Directory { entries, fields }
        },
    )
}

fn entry() -> impl Strategy<Value = Entry> {
    let leaf = prop_oneof![
        120 => file(),
        1 => Just(Entry::Missing),
        1 => Just(Entry::Broken),
        1 => Just(Entry::Repository),
    ];
    leaf.prop_recursive(4, 60, 6, |inner| {
        prop_oneof![
            4 => file(),
            12 => directory(inner.clone()).prop_map(Entry::Directory),
            1 => directory(inner).prop_map(Entry::Disguised),
        ]
    })
}

fn write(directory: &Directory, path: &str, count: &mut usize, mut files: MemoryFs) -> MemoryFs {
    let mut resources = Vec::new();
    for (index, entry) in directory.entries.iter().enumerate() {
        let (name, content) = match entry {
            Entry::File(objects) => {
                let texts: Vec<String> = objects.iter().map(|object| text(*object, count)).collect();
                (format!("f{index}.yaml"), Some(texts.join("---\n")))
            }
            Entry::Directory(_) => (format!("d{index}"), None),
            Entry::Disguised(_) => (format!("d{index}.yaml"), None),
            Entry::Missing => ("missing.yaml".to_owned(), None),
            Entry::Broken => (format!("f{index}.yml"), Some("a: [\n".to_owned())),
            Entry::Repository => ("https://example.com/a/b".to_owned(), None),
        };
        if let Entry::Directory(inner) | Entry::Disguised(inner) = entry {
            files = write(inner, &format!("{path}/{name}"), count, files);
        }
        if let Some(content) = content {
            files = files.with_file(format!("{path}/{name}"), content);
        }
        resources.push(name);
    }
    let fields = directory.fields.concat();
    files
        .with_file(format!("{path}/schema.json"), SCHEMA)
        .with_file(format!("{path}/kustomization.yaml"), format!("resources: [{}]\n{fields}", resources.join(", ")))
}

fn text(object: Object, count: &mut usize) -> String {
    *count += 1;
    let head = |api: &str, kind: &str| format!("apiVersion: {api}\nkind: {kind}\nmetadata: {{name: n{count}}}\n");
    match object {
        Object::ConfigMap => head("v1", "ConfigMap") + "data: {a: b}\n",
        Object::Deployment => {
            head("apps/v1", "Deployment") + "spec: {template: {spec: {containers: [{name: a, image: x}]}}}\n"
        }
        Object::Rollout => head("a.b/v1", "Rollout") + "spec:\n  steps:\n  - {name: a, x: 1}\n",
        Object::Commented => {
            head("a.b/v1", "Rollout")
                + "spec:\n  steps: # {\"type\":\"array\",\"x-kubernetes-patch-strategy\":\"merge\",\"x-kubernetes-patch-merge-key\":\"name\"}\n  - {name: a, x: 1}\n"
        }
        Object::Twin if count.is_multiple_of(9) => {
            "{apiVersion: v1, kind: Secret, metadata: {name: twin}}\n".to_owned()
        }
        Object::Nothing if count.is_multiple_of(9) => "just: text\n".to_owned(),
        Object::Twin | Object::Nothing => head("v1", "Secret"),
    }
}

/// Everything that a render gives, in words.
fn outcome(files: &MemoryFs, options: &RenderOptions) -> Result<[String; 3], String> {
    let rendered = render(files, "/root", options).map_err(|error| error_json(&error))?;
    let output = rendered.to_yaml().map_err(|error| error_json(&error))?;
    assert_eq!(rendered.yaml_parts().map(|parts| parts.concat()).ok(), Some(output.clone()));
    let warnings = rendered.warnings().iter().map(warning_json).collect();
    let mut places = String::new();
    for resource in rendered.resources() {
        // The spans with their numbers, and one of them in words.
        let place = rendered.sources().locate(resource.node.span);
        places += &format!("{place:?} {:?}\n", resource.node);
    }
    Ok([output, warnings, places])
}

fn one_thread() -> RenderOptions {
    RenderOptions::default().with_threads(1)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_number_of_threads_renders_the_same(root in directory(entry())) {
        let files = write(&root, "/root", &mut 0, MemoryFs::new());
        let want = outcome(&files, &one_thread());
        for threads in [2, 3, 8] {
            let shared = one_thread().with_threads(threads).with_bytes_per_thread(0);
            prop_assert_eq!(&outcome(&files, &shared), &want, "{} threads", threads);
        }
    }
}

/// Which ways the trees above go, so that none of them is left out unseen.
#[test]
fn the_trees_fail_and_succeed_and_warn() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut failed, mut warned, mut schemas) = (0, 0, 0);
    for _ in 0..200 {
        let root = directory(entry()).new_tree(&mut runner).map(|tree| tree.current());
        let files = write(&root.unwrap_or_else(|reason| panic!("{reason}")), "/root", &mut 0, MemoryFs::new());
        match outcome(&files, &one_thread()) {
            Ok([output, warnings, _]) => {
                warned += usize::from(!warnings.is_empty());
                schemas += usize::from(output.contains("  - name: b\n    \"y\": 2\n  - name: a"));
            }
            Err(_) => failed += 1,
        }
    }
    assert!(failed > 20 && failed < 150 && warned > 20 && schemas > 5, "{failed} failed, {warned} warned, {schemas}");
}
