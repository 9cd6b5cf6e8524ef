//! Tests of strategic merges, with what kustomize makes of the same.

use super::*;
use crate::source::{SourceId, Span};
use crate::yaml::emit::to_yaml_string;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;

const TARGET: SourceId = SourceId(0);
const PATCH: SourceId = SourceId(1);

fn read(text: &str, source: SourceId) -> Node {
    let text = text.into();
    parse(Chunk::whole(&text, source), Dialect::V3).unwrap().unwrap()
}

fn merge(target: &str, patch: &str) -> Result<Option<Node>> {
    let mut target = read(target, TARGET);
    let outcome = apply_strategic_merge(&mut target, &read(patch, PATCH), &Schema::default(), None)?;
    Ok((outcome == Outcome::Kept).then_some(target))
}

/// Merges the body of a custom resource, without a schema.
fn plain(target: &str, patch: &str) -> String {
    to_yaml_string(&merge(target, patch).unwrap().unwrap()).unwrap()
}

/// Merges the fields of a pod.
fn pod(target: &str, patch: &str) -> String {
    let head = "apiVersion: v1\nkind: Pod\n";
    let merged = plain(&format!("{head}{target}"), &format!("{head}{patch}"));
    merged.strip_prefix(head).unwrap().to_owned()
}

#[test]
fn mappings() {
    assert_eq!(plain("a: {x: 1, y: 2}\n", "a: {y: 3, z: 4}\n"), "a:\n  x: 1\n  \"y\": 3\n  z: 4\n");
    assert_eq!(plain("a: 1\nb: 2\n", "a: null\nc: null\nd: {e: null, f: 1}\n"), "b: 2\nd:\n  f: 1\n");
    assert_eq!(plain("a: {x: 1}\n", "a: {}\nb: {}\n"), "a:\n  x: 1\nb: {}\n");
    assert_eq!(plain("a: {x: 1}\nb: {y: 1}\n", "a: {$patch: delete}\nb: {$patch: replace, z: 2}\n"), "b:\n  z: 2\n");
    assert_eq!(
        plain("a: {x: 1}\n", "a: {$patch: merge, z: 2}\nb: {$patch: replace, c: 1}\n"),
        "a:\n  x: 1\n  z: 2\nb:\n  c: 1\n"
    );
}

#[test]
fn nulls_of_the_target() {
    assert_eq!(plain("a: null\nb: ~\nc:\nd: [~]\n", "e: 1\n"), "a: null\nb: null\nd:\n- null\ne: 1\n");
    assert_eq!(plain("a: null\n", "a: {b: 1}\n"), "a:\n  b: 1\n");
}

#[test]
fn a_value_takes_the_quotes_of_the_old_one() {
    assert_eq!(plain("a: \"1\"\nb: 1\n", "a: 2\nb: \"2\"\n"), "a: \"2\"\nb: \"2\"\n");
}

#[test]
fn lists_without_a_schema_are_replaced() {
    assert_eq!(plain("a: [{name: x}, {name: y}]\n", "a: [{name: y, v: null}]\n"), "a:\n- name: \"y\"\n  v: null\n");
    assert_eq!(plain("a: [1]\n", "a: [{$patch: delete}]\nb: []\n"), "a:\n- $patch: delete\nb: []\n");
}

#[test]
fn lists_with_a_merge_key() {
    let merged = pod(
        "spec: {containers: [{name: a, image: x}, {name: b}]}\n",
        "spec: {containers: [{name: c}, {name: b, image: y}]}\n",
    );
    assert_eq!(merged, "spec:\n  containers:\n  - name: c\n  - image: \"y\"\n    name: b\n  - image: x\n    name: a\n");
    let merged = pod(
        "spec: {containers: [{name: a}, {name: b}], volumes: [{name: v}]}\n",
        "spec: {containers: [{name: a, $patch: delete}], volumes: [{$patch: replace}, {name: w}]}\n",
    );
    assert_eq!(merged, "spec:\n  containers:\n  - name: b\n  volumes:\n  - name: w\n");
    // Upstream puts the target's item in the place of its replacement.
    let merged = pod(
        "spec: {containers: [{name: a, image: x}]}\n",
        "spec: {containers: [{name: a, command: [c], $patch: replace}]}\n",
    );
    assert_eq!(merged, "spec:\n  containers:\n  - image: x\n    name: a\n");
    // Doubles of the target go, whatever the patch is about.
    let merged = pod("spec: {containers: [{name: a}, {name: b}, {name: a, image: x}]}\n", "metadata: {name: p}\n");
    assert_eq!(merged, "metadata:\n  name: p\nspec:\n  containers:\n  - image: x\n    name: a\n  - name: b\n");
}

#[test]
fn lists_with_two_merge_keys() {
    let ports = |target: &str, patch: &str| {
        let head = "apiVersion: v1\nkind: Service\n";
        let with = |ports: &str| format!("{head}spec: {{ports: {ports}}}\n");
        plain(&with(target), &with(patch)).strip_prefix(head).unwrap().to_owned()
    };
    let merged = ports(
        "[{port: 80, protocol: TCP, name: a}, {port: 80, protocol: UDP}]",
        "[{port: 80, protocol: TCP, name: b}]",
    );
    assert_eq!(
        merged,
        "spec:\n  ports:\n  - name: b\n    port: 80\n    protocol: TCP\n  - port: 80\n    protocol: UDP\n"
    );
    let merged = ports("[{port: 80, name: a}]", "[{port: 80, name: b}, {port: 81}]");
    assert_eq!(merged, "spec:\n  ports:\n  - name: b\n    port: 80\n  - port: 81\n");
    // An item is met twice here, and its directive is gone the second time.
    let merged =
        ports("[{port: 80, protocol: TCP}]", "[{port: 81, protocol: TCP, targetPort: 1, $patch: delete}, {port: 81}]");
    assert_eq!(
        merged,
        "spec:\n  ports:\n  - port: 81\n    protocol: TCP\n    targetPort: 1\n  - port: 80\n    protocol: TCP\n"
    );
}

