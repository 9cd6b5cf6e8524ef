//! Mends references to objects that were renamed (upstream: `api/filters/nameref`,
//! `namereferencetransformer.go`).
//!
//! For every field that may name an object of some type: finds the object that once had the
//! name that stands there, and writes its present one. Runs once, at the root of a build.

use crate::config::{FieldSpec, NameReference, NameReferences};
use crate::error::{Error, ErrorKind, Result};
use crate::resource::{Gvk, IdRef, ResMap, TypeRef};
use crate::schema::Schema;
use crate::transform::edit::Edit;
use crate::transform::field_tree::{FieldTree, Visitor};
use crate::transform::fields_by_type::ByType;
use crate::transform::name_reference_targets::{Reach, Target, Targets, choose};
use crate::transform::set_value::made_text;
use crate::transform::{Context, Transformer};
use crate::yaml::{Key, Mapping, Node, Scalar, Style, Tag, Text, Value};

/// Writes present names wherever a field refers to a renamed object.
#[derive(Debug, Clone, Default)]
pub struct NameReferenceTransformer {
    /// Which fields refer to which types, in the order in which they are tried.
    pub references: NameReferences,
}

impl Transformer for NameReferenceTransformer {
    fn transform(&self, resources: &mut ResMap, context: &Context<'_>) -> Result<()> {
        for (index, edits) in self.edits(resources, context.schema)? {
            resources.update(index, |resource| Edit::apply_all(edits, &mut resource.node));
        }
        Ok(())
    }
}

/// The fields of one type that refer to something.
struct Fields<'a> {
    list: Vec<(&'a NameReference, &'a FieldSpec)>,
    tree: FieldTree<'a>,
}

impl Fields<'_> {
    fn spec(&self, number: usize) -> Option<&FieldSpec> {
        self.list.get(number).map(|(_, spec)| *spec)
    }
}

impl NameReferenceTransformer {
    /// What becomes of the resources that refer to renamed ones.
    fn edits(&self, resources: &ResMap, schema: &Schema) -> Result<Vec<(usize, Vec<Edit>)>> {
        let targets = Targets::new(resources, schema);
        let mut fields_of: ByType<Fields<'_>> = ByType::new();
        let mut found = Vec::new();
        for (index, own) in targets.iter().enumerate() {
            let Target { resource, id: IdRef { group, version, kind, .. }, .. } = *own;
            let first = resource.history.first();
            let kind = first.map_or(kind, |first| &first.kind);
            let gvk = || {
                let gvk = resource.gvk();
                Gvk { kind: first.map_or(gvk.kind, |first| first.kind.clone()), ..gvk }
            };
            let fields = fields_of.of(TypeRef { group, version, kind }, gvk, |gvk| self.fields_of(gvk));
            if fields.tree.is_empty() {
                continue;
            }
            let (reach, role) = (reach_of(own)?, role_of(&resource.node));
            // The type was compared with the original kind already; the present one must not matter.
            let kind = |number: usize| fields.spec(number).map_or_else(String::new, |spec| spec.gvk.kind.to_string());
            let mut menders =
                Menders { fields: &fields.list, targets: &targets, own, reach: &reach, role: role.as_ref() };
            let edits = fields.tree.edits(&resource.node, kind, &mut menders).map_err(|error| {
                let way = format!("while mending references of `{}`", resource.cur_id());
                error.frame(way, resource.name_span())
            })?;
            if !edits.is_empty() {
                found.push((index, edits));
            }
        }
        Ok(found)
    }

    /// The fields of objects of the type `gvk` that refer to something.
    fn fields_of(&self, gvk: &Gvk) -> Fields<'_> {
        let list = self.references.referrers_of(gvk);
        let tree = FieldTree::new(list.iter().map(|(_, spec)| *spec));
        Fields { list, tree }
    }
}

/// What `own` can refer to by namespace.
fn reach_of<'a>(own: &Target<'a>) -> Result<Reach<'a>> {
    if own.is_cluster_scoped() {
        return Ok(Reach::Everything);
    }
    let is_binding = own.id.kind == "RoleBinding";
    let accounts = if is_binding { account_namespaces(&own.resource.node)? } else { Vec::new() };
    Ok(Reach::Namespace { own: own.namespace(), accounts })
}

