//! What differs between two states of a unit.

use std::collections::HashMap;

use super::DiffOptions;
use super::documents::Entity;
use super::files::{Shown, files};
use super::object::{Outcome, Sides};
use super::pairs::{Pair, pairs};
use super::reading::{Reading, Side};
use super::renames::GeneratedNames;
use super::report::{Change, ObjectChange, UnitReport, UnitStatus};
use crate::gitops::{ManifestFile, UnitName};
use crate::parallel::Workers;
use crate::source::Span;
use crate::warning::Warning;

/// Compares a unit with what it was; one that is new or gone with nothing.
pub(super) fn compare(
    unit: &UnitName,
    old: Option<&[ManifestFile]>,
    new: Option<&[ManifestFile]>,
    options: &DiffOptions,
    workers: &Workers,
) -> (UnitReport, Vec<Warning>) {
    let reading = Reading::new(old.unwrap_or_default(), new.unwrap_or_default(), options);
    let names = |files: Option<_>| GeneratedNames::of(files.unwrap_or_default());
    let pairs = pairs(&reading, &names(old), &names(new));
    let mut unchanged = reading.unchanged;
    let mut objects = Vec::new();
    let mut shown = [Shown::default(), Shown::default()];
    for (pair, outcome) in pairs.iter().zip(outcomes(unit, &reading, &pairs, options, workers)) {
        let Outcome { change, hidden, shown: values } = outcome;
        unchanged += usize::from(change.is_none());
        objects.extend(change);
        let entities = [entity(&reading.old, pair.old), entity(&reading.new, pair.new)];
        for ((shown, entity), value) in shown.iter_mut().zip(entities).zip(values) {
            if let Some(entity) = entity {
                shown.add(entity, value, hidden);
            }
        }
    }
    objects.extend(reading.files.iter().filter(|file| file.objects.is_none()).map(|file| file.plain.change(options)));
    objects.sort_by(order);
    let status = match (old, new) {
        (None, _) => UnitStatus::Added,
        (_, None) => UnitStatus::Removed,
        _ if objects.is_empty() => UnitStatus::Unchanged,
        _ if objects.iter().all(ObjectChange::is_ignored) => UnitStatus::Ignored,
        _ => UnitStatus::Changed,
    };
    let files = if options.files { files(&reading, &shown, options) } else { Vec::new() };
    let report = UnitReport { unit: unit.clone(), status, objects, unchanged, files, failures: Vec::new() };
    (report, warnings(unit, &reading))
}

/// What became of each pair, in their order.
fn outcomes(
    unit: &UnitName,
    reading: &Reading<'_>,
    pairs: &[Pair],
    options: &DiffOptions,
    workers: &Workers,
) -> Vec<Outcome> {
    let generated = pairs.iter().filter(|pair| pair.is_generated);
    let renamed = generated.filter_map(|pair| {
        let (old, new) = (entity(&reading.old, pair.old)?, entity(&reading.new, pair.new)?);
        (old.id.name != new.id.name).then(|| (old.id.name.clone(), new.id.name.clone()))
    });
    let renames: HashMap<String, String> = renamed.collect();
    let sides = Sides { unit, old: &reading.old.files, new: &reading.new.files, renames, options };
    workers.map(
        pairs,
        |pair| cost(&reading.old, pair.old) + cost(&reading.new, pair.new),
        |pair| {
            let (old, new) = (entity(&reading.old, pair.old), entity(&reading.new, pair.new));
            let mut outcome = sides.compare(old, new, options.files);
            // Only secrets are printed anew, and the lists around them.
            if !outcome.hidden && [old, new].into_iter().flatten().all(|entity| !entity.is_item) {
                outcome.shown = [None, None];
            }
            outcome
        },
    )
}

fn entity(side: &Side, index: Option<usize>) -> Option<&Entity> {
    side.entities.get(index?)
}

/// The size of an object's document.
fn cost(side: &Side, index: Option<usize>) -> usize {
    let size = |entity: &Entity| side.files.get(entity.file).map_or(0, |file| file.document(entity.document).len());
    entity(side, index).map_or(0, size)
}

/// What is gone first, then by identity.
fn order(one: &ObjectChange, other: &ObjectChange) -> std::cmp::Ordering {
    let key = |object: &ObjectChange| object.change != Change::Removed;
    let places = |object: &ObjectChange| (object.new_path.clone(), object.old_path.clone());
    key(one).cmp(&key(other)).then_with(|| one.id.cmp(&other.id)).then_with(|| places(one).cmp(&places(other)))
}

/// Files that should hold objects and could not be read. The parser's words may quote them: they are left out.
fn warnings(unit: &UnitName, reading: &Reading<'_>) -> Vec<Warning> {
    let broken = reading.files.iter().filter(|file| file.plain.is_broken);
    let warning = |path: &str| Warning {
        message: format!("`{path}` of `{unit}` can't be read as YAML and is compared as text",),
        location: None,
        span: Span::NONE,
    };
    broken.map(|file| warning(file.plain.path)).collect()
}
