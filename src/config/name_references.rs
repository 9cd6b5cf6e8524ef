//! Which fields refer to which objects by name (upstream: `NameBackReferences`).

use std::ops::Deref;
use std::sync::Arc;

use crate::config::{FieldSpec, NameReference, gvk_order, merge_field_specs};
use crate::error::Result;

/// An immutable list of name references; clones share it.
#[derive(Debug, Clone, Default)]
pub struct NameReferences(Option<Arc<List>>);

#[derive(Debug)]
struct List {
    references: Vec<NameReference>,
    /// Merging this list into nothing or into itself changes nothing.
    settled: bool,
}

impl NameReferences {
    /// Sorts by the type that is referred to, as upstream does after reading and merging.
    pub(super) fn sorted(mut references: Vec<NameReference>) -> Self {
        gvk_order::sort(&mut references, |reference| &reference.gvk);
        Self::from(references)
    }

    /// Takes up the references of `other`: the field specs of one type are merged, unsorted; types are sorted.
    ///
    /// # Errors
    /// When two field specs of one type agree in type and path but not in `create`.
    pub(super) fn merge(&mut self, other: &Self) -> Result<()> {
        let Some(incoming) = &other.0 else { return Ok(()) };
        match &self.0 {
            None if incoming.settled => self.0 = Some(Arc::clone(incoming)),
            Some(ours) if ours.settled && Arc::ptr_eq(ours, incoming) => {}
            _ => {
                let mut references = self.to_vec();
                for reference in &incoming.references {
                    match references.iter_mut().find(|ours| ours.gvk == reference.gvk) {
                        Some(ours) => merge_field_specs(&mut ours.referrers, &reference.referrers)?,
                        None => references.push(reference.clone()),
                    }
                }
                *self = Self::sorted(references);
            }
        }
        Ok(())
    }
}

impl From<Vec<NameReference>> for NameReferences {
    fn from(references: Vec<NameReference>) -> Self {
        if references.is_empty() {
            return Self(None);
        }
        let settled = references.is_sorted_by(|left, right| gvk_order::compare(&left.gvk, &right.gvk).is_lt())
            && references.iter().all(|reference| is_stable(&reference.referrers));
        Self(Some(Arc::new(List { references, settled })))
    }
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
        self.0.as_ref().map_or(&[], |list| &list.references)
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
    use crate::resource::Gvk;

    fn reference(kind: &str, paths: &[&str]) -> NameReference {
        let spec = |path: &&str| FieldSpec { path: (*path).to_owned(), ..FieldSpec::default() };
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
    fn types_that_differ_in_version_stay_apart() {
        let mut versioned = reference("Secret", &["a"]);
        versioned.gvk.version = "v1".into();
        let mut list = NameReferences::from(vec![reference("Secret", &["a"])]);
        list.merge(&NameReferences::from(vec![versioned])).unwrap();
        assert_eq!(list.len(), 2);
    }
}
