//! Which fields refer to which objects by name (upstream: `NameBackReferences`).

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;

use crate::config::{FieldSpec, NameReference, gvk_order, merge_field_specs};
use crate::error::Result;
use crate::resource::Gvk;
use crate::yaml::Text;

/// An immutable list of name references; clones share it.
#[derive(Debug, Clone, Default)]
pub struct NameReferences(Option<Arc<List>>);

#[derive(Debug)]
struct List {
    references: Vec<NameReference>,
    /// Merging this list into nothing or into itself changes nothing.
    settled: bool,
    by_kind: OnceLock<ByKind>,
}

/// Positions of a reference and of one of its field specs, in order.
type Positions = Vec<(usize, usize)>;

/// Field specs by the kind that they are for.
#[derive(Debug, Default)]
struct ByKind {
    /// For every kind that is named: those for it, and those for any kind.
    kinds: HashMap<Text, Positions>,
    /// Those for any kind.
    any: Positions,
}

impl ByKind {
    fn new(references: &[NameReference]) -> Self {
        let all = || {
            references.iter().enumerate().flat_map(|(reference, NameReference { referrers, .. })| {
                referrers.iter().enumerate().map(move |(spec, FieldSpec { gvk, .. })| ((reference, spec), &gvk.kind))
            })
        };
        let mut made = Self::default();
        for (_, kind) in all().filter(|(_, kind)| !kind.is_empty()) {
            made.kinds.entry(kind.clone()).or_default();
        }
        for (position, kind) in all() {
            if kind.is_empty() {
                made.any.push(position);
                made.kinds.values_mut().for_each(|positions| positions.push(position));
            } else if let Some(positions) = made.kinds.get_mut(kind) {
                positions.push(position);
            }
        }
        made
    }
}

impl NameReferences {
    /// The field specs that are for objects of the type `gvk`, in order, each with its reference.
    pub fn referrers_of(&self, gvk: &Gvk) -> Vec<(&NameReference, &FieldSpec)> {
        let Some(list) = &self.0 else { return Vec::new() };
        let by_kind = list.by_kind.get_or_init(|| ByKind::new(&list.references));
        let positions = by_kind.kinds.get(gvk.kind.as_str()).unwrap_or(&by_kind.any);
        let found = positions.iter().filter_map(|&(reference, spec)| {
            let reference = list.references.get(reference)?;
            Some((reference, reference.referrers.get(spec)?))
        });
        found.filter(|(_, spec)| gvk.is_selected_by(&spec.gvk)).collect()
    }

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
        Self(Some(Arc::new(List { references, settled, by_kind: OnceLock::new() })))
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
