//! What objects can be referred to: everything that was renamed, found by its former names.
//!
//! Built once per run. Names and namespaces do not change while references are looked at, so
//! nothing here goes stale. A look-up touches only the objects that once had the name and are
//! in reach by their namespace.

use hashbrown::{HashMap, HashSet};

use crate::error::{Error, ErrorKind, Result};
use crate::resource::id::NOT_NAMESPACED;
use crate::resource::{Gvk, IdRef, ResMap, Resource, Scopes};
use crate::schema::Schema;
use crate::yaml::Text;

/// One object of the set.
#[derive(Debug)]
pub(super) struct Target<'a> {
    pub(super) resource: &'a Resource,
    pub(super) id: IdRef<'a>,
    /// Effective namespaces, now and at first.
    current: &'a str,
    original: &'a str,
}

/// All objects of the set, and those with a past by their former names.
#[derive(Debug)]
pub(super) struct Targets<'a> {
    list: Vec<Target<'a>>,
    /// Whether any object had another name than it has now.
    renamed: bool,
    by_name: HashMap<&'a str, Bucket<'a>>,
    /// Per original namespace, where its objects are now: effective namespace and namespace as written.
    moved: HashMap<&'a str, HashSet<(&'a str, &'a str)>>,
}

/// Objects of one name up to this number are simply tried.
const FEW: usize = 8;

/// Positions of the objects that once had one name, in order.
#[derive(Debug, Default)]
struct Bucket<'a> {
    all: Vec<usize>,
    /// The same by namespace, where there are many.
    places: Option<Box<Places<'a>>>,
}

/// Positions by present and by original namespace.
#[derive(Debug, Default)]
struct Places<'a> {
    current: HashMap<&'a str, Vec<usize>>,
    original: HashMap<&'a str, Vec<usize>>,
}

/// Which namespaces a referrer can reach.
#[derive(Debug)]
pub(super) enum Reach<'a> {
    /// A cluster-scoped object refers to anything.
    Everything,
    /// A namespaced object reaches its own namespace, cluster-scoped objects, and the namespaces
    /// that it names for ServiceAccounts if it is a RoleBinding.
    Namespace {
        /// Its own effective namespace.
        own: &'a str,
        /// The other namespaces, as written.
        accounts: Vec<Text>,
    },
}

impl<'a> Target<'a> {
    fn new(resource: &'a Resource, scopes: &mut Scopes<'a>) -> Self {
        let id = resource.id_ref();
        let current = scopes.effective_namespace(id);
        let original = match resource.history.first() {
            None => current,
            Some(first) if first.namespace.is_empty() => "default",
            Some(first) => first.namespace.as_str(),
        };
        Self { resource, id, current, original }
    }

    /// Whether it was of a type that `selector` selects. Group and version are the present ones.
    pub(super) fn was(&self, selector: &Gvk) -> bool {
        let IdRef { group, version, .. } = self.id;
        (selector.group.is_empty() || selector.group == *group)
            && (selector.version.is_empty() || selector.version == *version)
            && self.resource.history.iter().any(|id| selector.kind.is_empty() || selector.kind == id.kind)
    }

    pub(super) fn is_cluster_scoped(&self) -> bool {
        self.current == NOT_NAMESPACED
    }

    /// Its effective namespace.
    pub(super) const fn namespace(&self) -> &'a str {
        self.current
    }

    /// The namespace that it was in at first.
    pub(super) const fn first_namespace(&self) -> &'a str {
        self.original
    }

    /// Whether it was renamed in the same layers as `other`; with `lenient`, no prefix or suffix at
    /// all fits anything (upstream: `PrefixesSuffixesEquals`).
    pub(super) fn same_layers(&self, other: &Self, lenient: bool) -> bool {
        let same = |left: &[Text], right: &[Text]| {
            (lenient && (left.is_empty() || right.is_empty())) || same_ending(left, right)
        };
        same(&self.resource.prefixes, &other.resource.prefixes)
            && same(&self.resource.suffixes, &other.resource.suffixes)
    }
}

/// The object that is meant among `candidates`: the only one, or the only one of the layers of `own`, or any if they
/// are the same for our purpose.
///
/// # Errors
/// When two are left that are not.
pub(super) fn choose<'t, 'a>(
    mut candidates: Vec<&'t Target<'a>>,
    own: &Target<'_>,
    same: impl Fn(&Target<'_>, &Target<'_>) -> bool,
) -> Result<Option<&'t Target<'a>>> {
    if candidates.len() > 1 || candidates.is_empty() {
        candidates.retain(|target| target.same_layers(own, true));
    }
    if candidates.len() > 1 {
        candidates.retain(|target| target.same_layers(own, false));
    }
    let Some((&first, others)) = candidates.split_first() else { return Ok(None) };
    if let Some(other) = others.iter().find(|other| !same(first, other)) {
        let (first, other) = (first.resource, other.resource);
        let message = format!("the reference may mean `{}` or `{}`", first.cur_id(), other.cur_id());
        let error = Error::new(ErrorKind::Identity, message);
        let error = error.frame("the first is at", first.name_span());
        return Err(error.frame("the other is at", other.name_span()));
    }
    Ok(Some(first))
}

