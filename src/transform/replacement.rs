//! Copies a value from one object, or a text, into fields of others (upstream:
//! `api/filters/replacement`).
//!
//! Chooses the targets; the value is found by `replacement_source` and written by `replacement_value`.

use crate::decode::Spanned;
use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::regexp::Anchored;
use crate::resource::{ResMap, Resource, Selector, SelectorRegex};
use crate::source::Span;
use crate::transform::replacement_source::ids;
use crate::transform::replacement_value::{Field, ReplacedValue};
use crate::transform::{Context, Transformer};
use crate::yaml::{Node, Tag};

/// The field that is meant where none is named.
pub(super) const DEFAULT_FIELD_PATH: &str = "metadata.name";

/// Carries out replacements, one after the other.
#[derive(Debug, Clone, Default)]
pub struct ReplacementTransformer {
    /// The replacements, in order.
    pub replacements: Vec<Replacement>,
}

/// A value and the fields that it is copied to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Replacement {
    /// The field whose value it is.
    pub source: Option<SourceSelector>,
    /// The value itself, instead of a source.
    pub source_value: Option<Spanned<String>>,
    /// Where it goes; an empty list is allowed, none at all is not.
    pub targets: Option<Vec<TargetSelector>>,
    /// Where the replacement was written.
    pub span: Option<Span>,
}

/// A field of the one object that has or had this id; empty parts select everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceSelector {
    /// API group.
    pub group: String,
    /// API version.
    pub version: String,
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Namespace.
    pub namespace: String,
    /// Path of the field; `metadata.name` if it is empty.
    pub field_path: String,
    /// Which part of the field is meant.
    pub options: Option<FieldOptions>,
    /// Where the source was written.
    pub span: Option<Span>,
}

/// Fields of all objects that are selected and not rejected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TargetSelector {
    /// Which objects are meant; required.
    pub select: Option<Selector>,
    /// Which of them are not.
    pub reject: Vec<Selector>,
    /// Paths of the fields; `metadata.name` if there are none.
    pub field_paths: Vec<Spanned<String>>,
    /// Which part of the fields is written.
    pub options: Option<FieldOptions>,
    /// Where the target was written.
    pub span: Option<Span>,
}

/// Which part of a field is read or written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldOptions {
    /// What splits the field into parts; empty for the whole field.
    pub delimiter: String,
    /// Which part; in targets anything below 0 is before the first and too much is behind the last.
    pub index: i64,
    /// Read but without effect, as upstream has it.
    pub encoding: String,
    /// Whether a missing field is made.
    pub create: bool,
}

impl Transformer for ReplacementTransformer {
    fn transform(&self, resources: &mut ResMap, _context: &Context<'_>) -> Result<()> {
        self.replacements.iter().try_for_each(|replacement| {
            let span = replacement.span.unwrap_or(Span::NONE);
            replacement.apply(resources).frame(|| "while carrying out the replacement at".to_owned(), span)
        })
    }
}

impl Replacement {
    fn apply(&self, resources: &mut ResMap) -> Result<()> {
        let Some(targets) = &self.targets else {
            return Err(self.error("a replacement needs at least one target"));
        };
        let mut value = match (&self.source, &self.source_value) {
            (None, None) => return Err(self.error("a replacement needs a `source` or a `sourceValue`")),
            (Some(_), Some(_)) => return Err(self.error("`source` and `sourceValue` can't be used together")),
            (None, Some(text)) => {
                let node = Node::scalar(text.value.as_str(), Tag::Unresolved).at(text.span());
                ReplacedValue::fixed(node)
            }
            (Some(source), None) => source.read(resources).at(source.span.unwrap_or(Span::NONE))?,
        };
        targets.iter().try_for_each(|target| target.write(resources, &mut value).at(target.span.unwrap_or(Span::NONE)))
    }

    fn error(&self, message: &str) -> Error {
        Error::new(ErrorKind::Transform, message).at(self.span.unwrap_or(Span::NONE))
    }
}

/// The selectors of a target, compiled.
struct Chosen {
    select: SelectorRegex,
    /// What is rejected by its id, and what is by labels and annotations.
    reject: Vec<(Option<SelectorRegex>, Option<SelectorRegex>)>,
}

