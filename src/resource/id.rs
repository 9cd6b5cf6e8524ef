//! The identity of an object (upstream: `kyaml/resid`).

use std::fmt;

use crate::resource::{EMPTY, Gvk, TypeRef};
use crate::schema::Schema;
use crate::yaml::Text;

/// Type, name and namespace of an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ResId {
    /// The object's type.
    pub gvk: Gvk,
    /// The object's name.
    pub name: Text,
    /// The object's namespace as written; may be empty.
    pub namespace: Text,
}

/// The namespace that cluster-scoped ids compare as.
pub const NOT_NAMESPACED: &str = "_non_namespaceable_";

/// The namespace that objects without one are in.
pub(super) const DEFAULT_NAMESPACE: &str = "default";

impl ResId {
    /// An id from its parts.
    #[must_use]
    pub const fn new(gvk: Gvk, name: Text, namespace: Text) -> Self {
        Self { gvk, name, namespace }
    }

    /// The namespace for comparisons: `default` for none, one name of its own for cluster-scoped types.
    #[must_use]
    pub fn effective_namespace(&self, schema: &Schema) -> &str {
        if schema.is_cluster_scoped(&self.gvk) {
            NOT_NAMESPACED
        } else if self.namespace.is_empty() {
            DEFAULT_NAMESPACE
        } else {
            &self.namespace
        }
    }

    /// Whether type, name and effective namespace are the same.
    #[must_use]
    pub fn equals(&self, other: &Self, schema: &Schema) -> bool {
        self.gvkn_equals(other) && self.namespace_equals(other, schema)
    }

    /// Whether type and name are the same.
    #[must_use]
    pub fn gvkn_equals(&self, other: &Self) -> bool {
        self.name == other.name && self.gvk == other.gvk
    }

    /// Whether the effective namespaces are the same.
    #[must_use]
    pub fn namespace_equals(&self, other: &Self, schema: &Schema) -> bool {
        self.effective_namespace(schema) == other.effective_namespace(schema)
    }

    /// Whether every part that `selector` names equals ours; empty parts select everything.
    #[must_use]
    pub fn is_selected_by(&self, selector: &Self, schema: &Schema) -> bool {
        (selector.name.is_empty() || selector.name == self.name)
            && (selector.namespace.is_empty() || selector.namespace_equals(self, schema))
            && self.gvk.is_selected_by(&selector.gvk)
    }
}

/// The namespace `namespace`, as written, of an object for comparisons: see [`ResId::effective_namespace`].
pub(super) fn effective_namespace(namespace: Text, is_cluster_scoped: bool) -> Text {
    // Nobody counts the holders of these: threads would do that in one place.
    if is_cluster_scoped {
        Text::from(arcstr::literal!(NOT_NAMESPACED))
    } else if namespace.is_empty() {
        Text::from(arcstr::literal!(DEFAULT_NAMESPACE))
    } else {
        namespace
    }
}

/// An id that lies in the tree of its object: cheap to make and to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IdRef<'a> {
    /// API group; empty for the core group.
    pub group: &'a str,
    /// API version.
    pub version: &'a str,
    /// Kind.
    pub kind: &'a str,
    /// Name.
    pub name: &'a str,
    /// Namespace as written; may be empty.
    pub namespace: &'a str,
}

impl<'a> IdRef<'a> {
    /// The namespace as written; empty for the default one.
    #[must_use]
    pub fn place(&self) -> &'a str {
        if self.namespace == DEFAULT_NAMESPACE { EMPTY } else { self.namespace }
    }

    /// Whether objects of this type are certainly cluster-scoped.
    #[must_use]
    pub fn is_cluster_scoped(&self, schema: &Schema) -> bool {
        schema.is_cluster_scoped_kind(self.group, self.version, self.kind)
    }

    /// The type.
    pub(crate) const fn type_ref(&self) -> TypeRef<'a> {
        TypeRef { group: self.group, version: self.version, kind: self.kind }
    }

    /// Whether type, name and effective namespace are the same.
    #[must_use]
    pub fn equals(&self, other: &IdRef<'_>, schema: &Schema) -> bool {
        self.name == other.name
            && self.kind == other.kind
            && self.group == other.group
            && self.version == other.version
            && (self.place() == other.place() || self.is_cluster_scoped(schema))
    }
}

impl<'a> From<&'a ResId> for IdRef<'a> {
    fn from(id: &'a ResId) -> Self {
        let Gvk { group, version, kind } = &id.gvk;
        Self { group, version, kind, name: &id.name, namespace: &id.namespace }
    }
}

/// As people write it: `apps/v1 Deployment default/web`.
impl fmt::Display for ResId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.gvk)?;
        if !self.namespace.is_empty() {
            write!(f, "{}/", self.namespace)?;
        }
        f.write_str(&self.name)
    }
}
