//! Patches on sets of resources; the expectations are kustomize's output.

use crate::error::Result;
use crate::kustomization::PatchOptions;
use crate::pack::Packs;
use crate::patch::comment_schema::CommentSchemas;
use crate::resource::read::read_resources;
use crate::resource::{ResMap, Selector};
use crate::schema::Schema;
use crate::source::{SourceId, SourceMap, Span};
use crate::transform::patch::PatchTransformer;
use crate::transform::patch_json6902::PatchJson6902Transformer;
use crate::transform::patch_strategic_merge::PatchStrategicMergeTransformer;
use crate::transform::{Context, Transformer};
use crate::warning::Warnings;
use crate::yaml::documents::Position;
use crate::yaml::emit::emit;

const RESOURCES: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: \"123\"
  labels: {a: x}
  annotations: {q: \"1\"}
spec: {replicas: 1}
---
apiVersion: v1
kind: Service
metadata: {name: svc, namespace: ns}
";

const POSITION: Position = Position::start(SourceId(1));

fn comments() -> CommentSchemas {
    CommentSchemas::new(SourceMap::default())
}

fn kind(kind: &str) -> Option<Selector> {
    Some(Selector { kind: kind.to_owned(), ..Selector::default() })
}

fn run(transformer: &dyn Transformer) -> (Result<ResMap>, Warnings) {
    let (schema, warnings) = (Schema::default(), Warnings::default());
    let mut resources = ResMap::new();
    for resource in read_resources(&RESOURCES.into(), SourceId(0)).unwrap() {
        resources.append(resource, &schema).unwrap();
    }
    let context = Context { schema: &schema, warnings: &warnings, packs: Packs::none() };
    let result = transformer.transform(&mut resources, &context);
    (result.map(|()| resources), warnings)
}

fn print(resources: &ResMap, index: usize) -> String {
    let mut out = String::new();
    emit(&resources.get(index).unwrap().node, &mut out).unwrap();
    out
}

fn patch(text: &str, target: Option<Selector>) -> PatchTransformer {
    PatchTransformer::new(&text.into(), POSITION, Span::NONE, comments()).unwrap().with_target(target)
}

fn patched(text: &str, target: Option<Selector>) -> ResMap {
    run(&patch(text, target)).0.unwrap()
}

fn fails(text: &str, target: Option<Selector>) -> String {
    run(&patch(text, target)).0.unwrap_err().message().to_owned()
}

const OTHER: &str = "\
apiVersion: x/v1
kind: Foo
metadata:
  name: n
  namespace: o
  labels: {a: null, c: 1}
  annotations: null
spec: {replicas: \"2\"}
";

#[test]
fn a_target_makes_labels_strings_and_nulls_too() {
    let expected = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  annotations:
    q: \"1\"
  labels:
    a: \"null\"
    c: \"1\"
  name: \"123\"
spec:
  replicas: \"2\"
";
    assert_eq!(print(&patched(OTHER, kind("Deployment")), 0), expected);
}

#[test]
fn a_target_takes_the_quotes_from_keys_of_labels() {
    let text = "kind: x\nmetadata: {name: x, labels: {\"1\": y}}\n";
    let resources = patched(text, kind("Deployment"));
    let error = emit(&resources.get(0).unwrap().node, &mut String::new()).unwrap_err();
    assert_eq!(error.kind(), crate::error::ErrorKind::Emit);
}

#[test]
fn without_a_target_nulls_remove() {
    let text = OTHER.replace("x/v1", "apps/v1").replace("Foo", "Deployment").replace("name: n\n", "name: \"123\"\n");
    let expected = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  labels:
    c: 1
  name: \"123\"
spec:
  replicas: \"2\"
";
    assert_eq!(print(&patched(&text.replace("  namespace: o\n", ""), None), 0), expected);
    assert_eq!(fails(&text, None), "no resource matches the patch for `apps/v1 Deployment o/123`");
}

#[test]
fn a_patch_may_be_allowed_to_rename() {
    let options = PatchOptions { allow_name_change: true, allow_kind_change: true };
    let transformer = patch("kind: Foo\nmetadata: {name: 456}\n", kind("Service")).with_options(options);
    let mut resources = run(&transformer).0.unwrap();
    assert_eq!(print(&resources, 1), "apiVersion: v1\nkind: Foo\nmetadata:\n  name: 456\n  namespace: ns\n");
    let old = crate::resource::ResId::new(crate::resource::Gvk::new("", "v1", "Service"), "svc".into(), "ns".into());
    assert_eq!(resources.find_any("svc", |id| *id == old), [1]);
}

#[test]
fn a_patch_may_remove_its_target() {
    let resources = patched("$patch: delete\nkind: x\nmetadata: {name: x}\n", kind("Service"));
    assert_eq!(resources.len(), 1);
    let text = "$patch: delete\napiVersion: v1\nkind: Service\nmetadata: {name: svc, namespace: ns}\n";
    let resources = patched(text, None);
    assert!(resources.get(1).is_some_and(crate::resource::Resource::is_empty));
}

#[test]
fn a_patch_that_removes_annotations_makes_upstream_forget() {
    let renamed = "- op: replace\n  path: /metadata/name\n  value: new\n";
    let first = patch(renamed, kind("Service"));
    let (schema, warnings) = (Schema::default(), Warnings::default());
    let mut resources = run(&first).0.unwrap();
    assert_eq!(resources.get(1).unwrap().history.len(), 1);
    let context = Context { schema: &schema, warnings: &warnings, packs: Packs::none() };
    patch("kind: x\nmetadata: {name: x, annotations: {a: b}}\n", kind("Service"))
        .transform(&mut resources, &context)
        .unwrap();
    assert_eq!(resources.get(1).unwrap().history.len(), 1);
    let delete = "kind: x\nmetadata: {name: x, annotations: {$patch: delete}}\n";
    patch(delete, kind("Service")).transform(&mut resources, &context).unwrap();
    assert!(resources.get(1).unwrap().history.is_empty());
    assert_eq!(print(&resources, 1), "apiVersion: v1\nkind: Service\nmetadata:\n  name: new\n  namespace: ns\n");
}

#[test]
fn json_patches_see_what_upstream_writes_into_annotations() {
    let copy = "- op: copy\n  from: /metadata/annotations\n  path: /x\n";
    let expected = "\
apiVersion: v1
kind: Service
metadata:
  annotations: {}
  name: svc
  namespace: ns
x:
  internal.config.kubernetes.io/previousKinds: Service
  internal.config.kubernetes.io/previousNames: svc
  internal.config.kubernetes.io/previousNamespaces: ns
";
    assert_eq!(print(&patched(copy, kind("Service")), 1), expected);
    let target = Selector { name: "svc".to_owned(), ..Selector::default() };
    let add = "- op: add\n  path: /metadata/annotations/x\n  value: y\n";
    let transformer = PatchJson6902Transformer::new(&add.into(), POSITION, target, Span::NONE).unwrap();
    let error = run(&transformer).0.unwrap_err();
    assert_eq!(error.message(), "the `add` operation finds nothing at `/metadata/annotations/x`");
}

#[test]
fn metadata_stays_a_mapping() {
    let expected = "apiVersion: v1\nkind: Service\nmetadata: {}\n";
    assert_eq!(print(&patched("- {op: remove, path: /metadata}\n", kind("Service")), 1), expected);
    let text = "- {op: replace, path: /metadata, value: x}\n";
    assert_eq!(fails(text, kind("Service")), "the patch leaves a `metadata` that is no mapping");
}

#[test]
fn patches_that_can_not_be_meant() {
    let read = |text: &str| PatchTransformer::new(&text.into(), POSITION, Span::NONE, comments());
    for text in ["foo", "kind: x\n", "- op: [\n", "- 1\n"] {
        assert!(read(text).is_err(), "{text}");
    }
    for text in ["", "# nothing\n", "{}", "[]"] {
        assert_eq!(run(&read(text).unwrap()).0.unwrap().len(), 2, "{text}");
    }
    assert_eq!(fails("- {op: remove, path: /x}\n", None), "a JSON patch needs a `target`");
    let two = "kind: A\nmetadata: {name: a}\n---\nkind: B\nmetadata: {name: b}\n";
    assert_eq!(fails(two, kind("Service")), "a strategic merge patch with a `target` must be one document");
    let target = Selector::default();
    assert!(PatchJson6902Transformer::new(&"- op: x\n".into(), POSITION, target.clone(), Span::NONE).is_err());
    let named = Selector { name: "a".to_owned(), ..target };
    assert!(PatchJson6902Transformer::new(&"[]".into(), POSITION, named, Span::NONE).is_err());
    assert!(PatchStrategicMergeTransformer::new(Vec::new(), Span::NONE, comments()).is_err());
}

#[test]
fn a_target_that_selects_nothing_is_told() {
    for text in ["- {op: remove, path: /x}\n", "kind: A\nmetadata: {name: a}\n"] {
        let (result, warnings) = run(&patch(text, kind("Nothing")));
        assert_eq!(result.unwrap().len(), 2);
        assert_eq!(warnings.resolve(&SourceMap::default()).len(), 1);
    }
}

#[test]
fn the_patches_of_a_list_are_prepared_like_targeted_ones() {
    let text = OTHER.replace("x/v1", "apps/v1").replace("Foo", "Deployment").replace("name: n\n", "name: \"123\"\n");
    let patches = read_resources(&text.replace("  namespace: o\n", "").as_str().into(), SourceId(1)).unwrap();
    let transformer = PatchStrategicMergeTransformer::new(patches, Span::NONE, comments()).unwrap();
    let printed = print(&run(&transformer).0.unwrap(), 0);
    assert!(printed.contains("    a: \"null\"\n    c: \"1\"\n"), "{printed}");
}