impl TargetSelector {
    fn write(&self, resources: &mut ResMap, value: &mut ReplacedValue) -> Result<()> {
        let Some(select) = &self.select else {
            return Err(Error::new(ErrorKind::Transform, "a replacement's target needs a `select`"));
        };
        let chosen = Chosen::new(select, &self.reject)?;
        let default_path = [Spanned::new(DEFAULT_FIELD_PATH.to_owned(), self.span.unwrap_or(Span::NONE))];
        let paths = if self.field_paths.is_empty() { &default_path } else { self.field_paths.as_slice() };
        let fields = paths.iter().map(|path| Field::new(path, self.options.as_ref())).collect::<Result<Vec<_>>>()?;
        for index in chosen.candidates(select, resources) {
            if !resources.get(index).map_or(Ok(false), |resource| chosen.takes(resource))? {
                continue;
            }
            let written = resources.update(index, |resource| {
                let name = |resource: &Resource| format!("in the target `{}`", resource.cur_id());
                let result = fields.iter().try_for_each(|field| {
                    field.write(&mut resource.node, index, value)?;
                    resource.settle_shared();
                    value.refresh(&resource.node, index);
                    Ok(())
                });
                result.frame(|| name(resource), resource.node.span)
            });
            written.unwrap_or(Ok(()))?;
        }
        Ok(())
    }
}

impl Chosen {
    fn new(select: &Selector, reject: &[Selector]) -> Result<Self> {
        let reject = reject.iter().map(|reject| {
            let regex = SelectorRegex::new(reject)?;
            let id = [&reject.group, &reject.version, &reject.kind, &reject.name, &reject.namespace];
            let by_id = id.iter().any(|part| !part.is_empty());
            // A rejected label counts whatever the rejected id is, as upstream has it.
            Ok((by_id.then(|| regex.clone()), regex.has_labels().then_some(regex)))
        });
        Ok(Self { select: SelectorRegex::new(select)?, reject: reject.collect::<Result<_>>()? })
    }

    /// Positions of the objects to look at. Malformed label selectors must fail at any object.
    fn candidates(&self, select: &Selector, resources: &mut ResMap) -> Vec<usize> {
        let by_labels = self.select.has_labels() || self.reject.iter().any(|(_, labels)| labels.is_some());
        match Anchored::new(&select.name) {
            Ok(Anchored::Literal(name)) if !by_labels => resources.find_any(&name, |_| true),
            _ => (0..resources.len()).collect(),
        }
    }

