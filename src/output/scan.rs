//! What is in a unit's folder, links not followed, and what of it is not ours.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::inventory::{INVENTORY, Inventory};
use crate::error::Result;
use crate::fs::{EntryKind, StagingFileSystem};

/// Everything below a folder, by relative path.
pub(super) type Scan = BTreeMap<PathBuf, EntryKind>;

/// What is below `folder`; nothing if it does not exist.
pub(super) fn scan(files: &dyn StagingFileSystem, folder: &Path) -> Result<Scan> {
    let mut found = Scan::new();
    if files.entry(folder)? != Some(EntryKind::Directory) {
        return Ok(found);
    }
    let mut rest = vec![PathBuf::new()];
    while let Some(directory) = rest.pop() {
        for (name, kind) in files.entries(&folder.join(&directory))? {
            let path = directory.join(name);
            if kind == EntryKind::Directory {
                rest.push(path.clone());
            }
            found.insert(path, kind);
        }
    }
    Ok(found)
}

/// What of `found` others put there: everything but what `inventory` and `wanted` name and the directories
/// that hold nothing else. A directory at a path of ours is not ours.
pub(super) fn foreign<'a>(found: &Scan, inventory: &'a Inventory, wanted: impl Iterator<Item = &'a str>) -> Scan {
    let mut ours: BTreeSet<&Path> = inventory.files.keys().map(Path::new).chain(wanted.map(Path::new)).collect();
    ours.insert(Path::new(INVENTORY));
    let is_ours = |path: &Path, kind: EntryKind| kind != EntryKind::Directory && ours.contains(path);
    let mut foreign = Scan::new();
    let mut with_ours: BTreeSet<&Path> = BTreeSet::new();
    for (path, kind) in found {
        if is_ours(path, *kind) {
            with_ours.extend(path.ancestors().skip(1));
        } else if *kind != EntryKind::Directory {
            let above = path.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty());
            foreign.extend(above.map(|above| (above.to_owned(), EntryKind::Directory)));
            foreign.insert(path.clone(), *kind);
        }
    }
    // Directories that never held anything of ours stay, too, even if they are empty.
    let others =
        found.iter().filter(|(path, kind)| **kind == EntryKind::Directory && !with_ours.contains(path.as_path()));
    let others: Vec<_> =
        others.flat_map(|(path, _)| path.ancestors()).filter(|path| !path.as_os_str().is_empty()).collect();
    foreign.extend(others.into_iter().map(|path| (path.to_owned(), EntryKind::Directory)));
    foreign
}
