//! What objects can be referred to: everything that was renamed, found by its former names.
//!
//! Built once per run. Names and namespaces do not change while references are mended, so
//! nothing here goes stale. A look-up touches only the objects that once had the name and are
//! in reach by their namespace.

use hashbrown::{HashMap, HashSet};

use crate::resource::id::NOT_NAMESPACED;
use crate::resource::{Gvk, ResId, ResMap, Resource};
use crate::schema::Schema;
use crate::source::Span;
use crate::yaml::Text;

/// One object of the set.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) id: ResId,
    pub(super) name_span: Span,
    /// The kinds that it was of; group and version are the present ones.
    previous: Vec<Text>,
    /// Effective namespaces, now and at first.
    current: Text,
    original: Text,
    prefixes: Vec<Text>,
    suffixes: Vec<Text>,
}

/// All objects of the set, and those with a past by their former names.
#[derive(Debug)]
pub(super) struct Targets {
    list: Vec<Target>,
    by_name: HashMap<Text, Bucket>,
    /// Per original namespace, where its objects are now: effective namespace and namespace as written.
    moved: HashMap<Text, HashSet<(Text, Text)>>,
}

/// Objects of one name up to this number are simply tried.
const FEW: usize = 8;

/// Positions of the objects that once had one name, in order.
#[derive(Debug, Default)]
struct Bucket {
    all: Vec<usize>,
    /// The same by namespace, where there are many.
    places: Option<Box<Places>>,
}

/// Positions by present and by original namespace.
#[derive(Debug, Default)]
struct Places {
    current: HashMap<Text, Vec<usize>>,
    original: HashMap<Text, Vec<usize>>,
}

/// Which namespaces a referrer can reach.
#[derive(Debug)]
pub(super) enum Reach {
    /// A cluster-scoped object refers to anything.
    Everything,
    /// A namespaced object reaches its own namespace, cluster-scoped objects, and the namespaces
    /// that it names for ServiceAccounts if it is a RoleBinding.
    Namespace {
        /// Its own effective namespace.
        own: Text,
        /// The other namespaces, as written.
        accounts: Vec<Text>,
    },
}

impl Target {
    fn new(resource: &Resource, schema: &Schema) -> Self {
        let id = resource.cur_id();
        let current = id.effective_namespace_text(schema);
        let original = match resource.history.first() {
            None => current.clone(),
            Some(first) if first.namespace.is_empty() => Text::from("default"),
            Some(first) => first.namespace.clone(),
        };
        Self {
            id,
            name_span: resource.name_span(),
            previous: resource.history.iter().map(|previous| previous.kind.clone()).collect(),
            current,
            original,
            prefixes: resource.prefixes.clone(),
            suffixes: resource.suffixes.clone(),
        }
    }

    /// Whether it was of a type that `selector` selects.
    pub(super) fn was(&self, selector: &Gvk) -> bool {
        let Gvk { group, version, .. } = &self.id.gvk;
        (selector.group.is_empty() || selector.group == *group)
            && (selector.version.is_empty() || selector.version == *version)
            && self.previous.iter().any(|kind| selector.kind.is_empty() || selector.kind == *kind)
    }

    pub(super) fn is_cluster_scoped(&self) -> bool {
        self.current == NOT_NAMESPACED
    }

    /// Its effective namespace.
    pub(super) const fn namespace(&self) -> &Text {
        &self.current
    }

    /// Whether it was renamed in the same layers as `other`; with `lenient`, no prefix or suffix at
    /// all fits anything (upstream: `PrefixesSuffixesEquals`).
    pub(super) fn same_layers(&self, other: &Self, lenient: bool) -> bool {
        let same = |left: &[Text], right: &[Text]| {
            (lenient && (left.is_empty() || right.is_empty())) || same_ending(left, right)
        };
        same(&self.prefixes, &other.prefixes) && same(&self.suffixes, &other.suffixes)
    }
}

/// Whether the shorter list is the end of the longer one; an empty list is only that of an empty one.
fn same_ending(left: &[Text], right: &[Text]) -> bool {
    if left.is_empty() || right.is_empty() {
        return left.is_empty() && right.is_empty();
    }
    left.iter().rev().zip(right.iter().rev()).all(|(left, right)| left == right)
}

