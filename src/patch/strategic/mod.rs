//! Strategic merge patches (upstream: `kyaml/yaml/merge2` over `kyaml/yaml/walk`, as
//! `api/filters/patchstrategicmerge` calls them).
//!
//! Upstream walks target and patch side by side, and goes on where only one of the two
//! has a value: what a patch adds is walked against itself, what only the target has is
//! walked alone. All three change values: nulls vanish, lists with merge keys lose
//! doubles. So there are two walks here: [`Merge::walk`] for two sides, and
//! [`Merge::settle`] for one.

mod directive;
mod elements;
mod list;
mod regular;
#[cfg(test)]
mod tests;

use std::cell::RefCell;

use crate::error::{Error, ErrorKind, Result};
use crate::patch::comment_schema::MergeHints;
use crate::schema::{Schema, TypeSchema};
use crate::yaml::{Entry, Mapping, Node, Style, Tag, Value};
use directive::Directive;

/// What a patch left of its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// The target is there still, changed or not.
    Kept,
    /// The patch removed the whole target; what the node holds now means nothing.
    Removed,
}

/// Merges `patch` into `target`; items that a patch adds to a list come first.
///
/// As upstream does, a `$patch: replace` at the root leaves the target as it is.
///
/// # Errors
/// When a value meets one of another sort, or a `$patch` directive is unknown. The target
/// is then of no use.
pub fn apply_strategic_merge(
    target: &mut Node,
    patch: &Node,
    schema: &Schema,
    hints: Option<&dyn MergeHints>,
) -> Result<Outcome> {
    let merge = Merge { schema, hints, spent: RefCell::default() };
    match merge.walk("the document", Some(target), Some(patch), None)? {
        // A replacement is a value of its own, which upstream makes and then forgets.
        Walked::Target | Walked::KeptNull | Walked::Brought(_) => Ok(Outcome::Kept),
        Walked::Gone => Ok(Outcome::Removed),
    }
}

/// One merge: what does not change on the way down.
struct Merge<'a> {
    schema: &'a Schema,
    hints: Option<&'a dyn MergeHints>,
    /// The patch's mappings whose directive was obeyed: upstream takes a directive out when it
    /// sees it, so an item that a list merges twice is without one the second time.
    spent: RefCell<Vec<*const Mapping>>,
}

/// What became of a value.
enum Walked {
    /// The target's value, changed in place.
    Target,
    /// The target's explicit null: mappings keep it, lists don't.
    KeptNull,
    /// The patch's value.
    Brought(Node),
    /// Nothing is left.
    Gone,
}

/// Where a value that is walked alone comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// Only the target has it: directives mean nothing, explicit nulls stay.
    Target,
    /// The patch brought it: directives are obeyed, nulls vanish.
    Patch,
}

impl<'a> Merge<'a> {
    /// Walks a value of the target and the patch's value for it; either may be missing.
    fn walk(
        &self,
        name: &str,
        target: Option<&mut Node>,
        patch: Option<&Node>,
        schema: Option<TypeSchema<'a>>,
    ) -> Result<Walked> {
        let Some(patch) = patch else {
            let Some(target) = target else { return Ok(Walked::Gone) };
            return self.settle(target, Side::Target, schema);
        };
        let Some(target) = target.filter(|target| !target.is_null()) else {
            return self.add(patch, schema);
        };
        let schema = self.schema_at(Some(target), Some(patch), schema);
        if patch.is_null() {
            return Ok(Walked::Gone);
        }
        match (&mut target.value, &patch.value) {
            (Value::Mapping(old), Value::Mapping(new)) => {
                let found = directive::of_mapping(new)?;
                let index = found.map(|(_, index)| index);
                match self.obey(new, found) {
                    Directive::Delete => Ok(Walked::Gone),
                    Directive::Replace => self.bring_mapping(patch, index, schema),
                    Directive::Merge => {
                        self.merge_fields(old, new, index, schema)?;
                        Ok(Walked::Target)
                    }
                }
            }
            (Value::Sequence(old), Value::Sequence(new)) => self.merge_lists(old, new, patch.span, schema),
            (Value::Scalar(_), Value::Scalar(_)) => Ok(Walked::Brought(patch.clone())),
            _ => Err(wrong_sort(name, target, patch)),
        }
    }

