//! An ordered set of resources with unique current ids, found through indexes.
//!
//! One index maps every present and past name to positions, another every present name and
//! namespace. Each is made when it is first asked for, and what it finds is checked against the
//! full id, so entries that went stale cost time but never correctness. What is missing would:
//! so every way to change a resource looks whether its names changed.

use hashbrown::Equivalent;

use crate::error::{Error, ErrorKind, Result};
use crate::resource::gvk::split_api_version;
use crate::resource::id::DEFAULT_NAMESPACE;
use crate::resource::index::Index;
use crate::resource::{IdRef, ResId, Resource};
use crate::schema::Schema;
use crate::source::Span;
use crate::yaml::{Node, Text};

/// An ordered set of resources.
#[derive(Debug, Clone, Default)]
pub struct ResMap {
    list: Vec<Resource>,
    /// Positions by present and past names.
    by_name: Option<Index<Text>>,
    /// Positions by present name and namespace: one name may stand in thousands of namespaces.
    by_place: Option<Index<Place>>,
    /// The schema under which no two resources have one id, if that is known.
    unique: Option<Schema>,
}

impl ResMap {
    /// An empty set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many resources there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The resources in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Resource> {
        self.list.iter()
    }

    /// The resources in order, for transformers that rename them all. The indexes are made anew at the next look-up.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Resource> {
        self.forget();
        self.list.iter_mut()
    }

    /// Changes every resource, in order, by `change`, which gets its position, too. For transformers that
    /// rename none, or few: the indexes are kept.
    ///
    /// # Errors
    /// The first that `change` returns.
    pub fn change_each(&mut self, mut change: impl FnMut(usize, &mut Resource) -> Result<()>) -> Result<()> {
        (0..self.list.len())
            .try_for_each(|index| self.update(index, |resource| change(index, resource)).unwrap_or(Ok(())))
    }

    /// The resource at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&Resource> {
        self.list.get(index)
    }

    /// Changes the resource at `index` and keeps the indexes right; cheap where few names change.
    pub fn update<T>(&mut self, index: usize, change: impl FnOnce(&mut Resource) -> T) -> Option<T> {
        let resource = self.list.get_mut(index)?;
        if self.by_name.is_none() && self.by_place.is_none() && self.unique.is_none() {
            return Some(change(resource));
        }
        let before = Names::of(resource);
        let result = change(resource);
        if !before.are_those_of(resource) {
            self.unique = None;
            self.add_names(index);
        }
        Some(result)
    }

    /// The resources themselves.
    #[must_use]
    pub fn into_resources(self) -> Vec<Resource> {
        self.list
    }

    /// Replaces all resources, without looking for equal ids.
    pub fn replace_all(&mut self, resources: Vec<Resource>) {
        self.list = resources;
        self.forget();
    }

    /// Puts the resources that are at the positions `order` in that order; others are dropped.
    pub fn reorder(&mut self, order: &[usize]) {
        if order.len() == self.list.len() && order.iter().enumerate().all(|(at, index)| at == *index) {
            return;
        }
        let mut list: Vec<Option<Resource>> = std::mem::take(&mut self.list).into_iter().map(Some).collect();
        self.list = order.iter().filter_map(|&index| list.get_mut(index)?.take()).collect();
        (self.by_name, self.by_place) = (None, None);
    }

    /// Appends a resource.
    ///
    /// # Errors
    /// When a resource of the same current id is there (upstream: `may not add resource with an already registered id`).
    pub fn append(&mut self, resource: Resource, schema: &Schema) -> Result<()> {
        if let Some(&index) = self.find(resource.id_ref(), schema).first() {
            return Err(duplicate(&resource, &self.list[index]));
        }
        let still_unique = self.list.is_empty() || self.is_unique_under(schema);
        self.list.push(resource);
        self.add_names(self.list.len() - 1);
        self.unique = still_unique.then(|| schema.clone());
        Ok(())
    }

    /// Positions of the resources whose current id equals `id`.
    pub fn find_current(&mut self, id: &ResId, schema: &Schema) -> Vec<usize> {
        self.find(id.into(), schema)
    }

    fn find(&mut self, id: IdRef<'_>, schema: &Schema) -> Vec<usize> {
        // The namespace that a cluster-scoped object may have written means nothing.
        let found = if id.is_cluster_scoped(schema) {
            self.by_name().get(id.name)
        } else {
            self.by_place().get(&PlaceRef { name: id.name, namespace: id.place() })
        };
        // Most look-ups find nothing.
        if found.is_empty() {
            return Vec::new();
        }
        let found = found.to_vec();
        found.into_iter().filter(|index| self.list[*index].id_ref().equals(&id, schema)).collect()
    }

    /// Positions of the resources that have the current id of the one at `index`.
    fn find_at(&mut self, index: usize, schema: &Schema) -> Vec<usize> {
        let id = self.list[index].cur_id();
        self.find((&id).into(), schema)
    }

    /// Positions of the resources that have or had an id for which `matches` says so, among those
    /// that have or had the name `name`, in order.
    pub fn find_any(&mut self, name: &str, matches: impl Fn(&ResId) -> bool) -> Vec<usize> {
        let found = self.by_name().get(name).to_vec();
        let is_it = |index: &usize| {
            let resource = &self.list[*index];
            !resource.is_empty() && (matches(&resource.cur_id()) || resource.prev_ids().iter().any(&matches))
        };
        found.into_iter().filter(is_it).collect()
    }

    /// Drops the resources of which nothing is left.
    pub fn drop_empties(&mut self) {
        if self.list.iter().any(Resource::is_empty) {
            self.retain(|resource| !resource.is_empty());
        }
    }

    /// Keeps the resources for which `keep` says so.
    pub fn retain(&mut self, keep: impl FnMut(&Resource) -> bool) {
        let length = self.list.len();
        self.list.retain(keep);
        if self.list.len() < length {
            // What was unique stays so.
            (self.by_name, self.by_place) = (None, None);
        }
    }

    /// Fails if two resources have one current id.
    ///
    /// # Errors
    /// The first such pair, in order.
    pub fn check_unique(&mut self, schema: &Schema) -> Result<()> {
        if self.is_unique_under(schema) {
            return Ok(());
        }
        let crowded = self.by_place().is_crowded();
        for index in 0..self.list.len() {
            // Where no two share name and namespace, only what is in no namespace can meet.
            let id = self.list[index].id_ref();
            if !crowded && !id.is_cluster_scoped(schema) {
                continue;
            }
            if let Some(&first) = self.find_at(index, schema).first()
                && first < index
            {
                return Err(duplicate(&self.list[index], &self.list[first]));
            }
        }
        self.unique = Some(schema.clone());
        Ok(())
    }

    fn is_unique_under(&self, schema: &Schema) -> bool {
        self.unique.as_ref().is_some_and(|unique| unique.has_scopes_of(schema))
    }

    /// Forgets everything about names.
    fn forget(&mut self) {
        (self.by_name, self.by_place, self.unique) = (None, None, None);
    }

    fn by_name(&mut self) -> &Index<Text> {
        self.by_name.get_or_insert_with(|| {
            let mut index = Index::with_capacity(self.list.len());
            self.list.iter().enumerate().for_each(|(at, resource)| add_names(&mut index, at, resource));
            index
        })
    }

    fn by_place(&mut self) -> &Index<Place> {
        self.by_place.get_or_insert_with(|| {
            let mut index = Index::with_capacity(self.list.len());
            self.list.iter().enumerate().for_each(|(at, resource)| index.add(Place::of(resource), at));
            index
        })
    }

    /// Adds a resource to the indexes that are there.
    fn add_names(&mut self, index: usize) {
        if let Some(by_name) = &mut self.by_name {
            add_names(by_name, index, &self.list[index]);
        }
        if let Some(by_place) = &mut self.by_place {
            by_place.add(Place::of(&self.list[index]), index);
        }
    }
}

