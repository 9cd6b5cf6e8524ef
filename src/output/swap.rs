//! A staged folder takes its place, and gives it back if something later fails.

use std::path::{Path, PathBuf};

use super::plan::UnitPlan;
use super::scan::{foreign, scan};
use crate::error::Result;
use crate::fs::{EntryKind, Failure, StagingFileSystem};

/// Where the parts of a unit are during a run.
#[derive(Debug)]
pub(super) struct Places {
    /// The unit's folder.
    pub(super) folder: PathBuf,
    /// Where the new folder is made, and the old one is after an exchange.
    pub(super) new: PathBuf,
    /// Where the old folder is moved to where there is no exchange.
    pub(super) old: PathBuf,
}

/// What was done, and how it is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Swapped {
    /// There was no folder.
    Created,
    /// Old and new changed places in one step.
    Exchanged,
    /// The old one was moved away, the new one to its place.
    Moved,
    /// The old one was moved away; there is no new one.
    Removed,
}

/// Puts the staged folder in its place. `has_new` says whether there is one.
pub(super) fn swap(
    files: &dyn StagingFileSystem,
    places: &Places,
    has_new: bool,
) -> std::result::Result<Option<Swapped>, Failure> {
    let Places { folder, new, old } = places;
    match (files.entry(folder)?.is_some(), has_new) {
        (false, false) => Ok(None),
        (false, true) => {
            make_parent(files, folder)?;
            files.rename(new, folder)?;
            Ok(Some(Swapped::Created))
        }
        (true, false) => {
            make_parent(files, old)?;
            files.rename(folder, old)?;
            Ok(Some(Swapped::Removed))
        }
        (true, true) if files.exchange(new, folder)? => Ok(Some(Swapped::Exchanged)),
        (true, true) => {
            make_parent(files, old)?;
            files.rename(folder, old)?;
            if let Err(failure) = files.rename(new, folder) {
                // The first fault is the one to tell of; a second here is mended by the next run.
                let _ = files.rename(old, folder);
                return Err(failure);
            }
            Ok(Some(Swapped::Moved))
        }
    }
}

/// Undoes a swap.
pub(super) fn undo(
    files: &dyn StagingFileSystem,
    places: &Places,
    swapped: Swapped,
) -> std::result::Result<(), Failure> {
    let Places { folder, new, old } = places;
    match swapped {
        Swapped::Created => files.rename(folder, new),
        Swapped::Exchanged => files.exchange(folder, new).map(drop),
        Swapped::Moved => files.rename(folder, new).and_then(|()| files.rename(old, folder)),
        Swapped::Removed => files.rename(old, folder),
    }
}

/// Moves over what somebody put into the old folder after it was looked at.
pub(super) fn rescue(files: &dyn StagingFileSystem, plan: &UnitPlan, places: &Places, swapped: Swapped) -> Result<()> {
    let from = match swapped {
        Swapped::Created => return Ok(()),
        Swapped::Exchanged => &places.new,
        Swapped::Moved | Swapped::Removed => &places.old,
    };
    let owned = plan.before.as_ref().map(|(inventory, _)| inventory.clone()).unwrap_or_default();
    let wanted = plan.unit.files.iter().map(|file| file.path.as_str());
    for (path, kind) in foreign(&scan(files, from)?, &owned, wanted) {
        let place = places.folder.join(&path);
        if kind != EntryKind::Directory && files.entry(&place)?.is_none() {
            make_parent(files, &place)?;
            files.rename(&from.join(&path), &place)?;
        }
    }
    Ok(())
}

fn make_parent(files: &dyn StagingFileSystem, path: &Path) -> std::result::Result<(), Failure> {
    path.parent().map_or(Ok(()), |parent| files.create_dir_all(parent))
}
