//! Mends references to objects that were renamed (upstream: `api/filters/nameref`,
//! `namereferencetransformer.go`).
//!
//! For every field that may name an object of some type: finds the object that once had the
//! name that stands there, and writes its present one. Runs once, at the root of a build.

use crate::config::{FieldSpec, NameReference, NameReferences};
use crate::error::{Error, ErrorKind, Result};
use crate::resource::{Gvk, ResMap, Resource, TypeRef};
use crate::transform::field_tree::FieldTree;
use crate::transform::fields_by_type::ByType;
use crate::transform::name_reference_targets::{Reach, Target, Targets};
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
        let targets = Targets::new(resources, context.schema);
        let mut fields_of: ByType<Fields<'_>> = ByType::new();
        let mut referrers: Vec<Vec<usize>> = Vec::new();
        referrers.resize_with(resources.len(), Vec::new);
        let mut found = Vec::new();
        resources.change_each(|index, resource| {
            let Some(own) = targets.get(index) else { return Ok(()) };
            let Gvk { group, version, kind } = &own.id.gvk;
            let kind = resource.history.first().map_or(kind, |first| &first.kind);
            let fields = fields_of.of(TypeRef { group, version, kind }, |gvk| self.fields_of(gvk));
            if fields.tree.is_empty() {
                return Ok(());
            }
            let reach = reach_of(resource, own)?;
            let role = role_of(&resource.node);
            found.clear();
            // The type was compared with the original kind already; the present one must not matter.
            let kind = |number: usize| fields.spec(number).map_or_else(String::new, |spec| spec.gvk.kind.to_string());
            let mended = fields.tree.for_each(&mut resource.node, kind, &mut |number, node| {
                let Some((reference, spec)) = fields.list.get(number) else { return Ok(()) };
                let role = role.as_ref().filter(|_| spec.path.ends_with("roleRef/name"));
                let found = &mut found;
                Mender { targets: &targets, own, reach: &reach, kind: &reference.gvk, role, found }.mend(node)
            });
            mended.map_err(|error| error.frame(format!("while mending references of `{}`", own.id), own.name_span))?;
            for &target in &found {
                if let Some(list) = referrers.get_mut(target)
                    && list.last() != Some(&index)
                {
                    list.push(index);
                }
            }
            Ok(())
        })?;
        let ids = |index: &usize| targets.get(*index).map(|target| target.id.clone());
        resources.change_each(|index, resource| {
            let referrers = referrers.get(index).map_or(&[][..], Vec::as_slice);
            resource.referrers.extend(referrers.iter().filter_map(ids));
            Ok(())
        })
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
    /// The fields of objects of the type `gvk` that refer to something.
    fn fields_of(&self, gvk: &Gvk) -> Fields<'_> {
        let list = self.references.referrers_of(gvk);
        let tree = FieldTree::new(list.iter().map(|(_, spec)| *spec));
        Fields { list, tree }
    }
}

/// What `resource` can refer to by namespace.
fn reach_of(resource: &Resource, own: &Target) -> Result<Reach> {
    if own.is_cluster_scoped() {
        return Ok(Reach::Everything);
    }
    let accounts = if own.id.gvk.kind == "RoleBinding" { account_namespaces(&resource.node)? } else { Vec::new() };
    Ok(Reach::Namespace { own: own.namespace().clone(), accounts })
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

/// Mends one field of one referrer.
struct Mender<'a> {
    targets: &'a Targets,
    own: &'a Target,
    reach: &'a Reach,
    /// The type that the field refers to.
    kind: &'a Gvk,
    /// In a `roleRef`: the type that stands beside the name.
    role: Option<&'a Gvk>,
    /// Positions of the objects that were found to be referred to.
    found: &'a mut Vec<usize>,
}