/// The namespaces of the ServiceAccounts that a RoleBinding lists.
fn account_namespaces(binding: &Node) -> Result<Vec<Text>> {
    let wrong = |node: &Node, message: &str| Err(Error::new(ErrorKind::Transform, message).at(node.span));
    let mut namespaces = Vec::new();
    for subject in binding.get("subjects").and_then(Node::as_sequence).unwrap_or_default() {
        if subject.as_mapping().is_none() {
            return wrong(subject, "a subject of a RoleBinding must be a mapping");
        }
        let (Some(namespace), Some(kind)) = (subject.get("namespace"), subject.get("kind")) else { continue };
        let Some(kind) = as_string(kind) else {
            return wrong(kind, "the kind of a subject must be a string");
        };
        if *kind == "ServiceAccount" {
            match as_string(namespace) {
                Some(namespace) if !namespaces.contains(namespace) => namespaces.push(namespace.clone()),
                Some(_) => {}
                None => return wrong(namespace, "the namespace of a subject must be a string"),
            }
        }
    }
    Ok(namespaces)
}

fn as_string(node: &Node) -> Option<&Text> {
    let scalar = node.as_scalar()?;
    matches!(scalar.tag, Tag::Str | Tag::Binary | Tag::Unresolved).then_some(&scalar.text)
}

/// The type that the field `roleRef` of a binding names, if it is complete.
fn role_of(binding: &Node) -> Option<Gvk> {
    let role = binding.get("roleRef")?;
    let text = |node: &Node| node.text().cloned().unwrap_or_default();
    Some(Gvk::new(text(role.get("apiGroup")?), "", text(role.get("kind")?)))
}

/// Mends the fields of one referrer.
struct Menders<'a> {
    fields: &'a [(&'a NameReference, &'a FieldSpec)],
    targets: &'a Targets<'a>,
    own: &'a Target<'a>,
    reach: &'a Reach<'a>,
    /// The type that stands in `roleRef`.
    role: Option<&'a Gvk>,
}

impl<'a> Menders<'a> {
    fn of(&self, number: usize) -> Option<Mender<'a>> {
        let (reference, spec) = self.fields.get(number)?;
        let role = self.role.filter(|_| spec.path.ends_with("roleRef/name"));
        let Self { targets, own, reach, .. } = *self;
        Some(Mender { targets, own, reach, kind: &reference.gvk, role })
    }
}

impl Visitor for Menders<'_> {
    fn stays(&mut self, number: usize, node: &Node) -> bool {
        // What an object is called now, all were called that once were called so.
        let is_name = node.as_scalar().is_some() && self.targets.keep_names();
        is_name || self.of(number).is_none_or(|mender| mender.stays(node))
    }

    fn visit(&mut self, number: usize, node: &mut Node) -> Result<()> {
        self.of(number).map_or(Ok(()), |mender| mender.mend(node))
    }
}

/// Mends one field of one referrer.
struct Mender<'a> {
    targets: &'a Targets<'a>,
    own: &'a Target<'a>,
    reach: &'a Reach<'a>,
    /// The type that the field refers to.
    kind: &'a Gvk,
    /// In a `roleRef`: the type that stands beside the name.
    role: Option<&'a Gvk>,
}

impl<'a> Mender<'a> {
    /// Whether no other name is written.
    fn stays(&self, node: &Node) -> bool {
        let stays = |item| matches!(self.to_write(item), Ok(None));
        match &node.value {
            Value::Sequence(items) => items.iter().all(stays),
            _ => stays(node),
        }
    }

    fn mend(&self, node: &mut Node) -> Result<()> {
        match &mut node.value {
            Value::Sequence(items) => items.iter_mut().try_for_each(|item| self.mend_item(item)),
            _ => self.mend_item(node),
        }
    }

    fn mend_item(&self, node: &mut Node) -> Result<()> {
        let Some(target) = self.to_write(node)? else { return Ok(()) };
        let (name, namespace) = (target.resource.name(), target.resource.namespace());
        match &mut node.value {
            Value::Scalar(scalar) => rename(scalar, &name),
            Value::Mapping(mapping) => {
                set(mapping, "name", &name);
                if !namespace.is_empty() {
                    set(mapping, "namespace", &namespace);
                }
            }
            Value::Sequence(_) => {}
        }
        Ok(())
    }

