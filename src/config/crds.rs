//! Field specs from the type definitions that `crds` names (upstream: `loadconfigfromcrds.go`).
//!
//! These files are OpenAPI definitions by type name, not CustomResourceDefinitions: upstream
//! looks for `x-kubernetes-…` marks at the properties of types that look like objects.

use crate::config::{FieldSpec, FieldSpecs, NameReference, NameReferences, TransformerConfig};
use crate::decode::wrong_type;
use crate::error::{Error, ErrorKind, Result};
use crate::resource::Gvk;
use crate::yaml::{Mapping, Node, Tag};

/// The steps that references between types may take; upstream dies of a type that refers to itself.
const MAX_DEPTH: usize = 200;

/// The properties that may be looked at for one type, all references followed.
const MAX_PROPERTIES: usize = 100_000;

impl TransformerConfig {
    /// Reads a file that `crds` names: a mapping from type names to definitions.
    ///
    /// # Errors
    /// When the file is something else (a CustomResourceDefinition, for instance), or a type refers to itself.
    pub fn from_crd_definitions(node: &Node) -> Result<Self> {
        if node.is_null() {
            return Ok(Self::empty());
        }
        let types = node.as_mapping().ok_or_else(|| wrong_type(node, "the document", "a mapping"))?;
        for entry in types {
            properties(&entry.value, entry.key.text()).map_err(|error| with_hint(error, types))?;
        }
        let mut config = Self::empty();
        for entry in types {
            let name = entry.key.text();
            let Some(found) = properties(&entry.value, name)? else { continue };
            if !["kind", "apiVersion", "metadata"].iter().all(|field| found.contains(field)) {
                continue;
            }
            let kind = name.rsplit('.').next().unwrap_or_default();
            let mut marks = Marks { types, gvk: Gvk::new("", "", kind), found: Found::default(), seen: 0 };
            marks.collect(found, &mut Vec::new())?;
            config.merge(&marks.found.into_config())?;
        }
        Ok(config)
    }
}

fn with_hint(error: Error, types: &Mapping) -> Error {
    let is_object = types.contains("apiVersion") && types.contains("kind");
    if is_object {
        error.hint("`crds` takes OpenAPI definitions; a CustomResourceDefinition belongs into `resources`")
    } else {
        error
    }
}

/// The properties of a type's schema, if it has any. `Schema` may be written in any case.
fn properties<'a>(definition: &'a Node, name: &str) -> Result<Option<&'a Mapping>> {
    let Some(definition) = mapping(definition, name)? else { return Ok(None) };
    let is_schema = |entry: &&crate::yaml::Entry| entry.key.text().eq_ignore_ascii_case("Schema");
    let Some(schema) = definition.iter().rev().find(is_schema) else { return Ok(None) };
    let Some(schema) = mapping(&schema.value, "Schema")? else { return Ok(None) };
    let Some(properties) = schema.get("properties") else { return Ok(None) };
    let Some(properties) = mapping(properties, "properties")? else { return Ok(None) };
    for entry in properties {
        mapping(&entry.value, entry.key.text())?;
    }
    Ok(Some(properties))
}

fn mapping<'a>(node: &'a Node, field: &str) -> Result<Option<&'a Mapping>> {
    if node.is_null() {
        return Ok(None);
    }
    node.as_mapping().map(Some).ok_or_else(|| wrong_type(node, field, "a mapping"))
}

/// The text of a property's mark; marks that are no strings do not count.
fn mark<'a>(property: &'a Mapping, name: &str) -> Option<&'a str> {
    property.get(name)?.as_scalar().filter(|scalar| scalar.tag == Tag::Str).map(|scalar| scalar.text.as_str())
}

#[derive(Debug, Default)]
struct Found {
    annotations: Vec<FieldSpec>,
    labels: Vec<FieldSpec>,
    names: Vec<FieldSpec>,
    references: Vec<NameReference>,
}

impl Found {
    fn into_config(self) -> TransformerConfig {
        TransformerConfig {
            common_annotations: FieldSpecs::sorted(self.annotations),
            common_labels: FieldSpecs::sorted(self.labels),
            name_prefix: FieldSpecs::sorted(self.names),
            name_references: NameReferences::sorted(self.references),
            ..TransformerConfig::empty()
        }
    }
}

struct Marks<'a> {
    types: &'a Mapping,
    gvk: Gvk,
    found: Found,
    seen: usize,
}