/// Whether the shorter list is the end of the longer one; an empty list is only that of an empty one.
fn same_ending(left: &[Text], right: &[Text]) -> bool {
    if left.is_empty() || right.is_empty() {
        return left.is_empty() && right.is_empty();
    }
    left.iter().rev().zip(right.iter().rev()).all(|(left, right)| left == right)
}

impl<'a> Targets<'a> {
    pub(super) fn new(resources: &'a ResMap, schema: &'a Schema) -> Self {
        let mut scopes = Scopes::new(schema);
        let list: Vec<Target<'a>> = resources.iter().map(|resource| Target::new(resource, &mut scopes)).collect();
        let mut by_name: HashMap<&'a str, Bucket<'a>> = HashMap::with_capacity(list.len());
        let mut moved: HashMap<&'a str, HashSet<(&'a str, &'a str)>> = HashMap::new();
        let mut renamed = false;
        for (index, target) in list.iter().enumerate() {
            moved.entry(target.original).or_default().insert((target.current, target.id.namespace));
            for previous in &target.resource.history {
                renamed |= previous.name != *target.id.name;
                let bucket = by_name.entry(previous.name.as_str()).or_default();
                if bucket.all.last() != Some(&index) {
                    bucket.all.push(index);
                }
            }
        }
        for bucket in by_name.values_mut().filter(|bucket| bucket.all.len() > FEW) {
            let mut places = Places::default();
            for &index in &bucket.all {
                let Some(target) = list.get(index) else { continue };
                places.current.entry(target.current).or_default().push(index);
                places.original.entry(target.original).or_default().push(index);
            }
            bucket.places = Some(Box::new(places));
        }
        Self { list, renamed, by_name, moved }
    }

    /// Whether no object had another name than it has now: whatever a name refers to, it stays.
    pub(super) const fn keep_names(&self) -> bool {
        !self.renamed
    }

    /// All objects, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Target<'a>> {
        self.list.iter()
    }

    /// The objects within reach that once had the name `name`, in order.
    pub(super) fn named(&self, name: &str, reach: &Reach<'_>) -> Vec<&Target<'a>> {
        let Some(bucket) = self.by_name.get(name) else { return Vec::new() };
        let Reach::Namespace { own, accounts } = reach else { return self.at(&bucket.all).collect() };
        let Some(places) = &bucket.places else {
            let within = |target: &&Target<'_>| reach.includes(target.current, target.id.namespace);
            return self.at(&bucket.all).filter(within).collect();
        };
        let mut found = places.current.get(own).cloned().unwrap_or_default();
        let mut add = |namespace: &str, keep: &dyn Fn(&Target<'_>) -> bool| {
            if namespace != *own {
                let positions = places.current.get(namespace).map_or(&[][..], Vec::as_slice);
                found.extend(positions.iter().filter(|&&index| self.list.get(index).is_some_and(keep)));
            }
        };
        add(NOT_NAMESPACED, &|_| true);
        for account in accounts {
            add(if account.is_empty() { "default" } else { account }, &|target| *account == target.id.namespace);
        }
        found.sort_unstable();
        found.dedup();
        self.at(&found).collect()
    }

    /// The same, in the namespace `namespace`: at first, if any object within reach was there at
    /// first, and else now.
    pub(super) fn named_in(&self, name: &str, namespace: &str, reach: &Reach<'_>) -> Vec<&Target<'a>> {
        if namespace == NOT_NAMESPACED {
            return Vec::new();
        }
        let was_there = self
            .moved
            .get(namespace)
            .is_some_and(|places| places.iter().any(|(current, written)| reach.includes(current, written)));
        let Some(bucket) = self.by_name.get(name) else { return Vec::new() };
        let positions = match &bucket.places {
            Some(places) => {
                let positions = if was_there { places.original.get(namespace) } else { places.current.get(namespace) };
                positions.map_or(&[][..], Vec::as_slice)
            }
            None => &bucket.all,
        };
        let is_there = |target: &&Target<'_>| {
            namespace == if was_there { target.original } else { target.current }
                && reach.includes(target.current, target.id.namespace)
        };
        self.at(positions).filter(is_there).collect()
    }

    fn at<'t>(&'t self, positions: &[usize]) -> impl Iterator<Item = &'t Target<'a>> {
        positions.iter().filter_map(|&index| self.list.get(index))
    }
}

impl Reach<'_> {
    /// Whether an object is within reach, by its effective namespace and its namespace as written
    /// (upstream: `SubsetThatCouldBeReferencedByResource`).
    fn includes(&self, effective: &str, written: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Namespace { own, accounts } => {
                effective == NOT_NAMESPACED || *own == effective || accounts.iter().any(|account| *account == *written)
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
