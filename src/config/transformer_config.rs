//! All field specs of a build (upstream: `builtinconfig.TransformerConfig`).

use crate::config::field_spec::Configured;
use crate::config::{FieldSpecs, NameReferences};
use crate::decode::Fields;
use crate::error::{Error, ErrorKind, Result};
use crate::yaml::{Node, Value};

/// Which fields each transformer touches. Cheap to clone and to merge with its like.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TransformerConfig {
    /// Fields that get the name prefix.
    pub name_prefix: FieldSpecs,
    /// Fields that get the name suffix.
    pub name_suffix: FieldSpecs,
    /// Fields that hold a namespace.
    pub namespace: FieldSpecs,
    /// Fields that get `commonLabels`, and `labels` with `includeSelectors`.
    pub common_labels: FieldSpecs,
    /// Fields that get `labels` in any case; empty unless configured.
    pub labels: FieldSpecs,
    /// Fields that get `labels` with `includeTemplates`.
    pub template_labels: FieldSpecs,
    /// Fields that get `labels` with `includeVolumeClaimTemplates`.
    pub volume_claim_template_labels: FieldSpecs,
    /// Fields that get `commonAnnotations`.
    pub common_annotations: FieldSpecs,
    /// Fields that follow a rename of what they refer to.
    pub name_references: NameReferences,
    /// Fields in which vars are expanded.
    pub var_references: FieldSpecs,
    /// Fields that hold an image.
    pub images: FieldSpecs,
    /// Fields that hold a replica count.
    pub replicas: FieldSpecs,
}

impl TransformerConfig {
    /// A config without any field.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Takes up what `other` says. Field specs that agree with ours are not added twice.
    ///
    /// # Errors
    /// When two field specs agree in type and path but not in `create`.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        self.name_prefix.merge(&other.name_prefix)?;
        self.name_suffix.merge(&other.name_suffix)?;
        self.namespace.merge(&other.namespace)?;
        self.common_annotations.merge(&other.common_annotations)?;
        self.common_labels.merge(&other.common_labels)?;
        self.labels.merge(&other.labels)?;
        self.template_labels.merge(&other.template_labels)?;
        self.volume_claim_template_labels.merge(&other.volume_claim_template_labels)?;
        self.var_references.merge(&other.var_references)?;
        self.name_references.merge(&other.name_references)?;
        self.images.merge(&other.images)?;
        self.replicas.merge(&other.replicas)
    }

    /// Whether this is the built-in config and nothing else.
    pub(crate) const fn is_built_in(&self) -> bool {
        self.name_prefix.is_built_in()
            && self.name_suffix.is_built_in()
            && self.namespace.is_built_in()
            && self.common_labels.is_built_in()
            && self.labels.is_empty_list()
            && self.template_labels.is_built_in()
            && self.volume_claim_template_labels.is_built_in()
            && self.common_annotations.is_built_in()
            && self.name_references.is_built_in()
            && self.var_references.is_built_in()
            && self.images.is_built_in()
            && self.replicas.is_built_in()
    }

    /// Takes up what `other` says of fields of which nothing is said yet.
    pub(crate) fn add_missing(&mut self, other: &Self) {
        self.namespace.add_missing(&other.namespace);
        self.common_annotations.add_missing(&other.common_annotations);
        self.common_labels.add_missing(&other.common_labels);
        self.template_labels.add_missing(&other.template_labels);
        self.name_references.add_missing(&other.name_references);
        self.images.add_missing(&other.images);
        self.replicas.add_missing(&other.replicas);
    }

    /// Reads a file that `configurations` names; strict about unknown and repeated fields.
    ///
    /// # Errors
    /// The first thing in the file that can't be understood, at its place.
    pub fn from_node(node: &Node) -> Result<Self> {
        if node.is_null() {
            return Ok(Self::empty());
        }
        refuse_repeated_keys(node)?;
        let mut fields = Fields::of(node, "")?;
        let config = Self {
            name_prefix: sorted(&mut fields, "namePrefix")?,
            name_suffix: sorted(&mut fields, "nameSuffix")?,
            namespace: sorted(&mut fields, "namespace")?,
            common_labels: sorted(&mut fields, "commonLabels")?,
            labels: sorted(&mut fields, "labels")?,
            template_labels: sorted(&mut fields, "templateLabels")?,
            volume_claim_template_labels: sorted(&mut fields, "volumeClaimTemplateLabels")?,
            common_annotations: sorted(&mut fields, "commonAnnotations")?,
            name_references: NameReferences::sorted(fields.take("nameReference")?),
            var_references: sorted(&mut fields, "varReference")?,
            images: sorted(&mut fields, "images")?,
            replicas: sorted(&mut fields, "replicas")?,
        };
        fields.finish()?;
        Ok(config)
    }
}