impl<'a> Marks<'a> {
    fn collect(&mut self, properties: &'a Mapping, path: &mut Vec<&'a str>) -> Result<()> {
        for entry in properties {
            let Some(property) = mapping(&entry.value, entry.key.text())? else { continue };
            self.seen += 1;
            if self.seen > MAX_PROPERTIES || path.len() > MAX_DEPTH {
                let message = format!("the types that `{}` refers to never end", self.gvk.kind);
                return Err(Error::new(ErrorKind::Limit, message).at(entry.key.span));
            }
            path.push(entry.key.text());
            if mark(property, "x-kubernetes-annotation").is_some() {
                self.found.annotations.push(self.spec(path));
            }
            if mark(property, "x-kubernetes-label-selector").is_some() {
                self.found.labels.push(self.spec(path));
            }
            if mark(property, "x-kubernetes-identity").is_some() {
                self.found.names.push(self.spec(path));
            }
            self.reference(property, path);
            if let Some(target) = mark(property, "$ref") {
                let definition = self.types.get(target);
                if let Some(properties) = definition.map(|node| self::properties(node, target)).transpose()?.flatten() {
                    self.collect(properties, path)?;
                }
            }
            path.pop();
        }
        Ok(())
    }

    /// A property that names another object: the kind and version it refers to, and where the name stands.
    fn reference(&mut self, property: &'a Mapping, path: &mut Vec<&'a str>) {
        let version = mark(property, "x-kubernetes-object-ref-api-version");
        let kind = mark(property, "x-kubernetes-object-ref-kind");
        let (Some(version), Some(kind)) = (version, kind) else { return };
        path.push(mark(property, "x-kubernetes-object-ref-name-key").unwrap_or("name"));
        let referrers = vec![self.spec(path)];
        path.pop();
        self.found.references.push(NameReference { gvk: Gvk::new("", version, kind), referrers });
    }

    fn spec(&self, path: &[&str]) -> FieldSpec {
        FieldSpec { gvk: self.gvk.clone(), path: path.join("/").into(), create: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::transformer_config::tests::node;

    const TYPES: &str = r#"
x.v1.Bee:
  Schema:
    properties:
      kind: {type: string}
      apiVersion: {type: string}
      metadata: {type: object}
      spec: {$ref: x.v1.BeeSpec}
      plain: {x-kubernetes-annotation: true}
x.v1.BeeSpec:
  schema:
    properties:
      notes: {x-kubernetes-annotation: ""}
      select: {x-kubernetes-label-selector: ""}
      name: {x-kubernetes-identity: ""}
      secret:
        x-kubernetes-object-ref-api-version: v1
        x-kubernetes-object-ref-kind: Secret
      config:
        x-kubernetes-object-ref-api-version: v1
        x-kubernetes-object-ref-kind: ConfigMap
        x-kubernetes-object-ref-name-key: title
      other: {$ref: not.there}
x.v1.NoObject:
  schema: {properties: {kind: {}, name: {x-kubernetes-identity: ""}}}
"#;

    #[test]
    fn marks_become_field_specs() {
        let config = TransformerConfig::from_crd_definitions(&node(TYPES)).unwrap();
        let spec = |path: &str| FieldSpec { gvk: Gvk::new("", "", "Bee"), path: path.into(), create: false };
        assert_eq!(*config.common_annotations, [spec("spec/notes")]);
        assert_eq!(*config.common_labels, [spec("spec/select")]);
        assert_eq!(*config.name_prefix, [spec("spec/name")]);
        assert!(config.name_suffix.is_empty());
        let reference =
            |kind: &str, path: &str| NameReference { gvk: Gvk::new("", "v1", kind), referrers: vec![spec(path)] };
        let expected = [reference("ConfigMap", "spec/config/title"), reference("Secret", "spec/secret/name")];
        assert_eq!(*config.name_references, expected);
    }

    #[test]
    fn other_files_are_refused() {
        let definition = node("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n");
        let error = TransformerConfig::from_crd_definitions(&definition).unwrap_err();
        assert_eq!(error.message(), "`apiVersion` must be a mapping, but is a string");
        assert_eq!(error.hints().len(), 1);
        for text in ["[a]", "a: {Schema: b}", "a: {schema: {properties: {b: 3}}}"] {
            assert!(TransformerConfig::from_crd_definitions(&node(text)).is_err(), "{text}");
        }
        for text in ["a: {Schema: null}", "a: null", "a: {schema: {properties: null}}", "a: {other: 1}"] {
            assert!(TransformerConfig::from_crd_definitions(&node(text)).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_type_that_refers_to_itself_is_refused() {
        let text = "A: {schema: {properties: {kind: {}, apiVersion: {}, metadata: {}, a: {$ref: A}, b: {$ref: A}}}}";
        let error = TransformerConfig::from_crd_definitions(&node(text)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
    }
}
