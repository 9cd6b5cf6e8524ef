//! Merging lists: whole, or item by item on merge keys (upstream:
//! `kyaml/yaml/walk/associative_sequence.go`, items of patches first).

use std::borrow::Cow;

use super::directive::{self, Directive};
use super::elements::{Arena, find, is_nothing, mixed};
use super::regular::positions;
use super::{Merge, Side, Walked};
use crate::error::Result;
use crate::schema::TypeSchema;
use crate::source::Span;
use crate::yaml::{Node, Sequence, Text, Value};

/// Where the patch's items of a list are.
#[derive(Clone, Copy)]
pub(super) enum Patch<'p> {
    /// There is none.
    None,
    /// The list is the patch's.
    Same,
    /// In the patch's list.
    Items(&'p [&'p Node]),
}

impl<'a> Merge<'a> {
    /// Merges the patch's list, written at `span`, into the target's.
    pub(super) fn merge_lists(
        &self,
        target: &mut Sequence,
        patch: &[Node],
        span: Span,
        schema: Option<TypeSchema<'a>>,
    ) -> Result<Walked> {
        let Some(keys) = merge_keys(schema) else {
            return Ok(Walked::Brought(Node::new(Value::Sequence(patch.into())).at(span)));
        };
        let found = directive::of_list(patch)?;
        let stays = |item: &&Node| found.is_none_or(|(_, said)| directive::stays(item, said));
        match found {
            Some((Directive::Delete, _)) => return Ok(Walked::Gone),
            Some((Directive::Replace, _)) => return self.bring_list(patch.iter().filter(stays), span, schema),
            _ => {}
        }
        let patch: Vec<&Node> = patch.iter().filter(stays).collect();
        let items = std::mem::take(target);
        *target = self.associate(items, Patch::Items(&patch), &keys, schema)?;
        Ok(Walked::Target)
    }

    /// The patch's list, where there was none or nothing is to be left of it.
    pub(super) fn bring_list<'p>(
        &self,
        patch: impl Iterator<Item = &'p Node>,
        span: Span,
        schema: Option<TypeSchema<'a>>,
    ) -> Result<Walked> {
        let mut items: Sequence = patch.cloned().collect();
        if let Some(keys) = merge_keys(schema) {
            items = self.associate(items, Patch::Same, &keys, schema)?;
        }
        Ok(Walked::Brought(Node::new(Value::Sequence(items)).at(span)))
    }

    /// Walks a list that only one side has.
    pub(super) fn settle_list(
        &self,
        items: &mut Sequence,
        side: Side,
        schema: Option<TypeSchema<'a>>,
    ) -> Result<Walked> {
        let Some(keys) = merge_keys(schema) else { return Ok(Walked::Target) };
        if side == Side::Patch
            && let Some((directive, said)) = directive::of_list(items)?
        {
            if directive == Directive::Delete {
                return Ok(Walked::Gone);
            }
            let said = said.to_owned();
            items.retain(|item| directive::stays(item, &said));
        }
        let patch = if side == Side::Patch { Patch::Same } else { Patch::None };
        *items = self.associate(std::mem::take(items), patch, &keys, schema)?;
        Ok(Walked::Target)
    }

    /// Merges `patch` into `items` on `keys`; without keys, the items are plain values.
    pub(super) fn associate(
        &self,
        items: Sequence,
        patch: Patch<'_>,
        keys: &[Text],
        schema: Option<TypeSchema<'a>>,
    ) -> Result<Sequence> {
        if let [key] = keys
            && let Some(old) = positions(items.iter(), key)
        {
            let inside = || schema.and_then(|schema| schema.elements());
            match patch {
                Patch::None => return self.settle_regular(items, Side::Target, inside()),
                Patch::Same => return self.settle_regular(items, Side::Patch, inside()),
                Patch::Items(patch) => {
                    if let Some(partners) = partners(&old, patch, key) {
                        return self.merge_regular(items, patch, &partners, key, inside());
                    }
                }
            }
        }
        self.associate_any(items, patch, keys, schema)
    }

    /// [`Self::associate`] for lists of any shape.
    pub(super) fn associate_any(
        &self,
        items: Sequence,
        patch: Patch<'_>,
        keys: &[Text],
        schema: Option<TypeSchema<'a>>,
    ) -> Result<Sequence> {
        let inside = schema.and_then(|schema| schema.elements());
        let plain = [Text::default()];
        let keys = if keys.is_empty() { &plain } else { keys };
        let mut values = all_values(&items, patch, keys);
        if values.is_empty() {
            return Ok(items);
        }
        let several_keys = keys.len() > 1;
        if several_keys {
            complete(&mut values);
        }
        // A key counts if any item has it; if none has any, they all do.
        let used: Vec<bool> = (0..keys.len()).map(|key| values.iter().any(|values| !values[key].is_empty())).collect();
        let used = if used.contains(&true) { used } else { vec![true; keys.len()] };
        let used_of = |texts: &[Text]| -> Vec<Text> {
            texts.iter().zip(&used).filter(|(_, used)| **used).map(|(text, _)| text.clone()).collect()
        };
        let keys = used_of(keys);

        let patched = if let Patch::Items(items) = patch { items } else { &[] };
        let mut lists = Lists {
            same: matches!(patch, Patch::Same),
            several_keys,
            patched: patched.iter().map(|item| Cow::Borrowed(*item)).collect(),
            old: (0..items.len()).collect(),
            arena: Arena::new(items),
        };
        let mut merged = Vec::new();
        for values in values {
            let values = used_of(&values);
            match self.walk_item(&mut lists, &keys, &values, inside)? {
                Some(number) => lists.arena.set(&mut merged, Some(number), &keys, &values)?,
                None => lists.arena.set(&mut lists.old, None, &keys, &values)?,
            }
        }
        for number in lists.old {
            put_back(&lists.arena, &mut merged, number, &keys)?;
        }
        Ok(lists.arena.into_list(&merged))
    }

    /// Walks the target's and the patch's item with these values; the number of what is left.
    fn walk_item(
        &self,
        lists: &mut Lists<'_>,
        keys: &[Text],
        values: &[Text],
        schema: Option<TypeSchema<'a>>,
    ) -> Result<Option<usize>> {
        // Keys without a value don't take part in the search, unless no key has one.
        let filled = |text: &Text| !text.is_empty() || values.iter().all(|value| value.is_empty());
        let (keys, values): (Vec<Text>, Vec<Text>) =
            keys.iter().cloned().zip(values.iter().cloned()).filter(|(_, value)| filled(value)).unzip();
        let Lists { arena, old, patched, same, several_keys } = lists;
        let target = find(old.iter().map(|&number| arena.get(number)), &keys, &values).map(|index| old[index]);
        let node = target.map(|number| arena.get_mut(number));
        let item = find(patched.iter().map(AsRef::as_ref), &keys, &values);
        let walked = match node {
            Some(node) if *same => self.settle(node, Side::Patch, schema)?,
            node => {
                let name = keys.first().map_or("", |key| key.as_str());
                self.walk(name, node, item.map(|index| patched[index].as_ref()), schema)?
            }
        };
        let number = match walked {
            Walked::Target => target,
            Walked::Brought(node) => {
                // With several keys an item may be met again; it is then what it was made here.
                if let Some(item) = item.filter(|_| *several_keys) {
                    patched[item] = Cow::Owned(node.clone());
                }
                Some(arena.add(node))
            }
            Walked::Gone | Walked::KeptNull => None,
        };
        Ok(number.filter(|&number| !is_nothing(arena.get(number))))
    }
}