fn sorted(fields: &mut Fields<'_>, name: &'static str) -> Result<FieldSpecs> {
    let specs: Vec<Configured> = fields.take(name)?;
    Ok(FieldSpecs::sorted(specs.into_iter().map(|spec| spec.0).collect()))
}

/// Upstream reads these files, and no others, with a reader that refuses repeated keys.
fn refuse_repeated_keys(node: &Node) -> Result<()> {
    match &node.value {
        Value::Scalar(_) => Ok(()),
        Value::Sequence(items) => items.iter().try_for_each(refuse_repeated_keys),
        Value::Mapping(mapping) => {
            let mut seen = std::collections::HashSet::new();
            for entry in mapping {
                if !seen.insert(entry.key.text()) {
                    let message = format!("`{}` is written twice in one mapping", entry.key.text());
                    return Err(Error::new(ErrorKind::Kustomization, message).at(entry.key.span));
                }
                refuse_repeated_keys(&entry.value)?;
            }
            Ok(())
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use arcstr::ArcStr;

    use super::*;
    use crate::source::SourceId;
    use crate::yaml::parse::{Chunk, parse};
    use crate::yaml::resolve::Dialect;

    /// The tree of a configuration file.
    pub(crate) fn node(text: &str) -> Node {
        let text = ArcStr::from(text);
        parse(Chunk::whole(&text, SourceId(0)), Dialect::V2).unwrap().unwrap()
    }

    fn error(text: &str) -> String {
        TransformerConfig::from_node(&node(text)).unwrap_err().message().to_owned()
    }

    #[test]
    fn files_are_read_in_any_case_and_sorted() {
        let config = TransformerConfig::from_node(&node(
            "
NamePrefix:
- {Path: b, KIND: Secret}
- {path: a, kind: ConfigMap, create: yes}
nameReference:
- {kind: Foo, fieldSpecs: [{path: 5, kind: Bar}]}
images: null
labels:
-
",
        ))
        .unwrap();
        let paths: Vec<_> = config.name_prefix.iter().map(|spec| (spec.path.as_str(), spec.create)).collect();
        assert_eq!(paths, [("a", true), ("b", false)]);
        assert_eq!(config.name_references[0].referrers[0].path, "5");
        assert!(config.images.is_empty());
        assert_eq!(config.labels[0].path, "");
        assert_eq!(TransformerConfig::from_node(&Node::null()).unwrap(), TransformerConfig::empty());
    }

    #[test]
    fn files_are_read_strictly() {
        assert_eq!(error("namoPrefix: []"), "unknown field `namoPrefix`");
        assert_eq!(error("apiVersion: v1"), "unknown field `apiVersion`");
        assert_eq!(error("namePrefix: [{path: a, kid: b}]"), "unknown field `kid` in `namePrefix[0]`");
        assert_eq!(error("namePrefix: [{path: a, path: b}]"), "`path` is written twice in one mapping");
        assert_eq!(error("namePrefix: {}"), "`namePrefix` must be a list, but is a mapping");
        assert_eq!(error("namePrefix: [{kind: 5}]"), "`namePrefix[0].kind` must be a string, but is a number");
    }
}