    /// The object that an item refers to, if what is written there has to be written anew.
    fn to_write(&self, node: &Node) -> Result<Option<&'a Target<'a>>> {
        match &node.value {
            Value::Scalar(scalar) if scalar.is_null() => Ok(None),
            Value::Scalar(scalar) => self.for_name(&scalar.text),
            Value::Mapping(mapping) => self.for_mapping(mapping),
            Value::Sequence(_) => Err(Error::new(ErrorKind::Transform, "a reference can't be a list in a list")),
        }
        .map_err(|error| error.at(node.span))
    }

    /// A field that is a name.
    fn for_name(&self, name: &str) -> Result<Option<&'a Target<'a>>> {
        let candidates = self.targets.named(name, self.reach);
        let same = |left: &Target<'_>, right: &Target<'_>| left.id.name == right.id.name;
        Ok(self.select(candidates, same)?.filter(|target| target.id.name != name))
    }

    /// A field that has a name and perhaps a namespace; both are written.
    fn for_mapping(&self, mapping: &Mapping) -> Result<Option<&'a Target<'a>>> {
        let Some(name) = mapping.get("name") else {
            let message = "the reference has no `name`";
            return Err(Error::new(ErrorKind::Transform, message).hint("check the paths of `nameReference`"));
        };
        let text = |node: &Node| node.text().cloned().unwrap_or_default();
        let name = text(name);
        let candidates = match mapping.get("namespace") {
            Some(namespace) => self.targets.named_in(&name, &text(namespace), self.reach),
            None => self.targets.named(&name, self.reach),
        };
        let same = |left: &Target<'_>, right: &Target<'_>| {
            left.id.name == right.id.name && left.id.namespace == right.id.namespace
        };
        let is_other = |target: &&Target<'_>| *target.id.name != *name || !target.id.namespace.is_empty();
        Ok(self.select(candidates, same)?.filter(is_other))
    }

    /// The object that is referred to.
    fn select(
        &self,
        mut candidates: Vec<&'a Target<'a>>,
        same: impl Fn(&Target<'_>, &Target<'_>) -> bool,
    ) -> Result<Option<&'a Target<'a>>> {
        candidates.retain(|target| {
            target.was(self.kind) && self.role.is_none_or(|role| target.was(role)) && self.is_in_scope(target)
        });
        choose(candidates, self.own, same)
    }

    /// Namespaced objects refer to their own namespace, cluster-scoped objects and ServiceAccounts.
    fn is_in_scope(&self, target: &Target<'_>) -> bool {
        self.own.is_cluster_scoped()
            || target.is_cluster_scoped()
            || target.id.kind == "ServiceAccount"
            || target.namespace() == self.own.namespace()
    }
}

/// Writes `text`, whose type is decided when it is printed; quotes stay.
fn rename(scalar: &mut Scalar, text: &Text) {
    scalar.text = text.clone();
    scalar.tag = Tag::Unresolved;
}

