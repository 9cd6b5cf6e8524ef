//! What a set's indexes are made of: names, namespaces, and whether they changed.

use hashbrown::Equivalent;

use crate::resource::id::DEFAULT_NAMESPACE;
use crate::resource::index::Index;
use crate::resource::{EMPTY, IdRef, Resource};
use crate::yaml::Text;

/// Adds the present and past names of a resource.
pub(super) fn add_names(index: &mut Index<Text>, at: usize, resource: &Resource) {
    resource.history.iter().for_each(|previous| index.add(previous.name.clone(), at));
    index.add(resource.name(), at);
}

/// Adds each present or first name in each present or first namespace.
pub(super) fn add_any_place(index: &mut Index<Place>, at: usize, resource: &Resource) {
    let Place { name, namespace } = Place::of(resource);
    if let Some(first) = resource.history.first() {
        let first_namespace = Place::namespace(first.namespace.clone());
        index.add(Place { name: first.name.clone(), namespace: first_namespace.clone() }, at);
        index.add(Place { name: first.name.clone(), namespace: namespace.clone() }, at);
        index.add(Place { name: name.clone(), namespace: first_namespace }, at);
    }
    index.add(Place { name, namespace }, at);
}

/// A name and the namespace it is in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) name: Text,
    pub(super) namespace: Text,
}

/// The same, as texts that lie elsewhere.
#[derive(Hash)]
pub(super) struct PlaceRef<'a> {
    pub(super) name: &'a str,
    pub(super) namespace: &'a str,
}

impl Place {
    pub(super) fn of(resource: &Resource) -> Self {
        Self { name: resource.name(), namespace: Self::namespace(resource.namespace()) }
    }

    pub(super) fn namespace(written: Text) -> Text {
        if written == DEFAULT_NAMESPACE { Text::default() } else { written }
    }
}

/// The namespace as the index has it: empty for the default one.
pub(super) fn place(namespace: &str) -> &str {
    if namespace == DEFAULT_NAMESPACE { EMPTY } else { namespace }
}

impl Equivalent<Place> for PlaceRef<'_> {
    fn equivalent(&self, place: &Place) -> bool {
        place.name == self.name && place.namespace == self.namespace
    }
}

/// What indexes and ids are made of, copied: a change may free the texts.
#[derive(Default)]
pub(super) struct Names {
    /// Name, namespace, kind, group and version, one behind the other.
    texts: String,
    ends: [usize; 5],
    past: usize,
}

impl Names {
    /// Takes down those of `resource`.
    pub(super) fn note(&mut self, resource: &Resource) {
        self.texts.clear();
        for (text, end) in parts(resource).into_iter().zip(&mut self.ends) {
            self.texts.push_str(text);
            *end = self.texts.len();
        }
        self.past = resource.history.len();
    }

    pub(super) fn are_those_of(&self, resource: &Resource) -> bool {
        let mut start = 0;
        let mut ours = self.ends.iter().map(|end| self.texts.get(std::mem::replace(&mut start, *end)..*end));
        self.past == resource.history.len()
            && parts(resource).into_iter().all(|part| ours.next().flatten() == Some(part))
    }
}

fn parts(resource: &Resource) -> [&str; 5] {
    let IdRef { group, version, kind, name, namespace } = resource.id_ref();
    [name, namespace, kind, group, version]
}