impl Targets {
    pub(super) fn new(resources: &ResMap, schema: &Schema) -> Self {
        let list: Vec<Target> = resources.iter().map(|resource| Target::new(resource, schema)).collect();
        let mut by_name: HashMap<Text, Bucket> = HashMap::with_capacity(list.len());
        let mut moved: HashMap<Text, HashSet<(Text, Text)>> = HashMap::new();
        for (index, (target, resource)) in list.iter().zip(resources).enumerate() {
            let place = (target.current.clone(), target.id.namespace.clone());
            match moved.get_mut(&target.original) {
                Some(places) => drop(places.insert(place)),
                None => drop(moved.entry(target.original.clone()).or_default().insert(place)),
            }
            for previous in &resource.history {
                let bucket = by_name.entry(previous.name.clone()).or_default();
                if bucket.all.last() != Some(&index) {
                    bucket.all.push(index);
                }
            }
        }
        for bucket in by_name.values_mut().filter(|bucket| bucket.all.len() > FEW) {
            let mut places = Places::default();
            for &index in &bucket.all {
                let Some(target) = list.get(index) else { continue };
                places.current.entry(target.current.clone()).or_default().push(index);
                places.original.entry(target.original.clone()).or_default().push(index);
            }
            bucket.places = Some(Box::new(places));
        }
        Self { list, by_name, moved }
    }

    pub(super) fn get(&self, index: usize) -> Option<&Target> {
        self.list.get(index)
    }

    /// The objects within reach that once had the name `name`, in order.
    pub(super) fn named(&self, name: &str, reach: &Reach) -> Vec<(usize, &Target)> {
        let Some(bucket) = self.by_name.get(name) else { return Vec::new() };
        let Reach::Namespace { own, accounts } = reach else { return self.at(&bucket.all) };
        let Some(places) = &bucket.places else {
            let mut found = self.at(&bucket.all);
            found.retain(|(_, target)| reach.includes(&target.current, &target.id.namespace));
            return found;
        };
        let mut found = self.at(places.current.get(own).map_or(&[], Vec::as_slice));
        let mut add = |namespace: &str, keep: &dyn Fn(&Target) -> bool| {
            if namespace != own.as_str() {
                let positions = places.current.get(namespace).map_or(&[][..], Vec::as_slice);
                found.extend(self.at(positions).into_iter().filter(|(_, target)| keep(target)));
            }
        };
        add(NOT_NAMESPACED, &|_| true);
        for account in accounts {
            add(if account.is_empty() { "default" } else { account }, &|target| target.id.namespace == *account);
        }
        found.sort_unstable_by_key(|(index, _)| *index);
        found.dedup_by_key(|(index, _)| *index);
        found
    }

    /// The same, in the namespace `namespace`: at first, if any object within reach was there at
    /// first, and else now.
    pub(super) fn named_in(&self, name: &str, namespace: &str, reach: &Reach) -> Vec<(usize, &Target)> {
        if namespace == NOT_NAMESPACED {
            return Vec::new();
        }
        let was_there = self
            .moved
            .get(namespace)
            .is_some_and(|places| places.iter().any(|(current, written)| reach.includes(current, written)));
        let Some(bucket) = self.by_name.get(name) else { return Vec::new() };
        let mut found = match &bucket.places {
            Some(places) => {
                let positions = if was_there { places.original.get(namespace) } else { places.current.get(namespace) };
                self.at(positions.map_or(&[], Vec::as_slice))
            }
            None => self.at(&bucket.all),
        };
        found.retain(|(_, target)| namespace == if was_there { &*target.original } else { &*target.current });
        found.retain(|(_, target)| reach.includes(&target.current, &target.id.namespace));
        found
    }

    fn at(&self, positions: &[usize]) -> Vec<(usize, &Target)> {
        positions.iter().filter_map(|&index| Some((index, self.list.get(index)?))).collect()
    }
}

impl Reach {
    /// Whether an object is within reach, by its effective namespace and its namespace as written
    /// (upstream: `SubsetThatCouldBeReferencedByResource`).
    fn includes(&self, effective: &str, written: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Namespace { own, accounts } => {
                effective == NOT_NAMESPACED || *own == *effective || accounts.iter().any(|account| *account == *written)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_of_layers() {
        let texts = |texts: &[&str]| texts.iter().map(|text| Text::from(*text)).collect::<Vec<_>>();
        assert!(same_ending(&texts(&["a", "b", "c"]), &texts(&["b", "c"])));
        assert!(!same_ending(&texts(&["a", "b", "c"]), &texts(&["a", "b"])));
        assert!(!same_ending(&texts(&["a"]), &[]));
        assert!(same_ending(&[], &[]));
    }
}