fn set(mapping: &mut Mapping, key: &str, text: &Text) {
    match mapping.get_mut(key).map(|node| &mut node.value) {
        Some(Value::Scalar(scalar)) => rename(scalar, text),
        Some(value) => *value = Node::scalar(text.clone(), Tag::Unresolved).value,
        None => {
            let scalar = Scalar { text: Text::from(key), tag: Tag::Unresolved, style: Style::Plain };
            let key = Key { span: crate::source::Span::NONE, scalar };
            mapping.push(key, made_text(text.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::PreviousId;
    use crate::transform::testing::{apply, print, resources};

    fn reference(kind: &str, fields: &[(&str, &str)]) -> NameReference {
        let field = |(kind, path): &(&str, &str)| FieldSpec {
            gvk: Gvk::new("", "", *kind),
            path: (*path).into(),
            create: false,
        };
        NameReference { gvk: Gvk::new("", "", kind), referrers: fields.iter().map(field).collect() }
    }

    fn transformer() -> NameReferenceTransformer {
        let references = vec![
            reference("ConfigMap", &[("Pod", "spec/config")]),
            reference("Service", &[("Hook", "webhooks/service")]),
            reference("Role", &[("RoleBinding", "roleRef/name")]),
            reference("ClusterRole", &[("RoleBinding", "roleRef/name")]),
            reference("ServiceAccount", &[("RoleBinding", "subjects")]),
        ];
        NameReferenceTransformer { references: references.into() }
    }

    /// Renames every object but the last by a prefix, as a layer does, and mends the references.
    fn mend(yaml: &str, prefixes: &[&str]) -> Result<String> {
        let mut resources = resources(yaml);
        for (resource, prefix) in resources.iter_mut().zip(prefixes) {
            let (namespace, name, kind) = (resource.namespace(), resource.name(), resource.kind());
            let namespace = if namespace.is_empty() { "default".into() } else { namespace };
            resource.history.push(PreviousId { namespace, name: name.clone(), kind });
            resource.prefixes.push((*prefix).into());
            resource.set_name(format!("{prefix}{name}"));
        }
        apply(&transformer(), &mut resources)?;
        Ok(print(&resources))
    }

    fn last(yaml: &str) -> &str {
        yaml.rsplit("---\n").next().unwrap_or_default()
    }

    const POD: &str = "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: x}, spec: {config: cm}}";

    #[test]
    fn names_in_the_same_namespace() {
        let maps = "{apiVersion: v1, kind: ConfigMap, metadata: {name: cm, namespace: y}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: cm, namespace: x}}
---
";
        let mended = mend(&format!("{maps}{POD}\n"), &["a-", "b-"]).unwrap();
        assert!(last(&mended).ends_with("spec:\n  config: b-cm\n"), "{mended}");
    }

    #[test]
    fn layers_tell_candidates_apart() {
        let maps = "{apiVersion: v1, kind: ConfigMap, metadata: {name: cm, namespace: x}}
---
{apiVersion: v2, kind: ConfigMap, metadata: {name: cm, namespace: x}}
---
";
        let mended = mend(&format!("{maps}{POD}\n"), &["a-", "b-"]).unwrap();
        assert!(last(&mended).contains("config: cm\n"), "{mended}");
        let mended = mend(&format!("{maps}{POD}\n"), &["a-", "b-", "b-"]).unwrap();
        assert!(last(&mended).contains("config: b-cm\n"), "{mended}");
    }

    #[test]
    fn two_meanings_are_an_error() {
        let maps = "{apiVersion: v1, kind: ConfigMap, metadata: {name: cm, namespace: x}}
---
{apiVersion: v2, kind: ConfigMap, metadata: {name: cm, namespace: x}}
---
";
        let mut resources = resources(&format!("{maps}{POD}\n"));
        for (resource, name) in resources.iter_mut().zip(["a", "b"]) {
            let past = PreviousId { namespace: "x".into(), name: "cm".into(), kind: "ConfigMap".into() };
            resource.history.push(past);
            resource.set_name(name);
        }
        let error = apply(&transformer(), &mut resources).unwrap_err();
        assert_eq!(error.message(), "the reference may mean `v1 ConfigMap x/a` or `v2 ConfigMap x/b`");
        resources.iter_mut().take(2).for_each(|resource| resource.set_name("c"));
        apply(&transformer(), &mut resources).unwrap();
        assert!(last(&print(&resources)).contains("config: c\n"));
    }

    #[test]
    fn mappings_take_the_namespace() {
        let yaml = "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: x}}
---
{apiVersion: v1, kind: Service, metadata: {name: s, namespace: y}}
---
apiVersion: v1
kind: Hook
metadata: {name: h, namespace: x}
webhooks:
- service: {name: s, namespace: x}
- service: {name: s, namespace: z}
- service: {name: \"s\"}
";
        let mended = mend(yaml, &["a-", "b-"]).unwrap();
        let expected = "webhooks:
- service:
    name: a-s
    namespace: x
- service:
    name: s
    namespace: z
- service:
    name: a-s
    namespace: x
";
        assert!(mended.ends_with(expected), "{mended}");
    }

    #[test]
    fn role_bindings_look_at_the_kind_and_at_other_namespaces() {
        let yaml = "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r, namespace: x}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: s, namespace: y}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b, namespace: x}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}
subjects:
- {kind: ServiceAccount, name: s, namespace: y}
- {kind: User, name: s, namespace: z}
";
        let mended = mend(yaml, &["a-", "b-", "c-"]).unwrap();
        let expected = "roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: b-r
subjects:
- kind: ServiceAccount
  name: c-s
  namespace: \"y\"
- kind: User
  name: s
  namespace: z
";
        assert!(mended.ends_with(expected), "{mended}");
    }
}
