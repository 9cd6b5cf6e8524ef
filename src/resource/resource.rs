//! One object and what the build remembers about it.
//!
//! Upstream keeps this memory in annotations of the object; here it is fields, and
//! becomes annotations only on the way to a plugin (see `annotations`).

use crate::resource::gvk::split_api_version;
use crate::resource::id::effective_namespace;
use crate::resource::{EMPTY, Gvk, IdRef, Origin, ResId, SharedValue, TypeRef};
use crate::schema::Schema;
use crate::source::Span;
use crate::transform::set_value::made_text;
use crate::yaml::{Mapping, Node, Scalar, Style, Tag, Text, Value};

/// A Kubernetes object under construction.
#[derive(Debug, Clone)]
pub struct Resource {
    /// The object itself, a mapping.
    pub node: Node,
    /// Names, namespaces and kinds it had before, oldest first.
    pub history: Vec<PreviousId>,
    /// Name prefixes that were added, in order.
    pub prefixes: Vec<Text>,
    /// Name suffixes that were added, in order.
    pub suffixes: Vec<Text>,
    /// Names of the vars whose values this resource holds.
    pub var_names: Vec<String>,
    /// Where it came from, when the build tracks origins.
    pub origin: Option<Box<Origin>>,
    /// Which transformers ran on it, when the build tracks them.
    pub transformations: Vec<Origin>,
    /// What a generated resource does to an existing one.
    pub behavior: Behavior,
    /// Whether a content hash is to be appended to its name.
    pub needs_hash: bool,
    /// In a patch: whether it may rename its target.
    pub allow_name_change: bool,
    /// In a patch: whether it may change its target's kind.
    pub allow_kind_change: bool,
    /// Whether a Helm chart rendered it.
    pub helm_generated: bool,
    /// Labels and annotations that were made in several fields and change together.
    pub shared: Vec<SharedValue>,
}

/// The nodes of an object that its id is made of.
struct IdNodes<'a> {
    api_version: Option<&'a Node>,
    kind: Option<&'a Node>,
    name: Option<&'a Node>,
    namespace: Option<&'a Node>,
}

/// What a resource was called before a transformer renamed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviousId {
    /// Its effective namespace at the time.
    pub namespace: Text,
    /// Its name at the time.
    pub name: Text,
    /// Its kind at the time.
    pub kind: Text,
}

/// What a generated resource does when one of its id exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Behavior {
    /// Nothing was said; works as `create`.
    #[default]
    Unspecified,
    /// It must be new.
    Create,
    /// It takes the other's place.
    Replace,
    /// It is merged into the other.
    Merge,
}

impl Behavior {
    /// The behavior of that name; anything else is unspecified.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        match name {
            "create" => Self::Create,
            "replace" => Self::Replace,
            "merge" => Self::Merge,
            _ => Self::Unspecified,
        }
    }

    /// The behavior's name.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Unspecified => None,
            Self::Create => Some("create"),
            Self::Replace => Some("replace"),
            Self::Merge => Some("merge"),
        }
    }
}

impl Resource {
    /// A resource without a past.
    #[must_use]
    pub const fn new(node: Node) -> Self {
        Self {
            node,
            history: Vec::new(),
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            var_names: Vec::new(),
            origin: None,
            transformations: Vec::new(),
            behavior: Behavior::Unspecified,
            needs_hash: false,
            allow_name_change: false,
            allow_kind_change: false,
            helm_generated: false,
            shared: Vec::new(),
        }
    }

    /// The `apiVersion`, or an empty string.
    #[must_use]
    pub fn api_version(&self) -> Text {
        self.node.get("apiVersion").and_then(Node::text).cloned().unwrap_or_default()
    }

    /// The kind, or an empty string.
    #[must_use]
    pub fn kind(&self) -> Text {
        self.node.get("kind").and_then(Node::text).cloned().unwrap_or_default()
    }

    /// The type.
    #[must_use]
    pub fn gvk(&self) -> Gvk {
        let api_version = self.api_version();
        let (group, version) = split_api_version(&api_version);
        let (group, version) = (api_version.part(group), api_version.part(version));
        Gvk { group, version, kind: self.kind() }
    }

