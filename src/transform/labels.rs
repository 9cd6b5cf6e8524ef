//! Adds labels (upstream: `LabelTransformer`, `api/filters/labels`).

use std::collections::BTreeMap;

use crate::config::{FieldSpec, FieldSpecs, TransformerConfig, merge_field_specs};
use crate::error::Result;
use crate::pack::{Pack, Packs};
use crate::resource::{ResMap, Resource, SharedValue, TypeRef, annotations};
use crate::transform::field_spec::{Create, for_each_at};
use crate::transform::fields_by_type::{FieldsByType, NumberedField};
use crate::transform::set_value::{Set, made_key, set_entry};
use crate::transform::{Context, Transformer};
use crate::yaml::{Key, Node, Scalar};

/// Adds labels to the fields of all resources.
#[derive(Debug, Clone, Default)]
pub struct LabelTransformer {
    /// The labels.
    pub labels: BTreeMap<String, String>,
    /// Where they go.
    pub field_specs: FieldSpecs,
}

/// Where one entry of a kustomization's `labels` goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LabelScope {
    /// Also to selectors, pods and volume claims.
    pub include_selectors: bool,
    /// Also to pods.
    pub include_templates: bool,
    /// Also to the claims of stateful sets.
    pub include_volume_claim_templates: bool,
}

impl LabelScope {
    /// The fields for an entry of `labels` with its own `fields`.
    ///
    /// # Errors
    /// When field specs agree in type and path but not in `create`.
    pub fn field_specs(self, fields: &[FieldSpec], config: &TransformerConfig) -> Result<FieldSpecs> {
        let mut specs = fields.to_vec();
        merge_field_specs(&mut specs, &config.labels)?;
        if self.include_selectors {
            merge_field_specs(&mut specs, &config.common_labels)?;
            return Ok(specs.into());
        }
        if self.include_templates {
            merge_field_specs(&mut specs, &config.template_labels)?;
        }
        if self.include_volume_claim_templates {
            merge_field_specs(&mut specs, &config.volume_claim_template_labels)?;
        }
        let own = FieldSpec { path: "metadata/labels".into(), create: true, ..FieldSpec::default() };
        merge_field_specs(&mut specs, &[own])?;
        Ok(specs.into())
    }
}

impl Transformer for LabelTransformer {
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        add_entries(resources, &self.labels, &self.field_specs, context.packs)?;
        self.warn_of_rollouts(resources, context);
        Ok(())
    }
}

impl LabelTransformer {
    /// Warns of Rollouts whose pods get no labels that Services select by from now on.
    fn warn_of_rollouts(&self, resources: &ResMap, context: &Context<'_>) {
        let selects = |spec: &FieldSpec| spec.gvk.kind == "Service" && spec.path == "spec/selector";
        let reaches_pods =
            |spec: &FieldSpec| spec.gvk.kind == "Rollout" && spec.path == "spec/template/metadata/labels";
        if self.labels.is_empty()
            || !self.field_specs.iter().any(selects)
            || self.field_specs.iter().any(reaches_pods)
            || !resources
                .iter()
                .any(|resource| matches!(resource.type_ref(), TypeRef { group: "", kind: "Service", .. }))
        {
            return;
        }
        for resource in resources {
            let gvk = resource.type_ref();
            let has_pods = resource.node.lookup(&["spec", "template"]).is_some_and(|template| !template.is_null());
            if gvk.kind == "Rollout" && Pack::of_group(gvk.group).is_some() && has_pods {
                let message = "labels go to the selectors of Services, but not to the pods of this Rollout; \
                               `--pack argo-rollouts` adds them there";
                context.warnings.add(message, resource.name_span());
            }
        }
    }
}

/// Sets every entry in every field: labels and annotations are added alike.
pub(super) fn add_entries(
    resources: &mut ResMap,
    entries: &BTreeMap<String, String>,
    field_specs: &FieldSpecs,
    packs: Packs,
) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let entries: Vec<(Key, Scalar)> =
        entries.iter().map(|(key, value)| (made_key(key.as_str()), Scalar::string(value.as_str()))).collect();
    resources.drop_empties();
    let mut fields_of = FieldsByType::new(field_specs);
    resources.change_each(|_, resource| {
        let fields = fields_of.of(resource);
        entries.iter().try_for_each(|(key, value)| add_entry(resource, fields, key, value, field_specs, packs))
    })
}

