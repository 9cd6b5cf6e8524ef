//! Sets replica counts (upstream: `ReplicaCountTransformer`, `api/filters/replicacount`).

use crate::config::FieldSpecs;
use crate::decode::{Decode, Fields};
use crate::error::{Error, ErrorKind, Result};
use crate::pack::{Pack, Packs};
use crate::resource::{ResId, ResMap, Resource};
use crate::source::Span;
use crate::transform::field_spec::{Create, for_each_field};
use crate::transform::set_value::set_scalar;
use crate::transform::{Context, Transformer};
use crate::yaml::{Node, Tag, Text};

/// How many replicas the resources of a name get.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replica {
    /// The resources' name, past or present.
    pub name: String,
    /// How many replicas.
    pub count: i64,
}

/// Sets the replica count of all resources of one name.
#[derive(Debug, Clone)]
pub struct ReplicaCountTransformer {
    /// Name and count.
    pub replica: Replica,
    /// Which types have a count, and where.
    pub field_specs: FieldSpecs,
    /// Where the replica count was written, for errors.
    pub span: Span,
}

impl Transformer for ReplicaCountTransformer {
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        let Replica { name, count } = &self.replica;
        let count = Text::from(count.to_string());
        let mut found = false;
        for spec in self.field_specs.iter() {
            let is_meant = |id: &ResId| id.name == name.as_str() && id.gvk.is_selected_by(&spec.gvk);
            for index in resources.find_any(name, is_meant) {
                found = true;
                let set = &mut |node: &mut Node| set_scalar(node, count.clone(), Tag::Int);
                let change = |resource: &mut Resource| {
                    let gvk = resource.gvk();
                    for_each_field(&mut resource.node, &gvk, spec, Create::Scalar(Tag::Int), set)
                };
                resources.update(index, change).transpose()?;
            }
        }
        if found { Ok(()) } else { Err(self.not_found(resources, context.packs)) }
    }
}

impl ReplicaCountTransformer {
    fn not_found(&self, resources: &mut ResMap, packs: Packs) -> Error {
        let mut types: Vec<String> = self.field_specs.iter().map(|spec| format!("`{}`", spec.gvk)).collect();
        types.dedup();
        let message = format!("`replicas` names `{}`, but no resource of that name can be scaled", self.replica.name);
        let error = Error::new(ErrorKind::Transform, message).at(self.span);
        let is_rollout = |id: &ResId| id.gvk.kind == "Rollout" && Pack::of_group(&id.gvk.group).is_some();
        if !packs.contains(Pack::ArgoRollouts)
            && let Some(&index) = resources.find_any(&self.replica.name, is_rollout).first()
        {
            let place = resources.get(index).map_or(Span::NONE, Resource::name_span);
            return error
                .frame("the Rollout of that name is at", place)
                .hint("kustomize knows nothing of Rollouts; `--pack argo-rollouts` does");
        }
        error.hint(format!("types with a replica count are {}; others take a `configurations` file", types.join(", ")))
    }
}

impl Replica {
    fn take(mut fields: Fields<'_>) -> Result<Self> {
        let taken = Self { name: fields.take("name")?, count: fields.take("count")? };
        fields.finish()?;
        Ok(taken)
    }

    /// Reads the `replica` of a plugin's config, where unknown fields are ignored and texts may be numbers.
    ///
    /// # Errors
    /// When a value is of the wrong type.
    pub fn leniently(node: &Node, field: &str) -> Result<Self> {
        Self::take(Fields::leniently(node, field)?)
    }
}

/// Strict: unknown fields are errors, as in kustomizations.
impl Decode for Replica {
    fn decode(node: &Node, field: &str) -> Result<Self> {
        Self::take(Fields::of(node, field)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::TransformerConfig;
    use crate::transform::prefix::PrefixTransformer;
    use crate::transform::testing::{apply, print, resources};

    fn replicas(name: &str) -> ReplicaCountTransformer {
        let replica = Replica { name: name.to_owned(), count: 3 };
        ReplicaCountTransformer { replica, field_specs: TransformerConfig::built_in().replicas, span: Span::NONE }
    }

    const INPUT: &str = "\
kind: Deployment
metadata: {name: a}
spec: {replicas: \"1\"}
---
kind: StatefulSet
metadata: {name: a}
spec: null
---
kind: Foo
metadata: {name: a}
";

    /// Quotes that were there stay, and with them the type.
    #[test]
    fn present_and_past_names() {
        let mut resources = resources(INPUT);
        let field_specs = TransformerConfig::built_in().name_prefix;
        apply(&PrefixTransformer { prefix: "p-".to_owned(), field_specs }, &mut resources).unwrap();
        apply(&replicas("a"), &mut resources).unwrap();
        let output = "\
kind: Deployment
metadata:
  name: p-a
spec:
  replicas: \"3\"
---
kind: StatefulSet
metadata:
  name: p-a
spec:
  replicas: 3
---
kind: Foo
metadata:
  name: p-a
";
        assert_eq!(print(&resources), output);
        apply(&replicas("p-a"), &mut resources).unwrap();
    }

    #[test]
    fn a_name_that_is_not_there_is_an_error() {
        let error = apply(&replicas("b"), &mut resources(INPUT)).unwrap_err();
        assert_eq!(error.message(), "`replicas` names `b`, but no resource of that name can be scaled");
    }
}
