//! Group, version and kind.

use std::fmt;
use std::hash::{Hash, Hasher};

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

/// A text that is empty, but lies somewhere, as `""` does not: ids are compared often, and where processors compare
/// texts by vectors, it takes them a hundred times as long if there is nothing to be read.
pub(crate) const EMPTY: &str = " ".split_at(0).0;

/// Splits an `apiVersion` into group and version.
#[must_use]
pub fn split_api_version(api_version: &str) -> (&str, &str) {
    // So short a text is not worth a search.
    match api_version.bytes().position(|byte| byte == b'/') {
        Some(at) => (&api_version[..at], &api_version[at + 1..]),
        None => (EMPTY, api_version),
    }
}

/// A type that lies in the tree of an object; hashed as a [`Gvk`].
#[derive(Debug, Clone, Copy, Eq)]
pub(crate) struct TypeRef<'a> {
    pub(crate) group: &'a str,
    pub(crate) version: &'a str,
    pub(crate) kind: &'a str,
}

impl PartialEq for TypeRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        same(self.kind, other.kind) && same(self.group, other.group) && same(self.version, other.version)
    }
}

impl Hash for TypeRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.group, self.version, self.kind).hash(state);
    }
}

impl Equivalent<Gvk> for TypeRef<'_> {
    fn equivalent(&self, gvk: &Gvk) -> bool {
        same(self.kind, &gvk.kind) && same(self.group, &gvk.group) && same(self.version, &gvk.version)
    }
}

/// Whether two texts are equal. Those of copies lie in one place, as a rule, and need no comparison.
fn same(left: &str, right: &str) -> bool {
    std::ptr::eq(left, right) || left == right
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_lies_somewhere() {
        let (group, version) = split_api_version("v1");
        assert_eq!((group, version, split_api_version("apps/v1")), ("", "v1", ("apps", "v1")));
        // Nothing lies in the first page, where `""` points.
        assert!(group.as_ptr().addr() > 4096);
    }
}