fn add_entry(
    resource: &mut Resource,
    fields: &[NumberedField<'_>],
    key: &Key,
    value: &Scalar,
    field_specs: &FieldSpecs,
    packs: Packs,
) -> Result<()> {
    let kind = resource.kind();
    let mut made_by: Vec<u16> = Vec::new();
    let (mut made, mut changed) = (0, false);
    for NumberedField { number, spec } in fields {
        let made_before = made;
        // Upstream keeps its memory there, so the field is there without anybody's having made it.
        if !spec.create && spec.path == "metadata/annotations" && annotations::are_remembered(resource) {
            resource.metadata_mut().get_or_insert_with("annotations", Node::mapping);
        }
        let create = if packs.let_make(resource, spec) { Create::Mapping } else { Create::Nothing };
        for_each_at(&mut resource.node, &kind, spec, create, &mut |node| {
            match set_entry(node, key, value)? {
                Set::Nothing => {}
                Set::Changed => changed = true,
                Set::Made => made += 1,
            }
            Ok(())
        })?;
        if made > made_before {
            made_by.push(u16::try_from(*number).unwrap_or(u16::MAX));
            let same_key = |shared: &&mut SharedValue| shared.key() == key.text();
            resource.shared.iter_mut().filter(same_key).for_each(|shared| shared.leave(&spec.path));
        }
    }
    if changed {
        resource.settle_shared();
    }
    if made > 1 {
        resource.shared.reserve_exact(1);
        resource.shared.push(SharedValue::new(field_specs.clone(), made_by, key.text().clone(), value.clone()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::{Gvk, ResMap};
    use crate::yaml::{Mapping, Value};

    fn deployment() -> ResMap {
        let mut resource = Resource::new(Node::new(Value::Mapping(Mapping::new())));
        resource.set_gvk(&Gvk::new("apps", "v1", "Deployment"));
        resource.set_name("web");
        let mut resources = ResMap::new();
        resources.replace_all(vec![resource]);
        resources
    }

    fn add(resources: &mut ResMap, value: &str, scope: LabelScope) {
        let config = TransformerConfig::built_in();
        let labels = BTreeMap::from([("app".to_owned(), value.to_owned())]);
        add_entries(resources, &labels, &scope.field_specs(&[], &config).unwrap(), Packs::none()).unwrap();
    }

    fn values(resources: &ResMap) -> Vec<Option<&str>> {
        let node = &resources.get(0).unwrap().node;
        let paths: [&[&str]; 3] = [
            &["metadata", "labels", "app"],
            &["spec", "selector", "matchLabels", "app"],
            &["spec", "template", "metadata", "labels", "app"],
        ];
        paths.map(|path| node.lookup(path).and_then(Node::as_str)).to_vec()
    }

    const SELECTORS: LabelScope =
        LabelScope { include_selectors: true, include_templates: false, include_volume_claim_templates: false };

    #[test]
    fn labels_made_together_change_together() {
        let mut resources = deployment();
        add(&mut resources, "a", SELECTORS);
        assert_eq!(values(&resources), [Some("a"); 3]);
        add(&mut resources, "b", LabelScope::default());
        assert_eq!(values(&resources), [Some("b"); 3]);
    }

    #[test]
    fn labels_made_one_after_another_do_not() {
        let mut resources = deployment();
        add(&mut resources, "a", LabelScope::default());
        add(&mut resources, "b", SELECTORS);
        add(&mut resources, "c", LabelScope::default());
        assert_eq!(values(&resources), [Some("c"), Some("b"), Some("b")]);
    }

    #[test]
    fn narrow_fields_swallow_the_objects_own() {
        let config = TransformerConfig::built_in();
        let narrow = FieldSpec { gvk: Gvk::new("", "", "Service"), path: "metadata/labels".into(), create: true };
        let specs = LabelScope::default().field_specs(std::slice::from_ref(&narrow), &config).unwrap();
        assert_eq!(*specs, std::slice::from_ref(&narrow)[..]);
        assert!(SELECTORS.field_specs(&[FieldSpec { create: false, ..narrow }], &config).is_err());
    }
}
