//! An ordered set of resources with unique current ids, found through an index by name.
//!
//! One index maps every present and past name to positions, another every present name and
//! namespace. What they find is checked against the full id, so entries that went stale cost
//! time but never correctness.

use std::collections::HashMap;

use crate::error::{Error, ErrorKind, Result};
use crate::resource::{ResId, Resource};
use crate::schema::Schema;
use crate::source::Span;
use crate::yaml::{Node, Text};

/// An ordered set of resources.
#[derive(Debug, Clone, Default)]
pub struct ResMap {
    list: Vec<Resource>,
    /// Positions in rising order by present and past names.
    by_name: HashMap<Text, Vec<usize>>,
    /// Positions in rising order by present name and namespace: one name may stand in thousands of namespaces.
    by_place: HashMap<(Text, Text), Vec<usize>>,
    stale: bool,
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

    /// The resources in order, for transformers that touch them all. The index is made anew at the next look-up.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Resource> {
        self.stale = true;
        self.list.iter_mut()
    }

    /// The resource at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&Resource> {
        self.list.get(index)
    }

    /// Changes the resource at `index` and keeps the index right; cheap where few resources change.
    pub fn update<T>(&mut self, index: usize, change: impl FnOnce(&mut Resource) -> T) -> Option<T> {
        let result = change(self.list.get_mut(index)?);
        if !self.stale {
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
        self.stale = true;
    }

    /// Appends a resource.
    ///
    /// # Errors
    /// When a resource of the same current id is there (upstream: `may not add resource with an already registered id`).
    pub fn append(&mut self, resource: Resource, schema: &Schema) -> Result<()> {
        let id = resource.cur_id();
        if let Some(&index) = self.find_current(&id, schema).first() {
            return Err(duplicate(&id, &resource, &self.list[index]));
        }
        self.list.push(resource);
        self.add_names(self.list.len() - 1);
        Ok(())
    }

    /// Positions of the resources whose current id equals `id`.
    pub fn find_current(&mut self, id: &ResId, schema: &Schema) -> Vec<usize> {
        self.refresh();
        // The namespace that a cluster-scoped object may have written means nothing.
        let found = if schema.is_cluster_scoped(&id.gvk) {
            self.by_name.get(&id.name)
        } else {
            self.by_place.get(&(id.name.clone(), place(&id.namespace)))
        };
        let is_it = |index: &usize| self.list[*index].cur_id().equals(id, schema);
        found.into_iter().flatten().copied().filter(is_it).collect()
    }

    /// Positions of the resources that have or had an id for which `matches` says so, among those
    /// that have or had the name `name`, in order.
    pub fn find_any(&mut self, name: &str, matches: impl Fn(&ResId) -> bool) -> Vec<usize> {
        self.refresh();
        let is_it = |index: &usize| {
            let resource = &self.list[*index];
            !resource.is_empty() && (matches(&resource.cur_id()) || resource.prev_ids().iter().any(&matches))
        };
        self.by_name.get(name).into_iter().flatten().copied().filter(is_it).collect()
    }

    /// Drops the resources of which nothing is left.
    pub fn drop_empties(&mut self) {
        if self.list.iter().any(Resource::is_empty) {
            self.retain(|resource| !resource.is_empty());
        }
    }

    /// Keeps the resources for which `keep` says so.
    pub fn retain(&mut self, keep: impl FnMut(&Resource) -> bool) {
        self.list.retain(keep);
        self.stale = true;
    }

    /// Fails if two resources have one current id.
    ///
    /// # Errors
    /// The first such pair, in order.
    pub fn check_unique(&mut self, schema: &Schema) -> Result<()> {
        for index in 0..self.list.len() {
            let id = self.list[index].cur_id();
            if let Some(&first) = self.find_current(&id, schema).first()
                && first < index
            {
                return Err(duplicate(&id, &self.list[index], &self.list[first]));
            }
        }
        Ok(())
    }

    /// Makes the indexes anew if a transformer may have touched every resource.
    fn refresh(&mut self) {
        if self.stale {
            self.by_name.clear();
            self.by_place.clear();
            self.stale = false;
            for index in 0..self.list.len() {
                self.add_names(index);
            }
        }
    }

    fn add_names(&mut self, index: usize) {
        let resource = &self.list[index];
        let name = resource.name();
        for previous in &resource.history {
            if previous.name != name {
                add(self.by_name.entry(previous.name.clone()).or_default(), index);
            }
        }
        add(self.by_name.entry(name.clone()).or_default(), index);
        add(self.by_place.entry((name, place(&resource.namespace()))).or_default(), index);
    }
}

/// Adds a position and keeps the order; most come last.
fn add(positions: &mut Vec<usize>, index: usize) {
    match positions.last() {
        Some(last) if *last >= index => {
            if let Err(at) = positions.binary_search(&index) {
                positions.insert(at, index);
            }
        }
        _ => positions.push(index),
    }
}

/// The namespace that ids without one are in.
fn place(namespace: &Text) -> Text {
    if namespace.is_empty() { Text::from("default") } else { namespace.clone() }
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

fn duplicate(id: &ResId, second: &Resource, first: &Resource) -> Error {
    Error::new(ErrorKind::Identity, format!("duplicate resource `{id}`"))
        .at(name_span(second))
        .frame("first defined at", name_span(first))
        .hint("rename one of them, or change it with a patch")
}

#[cfg(test)]
mod tests {
    use super::*;
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
