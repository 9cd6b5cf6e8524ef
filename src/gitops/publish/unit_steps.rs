//! How a unit's plan is made: file by file, with what stands in the way.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::git::{EntryMode, ObjectId};
use crate::gitops::publish::adoption::is_adopted;
use crate::gitops::publish::layout::folders;
use crate::gitops::publish::pattern::ResourceName;
use crate::gitops::publish::{
    FileChange, Guard, GuardOptions, METADATA, PublishedTree, PublishedUnit, UnitChange, UnitPlan, Violation,
};
use crate::gitops::{ManifestFile, UnitName};
use crate::output::{ChangeKind, INVENTORY, Inventory};

/// What the unit is compared with.
pub(super) struct Ground<'p> {
    pub(super) published: &'p PublishedTree,
    pub(super) guards: &'p GuardOptions,
    pub(super) unit: &'p UnitName,
    pub(super) folder: &'p str,
}

/// Plans one unit: `files` are what it is to hold, none if it goes.
pub(super) fn unit_plan<'s>(
    ground: &Ground<'_>,
    files: &'s [ManifestFile],
    inputs: Option<&String>,
    metadata: &str,
) -> UnitPlan<'s> {
    let nothing = PublishedUnit::none();
    let known = ground.published.units.get(ground.unit);
    let before = known.unwrap_or(&nothing);
    let mut plan = UnitPlan {
        unit: ground.unit.clone(),
        folder: ground.folder.to_owned(),
        change: UnitChange::Unchanged,
        files: Vec::new(),
        published_from: known.and_then(|unit| ground.published.source(unit)).map(str::to_owned),
        writes: BTreeMap::new(),
        deletes: BTreeSet::new(),
        gone: Vec::new(),
        resources: (0, 0),
        violations: Vec::new(),
    };
    let owned = match &before.inventory {
        Ok(inventory) => inventory.clone(),
        Err(fault) => {
            let subject = format!("{}/{INVENTORY}", ground.folder);
            plan.violations.push(ground.violation(Guard::Inventory, subject, fault));
            Inventory::default()
        }
    };
    let wanted: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    for (path, file) in &owned.files {
        if !wanted.contains(path.as_str()) {
            plan.delete(ground, path, &file.sha256);
        }
    }
    let contents = files.iter().map(|file| (file.path.as_str(), file.content.as_slice(), file.resources.as_slice()));
    let mut after = Inventory::of_contents(contents);
    for file in files {
        plan.write(ground, &file.path, &file.content, owned.files.get(&file.path).map(|file| file.sha256.as_str()));
    }
    plan.files.sort_by(|one, other| one.path.cmp(&other.path));
    plan.count_resources(&owned, &after, files);
    if plan.files.is_empty() && owned.files == after.files {
        return plan;
    }
    plan.change = match (known.is_some(), files.is_empty()) {
        (_, true) => UnitChange::Removed,
        (false, false) => UnitChange::Added,
        (true, false) => UnitChange::Modified,
    };
    after.inputs = inputs.cloned();
    plan.accompany(ground, INVENTORY, after.to_json().into_bytes(), known.is_some());
    plan.accompany(ground, METADATA, metadata.as_bytes().to_vec(), known.is_some());
    plan.check_folders(ground);
    plan
}

impl<'s> UnitPlan<'s> {
    fn delete(&mut self, ground: &Ground<'_>, path: &str, sha256: &str) {
        let full = format!("{}/{path}", self.folder);
        match ground.at(&full) {
            // What took the place of a file of ours is somebody else's.
            None | Some((EntryMode::Directory, _)) => return,
            Some((EntryMode::File | EntryMode::Program, id)) => {
                if !ground.is_ours(id, sha256) && !ground.guards.overwrite_drift {
                    self.violations.push(ground.violation(Guard::Drift, full.clone(), DRIFTED));
                }
            }
            Some((EntryMode::Link | EntryMode::Submodule, _)) => {
                self.violations.push(ground.violation(Guard::Link, full.clone(), LINK));
            }
        }
        self.files.push(FileChange { path: path.to_owned(), kind: ChangeKind::Delete });
        self.deletes.insert(full);
    }

    fn write(&mut self, ground: &Ground<'_>, path: &str, content: &'s [u8], owned: Option<&str>) {
        let full = format!("{}/{path}", self.folder);
        let kind = match ground.at(&full) {
            None => ChangeKind::Create,
            Some((mode @ (EntryMode::File | EntryMode::Program), id)) => {
                let is_same = *id == ground.published.algorithm.blob(content);
                match owned {
                    Some(_) if is_same => {}
                    Some(sha256) if ground.is_ours(id, sha256) || ground.guards.overwrite_drift => {}
                    Some(_) => self.violations.push(ground.violation(Guard::Drift, full.clone(), DRIFTED)),
                    None if is_adopted(&ground.guards.adopt, &full) => {}
                    // Also if it is the same today: what is ours goes once it is no longer rendered.
                    None => self.violations.push(ground.violation(Guard::Adoption, full.clone(), OCCUPIED)),
                }
                if is_same && mode == EntryMode::File {
                    return;
                }
                ChangeKind::Update
            }
            Some((EntryMode::Directory, _)) => {
                if !self.empties(ground, &full) {
                    self.violations.push(ground.violation(
                        Guard::Adoption,
                        full.clone(),
                        "is a directory with files of others",
                    ));
                }
                ChangeKind::Create
            }
            Some((EntryMode::Link | EntryMode::Submodule, _)) => {
                self.violations.push(ground.violation(Guard::Link, full.clone(), LINK));
                ChangeKind::Update
            }
        };
        self.files.push(FileChange { path: path.to_owned(), kind });
        self.writes.insert(full, Cow::Borrowed(content));
    }

