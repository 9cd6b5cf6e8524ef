//! Group, version and kind.

use std::fmt;

use hashbrown::Equivalent;

use crate::yaml::Text;

/// The type of a Kubernetes object.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Gvk {
    /// API group; empty for the core group.
    pub group: Text,
    /// API version.
    pub version: Text,
    /// Kind.
    pub kind: Text,
}

impl Gvk {
    /// A type from its three parts.
    #[must_use]
    pub fn new(group: impl Into<Text>, version: impl Into<Text>, kind: impl Into<Text>) -> Self {
        Self { group: group.into(), version: version.into(), kind: kind.into() }
    }

    /// A type from an `apiVersion` and a kind.
    #[must_use]
    pub fn from_api_version(api_version: &str, kind: impl Into<Text>) -> Self {
        let (group, version) = split_api_version(api_version);
        Self::new(group, version, kind)
    }

    /// The `apiVersion` field of objects of this type.
    #[must_use]
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.to_string() } else { format!("{}/{}", self.group, self.version) }
    }

    /// Whether every part that `selector` names equals ours; empty parts select everything.
    #[must_use]
    pub fn is_selected_by(&self, selector: &Self) -> bool {
        (selector.group.is_empty() || selector.group == self.group)
            && (selector.version.is_empty() || selector.version == self.version)
            && (selector.kind.is_empty() || selector.kind == self.kind)
    }
}

/// Splits an `apiVersion` into group and version.
#[must_use]
pub fn split_api_version(api_version: &str) -> (&str, &str) {
    // So short a text is not worth a search.
    match api_version.bytes().position(|byte| byte == b'/') {
        Some(at) => (&api_version[..at], &api_version[at + 1..]),
        None => ("", api_version),
    }
}

/// A type that lies in the tree of an object; hashed as a [`Gvk`].
#[derive(Debug, Clone, Copy, Hash)]
pub(crate) struct TypeRef<'a> {
    pub(crate) group: &'a str,
    pub(crate) version: &'a str,
    pub(crate) kind: &'a str,
}

impl Equivalent<Gvk> for TypeRef<'_> {
    fn equivalent(&self, gvk: &Gvk) -> bool {
        gvk.kind == self.kind && gvk.group == self.group && gvk.version == self.version
    }
}

impl From<TypeRef<'_>> for Gvk {
    fn from(TypeRef { group, version, kind }: TypeRef<'_>) -> Self {
        Self::new(group, version, kind)
    }
}

/// As people write it: `apps/v1 Deployment`.
impl fmt::Display for Gvk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.group.is_empty() {
            write!(f, "{}/", self.group)?;
        }
        if !self.version.is_empty() {
            write!(f, "{} ", self.version)?;
        }
        f.write_str(&self.kind)
    }
}