/// The lists of one merge.
struct Lists<'p> {
    arena: Arena,
    /// The target's items.
    old: Vec<usize>,
    /// The patch's items, as far as they are not the target's.
    patched: Vec<Cow<'p, Node>>,
    /// Whether the patch's items are the target's.
    same: bool,
    several_keys: bool,
}

/// For each item of the patch's regular list, the position of the target's item with the same value.
fn partners(old: &[(&str, usize)], patch: &[&Node], key: &str) -> Option<Vec<Option<usize>>> {
    let mut partners = vec![None; patch.len()];
    for (value, index) in positions(patch.iter().copied(), key)? {
        let found = old.binary_search_by(|(text, _)| (*text).cmp(value)).ok();
        *partners.get_mut(index)? = found.and_then(|found| old.get(found)).map(|(_, position)| *position);
    }
    Some(partners)
}

/// Puts an item that the target had before into the merged list: in the place of the items that
/// have its values, or at the end.
fn put_back(arena: &Arena, merged: &mut Vec<usize>, number: usize, keys: &[Text]) -> Result<()> {
    let node = arena.get(number);
    if keys.first().is_none_or(|key| key.is_empty()) {
        let value = node.text().cloned().unwrap_or_default();
        return arena.set(merged, Some(number), keys, &[value]);
    }
    let mut values = Vec::with_capacity(keys.len());
    for key in keys {
        match &node.value {
            Value::Mapping(mapping) => match mapping.get(key) {
                Some(value) => values.push(value.text().cloned().unwrap_or_default()),
                None => merged.push(number),
            },
            Value::Scalar(_) if node.is_null() => merged.push(number),
            _ => return Err(mixed(node, key)),
        }
    }
    if keys.len() > 1 {
        arena.set(merged, None, keys, &values)?;
    }
    arena.set(merged, Some(number), keys, &values)
}

/// The keys by which a list is merged; `None` if it is not.
fn merge_keys(schema: Option<TypeSchema<'_>>) -> Option<Vec<Text>> {
    let strategy = schema?.patch_strategy_and_keys();
    strategy.merge.then(|| strategy.keys.iter().map(|key| Text::from(key.as_ref())).collect())
}

/// The values of the keys in every item, the patch's first, each once.
fn all_values(items: &[Node], patch: Patch<'_>, keys: &[Text]) -> Vec<Vec<Text>> {
    let patched: &[&Node] = if let Patch::Items(patched) = patch { patched } else { &[] };
    let mut all: Vec<Vec<Text>> = Vec::new();
    for item in patched.iter().copied().chain(items) {
        let values: Vec<Text> = keys.iter().map(|key| value_of(item, key)).collect();
        if !all.contains(&values) {
            all.push(values);
        }
    }
    all
}

fn value_of(item: &Node, key: &str) -> Text {
    let value = if key.is_empty() { Some(item) } else { item.get(key).filter(|value| !value.is_null()) };
    value.and_then(Node::text).cloned().unwrap_or_default()
}

/// Fills gaps: where two items agree in one key and nowhere differ but for gaps, they are taken as one.
fn complete(all: &mut [Vec<Text>]) {
    for left in 0..all.len() {
        let first = all[left].clone();
        for right in 0..all.len() {
            if let Some(values) = agree(&first, &all[right]) {
                all[left].clone_from(&values);
                all[right] = values;
            }
        }
    }
}

fn agree(left: &[Text], right: &[Text]) -> Option<Vec<Text>> {
    let mut common = false;
    let mut values = Vec::with_capacity(left.len());
    for (left, right) in left.iter().zip(right) {
        common |= left == right;
        if left != right && !left.is_empty() && !right.is_empty() {
            return None;
        }
        values.push(if left.is_empty() { right.clone() } else { left.clone() });
    }
    common.then_some(values)
}
