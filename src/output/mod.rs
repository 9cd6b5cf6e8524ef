//! Rendered units on the disk: `DIR/<site>/<app>/`, each whole or not at all.
//!
//! [`OutputFolder::plan`] only reads: it says what would be written, changed and deleted, and what stands in
//! the way. [`OutputFolder::apply`] does it: every changed unit is staged whole in `DIR/.crustomize-staging`,
//! then the staged folders take their places one after the other, then what was there before goes.
//!
//! # What holds
//!
//! - **A unit's folder is wholly old or wholly new**, at every moment and also when the process is killed
//!   between any two system calls. On Linux and macOS the folders are swapped in one step
//!   (`RENAME_EXCHANGE`). Where system or file system can't do that, the old folder is moved away and the
//!   new one to its place: in between there is none, and after a kill just then the next `apply` brings the
//!   old one back.
//! - **Several units**: what fails before the first swap changes nothing, and a swap that fails undoes those
//!   before it. A kill between two swaps leaves some units old and some new, each of them whole.
//! - **Files of others stay.** What the unit's inventory does not name is carried over as hard links (the
//!   same file, with its times and its number), or as copies where the file system has no links; symbolic
//!   links are made anew with the same target and never followed. What somebody puts into the folder while
//!   the swap happens is moved over afterwards, unless the process is killed just then. A directory that
//!   holds files of others is made anew with the same permissions.
//! - **Nothing of others is overwritten.** A path that is taken by a file we did not write, or by one of ours
//!   that was changed since, is a [`Conflict`]; `force` overwrites files and links, never directories.
//! - **What did not change is not touched**: a unit all of whose files are as they should be keeps every
//!   inode and time.
//! - **One run at a time**: `DIR/.crustomize.lock` is locked while a run writes; others wait. The system lets
//!   the lock of a killed process go, and then what it staged is nobody's: the next `apply` removes it.
//!   Elsewhere than on Unix nothing is locked.
//! - **On the disk** before it is seen, if `durable`: a loss of power leaves old or new files, not empty ones.

mod apply;
mod inventory;
mod plan;
mod recover;
mod scan;
mod stage;
mod swap;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::fs::{EntryKind, StagingFileSystem};
use crate::layout::{OutputFile, check_component};

pub use apply::WriteOptions;
pub(crate) use inventory::sha256;
pub use inventory::{INVENTORY, Inventory, InventoryFile};
pub use plan::{Change, ChangeKind, Conflict, ConflictKind, UnitPlan};

/// Where new folders lie before they take their places.
const STAGING: &str = ".crustomize-staging";

/// The file that a run locks while it writes.
const LOCK: &str = ".crustomize.lock";

/// What a unit's folder is to hold. Without files the folder goes, unless others have files in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputUnit {
    /// The site; the name of a folder.
    pub site: String,
    /// The app; the name of a folder in the site's.
    pub app: String,
    /// The files, as a layout made them: sorted by path.
    pub files: Vec<OutputFile>,
}

/// The folder that units are written to.
#[derive(Debug, Clone)]
pub struct OutputFolder<'f> {
    files: &'f dyn StagingFileSystem,
    directory: PathBuf,
}

impl<'f> OutputFolder<'f> {
    /// The folder at `directory`, which need not exist and may be a link.
    #[must_use]
    pub fn new(files: &'f dyn StagingFileSystem, directory: impl Into<PathBuf>) -> Self {
        Self { files, directory: directory.into() }
    }

    /// Where it is.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Site and app of every unit that was written here, sorted: those whose folders have an inventory.
    ///
    /// # Errors
    /// When a folder can't be read.
    pub fn units(&self) -> Result<Vec<(String, String)>> {
        let mut units = Vec::new();
        for site in self.folders(&self.directory)? {
            for app in self.folders(&self.directory.join(&site))? {
                let inventory = self.directory.join(&site).join(&app).join(INVENTORY);
                if self.files.entry(&inventory)?.is_some() {
                    units.push((site.clone(), app));
                }
            }
        }
        Ok(units)
    }

    /// The names of directories in `directory` that units may have.
    fn folders(&self, directory: &Path) -> Result<Vec<String>> {
        if self.files.entry(directory)?.is_none() {
            return Ok(Vec::new());
        }
        let is_folder = |kind: EntryKind| kind == EntryKind::Directory;
        let names = self.files.entries(directory)?.into_iter().filter(|(_, kind)| is_folder(*kind));
        let names = names.filter_map(|(name, _)| name.into_string().ok());
        Ok(names.filter(|name| check_component(name).is_ok()).collect())
    }

    /// The unit's folder, which is no link and not reached through one below our directory.
    fn unit_folder(&self, site: &str, app: &str) -> Result<PathBuf> {
        let mut folder = self.directory.clone();
        for (what, name) in [("a site", site), ("an app", app)] {
            check_component(name).map_err(|fault| {
                let message = format!("`{}` can't be the folder of {what}: the name {fault}", name.escape_debug());
                Error::new(ErrorKind::Output, message)
            })?;
            folder.push(name);
            match self.files.entry(&folder)? {
                None | Some(EntryKind::Directory) => {}
                Some(EntryKind::Link) => {
                    let message = format!("`{}` is a link, and output never goes through links", folder.display());
                    return Err(Error::new(ErrorKind::Output, message).hint("put a directory in its place"));
                }
                Some(EntryKind::File | EntryKind::Other) => {
                    let message = format!("`{}` is no directory", folder.display());
                    return Err(Error::new(ErrorKind::Output, message).hint("move it away"));
                }
            }
        }
        Ok(folder)
    }
}
