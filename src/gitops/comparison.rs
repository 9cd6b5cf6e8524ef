//! Two states of a project, rendered as far as a change reaches.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::fs::FileSystem;
use crate::gitops::{Affected, Changes, RenderedFleet, RenderedSet, UnitManifests, UnitName, render_fleet};
use crate::layout::LayoutOptions;
use crate::sites::{Project, ProjectConfig, ProjectPaths, RunOptions, Unit};
use crate::warning::Warning;

/// One state of a project.
#[derive(Debug)]
pub struct Side<'a> {
    /// Its files.
    pub files: &'a dyn FileSystem,
    /// Its units, and what it says about them.
    pub project: &'a Project,
    /// How its files are laid out.
    pub layout: LayoutOptions,
}

/// Which units are compared.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    /// All of them.
    All,
    /// Those that the change may have an effect on, and those that fail.
    Affected {
        /// What differs between the two states.
        changes: &'a Changes,
        /// The project's `crustomize.yaml`, absolute: a change of it has an effect on everything.
        config: &'a Path,
    },
}

/// Two states, rendered.
#[derive(Debug, Default)]
pub struct Comparison {
    /// The old one.
    pub base: RenderedSet,
    /// The new one.
    pub head: RenderedSet,
    /// Why each unit is in it, unless all are.
    pub affected: Affected,
    /// How many units are not, since nothing they read has changed.
    pub unaffected: usize,
    /// What there is to say about the new state.
    pub warnings: Vec<Warning>,
}

/// Renders the units of two states that `is_wanted`. `done` is told of every unit that was rendered, on either side.
///
/// The new state is rendered first, to find out what each unit reads; the old one only as far as need be.
pub fn compare(
    base: &Side<'_>,
    head: &Side<'_>,
    scope: Scope<'_>,
    options: &RunOptions,
    is_wanted: impl Fn(&Unit) -> bool,
    done: impl Fn(&Unit) + Sync,
) -> Comparison {
    let units_of = |side: &Side<'_>| side.project.units.iter().filter(|unit| is_wanted(unit)).cloned().collect();
    let (old_units, new_units): (Vec<Unit>, Vec<Unit>) = (units_of(base), units_of(head));
    let render = |side: &Side<'_>, units: &[Unit], options: &RunOptions| {
        render_fleet(side.files, side.project, units, options, side.layout, &done)
    };
    let Scope::Affected { changes, config } = scope else {
        let RenderedFleet { set, warnings, .. } = render(head, &new_units, options);
        let base = render(base, &old_units, options).set;
        return Comparison { base, head: set, warnings, ..Comparison::default() };
    };
    // What charts hold does not depend on the project's files; only what matters is inflated, later.
    let recording = RunOptions { record: true, inflater: None, ..options.clone() };
    let mut fleet = render(head, &new_units, &recording);
    let mut affected = Affected::find(fleet.set.units.keys(), &fleet.reads, changes, config);
    let failed = fleet.set.units.iter().filter(|(_, made)| matches!(made, UnitManifests::Failed(_)));
    for (unit, _) in failed {
        affected.units.entry(unit.clone()).or_default();
    }
    let (old_names, new_names) = (names(&old_units), names(&new_units));
    for unit in old_names.symmetric_difference(&new_names) {
        affected.units.entry(unit.clone()).or_default();
    }
    let reached = |units: &[Unit]| {
        let is_reached = |unit: &&Unit| affected.units.contains_key(&name(unit));
        units.iter().filter(is_reached).cloned().collect::<Vec<_>>()
    };
    if options.inflater.is_some() {
        fleet = render(head, &reached(&new_units), options);
    }
    let base = render(base, &reached(&old_units), options).set;
    fleet.set.units.retain(|unit, _| affected.units.contains_key(unit));
    let unaffected = old_names.union(&new_names).filter(|unit| !affected.units.contains_key(unit)).count();
    Comparison { base, head: fleet.set, affected, unaffected, warnings: fleet.warnings }
}

/// Opens a project that need not have been there yet: without a folder of sites it has no units.
///
/// # Errors
/// As [`Project::open`], but for that.
pub fn open_old(files: &dyn FileSystem, paths: &ProjectPaths) -> Result<Project> {
    let config = ProjectConfig::load(files, Path::new(ProjectConfig::FILE_NAME))?;
    let folder = |said: &Option<PathBuf>, configured: &Option<String>, usual: &str| {
        said.clone().unwrap_or_else(|| configured.as_deref().unwrap_or(usual).into())
    };
    let (base, sites) = (folder(&paths.base, &config.base, "base"), folder(&paths.sites, &config.sites, "sites"));
    if files.is_dir(&sites) {
        return Project::open(files, Path::new(""), paths);
    }
    Ok(Project { base, sites, config, units: Vec::new() })
}

fn name(unit: &Unit) -> UnitName {
    UnitName { site: unit.site.clone(), app: unit.app.clone() }
}

fn names(units: &[Unit]) -> BTreeSet<UnitName> {
    units.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::MemoryFs;

    fn fleet(replicas: u8) -> MemoryFs {
        let kustomization = "resources: [../base]\n";
        let mut files = MemoryFs::new();
        for app in ["api", "web"] {
            let deployment = format!(
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {app}}}\nspec: {{replicas: {replicas}}}\n"
            );
            files = files
                .with_file(format!("/base/{app}/base/kustomization.yaml"), "resources: [deployment.yaml]\n")
                .with_file(format!("/base/{app}/base/deployment.yaml"), deployment)
                .with_file(format!("/sites/aws/{app}/kustomization.yaml"), kustomization);
        }
        files
    }

    fn compared(old: &MemoryFs, new: &MemoryFs, changes: &Changes) -> (Vec<String>, Vec<String>, usize) {
        let open = |files: &MemoryFs| Project::open(files, Path::new("/"), &ProjectPaths::default()).unwrap();
        let (old_project, new_project) = (open(old), open(new));
        let layout = LayoutOptions::default();
        let base = Side { files: old, project: &old_project, layout };
        let head = Side { files: new, project: &new_project, layout };
        let scope = Scope::Affected { changes, config: Path::new("/crustomize.yaml") };
        let made = compare(&base, &head, scope, &RunOptions::default(), |_| true, |_| ());
        let names = |set: &RenderedSet| set.units.keys().map(ToString::to_string).collect();
        (names(&made.base), names(&made.head), made.unaffected)
    }

    #[test]
    fn only_what_a_change_reaches_is_compared() {
        let (old, new) = (fleet(1), fleet(1).with_file("/base/web/base/deployment.yaml", "kind: [\n"));
        let mut changes = Changes::new();
        assert_eq!(compared(&old, &old, &changes), (vec![], vec![], 2));
        changes.modified("/base/web/base/deployment.yaml".into());
        let web = || vec!["aws/web".to_owned()];
        assert_eq!(compared(&old, &fleet(2), &changes), (web(), web(), 1));
        assert_eq!(compared(&old, &new, &Changes::new()), (web(), web(), 1), "what fails is never left out");
    }

    #[test]
    fn units_of_one_side_are_compared() {
        let new = fleet(1).with_file("/sites/new/web/kustomization.yaml", "resources: [../base]\n");
        let name = || vec!["new/web".to_owned()];
        assert_eq!(compared(&fleet(1), &new, &Changes::new()), (vec![], name(), 2));
        assert_eq!(compared(&new, &fleet(1), &Changes::new()), (name(), vec![], 2));
    }
}
