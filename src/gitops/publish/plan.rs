//! What would be written and deleted in the branch, and what stands in the way. Pure.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::error::{Error, ErrorKind, Result};
use crate::git::{Edit, EntryMode};
use crate::gitops::publish::collision::collisions;
use crate::gitops::publish::deletion::deletions;
use crate::gitops::publish::metadata::metadata;
use crate::gitops::publish::secrets::secrets;
use crate::gitops::publish::unit_steps::{Ground, unit_plan};
use crate::gitops::publish::{
    Counts, Guard, METADATA, PlanOptions, PublishedTree, Relation, UnitChange, UnitPlan, Violation,
};
use crate::gitops::{ManifestFile, RenderedSet, UnitManifests, UnitName};
use crate::layout::{check_component, check_path};

/// What would happen to the branch.
#[derive(Debug, Clone, Default)]
pub struct Plan<'s> {
    /// The units that were rendered, and those that go, in the order of their names.
    pub units: Vec<UnitPlan<'s>>,
    /// Everything that stands in the way; nothing is published unless this is empty.
    pub violations: Vec<Violation>,
    /// The file at the top, if one is written: path and content.
    root: Option<(String, String)>,
}

impl Plan<'_> {
    /// Whether the branch would change.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.units.iter().any(UnitPlan::is_changed)
    }

    /// Whether units were left as they are since something newer is there, and nothing else is to be done.
    #[must_use]
    pub fn is_superseded(&self) -> bool {
        !self.is_changed() && self.units.iter().any(|unit| unit.change == UnitChange::Superseded)
    }

    /// The manifests of all units by what happens to them.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.units.iter().map(UnitPlan::counts).fold(Counts::default(), |sum, unit| Counts {
            added: sum.added + unit.added,
            modified: sum.modified + unit.modified,
            deleted: sum.deleted + unit.deleted,
        })
    }

    /// The sites of which something changes.
    #[must_use]
    pub fn sites(&self) -> BTreeSet<&str> {
        self.units.iter().filter(|unit| unit.is_changed()).map(|unit| unit.unit.site.as_str()).collect()
    }

    /// The same for git.
    pub(super) fn edit(&self) -> Edit<'_> {
        let changed = || self.units.iter().filter(|unit| unit.is_changed());
        let writes = changed().flat_map(|unit| &unit.writes).map(|(path, content)| (path.as_str(), &**content));
        let root = self.root.iter().map(|(path, content)| (path.as_str(), content.as_bytes()));
        let deletes = changed().flat_map(|unit| &unit.deletes).map(String::as_str);
        Edit { deletes: deletes.collect(), writes: writes.chain(root).collect() }
    }
}

/// What would happen to the branch that holds `published` if `set` were published.
///
/// # Errors
/// When a unit or file has a name that can't be a path.
pub fn plan<'s>(published: &PublishedTree, set: &'s RenderedSet, options: &PlanOptions) -> Result<Plan<'s>> {
    let mut plan = Plan::default();
    for (name, made) in &set.units {
        check_component(&name.site).and_then(|()| check_component(&name.app)).map_err(|fault| {
            Error::new(ErrorKind::Output, format!("`{name}` can't be a folder of the branch: a part {fault}"))
        })?;
        let mut unit = match made {
            UnitManifests::Files(files) => {
                check_files(name, files)?;
                one(published, name, files, options)
            }
            UnitManifests::Failed(_) => {
                let mut unit = one(published, name, &[], options);
                unit.give_up(UnitChange::Failed);
                unit
            }
        };
        if let UnitManifests::Files(files) = made
            && unit.change != UnitChange::Superseded
        {
            unit.violations.extend(secrets(name, files, &options.guards.secrets));
        }
        plan.units.push(unit);
    }
    if options.whole {
        let is_gone = |name: &&UnitName| !set.units.contains_key(*name);
        for (name, unit) in published.units.iter().filter(|(name, _)| is_gone(name)) {
            // Units that others publish beside ours are theirs.
            if unit.has_metadata && unit.repository == options.provenance.repository {
                plan.units.push(one(published, name, &[], options));
            }
        }
        plan.units.sort_by(|one, other| one.unit.cmp(&other.unit));
    }
    root_metadata(&mut plan, published, options);
    plan.violations.extend(plan.units.iter_mut().flat_map(|unit| std::mem::take(&mut unit.violations)));
    plan.violations.extend(deletions(&plan.units, &options.guards));
    plan.violations.extend(collisions(published, &plan.units));
    plan.violations.sort();
    plan.violations.dedup();
    Ok(plan)
}

/// One unit, left alone if what is there is newer.
fn one<'s>(
    published: &PublishedTree,
    name: &UnitName,
    files: &'s [ManifestFile],
    options: &PlanOptions,
) -> UnitPlan<'s> {
    let folder = options.path.unit(name);
    let ground = Ground { published, guards: &options.guards, unit: name, folder: &folder };
    let mut unit = unit_plan(&ground, files, options.inputs.get(name), &metadata(&options.provenance, Some(name)));
    let Some(theirs) = unit.published_from.clone().filter(|_| unit.is_changed()) else { return unit };
    let relation = options.relations.get(&theirs).copied().unwrap_or(Relation::Unknown);
    if options.guards.allow_rollback || options.provenance.commit.is_none() {
        return unit;
    }
    let rollback = |fault: &str| Violation {
        guard: Guard::Rollback,
        unit: Some(name.clone()),
        subject: folder.clone(),
        fault: format!("was published from the commit `{theirs}`, {fault}"),
    };
    match relation {
        Relation::Same | Relation::Older => {}
        Relation::Newer => unit.give_up(UnitChange::Superseded),
        Relation::Unrelated => {
            unit.violations.push(rollback("which is not in the history of the one that is published"))
        }
        Relation::Unknown => unit.violations.push(rollback("of which nothing is known here")),
    }
    unit
}

/// The file at the top of the branch.
fn root_metadata(plan: &mut Plan<'_>, published: &PublishedTree, options: &PlanOptions) {
    if !options.root_metadata || !plan.is_changed() {
        return;
    }
    let fault = match published.tree.get(METADATA.as_bytes()).map(|entry| entry.mode) {
        Some(EntryMode::Link | EntryMode::Submodule) => "is a symbolic link or a submodule",
        Some(EntryMode::Directory) => "is a directory",
        // Whatever file is there: it was asked for.
        Some(EntryMode::File | EntryMode::Program) | None => {
            plan.root = Some((METADATA.to_owned(), metadata(&options.provenance, None)));
            return;
        }
    };
    let (subject, fault) = (METADATA.to_owned(), fault.to_owned());
    plan.violations.push(Violation { guard: Guard::Link, unit: None, subject, fault });
}

/// Layouts make no other paths; this is for callers that have their own.
fn check_files(unit: &UnitName, files: &[ManifestFile]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for file in files {
        let wrong = |fault: Cow<'_, str>| {
            let path = file.path.escape_debug();
            Error::new(ErrorKind::Output, format!("`{path}` can't be a file of the unit `{unit}`: {fault}"))
        };
        check_path(&file.path).map_err(|fault| wrong(format!("a part {fault}").into()))?;
        if !seen.insert(file.path.as_str()) {
            return Err(wrong("it is there twice".into()));
        }
        if file.path == METADATA {
            return Err(wrong("the name is taken by what says where the unit is from".into()));
        }
    }
    Ok(())
}
