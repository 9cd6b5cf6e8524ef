//! Which of the objects that are gone are there under another name.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value as Json;

use super::documents::Entity;
use super::report::ObjectId;
use crate::gitops::ManifestFile;

/// The digits of kustomize's content hashes, and how many a name has.
const HASH_DIGITS: &str = "2456789bcdfghkmt";
const HASH_LENGTH: usize = 10;

/// How many comparisons of contents one kind in one namespace is worth, and how alike objects must be.
const MOST_COMPARISONS: usize = 1_000;
const LEAST_ALIKE: f64 = 0.7;

/// An object of fewer fields is like too many others.
const LEAST_FIELDS: usize = 5;

/// The name that a generated object has without its hash, if it is one.
pub(super) struct GeneratedNames<'a>(HashMap<(&'a str, Option<&'a str>, &'a str), &'a str>);

impl<'a> GeneratedNames<'a> {
    pub(super) fn of(files: &'a [ManifestFile]) -> Self {
        let names = files.iter().flat_map(|file| &file.generated);
        Self(
            names
                .map(|made| {
                    (
                        (made.kind.as_str(), made.namespace.as_deref(), made.name.as_str()),
                        made.name_before_hash.as_str(),
                    )
                })
                .collect(),
        )
    }

    /// Where nobody knows, a name that ends as hashes do is taken for a generated one.
    fn before_hash<'n>(&'n self, id: &'n ObjectId) -> Option<&'n str> {
        if !id.group.is_empty() || !matches!(id.kind.as_str(), "ConfigMap" | "Secret") {
            return None;
        }
        if let Some(before) = self.0.get(&(id.kind.as_str(), id.namespace.as_deref(), id.name.as_str())) {
            return Some(before);
        }
        let (before, hash) = id.name.rsplit_once('-')?;
        let is_hash = hash.len() == HASH_LENGTH && hash.chars().all(|digit| HASH_DIGITS.contains(digit));
        (is_hash && !before.is_empty()).then_some(before)
    }
}

/// Pairs of objects that are the same by their generated names.
pub(super) fn generated(
    old: &[&Entity],
    new: &[&Entity],
    old_names: &GeneratedNames<'_>,
    new_names: &GeneratedNames<'_>,
) -> Vec<(usize, usize)> {
    fn key<'a>(names: &'a GeneratedNames<'_>, id: &'a ObjectId) -> Option<(&'a str, Option<&'a str>, &'a str)> {
        names.before_hash(id).map(|before| (id.kind.as_str(), id.namespace.as_deref(), before))
    }
    one_to_one(old, new, |id| key(old_names, id), |id| key(new_names, id))
}

/// Pairs of objects of which one says its namespace and the other does not.
pub(super) fn namespaced(old: &[&Entity], new: &[&Entity]) -> Vec<(usize, usize)> {
    fn key(id: &ObjectId) -> Option<(&str, &str, &str)> {
        (!id.kind.is_empty()).then_some((&id.group, &id.kind, &id.name))
    }
    let mut pairs = one_to_one(old, new, key, key);
    pairs.retain(|(one, other)| old[*one].id.namespace.is_none() != new[*other].id.namespace.is_none());
    pairs
}

