//! Selecting resources by id, labels and annotations (upstream: `api/types/selector.go`).

use std::sync::OnceLock;

use crate::error::Result;
use crate::regexp::Anchored;
use crate::resource::label_selector::LabelSelector;
use crate::resource::{Gvk, Resource};
use crate::schema::Schema;

/// Which resources a patch or replacement is for; empty fields select everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selector {
    /// API group; a regular expression, anchored, in patches.
    pub group: String,
    /// API version.
    pub version: String,
    /// Kind.
    pub kind: String,
    /// Name, original or current.
    pub name: String,
    /// Namespace, original or current.
    pub namespace: String,
    /// Label selector in Kubernetes' syntax.
    pub label_selector: String,
    /// Annotation selector in Kubernetes' syntax.
    pub annotation_selector: String,
}

/// A [`Selector`] whose fields are regular expressions that must match whole values; compiled once.
#[derive(Debug, Clone)]
pub struct SelectorRegex {
    group: Anchored,
    version: Anchored,
    kind: Anchored,
    name: Anchored,
    namespace: Anchored,
    labels: Lazy,
    annotations: Lazy,
}

impl SelectorRegex {
    /// Compiles the expressions of `selector`.
    ///
    /// # Errors
    /// When a field is not a regular expression. A malformed label selector is found by [`Self::matches`].
    pub fn new(selector: &Selector) -> Result<Self> {
        Ok(Self {
            group: Anchored::new(&selector.group)?,
            version: Anchored::new(&selector.version)?,
            kind: Anchored::new(&selector.kind)?,
            name: Anchored::new(&selector.name)?,
            namespace: Anchored::new(&selector.namespace)?,
            labels: Lazy::new(&selector.label_selector),
            annotations: Lazy::new(&selector.annotation_selector),
        })
    }

    /// Whether `resource` is selected: namespace and name as they are or were at first, the type as it
    /// is, labels and annotations as they are (upstream: `ResMap.Select`).
    ///
    /// # Errors
    /// When a label or annotation selector is malformed; like upstream this is found out only at a
    /// resource that meets everything else.
    pub fn matches(&self, resource: &Resource, schema: &Schema) -> Result<bool> {
        let id = resource.id_ref();
        Ok(self.matches_name(id.name, resource)
            && self.kind.matches(id.kind)
            && self.group.matches(id.group)
            && self.version.matches(id.version)
            && self.matches_namespace(resource, schema)
            && self.labels.matches(resource, "labels")?
            && self.annotations.matches(resource, "annotations")?)
    }

    fn matches_name(&self, name: &str, resource: &Resource) -> bool {
        self.name.matches(name) || resource.history.first().is_some_and(|first| self.name.matches(&first.name))
    }

    fn matches_namespace(&self, resource: &Resource, schema: &Schema) -> bool {
        let matches = |id: &crate::resource::ResId| self.namespace.matches(id.effective_namespace(schema));
        matches!(self.namespace, Anchored::Everything) || matches(&resource.cur_id()) || matches(&resource.org_id())
    }

    /// A name and a namespace that everything selected has or had at first, if these are no expressions.
    #[must_use]
    pub(crate) fn literal_place(&self) -> Option<(&str, &str)> {
        match (&self.name, &self.namespace) {
            (Anchored::Literal(name), Anchored::Literal(namespace)) => Some((name, namespace)),
            _ => None,
        }
    }

    /// Whether the type is selected.
    #[must_use]
    pub fn matches_gvk(&self, gvk: &Gvk) -> bool {
        self.kind.matches(&gvk.kind) && self.group.matches(&gvk.group) && self.version.matches(&gvk.version)
    }

    /// Whether the expressions for name and namespace match these very texts.
    #[must_use]
    pub fn matches_name_and_namespace(&self, name: &str, namespace: &str) -> bool {
        self.name.matches(name) && self.namespace.matches(namespace)
    }

    /// Whether labels and annotations are selected.
    ///
    /// # Errors
    /// When one of the two selectors is malformed.
    pub fn matches_labels(&self, resource: &Resource) -> Result<bool> {
        let annotations = self.annotations.matches(resource, "annotations")?;
        Ok(self.labels.matches(resource, "labels")? && annotations)
    }

    /// Whether there is a selector for labels or annotations.
    #[must_use]
    pub const fn has_labels(&self) -> bool {
        !self.labels.text.is_empty() || !self.annotations.text.is_empty()
    }
}

/// A label selector that is parsed when a resource gets that far, since only then it may fail.
#[derive(Debug, Clone)]
struct Lazy {
    text: String,
    parsed: OnceLock<LabelSelector>,
}

impl Lazy {
    fn new(text: &str) -> Self {
        Self { text: text.to_owned(), parsed: OnceLock::new() }
    }

    fn matches(&self, resource: &Resource, field: &str) -> Result<bool> {
        if self.text.is_empty() {
            return Ok(true);
        }
        if let Some(selector) = self.parsed.get() {
            return Ok(selector.matches_metadata(&resource.node, field));
        }
        let parsed = LabelSelector::parse(&self.text)?;
        Ok(self.parsed.get_or_init(|| parsed).matches_metadata(&resource.node, field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::PreviousId;
    use crate::yaml::Node;

    fn resource() -> Resource {
        let mut resource = Resource::new(Node::mapping());
        resource.set_gvk(&Gvk::new("apps", "v1", "Deployment"));
        resource.set_name("prod-web");
        let mut labels = Node::mapping();
        labels.as_mapping_mut().unwrap().set("app", Node::string("web"));
        resource.metadata_mut().set("labels", labels);
        resource.history.push(PreviousId {
            namespace: "default".into(),
            name: "web".into(),
            kind: "Deployment".into(),
        });
        resource
    }

    fn matches(change: impl FnOnce(&mut Selector)) -> Result<bool> {
        let mut selector = Selector::default();
        change(&mut selector);
        SelectorRegex::new(&selector)?.matches(&resource(), &Schema::default())
    }

    #[test]
    fn name_is_the_first_or_the_present_one() {
        assert!(matches(|selector| selector.name = "web".into()).unwrap());
        assert!(matches(|selector| selector.name = "prod-.*".into()).unwrap());
        assert!(!matches(|selector| selector.name = "prod".into()).unwrap());
    }

    #[test]
    fn types_are_expressions() {
        assert!(matches(|selector| selector.kind = "Deployment|StatefulSet".into()).unwrap());
        assert!(!matches(|selector| selector.kind = "Deploy".into()).unwrap());
        assert!(!matches(|selector| selector.group = "batch".into()).unwrap());
        assert!(matches(|selector| selector.kind = "(".into()).is_err());
    }

    #[test]
    fn label_selectors_fail_only_where_they_are_asked() {
        assert!(matches(|selector| selector.label_selector = "app=web".into()).unwrap());
        assert!(!matches(|selector| selector.annotation_selector = "app".into()).unwrap());
        assert!(matches(|selector| selector.label_selector = "=".into()).is_err());
        let other_kind = |selector: &mut Selector| {
            selector.kind = "Service".into();
            selector.label_selector = "=".into();
        };
        assert!(!matches(other_kind).unwrap());
    }
}
