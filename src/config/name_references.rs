//! Which fields refer to which objects by name (upstream: `NameBackReferences`).

use std::ops::Deref;
use std::sync::{Arc, LazyLock, OnceLock};

use hashbrown::HashMap;

use crate::config::{FieldSpec, NameReference, gvk_order, merge_field_specs};
use crate::error::Result;
use crate::resource::Gvk;
use crate::yaml::Text;

/// An immutable list of name references; clones share it.
#[derive(Debug, Clone, Default)]
pub struct NameReferences(Source);

/// Where the list is.
#[derive(Debug, Clone, Default)]
enum Source {
    /// There is none.
    #[default]
    Empty,
    /// Facts, made when somebody first looks.
    BuiltIn(&'static BuiltIn),
    Own(Arc<List>),
}

/// A built-in list, whole or what it says of one kind.
#[derive(Debug)]
pub(super) struct BuiltIn {
    pub all: LazyLock<List>,
    pub of_kind: fn(&str) -> &'static [NameReference],
}

#[derive(Debug)]
pub(super) struct List {
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

impl List {
    fn new(references: Vec<NameReference>) -> Self {
        let settled = references.is_sorted_by(|left, right| gvk_order::compare(&left.gvk, &right.gvk).is_lt())
            && references.iter().all(|reference| is_stable(&reference.referrers));
        Self { references, settled, by_kind: OnceLock::new() }
    }

    /// A built-in list. All of them are settled; a test looks, so that builds need not.
    pub(super) fn built_in(mut references: Vec<NameReference>) -> Self {
        gvk_order::sort(&mut references, |reference| &reference.gvk);
        Self { references, settled: true, by_kind: OnceLock::new() }
    }
}

impl NameReferences {
    /// A built-in list, not made yet.
    pub(super) const fn built_in(list: &'static BuiltIn) -> Self {
        Self(Source::BuiltIn(list))
    }

    fn list(&self) -> Option<&List> {
        match &self.0 {
            Source::Empty => None,
            Source::BuiltIn(list) => Some(&list.all),
            Source::Own(list) => Some(list),
        }
    }

    /// The field specs that are for objects of the type `gvk`, in order, each with its reference.
    pub fn referrers_of(&self, gvk: &Gvk) -> Vec<(&NameReference, &FieldSpec)> {
        if let Source::BuiltIn(built_in) = &self.0 {
            let references = (built_in.of_kind)(&gvk.kind).iter();
            let all = references.flat_map(|reference| reference.referrers.iter().map(move |spec| (reference, spec)));
            return all.filter(|(_, spec)| gvk.is_selected_by(&spec.gvk)).collect();
        }
        let Some(list) = self.list() else { return Vec::new() };
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
        match (&self.0, &other.0) {
            (_, Source::Empty) => {}
            (Source::Empty, Source::BuiltIn(_)) => self.0 = other.0.clone(),
            (Source::Empty, Source::Own(incoming)) if incoming.settled => self.0 = other.0.clone(),
            (Source::BuiltIn(ours), Source::BuiltIn(incoming)) if std::ptr::eq(*ours, *incoming) => {}
            (Source::Own(ours), Source::Own(incoming)) if ours.settled && Arc::ptr_eq(ours, incoming) => {}
            _ => {
                let mut references = self.to_vec();
                for reference in other.iter() {
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
            return Self::default();
        }
        Self(Source::Own(Arc::new(List::new(references))))
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
        self.list().map_or(&[], |list| &list.references)
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
        assert!(!list.is_empty() && List::new(list.to_vec()).settled);
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