    /// What the patch brings where the target has nothing.
    fn add(&self, patch: &Node, schema: Option<TypeSchema<'a>>) -> Result<Walked> {
        let schema = self.schema_at(None, Some(patch), schema);
        match &patch.value {
            Value::Mapping(new) => {
                // Here, and only here, an unknown directive is left where it is.
                let found = directive::of_mapping(new).ok().flatten();
                let index = found.map(|(_, index)| index);
                match self.obey(new, found) {
                    Directive::Delete => Ok(Walked::Gone),
                    _ => self.bring_mapping(patch, index, schema),
                }
            }
            Value::Sequence(new) => self.bring_list(new.iter(), patch.span, schema),
            Value::Scalar(_) if patch.is_null() => Ok(Walked::Gone),
            Value::Scalar(_) => Ok(Walked::Brought(patch.clone())),
        }
    }

    /// What to do with a mapping of the patch; its directive counts once.
    fn obey(&self, patch: &Mapping, found: Option<(Directive, usize)>) -> Directive {
        let Some((directive, _)) = found else { return Directive::Merge };
        let mut spent = self.spent.borrow_mut();
        if spent.iter().any(|&mapping| std::ptr::eq(mapping, patch)) {
            return Directive::Merge;
        }
        spent.push(patch);
        directive
    }

    /// A copy of the patch's mapping without its directive, walked against itself.
    fn bring_mapping(&self, patch: &Node, directive: Option<usize>, schema: Option<TypeSchema<'a>>) -> Result<Walked> {
        let entries = patch.as_mapping().into_iter().flatten().enumerate();
        let kept = entries.filter(|(index, _)| Some(*index) != directive);
        let mut mapping: Mapping = kept.map(|(_, entry)| entry.clone()).collect();
        self.settle_fields(&mut mapping, Side::Patch, schema)?;
        Ok(Walked::Brought(Node::new(Value::Mapping(mapping)).at(patch.span)))
    }

    /// Walks a value that only one side has.
    fn settle(&self, node: &mut Node, side: Side, schema: Option<TypeSchema<'a>>) -> Result<Walked> {
        if node.is_null() {
            let explicit = side == Side::Target && node.text().is_some_and(|text| !text.is_empty());
            return Ok(if explicit { Walked::KeptNull } else { Walked::Gone });
        }
        let schema = self.schema_at(Some(node), None, schema);
        match &mut node.value {
            Value::Mapping(mapping) => {
                if side == Side::Patch
                    && let Some((directive, index)) = directive::of_mapping(mapping)?
                {
                    // Gone or not: a list may look at this mapping again.
                    let mut at = 0;
                    mapping.retain(|_| {
                        at += 1;
                        at - 1 != index
                    });
                    if directive == Directive::Delete {
                        return Ok(Walked::Gone);
                    }
                }
                self.settle_fields(mapping, side, schema)?;
                Ok(Walked::Target)
            }
            Value::Sequence(items) => self.settle_list(items, side, schema),
            Value::Scalar(_) => Ok(Walked::Target),
        }
    }

    fn settle_fields(&self, mapping: &mut Mapping, side: Side, schema: Option<TypeSchema<'a>>) -> Result<()> {
        try_retain(mapping, |entry| {
            refuse_empty_key(entry)?;
            let field = self.field_schema(schema, Some(entry), None);
            let kept = !matches!(self.settle(&mut entry.value, side, field)?, Walked::Gone);
            quote_if_text_says_otherwise(&mut entry.value);
            Ok(kept)
        })
    }

    /// Merges the fields of the patch's mapping, but for the one at `skip`, into the target's.
    fn merge_fields(
        &self,
        target: &mut Mapping,
        patch: &Mapping,
        skip: Option<usize>,
        schema: Option<TypeSchema<'a>>,
    ) -> Result<()> {
        let entries = patch.iter().enumerate().filter(|(index, _)| Some(*index) != skip);
        let mut fields: Vec<(&Entry, bool)> = entries.map(|(_, entry)| (entry, false)).collect();
        // Upstream takes fields by name, in order; of doubles, the first.
        fields.sort_by(|(left, _), (right, _)| left.key.text().cmp(right.key.text()));
        fields.dedup_by(|(second, _), (first, _)| second.key.text() == first.key.text());
        try_retain(target, |entry| {
            refuse_empty_key(entry)?;
            let key = entry.key.text();
            let found = fields.binary_search_by(|(field, _)| field.key.text().cmp(key)).ok();
            let Some((field, used)) = found.and_then(|index| fields.get_mut(index)) else {
                let inside = self.field_schema(schema, Some(entry), None);
                let kept = !matches!(self.settle(&mut entry.value, Side::Target, inside)?, Walked::Gone);
                quote_if_text_says_otherwise(&mut entry.value);
                return Ok(kept);
            };
            if std::mem::replace(used, true) {
                return Ok(true);
            }
            let inside = self.field_schema(schema, Some(entry), Some(field));
            match self.walk(key, Some(&mut entry.value), Some(&field.value), inside)? {
                Walked::Target | Walked::KeptNull => Ok(true),
                Walked::Brought(mut node) => {
                    keep_style(&entry.value, &mut node);
                    entry.value = node;
                    Ok(true)
                }
                Walked::Gone => Ok(false),
            }
        })?;
        for (field, _) in fields.iter().filter(|(_, used)| !used) {
            refuse_empty_key(field)?;
            let inside = self.field_schema(schema, None, Some(field));
            if let Walked::Brought(mut node) = self.walk(field.key.text(), None, Some(&field.value), inside)? {
                quote_if_text_says_otherwise(&mut node);
                target.push(field.key.clone(), node);
            }
        }
        Ok(())
    }

