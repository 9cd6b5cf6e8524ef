//! The build's memory of a resource as annotations: what plugins see, what they may send
//! back, and what is left in the output (upstream: `api/internal/utils/annotations.go`).

use crate::error::{Error, ErrorKind, Result};
use crate::resource::origin::{parse_origin, parse_origins, print_origin, print_origins};
use crate::resource::{Behavior, PreviousId, Resource};
use crate::transform::set_value::made_key;
use crate::yaml::{Entry, Key, Mapping, Node, Scalar, Style, Tag, Text, Value};

const DOMAIN: &str = "internal.config.kubernetes.io/";
const PREVIOUS_KINDS: &str = "internal.config.kubernetes.io/previousKinds";
const PREVIOUS_NAMES: &str = "internal.config.kubernetes.io/previousNames";
const PREVIOUS_NAMESPACES: &str = "internal.config.kubernetes.io/previousNamespaces";
const PREFIXES: &str = "internal.config.kubernetes.io/prefixes";
const SUFFIXES: &str = "internal.config.kubernetes.io/suffixes";
const BEHAVIOR: &str = "internal.config.kubernetes.io/generatorBehavior";
const NEEDS_HASH: &str = "internal.config.kubernetes.io/needsHashSuffix";
const ALLOW_NAME_CHANGE: &str = "internal.config.kubernetes.io/allowNameChange";
const ALLOW_KIND_CHANGE: &str = "internal.config.kubernetes.io/allowKindChange";
const HELM_GENERATED: &str = "internal.config.kubernetes.io/helm-generated";
const ORIGIN: &str = "config.kubernetes.io/origin";
const TRANSFORMATIONS: &str = "alpha.config.kubernetes.io/transformations";
const ENABLED: &str = "enabled";

/// Annotations of the function protocol; they never reach the output.
const PROTOCOL: [&str; 8] = [
    "internal.config.kubernetes.io/path",
    "internal.config.kubernetes.io/index",
    "internal.config.kubernetes.io/seqindent",
    "internal.config.kubernetes.io/id",
    "internal.config.kubernetes.io/annotations-migration-resource-id",
    "config.kubernetes.io/path",
    "config.kubernetes.io/index",
    "config.k8s.io/id",
];

/// Moves the build's annotations out of the tree into the resource's fields.
pub fn take(resource: &mut Resource) {
    take_if(resource, |entry| {
        let key = entry.key.text();
        key.starts_with(DOMAIN) && !PROTOCOL.contains(&key.as_str()) || key == ORIGIN || key == TRANSFORMATIONS
    });
}

/// Moves those annotations into the resource's fields that [`with_annotations`] gives back. Whoever is a part of
/// somebody else's build keeps all others of the domain where they are: they belong to that build.
pub fn borrow(resource: &mut Resource) {
    let count = |key| resource.annotation(key).map(|list| list.split(',').count());
    let names = count(PREVIOUS_NAMES);
    let whole = names.is_some() && names == count(PREVIOUS_NAMESPACES) && names == count(PREVIOUS_KINDS);
    take_if(resource, |entry| {
        let key = entry.key.text().as_str();
        let value = entry.value.text().map_or("", Text::as_str);
        match key {
            PREVIOUS_KINDS | PREVIOUS_NAMES | PREVIOUS_NAMESPACES => whole,
            PREFIXES | SUFFIXES => true,
            NEEDS_HASH | ALLOW_NAME_CHANGE | ALLOW_KIND_CHANGE => value == ENABLED,
            BEHAVIOR => Behavior::parse(value).name().is_some(),
            HELM_GENERATED => value == "true",
            ORIGIN => parse_origin(value).is_some(),
            TRANSFORMATIONS => !parse_origins(value).is_empty(),
            _ => false,
        }
    });
}

fn take_if(resource: &mut Resource, is_ours: impl Fn(&Entry) -> bool) {
    let Some(annotations) = annotations_mut(&mut resource.node) else { return };
    if !annotations.iter().any(&is_ours) {
        return;
    }
    let mut ours = Vec::new();
    annotations.retain(|entry| {
        let keep = !is_ours(entry);
        if !keep {
            ours.push((entry.key.text().clone(), entry.value.text().cloned().unwrap_or_default()));
        }
        keep
    });
    let mut history: [Vec<Text>; 3] = Default::default();
    for (key, value) in ours {
        match key.as_str() {
            PREVIOUS_NAMESPACES => history[0] = comma_separated(&value),
            PREVIOUS_NAMES => history[1] = comma_separated(&value),
            PREVIOUS_KINDS => history[2] = comma_separated(&value),
            PREFIXES => resource.prefixes = comma_separated(&value),
            SUFFIXES => resource.suffixes = comma_separated(&value),
            BEHAVIOR => resource.behavior = Behavior::parse(&value),
            NEEDS_HASH => resource.needs_hash = value == ENABLED,
            ALLOW_NAME_CHANGE => resource.allow_name_change = value == ENABLED,
            ALLOW_KIND_CHANGE => resource.allow_kind_change = value == ENABLED,
            HELM_GENERATED => resource.helm_generated = true,
            ORIGIN => resource.origin = parse_origin(&value).map(Box::new),
            TRANSFORMATIONS => resource.transformations = parse_origins(&value),
            // Who refers to whom is found out anew at the end; other keys of the domain are nobody's.
            _ => {}
        }
    }
    let [namespaces, names, kinds] = history;
    let previous = namespaces.into_iter().zip(names).zip(kinds);
    resource.history = previous.map(|((namespace, name), kind)| PreviousId { namespace, name, kind }).collect();
}

