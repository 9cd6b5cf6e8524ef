//! An ordered set of resources with unique current ids, found through indexes.
//!
//! One index maps every present and past name to positions, another every present name and
//! namespace, a third those of the beginning, too. Each is made when it is first asked for, and what it finds is checked against the
//! full id, so entries that went stale cost time but never correctness. What is missing would:
//! so every way to change a resource looks whether its names changed.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use crate::error::{Error, ErrorKind, Result};
use crate::resource::index::Index;
use crate::resource::place::{Names, Place, PlaceRef, add_any_place, add_names, place};
use crate::resource::{IdRef, ResId, Resource, Scopes};
use crate::schema::Schema;
use crate::yaml::Text;

/// An ordered set of resources.
#[derive(Debug, Clone, Default)]
pub struct ResMap {
    list: Vec<Resource>,
    /// Positions by present and past names.
    by_name: Option<Index<Text>>,
    /// Positions by present name and namespace: one name may stand in thousands of namespaces.
    by_place: Option<Index<Place>>,
    /// Positions by the names and namespaces that resources have or had at first, in any combination.
    by_any_place: Option<Index<Place>>,
    /// The schema under which no two resources have one id, if that is known.
    unique: Option<Schema>,
    /// Positions of the resources of which that is not known, because they were renamed since.
    renamed: Vec<usize>,
}

