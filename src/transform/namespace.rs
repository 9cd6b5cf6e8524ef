//! Sets namespaces (upstream: `NamespaceTransformer`, `api/filters/namespace`).

use hashbrown::HashMap;

use crate::config::{FieldSpec, FieldSpecs};
use crate::error::{Error, ErrorKind, Result};
use crate::resource::{Gvk, IdRef, ResMap, Resource, Scopes};
use crate::schema::Schema;
use crate::transform::field_spec::{Create, for_each_at};
use crate::transform::fields_by_type::ByType;
use crate::transform::role_binding::{self, SubjectMode};
use crate::transform::set_value::{made_key, set_scalar};
use crate::transform::{Context, Transformer};
use crate::yaml::{Key, Node, Tag, Text};

const METADATA_NAMESPACE: &str = "metadata/namespace";

/// Puts all resources that are not cluster-scoped into one namespace, and renames `Namespace` objects to it.
#[derive(Debug, Clone, Default)]
pub struct NamespaceTransformer {
    /// The namespace; nothing happens if it is empty.
    pub namespace: String,
    /// Other fields that hold a namespace.
    pub field_specs: FieldSpecs,
    /// Whether only fields that are empty or missing are set.
    pub unset_only: bool,
    /// Which subjects of role bindings follow.
    pub set_role_binding_subjects: SubjectMode,
}

impl Transformer for NamespaceTransformer {
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        if self.namespace.is_empty() {
            return Ok(());
        }
        let own = self.own();
        let mut types = ByType::new();
        for resource in resources.iter_mut().filter(|resource| is_affected(resource)) {
            let of_type = types.of(resource.type_ref(), || resource.gvk(), |gvk| self.of_type(gvk, context.schema));
            resource.store_previous_id_of(of_type.is_cluster_scoped);
            self.set(resource, &own, of_type)?;
        }
        if resources.are_unique(context.schema) {
            return Ok(());
        }
        self.check_ids(resources, context.schema)
    }
}

/// The object's own namespace.
struct Own {
    namespace: Text,
    key: Key,
    spec: FieldSpec,
}

/// What the namespace of objects of one type is about.
#[derive(Debug)]
struct OfType<'a> {
    is_cluster_scoped: bool,
    binds_roles: bool,
    /// Fields that hold a namespace, beside the object's own and those of the subjects of bindings.
    others: Vec<&'a FieldSpec>,
}

/// The chart knows its namespaces better.
fn is_affected(resource: &Resource) -> bool {
    !resource.helm_generated && !resource.is_empty()
}

impl NamespaceTransformer {
    /// Sets the namespace of one resource.
    ///
    /// # Errors
    /// When a field that should hold a namespace holds a list or a mapping.
    pub fn apply(&self, resource: &mut Resource, schema: &Schema) -> Result<()> {
        self.set(resource, &self.own(), &self.of_type(&resource.gvk(), schema))
    }

    fn own(&self) -> Own {
        let spec = FieldSpec { path: METADATA_NAMESPACE.into(), create: true, ..FieldSpec::default() };
        Own { namespace: Text::from(self.namespace.as_str()), key: made_key("namespace"), spec }
    }

    fn of_type(&self, gvk: &Gvk, schema: &Schema) -> OfType<'_> {
        let binds_roles = role_binding::is_role_binding(gvk);
        let is_for = |spec: &&FieldSpec| gvk.is_selected_by(&spec.gvk) && applies(spec, gvk, binds_roles);
        let others = self.field_specs.iter().filter(is_for).collect();
        OfType { is_cluster_scoped: schema.is_cluster_scoped(gvk), binds_roles, others }
    }

    fn set(&self, resource: &mut Resource, own: &Own, of_type: &OfType<'_>) -> Result<()> {
        let mut set = |node: &mut Node| -> Result<()> {
            if self.unset_only && node.as_str().is_some_and(|text| !text.is_empty()) {
                return Ok(());
            }
            set_scalar(node, own.namespace.clone(), Tag::Str)
        };
        let kind = resource.kind();
        if !of_type.is_cluster_scoped && !Self::add_own(resource, own) {
            for_each_at(&mut resource.node, &kind, &own.spec, Create::Scalar(Tag::Unresolved), &mut set)?;
        }
        if of_type.binds_roles {
            self.set_role_binding_subjects.for_each_subject(&mut resource.node, &mut set)?;
        }
        let mut others = of_type.others.iter();
        others.try_for_each(|spec| for_each_at(&mut resource.node, &kind, spec, Create::Scalar(Tag::Str), &mut set))
    }

    /// Adds the object's own namespace where it has none, as most have none: what field specs would do, in one step.
    fn add_own(resource: &mut Resource, Own { namespace, key, .. }: &Own) -> bool {
        let metadata = resource.node.get("metadata").and_then(Node::as_mapping);
        if metadata.is_none_or(|metadata| metadata.contains(key.text())) {
            return false;
        }
        resource.metadata_mut().push(key.clone(), Node::scalar(namespace.clone(), Tag::Str));
        true
    }

    /// Fails if a resource has come to have the id of another.
    fn check_ids(&self, resources: &ResMap, schema: &Schema) -> Result<()> {
        let mut scopes = Scopes::new(schema);
        let mut seen: HashMap<IdRef<'_>, &Resource> = HashMap::with_capacity(resources.len());
        for resource in resources {
            if let Some(first) = seen.insert(scopes.effective(resource.id_ref()), resource)
                && (is_affected(resource) || is_affected(first))
            {
                let message = format!("namespace `{}` makes two resources `{}`", self.namespace, resource.cur_id());
                return Err(Error::new(ErrorKind::Identity, message)
                    .at(resource.name_span())
                    .frame("the other is at", first.name_span())
                    .hint("rename or remove one of them"));
            }
        }
        Ok(())
    }
}