    fn takes(&self, resource: &Resource) -> Result<bool> {
        if resource.is_empty() || !self.select.matches_labels(resource)? {
            return Ok(false);
        }
        for labels in self.reject.iter().filter_map(|(_, labels)| labels.as_ref()) {
            if labels.matches_labels(resource)? {
                return Ok(false);
            }
        }
        let matches = |regex: &SelectorRegex| {
            ids(resource).any(|(gvk, name, namespace)| {
                regex.matches_name_and_namespace(&name, &namespace) && regex.matches_gvk(&gvk)
            })
        };
        Ok(matches(&self.select) && !self.reject.iter().filter_map(|(id, _)| id.as_ref()).any(matches))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::PreviousId;
    use crate::transform::testing::{apply, print, resources};

    const OBJECTS: &str = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: src
  labels: {a: x-y}
data:
  n: "12"
  url: a:b:c
  json: '{"b": {"c": 1.50}, "a": "<"}'
  yaml: |
    list:
    - name: "x"
      size: 1
    flow: {k: v}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: dep
spec:
  replicas: 3
  q: "7"
  containers:
  - name: web
    image: nginx:1.2
  - name: web-2
    image: foo:3
"#;

    fn source(field_path: &str) -> Option<SourceSelector> {
        Some(SourceSelector { name: "src".to_owned(), field_path: field_path.to_owned(), ..Default::default() })
    }

    fn target(kind: &str, field_path: &str, options: FieldOptions) -> Option<Vec<TargetSelector>> {
        Some(vec![TargetSelector {
            select: Some(Selector { kind: kind.to_owned(), ..Default::default() }),
            field_paths: vec![Spanned::new(field_path.to_owned(), Span::NONE)],
            options: Some(options),
            ..Default::default()
        }])
    }

    fn run(replacement: Replacement) -> Result<String> {
        let mut resources = resources(OBJECTS);
        apply(&ReplacementTransformer { replacements: vec![replacement] }, &mut resources)?;
        Ok(print(&resources))
    }

    fn copy(from: &str, kind: &str, to: &str, options: FieldOptions) -> Result<String> {
        run(Replacement { source: source(from), targets: target(kind, to, options), ..Default::default() })
    }

    fn deployment(to: &str, options: FieldOptions) -> String {
        copy("data.n", "Deployment", to, options).unwrap()
    }

    fn part(index: i64) -> FieldOptions {
        FieldOptions { delimiter: ":".to_owned(), index, ..Default::default() }
    }

    // What is expected here is what kustomize prints.
    #[test]
    fn scalars_keep_the_type_of_the_target() {
        assert!(deployment("spec.replicas", FieldOptions::default()).contains("  replicas: 12\n"));
        assert!(deployment("spec.q", FieldOptions::default()).contains("  q: \"12\"\n"));
        let create = FieldOptions { create: true, ..Default::default() };
        assert!(deployment("spec.new.field", create).contains("  new:\n    field: 12\n"));
        let error = copy("data.n", "Deployment", "spec.new", FieldOptions::default()).unwrap_err();
        assert_eq!(error.message(), "no field `spec.new` to replace");
    }

    #[test]
    fn items_are_matched_by_patterns() {
        let both = deployment("spec.containers.[name=web].image", FieldOptions::default());
        assert_eq!(both.matches("image: \"12\"").count(), 2, "{both}");
        let one = deployment("spec.containers.[name=^web$].image", FieldOptions::default());
        assert_eq!(one.matches("image: \"12\"").count(), 1, "{one}");
        assert_eq!(deployment("spec.containers.*.image", FieldOptions::default()).matches("\"12\"").count(), 3);
    }

    #[test]
    fn parts_of_fields() {
        let image = "spec.containers.0.image";
        assert!(deployment(image, part(1)).contains("image: nginx:12\n"));
        assert!(deployment(image, part(-1)).contains("image: 12:nginx:1.2\n"));
        assert!(deployment(image, part(9)).contains("image: nginx:1.2:12\n"));
        let mut replacement = Replacement { source: source("data.url"), ..Default::default() };
        replacement.targets = target("Deployment", "spec.q", FieldOptions::default());
        replacement.source.as_mut().unwrap().options = Some(part(2));
        assert!(run(replacement.clone()).unwrap().contains("  q: c\n"));
        replacement.source.as_mut().unwrap().options = Some(part(3));
        assert!(run(replacement).is_err());
    }

    #[test]
    fn whole_values() {
        let copied = copy("metadata.labels", "Deployment", "spec.containers", FieldOptions::default()).unwrap();
        assert!(copied.contains("  containers:\n    a: x-y\n"), "{copied}");
        let text = copy("metadata.labels", "Deployment", "spec.q", FieldOptions::default()).unwrap();
        assert!(text.contains("  q: \"\"\n"), "{text}");
    }

    #[test]
    fn fields_within_texts() {
        let json = copy("data.n", "ConfigMap", "data.json.b.c", FieldOptions::default()).unwrap();
        assert!(json.contains(r#"  json: '{"a":"\u003c","b":{"c":12}}'"#), "{json}");
        let yaml = copy("data.n", "ConfigMap", "data.yaml.list.[name=x].size", FieldOptions::default()).unwrap();
        let expected = "  yaml: |-
    list:
    - name: \"x\"
      size: 12
    flow: {k: v}
";
        assert!(yaml.contains(expected), "{yaml}");
    }

    #[test]
    fn a_source_that_is_a_target_changes_the_value() {
        let mut targets = target("ConfigMap", "data.url", part(0)).unwrap();
        targets.extend(target("Deployment", "spec.q", FieldOptions::default()).unwrap());
        let printed = run(Replacement { source: source("data.url"), targets: Some(targets), ..Default::default() });
        assert!(printed.unwrap().contains("  q: a:b:c:b:c\n"));
    }

    #[test]
    fn sources_are_one_and_targets_many() {
        let value = Some(Spanned::new("v".to_owned(), Span::NONE));
        let all = target("", "metadata.name", FieldOptions::default());
        let printed = run(Replacement { source_value: value.clone(), targets: all.clone(), ..Default::default() });
        assert_eq!(printed.unwrap().matches("  name: v\n").count(), 2);
        let both = Replacement { source: source(""), source_value: value, targets: all.clone(), span: None };
        assert!(run(both).is_err());
        let any = Some(SourceSelector::default());
        assert!(run(Replacement { source: any, targets: all, ..Default::default() }).is_err());
        assert!(run(Replacement { source: source(""), ..Default::default() }).is_err());
    }

    #[test]
    fn rejected_labels_count_without_the_id() {
        let mut targets = target("", "metadata.name", FieldOptions::default());
        let reject = Selector { kind: "Deployment".into(), label_selector: "a=x-y".into(), ..Default::default() };
        targets.as_mut().unwrap()[0].reject = vec![reject];
        let value = Some(Spanned::new("v".to_owned(), Span::NONE));
        let printed = run(Replacement { source_value: value, targets, ..Default::default() }).unwrap();
        assert!(printed.contains("  name: src\n") && printed.contains("  name: dep\n"), "{printed}");
    }

    #[test]
    fn former_names_select() {
        let mut resources = resources(OBJECTS);
        let past = PreviousId { namespace: "default".into(), name: "old".into(), kind: "Deployment".into() };
        resources.update(1, |resource| resource.history.push(past));
        let select = Selector { name: "ol.".into(), namespace: "default".into(), ..Default::default() };
        let mut targets = target("", "spec.q", FieldOptions::default());
        targets.as_mut().unwrap()[0].select = Some(select);
        let replacement = Replacement { source: source("data.n"), targets, ..Default::default() };
        apply(&ReplacementTransformer { replacements: vec![replacement] }, &mut resources).unwrap();
        assert!(print(&resources).contains("  q: \"12\"\n"));
    }
}
