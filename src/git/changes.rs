//! Which files differ.

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::git::tree::path_of;
use crate::git::{ObjectId, Repository};

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileStatus {
    /// It is new.
    Added,
    /// Its content or its mode differs, or it became something else.
    Modified,
    /// It is gone.
    Deleted,
    /// It is in the work tree only, and not ignored.
    Untracked,
}

/// A file that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangedFile {
    /// The path from the top of the repository.
    pub path: PathBuf,
    /// What happened to it.
    pub status: FileStatus,
}

impl Repository {
    /// The files that differ between two commits, sorted. A file that was moved is one deleted and one added.
    ///
    /// # Errors
    /// When git can't compare them.
    pub fn changed_between(&self, old: &ObjectId, new: &ObjectId) -> Result<Vec<ChangedFile>> {
        let arguments = ["diff-tree", "-r", "-z", "--name-status", "--no-renames", old.as_str(), new.as_str()];
        Ok(sorted(name_status(&self.run(&arguments)?.bytes()?)))
    }

    /// The files that differ between a commit and the work tree, sorted; with those that git does not know and does
    /// not ignore. A bare repository has none.
    ///
    /// # Errors
    /// When git can't compare them.
    pub fn changed_in_work_tree(&self, old: &ObjectId) -> Result<Vec<ChangedFile>> {
        if self.work_tree().is_none() {
            return Ok(Vec::new());
        }
        // `diff` knows files that were touched and not changed, other than `diff-index`.
        let arguments = [
            "diff",
            "-z",
            "--name-status",
            "--no-renames",
            "--no-ext-diff",
            "--ignore-submodules=none",
            old.as_str(),
            "--",
        ];
        let mut changed = name_status(&self.run(&arguments)?.bytes()?);
        let untracked = self.run(&["ls-files", "-z", "--others", "--exclude-standard", "--full-name"])?.bytes()?;
        let paths = untracked.split(|byte| *byte == 0).filter(|path| !path.is_empty());
        changed.extend(paths.map(|path| ChangedFile { path: path_of(path), status: FileStatus::Untracked }));
        Ok(sorted(changed))
    }

    /// What of the work tree no commit holds, below `directory` (from the top; `""` for everything).
    ///
    /// # Errors
    /// When git can't compare, or there is no commit yet.
    pub fn uncommitted(&self, directory: &Path) -> Result<Vec<ChangedFile>> {
        let changed = self.changed_in_work_tree(&self.resolve("HEAD")?)?;
        Ok(changed.into_iter().filter(|file| file.path.starts_with(directory)).collect())
    }
}

/// Reads what `--name-status -z` wrote.
fn name_status(output: &[u8]) -> Vec<ChangedFile> {
    let mut parts = output.split(|byte| *byte == 0);
    let mut changed = Vec::new();
    while let (Some(status), Some(path)) = (parts.next(), parts.next()) {
        let status = match status.first() {
            Some(b'A') => FileStatus::Added,
            Some(b'D') => FileStatus::Deleted,
            _ => FileStatus::Modified,
        };
        changed.push(ChangedFile { path: path_of(path), status });
    }
    changed
}

fn sorted(mut changed: Vec<ChangedFile>) -> Vec<ChangedFile> {
    changed.sort_unstable();
    changed.dedup();
    changed
}