/// Adds the present and past names of a resource.
fn add_names(index: &mut Index<Text>, at: usize, resource: &Resource) {
    resource.history.iter().for_each(|previous| index.add(previous.name.clone(), at));
    index.add(resource.name(), at);
}

/// A name and the namespace it is in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    name: Text,
    namespace: Text,
}

/// The same, as texts that lie elsewhere.
#[derive(Hash)]
struct PlaceRef<'a> {
    name: &'a str,
    namespace: &'a str,
}

impl Place {
    fn of(resource: &Resource) -> Self {
        let namespace = resource.namespace();
        Self {
            name: resource.name(),
            namespace: if namespace == DEFAULT_NAMESPACE { Text::default() } else { namespace },
        }
    }
}

impl Equivalent<Place> for PlaceRef<'_> {
    fn equivalent(&self, place: &Place) -> bool {
        place.name == self.name && place.namespace == self.namespace
    }
}

/// What indexes and ids are made of.
struct Names {
    place: [Text; 4],
    past: usize,
}

impl Names {
    fn of(resource: &Resource) -> Self {
        let place = [resource.name(), resource.namespace(), resource.kind(), resource.api_version()];
        Self { place, past: resource.history.len() }
    }

    fn are_those_of(&self, resource: &Resource) -> bool {
        let [name, namespace, kind, api_version] = &self.place;
        let id = resource.id_ref();
        self.past == resource.history.len()
            && *name == id.name
            && *namespace == id.namespace
            && *kind == id.kind
            && split_api_version(api_version) == (id.group, id.version)
    }
}

