//! Adds a prefix to names (upstream: `PrefixTransformer`, `api/filters/prefix`).

use crate::config::{FieldSpec, FieldSpecs};
use crate::error::Result;
use crate::resource::{Gvk, ResMap, Resource};
use crate::transform::field_spec::{Create, for_each_at};
use crate::transform::set_value::set_scalar;
use crate::transform::{Context, Transformer};
use crate::yaml::{Node, Tag, Text};

/// Adds a prefix to the names of all resources, except types whose names mean something.
#[derive(Debug, Clone, Default)]
pub struct PrefixTransformer {
    /// The prefix.
    pub prefix: String,
    /// Where it goes.
    pub field_specs: FieldSpecs,
}

impl Transformer for PrefixTransformer {
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        let prefix = Text::from(self.prefix.as_str());
        let note = |resource: &mut Resource| {
            resource.prefixes.reserve_exact(1);
            resource.prefixes.push(prefix.clone());
        };
        rename(resources, context, &self.field_specs, &prefix, &note, &|old| format!("{prefix}{old}"))
    }
}

/// Changes the fields of resources by `change`; a change of the name itself is remembered.
///
/// Whether a field spec applies depends on the type that the resource had at first and on the one it has.
pub(super) fn rename(
    resources: &mut ResMap,
    context: &Context<'_>,
    field_specs: &FieldSpecs,
    part: &str,
    note: &dyn Fn(&mut Resource),
    change: &dyn Fn(&str) -> String,
) -> Result<()> {
    for resource in resources.iter_mut().filter(|resource| !resource.is_empty()) {
        let gvk = resource.gvk();
        let original = original_gvk(resource, &gvk);
        if keeps_its_name(&original) || context.packs.keep_name(resource) {
            continue;
        }
        for spec in field_specs.iter().filter(|spec| original.is_selected_by(&spec.gvk)) {
            if is_name(spec) && !part.is_empty() {
                note(resource);
                resource.store_previous_id(context.schema);
            }
            if !gvk.is_selected_by(&spec.gvk) {
                continue;
            }
            for_each_at(&mut resource.node, &gvk.kind, spec, Create::Scalar(Tag::Str), &mut |node: &mut Node| {
                let text = node.text().map(|text| change(text)).unwrap_or_default();
                set_scalar(node, text, Tag::Unresolved)
            })?;
        }
    }
    Ok(())
}

fn is_name(spec: &FieldSpec) -> bool {
    spec.path == "metadata/name"
}

fn original_gvk(resource: &Resource, gvk: &Gvk) -> Gvk {
    let kind = resource.history.first().map_or(&gvk.kind, |first| &first.kind);
    Gvk { kind: kind.clone(), ..gvk.clone() }
}

/// Types whose names are not free: they repeat what is written elsewhere.
fn keeps_its_name(gvk: &Gvk) -> bool {
    match gvk.kind.as_str() {
        "CustomResourceDefinition" | "Namespace" => true,
        "APIService" => gvk.group == "apiregistration.k8s.io",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::suffix::SuffixTransformer;
    use crate::transform::testing::{apply, print, resources};

    fn field_specs(path: &str, kind: &str) -> FieldSpecs {
        let spec = |path: &str, kind: &str| FieldSpec {
            gvk: Gvk::new("", "", kind),
            path: path.into(),
            create: !kind.is_empty(),
        };
        vec![spec("metadata/name", ""), spec(path, kind)].into()
    }

    #[test]
    fn names_get_longer_and_are_remembered() {
        let mut resources = resources(
            "\
apiVersion: v1
kind: ConfigMap
metadata: {name: \"7\"}
spec: {x: null}
---
apiVersion: v1
kind: Namespace
metadata: {name: keeps}
---
apiVersion: x/v1
kind: APIService
metadata: {name: b}
",
        );
        let specs = field_specs("spec/x", "ConfigMap");
        apply(&PrefixTransformer { prefix: "p-".to_owned(), field_specs: specs.clone() }, &mut resources).unwrap();
        apply(&SuffixTransformer { suffix: "-s".to_owned(), field_specs: specs }, &mut resources).unwrap();
        let output = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: p-7-s
spec:
  x: p-null-s
---
apiVersion: v1
kind: Namespace
metadata:
  name: keeps
---
apiVersion: x/v1
kind: APIService
metadata:
  name: p-b-s
";
        assert_eq!(print(&resources), output);
        let first = resources.get(0).unwrap();
        let names: Vec<&str> = first.history.iter().map(|previous| previous.name.as_str()).collect();
        assert_eq!(names, ["7", "p-7"]);
        assert_eq!((first.prefixes.as_slice(), first.suffixes.as_slice()), (&["p-".into()][..], &["-s".into()][..]));
        assert!(resources.get(1).unwrap().history.is_empty());
    }
}