/// Whether a configured field is set by field spec at all: the object's own namespace and the
/// subjects of role bindings never are, and names only in objects of API version `v1`.
fn applies(spec: &FieldSpec, gvk: &Gvk, binds_roles: bool) -> bool {
    let is_core_v1 = gvk.group.is_empty() && gvk.version == "v1";
    match spec.path.as_str() {
        METADATA_NAMESPACE => false,
        "metadata/name" => is_core_v1,
        "subjects/namespace" => !(binds_roles && role_binding::is_role_binding(&spec.gvk)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::TransformerConfig;
    use crate::transform::testing::run;

    fn to(namespace: &str) -> NamespaceTransformer {
        let field_specs = TransformerConfig::built_in().namespace;
        NamespaceTransformer { namespace: namespace.to_owned(), field_specs, ..NamespaceTransformer::default() }
    }

    #[test]
    fn scopes_and_special_types() {
        let input = "\
apiVersion: v1
kind: Namespace
metadata: {name: old}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: null}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
subjects:
- {kind: User, name: default}
- {kind: ServiceAccount, name: other, namespace: x}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: c}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: d}
spec: {conversion: {webhook: {clientConfig: {service: {namespace: x}}}}}
";
        let output = "\
apiVersion: v1
kind: Namespace
metadata:
  name: new
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
  namespace: new
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: b
subjects:
- kind: User
  name: default
  namespace: new
- kind: ServiceAccount
  name: other
  namespace: x
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata:
  name: c
spec:
  service:
    namespace: new
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: d
spec:
  conversion:
    webhook:
      clientConfig:
        service:
          namespace: new
";
        assert_eq!(run(&to("new"), input).unwrap(), output);
        assert_eq!(run(&to(""), "kind: A\n").unwrap(), "kind: A\n");
    }

    #[test]
    fn what_is_set_can_be_left_alone() {
        let spec = |path: &str, kind: &str| FieldSpec { gvk: Gvk::new("", "", kind), path: path.into(), create: true };
        let transformer = NamespaceTransformer {
            namespace: "new".to_owned(),
            field_specs: vec![spec("subjects/namespace", "RoleBinding"), spec("spec/ns", "")].into(),
            unset_only: true,
            set_role_binding_subjects: SubjectMode::AllServiceAccounts,
        };
        let input = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: old}
spec: {ns: null}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b, namespace: \"\"}
spec: {ns: 5}
subjects:
- {kind: User, name: default, namespace: y}
- {kind: ServiceAccount, name: other, namespace: x}
- {kind: ServiceAccount, name: third, namespace: }
";
        let output = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
  namespace: old
spec:
  ns: \"null\"
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: b
  namespace: new
spec:
  ns: 5
subjects:
- kind: User
  name: default
  namespace: \"y\"
- kind: ServiceAccount
  name: other
  namespace: x
- kind: ServiceAccount
  name: third
  namespace: new
";
        assert_eq!(run(&transformer, input).unwrap(), output);
    }

    #[test]
    fn objects_must_not_collide() {
        let input = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: x}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
";
        let error = run(&to("new"), input).unwrap_err();
        assert_eq!(error.message(), "namespace `new` makes two resources `v1 ConfigMap new/a`");
        assert_eq!(error.frames().len(), 1);
    }

    #[test]
    fn malformed_subjects_are_refused() {
        for subjects in ["{}", "[a]", "[{name: {}}]", "[{name: default, namespace: {a: b}}]"] {
            let input = format!("kind: RoleBinding\nmetadata: {{name: a}}\nsubjects: {subjects}\n");
            assert!(run(&to("new"), &input).is_err(), "{subjects}");
        }
    }
}