/// Objects whose key only one has on each side.
fn one_to_one<'a, K: Ord>(
    old: &[&'a Entity],
    new: &[&'a Entity],
    old_key: impl Fn(&'a ObjectId) -> Option<K>,
    new_key: impl Fn(&'a ObjectId) -> Option<K>,
) -> Vec<(usize, usize)> {
    let mut by_key: BTreeMap<K, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (index, entity) in old.iter().enumerate() {
        if let Some(key) = old_key(&entity.id) {
            by_key.entry(key).or_default().0.push(index);
        }
    }
    for (index, entity) in new.iter().enumerate() {
        if let Some(key) = new_key(&entity.id) {
            by_key.entry(key).or_default().1.push(index);
        }
    }
    let one = |(old, new): (Vec<usize>, Vec<usize>)| match (old.as_slice(), new.as_slice()) {
        ([old], [new]) => Some((*old, *new)),
        _ => None,
    };
    by_key.into_values().filter_map(one).collect()
}

/// Pairs of objects of one kind in one namespace that are alike in content.
pub(super) fn alike(
    old: &[&Entity],
    new: &[&Entity],
    read_old: impl Fn(&Entity) -> Json,
    read_new: impl Fn(&Entity) -> Json,
) -> Vec<(usize, usize)> {
    type Group<'a> = (&'a str, &'a str, Option<&'a str>);
    let mut groups: BTreeMap<Group<'_>, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    fn group(entity: &Entity) -> Group<'_> {
        (&entity.id.group, &entity.id.kind, entity.id.namespace.as_deref())
    }
    for (index, entity) in old.iter().enumerate() {
        groups.entry(group(entity)).or_default().0.push(index);
    }
    for (index, entity) in new.iter().enumerate() {
        groups.entry(group(entity)).or_default().1.push(index);
    }
    let mut pairs = Vec::new();
    for ((_, kind, _), (gone, come)) in groups {
        let count = gone.len().saturating_mul(come.len());
        if kind.is_empty() || count == 0 || count > MOST_COMPARISONS {
            continue;
        }
        let fields_of = |indices: &[usize], entities: &[&Entity], read: &dyn Fn(&Entity) -> Json| {
            indices.iter().map(|index| (*index, fields(&read(entities[*index])))).collect::<Vec<_>>()
        };
        let (gone, come) = (fields_of(&gone, old, &read_old), fields_of(&come, new, &read_new));
        let mut scores = Vec::new();
        for (one, one_fields) in &gone {
            for (other, other_fields) in &come {
                let common = common(one_fields, other_fields);
                #[expect(clippy::cast_precision_loss, reason = "objects have few fields")]
                let score = 2.0 * common as f64 / (one_fields.len() + other_fields.len()).max(1) as f64;
                if score >= LEAST_ALIKE && common >= LEAST_FIELDS {
                    scores.push((score, *one, *other));
                }
            }
        }
        // The most alike first, and by name among equals.
        scores.sort_by(|one, other| {
            let names = |score: &(f64, usize, usize)| (&old[score.1].id, &new[score.2].id);
            other.0.total_cmp(&one.0).then_with(|| names(one).cmp(&names(other)))
        });
        let (mut used_old, mut used_new) = (Vec::new(), Vec::new());
        for (_, one, other) in scores {
            if !used_old.contains(&one) && !used_new.contains(&other) {
                used_old.push(one);
                used_new.push(other);
                pairs.push((one, other));
            }
        }
    }
    pairs
}

/// The fields of an object as numbers, sorted; what says who it is does not count.
fn fields(object: &Json) -> Vec<u64> {
    fn collect(value: &Json, path: u64, out: &mut Vec<u64>) {
        let number = |part: &dyn Fn(&mut DefaultHasher)| {
            let mut hasher = DefaultHasher::new();
            path.hash(&mut hasher);
            part(&mut hasher);
            hasher.finish()
        };
        match value {
            Json::Object(entries) => {
                for (key, value) in entries {
                    collect(value, number(&|hasher| key.hash(hasher)), out);
                }
            }
            Json::Array(items) => items.iter().for_each(|item| collect(item, number(&|hasher| 1.hash(hasher)), out)),
            scalar => out.push(number(&|hasher| scalar.to_string().hash(hasher))),
        }
    }
    let mut out = Vec::new();
    for (key, value) in object.as_object().into_iter().flatten() {
        match (key.as_str(), value) {
            ("apiVersion" | "kind", _) => {}
            ("metadata", Json::Object(metadata)) => {
                for (key, value) in metadata.iter().filter(|(key, _)| !matches!(key.as_str(), "name" | "namespace")) {
                    let mut hasher = DefaultHasher::new();
                    ("metadata", key).hash(&mut hasher);
                    collect(value, hasher.finish(), &mut out);
                }
            }
            _ => {
                let mut hasher = DefaultHasher::new();
                key.hash(&mut hasher);
                collect(value, hasher.finish(), &mut out);
            }
        }
    }
    out.sort_unstable();
    out
}

/// How many numbers two sorted lists have in common.
fn common(one: &[u64], other: &[u64]) -> usize {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    let mut count = 0;
    while let (Some(left), Some(right)) = (one.peek(), other.peek()) {
        let order = left.cmp(right);
        count += usize::from(order.is_eq());
        if order.is_le() {
            one.next();
        }
        if order.is_ge() {
            other.next();
        }
    }
    count
}
