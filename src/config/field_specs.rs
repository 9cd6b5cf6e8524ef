//! Lists of field specs, shared and merged (upstream: `FsSlice`).
//!
//! Every base merges the same built-in lists again, so a list knows whether merging it into
//! nothing or into itself leaves it as it is, and is then shared.

use std::ops::Deref;
use std::sync::LazyLock;

use crate::config::shared_list::SharedList;
use crate::config::{FieldSpec, gvk_order};
use crate::error::{Error, ErrorKind, Result};

/// An immutable list of field specs; clones share it.
#[derive(Debug, Clone, Default)]
pub struct FieldSpecs(SharedList<FieldSpec>);

/// A built-in list.
pub(super) type LazyList = LazyLock<Vec<FieldSpec>>;

impl FieldSpecs {
    /// A built-in list, not made yet.
    pub(super) const fn built_in(list: &'static LazyList) -> Self {
        Self(SharedList::BuiltIn(list))
    }

    /// Whether this is a built-in list.
    pub(super) const fn is_built_in(&self) -> bool {
        matches!(self.0, SharedList::BuiltIn(_))
    }

    /// Whether nothing was ever in it.
    pub(super) const fn is_empty_list(&self) -> bool {
        matches!(self.0, SharedList::Empty)
    }

    /// Sorts by type, as upstream does after reading and merging. Specs of one type keep their order.
    pub(crate) fn sorted(mut specs: Vec<FieldSpec>) -> Self {
        gvk_order::sort(&mut specs, |spec| &spec.gvk);
        Self::from(specs)
    }

    /// Takes up the specs of `other` that meet none of ours, whatever they say of `create`.
    pub(super) fn add_missing(&mut self, other: &Self) {
        let missing = |spec: &&FieldSpec| !self.iter().any(|ours| ours.is_met_by(spec));
        let missing: Vec<FieldSpec> = other.iter().filter(missing).cloned().collect();
        if !missing.is_empty() {
            *self = Self::sorted(self.iter().cloned().chain(missing).collect());
        }
    }

    /// Takes up the specs of `other`: specs that meet one of ours are dropped, the rest is added, all is sorted.
    ///
    /// # Errors
    /// When two specs agree in type and path but not in `create`.
    pub(super) fn merge(&mut self, other: &Self) -> Result<()> {
        if let Some(merged) = self.0.merged_at_once(&other.0) {
            self.0 = merged;
            return Ok(());
        }
        let mut specs = self.to_vec();
        merge_field_specs(&mut specs, other)?;
        *self = Self::sorted(specs);
        Ok(())
    }
}

/// Adds the specs of `incoming` that meet none of `specs`, without sorting.
///
/// # Errors
/// When two specs agree in type and path but not in `create`.
pub fn merge_field_specs(specs: &mut Vec<FieldSpec>, incoming: &[FieldSpec]) -> Result<()> {
    for spec in incoming {
        match specs.iter().find(|ours| ours.is_met_by(spec)) {
            Some(ours) if ours.create != spec.create => return Err(conflict(ours, spec)),
            Some(_) => {}
            None => specs.push(spec.clone()),
        }
    }
    Ok(())
}

fn conflict(ours: &FieldSpec, theirs: &FieldSpec) -> Error {
    let types = |spec: &FieldSpec| {
        if spec.gvk.kind.is_empty() { "any kind".to_owned() } else { format!("`{}`", spec.gvk) }
    };
    let message = format!(
        "conflicting field specs for path `{}`: `create: {}` for {}, `create: {}` for {}",
        ours.path,
        ours.create,
        types(ours),
        theirs.create,
        types(theirs),
    );
    Error::new(ErrorKind::Transform, message).hint("give both the same `create`; built-in field specs count too")
}

impl From<Vec<FieldSpec>> for FieldSpecs {
    fn from(specs: Vec<FieldSpec>) -> Self {
        Self(SharedList::own(specs, is_settled))
    }
}

/// Sorted, and no spec meets an earlier one: merging this list once more changes nothing.
fn is_settled(specs: &[FieldSpec]) -> bool {
    let is_first = |(at, spec): (usize, &FieldSpec)| !specs[..at].iter().any(|earlier| earlier.is_met_by(spec));
    specs.is_sorted_by(|left, right| gvk_order::compare(&left.gvk, &right.gvk).is_le())
        && specs.iter().enumerate().all(is_first)
}

impl Deref for FieldSpecs {
    type Target = [FieldSpec];

    fn deref(&self) -> &[FieldSpec] {
        &self.0
    }
}

impl PartialEq for FieldSpecs {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Gvk;

    fn spec(kind: &str, path: &str, create: bool) -> FieldSpec {
        FieldSpec { gvk: Gvk::new("", "", kind), path: path.into(), create }
    }

    fn merged(ours: &[FieldSpec], theirs: &[FieldSpec]) -> Result<Vec<FieldSpec>> {
        let mut list = FieldSpecs::from(ours.to_vec());
        list.merge(&FieldSpecs::from(theirs.to_vec()))?;
        Ok(list.to_vec())
    }

    #[test]
    fn built_in_lists_are_settled() {
        for list in crate::config::built_in::LISTS {
            assert!(is_settled(list), "{list:?}");
        }
    }

    #[test]
    fn an_equal_spec_is_not_added_twice() {
        let one = [spec("A", "x", true)];
        assert_eq!(merged(&one, &one).unwrap(), one);
        assert_eq!(merged(&one, &[spec("A", "y", true)]).unwrap().len(), 2);
    }

    #[test]
    fn a_narrow_spec_swallows_a_wide_one_that_comes_later() {
        let (narrow, wide) = (spec("Deployment", "x", true), spec("", "x", true));
        assert_eq!(merged(std::slice::from_ref(&wide), std::slice::from_ref(&narrow)).unwrap().len(), 2);
        assert_eq!(
            merged(std::slice::from_ref(&narrow), std::slice::from_ref(&wide)).unwrap(),
            std::slice::from_ref(&narrow)
        );
        // Sorting puts the narrow one first, so the next merge into nothing loses the wide one.
        let both = merged(&[wide], std::slice::from_ref(&narrow)).unwrap();
        assert_eq!(merged(&[], &both).unwrap(), [narrow]);
    }

    #[test]
    fn another_create_is_a_conflict() {
        let error = merged(&[spec("A", "x", true)], &[spec("A", "x", false)]).unwrap_err();
        assert_eq!(
            error.message(),
            "conflicting field specs for path `x`: `create: true` for `A`, `create: false` for `A`"
        );
    }

    #[test]
    fn a_settled_list_is_shared() {
        let list = FieldSpecs::from(vec![spec("A", "x", true), spec("B", "x", true)]);
        let mut other = FieldSpecs::default();
        other.merge(&list).unwrap();
        other.merge(&list).unwrap();
        assert!(std::ptr::eq(&raw const *list, &raw const *other));
    }
}