/// More resources than this that were renamed one by one, and all are looked at.
const MANY_RENAMED: usize = 16;

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
        let mut names = Names::default();
        (0..self.list.len()).try_for_each(|index| {
            self.update_noting(&mut names, index, |resource| change(index, resource)).unwrap_or(Ok(()))
        })
    }

    /// Changes, in order, those resources in which `look` finds something to change. As [`ResMap::change_each`]
    /// otherwise.
    ///
    /// # Errors
    /// The first that `look` returns; what comes before is changed then.
    pub fn change_where<T>(
        &mut self,
        mut look: impl FnMut(&Resource) -> Result<Option<T>>,
        mut change: impl FnMut(&mut Resource, T),
    ) -> Result<()> {
        let mut names = Names::default();
        for index in 0..self.list.len() {
            if let Some(found) = look(&self.list[index])? {
                self.update_noting(&mut names, index, |resource| change(resource, found));
            }
        }
        Ok(())
    }

    /// The resource at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&Resource> {
        self.list.get(index)
    }

    /// Changes the resource at `index` and keeps the indexes right; cheap where few names change.
    pub fn update<T>(&mut self, index: usize, change: impl FnOnce(&mut Resource) -> T) -> Option<T> {
        self.update_noting(&mut Names::default(), index, change)
    }

    fn update_noting<T>(
        &mut self,
        before: &mut Names,
        index: usize,
        change: impl FnOnce(&mut Resource) -> T,
    ) -> Option<T> {
        let knows_nothing = self.knows_nothing();
        let resource = self.list.get_mut(index)?;
        if knows_nothing {
            return Some(change(resource));
        }
        before.note(resource);
        let result = change(resource);
        if !before.are_those_of(resource) {
            self.add_names(index);
            if self.unique.is_some() {
                self.renamed.push(index);
            }
            if self.renamed.len() > MANY_RENAMED {
                self.forget_unique();
            }
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

    /// Puts the resources in the order `order`, which names the position of each once.
    pub fn reorder(&mut self, order: &[usize]) {
        if order.iter().enumerate().all(|(at, index)| at == *index) {
            return;
        }
        let mut order = order.to_vec();
        for start in 0..order.len() {
            // Around the circle: each place gets what belongs there, and hands on what it had.
            let mut at = start;
            while let Some(from) = order.get_mut(at).map(|from| std::mem::replace(from, at)) {
                let is_done = order.get(from).is_none_or(|next| *next == from);
                if is_done || from >= self.list.len() {
                    break;
                }
                self.list.swap(at, from);
                at = from;
            }
        }
        self.forget_positions();
    }

    /// Appends a resource.
    ///
    /// # Errors
    /// When a resource of the same current id is there (upstream: `may not add resource with an already registered id`).
    pub fn append(&mut self, resource: Resource, schema: &Schema) -> Result<()> {
        if let Some(&index) = self.find(resource.id_ref(), schema).first() {
            return Err(duplicate(&resource, &self.list[index]));
        }
        if self.list.is_empty() {
            self.unique = Some(schema.clone());
        } else if !self.is_unique_under(schema) {
            self.forget_unique();
        }
        self.list.push(resource);
        self.add_names(self.list.len() - 1);
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

    /// Positions of the resources that have or had at first the name `name`, and have or had at first the
    /// namespace `namespace`, in order. Where a namespace means nothing, some of those that wrote it.
    pub fn find_placed(&mut self, name: &str, namespace: &str) -> Vec<usize> {
        let index = self.by_any_place.get_or_insert_with(|| {
            let mut index = Index::with_capacity(self.list.len());
            self.list.iter().enumerate().for_each(|(at, resource)| add_any_place(&mut index, at, resource));
            index
        });
        let found = index.get(&PlaceRef { name, namespace: place(namespace) });
        found.iter().copied().filter(|index| !self.list[*index].is_empty()).collect()
    }

    /// Keeps the resources for which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(&Resource) -> bool) {
        let mut kept = 0;
        let positions: Vec<Option<usize>> = self
            .list
            .iter()
            .map(|resource| {
                let position = keep(resource).then_some(kept);
                kept += usize::from(position.is_some());
                position
            })
            .collect();
        if kept == self.list.len() {
            return;
        }
        let mut kept = positions.iter();
        self.list.retain(|_| kept.next().is_some_and(Option::is_some));
        let moved = |position: usize| positions.get(position).copied().flatten();
        for index in [&mut self.by_place, &mut self.by_any_place].into_iter().flatten() {
            index.renumber(moved);
        }
        self.by_name.iter_mut().for_each(|index| index.renumber(moved));
        self.renamed = self.renamed.iter().filter_map(|&position| moved(position)).collect();
    }

    /// Fails if two resources have one current id.
    ///
    /// # Errors
    /// The first such pair, in order.
    pub fn check_unique(&mut self, schema: &Schema) -> Result<()> {
        if self.is_unique_under(schema) {
            // The first that has the id of one before it, if any has: one of the two was renamed.
            let renamed = std::mem::take(&mut self.renamed);
            let pairs = renamed.iter().filter_map(|&index| match *self.find_at(index, schema).as_slice() {
                [first, second, ..] => Some((second, first)),
                _ => None,
            });
            return match pairs.min() {
                Some((second, first)) => Err(self.fail(second, first)),
                None => Ok(()),
            };
        }
        if self.are_unique(schema) {
            return Ok(());
        }
        match self.first_pair(schema) {
            Some((second, first)) => Err(self.fail(second, first)),
            None => Ok(()),
        }
    }

    /// Whether no two resources have one current id; it is remembered then.
    pub fn are_unique(&mut self, schema: &Schema) -> bool {
        let are_unique = self.first_pair(schema).is_none();
        if are_unique {
            (self.unique, self.renamed) = (Some(schema.clone()), Vec::new());
        }
        are_unique
    }

    /// The first resource with the id of one before it, and that one.
    fn first_pair(&self, schema: &Schema) -> Option<(usize, usize)> {
        let mut scopes = Scopes::new(schema);
        let mut seen: HashMap<IdRef<'_>, usize> = HashMap::with_capacity(self.list.len());
        self.list.iter().enumerate().find_map(|(second, resource)| {
            match seen.entry(scopes.effective(resource.id_ref())) {
                Entry::Occupied(first) => Some((second, *first.get())),
                Entry::Vacant(place) => {
                    place.insert(second);
                    None
                }
            }
        })
    }

    fn fail(&mut self, second: usize, first: usize) -> Error {
        self.forget_unique();
        duplicate(&self.list[second], &self.list[first])
    }

    /// Whether no two resources have one id, but for those that were renamed.
    fn is_unique_under(&self, schema: &Schema) -> bool {
        self.unique.as_ref().is_some_and(|unique| unique.has_scopes_of(schema))
    }

    const fn knows_nothing(&self) -> bool {
        self.by_name.is_none() && self.by_place.is_none() && self.by_any_place.is_none() && self.unique.is_none()
    }

    /// Forgets everything about names.
    fn forget(&mut self) {
        self.forget_positions();
        self.forget_unique();
    }

    fn forget_positions(&mut self) {
        (self.by_name, self.by_place, self.by_any_place) = (None, None, None);
        if !self.renamed.is_empty() {
            self.forget_unique();
        }
    }

    fn forget_unique(&mut self) {
        (self.unique, self.renamed) = (None, Vec::new());
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
        if let Some(by_any_place) = &mut self.by_any_place {
            add_any_place(by_any_place, index, &self.list[index]);
        }
    }
}

impl<'a> IntoIterator for &'a ResMap {
    type Item = &'a Resource;
    type IntoIter = std::slice::Iter<'a, Resource>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn duplicate(second: &Resource, first: &Resource) -> Error {
    Error::new(ErrorKind::Identity, format!("duplicate resource `{}`", second.cur_id()))
        .at(second.name_span())
        .frame("first defined at", first.name_span())
        .hint("rename one of them, or change it with a patch")
}
