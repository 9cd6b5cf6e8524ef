//! The field specs that every kustomization starts from (upstream: `builtinpluginconsts`).
//!
//! Facts as small tables, one file for each subject; nothing is parsed.

mod labels;
mod references;
mod vars;

use crate::config::field_specs::LazyList;
use crate::config::name_references::LazyReferences;
use crate::config::{FieldSpec, FieldSpecs, NameReferences, TransformerConfig, gvk_order};
use crate::resource::Gvk;
pub(super) use references::of_kind as references_of_kind;

/// Where the kinds that run pods keep the pod: group, version and kind of the owner, path to the pod's spec.
#[derive(Debug, Clone, Copy)]
struct PodOwner {
    version: &'static str,
    kind: &'static str,
    spec: &'static str,
}

const fn owner(version: &'static str, kind: &'static str, spec: &'static str) -> PodOwner {
    PodOwner { version, kind, spec }
}

/// A group, a version, a kind and a path.
type Row = (&'static str, &'static str, &'static str, &'static str);

fn spec(row: &Row, create: bool) -> FieldSpec {
    let (group, version, kind, path) = *row;
    FieldSpec { gvk: Gvk::new(group, version, kind), path: path.into(), create }
}

fn specs<'a>(rows: impl IntoIterator<Item = &'a Row>, create: bool) -> Vec<FieldSpec> {
    rows.into_iter().map(|row| spec(row, create)).collect()
}

/// Every field of every pod's owner.
fn in_pods<'a>(owners: &'a [PodOwner], fields: &'a [&'a str]) -> impl Iterator<Item = FieldSpec> + 'a {
    owners.iter().flat_map(|owner| {
        let gvk = Gvk::new("", owner.version, owner.kind);
        fields.iter().map(move |field| FieldSpec {
            gvk: gvk.clone(),
            path: [owner.spec, "/", field].concat().into(),
            create: false,
        })
    })
}

const NAME: [Row; 1] = [("", "", "", "metadata/name")];

const IMAGES: [Row; 6] = [
    ("", "", "", "spec/containers[]/image"),
    ("", "", "", "spec/initContainers[]/image"),
    ("", "", "", "spec/volumes[]/image/reference"),
    ("", "", "", "spec/template/spec/containers[]/image"),
    ("", "", "", "spec/template/spec/initContainers[]/image"),
    ("", "", "", "spec/template/spec/volumes[]/image/reference"),
];

const REPLICAS: [Row; 4] = [
    ("", "", "Deployment", "spec/replicas"),
    ("", "", "ReplicationController", "spec/replicas"),
    ("", "", "ReplicaSet", "spec/replicas"),
    ("", "", "StatefulSet", "spec/replicas"),
];

const NAMESPACE_CREATED: [Row; 2] =
    [("", "", "Namespace", "metadata/name"), ("apiregistration.k8s.io", "", "APIService", "spec/service/namespace")];

const NAMESPACE_KEPT: [Row; 1] = [(
    "apiextensions.k8s.io",
    "",
    "CustomResourceDefinition",
    "spec/conversion/webhook/clientConfig/service/namespace",
)];

static NAMES: LazyList = LazyList::new(|| specs(&NAME, false));
static NAMESPACE: LazyList = LazyList::new(|| {
    let kept = specs(&NAMESPACE_KEPT, false);
    sorted(specs(&NAMESPACE_CREATED, true).into_iter().chain(kept).collect())
});
static COMMON_LABELS: LazyList = LazyList::new(|| sorted(labels::common()));
static TEMPLATE_LABELS: LazyList = LazyList::new(|| sorted(specs(&labels::METADATA, true)));
static VOLUME_CLAIM_TEMPLATE_LABELS: LazyList = LazyList::new(|| sorted(specs(&labels::VOLUME_CLAIM_TEMPLATES, true)));
static COMMON_ANNOTATIONS: LazyList = LazyList::new(|| {
    let templates = specs(&labels::TEMPLATE_ANNOTATIONS, true);
    sorted(specs(&[labels::ANNOTATIONS], true).into_iter().chain(templates).collect())
});
static VAR_REFERENCES: LazyList = LazyList::new(|| sorted(vars::all()));
static IMAGE_FIELDS: LazyList = LazyList::new(|| sorted(specs(&IMAGES, true)));
static REPLICA_FIELDS: LazyList = LazyList::new(|| sorted(specs(&REPLICAS, true)));
static NAME_REFERENCES: LazyReferences = LazyReferences::new(references::all);

fn sorted(mut specs: Vec<FieldSpec>) -> Vec<FieldSpec> {
    gvk_order::sort(&mut specs, |spec| &spec.gvk);
    specs
}

/// Every built-in list of field specs.
#[cfg(test)]
pub(super) static LISTS: [&LazyList; 9] = [
    &NAMES,
    &NAMESPACE,
    &COMMON_LABELS,
    &TEMPLATE_LABELS,
    &VOLUME_CLAIM_TEMPLATE_LABELS,
    &COMMON_ANNOTATIONS,
    &VAR_REFERENCES,
    &IMAGE_FIELDS,
    &REPLICA_FIELDS,
];

impl TransformerConfig {
    /// The built-in field specs. Costs nothing; a list is made when somebody first looks at it.
    #[must_use]
    pub fn built_in() -> Self {
        Self {
            name_prefix: FieldSpecs::built_in(&NAMES),
            name_suffix: FieldSpecs::built_in(&NAMES),
            namespace: FieldSpecs::built_in(&NAMESPACE),
            common_labels: FieldSpecs::built_in(&COMMON_LABELS),
            labels: FieldSpecs::default(),
            template_labels: FieldSpecs::built_in(&TEMPLATE_LABELS),
            volume_claim_template_labels: FieldSpecs::built_in(&VOLUME_CLAIM_TEMPLATE_LABELS),
            common_annotations: FieldSpecs::built_in(&COMMON_ANNOTATIONS),
            name_references: NameReferences::built_in(&NAME_REFERENCES),
            var_references: FieldSpecs::built_in(&VAR_REFERENCES),
            images: FieldSpecs::built_in(&IMAGE_FIELDS),
            replicas: FieldSpecs::built_in(&REPLICA_FIELDS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_the_built_in_config_shares_it() {
        let built_in = TransformerConfig::built_in();
        let mut config = TransformerConfig::empty();
        config.merge(&built_in).unwrap();
        config.merge(&built_in).unwrap();
        assert_eq!(config, built_in);
        assert!(std::ptr::eq(&raw const *config.name_references, &raw const *built_in.name_references));
        assert!(std::ptr::eq(&raw const *config.common_labels, &raw const *built_in.common_labels));
        assert!(std::ptr::eq(&raw const *config.var_references, &raw const *built_in.var_references));
    }

    #[test]
    fn lists_are_complete() {
        let config = TransformerConfig::built_in();
        let referrers: usize = config.name_references.iter().map(|reference| reference.referrers.len()).sum();
        let counts = [
            config.common_labels.len(),
            config.template_labels.len(),
            config.common_annotations.len(),
            config.name_references.len(),
            referrers,
            config.var_references.len(),
        ];
        assert_eq!(counts, [32, 9, 9, 16, 166, 72]);
    }

    #[test]
    fn a_custom_spec_conflicts_with_a_built_in_one() {
        let mut config = TransformerConfig::built_in();
        let custom = FieldSpec { gvk: Gvk::default(), path: "spec/replicas".into(), create: false };
        let custom = TransformerConfig { replicas: vec![custom].into(), ..TransformerConfig::empty() };
        assert!(config.merge(&custom).is_err());
    }
}