    /// The id as it is now, without a copy of its parts.
    #[must_use]
    pub fn id_ref(&self) -> IdRef<'_> {
        let IdNodes { api_version, kind, name, namespace } = self.id_nodes();
        let (group, version) = split_api_version(api_version.and_then(Node::text).map_or(EMPTY, Text::as_str));
        IdRef {
            group,
            version,
            kind: kind.and_then(Node::text).map_or(EMPTY, Text::as_str),
            name: name.and_then(Node::as_str).unwrap_or(EMPTY),
            namespace: namespace.and_then(Node::as_str).unwrap_or(EMPTY),
        }
    }

    /// The type, without a copy and without a look at the name.
    pub(crate) fn type_ref(&self) -> TypeRef<'_> {
        let text = |key: &str| self.node.get(key).and_then(Node::text).map_or(EMPTY, Text::as_str);
        let (group, version) = split_api_version(text("apiVersion"));
        TypeRef { group, version, kind: text("kind") }
    }

    /// What the id is made of, found in one walk; of keys that are there twice the first counts.
    fn id_nodes(&self) -> IdNodes<'_> {
        let (mut api_version, mut kind, mut metadata) = (None, None, None);
        for entry in self.node.as_mapping().into_iter().flatten() {
            // As bytes, which are compared in place.
            let found = match entry.key.text().as_bytes() {
                b"apiVersion" => &mut api_version,
                b"kind" => &mut kind,
                b"metadata" => &mut metadata,
                _ => continue,
            };
            found.get_or_insert(&entry.value);
            if api_version.is_some() && kind.is_some() && metadata.is_some() {
                break;
            }
        }
        let (mut name, mut namespace) = (None, None);
        for entry in metadata.and_then(Node::as_mapping).into_iter().flatten() {
            match entry.key.text().as_bytes() {
                b"name" => name.get_or_insert(&entry.value),
                b"namespace" => namespace.get_or_insert(&entry.value),
                _ => continue,
            };
        }
        IdNodes { api_version, kind, name, namespace }
    }

    /// `metadata.name`, or an empty string.
    #[must_use]
    pub fn name(&self) -> Text {
        self.metadata_text("name")
    }

    /// Where the name was written, or the object if it has none.
    pub(crate) fn name_span(&self) -> Span {
        self.node.lookup(&["metadata", "name"]).map_or(self.node.span, |node| node.span)
    }

    /// `metadata.namespace` as written, or an empty string.
    #[must_use]
    pub fn namespace(&self) -> Text {
        self.metadata_text("namespace")
    }

    fn metadata_text(&self, field: &str) -> Text {
        let node = self.node.get("metadata").and_then(|metadata| metadata.get(field));
        node.filter(|node| !node.is_null()).and_then(Node::text).cloned().unwrap_or_default()
    }

    /// The id as it is now; unique in a [`crate::resource::ResMap`].
    #[must_use]
    pub fn cur_id(&self) -> ResId {
        let IdNodes { api_version, kind, name, namespace } = self.id_nodes();
        let text = |node: Option<&Node>| node.and_then(Node::text).cloned().unwrap_or_default();
        let some = |node: Option<&Node>| text(node.filter(|node| !node.is_null()));
        let api_version = text(api_version);
        let (group, version) = split_api_version(&api_version);
        let (group, version) = (api_version.part(group), api_version.part(version));
        ResId::new(Gvk { group, version, kind: text(kind) }, some(name), some(namespace))
    }

    /// The ids it had before, oldest first, with the present group and version (as upstream does).
    #[must_use]
    pub fn prev_ids(&self) -> Vec<ResId> {
        let gvk = self.gvk();
        let id = |previous: &PreviousId| {
            let gvk = Gvk { kind: previous.kind.clone(), ..gvk.clone() };
            ResId::new(gvk, previous.name.clone(), previous.namespace.clone())
        };
        self.history.iter().map(id).collect()
    }

    /// The oldest id.
    #[must_use]
    pub fn org_id(&self) -> ResId {
        self.prev_ids().into_iter().next().unwrap_or_else(|| self.cur_id())
    }

    /// Remembers the present id before a change of name, namespace or kind.
    pub fn store_previous_id(&mut self, schema: &Schema) {
        let is_cluster_scoped = self.id_ref().is_cluster_scoped(schema);
        self.store_previous_id_of(is_cluster_scoped);
    }

    /// The same where it is known whether objects of the type are cluster-scoped.
    pub(crate) fn store_previous_id_of(&mut self, is_cluster_scoped: bool) {
        let IdNodes { kind, name, namespace, .. } = self.id_nodes();
        let text = |node: Option<&Node>| node.and_then(Node::text).cloned().unwrap_or_default();
        let some = |node: Option<&Node>| text(node.filter(|node| !node.is_null()));
        let namespace = effective_namespace(some(namespace), is_cluster_scoped);
        let previous = PreviousId { namespace, name: some(name), kind: text(kind) };
        // Hardly anything has more than two of these.
        self.history.reserve_exact(1);
        self.history.push(previous);
    }

    /// Sets `metadata.name`; what type the text has is decided when it is printed.
    pub fn set_name(&mut self, name: impl Into<Text>) {
        let metadata = self.metadata_mut();
        set_text(metadata, "name", name.into());
    }

    /// Sets `metadata.namespace`, or removes it if `namespace` is empty.
    pub fn set_namespace(&mut self, namespace: impl Into<Text>) {
        let namespace = namespace.into();
        if namespace.is_empty() {
            if let Some(metadata) = self.node.get_mut("metadata").and_then(Node::as_mapping_mut) {
                metadata.remove("namespace");
            }
        } else {
            set_text(self.metadata_mut(), "namespace", namespace);
        }
    }

    /// Sets the kind.
    pub fn set_kind(&mut self, kind: impl Into<Text>) {
        if let Some(root) = self.node.as_mapping_mut() {
            set_text(root, "kind", kind.into());
        }
    }

    /// Sets `apiVersion` and kind.
    pub fn set_gvk(&mut self, gvk: &Gvk) {
        if let Some(root) = self.node.as_mapping_mut() {
            set_text(root, "kind", gvk.kind.clone());
            set_text(root, "apiVersion", Text::from(gvk.api_version()));
        }
    }

    /// The `metadata` mapping, made if it is missing.
    pub fn metadata_mut(&mut self) -> &mut Mapping {
        if self.node.as_mapping().is_none() {
            self.node.value = Value::Mapping(Mapping::new());
        }
        let Value::Mapping(root) = &mut self.node.value else { unreachable!("set to a mapping above") };
        let metadata = root.get_or_insert_with("metadata", Node::mapping);
        if metadata.as_mapping().is_none() {
            metadata.value = Value::Mapping(Mapping::new());
        }
        let Value::Mapping(metadata) = &mut metadata.value else { unreachable!("set to a mapping above") };
        metadata
    }

    /// The entries of `metadata.labels` as text, in file order.
    #[must_use]
    pub fn labels(&self) -> Vec<(Text, Text)> {
        self.metadata_map("labels")
    }

    /// The entries of `metadata.annotations` as text, in file order.
    #[must_use]
    pub fn annotations(&self) -> Vec<(Text, Text)> {
        self.metadata_map("annotations")
    }

    /// The text of one annotation.
    #[must_use]
    pub fn annotation(&self, key: &str) -> Option<Text> {
        self.node.lookup(&["metadata", "annotations", key])?.text().cloned()
    }

    fn metadata_map(&self, field: &str) -> Vec<(Text, Text)> {
        let Some(mapping) = self.node.lookup(&["metadata", field]).and_then(Node::as_mapping) else {
            return Vec::new();
        };
        let pair =
            |entry: &crate::yaml::Entry| (entry.key.text().clone(), entry.value.text().cloned().unwrap_or_default());
        mapping.iter().map(pair).collect()
    }

    /// Whether nothing is left of the object.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.node.as_mapping().is_none_or(Mapping::is_empty)
    }

    /// After a change of single values (a merge, a replacement): what is shared follows.
    ///
    /// Whoever builds the tree anew (a JSON patch, a plugin) clears [`Self::shared`] instead.
    pub fn settle_shared(&mut self) {
        for shared in &mut self.shared {
            shared.settle(&mut self.node);
        }
    }

    /// The entries of the field at `path` are values of their own from now on.
    ///
    /// Upstream makes all annotations of an object anew whenever it notes a transformer in them.
    pub fn unshare(&mut self, path: &str) {
        for shared in &mut self.shared {
            shared.leave(path);
        }
    }

    /// Removes the whole object; the next clean-up drops it from its map.
    pub fn clear(&mut self) {
        self.node.value = Value::Mapping(Mapping::new());
    }
}

/// Replaces the text under `key`, keeping the place and the quotes of a value that was there.
fn set_text(mapping: &mut Mapping, key: &str, text: Text) {
    match mapping.get_mut(key) {
        Some(node) => {
            let style = node.as_scalar().map_or(Style::Plain, |old| old.style);
            node.value = Value::Scalar(Scalar { text, tag: Tag::Unresolved, style });
        }
        None => mapping.set(key, made_text(text)),
    }
}