    /// Whether all that is in the directory goes.
    fn empties(&self, ground: &Ground<'_>, directory: &str) -> bool {
        let below = format!("{directory}/");
        let mut files = ground.published.tree.files().filter(|(path, _)| path.starts_with(below.as_bytes()));
        files.all(|(path, _)| std::str::from_utf8(path).is_ok_and(|path| self.deletes.contains(path)))
    }

    /// A file that goes with the manifests: there as long as there are any.
    fn accompany(&mut self, ground: &Ground<'_>, name: &str, content: Vec<u8>, is_known: bool) {
        let full = format!("{}/{name}", self.folder);
        let present = ground.at(&full);
        if matches!(present, Some((EntryMode::Link | EntryMode::Submodule, _))) {
            self.violations.push(ground.violation(Guard::Link, full.clone(), LINK));
        }
        if self.change == UnitChange::Removed {
            if present.is_some() && is_known {
                self.deletes.insert(full);
            }
            return;
        }
        let is_taken = present.is_some_and(|(_, id)| *id != ground.published.algorithm.blob(&content));
        if is_taken && !is_known && !is_adopted(&ground.guards.adopt, &full) {
            self.violations.push(ground.violation(Guard::Adoption, full.clone(), OCCUPIED));
        }
        self.writes.insert(full, Cow::Owned(content));
    }

    /// Every folder above what is written must be one, or become one.
    fn check_folders(&mut self, ground: &Ground<'_>) {
        let touched: BTreeSet<&str> = self.writes.keys().chain(&self.deletes).flat_map(|path| folders(path)).collect();
        let mut found = Vec::new();
        for folder in touched {
            match ground.at(folder) {
                Some((EntryMode::Link | EntryMode::Submodule, _)) => {
                    found.push(ground.violation(Guard::Link, folder.to_owned(), LINK));
                }
                Some((EntryMode::File | EntryMode::Program, _)) if !self.deletes.contains(folder) => {
                    found.push(ground.violation(
                        Guard::Adoption,
                        folder.to_owned(),
                        "is a file, and a folder is to be there",
                    ));
                }
                _ => {}
            }
        }
        self.violations.extend(found);
    }

    fn count_resources(&mut self, before: &Inventory, after: &Inventory, files: &[ManifestFile]) {
        let names = |inventory: &Inventory| -> BTreeSet<ResourceName> {
            inventory.files.values().flat_map(|file| &file.resources).map(|id| ResourceName::parse(id)).collect()
        };
        let (before, after) = (names(before), names(after));
        // A generated object whose content changed has another name, and is no other object for people.
        let generated: BTreeSet<(&str, &str, &str)> = files
            .iter()
            .flat_map(|file| &file.generated)
            .map(|made| (&*made.kind, made.namespace.as_deref().unwrap_or_default(), &*made.name_before_hash))
            .collect();
        let is_made_again = |gone: &ResourceName| {
            without_hash(&gone.name).is_some_and(|name| generated.contains(&(&*gone.kind, &*gone.namespace, name)))
        };
        self.gone = before.difference(&after).filter(|gone| !is_made_again(gone)).cloned().collect();
        self.resources = (before.len(), after.len());
    }
}

/// The name before the hash that generators add: a dash and ten letters or digits.
fn without_hash(name: &str) -> Option<&str> {
    let (before, hash) = name.rsplit_once('-')?;
    (hash.len() == 10 && hash.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(before)
}

const DRIFTED: &str = "was changed since it was published";
const OCCUPIED: &str = "was not published by crustomize, and a file is to be written there";
const LINK: &str = "is a symbolic link or a submodule, and publishing never goes through one";

impl Ground<'_> {
    fn at(&self, path: &str) -> Option<(EntryMode, &ObjectId)> {
        self.published.tree.get(path.as_bytes()).map(|entry| (entry.mode, &entry.id))
    }

    /// Whether the file is as it was published.
    fn is_ours(&self, id: &ObjectId, sha256: &str) -> bool {
        self.published.hashes.get(id).is_some_and(|hash| hash == sha256)
    }

    fn violation(&self, guard: Guard, subject: String, fault: &str) -> Violation {
        Violation { guard, unit: Some(self.unit.clone()), subject, fault: fault.to_owned() }
    }
}
