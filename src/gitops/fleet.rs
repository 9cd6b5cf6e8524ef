//! Units of a project to a rendered set.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::fs::{FileSystem, Reads};
use crate::gitops::{GeneratedName, ManifestFile, RenderedSet, UnitManifests, UnitName};
use crate::layout::{LayoutOptions, name_before_hash};
use crate::sites::{Outcome, Project, RenderedUnit, RunOptions, Unit, render_units};
use crate::warning::Warning;

/// What a run made of units.
#[derive(Debug, Default)]
pub struct RenderedFleet {
    /// Their files, or what is wrong with them.
    pub set: RenderedSet,
    /// What each read, if the run records that.
    pub reads: BTreeMap<UnitName, Reads>,
    /// What there is to say about each, and what about the project.
    pub warnings: Vec<Warning>,
}

/// Renders `units` of `project` to files. `done` is told of every unit, in whatever order they come.
pub fn render_fleet(
    files: &dyn FileSystem,
    project: &Project,
    units: &[Unit],
    options: &RunOptions,
    layout: LayoutOptions,
    done: impl Fn(&Unit) + Sync,
) -> RenderedFleet {
    let finish = |unit: &RenderedUnit<'_>| manifests(unit, layout);
    let (outcomes, rules) = render_units(files, project, units, options, finish, |outcome| done(&outcome.unit));
    let mut fleet = RenderedFleet::default();
    for outcome in outcomes {
        let Outcome { unit, result, warnings, reads, .. } = outcome;
        let name = UnitName { site: unit.site, app: unit.app };
        let manifests = match result {
            Ok(files) => UnitManifests::Files(files),
            Err(errors) => UnitManifests::Failed(errors),
        };
        fleet.warnings.extend(warnings);
        fleet.reads.extend(reads.map(|reads| (name.clone(), reads)));
        fleet.set.units.insert(name, manifests);
    }
    fleet.warnings.extend(rules);
    fleet
}

/// The unit's files, with the names that generators made.
fn manifests(unit: &RenderedUnit<'_>, layout: LayoutOptions) -> Result<Vec<ManifestFile>> {
    let generated = unit.rendered.resources().iter().filter_map(|resource| {
        let name_before_hash = name_before_hash(resource)?;
        let id = resource.cur_id();
        let namespace = (!id.namespace.is_empty()).then(|| id.namespace.to_string());
        let name =
            GeneratedName { kind: id.gvk.kind.to_string(), namespace, name: id.name.to_string(), name_before_hash };
        Some((id.to_string(), name))
    });
    let generated: BTreeMap<String, GeneratedName> = generated.collect();
    let with_generated = |file| {
        let mut file = ManifestFile::from(file);
        file.generated = file.resources.iter().filter_map(|id| generated.get(id)).cloned().collect();
        file
    };
    Ok(unit.lay_out(layout)?.into_iter().map(with_generated).collect())
}