impl Mender<'_> {
    fn mend(&mut self, node: &mut Node) -> Result<()> {
        match &mut node.value {
            Value::Sequence(items) => items.iter_mut().try_for_each(|item| self.mend_item(item)),
            _ => self.mend_item(node),
        }
    }

    fn mend_item(&mut self, node: &mut Node) -> Result<()> {
        if node.is_null() {
            return Ok(());
        }
        match &mut node.value {
            Value::Scalar(scalar) => self.mend_name(scalar),
            Value::Mapping(mapping) => self.mend_mapping(mapping),
            Value::Sequence(_) => Err(Error::new(ErrorKind::Transform, "a reference can't be a list in a list")),
        }
        .map_err(|error| error.at(node.span))
    }

    /// A field that is a name.
    fn mend_name(&mut self, scalar: &mut Scalar) -> Result<()> {
        let candidates = self.targets.named(&scalar.text, self.reach);
        let same = |left: &Target, right: &Target| left.id.name == right.id.name;
        if let Some(target) = self.select(candidates, same)?
            && target.id.name != scalar.text
        {
            rename(scalar, &target.id.name);
        }
        Ok(())
    }

    /// A field that has a name and perhaps a namespace; both are written.
    fn mend_mapping(&mut self, mapping: &mut Mapping) -> Result<()> {
        let Some(name) = mapping.get("name") else {
            let message = "the reference has no `name`";
            return Err(Error::new(ErrorKind::Transform, message).hint("check the paths of `nameReference`"));
        };
        let name = name.text().cloned().unwrap_or_default();
        let candidates = match mapping.get("namespace") {
            Some(namespace) => {
                let namespace = namespace.text().cloned().unwrap_or_default();
                self.targets.named_in(&name, &namespace, self.reach)
            }
            None => self.targets.named(&name, self.reach),
        };
        let same =
            |left: &Target, right: &Target| left.id.name == right.id.name && left.id.namespace == right.id.namespace;
        let Some(target) = self.select(candidates, same)? else { return Ok(()) };
        let namespace = &target.id.namespace;
        if target.id.name == name && namespace.is_empty() {
            return Ok(());
        }
        set(mapping, "name", &target.id.name);
        if !namespace.is_empty() {
            set(mapping, "namespace", namespace);
        }
        Ok(())
    }

    /// The object that is referred to: the only candidate, or the only one of the same layers, or
    /// any if they are the same for our purpose.
    fn select<'t>(
        &mut self,
        mut candidates: Vec<(usize, &'t Target)>,
        same: impl Fn(&Target, &Target) -> bool,
    ) -> Result<Option<&'t Target>> {
        candidates.retain(|(_, target)| {
            target.was(self.kind) && self.role.is_none_or(|role| target.was(role)) && self.is_in_scope(target)
        });
        if candidates.len() > 1 || candidates.is_empty() {
            candidates.retain(|(_, target)| target.same_layers(self.own, true));
        }
        if candidates.len() > 1 {
            candidates.retain(|(_, target)| target.same_layers(self.own, false));
        }
        let Some((&(index, first), others)) = candidates.split_first() else { return Ok(None) };
        if let Some((_, other)) = others.iter().find(|(_, other)| !same(first, other)) {
            let message = format!("the reference may mean `{}` or `{}`", first.id, other.id);
            let error = Error::new(ErrorKind::Identity, message);
            return Err(error.frame("the first is at", first.name_span).frame("the other is at", other.name_span));
        }
        self.found.push(index);
        Ok(Some(first))
    }

    /// Namespaced objects refer to their own namespace, cluster-scoped objects and ServiceAccounts.
    fn is_in_scope(&self, target: &Target) -> bool {
        self.own.is_cluster_scoped()
            || target.is_cluster_scoped()
            || target.id.gvk.kind == "ServiceAccount"
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

    #[test]
    fn referrers_are_remembered() {
        let mut resources = resources(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: a-cm, namespace: x}}
---
{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: x}, spec: {config: [cm, cm]}}
",
        );
        let past = PreviousId { namespace: "x".into(), name: "cm".into(), kind: "ConfigMap".into() };
        resources.iter_mut().next().unwrap().history.push(past);
        apply(&transformer(), &mut resources).unwrap();
        let referrers = &resources.get(0).unwrap().referrers;
        assert_eq!(referrers.iter().map(ToString::to_string).collect::<Vec<_>>(), ["v1 Pod x/p"]);
    }
}
