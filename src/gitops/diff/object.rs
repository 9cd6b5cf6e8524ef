//! What differs between two objects, as a report has it.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::canonical::to_text;
use super::documents::{Entity, FileText};
use super::fields::{Found, Walker};
use super::hunks::text_diff;
use super::mask::Mask;
use super::noise::noise_of;
use super::path::{Relation, Step, pointer};
use super::report::{Change, FieldChange, FieldOperation, IgnoredField, ObjectChange, TextDiff};
use super::veil::{AFTER, BEFORE, Veil, cover, has_hidden, is_hidden, mark};
use super::{DiffOptions, IgnoreRule, secret};
use crate::gitops::UnitName;

/// The two sides of a unit, while it is compared.
pub(super) struct Sides<'a> {
    pub(super) unit: &'a UnitName,
    pub(super) old: &'a [FileText],
    pub(super) new: &'a [FileText],
    /// Generated names that changed with their content: the new one of each.
    pub(super) renames: HashMap<String, String>,
    pub(super) options: &'a DiffOptions,
}

/// What became of an object.
pub(super) struct Outcome {
    /// What differs, if anything does.
    pub(super) change: Option<ObjectChange>,
    /// Whether it is or holds a secret, so that its text can't be shown as it is.
    pub(super) hidden: bool,
    /// The objects as they may be shown, if they were asked for.
    pub(super) shown: [Option<Json>; 2],
}

impl Sides<'_> {
    /// Compares an object with another, or with nothing. `keep` asks for what may be shown of them.
    pub(super) fn compare(&self, old: Option<&Entity>, new: Option<&Entity>, keep: bool) -> Outcome {
        let value = |files: &[FileText], entity: Option<&Entity>| entity.map(|entity| files[entity.file].read(entity));
        let (mut before, mut after) = (value(self.old, old), value(self.new, new));
        if let (Some(before), Some(after)) = (&mut before, &mut after) {
            secret::normalise(before, after);
        }
        let mut hidden = false;
        if !self.options.show_secrets {
            let ids = [old, new].into_iter().flatten().map(|entity| &entity.id);
            let masks: Vec<&Mask> =
                self.options.masks.iter().filter(|mask| ids.clone().any(|id| mask.is_for(id))).collect();
            let mut veil = Veil::new(&masks);
            for value in [&mut before, &mut after].into_iter().flatten() {
                hidden |= veil.hide(value);
            }
        }
        let change = match (old, new) {
            (Some(old), Some(new)) => self.changed(old, new, &mut before, &mut after),
            (Some(gone), None) | (None, Some(gone)) => Some(self.one_sided(gone, &mut before, &mut after)),
            (None, None) => None,
        };
        let shown = if keep {
            [&mut before, &mut after].into_iter().flatten().for_each(cover);
            [before, after]
        } else {
            [None, None]
        };
        Outcome { change, hidden, shown }
    }

    fn one_sided(&self, entity: &Entity, before: &mut Option<Json>, after: &mut Option<Json>) -> ObjectChange {
        let is_masked = [before.as_ref(), after.as_ref()].into_iter().flatten().any(has_hidden);
        [&mut *before, &mut *after].into_iter().flatten().for_each(cover);
        let text = |value: &Option<Json>| value.as_ref().map(to_text).unwrap_or_default();
        let is_new = after.is_some();
        let path = self.path(entity, !is_new);
        ObjectChange {
            id: entity.id.clone(),
            old_id: None,
            change: if is_new { Change::Added } else { Change::Removed },
            old_path: path.clone().filter(|_| !is_new),
            new_path: path.filter(|_| is_new),
            fields: Vec::new(),
            ignored: Vec::new(),
            noise: None,
            is_masked,
            text: self.text(&text(before), &text(after)),
        }
    }

    fn changed(
        &self,
        old: &Entity,
        new: &Entity,
        before: &mut Option<Json>,
        after: &mut Option<Json>,
    ) -> Option<ObjectChange> {
        let (Some(before), Some(after)) = (before, after) else { return None };
        let rules: Vec<(usize, &IgnoreRule)> =
            self.options.rules.iter().enumerate().filter(|(_, rule)| rule.is_for(self.unit, &new.id)).collect();
        let opens =
            |path: &[Step]| is_many(path) || rules.iter().any(|(_, rule)| rule.relation(path) == Relation::Above);
        let schema = self.options.schema.for_api_version(&new.api_version, &new.id.kind);
        let found = Walker::compare(before, after, schema, &self.renames, &opens);
        let is_masked = has_hidden(before) || has_hidden(after);
        for change in found.iter().filter(|found| differs_in_secret(found)) {
            mark(before, &change.path, true);
            mark(after, &change.path, false);
        }
        cover(before);
        cover(after);
        let (mut fields, mut ignored) = (Vec::new(), Vec::new());
        for change in found {
            match rules.iter().find(|(_, rule)| rule.relation(&change.path) == Relation::Within) {
                Some((rule, _)) => ignored.push((change, *rule)),
                None => fields.push(change),
            }
        }
        let (old_path, new_path) = (self.path(old, true), self.path(new, false));
        let change = match () {
            () if old.id != new.id => Change::Renamed,
            () if fields.is_empty() && old_path != new_path => Change::Moved,
            () if fields.is_empty() && ignored.is_empty() => return None,
            () if fields.is_empty() => Change::Modified,
            () if fields.iter().all(|field| field.operation == FieldOperation::Reorder) => Change::Reordered,
            () => Change::Modified,
        };
        let noise =
            (change == Change::Modified && old_path == new_path).then(|| noise_of(&fields, &self.renames)).flatten();
        let text = if fields.is_empty() {
            TextDiff::Hunks(Vec::new())
        } else if ignored.is_empty() {
            self.text(&to_text(before), &to_text(after))
        } else {
            let (mut before, mut after) = (before.clone(), after.clone());
            ignored.iter().for_each(|(change, _)| even_out(change, &mut before, &mut after));
            self.text(&to_text(&before), &to_text(&after))
        };
        let ignored_field = |(change, rule): (Found, usize)| IgnoredField { pointer: pointer(&change.path), rule };
        Some(ObjectChange {
            id: new.id.clone(),
            old_id: Some(&old.id).filter(|id| **id != new.id).cloned(),
            change,
            old_path,
            new_path,
            fields: fields.into_iter().map(field).collect(),
            ignored: ignored.into_iter().map(ignored_field).collect(),
            noise,
            is_masked,
            text,
        })
    }

    fn path(&self, entity: &Entity, is_old: bool) -> Option<String> {
        let files = if is_old { self.old } else { self.new };
        files.get(entity.file).map(|file| file.path.clone())
    }

    fn text(&self, old: &str, new: &str) -> TextDiff {
        text_diff(old, new, self.options.context, self.options.max_lines)
    }
}