impl<'a> IntoIterator for &'a ResMap {
    type Item = &'a Resource;
    type IntoIter = std::slice::Iter<'a, Resource>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Where a resource's name was written.
fn name_span(resource: &Resource) -> Span {
    resource.node.lookup(&["metadata", "name"]).map_or(resource.node.span, |node: &Node| node.span)
}

fn duplicate(second: &Resource, first: &Resource) -> Error {
    Error::new(ErrorKind::Identity, format!("duplicate resource `{}`", second.cur_id()))
        .at(name_span(second))
        .frame("first defined at", name_span(first))
        .hint("rename one of them, or change it with a patch")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::resource::PreviousId;
    use crate::resource::read::read_resources;
    use crate::source::SourceId;

    fn map(text: &str) -> ResMap {
        let mut map = ResMap::new();
        for resource in read_resources(&text.into(), SourceId(0)).unwrap() {
            map.append(resource, &Schema::default()).unwrap();
        }
        map
    }

    fn resource(text: &str) -> Resource {
        read_resources(&text.into(), SourceId(0)).unwrap().remove(0)
    }

    /// What a full scan finds.
    fn scan(map: &ResMap, is_it: impl Fn(&Resource) -> bool) -> Vec<usize> {
        map.iter().enumerate().filter(|(_, resource)| is_it(resource)).map(|(at, _)| at).collect()
    }

    proptest! {
        /// After anything that can be done to a set, its indexes find what a scan finds.
        #[test]
        fn indexes_find_what_scans_find(
            steps in prop::collection::vec((0_u8..9, 0_usize..4, 0_usize..3, 0_usize..6), 1..40),
        ) {
            let schema = Schema::default();
            let (kinds, names) = (["ConfigMap", "Namespace", "Secret", "Service"], ["a", "b", "c"]);
            let mut map = ResMap::new();
            for (step, kind, name, index) in steps {
                let (kind, name, namespace) = (kinds[kind], names[name], ["", "default", "x", "y", "", "x"][index]);
                let text = format!("{{apiVersion: v1, kind: {kind}, metadata: {{name: {name}, namespace: '{namespace}'}}}}");
                let id = resource(&text).cur_id();
                let rename = |resource: &mut Resource| {
                    resource.history.push(PreviousId {
                        name: resource.name(), namespace: resource.namespace(), kind: resource.kind(),
                    });
                    resource.set_name(name);
                };
                match step {
                    0 | 1 => {
                        let is_new = scan(&map, |other| other.cur_id().equals(&id, &schema)).is_empty();
                        prop_assert_eq!(map.append(resource(&text), &schema).is_ok(), is_new);
                    }
                    2 => drop(map.update(index, rename)),
                    3 => drop(map.update(index, |resource| resource.set_namespace(namespace))),
                    4 => map.change_each(|at, resource| {
                        if at == index { rename(resource) } else { resource.set_kind(kind) }
                        Ok(())
                    }).unwrap(),
                    5 => map.iter_mut().skip(index).for_each(rename),
                    6 => map.retain(|resource| resource.name() != name),
                    7 => map.reorder(&(0..map.len()).rev().collect::<Vec<_>>()),
                    _ => {
                        map.update(index, Resource::clear);
                        map.drop_empties();
                    }
                }
                let current = scan(&map, |other| other.cur_id().equals(&id, &schema));
                prop_assert_eq!(map.find_current(&id, &schema), current);
                let any = scan(&map, |other| {
                    other.name() == name || other.history.iter().any(|past| past.name == name)
                });
                prop_assert_eq!(map.find_any(name, |id| id.name == name), any);
                let is_unique = (0..map.len()).all(|at| {
                    let id = map.get(at).unwrap().cur_id();
                    scan(&map, |other| other.cur_id().equals(&id, &schema)) == [at]
                });
                prop_assert_eq!(map.check_unique(&schema).is_ok(), is_unique);
            }
        }
    }

    #[test]
    fn no_namespace_is_the_default_one_and_cluster_scoped_ones_have_none() {
        let schema = Schema::default();
        let mut map =
            map("{kind: A, metadata: {name: a}}\n---\n{apiVersion: v1, kind: Namespace, metadata: {name: a}}\n");
        assert!(map.append(resource("{kind: A, metadata: {name: a, namespace: other}}"), &schema).is_ok());
        let error = map.append(resource("{kind: A, metadata: {name: a, namespace: default}}"), &schema).unwrap_err();
        assert_eq!(error.message(), "duplicate resource `A default/a`");
        let namespace = resource("{apiVersion: v1, kind: Namespace, metadata: {name: a, namespace: x}}");
        assert!(map.append(namespace, &schema).is_err());
    }

    #[test]
    fn a_renamed_resource_is_found_by_both_names() {
        let schema = Schema::default();
        let mut map = map("{kind: A, metadata: {name: a}}\n---\n{kind: A, metadata: {name: b}}\n");
        map.update(1, |resource| {
            resource.store_previous_id(&schema);
            resource.set_name("c");
        });
        assert_eq!(map.find_any("b", |id| id.name == "b"), [1]);
        assert_eq!(map.find_any("c", |id| id.name == "c"), [1]);
        let gone = resource("{kind: A, metadata: {name: b}}").cur_id();
        assert!(map.find_current(&gone, &schema).is_empty(), "a former name is no present one");
        for resource in map.iter_mut() {
            resource.set_name("d");
        }
        assert_eq!(map.find_any("d", |id| id.name == "d"), [0, 1]);
        assert!(map.check_unique(&schema).is_err());
    }
}
