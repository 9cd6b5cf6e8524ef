//! Which fields refer to which objects by name (upstream: `NameBackReferences`).

use std::ops::Deref;
use std::sync::LazyLock;

use crate::config::shared_list::SharedList;
use crate::config::{FieldSpec, NameReference, built_in, gvk_order, merge_field_specs};
use crate::error::Result;
use crate::resource::Gvk;

/// An immutable list of name references; clones share it.
#[derive(Debug, Clone, Default)]
pub struct NameReferences(SharedList<NameReference>);

/// A built-in list.
pub(super) type LazyReferences = LazyLock<Vec<NameReference>>;

impl NameReferences {
    /// The built-in list, not made yet.
    pub(super) const fn built_in(list: &'static LazyReferences) -> Self {
        Self(SharedList::BuiltIn(list))
    }

    /// Whether this is the built-in list.
    pub(super) const fn is_built_in(&self) -> bool {
        matches!(self.0, SharedList::BuiltIn(_))
    }

    /// The field specs that are for objects of the type `gvk`, in order, each with its reference.
    pub fn referrers_of(&self, gvk: &Gvk) -> Vec<(&NameReference, &FieldSpec)> {
        // There is one built-in list, and it need not be made as a whole.
        let references = match &self.0 {
            SharedList::BuiltIn(_) => built_in::references_of_kind(&gvk.kind),
            list => list,
        };
        let all = references.iter().flat_map(|reference| reference.referrers.iter().map(move |spec| (reference, spec)));
        all.filter(|(_, spec)| gvk.is_selected_by(&spec.gvk)).collect()
    }

    /// Sorts by the type that is referred to, as upstream does after reading and merging.
    pub(crate) fn sorted(mut references: Vec<NameReference>) -> Self {
        gvk_order::sort(&mut references, |reference| &reference.gvk);
        Self::from(references)
    }

    /// Takes up the field specs of `other` that meet none of ours, whatever they say of `create`.
    pub(super) fn add_missing(&mut self, other: &Self) {
        let mut references = self.to_vec();
        for reference in other.iter() {
            match references.iter_mut().find(|ours| ours.gvk == reference.gvk) {
                Some(ours) => {
                    let missing = |spec: &&FieldSpec| !ours.referrers.iter().any(|known| known.is_met_by(spec));
                    let missing: Vec<FieldSpec> = reference.referrers.iter().filter(missing).cloned().collect();
                    ours.referrers.extend(missing);
                }
                None => references.push(reference.clone()),
            }
        }
        *self = Self::sorted(references);
    }

    /// Takes up the references of `other`: the field specs of one type are merged, unsorted; types are sorted.
    ///
    /// # Errors
    /// When two field specs of one type agree in type and path but not in `create`.
    pub(super) fn merge(&mut self, other: &Self) -> Result<()> {
        if let Some(merged) = self.0.merged_at_once(&other.0) {
            self.0 = merged;
            return Ok(());
        }
        let mut references = self.to_vec();
        for reference in other.iter() {
            match references.iter_mut().find(|ours| ours.gvk == reference.gvk) {
                Some(ours) => merge_field_specs(&mut ours.referrers, &reference.referrers)?,
                None => references.push(reference.clone()),
            }
        }
        *self = Self::sorted(references);
        Ok(())
    }
}

impl From<Vec<NameReference>> for NameReferences {
    fn from(references: Vec<NameReference>) -> Self {
        Self(SharedList::own(references, is_settled))
    }
}

/// Whether merging the list into nothing or into itself changes nothing.
fn is_settled(references: &[NameReference]) -> bool {
    references.is_sorted_by(|left, right| gvk_order::compare(&left.gvk, &right.gvk).is_lt())
        && references.iter().all(|reference| is_stable(&reference.referrers))
}

/// Whether merging `specs` into themselves neither fails nor adds anything.
fn is_stable(specs: &[FieldSpec]) -> bool {
    let agrees = |spec: &FieldSpec| {
        specs.iter().find(|first| first.is_met_by(spec)).is_some_and(|first| first.create == spec.create)
    };
    specs.iter().all(agrees)
}

impl Deref for NameReferences {
    type Target = [NameReference];

    fn deref(&self) -> &[NameReference] {
        &self.0
    }
}

impl PartialEq for NameReferences {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(kind: &str, paths: &[&str]) -> NameReference {
        let spec = |path: &&str| FieldSpec { path: (*path).into(), ..FieldSpec::default() };
        NameReference { gvk: Gvk::new("", "", kind), referrers: paths.iter().map(spec).collect() }
    }

    #[test]
    fn field_specs_of_one_type_are_merged_and_types_are_sorted() {
        let mut list = NameReferences::from(vec![reference("Secret", &["b", "a"])]);
        list.merge(&NameReferences::from(vec![reference("Secret", &["c", "a"]), reference("ConfigMap", &["x"])]))
            .unwrap();
        assert_eq!(*list, [reference("ConfigMap", &["x"]), reference("Secret", &["b", "a", "c"])]);
    }

    #[test]
    fn the_built_in_list_is_settled() {
        let list = crate::config::TransformerConfig::built_in().name_references;
        assert!(!list.is_empty() && is_settled(&list));
    }

    #[test]
    fn referrers_are_found_by_kind_as_among_all() {
        let spec = |group: &str, kind: &str, path: &str| FieldSpec {
            gvk: Gvk::new(group, "", kind),
            path: path.into(),
            ..FieldSpec::default()
        };
        let referrers = |path: &str| {
            ["A", "", "B", "A", ""].iter().map(|kind| spec("", kind, path)).chain([spec("g", "A", path)]).collect()
        };
        let one = |kind: &str, path: &str| NameReference { gvk: Gvk::new("", "", kind), referrers: referrers(path) };
        let list = NameReferences::from(vec![one("X", "x"), one("Y", "y")]);
        for gvk in [Gvk::new("", "v1", "A"), Gvk::new("g", "v1", "A"), Gvk::new("", "v1", "B"), Gvk::new("", "v1", "C")]
        {
            let all = list.iter().flat_map(|reference| reference.referrers.iter().map(move |spec| (reference, spec)));
            let want: Vec<_> = all.filter(|(_, spec)| gvk.is_selected_by(&spec.gvk)).collect();
            assert_eq!(list.referrers_of(&gvk), want, "{gvk}");
        }
    }

    #[test]
    fn types_that_differ_in_version_stay_apart() {
        let mut versioned = reference("Secret", &["a"]);
        versioned.gvk.version = "v1".into();
        let mut list = NameReferences::from(vec![reference("Secret", &["a"])]);
        list.merge(&NameReferences::from(vec![versioned])).unwrap();
        assert_eq!(list.len(), 2);
    }
}