/// The tree with the resource's fields as annotations, as plugins get it.
///
/// # Errors
/// When an origin can't be printed.
pub fn with_annotations(resource: &Resource) -> Result<Node> {
    let mut copy = resource.clone();
    let mut ours: Vec<(&'static str, String)> = Vec::new();
    let join = |list: &[Text]| list.iter().map(Text::as_str).collect::<Vec<_>>().join(",");
    let of = |part: fn(&PreviousId) -> &Text| resource.history.iter().map(|id| part(id).as_str()).collect::<Vec<_>>();
    if !resource.history.is_empty() {
        ours.push((PREVIOUS_NAMESPACES, of(|id| &id.namespace).join(",")));
        ours.push((PREVIOUS_NAMES, of(|id| &id.name).join(",")));
        ours.push((PREVIOUS_KINDS, of(|id| &id.kind).join(",")));
    }
    if !resource.prefixes.is_empty() {
        ours.push((PREFIXES, join(&resource.prefixes)));
    }
    if !resource.suffixes.is_empty() {
        ours.push((SUFFIXES, join(&resource.suffixes)));
    }
    if let Some(behavior) = resource.behavior.name() {
        ours.push((BEHAVIOR, behavior.to_owned()));
    }
    let flags = [
        (NEEDS_HASH, resource.needs_hash, ENABLED),
        (ALLOW_NAME_CHANGE, resource.allow_name_change, ENABLED),
        (ALLOW_KIND_CHANGE, resource.allow_kind_change, ENABLED),
        (HELM_GENERATED, resource.helm_generated, "true"),
    ];
    ours.extend(flags.iter().filter(|flag| flag.1).map(|flag| (flag.0, flag.2.to_owned())));
    if let Some(origin) = &resource.origin {
        ours.push((ORIGIN, print_origin(origin)?));
    }
    if !resource.transformations.is_empty() {
        ours.push((TRANSFORMATIONS, print_origins(&resource.transformations)?));
    }
    set(&mut copy, ours);
    Ok(copy.node)
}

/// What a resource's annotations are in the output: strings, without the protocol's, with the
/// origin and transformations where the build wants them shown.
///
/// # Errors
/// When an origin can't be printed.
pub fn finish(resource: &mut Resource, show_origin: bool, show_transformations: bool) -> Result<()> {
    let mut shown = Vec::new();
    if show_origin && let Some(origin) = &resource.origin {
        shown.push((ORIGIN, print_origin(origin)?));
    }
    if show_transformations && !resource.transformations.is_empty() {
        shown.push((TRANSFORMATIONS, print_origins(&resource.transformations)?));
    }
    let metadata = resource.node.get("metadata").and_then(Node::as_mapping);
    if shown.is_empty() && metadata.is_some_and(|metadata| !metadata.contains("annotations")) {
        return Ok(());
    }
    if let Some(annotations) = annotations_mut(&mut resource.node) {
        annotations.retain(|entry| !PROTOCOL.contains(&entry.key.text().as_str()));
    }
    rewrite(resource.metadata_mut())?;
    set(resource, shown);
    Ok(())
}

/// Whether upstream would have annotations of its own in this object now.
#[must_use]
pub fn are_remembered(resource: &Resource) -> bool {
    !resource.history.is_empty()
        || !resource.prefixes.is_empty()
        || !resource.suffixes.is_empty()
        || !resource.transformations.is_empty()
        || resource.behavior.name().is_some()
        || resource.origin.is_some()
        || resource.needs_hash
        || resource.allow_name_change
        || resource.allow_kind_change
        || resource.helm_generated
}

/// Writes the annotations in `metadata` anew, as upstream does whenever it sets one: what is no
/// mapping goes, and so does a mapping that holds nothing; mappings of which there are several
/// become one.
///
/// # Errors
/// When a key is empty.
pub fn rewrite(metadata: &mut Mapping) -> Result<()> {
    if metadata.iter().filter(|entry| *entry.key.text() == "annotations").nth(1).is_some() {
        unite(metadata);
    }
    let Some(node) = metadata.get_mut("annotations") else { return Ok(()) };
    match node.as_mapping_mut() {
        Some(annotations) if !annotations.is_empty() => make_strings(annotations),
        _ => {
            metadata.remove("annotations");
            Ok(())
        }
    }
}

/// Puts the annotations of all mappings into one, in which what the first says comes last and counts.
fn unite(metadata: &mut Mapping) {
    let mut mappings = Vec::new();
    let mut last = None;
    while let Some(entry) = metadata.remove("annotations") {
        last = Some((entry.key, entry.value.span));
        if let Value::Mapping(annotations) = entry.value.value {
            mappings.push(annotations);
        }
    }
    let all = mappings.into_iter().rev().flat_map(Mapping::into_entries).collect();
    if let Some((key, span)) = last {
        metadata.push(key, Node::new(Value::Mapping(all)).at(span));
    }
}

/// Makes all annotations strings, the last of equal keys.
fn make_strings(annotations: &mut Mapping) -> Result<()> {
    for entry in annotations.iter_mut() {
        if entry.key.text().is_empty() {
            return Err(Error::new(ErrorKind::Emit, "the key of an annotation can't be empty").at(entry.key.span));
        }
        // Without their quotes, so that some keys are no strings any more.
        entry.key = Key { span: entry.key.span, ..made_key(entry.key.text().clone()) };
        match &mut entry.value.value {
            Value::Scalar(scalar) => {
                // Folded text would not survive being written and read again; this style does.
                let style = if scalar.text.contains('\n') { Style::Literal } else { Style::Plain };
                (scalar.tag, scalar.style) = (Tag::Str, style);
            }
            value => *value = Value::Scalar(Scalar { text: Text::default(), tag: Tag::Str, style: Style::Plain }),
        }
    }
    let mut seen = std::collections::HashSet::with_capacity(annotations.len());
    if !annotations.iter().all(|entry| seen.insert(entry.key.text().clone())) {
        let mut unique = Mapping::new();
        for entry in std::mem::take(annotations).into_entries() {
            unique.set(entry.key, entry.value);
        }
        *annotations = unique;
    }
    Ok(())
}

fn set(resource: &mut Resource, annotations: Vec<(&'static str, String)>) {
    if annotations.is_empty() {
        return;
    }
    let metadata = resource.metadata_mut();
    let node = metadata.get_or_insert_with("annotations", Node::mapping);
    if node.as_mapping().is_none() {
        node.value = Value::Mapping(Mapping::new());
    }
    if let Some(mapping) = node.as_mapping_mut() {
        for (key, value) in annotations {
            mapping.set(key, Node::string(value));
        }
    }
}

fn annotations_mut(node: &mut Node) -> Option<&mut Mapping> {
    node.get_mut("metadata")?.get_mut("annotations")?.as_mapping_mut()
}

fn comma_separated(value: &str) -> Vec<Text> {
    value.split(',').map(Text::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::read::read_resources;
    use crate::source::SourceId;
    use crate::yaml::emit::to_yaml_string;

    fn finished(text: &str) -> String {
        let mut resource = read_resources(&text.into(), SourceId(0)).unwrap().remove(0);
        finish(&mut resource, false, false).unwrap();
        to_yaml_string(&resource.node).unwrap()
    }

    /// What kustomize prints for this object, to the byte.
    #[test]
    fn annotations_become_strings() {
        assert_eq!(
            finished("{kind: X, metadata: {name: a, annotations: {x: true, y: 1, z: ~}}}"),
            "kind: X\nmetadata:\n  annotations:\n    x: \"true\"\n    \"y\": \"1\"\n    z: \"~\"\n  name: a\n"
        );
        assert_eq!(finished("{kind: X, metadata: {name: a, annotations: {}}}"), "kind: X\nmetadata:\n  name: a\n");
    }

    /// Text of other fields, labels too, gains a line break here.
    #[test]
    fn a_folded_annotation_keeps_its_line_breaks() {
        let text = "kind: X\nmetadata:\n  name: a\n  annotations:\n    x: >\n      a\n       b\n";
        assert_eq!(finished(text), "kind: X\nmetadata:\n  annotations:\n    x: |\n      a\n       b\n  name: a\n");
    }

    #[test]
    fn the_builds_memory_survives_a_plugin() {
        let text = "{kind: X, metadata: {name: p-a, annotations: {own: b}}}";
        let mut resource = read_resources(&text.into(), SourceId(0)).unwrap().remove(0);
        let (namespace, name, kind) = (Text::from("default"), Text::from("a"), Text::from("X"));
        resource.history.push(PreviousId { namespace, name, kind });
        resource.prefixes.push(Text::from("p-"));
        resource.needs_hash = true;
        let mut back = Resource::new(with_annotations(&resource).unwrap());
        assert_eq!(back.annotation(PREFIXES).unwrap(), "p-");
        take(&mut back);
        assert_eq!((&back.history, &back.prefixes, back.needs_hash), (&resource.history, &resource.prefixes, true));
        assert_eq!(back.node, resource.node);
    }
}
