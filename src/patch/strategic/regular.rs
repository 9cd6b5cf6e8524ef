//! The short way for lists as they usually are: one merge key, which every item has, no two
//! items of a side with one value. [`super::list`] says what happens in all other cases; here
//! the outcome is the same, without comparing every item with every other.

use super::elements::{is_nothing, text_of};
use super::{Merge, Side, Walked};
use crate::error::Result;
use crate::schema::TypeSchema;
use crate::yaml::{Node, Sequence};

/// The value of `key` in every item, if the list is regular: positions, sorted by value.
pub(super) fn positions<'n>(items: impl Iterator<Item = &'n Node>, key: &str) -> Option<Vec<(&'n str, usize)>> {
    let value = |(index, item): (usize, &'n Node)| {
        let value = item.as_mapping()?.get(key).filter(|value| !value.is_null())?;
        let text = text_of(value);
        (!text.is_empty()).then_some((text, index))
    };
    let mut values = items.enumerate().map(value).collect::<Option<Vec<_>>>()?;
    values.sort_unstable();
    values.windows(2).all(|pair| matches!(pair, [left, right] if left.0 != right.0)).then_some(values)
}

impl<'a> Merge<'a> {
    /// Walks the items of a regular list that only one side has.
    pub(super) fn settle_regular(
        &self,
        items: Sequence,
        side: Side,
        schema: Option<TypeSchema<'a>>,
    ) -> Result<Sequence> {
        let mut kept = Sequence::with_capacity(items.len());
        for mut item in items {
            if matches!(self.settle(&mut item, side, schema)?, Walked::Target) && !is_nothing(&item) {
                kept.push(item);
            }
        }
        Ok(kept)
    }

    /// Merges two regular lists: the patch's items come first. `partners` has the position of the
    /// target's item for each of the patch's.
    pub(super) fn merge_regular(
        &self,
        items: Sequence,
        patch: &[&Node],
        partners: &[Option<usize>],
        key: &str,
        schema: Option<TypeSchema<'a>>,
    ) -> Result<Sequence> {
        let mut items: Vec<Option<Node>> = items.into_iter().map(Some).collect();
        let mut merged = Sequence::with_capacity(items.len() + patch.len());
        for (item, partner) in patch.iter().zip(partners) {
            let mut target = partner.and_then(|index| items.get_mut(index)).and_then(Option::take);
            let walked = self.walk(key, target.as_mut(), Some(item), schema)?;
            let left = match (walked, target) {
                (Walked::Brought(node), None) => Some(node),
                // What replaces an item is replaced by it in turn.
                (Walked::Target | Walked::Brought(_), target) => target,
                (Walked::Gone | Walked::KeptNull, _) => None,
            };
            merged.extend(left.filter(|node| !is_nothing(node)));
        }
        let rest = items.into_iter().flatten().collect();
        merged.extend(self.settle_regular(rest, Side::Target, schema)?);
        Ok(merged)
    }
}
