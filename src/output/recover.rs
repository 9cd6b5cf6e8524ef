//! What a killed run left: staged folders, and on some systems an old folder that was moved away.

use std::path::Path;

use super::{OutputFolder, STAGING};
use crate::error::Result;
use crate::fs::{EntryKind, Failure, StagingFileSystem};

/// The staged folders, below [`STAGING`].
pub(super) const NEW: &str = "new";

/// Folders that were moved away, below [`STAGING`].
pub(super) const OLD: &str = "old";

impl OutputFolder<'_> {
    /// Brings back folders that were moved away and not replaced, then removes all staging. Only while the
    /// lock is held: whatever is staged is then nobody's.
    pub(super) fn recover(&self) -> Result<()> {
        let staging = self.directory.join(STAGING);
        match self.files.entry(&staging)? {
            None => return Ok(()),
            Some(EntryKind::Directory) => {}
            Some(_) => return Ok(self.files.remove(&staging)?),
        }
        let old = staging.join(OLD);
        for site in self.folders(&old)? {
            for app in self.folders(&old.join(&site))? {
                let folder = self.directory.join(&site).join(&app);
                if self.files.entry(&folder)?.is_none() {
                    self.files.create_dir_all(&self.directory.join(&site))?;
                    self.files.rename(&old.join(&site).join(&app), &folder)?;
                }
            }
        }
        remove_all(self.files, &staging)?;
        Ok(())
    }
}

/// Removes a staging folder, also one with directories that may not be written to.
pub(super) fn remove_all(files: &dyn StagingFileSystem, staging: &Path) -> std::result::Result<(), Failure> {
    if files.remove(staging).is_ok() {
        return Ok(());
    }
    let mut rest = vec![staging.to_owned()];
    while let Some(directory) = rest.pop() {
        for (name, kind) in files.entries(&directory)? {
            if kind == EntryKind::Directory {
                let path = directory.join(name);
                files.copy_permissions(staging, &path)?;
                rest.push(path);
            }
        }
    }
    files.remove(staging)
}
