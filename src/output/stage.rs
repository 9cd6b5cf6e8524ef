//! A unit's new folder, made whole where nobody looks.

use std::path::{Path, PathBuf};

use super::inventory::{INVENTORY, Inventory};
use super::plan::UnitPlan;
use super::scan::{foreign, scan};
use crate::error::Result;
use crate::fs::{EntryKind, Failure, StagingFileSystem};

/// Makes the unit's folder at `staged` as it is to be. Errors speak of the place where it is to be.
/// `false` if it would be empty, and nothing was made.
pub(super) fn stage(files: &dyn StagingFileSystem, plan: &UnitPlan, staged: &Path) -> Result<bool> {
    let nothing = Inventory::default();
    let owned = plan.before.as_ref().map_or(&nothing, |(inventory, _)| inventory);
    let wanted = plan.unit.files.iter().map(|file| file.path.as_str());
    let others = foreign(&scan(files, &plan.folder)?, owned, wanted);
    let Some(inventory) = plan.after.as_ref().map(String::as_bytes).or_else(|| (!others.is_empty()).then_some(b""))
    else {
        return Ok(false);
    };
    let shown = |path: &Path| {
        let path = plan.folder.join(path);
        move |failure: Failure| failure.shown_as(&path)
    };
    let mut directories = Directories { files, last: PathBuf::new() };
    directories.make(staged).map_err(shown(Path::new("")))?;
    for file in &plan.unit.files {
        let path = Path::new(&file.path);
        let place = staged.join(path);
        directories.make(place.parent().unwrap_or(staged)).map_err(shown(path))?;
        files.create(&place, file.content.as_bytes()).map_err(shown(path))?;
    }
    if !inventory.is_empty() {
        files.create(&staged.join(INVENTORY), inventory).map_err(shown(Path::new(INVENTORY)))?;
    }
    for (path, kind) in &others {
        let place = staged.join(path);
        match kind {
            EntryKind::Directory => directories.make(&place).map_err(shown(path))?,
            _ => files.link_or_copy(&plan.folder.join(path), &place).map_err(shown(path))?,
        }
    }
    // Last and from below, so that what may not be written to is filled by then.
    for (path, _) in others.iter().rev().filter(|(_, kind)| **kind == EntryKind::Directory) {
        files.copy_permissions(&plan.folder.join(path), &staged.join(path)).map_err(shown(path))?;
    }
    if files.entry(&plan.folder)?.is_some() {
        files.copy_permissions(&plan.folder, staged).map_err(shown(Path::new("")))?;
    }
    Ok(true)
}

/// Makes directories, and remembers the last: files come sorted.
struct Directories<'f> {
    files: &'f dyn StagingFileSystem,
    last: PathBuf,
}

impl Directories<'_> {
    fn make(&mut self, path: &Path) -> std::result::Result<(), Failure> {
        if self.last != path {
            self.files.create_dir_all(path)?;
            path.clone_into(&mut self.last);
        }
        Ok(())
    }
}