    /// The schema of a value: a comment's, the one its owner knows, or its own type's.
    fn schema_at(
        &self,
        target: Option<&Node>,
        patch: Option<&Node>,
        known: Option<TypeSchema<'a>>,
    ) -> Option<TypeSchema<'a>> {
        let mut sides = [target, patch].into_iter().flatten().filter(|node| !node.is_null());
        if let Some(hints) = self.hints
            && let Some(hint) = sides.clone().find_map(|node| hints.hint(node.span))
        {
            return Some(hint);
        }
        known.or_else(|| {
            sides.find_map(|node| {
                let text = |field| node.get(field).and_then(Node::as_str).filter(|text| !text.is_empty());
                self.schema.for_api_version(text("apiVersion")?, text("kind")?)
            })
        })
    }

    /// The schema of a field: a comment's at its value or key, or what its owner knows.
    fn field_schema(
        &self,
        owner: Option<TypeSchema<'a>>,
        target: Option<&Entry>,
        patch: Option<&Entry>,
    ) -> Option<TypeSchema<'a>> {
        let mut sides = [target, patch].into_iter().flatten();
        // Nothing is asked of the schemas of plain values.
        if sides.clone().all(|entry| entry.value.as_scalar().is_some()) {
            return None;
        }
        if let Some(hints) = self.hints
            && let Some(hint) =
                sides.clone().find_map(|entry| hints.hint(entry.value.span).or_else(|| hints.key_hint(entry.key.span)))
        {
            return Some(hint);
        }
        owner?.field(sides.next()?.key.text())
    }
}

/// [`Mapping::retain`] with a question that may fail.
fn try_retain(mapping: &mut Mapping, mut keep: impl FnMut(&mut Entry) -> Result<bool>) -> Result<()> {
    let mut failure = None;
    mapping.retain(|entry| match failure {
        Some(_) => true,
        None => keep(entry).unwrap_or_else(|error| {
            failure = Some(error);
            true
        }),
    });
    failure.map_or(Ok(()), Err)
}

/// Upstream's setter of fields takes an empty name for none and fails.
fn refuse_empty_key(entry: &Entry) -> Result<()> {
    if entry.key.text().is_empty() {
        return Err(Error::new(ErrorKind::Patch, "an object with an empty key can't be patched")
            .at(entry.key.span)
            .hint("give the key a name, or use a JSON patch"));
    }
    Ok(())
}

/// A scalar that takes a field's place takes its style too.
fn keep_style(old: &Node, new: &mut Node) {
    if let (Some(old), Some(new)) = (old.as_scalar(), new.as_scalar_mut()) {
        new.style = old.style;
    }
}

/// Upstream quotes untyped text that YAML 1.1 would not read as a string when it sets a field to it.
fn quote_if_text_says_otherwise(node: &mut Node) {
    if let Some(scalar) = node.as_scalar_mut()
        && scalar.tag == Tag::Unresolved
        && scalar.style == Style::Plain
        && !scalar.text.is_empty()
        && !scalar.text.contains('\n')
        && crate::yaml::resolve::resolve_plain(&scalar.text, crate::yaml::resolve::Dialect::V2) != Tag::Str
    {
        scalar.style = Style::DoubleQuoted;
    }
}

fn wrong_sort(name: &str, target: &Node, patch: &Node) -> Error {
    let (old, new) = (target.sort_name(), patch.sort_name());
    Error::new(ErrorKind::Patch, format!("the patch has {new} for `{name}`, which is {old}"))
        .at(patch.span)
        .frame("the value to be patched is at", target.span)
        .hint(format!("make it {old}, or use a JSON patch with `op: replace`"))
}