/// Labels and annotations: each is a matter of its own.
fn is_many(path: &[Step]) -> bool {
    matches!(path, [.., Step::Field(metadata), Step::Field(many)] if metadata == "metadata" && matches!(many.as_str(), "labels" | "annotations"))
}

/// Whether one secret took the place of another.
fn differs_in_secret(found: &Found) -> bool {
    found.old.as_ref().is_some_and(is_hidden) && found.new.as_ref().is_some_and(is_hidden)
}

/// The field as a report has it, with masks.
fn field(found: Found) -> FieldChange {
    let secrets_differ = differs_in_secret(&found);
    let Found { path, operation, mut old, mut new } = found;
    let is_masked = [&old, &new].into_iter().flatten().any(has_hidden);
    if secrets_differ {
        (old, new) = (Some(Json::from(BEFORE)), Some(Json::from(AFTER)));
    }
    [&mut old, &mut new].into_iter().flatten().for_each(cover);
    FieldChange { pointer: pointer(&path), operation, old, new, is_masked }
}

/// Makes two objects the same where a difference is ignored, so that it is not seen in their texts either.
fn even_out(found: &Found, before: &mut Json, after: &mut Json) {
    let Some((Step::Field(last), way)) = found.path.split_last() else { return };
    let Some(parent_before) = walk(before, way, true) else { return };
    let Some(parent_after) = walk(after, way, false) else { return };
    let (Json::Object(parent_before), Json::Object(parent_after)) = (parent_before, parent_after) else { return };
    match parent_after.get(last) {
        Some(value) if found.operation != FieldOperation::Add => {
            parent_before.insert(last.clone(), value.clone());
        }
        Some(_) => {
            parent_after.shift_remove(last);
        }
        None => {
            parent_before.shift_remove(last);
        }
    }
}

fn walk<'v>(value: &'v mut Json, way: &[Step], is_old: bool) -> Option<&'v mut Json> {
    way.iter().try_fold(value, |value, step| step.take_in(value, is_old))
}
