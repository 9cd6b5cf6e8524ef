//! Which resources somebody means: `kind/namespace/name`.

use std::fmt;
use std::str::FromStr;

/// A resource by kind, namespace and name, the version left out: identity does not depend on it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceName {
    /// The API group; `""` for the core.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The namespace as written; `""` if there is none.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl ResourceName {
    /// Reads an id as inventories have it: `apps/v1 Deployment shop/web`.
    #[must_use]
    pub fn parse(id: &str) -> Self {
        let mut words = id.splitn(3, ' ');
        let (first, second, third) = (words.next().unwrap_or_default(), words.next(), words.next());
        // Without a version there are two words.
        let (api_version, kind, rest) = match (second, third) {
            (Some(kind), Some(rest)) => (first, kind, rest),
            (Some(rest), None) => ("", first, rest),
            _ => ("", "", first),
        };
        let group = api_version.split_once('/').map(|(group, _)| group).unwrap_or_default();
        let (namespace, name) = rest.split_once('/').unwrap_or(("", rest));
        Self { group: group.to_owned(), kind: kind.to_owned(), namespace: namespace.to_owned(), name: name.to_owned() }
    }
}

impl fmt::Display for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dot = if self.group.is_empty() { "" } else { "." };
        write!(f, "{}{dot}{}/", self.kind, self.group)?;
        if !self.namespace.is_empty() {
            write!(f, "{}/", self.namespace)?;
        }
        f.write_str(&self.name)
    }
}

/// `KIND/NAMESPACE/NAME`, or `KIND/NAME` for what has no namespace; the kind may carry a group, `Deployment.apps`.
/// `*` stands for any characters. Kinds may be in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourcePattern {
    kind: String,
    namespace: String,
    name: String,
}

impl ResourcePattern {
    /// Whether the resource is meant.
    #[must_use]
    pub fn matches(&self, resource: &ResourceName) -> bool {
        let kind = resource.kind.to_lowercase();
        let full = format!("{kind}.{}", resource.group.to_lowercase());
        (matches(&self.kind, &kind) || matches(&self.kind, &full))
            && matches(&self.namespace, &resource.namespace)
            && matches(&self.name, &resource.name)
    }
}

impl FromStr for ResourcePattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.trim().split('/').collect();
        let (kind, namespace, name) = match parts.as_slice() {
            [kind, name] => (kind, &"", name),
            [kind, namespace, name] => (kind, namespace, name),
            _ => return Err(format!("`{text}` is neither `KIND/NAMESPACE/NAME` nor `KIND/NAME`")),
        };
        if kind.is_empty() || name.is_empty() {
            return Err(format!("`{text}` lacks a kind or a name; `*` stands for any"));
        }
        Ok(Self { kind: kind.to_lowercase(), namespace: (*namespace).to_owned(), name: (*name).to_owned() })
    }
}

impl fmt::Display for ResourcePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.kind, self.namespace, self.name)
    }
}

/// Whether `text` is what `pattern` says, where `*` stands for any characters.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ids() {
        let show = |id: &str| ResourceName::parse(id).to_string();
        assert_eq!(show("apps/v1 Deployment shop/web"), "Deployment.apps/shop/web");
        assert_eq!(show("v1 Namespace shop"), "Namespace/shop");
        assert_eq!(ResourceName::parse("apps/v1 Deployment a/b"), ResourceName::parse("apps/v1beta1 Deployment a/b"));
    }

    #[test]
    fn stars_stand_for_anything() {
        let cases = [
            ("deployment/shop/web", "apps/v1 Deployment shop/web", true),
            ("Deployment.apps/*/*", "apps/v1 Deployment shop/web", true),
            ("Deployment.other/*/*", "apps/v1 Deployment shop/web", false),
            ("*/shop/w*b", "apps/v1 Deployment shop/web", true),
            ("*/shop/w*x*b", "apps/v1 Deployment shop/web", false),
            ("Namespace/shop", "v1 Namespace shop", true),
            ("Namespace/*/shop", "v1 Namespace shop", true),
            ("ConfigMap/web", "v1 ConfigMap shop/web", false),
            ("ConfigMap/*/a*a", "v1 ConfigMap shop/a", false),
        ];
        for (pattern, id, want) in cases {
            let pattern: ResourcePattern = pattern.parse().unwrap();
            assert_eq!(pattern.matches(&ResourceName::parse(id)), want, "{pattern} {id}");
        }
        for text in ["", "web", "a/b/c/d", "/x", "Kind/ns/"] {
            assert!(text.parse::<ResourcePattern>().is_err(), "{text}");
        }
    }
}