#[test]
fn lists_of_plain_values() {
    let finalizers = |target: &str, patch: &str| {
        let with = |list: &str| format!("metadata: {{finalizers: {list}}}\n");
        pod(&with(target), &with(patch))
    };
    assert_eq!(finalizers("[a, b]", "[c, b]"), "metadata:\n  finalizers:\n  - c\n  - b\n  - a\n");
    assert_eq!(finalizers("[a, b]", "[{$patch: replace}, c]"), "metadata:\n  finalizers:\n  - c\n");
    assert_eq!(finalizers("[a, b]", "[{$patch: delete}]"), "metadata: {}\n");
}

#[test]
fn embedded_objects_have_the_schema_of_their_type() {
    let template =
        |name: &str| format!("object: {{apiVersion: v1, kind: Pod, spec: {{containers: [{{name: {name}}}]}}}}\n");
    let merged = plain(&template("a"), &template("b"));
    assert_eq!(merged.matches("- name").count(), 2, "{merged}");
}

#[test]
fn the_root() {
    assert_eq!(merge("a: 1\n", "$patch: delete\n").unwrap(), None);
    assert_eq!(plain("a: 1\n", "$patch: replace\nb: 2\n"), "a: 1\n");
    assert_eq!(plain("a: 1\n", "$patch: merge\nb: 2\n"), "a: 1\nb: 2\n");
}

#[test]
fn what_does_not_fit() {
    for (target, patch) in [("a: 1\n", "a: {b: 1}\n"), ("a: {b: 1}\n", "a: [1]\n"), ("a: [1]\n", "a: x\n")] {
        let error = merge(target, patch).unwrap_err();
        assert!(error.message().contains("for `a`"), "{error}");
        assert_eq!(error.frames().len(), 1);
        assert_eq!(error.hints().len(), 1);
    }
    for (target, patch) in [("'': 1\n", "a: 1\n"), ("a: 1\n", "'': null\n"), ("a: 1\n", "b: {'': 1}\n")] {
        assert_eq!(merge(target, patch).unwrap_err().message(), "an object with an empty key can't be patched");
    }
    assert_eq!(plain("a: [{'': 1}]\n", "b: 1\n"), "a:\n- \"\": 1\nb: 1\n");
    assert_eq!(merge("a: {}\n", "a: {$patch: sort}\n").unwrap_err().message(), "unknown patch directive `sort`");
    // Where the target has nothing, upstream overlooks an unknown directive.
    assert_eq!(plain("b: 1\n", "a: {$patch: sort}\n"), "a:\n  $patch: sort\nb: 1\n");
}

#[test]
fn places() {
    let merged = merge("a: 1\nb: {c: 1}\n", "b:\n  d: 2\n").unwrap().unwrap();
    let place = |path: &[&str]| merged.lookup(path).map(|node| node.span);
    assert_eq!(place(&["a"]), Some(Span::new(TARGET, 1, 4)));
    assert_eq!(place(&["b"]), Some(Span::new(TARGET, 2, 4)));
    assert_eq!(place(&["b", "d"]), Some(Span::new(PATCH, 2, 6)));
}

/// All lists of up to two of `items`.
fn lists(items: &[&str]) -> Vec<Vec<Node>> {
    let read = |text: &&str| read(text, TARGET);
    let mut lists = vec![Vec::new()];
    lists.extend(items.iter().map(|item| vec![read(item)]));
    lists.extend(items.iter().flat_map(|first| items.iter().map(move |second| vec![read(first), read(second)])));
    lists
}

#[test]
fn the_short_way_leads_to_the_same_place() {
    let old = ["{name: a}", "{name: b, env: [{name: x}, {name: x}]}", "{name: c, image: null}", "{image: x}"];
    let new = [
        "{name: a, image: x}",
        "{name: b, $patch: delete}",
        "{name: c, $patch: replace, tty: true}",
        "{name: d, $patch: merge}",
        "{name: e, $patch: delete}",
        "{name: f, $patch: replace, tty: null}",
    ];
    let schema = Schema::default();
    let containers = schema.for_api_version("v1", "Pod").and_then(|pod| pod.field("spec")?.field("containers"));
    let merge = || Merge { schema: &schema, hints: None, spent: RefCell::default() };
    let keys = ["name".into()];
    for old in lists(&old) {
        for new in lists(&new) {
            let patch: Vec<&Node> = new.iter().collect();
            for patch in [list::Patch::Items(&patch), list::Patch::None, list::Patch::Same] {
                let short = merge().associate(old.as_slice().into(), patch, &keys, containers).unwrap();
                let long = merge().associate_any(old.as_slice().into(), patch, &keys, containers).unwrap();
                assert_eq!(short, long, "{old:?} {new:?}");
            }
        }
    }
}
